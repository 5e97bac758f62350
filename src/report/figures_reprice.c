/* SPDX-License-Identifier: Apache-2.0 */
/* What a page must know of its book to ask it for prices. */
#include <stdlib.h>
#include <string.h>

#include "base/number/sort.h"
#include "report/figures.h"

static int by_code(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All that the tape names, in the book's order. */
static json_t *countries_of(jk_json_builder *b, const jk_tape *tape) {
    size_t count = 0;
    const char *const *code = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &count);
    const char **sorted = calloc(count + 1, sizeof *sorted);
    if (sorted == NULL) {
        b->failed = true;
        return NULL;
    }
    json_t *list = json_array();
    memcpy(sorted, code, count * sizeof *sorted);
    jk_sort(sorted, count, sizeof *sorted, by_code);
    for (size_t c = 0; c < count; c++) {
        jk_json_append(b, list, jk_json_string(sorted[c]));
    }
    free(sorted);
    return list;
}

static json_t *keys_of(jk_json_builder *b) {
    json_t *list = json_array();
    for (int key = 0; key < JK_STRESS_COUNT; key++) {
        const jk_stress_field *field = jk_stress_field_of((jk_stress_key)key);
        json_t *one = json_object();
        jk_json_put(b, one, "name", jk_json_string(field->name));
        jk_json_put(b, one, "neutral", json_real(field->neutral));
        jk_json_append(b, list, one);
    }
    return list;
}

json_t *jk_figures_reprice(jk_json_builder *b, const jk_figures *figures) {
    const jk_book *book = figures->options->book;
    const jk_valuation *valuation = &figures->valuation;
    if (book == NULL) {
        return json_null();
    }
    json_t *object = json_object(), *segments = json_array(), *bands = json_array();
    jk_json_put(b, object, "claims", json_integer((json_int_t)jk_book_claims(book)));
    jk_json_put(b, object, "whole", json_boolean(jk_book_is_whole(book)));
    jk_json_put(b, object, "keys", keys_of(b));
    for (size_t g = 0; g < valuation->segment_count; g++) {
        jk_json_append(b, segments, jk_json_string(valuation->segment_id[g]));
    }
    jk_json_put(b, object, "segments", segments);
    jk_json_put(b, object, "countries", countries_of(b, figures->tape));
    for (int i = 0; i < JK_BOOK_BANDS; i++) {
        jk_json_append(b, bands, json_integer(jk_book_band_from[i]));
    }
    jk_json_put(b, object, "bands_from_month", bands);
    return object;
}
