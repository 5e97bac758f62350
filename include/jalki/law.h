/* SPDX-License-Identifier: Apache-2.0 */
/* The law stage: from tape columns to what the law and the calendar say of each claim at the cut-off
 * (model.md sections 2, 3, 9 attachable income, 10). Pure function from columns to columns; 64 bits throughout.
 *
 * A jk_law is a model bound to one tape (its dictionaries) and a cut-off. It is constant after creation
 * and shared by all threads.
 */
#ifndef JALKI_LAW_H
#define JALKI_LAW_H

#include "jalki/model.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_law jk_law;

/* Binds the model to the tape. JK_ERROR_DATA if a currency of the tape has no exchange rate in the model or a country
 * has no jurisdiction and the model no EU. `model` and `tape` must outlive the law. */
jk_status jk_law_create(const jk_model *model, const jk_tape *tape, int32_t cutoff, jk_law **law, jk_error *error);
void jk_law_free(jk_law *law);

/* Bit c is set if column c must be loaded into the block given to jk_law_block. */
uint64_t jk_law_columns(const jk_law *law);

typedef enum jk_bar_basis { /* what the governing bar date of the claim's present title state rests on */
                            JK_BAR_NEVER,
                            JK_BAR_LIMITATION_GIVEN, /* limitation_on of the tape */
                            JK_BAR_LIMITATION_RULE,  /* default or last payment + the jurisdiction's period */
                            JK_BAR_FINAL,            /* defaulted_on + final_months */
                            JK_BAR_TITLE_END,        /* title_on + title_months */
                            JK_BAR_TITLE_FINAL       /* title_on + title_final_months */
} jk_bar_basis;

/* Arrays of `rows` elements each; the caller owns them (jk_law_columns_size in src/law lays them out in one block). */
typedef struct jk_law_facts {
    size_t rows;
    double *balance;        /* B, base currency */
    double *principal;      /* P, base currency */
    double *rate;           /* r, per year */
    double *age_months;     /* u, months since write-off, >= 0, whole */
    double *debtor_age;     /* a0, years, with the assumed age where unknown; NaN for businesses (mortality 0) */
    double *bar_untitled;   /* d0, months; INFINITY: never */
    double *bar_titled;     /* d1, months; INFINITY: never */
    double *interruption;   /* I / w, base currency a month: per debtor, 0 where not needed */
    double *attachable;     /* base currency a month */
    double *income;         /* base currency a month; NaN unknown */
    double *other_debt;     /* other_debt_enforced, base currency */
    double *exit_status;    /* extra monthly exit of the status */
    uint8_t *title_state;   /* z0, jk_title */
    uint8_t *allowed;       /* bits JK_ALLOW; sell included where the status allows it */
    uint8_t *barred;        /* 1: barred at the cut-off */
    uint8_t *workable;      /* 1: counts in the debtor's workable balance */
    uint8_t *basis;         /* jk_bar_basis of the bar of z0 */
    uint16_t *segment;      /* index into model->segments */
    uint16_t *jurisdiction; /* index into model->jurisdictions */
    int8_t *class_override; /* jk_capacity or -1 */
} jk_law_facts;

/* Fills `out` for the rows of the block. Cannot fail; allocates nothing. */
void jk_law_block(const jk_law *law, const jk_block *block, jk_law_facts *out);

/* Sums per debtor over the whole tape, on the fixed grid of 2^-20 currency units, so that their order does not matter.
 */
typedef struct jk_debtors {
    size_t count;
    int64_t *balance;          /* all accepted claims, grid units */
    int64_t *workable_balance; /* workable claims only, grid units */
    uint32_t *claims;          /* all accepted claims */
} jk_debtors;

/* Streams the tape once, in blocks over threads, and fills *debtors (freed by jk_debtors_reset). */
jk_status jk_debtors_create(const jk_law *law, const jk_tape *tape, const jk_run *run, jk_debtors *debtors,
                            jk_error *error);
void jk_debtors_reset(jk_debtors *debtors);

#ifdef __cplusplus
}
#endif
#endif
