/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of a fit as a list: what each is, what it rests on, and in words what could not be estimated. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

enum { THIN = 10, FEW_PAYERS = 200, FEW_DEGREES = 100 }; /* debtors that paid; degrees of freedom */

static const char *step_name(jk_fit *fit, const jk_steps *steps, size_t knot) {
    if (knot + 1 == steps->count) {
        return jk_fit_text(fit, "%d and more", (int)steps->month[knot]);
    }
    return jk_fit_text(fit, "%d to below %d", (int)steps->month[knot], (int)steps->month[knot + 1]);
}

static jk_status name_term(jk_fit *fit, const jk_fit_parameter *parameter, jk_fit_term *term, jk_error *error) {
    term->kind = parameter->kind;
    term->index = parameter->index;
    term->segment = parameter->curve >= 0 ? parameter->curve / JK_TREATMENT_COUNT : -1;
    term->treatment = parameter->curve >= 0 ? parameter->curve % JK_TREATMENT_COUNT : -1;
    if (parameter->kind == JK_FIT_CURVE) {
        term->characteristic = "curve";
        term->level = step_name(fit, jk_fit_steps(fit, (size_t)parameter->curve), (size_t)parameter->index);
    } else if (parameter->kind == JK_FIT_CLASS) {
        term->characteristic = "capacity_class";
        term->level = jk_capacity_name((jk_capacity)parameter->index);
    } else {
        /* The new scorecard's item has the bins as they were joined. */
        const jk_characteristic *item = &fit->scorecard.characteristics[parameter->item];
        char text[64];
        term->characteristic = item->name;
        term->level = jk_fit_text(fit, "%s", jk_score_level_name(item, (size_t)parameter->index, text));
    }
    return jk_held(term->level != NULL, error, "the fit");
}

static const char *place_of(jk_fit *fit, const jk_fit_term *term) {
    return term->segment < 0
               ? jk_fit_text(fit, "%s, %s", term->characteristic, term->level)
               : jk_fit_text(fit, "%s, %s, %s, %s", fit->base->segments[term->segment].id,
                             jk_fit_treatment_name((size_t)term->treatment), term->characteristic, term->level);
}

static jk_status comment(jk_fit *fit, const jk_fit_term *term, bool smooth, jk_error *error) {
    static const char *const held[] = {"leans on all segments", "takes the ratio of all segments",
                                       "keeps the points of the reference level"};
    const char *place = place_of(fit, term);
    JK_TRY(jk_held(place != NULL, error, "the fit"));
    switch (term->state) {
    case JK_PPML_NO_CASH:
        return term->kind == JK_FIT_POINTS
                   ? jk_fit_say(
                         fit, error,
                         "%s: no cash in an exposure of %.6g, the estimate would be minus infinity; its rows are "
                         "out of the estimation, and it is expected to bring no more than one more debtor's "
                         "payment (points %+.3f)",
                         place, term->exposure, term->value)
                   : jk_fit_say(fit, error,
                                "%s: no cash in an exposure of %.6g, the estimate would be minus infinity; it %s and "
                                "its rows are out of the estimation",
                                place, term->exposure, held[term->kind]);
    case JK_PPML_COLLINEAR:
        if (term->kind == JK_FIT_POINTS && term->value != 0.0) {
            return jk_fit_say(fit, error,
                              "%s: collinear among the rows that are estimated on; points %+.3f keep its rows where "
                              "they are beside the levels that pay nothing together",
                              place, term->value);
        }
        return jk_fit_say(fit, error, "%s: collinear, says what figures before it say together; it %s", place,
                          held[term->kind]);
    case JK_PPML_FREE:
        if (!isfinite(term->std_error) && fit->estimates.clusters_used > 1) {
            return jk_fit_say(fit, error, "%s: one debtor alone tells of it; there is no standard error", place);
        }
        return term->payers < THIN && term->kind == JK_FIT_POINTS && !smooth
                   ? jk_fit_say(fit, error, "%s: only %.0f debtors paid anything in it", place, term->payers)
                   : JK_OK;
    default:
        return JK_OK;
    }
}

static jk_status comment_items(jk_fit *fit, jk_error *error) {
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        const jk_fit_card_item *card = &fit->card[c];
        size_t with_rows = 0;
        for (size_t l = 0; l < card->levels; l++) {
            with_rows += fit->estimates.exposure[fit->design.level_parameter[c][l]] > 0.0;
        }
        if (with_rows < 2) {
            JK_TRY(jk_fit_say(fit, error, "%s: all rows have one level, it cannot be fitted; its points are 0",
                              card->from->name));
        }
    }
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        const uint64_t *rows = &fit->survey.curve_rows[g * JK_TREATMENT_COUNT];
        const char *id = fit->base->segments[g].id;
        if (rows[0] + rows[1] + rows[2] == 0) {
            JK_TRY(jk_fit_say(fit, error, "%s: no rows; it takes the curves of all segments together", id));
            continue;
        }
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            bool any = false;
            for (size_t other = t; other < fit->survey.curves; other += JK_TREATMENT_COUNT) {
                any = any || fit->survey.curve_rows[other] > 0;
            }
            if (rows[t] == 0 && any) {
                JK_TRY(jk_fit_say(fit, error, "%s, %s: no rows; it takes the curve of all segments together", id,
                                  jk_fit_treatment_name(t)));
            }
        }
    }
    return JK_OK;
}

static bool is_figure(const jk_fit *fit, size_t p) {
    const jk_fit_parameter *parameter = &fit->design.parameter[p];
    if (parameter->pending) {
        return false;
    }
    /* Levels of the format that no row has and that are no bin: other, missing. */
    return fit->estimates.exposure[p] > 0.0 || parameter->kind != JK_FIT_POINTS ||
           (size_t)parameter->index < fit->scorecard.characteristics[parameter->item].count;
}

static bool is_reference(const jk_fit *fit, const jk_fit_parameter *parameter) {
    return parameter->kind == JK_FIT_CLASS
               ? parameter->index == fit->class_reference[parameter->curve]
               : parameter->kind == JK_FIT_POINTS && (size_t)parameter->index == fit->card[parameter->item].reference;
}

/* The error is symmetric on the log scale; of few payers it is taken for that of a gamma distributed sum with as much
 * spread, one more payment above (Fay, Feuer 1997), and not below what the spread of the whole panel makes likely: the
 * large payments that would have widened it may not have happened yet. */
static void set_interval(const jk_fit *fit, jk_fit_term *term) {
    term->low = term->high = (double)NAN;
    if (term->state != JK_PPML_FREE || !isfinite(term->std_error)) {
        return;
    }
    if (fit->drawn_quantile != NULL) {
        jk_fit_bootstrap_interval(term);
        return;
    }
    if (term->payers >= FEW_PAYERS) {
        double half = (term->degrees < FEW_DEGREES ? jk_student_95(term->degrees) : JK_NORMAL_95) * term->std_error;
        term->low = term->estimate - half;
        term->high = term->estimate + half;
        return;
    }
    double error = fmax(term->std_error, term->std_model);
    double student = term->degrees < FEW_DEGREES ? jk_student_95(term->degrees) / JK_NORMAL_95 : 1.0;
    double shape = 1.0 / fmax(error * error * student * student, 1e-12);
    term->low = term->estimate + jk_log(jk_gamma_quantile(shape, 0.025) / shape);
    term->high = term->estimate + jk_log(jk_gamma_quantile(shape + 1.0, 0.975) / shape);
}

/* What the model takes rests on weighed rows, whose estimates are less uncertain than those per euro. What is not known
 * beside it goes with its figures. */
static jk_status copy_covariance(jk_fit *fit, const size_t *from, size_t count, jk_error *error) {
    double *covariance = jk_arena_alloc(fit->arena, count * count, sizeof *covariance);
    fit->figure_unknown = jk_arena_alloc(fit->arena, count, sizeof *fit->figure_unknown);
    JK_TRY(jk_held(covariance != NULL && fit->figure_unknown != NULL, error, "the covariance"));
    const double *all = fit->covariance != NULL ? fit->covariance : fit->estimates.covariance;
    for (size_t a = 0; a < count; a++) {
        fit->figure_unknown[a] = fit->unknown[from[a]];
        for (size_t b = 0; b < count; b++) {
            covariance[a * count + b] = all[from[a] * fit->estimates.parameters + from[b]];
        }
    }
    fit->result.parameter_count = count;
    fit->result.covariance = covariance;
    return JK_OK;
}

jk_status jk_fit_make_terms(jk_fit *fit, jk_error *error) {
    const jk_ppml *estimates = &fit->estimates;
    jk_fit_term *terms = jk_arena_alloc(fit->arena, estimates->parameters, sizeof *terms);
    size_t *from = jk_arena_alloc(fit->arena, estimates->parameters, sizeof *from);
    JK_TRY(jk_held(terms != NULL && from != NULL, error, "the fit"));
    size_t count = 0, estimated = 0;
    for (size_t p = 0; p < estimates->parameters; p++) {
        if (!is_figure(fit, p)) {
            continue;
        }
        jk_fit_term *term = &terms[count++];
        *term = (jk_fit_term){.parameter = -1,
                              .reference = is_reference(fit, &fit->design.parameter[p]),
                              .state = (jk_ppml_state)estimates->state[p],
                              .estimate = estimates->state[p] == JK_PPML_FREE ? estimates->estimate[p] : 0.0,
                              .std_error = estimates->std_error[p],
                              .std_model = estimates->std_model[p],
                              .drawn_error = fit->drawn_error != NULL ? fit->drawn_error[p] : (double)NAN,
                              .drawn_quantile = fit->drawn_quantile != NULL ? fit->drawn_quantile[p] : (double)NAN,
                              .degrees = estimates->degrees[p],
                              .value = fit->value[p],
                              .credibility = fit->credibility[p],
                              .exposure = estimates->exposure[p],
                              .cash = estimates->cash[p],
                              .expected = estimates->expected[p],
                              .payers = estimates->payers[p]};
        set_interval(fit, term);
        if (term->state == JK_PPML_FREE) {
            from[estimated] = p;
            term->parameter = (int)estimated++;
        }
        JK_TRY(name_term(fit, &fit->design.parameter[p], term, error));
        const jk_fit_parameter *parameter = &fit->design.parameter[p];
        const bool smooth = parameter->kind == JK_FIT_POINTS && fit->spline[parameter->item].variance > 0.0;
        JK_TRY(comment(fit, term, smooth, error));
    }
    if (fit->estimates.clusters_used < 2) {
        JK_TRY(jk_fit_say(fit, error, "all rows are of one debtor: there are no standard errors"));
    }
    JK_TRY(comment_items(fit, error));
    fit->result.term_count = count;
    fit->result.terms = terms;
    JK_TRY(jk_fit_bootstrap_tell(fit, error));
    return copy_covariance(fit, from, estimated, error);
}
