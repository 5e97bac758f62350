/* SPDX-License-Identifier: Apache-2.0 */
/* Periods of claims against a list that is looked through from end to end, for rows in any order. */
#include <stdlib.h>

#include "base/number/random.h"
#include "cmocka_all.h"
#include "import/commit/periods.h"
#include "tape/panel_period.h"

enum { CLAIMS = 7, ROWS = 6000, ACCEPTED_MAX = 6000 };

typedef struct plain_period {
    uint32_t claim;
    int32_t start, end;
    bool leaves;
} plain_period;

static jk_period_verdict judge(const plain_period *accepted, size_t count, const plain_period *row) {
    bool duplicate = false, overlap = false, after = false;
    for (size_t i = 0; i < count; i++) {
        const plain_period *other = &accepted[i];
        if (other->claim != row->claim) {
            continue;
        }
        duplicate |= other->start == row->start;
        /* a period that ends on the day it starts covers that day's start only */
        overlap |= other->start < row->start ? other->end > row->start : row->end > other->start;
        after |= (other->leaves && other->start < row->start) || (row->leaves && row->start < other->start);
    }
    return duplicate ? JK_PERIOD_DUPLICATE
           : overlap ? JK_PERIOD_OVERLAPS
           : after   ? JK_PERIOD_AFTER_EXIT
                     : JK_PERIOD_FITS;
}

static void test_any_order(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        jk_periods periods = {0};
        plain_period *accepted = calloc(ACCEPTED_MAX, sizeof *accepted);
        size_t count = 0, seen[4] = {0};
        for (uint64_t i = 0; i < ROWS / 10; i++) {
            jk_random4 draw = jk_philox(seed, 1, i);
            int32_t start = (int32_t)(draw.word[1] % 400);
            plain_period row = {.claim = draw.word[0] % CLAIMS,
                                .start = start,
                                .end = start + (int32_t)(draw.word[2] % 12),
                                .leaves = draw.word[3] % 40 == 0};
            assert_true(jk_periods_reserve(&periods, 1, CLAIMS));
            jk_period_verdict verdict = jk_periods_add(&periods, row.claim, row.start, row.end, row.leaves);
            assert_int_equal(verdict, judge(accepted, count, &row));
            seen[verdict]++;
            if (verdict == JK_PERIOD_FITS) {
                accepted[count++] = row;
            }
        }
        assert_true(seen[0] > 0 && seen[1] > 0 && seen[2] > 0 && seen[3] > 0);
        assert_int_equal(periods.count, count);
        jk_periods_free(&periods);
        free(accepted);
    }
}

static void test_ends(void **state) {
    (void)state;
    int32_t first = jk_date_from_civil(2021, 1, 31);
    assert_int_equal(jk_period_end(first, 1.0), jk_date_from_civil(2021, 2, 28));
    assert_int_equal(jk_period_end(first, 12.0), jk_date_from_civil(2022, 1, 31));
    assert_int_equal(jk_period_end(first, 0.5), first + 15);
    assert_int_equal(jk_period_end(jk_date_from_civil(9999, 12, 1), 1200.0), jk_date_from_civil(9999, 12, 31));
    assert_int_equal(jk_period_end(first, 1e-9), first);
    assert_int_equal(jk_period_end(first, 0.1 * 3 + 0.7), jk_date_from_civil(2021, 2, 28)); /* 0.99999… is a month */
    assert_int_equal(jk_period_end(first, 1.0 + 10.0 / JK_DAYS_PER_MONTH), jk_date_from_civil(2021, 3, 10));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_order), cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
