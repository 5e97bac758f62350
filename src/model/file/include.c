/* SPDX-License-Identifier: Apache-2.0 */
/* Includes: which file names which, no cycles, bounded depth and number; and joining maps. */
#include "model/file/include.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file/installed.h"
#include "base/file/sha256.h"
#include "base/policy.h"
#include "base/text/text.h"
#include "model/file/additions.h"

typedef struct loader {
    jk_yaml_reader *reader;
    jk_sha256 digest;
    jk_error *error;
    const char *model; /* the file that was asked for */
    int files;
    jk_include_file *read; /* NULL: nobody asks which files were read */
} loader;

/* The chain of files that led to the one being read: a file in it may not be included again. */
typedef struct chain {
    const struct chain *parent;
    struct stat identity;
    int depth;
} chain;

static jk_status fail_include(loader *l, const jk_yaml_node *node, const char *message) {
    return jk_fail(l->error, JK_ERROR_MODEL, node->file, node->line, "include", "%s", message);
}

const char *jk_path_beside(jk_arena *arena, const char *from, const char *name) {
    size_t folder = name[0] == '/' ? 0 : (size_t)(jk_file_name(from) - from);
    size_t length = strlen(name);
    char *path = jk_arena_alloc(arena, folder + length + 1, 1);
    if (path != NULL) {
        memcpy(path, from, folder);
        memcpy(path + folder, name, length);
    }
    return path;
}

static jk_status read_file(loader *l, const char *path, const chain *parent, const jk_yaml_node *named_at,
                           const jk_yaml_node **root);

/* Whether the file lies in the folder or below it, wherever links lead; one that is not there does, so
 * that whoever opens it says so. */
static bool is_below(const char *folder, const char *path) {
    char real[PATH_MAX], file[PATH_MAX]; /* of our own: a lack of memory must not look like a foreign folder */
    if (realpath(folder, real) == NULL) {
        return false;
    }
    if (realpath(path, file) == NULL) {
        return errno == ENOENT;
    }
    const size_t length = strcmp(real, "/") == 0 ? 0 : strlen(real);
    return strncmp(file, real, length) == 0 && file[length] == '/';
}

/* Installed models, those that the program was built with, and those in the folders that the environment names. */
static bool is_trusted(const char *path) {
    const char *folders = jk_policy_get()->models;
    bool trusted = is_below(jk_installed_models(), path) || is_below(JALKI_MODELS_BUILT, path);
    while (!trusted && folders != NULL && *folders != '\0') {
        const size_t length = strcspn(folders, ":");
        char folder[PATH_MAX];
        if (length > 0 && length < sizeof folder) {
            memcpy(folder, folders, length);
            folder[length] = '\0';
            trusted = is_below(folder, path);
        }
        folders += length + (folders[length] == ':');
    }
    return trusted;
}

jk_status jk_include_allowed(const char *model, const char *path, const jk_yaml_node *named_at, const char *key,
                             jk_error *error) {
    char *folder = jk_file_folder(model);
    JK_TRY(jk_held(folder != NULL, error, "the name of a folder"));
    bool allowed = jk_policy_get()->includes_outside || is_below(folder, path) || is_trusted(path);
    free(folder);
    if (allowed) {
        return JK_OK;
    }
    return jk_fail(error, JK_ERROR_MODEL, named_at->file, named_at->line, key,
                   "%s is not below the model's folder; expected a file there, or one of those installed "
                   "(--any-include takes any, for models that "
                   "you trust)",
                   path);
}

/* Joins the file that `node` names to what was read so far (*joined, NULL at first). */
static jk_status include_one(loader *l, const jk_yaml_node *node, const chain *here, const jk_yaml_node **joined) {
    const char *name = NULL;
    if (!jk_yaml_to_text(node, &name) || name[0] == '\0') {
        return fail_include(l, node, "expected the name of a file");
    }
    if (here->depth == JK_INCLUDE_DEPTH_MAX) {
        return jk_fail(l->error, JK_ERROR_MODEL, node->file, node->line, "include",
                       "files include each other too deeply, expected at most %d levels", JK_INCLUDE_DEPTH_MAX);
    }
    if (l->files == JK_INCLUDE_FILES_MAX) {
        return jk_fail(l->error, JK_ERROR_MODEL, node->file, node->line, "include",
                       "too many files, expected at most %d", JK_INCLUDE_FILES_MAX);
    }
    const char *path = jk_path_beside(l->reader->arena, node->file, name);
    JK_TRY(jk_held(path != NULL, l->error, "the model"));
    JK_TRY(jk_include_allowed(l->model, path, node, "include", l->error));
    const jk_yaml_node *part = NULL;
    static const char *const own_keys[] = {"version", "lineage", NULL}; /* of that file alone */
    JK_TRY(read_file(l, path, here, node, &part));
    part = jk_additions_without(l->reader->arena, part, own_keys);
    *joined = part != NULL && *joined != NULL ? jk_additions_join(l->reader->arena, *joined, part) : part;
    return *joined != NULL ? jk_additions_apply(l->reader->arena, false, joined, l->error)
                           : jk_fail_memory(l->error, "the model");
}

static jk_status include_all(loader *l, const jk_yaml_node *own, const chain *here, const jk_yaml_node **root) {
    static const char *const include_key[] = {"include", NULL};
    const jk_yaml_pair *include = jk_yaml_find(own, "include");
    if (include == NULL) {
        *root = own;
        return jk_additions_apply(l->reader->arena, false, root, l->error);
    }
    const jk_yaml_node *joined = NULL;
    if (include->value->kind == JK_YAML_LIST) {
        for (size_t i = 0; i < include->value->count; i++) {
            JK_TRY(include_one(l, include->value->items[i], here, &joined));
        }
    } else {
        JK_TRY(include_one(l, include->value, here, &joined));
    }
    own = jk_additions_without(l->reader->arena, own, include_key);
    *root = own && joined ? jk_additions_join(l->reader->arena, joined, own) : own;
    return *root ? jk_additions_apply(l->reader->arena, false, root, l->error) : jk_fail_memory(l->error, "the model");
}

static jk_status read_file(loader *l, const char *path, const chain *parent, const jk_yaml_node *named_at,
                           const jk_yaml_node **root) {
    chain here = {.parent = parent, .depth = parent ? parent->depth + 1 : 0};
    if (stat(path, &here.identity) != 0) {
        if (named_at == NULL) {
            return jk_fail_errno(l->error, path, "open");
        }
        return jk_fail(l->error, JK_ERROR_IO, named_at->file, named_at->line, "include", "cannot open %s: %s", path,
                       strerror(errno));
    }
    for (const chain *above = parent; above != NULL; above = above->parent) {
        if (above->identity.st_dev == here.identity.st_dev && above->identity.st_ino == here.identity.st_ino) {
            return fail_include(l, named_at, "a file that includes itself, expected no cycle");
        }
    }
    jk_include_file *noted = l->read != NULL && l->files < JK_INCLUDE_FILES_MAX ? &l->read[l->files] : NULL;
    l->files++;
    const char *bytes = NULL;
    size_t size = 0;
    JK_TRY(jk_yaml_read_file(l->reader, path, &bytes, &size, l->error));
    jk_sha256_add(&l->digest, bytes, size);
    const jk_yaml_node *own = NULL;
    JK_TRY(jk_yaml_parse(l->reader, path, bytes, size, &own, l->error));
    if (own->kind != JK_YAML_MAP) {
        char found[JK_YAML_WORDS];
        return jk_fail(l->error, JK_ERROR_MODEL, own->file, own->line, NULL, "expected keys and values, found %s",
                       jk_yaml_describe(own, found));
    }
    if (noted != NULL) {
        *noted = (jk_include_file){.path = path, .depth = here.depth, .own = own};
        jk_sha256_text_of(bytes, size, noted->sha256);
    }
    return include_all(l, own, &here, root);
}

jk_status jk_include_load(jk_yaml_reader *reader, const char *path, const jk_yaml_node **root, char sha256[65],
                          jk_error *error) {
    size_t count = 0;
    return jk_include_files(reader, path, root, sha256, NULL, &count, error);
}

jk_status jk_include_files(jk_yaml_reader *reader, const char *path, const jk_yaml_node **root, char sha256[65],
                           jk_include_file *files, size_t *count, jk_error *error) {
    loader l = {.reader = reader, .error = error, .model = path, .read = files};
    jk_sha256_start(&l.digest);
    const char *name = jk_arena_text(reader->arena, path, strlen(path));
    JK_TRY(name ? JK_OK : jk_fail_memory(error, "the model"));
    JK_TRY(read_file(&l, name, NULL, NULL, root));
    JK_TRY(jk_additions_apply(reader->arena, true, root, error));
    jk_sha256_end_text(&l.digest, sha256);
    *count = (size_t)l.files;
    return JK_OK;
}

void jk_include_hash(char sha256[65], const char *bytes, size_t size) {
    jk_sha256 sum;
    jk_sha256_start(&sum);
    jk_sha256_add(&sum, sha256, 64);
    jk_sha256_add(&sum, bytes, size);
    jk_sha256_end_text(&sum, sha256);
}
