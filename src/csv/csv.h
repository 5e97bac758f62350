/* SPDX-License-Identifier: Apache-2.0 */
/* CSV text: where rows end and where fields lie. The rules (RFC 4180 and what sellers' files add to it):
 *
 *   - a row ends at LF or CRLF outside quotes; the last row may lack it; empty lines are skipped;
 *   - a quote opens a quoted field only as the field's first byte; elsewhere in an unquoted field it is a byte like
 * any;
 *   - inside quotes "" is one quote; after the closing quote only a separator or the row's end may follow;
 *   - a row that is not complete within JK_CSV_ROW_MAX bytes is broken (most often a quote that nobody closed): its
 * first physical line is rejected and reading goes on at the next one.
 *
 * Text is given with JK_CSV_SLACK readable bytes before and after it, so that fields can be read eight bytes at a time.
 */
#ifndef JK_CSV_CSV_H
#define JK_CSV_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

enum { JK_CSV_ROW_MAX = 1 << 20, JK_CSV_SLACK = 64, JK_CSV_FIELDS_MAX = 4096 };

/* What a text contains: bits of jk_csv_scan(). */
enum { JK_CSV_QUOTES = 1, JK_CSV_NULS = 2, JK_CSV_HIGH = 4 /* bytes above 127 */ };
unsigned jk_csv_scan(const char *text, size_t length);

/* End of the last complete row of a text that begins at a row; `open` tells that the text ends inside quotes. */
typedef struct jk_csv_cut {
    size_t end;
    bool open;
} jk_csv_cut;
jk_csv_cut jk_csv_find_cut(const char *text, size_t length, char separator, bool has_quotes);

/* Reasons why a row has no fields to look at. */
typedef enum jk_csv_fault { JK_CSV_FIELD_COUNT = 1, JK_CSV_BAD_QUOTES, JK_CSV_NUL_BYTE } jk_csv_fault;

typedef struct jk_csv_bad_row {
    jk_csv_fault fault;
    uint32_t line;          /* physical lines of the text before the row */
    uint32_t start, length; /* of the row in the text */
} jk_csv_bad_row;

/* Walks over the rows of a text in tiles. A good row gives `fields` + 1 numbers in `ends`: the offset before its first
 * byte, then the end of each field. Field f of row r is text[ends[r*(fields+1)+f] + 1 .. ends[r*(fields+1)+f+1]).
 * Rows with quotes are rewritten without them at side_end, behind the text: there must be room for as many bytes as
 * the text has. */
typedef struct jk_csv_cursor {
    char *text;
    size_t length;
    unsigned flags; /* of jk_csv_scan */
    char separator;
    uint32_t fields;    /* of a good row */
    size_t position;    /* start of the next row */
    uint32_t line;      /* physical lines before position */
    size_t side_end;    /* where to write next; 0: right behind the text */
    jk_csv_bad_row bad; /* set when jk_csv_tile stops at a bad row */
} jk_csv_cursor;

enum { JK_CSV_TILE_ROWS = 128 };

/* Bytes to allocate for `ends` of one tile. */
size_t jk_csv_tile_size(uint32_t fields);

/* Reads up to JK_CSV_TILE_ROWS rows into ends and line (physical lines before each row) and returns their number. Stops
 * after a bad row with cursor->bad.fault set (which the caller clears), at a full tile, or at the end of the text. */
size_t jk_csv_tile(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line);

/* Splits the one row at the cursor, of any number of fields up to cursor->fields, into `ends` (as above; room for
 * cursor->fields + 2). Returns the number of fields, or 0 for a row with too many of them, bad quotes or a NUL byte.
 * The fields stand behind the text, as with rows that have quotes. */
uint32_t jk_csv_split(jk_csv_cursor *cursor, uint32_t *ends);

/* The three, compiled for one instruction set; those above are the best set that runs here. */
typedef struct jk_csv_kernel {
    unsigned (*scan)(const char *text, size_t length);
    size_t (*tile)(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line);
    uint32_t (*split)(jk_csv_cursor *cursor, uint32_t *ends);
} jk_csv_kernel;
const jk_csv_kernel *jk_csv_kernel_of(jk_isa isa);

#endif
