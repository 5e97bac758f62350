/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that are gathered for a chunk, against a list of what each row was given: blocks with other columns and texts of
 * other widths one after the other, rows taken from the middle of a block, chunks that follow each other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cmocka_all.h"
#include "jalki/tape.h"
#include "tape/store/store_gather.h"

enum { ROWS = 64, MOST = 12 };

/* A column of each type that a tape has. */
static const jk_column kinds[] = {JK_COLUMN_CLAIM_ID,   JK_COLUMN_DEBTOR_ID,     JK_COLUMN_LEGAL_STATUS,
                                  JK_COLUMN_COUNTRY,    JK_COLUMN_LAST_PAID_ON,  JK_COLUMN_PRINCIPAL,
                                  JK_COLUMN_BIRTH_YEAR, JK_COLUMN_INTEREST_RATE, JK_COLUMN_DEBTOR_INDEX};
enum { KINDS = sizeof kinds / sizeof kinds[0], TEXTS = 2 };

/* What a block gives: to which columns (bit k: kinds[k]), of which rows, in texts how wide and long. */
typedef struct piece {
    size_t rows, from, take;
    unsigned columns;
    size_t width[TEXTS], length[TEXTS];
} piece;

/* A row of a column: a number that stands for its value, 0: missing. Texts are as many letters. */
typedef struct rows_of {
    size_t value[ROWS];
    size_t count;
} rows_of;

static bool is_text(size_t k) {
    return k < TEXTS;
}

static void put(size_t k, size_t value, size_t width, char *to) {
    switch (jk_schema_column(kinds[k])->type) {
    case JK_TYPE_TEXT:
        memset(to, 0, width);
        memset(to, (int)('a' + value % 26), value);
        return;
    case JK_TYPE_ENUM:
        *(int8_t *)to = value == 0 ? JK_MISSING_ENUM : (int8_t)(value % 9);
        return;
    case JK_TYPE_DICTIONARY:
        *(int32_t *)to = value == 0 ? JK_MISSING_INDEX : (int32_t)value - 1;
        return;
    case JK_TYPE_MONEY:
        *(int64_t *)to = value == 0 ? JK_MISSING_MONEY : (int64_t)value << 33;
        return;
    case JK_TYPE_REAL:
        *(double *)to = value == 0 ? (double)NAN : 0.5 * (double)value;
        return;
    default:
        *(int32_t *)to = value == 0 ? JK_MISSING_INTEGER : (int32_t)value;
    }
}

/* The value of a row of a block: every third is missing; of texts lengths up to the longest. */
static size_t value_at(const piece *of, size_t k, size_t row) {
    if ((of->columns >> k & 1) == 0 || (row + k) % 3 == 0) {
        return 0;
    }
    return is_text(k) ? (of->length[k] == 0 ? 0 : 1 + row % of->length[k]) : 1 + 7 * row + k;
}

static void add(jk_gathered *gathered, const piece *of, rows_of all[KINDS]) {
    jk_block block = {.rows = of->rows, .text_width = {of->width[0], of->width[1]}};
    for (size_t k = 0; k < KINDS; k++) {
        const size_t width = is_text(k) ? of->width[k] : jk_schema_element_size(kinds[k]);
        char *values = malloc(of->rows * width);
        for (size_t row = 0; row < of->rows; row++) {
            put(k, value_at(of, k, row), width, values + row * width);
        }
        block.column[kinds[k]] = of->columns >> k & 1 ? values : NULL;
        if (block.column[kinds[k]] == NULL) {
            free(values);
        }
        for (size_t row = of->from; row < of->from + of->take; row++) {
            all[k].value[all[k].count++] = value_at(of, k, row);
        }
    }
    jk_gather_add(gathered, &block, of->from, of->take);
    for (size_t k = 0; k < KINDS; k++) {
        free(block.column[kinds[k]]);
    }
}

static void check(jk_gathered *gathered, const rows_of all[KINDS], size_t widest[TEXTS]) {
    for (size_t k = 0; k < KINDS; k++) {
        jk_gathered_column *self = &gathered->columns[kinds[k]];
        size_t given = 0, longest = 0;
        for (size_t row = 0; row < all[k].count; row++) {
            given += all[k].value[row] > 0;
            longest = all[k].value[row] > longest ? all[k].value[row] : longest;
        }
        assert_int_equal(self->given, given > 0);
        assert_int_equal(self->length, is_text(k) ? longest : 0);
        assert_true(self->filled <= gathered->count);
        jk_gather_fill(gathered, kinds[k], all[k].count);
        assert_int_equal(self->filled, all[k].count);
        assert_int_equal(self->width, !is_text(k) ? jk_schema_element_size(kinds[k]) : widest[k] > 0 ? widest[k] : 8);
        for (size_t row = 0; row < all[k].count; row++) {
            char expected[JK_TEXT_MAX];
            put(k, all[k].value[row], self->width, expected);
            assert_memory_equal(self->rows + row * self->width, expected, self->width);
        }
    }
}

static void rows_are_as_they_were_given(void **state) {
    (void)state;
    enum { ALL = (1 << KINDS) - 1, NONE = 0 };
    static const piece chunks[][MOST] = {
        {{7, 0, 7, ALL, {8, 16}, {5, 9}}},
        /* Wider, narrower, of odd widths; a column comes late, another stops early. */
        {{5, 2, 3, ALL - 4 - 1, {8, 8}, {8, 8}},
         {9, 0, 9, ALL - 32, {24, 5}, {20, 5}},
         {6, 5, 1, NONE, {8, 8}, {8, 8}},
         {6, 1, 4, ALL, {3, 13}, {3, 13}},
         {4, 0, 4, 3, {128, 12}, {127, 11}},
         {8, 3, 5, ALL - 3, {8, 8}, {1, 1}},
         {3, 0, 3, ALL, {127, 1}, {126, 1}}},
        /* Texts that are all empty, then some; nothing at all. */
        {{4, 0, 4, ALL, {40, 40}, {0, 0}}, {4, 0, 4, ALL, {8, 9}, {2, 0}}},
        {{4, 0, 4, NONE, {8, 8}, {0, 0}}},
        {{1, 0, 1, ALL, {1, 2}, {1, 2}},
         {2, 0, 2, ALL, {2, 1}, {2, 1}},
         {ROWS - 3, 0, ROWS - 3, ALL, {16, 7}, {12, 6}}},
    };
    jk_gathered gathered;
    size_t widest[TEXTS] = {0};
    assert_true(jk_gather_create(&gathered, JK_KIND_TAPE, &(jk_extras){0}, ROWS));
    assert_int_equal(gathered.capacity, ROWS);
    for (size_t c = 0; c < sizeof chunks / sizeof chunks[0]; c++) {
        rows_of all[KINDS] = {0};
        for (size_t i = 0; i < MOST && chunks[c][i].rows > 0; i++) {
            const piece *is = &chunks[c][i];
            add(&gathered, is, all);
            for (size_t k = 0; k < TEXTS; k++) {
                bool any = false;
                for (size_t row = is->from; row < is->from + is->take; row++) {
                    any = any || value_at(is, k, row) > 0;
                }
                widest[k] = any && is->width[k] > widest[k] ? is->width[k] : widest[k];
            }
            assert_int_equal(gathered.count, all[0].count);
        }
        check(&gathered, all, widest);
        for (size_t k = 0; k < TEXTS; k++) { /* what nobody gave a width has one now */
            widest[k] = widest[k] > 0 ? widest[k] : 8;
        }
        jk_gather_empty(&gathered);
        assert_int_equal(gathered.count, 0);
        for (size_t k = 0; k < KINDS; k++) {
            const jk_gathered_column *self = &gathered.columns[kinds[k]];
            assert_true(self->filled == 0 && self->length == 0 && !self->given && self->rows != NULL);
        }
    }
    jk_gather_free(&gathered);
    jk_gather_free(&gathered); /* nothing is left that could be given back twice */
}

/* A store holds the columns of its kind, and own ones that have a name. */
static void columns_are_those_of_the_kind(void **state) {
    (void)state;
    const jk_extras extras = {.name = {[1] = "second"}};
    static const jk_kind stores[] = {JK_KIND_TAPE, JK_KIND_PANEL, JK_KIND_PAYMENTS, JK_KIND_ACTIONS};
    for (size_t s = 0; s < sizeof stores / sizeof stores[0]; s++) {
        jk_gathered gathered;
        assert_true(jk_gather_create(&gathered, stores[s], &extras, 3));
        for (int c = 0; c < JK_COLUMN_COUNT; c++) {
            const jk_column column = (jk_column)c;
            const bool own = jk_schema_is_extra(column);
            const bool held = own ? c == JK_FIXED_COLUMN_COUNT + 1 && s < 2 : jk_schema_in_store(stores[s], column);
            assert_int_equal(gathered.columns[c].rows != NULL, held);
        }
        jk_gather_free(&gathered);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_as_they_were_given),
                                       cmocka_unit_test(columns_are_those_of_the_kind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
