/* SPDX-License-Identifier: Apache-2.0 */
/* The number that a numeric characteristic takes, a tape column or a derived figure (model-file.md). */
#include <math.h>
#include <string.h>

#include "score/scorer_internal.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

uint64_t jk_score_derived_columns(jk_derived derived) {
    uint64_t balance = BIT(PRINCIPAL) | BIT(INTEREST_ACCRUED) | BIT(FEES);
    switch (derived) {
    case JK_DERIVED_AGE_YEARS:
        return BIT(BIRTH_YEAR) | BIT(DEBTOR_TYPE);
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
        return BIT(DEFAULTED_ON) | BIT(WRITTEN_OFF_ON);
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        return BIT(LAST_PAID_ON);
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

static void money_values(const jk_scorer *scorer, jk_column column, const jk_block *block, size_t first, size_t count,
                         double *value) {
    const int64_t *money = (const int64_t *)block->column[column] + first;
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + first;
    for (size_t i = 0; i < count; i++) {
        value[i] = minor_or_missing(money[i]) / 100.0 * scorer->law->exchange[currency[i] + 1];
    }
}

static void integer_values(jk_column column, const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *integer = (const int32_t *)block->column[column] + first;
    for (size_t i = 0; i < count; i++) {
        value[i] = integer_or_missing(integer[i]);
    }
}

static void column_values(const jk_scorer *scorer, jk_column column, const jk_block *block, const jk_law_facts *law,
                          size_t first, size_t count, double *value) {
    const double *fact = column == JK_COLUMN_INTEREST_RATE    ? law->rate
                         : column == JK_COLUMN_INCOME_MONTHLY ? law->income
                         : column == JK_COLUMN_PRINCIPAL      ? law->principal
                                                              : NULL;
    if (fact != NULL) {
        memcpy(value, fact + first, count * sizeof *value);
        return;
    }
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_MONEY:
        money_values(scorer, column, block, first, count, value);
        return;
    case JK_TYPE_INTEGER:
        integer_values(column, block, first, count, value);
        return;
    case JK_TYPE_REAL:
        memcpy(value, (const double *)block->column[column] + first, count * sizeof *value);
        return;
    default: /* the one flag, vulnerable */
        for (size_t i = 0; i < count; i++) {
            value[i] = ((const int8_t *)block->column[column])[first + i] > 0 ? 1.0 : 0.0;
        }
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

/* The debtor's known age; a business has none. */
static void age_values(const jk_law *law, const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *birth_year = JK_BLOCK_INT32(block, BIRTH_YEAR) + first;
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE) + first;
    for (size_t i = 0; i < count; i++) {
        int known = birth_year[i] != JK_MISSING_INTEGER && jk_law_type(debtor_type[i]) == JK_CONSUMER;
        jk_law_moment own;
        const jk_law_moment *at = jk_law_moment_of(law, block, first + i, &own);
        value[i] = known ? (double)at->year - (double)birth_year[i] : NAN;
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

static void months_values(const jk_law *law, jk_derived derived, const jk_block *block, size_t first, size_t count,
                          double *value) {
    jk_law_moment own;
    if (derived == JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT) {
        const int32_t *paid = JK_BLOCK_INT32(block, LAST_PAID_ON) + first;
        for (size_t i = 0; i < count; i++) {
            const jk_law_moment *at = jk_law_moment_of(law, block, first + i, &own);
            value[i] = paid[i] == JK_MISSING_INTEGER
                           ? NAN
                           : (double)jk_months_until(&law->months, jk_date_clamp(paid[i]), &at->end);
        }
        return;
    }
    const int32_t *defaulted = JK_BLOCK_INT32(block, DEFAULTED_ON) + first;
    const int32_t *written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON) + first;
    for (size_t i = 0; i < count; i++) {
        const jk_law_moment *at = jk_law_moment_of(law, block, first + i, &own);
        int32_t from = defaulted[i] == JK_MISSING_INTEGER ? written_off[i] : defaulted[i];
        value[i] = (double)jk_months_until(&law->months, jk_date_clamp(from), &at->end);
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
    case JK_DERIVED_AGE_YEARS:
        age_values(scorer->law, block, first, count, value);
        return;
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        memcpy(value, law->age_months + first, count * sizeof *value);
        return;
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        months_values(scorer->law, derived, block, first, count, value);
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
