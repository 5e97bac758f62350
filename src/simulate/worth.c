/* SPDX-License-Identifier: Apache-2.0 */
/* The optimiser's curse. With V(p | m) the value of plan p under model m, p(m) the best plan under it, and models m
 * drawn from the posterior of the fit around its own model f:
 *
 *     curse = mean of { V(p(m) | m) - V(p(f) | m) } / V(p(f) | f).
 *
 * Each term is what the plan loses by not knowing m, and never below 0. Were f the truth and m a fit of it, the value
 * V(p(m) | m) would be told of a plan that brings V(p(m) | f) (the parametric bootstrap: Efron, Tibshirani 1993,
 * chapter 10). What V(p(f) | m) strays about V(p(f) | f) has no part in that, so that it is taken off:
 *
 *     overstated = mean of { V(p(m) | m) - V(p(f) | m) + V(p(f) | f) - V(p(m) | f) } / V(p(f) | f),
 *
 * to second order twice the curse. Curves, classes and what payers do are drawn for it, and the points of the score, by
 * which it is chosen whom to pursue. The spread of V(p(f) | m) is that of a simulation in which parameters alone vary.
 */
#include "jalki/worth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "jalki/score.h"
#include "jalki/simulate.h"
#include "score/levels.h"
#include "simulate/draws/covariance.h"
#include "simulate/draws/draws.h"

#define TOLERANCE 2e-4 /* points are held against claims by collections as a whole; single figures need finer ones */
enum { DRAWS = 8, PATHS = 2048, SEED = 1, CASES = 1 + 3 * DRAWS, PART = 1024 };

/* Of each model drawn: this plan, the best one, and that one at the model's own figures. */
enum { KEPT, BEST, AT_HOME };

typedef struct measuring {
    const jk_model *model;
    jk_covariance covariance;
    jk_arena *arena;
    double *normal, *drawn; /* [count] */
    jk_model drawn_model[DRAWS];
    jk_value_case cases[CASES];
    jk_valuation valuation[CASES];
} measuring;

static void draw(measuring *self, size_t number) {
    const jk_covariance *c = &self->covariance;
    for (size_t i = 0; i < c->count; i += PART) {
        jk_draw_normals(SEED, jk_stream(JK_STREAM_COVARIANCE, i / PART), number, self->normal + i,
                        c->count - i < PART ? c->count - i : PART);
    }
    for (size_t i = 0; i < c->count; i++) {
        self->drawn[i] = 0.0;
        for (size_t k = 0; k <= i; k++) {
            self->drawn[i] += c->factor[i * c->count + k] * self->normal[k];
        }
    }
}

/* A number with mean 1; 1 for what is not drawn. */
static double multiplier(const measuring *self, int32_t parameter) {
    return parameter < 0
               ? 1.0
               : fmin(jk_exp(self->drawn[parameter] - 0.5 * jk_covariance_at(&self->covariance, parameter, parameter)),
                      JK_RECOVERY_MAX);
}

/* What payers of a segment do: settled shares and breakage, which differ between treatments, and what they pay. */
static void draw_payers(const measuring *self, size_t g, jk_payers *payers) {
    for (int row = 0; row < JK_SPELL_COUNT; row++) {
        int32_t parameter = jk_covariance_spell(&self->covariance, g, row);
        if (parameter < 0) {
            continue;
        }
        if (row < JK_SPELL_BREAKAGE) {
            double *share = &payers->settled_share[row - JK_SPELL_SETTLED];
            double variance = jk_covariance_at(&self->covariance, parameter, parameter);
            *share = *share > 0.0 && *share < 1.0 ? jk_draw_share(*share, self->drawn[parameter], variance) : *share;
        } else if (row < JK_SPELL_SHARE) {
            payers->breakage[row - JK_SPELL_BREAKAGE] *= multiplier(self, parameter);
        } else {
            payers->monthly_share[row - JK_SPELL_SHARE] *= multiplier(self, parameter);
        }
    }
}

static jk_status draw_segment(const measuring *self, size_t g, jk_segment *segment, jk_error *error) {
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        const jk_steps *from = &self->model->segments[g].curve[a];
        double *value = jk_arena_alloc(self->arena, from->count, sizeof *value);
        JK_TRY(jk_held(value != NULL, error, "the models drawn"));
        for (size_t k = 0; k < from->count; k++) {
            value[k] = from->value[k] * multiplier(self, jk_covariance_step(&self->covariance, g, a, k));
        }
        segment->curve[a].value = value;
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            segment->class_multiplier[a][k] *= multiplier(self, jk_covariance_class(&self->covariance, g, a, k));
        }
    }
    draw_payers(self, g, &segment->payers);
    return JK_OK;
}

/* Points as drawn; the claims of the model's cases are scored by them. */
static jk_status draw_card(const measuring *self, jk_scorecard *card, jk_error *error) {
    jk_characteristic *item = jk_arena_alloc(self->arena, card->count + 1, sizeof *item);
    JK_TRY(jk_held(item != NULL, error, "the models drawn"));
    for (size_t c = 0; c < card->count; c++) {
        item[c] = card->characteristics[c];
        double *points = jk_arena_alloc(self->arena, item[c].count + 1, sizeof *points);
        JK_TRY(jk_held(points != NULL, error, "the models drawn"));
        for (size_t l = 0; l < jk_score_level_count(&item[c]); l++) {
            int32_t parameter = jk_covariance_point(&self->covariance, c, l);
            double drawn =
                jk_score_level_points(&card->characteristics[c], l) + (parameter < 0 ? 0.0 : self->drawn[parameter]);
            *(l < item[c].count                        ? &points[l]
              : l + 1 < jk_score_level_count(&item[c]) ? &item[c].other_points
                                                       : &item[c].missing_points) = drawn;
        }
        item[c].points = points;
    }
    card->characteristics = item;
    return JK_OK;
}

static jk_status draw_models(measuring *self, jk_error *error) {
    const size_t count = self->covariance.count, segments = self->model->segment_count;
    const bool rescored = self->covariance.points > 0;
    self->arena = jk_arena_create();
    self->normal = self->arena != NULL ? jk_arena_alloc(self->arena, 2 * count + 1, sizeof(double)) : NULL;
    JK_TRY(jk_held(self->normal != NULL, error, "the models drawn"));
    self->drawn = self->normal + count;
    self->cases[0] = (jk_value_case){.irr = NAN, .keeps = -1};
    for (size_t n = 0; n < DRAWS; n++) {
        jk_segment *segment = jk_arena_alloc(self->arena, segments, sizeof *segment);
        JK_TRY(jk_held(segment != NULL, error, "the models drawn"));
        memcpy(segment, self->model->segments, segments * sizeof *segment);
        draw(self, n);
        for (size_t g = 0; g < segments; g++) {
            JK_TRY(draw_segment(self, g, &segment[g], error));
        }
        self->drawn_model[n] = *self->model;
        self->drawn_model[n].segments = segment;
        JK_TRY(draw_card(self, &self->drawn_model[n].scorecard, error));
        if (self->covariance.beside.count > 0) {
            JK_TRY(jk_beside_draw(&self->covariance.beside, SEED, n, 1.0, segment, &self->drawn_model[n].scorecard,
                                  error));
        }
        jk_value_case *cases = &self->cases[1 + 3 * n];
        cases[KEPT] = (jk_value_case){.model = &self->drawn_model[n], .rescored = rescored, .irr = NAN, .keeps = 0};
        cases[BEST] = (jk_value_case){.model = &self->drawn_model[n], .rescored = rescored, .irr = NAN, .keeps = -1};
        cases[AT_HOME] = (jk_value_case){.irr = NAN, .keeps = (int)(1 + 3 * n + BEST)};
    }
    return JK_OK;
}

/* Collections of countries and the luck of claims stand still: what strays is what the fit does not know. */
static jk_status measure_spread(measuring *self, const jk_tape *tape, const jk_value_options *options,
                                const char *covariance, jk_worth *worth, jk_error *error) {
    jk_model still = *self->model;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = PATHS;
    wanted.seed = SEED;
    wanted.covariance = covariance;
    wanted.own_risk = 0;
    wanted.tolerance = TOLERANCE;
    still.risk.jurisdiction =
        jk_arena_alloc(self->arena, still.jurisdiction_count + 1, sizeof *still.risk.jurisdiction);
    JK_TRY(jk_held(still.risk.jurisdiction != NULL, error, "the models drawn"));
    jk_simulation simulation;
    JK_TRY(jk_simulate(tape, &still, options, &wanted, &simulation, error));
    worth->spread = worth->error = 0.0;
    if (worth->value > 0.0) {
        worth->spread = simulation.value.figure[JK_FIGURE_SD] / worth->value;
        worth->error = sqrt(jk_log(1.0 + worth->spread * worth->spread));
    }
    jk_simulation_reset(&simulation);
    return JK_OK;
}

static void mean_of(const double number[DRAWS], double *mean, double *error) {
    double sum = 0.0, square = 0.0;
    for (size_t n = 0; n < DRAWS; n++) {
        sum += number[n];
        square += number[n] * number[n];
    }
    *mean = sum / DRAWS;
    *error = sqrt(fmax(square - sum * sum / DRAWS, 0.0) / (DRAWS * (DRAWS - 1.0)));
}

static jk_status measure(measuring *self, const jk_tape *tape, const jk_value_options *options, const char *covariance,
                         bool spread, jk_worth *worth, jk_error *error) {
    jk_value_options fast = *options;
    fast.values_only = true;
    JK_TRY(jk_covariance_load(covariance, self->model, &self->covariance, error));
    JK_TRY(draw_models(self, error));
    for (size_t c = 0; c < CASES; c++) {
        self->cases[c].irr = options->irr;
    }
    JK_TRY(jk_value_cases(tape, self->model, &fast, self->cases, CASES, NULL, 0, self->valuation, error));
    *worth = (jk_worth){.draws = DRAWS,
                        .parameters = self->covariance.count - self->covariance.rest + self->covariance.beside.count,
                        .value = self->valuation[0].total.value,
                        .spread = NAN,
                        .error = NAN};
    double lost[DRAWS] = {0.0}, both[DRAWS] = {0.0};
    for (size_t n = 0; n < DRAWS && worth->value > 0.0; n++) {
        const jk_valuation *of = &self->valuation[1 + 3 * n];
        lost[n] = (of[BEST].total.value - of[KEPT].total.value) / worth->value;
        both[n] = lost[n] + (worth->value - of[AT_HOME].total.value) / worth->value;
    }
    mean_of(lost, &worth->curse, &worth->curse_error);
    mean_of(both, &worth->overstated, &worth->overstated_error);
    return spread ? measure_spread(self, tape, options, covariance, worth, error) : JK_OK;
}

jk_status jk_worth_measure(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const char *covariance, bool spread, jk_worth *worth, jk_error *error) {
    measuring self = {.model = model};
    *worth = (jk_worth){0};
    jk_status status = measure(&self, tape, options, covariance, spread, worth, error);
    for (size_t c = 0; c < CASES; c++) {
        jk_valuation_reset(&self.valuation[c]);
    }
    jk_covariance_reset(&self.covariance);
    jk_arena_free(self.arena);
    if (status != JK_OK) {
        *worth = (jk_worth){0};
    }
    return status;
}
