/* SPDX-License-Identifier: Apache-2.0 */
/* An ensemble of trees from a file of its own: which program wrote it, and what the readers of
 * each format share. */
#include <math.h>
#include <string.h>

#include "base/text/text.h"
#include "model/file/include.h"
#include "model/keys/sections.h"
#include "model/trees/trees.h"
#include "model/trees/trees_internal.h"

enum { FEATURE_NAME_MAX = 256 };

jk_status jk_trees_take(jk_trees_reader *t, size_t count, size_t size, void *memory) {
    void *piece = jk_arena_alloc(t->arena, count, size);
    JK_TRY(jk_held(piece != NULL, t->error, "the trees"));
    memcpy(memory, &piece, sizeof piece);
    return JK_OK;
}

jk_status jk_trees_open(jk_trees_reader *t, size_t trees, size_t nodes) {
    JK_TRY(jk_trees_take(t, nodes, sizeof *t->nodes, &t->nodes));
    JK_TRY(jk_trees_take(t, nodes, sizeof *t->values, &t->values));
    JK_TRY(jk_trees_take(t, trees, sizeof *t->roots, &t->roots));
    JK_TRY(jk_trees_take(t, trees, sizeof *t->depths, &t->depths));
    t->trees->tree_count = trees;
    return JK_OK;
}

void jk_trees_close(jk_trees_reader *t) {
    t->trees->roots = t->roots;
    t->trees->depths = t->depths;
    t->trees->nodes = t->nodes;
    t->trees->values = t->values;
    t->trees->node_count = t->nodes_used;
}

/* Finds what text[size] names; *length gets that of the column's name. A name that is no column may be one of pandas'
 * dummies, column_level: then the longest column of text that it begins with. */
static jk_status find_column(jk_trees_reader *t, const char *text, size_t size, size_t *length, bool *found,
                             jk_characteristic *from) {
    const char *level = memchr(text, '=', size);
    *length = level != NULL ? (size_t)(level - text) : size;
    for (size_t tried = *length; tried > 0; tried--) {
        if (tried != *length && text[tried] != '_') {
            continue;
        }
        char *name = jk_arena_text(t->arena, text, tried);
        JK_TRY(jk_held(name != NULL, t->error, "the model"));
        *found = jk_find_characteristic(t->extras, name, from) && (tried == *length || !from->is_numeric);
        if (*found || level != NULL) {
            *length = tried;
            return JK_OK;
        }
    }
    *found = false;
    return JK_OK;
}

jk_status jk_trees_read_feature(jk_trees_reader *t, int64_t line, const char *text, size_t size, bool by_code,
                                jk_tree_feature *feature) {
    size_t length = 0;
    bool found = false;
    if (size > FEATURE_NAME_MAX) {
        return FAIL_TREES(t, line, "a feature name of %zu bytes; expected at most %d", size, FEATURE_NAME_MAX);
    }
    JK_TRY(find_column(t, text, size, &length, &found, &feature->from));
    if (!found) {
        return FAIL_TREES(t, line, "unknown feature %.*s; expected a tape column or a derived figure, or column=level",
                          (int)length, text);
    }
    bool has_level = length < size;
    bool fits = feature->from.is_numeric != has_level || (by_code && !has_level);
    if (!fits) {
        return FAIL_TREES(t, line, "feature %.*s: expected %s", (int)size, text,
                          feature->from.is_numeric ? "a number without a level" : "a column=level");
    }
    if (has_level) {
        feature->level = jk_arena_text(t->arena, text + length + 1, size - length - 1);
        return jk_held(feature->level != NULL, t->error, "the model");
    }
    return JK_OK;
}

/* What files of other formats begin with; only where none of the two programs can have written the file so. */
static const struct {
    const char *start;
    size_t length;
    const char *what;
} others[] = {
    {"booster[", 8, "a dump of XGBoost's trees as text, which leaves out what prediction needs"},
    {"binf", 4, "XGBoost's old binary format"},
    {"CONFIG-offset:", 14, "XGBoost's memory snapshot"},
    {"CBM1", 4, "CatBoost's binary format"},
    {"<", 1, "XML (PMML, perhaps: its scorecards are read as a card, its logistic regressions as a network)"},
    {"PK\3\4", 4, "a zip archive"},
    {"\x1f\x8b", 2, "compressed with gzip"},
    {"\x80", 1, "a Python pickle or joblib file"},
    {"\x89HDF", 4, "HDF5"},
    {"RDX", 3, "an R data file"},
    {"\x08", 1, "ONNX"},
};

static jk_status read_by_format(jk_trees_reader *t, const char *bytes, size_t size) {
    if (jk_trees_is_lightgbm(bytes, size)) {
        return jk_trees_read_lightgbm(t, bytes, size);
    }
    const char *what = NULL;
    for (size_t i = 0; what == NULL && i < sizeof others / sizeof others[0]; i++) {
        bool same = size >= others[i].length && memcmp(bytes, others[i].start, others[i].length) == 0;
        what = same ? others[i].what : NULL;
    }
    if (what != NULL) {
        return FAIL_TREES(
            t, 0,
            "is %s; expected a model that XGBoost saved as JSON or UBJ (save_model('NAME.json')) or LightGBM as "
            "text (save_model('NAME.txt')); docs/examples/export_trees.py writes that of scikit-learn's",
            what);
    }
    return jk_trees_read_xgboost(t, bytes, size);
}

jk_status jk_trees_read(jk_arena *arena, const char *path, const jk_extras *extras, jk_trees_link link,
                        const jk_trees_settings *settings, jk_trees_file *file, jk_error *error) {
    static const jk_trees_settings none = {.missing = NAN, .margin = NAN};
    jk_trees_reader t = {.arena = arena,
                         .error = error,
                         .path = path,
                         .extras = extras,
                         .link = link,
                         .settings = settings != NULL ? settings : &none};
    jk_yaml_reader reader = {.arena = arena};
    JK_TRY(jk_yaml_read_file(&reader, path, &file->bytes, &file->size, error));
    JK_TRY(jk_trees_take(&t, 1, sizeof *t.trees, &t.trees));
    t.trees->scale = 1.0;
    JK_TRY(read_by_format(&t, file->bytes, file->size));
    file->zero_found_missing = isnan(t.settings->missing) && t.parts_no_level && !t.parts_levels;
    t.trees->missing_number = file->zero_found_missing ? 0.0 : t.settings->missing;
    t.trees->base = isnan(t.settings->margin) ? t.trees->base : t.settings->margin;
    file->trees = t.trees;
    return JK_OK;
}
