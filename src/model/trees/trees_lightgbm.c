/* SPDX-License-Identifier: Apache-2.0 */
/* Trees in LightGBM's text format, as its versions 3 and 4 save it.
 *
 * At a fork with threshold c a claim goes left if x <= c, compared in 64 bits. Bits of decision_type: 1 the fork is one
 * by a set of categories, 2 what is missing goes left, 4 and 8 what is missing: 0 nothing (NaN counts as 0), 1 NaN and
 * zero, 2 NaN. At a fork by a set, the whole part of x is looked up in the set's bits; in it: left; else, or missing or
 * below 0: right. The prediction on the log scale is the sum of the leaves; the average that boosting starts from
 * stands in the first tree's. Source: LightGBM's documentation ("Advanced Topics") and Ke et al., "LightGBM" (2017).
 *
 * So that one evaluator with 32 bits serves both formats, the thresholds of a feature are ranked: with r(x) the number
 * of different thresholds of the feature below x, and c the k-th of them from 0, x <= c is r(x) < k + 1, exactly. What
 * is missing is a matter of the fork; forks on one column that differ in it see features of their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/number/sort.h"
#include "base/text/json.h"
#include "base/text/text.h"
#include "model/trees/lightgbm_text.h"

enum { BY_SET = 1, MISSING_LEFT = 2, MISSING_SHIFT = 2, MISSING_NONE = 0, MISSING_ZERO = 1, KINDS = 4, KIND_SET = 3 };

typedef struct lightgbm_reader {
    jk_trees_reader *t;
    lightgbm_file file;
    size_t names;            /* of the file */
    jk_tree_feature *named;  /* [names] */
    size_t (*forks)[KINDS];  /* [names] forks on a feature by kind: what is missing to it, or KIND_SET */
    int32_t (*index)[KINDS]; /* [names] place of the feature and kind among those of the ensemble; -1: no fork */
    jk_tree_feature *used;   /* those */
    double **edges;          /* [used] */
    jk_tree_set *sets;
    uint32_t *bits;
    size_t sets_used, bits_used;
} lightgbm_reader;

bool jk_trees_is_lightgbm(const char *bytes, size_t size) {
    return size >= 4 && memcmp(bytes, "tree", 4) == 0 && (size == 4 || bytes[4] == '\n' || bytes[4] == '\r');
}

static bool is_text(const lightgbm_piece *piece, const char *text) {
    return piece->length == strlen(text) && memcmp(piece->text, text, piece->length) == 0;
}

/* "sigmoid:1" behind the objective: log odds are the output times it. */
static jk_status read_sigmoid(lightgbm_reader *r, lightgbm_piece rest) {
    const char *word = NULL;
    size_t length = 0;
    while (jk_lightgbm_word(&rest, &word, &length)) {
        if (length > 8 && memcmp(word, "sigmoid:", 8) == 0 &&
            (!jk_text_to_real(word + 8, length - 8, &r->t->trees->scale) || !(r->t->trees->scale > 0.0))) {
            return FAIL_TREES(r->t, r->file.objective.line, "the sigmoid is no number above 0");
        }
    }
    return JK_OK;
}

/* An objective whose sum of trees is a mean or the logarithm of one, without a transformation of what is learnt. */
static jk_status check_mean(lightgbm_reader *r, const lightgbm_piece *word, lightgbm_piece rest) {
    static const char *const names[] = {"regression", "regression_l1", "huber", "fair",   "quantile",
                                        "mape",       "poisson",       "gamma", "tweedie"};
    enum { LOG_LINKS = 3 }; /* the last of them */
    const char *name = NULL;
    size_t length = 0;
    bool known = false, plain = true;
    const size_t count = sizeof names / sizeof names[0] - (r->t->link == JK_TREES_MEAN ? LOG_LINKS : 0);
    for (size_t i = 0; i < count; i++) {
        known = known || is_text(word, names[i]);
    }
    while (jk_lightgbm_word(&rest, &name, &length)) {
        plain = plain && !(length == 4 && memcmp(name, "sqrt", 4) == 0);
    }
    return known && plain
               ? JK_OK
               : FAIL_TREES(r->t, r->file.objective.line,
                            "the objective is %.*s%s; expected one of a mean, such as regression or huber%s",
                            (int)(word->length < 40 ? word->length : 40), word->text, plain ? "" : " of square roots",
                            r->t->link == JK_TREES_ETA ? ", or one with a logarithmic link" : "");
}

static jk_status check_head(lightgbm_reader *r) {
    lightgbm_file *file = &r->file;
    jk_trees_reader *t = r->t;
    if (file->version.text == NULL || file->objective.text == NULL || file->names.text == NULL) {
        const char *key = file->version.text == NULL ? "version"
                          : file->names.text == NULL ? "feature_names"
                                                     : "objective";
        return FAIL_TREES(t, 1,
                          "the head has no %s= before the first tree; expected a model that LightGBM 3 or 4 saved "
                          "as text, trained with an objective of its own",
                          key);
    }
    if (!is_text(&file->version, "v3") && !is_text(&file->version, "v4")) {
        return FAIL_TREES(t, file->version.line,
                          "the version is %.*s; expected v3 or v4: load the model with LightGBM 3 "
                          "or 4 and save it again",
                          (int)(file->version.length < 20 ? file->version.length : 20), file->version.text);
    }
    const lightgbm_piece *groups[] = {&file->classes, &file->per_iteration};
    for (size_t i = 0; i < 2; i++) {
        if (groups[i]->text != NULL && !is_text(groups[i], "1")) {
            return FAIL_TREES(t, groups[i]->line, "the trees predict several classes; expected one number");
        }
    }
    if (file->average_line > 0) {
        return FAIL_TREES(t, file->average_line,
                          "the trees are averaged (boosting=rf, a random forest); expected "
                          "boosting=gbdt, goss or dart, whose trees add up");
    }
    const char *name = NULL;
    size_t length = 0;
    lightgbm_piece rest = file->objective;
    (void)jk_lightgbm_word(&rest, &name, &length);
    lightgbm_piece word = {.text = name, .length = length};
    const bool logistic = is_text(&word, "binary") || is_text(&word, "cross_entropy");
    if (t->link == JK_TREES_LOG_ODDS) {
        return logistic ? read_sigmoid(r, rest)
                        : FAIL_TREES(t, file->objective.line,
                                     "the objective is %.*s; expected a logistic one: binary or cross_entropy",
                                     (int)(length < 40 ? length : 40), name);
    }
    if (t->link >= JK_TREES_MEAN && !logistic) {
        return check_mean(r, &word, rest);
    }
    if (!is_text(&word, "poisson") && !is_text(&word, "gamma") && !is_text(&word, "tweedie")) {
        return FAIL_TREES(t, file->objective.line,
                          "the objective is %.*s; expected one with a logarithmic link: poisson, gamma or tweedie%s",
                          (int)(length < 40 ? length : 40), name,
                          !logistic ? ""
                          : t->link >= JK_TREES_MEAN
                              ? " (a logistic one has the form log_odds)"
                              : " (a logistic one is a score of one's own: scorecard.own_score)");
    }
    return JK_OK;
}

static jk_status read_names(lightgbm_reader *r) {
    const char *name = NULL;
    size_t length = 0;
    for (lightgbm_piece rest = r->file.names; jk_lightgbm_word(&rest, &name, &length);) {
        r->names++;
    }
    if (r->names == 0 || r->names > JK_TREE_FEATURES_MAX) {
        return FAIL_TREES(r->t, r->file.names.line,
                          "feature_names has %zu names; expected 1 to %d, each a tape column, a derived figure or "
                          "column=level",
                          r->names, JK_TREE_FEATURES_MAX);
    }
    JK_TRY(jk_trees_take(r->t, r->names, sizeof *r->named, &r->named));
    lightgbm_piece rest = r->file.names;
    for (size_t i = 0; jk_lightgbm_word(&rest, &name, &length); i++) {
        JK_TRY(jk_trees_read_feature(r->t, r->file.names.line, name, length, true, &r->named[i]));
    }
    return JK_OK;
}

static bool is_by_code(const jk_tree_feature *feature) {
    return !feature->from.is_numeric && feature->level == NULL;
}

static jk_status read_levels(lightgbm_reader *r, const json_t *list, jk_tree_feature *feature) {
    size_t count = json_array_size(list);
    const char **levels = NULL;
    JK_TRY(jk_trees_take(r->t, count, sizeof *levels, &levels));
    for (size_t i = 0; i < count; i++) {
        const char *level = json_string_value(json_array_get(list, i));
        if (level == NULL) {
            return FAIL_TREES(r->t, r->file.pandas.line,
                              "pandas_categorical: entry %zu of the levels of %s is no text; expected the levels of a "
                              "column of text",
                              i + 1, feature->from.name);
        }
        levels[i] = jk_arena_text(r->t->arena, level, strlen(level));
        JK_TRY(jk_held(levels[i] != NULL, r->t->error, "the trees"));
    }
    feature->levels = levels;
    feature->level_count = count;
    return JK_OK;
}

/* Levels of columns of text stand at the end, as pandas had them, one list for each such column in its order. */
static jk_status read_all_levels(lightgbm_reader *r) {
    size_t want = 0, next = 0;
    const char *first = NULL;
    for (size_t i = 0; i < r->names; i++) {
        want += is_by_code(&r->named[i]);
        first = first == NULL && is_by_code(&r->named[i]) ? r->named[i].from.name : first;
    }
    const lightgbm_piece *given = &r->file.pandas;
    json_error_t problem = {0};
    json_t *lists =
        given->text != NULL ? jk_json_parse_bytes(given->text, given->length, JSON_DECODE_ANY, &problem) : NULL;
    if (given->text != NULL && lists == NULL) {
        return FAIL_TREES(r->t, given->line, "pandas_categorical is not JSON: %s", problem.text);
    }
    jk_status status = JK_OK;
    size_t count = json_array_size(lists);
    if (count != want && count == 0) {
        status = FAIL_TREES(r->t, r->file.names.line,
                            "feature %s is a column of text, and the file does not say which number stood for which "
                            "level (pandas_categorical); expected %s=LEVEL, or training on pandas columns of the type "
                            "category",
                            first, first);
    } else if (count != want) {
        status = FAIL_TREES(r->t, given->line,
                            "pandas_categorical lists the levels of %zu columns, and %zu features are columns of text; "
                            "expected as many",
                            count, want);
    }
    for (size_t i = 0; i < r->names && status == JK_OK; i++) {
        if (is_by_code(&r->named[i])) {
            status = read_levels(r, json_array_get(lists, next++), &r->named[i]);
        }
    }
    json_decref(lists);
    return status;
}

static size_t kind_of(const lightgbm_tree *tree, size_t fork) {
    unsigned decision = (unsigned)tree->decision[fork];
    return (decision & BY_SET) != 0 ? KIND_SET : decision >> MISSING_SHIFT;
}

/* Counts the forks of each feature and kind, and what the tables need. */
static jk_status survey(lightgbm_reader *r, size_t *nodes, size_t *words, size_t *sets) {
    JK_TRY(jk_trees_take(r->t, r->names, sizeof *r->forks, &r->forks));
    for (size_t i = 0; i < r->file.tree_count; i++) {
        const lightgbm_tree *tree = &r->file.trees[i];
        *nodes += tree->forks + tree->leaves;
        *words += tree->words;
        *sets += tree->sets;
        for (size_t k = 0; k < tree->forks; k++) {
            size_t feature = (size_t)tree->feature[k];
            if (feature >= r->names) {
                return FAIL_TREES(r->t, tree->line,
                                  "fork %zu of the tree is on feature %zu; feature_names has %zu names", k, feature,
                                  r->names);
            }
            if (kind_of(tree, k) == KIND_SET) {
                if (!(tree->threshold[k] >= 0.0 && tree->threshold[k] < (double)tree->sets) ||
                    tree->threshold[k] != floor(tree->threshold[k])) {
                    return FAIL_TREES(r->t, tree->line, "fork %zu of the tree names set %g; cat_boundaries gives %zu",
                                      k, tree->threshold[k], tree->sets);
                }
            } else if (is_by_code(&r->named[feature])) {
                return FAIL_TREES(r->t, tree->line,
                                  "fork %zu of the tree takes %s, a column of text, for a number; expected a split by "
                                  "categories",
                                  k, r->named[feature].from.name);
            }
            r->forks[feature][kind_of(tree, k)]++;
        }
    }
    return *nodes <= JK_TREE_NODES_MAX
               ? JK_OK
               : FAIL_TREES(r->t, 0, "the trees have %zu nodes; expected at most %d", *nodes, JK_TREE_NODES_MAX);
}

/* Index of a threshold among the edges of its feature, which has it. */
static size_t edge_of(const jk_tree_feature *feature, double threshold) {
    const double *place = bsearch(&threshold, feature->edges, feature->edge_count, sizeof threshold, jk_compare_reals);
    return (size_t)(place - feature->edges);
}

/* Features of the ensemble: one for each kind of fork on a feature of the file. */
static jk_status make_features(lightgbm_reader *r) {
    JK_TRY(jk_trees_take(r->t, r->names, sizeof *r->index, &r->index));
    JK_TRY(jk_trees_take(r->t, r->names * KINDS, sizeof *r->used, &r->used));
    JK_TRY(jk_trees_take(r->t, r->names * KINDS, sizeof *r->edges, &r->edges));
    size_t count = 0;
    for (size_t i = 0; i < r->names; i++) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            if (r->forks[i][kind] == 0) {
                continue;
            }
            r->index[i][kind] = (int32_t)count;
            r->used[count] = r->named[i];
            r->used[count].scale = kind == KIND_SET ? JK_TREE_CODE : JK_TREE_RANK;
            r->used[count].nan_is_zero = kind == MISSING_NONE;
            r->used[count].zero_is_nan = kind == MISSING_ZERO;
            JK_TRY(jk_trees_take(r->t, r->forks[i][kind], sizeof(double), &r->edges[count]));
            count++;
        }
    }
    for (size_t i = 0; i < r->file.tree_count; i++) {
        const lightgbm_tree *tree = &r->file.trees[i];
        for (size_t k = 0; k < tree->forks; k++) {
            int32_t f = r->index[(size_t)tree->feature[k]][kind_of(tree, k)];
            r->edges[f][r->used[f].edge_count++] = tree->threshold[k];
        }
    }
    for (size_t f = 0; f < count; f++) {
        double *edges = r->edges[f];
        size_t all = r->used[f].edge_count, different = 0;
        jk_sort(edges, all, sizeof *edges, jk_compare_reals);
        for (size_t i = 0; i < all; i++) {
            if (i == 0 || edges[i] != edges[different - 1]) {
                edges[different++] = edges[i];
            }
        }
        r->used[f].edges = edges;
        r->used[f].edge_count = different;
    }
    r->t->trees->features = r->used;
    r->t->trees->feature_count = count;
    return JK_OK;
}

/* Copies a tree's sets to the ensemble's; returns the index of the first. */
static int32_t copy_sets(lightgbm_reader *r, const lightgbm_tree *tree) {
    size_t first = r->sets_used;
    for (size_t i = 0; i < tree->sets; i++) {
        r->sets[r->sets_used++] = (jk_tree_set){
            .first = (uint32_t)(r->bits_used + (size_t)tree->boundary[i]),
            .words = (uint32_t)(tree->boundary[i + 1] - tree->boundary[i]),
        };
    }
    for (size_t i = 0; i < tree->words; i++) {
        r->bits[r->bits_used++] = (uint32_t)tree->bits[i];
    }
    return (int32_t)first;
}

/* Copies child `source` (a fork, or -1 - leaf) and what is below it to nodes[target]. A file whose links form no tree
 * runs out of its own number of nodes. Returns the depth below, and the weight of the leaves. */
static jk_status copy_node(lightgbm_reader *r, const lightgbm_tree *tree, double source, size_t target, size_t room,
                           int32_t first_set, int above, int *depth, double *weight) {
    jk_trees_reader *t = r->t;
    if (source < 0.0) {
        size_t leaf = (size_t)(-1.0 - source);
        t->nodes[target] =
            (jk_tree_node){.threshold = INFINITY, .left = (int32_t)target, .missing_left = 1, .leaf = 1, .set = -1};
        t->values[target] = tree->value[leaf];
        *depth = above;
        *weight = tree->weight != NULL ? tree->weight[leaf] : 1.0;
        return JK_OK;
    }
    size_t fork = (size_t)source;
    if (above == JK_TREE_DEPTH_MAX || t->nodes_used + 2 > room) {
        return FAIL_TREES(t, tree->line, "left_child and right_child form no tree, or one of more than %d levels",
                          JK_TREE_DEPTH_MAX);
    }
    size_t kind = kind_of(tree, fork);
    int32_t feature = r->index[(size_t)tree->feature[fork]][kind];
    double threshold = tree->threshold[fork];
    bool missing_left = kind != KIND_SET && ((unsigned)tree->decision[fork] & MISSING_LEFT) != 0;
    size_t children = t->nodes_used;
    t->nodes_used += 2;
    int depths[2];
    double weights[2];
    JK_TRY(copy_node(r, tree, tree->left[fork], children, room, first_set, above + 1, &depths[0], &weights[0]));
    JK_TRY(copy_node(r, tree, tree->right[fork], children + 1, room, first_set, above + 1, &depths[1], &weights[1]));
    *weight = weights[0] + weights[1];
    *depth = depths[0] > depths[1] ? depths[0] : depths[1];
    double share = *weight > 0.0 ? weights[0] / *weight : 0.5;
    t->values[target] = share * t->values[children] + (1.0 - share) * t->values[children + 1];
    t->nodes[target] = (jk_tree_node){
        .threshold = kind == KIND_SET ? INFINITY : (float)(edge_of(&r->used[feature], threshold) + 1),
        .left = (int32_t)children,
        .feature = (uint16_t)feature,
        .missing_left = missing_left,
        .set = kind == KIND_SET ? first_set + (int32_t)threshold : -1,
    };
    return JK_OK;
}

static jk_status build(lightgbm_reader *r) {
    jk_trees_reader *t = r->t;
    size_t nodes = 0, words = 0, sets = 0;
    JK_TRY(survey(r, &nodes, &words, &sets));
    JK_TRY(make_features(r));
    JK_TRY(jk_trees_open(t, r->file.tree_count, nodes));
    JK_TRY(jk_trees_take(t, sets, sizeof *r->sets, &r->sets));
    JK_TRY(jk_trees_take(t, words, sizeof *r->bits, &r->bits));
    for (size_t i = 0; i < r->file.tree_count; i++) {
        const lightgbm_tree *tree = &r->file.trees[i];
        int depth = 0;
        double weight = 0.0;
        size_t root = t->nodes_used++;
        int32_t first_set = copy_sets(r, tree);
        JK_TRY(copy_node(r, tree, tree->forks > 0 ? 0.0 : -1.0, root, root + tree->forks + tree->leaves, first_set, 0,
                         &depth, &weight));
        t->roots[i] = (int32_t)root;
        t->depths[i] = (uint16_t)depth;
    }
    jk_trees_close(t);
    t->trees->set_count = r->sets_used;
    t->trees->sets = r->sets;
    t->trees->bits = r->bits;
    return JK_OK;
}

jk_status jk_trees_read_lightgbm(jk_trees_reader *t, const char *bytes, size_t size) {
    lightgbm_reader r = {.t = t};
    JK_TRY(jk_lightgbm_text(t, bytes, size, &r.file));
    JK_TRY(check_head(&r));
    JK_TRY(read_names(&r));
    JK_TRY(read_all_levels(&r));
    return build(&r);
}
