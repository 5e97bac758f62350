/* SPDX-License-Identifier: Apache-2.0 */
/* One claim's plan, epoch by epoch: the kernel on a tile of that claim alone, with its trace on. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "plan/plan.h"

jk_status jk_plan_trace_init(jk_plan_trace *trace, const jk_plan *plan, jk_error *error) {
    size_t epochs = (size_t)plan->tables.epoch_count, states = epochs * JK_STATES;
    *trace = (jk_plan_trace){.epochs = plan->tables.epoch_count,
                             .probability = jk_columns_zero(2 * states, sizeof(float)),
                             .action = jk_columns_zero(2 * states, sizeof(uint8_t)),
                             .value = jk_columns_zero(2 * states, sizeof(float)),
                             .gross = jk_columns_zero(epochs, sizeof(float)),
                             .instalments = jk_columns_zero(epochs, sizeof(float)),
                             .cost = jk_columns_zero(epochs, sizeof(float)),
                             .sale = jk_columns_zero(epochs, sizeof(float))};
    if (trace->probability == NULL || trace->action == NULL || trace->value == NULL || trace->gross == NULL ||
        trace->instalments == NULL || trace->cost == NULL || trace->sale == NULL) {
        jk_plan_trace_reset(trace);
        return jk_fail_memory(error, "the trace of a claim");
    }
    trace->paying_probability = trace->probability + states;
    trace->paying_action = trace->action + states;
    trace->paying_value = trace->value + states;
    return JK_OK;
}

void jk_plan_trace_reset(jk_plan_trace *trace) {
    free(trace->probability);
    free(trace->action);
    free(trace->value);
    free(trace->gross);
    free(trace->instalments);
    free(trace->cost);
    free(trace->sale);
    *trace = (jk_plan_trace){0};
}

static void clear(jk_plan_trace *trace) {
    size_t epochs = (size_t)trace->epochs, states = epochs * JK_STATES;
    trace->payers = false;
    memset(trace->probability, 0, 2 * states * sizeof(float));
    memset(trace->action, JK_CLOSE, 2 * states);
    memset(trace->value, 0, 2 * states * sizeof(float));
    memset(trace->gross, 0, epochs * sizeof(float));
    memset(trace->instalments, 0, epochs * sizeof(float));
    memset(trace->cost, 0, epochs * sizeof(float));
    memset(trace->sale, 0, epochs * sizeof(float));
}

/* The states of one mood in an epoch: from the tile's order, by title and class, to the trace's, by class and title. */
static void take_states(const jk_plan_group *group, const jk_plan_tile *tile, size_t j, size_t mood,
                        jk_plan_trace *trace) {
    size_t all = group->payers ? JK_ALL_STATES : JK_STATES, states = (size_t)trace->epochs * JK_STATES;
    int last = group->legal ? JK_TITLE_HELD : (int)group->title;
    for (int z = (int)group->title; z <= last; z++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            size_t state = mood * JK_STATES + (size_t)JK_STATE(z, k), from = j * JK_ALL_STATES + state;
            size_t to = mood * states + (j * JK_CAPACITY_COUNT + (size_t)k) * JK_TITLE_COUNT + (size_t)z;
            trace->probability[to] = tile->trace_probability[from * JK_TILE_STEP];
            trace->value[to] = tile->trace_value[from * JK_TILE_STEP];
            trace->action[to] = tile->decisions[(j * all + state) * JK_TILE_ROWS];
        }
    }
}

void jk_plan_explain(const jk_plan *plan, const jk_terms *terms, size_t row, jk_plan_trace *trace,
                     jk_plan_workspace *workspace) {
    clear(trace);
    if (terms->allowed[row] == 0) {
        trace->probability[(size_t)jk_terms_class(terms, row) * JK_TITLE_COUNT + terms->title_state[row]] = 1.0f;
        return;
    }
    jk_plan_group group;
    (void)jk_plan_group_of(plan, terms, row, &group);
    jk_plan_tile *tile = &workspace->tile;
    uint32_t rows[1] = {(uint32_t)row};
    tile->trace_value = workspace->trace_value;
    tile->trace_probability = workspace->trace_probability;
    tile->trace_flow = workspace->trace_flow;
    tile->work = JK_TILE_PLAN;
    tile->project = true;
    trace->payers = group.payers;
    jk_plan_tile_load(&group, terms, rows, 1, tile);
    plan->kernel[group.payers]->run(&group, tile, NULL);

    const float unit = (float)(1.0 / JK_GRID_PER_UNIT);
    for (size_t j = 0; j < (size_t)tile->epochs; j++) {
        for (size_t mood = 0; mood < (group.payers ? 2 : 1); mood++) {
            take_states(&group, tile, j, mood, trace);
        }
        const float *flow = tile->trace_flow + j * JK_TRACED_FLOWS * JK_TILE_STEP;
        trace->gross[j] = flow[0] * unit;
        trace->cost[j] = flow[JK_TILE_STEP] * unit;
        trace->sale[j] = flow[2 * JK_TILE_STEP] * unit;
        trace->instalments[j] = group.payers ? flow[3 * JK_TILE_STEP] * unit : 0.0f;
    }
}
