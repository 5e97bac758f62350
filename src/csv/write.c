/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/write.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/number/calendar.h"

enum { NUMBER_BOUND = 32 /* the longest number or date */, HEADER_BOUND = 1024 };

static const char digit_pairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

size_t jk_csv_row_bound(jk_kind kind, const jk_block *block, const jk_csv_dictionaries *dictionaries) {
    size_t bound = HEADER_BOUND;
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        if (!jk_schema_in_csv(kind, (jk_column)column)) {
            continue;
        }
        switch (jk_schema_column((jk_column)column)->type) {
        case JK_TYPE_TEXT:
            bound += 2 * block->text_width[column == JK_COLUMN_DEBTOR_ID] + 3;
            break;
        case JK_TYPE_DICTIONARY:
            bound += 2 * dictionaries->longest[column] + 3;
            break;
        default:
            bound += NUMBER_BOUND;
        }
    }
    return bound;
}

char *jk_csv_put_header(jk_kind kind, char *out) {
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        if (!jk_schema_in_csv(kind, (jk_column)column)) {
            continue;
        }
        const char *name = jk_schema_column((jk_column)column)->name;
        size_t length = strlen(name);
        memcpy(out, name, length);
        out += length;
        *out++ = ',';
    }
    out[-1] = '\n';
    return out;
}

static char *put_unsigned(char *out, uint64_t value) {
    char digits[20];
    char *start = digits + sizeof digits;
    while (value >= 100) {
        start -= 2;
        memcpy(start, digit_pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        start -= 2;
        memcpy(start, digit_pairs + value * 2, 2);
    } else {
        *--start = (char)('0' + value);
    }
    size_t length = (size_t)(digits + sizeof digits - start);
    memcpy(out, start, length);
    return out + length;
}

static char *put_integer(char *out, int64_t value) {
    if (value < 0) {
        *out++ = '-';
        return put_unsigned(out, 0 - (uint64_t)value);
    }
    return put_unsigned(out, (uint64_t)value);
}

static char *put_money(char *out, int64_t cents) {
    uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;
    if (cents < 0) {
        *out++ = '-';
    }
    out = put_unsigned(out, size / 100);
    *out++ = '.';
    memcpy(out, digit_pairs + size % 100 * 2, 2);
    return out + 2;
}

/* Four decimals where they give the number back exactly, as rates do; else 17 digits, which always do. */
static char *put_real(char *out, double value) {
    double scaled = nearbyint(value * 10000.0);
    if (fabs(scaled) < 1e15 && scaled / 10000.0 == value) {
        uint64_t size = (uint64_t)fabs(scaled);
        if (value < 0.0) {
            *out++ = '-';
        }
        out = put_unsigned(out, size / 10000);
        *out++ = '.';
        memcpy(out, digit_pairs + size % 10000 / 100 * 2, 2);
        memcpy(out + 2, digit_pairs + size % 100 * 2, 2);
        return out + 4;
    }
    return out + snprintf(out, NUMBER_BOUND, "%.17g", value);
}

static char *put_text(char *out, const char *text, size_t length) {
    bool plain = true;
    for (size_t i = 0; i < length; i++) {
        plain = plain && text[i] != ',' && text[i] != '"' && text[i] != '\n' && text[i] != '\r';
    }
    if (plain) {
        memcpy(out, text, length);
        return out + length;
    }
    *out++ = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') {
            *out++ = '"';
        }
        *out++ = text[i];
    }
    *out++ = '"';
    return out;
}

static char *put_date(char *out, int32_t date) {
    char text[JK_DATE_TEXT];
    memcpy(out, jk_date_format(date, text), 10);
    return out + 10;
}

/* What a column needs to be written, looked up once for all rows. */
typedef struct csv_column {
    jk_type type;
    const void *data; /* NULL: empty in every row */
    size_t width;
    const char *const *names; /* of levels or of the dictionary */
} csv_column;

static char *put_cell(char *out, const csv_column *column, size_t row) {
    if (column->data == NULL) {
        return out;
    }
    switch (column->type) {
    case JK_TYPE_TEXT: {
        const char *text = (const char *)column->data + row * column->width;
        return put_text(out, text, strnlen(text, column->width));
    }
    case JK_TYPE_ENUM: {
        int8_t code = ((const int8_t *)column->data)[row];
        return code == JK_MISSING_ENUM ? out : stpcpy(out, column->names[code]);
    }
    case JK_TYPE_DICTIONARY: {
        int32_t index = ((const int32_t *)column->data)[row];
        return index == JK_MISSING_INDEX ? out : put_text(out, column->names[index], strlen(column->names[index]));
    }
    case JK_TYPE_DATE: {
        int32_t date = ((const int32_t *)column->data)[row];
        return date == JK_MISSING_INTEGER ? out : put_date(out, date);
    }
    case JK_TYPE_MONEY: {
        int64_t cents = ((const int64_t *)column->data)[row];
        return cents == JK_MISSING_MONEY ? out : put_money(out, cents);
    }
    case JK_TYPE_REAL: {
        double value = ((const double *)column->data)[row];
        return isnan(value) ? out : put_real(out, value);
    }
    case JK_TYPE_INTEGER: {
        int32_t value = ((const int32_t *)column->data)[row];
        return value == JK_MISSING_INTEGER ? out : put_integer(out, value);
    }
    }
    return out;
}

char *jk_csv_put_rows(jk_kind kind, char *out, const jk_block *block, const jk_csv_dictionaries *dictionaries) {
    csv_column columns[JK_COLUMN_COUNT];
    int column_count = 0;
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        if (!jk_schema_in_csv(kind, (jk_column)i)) {
            continue;
        }
        size_t count = 0;
        jk_type type = jk_schema_column((jk_column)i)->type;
        columns[column_count++] = (csv_column){
            .type = type,
            .data = block->column[i],
            .width = type == JK_TYPE_TEXT ? block->text_width[i == JK_COLUMN_DEBTOR_ID] : 0,
            .names = type == JK_TYPE_DICTIONARY ? dictionaries->text[i] : jk_schema_levels((jk_column)i, &count),
        };
    }
    for (size_t row = 0; row < block->rows; row++) {
        for (int i = 0; i < column_count; i++) {
            out = put_cell(out, &columns[i], row);
            *out++ = ',';
        }
        out[-1] = '\n';
    }
    return out;
}
