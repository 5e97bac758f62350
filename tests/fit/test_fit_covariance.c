/* SPDX-License-Identifier: Apache-2.0 */
/* What can be drawn of a fit: figures with their covariance, what payers do, and what stands beside the cash, each read
 * back from JSON and held against the result. */
#include "fit/json_case.h"

#include "fit/transitions/beside_json.h"

/* ---- payers ------------------------------------------------------------------------------------------------------ */

static void payer_term_is(const json_t *object, const jk_payer_term *term, bool drawn) {
    const bool share = term->figure == JK_PAYER_MONTHLY_SHARE;
    static const char *const names[] = {"settled_share", "breakage", "monthly_share", "half_life"};
    static const char *const classes[] = {"none", "weak", "able"};
    const double interval[] = {term->low, term->high};
    const char *segment = segment_of(term->segment);
    text_is(object, "figure", names[term->figure]);
    assert_true(segment == NULL || strcmp(json_string_value(member(object, "segment")), segment) == 0);
    if (term->index >= 0 && !share) {
        text_is(object, "treatment", treatment_of(term->index));
    } else if (term->index >= 0 && !term->together) {
        text_is(object, "capacity_class", classes[term->index]);
    }
    text_is(object, "link", term->figure == JK_PAYER_SETTLED_SHARE ? "logit" : "log");
    number_is(object, "estimate", term->estimate);
    number_is(object, "std_error", term->std_error);
    number_is(object, "value", term->value);
    number_is(object, "credibility", term->credibility);
    assert_int_equal(json_object_get(object, "events") == NULL, drawn);
    assert_null(json_object_get(object, "low"));
    assert_null(json_object_get(object, "high"));
    if (!drawn) {
        number_is(object, "events", term->events);
        number_is(object, "exposure", term->exposure);
        number_is(object, "debtors", term->debtors);
        numbers_are(member(object, "interval"), interval, 2, "interval");
    }
}

static void level_is(const json_t *object, const jk_payer_level *level) {
    text_is(object, "what", level->what);
    number_is(object, "actual", level->actual);
    number_is(object, "expected", level->expected);
    number_is(object, "ratio", level->ratio);
    number_is(object, "std_error", level->std_error);
    number_is(object, "debtors", level->debtors);
    number_is(object, "value", level->value);
    number_is(object, "credibility", level->credibility);
}

static void payers(void **state) {
    (void)state;
    json_t *root = read_fit();
    const jk_payers_result *result = &fit->payers_result;
    const json_t *spells = member(root, "spells"), *terms = member(spells, "terms"), *levels = member(spells, "levels");
    const double months[] = {12.0, 24.0};
    flag_is(spells, "learned", true);
    text_is(spells, "why_not", NULL);
    number_is(spells, "grace", 2.0);
    number_is(spells, "period_months", result->period_months);
    number_is(spells, "readiness_shape", result->readiness_shape);
    number_is(spells, "paid_again", result->again);
    number_is(spells, "quiet_paid", result->quiet);
    number_is(spells, "since_last_payment", result->since_last_payment);
    number_is(spells, "begun", (double)result->begun);
    number_is(spells, "settled", (double)result->settled);
    number_is(spells, "ended", (double)result->ended);
    numbers_are(member(spells, "landmark_months"), months, 2, "months");
    assert_int_equal(json_array_size(terms), result->term_count);
    assert_int_equal(json_array_size(levels), result->level_count);
    for (size_t i = 0; i < result->term_count; i++) {
        payer_term_is(json_array_get(terms, i), &result->terms[i], false);
    }
    for (size_t i = 0; i < result->level_count; i++) {
        level_is(json_array_get(levels, i), &result->levels[i]);
    }
    json_decref(root);
    fit->payers_result.learned = false;
    fit->payers_result.why_not = "they do not";
    root = read_fit();
    flag_is(member(root, "spells"), "learned", false);
    text_is(member(root, "spells"), "why_not", "they do not");
    fit->payers_result.learned = true;
    fit->payers_result.why_not = NULL;
    json_decref(root);
}

/* ---- the covariance ---------------------------------------------------------------------------------------------- */

/* The likelihood's parameter of a figure. */
static int32_t parameter_of(const jk_fit_term *term) {
    const size_t curve = (size_t)(term->segment * JK_TREATMENT_COUNT + term->treatment);
    if (term->kind == JK_FIT_CURVE) {
        return fit->design.curve_parameter[curve][term->index];
    }
    if (term->kind == JK_FIT_CLASS) {
        return fit->design.class_parameter[curve][term->index];
    }
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        if (strcmp(fit->scorecard.characteristics[c].name, term->characteristic) == 0) {
            return fit->design.level_parameter[c][term->index];
        }
    }
    return -1;
}

static void covariance(void **state) {
    (void)state;
    const jk_fit_result *result = &fit->result;
    fit->base_curves[JK_TREAT_LEGAL] = true;
    for (size_t c = 0; c < SEGMENTS * JK_TREATMENT_COUNT; c++) {
        fit->curve_unknown[c] = c == 1 ? 0.0 : 0.01 * (double)(c + 1);
    }
    fit->titles.garnish = (jk_fit_factor){1, 1.5, 0.25, 1.0, 2.0, exp(0.5 * log(1.5)), 31, NULL};
    json_t *root = read_covariance("0123456789abcdef");
    number_is(root, "jalki_covariance", 1.0);
    text_is(root, "model_sha256", "0123456789abcdef");
    text_is(root, "scale", "log");
    text_is(root, "cluster", "debtor");
    text_is(member(root, "panel"), "base_model", "truth");
    const json_t *parameters = member(root, "parameters");
    assert_int_equal(json_array_size(parameters), result->parameter_count);
    size_t unlike = 0;
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->parameter >= 0) {
            const json_t *object = json_array_get(parameters, (size_t)term->parameter);
            const int32_t p = parameter_of(term);
            figure_is(object, term);
            number_is(object, "estimate", term->estimate);
            number_is(object, "value", term->value);
            number_is(object, "credibility", term->credibility);
            number_is(object, "expected", term->expected);
            number_is(object, "unknown", fit->unknown[p]);
            unlike += p != term->parameter && fit->unknown[p] > 0.0;
        }
    }
    assert_true(unlike > 0);
    matrix_is(member(root, "covariance"), result->covariance, result->parameter_count, "covariance");
    const json_t *curves = member(root, "curves_unknown"), *of_base = member(root, "base_curves");
    static const char *const base_curves[] = {"legal"};
    static const int with_unknown[] = {0, 3, 4};
    texts_are(of_base, base_curves, 1);
    assert_int_equal(json_array_size(curves), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *one = json_array_get(curves, i);
        text_is(one, "segment", base->segments[with_unknown[i] / 3].id);
        text_is(one, "treatment", treatment_of(with_unknown[i] % 3));
        number_is(one, "variance", 0.01 * (with_unknown[i] + 1));
    }
    assert_true(fabs(json_number_value(member(root, "garnish_share")) - sqrt(0.5) * 0.25) < 1e-12);
    json_decref(root);
    root = read_covariance(NULL);
    text_is(root, "model_sha256", NULL);
    json_decref(root);
}

/* Figures of payers in the order of their covariance, and the levels that a draw moves. */
static void covariance_of_payers(void **state) {
    (void)state;
    const jk_payers_result *result = &fit->payers_result;
    fit->base_curves[JK_TREAT_LEGAL] = true;
    json_t *root = read_covariance(NULL);
    const json_t *spells = member(root, "spells"), *levels = member(root, "levels");
    assert_int_equal(json_array_size(member(spells, "parameters")), result->parameter_count);
    for (size_t i = 0; i < result->term_count; i++) {
        if (result->terms[i].parameter >= 0) {
            payer_term_is(json_array_get(member(spells, "parameters"), (size_t)result->terms[i].parameter),
                          &result->terms[i], true);
        }
    }
    matrix_is(member(spells, "covariance"), result->covariance, result->parameter_count, "covariance");
    size_t at = 0;
    for (size_t i = 0; i < result->level_count; i++) {
        const jk_payer_level *level = &result->levels[i];
        const bool moved = level->what[0] == 'm' || (level->what[0] == 'c' && level->treatment != JK_TREAT_LEGAL);
        if (moved) {
            level_is(json_array_get(levels, at++), level);
        }
    }
    assert_true(at == json_array_size(levels) && at == 3 + 5);
    json_decref(root);
}

/* What a model has beside the cash: errors of logarithms, as the figures lean on those of all segments. */
static void beside_the_cash(void **state) {
    (void)state;
    fit->payers_result.half_life_error = 0.4375;
    fit->titles.pre_title = (jk_fit_factor){1, 0.8, 0.2, 0.5, 1.0, 0.9, 31, NULL};
    json_t *root = read_covariance(NULL);
    const json_t *beside = member(root, "beside_cash"), *moves = member(beside, "class_moves"),
                 *segments = member(beside, "segments");
    const jk_transitions *of = &fit->transitions;
    number_is(beside, "half_life", 0.4375);
    assert_true(fabs(json_number_value(member(beside, "pre_title_factor")) - 0.2 * sqrt(log(0.9) / log(0.8))) < 1e-12);
    number_is(beside, "exits", of->exits_error);
    assert_true(json_array_size(segments) == SEGMENTS && json_array_size(moves) == 9);
    for (size_t g = 0; g < SEGMENTS; g++) {
        const json_t *one = json_array_get(segments, g);
        text_is(one, "segment", base->segments[g].id);
        number_is(one, "exit_monthly", of->segment[g].exit.log_error);
        number_is(one, "exit_leans", of->segment[g].exit_leans);
        number_is(one, "months_to_title", of->segment[g].months_to_title.log_error);
    }
    for (size_t i = 0; i < 9; i++) {
        const json_t *one = json_array_get(moves, i);
        const bool all = i / 3 == SEGMENTS;
        const jk_class_matrix *m = all ? &of->parent[i % 3] : &of->segment[i / 3].classes[i % 3];
        double relative[9], leans[3];
        for (int k = 0; k < 9; k++) {
            const double value = m->value[k / 3][k % 3];
            relative[k] = value > 0.0 ? fmin(m->std_error[k / 3][k % 3] / value, 100.0) : 0.0;
            leans[k / 3] = of->class_weight / (of->class_weight + (double)m->months[k / 3]);
        }
        text_is(one, "segment", all ? NULL : base->segments[i / 3].id);
        text_is(one, "treatment", treatment_of((int)i % 3));
        matrix_is(member(one, "relative_error"), relative, 3, "relative error");
        if (all) {
            assert_true(json_is_null(member(one, "leans")));
        } else {
            numbers_are(member(one, "leans"), leans, 3, "leans");
        }
    }
    json_decref(root);
    /* A factor of 1 leans on nothing; more than its own data, or against them, is none of it. */
    static const double estimates[] = {1.0, 2.0, 2.0}, values[] = {1.0, 4.0, 0.5}, parts[] = {1.0, 1.0, 0.0};
    for (int i = 0; i < 3; i++) {
        const jk_fit_factor factor = {1, estimates[i], 0.25, 0.5, 1.0, values[i], 31, NULL};
        json_t *value = jk_fit_factor_error_json(&factor);
        assert_true(fabs(json_number_value(value) - 0.25 * parts[i]) < 1e-15);
        json_decref(value);
    }
    fit->payers_result.half_life_error = 0.0;
    fit->titles.pre_title.learned = 0;
    root = read_covariance(NULL);
    assert_true(json_is_null(member(member(root, "beside_cash"), "half_life")));
    assert_true(json_is_null(member(member(root, "beside_cash"), "pre_title_factor")));
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payers),
        cmocka_unit_test(covariance),
        cmocka_unit_test(covariance_of_payers),
        cmocka_unit_test(beside_the_cash),
    };
    return cmocka_run_group_tests(tests, fit_history, drop_fit);
}
