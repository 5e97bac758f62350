/* SPDX-License-Identifier: Apache-2.0 */
/* The tape columns of a derived figure (model-file.md). */
#include "law/numbers.h"
#include "score/scorer_internal.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

uint64_t jk_score_derived_columns(jk_derived derived) {
    uint64_t balance = BIT(PRINCIPAL) | BIT(INTEREST_ACCRUED) | BIT(FEES);
    switch (derived) {
    case JK_DERIVED_AGE_YEARS:
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        return jk_law_number_columns(derived, JK_COLUMN_COUNT);
    case JK_DERIVED_PAID_12M_SHARE:
        return BIT(PAYMENTS_12M) | balance;
    case JK_DERIVED_PAID_24M_SHARE:
        return BIT(PAYMENTS_24M) | balance;
    case JK_DERIVED_PRINCIPAL_SHARE:
        return balance;
    case JK_DERIVED_KEPT_SHARE:
        return BIT(PROMISES_KEPT) | BIT(PROMISES_BROKEN);
    case JK_DERIVED_ATTACHABLE_YEARS:
    case JK_DERIVED_DEBTOR_CLAIMS:
    case JK_DERIVED_DEBTOR_BALANCE:
        return BIT(DEBTOR_INDEX);
    default: /* from the law's facts */
        return 0;
    }
}
