/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/own_risk.h"

#include <math.h>
#include <string.h>

#include "base/fmath.h"

static void scale_collections(double *flow, double scale) {
    flow[JK_PATH_GROSS] *= scale;
    flow[JK_PATH_CONTINGENT] *= scale;
    flow[JK_PATH_KEPT] *= scale;
}

static void scale_upkeep(double *flow, double scale) {
    flow[JK_PATH_RUNNING] *= scale;
    flow[JK_PATH_SPENT] *= scale;
    flow[JK_PATH_FILING] *= scale;
    flow[JK_PATH_SALE] *= scale;
}

void jk_own_risk_large(double *flow, int epochs, double uniform) {
    double before = 0.0; /* probability of resolution until here */
    bool resolved = false;
    for (int j = 0; j < epochs; j++) {
        double *here = flow + j * JK_PATH_FLOWS, chance = here[JK_PATH_SECOND];
        bool now = !resolved && chance > 0.0 && uniform < before + chance;
        scale_collections(here, now ? 1.0 / chance : 0.0);
        scale_upkeep(here, resolved || before >= 1.0 ? 0.0 : 1.0 / (1.0 - before));
        resolved = resolved || now;
        before += chance;
    }
}

/* Lower triangle of the Cholesky factor, in place; a pivot that rounding makes negative is 0. */
static void factorise(double *matrix, int size) {
    for (int i = 0; i < size; i++) {
        for (int k = 0; k <= i; k++) {
            double sum = matrix[i * size + k];
            for (int l = 0; l < k; l++) {
                sum -= matrix[i * size + l] * matrix[k * size + l];
            }
            if (i == k) {
                matrix[i * size + i] = sqrt(fmax(0.0, sum));
            } else {
                double pivot = matrix[k * size + k];
                matrix[i * size + k] = pivot > 0.0 ? sum / pivot : 0.0;
            }
        }
    }
}

void jk_own_risk_rest(const jk_calibration *calibration, double *flow, const double *normal, double *work) {
    const int years = calibration->years;
    double *gross = work, *second = work + years, *matrix = work + 2 * years;
    memset(work, 0, (size_t)(2 * years) * sizeof *work);
    for (int j = 0; j < calibration->epochs; j++) {
        gross[calibration->epoch_year[j]] += flow[j * JK_PATH_FLOWS + JK_PATH_GROSS];
        second[calibration->epoch_year[j]] += flow[j * JK_PATH_FLOWS + JK_PATH_SECOND];
    }
    /* Covariance of two years: second moments on the diagonal, less the products of the points' means, which are those
     * of the base case as far as collections are. Relative to the means, through the logarithm: moments of log-normal
     * numbers. */
    for (int y = 0; y < years; y++) {
        for (int z = 0; z <= y; z++) {
            double means = calibration->base_year[y] * calibration->base_year[z];
            double relative = means > 0.0 ? -calibration->cross[y * years + z] / means : 0.0;
            relative += y == z && gross[y] > 0.0 ? second[y] / (gross[y] * gross[y]) : 0.0;
            matrix[y * years + z] = jk_log(1.0 + fmax(relative, -0.99));
        }
    }
    double variance[JK_HORIZON_MAX];
    for (int y = 0; y < years; y++) {
        variance[y] = matrix[y * years + y];
    }
    factorise(matrix, years);
    for (int j = 0; j < calibration->epochs; j++) {
        int y = calibration->epoch_year[j];
        double exponent = -0.5 * fmax(0.0, variance[y]);
        for (int z = 0; z <= y; z++) {
            exponent += matrix[y * years + z] * normal[z];
        }
        scale_collections(flow + j * JK_PATH_FLOWS, jk_exp(exponent));
    }
}
