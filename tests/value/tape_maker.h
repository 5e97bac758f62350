/* SPDX-License-Identifier: Apache-2.0 */
/* Tapes for tests of the engine: claims that are a function of their key alone, in any order. */
#ifndef JK_TESTS_TAPE_MAKER_H
#define JK_TESTS_TAPE_MAKER_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/random.h"
#include "jalki/tape.h"
#include "support/must.h"

enum { CLAIMS_PER_DEBTOR = 3 };

/* Which keys a tape holds, in its order; what may be wrong with it. */
typedef struct tape_plan {
    const size_t *key; /* NULL: 0, 1, 2, … */
    size_t rows;
    int no_cutoff;
    int odd_currency;  /* a currency that no model knows */
    size_t future_row; /* 1-based: this row was written off after the cut-off; 0: none */
    size_t huge_row;   /* 1-based: this row owes the most that a tape can hold; 0: none */
    int all_huge;
    int no_currency;              /* claims without one are in the model file's */
    int interest;                 /* some interest has accrued on every claim */
    int known;                    /* of most claims what the plain tape knows of none */
    const char *const *countries; /* three; NULL: FI, SE, PL */
    int own; /* with own columns: a number, a text, a date and an amount, each missing here and there */
} tape_plan;

static inline int32_t tape_cutoff(void) {
    return jk_date_from_civil(2026, 6, 30);
}

#define SET(block, NAME, type, row, value) (((type *)(block)->column[JK_COLUMN_##NAME])[row] = (type)(value))

static inline void make_row(const jk_block *b, size_t row, size_t key, const tape_plan *plan, size_t position) {
    size_t debtor = key / CLAIMS_PER_DEBTOR;
    jk_random4 own = jk_philox(11, 1, key);
    jk_random4 more = jk_philox(11, 2, key);
    jk_random4 who = jk_philox(11, 3, debtor);
    int32_t off = tape_cutoff() - (int32_t)(own.word[0] % 4500);
    char *id = (char *)b->column[JK_COLUMN_CLAIM_ID] + row * JK_TEXT_MAX;
    char *name = (char *)b->column[JK_COLUMN_DEBTOR_ID] + row * JK_TEXT_MAX;
    memset(id, 0, JK_TEXT_MAX);
    memset(name, 0, JK_TEXT_MAX);
    (void)snprintf(id, JK_TEXT_MAX, key % 101 == 7 ? "C,\"%zu\"" : "C%06zu", key);
    (void)snprintf(name, JK_TEXT_MAX, "D%zu", debtor);
    SET(b, COUNTRY, int32_t, row, who.word[0] % 3);
    SET(b, DEBTOR_TYPE, int8_t, row, who.word[1] % 8 == 0 ? JK_BUSINESS : JK_CONSUMER);
    SET(b, PRODUCT, int32_t, row, own.word[1] % 3);
    SET(b, CURRENCY, int32_t, row, plan->odd_currency && key % 10 == 0 ? 2 : (who.word[0] % 3 == 1 ? 1 : 0));
    SET(b, WRITTEN_OFF_ON, int32_t, row, plan->future_row == position + 1 ? tape_cutoff() + 12 : off);
    SET(b, DEFAULTED_ON, int32_t, row, off - 120);
    SET(b, LAST_PAID_ON, int32_t, row, own.word[2] % 3 == 0 ? off + (tape_cutoff() - off) / 2 : JK_MISSING_INTEGER);
    SET(b, TITLE_ON, int32_t, row, own.word[3] % 4 == 0 ? off + (tape_cutoff() - off) / 3 : JK_MISSING_INTEGER);
    SET(b, LEGAL_STATUS, int8_t, row, more.word[0] % 40 < 9 ? more.word[0] % 40 : 0);
    double euros = exp(4.0 + 4.0 * jk_uniform(more.word[1]));
    int huge = plan->all_huge || plan->huge_row == position + 1;
    SET(b, PRINCIPAL, int64_t, row, huge ? JK_MONEY_MAX : (int64_t)(euros * 100.0));
    SET(b, FEES, int64_t, row, more.word[2] % 5000);
    if (plan->interest) {
        SET(b, INTEREST_ACCRUED, int64_t, row, 1 + more.word[3] % 7000);
    }
    SET(b, BIRTH_YEAR, int32_t, row, 1940 + who.word[2] % 65);
    SET(b, INCOME_MONTHLY, int64_t, row, who.word[3] % 3 == 0 ? JK_MISSING_MONEY : (int64_t)(who.word[3] % 500000));
    SET(b, DEPENDANTS, int32_t, row, who.word[1] % 4);
    SET(b, VULNERABLE, int8_t, row, who.word[2] % 20 == 0);
    SET(b, PLACEMENTS, int32_t, row, more.word[3] % 4);
    SET(b, DEBTOR_INDEX, int32_t, row, debtor);
    if (plan->own) {
        SET(b, EXTRA_NUMBER_1, double, row, key % 5 == 3 ? (double)NAN : (double)key / 8.0 - 3.0);
        SET(b, EXTRA_TEXT_1, int32_t, row, key % 4 == 3 ? JK_MISSING_INDEX : (int32_t)(key % 4));
        SET(b, EXTRA_DATE_1, int32_t, row, key % 6 == 1 ? JK_MISSING_INTEGER : tape_cutoff() - (int32_t)key);
        SET(b, EXTRA_MONEY_1, int64_t, row, key % 7 == 2 ? JK_MISSING_MONEY : 1005 - 3 * (int64_t)key);
    }
}

/* What only a tape with more is known of; three claims of ten lack each. */
static const jk_column more_known[] = {
    JK_COLUMN_INTEREST_RATE, JK_COLUMN_LIMITATION_ON,      JK_COLUMN_HOUSING_COST,  JK_COLUMN_OTHER_DEBT_ENFORCED,
    JK_COLUMN_DEFAULT_MARKS, JK_COLUMN_EMPLOYMENT,         JK_COLUMN_REACHABLE,     JK_COLUMN_PAYMENTS_12M,
    JK_COLUMN_PAYMENTS_24M,  JK_COLUMN_INSTALMENT_MONTHLY, JK_COLUMN_PROMISES_KEPT, JK_COLUMN_PROMISES_BROKEN};
enum { MORE_KNOWN = sizeof more_known / sizeof more_known[0] };

static inline void make_more(const jk_block *b, size_t row, size_t key) {
    for (size_t k = 0; k < MORE_KNOWN; k++) {
        const jk_column c = more_known[k];
        const jk_random4 own = jk_philox(11, 20 + k, key);
        const bool lacks = own.word[0] % 10 < 3;
        const double size = exp(12.0 * jk_uniform(own.word[1])) - 1.0; /* to 160,000, small ones as often as large */
        switch (jk_schema_column(c)->type) {
        case JK_TYPE_ENUM:
            ((int8_t *)b->column[c])[row] = (int8_t)(lacks ? JK_MISSING_ENUM : (int)(own.word[2] % 5));
            break;
        case JK_TYPE_MONEY:
            ((int64_t *)b->column[c])[row] = lacks ? JK_MISSING_MONEY : (int64_t)(100.0 * size);
            break;
        case JK_TYPE_REAL:
            ((double *)b->column[c])[row] = lacks ? (double)NAN : 0.3 * jk_uniform(own.word[2]);
            break;
        default:
            ((int32_t *)b->column[c])[row] = lacks ? JK_MISSING_INTEGER : (int32_t)(own.word[2] % 13);
        }
        if (c == JK_COLUMN_LIMITATION_ON && !lacks) { /* of every other within a month of the cut-off */
            const int32_t days = (int32_t)(own.word[2] % 9000);
            SET(b, LIMITATION_ON, int32_t, row, tape_cutoff() + (days % 2 == 0 ? days / 2 % 60 - 30 : days - 900));
        }
    }
}

static inline void make_tape(const char *path, const tape_plan *plan) {
    static const jk_column used[] = {
        JK_COLUMN_CLAIM_ID,       JK_COLUMN_DEBTOR_ID,    JK_COLUMN_COUNTRY,        JK_COLUMN_DEBTOR_TYPE,
        JK_COLUMN_PRODUCT,        JK_COLUMN_CURRENCY,     JK_COLUMN_DEFAULTED_ON,   JK_COLUMN_WRITTEN_OFF_ON,
        JK_COLUMN_LAST_PAID_ON,   JK_COLUMN_TITLE_ON,     JK_COLUMN_PRINCIPAL,      JK_COLUMN_FEES,
        JK_COLUMN_LEGAL_STATUS,   JK_COLUMN_BIRTH_YEAR,   JK_COLUMN_INCOME_MONTHLY, JK_COLUMN_DEPENDANTS,
        JK_COLUMN_VULNERABLE,     JK_COLUMN_PLACEMENTS,   JK_COLUMN_DEBTOR_INDEX,   JK_COLUMN_INTEREST_ACCRUED,
        JK_COLUMN_EXTRA_NUMBER_1, JK_COLUMN_EXTRA_TEXT_1, JK_COLUMN_EXTRA_DATE_1,   JK_COLUMN_EXTRA_MONEY_1};
    const size_t columns = sizeof used / sizeof used[0] - (plan->own ? 0 : 4);
    jk_extras extras = {{NULL}};
    extras.name[JK_COLUMN_EXTRA_NUMBER_1 - JK_FIXED_COLUMN_COUNT] = "distance";
    extras.name[JK_COLUMN_EXTRA_TEXT_1 - JK_FIXED_COLUMN_COUNT] = "branch";
    extras.name[JK_COLUMN_EXTRA_DATE_1 - JK_FIXED_COLUMN_COUNT] = "seen_on";
    extras.name[JK_COLUMN_EXTRA_MONEY_1 - JK_FIXED_COLUMN_COUNT] = "paid_to_court";
    static const struct {
        jk_column column;
        const char *word[4];
    } words[] = {{JK_COLUMN_COUNTRY, {"FI", "SE", "PL", NULL}},
                 {JK_COLUMN_PRODUCT, {"consumer_loan", "telecom", "invoice", NULL}},
                 {JK_COLUMN_CURRENCY, {"EUR", "SEK", "XXX", NULL}},
                 {JK_COLUMN_EXTRA_TEXT_1, {"north", "a \"b\", c", "south", NULL}}};
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {.source_name = "made.csv",
                                      .cutoff = plan->no_cutoff ? JK_MISSING_INTEGER : tape_cutoff(),
                                      .extras = plan->own ? &extras : NULL};
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    for (size_t w = 0; w < sizeof words / sizeof words[0] - (plan->own ? 0 : 1); w++) {
        for (size_t i = 0;
             words[w].word[i] != NULL && (i < 2 || words[w].column != JK_COLUMN_CURRENCY || plan->odd_currency); i++) {
            int32_t index = 0;
            const bool other = plan->countries != NULL && words[w].column == JK_COLUMN_COUNTRY;
            const char *word = other ? plan->countries[i] : words[w].word[i];
            must(jk_tape_writer_intern(writer, words[w].column, word, strlen(word), &index, &error), &error);
        }
    }
    jk_block block = {.rows = plan->rows, .text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    for (size_t c = 0; c < columns; c++) {
        block.column[used[c]] = jk_columns_zero(plan->rows + 1, jk_schema_element_size(used[c]));
    }
    for (size_t k = 0; plan->known && k < MORE_KNOWN; k++) {
        block.column[more_known[k]] = jk_columns_zero(plan->rows + 1, jk_schema_element_size(more_known[k]));
    }
    for (size_t row = 0; row < plan->rows; row++) {
        const size_t key = plan->key == NULL ? row : plan->key[row];
        make_row(&block, row, key, plan, row);
        if (plan->known) {
            make_more(&block, row, key);
        }
    }
    /* Debtors are dense in the order of first appearance. */
    int32_t next = 0;
    int32_t *index = block.column[JK_COLUMN_DEBTOR_INDEX];
    int32_t *seen = malloc((1u << 20) * sizeof *seen);
    memset(seen, 0xff, (1u << 20) * sizeof *seen);
    for (size_t row = 0; row < plan->rows; row++) {
        int32_t *known = &seen[index[row]];
        *known = *known < 0 ? next++ : *known;
        index[row] = *known;
    }
    free(seen);
    const jk_block made = block;
    block.column[JK_COLUMN_CURRENCY] = plan->no_currency ? NULL : made.column[JK_COLUMN_CURRENCY];
    block.column[JK_COLUMN_INTEREST_ACCRUED] = plan->interest ? made.column[JK_COLUMN_INTEREST_ACCRUED] : NULL;
    must(jk_tape_writer_append(writer, &block, &error), &error);
    for (size_t c = 0; c < JK_COLUMN_COUNT; c++) {
        free(made.column[c]);
    }
    char sha256[65];
    memset(sha256, 'a', 64);
    sha256[64] = '\0';
    must(jk_tape_writer_finish(writer, sha256, NULL, &error), &error);
}

#endif
