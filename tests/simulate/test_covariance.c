/* SPDX-License-Identifier: Apache-2.0 */
/* What is not known of a model's curves, read from the file of a fit, against hand arithmetic. */
#include "simulate/covariance_case.h"
#include "support/refusal.h"

static void load(const jk_model *model, const char *more, jk_covariance *covariance) {
    char path[] = "/tmp/test_covariance.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && dprintf(file, "%s%s}", estimates, more) > 0 && close(file) == 0);
    jk_error error = {0};
    if (jk_covariance_load(path, model, covariance, &error) != JK_OK) {
        print_error("%s\n", error.message);
        fail();
    }
    assert_int_equal(unlink(path), 0);
}

/* Steps without an estimate are their collective's, whose mean c the estimates of its treatment tell: Var(c) =
 * 1 / (0.5 / 0.08 + 0.8 / 0.4). Where the base model's curves stand, or no estimate tells of the collective, they have
 * the error that the model file says. */
static void steps_without_an_estimate_are_drawn(void **state) {
    (void)state;
    jk_segment segments[2];
    jk_model model = make_model(segments);
    jk_covariance c;
    load(&model, "", &c);
    const double mean = 1.0 / 8.25, plain = 0.05 * 0.05;
    assert_int_equal(c.count, 8);
    assert_int_equal(c.rest, 6);
    assert_true(c.garnish == 0.25);
    const int32_t first = jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, 0), last = jk_covariance_step(&c, 0, 0, 2);
    const int32_t between = jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, 1), other = jk_covariance_step(&c, 1, 0, 0);
    expect_covariance(&c, first, first, 0.5 * 0.08 + 0.25 * mean + 0.02); /* which no other figure shares */
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
    jk_covariance_reset(&c); /* nothing is left that could be given back twice */
}

/* All steps of the curve move together, with and without an estimate; no other curve does. */
static void whole_curves_move(void **state) {
    (void)state;
    jk_segment segments[2];
    jk_model model = make_model(segments);
    jk_covariance plain, c;
    load(&model, "", &plain);
    load(&model, unknown, &c);
    for (size_t a = 0; a < 3; a++) {
        const int32_t i = jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, a);
        for (size_t b = 0; b < 3; b++) {
            const int32_t k = jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, b);
            expect_covariance(&c, i, k, jk_covariance_at(&plain, i, k) + 0.03);
        }
        const int32_t other = jk_covariance_step(&c, 1, JK_TREAT_SURVEIL, 0);
        expect_covariance(&c, i, other, jk_covariance_at(&plain, i, other));
        expect_covariance(&c, other, other, jk_covariance_at(&plain, other, other) + 0.07);
    }
    jk_covariance_reset(&plain);
    jk_covariance_reset(&c);
}

/* A level that nothing is known of (credibility 0, also of all together) moves nothing: here of the model's first
 * segment and its first treatment. */
static void levels_without_credibility_move_nothing(void **state) {
    (void)state;
    jk_segment segments[2];
    jk_model model = make_model(segments);
    jk_covariance plain, c;
    load(&model, "", &plain);
    load(&model,
         ",\"levels\":[{\"what\":\"curve\",\"segment\":\"one\",\"treatment\":\"surveil\",\"credibility\":0,"
         "\"expected\":7}]",
         &c);
    assert_int_equal(plain.levels, 0);
    assert_int_equal(c.levels, 1);
    assert_int_equal(c.count, plain.count);
    for (int32_t i = 0; i < (int32_t)c.count; i++) {
        for (int32_t k = 0; k < (int32_t)c.count; k++) {
            expect_covariance(&c, i, k, jk_covariance_at(&plain, i, k));
        }
    }
    jk_covariance_reset(&plain);
    jk_covariance_reset(&c);
}

/* In the file of a fit nothing else may stand there. */
static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        ",\"curves_unknown\":[{\"segment\":\"three\",\"treatment\":\"surveil\",\"variance\":0.03}]",
        ",\"curves_unknown\":[{\"segment\":\"one\",\"treatment\":\"surveil\",\"variance\":-0.03}]",
        ",\"curves_unknown\":[7]"};
    jk_segment segments[2];
    jk_model model = make_model(segments);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        jk_covariance c;
        jk_error error = {0};
        char path[] = "/tmp/test_covariance.XXXXXX";
        int file = mkstemp(path);
        assert_true(file >= 0 && dprintf(file, "%s%s}", estimates, wrong[i]) > 0 && close(file) == 0);
        assert_int_equal(jk_covariance_load(path, &model, &c, &error), JK_ERROR_FORMAT);
        assert_int_equal(unlink(path), 0);
    }
}

/* The text of a file with one parameter; `format` takes a figure. */
static jk_status load_text(const char *format, const char *figure) {
    jk_segment segments[2];
    jk_model model = make_model(segments);
    char path[] = "/tmp/test_covariance.XXXXXX", all[2048];
    jk_covariance c;
    jk_error error = {0};
    int file = mkstemp(path);
    (void)snprintf(all, sizeof all, format, figure);
    assert_true(file >= 0 && write(file, all, strlen(all)) == (ssize_t)strlen(all) && close(file) == 0);
    const jk_status status = jk_covariance_load(path, &model, &c, &error);
    assert_int_equal(unlink(path), 0);
    jk_covariance_reset(&c);
    return status;
}

#define HEAD(credibility) "{\"jalki_covariance\":1,\"parameters\":[" CURVE("surveil", "0 to below 12", credibility) "]"

/* Figures of a file go so far, and no further. */
static void bounds_of_figures(void **state) {
    (void)state;
    static const struct {
        const char *format, *least, *most, *beyond;
    } cases[] = {{HEAD("%s") ",\"covariance\":[[1]]}", "0", "1", "1.0001"},
                 {HEAD("1") ",\"covariance\":[[%s]]}", "0", "10000", "10000.1"},
                 {HEAD("1,\"unknown\":%s") ",\"covariance\":[[1]]}", "0", "10000", "10000.1"},
                 {HEAD("1") ",\"covariance\":[[1]],\"garnish_share\":%s}", "0", "100", "100.1"},
                 {HEAD("1") ",\"covariance\":[[1]],\"curves_unknown\":[{\"segment\":\"one\",\"treatment\":\"surveil\","
                            "\"variance\":%s}]}",
                  "0", "10000", "10000.1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(load_text(cases[i].format, cases[i].least), JK_OK);
        assert_int_equal(load_text(cases[i].format, cases[i].most), JK_OK);
        assert_int_equal(load_text(cases[i].format, cases[i].beyond), JK_ERROR_FORMAT);
        assert_int_equal(load_text(cases[i].format, "-0.0001"), JK_ERROR_FORMAT);
    }
    assert_int_equal(load_text(HEAD("1") ",\"covariance\":[[1%s]]}", ",1"), JK_ERROR_FORMAT); /* not square */
    assert_int_equal(load_text(HEAD("1") ",\"covariance\":[[1]%s]}", ",[1]"), JK_ERROR_FORMAT);
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

/* Keys that must be there: where they are, dots between. */
static const char *const needed[] = {
    "jalki_covariance",
    "parameters",
    "covariance",
    "parameters.segment",
    "parameters.treatment",
    "parameters.characteristic",
    "parameters.level",
    "parameters.credibility",
    "curves_unknown.segment",
    "curves_unknown.treatment",
    "curves_unknown.variance",
    "spells.parameters",
    "spells.covariance",
    "spells.parameters.figure",
    "spells.parameters.segment",
    "spells.parameters.treatment",
    "spells.parameters.credibility",
    "levels.what",
    "levels.treatment",
    "levels.std_error",
    "beside_cash.half_life",
    "beside_cash.pre_title_factor",
    "beside_cash.exits",
    "beside_cash.segments.segment",
    "beside_cash.segments.exit_monthly",
    "beside_cash.segments.exit_leans",
    "beside_cash.segments.months_to_title",
    "beside_cash.class_moves.treatment",
    "beside_cash.class_moves.relative_error",
    "beside_cash.class_moves.leans",
};

/* Each key that a fit writes must be there, as a value of its kind. */
static void keys_are_needed(void **state) {
    (void)state;
    json_t *root = read_whole();
    jk_covariance c;
    assert_int_equal(load_object(root, &c), JK_OK);
    assert_int_equal(c.spells, 2);
    assert_int_equal(c.levels, 1);
    assert_int_equal(c.beside.count, 2 + 2 + 6); /* the first treatment's moves are moves, too */
    assert_true(fabs(c.beside.segment[0].move[JK_TREAT_SURVEIL][0][1] - sqrt(log(1.01))) < 1e-15);
    assert_true(jk_covariance_spell(&c, 0, JK_SPELL_SETTLED) >= 0 && jk_covariance_spell(&c, 0, JK_SPELL_SHARE) >= 0);
    jk_covariance_reset(&c);
    json_decref(root);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        for (int odd = 0; odd < 2; odd++) {
            const char *key = NULL;
            root = read_whole();
            json_t *object = object_of(root, needed[i], &key);
            if (odd == 0) {
                assert_int_equal(json_object_del(object, key), 0);
            } else {
                const bool word = json_is_string(json_object_get(object, key));
                assert_int_equal(json_object_set_new(object, key, word ? json_integer(1) : json_string("1")), 0);
            }
            const jk_status status = load_object(root, &c);
            if (status != JK_ERROR_FORMAT && status != JK_ERROR_DATA) {
                fail_msg("%s %s: status %d", needed[i], odd ? "of another kind" : "left out", (int)status);
            }
            json_decref(root);
        }
    }
}

static jk_status load_once(void *context, jk_error *error) {
    jk_covariance c;
    const jk_status status = load_file(context, &c, error);
    if (status == JK_OK) {
        jk_covariance_reset(&c);
    }
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    json_t *root = read_whole();
    char path[] = "/tmp/test_covariance.XXXXXX";
    write_object(root, path);
    const long refused = refuse_each_allocation(load_once, path, NULL);
    print_message("%ld allocations\n", refused);
    assert_true(refused > 15);
    assert_int_equal(unlink(path), 0);
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(steps_without_an_estimate_are_drawn),
                                       cmocka_unit_test(whole_curves_move),
                                       cmocka_unit_test(levels_without_credibility_move_nothing),
                                       cmocka_unit_test(what_is_wrong_is_refused),
                                       cmocka_unit_test(bounds_of_figures),
                                       cmocka_unit_test(keys_are_needed),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
