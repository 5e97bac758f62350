/* SPDX-License-Identifier: Apache-2.0 */
/* jalki worklist: whom to work first. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/words/language.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/parts.h"
#include "cli/options/teams.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/done.h"
#include "jalki/export.h"
#include "jalki/worklist.h"

typedef struct worklist_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_worklist_options options;
    int treatment; /* among the words of --treatment */
    jk_cli_teams teams;
    const char *country, *segment, *done_path, *template_path;
    jk_listing_template columns;
    bool by_debtor;
    jk_done_rules rules;
    jk_done done;
} worklist_arguments;

static const char *const orders[] = {"gain_per_hour", "gain", "balance", NULL}; /* as jk_worklist_order */
static const char *const treatments[] = {"amicable", "legal", NULL};

static const jk_option options[] = {
    {"top", .kind = JK_OPTION_INTEGER, JK_FIELD(worklist_arguments, options.top), .value = "N", .low = 1, .high = 1e9,
     .standard = "100", .help = "Length of the list; with --hours all that they allow"},
    {"by", .kind = JK_OPTION_CHOICE, JK_FIELD(worklist_arguments, options.order), .value = "ORDER", .choices = orders,
     .standard = "gain_per_hour", .help = "What stands first has the most"},
    {"treatment", .kind = JK_OPTION_CHOICE, JK_FIELD(worklist_arguments, treatment), .value = "ACTION",
     .choices = treatments, .otherwise = "the better one of each claim", .help = "Only one of"},
    {"by-debtor", .kind = JK_OPTION_FLAG, JK_FIELD(worklist_arguments, by_debtor),
     .help = "A row for each debtor: all its claims, one treatment, one call"},
    {"team", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_team, JK_FIELD(worklist_arguments, teams),
     .value = "NAME=SCOPE,SCOPE...", .otherwise = "everybody", .example = "north=FI,SE",
     .help = "The list of a team that works these countries and segments"},
    {"country", .kind = JK_OPTION_TEXT, JK_FIELD(worklist_arguments, country), .value = "CODE", .otherwise = "all",
     .example = "FI", .help = "Only claims of this country"},
    {"segment", .kind = JK_OPTION_TEXT, JK_FIELD(worklist_arguments, segment), .value = "ID", .otherwise = "all",
     .example = "fi-bills", .help = "Only claims of this segment"},
    {"hours", .kind = JK_OPTION_NUMBER, JK_FIELD(worklist_arguments, options.hours), .value = "HOURS", .low = 0.01,
     .high = 1e9, .otherwise = "no budget", .example = "120",
     .help = "Agent hours that there are: the list works what decide decides under them"},
    {"template", .kind = JK_OPTION_FILE_IN, JK_FIELD(worklist_arguments, template_path), .value = "T.yaml",
     .otherwise = "ours", .help = "Columns as a case system wants them: NAME: column, see docs/decide.md"},
    {"done", .kind = JK_OPTION_FILE_IN, JK_FIELD(worklist_arguments, done_path), .value = "ACT.csv",
     .help = "What was done: claim_id, from_date, treatment; debtors contacted lately rest"},
    {"pseudonyms", .kind = JK_OPTION_FILE_IN, JK_FIELD(worklist_arguments, rules.pseudonyms), .value = "KEYFILE",
     .needs = "done", .help = "The tape has pseudonyms made with this key: the list's ids become its"},
    {"rest", .kind = JK_OPTION_INTEGER, JK_FIELD(worklist_arguments, rules.rest), .value = "DAYS", .high = 3650,
     .standard = "14", .help = "With --done: days after a contact without another"},
    {"most-contacts", .kind = JK_OPTION_INTEGER, JK_FIELD(worklist_arguments, rules.most), .value = "N", .low = 1,
     .high = 1e6, .otherwise = "as many as may be", .example = "12", .needs = "done",
     .help = "Most contacts of a debtor within a year"},
    {0},
};

/* ---- printing -------------------------------------------------------------------------------------------------- */

static int print_excluded(const jk_worklist *worklist) {
    const jk_listing rows = jk_worklist_excluded_listing(worklist);
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Left out", .money_decimals = 2});
}

static void print_comparison(const worklist_arguments *arguments, const jk_worklist *worklist) {
    const char *currency = arguments->valuing.model->base_currency;
    char gain[JK_AMOUNT_TEXT];
    char hours[JK_AMOUNT_TEXT];
    char price[JK_AMOUNT_TEXT];
    jk_cli_say("\n  The list gains %s %s over waiting in %s agent hours.\n", jk_amount(gain, worklist->gain, 2),
               currency, jk_amount(hours, worklist->hours, 1));
    if (isfinite(worklist->hour_price)) {
        jk_cli_say("  Of %s hours %s are used, watching included; one more is worth %s %s.\n",
                   jk_amount(hours, arguments->options.hours, 1), jk_amount(gain, worklist->hours_decided, 1),
                   jk_amount(price, worklist->hour_price, 2), currency);
    }
    jk_cli_say("  Largest first would gain %s %s with the same hours, on %s claims.\n",
               jk_amount(gain, worklist->largest_first_gain, 2), currency,
               jk_amount(hours, (double)worklist->largest_first_claims, 0));
}

/* The rows with our columns, or with those of --template. */
static jk_listing listing_of(const worklist_arguments *arguments, const jk_candidates *candidates,
                             const jk_worklist *worklist) {
    jk_listing listing = jk_worklist_listing(candidates, worklist);
    jk_listing_template *columns = arguments->options.columns;
    return columns != NULL ? jk_listing_through(columns, &listing) : listing;
}

static int print(const worklist_arguments *arguments, const jk_candidates *candidates, const jk_valuation *valuation,
                 const jk_worklist *worklist) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_worklist_json(candidates, valuation, &arguments->options, worklist));
    }
    jk_listing listing = listing_of(arguments, candidates, worklist);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_speak(&arguments->common);
    jk_cli_valuing_heading(&arguments->valuing, valuation);
    jk_cli_listing_view view = {.title = "Whom to work first", .money_decimals = 2};
    int failed = jk_cli_listing_table(&listing, &view);
    print_comparison(arguments, worklist);
    return failed | print_excluded(worklist) | jk_cli_finish();
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static jk_status write_workbook(const worklist_arguments *arguments, const jk_candidates *candidates,
                                const jk_valuation *valuation, const jk_worklist *worklist, jk_error *error) {
    static const char *const added[] = {"balance", "gain", "hours", NULL};
    jk_listing listing = listing_of(arguments, candidates, worklist);
    const jk_xlsx_table table = {.sheet = "Worklist",
                                 .title = "Whom to work first",
                                 .listing = &listing,
                                 .added = arguments->options.columns == NULL ? added : NULL};
    const jk_cli_book book = {.tables = &table, .table_count = 1, .personal = true};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, valuation, &book, error);
}

/* One scope, as decide has them: a team, or a country and a segment. */
static jk_status read_scope(worklist_arguments *arguments, const jk_candidates *candidates, jk_error *error) {
    jk_limit *scope = &arguments->options.scope;
    jk_limit country, segment;
    *scope = (jk_limit){.country = JK_SCOPE_ALL, .segment = JK_SCOPE_ALL};
    JK_TRY(jk_cli_bind_teams(&arguments->teams, candidates->tape, candidates->model, error));
    scope->team = arguments->teams.count > 0 ? &arguments->teams.team[0] : NULL;
    if (arguments->country != NULL) {
        JK_TRY(jk_limit_scope(candidates, NULL, 0, arguments->country, &country, error));
        scope->country = country.country;
    }
    if (arguments->segment != NULL) {
        JK_TRY(jk_limit_scope(candidates, NULL, 0, arguments->segment, &segment, error));
        scope->segment = segment.segment;
    }
    if ((arguments->country != NULL && scope->country == JK_SCOPE_ALL) ||
        (arguments->segment != NULL && scope->segment == JK_SCOPE_ALL)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "--country is a country of the tape, --segment a segment of the model");
    }
    return JK_OK;
}

static jk_status narrow(worklist_arguments *arguments, const jk_candidates *candidates, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    arguments->options.by_debtor = arguments->by_debtor;
    arguments->options.hours = isnan(arguments->options.hours) ? 0.0 : arguments->options.hours;
    JK_TRY(read_scope(arguments, candidates, error));
    if (arguments->template_path != NULL) {
        jk_listing ours = jk_worklist_listing(NULL, NULL);
        JK_TRY(jk_listing_template_read(arguments->template_path, &ours, &arguments->columns, error));
        arguments->options.columns = &arguments->columns;
    }
    if (arguments->done_path == NULL) {
        return JK_OK;
    }
    arguments->rules.cutoff =
        valuing->options.cutoff == JK_MISSING_INTEGER ? jk_tape_cutoff(valuing->tape) : valuing->options.cutoff;
    JK_TRY(jk_done_read(arguments->done_path, valuing->tape, &arguments->rules, &valuing->options.run, &arguments->done,
                        error));
    arguments->options.resting = arguments->done.resting;
    if (arguments->done.unknown > 0) {
        jk_cli_note(&arguments->common, "%s: %llu claims are not on the tape", arguments->done_path,
                    (unsigned long long)arguments->done.unknown);
    }
    if (arguments->done.rejected > 0) {
        jk_cli_note(&arguments->common, "warning: %s: %llu rows are bad and left out", arguments->done_path,
                    (unsigned long long)arguments->done.rejected);
    }
    return JK_OK;
}

static void check(jk_usage *usage, void *command) {
    worklist_arguments *arguments = command;
    if (!isnan(arguments->options.hours) && !jk_usage_given(usage, "top")) {
        arguments->options.top = SIZE_MAX; /* the hours end the list */
    }
    if (arguments->teams.count > 1) {
        jk_usage_error(usage, "--team: a list is one team's; expected it once");
    }
    if (arguments->teams.count > 0 && (arguments->country != NULL || arguments->segment != NULL)) {
        jk_usage_error(usage, "--team stands instead of --country and --segment; expected one or the other");
    }
}

static jk_status make_list(worklist_arguments *arguments, jk_candidates **candidates, jk_valuation *valuation,
                           jk_worklist *worklist, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    arguments->options.run = valuing->options.run;
    arguments->options.cutoff = valuing->options.cutoff;
    arguments->options.treatment = arguments->treatment < 0 ? -1 : JK_AMICABLE + arguments->treatment;
    JK_TRY(jk_candidates_create(valuing->tape, valuing->model, candidates, error));
    JK_TRY(narrow(arguments, *candidates, error));
    jk_cli_part_begin(&arguments->common);
    jk_value_sink sink = jk_candidates_sink(*candidates);
    JK_TRY(jk_cli_valuing_explain(valuing, 1, &sink, 1, error));
    JK_TRY(jk_value_run(valuing->tape, valuing->model, &valuing->options, &sink, 1, valuation, error));
    if (jk_cli_is_part(&arguments->common)) {
        return jk_cli_part_end(&arguments->common, valuing->tape, error);
    }
    JK_TRY(jk_worklist_make(*candidates, &arguments->options, worklist, error));
    JK_TRY(write_workbook(arguments, *candidates, valuation, worklist, error));
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_personal(arguments->common.json_path,
                                       jk_worklist_json(*candidates, valuation, &arguments->options, worklist), error)
               : JK_OK;
}

static int run_worklist(void *command) {
    worklist_arguments *arguments = command;
    jk_error error = {0};
    jk_candidates *candidates = NULL;
    jk_valuation valuation = {0};
    jk_worklist worklist = {0};
    jk_status status = make_list(arguments, &candidates, &valuation, &worklist, &error);
    int code = status != JK_OK                      ? jk_cli_fail(&error)
               : jk_cli_is_part(&arguments->common) ? jk_cli_finish()
                                                    : print(arguments, candidates, &valuation, &worklist);
    jk_worklist_reset(&worklist);
    jk_done_reset(&arguments->done);
    jk_listing_template_reset(&arguments->columns);
    jk_candidates_free(candidates);
    jk_valuation_reset(&valuation);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_worklist = {
    .name = "worklist",
    .summary = "whom to work first, why, and what largest first would bring",
    .purpose = "Lists whom to work first: the claims where an agent's hour gains most over waiting, why, and what "
               "working the largest balances first would gain with the same hours.",
    .examples = {"jalki worklist tape.h5 --model models/nordic.yaml --top 50",
                 "jalki worklist tape.h5 --model models/nordic.yaml --team north=FI,SE --hours 120 --by-debtor "
                 "--done actions.csv",
                 "jalki worklist tape.h5 --model models/nordic.yaml --treatment legal --by gain --format csv"},
    .operand = JK_VALUED_TAPE(worklist_arguments),
    .groups = {{"The list", options, 0, false},
               JK_VALUING_GROUP(worklist_arguments),
               JK_IRR_GROUP(worklist_arguments),
               JK_SELL_GROUP(worklist_arguments),
               JK_PART_GROUP,
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(worklist_arguments)},
    .size = sizeof(worklist_arguments),
    .shares_work = true,
    .check = check,
    .run = run_worklist,
};
