/* SPDX-License-Identifier: Apache-2.0 */
/* Effects: differences of two ratios, weighed.
 *
 *     rate_a = sum of w y / sum of w x      y cash, x balance times months, over the claims of arm a
 *
 * with w one over the share of its arm in the segment where chance assigned the arms (shares may differ between
 * segments), else one over the chance of what was chosen for the claim (Horvitz, Thompson 1952; Hájek 1971), claims
 * with a chance below 5 or above 95 hundredths left out (Crump, Hotz, Imbens, Mitnik 2009). A debtor moves the
 * difference by
 *
 *     u = sum of w (y - rate_1 x) / X_1 over her treated claims - the same of the others,   X_a = sum of w x,
 *
 * so that its variance is G/(G - 1) sum of u^2 over G debtors (linearisation).
 *
 * Hidden choice (Tan, Journal of the American Statistical Association 101 (2006); Zhao, Small, Bhattacharya, Journal of
 * the Royal Statistical Society B 81 (2019)): had what the panel does not show moved the odds of a claim's choice by up
 * to a factor of Γ, its weight 1 + r would be anything from 1 + r/Γ to 1 + rΓ, r the odds against what was chosen. A
 * ratio is least where claims with much cash for their balance weigh least and the others most: the cut is found by
 * going through them in that order. `hidden` is the Γ at which the interval, moved by as much, comes to hold 0. */
#include "jalki/experiment.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"
#include "base/number/sort.h"
#include "fit/experiment/experiment_internal.h"
#include "fit/experiment/experiment_words.h"

enum { FOLLOW = 12, BANDS = 11 };
#define LEAST_CHANCE 0.05
#define HIDDEN_MOST  20.0

/* Two arms of one group under way. */
typedef struct comparison {
    const jk_unit **unit;  /* by debtor */
    double *weight, *odds; /* odds against what was chosen; 0 where chance assigned it */
    size_t count;
    size_t *order; /* room for as many */
} comparison;

jk_experiment_options jk_experiment_defaults(void) {
    return (jk_experiment_options){.filter = jk_panel_filter_all(), .arm = "arm", .follow = FOLLOW};
}

static int is_treated(const jk_unit *unit) {
    return unit->arm != JK_TREAT_SURVEIL;
}

/* ---- one effect ---------------------------------------------------------------------------------------------------
 */

typedef struct sums {
    double cash[2], exposure[2]; /* weighed */
} sums;

static sums add_sums(const comparison *of) {
    sums all = {{0.0}, {0.0}};
    for (size_t i = 0; i < of->count; i++) {
        int a = is_treated(of->unit[i]);
        all.cash[a] += of->weight[i] * of->unit[i]->cash;
        all.exposure[a] += of->weight[i] * of->unit[i]->exposure;
    }
    return all;
}

static void count_debtors(const comparison *of, jk_effect *effect) {
    for (size_t from = 0, to = 0; from < of->count; from = to) {
        double paid[2] = {0.0};
        bool seen[2] = {false};
        for (to = from; to < of->count && of->unit[to]->debtor == of->unit[from]->debtor; to++) {
            int a = is_treated(of->unit[to]);
            effect->claims[a]++;
            effect->exposure[a] += of->unit[to]->exposure;
            effect->cash[a] += of->unit[to]->cash;
            paid[a] += of->unit[to]->cash;
            seen[a] = true;
        }
        for (int a = 0; a < 2; a++) {
            effect->debtors[a] += seen[a];
            effect->payers[a] += paid[a] > 0.0;
        }
    }
}

/* Root of the variance by debtor. */
static double error_of(const comparison *of, const sums *all, const double rate[2]) {
    double square = 0.0, debtors = 0.0;
    for (size_t from = 0, to = 0; from < of->count; from = to) {
        double moved = 0.0;
        for (to = from; to < of->count && of->unit[to]->debtor == of->unit[from]->debtor; to++) {
            int a = is_treated(of->unit[to]);
            double rest = of->unit[to]->cash - rate[a] * of->unit[to]->exposure;
            moved += (a == 1 ? 1.0 : -1.0) * of->weight[to] * rest / all->exposure[a];
        }
        square += moved * moved;
        debtors += 1.0;
    }
    return debtors > 1.0 ? sqrt(square * debtors / (debtors - 1.0)) : (double)NAN;
}

/* ---- hidden choice ------------------------------------------------------------------------------------------------
 */

static int by_yield(const void *left, const void *right, void *context) {
    const comparison *of = context;
    const jk_unit *a = of->unit[*(const size_t *)left], *b = of->unit[*(const size_t *)right];
    double x = a->cash * b->exposure, y = b->cash * a->exposure;
    return x != y ? (x < y ? -1 : 1) : (a->row > b->row) - (a->row < b->row);
}

/* The least (direction -1) or largest ratio of an arm under weights between 1 + r/Γ and 1 + rΓ. */
static double extreme_ratio(const comparison *of, int arm, double gamma, int direction) {
    size_t count = 0;
    for (size_t i = 0; i < of->count; i++) {
        if (is_treated(of->unit[i]) == arm) {
            of->order[count++] = i;
        }
    }
    jk_sort_by(of->order, count, sizeof *of->order, by_yield, (void *)(uintptr_t)of);
    double cash = 0.0, exposure = 0.0, low = direction < 0 ? gamma : 1.0 / gamma, high = 1.0 / low;
    for (size_t i = 0; i < count; i++) { /* all as those of much cash */
        size_t u = of->order[i];
        double weight = 1.0 + of->odds[u] * high;
        cash += weight * of->unit[u]->cash;
        exposure += weight * of->unit[u]->exposure;
    }
    double best = cash / exposure;
    for (size_t i = 0; i < count; i++) { /* then those of little, one after the other, as they are */
        size_t u = of->order[i];
        double change = of->odds[u] * (low - high);
        cash += change * of->unit[u]->cash;
        exposure += change * of->unit[u]->exposure;
        best = direction < 0 ? fmin(best, cash / exposure) : fmax(best, cash / exposure);
    }
    return best;
}

/* What is left of the interval's end next to 0 under Γ; below 0: it holds 0. */
static double end_left(const comparison *of, const jk_effect *effect, double gamma) {
    bool up = effect->uplift > 0.0;
    double treated = extreme_ratio(of, 1, gamma, up ? -1 : 1), other = extreme_ratio(of, 0, gamma, up ? 1 : -1);
    double width = up ? effect->uplift - effect->low : effect->high - effect->uplift;
    return (up ? treated - other : other - treated) - width;
}

static double hidden_choice(const comparison *of, const jk_effect *effect) {
    if (effect->low <= 0.0 && effect->high >= 0.0) {
        return 1.0;
    }
    double low = 0.0, high = jk_log(HIDDEN_MOST);
    for (int step = 0; step < 30; step++) {
        double middle = (low + high) / 2.0;
        if (end_left(of, effect, jk_exp(middle)) > 0.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return jk_exp(low);
}

/* ---- groups -------------------------------------------------------------------------------------------------------
 */

static void put_effect(jk_experiment *self, const comparison *of, int treatment, int segment, int band) {
    jk_effect effect = {.treatment = treatment,
                        .segment = segment,
                        .band = band,
                        .uplift = (double)NAN,
                        .std_error = (double)NAN,
                        .low = (double)NAN,
                        .high = (double)NAN,
                        .hidden = (double)NAN};
    sums all = add_sums(of);
    count_debtors(of, &effect);
    for (int a = 0; a < 2; a++) {
        effect.rate[a] = all.exposure[a] > 0.0 ? all.cash[a] / all.exposure[a] : (double)NAN;
    }
    if (effect.claims[0] == 0 || effect.claims[1] == 0) {
        return; /* there is nothing to compare */
    }
    effect.uplift = effect.rate[1] - effect.rate[0];
    size_t least = effect.debtors[0] < effect.debtors[1] ? effect.debtors[0] : effect.debtors[1];
    if (least >= 2 && all.cash[0] + all.cash[1] > 0.0) {
        effect.std_error = error_of(of, &all, effect.rate);
        double half = jk_student_95((double)least - 1.0) * effect.std_error;
        effect.low = effect.uplift - half;
        effect.high = effect.uplift + half;
        effect.hidden = self->result.randomised ? (double)NAN : hidden_choice(of, &effect);
    }
    self->effect[self->result.effect_count++] = effect;
}

/* The part of a comparison that is of a segment, or of a band of scores. */
static void put_part(jk_experiment *self, const comparison *whole, comparison *part, int treatment, int segment,
                     int band) {
    part->count = 0;
    for (size_t i = 0; i < whole->count; i++) {
        const jk_unit *unit = whole->unit[i];
        if ((segment < 0 || unit->segment == segment) && (band < 0 || unit->band == band)) {
            part->unit[part->count] = unit;
            part->weight[part->count] = whole->weight[i];
            part->odds[part->count++] = whole->odds[i];
        }
    }
    put_effect(self, part, treatment, segment, band);
}

/* ---- weights ------------------------------------------------------------------------------------------------------
 */

/* Chance assigned the arms, with a share of its own in each segment. */
static void weigh_by_arm(const jk_experiment *self, comparison *of) {
    for (size_t g = 0; g < self->model->segment_count; g++) {
        double count[2] = {0.0};
        for (size_t i = 0; i < of->count; i++) {
            count[is_treated(of->unit[i])] += of->unit[i]->segment == g;
        }
        for (size_t i = 0; i < of->count; i++) {
            if (of->unit[i]->segment == g) {
                bool both = count[0] > 0.0 && count[1] > 0.0; /* a segment of one arm says nothing of the difference */
                of->weight[i] = both ? (count[0] + count[1]) / count[is_treated(of->unit[i])] : 0.0;
            }
        }
    }
}

static void put_overlap(jk_experiment *self, const comparison *of, const double *chance, int treatment) {
    static const double ends[JK_OVERLAP_BANDS + 1] = {0.0, LEAST_CHANCE, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0};
    for (int b = 0; b < JK_OVERLAP_BANDS; b++) {
        jk_overlap_band *band = &self->overlap[self->result.overlap_count++];
        *band = (jk_overlap_band){.treatment = treatment, .from = ends[b], .to = ends[b + 1]};
        for (size_t i = 0; i < of->count; i++) {
            bool last = b + 1 == JK_OVERLAP_BANDS;
            if (chance[i] >= band->from && (chance[i] < band->to || last)) {
                band->claims[is_treated(of->unit[i])]++;
                band->balance[is_treated(of->unit[i])] += of->unit[i]->balance;
            }
        }
    }
}

/* One over the chance of what was chosen; those who had next to no other chance are left out. */
static jk_status weigh_by_chance(jk_experiment *self, comparison *of, int treatment, jk_error *error) {
    double *chance = jk_arena_alloc(self->arena, of->count + 1, sizeof *chance);
    const char *name = NULL;
    JK_TRY(jk_held(chance != NULL, error, "the weights"));
    JK_TRY(jk_propensity(self, of->unit, of->count, chance, error));
    put_overlap(self, of, chance, treatment);
    for (size_t i = 0; i < of->count; i++) {
        of->weight[i] = 1.0;
    }
    self->result.unlike[treatment] =
        jk_standardised_difference(self, of->unit, of->count, of->weight, &self->result.unlike_name[treatment]);
    double all = 0.0, outside = 0.0;
    size_t kept = 0;
    for (size_t i = 0; i < of->count; i++) {
        double own = is_treated(of->unit[i]) ? chance[i] : 1.0 - chance[i];
        bool out = chance[i] < LEAST_CHANCE || chance[i] > 1.0 - LEAST_CHANCE;
        all += of->unit[i]->balance;
        outside += out ? of->unit[i]->balance : 0.0;
        if (!out) {
            of->unit[kept] = of->unit[i];
            of->weight[kept] = 1.0 / own;
            of->odds[kept++] = (1.0 - own) / own;
        }
    }
    of->count = kept;
    self->result.outside[treatment] = all > 0.0 ? outside / all : 0.0;
    self->result.balanced[treatment] = jk_standardised_difference(self, of->unit, of->count, of->weight, &name);
    return JK_OK;
}

/* ---- together -----------------------------------------------------------------------------------------------------
 */

static jk_status room_for(jk_experiment *self, comparison *of, jk_error *error) {
    of->unit = jk_arena_alloc(self->arena, self->units + 1, sizeof *of->unit);
    of->weight = jk_arena_alloc(self->arena, self->units + 1, sizeof *of->weight);
    of->odds = jk_arena_alloc(self->arena, self->units + 1, sizeof *of->odds);
    of->order = jk_arena_alloc(self->arena, self->units + 1, sizeof *of->order);
    bool made = of->unit != NULL && of->weight != NULL && of->odds != NULL && of->order != NULL;
    return jk_held(made, error, "the claims");
}

static jk_status compare(jk_experiment *self, int treatment, jk_error *error) {
    comparison whole = {0}, part = {0};
    JK_TRY(room_for(self, &whole, error));
    JK_TRY(room_for(self, &part, error));
    size_t treated = 0;
    for (size_t i = 0; i < self->units; i++) {
        const jk_unit *unit = &self->unit[i];
        if ((unit->arm == treatment || unit->arm == JK_TREAT_SURVEIL) && unit->exposure > 0.0) {
            treated += unit->arm == treatment;
            whole.unit[whole.count++] = unit;
        }
    }
    if (treated == 0 || treated == whole.count) {
        return JK_OK;
    }
    if (self->result.randomised) {
        weigh_by_arm(self, &whole);
    } else {
        JK_TRY(weigh_by_chance(self, &whole, treatment, error));
    }
    put_effect(self, &whole, treatment, -1, -1);
    for (size_t g = 0; g < self->model->segment_count; g++) {
        put_part(self, &whole, &part, treatment, (int)g, -1);
    }
    for (int b = 0; b < BANDS; b++) {
        put_part(self, &whole, &part, treatment, -1, b);
    }
    return JK_OK;
}

static void count_units(jk_experiment *self) {
    bool control = false;
    double months = 0.0, followed = 0.0;
    for (size_t i = 0; i < self->units; i++) {
        control = control || self->unit[i].arm == JK_TREAT_SURVEIL;
        if (is_treated(&self->unit[i])) {
            months += self->unit[i].months;
            followed += self->unit[i].followed;
        }
    }
    self->result.claims = self->units;
    self->result.left_out = control ? 0 : self->units;
    self->result.followed = months > 0.0 ? followed / months : (double)NAN;
}

static jk_status run(jk_experiment *self, const char *panel, jk_error *error) {
    enum { TREATED = JK_TREATMENT_COUNT - 1 };
    size_t groups = self->model->segment_count + BANDS + 1;
    if (self->options.follow < 1 || self->options.follow > 120) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "follow", "%d months: expected 1 to 120",
                       self->options.follow);
    }
    self->effect = jk_arena_alloc(self->arena, TREATED * groups, sizeof *self->effect);
    self->overlap = jk_arena_alloc(self->arena, (size_t)TREATED * JK_OVERLAP_BANDS, sizeof *self->overlap);
    JK_TRY(jk_held(self->effect != NULL && self->overlap != NULL, error, "the effects"));
    self->result.follow = self->options.follow;
    JK_TRY(jk_experiment_read(self, panel, error));
    count_units(self);
    for (int t = JK_TREAT_SURVEIL + 1; t < JK_TREATMENT_COUNT; t++) {
        JK_TRY(compare(self, t, error));
    }
    self->result.effects = self->effect;
    self->result.overlap = self->overlap;
    return jk_experiment_say(self, error);
}

jk_status jk_experiment_run(const char *panel, const jk_model *model, const jk_experiment_options *options,
                            jk_experiment **out, jk_error *error) {
    *out = NULL;
    jk_experiment *self = calloc(1, sizeof *self);
    jk_arena *arena = jk_arena_create();
    if (self == NULL || arena == NULL) {
        free(self);
        jk_arena_free(arena);
        return jk_fail_memory(error, "the comparison");
    }
    self->arena = arena;
    self->model = model;
    self->options = *options;
    jk_status status = run(self, panel, error);
    if (status != JK_OK) {
        jk_experiment_free(self);
        return status;
    }
    *out = self;
    return JK_OK;
}

void jk_experiment_free(jk_experiment *self) {
    if (self != NULL) {
        free(self->unit);
        jk_arena_free(self->arena);
        free(self);
    }
}

const jk_experiment_result *jk_experiment_result_of(const jk_experiment *self) {
    return &self->result;
}
