/* SPDX-License-Identifier: Apache-2.0 */
/* The plan kernel, compiled once per instruction set: induction, then projection, of one tile. The kinds of group
 * (title states that can be reached, titles that end or not) are compiled apart from one source. */
#include "plan/plan_kernel.h"

#include <string.h>

#include "jalki/plan.h"
#include "plan/kernel_claims.h"
#include "plan/kernel_induct.h"
#include "plan/kernel_project.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

static int64_t sum_lanes(const int64_t *lanes) {
    int64_t sum = 0;
    for (int i = 0; i < JK_GRID_LANES; i++) {
        sum += lanes[i];
    }
    return sum;
}

static void add_to_cells(const jk_plan_group *group, const jk_plan_epoch *epoch, const int64_t *monthly,
                         const jk_epoch_sums *sums, int64_t *cells) {
    size_t segments = group->tables->segment_count;
    for (int32_t m = 0; m < epoch->month_count; m++) {
        int64_t *cell = cells + ((size_t)(epoch->first_month + m) * segments + group->segment_index) * JK_FLOW_COUNT;
        cell[JK_FLOW_GROSS] += sum_lanes(monthly + m * 2 * JK_GRID_LANES);
        cell[JK_FLOW_COST] += sum_lanes(monthly + (m * 2 + 1) * JK_GRID_LANES);
        if (m == 0) {
            cell[JK_FLOW_FILING] += sum_lanes(sums->filing);
            cell[JK_FLOW_SALE] += sum_lanes(sums->sale);
        }
    }
}

JK_INLINE void start_projection(const jk_plan_group *group, jk_plan_tile *tile) {
    for (size_t at = 0; at < tile->rows; at += JK_LANES) {
        jk_index capacity = jk_index_load(tile->capacity_class + at);
        for (int s = 0; s < JK_STATES; s++) {
            jk_mask here = jk_index_equal(capacity, s % JK_CAPACITY_COUNT);
            bool present = s / JK_CAPACITY_COUNT == (int)group->title;
            jk_store(tile->probability[s] + at, present ? jk_keep(here, jk_set(1.0f)) : jk_set(0.0f));
        }
        jk_store(tile->gross + at, jk_set(0.0f));
        jk_store(tile->net + at, jk_set(0.0f));
    }
}

static void trace_probabilities(jk_plan_tile *tile, int epoch) {
    for (int s = 0; s < JK_STATES; s++) {
        memcpy(tile->trace_probability + ((size_t)epoch * JK_STATES + (size_t)s) * JK_TILE_STEP, tile->probability[s],
               JK_TILE_STEP * sizeof(float));
    }
}

JK_INLINE void induct_shape(const jk_plan_group *group, jk_plan_tile *tile, const jk_shape shape) {
    for (size_t at = 0; at < tile->rows; at += JK_LANES) {
        jk_induct(group, tile, at, shape);
    }
}

JK_INLINE void project_shape(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells, const jk_shape shape) {
    start_projection(group, tile);
    float *trace_flow = tile->trace_flow;
    for (int j = 0; j < tile->epochs; j++) {
        const jk_plan_epoch *epoch = &group->tables->epochs[j];
        jk_epoch_sums sums = {{0}, {0}};
        memset(tile->monthly, 0, (size_t)epoch->month_count * 2 * JK_GRID_LANES * sizeof *tile->monthly);
        if (tile->trace_probability != NULL) {
            trace_probabilities(tile, j);
        }
        for (size_t at = 0; at < tile->rows; at += JK_LANES) {
            jk_project_epoch(group, tile, at, j, shape, &sums);
        }
        if (cells != NULL) {
            add_to_cells(group, epoch, tile->monthly, &sums, cells);
        }
        if (tile->trace_flow != NULL) {
            tile->trace_flow += 3 * JK_TILE_STEP;
        }
    }
    tile->trace_flow = trace_flow;
}

/* Three functions per kind, so that each has the processor's registers for itself. */
typedef struct jk_kind_code {
    void (*plan)(const jk_plan_group *group, jk_plan_tile *tile);
    void (*evaluate)(const jk_plan_group *group, jk_plan_tile *tile);
    void (*project)(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells);
} jk_kind_code;
#define SHAPE(name, ...)                                                                                               \
    static void name##_plan(const jk_plan_group *group, jk_plan_tile *tile) {                                          \
        induct_shape(group, tile, (jk_shape){__VA_ARGS__, false});                                                     \
    }                                                                                                                  \
    static void name##_evaluate(const jk_plan_group *group, jk_plan_tile *tile) {                                      \
        induct_shape(group, tile, (jk_shape){__VA_ARGS__, true});                                                      \
    }                                                                                                                  \
    static void name##_project(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells) {                       \
        project_shape(group, tile, cells, (jk_shape){__VA_ARGS__, false});                                             \
    }                                                                                                                  \
    static const jk_kind_code name = {name##_plan, name##_evaluate, name##_project};
SHAPE(none, 0, 0, false, false)
SHAPE(none_legal, 0, 2, true, false)
SHAPE(none_legal_ends, 0, 2, true, true)
SHAPE(pending, 1, 1, false, false)
SHAPE(pending_legal, 1, 2, true, false)
SHAPE(pending_legal_ends, 1, 2, true, true)
SHAPE(title, 2, 2, false, false)
SHAPE(title_legal, 2, 2, true, false)

static const jk_kind_code *kind_of(const jk_plan_group *group) {
    bool ends = group->jurisdiction->title_end > 0.0f;
    switch (group->title) {
    case JK_TITLE_NONE:
        return !group->legal ? &none : (ends ? &none_legal_ends : &none_legal);
    case JK_TITLE_PENDING:
        return !group->legal ? &pending : (ends ? &pending_legal_ends : &pending_legal);
    default:
        return !group->legal ? &title : &title_legal;
    }
}

static void run(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells) {
    const jk_kind_code *kind = kind_of(group);
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

static void decay(int range, const float *t, float *share, float *left, size_t count) {
    for (size_t i = 0; i < count; i += JK_LANES) {
        jk_vec time = jk_load(t + i);
        jk_decay result = range == 0 ? jk_decay_short(time) : jk_decay_long(time);
        jk_decay_repair(time, range == 0 ? JK_DECAY_SHORT : JK_DECAY_LONG, &result);
        jk_store(share + i, result.share);
        jk_store(left + i, result.left);
    }
}

const jk_plan_kernel PASTE(jk_plan_kernel_, JK_ISA) = {run, decay};
