/* SPDX-License-Identifier: Apache-2.0 */
/* `when:` and the codes and levels that it names. */
#include <math.h>
#include <string.h>

#include "base/number/calendar.h"
#include "base/text/text.h"
#include "model/keys/sections.h"

jk_status jk_check_code(jk_model_reader *reader, const jk_yaml_node *place, const char *text, size_t length,
                        const char *expected) {
    size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (letters == length && text[letters] == '\0') {
        return JK_OK;
    }
    jk_yaml_node word = {.kind = JK_YAML_SCALAR, .text = text, .file = place->file, .line = place->line};
    return jk_model_expected(reader, &word, expected);
}

jk_status jk_check_level(jk_model_reader *reader, const jk_yaml_node *place, jk_column column, const char *text) {
    switch (column) {
    case JK_COLUMN_COUNTRY:
        return jk_check_code(reader, place, text, 2, "a country of two capital letters");
    case JK_COLUMN_CURRENCY:
        return jk_check_code(reader, place, text, 3, "a currency of three capital letters");
    default: {
        size_t count = 0;
        const char *const *levels = jk_schema_levels(column, &count);
        jk_yaml_node word = {.kind = JK_YAML_SCALAR, .text = text, .file = place->file, .line = place->line};
        int level = 0;
        return levels ? jk_read_choice(reader, &word, jk_schema_column(column)->name, levels, count, &level) : JK_OK;
    }
    }
}

/* `when:` names values of a column that has few. */
static bool has_values(jk_column column) {
    const jk_type type = jk_schema_column(column)->type;
    return column == JK_COLUMN_PLACEMENTS || type == JK_TYPE_ENUM || type == JK_TYPE_DICTIONARY;
}

/* Whether a condition on the column is a range. */
static bool has_range(jk_column column) {
    return !has_values(column) && jk_schema_column(column)->type != JK_TYPE_TEXT;
}

enum { CONDITION_NAMES = JK_CSV_COLUMN_COUNT + JK_DERIVED_COUNT + JK_EXTRA_COUNT };

bool jk_condition_figure(jk_derived derived) {
    switch (derived) {
    case JK_DERIVED_BALANCE:
    case JK_DERIVED_AGE_YEARS:
    case JK_DERIVED_MONTHS_SINCE_WRITE_OFF:
    case JK_DERIVED_MONTHS_SINCE_DEFAULT:
    case JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT:
        return true;
    default:
        return false;
    }
}

/* Names that a condition may have, those with values first. */
static size_t list_names(const jk_extras *extras, const char *names[CONDITION_NAMES]) {
    size_t count = 0;
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        if (has_values((jk_column)c)) {
            names[count++] = jk_schema_column((jk_column)c)->name;
        }
    }
    for (int d = 0; d < JK_DERIVED_COUNT; d++) {
        if (jk_condition_figure((jk_derived)d)) {
            names[count++] = jk_derived_name((jk_derived)d);
        }
    }
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        if (has_range((jk_column)c)) {
            names[count++] = jk_schema_column((jk_column)c)->name;
        }
    }
    for (int i = 0; i < JK_EXTRA_COUNT; i++) {
        if (extras->name[i] != NULL) {
            names[count++] = extras->name[i];
        }
    }
    return count;
}

static jk_status find_column(jk_model_reader *reader, const jk_yaml_pair *pair, jk_condition_term *term) {
    const jk_extras *extras = &reader->model->extras;
    const char *names[CONDITION_NAMES];
    int column = jk_schema_find(pair->key, strlen(pair->key));
    const bool fixed = column >= 0;
    column = fixed ? column : jk_extras_find(extras, pair->key);
    *term = (jk_condition_term){.figure = JK_DERIVED_NONE, .column = JK_COLUMN_COUNT};
    if (column >= 0 && (!fixed || has_values((jk_column)column) || has_range((jk_column)column))) {
        term->column = (jk_column)column;
        return JK_OK;
    }
    for (int d = 0; d < JK_DERIVED_COUNT; d++) {
        if (jk_condition_figure((jk_derived)d) && strcmp(jk_derived_name((jk_derived)d), pair->key) == 0) {
            term->figure = d;
            return JK_OK;
        }
    }
    return jk_model_unknown(reader, pair, "column in a condition", names, list_names(extras, names));
}

static jk_status read_value(jk_model_reader *reader, const jk_yaml_node *node, jk_column column, const char **value) {
    if (jk_schema_column(column)->type == JK_TYPE_INTEGER) {
        int64_t number = 0;
        if (node->kind != JK_YAML_SCALAR || !node->plain ||
            !jk_text_to_integer(node->text, strlen(node->text), &number) || number < 0 || number > INT32_MAX) {
            return jk_model_expected(reader, node, "a whole number, 0 or more");
        }
    } else if (jk_schema_column(column)->type == JK_TYPE_ENUM) {
        size_t count = 0;
        const char *const *levels = jk_schema_levels(column, &count);
        int level = 0;
        JK_TRY(jk_read_choice(reader, node, jk_schema_column(column)->name, levels, count, &level));
    } else {
        const char *text = NULL;
        if (!jk_yaml_to_text(node, &text) || text[0] == '\0') {
            return jk_model_expected(reader, node, "a text");
        }
        JK_TRY(jk_check_level(reader, node, column, text));
    }
    *value = node->text;
    return JK_OK;
}

/* One bound: a number, or a date of a column of dates. */
static jk_status read_bound(jk_model_reader *reader, const jk_yaml_node *node, const jk_condition_term *term,
                            double *bound) {
    if (term->figure == JK_DERIVED_NONE && jk_schema_column(term->column)->type == JK_TYPE_DATE) {
        int32_t date = 0;
        if (node->kind != JK_YAML_SCALAR || !jk_date_parse(node->text, strlen(node->text), &date)) {
            return jk_model_expected(reader, node, "a date YYYY-MM-DD");
        }
        *bound = (double)date;
        return JK_OK;
    }
    return jk_yaml_to_real(node, bound) && isfinite(*bound) ? JK_OK : jk_model_expected(reader, node, "a number");
}

/* `[500, 5000]`: from the first to below the second; null: no bound. */
static jk_status read_pair(jk_model_reader *reader, const jk_yaml_node *node, jk_condition_term *term) {
    if (node->count != 2) {
        return jk_model_fail(reader, node, "expected two bounds, from the first to below the second, found %zu",
                             node->count);
    }
    for (size_t i = 0; i < 2; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        if (node->items[i]->kind != JK_YAML_NULL) {
            JK_TRY(read_bound(reader, node->items[i], term, i == 0 ? &term->from : &term->below));
        }
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

/* `{from: 300, below: 600}`: one bound or both. */
static jk_status read_bounds(jk_model_reader *reader, const jk_yaml_node *node, jk_condition_term *term) {
    static const char *const keys[] = {"from", "below"};
    JK_TRY(jk_expect_map(reader, node, "a range: [from, below], or a map with from, below or both"));
    for (size_t i = 0; i < node->count; i++) {
        const bool is_from = strcmp(node->pairs[i].key, keys[0]) == 0;
        if (!is_from && strcmp(node->pairs[i].key, keys[1]) != 0) {
            return jk_model_unknown(reader, &node->pairs[i], "bound", keys, 2);
        }
        size_t before = jk_key_path_add(&reader->path, node->pairs[i].key);
        JK_TRY(read_bound(reader, node->pairs[i].value, term, is_from ? &term->from : &term->below));
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

/* A range; what is missing is in none. */
static jk_status read_range(jk_model_reader *reader, const jk_yaml_node *node, jk_condition_term *term) {
    term->from = -(double)INFINITY;
    term->below = (double)INFINITY;
    JK_TRY(node->kind == JK_YAML_LIST ? read_pair(reader, node, term) : read_bounds(reader, node, term));
    if (!(term->from < term->below) || (isinf(term->from) && isinf(term->below))) {
        return jk_model_fail(reader, node, "expected from, below or both, and `from` less than `below`");
    }
    return JK_OK;
}

static jk_status read_term(jk_model_reader *reader, const jk_yaml_node *node, jk_condition_term *term) {
    if (term->figure != JK_DERIVED_NONE || has_range(term->column)) {
        return read_range(reader, node, term);
    }
    JK_TRY(jk_expect_list(reader, node, 1, "a list of values"));
    const char **values = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *values, &values));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(read_value(reader, node->items[i], term->column, &values[i]));
        jk_key_path_cut(&reader->path, before);
    }
    term->values = values;
    term->count = node->count;
    return JK_OK;
}

jk_status jk_read_condition(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    JK_TRY(jk_expect_map(reader, node, "a map of columns to lists of values or ranges"));
    jk_condition_term *terms = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *terms, &terms));
    for (size_t i = 0; i < node->count; i++) {
        JK_TRY(find_column(reader, &node->pairs[i], &terms[i]));
        size_t before = jk_key_path_add(&reader->path, node->pairs[i].key);
        JK_TRY(read_term(reader, node->pairs[i].value, &terms[i]));
        jk_key_path_cut(&reader->path, before);
    }
    *(jk_condition *)target = (jk_condition){.count = node->count, .terms = terms};
    return JK_OK;
}

static bool has_value(const jk_condition_term *term, const char *value) {
    for (size_t v = 0; v < term->count; v++) {
        if (strcmp(term->values[v], value) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_implied(const jk_condition_term *term, const jk_condition *narrow) {
    for (size_t t = 0; t < narrow->count; t++) {
        const jk_condition_term *mine = &narrow->terms[t];
        if (mine->column != term->column || mine->figure != term->figure) {
            continue;
        }
        if (mine->count == 0) { /* ranges */
            return mine->from >= term->from && mine->below <= term->below;
        }
        size_t inside = 0;
        for (size_t v = 0; v < mine->count; v++) {
            inside += has_value(term, mine->values[v]);
        }
        return inside == mine->count;
    }
    return false;
}

bool jk_condition_covers(const jk_condition *wide, const jk_condition *narrow) {
    for (size_t t = 0; t < wide->count; t++) {
        if (!is_implied(&wide->terms[t], narrow)) {
            return false;
        }
    }
    return true;
}
