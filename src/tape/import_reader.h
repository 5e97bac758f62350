/* SPDX-License-Identifier: Apache-2.0 */
/* The reading stage: opens the sources, reads their headers, and cuts their text into chunks of whole rows. */
#ifndef JK_TAPE_IMPORT_READER_H
#define JK_TAPE_IMPORT_READER_H

#include "tape/csv_source.h"
#include "tape/import_chunk.h"

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

/* A source of claims with its plan. */
typedef struct jk_import_input {
    jk_csv_source *source;
    jk_csv_header header;
    jk_import_plan plan;
    uint32_t *entry; /* of the plan, where there is a mapping */
} jk_import_input;

typedef struct jk_import_reader {
    jk_import_input *inputs;
    size_t input_count, current;
    bool started;  /* the current input's header has been passed */
    bool at_end;   /* of the current input's text */
    bool skipping; /* the rest of a line that is too long */
    size_t window;
    char *carry; /* JK_CSV_ROW_MAX bytes: the beginning of the next row */
    size_t carry_length;
    jk_csv_raw_bytes sink; /* given to each source when its turn comes; NULL: they have theirs */
    void *sink_context;
} jk_import_reader;

/* Bytes of text that a chunk must have room for: a header and the longest row, or the largest source if that is less.
 */
enum { JK_READER_TEXT = 2 * JK_CSV_ROW_MAX };
size_t jk_reader_capacity(const jk_import_reader *reader);

/* Fills the chunk's text. *end tells that this was the last chunk. */
jk_status jk_import_read(jk_import_reader *reader, jk_import_chunk *chunk, bool *end, jk_error *error);

#endif
