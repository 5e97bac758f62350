/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/options.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/policy.h"
#include "base/team/team.h"
#include "base/text/text.h"
#include "cli/cli.h"
#include "cli/help/help.h"
#include "cli/options/conversions.h"
#include "cli/options/groups.h"
#include "cli/options/models.h"
#include "cli/options/option_values.h"
#include "cli/print/record.h"
#include "cli/print/streams.h"
#include "jalki/exchange.h"

enum { MODELS_MAX = 16 };

struct jk_usage {
    const jk_command *command;
    char *options; /* the command's struct */
    jk_option_place places[JK_COMMAND_OPTIONS];
    bool given[JK_COMMAND_OPTIONS];
    size_t count;
    const char **operands; /* room for all arguments */
    size_t operand_count;
    char *models[MODELS_MAX]; /* paths of models that were found elsewhere than named */
    size_t model_count;
    bool help, wrong;
    jk_cli_conversions conversions;
    jk_cli_record record;
};

size_t jk_command_options(const jk_command *command, jk_option_place places[JK_COMMAND_OPTIONS]) {
    static const jk_option_group common = {"Run", jk_common_options, 0, false};
    size_t count = 0;
    if (command->operand.name != NULL) {
        places[count++] = (jk_option_place){&command->operand, NULL};
    }
    for (size_t g = 0; g <= JK_COMMAND_GROUPS; g++) {
        const jk_option_group *group = g < JK_COMMAND_GROUPS ? &command->groups[g] : &common;
        for (const jk_option *o = group->options; o != NULL && o->name != NULL && count < JK_COMMAND_OPTIONS; o++) {
            places[count++] = (jk_option_place){o, group};
        }
    }
    return count;
}

/* ---- mistakes ------------------------------------------------------------------------------------------------- */

void jk_usage_error(jk_usage *usage, const char *format, ...) {
    if (!usage->wrong) {
        va_list arguments;
        va_start(arguments, format);
        (void)fprintf(stderr, "jalki %s: ", usage->command->name);
        (void)vfprintf(stderr, format, arguments);
        (void)fprintf(stderr, "\nTry 'jalki help %s' for its options and examples.\n", usage->command->name);
        va_end(arguments);
    }
    usage->wrong = true;
}

bool jk_usage_wrong(const jk_usage *usage) {
    return usage->wrong;
}

/* The place of the option `name`, or the count where there is none. */
static size_t place_of(const jk_usage *usage, const char *name) {
    size_t p = 0;
    while (p < usage->count && strcmp(usage->places[p].option->name, name) != 0) {
        p++;
    }
    return p;
}

bool jk_usage_given(const jk_usage *usage, const char *name) {
    size_t p = place_of(usage, name);
    return p < usage->count && usage->given[p];
}

static char *field_of(const jk_usage *usage, const jk_option_place *place) {
    return usage->options + (place->group != NULL ? place->group->base : 0) + place->option->at;
}

static size_t *count_of(const jk_usage *usage, const jk_option_place *place) {
    return (size_t *)(void *)(usage->options + (place->group != NULL ? place->group->base : 0) +
                              place->option->count_at);
}

/* ---- the command line ----------------------------------------------------------------------------------------- */

static bool is_operand(const jk_option_place *place) {
    return place->group == NULL;
}

/* The option that is written --name, or a beginning of it that no other option shares. */
static size_t find_long(jk_usage *usage, const char *name, size_t length) {
    const char *names[JK_COMMAND_OPTIONS];
    size_t found = usage->count, named = 0, beginnings = 0;
    for (size_t p = 0; p < usage->count; p++) {
        const char *candidate = usage->places[p].option->name;
        if (is_operand(&usage->places[p])) {
            continue;
        }
        names[named++] = candidate;
        if (strncmp(candidate, name, length) != 0) {
            continue;
        }
        if (candidate[length] == '\0') {
            return p;
        }
        found = p;
        beginnings++;
    }
    if (beginnings == 1) {
        return found;
    }
    if (beginnings > 1) {
        jk_usage_error(usage, "--%.*s: could be --%s or another option; write it out", (int)length, name,
                       usage->places[found].option->name);
        return usage->count;
    }
    char text[64];
    (void)snprintf(text, sizeof text, "%.*s", (int)length, name);
    int nearest = jk_text_nearest(text, names, named);
    for (size_t i = 0; i < named && nearest < 0 && length >= 3; i++) { /* --mapping: --payments-mapping */
        nearest = strstr(names[i], text) != NULL ? (int)i : -1;
    }
    if (usage->command->no_parts != NULL && strcmp(text, "part") == 0) {
        jk_usage_error(usage, "--part: jalki %s %s", usage->command->name, usage->command->no_parts);
    } else if (nearest >= 0) {
        jk_usage_error(usage, "--%s: no such option; did you mean --%s?", text, names[nearest]);
    } else {
        jk_usage_error(usage, "--%s: no such option", text);
    }
    return usage->count;
}

static size_t find_letter(jk_usage *usage, char letter) {
    for (size_t p = 0; p < usage->count; p++) {
        if (usage->places[p].option->letter == letter) {
            return p;
        }
    }
    jk_usage_error(usage, "-%c: no such option", letter);
    return usage->count;
}

static void take(jk_usage *usage, size_t p, char *text) {
    const jk_option_place *place = &usage->places[p];
    const jk_option *option = place->option;
    char name[64];
    (void)snprintf(name, sizeof name, "--%s", option->name);
    size_t *count = option->most > 0 ? count_of(usage, place) : NULL;
    jk_cli_record_option(&usage->record, option, text);
    if (option->kind == JK_OPTION_HELP) {
        usage->help = true;
    } else if (option->kind == JK_OPTION_SPECIAL) {
        option->read(usage, name, text, field_of(usage, place));
    } else {
        jk_option_take(usage, option, name, text, field_of(usage, place), count);
    }
    usage->given[p] = true;
}

/* Names of data bases without user and password, in the place of their URLs: nothing behind here sees more. */
static bool hide_databases(int argc, char **argv) {
    bool held = true;
    for (int i = 0; i < argc; i++) {
        if (jk_exchange_is_database(argv[i])) {
            const char *name = jk_exchange_hide(argv[i]);
            held = name != NULL && held;
            argv[i] = name != NULL ? (char *)(uintptr_t)name : argv[i];
        }
    }
    return held;
}

/* --name VALUE, --name=VALUE, -n VALUE or -nVALUE; returns how many arguments that were. */
static int take_option(jk_usage *usage, char **argv, int left) {
    char *text = argv[0];
    bool is_long = text[1] == '-';
    char *equals = is_long ? strchr(text, '=') : NULL;
    size_t length = equals != NULL ? (size_t)(equals - text) : strlen(text);
    size_t p = is_long ? find_long(usage, text + 2, length - 2) : find_letter(usage, text[1]);
    if (p == usage->count) {
        return 1;
    }
    const jk_option *option = usage->places[p].option;
    char *value = is_long ? (equals != NULL ? equals + 1 : NULL) : (text[2] != '\0' ? text + 2 : NULL);
    bool takes_value = option->kind != JK_OPTION_FLAG && option->kind != JK_OPTION_HELP;
    if (value != NULL && !hide_databases(1, &value)) {
        jk_usage_error(usage, "--%s: out of memory", option->name);
        return 1;
    }
    if (!takes_value && value != NULL) {
        jk_usage_error(usage, "--%s: takes no value, and got '%s'", option->name, value);
        return 1;
    }
    if (takes_value && value == NULL && left < 2) {
        jk_usage_error(usage, "--%s %s: the value is missing", option->name, option->value);
        return 1;
    }
    take(usage, p, takes_value && value == NULL ? argv[1] : value);
    return takes_value && value == NULL ? 2 : 1;
}

static void take_operands(jk_usage *usage) {
    const jk_option *operand = &usage->command->operand;
    for (size_t i = 0; i < usage->operand_count; i++) {
        jk_cli_record_operand(&usage->record, usage->operands[i]);
    }
    if (usage->operand_count == 0 || usage->wrong) {
        return;
    }
    if (operand->name == NULL) {
        jk_usage_error(usage, "'%s': stands without an option; expected options only", usage->operands[0]);
    } else if (operand->most == JK_OPTION_ALL) {
        memcpy(field_of(usage, &usage->places[0]), &usage->operands, sizeof usage->operands);
        *count_of(usage, &usage->places[0]) = usage->operand_count;
    } else if (usage->operand_count > 1) {
        jk_usage_error(usage, "'%s': only one %s at a time; what an option says stands behind its name",
                       usage->operands[1], operand->name);
    } else {
        jk_option_take(usage, operand, operand->name, usage->operands[0], field_of(usage, &usage->places[0]), NULL);
    }
    usage->given[0] = true;
}

static void read_line(jk_usage *usage, int argc, char **argv) {
    for (int i = 0; i < argc && !usage->wrong && !usage->help;) {
        if (strcmp(argv[i], "--") == 0) {
            for (i++; i < argc; i++) {
                usage->operands[usage->operand_count++] = argv[i];
            }
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            i += take_option(usage, argv + i, argc - i);
        } else {
            usage->operands[usage->operand_count++] = argv[i++];
        }
    }
}

/* What is needed, and what is about something that is not given. */
static void check_records(jk_usage *usage) {
    bool has_operand = usage->operand_count > 0;
    for (size_t p = 0; p < usage->count && !usage->wrong; p++) {
        const jk_option_place *place = &usage->places[p];
        const jk_option *option = place->option;
        bool with_operand = place->group != NULL && place->group->with_operand;
        const jk_option *lacks = option->is_needed && !usage->given[p] &&
                                         !(option->not_in_part && jk_usage_given(usage, "part")) &&
                                         (!with_operand || has_operand)
                                     ? option
                                     : NULL;
        if (with_operand && option->is_needed && usage->given[p] && !has_operand) {
            lacks = &usage->command->operand;
        }
        if (lacks != NULL && lacks->missing != NULL) {
            jk_usage_error(usage, "%s", lacks->missing);
        } else if (lacks != NULL && lacks == &usage->command->operand) {
            jk_usage_error(usage, "a %s is needed, for example %s", lacks->name, lacks->value);
        } else if (lacks != NULL) {
            jk_usage_error(usage, "--%s %s is needed", lacks->name, lacks->value);
        } else if (option->needs != NULL && usage->given[p] && !jk_usage_given(usage, option->needs)) {
            const char *value = usage->places[place_of(usage, option->needs)].option->value;
            jk_usage_error(usage, "--%s is about --%s%s%s, which is not given", option->name, option->needs,
                           value != NULL ? " " : "", value != NULL ? value : "");
        }
    }
}

/* A part has no result of its own: what is made of the sums is made by the merge. */
static void check_part(jk_usage *usage) {
    const jk_cli_common *common = (const jk_cli_common *)(void *)usage->options;
    bool given = jk_usage_given(usage, "part");
    for (size_t p = 0; given && p < usage->count && !usage->wrong; p++) {
        const jk_option *option = usage->places[p].option;
        if (usage->given[p] && option->kind == JK_OPTION_FILE_OUT && !option->of_parts) {
            jk_usage_error(usage, "--%s: a part does not write it; what can be made of all parts, jalki merge writes",
                           option->name);
        } else if (usage->given[p] && option->kind == JK_OPTION_FILE_OUT &&
                   jk_cli_is_converted(option, *(const char *const *)(void *)field_of(usage, &usage->places[p]))) {
            jk_usage_error(usage, "--%s: parts are put together as CSV; jalki merge writes other kinds of files",
                           option->name);
        }
    }
    if (given && !usage->wrong && jk_team_role_now() == JK_TEAM_RANKS) {
        jk_usage_error(usage, "--part: ranks share the work already; expected one or the other");
    }
    if (given && !usage->wrong && jk_usage_given(usage, "agent-hours")) {
        jk_usage_error(usage, "--agent-hours: a limit weighs all claims against each other; it cannot be had in parts");
    }
    if (given && !usage->wrong && common->format != JK_FORMAT_TABLE) {
        jk_usage_error(usage, "--format: a part shows no figures; jalki merge does");
    }
}

/* ---- running -------------------------------------------------------------------------------------------------- */

/* No output may replace an input or stand for two. */
static jk_status check_files(const jk_usage *usage, const char **files, size_t room, jk_error *error) {
    size_t inputs = 0, outputs = 0;
    for (size_t p = 0; p < usage->count; p++) {
        const jk_option_place *place = &usage->places[p];
        const jk_option *option = place->option;
        if (!usage->given[p] || (option->kind != JK_OPTION_FILE_IN && option->kind != JK_OPTION_FILE_OUT)) {
            continue;
        }
        const char *const *field = (const char *const *)(void *)field_of(usage, place);
        size_t count = option->most > 0 ? *count_of(usage, place) : 1;
        field = option->most == JK_OPTION_ALL ? usage->operands : field;
        for (size_t i = 0; i < count; i++) { /* inputs from the front, outputs from the back */
            bool input = option->kind == JK_OPTION_FILE_IN;
            files[input ? inputs++ : room - ++outputs] = field[i];
        }
    }
    return jk_cli_check_outputs(files, inputs, files + room - outputs, outputs, error);
}

/* An output has a name of its own kind. */
static jk_status check_endings(const jk_usage *usage, jk_error *error) {
    for (size_t p = 0; p < usage->count; p++) {
        const jk_option *option = usage->places[p].option;
        if (usage->given[p] && option->kind == JK_OPTION_FILE_OUT) {
            const char *path = *(const char *const *)(void *)field_of(usage, &usage->places[p]);
            const char *own = jk_option_foreign_ending(option, path);
            bool has_dialect = ((const jk_cli_common *)(const void *)usage->options)->dialect > 0;
            if (has_dialect && jk_option_is_csv(option, path) && !jk_cli_is_converted(option, path) &&
                !jk_dialect_is_csv(path)) {
                return jk_fail(
                    error, JK_ERROR_ARGUMENT, path, 0, NULL,
                    "would be CSV without --csv-dialect; expected a name for --%s that ends in .csv or .csv.gz",
                    option->name);
            }
            if (own != NULL) {
                return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL,
                               "would be %s under the name of another kind of file; expected a name for --%s that ends "
                               "in %s%s",
                               own + 1, option->name, own,
                               strcmp(own, ".csv") != 0 ? "" : ", .csv.gz, .xlsx, .parquet or .json");
            }
        }
    }
    return JK_OK;
}

/* CSV that is to become another kind of file. */
static jk_status convert_outputs(jk_usage *usage, jk_error *error) {
    for (size_t p = 0; p < usage->count; p++) {
        const jk_option *option = usage->places[p].option;
        const char **field = (const char **)(void *)field_of(usage, &usage->places[p]);
        if (usage->given[p] && option->kind == JK_OPTION_FILE_OUT && jk_cli_is_converted(option, *field)) {
            JK_TRY(jk_cli_conversions_add(&usage->conversions, option, field, error));
        }
    }
    return JK_OK;
}

/* Commands with --accept tell it among their findings. */
static void note_returns(const jk_usage *usage) {
    bool tells = place_of(usage, "accept") < usage->count;
    for (size_t p = 0; p < usage->count && !tells; p++) {
        const jk_option_place *place = &usage->places[p];
        if (usage->given[p] && place->option->kind == JK_OPTION_RETURN) {
            const double *rates = (const double *)(void *)field_of(usage, place);
            size_t count = place->option->most > 0 ? *count_of(usage, place) : 1;
            for (size_t i = 0; i < count; i++) {
                jk_cli_note_rate((const jk_cli_common *)(void *)usage->options, rates[i]);
            }
        }
    }
}

/* What holds for all that the command reads and writes; a command without the common options is as careful as can be.
 */
static void set_policy(const jk_usage *usage) {
    static const jk_cli_common careful;
    bool has_options = place_of(usage, "raw-text") < usage->count;
    const jk_cli_common *common = has_options ? (const jk_cli_common *)(void *)usage->options : &careful;
    jk_policy_set(&(jk_policy){.shared = common->shared,
                               .raw_text = common->raw_text,
                               .with_ids = common->with_ids,
                               .includes_outside = common->any_include,
                               .models = getenv("JALKI_MODELS"),
                               .dialect = common->dialect > 0 ? &jk_dialects[common->dialect] : NULL,
                               .keeps_inputs = true});
    if (common->format == JK_FORMAT_CSV) {
        jk_cli_set_stdout(jk_policy_get()->dialect, common->raw_text);
    }
}

static int run(jk_usage *usage, const char **files, size_t room) {
    jk_error error = {0};
    size_t block_rows = 0;
    if (jk_cli_block_rows(&block_rows, &error) != JK_OK || check_files(usage, files, room, &error) != JK_OK ||
        check_endings(usage, &error) != JK_OK) {
        return jk_cli_fail(&error);
    }
    if (!usage->command->shares_work && !jk_team_ranks_leave()) {
        return 0; /* rank 0 does it */
    }
    note_returns(usage);
    set_policy(usage);
    const jk_cli_common *common = (const jk_cli_common *)(void *)usage->options;
    if (!jk_cli_record_begin(&usage->record, common)) {
        (void)jk_fail_memory(&error, "the record of the run");
        return jk_cli_fail(&error);
    }
    if (convert_outputs(usage, &error) != JK_OK) {
        return jk_cli_fail(&error);
    }
    int code = usage->command->run(usage->options);
    if (code == 0 && jk_cli_conversions_make(&usage->conversions, &error) != JK_OK) {
        code = jk_cli_fail(&error);
    }
    return code == 0 ? jk_cli_record_end(&usage->record, common) : code;
}

/* Model files that are not where they were named are looked for where models are. */
static void find_models(jk_usage *usage) {
    for (size_t p = 0; p < usage->count; p++) {
        const jk_option_place *place = &usage->places[p];
        const char **field = (const char **)(void *)field_of(usage, place);
        size_t count = place->option->most > 0 ? *count_of(usage, place) : 1;
        for (size_t i = 0; place->option->is_model && usage->given[p] && i < count; i++) {
            char *found = usage->model_count < MODELS_MAX ? jk_cli_find_model(field[i]) : NULL;
            if (found != NULL) {
                usage->models[usage->model_count++] = found;
                field[i] = found;
            }
        }
    }
}

static void set_standards(jk_usage *usage) {
    for (size_t p = 0; p < usage->count; p++) {
        jk_option_set_neutral(usage->places[p].option, field_of(usage, &usage->places[p]));
    }
    if (usage->command->prepare != NULL) {
        usage->command->prepare(usage->options);
    }
    for (size_t p = 0; p < usage->count; p++) {
        const jk_option *option = usage->places[p].option;
        char text[32];
        if (option->standard != NULL && option->kind == JK_OPTION_SPECIAL) {
            (void)snprintf(text, sizeof text, "%s", option->standard);
            option->read(usage, option->name, text, field_of(usage, &usage->places[p]));
        } else if (option->standard != NULL) {
            jk_option_take(usage, option, option->name, option->standard, field_of(usage, &usage->places[p]),
                           option->most > 0 ? count_of(usage, &usage->places[p]) : NULL);
        }
    }
}

int jk_command_run(const jk_command *command, int argc, char **argv) {
    size_t room = (size_t)argc + JK_COMMAND_OPTIONS;
    jk_usage usage = {.command = command, .options = calloc(1, command->size), .record = {.command = command->name}};
    const char **files = calloc(2 * room, sizeof *files);
    char **line = calloc((size_t)argc + 1, sizeof *line); /* the caller's texts stay where they are */
    int code = 1;
    if (line != NULL && argc > 0) {
        memcpy((void *)line, (const void *)argv, (size_t)argc * sizeof *line);
    }
    if (usage.options == NULL || files == NULL || line == NULL || !hide_databases(argc, line)) {
        (void)fprintf(stderr, "jalki: out of memory\n");
    } else {
        usage.operands = files + room;
        usage.count = jk_command_options(command, usage.places);
        set_standards(&usage);
        read_line(&usage, argc, line);
        if (!usage.help) {
            take_operands(&usage);
            check_records(&usage);
            check_part(&usage);
        }
        if (!usage.help && !usage.wrong && command->check != NULL) {
            command->check(&usage, usage.options);
        }
        find_models(&usage);
        code = usage.wrong ? 2 : usage.help ? jk_help_print(command) : run(&usage, files, room);
    }
    for (size_t i = 0; i < usage.model_count; i++) {
        free(usage.models[i]);
    }
    jk_cli_conversions_end(&usage.conversions);
    jk_cli_record_free(&usage.record);
    free((void *)line);
    free((void *)files);
    free(usage.options);
    return code;
}
