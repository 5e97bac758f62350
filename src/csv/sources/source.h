/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a source as UTF-8 text, in order and in pieces: a file, or a part of a zip archive or workbook; unpacked
 * where it is packed (gzip, Zstandard, xz, bzip2), and converted where the encoding is another. A packed file that is
 * cut short, or that has anything but zeros after its end, is an error; so is a file that is no table of text, and the
 * error says what it is. */
#ifndef JK_CSV_SOURCE_H
#define JK_CSV_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv/sources/container.h"
#include "jalki/status.h"

typedef struct jk_csv_source jk_csv_source;

/* Called with the bytes of the file itself (before unpacking and conversion), in order. */
typedef void (*jk_csv_raw_bytes)(void *context, const void *bytes, size_t length);

/* Opens a file. `encoding` is a name known to iconv, or NULL for UTF-8. */
jk_status jk_csv_source_open(const char *path, const char *encoding, jk_csv_source **source, jk_error *error);

/* A table in a file that holds several. */
typedef struct jk_csv_part {
    jk_container container; /* not JK_CONTAINER_NONE */
    const char *name;
    char decimal; /* of a sheet: the mark in its numbers */
} jk_csv_part;

/* Opens a part of a container, or the file itself where `part` is NULL. A sheet is UTF-8 whatever `encoding` says. */
jk_status jk_csv_source_open_part(const char *path, const jk_csv_part *part, const char *encoding,
                                  jk_csv_source **source, jk_error *error);

/* true if the text is made from a workbook's sheet, or a Parquet file: comma-separated, and its lines are the sheet's
 * rows. */
bool jk_csv_source_is_sheet(const jk_csv_source *source);

/* Next bytes of text, at most `capacity`; *got is 0 only at the end. */
jk_status jk_csv_source_read(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error);

/* All text that is left, at most `most` bytes, into *memory, which is realloc'ed (NULL at first) and the caller's:
 * JK_CSV_SLACK bytes, the text, as much again and more for rows with quotes. JK_ERROR_DATA where there is more. */
jk_status jk_csv_source_read_all(jk_csv_source *source, size_t most, char **memory, size_t *length, jk_error *error);

/* Puts text back in front of what is read next (once; it is copied). */
jk_status jk_csv_source_unread(jk_csv_source *source, const char *text, size_t length, jk_error *error);

/* From now on carriage returns are line feeds, also those in `text`, which was read before: a file of an old Mac. */
void jk_csv_source_turn_returns(jk_csv_source *source, char *text, size_t length);

/* From now on raw bytes go to `sink`; those read before are given to it at once. */
void jk_csv_source_set_sink(jk_csv_source *source, jk_csv_raw_bytes sink, void *context);

/* true if the text is the file's own bytes (not packed, not converted, no part): the reader may then hash the text
 * itself. */
bool jk_csv_source_is_plain(const jk_csv_source *source);

/* What is read next is the text from this place of the file on: of a plain one alone. */
jk_status jk_csv_source_seek(jk_csv_source *source, uint64_t place, jk_error *error);

/* The source counts as read to its end: another process has read it. */
void jk_csv_source_pass(jk_csv_source *source);

const char *jk_csv_source_path(const jk_csv_source *source);
uint64_t jk_csv_source_size(const jk_csv_source *source);     /* of the file or part; 0 if unknown (a pipe, a sheet) */
uint64_t jk_csv_source_consumed(const jk_csv_source *source); /* bytes of it read so far */

void jk_csv_source_close(jk_csv_source *source);

#endif
