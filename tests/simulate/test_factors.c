/* SPDX-License-Identifier: Apache-2.0 */
/* Factors of segments and countries on paths: their correlations are those of the matrix, their spread and persistence
 * those of their countries, and their shocks the same to the bit in every order of summation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/random.h"
#include "base/number/semidefinite.h"
#include "cmocka_all.h"
#include "simulate/draws/draws.h"

enum { SEGMENTS = 2, COUNTRIES = 2, MONTHS = 24, PATHS = 3000, FACTORS = 3 };

static const double matrix[FACTORS * FACTORS] = {1.0, 0.6, -0.3, 0.6, 1.0, 0.2, -0.3, 0.2, 1.0};
static const uint32_t of[SEGMENTS * COUNTRIES] = {0, 1, 2, 2}; /* the second segment has one factor in both countries */
static const jk_risk_factor countries[COUNTRIES] = {{0.3, 0.0}, {0.4, 0.5}};
static const jk_segment segments[SEGMENTS];
static const jk_jurisdiction jurisdictions[COUNTRIES];

static jk_model model_with(const jk_risk_correlation *correlation, const int32_t *epochs) {
    return (jk_model){.segments = segments,
                      .segment_count = SEGMENTS,
                      .jurisdictions = jurisdictions,
                      .jurisdiction_count = COUNTRIES,
                      .horizon_months = MONTHS,
                      .epoch_count = MONTHS,
                      .epochs = epochs,
                      .risk = {.correlation = correlation, .jurisdiction = countries}};
}

static void expect_within(const char *what, double found, double expected, double error) {
    if (!(fabs(found - expected) <= 3.0 * error)) {
        fail_msg("%s: %.5f, expected %.5f +/- %.5f", what, found, expected, error);
    }
}

typedef struct moments {
    double sum, square, cross;
} moments;

/* ln m has the mean -sigma^2/2 and the deviation sigma; shocks of two series have the correlation of their factors, so
 * that the x of a series that forgets at once and of one that keeps f a month have root(1 - f^2) times it from the
 * second month on. */
static void paths_have_the_correlations_of_the_matrix(void **state) {
    (void)state;
    double root[FACTORS * FACTORS] = {0}, pivot = 0.0;
    assert_int_equal(jk_semidefinite_root(matrix, FACTORS, root, &pivot), FACTORS);
    int32_t epochs[MONTHS];
    for (size_t i = 0; i < MONTHS; i++) {
        epochs[i] = 1;
    }
    const jk_risk_correlation correlation = {
        .countries = (double)NAN, .count = FACTORS, .matrix = matrix, .root = root, .of = of};
    const jk_model model = model_with(&correlation, epochs);
    jk_factors factors;
    assert_int_equal(jk_factors_init(&factors, &model, 7, NULL), JK_OK);
    assert_int_equal(factors.count, 4); /* the shared factor moves more in the second country */
    float *recovery = jk_columns_zero(4 * MONTHS * JK_PATH_LANES, sizeof *recovery);
    float *course = jk_columns_zero(2 * 4 * MONTHS * JK_PATH_LANES, sizeof *course);
    const jk_factor_lanes lanes = {recovery, course, course + 4 * MONTHS * JK_PATH_LANES};
    assert_true(recovery != NULL && course != NULL);
    moments of_pair[4][4] = {{{0}}}; /* of the first month, which is stationary, over paths */
    moments later[2] = {{0}};        /* of the second: series 0 and 1, and 1 with itself a month before */
    for (uint64_t path = 0; path < PATHS; path++) {
        double x[4][2];
        jk_factors_draw(&factors, path, 0, &lanes);
        for (size_t i = 0; i < 4; i++) {
            const double sigma = factors.series[i].is.volatility;
            for (size_t t = 0; t < 2; t++) {
                x[i][t] = (log((double)recovery[(i * MONTHS + t) * JK_PATH_LANES]) + 0.5 * sigma * sigma) / sigma;
            }
        }
        for (size_t i = 0; i < 4; i++) {
            for (size_t k = 0; k < 4; k++) {
                of_pair[i][k].sum += x[i][0];
                of_pair[i][k].cross += x[i][0] * x[k][0];
            }
        }
        later[0].cross += x[0][1] * x[1][1];
        later[1].cross += x[1][0] * x[1][1];
    }
    for (size_t i = 0; i < 4; i++) {
        expect_within("mean", of_pair[i][i].sum / PATHS, 0.0, sqrt(1.0 / PATHS));
        for (size_t k = 0; k < 4; k++) {
            const double rho = matrix[factors.series[i].factor * FACTORS + factors.series[k].factor];
            expect_within("correlation", of_pair[i][k].cross / PATHS, rho, sqrt((1.0 + rho * rho) / PATHS));
        }
    }
    const double keep = pow(0.5, 1.0 / 12.0), shared = 0.6 * sqrt(1.0 - keep * keep);
    expect_within("a quick and a slow series", later[0].cross / PATHS, shared, sqrt((1.0 + shared * shared) / PATHS));
    expect_within("persistence", later[1].cross / PATHS, keep, sqrt((1.0 + keep * keep) / PATHS));
    free(recovery);
    free(course);
    jk_factors_reset(&factors);
    jk_factors_reset(&factors); /* nothing is left that could be given back twice */
}

/* The most factors that a model may have, with correlations that use all of the grid: every kernel's shocks are those
 * of sums from the last factor to the first. */
static void shocks_do_not_depend_on_the_order_of_sums(void **state) {
    (void)state;
    const size_t n = JK_RISK_FACTORS_MOST;
    double *full = jk_columns_zero(n * n, sizeof *full), *root = jk_columns_zero(n * n, sizeof *root), pivot = 0.0;
    int32_t epochs[MONTHS];
    for (size_t i = 0; i < MONTHS; i++) {
        epochs[i] = 1;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            full[i * n + k] = i == k ? 1.0 : exp(-fabs((double)i - (double)k) / 300.0);
        }
    }
    assert_int_equal(jk_semidefinite_root(full, n, root, &pivot), n);
    const jk_risk_correlation correlation = {
        .countries = (double)NAN, .count = n, .matrix = full, .root = root, .of = of};
    const jk_model model = model_with(&correlation, epochs);
    jk_factors factors;
    assert_int_equal(jk_factors_init(&factors, &model, 7, NULL), JK_OK);
    float *recovery = jk_columns_zero(4 * MONTHS * JK_PATH_LANES, sizeof *recovery);
    float *course = jk_columns_zero(2 * 4 * MONTHS * JK_PATH_LANES, sizeof *course);
    const jk_factor_lanes lanes = {recovery, course, course + 4 * MONTHS * JK_PATH_LANES};
    for (int isa = JK_ISA_BASE; isa <= (int)jk_isa_best(); isa++) {
        factors.kernel = jk_dense_kernel_for(n, (jk_isa)isa);
        jk_factors_draw(&factors, 3, 0, &lanes);
        for (size_t i = 0; i < n; i++) {
            for (size_t t = 0; t < MONTHS; t++) {
                double sum = 0.0;
                for (size_t k = n; k-- > 0;) {
                    sum += factors.root[i * n + k] * factors.normal[k * JK_DENSE_ROWS + t];
                }
                assert_true(sum == factors.shock[i * JK_DENSE_ROWS + t]);
            }
        }
    }
    free(recovery);
    free(course);
    free(full);
    free(root);
    jk_factors_reset(&factors);
}

static void a_matrix_that_is_none_has_no_root(void **state) {
    (void)state;
    const double wrong[] = {1.0, 0.9, 0.0, 0.9, 1.0, 0.9, 0.0, 0.9, 1.0};
    const double singular[] = {1.0, 1.0, 0.4, 1.0, 1.0, 0.4, 0.4, 0.4, 1.0};
    double root[9] = {0}, pivot = 0.0;
    assert_int_equal(jk_semidefinite_root(wrong, 3, root, &pivot), 2);
    assert_true(fabs(pivot - (1.0 - 0.81 / 0.19)) < 1e-12); /* 1 - 0.9^2 / (1 - 0.9^2) */
    assert_int_equal(jk_semidefinite_root(singular, 3, root, &pivot), 3);
    assert_true(root[4] == 0.0 && root[7] == 0.0 && fabs(root[8] - sqrt(1.0 - 0.16)) < 1e-15);
    const double nan[] = {(double)NAN};
    assert_int_equal(jk_semidefinite_root(nan, 1, root, &pivot), 0);
}

/* ---- by hand ------------------------------------------------------------------------------------------------------
 */

enum { SOME = 3, PLACES = 9, EPOCHS = 4, LONG = 2 * JK_DENSE_ROWS, LANE = 37, PATH = 12, SEED = 19 };

/* Of two countries one thing is the same and another not; the last moves nothing. */
static const jk_risk_factor some[SOME] = {{0.3, 0.2}, {0.3, 0.6}, {0.5, 0.2}};
static const jk_risk_factor others[SOME] = {{0.3, 0.2}, {0.4, 0.6}, {0.0, 0.2}};
static const jk_segment three[SOME];
static const jk_jurisdiction some_jurisdictions[SOME];

/* Shocks of the months of a country or factor, in plain sums. */
static void shocks_of(const jk_risk_correlation *c, size_t which, size_t months, double *shock) {
    double common[LONG], own[LONG];
    if (c->count == 0) {
        jk_draw_normals(SEED, jk_stream(JK_STREAM_COMMON, 0), PATH, common, months);
        jk_draw_normals(SEED, jk_stream(JK_STREAM_COUNTRY, which), PATH, own, months);
        for (size_t t = 0; t < months; t++) {
            shock[t] = sqrt(c->countries) * common[t] + sqrt(1.0 - c->countries) * own[t];
        }
        return;
    }
    memset(shock, 0, months * sizeof *shock);
    for (size_t k = 0; k <= which; k++) {
        jk_draw_normals(SEED, jk_stream(JK_STREAM_FACTOR, k), PATH, own, months);
        for (size_t t = 0; t < months; t++) {
            shock[t] += c->root[which * c->count + k] * own[t];
        }
    }
}

static void near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-6)) {
        fail_msg("%.9g, expected %.9g", found, expected);
    }
}

/* A series: means over the months of an epoch, their course so far, and nothing of other lanes. */
static void check_series(const jk_model *model, const jk_risk_factor *is, const double *shock, const float *recovery,
                         const float *mean, const float *turn) {
    const double keep = pow(is->persistence, 1.0 / 12.0);
    double x = shock[0], all = 0.0;
    int month = 0;
    for (int j = 0; j < EPOCHS; j++) {
        double sum = 0.0;
        for (int i = 0; i < model->epochs[j]; i++, month++) {
            x = month == 0 ? x : keep * x + sqrt(1.0 - keep * keep) * shock[month];
            sum += exp(is->volatility * x - 0.5 * is->volatility * is->volatility);
        }
        all += sum;
        for (size_t lane = 0; lane < JK_PATH_LANES; lane++) {
            const size_t at = (size_t)j * JK_PATH_LANES + lane;
            const bool own = lane == LANE;
            near((double)recovery[at], own ? sum / model->epochs[j] : -7.0);
            near((double)mean[at], own ? log(all / month) : -7.0);
            near((double)turn[at], own ? log(sum / model->epochs[j]) - log(all / month) : -7.0);
        }
    }
}

static void check_factors(const jk_risk_correlation *correlation, const jk_risk_factor *of_countries,
                          const int32_t *epochs, int32_t months, const uint32_t *series, size_t count,
                          const uint32_t *factor, const size_t *country) {
    jk_error error = {0};
    jk_factors found;
    const jk_model model = {.segments = three,
                            .segment_count = SOME,
                            .jurisdictions = some_jurisdictions,
                            .jurisdiction_count = SOME,
                            .horizon_months = months,
                            .epoch_count = EPOCHS,
                            .epochs = epochs,
                            .risk = {.correlation = correlation, .jurisdiction = of_countries}};
    assert_int_equal(jk_factors_init(&found, &model, SEED, &error), JK_OK);
    assert_int_equal(found.count, count);
    for (size_t place = 0; place < PLACES; place++) {
        assert_int_equal(jk_factors_of(&found, place / SOME, place % SOME), series[place]);
    }
    const size_t size = count * EPOCHS * JK_PATH_LANES;
    float *lanes = jk_columns_alloc(3 * size, sizeof *lanes);
    assert_non_null(lanes);
    for (size_t i = 0; i < 3 * size; i++) {
        lanes[i] = -7.0f;
    }
    jk_factors_draw(&found, PATH, LANE, &(jk_factor_lanes){lanes, lanes + size, lanes + 2 * size});
    for (size_t i = 0; i < count; i++) {
        double shock[LONG];
        const float *at = lanes + i * EPOCHS * JK_PATH_LANES;
        assert_int_equal(found.series[i].factor, factor[i]);
        assert_memory_equal(&found.series[i].is, &of_countries[country[i]], sizeof found.series[i].is);
        shocks_of(correlation, factor[i], (size_t)months, shock);
        check_series(&model, &of_countries[country[i]], shock, at, at + size, at + 2 * size);
    }
    free(lanes);
    jk_factors_reset(&found);
}

static void series_by_hand(void **state) {
    (void)state;
    static const int32_t epochs[2][EPOCHS] = {{1, 2, 5, 15}, {LONG - 9, 2, 3, 4}};
    static const uint32_t by_country[PLACES] = {0, 1, 2, 0, 1, 2, 0, 1, 2}, first[SOME] = {0, 1, 2};
    static const size_t itself[SOME] = {0, 1, 2};
    const jk_risk_correlation alone = {.countries = 0.35};
    check_factors(&alone, others, epochs[0], 23, by_country, SOME, first, itself);
    /* Two segments of one factor have the same series; of the third one country is a factor of its own. */
    static const double root[4] = {1.0, NAN, 0.6, 0.8}, full[4] = {1.0, 0.6, 0.6, 1.0};
    static const uint32_t of_places[PLACES] = {0, 0, 0, 0, 0, 0, 0, 1, 0};
    static const uint32_t series[PLACES] = {0, 1, 2, 0, 1, 2, 0, 3, 2}, factor[] = {0, 0, 0, 1};
    static const size_t country[] = {0, 1, 2, 1};
    const jk_risk_correlation pair = {
        .countries = (double)NAN, .count = 2, .matrix = full, .root = root, .of = of_places};
    for (int e = 0; e < 2; e++) { /* the second fills its tables wholly */
        check_factors(&pair, some, epochs[e], e == 0 ? 23 : LONG, series, 4, factor, country);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_the_correlations_of_the_matrix),
        cmocka_unit_test(shocks_do_not_depend_on_the_order_of_sums),
        cmocka_unit_test(a_matrix_that_is_none_has_no_root),
        cmocka_unit_test(series_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
