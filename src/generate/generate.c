/* SPDX-License-Identifier: Apache-2.0 */
/* From generated claims to the columns of a block: euro to minor units of the row's currency, ages to dates. */
#include "jalki/generate.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "generate/shapes.h"

jk_generate_options jk_generate_defaults(void) {
    return (jk_generate_options){.rows = 1000000, .seed = 1, .cutoff = jk_date_from_civil(2026, 6, 30)};
}

static size_t element_size(int column) {
    bool text = jk_schema_column((jk_column)column)->type == JK_TYPE_TEXT;
    return text ? JK_GENERATE_TEXT_WIDTH : jk_schema_element_size((jk_column)column);
}

jk_status jk_generate_block_init(jk_block *block, size_t rows, jk_error *error) {
    *block = (jk_block){.text_width = {JK_GENERATE_TEXT_WIDTH, JK_GENERATE_TEXT_WIDTH}};
    for (int i = 0; i < JK_TAPE_COLUMN_COUNT; i++) {
        block->column[i] = jk_columns_alloc(rows, element_size(i));
        if (block->column[i] == NULL) {
            jk_generate_block_reset(block);
            return jk_fail_memory(error, "a block of generated claims");
        }
    }
    return JK_OK;
}

void jk_generate_block_reset(jk_block *block) {
    for (int i = 0; i < JK_TAPE_COLUMN_COUNT; i++) {
        free(block->column[i]);
        block->column[i] = NULL;
    }
}

/* A letter and ten digits, without a terminator. */
static void put_key(char *text, char letter, uint64_t number) {
    text[0] = letter;
    for (int i = JK_GENERATE_TEXT_WIDTH - 1; i > 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

static int64_t cents(double euro, double per_euro) {
    return (int64_t)(euro * per_euro * 100.0 + 0.5);
}

/* Whole currency units, as people state incomes and rents. */
static int64_t round_units(double euro, double per_euro) {
    return (int64_t)(euro * per_euro + 0.5) * 100;
}

static int32_t date_before(int32_t cutoff, double months) {
    return cutoff - (int32_t)(months * JK_DAYS_PER_MONTH);
}

#define PUT_MONEY(NAME, shown, value)                                                                                  \
    (((int64_t *)block->column[JK_COLUMN_##NAME])[i] = (shown) ? (value) : JK_MISSING_MONEY)
#define PUT_INT32(NAME, shown, value)                                                                                  \
    (((int32_t *)block->column[JK_COLUMN_##NAME])[i] = (shown) ? (value) : JK_MISSING_INTEGER)
#define PUT_INDEX(NAME, shown, value)                                                                                  \
    (((int32_t *)block->column[JK_COLUMN_##NAME])[i] = (shown) ? (value) : JK_MISSING_INDEX)
#define PUT_ENUM(NAME, shown, value)                                                                                   \
    (((int8_t *)block->column[JK_COLUMN_##NAME])[i] = (shown) ? (int8_t)(value) : JK_MISSING_ENUM)
#define PUT_REAL(NAME, shown, value) (((double *)block->column[JK_COLUMN_##NAME])[i] = (shown) ? (value) : NAN)

static void put_debtor(jk_block *block, size_t i, int32_t number, int32_t cutoff_year, const generated_debtor *debtor) {
    double per_euro = jk_generate_countries[debtor->country].per_euro;
    put_key((char *)block->column[JK_COLUMN_DEBTOR_ID] + i * JK_GENERATE_TEXT_WIDTH, 'D', (uint64_t)number + 1);
    PUT_INT32(DEBTOR_INDEX, true, number);
    PUT_INDEX(COUNTRY, true, debtor->country);
    PUT_INT32(BIRTH_YEAR, debtor->shows_age, cutoff_year - (int32_t)debtor->age);
    PUT_MONEY(INCOME_MONTHLY, debtor->shows_income, round_units(debtor->income, per_euro));
    PUT_INT32(DEPENDANTS, debtor->shows_dependants, debtor->dependants);
    PUT_MONEY(HOUSING_COST, debtor->shows_housing, round_units(debtor->housing, per_euro));
    PUT_MONEY(OTHER_DEBT_ENFORCED, debtor->shows_other_debt, cents(debtor->other_debt, per_euro));
    PUT_INT32(DEFAULT_MARKS, debtor->shows_marks, debtor->marks);
    PUT_ENUM(EMPLOYMENT, true, debtor->employment);
    PUT_ENUM(REACHABLE, true, debtor->reachable);
    PUT_ENUM(VULNERABLE, debtor->shows_vulnerable, debtor->vulnerable);
}

static void put_dates(jk_block *block, size_t i, int32_t cutoff, const generated_claim *claim) {
    int32_t default_on = date_before(cutoff, claim->default_age);
    int32_t paid_on = date_before(cutoff, claim->last_paid_age);
    int32_t title_on = date_before(cutoff, claim->title_age);
    PUT_INT32(DEFAULTED_ON, claim->shows_default, default_on);
    PUT_INT32(WRITTEN_OFF_ON, true, date_before(cutoff, claim->write_off_age));
    PUT_INT32(LAST_PAID_ON, claim->last_paid_age >= 0.0, paid_on);
    PUT_INT32(LIMITATION_ON, claim->shows_limitation, date_before(cutoff, -claim->limitation_in));
    PUT_INT32(TITLE_ON, claim->shows_title, title_on);
}

static void put_claim(jk_block *block, size_t i, uint64_t row, const generated_debtor *debtor,
                      const generated_claim *claim) {
    double per_euro = jk_generate_countries[debtor->country].per_euro;
    put_key((char *)block->column[JK_COLUMN_CLAIM_ID] + i * JK_GENERATE_TEXT_WIDTH, 'C', row + 1);
    PUT_ENUM(DEBTOR_TYPE, claim->shows_type, debtor->type);
    PUT_INDEX(PRODUCT, claim->shows_product, claim->product);
    PUT_INDEX(CURRENCY, claim->shows_currency, jk_generate_countries[debtor->country].currency);
    PUT_MONEY(PRINCIPAL, true, cents(claim->principal, per_euro));
    PUT_MONEY(INTEREST_ACCRUED, claim->shows_interest, cents(claim->interest, per_euro));
    PUT_MONEY(FEES, claim->shows_fees, cents(claim->fees, per_euro));
    PUT_MONEY(ORIGINAL_PRINCIPAL, claim->shows_original, cents(claim->original, per_euro));
    PUT_REAL(INTEREST_RATE, claim->shows_rate, (double)claim->rate / 10000.0);
    PUT_ENUM(LEGAL_STATUS, claim->shows_status, claim->status);
    PUT_MONEY(PAYMENTS_12M, claim->shows_payments, cents(claim->payments_12m, per_euro));
    PUT_MONEY(PAYMENTS_24M, claim->shows_payments, cents(claim->payments_24m, per_euro));
    PUT_MONEY(INSTALMENT_MONTHLY, claim->shows_instalment, cents(claim->instalment, per_euro));
    PUT_INT32(PROMISES_KEPT, claim->shows_promises, claim->kept);
    PUT_INT32(PROMISES_BROKEN, claim->shows_promises, claim->broken);
    PUT_INT32(PLACEMENTS, claim->shows_placements, claim->placements);
}

void jk_generate_rows(const jk_generate_options *options, uint64_t first, size_t count, jk_block *block) {
    int32_t layout[GENERATE_GROUP_ROWS];
    uint64_t group = UINT64_MAX;
    /* Debtors met lately: rows that share one often stand near each other. */
    enum { KNOWN = 32 };
    generated_debtor known[KNOWN];
    int32_t known_number[KNOWN];
    memset(known_number, 0xff, sizeof known_number);
    generated_claim claim;
    int32_t cutoff_year = jk_civil_from_date(options->cutoff).year;
    block->first_row = (size_t)first;
    block->rows = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t row = first + i;
        if (row / GENERATE_GROUP_ROWS != group) {
            group = row / GENERATE_GROUP_ROWS;
            jk_generate_layout(options->seed, group, layout);
        }
        int32_t number = layout[row % GENERATE_GROUP_ROWS];
        generated_debtor *debtor = &known[number % KNOWN];
        if (number != known_number[number % KNOWN]) {
            jk_generate_debtor(options->seed, number, debtor);
            known_number[number % KNOWN] = number;
        }
        jk_generate_claim(options->seed, row, debtor, &claim);
        put_debtor(block, i, number, cutoff_year, debtor);
        put_dates(block, i, options->cutoff, &claim);
        put_claim(block, i, row, debtor, &claim);
    }
}
