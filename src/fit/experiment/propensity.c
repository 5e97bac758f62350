/* SPDX-License-Identifier: Apache-2.0 */
/* The chance of being treated: a logistic regression by Newton's steps with a ridge of one on every figure but the
 * level (Le Cessie, van Houwelingen, Applied Statistics 41 (1992), 191-201),
 *
 *     log e/(1 - e) = level + sum of the terms' levels + b log(balance) + c log(1 + age),
 *
 * so that levels that only one of the two has do not run away. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/experiment/experiment_internal.h"
#include "fit/ppml/cholesky.h"

enum { NUMBERS = 2, STEPS_MAX = 30 };

typedef struct regression {
    const jk_experiment *experiment;
    size_t first[JK_UNIT_TERMS]; /* place of a term's first level */
    size_t size;
    double mean[NUMBERS], spread[NUMBERS]; /* of the numbers */
    double *beta, *gradient, *matrix;
    uint8_t *dropped;
} regression;

static void numbers_of(const jk_unit *unit, double number[NUMBERS]) {
    number[0] = jk_log(unit->balance);
    number[1] = jk_log(1.0 + fmax(unit->age, 0.0));
}

/* The places and values of a unit's entries, all others 0; returns how many. */
static size_t entries_of(const regression *self, const jk_unit *unit, size_t *place, double *value) {
    size_t count = 0;
    place[count] = 0;
    value[count++] = 1.0;
    double number[NUMBERS];
    numbers_of(unit, number);
    for (int i = 0; i < NUMBERS; i++) {
        place[count] = 1 + (size_t)i;
        value[count++] = (number[i] - self->mean[i]) / self->spread[i];
    }
    for (size_t t = 0; t < self->experiment->terms; t++) {
        place[count] = self->first[t] + unit->term[t];
        value[count++] = 1.0;
    }
    return count;
}

static double chance_of(const regression *self, const jk_unit *unit) {
    size_t place[JK_UNIT_TERMS + 1 + NUMBERS];
    double value[JK_UNIT_TERMS + 1 + NUMBERS], sum = 0.0;
    size_t count = entries_of(self, unit, place, value);
    for (size_t i = 0; i < count; i++) {
        sum += self->beta[place[i]] * value[i];
    }
    return 1.0 / (1.0 + jk_exp(-fmin(fmax(sum, -30.0), 30.0)));
}

static void add_up(regression *self, const jk_unit *const *unit, size_t count) {
    size_t n = self->size;
    memset(self->matrix, 0, n * n * sizeof *self->matrix);
    memset(self->gradient, 0, n * sizeof *self->gradient);
    for (size_t u = 0; u < count; u++) {
        size_t place[JK_UNIT_TERMS + 1 + NUMBERS];
        double value[JK_UNIT_TERMS + 1 + NUMBERS];
        size_t entries = entries_of(self, unit[u], place, value);
        double e = chance_of(self, unit[u]), rest = (unit[u]->arm != JK_TREAT_SURVEIL ? 1.0 : 0.0) - e;
        for (size_t i = 0; i < entries; i++) {
            self->gradient[place[i]] += rest * value[i];
            for (size_t k = i; k < entries; k++) { /* places ascend */
                self->matrix[place[i] * n + place[k]] += e * (1.0 - e) * value[i] * value[k];
            }
        }
    }
    for (size_t i = 1; i < n; i++) {
        self->gradient[i] -= self->beta[i];
        self->matrix[i * n + i] += 1.0;
    }
}

static void scale_numbers(regression *self, const jk_unit *const *unit, size_t count) {
    double square[NUMBERS] = {0.0};
    for (size_t u = 0; u < count; u++) {
        double number[NUMBERS];
        numbers_of(unit[u], number);
        for (int i = 0; i < NUMBERS; i++) {
            self->mean[i] += number[i] / (double)count;
            square[i] += number[i] * number[i] / (double)count;
        }
    }
    for (int i = 0; i < NUMBERS; i++) {
        double variance = square[i] - self->mean[i] * self->mean[i];
        self->spread[i] = variance > 1e-12 ? sqrt(variance) : 1.0;
    }
}

static void search(regression *self, const jk_unit *const *unit, size_t count) {
    for (int step = 0; step < STEPS_MAX; step++) {
        add_up(self, unit, count);
        (void)jk_cholesky_factor(self->matrix, self->size, 1e-12, self->dropped);
        jk_cholesky_solve(self->matrix, self->size, self->dropped, self->gradient);
        double most = 0.0;
        for (size_t i = 0; i < self->size; i++) {
            double move = fmin(fmax(self->gradient[i], -2.0), 2.0);
            self->beta[i] += move;
            most = fmax(most, fabs(move));
        }
        if (most < 1e-9) {
            return;
        }
    }
}

jk_status jk_propensity(const jk_experiment *experiment, const jk_unit *const *unit, size_t count, double *chance,
                        jk_error *error) {
    regression self = {.experiment = experiment, .size = 1 + NUMBERS};
    for (size_t t = 0; t < experiment->terms; t++) {
        self.first[t] = self.size;
        self.size += (size_t)experiment->term_levels[t];
    }
    self.beta = calloc(self.size, sizeof *self.beta);
    self.gradient = calloc(self.size, sizeof *self.gradient);
    self.matrix = calloc(self.size * self.size, sizeof *self.matrix);
    self.dropped = calloc(self.size, 1);
    bool made = self.beta != NULL && self.gradient != NULL && self.matrix != NULL && self.dropped != NULL;
    if (made) {
        scale_numbers(&self, unit, count);
        search(&self, unit, count);
        for (size_t u = 0; u < count; u++) {
            chance[u] = chance_of(&self, unit[u]);
        }
    }
    free(self.beta);
    free(self.gradient);
    free(self.matrix);
    free(self.dropped);
    return jk_held(made, error, "the chance of being treated");
}

/* Shares of a term's levels among the treated and the others, weighed; the difference over the root of the mean
 * variance. */
double jk_standardised_difference(const jk_experiment *self, const jk_unit *const *unit, size_t count,
                                  const double *weight, const char **name) {
    enum { LEVELS = 256 };
    double worst = 0.0;
    *name = NULL;
    for (size_t t = 0; t < self->terms; t++) {
        double sum[2][LEVELS] = {{0.0}}, all[2] = {0.0};
        for (size_t u = 0; u < count; u++) {
            int treated = unit[u]->arm != JK_TREAT_SURVEIL;
            sum[treated][unit[u]->term[t]] += weight[u];
            all[treated] += weight[u];
        }
        for (int l = 0; l < LEVELS && all[0] > 0.0 && all[1] > 0.0; l++) {
            double a = sum[0][l] / all[0], b = sum[1][l] / all[1];
            double variance = (a * (1.0 - a) + b * (1.0 - b)) / 2.0;
            double difference = variance > 1e-12 ? fabs(a - b) / sqrt(variance) : 0.0;
            if (difference > worst) {
                worst = difference;
                *name = self->term_name[t];
            }
        }
    }
    return worst;
}
