/* SPDX-License-Identifier: Apache-2.0 */
/* What a run will take, and how it is made to fit: blocks are halved down to the smallest, then threads are let go. */
#include "cmocka_all.h"

#include "jalki/value.h"
#include "value/engine_case.h"

enum { ROWS = 9000 };
static jk_tape *tape;

static int open_all(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_all(void **state) {
    return close_made(state, tape);
}

/* Sanitizers' own memory moves what a process holds between two plans. */
static bool is_steady(void) {
    const char *sanitized = getenv("JALKI_SANITIZED");
    return sanitized == NULL || sanitized[0] == '\0';
}

static jk_value_memory planned(size_t memory, int threads, size_t block_rows, size_t returns) {
    jk_value_options options = jk_value_defaults();
    jk_error error = {0};
    jk_value_memory plan;
    options.memory = memory;
    options.run = (jk_run){.threads = threads, .block_rows = block_rows};
    must(jk_value_plan_memory(tape, model, &options, returns, NULL, 0, &plan, &error), &error);
    return plan;
}

static void test_blocks(void **state) {
    (void)state;
    /* Two blocks a thread, of 2,048 rows at least. */
    assert_int_equal(planned(0, 1, 0, 1).block_rows, ROWS / 2);
    assert_int_equal(planned(0, 2, 0, 1).block_rows, ROWS / 4);
    assert_int_equal(planned(0, 7, 0, 1).block_rows, 2048);
    assert_int_equal(planned(0, 1, 1000, 1).block_rows, 1000);
    assert_int_equal(planned(0, 1, 100000, 1).block_rows, ROWS);
    assert_int_equal(planned(0, 3, 0, 1).threads, 3);
}

/* The parts add up; what a thread takes grows with the rows of its block, and with each return. */
static void test_parts(void **state) {
    (void)state;
    const jk_value_memory one = planned(0, 1, 1000, 1), two = planned(0, 2, 1000, 1), large = planned(0, 1, 4000, 1);
    const jk_value_memory several = planned(0, 1, 1000, 3);
    assert_int_equal(one.total, one.program + one.debtors + one.sinks + one.per_thread);
    assert_int_equal(two.total, two.program + two.debtors + two.sinks + 2 * two.per_thread);
    assert_int_equal(one.per_thread, two.per_thread);
    assert_int_equal(one.debtors, jk_tape_debtors(tape) * 20); /* two sums of 8 bytes and a count of 4 */
    assert_int_equal(one.sinks, 0);
    assert_true(large.per_thread > one.per_thread + 3000 * 100);
    assert_true(several.per_thread > one.per_thread);
    /* Cash flows of the valuations: six flows of 8 bytes by month and segment. */
    const size_t cells = (size_t)model->horizon_months * model->segment_count * 6 * 8;
    assert_true(!is_steady() ||
                (several.program >= one.program + 2 * cells && several.program < one.program + 2 * cells + (1 << 20)));
}

/* Bounds between what blocks of 3,000 rows and smaller ones take: half the rows until they fit, 256 at least. */
static void test_blocks_are_halved(void **state) {
    (void)state;
    static const size_t rows[] = {3000, 1500, 750, 375, 256};
    const size_t margin = (size_t)4 << 20; /* what the process holds is looked at anew */
    for (size_t i = 1; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t larger = planned(0, 8, rows[i - 1], 4).per_thread, smaller = planned(0, 8, rows[i], 4).per_thread;
        const jk_value_memory before = planned(0, 8, 3000, 4);
        const size_t fixed = before.program + before.debtors;
        if (8 * larger <= 8 * smaller + margin) {
            continue; /* too near to each other for a process whose own size moves */
        }
        const jk_value_memory plan = planned(fixed + 4 * (larger + smaller), 8, 3000, 4);
        assert_int_equal(plan.block_rows, rows[i]);
        assert_int_equal(plan.threads, 8);
        assert_true(plan.total <= fixed + 4 * (larger + smaller));
    }
    assert_int_equal(planned(0, 8, 3000, 4).block_rows, 3000);
}

static void test_threads_are_let_go(void **state) {
    (void)state;
    const jk_value_memory least = planned(0, 8, 256, 4);
    const size_t fixed = least.program + least.debtors;
    const jk_value_memory three = planned(fixed + 3 * least.per_thread + least.per_thread / 2, 8, 3000, 4);
    assert_int_equal(three.block_rows, 256);
    assert_in_range(three.threads, is_steady() ? 2 : 1, 3);
    jk_value_options options = jk_value_defaults();
    jk_error error = {0};
    jk_value_memory plan;
    options.memory = (size_t)1 << 20;
    options.run = (jk_run){.threads = 8, .block_rows = 3000};
    assert_int_equal(jk_value_plan_memory(tape, model, &options, 4, NULL, 0, &plan, &error), JK_ERROR_MEMORY);
    assert_non_null(strstr(error.message, "1 MB is not enough"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blocks), cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_blocks_are_halved),
                                       cmocka_unit_test(test_threads_are_let_go)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
