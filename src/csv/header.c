/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text/unicode.h"

enum {
    LINES_MAX = 60,  /* among which the header is looked for */
    SURE = 3,        /* so many known names on the first line, and it is the header */
    FOLLOWING = 8,   /* rows by which the width is judged */
    PIECE = 1 << 16, /* of the file's beginning, more where the first row is longer */
    NUMBER_TEXT = 12,
    FOLDED_MAX = 256
};

static const char separators[] = {',', ';', '\t', '|'};

/* The beginning of a source. */
typedef struct beginning {
    const jk_csv_source *source;
    const jk_csv_reading *reading;
    jk_csv_header *header;
    char *text;
    size_t length;
    size_t start; /* of the first row: behind a byte order mark and a line `sep=;` */
    char separator;
    uint32_t *ends;
    const char **names;
} beginning;

/* ---- reading ----------------------------------------------------------------------------------------------- */

static jk_status read_piece(beginning *begin, jk_csv_source *source, jk_error *error) {
    size_t got = 1;
    bool turned = false;
    while (got > 0) {
        bool line = memchr(begin->text, '\n', begin->length) != NULL;
        if (begin->length >= PIECE && !line && !turned && memchr(begin->text, '\r', begin->length) != NULL) {
            jk_csv_source_turn_returns(source, begin->text, begin->length);
            turned = true;
            continue;
        }
        if (begin->length >= PIECE && line) {
            return JK_OK;
        }
        if (begin->length == JK_CSV_ROW_MAX) {
            return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(source), 1, NULL,
                           "the header row does not end within 1 MiB; is this CSV text?");
        }
        size_t room = JK_CSV_ROW_MAX - begin->length;
        JK_TRY(jk_csv_source_read(source, begin->text + begin->length, room < PIECE ? room : PIECE, &got, error));
        begin->length += got;
    }
    if (memchr(begin->text, '\n', begin->length) == NULL && memchr(begin->text, '\r', begin->length) != NULL) {
        jk_csv_source_turn_returns(source, begin->text, begin->length);
    }
    return JK_OK;
}

static size_t line_end(const beginning *begin, size_t start) {
    const char *newline = memchr(begin->text + start, '\n', begin->length - start);
    return newline != NULL ? (size_t)(newline - begin->text) : begin->length;
}

static bool begins_with(const beginning *begin, const char *word) {
    size_t length = strlen(word);
    return begin->length - begin->start >= length && strncasecmp(begin->text + begin->start, word, length) == 0;
}

/* Skips what stands before the first row. */
static void skip_marks(beginning *begin) {
    while (begin->start < begin->length) {
        size_t space = begin->text[begin->start] == '\n'
                           ? 1
                           : jk_unicode_space(begin->text + begin->start, begin->length - begin->start);
        if (space == 0 || begin->text[begin->start] == '\t') { /* a tab may stand behind a column without a name */
            return;
        }
        begin->start += space;
    }
}

static void take_separator_line(beginning *begin) {
    size_t end = line_end(begin, begin->start);
    size_t length = end - begin->start;
    while (length > 0 && begin->text[begin->start + length - 1] == '\r') {
        length--;
    }
    if (length == 5 && begins_with(begin, "sep=")) {
        begin->separator = begin->separator != '\0' ? begin->separator : begin->text[begin->start + 4];
        begin->start = end < begin->length ? end + 1 : end;
    }
}

/* ---- splitting --------------------------------------------------------------------------------------------- */

/* Splits the row at `start` into begin->ends; returns the number of fields (0: it is none) and where it ends. */
static uint32_t split(const beginning *begin, size_t start, char separator, size_t *end) {
    jk_csv_cursor cursor = {.text = begin->text,
                            .length = begin->length,
                            .dialect = {.separator = separator,
                                        .no_quotes = begin->reading->no_quotes,
                                        .escapes = begin->reading->escapes,
                                        .fields = JK_CSV_FIELDS_MAX},
                            .position = start};
    uint32_t count = jk_csv_split(&cursor, begin->ends);
    *end = cursor.position;
    return count;
}

/* Names of the row that was split, in place. */
static void cut_names(const beginning *begin, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        char *name = begin->text + (size_t)(uint32_t)(begin->ends[i] + 1u);
        size_t length = begin->ends[i + 1] - (uint32_t)(begin->ends[i] + 1u);
        for (size_t space = 0; (space = jk_unicode_space(name, length)) > 0; length -= space) {
            name += space;
        }
        for (size_t space = 0; (space = jk_unicode_space_before(name, length)) > 0;) {
            length -= space;
        }
        name[length] = '\0'; /* in our own memory, where the separator stood */
        begin->names[i] = name;
    }
}

static size_t count_byte(const beginning *begin, size_t start, size_t end, char byte) {
    size_t count = 0;
    bool inside = false;
    for (size_t i = start; i < end; i++) {
        inside ^= begin->text[i] == '"' && !begin->reading->no_quotes;
        count += begin->text[i] == byte && !inside;
    }
    return count;
}

/* A row that may be the header. */
typedef struct candidate {
    size_t start;
    char separator;
    size_t known, separators;
} candidate;

static bool is_better(const candidate *a, const candidate *b) {
    return a->known != b->known ? a->known > b->known : a->start == b->start && a->separators > b->separators;
}

static void try_line(const beginning *begin, size_t start, candidate *best) {
    const char *tried = begin->separator != '\0' ? &begin->separator : separators;
    const size_t count = begin->separator != '\0' ? 1 : sizeof separators;
    for (size_t i = 0; i < count; i++) {
        size_t end = 0;
        uint32_t fields = split(begin, start, tried[i], &end);
        candidate one = {.start = start, .separator = tried[i], .separators = count_byte(begin, start, end, tried[i])};
        cut_names(begin, fields);
        one.known = begin->reading->known != NULL && fields > 0
                        ? begin->reading->known(begin->reading->context, begin->names, fields)
                        : 0;
        if (best->separator == '\0' || is_better(&one, best)) {
            *best = one;
        }
    }
}

static candidate find_header(const beginning *begin) {
    candidate best = {0};
    const uint32_t wanted = begin->reading->header_row;
    const uint32_t most = wanted > 0 ? wanted : LINES_MAX;
    size_t at = wanted > 0 ? 0 : begin->start;
    for (uint32_t line = 1; line <= most && at < begin->length; line++) {
        if (wanted == 0 || line == wanted) {
            try_line(begin, at < begin->start ? begin->start : at, &best);
        }
        if (begin->reading->known == NULL || begin->reading->no_header || best.known >= SURE) {
            if (wanted == 0) {
                break;
            }
        }
        at = line_end(begin, at) + 1;
    }
    return best;
}

/* ---- the header -------------------------------------------------------------------------------------------- */

static bool is_blank(const beginning *begin, uint32_t field) {
    const char *text = begin->text + (size_t)(uint32_t)(begin->ends[field] + 1u);
    size_t length = begin->ends[field + 1] - (uint32_t)(begin->ends[field] + 1u);
    for (size_t space = 0; (space = jk_unicode_space(text, length)) > 0; length -= space) {
        text += space;
    }
    return length == 0;
}

/* The width of the rows below, where they agree on another one than the header's and all that differs is empty: a
 * separator that ends the header or the rows. */
static uint32_t width_below(const beginning *begin, size_t at, uint32_t count, uint32_t named) {
    uint32_t width = 0;
    for (int row = 0; row < FOLLOWING && at < begin->length; row++) {
        size_t end = 0;
        uint32_t fields = split(begin, at, begin->header->dialect.separator, &end);
        bool complete = end < begin->length || end > line_end(begin, at);
        if (fields == 0 || (!complete && row > 0)) {
            break;
        }
        bool empty = true;
        for (uint32_t f = 0; f < fields; f++) {
            bool blank = is_blank(begin, f);
            if (f >= count && !blank) {
                return count;
            }
            empty = empty && blank;
        }
        if (!empty) {
            if (width != 0 && width != fields) {
                return count;
            }
            width = fields;
        }
        at = end;
    }
    return width > count || (width < count && width >= named && width > 0) ? width : count;
}

static jk_status keep_names(beginning *begin, uint32_t count, jk_error *error) {
    jk_csv_header *header = begin->header;
    const jk_csv_reading *reading = begin->reading;
    header->names = calloc((size_t)count + 1, sizeof *header->names);
    header->folded = calloc((size_t)count + 1, sizeof *header->folded);
    header->arena = jk_arena_create();
    char *numbers = begin->text + 2 * (size_t)JK_CSV_ROW_MAX + 2 * (size_t)JK_CSV_SLACK;
    JK_TRY(jk_held(header->names != NULL && header->folded != NULL && header->arena != NULL, error, "a header"));
    for (uint32_t i = 0; i < count; i++) {
        if (!reading->no_header) {
            header->names[i] = i < header->count ? begin->names[i] : "";
        } else if (reading->name_count > 0) {
            header->names[i] = i < reading->name_count ? reading->names[i] : "";
        } else {
            (void)snprintf(numbers + (size_t)i * NUMBER_TEXT, NUMBER_TEXT, "%u", i + 1);
            header->names[i] = numbers + (size_t)i * NUMBER_TEXT;
        }
        char folded[FOLDED_MAX];
        if (jk_unicode_fold(header->names[i], strlen(header->names[i]), folded, sizeof folded)) {
            header->folded[i] = jk_arena_text(header->arena, folded, strlen(folded));
            JK_TRY(jk_held(header->folded[i] != NULL, error, "a header"));
        }
    }
    header->count = header->dialect.fields = count;
    return JK_OK;
}

static jk_status make_header(beginning *begin, const candidate *found, jk_error *error) {
    jk_csv_header *header = begin->header;
    size_t end = 0;
    header->dialect.separator = found->separator;
    header->count = split(begin, found->start, found->separator, &end);
    if (header->count == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(begin->source), 1, NULL,
                       "this is no header row: NUL bytes, text after a closing quote, or more than %d columns",
                       JK_CSV_FIELDS_MAX);
    }
    uint32_t width = header->count;
    if (begin->reading->no_header) {
        end = begin->start;
        width = begin->reading->name_count > width ? (uint32_t)begin->reading->name_count : width;
    } else {
        cut_names(begin, header->count);
        uint32_t named = header->count;
        while (named > 1 && begin->names[named - 1][0] == '\0') {
            named--;
        }
        width = width_below(begin, end, header->count, named);
        (void)split(begin, found->start, found->separator, &end);
        cut_names(begin, header->count);
    }
    JK_TRY(keep_names(begin, width, error));
    header->bytes = end;
    for (size_t i = 0; i < header->bytes; i++) {
        header->lines += begin->text[i] == '\n';
    }
    header->lines += header->bytes == begin->length && header->bytes > 0 && begin->text[header->bytes - 1] != '\n';
    for (size_t at = begin->start; at < found->start; at = line_end(begin, at) + 1) {
        header->title_rows += line_end(begin, at) > at + 1;
    }
    return JK_OK;
}

static jk_status read_header(beginning *begin, jk_csv_source *source, jk_error *error) {
    JK_TRY(read_piece(begin, source, error));
    JK_TRY(jk_csv_source_unread(source, begin->text, begin->length, error));
    skip_marks(begin);
    take_separator_line(begin);
    skip_marks(begin);
    if (begin->start == begin->length) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(source), 0, NULL,
                       "the file is empty, expected a header row with column names");
    }
    candidate found = find_header(begin);
    if (found.separator == '\0') {
        return jk_fail(error, JK_ERROR_FORMAT, jk_csv_source_path(source), (int64_t)begin->reading->header_row, NULL,
                       "there is no such line for the header (`header_row`)");
    }
    return make_header(begin, &found, error);
}

jk_status jk_csv_header_read(jk_csv_source *source, const jk_csv_reading *reading, jk_csv_header *header,
                             jk_error *error) {
    static const jk_csv_reading plain = {0};
    reading = reading != NULL ? reading : &plain;
    *header = (jk_csv_header){.detected = reading->separator == '\0',
                              .dialect = {.no_quotes = reading->no_quotes, .escapes = reading->escapes}};
    const size_t size = 2 * (size_t)JK_CSV_ROW_MAX + 4 * (size_t)JK_CSV_SLACK;
    header->memory = jk_columns_alloc(size + (size_t)JK_CSV_FIELDS_MAX * NUMBER_TEXT, 1);
    beginning begin = {.source = source,
                       .reading = reading,
                       .header = header,
                       .separator = reading->separator,
                       .ends = malloc((JK_CSV_FIELDS_MAX + 2) * sizeof *begin.ends),
                       .names = malloc((JK_CSV_FIELDS_MAX + 1) * sizeof *begin.names)};
    jk_status status = JK_OK;
    if (header->memory == NULL || begin.ends == NULL || begin.names == NULL) {
        status = jk_fail_memory(error, "a header");
    } else {
        memset(header->memory, 0, JK_CSV_SLACK);
        begin.text = header->memory + JK_CSV_SLACK;
        status = read_header(&begin, source, error);
    }
    free(begin.ends);
    free(begin.names);
    return status;
}

void jk_csv_header_free(jk_csv_header *header) {
    free(header->names);
    free(header->folded);
    jk_arena_free(header->arena);
    free(header->memory);
    *header = (jk_csv_header){0};
}
