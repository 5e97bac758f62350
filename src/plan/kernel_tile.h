/* SPDX-License-Identifier: Apache-2.0 */
/* What both kernels do with a whole tile: sums to the cells of a cash flow, the start of a projection, traces. */
#ifndef JK_PLAN_KERNEL_TILE_H
#define JK_PLAN_KERNEL_TILE_H

#include "jalki/plan.h"
#include "plan/kernel_claims.h"

#define JK_GRID_UNITS 0x1p20f

/* Sums of an epoch over the tile's claims; payers in grid units of a person. */
typedef struct jk_epoch_sums {
    alignas(64) int64_t filing[JK_GRID_LANES];
    alignas(64) int64_t sale[JK_GRID_LANES];
    alignas(64) int64_t payers[JK_GRID_LANES];
} jk_epoch_sums;

static inline int64_t jk_sum_lanes(const int64_t *lanes) {
    int64_t sum = 0;
    for (int i = 0; i < JK_GRID_LANES; i++) {
        sum += lanes[i];
    }
    return sum;
}

static inline void jk_add_to_cells(const jk_plan_group *group, const jk_plan_epoch *epoch, const int64_t *monthly,
                                   const jk_epoch_sums *sums, int64_t *cells) {
    size_t segments = group->tables->segment_count;
    for (int32_t m = 0; m < epoch->month_count; m++, monthly += JK_MONTHLY_FLOWS * JK_GRID_LANES) {
        int64_t *cell = cells + ((size_t)(epoch->first_month + m) * segments + group->segment_index) * JK_FLOW_COUNT;
        cell[JK_FLOW_GROSS] += jk_sum_lanes(monthly);
        cell[JK_FLOW_COST] += jk_sum_lanes(monthly + JK_GRID_LANES);
        if (group->payers) {
            cell[JK_FLOW_INSTALMENTS] += jk_sum_lanes(monthly + 2 * JK_GRID_LANES);
        }
        if (m == 0) {
            cell[JK_FLOW_FILING] += jk_sum_lanes(sums->filing);
            cell[JK_FLOW_SALE] += jk_sum_lanes(sums->sale);
            cell[JK_FLOW_PAYERS] += jk_sum_lanes(sums->payers);
        }
    }
}

/* The kinds of group. Three functions per kind, so that each has the processor's registers for itself; induct_shape and
 * project_shape are the kernel's own. */
typedef struct jk_kind_code {
    void (*plan)(const jk_plan_group *group, jk_plan_tile *tile);
    void (*evaluate)(const jk_plan_group *group, jk_plan_tile *tile);
    void (*project)(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells);
} jk_kind_code;

#ifdef JK_PLANS_ONLY /* a program that follows no kept plan: a page's */
/* Inductions are laid side by side, before all projections: packed bytes find what is alike within 32 KB. */
#define JK_KIND_TOGETHER            __attribute__((used))
#define JK_KIND_EVALUATE(name, ...) enum { name##_evaluate = 0 };
#else
#define JK_KIND_TOGETHER
#define JK_KIND_EVALUATE(name, ...)                                                                                    \
    static void name##_evaluate(const jk_plan_group *group, jk_plan_tile *tile) {                                      \
        induct_shape(group, tile, (jk_shape){__VA_ARGS__, true});                                                      \
    }
#endif
#define JK_KIND(name, ...)                                                                                             \
    JK_KIND_TOGETHER static void name##_plan(const jk_plan_group *group, jk_plan_tile *tile) {                         \
        induct_shape(group, tile, (jk_shape){__VA_ARGS__, false});                                                     \
    }                                                                                                                  \
    JK_KIND_EVALUATE(name, __VA_ARGS__)                                                                                \
    static void name##_project(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells) {                       \
        project_shape(group, tile, cells, (jk_shape){__VA_ARGS__, false});                                             \
    }                                                                                                                  \
    static const jk_kind_code name = {name##_plan, name##_evaluate, name##_project};

/* The tile's work by the code of its kind. */
static inline void jk_run_kind(const jk_kind_code *kind, const jk_plan_group *group, jk_plan_tile *tile,
                               int64_t *cells) {
    for (size_t at = 0; at < tile->rows; at += JK_LANES) {
        jk_part_note(tile, at);
    }
    if (tile->work == JK_TILE_PLAN) {
        kind->plan(group, tile);
    } else if (tile->work == JK_TILE_EVALUATE) {
        kind->evaluate(group, tile);
    }
    if (tile->project) {
        kind->project(group, tile, cells);
    }
}

/* Every claim is in its present state. `states`: JK_STATES or JK_ALL_STATES. */
JK_INLINE void jk_start_projection(const jk_plan_group *group, jk_plan_tile *tile, const int states) {
    for (size_t at = 0; at < tile->rows; at += JK_LANES) {
        jk_index capacity = jk_index_load(tile->capacity_class + at), paying = jk_index_load(tile->paying + at);
        for (int s = 0; s < states; s++) {
            jk_mask here =
                jk_both(jk_index_equal(capacity, s % JK_CAPACITY_COUNT), jk_index_equal(paying, s / JK_STATES));
            bool present = s % JK_STATES / JK_CAPACITY_COUNT == (int)group->title;
            jk_store(tile->probability[s] + at, present ? jk_keep(here, jk_set(1.0f)) : jk_set(0.0f));
        }
        jk_store(tile->gross + at, jk_set(0.0f));
        jk_store(tile->net + at, jk_set(0.0f));
    }
}

static inline void jk_trace_probabilities(jk_plan_tile *tile, int states, int epoch) {
    for (int s = 0; s < states; s++) {
        memcpy(tile->trace_probability + ((size_t)epoch * JK_ALL_STATES + (size_t)s) * JK_TILE_STEP,
               tile->probability[s], JK_TILE_STEP * sizeof(float));
    }
}

#endif
