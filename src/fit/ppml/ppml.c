/* SPDX-License-Identifier: Apache-2.0 */
/* A fit from its parts: what comes in is checked, what cannot be estimated is found, then search and errors. */
#include "fit/ppml/ppml.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "fit/ppml/ppml_kept.h"
#include "fit/ppml/ppml_pass.h"

enum { STRIPS_MAX = 64 };
#define STRIP_BYTES (512u << 20) /* of all strips' sums together */

const char *jk_ppml_state_name(jk_ppml_state state) {
    static const char *const names[JK_PPML_STATE_COUNT] = {"estimated", "held", "no exposure", "no cash", "collinear"};
    return names[state];
}

void jk_ppml_reset(jk_ppml *fit) {
    free(fit->estimate);
    free(fit->state);
    free(fit->std_error);
    free(fit->std_model);
    free(fit->covariance);
    free(fit->exposure);
    free(fit->cash);
    free(fit->expected);
    free(fit->payers);
    free(fit->clusters);
    free(fit->degrees);
    free(fit->left);
    *fit = (jk_ppml){0};
}

/* ---- what comes in ------------------------------------------------------------------------------------------------
 */

static jk_status check_design(const jk_ppml_design *design, jk_error *error) {
    if (design->parameters < 1 || design->parameters > JK_PPML_PARAMETERS_MAX || design->terms > JK_PPML_TERMS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "%zu parameters and %zu terms; expected 1 to %d and at most %d", design->parameters,
                       design->terms, (int)JK_PPML_PARAMETERS_MAX, (int)JK_PPML_TERMS_MAX);
    }
    for (size_t c = 0; c < design->curves; c++) {
        const jk_ppml_curve *curve = &design->curve[c];
        int bad = curve->count < 1 || curve->count > JK_PPML_KNOTS_MAX || curve->month[0] != 0.0;
        for (size_t k = 0; !bad && k < curve->count; k++) {
            bad = curve->parameter[k] < JK_PPML_NONE || curve->parameter[k] >= (int64_t)design->parameters ||
                  (k > 0 && !(curve->month[k] > curve->month[k - 1]));
        }
        if (bad) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "curve %zu is not a step function from month 0", c);
        }
    }
    for (size_t t = 0; t < design->terms; t++) {
        const jk_ppml_term *term = &design->term[t];
        for (size_t l = 0; l < term->levels * (term->by_curve ? design->curves : 1); l++) {
            if (term->parameter[l] < JK_PPML_NONE || term->parameter[l] >= (int64_t)design->parameters) {
                return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "term %zu names a parameter that is not", t);
            }
        }
    }
    return JK_OK;
}

static jk_status check_rows(const jk_ppml_rows *rows, const jk_ppml_design *design, jk_error *error) {
    if (rows->clusters < 1 || rows->cluster_begin[0] != 0 || rows->cluster_begin[rows->clusters] != rows->rows) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "clusters do not cover the rows");
    }
    for (size_t i = 0; i < rows->rows; i++) {
        int good = isfinite(rows->cash[i]) && rows->weight[i] >= 0.0 && isfinite(rows->weight[i]) &&
                   rows->start[i] >= 0.0 && rows->months[i] > 0.0 && isfinite(rows->start[i] + rows->months[i]) &&
                   rows->curve[i] < design->curves &&
                   (rows->known == NULL || (rows->known[i] >= 0.0 && isfinite(rows->known[i])));
        for (size_t t = 0; good && t < design->terms; t++) {
            good = rows->level[i * design->terms + t] < design->term[t].levels;
        }
        if (!good) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                           "row %zu of a fit is not finite, not positive or names a level that is not", i);
        }
    }
    return JK_OK;
}

/* ---- setting up ---------------------------------------------------------------------------------------------------
 */

static void cut_strips(jk_ppml_work *work, const uint8_t *held) {
    const jk_ppml_rows *rows = work->rows;
    size_t parameters = work->design->parameters, unknowns = 0;
    for (size_t p = 0; p < parameters; p++) {
        unknowns += held == NULL || !held[p];
    }
    size_t bytes = (unknowns * unknowns + 4 * parameters) * sizeof(double);
    size_t strips = STRIP_BYTES / bytes < 1 ? 1 : STRIP_BYTES / bytes;
    strips = strips > STRIPS_MAX ? STRIPS_MAX : strips;
    work->strips = strips < rows->clusters ? strips : rows->clusters;
    size_t cluster = 0;
    for (size_t s = 0; s < work->strips; s++) {
        work->strip_begin[s] = cluster;
        size_t end = rows->rows / work->strips * (s + 1);
        while (cluster < rows->clusters && (rows->cluster_begin[cluster] < end || s + 1 == work->strips)) {
            cluster++;
        }
    }
    work->strip_begin[work->strips] = rows->clusters;
}

void jk_ppml_work_reset(jk_ppml_work *work) {
    free(work->factor);
    free(work->skip);
    free(work->slot);
    free(work->strip_begin);
    free(work->sums);
}

jk_status jk_ppml_work_init(jk_ppml_work *work, const uint8_t *held, double *parameters, uint8_t *state,
                            jk_error *error) {
    size_t count = work->design->parameters;
    work->parameters = parameters;
    work->state = state;
    work->factor = jk_columns_zero(count, sizeof *work->factor);
    work->slot = jk_columns_zero(count, sizeof *work->slot);
    work->skip = jk_columns_zero(work->rows->rows, sizeof *work->skip);
    work->strip_begin = jk_columns_zero(STRIPS_MAX + 1, sizeof *work->strip_begin);
    JK_TRY(jk_held(work->factor != NULL && work->slot != NULL && work->skip != NULL && work->strip_begin != NULL, error,
                   "the fit"));
    cut_strips(work, held);
    return JK_OK;
}

/* States from what was surveyed; rows of a parameter without cash leave the estimation. */
static void find_states(jk_ppml_work *work, const uint8_t *held, const jk_ppml *fit) {
    for (size_t p = 0; p < work->design->parameters; p++) {
        int held_here = held != NULL && held[p];
        jk_ppml_state state = held_here                   ? JK_PPML_HELD
                              : !(fit->exposure[p] > 0.0) ? JK_PPML_NO_ROWS
                              : !(fit->cash[p] > 0.0)     ? JK_PPML_NO_CASH
                                                          : JK_PPML_FREE;
        work->state[p] = (uint8_t)state;
        if (work->state[p] != JK_PPML_FREE && work->state[p] != JK_PPML_HELD) {
            work->parameters[p] = 0.0;
        }
    }
    jk_ppml_row row;
    for (size_t i = 0; i < work->rows->rows; i++) {
        work->skip[i] = (uint16_t)(work->rows->weight[i] > 0.0 ? 0 : JK_PPML_WEIGHTLESS);
        if (!work->skip[i] && !(work->rows->cash[i] > 0.0)) {
            jk_ppml_row_at(work, i, &row);
            for (size_t k = 0; k < row.count && !work->skip[i]; k++) {
                if (row.parameter[k] >= 0 && work->state[row.parameter[k]] == JK_PPML_NO_CASH) {
                    work->skip[i] = (uint16_t)(JK_PPML_NO_CASH_GROUP + row.parameter[k]);
                }
            }
        }
    }
}

/* ---- together -----------------------------------------------------------------------------------------------------
 */

static jk_status fit_init(jk_ppml *fit, size_t parameters, int with_covariance, jk_error *error) {
    *fit = (jk_ppml){.parameters = parameters};
    fit->estimate = jk_columns_zero(parameters, sizeof(double));
    fit->state = jk_columns_zero(parameters, sizeof *fit->state);
    fit->std_error = jk_columns_zero(parameters, sizeof(double));
    fit->std_model = jk_columns_zero(parameters, sizeof(double));
    fit->covariance = jk_columns_zero(with_covariance ? parameters * parameters : 1, sizeof(double));
    fit->exposure = jk_columns_zero(parameters, sizeof(double));
    fit->cash = jk_columns_zero(parameters, sizeof(double));
    fit->expected = jk_columns_zero(parameters, sizeof(double));
    fit->payers = jk_columns_zero(parameters, sizeof(double));
    fit->clusters = jk_columns_zero(parameters, sizeof(double));
    fit->degrees = jk_columns_zero(parameters, sizeof(double));
    return jk_held(fit->estimate != NULL && fit->state != NULL && fit->std_error != NULL && fit->std_model != NULL &&
                       fit->covariance != NULL && fit->exposure != NULL && fit->cash != NULL && fit->expected != NULL &&
                       fit->payers != NULL && fit->clusters != NULL && fit->degrees != NULL,
                   error, "the fit");
}

static jk_status need_cash(const jk_ppml_rows *rows, jk_error *error) {
    double exposure = 0.0, cash = 0.0;
    for (size_t i = 0; i < rows->rows; i++) {
        exposure += rows->weight[i] > 0.0 ? rows->weight[i] * rows->months[i] : 0.0;
        cash += rows->weight[i] > 0.0 ? rows->cash[i] : 0.0;
    }
    if (!(exposure > 0.0) || !(cash > 0.0)) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                       "the panel has an exposure of %g and cash of %g; expected both to be above zero", exposure,
                       cash);
    }
    return JK_OK;
}

static jk_status estimate(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_options *options,
                          const jk_run *run, jk_ppml *fit, jk_error *error) {
    jk_ppml_work work = {
        .rows = rows, .design = design, .run = run, .link_count = options->link_count, .links = options->links};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(fit_init(fit, design->parameters, !options->without_errors, error));
    if (options->start != NULL) {
        memcpy(fit->estimate, options->start, design->parameters * sizeof(double));
    }
    JK_TRY_CLEANUP(jk_ppml_work_init(&work, options->held, fit->estimate, fit->state, error));
    jk_ppml_factors(&work);
    JK_TRY_CLEANUP(jk_ppml_survey(&work, fit, error));
    find_states(&work, options->held, fit);
    if (options->start == NULL || (options->held != NULL && !options->warm)) {
        jk_ppml_guess(&work, fit);
    }
    jk_ppml_number(&work);
    jk_ppml_factors(&work);
    JK_TRY_CLEANUP(jk_ppml_search(&work, options, fit, error));
    JK_TRY_CLEANUP(jk_ppml_errors(&work, options, fit, error));
    fit->rows = rows->rows;
    fit->left = work.skip;
    work.skip = NULL;
cleanup:
    jk_ppml_work_reset(&work);
    if (status != JK_OK) {
        jk_ppml_reset(fit);
    }
    return status;
}

jk_status jk_ppml_fit(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_options *options,
                      const jk_run *run, jk_ppml *fit, jk_error *error) {
    static const jk_ppml_options none = {0};
    char name[JK_PPML_NAME];
    bool found = false;
    options = options != NULL ? options : &none;
    *fit = (jk_ppml){0};
    JK_TRY(check_design(design, error));
    JK_TRY(check_rows(rows, design, error));
    JK_TRY(need_cash(rows, error));
    JK_TRY(jk_ppml_kept_find(rows, design, options, name, fit, &found, error));
    if (found) {
        return JK_OK;
    }
    JK_TRY(estimate(rows, design, options, run, fit, error));
    return jk_ppml_keep(name, options, fit, error);
}

jk_status jk_ppml_predict(const jk_ppml_rows *rows, const jk_ppml_design *design, const double *parameters,
                          const jk_run *run, double *mu, jk_error *error) {
    JK_TRY(check_design(design, error));
    JK_TRY(check_rows(rows, design, error));
    double *factor = jk_columns_zero(design->parameters, sizeof *factor);
    double *copy = jk_columns_zero(design->parameters, sizeof *copy);
    if (factor == NULL || copy == NULL) {
        free(factor);
        free(copy);
        return jk_fail_memory(error, "the fit");
    }
    memcpy(copy, parameters, design->parameters * sizeof *copy);
    jk_ppml_work work = {.rows = rows, .design = design, .run = run, .parameters = copy, .factor = factor};
    jk_ppml_factors(&work);
    jk_ppml_row row;
    for (size_t i = 0; i < rows->rows; i++) {
        jk_ppml_row_at(&work, i, &row);
        mu[i] = row.mean;
    }
    free(factor);
    free(copy);
    return JK_OK;
}
