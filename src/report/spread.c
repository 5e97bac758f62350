/* SPDX-License-Identifier: Apache-2.0 */
#include "report/spread.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "base/team/team.h"

const int jk_top_percent[JK_TOP_SHARES] = {1, 5, 10, 25};

jk_status jk_spread_init(jk_spread *spread, size_t rows, size_t segments, jk_error *error) {
    *spread = (jk_spread){.rows = rows, .segments = segments};
    spread->face = calloc(rows + 1, sizeof *spread->face);
    spread->value = calloc(rows + 1, sizeof *spread->value);
    if (spread->face == NULL || spread->value == NULL) {
        jk_spread_reset(spread);
        return jk_fail_memory(error, "the values of all claims");
    }
    return JK_OK;
}

void jk_spread_reset(jk_spread *spread) {
    free(spread->face);
    free(spread->value);
    free(spread->cells);
    *spread = (jk_spread){0};
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_spread *spread = context;
    spread->threads = shape->threads;
    spread->cells = calloc((size_t)shape->threads * spread->segments, JK_BOOK_BANDS * sizeof *spread->cells);
    return jk_held(spread->cells != NULL, error, "sums by segment and age");
}

static jk_status take_block(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    jk_spread *spread = context;
    size_t first = block->block->first_row;
    jk_spread_cell *cells = spread->cells + (size_t)block->thread * spread->segments * JK_BOOK_BANDS;
    for (size_t i = 0; i < block->block->rows; i++) {
        int64_t face = jk_grid_from_double(block->law->balance[i]);
        int64_t value = jk_grid_from_double((double)block->plan->value[i]);
        spread->face[first + i] = face;
        spread->value[first + i] = value;
        jk_spread_cell *cell =
            &cells[block->law->segment[i] * JK_BOOK_BANDS + jk_book_band_of(block->law->age_months[i])];
        cell->claims++;
        cell->face += face;
        cell->value += value;
    }
    return JK_OK;
}

void jk_spread_finish(jk_spread *spread) {
    size_t size = spread->segments * JK_BOOK_BANDS;
    for (size_t i = size; i < size * (size_t)spread->threads; i++) {
        spread->cells[i % size].claims += spread->cells[i].claims;
        spread->cells[i % size].face += spread->cells[i].face;
        spread->cells[i % size].value += spread->cells[i].value;
    }
    spread->threads = 1;
}

static jk_status gather(void *context, jk_error *error) {
    jk_spread *spread = context;
    size_t cells = spread->segments * JK_BOOK_BANDS;
    jk_spread_finish(spread);
    JK_TRY(jk_team_gather_rows(spread->face, sizeof *spread->face, spread->rows, 1, error));
    JK_TRY(jk_team_gather_rows(spread->value, sizeof *spread->value, spread->rows, 1, error));
    const jk_tally tally = {JK_TALLY_INT64, spread->cells, cells * sizeof *spread->cells / sizeof(int64_t)};
    return jk_team_sum(JK_PASS_RESULT, (jk_team_question){"spread", 0}, &tally, 1, error);
}

jk_value_sink jk_spread_sink(jk_spread *spread) {
    return (jk_value_sink){.begin = begin, .block = take_block, .context = spread, .gather = gather};
}

/* ---- concentration ---------------------------------------------------------------------------------------------- */

/* The smallest hold `sum` of the first `index` amounts; a holder between two points counts in part. */
static double part_of(const int64_t *amounts, size_t count, double place, size_t index, int64_t sum) {
    double fraction = place - (double)index;
    return (double)sum + (index < count ? fraction * (double)amounts[index] : 0.0);
}

void jk_concentration_measure(int64_t *amounts, size_t count, jk_concentration *concentration) {
    *concentration = (jk_concentration){.count = count};
    jk_sort_amounts(amounts, count);
    int64_t total = 0;
    double ranked =
        0.0; /* sum of rank x amount, of the ranks' distance from their middle: small terms, no cancelling */
    for (size_t i = 0; i < count; i++) {
        total += amounts[i];
        ranked += (2.0 * (double)i + 1.0 - (double)count) * (double)amounts[i];
    }
    if (total <= 0) {
        return;
    }
    concentration->has_shares = 1;
    concentration->gini = ranked / ((double)count * (double)total);
    size_t index = 0;
    int64_t sum = 0;
    for (int p = 0; p < JK_LORENZ_POINTS; p++) {
        double place = (double)count * p / (JK_LORENZ_POINTS - 1);
        for (; index < count && (double)(index + 1) <= place; index++) {
            sum += amounts[index];
        }
        concentration->lorenz[p] = part_of(amounts, count, place, index, sum) / (double)total;
    }
    for (int s = 0; s < JK_TOP_SHARES; s++) {
        size_t top = (size_t)ceil((double)count * jk_top_percent[s] / 100.0);
        int64_t held = 0;
        for (size_t i = count - top; i < count; i++) {
            held += amounts[i];
        }
        concentration->top_count[s] = top;
        concentration->top_share[s] = (double)held / (double)total;
    }
}
