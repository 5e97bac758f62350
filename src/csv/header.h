/* SPDX-License-Identifier: Apache-2.0 */
/* The header row of a text table: found, whatever stands above it. */
#ifndef JK_CSV_HEADER_H
#define JK_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "csv/csv.h"
#include "csv/sources/source.h"

/* What is known of a source before it is read; zero-initialised: a header on the first row, and nothing else. */
typedef struct jk_csv_reading {
    char separator; /* '\0': the one of , ; tab | by which most names are known, or that occurs most */
    bool no_quotes, escapes;
    bool no_header;      /* the rows begin at once: columns are called by `names`, or 1, 2, 3, … */
    uint32_t header_row; /* physical line on which the header begins; 0: the row with most known names */
    size_t name_count;   /* of a source without header */
    const char *const *names;
    /* How many of the names in a row are known; NULL: the first row is the header. */
    size_t (*known)(void *context, const char *const *names, uint32_t count);
    void *context;
} jk_csv_reading;

/* The header row of a source. */
typedef struct jk_csv_header {
    jk_csv_dialect dialect; /* of the rows below; fields is that of a row */
    bool detected;          /* the separator was found in the header, not given */
    size_t bytes;           /* of the text up to and including the header row */
    uint32_t lines;         /* physical lines of them */
    uint32_t title_rows;    /* rows with text above the header */
    uint32_t count;         /* names; those of columns without a name are "" */
    const char **names;     /* without spaces around them */
    const char **folded;    /* the same without case, spaces and underscores; NULL where that is too long */
    char *memory;           /* owns the names */
    jk_arena *arena;        /* owns the folded ones */
} jk_csv_header;

/* Reads the header of a source; its bytes are put back. A first line `sep=;` names the separator. Line ends that are
 * carriage returns alone are turned into LF from here on. reading NULL: a header on the first row. Fails with
 * JK_ERROR_FORMAT where the text is something else, and says what. */
jk_status jk_csv_header_read(jk_csv_source *source, const jk_csv_reading *reading, jk_csv_header *header,
                             jk_error *error);
void jk_csv_header_free(jk_csv_header *header);

#endif
