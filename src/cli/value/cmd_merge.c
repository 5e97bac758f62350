/* SPDX-License-Identifier: Apache-2.0 */
/* jalki merge: the result of a run that was done in parts. The command of the parts is run once more, with no rows of
 * its own: its sums are those of the partial files, its files of claims those of the parts behind each other. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/team/team.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/print/record.h"
#include "cli/value/valuing.h"

typedef struct merge_arguments {
    jk_cli_common common;
    const char *const *paths;
    size_t path_count;
    const char *results_path, *claims_path, *cashflow_path;
} merge_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(merge_arguments, results_path), .value = "R.h5", .no_stdout = true,
     .help = "The results per claim of all parts, if they were run with --output (of value)"},
    {"claims", .kind = JK_OPTION_FILE_OUT, JK_FIELD(merge_arguments, claims_path), .value = "F.csv", .no_stdout = true,
     .help = "The claims of all parts in one file, if they were run with --claims"},
    {"cashflow", .kind = JK_OPTION_FILE_OUT, JK_FIELD(merge_arguments, cashflow_path), .value = "F.csv",
     .help = "Cash flow by month and segment, CSV (of value)"},
    {0},
};

/* An option for the command, where the merge got it; false: the command has no such option. */
typedef struct handed_option {
    const char *name, *value;
} handed_option;

static const jk_option *option_named(const jk_command *command, const char *name) {
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t count = jk_command_options(command, places);
    for (size_t p = 0; p < count; p++) {
        if (places[p].group != NULL && strcmp(places[p].option->name, name) == 0) {
            return places[p].option;
        }
    }
    return NULL;
}

/* Records have options as --name and their values, then operands, and no outputs: a file that says otherwise must not
 * make this run write what nobody asked for. */
static jk_status check_arguments(const merge_arguments *arguments, const jk_command *command, jk_error *error) {
    const char *const *texts = NULL;
    size_t count = jk_team_merged_arguments(&texts);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], JK_CLI_NOT_RECORDED) == 0) {
            return jk_fail(error, JK_ERROR_DATA, arguments->paths[0], 0, "arguments",
                           "an id was left out of the record; expected parts that were run with --with-ids");
        }
        if (texts[i][0] != '-' || strcmp(texts[i], "-") == 0) {
            continue;
        }
        if (strcmp(texts[i], "--") == 0) {
            return JK_OK;
        }
        const jk_option *option = texts[i][1] == '-' ? option_named(command, texts[i] + 2) : NULL;
        if (option == NULL || option->kind == JK_OPTION_FILE_OUT || option->kind == JK_OPTION_HELP || option->is_idle) {
            return jk_fail(error, JK_ERROR_DATA, arguments->paths[0], 0, "arguments",
                           "'%.80s' is nothing that a part records of 'jalki %s'", texts[i], command->name);
        }
        i += option->kind != JK_OPTION_FLAG;
    }
    return JK_OK;
}

static jk_status find_command(const merge_arguments *arguments, const jk_command **command, jk_error *error) {
    const char *name = jk_team_merged_command();
    *command = NULL;
    for (size_t i = 0; i < jk_command_count; i++) {
        bool found = strcmp(jk_commands[i]->name, name) == 0 && option_named(jk_commands[i], "partial") != NULL;
        *command = found ? jk_commands[i] : *command;
    }
    if (*command == NULL) {
        return jk_fail(error, JK_ERROR_DATA, arguments->paths[0], 0, "command", "'%.40s' is no command with parts",
                       name);
    }
    return check_arguments(arguments, *command, error);
}

/* The command's line: what is figures from the parts, what is output from here. Texts are copies for free(). */
static jk_status make_line(const merge_arguments *arguments, const jk_command *command, char **line, size_t room,
                           int *count, jk_error *error) {
    static const char *const formats[] = {"table", "json", "csv"};
    const jk_cli_common *common = &arguments->common;
    char threads[16];
    (void)snprintf(threads, sizeof threads, "%d", common->threads);
    const handed_option handed[] = {
        {"threads", common->threads > 0 ? threads : NULL},
        {"format", formats[common->format]},
        {"quiet", common->quiet ? "" : NULL},
        {"shared", common->shared ? "" : NULL},
        {"manifest", common->manifest_path},
        {"json", common->json_path},
        {"xlsx", common->xlsx_path},
        {"claims", arguments->claims_path},
        {"cashflow", arguments->cashflow_path},
        {"output", arguments->results_path},
    };
    const char *const *texts = NULL;
    size_t text_count = jk_team_merged_arguments(&texts), used = 0;
    for (size_t i = 0; i < sizeof handed / sizeof handed[0]; i++) {
        if (handed[i].value == NULL) {
            continue;
        }
        if (option_named(command, handed[i].name) == NULL) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, handed[i].name, "jalki %s has no --%s", command->name,
                           handed[i].name);
        }
        bool flag = handed[i].value[0] == '\0';
        if (used < room && asprintf(&line[used++], "--%s%s%s", handed[i].name, flag ? "" : "=", handed[i].value) < 0) {
            return jk_fail_memory(error, "the command");
        }
    }
    for (size_t i = 0; i < text_count && used < room; i++) {
        line[used] = strdup(texts[i]);
        JK_TRY(jk_held(line[used++] != NULL, error, "the command"));
    }
    *count = (int)used;
    return JK_OK;
}

/* What it writes is as if one process had done it all, its manifest, too: the partial files are no inputs of that. */
static int run_command(merge_arguments *arguments, jk_error *error) {
    const jk_command *command = NULL;
    const char *const *texts = NULL;
    int count = 0, code = -1;
    if (jk_team_be_merge(arguments->paths, arguments->path_count, error) != JK_OK ||
        find_command(arguments, &command, error) != JK_OK) {
        return code;
    }
    size_t room = jk_team_merged_arguments(&texts) + JK_COMMAND_OPTIONS;
    char **line = calloc(room + 1, sizeof *line);
    if (line == NULL) {
        (void)jk_fail_memory(error, "the command");
        return code;
    }
    if (make_line(arguments, command, line, room, &count, error) == JK_OK) {
        char **kept = calloc(room + 1, sizeof *kept); /* reading options may move the texts, not free them */
        if (kept != NULL) {
            memcpy((void *)kept, (void *)line, room * sizeof *line);
            for (size_t i = 0; i < arguments->path_count; i++) {
                jk_input_disown(arguments->paths[i]);
            }
            code = jk_command_run(command, count, kept);
        } else {
            (void)jk_fail_memory(error, "the command");
        }
        free((void *)kept);
    }
    for (size_t i = 0; i < room; i++) {
        free(line[i]);
    }
    free((void *)line);
    arguments->common.manifest_path = NULL; /* the command has written it */
    return code;
}

static int run_merge(void *command) {
    merge_arguments *arguments = command;
    jk_error error = {0};
    int code = run_command(arguments, &error);
    code = code >= 0 ? code : jk_cli_fail(&error);
    jk_team_end();
    return code;
}

const jk_command jk_command_merge = {
    .name = "merge",
    .summary = "one result of the parts of a run (--part)",
    .purpose = "Makes one result of the partial files that a command left when it was run in parts (--part K/N "
               "--partial P.json). Parts must be of one run, all there, none twice: the same command and options, and "
               "the same content of every file that was read. What it shows and writes has the same bits as what one "
               "process would have shown and written; the claims are not gone through again.",
    .examples = {"jalki value tape.h5 --model models/nordic.yaml --part 1/2 --partial 1.json\n"
                 "jalki value tape.h5 --model models/nordic.yaml --part 2/2 --partial 2.json\n"
                 "jalki merge 1.json 2.json --json totals.json"},
    .operand = {"partial file", .kind = JK_OPTION_FILE_IN, JK_FIELD(merge_arguments, paths),
                JK_SEVERAL(merge_arguments, path_count, JK_OPTION_ALL), .value = "P.json", .is_needed = true},
    .groups = {{"Output", options, 0, false}, JK_JSON_GROUP, JK_WORKBOOK_GROUP},
    .size = sizeof(merge_arguments),
    .run = run_merge,
};
