/* SPDX-License-Identifier: Apache-2.0 */
/* `scorecard.own_score`: a score that somebody else made. */
#include <math.h>
#include <string.h>

#include "base/text/text.h"
#include "model/file/include.h"
#include "model/keys/sections.h"
#include "model/keys/tables.h"
#include "model/score/network.h"
#include "model/trees/trees.h"

enum { SPECIAL_MAX = 64, MONTHS_MAX = 1200 };

typedef struct own_score_entry {
    const char *column, *card, *network;
    int form;
    double base_points, base_odds, points_to_double, months, slope, intercept, missing;
    const jk_yaml_node *trees, *special, *special_codes, *names;
} own_score_entry;

static const char *const form_names[JK_FORM_COUNT] = {"eta", "points", "log_odds", "probability"};

static jk_status read_form(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    return jk_read_choice(reader, node, "form of a score", form_names, JK_FORM_COUNT, target);
}

#define TEXT(k, member, text)                                                                                          \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_TEXT, .flags = JK_FIELD_KEEP, .offset = offsetof(own_score_entry, member),        \
        .meaning = (text)                                                                                              \
    }
#define REAL(k, fl, value, lo, hi, s, member, text)                                                                    \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_REAL, .flags = (fl), .low = (lo), .high = (hi), .fallback = (value),              \
        .offset = offsetof(s, member), .meaning = (text)                                                               \
    }
#define NODE(k, member, words, text)                                                                                   \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_OTHER, .flags = JK_FIELD_KEEP, .offset = offsetof(own_score_entry, member),       \
        .read = jk_read_node, .expected = (words), .meaning = (text)                                                   \
    }

static const jk_field fields[] = {
    TEXT("column", column, "the score is this number: an own column, another column of the tape or a derived figure"),
    TEXT("card", card, "the score is the sum of the points of this scorecard, CSV: characteristic, bin, points"),
    NODE("trees", trees, "the name of a model file, or a map of it",
         "the score is what these trees say: XGBoost (JSON, UBJ) or LightGBM (text); log odds, or eta or "
         "probability of other objectives"),
    TEXT("network", network, "the score is what this network says (JSON), log odds"),
    {.key = "form",
     .kind = JK_FIELD_OTHER,
     .flags = JK_FIELD_REQUIRED,
     .offset = offsetof(own_score_entry, form),
     .read = read_form,
     .expected = "eta, points, log_odds or probability",
     .meaning = "what the score says"},
    REAL("base_points", 0, NAN, -1e9, 1e9, own_score_entry, base_points, "points at which the odds are base_odds"),
    REAL("base_odds", JK_FIELD_ABOVE_LOW, NAN, 0, 1e9, own_score_entry, base_odds, "odds of paying at base_points"),
    REAL("points_to_double", 0, NAN, -1e6, 1e6, own_score_entry, points_to_double,
         "points that double the odds; below 0 where a high score is a bad one"),
    REAL("months", JK_FIELD_ABOVE_LOW, NAN, 0, MONTHS_MAX, own_score_entry, months,
         "odds and probability are of paying within so many months; absent: log odds are taken as they are"),
    REAL("slope", 0, 1, -100, 100, own_score_entry, slope, "of segments that say none; absent: 1"),
    REAL("intercept", 0, 0, -100, 100, own_score_entry, intercept, "of segments that say none; absent: 0"),
    REAL("missing", 0, 0, -100, 100, own_score_entry, missing, "eta where there is no score; absent: 0"),
    NODE("special", special, "a map of values to eta", "values of the column that are no scores, such as -999"),
    NODE("special_codes", special_codes, "a list of numbers", "what the card's bin for special values is about"),
    NODE("names", names, "a map of names", "what the card calls characteristics that are called otherwise here"),
};
const jk_record jk_record_own_score = {
    .name = "scorecard.own_score", .fields = fields, .count = sizeof fields / sizeof fields[0]};

static const jk_field calibration_fields[] = {
    REAL("slope", 0, NAN, -100, 100, jk_segment, own_slope, "factor on the score; absent: the scorecard's"),
    REAL("intercept", 0, NAN, -100, 100, jk_segment, own_intercept, "added to it; absent: the scorecard's"),
};
const jk_record jk_record_own_calibration = {.name = "segments[].own_score",
                                             .fields = calibration_fields,
                                             .count = sizeof calibration_fields / sizeof calibration_fields[0]};

/* ---- the parts -------------------------------------------------------------------------------------------------- */

static jk_status fail_at(jk_model_reader *reader, const jk_yaml_node *map, const char *key, const char *message) {
    const jk_yaml_pair *pair = jk_yaml_find(map, key);
    (void)jk_key_path_add(&reader->path, key);
    return jk_model_fail(reader, pair != NULL ? pair->value : map, "%s", message);
}

static jk_status read_codes(jk_model_reader *reader, const jk_yaml_node *list, double **codes, size_t *count) {
    size_t before = jk_key_path_add(&reader->path, "special_codes");
    JK_TRY(jk_expect_list(reader, list, 1, "a list of numbers"));
    if (list->count > SPECIAL_MAX) {
        return jk_model_fail(reader, list, "expected at most %d special values, found %zu", SPECIAL_MAX, list->count);
    }
    JK_TRY(jk_model_alloc(reader, list->count, sizeof **codes, codes));
    for (size_t i = 0; i < list->count; i++) {
        if (!jk_yaml_to_real(list->items[i], &(*codes)[i]) || !isfinite((*codes)[i])) {
            return jk_model_expected(reader, list->items[i], "a number");
        }
    }
    *count = list->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_special(jk_model_reader *reader, const jk_yaml_node *map, jk_own_score *own) {
    static const jk_field eta_field = {.kind = JK_FIELD_REAL, .low = -100, .high = 100};
    size_t before = jk_key_path_add(&reader->path, "special");
    JK_TRY(jk_expect_map(reader, map, "a map of values to eta"));
    if (map->count > SPECIAL_MAX) {
        return jk_model_fail(reader, map, "expected at most %d special values, found %zu", SPECIAL_MAX, map->count);
    }
    double *value = NULL, *eta = NULL;
    JK_TRY(jk_model_alloc(reader, map->count, sizeof *value, &value));
    JK_TRY(jk_model_alloc(reader, map->count, sizeof *eta, &eta));
    for (size_t i = 0; i < map->count; i++) {
        const jk_yaml_node place = {.file = map->pairs[i].file, .line = map->pairs[i].line};
        size_t inside = jk_key_path_add(&reader->path, map->pairs[i].key);
        if (!jk_text_to_real(map->pairs[i].key, strlen(map->pairs[i].key), &value[i]) || !isfinite(value[i])) {
            return jk_model_fail(reader, &place, "expected a number, which stands for no score");
        }
        JK_TRY(jk_read_number(reader, &eta_field, map->pairs[i].value, &eta[i]));
        jk_key_path_cut(&reader->path, inside);
    }
    own->special = value;
    own->special_eta = eta;
    own->special_count = map->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_column(jk_model_reader *reader, const jk_yaml_node *map, const own_score_entry *entry,
                             jk_own_score *own) {
    if (!jk_find_characteristic(&reader->model->extras, entry->column, &own->column) || !own->column.is_numeric) {
        own->column.name = NULL;
        return fail_at(reader, map, "column",
                       "expected a number: an own column that `extra` names, a column of numbers or amounts, or a "
                       "derived figure (docs/model-file.md lists them)");
    }
    return entry->special != NULL ? read_special(reader, entry->special, own) : JK_OK;
}

/* The bytes of a file that the map names, which become a part of the model. */
static jk_status open_file(jk_model_reader *reader, const jk_yaml_node *map, const char *key, const char **path) {
    const jk_yaml_node *node = jk_yaml_find(map, key)->value;
    *path = jk_path_beside(reader->arena, node->file, node->text);
    JK_TRY(jk_held(*path != NULL, reader->error, "the model"));
    return jk_include_allowed(reader->model->path, *path, node, key, reader->error);
}

static jk_status read_card(jk_model_reader *reader, const jk_yaml_node *map, const own_score_entry *entry,
                           jk_own_score *own) {
    jk_yaml_reader files = {.arena = reader->arena};
    const char *path = NULL, *bytes = NULL;
    size_t size = 0, codes = 0;
    double *code = NULL;
    JK_TRY(open_file(reader, map, "card", &path));
    JK_TRY(jk_yaml_read_file(&files, path, &bytes, &size, reader->error));
    if (entry->special_codes != NULL) {
        JK_TRY(read_codes(reader, entry->special_codes, &code, &codes));
    }
    JK_TRY(jk_read_card(reader, path, bytes, size, entry->names, code, codes, own));
    jk_include_hash(reader->model->sha256, bytes, size);
    return JK_OK;
}

static jk_status read_own_network(jk_model_reader *reader, const jk_yaml_node *map, jk_own_score *own) {
    const char *path = NULL;
    jk_network_file file = {0};
    JK_TRY(open_file(reader, map, "network", &path));
    JK_TRY(jk_network_read(reader->arena, path, &reader->model->extras, JK_TREES_LOG_ODDS, &file, reader->error));
    own->network = file.network;
    jk_include_hash(reader->model->sha256, file.bytes, file.size);
    return JK_OK;
}

/* What each form and each kind of score needs, and what is about another. */
static jk_status check(jk_model_reader *reader, const jk_yaml_node *map, const own_score_entry *entry) {
    const int kinds =
        (entry->column != NULL) + (entry->card != NULL) + (entry->trees != NULL) + (entry->network != NULL);
    const bool points = entry->form == JK_FORM_POINTS;
    if (kinds != 1) {
        return jk_model_fail(reader, map, "expected one of column, card, trees and network, found %d of them", kinds);
    }
    const bool log_odds = entry->form == JK_FORM_LOG_ODDS;
    if (entry->trees != NULL && points) {
        return fail_at(reader, map, "form", "expected log_odds of logistic trees, eta or probability of others");
    }
    if (entry->network != NULL && !log_odds) {
        return fail_at(reader, map, "form", "expected log_odds, which is what networks say");
    }
    if (points && (isnan(entry->base_points) || isnan(entry->base_odds) || isnan(entry->points_to_double) ||
                   entry->points_to_double == 0.0)) {
        return fail_at(reader, map, "form", "points need base_points, base_odds and points_to_double, which is not 0");
    }
    static const char *const of_points[] = {"base_points", "base_odds", "points_to_double"};
    for (size_t i = 0; i < sizeof of_points / sizeof of_points[0] && !points; i++) {
        if (jk_yaml_find(map, of_points[i]) != NULL) {
            return fail_at(reader, map, of_points[i], "is about the form points");
        }
    }
    if (entry->form == JK_FORM_ETA && !isnan(entry->months)) {
        return fail_at(reader, map, "months", "is about odds and probabilities; the form is eta");
    }
    if (entry->special != NULL && entry->column == NULL) {
        return fail_at(reader, map, "special", "is about a column");
    }
    if ((entry->special_codes != NULL || entry->names != NULL) && entry->card == NULL) {
        return fail_at(reader, map, entry->names != NULL ? "names" : "special_codes", "is about a card");
    }
    return JK_OK;
}

jk_status jk_read_own_score(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    static const jk_trees_link links[JK_FORM_COUNT] = {
        [JK_FORM_ETA] = JK_TREES_ETA, [JK_FORM_LOG_ODDS] = JK_TREES_LOG_ODDS, [JK_FORM_PROBABILITY] = JK_TREES_MEAN};
    jk_scorecard *scorecard = target;
    own_score_entry entry = {0};
    jk_own_score *own = NULL;
    JK_TRY(jk_read_record(reader, &jk_record_own_score, node, &entry));
    JK_TRY(check(reader, node, &entry));
    JK_TRY(jk_model_alloc(reader, 1, sizeof *own, &own));
    *own = (jk_own_score){.form = (jk_score_form)entry.form,
                          .base_points = entry.base_points,
                          .base_odds = entry.base_odds,
                          .points_to_double = entry.points_to_double,
                          .months = isnan(entry.months) ? 0.0 : entry.months,
                          .slope = entry.slope,
                          .intercept = entry.intercept,
                          .missing_eta = entry.missing};
    JK_TRY(entry.column != NULL  ? read_column(reader, node, &entry, own)
           : entry.card != NULL  ? read_card(reader, node, &entry, own)
           : entry.trees != NULL ? jk_read_trees_entry(reader, entry.trees, links[own->form], &own->trees)
                                 : read_own_network(reader, node, own));
    scorecard->own_score = own;
    return JK_OK;
}
