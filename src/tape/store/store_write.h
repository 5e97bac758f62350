/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a store being written, shared by store_write.c (rows in, start and end) and store_column.c (columns and
 * chunks on file). */
#ifndef JK_TAPE_STORE_WRITE_H
#define JK_TAPE_STORE_WRITE_H

#include <hdf5.h>
#include <pthread.h>

#include "base/file/output.h"
#include "h5/h5.h"
#include "h5/h5_codec.h"
#include "jalki/tape.h"
#include "tape/store/store_dictionary.h"
#include "tape/store/store_gather.h"

/* Rows in a chunk. Packed chunks are smaller: a reader unpacks whole ones. */
enum { CHUNK_ROWS = 131072, PACKED_CHUNK_ROWS = 65536, WIDTH_STEP = 4 };

typedef struct jk_store_column {
    size_t width;       /* bytes of an element on file; text: 0 until created */
    hid_t dataset;      /* negative until created */
    hid_t type;         /* on file and in memory */
    void *narrow;       /* text of a chunk at `width` */
    const void *packed; /* the chunk as it goes to the file */
    size_t packed_bytes;
    jk_h5_codec *codec;
} jk_store_column;

struct jk_tape_writer {
    jk_output output;
    hid_t file, tape_group, dict_group;
    jk_kind kind;
    int32_t cutoff;
    int compression;
    jk_run run;
    size_t chunk_rows;
    size_t rows; /* in finished chunks */
    jk_gathered gathered[2];
    int gathering;        /* the one of the two that takes rows; the other may be on its way to the file */
    jk_gathered *leaving; /* the one that goes to the file */
    bool has_thread;      /* `thread` writes it */
    pthread_t thread;
    jk_status written; /* of the last chunk that was written */
    jk_error write_error;
    int32_t debtor_max, claim_max;
    char *source_name;
    char source_sha256[65];
    jk_extras extras; /* copies of the names */
    bool has_extras;
    jk_store_column columns[JK_COLUMN_COUNT];
    jk_store_dictionary *dictionaries[JK_COLUMN_COUNT];
};

/* jk_fail with JK_ERROR_IO for a failed HDF5 call. */
jk_status jk_store_fail_write(const jk_tape_writer *writer, jk_error *error);

/* Writes the chunk that is leaving. `last`: the tape ends with it. */
jk_status jk_store_flush(jk_tape_writer *writer, bool last, jk_error *error);

/* Path of a column below /tape and /dict: "country", "extra/bureau_score". */
enum { JK_H5_COLUMN_PATH = 64 };
void jk_store_column_path(const jk_tape_writer *writer, jk_column column, char path[JK_H5_COLUMN_PATH]);

/* Closes a column's data set and type; false if bytes could not be written. Under the HDF5 lock. */
bool jk_store_close_column(jk_store_column *column);

#endif
