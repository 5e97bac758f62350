/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a source file as UTF-8 text, in order and in pieces: plain or gzip, and converted where the encoding is
 * another. A truncated gzip file, or anything after its end, is an error. */
#ifndef JK_CSV_SOURCE_H
#define JK_CSV_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

typedef struct jk_csv_source jk_csv_source;

/* Called with the bytes of the file itself (before unpacking and conversion), in order. */
typedef void (*jk_csv_raw_bytes)(void *context, const void *bytes, size_t length);

/* Opens a file. `encoding` is a name known to iconv, or NULL for UTF-8. */
jk_status jk_csv_source_open(const char *path, const char *encoding, jk_csv_source **source, jk_error *error);

/* Next bytes of text, at most `capacity`; *got is 0 only at the end. */
jk_status jk_csv_source_read(jk_csv_source *source, char *out, size_t capacity, size_t *got, jk_error *error);

/* Puts text back in front of what is read next (once; it is copied). */
jk_status jk_csv_source_unread(jk_csv_source *source, const char *text, size_t length, jk_error *error);

/* From now on raw bytes go to `sink`; those read before are given to it at once. */
void jk_csv_source_set_sink(jk_csv_source *source, jk_csv_raw_bytes sink, void *context);

/* true if the text is the file's own bytes (no gzip, no conversion): the reader may then hash the text itself. */
bool jk_csv_source_is_plain(const jk_csv_source *source);

const char *jk_csv_source_path(const jk_csv_source *source);
uint64_t jk_csv_source_size(const jk_csv_source *source);     /* of the file; 0 if unknown (a pipe) */
uint64_t jk_csv_source_consumed(const jk_csv_source *source); /* bytes of the file read so far */

void jk_csv_source_close(jk_csv_source *source);

#endif
