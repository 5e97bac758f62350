/* SPDX-License-Identifier: Apache-2.0 */
/* The chain ladder against published results and against arithmetic by hand. */
#include "jalki/chain_ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

/* General insurance claims of Taylor and Ashe, "Second moments of estimates of outstanding claims", Journal of
 * Econometrics 23 (1983), 37-61; the triangle on which Mack (1993) shows his formula. */
enum { TAYLOR_ASHE = 10 };
static const double taylor_ashe[TAYLOR_ASHE][TAYLOR_ASHE] = {
    {357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463},
    {352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085},
    {290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315},
    {310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268},
    {443160, 1136350, 2128333, 2897821, 3402672, 3873311},
    {396132, 1333217, 2180715, 2985752, 3691712},
    {440832, 1288463, 2419861, 3483130},
    {359480, 1421128, 2864498},
    {376686, 1363294},
    {344014},
};

static void fill(jk_triangle *triangle, size_t size, const double *rows) {
    *triangle = (jk_triangle){.origins = size, .ages = size};
    triangle->observed = calloc(size, sizeof(size_t));
    triangle->cumulative = calloc(size * size, sizeof(double));
    assert_non_null(triangle->observed);
    assert_non_null(triangle->cumulative);
    for (size_t i = 0; i < size; i++) {
        triangle->observed[i] = size - i;
        for (size_t k = 0; k < size; k++) {
            triangle->cumulative[i * size + k] = k < size - i ? rows[i * size + k] : (double)NAN;
        }
    }
}

static void assert_near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.10g is not within %g of %.10g", actual, tolerance, expected);
    }
}

static void taylor_ashe_gives_the_published_reserve_and_error(void **state) {
    (void)state;
    jk_triangle triangle;
    jk_chain_ladder result;
    fill(&triangle, TAYLOR_ASHE, &taylor_ashe[0][0]);
    assert_int_equal(jk_chain_ladder_fit(&triangle, NULL, &result, NULL), JK_OK);
    /* Mack (1993): total reserve 18,680,856 with a standard error of 2,447,095; by year in thousands, reserve and error
     * in %. */
    assert_near(result.total.reserve, 18680856, 0.5);
    assert_near(result.total.std_error, 2447095, 0.5);
    static const double reserve[] = {0, 95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626};
    static const double percent[] = {0, 80, 26, 19, 27, 29, 26, 22, 23, 29};
    for (size_t i = 1; i < TAYLOR_ASHE; i++) {
        assert_near(result.origin[i].reserve / 1000.0, reserve[i], 0.5);
        assert_near(100.0 * result.origin[i].std_error / result.origin[i].reserve, percent[i], 0.5);
    }
    assert_true(result.origin[0].reserve == 0.0 && result.origin[0].std_error == 0.0);
    jk_chain_ladder_reset(&result);
    jk_triangle_reset(&triangle);
}

static void a_small_triangle_by_hand(void **state) {
    (void)state;
    /* Factors: (150 + 220) / (100 + 200) = 37/30 and 165/150 = 1.1.
     * sigma^2 of the first: [100 (1.5 - 37/30)^2 + 200 (1.1 - 37/30)^2] / 1 = 100 * 0.0711.. + 200 * 0.0177..
     * = 10.666.. */
    static const double rows[9] = {100, 150, 165, 200, 220, 0, 300, 0, 0};
    jk_triangle triangle;
    jk_chain_ladder result;
    fill(&triangle, 3, rows);
    assert_int_equal(jk_chain_ladder_fit(&triangle, NULL, &result, NULL), JK_OK);
    assert_near(result.factor[0], 37.0 / 30.0, 1e-14);
    assert_near(result.factor[1], 1.1, 1e-14);
    assert_near(result.sigma_squared[0], 32.0 / 3.0, 1e-12);
    assert_near(result.origin[1].ultimate, 242.0, 1e-11);
    assert_near(result.origin[2].ultimate, 300.0 * 37.0 / 30.0 * 1.1, 1e-11);
    /* One pair for the last factor and no two variances before it: its variance cannot be estimated. */
    assert_true(isnan(result.sigma_squared[1]) && isnan(result.total.std_error));
    jk_chain_ladder_reset(&result);
    jk_triangle_reset(&triangle);
}

static void a_scaled_triangle_gives_scaled_results(void **state) {
    (void)state;
    double scaled[TAYLOR_ASHE * TAYLOR_ASHE];
    for (size_t i = 0; i < TAYLOR_ASHE * TAYLOR_ASHE; i++) {
        scaled[i] = 1024.0 * (&taylor_ashe[0][0])[i];
    }
    jk_triangle triangle;
    jk_chain_ladder result;
    fill(&triangle, TAYLOR_ASHE, scaled);
    assert_int_equal(jk_chain_ladder_fit(&triangle, NULL, &result, NULL), JK_OK);
    assert_near(result.total.reserve / 1024.0, 18680856, 0.5);
    assert_near(result.total.std_error / 1024.0, 2447095, 0.5);
    jk_chain_ladder_reset(&result);
    jk_triangle_reset(&triangle);
}

static void zeros_before_a_factor_are_an_error(void **state) {
    (void)state;
    static const double rows[9] = {0, 1, 2, 0, 3, 0, 5, 0, 0};
    jk_triangle triangle;
    jk_chain_ladder result;
    jk_error error = {0};
    fill(&triangle, 3, rows);
    assert_int_equal(jk_chain_ladder_fit(&triangle, NULL, &result, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "no factor from age 1 to age 2"));
    assert_null(result.factor);
    jk_triangle_reset(&triangle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taylor_ashe_gives_the_published_reserve_and_error),
        cmocka_unit_test(a_small_triangle_by_hand),
        cmocka_unit_test(a_scaled_triangle_gives_scaled_results),
        cmocka_unit_test(zeros_before_a_factor_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
