/* SPDX-License-Identifier: Apache-2.0 */
/* Joining tapes by claim_id, and rounding the steps of a bridge: cases that a tape from import cannot show. */
#include "../cmocka_all.h"
#include "../value/tape_maker.h"
#include "base/number/grid.h"
#include "programme/compare.h"

#define FROM_PATH "test_compare_from.h5"
#define TO_PATH   "test_compare_to.h5"

static const jk_run one_thread = {.threads = 1};

static void open_made(const char *path, const size_t *keys, size_t rows, jk_tape **tape) {
    jk_error error = {0};
    make_tape(path, &(tape_plan){.key = keys, .rows = rows});
    must(jk_tape_open(path, tape, &error), &error);
}

static void claims_are_joined_in_any_order(void **state) {
    (void)state;
    static const size_t from_keys[] = {4, 1, 9, 7}, to_keys[] = {12, 7, 4, 3, 9};
    static const uint32_t line[] = {4, 3, 0, 5, 2}, to_row[] = {2, JK_MATCH_NONE, 4, 1, 0, 3};
    jk_tape *from = NULL, *to = NULL;
    jk_match match;
    jk_error error = {0};
    open_made(FROM_PATH, from_keys, 4, &from);
    open_made(TO_PATH, to_keys, 5, &to);
    must(jk_match_tapes(from, to, &one_thread, &match, &error), &error);
    assert_int_equal(match.lines, 6);
    assert_int_equal(match.both, 3);
    assert_memory_equal(match.line, line, sizeof line);
    assert_memory_equal(match.to_row, to_row, sizeof to_row);
    assert_int_equal(jk_match_find(&match, "C000009", 7), 2);
    assert_int_equal(jk_match_find(&match, "C000012", 7), 4);
    assert_int_equal(jk_match_find(&match, "C000002", 7), JK_MATCH_NONE);
    jk_match_reset(&match);
    jk_tape_close(from);
    jk_tape_close(to);
}

static void an_id_that_comes_twice_is_refused(void **state) {
    (void)state;
    static const size_t once[] = {1, 2, 3}, twice[] = {2, 5, 2}, new_twice[] = {5, 1, 5};
    jk_tape *good = NULL, *bad = NULL, *worse = NULL;
    jk_match match;
    open_made(FROM_PATH, once, 3, &good);
    open_made(TO_PATH, twice, 3, &bad);
    open_made("test_compare_third.h5", new_twice, 3, &worse);
    const jk_tape *pairs[][2] = {{good, bad}, {bad, good}, {good, worse}};
    for (size_t i = 0; i < 3; i++) {
        jk_error error = {0};
        assert_int_equal(jk_match_tapes(pairs[i][0], pairs[i][1], &one_thread, &match, &error), JK_ERROR_DATA);
        assert_non_null(strstr(error.message, "stands twice, again in row 3"));
        assert_null(match.line);
    }
    jk_tape_close(good);
    jk_tape_close(bad);
    jk_tape_close(worse);
}

static void steps_add_up_to_the_cent(void **state) {
    (void)state;
    /* 0.334 - 0.004 + 0.004 + 0.001 = 0.335: rounded alone the steps would add up to 0.33 */
    jk_compare_group group = {0};
    int64_t cents[JK_STEP_COUNT], sum = 0;
    group.step[JK_STEP_OPENING] = jk_grid_from_double(0.334);
    group.step[JK_STEP_COLLECTED] = jk_grid_from_double(-0.004);
    group.step[JK_STEP_DATA] = jk_grid_from_double(0.004);
    group.step[JK_STEP_RATE] = jk_grid_from_double(0.0011);
    group.step[JK_STEP_CLOSING] = jk_grid_from_double(0.3351);
    jk_compare_cents(&group, cents);
    for (int s = 0; s < JK_STEP_CLOSING; s++) {
        sum += cents[s];
    }
    assert_int_equal(cents[JK_STEP_OPENING], 33);
    assert_int_equal(cents[JK_STEP_CLOSING], 34);
    assert_int_equal(sum, 34);
    assert_int_equal(jk_compare_rounded(jk_grid_from_double(-2.5), 1), -3);
    assert_int_equal(jk_compare_rounded(jk_grid_from_double(2.5), 1), 3);
    assert_int_equal(jk_compare_rounded(jk_grid_from_double(-2.4), 1), -2);
    assert_int_equal(jk_compare_rounded(INT64_MAX, 1000000), 8796093022207999999);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_joined_in_any_order),
        cmocka_unit_test(an_id_that_comes_twice_is_refused),
        cmocka_unit_test(steps_add_up_to_the_cent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
