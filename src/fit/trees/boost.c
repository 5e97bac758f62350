/* SPDX-License-Identifier: Apache-2.0 */
/* Training of trees by XGBoost's C library.
 *
 * Cash is divided by the size of a typical payment, so that the Poisson likelihood counts payments: without it a euro
 * would weigh as much as a payment, and every leaf would look certain. */
#include "fit/trees/boost.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/number/random.h"
#include "base/team/parallel.h"

jk_boost_options jk_boost_defaults(void) {
    return (jk_boost_options){.depth = 4,
                              .rounds_max = 500,
                              .patience = 25,
                              .learning_rate = 0.08,
                              .payments_min = 20.0,
                              .held_out = 0.2,
                              .seed = 1};
}

#ifndef JALKI_XGBOOST

int jk_boost_available(void) {
    return 0;
}

jk_status jk_boost_train(const jk_boost_rows *rows, const jk_boost_options *options, const char *path,
                         jk_boost_result *result, jk_error *error) {
    (void)rows, (void)options, (void)result;
    return jk_fail(error, JK_ERROR_UNSUPPORTED, path, 0, NULL,
                   "this build cannot train trees; expected one made where XGBoost's library is installed "
                   "(libxgboost-dev)");
}

#else

#include <pthread.h>
#include <xgboost/c_api.h>

#include "base/late.h"

#define XGBOOST_FUNCTIONS(X)                                                                                           \
    X(BGetLastError)                                                                                                   \
    X(DMatrixCreateFromMat_omp)                                                                                        \
    X(DMatrixSetFloatInfo)                                                                                             \
    X(DMatrixFree)                                                                                                     \
    X(BoosterCreate)                                                                                                   \
    X(BoosterSetStrFeatureInfo)                                                                                        \
    X(BoosterSetParam)                                                                                                 \
    X(BoosterUpdateOneIter)                                                                                            \
    X(BoosterPredict)                                                                                                  \
    X(BoosterSaveModelToBuffer)                                                                                        \
    X(BoosterFree)

/* Its functions, found when trees are first trained. */
static struct {
    bool found;
#define JK_X(name) __typeof__(&XG##name) name;
    XGBOOST_FUNCTIONS(JK_X)
#undef JK_X
} xgb;
static pthread_once_t xgb_sought = PTHREAD_ONCE_INIT;

static void find_xgboost(void) {
    const jk_late_symbol symbols[] = {
#define JK_X(name) {"XG" #name, &xgb.name},
        XGBOOST_FUNCTIONS(JK_X)
#undef JK_X
    };
    xgb.found = jk_late_load(JALKI_XGBOOST_LIBRARY, symbols, sizeof symbols / sizeof symbols[0]);
}

int jk_boost_available(void) {
    (void)pthread_once(&xgb_sought, find_xgboost);
    return xgb.found;
}

/* Rows of a part of the data as XGBoost takes them. */
typedef struct part {
    size_t rows;
    float *features, *label, *margin;
    DMatrixHandle matrix;
} part;

typedef struct trainer {
    const jk_boost_rows *rows;
    const jk_boost_options *options;
    double payment;
    part train, test, all;
    jk_error *error;
} trainer;

static jk_status fail_library(trainer *t, const char *what) {
    return jk_fail(t->error, JK_ERROR_INTERNAL, NULL, 0, NULL, "XGBoost could not %s: %.300s", what,
                   xgb.BGetLastError());
}

static bool is_held_out(const trainer *t, uint32_t debtor) {
    return jk_uniform(jk_philox(t->options->seed, debtor, 0).word[0]) < t->options->held_out;
}

static jk_status check_options(const trainer *t) {
    const jk_boost_options *o = t->options;
    bool good = o->depth >= 1 && o->depth <= 12 && o->rounds_max >= 1 && o->rounds_max <= 5000 && o->patience >= 1 &&
                o->learning_rate > 0.0 && o->learning_rate <= 1.0 && o->payments_min > 0.0 && o->held_out > 0.0 &&
                o->held_out <= 0.5;
    return good ? JK_OK
                : jk_fail(t->error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                          "options of the trees are out of range; expected a depth of 1 to 12, 1 to 5000 trees, a "
                          "learning rate above 0 and at most 1, and at most half of the debtors held out");
}

/* Checks the rows and finds the size of a payment. */
static jk_status check_rows(trainer *t) {
    const jk_boost_rows *rows = t->rows;
    double cash = 0.0, squares = 0.0, held_out = 0.0;
    size_t paying = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!(rows->cash[i] >= 0.0) || !isfinite(rows->cash[i]) || !(rows->expected[i] > 0.0) ||
            !isfinite(rows->expected[i])) {
            return jk_fail(t->error, JK_ERROR_DATA, NULL, 0, NULL,
                           "row %zu has cash %g and expected cash %g; expected at least 0 and more than 0", i,
                           rows->cash[i], rows->expected[i]);
        }
        cash += rows->cash[i];
        squares += rows->cash[i] * rows->cash[i];
        paying += rows->cash[i] > 0.0;
        held_out += is_held_out(t, rows->debtor[i]) ? rows->cash[i] : 0.0;
    }
    enum { LEAST = 10 };
    if (paying < LEAST || held_out <= 0.0 || held_out >= cash) {
        return jk_fail(t->error, JK_ERROR_DATA, NULL, 0, NULL,
                       "%zu rows have cash; trees need at least %d, among debtors held out and among the others",
                       paying, LEAST);
    }
    t->payment = squares / cash;
    return JK_OK;
}

static jk_status make_matrix(trainer *t, part *p) {
    const jk_boost_rows *rows = t->rows;
    if (xgb.DMatrixCreateFromMat_omp(p->features, p->rows, rows->feature_count, NAN, &p->matrix,
                                     jk_threads(&(jk_run){.threads = t->options->threads})) != 0 ||
        xgb.DMatrixSetFloatInfo(p->matrix, "label", p->label, p->rows) != 0 ||
        xgb.DMatrixSetFloatInfo(p->matrix, "base_margin", p->margin, p->rows) != 0) {
        return fail_library(t, "take the rows");
    }
    return JK_OK;
}

/* Takes the rows of the part that `wanted` names (0: not held out, 1: held out, 2: all). */
static jk_status take_part(trainer *t, int wanted, part *p) {
    const jk_boost_rows *rows = t->rows;
    size_t width = rows->feature_count;
    for (size_t i = 0; i < rows->rows; i++) {
        p->rows += wanted == 2 || is_held_out(t, rows->debtor[i]) == (wanted == 1);
    }
    p->features = jk_columns_alloc(p->rows, width * sizeof *p->features);
    p->label = jk_columns_alloc(p->rows, sizeof *p->label);
    p->margin = jk_columns_alloc(p->rows, sizeof *p->margin);
    JK_TRY(jk_held(p->features != NULL && p->label != NULL && p->margin != NULL, t->error,
                   "the rows that trees learn from"));
    size_t next = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (wanted == 2 || is_held_out(t, rows->debtor[i]) == (wanted == 1)) {
            memcpy(p->features + next * width, rows->features + i * width, width * sizeof *p->features);
            p->label[next] = (float)(rows->cash[i] / t->payment);
            p->margin[next] = (float)jk_log(rows->expected[i] / t->payment);
            next++;
        }
    }
    return make_matrix(t, p);
}

static void reset_part(part *p) {
    if (p->matrix != NULL) {
        (void)xgb.DMatrixFree(p->matrix);
    }
    free(p->features);
    free(p->label);
    free(p->margin);
    *p = (part){0};
}

static jk_status make_booster(trainer *t, part *p, BoosterHandle *booster) {
    const jk_boost_options *o = t->options;
    char depth[16], rate[32], least[32], threads[16];
    (void)snprintf(depth, sizeof depth, "%d", o->depth);
    (void)snprintf(rate, sizeof rate, "%.9g", o->learning_rate);
    (void)snprintf(least, sizeof least, "%.9g", o->payments_min);
    (void)snprintf(threads, sizeof threads, "%d", jk_threads(&(jk_run){.threads = o->threads}));
    const char *const settings[][2] = {
        {"objective", "count:poisson"},
        {"tree_method", "hist"},
        {"base_score", "1"},
        {"max_depth", depth},
        {"eta", rate},
        {"min_child_weight", least},
        {"nthread", threads},
        {"verbosity", "0"},
        {"max_delta_step", "1"},
        {"lambda", "1"},
    };
    const char **names = (const char **)t->rows->feature_names;
    if (xgb.BoosterCreate(&p->matrix, 1, booster) != 0 ||
        xgb.BoosterSetStrFeatureInfo(*booster, "feature_name", names, t->rows->feature_count) != 0) {
        return fail_library(t, "start");
    }
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (xgb.BoosterSetParam(*booster, settings[i][0], settings[i][1]) != 0) {
            return fail_library(t, "take its settings");
        }
    }
    return JK_OK;
}

/* Mean Poisson deviance of a part; `expected` are numbers of payments. */
static double deviance(const part *p, const float *expected) {
    double sum = 0.0;
    for (size_t i = 0; i < p->rows; i++) {
        double y = (double)p->label[i];
        double mu = (double)expected[i];
        sum += 2.0 * ((y > 0.0 ? y * log(y / mu) : 0.0) - (y - mu));
    }
    return sum / (double)p->rows;
}

/* Adds trees until the held-out debtors have not been foretold better for a while; returns how many were best. */
static jk_status find_rounds(trainer *t, jk_boost_result *result) {
    BoosterHandle booster = NULL;
    jk_status status = make_booster(t, &t->train, &booster);
    float *alone = jk_columns_alloc(t->test.rows, sizeof *alone);
    if (alone == NULL && status == JK_OK) {
        status = jk_fail_memory(t->error, "the rows that trees learn from");
    }
    if (status == JK_OK) {
        for (size_t i = 0; i < t->test.rows; i++) {
            alone[i] = expf(t->test.margin[i]);
        }
        result->deviance_alone = result->deviance_trees = deviance(&t->test, alone);
    }
    for (int round = 0; status == JK_OK && round < t->options->rounds_max; round++) {
        bst_ulong length = 0;
        const float *expected = NULL;
        if (xgb.BoosterUpdateOneIter(booster, round, t->train.matrix) != 0 ||
            xgb.BoosterPredict(booster, t->test.matrix, 0, 0, 0, &length, &expected) != 0) {
            status = fail_library(t, "learn");
            break;
        }
        double now = deviance(&t->test, expected);
        if (now < result->deviance_trees) {
            result->deviance_trees = now;
            result->rounds = round + 1;
        } else if (round + 1 - result->rounds >= t->options->patience) {
            break;
        }
    }
    free(alone);
    if (booster != NULL) {
        (void)xgb.BoosterFree(booster);
    }
    return status;
}

/* Trains on all rows with as many trees as were best. At least one tree, so that the file is an ensemble. */
static jk_status train_all(trainer *t, const char *path, jk_boost_result *result) {
    BoosterHandle booster = NULL;
    jk_status status = make_booster(t, &t->all, &booster);
    result->rounds = result->rounds > 0 ? result->rounds : 1;
    for (int round = 0; status == JK_OK && round < result->rounds; round++) {
        if (xgb.BoosterUpdateOneIter(booster, round, t->all.matrix) != 0) {
            status = fail_library(t, "learn");
        }
    }
    bst_ulong size = 0;
    const char *bytes = NULL;
    if (status == JK_OK && xgb.BoosterSaveModelToBuffer(booster, "{\"format\": \"json\"}", &size, &bytes) != 0) {
        status = fail_library(t, "write its trees");
    }
    if (status == JK_OK) {
        status = jk_output_write(path, JK_OUTPUT_PLAIN, bytes, size, t->error);
    }
    if (booster != NULL) {
        (void)xgb.BoosterFree(booster);
    }
    return status;
}

jk_status jk_boost_train(const jk_boost_rows *rows, const jk_boost_options *options, const char *path,
                         jk_boost_result *result, jk_error *error) {
    trainer t = {.rows = rows, .options = options, .error = error};
    *result = (jk_boost_result){0};
    jk_status status = JK_OK;
    if (!jk_boost_available()) {
        return jk_fail(error, JK_ERROR_UNSUPPORTED, path, 0, NULL,
                       "trees are trained by XGBoost's library, which is not installed; expected %s",
                       JALKI_XGBOOST_LIBRARY);
    }
    JK_TRY_CLEANUP(check_options(&t));
    JK_TRY_CLEANUP(check_rows(&t));
    result->payment = t.payment;
    JK_TRY_CLEANUP(take_part(&t, 0, &t.train));
    JK_TRY_CLEANUP(take_part(&t, 1, &t.test));
    result->held_out_rows = t.test.rows;
    JK_TRY_CLEANUP(find_rounds(&t, result));
    reset_part(&t.train);
    reset_part(&t.test);
    JK_TRY_CLEANUP(take_part(&t, 2, &t.all));
    JK_TRY_CLEANUP(train_all(&t, path, result));
cleanup:
    reset_part(&t.train);
    reset_part(&t.test);
    reset_part(&t.all);
    return status;
}

#endif
