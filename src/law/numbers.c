/* SPDX-License-Identifier: Apache-2.0 */
/* balance = (principal + interest_accrued + fees) / 100 × exchange rate, with the interest that jk_law_accrue adds
 * (model.md section 3); age = year of the cut-off − birth_year of consumers; months by section 2. */
#include "law/numbers.h"

#include <math.h>
#include <string.h>

#include "law/law_internal.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

uint64_t jk_law_number_columns(jk_derived figure, jk_column column) {
    switch (figure) {
    case JK_DERIVED_BALANCE:
        return BIT(PRINCIPAL) | BIT(INTEREST_ACCRUED) | BIT(FEES) | BIT(CURRENCY) | BIT(COUNTRY);
    case JK_DERIVED_AGE_YEARS:
        return BIT(BIRTH_YEAR) | BIT(DEBTOR_TYPE);
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        return BIT(WRITTEN_OFF_ON);
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
        return BIT(DEFAULTED_ON) | BIT(WRITTEN_OFF_ON);
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        return BIT(LAST_PAID_ON);
    default:
        break;
    }
    uint64_t columns = UINT64_C(1) << column;
    columns |= column == JK_COLUMN_INTEREST_RATE ? BIT(COUNTRY) | BIT(DEBTOR_TYPE) : 0;
    columns |= column == JK_COLUMN_DEFAULTED_ON ? BIT(WRITTEN_OFF_ON) : 0;
    columns |= column == JK_COLUMN_ORIGINAL_PRINCIPAL ? BIT(PRINCIPAL) : 0;
    columns |= jk_schema_column(column)->type == JK_TYPE_MONEY ? BIT(CURRENCY) : 0;
    return columns;
}

static inline int64_t given_or_zero(int64_t money) {
    return money == JK_MISSING_MONEY ? 0 : money;
}

static void balance_numbers(const jk_law *law, const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + first;
    const int32_t *country = JK_BLOCK_INT32(block, COUNTRY) + first;
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL) + first;
    const int64_t *interest = JK_BLOCK_MONEY(block, INTEREST_ACCRUED) + first;
    const int64_t *fees = JK_BLOCK_MONEY(block, FEES) + first;
    for (size_t i = 0; i < count; i++) {
        double exchange = law->exchange[currency[i] + 1];
        int64_t minor = given_or_zero(principal[i]) + given_or_zero(interest[i]) + given_or_zero(fees[i]);
        value[i] = (double)minor / 100.0 * exchange;
        if (law->accrued > 0.0) {
            size_t jurisdiction = law->jurisdiction[country[i] + 1];
            value[i] += jk_law_accrued(law, block, first + i, jurisdiction) / 100.0 * exchange;
        }
    }
}

/* The debtor's known age; a business has none. */
static void age_numbers(const jk_law *law, const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *birth_year = JK_BLOCK_INT32(block, BIRTH_YEAR) + first;
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE) + first;
    for (size_t i = 0; i < count; i++) {
        int known = birth_year[i] != JK_MISSING_INTEGER && jk_law_type(debtor_type[i]) == JK_CONSUMER;
        jk_law_moment own;
        const jk_law_moment *at = jk_law_moment_of(law, block, first + i, &own);
        value[i] = known ? (double)at->year - (double)birth_year[i] : (double)NAN;
    }
}

/* The date of a row, as on the tape but for the default of defaulted_on. */
static inline int32_t date_of(jk_column column, const jk_block *block, size_t row) {
    int32_t date = ((const int32_t *)block->column[column])[row];
    return date == JK_MISSING_INTEGER && column == JK_COLUMN_DEFAULTED_ON ? JK_BLOCK_INT32(block, WRITTEN_OFF_ON)[row]
                                                                          : date;
}

void jk_law_months_since(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                         double *value) {
    for (size_t i = 0; i < count; i++) {
        int32_t date = date_of(column, block, first + i);
        if (date == JK_MISSING_INTEGER) {
            value[i] = (double)NAN;
            continue;
        }
        jk_law_moment own;
        const jk_law_moment *at = jk_law_moment_of(law, block, first + i, &own);
        date = jk_date_clamp(date);
        if (date > at->date) {
            jk_month_end end = jk_month_end_of(&law->months, date);
            value[i] = -(double)jk_months_until(&law->months, at->date, &end);
        } else {
            value[i] = (double)jk_months_until(&law->months, date, &at->end);
        }
    }
}

static void column_numbers(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                           double *value) {
    const void *data = block->column[column];
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_MONEY:
        for (size_t i = 0; i < count; i++) {
            int64_t money = ((const int64_t *)data)[first + i];
            double amount = money == JK_MISSING_MONEY ? (double)NAN : (double)money;
            value[i] = amount / 100.0 * law->exchange[JK_BLOCK_INT32(block, CURRENCY)[first + i] + 1];
        }
        return;
    case JK_TYPE_INTEGER:
        for (size_t i = 0; i < count; i++) {
            int32_t integer = ((const int32_t *)data)[first + i];
            value[i] = integer == JK_MISSING_INTEGER ? (double)NAN : (double)integer;
        }
        return;
    case JK_TYPE_REAL:
        memcpy(value, (const double *)data + first, count * sizeof *value);
        break;
    case JK_TYPE_DATE:
        for (size_t i = 0; i < count; i++) {
            int32_t date = date_of(column, block, first + i);
            value[i] = date == JK_MISSING_INTEGER ? (double)NAN : (double)date;
        }
        return;
    default: /* the one flag, vulnerable */
        for (size_t i = 0; i < count; i++) {
            value[i] = ((const int8_t *)data)[first + i] > 0 ? 1.0 : 0.0;
        }
        return;
    }
    for (size_t i = 0; column == JK_COLUMN_INTEREST_RATE && i < count; i++) {
        if (isnan(value[i])) {
            size_t jurisdiction = law->jurisdiction[JK_BLOCK_INT32(block, COUNTRY)[first + i] + 1];
            unsigned type = jk_law_type(JK_BLOCK_ENUM(block, DEBTOR_TYPE)[first + i]);
            value[i] = law->model->jurisdictions[jurisdiction].interest.rate[type];
        }
    }
}

void jk_law_numbers(const jk_law *law, jk_derived figure, jk_column column, const jk_block *block, size_t first,
                    size_t count, double *value) {
    switch (figure) {
    case JK_DERIVED_BALANCE:
        balance_numbers(law, block, first, count, value);
        return;
    case JK_DERIVED_AGE_YEARS:
        age_numbers(law, block, first, count, value);
        return;
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        jk_law_months_since(law, JK_COLUMN_WRITTEN_OFF_ON, block, first, count, value);
        break;
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
        jk_law_months_since(law, JK_COLUMN_DEFAULTED_ON, block, first, count, value);
        break;
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        jk_law_months_since(law, JK_COLUMN_LAST_PAID_ON, block, first, count, value);
        break;
    default:
        column_numbers(law, column, block, first, count, value);
        return;
    }
    for (size_t i = 0; i < count; i++) { /* of rows of a panel the day may lie before */
        value[i] = value[i] < 0.0 ? 0.0 : value[i];
    }
}
