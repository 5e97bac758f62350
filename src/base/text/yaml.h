/* SPDX-License-Identifier: Apache-2.0 */
/* YAML files as a tree in an arena: what model, mapping and scenario files are read from. Syntax is libyaml's; this
 * file adds what a strict reader needs: the file and line of every node, duplicate keys refused, scalars by the core
 * rules of YAML 1.2 (only `true` and `false` are booleans, NO is a text), and limits that no file can talk its way
 * around (bytes, depth, nodes with aliases counted as if written out).
 */
#ifndef JK_BASE_YAML_H
#define JK_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "jalki/status.h"

enum {
    JK_YAML_BYTES_MAX = 16 << 20,  /* all files of one reader together */
    JK_YAML_NODES_MAX = 1 << 20,   /* all nodes of one reader, each alias counted with all that it stands for */
    JK_YAML_DEPTH_MAX = 32,        /* lists and maps inside each other */
    JK_YAML_ANCHORS_MAX = 1 << 12, /* in one file */
};

typedef enum jk_yaml_kind { JK_YAML_NULL, JK_YAML_SCALAR, JK_YAML_LIST, JK_YAML_MAP } jk_yaml_kind;

typedef struct jk_yaml_node jk_yaml_node;

typedef struct jk_yaml_pair {
    const char *key;
    const char *file; /* where the key stands */
    int64_t line;
    const jk_yaml_node *value;
} jk_yaml_pair;

/* Nodes are constant once read; an alias is the same node again. */
struct jk_yaml_node {
    jk_yaml_kind kind;
    bool plain; /* a scalar without quotes: may be a number or a boolean */
    const char *file;
    int64_t line;                     /* from 1 */
    const char *text;                 /* of a scalar; no NUL byte inside */
    size_t count;                     /* of a list or map */
    size_t weight;                    /* nodes below and including this one, aliases written out */
    const jk_yaml_node *const *items; /* of a list */
    const jk_yaml_pair *pairs;        /* of a map, in the order of the file; keys are distinct */
    const uint32_t *sorted;           /* of a map: indices of pairs by key */
};

/* What the limits count over. Zero it but for the arena. */
typedef struct jk_yaml_reader {
    jk_arena *arena; /* holds bytes, nodes and texts; the caller frees it */
    size_t bytes;
    size_t nodes;
} jk_yaml_reader;

/* Reads a regular file whole, terminated by a NUL that *size does not count. JK_ERROR_IO, or JK_ERROR_MODEL if it is
 * too large. */
jk_status jk_yaml_read_file(jk_yaml_reader *reader, const char *path, const char **bytes, size_t *size,
                            jk_error *error);

/* Parses one document. `file` is the name for messages and must live as long as the nodes. JK_ERROR_MODEL with file,
 * line and, for a key that stands twice, the dotted key. */
jk_status jk_yaml_parse(jk_yaml_reader *reader, const char *file, const char *bytes, size_t size,
                        const jk_yaml_node **root, jk_error *error);

/* The pair of a map with this key, or NULL. */
const jk_yaml_pair *jk_yaml_find(const jk_yaml_node *map, const char *key);

/* A new map from `count` pairs with distinct keys (the array is kept); NULL if there is no memory. File and line are
 * those of `like`. */
const jk_yaml_node *jk_yaml_make_map(jk_arena *arena, const jk_yaml_node *like, jk_yaml_pair *pairs, size_t count);

/* Scalars by type; false if the node is something else. Numbers and booleans are never quoted; a text is any quoted
 * scalar, or a plain one that is no number, boolean or null. */
bool jk_yaml_to_real(const jk_yaml_node *node, double *value);
bool jk_yaml_to_boolean(const jk_yaml_node *node, bool *value);
bool jk_yaml_to_text(const jk_yaml_node *node, const char **value);

/* What a node is, for messages: `the number 1.5`, `the text "abc"`, `null`, `a list`, `a map`. Returns `text`. */
enum { JK_YAML_WORDS = 96 };
const char *jk_yaml_describe(const jk_yaml_node *node, char text[JK_YAML_WORDS]);

/* The dotted key of the node that is being read, such as segments[2].cost.legal.filing; cut where it gets too long. */
typedef struct jk_key_path {
    char text[JK_ERROR_KEY_MAX];
    size_t length;
} jk_key_path;

/* Appends a key or an index (from 0); returns the length before, for jk_key_path_cut. */
size_t jk_key_path_add(jk_key_path *path, const char *key);
size_t jk_key_path_index(jk_key_path *path, size_t index);
void jk_key_path_cut(jk_key_path *path, size_t length);

#endif
