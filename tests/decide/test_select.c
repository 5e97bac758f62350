/* SPDX-License-Identifier: Apache-2.0 */
/* Selection against the C library's qsort with the written rule, on keys with many ties, few ties, NaN and infinities.
 */

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/random.h"
#include "cmocka_all.h"
#include "decide/select.h"
#include "support/refusal.h"

typedef struct claim {
    float key;
    double balance;
    uint32_t row;
} claim;

static int by_rule(const void *a, const void *b) {
    const claim *x = a;
    const claim *y = b;
    if (x->key != y->key) {
        return x->key > y->key ? -1 : 1;
    }
    if (x->balance != y->balance) {
        return x->balance > y->balance ? -1 : 1;
    }
    return x->row < y->row ? -1 : 1;
}

typedef struct data {
    size_t rows;
    float *key;
    double *balance;
    claim *expected;
    size_t expected_count;
    uint32_t *order;
} data;

typedef enum shape { CONTINUOUS, FEW_LEVELS, MOSTLY_ZERO, ALL_EQUAL, WITH_NAN, EXTREME, SORTED, BALANCES_CLOSE } shape;
enum { SHAPES = BALANCES_CLOSE + 1 };

static float make_key(shape what, jk_random4 random, size_t row, size_t rows) {
    double u = jk_uniform(random.word[0]);
    switch (what) {
    case CONTINUOUS:
        return (float)(1000.0 * u - 200.0);
    case FEW_LEVELS:
        return (float)(int)(20.0 * u) - 5.0f;
    case MOSTLY_ZERO:
        return u < 0.7 ? (random.word[1] % 2 ? 0.0f : -0.0f) : (float)u;
    case ALL_EQUAL:
    case BALANCES_CLOSE:
        return -3.5f;
    case WITH_NAN:
        return u < 0.5 ? (random.word[1] % 2 ? NAN : -NAN) : (float)u;
    case EXTREME:
        return u < 0.1 ? INFINITY : (u < 0.2 ? -INFINITY : (u < 0.3 ? 1e-42f : (u < 0.4 ? -1e-42f : (float)u * 3e38f)));
    case SORTED:
        return (float)row / (float)rows;
    }
    return 0.0f;
}

static data make_data(shape what, size_t rows) {
    data made = {.rows = rows,
                 .key = malloc((rows + 1) * sizeof(float)),
                 .balance = malloc((rows + 1) * sizeof(double)),
                 .expected = malloc((rows + 1) * sizeof(claim)),
                 .order = malloc((rows + 1) * sizeof(uint32_t))};
    assert_true(made.key != NULL && made.balance != NULL && made.expected != NULL && made.order != NULL);
    for (size_t i = 0; i < rows; i++) {
        jk_random4 random = jk_philox(7, (uint64_t)what, i);
        made.key[i] = make_key(what, random, i, rows);
        made.balance[i] = what == BALANCES_CLOSE ? 1.0 + (double)(random.word[2] % 1000) * 0x1p-50
                                                 : (double)(random.word[2] % 5000) / 100.0 - 1.0;
        if (!isnan(made.key[i])) {
            made.expected[made.expected_count++] = (claim){made.key[i], made.balance[i], (uint32_t)i};
        }
    }
    qsort(made.expected, made.expected_count, sizeof(claim), by_rule);
    return made;
}

static void free_data(data *made) {
    free(made->key);
    free(made->balance);
    free(made->expected);
    free(made->order);
}

static void check_top(data *made, size_t top, int threads) {
    jk_select_columns columns = {.rows = made->rows, .key = made->key, .balance = made->balance};
    jk_run run = {.threads = threads};
    size_t count = SIZE_MAX;
    made->order[made->rows] = 0xabcdef01u;
    assert_int_equal(jk_select_top(&columns, top, &run, made->order, &count, NULL), JK_OK);
    assert_int_equal(count, top < made->expected_count ? top : made->expected_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(made->order[i], made->expected[i].row);
    }
    assert_int_equal(made->order[made->rows], 0xabcdef01u);
}

static void agrees_with_qsort(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 2, 25, 1000, 65537, (1 << 18) + 1}; /* the last: a huge page and one more */
    for (int what = 0; what < SHAPES; what++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            size_t rows = sizes[s];
            data made = make_data((shape)what, rows);
            size_t tops[] = {0, 1, 2, rows / 100 + 1, rows / 3, rows - 1, rows, rows + 5};
            for (size_t t = 0; t < sizeof tops / sizeof tops[0]; t++) {
                check_top(&made, tops[t], 1 + (int)(t % 3));
            }
            free_data(&made);
        }
    }
}

static void threads_do_not_show(void **state) {
    (void)state;
    data made = make_data(MOSTLY_ZERO, 600000); /* large enough for a parallel sort */
    for (int threads = 1; threads <= 5; threads++) {
        check_top(&made, 600000, threads);
        check_top(&made, 250000, threads);
        check_top(&made, 6000, threads);
    }
    free_data(&made);
}

/* The sampled rows carry the only large keys: the sample promises far more than there is. */
static void a_misleading_sample_only_costs_time(void **state) {
    (void)state;
    enum { ROWS = 400000, SAMPLED = 32768 };
    data made = make_data(CONTINUOUS, ROWS);
    for (uint64_t i = 0; i < SAMPLED / 2; i++) {
        made.key[((unsigned __int128)(i * 0x9E3779B97F4A7C15ull) * ROWS) >> 64] = 5000.0f + (float)(i % 100);
    }
    for (size_t i = 0; i < ROWS; i++) {
        made.expected[i] = (claim){made.key[i], made.balance[i], (uint32_t)i};
    }
    qsort(made.expected, ROWS, sizeof(claim), by_rule);
    check_top(&made, 60000, 2);
    check_top(&made, 20000, 2);
    free_data(&made);
}

/* So many that their memory is of huge pages, and that half of them are what is wanted. */
static void a_million_rows(void **state) {
    (void)state;
    enum { ROWS = (1 << 20) + 3 };
    data made = make_data(FEW_LEVELS, ROWS);
    check_top(&made, ROWS, 3);
    check_top(&made, ROWS / 2, 1);
    free_data(&made);
}

typedef struct asked {
    data *made;
    size_t top;
} asked;

static jk_status select_once(void *context, jk_error *error) {
    const asked *of = context;
    const jk_select_columns columns = {.rows = of->made->rows, .key = of->made->key, .balance = of->made->balance};
    const jk_run run = {.threads = 1};
    size_t count = SIZE_MAX;
    const jk_status status = jk_select_top(&columns, of->top, &run, of->made->order, &count, error);
    assert_int_equal(status, status == JK_OK ? JK_OK : JK_ERROR_MEMORY);
    assert_int_equal(count, status == JK_OK ? of->top : 0);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    long without = 0; /* the sample's sort gets on without */
    data made = make_data(CONTINUOUS, 300000);
    assert_int_equal(refuse_each_allocation(select_once, &(asked){&made, 300000}, NULL), 5);
    assert_true(refuse_each_allocation(select_once, &(asked){&made, 100}, &without) >= 6 + without && without < 3);
    free_data(&made);
}

static void nothing_to_select(void **state) {
    (void)state;
    float key[3] = {NAN, NAN, NAN};
    double balance[3] = {1, 2, 3};
    uint32_t order[3];
    size_t count = 9;
    jk_select_columns columns = {.rows = 3, .key = key, .balance = balance};
    assert_int_equal(jk_select_top(&columns, 3, NULL, order, &count, NULL), JK_OK);
    assert_int_equal(count, 0);
    columns.rows = 0;
    assert_int_equal(jk_select_top(&columns, 3, NULL, order, &count, NULL), JK_OK);
    assert_int_equal(count, 0);
    columns.rows = (size_t)UINT32_MAX + 1;
    assert_int_equal(jk_select_top(&columns, 3, NULL, order, &count, NULL), JK_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_qsort),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(a_misleading_sample_only_costs_time),
        cmocka_unit_test(a_million_rows),
        cmocka_unit_test(memory_that_is_refused_is_told),
        cmocka_unit_test(nothing_to_select),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
