/* SPDX-License-Identifier: Apache-2.0 */
/* A tape on disk: claims as columns in one HDF5 store, read by rows and columns.
 *
 *     jk_tape *tape = NULL;
 *     jk_tape_open("T.h5", &tape, &error);
 *     jk_tape_read(tape, JK_COLUMN_PRINCIPAL, first, count, buffer, &error);
 *     jk_tape_close(tape);
 *
 * Thread rule: after open, jk_tape_read may be called from any number of threads at once.
 * A store is hostile input: types, lengths, offsets and codes are checked before they are believed
 * (an enumeration code or dictionary index out of range makes jk_tape_read fail with JK_ERROR_FORMAT).
 * Opening forks a child, which reads the file's structure with the HDF5 library and ends: what a damaged file does to
 * that library, it does not do to the caller.
 */
#ifndef JALKI_TAPE_H
#define JALKI_TAPE_H

#include "jalki/schema.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_tape jk_tape;

/* Opens a store made by import or generate. Fails with JK_ERROR_IO (cannot be opened) or JK_ERROR_FORMAT
 * (not a store of ours, truncated, wrong types). *tape is the caller's, to be given to jk_tape_close. */
jk_status jk_tape_open(const char *path, jk_tape **tape, jk_error *error);

/* The same, and takes a panel of history as well, which jk_tape_open refuses with JK_ERROR_DATA. */
jk_status jk_tape_open_any(const char *path, jk_tape **tape, jk_error *error);

/* Closes and frees; NULL is accepted. */
void jk_tape_close(jk_tape *tape);

jk_kind jk_tape_kind(const jk_tape *tape); /* a tape, or a panel of history (jalki/panel.h) */
size_t jk_tape_rows(const jk_tape *tape);
size_t jk_tape_claims(const jk_tape *tape);  /* a tape: its rows; a panel: codes of claim_index are below this */
size_t jk_tape_debtors(const jk_tape *tape); /* distinct debtors: codes of debtor_index are below this */
int32_t jk_tape_cutoff(const jk_tape *tape); /* days since 1970-01-01, or JK_MISSING_INTEGER if unknown */
const char *jk_tape_path(const jk_tape *tape);
const char *jk_tape_sha256(const jk_tape *tape); /* of the source file(s), 64 hex digits; "" if unknown */
/* Another text attribute of the store: "source_name", "created", "manifest"; "" if there is none. Valid until close. */
const char *jk_tape_attribute(const jk_tape *tape, const char *name);
/* Own columns (jalki/schema.h): the names that stand in the tape's places; valid until close. */
const jk_extras *jk_tape_extras(const jk_tape *tape);
/* The tape's place of a column that `names` (a model's, say) has in the place `column`, which may be a fixed column:
 * then it is its own place. JK_ERROR_DATA where the tape has no own column of that name and type. */
jk_status jk_tape_place(const jk_tape *tape, const jk_extras *names, jk_column column, jk_column *place,
                        jk_error *error);
size_t jk_tape_text_width(const jk_tape *tape, jk_column); /* bytes of one element of a text column */
/* The same tape with one number column replaced: every row reads `value` (one element of the column's stored type), or
 * missing where it is NULL. For what-if: what is the tape worth without this column? JK_ERROR_ARGUMENT for a column of
 * text, one that a tape must have, and debtor_index. `tape` must outlive the view, which is closed by jk_tape_close. */
jk_status jk_tape_view(const jk_tape *tape, jk_column column, const void *value, jk_tape **view, jk_error *error);

/* 1 if no row of the column is given (absent from the seller's tape): reading it yields missing everywhere, or the one
 * value of a view. */
int jk_tape_is_absent(const jk_tape *tape, jk_column column);
/* Most bytes that reading these columns (bit c: column c) keeps in memory beside the caller's: unpacked chunks of a
 * compressed store; 0 for a plain one. */
size_t jk_tape_cache_size(const jk_tape *tape, uint64_t columns);
/* Strings of a dictionary column: *count of them, valid until close. */
const char *const *jk_tape_dictionary(const jk_tape *tape, jk_column column, size_t *count);

/* Reads rows [first, first+count) of one column into `out` (count elements of the column's stored type). */
jk_status jk_tape_read(const jk_tape *tape, jk_column column, size_t first, size_t count, void *out, jk_error *error);

/* ---- writing a store ------------------------------------------------------------------------------------ */

typedef struct jk_tape_writer jk_tape_writer;

typedef struct jk_tape_writer_options {
    const char *source_name;   /* name of the file(s) it came from; stored as attribute */
    const char *source_sha256; /* 64 hex digits; may be NULL at create and given at finish */
    int32_t cutoff;            /* JK_MISSING_INTEGER if unknown */
    int compression;           /* 0: none; 1..9: shuffle + deflate at that level, readable by plain h5py */
    int threads;               /* for compression; 0: all cores */
    jk_kind kind;              /* a panel's blocks must also fill claim_index and the panel's required columns */
    const jk_extras *extras;   /* own columns: /tape/extra/<name>; copied; NULL: none */
} jk_tape_writer_options;

/* Starts a store beside `path` (path + ".part-<pid>"); nothing appears at `path` before finish. */
jk_status jk_tape_writer_create(const char *path, const jk_tape_writer_options *options, jk_tape_writer **writer,
                                jk_error *error);

/* Adds a string to a dictionary column and returns its index in *index; an equal string gives the same index.
 * JK_ERROR_DATA when the dictionary is full. Not thread-safe. */
jk_status jk_tape_writer_intern(jk_tape_writer *writer, jk_column column, const char *text, size_t length,
                                int32_t *index, jk_error *error);

/* Appends block->rows rows, in order. A NULL column is stored as missing. debtor_index must be filled.
 * One call at a time. Columns are copied: the caller keeps its memory. */
jk_status jk_tape_writer_append(jk_tape_writer *writer, const jk_block *block, jk_error *error);

/* Writes dictionaries and attributes (manifest_json may be NULL), syncs, renames to the final name, frees the
 * writer (also on failure, then nothing is left behind). */
jk_status jk_tape_writer_finish(jk_tape_writer *writer, const char *source_sha256, const char *manifest_json,
                                jk_error *error);

/* Removes what was written and frees; NULL is accepted. */
void jk_tape_writer_abort(jk_tape_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
