/* SPDX-License-Identifier: Apache-2.0 */
/* `when:` and the codes and levels that it names. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/sections.h"

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

/* Columns that `when:` may name. */
static const jk_column condition_columns[] = {
    JK_COLUMN_COUNTRY,    JK_COLUMN_DEBTOR_TYPE, JK_COLUMN_PRODUCT,    JK_COLUMN_CURRENCY,   JK_COLUMN_LEGAL_STATUS,
    JK_COLUMN_EMPLOYMENT, JK_COLUMN_REACHABLE,   JK_COLUMN_PLACEMENTS, JK_COLUMN_VULNERABLE,
};
enum { CONDITION_COLUMNS = sizeof condition_columns / sizeof condition_columns[0] };

static jk_status find_column(jk_model_reader *reader, const jk_yaml_pair *pair, jk_column *column) {
    const char *names[CONDITION_COLUMNS];
    for (size_t i = 0; i < CONDITION_COLUMNS; i++) {
        names[i] = jk_schema_column(condition_columns[i])->name;
        if (strcmp(names[i], pair->key) == 0) {
            *column = condition_columns[i];
            return JK_OK;
        }
    }
    const int own = jk_extras_find(&reader->model->extras, pair->key);
    if (own >= 0) {
        const jk_type type = jk_schema_column((jk_column)own)->type;
        if (type != JK_TYPE_DICTIONARY && type != JK_TYPE_REAL) {
            (void)jk_key_path_add(&reader->path, pair->key);
            return jk_model_fail(reader, pair->value, "conditions take own columns of type text or number; this is %s",
                                 jk_extra_type_name(type));
        }
        *column = (jk_column)own;
        return JK_OK;
    }
    return jk_model_unknown(reader, pair, "column in a condition", names, CONDITION_COLUMNS);
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

/* `{from: 300, below: 600}` of an own number: one bound or both; missing is in no range. */
static jk_status read_range(jk_model_reader *reader, const jk_yaml_node *node, jk_condition_term *term) {
    static const char *const keys[] = {"from", "below"};
    JK_TRY(jk_expect_map(reader, node, "a map with from, below or both"));
    term->from = -(double)INFINITY;
    term->below = (double)INFINITY;
    for (size_t i = 0; i < node->count; i++) {
        const bool is_from = strcmp(node->pairs[i].key, keys[0]) == 0;
        if (!is_from && strcmp(node->pairs[i].key, keys[1]) != 0) {
            return jk_model_unknown(reader, &node->pairs[i], "bound", keys, 2);
        }
        size_t before = jk_key_path_add(&reader->path, node->pairs[i].key);
        double bound = 0.0;
        if (!jk_yaml_to_real(node->pairs[i].value, &bound) || !isfinite(bound)) {
            return jk_model_expected(reader, node->pairs[i].value, "a number");
        }
        *(is_from ? &term->from : &term->below) = bound;
        jk_key_path_cut(&reader->path, before);
    }
    if (node->count == 0 || !(term->from < term->below)) {
        return jk_model_fail(reader, node, "expected from, below or both, and `from` less than `below`");
    }
    return JK_OK;
}

static jk_status read_term(jk_model_reader *reader, const jk_yaml_node *node, jk_condition_term *term) {
    if (jk_schema_column(term->column)->type == JK_TYPE_REAL) {
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
    JK_TRY(jk_expect_map(reader, node, "a map of columns to lists of values"));
    jk_condition_term *terms = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *terms, &terms));
    for (size_t i = 0; i < node->count; i++) {
        JK_TRY(find_column(reader, &node->pairs[i], &terms[i].column));
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
        size_t inside = 0;
        if (mine->column == term->column && mine->count == 0) { /* ranges */
            return mine->from >= term->from && mine->below <= term->below;
        }
        for (size_t v = 0; mine->column == term->column && v < mine->count; v++) {
            inside += has_value(term, mine->values[v]);
        }
        if (mine->column == term->column && inside == mine->count) {
            return true;
        }
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
