/* SPDX-License-Identifier: Apache-2.0 */
/* Two joined trees side by side. Entries of lists that have ids are found by them; other lists are one value. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "base/text/yaml_write.h"
#include "base/words/listing.h"
#include "jalki/model_diff.h"
#include "model/file/diff.h"
#include "model/file/include.h"
#include "model/file/part_files.h"
#include "model/keys/tables.h"

enum { KEY_ROOM = 512, DIFFERENCES_MAX = 1 << 16 };

const char *jk_model_part_name(jk_model_part part) {
    static const char *const names[JK_PART_COUNT] = {"general", "law", "score", "segments"};
    return (unsigned)part < JK_PART_COUNT ? names[part] : "general";
}

jk_model_part jk_model_part_of(const char *key) {
    static const struct {
        const char *key;
        jk_model_part part;
    } parts[] = {{"jurisdictions", JK_PART_LAW},     {"statuses", JK_PART_LAW},    {"vulnerable_allow", JK_PART_LAW},
                 {"unreachable_allow", JK_PART_LAW}, {"scorecard", JK_PART_SCORE}, {"extra", JK_PART_SCORE},
                 {"segments", JK_PART_SEGMENTS}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].key, key) == 0) {
            return parts[i].part;
        }
    }
    return JK_PART_GENERAL;
}

typedef struct differ {
    jk_arena *arena;
    jk_error *error;
    jk_model_difference *list;
    size_t count, room;
    jk_model_part part;
    char key[KEY_ROOM];   /* with ids: segments[rest].cost */
    char place[KEY_ROOM]; /* as the tables call it: segments[].cost */
} differ;

/* A path's end, to be cut back to. */
typedef struct mark {
    size_t key, place;
} mark;

static mark here(const differ *d) {
    return (mark){strlen(d->key), strlen(d->place)};
}

static void back(differ *d, mark to) {
    d->key[to.key] = '\0';
    d->place[to.place] = '\0';
}

static void append(char path[KEY_ROOM], const char *before, const char *text, const char *after) {
    size_t length = strlen(path);
    (void)snprintf(path + length, KEY_ROOM - length, "%s%s%s", length > 0 ? before : "", text, after);
}

/* Goes down to a key of a map; keys of some maps are names. */
static void enter(differ *d, const char *key) {
    const char *name = strcmp(d->place, "jurisdictions") == 0 || strcmp(d->place, "risk.countries") == 0 ? "COUNTRY"
                       : strcmp(d->place, "statuses") == 0                                               ? "STATUS"
                                                                                                         : key;
    append(d->key, ".", key, "");
    append(d->place, ".", name, "");
}

/* What the key at the end of the path is, by the tables. */
static const char *meaning_of(const differ *d) {
    char parent[KEY_ROOM];
    (void)snprintf(parent, sizeof parent, "%s", d->place);
    char *dot = strrchr(parent, '.');
    const char *key = dot != NULL ? dot + 1 : d->place;
    const char *record = dot != NULL ? parent : "top level";
    if (dot != NULL) {
        *dot = '\0';
    }
    for (size_t r = 0; r < jk_record_count; r++) {
        for (size_t f = 0; strcmp(jk_records[r]->name, record) == 0 && f < jk_records[r]->count; f++) {
            if (strcmp(jk_records[r]->fields[f].key, key) == 0) {
                return jk_records[r]->fields[f].meaning;
            }
        }
    }
    return NULL;
}

static jk_status write_value(differ *d, const jk_yaml_node *node, const char **text) {
    char *made = NULL;
    size_t length = 0;
    if (node == NULL) {
        return JK_OK;
    }
    FILE *stream = jk_text_open(&made, &length);
    JK_TRY(jk_held(stream != NULL, d->error, "what differs"));
    if (node->kind == JK_YAML_SCALAR) {
        (void)fputs(node->text, stream);
    } else {
        jk_yaml_write_flow(stream, node);
    }
    *text = jk_text_close(stream, &made) ? jk_arena_text(d->arena, made, length) : NULL;
    free(made);
    return jk_held(*text != NULL, d->error, "what differs");
}

static jk_status note(differ *d, const jk_yaml_node *was, const jk_yaml_node *is) {
    if (d->count == DIFFERENCES_MAX) {
        return JK_OK;
    }
    if (d->count == d->room) {
        size_t room = d->room == 0 ? 64 : 2 * d->room;
        jk_model_difference *larger = jk_arena_alloc(d->arena, room, sizeof *larger);
        JK_TRY(jk_held(larger != NULL, d->error, "what differs"));
        if (d->count > 0) {
            memcpy(larger, d->list, d->count * sizeof *larger);
        }
        d->list = larger;
        d->room = room;
    }
    jk_model_difference *to = &d->list[d->count++];
    *to = (jk_model_difference){
        .part = d->part, .key = jk_arena_text(d->arena, d->key, strlen(d->key)), .meaning = meaning_of(d)};
    JK_TRY(write_value(d, was, &to->was));
    JK_TRY(write_value(d, is, &to->is));
    return jk_held(to->key != NULL, d->error, "what differs");
}

static bool same_scalar(const jk_yaml_node *a, const jk_yaml_node *b) {
    double x = 0.0, y = 0.0;
    bool numbers = jk_yaml_to_real(a, &x) && jk_yaml_to_real(b, &y);
    return numbers ? x == y : strcmp(a->text, b->text) == 0;
}

static bool same(const jk_yaml_node *a, const jk_yaml_node *b) {
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind == JK_YAML_NULL) {
        return true;
    }
    if (a->kind == JK_YAML_SCALAR) {
        return same_scalar(a, b);
    }
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const jk_yaml_pair *other = a->kind == JK_YAML_MAP ? jk_yaml_find(b, a->pairs[i].key) : NULL;
        if (a->kind == JK_YAML_MAP ? other == NULL || !same(a->pairs[i].value, other->value)
                                   : !same(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

static jk_status differ_nodes(differ *d, const jk_yaml_node *a, const jk_yaml_node *b);

static jk_status differ_maps(differ *d, const jk_yaml_node *a, const jk_yaml_node *b) {
    for (int side = 0; side < 2; side++) {
        const jk_yaml_node *map = side == 0 ? a : b;
        for (size_t i = 0; i < map->count; i++) {
            const char *key = map->pairs[i].key;
            const jk_yaml_pair *other = jk_yaml_find(side == 0 ? b : a, key);
            if (side == 1 && other != NULL) {
                continue;
            }
            if (d->key[0] == '\0') {
                d->part = jk_model_part_of(key);
            }
            mark before = here(d);
            enter(d, key);
            if (other == NULL) {
                JK_TRY(side == 0 ? note(d, map->pairs[i].value, NULL) : note(d, NULL, map->pairs[i].value));
            } else {
                JK_TRY(differ_nodes(d, map->pairs[i].value, other->value));
            }
            back(d, before);
        }
    }
    return JK_OK;
}

/* By what the entries of a list are known; NULL: by their place. */
static const char *id_of_list(const differ *d) {
    return strcmp(d->place, "segments") == 0                    ? "id"
           : strcmp(d->place, "scorecard.characteristics") == 0 ? "name"
                                                                : NULL;
}

static const char *id_of(const jk_yaml_node *item, const char *id) {
    const jk_yaml_pair *pair = item->kind == JK_YAML_MAP ? jk_yaml_find(item, id) : NULL;
    return pair != NULL && pair->value->kind == JK_YAML_SCALAR ? pair->value->text : NULL;
}

static const jk_yaml_node *find_item(const jk_yaml_node *list, const char *id, const char *name, size_t *place) {
    for (size_t i = 0; name != NULL && i < list->count; i++) {
        const char *own = id_of(list->items[i], id);
        if (own != NULL && strcmp(own, name) == 0) {
            *place = i;
            return list->items[i];
        }
    }
    return NULL;
}

static jk_status differ_entries(differ *d, const jk_yaml_node *a, const jk_yaml_node *b, const char *id) {
    size_t last = 0;
    bool in_order = true;
    for (int side = 0; side < 2; side++) {
        const jk_yaml_node *list = side == 0 ? a : b;
        for (size_t i = 0; i < list->count; i++) {
            const char *name = id_of(list->items[i], id);
            size_t place = 0;
            const jk_yaml_node *other = find_item(side == 0 ? b : a, id, name, &place);
            if (side == 1 && other != NULL) {
                continue;
            }
            mark before = here(d);
            append(d->key, "[", name != NULL ? name : "?", "]");
            append(d->place, "", "[]", "");
            if (other == NULL) {
                JK_TRY(side == 0 ? note(d, list->items[i], NULL) : note(d, NULL, list->items[i]));
            } else {
                in_order = in_order && place >= last;
                last = place;
                JK_TRY(differ_nodes(d, list->items[i], other));
            }
            back(d, before);
        }
    }
    if (!in_order && strcmp(id, "id") == 0) { /* the first that matches counts */
        static const jk_yaml_node was = {.kind = JK_YAML_SCALAR, .text = "as in the first model"};
        static const jk_yaml_node is = {.kind = JK_YAML_SCALAR, .text = "another: the first that matches counts"};
        mark before = here(d);
        append(d->key, " ", "(order)", "");
        JK_TRY(note(d, &was, &is));
        back(d, before);
    }
    return JK_OK;
}

static jk_status differ_nodes(differ *d, const jk_yaml_node *a, const jk_yaml_node *b) {
    if (a->kind == JK_YAML_MAP && b->kind == JK_YAML_MAP) {
        return differ_maps(d, a, b);
    }
    const char *id = id_of_list(d);
    if (id != NULL && a->kind == JK_YAML_LIST && b->kind == JK_YAML_LIST) {
        return differ_entries(d, a, b, id);
    }
    return same(a, b) ? JK_OK : note(d, a, b);
}

/* Trees and scorecards under one name may hold something else. */
static jk_status differ_files(differ *d, const jk_yaml_node *const root[2], jk_model_diff *diff) {
    jk_part_file files[2][JK_PART_FILES];
    for (int side = 0; side < 2; side++) {
        JK_TRY(jk_part_files(d->arena, root[side], files[side], diff->sha256[side], d->error));
    }
    for (size_t i = 0; i < JK_PART_FILES; i++) {
        if (files[0][i].path == NULL || files[1][i].path == NULL ||
            strcmp(files[0][i].sha256, files[1][i].sha256) == 0) {
            continue;
        }
        const jk_yaml_node was = {.kind = JK_YAML_SCALAR, .text = files[0][i].sha256};
        const jk_yaml_node is = {.kind = JK_YAML_SCALAR, .text = files[1][i].sha256};
        d->part = JK_PART_SCORE;
        append(d->key, "", files[0][i].key, " (sha256 of the file)");
        append(d->place, "", files[0][i].key, "");
        JK_TRY(note(d, &was, &is));
        back(d, (mark){0, 0});
    }
    return JK_OK;
}

static jk_status compare_files(const char *const path[2], jk_model_diff *diff, jk_error *error) {
    jk_yaml_reader reader = {.arena = diff->arena};
    const jk_yaml_node *root[2] = {NULL, NULL};
    for (int side = 0; side < 2; side++) {
        reader.bytes = reader.nodes = 0; /* the limits are of each model */
        JK_TRY(jk_include_load(&reader, path[side], &root[side], diff->sha256[side], error));
        const jk_yaml_pair *name = jk_yaml_find(root[side], "name"), *version = jk_yaml_find(root[side], "version");
        diff->path[side] = jk_arena_text(diff->arena, path[side], strlen(path[side]));
        diff->name[side] = name != NULL && name->value->kind == JK_YAML_SCALAR ? name->value->text : NULL;
        diff->version[side] = version != NULL && version->value->kind == JK_YAML_SCALAR ? version->value->text : NULL;
        JK_TRY(jk_held(diff->path[side] != NULL, error, "a model's name"));
    }
    differ d = {.arena = diff->arena, .error = error};
    JK_TRY(differ_nodes(&d, root[0], root[1]));
    JK_TRY(differ_files(&d, root, diff));
    diff->differences = d.list;
    diff->count = d.count;
    return JK_OK;
}

jk_status jk_model_compare(const char *a, const char *b, jk_model_diff *diff, jk_error *error) {
    const char *const path[2] = {a, b};
    *diff = (jk_model_diff){.arena = jk_arena_create()};
    JK_TRY(jk_held(diff->arena != NULL, error, "two models"));
    jk_status status = compare_files(path, diff, error);
    if (status != JK_OK) {
        jk_model_diff_reset(diff);
    }
    return status;
}

void jk_model_diff_reset(jk_model_diff *diff) {
    if (diff->arena != NULL) {
        jk_arena_free(diff->arena);
    }
    *diff = (jk_model_diff){0};
}

/* ---- as rows ---------------------------------------------------------------------------------------------------- */

enum { PART, KEY, CHANGE, WAS, IS, MEANING, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [PART] = JK_LISTED_TEXT("part", "part", "general, law, score or segments"),
    [KEY] = JK_LISTED_TEXT("key", "key", "Where it stands; segments by their id, characteristics by their name"),
    [CHANGE] = JK_LISTED_TEXT("change", NULL, "changed, added (only in the second) or removed (only in the first)"),
    [WAS] = JK_LISTED_TEXT("was", "first", "As the first model has it; what is long is cut, JSON has it whole"),
    [IS] = JK_LISTED_TEXT("is", "second", "As the second has it; likewise"),
    [MEANING] = JK_LISTED_TEXT("meaning", "what it is", "The key in words"),
};

/* A value, cut between characters where it is long. */
static void set_short(jk_cell *cell, const char *value) {
    enum { SHOWN = 60 };
    char text[SHOWN + 8];
    size_t length = strlen(value);
    if (length <= SHOWN) {
        jk_cell_set(cell, value);
        return;
    }
    length = SHOWN;
    while (length > 0 && ((unsigned char)value[length] & 0xc0) == 0x80) {
        length--;
    }
    (void)snprintf(text, sizeof text, "%.*s …", (int)length, value);
    jk_cell_set(cell, text);
}

static jk_status cells_of(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_model_difference *of = &((const jk_model_diff *)listing->source[0])->differences[row];
    (void)error;
    jk_cell_set(&cells[PART], jk_model_part_name(of->part));
    jk_cell_set(&cells[KEY], of->key);
    jk_cell_set(&cells[CHANGE], of->was == NULL ? "added" : of->is == NULL ? "removed" : "changed");
    set_short(&cells[WAS], of->was != NULL ? of->was : "");
    set_short(&cells[IS], of->is != NULL ? of->is : "");
    jk_cell_set(&cells[MEANING], of->meaning != NULL ? of->meaning : "");
    return JK_OK;
}

jk_listing jk_model_diff_listing(const jk_model_diff *diff) {
    return JK_LISTING_OF("model diff", columns, diff != NULL ? diff->count : 0, cells_of, diff);
}
