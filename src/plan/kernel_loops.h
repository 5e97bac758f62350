/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of a kernel over a tile, vector by vector: of claims whose debtors pay at once, and of those who pay in
 * spells. A kernel includes this once, having said what it does with a vector:
 *
 *     JK_TILE_STATES          states that a claim can be in: JK_STATES or JK_ALL_STATES
 *     JK_TILE_INDUCT          induction of a vector of claims
 *     JK_TILE_PROJECT_EPOCH   projection of a vector of claims over one epoch
 */
#ifndef JK_PLAN_KERNEL_LOOPS_H
#define JK_PLAN_KERNEL_LOOPS_H

#include <string.h>

#include "plan/kernel_tile.h"

JK_INLINE void induct_shape(const jk_plan_group *group, jk_plan_tile *tile, const jk_shape shape) {
    for (size_t at = 0; at < tile->rows; at += JK_LANES) {
        JK_TILE_INDUCT(group, tile, at, shape);
    }
}

JK_INLINE void jk_project_epochs(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells, const jk_shape shape) {
    jk_start_projection(group, tile, JK_TILE_STATES);
    float *trace_flow = tile->trace_flow;
    for (int j = 0; j < tile->epochs; j++) {
        const jk_plan_epoch *epoch = &group->tables->epochs[j];
        jk_epoch_sums sums = {{0}, {0}, {0}};
        memset(tile->monthly, 0, (size_t)epoch->month_count * JK_MONTHLY_FLOWS * JK_GRID_LANES * sizeof *tile->monthly);
        if (tile->trace_probability != NULL) {
            jk_trace_probabilities(tile, JK_TILE_STATES, j);
        }
        const jk_plan_group in = jk_plan_group_in(group, j);
        for (size_t at = 0; at < tile->rows; at += JK_LANES) {
            JK_TILE_PROJECT_EPOCH(&in, tile, at, j, shape, &sums);
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

#endif
