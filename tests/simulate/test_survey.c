/* SPDX-License-Identifier: Apache-2.0 */
/* The largest claims that a survey keeps, against all claims sorted, where there are more than it can keep: in one
 * thread, which must let go of some, and in several. */
#include "cmocka_all.h"

#include <stdlib.h>

#include "simulate/points/survey.h"
#include "value/engine_case.h"

enum { ROWS = 16000, MORE = 30000 }; /* of MORE none stands out: a thousand others are as large */

/* The balances of claims that are worked, by row; 0 where they are not. */
typedef struct watching {
    double balance[MORE];
} watching;

static jk_status watch(void *context, const jk_value_block *block, jk_error *error) {
    watching *w = context;
    (void)error;
    for (size_t i = 0; i < block->terms->rows; i++) {
        const bool worked = block->terms->allowed[i] != 0 && block->plan->decision[i] != JK_CLOSE;
        w->balance[block->block->first_row + i] = worked ? (double)block->terms->balance[i] : 0.0;
    }
    return JK_OK;
}

static int falling(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void check_largest(const jk_tape *tape, int threads, bool stand_out) {
    static watching w;
    const size_t rows = jk_tape_rows(tape);
    jk_error error = {0};
    jk_survey survey;
    jk_value_options options = jk_value_defaults();
    options.run.threads = threads;
    options.run.block_rows = 512;
    must(jk_survey_init(&survey, model, &options, &(jk_extremes){0.7, 1.4, 36, 24}, NULL, &error), &error);
    jk_value_sink sinks[] = {jk_survey_sink(&survey, rows), {.block = watch, .context = &w}};
    jk_valuation valuation;
    must(jk_value_run(tape, model, &options, sinks, 2, &valuation, &error), &error);
    must(jk_survey_finish(&survey, &valuation, true, &error), &error);
    qsort(w.balance, rows, sizeof w.balance[0], falling);
    assert_true(w.balance[JK_LARGE_MOST] > 0.0); /* more are worked than can be kept */
    /* Those that stand out: each squared balance is more than a thousandth of its own and all smaller ones'. */
    double rest = 0.0;
    for (size_t i = 0; i < rows; i++) {
        rest += w.balance[i] * w.balance[i];
    }
    size_t count = 0;
    while (count < JK_LARGE_MOST && w.balance[count] * w.balance[count] > 1e-3 * rest) {
        rest -= w.balance[count] * w.balance[count];
        count++;
    }
    assert_true(stand_out ? count > 1000 : count < 1000);
    assert_int_equal(survey.large_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true((double)survey.large[i].balance == w.balance[i]);
    }
    uint64_t in_cells = 0;
    for (size_t i = 0; i < survey.cells.count; i++) {
        in_cells += survey.cells.cell[i].claims;
    }
    size_t worked = 0;
    while (worked < rows && w.balance[worked] > 0.0) {
        worked++;
    }
    assert_int_equal(in_cells, worked - count);
    jk_valuation_reset(&valuation);
    jk_survey_reset(&survey);
}

static void the_largest_are_kept(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    check_largest(tape, 1, true);
    check_largest(tape, 2, true);
    jk_tape_close(tape);
    tape = open_made("plain.h5", &(tape_plan){.rows = MORE});
    check_largest(tape, 2, false);
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_largest_are_kept)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
