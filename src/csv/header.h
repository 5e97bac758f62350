/* SPDX-License-Identifier: Apache-2.0 */
/* The header row of a text table. */
#ifndef JK_CSV_HEADER_H
#define JK_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv/source.h"

/* The header row of a source. */
typedef struct jk_csv_header {
    char separator;
    bool detected;      /* the separator was found in the header, not given */
    size_t bytes;       /* of the text up to and including the header row */
    uint32_t lines;     /* physical lines of them */
    uint32_t count;     /* names */
    const char **names; /* without spaces around them */
    char *memory;       /* owns the names */
} jk_csv_header;

/* Reads the header of a source; its bytes are put back. separator '\0': the one of , ; tab that occurs most. */
jk_status jk_csv_header_read(jk_csv_source *source, char separator, jk_csv_header *header, jk_error *error);
void jk_csv_header_free(jk_csv_header *header);

#endif
