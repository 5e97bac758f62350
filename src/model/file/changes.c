/* SPDX-License-Identifier: Apache-2.0 */
#include "model/file/changes.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "model/file/include.h"

typedef struct change {
    jk_arena *arena;
    const char *name;          /* "change irr", for messages */
    const jk_yaml_node *value; /* what is put there */
    jk_error *error;
} change;

static jk_status put(const change *self, const jk_yaml_node *node, const char *key, const jk_yaml_node **changed);

static jk_status fail_key(const change *self, const char *key, const char *expected) {
    return jk_fail(self->error, JK_ERROR_ARGUMENT, self->name, 0, key, "%s", expected);
}

/* The map, made anew with the value of `name` changed, or with `name` behind the others. */
static jk_status put_in_map(const change *self, const jk_yaml_node *map, const char *name, const char *rest,
                            const jk_yaml_node **changed) {
    if (map != NULL && map->kind != JK_YAML_MAP) {
        return fail_key(self, name, "stands below something that is no map of keys");
    }
    size_t count = map != NULL ? map->count : 0, at = 0;
    jk_yaml_pair *pairs = jk_arena_alloc(self->arena, count + 1, sizeof *pairs);
    JK_TRY(jk_held(pairs != NULL, self->error, "the model"));
    if (count > 0) {
        memcpy(pairs, map->pairs, count * sizeof *pairs);
    }
    while (at < count && strcmp(pairs[at].key, name) != 0) {
        at++;
    }
    const jk_yaml_node *old = at < count ? pairs[at].value : NULL;
    pairs[at] = (jk_yaml_pair){.key = name, .file = self->name, .line = 1};
    JK_TRY(put(self, old, rest, &pairs[at].value));
    *changed = jk_yaml_make_map(self->arena, map != NULL ? map : self->value, pairs, at < count ? count : count + 1);
    return jk_held(*changed != NULL, self->error, "the model");
}

/* Whether an item of a list is the one that is called so. */
static bool is_called(const jk_yaml_node *item, size_t place, const char *name) {
    int64_t number = 0;
    const jk_yaml_pair *id = jk_yaml_find(item, "id");
    return strcmp(name, "*") == 0 || (jk_text_to_integer(name, strlen(name), &number) && number == (int64_t)place) ||
           (id != NULL && id->value->kind == JK_YAML_SCALAR && strcmp(id->value->text, name) == 0);
}

static jk_status put_in_list(const change *self, const jk_yaml_node *list, const char *name, const char *rest,
                             const jk_yaml_node **changed) {
    if (list == NULL || list->kind != JK_YAML_LIST) {
        return fail_key(self, name, "is looked for in something that is no list");
    }
    jk_yaml_node *copy = jk_arena_alloc(self->arena, 1, sizeof *copy);
    const jk_yaml_node **items = jk_arena_alloc(self->arena, list->count + 1, sizeof *items);
    JK_TRY(jk_held(copy != NULL && items != NULL, self->error, "the model"));
    memcpy((void *)items, (const void *)list->items, list->count * sizeof *items);
    *copy = *list;
    copy->items = items;
    bool found = false;
    for (size_t i = 0; i < list->count; i++) {
        if (is_called(list->items[i], i, name)) {
            JK_TRY(put(self, list->items[i], rest, &items[i]));
            copy->weight += items[i]->weight - list->items[i]->weight;
            found = true;
        }
    }
    *changed = copy;
    return found ? JK_OK
                 : fail_key(
                       self, name,
                       "is none of the list's items; expected the id of one, its number, counted from 0, or * for all");
}

/* The node with what stands at `key` below it replaced by the value; of an empty key the value itself. */
static jk_status put(const change *self, const jk_yaml_node *node, const char *key, const jk_yaml_node **changed) {
    if (*key == '\0') {
        *changed = self->value;
        return JK_OK;
    }
    bool item = *key == '[';
    const char *start = key + (item || *key == '.' ? 1 : 0);
    size_t length = strcspn(start, item ? "]" : ".[]");
    const char *rest = start + length + (item && start[length] == ']' ? 1 : 0);
    if (length == 0 || (item && start[length] != ']') || (*rest != '\0' && *rest != '.' && *rest != '[')) {
        return fail_key(self, key, "is no key; expected KEY, KEY.KEY or KEY[ID].KEY");
    }
    const char *name = jk_arena_text(self->arena, start, length);
    JK_TRY(jk_held(name != NULL, self->error, "the model"));
    return item ? put_in_list(self, node, name, rest, changed) : put_in_map(self, node, name, rest, changed);
}

jk_status jk_change_tree(jk_yaml_reader *reader, const char *text, const jk_yaml_node **root, char sha256[65],
                         jk_error *error) {
    const char *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    if (length == 0 || text[0] == '[' || text[0] == '.' || memchr(text, '/', length) != NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "'%s' is no change of a model; expected KEY=VALUE",
                       text);
    }
    char *name = jk_arena_alloc(reader->arena, sizeof "change " + length, 1);
    const char *key = jk_arena_text(reader->arena, text, length);
    JK_TRY(jk_held(name != NULL && key != NULL, error, "the model"));
    (void)snprintf(name, sizeof "change " + length, "change %s", key);
    change self = {.arena = reader->arena, .name = name, .error = error};
    JK_TRY(jk_yaml_parse(reader, name, equals + 1, strlen(equals + 1), &self.value, error));
    JK_TRY(put(&self, *root, key, root));
    jk_include_hash(sha256, text, strlen(text));
    return JK_OK;
}
