/* SPDX-License-Identifier: Apache-2.0 */
/* Training of trees: what the library predicts is what our own evaluation of its file gives; a known effect is found;
 * noise teaches nothing; threads do not show; what cannot be learnt from is refused. */
#include "base/policy.h"
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number/random.h"
#include "fit/trees/boost.h"
#include "jalki/boost.h"
#include "jalki/model.h"
#include "score/scorer_internal.h"

enum { ROWS = 24000, FEATURES = 3, PATH_ROOM = 512 };
static const char *const names[FEATURES] = {"balance", "age_years", "legal_status=title"};
static float features[ROWS][FEATURES];
static double cash[ROWS], expected[ROWS];
static uint32_t debtor[ROWS];

/* The truth: claims below 1000 pay twice as readily, a title trebles it, a missing age halves it. */
static double effect(const float row[FEATURES]) {
    return log(row[0] < 1000.0f ? 2.0 : 1.0) + log(row[2] > 0.5f ? 3.0 : 1.0) + log(row[1] != row[1] ? 0.5 : 1.0);
}

/* Two rows a debtor; a payment of 50 to 150 comes with a chance that has the right mean. */
static jk_boost_rows make_rows(double strength) {
    for (uint32_t i = 0; i < ROWS; i++) {
        jk_random4 a = jk_philox(7, 1, i), b = jk_philox(7, 2, i);
        debtor[i] = i / 2;
        features[i][0] = (float)(5000.0 * jk_uniform(a.word[0]));
        features[i][1] = a.word[1] % 5 == 0 ? NAN : (float)(20 + a.word[2] % 60);
        features[i][2] = (float)(a.word[3] % 4 == 0);
        expected[i] = 5.0 + 10.0 * jk_uniform(b.word[0]);
        double mean = expected[i] * exp(strength * effect(features[i]));
        double payment = 50.0 + 100.0 * jk_uniform(b.word[2]);
        cash[i] = jk_uniform(b.word[1]) < mean / 100.0 ? payment : 0.0;
    }
    return (jk_boost_rows){.rows = ROWS,
                           .feature_count = FEATURES,
                           .feature_names = names,
                           .features = &features[0][0],
                           .cash = cash,
                           .expected = expected,
                           .debtor = debtor};
}

static const char *own_path(char path[PATH_ROOM], const char *name) {
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, PATH_ROOM, "%s/jalki-boost-%ld-%s", folder != NULL ? folder : "/tmp", (long)getpid(), name);
    return path;
}

static void need_library(void) {
    if (!jk_boost_available()) {
        print_message("skipped: this build has no XGBoost\n");
        skip();
    }
}

/* A model that scores with the file at `trees`. */
static jk_model *load_with(const char *trees) {
    char path[PATH_ROOM], text[4 * PATH_ROOM];
    const char *source = getenv("JALKI_SOURCE");
    int length = snprintf(text, sizeof text, "include: %s/tests/law/rules.yaml\nscorecard:\n  trees: %s\n",
                          source != NULL ? source : ".", trees);
    FILE *file = fopen(own_path(path, "model.yaml"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, (size_t)length, file), length);
    assert_int_equal(fclose(file), 0);
    jk_model *model = NULL;
    jk_error error = {0};
    if (jk_model_load(path, &model, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    (void)unlink(path);
    return model;
}

static void a_known_effect_is_found(void **state) {
    (void)state;
    need_library();
    jk_boost_rows rows = make_rows(1.0);
    jk_boost_options options = jk_boost_defaults();
    jk_boost_result result;
    jk_error error = {0};
    char path[PATH_ROOM];
    if (jk_boost_train(&rows, &options, own_path(path, "known.json"), &result, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    assert_true(result.deviance_trees < 0.95 * result.deviance_alone);
    size_t held_out = 0; /* debtors by the first of their own numbers */
    for (size_t i = 0; i < ROWS; i++) {
        held_out += (double)jk_philox(options.seed, rows.debtor[i], 0).word[0] < 0.2 * 0x1p32;
    }
    assert_int_equal(result.held_out_rows, held_out);
    assert_in_range(result.held_out_rows, ROWS * 17 / 100, ROWS * 23 / 100);
    jk_model *model = load_with(path);
    static const float probes[][FEATURES] = {{500, 40, 0},  {500, 40, 1},   {3000, 40, 0},
                                             {3000, 40, 1}, {3000, NAN, 0}, {500, NAN, 1}};
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        double eta = 0.0;
        jk_score_add_trees(model->scorecard.trees, probes[i], 1, &eta);
        if (fabs(eta - effect(probes[i])) > 0.25) { /* about three standard errors of the thinnest cell */
            fail_msg("probe %zu: %g, the truth is %g", i, eta, effect(probes[i]));
        }
    }
    jk_model_free(model);
    (void)unlink(path);
}

static void noise_teaches_nothing(void **state) {
    (void)state;
    need_library();
    jk_boost_rows rows = make_rows(0.0);
    jk_boost_options options = jk_boost_defaults();
    jk_boost_result result;
    jk_error error = {0};
    char path[PATH_ROOM];
    assert_int_equal(jk_boost_train(&rows, &options, own_path(path, "noise.json"), &result, &error), JK_OK);
    assert_in_range(result.rounds, 1, 12);
    assert_true(result.deviance_trees > 0.995 * result.deviance_alone);
    (void)unlink(path);
}

static char *read_whole(const char *path, size_t *size) {
    enum { ROOM = 1 << 24 };
    char *bytes = malloc(ROOM);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_non_null(bytes);
    *size = fread(bytes, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static void threads_do_not_show(void **state) {
    (void)state;
    need_library();
    jk_boost_rows rows = make_rows(1.0);
    char *first = NULL;
    size_t first_size = 0;
    for (int threads = 1; threads <= 3; threads++) {
        jk_boost_options options = jk_boost_defaults();
        options.threads = threads;
        options.rounds_max = 30;
        jk_boost_result result;
        jk_error error = {0};
        char path[PATH_ROOM];
        assert_int_equal(jk_boost_train(&rows, &options, own_path(path, "threads.json"), &result, &error), JK_OK);
        size_t size = 0;
        char *bytes = read_whole(path, &size);
        if (first == NULL) {
            first = bytes;
            first_size = size;
            continue;
        }
        assert_int_equal(size, first_size);
        assert_memory_equal(bytes, first, size);
        free(bytes);
        (void)unlink(path);
    }
    free(first);
}

#ifdef JALKI_XGBOOST
#include <xgboost/c_api.h>

/* The library reads its own file and predicts; ours reads it too. */
static void both_evaluations_agree(void **state) {
    (void)state;
    jk_boost_rows rows = make_rows(1.0);
    jk_boost_options options = jk_boost_defaults();
    options.depth = 6;
    options.payments_min = 2.0;
    jk_boost_result result;
    jk_error error = {0};
    char path[PATH_ROOM];
    assert_int_equal(jk_boost_train(&rows, &options, own_path(path, "both.json"), &result, &error), JK_OK);
    jk_model *model = load_with(path);
    BoosterHandle booster = NULL;
    DMatrixHandle matrix = NULL;
    bst_ulong length = 0;
    const float *margins = NULL;
    assert_int_equal(XGDMatrixCreateFromMat(&features[0][0], ROWS, FEATURES, NAN, &matrix), 0);
    assert_int_equal(XGDMatrixSetStrFeatureInfo(matrix, "feature_name", (const char **)names, FEATURES), 0);
    assert_int_equal(XGBoosterCreate(NULL, 0, &booster), 0);
    assert_int_equal(XGBoosterLoadModel(booster, path), 0);
    enum { MARGIN = 1 };
    assert_int_equal(XGBoosterPredict(booster, matrix, MARGIN, 0, 0, &length, &margins), 0);
    assert_int_equal(length, ROWS);
    double *eta = calloc(ROWS, sizeof *eta);
    assert_non_null(eta);
    jk_score_add_trees(model->scorecard.trees, &features[0][0], ROWS, eta);
    for (size_t i = 0; i < ROWS; i++) {
        if (fabs(eta[i] - (double)margins[i]) > 2e-6 * (1.0 + fabs(eta[i]))) { /* its sums are in 32 bits */
            fail_msg("row %zu: %.9g, the library says %.9g", i, eta[i], (double)margins[i]);
        }
    }
    free(eta);
    (void)XGBoosterFree(booster);
    (void)XGDMatrixFree(matrix);
    jk_model_free(model);
    (void)unlink(path);
}
#else
static void both_evaluations_agree(void **state) {
    (void)state;
    need_library();
}
#endif

static void what_cannot_be_learnt_from_is_refused(void **state) {
    (void)state;
    need_library();
    jk_boost_result result;
    jk_boost_options options = jk_boost_defaults();
    char path[PATH_ROOM];
    (void)own_path(path, "refused.json");
    jk_boost_rows rows = make_rows(1.0);
    cash[17] = -1.0;
    jk_error error = {0};
    assert_int_equal(jk_boost_train(&rows, &options, path, &result, &error), JK_ERROR_DATA);
    rows = make_rows(1.0);
    expected[3] = 0.0;
    error = (jk_error){0};
    assert_int_equal(jk_boost_train(&rows, &options, path, &result, &error), JK_ERROR_DATA);
    rows = make_rows(1.0);
    memset(cash, 0, sizeof cash);
    error = (jk_error){0};
    assert_int_equal(jk_boost_train(&rows, &options, path, &result, &error), JK_ERROR_DATA);
    rows = make_rows(1.0);
    options.depth = 0;
    error = (jk_error){0};
    assert_int_equal(jk_boost_train(&rows, &options, path, &result, &error), JK_ERROR_ARGUMENT);
    options = jk_boost_defaults();
    error = (jk_error){0};
    assert_int_equal(jk_boost_train(&rows, &options, "/nonexistent/trees.json", &result, &error), JK_ERROR_IO);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void) {
    jk_policy_set(&(jk_policy){.includes_outside = true}); /* the rules of the tests, from a folder in /tmp */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_effect_is_found),
        cmocka_unit_test(noise_teaches_nothing),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(both_evaluations_agree),
        cmocka_unit_test(what_cannot_be_learnt_from_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
