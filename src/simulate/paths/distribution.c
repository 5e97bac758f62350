/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a distribution and how far they may be off, from n independent paths.
 *
 * Quantiles are interpolated between ranks (p (n - 1), type 7 of Hyndman and Fan 1996). Standard errors are asymptotic:
 * of the mean s / sqrt(n); of the spread by the delta method from the fourth moment; of a quantile half the distance of
 * the values at ranks one binomial standard deviation below and above, which needs no estimate of the density; of the
 * expected shortfall by its influence function (q - x)+ / 0.05. Values are sorted first and summed in that order, so
 * that neither threads nor batches show. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/invariants.h"
#include "base/number/sort.h"
#include "jalki/simulate.h"
#include "simulate/paths/distribution.h"

#define TAIL 0.05

const char *jk_figure_name(jk_figure figure) {
    static const char *const names[JK_FIGURE_COUNT] = {"mean", "sd",  "p01", "p05", "p25",
                                                       "p50",  "p75", "p95", "p99", "es05"};
    return (unsigned)figure < JK_FIGURE_COUNT ? names[figure] : "?";
}

/* The value at a rank counted from 0, between two of them. */
static double at_rank(const double *sorted, size_t count, double rank) {
    assert(count > 0);
    double most = (double)(count - 1);
    double place = rank < 0.0 ? 0.0 : (rank > most ? most : rank);
    size_t below = (size_t)place;
    double part = place - (double)below;
    return part > 0.0 ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[below];
}

double jk_quantile(const double *sorted, size_t count, double probability) {
    return count == 0 ? (double)NAN : at_rank(sorted, count, probability * (double)(count - 1));
}

/* The number of values below the true quantile is binomial: its standard deviation, read off the values themselves,
 * needs no estimate of the density. */
double jk_quantile_error(const double *sorted, size_t count, double probability) {
    if (count < 2) {
        return (double)NAN;
    }
    double rank = probability * (double)(count - 1);
    double step = sqrt(probability * (1.0 - probability) * (double)count);
    return 0.5 * (at_rank(sorted, count, rank + step) - at_rank(sorted, count, rank - step));
}

static void set_moments(const double *values, size_t count, jk_distribution *d) {
    double sum = 0.0, second = 0.0, fourth = 0.0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    double mean = sum / n;
    for (size_t i = 0; i < count; i++) {
        double square = (values[i] - mean) * (values[i] - mean);
        second += square;
        fourth += square * square;
    }
    double variance = count > 1 ? second / (n - 1.0) : 0.0, spread = sqrt(variance);
    d->figure[JK_FIGURE_MEAN] = mean;
    d->figure[JK_FIGURE_SD] = spread;
    d->error[JK_FIGURE_MEAN] = spread / sqrt(n);
    /* Delta method: the variance's own variance is (m4 - s^4)/n. */
    d->error[JK_FIGURE_SD] =
        spread > 0.0 ? sqrt(fmax(0.0, fourth / n - variance * variance) / n) / (2.0 * spread) : 0.0;
}

/* The mean of the worst twentieth, and the error of its influence function max(q - x, 0)/0.05. */
static void set_shortfall(const double *sorted, size_t count, jk_distribution *d) {
    size_t worst = (size_t)ceil(TAIL * (double)count);
    double sum = 0.0, n = (double)count;
    assert(worst >= 1 && worst <= count);
    for (size_t i = 0; i < worst; i++) {
        sum += sorted[i];
    }
    double quantile = sorted[worst - 1], mean = 0.0, square = 0.0;
    for (size_t i = 0; i < worst; i++) {
        double short_of = (quantile - sorted[i]) / TAIL;
        mean += short_of / n;
        square += short_of * short_of / n;
    }
    d->figure[JK_FIGURE_ES05] = sum / (double)worst;
    d->error[JK_FIGURE_ES05] = sqrt(fmax(0.0, square - mean * mean) / n);
}

jk_distribution jk_distribution_of(double *values, size_t count) {
    static const struct {
        jk_figure figure;
        double probability;
    } quantiles[] = {{JK_FIGURE_P01, 0.01}, {JK_FIGURE_P05, 0.05}, {JK_FIGURE_P25, 0.25}, {JK_FIGURE_P50, 0.5},
                     {JK_FIGURE_P75, 0.75}, {JK_FIGURE_P95, 0.95}, {JK_FIGURE_P99, 0.99}};
    jk_distribution d = {0};
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            values[d.count++] = values[i];
        }
    }
    for (int f = 0; d.count == 0 && f < JK_FIGURE_COUNT; f++) {
        d.figure[f] = d.error[f] = (double)NAN;
    }
    if (d.count == 0) {
        return d;
    }
    jk_sort(values, d.count, sizeof *values, jk_compare_reals);
    assert(jk_ascends(values, d.count));
    set_moments(values, d.count, &d); /* of sorted values: the same sum whatever order they came in */
    set_shortfall(values, d.count, &d);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        d.figure[quantiles[i].figure] = jk_quantile(values, d.count, quantiles[i].probability);
        d.error[quantiles[i].figure] = jk_quantile_error(values, d.count, quantiles[i].probability);
    }
    return d;
}
