/* SPDX-License-Identifier: Apache-2.0 */
/* The factors of countries and segments on paths: the multiplier m of what debtors bring of their own will. */
#ifndef JK_SIMULATE_FACTORS_H
#define JK_SIMULATE_FACTORS_H

#include "base/number/dense.h"
#include "jalki/model.h"

/* One autoregression: a factor's shocks with the volatility and persistence of a country. */
typedef struct jk_factor_series {
    uint32_t factor;
    jk_risk_factor is;
} jk_factor_series;

typedef struct jk_factors {
    const jk_model *model;
    uint64_t seed;
    size_t count;                  /* series */
    jk_factor_series *series;      /* [count], by factor */
    uint32_t *of;                  /* [segments][jurisdictions] */
    double *root;                  /* [factors][factors] on a whole-number grid; of a matrix */
    double *normal, *shock;        /* [chunks][factors][JK_DENSE_ROWS] months of a path; of a matrix */
    double *month;                 /* [2][months] common and own normal numbers; of countries */
    const jk_dense_kernel *kernel; /* our own for any processor, unless the caller names a better one: the same bits */
} jk_factors;

/* The model must outlive the factors. JK_ERROR_MEMORY. */
jk_status jk_factors_init(jk_factors *factors, const jk_model *model, uint64_t seed, jk_error *error);
void jk_factors_reset(jk_factors *factors);

/* The series of a claim. */
static inline size_t jk_factors_of(const jk_factors *factors, size_t segment, size_t jurisdiction) {
    return factors->of[segment * factors->model->jurisdiction_count + jurisdiction];
}

/* The series of a tile of paths, [series][epochs][JK_PATH_LANES]: m as the mean over each epoch's months, and the
 * course of collections with it (answer.h). */
typedef struct jk_factor_lanes {
    float *recovery, *mean, *turn;
} jk_factor_lanes;

/* Draws a path into a lane. */
void jk_factors_draw(const jk_factors *factors, uint64_t path, size_t lane, const jk_factor_lanes *to);

#endif
