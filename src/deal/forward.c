/* SPDX-License-Identifier: Apache-2.0 */
/* Forward flow: the tape's fresh claims as a batch, in the mix that is asked for, and the agreement made of it. */
#include "jalki/forward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text/text.h"
#include "deal/forward_deal.h"

enum { OLDEST = 100000 }; /* months: older than any claim */

jk_forward_terms jk_forward_defaults(void) {
    return (jk_forward_terms){.fresh = 3, .term = 12, .volume = NAN, .cap = INFINITY, .cost_drift = NAN, .asked = NAN};
}

static jk_status check_terms(const jk_forward_terms *terms, jk_error *error) {
    bool good = terms->fresh >= 0 && terms->fresh <= OLDEST && terms->term >= 1 && terms->term <= JK_FORWARD_TERM_MAX &&
                !(terms->volume <= 0.0) && terms->ramp >= 0 && terms->ramp <= JK_FORWARD_TERM_MAX && terms->cap > 0.0 &&
                terms->drift > -1.0 && terms->drift <= 1.0 && !(terms->cost_drift <= -1.0) &&
                !(terms->cost_drift > 1.0) && terms->pay_after >= 0 && terms->pay_after <= JK_FORWARD_DELAY_MAX &&
                !(terms->asked < 0.0) && terms->mix_count <= JK_FORWARD_MIX_MAX;
    return good ? JK_OK
                : jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                          "terms out of range: expected 1 to %d batches, a volume and a cap above 0, a ramp of at most "
                          "%d months, drifts above -1 and at most 1, payment after at most %d months",
                          (int)JK_FORWARD_TERM_MAX, (int)JK_FORWARD_TERM_MAX, (int)JK_FORWARD_DELAY_MAX);
}

/* ---- batches -------------------------------------------------------------------------------------------------- */

/* A group of a valuation as a batch; segment: index, or the segment count for all. */
static void batch_of(const jk_valuation *valuation, const jk_group *group, size_t segment, jk_batch *batch) {
    *batch = (jk_batch){.irr = valuation->irr,
                        .face = group->face,
                        .value = group->value,
                        .onboarding = valuation->onboarding_cost * (double)group->claims,
                        .months = valuation->flow.months};
    for (int t = 1; t <= batch->months; t++) {
        batch->flow[t - 1] = jk_valuation_month(valuation, t, segment);
    }
}

typedef struct forward_work {
    const jk_tape *tape;
    const jk_model *model;
    jk_value_options options;
    jk_batch whole; /* at the tape's mix */
    jk_batch mixed; /* as it is priced */
    jk_batch part;
    double *share; /* [segments] of the face as it is priced */
} forward_work;

static jk_status value_ages(const forward_work *work, int from, int end, jk_valuation *valuation, jk_error *error) {
    jk_value_options options = work->options;
    options.age_from = from;
    options.age_end = end;
    return jk_value_run(work->tape, work->model, &options, NULL, 0, valuation, error);
}

/* ---- the mix -------------------------------------------------------------------------------------------------- */

static jk_status find_segment(const jk_valuation *fresh, const char *name, size_t *segment, jk_error *error) {
    for (size_t s = 0; s < fresh->segment_count; s++) {
        if (strcmp(fresh->segment_id[s], name) == 0 && fresh->segment[s].face > 0.0) {
            *segment = s;
            return JK_OK;
        }
    }
    const int nearest = jk_text_nearest(name, fresh->segment_id, fresh->segment_count);
    const bool slip = nearest >= 0 && strcmp(fresh->segment_id[nearest], name) != 0;
    return jk_fail(error, JK_ERROR_DATA, NULL, 0, name, "no fresh claims of such a segment to price it by%s%s%s",
                   slip ? "; did you mean " : "", slip ? fresh->segment_id[nearest] : "", slip ? "?" : "");
}

/* Shares of the face: those named, and the rest in proportion to the tape's. */
static jk_status find_shares(const jk_forward_terms *terms, const jk_valuation *fresh, double *share, jk_error *error) {
    double named = 0.0;
    double unnamed = fresh->total.face;
    for (size_t s = 0; s < fresh->segment_count; s++) {
        share[s] = NAN;
    }
    for (size_t i = 0; i < terms->mix_count; i++) {
        size_t segment = 0;
        JK_TRY(find_segment(fresh, terms->mix[i].segment, &segment, error));
        if (!isnan(share[segment])) {
            return jk_fail(error, JK_ERROR_DATA, NULL, 0, terms->mix[i].segment, "has two shares in the mix");
        }
        share[segment] = terms->mix[i].share;
        named += terms->mix[i].share;
        unnamed -= fresh->segment[segment].face;
    }
    double rest = 1.0 - named;
    bool others = unnamed > 1e-9 * fresh->total.face;
    if (rest < -1e-9 || (rest > 1e-9 && !others)) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                       "the shares of the mix add up to %g; expected at most 1, and 1 where all segments are named",
                       named);
    }
    for (size_t s = 0; s < fresh->segment_count; s++) {
        double own = others && rest > 0.0 ? rest * fresh->segment[s].face / unnamed : 0.0;
        share[s] = isnan(share[s]) ? own : share[s];
    }
    return JK_OK;
}

static void mix_batch(forward_work *work, const jk_valuation *fresh, size_t mix_count) {
    if (mix_count == 0) {
        work->mixed = work->whole;
        return;
    }
    work->mixed = (jk_batch){0};
    for (size_t s = 0; s < fresh->segment_count; s++) {
        if (fresh->segment[s].face > 0.0) {
            batch_of(fresh, &fresh->segment[s], s, &work->part);
            jk_batch_add(&work->mixed, &work->part, work->share[s] * fresh->total.face / fresh->segment[s].face);
        }
    }
}

/* ---- parts ---------------------------------------------------------------------------------------------------- */

static jk_status price_segments(forward_work *work, jk_forward *forward, jk_error *error) {
    const jk_valuation *fresh = &forward->fresh;
    forward->segment = jk_arena_alloc(forward->arena, fresh->segment_count + 1, sizeof *forward->segment);
    JK_TRY(jk_held(forward->segment != NULL, error, "the segments"));
    double whole = jk_forward_price(&work->mixed, &forward->terms, 0);
    for (size_t s = 0; s < fresh->segment_count; s++) {
        const jk_group *group = &fresh->segment[s];
        if (!(group->face > 0.0)) {
            continue;
        }
        batch_of(fresh, group, s, &work->part);
        jk_forward_part *part = &forward->segment[forward->segment_count++];
        *part = (jk_forward_part){.name = fresh->segment_id[s],
                                  .claims = group->claims,
                                  .face = group->face,
                                  .share = work->share[s],
                                  .price = jk_forward_price(&work->part, &forward->terms, 0)};
        /* Ten points more of this segment are ten points less of the others, in proportion. */
        double others = part->share < 1.0 ? (whole - part->share * part->price) / (1.0 - part->share) : part->price;
        part->if_tenth_more = 0.1 * (part->price - others);
    }
    return JK_OK;
}

static jk_status price_ages(forward_work *work, jk_forward *forward, jk_error *error) {
    static const int edges[JK_FORWARD_BANDS] = {0, 3, 6, 12, 24, 36, 60};
    for (size_t i = 0; i < JK_FORWARD_BANDS; i++) {
        bool last = i + 1 == JK_FORWARD_BANDS;
        jk_forward_part *part = &forward->age[i];
        *part = (jk_forward_part){
            .age_from = edges[i], .age_end = last ? 0 : edges[i + 1], .share = NAN, .price = NAN, .if_tenth_more = NAN};
        jk_valuation valuation = {0};
        JK_TRY(value_ages(work, edges[i], last ? OLDEST : edges[i + 1], &valuation, error));
        part->claims = valuation.total.claims;
        part->face = valuation.total.face;
        if (part->face > 0.0) {
            batch_of(&valuation, &valuation.total, valuation.segment_count, &work->part);
            part->price = jk_forward_price(&work->part, &forward->terms, 0);
        }
        jk_valuation_reset(&valuation);
    }
    return JK_OK;
}

/* ---- the agreement -------------------------------------------------------------------------------------------- */

static void fill_terms(const forward_work *work, jk_forward *forward) {
    jk_forward_terms *terms = &forward->terms;
    if (isnan(terms->volume)) {
        terms->volume = forward->fresh.total.face / (terms->fresh > 0 ? terms->fresh : 1);
    }
    if (isnan(terms->cost_drift)) {
        terms->cost_drift = work->model->cost_inflation;
    }
}

static jk_status roll(forward_work *work, jk_forward *forward, jk_error *error) {
    size_t span = (size_t)jk_forward_span(&work->mixed, &forward->terms);
    forward->month = jk_arena_alloc(forward->arena, span, sizeof *forward->month);
    double *scratch = jk_arena_alloc(forward->arena, 2 * span, sizeof *scratch);
    JK_TRY(jk_held(forward->month != NULL && scratch != NULL, error, "the agreement"));
    forward->price = jk_forward_price(&work->mixed, &forward->terms, 1);
    forward->price_own_mix = jk_forward_price(&work->whole, &forward->terms, 1);
    jk_forward_roll(&work->mixed, forward);
    (void)jk_forward_return(forward, forward->price, scratch, &forward->irr);
    forward->asked_irr = NAN;
    if (!isnan(forward->terms.asked)) {
        forward->asked_outcome = jk_forward_return(forward, forward->terms.asked, scratch, &forward->asked_irr);
    }
    return JK_OK;
}

static jk_status make(forward_work *work, jk_forward *forward, jk_error *error) {
    const jk_forward_terms *terms = &forward->terms;
    forward->arena = jk_arena_create();
    JK_TRY(value_ages(work, 0, terms->fresh, &forward->fresh, error));
    if (!(forward->fresh.total.face > 0.0)) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(work->tape), 0, NULL,
                       "no claim was written off less than %d months before the cut-off; expected fresh claims, or the "
                       "whole tape as a batch",
                       terms->fresh);
    }
    work->share = forward->arena == NULL
                      ? NULL
                      : jk_arena_alloc(forward->arena, forward->fresh.segment_count, sizeof *work->share);
    JK_TRY(jk_held(work->share != NULL, error, "the agreement"));
    fill_terms(work, forward);
    batch_of(&forward->fresh, &forward->fresh.total, forward->fresh.segment_count, &work->whole);
    JK_TRY(find_shares(terms, &forward->fresh, work->share, error));
    mix_batch(work, &forward->fresh, terms->mix_count);
    JK_TRY(roll(work, forward, error));
    JK_TRY(price_segments(work, forward, error));
    return price_ages(work, forward, error);
}

jk_status jk_forward_make(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                          const jk_forward_terms *terms, jk_forward *forward, jk_error *error) {
    *forward = (jk_forward){.terms = *terms};
    JK_TRY(check_terms(terms, error));
    forward_work *work = calloc(1, sizeof *work);
    JK_TRY(jk_held(work != NULL, error, "the agreement"));
    work->tape = tape;
    work->model = model;
    work->options = *options;
    jk_status status = make(work, forward, error);
    free(work);
    if (status != JK_OK) {
        jk_forward_reset(forward);
    }
    return status;
}

void jk_forward_reset(jk_forward *forward) {
    jk_valuation_reset(&forward->fresh);
    jk_arena_free(forward->arena);
    *forward = (jk_forward){0};
}
