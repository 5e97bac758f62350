/* SPDX-License-Identifier: Apache-2.0 */
/* jalki worklist: whom to work first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/groups.h"
#include "cli/listing_print.h"
#include "cli/valuing.h"
#include "cli/workbooks.h"
#include "jalki/export.h"
#include "jalki/worklist.h"

typedef struct worklist_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_worklist_options options;
    int treatment; /* among the words of --treatment */
} worklist_arguments;

static const char *const orders[] = {"gain_per_hour", "gain", "balance", NULL}; /* as jk_worklist_order */
static const char *const treatments[] = {"amicable", "legal", NULL};

static const jk_option options[] = {
    {"top", .kind = JK_OPTION_INTEGER, JK_FIELD(worklist_arguments, options.top), .value = "N", .low = 1, .high = 1e9,
     .standard = "100", .help = "Length of the list"},
    {"by", .kind = JK_OPTION_CHOICE, JK_FIELD(worklist_arguments, options.order), .value = "ORDER", .choices = orders,
     .standard = "gain_per_hour", .help = "What stands first has the most"},
    {"treatment", .kind = JK_OPTION_CHOICE, JK_FIELD(worklist_arguments, treatment), .value = "ACTION",
     .choices = treatments, .otherwise = "the better one of each claim", .help = "Only one of"},
    {0},
};

/* ---- printing -------------------------------------------------------------------------------------------------- */

static int print_excluded(const jk_worklist *worklist) {
    static const char *const heads[] = {"left out", "claims", "balance"};
    static const char *const words[JK_EXCLUSION_COUNT] = {"",
                                                          "barred, or only closing allowed",
                                                          "vulnerable debtor",
                                                          "disputed",
                                                          "no verified channel",
                                                          "nothing gained over waiting"};
    jk_table *table = jk_table_create("lrr");
    for (size_t i = 0; table != NULL && i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    for (int e = JK_EXCLUDED_BARRED; table != NULL && e < JK_EXCLUSION_COUNT; e++) {
        jk_table_cell(table, "%s", words[e]);
        jk_table_count(table, worklist->excluded[e]);
        jk_table_amount(table, worklist->excluded_balance[e], 2);
    }
    return jk_cli_print_table(table, "Left out");
}

static void print_comparison(const worklist_arguments *arguments, const jk_worklist *worklist) {
    const char *currency = arguments->valuing.model->base_currency;
    char gain[JK_AMOUNT_TEXT];
    char hours[JK_AMOUNT_TEXT];
    (void)printf("\n  The list gains %s %s over waiting in %s agent hours.\n", jk_amount(gain, worklist->gain, 2),
                 currency, jk_amount(hours, worklist->hours, 1));
    (void)printf("  Largest first would gain %s %s with the same hours, on %llu claims.\n",
                 jk_amount(gain, worklist->largest_first_gain, 2), currency,
                 (unsigned long long)worklist->largest_first_claims);
}

static int print(const worklist_arguments *arguments, const jk_candidates *candidates, const jk_valuation *valuation,
                 const jk_worklist *worklist) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_worklist_json(candidates, valuation, &arguments->options, worklist));
    }
    jk_listing listing = jk_worklist_listing(candidates, worklist);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
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
    jk_listing listing = jk_worklist_listing(candidates, worklist);
    const jk_xlsx_table table = {
        .sheet = "Worklist", .title = "Whom to work first", .listing = &listing, .added = added};
    const jk_cli_book book = {.tables = &table, .table_count = 1, .personal = true};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, valuation, &book, error);
}

static jk_status make_list(worklist_arguments *arguments, jk_candidates **candidates, jk_valuation *valuation,
                           jk_worklist *worklist, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    arguments->options.run = valuing->options.run;
    arguments->options.treatment = arguments->treatment < 0 ? -1 : JK_AMICABLE + arguments->treatment;
    JK_TRY(jk_candidates_create(valuing->tape, valuing->model, candidates, error));
    jk_value_sink sink = jk_candidates_sink(*candidates);
    JK_TRY(jk_cli_valuing_explain(valuing, 1, &sink, 1, error));
    JK_TRY(jk_value_run(valuing->tape, valuing->model, &valuing->options, &sink, 1, valuation, error));
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
    int code = status == JK_OK ? print(arguments, candidates, &valuation, &worklist) : jk_cli_fail(&error);
    jk_worklist_reset(&worklist);
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
                 "jalki worklist tape.h5 --model models/nordic.yaml --treatment legal --by gain --format csv"},
    .operand = JK_VALUED_TAPE(worklist_arguments),
    .groups = {{"The list", options, 0, false},
               JK_VALUING_GROUP(worklist_arguments),
               JK_IRR_GROUP(worklist_arguments),
               JK_SELL_GROUP(worklist_arguments),
               JK_JSON_GROUP,
               JK_WORKBOOK_GROUP,
               JK_MEMORY_GROUP(worklist_arguments)},
    .size = sizeof(worklist_arguments),
    .run = run_worklist,
};
