/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words/listing.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/text/escape.h"

void jk_cell_set(jk_cell *cell, const char *text) {
    static const char more[] = "\u2026";
    size_t length = strlen(text);
    const bool cut = length >= sizeof cell->text;
    if (cut) {
        length = sizeof cell->text - sizeof more;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) { /* not within a character */
            length--;
        }
    }
    memcpy(cell->text, text, length);
    memcpy(cell->text + length, cut ? more : "", cut ? sizeof more : 1);
}

jk_status jk_listing_row(const jk_listing *listing, size_t row, jk_cell cells[JK_LISTING_COLUMNS], jk_error *error) {
    assert(listing->column_count <= JK_LISTING_COLUMNS);
    for (size_t c = 0; c < listing->column_count; c++) {
        cells[c].number = (double)NAN;
        cells[c].text[0] = '\0';
    }
    return listing->cells(listing, row, cells, error);
}

const char *jk_listing_number(double number, int decimals, char *text, size_t size) {
    const double shown = number == 0.0 ? 0.0 : number; /* no -0 */
    text[0] = '\0';
    if (isfinite(number)) {
        (void)(decimals < 0 ? snprintf(text, size, "%.*g", decimals == -1 ? 9 : -decimals, shown)
                            : snprintf(text, size, "%.*f", decimals, shown));
    }
    return text;
}

void jk_cell_set_figure(jk_cell *cell, double number, int decimals) {
    cell->number = number;
    (void)jk_listing_number(number, decimals, cell->text, sizeof cell->text);
}

static void put_text(FILE *stream, const jk_cell *cell) {
    char text[JK_CELL_BYTES(JK_CELL_TEXT)];
    char *end = jk_cell_write(text, cell->text, strlen(cell->text));
    (void)fwrite(text, 1, (size_t)(end - text), stream);
}

static void put_cell(FILE *stream, const jk_listing_column *column, const jk_cell *cell) {
    char text[JK_CELL_TEXT];
    if (column->kind == JK_LISTING_TEXT) {
        put_text(stream, cell);
    } else if (column->kind == JK_LISTING_FIGURE) {
        (void)fputs(cell->text, stream);
    } else {
        (void)fputs(jk_listing_number(cell->number, column->decimals, text, sizeof text), stream);
    }
}

size_t jk_listing_head(const jk_listing *listing, char text[JK_LISTING_HEAD]) {
    size_t length = 0;
    text[0] = '\0';
    for (size_t c = 0; c < listing->column_count; c++) {
        const size_t left = JK_LISTING_HEAD - length;
        const int added = snprintf(text + length, left, "%s%s", c > 0 ? "," : "", listing->columns[c].name);
        assert(added > 0 && (size_t)added < left);
        length += (size_t)added;
    }
    return length;
}

jk_status jk_listing_csv(const jk_listing *listing, FILE *stream, jk_error *error) {
    jk_cell cells[JK_LISTING_COLUMNS];
    for (size_t c = 0; c < listing->column_count; c++) {
        (void)fputs(c > 0 ? "," : "", stream);
        jk_cell_set(&cells[0], listing->columns[c].name); /* of a template, perhaps */
        put_text(stream, &cells[0]);
    }
    (void)fputc('\n', stream);
    for (size_t row = 0; row < listing->rows; row++) {
        JK_TRY(jk_listing_row(listing, row, cells, error));
        for (size_t c = 0; c < listing->column_count; c++) {
            (void)fputs(c > 0 ? "," : "", stream);
            put_cell(stream, &listing->columns[c], &cells[c]);
        }
        (void)fputc('\n', stream);
    }
    return JK_OK;
}

jk_status jk_listing_write(const jk_listing *listing, const char *path, bool personal, jk_error *error) {
    jk_output output;
    JK_TRY(jk_output_open(&output, path, personal ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error));
    jk_status status = jk_output_stream(&output, error);
    status = status == JK_OK ? jk_listing_csv(listing, output.stream, error) : status;
    if (status != JK_OK) {
        jk_output_abort(&output);
        return status;
    }
    return jk_output_commit(&output, error);
}

static json_t *cell_json(const jk_listing_column *column, const jk_cell *cell) {
    if (column->kind == JK_LISTING_TEXT || (column->kind == JK_LISTING_FIGURE && isnan(cell->number))) {
        return cell->text[0] == '\0' ? json_null() : jk_json_string(cell->text);
    }
    if (column->kind == JK_LISTING_COUNT && isfinite(cell->number)) {
        return json_integer((json_int_t)cell->number);
    }
    if (column->kind == JK_LISTING_FLAG && isfinite(cell->number)) {
        return json_boolean(cell->number != 0.0);
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
