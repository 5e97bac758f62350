/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a map by its table: unknown keys first, then each key in the table's order. */
#include "model/keys/fields.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text/text.h"

enum { FIELDS_MAX = 64, STEPS_MAX = 600, MONTH_MAX = 12000 };

jk_status jk_model_fail(jk_model_reader *reader, const jk_yaml_node *node, const char *format, ...) {
    char message[JK_ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line, reader->path.text, "%s", message);
}

jk_status jk_model_expected(jk_model_reader *reader, const jk_yaml_node *node, const char *expected) {
    char found[JK_YAML_WORDS];
    return jk_model_fail(reader, node, "expected %s, found %s", expected, jk_yaml_describe(node, found));
}

/* "a, b, c" cut at the end of the buffer. */
static const char *join(char *text, size_t size, const char *const *names, size_t count) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used + 1 < size; i++) {
        int written = snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", names[i]);
        used += (size_t)written < size - used ? (size_t)written : size - used - 1;
    }
    return text;
}

jk_status jk_model_unknown(jk_model_reader *reader, const jk_yaml_pair *pair, const char *what,
                           const char *const *names, size_t count) {
    char list[JK_ERROR_MESSAGE_MAX / 2];
    jk_yaml_node place = {.file = pair->file, .line = pair->line};
    int nearest = jk_text_nearest(pair->key, names, count);
    (void)jk_key_path_add(&reader->path, pair->key);
    if (nearest >= 0) {
        return jk_model_fail(reader, &place, "unknown %s, did you mean %s?", what, names[nearest]);
    }
    return jk_model_fail(reader, &place, "unknown %s, expected one of: %s", what,
                         join(list, sizeof list, names, count));
}

jk_status jk_read_choice(jk_model_reader *reader, const jk_yaml_node *node, const char *what, const char *const *names,
                         size_t count, int *choice) {
    enum { SHORTEST_SLIP = 3 }; /* shorter words are near to everything */
    char found[JK_YAML_WORDS];
    char list[JK_ERROR_MESSAGE_MAX / 2];
    if (node->kind == JK_YAML_SCALAR) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(names[i], node->text) == 0) {
                *choice = (int)i;
                return JK_OK;
            }
        }
        int nearest = strlen(node->text) < SHORTEST_SLIP ? -1 : jk_text_nearest(node->text, names, count);
        if (nearest >= 0) {
            return jk_model_fail(reader, node, "unknown %s, found %s, did you mean %s?", what,
                                 jk_yaml_describe(node, found), names[nearest]);
        }
    }
    return jk_model_fail(reader, node, "unknown %s, found %s, expected one of: %s", what, jk_yaml_describe(node, found),
                         join(list, sizeof list, names, count));
}

jk_status jk_expect_list(jk_model_reader *reader, const jk_yaml_node *node, size_t least, const char *expected) {
    if (node->kind != JK_YAML_LIST) {
        return jk_model_expected(reader, node, expected);
    }
    if (node->count < least) {
        return jk_model_fail(reader, node, "expected %s, found a list that is %s", expected,
                             node->count == 0 ? "empty" : "too short");
    }
    return JK_OK;
}

jk_status jk_expect_map(jk_model_reader *reader, const jk_yaml_node *node, const char *expected) {
    return node->kind == JK_YAML_MAP ? JK_OK : jk_model_expected(reader, node, expected);
}

jk_status jk_model_alloc(jk_model_reader *reader, size_t count, size_t size, void *memory) {
    void *piece = jk_arena_alloc(reader->arena, count, size);
    JK_TRY(jk_held(piece != NULL, reader->error, "the model"));
    memcpy(memory, &piece, sizeof piece);
    return JK_OK;
}

jk_status jk_model_warn(jk_model_reader *reader, const jk_yaml_node *node, const char *format, ...) {
    jk_error place = {0};
    char message[JK_ERROR_MESSAGE_MAX];
    char text[JK_ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    (void)jk_fail(&place, JK_ERROR_MODEL, node->file, node->line, reader->path.text, "%s", message);
    (void)jk_error_text(&place, text, sizeof text);
    if (reader->model->warning_count == reader->warnings_room) {
        return JK_OK; /* as many as there is room for: nobody reads more */
    }
    const char *copy = jk_arena_text(reader->arena, text, strlen(text));
    JK_TRY(jk_held(copy != NULL, reader->error, "the model"));
    reader->warnings[reader->model->warning_count++] = copy;
    return JK_OK;
}

/* "from 0 to 1", "above 0 and at most 10", "at least 1 and below 5". */
static void bounds_words(const jk_field *field, char *text, size_t size) {
    bool low_open = (field->flags & JK_FIELD_ABOVE_LOW) != 0;
    bool high_open = (field->flags & JK_FIELD_BELOW_HIGH) != 0;
    if (!low_open && !high_open) {
        (void)snprintf(text, size, "from %.10g to %.10g", field->low, field->high);
    } else {
        (void)snprintf(text, size, "%s %.10g and %s %.10g", low_open ? "above" : "at least", field->low,
                       high_open ? "below" : "at most", field->high);
    }
}

const char *jk_field_expected(const jk_field *field, char text[JK_EXPECTED_WORDS]) {
    char bounds[80];
    bounds_words(field, bounds, sizeof bounds);
    const char *or_null = (field->flags & JK_FIELD_NULLABLE) != 0 ? ", or null" : "";
    switch (field->kind) {
    case JK_FIELD_REAL:
        (void)snprintf(text, JK_EXPECTED_WORDS, "a number %s%s", bounds, or_null);
        break;
    case JK_FIELD_WHOLE:
    case JK_FIELD_INTEGER:
        (void)snprintf(text, JK_EXPECTED_WORDS, "a whole number %s%s", bounds, or_null);
        break;
    case JK_FIELD_BOOLEAN:
        (void)snprintf(text, JK_EXPECTED_WORDS, "true or false%s", or_null);
        break;
    case JK_FIELD_TEXT:
        (void)snprintf(text, JK_EXPECTED_WORDS, "a text%s", or_null);
        break;
    case JK_FIELD_REALS:
        (void)snprintf(text, JK_EXPECTED_WORDS, "a list of %zu numbers %s", field->count, bounds);
        break;
    case JK_FIELD_MATRIX:
        (void)snprintf(text, JK_EXPECTED_WORDS, "%zu rows of %zu numbers %s", field->count, field->count, bounds);
        break;
    case JK_FIELD_STEPS:
        (void)snprintf(text, JK_EXPECTED_WORDS, "a list of [month, number %s] from month 0 on", bounds);
        break;
    case JK_FIELD_RECORD:
        (void)snprintf(text, JK_EXPECTED_WORDS, "a map%s", or_null);
        break;
    case JK_FIELD_OTHER:
        (void)snprintf(text, JK_EXPECTED_WORDS, "%s", field->expected);
        break;
    }
    return text;
}

static jk_status wrong(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node) {
    char expected[JK_EXPECTED_WORDS];
    return jk_model_expected(reader, node, jk_field_expected(field, expected));
}

jk_status jk_read_number(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, double *value) {
    if (node->kind == JK_YAML_NULL && (field->flags & JK_FIELD_NULLABLE) != 0) {
        *value = INFINITY;
        return JK_OK;
    }
    double number = 0;
    bool whole = field->kind == JK_FIELD_WHOLE || field->kind == JK_FIELD_INTEGER;
    if (!jk_yaml_to_real(node, &number) || number < field->low || number > field->high ||
        (number == field->low && (field->flags & JK_FIELD_ABOVE_LOW) != 0) ||
        (number == field->high && (field->flags & JK_FIELD_BELOW_HIGH) != 0) || (whole && number != floor(number))) {
        return wrong(reader, field, node);
    }
    *value = number;
    return JK_OK;
}

/* One number of a list or matrix: the bounds are the field's, the words those of a single number. */
static jk_status read_item(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, size_t index,
                           double *value) {
    jk_field one = *field;
    one.kind = JK_FIELD_REAL;
    size_t before = jk_key_path_index(&reader->path, index);
    JK_TRY(jk_read_number(reader, &one, node, value));
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_reals(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, double *values) {
    if (node->kind != JK_YAML_LIST) {
        return wrong(reader, field, node);
    }
    if (node->count != field->count) {
        return jk_model_fail(reader, node, "expected %zu numbers, found %zu", field->count, node->count);
    }
    for (size_t i = 0; i < node->count; i++) {
        JK_TRY(read_item(reader, field, node->items[i], i, &values[i]));
    }
    return JK_OK;
}

static jk_status read_matrix(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, double *values) {
    if (node->kind != JK_YAML_LIST) {
        return wrong(reader, field, node);
    }
    if (node->count != field->count) {
        return jk_model_fail(reader, node, "expected %zu rows, found %zu", field->count, node->count);
    }
    for (size_t row = 0; row < node->count; row++) {
        size_t before = jk_key_path_index(&reader->path, row);
        JK_TRY(read_reals(reader, field, node->items[row], values + row * field->count));
        double sum = 0;
        for (size_t i = 0; i < field->count; i++) {
            sum += values[row * field->count + i];
        }
        if (fabs(sum - 1.0) > 1e-9) {
            return jk_model_fail(reader, node->items[row], "expected a row that sums to 1, found the sum %.12g", sum);
        }
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

static jk_status read_step(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, int32_t previous,
                           int32_t *month, double *value) {
    if (node->kind != JK_YAML_LIST || node->count != 2) {
        return jk_model_expected(reader, node, "a step [month, number]");
    }
    double number = 0;
    if (!jk_yaml_to_real(node->items[0], &number) || number != floor(number) || number < 0 || number > MONTH_MAX) {
        return jk_model_expected(reader, node->items[0], "a whole number of months from 0 to 12000");
    }
    if (previous < 0 && number != 0) {
        return jk_model_expected(reader, node->items[0], "the first step at month 0");
    }
    if (number <= previous) {
        return jk_model_expected(reader, node->items[0], "months that ascend");
    }
    *month = (int32_t)number;
    return read_item(reader, field, node->items[1], 1, value);
}

static jk_status read_steps(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, jk_steps *steps) {
    char expected[JK_EXPECTED_WORDS];
    JK_TRY(jk_expect_list(reader, node, 1, jk_field_expected(field, expected)));
    if (node->count > STEPS_MAX) {
        return jk_model_fail(reader, node, "expected at most %d steps, found %zu", STEPS_MAX, node->count);
    }
    int32_t *month = NULL;
    double *value = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *month, &month));
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *value, &value));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(read_step(reader, field, node->items[i], i > 0 ? month[i - 1] : -1, &month[i], &value[i]));
        jk_key_path_cut(&reader->path, before);
    }
    *steps = (jk_steps){.count = node->count, .month = month, .value = value};
    return JK_OK;
}

static jk_status read_field(jk_model_reader *reader, const jk_field *field, const jk_yaml_node *node, void *target) {
    void *place = (char *)target + field->offset;
    switch (field->kind) {
    case JK_FIELD_REAL:
    case JK_FIELD_WHOLE: {
        double value = 0;
        JK_TRY(jk_read_number(reader, field, node, &value));
        *(double *)place = (field->flags & JK_FIELD_MONEY) != 0 ? value * reader->money_rate : value;
        return JK_OK;
    }
    case JK_FIELD_INTEGER: {
        double value = 0;
        JK_TRY(jk_read_number(reader, field, node, &value));
        *(int *)place = (int)value;
        return JK_OK;
    }
    case JK_FIELD_BOOLEAN: {
        bool value = false;
        if (!jk_yaml_to_boolean(node, &value)) {
            return wrong(reader, field, node);
        }
        *(int *)place = value;
        return JK_OK;
    }
    case JK_FIELD_TEXT: {
        const char *value = NULL;
        if (!jk_yaml_to_text(node, &value) || value[0] == '\0') {
            return wrong(reader, field, node);
        }
        *(const char **)place = value;
        return JK_OK;
    }
    case JK_FIELD_REALS:
        return read_reals(reader, field, node, place);
    case JK_FIELD_MATRIX:
        return read_matrix(reader, field, node, place);
    case JK_FIELD_STEPS:
        return read_steps(reader, field, node, place);
    case JK_FIELD_RECORD:
        return jk_read_record(reader, field->record, node, place);
    case JK_FIELD_OTHER:
        return field->read(reader, node, place);
    }
    return JK_OK;
}

static void store_fallback(const jk_field *field, void *target) {
    void *place = (char *)target + field->offset;
    if (field->kind == JK_FIELD_REAL || field->kind == JK_FIELD_WHOLE) {
        *(double *)place = field->fallback;
    } else if (field->kind == JK_FIELD_INTEGER || field->kind == JK_FIELD_BOOLEAN) {
        *(int *)place = (int)field->fallback;
    } else if (field->kind == JK_FIELD_REALS) {
        for (size_t i = 0; i < field->count; i++) {
            ((double *)place)[i] = field->fallback;
        }
    }
}

static jk_status check_known(jk_model_reader *reader, const jk_record *record, const jk_yaml_node *node) {
    const char *names[FIELDS_MAX];
    for (size_t i = 0; i < record->count; i++) {
        names[i] = record->fields[i].key;
    }
    for (size_t i = 0; i < node->count; i++) {
        bool known = false;
        for (size_t j = 0; j < record->count && !known; j++) {
            known = strcmp(names[j], node->pairs[i].key) == 0;
        }
        if (!known) {
            return jk_model_unknown(reader, &node->pairs[i], "key", names, record->count);
        }
    }
    return JK_OK;
}

jk_status jk_read_record(jk_model_reader *reader, const jk_record *record, const jk_yaml_node *node, void *target) {
    JK_TRY(jk_expect_map(reader, node, "a map"));
    JK_TRY(check_known(reader, record, node));
    for (size_t i = 0; i < record->count; i++) {
        const jk_field *field = &record->fields[i];
        const jk_yaml_pair *pair = jk_yaml_find(node, field->key);
        size_t before = jk_key_path_add(&reader->path, field->key);
        if (pair != NULL) {
            JK_TRY(read_field(reader, field, pair->value, target));
        } else if ((field->flags & JK_FIELD_REQUIRED) != 0) {
            char expected[JK_EXPECTED_WORDS];
            return jk_model_fail(reader, node, "missing key, expected %s", jk_field_expected(field, expected));
        } else if ((field->flags & JK_FIELD_ALWAYS) != 0) {
            JK_TRY(field->read(reader, NULL, (char *)target + field->offset));
        } else if ((field->flags & JK_FIELD_KEEP) == 0) {
            store_fallback(field, target);
        }
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}
