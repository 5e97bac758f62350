/* SPDX-License-Identifier: Apache-2.0 */
/* From a level per claim to a level per euro.
 *
 * Rows that weigh balance^-power tell the level of a curve with the least error (fit_ridge.c), but large debts may pay
 * another part of themselves than small ones, beyond what points say, and a portfolio is worth euros. What came in is
 * therefore taken for
 *
 *     mean · level of the curve · (balance / usual)^slope,
 *
 * the slope by maximum likelihood with each curve's level profiled out (a conditional Poisson likelihood):
 *
 *     sum over rows of weight · (cash - A_c mean B^slope) · (log B - its mean in curve c) = 0,   A_c as cash_c asks,
 *
 * with an error clustered by debtor, and drawn to 0 by 1 - (error / slope)^2 (James, Stein 1961, positive part): chance
 * alone moves nothing. The level in euros is the mean of B^slope over what is expected, by euro against by weight. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/memory.h"
#include "fit/fit_internal.h"

enum { STEPS_MAX = 30 };
#define SLOPE_MOST 1.0

/* Of one curve: weighed cash and means, times powers of x. */
typedef struct curve_sums {
    double cash, cash_x, mean, mean_x, mean_xx;
} curve_sums;

typedef struct sizes {
    const jk_fit *fit;
    const jk_ppml_rows *rows; /* weighed */
    const double *mean;       /* of them, with what is known */
    curve_sums *curve;
    double usual;
} sizes;

static double known_of(const sizes *self, size_t row) {
    return self->rows->known != NULL ? self->rows->known[row] : 0.0;
}

static bool counts(const sizes *self, size_t row) {
    return self->rows->weight[row] > 0.0 && self->mean[row] - known_of(self, row) > 0.0;
}

static double size_of(const sizes *self, size_t row) {
    return jk_log(self->fit->rows.columns.weight[row]) - self->usual;
}

static void sum_curves(sizes *self, double slope) {
    for (size_t c = 0; c < self->fit->survey.curves; c++) {
        self->curve[c] = (curve_sums){0};
    }
    for (size_t i = 0; i < self->rows->rows; i++) {
        if (counts(self, i)) {
            curve_sums *sums = &self->curve[self->rows->curve[i]];
            double x = size_of(self, i), cash = self->rows->cash[i] - known_of(self, i);
            double mean = (self->mean[i] - known_of(self, i)) * jk_exp(slope * x);
            sums->cash += cash;
            sums->cash_x += cash * x;
            sums->mean += mean;
            sums->mean_x += mean * x;
            sums->mean_xx += mean * x * x;
        }
    }
}

/* The score and its negative derivative. */
static double score_of(const sizes *self, double *information) {
    double score = 0.0;
    *information = 0.0;
    for (size_t c = 0; c < self->fit->survey.curves; c++) {
        const curve_sums *s = &self->curve[c];
        if (s->mean > 0.0 && s->cash > 0.0) {
            double x = s->mean_x / s->mean;
            score += s->cash_x - s->cash * x;
            *information += s->cash * fmax(s->mean_xx / s->mean - x * x, 0.0);
        }
    }
    return score;
}

/* Sum of the squared scores of debtors, at the sums of the slope. */
static double square_scores(const sizes *self, double slope) {
    double square = 0.0;
    for (size_t d = 0; d < self->rows->clusters; d++) {
        double own = 0.0;
        for (size_t i = self->rows->cluster_begin[d]; i < self->rows->cluster_begin[d + 1]; i++) {
            const curve_sums *s = &self->curve[self->rows->curve[i]];
            if (counts(self, i) && s->mean > 0.0 && s->cash > 0.0) {
                double x = size_of(self, i);
                double mean = (self->mean[i] - known_of(self, i)) * jk_exp(slope * x) * s->cash / s->mean;
                own += (self->rows->cash[i] - known_of(self, i) - mean) * (x - s->mean_x / s->mean);
            }
        }
        square += own * own;
    }
    return square;
}

/* The slope as it is believed; 0 where balances do not differ or the search does not end. */
static double find_slope(sizes *self) {
    double slope = 0.0, information = 0.0;
    for (int step = 0; step < STEPS_MAX; step++) {
        sum_curves(self, slope);
        double score = score_of(self, &information);
        double move = information > 0.0 ? score / information : 0.0;
        if (!(fabs(move) > 1e-8)) {
            double variance = information > 0.0 ? square_scores(self, slope) / (information * information) : 0.0;
            double kept = slope * slope > variance ? 1.0 - variance / (slope * slope) : 0.0;
            return slope * kept;
        }
        slope = fmin(fmax(slope + fmin(fmax(move, -0.5), 0.5), -SLOPE_MOST), SLOPE_MOST);
    }
    return 0.0;
}

static void find_levels(const sizes *self, double slope, double level[JK_TREATMENT_COUNT]) {
    double sum[JK_TREATMENT_COUNT][4] = {{0.0}}; /* weighed, of sizes; in euros, of sizes */
    for (size_t i = 0; i < self->rows->rows; i++) {
        if (counts(self, i)) {
            double *s = sum[self->rows->curve[i] % JK_TREATMENT_COUNT];
            double mean = self->mean[i] - known_of(self, i), size = jk_exp(slope * size_of(self, i));
            double euros = mean * self->fit->rows.columns.weight[i] / self->rows->weight[i];
            s[0] += mean;
            s[1] += mean * size;
            s[2] += euros;
            s[3] += euros * size;
        }
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        level[t] = sum[t][0] > 0.0 ? sum[t][3] / sum[t][2] * sum[t][0] / sum[t][1] : 1.0;
    }
}

static void put_levels(jk_fit *fit, const double level[JK_TREATMENT_COUNT]) {
    for (size_t c = 0; c < fit->survey.curves; c++) {
        for (size_t k = 0; k < jk_fit_steps(fit, c)->count; k++) {
            int32_t p = fit->design.curve_parameter[c][k];
            fit->curve_value[c][k] += jk_log(level[c % JK_TREATMENT_COUNT]);
            if (p >= 0 && !isnan(fit->curve_value[c][k])) {
                fit->value[p] = fit->curve_value[c][k];
            }
        }
    }
}

jk_status jk_fit_size_levels(jk_fit *fit, const jk_ppml_rows *rows, const jk_ppml_design *design,
                             const double *parameters, jk_error *error) {
    double *mean = jk_columns_alloc(rows->rows, sizeof *mean);
    sizes self = {.fit = fit, .rows = rows, .mean = mean};
    self.curve = jk_columns_zero(fit->survey.curves, sizeof *self.curve);
    jk_status status = mean == NULL || self.curve == NULL
                           ? jk_fail_memory(error, "the fit")
                           : jk_ppml_predict(rows, design, parameters, &fit->options.run, mean, error);
    if (status == JK_OK) {
        double sum = 0.0, all = 0.0, level[JK_TREATMENT_COUNT];
        for (size_t i = 0; i < rows->rows; i++) {
            sum += counts(&self, i) ? mean[i] * jk_log(fit->rows.columns.weight[i]) : 0.0;
            all += counts(&self, i) ? mean[i] : 0.0;
        }
        self.usual = all > 0.0 ? sum / all : 0.0;
        fit->result.balance_slope = find_slope(&self);
        find_levels(&self, fit->result.balance_slope, level);
        put_levels(fit, level);
    }
    free(mean);
    free(self.curve);
    return status;
}
