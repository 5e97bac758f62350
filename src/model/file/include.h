/* SPDX-License-Identifier: Apache-2.0 */
/* A model file with everything that it includes, joined into one tree. */
#ifndef JK_MODEL_INCLUDE_H
#define JK_MODEL_INCLUDE_H

#include "base/text/yaml.h"

enum { JK_INCLUDE_FILES_MAX = 64, JK_INCLUDE_DEPTH_MAX = 8 };

/* Reads `path` and, before its own keys, the files that its `include` names (relative to the file that names them), in
 * order. Maps are joined at every depth, the later file wins; lists and scalars are replaced. sha256 receives the hash
 * over the bytes of all files in the order in which they are opened: the file itself, then its includes one by one,
 * each followed by its own. JK_ERROR_IO, JK_ERROR_MODEL. */
jk_status jk_include_load(jk_yaml_reader *reader, const char *path, const jk_yaml_node **root, char sha256[65],
                          jk_error *error);

/* A file that was read, the model itself first, each followed by those that it includes. */
typedef struct jk_include_file {
    const char *path;
    int depth;
    char sha256[65];         /* of its bytes */
    const jk_yaml_node *own; /* its own keys, before anything is joined */
} jk_include_file;

/* The same, and tells which files were read: `files` has room for JK_INCLUDE_FILES_MAX of them. */
jk_status jk_include_files(jk_yaml_reader *reader, const char *path, const jk_yaml_node **root, char sha256[65],
                           jk_include_file *files, size_t *count, jk_error *error);

/* Whether the model file `model` may name the file `path`: it must lie in its folder or below, or among the models
 * that were installed with the program, so that a model from
 * somebody else reads nothing else (unless base/policy.h says so). JK_ERROR_MODEL at the node that names it. */
jk_status jk_include_allowed(const char *model, const char *path, const jk_yaml_node *named_at, const char *key,
                             jk_error *error);

/* `name` relative to the folder of the file `from`, in the arena; NULL if there is no memory. */
const char *jk_path_beside(jk_arena *arena, const char *from, const char *name);

/* Takes the bytes of a further file into the model's hash: the hash of the 64 digits so far and the bytes. */
void jk_include_hash(char sha256[65], const char *bytes, size_t size);

#endif
