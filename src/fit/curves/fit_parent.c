/* SPDX-License-Identifier: Apache-2.0 */
#include "fit/curves/fit_parent.h"

#include <math.h>

#include "base/error.h"
#include "base/number/sort.h"

jk_status jk_parent_join_steps(const jk_fit *fit, jk_arena *arena, size_t treatment, jk_parent_curve *parent,
                               jk_error *error) {
    size_t most = 0;
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        most += jk_fit_steps(fit, c)->count;
    }
    parent->month = jk_arena_alloc(arena, most + 1, sizeof *parent->month);
    parent->intensity = jk_arena_alloc(arena, most + 1, sizeof *parent->intensity);
    parent->most = jk_arena_alloc(arena, most + 1, sizeof *parent->most);
    parent->parameter = jk_arena_alloc(arena, most + 1, sizeof *parent->parameter);
    JK_TRY(
        jk_held(parent->month != NULL && parent->intensity != NULL && parent->most != NULL && parent->parameter != NULL,
                error, "the fit"));
    size_t count = 0;
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        const jk_steps *steps = jk_fit_steps(fit, c);
        for (size_t k = 0; fit->survey.curve_rows[c] > 0 && k < steps->count; k++) {
            parent->month[count++] = (double)steps->month[k];
        }
    }
    jk_sort(parent->month, count, sizeof *parent->month, jk_compare_reals);
    for (size_t i = 0; i < count; i++) {
        if (parent->count == 0 || parent->month[i] > parent->month[parent->count - 1]) {
            parent->month[parent->count++] = parent->month[i];
        }
    }
    parent->count = parent->count > 0 ? parent->count : 1;
    parent->count = parent->count < JK_PPML_KNOTS_MAX ? parent->count : JK_PPML_KNOTS_MAX;
    return JK_OK;
}

void jk_parent_choose_reference(const jk_fit *fit, size_t treatment, jk_parent_curve *parent) {
    for (int k = JK_CAPACITY_COUNT - 1; k >= 0; k--) {
        double cash = 0.0;
        for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
            for (int code = k; fit->class_fitted[c / JK_TREATMENT_COUNT] && code < JK_FIT_CLASS_CODES;
                 code += JK_CAPACITY_COUNT) {
                cash += fit->survey.class_cash[c][code];
            }
        }
        parent->reference = k;
        if (cash > 0.0) {
            return;
        }
    }
    parent->reference = JK_CAPACITY_ABLE;
}

void jk_parent_fill_gaps(jk_parent_curve *parent) {
    double near = 0.0;
    for (size_t u = 0; u < parent->count; u++) {
        double own = parent->intensity[u];
        parent->intensity[u] = own > 0.0 ? own : fmin(near, parent->most[u]);
        near = own > 0.0 ? own : near;
    }
    near = 0.0;
    for (size_t u = parent->count; u-- > 0;) {
        double own = parent->intensity[u];
        parent->intensity[u] = own > 0.0 ? own : fmin(near, parent->most[u]);
        near = own > 0.0 ? own : near;
    }
}
