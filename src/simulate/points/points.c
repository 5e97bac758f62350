/* SPDX-License-Identifier: Apache-2.0 */
/* From cells to model points: the mean claim of a cell is planned like any claim, and its size is then set so that in
 * the base case, under its own plan, it brings and costs what the cell's claims do:
 *
 *     balance x G / g,   share of costs x (u f - N) / (f - n)
 *
 * with the cell's collections G and net N, the point's g and n, its net without running costs f, and u = G / g; each
 * factor within SCALE_LEAST..SCALE_MOST. */
#include "simulate/points/points.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "base/team/parallel.h"
#include "plan/plan.h"

enum { BLOCK_ROWS = 4096 };

/* Within these a point's size is corrected; beyond them the plan of the mean claim is not that of the claims, and only
 * a finer cell helps. */
#define SCALE_LEAST 0.2
#define SCALE_MOST  5.0

typedef struct build_thread {
    jk_plan_workspace *workspace;
    jk_plan_policy *policy;
    float *column; /* [4][BLOCK_ROWS] gross, net, net without running costs, zeros */
} build_thread;

typedef struct build {
    const jk_survey *survey;
    const jk_cells *cells;
    jk_points *points;
    build_thread *thread;
    int threads;
} build;

/* ---- one block of points -------------------------------------------------------------------------------------- */

static double within(double scale) {
    return fmin(fmax(scale, SCALE_LEAST), SCALE_MOST);
}

/* A point has one plan where its claims may have several. Its balance and its share of costs are therefore set so that,
 * under its plan, it brings in and costs in the base case what its claims do. `gross` and `net` are the point's own,
 * and `free` its net without running costs. */
static void scale_point(const jk_claims_cell *cell, float gross, float net, float free, const jk_terms *terms,
                        size_t row) {
    double target = jk_grid_to_double(cell->gross), running = (double)free - (double)net;
    double up = gross > 0.0f ? within(target / (double)gross) : 1.0;
    double cost = up * (double)free - jk_grid_to_double(cell->net);
    double down = running > 0.0 ? within(cost / running) : 1.0;
    terms->balance[row] = (float)((double)terms->balance[row] * up);
    terms->interest_monthly[row] = (float)((double)terms->interest_monthly[row] * up);
    terms->share[row] = (float)((double)terms->share[row] * down);
    terms->interruption[row] = (float)((double)terms->interruption[row] * down);
}

static void keep_actions(const build *b, const build_thread *thread, const jk_terms *terms, size_t first) {
    const jk_plan *plan = b->survey->plan[JK_STATE_BASE];
    const size_t size = (size_t)plan->tables.epoch_count * JK_ALL_STATES;
    jk_policy_walk walk = {.plan = plan, .terms = terms, .policy = thread->policy, .tile = &thread->workspace->tile};
    while (jk_plan_policy_next(&walk)) {
        const jk_plan_group *group = &walk.group;
        const int last = group->legal ? JK_TITLE_HELD : (int)group->title,
                  states = group->payers ? JK_ALL_STATES : JK_STATES;
        for (size_t i = 0; i < walk.count; i++) {
            uint8_t *actions = b->points->actions + (first + walk.rows[i]) * size;
            for (int j = 0; j < walk.tile->epochs; j++) {
                for (int s = JK_STATE((int)group->title, 0); s < JK_STATE(last, JK_CAPACITY_COUNT); s++) {
                    for (int mood = 0; mood < states; mood += JK_STATES) {
                        actions[j * JK_ALL_STATES + mood + s] =
                            walk.tile->decisions[(j * states + mood + s) * JK_TILE_ROWS + (int)i];
                    }
                }
            }
        }
    }
}

static jk_status build_block(void *context, int number, size_t block, jk_error *error) {
    (void)error;
    build *b = context;
    build_thread *thread = &b->thread[number];
    const jk_plan *plan = b->survey->plan[JK_STATE_BASE];
    size_t first = block * BLOCK_ROWS, left = b->points->count - first;
    jk_terms terms = jk_terms_rows(&b->points->terms, first, left < BLOCK_ROWS ? left : BLOCK_ROWS);
    float *gross = thread->column, *net = gross + BLOCK_ROWS, *free_net = net + BLOCK_ROWS;
    jk_plan_results found = {.rows = terms.rows, .erc_gross = gross, .erc_net = net};
    jk_plan_block_keep(plan, &terms, &found, NULL, thread->policy, thread->workspace);
    jk_terms costless = terms;
    costless.share = costless.interruption = free_net + BLOCK_ROWS;
    jk_plan_results without = {.rows = terms.rows, .erc_net = free_net};
    jk_plan_block_follow(plan, &costless, thread->policy, &without, NULL, thread->workspace);
    for (size_t row = 0; row < terms.rows && first + row < b->points->cells; row++) {
        scale_point(&b->cells->cell[first + row], gross[row], net[row], free_net[row], &terms, row);
    }
    keep_actions(b, thread, &terms, first);
    return JK_OK;
}

/* ---- all points of a level ------------------------------------------------------------------------------------ */

static void free_threads(build *b) {
    for (int t = 0; b->thread != NULL && t < b->threads; t++) {
        build_thread *thread = &b->thread[t];
        jk_plan_workspace_free(thread->workspace);
        jk_plan_policy_free(thread->policy);
        free(thread->column);
    }
    free(b->thread);
}

static jk_status create_threads(build *b, jk_error *error) {
    const jk_plan *plan = b->survey->plan[JK_STATE_BASE];
    b->thread = calloc((size_t)b->threads, sizeof *b->thread);
    for (int t = 0; b->thread != NULL && t < b->threads; t++) {
        build_thread *thread = &b->thread[t];
        thread->workspace = jk_plan_workspace_create(plan, BLOCK_ROWS);
        thread->policy = jk_plan_policy_create(plan, BLOCK_ROWS);
        thread->column = jk_columns_zero(4 * BLOCK_ROWS, sizeof *thread->column);
        JK_TRY(jk_held(thread->workspace != NULL && thread->policy != NULL && thread->column != NULL, error,
                       "the model points"));
    }
    return jk_held(b->thread != NULL, error, "the model points");
}

static jk_status fill_rows(build *b, jk_error *error) {
    jk_points *points = b->points;
    const jk_survey *survey = b->survey;
    points->cells = b->cells->count;
    points->count = points->cells + survey->large_count;
    size_t size = (size_t)survey->model->epoch_count * JK_ALL_STATES;
    points->memory = jk_columns_zero(jk_terms_size(points->count), 1);
    points->actions = jk_columns_zero(points->count, size);
    points->spread = jk_columns_zero(points->cells, sizeof *points->spread);
    points->part = jk_columns_zero(points->count, sizeof *points->part);
    JK_TRY(jk_held(points->memory != NULL && points->actions != NULL && points->spread != NULL && points->part != NULL,
                   error, "the model points"));
    _Static_assert(JK_CLOSE == 0, "actions that are not planned are zero");
    jk_terms_place(&points->terms, points->count, points->memory);
    for (size_t i = 0; i < points->cells; i++) {
        const jk_claims_cell *cell = &b->cells->cell[i];
        jk_cell_put(cell, &points->terms, i);
        points->part[i] =
            cell->gross != 0 ? (double)cell->part / (double)cell->gross : 1.0 / (double)survey->grid.every;
        points->spread[i] = (double)cell->balance_squared / ((double)cell->balance * (double)cell->balance);
    }
    for (size_t i = 0; i < survey->large_count; i++) {
        jk_cell_claim_put(&survey->large[i], &points->terms, points->cells + i);
        points->part[points->cells + i] = jk_cell_claim_is_part(&survey->large[i], survey->grid.every) ? 1.0 : 0.0;
    }
    return JK_OK;
}

/* Cells come sorted by segment, jurisdiction and class. */
static jk_status divide(jk_points *points, jk_error *error) {
    points->run = jk_columns_zero(points->cells, sizeof *points->run);
    JK_TRY(jk_held(points->run != NULL, error, "the model points"));
    for (size_t i = 0; i < points->cells; i++) {
        jk_point_run *last = points->run_count > 0 ? &points->run[points->run_count - 1] : NULL;
        uint16_t segment = points->terms.segment[i], jurisdiction = points->terms.jurisdiction[i];
        uint8_t capacity = points->terms.capacity_class[i];
        if (last != NULL && last->count < JK_RUN_POINTS && last->segment == segment &&
            last->jurisdiction == jurisdiction && last->capacity_class == capacity) {
            last->count++;
        } else {
            points->run[points->run_count++] = (jk_point_run){i, 1, segment, jurisdiction, capacity};
        }
    }
    return JK_OK;
}

static jk_status run_build(build *b, const jk_run *run, jk_error *error) {
    JK_TRY(fill_rows(b, error));
    JK_TRY(divide(b->points, error));
    JK_TRY(create_threads(b, error));
    size_t blocks = (b->points->count + BLOCK_ROWS - 1) / BLOCK_ROWS;
    return jk_parallel_for(run, blocks, "model points", BLOCK_ROWS, build_block, b, error);
}

jk_status jk_points_create(jk_points *points, const jk_survey *survey, int level, const jk_run *run, jk_error *error) {
    jk_cells cells;
    *points = (jk_points){.level = level};
    JK_TRY(jk_cells_at_level(&cells, &survey->cells, level, error));
    build b = {.survey = survey, .cells = &cells, .points = points, .threads = jk_threads(run)};
    jk_status status = run_build(&b, run, error);
    free_threads(&b);
    jk_cells_reset(&cells);
    return status;
}

void jk_points_reset(jk_points *points) {
    free(points->memory);
    free(points->actions);
    free(points->spread);
    free(points->part);
    free(points->run);
    *points = (jk_points){0};
}
