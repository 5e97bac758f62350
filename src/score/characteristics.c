/* SPDX-License-Identifier: Apache-2.0 */
/* The number that a numeric characteristic takes, a tape column or a derived figure (model-file.md). */
#include <math.h>
#include <string.h>

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

/* What a tape does not say is missing to a characteristic: the defaults of the columns serve law and money alone. Two
 * are law themselves: the statutory rate, and who is not marked vulnerable. */
static double minor_or_missing(int64_t money) {
    return money == JK_MISSING_MONEY ? (double)NAN : (double)money;
}

static double minor_or_zero(int64_t money) {
    return money == JK_MISSING_MONEY ? 0.0 : (double)money;
}

static double integer_or_missing(int32_t integer) {
    return integer == JK_MISSING_INTEGER ? (double)NAN : (double)integer;
}

static void column_values(const jk_scorer *scorer, jk_column column, const jk_block *block, const jk_law_facts *law,
                          size_t first, size_t count, double *value) {
    const double *fact = column == JK_COLUMN_INTEREST_RATE    ? law->rate
                         : column == JK_COLUMN_INCOME_MONTHLY ? law->income
                         : column == JK_COLUMN_PRINCIPAL      ? law->principal
                                                              : NULL;
    if (fact != NULL) {
        memcpy(value, fact + first, count * sizeof *value);
    } else if (jk_schema_column(column)->type == JK_TYPE_DATE) { /* an own one: how long ago */
        jk_law_months_since(scorer->law, column, block, first, count, value);
    } else {
        jk_law_numbers(scorer->law, JK_DERIVED_NONE, column, block, first, count, value);
    }
}

/* A share of the balance is a quotient of minor units of the same row: no exchange rate enters it. */
static void share_values(const jk_law *law, const jk_law_facts *facts, const int64_t *part, const jk_block *block,
                         size_t first, size_t count, double *value) {
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL) + first;
    const int64_t *interest = JK_BLOCK_MONEY(block, INTEREST_ACCRUED) + first;
    const int64_t *fees = JK_BLOCK_MONEY(block, FEES) + first;
    for (size_t i = 0; i < count; i++) {
        double balance = minor_or_zero(principal[i]) + minor_or_zero(interest[i]) + minor_or_zero(fees[i]);
        balance += jk_law_accrued(law, block, first + i, facts->jurisdiction[first + i]);
        value[i] = minor_or_missing(part[first + i]) / balance;
    }
}

static void kept_values(const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *kept = JK_BLOCK_INT32(block, PROMISES_KEPT) + first;
    const int32_t *broken = JK_BLOCK_INT32(block, PROMISES_BROKEN) + first;
    for (size_t i = 0; i < count; i++) {
        double all = integer_or_missing(kept[i]) + integer_or_missing(broken[i]);
        value[i] = all > 0.0 ? (double)kept[i] / all : (double)NAN;
    }
}

static void debtor_values(const jk_debtors *debtors, jk_derived derived, const jk_block *block, const jk_law_facts *law,
                          size_t first, size_t count, double *value) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX) + first;
    for (size_t i = 0; i < count; i++) {
        double balance = (double)debtors->balance[debtor[i]] / JK_DEBTOR_SUM_PER_UNIT;
        value[i] = derived == JK_DERIVED_DEBTOR_CLAIMS    ? (double)debtors->claims[debtor[i]]
                   : derived == JK_DERIVED_DEBTOR_BALANCE ? balance
                                                          : 12.0 * law->attachable[first + i] / balance;
    }
}

void jk_score_values(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                     const jk_law_facts *law, size_t first, size_t count, double *value) {
    jk_derived derived = item->from->derived;
    switch (derived) {
    case JK_DERIVED_BALANCE:
        memcpy(value, law->balance + first, count * sizeof *value);
        return;
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        memcpy(value, law->age_months + first, count * sizeof *value);
        return;
    case JK_DERIVED_AGE_YEARS:
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        jk_law_numbers(scorer->law, derived, JK_COLUMN_COUNT, block, first, count, value);
        return;
    case JK_DERIVED_MONTHS_TO_BAR:
        for (size_t i = 0; i < count; i++) {
            value[i] = law->title_state[first + i] == JK_TITLE_NONE ? law->bar_untitled[first + i]
                                                                    : law->bar_titled[first + i];
        }
        return;
    case JK_DERIVED_PAID_12M_SHARE:
        share_values(scorer->law, law, JK_BLOCK_MONEY(block, PAYMENTS_12M), block, first, count, value);
        return;
    case JK_DERIVED_PAID_24M_SHARE:
        share_values(scorer->law, law, JK_BLOCK_MONEY(block, PAYMENTS_24M), block, first, count, value);
        return;
    case JK_DERIVED_PRINCIPAL_SHARE:
        share_values(scorer->law, law, JK_BLOCK_MONEY(block, PRINCIPAL), block, first, count, value);
        return;
    case JK_DERIVED_KEPT_SHARE:
        kept_values(block, first, count, value);
        return;
    case JK_DERIVED_ATTACHABLE:
        memcpy(value, law->attachable + first, count * sizeof *value);
        return;
    case JK_DERIVED_ATTACHABLE_YEARS:
    case JK_DERIVED_DEBTOR_CLAIMS:
    case JK_DERIVED_DEBTOR_BALANCE:
        debtor_values(scorer->debtors, derived, block, law, first, count, value);
        return;
    default:
        column_values(scorer, item->from->column, block, law, first, count, value);
    }
}
