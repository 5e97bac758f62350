/* SPDX-License-Identifier: Apache-2.0 */
/* A sheet as text: the XML is read as a stream, row by row, and never held whole. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "csv/csv.h"
#include "csv/sheets/workbook.h"
#include "csv/sources/container.h"

enum { ROWS_MAX = 1 << 20, PAUSE_AT = 1 << 18, TRUSTED_WIDTH = 256, MEASURED_ROWS = 4096 };

typedef enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_DATE } cell_type;

/* Bytes that grow up to a bound; what is beyond it is left out. */
typedef struct byte_buffer {
    char *bytes;
    size_t length, capacity;
} byte_buffer;

typedef struct sheet {
    jk_workbook workbook;
    jk_xml_stream xml;
    char decimal;
    bool
        measuring; /* the first of two readings, for the width alone: of the first rows, where the sheet does not say */
    size_t width, measured;
    /* Where the reading stands. */
    size_t rows;       /* lines given so far */
    size_t row_start;  /* of the row in `out`; 0 where its beginning has been handed on */
    bool blank;        /* no cell of the row has a value */
    size_t separators; /* put in the row */
    size_t column;
    cell_type type;
    size_t style;
    bool in_value, in_phonetic;
    byte_buffer value, out;
    size_t out_at; /* what has been handed on */
} sheet;

static bool put(byte_buffer *buffer, const char *bytes, size_t length) {
    if (buffer->length + length > buffer->capacity) {
        size_t capacity = (buffer->length + length) * 2 + 256;
        char *larger = realloc(buffer->bytes, capacity);
        if (larger == NULL) {
            return false;
        }
        buffer->bytes = larger;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

/* ---- cells ---------------------------------------------------------------------------------------------------------
 */

/* Column of a reference such as AB12, from 0; SIZE_MAX if it is none. */
static size_t column_of(const char *reference) {
    size_t column = 0;
    const char *c = reference;
    for (; *c >= 'A' && *c <= 'Z' && column < 100000; c++) {
        column = column * 26 + (size_t)(*c - 'A') + 1;
    }
    return c == reference ? SIZE_MAX : column - 1;
}

/* A cell's text as a field: line breaks become spaces, so that a line of text is a row of the sheet. */
static bool put_text(sheet *self, const char *text, size_t length) {
    byte_buffer *out = &self->out;
    const bool quoted = memchr(text, ',', length) != NULL || memchr(text, '"', length) != NULL;
    bool good = !quoted || put(out, "\"", 1);
    for (size_t i = 0; good && i < length; i++) {
        char c = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
        good = (c != '"' || put(out, "\"", 1)) && put(out, &c, 1);
    }
    return good && (!quoted || put(out, "\"", 1));
}

/* A number as the workbook writes it, with the decimal mark that is read. */
static bool put_decimal(sheet *self, const char *text) {
    char with_mark[64];
    size_t length = strlen(text);
    if (self->decimal == '.' || length >= sizeof with_mark) {
        return put_text(self, text, length);
    }
    for (size_t i = 0; i < length; i++) {
        with_mark[i] = text[i] == '.' ? self->decimal : text[i];
    }
    return put_text(self, with_mark, length);
}

/* Days of the workbook as a date: day 1 is 1900-01-01, and day 60 a 29 February 1900 that never was (ECMA-376 part
 * 1, 18.17.4.1). */
static bool put_date(sheet *self, double days) {
    static const double longest = 2958465; /* 9999-12-31 */
    double whole = floor(days + 1e-9);
    char text[JK_DATE_TEXT];
    int32_t base =
        self->workbook.from_1904 ? jk_date_from_civil(1904, 1, 1) : jk_date_from_civil(1899, 12, whole < 60 ? 31 : 30);
    if (whole > longest) {
        return put_text(self, "#date", 5);
    }
    (void)jk_date_format(base + (int32_t)whole, text);
    return put_text(self, text, strlen(text));
}

/* A number without an exponent where its digits allow it: 15 of them, as Excel keeps. */
static bool put_number(sheet *self, const char *text, double value) {
    char plain[64];
    double size = fabs(value);
    if (strpbrk(text, "eE") == NULL && strlen(text) <= 16) {
        return put_decimal(self, text);
    }
    if (size >= 1e15 || !isfinite(value)) {
        return put_decimal(self, text); /* digits are lost: the exponent says so */
    }
    int before = size >= 1.0 ? (int)floor(log10(size)) + 1 : 0;
    int length = snprintf(plain, sizeof plain, "%.*f", 15 - before > 0 ? 15 - before : 0, value);
    if (memchr(plain, '.', (size_t)length) != NULL) {
        while (plain[length - 1] == '0') {
            length--;
        }
        length -= plain[length - 1] == '.';
        plain[length] = '\0';
    }
    return put_decimal(self, plain);
}

static bool put_value(sheet *self) {
    const jk_workbook *workbook = &self->workbook;
    byte_buffer *value = &self->value;
    if (!put(value, "", 1)) {
        return false;
    }
    size_t length = value->length - 1;
    char *end = NULL;
    switch (self->type) {
    case CELL_SHARED: {
        size_t index = (size_t)strtoul(value->bytes, &end, 10);
        if (index >= workbook->text_count) {
            return true;
        }
        const size_t size = workbook->start[index + 1] - workbook->start[index];
        return put_text(self, workbook->bytes + workbook->start[index], size < JK_CSV_ROW_MAX ? size : JK_CSV_ROW_MAX);
    }
    case CELL_NUMBER: {
        double number = strtod(value->bytes, &end);
        if (end != value->bytes + length) {
            return put_text(self, value->bytes, length);
        }
        bool date = self->style < workbook->style_count && workbook->is_date[self->style] && number >= 1.0;
        return date ? put_date(self, number) : put_number(self, value->bytes, number);
    }
    case CELL_DATE:
        return put_text(self, value->bytes, length < 10 ? length : 10); /* without the time of day */
    case CELL_BOOLEAN:
    case CELL_TEXT:
        break;
    }
    return put_text(self, value->bytes, length);
}

static bool put_separators(sheet *self, size_t count) {
    bool good = true;
    for (; good && self->separators < count; self->separators++) {
        good = put(&self->out, ",", 1);
    }
    return good;
}

/* ---- events --------------------------------------------------------------------------------------------------------
 */

static void begin_cell(sheet *self, const char **attributes) {
    static const struct {
        const char *name;
        cell_type type;
    } types[] = {{"s", CELL_SHARED},  {"str", CELL_TEXT}, {"inlineStr", CELL_TEXT},
                 {"b", CELL_BOOLEAN}, {"e", CELL_TEXT},   {"d", CELL_DATE}};
    const char *reference = jk_xml_attribute(attributes, "r");
    const char *type = jk_xml_attribute(attributes, "t");
    const char *style = jk_xml_attribute(attributes, "s");
    size_t column = reference != NULL ? column_of(reference) : SIZE_MAX;
    self->column = column != SIZE_MAX ? column : self->column + 1; /* the first of a row follows SIZE_MAX */
    self->type = CELL_NUMBER;
    for (size_t i = 0; type != NULL && i < sizeof types / sizeof *types; i++) {
        self->type = strcmp(type, types[i].name) == 0 ? types[i].type : self->type;
    }
    self->style = style != NULL ? (size_t)strtoul(style, NULL, 10) : 0;
    self->value.length = 0;
}

/* Empty lines stand for the rows between, so that line numbers are those of the sheet. */
static bool begin_row(sheet *self, const char **attributes) {
    const char *reference = jk_xml_attribute(attributes, "r");
    size_t row = reference != NULL ? (size_t)strtoul(reference, NULL, 10) : self->rows + 1;
    bool good = true;
    for (; good && !self->measuring && self->rows + 1 < row && self->rows < ROWS_MAX; self->rows++) {
        good = put(&self->out, "\n", 1);
    }
    self->row_start = self->out.length;
    self->blank = true;
    self->separators = 0;
    self->column = SIZE_MAX;
    return good;
}

static bool sheet_start(void *context, const char *name, const char **attributes) {
    sheet *self = context;
    if (strcmp(name, "c") == 0) {
        begin_cell(self, attributes);
    } else if (strcmp(name, "row") == 0) {
        return begin_row(self, attributes);
    } else if (strcmp(name, "rPh") == 0) {
        self->in_phonetic = true;
    } else if (strcmp(name, "dimension") == 0 && self->measuring) {
        const char *reference = jk_xml_attribute(attributes, "ref");
        const char *colon = reference != NULL ? strchr(reference, ':') : NULL;
        size_t last = colon != NULL ? column_of(colon + 1) : SIZE_MAX;
        if (last < TRUSTED_WIDTH) {
            self->width = last + 1;
            jk_xml_pause(&self->xml);
        }
    }
    self->in_value = (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) && !self->in_phonetic;
    return true;
}

static bool end_cell(sheet *self) {
    if (self->value.length == 0) {
        return true;
    }
    if (self->measuring) {
        self->width = self->column + 1 > self->width ? self->column + 1 : self->width;
        return true;
    }
    if (self->out.length - self->row_start > JK_CSV_ROW_MAX || self->column < self->separators) {
        return true; /* longer than any row that is read; or a cell that stands before the last one */
    }
    self->blank = false;
    return put_separators(self, self->column < JK_CSV_FIELDS_MAX ? self->column : JK_CSV_FIELDS_MAX) && put_value(self);
}

static bool end_row(sheet *self) {
    if (self->measuring && ++self->measured == MEASURED_ROWS) {
        jk_xml_pause(&self->xml); /* a row that is wider yet brings its own cells */
    }
    if (self->measuring || self->rows >= ROWS_MAX) {
        return true;
    }
    bool good =
        (self->blank || put_separators(self, self->width > 0 ? self->width - 1 : 0)) && put(&self->out, "\n", 1);
    self->rows++;
    if (self->out.length > PAUSE_AT) {
        jk_xml_pause(&self->xml);
    }
    return good;
}

static bool sheet_end(void *context, const char *name) {
    sheet *self = context;
    self->in_value = false;
    if (strcmp(name, "rPh") == 0) {
        self->in_phonetic = false;
    }
    return strcmp(name, "c") == 0 ? end_cell(self) : (strcmp(name, "row") == 0 ? end_row(self) : true);
}

static bool sheet_text(void *context, const char *text, size_t length) {
    sheet *self = context;
    return !self->in_value || self->value.length + length > JK_CSV_ROW_MAX || put(&self->value, text, length);
}

static const jk_xml_events sheet_events = {sheet_start, sheet_end, sheet_text};

/* ---- the origin ----------------------------------------------------------------------------------------------------
 */

static jk_status read_sheet(void *context, void *out, size_t capacity, size_t *got, jk_error *error) {
    sheet *self = context;
    while (self->out_at == self->out.length && (!self->xml.ended || self->xml.paused)) {
        self->out.length = self->out_at = self->row_start = 0;
        JK_TRY(jk_xml_step(&self->xml, error));
    }
    size_t rest = self->out.length - self->out_at;
    *got = rest < capacity ? rest : capacity;
    if (*got > 0) {
        memcpy(out, self->out.bytes + self->out_at, *got);
        self->out_at += *got;
    }
    return JK_OK;
}

static void close_sheet(void *context) {
    sheet *self = context;
    jk_xml_close(&self->xml);
    jk_workbook_close(&self->workbook);
    free(self->value.bytes);
    free(self->out.bytes);
    free(self);
}

static jk_status measure(sheet *self, const char *member, jk_error *error) {
    self->measuring = true;
    jk_status status =
        jk_xml_open(&self->xml, self->workbook.zip, self->workbook.path, member, &sheet_events, self, error);
    while (status == JK_OK && !self->xml.ended && !self->xml.paused) {
        status = jk_xml_step(&self->xml, error);
    }
    jk_xml_close(&self->xml);
    self->measuring = false;
    return status;
}

static jk_status open_cells(sheet *self, const char *path, const char *name, jk_error *error) {
    JK_TRY(jk_workbook_open(path, true, &self->workbook, error));
    for (size_t i = 0; i < self->workbook.sheet_count; i++) {
        const jk_sheet_name *found = &self->workbook.sheets[i];
        if (strcmp(found->name, name) == 0 && found->member != NULL) {
            JK_TRY(measure(self, found->member, error));
            return jk_xml_open(&self->xml, self->workbook.zip, self->workbook.path, found->member, &sheet_events, self,
                               error);
        }
    }
    return jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "the workbook has no sheet '%s'", name);
}

jk_status jk_sheet_open(const char *path, const char *name, char decimal, jk_byte_origin *origin, jk_error *error) {
    sheet *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a workbook"));
    self->decimal = decimal;
    jk_status status = open_cells(self, path, name, error);
    if (status != JK_OK) {
        close_sheet(self);
        return status;
    }
    *origin = (jk_byte_origin){.read = read_sheet, .close = close_sheet, .self = self};
    return JK_OK;
}
