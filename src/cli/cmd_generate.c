/* SPDX-License-Identifier: Apache-2.0 */
/* jalki generate: a synthetic Nordic tape, or history of its claims under a model, as a store or as CSV. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "jalki/generate.h"
#include "jalki/generate_panel.h"

typedef enum tape_form { FORM_UNKNOWN, FORM_STORE, FORM_CSV, FORM_CSV_GZIP } tape_form;

typedef struct generate_arguments {
    jk_cli_common common;
    jk_generate_options options;
    bool rows_given, cutoff_given, is_panel, panel_option;
    jk_generate_panel_options panel;
    const char *model;
    const char *output;
    tape_form form;
} generate_arguments;

enum {
    KEY_SEED = 0x2001,
    KEY_CUTOFF,
    KEY_PANEL,
    KEY_MODEL,
    KEY_MONTHS,
    KEY_PERIOD,
    KEY_START,
    KEY_INSTALMENTS,
    KEY_HIDE
};

static const struct argp_option options[] = {
    {"rows", 'n', "N", 0, "Number of claims", 0},
    {"output", 'o', "FILE", 0, "Where to: T.h5 (a store), T.csv or T.csv.gz", 0},
    {"seed", KEY_SEED, "S", 0, "Which tape; the same seed gives the same tape [1]", 0},
    {"cutoff", KEY_CUTOFF, "DATE", 0, "Cut-off date of the tape [2026-06-30]", 0},
    {NULL, 0, NULL, 0, "History (docs/panel.md):", 1},
    {"panel", KEY_PANEL, NULL, 0, "Make history: one row per claim and period, simulated under the model", 1},
    {"model", KEY_MODEL, "M.yaml", 0, "The model that is the truth of the history", 1},
    {"months", KEY_MONTHS, "T", 0, "Months observed [24]", 1},
    {"period-months", KEY_PERIOD, "P", 0, "Length of a period: 1, 2, 3, 4, 6 or 12 [1]", 1},
    {"start", KEY_START, "DATE", 0, "First day of the first period [2021-01-01]", 1},
    {"instalments", KEY_INSTALMENTS, "SHARE", 0, "Share of collections that comes in instalments, 0 to 0.9 [0.3]", 1},
    {"hide-classes", KEY_HIDE, "SHARE", 0, "Share of rows without their capacity classes [0]", 1},
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

static error_t parse_history(int key, char *argument, struct argp_state *state, generate_arguments *arguments) {
    jk_generate_panel_options *panel = &arguments->panel;
    arguments->panel_option = true;
    switch (key) {
    case KEY_MONTHS:
        panel->months = (int)jk_cli_integer(state, "--months", argument, 1, JK_GENERATE_MONTHS_MAX);
        return 0;
    case KEY_PERIOD:
        panel->period_months = (int)jk_cli_integer(state, "--period-months", argument, 1, 12);
        return 0;
    case KEY_START:
        panel->start = jk_cli_date(state, "--start", argument);
        return 0;
    case KEY_INSTALMENTS:
        panel->instalments = jk_cli_real(state, "--instalments", argument, 0.0, 0.9);
        return 0;
    default:
        panel->hidden = jk_cli_real(state, "--hide-classes", argument, 0.0, 1.0);
        return 0;
    }
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
        arguments->cutoff_given = true;
        return 0;
    case KEY_PANEL:
        arguments->is_panel = true;
        return 0;
    case KEY_MODEL:
        arguments->model = argument;
        return 0;
    case KEY_MONTHS:
    case KEY_PERIOD:
    case KEY_START:
    case KEY_INSTALMENTS:
    case KEY_HIDE:
        return parse_history(key, argument, state, arguments);
    case ARGP_KEY_END:
        if (!arguments->rows_given || arguments->output == NULL) {
            argp_error(state, "-n N and -o FILE are needed");
        }
        if (arguments->is_panel && (arguments->model == NULL || arguments->cutoff_given)) {
            argp_error(state, arguments->cutoff_given ? "a panel has no cut-off: --start DATE says when it begins"
                                                      : "--panel needs --model M.yaml, the truth to simulate");
        }
        if (!arguments->is_panel && (arguments->model != NULL || arguments->panel_option)) {
            argp_error(state, "options of history need --panel");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static jk_status generate_tape(const generate_arguments *arguments, const jk_run *run, jk_error *error) {
    return arguments->form == FORM_STORE
               ? jk_generate_store(&arguments->options, arguments->output, run, error)
               : jk_generate_csv(&arguments->options, arguments->output, arguments->form == FORM_CSV_GZIP, run, error);
}

static jk_status generate_panel(generate_arguments *arguments, const jk_run *run, jk_generate_panel_counts *counts,
                                jk_error *error) {
    static const jk_panel_form forms[] = {
        [FORM_STORE] = JK_PANEL_STORE, [FORM_CSV] = JK_PANEL_CSV, [FORM_CSV_GZIP] = JK_PANEL_CSV_GZIP};
    jk_model *model = NULL;
    arguments->panel.claims = arguments->options.rows;
    arguments->panel.seed = arguments->options.seed;
    jk_status status = jk_cli_check_outputs(&arguments->model, 1, &arguments->output, 1, error);
    if (status == JK_OK) {
        status = jk_model_load(arguments->model, &model, error);
    }
    if (status == JK_OK) {
        status =
            jk_generate_panel(&arguments->panel, model, arguments->output, forms[arguments->form], run, counts, error);
    }
    jk_model_free(model);
    return status;
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
            "Example: jalki generate -n 20000 -o sample.csv.gz --seed 1\n"
            "  jalki generate --panel --model models/nordic.yaml -n 20000 --months 36 -o history.h5",
        .children = children,
    };
    generate_arguments arguments = {.options = jk_generate_defaults(), .panel = jk_generate_panel_defaults()};
    if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        return 2;
    }
    jk_run run = jk_cli_run(&arguments.common);
    jk_error error = {0};
    jk_generate_panel_counts counts = {0};
    jk_status status = arguments.is_panel ? generate_panel(&arguments, &run, &counts, &error)
                                          : generate_tape(&arguments, &run, &error);
    if (status != JK_OK) {
        return jk_cli_fail(&error);
    }
    if (arguments.is_panel) {
        jk_cli_note(&arguments.common, "%" PRIu64 " rows of %" PRIu64 " claims of %" PRIu64 " debtors written to %s",
                    counts.rows, counts.claims, counts.debtors, arguments.output);
        return jk_cli_finish();
    }
    jk_cli_note(&arguments.common, "%" PRIu64 " claims written to %s", arguments.options.rows, arguments.output);
    return jk_cli_finish();
}

const jk_command jk_command_generate = {
    .name = "generate", .summary = "make a synthetic tape of any size", .run = run_generate};
