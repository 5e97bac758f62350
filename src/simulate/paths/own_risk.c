/* SPDX-License-Identifier: Apache-2.0 */
/* The own risk of claims on a path whose factors are given (docs/simulate.md, "Own risk").
 *
 *     large   with the probabilities p_j of resolving in epoch j, sum <= 1, and U uniform on (0, 1): the claim resolves
 *             in the j with p_1 + … + p_(j-1) <= U < p_1 + … + p_j and brings E[cash_j] / p_j there, so that the mean
 *             over U is the expected cash; costs run while it is open, divided by the chance of being open
 *     rest    year y brings G_y exp(s_y n_y - s_y^2 / 2), s_y^2 = ln(1 + Var_y),
 *             Var_y = (second moment per unit collected) / G_y - (part of the squared means),
 *             n normal, tied between years by jk_own_risk_factor
 *
 * Both keep every mean exactly. The log-normal number stands for a sum of many claims; the claims for which that would
 * be wrong are the large ones (survey.c). */
#include "simulate/paths/own_risk.h"

#include <math.h>
#include <string.h>

#include "base/number/fmath.h"

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

/* The logarithms of two years' collections, Y and Z of mean 1: X = exp(s n - s^2/2) with n normal has the variance
 * e^(s^2) - 1, and two of them with correlation r have the covariance e^(r s t) - 1 (moments of log-normal numbers). So
 * s^2 = ln(1 + Var Y) and r = ln(1 + Cov(Y, Z)) / (s t). Not every set of variances and covariances is that of
 * log-normal numbers: what a claim paid in one year it cannot pay in another, which few claims show strongly. The
 * factor below is therefore one of the nearest that can be had row by row: its rows have the norm 1 whatever r is, so
 * that each year keeps its mean and its variance, and only what ties years together gives way. */

/* From here on a covariance of two means is that of numbers which exclude each other nearly always. */
#define COVARIANCE_LEAST (-0.99)
/* Below this a row says nothing that earlier rows do not say. */
#define PIVOT_LEAST 1e-6

static double log_variance(double variance) {
    return jk_log(1.0 + fmax(0.0, variance));
}

void jk_own_risk_factor(const double *covariance, int years, double *factor) {
    for (int y = 0; y < years; y++) {
        double *row = factor + y * years, own = log_variance(covariance[y * years + y]), norm = 0.0;
        for (int z = 0; z < y; z++) {
            double other = log_variance(covariance[z * years + z]), pivot = factor[z * years + z];
            double tie = jk_log(1.0 + fmax(COVARIANCE_LEAST, covariance[y * years + z]));
            double sum = own > 0.0 && other > 0.0 ? fmin(fmax(tie / sqrt(own * other), -1.0), 1.0) : 0.0;
            for (int k = 0; k < z; k++) {
                sum -= row[k] * factor[z * years + k];
            }
            row[z] = pivot > PIVOT_LEAST ? sum / pivot : 0.0;
            norm += row[z] * row[z];
        }
        double scale = norm > 1.0 ? 1.0 / sqrt(norm) : 1.0;
        for (int z = 0; z < y; z++) {
            row[z] *= scale;
        }
        row[y] = sqrt(fmax(0.0, 1.0 - norm));
        for (int z = y + 1; z < years; z++) {
            row[z] = 0.0;
        }
    }
}

void jk_own_risk_rest(const jk_calibration *calibration, double *flow, const double *normal, double *work) {
    const int years = calibration->years;
    double *gross = work, *factor = work + years;
    memset(work, 0, (size_t)years * sizeof *work);
    for (int j = 0; j < calibration->epochs; j++) {
        gross[calibration->epoch_year[j]] += flow[j * JK_PATH_FLOWS + JK_PATH_GROSS];
    }
    for (int y = 0; y < years; y++) {
        double mean = calibration->base_year[y];
        double less = mean > 0.0 ? calibration->cross[y * years + y] / (mean * mean) : 0.0;
        double variance = gross[y] > 0.0 ? log_variance(calibration->second[y] / gross[y] - less) : 0.0;
        double sum = 0.0;
        for (int z = 0; z <= y; z++) {
            sum += calibration->tie[y * years + z] * normal[z];
        }
        factor[y] = jk_exp(sqrt(variance) * sum - 0.5 * variance);
    }
    for (int j = 0; j < calibration->epochs; j++) {
        scale_collections(flow + j * JK_PATH_FLOWS, factor[calibration->epoch_year[j]]);
    }
}
