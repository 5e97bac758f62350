/* SPDX-License-Identifier: Apache-2.0 */
/* jalki replay: runs a command again from its manifest and says whether it gives the same bits. The command runs in a
 * process of its own, on the recorded day; what it writes goes to a folder of its own and replaces nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "base/file/temporary.h"
#include "base/policy.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/print/listing_print.h"
#include "cli/print/record.h"
#include "cli/value/valuing.h"
#include "jalki/replay.h"

typedef struct replay_arguments {
    jk_cli_common common;
    const char *path, *keep;
    jk_temporary temporary; /* the folder, where it is not kept */
    const char *folder;
    jk_replay replay;
    size_t compared, differing;
    json_t *list; /* of what was compared */
} replay_arguments;

static const jk_option options[] = {
    {"output", 'o', JK_OPTION_TEXT, JK_FIELD(replay_arguments, keep), .value = "DIR", .is_idle = true,
     .otherwise = "they are removed", .help = "Keep the outputs of the new run in this folder, which is made"},
    {0},
};

/* ---- running again -------------------------------------------------------------------------------------------- */

static jk_status make_folder(replay_arguments *arguments, jk_error *error) {
    arguments->folder = arguments->keep;
    if (arguments->keep != NULL) {
        bool is_new = false;
        JK_TRY(jk_output_make_folder(arguments->folder, JK_OUTPUT_PERSONAL, &is_new, error));
        return is_new ? JK_OK
                      : jk_fail(error, JK_ERROR_IO, arguments->keep, 0, NULL,
                                "is there; expected the name of a folder that is not there yet");
    }
    jk_status status = jk_temporary_make(&arguments->temporary, error);
    arguments->folder = arguments->temporary.path;
    return status;
}

/* Outputs without which the command is not run, where the record does not name them. */
static void add_needed(const jk_command *command, char **line, int *count) {
    static char names[JK_COMMAND_OPTIONS][72];
    jk_option_place places[JK_COMMAND_OPTIONS];
    size_t options_count = jk_command_options(command, places);
    for (size_t p = 0; p < options_count; p++) {
        const jk_option *option = places[p].option;
        if (option->kind == JK_OPTION_FILE_OUT && option->is_needed) {
            (void)snprintf(names[p], sizeof names[p], "--%.60s", option->name);
            line[(*count)++] = names[p];
            line[(*count)++] = (char *)(uintptr_t)(option->example != NULL ? option->example : "replayed.h5");
        }
    }
}

/* The command line of the new run, NULL-ended, for free(). */
static char **line_of(const replay_arguments *arguments, const jk_command *command, int *count) {
    enum { MORE = 8 + 2 * JK_COMMAND_OPTIONS };
    const jk_replay *replay = &arguments->replay;
    static char threads[32];
    char **line = calloc(replay->argument_count + 2 * replay->output_count + MORE, sizeof *line);
    *count = 0;
    if (line == NULL) {
        return NULL;
    }
    if (arguments->common.threads > 0) {
        (void)snprintf(threads, sizeof threads, "--threads=%d", arguments->common.threads);
        line[(*count)++] = threads;
    }
    line[(*count)++] = (char *)(uintptr_t) "--quiet";
    if (replay->source == JK_REPLAY_JSON || (replay->stdout_format != NULL && replay->stdout_digest != NULL)) {
        line[(*count)++] = (char *)(uintptr_t) "--format";
        line[(*count)++] = (char *)(uintptr_t)(replay->source == JK_REPLAY_JSON ? "json" : replay->stdout_format);
    }
    if (replay->source == JK_REPLAY_JSON) {
        add_needed(command, line, count);
    }
    if (replay->source == JK_REPLAY_STORE) {
        line[(*count)++] = (char *)(uintptr_t) "--output";
        line[(*count)++] = (char *)(uintptr_t)arguments->path;
    }
    for (size_t i = 0; i < replay->output_count; i++) {
        static char names[JK_COMMAND_OPTIONS][72];
        if (replay->outputs[i].option != NULL && i < JK_COMMAND_OPTIONS) {
            (void)snprintf(names[i], sizeof names[i], "--%.60s", replay->outputs[i].option);
            line[(*count)++] = names[i];
            line[(*count)++] = (char *)(uintptr_t)replay->outputs[i].path;
        }
    }
    for (size_t i = 0; i < replay->argument_count; i++) {
        line[*count] = strdup(replay->arguments[i]); /* reading options may cut them up; the process ends soon */
        if (line[(*count)++] == NULL) {
            free((void *)line);
            return NULL;
        }
    }
    return line;
}

static void stdout_name(const replay_arguments *arguments, char path[PATH_MAX]) {
    (void)snprintf(path, PATH_MAX, "%s/stdout", arguments->folder);
}

/* The new process: never returns. */
__attribute__((noreturn)) static void run_in_child(const replay_arguments *arguments, const jk_command *command) {
    char path[PATH_MAX], folder[PATH_MAX], seconds[32]; /* the folder from everywhere: jobs of a batch run in its own */
    int count = 0;
    char **line = realpath(arguments->folder, folder) != NULL ? line_of(arguments, command, &count) : NULL;
    stdout_name(arguments, path);
    int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    (void)snprintf(seconds, sizeof seconds, "%lld", (long long)arguments->replay.seconds);
    if (line == NULL || out < 0 || dup2(out, STDOUT_FILENO) < 0 || setenv("SOURCE_DATE_EPOCH", seconds, 1) != 0) {
        (void)fprintf(stderr, "jalki: %s: cannot run again: %s\n", arguments->folder, strerror(errno));
        (void)fflush(stderr);
        _exit(1);
    }
    jk_input_forget();
    jk_policy_set(&(jk_policy){0});
    jk_output_send_to(folder);
    int code = jk_command_run(command, count, line);
    code = code == 0 ? jk_cli_finish() : code;
    (void)fflush(stderr);
    _exit(code);
}

static jk_status run_again(const replay_arguments *arguments, const jk_command *command, jk_error *error) {
    int state = 0;
    (void)fflush(stdout);
    (void)fflush(stderr);
    pid_t child = fork();
    if (child == 0) {
        run_in_child(arguments, command);
    }
    if (child < 0) {
        return jk_fail_errno(error, NULL, "start a process");
    }
    while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(state) && WEXITSTATUS(state) == 0
               ? JK_OK
               : jk_fail(error, JK_ERROR_DATA, arguments->path, 0, NULL,
                         "the run that succeeded then does not now; what it said stands above");
}

/* ---- comparing ------------------------------------------------------------------------------------------------ */

static void tell(replay_arguments *arguments, const char *name, const char *verdict, const jk_differences *found) {
    jk_json_builder b = {0};
    json_t *one = json_object(), *places = json_array();
    bool same = found == NULL;
    arguments->compared++;
    arguments->differing += !same;
    for (uint64_t i = 0; !same && i < found->count && i < JK_DIFFERENCES_MAX; i++) {
        jk_json_append(&b, places, jk_json_string(found->text[i]));
    }
    jk_json_put(&b, one, "output", jk_json_string(name));
    jk_json_put(&b, one, "same", json_boolean(same));
    jk_json_put(&b, one, "verdict", json_string(verdict));
    jk_json_put(&b, one, "places", json_integer(same ? 0 : (json_int_t)found->count));
    jk_json_put(&b, one, "differences", places);
    jk_json_add(arguments->list, one);
    if (arguments->common.format != JK_FORMAT_TABLE) {
        return;
    }
    (void)printf("  %s: %s\n", name, verdict);
    for (uint64_t i = 0; !same && i < found->count && i < JK_DIFFERENCES_MAX; i++) {
        (void)printf("    %s\n", found->text[i]);
    }
    if (!same && found->count > JK_DIFFERENCES_MAX) {
        (void)printf("    and %llu more\n", (unsigned long long)(found->count - JK_DIFFERENCES_MAX));
    }
}

static const jk_differences nothing_to_show = {0};

/* An output whose digest is known, against what is made now; where they differ, the file of then may still be there. */
static jk_status compare_digest(replay_arguments *arguments, const char *name, const char *digest, const char *now,
                                jk_error *error) {
    char *made = jk_replay_digest(now, error);
    if (made == NULL) {
        return error->status;
    }
    bool same = digest != NULL && strcmp(made, digest) == 0;
    free(made);
    if (same) {
        tell(arguments, name, "same bits", NULL);
        return JK_OK;
    }
    jk_error ignored = {0};
    char *before = digest != NULL ? jk_replay_digest(name, &ignored) : NULL;
    bool is_there = before != NULL && strcmp(before, digest) == 0;
    free(before);
    jk_differences found = {0};
    if (is_there) {
        JK_TRY(jk_files_differ(name, now, &found, error));
    }
    bool figures = is_there && found.count == 0;
    tell(arguments, name,
         figures          ? "same figures; only what says when and by which build it was written differs"
         : is_there       ? "differs:"
         : digest == NULL ? "was not known then"
                          : "differs; the file of then is not there to say where",
         figures ? NULL : &found);
    return JK_OK;
}

static jk_status compare_itself(replay_arguments *arguments, const char *now, jk_error *error) {
    jk_differences found;
    JK_TRY(jk_files_differ(arguments->path, now, &found, error));
    tell(arguments, arguments->path, found.count == 0 ? "same figures" : "differs:", found.count == 0 ? NULL : &found);
    return JK_OK;
}

static jk_status compare(replay_arguments *arguments, jk_error *error) {
    const jk_replay *replay = &arguments->replay;
    char now[PATH_MAX], name[JK_OUTPUT_NAME];
    if (replay->source == JK_REPLAY_JSON) {
        stdout_name(arguments, now);
        return compare_itself(arguments, now, error);
    }
    if (replay->source == JK_REPLAY_STORE) {
        (void)snprintf(now, sizeof now, "%s/%s", arguments->folder, jk_output_name(arguments->path, name));
        return compare_itself(arguments, now, error);
    }
    for (size_t i = 0; i < replay->output_count; i++) {
        const jk_replay_file *output = &replay->outputs[i];
        (void)snprintf(now, sizeof now, "%s/%s", arguments->folder, jk_output_name(output->path, name));
        if (access(now, F_OK) != 0) {
            tell(arguments, output->path, "is not made any more", &nothing_to_show);
            continue;
        }
        JK_TRY(compare_digest(arguments, output->path, output->digest, now, error));
    }
    if (replay->stdout_digest != NULL) {
        stdout_name(arguments, now);
        JK_TRY(compare_digest(arguments, "standard output", replay->stdout_digest, now, error));
    }
    return JK_OK;
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static jk_status check(const replay_arguments *arguments, const jk_command **command, jk_error *error) {
    const jk_replay *replay = &arguments->replay;
    *command = NULL;
    for (size_t i = 0; i < jk_command_count; i++) {
        *command = strcmp(jk_commands[i]->name, replay->command) == 0 ? jk_commands[i] : *command;
    }
    if (*command == NULL || *command == &jk_command_replay) {
        return jk_fail(error, JK_ERROR_DATA, arguments->path, 0, "run.command", "'%.40s' is no command of this version",
                       replay->command);
    }
    for (size_t i = 0; i < replay->argument_count; i++) {
        if (strcmp(replay->arguments[i], JK_CLI_NOT_RECORDED) == 0) {
            return jk_fail(error, JK_ERROR_DATA, arguments->path, 0, "run.arguments",
                           "an id was left out of the record; expected a run with --with-ids");
        }
    }
    if (replay->source == JK_REPLAY_MANIFEST && replay->output_count == 0 && replay->stdout_digest == NULL) {
        return jk_fail(error, JK_ERROR_DATA, arguments->path, 0, "outputs",
                       "the run wrote no file, and tables to stdout: there is nothing to compare with; expected a run "
                       "with outputs, or with --format json or csv");
    }
    for (size_t i = 0; i < replay->input_count; i++) {
        JK_TRY(jk_replay_check_input(&replay->inputs[i], error));
    }
    return JK_OK;
}

static int print(replay_arguments *arguments) {
    bool same = arguments->differing == 0;
    if (arguments->common.format == JK_FORMAT_JSON) {
        jk_json_builder b = {0};
        json_t *object = json_object();
        jk_json_put(&b, object, "command", jk_json_string(arguments->replay.command));
        jk_json_put(&b, object, "version_then", jk_json_string(arguments->replay.version));
        jk_json_put(&b, object, "build_then", jk_json_string(arguments->replay.build));
        jk_json_put(&b, object, "same", json_boolean(same));
        jk_json_put(&b, object, "outputs", json_incref(arguments->list));
        jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
        return jk_cli_print_text(jk_json_text(&b, object, JSON_INDENT(2)));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listed *listed = jk_listed_create(&jk_cli_replay_rows);
        jk_listed_number(listed, (double)arguments->compared);
        jk_listed_number(listed, (double)arguments->differing);
        return jk_cli_listed_csv(listed);
    }
    if (same) {
        (void)printf("The same: %zu output%s of 'jalki %s' as then.\n", arguments->compared,
                     arguments->compared == 1 ? "" : "s", arguments->replay.command);
    } else {
        (void)printf("Not the same: %zu of %zu output%s. Then: version %s, %s.\n", arguments->differing,
                     arguments->compared, arguments->compared == 1 ? "" : "s", arguments->replay.version,
                     arguments->replay.build);
    }
    return jk_cli_finish();
}

static jk_status replay(replay_arguments *arguments, jk_error *error) {
    const jk_command *command = NULL;
    arguments->list = json_array();
    JK_TRY(jk_input_is_file(arguments->path, error));
    JK_TRY(jk_replay_read(arguments->path, &arguments->replay, error));
    JK_TRY(check(arguments, &command, error));
    JK_TRY(make_folder(arguments, error));
    JK_TRY(run_again(arguments, command, error));
    return compare(arguments, error);
}

static int run_replay(void *command) {
    replay_arguments *arguments = command;
    jk_error error = {0};
    jk_status status = replay(arguments, &error);
    int code = status == JK_OK ? print(arguments) : jk_cli_fail(&error);
    jk_temporary_remove(&arguments->temporary);
    code = code == 0 && arguments->differing > 0 ? 1 : code;
    json_decref(arguments->list);
    jk_replay_reset(&arguments->replay);
    return code;
}

const jk_command jk_command_replay = {
    .name = "replay",
    .summary = "runs a command again from its manifest and says whether it gives the same bits",
    .purpose =
        "Reads the manifest of a run, from the file that --manifest wrote, from a JSON output or from a store or "
        "result; checks that each input is the file it was; runs the command again with its options, on the day "
        "it ran, without replacing anything; and says of each output whether it has the same bits, or where it "
        "differs. Exit code 0 only where all are the same.",
    .examples = {"jalki value tape.h5 --model models/nordic.yaml --claims claims.csv \\\n"
                 "    --manifest run.json",
                 "jalki replay run.json", "jalki replay results.h5"},
    .operand = {"manifest", .kind = JK_OPTION_FILE_IN, JK_FIELD(replay_arguments, path), .value = "MANIFEST",
                .is_needed = true},
    .groups = {{NULL, options, 0, false}},
    .size = sizeof(replay_arguments),
    .run = run_replay,
};
