/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a mapping file. Strict: a key that is not known is an error that names the nearest one. */
#include "tape/mapping.h"

#include <iconv.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "base/yaml.h"

enum { FIELDS_MAX = 1024, TERMS_MAX = 256, SOURCES_MAX = 16, VALUES_MAX = 4096, ALTERNATIVES_MAX = 16 };

typedef struct mapping_reader {
    jk_arena *arena;
    jk_error *error;
    jk_mapping *mapping;
    jk_field_name *fields;
    jk_mapping_source *sources;
    jk_csv_format format; /* the file's own, before a column changes it */
    jk_key_path path;
} mapping_reader;

/* ---- messages --------------------------------------------------------------------------------------------- */

static jk_status fail(mapping_reader *reader, const char *file, int64_t line, const char *message) {
    return jk_fail(reader->error, JK_ERROR_MODEL, file, line, reader->path.length > 0 ? reader->path.text : NULL, "%s",
                   message);
}

static jk_status expected(mapping_reader *reader, const jk_yaml_node *node, const char *what) {
    char words[JK_YAML_WORDS];
    return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line,
                   reader->path.length > 0 ? reader->path.text : NULL, "expected %s, found %s", what,
                   jk_yaml_describe(node, words));
}

static jk_status no_memory(mapping_reader *reader) {
    return jk_fail_memory(reader->error, "a mapping");
}

static jk_status unknown_key(mapping_reader *reader, const jk_yaml_pair *pair, const char *const *known, size_t count) {
    int nearest = jk_text_nearest(pair->key, known, count);
    char message[256];
    (void)snprintf(message, sizeof message,
                   nearest >= 0 ? "unknown key '%.80s'; did you mean '%s'?" : "unknown key '%.80s'", pair->key,
                   nearest >= 0 ? known[nearest] : "");
    return fail(reader, pair->file, pair->line, message);
}

/* Checks that a node is a map with no other keys than these. */
static jk_status check_keys(mapping_reader *reader, const jk_yaml_node *node, const char *const *known, size_t count) {
    if (node->kind != JK_YAML_MAP) {
        return expected(reader, node, "a map");
    }
    for (size_t i = 0; i < node->count; i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++) {
            found |= strcmp(node->pairs[i].key, known[k]) == 0;
        }
        if (!found) {
            return unknown_key(reader, &node->pairs[i], known, count);
        }
    }
    return JK_OK;
}

/* ---- scalars ---------------------------------------------------------------------------------------------- */

static const jk_yaml_node *find(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = jk_yaml_find(map, key);
    return pair != NULL ? pair->value : NULL;
}

/* Any scalar as it is written: a header may be called 3.09, a value may be 1. */
static jk_status read_word(mapping_reader *reader, const jk_yaml_node *node, const char **word) {
    if (node->kind != JK_YAML_SCALAR) {
        return expected(reader, node, "a text");
    }
    *word = node->text;
    return JK_OK;
}

static jk_status read_text_key(mapping_reader *reader, const jk_yaml_node *map, const char *key, const char **text) {
    const jk_yaml_node *node = find(map, key);
    if (node == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, key);
    JK_TRY(read_word(reader, node, text));
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_marks(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    const char *decimal = NULL;
    const char *thousands = NULL;
    JK_TRY(read_text_key(reader, map, "decimal", &decimal));
    JK_TRY(read_text_key(reader, map, "thousands", &thousands));
    if (decimal != NULL) {
        if (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0) {
            (void)jk_key_path_add(&reader->path, "decimal");
            return expected(reader, find(map, "decimal"), "\".\" or \",\"");
        }
        format->decimal = decimal[0];
    }
    if (thousands != NULL) {
        bool is_digit = strpbrk(thousands, "0123456789+-\"\n\r") != NULL;
        if (strlen(thousands) >= sizeof format->thousands || is_digit) {
            (void)jk_key_path_add(&reader->path, "thousands");
            return expected(reader, find(map, "thousands"), "one character that is no digit, sign or quote, or \"\"");
        }
        (void)strcpy(format->thousands, thousands);
    }
    if (format->thousands[0] == format->decimal && format->thousands[1] == '\0') {
        return fail(reader, map->file, map->line, "decimal and thousands mark are the same");
    }
    return JK_OK;
}

static jk_status read_unit(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    static const struct {
        const char *name;
        int scale;
    } units[] = {{"units", 0}, {"cents", -2}, {"thousands", 3}, {"percent", -2}};
    const char *unit = NULL;
    JK_TRY(read_text_key(reader, map, "unit", &unit));
    for (size_t i = 0; unit != NULL && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) == 0) {
            format->scale = units[i].scale;
            return JK_OK;
        }
    }
    if (unit != NULL) {
        (void)jk_key_path_add(&reader->path, "unit");
        return expected(reader, find(map, "unit"), "units, cents, thousands or percent");
    }
    return JK_OK;
}

static jk_status read_format(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    JK_TRY(read_marks(reader, map, format));
    JK_TRY(read_text_key(reader, map, "date_format", &format->date));
    if (!jk_csv_date_format_is_valid(format->date)) {
        (void)jk_key_path_add(&reader->path, "date_format");
        return expected(reader, find(map, "date_format"),
                        "a date format with a year (%Y or %y) and a month (%m or %b), such as \"%d.%m.%Y\"");
    }
    return JK_OK;
}

/* ---- field names ------------------------------------------------------------------------------------------ */

/* Registers a field (one name, or a list of names of which the first that the header has is taken). */
static jk_status add_field(mapping_reader *reader, const jk_yaml_node *node, uint32_t source, uint32_t *number) {
    jk_mapping *mapping = reader->mapping;
    size_t count = node->kind == JK_YAML_LIST ? node->count : 1;
    if (count == 0 || (node->kind != JK_YAML_LIST && node->kind != JK_YAML_SCALAR)) {
        return expected(reader, node, "the name of a source column, or a list of names it may have");
    }
    if (mapping->field_count == FIELDS_MAX) {
        return fail(reader, node->file, node->line, "the mapping names too many source columns");
    }
    const char **names = jk_arena_alloc(reader->arena, count, sizeof *names);
    if (names == NULL) {
        return no_memory(reader);
    }
    for (size_t i = 0; i < count; i++) {
        JK_TRY(read_word(reader, node->kind == JK_YAML_LIST ? node->items[i] : node, &names[i]));
    }
    reader->fields[mapping->field_count] =
        (jk_field_name){.count = count, .names = names, .source = source, .line = node->line};
    *number = (uint32_t)mapping->field_count++;
    return JK_OK;
}

static jk_status read_source_of(mapping_reader *reader, const jk_yaml_node *map, uint32_t *source) {
    const char *name = NULL;
    *source = 0;
    JK_TRY(read_text_key(reader, map, "source", &name));
    for (uint32_t s = 0; name != NULL && s < reader->mapping->source_count; s++) {
        if (strcmp(name, reader->sources[s].name) == 0) {
            *source = s;
            return JK_OK;
        }
    }
    if (name != NULL) {
        (void)jk_key_path_add(&reader->path, "source");
        return expected(reader, find(map, "source"), "the name of one of `sources`");
    }
    return JK_OK;
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

static jk_status add_term(mapping_reader *reader, const jk_yaml_node *node, uint32_t source, int8_t sign,
                          jk_rule *rule) {
    if (rule->term_count == TERMS_MAX) {
        return fail(reader, node->file, node->line, "too many terms");
    }
    JK_TRY(add_field(reader, node, source, &rule->terms[rule->term_count]));
    rule->signs[rule->term_count++] = sign;
    return JK_OK;
}

/* A list of terms; an item may itself be a list of names for one column. */
static jk_status add_terms(mapping_reader *reader, const jk_yaml_node *map, const char *key, uint32_t source,
                           int8_t sign, jk_rule *rule) {
    const jk_yaml_node *list = find(map, key);
    if (list == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, key);
    if (list->kind != JK_YAML_LIST || list->count == 0) {
        return expected(reader, list, "a list of source columns");
    }
    for (size_t i = 0; i < list->count; i++) {
        JK_TRY(add_term(reader, list->items[i], source, sign, rule));
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_values(mapping_reader *reader, const jk_yaml_node *map, jk_rule *rule) {
    const jk_yaml_node *values = find(map, "values");
    JK_TRY(read_text_key(reader, map, "otherwise", &rule->otherwise));
    if (values == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "values");
    if (values->kind != JK_YAML_MAP || values->count == 0 || values->count > VALUES_MAX) {
        return expected(reader, values, "a map from the seller's values to canonical ones");
    }
    jk_value_pair *pairs = jk_arena_alloc(reader->arena, values->count, sizeof *pairs);
    if (pairs == NULL) {
        return no_memory(reader);
    }
    for (size_t i = 0; i < values->count; i++) {
        pairs[i].from = values->pairs[i].key;
        size_t inner = jk_key_path_add(&reader->path, values->pairs[i].key);
        if (values->pairs[i].value->kind == JK_YAML_NULL) {
            pairs[i].to = "";
        } else {
            JK_TRY(read_word(reader, values->pairs[i].value, &pairs[i].to));
        }
        jk_key_path_cut(&reader->path, inner);
    }
    rule->values = pairs;
    rule->value_count = values->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_months(mapping_reader *reader, const jk_yaml_node *map, uint32_t source, jk_rule *rule) {
    static const char *const keys[] = {"sum", "minus", "divide_by", "plus"};
    const jk_yaml_node *months = find(map, "months");
    if (months == NULL) {
        return fail(reader, map->file, map->line, "`months` is missing, expected a number or a map");
    }
    size_t before = jk_key_path_add(&reader->path, "months");
    if (jk_yaml_to_real(months, &rule->plus)) {
        jk_key_path_cut(&reader->path, before);
        return JK_OK;
    }
    JK_TRY(check_keys(reader, months, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(add_terms(reader, months, "sum", source, 1, rule));
    JK_TRY(add_terms(reader, months, "minus", source, -1, rule));
    const jk_yaml_node *divide_by = find(months, "divide_by");
    if (divide_by != NULL) {
        JK_TRY(add_field(reader, divide_by, source, &rule->divide_by));
    }
    const jk_yaml_node *plus = find(months, "plus");
    if (plus != NULL && !jk_yaml_to_real(plus, &rule->plus)) {
        (void)jk_key_path_add(&reader->path, "plus");
        return expected(reader, plus, "a number of months");
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_date_plus_months(mapping_reader *reader, const jk_yaml_node *node, uint32_t source,
                                       jk_rule *rule) {
    static const char *const keys[] = {"date", "months"};
    size_t before = jk_key_path_add(&reader->path, "date_plus_months");
    JK_TRY(check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    const jk_yaml_node *date = find(node, "date");
    if (date == NULL) {
        return fail(reader, node->file, node->line, "`date` is missing, expected a source column");
    }
    JK_TRY(add_term(reader, date, source, 1, rule));
    JK_TRY(read_months(reader, node, source, rule));
    rule->kind = JK_RULE_DATE_PLUS_MONTHS;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_rule(mapping_reader *reader, const jk_yaml_node *node, bool inner, jk_rule *rule);

static jk_status read_first(mapping_reader *reader, const jk_yaml_node *list, jk_rule *rule) {
    size_t before = jk_key_path_add(&reader->path, "first");
    if (list->kind != JK_YAML_LIST || list->count == 0 || list->count > ALTERNATIVES_MAX) {
        return expected(reader, list, "a list of 1 to 16 ways to fill the column");
    }
    jk_rule *alternatives = jk_arena_alloc(reader->arena, list->count, sizeof *alternatives);
    if (alternatives == NULL) {
        return no_memory(reader);
    }
    for (size_t i = 0; i < list->count; i++) {
        size_t inner = jk_key_path_index(&reader->path, i);
        JK_TRY(read_rule(reader, list->items[i], true, &alternatives[i]));
        jk_key_path_cut(&reader->path, inner);
    }
    rule->kind = JK_RULE_FIRST;
    rule->alternatives = alternatives;
    rule->alternative_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* The one key that says how the column is made. */
static jk_status find_kind(mapping_reader *reader, const jk_yaml_node *map, const char **kind) {
    static const char *const kinds[] = {"column", "constant", "sum", "year_of", "date_plus_months", "first"};
    *kind = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (find(map, kinds[i]) != NULL) {
            if (*kind != NULL) {
                return fail(reader, map->file, map->line,
                            "expected one of column, constant, sum, year_of, date_plus_months, first; found several");
            }
            *kind = kinds[i];
        }
    }
    return *kind != NULL ? JK_OK
                         : fail(reader, map->file, map->line,
                                "expected one of column, constant, sum, year_of, date_plus_months, first");
}

static jk_status read_by_kind(mapping_reader *reader, const jk_yaml_node *map, const char *kind, bool inner,
                              jk_rule *rule) {
    const jk_yaml_node *node = find(map, kind);
    uint32_t source = 0;
    JK_TRY(read_source_of(reader, map, &source));
    if (strcmp(kind, "constant") == 0) {
        rule->kind = JK_RULE_CONSTANT;
        return read_text_key(reader, map, "constant", &rule->constant);
    }
    if (strcmp(kind, "first") == 0) {
        return inner ? fail(reader, node->file, node->line, "`first` inside `first`") : read_first(reader, node, rule);
    }
    if (strcmp(kind, "date_plus_months") == 0) {
        return read_date_plus_months(reader, node, source, rule);
    }
    if (strcmp(kind, "sum") == 0) {
        JK_TRY(add_terms(reader, map, "sum", source, 1, rule));
    } else {
        size_t before = jk_key_path_add(&reader->path, kind);
        JK_TRY(add_term(reader, node, source, 1, rule));
        jk_key_path_cut(&reader->path, before);
    }
    JK_TRY(add_terms(reader, map, "minus", source, -1, rule));
    rule->kind = strcmp(kind, "year_of") == 0                           ? JK_RULE_YEAR_OF
                 : strcmp(kind, "column") == 0 && rule->term_count == 1 ? JK_RULE_FIELD
                                                                        : JK_RULE_SUM;
    return JK_OK;
}

/* What a rule of a kind can have beside the kind itself. */
static jk_status check_company(mapping_reader *reader, const jk_yaml_node *map, const jk_rule *rule) {
    static const char *const of_field[] = {"values", "otherwise"};
    for (size_t i = 0; i < 2; i++) {
        if (rule->kind != JK_RULE_FIELD && find(map, of_field[i]) != NULL) {
            (void)jk_key_path_add(&reader->path, of_field[i]);
            return fail(reader, map->file, map->line, "only a single `column` has values");
        }
    }
    bool has_minus = find(map, "minus") != NULL;
    if (has_minus && rule->kind != JK_RULE_SUM) {
        (void)jk_key_path_add(&reader->path, "minus");
        return fail(reader, map->file, map->line, "only `column` and `sum` have something to subtract");
    }
    return JK_OK;
}

static jk_status read_rule(mapping_reader *reader, const jk_yaml_node *node, bool inner, jk_rule *rule) {
    static const char *const keys[] = {"column",    "constant",   "sum",    "minus",     "year_of", "date_plus_months",
                                       "first",     "source",     "values", "otherwise", "unit",    "decimal",
                                       "thousands", "date_format"};
    *rule = (jk_rule){.line = node->line, .divide_by = JK_NO_FIELD, .format = reader->format};
    rule->terms = jk_arena_alloc(reader->arena, TERMS_MAX, sizeof *rule->terms);
    rule->signs = jk_arena_alloc(reader->arena, TERMS_MAX, sizeof *rule->signs);
    if (rule->terms == NULL || rule->signs == NULL) {
        return no_memory(reader);
    }
    if (node->kind == JK_YAML_SCALAR) {
        rule->kind = JK_RULE_FIELD;
        return add_term(reader, node, 0, 1, rule);
    }
    if (node->kind != JK_YAML_MAP) {
        return expected(reader, node, "the name of a source column, or a map that says how the column is made");
    }
    JK_TRY(check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    const char *kind = NULL;
    JK_TRY(find_kind(reader, node, &kind));
    JK_TRY(read_format(reader, node, &rule->format));
    JK_TRY(read_unit(reader, node, &rule->format));
    JK_TRY(read_by_kind(reader, node, kind, inner, rule));
    JK_TRY(read_values(reader, node, rule));
    return check_company(reader, node, rule);
}

/* ---- columns ---------------------------------------------------------------------------------------------- */

/* Sums make numbers, date_plus_months makes dates: only where the column holds such. */
static jk_status check_type(mapping_reader *reader, const jk_rule *rule, jk_type type, const char *file) {
    bool number = type == JK_TYPE_MONEY || type == JK_TYPE_INTEGER || type == JK_TYPE_REAL;
    bool wrong = (rule->kind == JK_RULE_SUM && !number) || (rule->kind == JK_RULE_YEAR_OF && type != JK_TYPE_INTEGER) ||
                 (rule->kind == JK_RULE_DATE_PLUS_MONTHS && type != JK_TYPE_DATE);
    if (wrong) {
        return fail(reader, file, rule->line, "this way to fill a column gives another type than the column has");
    }
    if (rule->format.scale != 0 && type == JK_TYPE_INTEGER) {
        return fail(reader, file, rule->line, "a unit is for money and rates");
    }
    for (size_t i = 0; i < rule->alternative_count; i++) {
        JK_TRY(check_type(reader, &rule->alternatives[i], type, file));
    }
    return JK_OK;
}

static jk_status read_columns(mapping_reader *reader, const jk_yaml_node *columns) {
    const char *known[JK_CSV_COLUMN_COUNT];
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        known[c] = jk_schema_column((jk_column)c)->name;
    }
    size_t before = jk_key_path_add(&reader->path, "columns");
    JK_TRY(check_keys(reader, columns, known, JK_CSV_COLUMN_COUNT));
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        const jk_yaml_node *node = find(columns, known[c]);
        if (node == NULL) {
            continue;
        }
        size_t inner = jk_key_path_add(&reader->path, known[c]);
        jk_rule *rule = &reader->mapping->rules[c];
        JK_TRY(read_rule(reader, node, false, rule));
        JK_TRY(check_type(reader, rule, jk_schema_column((jk_column)c)->type, node->file));
        reader->mapping->mapped[c] = true;
        jk_key_path_cut(&reader->path, inner);
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* ---- sources ---------------------------------------------------------------------------------------------- */

/* `joined_by`: a column of the first source, or `{source: S, column: C}` of an earlier one. */
static jk_status read_joined_by(mapping_reader *reader, const jk_yaml_node *node, uint32_t own, uint32_t *number) {
    static const char *const keys[] = {"source", "column"};
    uint32_t source = 0;
    const jk_yaml_node *column = node;
    if (node->kind == JK_YAML_MAP) {
        JK_TRY(check_keys(reader, node, keys, 2));
        JK_TRY(read_source_of(reader, node, &source));
        column = find(node, "column");
    }
    if (column == NULL || source >= own) {
        return fail(reader, node->file, node->line, "expected a column of a source that stands before this one");
    }
    return add_field(reader, column, source, number);
}

/* Columns that together tell a file from those of the other sources. */
static jk_status read_recognised_by(mapping_reader *reader, const jk_yaml_node *list, uint32_t number) {
    jk_mapping_source *source = &reader->sources[number];
    size_t before = jk_key_path_add(&reader->path, "recognised_by");
    if (list->kind != JK_YAML_LIST || list->count == 0 || list->count > TERMS_MAX) {
        return expected(reader, list, "a list of columns that only this source has together");
    }
    uint32_t *fields = jk_arena_alloc(reader->arena, list->count, sizeof *fields);
    if (fields == NULL) {
        return no_memory(reader);
    }
    for (size_t i = 0; i < list->count; i++) {
        JK_TRY(add_field(reader, list->items[i], number, &fields[i]));
    }
    source->recognised_by = fields;
    source->recognised_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_source(mapping_reader *reader, const jk_yaml_pair *pair, uint32_t number) {
    static const char *const keys[] = {"recognised_by", "optional", "key", "joined_by"};
    jk_mapping_source *source = &reader->sources[number];
    const jk_yaml_node *node = pair->value;
    JK_TRY(check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    *source = (jk_mapping_source){.name = pair->key, .key = JK_NO_FIELD, .joined_by = JK_NO_FIELD};
    const jk_yaml_node *recognised_by = find(node, "recognised_by");
    const jk_yaml_node *key = find(node, "key");
    const jk_yaml_node *joined_by = find(node, "joined_by");
    const jk_yaml_node *optional = find(node, "optional");
    if (recognised_by == NULL) {
        return fail(reader, pair->file, pair->line,
                    "`recognised_by` is missing, expected a list of columns that only this source has together");
    }
    JK_TRY(read_recognised_by(reader, recognised_by, number));
    if (number == 0 ? key != NULL || joined_by != NULL || optional != NULL : key == NULL || joined_by == NULL) {
        return fail(
            reader, pair->file, pair->line,
            "the first source brings the claims and has neither key, joined_by nor optional; every other source "
            "has key and joined_by");
    }
    if (number > 0) {
        JK_TRY(add_field(reader, key, number, &source->key));
        JK_TRY(read_joined_by(reader, joined_by, number, &source->joined_by));
    }
    if (optional != NULL && !jk_yaml_to_boolean(optional, &source->optional)) {
        return expected(reader, optional, "true or false");
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
        return expected(reader, sources, "a map of 1 to 16 sources");
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

static jk_status read_separator(mapping_reader *reader, const jk_yaml_node *root) {
    const char *separator = NULL;
    JK_TRY(read_text_key(reader, root, "separator", &separator));
    if (separator == NULL) {
        return JK_OK;
    }
    bool tab = strcmp(separator, "tab") == 0;
    if (!tab && (strlen(separator) != 1 || strchr("\"\r\n", separator[0]) != NULL || (separator[0] & 0x80) != 0)) {
        (void)jk_key_path_add(&reader->path, "separator");
        return expected(reader, find(root, "separator"), "one character, or tab");
    }
    reader->mapping->separator = tab ? '\t' : separator[0];
    return JK_OK;
}

/* Latin-1 goes by many names; the one that people write with a hyphen is not among those that iconv knows. */
static jk_status read_encoding(mapping_reader *reader, const jk_yaml_node *root) {
    const char *encoding = NULL;
    JK_TRY(read_text_key(reader, root, "encoding", &encoding));
    if (encoding == NULL) {
        return JK_OK;
    }
    if (strcasecmp(encoding, "latin-1") == 0) {
        encoding = "ISO-8859-1";
    }
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) {
        (void)jk_key_path_add(&reader->path, "encoding");
        return expected(reader, find(root, "encoding"), "an encoding such as UTF-8, Latin-1, CP1252 or UTF-16");
    }
    (void)iconv_close(converter);
    reader->mapping->encoding = encoding;
    return JK_OK;
}

static jk_status read_missing(mapping_reader *reader, const jk_yaml_node *list) {
    if (list == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "missing");
    if (list->kind != JK_YAML_LIST) {
        return expected(reader, list, "a list of words that stand for an empty cell");
    }
    const char **words = jk_arena_alloc(reader->arena, list->count + 1, sizeof *words);
    if (words == NULL) {
        return no_memory(reader);
    }
    for (size_t i = 0; i < list->count; i++) {
        JK_TRY(read_word(reader, list->items[i], &words[i]));
    }
    reader->mapping->missing_words = words;
    reader->mapping->missing_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_root(mapping_reader *reader, const jk_yaml_node *root) {
    static const char *const keys[] = {"name",        "separator", "encoding", "decimal", "thousands",
                                       "date_format", "missing",   "cutoff",   "sources", "columns"};
    jk_mapping *mapping = reader->mapping;
    JK_TRY(check_keys(reader, root, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(read_text_key(reader, root, "name", &mapping->name));
    JK_TRY(read_separator(reader, root));
    JK_TRY(read_encoding(reader, root));
    JK_TRY(read_format(reader, root, &reader->format));
    JK_TRY(read_missing(reader, find(root, "missing")));
    JK_TRY(read_sources(reader, find(root, "sources")));
    const jk_yaml_node *cutoff = find(root, "cutoff");
    if (cutoff != NULL) {
        size_t before = jk_key_path_add(&reader->path, "cutoff");
        JK_TRY(read_rule(reader, cutoff, true, &mapping->cutoff));
        if (mapping->cutoff.kind != JK_RULE_CONSTANT && mapping->cutoff.kind != JK_RULE_FIELD) {
            return expected(reader, cutoff, "a column or a constant");
        }
        if (mapping->cutoff.kind == JK_RULE_FIELD && reader->fields[mapping->cutoff.terms[0]].source != 0) {
            return fail(reader, cutoff->file, cutoff->line, "the cut-off column must be one of the first source");
        }
        mapping->has_cutoff = true;
        jk_key_path_cut(&reader->path, before);
    }
    const jk_yaml_node *columns = find(root, "columns");
    if (columns == NULL) {
        return fail(reader, root->file, root->line, "`columns` is missing, expected a map of canonical columns");
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
        return expected(reader, root, "a map");
    }
    return read_root(reader, root);
}

jk_status jk_mapping_load(const char *path, jk_mapping **result, jk_error *error) {
    *result = NULL;
    jk_arena *arena = jk_arena_create();
    jk_mapping *mapping = arena != NULL ? jk_arena_alloc(arena, 1, sizeof *mapping) : NULL;
    mapping_reader reader = {.arena = arena, .error = error, .mapping = mapping, .format = jk_csv_canonical_format};
    if (mapping != NULL) {
        mapping->arena = arena;
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
