/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that weigh by their balance, sizes of payments, links of smooth functions, all segments' curves in one, and what
 * claims of a score truly are: on rows that are drawn here, by plain sums. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"

enum {
    SEGMENTS = 3,
    CURVES = SEGMENTS * JK_TREATMENT_COUNT,
    ROWS = 1600,
    DEBTORS = ROWS / 4,
    ITEMS = 2,
    TERMS = 2 + ITEMS
};
enum { MARKS = 0, EMPLOYMENT = 1, FINE = 4, LEVELS = 3, FIRST_POINT = 10, PARAMETERS = FIRST_POINT + 2 * LEVELS };

static const int32_t months[] = {0, 12, 30};
static const double below[] = {3.0, INFINITY}, points[2][3] = {{0.5, -0.25, 0.0}, {0.125, 0.75, 0.0}};
static const char *const levels[] = {"employed"};

typedef struct made {
    jk_model model;
    jk_segment segment[SEGMENTS];
    jk_characteristic item[ITEMS];
    jk_fit_card_item card[ITEMS];
    jk_fit_spline spline[ITEMS];
    double cash[ROWS], weight[ROWS], start[ROWS], month[ROWS], known[ROWS], mean[ROWS];
    uint16_t curve[ROWS];
    uint8_t level[ROWS * TERMS], first[ROWS], fitted[SEGMENTS];
    uint32_t begin[DEBTORS + 1];
    uint64_t curve_rows[CURVES];
    double class_cash[CURVES][JK_FIT_CLASS_CODES], level_exposure[ITEMS][JK_FIT_LEVELS_MAX + 6];
    int32_t point[ITEMS][LEVELS], *of_item[ITEMS], table[ITEMS][FINE];
    jk_ppml_term term[TERMS];
    jk_fit fit;
} made;

static double draw(uint64_t *state) {
    return (double)(jk_fit_scramble((*state)++) >> 11) * 0x1p-53;
}

static made *new_made(void) {
    made *m = calloc(1, sizeof *m);
    assert_non_null(m);
    uint64_t state = 13;
    for (size_t i = 0; i < ROWS; i++) {
        m->weight[i] = i % 17 == 3 ? 0.0 : 50.0 + 2000.0 * draw(&state);
        m->cash[i] = draw(&state) < 0.2 ? 0.1 * m->weight[i] + 5.0 : 0.0;
        m->month[i] = 1.0 + (double)(i % 3);
        m->start[i] = (double)(i % 40);
        m->known[i] = (double)(i % 5);
        m->mean[i] = 0.01 * (double)(1 + i % 7) * (10.0 + m->weight[i]);
        m->curve[i] = (uint16_t)(i * 7 % (CURVES - 1)); /* the last has no rows */
        m->first[i] = i % 5 < 3;
        m->level[i * TERMS] = (uint8_t)(i * 5 % JK_FIT_CLASS_CODES);
        m->level[i * TERMS + 2] = (uint8_t)(i / 3 % FINE);
        m->level[i * TERMS + 3] = (uint8_t)(i / 5 % LEVELS);
        m->begin[i / 4] = (uint32_t)(i / 4 * 4);
        m->curve_rows[m->curve[i]]++;
        m->class_cash[m->curve[i]][m->level[i * TERMS]] += m->cash[i];
    }
    m->begin[DEBTORS] = ROWS;
    for (size_t c = 0; c < CURVES; c++) {
        /* By segment all steps, the first two, the last two; legal has one, but two in the second. */
        const bool legal = c % 3 == 2, late = c / 3 == 2 && !legal;
        const size_t count = c / 3 == 1 || late ? 2 : legal ? 1 : 3;
        m->segment[c / 3].curve[c % 3] = (jk_steps){count, months + late, NULL};
        m->fitted[c / 3] = c / 3 != 1;
    }
    m->item[MARKS] = (jk_characteristic){.name = "default_marks",
                                         .is_numeric = 1,
                                         .count = 2,
                                         .below = below,
                                         .points = points[0],
                                         .missing_points = -1.0};
    m->item[EMPLOYMENT] = (jk_characteristic){.name = "employment",
                                              .count = 1,
                                              .levels = levels,
                                              .points = points[1],
                                              .other_points = 0.25,
                                              .missing_points = -0.5};
    for (size_t c = 0; c < ITEMS; c++) {
        m->card[c] = (jk_fit_card_item){
            .from = &m->item[c], .fine = c == MARKS ? FINE : LEVELS, .levels = LEVELS, .reference = 1 - c};
        for (size_t f = 0; f < m->card[c].fine; f++) {
            m->card[c].level_of[f] = (uint8_t)(c == MARKS && f > 0 ? f - 1 : f);
            m->table[c][f] = (int32_t)(FIRST_POINT + LEVELS * c + m->card[c].level_of[f]);
            m->level_exposure[c][f] = 10.0;
        }
        for (size_t l = 0; l < LEVELS; l++) {
            m->point[c][l] = (int32_t)(FIRST_POINT + LEVELS * c + l);
        }
        m->of_item[c] = m->point[c];
        m->term[2 + c] = (jk_ppml_term){m->card[c].fine, 0, m->table[c]};
    }
    m->model = (jk_model){
        .segment_count = SEGMENTS,
        .segments = m->segment,
        .scorecard = {
            .count = ITEMS, .characteristics = m->item, .weak_from = 490.0, .able_from = 540.0, .intercept = 0.0625}};
    jk_fit *fit = &m->fit;
    fit->base = &m->model;
    fit->scorecard = m->model.scorecard;
    fit->arena = jk_arena_create();
    assert_non_null(fit->arena);
    fit->card = m->card;
    fit->spline = m->spline;
    fit->class_fitted = m->fitted;
    fit->survey = (jk_fit_survey){.curves = CURVES,
                                  .curve_rows = m->curve_rows,
                                  .class_cash = m->class_cash,
                                  .level_exposure = m->level_exposure};
    fit->rows = (jk_fit_rows){.terms = TERMS,
                              .cash = m->cash,
                              .weight = m->weight,
                              .start = m->start,
                              .months = m->month,
                              .known = m->known,
                              .curve = m->curve,
                              .level = m->level,
                              .first = m->first,
                              .cluster_begin = m->begin};
    fit->rows.columns = (jk_ppml_rows){.rows = ROWS,
                                       .cash = m->cash,
                                       .weight = m->weight,
                                       .start = m->start,
                                       .months = m->month,
                                       .known = m->known,
                                       .curve = m->curve,
                                       .level = m->level,
                                       .clusters = DEBTORS,
                                       .cluster_begin = m->begin};
    fit->options.shrink = 1;
    fit->options.run.threads = 1;
    fit->result.balance_power = 0.625;
    fit->design.ppml = (jk_ppml_design){.parameters = PARAMETERS, .curves = CURVES, .terms = TERMS, .term = m->term};
    fit->design.level_parameter = m->of_item;
    return m;
}

static void free_made(made *m) {
    jk_arena_free(m->fit.arena);
    free(m);
}

static void near(double got, double wanted, const char *what) {
    if (!(fabs(got - wanted) <= 1e-10 * fmax(fabs(wanted), 1e-6))) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

/* ---- weights ----------------------------------------------------------------------------------------------------- */

/* By what a row's amounts are multiplied: balance^-power, 1 for the exposure's mean of the balance's logarithm. */
static double scale_of(const made *m, size_t i) {
    double sum = 0.0, weight = 0.0;
    for (size_t j = 0; j < ROWS; j++) {
        if (m->weight[j] > 0.0) {
            sum += m->weight[j] * log(m->weight[j]);
            weight += m->weight[j];
        }
    }
    return m->weight[i] > 0.0 ? pow(exp(sum / weight) / m->weight[i], 0.625) : 1.0;
}

static void rows_weigh_by_their_balance(void **state) {
    (void)state;
    for (int known = 0; known < 2; known++) {
        made *m = new_made();
        jk_ppml_rows rows;
        double *memory = NULL;
        m->fit.rows.columns.known = known ? m->known : NULL;
        assert_int_equal(jk_fit_weigh_rows(&m->fit, &rows, &memory, NULL), JK_OK);
        assert_true(memory != NULL && (rows.known != NULL) == known);
        for (size_t i = 0; i < ROWS; i++) {
            const double scale = scale_of(m, i);
            near(rows.weight[i], scale * m->weight[i], "weight");
            near(rows.cash[i], scale * m->cash[i], "cash");
            if (known) {
                near(rows.known[i], scale * m->known[i], "known");
            }
        }
        assert_true(rows.months == m->month && rows.level == m->level && rows.rows == ROWS && rows.clusters == DEBTORS);
        free(memory);
        free_made(m);
    }
    for (int how = 0; how < 2; how++) { /* where nothing is shrunk, or payments have one size, they are as they are */
        made *m = new_made();
        jk_ppml_rows rows;
        double *memory = NULL;
        m->fit.options.shrink = how;
        m->fit.result.balance_power = how == 1 ? 0.0 : 0.5;
        assert_int_equal(jk_fit_weigh_rows(&m->fit, &rows, &memory, NULL), JK_OK);
        assert_true(memory == NULL && rows.weight == m->weight && rows.cash == m->cash && rows.known == m->known);
        free_made(m);
    }
}

/* Variance of all cash by chance: each row's size of a payment, times what it brings, on its own scale. */
static void chance_of_the_cash(void **state) {
    (void)state;
    made *m = new_made();
    static const double month_0[] = {0.0};
    static const int32_t none[1] = {JK_PPML_NONE}, one[1] = {0};
    jk_ppml_curve curve[CURVES];
    for (size_t c = 0; c < CURVES; c++) {
        curve[c] = (jk_ppml_curve){1, month_0, c % 2 == 0 ? one : none};
    }
    const jk_ppml_design design = {.parameters = 1, .curves = CURVES, .curve = curve};
    const double parameter = log(0.02), within = 7.0;
    jk_ppml_rows rows;
    double *memory = NULL, cash = 0.0, variance = 0.0;
    m->fit.rows.columns.known = NULL;
    m->fit.rows.known = NULL;
    assert_int_equal(jk_fit_weigh_rows(&m->fit, &rows, &memory, NULL), JK_OK);
    assert_int_equal(jk_fit_cash_chance(&m->fit, &rows, &design, &parameter, within, NULL), JK_OK);
    for (size_t i = 0; i < ROWS; i++) {
        const double mean = m->weight[i] * m->month[i] * (m->curve[i] % 2 == 0 ? 0.02 : 1.0);
        cash += mean;
        variance += within * mean / scale_of(m, i);
    }
    near(m->fit.cash_chance, variance / (cash * cash), "chance");
    free(memory);
    free_made(m);
}

static void sizes_of_payments(void **state) {
    (void)state;
    made *m = new_made();
    double squares = 0.0, sum = 0.0;
    for (size_t d = 0; d < DEBTORS; d++) {
        double own = 0.0;
        for (size_t i = 4 * d; i < 4 * d + 4; i++) {
            own += m->weight[i] > 0.0 ? m->cash[i] : 0.0;
        }
        squares += own * own;
        sum += own;
    }
    near(jk_fit_payment_size(&m->fit.rows.columns), squares / sum, "size");
    memset(m->cash, 0, sizeof m->cash);
    assert_true(jk_fit_payment_size(&m->fit.rows.columns) == 1.0);
    free_made(m);
}

/* Neighbours lean on each other by the dispersion over the variance of a step; what is missing lies about all bins. */
static void links_of_smooth_functions(void **state) {
    (void)state;
    for (int missing = 0; missing < 2; missing++) {
        made *m = new_made();
        jk_ppml_link *links = NULL;
        m->card[MARKS].levels = 5;
        int32_t point[5] = {3, 4, 6, 7, 9};
        m->of_item[MARKS] = point;
        m->spline[MARKS].variance = 0.125;
        m->level_exposure[MARKS][FINE - 1] = missing ? 0.5 : 0.0;
        assert_int_equal(jk_fit_spline_room(&m->fit, m->fit.arena, &links, NULL), JK_OK);
        assert_int_equal(jk_fit_spline_links(&m->fit, 3.0, links), missing ? 7 : 3);
        for (int l = 0; l < 3; l++) {
            assert_true(links[l].a == point[l] && links[l].b == point[l + 1] && links[l].weight == 24.0);
        }
        for (int l = 0; l < 4 && missing; l++) {
            assert_true(links[3 + l].a == point[l] && links[3 + l].b == 9);
            near(links[3 + l].weight, 3.0 / (4.0 * 0.09), "weight");
        }
        free_made(m);
    }
}

/* ---- all segments in one ------------------------------------------------------------------------------------------
 */

static void one_curve_for_all_segments(void **state) {
    (void)state;
    made *m = new_made();
    jk_fit_pooled pooled = {.design = {0}};
    m->curve_rows[8] = 0;
    assert_int_equal(jk_fit_pooled_build(&m->fit, m->fit.arena, &pooled, NULL), JK_OK);
    static const double wanted[3][3] = {{0, 12, 30}, {0, 12, 30}, {0, 12}};
    static const size_t counts[3] = {3, 3, 2};
    size_t next = 0;
    for (size_t t = 0; t < 3; t++) {
        for (size_t c = t; c < CURVES; c += 3) {
            const jk_ppml_curve *curve = &pooled.design.curve[c];
            assert_int_equal(curve->count, counts[t]);
            for (size_t k = 0; k < counts[t]; k++) {
                assert_true(curve->month[k] == wanted[t][k] && curve->parameter[k] == (int32_t)(next + k));
            }
        }
        next += counts[t];
    }
    assert_int_equal(pooled.steps, next);
    for (size_t t = 0; t < 3; t++) { /* classes against the one with most cash */
        double cash[3] = {0.0};
        int most = 0;
        int32_t parameter[3];
        for (size_t c = t; c < CURVES; c += 3) {
            for (int code = 0; code < JK_FIT_CLASS_CODES && m->fitted[c / 3]; code++) {
                cash[code % 3] += m->class_cash[c][code];
            }
        }
        for (int k = 1; k < 3; k++) {
            most = cash[k] > cash[most] ? k : most;
        }
        for (int k = 0; k < 3; k++) {
            parameter[k] = k == most ? JK_PPML_NONE : (int32_t)next++;
        }
        for (size_t c = t; c < CURVES; c += 3) {
            for (size_t code = 0; code < JK_FIT_CLASS_CODES; code++) {
                assert_int_equal(pooled.design.term[0].parameter[c * JK_FIT_CLASS_CODES + code],
                                 m->fitted[c / 3] ? parameter[code % 3] : JK_PPML_NONE);
            }
        }
    }
    for (size_t i = 0; i < 2 * CURVES; i++) {
        assert_int_equal(pooled.design.term[1].parameter[i], JK_PPML_NONE);
    }
    for (size_t c = 0; c < ITEMS; c++) {
        for (size_t l = 0; l < LEVELS; l++) {
            assert_true(pooled.of[m->point[c][l]] == (int32_t)next && pooled.point[next] == m->point[c][l]);
            assert_int_equal(pooled.held[next], l == m->card[c].reference);
            for (size_t f = 0; f < m->card[c].fine; f++) {
                if (m->card[c].level_of[f] == l) {
                    assert_int_equal(pooled.design.term[2 + c].parameter[f], (int32_t)next);
                }
            }
            next++;
        }
        assert_true(pooled.design.term[2 + c].levels == m->card[c].fine && !pooled.design.term[2 + c].by_curve);
    }
    assert_true(pooled.design.parameters == next && pooled.design.curves == CURVES && pooled.design.terms == TERMS);
    for (size_t p = 0; p < next; p++) {
        assert_true(p >= next - 2 * LEVELS || (pooled.point[p] == -1 && !pooled.held[p]));
        assert_true(pooled.start[p] == 0.0);
    }
    for (size_t p = 0; p < FIRST_POINT; p++) {
        assert_int_equal(pooled.of[p], -1);
    }
    free_made(m);
}

/* Where a treatment has no rows there is a curve that nothing asks for. */
static void treatments_without_rows(void **state) {
    (void)state;
    made *m = new_made();
    jk_fit_pooled pooled = {.design = {0}};
    m->curve_rows[2] = m->curve_rows[5] = m->curve_rows[8] = 0;
    assert_int_equal(jk_fit_pooled_build(&m->fit, m->fit.arena, &pooled, NULL), JK_OK);
    assert_true(pooled.steps == 6 && pooled.design.curve[2].count == 1 && pooled.design.curve[2].month[0] == 0.0);
    assert_int_equal(pooled.design.curve[5].parameter[0], JK_PPML_NONE);
    free_made(m);
}

/* Weights become those of each segment's own level, thin ones drawn to that of all. */
static void levels_of_segments(void **state) {
    (void)state;
    made *m = new_made();
    double weight[ROWS];
    memcpy(weight, m->weight, sizeof weight);
    assert_int_equal(jk_fit_pooled_segments(&m->fit, &m->fit.rows.columns, m->mean, 9.0, weight, NULL), JK_OK);
    for (size_t t = 0; t < 3; t++) {
        double actual[SEGMENTS] = {0.0}, expected[SEGMENTS] = {0.0}, factor[SEGMENTS], credibility[SEGMENTS];
        for (size_t i = 0; i < ROWS; i++) {
            if (m->curve[i] % 3 == t && m->weight[i] > 0.0) {
                actual[m->curve[i] / 3] += m->cash[i];
                expected[m->curve[i] / 3] += m->mean[i];
            }
        }
        (void)jk_fit_straub(actual, expected, SEGMENTS, 9.0, 1.0, factor, credibility);
        for (size_t i = 0; i < ROWS; i++) {
            if (m->curve[i] % 3 == t) {
                near(weight[i], m->weight[i] * fmax(factor[m->curve[i] / 3], 1e-6), "weight");
            }
        }
    }
    free_made(m);
}

/* ---- what claims of a score are ------------------------------------------------------------------------------------
 */

static double points_at(const made *m, size_t i) {
    static const double of_marks[] = {0.5, -0.25, -1.0}, of_employment[] = {0.125, 0.25, -0.5};
    const uint8_t *level = m->level + i * TERMS + 2;
    return of_marks[level[0] > 0 ? level[0] - 1 : 0] + of_employment[level[1]];
}

static void classes_that_scores_have(void **state) {
    (void)state;
    for (int few = 0; few < 2; few++) {
        made *m = new_made();
        double weight[3][3] = {{0.0}}, claims[3] = {0.0}, share[3] = {0.0}, all = 0.0, count = 0.0;
        for (size_t i = 0; i < ROWS; i++) {
            const int code = m->level[i * TERMS];
            m->first[i] = few ? count < 99.0 && m->first[i] : m->first[i];
            if (m->first[i] && m->fitted[m->curve[i] / 3] && code < JK_CAPACITY_COUNT) {
                const double eta = points_at(m, i) + 0.0625, score = floor(500.0 + 100.0 * eta / log(2.0) + 0.5);
                const int by = score >= 540.0 ? 2 : score >= 490.0 ? 1 : 0;
                weight[by][code] += exp(eta);
                claims[by] += 1.0;
                share[code] += exp(eta);
                all += exp(eta);
                count += 1.0;
            }
        }
        for (size_t i = 0; i < ROWS && !few; i++) { /* forced, or of no class that the panel gives */
            const int code = m->level[i * TERMS];
            const double eta = points_at(m, i) + 0.0625;
            assert_int_equal(jk_fit_class_by_score(&m->fit, eta, code) == code % 3 || code < JK_FIT_CLASS_FORCED, 1);
        }
        jk_fit_guess_classes(&m->fit);
        for (int s = 0; s < 3; s++) {
            assert_true(m->fit.result.guessed_claims[s] == claims[s]);
            const double own = weight[s][0] + weight[s][1] + weight[s][2],
                         more = claims[s] > 0.0 ? 10.0 * own / claims[s] : 1.0;
            double sum = 0.0;
            for (int k = 0; k < 3; k++) {
                const double got = m->fit.scorecard.class_given_score[s][k],
                             wanted = (weight[s][k] + more * share[k] / all) / (own + more);
                assert_true(few ? got == 0.0 : fabs(got - wanted) < 1.1e-6);
                sum += got;
            }
            assert_true(few || fabs(sum - 1.0) < 1e-12);
        }
        assert_true(few ? count == 99.0 : count >= 100.0 && claims[0] > 0.0 && claims[1] > 0.0 && claims[2] > 0.0);
        free_made(m);
    }
}

static void what_a_file_can_say(void **state) {
    (void)state;
    assert_true(jk_fit_round_points(0.1234565000001) == 0.123457 && jk_fit_round_points(-2.00000049) == -2.0);
    assert_true(jk_fit_round_figure(0.0) == 0.0 && isinf(jk_fit_round_figure(INFINITY)) &&
                isnan(jk_fit_round_figure(NAN)));
    near(jk_fit_round_figure(123.4567890123), 123.456789, "figure");
    near(jk_fit_round_figure(-0.001234567894), -0.00123456789, "figure");
    assert_true(fabs(jk_fit_round_figure(123.4567890123) - 123.456789) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_weigh_by_their_balance), cmocka_unit_test(chance_of_the_cash),
        cmocka_unit_test(sizes_of_payments),           cmocka_unit_test(links_of_smooth_functions),
        cmocka_unit_test(one_curve_for_all_segments),  cmocka_unit_test(treatments_without_rows),
        cmocka_unit_test(levels_of_segments),          cmocka_unit_test(classes_that_scores_have),
        cmocka_unit_test(what_a_file_can_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
