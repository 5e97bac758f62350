/* SPDX-License-Identifier: Apache-2.0 */
#include "draft/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/unicode.h"
#include "csv/value.h"

/* ---- text ----------------------------------------------------------------------------------------------------------
 */

static jk_status read_bytes(const char *path, const jk_csv_part *part, const char *encoding, size_t bytes,
                            jk_draft_table *table, jk_error *error) {
    jk_csv_source *source = NULL;
    JK_TRY(jk_csv_source_open_part(path, part, encoding, &source, error));
    table->is_sheet = jk_csv_source_is_sheet(source);
    table->length = 0;
    free(table->text);
    table->text = malloc(bytes + 1);
    jk_status status = jk_held(table->text != NULL, error, "a table");
    size_t got = 1;
    while (status == JK_OK && got > 0 && table->length < bytes) {
        status = jk_csv_source_read(source, table->text + table->length, bytes - table->length, &got, error);
        table->length += status == JK_OK ? got : 0;
    }
    table->whole = got == 0;
    jk_csv_source_close(source);
    return status;
}

/* Counts of bytes by what they are in the encodings that are met: the text was read as Latin-1, where every byte is a
 * character. */
typedef struct byte_counts {
    size_t high, latin, windows, dos;
} byte_counts;

static byte_counts count_bytes(const unsigned char *bytes, size_t length) {
    byte_counts counts = {0};
    for (size_t i = 0; i < length; i++) {
        unsigned char c = bytes[i];
        counts.high += c >= 0x80;
        counts.windows += c >= 0x80 && c <= 0x9f;
        counts.latin += memchr("\xe4\xf6\xe5\xc4\xd6\xc5\xf8\xd8\xe6\xc6\xf5\xfc", c, 12) != NULL;
        counts.dos += memchr("\x84\x94\x86\x8e\x99\x8f\x9b\x9d\x91\x92\x81", c, 11) != NULL;
    }
    return counts;
}

/* Bytes of a text that was read as Latin-1, in its place. */
static size_t back_to_bytes(char *text, size_t length) {
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0xc2 && i + 1 < length) {
            c = (unsigned char)((c & 3) << 6 | ((unsigned char)text[++i] & 0x3f));
        }
        text[at++] = (char)c;
    }
    return at;
}

/* The last character may be cut by the end of what was read. */
static bool is_utf8_up_to_its_end(const char *text, size_t length, bool whole) {
    for (size_t cut = 0; cut < 4 && cut <= length; cut++) {
        if (jk_unicode_is_utf8(text, length - cut)) {
            return true;
        }
        if (whole) {
            break;
        }
    }
    return false;
}

static void find_encoding(jk_draft_table *table) {
    const unsigned char *bytes = (const unsigned char *)table->text;
    size_t length = table->length;
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < length && i < 4096; i++) {
        zeros[i & 1] += bytes[i] == 0;
    }
    if (length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff))) {
        table->encoding = "UTF-16";
        table->encoding_why = "its byte-order mark";
    } else if (zeros[0] + zeros[1] > length / 4 && length < 1u << 30 && length > 8) {
        table->encoding = zeros[1] > zeros[0] ? "UTF-16LE" : "UTF-16BE";
        table->encoding_why = "every second byte is zero";
    } else if (is_utf8_up_to_its_end(table->text, length, table->whole)) {
        byte_counts counts = count_bytes(bytes, length);
        table->encoding = "UTF-8";
        table->encoding_why = counts.high > 0 ? "all of its letters are valid in it" : "only ASCII was seen";
    } else {
        byte_counts counts = count_bytes(bytes, length);
        bool dos = counts.dos > counts.latin;
        table->encoding = dos ? "CP850" : "CP1252";
        table->encoding_why = dos ? "it is not UTF-8, and most of its letters are Nordic in CP850"
                                  : "it is not UTF-8, and its letters are those of Western Europe";
    }
}

/* ---- rows ----------------------------------------------------------------------------------------------------------
 */

enum { LINES_TO_LOOK = 200, QUOTED_MOST = 1 << 15 };

/* End of a quoted cell that begins at `at`: a quote before a separator or line end. SIZE_MAX: there is none soon, the
 * quote is a letter like any other. */
static size_t quoted_end(const char *text, size_t at, size_t length, char separator) {
    size_t stop = length - at > QUOTED_MOST ? at + QUOTED_MOST : length;
    for (size_t i = at + 1; i < stop; i++) {
        if (text[i] != '"') {
            continue;
        }
        if (i + 1 < stop && text[i + 1] == '"') {
            i++;
        } else if (i + 1 == length || text[i + 1] == separator || text[i + 1] == '\n' || text[i + 1] == '\r') {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Cuts one row that begins at *at; counts its cells, and keeps them where `cells` is not NULL. */
static size_t cut_row(char *text, size_t length, size_t *at, char separator, size_t *line, jk_draft_cell *cells,
                      size_t most) {
    size_t count = 0;
    size_t i = *at;
    bool more = true;
    while (more) {
        size_t start = i;
        size_t end = 0;
        size_t quote = i < length && text[i] == '"' ? quoted_end(text, i, length, separator) : SIZE_MAX;
        if (quote != SIZE_MAX) {
            start = i + 1;
            end = quote;
            i = quote + 1;
        } else {
            while (i < length && text[i] != separator && text[i] != '\n' && text[i] != '\r') {
                i++;
            }
            end = i;
        }
        for (size_t k = start; quote != SIZE_MAX && k < end; k++) {
            *line += text[k] == '\n';
        }
        if (cells != NULL && count < most) {
            const char *cell = text + start;
            size_t cell_length = end - start;
            jk_csv_trim(&cell, &cell_length);
            cells[count] = (jk_draft_cell){cell, cell_length};
        }
        count++;
        more = i < length && text[i] == separator;
        i += more;
    }
    if (i < length && text[i] == '\r') {
        i++;
        i += i < length && text[i] == '\n';
    } else if (i < length) {
        i++;
    }
    (*line)++;
    *at = i;
    return count;
}

/* How alike the rows' widths are with a separator: the share of rows of the most frequent width, if that is above one.
 */
static double evenness(char *text, size_t length, char separator, size_t *width) {
    enum { WIDTHS = 512 };
    size_t rows_of[WIDTHS] = {0};
    size_t rows = 0;
    size_t at = 0;
    size_t line = 1;
    while (at < length && rows < LINES_TO_LOOK) {
        size_t count = cut_row(text, length, &at, separator, &line, NULL, 0);
        rows_of[count < WIDTHS ? count : WIDTHS - 1]++;
        rows++;
    }
    *width = 1;
    for (size_t w = 2; w < WIDTHS; w++) {
        *width = rows_of[w] > 0 && rows_of[w] >= rows_of[*width == 1 ? 0 : *width] ? w : *width;
    }
    return *width > 1 && rows > 0 ? (double)rows_of[*width] / (double)rows : 0.0;
}

static char find_separator(const jk_draft_table *table) {
    static const char candidates[] = {';', '\t', ',', '|', ':'};
    char best = ',';
    double most = 0.0;
    for (size_t i = 0; i < sizeof candidates && !table->is_sheet; i++) {
        size_t width = 0;
        double even = evenness(table->text, table->length, candidates[i], &width);
        /* a comma within amounts makes even rows, too: wider is better, and a little unevenness is forgiven */
        double score = even * (1.0 + 0.02 * (double)(width < 50 ? width : 50));
        if (score > most + 1e-9) {
            most = score;
            best = candidates[i];
        }
    }
    return best;
}

static jk_status cut_rows(jk_draft_table *table, jk_error *error) {
    enum { CELLS_MAX = 4096 };
    size_t capacity = 0;
    size_t at = table->length >= 3 && memcmp(table->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t line = 1;
    jk_draft_cell *cells = malloc(CELLS_MAX * sizeof *cells);
    jk_status status = jk_held(cells != NULL, error, "a table");
    while (status == JK_OK && at < table->length) {
        size_t here = line;
        size_t count = cut_row(table->text, table->length, &at, table->separator, &line, cells, CELLS_MAX);
        count = count < CELLS_MAX ? count : CELLS_MAX;
        if (at >= table->length && !table->whole && table->row_count > 0) {
            break; /* cut by the end of what was read */
        }
        bool empty = true;
        for (size_t i = 0; empty && i < count; i++) {
            empty = cells[i].length == 0;
        }
        if (empty) {
            continue;
        }
        if (table->row_count == capacity) {
            capacity = capacity * 2 + 256;
            jk_draft_row *rows = realloc(table->rows, capacity * sizeof *rows);
            if (rows == NULL) {
                status = jk_fail_memory(error, "a table");
                break;
            }
            table->rows = rows;
        }
        jk_draft_row *row = &table->rows[table->row_count++];
        *row =
            (jk_draft_row){.line = here, .count = count, .cells = jk_arena_alloc(table->arena, count, sizeof *cells)};
        if (row->cells == NULL) {
            status = jk_fail_memory(error, "a table");
            break;
        }
        memcpy(row->cells, cells, count * sizeof *cells);
    }
    free(cells);
    return status;
}

jk_status jk_draft_table_read(const char *path, const jk_csv_part *part, size_t bytes, jk_draft_table *table,
                              jk_error *error) {
    enum { FIRST_LOOK = 1 << 20 };
    *table = (jk_draft_table){.encoding = "UTF-8", .encoding_why = "workbooks are", .arena = jk_arena_create()};
    JK_TRY(jk_held(table->arena != NULL, error, "a table"));
    JK_TRY(read_bytes(path, part, "ISO-8859-1", bytes < FIRST_LOOK ? bytes : FIRST_LOOK, table, error));
    if (!table->is_sheet) {
        table->length = back_to_bytes(table->text, table->length);
        find_encoding(table);
    }
    bool utf8 = strcmp(table->encoding, "UTF-8") == 0;
    JK_TRY(read_bytes(path, part, utf8 ? NULL : table->encoding, bytes, table, error));
    table->separator = find_separator(table);
    return cut_rows(table, error);
}

void jk_draft_table_free(jk_draft_table *table) {
    free(table->text);
    free(table->rows);
    jk_arena_free(table->arena);
    *table = (jk_draft_table){0};
}
