/* SPDX-License-Identifier: Apache-2.0 */
/* What a fit may be asked for: options just within their bounds and beyond, names of characteristics, what is told of
 * others, and the model that comes of a fit. */
#include "fit/fit_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/panel_case.h"
#include "jalki/fit.h"

static int make_history(void **state) {
    (void)state;
    return make_panel(700, 0.5, 0.1);
}

static void is_refused(const jk_fit_options *options, const char *key, const char *words) {
    jk_fit *fit = (jk_fit *)(void *)1;
    jk_error error = {0};
    assert_int_equal(jk_fit_run(panel_path, base, options, &fit, &error), JK_ERROR_ARGUMENT);
    assert_null(fit);
    assert_string_equal(error.key, key);
    if (strstr(error.message, words) == NULL) {
        fail_msg("'%s', expected '%s'", error.message, words);
    }
}

static jk_fit *is_taken(const jk_fit_options *options) {
    jk_fit *fit = NULL;
    jk_error error = {0};
    must(jk_fit_run(panel_path, base, options, &fit, &error), &error);
    return fit;
}

static void defaults(void **state) {
    (void)state;
    const jk_fit_options options = jk_fit_defaults();
    assert_true(options.shrink == 1 && options.grace == 2 && options.seed == 1 && options.bootstrap == 0);
    assert_true(options.interactions == 0 && options.smooth == 0 && options.hold_titles == 0 && options.auto_bins == 0);
    assert_true(options.splines == NULL && options.name == NULL && options.monotone_count == 0);
    assert_true(options.filter.low == 0 && options.filter.high == 100);
    assert_string_equal(jk_fit_treatment_name(0), "surveil");
    assert_string_equal(jk_fit_treatment_name(2), "legal");
}

static void options_out_of_bounds(void **state) {
    (void)state;
    static const int draws[] = {-1, 1, JK_FIT_DRAWS_LEAST - 1, JK_FIT_DRAWS_MOST + 1};
    static const int graces[] = {0, 13};
    for (size_t i = 0; i < 4; i++) {
        jk_fit_options options = jk_fit_defaults();
        options.bootstrap = draws[i];
        is_refused(&options, "bootstrap", "expected 0, or 99 to 10000");
    }
    for (size_t i = 0; i < 2; i++) {
        jk_fit_options options = jk_fit_defaults();
        options.grace = graces[i];
        is_refused(&options, "grace", "expected 1 to 12");
    }
    static const char *const names[] = {"", "a\x01z", "a\nz"};
    for (size_t i = 0; i < 3; i++) {
        jk_fit_options options = jk_fit_defaults();
        options.name = names[i];
        is_refused(&options, "name", "expected a name for the model");
    }
}

static void options_at_their_bounds(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++) {
        jk_fit_options options = jk_fit_defaults();
        options.bootstrap = how == 0 ? JK_FIT_DRAWS_LEAST : 0;
        options.grace = how == 0 ? 1 : 12;
        options.name = "m";
        options.splines = how == 0 ? NULL : "all";
        options.monotone_count = 2;
        options.monotone[0] = (jk_fit_monotone){"default_marks", -1};
        options.monotone[1] = (jk_fit_monotone){"default_marks", 1};
        jk_fit *fit = is_taken(&options);
        assert_int_equal(jk_fit_result_of(fit)->draws, how == 0 ? JK_FIT_DRAWS_LEAST : 0);
        assert_int_equal(jk_fit_result_of(fit)->payer_figures->grace, options.grace);
        jk_fit_free(fit);
    }
    jk_fit_free(NULL);
}

static void names_of_characteristics(void **state) {
    (void)state;
    jk_fit_options options = jk_fit_defaults();
    options.monotone_count = 2;
    options.monotone[0] = (jk_fit_monotone){"default_marks", 1};
    options.monotone[1] = (jk_fit_monotone){"employment", 1};
    is_refused(&options, "employment", "its levels have no order; monotone needs a numeric characteristic");
    options.monotone[1].name = "default_mark";
    is_refused(&options, "default_mark", "no characteristic of the base model, did you mean default_marks?");
    options.monotone[1].name = "qqqqqqqqqqqqq";
    is_refused(&options, "qqqqqqqqqqqqq", "no characteristic of the base model");
    options.monotone_count = 0;
    options.splines = "employment";
    is_refused(&options, "employment", "its levels have no order; a spline needs a numeric characteristic");
    options.splines = "default_marks,nothing_like_it";
    is_refused(&options, "nothing_like_it", "no characteristic of the base model");
    options.splines = "default_marks,";
    is_refused(&options, "", "no characteristic of the base model");
    char longest[129];
    memset(longest, 'x', sizeof longest - 1);
    longest[128] = '\0';
    options.splines = longest;
    is_refused(&options, "splines", "expected names of characteristics");
    longest[127] = '\0';
    is_refused(&options, longest, "no characteristic of the base model");
    jk_characteristic *items = (jk_characteristic *)(uintptr_t)base->scorecard.characteristics;
    items[1].fades = true;
    options.splines = "default_marks";
    is_refused(&options, "default_marks", "its points fade, level by level");
    assert_false(jk_fit_is_spline(&options, &items[1]));
    items[1].fades = false;
    assert_true(jk_fit_is_spline(&options, &items[1]) && !jk_fit_is_spline(&options, &items[0]));
    options.splines = "default_marks_too";
    assert_false(jk_fit_is_spline(&options, &items[1]));
    options.splines = "age_years,default_marks";
    assert_true(jk_fit_is_spline(&options, &items[1]));
    options.splines = "age_years,default_mark,employment";
    assert_false(jk_fit_is_spline(&options, &items[1]) || jk_fit_is_spline(&options, &items[0]));
    options.splines = "all";
    assert_true(jk_fit_is_spline(&options, &items[1]) && !jk_fit_is_spline(&options, &items[0]));
    options.splines = NULL;
    assert_false(jk_fit_is_spline(&options, &items[1]));
}

/* The model of a fit is the base model with its segments and scorecard. */
static void the_model_of_a_fit(void **state) {
    (void)state;
    const jk_fit_options options = jk_fit_defaults();
    jk_fit *fit = is_taken(&options);
    const jk_model model = jk_fit_model(fit);
    const jk_fit_result *result = jk_fit_result_of(fit);
    assert_true(model.segments == result->segments &&
                model.scorecard.characteristics == result->scorecard->characteristics);
    assert_true(model.segment_count == base->segment_count && model.jurisdictions == base->jurisdictions);
    assert_true(model.scorecard.intercept == result->scorecard->intercept && model.irr == base->irr);
    assert_true(result->transitions->segments == base->segment_count && result->titles != NULL &&
                result->trees == NULL);
    assert_true(result->dispersion > 0.0 && result->cluster_dispersion > 0.0 && result->iterations > 0);
    jk_fit_free(fit);
}

/* Where debtors who paid are fewer than points, these are held while curves are estimated, and it is said. */
static void few_payers_hold_points(void **state) {
    (void)state;
    for (int shrink = 0; shrink < 2; shrink++) {
        jk_fit_options options = jk_fit_defaults();
        options.shrink = shrink;
        options.filter.high = 4;
        jk_fit *fit = is_taken(&options);
        const jk_fit_result *result = jk_fit_result_of(fit);
        size_t points = 0;
        for (size_t c = 0; c < base->scorecard.count; c++) {
            for (size_t l = 0; l < fit->card[c].levels; l++) {
                const int32_t p = fit->design.level_parameter[c][l];
                points += l != fit->card[c].reference && fit->estimates.exposure[p] > 0.0;
                assert_true(!fit->points_held || fit->estimates.state[p] == JK_PPML_HELD);
            }
        }
        char wanted[160];
        (void)snprintf(wanted, sizeof wanted, "%zu debtors who paid cannot tell %zu points and the curves apart; ",
                       result->payers, points);
        bool said = false;
        for (size_t i = 0; i < result->message_count; i++) {
            said = said || strncmp(result->messages[i], wanted, strlen(wanted)) == 0;
        }
        assert_true(result->payers > 0 && result->payers < points);
        assert_true(said == (shrink == 1) && fit->points_held == (shrink == 1));
        assert_true(shrink == 0 || !result->converged);
        jk_fit_free(fit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(options_out_of_bounds),
        cmocka_unit_test(options_at_their_bounds),
        cmocka_unit_test(names_of_characteristics),
        cmocka_unit_test(the_model_of_a_fit),
        cmocka_unit_test(few_payers_hold_points),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
