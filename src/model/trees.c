/* SPDX-License-Identifier: Apache-2.0 */
/* `scorecard.trees:` — an ensemble of trees in XGBoost's JSON format, checked node by node.
 *
 * The format is that of XGBoost's documentation, "Introduction to Model IO", for versions 1.7 and later. What is not a
 * sum of plain trees (linear boosters, dropped trees, several targets, splits by sets of categories) is refused.
 *
 * Two things of training are read from what the file holds besides its trees. Where early stopping named its best
 * iteration, the trees after it are left out, as XGBoost's own predictions leave them out. And the file does not say
 * which number stood for missing; but a feature column=level is 0 or 1, and a fork on it at a number outside (0, 1]
 * parts nothing unless one of the two was no number: there 0 was missing (sparse input, or missing=0). */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "model/include.h"
#include "model/sections.h"
#include "model/trees.h"

enum { TREES_MAX = 100000, NODES_MAX = 1 << 24, FEATURES_MAX = 4096, DEPTH_MAX = 4096 };

typedef struct trees_reader {
    jk_arena *arena;
    jk_error *error;
    const char *path;
    const jk_extras *extras; /* own columns of the model; NULL: none */
    jk_trees *trees;
    jk_tree_node *nodes;
    size_t nodes_used;
    bool parts_levels, parts_no_level; /* forks on column=level within (0, 1]; outside */
} trees_reader;

#define FAIL(t, ...) jk_fail((t)->error, JK_ERROR_MODEL, (t)->path, 0, NULL, __VA_ARGS__)

/* Zeroed memory in the arena; *memory is set only on success. */
static jk_status take(trees_reader *t, size_t count, size_t size, void *memory) {
    void *piece = jk_arena_alloc(t->arena, count, size);
    if (piece == NULL) {
        return jk_fail_memory(t->error, "the trees");
    }
    memcpy(memory, &piece, sizeof piece);
    return JK_OK;
}

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

/* The base score stands on the scale of the prediction; the trees add on the scale of its link. */
static jk_status read_base(trees_reader *t, const json_t *learner) {
    const char *objective = json_string_value(find(learner, "objective", "name", NULL, NULL));
    double score = text_number(find(learner, "learner_model_param", "base_score", NULL, NULL));
    if (objective == NULL || !isfinite(score)) {
        return FAIL(t, "learner.objective.name or learner.learner_model_param.base_score is missing; expected a model "
                       "that XGBoost 1.7 or later saved as JSON");
    }
    bool log_link = strcmp(objective, "count:poisson") == 0 || strcmp(objective, "reg:tweedie") == 0 ||
                    strcmp(objective, "reg:gamma") == 0;
    if (log_link) {
        if (!(score > 0.0)) {
            return FAIL(t, "base_score is %g; expected a number above 0 for the objective %s", score, objective);
        }
        t->trees->base = log(score);
        return JK_OK;
    }
    return FAIL(t, "the objective is %s; expected one with a logarithmic link: count:poisson, reg:gamma or reg:tweedie",
                objective);
}

static jk_status read_feature(trees_reader *t, const char *text, jk_tree_feature *feature) {
    if (text == NULL) {
        return FAIL(t, "learner.feature_names holds something else than names");
    }
    const char *level = strchr(text, '=');
    size_t length = level != NULL ? (size_t)(level - text) : strlen(text);
    char *name = jk_arena_text(t->arena, text, length);
    if (name == NULL) {
        return jk_fail_memory(t->error, "the model");
    }
    if (!jk_find_characteristic(t->extras, name, &feature->from)) {
        return FAIL(t, "unknown feature %s; expected a tape column or a derived figure, or column=level", name);
    }
    if (feature->from.is_numeric != (level == NULL)) {
        return FAIL(t, "feature %s: expected %s", text,
                    feature->from.is_numeric ? "a number without a level" : "a column=level");
    }
    if (level != NULL) {
        feature->level = jk_arena_text(t->arena, level + 1, strlen(level + 1));
        return feature->level != NULL ? JK_OK : jk_fail_memory(t->error, "the model");
    }
    return JK_OK;
}

static jk_status read_features(trees_reader *t, const json_t *learner) {
    const json_t *names = find(learner, "feature_names", NULL, NULL, NULL);
    size_t count = json_array_size(names);
    if (count == 0 || count > FEATURES_MAX) {
        return FAIL(t,
                    "learner.feature_names has %zu names; expected 1 to %d, each a tape column, a derived figure or "
                    "column=level",
                    count, FEATURES_MAX);
    }
    jk_tree_feature *features = NULL;
    JK_TRY(take(t, count, sizeof *features, &features));
    for (size_t i = 0; i < count; i++) {
        JK_TRY(read_feature(t, json_string_value(json_array_get(names, i)), &features[i]));
    }
    t->trees->features = features;
    t->trees->feature_count = count;
    return JK_OK;
}

/* One tree of the file. */
typedef struct tree_arrays {
    size_t number, nodes;
    const json_t *left, *right, *feature, *condition, *default_left, *hessian, *kind;
} tree_arrays;

static jk_status open_tree(trees_reader *t, const json_t *tree, tree_arrays *arrays) {
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
            return FAIL(t, "tree %zu: %s has %zu entries; expected %s", arrays->number, parts[i].key, length,
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
static jk_status copy_node(trees_reader *t, const tree_arrays *from, size_t source, size_t target, size_t room,
                           int above, int *depth, double *weight) {
    json_int_t left = whole_at(from->left, source);
    json_int_t right = whole_at(from->right, source);
    double condition = real_at(from->condition, source);
    double hessian = real_at(from->hessian, source);
    jk_tree_node *node = &t->nodes[target];
    if (!(fabs(condition) <= 1e30) || !(hessian >= 0.0) || !isfinite(hessian)) {
        return FAIL(t, "tree %zu, node %zu: the split condition or the hessian is no usable number", from->number,
                    source);
    }
    if (left == -1) {
        *node = (jk_tree_node){
            .threshold = INFINITY, .left = (int32_t)target, .missing_left = 1, .leaf = 1, .value = (float)condition};
        *depth = above;
        *weight = hessian;
        return JK_OK;
    }
    json_int_t feature = whole_at(from->feature, source);
    json_int_t default_left = whole_at(from->default_left, source);
    size_t limit = from->nodes;
    if (left < 0 || right < 0 || (size_t)left >= limit || (size_t)right >= limit || feature < 0 ||
        (size_t)feature >= t->trees->feature_count || default_left < 0 || default_left > 1 || above == DEPTH_MAX ||
        t->nodes_used + 2 > room) {
        return FAIL(t, "tree %zu, node %zu: its children or its feature do not exist, or its links form no tree",
                    from->number, source);
    }
    if (whole_at(from->kind, source) != 0) {
        return FAIL(t, "tree %zu, node %zu splits by a set of categories; expected features of the form column=level",
                    from->number, source);
    }
    if (t->trees->features[feature].level != NULL) {
        *(condition > 0.0 && condition <= 1.0 ? &t->parts_levels : &t->parts_no_level) = true;
    }
    size_t children = t->nodes_used;
    t->nodes_used += 2;
    int depths[2];
    double weights[2];
    JK_TRY(copy_node(t, from, (size_t)left, children, room, above + 1, &depths[0], &weights[0]));
    JK_TRY(copy_node(t, from, (size_t)right, children + 1, room, above + 1, &depths[1], &weights[1]));
    *weight = weights[0] + weights[1];
    *depth = depths[0] > depths[1] ? depths[0] : depths[1];
    double share = *weight > 0.0 ? weights[0] / *weight : 0.5;
    double mean = share * (double)t->nodes[children].value + (1.0 - share) * (double)t->nodes[children + 1].value;
    *node = (jk_tree_node){.threshold = (float)condition,
                           .left = (int32_t)children,
                           .feature = (uint16_t)feature,
                           .missing_left = (uint8_t)default_left,
                           .value = (float)mean};
    return JK_OK;
}

/* The number of trees up to the best iteration of early stopping: all where none is named. Later versions list where
 * each iteration's trees begin; earlier ones grow the same number in each. */
static jk_status count_trees(trees_reader *t, const json_t *learner, const json_t *model, size_t *count) {
    const json_t *best = find(learner, "attributes", "best_iteration", NULL, NULL);
    if (best == NULL) {
        return JK_OK;
    }
    double iteration = text_number(best);
    if (!(iteration >= 0.0 && iteration < TREES_MAX) || iteration != floor(iteration)) {
        return FAIL(t,
                    "learner.attributes.best_iteration is no number of an iteration; expected a whole number as text");
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
        return FAIL(t, "iteration_indptr does not say how many trees there are up to the best iteration %zu", end - 1);
    }
    t->trees->trees_left_out = trees < (double)*count ? *count - (size_t)trees : 0;
    *count -= t->trees->trees_left_out;
    return JK_OK;
}

static jk_status read_all_trees(trees_reader *t, const json_t *learner) {
    const json_t *model = find(learner, "gradient_booster", "model", NULL, NULL);
    const json_t *list = json_object_get(model, "trees");
    size_t count = json_array_size(list);
    size_t nodes = 0;
    if (count == 0 || count > TREES_MAX) {
        return FAIL(t, "learner.gradient_booster.model.trees holds %zu trees; expected 1 to %d", count, TREES_MAX);
    }
    JK_TRY(count_trees(t, learner, model, &count));
    for (size_t i = 0; i < count; i++) {
        nodes += json_array_size(json_object_get(json_array_get(list, i), "left_children"));
    }
    if (nodes > NODES_MAX) {
        return FAIL(t, "the trees have %zu nodes; expected at most %d", nodes, NODES_MAX);
    }
    int32_t *roots = NULL;
    uint16_t *depths = NULL;
    JK_TRY(take(t, nodes, sizeof *t->nodes, &t->nodes));
    JK_TRY(take(t, count, sizeof *roots, &roots));
    JK_TRY(take(t, count, sizeof *depths, &depths));
    for (size_t i = 0; i < count; i++) {
        tree_arrays arrays = {.number = i};
        JK_TRY(open_tree(t, json_array_get(list, i), &arrays));
        int depth = 0;
        double weight = 0.0;
        size_t root = t->nodes_used++;
        JK_TRY(copy_node(t, &arrays, 0, root, root + arrays.nodes, 0, &depth, &weight));
        roots[i] = (int32_t)root;
        depths[i] = (uint16_t)depth;
    }
    t->trees->roots = roots;
    t->trees->depths = depths;
    t->trees->nodes = t->nodes;
    t->trees->tree_count = count;
    t->trees->node_count = t->nodes_used;
    t->trees->zero_is_missing = t->parts_no_level && !t->parts_levels;
    return JK_OK;
}

static jk_status read_ensemble(trees_reader *t, const json_t *root) {
    const json_t *learner = json_object_get(root, "learner");
    const json_t *booster = json_object_get(learner, "gradient_booster");
    const char *name = json_string_value(json_object_get(booster, "name"));
    if (name == NULL || strcmp(name, "gbtree") != 0) {
        return FAIL(t, "learner.gradient_booster.name is %s; expected gbtree", name != NULL ? name : "missing");
    }
    const json_t *groups = find(booster, "model", "tree_info", NULL, NULL);
    bool several = text_number(find(learner, "learner_model_param", "num_target", NULL, NULL)) > 1.0 ||
                   text_number(find(learner, "learner_model_param", "num_class", NULL, NULL)) > 1.0;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        several = several || whole_at(groups, i) != 0;
    }
    if (several) {
        return FAIL(t, "the trees predict several targets; expected one");
    }
    JK_TRY(read_base(t, learner));
    JK_TRY(read_features(t, learner));
    return read_all_trees(t, learner);
}

jk_status jk_trees_read(jk_arena *arena, const char *path, const jk_extras *extras, jk_trees_file *file,
                        jk_error *error) {
    trees_reader t = {.arena = arena, .error = error, .path = path, .extras = extras};
    jk_yaml_reader reader = {.arena = arena};
    JK_TRY(jk_yaml_read_file(&reader, path, &file->bytes, &file->size, error));
    JK_TRY(take(&t, 1, sizeof *t.trees, &t.trees));
    json_error_t problem;
    json_t *root = json_loadb(file->bytes, file->size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        if (strstr(problem.text, "NaN") != NULL) {
            return jk_fail(
                error, JK_ERROR_MODEL, path, problem.line, NULL,
                "holds NaN, which XGBoost writes where a tree splits by a set of categories; expected features "
                "of the form column=level instead of categorical ones");
        }
        return jk_fail(error, JK_ERROR_MODEL, path, problem.line, NULL, "not JSON: %s", problem.text);
    }
    jk_status status = read_ensemble(&t, root);
    json_decref(root);
    file->trees = t.trees;
    return status;
}

jk_status jk_read_trees(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_scorecard *scorecard = target;
    const char *name = NULL;
    if (!jk_yaml_to_text(node, &name) || name[0] == '\0') {
        return jk_model_expected(reader, node, "the name of a model file of XGBoost (JSON)");
    }
    const char *path = jk_path_beside(reader->arena, node->file, name);
    if (path == NULL) {
        return jk_fail_memory(reader->error, "the model");
    }
    JK_TRY(jk_include_allowed(reader->model->path, path, node, "trees", reader->error));
    jk_trees_file file = {0};
    JK_TRY(jk_trees_read(reader->arena, path, &reader->model->extras, &file, reader->error));
    JK_TRY(jk_include_hash(reader->model->sha256, file.bytes, file.size, path, reader->error));
    scorecard->trees = file.trees;
    if (file.trees->trees_left_out > 0) {
        JK_TRY(jk_model_warn(reader, node,
                             "trees: the %zu trees after the best iteration of early stopping are left out",
                             file.trees->trees_left_out));
    }
    if (file.trees->zero_is_missing) {
        JK_TRY(jk_model_warn(reader, node,
                             "trees: training took 0 for missing (forks on column=level part 1 from what is missing); "
                             "here 0 goes the way of what is missing, too"));
    }
    return JK_OK;
}
