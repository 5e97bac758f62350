/* SPDX-License-Identifier: Apache-2.0 */
/* How fast what was known at a landmark fades.
 *
 * Every claim is taken as it stood every `LANDMARK` months, with the fading points that it had then, and followed.
 * Where it is quiet s months later its hazard is curve · class · lasting points · exp(a + e 2^(-s / half-life)), a the
 * level to which all fade, e the fading points of those that stood alike at the same landmark: a figure of each such
 * cell, so that what "never paid" means in long and short histories does not pass for fading, but one about which the
 * fit has something to say, e ~ N(points - a, 0.5^2); and a ~ N(0, 0.3^2), as months alone can hardly tell what fades
 * from a change of all. Rows weigh balance^-power as everywhere (docs/fit.md): w new payers of weights w have the log
 * likelihood of one divided by phi = (sum of w^2) / (sum of w), beside which the priors stand.
 *
 * For each half-life the rest is estimated (Newton); what is left is the profile. Payments of a debtor go together and
 * a row counts for several landmarks, so that twice the drop of the log likelihood is scaled by the variance of scores
 * by debtor over information (Kent, "Robust properties of likelihood ratio tests", Biometrika 69 (1982), 19-27), or by
 * phi where that is more: the interval is where that stays below 3.84. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "base/number/golden.h"
#include "fit/payers/payers.h"
#include "jalki/expected.h"
#include "model/economics.h"

enum { LANDMARK = 6, LAGS = 120, STEPS = 40, CELLS_MAX = 256, EVENTS_MIN = 50 };
#define CHI_SQUARE_95 3.841458820694124
static const double own_spread = 0.5, shared_spread = 0.3; /* of the priors */
static const double lasting_if_unequal = 10.0;             /* beside fading, beforehand */
static const double given_error = 1.0;                     /* of the logarithm of a half-life that nothing tells */

/* What followed those who stood alike at a landmark: by months since. */
typedef struct fading_cell {
    int32_t window;
    double points;
    double expected[LAGS], began[LAGS]; /* by lasting figures; weights */
    double events;
    double own; /* e */
} fading_cell;

typedef struct fading {
    jk_fit *fit;
    struct jk_fit_payers *payers;
    double *offset, *points; /* [rows of the panel] lasting hazard times weight; fading points */
    double size;             /* phi */
    int32_t first_start;
    size_t cell_count;
    fading_cell *cell; /* [CELLS_MAX] */
    double shared;     /* a */
} fading;

/* ---- what the new model says of rows ----------------------------------------------------------------------------- */

double jk_fit_payers_weight(const jk_fit *fit, double balance) {
    double power = fit->options.shrink ? fit->result.balance_power : 0.0;
    return power > 0.0 ? balance * jk_exp(-power * jk_log(balance)) : balance;
}

static jk_status see_block(void *context, const jk_panel_block *block, jk_error *error) {
    (void)error;
    fading *self = context;
    const jk_fit *fit = self->fit;
    for (size_t i = 0; i < block->rows; i++) {
        size_t row = block->first_row + i;
        const jk_segment *segment = &fit->segments[block->law->segment[i]];
        jk_treatment t = (jk_treatment)block->treatment[i];
        jk_capacity class = jk_expected_class(block, i);
        double lasting = jk_exp(block->score->eta[i] - block->score->fading[i] - segment->theta_center[class]);
        double pending = jk_pending_factor(segment, t, (jk_title)block->title_state[i]);
        double months = block->months[i] * (self->payers->state[row] == JK_PAYER_BEGINS ? 0.5 : 1.0);
        self->offset[row] = jk_fit_payers_weight(self->fit, block->balance_start[i]) * lasting *
                            segment->class_multiplier[t][class] * pending *
                            jk_steps_integral(&segment->curve[t], block->age_start[i], months);
        self->points[row] = block->score->fading[i];
    }
    return JK_OK;
}

/* Rows as they are, with the points of their own day, expect what began in them: the curves hold euros, which large
 * balances weigh. And phi. */
static void settle_level(fading *self) {
    const struct jk_fit_payers *payers = self->payers;
    double began = 0.0, expected = 0.0, squares = 0.0;
    for (size_t i = 0; i < payers->count; i++) {
        uint32_t row = payers->row[i].row;
        double weight = jk_fit_payers_weight(self->fit, payers->row[i].balance);
        bool begins = payers->state[row] == JK_PAYER_BEGINS;
        if (begins || payers->state[row] == JK_PAYER_QUIET) {
            expected += self->offset[row] * jk_exp(self->points[row]);
            began += begins ? weight : 0.0;
            squares += begins ? weight * weight : 0.0;
        }
    }
    self->size = began > 0.0 ? squares / began : 1.0;
    double level = began > 0.0 && expected > 0.0 ? began / expected : 1.0;
    for (size_t i = 0; i < payers->count; i++) {
        self->offset[payers->row[i].row] *= level;
    }
}

static jk_status see_rows(fading *self, jk_error *error) {
    jk_fit *fit = self->fit;
    size_t rows = jk_tape_rows(jk_panel_tape(fit->panel));
    jk_model model = jk_fit_model(fit);
    jk_panel *panel = NULL;
    self->offset = jk_columns_zero(rows, sizeof *self->offset);
    self->points = jk_columns_zero(rows, sizeof *self->points);
    JK_TRY(jk_held(self->offset != NULL && self->points != NULL, error, "the fading points"));
    JK_TRY(jk_panel_open_run(jk_tape_path(jk_panel_tape(fit->panel)), &model, &fit->options.run, &panel, error));
    jk_panel_want(panel, 0);
    self->first_start = jk_panel_span_of(panel).first_start;
    jk_status status = jk_panel_stream(panel, &fit->options.run, see_block, self, error);
    jk_panel_close(panel);
    settle_level(self);
    return status;
}

/* ---- landmarks and what followed --------------------------------------------------------------------------------- */

static int32_t window_of(const fading *self, const jk_payer_row *row) {
    return jk_months_between(self->first_start, row->start) / LANDMARK;
}

static fading_cell *cell_of(fading *self, int32_t window, double points) {
    for (size_t c = 0; c < self->cell_count; c++) {
        if (self->cell[c].window == window && fabs(self->cell[c].points - points) < 1e-7) {
            return &self->cell[c];
        }
    }
    if (self->cell_count == CELLS_MAX) { /* more kinds than anyone tells apart: the nearest points */
        fading_cell *best = &self->cell[0];
        for (size_t c = 1; c < self->cell_count; c++) {
            bool nearer = fabs(self->cell[c].points - points) < fabs(best->points - points);
            best = self->cell[c].window == window && (best->window != window || nearer) ? &self->cell[c] : best;
        }
        return best;
    }
    fading_cell *cell = &self->cell[self->cell_count++];
    cell->window = window;
    cell->points = points;
    return cell;
}

/* Visits every pair of a landmark and a quiet row that follows it. */
typedef void pair_visit(fading *self, fading_cell *cell, const jk_payer_row *row, size_t lag, void *context);

static void each_pair(fading *self, size_t from, size_t to, pair_visit *visit, void *context) {
    const jk_payer_row *rows = self->payers->row;
    int32_t last = -1;
    for (size_t i = from; i < to; i++) {
        int32_t window = window_of(self, &rows[i]);
        if (window == last) {
            continue;
        }
        last = window;
        fading_cell *cell = cell_of(self, window, self->points[rows[i].row]);
        for (size_t j = i; j < to; j++) {
            double lag = (double)(rows[j].start - rows[i].start) / JK_DAYS_PER_MONTH + rows[j].months / 2.0;
            uint8_t state = self->payers->state[rows[j].row];
            if (lag < (double)LAGS && (state == JK_PAYER_QUIET || state == JK_PAYER_BEGINS)) {
                visit(self, cell, &rows[j], (size_t)lag, context);
            }
        }
    }
}

static void add_pair(fading *self, fading_cell *cell, const jk_payer_row *row, size_t lag, void *context) {
    (void)context;
    bool begins = self->payers->state[row->row] == JK_PAYER_BEGINS;
    cell->expected[lag] += self->offset[row->row];
    cell->began[lag] += begins ? jk_fit_payers_weight(self->fit, row->balance) : 0.0;
    cell->events += begins;
}

static size_t claim_end(const struct jk_fit_payers *payers, size_t from) {
    size_t to = from;
    while (to < payers->count && payers->row[to].claim == payers->row[from].claim &&
           payers->row[to].debtor == payers->row[from].debtor) {
        to++;
    }
    return to;
}

/* ---- the likelihood ---------------------------------------------------------------------------------------------- */

static double part_left(double half_life, size_t lag) {
    return jk_exp(-0x1.62e42fefa39efp-1 * ((double)lag + 0.5) / half_life);
}

/* Best e of a cell given a and the half-life; its log likelihood with the slopes by a. */
static double solve_cell(const fading *self, fading_cell *cell, double shared, const double *left) {
    const double precision = self->size / (own_spread * own_spread), prior = cell->points - shared;
    double e = cell->own;
    for (int step = 0; step < STEPS; step++) {
        double slope = -precision * (e - prior), curvature = precision;
        for (size_t s = 0; s < LAGS; s++) {
            double mean = cell->expected[s] * jk_exp(shared + e * left[s]);
            slope += (cell->began[s] - mean) * left[s];
            curvature += mean * left[s] * left[s];
        }
        double move = curvature > 0.0 ? fmax(-1.0, fmin(1.0, slope / curvature)) : 0.0;
        e = fmax(-20.0, fmin(20.0, e + move));
        if (fabs(move) < 1e-10) {
            break;
        }
    }
    cell->own = e;
    double likelihood = -0.5 * precision * (e - prior) * (e - prior);
    for (size_t s = 0; s < LAGS; s++) {
        double log_mean = shared + e * left[s];
        likelihood += cell->began[s] * log_mean - cell->expected[s] * jk_exp(log_mean);
    }
    return likelihood;
}

static double likelihood_at(fading *self, double half_life, double shared) {
    double left[LAGS], sum = -0.5 * self->size * shared * shared / (shared_spread * shared_spread);
    for (size_t s = 0; s < LAGS; s++) {
        left[s] = part_left(half_life, s);
    }
    for (size_t c = 0; c < self->cell_count; c++) {
        sum += solve_cell(self, &self->cell[c], shared, left);
    }
    return sum;
}

typedef struct fading_at {
    fading *self;
    double half_life;
} fading_at;

static double likelihood_of(void *context, double shared) {
    const fading_at *at = context;
    return likelihood_at(at->self, at->half_life, shared);
}

/* Golden section over a: what most have (the reference level) fades no further than to half of it, or to four times it;
 * beyond that months alone cannot tell fading from a change of all. */
static double profile_at(fading *self, double half_life) {
    fading_at at = {self, half_life};
    double low = -0.7, high = 1.4;
    (void)jk_golden_top(likelihood_of, &at, 18, INFINITY, &low, &high);
    self->shared = (low + high) / 2.0;
    return likelihood_at(self, half_life, self->shared);
}

/* ---- errors by debtor -------------------------------------------------------------------------------------------- */

/* Slopes of log mean by a and by the log of the half-life, freed of the cell's own e: x - f (sum mu x f / sum mu f f).
 */
typedef struct slopes {
    double mean[LAGS], by[2][LAGS];
} slopes;

typedef struct scoring {
    const slopes *cell; /* [cells] */
    double score[2];    /* of the present debtor */
} scoring;

static void slopes_of(const fading *self, const fading_cell *cell, double half_life, slopes *out) {
    const double shared = self->shared;
    double left[LAGS], ff = self->size / (own_spread * own_spread), xf[2] = {0.0, 0.0};
    for (size_t s = 0; s < LAGS; s++) {
        left[s] = part_left(half_life, s);
        out->mean[s] = cell->expected[s] > 0.0 ? jk_exp(shared + cell->own * left[s]) : 0.0;
        out->by[0][s] = 1.0;
        out->by[1][s] = cell->own * left[s] * 0x1.62e42fefa39efp-1 * ((double)s + 0.5) / half_life;
        double mu = cell->expected[s] * out->mean[s];
        ff += mu * left[s] * left[s];
        xf[0] += mu * left[s] * out->by[0][s];
        xf[1] += mu * left[s] * out->by[1][s];
    }
    for (int k = 0; k < 2 && ff > 0.0; k++) {
        for (size_t s = 0; s < LAGS; s++) {
            out->by[k][s] -= left[s] * xf[k] / ff;
        }
    }
}

static void score_pair(fading *self, fading_cell *cell, const jk_payer_row *row, size_t lag, void *context) {
    scoring *scores = context;
    const slopes *at = &scores->cell[cell - self->cell];
    double began =
        self->payers->state[row->row] == JK_PAYER_BEGINS ? jk_fit_payers_weight(self->fit, row->balance) : 0.0;
    double rest = began - self->offset[row->row] * at->mean[lag];
    scores->score[0] += rest * at->by[0][lag];
    scores->score[1] += rest * at->by[1][lag];
}

/* Information and variance of scores of the log of the half-life, freed of a; and each debtor's influence on it. */
typedef struct fading_error {
    double information, variance, debtors;
} fading_error;

static jk_status measure(fading *self, double half_life, fading_error *out, jk_error *error) {
    const struct jk_fit_payers *payers = self->payers;
    slopes *at = jk_columns_alloc(self->cell_count, sizeof *at);
    double *score = jk_columns_zero(2 * payers->count, sizeof *score);
    if (at == NULL || score == NULL) {
        free(at);
        free(score);
        return jk_fail_memory(error, "the fading points");
    }
    double i00 = self->size / (shared_spread * shared_spread), i01 = 0.0, i11 = 0.0;
    for (size_t c = 0; c < self->cell_count; c++) {
        slopes_of(self, &self->cell[c], half_life, &at[c]);
        for (size_t s = 0; s < LAGS; s++) {
            double mu = self->cell[c].expected[s] * at[c].mean[s];
            i00 += mu * at[c].by[0][s] * at[c].by[0][s];
            i01 += mu * at[c].by[0][s] * at[c].by[1][s];
            i11 += mu * at[c].by[1][s] * at[c].by[1][s];
        }
    }
    double share = i00 > 0.0 ? i01 / i00 : 0.0;
    *out = (fading_error){.information = i11 - share * i01};
    for (size_t from = 0; from < payers->count;) {
        scoring scores = {.cell = at};
        int32_t debtor = payers->row[from].debtor;
        for (size_t to = from; from < payers->count && payers->row[from].debtor == debtor; from = to) {
            to = claim_end(payers, from);
            each_pair(self, from, to, score_pair, &scores);
        }
        double own = scores.score[1] - share * scores.score[0];
        out->variance += own * own;
        out->debtors += own != 0.0;
    }
    free(at);
    free(score);
    return JK_OK;
}

/* ---- the half-life ----------------------------------------------------------------------------------------------- */

/* Golden section about the best point of the grid. */
static double search(fading *self, const double *profile) {
    const double golden = 0.6180339887498949;
    int best = 0;
    for (int i = 1; i < JK_PROFILE_GRID; i++) {
        best = profile[i] > profile[best] ? i : best;
    }
    double low = log(jk_profile_at(best > 0 ? best - 1 : 0)),
           high = log(jk_profile_at(best < JK_PROFILE_GRID - 1 ? best + 1 : best));
    for (int step = 0; step < 16; step++) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (profile_at(self, exp(a)) > profile_at(self, exp(b))) {
            high = b;
        } else {
            low = a;
        }
    }
    return exp((low + high) / 2.0);
}

/* Where readiness is unequal, what a level shows first of all is the readiness of those who stand there, and that
 * lasts; how fast the rest fades is for the likelihood to say that knows of it. */
static jk_status with_readiness(fading *self, double given, jk_error *error) {
    jk_fit *fit = self->fit;
    double profile[JK_PROFILE_GRID], best = -INFINITY;
    if (!isfinite(fit->payers_result.readiness_shape)) {
        return JK_OK;
    }
    for (int i = 0; i < JK_PROFILE_GRID; i++) {
        (void)profile_at(self, jk_profile_at(i));
        JK_TRY(jk_fit_payers_readiness_likelihood(fit, self->offset, self->points, self->shared, jk_profile_at(i),
                                                  &profile[i], error));
        best = fmax(best, profile[i]);
    }
    fit->payers_result.half_life =
        jk_profile_mean(profile, best, 1.0, given, lasting_if_unequal, &fit->payers_result.half_life_error);
    return JK_OK;
}

static jk_status estimate(fading *self, jk_error *error) {
    jk_fit *fit = self->fit;
    jk_payers_result *result = &fit->payers_result;
    double profile[JK_PROFILE_GRID], likelihood = -INFINITY, events = 0.0;
    for (size_t c = 0; c < self->cell_count; c++) {
        fading_cell *cell = &self->cell[c];
        events += cell->events;
        cell->own = cell->points;
    }
    result->half_life_low = JK_HALF_LIFE_LEAST;
    result->half_life_high = JK_HALF_LIFE_MOST;
    jk_payer_term term = {.figure = JK_PAYER_HALF_LIFE,
                          .segment = -1,
                          .index = -1,
                          .parameter = -1,
                          .events = events,
                          .exposure = events,
                          .estimate = (double)NAN,
                          .std_error = (double)NAN};
    double given = fit->base->scorecard.half_life;
    result->half_life = given > 0.0 ? given : 60.0;
    if (events >= EVENTS_MIN) {
        for (int i = 0; i < JK_PROFILE_GRID; i++) {
            profile[i] = profile_at(self, jk_profile_at(i));
        }
        term.estimate = search(self, profile);
        likelihood = profile_at(self, term.estimate);
        fading_error found = {0};
        JK_TRY(measure(self, term.estimate, &found, error));
        double scale = found.information > 0.0 ? fmax(self->size, found.variance / found.information) : (double)NAN;
        term.std_error = found.information > 0.0 ? sqrt(scale / found.information) : (double)NAN;
        term.debtors = found.debtors;
        if (scale > 0.0) {
            double drop = CHI_SQUARE_95 / 2.0 * scale;
            result->half_life_low = jk_profile_end(profile, term.estimate, likelihood, drop, -1);
            result->half_life_high = jk_profile_end(profile, term.estimate, likelihood, drop, 1);
            result->half_life = jk_profile_mean(profile, likelihood, scale, given, 1.0, &result->half_life_error);
            JK_TRY(with_readiness(self, given, error));
        }
    }
    bool told = result->half_life_low > JK_HALF_LIFE_LEAST * 1.01 || result->half_life_high < JK_HALF_LIFE_MOST / 1.01;
    if (told) {
        result->half_life = jk_fit_round_figure(result->half_life);
        (void)profile_at(self, result->half_life);
        jk_fit_payers_shift(fit, self->shared);
    } else {
        self->shared = 0.0;
        result->half_life = given > 0.0 ? given : 60.0;
        result->half_life_error = given_error;
        JK_TRY(jk_fit_say(fit, error,
                          "half-life: %.0f new payers after landmarks cannot tell how fast the last payment fades; %s "
                          "%.4g months are taken",
                          events, given > 0.0 ? "the base model's" : "as nothing better is known,", result->half_life));
    }
    term.low = result->half_life_low;
    term.high = result->half_life_high;
    term.value = result->half_life;
    term.credibility = told ? 1.0 : 0.0;
    fit->scorecard.half_life = result->half_life;
    return jk_fit_payers_add_term(fit, &term, error);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

jk_status jk_fit_payers_fading(jk_fit *fit, jk_error *error) {
    size_t count = 0;
    JK_TRY(jk_fit_payers_items(fit, &count, error));
    if (count == 0) {
        return JK_OK;
    }
    fading self = {.fit = fit, .payers = fit->payers};
    const struct jk_fit_payers *payers = fit->payers;
    fit->scorecard.half_life = JK_HALF_LIFE_MOST; /* while rows are seen as they are */
    self.cell = jk_columns_zero(CELLS_MAX, sizeof *self.cell);
    jk_status status = self.cell == NULL ? jk_fail_memory(error, "the fading points") : see_rows(&self, error);
    for (size_t from = 0, to = 0; status == JK_OK && from < payers->count; from = to) {
        to = claim_end(payers, from);
        each_pair(&self, from, to, add_pair, NULL);
    }
    status = status == JK_OK ? jk_fit_payers_worth(fit, self.points, error) : status;
    for (int again = 0; status == JK_OK && again < 2; again++) { /* as if all lasted, then with the half-life found */
        status = jk_fit_payers_readiness(fit, self.offset, self.points, self.shared, error);
        status = status == JK_OK && again == 0 ? estimate(&self, error) : status;
    }
    free(self.offset);
    free(self.points);
    free(self.cell);
    return status;
}
