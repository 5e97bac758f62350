/* SPDX-License-Identifier: Apache-2.0 */
/* Scales that make the model points bring what the portfolio brings (docs/simulate.md, "Model points"). For each
 * segment, epoch and kind of flow, with F the portfolio's full valuation and f the points':
 *
 *     scale = F / f in the base case, within SCALE_LEAST..SCALE_MOST
 *     on a path scale * r, with r = F_s / (scale f_s) as three states of stress have it, between them as answer.h says
 *
 * Under stress F is that of a part of the claims of a large portfolio, and f that of the points, weighted with the
 * part's share of their claims' collections; both have a scale of their own then.
 *
 * What is left in the fitted states and in one that was not fitted is the error that `simulate` tells. */
#include "simulate/points/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "base/team/parallel.h"
#include "simulate/paths/own_risk.h"
#include "simulate/paths/walk.h"

enum { MONTHS_OF_YEAR = 12, FACTORS = JK_PATH_SPELL_ROWS };
_Static_assert(FACTORS >= JK_TREATMENT_COUNT * JK_CAPACITY_COUNT, "ones for the multipliers, too");
enum { WALKS = 32768, WALK_SEED = 20260630 }; /* drawn lives of points that pay in spells */

/* Beyond these the points of a segment and epoch say too little to be scaled up. */
#define SCALE_LEAST 0.25
#define SCALE_MOST  4.0

/* What the points bring, [segments][epochs][JK_PATH_FLOWS][JK_STRESS_STATES], as whole units of the grid: exact sums.
 */
typedef struct point_sums {
    int64_t *cells, *large;
    jk_wide *cross, *together; /* [years][years] products of means, and means of products, of claims' collections */
} point_sums;

/* Room for a drawn life of a point. */
typedef struct path_walks {
    double *flow; /* [epochs][JK_PATH_FLOWS] */
} path_walks;

typedef struct measuring {
    jk_calibration *calibration;
    const jk_points *points;
    const jk_survey *survey;
    jk_course *course; /* [JK_STRESS_STATES][epochs] */
    double *part;      /* the scales of the part of the claims that is looked at under stress */
    const float *recovery, *ones;
    jk_path_runner *runner; /* [threads] */
    point_sums *sums;
    path_walks *walks; /* [threads] */
    int threads;
} measuring;

static size_t sums_count(const measuring *m) {
    return m->survey->model->segment_count * (size_t)m->calibration->epochs * JK_PATH_FLOWS * JK_STRESS_STATES;
}

/* ---- the points in all states --------------------------------------------------------------------------------- */

static void add_products(const measuring *m, const double *year, double part, jk_wide *products) {
    const int years = m->calibration->years;
    for (int y = 0; y < years; y++) {
        for (int z = 0; z < years && year[y] > 0.0; z++) {
            products[y * years + z] += (jk_wide)(part * year[y] * year[z] * JK_GRID_PER_UNIT);
        }
    }
}

/* Who pays in spells brings sums of several years that hang together: means of their products come from draws of the
 * point's life, for a portfolio of many points one each. */
static void add_walks(const measuring *m, path_walks *walks, const jk_path_runner *runner, size_t point, double spread,
                      jk_wide *together) {
    const jk_calibration *c = m->calibration;
    const size_t draws = m->points->cells < WALKS ? WALKS / m->points->cells : 1;
    for (size_t i = 0; i < draws; i++) {
        jk_walk_luck luck = jk_walk_luck_of(WALK_SEED, point, i);
        double year[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0};
        jk_walk(&runner->program, &runner->tile, JK_STATE_BASE, &luck, c->epochs, walks->flow);
        for (int j = 0; j < c->epochs; j++) {
            year[c->epoch_year[j]] += walks->flow[j * JK_PATH_FLOWS + JK_PATH_GROSS];
        }
        add_products(m, year, spread / (double)draws, together);
    }
}

static void add_moments(const measuring *m, path_walks *walks, const jk_path_runner *runner, size_t point,
                        point_sums *sums) {
    const jk_calibration *c = m->calibration;
    const double spread = m->points->spread[point];
    double year[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0};
    for (int j = 0; j < runner->program.epochs; j++) {
        const float *flow = runner->tile.flow + j * JK_PATH_FLOWS * JK_PATH_LANES;
        const int y = c->epoch_year[j];
        year[y] += (double)flow[JK_PATH_GROSS * JK_PATH_LANES];
        sums->together[y * c->years + y] += (jk_wide)((double)flow[JK_PATH_SECOND * JK_PATH_LANES] * JK_GRID_PER_UNIT);
    }
    add_products(m, year, spread, sums->cross);
    if (runner->program.pairs) {
        add_walks(m, walks, runner, point, spread, sums->together);
    }
}

static jk_status measure_points(void *context, int thread, size_t number, jk_error *error) {
    (void)error;
    measuring *m = context;
    const jk_points *points = m->points;
    jk_path_runner *runner = &m->runner[thread];
    point_sums *sums = &m->sums[thread];
    size_t end = (number + 1) * JK_RUN_POINTS < points->count ? (number + 1) * JK_RUN_POINTS : points->count;
    for (size_t i = number * JK_RUN_POINTS; i < end; i++) {
        jk_path_runner_run(runner, i, 1);
        size_t segment = points->terms.segment[i] * (size_t)m->calibration->epochs;
        int64_t *to = (i < points->cells ? sums->cells : sums->large) + segment * JK_PATH_FLOWS * JK_STRESS_STATES;
        for (int f = 0; f < runner->program.epochs * JK_PATH_FLOWS; f++) {
            for (int s = 0; s < JK_STRESS_STATES && f % JK_PATH_FLOWS != JK_PATH_SECOND; s++) {
                const double flow = (double)runner->tile.flow[f * JK_PATH_LANES + s];
                to[f * JK_STRESS_STATES + s] += jk_grid_from_double(s == JK_STATE_BASE ? flow : flow * points->part[i]);
            }
        }
        if (i < points->cells) {
            add_moments(m, &m->walks[thread], runner, i, sums);
        }
    }
    return JK_OK;
}

static jk_status create_threads(measuring *m, jk_error *error) {
    m->runner = calloc((size_t)m->threads, sizeof *m->runner);
    m->sums = calloc((size_t)m->threads, sizeof *m->sums);
    m->walks = calloc((size_t)m->threads, sizeof *m->walks);
    JK_TRY(jk_held(m->runner != NULL && m->sums != NULL && m->walks != NULL, error, "the model points"));
    size_t years = (size_t)m->calibration->years;
    for (int t = 0; t < m->threads; t++) {
        point_sums *sums = &m->sums[t];
        JK_TRY(jk_path_runner_init(&m->runner[t], m->survey->plan[JK_STATE_BASE], m->points, error));
        m->runner[t].tile.lanes = JK_PATH_STEP;
        m->runner[t].tile.recovery = m->recovery;
        m->runner[t].tile.multiplier = m->runner[t].tile.garnish = m->runner[t].tile.spells = m->ones;
        sums->cells = jk_columns_zero(2 * sums_count(m), sizeof *sums->cells);
        sums->large = sums->cells == NULL ? NULL : sums->cells + sums_count(m);
        sums->cross = jk_columns_zero(2 * years * years, sizeof *sums->cross);
        sums->together = sums->cross == NULL ? NULL : sums->cross + years * years;
        m->walks[t].flow = jk_columns_zero((size_t)m->calibration->epochs * JK_PATH_FLOWS, sizeof(double));
        JK_TRY(
            jk_held(sums->cells != NULL && sums->cross != NULL && m->walks[t].flow != NULL, error, "the model points"));
    }
    return JK_OK;
}

static void free_threads(measuring *m) {
    for (int t = 0; t < m->threads; t++) {
        if (m->runner != NULL) {
            jk_path_runner_reset(&m->runner[t]);
        }
        if (m->sums != NULL) {
            free(m->sums[t].cells);
            free(m->sums[t].cross);
        }
        if (m->walks != NULL) {
            free(m->walks[t].flow);
        }
    }
    free(m->runner);
    free(m->sums);
    free(m->walks);
}

static void gather(measuring *m) {
    size_t years = (size_t)m->calibration->years;
    for (int t = 1; t < m->threads; t++) {
        for (size_t i = 0; i < 2 * sums_count(m); i++) {
            m->sums[0].cells[i] += m->sums[t].cells[i];
        }
        for (size_t i = 0; i < 2 * years * years; i++) {
            m->sums[0].cross[i] += m->sums[t].cross[i];
        }
    }
}

/* ---- scales --------------------------------------------------------------------------------------------------- */

const jk_path_flow jk_scaled_flow[JK_SCALE_COUNT] = {JK_PATH_GROSS, JK_PATH_FILING, JK_PATH_SALE, JK_PATH_RUNNING};

static double at(const measuring *m, const int64_t *sums, size_t segment, int epoch, jk_path_flow flow, int state) {
    size_t index = (segment * (size_t)m->calibration->epochs + (size_t)epoch) * JK_PATH_FLOWS + flow;
    return jk_grid_to_double(sums[index * JK_STRESS_STATES + (size_t)state]);
}

/* What the full valuation says of an epoch of a segment, less what the largest claims bring: what cells should. */
static double truth_of(const measuring *m, size_t segment, int epoch, jk_scale which, int state) {
    static const jk_flow flows[JK_SCALE_COUNT] = {JK_FLOW_GROSS, JK_FLOW_FILING, JK_FLOW_SALE, JK_FLOW_COST};
    const jk_cashflow *from = &m->survey->truth[state].flow;
    const int64_t *large = m->sums[0].large;
    int64_t sum = 0;
    int32_t end = m->survey->epoch_end[epoch];
    for (int32_t month = end - m->survey->model->epochs[epoch]; month < end; month++) {
        sum += from->cell[((size_t)month * from->segments + segment) * JK_FLOW_COUNT + flows[which]];
    }
    double truth = jk_grid_to_double(sum) - at(m, large, segment, epoch, jk_scaled_flow[which], state);
    return which == JK_SCALE_RUNNING ? truth - at(m, large, segment, epoch, JK_PATH_CONTINGENT, state) : truth;
}

static double ratio(double truth, double found) {
    return found > 0.0 && truth > 0.0 ? fmin(fmax(truth / found, SCALE_LEAST), SCALE_MOST) : 1.0;
}

/* What cells' flows of a kind are multiplied by in a state. */
static double scaled_at(const measuring *m, size_t segment, int epoch, jk_scale which, int state) {
    const jk_calibration *c = m->calibration;
    const size_t place = (segment * (size_t)c->epochs + (size_t)epoch) * JK_SCALE_COUNT + which;
    return (state == JK_STATE_BASE ? c->scale : m->part)[place] *
           jk_answer_at(&c->answer[place], m->course[state * c->epochs + epoch]);
}

/* What scaled cells lack of a kind in a state; of running costs also what court fees and sales lack, which points that
 * never file or sell in an epoch cannot be scaled to. Contingent costs go with collections. */
static double wanted_of(const measuring *m, size_t segment, int epoch, jk_scale which, int state) {
    double truth = truth_of(m, segment, epoch, which, state);
    if (which == JK_SCALE_RUNNING) {
        const int64_t *cells = m->sums[0].cells;
        truth -= scaled_at(m, segment, epoch, JK_SCALE_GROSS, state) *
                 at(m, cells, segment, epoch, JK_PATH_CONTINGENT, state);
        truth +=
            truth_of(m, segment, epoch, JK_SCALE_FILING, state) -
            scaled_at(m, segment, epoch, JK_SCALE_FILING, state) * at(m, cells, segment, epoch, JK_PATH_FILING, state);
        truth -= truth_of(m, segment, epoch, JK_SCALE_SALE, state) -
                 scaled_at(m, segment, epoch, JK_SCALE_SALE, state) * at(m, cells, segment, epoch, JK_PATH_SALE, state);
    }
    return truth;
}

static void set_scale(measuring *m, size_t segment, int epoch, jk_scale which) {
    jk_calibration *c = m->calibration;
    const size_t place = (segment * (size_t)c->epochs + (size_t)epoch) * JK_SCALE_COUNT + which;
    const jk_course *course = m->course + epoch;
    jk_answer *answer = &c->answer[place];
    double missing[JK_STATE_TURN + 1];
    for (int s = JK_STATE_BASE; s <= JK_STATE_TURN; s++) {
        const double found = at(m, m->sums[0].cells, segment, epoch, jk_scaled_flow[which], s);
        missing[s] = ratio(wanted_of(m, segment, epoch, which, s), s <= JK_STATE_PART ? found : m->part[place] * found);
        if (s <= JK_STATE_PART) {
            (s == JK_STATE_BASE ? c->scale : m->part)[place] = missing[s];
        }
    }
    jk_answer_constant(answer, course[JK_STATE_WORSE * c->epochs], missing[JK_STATE_WORSE],
                       course[JK_STATE_BETTER * c->epochs], missing[JK_STATE_BETTER]);
    if (!jk_answer_turned(answer, course[JK_STATE_TURN * c->epochs], missing[JK_STATE_TURN]) && epoch + 1 < c->epochs) {
        answer->turn = answer[JK_SCALE_COUNT].turn; /* that of the first epoch after the turn */
    }
}

static void set_scales(measuring *m) {
    for (size_t g = 0; g < m->survey->model->segment_count; g++) {
        for (int j = m->calibration->epochs; j-- > 0;) {
            for (int which = 0; which < JK_SCALE_COUNT; which++) { /* in this order: running costs need the others */
                set_scale(m, g, j, (jk_scale)which);
            }
        }
    }
}

/* ---- errors --------------------------------------------------------------------------------------------------- */

/* Flows of all points in a state, scaled, [epochs]. */
typedef struct state_flows {
    double *gross, *cost, *start; /* start: court fees less sales */
    double value;
} state_flows;

static void add_points(const measuring *m, int state, state_flows *flows) {
    const jk_calibration *c = m->calibration;
    for (size_t g = 0; g < m->survey->model->segment_count; g++) {
        for (int j = 0; j < c->epochs; j++) {
            for (int large = 0; large < 2; large++) {
                const int64_t *sums = large ? m->sums[0].large : m->sums[0].cells;
                double scale[JK_SCALE_COUNT];
                for (int i = 0; i < JK_SCALE_COUNT; i++) {
                    scale[i] = large ? 1.0 : scaled_at(m, g, j, (jk_scale)i, state);
                }
                double start = scale[JK_SCALE_FILING] * at(m, sums, g, j, JK_PATH_FILING, state) -
                               scale[JK_SCALE_SALE] * at(m, sums, g, j, JK_PATH_SALE, state);
                flows->gross[j] += scale[JK_SCALE_GROSS] * at(m, sums, g, j, JK_PATH_GROSS, state);
                flows->cost[j] += scale[JK_SCALE_GROSS] * at(m, sums, g, j, JK_PATH_CONTINGENT, state) +
                                  scale[JK_SCALE_RUNNING] * at(m, sums, g, j, JK_PATH_RUNNING, state);
                flows->start[j] += start;
                flows->value += scale[JK_SCALE_GROSS] * at(m, sums, g, j, JK_PATH_KEPT, state) -
                                scale[JK_SCALE_RUNNING] * at(m, sums, g, j, JK_PATH_SPENT, state) - c->now[j] * start;
            }
        }
    }
}

static double relative(double error, double whole) {
    return error == 0.0 ? 0.0 : fabs(error) / fabs(whole);
}

static void compare(const measuring *m, int state, const state_flows *found, jk_compression *error) {
    const jk_calibration *c = m->calibration;
    const jk_outcome_flows *truth = &m->survey->truth[state];
    double gross[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0}, cost[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0};
    double true_gross[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0}, true_cost[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0};
    jk_calibration_years(c, c->month_gross, found->gross, 1, gross);
    jk_calibration_years(c, c->month_cost, found->cost, 1, cost);
    for (int j = 0; j < c->epochs; j++) {
        cost[c->epoch_year[j]] += found->start[j];
    }
    const jk_cashflow *flow = &truth->flow;
    for (int month = 0; month < flow->months; month++) {
        for (size_t g = 0; g < flow->segments; g++) {
            const int64_t *cell = flow->cell + ((size_t)month * flow->segments + g) * JK_FLOW_COUNT;
            true_gross[month / MONTHS_OF_YEAR] += jk_grid_to_double(cell[JK_FLOW_GROSS]);
            true_cost[month / MONTHS_OF_YEAR] +=
                jk_grid_to_double(cell[JK_FLOW_COST] + cell[JK_FLOW_FILING] - cell[JK_FLOW_SALE]);
        }
    }
    double value = jk_grid_to_double(truth->value);
    error->value = fmax(error->value, relative(found->value - value, value));
    for (int y = 0; y < c->years; y++) {
        double whole = true_gross[y] > 0.0 ? true_gross[y] : fabs(true_cost[y]);
        error->gross = fmax(error->gross, relative(gross[y] - true_gross[y], whole));
        error->cost = fmax(error->cost, relative(cost[y] - true_cost[y], whole));
    }
    error->worst = fmax(error->value, fmax(error->gross, error->cost));
}

static jk_status measure_errors(measuring *m, jk_error *error) {
    jk_calibration *c = m->calibration;
    size_t epochs = (size_t)c->epochs;
    double *memory = jk_columns_alloc(3 * epochs, sizeof *memory);
    JK_TRY(jk_held(memory != NULL, error, "the model points"));
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        memset(memory, 0, 3 * epochs * sizeof *memory);
        state_flows flows = {memory, memory + epochs, memory + 2 * epochs, 0.0};
        add_points(m, s, &flows);
        compare(m, s, &flows, &c->error);
    }
    free(memory);
    return JK_OK;
}

/* ---- what paths need of the base case ------------------------------------------------------------------------- */

static void set_profile(const jk_survey *survey, jk_flow which, int epochs, double *profile) {
    const jk_cashflow *flow = &survey->truth[JK_STATE_BASE].flow;
    for (int j = 0; j < epochs; j++) {
        int32_t end = survey->epoch_end[j], first = end - survey->model->epochs[j];
        double sum = 0.0;
        for (int32_t month = first; month < end; month++) {
            int64_t amount = 0;
            for (size_t g = 0; g < flow->segments; g++) {
                amount += flow->cell[((size_t)month * flow->segments + g) * JK_FLOW_COUNT + which];
            }
            profile[month] = jk_grid_to_double(amount);
            sum += profile[month];
        }
        for (int32_t month = first; month < end; month++) {
            profile[month] = sum > 0.0 ? profile[month] / sum : 1.0 / (double)(end - first);
        }
    }
}

static void set_own_risk(measuring *m) {
    jk_calibration *c = m->calibration;
    double plain[JK_HORIZON_MAX / MONTHS_OF_YEAR] = {0};
    for (size_t g = 0; g < m->survey->model->segment_count; g++) {
        for (int j = 0; j < c->epochs; j++) {
            double gross = at(m, m->sums[0].cells, g, j, JK_PATH_GROSS, 0);
            plain[c->epoch_year[j]] += gross;
            c->base_year[c->epoch_year[j]] +=
                gross * c->scale[(g * (size_t)c->epochs + (size_t)j) * JK_SCALE_COUNT + JK_SCALE_GROSS];
        }
    }
    double covariance[JK_HORIZON_MAX / MONTHS_OF_YEAR * (JK_HORIZON_MAX / MONTHS_OF_YEAR)];
    for (int y = 0; y < c->years; y++) {
        for (int z = 0; z < c->years; z++) {
            int at_years = y * c->years + z;
            double plain_means = plain[y] * plain[z], means = c->base_year[y] * c->base_year[z];
            double cross = (double)m->sums[0].cross[at_years] / JK_GRID_PER_UNIT;
            double together = (double)m->sums[0].together[at_years] / JK_GRID_PER_UNIT;
            c->cross[at_years] = plain_means > 0.0 ? cross * means / plain_means : 0.0;
            covariance[at_years] = plain_means > 0.0 ? (together - cross) / plain_means : 0.0;
            if (y == z) {
                c->second[y] = plain[y] > 0.0 ? together / plain[y] : 0.0;
            }
        }
    }
    jk_own_risk_factor(covariance, c->years, c->tie);
}

static jk_status allocate(jk_calibration *c, const jk_survey *survey, jk_error *error) {
    const jk_model *model = survey->model;
    c->epochs = model->epoch_count;
    c->months = model->horizon_months;
    c->years = (c->months + MONTHS_OF_YEAR - 1) / MONTHS_OF_YEAR;
    size_t scales = model->segment_count * (size_t)c->epochs * JK_SCALE_COUNT, years = (size_t)c->years;
    size_t numbers = scales + 2 * (size_t)c->months + 2 * (size_t)c->epochs + 2 * years + 2 * years * years;
    c->epoch_end = survey->epoch_end;
    c->memory = jk_columns_zero(numbers, sizeof(double));
    c->answer = jk_columns_zero(scales, sizeof *c->answer);
    JK_TRY(jk_held(c->memory != NULL && c->answer != NULL, error, "the model points"));
    c->scale = c->memory;
    c->month_gross = c->scale + scales;
    c->month_cost = c->month_gross + c->months;
    c->now = c->month_cost + c->months;
    c->base_year = c->now + c->epochs;
    c->cross = c->base_year + years;
    c->second = c->cross + years * years;
    c->tie = c->second + years;
    c->epoch_year = (int *)(void *)(c->tie + years * years);
    for (int j = 0; j < c->epochs; j++) {
        int32_t start = survey->epoch_end[j] - model->epochs[j];
        c->epoch_year[j] = (int)(start / MONTHS_OF_YEAR);
        c->now[j] = jk_exp(-(double)survey->plan[JK_STATE_BASE]->tables.discount * (double)start);
    }
    set_profile(survey, JK_FLOW_GROSS, c->epochs, c->month_gross);
    set_profile(survey, JK_FLOW_COST, c->epochs, c->month_cost);
    return JK_OK;
}

static jk_status run_measuring(measuring *m, const jk_run *run, jk_error *error) {
    JK_TRY(create_threads(m, error));
    size_t blocks = (m->points->count + JK_RUN_POINTS - 1) / JK_RUN_POINTS;
    JK_TRY(jk_parallel_for(run, blocks, "model points", JK_RUN_POINTS, measure_points, m, error));
    gather(m);
    set_scales(m);
    set_own_risk(m);
    return measure_errors(m, error);
}

/* The lanes of the states: multipliers of every epoch, then ones. */
static void fill_lanes(measuring *m, float *lanes) {
    const jk_calibration *c = m->calibration;
    for (size_t i = 0; i < ((size_t)c->epochs + FACTORS) * JK_PATH_LANES; i++) {
        lanes[i] = 1.0f;
    }
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        double total = 0.0;
        for (int j = 0; j < c->epochs; j++) {
            int32_t months = m->survey->model->epochs[j];
            double multiplier = jk_extreme_at(&m->survey->extremes, s, c->epoch_end[j] - months);
            lanes[j * JK_PATH_LANES + s] = (float)multiplier;
            m->course[s * c->epochs + j] = jk_course_next(multiplier, months, c->epoch_end[j], &total);
        }
    }
}

jk_status jk_calibrate(jk_calibration *calibration, const jk_points *points, const jk_survey *survey, const jk_run *run,
                       jk_error *error) {
    *calibration = (jk_calibration){0};
    JK_TRY(allocate(calibration, survey, error));
    size_t epochs = (size_t)calibration->epochs;
    float *lanes = jk_columns_alloc((epochs + FACTORS) * JK_PATH_LANES, sizeof *lanes);
    measuring m = {.calibration = calibration,
                   .points = points,
                   .survey = survey,
                   .course = jk_columns_alloc(epochs * JK_STRESS_STATES, sizeof *m.course),
                   .recovery = lanes,
                   .part = jk_columns_alloc(survey->model->segment_count * epochs * JK_SCALE_COUNT, sizeof *m.part),
                   .ones = lanes == NULL ? NULL : lanes + epochs * JK_PATH_LANES,
                   .threads = jk_threads(run)};
    jk_status status = JK_OK;
    if (lanes == NULL || m.course == NULL || m.part == NULL) {
        status = jk_fail_memory(error, "the model points");
    } else {
        fill_lanes(&m, lanes);
        status = run_measuring(&m, run, error);
        free_threads(&m);
    }
    free(lanes);
    free(m.course);
    free(m.part);
    if (status != JK_OK) {
        jk_calibration_reset(calibration);
    }
    return status;
}

void jk_calibration_reset(jk_calibration *calibration) {
    free(calibration->memory);
    free(calibration->answer);
    *calibration = (jk_calibration){0};
}

void jk_calibration_years(const jk_calibration *calibration, const double *profile, const double *flow, size_t stride,
                          double *years) {
    int32_t month = 0;
    for (int j = 0; j < calibration->epochs; j++) {
        for (; month < calibration->epoch_end[j]; month++) {
            years[month / MONTHS_OF_YEAR] += flow[(size_t)j * stride] * profile[month];
        }
    }
}
