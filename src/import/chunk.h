/* SPDX-License-Identifier: Apache-2.0 */
/* What the stages of an import share: the plan of a source (which field feeds which column) and the chunk, a run of
 * whole rows that is read, parsed and committed as one. */
#ifndef JK_IMPORT_CHUNK_H
#define JK_IMPORT_CHUNK_H

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "csv/csv.h"
#include "csv/header.h"
#include "csv/value.h"
#include "import/findings/odd.h"
#include "import/mapping/mapping.h"
#include "jalki/import.h"

/* How a canonical column is filled. */
typedef struct jk_import_feed {
    bool given;          /* false: missing in every row */
    bool direct;         /* a field as it is, in canonical form */
    uint32_t field;      /* direct: its number in a row */
    const jk_rule *rule; /* otherwise: how it is made */
} jk_import_feed;

/* What a field of a source is read for. */
enum { JK_FIELD_UNUSED, JK_FIELD_DIRECT, JK_FIELD_BY_RULE };

/* One source file that brings claims. */
typedef struct jk_import_plan {
    jk_csv_dialect dialect;
    jk_csv_format format; /* of fields as they are: canonical, or without a mapping the policy's dialect */
    bool is_canonical;
    uint32_t fields; /* of a row: dialect.fields; a row has one more number in `ends` */
    jk_kind kind;
    jk_import_feed feed[JK_COLUMN_COUNT];
    const jk_mapping *mapping;   /* NULL: canonical */
    const uint32_t *entry;       /* place of each of the mapping's fields, or JK_NO_FIELD */
    const struct jk_join *join;  /* joined files, or NULL */
    const jk_csv_header *header; /* of the source */
    char file[64];               /* its name without endings, for prefixes */
    uint8_t *use;                /* by field: JK_FIELD_UNUSED, … */
    uint32_t least;              /* fields that a row must have which ends early: all that matters lies in them */
    size_t sentinel_count;       /* dates that stand for none; all are on or before low, or on or after high, or 0 */
    const int32_t *sentinels;
    int32_t sentinel_low, sentinel_high;
    bool checks_cutoff; /* the mapping takes the cut-off from a column: all rows must agree */
} jk_import_plan;

typedef struct jk_import_reject {
    uint32_t line;   /* physical lines of the chunk before the row's start */
    uint32_t row;    /* row of the chunk, or UINT32_MAX for a row without fields */
    int16_t column;  /* a jk_column, or -1: the row as a whole */
    uint16_t reason; /* a jk_reject_reason, or JK_REJECT_REASON_COUNT + a jk_left_out */
    uint32_t value_length;
    const char *value; /* in the chunk's text; NULL: short_value */
    char short_value[16];
} jk_import_reject;

/* Strings of a dictionary column in one chunk, in order of first appearance. */
typedef struct jk_chunk_word {
    const char *text;
    uint32_t length;
    int32_t index; /* in the store; -1 until the first accepted row with it */
} jk_chunk_word;
typedef struct jk_chunk_dictionary {
    size_t count, capacity;
    jk_chunk_word *words;
    size_t slot_count; /* a power of two */
    uint32_t *slots;   /* word + 1; 0: free */
} jk_chunk_dictionary;

enum { JK_CHUNK_DICTIONARIES = 3 + JK_EXTRA_TEXTS };

/* Whether the identifiers of accepted rows are in ascending order of their bytes (claim_id: none twice). */
typedef struct jk_chunk_order {
    bool in_order;
    const char *first, *last; /* of accepted rows, in the column; NULL if there are none */
} jk_chunk_order;

typedef enum jk_chunk_kind { JK_CHUNK_ROWS, JK_CHUNK_BROKEN_ROW, JK_CHUNK_NOTHING } jk_chunk_kind;

typedef struct jk_import_chunk {
    /* the text: written by the reader */
    jk_chunk_kind kind;
    jk_reject_reason broken; /* of a broken row */
    char *memory;            /* the text stands JK_CSV_SLACK bytes behind it */
    size_t memory_size;
    char *text; /* first row */
    size_t length;
    size_t read_length; /* of all text read; behind the rows stands the beginning of the next chunk's first row */
    unsigned flags;
    bool whole;        /* the file ends with the text */
    bool invalid_text; /* the text is no UTF-8 */
    bool last;         /* of its file */
    const char *fresh; /* bytes of the source that came with this chunk, for the digest */
    size_t fresh_length;
    size_t source;
    const jk_import_plan *plan;

    /* columns: written by the parser */
    size_t rows; /* with the right number of fields, good or bad */
    size_t row_capacity;
    void *column[JK_COLUMN_COUNT];  /* NULL where the plan gives none */
    void *storage[JK_COLUMN_COUNT]; /* memory kept from chunk to chunk */
    size_t text_width[2];
    uint8_t *bad;        /* 1: rejected or left out */
    uint16_t *unmatched; /* bit s: the row found no partner in source s; NULL without joined files */
    uint32_t *line;      /* physical lines before the row */
    int64_t *balance;
    int32_t *indices[JK_CHUNK_DICTIONARIES]; /* of the dictionary columns in the store: written by the committer */
    uint64_t *key[2];                        /* two 64-bit halves of the digest of claim_id and debtor_id */
    jk_chunk_order order[2];                 /* of claim_id and debtor_id */
    size_t reject_count, reject_capacity;
    jk_import_reject *rejects;
    size_t line_count; /* physical lines of the text */
    size_t cell_lines; /* those inside cells */
    jk_odd_list odd;
    uint32_t unmatched_examples[JK_SOURCES_MAX]; /* in odd, by source */
    jk_arena *kept;                              /* values of rejects that stand nowhere in the text; NULL: none */
    jk_chunk_dictionary dictionary[JK_CHUNK_DICTIONARIES];
    bool notes_partners;     /* rows of joined sources that claims have, for who commits the chunk elsewhere */
    uint32_t (*partners)[2]; /* source and row */
    size_t partner_count, partner_room;
    size_t packed_length;  /* import/pack.h: it stands in memory as bytes, to be unpacked; 0: it is text */
    size_t stripe;         /* import/sources/stripes.h */
    uint64_t stripe_begin; /* where the first row of the stripe was */
    uint64_t end;          /* place in the file behind the chunk */
    bool stripe_ends;      /* with this chunk */
    bool taken;            /* another process, or an earlier run, has parsed it */
    char *pairs;           /* pseudonyms and ids on their way to the list of them (import/commit/pseudonyms.h) */
    size_t pairs_length, pairs_room;
} jk_import_chunk;

/* A cursor at the first row; the digest may still need all that was read. */
static inline jk_csv_cursor jk_chunk_cursor(const jk_import_chunk *chunk) {
    return (jk_csv_cursor){.text = chunk->text,
                           .length = chunk->length,
                           .flags = chunk->flags,
                           .dialect = chunk->plan->dialect,
                           .readable = chunk->read_length,
                           .more = !chunk->whole,
                           .side_end = chunk->read_length + JK_CSV_SLACK};
}

/* Money of a row of a column, 0 where the cell or the column is missing. */
static inline int64_t jk_chunk_money(const int64_t *column, size_t row) {
    return column == NULL ? 0 : jk_money_or_zero(column[row]);
}

/* true if a row without the column is rejected. */
bool jk_import_requires(const jk_import_plan *plan, jk_column column);

/* Number of a dictionary column among the dictionaries, or -1; and the column of a number. */
int jk_chunk_dictionary_of(jk_column column);
jk_column jk_chunk_dictionary_column(int number);

/* Notes a bad row; only the first reason of a row with fields is kept. */
jk_status jk_chunk_reject(jk_import_chunk *chunk, size_t row, uint32_t line, int column, jk_reject_reason reason,
                          const char *value, size_t length, jk_error *error);

/* The same for a short value (up to 15 bytes) that is copied. */
jk_status jk_chunk_reject_copy(jk_import_chunk *chunk, size_t row, int column, jk_reject_reason reason,
                               const char *value, jk_error *error);

/* The same for an amount in hundredths. */
jk_status jk_chunk_reject_money(jk_import_chunk *chunk, size_t row, int column, jk_reject_reason reason, int64_t money,
                                jk_error *error);

/* Leaves a row out on purpose, as jk_chunk_reject rejects one. A row that is rejected already is left out instead. */
jk_status jk_chunk_leave_out(jk_import_chunk *chunk, size_t row, uint32_t line, jk_left_out kind, const char *value,
                             size_t length, jk_error *error);

/* Code of a word in the chunk's dictionary; a new word is added. */
jk_status jk_chunk_word_code(jk_chunk_dictionary *dictionary, const char *text, size_t length, int32_t *code,
                             jk_error *error);

/* Notes the row of a joined source that a claim has. */
jk_status jk_chunk_note_partner(jk_import_chunk *chunk, uint32_t source, uint32_t row, jk_error *error);

/* Room for the columns of so many rows; and of as many as the text can have. */
jk_status jk_chunk_reserve(jk_import_chunk *chunk, size_t rows, jk_error *error);
jk_status jk_chunk_reserve_rows(jk_import_chunk *chunk, jk_error *error);

jk_status jk_chunk_create(jk_import_chunk *chunk, size_t text_capacity, jk_error *error);
void jk_chunk_destroy(jk_import_chunk *chunk);

/* The word of a column that was last seen with its hash. */
enum { JK_WORD_CACHE_BITS = 8, JK_WORD_SLOTS = 1 << JK_WORD_CACHE_BITS };
typedef struct jk_word_slot {
    uint64_t low, high; /* up to 16 bytes of text */
    uint32_t length;    /* + 1; 0: free */
    int32_t code;
} jk_word_slot;

/* Scratch memory of one parsing thread. */
typedef struct jk_parse_scratch {
    uint32_t *ends;
    size_t ends_size;
    uint32_t *turned;            /* the same column by column, for parsers that read many rows at once */
    const jk_cell_text **joined; /* per row of a tile and source */
    jk_word_slot *words;         /* JK_WORD_SLOTS per column; good for one chunk */
} jk_parse_scratch;

typedef struct jk_parse_settings {
    int32_t cutoff; /* JK_MISSING_INTEGER: unknown */
    uint64_t seed;  /* of the identifiers' digests */
} jk_parse_settings;

/* Fills the chunk's columns from its text; compiled once per instruction set. */
typedef jk_status (*jk_import_parser)(jk_import_chunk *chunk, const jk_parse_settings *settings,
                                      jk_parse_scratch *scratch, jk_error *error);
jk_import_parser jk_import_parser_of(jk_isa isa);

#endif
