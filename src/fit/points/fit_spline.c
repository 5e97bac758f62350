/* SPDX-License-Identifier: Apache-2.0 */
/* Points of a number as a smooth function: a penalised spline.
 *
 * The number is cut into many narrow bins of about equal exposure in rows, and neighbouring bins lean on each other,
 *
 *     sum cash log mu - mu  -  phi / (2 s^2) · sum over bins of (points of the next - points of this)^2,
 *
 * a B-spline basis of degree 0 with a penalty on first differences (Eilers, Marx 1996, "Flexible smoothing with
 * B-splines and penalties", Statistical Science 11), phi the variance of a debtor's cash per unit of expected cash. A
 * step from a bin to the next is then as if from N(0, s^2), a random walk; each characteristic has its own s, found as
 * the variance of a random effect is, by restricted likelihood (Fellner 1986; Wood, Fasiolo 2017):
 *
 *     s^2 <- (sum of squared steps + r^2) / (d + 1),   d = steps - sum of Var(step) / s^2,   Var = phi (I + P)^-1,
 *
 * d the effective degrees of freedom, and r as if one more step had been seen, of a walk over a range of 0.3: payers
 * are few. What is missing lies about the mean of the bins with that deviation. Rows weigh as they do for all points,
 * and all segments' curves are in one (fit_ridge.c). Errors are those of the posterior, with the cash of debtors as it
 * varied: (I + P)^-1 (M + phi P) (I + P)^-1 with M the sum of debtors' squared scores (jalki/ppml.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { ROUNDS = 30 };
#define RANGE   0.3  /* standard deviation from the first bin to the last, beforehand */
#define SETTLED 0.02 /* of the logarithm of a variance between rounds */

bool jk_fit_is_spline(const jk_fit_options *options, const jk_characteristic *from) {
    const char *at = options->splines;
    const size_t length = strlen(from->name);
    if (at == NULL || !from->is_numeric || from->fades) {
        return false;
    }
    if (strcmp(at, "all") == 0) {
        return true;
    }
    while (at != NULL) {
        if (strncmp(at, from->name, length) == 0 && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
        at = strchr(at, ',');
        at = at != NULL ? at + 1 : NULL;
    }
    return false;
}

double jk_fit_payment_size(const jk_ppml_rows *rows) {
    double squares = 0.0, sum = 0.0;
    for (size_t c = 0; c < rows->clusters; c++) {
        double cash = 0.0;
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            cash += rows->weight[i] > 0.0 ? rows->cash[i] : 0.0;
        }
        squares += cash * cash;
        sum += cash;
    }
    return sum > 0.0 ? squares / sum : 1.0;
}

size_t jk_fit_spline_links(const jk_fit *fit, double dispersion, jk_ppml_link *links) {
    size_t count = 0;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        const int32_t *parameter = fit->design.level_parameter[c];
        const size_t bins = fit->card[c].levels - 1; /* the last level is missing */
        if (!(fit->spline[c].variance > 0.0)) {
            continue;
        }
        for (size_t l = 0; l + 1 < bins; l++) {
            links[count++] = (jk_ppml_link){parameter[l], parameter[l + 1], dispersion / fit->spline[c].variance};
        }
        const bool missing = fit->survey.level_exposure[c][fit->card[c].fine - 1] > 0.0;
        for (size_t l = 0; missing && l < bins; l++) {
            const double weight = dispersion / ((double)bins * RANGE * RANGE);
            links[count++] = (jk_ppml_link){parameter[l], parameter[bins], weight};
        }
    }
    return count;
}

jk_status jk_fit_spline_room(const jk_fit *fit, jk_arena *arena, jk_ppml_link **links, jk_error *error) {
    size_t most = 1;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        most += 2 * fit->card[c].levels;
    }
    *links = jk_arena_alloc(arena, most, sizeof **links);
    return jk_held(*links != NULL, error, "the fit");
}

/* What the variances are searched with. */
typedef struct walk {
    jk_fit *fit;
    jk_fit_pooled pooled;
    jk_ppml_rows rows; /* weighed */
    jk_ppml_link *links;
    double dispersion;
    bool warm;
} walk;

/* The next variance of a characteristic's steps; returns how far its logarithm moved. */
static double move_variance(const walk *self, const jk_ppml *found, size_t item) {
    const jk_fit *fit = self->fit;
    jk_fit_spline *spline = &fit->spline[item];
    const int32_t *parameter = fit->design.level_parameter[item];
    const size_t steps = fit->card[item].levels - 2, n = found->parameters;
    double squares = RANGE * RANGE / (double)steps, unknown = 0.0;
    for (size_t l = 0; l < steps; l++) {
        const size_t a = (size_t)self->pooled.of[parameter[l]], b = (size_t)self->pooled.of[parameter[l + 1]];
        const double step = found->estimate[b] - found->estimate[a];
        squares += step * step;
        unknown += found->covariance[a * n + a] + found->covariance[b * n + b] - 2.0 * found->covariance[a * n + b];
    }
    spline->freedom = fmax((double)steps - unknown / spline->variance, 0.0);
    const double next = squares / (spline->freedom + 1.0), moved = jk_log(next / spline->variance);
    spline->variance = next;
    return fabs(moved);
}

/* One round: the estimates at the present variances, and the next ones. */
static jk_status next_round(walk *self, double *moved, jk_error *error) {
    const jk_fit *fit = self->fit;
    jk_ppml_options options = {.start = self->pooled.start,
                               .held = self->pooled.held,
                               .warm = self->warm,
                               .by_dispersion = 1,
                               .links = self->links};
    options.link_count = jk_fit_spline_links(fit, self->dispersion, self->links);
    for (size_t l = 0; l < options.link_count; l++) {
        self->links[l].a = self->pooled.of[self->links[l].a];
        self->links[l].b = self->pooled.of[self->links[l].b];
    }
    jk_ppml found;
    JK_TRY(jk_ppml_fit(&self->rows, &self->pooled.design, &options, &fit->options.run, &found, error));
    *moved = 0.0;
    if (found.converged && found.cluster_dispersion > 0.0) {
        self->dispersion = found.cluster_dispersion;
        self->warm = true;
        for (size_t c = 0; c < fit->base->scorecard.count; c++) {
            *moved = fit->spline[c].variance > 0.0 ? fmax(*moved, move_variance(self, &found, c)) : *moved;
        }
        memcpy(self->pooled.start, found.estimate, found.parameters * sizeof *found.estimate);
    }
    jk_ppml_reset(&found);
    return JK_OK;
}

static jk_status search_variances(jk_fit *fit, jk_error *error) {
    walk self = {.fit = fit};
    jk_arena *arena = jk_arena_create();
    double *memory = NULL, moved = INFINITY;
    JK_TRY(jk_held(arena != NULL, error, "the fit"));
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_fit_weigh_rows(fit, &self.rows, &memory, error));
    JK_TRY_CLEANUP(jk_fit_pooled_build(fit, arena, &self.pooled, error));
    JK_TRY_CLEANUP(jk_fit_spline_room(fit, arena, &self.links, error));
    self.dispersion = jk_fit_payment_size(&self.rows);
    for (int round = 0; moved > SETTLED && round < ROUNDS; round++) {
        JK_TRY_CLEANUP(next_round(&self, &moved, error));
    }
cleanup:
    free(memory);
    jk_arena_free(arena);
    return status;
}

jk_status jk_fit_spline_variances(jk_fit *fit, jk_error *error) {
    bool any = false;
    fit->spline = jk_arena_alloc(fit->arena, fit->base->scorecard.count + 1, sizeof *fit->spline);
    JK_TRY(jk_held(fit->spline != NULL, error, "the fit"));
    fit->spline_dispersion = jk_fit_payment_size(&fit->rows.columns);
    fit->result.balance_power = jk_fit_balance_power(&fit->rows.columns);
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        const size_t levels = fit->card[c].levels;
        if (fit->rows.cuts[c].count > 0 && levels > 3 && jk_fit_is_spline(&fit->options, fit->card[c].from)) {
            fit->spline[c].variance = RANGE * RANGE / (double)(levels - 2);
            any = true;
        }
    }
    return any ? search_variances(fit, error) : JK_OK;
}

jk_status jk_fit_spline_tell(jk_fit *fit, jk_error *error) {
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        if (jk_fit_is_spline(&fit->options, fit->card[c].from) && !(fit->spline[c].variance > 0.0)) {
            JK_TRY(jk_fit_say(fit, error, "%s: too few values with payments for a smooth function; its bins stand",
                              fit->card[c].from->name));
        }
    }
    return JK_OK;
}
