/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/listing_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
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
        "action",       "decision",     "decision_before", "reason",         "group",      "change",    "by",
        "do",           "legal_status", "product",         "capacity_class", "employment", "reachable", "debtor_type",
        "last_payment", "team",         "figure",          "verdict",        "meaning"};
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
    int from = 0, to = 0, end = 0;
    (void)snprintf(key, sizeof key, "capacity: %s", code);
    const char *capacity = jk_text_in(jk_language_spoken(), key);
    if (strcmp(column->name, "capacity_class") == 0 && capacity != key) {
        jk_table_cell(table, "%s", capacity);
    } else if (sscanf(code, "%d-%d months%n", &from, &to, &end) == 2 && end > 0) {
        jk_table_say(table, "%d-%d months", from, to);
    } else if (sscanf(code, "%d- months%n", &from, &end) == 1 && end > 0) {
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

static int decimals_of(const char *unit, int money_decimals) {
    return strcmp(unit, "money") == 0 || strcmp(unit, "its currency") == 0 ? money_decimals
           : strcmp(unit, "ratio") == 0 || strcmp(unit, "index") == 0      ? 3
                                                                           : 2;
}

/* As it is written, a date as the language has it. */
static void add_figure(jk_table *table, const char *figure) {
    char text[JK_TEXT_DATE];
    int32_t date = 0;
    const bool is_date = jk_date_parse(figure, strlen(figure), &date);
    jk_table_cell(table, "%s", is_date ? jk_text_date(date, text) : figure);
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
    } else if (column->kind == JK_LISTING_FIGURE) {
        add_figure(table, cell->text);
    } else if (column->kind != JK_LISTING_NUMBER) {
        jk_table_amount(table, cell->number, 0);
    } else {
        jk_table_amount(table, cell->number, decimals_of(column->unit, money_decimals));
    }
}

/* A table on its way: its columns in their order, each with the row of a line that it is read from; the rows of the
 * line, and of the one above; sums of what was shown, and of lines beyond the most. */
typedef struct printing {
    const jk_listing *listing;
    const jk_cli_listing_view *view;
    jk_table *table;
    size_t count, abreast, lines;
    struct shown {
        size_t place, ahead;
    } shown[2 * JK_LISTING_COLUMNS];
    double sum[2 * JK_LISTING_COLUMNS], rest[2 * JK_LISTING_COLUMNS];
    jk_cell (*cells)[JK_LISTING_COLUMNS], (*above)[JK_LISTING_COLUMNS]; /* [abreast] */
} printing;

static bool is_spread(const printing *self, const jk_listing_column *column) {
    return self->view->spread != NULL && strcmp(self->view->spread, column->name) == 0;
}

static void show_column(printing *self, size_t place) {
    const size_t times = is_spread(self, &self->listing->columns[place]) ? self->abreast : 1;
    for (size_t ahead = 0; ahead < times; ahead++) {
        self->shown[self->count++] = (struct shown){place, ahead};
    }
}

static void choose_columns(printing *self) {
    const char *const *names = self->view->shown;
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        show_column(self, (size_t)column_named(self->listing, names[i]));
    }
    for (size_t c = 0; names == NULL && c < self->listing->column_count; c++) {
        if (self->listing->columns[c].head != NULL) {
            show_column(self, c);
        }
    }
}

static void add_heads(printing *self) {
    const jk_cli_listing_view *view = self->view;
    const int name = column_named(self->listing, "name");
    for (size_t i = 0, given = 0; i < self->count; i++) {
        const struct shown *shown = &self->shown[i];
        const jk_listing_column *column = &self->listing->columns[shown->place];
        if (is_spread(self, column)) {
            jk_table_cell(self->table, "%s", view->spread_heads[shown->ahead]);
        } else if (view->heads != NULL) {
            jk_table_cell(self->table, "%s", jk_text_if_known(view->heads[given]));
        } else if ((int)shown->place == name && view->name_head != NULL) {
            jk_table_cell(self->table, "%s", jk_text_if_known(view->name_head));
        } else { /* a head that is the column's name may be one of the tape's own */
            const bool same = strcmp(column->head, column->name) == 0;
            jk_table_cell(self->table, "%s", same ? jk_text_if_known(column->head) : jk_text(column->head));
        }
        given += shown->ahead == 0;
    }
    if (view->is_ruled) {
        jk_table_rule(self->table);
    }
}

/* Whether a line's first shown texts are those of the line above. */
static bool repeats(const printing *self) {
    bool same = self->view->blank > 0 && self->lines > 0;
    for (size_t i = 0; i < self->view->blank; i++) {
        const size_t place = self->shown[i].place;
        same = same && strcmp(self->cells[0][place].text, self->above[0][place].text) == 0;
    }
    return same;
}

/* The line as read, or counted among the rest. */
static void add_line(printing *self) {
    const jk_cli_listing_view *view = self->view;
    const int name = column_named(self->listing, "name");
    const bool is_blank = repeats(self), is_rest = view->most > 0 && self->lines >= view->most;
    double *sum = is_rest ? self->rest : self->sum;
    for (size_t i = 0; i < self->count; i++) {
        const struct shown *shown = &self->shown[i];
        const jk_listing_column *column = &self->listing->columns[shown->place];
        const jk_cell *cells = self->cells[shown->ahead], *cell = &cells[shown->place];
        sum[i] += isfinite(cell->number) ? cell->number : 0.0;
        if (is_rest) {
            continue;
        }
        if (is_blank && i < view->blank) {
            jk_table_cell(self->table, "%s", "");
        } else if (view->written == NULL || !view->written(self->table, self->listing, cells, column->name)) {
            add_cell(self->table, column, cell, (int)shown->place == name && view->coded, view->money_decimals);
        }
    }
    self->lines++;
    memcpy(self->above[0], self->cells[0], sizeof self->above[0]);
}

/* Sums of lines: of the columns that `added` names, NULL: of all numbers; `text` in the first column without. */
static void add_sums(printing *self, const double *sum, const char *const *added, const char *text) {
    for (size_t i = 0; i < self->count; i++) {
        const jk_listing_column *column = &self->listing->columns[self->shown[i].place];
        bool is_added = added == NULL && column->kind != JK_LISTING_TEXT;
        for (const char *const *name = added; name != NULL && *name != NULL; name++) {
            is_added = is_added || strcmp(*name, column->name) == 0;
        }
        if (is_added) {
            add_cell(self->table, column, &(jk_cell){.number = sum[i]}, false, self->view->money_decimals);
        } else {
            jk_table_cell(self->table, "%s", text);
            text = "";
        }
    }
}

static bool is_wanted(const printing *self) {
    const jk_cli_listing_view *view = self->view;
    const jk_cell *cells = self->cells[0];
    const int claims = column_named(self->listing, view->claims);
    return (view->group == NULL || strcmp(cells[0].text, view->group) == 0) &&
           (view->wanted == NULL || view->wanted(self->listing, cells)) && (claims < 0 || cells[claims].number != 0.0);
}

static jk_status add_lines(printing *self, jk_error *error) {
    for (size_t row = self->view->first; row + self->abreast <= self->listing->rows; row += self->abreast) {
        for (size_t ahead = 0; ahead < self->abreast; ahead++) {
            JK_TRY(jk_listing_row(self->listing, row + ahead, self->cells[ahead], error));
        }
        if (is_wanted(self)) {
            if (self->view->has_total && row + self->abreast == self->listing->rows) {
                jk_table_rule(self->table);
            }
            add_line(self);
        }
    }
    if (self->view->most > 0 && self->lines > self->view->most) {
        char text[64];
        jk_text_format(text, sizeof text, "(%zu more)", self->lines - self->view->most);
        add_sums(self, self->rest, NULL, text);
    }
    if (self->table != NULL && self->view->added != NULL) {
        jk_table_rule(self->table);
        add_sums(self, self->sum, self->view->added, jk_text("all"));
    }
    return JK_OK;
}

int jk_cli_listing_table(const jk_listing *listing, const jk_cli_listing_view *view) {
    printing self = {.listing = listing, .view = view, .abreast = view->abreast > 0 ? view->abreast : 1};
    char alignment[2 * JK_LISTING_COLUMNS + 1] = "";
    jk_error error = {0};
    choose_columns(&self);
    for (size_t i = 0; i < self.count; i++) {
        alignment[i] = listing->columns[self.shown[i].place].kind == JK_LISTING_TEXT ? 'l' : 'r';
    }
    self.cells = calloc(self.abreast + 1, sizeof *self.cells);
    self.above = self.cells != NULL ? self.cells + self.abreast : NULL;
    self.table = self.cells != NULL ? jk_table_create(alignment) : NULL;
    add_heads(&self);
    const jk_status status = self.table != NULL ? add_lines(&self, &error) : JK_OK;
    free(self.cells);
    if (status != JK_OK || (view->may_be_empty && self.table != NULL && self.lines == 0)) {
        jk_table_free(self.table);
        return status != JK_OK ? jk_cli_fail(&error) : 0;
    }
    return jk_cli_print_table(self.table, view->title != NULL ? jk_text(view->title) : view->plain_title);
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
        jk_backtest_figures_listing(NULL),
        jk_backtest_stability_listing(NULL),
        jk_horizon_listing(NULL),
        jk_panel_join_listing(NULL),
        jk_fit_listing(NULL, NULL),
        jk_payers_listing(NULL, NULL),
        jk_payer_levels_listing(NULL, NULL),
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
