/* SPDX-License-Identifier: Apache-2.0 */
/* Who pays, in words: is the debtor paying now, since when and with what, how long that lasts, and what a new payer
 * brings (model.md sections 4 and 10). */
#include <math.h>

#include "base/number/calendar.h"
#include "base/words/language.h"
#include "explain/explain_internal.h"
#include "law/law_internal.h"

static const jk_segment *segment_of(const jk_explanation *explanation) {
    return &explanation->model->segments[explanation->facts.segment[0]];
}

double jk_explain_instalments_known(const jk_explanation *explanation) {
    const jk_block *block = &explanation->block;
    int64_t instalment = JK_BLOCK_MONEY(block, INSTALMENT_MONTHLY)[0];
    int64_t paid = JK_BLOCK_MONEY(block, PAYMENTS_24M)[0];
    paid = paid == JK_MISSING_MONEY ? JK_BLOCK_MONEY(block, PAYMENTS_12M)[0] : paid;
    if (instalment == JK_MISSING_MONEY || instalment <= 0 || paid == JK_MISSING_MONEY || paid < instalment) {
        return NAN;
    }
    return floor((double)paid / (double)instalment + 0.5);
}

static void say_not_paying(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const jk_law_facts *facts = &explanation->facts;
    char status[JK_TEXT_MAX];
    char date[JK_TEXT_MAX];
    int since = segment_of(explanation)->payers.since_last_payment;
    (void)jk_explain_cell(explanation, JK_COLUMN_LEGAL_STATUS, status, sizeof status);
    const int8_t code = JK_BLOCK_ENUM(&explanation->block, LEGAL_STATUS)[0];
    (void)jk_explain_cell(explanation, JK_COLUMN_LAST_PAID_ON, date, sizeof date);
    if (facts->paid_months[0] == INT32_MAX) {
        jk_explain_say(text, "no: nothing was ever paid");
    } else if (facts->paid_months[0] >= since) {
        jk_explain_say(text,
                       "no: the last payment, of %s, is %d months old, and who pays has paid less than %d months ago",
                       date, facts->paid_months[0], since);
    } else if (!facts->workable[0]) {
        jk_explain_say(text, "no: %s", jk_text(facts->barred[0] ? "the claim is barred" : "nobody may work the claim"));
    } else if ((facts->allowed[0] & (JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE))) == 0) {
        jk_explain_say(text, "no: with the status %s there is nobody to keep a plan with", status);
    } else if (code == JK_STATUS_ENFORCEMENT || code == JK_STATUS_ENFORCEMENT_INSOLVENT) {
        jk_explain_say(
            text, "no: in enforcement the payment of %s may be what was garnished, as no instalment is named", date);
    } else {
        jk_explain_say(text, "no: payments with the status %s are dividends", status);
    }
}

const char *jk_explain_paying_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    char date[JK_TEXT_MAX];
    text[0] = '\0';
    if (!explanation->score.paying[0]) {
        say_not_paying(explanation, text);
        return text;
    }
    jk_explain_say(text, "yes: the last payment is of %s",
                   jk_explain_cell(explanation, JK_COLUMN_LAST_PAID_ON, date, sizeof date));
    double known = jk_explain_instalments_known(explanation);
    if (!isnan(known)) {
        jk_explain_say(
            text, known == 1.0 ? "; what came in is about %.0f instalment" : "; what came in is about %.0f instalments",
            known);
    }
    return text;
}

/* "16.7 months on average", "for ever". */
static void say_length(double breakage, char text[JK_EXPLAIN_SENTENCE]) {
    if (breakage > 0.0) {
        jk_explain_say(text, "%.1f months on average", 1.0 / breakage);
    } else {
        jk_explain_say(text, "never stops");
    }
}

const char *jk_explain_instalment_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]) {
    const char *base = explanation->model->base_currency;
    jk_explain_rates rates = jk_explain_rates_of(explanation, JK_TREAT_AMICABLE);
    text[0] = '\0';
    if (!explanation->score.paying[0]) {
        return text;
    }
    if (explanation->facts.instalment[0] > 0.0) {
        jk_explain_say(text, "%.2f %s a month, ", explanation->facts.instalment[0], base);
    } else {
        jk_explain_say(text, "not named, so what is typical: ");
    }
    jk_explain_say(text, "%.2g %% of the balance a month, %.2g times what is typical of the class; the spell lasts ",
                   100.0 * rates.paid, explanation->score.instalment[0]);
    say_length(rates.breakage, text);
    jk_explain_say(text, " when worked amicably and brings %.0f %% of the balance",
                   100.0 * jk_explain_spell_share(&rates));
    return text;
}

double jk_explain_spell_share(const jk_explain_rates *rates) {
    return rates->paid > 0.0 ? rates->paid / (rates->paid + rates->breakage) : 0.0;
}

const char *jk_explain_new_payer_words(const jk_explanation *explanation, jk_treatment treatment,
                                       char text[JK_EXPLAIN_SENTENCE]) {
    const jk_segment *segment = segment_of(explanation);
    jk_explain_rates rates = jk_explain_rates_of(explanation, treatment);
    text[0] = '\0';
    jk_explain_say(text, "%.2g %% a month begin; ", 100.0 * rates.new_payers);
    if (rates.settled_share > 0.0) {
        jk_explain_say(text, "%.0f %% settle for %.0f %% of the balance", 100.0 * rates.settled_share,
                       100.0 * segment->recovery_share[treatment]);
        jk_explain_say(text, rates.settled_share < 1.0 ? ", the others pay " : "");
    } else {
        jk_explain_say(text, "all pay ");
    }
    if (rates.settled_share < 1.0) {
        jk_explain_say(text, "%.2g %% a month, ", 100.0 * rates.paid);
        say_length(rates.breakage, text);
        jk_explain_say(text, ": %.0f %% of the balance", 100.0 * jk_explain_spell_share(&rates));
    }
    return text;
}
