/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a mapping file about its sources: how files are told apart, joined, and added up before they are. */
#include <math.h>
#include <string.h>

#include "base/text/text.h"
#include "import/mapping/mapping_reader.h"

enum { AGGREGATES_MAX = 64, WITHIN_MONTHS_MAX = 600 };

/* ---- columns ---------------------------------------------------------------------------------------------- */

static jk_status make_rule(mapping_reader *reader, const jk_yaml_node *node, size_t terms, jk_rule *rule) {
    *rule = (jk_rule){.line = node->line, .divide_by = JK_NO_FIELD, .format = reader->format};
    rule->terms = jk_arena_alloc(reader->arena, terms, sizeof *rule->terms);
    rule->signs = jk_arena_alloc(reader->arena, terms, sizeof *rule->signs);
    return jk_held(rule->terms != NULL && rule->signs != NULL, reader->error, "a mapping");
}

/* Adds a column, or those of a list, to the terms of a rule that has room for them. */
static jk_status add_columns(mapping_reader *reader, const jk_yaml_node *node, uint32_t source, int8_t sign,
                             jk_rule *rule) {
    const size_t count = node->kind == JK_YAML_LIST ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        const jk_yaml_node *one = node->kind == JK_YAML_LIST ? node->items[i] : node;
        JK_TRY(jk_mapping_add_field(reader, one, source, &rule->terms[rule->term_count]));
        rule->signs[rule->term_count++] = sign;
    }
    return JK_OK;
}

/* A column of dates under a key, where it is given. */
static jk_status read_date_key(mapping_reader *reader, const jk_yaml_node *map, const char *key, uint32_t source,
                               bool *has, jk_rule *rule) {
    const jk_yaml_node *node = jk_mapping_find(map, key);
    if (node == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, key);
    if (node->kind != JK_YAML_SCALAR) {
        return jk_mapping_expected(reader, node, "the name of a column of dates");
    }
    JK_TRY(make_rule(reader, node, 1, rule));
    rule->kind = JK_RULE_FIELD;
    *has = true;
    jk_key_path_cut(&reader->path, before);
    return add_columns(reader, node, source, 1, rule);
}

/* ---- aggregates ------------------------------------------------------------------------------------------- */

static const struct {
    const char *key;
    jk_aggregate_kind kind;
} aggregate_kinds[] = {{"sum", JK_AGGREGATE_SUM},
                       {"monthly", JK_AGGREGATE_MONTHLY},
                       {"count", JK_AGGREGATE_COUNT},
                       {"earliest", JK_AGGREGATE_EARLIEST},
                       {"latest", JK_AGGREGATE_LATEST}};
enum { AGGREGATE_KINDS = sizeof aggregate_kinds / sizeof aggregate_kinds[0] };

/* What is counted, added up, or compared. */
static jk_status read_terms(mapping_reader *reader, const jk_yaml_node *map, uint32_t source, jk_aggregate *aggregate) {
    const jk_yaml_node *node = NULL;
    const jk_yaml_node *minus = jk_mapping_find(map, "minus");
    size_t kinds = 0;
    for (size_t i = 0; i < AGGREGATE_KINDS; i++) {
        const jk_yaml_node *found = jk_mapping_find(map, aggregate_kinds[i].key);
        if (found != NULL) {
            node = found;
            aggregate->kind = aggregate_kinds[i].kind;
            kinds++;
        }
    }
    if (kinds != 1) {
        return jk_mapping_fail(reader, map->file, map->line,
                               "expected one of sum, monthly, count, earliest, latest to say what is made of the rows");
    }
    const bool adds = aggregate->kind == JK_AGGREGATE_SUM || aggregate->kind == JK_AGGREGATE_MONTHLY;
    if (aggregate->kind == JK_AGGREGATE_COUNT) {
        if (node->kind != JK_YAML_SCALAR || strcmp(node->text, "rows") != 0) {
            return jk_mapping_expected(reader, node, "`count: rows` (which rows: `where`)");
        }
        return minus == NULL ? make_rule(reader, node, 1, &aggregate->rule)
                             : jk_mapping_fail(reader, map->file, map->line, "rows are counted without `minus`");
    }
    size_t terms = node->kind == JK_YAML_LIST ? node->count : 1;
    terms += minus == NULL ? 0 : minus->kind == JK_YAML_LIST ? minus->count : 1;
    if (terms == 0 || terms > TERMS_MAX || (!adds && (terms > 1 || minus != NULL || node->kind != JK_YAML_SCALAR))) {
        return jk_mapping_expected(reader, node, adds ? "1 to 256 columns of amounts" : "one column of dates");
    }
    JK_TRY(make_rule(reader, node, terms, &aggregate->rule));
    aggregate->rule.kind = adds ? JK_RULE_SUM : JK_RULE_FIELD;
    JK_TRY(add_columns(reader, node, source, 1, &aggregate->rule));
    return minus != NULL ? add_columns(reader, minus, source, -1, &aggregate->rule) : JK_OK;
}

static jk_status read_aggregate(mapping_reader *reader, const jk_yaml_pair *pair, uint32_t source,
                                jk_aggregate *aggregate) {
    static const char *const keys[] = {"sum",      "minus",  "monthly",       "count",
                                       "earliest", "latest", "within_months", "where"};
    const jk_yaml_node *map = pair->value;
    *aggregate = (jk_aggregate){.name = pair->key};
    JK_TRY(jk_mapping_check_keys(reader, map, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(read_terms(reader, map, source, aggregate));
    const jk_yaml_node *within = jk_mapping_find(map, "within_months");
    double months = 0.0;
    if (within != NULL) {
        if (!jk_yaml_to_real(within, &months) || months != floor(months) || months < 1.0 ||
            months > WITHIN_MONTHS_MAX) {
            (void)jk_key_path_add(&reader->path, "within_months");
            return jk_mapping_expected(reader, within, "how many months before the cut-off, 1 to 600");
        }
        aggregate->within_months = (uint32_t)months;
        reader->mapping->needs_cutoff = true;
        if (!reader->sources[source].has_date) {
            return jk_mapping_fail(reader, within->file, within->line,
                                   "`within_months` needs the source's `date`: the column that says when a row was");
        }
    }
    if (aggregate->kind == JK_AGGREGATE_MONTHLY && within == NULL) {
        return jk_mapping_fail(reader, map->file, map->line,
                               "`monthly` is the sum of `within_months` by their number: say how many");
    }
    return jk_mapping_read_where(reader, jk_mapping_find(map, "where"), source, &aggregate->where,
                                 &aggregate->where_count);
}

static jk_status read_aggregates(mapping_reader *reader, const jk_yaml_node *map, uint32_t number) {
    jk_mapping_source *source = &reader->sources[number];
    if (map == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "aggregates");
    if (map->kind != JK_YAML_MAP || map->count == 0 || map->count > AGGREGATES_MAX) {
        return jk_mapping_expected(reader, map, "a map of 1 to 64 names and what they are made of");
    }
    jk_aggregate *list = jk_arena_alloc(reader->arena, map->count, sizeof *list);
    JK_TRY(jk_held(list != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < map->count; i++) {
        size_t inner = jk_key_path_add(&reader->path, map->pairs[i].key);
        JK_TRY(read_aggregate(reader, &map->pairs[i], number, &list[i]));
        jk_key_path_cut(&reader->path, inner);
    }
    source->aggregates = list;
    source->aggregate_count = map->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* `prefer: {Role: [main, joint]}`: of several rows with one key the one whose cell stands first. */
static jk_status read_prefer(mapping_reader *reader, const jk_yaml_node *map, uint32_t number) {
    jk_mapping_source *source = &reader->sources[number];
    if (map == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "prefer");
    if (map->kind != JK_YAML_MAP || map->count != 1) {
        return jk_mapping_expected(reader, map, "one column and a list of its cells, the best first");
    }
    JK_TRY(jk_mapping_read_words(reader, map->pairs[0].value, &source->prefer, &source->prefer_count));
    const jk_yaml_node name = {
        .kind = JK_YAML_SCALAR, .text = map->pairs[0].key, .file = map->pairs[0].file, .line = map->pairs[0].line};
    JK_TRY(jk_mapping_add_field(reader, &name, number, &source->prefer_field));
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* Which rows of a joined source count, which of several is taken, and what is made of all of them. */
static jk_status read_rows_of(mapping_reader *reader, const jk_yaml_node *node, uint32_t number) {
    jk_mapping_source *source = &reader->sources[number];
    const jk_csv_format of_file = reader->format;
    JK_TRY(jk_mapping_read_format(reader, node, &reader->format));
    JK_TRY(jk_mapping_read_where(reader, jk_mapping_find(node, "where"), number, &source->where, &source->where_count));
    JK_TRY(read_prefer(reader, jk_mapping_find(node, "prefer"), number));
    JK_TRY(read_date_key(reader, node, "latest_by", number, &source->has_latest_by, &source->latest_by));
    JK_TRY(read_date_key(reader, node, "date", number, &source->has_date, &source->date));
    JK_TRY(read_aggregates(reader, jk_mapping_find(node, "aggregates"), number));
    reader->format = of_file;
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
    JK_TRY(jk_held(fields != NULL, reader->error, "a mapping"));
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

enum { OF_JOINED = 5 }; /* place of the first key of a source that the first one cannot have */

static jk_status read_source(mapping_reader *reader, const jk_yaml_pair *pair, uint32_t number) {
    static const char *const keys[] = {"recognised_by", "optional",  "key",   "joined_by",  "max_unmatched",
                                       "where",         "prefer",    "date",  "latest_by",  "aggregates",
                                       "decimal",       "thousands", "pivot", "date_format"};
    const size_t fields_before = reader->mapping->field_count;
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
    for (size_t i = OF_JOINED; number == 0 && i < sizeof keys / sizeof keys[0]; i++) {
        if (jk_mapping_find(node, keys[i]) != NULL) {
            (void)jk_key_path_add(&reader->path, keys[i]);
            return jk_mapping_fail(reader, pair->file, pair->line,
                                   "this is of joined sources; what holds for the claims stands at the file's top");
        }
    }
    if (number > 0) {
        if (key->kind == JK_YAML_MAP) {
            JK_TRY(read_key(reader, key, number, source));
        } else {
            JK_TRY(jk_mapping_add_field(reader, key, number, &source->key));
        }
        JK_TRY(read_joined_by(reader, joined_by, number, &source->joined_shape, &source->joined_by));
        JK_TRY(read_rows_of(reader, node, number));
        for (size_t n = fields_before; n < reader->mapping->field_count; n++) {
            reader->fields[n].scanned = reader->fields[n].source == number && n != source->key;
        }
    }
    if (optional != NULL && !jk_yaml_to_boolean(optional, &source->optional)) {
        return jk_mapping_expected(reader, optional, "true or false");
    }
    return JK_OK;
}

jk_status jk_mapping_read_sources(mapping_reader *reader, const jk_yaml_node *sources) {
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
