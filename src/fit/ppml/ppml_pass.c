/* SPDX-License-Identifier: Apache-2.0 */
/* A design row is a handful of indicators: the information is added up entry by entry over the pairs of parameters
 * that a row touches. With 15 touched of 60 that is 120 additions, where a dense product would need 3,600 operations;
 * with 600 parameters a dense one is out of the question. */
#include "fit/ppml/ppml_pass.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/team/parallel.h"
#include "base/team/team.h"

void jk_ppml_factors(jk_ppml_work *work) {
    for (size_t p = 0; p < work->design->parameters; p++) {
        work->factor[p] = jk_exp(work->parameters[p]);
    }
}

/* Doubles of all strips in one piece, strip after strip. */
typedef struct strip_loop {
    jk_ppml_work *work;
    double *sums;
    size_t width; /* doubles of a strip */
    size_t first; /* strip of this process */
    int with_information, with_middle;
    jk_status (*body)(struct strip_loop *loop, size_t strip, double *sums, jk_error *error);
} strip_loop;

static jk_status run_strip(void *context, int thread, size_t i, jk_error *error) {
    (void)thread;
    strip_loop *loop = context;
    const size_t strip = loop->first + i;
    double *sums = loop->sums + strip * loop->width;
    memset(sums, 0, loop->width * sizeof *sums);
    return loop->body(loop, strip, sums, error);
}

static jk_status run_strips(strip_loop *loop, const char *stage, double *total, jk_error *error) {
    jk_ppml_work *work = loop->work;
    size_t count = work->strips * loop->width;
    if (count > work->sums_count) {
        free(work->sums);
        work->sums = jk_columns_alloc(count, sizeof *work->sums);
        work->sums_count = work->sums != NULL ? count : 0;
        JK_TRY(jk_held(work->sums != NULL, error, "the sums of the fit"));
    }
    loop->sums = work->sums;
    size_t last = 0; /* ranks share the strips; what was added up is the same strips in the same order */
    jk_team_rows(JK_PASS_RESULT, work->strips, &loop->first, &last);
    assert(loop->first <= last && last <= work->strips);
    JK_TRY(jk_parallel_for(work->run, last - loop->first, stage, work->rows->rows / work->strips + 1, run_strip, loop,
                           error));
    JK_TRY(jk_team_gather_rows(loop->sums, loop->width * sizeof *loop->sums, work->strips, 1, error));
    memset(total, 0, loop->width * sizeof *total);
    for (size_t s = 0; s < work->strips; s++) {
        for (size_t i = 0; i < loop->width; i++) {
            total[i] += loop->sums[s * loop->width + i];
        }
    }
    return JK_OK;
}

static size_t first_row(const jk_ppml_work *work, size_t strip) {
    return work->rows->cluster_begin[work->strip_begin[strip]];
}

/* ---- what there is ------------------------------------------------------------------------------------------------
 */

static jk_status survey_strip(strip_loop *loop, size_t strip, double *sums, jk_error *error) {
    const jk_ppml_work *work = loop->work;
    const jk_ppml_rows *rows = work->rows;
    size_t parameters = work->design->parameters;
    double *exposure = sums, *cash = exposure + parameters, *payers = cash + parameters,
           *clusters = payers + parameters;
    size_t *seen = calloc(2 * parameters, sizeof *seen); /* cluster + 1 that last counted as payer, and at all */
    JK_TRY(jk_held(seen != NULL, error, "the sums of the fit"));
    jk_ppml_row row;
    for (size_t c = work->strip_begin[strip]; c < work->strip_begin[strip + 1]; c++) {
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            if (!(rows->weight[i] > 0.0)) {
                continue;
            }
            jk_ppml_row_at(work, i, &row);
            for (size_t k = 0; k < row.count; k++) {
                int32_t p = row.parameter[k];
                if (p < 0) {
                    continue;
                }
                exposure[p] += rows->weight[i] * rows->months[i] * row.share[k];
                cash[p] += rows->cash[i] * row.share[k];
                if (rows->cash[i] > 0.0 && seen[p] != c + 1) {
                    seen[p] = c + 1;
                    payers[p] += 1.0;
                }
                if (seen[parameters + (size_t)p] != c + 1) {
                    seen[parameters + (size_t)p] = c + 1;
                    clusters[p] += 1.0;
                }
            }
        }
    }
    free(seen);
    return JK_OK;
}

jk_status jk_ppml_survey(jk_ppml_work *work, jk_ppml *fit, jk_error *error) {
    size_t parameters = work->design->parameters;
    strip_loop loop = {.work = work, .width = 4 * parameters, .body = survey_strip};
    double *total = jk_columns_zero(loop.width, sizeof *total);
    JK_TRY(jk_held(total != NULL, error, "the sums of the fit"));
    jk_status status = run_strips(&loop, "survey", total, error);
    if (status == JK_OK) {
        memcpy(fit->exposure, total, parameters * sizeof *total);
        memcpy(fit->cash, total + parameters, parameters * sizeof *total);
        memcpy(fit->payers, total + 2 * parameters, parameters * sizeof *total);
        memcpy(fit->clusters, total + 3 * parameters, parameters * sizeof *total);
    }
    free(total);
    return status;
}

/* ---- score and information ----------------------------------------------------------------------------------------
 */

/* Keeps what a row touches among the unknowns, ascending order not needed: pairs are put into the upper triangle. */
static size_t unknowns_of(const jk_ppml_work *work, const jk_ppml_row *row, size_t *index, double *share) {
    size_t count = 0;
    for (size_t k = 0; k < row->count; k++) {
        int32_t p = row->parameter[k];
        if (p >= 0 && work->slot[p] >= 0) {
            index[count] = (size_t)work->slot[p];
            assert(index[count] < work->unknowns);
            share[count++] = row->share[k];
        }
    }
    return count;
}

void jk_ppml_add_product(double *upper, size_t n, const size_t *index, const double *value, size_t count,
                         double weight) {
    for (size_t a = 0; a < count; a++) {
        double left = weight * value[a];
        size_t i = index[a];
        assert(i < n);
        for (size_t b = a; b < count; b++) {
            size_t j = index[b];
            upper[i <= j ? i * n + j : j * n + i] += i == j && a != b ? 2.0 * left * value[b] : left * value[b];
        }
    }
}

static jk_status score_strip(strip_loop *loop, size_t strip, double *sums, jk_error *error) {
    (void)error;
    const jk_ppml_work *work = loop->work;
    const jk_ppml_rows *rows = work->rows;
    double *objective = sums, *gradient = objective + 1;
    double *information = gradient + work->unknowns;
    size_t index[JK_PPML_TOUCHED_MAX];
    double share[JK_PPML_TOUCHED_MAX];
    jk_ppml_row row;
    for (size_t i = first_row(work, strip); i < first_row(work, strip + 1); i++) {
        if (work->skip[i]) {
            continue;
        }
        jk_ppml_row_at(work, i, &row);
        *objective += (rows->cash[i] != 0.0 ? rows->cash[i] * jk_log(row.mean) : 0.0) - row.mean;
        if (!loop->with_information) {
            continue;
        }
        size_t count = unknowns_of(work, &row, index, share);
        double part = row.fitted / row.mean; /* 1 where nothing is known beside */
        double residual = (rows->cash[i] - row.mean) * part;
        for (size_t k = 0; k < count; k++) {
            gradient[index[k]] += residual * share[k];
        }
        jk_ppml_add_product(information, work->unknowns, index, share, count, row.fitted * part);
    }
    return JK_OK;
}

/* Takes the penalties off the objective; off gradient and information where `sums` has them. */
static double penalise(const jk_ppml_work *work, double objective, jk_ppml_sums *sums) {
    size_t n = work->unknowns;
    for (size_t l = 0; l < work->link_count; l++) {
        const jk_ppml_link *link = &work->links[l];
        const int32_t end[2] = {link->a, link->b};
        double difference = work->parameters[link->a] - (link->b >= 0 ? work->parameters[link->b] : 0.0);
        objective -= 0.5 * link->weight * difference * difference;
        for (int e = 0; sums != NULL && e < 2; e++) {
            int32_t slot = end[e] >= 0 ? work->slot[end[e]] : -1;
            int32_t other = end[1 - e] >= 0 ? work->slot[end[1 - e]] : -1;
            if (slot >= 0) {
                sums->gradient[slot] -= (e == 0 ? 1.0 : -1.0) * link->weight * difference;
                sums->information[(size_t)slot * n + (size_t)slot] += link->weight;
            }
            if (slot >= 0 && other > slot) {
                sums->information[(size_t)slot * n + (size_t)other] -= link->weight;
            }
        }
    }
    return objective;
}

jk_status jk_ppml_score(jk_ppml_work *work, jk_ppml_sums *sums, jk_error *error) {
    size_t n = work->unknowns;
    strip_loop loop = {.work = work, .width = 1 + n + n * n, .with_information = 1, .body = score_strip};
    double *total = jk_columns_alloc(loop.width, sizeof *total);
    JK_TRY(jk_held(total != NULL, error, "the sums of the fit"));
    jk_status status = run_strips(&loop, "fit", total, error);
    if (status == JK_OK) {
        sums->objective = total[0];
        memcpy(sums->gradient, total + 1, n * sizeof *total);
        memcpy(sums->information, total + 1 + n, n * n * sizeof *total);
        sums->objective = penalise(work, sums->objective, sums);
    }
    free(total);
    return status;
}

jk_status jk_ppml_objective(jk_ppml_work *work, double *objective, jk_error *error) {
    strip_loop loop = {.work = work, .width = 1, .body = score_strip};
    JK_TRY(run_strips(&loop, "fit", objective, error));
    *objective = penalise(work, *objective, NULL);
    return JK_OK;
}

/* ---- what the estimates leave -------------------------------------------------------------------------------------
 */

typedef struct cluster_score {
    double *value;   /* [unknowns] */
    size_t *touched; /* [unknowns] */
    uint8_t *is_touched;
    double *packed; /* [unknowns] values of the touched, side by side */
    size_t count;
} cluster_score;

static jk_status cluster_score_init(cluster_score *score, size_t unknowns, jk_error *error) {
    score->value = jk_columns_zero(unknowns, sizeof *score->value);
    score->packed = jk_columns_zero(unknowns, sizeof *score->packed);
    score->touched = jk_columns_zero(unknowns, sizeof *score->touched);
    score->is_touched = jk_columns_zero(unknowns, sizeof *score->is_touched);
    return jk_held(score->value != NULL && score->packed != NULL && score->touched != NULL && score->is_touched != NULL,
                   error, "the scores of a debtor");
}

static void cluster_score_reset(cluster_score *score) {
    free(score->value);
    free(score->packed);
    free(score->touched);
    free(score->is_touched);
}

static void add_score(cluster_score *score, const jk_ppml_work *work, const jk_ppml_row *row, double residual) {
    for (size_t k = 0; k < row->count; k++) {
        int32_t p = row->parameter[k];
        if (p >= 0 && work->slot[p] >= 0) {
            size_t i = (size_t)work->slot[p];
            if (!score->is_touched[i]) {
                score->is_touched[i] = 1;
                score->touched[score->count++] = i;
            }
            score->value[i] += residual * row->share[k];
        }
    }
}

/* Adds score score' to the middle and clears the score. */
static void close_cluster(cluster_score *score, double *middle, size_t n) {
    for (size_t k = 0; k < score->count; k++) {
        size_t i = score->touched[k];
        score->packed[k] = score->value[i];
        score->value[i] = 0.0;
        score->is_touched[i] = 0;
    }
    jk_ppml_add_product(middle, n, score->touched, score->packed, score->count, 1.0);
    score->count = 0;
}

enum { REST_HEAD = 5 }; /* pearson, cluster_square, mean, rows, clusters */

static void remains_of_cluster(const strip_loop *loop, size_t c, cluster_score *score, double *head, double *expected,
                               double *cash) {
    const jk_ppml_work *work = loop->work;
    const jk_ppml_rows *rows = work->rows;
    double difference = 0.0;
    size_t used = 0;
    jk_ppml_row row;
    for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
        if (!(rows->weight[i] > 0.0)) {
            continue;
        }
        jk_ppml_row_at(work, i, &row);
        double mean = work->skip[i] ? row.mean - row.fitted : row.mean; /* who left brings what is known, no more */
        for (size_t k = 0; k < row.count; k++) {
            if (row.parameter[k] >= 0) {
                expected[row.parameter[k]] += mean * row.share[k];
                cash[row.parameter[k]] += rows->cash[i] * row.share[k];
            }
        }
        if (work->skip[i]) {
            continue;
        }
        double residual = rows->cash[i] - row.mean;
        used++;
        difference += residual;
        head[0] += residual * residual / row.mean;
        head[2] += row.mean;
        if (loop->with_middle) {
            add_score(score, work, &row, residual * row.fitted / row.mean);
        }
    }
    head[1] += difference * difference;
    head[3] += (double)used;
    head[4] += used > 0 ? 1.0 : 0.0;
}

static jk_status remains_strip(strip_loop *loop, size_t strip, double *sums, jk_error *error) {
    const jk_ppml_work *work = loop->work;
    size_t n = work->unknowns, parameters = work->design->parameters;
    double *head = sums, *expected = head + REST_HEAD, *cash = expected + parameters;
    double *middle = cash + parameters;
    cluster_score score = {0};
    jk_status status = cluster_score_init(&score, n, error);
    for (size_t c = work->strip_begin[strip]; status == JK_OK && c < work->strip_begin[strip + 1]; c++) {
        remains_of_cluster(loop, c, &score, head, expected, cash);
        if (loop->with_middle) {
            close_cluster(&score, middle, n);
        }
    }
    cluster_score_reset(&score);
    return status;
}

jk_status jk_ppml_remains(jk_ppml_work *work, jk_ppml_rest *rest, jk_error *error) {
    size_t n = rest->middle != NULL ? work->unknowns : 0, parameters = work->design->parameters;
    strip_loop loop = {.work = work,
                       .width = REST_HEAD + 2 * parameters + n * n,
                       .with_middle = rest->middle != NULL,
                       .body = remains_strip};
    double *total = jk_columns_alloc(loop.width, sizeof *total);
    JK_TRY(jk_held(total != NULL, error, "the sums of the fit"));
    jk_status status = run_strips(&loop, "errors", total, error);
    if (status == JK_OK) {
        rest->pearson = total[0];
        rest->cluster_square = total[1];
        rest->mean = total[2];
        rest->rows = (size_t)total[3];
        rest->clusters = (size_t)total[4];
        memcpy(rest->expected, total + REST_HEAD, parameters * sizeof *total);
        memcpy(rest->cash, total + REST_HEAD + parameters, parameters * sizeof *total);
        if (n > 0) {
            memcpy(rest->middle, total + REST_HEAD + 2 * parameters, n * n * sizeof *total);
        }
    }
    free(total);
    return status;
}
