/* SPDX-License-Identifier: Apache-2.0 */
/* Points that hold on debtors who were not fitted on.
 *
 * The likelihood of the estimates weighs rows by their balance: a payment of a large debt moves points as much as
 * hundreds of small ones, and with the long tail of balances most of the panel then says next to nothing. What came in
 * varies like
 *
 *     Var(cash) = phi · mu · balance^power,
 *
 * power 0 where payments have one size, 1 where a payer brings a part of his balance: sums of payments of the size
 * B^power at random times have this variance. The power is the slope of the logarithm of a row's cash on that of its
 * balance, over rows with cash. (Squares of what the estimates leave, Davidian, Carroll 1987, would tell it, too, but
 * with the long tail of balances one large payment decides them: on ten like histories they gave anything from 0 to 1.)
 * and rows weigh B^-power: per euro at one end, per claim at the other. Points are drawn towards each other, levels of
 * a characteristic towards their mean, bins towards their neighbours (a random walk), as if drawn from normal
 * distributions with one standard deviation, the spread (Hoerl, Kennard 1970; Eilers, Marx 1996):
 *
 *     sum B^-power (cash log mu - mu) - phi / (2 spread^2) · sum of squared differences.
 *
 * The spread is chosen by cross-validation over debtors: the smallest that is not worse than the likeliest by more than
 * chance. Where others and own data are further apart than three standard errors, the figure stands one from its own
 * (as limited translation: Efron, Morris 1972), so that a level that pays a thousandth of the others is not taken for
 * one of them. Its own data speak twice: alone, all other figures as they are drawn, and in the maximum of the
 * likelihood, where levels of several characteristics that few payers tell apart run up and down against each other.
 * What is nearer counts, and nothing where the two contradict each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { FOLDS = 4, SPREADS = 7, SAMPLE_ROWS = 60000, STEPS = 8 };
#define CONFLICT 3.0  /* standard errors between what the others say of a figure and its own data */
#define CLOSE    1e-3 /* longest step at which a fold's search ends */
static const double spreads[SPREADS] = {2.0, 0.8, 0.4, 0.25, 0.15, 0.1, 0.05};

/* ---- the power of the balance -------------------------------------------------------------------------------------
 */

double jk_fit_balance_power(const jk_ppml_rows *rows) {
    double count = 0.0, size = 0.0, balance = 0.0, square = 0.0, product = 0.0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (rows->weight[i] > 0.0 && rows->cash[i] > 0.0) {
            double x = jk_log(rows->weight[i]), y = jk_log(rows->cash[i]);
            count += 1.0;
            balance += x;
            size += y;
            square += x * x;
            product += x * y;
        }
    }
    double spread = square - balance * balance / fmax(count, 1.0);
    double slope = (product - balance * size / fmax(count, 1.0)) / spread;
    return spread > 1e-9 * square && slope > 0.0 ? fmin(slope, 1.0) : 0.0;
}

/* ---- links --------------------------------------------------------------------------------------------------------
 */

typedef struct ridge {
    jk_fit *fit;
    jk_fit_pooled pooled;
    const jk_ppml_rows *rows; /* weighed */
    const uint8_t *loose;     /* [parameters] 1: not drawn anywhere */
    jk_arena *arena;
    size_t link_count;
    jk_ppml_link *links; /* of weight 1 over phi / spread^2 */
    size_t spline_count; /* and after them those of splines, of weight phi over their variance (fit_spline.c) */
    double *tie;         /* [parameters] sum of the weights of its links */
    jk_ppml_link *scaled;
    double *start;
    bool in_vain; /* the search of all figures did not end */
    /* Part of the rows for cross-validation. */
    jk_ppml_rows part;
    double *part_weight; /* all of them */
    uint8_t *fold;       /* [clusters of the part] */
} ridge;

static void link(ridge *self, int32_t a, int32_t b, double weight) {
    if (!self->loose[a] && !self->loose[b]) {
        self->links[self->link_count++] = (jk_ppml_link){self->pooled.of[a], self->pooled.of[b], weight};
        self->tie[a] += weight;
        self->tie[b] += weight;
    }
}

static jk_status make_links(ridge *self, jk_error *error) {
    const jk_fit *fit = self->fit;
    size_t most = 0;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        most += fit->card[c].levels * (fit->card[c].levels + 1);
    }
    self->links = jk_arena_alloc(self->arena, most + 1, sizeof *self->links);
    self->scaled = jk_arena_alloc(self->arena, most + 1, sizeof *self->scaled);
    self->tie = jk_arena_alloc(self->arena, fit->estimates.parameters, sizeof *self->tie);
    JK_TRY(jk_held(self->links != NULL && self->scaled != NULL && self->tie != NULL, error, "the fit"));
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        const jk_fit_card_item *card = &fit->card[c];
        const int32_t *parameter = fit->design.level_parameter[c];
        int32_t present[JK_FIT_LEVELS_MAX + 6];
        size_t count = 0;
        for (size_t l = 0; l < card->levels; l++) {
            if (fit->estimates.exposure[parameter[l]] > 0.0) {
                present[count++] = parameter[l];
            }
        }
        bool bins = card->from->is_numeric;
        bool missing = bins && count > 0 && present[count - 1] == parameter[card->levels - 1];
        size_t ordered = bins ? count - missing : 0;
        const bool spline = fit->spline[c].variance > 0.0;
        for (size_t l = 0; !spline && l + 1 < ordered; l++) {
            link(self, present[l], present[l + 1], 1.0);
        }
        for (size_t a = 0; a < count; a++) { /* sum (level - mean)^2 = 1/n sum over pairs of (level - other)^2 */
            for (size_t b = a + 1; !spline && b < count; b++) {
                if (!bins || b >= ordered) {
                    link(self, present[a], present[b], 1.0 / (double)count);
                }
            }
        }
    }
    self->spline_count = jk_fit_spline_links(fit, 1.0, self->links + self->link_count);
    for (size_t l = self->link_count; l < self->link_count + self->spline_count; l++) {
        self->links[l].a = self->pooled.of[self->links[l].a];
        self->links[l].b = self->pooled.of[self->links[l].b];
    }
    return JK_OK;
}

/* Links of splines alone, which no estimate is without; scaled by `dispersion`. */
static void add_splines(ridge *self, double dispersion, size_t at, jk_ppml_options *options) {
    for (size_t l = 0; l < self->spline_count; l++) {
        self->scaled[at + l] = self->links[self->link_count + l];
        self->scaled[at + l].weight *= dispersion;
    }
    options->links = self->scaled;
    options->link_count = at + self->spline_count;
}

static jk_ppml_options options_of(ridge *self, double dispersion, double spread) {
    double weight = dispersion / (spread * spread);
    for (size_t l = 0; l < self->link_count; l++) {
        self->scaled[l] = self->links[l];
        self->scaled[l].weight *= weight;
    }
    jk_ppml_options options = {.start = self->start,
                               .held = self->pooled.held,
                               .warm = 1,
                               .tolerance = CLOSE,
                               .iterations_max = STEPS,
                               .without_errors = 1};
    add_splines(self, dispersion, self->link_count, &options);
    return options;
}

/* ---- cross-validation ---------------------------------------------------------------------------------------------
 */

/* Debtors up to SAMPLE_ROWS rows, spread over the panel, with their folds. */
static jk_status take_part(ridge *self, jk_error *error) {
    const jk_ppml_rows *from = self->rows;
    size_t terms = self->fit->rows.terms, stride = from->rows / SAMPLE_ROWS + 1, count = 0, clusters = 0;
    for (size_t c = 0; c < from->clusters; c++) {
        count += jk_fit_scramble(c) % stride == 0 ? from->cluster_begin[c + 1] - from->cluster_begin[c] : 0;
    }
    double *real = jk_arena_alloc(self->arena, 6 * count + 1, sizeof *real);
    uint16_t *curve = jk_arena_alloc(self->arena, count + 1, sizeof *curve);
    uint8_t *level = jk_arena_alloc(self->arena, count * terms + 1, sizeof *level);
    uint32_t *begin = jk_arena_alloc(self->arena, from->clusters + 1, sizeof *begin);
    self->fold = jk_arena_alloc(self->arena, from->clusters + 1, sizeof *self->fold);
    JK_TRY(jk_held(real != NULL && curve != NULL && level != NULL && begin != NULL && self->fold != NULL, error,
                   "the fit"));
    double *cash = real, *weight = cash + count, *start = weight + count, *months = start + count;
    double *known = months + count;
    self->part_weight = known + count;
    size_t at = 0;
    for (size_t c = 0; c < from->clusters; c++) {
        if (jk_fit_scramble(c) % stride != 0) {
            continue;
        }
        begin[clusters] = (uint32_t)at;
        self->fold[clusters++] = (uint8_t)(jk_fit_scramble(c) / stride % FOLDS);
        for (size_t i = from->cluster_begin[c]; i < from->cluster_begin[c + 1]; i++, at++) {
            cash[at] = from->cash[i];
            weight[at] = self->part_weight[at] = from->weight[i];
            start[at] = from->start[i];
            months[at] = from->months[i];
            known[at] = from->known != NULL ? from->known[i] : 0.0;
            curve[at] = from->curve[i];
            memcpy(level + at * terms, from->level + i * terms, terms);
        }
    }
    begin[clusters] = (uint32_t)at;
    self->part = (jk_ppml_rows){.rows = at,
                                .cash = cash,
                                .weight = weight,
                                .start = start,
                                .months = months,
                                .known = from->known != NULL ? known : NULL,
                                .curve = curve,
                                .level = level,
                                .clusters = clusters,
                                .cluster_begin = begin};
    return JK_OK;
}

/* Steps that the other folds say nothing of stand at the mean intensity: the same under all spreads. */
static void fill_curves(const ridge *self, jk_ppml *fit) {
    double cash = 0.0, exposure = 0.0;
    for (size_t p = 0; p < self->pooled.steps; p++) {
        cash += fit->cash[p];
        exposure += fit->exposure[p];
    }
    for (size_t p = 0; p < self->pooled.steps; p++) {
        fit->estimate[p] = fit->state[p] == JK_PPML_FREE ? fit->estimate[p] : jk_log(cash / exposure);
    }
}

/* The log likelihood of each debtor of a fold under what the others give. */
static jk_status judge_fold(ridge *self, size_t fold, const jk_ppml_options *options, double *mean, double *likelihood,
                            jk_error *error) {
    double *weight = (double *)self->part.weight;
    for (size_t c = 0; c < self->part.clusters; c++) {
        for (size_t i = self->part.cluster_begin[c]; i < self->part.cluster_begin[c + 1]; i++) {
            weight[i] = self->fold[c] == fold ? 0.0 : self->part_weight[i];
        }
    }
    jk_ppml fit;
    jk_status status = jk_ppml_fit(&self->part, &self->pooled.design, options, &self->fit->options.run, &fit, error);
    memcpy(weight, self->part_weight, self->part.rows * sizeof *weight);
    JK_TRY(status);
    fill_curves(self, &fit);
    status = jk_ppml_predict(&self->part, &self->pooled.design, fit.estimate, &self->fit->options.run, mean, error);
    jk_ppml_reset(&fit);
    JK_TRY(status);
    for (size_t c = 0; c < self->part.clusters; c++) {
        for (size_t i = self->part.cluster_begin[c]; self->fold[c] == fold && i < self->part.cluster_begin[c + 1];
             i++) {
            if (mean[i] > 0.0) {
                likelihood[c] += self->part.cash[i] * jk_log(mean[i]) - mean[i];
            }
        }
    }
    return JK_OK;
}

static bool folds_have_cash(const ridge *self) {
    double cash[FOLDS] = {0.0}, all = 0.0;
    for (size_t c = 0; c < self->part.clusters; c++) {
        for (size_t i = self->part.cluster_begin[c]; i < self->part.cluster_begin[c + 1]; i++) {
            cash[self->fold[c]] += self->part.weight[i] > 0.0 ? self->part.cash[i] : 0.0;
            all += self->part.weight[i] > 0.0 ? self->part.cash[i] : 0.0;
        }
    }
    for (size_t f = 0; f < FOLDS; f++) {
        if (!(all - cash[f] > 0.0)) {
            return false;
        }
    }
    return true;
}

/* The smallest spread that is not worse than the best by more than chance, one standard error of the difference over
 * debtors (Breiman, Friedman, Olshen, Stone 1984): points that are not there cost more than points that are missed. */
static double smallest_spread(const double *likelihood, size_t clusters, size_t best) {
    for (size_t s = SPREADS; s-- > best + 1;) {
        double sum = 0.0, square = 0.0;
        for (size_t c = 0; c < clusters; c++) {
            double difference = likelihood[best * clusters + c] - likelihood[s * clusters + c];
            sum += difference;
            square += difference * difference;
        }
        if (sum * sum <= square) {
            return spreads[s];
        }
    }
    return spreads[best];
}

/* By cross-validation; the smallest where nothing can be left out. */
static jk_status choose_spread(ridge *self, double dispersion, double *spread, jk_error *error) {
    *spread = spreads[SPREADS - 1];
    JK_TRY(take_part(self, error));
    size_t clusters = self->part.clusters, best = 0;
    double *mean = jk_arena_alloc(self->arena, self->part.rows + 1, sizeof *mean);
    double *likelihood = jk_arena_alloc(self->arena, SPREADS * clusters + 1, sizeof *likelihood);
    JK_TRY(jk_held(mean != NULL && likelihood != NULL, error, "the fit"));
    if (self->part.rows == 0 || !folds_have_cash(self)) {
        return JK_OK;
    }
    double most = -INFINITY;
    for (size_t s = 0; s < SPREADS; s++) {
        jk_ppml_options options = options_of(self, dispersion, spreads[s]);
        double sum = 0.0;
        for (size_t fold = 0; fold < FOLDS; fold++) {
            JK_TRY(judge_fold(self, fold, &options, mean, likelihood + s * clusters, error));
        }
        for (size_t c = 0; c < clusters; c++) {
            sum += likelihood[s * clusters + c];
        }
        best = sum > most ? s : best;
        most = fmax(most, sum);
    }
    *spread = smallest_spread(likelihood, clusters, best);
    return JK_OK;
}

/* ---- together -----------------------------------------------------------------------------------------------------
 */

/* What a figure's own data say of it, as far as both ways of asking them agree; what is drawn where they do not. */
static double own_of(const jk_ppml *free_fit, const jk_ppml *drawn, size_t p) {
    const double value = drawn->estimate[p];
    const double alone =
        drawn->expected[p] > 0.0 && drawn->cash[p] > 0.0 ? jk_log(drawn->cash[p] / drawn->expected[p]) : 0.0;
    const double together = free_fit->estimate[p] - value;
    if (alone * together <= 0.0) {
        return value;
    }
    return value + (fabs(alone) < fabs(together) ? alone : together);
}

static void take(ridge *self, const jk_ppml *free_fit, const jk_ppml *drawn, double dispersion, double spread) {
    jk_fit *fit = self->fit;
    for (size_t p = self->pooled.steps; p < drawn->parameters; p++) {
        int32_t point = self->pooled.point[p];
        if (point < 0 || drawn->state[p] != JK_PPML_FREE) {
            continue;
        }
        double value = drawn->estimate[p];
        if (fit->spline[fit->design.parameter[point].item].variance > 0.0) {
            fit->value[point] = value; /* its errors are those of the posterior */
            continue;
        }
        double payments = free_fit->expected[p] / dispersion;
        if (free_fit->state[p] == JK_PPML_FREE && payments > 0.0) {
            double error = 1.0 / sqrt(payments), own = own_of(free_fit, drawn, p);
            if (fabs(value - own) > CONFLICT * error) { /* it is not one of them */
                value = own + (value > own ? error : -error);
            }
        }
        fit->value[point] = value;
        if (fit->estimates.state[point] == JK_PPML_FREE) {
            fit->credibility[point] = payments / (payments + self->tie[point] / (spread * spread));
        }
    }
}

/* The maximum of the likelihood; where there is none, as levels run away from each other, or where it leaves no chance,
 * as there is a figure for each payer, that of curves and classes alone: it then says nothing of points. */
static jk_status fit_freely(ridge *self, jk_ppml *free_fit, jk_error *error) {
    const jk_ppml_design *design = &self->pooled.design;
    const jk_run *run = &self->fit->options.run;
    jk_ppml_options plain = {.start = self->pooled.start, .held = self->pooled.held, .without_errors = 1};
    add_splines(self, jk_fit_payment_size(self->rows), 0, &plain);
    if (!self->fit->points_held && !self->in_vain) {
        JK_TRY(jk_ppml_fit(self->rows, design, &plain, run, free_fit, error));
        if (free_fit->converged && free_fit->cluster_dispersion > 0.0) {
            return JK_OK;
        }
        self->in_vain = true; /* other weights do not hold levels that run away: they are not looked for again */
    }
    uint8_t *held = jk_arena_alloc(self->arena, design->parameters, sizeof *held);
    JK_TRY(jk_held(held != NULL, error, "the fit"));
    for (size_t p = 0; p < design->parameters; p++) {
        held[p] = self->pooled.held[p] || self->pooled.point[p] >= 0;
    }
    plain.held = held;
    jk_ppml_reset(free_fit);
    return jk_ppml_fit(self->rows, design, &plain, run, free_fit, error);
}

jk_status jk_fit_ridge(jk_fit *fit, const jk_ppml_rows *rows, double *weight, double *mean, const uint8_t *loose,
                       double *spread, jk_error *error) {
    ridge self = {.fit = fit, .rows = rows, .loose = loose, .arena = jk_arena_create()};
    jk_ppml free_fit = {0}, drawn = {0};
    jk_status status = JK_OK;
    JK_TRY(jk_held(self.arena != NULL, error, "the fit"));
    const jk_run *run = &fit->options.run;
    *spread = (double)NAN;
    JK_TRY_CLEANUP(jk_fit_pooled_build(fit, self.arena, &self.pooled, error));
    JK_TRY_CLEANUP(make_links(&self, error));
    const jk_ppml_design *design = &self.pooled.design;
    JK_TRY_CLEANUP(fit_freely(&self, &free_fit, error));
    JK_TRY_CLEANUP(jk_ppml_predict(rows, design, free_fit.estimate, run, mean, error));
    JK_TRY_CLEANUP(jk_fit_pooled_segments(fit, rows, mean, free_fit.cluster_dispersion, weight, error));
    jk_ppml_reset(&free_fit);
    JK_TRY_CLEANUP(fit_freely(&self, &free_fit, error));
    self.start = free_fit.estimate;
    double dispersion = free_fit.cluster_dispersion;
    if (self.link_count == 0 || !(dispersion > 0.0)) {
        take(&self, &free_fit, &free_fit, 1.0, 1e9);
        goto cleanup;
    }
    JK_TRY_CLEANUP(choose_spread(&self, dispersion, spread, error));
    jk_ppml_options options = options_of(&self, dispersion, *spread);
    options.tolerance = 0.0;
    options.iterations_max = 0;
    JK_TRY_CLEANUP(jk_ppml_fit(rows, design, &options, run, &drawn, error));
    take(&self, &free_fit, &drawn, dispersion, *spread);
cleanup:
    jk_ppml_reset(&free_fit);
    jk_ppml_reset(&drawn);
    jk_arena_free(self.arena);
    return status;
}
