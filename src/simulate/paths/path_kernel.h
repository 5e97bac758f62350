/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between the simulation and its kernel. A model point keeps the plan of the base case; what differs
 * between paths is how fast claims resolve. So a point becomes a short program (its states and their figures, the same
 * for all paths), and the kernel runs it over lanes of paths: no branches on data, no tables to look up. */
#ifndef JK_SIMULATE_PATH_KERNEL_H
#define JK_SIMULATE_PATH_KERNEL_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan_kernel.h"

enum {
    JK_PATH_LANES =
        400, /* paths of a full tile: rows of an odd number of cache lines, which do not crowd each other out */
    JK_PATH_BLOCK = 80, /* paths that go through a program together */
    JK_PATH_STEP = 16   /* the widest kernel's lanes; a tile has a multiple of them */
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
    JK_PATH_SECOND,     /* second moment of collections, or probability of resolution: jk_path_program_write; not of
                           who pays in spells */
    JK_PATH_FLOWS
} jk_path_flow;

/* What multiplies the figures of a segment's payers on a path, a row each: how readily new payers settle and begin, and
 * how soon payers stop, by treatment; what they pay, by class. */
enum {
    JK_PATH_SETTLES = 0,
    JK_PATH_BEGINS = JK_PATH_SETTLES + JK_TREATMENT_COUNT,
    JK_PATH_STOPS = JK_PATH_BEGINS + JK_TREATMENT_COUNT,
    JK_PATH_PAYS = JK_PATH_STOPS + JK_TREATMENT_COUNT,
    JK_PATH_SPELL_ROWS = JK_PATH_PAYS + JK_CAPACITY_COUNT
};

/* What states of an epoch have in common that resolve alike. Intensities are times the epoch's months. With m the
 * factor of the country and h = m * multiplier[factor], a quiet debtor settles with h * settle, begins to pay with h *
 * begin, is garnished with garnish_share * garnish, and leaves, dividends among it, with `leaving[0]`; one who pays
 * brings the larger of m * pays and garnish_share * floor, stops with `stop` and leaves with leaving[1]. Where debtors
 * pay in spells settle, begin, stop and pays are each times their row of the tile's spells. The mean time in a mood
 * over the epoch follows (model.md sections 4 and 5). */
typedef struct jk_path_work {
    int16_t factor; /* row of the segment's multipliers */
    int8_t treatment, capacity;
    float settle, begin, garnish, pays, floor, stop, leaving[2], dividend;
    float share; /* sigma: of the balance that a settlement brings */
} jk_path_work;

/* One state of a point in an epoch; amounts are per unit of balance and time. */
typedef struct jk_path_state {
    int16_t state;    /* JK_STATE or JK_PAYING_STATE */
    int16_t work;     /* of the epoch's; -1: sold, only `start` counts */
    float balance[2]; /* quiet, paying: times the part of the epoch before the bar */
    float contingent; /* part of collections */
    float kept;       /* the other part, discounted to the cut-off */
    float running[2]; /* per unit of time in the mood */
    float start;      /* per unit of probability: court fee, or what the sale brings */
    float second[2];  /* per settlement, and per unit of what is paid otherwise; 0 in a pair */
    /* Where they go on, by mood if at all: in each class step[class] times the part that stays in the title state
     * `title`, and times the part that has a title then. */
    bool continues[2];
    int8_t title;
    float stays, titled;
    const float *step;
} jk_path_state;

/* A part of those who are in a mood at the epoch's end, having begun it in a state. */
typedef struct jk_path_arrival {
    int32_t mass; /* JK_PATH_BLOCK times: twice the number of the state among the epoch's, and 1 for those who pay */
    float part;
} jk_path_arrival;

/* What an epoch says of a point, in the base case; monthly, base currency. */
typedef struct jk_path_scene {
    float pace[JK_TREATMENT_COUNT];     /* before the class */
    float begin[2][JK_TREATMENT_COUNT]; /* pace in the part of the epoch before the bar: without and with a title */
    float garnish;                      /* before the class */
    float pays[JK_CAPACITY_COUNT], dividend;
    float leaving[2]; /* exits and dividends, before a title and with one */
    float balance[2], alive[2];
    float sale[JK_ALL_STATES]; /* what a sale brings, by state */
    bool continues[2];
} jk_path_scene;

typedef struct jk_path_epoch {
    int32_t first, count; /* its states in the program */
    int32_t first_work, works;
    uint8_t arrivals[JK_ALL_STATES]; /* at the epoch's end, by state in which they go on: so many */
    float discount;                  /* delta times months */
    float now;                       /* discount factor of the epoch's start */
} jk_path_epoch;

/* Those who go on in a state, from each state and so in one mood. */
typedef jk_path_arrival jk_path_arrivals[JK_ALL_STATES];

/* A point. `state` and `work` have room for JK_ALL_STATES per epoch. */
typedef struct jk_path_program {
    int epochs; /* those in which something can happen; the rest of the plan's are nothing */
    int start;  /* state at the cut-off */
    bool pairs; /* the point's debtors may pay in spells */
    jk_path_epoch *epoch;
    jk_path_state *state;
    jk_path_work *work;
    jk_path_arrivals *arrival; /* [epochs][JK_ALL_STATES], by state in which they go on */
    jk_plan_tile *point;       /* the point as a tile of one claim */
} jk_path_program;

/* A tile of paths: arrays of JK_PATH_LANES, aligned to 64 bytes. */
typedef struct jk_path_tile {
    size_t lanes;
    const float *recovery;   /* [epochs] m of the point's jurisdiction */
    const float *multiplier; /* [rows] of the point's segment: jk_factor_row */
    const float *garnish;    /* [1] of the point's segment */
    const float *spells;     /* [JK_PATH_SPELL_ROWS] of the point's segment */
    float *probability[2];   /* [JK_ALL_STATES] */
    float *flow;             /* [epochs][JK_PATH_FLOWS], added to */
} jk_path_tile;

typedef struct jk_path_kernel {
    /* The scene of epoch j of the claim in a tile's first row, by the plan's own economics. */
    void (*read)(const jk_plan_group *group, jk_plan_tile *point, int j, jk_path_scene *scene);
    void (*run)(const jk_path_program *program, const jk_path_tile *tile);
    /* drawn = factor times normal of JK_PATH_STEP paths, [count][JK_PATH_STEP] both: `factor` is a lower triangle
     * [count][count]. Sums go up by column whatever the lanes. */
    void (*combine)(const double *factor, size_t count, const double *normal, double *drawn);
} jk_path_kernel;

extern const jk_path_kernel jk_path_kernel_base, jk_path_kernel_v3, jk_path_kernel_v4;

/* The kernel for an instruction set. */
const jk_path_kernel *jk_path_kernel_of(int isa);

#endif
