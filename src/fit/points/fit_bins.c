/* SPDX-License-Identifier: Apache-2.0 */
/* From many fine bins to a few that differ: neighbours whose points the data cannot tell apart are joined, the most
 * alike first, by the Wald statistic of their difference under the covariance clustered by debtor and with all other
 * characteristics in the fit. A run of bins against the direction asked for is joined like pools of adjacent violators
 * (Ayer, Brunk, Ewing, Reid, Silverman 1955). */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "fit/fit_internal.h"

enum { BINS_MAX = 8, PAYERS_MIN = 30 };
#define ALIKE 6.635 /* 99th percentile of chi-squared with one degree of freedom */

/* Levels of an item without the missing one, as groups that are weighted means of them. */
typedef struct pools {
    const jk_fit *fit;
    const int32_t *parameter; /* by level */
    size_t levels, groups;
    size_t begin[JK_FIT_LEVELS_MAX + 6]; /* first level of each group; [groups] is levels */
} pools;

static double weight_of(const pools *pool, size_t level) {
    return fmax(pool->fit->estimates.expected[pool->parameter[level]], 1e-300);
}

static double mean_of(const pools *pool, size_t group) {
    double sum = 0.0, weight = 0.0;
    for (size_t l = pool->begin[group]; l < pool->begin[group + 1]; l++) {
        sum += weight_of(pool, l) * pool->fit->estimates.estimate[pool->parameter[l]];
        weight += weight_of(pool, l);
    }
    return sum / weight;
}

static double payers_of(const pools *pool, size_t group) {
    double payers = 0.0; /* debtors in several bins count in each: an upper bound */
    for (size_t l = pool->begin[group]; l < pool->begin[group + 1]; l++) {
        payers += pool->fit->estimates.payers[pool->parameter[l]];
    }
    return payers;
}

/* Share of a level in (mean of group + 1) - (mean of group). */
static double contrast(const pools *pool, size_t group, size_t level, double low, double high) {
    return level < pool->begin[group + 1] ? -weight_of(pool, level) / low : weight_of(pool, level) / high;
}

/* Wald statistic of the difference between a group and the next. */
static double difference(const pools *pool, size_t group) {
    const jk_ppml *estimates = &pool->fit->estimates;
    size_t from = pool->begin[group], to = pool->begin[group + 2];
    double low = 0.0, high = 0.0, variance = 0.0;
    for (size_t l = from; l < to; l++) {
        *(l < pool->begin[group + 1] ? &low : &high) += weight_of(pool, l);
    }
    for (size_t a = from; a < to; a++) {
        const double *row = estimates->covariance + (size_t)pool->parameter[a] * estimates->parameters;
        for (size_t b = from; b < to; b++) {
            variance +=
                contrast(pool, group, a, low, high) * contrast(pool, group, b, low, high) * row[pool->parameter[b]];
        }
    }
    double step = mean_of(pool, group + 1) - mean_of(pool, group);
    return variance > 0.0 ? step * step / variance : 0.0;
}

static void join(pools *pool, size_t group) {
    memmove(&pool->begin[group + 1], &pool->begin[group + 2], (pool->groups - group - 1) * sizeof *pool->begin);
    pool->groups--;
}

static int against(const pools *pool, size_t group, int direction) {
    return direction * (mean_of(pool, group + 1) - mean_of(pool, group)) < 0.0;
}

static size_t join_against(pools *pool, int direction) {
    size_t joined = 0;
    for (size_t g = 0; direction != 0 && g + 1 < pool->groups;) {
        if (against(pool, g, direction)) {
            join(pool, g);
            joined++;
            g = g > 0 ? g - 1 : 0;
        } else {
            g++;
        }
    }
    return joined;
}

static int is_thin(const pools *pool, size_t group) {
    return payers_of(pool, group) < PAYERS_MIN;
}

/* The next pair to join, or -1. */
static int most_alike(const pools *pool) {
    int best = -1, best_thin = 0;
    double least = INFINITY;
    for (size_t g = 0; g + 1 < pool->groups; g++) {
        int thin = is_thin(pool, g) || is_thin(pool, g + 1);
        double alike = difference(pool, g);
        if (thin > best_thin || (thin == best_thin && alike < least)) {
            best = (int)g;
            best_thin = thin;
            least = alike;
        }
    }
    return best_thin || pool->groups > BINS_MAX || least < ALIKE ? best : -1;
}

static void pools_open(pools *pool, const jk_fit *fit, size_t item) {
    *pool = (pools){.fit = fit, .parameter = fit->design.level_parameter[item], .levels = fit->card[item].levels - 1};
    pool->groups = pool->levels;
    for (size_t l = 0; l <= pool->levels; l++) {
        pool->begin[l] = l;
    }
}

/* Puts the groups back as the item's levels. */
static void pools_close(const pools *pool, const jk_fit *fit, size_t item) {
    jk_fit_card_item *card = &fit->card[item];
    uint8_t group_of[JK_FIT_LEVELS_MAX + 6];
    for (size_t g = 0; g < pool->groups; g++) {
        for (size_t l = pool->begin[g]; l < pool->begin[g + 1]; l++) {
            group_of[l] = (uint8_t)g;
        }
    }
    group_of[pool->levels] = (uint8_t)pool->groups; /* missing */
    for (size_t f = 0; f < card->fine; f++) {
        card->level_of[f] = group_of[card->level_of[f]];
    }
    card->levels = pool->groups + 1;
    jk_fit_set_reference(fit, item);
}

jk_status jk_fit_join_bins(jk_fit *fit, jk_error *error) {
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        if (fit->rows.cuts[c].count == 0 || fit->spline[c].variance > 0.0) {
            continue;
        }
        pools pool;
        pools_open(&pool, fit, c);
        (void)join_against(&pool, fit->card[c].direction);
        for (int next = most_alike(&pool); next >= 0; next = most_alike(&pool)) {
            join(&pool, (size_t)next);
            (void)join_against(&pool, fit->card[c].direction);
        }
        pools_close(&pool, fit, c);
    }
    return jk_fit_design_build(fit, error);
}

jk_status jk_fit_join_monotone(jk_fit *fit, size_t *joined, jk_error *error) {
    *joined = 0;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        if (fit->card[c].direction != 0 && fit->card[c].from->is_numeric) {
            pools pool;
            pools_open(&pool, fit, c);
            size_t here = join_against(&pool, fit->card[c].direction);
            if (here > 0) {
                pools_close(&pool, fit, c);
                *joined += here;
            }
        }
    }
    return *joined > 0 ? jk_fit_design_build(fit, error) : JK_OK;
}

void jk_fit_join_empty(jk_fit *fit) {
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        jk_fit_card_item *card = &fit->card[c];
        if (fit->rows.cuts[c].count == 0) {
            continue;
        }
        double cash = 0.0;
        uint8_t level = 0;
        for (size_t f = 0; f + 1 < card->fine; f++) { /* a level ends with the first fine bin that brought cash */
            card->level_of[f] = level;
            cash += fit->survey.level_cash[c][f];
            if (cash > 0.0 && f + 2 < card->fine) {
                level++;
                cash = 0.0;
            }
        }
        if (!(cash > 0.0) && level > 0) { /* the last has none: it goes to the one before */
            for (size_t f = 0; f + 1 < card->fine; f++) {
                card->level_of[f] = card->level_of[f] == level ? (uint8_t)(level - 1) : card->level_of[f];
            }
            level--;
        }
        card->level_of[card->fine - 1] = (uint8_t)(level + 1);
        card->levels = (size_t)level + 2;
        jk_fit_set_reference(fit, c);
    }
}
