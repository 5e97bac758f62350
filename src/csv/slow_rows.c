/* SPDX-License-Identifier: Apache-2.0 */
/* Rows read byte by byte: quotes, and what to make of those that do not fit. Where a chunk of text is cut and how its
 * rows are read are decided by the same look at a row, so that cuts never show in a result. */
#include <string.h>

#include "csv/csv.h"

enum {
    BELIEVED_LINES = 3, /* more lines in one cell are told */
    LONE_FIELDS = 3     /* with fewer columns two lines of a cell may well look like two rows */
};

/* How a row is read. */
typedef enum row_way {
    WAY_STRICT,  /* by the rules */
    WAY_LENIENT, /* a quote that nothing ends is a byte like any; one line */
    WAY_LITERAL, /* all quotes are; one line */
    WAY_BROKEN,  /* not at all */
    WAY_UNKNOWN  /* cannot be said before more is read */
} row_way;

/* A row that is read or only looked at. */
typedef struct slow_row {
    size_t end;          /* of the row, without its line end */
    size_t next;         /* start of the next row */
    uint32_t fields;     /* found */
    uint32_t inside;     /* line ends inside its cells */
    uint32_t cell_lines; /* the most of them in one cell */
    bool has_nul, bad_quotes;
    bool open; /* the text ends inside quotes */
} slow_row;

/* Where to copy the fields without their quotes; text NULL: nowhere. */
typedef struct row_copy {
    char *text;
    size_t at;
    uint32_t *ends; /* room for `most` + 1 ends */
    uint32_t most;
} row_copy;

static inline void put(row_copy *copy, char byte) {
    if (copy->text != NULL) {
        copy->text[copy->at++] = byte;
    }
}

/* Position of the quote that opens a field at `at`, or `limit`: behind spaces and a byte order mark. */
static inline size_t opening_quote(const char *text, size_t at, size_t limit, char separator) {
    while (at < limit && text[at] != '"') {
        if (text[at] == ' ' || (text[at] == '\t' && separator != '\t')) {
            at++;
        } else if (limit - at >= 3 && memcmp(text + at, "\xef\xbb\xbf", 3) == 0) {
            at += 3;
        } else {
            return limit;
        }
    }
    return at;
}

/* Behind the spaces and carriage returns that may follow a closing quote. */
static inline size_t skip_spaces(const char *text, size_t at, size_t limit, char separator) {
    while (at < limit && (text[at] == ' ' || text[at] == '\r' || (text[at] == '\t' && separator != '\t'))) {
        at++;
    }
    return at;
}

static inline bool ends_field(const char *text, size_t at, size_t limit, char separator) {
    size_t behind = skip_spaces(text, at, limit, separator);
    return behind >= limit || text[behind] == separator || text[behind] == '\n';
}

/* From behind the opening quote to behind the closing one. */
static size_t read_quoted(const char *text, size_t at, size_t limit, const jk_csv_dialect *dialect, row_way way,
                          row_copy *copy, slow_row *row) {
    uint32_t lines = 0;
    const bool escapes = dialect->escapes || way == WAY_LENIENT;
    for (; at < limit && lines <= JK_CSV_CELL_LINES; at++) {
        if (escapes && text[at] == '\\' && at + 1 < limit && (text[at + 1] == '"' || text[at + 1] == '\\')) {
            at++;
        } else if (text[at] == '"') {
            if (at + 1 < limit && text[at + 1] == '"') {
                at++;
            } else if (way != WAY_LENIENT || ends_field(text, at + 1, limit, dialect->separator)) {
                break;
            }
        }
        lines += text[at] == '\n';
        row->has_nul |= text[at] == '\0';
        put(copy, text[at]);
    }
    const bool endless = lines > JK_CSV_CELL_LINES;
    row->open = at >= limit || endless;
    row->inside += lines;
    row->cell_lines = lines > row->cell_lines ? lines : row->cell_lines;
    return endless ? limit : at + 1;
}

/* From a field's first byte, or from behind its closing quote, to its separator or the row's end. */
static size_t read_bare(const char *text, size_t at, size_t limit, const jk_csv_dialect *dialect, row_copy *copy,
                        slow_row *row) {
    for (; at < limit && text[at] != dialect->separator && text[at] != '\n'; at++) {
        if (dialect->escapes && text[at] == '\\' && at + 1 < limit && text[at + 1] != '\n') {
            at++;
        }
        row->has_nul |= text[at] == '\0';
        put(copy, text[at]);
    }
    return at;
}

/* Reads the row at `at`; nothing behind `limit` belongs to it. */
static slow_row read_row(const char *text, size_t at, size_t limit, const jk_csv_dialect *dialect, row_way way,
                         row_copy *copy) {
    slow_row row = {0};
    const bool quotes = way != WAY_LITERAL && !dialect->no_quotes;
    if (copy->text != NULL) {
        copy->ends[0] = (uint32_t)copy->at - 1u;
    }
    for (;;) {
        size_t quote = quotes ? opening_quote(text, at, limit, dialect->separator) : limit;
        size_t begin = copy->at;
        if (quote < limit) {
            at = read_quoted(text, quote + 1, limit, dialect, way, copy, &row);
            size_t behind = skip_spaces(text, at, limit, dialect->separator);
            bool ends = behind >= limit || text[behind] == dialect->separator || text[behind] == '\n';
            row.bad_quotes |= !ends;
            at = ends ? behind : at;
            begin = copy->at;
        }
        at = read_bare(text, at, limit, dialect, copy, &row);
        bool ends_row = at >= limit || text[at] == '\n';
        while (copy->text != NULL && ends_row && copy->at > begin && copy->text[copy->at - 1] == '\r') {
            copy->at--;
        }
        if (copy->text != NULL && row.fields <= copy->most) {
            copy->ends[row.fields + 1] = (uint32_t)copy->at;
        }
        row.fields++;
        if (ends_row) {
            break;
        }
        at++;
        put(copy, '\0'); /* a gap, so that every field begins one byte behind the end of the one before */
    }
    row.end = at < limit ? at : limit;
    row.next = at < limit ? at + 1 : limit;
    return row;
}

/* ---- what to make of a row --------------------------------------------------------------------------------- */

typedef struct row_look {
    row_way way;
    jk_csv_fault fault; /* of a broken row */
    size_t line_end;    /* of its first physical line, without the line end */
    size_t next;
    bool open; /* the text ends inside its quotes */
} row_look;

typedef struct row_text {
    const char *text;
    size_t length;
    bool more; /* text follows */
    const jk_csv_dialect *dialect;
} row_text;

static bool fits(const row_text *in, size_t start, size_t end, row_way way) {
    row_copy nowhere = {0};
    slow_row row = read_row(in->text, start, end, in->dialect, way, &nowhere);
    return row.fields == in->dialect->fields && !row.bad_quotes && !row.open;
}

static bool line_fits(const row_text *in, size_t start, size_t end) {
    return fits(in, start, end, WAY_STRICT) || fits(in, start, end, WAY_LITERAL);
}

/* The first physical line as a row by itself, if it can be one; else the row is broken. */
static row_look one_line(const row_text *in, size_t start, row_look look, jk_csv_fault fault) {
    bool lenient = fits(in, start, look.line_end, WAY_LENIENT);
    bool literal = !lenient && fits(in, start, look.line_end, WAY_LITERAL);
    look.way = lenient ? WAY_LENIENT : literal ? WAY_LITERAL : WAY_BROKEN;
    look.fault = fault;
    look.next = look.line_end < in->length ? look.line_end + 1 : in->length;
    return look;
}

static row_look unknown(row_look look, bool open) {
    look.way = WAY_UNKNOWN;
    look.open = open;
    return look;
}

/* A cell of the row goes on behind the line: is it one cell, or a quote that stands alone? */
static row_look look_at_long_row(const row_text *in, size_t start, const slow_row *row, row_look look) {
    const bool last_line = look.line_end >= in->length;
    if (last_line) {
        return one_line(in, start, look, JK_CSV_UNCLOSED_QUOTE);
    }
    if (in->dialect->fields >= LONE_FIELDS && fits(in, start, look.line_end, WAY_LITERAL)) {
        size_t second = look.line_end + 1;
        const char *newline = second < in->length ? memchr(in->text + second, '\n', in->length - second) : NULL;
        if (newline == NULL && in->more) {
            return unknown(look, row->open);
        }
        size_t end = newline != NULL ? (size_t)(newline - in->text) : in->length;
        if (second == in->length || line_fits(in, second, end)) {
            look.way = WAY_LITERAL;
            look.next = second;
            return look;
        }
    }
    bool endless = row->cell_lines > JK_CSV_CELL_LINES;
    bool ended = !row->open && (row->next < in->length || in->text[in->length - 1] == '\n');
    if (!ended && in->more && !endless) {
        return unknown(look, row->open);
    }
    if (row->open || endless || row->bad_quotes || row->fields != in->dialect->fields) {
        return one_line(in, start, look,
                        row->open || endless ? JK_CSV_UNCLOSED_QUOTE
                        : row->bad_quotes    ? JK_CSV_BAD_QUOTES
                                             : JK_CSV_FIELD_COUNT);
    }
    look.way = WAY_STRICT;
    look.next = row->next;
    return look;
}

static row_look look_at_row(const row_text *in, size_t start) {
    const char *newline = memchr(in->text + start, '\n', in->length - start);
    row_look look = {.line_end = newline != NULL ? (size_t)(newline - in->text) : in->length};
    row_copy nowhere = {0};
    slow_row row = read_row(in->text, start, in->length, in->dialect, WAY_STRICT, &nowhere);
    if (newline == NULL && in->more) {
        return unknown(look, row.open);
    }
    if (row.inside > 0 || row.open) {
        return look_at_long_row(in, start, &row, look);
    }
    if (row.bad_quotes) {
        return one_line(in, start, look, JK_CSV_BAD_QUOTES);
    }
    look.way = WAY_STRICT;
    look.next = row.next;
    return look;
}

/* ---- cuts -------------------------------------------------------------------------------------------------- */

/* Behind a quoted cell that opens at `quote` and ends on its line as it should; 0 if it does not. */
static size_t skip_plain_cell(const row_text *in, size_t quote) {
    size_t at = quote + 1;
    for (;;) {
        const char *next = at < in->length ? memchr(in->text + at, '"', in->length - at) : NULL;
        if (next == NULL || memchr(in->text + at, '\n', (size_t)(next - in->text) - at) != NULL) {
            return 0;
        }
        at = (size_t)(next - in->text) + 1;
        if (at < in->length && in->text[at] == '"') {
            at++;
            continue;
        }
        bool judged = at < in->length || !in->more; /* a quote at the text's end may be the first of two */
        return judged && ends_field(in->text, at, in->length, in->dialect->separator) ? at : 0;
    }
}

static bool opens_field(const row_text *in, size_t start, size_t quote) {
    const char *text = in->text;
    size_t at = quote;
    while (at > start && text[at - 1] != in->dialect->separator && strchr(" \t\xef\xbb\xbf", text[at - 1]) != NULL) {
        at--;
    }
    bool first = at == start || text[at - 1] == in->dialect->separator;
    return first && opening_quote(text, at, in->length, in->dialect->separator) == quote;
}

jk_csv_cut jk_csv_find_cut(const char *text, size_t length, const jk_csv_dialect *dialect, unsigned flags, bool whole) {
    const row_text in = {.text = text, .length = length, .more = !whole, .dialect = dialect};
    const bool quotes = (flags & JK_CSV_QUOTES) != 0 && !dialect->no_quotes;
    jk_csv_cut cut = {0};
    size_t position = 0; /* nothing before it opens a cell that is not ended */
    for (;;) {
        const char *quote = quotes && position < length ? memchr(text + position, '"', length - position) : NULL;
        size_t outside = quote != NULL ? (size_t)(quote - text) : length;
        const char *newline = outside > position ? memrchr(text + position, '\n', outside - position) : NULL;
        if (newline != NULL) {
            cut.end = (size_t)(newline - text) + 1;
        }
        if (quote == NULL) {
            cut.end = whole ? length : cut.end;
            return cut;
        }
        if (!dialect->escapes && !opens_field(&in, cut.end, outside)) {
            position = outside + 1;
            continue;
        }
        position = dialect->escapes ? 0 : skip_plain_cell(&in, outside);
        if (position == 0) {
            row_look look = look_at_row(&in, cut.end);
            if (look.way == WAY_UNKNOWN) {
                cut.open = look.open;
                return cut;
            }
            position = cut.end = look.next;
        }
    }
}

/* ---- tiles ------------------------------------------------------------------------------------------------- */

static void count_odd(jk_csv_odd *odd, uint32_t line) {
    odd->line = odd->count == 0 ? line : odd->line;
    odd->count++;
}

/* Reads the row at the cursor in the way it is to be read. */
static slow_row read_judged(jk_csv_cursor *cursor, row_copy *copy, jk_csv_fault *fault) {
    const size_t readable = cursor->readable > cursor->length ? cursor->readable : cursor->length;
    const row_text in = {.text = cursor->text, .length = readable, .more = cursor->more, .dialect = &cursor->dialect};
    const row_copy before = *copy;
    slow_row row = read_row(cursor->text, cursor->position, cursor->length, &cursor->dialect, WAY_STRICT, copy);
    if (row.inside == 0 && !row.open && !row.bad_quotes) {
        return row;
    }
    row_look look = look_at_row(&in, cursor->position);
    if (look.way == WAY_STRICT) {
        if (row.cell_lines >= BELIEVED_LINES) {
            count_odd(&cursor->long_cells, cursor->line);
        }
        cursor->cell_lines += row.inside;
        return row;
    }
    size_t end = look.line_end < cursor->length ? look.line_end : cursor->length;
    *copy = before;
    row = read_row(cursor->text, cursor->position, end, &cursor->dialect,
                   look.way == WAY_LENIENT ? WAY_LENIENT : WAY_LITERAL, copy);
    row.end = end;
    row.next = end < cursor->length ? end + 1 : end;
    if (look.way == WAY_BROKEN || look.way == WAY_UNKNOWN) {
        *fault = look.way == WAY_BROKEN ? look.fault : JK_CSV_UNCLOSED_QUOTE;
    } else {
        count_odd(&cursor->lone_quotes, cursor->line);
    }
    return row;
}

static bool is_empty_line(const char *text, size_t start, size_t *end) {
    while (*end > start && text[*end - 1] == '\r') {
        (*end)--;
    }
    return *end == start;
}

size_t jk_csv_tile_slow(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line) {
    size_t rows = 0;
    const uint32_t fields = cursor->dialect.fields;
    const size_t stride = (size_t)fields + 1;
    if (cursor->side_end == 0) {
        cursor->side_end = cursor->length + JK_CSV_SLACK;
    }
    while (rows < JK_CSV_TILE_ROWS && cursor->position < cursor->length) {
        size_t start = cursor->position;
        uint32_t row_line = cursor->line;
        row_copy copy = {.text = cursor->text, .at = cursor->side_end, .ends = ends + rows * stride, .most = fields};
        jk_csv_fault fault = (jk_csv_fault)0;
        slow_row row = read_judged(cursor, &copy, &fault);
        cursor->position = row.next;
        cursor->line += row.inside + 1;
        size_t end = row.end;
        if (is_empty_line(cursor->text, start, &end)) {
            continue;
        }
        fault = fault != 0 ? fault : row.has_nul ? JK_CSV_NUL_BYTE : row.fields != fields ? JK_CSV_FIELD_COUNT : fault;
        if (fault != 0) {
            cursor->bad = (jk_csv_bad_row){
                .fault = fault, .line = row_line, .start = (uint32_t)start, .length = (uint32_t)(end - start)};
            return rows;
        }
        cursor->side_end = copy.at + 1;
        line[rows++] = row_line;
    }
    return rows;
}

uint32_t jk_csv_split(jk_csv_cursor *cursor, uint32_t *ends) {
    const uint32_t most = cursor->dialect.fields;
    if (cursor->side_end == 0) {
        cursor->side_end = cursor->length + JK_CSV_SLACK;
    }
    row_copy copy = {.text = cursor->text, .at = cursor->side_end, .ends = ends, .most = most};
    slow_row row = read_row(cursor->text, cursor->position, cursor->length, &cursor->dialect, WAY_STRICT, &copy);
    cursor->position = row.next;
    cursor->line += row.inside + 1;
    cursor->side_end = copy.at + 1;
    return row.fields <= most && !row.has_nul && !row.bad_quotes ? row.fields : 0;
}
