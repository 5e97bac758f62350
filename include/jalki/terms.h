/* SPDX-License-Identifier: Apache-2.0 */
/* The terms stage: from law, score and debtors to the kernel's inputs (model.md section 3), in 32-bit columns. */
#ifndef JALKI_TERMS_H
#define JALKI_TERMS_H

#include "jalki/score.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Added to a class that is the score's, where the model knows how often that is right. */
enum { JK_CLASS_GUESSED = 4 };

/* The kernel's inputs, `rows` elements each, in row order. Amounts in base currency. */
typedef struct jk_terms {
    size_t rows;
    float *balance;          /* B */
    float *interest_monthly; /* P·r/12: what accrues in a month */
    float *theta;            /* the lasting part */
    float *fading;           /* epsilon: the part of eta that fades */
    float *instalment;       /* chi */
    float *dividend;         /* v, per month */
    float *garnish;          /* gamma, per month; 0 where the claim is not workable */
    float *garnish_later;    /* gamma after a change of the law that lies ahead; as garnish where there is none */
    float *share;            /* w; 0 where the claim is not workable */
    float *mortality;        /* G·exp(b·a0)/12 at the cut-off, per month; 0 for businesses */
    float *exit_status;      /* per month */
    double *bar_untitled;    /* d0, months */
    double *bar_titled;      /* d1, months */
    float *interruption;     /* I, base currency a month; 0 where the claim is not workable */
    int32_t *age_months;     /* u */
    uint16_t *segment;
    uint16_t *jurisdiction;
    uint8_t *capacity_class; /* k0; plus JK_CLASS_GUESSED */
    uint8_t *title_state;    /* z0 */
    uint8_t *paying;         /* r0: 1 if the debtor is paying at the cut-off */
    uint8_t *allowed; /* bits JK_ALLOW with close; 0 for claims that are barred or have only close (not planned) */
} jk_terms;

/* k0, and whether it is a guess of which the model knows how often it is right. */
static inline jk_capacity jk_terms_class(const jk_terms *terms, size_t row) {
    return (jk_capacity)(terms->capacity_class[row] % JK_CLASS_GUESSED);
}
static inline bool jk_terms_guessed(const jk_terms *terms, size_t row) {
    return terms->capacity_class[row] >= JK_CLASS_GUESSED;
}

/* Bytes of the arrays for `rows` rows, and their layout in `memory` (that many bytes, 64-byte aligned). */
size_t jk_terms_size(size_t rows);
void jk_terms_place(jk_terms *terms, size_t rows, void *memory);

/* Rows [first, first + rows) of terms, which keep the arrays. */
jk_terms jk_terms_rows(const jk_terms *terms, size_t first, size_t rows);

/* Fills `out` for the rows of one block (debtor_index must be loaded). `allow` masks actions for the whole run (for
 * example without JK_SELL). Cannot fail; allocates nothing. */
void jk_terms_block(const jk_model *model, const jk_debtors *debtors, const jk_block *block, const jk_law_facts *law,
                    const jk_score_columns *score, unsigned allow, jk_terms *out);

/* The terms of the block under law that changes `from` months after the cut-off: bars that lie behind that day come by
 * the `later` law, but not before it, and income is attached by it afterwards. `changed` has room for as many rows;
 * `later` are the facts of the same rows under that law. */
void jk_terms_change(const jk_terms *terms, const jk_debtors *debtors, const jk_block *block, const jk_law_facts *law,
                     const jk_law_facts *later, double from, jk_terms *changed);

#ifdef __cplusplus
}
#endif
#endif
