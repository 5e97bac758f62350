/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of numbers.h, compiled once per instruction set.
 *
 * balance = (principal + interest_accrued + fees) / 100 × exchange rate to the model file's own currency, with the
 * interest that jk_law_accrue adds (model.md section 3); age = year of the cut-off − birth_year of consumers; months by
 * section 2. */
#include <math.h>
#include <string.h>

#include "base/lanes/isa_name.h"
#include "base/team/rows.h"
#include "law/moments.h"
#include "law/numbers.h"

static void balance_numbers(const jk_law *law, const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + first;
    const int32_t *country = JK_BLOCK_INT32(block, COUNTRY) + first;
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL) + first;
    const int64_t *interest = JK_BLOCK_MONEY(block, INTEREST_ACCRUED) + first;
    const int64_t *fees = JK_BLOCK_MONEY(block, FEES) + first;
    const double *exchange = law->written;
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        int64_t minor = jk_money_or_zero(principal[i]) + jk_money_or_zero(interest[i]) + jk_money_or_zero(fees[i]);
        value[i] = (double)minor / 100.0 * exchange[currency[i] + 1];
    }
    for (size_t i = 0; jk_law_accrues(law) && i < count; i++) {
        size_t jurisdiction = (size_t)law->jurisdiction[country[i] + 1];
        value[i] += jk_law_accrued(law, block, first + i, jurisdiction) / 100.0 * exchange[currency[i] + 1];
    }
}

/* The debtor's known age; a business has none. */
static void age_numbers(const jk_block *block, size_t first, size_t count, const jk_law_moments *at, double *value) {
    const int32_t *birth_year = JK_BLOCK_INT32(block, BIRTH_YEAR) + first;
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE) + first;
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        double age = (double)at->year[i] - (double)birth_year[i];
        value[i] = birth_year[i] == JK_MISSING_INTEGER ? (double)NAN : age;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        value[i] = debtor_type[i] == JK_BUSINESS ? (double)NAN : value[i];
    }
}

/* The dates of rows, as on the tape but for the default of defaulted_on. */
static void dates_of(jk_column column, const jk_block *block, size_t first, size_t count, int32_t *date) {
    const int32_t *given = (const int32_t *)block->column[column] + first;
    memcpy(date, given, count * sizeof *date);
    if (column == JK_COLUMN_DEFAULTED_ON) {
        const int32_t *written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON) + first;
        JK_ROWS_APART
        for (size_t i = 0; i < count; i++) {
            date[i] = date[i] == JK_MISSING_INTEGER ? written_off[i] : date[i];
        }
    }
}

static void months_of_tile(jk_column column, const jk_block *block, size_t first, size_t count,
                           const jk_law_moments *at, double *value) {
    int32_t date[JK_LAW_TILE], ahead = 0;
    dates_of(column, block, first, count, date);
    for (size_t i = 0; i < count; i++) {
        int32_t months = jk_months_until(jk_date_clamp(date[i]), jk_law_moments_end(at, i));
        value[i] = date[i] == JK_MISSING_INTEGER ? (double)NAN : (double)months;
        ahead |= date[i] > at->date[i];
    }
    for (size_t i = 0; ahead && i < count; i++) {
        if (date[i] > at->date[i]) {
            value[i] = -(double)jk_months_until(at->date[i], jk_month_end_of(jk_date_clamp(date[i])));
        }
    }
}

static void months_since(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                         double *value) {
    for (size_t start = 0; start < count; start += JK_LAW_TILE) {
        size_t rows = count - start < JK_LAW_TILE ? count - start : JK_LAW_TILE;
        jk_law_moments at;
        jk_law_moments_load(law, block, first + start, rows, &at);
        months_of_tile(column, block, first + start, rows, &at, value + start);
    }
}

static void ages(const jk_law *law, const jk_block *block, size_t first, size_t count, double *value) {
    for (size_t start = 0; start < count; start += JK_LAW_TILE) {
        size_t rows = count - start < JK_LAW_TILE ? count - start : JK_LAW_TILE;
        jk_law_moments at;
        jk_law_moments_load(law, block, first + start, rows, &at);
        age_numbers(block, first + start, rows, &at, value + start);
    }
}

static void money_numbers(const jk_law *law, const jk_block *block, const int64_t *money, size_t first, size_t count,
                          double *value) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + first;
    const double *exchange = law->written;
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        value[i] = jk_law_amount(money[i], exchange[currency[i] + 1]);
    }
}

/* The statutory rate stands where a claim has none. */
static void rate_numbers(const jk_law *law, const jk_block *block, size_t first, size_t count, double *value) {
    const int32_t *country = JK_BLOCK_INT32(block, COUNTRY) + first;
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE) + first;
    memcpy(value, JK_BLOCK_REAL(block, INTEREST_RATE) + first, count * sizeof *value);
    for (size_t i = 0; i < count; i++) {
        if (isnan(value[i])) {
            size_t place = jk_law_place((size_t)law->jurisdiction[country[i] + 1], jk_law_type(debtor_type[i]));
            value[i] = law->rules[place].statutory_rate;
        }
    }
}

static void column_numbers(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                           double *value) {
    const void *data = block->column[column];
    const int32_t *integer = (const int32_t *)data + first;
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_MONEY:
        money_numbers(law, block, (const int64_t *)data + first, first, count, value);
        return;
    case JK_TYPE_REAL:
        if (column == JK_COLUMN_INTEREST_RATE) {
            rate_numbers(law, block, first, count, value);
            return;
        }
        memcpy(value, (const double *)data + first, count * sizeof *value);
        return;
    case JK_TYPE_INTEGER:
        break;
    case JK_TYPE_DATE:
        for (size_t start = 0; start < count; start += JK_LAW_TILE) {
            int32_t date[JK_LAW_TILE];
            size_t rows = count - start < JK_LAW_TILE ? count - start : JK_LAW_TILE;
            dates_of(column, block, first + start, rows, date);
            for (size_t i = 0; i < rows; i++) {
                value[start + i] = date[i] == JK_MISSING_INTEGER ? (double)NAN : (double)date[i];
            }
        }
        return;
    default: /* the one flag, vulnerable */
        for (size_t i = 0; i < count; i++) {
            value[i] = ((const int8_t *)data)[first + i] > 0 ? 1.0 : 0.0;
        }
        return;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        value[i] = integer[i] == JK_MISSING_INTEGER ? (double)NAN : (double)integer[i];
    }
}

static void figure_numbers(const jk_law *law, jk_derived figure, jk_column column, const jk_block *block, size_t first,
                           size_t count, double *value) {
    switch (figure) {
    case JK_DERIVED_BALANCE:
        balance_numbers(law, block, first, count, value);
        return;
    case JK_DERIVED_AGE_YEARS:
        ages(law, block, first, count, value);
        return;
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
        months_since(law, JK_COLUMN_WRITTEN_OFF_ON, block, first, count, value);
        break;
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
        months_since(law, JK_COLUMN_DEFAULTED_ON, block, first, count, value);
        break;
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        months_since(law, JK_COLUMN_LAST_PAID_ON, block, first, count, value);
        break;
    default:
        column_numbers(law, column, block, first, count, value);
        return;
    }
    for (size_t i = 0; i < count; i++) { /* of rows of a panel the day may lie before */
        value[i] = value[i] < 0.0 ? 0.0 : value[i];
    }
}

extern const jk_law_numbers_kernel JK_ISA_NAME(jk_law_numbers_kernel_);
const jk_law_numbers_kernel JK_ISA_NAME(jk_law_numbers_kernel_) = {figure_numbers, months_since};
