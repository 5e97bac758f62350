/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a mapping file. Strict: a key that is not known is an error that names the nearest one. */
#include "import/mapping/mapping_reader.h"

#include <stdio.h>
#include <string.h>

#include "base/file/sha256.h"
#include "base/text/text.h"

/* ---- columns ---------------------------------------------------------------------------------------------- */

/* Sums make numbers, date_plus_months makes dates: only where the column holds such. */
static jk_status check_type(mapping_reader *reader, const jk_rule *rule, jk_type type, const char *file) {
    bool number = type == JK_TYPE_MONEY || type == JK_TYPE_INTEGER || type == JK_TYPE_REAL;
    bool wrong = (rule->kind == JK_RULE_SUM && !number) || (rule->kind == JK_RULE_YEAR_OF && type != JK_TYPE_INTEGER) ||
                 (rule->kind == JK_RULE_DATE_PLUS_MONTHS && type != JK_TYPE_DATE) ||
                 (rule->kind == JK_RULE_MONTHS_BETWEEN && type != JK_TYPE_REAL) ||
                 (rule->kind == JK_RULE_DAYS_PAST_DUE && type != JK_TYPE_DATE) ||
                 (rule->kind == JK_RULE_AGE && type != JK_TYPE_INTEGER) ||
                 ((rule->kind == JK_RULE_TEXT || jk_shape_is_given(&rule->shape)) && type != JK_TYPE_TEXT);
    if (wrong) {
        return jk_mapping_fail(reader, file, rule->line,
                               "this way to fill a column gives another type than the column has");
    }
    if (rule->format.scale != 0 && type == JK_TYPE_INTEGER) {
        return jk_mapping_fail(reader, file, rule->line, "a unit is for money and rates");
    }
    for (size_t i = 0; i < rule->alternative_count; i++) {
        type = rule->kind == JK_RULE_MONTHS_BETWEEN ? JK_TYPE_DATE : type;
        JK_TRY(check_type(reader, &rule->alternatives[i], type, file));
    }
    return JK_OK;
}

static jk_status read_columns(mapping_reader *reader, const jk_yaml_node *columns) {
    const char *known[JK_COLUMN_COUNT];
    size_t known_count = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (jk_schema_in_csv(reader->mapping->kind, (jk_column)c)) {
            known[known_count++] = jk_schema_name(reader->mapping->kind, (jk_column)c);
        }
    }
    size_t before = jk_key_path_add(&reader->path, "columns");
    for (size_t i = 0; reader->mapping->kind == JK_KIND_TAPE && columns->kind == JK_YAML_MAP && i < columns->count;
         i++) {
        const jk_yaml_pair *pair = &columns->pairs[i];
        if (jk_schema_find_in(JK_KIND_PANEL, pair->key, strlen(pair->key)) >= JK_TAPE_COLUMN_COUNT) {
            (void)jk_key_path_add(&reader->path, pair->key);
            return jk_mapping_fail(reader, pair->file, pair->line,
                                   "this column is of history, not of a tape: import with --panel");
        }
    }
    JK_TRY(jk_mapping_check_keys(reader, columns, known, known_count));
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const char *name = jk_schema_name(reader->mapping->kind, (jk_column)c);
        bool known_here = jk_schema_in_csv(reader->mapping->kind, (jk_column)c);
        const jk_yaml_node *node = known_here ? jk_mapping_find(columns, name) : NULL;
        if (node == NULL) {
            continue;
        }
        size_t inner = jk_key_path_add(&reader->path, name);
        jk_rule *rule = &reader->mapping->rules[c];
        JK_TRY(jk_mapping_read_rule(reader, node, false, rule));
        JK_TRY(check_type(reader, rule, jk_schema_column((jk_column)c)->type, node->file));
        reader->mapping->mapped[c] = true;
        jk_key_path_cut(&reader->path, inner);
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* ---- own columns ------------------------------------------------------------------------------------------ */

/* How the column is made is what stands there beside its type. */
static jk_status read_extra(mapping_reader *reader, const jk_yaml_pair *pair) {
    const jk_yaml_node *node = pair->value;
    const char *word = NULL;
    const char *problem = jk_extra_name_problem(pair->key);
    size_t places = 0;
    if (problem != NULL) {
        return jk_mapping_fail(reader, pair->file, pair->line, problem);
    }
    if (node->kind == JK_YAML_MAP) {
        JK_TRY(jk_mapping_read_text_key(reader, node, "type", &word));
    }
    const int type = word != NULL ? jk_extra_type(word) : -1;
    if (type < 0) {
        return jk_mapping_fail(
            reader, pair->file, pair->line,
            "expected a map with `type`: number, text, date or money, and how the column is made, such "
            "as {column: Score, type: number}");
    }
    const int column = jk_extras_add(&reader->mapping->extras, (jk_type)type, pair->key, &places);
    if (column < 0) {
        char text[80];
        (void)snprintf(text, sizeof text, "there can be %zu own columns of type %s, and this is one more", places,
                       word);
        return jk_mapping_fail(reader, pair->file, pair->line, text);
    }
    jk_yaml_pair *pairs = jk_arena_alloc(reader->arena, node->count, sizeof *pairs);
    size_t count = 0;
    for (size_t i = 0; pairs != NULL && i < node->count; i++) {
        if (strcmp(node->pairs[i].key, "type") != 0) {
            pairs[count++] = node->pairs[i];
        }
    }
    const jk_yaml_node *made = pairs != NULL ? jk_yaml_make_map(reader->arena, node, pairs, count) : NULL;
    JK_TRY(jk_held(made != NULL, reader->error, "a mapping"));
    jk_rule *rule = &reader->mapping->rules[column];
    JK_TRY(jk_mapping_read_rule(reader, made, false, rule));
    JK_TRY(check_type(reader, rule, (jk_type)type, node->file));
    reader->mapping->mapped[column] = true;
    return JK_OK;
}

static jk_status read_extras(mapping_reader *reader, const jk_yaml_node *extras) {
    if (extras == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "extra");
    if (extras->kind != JK_YAML_MAP || extras->count == 0) {
        return jk_mapping_expected(reader, extras, "a map of own columns");
    }
    if (reader->mapping->kind > JK_KIND_PANEL) {
        return jk_mapping_fail(reader, extras->file, extras->line, "lists of payments and actions have no own columns");
    }
    for (size_t i = 0; i < extras->count; i++) {
        size_t inner = jk_key_path_add(&reader->path, extras->pairs[i].key);
        JK_TRY(read_extra(reader, &extras->pairs[i]));
        jk_key_path_cut(&reader->path, inner);
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* ---- the file --------------------------------------------------------------------------------------------- */

static jk_status read_missing(mapping_reader *reader, const jk_yaml_node *list) {
    if (list == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "missing");
    if (list->kind != JK_YAML_LIST) {
        return jk_mapping_expected(reader, list, "a list of words that stand for an empty cell");
    }
    const char **words = jk_arena_alloc(reader->arena, list->count + 1, sizeof *words);
    JK_TRY(jk_held(words != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < list->count; i++) {
        JK_TRY(jk_mapping_read_word(reader, list->items[i], &words[i]));
    }
    reader->mapping->missing_words = words;
    reader->mapping->missing_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_root(mapping_reader *reader, const jk_yaml_node *root) {
    static const char *const keys[] = {"name",        "separator",   "encoding", "decimal", "thousands",
                                       "date_format", "missing",     "cutoff",   "sources", "columns",
                                       "header",      "header_row",  "quote",    "escape",  "where",
                                       "sentinels",   "skip_footer", "expect",   "pivot",   "extra"};
    jk_mapping *mapping = reader->mapping;
    JK_TRY(jk_mapping_check_keys(reader, root, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(jk_mapping_read_text_key(reader, root, "name", &mapping->name));
    JK_TRY(jk_mapping_read_text_keys(reader, root));
    JK_TRY(jk_mapping_read_format(reader, root, &reader->format));
    mapping->decimal = reader->format.decimal;
    JK_TRY(read_missing(reader, jk_mapping_find(root, "missing")));
    JK_TRY(jk_mapping_read_sources(reader, jk_mapping_find(root, "sources")));
    const jk_yaml_node *cutoff = jk_mapping_find(root, "cutoff");
    if (cutoff != NULL) {
        size_t before = jk_key_path_add(&reader->path, "cutoff");
        if (mapping->kind != JK_KIND_TAPE) {
            return jk_mapping_fail(reader, cutoff->file, cutoff->line,
                                   "only a tape has a cut-off: rows of history are as at dates of their own");
        }
        JK_TRY(jk_mapping_read_rule(reader, cutoff, true, &mapping->cutoff));
        if (mapping->cutoff.kind != JK_RULE_CONSTANT && mapping->cutoff.kind != JK_RULE_FIELD) {
            return jk_mapping_expected(reader, cutoff, "a column or a constant");
        }
        if (mapping->cutoff.kind == JK_RULE_FIELD && reader->fields[mapping->cutoff.terms[0]].source != 0) {
            return jk_mapping_fail(reader, cutoff->file, cutoff->line,
                                   "the cut-off column must be one of the first source");
        }
        mapping->has_cutoff = true;
        jk_key_path_cut(&reader->path, before);
    }
    const jk_yaml_node *columns = jk_mapping_find(root, "columns");
    if (columns == NULL) {
        return jk_mapping_fail(reader, root->file, root->line,
                               "`columns` is missing, expected a map of canonical columns");
    }
    JK_TRY(read_columns(reader, columns));
    JK_TRY(read_extras(reader, jk_mapping_find(root, "extra")));
    return jk_mapping_read_row_keys(reader, root); /* conditions may name own columns */
}

static jk_status load_into(mapping_reader *reader, const char *path) {
    jk_yaml_reader yaml = {.arena = reader->arena};
    const char *bytes = NULL;
    size_t size = 0;
    const jk_yaml_node *root = NULL;
    JK_TRY(jk_yaml_read_file(&yaml, path, &bytes, &size, reader->error));
    jk_sha256_text_of(bytes, size, reader->mapping->sha256);
    JK_TRY(jk_yaml_parse(&yaml, reader->mapping->path, bytes, size, &root, reader->error));
    if (root->kind != JK_YAML_MAP) {
        return jk_mapping_expected(reader, root, "a map");
    }
    return read_root(reader, root);
}

jk_status jk_mapping_load(const char *path, jk_kind kind, jk_mapping **result, jk_error *error) {
    *result = NULL;
    jk_arena *arena = jk_arena_create();
    jk_mapping *mapping = arena != NULL ? jk_arena_alloc(arena, 1, sizeof *mapping) : NULL;
    mapping_reader reader = {.arena = arena, .error = error, .mapping = mapping, .format = jk_csv_canonical_format};
    if (mapping != NULL) {
        mapping->arena = arena;
        mapping->kind = kind;
        mapping->cutoff_date = JK_MISSING_INTEGER;
        mapping->path = jk_arena_text(arena, path, strlen(path));
        reader.fields = jk_arena_alloc(arena, FIELDS_MAX, sizeof *reader.fields);
        reader.sources = jk_arena_alloc(arena, SOURCES_MAX, sizeof *reader.sources);
        mapping->fields = reader.fields;
        mapping->sources = reader.sources;
    }
    bool ready = mapping != NULL && mapping->path != NULL && reader.fields != NULL && reader.sources != NULL;
    jk_status status = ready ? load_into(&reader, path) : jk_fail_memory(error, "a mapping");
    if (status != JK_OK) {
        jk_arena_free(arena);
        return status;
    }
    *result = mapping;
    return JK_OK;
}

void jk_mapping_free(jk_mapping *mapping) {
    if (mapping != NULL) {
        jk_arena_free(mapping->arena);
    }
}
