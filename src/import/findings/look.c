/* SPDX-License-Identifier: Apache-2.0 */
#include "import/findings/look.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/text/unicode.h"
#include "import/rows/cell.h"

enum { SPARE_FIELDS = 64, SUBSTITUTE = 0x1a };

/* ---- rows of another width --------------------------------------------------------------------------------- */

static bool is_blank(const char *text, size_t length) {
    jk_csv_trim(&text, &length);
    return length == 0;
}

static bool is_blank_row(const char *text, size_t length, char separator) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] != separator && text[i] != ' ' && text[i] != '\t' && text[i] != '"' && text[i] != '\r') {
            return length == 1 && text[0] == SUBSTITUTE; /* the end of a file as DOS wrote it */
        }
    }
    return true;
}

bool jk_import_is_total_word(const char *text, size_t length) {
    static const char *const words[] = {"total",       "totals",     "totalt",          "totaal",   "sum",
                                        "summa",       "summ",       "in total",        "i alt",    "ialt",
                                        "kokku",       "sammanlagt", "yhteens\xc3\xa4", "yhteensa", "loppusumma",
                                        "grand total", "subtotal",   "samtliga"};
    jk_csv_trim(&text, &length);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t word = strlen(words[i]);
        if (length >= word && strncasecmp(text, words[i], word) == 0 &&
            (length == word || memchr(" :.;(\t", text[word], 6) != NULL)) {
            return true;
        }
    }
    return false;
}

static jk_status turn_away(jk_import_chunk *chunk, const jk_csv_bad_row *bad, jk_reject_reason reason,
                           jk_error *error) {
    return jk_chunk_reject(chunk, UINT32_MAX, bad->line, -1, reason, chunk->text + bad->start, bad->length, error);
}

static jk_reject_reason reason_of(jk_csv_fault fault) {
    return fault == JK_CSV_NUL_BYTE         ? JK_REJECT_NUL_BYTE
           : fault == JK_CSV_BAD_QUOTES     ? JK_REJECT_BAD_QUOTES
           : fault == JK_CSV_UNCLOSED_QUOTE ? JK_REJECT_UNCLOSED_QUOTE
                                            : JK_REJECT_FIELD_COUNT;
}

static bool all_blank(const char *text, const uint32_t *ends, uint32_t from, uint32_t to) {
    for (uint32_t f = from; f < to; f++) {
        uint32_t start = ends[f] + 1u;
        if (!is_blank(text + start, ends[f + 1] - start)) {
            return false;
        }
    }
    return true;
}

/* A row that ends early has all that matters, and its line has an end: the file was not cut there. */
static bool may_be_short(const jk_import_chunk *chunk, const jk_csv_bad_row *bad, uint32_t count) {
    size_t end = (size_t)bad->start + bad->length;
    bool cut = chunk->whole && end == chunk->length;
    return count >= chunk->plan->least && count > 1 && !cut;
}

jk_status jk_import_mend_row(jk_import_chunk *chunk, jk_csv_cursor *cursor, uint32_t *ends, size_t *mended,
                             jk_error *error) {
    const jk_csv_bad_row bad = cursor->bad;
    const uint32_t fields = chunk->plan->fields;
    const char *text = chunk->text + bad.start;
    *mended = 0;
    cursor->bad.fault = (jk_csv_fault)0;
    if (bad.fault != JK_CSV_FIELD_COUNT) {
        return turn_away(chunk, &bad, reason_of(bad.fault), error);
    }
    if (is_blank_row(text, bad.length, cursor->dialect.separator)) {
        return jk_chunk_leave_out(chunk, UINT32_MAX, bad.line, JK_LEFT_OUT_EMPTY, text, bad.length, error);
    }
    jk_csv_cursor one = {.text = chunk->text,
                         .length = (size_t)bad.start + bad.length,
                         .position = bad.start,
                         .dialect = cursor->dialect,
                         .side_end = cursor->side_end != 0 ? cursor->side_end : chunk->read_length + JK_CSV_SLACK};
    one.dialect.fields = fields + SPARE_FIELDS;
    uint32_t count = jk_csv_split(&one, ends);
    if (count > 0 &&
        jk_import_is_total_word(chunk->text + (size_t)(uint32_t)(ends[0] + 1u), ends[1] - (uint32_t)(ends[0] + 1u))) {
        return jk_chunk_leave_out(chunk, UINT32_MAX, bad.line, JK_LEFT_OUT_FOOTER, text, bad.length, error);
    }
    bool longer = count > fields && all_blank(chunk->text, ends, fields, count);
    bool shorter = count < fields && count > 0 && may_be_short(chunk, &bad, count);
    size_t room = chunk->read_length / (fields > 1 ? fields : 2) + 1; /* rows that the columns have room for */
    if ((!longer && !shorter) || chunk->rows >= room) {
        return turn_away(chunk, &bad, JK_REJECT_FIELD_COUNT, error);
    }
    for (uint32_t f = count; f < fields; f++) {
        ends[f + 1] = ends[f] + 1; /* empty */
    }
    cursor->side_end = one.side_end + (shorter ? fields - count : 0);
    jk_odd_add(&chunk->odd, longer ? JK_ODD_LONG_ROW : JK_ODD_SHORT_ROW, -1, "", 0, bad.line, 1);
    chunk->line[chunk->rows] = bad.line;
    *mended = 1;
    return JK_OK;
}

/* ---- rows that are none, cells that are no text ------------------------------------------------------------ */

/* The header's names again, as where files were put one behind the other. */
static bool is_header(const jk_import_chunk *chunk, const uint32_t *ends) {
    const jk_csv_header *header = chunk->plan->header;
    uint32_t same = 0;
    for (uint32_t f = 0; header != NULL && f < header->count; f++) {
        const char *text = chunk->text + (size_t)(uint32_t)(ends[f] + 1u);
        size_t length = ends[f + 1] - (uint32_t)(ends[f] + 1u);
        jk_csv_trim(&text, &length);
        if (strlen(header->names[f]) != length || memcmp(header->names[f], text, length) != 0) {
            return false;
        }
        same += length > 0;
    }
    return same > 1;
}

static jk_status sort_out(jk_import_chunk *chunk, const uint32_t *ends, size_t first, size_t reject, jk_error *error) {
    const uint32_t fields = chunk->plan->fields;
    for (size_t i = reject; i < chunk->reject_count; i++) {
        const jk_import_reject *one = &chunk->rejects[i];
        if (one->row == UINT32_MAX || one->row < first || one->reason >= JK_REJECT_REASON_COUNT) {
            continue;
        }
        const uint32_t *row = ends + (one->row - first) * ((size_t)fields + 1);
        uint32_t start = row[0] + 1u;
        int kind = all_blank(chunk->text, row, 0, fields)                         ? JK_LEFT_OUT_EMPTY
                   : is_header(chunk, row)                                        ? JK_LEFT_OUT_HEADER
                   : jk_import_is_total_word(chunk->text + start, row[1] - start) ? JK_LEFT_OUT_FOOTER
                                                                                  : -1;
        if (kind >= 0) {
            JK_TRY(jk_chunk_leave_out(chunk, one->row, one->line, (jk_left_out)kind, "", 0, error));
        }
    }
    return JK_OK;
}

static void count_invalid(jk_import_chunk *chunk, const uint32_t *ends, size_t first, size_t rows) {
    const uint32_t fields = chunk->plan->fields;
    for (size_t i = 0; i < rows; i++) {
        const uint32_t *row = ends + i * ((size_t)fields + 1);
        for (uint32_t f = 0; f < fields; f++) {
            const char *text = chunk->text + (size_t)(uint32_t)(row[f] + 1u);
            size_t length = row[f + 1] - (uint32_t)(row[f] + 1u);
            if (!jk_unicode_is_utf8(text, length)) {
                bool used = chunk->plan->use != NULL && chunk->plan->use[f] == JK_FIELD_BY_RULE;
                jk_odd_add(&chunk->odd, used ? JK_ODD_INVALID_USED : JK_ODD_INVALID_TEXT, (int32_t)f, text, length,
                           chunk->line[first + i], 1);
            }
        }
    }
}

/* What becomes of an accented letter where UTF-8 is read as Latin-1 or CP1252, and written as UTF-8 again. */
static void count_garbled(jk_import_chunk *chunk) {
    const char *end = chunk->text + chunk->length;
    const char *at = chunk->text;
    while ((at = memmem(at, (size_t)(end - at), "\xc3\x83", 2)) != NULL && end - at > 3) {
        unsigned char next = (unsigned char)at[2];
        if (next == 0xc2 || next == 0xe2 || next == 0xc5 || next == 0xc6) {
            const char *from = at;
            while (from > chunk->text && at - from < 12 && (unsigned char)from[-1] > ' ' &&
                   from[-1] != chunk->plan->dialect.separator) {
                from--;
            }
            const char *to = at;
            while (to < end && to - at < 16 && (unsigned char)*to > ' ' && *to != chunk->plan->dialect.separator) {
                to++;
            }
            jk_odd_add(&chunk->odd, JK_ODD_GARBLED, -1, from, (size_t)(to - from), 0, 1);
        }
        at += 2;
    }
}

jk_status jk_import_look_at_rows(jk_import_chunk *chunk, const uint32_t *ends, size_t first, size_t rows, size_t reject,
                                 jk_error *error) {
    if (chunk->invalid_text) {
        count_invalid(chunk, ends, first, rows);
    }
    return chunk->reject_count > reject ? sort_out(chunk, ends, first, reject, error) : JK_OK;
}

jk_status jk_import_filter_rows(jk_import_chunk *chunk, const jk_parse_scratch *scratch, size_t first, size_t rows,
                                jk_error *error) {
    const jk_import_plan *plan = chunk->plan;
    for (size_t i = 0; i < rows; i++) {
        jk_mapped_row row = jk_import_mapped_row(plan, chunk->text, scratch->ends + i * ((size_t)plan->fields + 1));
        row.joined = plan->join != NULL ? scratch->joined + i * plan->mapping->source_count : NULL;
        if (!jk_where_takes(plan->mapping->where, plan->mapping->where_count, &row)) {
            JK_TRY(jk_chunk_leave_out(chunk, first + i, chunk->line[first + i], JK_LEFT_OUT_FILTERED, "", 0, error));
        }
    }
    return JK_OK;
}

/* ---- columns ----------------------------------------------------------------------------------------------- */

/* Dates on or before the first, on or after the last, and that in between are looked at one by one. */
static bool has_odd_date(const int32_t *dates, size_t rows, int32_t low, int32_t high) {
    int odd = 0;
    for (size_t row = 0; row < rows; row++) {
        int32_t date = dates[row];
        odd |= (date <= low || date >= high || date == 0) & (date != JK_MISSING_INTEGER);
    }
    return odd != 0;
}

static bool is_sentinel(const jk_import_plan *plan, int32_t date) {
    for (size_t i = 0; i < plan->sentinel_count; i++) {
        if (plan->sentinels[i] == date) {
            return true;
        }
    }
    return false;
}

static jk_status drop_sentinels(jk_import_chunk *chunk, jk_column column, jk_error *error) {
    const jk_import_plan *plan = chunk->plan;
    int32_t *dates = chunk->column[column];
    if (dates == NULL || plan->sentinel_count == 0 ||
        !has_odd_date(dates, chunk->rows, plan->sentinel_low, plan->sentinel_high)) {
        return JK_OK;
    }
    for (size_t row = 0; row < chunk->rows; row++) {
        if (!is_sentinel(plan, dates[row]) || chunk->bad[row]) {
            continue;
        }
        char text[JK_DATE_TEXT];
        const char *date = jk_date_format(dates[row], text);
        if (jk_import_requires(plan, column)) {
            JK_TRY(jk_chunk_reject_copy(chunk, row, (int)column, JK_REJECT_MISSING, date, error));
        }
        jk_odd_add(&chunk->odd, JK_ODD_SENTINEL, (int32_t)column, date, strlen(date), chunk->line[row], 1);
        dates[row] = JK_MISSING_INTEGER;
    }
    return JK_OK;
}

/* Whether all amounts of a column have three decimals: the careful reader has counted those that have. */
static void look_at_decimals(jk_import_chunk *chunk, jk_column column) {
    const int64_t *money = chunk->column[column];
    uint64_t three = chunk->odd.count > 0 ? jk_odd_count(&chunk->odd, JK_ODD_THREE_DECIMALS, (int32_t)column) : 0;
    uint64_t given = 0;
    for (size_t row = 0; money != NULL && row < chunk->rows && given <= three; row++) {
        given += money[row] != JK_MISSING_MONEY; /* where none has three, the first amount ends this */
    }
    if (given > three) {
        jk_odd_add(&chunk->odd, JK_ODD_OTHER_DECIMALS, (int32_t)column, "", 0, 0, given - three);
    }
}

static void look_at_rates(jk_import_chunk *chunk) {
    const double *rate = chunk->column[JK_COLUMN_INTEREST_RATE];
    uint64_t given = 0;
    uint64_t high = 0;
    for (size_t row = 0; rate != NULL && row < chunk->rows; row++) {
        given += (uint64_t)(rate[row] >= 0.0);
        high += (uint64_t)(rate[row] > 0.5);
    }
    if (high > 0) {
        jk_odd_add(&chunk->odd, JK_ODD_HIGH_RATE, -1, "", 0, 0, high);
    }
    if (given > 0) {
        jk_odd_add(&chunk->odd, JK_ODD_RATE, -1, "", 0, 0, given);
    }
}

static void look_at_incomes(jk_import_chunk *chunk) {
    const int64_t *income = chunk->column[JK_COLUMN_INCOME_MONTHLY];
    uint64_t given = 0;
    uint64_t zero = 0;
    for (size_t row = 0; income != NULL && row < chunk->rows; row++) {
        given += income[row] != JK_MISSING_MONEY;
        zero += income[row] == 0;
    }
    if (zero > 0) {
        jk_odd_add(&chunk->odd, JK_ODD_ZERO_INCOME, -1, "", 0, 0, zero);
    }
    if (given > 0) {
        jk_odd_add(&chunk->odd, JK_ODD_INCOME, -1, "", 0, 0, given);
    }
}

jk_status jk_import_look_at_columns(jk_import_chunk *chunk, jk_error *error) {
    if ((chunk->flags & JK_CSV_HIGH) != 0) {
        count_garbled(chunk);
    }
    if (chunk->plan->kind > JK_KIND_PANEL) {
        return JK_OK; /* lists beside tapes have payments and actions only */
    }
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!chunk->plan->feed[c].given) {
            continue;
        }
        switch (jk_schema_column((jk_column)c)->type) {
        case JK_TYPE_DATE:
            JK_TRY(drop_sentinels(chunk, (jk_column)c, error));
            break;
        case JK_TYPE_MONEY:
            look_at_decimals(chunk, (jk_column)c);
            break;
        default:
            break;
        }
    }
    look_at_rates(chunk);
    look_at_incomes(chunk);
    return JK_OK;
}

void jk_import_note_quotes(jk_odd_list *odd, const jk_csv_cursor *cursor) {
    if (cursor->lone_quotes.count > 0) {
        jk_odd_add(odd, JK_ODD_LONE_QUOTE, -1, "", 0, cursor->lone_quotes.line, cursor->lone_quotes.count);
    }
    if (cursor->long_cells.count > 0) {
        jk_odd_add(odd, JK_ODD_LONG_CELL, -1, "", 0, cursor->long_cells.line, cursor->long_cells.count);
    }
}
