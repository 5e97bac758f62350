/* SPDX-License-Identifier: Apache-2.0 */
/* The number that a numeric characteristic takes, a tape column or a derived figure (model-file.md); compiled once per
 * instruction set. */
#include <math.h>
#include <string.h>

#include "base/lanes/isa_name.h"
#include "base/team/rows.h"
#include "law/numbers.h"
#include "score/scorer_internal.h"

/* What a tape does not say is missing to a characteristic: the defaults of the columns serve law and money alone. Two
 * are law themselves: the statutory rate, and who is not marked vulnerable. */
static inline double minor_or_missing(int64_t money) {
    double given = (double)money;
    return money == JK_MISSING_MONEY ? (double)NAN : given;
}

static inline double minor_or_zero(int64_t money) {
    return (double)jk_money_or_zero(money);
}

static inline double integer_or_missing(int32_t integer) {
    return integer == JK_MISSING_INTEGER ? (double)NAN : (double)integer;
}

/* Whether facts are told in the currency of the scorecard, which is that of the model file. */
static inline bool is_written(const jk_scorer *scorer) {
    return scorer->model->written_rate == 1.0;
}

static void column_values(const jk_scorer *scorer, jk_column column, const jk_block *block, const jk_law_facts *law,
                          size_t first, size_t count, double *value) {
    const double *fact = column == JK_COLUMN_INTEREST_RATE    ? law->rate
                         : column == JK_COLUMN_INCOME_MONTHLY ? law->income
                         : column == JK_COLUMN_PRINCIPAL      ? law->principal
                                                              : NULL;
    if (fact != NULL && (column == JK_COLUMN_INTEREST_RATE || is_written(scorer))) {
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
    if (jk_law_accrues(law)) {
        for (size_t i = 0; i < count; i++) {
            double balance = minor_or_zero(principal[i]) + minor_or_zero(interest[i]) + minor_or_zero(fees[i]);
            balance += jk_law_accrued(law, block, first + i, facts->jurisdiction[first + i]);
            value[i] = minor_or_missing(part[first + i]) / balance;
        }
        return;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        double balance = minor_or_zero(principal[i]) + minor_or_zero(interest[i]) + minor_or_zero(fees[i]);
        value[i] = minor_or_missing(part[first + i]) / balance;
    }
}

static void kept_values(const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *kept = JK_BLOCK_INT32(block, PROMISES_KEPT) + first;
    const int32_t *broken = JK_BLOCK_INT32(block, PROMISES_BROKEN) + first;
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        double all = integer_or_missing(kept[i]) + integer_or_missing(broken[i]), share = (double)kept[i] / all;
        value[i] = all > 0.0 ? share : (double)NAN;
    }
}

/* An amount in the base currency as one in the model file's own. */
static void to_written(const jk_scorer *scorer, size_t count, double *value) {
    const double rate = scorer->model->written_rate;
    for (size_t i = 0; rate != 1.0 && i < count; i++) {
        value[i] = value[i] / rate;
    }
}

static void attachable_values(const jk_scorer *scorer, const jk_law_facts *law, size_t first, size_t count,
                              double *value) {
    memcpy(value, law->attachable + first, count * sizeof *value);
    to_written(scorer, count, value);
}

/* Balances of debtors are sums in millionths, and so they are where they were summed in another currency. */
static void debtor_values(const jk_scorer *scorer, jk_derived derived, const jk_block *block, const jk_law_facts *law,
                          size_t first, size_t count, double *value) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX) + first;
    const int64_t *balance = scorer->debtors->balance;
    const uint32_t *claims = scorer->debtors->claims;
    const double rate = scorer->model->written_rate;
    if (derived == JK_DERIVED_DEBTOR_CLAIMS) {
        for (size_t i = 0; i < count; i++) {
            value[i] = (double)claims[debtor[i]];
        }
        return;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        value[i] = (double)balance[debtor[i]] / JK_DEBTOR_SUM_PER_UNIT;
    }
    for (size_t i = 0; rate != 1.0 && i < count; i++) {
        value[i] = nearbyint((double)balance[debtor[i]] / rate) / JK_DEBTOR_SUM_PER_UNIT;
    }
    for (size_t i = 0; derived == JK_DERIVED_ATTACHABLE_YEARS && i < count; i++) {
        value[i] = 12.0 * (law->attachable[first + i] / rate) / value[i];
    }
}

/* Months since the last payment, as the law has counted them. */
static void paid_values(const int32_t *months, size_t count, double *value) {
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        value[i] = months[i] == INT32_MAX ? (double)NAN : (double)months[i];
    }
}

static void bar_values(const jk_law_facts *law, size_t first, size_t count, double *value) {
    const double *untitled = law->bar_untitled + first, *titled = law->bar_titled + first;
    const uint8_t *title = law->title_state + first;
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        double with = titled[i], without = untitled[i];
        value[i] = title[i] == JK_TITLE_NONE ? without : with;
    }
}

static void values(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block, const jk_law_facts *law,
                   size_t first, size_t count, double *value) {
    jk_derived derived = item->from->derived;
    switch (derived) {
    case JK_DERIVED_BALANCE:
        if (is_written(scorer)) {
            memcpy(value, law->balance + first, count * sizeof *value);
        } else {
            jk_law_numbers(scorer->law, derived, JK_COLUMN_COUNT, block, first, count, value);
        }
        return;
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        memcpy(value, law->age_months + first, count * sizeof *value);
        return;
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        paid_values(law->paid_months + first, count, value);
        return;
    case JK_DERIVED_AGE_YEARS:
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
        jk_law_numbers(scorer->law, derived, JK_COLUMN_COUNT, block, first, count, value);
        return;
    case JK_DERIVED_MONTHS_TO_BAR:
        bar_values(law, first, count, value);
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
        attachable_values(scorer, law, first, count, value);
        return;
    case JK_DERIVED_ATTACHABLE_YEARS:
    case JK_DERIVED_DEBTOR_CLAIMS:
    case JK_DERIVED_DEBTOR_BALANCE:
        debtor_values(scorer, derived, block, law, first, count, value);
        return;
    default:
        column_values(scorer, item->from->column, block, law, first, count, value);
    }
}

extern const jk_score_values_kernel JK_ISA_NAME(jk_score_values_kernel_);
const jk_score_values_kernel JK_ISA_NAME(jk_score_values_kernel_) = {values};
