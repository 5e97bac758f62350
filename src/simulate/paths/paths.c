/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, a tile of JK_PATH_LANES at a time (docs/simulate.md):
 *
 *     path = sum over segments and epochs of scale(segment, epoch, pace) * flows of the cells' points
 *            x own risk of the rest (one number a year)  +  the largest claims, each drawn by itself
 *     value = sum over epochs of what is kept less what is spent, discounted within the epoch as the plan does it,
 *             + (sale - filing) at the epoch's start; months within an epoch as the base case has them
 *
 * and where a fit says how well it knows exits, class moves, titles and the half-life, all flows times the answer to
 * those of the path (beside_answer.c).
 *
 * A path's numbers are those of (seed, stream, path): the order of tiles, threads and ranks changes nothing. */
#include "simulate/paths/paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/normal.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "simulate/paths/own_risk.h"
#include "simulate/paths/walk.h"

typedef struct path_thread {
    jk_path_runner runner;
    jk_draws draws;
    double *total; /* [JK_PATH_LANES][epochs][JK_PATH_FLOWS] of the cells, then of all */
    double
        *group; /* [epochs][JK_PATH_FLOWS][JK_PATH_LANES] of the cells of a segment and jurisdiction, not yet scaled */
    double *claim;  /* [epochs][JK_PATH_FLOWS] */
    double *net;    /* [months] */
    double *work;   /* of the own risk; also the years of a path */
    double *beside; /* [JK_PATH_LANES][segments][epochs][JK_SCALE_COUNT] factors; NULL: nothing is drawn */
} path_thread;

typedef struct path_work {
    const jk_survey *survey;
    const jk_points *points;
    const jk_calibration *calibration;
    const jk_path_options *options;
    jk_path_results *results;
    size_t first, end;         /* paths */
    size_t own_first, own_end; /* those of this process */
    size_t tile;               /* paths at a time */
    path_thread *thread;
    int threads;
} path_work;

jk_status jk_path_results_init(jk_path_results *results, size_t room, int years, jk_error *error) {
    *results = (jk_path_results){.room = room, .years = years};
    results->value = jk_columns_alloc(room, sizeof *results->value);
    results->gross = jk_columns_alloc(room, sizeof *results->gross);
    results->net = jk_columns_alloc(room, sizeof *results->net);
    results->irr = jk_columns_alloc(room, sizeof *results->irr);
    results->erc = jk_columns_alloc(room * (size_t)years, sizeof *results->erc);
    if (results->value == NULL || results->gross == NULL || results->net == NULL || results->irr == NULL ||
        results->erc == NULL) {
        jk_path_results_reset(results);
        return jk_fail_memory(error, "the paths' results");
    }
    return JK_OK;
}

void jk_path_results_reset(jk_path_results *results) {
    free(results->value);
    free(results->gross);
    free(results->net);
    free(results->irr);
    free(results->erc);
    *results = (jk_path_results){0};
}

/* ---- a tile of paths ------------------------------------------------------------------------------------------ */

/* Which scale a flow goes by. */
static const size_t scale_of[JK_PATH_FLOWS] = {JK_SCALE_GROSS,   JK_SCALE_GROSS,  JK_SCALE_RUNNING, JK_SCALE_GROSS,
                                               JK_SCALE_RUNNING, JK_SCALE_FILING, JK_SCALE_SALE,    JK_SCALE_GROSS};

/* What flows of a segment and epoch are multiplied by on a lane, for what is not known beside the cash. */
static double beside_of(const path_work *w, const path_thread *thread, size_t lane, size_t place) {
    return thread->beside == NULL ? 1.0 : thread->beside[lane * w->options->beside->places + place];
}

/* The group's flows, scaled to the claims', go to the totals; the group is empty afterwards. */
static void scale_group(const path_work *w, path_thread *thread, const jk_point_run *run) {
    const jk_calibration *c = w->calibration;
    const size_t epochs = (size_t)c->epochs, size = epochs * JK_PATH_FLOWS;
    const size_t series = jk_factors_of(&thread->draws.factors, run->segment, run->jurisdiction) * epochs;
    const jk_factor_lanes *lanes = &thread->draws.series;
    for (size_t j = 0; j < epochs; j++) {
        size_t place = (run->segment * epochs + j) * JK_SCALE_COUNT;
        for (size_t lane = 0; lane < thread->runner.tile.lanes; lane++) {
            double scale[JK_SCALE_COUNT];
            const size_t at = (series + j) * JK_PATH_LANES + lane;
            const jk_course course = {(double)lanes->mean[at], (double)lanes->turn[at]};
            for (size_t i = 0; i < JK_SCALE_COUNT; i++) {
                double answer = jk_answer_at(&c->answer[place + i], course);
                scale[i] = c->scale[place + i] * answer * beside_of(w, thread, lane, place + i);
            }
            for (size_t f = 0; f < JK_PATH_FLOWS; f++) {
                double *flow = thread->group + (j * JK_PATH_FLOWS + f) * JK_PATH_LANES + lane;
                thread->total[lane * size + j * JK_PATH_FLOWS + f] += scale[scale_of[f]] * *flow;
                *flow = 0.0;
            }
        }
    }
}

static void point_at(path_thread *thread, const jk_terms *terms, size_t point, size_t epochs) {
    const size_t segment = terms->segment[point];
    const size_t series = jk_factors_of(&thread->draws.factors, segment, terms->jurisdiction[point]);
    thread->runner.tile.recovery = thread->draws.series.recovery + series * epochs * JK_PATH_LANES;
    thread->runner.tile.multiplier = jk_draws_multiplier(&thread->draws, segment, jk_terms_class(terms, point));
    thread->runner.tile.garnish = thread->draws.garnish + segment * JK_PATH_LANES;
    thread->runner.tile.spells = thread->draws.spells + segment * JK_PATH_SPELL_ROWS * JK_PATH_LANES;
}

static void run_cells(const path_work *w, path_thread *thread, uint64_t first, size_t lanes) {
    const jk_calibration *c = w->calibration;
    const size_t epochs = (size_t)c->epochs, size = epochs * JK_PATH_FLOWS;
    memset(thread->total, 0, JK_PATH_LANES * size * sizeof *thread->total);
    const jk_point_run *run = w->points->run, *end = run + w->points->run_count;
    for (; run < end; run++) {
        point_at(thread, &w->points->terms, run->first, epochs);
        jk_path_runner_run(&thread->runner, run->first, run->count);
        for (size_t row = 0; row < size * JK_PATH_LANES; row += JK_PATH_LANES) {
            for (size_t i = row; i < row + thread->runner.tile.lanes; i++) {
                thread->group[i] += (double)thread->runner.tile.flow[i];
            }
        }
        if (run + 1 == end || run[1].segment != run->segment || run[1].jurisdiction != run->jurisdiction) {
            scale_group(w, thread, run);
        }
    }
    if (w->options->own_risk) {
        for (size_t lane = 0; lane < lanes; lane++) {
            double normal[JK_HORIZON_MAX];
            jk_draw_normals(w->options->seed, jk_stream(JK_STREAM_REST, 0), first + lane, normal, (size_t)c->years);
            jk_own_risk_rest(c, thread->total + lane * size, normal, thread->work);
        }
    }
}

/* A large claim on a lane: who pays in spells is drawn through them, others pay in one epoch or never. */
static void draw_large(const path_work *w, path_thread *thread, size_t rank, uint64_t path, size_t lane) {
    enum { WORDS = 4 };
    const size_t epochs = (size_t)w->calibration->epochs, size = epochs * JK_PATH_FLOWS;
    if (thread->runner.program.pairs) {
        jk_walk_luck luck = jk_walk_luck_of(w->options->seed, jk_stream(JK_STREAM_WALK, rank), path);
        jk_walk(&thread->runner.program, &thread->runner.tile, lane, &luck, (int)epochs, thread->claim);
        return;
    }
    for (size_t f = 0; f < size; f++) {
        thread->claim[f] = (double)thread->runner.tile.flow[f * JK_PATH_LANES + lane];
    }
    jk_random4 four = jk_philox(w->options->seed, jk_stream(JK_STREAM_LARGE, rank / WORDS), path);
    jk_own_risk_large(thread->claim, (int)epochs, jk_uniform(four.word[rank % WORDS]));
}

static void run_large(const path_work *w, path_thread *thread, uint64_t first, size_t lanes) {
    const size_t epochs = (size_t)w->calibration->epochs, size = epochs * JK_PATH_FLOWS;
    for (size_t i = w->points->cells; i < w->points->count; i++) {
        point_at(thread, &w->points->terms, i, epochs);
        jk_path_runner_write(&thread->runner, i);
        if (!thread->runner.program.pairs) {
            jk_path_runner_run(&thread->runner, i, 1);
        }
        for (size_t lane = 0; lane < lanes; lane++) {
            draw_large(w, thread, i - w->points->cells, first + lane, lane);
            const size_t place = w->points->terms.segment[i] * epochs * JK_SCALE_COUNT;
            for (size_t f = 0; f < size; f++) {
                const size_t at = place + f / JK_PATH_FLOWS * JK_SCALE_COUNT + scale_of[f % JK_PATH_FLOWS];
                thread->total[lane * size + f] += beside_of(w, thread, lane, at) * thread->claim[f];
            }
        }
    }
}

/* ---- a path's figures ----------------------------------------------------------------------------------------- */

static void finish_path(const path_work *w, path_thread *thread, size_t lane, size_t path) {
    const jk_calibration *c = w->calibration;
    const double *flow = thread->total + lane * (size_t)c->epochs * JK_PATH_FLOWS;
    double value = 0.0, gross = 0.0, net = 0.0;
    int32_t month = 0;
    memset(thread->work, 0, (size_t)c->years * sizeof *thread->work);
    for (int j = 0; j < c->epochs; j++, flow += JK_PATH_FLOWS) {
        double start = flow[JK_PATH_SALE] - flow[JK_PATH_FILING];
        double kept = flow[JK_PATH_GROSS] - flow[JK_PATH_CONTINGENT];
        value += flow[JK_PATH_KEPT] - flow[JK_PATH_SPENT] + c->now[j] * start;
        gross += flow[JK_PATH_GROSS];
        net += kept - flow[JK_PATH_RUNNING] + start;
        for (double before = start; month < c->epoch_end[j]; month++, before = 0.0) {
            thread->net[month] = before + kept * c->month_gross[month] - flow[JK_PATH_RUNNING] * c->month_cost[month];
        }
    }
    flow = thread->total + lane * (size_t)c->epochs * JK_PATH_FLOWS;
    jk_calibration_years(c, c->month_gross, flow + JK_PATH_GROSS, JK_PATH_FLOWS, thread->work);
    jk_path_results *results = w->results;
    results->value[path] = value;
    results->gross[path] = gross;
    results->net[path] = net;
    results->irr[path] = jk_path_irr(thread->net, c->months, w->options->outlay);
    for (int y = 0; y < c->years; y++) {
        results->erc[(size_t)y * results->room + path] = (float)thread->work[y];
    }
}

static jk_status run_tile(void *context, int number, size_t tile, jk_error *error) {
    (void)error;
    path_work *w = context;
    path_thread *thread = &w->thread[number];
    size_t first = w->own_first + tile * w->tile, left = w->own_end - first;
    size_t lanes = left < w->tile ? left : w->tile;
    size_t whole = (lanes + JK_PATH_STEP - 1) / JK_PATH_STEP * JK_PATH_STEP;
    thread->runner.tile.lanes = whole;
    jk_draws_fill(&thread->draws, first, whole);
    for (size_t lane = 0; thread->beside != NULL && lane < whole; lane++) {
        jk_beside_answer_draw(w->options->beside, w->options->seed, first + lane,
                              thread->beside + lane * w->options->beside->places);
    }
    run_cells(w, thread, first, lanes);
    run_large(w, thread, first, lanes);
    for (size_t lane = 0; lane < lanes; lane++) {
        finish_path(w, thread, lane, first + lane);
    }
    return JK_OK;
}

/* ---- threads -------------------------------------------------------------------------------------------------- */

static jk_status create_threads(path_work *w, jk_error *error) {
    const jk_calibration *c = w->calibration;
    size_t size = (size_t)c->epochs * JK_PATH_FLOWS, years = (size_t)c->years;
    w->thread = calloc((size_t)w->threads, sizeof *w->thread);
    for (int t = 0; w->thread != NULL && t < w->threads; t++) {
        path_thread *thread = &w->thread[t];
        JK_TRY(jk_path_runner_init(&thread->runner, w->survey->plan[JK_STATE_BASE], w->points, error));
        JK_TRY(jk_draws_init(&thread->draws, w->survey->model, w->options->covariance, w->options->mix,
                             w->options->seed, error));
        thread->draws.kernel = thread->runner.kernel;
        thread->draws.factors.kernel =
            jk_dense_kernel_for(w->survey->model->risk.correlation->count, thread->runner.plan->isa);
        thread->runner.by_step = w->options->covariance->count > 0;
        thread->total =
            jk_columns_zero((2 * JK_PATH_LANES + 1) * size + (size_t)c->months + 2 * years, sizeof *thread->total);
        const size_t places = w->options->beside->places;
        thread->beside = places > 0 ? jk_columns_alloc(JK_PATH_LANES * places, sizeof *thread->beside) : NULL;
        JK_TRY(jk_held(thread->total != NULL && (places == 0 || thread->beside != NULL), error, "the paths"));
        thread->group = thread->total + JK_PATH_LANES * size;
        thread->claim = thread->group + JK_PATH_LANES * size;
        thread->net = thread->claim + size;
        thread->work = thread->net + c->months;
    }
    return jk_held(w->thread != NULL, error, "the paths");
}

static void free_threads(path_work *w) {
    for (int t = 0; w->thread != NULL && t < w->threads; t++) {
        jk_path_runner_reset(&w->thread[t].runner);
        jk_draws_reset(&w->thread[t].draws);
        free(w->thread[t].total);
        free(w->thread[t].beside);
    }
    free(w->thread);
}

/* What the paths of every rank bring goes to all. */
static jk_status gather(const path_work *w, jk_error *error) {
    jk_path_results *results = w->results;
    double *const columns[] = {results->value, results->gross, results->net, results->irr};
    const size_t paths = w->end - w->first;
    if (jk_team_role_now() != JK_TEAM_RANKS) {
        return JK_OK;
    }
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        JK_TRY(jk_team_gather_rows(columns[c] + w->first, sizeof(double), paths, JK_PATH_BLOCK, error));
    }
    for (size_t y = 0; y < (size_t)results->years; y++) {
        float *year = results->erc + y * results->room + w->first;
        JK_TRY(jk_team_gather_rows(year, sizeof *year, paths, JK_PATH_BLOCK, error));
    }
    return JK_OK;
}

/* Which paths this process runs, and how many at a time: a point's program is written for each tile, so that tiles are
 * as large as they leave work for every thread. */
static void share_paths(path_work *w) {
    size_t paths = w->end - w->first, first = 0, last = 0;
    jk_team_rows(JK_PASS_AFTER, (paths + JK_PATH_BLOCK - 1) / JK_PATH_BLOCK, &first, &last);
    w->own_first = first * JK_PATH_BLOCK < paths ? w->first + first * JK_PATH_BLOCK : w->end;
    w->own_end = last * JK_PATH_BLOCK < paths ? w->first + last * JK_PATH_BLOCK : w->end;
    const size_t own = w->own_end - w->own_first, threads = (size_t)w->threads;
    const size_t rounds = own / (threads * JK_PATH_LANES) + 1, blocks = own / (rounds * threads * JK_PATH_BLOCK) + 1;
    w->tile = blocks * JK_PATH_BLOCK < JK_PATH_LANES ? blocks * JK_PATH_BLOCK : JK_PATH_LANES;
}

jk_status jk_paths_run(const jk_survey *survey, const jk_points *points, const jk_calibration *calibration,
                       const jk_path_options *options, size_t count, jk_path_results *results, const jk_run *run,
                       jk_error *error) {
    path_work w = {.survey = survey,
                   .points = points,
                   .calibration = calibration,
                   .options = options,
                   .results = results,
                   .first = results->count,
                   .end = count < results->room ? count : results->room,
                   .threads = jk_threads(run)};
    share_paths(&w);
    jk_status status = create_threads(&w, error);
    if (status == JK_OK) {
        size_t tiles = (w.own_end - w.own_first + w.tile - 1) / w.tile;
        status = jk_parallel_for(run, tiles, "paths", w.tile, run_tile, &w, error);
    }
    free_threads(&w);
    status = status == JK_OK ? gather(&w, error) : status;
    if (status == JK_OK) {
        results->count = w.end;
    }
    return status;
}
