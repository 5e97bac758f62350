/* SPDX-License-Identifier: Apache-2.0 */
#include "import/rows/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "import/rows/codes.h"
#include "import/rows/identifier.h"

/* A cell on its way into a column. */
typedef struct cell_target {
    jk_import_chunk *chunk;
    jk_column column;
    size_t row;
    const char *text;
    size_t length;
    bool made;            /* the text will be overwritten: what is kept of it is copied */
    const jk_ruled *cell; /* what a rule made; NULL: text of the file */
    jk_error *error;
} cell_target;

/* A cell that decides nothing against the claim is dropped and counted; otherwise the row is rejected. */
static bool drops(const cell_target *to, jk_reject_reason reason) {
    const bool neutral = jk_schema_column(to->column)->neutral &&
                         (to->chunk->plan->kind == JK_KIND_TAPE || jk_schema_is_extra(to->column));
    if (!neutral || reason == JK_REJECT_MISSING) {
        return false;
    }
    jk_odd_add(&to->chunk->odd, JK_ODD_DROPPED, (int32_t)to->column, to->text, to->length, to->chunk->line[to->row], 1);
    return true;
}

/* Numbers with a decimal comma where a point is expected: all of them are read wrongly, and one word mends it. */
static bool has_decimal_comma(const char *text, size_t length) {
    const char *comma = memchr(text, ',', length);
    size_t behind = comma != NULL ? length - (size_t)(comma - text) - 1 : 0;
    for (size_t i = 0; i < length; i++) {
        if ((text[i] < '0' || text[i] > '9') && text + i != comma && !(i == 0 && text[i] == '-')) {
            return false;
        }
    }
    return behind == 1 || behind == 2;
}

/* What a rule made has no text; for messages it gets one. */
static void show_made(cell_target *to, char text[48]) {
    if (to->length > 0 || to->cell == NULL || (to->cell->kind != JK_RULED_DECIMAL && to->cell->kind != JK_RULED_DATE)) {
        return;
    }
    char date[JK_DATE_TEXT];
    int length = to->cell->kind == JK_RULED_DECIMAL ? snprintf(text, 48, "%.15g", (double)to->cell->decimal / 1e18)
                                                    : snprintf(text, 48, "%s", jk_date_format(to->cell->date, date));
    to->text = text;
    to->length = (size_t)length;
    to->made = true;
}

static jk_status reject(const cell_target *given, jk_reject_reason reason) {
    char text[48];
    cell_target shown = *given;
    const cell_target *to = &shown;
    show_made(&shown, text);
    const char *format = reason == JK_REJECT_BAD_DATE ? jk_csv_date_guess(to->text, to->length) : NULL;
    if (format != NULL) {
        jk_odd_add(&to->chunk->odd, JK_ODD_DATE_FORM, (int32_t)to->column, format, strlen(format),
                   to->chunk->line[to->row], 1);
    }
    if (reason == JK_REJECT_BAD_NUMBER && has_decimal_comma(to->text, to->length)) {
        jk_odd_add(&to->chunk->odd, JK_ODD_DECIMAL_COMMA, (int32_t)to->column, to->text, to->length,
                   to->chunk->line[to->row], 1);
    }
    if (drops(to, reason)) {
        return JK_OK;
    }
    if (to->made) {
        jk_import_chunk *chunk = to->chunk;
        chunk->kept = chunk->kept != NULL ? chunk->kept : jk_arena_create();
        const char *copy = chunk->kept != NULL ? jk_arena_text(chunk->kept, to->text, to->length) : NULL;
        return copy == NULL ? jk_fail_memory(to->error, "rejects")
                            : jk_chunk_reject(chunk, to->row, chunk->line[to->row], (int)to->column, reason, copy,
                                              to->length, to->error);
    }
    return jk_chunk_reject(to->chunk, to->row, to->chunk->line[to->row], (int)to->column, reason, to->text, to->length,
                           to->error);
}

void jk_import_integer_limits(jk_column column, int32_t *low, int32_t *high) {
    double least = 0.0, most = 0.0;
    jk_schema_range(column, &least, &most);
    *low = (int32_t)least;
    *high = (int32_t)most;
}

/* ---- stores by type --------------------------------------------------------------------------------------- */

static jk_status store_missing(const cell_target *to) {
    jk_import_chunk *chunk = to->chunk;
    void *column = chunk->column[to->column];
    switch (jk_schema_column(to->column)->type) {
    case JK_TYPE_TEXT: {
        size_t width = chunk->text_width[to->column == JK_COLUMN_DEBTOR_ID];
        memset((char *)column + to->row * width, 0, width);
        break;
    }
    case JK_TYPE_ENUM:
        ((int8_t *)column)[to->row] = JK_MISSING_ENUM;
        break;
    case JK_TYPE_MONEY:
        ((int64_t *)column)[to->row] = JK_MISSING_MONEY;
        break;
    case JK_TYPE_REAL:
        ((double *)column)[to->row] = NAN;
        break;
    case JK_TYPE_DICTIONARY:
        ((int32_t *)column)[to->row] = JK_MISSING_INDEX;
        break;
    default:
        ((int32_t *)column)[to->row] = JK_MISSING_INTEGER;
        break;
    }
    return JK_OK;
}

/* A rejected cell is stored as missing, so that what follows never sees a value that broke a rule. */
static jk_status reject_cell(const cell_target *to, jk_reject_reason reason) {
    (void)store_missing(to);
    return reject(to, reason);
}

/* Rows stored so far get more bytes each, last row first. */
static void widen_text(jk_import_chunk *chunk, jk_column column, size_t width, size_t rows) {
    size_t which = column == JK_COLUMN_DEBTOR_ID;
    size_t before = chunk->text_width[which];
    char *text = chunk->column[column];
    for (size_t row = rows; row-- > 0;) {
        memmove(text + row * width, text + row * before, before);
        memset(text + row * width + before, 0, width - before);
    }
    chunk->text_width[which] = width;
}

static jk_status store_identifier(const cell_target *to) {
    jk_import_chunk *chunk = to->chunk;
    if (to->length == 0) {
        return jk_import_requires(chunk->plan, to->column) ? reject_cell(to, JK_REJECT_MISSING) : store_missing(to);
    }
    if (to->length > JK_TEXT_MAX) {
        return reject_cell(to, JK_REJECT_TEXT_TOO_LONG);
    }
    if (!jk_unicode_is_utf8(to->text, to->length)) {
        return reject_cell(to, JK_REJECT_INVALID_TEXT);
    }
    size_t which = to->column == JK_COLUMN_DEBTOR_ID;
    if (to->length > chunk->text_width[which]) {
        widen_text(chunk, to->column, (to->length + 7) / 8 * 8, to->row);
    }
    size_t width = chunk->text_width[which];
    char *out = (char *)chunk->column[to->column] + to->row * width;
    memcpy(out, to->text, to->length);
    memset(out + to->length, 0, width - to->length);
    return JK_OK;
}

/* An identifier as it arrives; a debtor that is none becomes missing, so that claims of strangers share nothing. */
static jk_status store_given_identifier(cell_target to) {
    char composed[4 * JK_TEXT_MAX];
    jk_identifier_clean(&to.text, &to.length, composed, sizeof composed);
    const bool debtor = to.column == JK_COLUMN_DEBTOR_ID;
    const bool exponent = jk_identifier_is_exponent(to.text, to.length);
    if (exponent || (debtor && jk_identifier_is_placeholder(to.text, to.length))) {
        jk_odd_add(&to.chunk->odd, exponent ? JK_ODD_EXPONENT_ID : JK_ODD_PLACEHOLDER, (int32_t)to.column, to.text,
                   to.length, to.chunk->line[to.row], 1);
        to.length = debtor ? 0 : to.length;
    }
    jk_status status = store_identifier(&to);
    return status;
}

static bool is_code(const cell_target *to, size_t length) {
    bool good = to->length == length;
    for (size_t i = 0; good && i < length; i++) {
        good = to->text[i] >= 'A' && to->text[i] <= 'Z';
    }
    return good;
}

static jk_status store_word(const cell_target *to) {
    if (to->column == JK_COLUMN_COUNTRY || to->column == JK_COLUMN_CURRENCY) {
        const bool country = to->column == JK_COLUMN_COUNTRY;
        const char *code = is_code(to, country ? 2 : 3) ? NULL : jk_code_of(country, to->text, to->length);
        if (code == NULL && !is_code(to, country ? 2 : 3)) {
            return reject_cell(to, JK_REJECT_BAD_CODE);
        }
        if (code != NULL) {
            jk_chunk_dictionary *codes = &to->chunk->dictionary[jk_chunk_dictionary_of(to->column)];
            return jk_chunk_word_code(codes, code, strlen(code), &((int32_t *)to->chunk->column[to->column])[to->row],
                                      to->error);
        }
    }
    if (to->length > JK_TEXT_MAX) {
        return reject_cell(to, JK_REJECT_TEXT_TOO_LONG);
    }
    if (!jk_unicode_is_utf8(to->text, to->length)) {
        return reject_cell(to, JK_REJECT_INVALID_TEXT);
    }
    jk_chunk_dictionary *dictionary = &to->chunk->dictionary[jk_chunk_dictionary_of(to->column)];
    int32_t code = 0;
    JK_TRY(jk_chunk_word_code(dictionary, to->text, to->length, &code, to->error));
    ((int32_t *)to->chunk->column[to->column])[to->row] = code;
    return JK_OK;
}

static jk_status store_level(const cell_target *to) {
    int level = jk_schema_level(to->column, to->text, to->length);
    if (level < 0) {
        return reject_cell(to, JK_REJECT_UNKNOWN_LEVEL);
    }
    ((int8_t *)to->chunk->column[to->column])[to->row] = (int8_t)level;
    return JK_OK;
}

static jk_status store_money(const cell_target *to, jk_csv_read read, int64_t money) {
    if (read != JK_CSV_OK) {
        return reject_cell(to, read == JK_CSV_RANGE ? JK_REJECT_OUT_OF_RANGE : JK_REJECT_BAD_NUMBER);
    }
    bool reversal = to->column == JK_COLUMN_CASH && to->chunk->plan->kind == JK_KIND_PAYMENTS;
    if (money < 0 && !reversal && jk_schema_column(to->column)->quantity != JK_QUANTITY_BALANCE) {
        return reject_cell(to, JK_REJECT_NEGATIVE);
    }
    ((int64_t *)to->chunk->column[to->column])[to->row] = money;
    return JK_OK;
}

static jk_status store_integer(const cell_target *to, jk_csv_read read, int32_t value) {
    int32_t low = 0;
    int32_t high = 0;
    jk_import_integer_limits(to->column, &low, &high);
    if (read == JK_CSV_BAD) {
        return reject_cell(to, JK_REJECT_BAD_NUMBER);
    }
    if (read == JK_CSV_OK && value < 0) {
        return reject_cell(to, JK_REJECT_NEGATIVE);
    }
    if (read == JK_CSV_RANGE || value < low || value > high) {
        return reject_cell(to, JK_REJECT_OUT_OF_RANGE);
    }
    ((int32_t *)to->chunk->column[to->column])[to->row] = value;
    return JK_OK;
}

static jk_status store_real(const cell_target *to, jk_csv_read read, double value) {
    if (read != JK_CSV_OK) {
        return reject_cell(to, JK_REJECT_BAD_NUMBER);
    }
    double low = 0.0, high = 0.0;
    jk_schema_range(to->column, &low, &high);
    if (value < low || value > high) {
        return reject_cell(to, value < low && low == 0.0 ? JK_REJECT_NEGATIVE : JK_REJECT_OUT_OF_RANGE);
    }
    ((double *)to->chunk->column[to->column])[to->row] = value;
    return JK_OK;
}

static bool is_sentinel(const jk_import_plan *plan, int32_t date) {
    bool odd = date <= plan->sentinel_low || date >= plan->sentinel_high || date == 0;
    for (size_t i = 0; odd && i < plan->sentinel_count; i++) {
        if (plan->sentinels[i] == date) {
            return true;
        }
    }
    return false;
}

static jk_status store_date(const cell_target *to, jk_csv_read read, int32_t date) {
    if (read == JK_CSV_OK && is_sentinel(to->chunk->plan, date)) {
        jk_odd_add(&to->chunk->odd, JK_ODD_SENTINEL, (int32_t)to->column, to->text, to->length,
                   to->chunk->line[to->row], 1);
        return jk_import_requires(to->chunk->plan, to->column) ? reject_cell(to, JK_REJECT_MISSING) : store_missing(to);
    }
    if (read != JK_CSV_OK || date < jk_date_from_civil(JK_CSV_FIRST_YEAR, 1, 1)) {
        return reject_cell(to, JK_REJECT_BAD_DATE);
    }
    ((int32_t *)to->chunk->column[to->column])[to->row] = date;
    return JK_OK;
}

/* Amounts with three decimals, all of a column, are most likely thousands. */
static void count_decimals(const cell_target *to, const jk_csv_format *format) {
    const char *end = to->text + to->length;
    bool three = to->length >= 4 && end[-4] == format->decimal;
    for (int i = 1; three && i <= 3; i++) {
        three = end[-i] >= '0' && end[-i] <= '9';
    }
    if (three && format->scale == 0) {
        jk_odd_add(&to->chunk->odd, JK_ODD_THREE_DECIMALS, (int32_t)to->column, "", 0, to->chunk->line[to->row], 1);
    }
}

static jk_status store_text(cell_target to, const jk_csv_format *format) {
    jk_import_chunk *chunk = to.chunk;
    const jk_column column = to.column;
    const size_t row = to.row;
    jk_csv_trim(&to.text, &to.length);
    if (to.length == 0) {
        return jk_import_requires(chunk->plan, column) ? reject_cell(&to, JK_REJECT_MISSING) : store_missing(&to);
    }
    int64_t money = 0;
    int32_t integer = 0;
    double real = 0.0;
    bool partial = false;
    jk_csv_read read = JK_CSV_OK;
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        return store_given_identifier(to);
    case JK_TYPE_DICTIONARY:
        return store_word(&to);
    case JK_TYPE_ENUM:
        return store_level(&to);
    case JK_TYPE_MONEY:
        read = jk_csv_to_money(to.text, to.length, format, &money);
        count_decimals(&to, format);
        return store_money(&to, read, money);
    case JK_TYPE_DATE:
        read = jk_csv_to_date_part(to.text, to.length, format, &integer, &partial);
        if (partial) {
            jk_odd_add(&chunk->odd, JK_ODD_PARTIAL_DATE, (int32_t)column, to.text, to.length, chunk->line[row], 1);
        }
        return store_date(&to, read, integer);
    case JK_TYPE_REAL:
        read = jk_csv_to_real(to.text, to.length, format, &real);
        return store_real(&to, read, real);
    default:
        read = jk_csv_to_integer(to.text, to.length, format, &integer);
        return store_integer(&to, read, integer);
    }
}

jk_status jk_import_store_text(jk_import_chunk *chunk, jk_column column, size_t row, const char *text, size_t length,
                               const jk_csv_format *format, jk_error *error) {
    return store_text(
        (cell_target){.chunk = chunk, .column = column, .row = row, .text = text, .length = length, .error = error},
        format);
}

static jk_status store_decimal(const cell_target *to, const jk_ruled *cell) {
    int64_t money = 0;
    const jk_csv_decimal unit = JK_CSV_DECIMAL_UNIT;
    switch (jk_schema_column(to->column)->type) {
    case JK_TYPE_MONEY: {
        jk_csv_read read = jk_csv_decimal_to_money(cell->decimal, cell->format->scale, &money);
        return store_money(to, read, money);
    }
    case JK_TYPE_INTEGER: {
        jk_csv_decimal whole = cell->decimal / unit;
        bool fits = whole > INT32_MIN && whole <= INT32_MAX;
        jk_csv_read read = cell->decimal % unit != 0 ? JK_CSV_BAD : fits ? JK_CSV_OK : JK_CSV_RANGE;
        return store_integer(to, read, fits ? (int32_t)whole : 0);
    }
    default: /* REAL: the mapping reader allows sums in no other column */
        return store_real(to, JK_CSV_OK, (double)cell->decimal / 1e18 * pow(10.0, cell->format->scale));
    }
}

jk_status jk_import_store_cell(jk_import_chunk *chunk, jk_column column, size_t row, const jk_ruled *cell,
                               jk_error *error) {
    cell_target to = {.chunk = chunk,
                      .column = column,
                      .row = row,
                      .text = cell->text != NULL ? cell->text : "",
                      .length = cell->text != NULL ? cell->length : 0,
                      .made = cell->made,
                      .cell = cell,
                      .error = error};
    switch (cell->kind) {
    case JK_RULED_TEXT:
        return store_text(to, cell->format);
    case JK_RULED_DECIMAL:
        return store_decimal(&to, cell);
    case JK_RULED_DATE:
        return store_date(&to, JK_CSV_OK, cell->date);
    case JK_RULED_BAD:
        return reject_cell(&to, cell->wants_date ? JK_REJECT_BAD_DATE
                                : cell->range    ? JK_REJECT_OUT_OF_RANGE
                                                 : JK_REJECT_BAD_NUMBER);
    default:
        return jk_import_requires(chunk->plan, column) ? reject_cell(&to, JK_REJECT_MISSING) : store_missing(&to);
    }
}

/* ---- rules of whole rows ---------------------------------------------------------------------------------- */

jk_mapped_row jk_import_mapped_row(const jk_import_plan *plan, const char *text, const uint32_t *ends) {
    return (jk_mapped_row){.mapping = plan->mapping, .entry = plan->entry, .text = text, .ends = ends};
}

jk_status jk_import_check_cutoff(jk_import_chunk *chunk, const uint32_t *ends, size_t first, size_t rows,
                                 int32_t cutoff, jk_error *error) {
    const jk_import_plan *plan = chunk->plan;
    for (size_t i = 0; i < rows; i++) {
        jk_mapped_row row = jk_import_mapped_row(plan, chunk->text, ends + i * ((size_t)plan->fields + 1));
        jk_ruled cell = jk_rule_evaluate(&plan->mapping->cutoff, &row);
        int32_t date = JK_MISSING_INTEGER;
        bool same = cell.kind == JK_RULED_MISSING ||
                    (cell.kind == JK_RULED_TEXT &&
                     jk_csv_to_date(cell.text, cell.length, cell.format, &date) == JK_CSV_OK && date == cutoff);
        if (!same) {
            JK_TRY(jk_chunk_reject(chunk, first + i, chunk->line[first + i], -1, JK_REJECT_OTHER_CUTOFF, cell.text,
                                   cell.length, error));
        }
    }
    return JK_OK;
}

static jk_status check_balances(jk_import_chunk *chunk, jk_error *error) {
    const int64_t *principal = chunk->column[JK_COLUMN_PRINCIPAL];
    const int64_t *interest = chunk->column[JK_COLUMN_INTEREST_ACCRUED];
    const int64_t *fees = chunk->column[JK_COLUMN_FEES];
    for (size_t row = 0; row < chunk->rows; row++) {
        int64_t balance = jk_chunk_money(principal, row) + jk_chunk_money(interest, row) + jk_chunk_money(fees, row);
        chunk->balance[row] = balance;
        if ((balance <= 0 || balance > JK_MONEY_MAX) && !chunk->bad[row]) {
            JK_TRY(jk_chunk_reject_money(chunk, row, -1, JK_REJECT_NOT_POSITIVE, balance, error));
        }
    }
    return JK_OK;
}

static jk_status check_dates(jk_import_chunk *chunk, int32_t cutoff, jk_error *error) {
    static const jk_column columns[] = {JK_COLUMN_DEFAULTED_ON, JK_COLUMN_WRITTEN_OFF_ON, JK_COLUMN_LAST_PAID_ON,
                                        JK_COLUMN_TITLE_ON};
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        const int32_t *dates = chunk->column[columns[c]];
        for (size_t row = 0; dates != NULL && row < chunk->rows; row++) {
            if (dates[row] > cutoff && !chunk->bad[row]) {
                char text[JK_DATE_TEXT];
                const char *date = jk_date_format(dates[row], text);
                JK_TRY(jk_chunk_reject_copy(chunk, row, (int)columns[c], JK_REJECT_FUTURE_DATE, date, error));
            }
        }
    }
    return JK_OK;
}

static jk_status check_birth_years(jk_import_chunk *chunk, int32_t cutoff, jk_error *error) {
    const int32_t *years = chunk->column[JK_COLUMN_BIRTH_YEAR];
    const int32_t last = jk_civil_from_date(cutoff).year;
    for (size_t row = 0; years != NULL && row < chunk->rows; row++) {
        if (years[row] > last && !chunk->bad[row]) {
            char text[16];
            (void)snprintf(text, sizeof text, "%d", (int)years[row]);
            JK_TRY(jk_chunk_reject_copy(chunk, row, JK_COLUMN_BIRTH_YEAR, JK_REJECT_BIRTH_AFTER_CUTOFF, text, error));
        }
    }
    return JK_OK;
}

jk_status jk_import_check_rows(jk_import_chunk *chunk, int32_t cutoff, jk_error *error) {
    JK_TRY(check_balances(chunk, error));
    if (cutoff == JK_MISSING_INTEGER) {
        return JK_OK;
    }
    JK_TRY(check_dates(chunk, cutoff, error));
    return check_birth_years(chunk, cutoff, error);
}
