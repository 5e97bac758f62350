/* SPDX-License-Identifier: Apache-2.0 */
/* From libyaml's events to the tree of base/text/yaml.h. Recursion is as deep as the nesting, which is limited. */
#include "base/text/yaml.h"
#include "base/number/sort.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/error.h"
#include "base/text/text.h"

typedef struct anchor {
    const char *name;
    const jk_yaml_node *node; /* NULL while it is being read */
} anchor;

typedef struct builder {
    jk_yaml_reader *reader;
    const char *file;
    jk_error *error;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    bool has_event;
    jk_key_path path;
    anchor *anchors;
    size_t anchor_count;
} builder;

/* `array` with room for one more after `count`: doubles at powers of two. */
static void *grow(jk_arena *arena, void *array, size_t count, size_t size) {
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0)) {
        return array;
    }
    void *larger = jk_arena_alloc(arena, count == 0 ? 4 : 2 * count, size);
    if (larger != NULL && count > 0) {
        memcpy(larger, array, count * size);
    }
    return larger;
}

static jk_status fail_at(builder *b, int64_t line, const char *message) {
    return jk_fail(b->error, JK_ERROR_MODEL, b->file, line, b->path.length > 0 ? b->path.text : NULL, "%s", message);
}

static int64_t event_line(const builder *b) {
    return (int64_t)b->event.start_mark.line + 1;
}

static jk_status next_event(builder *b) {
    if (b->has_event) {
        yaml_event_delete(&b->event);
        b->has_event = false;
    }
    if (yaml_parser_parse(&b->parser, &b->event)) {
        b->has_event = true;
        return JK_OK;
    }
    const yaml_parser_t *parser = &b->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        return jk_fail_memory(b->error, "a YAML file");
    }
    const char *problem = parser->problem ? parser->problem : "malformed";
    if (parser->error == YAML_READER_ERROR) {
        return jk_fail(b->error, JK_ERROR_MODEL, b->file, (int64_t)parser->mark.line + 1, NULL,
                       "not UTF-8 text: %s at byte %zu", problem, parser->problem_offset);
    }
    return jk_fail(b->error, JK_ERROR_MODEL, b->file, (int64_t)parser->problem_mark.line + 1, NULL,
                   "not YAML: %s (column %zu)%s%s", problem, parser->problem_mark.column + 1,
                   parser->context ? ", " : "", parser->context ? parser->context : "");
}

/* Adds to the count of nodes; an alias adds all that it stands for. */
static jk_status count_nodes(builder *b, size_t weight) {
    b->reader->nodes += weight;
    if (b->reader->nodes > JK_YAML_NODES_MAX) {
        return jk_fail(b->error, JK_ERROR_MODEL, b->file, event_line(b), NULL,
                       "too many values (aliases count as if written out), expected at most %d", JK_YAML_NODES_MAX);
    }
    return JK_OK;
}

static jk_status new_node(builder *b, jk_yaml_kind kind, jk_yaml_node **node) {
    JK_TRY(count_nodes(b, 1));
    *node = jk_arena_alloc(b->reader->arena, 1, sizeof **node);
    JK_TRY(jk_held(*node != NULL, b->error, "a YAML file"));
    (*node)->kind = kind;
    (*node)->file = b->file;
    (*node)->line = event_line(b);
    (*node)->weight = 1;
    return JK_OK;
}

static bool is_null_text(const char *text) {
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 || strcmp(text, "Null") == 0 ||
           strcmp(text, "NULL") == 0;
}

/* The text of the current scalar event, in the arena. */
static jk_status scalar_text(builder *b, const char **text) {
    const char *value = (const char *)b->event.data.scalar.value;
    size_t length = b->event.data.scalar.length;
    if (memchr(value, '\0', length) != NULL) {
        return fail_at(b, event_line(b), "a text with a NUL byte inside, expected none");
    }
    *text = jk_arena_text(b->reader->arena, value, length);
    return *text ? JK_OK : jk_fail_memory(b->error, "a YAML file");
}

static jk_status read_scalar(builder *b, jk_yaml_node **node) {
    JK_TRY(new_node(b, JK_YAML_SCALAR, node));
    JK_TRY(scalar_text(b, &(*node)->text));
    (*node)->plain = b->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if ((*node)->plain && is_null_text((*node)->text)) {
        (*node)->kind = JK_YAML_NULL;
    }
    return JK_OK;
}

static jk_status read_alias(builder *b, const jk_yaml_node **node) {
    const char *name = (const char *)b->event.data.alias.anchor;
    for (size_t i = b->anchor_count; i-- > 0;) {
        if (strcmp(b->anchors[i].name, name) == 0) {
            if (b->anchors[i].node == NULL) {
                return fail_at(b, event_line(b), "an alias inside the value that it stands for, expected no cycle");
            }
            *node = b->anchors[i].node;
            return count_nodes(b, (*node)->weight);
        }
    }
    return fail_at(b, event_line(b), "an alias without an anchor before it");
}

/* Notes the anchor of the current event, if it has one; *index is SIZE_MAX if not. */
static jk_status open_anchor(builder *b, const yaml_char_t *name, size_t *index) {
    *index = SIZE_MAX;
    if (name == NULL) {
        return JK_OK;
    }
    if (b->anchor_count == JK_YAML_ANCHORS_MAX) {
        return jk_fail(b->error, JK_ERROR_MODEL, b->file, event_line(b), NULL, "too many anchors, expected at most %d",
                       JK_YAML_ANCHORS_MAX);
    }
    b->anchors = grow(b->reader->arena, b->anchors, b->anchor_count, sizeof *b->anchors);
    const char *copy = jk_arena_text(b->reader->arena, (const char *)name, strlen((const char *)name));
    JK_TRY(jk_held(b->anchors != NULL && copy != NULL, b->error, "a YAML file"));
    b->anchors[b->anchor_count] = (anchor){.name = copy};
    *index = b->anchor_count++;
    return JK_OK;
}

static jk_status read_node(builder *b, int depth, const jk_yaml_node **out);

static jk_status read_list(builder *b, int depth, jk_yaml_node **node) {
    JK_TRY(new_node(b, JK_YAML_LIST, node));
    const jk_yaml_node **items = NULL;
    size_t count = 0;
    for (;;) {
        JK_TRY(next_event(b));
        if (b->event.type == YAML_SEQUENCE_END_EVENT) {
            break;
        }
        items = grow(b->reader->arena, items, count, sizeof(jk_yaml_node *));
        JK_TRY(jk_held(items != NULL, b->error, "a YAML file"));
        size_t before = jk_key_path_index(&b->path, count);
        JK_TRY(read_node(b, depth, &items[count]));
        jk_key_path_cut(&b->path, before);
        (*node)->weight += items[count]->weight;
        count++;
    }
    (*node)->items = items;
    (*node)->count = count;
    return JK_OK;
}

static int compare_keys(const void *a, const void *b, void *context) {
    const jk_yaml_pair *pairs = context;
    uint32_t i = *(const uint32_t *)a;
    uint32_t j = *(const uint32_t *)b;
    int order = strcmp(pairs[i].key, pairs[j].key);
    return order != 0 ? order : (i > j) - (i < j);
}

/* Fills the sorted index of a map; false if there is no memory. */
static bool sort_pairs(jk_arena *arena, jk_yaml_node *map, jk_yaml_pair *pairs, size_t count) {
    uint32_t *sorted = jk_arena_alloc(arena, count, sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = (uint32_t)i;
    }
    jk_sort_by(sorted, count, sizeof *sorted, compare_keys, pairs);
    map->pairs = pairs;
    map->sorted = sorted;
    map->count = count;
    return true;
}

static jk_status check_distinct(builder *b, const jk_yaml_node *map) {
    for (size_t i = 1; i < map->count; i++) {
        const jk_yaml_pair *first = &map->pairs[map->sorted[i - 1]];
        const jk_yaml_pair *second = &map->pairs[map->sorted[i]];
        if (strcmp(first->key, second->key) == 0) {
            (void)jk_key_path_add(&b->path, second->key);
            return jk_fail(b->error, JK_ERROR_MODEL, b->file, second->line, b->path.text,
                           "the key stands twice (first on line %lld), expected once", (long long)first->line);
        }
    }
    return JK_OK;
}

static jk_status read_key(builder *b, jk_yaml_pair *pair) {
    if (b->event.type != YAML_SCALAR_EVENT || b->event.data.scalar.anchor != NULL) {
        return fail_at(b, event_line(b), "a key that is no plain word, expected one");
    }
    pair->file = b->file;
    pair->line = event_line(b);
    return scalar_text(b, &pair->key);
}

static jk_status read_map(builder *b, int depth, jk_yaml_node **node) {
    JK_TRY(new_node(b, JK_YAML_MAP, node));
    jk_yaml_pair *pairs = NULL;
    size_t count = 0;
    for (;;) {
        JK_TRY(next_event(b));
        if (b->event.type == YAML_MAPPING_END_EVENT) {
            break;
        }
        pairs = grow(b->reader->arena, pairs, count, sizeof *pairs);
        JK_TRY(jk_held(pairs != NULL, b->error, "a YAML file"));
        JK_TRY(read_key(b, &pairs[count]));
        JK_TRY(next_event(b));
        size_t before = jk_key_path_add(&b->path, pairs[count].key);
        JK_TRY(read_node(b, depth, &pairs[count].value));
        jk_key_path_cut(&b->path, before);
        (*node)->weight += pairs[count].value->weight;
        count++;
    }
    JK_TRY(jk_held(sort_pairs(b->reader->arena, *node, pairs, count), b->error, "a YAML file"));
    return check_distinct(b, *node);
}

/* Reads the node that begins with the current event. */
static jk_status read_node(builder *b, int depth, const jk_yaml_node **out) {
    if (b->event.type == YAML_ALIAS_EVENT) {
        return read_alias(b, out);
    }
    if (depth == JK_YAML_DEPTH_MAX) {
        return jk_fail(b->error, JK_ERROR_MODEL, b->file, event_line(b), b->path.text,
                       "lists and maps nest too deeply, expected at most %d levels", JK_YAML_DEPTH_MAX);
    }
    bool is_scalar = b->event.type == YAML_SCALAR_EVENT;
    bool is_list = b->event.type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *tag = is_scalar ? b->event.data.scalar.tag
                             : is_list ? b->event.data.sequence_start.tag
                                       : b->event.data.mapping_start.tag;
    if (tag != NULL) {
        return fail_at(b, event_line(b), "a YAML tag, expected a plain value");
    }
    size_t index = SIZE_MAX;
    JK_TRY(open_anchor(b,
                       is_scalar ? b->event.data.scalar.anchor
                       : is_list ? b->event.data.sequence_start.anchor
                                 : b->event.data.mapping_start.anchor,
                       &index));
    jk_yaml_node *node = NULL;
    JK_TRY(is_scalar ? read_scalar(b, &node)
           : is_list ? read_list(b, depth + 1, &node)
                     : read_map(b, depth + 1, &node));
    if (index != SIZE_MAX) {
        b->anchors[index].node = node;
    }
    *out = node;
    return JK_OK;
}

static jk_status read_document(builder *b, const jk_yaml_node **root) {
    JK_TRY(next_event(b)); /* start of stream */
    JK_TRY(next_event(b));
    if (b->event.type == YAML_STREAM_END_EVENT) {
        return fail_at(b, 1, "an empty file, expected keys and values");
    }
    JK_TRY(next_event(b)); /* past the start of the document */
    JK_TRY(read_node(b, 0, root));
    JK_TRY(next_event(b)); /* end of document */
    JK_TRY(next_event(b));
    if (b->event.type != YAML_STREAM_END_EVENT) {
        return fail_at(b, event_line(b), "a second YAML document, expected one");
    }
    return JK_OK;
}

jk_status jk_yaml_parse(jk_yaml_reader *reader, const char *file, const char *bytes, size_t size,
                        const jk_yaml_node **root, jk_error *error) {
    static const char store[] = "\x89HDF\r\n\x1a\n"; /* what HDF5 files begin with */
    if (size >= sizeof store - 1 && memcmp(bytes, store, sizeof store - 1) == 0) {
        return jk_fail(error, JK_ERROR_MODEL, file, 0, NULL,
                       "this is an HDF5 store (a tape or results); expected a YAML file");
    }
    builder b = {.reader = reader, .file = file, .error = error};
    JK_TRY(jk_held(yaml_parser_initialize(&b.parser), error, "a YAML file"));
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)bytes, size);
    jk_status status = read_document(&b, root);
    if (b.has_event) {
        yaml_event_delete(&b.event);
    }
    yaml_parser_delete(&b.parser);
    return status;
}

const jk_yaml_node *jk_yaml_make_map(jk_arena *arena, const jk_yaml_node *like, jk_yaml_pair *pairs, size_t count) {
    jk_yaml_node *map = jk_arena_alloc(arena, 1, sizeof *map);
    if (map == NULL || !sort_pairs(arena, map, pairs, count)) {
        return NULL;
    }
    map->kind = JK_YAML_MAP;
    map->file = like->file;
    map->line = like->line;
    map->weight = 1;
    for (size_t i = 0; i < count; i++) {
        map->weight += pairs[i].value->weight;
    }
    return map;
}
