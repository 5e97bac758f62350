/* SPDX-License-Identifier: Apache-2.0 */
/* Where the last complete row of a text ends; which instruction set reads rows. */
#include <string.h>

#include "csv/csv.h"

extern const jk_csv_kernel jk_csv_kernel_base;
#ifdef JK_HAVE_X86_LEVELS
extern const jk_csv_kernel jk_csv_kernel_v3, jk_csv_kernel_v4;
#endif

const jk_csv_kernel *jk_csv_kernel_of(jk_isa isa) {
#ifdef JK_HAVE_X86_LEVELS
    return isa == JK_ISA_V4 ? &jk_csv_kernel_v4 : isa == JK_ISA_V3 ? &jk_csv_kernel_v3 : &jk_csv_kernel_base;
#else
    (void)isa;
    return &jk_csv_kernel_base;
#endif
}

static const jk_csv_kernel *best(void) {
    return jk_csv_kernel_of(jk_isa_runs(JK_ISA_V4) ? JK_ISA_V4 : jk_isa_runs(JK_ISA_V3) ? JK_ISA_V3 : JK_ISA_BASE);
}

unsigned jk_csv_scan(const char *text, size_t length) {
    return best()->scan(text, length);
}

size_t jk_csv_tile(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line) {
    return best()->tile(cursor, ends, line);
}

uint32_t jk_csv_split(jk_csv_cursor *cursor, uint32_t *ends) {
    return best()->split(cursor, ends);
}

/* A row of entries more than the tile's rows take, and two blocks of positions that are written before they are
 * counted. */
size_t jk_csv_tile_size(uint32_t fields) {
    return ((size_t)JK_CSV_TILE_ROWS * (fields + 1) + fields + 2 + 2 * 64) * sizeof(uint32_t);
}

/* Position after the closing quote of a field that opens at `at`, or `length` + 1 if it does not close. */
static size_t skip_quoted(const char *text, size_t length, size_t at) {
    size_t position = at + 1;
    for (;;) {
        const char *quote = position < length ? memchr(text + position, '"', length - position) : NULL;
        if (quote == NULL) {
            return length + 1;
        }
        position = (size_t)(quote - text) + 1;
        if (position < length && text[position] == '"') {
            position++;
            continue;
        }
        return position;
    }
}

jk_csv_cut jk_csv_find_cut(const char *text, size_t length, char separator, bool has_quotes) {
    jk_csv_cut cut = {0};
    size_t position = 0;
    for (;;) {
        const char *quote = has_quotes && position < length ? memchr(text + position, '"', length - position) : NULL;
        size_t outside = quote != NULL ? (size_t)(quote - text) : length;
        const char *newline = outside > position ? memrchr(text + position, '\n', outside - position) : NULL;
        if (newline != NULL) {
            cut.end = (size_t)(newline - text) + 1;
        }
        if (quote == NULL) {
            return cut;
        }
        bool opens = outside == 0 || text[outside - 1] == separator || text[outside - 1] == '\n';
        position = opens ? skip_quoted(text, length, outside) : outside + 1;
        if (position > length) {
            cut.open = true;
            return cut;
        }
    }
}
