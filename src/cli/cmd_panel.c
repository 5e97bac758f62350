/* SPDX-License-Identifier: Apache-2.0 */
/* jalki panel: history from tapes at several cut-offs and a list of payments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/json.h"
#include "base/listing.h"
#include "base/run_record.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/groups.h"
#include "cli/listing_print.h"
#include "cli/outputs_described.h"
#include "cli/table.h"
#include "cli/valuing.h"
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

typedef struct summary_line {
    const char *name;  /* in CSV and JSON */
    const char *title; /* in words */
    uint64_t count;
    const int64_t *amount; /* NULL: none */
} summary_line;

enum { LINES = 18 };

static void list_lines(const jk_panel_join_summary *s, summary_line lines[LINES]) {
    const summary_line all[LINES] = {
        {"rows", "rows", s->rows, NULL},
        {"claims", "claims", s->claims, NULL},
        {"debtors", "debtors", s->debtors, NULL},
        {"rows_with_cash", "rows with cash", s->rows_with_cash, NULL},
        {"entered", "claims of later tapes only", s->entered, NULL},
        {"last_only", "  of these, of the last only", s->last_only, NULL},
        {"vanished", "claims that the last tape lacks", s->vanished, NULL},
        {"returned", "gaps: on a later tape again", s->returned, NULL},
        {"payments", "payments read", s->payments.count, &s->payments.amount},
        {"used", "  in a row of the panel", s->used.count, &s->used.amount},
        {"unknown", "  of claims on no tape", s->unknown.count, &s->unknown.amount},
        {"outside", "  on days that no row covers", s->outside.count, &s->outside.amount},
        {"reversals", "  reversals, netted", s->reversals.count, &s->reversals.amount},
        {"reversals_alone", "  reversals of nothing on file", s->reversals_alone.count, &s->reversals_alone.amount},
        {"payments_rejected", "payments rejected", s->payments_rejected, NULL},
        {"actions", "actions read", s->actions, NULL},
        {"actions_unknown", "  of claims on no tape", s->actions_unknown, NULL},
        {"actions_rejected", "actions rejected", s->actions_rejected, NULL},
    };
    memcpy(lines, all, sizeof all);
}

static const char *exit_name(size_t exit) {
    size_t count = 0;
    return jk_schema_levels(JK_COLUMN_EXIT, &count)[exit];
}

static void print_table(const jk_panel_join_summary *summary, const summary_line *lines) {
    char first[JK_DATE_TEXT], last[JK_DATE_TEXT], count[JK_AMOUNT_TEXT], money[JK_AMOUNT_TEXT];
    (void)printf("%-32s %s to %s\n", "observed", jk_date_format(summary->first_start, first),
                 jk_date_format(summary->end, last));
    const size_t shown = summary->actions_rejected > 0 ? LINES : LINES - 1;
    for (size_t i = 0; i < shown; i++) {
        (void)printf("%-32s %14s", lines[i].title, jk_amount(count, (double)lines[i].count, 0));
        if (lines[i].amount != NULL) {
            (void)printf(" %20s", jk_amount(money, (double)*lines[i].amount / 100.0, 2));
        }
        (void)putchar('\n');
    }
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)printf("%-32s %14s %s\n", e == 0 ? "exits" : "", jk_amount(count, (double)summary->exits[e], 0),
                     exit_name(e));
    }
    (void)printf("Amounts are in the currencies of the claims, added up as they stand.\n");
}

enum { ITEM, COUNT, AMOUNT, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [ITEM] = JK_LISTED_TEXT("item", NULL, "What is counted; exit_ and how claims left"),
    [COUNT] = JK_LISTED_COUNT("count", NULL, "How many"),
    [AMOUNT] = {"amount", NULL, "claims' currencies", "What they amount to", JK_LISTING_NUMBER, 2},
};

static jk_status line_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_panel_join_summary *summary = listing->source[0];
    summary_line lines[LINES];
    (void)error;
    list_lines(summary, lines);
    if (row < LINES) {
        jk_cell_set(&cells[ITEM], lines[row].name);
        cells[COUNT].number = (double)lines[row].count;
        cells[AMOUNT].number = lines[row].amount != NULL ? (double)*lines[row].amount / 100.0 : (double)NAN;
    } else {
        (void)snprintf(cells[ITEM].text, sizeof cells[ITEM].text, "exit_%s", exit_name(row - LINES));
        cells[COUNT].number = (double)summary->exits[row - LINES];
    }
    return JK_OK;
}

jk_listing jk_cli_panel_listing(const jk_panel_join_summary *summary) {
    return JK_LISTING_OF("panel", columns, summary == NULL ? 0 : LINES + JK_PANEL_EXIT_COUNT, line_cells, summary);
}

static int print_json(const jk_panel_join_summary *summary, const summary_line *lines) {
    json_t *object = json_object();
    json_t *exits = json_object();
    char date[JK_DATE_TEXT];
    jk_json_set(object, "first_start", json_string(jk_date_format(summary->first_start, date)));
    jk_json_set(object, "end", json_string(jk_date_format(summary->end, date)));
    for (size_t i = 0; i < LINES; i++) {
        json_t *count = json_integer((json_int_t)lines[i].count);
        jk_json_set(object, lines[i].name,
                    lines[i].amount == NULL
                        ? count
                        : json_pack("{s:o, s:f}", "count", count, "amount", (double)*lines[i].amount / 100.0));
    }
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        jk_json_set(exits, exit_name(e), json_integer((json_int_t)summary->exits[e]));
    }
    jk_json_set(object, "exits", exits);
    jk_json_builder b = {0};
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_cli_print_text(jk_json_text(&b, object, JSON_INDENT(2)));
}

static int print_summary(const panel_arguments *arguments, const jk_panel_join_summary *summary) {
    summary_line lines[LINES];
    const jk_listing listing = jk_cli_panel_listing(summary);
    list_lines(summary, lines);
    if (arguments->common.format != JK_FORMAT_TABLE) {
        return arguments->common.format == JK_FORMAT_JSON ? print_json(summary, lines) : jk_cli_listing_csv(&listing);
    }
    print_table(summary, lines);
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
