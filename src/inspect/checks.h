/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns in a claim that a buyer asks the seller about. A new one is one function and one line of the table in
 * inspect_checks.c. */
#ifndef JK_INSPECT_CHECKS_H
#define JK_INSPECT_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/schema.h"

/* One claim, missing values as stored. */
typedef struct jk_claim_row {
    int32_t cutoff; /* JK_MISSING_INTEGER: unknown */
    int32_t cutoff_year;
    int8_t debtor_type, legal_status;
    int32_t defaulted_on, written_off_on, last_paid_on, limitation_on, title_on, birth_year;
    int64_t principal, interest_accrued, fees, original_principal, income_monthly, payments_12m, payments_24m, balance;
    double interest_rate;
} jk_claim_row;

typedef struct jk_claim_check {
    const char *name, *meaning;
    bool (*holds)(const jk_claim_row *row);
} jk_claim_check;

enum { JK_CLAIM_CHECKS_MAX = 32 };

/* The table; *count of them, at most JK_CLAIM_CHECKS_MAX. */
const jk_claim_check *jk_claim_checks(size_t *count);

#endif
