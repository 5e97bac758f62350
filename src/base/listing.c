/* SPDX-License-Identifier: Apache-2.0 */
#include "base/listing.h"

#include <math.h>
#include <stdio.h>

void jk_cell_set(jk_cell *cell, const char *text) {
    (void)snprintf(cell->text, sizeof cell->text, "%s", text);
}

jk_status jk_listing_row(const jk_listing *listing, size_t row, jk_cell cells[JK_LISTING_COLUMNS], jk_error *error) {
    for (size_t c = 0; c < listing->column_count; c++) {
        cells[c].number = (double)NAN;
        cells[c].text[0] = '\0';
    }
    return listing->cells(listing, row, cells, error);
}

static json_t *cell_json(const jk_listing_column *column, const jk_cell *cell) {
    if (column->kind == JK_LISTING_TEXT) {
        return cell->text[0] == '\0' ? json_null() : jk_json_string(cell->text);
    }
    if (column->kind == JK_LISTING_COUNT && isfinite(cell->number)) {
        return json_integer((json_int_t)cell->number);
    }
    return jk_json_number(cell->number);
}

json_t *jk_listing_row_json(jk_json_builder *builder, const jk_listing *listing, size_t row) {
    jk_cell cells[JK_LISTING_COLUMNS];
    json_t *object = json_object();
    builder->failed |= jk_listing_row(listing, row, cells, NULL) != JK_OK;
    for (size_t c = 0; c < listing->column_count; c++) {
        jk_json_put(builder, object, listing->columns[c].name, cell_json(&listing->columns[c], &cells[c]));
    }
    return object;
}

json_t *jk_listing_json(jk_json_builder *builder, const jk_listing *listing) {
    json_t *list = json_array();
    for (size_t row = 0; row < listing->rows; row++) {
        jk_json_append(builder, list, jk_listing_row_json(builder, listing, row));
    }
    return list;
}
