/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of a mapping file: where a canonical column comes from. */
#include "import/mapping/mapping_reader.h"

#include <stdio.h>
#include <string.h>

#include "base/text/text.h"

/* ---- rules ------------------------------------------------------------------------------------------------ */

static jk_status add_term(mapping_reader *reader, const jk_yaml_node *node, uint32_t source, int8_t sign,
                          jk_rule *rule) {
    if (rule->term_count == TERMS_MAX) {
        return jk_mapping_fail(reader, node->file, node->line, "too many terms");
    }
    JK_TRY(jk_mapping_add_field(reader, node, source, &rule->terms[rule->term_count]));
    rule->signs[rule->term_count++] = sign;
    return JK_OK;
}

/* A list of terms; an item may itself be a list of names for one column. */
static jk_status add_terms(mapping_reader *reader, const jk_yaml_node *map, const char *key, uint32_t source,
                           int8_t sign, jk_rule *rule) {
    const jk_yaml_node *list = jk_mapping_find(map, key);
    if (list == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, key);
    if (list->kind != JK_YAML_LIST || list->count == 0) {
        return jk_mapping_expected(reader, list, "a list of source columns");
    }
    for (size_t i = 0; i < list->count; i++) {
        JK_TRY(add_term(reader, list->items[i], source, sign, rule));
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_values(mapping_reader *reader, const jk_yaml_node *map, jk_rule *rule) {
    const jk_yaml_node *values = jk_mapping_find(map, "values");
    JK_TRY(jk_mapping_read_text_key(reader, map, "otherwise", &rule->otherwise));
    if (values == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "values");
    if (values->kind != JK_YAML_MAP || values->count == 0 || values->count > VALUES_MAX) {
        return jk_mapping_expected(reader, values, "a map from the seller's values to canonical ones");
    }
    jk_value_pair *pairs = jk_arena_alloc(reader->arena, values->count, sizeof *pairs);
    JK_TRY(jk_held(pairs != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < values->count; i++) {
        pairs[i].from = values->pairs[i].key;
        size_t inner = jk_key_path_add(&reader->path, values->pairs[i].key);
        if (values->pairs[i].value->kind == JK_YAML_NULL) {
            pairs[i].to = "";
        } else {
            JK_TRY(jk_mapping_read_word(reader, values->pairs[i].value, &pairs[i].to));
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
    const jk_yaml_node *months = jk_mapping_find(map, "months");
    if (months == NULL) {
        return jk_mapping_fail(reader, map->file, map->line, "`months` is missing, expected a number or a map");
    }
    size_t before = jk_key_path_add(&reader->path, "months");
    if (jk_yaml_to_real(months, &rule->plus)) {
        jk_key_path_cut(&reader->path, before);
        return JK_OK;
    }
    JK_TRY(jk_mapping_check_keys(reader, months, keys, sizeof keys / sizeof keys[0]));
    JK_TRY(add_terms(reader, months, "sum", source, 1, rule));
    JK_TRY(add_terms(reader, months, "minus", source, -1, rule));
    const jk_yaml_node *divide_by = jk_mapping_find(months, "divide_by");
    if (divide_by != NULL) {
        JK_TRY(jk_mapping_add_field(reader, divide_by, source, &rule->divide_by));
    }
    const jk_yaml_node *plus = jk_mapping_find(months, "plus");
    if (plus != NULL && !jk_yaml_to_real(plus, &rule->plus)) {
        (void)jk_key_path_add(&reader->path, "plus");
        return jk_mapping_expected(reader, plus, "a number of months");
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_date_plus_months(mapping_reader *reader, const jk_yaml_node *node, uint32_t source,
                                       jk_rule *rule) {
    static const char *const keys[] = {"date", "months"};
    size_t before = jk_key_path_add(&reader->path, "date_plus_months");
    JK_TRY(jk_mapping_check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    const jk_yaml_node *date = jk_mapping_find(node, "date");
    if (date == NULL) {
        return jk_mapping_fail(reader, node->file, node->line, "`date` is missing, expected a source column");
    }
    JK_TRY(add_term(reader, date, source, 1, rule));
    JK_TRY(read_months(reader, node, source, rule));
    rule->kind = JK_RULE_DATE_PLUS_MONTHS;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_first(mapping_reader *reader, const jk_yaml_node *list, jk_rule *rule) {
    size_t before = jk_key_path_add(&reader->path, "first");
    if (list->kind != JK_YAML_LIST || list->count == 0 || list->count > ALTERNATIVES_MAX) {
        return jk_mapping_expected(reader, list, "a list of 1 to 16 ways to fill the column");
    }
    jk_rule *alternatives = jk_arena_alloc(reader->arena, list->count, sizeof *alternatives);
    JK_TRY(jk_held(alternatives != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < list->count; i++) {
        size_t inner = jk_key_path_index(&reader->path, i);
        JK_TRY(jk_mapping_read_rule(reader, list->items[i], true, &alternatives[i]));
        jk_key_path_cut(&reader->path, inner);
    }
    rule->kind = JK_RULE_FIRST;
    rule->alternatives = alternatives;
    rule->alternative_count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* Two dates, each made as a date column would be. */
static jk_status read_months_between(mapping_reader *reader, const jk_yaml_node *node, jk_rule *rule) {
    static const char *const keys[] = {"from", "to"};
    size_t before = jk_key_path_add(&reader->path, "months_between");
    JK_TRY(jk_mapping_check_keys(reader, node, keys, 2));
    jk_rule *ends = jk_arena_alloc(reader->arena, 2, sizeof *ends);
    JK_TRY(jk_held(ends != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < 2; i++) {
        const jk_yaml_node *end = jk_mapping_find(node, keys[i]);
        size_t inner = jk_key_path_add(&reader->path, keys[i]);
        if (end == NULL) {
            return jk_mapping_fail(reader, node->file, node->line, "is missing, expected how a date is made");
        }
        JK_TRY(jk_mapping_read_rule(reader, end, true, &ends[i]));
        if (ends[i].kind == JK_RULE_MONTHS_BETWEEN) {
            return jk_mapping_fail(reader, end->file, end->line, "`months_between` inside `months_between`");
        }
        jk_key_path_cut(&reader->path, inner);
    }
    rule->kind = JK_RULE_MONTHS_BETWEEN;
    rule->alternatives = ends;
    rule->alternative_count = 2;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

/* The one key that says how the column is made. */
static jk_status find_kind(mapping_reader *reader, const jk_yaml_node *map, const char **kind) {
    static const char *const kinds[] = {"column",         "constant", "sum",           "year_of", "date_plus_months",
                                        "months_between", "first",    "days_past_due", "age",     "text"};
    *kind = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (jk_mapping_find(map, kinds[i]) != NULL) {
            if (*kind != NULL) {
                return jk_mapping_fail(
                    reader, map->file, map->line,
                    "expected one of column, constant, sum, year_of, age, date_plus_months, days_past_due, "
                    "months_between, text, first; found several");
            }
            *kind = kinds[i];
        }
    }
    if (*kind == NULL && jk_mapping_find(map, "minus") != NULL) { /* nothing less something */
        *kind = "sum";
    }
    return *kind != NULL ? JK_OK
                         : jk_mapping_fail(reader, map->file, map->line,
                                           "expected one of column, constant, sum, year_of, age, date_plus_months, "
                                           "days_past_due, months_between, text, first");
}

static jk_status read_by_kind(mapping_reader *reader, const jk_yaml_node *map, const char *kind, bool inner,
                              jk_rule *rule) {
    const jk_yaml_node *node = jk_mapping_find(map, kind);
    uint32_t source = 0;
    JK_TRY(jk_mapping_read_source_of(reader, map, &source));
    if (strcmp(kind, "constant") == 0) {
        rule->kind = JK_RULE_CONSTANT;
        return jk_mapping_read_text_key(reader, map, "constant", &rule->constant);
    }
    if (strcmp(kind, "first") == 0) {
        return inner ? jk_mapping_fail(reader, node->file, node->line, "`first` inside `first`")
                     : read_first(reader, node, rule);
    }
    if (strcmp(kind, "date_plus_months") == 0) {
        return read_date_plus_months(reader, node, source, rule);
    }
    if (strcmp(kind, "months_between") == 0) {
        return read_months_between(reader, node, rule);
    }
    if (strcmp(kind, "text") == 0) {
        rule->kind = JK_RULE_TEXT;
        rule->between = "";
        JK_TRY(jk_mapping_read_text_key(reader, map, "between", &rule->between));
        return add_terms(reader, map, "text", source, 1, rule);
    }
    if (strcmp(kind, "days_past_due") == 0 || strcmp(kind, "age") == 0) {
        rule->kind = strcmp(kind, "age") == 0 ? JK_RULE_AGE : JK_RULE_DAYS_PAST_DUE;
        reader->mapping->needs_cutoff = true;
        return add_term(reader, node, source, 1, rule);
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
static jk_status check_company(mapping_reader *reader, const jk_yaml_node *map, jk_rule *rule) {
    static const char *const of_field[] = {"values", "otherwise"};
    for (size_t i = 0; i < 2; i++) {
        if (rule->kind != JK_RULE_FIELD && jk_mapping_find(map, of_field[i]) != NULL) {
            (void)jk_key_path_add(&reader->path, of_field[i]);
            return jk_mapping_fail(reader, map->file, map->line, "only a single `column` has values");
        }
    }
    const jk_yaml_node *least = jk_mapping_find(map, "at_least");
    if (least != NULL) {
        size_t before = jk_key_path_add(&reader->path, "at_least");
        if (rule->kind != JK_RULE_SUM || !jk_yaml_to_real(least, &rule->least)) {
            return rule->kind != JK_RULE_SUM
                       ? jk_mapping_fail(reader, map->file, map->line, "only sums and differences have a least value")
                       : jk_mapping_expected(reader, least, "a number");
        }
        if (!(rule->least >= -1e12 && rule->least <= 1e12)) {
            return jk_mapping_expected(reader, least, "a number of at most 1e12");
        }
        rule->has_least = true;
        jk_key_path_cut(&reader->path, before);
    }
    bool has_minus = jk_mapping_find(map, "minus") != NULL;
    if (has_minus && rule->kind != JK_RULE_SUM) {
        (void)jk_key_path_add(&reader->path, "minus");
        return jk_mapping_fail(reader, map->file, map->line, "only `column` and `sum` have something to subtract");
    }
    return JK_OK;
}

jk_status jk_mapping_read_rule(mapping_reader *reader, const jk_yaml_node *node, bool inner, jk_rule *rule) {
    static const char *const keys[] = {"column",    "constant",      "sum",
                                       "minus",     "year_of",       "date_plus_months",
                                       "first",     "source",        "values",
                                       "otherwise", "unit",          "decimal",
                                       "thousands", "date_format",   "months_between",
                                       "at_least",  "days_past_due", "age",
                                       "text",      "between",       "clean",
                                       "pad",       "prefix",        "pivot"};
    *rule = (jk_rule){.line = node->line, .divide_by = JK_NO_FIELD, .format = reader->format};
    rule->terms = jk_arena_alloc(reader->arena, TERMS_MAX, sizeof *rule->terms);
    rule->signs = jk_arena_alloc(reader->arena, TERMS_MAX, sizeof *rule->signs);
    JK_TRY(jk_held(rule->terms != NULL && rule->signs != NULL, reader->error, "a mapping"));
    if (node->kind == JK_YAML_SCALAR) {
        rule->kind = JK_RULE_FIELD;
        return add_term(reader, node, 0, 1, rule);
    }
    if (node->kind != JK_YAML_MAP) {
        return jk_mapping_expected(reader, node,
                                   "the name of a source column, or a map that says how the column is made");
    }
    JK_TRY(jk_mapping_check_keys(reader, node, keys, sizeof keys / sizeof keys[0]));
    const char *kind = NULL;
    JK_TRY(find_kind(reader, node, &kind));
    JK_TRY(jk_mapping_read_format(reader, node, &rule->format));
    JK_TRY(jk_mapping_read_unit(reader, node, &rule->format));
    JK_TRY(read_by_kind(reader, node, kind, inner, rule));
    JK_TRY(jk_mapping_read_shape(reader, node, &rule->shape));
    JK_TRY(read_values(reader, node, rule));
    JK_TRY(jk_mapping_settle_format(reader, node, rule));
    return check_company(reader, node, rule);
}
