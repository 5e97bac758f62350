/* SPDX-License-Identifier: Apache-2.0 */
/* Values lowered by effects that were not shown, claim by claim against the words of jalki/cautious.h; and files that
 * say no such thing. */
#include "jalki/cautious.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "decide/made_candidates.h"
#include "support/refusal.h"

enum { ROWS = 60, STRIDE = 23, TREATMENTS = JK_TREATMENT_COUNT };

static jk_tape *tape;

/* In per cent of the balance a month; NaN: no interval. */
typedef struct known {
    double all[TREATMENTS];
    double first[TREATMENTS], last[TREATMENTS]; /* of the model's first and last segment */
} known;

static void write_effect(FILE *to, const char *treatment, const char *group, const char *name, double low) {
    (void)fprintf(to,
                  "%s{\"treatment\":\"%s\",\"group\":\"%s\",\"name\":\"%s\",\"uplift_low\":", ftell(to) > 90 ? "," : "",
                  treatment, group, name);
    (void)fprintf(to, isnan(low) ? "null}" : "%.17g}", low);
}

static void write_effects(const char *kind, double months, const known *is) {
    FILE *to = fopen(file_name("claims.csv"), "w");
    assert_non_null(to);
    (void)fprintf(to, "{\"jalki_experiment\":1,\"kind\":\"%s\",\"follow_months\":%.17g,\"effects\":[          ", kind,
                  months);
    static const char *const names[] = {"surveil", "amicable", "legal"};
    for (int t = JK_TREAT_AMICABLE; t < TREATMENTS; t++) {
        write_effect(to, names[t], "all", "all", is->all[t]);
        write_effect(to, names[t], "segment", model->segments[0].id, is->first[t]);
        write_effect(to, names[t], "segment", model->segments[model->segment_count - 1].id, is->last[t]);
        write_effect(to, names[t], "segment", "elsewhere", -5.0);
        write_effect(to, names[t], "score_band", model->segments[1].id, -5.0);
    }
    (void)fputs("]}", to);
    assert_int_equal(fclose(to), 0);
}

static int best_of(const float value[JK_ACTION_COUNT]) {
    int best = JK_CLOSE;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        best = value[a] > value[best] ? a : best;
    }
    return best;
}

static void check(uint64_t seed, bool by_lot, double months, const known *is) {
    jk_error error = {0};
    jk_candidates *c = make_candidates(tape, seed), *was = make_candidates(tape, seed);
    jk_cautious told, expected = {.by_lot = by_lot};
    for (size_t i = 0; i < ROWS; i += 7) {
        c->segment[i] = was->segment[i] = i % 2 == 0 ? 0 : (uint16_t)(model->segment_count - 1);
    }
    for (size_t i = 0; i < ROWS; i += 5) { /* worth as much as watching, which an effect of nothing does not lower */
        c->value[JK_AMICABLE][i] = was->value[JK_AMICABLE][i] = was->value[JK_SURVEIL][i];
        c->value[JK_LEGAL][i + 1] = was->value[JK_LEGAL][i + 1] = was->value[JK_SURVEIL][i + 1];
    }
    write_effects(by_lot ? "experiment" : "observed", months, is);
    must(jk_candidates_be_cautious(c, file_name("claims.csv"), &told, &error), &error);
    for (size_t i = 0; i < ROWS; i++) {
        float before[JK_ACTION_COUNT], after[JK_ACTION_COUNT];
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            before[a] = after[a] = was->value[a][i];
        }
        for (int t = JK_TREAT_AMICABLE; t < TREATMENTS; t++) {
            const size_t g = was->segment[i];
            const double own = g == 0 ? is->first[t] : g + 1 == model->segment_count ? is->last[t] : (double)NAN;
            const double low = isnan(own) ? is->all[t] : own;
            if (isnan(before[JK_SURVEIL + t]) || isnan(before[JK_SURVEIL])) {
                continue;
            }
            expected.not_compared[t] += isnan(low) ? 1 : 0;
            const double most = (double)before[JK_SURVEIL] + (double)(float)(low / 100.0 * was->balance[i] * months);
            if (low <= 0.0 && (double)before[JK_SURVEIL + t] > (double)(float)most) {
                after[JK_SURVEIL + t] = (float)most;
                expected.lowered[t]++;
            }
        }
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            assert_true(isnan(after[a]) ? isnan(c->value[a][i]) : fabsf(c->value[a][i] - after[a]) < 1e-5f);
        }
        const int best = best_of(before), is_best = best_of(after);
        expected.changed += best != is_best;
        expected.given_up += best != is_best ? (double)before[best] - (double)before[is_best] : 0.0;
    }
    assert_int_equal(told.by_lot, by_lot);
    assert_memory_equal(told.lowered, expected.lowered, sizeof told.lowered);
    assert_memory_equal(told.not_compared, expected.not_compared, sizeof told.not_compared);
    assert_int_equal(told.changed, expected.changed);
    assert_true(fabs(told.given_up - expected.given_up) < 1e-9);
    assert_true(expected.lowered[1] > 0 && expected.changed > 0);
    jk_candidates_free(c);
    jk_candidates_free(was);
}

static void values_are_lowered_by_the_words(void **state) {
    (void)state;
    static const known cases[] = {
        {{NAN, -1.0, 0.0}, {NAN, 2.0, -0.5}, {NAN, NAN, NAN}},
        {{NAN, NAN, NAN}, {NAN, -0.25, NAN}, {NAN, 0.0, -3.0}},
        {{NAN, 0.0, 0.01}, {NAN, NAN, 0.0}, {NAN, -7.0, 1.0}},
    };
    for (uint64_t seed = 1; seed <= 6; seed++) {
        check(seed, seed % 2 == 0, seed == 1 ? 1.0 : seed == 2 ? 120.0 : 6.0, &cases[seed % 3]);
    }
}

#define EFFECT(figures)                                                                                                \
    "{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":6,\"effects\":[{" figures "}]}"
#define NAMED "\"group\":\"all\",\"name\":\"all\""

static void other_files_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        jk_status status;
    } cases[] = {
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":6,\"effects\":[]}", JK_OK},
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":0.99,\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":120.5,\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":\"6\",\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":6,\"effects\":{}}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"follow_months\":6,\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"kind\":\"experiment\",\"follow_months\":6,\"effects\":[]}", JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"legal\"," NAMED ",\"uplift_low\":-1"), JK_OK},
        {EFFECT("\"treatment\":\"legal\"," NAMED ",\"uplift_low\":null"), JK_OK},
        {EFFECT("\"treatment\":\"legal\"," NAMED ",\"uplift_low\":\"1\""), JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"legal\"," NAMED), JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"surveil\"," NAMED ",\"uplift_low\":-1"), JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"close\"," NAMED ",\"uplift_low\":-1"), JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"legal\",\"group\":\"all\",\"uplift_low\":-1"), JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"legal\",\"name\":\"all\",\"uplift_low\":-1"), JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":\"1\",\"kind\":\"experiment\",\"follow_months\":6,\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"kind\":7,\"follow_months\":6,\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"effects\":[]}", JK_ERROR_FORMAT},
        {"{\"jalki_experiment\":1,\"kind\":\"experiment\",\"follow_months\":6}", JK_ERROR_FORMAT},
        {EFFECT(NAMED ",\"uplift_low\":-1"), JK_ERROR_FORMAT},
        {EFFECT("\"treatment\":\"amicable\"," NAMED ",\"uplift_low\":-1},7,{" NAMED), JK_ERROR_FORMAT},
        {"[]", JK_ERROR_FORMAT},
        {"", JK_ERROR_FORMAT},
        {"{", JK_ERROR_FORMAT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_error error = {0};
        jk_cautious told;
        jk_candidates *c = make_candidates(tape, 1);
        write_file(file_name("claims.csv"), cases[i].text, strlen(cases[i].text));
        if (jk_candidates_be_cautious(c, file_name("claims.csv"), &told, &error) != cases[i].status) {
            fail_msg("case %zu: %s", i, cases[i].text);
        }
        jk_candidates_free(c);
    }
    jk_error error = {0};
    jk_cautious told;
    jk_candidates *c = make_candidates(tape, 1);
    assert_int_equal(jk_candidates_be_cautious(c, file_name("first.h5"), &told, &error), JK_ERROR_IO);
    jk_candidates_free(c);
}

/* What fails lowers nothing. */
static jk_status read_once(void *context, jk_error *error) {
    jk_candidates *c = context;
    jk_cautious told;
    const jk_status status = jk_candidates_be_cautious(c, file_name("claims.csv"), &told, error);
    assert_true(status == JK_OK || (status == JK_ERROR_MEMORY && told.lowered[JK_TREAT_LEGAL] == 0));
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    static const known is = {{NAN, NAN, -1.0}, {NAN, NAN, NAN}, {NAN, NAN, NAN}};
    jk_candidates *c = make_candidates(tape, 1);
    write_effects("experiment", 6.0, &is);
    assert_true(refuse_each_allocation(read_once, c, NULL) > 0);
    jk_candidates_free(c);
}

static int open_tape(void **state) {
    return open_mixed_tape(state, ROWS, STRIDE, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_lowered_by_the_words),
                                       cmocka_unit_test(other_files_are_refused),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
