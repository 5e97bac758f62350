/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/escape.h"
#include "base/words/language.h"

enum { LINE = 512 };

struct jk_table {
    char *alignment;
    size_t columns;
    char **cell; /* row by row; NULL in a row's first column: a rule across */
    size_t count, capacity;
    bool failed;
};

jk_table *jk_table_create(const char *alignment) {
    jk_table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        return NULL;
    }
    table->alignment = strdup(alignment);
    table->columns = strlen(alignment);
    if (table->alignment == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void jk_table_free(jk_table *table) {
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        free(table->cell[i]);
    }
    free(table->cell);
    free(table->alignment);
    free(table);
}

static void append(jk_table *table, char *cell) {
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 64 : 2 * table->capacity;
        char **grown = realloc(table->cell, capacity * sizeof *grown);
        if (grown == NULL) {
            table->failed = true;
            free(cell);
            return;
        }
        table->cell = grown;
        table->capacity = capacity;
    }
    table->cell[table->count++] = cell;
}

/* A cell is one line, whatever the text in it says. */
static char *escaped(jk_table *table, char *text) {
    if (!jk_escape_changes(text, strlen(text), false)) {
        return text;
    }
    char *shown = jk_escape_copy(text, false);
    if (shown == NULL) {
        table->failed = true;
        return text;
    }
    free(text);
    return shown;
}

void jk_table_cell(jk_table *table, const char *format, ...) {
    char *text = NULL;
    if (table == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        table->failed = true;
        text = NULL;
    } else {
        append(table, escaped(table, text));
    }
    va_end(arguments);
}

void jk_table_words(jk_table *table, const char *text) {
    jk_table_cell(table, "%s", jk_text(text));
}

void jk_table_say(jk_table *table, const char *format, ...) {
    char text[LINE];
    va_list arguments;
    va_start(arguments, format);
    jk_text_vformat(text, sizeof text, format, arguments);
    va_end(arguments);
    jk_table_cell(table, "%s", text);
}

const char *jk_amount(char text[JK_AMOUNT_TEXT], double value, int decimals) {
    char plain[JK_AMOUNT_TEXT];
    const char *apart = jk_text_thousands();
    const size_t width = strlen(apart);
    (void)snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    size_t digits = strcspn(plain, ".");
    bool zero = strspn(plain, "0.") == strlen(plain);
    char *out = text;
    if (value < 0.0 && !zero) {
        *out++ = '-';
    }
    for (size_t i = 0; plain[i] != '\0' && out < text + JK_AMOUNT_TEXT - 4; i++) {
        if (i > 0 && i < digits && (digits - i) % 3 == 0) {
            memcpy(out, apart, width);
            out += width;
        }
        *out++ = plain[i] == '.' ? *jk_text_decimal() : plain[i];
    }
    *out = '\0';
    return text;
}

void jk_table_amount(jk_table *table, double value, int decimals) {
    char text[JK_AMOUNT_TEXT];
    jk_table_cell(table, "%s", isfinite(value) ? jk_amount(text, value, decimals) : "");
}

void jk_table_percent(jk_table *table, double percent) {
    char text[JK_AMOUNT_TEXT];
    jk_table_cell(table, "%s%s", isfinite(percent) ? jk_amount(text, percent, 2) : "", isfinite(percent) ? " %" : "");
}

void jk_table_payback(jk_table *table, double months) {
    if (isfinite(months)) {
        jk_table_say(table, "%d months", (int)months);
    } else {
        jk_table_words(table, "never");
    }
}

void jk_table_rule(jk_table *table) {
    for (size_t i = 0; table != NULL && i < table->columns; i++) {
        append(table, NULL);
    }
}

/* Characters on the screen: bytes that do not continue a UTF-8 sequence. */
static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return width;
}

static void print_line(const jk_table *table, const size_t *width, size_t row, FILE *out, int indent) {
    char *const *cells = &table->cell[row * table->columns];
    (void)fprintf(out, "%*s", indent, "");
    for (size_t c = 0; c < table->columns; c++) {
        size_t gap = c > 0 ? 2 : 0;
        (void)fprintf(out, "%*s", (int)gap, "");
        if (cells[c] == NULL) {
            for (size_t i = 0; i < width[c]; i++) {
                (void)fputc('-', out);
            }
            continue;
        }
        int padding = (int)(width[c] - width_of(cells[c]));
        bool right = table->alignment[c] == 'r';
        bool last = c + 1 == table->columns; /* no spaces at the end of a line */
        (void)fprintf(out, "%*s%s%*s", right ? padding : 0, "", cells[c], right || last ? 0 : padding, "");
    }
    (void)fputc('\n', out);
}

int jk_table_print(const jk_table *table, FILE *out, int indent) {
    size_t *width = calloc(table->columns + 1, sizeof *width);
    if (width == NULL || table->failed) {
        free(width);
        return -1;
    }
    size_t rows = table->count / table->columns;
    for (size_t i = 0; i < rows * table->columns; i++) {
        size_t cell = table->cell[i] == NULL ? 0 : width_of(table->cell[i]);
        width[i % table->columns] = cell > width[i % table->columns] ? cell : width[i % table->columns];
    }
    for (size_t row = 0; row < rows; row++) {
        print_line(table, width, row, out, indent);
    }
    free(width);
    return 0;
}

void jk_cli_csv_text(const char *text, const char *end) {
    enum { PIECE = 512 };
    char room[JK_CELL_BYTES(PIECE)];
    size_t length = strlen(text);
    char *cell = length <= PIECE ? room : malloc(JK_CELL_BYTES(length));
    if (cell == NULL) {
        (void)fprintf(stderr, "jalki: out of memory for a cell\n");
        exit(1); /* a line without a cell would be taken for a sound one */
    }
    (void)fwrite(cell, 1, (size_t)(jk_cell_write(cell, text, length) - cell), stdout);
    (void)fputs(end, stdout);
    if (cell != room) {
        free(cell);
    }
}
