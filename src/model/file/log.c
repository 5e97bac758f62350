/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a model and what each says of where it comes from. */

#include "base/error.h"
#include "base/words/listing.h"
#include "jalki/model_diff.h"
#include "model/file/include.h"
#include "model/file/part_files.h"

enum { ENTRIES_MAX = 4096 };

typedef struct logging {
    jk_arena *arena;
    jk_error *error;
    jk_model_log_entry *list;
    size_t count;
} logging;

static const char *text_of(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = map != NULL && map->kind == JK_YAML_MAP ? jk_yaml_find(map, key) : NULL;
    return pair != NULL && pair->value->kind == JK_YAML_SCALAR ? pair->value->text : NULL;
}

static const jk_yaml_node *node_of(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = map != NULL && map->kind == JK_YAML_MAP ? jk_yaml_find(map, key) : NULL;
    return pair != NULL ? pair->value : NULL;
}

static void add(logging *log, jk_model_log_entry entry) {
    if (log->count < ENTRIES_MAX) {
        log->list[log->count++] = entry;
    }
}

static void add_sources(logging *log, const jk_yaml_node *lineage, const char *key, jk_model_role role, int depth) {
    const jk_yaml_node *list = node_of(lineage, key);
    for (size_t i = 0; list != NULL && list->kind == JK_YAML_LIST && i < list->count; i++) {
        const jk_yaml_node *item = list->items[i];
        add(log, (jk_model_log_entry){.role = role,
                                      .depth = depth,
                                      .name = text_of(item, "name"),
                                      .version = text_of(item, "version"),
                                      .sha256 = text_of(item, "sha256")});
    }
}

static void add_file(logging *log, const jk_include_file *file) {
    const jk_yaml_node *lineage = node_of(file->own, "lineage");
    add(log, (jk_model_log_entry){.role = file->depth == 0 ? JK_ROLE_MODEL : JK_ROLE_INCLUDED,
                                  .depth = file->depth,
                                  .path = file->path,
                                  .name = text_of(file->own, "name"),
                                  .version = text_of(file->own, "version"),
                                  .sha256 = file->sha256,
                                  .fitted_on = text_of(lineage, "fitted_on"),
                                  .program = text_of(lineage, "program")});
    add_sources(log, lineage, "parents", JK_ROLE_PARENT, file->depth + 1);
    add_sources(log, lineage, "data", JK_ROLE_DATA, file->depth + 1);
}

static jk_status read_log(const char *path, jk_model_log *out, jk_error *error) {
    jk_yaml_reader reader = {.arena = out->arena};
    logging log = {.arena = out->arena, .error = error};
    const jk_yaml_node *root = NULL;
    size_t files = 0;
    jk_include_file *file = jk_arena_alloc(out->arena, JK_INCLUDE_FILES_MAX, sizeof *file);
    log.list = jk_arena_alloc(out->arena, ENTRIES_MAX, sizeof *log.list);
    JK_TRY(jk_held(file != NULL && log.list != NULL, error, "the files of a model"));
    JK_TRY(jk_include_files(&reader, path, &root, out->sha256, file, &files, error));
    for (size_t i = 0; i < files; i++) {
        add_file(&log, &file[i]);
    }
    static const jk_model_role roles[] = {
        [JK_PART_TREES] = JK_ROLE_TREES, [JK_PART_NETWORK] = JK_ROLE_NETWORK, [JK_PART_CARD] = JK_ROLE_CARD};
    jk_part_file *parts = jk_arena_alloc(out->arena, JK_PART_FILES, sizeof *parts);
    JK_TRY(jk_held(parts != NULL, error, "the files of a model"));
    JK_TRY(jk_part_files(out->arena, root, parts, out->sha256, error));
    for (size_t i = 0; i < JK_PART_FILES; i++) {
        if (parts[i].path != NULL) {
            add(&log, (jk_model_log_entry){
                          .role = roles[parts[i].kind], .depth = 1, .path = parts[i].path, .sha256 = parts[i].sha256});
        }
    }
    out->entries = log.list;
    out->count = log.count;
    return JK_OK;
}

jk_status jk_model_log_read(const char *path, jk_model_log *log, jk_error *error) {
    *log = (jk_model_log){.arena = jk_arena_create()};
    JK_TRY(jk_held(log->arena != NULL, error, "the files of a model"));
    jk_status status = read_log(path, log, error);
    if (status != JK_OK) {
        jk_model_log_reset(log);
    }
    return status;
}

void jk_model_log_reset(jk_model_log *log) {
    if (log->arena != NULL) {
        jk_arena_free(log->arena);
    }
    *log = (jk_model_log){0};
}

/* ---- as rows ---------------------------------------------------------------------------------------------------- */

enum { ROLE, DEPTH, PATH, NAME, VERSION, FITTED_ON, PROGRAM, SHA256, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [ROLE] = JK_LISTED_TEXT(
        "role", "",
        "model (the file itself), included, parent, data (both as a lineage names them), trees, card or network"),
    [DEPTH] = JK_LISTED_COUNT("depth", NULL, "Of includes; lineage, trees, card and network are one deeper"),
    [PATH] = JK_LISTED_TEXT("path", "file", "The file"),
    [NAME] = JK_LISTED_TEXT("name", "name", "Name of the model, or of the data"),
    [VERSION] = JK_LISTED_TEXT("version", "version", "Its version"),
    [FITTED_ON] = JK_LISTED_TEXT("fitted_on", "fitted on", "When its figures were fitted"),
    [PROGRAM] = JK_LISTED_TEXT("program", NULL, "What fitted them"),
    [SHA256] = JK_LISTED_TEXT("sha256", "sha256", "Of the file's own bytes; of parents and data as the lineage says"),
};

static jk_status cells_of(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    static const char *const roles[] = {"model", "included", "parent", "data", "trees", "card", "network"};
    const jk_model_log_entry *of = &((const jk_model_log *)listing->source[0])->entries[row];
    const char *const texts[COLUMNS] = {
        [PATH] = of->path,       [NAME] = of->name,     [VERSION] = of->version, [FITTED_ON] = of->fitted_on,
        [PROGRAM] = of->program, [SHA256] = of->sha256, [ROLE] = roles[of->role]};
    (void)error;
    for (int c = 0; c < COLUMNS; c++) {
        jk_cell_set(&cells[c], texts[c] != NULL ? texts[c] : "");
    }
    cells[DEPTH].number = (double)of->depth;
    return JK_OK;
}

jk_listing jk_model_log_listing(const jk_model_log *log) {
    return JK_LISTING_OF("model log", columns, log != NULL ? log->count : 0, cells_of, log);
}
