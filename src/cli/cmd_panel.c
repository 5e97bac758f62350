/* SPDX-License-Identifier: Apache-2.0 */
/* jalki panel: history from tapes at several cut-offs and a list of payments. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "jalki/panel_join.h"

typedef struct panel_arguments {
    jk_cli_common common;
    jk_panel_join_options options;
    const char **tapes;
} panel_arguments;

enum {
    KEY_PAYMENTS = 0x2001,
    KEY_PAYMENTS_MAPPING,
    KEY_ACTIONS,
    KEY_ACTIONS_MAPPING,
    KEY_TREATMENT,
    KEY_VANISHED,
    KEY_PERIOD,
    KEY_MAX_REJECTS,
    KEY_COMPRESS
};

static const struct argp_option options[] = {
    {"payments", KEY_PAYMENTS, "PAY.csv", 0, "claim_id, paid_on, amount; where known principal, interest, costs", 0},
    {"payments-mapping", KEY_PAYMENTS_MAPPING, "M.yaml", 0, "How the list's columns make those", 0},
    {"actions", KEY_ACTIONS, "ACT.csv", 0, "claim_id, from_date, treatment: what was done from when", 0},
    {"actions-mapping", KEY_ACTIONS_MAPPING, "M.yaml", 0, "How the list's columns make those", 0},
    {"treatment", KEY_TREATMENT, "NAME", 0,
     "surveil, amicable or legal: in force before a claim's first action, or all the time", 0},
    {"vanished", KEY_VANISHED, "WHAT", 0,
     "Claims that later tapes lack and nothing explains are closed, sold or censored [closed]", 0},
    {"period-months", KEY_PERIOD, "P", 0, "Length of a period [1]", 0},
    {"output", 'o', "P.h5", 0, "The panel to make", 0},
    {"max-rejects", KEY_MAX_REJECTS, "N|N%", 0, "Fail beyond so many bad rows of a list, or share of them [1%]", 0},
    {"compress", KEY_COMPRESS, "LEVEL", 0, "Compress the panel's columns, 1 to 9 [0: not]", 0},
    {0},
};

static int find_word(struct argp_state *state, const char *option, const char *text, const char *const *words,
                     size_t count, const char *expected) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return (int)i;
        }
    }
    argp_error(state, "%s: '%s' is not one of %s", option, text, expected);
    return -1;
}

static void read_max_rejects(struct argp_state *state, char *text, jk_panel_join_options *out) {
    size_t length = strlen(text);
    out->max_rejects_is_share = length > 0 && text[length - 1] == '%';
    if (out->max_rejects_is_share) {
        text[length - 1] = '\0';
        out->max_rejects = jk_cli_real(state, "--max-rejects", text, 0.0, 100.0) / 100.0;
    } else {
        out->max_rejects = (double)jk_cli_integer(state, "--max-rejects", text, 0, INT64_MAX);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    static const char *const treatments[] = {"surveil", "amicable", "legal"};
    static const char *const vanished[] = {"censored", "closed", "sold"};
    panel_arguments *arguments = state->input;
    jk_panel_join_options *out = &arguments->options;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->common;
        return 0;
    case KEY_PAYMENTS:
        out->payments = argument;
        return 0;
    case KEY_PAYMENTS_MAPPING:
        out->payments_mapping = argument;
        return 0;
    case KEY_ACTIONS:
        out->actions = argument;
        return 0;
    case KEY_ACTIONS_MAPPING:
        out->actions_mapping = argument;
        return 0;
    case KEY_TREATMENT:
        out->treatment = find_word(state, "--treatment", argument, treatments, 3, "surveil, amicable, legal");
        return 0;
    case KEY_VANISHED:
        out->vanished = (jk_vanished)find_word(state, "--vanished", argument, vanished, 3, "censored, closed, sold");
        return 0;
    case KEY_PERIOD:
        out->period_months = (int)jk_cli_integer(state, "--period-months", argument, 1, 120);
        return 0;
    case KEY_MAX_REJECTS:
        read_max_rejects(state, argument, out);
        return 0;
    case KEY_COMPRESS:
        out->compression = (int)jk_cli_integer(state, "--compress", argument, 0, 9);
        return 0;
    case 'o':
        out->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        arguments->tapes[out->tape_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (out->tape_count < 2 || out->payments == NULL || out->output == NULL) {
            argp_error(state, "two tapes at least, --payments PAY.csv and -o P.h5 are needed");
        }
        if (out->actions == NULL && out->treatment < 0) {
            argp_error(state, "what was done is not known: --actions ACT.csv or --treatment NAME is needed");
        }
        if (out->actions == NULL && out->actions_mapping != NULL) {
            argp_error(state, "--actions-mapping needs --actions");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- what was made ---------------------------------------------------------------------------------------- */

typedef struct summary_line {
    const char *name;  /* in CSV and JSON */
    const char *title; /* in words */
    uint64_t count;
    const int64_t *amount; /* NULL: none */
} summary_line;

enum { LINES = 15 };

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
        {"payments_rejected", "payments rejected", s->payments_rejected, NULL},
        {"actions", "actions read", s->actions, NULL},
        {"actions_unknown", "  of claims on no tape", s->actions_unknown, NULL},
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
    for (size_t i = 0; i < LINES; i++) {
        (void)printf("%-32s %14s", lines[i].title, jk_amount(count, (double)lines[i].count, 0));
        if (lines[i].amount != NULL) {
            (void)printf(" %20s", jk_amount(money, (double)*lines[i].amount / 100.0, 2));
        }
        (void)putchar('\n');
    }
    if (summary->actions_rejected > 0) {
        (void)printf("%-32s %14s\n", "actions rejected", jk_amount(count, (double)summary->actions_rejected, 0));
    }
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)printf("%-32s %14s %s\n", e == 0 ? "exits" : "", jk_amount(count, (double)summary->exits[e], 0),
                     exit_name(e));
    }
    (void)printf("Amounts are in the currencies of the claims, added up as they stand.\n");
}

static void print_csv(const jk_panel_join_summary *summary, const summary_line *lines) {
    (void)printf("item,count,amount\n");
    for (size_t i = 0; i < LINES; i++) {
        (void)printf("%s,%" PRIu64 ",", lines[i].name, lines[i].count);
        if (lines[i].amount != NULL) {
            (void)printf("%" PRId64 ".%02" PRId64, *lines[i].amount / 100, *lines[i].amount % 100);
        }
        (void)putchar('\n');
    }
    (void)printf("actions_rejected,%" PRIu64 ",\n", summary->actions_rejected);
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)printf("exit_%s,%" PRIu64 ",\n", exit_name(e), summary->exits[e]);
    }
}

static void print_json(const jk_panel_join_summary *summary, const summary_line *lines) {
    json_t *object = json_object();
    json_t *exits = json_object();
    char date[JK_DATE_TEXT];
    (void)json_object_set_new(object, "first_start", json_string(jk_date_format(summary->first_start, date)));
    (void)json_object_set_new(object, "end", json_string(jk_date_format(summary->end, date)));
    for (size_t i = 0; i < LINES; i++) {
        json_t *count = json_integer((json_int_t)lines[i].count);
        (void)json_object_set_new(object, lines[i].name,
                                  lines[i].amount == NULL ? count
                                                          : json_pack("{s:o, s:f}", "count", count, "amount",
                                                                      (double)*lines[i].amount / 100.0));
    }
    (void)json_object_set_new(object, "actions_rejected", json_integer((json_int_t)summary->actions_rejected));
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)json_object_set_new(exits, exit_name(e), json_integer((json_int_t)summary->exits[e]));
    }
    (void)json_object_set_new(object, "exits", exits);
    (void)json_dumpf(object, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(object);
}

static void print_summary(const panel_arguments *arguments, const jk_panel_join_summary *summary) {
    summary_line lines[LINES];
    list_lines(summary, lines);
    switch (arguments->common.format) {
    case JK_FORMAT_JSON:
        print_json(summary, lines);
        break;
    case JK_FORMAT_CSV:
        print_csv(summary, lines);
        break;
    default:
        print_table(summary, lines);
        break;
    }
}

static jk_status join(const panel_arguments *arguments, const jk_run *run, jk_panel_join_summary *summary,
                      jk_error *error) {
    const jk_panel_join_options *given = &arguments->options;
    const char *const lists[] = {given->payments, given->payments_mapping, given->actions, given->actions_mapping};
    jk_status status = jk_cli_check_outputs(given->tapes, given->tape_count, &given->output, 1, error);
    status = status == JK_OK ? jk_cli_check_outputs(lists, 4, &given->output, 1, error) : status;
    return status == JK_OK ? jk_panel_join(given, run, summary, error) : status;
}

static int run_panel(int argc, char **argv) {
    static const struct argp_child children[] = {{&jk_cli_common_argp, 0, NULL, 0}, {0}};
    static const struct argp parser = {
        .options = options,
        .parser = parse,
        .args_doc = "BEFORE.h5 [BETWEEN.h5...] AFTER.h5 --payments PAY.csv -o P.h5",
        .doc =
            "Join tapes of one portfolio at several cut-offs and its payments into history for fit and backtest: one "
            "row per claim and period (docs/panel.md).\v"
            "Example: jalki panel june.h5 december.h5 --payments pay.csv --treatment amicable -o history.h5\n"
            "With what was done: jalki panel june.h5 december.h5 --payments pay.csv --actions actions.csv \\\n"
            "                        --vanished sold -o history.h5",
        .children = children,
    };
    panel_arguments arguments = {.options = {.treatment = -1,
                                             .vanished = JK_VANISHED_CLOSED,
                                             .period_months = 1,
                                             .max_rejects = 0.01,
                                             .max_rejects_is_share = 1},
                                 .tapes = calloc((size_t)argc + 1, sizeof *arguments.tapes)};
    if (arguments.tapes == NULL || argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0) {
        free((void *)arguments.tapes);
        return 2;
    }
    arguments.options.tapes = arguments.tapes;
    jk_run run = jk_cli_run(&arguments.common);
    jk_error error = {0};
    jk_panel_join_summary summary;
    jk_status status = join(&arguments, &run, &summary, &error);
    jk_cli_end_progress();
    if (status == JK_OK) {
        print_summary(&arguments, &summary);
    }
    free((void *)arguments.tapes);
    return status == JK_OK ? jk_cli_finish() : jk_cli_fail(&error);
}

const jk_command jk_command_panel = {
    .name = "panel", .summary = "history from tapes at several cut-offs and payments", .run = run_panel};
