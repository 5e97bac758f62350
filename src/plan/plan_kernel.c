/* SPDX-License-Identifier: Apache-2.0 */
/* The plan kernel, compiled once per instruction set: induction, then projection, of one tile. The kinds of group
 * (title states that can be reached, titles that end or not) are compiled apart from one source. */
#include "plan/plan_kernel.h"

#include <string.h>

#include "plan/kernel_induct.h"
#include "plan/kernel_project.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

JK_INLINE void induct_shape(const jk_plan_group *group, jk_plan_tile *tile, const jk_shape shape) {
    for (size_t at = 0; at < tile->rows; at += JK_LANES) {
        jk_induct(group, tile, at, shape);
    }
}

JK_INLINE void project_shape(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells, const jk_shape shape) {
    jk_start_projection(group, tile, JK_STATES);
    float *trace_flow = tile->trace_flow;
    for (int j = 0; j < tile->epochs; j++) {
        const jk_plan_epoch *epoch = &group->tables->epochs[j];
        jk_epoch_sums sums = {{0}, {0}, {0}};
        memset(tile->monthly, 0, (size_t)epoch->month_count * JK_MONTHLY_FLOWS * JK_GRID_LANES * sizeof *tile->monthly);
        if (tile->trace_probability != NULL) {
            jk_trace_probabilities(tile, JK_STATES, j);
        }
        for (size_t at = 0; at < tile->rows; at += JK_LANES) {
            jk_project_epoch(group, tile, at, j, shape, &sums);
        }
        if (cells != NULL) {
            jk_add_to_cells(group, epoch, tile->monthly, &sums, cells);
        }
        if (tile->trace_flow != NULL) {
            tile->trace_flow += JK_TRACED_FLOWS * JK_TILE_STEP;
        }
    }
    tile->trace_flow = trace_flow;
}

JK_KIND(none, 0, 0, false, false)
JK_KIND(none_legal, 0, 2, true, false)
JK_KIND(none_legal_ends, 0, 2, true, true)
JK_KIND(pending, 1, 1, false, false)
JK_KIND(pending_legal, 1, 2, true, false)
JK_KIND(pending_legal_ends, 1, 2, true, true)
JK_KIND(title, 2, 2, false, false)
JK_KIND(title_legal, 2, 2, true, false)

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
    jk_run_kind(kind_of(group), group, tile, cells);
}

static void decay(int range, const float *t, float *share, float *left, size_t count) {
    for (size_t i = 0; i < count; i += JK_LANES) {
        jk_vec time = jk_load(t + i);
        jk_decay result = range == 0 ? jk_decay_short(time) : (range == 1 ? jk_decay_long(time) : jk_decay_far(time));
        jk_decay_repair(time, range == 0 ? JK_DECAY_SHORT : (range == 1 ? JK_DECAY_LONG : JK_DECAY_FAR), &result);
        jk_store(share + i, result.share);
        jk_store(left + i, result.left);
    }
}

const jk_plan_kernel PASTE(jk_plan_kernel_, JK_ISA) = {.run = run, .decay = decay};
