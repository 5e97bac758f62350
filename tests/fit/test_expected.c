/* SPDX-License-Identifier: Apache-2.0 */
/* Expected cash of rows of history against arithmetic by hand. */
#include "jalki/expected.h"

#include <math.h>

#include "cmocka_all.h"

static const int32_t months[] = {0, 6, 24};
static const double values[] = {0.02, 0.01, 0.004};
static const jk_steps curve = {3, months, values};

static void integrals(void **state) {
    (void)state;
    assert_true(fabs(jk_steps_integral(&curve, 0.0, 1.0) - 0.02) < 1e-15);
    assert_true(fabs(jk_steps_integral(&curve, 5.5, 1.0) - 0.015) < 1e-15);
    assert_true(fabs(jk_steps_integral(&curve, 3.0, 30.0) - (3 * 0.02 + 18 * 0.01 + 9 * 0.004)) < 1e-15);
    assert_true(fabs(jk_steps_integral(&curve, 100.0, 2.0) - 0.008) < 1e-15);
}

static void rows(void **state) {
    (void)state;
    jk_segment segment = {.theta_center = {-0.5, 0.1, 0.7},
                          .curve = {curve, curve, curve},
                          .class_multiplier = {{0.1, 0.5, 1.0}, {0.05, 0.45, 1.0}, {0.02, 0.4, 1.0}},
                          .recovery_share = {1.0, 0.9, 0.8},
                          .pre_title_factor = 0.5,
                          .garnish_share = {0.0, 0.3, 0.8}};
    jk_model model = {.segment_count = 1,
                      .segments = &segment,
                      .scorecard = {.class_given_score = {{1, 0, 0}, {0, 1, 0}, {0.25, 0.25, 0.5}}}};
    uint16_t of_segment[4] = {0};
    double eta[4] = {0.2, 0.2, -0.3, -0.3};
    uint8_t scored[4] = {JK_CAPACITY_ABLE, JK_CAPACITY_ABLE, JK_CAPACITY_WEAK, JK_CAPACITY_WEAK};
    int8_t given[4] = {-1, JK_CAPACITY_NONE, -1, -1}, end[4] = {-1, -1, -1, -1};
    double balance[4] = {1000, 500, 200, 200}, period[4] = {1, 12, 3, 3}, age[4] = {0, 0, 30, 30};
    double garnish[4] = {0.05, 0.05, 0.05, 0.05};
    uint8_t treatment[4] = {JK_TREAT_SURVEIL, JK_TREAT_AMICABLE, JK_TREAT_LEGAL, JK_TREAT_LEGAL};
    uint8_t title[4] = {JK_TITLE_HELD, JK_TITLE_NONE, JK_TITLE_NONE, JK_TITLE_HELD};
    double dividend[4] = {0.0, 0.0, 0.0, 0.002};
    jk_law_facts law = {.rows = 4, .segment = of_segment, .dividend = dividend};
    uint8_t guessed[4] = {1, 1, 0, 0}; /* of the second the panel knows the class, of the others a status forces it */
    jk_score_columns score = {.rows = 4, .eta = eta, .capacity_class = scored, .class_guessed = guessed};
    jk_panel_block block = {.rows = 4,
                            .law = &law,
                            .score = &score,
                            .balance_start = balance,
                            .months = period,
                            .age_start = age,
                            .garnish = garnish,
                            .treatment = treatment,
                            .title_state = title,
                            .class_start = given,
                            .class_end = end};
    double cash[4];
    jk_expected_cash(&model, &block, cash);
    double hand[4] = {1.0 * 1000 * exp(0.2 - 0.7) * (0.25 * 0.1 + 0.25 * 0.5 + 0.5) * 0.02,
                      0.9 * 500 * exp(0.2 + 0.5) * 0.05 * 0.18, 0.8 * 200 * 0.5 * exp(-0.3 - 0.1) * 0.4 * 0.012,
                      0.8 * 200 * exp(-0.3 - 0.1) * 0.4 * 0.012 + 200 * (0.3 * 0.05 + 0.002) * 3};
    for (int i = 0; i < 4; i++) {
        if (!(fabs(cash[i] - hand[i]) < 1e-12 * hand[i])) {
            fail_msg("row %d: %.17g, expected %.17g", i, cash[i], hand[i]);
        }
    }
}

/* The two moods by small steps: midpoint rule, error of the order of the step squared. */
static double by_steps(double h, double settled, double share, double other, double rho, double beta, double time,
                       bool paying) {
    enum { STEPS = 20000 };
    double quiet = paying ? 0.0 : 1.0, pays = paying ? 1.0 : 0.0, step = time / STEPS, brought = 0.0;
    double s = (1.0 - settled) * h;
    for (int i = 0; i < STEPS; i++) {
        double middle_quiet = quiet + step / 2.0 * (beta * pays - s * quiet);
        double middle_pays = pays + step / 2.0 * (s * quiet - (beta + rho) * pays);
        brought += step * ((share * settled * h + other) * middle_quiet + rho * middle_pays);
        quiet += step * (beta * middle_pays - s * middle_quiet);
        pays += step * (s * middle_quiet - (beta + rho) * middle_pays);
    }
    return brought;
}

static void payers(void **state) {
    (void)state;
    static const int32_t first[] = {0};
    static const double level[] = {0.03};
    const jk_steps flat = {1, first, level};
    jk_segment segment = {.curve = {flat, flat, flat},
                          .class_multiplier = {{0.5, 0.7, 1.0}, {0.5, 0.7, 1.0}, {0.5, 0.7, 1.0}},
                          .recovery_share = {1.0, 0.9, 1.0},
                          .pre_title_factor = 1.0,
                          .garnish_share = {0.0, 0.0, 0.8},
                          .payers = {.given = true,
                                     .settled_share = {0.6, 0.3, 0.0},
                                     .monthly_share = {0.02, 0.04, 0.06},
                                     .breakage = {0.2, 0.1, 0.0}}};
    jk_model model = {.segment_count = 1, .segments = &segment};
    enum { ROWS = 5 };
    uint16_t of_segment[ROWS] = {0};
    double eta[ROWS] = {0.0, 0.3, 0.0, 0.0, 0.0}, dividend[ROWS] = {0.0}, instalment[ROWS] = {1, 1, 2, 1, 1};
    uint8_t class[ROWS] = {2, 0, 1, 2, 2}, paying[ROWS] = {0, 0, 1, 0, 1}, title[ROWS] = {0, 0, 0, 2, 2};
    uint8_t treatment[ROWS] = {0, 1, 1, 2, 1}, guessed[ROWS] = {0};
    double balance[ROWS] = {100, 100, 100, 100, 100}, period[ROWS] = {1, 12, 3, 6, 1}, age[ROWS] = {0};
    double garnish[ROWS] = {0, 0, 0, 0.05, 0.2};
    int8_t given[ROWS] = {-1, -1, -1, -1, -1};
    jk_law_facts law = {.rows = ROWS, .segment = of_segment, .dividend = dividend};
    jk_score_columns score = {.rows = ROWS,
                              .eta = eta,
                              .capacity_class = class,
                              .class_guessed = guessed,
                              .paying = paying,
                              .instalment = instalment};
    jk_panel_block block = {.rows = ROWS,
                            .law = &law,
                            .score = &score,
                            .balance_start = balance,
                            .months = period,
                            .age_start = age,
                            .garnish = garnish,
                            .treatment = treatment,
                            .title_state = title,
                            .class_start = given};
    double cash[ROWS];
    jk_expected_cash(&model, &block, cash);
    double steps[ROWS] = {by_steps(0.03, 0.6, 1.0, 0.0, 0.06, 0.2, 1, false),
                          by_steps(0.03 * 0.5 * exp(0.3), 0.3, 0.9, 0.0, 0.02, 0.1, 12, false),
                          by_steps(0.03 * 0.7, 0.3, 0.9, 0.0, 0.08, 0.1, 3, true),
                          by_steps(0.03, 0.0, 1.0, 0.04, 0.06, 0.0, 6, false),
                          by_steps(0.03, 0.3, 0.9, 0.0, 0.16, 0.1, 1, true)};
    for (int i = 0; i < ROWS; i++) {
        if (!(fabs(cash[i] - 100.0 * steps[i]) < 1e-6 * cash[i])) {
            fail_msg("row %d: %.17g, expected %.17g", i, cash[i], 100.0 * steps[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(integrals), cmocka_unit_test(rows), cmocka_unit_test(payers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
