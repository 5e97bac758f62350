/* SPDX-License-Identifier: Apache-2.0 */
/* jalki generate: a synthetic Nordic tape, as a store or as CSV. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "jalki/generate.h"

typedef enum tape_form { FORM_UNKNOWN, FORM_STORE, FORM_CSV, FORM_CSV_GZIP } tape_form;

typedef struct generate_arguments {
    jk_cli_common common;
    jk_generate_options options;
    bool rows_given;
    const char *output;
    tape_form form;
} generate_arguments;

enum { KEY_SEED = 0x2001, KEY_CUTOFF };

static const struct argp_option options[] = {
    {"rows", 'n', "N", 0, "Number of claims", 0},
    {"output", 'o', "FILE", 0, "Where to: T.h5 (a store), T.csv or T.csv.gz", 0},
    {"seed", KEY_SEED, "S", 0, "Which tape; the same seed gives the same tape [1]", 0},
    {"cutoff", KEY_CUTOFF, "DATE", 0, "Cut-off date of the tape [2026-06-30]", 0},
    {0},
};

static tape_form form_of(const char *path) {
    static const struct {
        const char *ending;
        tape_form form;
    } endings[] = {{".h5", FORM_STORE}, {".csv", FORM_CSV}, {".csv.gz", FORM_CSV_GZIP}};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i].ending);
        if (length > ending && strcmp(path + length - ending, endings[i].ending) == 0) {
            return endings[i].form;
        }
    }
    return FORM_UNKNOWN;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    generate_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case 'n':
        arguments->options.rows = (uint64_t)jk_cli_integer(state, "-n", argument, 1, (int64_t)JK_GENERATE_ROWS_MAX);
        arguments->rows_given = true;
        return 0;
    case 'o':
        arguments->output = argument;
        arguments->form = form_of(argument);
        if (arguments->form == FORM_UNKNOWN) {
            argp_error(state, "-o: '%s' does not end in .h5, .csv or .csv.gz", argument);
        }
        return 0;
    case KEY_SEED:
        arguments->options.seed = (uint64_t)jk_cli_integer(state, "--seed", argument, 0, INT64_MAX);
        return 0;
    case KEY_CUTOFF:
        arguments->options.cutoff = jk_cli_date(state, "--cutoff", argument);
        return 0;
    case ARGP_KEY_END:
        if (!arguments->rows_given || arguments->output == NULL) {
            argp_error(state, "-n N and -o FILE are needed");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_generate(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "-n N -o FILE",
        .doc =
            "Make a synthetic tape of Nordic written-off claims: several claims per debtor, skewed balances, ages from "
            "0 to 15 years, statuses, missing values. It describes no real person.\v"
            "Example: jalki generate -n 20000 -o sample.csv.gz --seed 1",
        .children = children,
    };
    generate_arguments arguments = {.options = jk_generate_defaults()};
    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_run run = jk_cli_run(&arguments.common);
    jk_error error = {0};
    jk_status status =
        arguments.form == FORM_STORE
            ? jk_generate_store(&arguments.options, arguments.output, &run, &error)
            : jk_generate_csv(&arguments.options, arguments.output, arguments.form == FORM_CSV_GZIP, &run, &error);
    if (status != JK_OK) {
        return jk_cli_fail(&error);
    }
    jk_cli_note(&arguments.common, "%" PRIu64 " claims written to %s", arguments.options.rows, arguments.output);
    return jk_cli_finish();
}

const jk_command jk_command_generate = {
    .name = "generate", .summary = "make a synthetic tape of any size", .run = run_generate};
