/* SPDX-License-Identifier: Apache-2.0 */
/* A fit as JSON: the figures, and the covariance for drawing parameters. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "fit/factors/factors_write.h"
#include "fit/fit_internal.h"
#include "fit/payers/payers.h"
#include "fit/transitions/beside_json.h"
#include "fit/transitions/transitions_json.h"

/* What names a figure: segment and treatment are null where all share it. */
static json_t *figure(jk_json_builder *json, const jk_fit *fit, const jk_fit_term *term) {
    json_t *object = json_object();
    const char *segment = term->segment >= 0 ? fit->base->segments[term->segment].id : NULL;
    const char *treatment = term->treatment >= 0 ? jk_fit_treatment_name((size_t)term->treatment) : NULL;
    jk_json_put(json, object, "segment", segment != NULL ? json_string(segment) : json_null());
    jk_json_put(json, object, "treatment", treatment != NULL ? json_string(treatment) : json_null());
    jk_json_put(json, object, "characteristic", jk_json_string(term->characteristic));
    jk_json_put(json, object, "level", jk_json_string(term->level));
    return object;
}

static json_t *term_json(jk_json_builder *json, const jk_fit *fit, const jk_fit_term *term) {
    json_t *object = figure(json, fit, term);
    jk_json_put(json, object, "reference", json_boolean(term->reference));
    jk_json_put_numbers(json, object, {"estimate", term->estimate}, {"std_error", term->std_error},
                        {"std_error_model", term->std_model},
                        {"degrees_of_freedom", term->state == JK_PPML_FREE ? term->degrees : NAN});
    json_t *interval = json_array();
    jk_json_append(json, interval, jk_json_number(term->low));
    jk_json_append(json, interval, jk_json_number(term->high));
    jk_json_put(json, object, "interval", interval);
    jk_json_put_numbers(json, object, {"std_error_jackknife", term->drawn_error},
                        {"bootstrap_quantile", term->drawn_quantile});
    jk_json_put_numbers(json, object, {"shrunk", term->value}, {"credibility", term->credibility});
    jk_json_put(json, object, "state", json_string(term->reference ? "reference" : jk_ppml_state_name(term->state)));
    jk_json_put_numbers(json, object, {"exposure", term->exposure}, {"cash", term->cash}, {"expected", term->expected});
    jk_json_put(json, object, "payers", json_integer((json_int_t)term->payers));
    if (term->kind == JK_FIT_CURVE) {
        const jk_steps *steps = &fit->base->segments[term->segment].curve[term->treatment];
        jk_json_put(json, object, "from_month", json_integer(steps->month[term->index]));
    }
    return object;
}

static json_t *references_json(jk_json_builder *json, const jk_fit *fit) {
    json_t *object = json_object();
    for (size_t i = 0; i < fit->result.term_count; i++) {
        const jk_fit_term *term = &fit->result.terms[i];
        if (term->reference && term->kind == JK_FIT_POINTS) {
            jk_json_put(json, object, term->characteristic, jk_json_string(term->level));
        }
    }
    return object;
}

static json_t *filter_json(jk_json_builder *json, const jk_panel_filter *filter) {
    json_t *object = json_object();
    jk_json_put(json, object, "key", json_string(filter->key == JK_PANEL_KEY_CLAIM ? "claim" : "debtor"));
    jk_json_put(json, object, "low", json_integer(filter->low));
    jk_json_put(json, object, "high", json_integer(filter->high));
    jk_json_put(json, object, "from", jk_json_date(filter->from));
    jk_json_put(json, object, "to", jk_json_date(filter->to));
    return object;
}

static json_t *panel_json(jk_json_builder *json, const jk_fit *fit) {
    const jk_tape *tape = jk_panel_tape(fit->panel);
    json_t *object = json_object();
    jk_json_put(json, object, "source", jk_json_string(jk_tape_attribute(tape, "source_name")));
    jk_json_put(json, object, "sha256", json_string(jk_tape_sha256(tape)));
    jk_json_put(json, object, "from", jk_json_date(fit->result.span.first_start));
    jk_json_put(json, object, "to", jk_json_date(fit->result.span.end));
    jk_json_put(json, object, "base_model", jk_json_string(fit->base->name));
    jk_json_put(json, object, "base_model_sha256", json_string(fit->base->sha256));
    jk_json_put(json, object, "base_currency", json_string(fit->base->base_currency));
    return object;
}

static json_t *trees_json(jk_json_builder *json, const jk_fit_trees_result *trees) {
    json_t *object = json_object();
    jk_json_put(json, object, "trees", json_integer(trees->boost.rounds));
    jk_json_put_counts(json, object, {"rows", trees->rows}, {"rows_held_out", trees->boost.held_out_rows},
                       {"features", trees->features});
    jk_json_put_numbers(json, object, {"deviance_points", trees->boost.deviance_alone},
                        {"deviance_trees", trees->boost.deviance_trees});
    return object;
}

static json_t *bootstrap_json(jk_json_builder *json, const jk_fit_result *result) {
    if (result->draws == 0) {
        return json_null();
    }
    json_t *object = json_object();
    jk_json_put_counts(json, object, {"draws", result->draws}, {"seed", result->seed}, {"figures", result->drawn},
                       {"too_few_payers", result->drawn_few});
    return object;
}

static json_t *sentences(jk_json_builder *json, const char *const *lines, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        jk_json_append(json, list, jk_json_string(lines[i]));
    }
    return list;
}

static json_t *summary_json(jk_json_builder *json, const jk_fit_result *result) {
    json_t *object = json_object();
    jk_json_put(json, object, "learned", sentences(json, result->learned, result->learned_count));
    jk_json_put(json, object, "not_learned", sentences(json, result->messages, result->message_count));
    jk_json_put(json, object, "worries", sentences(json, result->worries, result->worry_count));
    return object;
}

/* By the class of the score: how many claims, and the shares that are truly none, weak, able; null: not known. */
static json_t *guessed_json(jk_json_builder *json, const jk_fit_result *result) {
    if (!jk_class_is_guessed(result->scorecard)) {
        return json_null();
    }
    json_t *object = json_object();
    for (int s = 0; s < JK_CAPACITY_COUNT; s++) {
        json_t *row = json_object(), *shares = json_array();
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            jk_json_append(json, shares, jk_json_number(result->scorecard->class_given_score[s][k]));
        }
        jk_json_put(json, row, "claims", jk_json_number(result->guessed_claims[s]));
        jk_json_put(json, row, "shares", shares);
        jk_json_put(json, object, jk_capacity_name((jk_capacity)s), row);
    }
    return object;
}

static json_t *factor_json(jk_json_builder *json, const jk_fit_factor *factor) {
    json_t *object = json_object(), *interval = json_array();
    jk_json_append(json, interval, factor->learned ? jk_json_number(factor->low) : json_null());
    jk_json_append(json, interval, factor->learned ? jk_json_number(factor->high) : json_null());
    jk_json_put(json, object, "learned", json_boolean(factor->learned));
    jk_json_put(json, object, "why_not", factor->learned ? json_null() : jk_json_string(factor->why));
    jk_json_put(json, object, "factor", factor->learned ? jk_json_number(factor->estimate) : json_null());
    jk_json_put(json, object, "std_error", factor->learned ? jk_json_number(factor->std_error) : json_null());
    jk_json_put(json, object, "interval", interval);
    jk_json_put(json, object, "taken", factor->learned ? jk_json_number(factor->value) : json_null());
    jk_json_put(json, object, "payers", json_integer((json_int_t)factor->payers));
    return object;
}

static json_t *titles_json(jk_json_builder *json, const jk_fit_titles *titles) {
    json_t *object = json_object();
    jk_json_put(json, object, "pre_title_factor", factor_json(json, &titles->pre_title));
    jk_json_put(json, object, "garnish_share", factor_json(json, &titles->garnish));
    return object;
}

/* Characteristics whose points are a smooth function. */
static json_t *splines_json(jk_json_builder *json, const jk_fit *fit) {
    json_t *list = json_array();
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        if (fit->spline[c].variance > 0.0) {
            json_t *object = json_object();
            jk_json_put(json, object, "characteristic", jk_json_string(fit->card[c].from->name));
            jk_json_put(json, object, "bins", json_integer((json_int_t)fit->card[c].levels - 1));
            jk_json_put_numbers(json, object, {"degrees_of_freedom", fit->spline[c].freedom},
                                {"step", sqrt(fit->spline[c].variance)});
            jk_json_append(json, list, object);
        }
    }
    return list;
}

/* Characteristics that were looked at for whether they count differently by segment. */
static json_t *interactions_json(jk_json_builder *json, const jk_fit *fit) {
    json_t *list = json_array();
    for (size_t c = 0; fit->interaction != NULL && c < fit->base->scorecard.count; c++) {
        const jk_fit_interaction *of = &fit->interaction[c];
        if (!of->tried) {
            continue;
        }
        json_t *object = json_object(), *segments = json_array();
        for (size_t g = 0; of->kept && g < fit->base->segment_count; g++) {
            json_t *factor = json_object();
            jk_json_put(json, factor, "segment", json_string(fit->base->segments[g].id));
            jk_json_put_numbers(json, factor, {"factor", fit->scorecard.characteristics[c].in_segments[g]},
                                {"std_error", of->std_error[g]});
            jk_json_append(json, segments, factor);
        }
        jk_json_put(json, object, "characteristic", jk_json_string(fit->card[c].from->name));
        jk_json_put(json, object, "kept", json_boolean(of->kept));
        jk_json_put_numbers(json, object, {"gain", of->gain}, {"gain_std_error", of->gain_error},
                            {"spread", of->spread}, {"degrees_of_freedom", of->freedom});
        jk_json_put(json, object, "segments", segments);
        jk_json_append(json, list, object);
    }
    return list;
}

jk_status jk_fit_json(const jk_fit *fit, char **text, jk_error *error) {
    const jk_fit_result *result = &fit->result;
    jk_json_builder builder = {0}, *json = &builder;
    json_t *object = json_object(), *terms = json_array();
    for (size_t i = 0; i < result->term_count; i++) {
        jk_json_append(json, terms, term_json(json, fit, &result->terms[i]));
    }
    jk_json_put(json, object, "summary", summary_json(json, result));
    jk_json_put(json, object, "rows", json_integer((json_int_t)result->rows));
    jk_json_put_numbers(json, object, {"exposure", result->exposure}, {"cash", result->cash});
    jk_json_put_counts(json, object, {"rows_used", result->rows_used}, {"debtors", result->debtors},
                       {"payers", result->payers});
    jk_json_put_numbers(json, object, {"expected", result->expected}, {"expected_scored", result->scored_expected});
    jk_json_put(json, object, "class_given_score", guessed_json(json, result));
    jk_json_put_numbers(json, object, {"dispersion", result->dispersion},
                        {"dispersion_by_debtor", result->cluster_dispersion}, {"balance_power", result->balance_power},
                        {"points_spread", result->points_spread});
    jk_json_put(json, object, "bootstrap", bootstrap_json(json, result));
    jk_json_put(json, object, "splines", splines_json(json, fit));
    jk_json_put(json, object, "interactions", interactions_json(json, fit));
    json_t *overlap = json_object();
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        jk_json_put(json, overlap, jk_fit_treatment_name(t), jk_json_number(result->overlap[t]));
    }
    jk_json_put(json, object, "overlap", overlap);
    jk_json_put(json, object, "converged", json_boolean(result->converged));
    jk_json_put(json, object, "iterations", json_integer(result->iterations));
    jk_json_put(json, object, "panel", panel_json(json, fit));
    jk_json_put(json, object, "filter", filter_json(json, &fit->options.filter));
    jk_json_put(json, object, "references", references_json(json, fit));
    jk_json_put(json, object, "terms", terms);
    jk_json_put(json, object, "transitions", jk_transitions_json(json, fit->base, result->transitions));
    jk_json_put(json, object, "exits", jk_exits_json(json, fit->base, result->transitions));
    jk_json_put(json, object, "titles", titles_json(json, result->titles));
    jk_json_put(json, object, "spells", jk_fit_payers_json(json, fit));
    jk_json_put(json, object, "correlation", jk_fit_factors_json(json, fit->factors));
    jk_json_put(json, object, "trees", result->trees != NULL ? trees_json(json, result->trees) : json_null());
    jk_json_put(json, object, "messages", sentences(json, result->messages, result->message_count));
    jk_json_put(json, object, "manifest", jk_run_record_manifest(json));
    *text = jk_json_text(json, object, JSON_INDENT(2));
    return jk_held(*text != NULL, error, "the fit as JSON");
}

/* Variance of the logarithm of whole curves that their figures' credibility leaves out. */
static json_t *curves_unknown_json(jk_json_builder *json, const jk_fit *fit) {
    json_t *list = json_array();
    for (size_t c = 0; fit->curve_unknown != NULL && c < jk_fit_curves(fit->base); c++) {
        if (fit->curve_unknown[c] > 0.0 && !fit->base_curves[c % JK_TREATMENT_COUNT]) {
            json_t *one = json_object();
            jk_json_put(json, one, "segment", json_string(jk_fit_segment(fit, c)->id));
            jk_json_put(json, one, "treatment", json_string(jk_fit_treatment_name(c % JK_TREATMENT_COUNT)));
            jk_json_put(json, one, "variance", jk_json_number(fit->curve_unknown[c]));
            jk_json_append(json, list, one);
        }
    }
    return list;
}

jk_status jk_fit_covariance_json(const jk_fit *fit, const char *model_sha256, char **text, jk_error *error) {
    const jk_fit_result *result = &fit->result;
    jk_json_builder builder = {0}, *json = &builder;
    json_t *object = json_object(), *parameters = json_array(), *rows = json_array(), *base = json_array();
    for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        if (fit->base_curves[t]) {
            jk_json_append(json, base, json_string(jk_fit_treatment_name(t)));
        }
    }
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->parameter >= 0) {
            json_t *named = figure(json, fit, term);
            jk_json_put_numbers(json, named, {"estimate", term->estimate}, {"value", term->value},
                                {"credibility", term->credibility}, {"unknown", fit->figure_unknown[term->parameter]},
                                {"expected", term->expected});
            jk_json_append(json, parameters, named);
        }
    }
    for (size_t a = 0; a < result->parameter_count; a++) {
        json_t *row = json_array();
        for (size_t b = 0; b < result->parameter_count; b++) {
            jk_json_append(json, row, jk_json_number(result->covariance[a * result->parameter_count + b]));
        }
        jk_json_append(json, rows, row);
    }
    jk_json_put(json, object, "jalki_covariance", json_integer(1));
    jk_json_put(json, object, "model_sha256", model_sha256 != NULL ? json_string(model_sha256) : json_null());
    jk_json_put(json, object, "scale", json_string("log"));
    jk_json_put(json, object, "cluster", json_string("debtor"));
    jk_json_put(json, object, "panel", panel_json(json, fit));
    jk_json_put(json, object, "parameters", parameters);
    jk_json_put(json, object, "covariance", rows);
    jk_json_put(json, object, "base_curves", base);
    jk_json_put(json, object, "curves_unknown", curves_unknown_json(json, fit));
    jk_json_put(json, object, "garnish_share", jk_fit_factor_error_json(&result->titles->garnish));
    jk_json_put(json, object, "beside_cash", jk_fit_beside_json(json, fit));
    jk_json_put(json, object, "spells", jk_fit_payers_covariance_json(json, fit));
    jk_json_put(json, object, "levels", jk_fit_payers_levels_json(json, fit));
    jk_json_put(json, object, "manifest", jk_run_record_manifest(json));
    *text = jk_json_text(json, object, JSON_COMPACT);
    return jk_held(*text != NULL, error, "the covariance as JSON");
}
