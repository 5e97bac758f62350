/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void jk_json_put(jk_json_builder *builder, json_t *object, const char *key, json_t *value) {
    builder->failed |= json_object_set_new(object, key, value) != 0;
}

void jk_json_append(jk_json_builder *builder, json_t *list, json_t *value) {
    builder->failed |= json_array_append_new(list, value) != 0;
}

json_t *jk_json_number(double value) {
    return isfinite(value) ? json_real(value == 0.0 ? 0.0 : value) : json_null();
}

json_t *jk_json_string(const char *text) {
    json_t *value = json_string(text);
    return value != NULL ? value : json_string("?");
}

char *jk_json_text(const jk_json_builder *builder, json_t *object, size_t flags) {
    char *text = builder->failed ? NULL : json_dumps(object, flags);
    json_decref(object);
    if (text == NULL) {
        return NULL;
    }
    size_t length = strlen(text);
    char *ended = malloc(length + 2);
    if (ended != NULL) {
        memcpy(ended, text, length);
        memcpy(ended + length, "\n", 2);
    }
    free(text);
    return ended;
}
