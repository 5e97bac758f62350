/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests over horizons: what claims were valued at on a day of the past (a landmark), against what came in within
 * so many months of it. Each landmark that was watched at all becomes a row of a back-test, with what came in and what
 * was expected over the months that it was watched (history/landmarks.c); sums, intervals and ranking are then those of
 * single periods (sums.c, rank.c). One horizon follows the other over the same landmarks. */
#include "jalki/horizon.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/folds.h"
#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"

enum { SCORE_BAND = 50, QUARTERS = 4, YEAR_MONTHS = 12, FIRST_YEAR = 1900, RECENCIES = 5 };
_Static_assert((int)JK_HORIZON_BY_COUNT <= (int)JK_BACKTEST_CODES, "a row has a code for every table");

const char *jk_horizon_by_name(jk_horizon_by by) {
    static const char *const names[] = {"recency",   "paying",   "score_band", "capacity_class", "segment",
                                        "treatment", "decision", "vintage",    "landmark"};
    return names[by];
}

jk_horizon_options jk_horizon_defaults(void) {
    return (jk_horizon_options){
        .landmarks = {.filter = jk_panel_filter_all(), .horizon_count = 3, .horizon = {12, 24, 60}}, .folds = 1};
}

/* ---- landmarks as rows ------------------------------------------------------------------------------------------- */

static const struct recency {
    int below; /* months since the last payment */
    const char *name;
} recencies[RECENCIES] = {
    {3, "paid 0-2 months ago"}, {6, "3-5"}, {12, "6-11"}, {INT32_MAX, "12 and more"}, {0, "never paid"}};

static uint16_t recency_of(int32_t paid_months) {
    uint16_t r = RECENCIES - 1;
    for (uint16_t i = 0; paid_months != INT32_MAX && i < RECENCIES - 1; i++) {
        if (paid_months < recencies[i].below) {
            r = i;
            break;
        }
    }
    return r;
}

static uint16_t bounded(int64_t code) {
    return (uint16_t)(code < 0 ? 0 : code > JK_BACKTEST_CODE_MAX ? JK_BACKTEST_CODE_MAX : code);
}

static void fill_row(const jk_landmark *at, const jk_landmark_cash *cash, jk_backtest_row *row) {
    jk_civil written = jk_civil_from_date(at->written_off), start = jk_civil_from_date(at->start);
    *row = (jk_backtest_row){.cash = cash->actual,
                             .expected = cash->expected,
                             .balance = at->balance,
                             .months = cash->months,
                             .debtor = at->debtor,
                             .claim = at->claim,
                             .period_start = at->start};
    row->code[JK_HORIZON_RECENCY] = recency_of(at->paid_months);
    row->code[JK_HORIZON_PAYING] = at->paying;
    row->code[JK_HORIZON_SCORE_BAND] = (uint16_t)(at->score / SCORE_BAND);
    row->code[JK_HORIZON_CLASS] = at->capacity_class;
    row->code[JK_HORIZON_SEGMENT] = at->segment;
    row->code[JK_HORIZON_TREATMENT] = at->treatment;
    row->code[JK_HORIZON_DECISION] =
        (uint16_t)(2 * at->decision + (at->decision != at->treatment + (int)JK_SURVEIL ? 1 : 0));
    row->code[JK_HORIZON_VINTAGE] = bounded((int64_t)written.year * QUARTERS + (written.month - 1) / 3);
    row->code[JK_HORIZON_LANDMARK] = bounded(((int64_t)start.year - FIRST_YEAR) * YEAR_MONTHS + start.month - 1);
}

/* Landmarks that were watched at all within the horizon. */
static void fill_rows(const jk_landmarks *landmarks, size_t h, jk_backtest_rows *rows) {
    rows->count = 0;
    for (size_t i = 0; i < landmarks->count; i++) {
        const jk_landmark_cash *cash = &landmarks->at[i].horizon[h];
        if (cash->months > 0.0) {
            fill_row(&landmarks->at[i], cash, &rows->row[rows->count++]);
        }
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void name_cell(const jk_model *model, jk_horizon_by by, int code, char name[JK_BACKTEST_NAME]) {
    switch (by) {
    case JK_HORIZON_RECENCY:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", recencies[code].name);
        break;
    case JK_HORIZON_PAYING:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", code != 0 ? "paying" : "quiet");
        break;
    case JK_HORIZON_SCORE_BAND:
        (void)snprintf(name, JK_BACKTEST_NAME, "%d-%d", code * SCORE_BAND, code * SCORE_BAND + SCORE_BAND - 1);
        break;
    case JK_HORIZON_CLASS:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", jk_capacity_name((jk_capacity)code));
        break;
    case JK_HORIZON_SEGMENT:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", model->segments[code].id);
        break;
    case JK_HORIZON_TREATMENT:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", jk_action_name((jk_action)(code + JK_SURVEIL)));
        break;
    case JK_HORIZON_DECISION:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s, %s", jk_action_name((jk_action)(code / 2)),
                       code % 2 == 0 ? "done" : "not done");
        break;
    case JK_HORIZON_VINTAGE:
        (void)snprintf(name, JK_BACKTEST_NAME, "%04dQ%d", code / QUARTERS, code % QUARTERS + 1);
        break;
    default:
        (void)snprintf(name, JK_BACKTEST_NAME, "%04d-%02d", FIRST_YEAR + code / YEAR_MONTHS, code % YEAR_MONTHS + 1);
    }
}

static jk_status sum_tables(const jk_backtest_rows *rows, const jk_model *model, jk_horizon *horizon, jk_error *error) {
    double part = 1.0;
    JK_TRY(jk_backtest_paid_part(rows, &part, error));
    for (int by = -1; by < JK_HORIZON_BY_COUNT; by++) {
        jk_backtest_cell *cells = NULL;
        uint16_t *codes = NULL;
        size_t count = 0;
        jk_status status = jk_backtest_cells(rows, by, part, &cells, &codes, &count, error);
        for (size_t c = 0; status == JK_OK && by >= 0 && c < count; c++) {
            name_cell(model, (jk_horizon_by)by, codes[c], cells[c].name);
        }
        free(codes);
        if (status != JK_OK || by < 0) {
            if (status == JK_OK && count > 0) {
                horizon->total = cells[0];
                (void)snprintf(horizon->total.name, sizeof horizon->total.name, "all");
            }
            free(cells);
            JK_TRY(status);
        } else {
            horizon->table[by] = (jk_horizon_table){count, cells};
        }
    }
    return JK_OK;
}

static void count_watched(const jk_landmarks *landmarks, size_t h, jk_horizon *horizon) {
    double whole = 0.0, watched = 0.0;
    for (size_t i = 0; i < landmarks->count; i++) {
        const jk_landmark *at = &landmarks->at[i];
        horizon->complete += at->horizon[h].months > horizon->months - 0.5;
        whole += at->balance * horizon->months;
        watched += at->balance * at->horizon[h].months;
    }
    horizon->watched_share = whole > 0.0 ? watched / whole : (double)NAN;
}

static jk_status test_landmarks(const jk_landmarks *landmarks, const jk_model *model, const jk_horizon_options *options,
                                jk_horizon_model *result, jk_error *error) {
    jk_backtest_rows rows = {.debtors = landmarks->debtors, .claims = landmarks->claims};
    rows.row = jk_columns_alloc(landmarks->count, sizeof *rows.row);
    jk_status status = jk_held(rows.row != NULL, error, "the rows of the back-test");
    for (size_t h = 0; status == JK_OK && h < options->landmarks.horizon_count; h++) {
        jk_horizon *horizon = &result->horizon[h];
        *horizon = (jk_horizon){.months = options->landmarks.horizon[h]};
        result->horizon_count = h + 1;
        fill_rows(landmarks, h, &rows);
        count_watched(landmarks, h, horizon);
        if (rows.count > 0) {
            status = jk_backtest_order(&rows, error);
            status = status == JK_OK ? sum_tables(&rows, model, horizon, error) : status;
        }
    }
    jk_backtest_rows_reset(&rows);
    return status;
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

static jk_status describe(const char *path, const jk_model *model, jk_horizon_test *test, jk_horizon_model *result,
                          jk_error *error) {
    result->path = strdup(path);
    result->name = strdup(model->name);
    result->sha256 = strdup(model->sha256);
    JK_TRY(jk_held(result->path != NULL && result->name != NULL && result->sha256 != NULL, error, "a name"));
    (void)snprintf(result->currency, sizeof result->currency, "%s", model->base_currency);
    return strcmp(result->currency, test->model[0].currency) == 0
               ? JK_OK
               : jk_fail(error, JK_ERROR_MODEL, path, 0, "base_currency",
                         "is %s, that of the first model is %s; expected one currency to compare in", result->currency,
                         test->model[0].currency);
}

static jk_status add_landmarks(jk_landmarks *part, jk_landmarks *all, jk_error *error) {
    jk_landmark *at = jk_columns_alloc(all->count + part->count, sizeof *at);
    JK_TRY(jk_held(at != NULL, error, "the landmarks"));
    if (all->count > 0) {
        memcpy(at, all->at, all->count * sizeof *at);
    }
    memcpy(at + all->count, part->at, part->count * sizeof *at);
    free(all->at);
    all->at = at;
    all->count += part->count;
    all->claims += part->claims;
    return JK_OK;
}

/* Each part of the debtors valued by the model that has not seen them. */
static jk_status value_folds(const char *panel_path, const jk_model *model, const jk_horizon_options *options,
                             jk_landmarks *landmarks, jk_error *error) {
    for (int f = 1; f <= options->folds; f++) {
        jk_fold fold;
        jk_landmarks part = {0};
        jk_landmark_options own = options->landmarks;
        jk_status status = jk_fold_open(panel_path, model, &own.filter, f, options->folds, &own.run, &fold, error);
        own.filter = fold.filter;
        status = status == JK_OK ? jk_landmarks_run(fold.panel, &fold.model, &own, &part, error) : status;
        status = status == JK_OK ? add_landmarks(&part, landmarks, error) : status;
        jk_landmarks_reset(&part);
        jk_fold_close(&fold);
        JK_TRY(status);
    }
    return JK_OK;
}

static jk_status test_model(const char *panel_path, const char *model_path, const jk_horizon_options *options,
                            jk_horizon_test *test, jk_horizon_model *result, jk_error *error) {
    jk_model *model = NULL;
    jk_panel *panel = NULL;
    jk_landmarks landmarks = {0};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_model_load(model_path, &model, error));
    JK_TRY_CLEANUP(describe(model_path, model, test, result, error));
    JK_TRY_CLEANUP(jk_panel_open_run(panel_path, model, &options->landmarks.run, &panel, error));
    if (test->panel_path == NULL) {
        test->panel_path = strdup(panel_path);
        test->panel_sha256 = strdup(jk_tape_sha256(jk_panel_tape(panel)));
        test->panel_rows = jk_tape_rows(jk_panel_tape(panel));
        JK_TRY_CLEANUP(jk_held(test->panel_path != NULL && test->panel_sha256 != NULL, error, "a name"));
    }
    if (options->folds > 1) {
        landmarks.debtors = jk_tape_debtors(jk_panel_tape(panel));
        JK_TRY_CLEANUP(value_folds(panel_path, model, options, &landmarks, error));
    } else {
        JK_TRY_CLEANUP(jk_landmarks_run(panel, model, &options->landmarks, &landmarks, error));
    }
    test->landmarks = landmarks.count;
    test->claims = landmarks.claims;
    JK_TRY_CLEANUP(test_landmarks(&landmarks, model, options, result, error));
cleanup:
    jk_landmarks_reset(&landmarks);
    jk_panel_close(panel);
    jk_model_free(model);
    return status;
}

jk_status jk_horizon_run(const char *panel_path, const char *const *model_paths, size_t model_count,
                         const jk_horizon_options *options, jk_horizon_test *test, jk_error *error) {
    *test = (jk_horizon_test){.options = *options};
    test->options.landmarks.within = false;
    test->options.landmarks.decide = true;
    if (model_count < 1 || model_count > JK_BACKTEST_MODELS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "%zu models; expected 1 to %d", model_count,
                       JK_BACKTEST_MODELS_MAX);
    }
    test->model = jk_columns_zero(model_count, sizeof *test->model);
    test->model_count = test->model != NULL ? model_count : 0;
    jk_status status = jk_held(test->model != NULL, error, "the results of a back-test");
    for (size_t m = 0; status == JK_OK && m < model_count; m++) {
        status = test_model(panel_path, model_paths[m], &test->options, test, &test->model[m], error);
    }
    if (status != JK_OK) {
        jk_horizon_reset(test);
    }
    return status;
}

void jk_horizon_reset(jk_horizon_test *test) {
    for (size_t m = 0; m < test->model_count; m++) {
        jk_horizon_model *model = &test->model[m];
        for (size_t h = 0; h < model->horizon_count; h++) {
            for (int by = 0; by < JK_HORIZON_BY_COUNT; by++) {
                free(model->horizon[h].table[by].cell);
            }
        }
        free(model->path);
        free(model->name);
        free(model->sha256);
    }
    free(test->model);
    free(test->panel_path);
    free(test->panel_sha256);
    *test = (jk_horizon_test){0};
}
