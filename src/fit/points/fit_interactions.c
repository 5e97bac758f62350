/* SPDX-License-Identifier: Apache-2.0 */
/* Characteristics that count differently by segment.
 *
 * The points x of a characteristic may be multiplied by a factor 1 + d_g in segment g, about their mean there, so that
 * the segment's level stays what it is: mu exp(d_g (x - mean of x)). Rows weigh as they do for points, with all else as
 * it was fitted, and factors of one characteristic are a group that is drawn to 1 together,
 *
 *     sum over rows of g of (cash d_g x' - mu exp(d_g x'))  -  phi d_g^2 / (2 t^2),
 *
 * phi the variance of a debtor's cash per unit of expected cash and t the deviation of the group, found by restricted
 * likelihood as that of a spline's steps is (fit_spline.c), beforehand as if one more factor 0.3 off had been seen.
 * A group is kept where it helps on debtors that it has not seen: of four folds the log likelihood gained is above 1
 * and its standard error over debtors (Breiman, Friedman, Olshen, Stone 1984). The best of all is kept first, the
 * others then beside it. Errors are those of the posterior, with the cash of debtors as it varied. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { FOLDS = 4, STEPS = 12, ROUNDS = 20 };
#define OFF      0.3  /* deviation of factors from 1, beforehand */
#define SETTLED  0.02 /* of the logarithm of the group's variance between rounds */
#define MOST     3.0  /* furthest factor from 1 */
#define WORTH_IT 1.0  /* least gain of debtors held out: less is none that anybody would see */

/* Cash and expected cash of one level of a characteristic in a segment, of the debtors of each fold. */
typedef struct cell {
    double cash[FOLDS], mean[FOLDS];
} cell;

typedef struct looking {
    jk_fit *fit;
    jk_arena *arena;
    size_t segments, levels; /* levels: room of a characteristic */
    double *cash, *mean;     /* [rows] weighed; what is known of a row is in neither */
    uint8_t *fold;           /* [clusters] */
    double dispersion;
    cell *cell;               /* [segments][levels] of the present characteristic */
    double *center;           /* [segments] mean of its points */
    double *off, *error;      /* [segments] d_g, and its error */
    double variance, freedom; /* of the present one */
} looking;

static double points_of(const jk_fit *fit, size_t item, size_t level) {
    const jk_characteristic *from = &fit->scorecard.characteristics[item];
    return level < from->count                   ? from->points[level]
           : level + 1 == fit->card[item].levels ? from->missing_points
                                                 : from->other_points;
}

static size_t segment_of(const jk_fit *fit, size_t row) {
    return fit->rows.curve[row] / JK_TREATMENT_COUNT;
}

static size_t level_of(const jk_fit *fit, size_t item, size_t row) {
    return fit->card[item].level_of[fit->rows.level[row * fit->rows.terms + JK_FIT_TERMS_FIXED + item]];
}

/* Weighed cash and means; the dispersion by debtor. Rows without weight, and those that left the estimation, count
 * nothing. */
static void see_rows(looking *self, const jk_ppml_rows *rows) {
    const jk_fit *fit = self->fit;
    double squares = 0.0, sum = 0.0;
    for (size_t c = 0; c < rows->clusters; c++) {
        double rest = 0.0;
        self->fold[c] = (uint8_t)(jk_fit_scramble(c) % FOLDS);
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            const bool counts = rows->weight[i] > 0.0 && fit->estimates.left[i] == 0;
            const double scale = counts ? rows->weight[i] / fit->rows.weight[i] : 0.0;
            const double known = rows->known != NULL ? rows->known[i] : 0.0;
            self->mean[i] = scale * jk_fit_expected_of_row(fit, i);
            self->cash[i] = counts ? rows->cash[i] - known : 0.0;
            rest += self->cash[i] - self->mean[i];
            sum += self->mean[i];
        }
        squares += rest * rest;
    }
    self->dispersion = sum > 0.0 ? squares / sum : 0.0;
}

/* ---- one characteristic ------------------------------------------------------------------------------------------ */

static void fill_cells(looking *self, size_t item) {
    const jk_fit *fit = self->fit;
    memset(self->cell, 0, self->segments * self->levels * sizeof *self->cell);
    for (size_t c = 0; c < fit->rows.columns.clusters; c++) {
        for (size_t i = fit->rows.cluster_begin[c]; i < fit->rows.cluster_begin[c + 1]; i++) {
            cell *to = &self->cell[segment_of(fit, i) * self->levels + level_of(fit, item, i)];
            to->cash[self->fold[c]] += self->cash[i];
            to->mean[self->fold[c]] += self->mean[i];
        }
    }
    for (size_t g = 0; g < self->segments; g++) {
        double sum = 0.0, weight = 0.0;
        for (size_t l = 0; l < fit->card[item].levels; l++) {
            const cell *at = &self->cell[g * self->levels + l];
            for (int f = 0; f < FOLDS; f++) {
                sum += at->mean[f] * points_of(fit, item, l);
                weight += at->mean[f];
            }
        }
        self->center[g] = weight > 0.0 ? sum / weight : 0.0;
    }
}

/* d_g of the folds but `without` (FOLDS: of all), and its information. */
static double solve(const looking *self, size_t item, size_t g, int without, double *information) {
    const jk_fit *fit = self->fit;
    const double precision = self->dispersion / self->variance;
    double d = 0.0;
    for (int step = 0; step < STEPS; step++) {
        double slope = -precision * d;
        *information = precision;
        for (size_t l = 0; l < fit->card[item].levels; l++) {
            const cell *at = &self->cell[g * self->levels + l];
            const double x = points_of(fit, item, l) - self->center[g], factor = jk_exp(d * x);
            for (int f = 0; f < FOLDS; f++) {
                if (f != without) {
                    slope += (at->cash[f] - at->mean[f] * factor) * x;
                    *information += at->mean[f] * factor * x * x;
                }
            }
        }
        const double move = fmin(fmax(slope / *information, -0.5), 0.5);
        d = fmin(fmax(d + move, -MOST), MOST);
        if (fabs(move) < 1e-10) {
            break;
        }
    }
    return d;
}

/* The group's variance, from all folds. */
static void find_variance(looking *self, size_t item) {
    double moved = INFINITY;
    self->variance = OFF * OFF;
    for (int round = 0; moved > SETTLED && round < ROUNDS; round++) {
        double squares = OFF * OFF, freedom = 0.0;
        for (size_t g = 0; g < self->segments; g++) {
            double information = 0.0;
            self->off[g] = solve(self, item, g, FOLDS, &information);
            squares += self->off[g] * self->off[g];
            freedom += 1.0 - self->dispersion / self->variance / information;
        }
        const double next = squares / (freedom + 1.0);
        moved = fabs(jk_log(next / self->variance));
        self->variance = next;
        self->freedom = freedom;
    }
}

/* Log likelihood that factors of the other folds gain for each debtor: their sum, and its standard error. */
static void gain_of(looking *self, size_t item, double *factors, double *gain, double *error) {
    const jk_fit *fit = self->fit;
    double square = 0.0;
    *gain = 0.0;
    for (int f = 0; f < FOLDS; f++) {
        for (size_t g = 0; g < self->segments; g++) {
            double information = 0.0;
            factors[(size_t)f * self->segments + g] = solve(self, item, g, f, &information);
        }
    }
    for (size_t c = 0; c < fit->rows.columns.clusters; c++) {
        const double *of = factors + (size_t)self->fold[c] * self->segments;
        double own = 0.0;
        for (size_t i = fit->rows.cluster_begin[c]; i < fit->rows.cluster_begin[c + 1]; i++) {
            const size_t g = segment_of(fit, i);
            if (self->mean[i] > 0.0) {
                const double move = of[g] * (points_of(fit, item, level_of(fit, item, i)) - self->center[g]);
                own += self->cash[i] * move - self->mean[i] * (jk_exp(move) - 1.0);
            }
        }
        *gain += own;
        square += own * own;
    }
    *gain /= self->dispersion;
    *error = sqrt(square) / self->dispersion;
}

/* The factors of all folds at the group's variance, and their errors. */
static jk_status find_errors(looking *self, size_t item, jk_error *error) {
    const jk_fit *fit = self->fit;
    double *score = jk_arena_alloc(self->arena, 2 * self->segments + 1, sizeof *score);
    JK_TRY(jk_held(score != NULL, error, "the interactions"));
    double *middle = score + self->segments;
    const double precision = self->dispersion / self->variance;
    for (size_t g = 0; g < self->segments; g++) {
        self->off[g] = solve(self, item, g, FOLDS, &self->error[g]); /* the information, for now */
    }
    for (size_t c = 0; c < fit->rows.columns.clusters; c++) {
        memset(score, 0, self->segments * sizeof *score);
        for (size_t i = fit->rows.cluster_begin[c]; i < fit->rows.cluster_begin[c + 1]; i++) {
            const size_t g = segment_of(fit, i);
            const double x = points_of(fit, item, level_of(fit, item, i)) - self->center[g];
            score[g] += (self->cash[i] - self->mean[i] * jk_exp(self->off[g] * x)) * x;
        }
        for (size_t g = 0; g < self->segments; g++) {
            middle[g] += score[g] * score[g];
        }
    }
    for (size_t g = 0; g < self->segments; g++) {
        self->error[g] = sqrt(middle[g] + self->dispersion * precision) / self->error[g];
    }
    return JK_OK;
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* Puts the factors into the new scorecard; curves give back what the segment's mean points change by. */
static jk_status keep(looking *self, size_t item, jk_error *error) {
    jk_fit *fit = self->fit;
    double *factor = jk_arena_alloc(fit->arena, 2 * self->segments, sizeof *factor);
    JK_TRY(jk_held(factor != NULL, error, "the interactions"));
    fit->interaction[item].std_error = factor + self->segments;
    for (size_t g = 0; g < self->segments; g++) {
        factor[g] = jk_fit_round_points(1.0 + self->off[g]);
        fit->interaction[item].std_error[g] = self->error[g];
        for (size_t c = g * JK_TREATMENT_COUNT; c < (g + 1) * JK_TREATMENT_COUNT; c++) {
            for (size_t k = 0; k < jk_fit_steps(fit, c)->count; k++) {
                const int32_t p = fit->design.curve_parameter[c][k];
                fit->curve_value[c][k] -= self->off[g] * self->center[g];
                if (p >= 0 && !isnan(fit->curve_value[c][k])) {
                    fit->value[p] = fit->curve_value[c][k];
                }
            }
        }
    }
    jk_fit_items(fit)[item].in_segments = factor;
    for (size_t i = 0; i < fit->rows.columns.rows; i++) {
        const size_t g = segment_of(fit, i);
        const double x = points_of(fit, item, level_of(fit, item, i)) - self->center[g];
        self->mean[i] *= jk_exp(self->off[g] * x);
    }
    return JK_OK;
}

static void look(looking *self, size_t item, double *factors) {
    jk_fit_interaction *to = &self->fit->interaction[item];
    fill_cells(self, item);
    find_variance(self, item);
    gain_of(self, item, factors, &to->gain, &to->gain_error);
    to->spread = sqrt(self->variance);
    to->freedom = self->freedom;
    to->tried = true;
}

static jk_status search(looking *self, jk_error *error) {
    jk_fit *fit = self->fit;
    const size_t count = fit->base->scorecard.count;
    double *factors = jk_arena_alloc(self->arena, FOLDS * self->segments + 1, sizeof *factors);
    JK_TRY(jk_held(factors != NULL, error, "the interactions"));
    for (size_t kept = 0; kept < count; kept++) {
        int best = -1;
        for (size_t c = 0; c < count; c++) {
            const jk_fit_interaction *at = &fit->interaction[c];
            if (at->kept || fit->scorecard.characteristics[c].fades) {
                continue;
            }
            look(self, c, factors);
            const bool helps = at->gain > fmax(at->gain_error, WORTH_IT);
            best = helps && (best < 0 || at->gain > fit->interaction[best].gain) ? (int)c : best;
        }
        if (best < 0) {
            return JK_OK;
        }
        look(self, (size_t)best, factors);
        JK_TRY(find_errors(self, (size_t)best, error));
        JK_TRY(keep(self, (size_t)best, error));
        fit->interaction[best].kept = true;
    }
    return JK_OK;
}

jk_status jk_fit_interactions(jk_fit *fit, jk_error *error) {
    looking self = {.fit = fit, .arena = jk_arena_create(), .segments = fit->base->segment_count};
    const size_t rows = fit->rows.columns.rows, count = fit->base->scorecard.count;
    jk_ppml_rows weighed;
    double *memory = NULL;
    JK_TRY(jk_held(self.arena != NULL, error, "the interactions"));
    jk_status status = JK_OK;
    for (size_t c = 0; c < count; c++) {
        self.levels = fit->card[c].levels > self.levels ? fit->card[c].levels : self.levels;
    }
    fit->interaction = jk_arena_alloc(fit->arena, count + 1, sizeof *fit->interaction);
    self.cash = jk_columns_zero(2 * rows + 1, sizeof *self.cash);
    self.fold = jk_arena_alloc(self.arena, fit->rows.columns.clusters + 1, sizeof *self.fold);
    self.cell = jk_arena_alloc(self.arena, self.segments * self.levels + 1, sizeof *self.cell);
    self.center = jk_arena_alloc(self.arena, 3 * self.segments + 1, sizeof *self.center);
    JK_TRY_CLEANUP(jk_held(fit->interaction != NULL && self.cash != NULL && self.fold != NULL && self.cell != NULL &&
                               self.center != NULL,
                           error, "the interactions"));
    self.mean = self.cash + rows;
    self.off = self.center + self.segments;
    self.error = self.off + self.segments;
    JK_TRY_CLEANUP(jk_fit_weigh_rows(fit, &weighed, &memory, error));
    see_rows(&self, &weighed);
    if (self.dispersion > 0.0 && self.segments > 1) {
        JK_TRY_CLEANUP(search(&self, error));
    }
cleanup:
    free(memory);
    free(self.cash);
    jk_arena_free(self.arena);
    return status;
}
