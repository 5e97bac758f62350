/* SPDX-License-Identifier: Apache-2.0 */
/* How collections of segments and countries move together, from history (docs/fit.md): factors for `risk.correlation`.
 */
#ifndef JK_FIT_FACTORS_H
#define JK_FIT_FACTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "jalki/model.h"

/* What came in and was expected in one period of one factor. */
typedef struct jk_factor_period {
    double shock;  /* cash over expected cash, over the same of all periods, less 1; 0 where nothing is expected */
    double chance; /* variance of that by the luck of single claims; INFINITY where nothing is expected */
} jk_factor_period;

/* A factor: a segment, a segment in a country, or what history has not of a country. */
typedef struct jk_factor_history {
    const char *name;
    size_t segment, country;  /* SIZE_MAX: all */
    size_t seen;              /* the country whose figures of risk it has */
    double volatility;        /* the base model's, of log m */
    double keep;              /* what is left of x a period later */
    double spread;            /* deviation of the shocks beside chance; leans on `volatility` */
    jk_factor_period *period; /* [periods] */
} jk_factor_history;

typedef struct jk_fit_factors {
    size_t count, periods;
    int months; /* of a period */
    jk_factor_history *factor;
    double *prior;    /* [count][count] correlations by the base model */
    double *observed; /* [count][count] as history has them, held within -1 and 1; the prior where it has none */
    double *weight;   /* [count][count] of what history says, 0 to 1 */
    double *matrix;   /* [count][count] what the model takes */
    double scatter;   /* deviation of true correlations around the prior */
    double moved;     /* farthest that a correlation was moved, so that the matrix is one of correlations */
} jk_fit_factors;

/* Sets spread, observed, weight, matrix, scatter and moved, from all else. */
jk_status jk_fit_factors_estimate(jk_fit_factors *factors, jk_arena *arena, jk_error *error);

#endif
