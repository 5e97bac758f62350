/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Something that this thread built since its last text could not be held. */
static _Thread_local int lost;

static void *take(size_t size) {
    void *memory = malloc(size);
    lost |= memory == NULL;
    return memory;
}

/* Before any object is made, as memory must come and go by the same functions. */
__attribute__((constructor)) static void watch_memory(void) {
    json_set_alloc_funcs(take, free);
}

void jk_json_put(jk_json_builder *builder, json_t *object, const char *key, json_t *value) {
    builder->failed |= json_object_set_new(object, key, value) != 0;
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
    json_t *value = json_string(text);
    return value != NULL ? value : json_string("?");
}

json_t *jk_json_row_name(uint64_t row) {
    char name[32];
    (void)snprintf(name, sizeof name, "row %" PRIu64, row + 1);
    return json_string(name);
}

/* Text of the object with room for `more` bytes behind its end. */
static char *dump(const jk_json_builder *builder, json_t *object, size_t flags, size_t more) {
    bool failed = lost || object == NULL || (builder != NULL && builder->failed);
    char *text = failed ? NULL : json_dumps(object, flags);
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
