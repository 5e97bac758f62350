/* SPDX-License-Identifier: Apache-2.0 */
/* `lineage:` */
#include <string.h>

#include "base/number/calendar.h"
#include "model/keys/sections.h"
#include "model/keys/tables.h"

enum { SHA256_TEXT = 64, SOURCES_MAX = 256 };

static jk_status read_date(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    int32_t date = 0;
    if (node->kind != JK_YAML_SCALAR || !jk_date_parse(node->text, strlen(node->text), &date)) {
        return jk_model_expected(reader, node, "a date YYYY-MM-DD");
    }
    *(const char **)target = node->text;
    return JK_OK;
}

static jk_status read_sha256(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    if (node->kind != JK_YAML_SCALAR || strlen(node->text) != SHA256_TEXT ||
        strspn(node->text, "0123456789abcdef") != SHA256_TEXT) {
        return jk_model_expected(reader, node, "64 hexadecimal digits");
    }
    *(const char **)target = node->text;
    return JK_OK;
}

static jk_status read_sources(jk_model_reader *reader, const jk_yaml_node *node, const jk_model_source **sources,
                              size_t *count) {
    JK_TRY(jk_expect_list(reader, node, 0, "a list of maps with name, version and sha256"));
    if (node->count > SOURCES_MAX) {
        return jk_model_fail(reader, node, "expected at most %d entries, found %zu", SOURCES_MAX, node->count);
    }
    jk_model_source *all = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *all, &all));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(jk_read_record(reader, &jk_record_lineage_source, node->items[i], &all[i]));
        jk_key_path_cut(&reader->path, before);
    }
    *sources = all;
    *count = node->count;
    return JK_OK;
}

static jk_status read_parents(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_lineage *lineage = target;
    return read_sources(reader, node, &lineage->parents, &lineage->parent_count);
}

static jk_status read_data(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_lineage *lineage = target;
    return read_sources(reader, node, &lineage->data, &lineage->data_count);
}

#define TEXT(k, f, s, member, text)                                                                                    \
    { .key = (k), .kind = JK_FIELD_TEXT, .flags = (f), .offset = offsetof(s, member), .meaning = (text) }
#define OTHER(k, place, function, words, text)                                                                         \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_OTHER, .flags = JK_FIELD_KEEP, .offset = (place), .read = (function),             \
        .expected = (words), .meaning = (text)                                                                         \
    }

static const jk_field source_fields[] = {
    TEXT("name", JK_FIELD_REQUIRED, jk_model_source, name, "of the model or the file"),
    TEXT("version", JK_FIELD_KEEP, jk_model_source, version, "of the model"),
    OTHER("sha256", offsetof(jk_model_source, sha256), read_sha256, "64 hexadecimal digits", "of its bytes"),
};
const jk_record jk_record_lineage_source = {.name = "lineage.parents[], lineage.data[]",
                                            .fields = source_fields,
                                            .count = sizeof source_fields / sizeof source_fields[0]};

static const jk_field lineage_fields[] = {
    OTHER("fitted_on", offsetof(jk_model, lineage.fitted_on), read_date, "a date YYYY-MM-DD",
          "when its figures were fitted"),
    TEXT("program", JK_FIELD_KEEP, jk_model, lineage.program, "what fitted them, with its version"),
    OTHER("parents", offsetof(jk_model, lineage), read_parents, "a list of maps",
          "models whose law, costs and structure it has"),
    OTHER("data", offsetof(jk_model, lineage), read_data, "a list of maps", "files that its figures were fitted to"),
};
const jk_record jk_record_lineage = {
    .name = "lineage", .fields = lineage_fields, .count = sizeof lineage_fields / sizeof lineage_fields[0]};
