/* SPDX-License-Identifier: Apache-2.0 */
/* jalki panel: history from tapes at several cut-offs and a list of payments. */
#include <stdio.h>

#include "base/number/calendar.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"
#include "jalki/panel_join.h"

typedef struct panel_arguments {
    jk_cli_common common;
    jk_panel_join_options options;
    jk_cli_rejects rejects;
} panel_arguments;

static const char *const treatments[] = {"surveil", "amicable", "legal", NULL}; /* as jk_treatment */
static const char *const vanished[] = {"censored", "closed", "sold", NULL};     /* as jk_vanished */

static const jk_option options[] = {
    {"payments", .kind = JK_OPTION_FILE_IN, JK_FIELD(panel_arguments, options.payments), .value = "PAY.csv",
     .is_needed = true, .help = "claim_id, paid_on, amount; where known principal, interest, costs"},
    {"payments-mapping", .kind = JK_OPTION_FILE_IN, JK_FIELD(panel_arguments, options.payments_mapping),
     .value = "M.yaml", .help = "How the list's columns make those"},
    {"actions", .kind = JK_OPTION_FILE_IN, JK_FIELD(panel_arguments, options.actions), .value = "ACT.csv",
     .help = "claim_id, from_date, treatment: what was done from when"},
    {"actions-mapping", .kind = JK_OPTION_FILE_IN, JK_FIELD(panel_arguments, options.actions_mapping),
     .value = "M.yaml", .needs = "actions", .help = "How the list's columns make those"},
    {"pseudonyms", .kind = JK_OPTION_FILE_IN, JK_FIELD(panel_arguments, options.pseudonyms), .value = "KEYFILE",
     .help = "The tapes have pseudonyms made with this key: the lists' ids become theirs"},
    {"treatment", .kind = JK_OPTION_CHOICE, JK_FIELD(panel_arguments, options.treatment), .value = "NAME",
     .choices = treatments, .help = "In force before a claim's first action, or all the time"},
    {"vanished", .kind = JK_OPTION_CHOICE, JK_FIELD(panel_arguments, options.vanished), .value = "WHAT",
     .choices = vanished, .standard = "closed", .help = "What claims are that later tapes lack and nothing explains"},
    {"period-months", .kind = JK_OPTION_INTEGER, JK_FIELD(panel_arguments, options.period_months), .value = "P",
     .low = 1, .high = 120, .standard = "1", .help = "Length of a period"},
    {"max-rejects", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_rejects, JK_FIELD(panel_arguments, rejects),
     .value = "N|N%", .standard = "1%", .help = "Fail beyond so many bad rows of a list, or share of them"},
    {"output", 'o', JK_OPTION_FILE_OUT, JK_FIELD(panel_arguments, options.output), .value = "P.h5", .is_needed = true,
     .help = "The panel to make"},
    {"compress", .kind = JK_OPTION_INTEGER, JK_FIELD(panel_arguments, options.compression), .value = "LEVEL", .high = 9,
     .standard = "0", .help = "Compress the panel's columns, 1 to 9; 0 does not"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    panel_arguments *arguments = command;
    jk_panel_join_options *joined = &arguments->options;
    if (joined->tape_count < 2) {
        jk_usage_error(usage, "two tapes at least, --payments PAY.csv and -o P.h5 are needed");
    }
    if (joined->actions == NULL && joined->treatment < 0) {
        jk_usage_error(usage, "what was done is not known: --actions ACT.csv or --treatment NAME is needed");
    }
    joined->max_rejects = arguments->rejects.most;
    joined->max_rejects_is_share = arguments->rejects.is_share;
}

/* ---- what was made ---------------------------------------------------------------------------------------- */

static void print_table(const jk_panel_join_summary *summary) {
    jk_panel_join_line lines[JK_PANEL_JOIN_LINES];
    jk_panel_join_lines(summary, lines);
    char first[JK_DATE_TEXT], last[JK_DATE_TEXT], count[JK_AMOUNT_TEXT], money[JK_AMOUNT_TEXT];
    (void)printf("%-32s %s to %s\n", "observed", jk_date_format(summary->first_start, first),
                 jk_date_format(summary->end, last));
    size_t levels = 0;
    const char *const *exits = jk_schema_levels(JK_COLUMN_EXIT, &levels);
    const size_t shown = summary->actions_rejected > 0 ? JK_PANEL_JOIN_LINES : JK_PANEL_JOIN_LINES - 1;
    for (size_t i = 0; i < shown; i++) {
        (void)printf("%-32s %14s", lines[i].title, jk_amount(count, (double)lines[i].count, 0));
        if (lines[i].amount != NULL) {
            (void)printf(" %20s", jk_amount(money, (double)*lines[i].amount / 100.0, 2));
        }
        (void)putchar('\n');
    }
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)printf("%-32s %14s %s\n", e == 0 ? "exits" : "", jk_amount(count, (double)summary->exits[e], 0),
                     exits[e]);
    }
    (void)printf("Amounts are in the currencies of the claims, added up as they stand.\n");
}

static int print_summary(const panel_arguments *arguments, const jk_panel_join_summary *summary) {
    const jk_listing listing = jk_panel_join_listing(summary);
    if (arguments->common.format != JK_FORMAT_TABLE) {
        return arguments->common.format == JK_FORMAT_JSON ? jk_cli_print_text(jk_panel_join_json(summary))
                                                          : jk_cli_listing_csv(&listing);
    }
    print_table(summary);
    return jk_cli_finish();
}

static int run_panel(void *command) {
    panel_arguments *arguments = command;
    jk_run run = jk_cli_run(&arguments->common);
    jk_error error = {0};
    jk_panel_join_summary summary;
    jk_status status = jk_panel_join(&arguments->options, &run, &summary, &error);
    jk_cli_end_progress();
    return status == JK_OK ? print_summary(arguments, &summary) : jk_cli_fail(&error);
}

const jk_command jk_command_panel = {
    .name = "panel",
    .summary = "history from tapes at several cut-offs and payments",
    .purpose =
        "Join tapes of one portfolio at several cut-offs and its payments into history for fit and backtest: one "
        "row per claim and period (docs/panel.md).",
    .usage = "BEFORE.h5 [BETWEEN.h5...] AFTER.h5 --payments PAY.csv -o P.h5",
    .examples = {"jalki panel june.h5 december.h5 --payments pay.csv --treatment amicable -o history.h5",
                 "jalki panel june.h5 december.h5 --payments pay.csv --actions actions.csv \\\n"
                 "    --vanished sold -o history.h5"},
    .operand = {"tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(panel_arguments, options.tapes),
                JK_SEVERAL(panel_arguments, options.tape_count, JK_OPTION_ALL), .value = "T.h5"},
    .groups = {{"History", options, 0, false}},
    .size = sizeof(panel_arguments),
    .check = check,
    .run = run_panel,
};
