/* SPDX-License-Identifier: Apache-2.0 */
/* How collections answer to exits that are not known exactly, against closed form: a claim of one unit that resolves
 * and leaves at constant rates. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

#include "simulate/draws/beside_answer.h"
#include "simulate/draws/draws.h"
#include "simulate/plain_case.h"
#include "simulate/points/survey.h"

enum { SEED = 20260630, EPOCHS = 2, ERRORS = 3 };

static jk_tape *tape;

static void read_beside(const char *text, const jk_model *under, jk_beside *beside) {
    jk_error error = {0};
    json_t *object = json_loads(text, 0, NULL);
    assert_non_null(object);
    must(jk_beside_read(beside, object, "text", under, &error), &error);
    json_decref(object);
}

/* What an epoch of a year brings of a unit that is there at the cut-off. */
static double brings(double leaves, int epoch) {
    const double rate = INTENSITY + leaves;
    return INTENSITY / rate * (1.0 - exp(-12.0 * rate)) * exp(-12.0 * rate * epoch);
}

static void measure(const jk_model *under, const jk_beside *beside, int threads, jk_beside_answer *answer) {
    jk_error error = {0};
    jk_survey survey;
    jk_points points;
    jk_value_options options = jk_value_defaults();
    options.run.threads = threads;
    must(jk_survey_init(&survey, under, &options, &(jk_extremes){0.7, 1.4, 24, 24}, NULL, &error), &error);
    jk_value_sink sink = jk_survey_sink(&survey, jk_tape_rows(tape));
    jk_valuation valuation;
    must(jk_value_run(tape, under, &options, &sink, 1, &valuation, &error), &error);
    must(jk_survey_finish(&survey, &valuation, false, &error), &error);
    must(jk_points_create(&points, &survey, 0, &options.run, &error), &error);
    must(jk_beside_answer_measure(answer, beside, &points, &survey, &options.run, &error), &error);
    jk_valuation_reset(&valuation);
    jk_points_reset(&points);
    jk_survey_reset(&survey);
}

static double leaving(const jk_model *under, const jk_beside *beside, uint64_t k, double sign) {
    jk_error error = {0};
    jk_segment drawn = under->segments[0];
    jk_scorecard card = under->scorecard;
    must(jk_beside_draw(beside, SEED, k, sign, &drawn, &card, &error), &error);
    return drawn.exit_monthly;
}

static void collections_answer_to_exits(void **state) {
    (void)state;
    static const char *const errors[ERRORS] = {"0.1", "0.5", "1.5"}; /* of the last more than is told */
    jk_model *leaves = load_changed("exit_monthly: 0\n", "exit_monthly: 0.1\n");
    size_t cut = 0;
    for (int e = 0; e < ERRORS; e++) {
        char text[512];
        jk_beside beside;
        jk_beside_answer answer, again;
        (void)snprintf(text, sizeof text,
                       "{\"half_life\":0,\"pre_title_factor\":0,\"exits\":0,\"class_moves\":[],\"segments\":[{"
                       "\"segment\":\"one\",\"exit_monthly\":%s,\"exit_leans\":0,\"months_to_title\":0}]}",
                       errors[e]);
        read_beside(text, leaves, &beside);
        measure(leaves, &beside, 1, &answer);
        measure(leaves, &beside, 2, &again);
        assert_int_equal(answer.places, EPOCHS * JK_SCALE_COUNT);
        assert_memory_equal(answer.log, again.log, (JK_BESIDE_DRAWS + 1) * answer.places * sizeof *answer.log);
        double squares[EPOCHS] = {0.0}, factor[EPOCHS * JK_SCALE_COUNT], normal[JK_BESIDE_DRAWS], sum[EPOCHS] = {0.0};
        jk_draw_normals(7, jk_stream(JK_STREAM_BESIDE, 0), 3, normal, JK_BESIDE_DRAWS);
        jk_beside_answer_draw(&answer, 7, 3, factor);
        for (uint64_t k = 0; k < JK_BESIDE_DRAWS; k++) {
            const double more = leaving(leaves, &beside, k, 1.0), less = leaving(leaves, &beside, k, -1.0);
            for (int j = 0; j < EPOCHS; j++) {
                const double is = log(brings(more, j) / brings(less, j)), told = fmin(fmax(is, -2.0), 2.0);
                const double found = answer.log[k * answer.places + (size_t)j * JK_SCALE_COUNT];
                cut += told != is;
                if (!(fabs(found - told / (2.0 * sqrt(8.0))) < 2e-5)) {
                    fail_msg("error %s, draw %d, epoch %d: %.9g, expected %.9g", errors[e], (int)k, j, found,
                             told / (2.0 * sqrt(8.0)));
                }
                squares[j] += found * found / 2.0;
                sum[j] += found * normal[k];
            }
        }
        for (int j = 0; j < EPOCHS; j++) {
            assert_true(fabs(answer.half_squares[j * JK_SCALE_COUNT] - squares[j]) < 1e-12);
            assert_true(fabs(factor[j * JK_SCALE_COUNT] / exp(sum[j] - squares[j]) - 1.0) < 1e-12);
        }
        jk_beside_answer_reset(&answer);
        jk_beside_answer_reset(&answer); /* nothing is left that could be given back twice */
        jk_beside_answer_reset(&again);
        jk_beside_reset(&beside);
    }
    assert_true(cut > 0);
    jk_model_free(leaves);
}

/* Where nothing is left under one of two models, whichever it is, nothing is said of how they differ. */
static void what_is_gone_says_nothing(void **state) {
    (void)state;
    static const char *const errors[] = {"\"exits\":0,\"segments\":[{\"segment\":\"one\",\"exit_monthly\":2.5,"
                                         "\"exit_leans\":0,\"months_to_title\":0}]",
                                         "\"exits\":2.5,\"segments\":[{\"segment\":\"one\",\"exit_monthly\":0,"
                                         "\"exit_leans\":1,\"months_to_title\":0}]"};
    jk_model *leaves = load_changed("exit_monthly: 0\n", "exit_monthly: 2\n");
    size_t gone[2] = {0};
    for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++) {
        char text[512];
        jk_beside beside;
        jk_beside_answer answer;
        (void)snprintf(text, sizeof text, "{\"half_life\":0,\"pre_title_factor\":0,\"class_moves\":[],%s}", errors[e]);
        read_beside(text, leaves, &beside);
        measure(leaves, &beside, 1, &answer);
        for (uint64_t k = 0; k < JK_BESIDE_DRAWS; k++) {
            const double more = brings(leaving(leaves, &beside, k, 1.0), 1),
                         less = brings(leaving(leaves, &beside, k, -1.0), 1);
            if (fmin(more, less) < 1e-20 && fmax(more, less) > 1e-4) {
                assert_true(answer.log[k * answer.places + JK_SCALE_COUNT] == 0.0);
                gone[more > less]++;
            }
        }
        jk_beside_answer_reset(&answer);
        jk_beside_reset(&beside);
    }
    assert_true(gone[0] > 0 && gone[1] > 0);
    jk_model_free(leaves);
}

static void nothing_answers_to_nothing(void **state) {
    (void)state;
    jk_model *plain = load_plain();
    jk_beside_answer answer;
    const jk_beside none = {0};
    measure(plain, &none, 1, &answer);
    assert_true(answer.places == 0 && answer.log == NULL);
    jk_model_free(plain);
}

static int open_tape(void **state) {
    return open_plain(state, 120, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(collections_answer_to_exits),
                                       cmocka_unit_test(what_is_gone_says_nothing),
                                       cmocka_unit_test(nothing_answers_to_nothing)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
