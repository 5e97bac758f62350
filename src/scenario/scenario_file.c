/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario files: a list of stresses by name. The table of keys is the only list of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file/sha256.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "base/text/yaml.h"
#include "jalki/scenario.h"
#include "scenario/scenario_law.h"

enum { OTHER_KEYS = 5, NAME_MAX_BYTES = 63, STEPS_MAX = 600, COUNTRIES_MAX = 300 };

typedef struct file_reader {
    jk_arena *arena;
    const jk_model *model;
    jk_error *error;
    jk_key_path path;
} file_reader;

static jk_status expected(file_reader *reader, const jk_yaml_node *node, const char *what) {
    char words[JK_YAML_WORDS];
    return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line,
                   reader->path.length > 0 ? reader->path.text : NULL, "expected %s, found %s", what,
                   jk_yaml_describe(node, words));
}

static jk_status unknown_key(file_reader *reader, const jk_yaml_pair *pair, const char *const *known, size_t count) {
    int nearest = jk_text_nearest(pair->key, known, count);
    return jk_fail(reader->error, JK_ERROR_MODEL, pair->file, pair->line,
                   reader->path.length > 0 ? reader->path.text : NULL,
                   nearest >= 0 ? "unknown key '%.80s'; did you mean '%s'?" : "unknown key '%.80s'", pair->key,
                   nearest >= 0 ? known[nearest] : "");
}

/* A number within the field's bounds; `whole`: without a fraction. */
static jk_status read_number(file_reader *reader, const jk_yaml_node *node, const jk_stress_field *field, bool whole,
                             double *value) {
    bool is_number = jk_yaml_to_real(node, value);
    if (!is_number || !(*value >= field->low && *value <= field->high) || (whole && *value != floor(*value))) {
        char what[96];
        (void)snprintf(what, sizeof what, "a %snumber from %g to %g", whole ? "whole " : "", field->low, field->high);
        return expected(reader, node, what);
    }
    return JK_OK;
}

/* ---- recovery by months ---------------------------------------------------------------------------------------- */

static jk_status read_step(file_reader *reader, const jk_yaml_node *node, size_t index, int32_t *months,
                           double *factors) {
    static const jk_stress_field month_field = {"month", 0.0, JK_HORIZON_MAX, 0.0, ""};
    size_t before = jk_key_path_index(&reader->path, index);
    if (node->kind != JK_YAML_LIST || node->count != 2) {
        return expected(reader, node, "a pair [month, factor]");
    }
    double month = 0.0;
    JK_TRY(read_number(reader, node->items[0], &month_field, true, &month));
    JK_TRY(read_number(reader, node->items[1], jk_stress_field_of(JK_STRESS_RECOVERY), false, &factors[index]));
    months[index] = (int32_t)month;
    if (index == 0 ? months[0] != 0 : months[index] <= months[index - 1]) {
        return expected(reader, node->items[0], index == 0 ? "the first step at month 0" : "months that ascend");
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_recovery(file_reader *reader, const jk_yaml_node *node, jk_stress *stress) {
    if (node->kind != JK_YAML_LIST) {
        return read_number(reader, node, jk_stress_field_of(JK_STRESS_RECOVERY), false,
                           &stress->figure[JK_STRESS_RECOVERY]);
    }
    if (node->count == 0 || node->count > STEPS_MAX) {
        return expected(reader, node, "a number, or a list of pairs [month, factor]");
    }
    int32_t *months = jk_arena_alloc(reader->arena, node->count, sizeof *months);
    double *factors = jk_arena_alloc(reader->arena, node->count, sizeof *factors);
    JK_TRY(jk_held(months != NULL && factors != NULL, reader->error, "the scenarios"));
    for (size_t i = 0; i < node->count; i++) {
        JK_TRY(read_step(reader, node->items[i], i, months, factors));
    }
    stress->recovery = (jk_steps){node->count, months, factors};
    return JK_OK;
}

/* ---- where ------------------------------------------------------------------------------------------------------ */

static bool is_country(const char *text) {
    return text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z' && text[2] == '\0';
}

static bool is_segment(const jk_model *model, const char *text) {
    for (size_t s = 0; s < model->segment_count; s++) {
        if (strcmp(model->segments[s].id, text) == 0) {
            return true;
        }
    }
    return false;
}

static jk_status read_name(file_reader *reader, const jk_yaml_node *node, bool country, const char **text) {
    if (!jk_yaml_to_text(node, text)) {
        return expected(reader, node, country ? "a country such as FI" : "the id of a segment");
    }
    if (country && !is_country(*text)) {
        return expected(reader, node, "a country by two capital letters, such as FI");
    }
    if (!country && !is_segment(reader->model, *text)) {
        const char *ids[JK_SEGMENTS_MAX];
        for (size_t s = 0; s < reader->model->segment_count; s++) {
            ids[s] = reader->model->segments[s].id;
        }
        int nearest = jk_text_nearest(*text, ids, reader->model->segment_count);
        char what[192];
        (void)snprintf(what, sizeof what, nearest >= 0 ? "a segment of the model (did you mean '%s'?)" : "%s",
                       nearest >= 0 ? ids[nearest] : "a segment of the model");
        return expected(reader, node, what);
    }
    return JK_OK;
}

/* One name or a list of them. */
static jk_status read_names(file_reader *reader, const jk_yaml_node *node, bool country, size_t *count,
                            const char *const **names) {
    bool one = node->kind == JK_YAML_SCALAR;
    if (!one && (node->kind != JK_YAML_LIST || node->count == 0 || node->count > COUNTRIES_MAX + JK_SEGMENTS_MAX)) {
        return expected(reader, node, country ? "a list of countries" : "a list of segments");
    }
    size_t length = one ? 1 : node->count;
    const char **list = jk_arena_alloc(reader->arena, length, sizeof *list);
    JK_TRY(jk_held(list != NULL, reader->error, "the scenarios"));
    for (size_t i = 0; i < length; i++) {
        size_t before = one ? reader->path.length : jk_key_path_index(&reader->path, i);
        JK_TRY(read_name(reader, one ? node : node->items[i], country, &list[i]));
        jk_key_path_cut(&reader->path, before);
    }
    *count = length;
    *names = list;
    return JK_OK;
}

static jk_status read_where(file_reader *reader, const jk_yaml_node *node, jk_where *where) {
    static const char *const keys[] = {"country", "segment"};
    if (node->kind != JK_YAML_MAP || node->count == 0) {
        return expected(reader, node, "a map with country, segment or both");
    }
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        size_t before = jk_key_path_add(&reader->path, pair->key);
        if (strcmp(pair->key, keys[0]) == 0) {
            JK_TRY(read_names(reader, pair->value, true, &where->country_count, &where->countries));
        } else if (strcmp(pair->key, keys[1]) == 0) {
            JK_TRY(read_names(reader, pair->value, false, &where->segment_count, &where->segments));
        } else {
            jk_key_path_cut(&reader->path, before);
            return unknown_key(reader, pair, keys, 2);
        }
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

/* ---- entries ---------------------------------------------------------------------------------------------------- */

typedef struct entry {
    const char *name, *note;
    jk_stress stress;
    const jk_yaml_node *law; /* NULL: it stays */
    int32_t from;            /* of the law; JK_MISSING_INTEGER: not given */
} entry;

/* Names stand in tables, CSV headers and options. */
static jk_status read_scenario_name(file_reader *reader, const jk_yaml_node *node, const char **name) {
    bool held = jk_yaml_to_text(node, name) && (*name)[0] != '\0' && strlen(*name) <= NAME_MAX_BYTES;
    for (size_t i = 0; held && (*name)[i] != '\0'; i++) {
        unsigned char c = (unsigned char)(*name)[i];
        held = c >= ' ' && c != 0x7f && c != ',' && c != ';' && c != '"';
    }
    if (!held) {
        return expected(reader, node, "a name of at most 63 bytes without commas, semicolons and quotes");
    }
    return strcmp(*name, "base") == 0 ? expected(reader, node, "another name than that of the base case") : JK_OK;
}

static jk_status read_key(file_reader *reader, const jk_yaml_pair *pair, entry *read) {
    int key = jk_stress_key_of(pair->key);
    if (strcmp(pair->key, "name") == 0) {
        return read_scenario_name(reader, pair->value, &read->name);
    }
    if (strcmp(pair->key, "note") == 0) {
        return jk_yaml_to_text(pair->value, &read->note) ? JK_OK : expected(reader, pair->value, "a text");
    }
    if (strcmp(pair->key, "where") == 0) {
        return read_where(reader, pair->value, &read->stress.where);
    }
    if (strcmp(pair->key, "law") == 0) {
        read->law = pair->value;
        return jk_scenario_law_check(pair->value, reader->model, reader->error);
    }
    if (strcmp(pair->key, "from") == 0) {
        const char *text = NULL;
        bool held = jk_yaml_to_text(pair->value, &text) && jk_date_parse(text, strlen(text), &read->from);
        return held ? JK_OK : expected(reader, pair->value, "a day, YYYY-MM-DD");
    }
    if (key == JK_STRESS_RECOVERY) {
        return read_recovery(reader, pair->value, &read->stress);
    }
    JK_TRY(read_number(reader, pair->value, jk_stress_field_of((jk_stress_key)key), key == JK_STRESS_DELAY,
                       &read->stress.figure[key]));
    if (key == JK_STRESS_HOUR_PRICE) { /* the file is written in the currency of the model's */
        read->stress.figure[key] *= reader->model->written_rate;
    }
    return JK_OK;
}

static jk_status read_entry(file_reader *reader, const jk_yaml_node *node, entry *read) {
    const char *known[JK_STRESS_COUNT + OTHER_KEYS] = {"name", "note", "where", "law", "from"};
    for (int key = 0; key < JK_STRESS_COUNT; key++) {
        known[key + OTHER_KEYS] = jk_stress_field_of((jk_stress_key)key)->name;
    }
    *read = (entry){.stress = jk_stress_none(), .from = JK_MISSING_INTEGER};
    if (node->kind != JK_YAML_MAP) {
        return expected(reader, node, "a scenario: a map with name and what it changes");
    }
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        bool is_known = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            is_known = is_known || strcmp(pair->key, known[k]) == 0;
        }
        if (!is_known) {
            return unknown_key(reader, pair, known, sizeof known / sizeof *known);
        }
        size_t before = jk_key_path_add(&reader->path, pair->key);
        JK_TRY(read_key(reader, pair, read));
        jk_key_path_cut(&reader->path, before);
    }
    if (read->name == NULL) {
        return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line, reader->path.text,
                       "a scenario without name; expected name: and what it changes");
    }
    bool partial = read->stress.where.country_count + read->stress.where.segment_count > 0;
    if (partial && read->stress.figure[JK_STRESS_IRR] != 0.0) {
        return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line, reader->path.text,
                       "irr together with where; expected irr for the whole portfolio");
    }
    if ((read->law != NULL) != (read->from != JK_MISSING_INTEGER) || (partial && read->law != NULL)) {
        return jk_fail(
            reader->error, JK_ERROR_MODEL, node->file, node->line, reader->path.text,
            "law and from: the day on which it begins belong together, and law has countries of its own instead "
            "of where");
    }
    return JK_OK;
}

/* A scenario has one change of law at most: what two of them on one claim would mean is not said. */
static jk_status take_law(file_reader *reader, const jk_yaml_node *node, const entry *from, jk_scenario *scenario,
                          jk_scenarios *set) {
    if (from->law == NULL) {
        return JK_OK;
    }
    if (scenario->law != NULL) {
        return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line, "law",
                       "a scenario's law changes once; expected one entry with law under the name '%s'",
                       scenario->name);
    }
    jk_status status = jk_scenario_law_make(reader->arena, from->law, from->from, reader->model,
                                            &set->laws[set->law_count], &scenario->law, reader->error);
    set->law_count += status == JK_OK;
    return status;
}

/* Entries of one name become one scenario, in the order of the file. */
static jk_status join_entries(file_reader *reader, const jk_yaml_node *root, const entry *entries, jk_scenarios *set) {
    jk_scenario *scenarios = jk_arena_alloc(reader->arena, root->count, sizeof *scenarios);
    jk_stress *stresses = jk_arena_alloc(reader->arena, root->count, sizeof *stresses);
    set->laws = jk_arena_alloc(reader->arena, root->count, sizeof *set->laws);
    JK_TRY(jk_held(scenarios != NULL && stresses != NULL && set->laws != NULL, reader->error, "the scenarios"));
    size_t used = 0;
    for (size_t i = 0; i < root->count; i++) {
        bool seen = false;
        for (size_t s = 0; s < set->count; s++) {
            seen = seen || strcmp(scenarios[s].name, entries[i].name) == 0;
        }
        if (seen) {
            continue;
        }
        if (set->count == JK_SCENARIOS_MAX) {
            return jk_fail(reader->error, JK_ERROR_MODEL, root->items[i]->file, root->items[i]->line, NULL,
                           "more than %d scenarios", JK_SCENARIOS_MAX);
        }
        jk_scenario *scenario = &scenarios[set->count++];
        *scenario = (jk_scenario){.name = entries[i].name, .stresses = stresses + used};
        for (size_t k = i; k < root->count; k++) {
            if (strcmp(entries[k].name, scenario->name) == 0) {
                stresses[used++] = entries[k].stress;
                scenario->stress_count++;
                scenario->note = scenario->note == NULL ? entries[k].note : scenario->note;
                JK_TRY(take_law(reader, root->items[k], &entries[k], scenario, set));
            }
        }
    }
    set->scenarios = scenarios;
    return JK_OK;
}

static jk_status read_file(file_reader *reader, const char *path, jk_scenarios **out) {
    jk_yaml_reader files = {.arena = reader->arena};
    jk_scenarios *set = jk_arena_alloc(reader->arena, 1, sizeof *set);
    JK_TRY(jk_held(set != NULL, reader->error, "the scenarios"));
    *out = set; /* whoever fails frees what it holds */
    set->arena = reader->arena;
    set->path = jk_arena_text(reader->arena, path, strlen(path));
    JK_TRY(jk_held(set->path != NULL, reader->error, "the scenarios"));
    const char *bytes = NULL;
    size_t size = 0;
    JK_TRY(jk_yaml_read_file(&files, set->path, &bytes, &size, reader->error));
    jk_sha256_text_of(bytes, size, set->sha256);
    const jk_yaml_node *root = NULL;
    JK_TRY(jk_yaml_parse(&files, set->path, bytes, size, &root, reader->error));
    if (root->kind != JK_YAML_LIST || root->count == 0 || root->count > JK_STRESSES_MAX) {
        return expected(reader, root, "a list of scenarios");
    }
    entry *entries = jk_arena_alloc(reader->arena, root->count, sizeof *entries);
    JK_TRY(jk_held(entries != NULL, reader->error, "the scenarios"));
    for (size_t i = 0; i < root->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(read_entry(reader, root->items[i], &entries[i]));
        jk_key_path_cut(&reader->path, before);
    }
    return join_entries(reader, root, entries, set);
}

jk_status jk_scenarios_load(const char *path, const jk_model *model, jk_scenarios **set, jk_error *error) {
    *set = NULL;
    file_reader reader = {.arena = jk_arena_create(), .model = model, .error = error};
    JK_TRY(jk_held(reader.arena != NULL, error, "the scenarios"));
    jk_status status = read_file(&reader, path, set);
    if (status != JK_OK) {
        if (*set != NULL) {
            jk_scenarios_free(*set);
        } else {
            jk_arena_free(reader.arena);
        }
        *set = NULL;
    }
    return status;
}

void jk_scenarios_free(jk_scenarios *set) {
    if (set != NULL) {
        for (size_t i = 0; i < set->law_count; i++) {
            jk_model_free(set->laws[i]);
        }
        jk_arena_free(set->arena);
    }
}
