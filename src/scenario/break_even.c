/* SPDX-License-Identifier: Apache-2.0 */
/* Break-even by bracketing: the bounds of the key first, then the Illinois variant of false position where the measure
 * is smooth, halving where it goes in steps. Each point is one valuation without projection. */
#include "jalki/break_even.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "base/error.h"
#include "scenario/break_even.h"

enum { RUNS_MAX = 80 };
#define IRR_LEAST       (-0.3) /* returns between which a shift is looked for */
#define IRR_MOST        5.0
#define SMOOTH_RELATIVE 1e-7 /* of the target: what 32-bit figures of claims can hold together */
#define STEP_RELATIVE   1e-4 /* of the figure */

const char *jk_measure_name(jk_measure measure) {
    static const char *const names[] = {"bid", "legal_share"};
    return names[measure];
}

typedef struct search {
    const jk_tape *tape;
    const jk_model *model;
    jk_value_options options;
    const jk_break_even_wish *wish;
    double irr, legal; /* claims decided legal in the base */
    jk_break_even *result;
} search;

/* A figure of the key and how far the measure is from the target there. */
typedef struct point {
    double figure, off;
} point;

static jk_status value_at(search *s, double figure, jk_valuation valuations[2], jk_error *error) {
    jk_stress stress = jk_stress_none();
    stress.where = s->wish->where;
    stress.figure[s->wish->key] = figure;
    const jk_scenario scenario = {.name = "break-even", .stress_count = 1, .stresses = &stress};
    jk_stress_set *set = NULL;
    JK_TRY(jk_stress_set_make(s->model, &scenario, 1, NULL, &set, error));
    const jk_stressed *stressed = &set->stressed[0];
    jk_value_case cases[2] = {{.irr = s->irr, .keeps = -1}, {.keeps = 0}};
    jk_value_case *there = &cases[s->wish->committed ? 1 : 0];
    *there = (jk_value_case){.model = &stressed->model,
                             .recovery = stressed->recovery,
                             .paying_recovery = stressed->paying_recovery,
                             .stress = stressed->stress,
                             .irr = s->irr + stressed->irr_shift,
                             .keeps = there->keeps};
    jk_status status =
        jk_value_cases(s->tape, set->split, &s->options, cases, s->wish->committed ? 2 : 1, NULL, 0, valuations, error);
    jk_stress_set_free(set);
    s->result->runs++;
    return status;
}

static jk_status measure_at(search *s, double figure, double *measure, jk_error *error) {
    jk_valuation valuations[2] = {0};
    JK_TRY(value_at(s, figure, valuations, error));
    const jk_valuation *there = &valuations[s->wish->committed ? 1 : 0];
    *measure = s->wish->measure == JK_MEASURE_BID ? there->total.value - there->onboarding
                                                  : (double)there->decision[JK_LEGAL].claims / s->legal;
    jk_valuation_reset(&valuations[0]);
    jk_valuation_reset(&valuations[1]);
    return JK_OK;
}

static jk_status off_at(search *s, double figure, point *at, jk_error *error) {
    double measure = 0.0;
    JK_TRY(measure_at(s, figure, &measure, error));
    *at = (point){figure, measure - s->wish->target};
    return JK_OK;
}

/* Whether both lie on one side of the target; a point on it lies on neither. */
static bool same_side(double a, double b) {
    return (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0);
}

/* False position from a to b, which lie on two sides; where one end stays twice, its distance is halved. */
static jk_status narrow_smoothly(search *s, point a, point b, point *found, jk_error *error) {
    double good = SMOOTH_RELATIVE * fmax(fabs(s->wish->target), 1.0);
    *found = fabs(a.off) < fabs(b.off) ? a : b;
    for (int stayed = 0; fabs(found->off) > good && s->result->runs < RUNS_MAX;) {
        double figure = (a.figure * b.off - b.figure * a.off) / (b.off - a.off);
        if (!(figure > fmin(a.figure, b.figure) && figure < fmax(a.figure, b.figure))) {
            figure = 0.5 * (a.figure + b.figure);
        }
        if (fabs(b.figure - a.figure) <= 1e-8 * fmax(fabs(figure), 1e-3)) {
            break;
        }
        point next;
        JK_TRY(off_at(s, figure, &next, error));
        *found = fabs(next.off) < fabs(found->off) ? next : *found;
        bool replaces_b = same_side(next.off, b.off);
        if (replaces_b) {
            b = next;
            a.off *= stayed == 1 ? 0.5 : 1.0;
        } else {
            a = next;
            b.off *= stayed == 2 ? 0.5 : 1.0;
        }
        stayed = replaces_b ? 1 : 2;
    }
    return JK_OK;
}

/* Halving between `near`, on the base's side, and `far`; the answer is beyond the target or on it. */
static jk_status narrow_by_halves(search *s, point near, point far, bool whole, point *found, jk_error *error) {
    while (s->result->runs < RUNS_MAX) {
        double figure = 0.5 * (near.figure + far.figure);
        figure = whole ? floor(figure) : figure;
        double width = fabs(far.figure - near.figure);
        if (whole ? width <= 1.0 : width <= STEP_RELATIVE * fmax(fabs(far.figure), 0.01)) {
            break;
        }
        point next;
        JK_TRY(off_at(s, figure, &next, error));
        if (same_side(next.off, near.off)) {
            near = next;
        } else {
            far = next;
        }
    }
    *found = far;
    return JK_OK;
}

static jk_status narrow(search *s, point base, point end, jk_error *error) {
    bool whole = s->wish->key == JK_STRESS_DELAY;
    point found;
    if (whole || s->wish->measure == JK_MEASURE_LEGAL_SHARE) {
        JK_TRY(narrow_by_halves(s, base, end, whole, &found, error));
    } else {
        JK_TRY(narrow_smoothly(s, base, end, &found, error));
    }
    s->result->found = 1;
    s->result->figure = found.figure;
    s->result->reached = found.off + s->wish->target;
    return JK_OK;
}

/* Bounds of the key; those of the required return are set by what the return may be. */
static void choose_bounds(const search *s, double *low, double *high) {
    const jk_stress_field *field = jk_stress_field_of(s->wish->key);
    *low = field->low;
    *high = field->high;
    if (s->wish->key == JK_STRESS_IRR) {
        *low = fmin(IRR_LEAST - s->irr, 0.0);
        *high = fmax(IRR_MOST - s->irr, 0.0);
    }
    if (s->wish->key == JK_STRESS_DELAY) {
        *high = (double)s->model->horizon_months;
    }
}

static jk_status look_below(search *s, point base, jk_error *error) {
    point low;
    if (s->result->low >= base.figure) { /* the base is the end */
        s->result->at_low = s->result->base;
        return JK_OK;
    }
    JK_TRY(off_at(s, s->result->low, &low, error));
    s->result->at_low = low.off + s->wish->target;
    return same_side(base.off, low.off) ? JK_OK : narrow(s, base, low, error);
}

/* Factors are looked for near 1 before they are looked for far away. */
static jk_status look_above(search *s, point base, jk_error *error) {
    const double reach[] = {2.0, 10.0, INFINITY};
    point near = base;
    s->result->at_high = s->result->base;
    for (size_t i = 0; near.figure < s->result->high; i++) { /* the last of them reaches it */
        assert(i < sizeof reach / sizeof *reach);
        bool factor = jk_stress_field_of(s->wish->key)->neutral == 1.0;
        point high;
        JK_TRY(off_at(s, factor ? fmin(reach[i], s->result->high) : s->result->high, &high, error));
        s->result->at_high = high.off + s->wish->target;
        if (!same_side(near.off, high.off)) {
            return narrow(s, near, high, error);
        }
        near = high;
    }
    return JK_OK;
}

static jk_status find(search *s, jk_error *error) {
    jk_break_even *result = s->result;
    double neutral = jk_stress_field_of(s->wish->key)->neutral;
    s->legal = 1.0;
    if (s->wish->measure == JK_MEASURE_LEGAL_SHARE) {
        JK_TRY(measure_at(s, neutral, &s->legal, error));
        if (s->legal == 0.0) {
            return jk_fail(error, JK_ERROR_DATA, jk_tape_path(s->tape), 0, NULL,
                           "no claim is decided legal in the base; expected a portfolio where court pays");
        }
    }
    choose_bounds(s, &result->low, &result->high);
    point base;
    JK_TRY(off_at(s, neutral, &base, error));
    result->base = base.off + s->wish->target;
    if (base.off == 0.0) {
        result->found = 1;
        result->figure = neutral;
        result->reached = s->wish->target;
        return JK_OK;
    }
    JK_TRY(look_below(s, base, error));
    return result->found ? JK_OK : look_above(s, base, error);
}

jk_status jk_break_even_find(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                             const jk_break_even_wish *wish, jk_break_even *result, jk_error *error) {
    *result = (jk_break_even){.figure = NAN, .reached = NAN, .at_low = NAN, .at_high = NAN};
    search s = {.tape = tape,
                .model = model,
                .options = *options,
                .wish = wish,
                .irr = isnan(wish->irr) ? model->irr : wish->irr,
                .result = result};
    s.options.values_only = true;
    return find(&s, error);
}
