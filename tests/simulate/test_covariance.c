/* SPDX-License-Identifier: Apache-2.0 */
/* What is not known of a model's curves, read from the file of a fit, against hand arithmetic. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "simulate/covariance.h"

#define CURVE(treatment, level, credibility)                                                                           \
    "{\"segment\":\"one\",\"treatment\":\"" treatment "\",\"characteristic\":\"curve\",\"level\":\"" level             \
    "\",\"credibility\":" credibility "}"

static const char text[] =
    "{\"jalki_covariance\":1,\"parameters\":[" CURVE("surveil", "0 to below 12", "0.5") "," CURVE(
        "surveil", "24 and more", "0.2") "," CURVE("legal", "24 and more",
                                                   "0") "],\"covariance\":[[0.08,0.01,0],"
                                                        "[0.01,0.4,0],[0,0,0.7]],"
                                                        "\"base_curves\":[\"legal\"],\"garnish_share\":0.25}";

static void load(const jk_model *model, jk_covariance *covariance) {
    char path[] = "/tmp/test_covariance.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && close(file) == 0);
    jk_error error = {0};
    if (jk_covariance_load(path, model, covariance, &error) != JK_OK) {
        print_error("%s\n", error.message);
        fail();
    }
    assert_int_equal(unlink(path), 0);
}

static void expect_covariance(const jk_covariance *c, int32_t a, int32_t b, double expected) {
    double found = jk_covariance_at(c, a, b);
    if (fabs(found - expected) > 1e-15) {
        print_error("parameters %d and %d: %.17g, expected %.17g\n", a, b, found, expected);
        fail();
    }
}

/* Steps without an estimate are their collective's, whose mean c the estimates of its treatment tell: Var(c) =
 * 1 / (0.5 / 0.08 + 0.8 / 0.4). Where the base model's curves stand, or no estimate tells of the collective, they have
 * the error that the model file says. */
static void steps_without_an_estimate_are_drawn(void **state) {
    (void)state;
    static const int32_t months[] = {0, 12, 24};
    static const double values[] = {0.01, 0.01, 0.01};
    jk_segment segments[2] = {{.id = "one"}, {.id = "two"}};
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        segments[0].curve[t] = (jk_steps){3, months, values};
        segments[1].curve[t] = (jk_steps){1, months, values};
    }
    jk_model model = {.segments = segments, .segment_count = 2, .risk = {.curve_error = 0.05}};
    jk_covariance c;
    load(&model, &c);
    const double mean = 1.0 / 8.25, plain = 0.05 * 0.05;
    assert_int_equal(c.count, 8);
    assert_int_equal(c.rest, 6);
    assert_true(c.garnish == 0.25);
    const int32_t first = jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, 0), last = jk_covariance_step(&c, 0, 0, 2);
    const int32_t between = jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, 1), other = jk_covariance_step(&c, 1, 0, 0);
    expect_covariance(&c, first, first, 0.5 * 0.08 + 0.25 * mean);
    expect_covariance(&c, last, last, 0.2 * 0.4 + 0.64 * mean);
    expect_covariance(&c, first, last, sqrt(0.5 * 0.2) * 0.01 + 0.5 * 0.8 * mean);
    expect_covariance(&c, between, between, mean);
    expect_covariance(&c, between, other, mean); /* nothing tells the two apart */
    expect_covariance(&c, between, first, 0.5 * mean);
    for (size_t step = 0; step < 3; step++) {
        const int32_t legal = jk_covariance_step(&c, 0, JK_TREAT_LEGAL, step);
        assert_int_equal(legal, jk_covariance_step(&c, 0, JK_TREAT_LEGAL, 0));
        expect_covariance(&c, legal, legal, plain);
        expect_covariance(&c, legal, jk_covariance_step(&c, 1, JK_TREAT_LEGAL, 0), 0.0);
        expect_covariance(&c, legal, between, 0.0);
    }
    const int32_t amicable = jk_covariance_step(&c, 1, JK_TREAT_AMICABLE, 0);
    expect_covariance(&c, amicable, amicable, plain);
    jk_covariance_reset(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(steps_without_an_estimate_are_drawn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
