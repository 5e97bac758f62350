/* SPDX-License-Identifier: Apache-2.0 */
/* What is drawn for a path: the factors of countries and segments, and the parameters that are not known exactly. Every
 * number is that of (seed, what it is for, path): paths can be drawn in any order. */
#ifndef JK_SIMULATE_DRAWS_H
#define JK_SIMULATE_DRAWS_H

#include "simulate/draws/covariance.h"
#include "simulate/draws/factors.h"
#include "simulate/paths/path_kernel.h"
#include "simulate/points/calibrate.h"
#include "simulate/points/mix.h"

/* Streams of random numbers; the low bits of a stream's number say whose they are. */
enum {
    JK_STREAM_COMMON = 1,
    JK_STREAM_COUNTRY,
    JK_STREAM_PARAMETER,
    JK_STREAM_REST,
    JK_STREAM_LARGE,
    JK_STREAM_COVARIANCE,
    JK_STREAM_WALK,
    JK_STREAM_BESIDE,
    JK_STREAM_FACTOR
};
static inline uint64_t jk_stream(int kind, size_t whose) {
    return (uint64_t)kind << 32 | whose;
}

/* For a tile of paths, arrays of JK_PATH_LANES. */
typedef struct jk_draws {
    const jk_model *model;
    uint64_t seed;
    jk_factors factors;
    jk_factor_lanes series;
    float *multiplier;            /* [segments][classes at the cut-off][their rows]: jk_draws_multiplier */
    float *garnish;               /* [segments] */
    float *spells;                /* [segments][JK_PATH_SPELL_ROWS] */
    const jk_path_kernel *kernel; /* that of the base set, unless the caller names a better one: the same bits */
    const jk_covariance *covariance;
    size_t *first_row; /* [segments] of the multipliers */
    double *parameter; /* [2][covariance->count] normal numbers; logarithms of the parameters drawn for a path */
    double *lanes;     /* [2][covariance->count][JK_PATH_STEP] the same of some paths side by side */
    const jk_mix *mix;
    double *shared;   /* [groups of the mix][count] covariance of a parameter with the group's mean points */
    double *variance; /* [groups] of the group's mean points */
    float *memory;
} jk_draws;

/* `covariance` and `mix` may be empty; they must outlive the draws. */
jk_status jk_draws_init(jk_draws *draws, const jk_model *model, const jk_covariance *covariance, const jk_mix *mix,
                        uint64_t seed, jk_error *error);
void jk_draws_reset(jk_draws *draws);

/* Draws paths first..first+lanes-1; `lanes` is a multiple of JK_PATH_STEP. */
void jk_draws_fill(jk_draws *draws, uint64_t first, size_t lanes);

/* The multipliers of a segment's claims of a class at the cut-off. */
const float *jk_draws_multiplier(const jk_draws *draws, size_t segment, size_t capacity);

/* A share, 0 < share < 1, whose logit is normal around a place that keeps its mean. */
double jk_draw_share(double share, double deviation, double variance);

/* A number with mean 1 whose logarithm has this standard deviation. */
float jk_draw_log_normal(double deviation, double normal);

/* `count` standard normal numbers of a path. */
void jk_draw_normals(uint64_t seed, uint64_t stream, uint64_t path, double *normal, size_t count);

#endif
