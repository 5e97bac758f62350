/* SPDX-License-Identifier: Apache-2.0 */
/* Levels and numbers of a characteristic for whole blocks: what a fit of the scorecard works on. */
#include <math.h>
#include <stdio.h>

#include "score/levels.h"
#include "score/scorer_internal.h"

size_t jk_score_level_count(const jk_characteristic *from) {
    return from->count + (from->is_numeric ? 1 : 2);
}

const char *jk_score_level_name(const jk_characteristic *from, size_t level, char text[64]) {
    size_t missing = jk_score_level_count(from) - 1;
    if (level >= missing) {
        (void)snprintf(text, 64, "missing");
    } else if (!from->is_numeric) {
        (void)snprintf(text, 64, "%s", level < from->count ? from->levels[level] : "other");
    } else if (from->count == 1) {
        (void)snprintf(text, 64, "any");
    } else if (level > 0 && from->below[level] == nextafter(from->below[level - 1], (double)INFINITY)) {
        (void)snprintf(text, 64, "%.9g", from->below[level - 1]); /* a value that stands for something else */
    } else if (level == 0) {
        (void)snprintf(text, 64, "below %.9g", from->below[0]);
    } else if (level + 1 == from->count) {
        (void)snprintf(text, 64, "%.9g and more", from->below[level - 1]);
    } else {
        (void)snprintf(text, 64, "%.9g to below %.9g", from->below[level - 1], from->below[level]);
    }
    return text;
}

double jk_score_level_points(const jk_characteristic *from, size_t level) {
    size_t missing = jk_score_level_count(from) - 1;
    return level < from->count ? from->points[level] : level >= missing ? from->missing_points : from->other_points;
}

size_t jk_score_bin(const jk_characteristic *from, double value) {
    if (value != value) {
        return from->count;
    }
    size_t bin = 0;
    while (bin + 1 < from->count && value >= from->below[bin]) {
        bin++;
    }
    return bin;
}

void jk_score_numbers(const jk_scorer *scorer, size_t characteristic, const jk_block *block, const jk_law_facts *law,
                      double *value) {
    jk_score_values(scorer, &scorer->items[characteristic], block, law, 0, block->rows, value);
}

void jk_score_levels(const jk_scorer *scorer, size_t characteristic, const jk_block *block, const jk_law_facts *law,
                     uint16_t *level) {
    const jk_scorer_item *item = &scorer->items[characteristic];
    if (item->code_levels != NULL) {
        for (size_t row = 0; row < block->rows; row++) {
            level[row] = item->code_levels[jk_score_code(item, block, row)];
        }
        return;
    }
    double value[JK_SCORE_TILE];
    for (size_t first = 0; first < block->rows; first += JK_SCORE_TILE) {
        size_t count = block->rows - first < JK_SCORE_TILE ? block->rows - first : JK_SCORE_TILE;
        jk_score_values(scorer, item, block, law, first, count, value);
        for (size_t i = 0; i < count; i++) {
            level[first + i] = (uint16_t)jk_score_bin(item->from, value[i]);
        }
    }
}
