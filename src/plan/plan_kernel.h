/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between the plan stage and its kernel: a tile of claims that share segment, jurisdiction and title state.
 *
 * A tile's columns hold JK_TILE_ROWS elements; `rows` of them are in use, a multiple of JK_TILE_STEP: the driver fills
 * up with empty claims (all zero) that change no sum.
 */
#ifndef JK_PLAN_KERNEL_H
#define JK_PLAN_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/tables.h"

enum {
    JK_TILE_ROWS = 128,
    JK_TILE_STEP = 16,                              /* the widest kernel's lanes */
    JK_TILE_PART = 4,                               /* the narrowest kernel's lanes */
    JK_STATES = JK_TITLE_COUNT * JK_CAPACITY_COUNT, /* of a quiet debtor; as many again of one who pays */
    JK_ALL_STATES = 2 * JK_STATES,
    JK_MONTHLY_FLOWS = 3, /* gross, cost, instalments */
    JK_TRACED_FLOWS = 4,  /* gross, cost, sale, instalments */
    JK_GRID_LANES = 8     /* partial sums of a grid cell */
};

/* Index of a state among JK_STATES: by title state, then class. Paying states follow the quiet ones in the same order.
 */
#define JK_STATE(title, capacity)        ((title)*JK_CAPACITY_COUNT + (capacity))
#define JK_PAYING_STATE(title, capacity) (JK_STATES + JK_STATE(title, capacity))

typedef struct jk_plan_group {
    const jk_plan_tables *tables;
    const jk_plan_segment *segment;
    const jk_plan_segment *first; /* its figures in the first epoch: of guessed classes their means */
    const jk_plan_jurisdiction *jurisdiction;
    size_t segment_index;
    jk_title title; /* z0 */
    bool legal;     /* legal is allowed for claims of the group, so that later title states can be reached */
    bool payers;    /* paying states can be reached */
} jk_plan_group;

/* The group as it is in epoch j. */
static inline jk_plan_group jk_plan_group_in(const jk_plan_group *group, int j) {
    jk_plan_group in = *group;
    in.segment = j == 0 ? group->first : group->segment;
    return in;
}

/* What the kernel notes of a vector of claims when it first sees it. */
typedef struct jk_tile_part {
    int32_t youngest; /* least age */
    bool window;      /* the ages span no more than a vector's lanes */
    bool sell;        /* some claim may be sold */
    bool fades;       /* some claim's intensity fades */
    bool dividends;   /* some claim has dividends */
    bool garnished;   /* some claim's debtor can be garnished */
} jk_tile_part;

/* What the kernel does before it projects. */
typedef enum jk_tile_work {
    JK_TILE_PLAN,     /* finds the best plan: values and decisions */
    JK_TILE_EVALUATE, /* finds the values of the decisions given */
    JK_TILE_GIVEN     /* nothing: the decisions are given, no value is wanted */
} jk_tile_work;

typedef struct jk_plan_tile {
    /* Claims (jk_terms), and age and class as the kernel indexes them. */
    alignas(64) float balance[JK_TILE_ROWS];
    float interest[JK_TILE_ROWS], theta[JK_TILE_ROWS], garnish[JK_TILE_ROWS], share[JK_TILE_ROWS];
    float garnish_later[JK_TILE_ROWS]; /* loaded where the law changes */
    float mortality[JK_TILE_ROWS], exit_status[JK_TILE_ROWS], interruption[JK_TILE_ROWS];
    float fading[JK_TILE_ROWS], instalment[JK_TILE_ROWS], dividend[JK_TILE_ROWS];
    float insight[JK_TILE_ROWS]; /* theta^informed of the segment */
    /* The bars without and with a title: the months, and where they fall, found in 64 bits: the epoch (epoch_count:
     * none) and the part of it before the bar, less than 1. */
    float bar[2][JK_TILE_ROWS], bar_epoch[2][JK_TILE_ROWS], bar_part[2][JK_TILE_ROWS];
    int32_t age[JK_TILE_ROWS]; /* at most the segment's last_age */
    int32_t capacity_class[JK_TILE_ROWS], allowed[JK_TILE_ROWS], paying[JK_TILE_ROWS];
    /* Results. Money of the projection is in grid units (2^-20 of a currency unit). */
    float value[JK_TILE_ROWS], action_value[JK_ACTION_COUNT][JK_TILE_ROWS];
    float gross[JK_TILE_ROWS], net[JK_TILE_ROWS], gross_12m[JK_TILE_ROWS], gross_60m[JK_TILE_ROWS];
    /* Work. */
    float probability[JK_ALL_STATES][JK_TILE_ROWS];
    jk_tile_part part[JK_TILE_ROWS / JK_TILE_PART];
    size_t rows;
    int epochs; /* epochs to plan; in later ones every claim of the tile is barred */
    jk_tile_work work;
    bool law_changes;   /* some epoch lies behind a change of the law */
    bool project;       /* false: induction only */
    uint8_t *decisions; /* [epoch][JK_ALL_STATES][JK_TILE_ROWS] jk_action */
    int64_t *monthly;   /* [month of the epoch][JK_MONTHLY_FLOWS][JK_GRID_LANES] */
    /* Trace of the first JK_TILE_STEP claims, or NULL: [epoch][JK_ALL_STATES][JK_TILE_STEP], and
     * [epoch][JK_TRACED_FLOWS][JK_TILE_STEP] in grid units. */
    float *trace_value, *trace_probability, *trace_flow;
} jk_plan_tile;

typedef struct jk_plan_kernel {
    /* Does the tile's work, then projects its claims. Adds their flows to the grid cells of a jk_cashflow, unless that
     * is NULL.
     */
    void (*run)(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells);
    /* The decay functions alone, for tests of their accuracy: share[i] = (1 - e^-t)/t, left[i] = e^-t, as used for
     * short times (range 0), long ones (range 1) and far ones (range 2). count is a multiple of 16; arrays are aligned
     * to 64 bytes. */
    void (*decay)(int range, const float *t, float *share, float *left, size_t count);
    /* The pair of moods alone, likewise (of the payers' kernels; NULL in the others), as used for epochs and for
     * months: rates[4][count] are what resolves from quiet and from paying, what begins and what stops; left and share
     * [4][count] are P and M over one unit of time, from quiet to quiet and paying, from paying to quiet and paying. */
    void (*pair)(bool month, const float *rates, float *left, float *share, size_t count);
} jk_plan_kernel;

extern const jk_plan_kernel jk_plan_kernel_base, jk_plan_kernel_v3, jk_plan_kernel_v4;
extern const jk_plan_kernel jk_payers_kernel_base, jk_payers_kernel_v3, jk_payers_kernel_v4;

#endif
