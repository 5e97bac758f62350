/* SPDX-License-Identifier: Apache-2.0 */
#include "model/file/additions.h"

#include <string.h>

#include "base/error.h"
#include "base/text/text.h"

enum { ENTRIES_MAX = 4096 };

/* A list that adds to another of the same map, and by what its entries are known. */
typedef struct kind {
    const char *adds, *to, *id, *what;
    bool in_order; /* the first entry that matches counts: new ones stand before */
} kind;

static const kind segments = {"segments+", "segments", "id", "segment", true};
static const kind characteristics = {"characteristics+", "characteristics", "name", "characteristic", false};

static const jk_yaml_node *make_list(jk_arena *arena, const jk_yaml_node *like, const jk_yaml_node *const *items,
                                     size_t count) {
    jk_yaml_node *list = jk_arena_alloc(arena, 1, sizeof *list);
    if (list == NULL) {
        return NULL;
    }
    *list =
        (jk_yaml_node){.kind = JK_YAML_LIST, .file = like->file, .line = like->line, .items = items, .count = count};
    list->weight = 1;
    for (size_t i = 0; i < count; i++) {
        list->weight += items[i]->weight;
    }
    return list;
}

static const jk_yaml_node *put_behind(jk_arena *arena, const jk_yaml_node *first, const jk_yaml_node *second) {
    const jk_yaml_node **items = jk_arena_alloc(arena, first->count + second->count + 1, sizeof *items);
    for (size_t i = 0; items != NULL && i < first->count + second->count; i++) {
        items[i] = i < first->count ? first->items[i] : second->items[i - first->count];
    }
    return items != NULL ? make_list(arena, second, items, first->count + second->count) : NULL;
}

static const jk_yaml_node *join_values(jk_arena *arena, const char *key, const jk_yaml_node *earlier,
                                       const jk_yaml_node *later) {
    bool adds = strcmp(key, segments.adds) == 0 || strcmp(key, characteristics.adds) == 0;
    if (adds && earlier->kind == JK_YAML_LIST && later->kind == JK_YAML_LIST) {
        return put_behind(arena, earlier, later);
    }
    return jk_additions_join(arena, earlier, later);
}

const jk_yaml_node *jk_additions_join(jk_arena *arena, const jk_yaml_node *earlier, const jk_yaml_node *later) {
    if (earlier->kind != JK_YAML_MAP || later->kind != JK_YAML_MAP) {
        return later;
    }
    jk_yaml_pair *pairs = jk_arena_alloc(arena, earlier->count + later->count, sizeof *pairs);
    if (pairs == NULL) {
        return NULL;
    }
    size_t count = 0;
    for (size_t i = 0; i < earlier->count; i++) {
        const jk_yaml_pair *old = &earlier->pairs[i];
        const jk_yaml_pair *new = jk_yaml_find(later, old->key);
        pairs[count] = new ? *new : *old;
        if (new != NULL) {
            pairs[count].value = join_values(arena, old->key, old->value, new->value);
            if (pairs[count].value == NULL) {
                return NULL;
            }
        }
        count++;
    }
    for (size_t i = 0; i < later->count; i++) {
        if (jk_yaml_find(earlier, later->pairs[i].key) == NULL) {
            pairs[count++] = later->pairs[i];
        }
    }
    return jk_yaml_make_map(arena, later, pairs, count);
}

const jk_yaml_node *jk_additions_without(jk_arena *arena, const jk_yaml_node *map, const char *const *keys) {
    jk_yaml_pair *pairs = jk_arena_alloc(arena, map->count + 1, sizeof *pairs);
    size_t count = 0;
    for (size_t i = 0; pairs != NULL && i < map->count; i++) {
        bool dropped = false;
        for (size_t k = 0; keys[k] != NULL; k++) {
            dropped = dropped || strcmp(map->pairs[i].key, keys[k]) == 0;
        }
        if (!dropped) {
            pairs[count++] = map->pairs[i];
        }
    }
    return pairs ? jk_yaml_make_map(arena, map, pairs, count) : NULL;
}

/* ---- adding entries --------------------------------------------------------------------------------------------- */

/* A list while it grows; there is room for what is added. */
typedef struct growing {
    jk_arena *arena;
    const kind *of;
    const jk_yaml_node **items;
    size_t count, first; /* first: so many new entries stand at the front */
    jk_error *error;
} growing;

static jk_status fail_entry(growing *list, const jk_yaml_node *node, const char *message) {
    return jk_fail(list->error, JK_ERROR_MODEL, node->file, node->line, list->of->adds, "%s", message);
}

static const char *text_of(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = map->kind == JK_YAML_MAP ? jk_yaml_find(map, key) : NULL;
    return pair != NULL && pair->value->kind == JK_YAML_SCALAR ? pair->value->text : NULL;
}

/* Place of the entry of an id, or the count. */
static size_t find_entry(const growing *list, const char *id) {
    size_t i = 0;
    for (; i < list->count; i++) {
        const char *own = text_of(list->items[i], list->of->id);
        if (own != NULL && strcmp(own, id) == 0) {
            break;
        }
    }
    return i;
}

static void insert(growing *list, size_t place, const jk_yaml_node *item) {
    memmove(&list->items[place + 1], &list->items[place], (list->count - place) * sizeof *list->items);
    list->items[place] = item;
    list->count++;
}

static jk_status fail_like(growing *list, const jk_yaml_node *node, const char *like) {
    const char **names = jk_arena_alloc(list->arena, list->count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; names != NULL && i < list->count; i++) {
        const char *own = text_of(list->items[i], list->of->id);
        if (own != NULL) {
            names[count++] = own;
        }
    }
    int nearest = names != NULL ? jk_text_nearest(like, names, count) : -1;
    return jk_fail(list->error, JK_ERROR_MODEL, node->file, node->line, list->of->adds,
                   "there is no %s %.64s to be like%s%.64s%s", list->of->what, like,
                   nearest >= 0 ? ", did you mean " : "", nearest >= 0 ? names[nearest] : "", nearest >= 0 ? "?" : "");
}

static jk_status add_entry(growing *list, const jk_yaml_node *item) {
    static const char *const like_key[] = {"like", NULL};
    const char *id = text_of(item, list->of->id), *like = text_of(item, "like");
    if (id == NULL) {
        return jk_fail(list->error, JK_ERROR_MODEL, item->file, item->line, list->of->adds, "expected a map with `%s`",
                       list->of->id);
    }
    const size_t place = find_entry(list, id);
    if (jk_yaml_find(item, "like") == NULL) {
        if (place < list->count) {
            list->items[place] = jk_additions_join(list->arena, list->items[place], item);
            return jk_held(list->items[place] != NULL, list->error, "the model");
        }
        insert(list, list->of->in_order ? list->first++ : list->count, item);
        return JK_OK;
    }
    const size_t model = like != NULL ? find_entry(list, like) : list->count;
    if (place < list->count) {
        return fail_entry(list, item, "an entry with `like` needs an id of its own, and this one is there already");
    }
    if (model == list->count) {
        return fail_like(list, jk_yaml_find(item, "like")->value, like != NULL ? like : "");
    }
    const jk_yaml_node *own = jk_additions_without(list->arena, item, like_key);
    const jk_yaml_node *made = own != NULL ? jk_additions_join(list->arena, list->items[model], own) : NULL;
    JK_TRY(jk_held(made != NULL, list->error, "the model"));
    list->first += model < list->first; /* it stands among those at the front */
    insert(list, list->of->in_order ? model : list->count, made);
    return JK_OK;
}

/* The list with all that is added to it. */
static jk_status add_entries(jk_arena *arena, const kind *of, const jk_yaml_node *to, const jk_yaml_node *added,
                             const jk_yaml_node **made, jk_error *error) {
    growing list = {.arena = arena, .of = of, .error = error};
    if (added->kind != JK_YAML_LIST) {
        return fail_entry(&list, added, "expected a list of entries to add");
    }
    if (to->count + added->count > ENTRIES_MAX) {
        return fail_entry(&list, added, "too many entries: expected at most 4096 with those that are added");
    }
    list.items = jk_arena_alloc(arena, to->count + added->count + 1, sizeof *list.items);
    JK_TRY(jk_held(list.items != NULL, error, "the model"));
    for (; list.count < to->count; list.count++) {
        list.items[list.count] = to->items[list.count];
    }
    for (size_t i = 0; i < added->count; i++) {
        JK_TRY(add_entry(&list, added->items[i]));
    }
    *made = make_list(arena, added, list.items, list.count);
    return jk_held(*made != NULL, error, "the model");
}

/* One list of a map. */
static jk_status apply_kind(jk_arena *arena, const kind *of, bool complete, const jk_yaml_node **map, jk_error *error) {
    const jk_yaml_pair *added = jk_yaml_find(*map, of->adds), *to = jk_yaml_find(*map, of->to);
    if (added == NULL) {
        return JK_OK;
    }
    if (to == NULL || to->value->kind != JK_YAML_LIST) {
        return complete
                   ? jk_fail(error, JK_ERROR_MODEL, added->file, added->line, of->adds,
                             "adds to a list of %ss, and no file that this one includes has `%s`", of->what, of->to)
                   : JK_OK;
    }
    const char *const keys[] = {of->adds, NULL};
    const jk_yaml_node *list = NULL;
    JK_TRY(add_entries(arena, of, to->value, added->value, &list, error));
    const jk_yaml_node *without = jk_additions_without(arena, *map, keys);
    jk_yaml_pair *pairs = without != NULL ? jk_arena_alloc(arena, without->count, sizeof *pairs) : NULL;
    for (size_t i = 0; pairs != NULL && i < without->count; i++) {
        pairs[i] = without->pairs[i];
        pairs[i].value = strcmp(pairs[i].key, of->to) == 0 ? list : pairs[i].value;
    }
    *map = pairs != NULL ? jk_yaml_make_map(arena, *map, pairs, without->count) : NULL;
    return jk_held(*map != NULL, error, "the model");
}

jk_status jk_additions_apply(jk_arena *arena, bool complete, const jk_yaml_node **root, jk_error *error) {
    JK_TRY(apply_kind(arena, &segments, complete, root, error));
    const jk_yaml_pair *card = jk_yaml_find(*root, "scorecard");
    if (card == NULL || card->value->kind != JK_YAML_MAP) {
        return JK_OK;
    }
    const jk_yaml_node *made = card->value;
    JK_TRY(apply_kind(arena, &characteristics, complete, &made, error));
    if (made == card->value) {
        return JK_OK;
    }
    jk_yaml_pair *pairs = jk_arena_alloc(arena, (*root)->count, sizeof *pairs);
    for (size_t i = 0; pairs != NULL && i < (*root)->count; i++) {
        pairs[i] = (*root)->pairs[i];
        pairs[i].value = &(*root)->pairs[i] == card ? made : pairs[i].value;
    }
    *root = pairs != NULL ? jk_yaml_make_map(arena, *root, pairs, (*root)->count) : NULL;
    return jk_held(*root != NULL, error, "the model");
}
