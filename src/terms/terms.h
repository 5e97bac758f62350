/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of the terms over rows, compiled once per instruction set (terms_kernel.c). */
#ifndef JK_TERMS_TERMS_H
#define JK_TERMS_TERMS_H

#include "jalki/terms.h"

typedef struct jk_terms_kernel {
    /* What a claim's own facts and score make of it; `allow` as for jk_terms_block. */
    void (*claims)(const jk_law_facts *law, const jk_score_columns *score, unsigned allow, jk_terms *out);
    /* What the debtor's other claims on the tape make of it: garnishment and the share of costs. */
    void (*debtors)(const jk_debtors *debtors, const int32_t *debtor, const jk_law_facts *law, jk_terms *out);
    void (*mortality)(const jk_model *model, const jk_law_facts *law, jk_terms *out);
} jk_terms_kernel;

#endif
