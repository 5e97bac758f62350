/* SPDX-License-Identifier: Apache-2.0 */
/* What a good model file becomes in memory: every value of example.yaml, defaults, conversions, warnings, hash. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "jalki/model.h"
#include "model_files.h"

static jk_model *load_example(void) {
    char path[FILE_PATH_MAX];
    jk_error error = {0};
    jk_model *model = NULL;
    jk_status status = jk_model_load(example_path(path), &model, &error);
    if (status != JK_OK) {
        char text[JK_ERROR_TEXT_MAX];
        print_error("%s\n", jk_error_text(&error, text, sizeof text));
    }
    assert_int_equal(status, JK_OK);
    return model;
}

static void assert_real(double found, double expected) {
    if (!(found == expected)) {
        fail_msg("expected %.17g, found %.17g", expected, found);
    }
}

static void general_keys(void **state) {
    (void)state;
    jk_model *model = load_example();
    assert_string_equal(model->name, "example");
    assert_string_equal(model->base_currency, "EUR");
    assert_int_equal(model->exchange_rate_count, 2);
    assert_real(jk_model_exchange_rate(model, "SEK"), 0.0885);
    assert_real(jk_model_exchange_rate(model, "EUR"), 1.0);
    assert_true(isnan(jk_model_exchange_rate(model, "DKK")));
    assert_int_equal(model->horizon_months, 60);
    assert_int_equal(model->epoch_count, 6);
    static const int32_t epochs[] = {3, 3, 6, 12, 12, 24};
    assert_memory_equal(model->epochs, epochs, sizeof epochs);
    assert_real(model->irr, 0.15);
    assert_real(model->cost_inflation, 0.02);
    assert_real(model->onboarding_cost, 0.5);
    assert_int_equal(model->warning_count, 0);
    jk_model_free(model);
}

static void jurisdictions(void **state) {
    (void)state;
    jk_model *model = load_example();
    assert_int_equal(model->jurisdiction_count, 3);
    assert_int_equal(model->fallback_jurisdiction, -1);
    const jk_jurisdiction *fi = &model->jurisdictions[0];
    assert_string_equal(fi->id, "FI");
    assert_int_equal(fi->limitation.period_count, 2);
    const jk_condition *when = &fi->limitation.periods[0].when;
    assert_int_equal(when->count, 2);
    assert_int_equal(when->terms[0].column, JK_COLUMN_PRODUCT);
    assert_string_equal(when->terms[0].values[0], "consumer_loan");
    assert_int_equal(when->terms[1].column, JK_COLUMN_PLACEMENTS);
    assert_int_equal(when->terms[1].count, 2);
    assert_string_equal(when->terms[1].values[1], "1");
    assert_real(fi->limitation.periods[0].months, 120);
    assert_real(fi->limitation.periods[1].months, 36);
    assert_int_equal(fi->limitation.periods[1].when.count, 0);
    assert_true(fi->limitation.letter_interrupts);
    assert_real(fi->limitation.interruption_cost, 2.5);
    assert_real(fi->limitation.title_months, 60);
    assert_true(fi->limitation.title_renewable);
    assert_real(fi->limitation.title_final_months[JK_CONSUMER], 180);
    assert_real(fi->limitation.title_final_months[JK_BUSINESS], INFINITY);
    assert_real(fi->limitation.final_months[JK_CONSUMER], 240);
    assert_real(fi->limitation.final_months[JK_BUSINESS], INFINITY);
    assert_real(fi->interest.rate[JK_CONSUMER], 0.095);
    assert_real(fi->interest.rate[JK_BUSINESS], 0.105);
    assert_real(fi->interest.accrual_months, 36);
    assert_real(fi->mortality.G, 0.00003);
    assert_real(fi->mortality.b, 0.095);
    assert_real(fi->mortality.assumed_age, 48);
    assert_true(fi->attachable.allowed);
    assert_real(fi->attachable.base, 1000);
    assert_real(fi->attachable.assumed_attachable, 50);
    assert_int_equal(fi->attachable.band_count, 3);
    assert_real(fi->attachable.bands[2].from_multiple, 4);
    assert_real(fi->attachable.bands[2].rate, 0.8);
    jk_model_free(model);
}

static void money_of_a_jurisdiction_is_converted(void **state) {
    (void)state;
    jk_model *model = load_example();
    const jk_jurisdiction *se = &model->jurisdictions[1];
    assert_string_equal(se->currency, "SEK");
    assert_real(se->attachable.base, 6090 * 0.0885);
    assert_real(se->attachable.per_dependant, 4000 * 0.0885);
    assert_real(se->limitation.interruption_cost, 20 * 0.0885);
    assert_real(se->attachable.bands[0].from_multiple, 1);
    assert_real(se->interest.rate[JK_CONSUMER], 0.1);
    jk_model_free(model);
}

static void absent_keys_take_their_defaults(void **state) {
    (void)state;
    jk_model *model = load_example();
    const jk_jurisdiction *se = &model->jurisdictions[1];
    const jk_jurisdiction *no = &model->jurisdictions[2];
    assert_real(se->limitation.periods[0].months, INFINITY);
    assert_real(se->limitation.title_months, INFINITY);
    assert_false(se->limitation.title_renewable);
    assert_real(se->interest.accrual_months, INFINITY);
    assert_real(se->attachable.assumed_attachable, 0);
    assert_string_equal(no->id, "NO");
    assert_string_equal(no->currency, "EUR");
    assert_real(no->interest.accrual_months, INFINITY);
    assert_real(no->limitation.interruption_cost, 0);
    assert_false(no->attachable.allowed);
    assert_int_equal(no->attachable.band_count, 0);
    const jk_segment *rest = &model->segments[1];
    assert_real(rest->theta_center[2], 0);
    assert_real(rest->effort_hours[JK_TREAT_AMICABLE], 0);
    assert_real(rest->hour, 0);
    assert_int_equal(rest->when.count, 0);
    assert_real(model->scorecard.characteristics[1].missing_points, 0);
    assert_false(model->scorecard.characteristics[1].fades);
    assert_real(model->jurisdictions[0].attachable.bands[1].months, 12);
    assert_real(model->statuses[JK_STATUS_BANKRUPTCY].dividend_monthly, 0);
    assert_real(rest->lost_share, 0);
    assert_false(rest->payers.given);
    assert_real(rest->payers.monthly_share[2], 0);
    assert_real(rest->payer_factor, 1);
    assert_real(rest->informed, 0);
    assert_real(rest->reference, 1);
    assert_real(rest->insight_cap, 4);
    jk_model_free(model);
}

static void statuses(void **state) {
    (void)state;
    jk_model *model = load_example();
    const unsigned passive = JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SELL) | JK_ALLOW(JK_SURVEIL);
    const jk_status_rule *rules = model->statuses;
    assert_int_equal(rules[JK_STATUS_NONE].allow, JK_ALLOW_ALL);
    assert_int_equal(rules[JK_STATUS_NONE].class_override, -1);
    assert_int_equal(rules[JK_STATUS_NONE].title, JK_TITLE_NONE);
    assert_int_equal(rules[JK_STATUS_FILED].title, JK_TITLE_PENDING);
    assert_int_equal(rules[JK_STATUS_TITLE].title, JK_TITLE_HELD);
    assert_int_equal(rules[JK_STATUS_ENFORCEMENT].title, JK_TITLE_HELD);
    assert_int_equal(rules[JK_STATUS_ENFORCEMENT_INSOLVENT].title, JK_TITLE_HELD);
    assert_int_equal(rules[JK_STATUS_ENFORCEMENT_INSOLVENT].class_override, JK_CAPACITY_NONE);
    assert_int_equal(rules[JK_STATUS_ENFORCEMENT_INSOLVENT].allow, JK_ALLOW_ALL);
    assert_int_equal(rules[JK_STATUS_BANKRUPTCY].allow, passive);
    assert_int_equal(rules[JK_STATUS_BANKRUPTCY].class_override, JK_CAPACITY_NONE);
    assert_real(rules[JK_STATUS_BANKRUPTCY].exit_monthly, 0);
    assert_int_equal(rules[JK_STATUS_DEBT_ADJUSTMENT].class_override, -1); /* null in the file */
    assert_int_equal(rules[JK_STATUS_DEBT_ADJUSTMENT].allow, JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL));
    assert_real(rules[JK_STATUS_DEBT_ADJUSTMENT].exit_monthly, 0.0278);
    assert_int_equal(rules[JK_STATUS_DECEASED].allow, JK_ALLOW(JK_CLOSE));
    assert_int_equal(rules[JK_STATUS_DISPUTED].allow, passive | JK_ALLOW(JK_LEGAL));
    assert_real(rules[JK_STATUS_DEBT_ADJUSTMENT].dividend_monthly, 0.001);
    assert_int_equal(model->vulnerable_allow, JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL));
    assert_int_equal(model->unreachable_allow, passive | JK_ALLOW(JK_LEGAL));
    jk_model_free(model);
}

static void statuses_by_default(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_edited(&model, &error, "statuses:", NULL, "\nscorecard:"), JK_OK);
    assert_real(model->statuses[JK_STATUS_DEBT_ADJUSTMENT].exit_monthly, 1.0 / 36.0);
    assert_int_equal(model->statuses[JK_STATUS_DEBT_ADJUSTMENT].class_override, JK_CAPACITY_NONE);
    assert_int_equal(model->vulnerable_allow, JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE));
    assert_int_equal(model->unreachable_allow, JK_ALLOW_ALL);
    jk_model_free(model);
}

static void scorecard(void **state) {
    (void)state;
    jk_model *model = load_example();
    const jk_scorecard *card = &model->scorecard;
    assert_real(card->intercept, 0.1);
    assert_real(card->weak_from, 430);
    assert_real(card->able_from, 560);
    assert_int_equal(card->count, 3);
    const jk_characteristic *paid = &card->characteristics[0];
    assert_int_equal(paid->derived, JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT);
    assert_true(paid->is_numeric);
    assert_int_equal(paid->count, 3);
    assert_real(paid->below[0], 6);
    assert_real(paid->below[1], 24);
    assert_real(paid->below[2], INFINITY);
    assert_real(paid->points[2], -0.3);
    assert_real(paid->missing_points, -0.25);
    assert_true(paid->fades);
    assert_real(card->half_life, 18);
    const jk_characteristic *status = &card->characteristics[1];
    assert_int_equal(status->derived, JK_DERIVED_NONE);
    assert_int_equal(status->column, JK_COLUMN_LEGAL_STATUS);
    assert_false(status->is_numeric);
    assert_int_equal(status->count, 2);
    assert_string_equal(status->levels[1], "enforcement");
    assert_real(status->points[1], 0.25);
    assert_real(status->other_points, 0.05);
    assert_string_equal(card->characteristics[2].levels[1], "NO"); /* a text, not a boolean */
    jk_model_free(model);
}

static void segments(void **state) {
    (void)state;
    jk_model *model = load_example();
    assert_int_equal(model->segment_count, 2);
    const jk_segment *fi = &model->segments[0];
    assert_string_equal(fi->id, "fi-consumer");
    assert_int_equal(fi->when.count, 5);
    assert_string_equal(fi->when.terms[3].values[0], "0");
    assert_real(fi->exit_monthly, 0.0006);
    assert_real(fi->theta_center[1], 0.2);
    assert_int_equal(fi->curve[JK_TREAT_AMICABLE].count, 4);
    assert_int_equal(fi->curve[JK_TREAT_AMICABLE].month[3], 84);
    assert_real(fi->curve[JK_TREAT_AMICABLE].value[3], 0.0015);
    assert_real(fi->curve[JK_TREAT_LEGAL].value[0], 0.009);
    assert_real(fi->class_multiplier[JK_TREAT_LEGAL][JK_CAPACITY_WEAK], 0.4);
    assert_real(fi->class_monthly[JK_TREAT_AMICABLE][JK_CAPACITY_WEAK][JK_CAPACITY_ABLE], 0.025);
    assert_real(fi->class_monthly[JK_TREAT_LEGAL][JK_CAPACITY_ABLE][JK_CAPACITY_NONE], 0.006);
    assert_real(fi->recovery_share[JK_TREAT_LEGAL], 0.99);
    assert_real(fi->cost[JK_TREAT_SURVEIL].monthly, 0.05);
    assert_real(fi->cost[JK_TREAT_AMICABLE].contingent, 0.18);
    assert_real(fi->filing, 86);
    assert_real(fi->enforcement_monthly, 0.9);
    assert_real(fi->fee_shift, 1.0);
    assert_real(fi->months_to_title, 4);
    assert_real(fi->pre_title_factor, 0.5);
    assert_real(fi->garnish_share[JK_CAPACITY_ABLE], 0.8);
    assert_real(fi->effort_hours[JK_TREAT_AMICABLE], 0.6);
    assert_real(fi->hours_monthly[JK_TREAT_AMICABLE], 0.6 / 3.0); /* the first epoch has three months */
    assert_int_equal(fi->market_price.count, 4);
    assert_real(fi->market_price.value[1], 0.07);
    assert_real(fi->title_factor[JK_TITLE_PENDING], 1.1);
    assert_real(fi->bar_months, 36);
    assert_real(fi->transaction_cost, 0.03);
    assert_real(fi->lost_share, 0.03);
    assert_true(fi->payers.given);
    assert_real(fi->payers.settled_share[JK_TREAT_AMICABLE], 0.35);
    assert_real(fi->payers.monthly_share[JK_CAPACITY_WEAK], 0.03);
    assert_real(fi->payers.breakage[JK_TREAT_LEGAL], 0.08);
    assert_real(fi->payers.monthly[JK_TREAT_SURVEIL], 0.02);
    assert_int_equal(fi->payers.since_last_payment, 4);
    assert_real(fi->payer_factor, 1.8);
    assert_real(fi->informed, 0.7);
    assert_real(fi->reference, 0.8);
    assert_real(fi->insight_cap, 3);
    assert_real(model->jurisdictions[0].attachable.bands[2].months, 11);
    assert_memory_equal(fi->curve[0].value, model->segments[1].curve[0].value, 2 * sizeof(double)); /* an alias */
    jk_model_free(model);
}

static void horizon_and_epochs_by_default(void **state) {
    (void)state;
    static const int32_t expected[19] = {3, 3, 3, 3, 6, 6, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12};
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_edited(&model, &error, "horizon_months: 60\nepochs: [3, 3, 6, 12, 12, 24]\n", "", NULL),
                     JK_OK);
    assert_int_equal(model->horizon_months, 180);
    assert_int_equal(model->epoch_count, 19);
    assert_memory_equal(model->epochs, expected, sizeof expected);
    jk_model_free(model);
}

static void the_base_currency_needs_no_rate(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_edited(&model, &error, "fx: {EUR: 1.0, ", "fx: {", NULL), JK_OK);
    assert_int_equal(model->exchange_rate_count, 2);
    assert_string_equal(model->exchange_rates[1].currency, "EUR");
    assert_real(model->exchange_rates[1].rate, 1.0);
    jk_model_free(model);
}

static void long_first_epochs_warn(void **state) {
    (void)state;
    char expected[FILE_PATH_MAX + 128];
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_edited(&model, &error, "[3, 3, 6, 12, 12, 24]", "[12, 12, 12, 12, 12]", NULL), JK_OK);
    assert_int_equal(model->warning_count, 1);
    (void)snprintf(expected, sizeof expected,
                   "%s:8: epochs: the first epoch lasts 12 months: classes change at epoch ends only, so results are "
                   "coarse",
                   model->path);
    assert_string_equal(model->warnings[0], expected);
    jk_model_free(model);
}

static void the_hash_is_that_of_the_bytes(void **state) {
    (void)state;
    char path[FILE_PATH_MAX];
    char *text = example_text();
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    assert_int_equal(EVP_Digest(text, strlen(text), hash, &length, EVP_sha256(), NULL), 1);
    char expected[65];
    for (size_t i = 0; i < 32; i++) {
        (void)snprintf(expected + 2 * i, 3, "%02x", hash[i]);
    }
    jk_model *model = load_example();
    assert_string_equal(model->sha256, expected);
    assert_string_equal(model->path, example_path(path));
    jk_model_free(model);
    free(text);
}

static void risk(void **state) {
    (void)state;
    jk_model *model = load_example();
    assert_true(model->risk.given);
    const jk_risk_correlation *c = model->risk.correlation; /* fi-consumer, FI, NO, SE */
    assert_true(isnan(c->countries));
    assert_int_equal(c->count, 4);
    assert_string_equal(c->factor[1], "FI");
    assert_real(c->matrix[3 * 4 + 1], 0.4);
    static const uint32_t of[] = {0, 0, 0, 1, 3, 2}; /* countries FI, SE, NO of the segments fi-consumer, rest */
    assert_memory_equal(c->of, of, sizeof of);
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            double product = 0.0;
            for (size_t l = 0; l <= (i < k ? i : k); l++) {
                product += c->root[i * 4 + l] * c->root[k * 4 + l];
            }
            assert_true(fabs(product - c->matrix[i * 4 + k]) < 1e-12);
        }
    }
    for (size_t i = 0; i < model->jurisdiction_count; i++) {
        int named = strcmp(model->jurisdictions[i].id, "FI") == 0;
        assert_real(model->risk.jurisdiction[i].volatility, named ? 0.1 : 0.2);
        assert_real(model->risk.jurisdiction[i].persistence, named ? 0.9 : 0.5);
    }
    assert_real(model->risk.curve_error, 0.03);
    assert_real(model->risk.class_multiplier_error, 0.02);
    assert_real(model->risk.garnish_share_error, 0.2);
    jk_model_free(model);
}

static void names_are_the_words_of_the_format(void **state) {
    (void)state;
    assert_string_equal(jk_action_name(JK_CLOSE), "close");
    assert_string_equal(jk_action_name(JK_LEGAL), "legal");
    assert_string_equal(jk_capacity_name(JK_CAPACITY_WEAK), "weak");
    assert_string_equal(jk_title_name(JK_TITLE_HELD), "title");
    assert_string_equal(jk_derived_name(JK_DERIVED_KEPT_SHARE), "kept_share");
    jk_model_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(general_keys),
        cmocka_unit_test(jurisdictions),
        cmocka_unit_test(money_of_a_jurisdiction_is_converted),
        cmocka_unit_test(absent_keys_take_their_defaults),
        cmocka_unit_test(statuses),
        cmocka_unit_test(statuses_by_default),
        cmocka_unit_test(scorecard),
        cmocka_unit_test(segments),
        cmocka_unit_test(risk),
        cmocka_unit_test(horizon_and_epochs_by_default),
        cmocka_unit_test(the_base_currency_needs_no_rate),
        cmocka_unit_test(long_first_epochs_warn),
        cmocka_unit_test(the_hash_is_that_of_the_bytes),
        cmocka_unit_test(names_are_the_words_of_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
