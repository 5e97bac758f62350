/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation from end to end: one pass over the claims sorts them into cells (survey.c, cells.c), each of which
 * becomes a model point (points.c), the points are planned and scaled to what the claims bring (calibrate.c), paths are
 * drawn in batches until the mean is as precise as asked for, and figures are taken of them (distribution.c). What the
 * points still miss of the claims, in the base case and under stresses of two standard deviations, is told. */
#include "jalki/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/resume.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/team/team.h"
#include "simulate/kept.h"
#include "simulate/paths/distribution.h"
#include "simulate/paths/paths.h"

enum { BATCH_FIRST = 1024, BATCHES_KEPT = 32, CONVERGENCE_FIRST = 250 };

const double jk_confidence[JK_CONFIDENCE_COUNT] = {0.80, 0.95};

typedef struct simulating {
    const jk_tape *tape;
    const jk_model *model;
    const jk_value_options *options;
    const jk_simulate_options *wanted;
    jk_simulation *simulation;
    jk_covariance covariance;
    jk_survey survey;
    jk_points points;
    jk_calibration calibration;
    jk_beside_answer beside;
    jk_path_results results;
    double *sorted; /* [paths] */
} simulating;

jk_simulate_options jk_simulate_defaults(void) {
    return (jk_simulate_options){
        .paths = 10000, .seed = 1, .price = (double)NAN, .precision = 0.0, .tolerance = 1e-3, .own_risk = 1};
}

static jk_status check(const jk_simulate_options *wanted, jk_error *error) {
    if (wanted->paths < JK_PATHS_LEAST || wanted->paths > JK_PATHS_MOST) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "paths", "%llu paths; expected %d to %d",
                       (unsigned long long)wanted->paths, (int)JK_PATHS_LEAST, (int)JK_PATHS_MOST);
    }
    if (!isnan(wanted->price) && (wanted->price < 0.0 || isinf(wanted->price))) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "price", "%g is no price; expected 0 or more", wanted->price);
    }
    if (!(wanted->precision >= 0.0 && wanted->precision < 1.0) ||
        !(wanted->tolerance >= 0.0 && wanted->tolerance < 1.0)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "precision",
                       "precision %g, tolerance %g; expected parts of the value, from 0 to below 1", wanted->precision,
                       wanted->tolerance);
    }
    return JK_OK;
}

/* Two standard deviations of the country that is least certain, with its curves': where the points are tested. */
static jk_extremes stress_of(const jk_model *model) {
    const double least = 0.05;
    const int32_t turn = 36, back = 24; /* months; of short horizons a half and a third */
    double most = 0.0;
    for (size_t c = 0; c < model->jurisdiction_count; c++) {
        most = fmax(most, model->risk.jurisdiction[c].volatility);
    }
    double spread = fmax(least, sqrt(most * most + model->risk.curve_error * model->risk.curve_error));
    const int32_t half = model->horizon_months / 2, third = model->horizon_months / 3;
    return (jk_extremes){.worse = jk_exp(-2.0 * spread),
                         .better = fmin(jk_exp(2.0 * spread), JK_RECOVERY_MAX),
                         .turn = half < turn ? half : turn,
                         .back = third < back ? third : back};
}

/* Which correlations the paths have. */
static void tell_correlation(const jk_risk_correlation *c, jk_simulation *simulation) {
    simulation->factors = c->count;
    simulation->lowest_correlation = simulation->highest_correlation = c->count > 0 ? 1.0 : c->countries;
    for (size_t i = 1; i < c->count; i++) {
        for (size_t k = 0; k < i; k++) {
            const double found = c->matrix[i * c->count + k];
            const bool first = i == 1;
            simulation->lowest_correlation = first ? found : fmin(simulation->lowest_correlation, found);
            simulation->highest_correlation = first ? found : fmax(simulation->highest_correlation, found);
        }
    }
}

/* Results of the paths. */
static size_t paths_bytes(const simulating *s) {
    enum { NUMBERS = 5, MONTHS = 12 };
    size_t years = ((size_t)s->model->horizon_months + MONTHS - 1) / MONTHS;
    return (size_t)s->wanted->paths * (NUMBERS * sizeof(double) + years * sizeof(float));
}

static jk_value_sink sink_of(simulating *s) {
    jk_value_sink sink = jk_survey_sink(&s->survey, jk_tape_rows(s->tape));
    sink.held += paths_bytes(s);
    return sink;
}

/* ---- claims to points ----------------------------------------------------------------------------------------- */

static jk_status value_claims(simulating *s, jk_error *error) {
    jk_simulation *simulation = s->simulation;
    jk_valuation valuation = {0};
    bool found = false;
    simulation->own_risk = s->wanted->own_risk != 0;
    simulation->price_given = !isnan(s->wanted->price);
    JK_TRY(jk_kept_survey_find(&s->survey, simulation, &found, error));
    if (found) {
        return JK_OK;
    }
    jk_value_sink sink = sink_of(s);
    jk_status status = jk_value_run(s->tape, s->model, s->options, &sink, 1, &valuation, error);
    if (status == JK_OK) {
        jk_offer offer = jk_offer_make(&valuation, NULL, 0, (double)NAN);
        simulation->claims = valuation.total.claims;
        simulation->face = valuation.total.face;
        simulation->base_value = valuation.total.value;
        simulation->irr = valuation.irr;
        simulation->cutoff = valuation.cutoff;
        simulation->allow = valuation.allow;
        simulation->onboarding = valuation.onboarding;
        simulation->price = simulation->price_given ? s->wanted->price : offer.bid;
        status = jk_survey_finish(&s->survey, &valuation, s->wanted->own_risk != 0, error);
    }
    jk_valuation_reset(&valuation);
    return status == JK_OK ? jk_kept_survey_keep(&s->survey, simulation, error) : status;
}

/* The fewest points that are near enough; where none are, the most that there are. */
static jk_status make_points(simulating *s, jk_error *error) {
    jk_simulation *simulation = s->simulation;
    const jk_run *run = &s->options->run;
    for (int level = JK_CELL_LEVELS - 1; level >= s->survey.cells.level; level--) {
        jk_points_reset(&s->points);
        jk_calibration_reset(&s->calibration);
        JK_TRY(jk_points_create(&s->points, &s->survey, level, run, error));
        JK_TRY(jk_calibrate(&s->calibration, &s->points, &s->survey, run, error));
        if (s->calibration.error.worst <= s->wanted->tolerance) {
            break;
        }
    }
    const jk_compression *found = &s->calibration.error;
    simulation->model_points = s->points.count;
    simulation->large_claims = s->points.count - s->points.cells;
    simulation->compression_error = found->worst;
    simulation->value_error = found->value;
    simulation->gross_error = found->gross;
    simulation->cost_error = found->cost;
    simulation->stress[0] = s->survey.extremes.worse;
    simulation->stress[1] = s->survey.extremes.better;
    simulation->stressed_one_in = s->survey.grid.every;
    simulation->within_tolerance = found->worst <= s->wanted->tolerance;
    return JK_OK;
}

/* ---- paths ---------------------------------------------------------------------------------------------------- */

static jk_distribution value_after(simulating *s, size_t paths) {
    memcpy(s->sorted, s->results.value, paths * sizeof *s->sorted);
    return jk_distribution_of(s->sorted, paths);
}

static bool is_precise(const jk_distribution *value, double precision) {
    double worst = 0.0;
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        worst = fmax(worst, value->error[f]);
    }
    return worst <= precision * fabs(value->figure[JK_FIGURE_MEAN]);
}

/* Up to so many paths, those that were kept taken up. */
static jk_status run_batch(simulating *s, const jk_path_options *options, size_t paths, jk_error *error) {
    jk_path_results *results = &s->results;
    const size_t blocks = (results->room / BATCHES_KEPT + JK_PATH_BLOCK) / JK_PATH_BLOCK;
    const size_t batch = jk_resume_current() != NULL ? blocks * JK_PATH_BLOCK : paths;
    while (results->count < paths) {
        const size_t first = results->count;
        const size_t end = paths - first > batch ? first + batch : paths;
        bool found = false;
        JK_TRY(jk_kept_paths_find(results, end, &found, error));
        if (!found) {
            JK_TRY(
                jk_paths_run(&s->survey, &s->points, &s->calibration, options, end, results, &s->options->run, error));
            JK_TRY(jk_kept_paths_keep(results, first, end, error));
        }
    }
    return JK_OK;
}

static jk_status run_paths(simulating *s, jk_error *error) {
    jk_simulation *simulation = s->simulation;
    const size_t most = (size_t)s->wanted->paths;
    jk_path_options options = {.seed = s->wanted->seed,
                               .own_risk = s->wanted->own_risk != 0,
                               .covariance = &s->covariance,
                               .mix = &s->survey.mix,
                               .beside = &s->beside,
                               .outlay = simulation->price + simulation->onboarding};
    JK_TRY(jk_path_results_init(&s->results, most, s->calibration.years, error));
    s->sorted = jk_columns_alloc(most, sizeof *s->sorted);
    JK_TRY(jk_held(s->sorted != NULL, error, "the paths' results"));
    size_t paths = s->wanted->precision > 0.0 && most > BATCH_FIRST ? BATCH_FIRST : most;
    for (;;) {
        JK_TRY(run_batch(s, &options, paths, error));
        jk_distribution value = value_after(s, paths);
        simulation->precise = s->wanted->precision > 0.0 && is_precise(&value, s->wanted->precision);
        if (simulation->precise || paths == most) {
            break;
        }
        paths = 2 * paths < most ? 2 * paths : most;
    }
    simulation->paths = paths;
    return JK_OK;
}

/* ---- distributions -------------------------------------------------------------------------------------------- */

static jk_distribution distribution_of(simulating *s, const double *values) {
    memcpy(s->sorted, values, s->results.count * sizeof *s->sorted);
    return jk_distribution_of(s->sorted, s->results.count);
}

static void set_convergence(simulating *s) {
    jk_simulation *simulation = s->simulation;
    size_t at[JK_CONVERGENCE_MOST], count = 0;
    for (size_t paths = s->results.count; count < JK_CONVERGENCE_MOST && (count == 0 || paths >= CONVERGENCE_FIRST);
         paths /= 2) {
        at[count++] = paths;
    }
    simulation->convergence_count = count;
    for (size_t i = 0; i < count; i++) {
        simulation->convergence[i] = value_after(s, at[count - 1 - i]);
    }
}

static void set_probabilities(simulating *s) {
    jk_simulation *simulation = s->simulation;
    const double outlay = simulation->price + simulation->onboarding;
    size_t earned = 0, lost = 0;
    for (size_t i = 0; i < s->results.count; i++) {
        earned += s->results.value[i] >= outlay;
        lost += s->results.net[i] < outlay;
    }
    simulation->probability_of_return = (double)earned / (double)s->results.count;
    simulation->probability_of_loss = (double)lost / (double)s->results.count;
}

/* What has come in by the end of the year. */
static jk_distribution collected_by(simulating *s, int year) {
    const jk_path_results *results = &s->results;
    for (size_t i = 0; i < results->count; i++) {
        s->sorted[i] = 0.0;
        for (int y = 0; y <= year; y++) {
            s->sorted[i] += (double)results->erc[(size_t)y * results->room + i];
        }
    }
    return jk_distribution_of(s->sorted, results->count);
}

static jk_status set_figures(simulating *s, jk_error *error) {
    jk_simulation *simulation = s->simulation;
    const jk_path_results *results = &s->results;
    simulation->years = results->years;
    simulation->year = jk_columns_zero((size_t)results->years, sizeof *simulation->year);
    simulation->collected = jk_columns_zero((size_t)results->years, sizeof *simulation->collected);
    JK_TRY(jk_held(simulation->year != NULL && simulation->collected != NULL, error, "the distributions"));
    simulation->gross = distribution_of(s, results->gross);
    simulation->net = distribution_of(s, results->net);
    simulation->irr_at_price = distribution_of(s, results->irr);
    for (int y = 0; y < results->years; y++) {
        for (size_t i = 0; i < results->count; i++) {
            s->sorted[i] = (double)results->erc[(size_t)y * results->room + i];
        }
        simulation->year[y] = jk_distribution_of(s->sorted, results->count);
        simulation->collected[y] = collected_by(s, y);
    }
    set_convergence(s);
    set_probabilities(s);
    simulation->value = distribution_of(s, results->value); /* last: leaves the values sorted */
    for (int c = 0; c < JK_CONFIDENCE_COUNT; c++) {
        double worth = jk_quantile(s->sorted, results->count, 1.0 - jk_confidence[c]);
        simulation->confidence_price[c] = fmax(0.0, worth - simulation->onboarding);
        simulation->confidence_error[c] = jk_quantile_error(s->sorted, results->count, 1.0 - jk_confidence[c]);
    }
    return JK_OK;
}

static jk_status simulate(simulating *s, jk_error *error) {
    JK_TRY(check(s->wanted, error));
    if (s->wanted->covariance != NULL) {
        JK_TRY(jk_covariance_load(s->wanted->covariance, s->model, &s->covariance, error));
    }
    s->simulation->parameters = s->covariance.count - s->covariance.rest + s->covariance.beside.count;
    s->simulation->parameters_left_out = s->covariance.left_out;
    tell_correlation(s->model->risk.correlation, s->simulation);
    jk_extremes stress = stress_of(s->model);
    JK_TRY(jk_survey_init(&s->survey, s->model, s->options, &stress, &s->covariance, error));
    JK_TRY(value_claims(s, error));
    if (jk_team_role_now() == JK_TEAM_PART) { /* a merge makes points of the cells, and the paths */
        return JK_OK;
    }
    JK_TRY(make_points(s, error));
    JK_TRY(
        jk_beside_answer_measure(&s->beside, &s->covariance.beside, &s->points, &s->survey, &s->options->run, error));
    JK_TRY(run_paths(s, error));
    return set_figures(s, error);
}

jk_status jk_simulate(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                      const jk_simulate_options *wanted, jk_simulation *simulation, jk_error *error) {
    *simulation = (jk_simulation){.seed = wanted->seed};
    simulating s = {.tape = tape, .model = model, .options = options, .wanted = wanted, .simulation = simulation};
    jk_status status = simulate(&s, error);
    free(s.sorted);
    jk_path_results_reset(&s.results);
    jk_calibration_reset(&s.calibration);
    jk_beside_answer_reset(&s.beside);
    jk_points_reset(&s.points);
    jk_survey_reset(&s.survey);
    jk_covariance_reset(&s.covariance);
    if (status != JK_OK) {
        jk_simulation_reset(simulation);
    }
    return status;
}

jk_status jk_simulate_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                             const jk_simulate_options *wanted, jk_value_memory *memory, jk_error *error) {
    simulating s = {.tape = tape, .model = model, .options = options, .wanted = wanted};
    jk_extremes stress = stress_of(model);
    jk_status status = jk_survey_init(&s.survey, model, options, &stress, NULL, error);
    if (status == JK_OK) {
        jk_value_sink sink = sink_of(&s);
        status = jk_value_plan_memory(tape, model, options, 1, &sink, 1, memory, error);
    }
    jk_survey_reset(&s.survey);
    return status;
}

void jk_simulation_reset(jk_simulation *simulation) {
    free(simulation->year);
    free(simulation->collected);
    *simulation = (jk_simulation){0};
}
