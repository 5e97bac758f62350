/* SPDX-License-Identifier: Apache-2.0 */
/* Model points through the path kernel: a point's program is written once (path_program.c) and run for
 * JK_PATH_LANES paths at a time; flows of the points of a run add up in 32 bits, which 64 points allow (points.h). */
#include "simulate/paths/path_run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

jk_status jk_path_runner_init(jk_path_runner *runner, const jk_plan *plan, const jk_points *points, jk_error *error) {
    size_t flow = (size_t)plan->tables.epoch_count * JK_PATH_FLOWS * JK_PATH_LANES;
    size_t states = (size_t)JK_ALL_STATES * JK_PATH_LANES;
    *runner = (jk_path_runner){.plan = plan,
                               .points = points,
                               .kernel = jk_path_kernel_of((int)plan->isa),
                               .flow_size = flow,
                               .memory = jk_columns_zero(flow + 2 * states, sizeof(float))};
    JK_TRY(jk_held(runner->memory != NULL, error, "the paths"));
    runner->tile.flow = runner->memory;
    runner->tile.probability[0] = runner->memory + flow;
    runner->tile.probability[1] = runner->memory + flow + states;
    jk_status status = jk_path_program_init(&runner->program, plan, error);
    if (status != JK_OK) {
        jk_path_runner_reset(runner);
    }
    return status;
}

void jk_path_runner_reset(jk_path_runner *runner) {
    jk_path_program_reset(&runner->program);
    free(runner->memory);
    *runner = (jk_path_runner){0};
}

void jk_path_runner_write(jk_path_runner *runner, size_t point) {
    const jk_points *points = runner->points;
    const size_t actions = (size_t)runner->plan->tables.epoch_count * JK_ALL_STATES;
    double spread = point < points->cells ? points->spread[point] : JK_SECOND_IS_PROBABILITY;
    jk_path_program_write(&runner->program, runner->plan, &points->terms, point, points->actions + point * actions,
                          spread, runner->by_step);
}

void jk_path_runner_run(jk_path_runner *runner, size_t first, size_t count) {
    assert(runner->tile.lanes <= JK_PATH_LANES && runner->tile.lanes % JK_PATH_STEP == 0);
    for (size_t row = 0; row < runner->flow_size; row += JK_PATH_LANES) {
        memset(runner->tile.flow + row, 0, runner->tile.lanes * sizeof *runner->tile.flow);
    }
    for (size_t i = first; i < first + count; i++) {
        jk_path_runner_write(runner, i);
        runner->kernel->run(&runner->program, &runner->tile);
    }
}
