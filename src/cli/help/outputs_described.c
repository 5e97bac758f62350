/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help/outputs_described.h"

#include <stdio.h>

#include "base/words/listing.h"
#include "jalki/compare.h"
#include "jalki/export.h"
#include "jalki/import.h"
#include "jalki/scenario.h"
#include "jalki/shares.h"

/* ---- rows that commands write themselves ------------------------------------------------------------------------ */

#define LISTED(output, title, ...)                                                                                     \
    static const jk_listing_column output##_columns[] = {__VA_ARGS__};                                                 \
    const jk_listing jk_cli_##output##_rows = {.name = (title),                                                        \
                                               .columns = output##_columns,                                            \
                                               .column_count = sizeof output##_columns / sizeof output##_columns[0]}

LISTED(erase, "erase", JK_LISTED_TEXT("figure", NULL, "What is counted"), JK_LISTED_COUNT("count", NULL, "How many"));

LISTED(replay, "replay", JK_LISTED_COUNT("outputs", NULL, "Outputs compared"),
       JK_LISTED_COUNT("differing", NULL, "Those that differ"));

LISTED(report, "report", JK_LISTED_TEXT("page", NULL, "The file"), JK_LISTED_COUNT("kilobytes", NULL, "Its size"),
       {"charts", NULL, "", "1: with charts", JK_LISTING_FLAG, 0});

LISTED(version, "version", JK_LISTED_TEXT("feature", NULL, "What"), JK_LISTED_TEXT("value", NULL, "1: is in, or which"),
       JK_LISTED_TEXT("meaning", NULL, "What it is for"));

LISTED(export, "export", JK_LISTED_TEXT("table", NULL, "results or cashflow"),
       JK_LISTED_COUNT("rows", NULL, "Rows written"));

LISTED(decide_claims, "decide by claim",
       JK_LISTED_MONEY("court_cost", NULL, "Court and enforcement fees, if it is sued"),
       {"hours_surveil", NULL, "hours", "Agent hours in the first epoch if it is watched", JK_LISTING_NUMBER, 4},
       {"hours_amicable", NULL, "hours", "If it is worked amicably", JK_LISTING_NUMBER, 4},
       {"hours_legal", NULL, "hours", "If it goes to court or enforcement", JK_LISTING_NUMBER, 4},
       JK_LISTED_TEXT("decision_free", NULL, "What would be decided without limits"));

LISTED(checks_claims, "checks by claim",
       JK_LISTED_MONEY("check_worth", NULL, "What looking at the debtor's class now is worth"),
       JK_LISTED_MONEY("check_cost", NULL, "The claim's part of the price of the debtor's check"),
       {"check_now", NULL, "", "1: looking now pays", JK_LISTING_FLAG, 0});

/* ---- files that are written row by row --------------------------------------------------------------------------- */

void jk_cli_describe_outputs(void) {
    const struct {
        jk_listing columns;
        const char *from;
    } files[] = {
        {jk_rejects_columns(), "jalki import --rejects F.csv"},
        {jk_pseudonym_columns(), "jalki import --pseudonym-list F.csv"},
        {jk_claims_columns(),
         "jalki value, decide, checks --claims F.csv; what decide and checks add, then own columns "
         "of the tape, stand behind"},
        {jk_cli_decide_claims_rows, "jalki decide --claims F.csv, behind those of the claims"},
        {jk_cli_checks_claims_rows, "jalki checks --claims F.csv, behind those of the claims"},
        {jk_cashflow_columns(), "jalki value --cashflow F.csv; --with-all adds a row `all` for each month"},
        {jk_shares_columns(), "jalki price --claims F.csv"},
        {jk_comparison_claims_columns(), "jalki compare --claims F.csv"},
        {jk_scenario_claims_columns(), "jalki scenario --claims F.csv; behind them a decision and a value for each "
                                       "scenario, named after it"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const jk_listing *of = &files[i].columns;
        (void)printf("## %s\n\nOf `%s`.\n\n| column | unit | |\n|---|---|---|\n", of->name, files[i].from);
        for (size_t c = 0; c < of->column_count; c++) {
            const jk_listing_column *column = &of->columns[c];
            (void)printf("| `%s` | %s | %s |\n", column->name, column->unit, column->meaning);
        }
        (void)putchar('\n');
    }
}
