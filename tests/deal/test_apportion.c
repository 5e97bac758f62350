/* SPDX-License-Identifier: Apache-2.0 */
/* Largest remainders against figures worked by hand, and against the rule itself on random values. */
#include "cmocka_all.h"

#include <stdlib.h>

#include "base/number/random.h"
#include "deal/apportion.h"

/* Shares of all rows; of the tied ones the first get the further cents. Returns their sum. */
static int64_t shares_of(double amount, const float *value, size_t rows, int64_t *share) {
    jk_error error = {0};
    jk_apportion plan;
    assert_int_equal(jk_apportion_make(amount, value, rows, &plan, &error), JK_OK);
    int64_t sum = 0;
    size_t tied = 0;
    for (size_t i = 0; i < rows; i++) {
        int is_tied = 0;
        share[i] = jk_apportion_share(&plan, value[i], &is_tied);
        share[i] += is_tied && tied < plan.taken ? 1 : 0;
        tied += (size_t)is_tied;
        sum += share[i];
    }
    assert_int_equal(tied, plan.tied);
    assert_true(plan.taken <= plan.tied);
    return sum;
}

static void assert_shares(double amount, const float *value, size_t rows, const int64_t *wanted) {
    int64_t share[16];
    int64_t sum = 0;
    (void)shares_of(amount, value, rows, share);
    for (size_t i = 0; i < rows; i++) {
        assert_int_equal(share[i], wanted[i]);
        sum += wanted[i];
    }
    assert_int_equal(sum, (int64_t)(amount * 100.0 + 0.5));
}

static void test_by_hand(void **state) {
    (void)state;
    /* 10.00 over 1 : 2 : 4 is 1.42 6/7, 2.85 5/7, 5.71 3/7: two cents are left, for the first and the second. */
    assert_shares(10.0, (const float[]){1, 2, 4}, 3, (const int64_t[]){143, 286, 571});
    assert_shares(10.0, (const float[]){4, 1, 2}, 3, (const int64_t[]){571, 143, 286});
    assert_shares(0.01, (const float[]){1, 2, 4}, 3, (const int64_t[]){0, 0, 1});
    /* Worthless claims have no share; thirds tie for the cent that is left. */
    assert_shares(1.0, (const float[]){0, 5, -2, 5, 5, 0}, 6, (const int64_t[]){0, 34, 0, 33, 33, 0});
    assert_shares(1.0, (const float[]){2.5F}, 1, (const int64_t[]){100});
    assert_shares(0.0, (const float[]){3, 4}, 2, (const int64_t[]){0, 0});
    assert_shares(0.0, (const float[]){0, 0}, 2, (const int64_t[]){0, 0});
    assert_shares(12.0, (const float[]){1, 1, 1, 3}, 4, (const int64_t[]){200, 200, 200, 600});
}

/* The rule: rounded down, and the largest remainders rounded up, as many as cents are left. */
static void test_random(void **state) {
    (void)state;
    enum { ROWS = 5000 };
    float *value = calloc(ROWS, sizeof *value);
    int64_t *share = calloc(ROWS, sizeof *share);
    double *remainder = calloc(ROWS, sizeof *remainder);
    for (uint64_t trial = 0; trial < 20; trial++) {
        double sum = 0.0;
        for (uint64_t i = 0; i < ROWS; i++) {
            uint32_t word = jk_philox(trial, 1, i).word[0];
            value[i] = word % 5 == 0 ? 0.0F : (float)(word >> 8) / (float)(trial % 2 == 0 ? 16 : 4096);
            sum += (double)value[i]; /* exact: all are multiples of 1/4096 below 2^24 */
        }
        double amount = (double)(1 + trial * 12345) + 0.37;
        int64_t cents = (int64_t)(amount * 100.0 + 0.5);
        assert_int_equal(shares_of(amount, value, ROWS, share), cents);
        double least_up = 1.0;
        double most_down = 0.0;
        for (size_t i = 0; i < ROWS; i++) {
            double exact = (double)cents * (double)value[i] / sum;
            double down = (double)(int64_t)exact;
            remainder[i] = exact - down;
            assert_true(share[i] == (int64_t)down || share[i] == (int64_t)down + 1);
            if (value[i] == 0.0F) {
                assert_int_equal(share[i], 0);
            } else if (share[i] > (int64_t)down) {
                least_up = remainder[i] < least_up ? remainder[i] : least_up;
            } else {
                most_down = remainder[i] > most_down ? remainder[i] : most_down;
            }
        }
        assert_true(least_up >= most_down - 1e-9);
    }
    free(value);
    free(share);
    free(remainder);
}

static void test_large(void **state) {
    (void)state;
    /* Near what the sums can hold: 4e12 of value, 1e15 of price. */
    const float value[] = {2e12F, 1e12F, 1e12F, 1e-6F};
    int64_t share[4];
    assert_int_equal(shares_of(1e15, value, 4, share), 100000000000000000LL);
    assert_int_equal(share[3], 0);
    assert_int_equal(share[1], share[2]);
}

static void test_refused(void **state) {
    (void)state;
    jk_error error = {0};
    jk_apportion plan;
    const float none[] = {0, -1};
    assert_int_equal(jk_apportion_make(5.0, none, 2, &plan, &error), JK_ERROR_DATA);
    error = (jk_error){0};
    assert_int_equal(jk_apportion_make(5.0, NULL, 0, &plan, &error), JK_ERROR_DATA);
    error = (jk_error){0};
    assert_int_equal(jk_apportion_make(-0.01, none, 2, &plan, &error), JK_ERROR_ARGUMENT);
    error = (jk_error){0};
    assert_int_equal(jk_apportion_make(1e16, none, 2, &plan, &error), JK_ERROR_ARGUMENT);
    error = (jk_error){0};
    const float huge[] = {5e12F, 5e12F};
    assert_int_equal(jk_apportion_make(5.0, huge, 2, &plan, &error), JK_ERROR_DATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_random),
                                       cmocka_unit_test(test_large), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
