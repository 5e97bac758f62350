/* SPDX-License-Identifier: Apache-2.0 */
/* What levels the claims of a segment and class have, weighted with what they are expected to bring: against plain sums
 * over the claims, thread by thread and together. */
#include "cmocka_all.h"

#include <math.h>

#include "simulate/plain_case.h"
#include "simulate/points/mix.h"
#include "support/refusal.h"
#include "value/engine_case.h"

enum { ROWS = 900, THREADS = 2, BLOCK = 128 };

/* Claims placed never, once or twice, and three times; the first are of another class than the last. */
static const char card[] =
    "{intercept: 0, weak_from: 480, able_from: 520, characteristics: [{name: product, missing: 0, "
    "other: 0, levels: {telecom: 0}}, {name: placements, missing: 0, bins: [{below: 1, points: "
    "-5}, {below: 3, points: 0}, {points: 5}]}]}";
#define PLACED(level)                                                                                                  \
    "{\"segment\":null,\"treatment\":null,\"characteristic\":\"placements\",\"level\":\"" level "\",\"credibility\":"  \
    "1}"

typedef struct counting {
    jk_mix mix[THREADS];
    double sum[JK_CAPACITY_COUNT][3]; /* all, low, high */
} counting;

static jk_status count(void *context, const jk_value_block *block, jk_error *error) {
    counting *self = context;
    (void)error;
    jk_mix_add_block(&self->mix[block->thread], block);
    for (size_t row = 0; row < block->terms->rows; row++) {
        const int32_t placed = JK_BLOCK_INT32(block->block, PLACEMENTS)[row];
        const bool worked = block->terms->allowed[row] != 0 && block->plan->decision[row] != JK_CLOSE;
        const double brings = worked ? (double)block->plan->erc_gross[row] : 0.0;
        double *sum = self->sum[jk_terms_class(block->terms, row)];
#pragma omp critical(test_mix)
        {
            sum[0] += brings;
            sum[1] += placed < 1 ? brings : 0.0;
            sum[2] += placed >= 3 ? brings : 0.0;
        }
    }
    return JK_OK;
}

static void load(const char *text, const jk_model *of, jk_covariance *c) {
    jk_error error = {0};
    write_covariance(text);
    must(jk_covariance_load(file_name("claims.csv"), of, c, &error), &error);
}

static void shares_are_those_of_the_claims(void **state) {
    (void)state;
    static counting self;
    jk_error error = {0};
    char scored[600];
    jk_covariance c;
    (void)snprintf(scored, sizeof scored, "scorecard: %s", card);
    jk_model *of = load_changed("scorecard: {intercept: 0, weak_from: 0, able_from: 0, characteristics: []}", scored);
    jk_tape *tape = open_made("first.h5", &(tape_plan){.rows = ROWS});
    load(HEAD CURVE
         "\"credibility\":1}," PLACED("below 1") "," PLACED("3 and more") "],\"covariance\":[[1,0,0],[0,1,0],[0,0,1]]}",
         of, &c);
    for (int t = 0; t < THREADS; t++) {
        must(jk_mix_init(&self.mix[t], of, &c, BLOCK, &error), &error);
    }
    jk_value_options options = jk_value_defaults();
    options.run.threads = THREADS;
    options.run.block_rows = BLOCK;
    jk_value_sink sink = {.block = count, .columns = UINT64_C(1) << JK_COLUMN_PLACEMENTS, .context = &self};
    jk_valuation valuation;
    must(jk_value_run(tape, of, &options, &sink, 1, &valuation, &error), &error);
    jk_mix_add(&self.mix[0], &self.mix[1]);
    int classes = 0;
    for (size_t k = 0; k < JK_CAPACITY_COUNT; k++) {
        const double *is = self.sum[k];
        const size_t group = jk_mix_group(0, k);
        for (size_t p = 0; p < 3; p++) { /* of the curve nobody has a level */
            const double expected = p == 0 || !(is[0] > 0.0) ? 0.0 : is[p] / is[0];
            assert_true(fabs(jk_mix_share(&self.mix[0], group, p) - expected) < 1e-6);
        }
        classes += is[0] > 0.0;
    }
    assert_true(classes > 1 && self.sum[JK_CAPACITY_ABLE][2] > 0.0 && self.sum[JK_CAPACITY_NONE][1] > 0.0);
    for (int t = 0; t < THREADS; t++) {
        jk_mix_reset(&self.mix[t]);
        assert_true(jk_mix_share(&self.mix[t], 0, 0) == 0.0);
        jk_mix_reset(&self.mix[t]); /* nothing is left that could be given back twice */
    }
    jk_valuation_reset(&valuation);
    jk_covariance_reset(&c);
    jk_tape_close(tape);
    jk_model_free(of);
}

typedef struct asked {
    const jk_model *model;
    const jk_covariance *covariance;
} asked;

static jk_status init_once(void *context, jk_error *error) {
    const asked *is = context;
    jk_mix mix;
    const jk_status status = jk_mix_init(&mix, is->model, is->covariance, BLOCK, error);
    assert_true(status == JK_OK || (mix.sum == NULL && mix.level == NULL && mix.groups == 0));
    jk_mix_reset(&mix);
    return status;
}

static void nothing_is_held_without_points(void **state) {
    (void)state;
    jk_error error = {0};
    jk_model *of = load_plain();
    jk_covariance c;
    jk_mix mix;
    load(HEAD CURVE "\"credibility\":1}],\"covariance\":[[1]]}", of, &c);
    const jk_covariance *const none[] = {NULL, &c};
    for (int i = 0; i < 2; i++) {
        must(jk_mix_init(&mix, of, none[i], BLOCK, &error), &error);
        assert_true(mix.sum == NULL && mix.groups == 0 && jk_mix_share(&mix, 0, 0) == 0.0);
        jk_mix_add_block(&mix, &(jk_value_block){0});
        jk_mix_reset(&mix);
    }
    c.points = 1;
    assert_int_equal(refuse_each_allocation(init_once, &(asked){of, &c}, NULL), 2);
    jk_covariance_reset(&c);
    jk_model_free(of);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares_are_those_of_the_claims),
                                       cmocka_unit_test(nothing_is_held_without_points)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
