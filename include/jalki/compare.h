/* SPDX-License-Identifier: Apache-2.0 */
/* Two valuations side by side: the bridge from the value of one to the value of the other, claim by claim, and what
 * came in beside what was expected.
 *
 *     jk_compare_side from = {tape_a, model, JK_MISSING_INTEGER, NAN}, to = {tape_b, model, JK_MISSING_INTEGER, NAN};
 *     jk_comparison comparison;
 *     jk_compare(&from, &to, &options, &comparison, &error);
 *     jk_comparison_reset(&comparison);
 *
 * The steps, in this order; the amount of each is what a claim is worth after it less what it was worth before:
 *
 *   opening    the claims of the first tape with its model, at its cut-off and required return
 *   collected  less what came in
 *   left       less the rest of what the claims were worth that the second tape lacks
 *   new        the claims that only the second tape has, with the second's model, cut-off and return
 *   time       the others as the first tape has them, seen on the second cut-off, with the interest of the time
 * between: had nobody paid and nothing become known data       as the second tape has them, and what came in added
 * back: what became known, payments included model      with the second model rate       at the second required return
 *   closing    the claims of the second tape with its model, at its cut-off and return
 *
 * Amounts are integers of 2^-20 of the base currency: steps add up exactly, in each group and in all, and opening and
 * closing are what `value` says. */
#ifndef JALKI_COMPARE_H
#define JALKI_COMPARE_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One of the two valuations. */
typedef struct jk_compare_side {
    const jk_tape *tape;
    const jk_model *model;
    int32_t cutoff; /* JK_MISSING_INTEGER: the tape's */
    double irr;     /* NaN: the model's */
} jk_compare_side;

typedef struct jk_compare_options {
    unsigned allow;         /* actions, as in jk_value_options */
    const char *payments;   /* CSV: claim_id, paid_on, amount; NULL: what came in is read off the balances */
    const char *pseudonyms; /* file of the key where the tapes have pseudonyms and the list has not; or NULL */
    const char *by;         /* columns with commas between by whose combinations claims are grouped, too: those of the
                               tape with texts or levels, fixed or own, balance_band, vintage, last_payment; or NULL */
    size_t memory;          /* bytes that each valuation may take with what is kept of the claims; 0: no bound */
    jk_run run;
} jk_compare_options;

typedef enum jk_step {
    JK_STEP_OPENING,
    JK_STEP_COLLECTED,
    JK_STEP_LEFT,
    JK_STEP_NEW,
    JK_STEP_TIME,
    JK_STEP_DATA,
    JK_STEP_MODEL,
    JK_STEP_RATE,
    JK_STEP_CLOSING,
    JK_STEP_COUNT
} jk_step;

typedef enum jk_compare_kind {
    JK_COMPARE_ALL,
    JK_COMPARE_SEGMENT,  /* of the claim in the first valuation; of a new claim in the second */
    JK_COMPARE_COUNTRY,  /* likewise */
    JK_COMPARE_VINTAGE,  /* year of write-off, likewise */
    JK_COMPARE_BY,       /* the combination of jk_compare_options.by, likewise; "missing": no value */
    JK_COMPARE_DECISION, /* of the first valuation, or "new" */
    JK_COMPARE_CHANGE,   /* the two decisions: "amicable to legal", "amicable to left", "new to legal" */
    JK_COMPARE_KIND_COUNT
} jk_compare_kind;

/* A group of claims. Amounts of the bridge in 2^-20 of the base currency. */
typedef struct jk_compare_group {
    jk_compare_kind kind;
    char name[JK_CELL_TEXT];
    uint64_t opening_claims, left_claims, new_claims, closing_claims;
    double opening_face, closing_face;
    int64_t step[JK_STEP_COUNT];
    /* Of the claims whose payments are known: those that both tapes have, or with a list of payments all of the first.
     */
    int64_t expected, actual; /* collected in the period, before cost */
    double ratio, low, high; /* actual over expected, with its 95 % interval by debtor; NaN where nothing is expected */
} jk_compare_group;

/* What the compared claims were and are. Arrays by claim: those of the first tape in its order, then the new ones. */
typedef struct jk_compare_claims {
    size_t count, from_count; /* all, and those of the first tape */
    float *level[5]; /* worth at the start, later in time, with the second tape's data, with its model, at its rate; [3]
                        and [4] may be the array before them */
    int64_t *collected; /* 2^-20 */
    float *expected;
    double *face[2]; /* NaN: not on that tape */
    uint8_t *decision[2];
    uint16_t *segment, *country, *year, *by; /* index into the names of its kind; by: NULL where not asked for */
    const uint32_t *to_row;                  /* on the second tape, UINT32_MAX: not there */
} jk_compare_claims;

typedef struct jk_comparison {
    int32_t cutoff[2];
    double irr[2];
    double months; /* between the cut-offs */
    bool model_changed, rate_changed, payments_given;
    const char *base_currency;
    jk_group total[2]; /* as `value` has them */
    size_t group_count;
    jk_compare_group *group; /* group[0] is all; each kind's in alphabetical order, those with claims */
    jk_compare_claims claims;
    uint64_t payments, unknown_payments; /* of the list, in the period; of claims that neither tape has */
    uint64_t rejected_payments;          /* rows of the list that are none */
    jk_compare_side from, to;
    const char *by; /* names of the columns of JK_COMPARE_BY, or NULL */
    char **segment_name, **country_name, **by_name;
    size_t segment_count, country_count, by_count;
    void *own; /* the rest of what it holds */
} jk_comparison;

/* Runs the two or three valuations that it takes and joins the claims by claim_id. About 60 bytes a claim of either
 * tape. JK_ERROR_DATA where a cut-off is missing, the second lies before the first, or base currencies differ; and what
 * valuations report. *comparison is the caller's, for jk_comparison_reset; empty on failure. */
jk_status jk_compare(const jk_compare_side *from, const jk_compare_side *to, const jk_compare_options *options,
                     jk_comparison *comparison, jk_error *error);
void jk_comparison_reset(jk_comparison *comparison);

/* A group's steps in cents: each is the difference of what stands before and after it, rounded; so they add up to the
 * cent. */
void jk_compare_cents(const jk_compare_group *group, int64_t cents[JK_STEP_COUNT]);

/* The groups as rows; for NULL the columns alone. */
jk_listing jk_comparison_listing(const jk_comparison *comparison);

/* Decisions of the first valuation, and new claims, by those of the second, and claims that left: JK_COMPARE_STATES
 * rows of as many for each. NULL: the columns alone. */
enum { JK_COMPARE_STATES = JK_ACTION_COUNT + 1 };
jk_listing jk_comparison_decisions_listing(const jk_comparison *comparison);

/* Everything as JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_comparison_json(const jk_comparison *comparison);

/* Each claim with its steps (six decimals) as CSV, those of the first tape in its order, then the new ones; what the
 * columns are. */
jk_status jk_comparison_write_claims(const jk_comparison *comparison, const char *path, jk_error *error);
jk_listing jk_comparison_claims_columns(void);

#ifdef __cplusplus
}
#endif
#endif
