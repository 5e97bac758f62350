/* SPDX-License-Identifier: Apache-2.0 */
/* jalki compare: the bridge from one valuation to another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "base/words/language.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/value/pair.h"
#include "cli/value/valuing.h"
#include "jalki/export.h"
#include "jalki/page.h"

typedef struct compare_arguments {
    jk_cli_common common;
    jk_cli_pair pair;
    const char *payments_path, *claims_path, *page_path, *title, *by;
} compare_arguments;

static const jk_option options[] = {
    {"payments", .kind = JK_OPTION_FILE_IN, JK_FIELD(compare_arguments, payments_path), .value = "PAY.csv",
     .otherwise = "what balances fell by where the debtor paid",
     .help = "What came in: claim_id, paid_on, amount; also of claims that left"},
    {"pseudonyms", .kind = JK_OPTION_FILE_IN, JK_FIELD(compare_arguments, pair.options.pseudonyms), .value = "KEYFILE",
     .needs = "payments", .help = "The tapes have pseudonyms made with this key: the list's ids become theirs"},
    {"by", .kind = JK_OPTION_TEXT, JK_FIELD(compare_arguments, by), .value = "COLUMNS",
     .example = "country,balance_band,vintage",
     .help =
         "By combinations of columns, too: balance_band, vintage, last_payment, and those of the tape with texts or "
         "levels"},
    {"claims", .kind = JK_OPTION_FILE_OUT, JK_FIELD(compare_arguments, claims_path), .value = "F.csv",
     .help = "The steps of each claim, CSV"},
    {"page", .kind = JK_OPTION_FILE_OUT, JK_FIELD(compare_arguments, page_path), .value = "F.html", .no_stdout = true,
     .help = "A page with the bridge drawn"},
    {"title", .kind = JK_OPTION_TEXT, JK_FIELD(compare_arguments, title), .value = "TEXT",
     .standard = "Comparison of valuations", .help = "Heading of the page"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    jk_cli_pair_check(usage, &((const compare_arguments *)command)->pair);
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

static void print_heading(const compare_arguments *arguments, const jk_comparison *comparison) {
    const char *const sides[] = {"From", "To"};
    char date[JK_TEXT_DATE], claims[JK_AMOUNT_TEXT], value[JK_AMOUNT_TEXT], rate[JK_AMOUNT_TEXT];
    for (int s = 0; s < 2; s++) {
        const jk_cli_pair *pair = &arguments->pair;
        jk_cli_say("%-8s  %s on %s: %s claims worth %s %s at %s %% a year, model %s\n", jk_text(sides[s]),
                   pair->paths[s], jk_text_date(comparison->cutoff[s], date),
                   jk_amount(claims, (double)comparison->total[s].claims, 0),
                   jk_amount(value, comparison->total[s].value, 2), comparison->base_currency,
                   jk_amount(rate, 100.0 * comparison->irr[s], jk_cli_rate_decimals(comparison->irr[s])),
                   pair->model[s]->name);
        if (s == 0 || pair->model[1] != pair->model[0]) {
            jk_cli_tell_rates(pair->tape[s], pair->model[s]);
        }
    }
    jk_cli_say(
        comparison->payments_given
            ? "Payments  from the list\n"
            : "Payments  read off balances that fell where the debtor paid; of claims that left nothing is known "
              "(--payments)\n");
    if (comparison->unknown_payments > 0) {
        jk_cli_say("          %llu of %llu payments are of claims that neither tape has\n",
                   (unsigned long long)comparison->unknown_payments, (unsigned long long)comparison->payments);
    }
}

static int print_bridge(const jk_comparison *comparison) {
    static const char *const shown[] = {"opening", "collected", "left", "new",     "time", "data",
                                        "model",   "rate",      "-",    "closing", NULL};
    static const char *const heads[] = {NULL, NULL, NULL, NULL, "time and interest", "data changes", "model changes",
                                        NULL, NULL, NULL};
    const jk_listing rows = jk_comparison_listing(comparison); /* the first has all claims */
    return jk_cli_listing_turned(&rows, &(jk_cli_listing_view){.title = "Bridge",
                                                               .shown = shown,
                                                               .heads = heads,
                                                               .spread_heads = &comparison->base_currency,
                                                               .share_of = "opening",
                                                               .share_head = "% of opening",
                                                               .money_decimals = 2});
}

static void print_collections(const jk_comparison *comparison) {
    const jk_compare_group *all = &comparison->group[0];
    char actual[JK_AMOUNT_TEXT], expected[JK_AMOUNT_TEXT];
    jk_cli_say("\n  Collected %s %s in %.1f months where %s was expected",
               jk_amount(actual, jk_grid_to_double(all->actual), 2), comparison->base_currency, comparison->months,
               jk_amount(expected, jk_grid_to_double(all->expected), 2));
    if (isfinite(all->ratio)) {
        jk_cli_say(": %.2f of it (95 %% interval %.2f to %.2f)", all->ratio, all->low, all->high);
    }
    jk_cli_say(comparison->payments_given ? ".\n" : ", of the claims that both tapes have.\n");
}

/* Decisions of the first valuation by those of the second, in claims. */
static int print_matrix(const jk_comparison *comparison) {
    static const char *const shown[] = {"decision", "claims", NULL};
    const char *heads[JK_COMPARE_STATES];
    for (int to = 0; to < JK_COMPARE_STATES; to++) {
        heads[to] = jk_text(to == JK_ACTION_COUNT ? "left" : jk_action_name((jk_action)to));
    }
    const jk_listing rows = jk_comparison_decisions_listing(comparison);
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Decisions, claims",
                                                              .shown = shown,
                                                              .spread = shown + 1,
                                                              .spread_heads = heads,
                                                              .abreast = JK_COMPARE_STATES});
}

static int print(const compare_arguments *arguments, const jk_comparison *comparison) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_comparison_json(comparison));
    }
    jk_listing listing = jk_comparison_listing(comparison);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    jk_cli_speak(&arguments->common);
    print_heading(arguments, comparison);
    int failed = print_bridge(comparison);
    static const struct {
        const char *group, *title;
    } views[] = {{"segment", "By segment"},
                 {"country", "By country"},
                 {"vintage", "By year of write-off"},
                 {"decision", "By decision of the first valuation"}};
    static const char *const added[] = {"closing_claims", "opening", "collected", "left",    "new", "time",
                                        "data",           "model",   "rate",      "closing", NULL};
    int decimals = comparison->total[1].face < 1e6 ? 2 : 0;
    for (size_t v = 0; v < sizeof views / sizeof views[0]; v++) {
        jk_cli_listing_view view = {.title = views[v].title,
                                    .group = views[v].group,
                                    .name_head = views[v].group,
                                    .added = added,
                                    .coded = strcmp(views[v].group, "decision") == 0,
                                    .money_decimals = decimals};
        failed |= jk_cli_listing_table(&listing, &view);
    }
    if (comparison->by != NULL) {
        jk_cli_listing_view view = {.title = "By the columns asked for",
                                    .group = comparison->by,
                                    .name_head = comparison->by,
                                    .added = added,
                                    .coded = strchr(comparison->by, ',') == NULL,
                                    .money_decimals = decimals};
        failed |= jk_cli_listing_table(&listing, &view);
    }
    failed |= print_matrix(comparison);
    print_collections(comparison);
    return failed | jk_cli_finish();
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static jk_status write_workbook(const compare_arguments *arguments, const jk_comparison *comparison, jk_error *error) {
    static const char *const added[] = {"opening_claims", "left_claims", "new_claims", "closing_claims", "opening_face",
                                        "closing_face",   "opening",     "collected",  "left",           "new",
                                        "time",           "data",        "model",      "rate",           "closing",
                                        "expected",       "actual",      NULL};
    static const char *const charted[] = {"opening", "closing", NULL};
    jk_listing listing = jk_comparison_listing(comparison);
    jk_xlsx_table tables[] = {
        {.sheet = "Bridge", .title = "From one valuation to the other", .group = "all"},
        {.sheet = "Segments", .title = "By segment", .group = "segment", .added = added, .charted = charted},
        {.sheet = "Countries", .title = "By country", .group = "country", .added = added, .charted = charted},
        {.sheet = "Vintages", .title = "By year of write-off", .group = "vintage", .added = added, .charted = charted},
        {.sheet = "Decisions",
         .title = "By decision of the first valuation",
         .group = "decision",
         .added = added,
         .charted = charted},
        {.sheet = "Changes", .title = "By change of decision", .group = "change", .added = added},
        {.sheet = "By columns", .title = "By the columns asked for", .group = comparison->by, .added = added},
    };
    size_t count = sizeof tables / sizeof tables[0] - (comparison->by == NULL);
    for (size_t t = 0; t < count; t++) {
        tables[t].listing = &listing;
        tables[t].column = "group";
        tables[t].bars = true;
    }
    const jk_cli_book book = {.tables = tables, .table_count = count};
    return jk_cli_write_tables(&arguments->common, comparison->base_currency, &book, error);
}

static jk_status write_outputs(const compare_arguments *arguments, const jk_comparison *comparison, jk_error *error) {
    if (arguments->claims_path != NULL) {
        JK_TRY(jk_comparison_write_claims(comparison, arguments->claims_path, error));
    }
    JK_TRY(write_workbook(arguments, comparison, error));
    if (arguments->page_path == NULL && !jk_cli_json_to_file(&arguments->common)) {
        return JK_OK;
    }
    char *json = jk_comparison_json(comparison);
    jk_status status = jk_held(json != NULL, error, "the comparison");
    jk_page page = {.title = arguments->title, .script = "compare", .figures = json};
    if (status == JK_OK && arguments->page_path != NULL) {
        status = jk_page_write(arguments->page_path, &page, error);
    }
    if (status == JK_OK && jk_cli_json_to_file(&arguments->common)) {
        status = jk_text_write(arguments->common.json_path, json, error);
    }
    free(json);
    return status;
}

static int run_compare(void *command) {
    compare_arguments *arguments = command;
    jk_error error = {0};
    jk_comparison comparison = {0};
    jk_cli_pair *pair = &arguments->pair;
    jk_status status = jk_cli_pair_open(pair, &arguments->common, &error);
    if (status == JK_OK) {
        pair->options.payments = arguments->payments_path;
        pair->options.by = arguments->by;
        status = jk_compare(&pair->side[0], &pair->side[1], &pair->options, &comparison, &error);
    }
    if (status == JK_OK && comparison.rejected_payments > 0) {
        jk_cli_note(&arguments->common, "warning: %s: %llu rows are bad and left out", arguments->payments_path,
                    (unsigned long long)comparison.rejected_payments);
    }
    if (status == JK_OK) {
        status = write_outputs(arguments, &comparison, &error);
    }
    int code = status == JK_OK ? print(arguments, &comparison) : jk_cli_fail(&error);
    jk_comparison_reset(&comparison);
    jk_cli_pair_close(pair);
    return code;
}

const jk_command jk_command_compare = {
    .name = "compare",
    .summary = "two valuations: what changed between them and why, as a bridge",
    .purpose =
        "Compares two valuations of a portfolio, claim by claim: how the value of the first becomes that of the "
        "second by what came in, claims that left and are new, time and interest, data, model and required "
        "return; by segment, country, year of write-off and decision; and what came in beside what was expected.",
    .usage = "A B --model M.yaml",
    .examples = {"jalki compare june.h5 september.h5 --model models/nordic.yaml",
                 "jalki compare june.h5 september.h5 --model models/nordic.yaml --payments payments.csv "
                 "--claims steps.csv",
                 "jalki compare june-results.h5 september-results.h5 --page bridge.html",
                 "jalki compare tape.h5 tape.h5 --model models/nordic.yaml --model-b mine/nordic.yaml"},
    .operand = JK_PAIR_OPERAND(compare_arguments),
    .groups = {{"Comparison", options, 0, false},
               JK_PAIR_GROUP(compare_arguments),
               JK_JSON_GROUP,
               JK_LANGUAGE_GROUP,
               JK_WORKBOOK_GROUP},
    .size = sizeof(compare_arguments),
    .no_parts = "values the second tape in the light of the first, so that no part knows what it needs of the "
                "others; expected ranks (mpirun jalki-mpi compare)",
    .shares_work = true,
    .check = check,
    .run = run_compare,
};
