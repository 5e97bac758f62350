/* SPDX-License-Identifier: Apache-2.0 */
/* One claim in full: what it is, how it was scored, what the law says of it and on what that rests, what each action is
 * worth, the plan epoch by epoch, and why not the other actions. All figures are those of `value`.
 *
 *     jk_explanation explanation;
 *     if (jk_explain_claim(tape, model, &options, "FI-00017", &explanation, &error) == JK_OK) {
 *         char *text = NULL;
 *         jk_explain_text(&explanation, &text, &error);
 *         ...
 *         free(text);
 *     }
 *     jk_explanation_reset(&explanation);
 */
#ifndef JALKI_EXPLAIN_H
#define JALKI_EXPLAIN_H

#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_EXPLAIN_SENTENCE = 1024 };

/* What one action is worth at the cut-off, and what that is made of. Discounted, base currency; NaN where the action
 * is not available. value = collected - fees - running - filing + sale + later. */
typedef struct jk_explain_action {
    double value;                      /* as in the results */
    double collected;                  /* in the first epoch, before cost */
    double fees;                       /* contingent on what is collected */
    double running;                    /* monthly cost, with letters that interrupt limitation, and hours */
    double hours;                      /* the part of it that the price of agent hours makes */
    double filing;                     /* court fee now */
    double sale;                       /* proceeds of a sale now, after transaction cost */
    double later;                      /* the best plan after the first epoch */
    char why_not[JK_EXPLAIN_SENTENCE]; /* why it is not available; empty where it is */
} jk_explain_action;

/* The segment's claims that a score is held against: of all rows of a tape of up to 32,768, else of as many in pieces
 * that are spread evenly over it. */
typedef struct jk_explain_typical {
    size_t looked_at, claims; /* rows of the tape; those of them that are in the segment */
    double eta;               /* lower median; NaN where there is none */
} jk_explain_typical;

/* One of the entries of a score that set it most apart from what is typical of the segment. */
enum { JK_EXPLAIN_REASONS = 4 };
typedef struct jk_score_reason {
    size_t entry;         /* of the explanation's characteristics */
    double typical;       /* the entry's points of those claims: lower median */
    double difference;    /* the claim's points less that */
    double typical_value; /* of a claim that has the typical points; NaN: missing, or no number */
    char typical_level[64];
} jk_score_reason;

typedef struct jk_explanation {
    const jk_model *model;
    const jk_tape *tape;
    size_t row;
    int32_t cutoff;
    double irr;
    unsigned allow;     /* of the run */
    jk_block block;     /* the claim's row, all columns */
    jk_law_facts facts; /* one row each */
    jk_law_detail law;
    jk_debtors debtor; /* index 0 */
    jk_score_columns score;
    jk_score_detail *characteristics; /* of the score, jk_score_detail_count of them; with the intercept they add up to
                                         eta */
    jk_explain_typical typical;
    size_t reason_count; /* reasons, the strongest first */
    jk_score_reason reasons[JK_EXPLAIN_REASONS];
    jk_terms terms;
    jk_plan_results plan;
    jk_plan_trace trace;
    jk_reason reason;
    jk_explain_action action[JK_ACTION_COUNT];
    void *memory; /* owns the arrays */
} jk_explanation;

/* Finds the claim, reads it and its debtor's claims, and values it as `value` with these options does. The claim's id
 * is looked for by all threads of options->run; JK_ERROR_DATA where there is no such claim (the message tells the
 * nearest) or no cut-off. *explanation is emptied first and must be reset also after a failure; `tape` and `model` must
 * outlive it. */
jk_status jk_explain_claim(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const char *claim_id, jk_explanation *explanation, jk_error *error);
void jk_explanation_reset(jk_explanation *explanation);

/* Several claims by their rows (from 0, below the tape's number), the sums of all debtors made once:
 * explanations[count] are emptied first and must each be reset also after a failure. */
jk_status jk_explain_rows(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                          const size_t *rows, size_t count, jk_explanation *explanations, jk_error *error);

/* The explanation for a reader, or as a JSON object (keys: docs/explain.md). *text is the caller's to free. */
jk_status jk_explain_text(const jk_explanation *explanation, char **text, jk_error *error);
jk_status jk_explain_json(const jk_explanation *explanation, char **text, jk_error *error);

/* ---- a debtor ------------------------------------------------------------------------------------------------------
 */

enum { JK_EXPLAIN_CLAIMS_MAX = 1000 };

/* One treatment of all of a debtor's claims: it takes in those that it is worth more for than closing. */
typedef struct jk_debtor_action {
    size_t claims;
    double value; /* base currency; with one whole court fee */
    double court; /* fee now */
    double hours; /* agent hours in the first epoch: of the longest claim */
} jk_debtor_action;

typedef struct jk_debtor_explanation {
    char id[JK_TEXT_MAX + 1];
    size_t count;
    jk_explanation *claims; /* in tape order */
    double balance;         /* of all */
    double apart;           /* worth of the claims with each its own decision */
    double whole_fee;
    jk_action together; /* the best treatment of all of them, or JK_CLOSE */
    jk_debtor_action action[JK_ACTION_COUNT];
} jk_debtor_explanation;

/* Explains the claims of a debtor together. JK_ERROR_DATA where there is no such debtor, or it has more than
 * JK_EXPLAIN_CLAIMS_MAX claims. *debtor is emptied first and must be reset also after a failure. */
jk_status jk_explain_debtor(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                            const char *debtor_id, jk_debtor_explanation *debtor, jk_error *error);
void jk_debtor_explanation_reset(jk_debtor_explanation *debtor);

/* For a reader, or as a JSON object, in which `claims` are those of jk_explain_json. *text is the caller's to free. */
jk_status jk_debtor_explanation_text(const jk_debtor_explanation *debtor, char **text, jk_error *error);
jk_status jk_debtor_explanation_json(const jk_debtor_explanation *debtor, char **text, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
