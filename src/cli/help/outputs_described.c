/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help/outputs_described.h"

#include <stdio.h>

#include "base/words/listing.h"

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

/* ---- files that are written claim by claim ---------------------------------------------------------------------- */

enum { COLUMNS_MOST = 26 };

typedef struct output_column {
    const char *name, *unit, *meaning;
} output_column;

typedef struct output {
    const char *name, *from; /* "import", "jalki import --format csv" */
    output_column column[COLUMNS_MOST];
} output;

static const output outputs[] = {
    {"rejects",
     "jalki import --rejects F.csv",
     {{"line", "", "Physical line of the file at which the row begins"},
      {"claim_id", "", "Its key, as far as it could be read"},
      {"column", "", "The column at fault; empty: the row as a whole"},
      {"value", "", "What stood there"},
      {"reason", "", "A code, as in the summary"},
      {"expected", "", "What would have been right"},
      {"file", "", "The source"}}},
    {"pseudonyms",
     "jalki import --pseudonym-list F.csv",
     {{"kind", "", "claim or debtor"}, {"pseudonym", "", "What the store has"}, {"id", "", "What it stands for"}}},
    {"claims",
     "jalki value, decide, checks --claims F.csv; own columns of the tape, and what decide and checks add, stand "
     "behind",
     {{"claim_id", "", "The seller's key"},
      {"score", "points", "0 to 1000; 100 points more doubles the collection intensity"},
      {"theta", "", "Collection intensity relative to the typical debtor of segment and class, at the cut-off"},
      {"capacity_class", "", "What the debtor can pay now: none, weak or able"},
      {"paying", "", "1: pays instalments at the cut-off"},
      {"segment", "", "Segment of the model"},
      {"decision", "", "Best action now"},
      {"reason", "", "Why: barred, status, uneconomic or best"},
      {"value", "money", "Worth at the required return under the best plan"},
      {"q_close", "money", "Worth if it is closed now"},
      {"q_sell", "money", "If it is sold now; empty: not allowed, here and below"},
      {"q_surveil", "money", "If it is watched now, then the best plan"},
      {"q_amicable", "money", "If it is worked amicably now, then the best plan"},
      {"q_legal", "money", "If it goes to court or enforcement now, then the best plan"},
      {"erc_gross", "money", "Expected collections over the horizon"},
      {"erc_net", "money", "Collections and sales less their cost"},
      {"gross_12m", "money", "Collections of the first 12 months"},
      {"gross_60m", "money", "Of the first 60 months"},
      {"attachable", "money a month", "Income that can be garnished"},
      {"months_to_bar", "months", "Until it is barred in its present title state; empty: never"},
      {"debtor_id", "", "Its debtor"},
      {"country", "", "Country"},
      {"currency", "", "Of the claim; the model's base where the tape names none"},
      {"balance", "money", "What is owed at the cut-off"},
      {"value_pct_of_face", "%", "Value in per cent of the balance"}}},
    {"cashflow by segment",
     "jalki value --cashflow F.csv; --with-all adds a row `all` for each month",
     {{"month", "months", "Month after the cut-off, from 1"},
      {"segment", "", "Segment of the model"},
      {"gross", "money", "Expected collections"},
      {"instalments", "money", "The part of it that debtors who pay bring month by month"},
      {"cost", "money", "Running costs, contingent fees and court fees"},
      {"sale", "money", "Proceeds of claims sold on"},
      {"net", "money", "Collections and sales less their cost"}}},
    {"price by claim",
     "jalki price --claims F.csv",
     {{"claim_id", "", "The seller's key"},
      {"face", "money", "What is owed at the cut-off"},
      {"value", "money", "Worth at the required return"},
      {"price", "money", "Its share of the price, whole cents"},
      {"pct_of_face", "%", "Price in per cent of face"}}},
    {"compare by claim",
     "jalki compare --claims F.csv",
     {{"claim_id", "", "The seller's key"},
      {"state", "", "both, left or new"},
      {"segment", "", "Of the first valuation, of a new claim of the second; so are country and vintage"},
      {"country", "", "Country"},
      {"vintage", "", "Year of write-off"},
      {"opening_decision", "", "Decision of the first"},
      {"closing_decision", "", "Of the second"},
      {"opening_face", "money", "Owed at the first cut-off"},
      {"closing_face", "money", "At the second"},
      {"opening", "money", "Value in the first; the columns from here to closing are the steps of the bridge"},
      {"collected", "money", "Less what came in"},
      {"left", "money", "Less the rest of a claim that left"},
      {"new", "money", "Of a new claim"},
      {"time", "money", "Time and interest"},
      {"data", "money", "What became known"},
      {"model", "money", "By the second model"},
      {"rate", "money", "At the second required return"},
      {"closing", "money", "Value in the second"},
      {"expected", "money", "What the first expected to come in up to the second cut-off"}}},
    {"claims by scenario",
     "jalki scenario --claims F.csv; behind them a decision and a value for each scenario, named after it",
     {{"claim_id", "", "The seller's key"},
      {"segment", "", "Segment of the model"},
      {"base decision", "", "As things are"},
      {"base value", "money", "As things are"}}},
};

void jk_cli_describe_outputs(void) {
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        (void)printf("## %s\n\nOf `%s`.\n\n| column | unit | |\n|---|---|---|\n", outputs[i].name, outputs[i].from);
        for (size_t c = 0; c < COLUMNS_MOST && outputs[i].column[c].name != NULL; c++) {
            const output_column *column = &outputs[i].column[c];
            (void)printf("| `%s` | %s | %s |\n", column->name, column->unit, column->meaning);
        }
        (void)putchar('\n');
    }
}
