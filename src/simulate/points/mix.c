/* SPDX-License-Identifier: Apache-2.0 */
/* Which points the claims of a segment and class carry, weighted with what they are expected to bring: the share of
 * parameter p in group g is sum of w over claims with p / sum of w, w the expected collections of a claim that is
 * worked. A draw of the points then moves the whole group by its mean points. Sums are whole units of the grid: exact
 * in any order. */
#include "simulate/points/mix.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"

jk_status jk_mix_init(jk_mix *mix, const jk_model *model, const jk_covariance *covariance, size_t block_rows,
                      jk_error *error) {
    *mix = (jk_mix){.model = model, .covariance = covariance};
    if (covariance == NULL || covariance->points == 0) {
        return JK_OK;
    }
    mix->groups = model->segment_count * JK_CAPACITY_COUNT;
    mix->size = 1 + covariance->count;
    mix->sum = jk_columns_zero(mix->groups * mix->size, sizeof *mix->sum);
    mix->level = jk_columns_zero(block_rows + 1, sizeof *mix->level);
    if (mix->sum == NULL || mix->level == NULL) {
        jk_mix_reset(mix);
        return jk_fail_memory(error, "the levels of the claims");
    }
    return JK_OK;
}

void jk_mix_reset(jk_mix *mix) {
    free(mix->sum);
    free(mix->level);
    *mix = (jk_mix){0};
}

static int64_t weight_of(const jk_value_block *block, size_t row) {
    bool worked = block->terms->allowed[row] != 0 && block->plan->decision[row] != JK_CLOSE;
    return worked ? jk_grid_from_double((double)block->plan->erc_gross[row]) : 0;
}

void jk_mix_add_block(jk_mix *mix, const jk_value_block *block) {
    const jk_terms *terms = block->terms;
    if (mix->sum == NULL) {
        return;
    }
    for (size_t row = 0; row < terms->rows; row++) {
        mix->sum[jk_mix_group(terms->segment[row], jk_terms_class(terms, row)) * mix->size] += weight_of(block, row);
    }
    for (size_t c = 0; c < mix->model->scorecard.count; c++) {
        jk_score_levels(block->scorer, c, block->block, block->law, mix->level);
        for (size_t row = 0; row < terms->rows; row++) {
            int32_t parameter = jk_covariance_point(mix->covariance, c, mix->level[row]);
            if (parameter >= 0) {
                size_t group = jk_mix_group(terms->segment[row], jk_terms_class(terms, row));
                mix->sum[group * mix->size + 1 + (size_t)parameter] += weight_of(block, row);
            }
        }
    }
}

void jk_mix_add(jk_mix *to, const jk_mix *from) {
    for (size_t i = 0; i < to->groups * to->size; i++) {
        to->sum[i] += from->sum[i];
    }
}

double jk_mix_share(const jk_mix *mix, size_t group, size_t parameter) {
    const int64_t *sum = mix->sum == NULL ? NULL : mix->sum + group * mix->size;
    return sum == NULL || sum[0] <= 0 ? 0.0 : (double)sum[1 + parameter] / (double)sum[0];
}
