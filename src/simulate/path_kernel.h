/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between the simulation and its kernel. A model point keeps the plan of the base case; what differs
 * between paths is how fast claims resolve. So a point becomes a short program (its states and their figures, the same
 * for all paths), and the kernel runs it over lanes of paths: no branches on data, no tables to look up. */
#ifndef JK_SIMULATE_PATH_KERNEL_H
#define JK_SIMULATE_PATH_KERNEL_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan_kernel.h"

enum {
    JK_PATH_LANES = 128, /* paths of a full tile */
    JK_PATH_STEP = 16    /* the widest kernel's lanes; a tile has a multiple of them */
};

/* What is summed up per path and epoch, base currency. */
typedef enum jk_path_flow {
    JK_PATH_GROSS,      /* collections */
    JK_PATH_CONTINGENT, /* fees that are a share of them */
    JK_PATH_RUNNING,    /* running costs */
    JK_PATH_KEPT,       /* collections less contingent fees, discounted to the cut-off */
    JK_PATH_SPENT,      /* running costs, discounted */
    JK_PATH_FILING,     /* court fees, paid at the epoch's start */
    JK_PATH_SALE,       /* proceeds of sales, at the epoch's start */
    JK_PATH_SECOND,     /* second moment of collections, or probability of resolution: jk_path_program_write */
    JK_PATH_FLOWS
} jk_path_flow;

enum { JK_PATH_MOVES = 6 };

/* One state of a point in an epoch. With t = E·intensity = recovery · multiplier[factor] · rate + garnish_share ·
 * garnish and the decay of t + exit, a state of probability p resolves with p·t·share. */
typedef struct jk_path_state {
    int16_t state;                 /* JK_STATE */
    int16_t factor;                /* row of the segment's multipliers; -1: sold, only `start` counts */
    float rate, garnish, exit;     /* times the epoch's months */
    float gross, contingent, kept; /* per unit of resolution */
    float running, spent;          /* per unit of life in the epoch */
    float start;                   /* per unit of probability: court fee, or what the sale brings */
    float second;                  /* per unit of resolution */
    int16_t moves;
    struct {
        int16_t to;
        int16_t first; /* 1: nothing was written there yet in this epoch */
        float part;
    } move[JK_PATH_MOVES];
} jk_path_state;

typedef struct jk_path_epoch {
    int32_t first, count; /* its states in the program */
    float discount;       /* delta times months */
} jk_path_epoch;

/* A point. `state` has room for JK_STATES per epoch. */
typedef struct jk_path_program {
    int epochs; /* those in which something can happen; the rest of the plan's are nothing */
    int start;  /* state at the cut-off */
    jk_path_epoch *epoch;
    jk_path_state *state;
} jk_path_program;

/* A tile of paths: arrays of JK_PATH_LANES, aligned to 64 bytes. */
typedef struct jk_path_tile {
    size_t lanes;
    const float *recovery;   /* [epochs] m of the point's jurisdiction */
    const float *multiplier; /* [rows] of the point's segment: jk_factor_row */
    const float *garnish;    /* [1] of the point's segment */
    float *probability[2];   /* [JK_STATES] */
    float *flow;             /* [epochs][JK_PATH_FLOWS], added to */
} jk_path_tile;

typedef struct jk_path_kernel {
    void (*run)(const jk_path_program *program, const jk_path_tile *tile);
} jk_path_kernel;

extern const jk_path_kernel jk_path_kernel_base, jk_path_kernel_v3, jk_path_kernel_v4;

/* The kernel for an instruction set. */
const jk_path_kernel *jk_path_kernel_of(int isa);

#endif
