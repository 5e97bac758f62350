/* SPDX-License-Identifier: Apache-2.0 */
/* What is drawn for a path: the factors of countries and the parameters that are not known exactly. Every number is
 * that of (seed, what it is for, path): paths can be drawn in any order. */
#ifndef JK_RISK_DRAWS_H
#define JK_RISK_DRAWS_H

#include "risk/calibrate.h"

/* Streams of random numbers; the low bits of a stream's number say whose they are. */
enum { JK_STREAM_COMMON = 1, JK_STREAM_COUNTRY, JK_STREAM_PARAMETER, JK_STREAM_REST, JK_STREAM_LARGE };
static inline uint64_t jk_stream(int kind, size_t whose) {
    return (uint64_t)kind << 32 | whose;
}

/* For a tile of paths, arrays of JK_PATH_LANES. */
typedef struct jk_draws {
    const jk_model *model;
    uint64_t seed;
    float *recovery;   /* [jurisdictions][epochs]: m, the mean over the epoch's months */
    float *pace;       /* [jurisdictions][epochs]: jk_pace of it */
    float *multiplier; /* [segments][JK_PATH_FACTORS] */
    float *garnish;    /* [segments] */
    double *month;     /* [2][months] work */
    float *memory;
} jk_draws;

jk_status jk_draws_init(jk_draws *draws, const jk_model *model, uint64_t seed, jk_error *error);
void jk_draws_reset(jk_draws *draws);

/* Draws paths first..first+lanes-1. */
void jk_draws_fill(jk_draws *draws, uint64_t first, size_t lanes);

/* `count` standard normal numbers of a path. */
void jk_draw_normals(uint64_t seed, uint64_t stream, uint64_t path, double *normal, size_t count);

#endif
