/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/listing_print.h"

#include <math.h>
#include <string.h>

#include "base/words/language.h"
#include "base/words/listing.h"
#include "cli/help/outputs_described.h"
#include "cli/value/valuing.h"
#include "jalki/backtest.h"
#include "jalki/batch.h"
#include "jalki/break_even.h"
#include "jalki/calendar.h"
#include "jalki/calibrate.h"
#include "jalki/chain_ladder.h"
#include "jalki/challenge.h"
#include "jalki/checks.h"
#include "jalki/compare.h"
#include "jalki/experiment.h"
#include "jalki/export.h"
#include "jalki/fit.h"
#include "jalki/forward.h"
#include "jalki/horizon.h"
#include "jalki/import.h"
#include "jalki/inspect.h"
#include "jalki/inspect_panel.h"
#include "jalki/missing.h"
#include "jalki/model_steps.h"
#include "jalki/panel_join.h"
#include "jalki/pools.h"
#include "jalki/scenario.h"
#include "jalki/strata.h"
#include "jalki/tender.h"
#include "jalki/verify.h"
#include "jalki/watch.h"
#include "jalki/worklist.h"

int jk_cli_listing_csv(const jk_listing *listing) {
    jk_error error = {0};
    return jk_listing_csv(listing, stdout, &error) == JK_OK ? jk_cli_finish() : jk_cli_fail(&error);
}

int jk_cli_listed_csv(jk_listed *listed) {
    const jk_listing listing = jk_listed_rows(listed);
    const int code = jk_cli_listing_csv(&listing);
    jk_listed_free(listed);
    return code;
}

static int column_named(const jk_listing *listing, const char *name) {
    for (size_t c = 0; name != NULL && c < listing->column_count; c++) {
        if (strcmp(listing->columns[c].name, name) == 0) {
            return (int)c;
        }
    }
    return -1;
}

const jk_cell *jk_cli_listing_cell(const jk_listing *listing, const jk_cell *cells, const char *column) {
    return &cells[column_named(listing, column)];
}

/* Columns whose texts are codes of ours, which are printed in words; of others only what is asked for. */
static bool is_code(const jk_listing_column *column) {
    static const char *const names[] = {
        "action",    "decision",    "decision_before", "reason",  "group",          "change",
        "by",        "do",          "legal_status",    "product", "capacity_class", "employment",
        "reachable", "debtor_type", "last_payment",    "team"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(column->name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What has words of its own where a column has it, and spans of months. */
static void add_code(jk_table *table, const jk_listing_column *column, const char *code) {
    char key[JK_CELL_TEXT + 16];
    int from = 0, to = 0;
    (void)snprintf(key, sizeof key, "capacity: %s", code);
    const char *capacity = jk_text_in(jk_language_spoken(), key);
    if (strcmp(column->name, "capacity_class") == 0 && capacity != key) {
        jk_table_cell(table, "%s", capacity);
    } else if (sscanf(code, "%d-%d months", &from, &to) == 2) {
        jk_table_say(table, "%d-%d months", from, to);
    } else if (strstr(code, "- months") != NULL && sscanf(code, "%d- months", &from) == 1) {
        jk_table_say(table, "%d- months", from);
    } else {
        jk_table_cell(table, "%s", jk_text_if_known(code));
    }
}

void jk_cli_listing_code(jk_table *table, const jk_listing_column *column, const char *text) {
    if (is_code(column)) {
        add_code(table, column, text);
    } else {
        jk_table_cell(table, "%s", text);
    }
}

static void add_cell(jk_table *table, const jk_listing_column *column, const jk_cell *cell, bool coded,
                     int money_decimals) {
    if (column->kind == JK_LISTING_TEXT) {
        if (coded) {
            add_code(table, column, cell->text);
        } else {
            jk_cli_listing_code(table, column, cell->text);
        }
    } else if (strcmp(column->unit, "%") == 0) {
        jk_table_percent(table, cell->number);
    } else if (column->kind != JK_LISTING_NUMBER) {
        jk_table_amount(table, cell->number, 0);
    } else {
        jk_table_amount(table, cell->number, strcmp(column->unit, "money") == 0 ? money_decimals : 2);
    }
}

/* The columns that the table has, in its order; returns how many. */
static size_t choose_columns(const jk_listing *listing, const jk_cli_listing_view *view,
                             size_t column[JK_LISTING_COLUMNS]) {
    size_t count = 0;
    for (size_t i = 0; view->shown != NULL && view->shown[i] != NULL; i++) {
        column[count++] = (size_t)column_named(listing, view->shown[i]);
    }
    for (size_t c = 0; view->shown == NULL && c < listing->column_count; c++) {
        if (listing->columns[c].head != NULL) {
            column[count++] = c;
        }
    }
    return count;
}

/* The sums of what was shown, beneath a rule; "all" in the first column. */
static void add_sums(jk_table *table, const jk_listing *listing, const jk_cli_listing_view *view, const size_t *order,
                     size_t count, const double sum[JK_LISTING_COLUMNS]) {
    bool named = false;
    jk_table_rule(table);
    for (size_t i = 0; i < count; i++) {
        const jk_listing_column *column = &listing->columns[order[i]];
        bool is_added = false;
        for (const char *const *name = view->added; *name != NULL; name++) {
            is_added = is_added || strcmp(*name, column->name) == 0;
        }
        if (is_added) {
            add_cell(table, column, &(jk_cell){.number = sum[order[i]]}, false, view->money_decimals);
        } else {
            jk_table_cell(table, "%s", named ? "" : jk_text("all"));
            named = true;
        }
    }
}

static jk_table *table_with_heads(const jk_listing *listing, const jk_cli_listing_view *view, const size_t *order,
                                  size_t count) {
    char alignment[JK_LISTING_COLUMNS + 1] = "";
    const int name = column_named(listing, "name");
    for (size_t i = 0; i < count; i++) {
        alignment[i] = listing->columns[order[i]].kind == JK_LISTING_TEXT ? 'l' : 'r';
    }
    jk_table *table = jk_table_create(alignment);
    for (size_t i = 0; i < count; i++) {
        const jk_listing_column *column = &listing->columns[order[i]];
        const char *head = (int)order[i] == name && view->name_head != NULL ? view->name_head : column->head;
        if (view->heads != NULL) {
            jk_table_cell(table, "%s", jk_text_if_known(view->heads[i]));
        } else { /* a head that is the column's name may be one of the tape's own */
            jk_table_cell(table, "%s", strcmp(head, column->name) == 0 ? jk_text_if_known(head) : jk_text(head));
        }
    }
    if (view->is_ruled) {
        jk_table_rule(table);
    }
    return table;
}

/* Whether a row's first shown texts are those of the row above. */
static bool repeats(const jk_cli_listing_view *view, const size_t *order, const jk_cell *cells, const jk_cell *above) {
    bool same = view->blank > 0;
    for (size_t i = 0; i < view->blank; i++) {
        same = same && strcmp(cells[order[i]].text, above[order[i]].text) == 0;
    }
    return same;
}

static void add_row(jk_table *table, const jk_listing *listing, const jk_cli_listing_view *view, const size_t *order,
                    size_t count, const jk_cell *cells, bool is_blank) {
    const int name = column_named(listing, "name");
    for (size_t i = 0; i < count; i++) {
        const jk_listing_column *column = &listing->columns[order[i]];
        if (is_blank && i < view->blank) {
            jk_table_cell(table, "%s", "");
        } else if (view->written == NULL || !view->written(table, listing, cells, column->name)) {
            add_cell(table, column, &cells[order[i]], (int)order[i] == name && view->coded, view->money_decimals);
        }
    }
}

int jk_cli_listing_table(const jk_listing *listing, const jk_cli_listing_view *view) {
    double sum[JK_LISTING_COLUMNS] = {0.0};
    size_t order[JK_LISTING_COLUMNS];
    jk_cell cells[JK_LISTING_COLUMNS], above[JK_LISTING_COLUMNS];
    jk_error error = {0};
    const size_t count = choose_columns(listing, view, order);
    const int claims = column_named(listing, view->claims);
    size_t shown = 0;
    jk_table *table = table_with_heads(listing, view, order, count);
    for (size_t row = 0; row < listing->rows; row++) {
        if (jk_listing_row(listing, row, cells, &error) != JK_OK) {
            jk_table_free(table);
            return jk_cli_fail(&error);
        }
        bool wanted = (view->group == NULL || strcmp(cells[0].text, view->group) == 0) &&
                      (view->wanted == NULL || view->wanted(listing, cells));
        if (!wanted || (claims >= 0 && cells[claims].number == 0.0)) {
            continue;
        }
        if (view->has_total && row + 1 == listing->rows) {
            jk_table_rule(table);
        }
        for (size_t c = 0; c < listing->column_count; c++) {
            sum[c] += isfinite(cells[c].number) ? cells[c].number : 0.0;
        }
        add_row(table, listing, view, order, count, cells, shown++ > 0 && repeats(view, order, cells, above));
        if (view->blank > 0) {
            memcpy(above, cells, sizeof above);
        }
    }
    if (view->may_be_empty && shown == 0) {
        jk_table_free(table);
        return 0;
    }
    if (table != NULL && view->added != NULL) {
        add_sums(table, listing, view, order, count, sum);
    }
    return jk_cli_print_table(table, view->title != NULL ? jk_text(view->title) : view->plain_title);
}

void jk_cli_listing_describe(void) {
    const jk_listing listings[] = {
        jk_groups_listing(NULL),
        jk_cashflow_listing(NULL),
        jk_years_listing(NULL),
        jk_strata_listing(NULL),
        jk_strata_cases_listing(NULL),
        jk_bids_listing(NULL),
        jk_scenario_listing(NULL, NULL, -1),
        jk_decide_listing(NULL),
        jk_worklist_listing(NULL, NULL),
        jk_calendar_listing(NULL),
        jk_calendar_sums_listing(NULL),
        jk_watch_listing(NULL),
        jk_watch_sums_listing(NULL),
        jk_comparison_listing(NULL),
        jk_model_diff_listing(NULL),
        jk_model_steps_listing(NULL),
        jk_model_segments_listing(NULL),
        jk_model_log_listing(NULL),
        jk_own_calibration_listing(NULL),
        jk_challenge_listing(NULL),
        jk_challenge_decisions_listing(NULL),
        jk_import_listing(NULL),
        jk_batch_listing(NULL),
        jk_batch_sums_listing(NULL),
        jk_checks_listing(NULL),
        jk_inspect_columns_listing(NULL),
        jk_inspect_numbers_listing(NULL),
        jk_inspect_amounts_listing(NULL),
        jk_inspect_combinations_listing(NULL),
        jk_inspect_figures_listing(NULL),
        jk_inspect_panel_listing(NULL),
        jk_backtest_listing(NULL),
        jk_horizon_listing(NULL),
        jk_panel_join_listing(NULL),
        jk_fit_listing(NULL, NULL),
        jk_effects_listing(NULL),
        jk_overlap_listing(NULL),
        jk_forward_listing(NULL),
        jk_tender_listing(NULL),
        jk_book_listing(NULL, false),
        jk_pools_listing(NULL, false),
        jk_break_even_listing(NULL, NULL, 0),
        jk_missing_listing(NULL, 0),
        jk_chain_ladder_listing(NULL, NULL),
        jk_verify_listing(NULL),
        jk_cli_simulate_rows,
        jk_cli_erase_rows,
        jk_cli_replay_rows,
        jk_cli_report_rows,
        jk_cli_version_rows,
        jk_cli_export_rows,
    };
    (void)puts(
        "# Columns of outputs\n\nMade from the listings that write them (`jalki help --as outputs`); "
        "`tests/cli/help.sh` "
        "compares.\n`--format csv` and the lists of JSON have all of these columns, in this order; a table shows those "
        "that fit.\nWhat is missing is an empty cell in CSV and null in JSON. Money is in the model's base "
        "currency, or in that of --currency.\n\nCSV has commas, decimal points, dates as YYYY-MM-DD; with "
        "`--csv-dialect fi|sv|da|no|et|de` what "
        "a spreadsheet "
        "of that\nlanguage reads: semicolons, decimal commas, its dates. The same option reads such files back. A name "
        "that ends "
        "in .csv.gz packs.\n\nEvery file of CSV that a command writes (--claims, --cashflow, --years, --disagree, …) "
        "becomes what its name "
        "ends in:\n`.csv`, `.csv.gz`, `.xlsx` (a sheet with a frozen head, a filter and sums beneath), `.json` (rows "
        "and "
        "manifest),\n`.parquet` (by DuckDB's library, [sql.md](sql.md)); `.txt` and names without an ending "
        "are CSV, another ending is an error.\n");
    for (size_t l = 0; l < sizeof listings / sizeof listings[0]; l++) {
        (void)printf("## %s\n\n| column | unit | in tables | |\n|---|---|---|---|\n", listings[l].name);
        for (size_t c = 0; c < listings[l].column_count; c++) {
            const jk_listing_column *column = &listings[l].columns[c];
            (void)printf("| `%s` | %s | %s | %s |\n", column->name, column->unit,
                         column->head != NULL ? column->head : "", column->meaning);
        }
        (void)putchar('\n');
    }
    (void)puts("# Other outputs\n\nWhat no listing writes; `tests/python/test_outputs.py` holds the columns against "
               "the files.\n");
    jk_cli_describe_outputs();
}
