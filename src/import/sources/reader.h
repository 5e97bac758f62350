/* SPDX-License-Identifier: Apache-2.0 */
/* The reading stage: opens the sources, reads their headers, and cuts their text into chunks of whole rows. */
#ifndef JK_IMPORT_READER_H
#define JK_IMPORT_READER_H

#include "csv/header.h"
#include "csv/sources/source.h"
#include "import/chunk.h"

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
    uint64_t place; /* in the current input's text: behind what was read */
    uint64_t goal;  /* rows are read up to here, or to the first that ends behind it; JK_READER_END: to the end */
    jk_csv_raw_bytes sink; /* given to each source when its turn comes; NULL: they have theirs */
    void *sink_context;
} jk_import_reader;

/* Bytes of text that a chunk must have room for: a header and the longest row, or the largest source if that is less.
 */
enum { JK_READER_TEXT = 2 * JK_CSV_ROW_MAX };
size_t jk_reader_capacity(const jk_import_reader *reader);

#define JK_READER_END UINT64_MAX

/* Fills the chunk's text. *end tells that this was the last chunk. */
jk_status jk_import_read(jk_import_reader *reader, jk_import_chunk *chunk, bool *end, jk_error *error);

/* Puts the reader at a place of an input, where a row begins, or at its beginning (0); and fills a chunk of the rows
 * from there on. chunk->stripe_ends tells that the goal is reached, or the end of the input. */
jk_status jk_reader_start(jk_import_reader *reader, size_t input, uint64_t place, uint64_t goal, jk_error *error);
jk_status jk_import_read_on(jk_import_reader *reader, jk_import_chunk *chunk, jk_error *error);

#endif
