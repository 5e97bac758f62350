/* SPDX-License-Identifier: Apache-2.0 */
/* `scorecard:` */
#include <math.h>
#include <string.h>

#include "base/text/text.h"
#include "model/find.h"
#include "model/keys/sections.h"
#include "model/keys/tables.h"
#include "model/names.h"

/* How a tape column can enter a scorecard. */
typedef enum use { USE_NONE, USE_NUMERIC, USE_CATEGORICAL } use;

static use column_use(jk_column column) {
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_MONEY:
    case JK_TYPE_REAL:
    case JK_TYPE_INTEGER:
        return USE_NUMERIC;
    case JK_TYPE_ENUM:
    case JK_TYPE_DICTIONARY:
        return USE_CATEGORICAL;
    case JK_TYPE_DATE: /* an own one as the months since then; the others have figures of their own */
        return jk_schema_is_extra(column) ? USE_NUMERIC : USE_NONE;
    case JK_TYPE_TEXT:
        break;
    }
    return USE_NONE;
}

/* A name that is none, or that of a column which no scorecard can use. */
static jk_status fail_name(jk_model_reader *reader, const jk_yaml_node *node, const char *name,
                           const char *const *names, size_t count) {
    const jk_yaml_node *place = jk_yaml_find(node, "name")->value;
    int nearest = jk_text_nearest(name, names, count);
    (void)jk_key_path_add(&reader->path, "name");
    if (jk_schema_find(name, strlen(name)) >= 0) {
        return jk_model_fail(reader, place, "%s is a key or a date, expected a column of amounts, numbers or levels",
                             name);
    }
    if (nearest >= 0) {
        return jk_model_fail(reader, place, "unknown characteristic, did you mean %s?", names[nearest]);
    }
    return jk_model_expected(reader, place,
                             "a tape column, a derived figure (docs/model-file.md lists them) or a name of `extra`");
}

/* Names that a characteristic may have, `count` of them. */
enum { NAMES_MAX = JK_CSV_COLUMN_COUNT + JK_DERIVED_COUNT + JK_EXTRA_COUNT };

static size_t list_names(const jk_extras *extras, const char *names[NAMES_MAX]) {
    size_t count = 0;
    for (int i = 0; i < JK_CSV_COLUMN_COUNT; i++) {
        if (column_use((jk_column)i) != USE_NONE) {
            names[count++] = jk_schema_column((jk_column)i)->name;
        }
    }
    for (int i = 0; i < JK_DERIVED_COUNT; i++) {
        names[count++] = jk_derived_names[i];
    }
    for (int i = 0; i < JK_EXTRA_COUNT; i++) {
        if (extras->name[i] != NULL && column_use((jk_column)(JK_FIXED_COLUMN_COUNT + i)) != USE_NONE) {
            names[count++] = extras->name[i];
        }
    }
    return count;
}

bool jk_find_characteristic(const jk_extras *extras, const char *name, jk_characteristic *out) {
    out->name = name;
    out->derived = JK_DERIVED_NONE;
    int column = jk_schema_find(name, strlen(name));
    column = column >= 0 ? column : jk_extras_find(extras, name);
    if (column >= 0 && column_use((jk_column)column) != USE_NONE) {
        out->column = (jk_column)column;
        out->is_numeric = column_use(out->column) == USE_NUMERIC;
        return true;
    }
    for (int i = 0; i < JK_DERIVED_COUNT; i++) {
        if (strcmp(jk_derived_names[i], name) == 0) {
            out->derived = (jk_derived)i;
            out->is_numeric = 1;
            return true;
        }
    }
    return false;
}

/* Finds the column or derived figure of that name. */
static jk_status resolve_name(jk_model_reader *reader, const jk_yaml_node *node, const char *name,
                              jk_characteristic *out) {
    if (jk_find_characteristic(&reader->model->extras, name, out)) {
        return JK_OK;
    }
    const char *names[NAMES_MAX];
    size_t count = list_names(&reader->model->extras, names);
    return fail_name(reader, node, name, names, count);
}

/* Values that stand for something else become bins of their own. */
static jk_status read_special(jk_model_reader *reader, const jk_yaml_node *map, double *below, double *points,
                              size_t *count) {
    static const jk_field points_field = {.kind = JK_FIELD_REAL, .low = -100, .high = 100};
    size_t before = jk_key_path_add(&reader->path, "special");
    JK_TRY(jk_expect_map(reader, map, "a map of values to points"));
    for (size_t i = 0; i < map->count; i++) {
        const jk_yaml_pair *pair = &map->pairs[i];
        const jk_yaml_node place = {.file = pair->file, .line = pair->line};
        double value = 0.0, of_value = 0.0;
        size_t inside = jk_key_path_add(&reader->path, pair->key);
        if (!jk_text_to_real(pair->key, strlen(pair->key), &value) || !isfinite(value)) {
            return jk_model_fail(reader, &place, "expected a number that stands for something else, such as -999");
        }
        JK_TRY(jk_read_number(reader, &points_field, pair->value, &of_value));
        jk_special_bin(value, of_value, below, points, count);
        jk_key_path_cut(&reader->path, inside);
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_bins(jk_model_reader *reader, const jk_yaml_node *node, const jk_yaml_node *special,
                           jk_characteristic *out) {
    JK_TRY(jk_expect_list(reader, node, 1, "a list of bins"));
    double *below = NULL;
    double *points = NULL;
    const size_t room = node->count + (special != NULL && special->kind == JK_YAML_MAP ? 2 * special->count : 0);
    JK_TRY(jk_model_alloc(reader, room, sizeof *below, &below));
    JK_TRY(jk_model_alloc(reader, room, sizeof *points, &points));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_node *item = node->items[i];
        size_t before = jk_key_path_index(&reader->path, i);
        jk_bin_entry bin = {0};
        JK_TRY(jk_read_record(reader, &jk_record_bin, item, &bin));
        bool last = i + 1 == node->count;
        if (last && isfinite(bin.below)) {
            return jk_model_fail(reader, item, "the last bin must hold all that is left, expected no `below`");
        }
        if (!last && !isfinite(bin.below)) {
            return jk_model_fail(reader, item, "a bin before the last one, expected `below`");
        }
        if (i > 0 && bin.below <= below[i - 1]) {
            return jk_model_fail(reader, item, "expected `below` to ascend, found %g after %g", bin.below,
                                 below[i - 1]);
        }
        below[i] = bin.below;
        points[i] = bin.points;
        jk_key_path_cut(&reader->path, before);
    }
    out->below = below;
    out->points = points;
    out->count = node->count;
    return special != NULL ? read_special(reader, special, below, points, &out->count) : JK_OK;
}

static jk_status read_levels(jk_model_reader *reader, const jk_yaml_node *node, jk_characteristic *out) {
    static const jk_field points_field = {.kind = JK_FIELD_REAL, .low = -100, .high = 100};
    JK_TRY(jk_expect_map(reader, node, "a map of levels to points"));
    const char **levels = NULL;
    double *points = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *levels, &levels));
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *points, &points));
    for (size_t i = 0; i < node->count; i++) {
        const jk_yaml_pair *pair = &node->pairs[i];
        jk_yaml_node place = {.file = pair->file, .line = pair->line};
        size_t before = jk_key_path_add(&reader->path, pair->key);
        JK_TRY(jk_check_level(reader, &place, out->column, pair->key));
        JK_TRY(jk_read_number(reader, &points_field, pair->value, &points[i]));
        levels[i] = pair->key;
        jk_key_path_cut(&reader->path, before);
    }
    out->levels = levels;
    out->points = points;
    out->count = node->count;
    return JK_OK;
}

/* The key that this kind of characteristic needs, and none that belongs to the other kind. */
static jk_status read_points(jk_model_reader *reader, const jk_yaml_node *node, const jk_characteristic_entry *entry,
                             jk_characteristic *out) {
    const char *kind = out->is_numeric ? "numeric" : "categorical";
    const char *wanted = out->is_numeric ? "bins" : "levels";
    const jk_yaml_node *right = out->is_numeric ? entry->bins : entry->levels;
    const jk_yaml_node *wrong = out->is_numeric ? entry->levels : entry->bins;
    if (wrong != NULL) {
        (void)jk_key_path_add(&reader->path, out->is_numeric ? "levels" : "bins");
        return jk_model_fail(reader, wrong, "%s is %s, expected %s", out->name, kind, wanted);
    }
    if (out->is_numeric && !isnan(entry->other)) {
        (void)jk_key_path_add(&reader->path, "other");
        return jk_model_fail(reader, jk_yaml_find(node, "other")->value,
                             "%s is numeric, expected bins that hold every value", out->name);
    }
    if (!out->is_numeric && entry->special != NULL) {
        (void)jk_key_path_add(&reader->path, "special");
        return jk_model_fail(reader, entry->special, "%s is categorical, expected its special values among the levels",
                             out->name);
    }
    size_t before = jk_key_path_add(&reader->path, wanted);
    if (right == NULL) {
        return jk_model_fail(reader, node, "missing key, %s is %s", out->name, kind);
    }
    JK_TRY(out->is_numeric ? read_bins(reader, right, entry->special, out) : read_levels(reader, right, out));
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status read_characteristic(jk_model_reader *reader, const jk_yaml_node *node, jk_characteristic *out) {
    jk_characteristic_entry entry = {0};
    JK_TRY(jk_read_record(reader, &jk_record_characteristic, node, &entry));
    JK_TRY(resolve_name(reader, node, entry.name, out));
    out->fades = entry.fades;
    if (entry.in_segments != NULL) {
        size_t before = jk_key_path_add(&reader->path, "in_segments");
        JK_TRY(jk_expect_map(reader, entry.in_segments, "a map of segments to numbers"));
        jk_key_path_cut(&reader->path, before);
    }
    out->missing_points = entry.missing;
    out->other_points = isnan(entry.other) ? 0.0 : entry.other;
    return read_points(reader, node, &entry, out);
}

jk_status jk_read_characteristics(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    enum { CHARACTERISTICS_MAX = NAMES_MAX };
    jk_scorecard *scorecard = target;
    JK_TRY(jk_expect_list(reader, node, 0, "a list of characteristics"));
    if (node->count > CHARACTERISTICS_MAX) {
        return jk_model_fail(reader, node, "expected at most %d characteristics, found %zu", CHARACTERISTICS_MAX,
                             node->count);
    }
    jk_characteristic *all = NULL;
    JK_TRY(jk_model_alloc(reader, node->count, sizeof *all, &all));
    for (size_t i = 0; i < node->count; i++) {
        size_t before = jk_key_path_index(&reader->path, i);
        JK_TRY(read_characteristic(reader, node->items[i], &all[i]));
        for (size_t j = 0; j < i; j++) {
            if (strcmp(all[j].name, all[i].name) == 0) {
                (void)jk_key_path_add(&reader->path, "name");
                return jk_model_fail(reader, node->items[i], "%s stands twice, expected once", all[i].name);
            }
        }
        jk_key_path_cut(&reader->path, before);
    }
    scorecard->characteristics = all;
    scorecard->count = node->count;
    return JK_OK;
}

jk_status jk_read_scorecard(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_model *model = target;
    jk_scorecard *scorecard = &model->scorecard;
    JK_TRY(jk_read_record(reader, &jk_record_scorecard, node, scorecard));
    if (scorecard->able_from < scorecard->weak_from) {
        (void)jk_key_path_add(&reader->path, "able_from");
        return jk_model_fail(reader, jk_yaml_find(node, "able_from")->value,
                             "expected at least weak_from (%g), found %g", scorecard->weak_from, scorecard->able_from);
    }
    for (size_t c = 0; c < scorecard->count && !(scorecard->half_life > 0.0); c++) {
        if (scorecard->characteristics[c].fades) {
            (void)jk_key_path_add(&reader->path, "half_life");
            return jk_model_fail(reader, node,
                                 "missing key, expected the months in which the points of %s lose half of "
                                 "their weight, as it has `fades: true`",
                                 scorecard->characteristics[c].name);
        }
    }
    return JK_OK;
}

/* Factors of one characteristic by segment, once segments are known. */
static jk_status place_factors(jk_model_reader *reader, const jk_yaml_node *map, jk_characteristic *out) {
    static const jk_field factor_field = {.kind = JK_FIELD_REAL, .low = -10, .high = 10};
    const jk_model *model = reader->model;
    double *factor = NULL;
    JK_TRY(jk_model_alloc(reader, model->segment_count, sizeof *factor, &factor));
    for (size_t g = 0; g < model->segment_count; g++) {
        factor[g] = 1.0;
    }
    for (size_t i = 0; i < map->count; i++) {
        const jk_yaml_pair *pair = &map->pairs[i];
        const jk_yaml_node place = {.file = pair->file, .line = pair->line};
        const size_t before = jk_key_path_add(&reader->path, pair->key);
        const int segment = jk_model_find_segment(model, pair->key);
        if (segment < 0) {
            return jk_model_fail(reader, &place, "no segment of the model, expected an id of `segments`");
        }
        JK_TRY(jk_read_number(reader, &factor_field, pair->value, &factor[segment]));
        jk_key_path_cut(&reader->path, before);
    }
    out->in_segments = factor;
    return JK_OK;
}

jk_status jk_finish_characteristics(jk_model_reader *reader, const jk_yaml_node *root) {
    jk_scorecard *card = &reader->model->scorecard;
    const jk_yaml_pair *scorecard = jk_yaml_find(root, "scorecard");
    const jk_yaml_pair *list = jk_yaml_find(scorecard->value, "characteristics");
    for (size_t c = 0; c < card->count; c++) {
        const jk_yaml_pair *factors = jk_yaml_find(list->value->items[c], "in_segments");
        if (factors != NULL) {
            size_t before = jk_key_path_add(&reader->path, "scorecard.characteristics");
            (void)jk_key_path_index(&reader->path, c);
            (void)jk_key_path_add(&reader->path, "in_segments");
            JK_TRY(place_factors(reader, factors->value, (jk_characteristic *)(uintptr_t)&card->characteristics[c]));
            jk_key_path_cut(&reader->path, before);
        }
    }
    return JK_OK;
}
