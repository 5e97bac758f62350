/* SPDX-License-Identifier: Apache-2.0 */
/* Dispersion and standard errors at the estimates: dispersion is Pearson's X^2 / (rows - parameters); the covariance is
 * the sandwich I^-1 M I^-1 G / (G - 1), M the sum over G clusters of score times its transpose (Liang, Zeger 1986),
 * with G - 1 degrees of freedom. Where clusters are few it is CR2 with Satterthwaite's degrees of freedom (ppml_few.c).
 * A parameter of which one cluster alone tells has no error of this kind, as its residuals are 0 there by construction:
 * its variance is the model's own, and its standard error is missing. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "fit/ppml/cholesky.h"
#include "fit/ppml/ppml_pass.h"

#define FEW_CUBES 3e8 /* sum of the cubes of the clusters' rows */

/* inverse · middle · inverse into `out`; middle is made whole first. */
static jk_status sandwich(const double *inverse, double *middle, size_t n, double scale, double *out, jk_error *error) {
    double *half = jk_columns_zero(n * n, sizeof *half);
    JK_TRY(jk_held(half != NULL, error, "the standard errors"));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            middle[i * n + j] = middle[j * n + i];
        }
    }
    for (int side = 0; side < 2; side++) {
        const double *left = side == 0 ? inverse : half;
        const double *right = side == 0 ? middle : inverse;
        double *product = side == 0 ? half : out;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                double factor = left[i * n + j];
                for (size_t k = 0; factor != 0.0 && k < n; k++) {
                    product[i * n + k] += factor * right[j * n + k];
                }
            }
        }
    }
    for (size_t i = 0; i < n * n; i++) {
        out[i] *= scale;
    }
    free(half);
    return JK_OK;
}

/* Parameters of which one cluster alone tells: its residuals are 0 there by construction. */
static int is_alone(const jk_ppml *fit, size_t p, const double *degrees, size_t slot) {
    return fit->clusters_used < 2 || fit->clusters[p] < 2.0 || isnan(degrees[slot]);
}

static void spread_errors(const jk_ppml_work *work, const double *inverse, const double *robust, const double *degrees,
                          jk_ppml *fit) {
    size_t n = work->unknowns, parameters = fit->parameters;
    for (size_t p = 0; p < parameters; p++) {
        for (size_t q = 0; work->slot[p] >= 0 && q < parameters; q++) {
            if (work->slot[q] >= 0) {
                size_t i = (size_t)work->slot[p], j = (size_t)work->slot[q];
                /* The mean of both halves: symmetric to the last bit. */
                fit->covariance[p * parameters + q] = 0.5 * (robust[i * n + j] + robust[j * n + i]);
            }
        }
        if (work->slot[p] >= 0) {
            size_t i = (size_t)work->slot[p];
            fit->std_error[p] = sqrt(fmax(fit->covariance[p * parameters + p], 0.0));
            fit->std_model[p] = fit->dispersion > 0.0 ? sqrt(fit->dispersion * inverse[i * n + i]) : 0.0;
            fit->degrees[p] = degrees[i];
        }
    }
    for (size_t p = 0; p < parameters; p++) {
        if (work->slot[p] >= 0 && is_alone(fit, p, degrees, (size_t)work->slot[p])) {
            fit->std_error[p] = fit->degrees[p] = (double)NAN;
            for (size_t q = 0; q < parameters; q++) {
                double own = p == q ? fit->std_model[p] * fit->std_model[p] : 0.0;
                fit->covariance[p * parameters + q] = fit->covariance[q * parameters + p] = own;
            }
        }
    }
}

/* Adds scale times the penalties' matrix to the upper triangle of `middle`: what links say is as uncertain as data. */
static void add_links(const jk_ppml_work *work, double scale, double *middle) {
    const size_t n = work->unknowns;
    for (size_t l = 0; l < work->link_count; l++) {
        const int32_t a = work->slot[work->links[l].a], b = work->links[l].b >= 0 ? work->slot[work->links[l].b] : -1;
        const double weight = scale * work->links[l].weight;
        if (a >= 0) {
            middle[(size_t)a * n + (size_t)a] += weight;
        }
        if (b >= 0) {
            middle[(size_t)b * n + (size_t)b] += weight;
        }
        if (a >= 0 && b >= 0) {
            middle[(size_t)(a < b ? a : b) * n + (size_t)(a < b ? b : a)] -= weight;
        }
    }
}

/* Few enough clusters for their own errors, and rows enough only for a second or two of work. */
static int is_few(const jk_ppml_work *work, size_t clusters) {
    const jk_ppml_rows *rows = work->rows;
    double cubes = 0.0;
    for (size_t c = 0; clusters < JK_PPML_FEW && c < rows->clusters; c++) {
        double count = 0.0;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            count += !work->skip[i];
        }
        cubes += count * count * count;
    }
    return clusters >= 2 && clusters < JK_PPML_FEW && cubes < FEW_CUBES;
}

jk_status jk_ppml_errors(jk_ppml_work *work, const jk_ppml_options *options, jk_ppml *fit, jk_error *error) {
    size_t n = work->unknowns;
    jk_status status = JK_OK;
    jk_ppml_sums sums = {.gradient = jk_columns_zero(n, sizeof(double)),
                         .information = jk_columns_zero(n * n, sizeof(double))};
    double *inverse = jk_columns_zero(n * n, sizeof(double));
    double *robust = jk_columns_zero(n * n, sizeof(double));
    double *degrees = jk_columns_zero(n, sizeof *degrees);
    uint8_t *dropped = jk_columns_zero(n, sizeof *dropped);
    jk_ppml_rest rest = {.expected = fit->expected, .cash = fit->cash};
    rest.middle = options->without_errors ? NULL : jk_columns_zero(n * n, sizeof(double));
    JK_TRY_CLEANUP(jk_held(sums.gradient != NULL && sums.information != NULL && inverse != NULL && robust != NULL &&
                               degrees != NULL && dropped != NULL && (options->without_errors || rest.middle != NULL),
                           error, "the standard errors"));
    JK_TRY_CLEANUP(jk_ppml_remains(work, &rest, error));
    fit->rows_used = rest.rows;
    fit->clusters_used = rest.clusters;
    fit->estimated = n;
    fit->dispersion = rest.rows > n ? rest.pearson / (double)(rest.rows - n) : (double)NAN;
    fit->cluster_dispersion = rest.mean > 0.0 ? rest.cluster_square / rest.mean : (double)NAN;
    if (options->without_errors || n == 0) {
        goto cleanup;
    }
    JK_TRY_CLEANUP(jk_ppml_score(work, &sums, error));
    (void)jk_cholesky_factor(sums.information, n, JK_PPML_TOLERANCE, dropped);
    jk_cholesky_inverse(sums.information, n, dropped, inverse);
    double clusters = (double)rest.clusters;
    double adjust = rest.clusters > 1 ? clusters / (clusters - 1.0) : 1.0;
    for (size_t i = 0; i < n; i++) {
        degrees[i] = clusters - 1.0;
    }
    if (options->by_dispersion) {
        for (size_t i = 0; i < n * n; i++) {
            robust[i] = fit->cluster_dispersion * inverse[i];
        }
    } else if (work->link_count == 0 && is_few(work, rest.clusters)) {
        JK_TRY_CLEANUP(jk_ppml_few_errors(work, inverse, robust, degrees, error));
    } else {
        add_links(work, fit->cluster_dispersion, rest.middle);
        JK_TRY_CLEANUP(sandwich(inverse, rest.middle, n, adjust, robust, error));
    }
    spread_errors(work, inverse, robust, degrees, fit);
cleanup:
    free(sums.gradient);
    free(sums.information);
    free(inverse);
    free(robust);
    free(degrees);
    free(dropped);
    free(rest.middle);
    return status;
}
