/* SPDX-License-Identifier: Apache-2.0 */
/* Thin segments beside all together, once more: what all segments' curve and classes expect of each row, factors of
 * segments, classes and steps by Bühlmann and Straub, and what a fit takes of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/curves/fit_parent.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"

enum {
    SEGMENTS = 2,
    CURVES = SEGMENTS * JK_TREATMENT_COUNT,
    STEPS_MAX = 3,
    UNION = 8,
    CELLS = CURVES * UNION,
    PARAMETERS = 3 * (UNION + 3)
};

static int make_history(void **state) {
    (void)state;
    return make_panel(2500, 0.6, 0.1);
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct lean {
    const jk_fit *fit;
    jk_ppml_rows rows; /* weighed */
    double *memory, *offset, within;
    size_t count[3]; /* steps of all segments in one, by treatment */
    double month[3][UNION], intensity[3][UNION], most[3][UNION], class[3][3];
    int reference[3];
    double actual[CURVES][UNION], expected[CURVES][UNION]; /* of cells */
    double class_actual[CURVES][3], class_expected[CURVES][3];
    /* What should come of it. */
    double class_value[CURVES][3], class_weight[CURVES][3], class_unknown[CURVES][3];
    double value[CURVES][STEPS_MAX], weight[CURVES][STEPS_MAX], unknown[CURVES][STEPS_MAX], curve_unknown[CURVES];
    size_t payers[3];
} lean;

static int class_of(const lean *l, size_t i) {
    return l->fit->rows.level[i * l->fit->rows.terms] % JK_CAPACITY_COUNT;
}

/* The step of all segments that a row's month is in. */
static size_t step_of(const lean *l, size_t i) {
    const size_t t = l->rows.curve[i] % 3;
    size_t u = 0;
    while (u + 1 < l->count[t] && l->rows.start[i] >= l->month[t][u + 1]) {
        u++;
    }
    assert_true(u + 1 == l->count[t] || l->rows.start[i] + l->rows.months[i] <= l->month[t][u + 1]);
    return u;
}

static void join_steps(lean *l) {
    for (size_t t = 0; t < 3; t++) {
        for (int month = 0; month < 400; month++) {
            bool begins = false;
            for (size_t c = t; c < CURVES; c += 3) {
                const jk_steps *steps = &base->segments[c / 3].curve[t];
                for (size_t k = 0; l->fit->survey.curve_rows[c] > 0 && k < steps->count; k++) {
                    begins = begins || steps->month[k] == month;
                }
            }
            if (begins) {
                l->month[t][l->count[t]++] = month;
            }
        }
    }
}

/* Points as the fit takes them, and the factor of cases that wait. */
static void see_offsets(lean *l) {
    const jk_fit *fit = l->fit;
    l->offset = calloc(l->rows.rows, sizeof *l->offset);
    assert_non_null(l->offset);
    for (size_t i = 0; i < l->rows.rows; i++) {
        const uint8_t *level = fit->rows.level + i * fit->rows.terms;
        for (size_t c = 0; c < base->scorecard.count; c++) {
            l->offset[i] += fit->value[fit->design.level_parameter[c][fit->card[c].level_of[level[2 + c]]]];
        }
        l->offset[i] += level[1] ? log(base->segments[l->rows.curve[i] / 3].pre_title_factor) : 0.0;
    }
}

/* A curve for each treatment and classes against the best that paid, by the likelihood; offsets go into the weights. */
static void fit_all(lean *l) {
    jk_ppml_curve curve[CURVES];
    jk_ppml_rows rows = l->rows;
    int32_t step[3][UNION], class[3][3], table[CURVES * 3], next = 0;
    uint8_t *level = calloc(rows.rows, 1);
    double *weight = calloc(rows.rows, sizeof *weight), exposure[3][UNION] = {{0.0}};
    assert_true(level != NULL && weight != NULL);
    for (size_t t = 0; t < 3; t++) {
        double cash[3] = {0.0};
        for (size_t i = 0; i < rows.rows; i++) {
            cash[class_of(l, i)] +=
                rows.curve[i] % 3 == t && l->fit->class_fitted[rows.curve[i] / 3] ? l->fit->rows.cash[i] : 0.0;
        }
        l->reference[t] = cash[2] > 0.0 ? 2 : cash[1] > 0.0 ? 1 : cash[0] > 0.0 ? 0 : 2;
        for (size_t u = 0; u < l->count[t]; u++) {
            step[t][u] = next++;
        }
        for (int k = 0; k < 3; k++) {
            class[t][k] = k == l->reference[t] ? JK_PPML_NONE : next++;
        }
    }
    for (size_t c = 0; c < CURVES; c++) {
        curve[c] = (jk_ppml_curve){l->count[c % 3], l->month[c % 3], step[c % 3]};
        for (int k = 0; k < 3; k++) {
            table[c * 3 + (size_t)k] = l->fit->class_fitted[c / 3] ? class[c % 3][k] : JK_PPML_NONE;
        }
    }
    for (size_t i = 0; i < rows.rows; i++) {
        level[i] = (uint8_t)class_of(l, i);
        weight[i] = rows.weight[i] * exp(l->offset[i]);
        exposure[rows.curve[i] % 3][step_of(l, i)] += rows.weight[i] * rows.months[i];
    }
    const jk_ppml_term term = {3, 1, table};
    const jk_ppml_design design = {(size_t)next, CURVES, 1, curve, &term};
    jk_ppml all;
    jk_error error = {0};
    rows.weight = weight;
    rows.level = level;
    must(jk_ppml_fit(&rows, &design, &(jk_ppml_options){.without_errors = 1}, NULL, &all, &error), &error);
    l->within = all.cluster_dispersion;
    for (size_t t = 0; t < 3; t++) {
        for (size_t u = 0; u < l->count[t]; u++) {
            const int32_t p = step[t][u];
            l->intensity[t][u] = all.state[p] == JK_PPML_FREE ? exp(all.estimate[p]) : 0.0;
            l->most[t][u] =
                all.state[p] == JK_PPML_NO_CASH && exposure[t][u] > 0.0 ? l->within / exposure[t][u] : INFINITY;
        }
        for (int k = 0; k < 3; k++) {
            const int32_t p = class[t][k];
            l->class[t][k] = p < 0 ? 0.0 : all.state[p] == JK_PPML_FREE ? all.estimate[p] : (double)NAN;
        }
        jk_parent_curve parent = {.count = l->count[t], .intensity = l->intensity[t], .most = l->most[t]};
        jk_parent_fill_gaps(&parent);
    }
    jk_ppml_reset(&all);
    free(level);
    free(weight);
}

static double class_against(const lean *l, size_t c, int k) {
    return l->class[c % 3][k] - l->class[c % 3][l->fit->class_reference[c]];
}

/* Cells: what came in, and what all together expect with the classes as they stand. */
static void count_cells(lean *l) {
    memset(l->actual, 0, sizeof l->actual);
    memset(l->expected, 0, sizeof l->expected);
    memset(l->class_actual, 0, sizeof l->class_actual);
    memset(l->class_expected, 0, sizeof l->class_expected);
    for (size_t i = 0; i < l->rows.rows; i++) {
        const size_t c = l->rows.curve[i], u = step_of(l, i);
        const int k = class_of(l, i);
        const double level = l->class[c % 3][l->fit->class_reference[c]], own = l->class_value[c][k];
        const double intensity = l->intensity[c % 3][u] > 0.0 ? l->intensity[c % 3][u] : 1.0;
        const double classes =
            l->fit->class_fitted[c / 3] ? exp((isnan(level) ? 0.0 : level) + (isnan(own) ? 0.0 : own)) : 1.0;
        const double known = l->rows.known != NULL ? l->rows.known[i] : 0.0;
        const double mean = known + l->rows.weight[i] * l->rows.months[i] * intensity * classes * exp(l->offset[i]);
        if (l->rows.weight[i] > 0.0) {
            l->actual[c][u] += l->rows.cash[i];
            l->expected[c][u] += mean;
            l->class_actual[c][k] += l->fit->class_fitted[c / 3] ? l->rows.cash[i] : 0.0;
            l->class_expected[c][k] += l->fit->class_fitted[c / 3] ? mean : 0.0;
        }
    }
}

typedef struct step_cash {
    double actual, expected, intensity;
} step_cash;

static step_cash cash_of(const lean *l, size_t c, size_t k) {
    const jk_steps *steps = &base->segments[c / 3].curve[c % 3];
    step_cash cash = {0.0, 0.0, 0.0};
    double exposure = 0.0, months = 0.0, area = 0.0;
    for (size_t u = 0; u < l->count[c % 3]; u++) {
        const double month = l->month[c % 3][u],
                     length = u + 1 < l->count[c % 3] ? l->month[c % 3][u + 1] - month : 1.0;
        if (month >= steps->month[k] && (k + 1 == steps->count || month < steps->month[k + 1])) {
            const double intensity = l->intensity[c % 3][u];
            cash.actual += l->actual[c][u];
            cash.expected += l->expected[c][u];
            exposure += intensity > 0.0 ? l->expected[c][u] / intensity : 0.0;
            months += length;
            area += length * intensity;
        }
    }
    cash.intensity = exposure > 0.0 ? cash.expected / exposure : area / months;
    return cash;
}

static void segment_factors(const lean *l, size_t t, double *factor, double *weight, double *unknown) {
    double actual[SEGMENTS] = {0.0}, expected[SEGMENTS] = {0.0};
    for (size_t g = 0; g < SEGMENTS; g++) {
        for (size_t u = 0; u < l->count[t]; u++) {
            actual[g] += l->actual[3 * g + t][u];
            expected[g] += l->expected[3 * g + t][u];
        }
    }
    (void)jk_fit_straub(actual, expected, SEGMENTS, l->within, NAN, factor, weight);
    jk_fit_straub_unknown(actual, expected, SEGMENTS, l->within, unknown);
}

static void lean_classes(lean *l, size_t t) {
    enum { COUNT = 3 * SEGMENTS };
    double factor[SEGMENTS], weight[SEGMENTS], unknown[SEGMENTS], actual[COUNT], expected[COUNT], own[COUNT],
        own_weight[COUNT], own_unknown[COUNT];
    segment_factors(l, t, factor, weight, unknown);
    for (size_t i = 0; i < COUNT; i++) {
        actual[i] = l->class_actual[3 * (i / 3) + t][i % 3];
        expected[i] = l->class_expected[3 * (i / 3) + t][i % 3] * factor[i / 3];
    }
    (void)jk_fit_straub(actual, expected, COUNT, l->within, 1.0, own, own_weight);
    jk_fit_straub_unknown(actual, expected, COUNT, l->within, own_unknown);
    for (size_t i = 0; i < COUNT; i++) {
        const size_t c = 3 * (i / 3) + t, at = i / 3 * 3 + l->fit->class_reference[c];
        const bool reference = i == at;
        l->class_value[c][i % 3] =
            reference ? 0.0 : class_against(l, c, (int)(i % 3)) + log(fmax(own[i], 1e-9)) - log(fmax(own[at], 1e-9));
        l->class_weight[c][i % 3] = reference ? 0.0 : own_weight[i];
        l->class_unknown[c][i % 3] = reference ? 0.0 : own_unknown[i] + own_unknown[at];
    }
}

static void lean_curves(lean *l, size_t t) {
    double factor[SEGMENTS], weight[SEGMENTS], unknown[SEGMENTS], actual[2 * STEPS_MAX], expected[2 * STEPS_MAX];
    double own[2 * STEPS_MAX], own_weight[2 * STEPS_MAX], own_unknown[2 * STEPS_MAX];
    size_t at = 0;
    segment_factors(l, t, factor, weight, unknown);
    for (size_t c = t; c < CURVES; c += 3) {
        for (size_t k = 0; k < base->segments[c / 3].curve[t].count; k++, at++) {
            actual[at] = cash_of(l, c, k).actual;
            expected[at] = cash_of(l, c, k).expected * factor[c / 3];
        }
    }
    (void)jk_fit_straub(actual, expected, at, l->within, 1.0, own, own_weight);
    jk_fit_straub_unknown(actual, expected, at, l->within, own_unknown);
    at = 0;
    for (size_t c = t; c < CURVES; c += 3) {
        const double level = l->class[t][l->fit->class_reference[c]];
        for (size_t k = 0; k < base->segments[c / 3].curve[t].count; k++, at++) {
            l->value[c][k] = log(cash_of(l, c, k).intensity) + log(factor[c / 3] * own[at]) +
                             (l->fit->class_fitted[c / 3] && !isnan(level) ? level : 0.0);
            l->weight[c][k] = own_weight[at] + (1.0 - own_weight[at]) * weight[c / 3];
            l->unknown[c][k] = own_unknown[at];
        }
        l->curve_unknown[c] = unknown[c / 3];
    }
}

static lean *lean_once_more(const jk_fit *fit) {
    lean *l = calloc(1, sizeof *l);
    assert_non_null(l);
    jk_error error = {0};
    l->fit = fit;
    must(jk_fit_weigh_rows(fit, &l->rows, &l->memory, &error), &error);
    see_offsets(l);
    join_steps(l);
    fit_all(l);
    jk_fit_count_payers(fit, l->payers);
    for (size_t c = 0; c < CURVES; c++) {
        for (int k = 0; k < 3; k++) {
            l->class_value[c][k] = k == fit->class_reference[c] ? 0.0 : class_against(l, c, k);
        }
    }
    count_cells(l);
    for (size_t t = 0; t < 3; t++) {
        lean_classes(l, t);
    }
    count_cells(l); /* with the classes as they now are */
    for (size_t t = 0; t < 3; t++) {
        lean_curves(l, t);
    }
    return l;
}

static void free_lean(lean *l) {
    free(l->memory);
    free(l->offset);
    free(l);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(double got, double wanted, const char *what, size_t of) {
    if (!((isnan(got) && isnan(wanted)) || fabs(got - wanted) <= 1e-6 * fmax(1.0, fabs(wanted)))) {
        fail_msg("%s of %zu: %.12g, expected %.12g", what, of, got, wanted);
    }
}

static void check_classes(const jk_fit *fit, const lean *l, bool shrink) {
    for (size_t c = 0; c < CURVES; c++) {
        for (int k = 0; k < 3; k++) {
            const int32_t p = fit->design.class_parameter[c][k];
            const bool own = !shrink && p >= 0 && fit->estimates.state[p] == JK_PPML_FREE,
                       reference = k == fit->class_reference[c];
            const double value = own ? fit->estimates.estimate[p] : l->class_value[c][k];
            near(fit->class_value[c][k], value, "class", c);
            if (p >= 0) {
                near(fit->value[p], isnan(value) ? 0.0 : value, "class, taken", c);
                near(fit->credibility[p],
                     reference ? 0.0
                     : own     ? 1.0
                               : l->class_weight[c][k],
                     "credibility of a class", c);
                near(fit->unknown[p], own || reference ? 0.0 : l->class_unknown[c][k], "unknown of a class", c);
            }
        }
    }
}

static void check_curves(const jk_fit *fit, const lean *l, bool shrink) {
    for (size_t c = 0; c < CURVES; c++) {
        const bool few = l->payers[c % 3] < 20;
        for (size_t k = 0; k < base->segments[c / 3].curve[c % 3].count; k++) {
            const int32_t p = fit->design.curve_parameter[c][k];
            const bool own = !shrink && p >= 0 && fit->estimates.state[p] == JK_PPML_FREE;
            const double value = few ? (double)NAN : own ? fit->estimates.estimate[p] : l->value[c][k];
            const double weight = few ? 0.0 : own ? 1.0 : l->weight[c][k];
            near(fit->curve_value[c][k], value, "step", c);
            near(fit->curve_credibility[c][k], weight, "credibility of a step", c);
            if (p >= 0) {
                near(fit->value[p], few ? 0.0 : value, "step, taken", c);
                near(fit->credibility[p], weight, "credibility, taken", c);
                near(fit->unknown[p], own ? 0.0 : l->unknown[c][k], "unknown of a step", c);
            }
        }
        near(fit->curve_unknown[c], shrink ? l->curve_unknown[c] : 0.0, "unknown of a curve", c);
        assert_int_equal(fit->base_curves[c % 3], few);
    }
}

/* One treatment under which so many debtors paid, and no more: the others' cash is taken away. */
static void leave_payers(jk_fit *fit, size_t most) {
    jk_fit_rows *rows = &fit->rows;
    size_t payers = 0;
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        bool paid = false;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            const bool legal = rows->curve[i] % 3 == JK_TREAT_LEGAL;
            rows->cash[i] *= legal && payers >= most ? 0.0 : 1.0;
            paid = paid || (legal && rows->cash[i] > 0.0);
        }
        payers += paid;
    }
    assert_int_equal(payers, most);
}

static void thin_segments_lean_on_all(void **state) {
    (void)state;
    for (int how = 0; how < 5; how++) {
        jk_fit *fit = fitted_held(how != 1);
        jk_error error = {0};
        if (how == 2 || how == 4) {
            leave_payers(fit, how == 2 ? 19 : 20);
        }
        fit->class_fitted[1] = how != 3;
        fit->class_reference[0] = how == 3 ? JK_CAPACITY_WEAK : fit->class_reference[0];
        lean *l = lean_once_more(fit);
        const size_t said = fit->result.message_count;
        free(fit->covariance);
        fit->covariance = NULL;
        must(jk_fit_shrink(fit, &error), &error);
        check_classes(fit, l, how != 1);
        check_curves(fit, l, how != 1);
        assert_int_equal(fit->result.message_count - said,
                         (l->payers[0] < 20) + (l->payers[1] < 20) + (l->payers[2] < 20));
        assert_true(how != 2 || l->payers[2] == 19);
        if (how == 2) {
            char wanted[200];
            (void)snprintf(wanted, sizeof wanted,
                           "legal: %zu debtors paid anything under it, too few for a curve (at least 20); the base "
                           "model's curves stand",
                           l->payers[2]);
            assert_string_equal(fit->messages[fit->result.message_count - 1], wanted);
        }
        assert_true((fit->covariance != NULL) == (how != 1));
        free_lean(l);
        jk_fit_free(fit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(thin_segments_lean_on_all)};
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
