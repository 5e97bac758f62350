/* SPDX-License-Identifier: Apache-2.0 */
/* CSV text: where rows end and where fields lie. The rules (RFC 4180 and what sellers' files add to it):
 *
 *   - a row ends at LF or CRLF (or CRCRLF) outside quotes; the last row may lack it; empty lines are skipped;
 *   - a quote opens a quoted field as the field's first byte, behind spaces or a byte order mark; elsewhere in an
 *     unquoted field it is a byte like any;
 *   - inside quotes "" is one quote, and a backslash keeps the quote behind it where the dialect says so; behind the
 *     closing quote only spaces, a separator or the row's end may follow;
 *   - a quoted field may hold line ends, up to JK_CSV_CELL_LINES of them. It is not believed, and the quote is a byte
 *     like any, where the line that it begins on and the next one both have as many fields as a row without it: two
 *     lone quotes must not hide the rows between them (rows of three fields and more);
 *   - a line whose quotes do not fit is read with a quote that nothing ends as a byte like any, or without quotes at
 *     all, if it then has as many fields as a row. Such rows are counted;
 *   - a row that is not complete within JK_CSV_ROW_MAX bytes, or whose quotes cannot be understood, is broken: its
 * first physical line is rejected and reading goes on at the next one.
 *
 * Text is given with JK_CSV_SLACK readable bytes before and after it, so that fields can be read eight bytes at a time.
 */
#ifndef JK_CSV_CSV_H
#define JK_CSV_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/lanes/isa.h"

enum { JK_CSV_ROW_MAX = 1 << 20, JK_CSV_SLACK = 64, JK_CSV_FIELDS_MAX = 4096, JK_CSV_CELL_LINES = 20 };

/* How the rows of a text are written. */
typedef struct jk_csv_dialect {
    char separator;
    bool no_quotes;  /* a quote is a byte like any */
    bool escapes;    /* a backslash keeps the byte behind it from its meaning */
    uint32_t fields; /* of a row */
} jk_csv_dialect;

/* What a text contains: bits of jk_csv_scan(). */
enum { JK_CSV_QUOTES = 1, JK_CSV_NULS = 2, JK_CSV_HIGH = 4 /* bytes above 127 */ };
unsigned jk_csv_scan(const char *text, size_t length);

/* End of the last complete row of a text that begins at a row; `open` tells that the text ends inside quotes. `flags`
 * are those of jk_csv_scan; `whole` that nothing follows: the last row is then complete. */
typedef struct jk_csv_cut {
    size_t end;
    bool open;
} jk_csv_cut;
jk_csv_cut jk_csv_find_cut(const char *text, size_t length, const jk_csv_dialect *dialect, unsigned flags, bool whole);

/* Reasons why a row has no fields to look at. */
typedef enum jk_csv_fault {
    JK_CSV_FIELD_COUNT = 1,
    JK_CSV_BAD_QUOTES,
    JK_CSV_NUL_BYTE,
    JK_CSV_UNCLOSED_QUOTE
} jk_csv_fault;

/* Rows that were read in another way than they are written, or nearly so; line: of the first of them, as in bad rows.
 */
typedef struct jk_csv_odd {
    uint32_t count, line;
} jk_csv_odd;

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
    jk_csv_dialect dialect;
    size_t readable;    /* bytes of the text and behind it that may be looked at to judge quotes; 0: length */
    bool more;          /* text follows behind them */
    size_t position;    /* start of the next row */
    uint32_t line;      /* physical lines before position */
    size_t side_end;    /* where to write next; 0: right behind the text */
    jk_csv_bad_row bad; /* set when jk_csv_tile stops at a bad row */
    jk_csv_odd lone_quotes, long_cells; /* rows with quotes that do not fit; with a cell of more than three lines */
    uint32_t cell_lines;                /* physical lines that lie inside cells */
} jk_csv_cursor;

enum { JK_CSV_TILE_ROWS = 128 };

/* Bytes to allocate for `ends` of one tile. */
size_t jk_csv_tile_size(uint32_t fields);

/* Reads up to JK_CSV_TILE_ROWS rows into ends and line (physical lines before each row) and returns their number. Stops
 * after a bad row with cursor->bad.fault set (which the caller clears), at a full tile, or at the end of the text. */
size_t jk_csv_tile(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line);

/* Splits the one row at the cursor, of any number of fields up to cursor->dialect.fields, into `ends` (as above; room
 * for two more). Returns the number of fields, or 0 for a row with too many of them, bad quotes or a NUL byte. The
 * fields stand where rows with quotes are rewritten, and side_end moves on. */
uint32_t jk_csv_split(jk_csv_cursor *cursor, uint32_t *ends);

/* jk_csv_tile for text that has quotes, NUL bytes or escapes: byte by byte. */
size_t jk_csv_tile_slow(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line);

/* The two that matter for speed, compiled for one instruction set; those above are the best set that runs here. */
typedef struct jk_csv_kernel {
    unsigned (*scan)(const char *text, size_t length);
    size_t (*tile)(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line);
} jk_csv_kernel;
const jk_csv_kernel *jk_csv_kernel_of(jk_isa isa);

#endif
