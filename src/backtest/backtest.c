/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test: each model in turn over the same rows, and the models against each other.
 *
 * Two models are told apart by their deviances D = 2 sum (y ln(y / mu) - (y - mu)). With d the difference of a debtor's
 * deviance under a model and under the first, the sum of d over the n debtors is given with the interval sum ± 1.96
 * sqrt(n s^2), s^2 the variance of d over debtors: a paired comparison, debtors drawn, as rows of one debtor are not
 * independent. Below 0 the model is better than the first. Sums are exact (jk_exact), so that the order of rows does
 * not show. */
#include "jalki/backtest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/folds.h"
#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/distribution.h"
#include "base/team/team.h"

const char *jk_backtest_by_name(jk_backtest_by by) {
    static const char *const names[] = {"segment", "treatment",      "score_band", "vintage", "month",
                                        "age",     "capacity_class", "country",    "paying"};
    return names[by];
}

jk_backtest_options jk_backtest_defaults(void) {
    return (jk_backtest_options){.filter = jk_panel_filter_all(),
                                 .folds = 1,
                                 .by = 1U << JK_BACKTEST_SEGMENT | 1U << JK_BACKTEST_TREATMENT |
                                       1U << JK_BACKTEST_SCORE_BAND | 1U << JK_BACKTEST_VINTAGE |
                                       1U << JK_BACKTEST_MONTH};
}

/* Deviance less that of the first model, by debtor: the sum and its normal interval. */
static void compare(const jk_backtest_rows *rows, const double *first, const double *own, jk_backtest_model *result) {
    jk_exact sum = 0;
    jk_exact squares = 0;
    double n = (double)result->total.debtors;
    for (size_t d = 0; d < rows->debtors; d++) { /* debtors without rows have 0 in both */
        double difference = own[d] - first[d];
        sum += jk_exact_from(difference);
        squares += jk_exact_from(difference * difference);
    }
    double total = jk_exact_to(sum);
    double variance = n > 1.0 ? fmax(0.0, jk_exact_to(squares) - total * total / n) * n / (n - 1.0) : (double)NAN;
    result->deviance_difference = total;
    result->difference_low = total - JK_NORMAL_95 * sqrt(variance);
    result->difference_high = total + JK_NORMAL_95 * sqrt(variance);
}

static jk_status describe(const char *path, const jk_model *model, jk_backtest_model *result, jk_error *error) {
    result->path = strdup(path);
    result->name = strdup(model->name);
    result->sha256 = strdup(model->sha256);
    (void)snprintf(result->currency, sizeof result->currency, "%s", model->base_currency);
    return result->path != NULL && result->name != NULL && result->sha256 != NULL ? JK_OK
                                                                                  : jk_fail_memory(error, "a name");
}

/* The rows of the test, each part of the debtors under the model that has not seen them. */
static jk_status collect(const jk_panel *panel, const jk_model *model, const jk_backtest_options *options,
                         jk_backtest *test, jk_backtest_model *result, jk_backtest_rows *rows, jk_error *error) {
    const jk_tape *tape = jk_panel_tape(panel);
    *rows = (jk_backtest_rows){.debtors = jk_tape_debtors(tape), .claims = jk_tape_claims(tape)};
    rows->country = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &rows->country_count);
    if (options->folds == 1) {
        JK_TRY(jk_backtest_collect(panel, model, options, test, result, rows, error));
    }
    for (int f = 1; f <= options->folds && options->folds > 1; f++) {
        jk_fold fold;
        jk_backtest_options own = *options;
        jk_status status =
            jk_fold_open(jk_tape_path(tape), model, &options->filter, f, options->folds, &options->run, &fold, error);
        own.filter = fold.filter;
        if (status == JK_OK) {
            status = jk_backtest_collect(fold.panel, &fold.model, &own, test, result, rows, error);
        }
        jk_fold_close(&fold);
        JK_TRY(status);
    }
    return jk_backtest_order(rows, error);
}

/* Everything about one model. *first is the first model's deviance by debtor: made with it, then read. */
static jk_status test_model(const jk_panel *panel, const jk_model *model, const jk_backtest_options *options,
                            double **first, jk_backtest *test, jk_backtest_model *result, jk_error *error) {
    jk_backtest_rows rows = {0};
    double *deviance = NULL;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(collect(panel, model, options, test, result, &rows, error));
    if (jk_team_role_now() == JK_TEAM_PART) { /* what is made of the rows, a merge makes */
        goto cleanup;
    }
    if (rows.count == 0) {
        status = jk_fail(error, JK_ERROR_DATA, jk_tape_path(jk_panel_tape(panel)), 0, NULL,
                         "none of the panel's %zu rows is in the test; expected other dates or another split",
                         jk_tape_rows(jk_panel_tape(panel)));
        goto cleanup;
    }
    deviance = jk_columns_zero(rows.debtors, sizeof *deviance);
    JK_TRY_CLEANUP(jk_held(deviance != NULL, error, "the back-test's debtors"));
    JK_TRY_CLEANUP(jk_backtest_rank(&rows, result, error));
    JK_TRY_CLEANUP(jk_backtest_sum(&rows, model, options, result, error));
    jk_backtest_fit_slope(&rows, result->paid_part, &result->slope);
    jk_backtest_measure(&rows, &result->errors, deviance);
    if (*first == NULL) {
        *first = deviance;
        deviance = NULL;
    } else {
        compare(&rows, *first, deviance, result);
    }
cleanup:
    free(deviance);
    jk_backtest_rows_reset(&rows);
    return status;
}

static jk_status open_and_test(const char *panel_path, const char *model_path, const jk_backtest_options *options,
                               double **first, jk_backtest *test, jk_backtest_model *result, jk_error *error) {
    jk_model *model = NULL;
    jk_panel *panel = NULL;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_model_load(model_path, &model, error));
    JK_TRY_CLEANUP(describe(model_path, model, result, error));
    if (strcmp(result->currency, test->model[0].currency) != 0) {
        status = jk_fail(error, JK_ERROR_MODEL, model_path, 0, "base_currency",
                         "is %s, that of the first model is %s; expected one currency to compare in", result->currency,
                         test->model[0].currency);
        goto cleanup;
    }
    JK_TRY_CLEANUP(jk_panel_open_run(panel_path, model, &options->run, &panel, error));
    bool is_first = test->panel_path == NULL;
    if (is_first) {
        test->panel_path = strdup(panel_path);
        test->panel_sha256 = strdup(jk_tape_sha256(jk_panel_tape(panel)));
        test->panel_rows = jk_tape_rows(jk_panel_tape(panel));
        JK_TRY_CLEANUP(jk_held(test->panel_path != NULL && test->panel_sha256 != NULL, error, "a name"));
    }
    JK_TRY_CLEANUP(test_model(panel, model, options, first, test, result, error));
    if (is_first && jk_team_role_now() != JK_TEAM_PART) {
        status = jk_backtest_ladder(panel, model, options, test, error);
    }
cleanup:
    jk_panel_close(panel);
    jk_model_free(model);
    return status;
}

jk_status jk_backtest_run(const char *panel_path, const char *const *model_paths, size_t model_count,
                          const jk_backtest_options *options, jk_backtest *test, jk_error *error) {
    *test = (jk_backtest){.filter = options->filter, .folds = options->folds};
    if (model_count < 1 || model_count > JK_BACKTEST_MODELS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "%zu models; expected 1 to %d", model_count,
                       JK_BACKTEST_MODELS_MAX);
    }
    double *first = NULL;
    test->model = jk_columns_zero(model_count, sizeof *test->model);
    test->model_count = test->model != NULL ? model_count : 0;
    jk_status status = jk_held(test->model != NULL, error, "the results of a back-test");
    for (size_t m = 0; status == JK_OK && m < model_count; m++) {
        status = open_and_test(panel_path, model_paths[m], options, &first, test, &test->model[m], error);
    }
    free(first);
    if (status != JK_OK) {
        jk_backtest_reset(test);
    }
    return status;
}

void jk_backtest_reset(jk_backtest *test) {
    for (size_t m = 0; m < test->model_count; m++) {
        jk_backtest_model *model = &test->model[m];
        for (size_t t = 0; t < JK_BACKTEST_BY_COUNT; t++) {
            free(model->table[t].cell);
        }
        free(model->stability);
        free(model->path);
        free(model->name);
        free(model->sha256);
    }
    free(test->model);
    free(test->panel_path);
    free(test->panel_sha256);
    jk_triangle_reset(&test->triangle);
    jk_chain_ladder_reset(&test->ladder);
    *test = (jk_backtest){0};
}
