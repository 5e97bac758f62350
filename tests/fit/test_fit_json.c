/* SPDX-License-Identifier: Apache-2.0 */
/* A fit as JSON: every number, read back, is that of the result, under the name and in the place that docs/fit.md gives
 * it. */
#include "fit/json_case.h"

#include "fit/factors/fit_factors.h"

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static void figures(void **state) {
    (void)state;
    json_t *root = read_fit();
    const jk_fit_result *result = &fit->result;
    const json_t *terms = member(root, "terms"), *references = member(root, "references");
    assert_int_equal(json_array_size(terms), result->term_count);
    size_t found = 0;
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        const json_t *object = json_array_get(terms, i);
        const double interval[] = {term->low, term->high};
        figure_is(object, term);
        flag_is(object, "reference", term->reference);
        number_is(object, "estimate", term->estimate);
        number_is(object, "std_error", term->std_error);
        number_is(object, "std_error_model", term->std_model);
        number_is(object, "degrees_of_freedom", term->state == JK_PPML_FREE ? term->degrees : (double)NAN);
        numbers_are(member(object, "interval"), interval, 2, "interval");
        number_is(object, "std_error_jackknife", term->drawn_error);
        number_is(object, "bootstrap_quantile", term->drawn_quantile);
        number_is(object, "shrunk", term->value);
        number_is(object, "credibility", term->credibility);
        text_is(object, "state", term->reference ? "reference" : jk_ppml_state_name(term->state));
        number_is(object, "exposure", term->exposure);
        number_is(object, "cash", term->cash);
        number_is(object, "expected", term->expected);
        number_is(object, "payers", term->payers);
        if (term->kind == JK_FIT_CURVE) {
            const jk_steps *steps = &base->segments[term->segment].curve[term->treatment];
            number_is(object, "from_month", steps->month[term->index]);
        } else {
            assert_null(json_object_get(object, "from_month"));
        }
        if (term->reference && term->kind == JK_FIT_POINTS) {
            text_is(references, term->characteristic, term->level);
            found++;
        }
    }
    assert_true(found == 3 && json_object_size(references) == found);
    json_decref(root);
}

static void sums_and_words(void **state) {
    (void)state;
    jk_fit_result *result = &fit->result;
    for (int s = 0; s < JK_CAPACITY_COUNT; s++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            fit->scorecard.class_given_score[s][k] = 0.1 * (k + 1) + 0.01 * s;
        }
    }
    result->iterations = 23;
    json_t *root = read_fit();
    const json_t *summary = member(root, "summary"), *guessed = member(root, "class_given_score");
    number_is(root, "rows", (double)result->rows);
    number_is(root, "rows_used", (double)result->rows_used);
    number_is(root, "debtors", (double)result->debtors);
    number_is(root, "payers", (double)result->payers);
    number_is(root, "exposure", result->exposure);
    number_is(root, "cash", result->cash);
    number_is(root, "expected", result->expected);
    number_is(root, "expected_scored", result->scored_expected);
    number_is(root, "dispersion", result->dispersion);
    number_is(root, "dispersion_by_debtor", result->cluster_dispersion);
    number_is(root, "balance_power", result->balance_power);
    number_is(root, "points_spread", result->points_spread);
    number_is(root, "iterations", 23.0);
    flag_is(root, "converged", result->converged != 0);
    texts_are(member(root, "messages"), result->messages, result->message_count);
    texts_are(member(summary, "learned"), result->learned, result->learned_count);
    texts_are(member(summary, "not_learned"), result->messages, result->message_count);
    texts_are(member(summary, "worries"), result->worries, result->worry_count);
    assert_true(result->learned_count > 2 && json_is_null(member(root, "trees")) &&
                json_is_null(member(root, "correlation")));
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        number_is(member(root, "overlap"), treatment_of(t), result->overlap[t]);
    }
    static const char *const classes[] = {"none", "weak", "able"};
    for (int s = 0; s < JK_CAPACITY_COUNT; s++) {
        const json_t *row = member(guessed, classes[s]);
        number_is(row, "claims", result->guessed_claims[s]);
        numbers_are(member(row, "shares"), fit->scorecard.class_given_score[s], JK_CAPACITY_COUNT, "shares");
    }
    const json_t *drawn = member(root, "bootstrap"), *panel = member(root, "panel"), *filter = member(root, "filter");
    number_is(drawn, "draws", JK_FIT_DRAWS_LEAST);
    number_is(drawn, "seed", 17.0);
    number_is(drawn, "figures", (double)result->drawn);
    number_is(drawn, "too_few_payers", (double)result->drawn_few);
    text_is(panel, "source", jk_tape_attribute(jk_panel_tape(fit->panel), "source_name"));
    text_is(panel, "sha256", jk_tape_sha256(jk_panel_tape(fit->panel)));
    text_is(panel, "from", "2021-01-01");
    text_is(panel, "to", "2023-01-01");
    text_is(panel, "base_model", "truth");
    text_is(panel, "base_model_sha256", base->sha256);
    text_is(panel, "base_currency", "EUR");
    text_is(filter, "key", "debtor");
    number_is(filter, "low", 0.0);
    number_is(filter, "high", 95.0);
    text_is(filter, "from", "1997-05-19");
    text_is(filter, "to", NULL);
    const json_t *splines = member(root, "splines"), *interactions = member(root, "interactions");
    assert_true(json_array_size(splines) == 1 && json_array_size(interactions) == 0);
    const json_t *spline = json_array_get(splines, 0);
    text_is(spline, "characteristic", "default_marks");
    number_is(spline, "bins", (double)fit->card[2].levels - 1.0);
    number_is(spline, "degrees_of_freedom", fit->spline[2].freedom);
    number_is(spline, "step", sqrt(fit->spline[2].variance));
    json_decref(root);
    fit->options.filter.key = JK_PANEL_KEY_CLAIM;
    result->draws = 0;
    memset(fit->scorecard.class_given_score, 0, sizeof fit->scorecard.class_given_score);
    root = read_fit();
    text_is(member(root, "filter"), "key", "claim");
    assert_true(json_is_null(member(root, "bootstrap")) && json_is_null(member(root, "class_given_score")));
    json_decref(root);
    fit->options.filter.key = JK_PANEL_KEY_DEBTOR;
    result->draws = JK_FIT_DRAWS_LEAST;
}

static void transitions(void **state) {
    (void)state;
    json_t *root = read_fit();
    const json_t *moves = member(root, "transitions"), *exits = member(root, "exits");
    static const char *const classes[] = {"none", "weak", "able"};
    assert_true(json_array_size(moves) == 27 && json_array_size(exits) == SEGMENTS);
    for (int i = 0; i < 27; i++) {
        const int g = i / 9, t = i / 3 % 3, from = i % 3;
        const jk_class_matrix *m =
            g == SEGMENTS ? &fit->transitions.parent[t] : &fit->transitions.segment[g].classes[t];
        const json_t *row = json_array_get(moves, (size_t)i);
        double counts[3];
        text_is(row, "segment", g == SEGMENTS ? NULL : base->segments[g].id);
        text_is(row, "treatment", treatment_of(t));
        text_is(row, "from", classes[from]);
        number_is(row, "months", (double)m->months[from]);
        for (int to = 0; to < 3; to++) {
            counts[to] = (double)m->pairs[from][to];
        }
        numbers_are(member(row, "counts"), counts, 3, "counts");
        numbers_are(member(row, "monthly"), m->value[from], 3, "monthly");
        numbers_are(member(row, "std_error"), m->std_error[from], 3, "std_error");
        numbers_are(member(row, "low"), m->low[from], 3, "low");
        numbers_are(member(row, "high"), m->high[from], 3, "high");
    }
    for (size_t g = 0; g < SEGMENTS; g++) {
        const jk_segment_transitions *of = &fit->transitions.segment[g];
        const json_t *object = json_array_get(exits, g), *shares = member(object, "recovery_share");
        static const char *const names[] = {"exit_monthly", "death_monthly", "insolvency_monthly", "months_to_title"};
        const jk_estimate *const figures_of[] = {&of->exit, &of->death, &of->insolvency, &of->months_to_title};
        text_is(object, "segment", base->segments[g].id);
        for (int f = 0; f < 7; f++) {
            const jk_estimate *one = f < 4 ? figures_of[f] : &of->recovery_share[f - 4];
            const json_t *told = f < 4 ? member(object, names[f]) : member(shares, treatment_of(f - 4));
            number_is(told, "value", one->value);
            number_is(told, "observed", one->observed);
            number_is(told, "low", one->low);
            number_is(told, "high", one->high);
            number_is(told, "events", one->events);
            number_is(told, "exposure", one->exposure);
        }
    }
    json_decref(root);
}

/* What was not asked of this fit, written down here. */
static void titles_factors_trees(void **state) {
    (void)state;
    const jk_fit_titles kept = fit->titles;
    fit->titles =
        (jk_fit_titles){{1, 1.25, 0.125, 0.75, 1.75, 1.1875, 31, "why"}, {0, 2.0, 0.5, 1.5, 2.5, 1.0, 7, "too few"}};
    jk_factor_period period[] = {{0.25, 0.0625}, {-0.5, (double)INFINITY}, {0.125, 0.25}};
    jk_factor_history history[] = {{.name = "fi", .volatility = 0.2, .keep = 0.9, .spread = 0.1, .period = period},
                                   {.name = "rest", .volatility = 0.3, .keep = 0.8, .spread = 0.15, .period = period}};
    double prior[] = {1, 0.5, 0.5, 1}, observed[] = {1, 0.25, 0.125, 1}, weight[] = {0, 0.375, 0.75, 0},
           matrix[] = {1, 0.45, 0.35, 1};
    struct jk_fit_factors factors = {2, 3, 6, history, prior, observed, weight, matrix, 0.0625, 0.03125};
    const jk_fit_trees_result trees = {
        .rows = 777,
        .features = 5,
        .boost = {.rounds = 41, .held_out_rows = 155, .deviance_alone = 1.5, .deviance_trees = 1.25}};
    double errors[SEGMENTS] = {0.0625, 0.09375}, in_segments[SEGMENTS] = {0.75, 1.5};
    jk_fit_interaction interaction[] = {
        {.tried = true,
         .kept = true,
         .gain = 3.5,
         .gain_error = 1.25,
         .spread = 0.375,
         .freedom = 1.75,
         .std_error = errors},
        {.tried = false},
        {.tried = true, .gain = -1.0, .gain_error = 0.5, .spread = 0.25, .freedom = 0.5}};
    jk_fit_items(fit)[0].in_segments = in_segments;
    fit->factors = &factors;
    fit->result.trees = &trees;
    fit->interaction = interaction;
    json_t *root = read_fit();
    const json_t *told = member(root, "titles"), *pending = member(told, "pre_title_factor"),
                 *garnish = member(told, "garnish_share");
    const double interval[] = {0.75, 1.75}, none[] = {(double)NAN, (double)NAN};
    flag_is(pending, "learned", true);
    text_is(pending, "why_not", NULL);
    number_is(pending, "factor", 1.25);
    number_is(pending, "std_error", 0.125);
    numbers_are(member(pending, "interval"), interval, 2, "interval");
    number_is(pending, "taken", 1.1875);
    number_is(pending, "payers", 31.0);
    flag_is(garnish, "learned", false);
    text_is(garnish, "why_not", "too few");
    number_is(garnish, "factor", (double)NAN);
    number_is(garnish, "std_error", (double)NAN);
    numbers_are(member(garnish, "interval"), none, 2, "interval");
    number_is(garnish, "taken", (double)NAN);
    number_is(garnish, "payers", 7.0);
    const json_t *correlation = member(root, "correlation"), *list = member(correlation, "factors");
    const double shocks[] = {0.25, (double)NAN, 0.125}, chances[] = {0.25, (double)NAN, 0.5};
    number_is(correlation, "periods", 3.0);
    number_is(correlation, "period_months", 6.0);
    assert_int_equal(json_array_size(list), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *one = json_array_get(list, i);
        text_is(one, "name", history[i].name);
        number_is(one, "volatility", history[i].volatility);
        number_is(one, "keeps", history[i].keep);
        number_is(one, "spread", history[i].spread);
        numbers_are(member(one, "shocks"), shocks, 3, "shocks");
        numbers_are(member(one, "chance"), chances, 3, "chance");
    }
    matrix_is(member(correlation, "base"), prior, 2, "base");
    matrix_is(member(correlation, "observed"), observed, 2, "observed");
    matrix_is(member(correlation, "weight"), weight, 2, "weight");
    matrix_is(member(correlation, "taken"), matrix, 2, "taken");
    number_is(correlation, "scatter", 0.0625);
    number_is(correlation, "moved", 0.03125);
    const json_t *grown = member(root, "trees"), *looked = member(root, "interactions");
    number_is(grown, "trees", 41.0);
    number_is(grown, "rows", 777.0);
    number_is(grown, "rows_held_out", 155.0);
    number_is(grown, "features", 5.0);
    number_is(grown, "deviance_points", 1.5);
    number_is(grown, "deviance_trees", 1.25);
    assert_int_equal(json_array_size(looked), 2);
    for (size_t i = 0; i < 2; i++) {
        const jk_fit_interaction *of = &interaction[2 * i];
        const json_t *one = json_array_get(looked, i), *parts = member(one, "segments");
        text_is(one, "characteristic", i == 0 ? "employment" : "default_marks");
        flag_is(one, "kept", of->kept);
        number_is(one, "gain", of->gain);
        number_is(one, "gain_std_error", of->gain_error);
        number_is(one, "spread", of->spread);
        number_is(one, "degrees_of_freedom", of->freedom);
        assert_int_equal(json_array_size(parts), i == 0 ? SEGMENTS : 0);
        for (size_t g = 0; i == 0 && g < SEGMENTS; g++) {
            text_is(json_array_get(parts, g), "segment", base->segments[g].id);
            number_is(json_array_get(parts, g), "factor", in_segments[g]);
            number_is(json_array_get(parts, g), "std_error", errors[g]);
        }
    }
    json_decref(root);
    fit->titles = kept;
    jk_fit_items(fit)[0].in_segments = NULL;
    fit->factors = NULL;
    fit->result.trees = NULL;
    fit->interaction = NULL;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures),
        cmocka_unit_test(sums_and_words),
        cmocka_unit_test(transitions),
        cmocka_unit_test(titles_factors_trees),
    };
    return cmocka_run_group_tests(tests, fit_history, drop_fit);
}
