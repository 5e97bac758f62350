/* SPDX-License-Identifier: Apache-2.0 */
/* Last, levels: what landmarks of the panel expect of the months that follow becomes what came in.
 *
 * The balance of a payer falls as if the claim were resolved by what is paid, so that debtors of many spells come out
 * low; instalments are what a debtor can spare, so that who has paid before pays a larger part of what is left of the
 * debt, and who never paid a smaller one; and what is fitted month by month need not add up over years. Claims are
 * valued by the new model itself at landmarks (jalki/landmarks.h, recorded treatments), for 24 months or as long as
 * they were watched, at least 12 where the panel is long enough. Three kinds of factors: on monthly_share, by segment,
 * of those who pay at a landmark; on the curves, by segment and treatment, of the quiet; on the levels of the last
 * payment, shared by all segments, of the quiet. What they expect is carried to the panel's end (payers_end.c):
 * a debtor who never paid in six months is another one than who never paid in three years.
 *
 * A factor is drawn to what stands above it (all segments together; 1) by Z = t2 / (t2 + v), v the variance of its
 * logarithm by debtor, t2 that between factors by moments; all together lean on 1 with t = 0.3. Levels: their points
 * are first those of the readiness that stands there, where it is unequal (below); those who never paid, and those who
 * did, are then drawn to all the quiet with t = 0.3, the levels of the latter to them together with t = 0.15 (beside
 * readiness 0.15 and 0.1). Factors act on cash less than in proportion, so that the steps are repeated.
 *
 * Curves of a treatment under which too few paid are the base model's, and no landmark of others says that these are
 * off. But they stand beside new points, whose levels the factors move, and beside payers who may bring another part
 * of the balance. So landmarks are valued once by the base model's hazards (its points, classes and curves) with the
 * new payers; their factor is what makes the new model expect that. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/number/sort.h"
#include "fit/payers/payers.h"
#include "jalki/landmarks.h"
#include "jalki/score.h"

enum { EVERY = 6, FOLLOW = 24, LEAST_FOLLOW = 12, ROUNDS = 4, DEBTORS_MIN = 10 };
static const double level_most = 3.0, prior = 0.3;

/* One factor under way. */
typedef struct factor {
    double actual, expected; /* of this round */
    double squares;          /* of debtors' rests */
    double debtors;
    double first_actual, first_expected, first_debtors, ratio, std_error; /* of the first round */
    double own_actual, own_expected;                                      /* of the present debtor */
    double step, value;                                                   /* of this round; of all rounds, logarithms */
    double credibility;                                                   /* of this round */
} factor;

typedef struct levelling {
    jk_fit *fit;
    size_t segments;
    factor *share;   /* [segments + 1] of monthly_share; the last is all together */
    factor *curve;   /* [segments x treatments + 1] */
    double *by_base; /* [segments x treatments] cash of quiet landmarks by the base model's hazards; NULL: none stand */
    factor *points;  /* [levels + 1] of months since the last payment; the last is all who ever paid */
    size_t levels;   /* 0: nothing of that kind fades */
    int item;        /* of the scorecard; -1 */
    int32_t last_start; /* of landmarks */
    int32_t end;        /* of the rows that are fitted */
    double apart;       /* spread of what levels differ from all the quiet by, beside their points */
    double within;      /* ... and from each other, of those who paid */
} levelling;

static size_t factor_count(const levelling *self) {
    return self->segments + 1 + self->segments * JK_TREATMENT_COUNT + 1 + (self->levels > 0 ? self->levels + 1 : 0);
}

static const jk_characteristic *item_of(const levelling *self) {
    return &self->fit->scorecard.characteristics[self->item];
}

/* ---- sums -------------------------------------------------------------------------------------------------------- */

enum { SPEAKS_FOR = 4 };

/* The factors that a landmark speaks for: one of its own, one of all, and where it is quiet its level, and
 * all of those who paid before. */
static size_t factors_of(const levelling *self, const jk_landmark *at, factor *out[SPEAKS_FOR]) {
    out[0] = at->paying ? &self->share[at->segment] : &self->curve[at->segment * JK_TREATMENT_COUNT + at->treatment];
    out[1] = at->paying ? &self->share[self->segments] : &self->curve[self->segments * JK_TREATMENT_COUNT];
    if (at->paying || self->levels == 0) {
        return 2;
    }
    out[2] = &self->points[jk_fit_payers_level_of(item_of(self), at->paid_months)];
    out[3] = &self->points[self->levels];
    return at->paid_months == INT32_MAX ? 3 : 4;
}

static int by_debtor(const void *left, const void *right) {
    const jk_landmark *a = left, *b = right;
    return jk_compare_integers((const int32_t[]){a->debtor, a->claim, a->start},
                               (const int32_t[]){b->debtor, b->claim, b->start}, 3);
}

/* Sums of all factors; then, with their ratios, the squares of debtors' rests. */
static void sum_landmarks(levelling *self, const jk_landmarks *landmarks) {
    factor *all = self->share;
    for (size_t i = 0; i < factor_count(self); i++) {
        all[i].actual = all[i].expected = all[i].squares = all[i].debtors = 0.0;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t from = 0, to = 0; from < landmarks->count; from = to) {
            for (to = from; to < landmarks->count && landmarks->at[to].debtor == landmarks->at[from].debtor; to++) {
                factor *of[SPEAKS_FOR];
                size_t count = factors_of(self, &landmarks->at[to], of);
                for (size_t k = 0; k < count; k++) {
                    of[k]->own_actual += landmarks->at[to].horizon[0].actual;
                    of[k]->own_expected += landmarks->at[to].horizon[0].expected;
                }
            }
            for (size_t i = from; i < to; i++) {
                factor *of[SPEAKS_FOR];
                size_t count = factors_of(self, &landmarks->at[i], of);
                for (size_t k = 0; k < count; k++) {
                    factor *one = of[k];
                    if (pass == 0) {
                        one->actual += one->own_actual;
                        one->expected += one->own_expected;
                        one->debtors += one->own_actual > 0.0;
                    } else if (one->expected > 0.0) {
                        double rest = one->own_actual - one->actual / one->expected * one->own_expected;
                        one->squares += rest * rest;
                    }
                    one->own_actual = one->own_expected = 0.0;
                }
            }
        }
    }
}

/* ---- factors of a round ------------------------------------------------------------------------------------------ */

/* Logarithm of the whole factor that would be right, steps taken before included, and its variance; false where debtors
 * are too few to say. */
static bool log_ratio(const factor *one, double *log_value, double *variance) {
    if (!(one->actual > 0.0) || !(one->expected > 0.0) || one->debtors < DEBTORS_MIN) {
        return false;
    }
    *log_value = one->value + log(one->actual / one->expected);
    *variance = one->squares / (one->actual * one->actual);
    return true;
}

/* Curves that are the base model's lean on it: `by_base` is NULL where none do. */
static bool leans_on_base(const jk_fit *fit, const double *by_base, size_t i) {
    return by_base != NULL && fit->base_curves[i % JK_TREATMENT_COUNT];
}

static double between(const levelling *self, const factor *one, size_t count, const double *by_base, double parent) {
    double w = 0.0, q = 0.0, n = 0.0;
    for (size_t i = 0; i < count; i++) {
        double y = 0.0, v = 0.0;
        if (!leans_on_base(self->fit, by_base, i) && log_ratio(&one[i], &y, &v) && v > 0.0) {
            w += 1.0 / v;
            q += (y - parent) * (y - parent) / v;
            n += 1.0;
        }
    }
    return n >= 2.0 && q > n ? (q - n) / w : 0.0;
}

/* Steps of this round: those of parts about that of all together, which leans on 1, or to what is `by_base`. */
static void step_parts(const levelling *self, factor *part, size_t count, factor *all, const double *by_base) {
    double y = 0.0, v = 0.0, parent = all->value;
    if (log_ratio(all, &y, &v)) {
        all->credibility = prior * prior / (prior * prior + v);
        parent = y * all->credibility;
    }
    all->step = parent - all->value;
    double t2 = between(self, part, count, by_base, parent);
    for (size_t i = 0; i < count; i++) {
        if (leans_on_base(self->fit, by_base, i)) {
            part[i].step = part[i].expected > 0.0 && by_base[i] > 0.0 ? log(by_base[i] / part[i].expected) : 0.0;
            continue;
        }
        bool own = log_ratio(&part[i], &y, &v);
        part[i].credibility = own && t2 > 0.0 ? t2 / (t2 + v) : 0.0;
        part[i].step = (own && t2 > 0.0 ? parent + (y - parent) * t2 / (t2 + v) : parent) - part[i].value;
    }
}

/* Steps of levels: what those who paid before, and those who never did, differ from all the quiet by, drawn to nothing;
 * the levels of those who paid before drawn to that. */
static void step_levels(levelling *self) {
    const factor *all = &self->curve[self->segments * JK_TREATMENT_COUNT];
    factor *paid = &self->points[self->levels];
    const double rest = all->expected > 0.0 ? log(all->actual / all->expected) : 0.0;
    double y = 0.0, v = 0.0, parent = 0.0;
    if (log_ratio(paid, &y, &v)) {
        parent = (y - rest) * self->apart * self->apart / (self->apart * self->apart + v);
    }
    paid->step = parent - paid->value;
    for (size_t l = 0; l < self->levels; l++) {
        bool never = l + 1 == self->levels;
        double above = never ? 0.0 : parent, spread = never ? self->apart : self->within, value = above;
        if (log_ratio(&self->points[l], &y, &v)) {
            value += (y - rest - above) * spread * spread / (spread * spread + v);
        }
        self->points[l].step = value - self->points[l].value;
    }
}

/* ---- into the model ---------------------------------------------------------------------------------------------- */

static double bounded(factor *one) {
    double most = log(level_most), before = one->value;
    one->value = fmax(-most, fmin(most, one->value + one->step));
    return exp(one->value - before);
}

static void apply_levels(levelling *self) {
    if (self->levels > 0) {
        jk_characteristic *to = &jk_fit_items(self->fit)[self->item];
        double *of = (double *)(uintptr_t)to->points; /* made by this fit */
        (void)bounded(&self->points[self->levels]);
        for (size_t l = 0; l < self->levels; l++) {
            double *one = l < to->count ? &of[l] : &to->missing_points;
            *one = jk_fit_round_points(*one + log(bounded(&self->points[l])));
        }
    }
}

static jk_status apply(levelling *self, jk_error *error) {
    jk_fit *fit = self->fit;
    apply_levels(self);
    (void)bounded(&self->share[self->segments]);
    (void)bounded(&self->curve[self->segments * JK_TREATMENT_COUNT]);
    for (size_t g = 0; g < self->segments; g++) {
        jk_segment *segment = &fit->segments[g];
        double share = bounded(&self->share[g]);
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            double value = segment->payers.monthly_share[k] * share;
            segment->payers.monthly_share[k] = jk_fit_round_figure(fmin(value, 10.0));
        }
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            double level = bounded(&self->curve[g * JK_TREATMENT_COUNT + t]);
            jk_steps *steps = &segment->curve[t];
            double *value = jk_arena_alloc(fit->arena, steps->count, sizeof *value);
            JK_TRY(jk_held(value != NULL, error, "the levels"));
            for (size_t i = 0; i < steps->count; i++) {
                value[i] = jk_fit_round_figure(fmin(steps->value[i] * level, 100.0));
            }
            steps->value = value;
        }
    }
    return JK_OK;
}

/* ---- readiness --------------------------------------------------------------------------------------------------- */

/* Where readiness is unequal and what fades looks at the last payment alone, a level says whose readiness stands there:
 * that rests on all spells of all debtors, the level's own points on the few that began there. */
static jk_status take_readiness(levelling *self, jk_error *error) {
    jk_fit *fit = self->fit;
    if (self->levels == 0 || !fit->payers->unequal || jk_fit_payers_item(fit) != self->item) {
        return JK_OK;
    }
    self->apart /= 2.0; /* readiness leaves less to landmarks than points of few spells do */
    self->within /= 1.5;
    jk_characteristic *to = &jk_fit_items(fit)[self->item];
    double *points = (double *)(uintptr_t)to->points, ready[JK_PAYER_LEVELS_MAX]; /* made by this fit */
    const double *worth = fit->payers->worth, never = to->missing_points - worth[to->count];
    JK_TRY(jk_fit_payers_ready_at_end(fit, to, self->end, ready, error));
    for (size_t l = 0; l < to->count; l++) {
        if (isfinite(ready[l]) && ready[l] > 0.0) {
            points[l] = jk_fit_round_points(never + log(ready[l]) + worth[l]);
        }
    }
    return JK_OK;
}

/* ---- landmarks --------------------------------------------------------------------------------------------------- */

/* What a model expects of landmarks, as it stands. */
static jk_status run_landmarks(levelling *self, const jk_model *model, jk_landmarks *landmarks, jk_error *error) {
    jk_fit *fit = self->fit;
    jk_landmark_options options = {.filter = fit->options.filter,
                                   .within = true,
                                   .every = EVERY,
                                   .horizon_count = 1,
                                   .horizon = {FOLLOW},
                                   .treatment = JK_LANDMARK_RECORDED,
                                   .run = fit->options.run};
    if (options.filter.to == JK_MISSING_INTEGER || options.filter.to > self->last_start + 1) {
        options.filter.to = self->last_start + 1;
    }
    jk_panel *panel = NULL;
    JK_TRY(jk_panel_open_run(jk_tape_path(jk_panel_tape(fit->panel)), model, &fit->options.run, &panel, error));
    jk_status status = jk_landmarks_run(panel, model, &options, landmarks, error);
    jk_panel_close(panel);
    return status;
}

static jk_status value_landmarks(levelling *self, jk_landmarks *landmarks, jk_error *error) {
    const jk_model model = jk_fit_model(self->fit);
    const jk_characteristic *item = self->levels > 0 ? item_of(self) : NULL;
    JK_TRY(run_landmarks(self, &model, landmarks, error));
    jk_status status = jk_fit_payers_to_end(self->fit, item, EVERY, self->end, landmarks, error);
    if (status != JK_OK) {
        jk_landmarks_reset(landmarks);
        return status;
    }
    jk_sort(landmarks->at, landmarks->count, sizeof *landmarks->at, by_debtor);
    return JK_OK;
}

/* What the base model's hazards expect of the quiet, payers being as they were learnt; where any of its curves stand.
 */
static jk_status see_base(levelling *self, jk_error *error) {
    const jk_fit *fit = self->fit;
    bool any = false;
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        any = any || fit->base_curves[t];
    }
    if (!any) {
        return JK_OK;
    }
    jk_model model = jk_fit_model(fit);
    jk_segment *segments = jk_arena_alloc(fit->arena, self->segments, sizeof *segments);
    self->by_base = jk_arena_alloc(fit->arena, self->segments * JK_TREATMENT_COUNT, sizeof *self->by_base);
    JK_TRY(jk_held(segments != NULL && self->by_base != NULL, error, "the levels"));
    memcpy(segments, fit->base->segments, self->segments * sizeof *segments);
    for (size_t g = 0; g < self->segments; g++) {
        segments[g].payers = fit->segments[g].payers;
    }
    model.segments = segments;
    model.scorecard = fit->base->scorecard;
    jk_landmarks landmarks = {0};
    JK_TRY(run_landmarks(self, &model, &landmarks, error));
    for (size_t i = 0; i < landmarks.count; i++) {
        const jk_landmark *at = &landmarks.at[i];
        self->by_base[at->segment * JK_TREATMENT_COUNT + at->treatment] += at->paying ? 0.0 : at->horizon[0].expected;
    }
    jk_landmarks_reset(&landmarks);
    return JK_OK;
}

/* ---- what is told ------------------------------------------------------------------------------------------------ */

static void keep_first(levelling *self) {
    factor *all = self->share;
    for (size_t i = 0; i < factor_count(self); i++) {
        double y = 0.0, v = 0.0;
        bool own = log_ratio(&all[i], &y, &v);
        all[i].first_actual = all[i].actual;
        all[i].first_expected = all[i].expected;
        all[i].first_debtors = all[i].debtors;
        all[i].ratio = all[i].expected > 0.0 ? all[i].actual / all[i].expected : (double)NAN;
        all[i].std_error = own ? sqrt(v) : (double)NAN;
    }
}

static void put_level(const factor *one, const char *what, int segment, int treatment, const char *level,
                      jk_payers_result *result) {
    jk_fit_put_level(result, &(jk_payer_level){.what = what,
                                               .segment = segment,
                                               .treatment = treatment,
                                               .level = level,
                                               .actual = one->first_actual,
                                               .expected = one->first_expected,
                                               .debtors = one->first_debtors,
                                               .ratio = one->ratio,
                                               .std_error = one->std_error,
                                               .value = exp(one->value),
                                               .credibility = one->credibility});
}

static jk_status tell(levelling *self, jk_error *error) {
    jk_fit *fit = self->fit;
    jk_payers_result *result = &fit->payers_result;
    put_level(&self->share[self->segments], "monthly_share", -1, -1, "", result);
    for (size_t g = 0; g < self->segments; g++) {
        put_level(&self->share[g], "monthly_share", (int)g, -1, "", result);
    }
    put_level(&self->curve[self->segments * JK_TREATMENT_COUNT], "curve", -1, -1, "", result);
    for (size_t c = 0; c < self->segments * JK_TREATMENT_COUNT; c++) {
        put_level(&self->curve[c], "curve", (int)(c / JK_TREATMENT_COUNT), (int)(c % JK_TREATMENT_COUNT), "", result);
    }
    for (size_t l = 0; l < self->levels; l++) {
        char name[64];
        const char *kept = jk_fit_text(fit, "%s", jk_score_level_name(item_of(self), l, name));
        JK_TRY(jk_held(kept != NULL, error, "the levels"));
        put_level(&self->points[l], "points", -1, -1, kept, result);
    }
    return JK_OK;
}

/* Levels at their bound say that the figures and the money do not go together. */
static jk_status warn(const levelling *self, jk_error *error) {
    size_t bound = 0;
    for (size_t i = 0; i < factor_count(self); i++) {
        bound += fabs(self->share[i].value) > 0.99 * log(level_most);
    }
    return bound == 0
               ? JK_OK
               : jk_fit_say(self->fit, error,
                            "levels: %zu factors would have to be beyond %.0f or a %.0frd for landmarks to expect "
                            "what came in; they stop there, and the model is not to be trusted over years",
                            bound, level_most, level_most);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* Last day of landmarks: a year before the end, or half of a short panel. */
static bool last_landmark(levelling *self) {
    jk_panel_span span = jk_panel_span_of(self->fit->panel);
    const jk_panel_filter *filter = &self->fit->options.filter;
    int32_t end = filter->to != JK_MISSING_INTEGER && filter->to < span.end ? filter->to : span.end;
    int32_t begin =
        filter->from != JK_MISSING_INTEGER && filter->from > span.first_start ? filter->from : span.first_start;
    int months = jk_months_between(begin, end);
    int follow = months >= 2 * LEAST_FOLLOW ? LEAST_FOLLOW : months / 2;
    self->fit->payers_result.landmark_months[0] = follow;
    self->fit->payers_result.landmark_months[1] = FOLLOW;
    self->last_start = jk_date_add_months(end, -follow);
    self->end = end;
    return months >= LEAST_FOLLOW;
}

jk_status jk_fit_payers_level(jk_fit *fit, jk_error *error) {
    levelling self = {.fit = fit,
                      .segments = fit->base->segment_count,
                      .item = jk_fit_payers_recency(fit),
                      .apart = prior,
                      .within = prior / 2.0};
    self.levels = self.item >= 0 && fit->payers->readiness != NULL ? item_of(&self)->count + 1 : 0;
    if (!last_landmark(&self)) {
        return jk_fit_say(
            fit, error,
            "levels: the panel is shorter than %d months, so that what landmarks expect of the months that "
            "follow could not be held against what came in",
            LEAST_FOLLOW);
    }
    self.share = jk_arena_alloc(fit->arena, factor_count(&self), sizeof *self.share);
    JK_TRY(jk_held(self.share != NULL, error, "the levels"));
    self.curve = self.share + self.segments + 1;
    self.points = self.curve + self.segments * JK_TREATMENT_COUNT + 1;
    JK_TRY(see_base(&self, error));
    JK_TRY(take_readiness(&self, error));
    for (int round = 0; round < ROUNDS; round++) {
        jk_landmarks landmarks = {0};
        JK_TRY(value_landmarks(&self, &landmarks, error));
        sum_landmarks(&self, &landmarks);
        jk_landmarks_reset(&landmarks);
        if (round == 0) {
            keep_first(&self);
        }
        step_parts(&self, self.share, self.segments, &self.share[self.segments], NULL);
        if (self.levels > 0) {
            step_levels(&self);
        }
        step_parts(&self, self.curve, self.segments * JK_TREATMENT_COUNT,
                   &self.curve[self.segments * JK_TREATMENT_COUNT], self.by_base);
        JK_TRY(apply(&self, error));
    }
    JK_TRY(tell(&self, error));
    return warn(&self, error);
}
