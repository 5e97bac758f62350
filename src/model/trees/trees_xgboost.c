/* SPDX-License-Identifier: Apache-2.0 */
/* Trees in XGBoost's JSON format, or the same in binary (UBJ), checked node by node.
 *
 * The format is that of XGBoost's documentation, "Introduction to Model IO", for versions 1.7 and later. What is not a
 * sum of plain trees (linear boosters, dropped trees, several targets) is refused. At a fork by a set of categories a
 * claim whose code is in the set goes right, as XGBoost's own prediction sends it.
 *
 * Two things of training are read from what the file holds besides its trees. Where early stopping named its best
 * iteration, the trees after it are left out, as XGBoost's own predictions leave them out. And the file does not say
 * which number stood for missing; but a feature column=level is 0 or 1, and a fork on it at a number outside (0, 1]
 * parts nothing unless one of the two was no number: there 0 was missing (sparse input, or missing=0). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text/json.h"
#include "model/trees/trees_categories.h"
#include "model/trees/ubjson.h"

/* The member of an object by a path of at most four keys; NULL if any is missing. */
static const json_t *find(const json_t *object, const char *a, const char *b, const char *c, const char *d) {
    const char *keys[] = {a, b, c, d};
    for (size_t i = 0; i < 4 && keys[i] != NULL; i++) {
        object = json_object_get(object, keys[i]);
    }
    return object;
}

/* A number that XGBoost writes as text ("5E-1", and in later versions "[5E-1]"); NaN if it is none. */
static double text_number(const json_t *value) {
    const char *text = json_string_value(value);
    if (text == NULL) {
        return NAN;
    }
    char *end = NULL;
    double number = strtod(text + (text[0] == '['), &end);
    return end != text && (*end == '\0' || strcmp(end, "]") == 0) ? number : NAN;
}

/* Objectives whose prediction is the sum of the trees. */
static bool is_mean(const char *objective) {
    return strcmp(objective, "reg:squarederror") == 0 || strcmp(objective, "reg:absoluteerror") == 0 ||
           strcmp(objective, "reg:pseudohubererror") == 0;
}

/* The base score stands on the scale of the prediction; the trees add on the scale of its link. */
static jk_status read_base(jk_trees_reader *t, const json_t *learner) {
    const char *objective = json_string_value(find(learner, "objective", "name", NULL, NULL));
    double score = text_number(find(learner, "learner_model_param", "base_score", NULL, NULL));
    if (objective == NULL || !isfinite(score)) {
        return FAIL_TREES(
            t, 0,
            "learner.objective.name or learner.learner_model_param.base_score is missing; expected a model "
            "that XGBoost 1.7 or later saved as JSON");
    }
    bool log_link = strcmp(objective, "count:poisson") == 0 || strcmp(objective, "reg:tweedie") == 0 ||
                    strcmp(objective, "reg:gamma") == 0;
    bool logistic = strcmp(objective, "binary:logistic") == 0 || strcmp(objective, "binary:logitraw") == 0 ||
                    strcmp(objective, "reg:logistic") == 0;
    if (t->link == JK_TREES_LOG_ODDS) {
        if (!logistic) {
            return FAIL_TREES(
                t, 0, "the objective is %s; expected a logistic one: binary:logistic, binary:logitraw or reg:logistic",
                objective);
        }
        if (!(score > 0.0 && score < 1.0)) {
            return FAIL_TREES(t, 0, "base_score is %g; expected a number between 0 and 1 for the objective %s", score,
                              objective);
        }
        t->trees->base = log(score / (1.0 - score));
        return JK_OK;
    }
    const bool cox = strcmp(objective, "survival:cox") == 0;
    if (t->link >= JK_TREES_MEAN && is_mean(objective)) {
        t->trees->base = score;
        return JK_OK;
    }
    if ((log_link && t->link != JK_TREES_MEAN) || (cox && t->link == JK_TREES_ETA)) {
        if (!(score > 0.0)) {
            return FAIL_TREES(t, 0, "base_score is %g; expected a number above 0 for the objective %s", score,
                              objective);
        }
        t->trees->base = log(score);
        return JK_OK;
    }
    if (t->link >= JK_TREES_MEAN) {
        return FAIL_TREES(t, 0,
                          "the objective is %s; expected one of a mean (reg:squarederror, reg:absoluteerror, "
                          "reg:pseudohubererror)%s%s",
                          objective, t->link == JK_TREES_ETA ? ", survival:cox, or one with a logarithmic link" : "",
                          logistic ? " (a logistic one has the form log_odds)" : "");
    }
    return FAIL_TREES(
        t, 0, "the objective is %s; expected one with a logarithmic link: count:poisson, reg:gamma or reg:tweedie%s",
        objective, logistic ? " (a logistic one is a score of one's own: scorecard.own_score)" : "");
}

static jk_status read_features(jk_trees_reader *t, const json_t *learner) {
    const json_t *names = find(learner, "feature_names", NULL, NULL, NULL);
    const json_t *kinds = find(learner, "feature_types", NULL, NULL, NULL);
    size_t count = json_array_size(names);
    if (count == 0 || count > JK_TREE_FEATURES_MAX) {
        return FAIL_TREES(
            t, 0,
            "learner.feature_names has %zu names; expected 1 to %d, each a tape column, a derived figure or "
            "column=level",
            count, JK_TREE_FEATURES_MAX);
    }
    jk_tree_feature *features = NULL;
    JK_TRY(jk_trees_take(t, count, sizeof *features, &features));
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name == NULL) {
            return FAIL_TREES(t, 0, "learner.feature_names holds something else than names");
        }
        const char *kind = json_string_value(json_array_get(kinds, i));
        const bool by_code = kind != NULL && strcmp(kind, "c") == 0;
        JK_TRY(jk_trees_read_feature(t, 0, name, strlen(name), by_code, &features[i]));
        if (by_code) {
            features[i].scale = JK_TREE_CODE;
            JK_TRY(jk_categories_find_levels(t, &features[i]));
        }
    }
    t->trees->features = features;
    t->trees->feature_count = count;
    return JK_OK;
}

/* One tree of the file. */
typedef struct tree_arrays {
    size_t number, nodes;
    const json_t *tree, *left, *right, *feature, *condition, *default_left, *hessian, *kind;
} tree_arrays;

static jk_status open_tree(jk_trees_reader *t, const json_t *tree, tree_arrays *arrays) {
    const struct {
        const char *key;
        const json_t **place;
    } parts[] = {
        {"left_children", &arrays->left},        {"right_children", &arrays->right},
        {"split_indices", &arrays->feature},     {"split_conditions", &arrays->condition},
        {"default_left", &arrays->default_left}, {"sum_hessian", &arrays->hessian},
        {"split_type", &arrays->kind},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        *parts[i].place = json_object_get(tree, parts[i].key);
        size_t length = json_array_size(*parts[i].place);
        if (length == 0 || (i > 0 && length != arrays->nodes)) {
            return FAIL_TREES(t, 0, "tree %zu: %s has %zu entries; expected %s", arrays->number, parts[i].key, length,
                              i > 0 ? "as many as left_children" : "at least one");
        }
        arrays->nodes = length;
    }
    return JK_OK;
}

static json_int_t whole_at(const json_t *list, size_t i) {
    const json_t *item = json_array_get(list, i);
    return json_is_boolean(item) ? json_boolean_value(item) : json_is_integer(item) ? json_integer_value(item) : -2;
}

static double real_at(const json_t *list, size_t i) {
    const json_t *item = json_array_get(list, i);
    return json_is_number(item) ? json_number_value(item) : NAN;
}

/* Copies node `source` of the file, and what is below it, to nodes[target]. A file whose links form no tree runs out of
 * its own number of nodes. Returns the depth below, and the mean and weight of the leaves for forks to use. */
static jk_status copy_node(jk_trees_reader *t, const tree_arrays *from, jk_category_sets *sets, size_t source,
                           size_t target, size_t room, int above, int *depth, double *weight) {
    json_int_t left = whole_at(from->left, source);
    json_int_t right = whole_at(from->right, source);
    const bool by_set = left != -1 && whole_at(from->kind, source) == 1;
    double condition = by_set ? 0.0 : real_at(from->condition, source);
    double hessian = real_at(from->hessian, source);
    jk_tree_node *node = &t->nodes[target];
    if (!(fabs(condition) <= 1e30) || !(hessian >= 0.0) || !isfinite(hessian)) {
        return FAIL_TREES(t, 0, "tree %zu, node %zu: the split condition or the hessian is no usable number",
                          from->number, source);
    }
    if (left == -1) {
        *node = (jk_tree_node){.threshold = INFINITY, .left = (int32_t)target, .missing_left = 1, .leaf = 1, .set = -1};
        t->values[target] = (double)(float)condition;
        *depth = above;
        *weight = hessian;
        return JK_OK;
    }
    json_int_t feature = whole_at(from->feature, source);
    json_int_t default_left = whole_at(from->default_left, source);
    size_t limit = from->nodes;
    if (left < 0 || right < 0 || (size_t)left >= limit || (size_t)right >= limit || feature < 0 ||
        (size_t)feature >= t->trees->feature_count || default_left < 0 || default_left > 1 ||
        above == JK_TREE_DEPTH_MAX || t->nodes_used + 2 > room) {
        return FAIL_TREES(t, 0,
                          "tree %zu, node %zu: its children or its feature do not exist, or its links form no tree",
                          from->number, source);
    }
    if (by_set != (t->trees->features[feature].scale == JK_TREE_CODE)) {
        return FAIL_TREES(t, 0,
                          "tree %zu, node %zu splits %s by %s; expected sets of categories for features of the type c, "
                          "and for those alone",
                          from->number, source, t->trees->features[feature].from.name,
                          by_set ? "a set of categories" : "a threshold");
    }
    int32_t set = -1;
    if (by_set) { /* what is in the set goes right: the other way round than ours */
        const json_int_t swapped = left;
        JK_TRY(jk_categories_add(t, from->tree, from->number, source, sets, &set));
        left = right;
        right = swapped;
        default_left = !default_left;
    }
    if (t->trees->features[feature].level != NULL) {
        *(condition > 0.0 && condition <= 1.0 ? &t->parts_levels : &t->parts_no_level) = true;
    }
    size_t children = t->nodes_used;
    t->nodes_used += 2;
    int depths[2];
    double weights[2];
    JK_TRY(copy_node(t, from, sets, (size_t)left, children, room, above + 1, &depths[0], &weights[0]));
    JK_TRY(copy_node(t, from, sets, (size_t)right, children + 1, room, above + 1, &depths[1], &weights[1]));
    *weight = weights[0] + weights[1];
    *depth = depths[0] > depths[1] ? depths[0] : depths[1];
    double share = *weight > 0.0 ? weights[0] / *weight : 0.5;
    t->values[target] = share * t->values[children] + (1.0 - share) * t->values[children + 1];
    *node = (jk_tree_node){.threshold = (float)condition,
                           .left = (int32_t)children,
                           .feature = (uint16_t)feature,
                           .missing_left = (uint8_t)default_left,
                           .set = set};
    return JK_OK;
}

/* The number of trees up to the best iteration of early stopping: all where none is named. Later versions list where
 * each iteration's trees begin; earlier ones grow the same number in each. */
static jk_status count_trees(jk_trees_reader *t, const json_t *learner, const json_t *model, size_t *count) {
    const json_t *best = find(learner, "attributes", "best_iteration", NULL, NULL);
    if (best == NULL) {
        return JK_OK;
    }
    double iteration = text_number(best);
    if (!(iteration >= 0.0 && iteration < JK_TREES_MAX) || iteration != floor(iteration)) {
        return FAIL_TREES(
            t, 0, "learner.attributes.best_iteration is no number of an iteration; expected a whole number as text");
    }
    size_t end = (size_t)iteration + 1;
    const json_t *begins = json_object_get(model, "iteration_indptr");
    double at_once = text_number(find(model, "gbtree_model_param", "num_parallel_tree", NULL, NULL));
    double trees = (double)end * (at_once >= 1.0 ? at_once : 1.0);
    if (begins != NULL) {
        json_int_t begin = end < json_array_size(begins) ? whole_at(begins, end) : (json_int_t)*count;
        trees = begin > 0 ? (double)begin : NAN;
    }
    if (!(trees >= 1.0)) {
        return FAIL_TREES(t, 0, "iteration_indptr does not say how many trees there are up to the best iteration %zu",
                          end - 1);
    }
    t->trees->trees_left_out = trees < (double)*count ? *count - (size_t)trees : 0;
    *count -= t->trees->trees_left_out;
    return JK_OK;
}

static jk_status read_all_trees(jk_trees_reader *t, const json_t *learner) {
    const json_t *model = find(learner, "gradient_booster", "model", NULL, NULL);
    const json_t *list = json_object_get(model, "trees");
    size_t count = json_array_size(list);
    size_t nodes = 0;
    if (count == 0 || count > JK_TREES_MAX) {
        return FAIL_TREES(t, 0, "learner.gradient_booster.model.trees holds %zu trees; expected 1 to %d", count,
                          JK_TREES_MAX);
    }
    JK_TRY(count_trees(t, learner, model, &count));
    for (size_t i = 0; i < count; i++) {
        nodes += json_array_size(json_object_get(json_array_get(list, i), "left_children"));
    }
    if (nodes > JK_TREE_NODES_MAX) {
        return FAIL_TREES(t, 0, "the trees have %zu nodes; expected at most %d", nodes, JK_TREE_NODES_MAX);
    }
    jk_category_sets sets;
    JK_TRY(jk_categories_open(t, list, count, &sets));
    JK_TRY(jk_trees_open(t, count, nodes));
    for (size_t i = 0; i < count; i++) {
        tree_arrays arrays = {.number = i, .tree = json_array_get(list, i)};
        JK_TRY(open_tree(t, json_array_get(list, i), &arrays));
        int depth = 0;
        double weight = 0.0;
        size_t root = t->nodes_used++;
        JK_TRY(copy_node(t, &arrays, &sets, 0, root, root + arrays.nodes, 0, &depth, &weight));
        t->roots[i] = (int32_t)root;
        t->depths[i] = (uint16_t)depth;
    }
    jk_trees_close(t);
    t->trees->set_count = sets.used;
    t->trees->sets = sets.sets;
    t->trees->bits = sets.bits;
    return JK_OK;
}

static jk_status read_ensemble(jk_trees_reader *t, const json_t *root) {
    const json_t *learner = json_object_get(root, "learner");
    const json_t *booster = json_object_get(learner, "gradient_booster");
    const char *name = json_string_value(json_object_get(booster, "name"));
    if (learner == NULL && json_object_get(root, "tree_info") != NULL) {
        return FAIL_TREES(t, 0,
                          "is a dump of LightGBM's trees as JSON; expected the model as text "
                          "(save_model('NAME.txt'))");
    }
    if (learner == NULL && (json_object_get(root, "oblivious_trees") != NULL || json_is_array(root))) {
        return FAIL_TREES(t, 0, "is %s; expected a model that XGBoost saved as JSON or LightGBM as text",
                          json_is_array(root) ? "a list (a dump of XGBoost's trees, perhaps)" : "CatBoost's JSON");
    }
    if (name == NULL || strcmp(name, "gbtree") != 0) {
        return FAIL_TREES(t, 0, "learner.gradient_booster.name is %s; expected gbtree",
                          name != NULL ? name : "missing");
    }
    const json_t *groups = find(booster, "model", "tree_info", NULL, NULL);
    bool several = text_number(find(learner, "learner_model_param", "num_target", NULL, NULL)) > 1.0 ||
                   text_number(find(learner, "learner_model_param", "num_class", NULL, NULL)) > 1.0;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        several = several || whole_at(groups, i) != 0;
    }
    if (several) {
        return FAIL_TREES(t, 0, "the trees predict several targets; expected one");
    }
    JK_TRY(read_base(t, learner));
    JK_TRY(read_features(t, learner));
    return read_all_trees(t, learner);
}

/* The text with null for NaN, which is no JSON, but which XGBoost writes for the threshold of a fork by a set; the
 * bytes themselves where there is none. NULL: no memory. */
static const char *without_nan(jk_trees_reader *t, const char *bytes, size_t *size) {
    size_t count = 0, used = 0;
    bool quoted = false;
    for (const char *at = strstr(bytes, "NaN"); at != NULL; at = strstr(at + 3, "NaN")) {
        count++;
    }
    char *text = count > 0 ? jk_arena_alloc(t->arena, *size + count + 1, 1) : NULL;
    if (text == NULL) {
        return count > 0 ? NULL : bytes;
    }
    size_t left = count;
    for (size_t i = 0; i < *size;) {
        const bool nan = !quoted && left > 0 && *size - i >= 3 && memcmp(bytes + i, "NaN", 3) == 0;
        quoted = quoted != (bytes[i] == '"' && (i == 0 || bytes[i - 1] != '\\'));
        memcpy(text + used, nan ? "null" : bytes + i, nan ? 4 : 1);
        used += nan ? 4 : 1;
        i += nan ? 3 : 1;
        left -= nan;
    }
    *size = used;
    return text;
}

static jk_status read_binary(jk_trees_reader *t, const char *bytes, size_t size) {
    const char *problem = NULL;
    size_t at = 0;
    json_t *root = jk_ubjson_read(bytes, size, &problem, &at);
    if (root == NULL) {
        return FAIL_TREES(t, 0, "no binary JSON (UBJ), byte %zu: %s; expected a model that XGBoost saved", at,
                          problem != NULL ? problem : "no memory");
    }
    jk_status status = read_ensemble(t, root);
    json_decref(root);
    return status;
}

jk_status jk_trees_read_xgboost(jk_trees_reader *t, const char *bytes, size_t size) {
    json_error_t problem;
    if (jk_ubjson_is(bytes, size)) {
        return read_binary(t, bytes, size);
    }
    const char *text = without_nan(t, bytes, &size);
    JK_TRY(jk_held(text != NULL, t->error, "the trees"));
    json_t *root = jk_json_parse_bytes(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        return FAIL_TREES(t, problem.line,
                          "not JSON: %s; expected a model that XGBoost saved as JSON or LightGBM as text",
                          problem.text);
    }
    jk_status status = read_ensemble(t, root);
    json_decref(root);
    return status;
}
