/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a result file being written, shared by result_store.c and result_pack.c. */
#ifndef JK_TAPE_RESULT_STORE_H
#define JK_TAPE_RESULT_STORE_H

#include <hdf5.h>
#include <stdatomic.h>

#include "h5/h5.h"
#include "jalki/result.h"

typedef struct jk_result_slot {
    char name[64];
    size_t size; /* bytes of an element */
    uint64_t address;
    atomic_size_t rows_put;
    hid_t dataset;
} jk_result_slot;

struct jk_result_writer {
    jk_output output;
    jk_output spool; /* rows before packing; closed in a plain file */
    hid_t file;
    size_t rows, chunk_rows, column_count;
    int compression;
    jk_run run;
    int fd; /* where puts go */
    jk_result_slot columns[JK_RESULT_COLUMNS_MAX];
};

/* Packs all rows from the spool into the file, chunk by chunk. */
jk_status jk_result_pack(jk_result_writer *writer, jk_error *error);

#endif
