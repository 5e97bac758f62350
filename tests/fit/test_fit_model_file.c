/* SPDX-License-Identifier: Apache-2.0 */
/* A fitted model as its file: what is loaded from it is what was fitted, all else is the base model's, and each figure
 * says what it rests on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file/sha256.h"
#include "base/text/text.h"
#include "cmocka_all.h"
#include "fit/factors/fit_factors.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"
#include "fit/payers/payers.h"

enum { SEGMENTS = 2, LINE = 512 };
static jk_fit *fit;
static char *text;

static int fit_history(void **state) {
    (void)state;
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_model("truth_payers.yaml");
    jk_generate_panel_options made = jk_generate_panel_defaults();
    made.claims = 1500;
    made.months = 24;
    made.hidden = 0.2;
    jk_error error = {0};
    must(jk_generate_panel(&made, base, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    must(jk_fit_run(panel_path, base, &options, &fit, &error), &error);
    return 0;
}

static int drop_fit(void **state) {
    jk_fit_free(fit);
    free(text);
    return drop_panel(state);
}

/* The file as it is written now. */
static void write_model(void) {
    jk_error error = {0};
    must(jk_fit_write_model(fit, model_path, &error), &error);
    FILE *in = fopen(model_path, "r");
    assert_non_null(in);
    free(text);
    text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, in) > 1000);
    assert_int_equal(fclose(in), 0);
}

/* A line that stands in the file once, or so often. */
__attribute__((format(printf, 2, 3))) static void has_line(int times, const char *format, ...) {
    char line[LINE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    int found = 0;
    const size_t length = strlen(line);
    for (const char *at = strstr(text, line); at != NULL; at = strstr(at + 1, line)) {
        found += (at == text || at[-1] == '\n') && at[length] == '\n';
    }
    if (found != times) {
        fail_msg("%d times '%s', expected %d", found, line, times);
    }
}

static void near(double got, double wanted, const char *what) {
    if (!(fabs(got - wanted) <= 1e-9 * fmax(fabs(wanted), 1e-3))) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

static void numbers_near(const double *got, const double *wanted, size_t count, const char *what) {
    for (size_t i = 0; i < count; i++) {
        near(got[i], wanted[i], what);
    }
}

/* ---- what is loaded ---------------------------------------------------------------------------------------------- */

static void segment_is(const jk_segment *got, const jk_segment *fitted, const jk_segment *of_base) {
    assert_string_equal(got->id, of_base->id);
    near(got->exit_monthly, fitted->exit_monthly, "exit");
    near(got->months_to_title, fitted->months_to_title, "months to a title");
    near(got->pre_title_factor, fitted->pre_title_factor, "pending cases");
    numbers_near(got->theta_center, fitted->theta_center, 3, "centre");
    numbers_near(got->class_multiplier[0], fitted->class_multiplier[0], 9, "class");
    numbers_near(got->class_monthly[0][0], fitted->class_monthly[0][0], 27, "moves");
    numbers_near(got->recovery_share, fitted->recovery_share, 3, "share");
    numbers_near(got->garnish_share, fitted->garnish_share, 3, "garnishment");
    numbers_near(got->payers.settled_share, fitted->payers.settled_share, 3, "settled");
    numbers_near(got->payers.monthly_share, fitted->payers.monthly_share, 3, "monthly");
    numbers_near(got->payers.breakage, fitted->payers.breakage, 3, "breakage");
    numbers_near(got->payers.monthly, fitted->payers.monthly, 3, "cost of payers");
    assert_int_equal(got->payers.since_last_payment, fitted->payers.since_last_payment);
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        assert_int_equal(got->curve[t].count, of_base->curve[t].count);
        assert_memory_equal(got->curve[t].month, of_base->curve[t].month, got->curve[t].count * sizeof(int32_t));
        numbers_near(got->curve[t].value, fitted->curve[t].value, got->curve[t].count, "curve");
        near(got->cost[t].monthly, of_base->cost[t].monthly, "cost");
        near(got->cost[t].contingent, of_base->cost[t].contingent, "cost");
    }
    near(got->filing, of_base->filing, "filing");
    near(got->enforcement_monthly, of_base->enforcement_monthly, "enforcement");
    near(got->market_price.value[1], of_base->market_price.value[1], "price");
    near(got->transaction_cost, of_base->transaction_cost, "price");
}

static void scorecard_is(const jk_scorecard *got, const jk_scorecard *fitted) {
    near(got->intercept, fitted->intercept, "intercept");
    near(got->weak_from, fitted->weak_from, "weak");
    near(got->able_from, fitted->able_from, "able");
    near(got->half_life, fitted->half_life, "half-life");
    numbers_near(got->class_given_score[0], fitted->class_given_score[0], 9, "classes");
    assert_int_equal(got->count, fitted->count);
    for (size_t c = 0; c < got->count; c++) {
        const jk_characteristic *a = &got->characteristics[c], *b = &fitted->characteristics[c];
        assert_string_equal(a->name, b->name);
        assert_true(a->count == b->count && a->fades == b->fades && a->is_numeric == b->is_numeric);
        numbers_near(a->points, b->points, a->count, "points");
        near(a->missing_points, b->missing_points, "missing");
        near(a->other_points, a->is_numeric ? 0.0 : b->other_points, "other");
        for (size_t l = 0; l < a->count; l++) {
            assert_true(a->is_numeric ? a->below[l] == b->below[l] : strcmp(a->levels[l], b->levels[l]) == 0);
        }
        assert_true((a->in_segments != NULL) == (b->in_segments != NULL));
        if (a->in_segments != NULL) {
            numbers_near(a->in_segments, b->in_segments, SEGMENTS, "factors");
        }
    }
}

static jk_model *written(void) {
    jk_model *model = NULL;
    jk_error error = {0};
    write_model();
    must(jk_model_load(model_path, &model, &error), &error);
    return model;
}

static void what_is_loaded_is_what_was_fitted(void **state) {
    (void)state;
    const jk_model fitted = jk_fit_model(fit);
    jk_model *model = written();
    assert_string_equal(model->name, "truth-fitted");
    assert_string_equal(model->base_currency, "EUR");
    near(model->irr, base->irr, "return");
    assert_true(model->segment_count == SEGMENTS && model->exchange_rate_count == base->exchange_rate_count);
    scorecard_is(&model->scorecard, &fitted.scorecard);
    for (size_t g = 0; g < SEGMENTS; g++) {
        segment_is(&model->segments[g], &fitted.segments[g], &base->segments[g]);
    }
    jk_model_free(model);
}

/* Figures that no history gave: factors by segment, classes by the score, none of them, no payers, another name. */
static void what_a_fit_may_have(void **state) {
    (void)state;
    static double factor[SEGMENTS] = {0.75, 1.25}, error[SEGMENTS] = {0.125, 0.0625};
    static jk_fit_interaction interaction[3] = {{.kept = true, .gain = 12.345, .gain_error = 3.21, .std_error = error}};
    static const double guess[3][3] = {{0.7, 0.2, 0.1}, {0.2, 0.5, 0.3}, {0.05, 0.15, 0.8}};
    const jk_scorecard kept = fit->scorecard;
    fit->interaction = interaction;
    jk_fit_items(fit)[0].in_segments = factor;
    memcpy(fit->scorecard.class_given_score, guess, sizeof guess);
    fit->result.guessed_claims[1] = 321.0;
    fit->options.name = "mine";
    jk_model *model = written();
    assert_string_equal(model->name, "mine");
    scorecard_is(&model->scorecard, &fit->scorecard);
    has_line(1, "      in_segments: # debtors held out gain 12.3 (give or take 3.2) in log likelihood");
    has_line(1, "        \"fi\": 0.75 # s.e. 0.125");
    has_line(1, "        \"rest\": 1.25 # s.e. 0.0625");
    has_line(1, "    - [0.2, 0.5, 0.3] # 321 claims");
    has_line(1, "  able_from: %.0f", fit->scorecard.able_from);
    jk_model_free(model);
    jk_fit_items(fit)[0].in_segments = NULL;
    fit->interaction = NULL;
    memset(fit->scorecard.class_given_score, 0, sizeof guess);
    write_model();
    has_line(1, "  able_from: %.0f # classes by the score expect together what those of the panel do",
             fit->scorecard.able_from);
    assert_null(strstr(text, "class_given_score"));
    fit->payers_result.learned = false;
    fit->scorecard.half_life = 0.0;
    jk_fit_items(fit)[1].fades = false;
    write_model();
    assert_true(strstr(text, "payers:") == NULL && strstr(text, "half_life") == NULL && strstr(text, "fades") == NULL);
    fit->payers_result.learned = true;
    fit->scorecard = kept;
    jk_fit_items(fit)[1].fades = true;
    fit->options.name = NULL;
}

/* ---- what figures say they rest on ------------------------------------------------------------------------------- */

static const jk_fit_term *term_of(jk_fit_kind kind, int segment, int treatment, const char *name, int index) {
    for (size_t i = 0; i < fit->result.term_count; i++) {
        const jk_fit_term *term = &fit->result.terms[i];
        if (term->kind == kind && term->segment == segment && term->treatment == treatment && term->index == index &&
            (name == NULL || strcmp(name, term->characteristic) == 0)) {
            return term;
        }
    }
    return NULL;
}

static const char *number(double value, char out[64]) {
    for (int digits = 1; digits <= 17; digits++) { /* as few as it needs */
        (void)snprintf(out, 64, "%.*g", digits, value);
        if (strtod(out, NULL) == value) {
            break;
        }
    }
    return out;
}

/* The rest of a figure's line. */
static const char *origin(const jk_fit_term *term, char out[LINE]) {
    char start[LINE], own[64] = "";
    if (term == NULL) {
        return strcpy(out, " # no rows");
    }
    if (term->reference) {
        (void)snprintf(start, sizeof start, "the reference level");
    } else if (term->state != JK_PPML_FREE) {
        (void)snprintf(start, sizeof start, "%s", jk_ppml_state_name(term->state));
    } else if (isnan(term->std_error)) {
        (void)snprintf(start, sizeof start, "one debtor alone tells: no s.e.");
    } else {
        (void)snprintf(start, sizeof start, "s.e. %.3g of the log", term->std_error);
    }
    if (!term->reference && term->state == JK_PPML_FREE && term->credibility < 0.995) {
        (void)snprintf(own, sizeof own, "; %.0f %% its own data", 100.0 * term->credibility);
    }
    (void)snprintf(out, LINE, " # %.200s; exposure %.4g, cash %.4g from %.0f debtors%s", start, term->exposure,
                   term->cash, term->payers, own);
    return out;
}

static void check_origins(void) {
    char rest[LINE], value[64], bound[64];
    for (int c = 0; c < SEGMENTS * JK_TREATMENT_COUNT; c++) {
        const jk_steps *steps = &fit->segments[c / 3].curve[c % 3];
        for (size_t k = 0; k < steps->count; k++) {
            has_line(1, "        - [%d, %s]%s", steps->month[k], number(steps->value[k], value),
                     origin(term_of(JK_FIT_CURVE, c / 3, c % 3, NULL, (int)k), rest));
        }
    }
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        const jk_characteristic *item = &fit->scorecard.characteristics[c];
        for (size_t l = 0; l < item->count; l++) {
            const char *of = origin(term_of(JK_FIT_POINTS, -1, -1, item->name, (int)l), rest);
            number(item->points[l], value);
            if (!item->is_numeric) {
                has_line(1, "        \"%s\": %s%s", item->levels[l], value, of);
            } else if (l + 1 < item->count) {
                has_line(1, "        - {below: %s, points: %s}%s", number(item->below[l], bound), value, of);
            } else {
                has_line(1, "        - {points: %s}%s", value, of);
            }
        }
        const int missing = (int)item->count + !item->is_numeric;
        has_line(1, "      missing: %s%s", number(item->missing_points, value),
                 origin(term_of(JK_FIT_POINTS, -1, -1, item->name, missing), rest));
        if (!item->is_numeric) {
            has_line(1, "      other: %s%s", number(item->other_points, value),
                     origin(term_of(JK_FIT_POINTS, -1, -1, item->name, missing - 1), rest));
        }
    }
}

static void figures_say_what_they_rest_on(void **state) {
    (void)state;
    jk_fit_term *terms = (jk_fit_term *)(uintptr_t)fit->result.terms;
    terms[0].std_error = (double)NAN; /* the first steps, so that each kind of words is there */
    terms[1].state = JK_PPML_NO_CASH;
    terms[2].credibility = 0.995;
    terms[3].credibility = 0.9949;
    write_model();
    check_origins();
    has_line(1, "  half_life: %.9g # months; 95 %% from %.3g to %.3g", fit->scorecard.half_life,
             fit->payers_result.half_life_low, fit->payers_result.half_life_high);
}

static void estimate_line(const char *head, double value, const jk_estimate *of, const char *events) {
    char told[64], observed[128] = "";
    if (!isnan(of->observed)) {
        (void)snprintf(observed, sizeof observed, "; observed %.4g, 95 %% from %.4g to %.4g", of->observed, of->low,
                       of->high);
    }
    has_line(1, "%s%s # %.6g %s in %.5g%s", head, number(value, told), of->events, events, of->exposure, observed);
}

static void segments_say_what_they_rest_on(void **state) {
    (void)state;
    static const char *const names[] = {"surveil", "amicable", "legal"};
    fit->transitions.segment[1].exit.observed = (double)NAN;
    fit->curve_value[2][0] = (double)NAN;
    fit->class_fitted[1] = 0;
    write_model();
    has_line(1, "      legal: # the base model's, beside the new model's theta");
    for (int g = 0; g < SEGMENTS; g++) {
        const jk_segment *s = &fit->segments[g];
        const jk_segment_transitions *seen = &fit->transitions.segment[g];
        const uint64_t *rows = &fit->survey.curve_rows[3 * g];
        has_line(1, "  - id: \"%s\" # rows: %llu surveil, %llu amicable, %llu legal", s->id,
                 (unsigned long long)rows[0], (unsigned long long)rows[1], (unsigned long long)rows[2]);
        estimate_line("    exit_monthly: ", s->exit_monthly, &seen->exit, "deaths and insolvencies");
        estimate_line("      months_to_title: ", s->months_to_title, &seen->months_to_title, "titles");
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            char head[64], words[LINE] = "", class[3][64], between[] = ":";
            (void)snprintf(head, sizeof head, "      %s: ", names[t]);
            estimate_line(head, s->recovery_share[t], &seen->recovery_share[t], "claims ended as paid");
            for (int k = 0; k < 3; k++) {
                const jk_fit_term *term = term_of(JK_FIT_CLASS, g, t, NULL, k);
                if (term != NULL && term->state == JK_PPML_FREE) {
                    const size_t used = strlen(words);
                    (void)snprintf(words + used, sizeof words - used, "%s%s %s %.3g (%.0f debtors paid)",
                                   used == 0 ? " # s.e. of the log" : "", between, term->level, term->std_error,
                                   term->payers);
                    between[0] = ',';
                }
                number(s->class_multiplier[t][k], class[k]);
            }
            has_line(1, "      %s: [%s, %s, %s]%s%s", names[t], class[0], class[1], class[2], words,
                     g == 1 ? " # mean theta of the score's classes" : "");
            for (int a = 0; a < 3; a++) {
                const jk_class_matrix *m = &seen->classes[t];
                for (int k = 0; k < 3; k++) {
                    number(s->class_monthly[t][a][k], class[k]);
                }
                has_line(1, "        - [%s, %s, %s] # %lld months seen; s.e. %.2g, %.2g, %.2g", class[0], class[1],
                         class[2], (long long)m -> months[a], m -> std_error[a][0], m -> std_error[a][1],
                         m -> std_error[a][2]);
            }
        }
    }
}

static void payers_say_what_they_rest_on(void **state) {
    (void)state;
    const jk_payers_result *result = &fit->payers_result;
    jk_payer_term *terms = (jk_payer_term *)(uintptr_t)result->terms;
    static const char *const names[] = {"surveil", "amicable", "legal"};
    terms[0].std_error = (double)NAN;
    write_model();
    has_line(SEGMENTS, "      since_last_payment: %d", fit->segments[0].payers.since_last_payment);
    has_line(SEGMENTS, "      monthly: {surveil: 0, amicable: 0.2, legal: 0.2}");
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_payer_term *term = &terms[i];
        if (term->segment < 0) {
            continue;
        }
        const jk_payers *of = &fit->segments[term->segment].payers;
        const bool share = term->figure == JK_PAYER_MONTHLY_SHARE;
        const double value = term->figure == JK_PAYER_SETTLED_SHARE ? of->settled_share[term->index]
                             : share                                ? of->monthly_share[term->index]
                                                                    : of->breakage[term->index];
        char head[64], told[64], rest[LINE] = "";
        (void)snprintf(head, sizeof head, share ? "        - %s" : "        %s: ", share ? "" : names[term->index]);
        if (!isnan(term->std_error)) {
            (void)snprintf(rest, sizeof rest, "; observed %.4g, 95 %% from %.4g to %.4g; %.0f %% its own data",
                           term->estimate, term->low, term->high, 100.0 * term->credibility);
        }
        has_line(1, "%s%s # %.6g in %.5g, from %.0f debtors%s", head, number(value, told), term->events, term->exposure,
                 term->debtors, rest);
    }
}

/* ---- the head, titles, factors, the hash ------------------------------------------------------------------------- */

static void the_head_says_what_was_fitted_on(void **state) {
    (void)state;
    const jk_fit_result *result = &fit->result;
    const jk_panel_filter kept = fit->options.filter;
    write_model();
    const char *source = jk_tape_attribute(jk_panel_tape(fit->panel), "source_name");
    char head[LINE];
    (void)snprintf(head, sizeof head, " to %s (sha256 %s)\n", source, jk_tape_sha256(jk_panel_tape(fit->panel)));
    assert_true(strstr(text, "# Fitted by jalki ") != NULL && strstr(text, head) != NULL);
    has_line(1, "# Periods from 2021-01-01 to 2023-01-01: %zu rows of %zu debtors, of whom %zu paid;", result->rows,
             result->debtors, result->payers);
    has_line(1, "# exposure %.6g EUR-months, cash %.6g EUR; dispersion %.4g, by debtor %.4g.", result->exposure,
             result->cash, result->dispersion, result->cluster_dispersion);
    has_line(1, "# Law, costs and prices are those of the model truth (sha256 %s).", base->sha256);
    for (size_t i = 0; i < result->message_count; i++) {
        has_line(1, "# - %s", result->messages[i]);
    }
    assert_true(result->message_count > 0 && strstr(text, "# Only") == NULL);
    fit->options.filter = (jk_panel_filter){JK_PANEL_KEY_CLAIM, 20, 100, 18628, JK_MISSING_INTEGER};
    write_model();
    has_line(1, "# Only claims in hundredths 20 to 99 of their key were fitted on.");
    has_line(1, "# Only periods from 2021-01-01 were fitted on.");
    fit->options.filter = (jk_panel_filter){JK_PANEL_KEY_DEBTOR, 0, 99, JK_MISSING_INTEGER, 18700};
    write_model();
    has_line(1, "# Only debtors in hundredths 0 to 98 of their key were fitted on.");
    has_line(1, "# Only periods before 2021-03-14 were fitted on.");
    fit->options.filter = (jk_panel_filter){JK_PANEL_KEY_DEBTOR, 1, 0, 18628, 18700};
    write_model();
    has_line(1, "# Only debtors in hundredths 1 to 99 of their key were fitted on.");
    has_line(1, "# Only periods from 2021-01-01 before 2021-03-14 were fitted on.");
    fit->options.filter = kept;
}

static void titles_and_factors(void **state) {
    (void)state;
    const jk_fit_titles kept = fit->titles;
    fit->titles =
        (jk_fit_titles){{1, 1.25, 0.125, 0.75, 1.875, 1.1875, 31, NULL}, {1, 2.5, 0.5, 1.5, 3.5, 2.25, 47, NULL}};
    fit->segments[0].pre_title_factor = 0.59375;
    fit->segments[1].garnish_share[2] = 0.5;
    static jk_factor_history history[] = {{.name = "fi"}, {.name = "rest"}};
    static double matrix[] = {1, 0.25, 0.25, 1};
    static struct jk_fit_factors factors = {.count = 2, .periods = 8, .months = 3, .factor = history, .matrix = matrix};
    fit->factors = &factors;
    write_model();
    has_line(1, "      pre_title_factor: 0.59375 # 1.188 times the base model's; observed 1.25, 95 %% from 0.75 to "
                "1.875, 31 debtors paid");
    has_line(1, "      garnish_share: [0, 0, 0.5] # 2.25 times the base model's; observed 2.5, 95 %% from 1.5 to 3.5, "
                "47 debtors paid");
    has_line(1, "  correlation: # fitted to 8 periods of 3 months");
    has_line(1, "    factors: [\"fi\", \"rest\"]");
    has_line(1, "      - [1, 0.25]");
    has_line(1, "      - [0.25, 1]");
    has_line(1, "risk:");
    fit->factors = NULL;
    fit->titles = (jk_fit_titles){{0}, {0}};
    write_model();
    has_line(SEGMENTS, "      pre_title_factor: 0.5");
    has_line(2, "      garnish_share: [0.0, 0.0, 0.0]");
    assert_null(strstr(text, "risk:"));
    fit->titles = kept;
    fit->segments[0].pre_title_factor = 0.5;
    fit->segments[1].garnish_share[2] = 0.0;
}

/* The hash that the model has once it is loaded; a base model that was changed meanwhile is told. */
static void hashes(void **state) {
    (void)state;
    char sha256[65], kept = 0;
    jk_error error = {0};
    must(jk_fit_model_sha256(fit, model_path, sha256, &error), &error);
    jk_model *model = written();
    assert_string_equal(model->sha256, sha256);
    jk_model_free(model);
    const char *version = strstr(text, "\nversion: \"2023-01-01."), *name = strstr(text, "\nname: ");
    assert_true(version != NULL && name != NULL && name < version);
    assert_true(strspn(version + strlen("\nversion: \"2023-01-01."), "0123456789abcdef") == 8);
    kept = base->sha256[5];
    base->sha256[5] = kept == '0' ? '1' : '0';
    assert_int_equal(jk_fit_write_model(fit, model_path, &error), JK_ERROR_MODEL);
    assert_int_equal(jk_fit_model_sha256(fit, model_path, sha256, &error), JK_ERROR_MODEL);
    base->sha256[5] = kept;
}

/* A name of the base model that is too long is cut between characters. */
static void long_names(void **state) {
    (void)state;
    char name[256] = "", wanted[256] = "";
    for (int i = 0; i < 67; i++) {
        (void)strcat(name, "a\xc3\xa4"); /* a and a-umlaut: 201 bytes, the last of two */
    }
    const char *kept = fit->base->name;
    ((jk_model *)(uintptr_t)fit->base)->name = name;
    jk_model *model = written();
    (void)snprintf(wanted, sizeof wanted, "%.199s-fitted", name);
    assert_string_equal(model->name, wanted);
    jk_model_free(model);
    ((jk_model *)(uintptr_t)fit->base)->name = kept;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_loaded_is_what_was_fitted),
        cmocka_unit_test(what_a_fit_may_have),
        cmocka_unit_test(the_head_says_what_was_fitted_on),
        cmocka_unit_test(titles_and_factors),
        cmocka_unit_test(hashes),
        cmocka_unit_test(long_names),
        cmocka_unit_test(figures_say_what_they_rest_on),
        cmocka_unit_test(segments_say_what_they_rest_on),
        cmocka_unit_test(payers_say_what_they_rest_on),
    };
    return cmocka_run_group_tests(tests, fit_history, drop_fit);
}
