/* SPDX-License-Identifier: Apache-2.0 */
/* A model that can be solved by hand, what its claims owe, and what a fit may say of how well it is known. */
#ifndef JK_TESTS_PLAIN_CASE_H
#define JK_TESTS_PLAIN_CASE_H

#include <stdio.h>
#include <string.h>

#include "jalki/value.h"
#include "value/engine_case.h"

/* One segment, one class, two epochs of a year, no costs, no exits, no interest, nothing ever barred: a claim resolves
 * with the intensity 0.01 m a month and then brings all of its balance. Other treatments cost more than any claim. */
#define INTENSITY 0.01
static const char plain_model[] =
    "jalki_model: 1\nname: plain\nbase_currency: EUR\nfx: {EUR: 1, SEK: 0.1}\nhorizon_months: 24\nepochs: [12, 12]\n"
    "irr: 0.0\njurisdictions:\n  EU:\n    limitation:\n      periods: [{months: null}]\n      letter_interrupts: "
    "false\n"
    "      title_final_months: {consumer: null, business: null}\n"
    "      final_months: {consumer: null, business: null}\n    interest: {consumer: 0, business: 0}\n"
    "    mortality: {G: 0, b: 0, assumed_age: 40}\n    attachable: null\n"
    "statuses: {debt_adjustment: {exit_monthly: 0}}\n"
    "scorecard: {intercept: 0, weak_from: 0, able_from: 0, characteristics: []}\nsegments:\n  - id: one\n"
    "    exit_monthly: 0\n    curves: {surveil: [[0, 0.01]], amicable: [[0, 0.01]], legal: [[0, 0.01]]}\n"
    "    class_multiplier: {surveil: [1, 1, 1], amicable: [1, 1, 1], legal: [1, 1, 1]}\n    class_monthly:\n"
    "      surveil: &still [[1, 0, 0], [0, 1, 0], [0, 0, 1]]\n      amicable: *still\n      legal: *still\n"
    "    recovery_share: {surveil: 1, amicable: 1, legal: 1}\n    cost:\n"
    "      surveil: {monthly: 0, contingent: 0}\n      amicable: {monthly: 100000, contingent: 0}\n"
    "      legal: {monthly: 100000, contingent: 0, filing: 1000000, enforcement_monthly: 100000, fee_shift: 0}\n"
    "    legal: {months_to_title: 4, pre_title_factor: 1, garnish_share: [0, 0, 0]}\n"
    "    market: {price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}\n";

static inline jk_model *load_plain(void) {
    jk_error error = {0};
    jk_model *plain = NULL;
    must(load_text(plain_model, sizeof plain_model - 1, &plain, &error), &error);
    return plain;
}

/* The same with `now` in the place of `was`. */
static inline jk_model *load_changed(const char *was, const char *now) {
    char text[sizeof plain_model + 400];
    const char *at = strstr(plain_model, was);
    jk_error error = {0};
    jk_model *changed = NULL;
    int length = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - plain_model), plain_model, now, at + strlen(was));
    must(load_text(text, (size_t)length, &changed, &error), &error);
    return changed;
}

/* Sums over claims that are worked. */
typedef struct balances {
    double sum, squares;
} balances;

static inline jk_status add_balances(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    balances *to = context;
    for (size_t row = 0; row < block->terms->rows; row++) {
        if (block->terms->allowed[row] != 0 && block->plan->decision[row] == JK_SURVEIL) {
            double balance = (double)block->terms->balance[row];
            to->sum += balance;
            to->squares += balance * balance;
        }
    }
    return JK_OK;
}

static inline balances balances_of(const jk_tape *of, const jk_model *under) {
    jk_error error = {0};
    balances found = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    jk_value_sink sink = {.block = add_balances, .context = &found};
    jk_valuation valuation;
    must(jk_value_run(of, under, &options, &sink, 1, &valuation, &error), &error);
    jk_valuation_reset(&valuation);
    return found;
}

static inline void write_covariance(const char *text) {
    write_file(file_name("claims.csv"), text, strlen(text));
}

#define CURVE  "{\"segment\":\"one\",\"treatment\":\"surveil\",\"characteristic\":\"curve\",\"level\":\"0 and more\","
#define CLASS  "{\"segment\":\"one\",\"treatment\":\"surveil\",\"characteristic\":\"capacity_class\",\"level\":\"able\","
#define POINTS "{\"segment\":null,\"treatment\":null,\"characteristic\":\"reachable\",\"level\":\"email\","
#define HEAD   "{\"jalki_covariance\":1,\"parameters\":["

#endif
