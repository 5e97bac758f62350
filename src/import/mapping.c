/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a mapping file. Strict: a key that is not known is an error that names the nearest one. */
#include "import/mapping_reader.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

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

/* ---- sources ---------------------------------------------------------------------------------------------- */

/* `joined_by`: a column of the first source, or `{source: S, column: C}` of an earlier one. */
static jk_status read_joined_by(mapping_reader *reader, const jk_yaml_node *node, uint32_t own, jk_shape *shape,
                                uint32_t *number) {
    static const char *const keys[] = {"source", "column", "clean", "pad", "prefix"};
    uint32_t source = 0;
    const jk_yaml_node *column = node;
    if (node->kind == JK_YAML_MAP) {
        JK_TRY(jk_mapping_check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
        JK_TRY(jk_mapping_read_shape(reader, node, shape));
        JK_TRY(jk_mapping_read_source_of(reader, node, &source));
        column = jk_mapping_find(node, "column");
    }
    if (column == NULL || source >= own) {
        return jk_mapping_fail(reader, node->file, node->line,
                               "expected a column of a source that stands before this one");
    }
    return jk_mapping_add_field(reader, column, source, number);
}

/* Columns that together tell a file from those of the other sources. */
static jk_status read_recognised_by(mapping_reader *reader, const jk_yaml_node *list, uint32_t number) {
    jk_mapping_source *source = &reader->sources[number];
    size_t before = jk_key_path_add(&reader->path, "recognised_by");
    if (list->kind != JK_YAML_LIST || list->count == 0 || list->count > TERMS_MAX) {
        return jk_mapping_expected(reader, list, "a list of columns that only this source has together");
    }
    uint32_t *fields = jk_arena_alloc(reader->arena, list->count, sizeof *fields);
    if (fields == NULL) {
        return jk_mapping_no_memory(reader);
    }
    for (size_t i = 0; i < list->count; i++) {
        JK_TRY(jk_mapping_add_field(reader, list->items[i], number, &fields[i]));
    }
    source->recognised_by = fields;
    source->recognised_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* `key: {column: C, clean: digits, pad: 5}`. */
static jk_status read_key(mapping_reader *reader, const jk_yaml_node *node, uint32_t number,
                          jk_mapping_source *source) {
    static const char *const keys[] = {"column", "clean", "pad", "prefix"};
    const jk_yaml_node *column = jk_mapping_find(node, "column");
    size_t before = jk_key_path_add(&reader->path, "key");
    JK_TRY(jk_mapping_check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(jk_mapping_read_shape(reader, node, &source->key_shape));
    if (column == NULL) {
        return jk_mapping_fail(reader, node->file, node->line, "`column` is missing, expected the column of the key");
    }
    JK_TRY(jk_mapping_add_field(reader, column, number, &source->key));
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_source(mapping_reader *reader, const jk_yaml_pair *pair, uint32_t number) {
    static const char *const keys[] = {"recognised_by", "optional", "key", "joined_by", "max_unmatched"};
    jk_mapping_source *source = &reader->sources[number];
    const jk_yaml_node *node = pair->value;
    JK_TRY(jk_mapping_check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    *source =
        (jk_mapping_source){.name = pair->key, .key = JK_NO_FIELD, .joined_by = JK_NO_FIELD, .max_unmatched = -1.0};
    JK_TRY(jk_mapping_read_share(reader, node, "max_unmatched", &source->max_unmatched));
    const jk_yaml_node *recognised_by = jk_mapping_find(node, "recognised_by");
    const jk_yaml_node *key = jk_mapping_find(node, "key");
    const jk_yaml_node *joined_by = jk_mapping_find(node, "joined_by");
    const jk_yaml_node *optional = jk_mapping_find(node, "optional");
    if (recognised_by == NULL) {
        return jk_mapping_fail(
            reader, pair->file, pair->line,
            "`recognised_by` is missing, expected a list of columns that only this source has together");
    }
    JK_TRY(read_recognised_by(reader, recognised_by, number));
    if (number == 0 ? key != NULL || joined_by != NULL || optional != NULL : key == NULL || joined_by == NULL) {
        return jk_mapping_fail(
            reader, pair->file, pair->line,
            "the first source brings the claims and has neither key, joined_by nor optional; every other source "
            "has key and joined_by");
    }
    if (number > 0) {
        if (key->kind == JK_YAML_MAP) {
            JK_TRY(read_key(reader, key, number, source));
        } else {
            JK_TRY(jk_mapping_add_field(reader, key, number, &source->key));
        }
        JK_TRY(read_joined_by(reader, joined_by, number, &source->joined_shape, &source->joined_by));
    }
    if (optional != NULL && !jk_yaml_to_boolean(optional, &source->optional)) {
        return jk_mapping_expected(reader, optional, "true or false");
    }
    return JK_OK;
}

static jk_status read_sources(mapping_reader *reader, const jk_yaml_node *sources) {
    jk_mapping *mapping = reader->mapping;
    if (sources == NULL) {
        mapping->source_count = 1;
        reader->sources[0] = (jk_mapping_source){.name = "tape", .key = JK_NO_FIELD, .joined_by = JK_NO_FIELD};
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "sources");
    if (sources->kind != JK_YAML_MAP || sources->count == 0 || sources->count > SOURCES_MAX) {
        return jk_mapping_expected(reader, sources, "a map of 1 to 16 sources");
    }
    for (uint32_t s = 0; s < sources->count; s++) {
        size_t inner = jk_key_path_add(&reader->path, sources->pairs[s].key);
        mapping->source_count = s; /* those read so far can be named */
        JK_TRY(read_source(reader, &sources->pairs[s], s));
        jk_key_path_cut(&reader->path, inner);
    }
    mapping->source_count = sources->count;
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
    if (words == NULL) {
        return jk_mapping_no_memory(reader);
    }
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
                                       "sentinels",   "skip_footer", "expect",   "pivot"};
    jk_mapping *mapping = reader->mapping;
    JK_TRY(jk_mapping_check_keys(reader, root, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(jk_mapping_read_text_key(reader, root, "name", &mapping->name));
    JK_TRY(jk_mapping_read_text_keys(reader, root));
    JK_TRY(jk_mapping_read_format(reader, root, &reader->format));
    mapping->decimal = reader->format.decimal;
    JK_TRY(read_missing(reader, jk_mapping_find(root, "missing")));
    JK_TRY(read_sources(reader, jk_mapping_find(root, "sources")));
    JK_TRY(jk_mapping_read_row_keys(reader, root));
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
    return read_columns(reader, columns);
}

static jk_status digest_of(const char *bytes, size_t size, char text[65], jk_error *error) {
    unsigned char hash[EVP_MAX_MD_SIZE];
    if (EVP_Digest(bytes, size, hash, NULL, EVP_sha256(), NULL) != 1) {
        return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "cannot compute the sha256");
    }
    for (int i = 0; i < 32; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    return JK_OK;
}

static jk_status load_into(mapping_reader *reader, const char *path) {
    jk_yaml_reader yaml = {.arena = reader->arena};
    const char *bytes = NULL;
    size_t size = 0;
    const jk_yaml_node *root = NULL;
    JK_TRY(jk_yaml_read_file(&yaml, path, &bytes, &size, reader->error));
    JK_TRY(digest_of(bytes, size, reader->mapping->sha256, reader->error));
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
