/* SPDX-License-Identifier: Apache-2.0 */
/* Thin segments lean on all segments together.
 *
 * What came in is held against what all segments' curve and classes expect, at two levels (Bühlmann, Straub 1970;
 * Jewell 1975): a factor of the segment under the treatment; within that, factors of its classes, then of the steps of
 * its curve. Volumes are expected cash; the variance within is that of a debtor's cash per unit expected, over the
 * whole panel, because a thin cell's own standard error knows little of the large payments that it has not seen; the
 * variance between is estimated from the factors. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/curves/fit_parent.h"
#include "fit/fit_internal.h"

#define SMALLEST_FACTOR 1e-9
enum { PAYERS_MIN = 20 }; /* debtors that paid under a treatment; below, the base model's curves stand */

/* ---- all segments together ---------------------------------------------------------------------------------- */

typedef struct shrinking {
    jk_fit *fit;
    jk_arena *arena;
    jk_parent_curve parent[JK_TREATMENT_COUNT];
    jk_ppml_rows rows; /* weighed by the balance, as those of the points */
    double *weighed;
    double within; /* variance of a debtor's cash per unit expected by all together: fits of cells fit their noise */
    jk_ppml_design design; /* of all together, then of the cells */
    jk_ppml_curve *curve;
    jk_ppml_term *term;
    double *start;
    uint8_t *held;
    int32_t **cell;                           /* [curves] by step of the parent */
    int32_t (*class_cell)[JK_CAPACITY_COUNT]; /* [curves] */
} shrinking;

static int32_t add(shrinking *self, double value, int held) {
    size_t at = self->design.parameters++;
    if (at < JK_PPML_PARAMETERS_MAX) {
        self->start[at] = value;
        self->held[at] = (uint8_t)(held != 0);
    }
    return (int32_t)at;
}

/* Points as the model takes them and the factor of pending cases, held. */
static jk_status hold_others(shrinking *self, jk_error *error) {
    const jk_fit *fit = self->fit;
    const jk_ppml_design *from = &fit->design.ppml;
    for (size_t t = JK_FIT_TERM_PENDING; t < from->terms; t++) {
        size_t entries = from->term[t].levels * (from->term[t].by_curve ? from->curves : 1);
        int32_t *table = jk_arena_alloc(self->arena, entries, sizeof *table);
        JK_TRY(jk_held(table != NULL, error, "the fit"));
        for (size_t e = 0; e < entries; e++) {
            int32_t old = from->term[t].parameter[e];
            table[e] = old < 0 || fit->value[old] == 0.0 ? JK_PPML_NONE : add(self, fit->value[old], 1);
        }
        self->term[t] = (jk_ppml_term){from->term[t].levels, from->term[t].by_curve, table};
    }
    return JK_OK;
}

static jk_status put_class_table(shrinking *self, int32_t (*parameter)[JK_CAPACITY_COUNT], jk_error *error) {
    size_t curves = self->fit->survey.curves;
    int32_t *table = jk_arena_alloc(self->arena, curves * JK_FIT_CLASS_CODES, sizeof *table);
    JK_TRY(jk_held(table != NULL, error, "the fit"));
    for (size_t c = 0; c < curves; c++) {
        for (int code = 0; code < JK_FIT_CLASS_CODES; code++) {
            bool fitted = self->fit->class_fitted[c / JK_TREATMENT_COUNT];
            table[c * JK_FIT_CLASS_CODES + (size_t)code] =
                fitted ? parameter[c][code % JK_CAPACITY_COUNT] : JK_PPML_NONE;
        }
    }
    self->term[JK_FIT_TERM_CLASS] = (jk_ppml_term){JK_FIT_CLASS_CODES, 1, table};
    return JK_OK;
}

static jk_status fit_parent(shrinking *self, jk_error *error) {
    jk_fit *fit = self->fit;
    int32_t(*classes)[JK_CAPACITY_COUNT] = jk_arena_alloc(self->arena, fit->survey.curves, sizeof *classes);
    JK_TRY(jk_held(classes != NULL, error, "the fit"));
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        jk_parent_curve *parent = &self->parent[t];
        JK_TRY(jk_parent_join_steps(fit, self->arena, t, parent, error));
        jk_parent_choose_reference(fit, t, parent);
        for (size_t u = 0; u < parent->count; u++) {
            parent->parameter[u] = add(self, 0.0, 0);
        }
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            parent->class_parameter[k] = k == parent->reference ? JK_PPML_NONE : add(self, 0.0, 0);
        }
    }
    for (size_t c = 0; c < fit->survey.curves; c++) {
        const jk_parent_curve *parent = &self->parent[c % JK_TREATMENT_COUNT];
        self->curve[c] = (jk_ppml_curve){parent->count, parent->month, parent->parameter};
        memcpy(classes[c], parent->class_parameter, sizeof classes[c]);
    }
    JK_TRY(put_class_table(self, classes, error));
    JK_TRY(hold_others(self, error));
    jk_ppml_options options = {.start = self->start, .held = self->held, .without_errors = 1};
    jk_ppml all;
    JK_TRY(jk_ppml_fit(&self->rows, &self->design, &options, &fit->options.run, &all, error));
    self->within = all.cluster_dispersion;
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        jk_parent_curve *parent = &self->parent[t];
        for (size_t u = 0; u < parent->count; u++) {
            int32_t p = parent->parameter[u];
            parent->intensity[u] = all.state[p] == JK_PPML_FREE ? jk_exp(all.estimate[p]) : 0.0;
            parent->most[u] =
                all.state[p] == JK_PPML_NO_CASH && all.exposure[p] > 0.0 ? self->within / all.exposure[p] : INFINITY;
        }
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            int32_t p = parent->class_parameter[k];
            parent->class_value[k] = p < 0 ? 0.0 : all.state[p] == JK_PPML_FREE ? all.estimate[p] : (double)NAN;
        }
    }
    jk_ppml_reset(&all);
    return JK_OK;
}

/* ---- classes ------------------------------------------------------------------------------------------------ */

/* Class of a curve against the curve's own reference, by all segments together; NaN: they do not say. */
static double parent_class(const shrinking *self, size_t curve, int class) {
    const jk_parent_curve *parent = &self->parent[curve % JK_TREATMENT_COUNT];
    return parent->class_value[class] - parent->class_value[self->fit->class_reference[curve]];
}

/* ---- curves ------------------------------------------------------------------------------------------------- */

/* Every step of every curve as a cell of its own that expects what all segments together would. */
static jk_status count_cells(shrinking *self, jk_ppml *cells, jk_error *error) {
    jk_fit *fit = self->fit;
    int32_t(*classes)[JK_CAPACITY_COUNT] = jk_arena_alloc(self->arena, fit->survey.curves, sizeof *classes);
    self->cell = jk_arena_alloc(self->arena, fit->survey.curves, sizeof *self->cell);
    self->design.parameters = 0;
    JK_TRY(jk_held(classes != NULL && self->cell != NULL, error, "the fit"));
    for (size_t c = 0; c < fit->survey.curves; c++) {
        const jk_parent_curve *parent = &self->parent[c % JK_TREATMENT_COUNT];
        self->cell[c] = jk_arena_alloc(self->arena, parent->count, sizeof **self->cell);
        JK_TRY(jk_held(self->cell[c] != NULL, error, "the fit"));
        bool wanted = fit->survey.curve_rows[c] > 0;
        for (size_t u = 0; u < parent->count; u++) {
            double value = parent->intensity[u] > 0.0 ? jk_log(parent->intensity[u]) : 0.0;
            self->cell[c][u] = wanted ? add(self, value, 1) : JK_PPML_NONE;
        }
        double level = parent->class_value[fit->class_reference[c]];
        level = isnan(level) ? 0.0 : level;
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            double value = isnan(fit->class_value[c][k]) ? 0.0 : fit->class_value[c][k];
            bool fitted = wanted && fit->class_fitted[c / JK_TREATMENT_COUNT];
            classes[c][k] = fitted ? add(self, level + value, 1) : JK_PPML_NONE;
        }
        self->curve[c] = (jk_ppml_curve){parent->count, parent->month, self->cell[c]};
    }
    self->class_cell = classes;
    JK_TRY(put_class_table(self, classes, error));
    JK_TRY(hold_others(self, error));
    if (self->design.parameters > JK_PPML_PARAMETERS_MAX) {
        return jk_fail(error, JK_ERROR_MODEL, fit->base->path, 0, NULL,
                       "the curves of all segments have %zu steps together; expected at most %d",
                       self->design.parameters, (int)JK_PPML_PARAMETERS_MAX);
    }
    jk_ppml_options options = {.start = self->start, .held = self->held, .without_errors = 1};
    return jk_ppml_fit(&self->rows, &self->design, &options, &fit->options.run, cells, error);
}

/* Actual and expected cash of a step of a curve, and the parent's mean intensity over it. */
typedef struct step_cash {
    double actual, expected, intensity;
} step_cash;

static step_cash cash_of_step(const shrinking *self, const jk_ppml *cells, size_t curve, size_t step) {
    const jk_parent_curve *parent = &self->parent[curve % JK_TREATMENT_COUNT];
    const jk_steps *steps = jk_fit_steps(self->fit, curve);
    double from = (double)steps->month[step];
    double to = step + 1 < steps->count ? (double)steps->month[step + 1] : INFINITY;
    double exposure = 0.0, months = 0.0, area = 0.0;
    step_cash cash = {0.0, 0.0, 0.0};
    for (size_t u = 0; u < parent->count; u++) {
        if (parent->month[u] >= from && parent->month[u] < to) {
            int32_t p = self->cell[curve][u];
            double length = u + 1 < parent->count ? parent->month[u + 1] - parent->month[u] : 1.0;
            cash.actual += p >= 0 ? cells->cash[p] : 0.0;
            cash.expected += p >= 0 ? cells->expected[p] : 0.0;
            exposure += p >= 0 && parent->intensity[u] > 0.0 ? cells->expected[p] / parent->intensity[u] : 0.0;
            months += length;
            area += length * parent->intensity[u];
        }
    }
    cash.intensity = exposure > 0.0 ? cash.expected / exposure : months > 0.0 ? area / months : 0.0;
    return cash;
}

/* The first level: factors of the segments under a treatment. `actual` and `expected` are room for them. */
static void segment_factors(const shrinking *self, const jk_ppml *cells, size_t treatment, double *factor,
                            double *weight, double *unknown, double *actual, double *expected) {
    const jk_fit *fit = self->fit;
    size_t segments = fit->base->segment_count;
    for (size_t g = 0; g < segments; g++) {
        size_t c = g * JK_TREATMENT_COUNT + treatment;
        actual[g] = expected[g] = 0.0;
        for (size_t k = 0; k < jk_fit_steps(fit, c)->count; k++) {
            step_cash cash = cash_of_step(self, cells, c, k);
            actual[g] += cash.actual;
            expected[g] += cash.expected;
        }
    }
    (void)jk_fit_straub(actual, expected, segments, self->within, NAN, factor, weight);
    jk_fit_straub_unknown(actual, expected, segments, self->within, unknown);
}

static void put_curve(shrinking *self, const jk_ppml *cells, size_t curve, double factor, double weight,
                      const double *step_factor, const double *step_weight, const double *step_unknown) {
    jk_fit *fit = self->fit;
    const jk_parent_curve *parent = &self->parent[curve % JK_TREATMENT_COUNT];
    const jk_steps *steps = jk_fit_steps(fit, curve);
    double level = parent->class_value[fit->class_reference[curve]];
    level = isnan(level) || !fit->class_fitted[curve / JK_TREATMENT_COUNT] ? 0.0 : level;
    for (size_t k = 0; k < steps->count; k++) {
        step_cash cash = cash_of_step(self, cells, curve, k);
        int32_t p = fit->design.curve_parameter[curve][k];
        double value = cash.intensity > 0.0 && factor * step_factor[k] > 0.0
                           ? jk_log(cash.intensity * factor * step_factor[k]) + level
                           : (double)NAN;
        double own = step_weight[k] + (1.0 - step_weight[k]) * weight, unknown = step_unknown[k];
        if (!fit->options.shrink && p >= 0 && fit->estimates.state[p] == JK_PPML_FREE) {
            value = fit->estimates.estimate[p];
            own = 1.0;
            unknown = 0.0;
        }
        fit->curve_value[curve][k] = parent->payers < PAYERS_MIN ? (double)NAN : value;
        fit->curve_credibility[curve][k] = parent->payers < PAYERS_MIN ? 0.0 : own;
        if (p >= 0) {
            fit->value[p] = isnan(fit->curve_value[curve][k]) ? 0.0 : fit->curve_value[curve][k];
            fit->credibility[p] = fit->curve_credibility[curve][k];
            fit->unknown[p] = unknown;
        }
    }
}

/* Where all segments together stand, until a segment's own data move it. */
static void start_classes(shrinking *self) {
    for (size_t c = 0; c < self->fit->survey.curves; c++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            self->fit->class_value[c][k] = k == self->fit->class_reference[c] ? 0.0 : parent_class(self, c, k);
        }
    }
}

static void put_class(shrinking *self, size_t curve, int class, double moved, double weight, double unknown) {
    jk_fit *fit = self->fit;
    int32_t p = fit->design.class_parameter[curve][class];
    bool reference = class == fit->class_reference[curve];
    double value = reference ? 0.0 : parent_class(self, curve, class) + moved;
    if (!fit->options.shrink && p >= 0 && fit->estimates.state[p] == JK_PPML_FREE) {
        value = fit->estimates.estimate[p];
        weight = 1.0;
        unknown = 0.0;
    }
    fit->class_value[curve][class] = value;
    if (p >= 0) {
        fit->value[p] = isnan(value) ? 0.0 : value;
        fit->credibility[p] = reference ? 0.0 : weight;
        fit->unknown[p] = reference ? 0.0 : unknown;
    }
}

/* Factors of the classes within their segments, under one treatment. */
static jk_status shrink_classes(shrinking *self, const jk_ppml *cells, size_t treatment, jk_error *error) {
    jk_fit *fit = self->fit;
    size_t segments = fit->base->segment_count, count = segments * JK_CAPACITY_COUNT;
    double *room = jk_arena_alloc(self->arena, 3 * segments + 5 * count, sizeof *room);
    JK_TRY(jk_held(room != NULL, error, "the fit"));
    double *factor = room, *weight = factor + segments, *actual = weight + segments, *expected = actual + count;
    double *class_factor = expected + count, *class_weight = class_factor + count;
    double *class_unknown = class_weight + count, *unknown = class_unknown + count;
    segment_factors(self, cells, treatment, factor, weight, unknown, actual, expected);
    for (size_t i = 0; i < count; i++) {
        size_t g = i / JK_CAPACITY_COUNT;
        int32_t p = self->class_cell[g * JK_TREATMENT_COUNT + treatment][i % JK_CAPACITY_COUNT];
        actual[i] = p >= 0 ? cells->cash[p] : 0.0;
        expected[i] = p >= 0 ? cells->expected[p] * factor[g] : 0.0;
    }
    (void)jk_fit_straub(actual, expected, count, self->within, 1.0, class_factor, class_weight);
    jk_fit_straub_unknown(actual, expected, count, self->within, class_unknown);
    for (size_t i = 0; i < count; i++) {
        size_t g = i / JK_CAPACITY_COUNT, c = g * JK_TREATMENT_COUNT + treatment;
        double own = fmax(class_factor[i], SMALLEST_FACTOR);
        size_t at = g * JK_CAPACITY_COUNT + fit->class_reference[c];
        double reference = fmax(class_factor[at], SMALLEST_FACTOR);
        put_class(self, c, (int)(i % JK_CAPACITY_COUNT), jk_log(own / reference), class_weight[i],
                  class_unknown[i] + class_unknown[at]);
    }
    return JK_OK;
}

/* Both levels of the curves of one treatment. */
static jk_status shrink_curves(shrinking *self, const jk_ppml *cells, size_t treatment, jk_error *error) {
    jk_fit *fit = self->fit;
    size_t segments = fit->base->segment_count, steps = 0;
    for (size_t g = 0; g < segments; g++) {
        steps += jk_fit_steps(fit, g * JK_TREATMENT_COUNT + treatment)->count;
    }
    size_t most = steps > segments ? steps : segments;
    double *room = jk_arena_alloc(self->arena, 3 * segments + 5 * most, sizeof *room);
    JK_TRY(jk_held(room != NULL, error, "the fit"));
    double *factor = room, *weight = factor + segments;
    double *actual = weight + segments, *expected = actual + most;
    double *step_factor = expected + most, *step_weight = step_factor + most;
    double *step_unknown = step_weight + most, *unknown = step_unknown + most;
    segment_factors(self, cells, treatment, factor, weight, unknown, actual, expected);
    size_t at = 0;
    for (size_t g = 0; g < segments; g++) {
        size_t c = g * JK_TREATMENT_COUNT + treatment;
        for (size_t k = 0; k < jk_fit_steps(fit, c)->count; k++, at++) {
            step_cash cash = cash_of_step(self, cells, c, k);
            actual[at] = cash.actual;
            expected[at] = cash.expected * factor[g];
        }
    }
    (void)jk_fit_straub(actual, expected, steps, self->within, 1.0, step_factor, step_weight);
    jk_fit_straub_unknown(actual, expected, steps, self->within, step_unknown);
    at = 0;
    for (size_t g = 0; g < segments; g++) {
        size_t c = g * JK_TREATMENT_COUNT + treatment;
        put_curve(self, cells, c, factor[g], weight[g], step_factor + at, step_weight + at, step_unknown + at);
        fit->curve_unknown[c] = fit->options.shrink ? unknown[g] : 0.0;
        at += jk_fit_steps(fit, c)->count;
    }
    return JK_OK;
}

static jk_status open_shrinking(shrinking *self, jk_error *error) {
    jk_fit *fit = self->fit;
    size_t curves = fit->survey.curves;
    fit->class_value = jk_arena_alloc(fit->arena, curves, sizeof *fit->class_value);
    fit->curve_value = jk_arena_alloc(fit->arena, curves, sizeof *fit->curve_value);
    fit->curve_credibility = jk_arena_alloc(fit->arena, curves, sizeof *fit->curve_credibility);
    fit->curve_unknown = jk_arena_alloc(fit->arena, curves, sizeof *fit->curve_unknown);
    self->arena = jk_arena_create();
    JK_TRY(jk_held(fit->class_value != NULL && fit->curve_value != NULL && fit->curve_credibility != NULL &&
                       fit->curve_unknown != NULL && self->arena != NULL,
                   error, "the fit"));
    self->curve = jk_arena_alloc(self->arena, curves, sizeof *self->curve);
    self->term = jk_arena_alloc(self->arena, fit->rows.terms, sizeof *self->term);
    self->start = jk_arena_alloc(self->arena, JK_PPML_PARAMETERS_MAX, sizeof *self->start);
    self->held = jk_arena_alloc(self->arena, JK_PPML_PARAMETERS_MAX, sizeof *self->held);
    for (size_t c = 0; c < curves; c++) {
        size_t steps = jk_fit_steps(fit, c)->count;
        fit->curve_value[c] = jk_arena_alloc(fit->arena, steps, sizeof(double));
        fit->curve_credibility[c] = jk_arena_alloc(fit->arena, steps, sizeof(double));
        JK_TRY(jk_held(fit->curve_value[c] != NULL && fit->curve_credibility[c] != NULL, error, "the fit"));
    }
    JK_TRY(jk_held(self->curve != NULL && self->term != NULL && self->start != NULL && self->held != NULL, error,
                   "the fit"));
    self->design =
        (jk_ppml_design){.curves = curves, .terms = fit->rows.terms, .curve = self->curve, .term = self->term};
    return JK_OK;
}

jk_status jk_fit_shrink(jk_fit *fit, jk_error *error) {
    shrinking self = {.fit = fit};
    jk_ppml cells = {0};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(open_shrinking(&self, error));
    JK_TRY_CLEANUP(jk_fit_weigh_rows(fit, &self.rows, &self.weighed, error));
    size_t payers[JK_TREATMENT_COUNT] = {0};
    jk_fit_count_payers(fit, payers);
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        self.parent[t].payers = payers[t];
    }
    JK_TRY_CLEANUP(fit_parent(&self, error));
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        jk_parent_fill_gaps(&self.parent[t]);
    }
    start_classes(&self);
    JK_TRY_CLEANUP(count_cells(&self, &cells, error));
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        JK_TRY_CLEANUP(shrink_classes(&self, &cells, t, error));
    }
    jk_ppml_reset(&cells);
    JK_TRY_CLEANUP(count_cells(&self, &cells, error)); /* with the classes as they now are */
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        JK_TRY_CLEANUP(shrink_curves(&self, &cells, t, error));
        fit->base_curves[t] = self.parent[t].payers < PAYERS_MIN;
        if (fit->base_curves[t]) {
            JK_TRY_CLEANUP(jk_fit_say(fit, error,
                                      "%s: %zu debtors paid anything under it, too few for a curve (at least %d); the "
                                      "base model's curves stand",
                                      jk_fit_treatment_name(t), self.parent[t].payers, (int)PAYERS_MIN));
        }
    }
    if (self.weighed != NULL) {
        JK_TRY_CLEANUP(jk_fit_cash_chance(fit, &self.rows, &self.design, self.start, self.within, error));
        JK_TRY_CLEANUP(jk_fit_weighed_covariance(fit, &self.rows, self.within, error));
    }
cleanup:
    jk_ppml_reset(&cells);
    free(self.weighed);
    jk_arena_free(self.arena);
    return status;
}
