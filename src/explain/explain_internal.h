/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of the explanation that its two forms share. */
#ifndef JK_EXPLAIN_INTERNAL_H
#define JK_EXPLAIN_INTERNAL_H

#include "jalki/explain.h"

/* Row of the claim with this claim_id, or of a claim of the debtor with this debtor_id. */
jk_status jk_explain_find(const jk_tape *tape, const jk_run *run, jk_column column, const char *wanted, size_t *row,
                          jk_error *error);

/* jk_explain_claim of a row that is known; `debtor` are its debtor's sums (index 0) where they are known, else NULL. */
jk_status jk_explain_row(const jk_tape *tape, const jk_model *model, const jk_value_options *options, size_t row,
                         const jk_debtors *debtor, jk_explanation *explanation, jk_error *error);

/* Fills in what is typical of the claims' segments and the reasons of their scores; `count` claims of one tape, at
 * least one. */
jk_status jk_explain_reasons(jk_explanation *claims, size_t count, const jk_run *run, jk_error *error);
/* One reason as a sentence: writes into text[JK_EXPLAIN_SENTENCE] and returns it. */
const char *jk_explain_reason_words(const jk_explanation *explanation, size_t index, char text[JK_EXPLAIN_SENTENCE]);

/* The name of a level in words: bounds with the language's marks, codes as people say them. */
enum { JK_EXPLAIN_LEVEL = 96 };
const char *jk_explain_level(const char *level, char text[JK_EXPLAIN_LEVEL]);
/* An action, and a class of capacity, in few letters, as columns of tables have them. */
const char *jk_explain_head(jk_action action);
const char *jk_explain_capacity(int capacity_class);

/* Intensities of a treatment in the first epoch, per month (model.md section 4); where the segment has no payers all
 * settle, and the last two are 0. */
typedef struct jk_explain_rates {
    double new_payers;    /* h */
    double settled_share; /* pi */
    double garnished;     /* g */
    double dividend;      /* v */
    double paid;          /* rho' */
    double breakage;      /* beta */
} jk_explain_rates;
jk_explain_rates jk_explain_rates_of(const jk_explanation *explanation, jk_treatment treatment);

/* Share of the balance that a spell of instalments brings before it breaks. */
double jk_explain_spell_share(const jk_explain_rates *rates);

/* How many instalments the payments of the last 24 (else 12) months are; NaN where the tape does not say. */
double jk_explain_instalments_known(const jk_explanation *explanation);

/* Takes an action's value apart into the first epoch and what comes later (model.md sections 4 to 6). */
void jk_explain_first_epoch(const jk_explanation *explanation, jk_action action, jk_explain_action *out);

/* A cell of the claim's row in words, after the tape's defaults: dates, amounts in the row's currency, levels. `size`
 * is that of `text`; returns text, empty where the value is missing. */
const char *jk_explain_cell(const jk_explanation *explanation, jk_column column, char *text, size_t size);

/* Appends to a sentence; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) void jk_explain_say(char text[JK_EXPLAIN_SENTENCE], const char *format, ...);

/* Sentences; each writes into text[JK_EXPLAIN_SENTENCE] and returns it. */
const char *jk_explain_decision_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
const char *jk_explain_bar_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
const char *jk_explain_letter_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
const char *jk_explain_class_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
const char *jk_explain_income_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
/* Whether the debtor is paying, and why not; with what and how long (empty where nobody pays); what new payers bring.
 */
const char *jk_explain_paying_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
const char *jk_explain_instalment_words(const jk_explanation *explanation, char text[JK_EXPLAIN_SENTENCE]);
const char *jk_explain_new_payer_words(const jk_explanation *explanation, jk_treatment treatment,
                                       char text[JK_EXPLAIN_SENTENCE]);
/* Why an action falls short of the decision; empty for the decision itself. */
const char *jk_explain_shortfall_words(const jk_explanation *explanation, jk_action action,
                                       char text[JK_EXPLAIN_SENTENCE]);
void jk_explain_why_not(const jk_explanation *explanation, jk_action action, char text[JK_EXPLAIN_SENTENCE]);
/* What is planned in a state over time: "amicable to 2027-06-30, then surveil to 2034-06-30, then close". */
const char *jk_explain_path_words(const jk_explanation *explanation, jk_capacity k, jk_title z, int paying,
                                  char text[JK_EXPLAIN_SENTENCE]);

/* State of an epoch in a trace: probability, action, value, of the quiet or of the paying. */
static inline size_t jk_explain_state(int epoch, int k, int z) {
    return ((size_t)epoch * JK_CAPACITY_COUNT + (size_t)k) * JK_TITLE_COUNT + (size_t)z;
}

/* Date at which an epoch begins; epoch_count gives the horizon's end. */
int32_t jk_explain_epoch_date(const jk_explanation *explanation, int epoch);

/* Probability that the claim is still open when an epoch begins; that its debtor is paying then. */
double jk_explain_open(const jk_explanation *explanation, int epoch);
double jk_explain_paying(const jk_explanation *explanation, int epoch);

/* States of an epoch, the likeliest first, those below 0.5 % left out; returns how many. */
enum { JK_EXPLAIN_STATES = 2 * JK_CAPACITY_COUNT * JK_TITLE_COUNT };
typedef struct jk_explain_likely {
    int k, z, paying;
    double probability, value;
    jk_action action;
} jk_explain_likely;
size_t jk_explain_states(const jk_explanation *explanation, int epoch, jk_explain_likely states[JK_EXPLAIN_STATES]);

#endif
