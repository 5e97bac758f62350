/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/listing_print.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "cli/value/valuing.h"
#include "jalki/value.h"

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

int jk_cli_listed_object(jk_listed *listed) {
    jk_json_builder b = {0};
    const jk_listing listing = jk_listed_rows(listed);
    json_t *object = jk_listing_row_json(&b, &listing, 0);
    jk_listed_free(listed);
    return jk_cli_print_text(jk_json_text(&b, object, 0));
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
    const int place = column_named(listing, column);
    assert(place >= 0);
    return &cells[place];
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
           : strcmp(unit, "claims") == 0                                   ? 0
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
    } else if (strcmp(column->unit, "a year") == 0 || strcmp(column->unit, "share") == 0) {
        jk_table_percent(table, 100.0 * cell->number);
    } else if (column->kind == JK_LISTING_FIGURE) {
        add_figure(table, cell->text);
    } else if (column->kind != JK_LISTING_NUMBER) {
        jk_table_amount(table, cell->number, 0);
    } else {
        jk_table_amount(table, cell->number, decimals_of(column->unit, money_decimals));
    }
}

/* A column of a table: where it stands in the listing, which of a line's rows it is read from, which of the view's
 * columns it is; sums of what was shown, and of lines beyond the most. */
typedef struct shown_column {
    size_t place, ahead, given;
    double sum, rest;
} shown_column;

/* A table on its way: its columns in their order; the rows of the line, and of the one above. */
typedef struct printing {
    const jk_listing *listing;
    const jk_cli_listing_view *view;
    jk_table *table;
    size_t count, abreast, lines;
    shown_column *shown;                                                /* [count] */
    jk_cell (*cells)[JK_LISTING_COLUMNS], (*above)[JK_LISTING_COLUMNS]; /* [abreast] */
} printing;

static bool is_named(const char *const *names, const char *name) {
    while (names != NULL && *names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return names != NULL && *names != NULL;
}

static bool is_spread(const printing *self, size_t place) {
    return is_named(self->view->spread, self->listing->columns[place].name);
}

/* Spread columns beside each other are shown together for each row of a line. */
static void show_columns(printing *self, const size_t *places, size_t count) {
    for (size_t i = 0, run = 1; i < count; i += run) {
        for (run = 1; is_spread(self, places[i]) && i + run < count && is_spread(self, places[i + run]);) {
            run++;
        }
        for (size_t ahead = 0; ahead < (is_spread(self, places[i]) ? self->abreast : 1); ahead++) {
            for (size_t k = i; k < i + run; k++) {
                self->shown[self->count++] = (shown_column){.place = places[k], .ahead = ahead, .given = k};
            }
        }
    }
}

static void choose_columns(printing *self) {
    const char *const *names = self->view->shown;
    size_t places[JK_LISTING_COLUMNS], count = 0;
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        places[count++] = (size_t)column_named(self->listing, names[i]);
    }
    for (size_t c = 0; names == NULL && c < self->listing->column_count; c++) {
        if (self->listing->columns[c].head != NULL) {
            places[count++] = c;
        }
    }
    show_columns(self, places, count);
}

static void add_heads(printing *self) {
    const jk_cli_listing_view *view = self->view;
    const int name = column_named(self->listing, "name");
    for (size_t i = 0; i < self->count; i++) {
        const shown_column *shown = &self->shown[i];
        const jk_listing_column *column = &self->listing->columns[shown->place];
        if (view->spread != NULL && strcmp(view->spread[0], column->name) == 0) {
            jk_table_cell(self->table, "%s", view->spread_heads[shown->ahead]);
        } else if (view->heads != NULL && view->heads[shown->given] != NULL) {
            jk_table_cell(self->table, "%s", jk_text_if_known(view->heads[shown->given]));
        } else if ((int)shown->place == name && view->name_head != NULL) {
            jk_table_cell(self->table, "%s", jk_text_if_known(view->name_head));
        } else { /* a head that is the column's name may be one of the tape's own */
            const bool same = strcmp(column->head, column->name) == 0;
            jk_table_cell(self->table, "%s", same ? jk_text_if_known(column->head) : jk_text(column->head));
        }
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
    for (size_t i = 0; i < self->count; i++) {
        shown_column *shown = &self->shown[i];
        const jk_listing_column *column = &self->listing->columns[shown->place];
        const jk_cell *cells = self->cells[shown->ahead], *cell = &cells[shown->place];
        *(is_rest ? &shown->rest : &shown->sum) += isfinite(cell->number) ? cell->number : 0.0;
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
static void add_sums(printing *self, bool of_rest, const char *const *added, const char *text) {
    for (size_t i = 0; i < self->count; i++) {
        const shown_column *shown = &self->shown[i];
        const jk_listing_column *column = &self->listing->columns[shown->place];
        if (added == NULL ? column->kind != JK_LISTING_TEXT : is_named(added, column->name)) {
            const jk_cell cell = {.number = of_rest ? shown->rest : shown->sum};
            add_cell(self->table, column, &cell, false, self->view->money_decimals);
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

/* The first row of the line after that many; past the listing's rows where there is none. */
static size_t row_of_line(const printing *self, size_t line) {
    const jk_cli_listing_view *view = self->view;
    const size_t step = view->step > 0 ? view->step : self->abreast;
    return view->count > 0 && line >= view->count ? self->listing->rows : view->first + line * step;
}

static jk_status add_lines(printing *self, jk_error *error) {
    const size_t apart = self->view->apart > 0 ? self->view->apart : 1, reach = (self->abreast - 1) * apart;
    for (size_t line = 0; row_of_line(self, line) + reach < self->listing->rows; line++) {
        for (size_t ahead = 0; ahead < self->abreast; ahead++) {
            JK_TRY(jk_listing_row(self->listing, row_of_line(self, line) + ahead * apart, self->cells[ahead], error));
        }
        if (is_wanted(self)) {
            if (self->view->has_total && row_of_line(self, line + 1) + reach >= self->listing->rows) {
                jk_table_rule(self->table);
            }
            add_line(self);
        }
    }
    if (self->view->most > 0 && self->lines > self->view->most) {
        char text[64];
        jk_text_format(text, sizeof text, "(%zu more)", self->lines - self->view->most);
        add_sums(self, true, NULL, text);
    }
    if (self->table != NULL && self->view->added != NULL) {
        jk_table_rule(self->table);
        add_sums(self, false, self->view->added, jk_text("all"));
    }
    return JK_OK;
}

/* Numbers stand to the right, texts to the left, but for those that are spread among numbers. */
static jk_table *create_table(const printing *self) {
    char *alignment = calloc(self->count + 1, 1);
    for (size_t i = 0; alignment != NULL && i < self->count; i++) {
        const size_t place = self->shown[i].place;
        const bool is_left = self->listing->columns[place].kind == JK_LISTING_TEXT && !is_spread(self, place);
        alignment[i] = is_left ? 'l' : 'r';
    }
    jk_table *table = alignment != NULL ? jk_table_create(alignment) : NULL;
    free(alignment);
    return table;
}

int jk_cli_listing_table(const jk_listing *listing, const jk_cli_listing_view *view) {
    printing self = {.listing = listing, .view = view, .abreast = view->abreast > 0 ? view->abreast : 1};
    jk_error error = {0};
    jk_status status = JK_OK;
    self.shown = calloc(JK_LISTING_COLUMNS * self.abreast, sizeof *self.shown);
    self.cells = calloc(self.abreast + 1, sizeof *self.cells);
    if (self.shown != NULL && self.cells != NULL) {
        self.above = self.cells + self.abreast;
        choose_columns(&self);
        self.table = create_table(&self);
        add_heads(&self);
        status = add_lines(&self, &error);
    }
    free(self.shown);
    free(self.cells);
    if (status != JK_OK || (view->may_be_empty && self.table != NULL && self.lines == 0)) {
        jk_table_free(self.table);
        return status != JK_OK ? jk_cli_fail(&error) : 0;
    }
    return jk_cli_print_table(self.table, view->title != NULL ? jk_text(view->title) : view->plain_title);
}

void jk_cli_show(jk_cli_shown *shown, const char *column, const char *head) {
    assert(shown->count + 1 < JK_LISTING_COLUMNS);
    shown->columns[shown->count] = column;
    shown->heads[shown->count++] = head;
}

void jk_cli_show_under(jk_cli_shown *shown, const char *column, const char *format, ...) {
    assert(shown->texts < sizeof shown->text / sizeof shown->text[0]);
    char *text = shown->text[shown->texts++];
    va_list arguments;
    va_start(arguments, format);
    jk_text_vformat(text, sizeof shown->text[0], format, arguments);
    va_end(arguments);
    jk_cli_show(shown, column, text);
}

/* ---- columns down, rows across --------------------------------------------------------------------------------- */

static bool is_beside(const jk_cli_listing_view *view, size_t ahead) {
    return view->beside_heads != NULL && view->beside_heads[ahead] != NULL;
}

static void add_turned_heads(jk_table *table, const jk_cli_listing_view *view, size_t abreast) {
    jk_table_cell(table, "%s", "");
    for (size_t ahead = 0; ahead < abreast; ahead++) {
        jk_table_cell(table, "%s", view->spread_heads[ahead]);
        if (is_beside(view, ahead)) {
            jk_table_words(table, view->beside_heads[ahead]);
        }
        if (view->share_of != NULL) {
            jk_table_words(table, view->share_head);
        }
    }
}

static void add_turned_cell(jk_table *table, const jk_listing *listing, const jk_cli_listing_view *view,
                            const jk_cell *cells, size_t place) {
    const jk_listing_column *column = &listing->columns[place];
    if (view->written == NULL || !view->written(table, listing, cells, column->name)) {
        add_cell(table, column, &cells[place], false, view->money_decimals);
    }
}

/* What a column says of each row, what stands behind it, and how much it is of another. */
static void add_turned_line(jk_table *table, const jk_listing *listing, const jk_cli_listing_view *view, size_t place,
                            jk_cell (*cells)[JK_LISTING_COLUMNS], size_t abreast) {
    for (size_t ahead = 0; ahead < abreast; ahead++) {
        add_turned_cell(table, listing, view, cells[ahead], place);
        if (is_beside(view, ahead)) {
            add_turned_cell(table, listing, view, cells[ahead], place + 1);
        }
        if (view->share_of != NULL) {
            const double whole = jk_cli_listing_cell(listing, cells[ahead], view->share_of)->number;
            jk_table_percent(table, jk_percent(cells[ahead][place].number, whole));
        }
    }
}

static void add_turned_lines(jk_table *table, const jk_listing *listing, const jk_cli_listing_view *view,
                             jk_cell (*cells)[JK_LISTING_COLUMNS], size_t abreast) {
    if (view->spread_heads != NULL) {
        add_turned_heads(table, view, abreast);
    }
    for (size_t i = 0; view->shown[i] != NULL; i++) {
        const int place = column_named(listing, view->shown[i]);
        if (place < 0) {
            jk_table_rule(table);
            continue;
        }
        const char *head = view->heads != NULL ? view->heads[i] : NULL;
        jk_table_cell(table, "%s", jk_text_if_known(head != NULL ? head : listing->columns[place].head));
        add_turned_line(table, listing, view, (size_t)place, cells, abreast);
    }
}

static size_t turned_columns(const jk_cli_listing_view *view, size_t abreast) {
    size_t columns = 1 + abreast * (view->share_of != NULL ? 2 : 1);
    for (size_t ahead = 0; ahead < abreast; ahead++) {
        columns += is_beside(view, ahead);
    }
    return columns;
}

int jk_cli_listing_turned(const jk_listing *listing, const jk_cli_listing_view *view) {
    const size_t abreast = view->abreast > 0 ? view->abreast : 1, apart = view->apart > 0 ? view->apart : 1;
    const size_t columns = turned_columns(view, abreast);
    jk_error error = {0};
    jk_status status = JK_OK;
    char *alignment = calloc(columns + 1, 1);
    jk_cell(*cells)[JK_LISTING_COLUMNS] = calloc(abreast, sizeof *cells);
    jk_table *table = NULL;
    if (alignment != NULL && cells != NULL) {
        memset(alignment, 'r', columns);
        alignment[0] = 'l';
        for (size_t ahead = 0; ahead < abreast && status == JK_OK; ahead++) {
            status = jk_listing_row(listing, view->first + ahead * apart, cells[ahead], &error);
        }
        table = status == JK_OK ? jk_table_create(alignment) : NULL;
        add_turned_lines(table, listing, view, cells, abreast);
    }
    free(alignment);
    free(cells);
    return status != JK_OK ? jk_cli_fail(&error)
                           : jk_cli_print_table(table, view->title != NULL ? jk_text(view->title) : view->plain_title);
}
