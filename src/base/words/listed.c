/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a listing that were written one after the other. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/words/listing.h"

typedef struct listed_cell {
    double number;
    const char *text;
} listed_cell;

struct jk_listed {
    jk_listing empty;
    jk_arena *texts;
    listed_cell *cells; /* row by row */
    size_t count, room;
    bool lost; /* memory ran out */
};

jk_listed *jk_listed_create(const jk_listing *empty) {
    jk_listed *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->empty = *empty;
        self->texts = jk_arena_create();
        self->lost = self->texts == NULL;
    }
    return self;
}

void jk_listed_free(jk_listed *listed) {
    if (listed != NULL) {
        jk_arena_free(listed->texts);
        free(listed->cells);
        free(listed);
    }
}

/* Words repeat from row to row: what stands above is not copied again. */
static const char *kept(jk_listed *self, const char *text) {
    const size_t columns = self->empty.column_count;
    const char *above = self->count >= columns ? self->cells[self->count - columns].text : "";
    return strcmp(above, text) == 0 ? above : jk_arena_text(self->texts, text, strlen(text));
}

static void add(jk_listed *self, double number, const char *text) {
    if (self == NULL || self->lost) {
        return;
    }
    if (self->count == self->room) {
        const size_t room = self->room == 0 ? 256 : 2 * self->room;
        listed_cell *larger = realloc(self->cells, room * sizeof *larger);
        self->lost = larger == NULL;
        if (self->lost) {
            return;
        }
        self->cells = larger;
        self->room = room;
    }
    const listed_cell cell = {number, kept(self, text)};
    self->lost = cell.text == NULL;
    self->cells[self->count] = cell;
    self->count += !self->lost;
}

void jk_listed_text_cells(jk_listed *listed, const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add(listed, (double)NAN, texts[i]);
    }
}

void jk_listed_number(jk_listed *listed, double number) {
    add(listed, number, "");
}

void jk_listed_figure(jk_listed *listed, double number, int decimals) {
    char text[JK_CELL_TEXT];
    add(listed, number, jk_listing_number(number, decimals, text, sizeof text));
}

void jk_listed_date(jk_listed *listed, int32_t date) {
    char text[JK_DATE_TEXT];
    add(listed, (double)NAN, jk_date_format(date, text));
}

void jk_listed_figures(jk_listed *listed, const char *const *of, size_t count, const jk_listing *rows, size_t row,
                       size_t first) {
    jk_cell cells[JK_LISTING_COLUMNS];
    if (jk_listing_row(rows, row, cells, NULL) != JK_OK && listed != NULL) {
        listed->lost = true;
    }
    for (size_t c = first; c < rows->column_count; c++) {
        const jk_listing_column *column = &rows->columns[c];
        if (column->kind == JK_LISTING_FIGURE && cells[c].text[0] != '\0') {
            jk_listed_text_cells(listed, of, count);
            jk_listed_texts(listed, column->name);
            add(listed, cells[c].number, cells[c].text);
        } else if (column->kind != JK_LISTING_FIGURE && isfinite(cells[c].number)) {
            jk_listed_text_cells(listed, of, count);
            jk_listed_texts(listed, column->name);
            jk_listed_figure(listed, cells[c].number, column->kind == JK_LISTING_COUNT ? 0 : column->decimals);
        }
    }
}

static jk_status listed_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_listed *self = listing->source[0];
    JK_TRY(jk_held(self != NULL && !self->lost, error, "the rows of the output"));
    for (size_t c = 0; c < listing->column_count; c++) {
        const listed_cell *from = &self->cells[row * listing->column_count + c];
        cells[c].number = from->number;
        jk_cell_set(&cells[c], from->text);
    }
    return JK_OK;
}

jk_listing jk_listed_rows(const jk_listed *listed) {
    jk_listing listing = listed != NULL ? listed->empty : (jk_listing){0};
    assert(listed == NULL || listed->lost || listed->count % listing.column_count == 0); /* whole rows */
    listing.rows = listed == NULL || listed->lost ? 1 : listed->count / listing.column_count;
    listing.source[0] = listed;
    listing.cells = listed_cells;
    return listing;
}
