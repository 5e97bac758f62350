/* SPDX-License-Identifier: Apache-2.0 */
/* The history of factors: what came in and what the fitted model expects, by segment, country and calendar month, put
 * together into periods as long as the panel's longest row. Sums are integers: the same for any number of threads. */
#include "fit/factors/fit_factors.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "base/number/wide.h"
#include "fit/fit_internal.h"
#include "jalki/expected.h"

enum { MONTHS_OF_YEAR = 12, PERIODS_FEW = 12 };

typedef struct month_sums {
    int64_t cash, expected; /* 2^-20 */
    jk_wide square;         /* of rows' cash, 2^-40 */
} month_sums;

typedef struct reading {
    const jk_fit *fit;
    const jk_model *model; /* fitted */
    jk_panel *panel;
    size_t countries, months, threads;
    int first; /* calendar month */
    size_t filter_bytes, rows;
    unsigned char *scratch; /* [threads] */
    uint8_t *keep;          /* [threads][rows] */
    double *expected;       /* [threads][rows] */
    double *longest;        /* [threads] months of a row */
    month_sums *sums;       /* [threads][segments][countries][months] */
} reading;

static int calendar_month(int32_t date) {
    const jk_civil civil = jk_civil_from_date(date);
    return civil.year * MONTHS_OF_YEAR + civil.month - 1;
}

static month_sums *sums_of(const reading *self, size_t thread, size_t segment, size_t country) {
    return self->sums + ((thread * self->model->segment_count + segment) * self->countries + country) * self->months;
}

static jk_status read_block(void *context, const jk_panel_block *block, jk_error *error) {
    reading *self = context;
    const size_t thread = (size_t)block->thread;
    uint8_t *keep = self->keep + thread * self->rows;
    double *expected = self->expected + thread * self->rows;
    size_t kept = 0;
    JK_TRY(jk_panel_filter_rows(&self->fit->options.filter, self->panel, block,
                                self->scratch + thread * self->filter_bytes, keep, &kept, error));
    jk_expected_cash(self->model, block, expected);
    for (size_t i = 0; i < block->rows; i++) {
        if (keep[i] == 0) {
            continue;
        }
        const size_t month = (size_t)(calendar_month(block->period_start[i]) - self->first);
        month_sums *to = sums_of(self, thread, block->law->segment[i], block->law->jurisdiction[i]) + month;
        const int64_t cash = jk_grid_from_double(block->cash[i]);
        to->cash += cash;
        to->expected += jk_grid_from_double(expected[i]);
        to->square += (jk_wide)cash * cash;
        self->longest[thread] = fmax(self->longest[thread], block->months[i]);
    }
    return JK_OK;
}

static jk_status read_panel(reading *self, jk_error *error) {
    const jk_run *run = &self->fit->options.run;
    const jk_panel_span span = jk_panel_span_of(self->panel);
    self->threads = (size_t)jk_panel_threads(self->panel, run);
    self->rows = jk_panel_block_rows(self->panel, run);
    self->countries = self->model->jurisdiction_count;
    self->first = calendar_month(span.first_start);
    self->months = (size_t)(calendar_month(span.last_start) - self->first) + 1;
    self->filter_bytes = jk_panel_filter_scratch(self->panel, run);
    const size_t cells = self->model->segment_count * self->countries * self->months;
    self->scratch = jk_columns_zero(self->threads * self->filter_bytes + 1, 1);
    self->keep = jk_columns_zero(self->threads * self->rows, sizeof *self->keep);
    self->expected = jk_columns_zero(self->threads * self->rows, sizeof *self->expected);
    self->longest = jk_columns_zero(self->threads, sizeof *self->longest);
    self->sums = jk_columns_zero(self->threads * cells, sizeof *self->sums);
    JK_TRY(jk_held(self->scratch != NULL && self->keep != NULL && self->expected != NULL && self->longest != NULL &&
                       self->sums != NULL,
                   error, "the factors"));
    JK_TRY(jk_panel_stream(self->panel, run, read_block, self, error));
    for (size_t t = 1; t < self->threads; t++) {
        for (size_t i = 0; i < cells; i++) {
            self->sums[i].cash += self->sums[t * cells + i].cash;
            self->sums[i].expected += self->sums[t * cells + i].expected;
            self->sums[i].square += self->sums[t * cells + i].square;
        }
        self->longest[0] = fmax(self->longest[0], self->longest[t]);
    }
    return JK_OK;
}

/* ---- factors ----------------------------------------------------------------------------------------------------- */

/* Of all months, or of those of a period. */
static month_sums add_up(const month_sums *of, size_t first, size_t end) {
    month_sums sum = {0};
    for (size_t m = first; m < end; m++) {
        sum.cash += of[m].cash;
        sum.expected += of[m].expected;
        sum.square += of[m].square;
    }
    return sum;
}

/* Shocks of a factor, and what chance alone makes of them: payments come independently, and have the mean square
 * `square / cash` per unit of cash. */
static void put_periods(const reading *self, const jk_fit_factors *factors, jk_factor_history *factor) {
    for (size_t t = 0; t < factors->periods; t++) {
        factor->period[t] = (jk_factor_period){0.0, (double)INFINITY};
    }
    if (factor->segment == SIZE_MAX) {
        return;
    }
    const month_sums *months = sums_of(self, 0, factor->segment, factor->seen);
    const month_sums all = add_up(months, 0, self->months);
    for (size_t t = 0; t < factors->periods; t++) {
        const size_t first = t * (size_t)factors->months, next = first + (size_t)factors->months;
        const month_sums sum = add_up(months, first, next < self->months ? next : self->months);
        if (sum.expected > 0 && all.cash > 0) {
            const double ratio = (double)all.cash / (double)all.expected;
            const double expected = ratio * (double)sum.expected;
            factor->period[t].shock = (double)sum.cash / expected - 1.0;
            factor->period[t].chance = (double)all.square / (double)all.cash / expected;
        }
    }
}

static jk_status add_factor(const reading *self, jk_fit *fit, size_t segment, size_t country, size_t seen,
                            jk_error *error) {
    jk_fit_factors *factors = fit->factors;
    const jk_model *model = self->model;
    if (factors->count == JK_RISK_FACTORS_MOST) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, "factors",
                       "more than %d segments in countries; expected fewer segments, or segments of one country each",
                       (int)JK_RISK_FACTORS_MOST);
    }
    const jk_risk_factor *risk = &model->risk.jurisdiction[seen];
    const double years = (double)factors->months / MONTHS_OF_YEAR;
    jk_factor_history *factor = &factors->factor[factors->count++];
    *factor = (jk_factor_history){.name = segment == SIZE_MAX   ? model->jurisdictions[country].id
                                          : country == SIZE_MAX ? model->segments[segment].id
                                                                : jk_fit_text(fit, "%s/%s", model->segments[segment].id,
                                                                              model->jurisdictions[country].id),
                                  .segment = segment,
                                  .country = country,
                                  .seen = seen,
                                  .volatility = risk->volatility,
                                  .keep = risk->persistence > 0.0 ? jk_exp(jk_log(risk->persistence) * years) : 0.0,
                                  .period = jk_arena_alloc(fit->arena, factors->periods, sizeof *factor->period)};
    JK_TRY(jk_held(factor->name != NULL && factor->period != NULL, error, "the factors"));
    put_periods(self, factors, factor);
    return JK_OK;
}

/* One for each segment that history has, and where it has it in several countries for each of these; what it has not
 * goes with a factor of the country, of which nothing but the base model is known. */
static jk_status add_factors(const reading *self, jk_fit *fit, jk_error *error) {
    bool unseen = false;
    for (size_t g = 0; g < self->model->segment_count; g++) {
        size_t seen = 0, last = 0;
        for (size_t c = 0; c < self->countries; c++) {
            if (add_up(sums_of(self, 0, g, c), 0, self->months).expected > 0) {
                seen++;
                last = c;
            }
        }
        if (seen == 1) {
            JK_TRY(add_factor(self, fit, g, SIZE_MAX, last, error));
            continue;
        }
        unseen |= seen < self->countries;
        for (size_t c = 0; c < self->countries; c++) {
            if (add_up(sums_of(self, 0, g, c), 0, self->months).expected > 0) {
                JK_TRY(add_factor(self, fit, g, c, c, error));
            }
        }
    }
    for (size_t c = 0; unseen && c < self->countries; c++) {
        JK_TRY(add_factor(self, fit, SIZE_MAX, c, c, error));
    }
    return JK_OK;
}

/* The base model's factor of the claims; of a country's that history has not, that of its last segment. */
static size_t factor_in(const jk_model *base, const jk_factor_history *factor) {
    const size_t segment = factor->segment < base->segment_count ? factor->segment : base->segment_count - 1;
    return base->risk.correlation->of[segment * base->jurisdiction_count + factor->seen];
}

/* What the base model says of two factors: those that are one to it move alike. */
static double prior_of(const jk_model *base, const jk_factor_history *a, const jk_factor_history *b) {
    const jk_risk_correlation *c = base->risk.correlation;
    if (c->count == 0) {
        return a->seen == b->seen ? 1.0 : c->countries;
    }
    const size_t i = factor_in(base, a), j = factor_in(base, b);
    return c->matrix[i * c->count + j];
}

static jk_status tell(jk_fit *fit, jk_error *error) {
    const jk_fit_factors *factors = fit->factors;
    const size_t n = factors->count;
    double weight = 0.0, least = 1.0, most = -1.0;
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++, pairs++) {
            weight += factors->weight[i * n + j];
            least = fmin(least, factors->matrix[i * n + j]);
            most = fmax(most, factors->matrix[i * n + j]);
        }
    }
    weight = pairs > 0 ? weight / (double)pairs : 0.0;
    if (pairs > 0) {
        const char *line = jk_fit_text(fit,
                                       "%zu factors of segments and countries, correlated by %.2f to %.2f: %zu periods "
                                       "of %d months count by %.0f %% on average, the base model by the rest",
                                       n, least, most, factors->periods, factors->months, 100.0 * weight);
        JK_TRY(jk_held(line != NULL, error, "the fit"));
        if (fit->result.learned_count < JK_FIT_LINES_MAX) {
            fit->result.learned[fit->result.learned_count++] = line;
        }
    }
    if (factors->periods < PERIODS_FEW) {
        JK_TRY(jk_fit_worry(fit,
                            jk_fit_text(fit, "%zu periods of %d months say little of how factors move together",
                                        factors->periods, factors->months),
                            error));
    }
    if (pairs > 0 && factors->scatter == 0.0) {
        JK_TRY(jk_fit_say(fit, error,
                          "history does not tell the factors' correlations from the base model's: they "
                          "stay"));
    }
    if (factors->moved > 0.0) {
        JK_TRY(
            jk_fit_say(fit, error,
                       "the factors' correlations were moved, by at most %.3f, so that together they are a matrix of "
                       "correlations",
                       factors->moved));
    }
    return JK_OK;
}

static jk_status find_factors(jk_fit *fit, reading *self, jk_error *error) {
    JK_TRY(read_panel(self, error));
    const int months = (int)fmin(fmax(ceil(self->longest[0]), 1.0), 1200.0);
    *fit->factors =
        (jk_fit_factors){.months = months,
                         .periods = (self->months + (size_t)months - 1) / (size_t)months,
                         .factor = jk_arena_alloc(fit->arena, JK_RISK_FACTORS_MOST, sizeof *fit->factors->factor)};
    JK_TRY(jk_held(fit->factors->factor != NULL, error, "the factors"));
    JK_TRY(add_factors(self, fit, error));
    const size_t n = fit->factors->count;
    fit->factors->prior = jk_arena_alloc(fit->arena, n * n, sizeof *fit->factors->prior);
    JK_TRY(jk_held(fit->factors->prior != NULL, error, "the factors"));
    for (size_t i = 0; i < n * n; i++) {
        fit->factors->prior[i] = prior_of(fit->base, &fit->factors->factor[i / n], &fit->factors->factor[i % n]);
    }
    JK_TRY(jk_fit_factors_estimate(fit->factors, fit->arena, error));
    return tell(fit, error);
}

jk_status jk_fit_add_factors(jk_fit *fit, jk_error *error) {
    const jk_model fitted = jk_fit_model(fit);
    reading self = {.fit = fit, .model = &fitted};
    fit->factors = jk_arena_alloc(fit->arena, 1, sizeof *fit->factors);
    JK_TRY(jk_held(fit->factors != NULL, error, "the factors"));
    jk_status status =
        jk_panel_open_run(jk_tape_path(jk_panel_tape(fit->panel)), &fitted, &fit->options.run, &self.panel, error);
    if (status == JK_OK) {
        jk_panel_want(self.panel, 0);
        status = find_factors(fit, &self, error);
    }
    free(self.scratch);
    free(self.keep);
    free(self.expected);
    free(self.longest);
    free(self.sums);
    jk_panel_close(self.panel);
    return status;
}
