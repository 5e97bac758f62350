/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/listing_print.h"

#include <string.h>

#include "base/listing.h"
#include "cli/valuing.h"
#include "jalki/batch.h"
#include "jalki/calendar.h"
#include "jalki/calibrate.h"
#include "jalki/challenge.h"
#include "jalki/checks.h"
#include "jalki/compare.h"
#include "jalki/experiment.h"
#include "jalki/export.h"
#include "jalki/model_steps.h"
#include "jalki/scenario.h"
#include "jalki/watch.h"
#include "jalki/worklist.h"

int jk_cli_listing_csv(const jk_listing *listing) {
    jk_cell cells[JK_LISTING_COLUMNS];
    jk_error error = {0};
    for (size_t c = 0; c < listing->column_count; c++) {
        (void)printf("%s%s", c > 0 ? "," : "", listing->columns[c].name);
    }
    (void)putchar('\n');
    for (size_t row = 0; row < listing->rows; row++) {
        if (jk_listing_row(listing, row, cells, &error) != JK_OK) {
            return jk_cli_fail(&error);
        }
        for (size_t c = 0; c < listing->column_count; c++) {
            const jk_listing_column *column = &listing->columns[c];
            (void)fputs(c > 0 ? "," : "", stdout);
            if (column->kind == JK_LISTING_TEXT) {
                jk_cli_csv_text(cells[c].text, "");
            } else if (column->decimals < 0) {
                (void)printf("%g", cells[c].number);
            } else {
                jk_cli_csv_value(cells[c].number, column->decimals);
            }
        }
        (void)putchar('\n');
    }
    return jk_cli_finish();
}

static int column_named(const jk_listing *listing, const char *name) {
    for (size_t c = 0; name != NULL && c < listing->column_count; c++) {
        if (strcmp(listing->columns[c].name, name) == 0) {
            return (int)c;
        }
    }
    return -1;
}

static void add_cell(jk_table *table, const jk_listing_column *column, const jk_cell *cell, int money_decimals) {
    if (column->kind == JK_LISTING_TEXT) {
        jk_table_cell(table, "%s", cell->text);
    } else if (strcmp(column->unit, "%") == 0) {
        jk_table_percent(table, cell->number);
    } else if (column->kind == JK_LISTING_COUNT) {
        jk_table_amount(table, cell->number, 0);
    } else {
        jk_table_amount(table, cell->number, strcmp(column->unit, "money") == 0 ? money_decimals : 2);
    }
}

int jk_cli_listing_table(const jk_listing *listing, const jk_cli_listing_view *view) {
    char alignment[JK_LISTING_COLUMNS + 1] = "";
    jk_cell cells[JK_LISTING_COLUMNS];
    jk_error error = {0};
    size_t shown = 0;
    int name = column_named(listing, "name"), claims = column_named(listing, view->claims);
    for (size_t c = 0; c < listing->column_count; c++) {
        if (listing->columns[c].head != NULL) {
            alignment[shown++] = listing->columns[c].kind == JK_LISTING_TEXT ? 'l' : 'r';
        }
    }
    alignment[shown] = '\0';
    jk_table *table = jk_table_create(alignment);
    for (size_t c = 0; table != NULL && c < listing->column_count; c++) {
        const char *head = listing->columns[c].head;
        if (head != NULL) {
            jk_table_cell(table, "%s", (int)c == name && view->name_head != NULL ? view->name_head : head);
        }
    }
    for (size_t row = 0; table != NULL && row < listing->rows; row++) {
        if (jk_listing_row(listing, row, cells, &error) != JK_OK) {
            jk_table_free(table);
            return jk_cli_fail(&error);
        }
        bool wanted = view->group == NULL || strcmp(cells[0].text, view->group) == 0;
        if (!wanted || (claims >= 0 && cells[claims].number == 0.0)) {
            continue;
        }
        for (size_t c = 0; c < listing->column_count; c++) {
            if (listing->columns[c].head != NULL) {
                add_cell(table, &listing->columns[c], &cells[c], view->money_decimals);
            }
        }
    }
    return jk_cli_print_table(table, view->title);
}

void jk_cli_listing_describe(void) {
    const jk_listing listings[] = {
        jk_groups_listing(NULL),      jk_cashflow_listing(NULL),
        jk_bids_listing(NULL),        jk_scenario_listing(NULL, NULL, -1),
        jk_decide_listing(NULL),      jk_worklist_listing(NULL, NULL),
        jk_calendar_listing(NULL),    jk_calendar_sums_listing(NULL),
        jk_watch_listing(NULL),       jk_watch_sums_listing(NULL),
        jk_comparison_listing(NULL),  jk_model_diff_listing(NULL),
        jk_model_steps_listing(NULL), jk_model_segments_listing(NULL),
        jk_model_log_listing(NULL),   jk_own_calibration_listing(NULL),
        jk_challenge_listing(NULL),   jk_challenge_decisions_listing(NULL),
        jk_batch_listing(NULL),       jk_checks_listing(NULL),
        jk_effects_listing(NULL),     jk_overlap_listing(NULL),
    };
    (void)puts(
        "# Columns of outputs\n\nMade from the listings that write them (`jalki help --as outputs`); "
        "`tests/cli/help.sh` "
        "compares.\n`--format csv` and the lists of JSON have all of these columns, in this order; a table shows those "
        "that fit.\nWhat is missing is an empty cell in CSV and null in JSON. Money is in the model's base "
        "currency.\n\nCSV has commas, decimal points, dates as YYYY-MM-DD; with `--csv-dialect fi|sv|da|no|et|de` what "
        "a spreadsheet "
        "of that\nlanguage reads: semicolons, decimal commas, its dates. The same option reads such files back. A name "
        "that ends "
        "in .csv.gz packs.\n");
    for (size_t l = 0; l < sizeof listings / sizeof listings[0]; l++) {
        (void)printf("## %s\n\n| column | unit | in tables | |\n|---|---|---|---|\n", listings[l].name);
        for (size_t c = 0; c < listings[l].column_count; c++) {
            const jk_listing_column *column = &listings[l].columns[c];
            (void)printf("| `%s` | %s | %s | %s |\n", column->name, column->unit,
                         column->head != NULL ? column->head : "", column->meaning);
        }
        (void)putchar('\n');
    }
}
