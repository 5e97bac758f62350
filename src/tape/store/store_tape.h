/* SPDX-License-Identifier: Apache-2.0 */
/* An open tape: what store.c finds in the file, and store_read.c reads by. */
#ifndef JK_TAPE_STORE_TAPE_H
#define JK_TAPE_STORE_TAPE_H

#include <stdbool.h>

#include "h5/h5_file.h"
#include "jalki/share.h"
#include "jalki/tape.h"
#include "tape/store/store_check.h"

typedef struct tape_column {
    const jk_h5_dataset *dataset; /* NULL: absent */
    size_t element_size;
    const char *const *dictionary;
    size_t dictionary_count;
    double low, high; /* of given values */
    bool required;
    bool constant; /* a view's: every row is the value */
    union {
        int8_t code;
        int32_t integer;
        int64_t money;
        double real;
        unsigned char bytes[8];
    } value;
} tape_column;

struct jk_tape {
    jk_h5_file *file; /* NULL: a tape without rows that is in no file */
    const char *name; /* of such a tape */
    const jk_store_checks *checks;
    jk_kind kind;
    size_t rows, debtors, claims;
    int32_t cutoff;
    const char *sha256;
    bool view;                /* the file is another tape's */
    jk_tape_sharing *sharing; /* its columns in shared memory; NULL: none */
    jk_extras extras;
    tape_column columns[JK_COLUMN_COUNT];
};

#endif
