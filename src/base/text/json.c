/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/json.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/calendar.h"
#include "base/text/escape.h"

/* Something that this thread built since its last text could not be held. */
static _Thread_local int lost;

/* Where a reading of this thread ends if memory is refused; NULL: nothing is being read. */
static _Thread_local jmp_buf *reading;

static void *take(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL && reading != NULL) {
        longjmp(*reading, 1);
    }
    lost |= memory == NULL;
    return memory;
}

/* Before any object is made, as memory must come and go by the same functions. */
__attribute__((constructor)) static void watch_memory(void) {
    json_set_alloc_funcs(take, free);
}

#define NO_MEMORY "no memory"

typedef struct source {
    const char *text;
    size_t size;
    FILE *file; /* or NULL */
} source;

static json_t *parse(const source *from, size_t flags, json_error_t *problem) {
    jmp_buf end;
    if (setjmp(end) != 0) {
        reading = NULL;
        lost = 1;
        if (problem != NULL) {
            *problem = (json_error_t){.line = -1, .column = -1, .text = NO_MEMORY};
        }
        return NULL;
    }
    reading = &end;
    json_t *root = from->file != NULL ? json_loadf(from->file, flags, problem)
                                      : json_loadb(from->text, from->size, flags, problem);
    reading = NULL;
    return root;
}

json_t *jk_json_parse(const char *text, size_t flags, json_error_t *problem) {
    return parse(&(source){.text = text, .size = strlen(text)}, flags, problem);
}

bool jk_json_no_memory(const json_t *root, const json_error_t *problem) {
    return root == NULL && problem->line == -1 && strcmp(problem->text, NO_MEMORY) == 0;
}

json_t *jk_json_parse_bytes(const char *text, size_t size, size_t flags, json_error_t *problem) {
    return parse(&(source){.text = text, .size = size}, flags, problem);
}

json_t *jk_json_parse_file(FILE *file, size_t flags, json_error_t *problem) {
    return parse(&(source){.file = file}, flags, problem);
}

void jk_json_put(jk_json_builder *builder, json_t *object, const char *key, json_t *value) {
    builder->failed |= json_object_set_new(object, key, value) != 0;
}

void jk_json_put_text(jk_json_builder *builder, json_t *object, const char *key, const char *text) {
    jk_json_put(builder, object, key, text == NULL ? NULL : jk_json_parse(text, 0, NULL));
}

void jk_json_put_entries(jk_json_builder *builder, json_t *object, const jk_json_entry *entries, size_t count) {
    for (size_t i = 0; i < count; i++) {
        jk_json_put(builder, object, entries[i].key, jk_json_number(entries[i].number));
    }
}

void jk_json_put_count_entries(jk_json_builder *builder, json_t *object, const jk_json_count *entries, size_t count) {
    for (size_t i = 0; i < count; i++) {
        jk_json_put(builder, object, entries[i].key, json_integer((json_int_t)entries[i].count));
    }
}

void jk_json_set(json_t *object, const char *key, json_t *value) {
    lost |= json_object_set_new(object, key, value) != 0;
}

void jk_json_append(jk_json_builder *builder, json_t *list, json_t *value) {
    builder->failed |= json_array_append_new(list, value) != 0;
}

void jk_json_add(json_t *list, json_t *value) {
    lost |= json_array_append_new(list, value) != 0;
}

json_t *jk_json_number(double value) {
    return isfinite(value) ? json_real(value == 0.0 ? 0.0 : value) : json_null();
}

json_t *jk_json_string(const char *text) {
    const char *given = text != NULL ? text : "?";
    json_t *value = json_string(given);
    if (value == NULL) { /* no UTF-8, or no memory */
        char *shown = jk_escape_copy(given, true);
        lost |= shown == NULL;
        value = shown != NULL ? json_string(shown) : NULL;
        free(shown);
    }
    return value;
}

json_t *jk_json_date(int32_t date) {
    char text[JK_DATE_TEXT];
    return date == INT32_MIN || date == INT32_MAX ? json_null() : json_string(jk_date_format(date, text));
}

json_t *jk_json_text_or_null(const char *text) {
    return text == NULL || text[0] == '\0' ? json_null() : jk_json_string(text);
}

json_t *jk_json_row_name(uint64_t row) {
    char name[32];
    (void)snprintf(name, sizeof name, "row %" PRIu64, row + 1);
    return json_string(name);
}

/* What jansson leaves as it is and a terminal or an editor would obey is written as \uXXXX, which JSON reads as the
 * same. It stands in strings only. Frees the text; NULL without memory. */
static char *escaped(char *text) {
    if (text == NULL || !jk_escape_changes(text, strlen(text), true)) {
        return text;
    }
    char *shown = jk_escape_copy(text, true);
    free(text);
    return shown;
}

/* Text of the object with room for `more` bytes behind its end. */
static char *dump(const jk_json_builder *builder, json_t *object, size_t flags, size_t more) {
    bool failed = lost || object == NULL || (builder != NULL && builder->failed);
    char *text = failed ? NULL : escaped(json_dumps(object, flags));
    if (lost) { /* also in the dump */
        free(text);
        text = NULL;
    }
    lost = 0;
    json_decref(object);
    char *longer = text == NULL || more == 0 ? text : realloc(text, strlen(text) + 1 + more);
    if (longer == NULL) {
        free(text);
    }
    return longer;
}

char *jk_json_dump(const jk_json_builder *builder, json_t *object, size_t flags) {
    return dump(builder, object, flags, 0);
}

char *jk_json_text(const jk_json_builder *builder, json_t *object, size_t flags) {
    char *text = dump(builder, object, flags, 1);
    return text == NULL ? NULL : strcat(text, "\n");
}
