/* SPDX-License-Identifier: Apache-2.0 */
/* Which points of the new scorecard fade, their half-life among the figures, and the list of levels. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "fit/payers/payers.h"

/* ---- which points fade ------------------------------------------------------------------------------------------- */

static bool is_recency(const jk_characteristic *item) {
    static const char *const names[] = {"months_since_last_payment", "paid_12m_share", "paid_24m_share", "payments_12m",
                                        "payments_24m"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(item->name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A level that no quiet row had (who paid last month is paying) takes the points of the next one. */
static void fill_empty_levels(jk_fit *fit, size_t item, jk_characteristic *to) {
    double *points = (double *)(uintptr_t)to->points; /* made by this fit */
    for (size_t l = to->is_numeric ? to->count : 0; l-- > 0;) {
        int32_t p = fit->design.level_parameter[item][l];
        if (fit->estimates.state[p] == JK_PPML_NO_ROWS && l + 1 < to->count) {
            points[l] = points[l + 1];
        }
    }
}

jk_status jk_fit_payers_items(jk_fit *fit, size_t *count, jk_error *error) {
    jk_characteristic *items = jk_fit_items(fit);
    bool given = false, found = false;
    *count = 0;
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        given = given || items[c].fades;
        found = found || is_recency(&items[c]);
    }
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        bool fades = given ? items[c].fades : is_recency(&items[c]);
        if (fades && !given) {
            JK_TRY(
                jk_fit_say(fit, error, "%s: what it says of the last payment fades in the new model", items[c].name));
        }
        items[c].fades = fades;
        if (fades) {
            fill_empty_levels(fit, c, &items[c]);
            (*count)++;
        }
    }
    return given || found
               ? JK_OK
               : jk_fit_say(fit, error,
                            "half-life: no characteristic of the base model looks at the last payment, so that debtors "
                            "of unequal readiness are valued alike; add months_since_last_payment to the scorecard");
}

int jk_fit_payers_item(const jk_fit *fit) {
    int item = -1;
    size_t fading = 0;
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        fading += fit->scorecard.characteristics[c].fades;
        item = fit->scorecard.characteristics[c].fades ? (int)c : item;
    }
    return fading == 1 && fit->scorecard.characteristics[item].count + 1 <= JK_PAYER_LEVELS_MAX ? item : -1;
}

int jk_fit_payers_recency(const jk_fit *fit) {
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        const jk_characteristic *item = &fit->scorecard.characteristics[c];
        bool recency = item->fades && item->is_numeric && strcmp(item->name, "months_since_last_payment") == 0;
        if (recency && item->count + 1 <= JK_PAYER_LEVELS_MAX) {
            return (int)c;
        }
    }
    return -1;
}

/* Lasting intensities move by exp(a), so that what fades goes to that level; today's stay as they are. */
void jk_fit_payers_shift(jk_fit *fit, double shared) {
    jk_characteristic *items = jk_fit_items(fit);
    double shift = jk_fit_round_points(shared);
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        if (items[c].fades) {
            double *points = (double *)(uintptr_t)items[c].points; /* made by this fit */
            for (size_t l = 0; l < items[c].count; l++) {
                points[l] = jk_fit_round_points(points[l] - shift);
            }
            items[c].missing_points = jk_fit_round_points(items[c].missing_points - shift);
            items[c].other_points = jk_fit_round_points(items[c].other_points - shift);
            fit->scorecard.intercept = jk_fit_round_points(fit->scorecard.intercept + shift);
            return;
        }
    }
}

/* ---- one more figure ------------------------------------------------------------------------------------------- */

/* The term, and its place in the covariance: beside the others' figures, of which it is taken as independent. */
jk_status jk_fit_payers_add_term(jk_fit *fit, const jk_payer_term *term, jk_error *error) {
    jk_payers_result *result = &fit->payers_result;
    size_t n = result->parameter_count;
    jk_payer_term *terms = jk_arena_alloc(fit->arena, result->term_count + 1, sizeof *terms);
    double *covariance = jk_arena_alloc(fit->arena, (n + 1) * (n + 1), sizeof *covariance);
    JK_TRY(jk_held(terms != NULL && covariance != NULL, error, "the fading points"));
    memcpy(terms, result->terms, result->term_count * sizeof *terms);
    terms[result->term_count] = *term;
    if (!isnan(term->std_error)) {
        for (size_t i = 0; i < n; i++) {
            memcpy(covariance + i * (n + 1), result->covariance + i * n, n * sizeof *covariance);
        }
        covariance[(n + 1) * (n + 1) - 1] = term->std_error * term->std_error;
        terms[result->term_count].parameter = (int)n;
        result->covariance = covariance;
        result->parameter_count = n + 1;
    }
    result->terms = terms;
    result->term_count++;
    return JK_OK;
}

/* ---- the list of levels ------------------------------------------------------------------------------------------ */

jk_status jk_fit_room_for_levels(jk_fit *fit, jk_error *error) {
    size_t segments = fit->base->segment_count;
    fit->payers_result.levels = jk_arena_alloc(
        fit->arena, 2 * JK_PAYER_LEVELS_MAX + segments * (1 + JK_TREATMENT_COUNT) + 2, sizeof(jk_payer_level));
    return jk_held(fit->payers_result.levels != NULL, error, "the levels");
}

void jk_fit_put_level(jk_payers_result *result, const jk_payer_level *level) {
    jk_payer_level *levels = (jk_payer_level *)(uintptr_t)result->levels; /* made by this fit */
    levels[result->level_count++] = *level;
}
