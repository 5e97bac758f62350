/* SPDX-License-Identifier: Apache-2.0 */
/* Where the value lies: by segment and age, and in how few hands. */
#include <stdlib.h>

#include "base/number/grid.h"
#include "report/figures.h"

json_t *jk_figures_map(jk_json_builder *b, const jk_figures *figures) {
    const jk_spread *spread = &figures->spread;
    json_t *object = json_object();
    json_t *bands = json_array();
    json_t *cells = json_array();
    for (size_t a = 0; a < JK_BOOK_BANDS; a++) {
        jk_json_append(b, bands, json_integer(jk_book_band_from[a]));
    }
    for (size_t s = 0; s < spread->segments; s++) {
        for (size_t a = 0; a < JK_BOOK_BANDS; a++) {
            const jk_spread_cell *sums = &spread->cells[s * JK_BOOK_BANDS + a];
            if (sums->claims > 0) {
                json_t *cell = json_object();
                jk_json_put(b, cell, "segment", jk_json_string(figures->model->segments[s].id));
                jk_json_put(b, cell, "from_month", json_integer(jk_book_band_from[a]));
                jk_json_put(b, cell, "claims", json_integer((json_int_t)sums->claims));
                jk_json_put_numbers(b, cell, {"face", jk_grid_to_double(sums->face)},
                                    {"value", jk_grid_to_double(sums->value)});
                jk_json_append(b, cells, cell);
            }
        }
    }
    jk_json_put(b, object, "bands_from_month", bands);
    jk_json_put(b, object, "cells", cells);
    return object;
}

static json_t *concentration_of(jk_json_builder *b, int64_t *amounts, size_t count) {
    jk_concentration measured;
    jk_concentration_measure(amounts, count, &measured);
    json_t *object = json_object();
    jk_json_put(b, object, "count", json_integer((json_int_t)measured.count));
    if (!measured.has_shares) {
        return object;
    }
    json_t *top = json_array();
    json_t *lorenz = json_array();
    for (int s = 0; s < JK_TOP_SHARES; s++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "percent", json_integer(jk_top_percent[s]));
        jk_json_put(b, entry, "count", json_integer((json_int_t)measured.top_count[s]));
        jk_json_put(b, entry, "share", jk_json_number(measured.top_share[s]));
        jk_json_append(b, top, entry);
    }
    for (int p = 0; p < JK_LORENZ_POINTS; p++) {
        jk_json_append(b, lorenz, jk_json_number(measured.lorenz[p]));
    }
    jk_json_put(b, object, "gini", jk_json_number(measured.gini));
    jk_json_put(b, object, "top", top);
    jk_json_put(b, object, "lorenz", lorenz);
    return object;
}

json_t *jk_figures_concentration(jk_json_builder *b, jk_figures *figures) {
    jk_spread *spread = &figures->spread;
    size_t debtors = jk_tape_debtors(figures->tape);
    int64_t *by_debtor = calloc(debtors + 1, sizeof *by_debtor);
    if (by_debtor == NULL) {
        b->failed = 1;
        return NULL;
    }
    for (size_t i = 0; i < spread->rows; i++) {
        by_debtor[figures->candidates->debtor[i]] += spread->value[i];
    }
    json_t *object = json_object();
    jk_json_put(b, object, "value_by_claim", concentration_of(b, spread->value, spread->rows));
    jk_json_put(b, object, "value_by_debtor", concentration_of(b, by_debtor, debtors));
    jk_json_put(b, object, "face_by_claim", concentration_of(b, spread->face, spread->rows));
    free(by_debtor);
    return object;
}
