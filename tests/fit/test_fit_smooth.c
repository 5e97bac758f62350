/* SPDX-License-Identifier: Apache-2.0 */
/* Curves of one segment beside those of all: steps of all segments in one, gaps in it, and walks whose steps lean on
 * their neighbours, held against the equations that they solve. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/curves/fit_parent.h"
#include "fit/fit_internal.h"

enum { SEGMENTS = 3, CURVES = SEGMENTS * JK_TREATMENT_COUNT, STEPS = 4, PARAMETERS = CURVES * STEPS };

typedef struct made {
    jk_model model;
    jk_segment segment[SEGMENTS];
    int32_t month[CURVES][STEPS], parameter[CURVES][STEPS], *of_curve[CURVES];
    double value[CURVES][STEPS], curve_value[CURVES][STEPS], *of_value[CURVES];
    double estimate[PARAMETERS], expected[PARAMETERS], taken[PARAMETERS];
    uint8_t state[PARAMETERS], fitted[SEGMENTS];
    uint64_t rows[CURVES];
    double class_cash[CURVES][JK_FIT_CLASS_CODES];
    const char *message[4];
    jk_fit fit;
} made;

static made *new_made(void) {
    made *m = calloc(1, sizeof *m);
    assert_non_null(m);
    for (size_t c = 0; c < CURVES; c++) {
        m->segment[c / 3].curve[c % 3] = (jk_steps){c == 4 ? 1 : c == 7 ? 2 : STEPS, m->month[c], m->value[c]};
        for (int k = 0; k < STEPS; k++) {
            m->month[c][k] = 6 * k * (int)(1 + c % 2) + (k > 1 ? (int)c / 3 : 0);
            m->parameter[c][k] = (int32_t)c * STEPS + k;
            m->curve_value[c][k] = -4.0 - 0.3 * k + 0.4 * (double)((c * 5 + (size_t)k * 3) % 7) / 7.0;
            m->estimate[m->parameter[c][k]] =
                m->curve_value[c][k] + 0.2 * (double)((c + (size_t)k) % 3) - 0.3 * (k % 2);
            m->expected[m->parameter[c][k]] = 40.0 + 13.0 * (double)((c * 3 + (size_t)k * 5) % 11);
        }
        m->of_curve[c] = m->parameter[c];
        m->of_value[c] = m->curve_value[c];
        m->rows[c] = 5;
    }
    m->model = (jk_model){.segment_count = SEGMENTS, .segments = m->segment};
    m->fit.base = &m->model;
    m->fit.arena = jk_arena_create();
    m->fit.survey = (jk_fit_survey){.curves = CURVES, .curve_rows = m->rows, .class_cash = m->class_cash};
    m->fit.class_fitted = m->fitted;
    m->fit.design.curve_parameter = m->of_curve;
    m->fit.curve_value = m->of_value;
    m->fit.value = m->taken;
    m->fit.messages = m->message;
    m->fit.estimates = (jk_ppml){.parameters = PARAMETERS,
                                 .estimate = m->estimate,
                                 .state = m->state,
                                 .expected = m->expected,
                                 .cluster_dispersion = 4.0};
    assert_non_null(m->fit.arena);
    return m;
}

static void free_made(made *m) {
    jk_arena_free(m->fit.arena);
    free(m);
}

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within)) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

/* ---- walks ------------------------------------------------------------------------------------------------------- */

static size_t steps_of(const made *m, size_t c) {
    return m->rows[c] > 0 ? m->segment[c / 3].curve[c % 3].count : 0;
}

static double volume_at(const made *m, size_t c, size_t k) {
    const int32_t p = m->parameter[c][k];
    return p >= 0 && m->state[p] == JK_PPML_FREE ? m->expected[p] / m->fit.estimates.cluster_dispersion : 0.0;
}

/* Mean square of what neighbours differ by, less what chance makes of it. */
static double moves(const made *m) {
    double sum = 0.0, count = 0.0;
    for (size_t c = 0; c < CURVES; c++) {
        for (size_t k = 1; k < steps_of(m, c); k++) {
            const double one = volume_at(m, c, k - 1), other = volume_at(m, c, k);
            if (one > 0.0 && other > 0.0) {
                sum += pow(m->estimate[m->parameter[c][k]] - m->estimate[m->parameter[c][k - 1]], 2.0) - 1.0 / one -
                       1.0 / other;
                count += 1.0;
            }
        }
    }
    return fmax(sum / count, 0.01);
}

/* A curve's steps, less what all of them were moved by, solve: what a step is seen to be against its neighbours; and
 * the curve expects what it did. */
static void check_curve(const made *m, const made *before, size_t c, double square) {
    const size_t count = steps_of(m, c);
    double own[STEPS], level = 0.0, weight = 0.0, was = 0.0, is = 0.0;
    for (size_t k = 0; k < count; k++) {
        own[k] = volume_at(m, c, k) + 1.0 / square;
        level += own[k] * (m->curve_value[c][k] - before->curve_value[c][k]);
        weight += own[k];
    }
    level /= weight;
    for (size_t k = 0; k < count; k++) {
        const double smooth = m->curve_value[c][k] - level;
        double pull = own[k] * (smooth - before->curve_value[c][k]);
        pull += k > 0 ? (smooth - m->curve_value[c][k - 1] + level) / square : 0.0;
        pull += k + 1 < count ? (smooth - m->curve_value[c][k + 1] + level) / square : 0.0;
        near(pull, 0.0, 1e-9 * weight, "pull");
        const int32_t p = m->parameter[c][k];
        if (p >= 0 && volume_at(m, c, k) > 0.0) {
            const double estimate = m->estimate[p];
            was += volume_at(m, c, k) * exp(before->curve_value[c][k] - estimate);
            is += volume_at(m, c, k) * exp(m->curve_value[c][k] - estimate);
        }
        assert_true(p < 0 || m->taken[p] == m->curve_value[c][k]);
    }
    near(is, was, 1e-9 * was, "expected");
}

static void walks_solve_their_equations(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++) {
        made *m = new_made(), *before = new_made();
        m->parameter[1][2] = -1;               /* of no parameter */
        m->state[6] = JK_PPML_NO_CASH;         /* seen by nobody */
        m->rows[2] = 0;                        /* no rows */
        m->curve_value[3][3] = (double)NAN;    /* the base model's */
        m->expected[m->parameter[5][0]] = 0.0; /* nothing was to come */
        for (int k = 0; k < PARAMETERS; k++) { /* moves that chance explains: the least spread */
            m->estimate[k] = how == 1 ? -4.0 : m->estimate[k];
        }
        const double square = moves(m);
        assert_true((square > 0.02) == (how == 0));
        assert_int_equal(jk_fit_smooth(&m->fit, NULL), JK_OK);
        for (size_t c = 0; c < CURVES; c++) {
            if (c == 2 || c == 3 || c == 4) { /* one step alone has no neighbour */
                for (size_t k = 0; k < (c == 4 ? 1 : STEPS - 1); k++) {
                    assert_true(m->curve_value[c][k] == before->curve_value[c][k]);
                }
            } else {
                check_curve(m, before, c, square);
            }
        }
        char wanted[128];
        (void)snprintf(wanted, sizeof wanted,
                       "curves are smoothed as walks whose moves from step to step have a spread of %.0f %%",
                       100.0 * (exp(sqrt(square)) - 1.0));
        assert_int_equal(m->fit.result.message_count, 1);
        assert_string_equal(m->message[0], wanted);
        free_made(m);
        free_made(before);
    }
}

static void curves_without_neighbours_stay(void **state) {
    (void)state;
    made *m = new_made(), *before = new_made();
    for (int p = 0; p < PARAMETERS; p++) {
        m->state[p] = p % 2 == 0 ? JK_PPML_FREE : JK_PPML_NO_CASH;
    }
    assert_int_equal(jk_fit_smooth(&m->fit, NULL), JK_OK);
    assert_memory_equal(m->curve_value, before->curve_value, sizeof m->curve_value);
    assert_string_equal(m->message[0], "no curve has two neighbouring steps with cash; none was smoothed");
    free_made(m);
    free_made(before);
}

/* ---- all segments in one ------------------------------------------------------------------------------------------
 */

static void steps_of_all_segments(void **state) {
    (void)state;
    made *m = new_made();
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        m->rows[t + 3] = t == 1 ? 5 : 0;
        double wanted[CURVES * STEPS];
        size_t count = 0;
        for (int month = 0; month < 200; month++) { /* each month at which one begins, once */
            bool begins = false;
            for (size_t c = t; c < CURVES; c += 3) {
                for (size_t k = 0; k < steps_of(m, c); k++) {
                    begins = begins || m->month[c][k] == month;
                }
            }
            if (begins) {
                wanted[count++] = month;
            }
        }
        jk_parent_curve parent = {0};
        assert_int_equal(jk_parent_join_steps(&m->fit, m->fit.arena, t, &parent, NULL), JK_OK);
        assert_true(parent.count == count && count >= STEPS);
        for (size_t u = 0; u < count; u++) {
            assert_true(parent.month[u] == wanted[u]);
        }
    }
    memset(m->rows, 0, sizeof m->rows);
    jk_parent_curve none = {0};
    assert_int_equal(jk_parent_join_steps(&m->fit, m->fit.arena, 1, &none, NULL), JK_OK);
    assert_true(none.count == 1 && none.month[0] == 0.0);
    free_made(m);
}

/* The best class that brought cash, of segments whose classes the panel gives. */
static void references_of_all_segments(void **state) {
    (void)state;
    made *m = new_made();
    jk_parent_curve parent = {0};
    jk_parent_choose_reference(&m->fit, 1, &parent);
    assert_int_equal(parent.reference, JK_CAPACITY_ABLE); /* nobody paid */
    m->fitted[0] = m->fitted[2] = 1;
    m->class_cash[4][2] = 5.0; /* of a segment whose classes are not known */
    m->class_cash[3][2] = 5.0; /* of another treatment */
    m->class_cash[7][JK_FIT_CLASS_FORCED] = 1.0;
    jk_parent_choose_reference(&m->fit, 1, &parent);
    assert_int_equal(parent.reference, JK_CAPACITY_NONE);
    m->class_cash[1][JK_FIT_CLASS_FORCED + JK_FIT_CLASS_SCORED + 1] = 1.0;
    jk_parent_choose_reference(&m->fit, 1, &parent);
    assert_int_equal(parent.reference, JK_CAPACITY_WEAK);
    m->class_cash[1][JK_CAPACITY_ABLE] = 0.25;
    jk_parent_choose_reference(&m->fit, 1, &parent);
    assert_int_equal(parent.reference, JK_CAPACITY_ABLE);
    free_made(m);
}

/* From the nearest step before, else the nearest after, but no more than a payment would have made of it. */
static void gaps_are_filled(void **state) {
    (void)state;
    double intensity[] = {0.0, 0.0, 0.04, 0.0, 0.0, 0.03, 0.0},
           most[] = {0.01, INFINITY, INFINITY, 0.05, 0.02, 0.001, INFINITY};
    static const double wanted[] = {0.01, 0.04, 0.04, 0.04, 0.02, 0.03, 0.03};
    jk_parent_curve parent = {.count = 7, .intensity = intensity, .most = most};
    jk_parent_fill_gaps(&parent);
    for (size_t u = 0; u < 7; u++) {
        near(intensity[u], wanted[u], 1e-15, "step");
    }
    double nothing[] = {0.0, 0.0};
    parent = (jk_parent_curve){.count = 2, .intensity = nothing, .most = most};
    jk_parent_fill_gaps(&parent);
    assert_true(nothing[0] == 0.0 && nothing[1] == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_solve_their_equations),
        cmocka_unit_test(curves_without_neighbours_stay),
        cmocka_unit_test(steps_of_all_segments),
        cmocka_unit_test(references_of_all_segments),
        cmocka_unit_test(gaps_are_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
