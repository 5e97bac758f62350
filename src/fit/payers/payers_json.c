/* SPDX-License-Identifier: Apache-2.0 */
/* What was learned of payers as JSON, and what of it can be drawn. */
#include <string.h>

#include "base/text/json.h"
#include "fit/payers/payers.h"

static json_t *segment_or_null(const jk_fit *fit, int segment) {
    return segment >= 0 ? json_string(fit->base->segments[segment].id) : json_null();
}

static json_t *payer_figure(jk_json_builder *json, const jk_fit *fit, const jk_payer_term *term) {
    json_t *object = json_object();
    bool by_class = term->figure == JK_PAYER_MONTHLY_SHARE;
    bool whole = by_class && term->segment >= 0 && fit->payers->whole_class[term->segment];
    json_t *treatment =
        term->index < 0 || by_class ? json_null() : json_string(jk_fit_treatment_name((size_t)term->index));
    json_t *class =
        term->index < 0 || !by_class || whole ? json_null() : json_string(jk_capacity_name((jk_capacity)term->index));
    jk_json_put(json, object, "figure", json_string(jk_payer_figure_name(term->figure)));
    jk_json_put(json, object, "segment", segment_or_null(fit, term->segment));
    jk_json_put(json, object, "treatment", treatment);
    jk_json_put(json, object, "capacity_class", class);
    jk_json_put(json, object, "link", json_string(jk_payer_figure_link(term->figure)));
    jk_json_put_numbers(json, object, {"estimate", term->estimate}, {"std_error", term->std_error},
                        {"value", term->value}, {"credibility", term->credibility});
    return object;
}

static json_t *payer_term_json(jk_json_builder *json, const jk_fit *fit, const jk_payer_term *term) {
    json_t *object = payer_figure(json, fit, term), *interval = json_array();
    jk_json_append(json, interval, jk_json_number(term->low));
    jk_json_append(json, interval, jk_json_number(term->high));
    jk_json_put(json, object, "interval", interval);
    jk_json_put_numbers(json, object, {"events", term->events}, {"exposure", term->exposure},
                        {"debtors", term->debtors});
    return object;
}

static json_t *payer_level_json(jk_json_builder *json, const jk_fit *fit, const jk_payer_level *level) {
    json_t *object = json_object();
    const char *treatment = level->treatment >= 0 ? jk_fit_treatment_name((size_t)level->treatment) : NULL;
    jk_json_put(json, object, "what", jk_json_string(level->what));
    jk_json_put(json, object, "segment", segment_or_null(fit, level->segment));
    jk_json_put(json, object, "treatment", treatment != NULL ? json_string(treatment) : json_null());
    jk_json_put(json, object, "level", jk_json_string(level->level));
    jk_json_put_numbers(json, object, {"actual", level->actual}, {"expected", level->expected}, {"ratio", level->ratio},
                        {"std_error", level->std_error}, {"debtors", level->debtors}, {"value", level->value},
                        {"credibility", level->credibility});
    return object;
}

json_t *jk_fit_payers_json(jk_json_builder *json, const jk_fit *fit) {
    const jk_payers_result *payers = &fit->payers_result;
    json_t *object = json_object(), *terms = json_array(), *levels = json_array(), *months = json_array();
    for (size_t i = 0; i < payers->term_count; i++) {
        jk_json_append(json, terms, payer_term_json(json, fit, &payers->terms[i]));
    }
    for (size_t i = 0; i < payers->level_count; i++) {
        jk_json_append(json, levels, payer_level_json(json, fit, &payers->levels[i]));
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
    json_t *object = json_object(), *parameters = json_array(), *rows = json_array();
    for (size_t p = 0; p < payers->parameter_count; p++) { /* in the order of the covariance */
        for (size_t i = 0; i < payers->term_count; i++) {
            if (payers->terms[i].parameter == (int)p) {
                jk_json_append(json, parameters, payer_figure(json, fit, &payers->terms[i]));
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
            jk_json_append(json, list, payer_level_json(json, fit, &payers->levels[i]));
        }
    }
    return list;
}
