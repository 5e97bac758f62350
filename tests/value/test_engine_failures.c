/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's bad days: contradicting tapes, sinks that fail, interruptions and too little memory end the run cleanly,
 * whatever thread they happen on. */
#include <stdatomic.h>

#include "cmocka_all.h"

#include "jalki/value.h"
#include "value/engine_case.h"

static void expect_failure(const tape_plan *plan, const jk_value_options *options, jk_status status,
                           const char *words) {
    jk_error error = {0};
    jk_tape *tape = open_made("bad.h5", plan);
    jk_valuation v;
    assert_int_equal(jk_value_run(tape, model, options, NULL, 0, &v, &error), status);
    char text[JK_ERROR_TEXT_MAX];
    (void)jk_error_text(&error, text, sizeof text);
    if (strstr(text, words) == NULL) {
        fail_msg("'%s' lacks '%s'", text, words);
    }
    assert_null(v.segment);
    jk_tape_close(tape);
}

static void test_bad_input(void **state) {
    (void)state;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 2;
    options.run.block_rows = 64;
    expect_failure(&(tape_plan){.rows = 300, .no_cutoff = 1}, &options, JK_ERROR_DATA, "--cutoff");
    expect_failure(&(tape_plan){.rows = 300, .odd_currency = 1}, &options, JK_ERROR_DATA, "XXX");
    expect_failure(&(tape_plan){.rows = 300, .future_row = 200}, &options, JK_ERROR_DATA, "C000199");
    expect_failure(&(tape_plan){.rows = 1500, .all_huge = 1}, &options, JK_ERROR_DATA, "4000000000000");
    options.irr = -1.0;
    expect_failure(&(tape_plan){.rows = 30}, &options, JK_ERROR_ARGUMENT, "-1");
    options.irr = NAN;
    options.isa = "v9";
    expect_failure(&(tape_plan){.rows = 30}, &options, JK_ERROR_UNSUPPORTED, "v9");
    options.isa = NULL;
    options.cutoff = jk_date_from_civil(2016, 1, 1);
    expect_failure(&(tape_plan){.rows = 300}, &options, JK_ERROR_DATA, "2016-01-01");
}

/* One claim at the limit of what a tape may hold is valued like any other. */
static void test_huge_balance(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = open_made("huge.h5", &(tape_plan){.rows = 90, .huge_row = 17});
    jk_value_options options = jk_value_defaults();
    jk_valuation v;
    must(jk_value_run(tape, model, &options, NULL, 0, &v, &error), &error);
    assert_true(v.total.face > 5e8 && isfinite(v.total.value));
    jk_valuation_reset(&v);
    jk_tape_close(tape);
}

typedef struct failing {
    atomic_int calls;
    int fail_at;
    atomic_int in_order;
    size_t next;
} failing;

static jk_status fail_in_block(void *context, const jk_value_block *block, jk_error *error) {
    failing *self = context;
    (void)block;
    if (atomic_fetch_add(&self->calls, 1) + 1 == self->fail_at) {
        *error = (jk_error){.status = JK_ERROR_IO, .message = "made to fail"};
        return JK_ERROR_IO;
    }
    return JK_OK;
}

static jk_status see_order(void *context, const jk_value_block *block, jk_error *error) {
    failing *self = context;
    (void)error;
    assert_int_equal(block->number, self->next);
    self->next++;
    return JK_OK;
}

static jk_status fail_in_order(void *context, const jk_value_block *block, jk_error *error) {
    (void)see_order(context, block, error);
    return fail_in_block(context, block, error);
}

static void test_failing_sinks(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 1000});
    jk_value_options options = jk_value_defaults();
    options.run.block_rows = 10;
    for (int threads = 1; threads <= 7; threads += 3) {
        options.run.threads = threads;
        for (int fail_at = 1; fail_at <= 101; fail_at += 20) {
            failing seen = {.fail_at = fail_at};
            failing order = {.fail_at = fail_at};
            jk_value_sink sinks[2] = {{.block = fail_in_block, .ordered = see_order, .context = &seen},
                                      {.ordered = fail_in_order, .context = &order}};
            for (int which = 0; which < 2; which++) {
                jk_error error = {0};
                jk_valuation v;
                jk_status status = jk_value_run(tape, model, &options, &sinks[which], 1, &v, &error);
                assert_int_equal(status, fail_at <= 100 ? JK_ERROR_IO : JK_OK);
                assert_int_equal(error.status, status);
                assert_string_equal(error.message, fail_at <= 100 ? "made to fail" : "");
                jk_valuation_reset(&v);
            }
        }
    }
    jk_tape_close(tape);
}

static int stop_at_once(void *context, const char *stage, uint64_t done, uint64_t total) {
    (void)context;
    (void)done;
    (void)total;
    return strcmp(stage, "value") == 0;
}

static void test_interrupted(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 1000});
    jk_value_options options = jk_value_defaults();
    options.run = (jk_run){.threads = 3, .block_rows = 10, .progress = stop_at_once};
    jk_error error = {0};
    jk_valuation v;
    assert_int_equal(jk_value_run(tape, model, &options, NULL, 0, &v, &error), JK_ERROR_INTERRUPTED);
    jk_tape_close(tape);
}

static void test_memory_bound(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 30000});
    jk_value_options options = jk_value_defaults();
    options.run.threads = 4;
    options.run.block_rows = 30000;
    jk_value_memory free_run, bound_run;
    jk_error error = {0};
    must(jk_value_plan_memory(tape, model, &options, 1, NULL, 0, &free_run, &error), &error);
    assert_int_equal(free_run.threads, 4);
    options.memory = free_run.program + free_run.debtors + 2 * free_run.per_thread;
    must(jk_value_plan_memory(tape, model, &options, 1, NULL, 0, &bound_run, &error), &error);
    assert_true(bound_run.block_rows < free_run.block_rows && bound_run.total <= options.memory);
    jk_valuation v;
    must(jk_value_run(tape, model, &options, NULL, 0, &v, &error), &error);
    jk_valuation_reset(&v);
    options.memory = 1 << 20;
    assert_int_equal(jk_value_run(tape, model, &options, NULL, 0, &v, &error), JK_ERROR_MEMORY);
    assert_non_null(strstr(error.message, "expected at least"));
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_input),   cmocka_unit_test(test_huge_balance), cmocka_unit_test(test_failing_sinks),
        cmocka_unit_test(test_interrupted), cmocka_unit_test(test_memory_bound),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
