/* SPDX-License-Identifier: Apache-2.0 */
/* Trees bound to a tape, and trees that are walked. A step down is arithmetic, not a branch: which way a claim goes is
 * close to a coin's throw, and a mistaken guess costs more than the step. Leaves lead to themselves, so that all claims
 * of a group take the same number of steps. Sums are taken tree after tree in 64 bits: the same bits for any tile,
 * thread or processor. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "score/scorer_internal.h"

enum { GROUP_ROWS = 16 };    /* claims that go down a tree side by side, to hide the latency of their loads */
#define CODES_END 16777216.0 /* whole numbers below are exact in 32 bits */

bool jk_score_is_level(const char *wanted, const char *level) {
    bool unknown = strcmp(level, "unknown") == 0 || strcmp(level, "missing") == 0;
    bool wants_unknown = strcmp(wanted, "unknown") == 0 || strcmp(wanted, "missing") == 0;
    return strcmp(wanted, level) == 0 || (unknown && wants_unknown);
}

/* What a categorical feature is for a level: 0 or 1, or its place among the levels of training. */
static double level_value(const jk_tree_feature *feature, const char *level) {
    if (feature->level != NULL) {
        return jk_score_is_level(feature->level, level);
    }
    for (size_t i = 0; i < feature->level_count; i++) {
        if (jk_score_is_level(feature->levels[i], level)) {
            return (double)i;
        }
    }
    return NAN;
}

static jk_status bind_feature(jk_scorer *scorer, const jk_tree_feature *feature, const jk_tape *tape,
                              jk_scorer_item *item, jk_error *error) {
    JK_TRY(jk_scorer_bind_place(scorer, tape, &feature->from, item, error));
    JK_TRY(jk_scorer_bind_column(scorer, item, error));
    if (feature->level == NULL && feature->levels == NULL) {
        return JK_OK;
    }
    size_t count = 0;
    JK_TRY(jk_scorer_bind_codes(item, tape, &count, error));
    const char *missing = jk_default_level(feature->from.column, scorer->model->written_currency);
    item->code_points[0] = level_value(feature, missing != NULL ? missing : "missing");
    for (size_t code = 0; code < count; code++) {
        item->code_points[code + 1] = level_value(feature, item->names[code]);
    }
    return JK_OK;
}

jk_status jk_scorer_bind_trees(jk_scorer *scorer, const jk_tape *tape, const jk_trees *trees, jk_scorer_trees *bound,
                               jk_error *error) {
    *bound = (jk_scorer_trees){.trees = trees};
    if (trees == NULL) {
        return JK_OK;
    }
    bound->features = jk_columns_zero(trees->feature_count, sizeof *bound->features);
    JK_TRY(jk_held(bound->features != NULL, error, "the trees"));
    for (size_t f = 0; f < trees->feature_count; f++) {
        JK_TRY(bind_feature(scorer, &trees->features[f], tape, &bound->features[f], error));
        scorer->columns |= bound->features[f].columns;
    }
    return jk_forest_create(trees, &bound->forest, error);
}

void jk_scorer_free_trees(jk_scorer_trees *bound) {
    for (size_t f = 0; bound->features != NULL && f < bound->trees->feature_count; f++) {
        free(bound->features[f].code_points);
    }
    free(bound->features);
    jk_forest_free(bound->forest);
}

/* How many of the edges lie below the value. */
static float rank_of(const jk_tree_feature *feature, double value) {
    size_t low = 0;
    for (size_t left = feature->edge_count; left > 0;) {
        size_t half = left / 2;
        bool below = feature->edges[low + half] < value;
        low = below ? low + half + 1 : low;
        left = below ? left - half - 1 : half;
    }
    return (float)low;
}

/* A feature as the nodes compare it; NaN: missing. Zero is what LightGBM takes for it: within 1e-35 in 32 bits. */
static float on_scale(const jk_tree_feature *feature, double value) {
    if (feature->scale == JK_TREE_AS_IS) {
        return jk_score_feature(value);
    }
    if (feature->scale == JK_TREE_CODE) {
        return value > -1.0 && value < CODES_END ? (float)trunc(value) : NAN;
    }
    if (value != value && feature->nan_is_zero) {
        value = 0.0;
    }
    bool missing = value != value || (feature->zero_is_nan && fabs(value) <= (double)1e-35f);
    return missing ? NAN : rank_of(feature, value);
}

void jk_score_features(const jk_scorer *scorer, const jk_scorer_trees *bound, const jk_block *block,
                       const jk_law_facts *law, size_t first, size_t count, double *value, float *features) {
    const jk_trees *trees = bound->trees;
    size_t width = trees->feature_count;
    for (size_t f = 0; f < width; f++) {
        const jk_scorer_item *item = &bound->features[f];
        if (item->code_points == NULL) {
            jk_score_values(scorer, item, block, law, first, count, value);
        } else {
            for (size_t i = 0; i < count; i++) {
                value[i] = item->code_points[jk_score_code(item, block, first + i)];
            }
        }
        for (size_t i = 0; i < count; i++) {
            bool missing = value[i] == trees->missing_number;
            features[jk_forest_place(width, i, f)] = missing ? NAN : on_scale(&trees->features[f], value[i]);
        }
        for (size_t i = count; i % JK_FOREST_GROUP != 0; i++) {
            features[jk_forest_place(width, i, f)] = 0.0f;
        }
    }
}

/* Whether the code is in a set of categories; what is missing is in none. */
static inline int is_in_set(const jk_trees *trees, int32_t set, float x) {
    uint32_t code = x >= 0.0f ? (uint32_t)x : UINT32_MAX;
    uint32_t word = code / 32;
    return word < trees->sets[set].words && (trees->bits[trees->sets[set].first + word] >> (code % 32) & 1) != 0;
}

/* One step down from node `at`, of a claim whose features stand `stride` apart; `by_set`: some nodes of the ensemble
 * split by sets. */
static inline int32_t step_down(const jk_trees *trees, int32_t at, const float *features, size_t stride, bool by_set) {
    const jk_tree_node *node = &trees->nodes[at];
    float x = features[node->feature * stride];
    int right = x != x ? !node->missing_left : !(x < node->threshold);
    if (by_set && node->set >= 0) {
        right = x != x ? !node->missing_left : !is_in_set(trees, node->set, x);
    }
    return node->left + (right & !node->leaf);
}

/* Adds what a tree says of `count` claims, whose features begin `apart` from each other. */
static inline void walk_tree(const jk_trees *trees, size_t tree, const float *features, size_t count, size_t apart,
                             size_t stride, bool by_set, double *sum) {
    int32_t at[GROUP_ROWS];
    for (size_t i = 0; i < count; i++) {
        at[i] = trees->roots[tree];
    }
    for (int depth = trees->depths[tree]; depth > 0; depth--) {
        for (size_t i = 0; i < count; i++) {
            at[i] = step_down(trees, at[i], features + i * apart, stride, by_set);
        }
    }
    for (size_t i = 0; i < count; i++) {
        sum[i] += trees->values[at[i]];
    }
}

void jk_forest_walk(const jk_trees *trees, size_t tree, const float *features, double *sum) {
    for (size_t first = 0; first < JK_FOREST_GROUP; first += GROUP_ROWS) {
        if (trees->set_count > 0) {
            walk_tree(trees, tree, features + first, GROUP_ROWS, 1, JK_FOREST_GROUP, true, sum + first);
        } else {
            walk_tree(trees, tree, features + first, GROUP_ROWS, 1, JK_FOREST_GROUP, false, sum + first);
        }
    }
}

void jk_score_add_trees(const jk_trees *trees, const float *features, size_t count, double *eta) {
    for (size_t first = 0; first < count; first += GROUP_ROWS) {
        size_t rows = count - first < GROUP_ROWS ? count - first : GROUP_ROWS;
        double sum[GROUP_ROWS];
        for (size_t i = 0; i < rows; i++) {
            sum[i] = trees->base;
        }
        for (size_t t = 0; t < trees->tree_count; t++) {
            walk_tree(trees, t, features + first * trees->feature_count, rows, trees->feature_count, 1,
                      trees->set_count > 0, sum);
        }
        for (size_t i = 0; i < rows; i++) {
            eta[first + i] += sum[i];
        }
    }
}

/* The feature of a row in words: its number before any scale, or its level. */
static void describe_feature(const jk_scorer *scorer, const jk_scorer_trees *bound, size_t f, const jk_block *block,
                             const jk_law_facts *law, size_t row, float scaled, jk_score_detail *detail) {
    const jk_tree_feature *feature = &bound->trees->features[f];
    const jk_scorer_item *item = &bound->features[f];
    *detail = (jk_score_detail){.characteristic = feature->from.name, .value = -1.0};
    if (feature->level != NULL) {
        bool is = item->code_points[jk_score_code(item, block, row)] > 0.0;
        (void)snprintf(detail->level, sizeof detail->level, "%s%s", is ? "" : "not ", feature->level);
    } else if (feature->levels != NULL) {
        size_t code = jk_score_code(item, block, row);
        const char *missing = jk_default_level(item->from->column, scorer->model->written_currency);
        const char *name = code > 0 ? item->names[code - 1] : (missing != NULL ? missing : "missing");
        (void)snprintf(detail->level, sizeof detail->level, "%s", name);
    } else {
        bool zero_too = bound->trees->missing_number == 0.0 || feature->zero_is_nan;
        const char *missing = zero_too ? "missing or 0" : "missing";
        (void)snprintf(detail->level, sizeof detail->level, "%s", scaled != scaled ? missing : "trees");
        detail->is_numeric = 1;
        detail->value = (double)scaled;
        if (feature->scale != JK_TREE_AS_IS) {
            jk_score_values(scorer, item, block, law, row, 1, &detail->value);
        }
    }
}

/* What a fork adds is the mean below the way taken less its own mean; along a way these add up to the leaf less the
 * mean of the tree, which counts as base. Source: Saabas, "Interpreting random forests" (2014). */
void jk_score_explain_trees(const jk_scorer *scorer, const jk_scorer_trees *bound, const jk_block *block,
                            const jk_law_facts *law, size_t row, void *scratch, jk_score_detail *details) {
    const jk_trees *trees = bound->trees;
    double *value = scratch;
    float *features = (float *)(void *)(value + JK_FOREST_GROUP);
    jk_score_features(scorer, bound, block, law, row, 1, value, features);
    jk_score_detail *base = &details[trees->feature_count];
    *base = (jk_score_detail){
        .characteristic = "trees", .is_numeric = 1, .value = NAN, .points = trees->base, .is_base = 1};
    (void)snprintf(base->level, sizeof base->level, "%zu trees' mean", trees->tree_count);
    for (size_t f = 0; f < trees->feature_count; f++) {
        describe_feature(scorer, bound, f, block, law, row, features[f * JK_FOREST_GROUP], &details[f]);
    }
    for (size_t t = 0; t < trees->tree_count; t++) {
        int32_t at = trees->roots[t];
        base->points += trees->values[at];
        while (!trees->nodes[at].leaf) {
            int32_t next = step_down(trees, at, features, JK_FOREST_GROUP, trees->set_count > 0);
            details[trees->nodes[at].feature].points += trees->values[next] - trees->values[at];
            at = next;
        }
    }
}
