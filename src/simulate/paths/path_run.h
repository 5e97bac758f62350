/* SPDX-License-Identifier: Apache-2.0 */
/* One thread's means of running points over a tile of paths. */
#ifndef JK_SIMULATE_PATH_RUN_H
#define JK_SIMULATE_PATH_RUN_H

#include "simulate/paths/path_program.h"
#include "simulate/points/points.h"

typedef struct jk_path_runner {
    const jk_plan *plan;
    const jk_points *points;
    const jk_path_kernel *kernel;
    bool by_step; /* multipliers by step of the curves; false after init */
    jk_path_program program;
    jk_path_tile tile; /* lanes, recovery, multiplier, garnish and spells are set by the caller */
    size_t flow_size;  /* floats of tile.flow */
    float *memory;
} jk_path_runner;

jk_status jk_path_runner_init(jk_path_runner *runner, const jk_plan *plan, const jk_points *points, jk_error *error);
void jk_path_runner_reset(jk_path_runner *runner);

/* Makes runner->program that of a point. */
void jk_path_runner_write(jk_path_runner *runner, size_t point);

/* Sets tile.flow to the flows of points first..first+count-1, which share segment and jurisdiction. */
void jk_path_runner_run(jk_path_runner *runner, size_t first, size_t count);

#endif
