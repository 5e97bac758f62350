/* SPDX-License-Identifier: Apache-2.0 */
/* What a title brings: two figures that a base model guesses and rows under legal may know better.
 *
 * The mean of such a row is
 *
 *     balance · months · R^pending · psi^pending · curve · class · exp(points)  +  G · gamma · phi · balance · months
 *
 * psi and gamma the base model's pre_title_factor and garnish_share, phi what of the balance may be attached a month
 * (0 without a title): R and G are factors on the base model's figures, one each for all segments. R is a parameter
 * of the log-linear model like any other, whose curves are those of all segments in one. G is found beside it: with all
 * others at their best for a given G, it solves
 *
 *     sum (cash - mu) / mu · (z - c·f) = 0      over rows under a title, z = gamma·phi·balance·months, f what debtors
 *                                               bring of their own, c = sum (z·f / mu) / sum (f^2 / mu),
 *
 * the score of G with the level of the own payments projected out (as for any nuisance: Neyman 1959), by Newton's
 * steps, the others fitted anew after each. Errors have scores summed by debtor, as those of all figures. Cash is taken
 * as it came, payers or not: who pays by a plan is not sued. Large panels are looked at by every n-th debtor.
 *
 * What is not known: why a case is still pending and who has income that the panel does not show. A debtor whom
 * the agent files against because he can pay makes R and G look better than they are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { DEBTORS_LEAST = 20, ROUNDS_MAX = 12, ROWS_MAX = 300000 };
static const double ended = 1e-3, prior = 1.0, furthest = 4.0;
static const double rough = 1e-6; /* steps at which the fits along the profile end */

typedef struct title_work {
    jk_fit *fit;
    jk_fit probe; /* its rows and their survey are this stage's */
    jk_fit_pooled pooled;
    jk_ppml estimates;
    double *base; /* [rows] known at G = 1 */
    double *mean, *warm;
    double g;
    int32_t pending; /* parameter */
} title_work;

/* ---- rows ---------------------------------------------------------------------------------------------------------
 */

static void keep_row(jk_fit_rows *rows, size_t from, size_t to) {
    rows->cash[to] = rows->cash[from];
    rows->weight[to] = rows->weight[from];
    rows->start[to] = rows->start[from];
    rows->months[to] = rows->months[from];
    rows->curve[to] = rows->curve[from];
    rows->garnished[to] = rows->garnished[from];
    if (rows->known != NULL) {
        rows->known[to] = rows->known[from];
    }
    memmove(rows->level + to * rows->terms, rows->level + from * rows->terms, rows->terms);
}

/* Every n-th debtor, in place. */
static void thin_out(jk_fit_rows *rows) {
    size_t nth = (rows->columns.rows + ROWS_MAX - 1) / ROWS_MAX, kept = 0, at = 0;
    for (size_t c = 0; nth > 1 && c < rows->columns.clusters; c++) {
        size_t from = rows->cluster_begin[c], to = rows->cluster_begin[c + 1];
        if (c % nth != 0) {
            continue;
        }
        rows->cluster_begin[kept++] = (uint32_t)at;
        for (size_t i = from; i < to; i++) {
            keep_row(rows, i, at++);
        }
    }
    if (nth > 1) {
        rows->cluster_begin[kept] = (uint32_t)at;
        rows->columns.clusters = kept;
        rows->columns.rows = at;
    }
}

/* Rows weigh balance^-power, as those of the points do (fit_weights.c): all amounts of a row together. Pending rows
 * have the base model's factor in their weight, so that the fitted one stands beside it. */
static void weigh_rows(title_work *self) {
    jk_fit_rows *rows = &self->probe.rows;
    const double power = jk_fit_balance_power(&rows->columns);
    double sum = 0.0, count = 0.0;
    for (size_t i = 0; i < rows->columns.rows; i++) {
        sum += rows->weight[i] > 0.0 ? jk_log(rows->weight[i]) : 0.0;
        count += rows->weight[i] > 0.0;
    }
    for (size_t i = 0; i < rows->columns.rows; i++) {
        if (rows->weight[i] > 0.0) {
            double scale = jk_exp(power * (sum / count - jk_log(rows->weight[i])));
            rows->cash[i] *= scale;
            rows->weight[i] *= scale;
            if (rows->known != NULL) {
                rows->known[i] *= scale;
            }
        }
        if (rows->level[i * rows->terms + JK_FIT_TERM_PENDING] != 0) {
            rows->weight[i] *= jk_fit_segment(&self->probe, rows->curve[i])->pre_title_factor;
        }
    }
}

static bool is_titled(const jk_fit_rows *rows, size_t i) {
    return rows->curve[i] % JK_TREATMENT_COUNT == JK_TREAT_LEGAL && rows->weight[i] > 0.0 &&
           rows->level[i * rows->terms + JK_FIT_TERM_PENDING] == 0;
}

/* Debtors who paid while pending, under a title, and where something could be garnished. */
static void count_payers(const title_work *self, size_t *pending, size_t *titled, size_t *garnished) {
    const jk_fit_rows *rows = &self->probe.rows;
    *pending = *titled = *garnished = 0;
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        double paid[3] = {0.0};
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            bool waits = rows->level[i * rows->terms + JK_FIT_TERM_PENDING] != 0 && rows->weight[i] > 0.0;
            paid[0] += waits ? rows->cash[i] : 0.0;
            paid[1] += is_titled(rows, i) && !rows->garnished[i] ? rows->cash[i] : 0.0;
            paid[2] += rows->garnished[i] ? rows->cash[i] : 0.0;
        }
        *pending += paid[0] > 0.0;
        *titled += paid[1] > 0.0;
        *garnished += paid[2] > 0.0;
    }
}

static jk_status read_rows(title_work *self, const double *share, const uint8_t *first, jk_error *error) {
    jk_fit *probe = &self->probe;
    *probe = (jk_fit){
        .base = self->fit->base, .options = self->fit->options, .arena = self->fit->arena, .panel = self->fit->panel};
    probe->options.auto_bins = 0;
    probe->options.monotone_count = 0;
    JK_TRY(jk_fit_rows_read(probe->panel, probe->base, &probe->options, share, NULL, first, &probe->rows, error));
    thin_out(&probe->rows);
    weigh_rows(self);
    return JK_OK;
}

/* All segments' curves in one, and the factor of pending cases beside it. */
static jk_status build_design(title_work *self, jk_error *error) {
    jk_fit *probe = &self->probe;
    jk_fit_pooled *pooled = &self->pooled;
    JK_TRY(jk_fit_survey_rows(probe, error));
    JK_TRY(jk_fit_card_init(probe, error));
    JK_TRY(jk_fit_design_build(probe, error));
    probe->estimates.parameters = probe->design.ppml.parameters + 1; /* the figures that the pooled ones stand for */
    JK_TRY(jk_fit_pooled_build(probe, probe->arena, pooled, error));
    size_t terms = pooled->design.terms, curves = pooled->design.curves;
    jk_ppml_term *term = jk_arena_alloc(probe->arena, terms, sizeof *term);
    int32_t *table = jk_arena_alloc(probe->arena, 2 * curves, sizeof *table);
    JK_TRY(jk_held(term != NULL && table != NULL, error, "what titles bring"));
    self->pending = (int32_t)pooled->design.parameters++;
    memcpy(term, pooled->design.term, terms * sizeof *term);
    for (size_t c = 0; c < curves; c++) {
        table[2 * c] = JK_PPML_NONE;
        table[2 * c + 1] = self->pending;
    }
    term[JK_FIT_TERM_PENDING] = (jk_ppml_term){2, 1, table};
    pooled->design.term = term;
    return JK_OK;
}

/* ---- the profile --------------------------------------------------------------------------------------------------
 */

/* All other figures at the present G. */
static jk_status fit_at(title_work *self, bool with_errors, jk_error *error) {
    jk_fit *probe = &self->probe;
    jk_fit_rows *rows = &probe->rows;
    for (size_t i = 0; rows->known != NULL && i < rows->columns.rows; i++) {
        rows->known[i] = rows->garnished[i] ? self->g * self->base[i] : self->base[i];
    }
    bool warm = self->estimates.parameters > 0;
    if (warm) {
        memcpy(self->warm, self->estimates.estimate, self->pooled.design.parameters * sizeof *self->warm);
    }
    jk_ppml_options options = {.start = warm ? self->warm : self->pooled.start,
                               .held = self->pooled.held,
                               .warm = warm,
                               .tolerance = with_errors ? 0.0 : rough,
                               .without_errors = !with_errors};
    jk_ppml_reset(&self->estimates);
    JK_TRY(jk_ppml_fit(&rows->columns, &self->pooled.design, &options, &probe->options.run, &self->estimates, error));
    return jk_ppml_predict(&rows->columns, &self->pooled.design, self->estimates.estimate, &probe->options.run,
                           self->mean, error);
}

/* What a row under a title is expected to bring of its own, and by garnishment at the base model's share. */
static void parts_of(const title_work *self, size_t i, double *own, double *garnished) {
    *garnished = self->probe.rows.garnished[i] ? self->base[i] : 0.0;
    *own = fmax(0.0, self->mean[i] - self->g * *garnished);
}

static bool tells(const title_work *self, size_t i) {
    return is_titled(&self->probe.rows, i) && self->estimates.left[i] == 0 && self->mean[i] > 0.0;
}

/* By how much the own level under a title falls for each unit of G: the projection of one on the other. */
static double response(const title_work *self) {
    double both = 0.0, own = 0.0;
    for (size_t i = 0; i < self->probe.rows.columns.rows; i++) {
        if (tells(self, i)) {
            double f = 0.0, z = 0.0;
            parts_of(self, i, &f, &z);
            both += f * z / self->mean[i];
            own += f * f / self->mean[i];
        }
    }
    return own > 0.0 ? both / own : 0.0;
}

/* Score and information of G, and the robust variance of its estimate. */
static void score(const title_work *self, double *sum, double *information, double *variance) {
    const jk_fit_rows *rows = &self->probe.rows;
    const double less = response(self);
    double squares = 0.0, n = 0.0;
    *sum = *information = 0.0;
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        double own = 0.0;
        bool has = false;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            if (tells(self, i)) {
                double f = 0.0, z = 0.0;
                parts_of(self, i, &f, &z);
                double w = z - less * f;
                own += (rows->cash[i] - self->mean[i]) / self->mean[i] * w;
                *information += w * w / self->mean[i];
                has = has || z > 0.0;
            }
        }
        *sum += own;
        squares += own * own;
        n += has;
    }
    *variance = n > 1.0 ? squares * n / (n - 1.0) / (*information * *information) : (double)NAN;
}

/* The G at which its score is 0, all other figures at their best for it. */
static jk_status search(title_work *self, double *std_error, bool *found, jk_error *error) {
    *found = false;
    for (int round = 0; round < ROUNDS_MAX && !*found; round++) {
        double sum = 0.0, information = 0.0, variance = 0.0;
        JK_TRY(fit_at(self, false, error));
        score(self, &sum, &information, &variance);
        if (!(information > 0.0)) {
            return JK_OK;
        }
        double next = fmax(self->g / furthest, fmin(self->g * furthest, self->g + sum / information));
        *found = fabs(next - self->g) < ended * self->g;
        *std_error = sqrt(variance);
        self->g = next;
    }
    return JK_OK;
}

/* ---- what comes of it ---------------------------------------------------------------------------------------------
 */

/* From the estimate's logarithm and its error. */
static void settle(const jk_fit *fit, double log_estimate, double std_error, double degrees, jk_fit_factor *factor) {
    double wide = jk_student_95(degrees) * std_error;
    double weight = fit->options.shrink ? prior * prior / (prior * prior + std_error * std_error) : 1.0;
    factor->learned = 1;
    factor->estimate = jk_exp(log_estimate);
    factor->std_error = std_error;
    factor->low = jk_exp(log_estimate - wide);
    factor->high = jk_exp(log_estimate + wide);
    factor->value = jk_fit_round_figure(jk_exp(weight * log_estimate));
}

static const char *few(jk_fit *fit, size_t payers, const char *where) {
    return jk_fit_text(fit, "%zu debtors paid %s (at least %d)", payers, where, (int)DEBTORS_LEAST);
}

static jk_status estimate(title_work *self, size_t pending, size_t garnished, jk_error *error) {
    jk_fit *fit = self->fit, *probe = &self->probe;
    double std_error = (double)NAN;
    bool found = false;
    JK_TRY(build_design(self, error));
    size_t rows = probe->rows.columns.rows;
    self->mean = jk_columns_alloc(rows, sizeof *self->mean);
    self->base = jk_columns_alloc(rows, sizeof *self->base);
    self->warm = jk_columns_alloc(self->pooled.design.parameters, sizeof *self->warm);
    JK_TRY(jk_held(self->mean != NULL && self->base != NULL && self->warm != NULL, error, "what titles bring"));
    if (probe->rows.known != NULL) {
        memcpy(self->base, probe->rows.known, rows * sizeof *self->base);
    }
    if (garnished >= DEBTORS_LEAST) {
        JK_TRY(search(self, &std_error, &found, error));
        if (found && std_error > 0.0) {
            settle(fit, jk_log(self->g), std_error / self->g, (double)(garnished - 1), &fit->titles.garnish);
        } else {
            self->g = 1.0;
            fit->titles.garnish.why = "the panel cannot tell it from what debtors pay of their own";
        }
    }
    if (pending >= DEBTORS_LEAST) {
        JK_TRY(fit_at(self, true, error));
        const jk_ppml *estimates = &self->estimates;
        if (estimates->state[self->pending] == JK_PPML_FREE && estimates->std_error[self->pending] > 0.0) {
            settle(fit, estimates->estimate[self->pending], estimates->std_error[self->pending], (double)(pending - 1),
                   &fit->titles.pre_title);
        } else {
            fit->titles.pre_title.why = "the panel cannot tell it from the curves";
        }
    }
    return JK_OK;
}

/* The base model with the new figures: what fits and files take from then on. */
static jk_status take(jk_fit *fit, jk_error *error) {
    const jk_fit_factor *pending = &fit->titles.pre_title, *garnish = &fit->titles.garnish;
    jk_model *model = jk_arena_alloc(fit->arena, 1, sizeof *model);
    jk_segment *segments = jk_arena_alloc(fit->arena, fit->base->segment_count, sizeof *segments);
    JK_TRY(jk_held(model != NULL && segments != NULL, error, "what titles bring"));
    memcpy(segments, fit->base->segments, fit->base->segment_count * sizeof *segments);
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        double factor = pending->learned ? pending->value : 1.0;
        segments[g].pre_title_factor = jk_fit_round_figure(fmin(segments[g].pre_title_factor * factor, 1000.0));
        for (int k = 0; garnish->learned && k < JK_CAPACITY_COUNT; k++) {
            double share = segments[g].garnish_share[k] * garnish->value;
            segments[g].garnish_share[k] = jk_fit_round_figure(fmin(share, 1.0));
        }
    }
    *model = *fit->base;
    model->segments = segments;
    fit->base = model;
    return JK_OK;
}

static void reset(title_work *self) {
    jk_ppml_reset(&self->estimates);
    jk_fit_design_reset(&self->probe.design);
    jk_fit_rows_reset(&self->probe.rows);
    free(self->base);
    free(self->mean);
    free(self->warm);
}

jk_status jk_fit_learn_titles(jk_fit *fit, const double *share, const uint8_t *first, jk_error *error) {
    title_work self = {.fit = fit, .g = 1.0};
    size_t pending = 0, titled = 0, garnished = 0;
    jk_status status = JK_OK;
    if (fit->options.hold_titles) {
        fit->titles.pre_title.why = fit->titles.garnish.why = "held";
        return JK_OK;
    }
    JK_TRY_CLEANUP(read_rows(&self, share, first, error));
    count_payers(&self, &pending, &titled, &garnished);
    fit->titles.pre_title.payers = pending;
    fit->titles.garnish.payers = garnished;
    fit->titles.pre_title.why = few(fit, pending, "under legal before a title");
    fit->titles.garnish.why = few(fit, garnished, "where a title may take income");
    if (pending >= DEBTORS_LEAST && titled + garnished < DEBTORS_LEAST) {
        fit->titles.pre_title.why = few(fit, titled + garnished, "under a title, to compare with");
        pending = 0;
    }
    JK_TRY_CLEANUP(
        jk_held(fit->titles.pre_title.why != NULL && fit->titles.garnish.why != NULL, error, "what titles bring"));
    if (pending >= DEBTORS_LEAST || garnished >= DEBTORS_LEAST) {
        JK_TRY_CLEANUP(estimate(&self, pending, garnished, error));
    }
    if (fit->titles.pre_title.learned || fit->titles.garnish.learned) {
        JK_TRY_CLEANUP(take(fit, error));
    }
cleanup:
    reset(&self);
    return status;
}
