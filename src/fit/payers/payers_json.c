/* SPDX-License-Identifier: Apache-2.0 */
/* What was learned of payers as JSON, and what of it can be drawn. */
#include <string.h>

#include "base/words/listing.h"
#include "fit/payers/payers.h"

/* A row with its interval as a list of two. */
static json_t *payer_term_json(jk_json_builder *json, const jk_listing *rows, size_t row) {
    json_t *object = jk_listing_row_json(json, rows, row), *interval = json_array();
    static const char *const ends[] = {"low", "high"};
    for (size_t i = 0; i < 2; i++) {
        jk_json_append(json, interval, json_incref(json_object_get(object, ends[i])));
        (void)json_object_del(object, ends[i]);
    }
    jk_json_put(json, object, "interval", interval);
    return object;
}

static json_t *payer_level_json(jk_json_builder *json, const jk_fit *fit, size_t row) {
    const jk_listing rows = jk_payer_levels_listing(&fit->payers_result, fit->base);
    return jk_listing_row_json(json, &rows, row);
}

json_t *jk_fit_payers_json(jk_json_builder *json, const jk_fit *fit) {
    const jk_payers_result *payers = &fit->payers_result;
    const jk_listing rows = jk_payers_listing(payers, fit->base);
    json_t *object = json_object(), *terms = json_array(), *levels = json_array(), *months = json_array();
    for (size_t i = 0; i < payers->term_count; i++) {
        jk_json_append(json, terms, payer_term_json(json, &rows, i));
    }
    for (size_t i = 0; i < payers->level_count; i++) {
        jk_json_append(json, levels, payer_level_json(json, fit, i));
    }
    for (int i = 0; i < 2; i++) {
        jk_json_append(json, months, json_integer(payers->landmark_months[i]));
    }
    jk_json_put(json, object, "learned", json_boolean(payers->learned));
    jk_json_put(json, object, "why_not", payers->why_not != NULL ? json_string(payers->why_not) : json_null());
    jk_json_put(json, object, "grace", json_integer(payers->grace));
    jk_json_put_numbers(json, object, {"period_months", payers->period_months},
                        {"readiness_shape", payers->readiness_shape}, {"paid_again", payers->again},
                        {"quiet_paid", payers->quiet});
    jk_json_put(json, object, "since_last_payment", json_integer(payers->since_last_payment));
    jk_json_put_counts(json, object, {"begun", payers->begun}, {"settled", payers->settled}, {"ended", payers->ended});
    jk_json_put(json, object, "terms", terms);
    jk_json_put(json, object, "landmark_months", months);
    jk_json_put(json, object, "levels", levels);
    return object;
}

/* Figures of payers for drawing, on the scales of their links; independent of those above. */
json_t *jk_fit_payers_covariance_json(jk_json_builder *json, const jk_fit *fit) {
    const jk_payers_result *payers = &fit->payers_result;
    jk_listing terms = jk_payers_listing(payers, fit->base);
    terms.column_count = JK_PAYERS_DRAWN;
    json_t *object = json_object(), *parameters = json_array(), *rows = json_array();
    for (size_t p = 0; p < payers->parameter_count; p++) { /* in the order of the covariance */
        for (size_t i = 0; i < payers->term_count; i++) {
            if (payers->terms[i].parameter == (int)p) {
                jk_json_append(json, parameters, jk_listing_row_json(json, &terms, i));
            }
        }
    }
    for (size_t a = 0; a < payers->parameter_count; a++) {
        json_t *row = json_array();
        for (size_t b = 0; b < payers->parameter_count; b++) {
            jk_json_append(json, row, jk_json_number(payers->covariance[a * payers->parameter_count + b]));
        }
        jk_json_append(json, rows, row);
    }
    jk_json_put(json, object, "parameters", parameters);
    jk_json_put(json, object, "covariance", rows);
    return object;
}

/* Levels by segment (and treatment), and of all together: those that a draw moves. No cash moved those of curves that
 * are the base model's. */
json_t *jk_fit_payers_levels_json(jk_json_builder *json, const jk_fit *fit) {
    const jk_payers_result *payers = &fit->payers_result;
    json_t *list = json_array();
    for (size_t i = 0; i < payers->level_count; i++) {
        const char *what = payers->levels[i].what;
        const int t = payers->levels[i].treatment;
        const bool held = t >= 0 && fit->base_curves[t];
        if (!held && (strcmp(what, "curve") == 0 || strcmp(what, "monthly_share") == 0)) {
            jk_json_append(json, list, payer_level_json(json, fit, i));
        }
    }
    return list;
}
