/* SPDX-License-Identifier: Apache-2.0 */
/* What a thin segment's shares and rates lean on.
 *
 * Spells of small debts are many and those of large ones are worth the money, and small debts are settled at once where
 * large ones are paid month by month: a mean over spells is that of small debts. So a segment leans on what segments of
 * debts as large as its own do: with x the mean logarithm of the first balances of its claims,
 *
 *     link(p) = a + d_treatment + b x,   d ~ N(0, s^2),   b ~ N(0, s^2),   s = 0.5,
 *
 * by penalised likelihood of spells settled of spells begun (binomial, logit), or of spells ended in months paid
 * (Poisson, log). What truly lies between segments beside that has the variance t^2 by moments about it, over all
 * cells: with O of N, P expected and I = N P (1 - P) or N P,
 *
 *     E sum of (O - N P)^2 / I = cells - 5 + t^2 sum of I   (Kleinman 1973, JASA 68, 46-54, on the link's scale).
 *
 * A cell's own data weigh Z = t^2 / (t^2 + v), v the larger of 1 / I and its variance by debtor. */
#include <math.h>

#include "base/number/fmath.h"
#include "fit/payers/payers_thin.h"
#include "fit/ppml/cholesky.h"

enum { UNKNOWNS = 2 + JK_TREATMENT_COUNT, SLOPE = UNKNOWNS - 1, STEPS = 50 };
static const double prior_spread = 0.5, least = 1e-6;

static double mean_at(bool share, double link) {
    double e = jk_exp(fmax(-30.0, fmin(30.0, link)));
    return share ? e / (1.0 + e) : e;
}

static double information(bool share, double mean) {
    return share ? mean * (1.0 - mean) : mean;
}

/* Mean size of the data, so that the slope's prior leaves their level alone. */
static double center_of(const jk_payer_thin *thin) {
    double sum = 0.0, weight = 0.0;
    for (size_t i = 0; i < thin->segments * JK_TREATMENT_COUNT; i++) {
        sum += thin->cell[i].denominator * thin->size[i / JK_TREATMENT_COUNT];
        weight += thin->cell[i].denominator;
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

static double link_of(const jk_payer_thin *thin, const double unknown[UNKNOWNS], double center, size_t i) {
    return unknown[0] + unknown[1 + i % JK_TREATMENT_COUNT] +
           unknown[SLOPE] * (thin->size[i / JK_TREATMENT_COUNT] - center);
}

/* A step of Newton's method; its largest move. */
static double step(const jk_payer_thin *thin, double center, double unknown[UNKNOWNS]) {
    double a[UNKNOWNS * UNKNOWNS] = {0.0}, move[UNKNOWNS] = {0.0}, largest = 0.0;
    uint8_t dropped[UNKNOWNS] = {0};
    for (size_t u = 1; u < UNKNOWNS; u++) {
        a[u * UNKNOWNS + u] = 1.0 / (prior_spread * prior_spread);
        move[u] = -unknown[u] / (prior_spread * prior_spread);
    }
    for (size_t i = 0; i < thin->segments * JK_TREATMENT_COUNT; i++) {
        const jk_payer_thin_cell *cell = &thin->cell[i];
        double x[UNKNOWNS] = {1.0}, mean = mean_at(thin->share, link_of(thin, unknown, center, i));
        x[1 + i % JK_TREATMENT_COUNT] = 1.0;
        x[SLOPE] = thin->size[i / JK_TREATMENT_COUNT] - center;
        double own = cell->denominator * information(thin->share, mean);
        for (size_t u = 0; u < UNKNOWNS; u++) {
            move[u] += (cell->numerator - cell->denominator * mean) * x[u];
            for (size_t w = 0; w < UNKNOWNS; w++) {
                a[u * UNKNOWNS + w] += own * x[u] * x[w];
            }
        }
    }
    (void)jk_cholesky_factor(a, UNKNOWNS, 1e-12, dropped);
    jk_cholesky_solve(a, UNKNOWNS, dropped, move);
    for (size_t u = 0; u < UNKNOWNS; u++) {
        largest = fmax(largest, fabs(move[u]));
    }
    for (size_t u = 0; u < UNKNOWNS; u++) {
        unknown[u] += largest > 1.0 ? move[u] / largest : move[u];
    }
    return largest;
}

static double spread_about(const jk_payer_thin *thin) {
    double square = 0.0, sum = 0.0, cells = 0.0;
    for (size_t i = 0; i < thin->segments * JK_TREATMENT_COUNT; i++) {
        const jk_payer_thin_cell *cell = &thin->cell[i];
        double rest = cell->numerator - cell->denominator * cell->mean, own = cell->information;
        if (own > 0.0) {
            square += rest * rest / own;
            sum += own;
            cells += 1.0;
        }
    }
    return sum > 0.0 ? fmax(0.0, (square - (cells - UNKNOWNS)) / sum) : 0.0;
}

void jk_fit_payers_thin(jk_payer_thin *thin) {
    double unknown[UNKNOWNS] = {0.0}, center = center_of(thin), of = 0.0, all = 0.0;
    for (size_t i = 0; i < thin->segments * JK_TREATMENT_COUNT; i++) {
        of += thin->cell[i].numerator;
        all += thin->cell[i].denominator;
    }
    double mean = all > 0.0 ? of / all : 0.0;
    bool told = of > 0.0 && (!thin->share || of < all);
    mean = fmax(thin->share ? fmin(mean, 1.0 - least) : mean, least);
    unknown[0] = thin->share ? jk_log(mean / (1.0 - mean)) : jk_log(mean);
    for (int s = 0; told && s < STEPS; s++) {
        if (step(thin, center, unknown) < 1e-12) {
            break;
        }
    }
    for (size_t i = 0; i < thin->segments * JK_TREATMENT_COUNT; i++) {
        jk_payer_thin_cell *cell = &thin->cell[i];
        cell->link = link_of(thin, unknown, center, i);
        cell->mean = mean_at(thin->share, cell->link);
        cell->information = cell->denominator * information(thin->share, cell->mean);
    }
    thin->between = told ? spread_about(thin) : 0.0;
}

double jk_fit_payers_thin_weight(const jk_payer_thin *thin, size_t i, double variance) {
    double own = thin->cell[i].information;
    return own > 0.0 ? thin->between / (thin->between + fmax(1.0 / own, variance)) : 0.0;
}

double jk_fit_payers_thin_link(const jk_payer_thin *thin, size_t i) {
    const jk_payer_thin_cell *cell = &thin->cell[i];
    double ratio = cell->denominator > 0.0 ? cell->numerator / cell->denominator : cell->mean;
    if (ratio > 0.0 && (!thin->share || ratio < 1.0)) {
        return thin->share ? jk_log(ratio / (1.0 - ratio)) : jk_log(ratio);
    }
    return cell->link + (ratio - cell->mean) / information(thin->share, cell->mean);
}
