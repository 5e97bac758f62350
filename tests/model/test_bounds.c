/* SPDX-License-Identifier: Apache-2.0 */
/* Each line of the tables, wherever its key stands in example.yaml: below, at and above both bounds, of the wrong type,
 * missing, twice; and a key that no table has in every map. The tables drive the test as they drive the reader. */
#include "cmocka_all.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>

#include "model/keys/tables.h"
#include "model_files.h"

/* What is changed in the example while it is written out: at one key of one map. */
typedef enum change_kind { CHANGE_VALUE, CHANGE_OMIT, CHANGE_TWICE, CHANGE_ADD } change_kind;
typedef struct change {
    const jk_yaml_node *map;
    const char *key;
    size_t index; /* of the item of the value that changes; SIZE_MAX: the value itself */
    change_kind kind;
    const char *text; /* instead of the value, as it stands in the file */
} change;

typedef struct writer {
    char text[1 << 16];
    size_t length;
} writer;

static writer out;
static size_t loads;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(out.text + out.length, sizeof out.text - out.length, format, arguments);
    va_end(arguments);
    out.length += (size_t)written;
    assert_true(out.length < sizeof out.text);
}

/* Writes a tree in flow style. `item` is what the nodes of a list under the changed key are compared with. */
static void put_node(const jk_yaml_node *node, const change *c, bool below_key) {
    if (node->kind == JK_YAML_NULL) {
        put("null");
    } else if (node->kind == JK_YAML_SCALAR) {
        put(node->plain ? "%s" : "\"%s\"", node->text);
    } else if (node->kind == JK_YAML_LIST) {
        put("[");
        for (size_t i = 0; i < node->count; i++) {
            put(i > 0 ? ", " : "");
            if (below_key && i == c->index) {
                put("%s", c->text);
            } else {
                put_node(node->items[i], c, false);
            }
        }
        put("]");
    } else {
        put("{");
        for (size_t i = 0; i < node->count; i++) {
            const jk_yaml_pair *pair = &node->pairs[i];
            bool here = node == c->map && strcmp(pair->key, c->key) == 0;
            if (here && c->kind == CHANGE_OMIT) {
                continue;
            }
            put("\"%s\": ", pair->key);
            if (here && c->kind == CHANGE_VALUE && c->index == SIZE_MAX) {
                put("%s", c->text);
            } else {
                put_node(pair->value, c, here && c->kind == CHANGE_VALUE);
            }
            put(", ");
            if (here && c->kind == CHANGE_TWICE) {
                put("\"%s\": null, ", pair->key);
            }
        }
        if (node == c->map && c->kind == CHANGE_ADD) {
            put("\"%s\": 1", c->key);
        }
        put("}");
    }
}

static const jk_yaml_node *root;

static jk_status load_changed(const change *c, jk_error *error) {
    out.length = 0;
    put_node(root, c, false);
    put("\n");
    *error = (jk_error){0};
    jk_model *model = NULL;
    jk_status status = load_text(out.text, out.length, &model, error);
    loads++;
    jk_model_free(model);
    return status;
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text);
    size_t tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Fails the test unless the load failed with a message that begins so, at a key that ends so. */
static void expect_error(const change *c, const char *key, const char *begins) {
    jk_error error;
    char text[JK_ERROR_TEXT_MAX];
    jk_status status = load_changed(c, &error);
    if (status != JK_ERROR_MODEL || strncmp(error.message, begins, strlen(begins)) != 0 || !ends_with(error.key, key)) {
        fail_msg("%s -> %s: found \"%s\", expected %s: %s", c->key, c->text ? c->text : "",
                 jk_error_text(&error, text, sizeof text), key, begins);
    }
}

/* A value within bounds may still break a rule across keys, but not this one. */
static void expect_within(const change *c, const char *begins) {
    jk_error error;
    if (load_changed(c, &error) != JK_OK && strncmp(error.message, begins, strlen(begins)) == 0) {
        fail_msg("%s -> %s: refused: %s: %s", c->key, c->text, error.key, error.message);
    }
}

/* The change of the key's value (or of its item `index`) to a number. */
static void try_number(const jk_field *field, const jk_yaml_node *map, size_t index, double number, bool good) {
    char value[40];
    char expected[JK_EXPECTED_WORDS];
    char words[JK_EXPECTED_WORDS + 16];
    char key[64];
    jk_field one = *field;
    one.kind = field->kind == JK_FIELD_REALS ? JK_FIELD_REAL : field->kind;
    (void)snprintf(value, sizeof value, "%.17g", number);
    (void)snprintf(words, sizeof words, "expected %s", jk_field_expected(&one, expected));
    (void)snprintf(key, sizeof key, index == SIZE_MAX ? "%s" : "%s[%zu]", field->key, index);
    change c = {.map = map, .key = field->key, .index = index, .kind = CHANGE_VALUE, .text = value};
    if (good) {
        expect_within(&c, words);
    } else {
        expect_error(&c, key, words);
    }
}

static void try_bounds(const jk_field *field, const jk_yaml_node *map, size_t index) {
    bool whole = field->kind == JK_FIELD_WHOLE || field->kind == JK_FIELD_INTEGER;
    double low_step = whole ? 1.0 : fmax(1e-9, fabs(field->low) * 1e-12);
    double high_step = whole ? 1.0 : fmax(1e-9, fabs(field->high) * 1e-12);
    try_number(field, map, index, field->low - low_step, false);
    try_number(field, map, index, field->low, (field->flags & JK_FIELD_ABOVE_LOW) == 0);
    try_number(field, map, index, field->low + low_step, true);
    try_number(field, map, index, field->high - high_step, true);
    try_number(field, map, index, field->high, (field->flags & JK_FIELD_BELOW_HIGH) == 0);
    try_number(field, map, index, field->high + high_step, false);
    if (whole) {
        try_number(field, map, index, field->low + 1.5, false);
    }
}

static void try_types(const jk_field *field, const jk_yaml_node *map) {
    static const char *const values[] = {"null", "true", "1", "0.5", "yes", "\"1\"", "[]", "[[]]", "{}", "{a: [1]}"};
    char expected[JK_EXPECTED_WORDS];
    char words[JK_EXPECTED_WORDS + 16];
    (void)snprintf(words, sizeof words, "expected %s, found", jk_field_expected(field, expected));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const char *v = values[i];
        bool number = strcmp(v, "1") == 0 || strcmp(v, "0.5") == 0;
        bool good = (field->kind == JK_FIELD_BOOLEAN && strcmp(v, "true") == 0) ||
                    (field->kind == JK_FIELD_TEXT && (strcmp(v, "yes") == 0 || strcmp(v, "\"1\"") == 0)) ||
                    (field->kind <= JK_FIELD_INTEGER && number) || (field->kind == JK_FIELD_RECORD && v[0] == '{') ||
                    (field->kind >= JK_FIELD_REALS && field->kind <= JK_FIELD_STEPS && v[0] == '[') ||
                    (strcmp(v, "null") == 0 && (field->flags & JK_FIELD_NULLABLE) != 0);
        change c = {.map = map, .key = field->key, .index = SIZE_MAX, .kind = CHANGE_VALUE, .text = v};
        jk_error error;
        if (field->kind == JK_FIELD_OTHER) { /* its own words; it must not be taken for granted either */
            (void)load_changed(&c, &error);
        } else if (!good && field->kind != JK_FIELD_RECORD) {
            expect_error(&c, field->key, words);
        } else if (!good) {
            expect_error(&c, field->key, "expected a map, found");
        }
    }
}

/* Optional keys whose absence breaks a rule of this example. */
static bool may_be_missed(const char *key) {
    static const char *const keys[] = {"fx",     "epochs",      "horizon_months", "interruption_cost",
                                       "bins",   "levels",      "below",          "half_life",
                                       "column", "base_points", "base_odds",      "points_to_double"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void try_presence(const jk_field *field, const jk_yaml_node *map) {
    jk_error error;
    change twice = {.map = map, .key = field->key, .index = SIZE_MAX, .kind = CHANGE_TWICE};
    expect_error(&twice, field->key, "the key stands twice (first on line 1), expected once");
    change omit = {.map = map, .key = field->key, .index = SIZE_MAX, .kind = CHANGE_OMIT};
    if ((field->flags & JK_FIELD_REQUIRED) != 0) {
        char expected[JK_EXPECTED_WORDS];
        char words[JK_EXPECTED_WORDS + 32];
        (void)snprintf(words, sizeof words, "missing key, expected %s", jk_field_expected(field, expected));
        expect_error(&omit, field->key, words);
    } else if (load_changed(&omit, &error) != JK_OK && !may_be_missed(field->key)) {
        fail_msg("%s absent: %s: %s", field->key, error.key, error.message);
    }
}

static void try_map(const jk_record *record, const jk_yaml_node *map);

static void try_each(const jk_record *record, const jk_yaml_node *node) {
    for (size_t i = 0; i < node->count; i++) {
        try_map(record, node->kind == JK_YAML_LIST ? node->items[i] : node->pairs[i].value);
    }
}

/* Records below keys that are read by functions of their own. */
static void try_other(const jk_field *field, const jk_yaml_node *node) {
    static const struct {
        const char *key;
        const jk_record *record;
        bool each;
    } below[] = {
        {"jurisdictions", &jk_record_jurisdiction, true},
        {"periods", &jk_record_period, true},
        {"bands", &jk_record_band, true},
        {"attachable", &jk_record_attachable, false},
        {"statuses", &jk_record_status, true},
        {"scorecard", &jk_record_scorecard, false},
        {"own_score", &jk_record_own_score, false},
        {"characteristics", &jk_record_characteristic, true},
        {"bins", &jk_record_bin, true},
        {"segments", &jk_record_segment, true},
        {"payers", &jk_record_payers, false},
        {"risk", &jk_record_risk, false},
        {"correlation", &jk_record_risk_correlation, false},
        {"countries", &jk_record_risk_country, true},
        {"parents", &jk_record_lineage_source, true},
        {"data", &jk_record_lineage_source, true},
    };
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
        if (strcmp(below[i].key, field->key) != 0 || node->kind == JK_YAML_NULL) {
            continue;
        }
        if (below[i].each) {
            try_each(below[i].record, node);
        } else {
            try_map(below[i].record, node);
        }
    }
}

static void try_field(const jk_field *field, const jk_yaml_node *map, const jk_yaml_node *value) {
    try_presence(field, map);
    try_types(field, map);
    if (field->kind <= JK_FIELD_INTEGER) {
        try_bounds(field, map, SIZE_MAX);
    } else if (field->kind == JK_FIELD_REALS) {
        for (size_t i = 0; i < field->count; i++) {
            try_bounds(field, map, i);
        }
    } else if (field->kind == JK_FIELD_RECORD) {
        try_map(field->record, value);
    } else if (field->kind == JK_FIELD_OTHER) {
        try_other(field, value);
    }
}

static const jk_record *seen[64];

static void try_map(const jk_record *record, const jk_yaml_node *map) {
    change add = {.map = map, .key = "zzz_unknown", .kind = CHANGE_ADD};
    expect_error(&add, "zzz_unknown", "unknown key, expected one of: ");
    for (size_t i = 0; i < jk_record_count; i++) {
        if (jk_records[i] == record) {
            seen[i] = record;
        }
    }
    for (size_t i = 0; i < record->count; i++) {
        const jk_yaml_pair *pair = jk_yaml_find(map, record->fields[i].key);
        if (pair != NULL) {
            try_field(&record->fields[i], map, pair->value);
        }
    }
}

static void each_line_of_the_tables(void **state) {
    (void)state;
    char *text = example_text();
    jk_yaml_reader reader = {.arena = jk_arena_create()};
    jk_error error = {0};
    assert_int_equal(jk_yaml_parse(&reader, "example", text, strlen(text), &root, &error), JK_OK);
    try_map(&jk_record_model, root);
    for (size_t i = 0; i < jk_record_count; i++) {
        const bool elsewhere = jk_records[i] == &jk_record_trees; /* names a file: tests/python/test_trainers.py */
        if (seen[i] == NULL && !elsewhere) {
            fail_msg("the example has no %s", jk_records[i]->name);
        }
    }
    print_message("%zu files tried\n", loads);
    jk_arena_free(reader.arena);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_line_of_the_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
