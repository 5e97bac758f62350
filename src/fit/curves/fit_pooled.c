/* SPDX-License-Identifier: Apache-2.0 */
/* The likelihood with all segments' curves in one, for what all segments share: a step curve for each treatment, the
 * classes as ratios to its reference, and the points. Hundreds of steps of single segments would only add noise to
 * points, and cost a hundred times as much to fit again and again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "fit/fit_internal.h"

static int32_t add(jk_fit_pooled *pooled, bool held, int32_t point) {
    size_t at = pooled->design.parameters++;
    pooled->held[at] = held;
    pooled->point[at] = point;
    return (int32_t)at;
}

static jk_status add_curve(const jk_fit *fit, jk_arena *arena, size_t treatment, jk_ppml_curve *curves,
                           jk_fit_pooled *pooled, jk_error *error) {
    size_t most = 0, steps = 0, count = 0;
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        most += jk_fit_steps(fit, c)->count;
    }
    double *month = jk_arena_alloc(arena, most + 1, sizeof *month);
    int32_t *parameter = jk_arena_alloc(arena, most + 1, sizeof *parameter);
    JK_TRY(jk_held(month != NULL && parameter != NULL, error, "the fit"));
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        const jk_steps *own = jk_fit_steps(fit, c);
        for (size_t k = 0; fit->survey.curve_rows[c] > 0 && k < own->count; k++) {
            month[steps++] = (double)own->month[k];
        }
    }
    jk_sort(month, steps, sizeof *month, jk_compare_reals);
    for (size_t i = 0; i < steps; i++) {
        if (count == 0 || month[i] > month[count - 1]) {
            month[count++] = month[i];
        }
    }
    count = count < JK_PPML_KNOTS_MAX ? count : JK_PPML_KNOTS_MAX;
    for (size_t k = 0; k < count; k++) {
        parameter[k] = add(pooled, false, -1);
    }
    if (count == 0) { /* no rows: a curve that nothing asks for */
        count = 1;
        parameter[0] = JK_PPML_NONE;
    }
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        curves[c] = (jk_ppml_curve){count, month, parameter};
    }
    return JK_OK;
}

/* Classes of a treatment against the one with most cash. */
static void add_classes(const jk_fit *fit, size_t treatment, int32_t *table, jk_fit_pooled *pooled) {
    double cash[JK_CAPACITY_COUNT] = {0.0};
    int32_t parameter[JK_CAPACITY_COUNT];
    int reference = 0;
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        for (int code = 0; fit->class_fitted[c / JK_TREATMENT_COUNT] && code < JK_FIT_CLASS_CODES; code++) {
            cash[code % JK_CAPACITY_COUNT] += fit->survey.class_cash[c][code];
        }
    }
    for (int k = 1; k < JK_CAPACITY_COUNT; k++) {
        reference = cash[k] > cash[reference] ? k : reference;
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        parameter[k] = k == reference ? JK_PPML_NONE : add(pooled, false, -1);
    }
    for (size_t c = treatment; c < fit->survey.curves; c += JK_TREATMENT_COUNT) {
        for (int code = 0; code < JK_FIT_CLASS_CODES; code++) {
            bool fitted = fit->class_fitted[c / JK_TREATMENT_COUNT];
            table[c * JK_FIT_CLASS_CODES + (size_t)code] = fitted ? parameter[code % JK_CAPACITY_COUNT] : JK_PPML_NONE;
        }
    }
}

static jk_status add_points(const jk_fit *fit, jk_arena *arena, jk_ppml_term *term, jk_fit_pooled *pooled,
                            jk_error *error) {
    const jk_ppml_design *from = &fit->design.ppml;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        const jk_fit_card_item *card = &fit->card[c];
        const jk_ppml_term *old = &from->term[JK_FIT_TERMS_FIXED + c];
        int32_t *table = jk_arena_alloc(arena, old->levels, sizeof *table);
        JK_TRY(jk_held(table != NULL, error, "the fit"));
        for (size_t l = 0; l < card->levels; l++) {
            int32_t point = fit->design.level_parameter[c][l];
            pooled->of[point] = add(pooled, l == card->reference, point);
        }
        for (size_t f = 0; f < old->levels; f++) {
            table[f] = pooled->of[old->parameter[f]];
        }
        term[JK_FIT_TERMS_FIXED + c] = (jk_ppml_term){old->levels, 0, table};
    }
    return JK_OK;
}

jk_status jk_fit_pooled_build(const jk_fit *fit, jk_arena *arena, jk_fit_pooled *pooled, jk_error *error) {
    size_t curves = fit->survey.curves, most = fit->design.ppml.parameters + 3 * JK_TREATMENT_COUNT;
    jk_ppml_curve *curve = jk_arena_alloc(arena, curves, sizeof *curve);
    jk_ppml_term *term = jk_arena_alloc(arena, fit->rows.terms, sizeof *term);
    int32_t *classes = jk_arena_alloc(arena, curves * JK_FIT_CLASS_CODES, sizeof *classes);
    int32_t *pending = jk_arena_alloc(arena, curves * 2, sizeof *pending);
    pooled->start = jk_arena_alloc(arena, most, sizeof *pooled->start);
    pooled->held = jk_arena_alloc(arena, most, sizeof *pooled->held);
    pooled->point = jk_arena_alloc(arena, most, sizeof *pooled->point);
    pooled->of = jk_arena_alloc(arena, fit->design.ppml.parameters, sizeof *pooled->of);
    JK_TRY(jk_held(curve != NULL && term != NULL && classes != NULL && pending != NULL && pooled->start != NULL &&
                       pooled->held != NULL && pooled->point != NULL && pooled->of != NULL,
                   error, "the fit"));
    pooled->design = (jk_ppml_design){.curves = curves, .terms = fit->rows.terms, .curve = curve, .term = term};
    for (size_t p = 0; p < fit->design.ppml.parameters; p++) {
        pooled->of[p] = -1;
    }
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        JK_TRY(add_curve(fit, arena, t, curve, pooled, error));
    }
    pooled->steps = pooled->design.parameters;
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        add_classes(fit, t, classes, pooled);
    }
    for (size_t i = 0; i < curves * 2; i++) { /* the factor of pending cases is in the rows' weights */
        pending[i] = JK_PPML_NONE;
    }
    term[JK_FIT_TERM_CLASS] = (jk_ppml_term){JK_FIT_CLASS_CODES, 1, classes};
    term[JK_FIT_TERM_PENDING] = (jk_ppml_term){2, 1, pending};
    return add_points(fit, arena, term, pooled, error);
}

/* Factors of the segments under each treatment against the pooled curve, thin ones drawn to 1 (Bühlmann, Straub): into
 * the weights. */
jk_status jk_fit_pooled_segments(const jk_fit *fit, const jk_ppml_rows *rows, const double *mean, double within,
                                 double *weight, jk_error *error) {
    size_t segments = fit->base->segment_count, curves = fit->survey.curves;
    double *room = jk_columns_zero(3 * curves + 3 * segments, sizeof *room);
    JK_TRY(jk_held(room != NULL, error, "the fit"));
    double *actual = room, *expected = room + curves, *factor = expected + curves;
    double *own_actual = factor + curves, *own_expected = own_actual + segments, *credibility = own_expected + segments;
    for (size_t i = 0; i < rows->rows; i++) {
        actual[rows->curve[i]] += rows->weight[i] > 0.0 ? rows->cash[i] : 0.0;
        expected[rows->curve[i]] += rows->weight[i] > 0.0 ? mean[i] : 0.0;
    }
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        for (size_t g = 0; g < segments; g++) {
            own_actual[g] = actual[g * JK_TREATMENT_COUNT + t];
            own_expected[g] = expected[g * JK_TREATMENT_COUNT + t];
        }
        (void)jk_fit_straub(own_actual, own_expected, segments, within, 1.0, factor, credibility);
        for (size_t g = 0; g < segments; g++) {
            expected[g * JK_TREATMENT_COUNT + t] = fmax(factor[g], 1e-6);
        }
    }
    for (size_t i = 0; i < rows->rows; i++) {
        weight[i] *= expected[rows->curve[i]];
    }
    free(room);
    return JK_OK;
}
