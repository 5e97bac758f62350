/* SPDX-License-Identifier: Apache-2.0 */
/* The one pass over all claims that a simulation needs: a sink of the valuation. It fills the cells, keeps the largest
 * claims (a heap per thread, merged), and adds up what the portfolio brings in the base case and, of a part of it where
 * there are very many, in states of stress under the base case's plan. How many claims are simulated one by one: the
 * fewest such that no claim of the rest has a squared balance above LARGE_PART of the sum of all smaller claims'
 * squares, so that the rest is a sum of many. */
#include "simulate/points/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "plan/plan.h"
#include "simulate/points/survey_ranks.h"

/* A claim is simulated by itself while its squared balance is more than this part of those of all smaller claims: what
 * is left is then a sum of a thousand or more like parts. */
#define LARGE_PART 1e-3

struct jk_survey_thread {
    jk_plan_workspace *workspace;
    uint32_t *outline; /* [block rows] */
    jk_cells cells;
    jk_mix mix;
    jk_cell_claim *large; /* a heap: the least of the largest at the top */
    size_t large_count;
    jk_stress stress;
};

jk_status jk_survey_init(jk_survey *survey, const jk_model *model, const jk_value_options *options,
                         const jk_extremes *extremes, const jk_covariance *covariance, jk_error *error) {
    *survey = (jk_survey){.model = model,
                          .extremes = *extremes,
                          .irr = isnan(options->irr) ? model->irr : options->irr,
                          .covariance = covariance};
    size_t epochs = (size_t)model->epoch_count, cells = model->segment_count * epochs;
    double *recovery = jk_columns_alloc(cells, sizeof *recovery);
    survey->epoch_end = jk_columns_alloc(epochs, sizeof *survey->epoch_end);
    if (recovery == NULL || survey->epoch_end == NULL) {
        free(recovery);
        return jk_fail_memory(error, "the model points");
    }
    int32_t end = 0;
    for (size_t j = 0; j < epochs; j++) {
        end += model->epochs[j];
        survey->epoch_end[j] = end;
    }
    bool sells = (options->allow & JK_ALLOW(JK_SELL)) != 0;
    survey->grid = (jk_cell_grid){
        .epoch_count = model->epoch_count, .epoch_end = survey->epoch_end, .bar_limit = sells ? 24000.0f : (float)end};
    jk_status status = JK_OK;
    for (int s = 0; s < JK_STRESS_STATES && status == JK_OK; s++) {
        if (s == JK_STATE_PART) {
            continue;
        }
        for (size_t i = 0; i < cells; i++) {
            size_t j = i % epochs;
            recovery[i] = jk_extreme_at(extremes, s, survey->epoch_end[j] - model->epochs[j]);
        }
        jk_plan_options plan = {
            .irr = survey->irr, .isa = options->isa, .recovery = s == JK_STATE_BASE ? NULL : recovery};
        status = jk_plan_create(model, &plan, &survey->plan[s], error);
    }
    free(recovery);
    return status;
}

/* ---- the largest claims --------------------------------------------------------------------------------------- */

/* By falling balance; claims that are alike in all that counts are interchangeable, so that bytes decide the rest. */
int jk_survey_by_size(const void *a, const void *b) {
    _Static_assert(sizeof(jk_cell_claim) == 80, "no padding, whose bytes would be compared");
    const jk_cell_claim *x = a, *y = b;
    if (x->balance != y->balance) {
        return x->balance > y->balance ? -1 : 1;
    }
    return memcmp(x, y, sizeof *x);
}

static void sift_down(jk_cell_claim *heap, size_t count, size_t at) {
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && jk_survey_by_size(&heap[child + 1], &heap[child]) > 0) {
            child++;
        }
        if (jk_survey_by_size(&heap[child], &heap[at]) <= 0) {
            return;
        }
        jk_cell_claim swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
        at = child;
    }
}

static void offer(jk_survey_thread *thread, const jk_cell_claim *claim) {
    if (thread->large_count < JK_LARGE_MOST) {
        thread->large[thread->large_count++] = *claim;
        for (size_t i = thread->large_count / 2; thread->large_count == JK_LARGE_MOST && i-- > 0;) {
            sift_down(thread->large, thread->large_count, i);
        }
    } else if (jk_survey_by_size(claim, &thread->large[0]) < 0) {
        thread->large[0] = *claim;
        sift_down(thread->large, thread->large_count, 0);
    }
}

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static jk_status begin_thread(const jk_survey *survey, const jk_value_shape *shape, jk_survey_thread *thread,
                              jk_error *error) {
    const jk_plan *plan = survey->plan[JK_STATE_BASE];
    thread->workspace = jk_plan_workspace_create(plan, shape->block_rows);
    thread->outline = jk_columns_zero(shape->block_rows, sizeof *thread->outline);
    thread->large = jk_columns_zero(JK_LARGE_MOST, sizeof *thread->large);
    JK_TRY(jk_held(thread->workspace != NULL && thread->outline != NULL && thread->large != NULL, error,
                   "the model points"));
    JK_TRY(jk_stress_init(&thread->stress, survey->plan, thread->workspace, shape->block_rows, error));
    JK_TRY(jk_mix_init(&thread->mix, survey->model, survey->covariance, shape->block_rows, error));
    return jk_cells_init(&thread->cells, &survey->grid, JK_CELLS_MOST, error);
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_survey *survey = context;
    survey->thread = calloc((size_t)shape->threads, sizeof *survey->thread);
    JK_TRY(jk_held(survey->thread != NULL, error, "the model points"));
    survey->threads = shape->threads;
    survey->shared = shape->shared;
    for (int t = 0; t < shape->threads; t++) {
        JK_TRY(begin_thread(survey, shape, &survey->thread[t], error));
    }
    return JK_OK;
}

/* What a row's plan does first in its title state, class by class and, where there are payers, for who pays too. Claims
 * of one cell are then worked alike, which is what makes them answer alike. */
static uint32_t outline_of(const jk_plan_group *group, const jk_plan_tile *tile, size_t row) {
    uint32_t outline = 0;
    for (int mood = 0; mood < (group->payers ? 2 : 1); mood++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            size_t state = (size_t)(mood * JK_STATES + JK_STATE((int)group->title, k));
            outline |= jk_cell_action(tile->decisions[state * JK_TILE_ROWS + row], mood > 0, k);
        }
    }
    return outline;
}

static void read_outlines(const jk_survey *survey, jk_survey_thread *thread, const jk_terms *terms,
                          const jk_plan_policy *policy) {
    jk_policy_walk walk = {
        .plan = survey->plan[JK_STATE_BASE], .terms = terms, .policy = policy, .tile = &thread->workspace->tile};
    while (jk_plan_policy_next(&walk)) {
        for (size_t i = 0; i < walk.count; i++) {
            thread->outline[walk.rows[i]] = outline_of(&walk.group, walk.tile, i);
        }
    }
}

static jk_status add_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_survey *survey = context;
    jk_survey_thread *thread = &survey->thread[block->thread];
    const jk_terms *terms = block->terms;
    const bool all = survey->grid.every == 1;
    if (all) {
        jk_stress_block(&thread->stress, terms, block->policy);
    }
    read_outlines(survey, thread, terms, block->policy);
    jk_mix_add_block(&thread->mix, block);
    for (size_t row = 0; row < terms->rows; row++) {
        if (terms->allowed[row] != 0 && block->plan->decision[row] != JK_CLOSE) { /* a closed claim brings nothing */
            jk_cell_claim claim;
            jk_cell_claim_of(terms, block->plan, row, &claim);
            claim.plan = thread->outline[row];
            JK_TRY(jk_cells_add(&thread->cells, &claim, error));
            offer(thread, &claim);
            if (!all && jk_cell_claim_is_part(&claim, survey->grid.every)) {
                jk_stress_claim(&thread->stress, &claim);
            }
        }
    }
    return JK_OK;
}

/* Ranks are put together after the threads of each are. */
static jk_status leave_to_finish(void *context, jk_error *error) {
    (void)context;
    (void)error;
    return JK_OK;
}

jk_value_sink jk_survey_sink(jk_survey *survey, size_t claims) {
    const jk_plan *plan = survey->plan[JK_STATE_BASE];
    survey->grid.every = jk_stress_every(claims);
    const size_t cells = claims < JK_CELLS_MOST ? claims : JK_CELLS_MOST;
    const size_t large = claims < JK_LARGE_MOST ? claims : JK_LARGE_MOST;
    const size_t table =
        3 * cells / 2 * (sizeof(jk_claims_cell) + 2 * sizeof(uint32_t)) + large * sizeof(jk_cell_claim);
    const size_t flows = JK_STRESS_STATES * sizeof(int64_t) * JK_FLOW_COUNT * (size_t)survey->model->horizon_months *
                         survey->model->segment_count;
    const size_t point = jk_terms_size(1) + (size_t)survey->model->epoch_count * JK_ALL_STATES;
    return (jk_value_sink){.begin = begin,
                           .block = add_block,
                           .parted = true,
                           .gather = leave_to_finish,
                           .context = survey,
                           .row_bytes =
                               jk_plan_workspace_size(plan, 1024) / 1024 + sizeof(uint32_t) + jk_stress_row_bytes(plan),
                           .plans = true,
                           .thread_held = table + flows,
                           .held = 2 * table + flows + cells * point}; /* all cells, those of a level, their points */
}

/* ---- after the run -------------------------------------------------------------------------------------------- */

static void add_outcome(jk_outcome_flows *to, const jk_outcome_flows *from) {
    to->value += from->value;
    jk_cashflow_add(&to->flow, &from->flow);
}

static jk_status gather(jk_survey *survey, const jk_valuation *valuation, jk_error *error) {
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        JK_TRY(jk_cashflow_init(&survey->truth[s].flow, survey->model->horizon_months, survey->model->segment_count,
                                error));
    }
    jk_cashflow_add(&survey->truth[JK_STATE_BASE].flow, &valuation->flow);
    survey->truth[JK_STATE_BASE].value = jk_grid_from_double(valuation->total.value);
    size_t offered = 0;
    for (int t = 0; t < survey->threads; t++) {
        offered += survey->thread[t].large_count;
    }
    survey->large = jk_columns_alloc(offered, sizeof *survey->large);
    JK_TRY(jk_held(survey->large != NULL, error, "the largest claims"));
    JK_TRY(jk_cells_init(&survey->cells, &survey->grid, JK_CELLS_MOST, error));
    JK_TRY(jk_mix_init(&survey->mix, survey->model, survey->covariance, 0, error));
    for (int t = 0; t < survey->threads; t++) {
        jk_survey_thread *thread = &survey->thread[t];
        jk_mix_add(&survey->mix, &thread->mix);
        JK_TRY(jk_cells_merge(&survey->cells, &thread->cells, error));
        memcpy(survey->large + survey->large_count, thread->large, thread->large_count * sizeof *thread->large);
        survey->large_count += thread->large_count;
        jk_stress_finish(&thread->stress);
        for (int s = JK_STATE_PART; s < JK_STRESS_STATES; s++) {
            add_outcome(&survey->truth[s], &thread->stress.state[s]);
        }
    }
    if (survey->shared) {
        JK_TRY(jk_survey_join(survey, error));
    }
    if (survey->grid.every == 1) {
        add_outcome(&survey->truth[JK_STATE_PART], &survey->truth[JK_STATE_BASE]);
    }
    jk_sort(survey->large, survey->large_count, sizeof *survey->large, jk_survey_by_size);
    survey->large_count = survey->large_count < JK_LARGE_MOST ? survey->large_count : JK_LARGE_MOST;
    return JK_OK;
}

static double square_of(const jk_cell_claim *claim) {
    double balance = jk_grid_to_double(jk_grid_from_double((double)claim->balance));
    return balance * balance;
}

/* How many of the largest claims to simulate one by one: the fewest that leave none that stands out. */
static size_t choose_large(const jk_survey *survey) {
    jk_wide all = 0;
    uint64_t claims = 0;
    for (size_t i = 0; i < survey->cells.count; i++) {
        all += survey->cells.cell[i].balance_squared;
        claims += survey->cells.cell[i].claims;
    }
    double rest = (double)all / (JK_GRID_PER_UNIT * JK_GRID_PER_UNIT);
    if (claims <= JK_LARGE_MOST) { /* then all of them can be */
        return survey->large_count;
    }
    for (size_t i = 0; i < survey->large_count; i++) {
        double square = square_of(&survey->large[i]);
        if (square <= LARGE_PART * rest) {
            return i;
        }
        rest -= square;
    }
    return survey->large_count;
}

jk_status jk_survey_finish(jk_survey *survey, const jk_valuation *valuation, bool own_risk, jk_error *error) {
    JK_TRY(gather(survey, valuation, error));
    survey->large_count = own_risk ? choose_large(survey) : 0;
    for (size_t i = 0; i < survey->large_count; i++) {
        jk_cells_remove(&survey->cells, &survey->large[i]);
    }
    return JK_OK;
}

void jk_survey_reset(jk_survey *survey) {
    jk_mix_reset(&survey->mix);
    for (int t = 0; t < survey->threads; t++) {
        jk_survey_thread *thread = &survey->thread[t];
        jk_plan_workspace_free(thread->workspace);
        free(thread->outline);
        jk_mix_reset(&thread->mix);
        free(thread->large);
        jk_cells_reset(&thread->cells);
        jk_stress_reset(&thread->stress);
    }
    free(survey->thread);
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        jk_plan_free(survey->plan[s]);
        jk_cashflow_reset(&survey->truth[s].flow);
    }
    jk_cells_reset(&survey->cells);
    free(survey->large);
    free(survey->epoch_end);
    *survey = (jk_survey){0};
}
