/* SPDX-License-Identifier: Apache-2.0 */
/* Points as the model takes them.
 *
 * Levels that brought nothing, alone or only together with others, have no estimate: it would be minus infinity, and
 * their rows are out of the estimation (jalki/ppml.h). A model needs a figure all the same, and the reference's would
 * score them as average. They are given what one more debtor's payment would make of them, or what the others would
 * lead to expect, if that is less: rows i of a group get cash mu_i * min(1, D / sum mu), mu what they would be expected
 * at the points that stand (a level without cash: the reference's), D the size of a debtor's payment (the dispersion by
 * debtor), and are fitted with all others once more. Then every level has cash, nothing runs away, and a direction in
 * which levels run to nothing only together goes no further than that payment; the others' levels stay what their own
 * rows say, to the weight of that one payment. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { NO_LEVEL = 255, TEXT_MAX = 400 };
#define LARGER_PART 0.5

/* A group of rows that left the estimation. */
typedef struct group {
    size_t rows;
    double exposure, expected;
    bool curve;            /* it left for a step or a class, which lean on all segments, not for a level */
    uint8_t *common_level; /* [characteristics] the one that all its rows have, or NO_LEVEL */
} group;

typedef struct points {
    jk_fit *fit;
    jk_arena *arena;
    size_t groups;         /* highest one + 1 */
    group *group;          /* [groups] */
    double *mean;          /* [rows] at the estimates */
    double *cash, *weight; /* [rows] as fitted once more */
    double *known;         /* [rows] likewise */
} points;

static bool left_for_level(const jk_fit *fit, size_t code) {
    size_t p = code - JK_PPML_NO_CASH_GROUP;
    return code >= JK_PPML_VANISHED_GROUP || fit->design.parameter[p].kind == JK_FIT_POINTS;
}

static jk_status gather_groups(points *self, jk_error *error) {
    const jk_fit *fit = self->fit;
    const jk_fit_rows *rows = &fit->rows;
    size_t characteristics = fit->base->scorecard.count;
    for (size_t i = 0; i < fit->estimates.rows; i++) {
        self->groups = fit->estimates.left[i] >= self->groups ? (size_t)fit->estimates.left[i] + 1 : self->groups;
    }
    self->group = jk_arena_alloc(self->arena, self->groups, sizeof *self->group);
    JK_TRY(jk_held(self->group != NULL, error, "the fit"));
    for (size_t i = 0; i < fit->estimates.rows; i++) {
        size_t code = fit->estimates.left[i];
        if (code < JK_PPML_NO_CASH_GROUP) {
            continue;
        }
        group *to = &self->group[code];
        const uint8_t *level = rows->level + i * rows->terms + JK_FIT_TERMS_FIXED;
        if (to->rows++ == 0) {
            to->curve = !left_for_level(fit, code);
            to->common_level = jk_arena_alloc(self->arena, characteristics + 1, 1);
            JK_TRY(jk_held(to->common_level != NULL, error, "the fit"));
            for (size_t c = 0; c < characteristics; c++) {
                to->common_level[c] = fit->card[c].level_of[level[c]];
            }
        }
        to->exposure += rows->weight[i] * rows->months[i];
        to->expected += self->mean[i];
        for (size_t c = 0; c < characteristics; c++) {
            bool same = to->common_level[c] == fit->card[c].level_of[level[c]];
            to->common_level[c] = same ? to->common_level[c] : NO_LEVEL;
        }
    }
    return JK_OK;
}

/* What is fitted once more: who left for a level comes back with a part of one payment. */
static void make_rows(points *self) {
    const jk_fit *fit = self->fit;
    const jk_fit_rows *rows = &fit->rows;
    double payment = fit->estimates.cluster_dispersion;
    for (size_t i = 0; i < fit->estimates.rows; i++) {
        size_t code = fit->estimates.left[i];
        self->cash[i] = rows->cash[i];
        self->weight[i] = rows->weight[i];
        if (code >= JK_PPML_NO_CASH_GROUP && self->group[code].curve) {
            self->weight[i] = 0.0;
        } else if (code >= JK_PPML_NO_CASH_GROUP) {
            self->cash[i] = self->mean[i] * fmin(1.0, payment / self->group[code].expected);
        }
    }
}

/* "employment unemployed, default_marks 4 and more": what the rows of a group that vanished have in common. */
static jk_status name_group(points *self, const group *of, jk_error *error) {
    jk_fit *fit = self->fit;
    char text[TEXT_MAX] = "";
    size_t used = 0;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        char level[64];
        size_t l = of->common_level[c];
        if (l != NO_LEVEL && used < TEXT_MAX - 1 && fit->rows.cuts[c].count == 0) {
            const char *name = jk_score_level_name(fit->card[c].from, l, level);
            int length =
                snprintf(text + used, TEXT_MAX - used, "%s%s %s", used > 0 ? ", " : "", fit->card[c].from->name, name);
            used += length > 0 ? (size_t)length : 0;
        }
    }
    return jk_fit_say(
        fit, error,
        "%s: no cash in an exposure of %.6g, levels that pay nothing only together; they are expected to "
        "bring %.4g, no more than one more debtor's payment, and their %zu rows are out of the estimation",
        used > 0 ? text : "rows of several levels", of->exposure, fmin(of->expected, fit->estimates.cluster_dispersion),
        of->rows);
}

/* Rows weigh balance^-power: cash, exposure and what is known are divided alike. The factor of pending cases goes into
 * the exposure. */
static void weigh_rows(points *self, double power) {
    const double *known = self->fit->rows.known;
    double sum = 0.0, exposure = 0.0;
    for (size_t i = 0; i < self->fit->estimates.rows; i++) {
        sum += self->weight[i] > 0.0 ? self->weight[i] * jk_log(self->weight[i]) : 0.0;
        exposure += self->weight[i];
    }
    double usual = exposure > 0.0 ? sum / exposure : 0.0;
    for (size_t i = 0; i < self->fit->estimates.rows; i++) {
        double scale = self->weight[i] > 0.0 ? jk_exp(power * (usual - jk_log(self->weight[i]))) : 1.0;
        self->cash[i] *= scale;
        const uint8_t *level = self->fit->rows.level + i * self->fit->rows.terms;
        bool pending = level[JK_FIT_TERM_PENDING] != 0 && self->weight[i] > 0.0;
        self->weight[i] *=
            scale * (pending ? jk_fit_segment(self->fit, self->fit->rows.curve[i])->pre_title_factor : 1.0);
        if (known != NULL) {
            self->known[i] = known[i] * scale;
        }
    }
}

/* Levels that pay nothing, and those that vanish together, are drawn nowhere: their payment is what they are given. A
 * level of which the group is the smaller part only happens to be there: it has payers of its own. */
static jk_status find_loose(const points *self, uint8_t **loose, jk_error *error) {
    const jk_fit *fit = self->fit;
    *loose = jk_arena_alloc(self->arena, fit->estimates.parameters, 1);
    JK_TRY(jk_held(*loose != NULL, error, "the fit"));
    for (size_t p = 0; p < fit->estimates.parameters; p++) {
        (*loose)[p] = fit->estimates.state[p] == JK_PPML_NO_CASH || fit->estimates.state[p] == JK_PPML_COLLINEAR;
    }
    for (size_t g = JK_PPML_VANISHED_GROUP; g < self->groups; g++) {
        for (size_t c = 0; self->group[g].rows > 0 && c < fit->base->scorecard.count; c++) {
            size_t level = self->group[g].common_level[c];
            if (level != NO_LEVEL) {
                int32_t p = fit->design.level_parameter[c][level];
                (*loose)[p] |= !fit->points_held && self->group[g].exposure >= LARGER_PART * fit->estimates.exposure[p];
            }
        }
    }
    return JK_OK;
}

/* The maximum of the likelihood, with what left put back. */
static jk_status fit_again(points *self, jk_error *error) {
    jk_fit *fit = self->fit;
    jk_ppml_rows rows = fit->rows.columns;
    rows.cash = self->cash;
    rows.weight = self->weight;
    jk_ppml_options options = {.start = fit->design.start, .held = fit->design.held, .without_errors = 1};
    jk_ppml again;
    JK_TRY(jk_ppml_fit(&rows, &fit->design.ppml, &options, &fit->options.run, &again, error));
    for (size_t p = 0; p < again.parameters; p++) {
        if (fit->design.parameter[p].kind == JK_FIT_POINTS && again.state[p] == JK_PPML_FREE) {
            fit->value[p] = again.estimate[p];
        }
    }
    jk_ppml_reset(&again);
    return JK_OK;
}

static jk_status draw_points(points *self, jk_error *error) {
    jk_fit *fit = self->fit;
    uint8_t *loose = NULL;
    double spread = (double)NAN;
    jk_ppml_rows rows = fit->rows.columns;
    JK_TRY(find_loose(self, &loose, error));
    weigh_rows(self, fit->result.balance_power);
    rows.cash = self->cash;
    rows.weight = self->weight;
    rows.known = rows.known != NULL ? self->known : NULL;
    JK_TRY(jk_fit_ridge(fit, &rows, self->weight, self->mean, loose, &spread, error));
    fit->result.points_spread = spread;
    return JK_OK;
}

/* What others of a level without cash lead to expect of it: of bins the lower of the nearest on either side that
 * brought cash, else the reference. */
static double others_of(const jk_fit *fit, size_t c, size_t level) {
    const jk_fit_card_item *card = &fit->card[c];
    const size_t ordered = card->from->is_numeric ? card->levels - 1 : 0; /* the last is missing */
    double least = INFINITY;
    for (int side = -1; side <= 1 && level < ordered; side += 2) {
        for (size_t l = level + (size_t)side; l < ordered; l += (size_t)side) { /* below 0 wraps round */
            int32_t p = fit->design.level_parameter[c][l];
            if (fit->estimates.cash[p] > 0.0) {
                least = fmin(least, fit->value[p]);
                break;
            }
        }
    }
    return isfinite(least) ? least : 0.0;
}

/* What is put back was measured at the estimates, other levels' among them; at points that are drawn it may come out
 * above what others lead to expect. */
static void hold_levels(jk_fit *fit) {
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        for (size_t l = 0; l < fit->card[c].levels; l++) {
            int32_t p = fit->design.level_parameter[c][l];
            if (fit->estimates.state[p] == JK_PPML_NO_CASH) {
                fit->value[p] = fmin(fit->value[p], others_of(fit, c, l));
            }
        }
    }
}

static jk_status points_init(points *self, jk_error *error) {
    jk_fit *fit = self->fit;
    const jk_ppml *estimates = &fit->estimates;
    fit->value = jk_arena_alloc(fit->arena, estimates->parameters, sizeof *fit->value);
    fit->credibility = jk_arena_alloc(fit->arena, estimates->parameters, sizeof *fit->credibility);
    fit->unknown = jk_arena_alloc(fit->arena, estimates->parameters, sizeof *fit->unknown);
    self->mean = jk_columns_alloc((fit->rows.known != NULL ? 4 : 3) * estimates->rows, sizeof *self->mean);
    JK_TRY(jk_held(fit->value != NULL && fit->credibility != NULL && fit->unknown != NULL && self->arena != NULL &&
                       self->mean != NULL,
                   error, "the fit"));
    self->cash = self->mean + estimates->rows;
    self->weight = self->cash + estimates->rows;
    self->known = self->weight + estimates->rows; /* where there is any */
    for (size_t p = 0; p < estimates->parameters; p++) {
        fit->value[p] = estimates->estimate[p];
        fit->credibility[p] = estimates->state[p] == JK_PPML_FREE ? 1.0 : 0.0;
    }
    return JK_OK;
}

jk_status jk_fit_points(jk_fit *fit, jk_error *error) {
    const jk_ppml *estimates = &fit->estimates;
    points self = {.fit = fit, .arena = jk_arena_create()};
    jk_status status = JK_OK;
    bool any = false;
    JK_TRY_CLEANUP(points_init(&self, error));
    JK_TRY_CLEANUP(jk_ppml_predict(&fit->rows.columns, &fit->design.ppml, estimates->estimate, &fit->options.run,
                                   self.mean, error));
    JK_TRY_CLEANUP(gather_groups(&self, error));
    for (size_t g = JK_PPML_NO_CASH_GROUP; g < self.groups; g++) {
        any = any || (self.group[g].rows > 0 && !self.group[g].curve);
    }
    fit->result.balance_power = jk_fit_balance_power(&fit->rows.columns);
    fit->result.points_spread = (double)NAN;
    make_rows(&self);
    if (fit->options.shrink) {
        JK_TRY_CLEANUP(draw_points(&self, error));
        hold_levels(fit);
    } else if (any) {
        JK_TRY_CLEANUP(fit_again(&self, error));
    }
    for (size_t g = JK_PPML_VANISHED_GROUP; g < self.groups; g++) {
        if (self.group[g].rows > 0) {
            JK_TRY_CLEANUP(name_group(&self, &self.group[g], error));
        }
    }
cleanup:
    free(self.mean);
    jk_arena_free(self.arena);
    return status;
}
