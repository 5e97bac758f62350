/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a file as a store of any kind and reads it whole, or to an error. What is read keeps its bounds: each index
 * names a debtor, a claim or a word that is there. Its checksums are looked at as well. */
#ifndef JK_FUZZ_STORE_CHECK_H
#define JK_FUZZ_STORE_CHECK_H

#include "fuzz_reader.h"

#include "jalki/tape.h"
#include "jalki/verify.h"

static inline void fuzz_check_column(const jk_tape *tape, jk_column column, const void *values, size_t count) {
    size_t limit = 0;
    if (jk_schema_column(column)->type == JK_TYPE_DICTIONARY) {
        (void)jk_tape_dictionary(tape, column, &limit);
    } else if (column == JK_COLUMN_DEBTOR_INDEX || column == JK_COLUMN_CLAIM_INDEX) {
        limit = column == JK_COLUMN_DEBTOR_INDEX ? jk_tape_debtors(tape) : jk_tape_claims(tape);
    } else {
        return;
    }
    const int32_t *index = values;
    for (size_t i = 0; i < count; i++) {
        if (index[i] >= 0 ? (size_t)index[i] >= limit
                          : index[i] != JK_MISSING_INDEX && index[i] != JK_MISSING_INTEGER) {
            abort();
        }
    }
}

static inline void fuzz_read_store(const jk_tape *tape) {
    enum { ROWS = 4096 };
    void *values = malloc((size_t)ROWS * JK_TEXT_MAX);
    size_t rows = jk_tape_rows(tape);
    for (int c = 0; values != NULL && c < JK_COLUMN_COUNT; c++) {
        for (size_t first = 0; first < rows && first < 4 * ROWS; first += ROWS) {
            size_t count = rows - first < ROWS ? rows - first : ROWS;
            jk_error error = {0};
            if (jk_tape_read(tape, (jk_column)c, first, count, values, &error) == JK_OK &&
                !jk_tape_is_absent(tape, (jk_column)c)) {
                fuzz_check_column(tape, (jk_column)c, values, count);
            }
        }
    }
    free(values);
}

static inline void fuzz_store(const char *path) {
    jk_tape *tape = NULL;
    jk_error error = {0};
    jk_status status = jk_tape_open_any(path, &tape, &error);
    FUZZ_AGREE(status, error);
    if (status == JK_OK) {
        fuzz_read_store(tape);
    }
    jk_tape_close(tape);
    const jk_run run = {.threads = 1};
    jk_verification found;
    error = (jk_error){0};
    status = jk_verify(path, &run, &found, &error);
    FUZZ_AGREE(status, error);
}

#endif
