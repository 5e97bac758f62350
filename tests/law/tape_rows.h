/* SPDX-License-Identifier: Apache-2.0 */
/* Small tapes for tests: rows written as cells of a CSV file, kept as columns and as a store on disk.
 *
 *     static const row rows[] = {{.CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-31", .CELL(PRINCIPAL) =
 * "100"}};
 */
#ifndef JK_TESTS_LAW_TAPE_ROWS_H
#define JK_TESTS_LAW_TAPE_ROWS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "cmocka_all.h"
#include "jalki/tape.h"

typedef struct row {
    const char *cell[JK_CSV_COLUMN_COUNT]; /* NULL: missing */
} row;
#define CELL(NAME) cell[JK_COLUMN_##NAME]

/* A tape in a temporary store, and all its columns in one block. */
typedef struct tape_rows {
    jk_tape *tape;
    jk_block block;
} tape_rows;

static inline int64_t cell_money(const char *text) {
    double value = 0.0;
    assert_true(jk_text_to_real(text, strlen(text), &value));
    return llround(value * 100.0);
}

static inline int32_t cell_integer(const char *text) {
    int64_t value = 0;
    assert_true(jk_text_to_integer(text, strlen(text), &value));
    return (int32_t)value;
}

static inline int32_t cell_date(const char *text) {
    int32_t date = 0;
    assert_true(jk_date_parse(text, strlen(text), &date));
    return date;
}

static inline void put_cell(jk_tape_writer *writer, jk_block *block, jk_column column, size_t i, const char *text) {
    void *data = block->column[column];
    jk_error error = {0};
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        memset((char *)data + i * JK_TEXT_MAX, 0, JK_TEXT_MAX);
        memcpy((char *)data + i * JK_TEXT_MAX, text ? text : "", text ? strlen(text) : 0);
        return;
    case JK_TYPE_ENUM:
        ((int8_t *)data)[i] = text ? (int8_t)jk_schema_level(column, text, strlen(text)) : JK_MISSING_ENUM;
        assert_true(text == NULL || ((int8_t *)data)[i] >= 0);
        return;
    case JK_TYPE_DICTIONARY:
        ((int32_t *)data)[i] = JK_MISSING_INDEX;
        if (text != NULL) {
            assert_int_equal(jk_tape_writer_intern(writer, column, text, strlen(text), &((int32_t *)data)[i], &error),
                             JK_OK);
        }
        return;
    case JK_TYPE_DATE:
        ((int32_t *)data)[i] = text ? cell_date(text) : JK_MISSING_INTEGER;
        return;
    case JK_TYPE_MONEY:
        ((int64_t *)data)[i] = text ? cell_money(text) : JK_MISSING_MONEY;
        return;
    case JK_TYPE_REAL: {
        double value = NAN;
        assert_true(text == NULL || jk_text_to_real(text, strlen(text), &value));
        ((double *)data)[i] = value;
        return;
    }
    case JK_TYPE_INTEGER:
        ((int32_t *)data)[i] = text ? cell_integer(text) : JK_MISSING_INTEGER;
    }
}

/* The claim's id is C<number> unless given; claims without a debtor_id have a debtor of their own. */
static inline void put_ids(jk_block *block, const row *rows, size_t count) {
    int32_t debtors = 0;
    int32_t *debtor = block->column[JK_COLUMN_DEBTOR_INDEX];
    for (size_t i = 0; i < count; i++) {
        char id[JK_TEXT_MAX];
        if (rows[i].CELL(CLAIM_ID) == NULL) {
            (void)snprintf(id, sizeof id, "C%zu", i);
            put_cell(NULL, block, JK_COLUMN_CLAIM_ID, i, id);
        }
        debtor[i] = -1;
        const char *own = rows[i].CELL(DEBTOR_ID);
        for (size_t j = 0; own != NULL && j < i && debtor[i] < 0; j++) {
            if (rows[j].CELL(DEBTOR_ID) != NULL && strcmp(rows[j].CELL(DEBTOR_ID), own) == 0) {
                debtor[i] = debtor[j];
            }
        }
        if (debtor[i] < 0) {
            debtor[i] = debtors++;
        }
    }
}

/* The columns that a panel needs besides: each row a claim of its own, seen on the day `period_start` gives. */
static inline void put_periods(jk_block *block, const int32_t *period_start, size_t count) {
    static const jk_column more[] = {JK_COLUMN_PERIOD_START, JK_COLUMN_PERIOD_MONTHS, JK_COLUMN_BALANCE_START,
                                     JK_COLUMN_TREATMENT,    JK_COLUMN_CASH,          JK_COLUMN_CLAIM_INDEX};
    for (size_t c = 0; c < sizeof more / sizeof more[0]; c++) {
        block->column[more[c]] = jk_columns_zero(count, jk_schema_element_size(more[c]));
    }
    for (size_t i = 0; i < count; i++) {
        ((int32_t *)block->column[JK_COLUMN_PERIOD_START])[i] = period_start[i];
        ((double *)block->column[JK_COLUMN_PERIOD_MONTHS])[i] = 1.0;
        ((int64_t *)block->column[JK_COLUMN_BALANCE_START])[i] = 10000;
        ((int32_t *)block->column[JK_COLUMN_CLAIM_INDEX])[i] = (int32_t)i;
    }
}

/* Builds the tape, or a panel where `period_start` gives a day for each row; fails the test on any error. */
static inline tape_rows tape_rows_open_as(const row *rows, size_t count, const int32_t *period_start) {
    static int number;
    char path[256];
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-rows-%ld-%d.h5", folder ? folder : "/tmp", (long)getpid(), number++);
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {.source_name = "rows",
                                      .cutoff = JK_MISSING_INTEGER,
                                      .threads = 1,
                                      .kind = period_start != NULL ? JK_KIND_PANEL : JK_KIND_TAPE};
    if (jk_tape_writer_create(path, &options, &writer, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    tape_rows made = {.block = {.rows = count, .text_width = {JK_TEXT_MAX, JK_TEXT_MAX}}};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        made.block.column[c] = jk_columns_zero(count, jk_schema_element_size((jk_column)c));
        for (size_t i = 0; c < JK_CSV_COLUMN_COUNT && i < count; i++) {
            put_cell(writer, &made.block, (jk_column)c, i, rows[i].cell[c]);
        }
    }
    put_ids(&made.block, rows, count);
    if (period_start != NULL) {
        put_periods(&made.block, period_start, count);
    }
    if (jk_tape_writer_append(writer, &made.block, &error) != JK_OK ||
        jk_tape_writer_finish(writer, NULL, NULL, &error) != JK_OK ||
        jk_tape_open_any(path, &made.tape, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    (void)unlink(path);
    return made;
}

static inline tape_rows tape_rows_open(const row *rows, size_t count) {
    return tape_rows_open_as(rows, count, NULL);
}

static inline void tape_rows_close(tape_rows *rows) {
    jk_tape_close(rows->tape);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        free(rows->block.column[c]);
    }
}

#endif
