/* SPDX-License-Identifier: Apache-2.0 */
/* jalki generate: a synthetic Nordic tape, or history of its claims under a model, as a store or as CSV. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "jalki/generate.h"
#include "jalki/generate_panel.h"

typedef enum tape_form { FORM_UNKNOWN, FORM_STORE, FORM_CSV, FORM_CSV_GZIP } tape_form;

typedef struct generate_arguments {
    jk_cli_common common;
    jk_generate_options options;
    bool is_panel;
    jk_generate_panel_options panel;
    const char *model;
    const char *output;
    tape_form form;
} generate_arguments;

static const char needed[] = "-n N and -o FILE are needed";

static const jk_option options[] = {
    {"rows", 'n', JK_OPTION_INTEGER, JK_FIELD(generate_arguments, options.rows), .value = "N", .low = 1,
     .high = JK_GENERATE_ROWS_MAX, .is_needed = true, .missing = needed, .help = "Number of claims"},
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(generate_arguments, output), .value = "FILE", .is_needed = true,
     .missing = needed, .help = "Where to: T.h5 (a store), T.csv or T.csv.gz"},
    {"seed", .kind = JK_OPTION_INTEGER, JK_FIELD(generate_arguments, options.seed), .value = "S",
     .high = JK_INTEGER_MOST, .standard = "1", .help = "Which tape; the same seed gives the same tape"},
    {"cutoff", .kind = JK_OPTION_DATE, JK_FIELD(generate_arguments, options.cutoff), .value = "DATE",
     .standard = "2026-06-30", .help = "Cut-off date of the tape"},
    {0},
};

static const jk_option history[] = {
    {"panel", .kind = JK_OPTION_FLAG, JK_FIELD(generate_arguments, is_panel),
     .help = "Make history: one row per claim and period, simulated under the model"},
    {"model", 'm', JK_OPTION_FILE_IN, .is_model = true, JK_FIELD(generate_arguments, model), .value = "M.yaml",
     .help = "The model that is the truth of the history"},
    {"months", .kind = JK_OPTION_INTEGER, JK_FIELD(generate_arguments, panel.months), .value = "T", .low = 1,
     .high = JK_GENERATE_MONTHS_MAX, .standard = "24", .help = "Months observed"},
    {"period-months", .kind = JK_OPTION_INTEGER, JK_FIELD(generate_arguments, panel.period_months), .value = "P",
     .low = 1, .high = 12, .standard = "1", .help = "Length of a period: 1, 2, 3, 4, 6 or 12"},
    {"start", .kind = JK_OPTION_DATE, JK_FIELD(generate_arguments, panel.start), .value = "DATE",
     .standard = "2021-01-01", .help = "First day of the first period"},
    {"instalments", .kind = JK_OPTION_NUMBER, JK_FIELD(generate_arguments, panel.instalments), .value = "SHARE",
     .high = 0.9, .standard = "0.3",
     .help = "Share of collections that comes in instalments, where a segment has no payers"},
    {"heterogeneity", .kind = JK_OPTION_NUMBER, JK_FIELD(generate_arguments, panel.heterogeneity), .value = "SHAPE",
     .high = 1000.0, .standard = "0", .example = "0.6",
     .help = "Debtors of unequal readiness: shape of its gamma distribution; 0: all alike"},
    {"hide-classes", .kind = JK_OPTION_NUMBER, JK_FIELD(generate_arguments, panel.hidden), .value = "SHARE",
     .high = 1.0, .standard = "0", .help = "Share of rows without their capacity classes"},
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

static void prepare(void *command) {
    generate_arguments *arguments = command;
    arguments->options = jk_generate_defaults();
    arguments->panel = jk_generate_panel_defaults();
}

static void check(jk_usage *usage, void *command) {
    generate_arguments *arguments = command;
    arguments->form = form_of(arguments->output);
    if (arguments->form == FORM_UNKNOWN) {
        jk_usage_error(usage, "-o: '%s' does not end in .h5, .csv or .csv.gz", arguments->output);
    }
    if (arguments->is_panel && jk_usage_given(usage, "cutoff")) {
        jk_usage_error(usage, "a panel has no cut-off: --start DATE says when it begins");
    }
    if (arguments->is_panel && arguments->model == NULL) {
        jk_usage_error(usage, "--panel needs --model M.yaml, the truth to simulate");
    }
    for (const jk_option *option = history; option->name != NULL && !arguments->is_panel; option++) {
        if (jk_usage_given(usage, option->name)) {
            jk_usage_error(usage, "options of history need --panel; --%s is one of them", option->name);
        }
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
    jk_status status = jk_model_load(arguments->model, &model, error);
    if (status == JK_OK) {
        status =
            jk_generate_panel(&arguments->panel, model, arguments->output, forms[arguments->form], run, counts, error);
    }
    jk_model_free(model);
    return status;
}

static int run_generate(void *command) {
    generate_arguments *arguments = command;
    jk_run run = jk_cli_run(&arguments->common);
    jk_error error = {0};
    jk_generate_panel_counts counts = {0};
    jk_status status =
        arguments->is_panel ? generate_panel(arguments, &run, &counts, &error) : generate_tape(arguments, &run, &error);
    if (status != JK_OK) {
        return jk_cli_fail(&error);
    }
    if (arguments->is_panel) {
        jk_cli_note(&arguments->common, "%" PRIu64 " rows of %" PRIu64 " claims of %" PRIu64 " debtors written to %s",
                    counts.rows, counts.claims, counts.debtors, arguments->output);
        return jk_cli_finish();
    }
    jk_cli_note(&arguments->common, "%" PRIu64 " claims written to %s", arguments->options.rows, arguments->output);
    return jk_cli_finish();
}

const jk_command jk_command_generate = {
    .name = "generate",
    .summary = "make a synthetic tape of any size",
    .purpose = "Make a synthetic tape of Nordic written-off claims: several claims per debtor, skewed balances, ages "
               "from 0 to 15 years, statuses, missing values. It describes no real person.",
    .usage = "-n N -o FILE",
    .examples = {"jalki generate -n 20000 -o sample.csv.gz --seed 1",
                 "jalki generate --panel --model models/nordic.yaml -n 20000 --months 36 -o history.h5"},
    .groups = {{"Tape", options, 0, false}, {"History (docs/panel.md)", history, 0, false}},
    .size = sizeof(generate_arguments),
    .prepare = prepare,
    .check = check,
    .run = run_generate,
};
