/* SPDX-License-Identifier: Apache-2.0 */
/* The log-linear fit against R, against closed forms, and on data that have no estimate. */
#include "jalki/ppml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/ppml/ppml.h"

enum { MOST = 4000, TERMS = 2 };

/* Rows of a test, with up to two terms. */
typedef struct data {
    double cash[MOST], weight[MOST], start[MOST], months[MOST], known[MOST];
    uint16_t curve[MOST];
    uint8_t level[MOST * TERMS];
    uint32_t cluster[MOST + 1];
    jk_ppml_rows rows;
} data;

static void point(data *d, size_t rows, size_t clusters) {
    d->rows = (jk_ppml_rows){.rows = rows,
                             .cash = d->cash,
                             .weight = d->weight,
                             .start = d->start,
                             .months = d->months,
                             .curve = d->curve,
                             .level = d->level,
                             .clusters = clusters,
                             .cluster_begin = d->cluster};
    d->cluster[clusters] = (uint32_t)rows;
}

static data *new_data(void) {
    data *d = calloc(1, sizeof *d);
    assert_non_null(d);
    return d;
}

static void near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance * fmax(1.0, fabs(expected)))) {
        print_error("%.15g is not %.15g\n", value, expected);
        fail();
    }
}

/* Two factors of three and four levels; curve c stands for the level of the first. The formulas are repeated in R:
 *   a = (7i + i%/%5) %% 3, b = (i%/%2 + i%/%7) %% 4, months = 1 + i%%3/2, balance = 100 + 37 (i%%11),
 *   cash = balance ((31i)%%17)/100 where (13i² + 7i)%%31 < 11, else 0; debtor = i%/%rows_of_debtor. */
static void fill_r_case(data *d, size_t rows_of_debtor) {
    for (size_t i = 0; i < 200; i++) {
        double balance = 100.0 + 37.0 * (double)(i % 11);
        d->curve[i] = (uint16_t)((i * 7 + i / 5) % 3);
        d->level[i] = (uint8_t)((i / 2 + i / 7) % 4);
        d->months[i] = 1.0 + (double)(i % 3) * 0.5;
        d->weight[i] = balance;
        d->start[i] = 0.0;
        d->cash[i] = (i * i * 13 + 7 * i) % 31 < 11 ? balance * (double)((i * 31) % 17) / 100.0 : 0.0;
        d->cluster[i / rows_of_debtor] = i % rows_of_debtor == 0 ? (uint32_t)i : d->cluster[i / rows_of_debtor];
    }
    point(d, 200, 200 / rows_of_debtor);
}

static const double month_0[] = {0.0};
static const int32_t first[] = {0}, second[] = {1}, third[] = {2};
static const jk_ppml_curve one_piece_curves[] = {{1, month_0, first}, {1, month_0, second}, {1, month_0, third}};
static const int32_t b_levels[] = {JK_PPML_NONE, 3, 4, 5};
static const jk_ppml_term b_term = {4, 0, b_levels};
static const jk_ppml_design r_design = {6, 3, 1, one_piece_curves, &b_term};

/* glm(cash ~ 0 + a + b, quasipoisson, offset = log(balance * months), epsilon = 1e-14) of R 4.2.2,
 * vcovCL(m, cluster = debtor) and vcovCL(m, cluster = row) of sandwich 3.0-2. */
static void equals_r(void **state) {
    (void)state;
    static const double estimate[] = {-4.369087115724978, -4.224355767290897, -4.346176435089060,
                                      0.405434845221394,  0.658766383432594,  0.593439255084732};
    static const double clustered[] = {0.320425159548750, 0.255610147229425, 0.398633374483168,
                                       0.373402085369581, 0.341470226199899, 0.351430779847475};
    static const double by_row[] = {0.328545165424348, 0.297196411673790, 0.412056644442296,
                                    0.389520602281914, 0.332469454007166, 0.374244094624313};
    static const double by_model[] = {0.326447168260815, 0.321889118921879, 0.371585194007139,
                                      0.372950618859666, 0.355513809792129, 0.358891924947680};
    data *d = new_data();
    for (size_t rows_of_debtor = 1; rows_of_debtor <= 4; rows_of_debtor += 3) {
        jk_ppml fit;
        fill_r_case(d, rows_of_debtor);
        assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &fit, NULL), JK_OK);
        assert_int_equal(fit.converged, 1);
        near(fit.dispersion, 23.0640005494295, 1e-9);
        for (size_t p = 0; p < 6; p++) {
            near(fit.estimate[p], estimate[p], 1e-10);
            near(fit.std_error[p], rows_of_debtor == 4 ? clustered[p] : by_row[p], 1e-9);
            near(fit.std_model[p], by_model[p], 1e-9);
        }
        jk_ppml_reset(&fit);
    }
    free(d);
}

/* With few debtors, 20 of ten rows and 8 of 25: vcovCR(m, cluster = debtor, type = "CR2") and coef_test(m, vcov = V,
 * test = "Satterthwaite") of clubSandwich on R's glm as above. */
static void few_debtors_equal_club_sandwich(void **state) {
    (void)state;
    static const size_t rows_of_debtor[] = {10, 25};
    static const double error[2][6] = {{0.304768616097059, 0.229614169958948, 0.413569331191822, 0.301464547296568,
                                        0.317851147399448, 0.372758713462429},
                                       {0.478880330616900, 0.307184459833873, 0.564607534794855, 0.436043699435221,
                                        0.463523475070987, 0.479865903196438}};
    static const double degrees[2][6] = {
        {15.5370317001025, 14.8572029430785, 15.4910211988610, 15.9587827115651, 16.4096879842273, 16.1942157713918},
        {6.68740184209620, 6.38211247746814, 6.53455998493774, 6.49115952171066, 6.77583938753894, 6.56907299022606}};
    data *d = new_data();
    for (size_t k = 0; k < 2; k++) {
        jk_ppml fit;
        fill_r_case(d, rows_of_debtor[k]);
        assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &fit, NULL), JK_OK);
        for (size_t p = 0; p < 6; p++) {
            near(fit.std_error[p], error[k][p], 1e-9);
            near(fit.degrees[p], degrees[k][p], 1e-8);
        }
        jk_ppml_reset(&fit);
    }
    free(d);
}

/* One parameter per cell: the estimate is log(cash / exposure), its variance sum over clusters of (actual - expected)²
 * over cash², times G / (G - 1). */
static void equals_closed_form(void **state) {
    (void)state;
    data *d = new_data();
    fill_r_case(d, 4);
    static const jk_ppml_curve curves[] = {{1, month_0, first}, {1, month_0, first}, {1, month_0, first}};
    static const jk_ppml_design design = {1, 3, 0, curves, NULL};
    jk_ppml fit;
    assert_int_equal(jk_ppml_fit(&d->rows, &design, NULL, NULL, &fit, NULL), JK_OK);
    double cash = 0.0, exposure = 0.0, squares = 0.0, payers = 0.0;
    for (size_t i = 0; i < 200; i++) {
        cash += d->cash[i];
        exposure += d->weight[i] * d->months[i];
    }
    for (size_t c = 0; c < 50; c++) {
        double difference = 0.0, paid = 0.0;
        for (size_t i = 4 * c; i < 4 * c + 4; i++) {
            difference += d->cash[i] - d->weight[i] * d->months[i] * cash / exposure;
            paid += d->cash[i];
        }
        squares += difference * difference;
        payers += paid > 0.0;
    }
    near(fit.estimate[0], log(cash / exposure), 1e-12);
    near(fit.std_error[0], sqrt(squares * 50.0 / 49.0) / cash, 1e-10);
    near(fit.cluster_dispersion, squares / cash, 1e-10);
    near(fit.exposure[0], exposure, 1e-12);
    near(fit.cash[0], cash, 1e-12);
    near(fit.expected[0], cash, 1e-9);
    assert_true(fit.payers[0] == payers);
    jk_ppml_reset(&fit);
    free(d);
}

/* Periods over several knots, known cash beside, a term that differs by curve: where the cash is its own mean the
 * parameters come back. */
static void long_periods(void **state) {
    (void)state;
    static const double months[] = {0.0, 6.0, 12.0, 36.0};
    static const int32_t pieces[2][4] = {{0, 1, 2, 3}, {4, 5, 6, 6}};
    static const jk_ppml_curve curves[] = {{4, months, pieces[0]}, {4, months, pieces[1]}};
    static const int32_t common[] = {JK_PPML_NONE, 7, 8}, own[] = {JK_PPML_NONE, 9, JK_PPML_NONE, 10};
    static const jk_ppml_term terms[] = {{3, 0, common}, {2, 1, own}};
    static const jk_ppml_design design = {11, 2, 2, curves, terms};
    static const double truth[] = {-3, -3.5, -4.25, -5, -2.5, -4, -6, 0.75, -1.25, 0.4, -0.6};
    data *d = new_data();
    for (size_t i = 0; i < 600; i++) {
        d->weight[i] = 50.0 + (double)(i * 17 % 23);
        d->start[i] = (double)(i * 7 % 41) + 0.25;
        d->months[i] = 0.5 + (double)(i * 13 % 37);
        d->known[i] = (double)(i % 5);
        d->curve[i] = (uint16_t)(i % 2);
        d->level[2 * i] = (uint8_t)(i / 2 % 3);
        d->level[2 * i + 1] = (uint8_t)(i / 6 % 2);
        d->cluster[i] = (uint32_t)i;
    }
    point(d, 600, 600);
    d->rows.known = d->known;
    assert_int_equal(jk_ppml_predict(&d->rows, &design, truth, NULL, d->cash, NULL), JK_OK);
    /* The mean itself, from its definition. */
    double hand = 0.0;
    for (double month = 0.25; month < 0.75; month += 0.125) {
        hand += 0.125 * exp(-3.0);
    }
    near(d->cash[0], 50.0 * hand, 1e-12);
    jk_ppml fit;
    assert_int_equal(jk_ppml_fit(&d->rows, &design, NULL, NULL, &fit, NULL), JK_OK);
    for (size_t p = 0; p < 11; p++) {
        near(fit.estimate[p], truth[p], 1e-7);
    }
    jk_ppml_reset(&fit);
    free(d);
}

/* Levels without cash or rows, and one that says what the curves say: the others are those of a fit without them. */
static void no_estimate(void **state) {
    (void)state;
    static const int32_t levels[] = {JK_PPML_NONE, 3, 4, 5, 6, 7};
    static const int32_t twice[] = {8, 9, 10};
    static const jk_ppml_term terms[] = {{6, 0, levels}, {3, 0, twice}};
    static const jk_ppml_design design = {11, 3, 2, one_piece_curves, terms};
    data *d = new_data();
    jk_ppml clean, fit;
    fill_r_case(d, 4);
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &clean, NULL), JK_OK);
    for (size_t i = 208; i-- > 0;) { /* four rows of a level that never pays; nobody has the sixth */
        uint8_t level = d->level[i];
        d->level[2 * i] = i < 200 ? level : 4;
        d->weight[i] = i < 200 ? d->weight[i] : 500.0;
        d->months[i] = i < 200 ? d->months[i] : 1.0;
        d->curve[i] = i < 200 ? d->curve[i] : (uint16_t)(i % 3);
        d->level[2 * i + 1] = (uint8_t)d->curve[i];
        d->cluster[i / 4] = i % 4 == 0 ? (uint32_t)i : d->cluster[i / 4];
    }
    point(d, 208, 52);
    assert_int_equal(jk_ppml_fit(&d->rows, &design, NULL, NULL, &fit, NULL), JK_OK);
    static const jk_ppml_state expected[] = {JK_PPML_FREE,      JK_PPML_FREE,      JK_PPML_FREE,     JK_PPML_FREE,
                                             JK_PPML_FREE,      JK_PPML_FREE,      JK_PPML_NO_CASH,  JK_PPML_NO_ROWS,
                                             JK_PPML_COLLINEAR, JK_PPML_COLLINEAR, JK_PPML_COLLINEAR};
    for (size_t p = 0; p < 11; p++) {
        assert_int_equal(fit.state[p], expected[p]);
        near(fit.estimate[p], p < 6 ? clean.estimate[p] : 0.0, 1e-9);
        assert_true(isfinite(fit.std_error[p]) && (p < 6 || fit.std_error[p] == 0.0));
        assert_true(p >= 6 || fit.std_error[p] > 0.0);
    }
    near(fit.exposure[6], 8.0 * 500.0, 1e-12);
    assert_int_equal(fit.rows_used, 200);
    assert_int_equal(fit.clusters_used, 50);
    jk_ppml_reset(&clean);
    jk_ppml_reset(&fit);
    free(d);
}

/* Cash only where both factors agree: no level is without cash, yet the estimates run away together. The search ends,
 * and where there is cash the fitted total is the actual one. */
static void separated_together(void **state) {
    (void)state;
    static const int32_t levels[] = {JK_PPML_NONE, 2};
    static const jk_ppml_term term = {2, 0, levels};
    static const jk_ppml_design design = {3, 2, 1, one_piece_curves, &term};
    data *d = new_data();
    double cash = 0.0;
    for (size_t i = 0; i < 90; i++) {
        d->curve[i] = (uint16_t)(i % 3 == 2);
        d->level[i] = (uint8_t)(i % 3 > 0); /* (0,0) and (1,1) pay, (0,1) never does, (1,0) is not there */
        d->weight[i] = 100.0;
        d->months[i] = 1.0;
        d->cash[i] = i % 3 == 1 ? 0.0 : (double)(i % 7);
        d->cluster[i] = (uint32_t)i;
        cash += d->cash[i];
    }
    point(d, 90, 90);
    jk_ppml fit;
    assert_int_equal(jk_ppml_fit(&d->rows, &design, NULL, NULL, &fit, NULL), JK_OK);
    assert_int_equal(fit.converged, 1);
    assert_int_equal(fit.rows_used, 60);
    assert_int_equal(fit.state[2], JK_PPML_COLLINEAR);
    double mu[90], fitted = 0.0;
    assert_int_equal(jk_ppml_predict(&d->rows, &design, fit.estimate, NULL, mu, NULL), JK_OK);
    for (size_t i = 0; i < 90; i++) {
        assert_true(isfinite(mu[i]));
        fitted += i % 3 == 1 ? 0.0 : mu[i];
    }
    near(fitted, cash, 1e-9);
    jk_ppml_reset(&fit);
    free(d);
}

/* Long periods whose cash came in their first months alone: the later piece is held at nothing, and the total is met.
 */
static void empty_piece(void **state) {
    (void)state;
    static const double months[] = {0.0, 6.0};
    static const int32_t pieces[] = {0, 1};
    static const jk_ppml_curve curve = {2, months, pieces};
    static const jk_ppml_design design = {2, 1, 0, &curve, NULL};
    data *d = new_data();
    double cash = 0.0, early = 0.0, mu[300], fitted = 0.0;
    for (size_t i = 0; i < 300; i++) {
        d->weight[i] = 100.0;
        d->months[i] = 1.0 + (double)(i % 30);
        /* Less than in proportion to the first six months: the longer, the less. */
        d->cash[i] = fmin(d->months[i], 6.0) * (d->months[i] > 6.0 ? 2.0 : 3.0) + (double)(i % 2);
        d->cluster[i] = (uint32_t)i;
        cash += d->cash[i];
        early += 100.0 * fmin(d->months[i], 6.0);
    }
    point(d, 300, 300);
    jk_ppml fit;
    assert_int_equal(jk_ppml_fit(&d->rows, &design, NULL, NULL, &fit, NULL), JK_OK);
    assert_int_equal(fit.converged, 1);
    assert_int_equal(fit.state[0], JK_PPML_FREE);
    assert_int_equal(fit.state[1], JK_PPML_NO_CASH);
    near(fit.estimate[0], log(cash / early), 1e-9);
    assert_true(isfinite(fit.estimate[1]) && fit.std_error[1] == 0.0);
    assert_int_equal(jk_ppml_predict(&d->rows, &design, fit.estimate, NULL, mu, NULL), JK_OK);
    for (size_t i = 0; i < 300; i++) {
        fitted += mu[i];
    }
    near(fitted, cash, 1e-9);
    jk_ppml_reset(&fit);
    free(d);
}

static void same_bits_for_any_threads(void **state) {
    (void)state;
    data *d = new_data();
    jk_ppml one, many;
    fill_r_case(d, 4);
    jk_run run = {.threads = 1};
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, &run, &one, NULL), JK_OK);
    run.threads = 7;
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, &run, &many, NULL), JK_OK);
    assert_memory_equal(one.estimate, many.estimate, 6 * sizeof(double));
    assert_memory_equal(one.covariance, many.covariance, 36 * sizeof(double));
    assert_memory_equal(one.expected, many.expected, 6 * sizeof(double));
    jk_ppml_reset(&one);
    jk_ppml_reset(&many);
    free(d);
}

static void held_parameters(void **state) {
    (void)state;
    data *d = new_data();
    fill_r_case(d, 4);
    static const double start[] = {0, 0, 0, 0.3, -0.2, 0};
    static const uint8_t held[] = {0, 0, 0, 1, 1, 1};
    jk_ppml_options options = {.start = start, .held = held};
    jk_ppml fit;
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, &options, NULL, &fit, NULL), JK_OK);
    for (size_t a = 0; a < 3; a++) { /* log of cash over exposure that the held ones weigh */
        double cash = 0.0, exposure = 0.0;
        for (size_t i = 0; i < 200; i++) {
            if (d->curve[i] == a) {
                double offset = d->level[i] == 0 ? 0.0 : start[d->level[i] + 2];
                cash += d->cash[i];
                exposure += d->weight[i] * d->months[i] * exp(offset);
            }
        }
        near(fit.estimate[a], log(cash / exposure), 1e-10);
        assert_true(fit.estimate[a + 3] == start[a + 3] && fit.std_error[a + 3] == 0.0);
    }
    jk_ppml_reset(&fit);
    free(d);
}

static void refuses(void **state) {
    (void)state;
    data *d = new_data();
    jk_ppml fit;
    fill_r_case(d, 4);
    d->cash[3] = NAN;
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &fit, NULL), JK_ERROR_ARGUMENT);
    assert_null(fit.estimate);
    fill_r_case(d, 4);
    d->level[7] = 4;
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &fit, NULL), JK_ERROR_ARGUMENT);
    fill_r_case(d, 4);
    memset(d->cash, 0, sizeof d->cash);
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &fit, NULL), JK_ERROR_DATA);
    fill_r_case(d, 4);
    memset(d->weight, 0, sizeof d->weight);
    assert_int_equal(jk_ppml_fit(&d->rows, &r_design, NULL, NULL, &fit, NULL), JK_ERROR_DATA);
    free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_r),           cmocka_unit_test(few_debtors_equal_club_sandwich),
        cmocka_unit_test(equals_closed_form), cmocka_unit_test(long_periods),
        cmocka_unit_test(no_estimate),        cmocka_unit_test(separated_together),
        cmocka_unit_test(empty_piece),        cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(held_parameters),    cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
