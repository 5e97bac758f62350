/* SPDX-License-Identifier: Apache-2.0 */
/* The plan stage's own structures: the plan, and a thread's workspace. */
#ifndef JK_PLAN_PLAN_H
#define JK_PLAN_PLAN_H

#include "base/lanes/isa.h"
#include "jalki/plan.h"
#include "plan/plan_kernel.h"

struct jk_plan {
    const jk_model *model;
    jk_isa isa;
    const jk_plan_kernel *kernel[2]; /* of groups without payers, and with them */
    const bool *left_out; /* [segments] whose claims are not planned: their rows of results are left as they are, and
                             nothing is added to flows; NULL: none. The caller's */
    jk_plan_tables tables;
};

/* One allocation on pages of its own; the arrays lie behind the struct. */
struct jk_plan_workspace {
    jk_plan_tile tile;
    size_t max_rows;
    uint32_t *order[2];    /* max_rows: rows in sorted order, and half-way there */
    uint32_t *group_key;   /* max_rows */
    uint16_t *age_key;     /* max_rows */
    uint32_t *group_start; /* group_count + 1 */
    uint32_t *age_start;   /* last_age + 2 */
    float *trace_value, *trace_probability, *trace_flow;
};

/* Tiles of a block in the order in which they were planned, each with its decisions; see policy.c. */
struct jk_plan_policy {
    size_t planned; /* rows that are planned */
    size_t tile_count;
    uint32_t *order;       /* [max_rows] their numbers, tile by tile */
    uint8_t *tile_rows;    /* [max_rows] rows of each tile, 1..JK_TILE_ROWS */
    uint16_t *tile_epochs; /* [max_rows] epochs planned of each tile */
    uint8_t *decisions;    /* tile by tile: [epoch planned][state of the group][rows of the tile] */
    size_t used;           /* bytes of them */
};

/* Appends the tile's decisions, or reads those of tile `number` that begin at byte `from` (epochs that were not
 * planned are closed); returns where the next tile's begin. */
size_t jk_plan_policy_put(const jk_plan_group *group, const jk_plan_tile *tile, size_t rows, jk_plan_policy *policy);
size_t jk_plan_policy_get(const jk_plan_policy *policy, size_t number, size_t from, const jk_plan_group *group,
                          size_t rows, jk_plan_tile *tile);

/* Where the decisions of the tile after `number` begin, if its own begin at byte `from`. */
size_t jk_plan_policy_skip(const jk_plan_policy *policy, size_t number, size_t from, const jk_plan_group *group);

/* Groups are numbered by segment, jurisdiction, title state, whether the class is guessed, whether legal is allowed,
 * and whether paying states can be reached. */
static inline size_t jk_plan_group_count(const jk_plan_tables *tables) {
    return tables->segment_count * tables->jurisdiction_count * JK_TITLE_COUNT * 8;
}

/* The group of a row, and its number. */
size_t jk_plan_group_of(const jk_plan *plan, const jk_terms *terms, size_t row, jk_plan_group *group);

/* Fills the workspace's tile with rows[0..count) of the terms, all of one group; count is 1..JK_TILE_ROWS. */
void jk_plan_tile_load(const jk_plan_group *group, const jk_terms *terms, const uint32_t *rows, size_t count,
                       jk_plan_tile *tile);

/* Goes through the tiles of a policy that was kept for a block: set the first four, zero the rest. */
typedef struct jk_policy_walk {
    const jk_plan *plan;
    const jk_terms *terms;        /* of the block */
    const jk_plan_policy *policy; /* kept for it */
    jk_plan_tile *tile;           /* holds the claims of the step, with their decisions */
    jk_plan_group group;          /* of the step */
    const uint32_t *rows;         /* of the block: claim i of the tile is row rows[i] */
    size_t count;                 /* claims of the step */
    size_t tiles, from;           /* how far it has come */
} jk_policy_walk;

/* Steps on to the next tile; false after the last. */
bool jk_plan_policy_next(jk_policy_walk *walk);

/* Replaces the multipliers of intensities, for another path through the same plan: costs segments x epochs stores and
 * nothing else. Not while another thread uses the plan. JK_ERROR_ARGUMENT for a multiplier out of range; the plan then
 * keeps what it had. NULL: as in jk_plan_options. */
jk_status jk_plan_set_recovery(jk_plan *plan, const double *recovery, const double *paying_recovery, jk_error *error);

#endif
