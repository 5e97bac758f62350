/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/header.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "csv/csv.h"
#include "csv/value.h"

/* End of the first row by counting quotes; 0 if it does not end. Counts the separators on the way. */
static size_t first_row_end(const char *text, size_t length, size_t counts[3]) {
    bool inside = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        inside ^= c == '"';
        if (inside) {
            continue;
        }
        counts[0] += c == ',';
        counts[1] += c == ';';
        counts[2] += c == '\t';
        if (c == '\n') {
            return i + 1;
        }
    }
    return 0;
}

static char most_frequent(const size_t counts[3]) {
    static const char separators[] = {',', ';', '\t'};
    int best = 0;
    for (int i = 1; i < 3; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return separators[best];
}

/* Reads until the first row that is not empty is there. Returns its place in [*start, *end). */
static jk_status read_first_row(jk_csv_source *source, char *text, size_t *length, size_t *start, size_t *end,
                                size_t counts[3], jk_error *error) {
    bool at_end = false;
    *length = 0;
    for (;;) {
        *start = *length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        while (*start < *length && (text[*start] == '\n' || text[*start] == '\r')) {
            (*start)++;
        }
        counts[0] = counts[1] = counts[2] = 0;
        size_t row = first_row_end(text + *start, *length - *start, counts);
        if (row > 0 || at_end) {
            *end = row > 0 ? *start + row : *length;
            return JK_OK;
        }
        if (*length == JK_CSV_ROW_MAX) {
            return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(source), 1, NULL,
                           "the header row does not end within 1 MiB; is this CSV text?");
        }
        size_t got = 0;
        size_t room = JK_CSV_ROW_MAX - *length;
        JK_TRY(jk_csv_source_read(source, text + *length, room < 65536 ? room : 65536, &got, error));
        *length += got;
        at_end = got == 0;
    }
}

static jk_status split_header(const jk_csv_source *source, jk_csv_header *header, char *text, size_t start, size_t end,
                              jk_error *error) {
    jk_csv_cursor cursor = {
        .text = text + start, .length = end - start, .separator = header->separator, .fields = JK_CSV_FIELDS_MAX};
    uint32_t *ends = malloc((JK_CSV_FIELDS_MAX + 2) * sizeof *ends);
    if (ends == NULL) {
        return jk_fail_memory(error, "a header");
    }
    header->count = jk_csv_split(&cursor, ends);
    header->bytes = start + cursor.position;
    header->names = malloc((header->count + 1) * sizeof *header->names);
    for (uint32_t i = 0; header->names != NULL && i < header->count; i++) {
        const char *name = cursor.text + (size_t)(uint32_t)(ends[i] + 1u);
        size_t length = ends[i + 1] - (uint32_t)(ends[i] + 1u);
        jk_csv_trim(&name, &length);
        ((char *)(uintptr_t)name)[length] = '\0'; /* in our own memory, where the separator stood */
        header->names[i] = name;
    }
    free(ends);
    for (size_t i = 0; i < header->bytes; i++) {
        header->lines += text[i] == '\n';
    }
    if (header->names == NULL) {
        return jk_fail_memory(error, "a header");
    }
    if (header->count == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(source), 1, NULL,
                       "this is no header row: NUL bytes, text after a closing quote, or more than %d columns",
                       JK_CSV_FIELDS_MAX);
    }
    return JK_OK;
}

jk_status jk_csv_header_read(jk_csv_source *source, char separator, jk_csv_header *header, jk_error *error) {
    *header = (jk_csv_header){0};
    size_t length = 0;
    size_t start = 0;
    size_t end = 0;
    size_t counts[3];
    header->memory = jk_columns_alloc(2 * (size_t)JK_CSV_ROW_MAX + 4 * (size_t)JK_CSV_SLACK, 1);
    if (header->memory == NULL) {
        return jk_fail_memory(error, "a header");
    }
    memset(header->memory, 0, JK_CSV_SLACK);
    char *text = header->memory + JK_CSV_SLACK;
    JK_TRY(read_first_row(source, text, &length, &start, &end, counts, error));
    JK_TRY(jk_csv_source_unread(source, text, length, error));
    if (start == end) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(source), 0, NULL,
                       "the file is empty, expected a header row with column names");
    }
    header->separator = separator != '\0' ? separator : most_frequent(counts);
    header->detected = separator == '\0';
    return split_header(source, header, text, start, end, error);
}

void jk_csv_header_free(jk_csv_header *header) {
    free(header->names);
    free(header->memory);
    *header = (jk_csv_header){0};
}
