/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a result file: N rows in columns under /result, and further arrays, in one HDF5 file that appears whole or
 * not at all.
 *
 *     const jk_result_column columns[] = {
 *         {.name = "claim_id", .type = JK_RESULT_TEXT, .text_width = 12, .unit = "text", .meaning = "..."},
 *         {.name = "value", .type = JK_RESULT_FLOAT64, .unit = "EUR", .meaning = "..."},
 *     };
 *     jk_result_writer_create("R.h5", rows, columns, 2, &options, &writer, &error);
 *     jk_result_writer_put(writer, 1, first, count, values, &error);          any thread, any order
 *     jk_result_writer_dataset(writer, &cashflow, &error);
 *     jk_result_writer_finish(writer, manifest_json, &error);
 *
 * The places of all columns in the file are laid out at creation: a put is one write of its bytes, and puts do not wait
 * for each other. Every row of every column must have been put by the time of finish. A compressed file is written
 * plainly first and packed at finish, chunk by chunk and in parallel.
 */
#ifndef JALKI_RESULT_H
#define JALKI_RESULT_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_result_type {
    JK_RESULT_FLOAT32, /* float; NaN: none */
    JK_RESULT_FLOAT64, /* double; NaN: none */
    JK_RESULT_INT32,   /* int32_t */
    JK_RESULT_INT64,   /* int64_t */
    JK_RESULT_UINT8,   /* uint8_t, a plain number */
    JK_RESULT_ENUM,    /* uint8_t code of one of `levels`; an HDF5 enumeration */
    JK_RESULT_INDEX,   /* uint16_t position in `levels`, which are stored as /dict/<name>; for long lists */
    JK_RESULT_TEXT     /* char[text_width], zero-padded */
} jk_result_type;

/* Bytes of one element; 0 for no type, or a text without width. */
size_t jk_result_element_size(jk_result_type type, size_t text_width);

enum { JK_RESULT_COLUMNS_MAX = 64, JK_RESULT_RANK_MAX = 3 };

typedef struct jk_result_column {
    const char *name; /* /result/<name> */
    jk_result_type type;
    const char *unit;    /* "EUR", "months", "code"; stored as attribute */
    const char *meaning; /* one sentence; stored as attribute */
    const char *const *levels;
    size_t level_count;
    size_t text_width; /* bytes, for JK_RESULT_TEXT */
} jk_result_column;

typedef struct jk_result_options {
    int compression;                  /* 0: none; 1..9: shuffle + deflate, readable by plain h5py */
    jk_run run;                       /* threads and progress of packing */
    const char *const *attributes[2]; /* further text attributes of the root: names and texts */
    size_t attribute_count;
} jk_result_options;

/* A whole array besides the columns, row-major. */
typedef struct jk_result_dataset {
    const char *path; /* "/portfolio/cashflow": one group and a name */
    jk_result_type type;
    const char *unit, *meaning;
    size_t rank; /* 1 to JK_RESULT_RANK_MAX */
    size_t extent[JK_RESULT_RANK_MAX];
    const char *axis[JK_RESULT_RANK_MAX]; /* what the axis counts ("month", from 1); attribute `axes` */
    const char *const
        *axis_labels[JK_RESULT_RANK_MAX]; /* extent[i] names, stored as attribute `<axis>_names`, or NULL */
    const void *data;
    size_t text_width; /* for JK_RESULT_TEXT */
} jk_result_dataset;

typedef struct jk_result_writer jk_result_writer;

/* Lays the file out; nothing appears at `path` before finish. All that is pointed to is copied. JK_ERROR_ARGUMENT where
 * columns are not as above; JK_ERROR_IO. *writer is the caller's, to be given to finish or abort. */
jk_status jk_result_writer_create(const char *path, size_t rows, const jk_result_column *columns, size_t column_count,
                                  const jk_result_options *options, jk_result_writer **writer, jk_error *error);

/* Writes rows [first_row, first_row + rows) of one column from `data` (elements of the column's type). Thread-safe;
 * allocates nothing. Each row is to be put once. */
jk_status jk_result_writer_put(jk_result_writer *writer, size_t column, size_t first_row, size_t rows, const void *data,
                               jk_error *error);

/* Name of a column, and bytes of one of its elements. */
const char *jk_result_writer_column(const jk_result_writer *writer, size_t column);
size_t jk_result_writer_size(const jk_result_writer *writer, size_t column);

/* Where ranks share the rows (docs/cluster.md), each has put its own: brings all together in rank 0's file. Nothing is
 * done elsewhere. A compressed file cannot be shared. */
jk_status jk_result_writer_join(jk_result_writer *writer, jk_error *error);

/* Adds an array. One call at a time, and none beside a put. */
jk_status jk_result_writer_dataset(jk_result_writer *writer, const jk_result_dataset *dataset, jk_error *error);

/* Packs if asked for, writes the attributes (manifest_json may be NULL), syncs, renames to the final name and frees the
 * writer; also on failure, then nothing is left behind. JK_ERROR_ARGUMENT if rows are missing. */
jk_status jk_result_writer_finish(jk_result_writer *writer, const char *manifest_json, jk_error *error);

/* Removes what was written and frees; NULL is accepted. */
void jk_result_writer_abort(jk_result_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
