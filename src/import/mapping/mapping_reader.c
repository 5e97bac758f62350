/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, scalars and field names of mapping files. */
#include "import/mapping/mapping_reader.h"

#include <stdio.h>
#include <string.h>

#include "base/text/text.h"

/* ---- messages --------------------------------------------------------------------------------------------- */

jk_status jk_mapping_fail(mapping_reader *reader, const char *file, int64_t line, const char *message) {
    return jk_fail(reader->error, JK_ERROR_MODEL, file, line, reader->path.length > 0 ? reader->path.text : NULL, "%s",
                   message);
}

jk_status jk_mapping_expected(mapping_reader *reader, const jk_yaml_node *node, const char *what) {
    char words[JK_YAML_WORDS];
    return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line,
                   reader->path.length > 0 ? reader->path.text : NULL, "expected %s, found %s", what,
                   jk_yaml_describe(node, words));
}

static jk_status unknown_key(mapping_reader *reader, const jk_yaml_pair *pair, const char *const *known, size_t count) {
    int nearest = jk_text_nearest(pair->key, known, count);
    char message[256];
    (void)snprintf(message, sizeof message,
                   nearest >= 0 ? "unknown key '%.80s'; did you mean '%s'?" : "unknown key '%.80s'", pair->key,
                   nearest >= 0 ? known[nearest] : "");
    return jk_mapping_fail(reader, pair->file, pair->line, message);
}

/* Checks that a node is a map with no other keys than these. */
jk_status jk_mapping_check_keys(mapping_reader *reader, const jk_yaml_node *node, const char *const *known,
                                size_t count) {
    if (node->kind != JK_YAML_MAP) {
        return jk_mapping_expected(reader, node, "a map");
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

const jk_yaml_node *jk_mapping_find(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = jk_yaml_find(map, key);
    return pair != NULL ? pair->value : NULL;
}

/* Any scalar as it is written: a header may be called 3.09, a value may be 1. */
jk_status jk_mapping_read_word(mapping_reader *reader, const jk_yaml_node *node, const char **word) {
    if (node->kind != JK_YAML_SCALAR) {
        return jk_mapping_expected(reader, node, "a text");
    }
    *word = node->text;
    return JK_OK;
}

jk_status jk_mapping_read_text_key(mapping_reader *reader, const jk_yaml_node *map, const char *key,
                                   const char **text) {
    const jk_yaml_node *node = jk_mapping_find(map, key);
    if (node == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, key);
    JK_TRY(jk_mapping_read_word(reader, node, text));
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_marks(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    const char *decimal = NULL;
    const char *thousands = NULL;
    JK_TRY(jk_mapping_read_text_key(reader, map, "decimal", &decimal));
    JK_TRY(jk_mapping_read_text_key(reader, map, "thousands", &thousands));
    if (decimal != NULL) {
        if (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0) {
            (void)jk_key_path_add(&reader->path, "decimal");
            return jk_mapping_expected(reader, jk_mapping_find(map, "decimal"), "\".\" or \",\"");
        }
        format->decimal = decimal[0];
    }
    if (thousands != NULL) {
        bool is_digit = strpbrk(thousands, "0123456789+-\"\n\r") != NULL;
        if (strlen(thousands) >= sizeof format->thousands || is_digit) {
            (void)jk_key_path_add(&reader->path, "thousands");
            return jk_mapping_expected(reader, jk_mapping_find(map, "thousands"),
                                       "one character that is no digit, sign or quote, or \"\"");
        }
        (void)strcpy(format->thousands, thousands);
    }
    if (format->thousands[0] == format->decimal && format->thousands[1] == '\0') {
        return jk_mapping_fail(reader, map->file, map->line, "decimal and thousands mark are the same");
    }
    return JK_OK;
}

jk_status jk_mapping_read_unit(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    static const struct {
        const char *name;
        int scale;
    } units[] = {{"units", 0}, {"cents", -2}, {"thousands", 3}, {"percent", -2}};
    const char *unit = NULL;
    JK_TRY(jk_mapping_read_text_key(reader, map, "unit", &unit));
    for (size_t i = 0; unit != NULL && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) == 0) {
            format->scale = units[i].scale;
            return JK_OK;
        }
    }
    if (unit != NULL) {
        (void)jk_key_path_add(&reader->path, "unit");
        return jk_mapping_expected(reader, jk_mapping_find(map, "unit"), "units, cents, thousands or percent");
    }
    return JK_OK;
}

/* One format, or a list of which the first that fits a cell is taken. */
static jk_status read_date_formats(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    enum { FORMATS_MAX = 16 };
    const jk_yaml_node *node = jk_mapping_find(map, "date_format");
    if (node == NULL) {
        return JK_OK;
    }
    size_t before = jk_key_path_add(&reader->path, "date_format");
    const size_t count = node->kind == JK_YAML_LIST ? node->count : 1;
    if (count == 0 || count > FORMATS_MAX) {
        return jk_mapping_expected(reader, node, "a date format, or a list of 1 to 16 of them");
    }
    const char **formats = jk_arena_alloc(reader->arena, count, sizeof *formats);
    JK_TRY(jk_held(formats != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < count; i++) {
        const jk_yaml_node *one = node->kind == JK_YAML_LIST ? node->items[i] : node;
        JK_TRY(jk_mapping_read_word(reader, one, &formats[i]));
        if (!jk_csv_date_format_is_valid(formats[i])) {
            return jk_mapping_expected(reader, one,
                                       "a date format with a year (%Y or %y), and a month (%m or %b) if it has a day, "
                                       "such as \"%d.%m.%Y\", or excel");
        }
    }
    format->date = formats[0];
    format->more_dates = formats + 1;
    format->more_date_count = count - 1;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_pivot(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    const jk_yaml_node *node = jk_mapping_find(map, "pivot");
    double pivot = 0.0;
    if (node == NULL) {
        return JK_OK;
    }
    if (!jk_yaml_to_real(node, &pivot) || !(pivot >= 1.0 && pivot <= 99.0) || pivot != (double)(int)pivot) {
        (void)jk_key_path_add(&reader->path, "pivot");
        return jk_mapping_expected(reader, node, "1 to 99: two-digit years below it are of this century");
    }
    format->pivot = (int)pivot;
    return JK_OK;
}

jk_status jk_mapping_read_format(mapping_reader *reader, const jk_yaml_node *map, jk_csv_format *format) {
    JK_TRY(read_marks(reader, map, format));
    JK_TRY(read_date_formats(reader, map, format));
    return read_pivot(reader, map, format);
}

/* ---- field names ------------------------------------------------------------------------------------------ */

/* Registers a field (one name, or a list of names of which the first that the header has is taken). */
jk_status jk_mapping_add_field(mapping_reader *reader, const jk_yaml_node *node, uint32_t source, uint32_t *number) {
    jk_mapping *mapping = reader->mapping;
    size_t count = node->kind == JK_YAML_LIST ? node->count : 1;
    if (count == 0 || (node->kind != JK_YAML_LIST && node->kind != JK_YAML_SCALAR)) {
        return jk_mapping_expected(reader, node, "the name of a source column, or a list of names it may have");
    }
    if (mapping->field_count == FIELDS_MAX) {
        return jk_mapping_fail(reader, node->file, node->line, "the mapping names too many source columns");
    }
    const char **names = jk_arena_alloc(reader->arena, count, sizeof *names);
    JK_TRY(jk_held(names != NULL, reader->error, "a mapping"));
    for (size_t i = 0; i < count; i++) {
        JK_TRY(jk_mapping_read_word(reader, node->kind == JK_YAML_LIST ? node->items[i] : node, &names[i]));
    }
    jk_field_name *field = &reader->fields[mapping->field_count];
    *field = (jk_field_name){.count = count, .names = names, .source = source, .line = node->line};
    const jk_mapping_source *of = &reader->sources[source];
    for (size_t a = 0; a < of->aggregate_count; a++) {
        field->aggregate = strcmp(of->aggregates[a].name, names[0]) == 0 ? (uint32_t)a + 1 : field->aggregate;
    }
    *number = (uint32_t)mapping->field_count++;
    return JK_OK;
}

jk_status jk_mapping_settle_format(mapping_reader *reader, const jk_yaml_node *node, jk_rule *rule) {
    size_t made = 0;
    size_t count = rule->term_count;
    for (size_t i = 0; i < count; i++) {
        made += reader->fields[rule->terms[i]].aggregate != 0;
    }
    if (rule->divide_by != JK_NO_FIELD) {
        made += reader->fields[rule->divide_by].aggregate != 0;
        count++;
    }
    if (made > 0 && made < count) {
        return jk_mapping_fail(reader, node->file, node->line,
                               "aggregates and columns of the file cannot stand in one sum");
    }
    if (made > 0) {
        const int scale = rule->format.scale;
        rule->format = jk_csv_canonical_format;
        rule->format.scale = scale;
    }
    return JK_OK;
}

jk_status jk_mapping_read_source_of(mapping_reader *reader, const jk_yaml_node *map, uint32_t *source) {
    const char *name = NULL;
    *source = 0;
    JK_TRY(jk_mapping_read_text_key(reader, map, "source", &name));
    for (uint32_t s = 0; name != NULL && s < reader->mapping->source_count; s++) {
        if (strcmp(name, reader->sources[s].name) == 0) {
            *source = s;
            return JK_OK;
        }
    }
    if (name != NULL) {
        (void)jk_key_path_add(&reader->path, "source");
        return jk_mapping_expected(reader, jk_mapping_find(map, "source"), "the name of one of `sources`");
    }
    return JK_OK;
}
