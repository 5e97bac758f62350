/* SPDX-License-Identifier: Apache-2.0 */
/* Trees over a tile of rows. A tile's features stand row by row, so that the forks of one claim read one or two lines
 * of cache. A step down is arithmetic, not a branch: which way a claim goes is close to a coin's throw, and a mistaken
 * guess costs more than the step. Leaves lead to themselves, so that all claims of a group take the same number of
 * steps. Sums are taken tree after tree in 64 bits: the same bits for any tile, thread or processor. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "score/scorer_internal.h"

enum { GROUP_ROWS = 16 }; /* claims that go down a tree side by side, to hide the latency of their loads */

/* 1 where the level is the one that the feature asks for; `unknown` and `missing` are the same. */
static bool is_level(const char *wanted, const char *level) {
    bool unknown = strcmp(level, "unknown") == 0 || strcmp(level, "missing") == 0;
    bool wants_unknown = strcmp(wanted, "unknown") == 0 || strcmp(wanted, "missing") == 0;
    return strcmp(wanted, level) == 0 || (unknown && wants_unknown);
}

static jk_status bind_feature(jk_scorer *scorer, const jk_tree_feature *feature, const jk_tape *tape,
                              jk_scorer_item *item, jk_error *error) {
    JK_TRY(jk_scorer_bind_place(scorer, tape, &feature->from, item, error));
    JK_TRY(jk_scorer_bind_column(scorer, item, error));
    if (feature->level == NULL) {
        return JK_OK;
    }
    size_t count = 0;
    JK_TRY(jk_scorer_bind_codes(item, tape, &count, error));
    const char *missing = jk_default_level(feature->from.column, scorer->model->base_currency);
    item->code_points[0] = is_level(feature->level, missing != NULL ? missing : "missing");
    for (size_t code = 0; code < count; code++) {
        item->code_points[code + 1] = is_level(feature->level, item->names[code]);
    }
    return JK_OK;
}

jk_status jk_scorer_bind_trees(jk_scorer *scorer, const jk_tape *tape, jk_error *error) {
    const jk_trees *trees = scorer->model->scorecard.trees;
    if (trees == NULL) {
        return JK_OK;
    }
    scorer->features = jk_columns_zero(trees->feature_count, sizeof *scorer->features);
    if (scorer->features == NULL) {
        return jk_fail_memory(error, "the trees");
    }
    for (size_t f = 0; f < trees->feature_count; f++) {
        JK_TRY(bind_feature(scorer, &trees->features[f], tape, &scorer->features[f], error));
        scorer->columns |= scorer->features[f].columns;
    }
    return JK_OK;
}

void jk_scorer_free_trees(jk_scorer *scorer) {
    const jk_trees *trees = scorer->model->scorecard.trees;
    for (size_t f = 0; scorer->features != NULL && f < trees->feature_count; f++) {
        free(scorer->features[f].code_points);
    }
    free(scorer->features);
}

void jk_score_features(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t first,
                       size_t count, double *value, float *features) {
    const jk_trees *trees = scorer->model->scorecard.trees;
    size_t width = trees->feature_count;
    for (size_t f = 0; f < width; f++) {
        const jk_scorer_item *item = &scorer->features[f];
        if (item->code_points == NULL) {
            jk_score_values(scorer, item, block, law, first, count, value);
        } else {
            for (size_t i = 0; i < count; i++) {
                value[i] = item->code_points[jk_score_code(item, block, first + i)];
            }
        }
        for (size_t i = 0; i < count; i++) {
            features[i * width + f] = trees->zero_is_missing && value[i] == 0.0 ? NAN : jk_score_feature(value[i]);
        }
    }
}

/* One step down from node `at`. */
static inline int32_t step_down(const jk_tree_node *nodes, int32_t at, const float *features) {
    const jk_tree_node *node = &nodes[at];
    float x = features[node->feature];
    int right = x != x ? !node->missing_left : !(x < node->threshold);
    return node->left + (right & !node->leaf);
}

void jk_score_add_trees(const jk_trees *trees, const float *features, size_t count, double *eta) {
    for (size_t first = 0; first < count; first += GROUP_ROWS) {
        size_t rows = count - first < GROUP_ROWS ? count - first : GROUP_ROWS;
        const float *own[GROUP_ROWS];
        double sum[GROUP_ROWS];
        for (size_t i = 0; i < GROUP_ROWS; i++) { /* a short group repeats its last claim */
            own[i] = features + (first + (i < rows ? i : rows - 1)) * trees->feature_count;
            sum[i] = trees->base;
        }
        for (size_t t = 0; t < trees->tree_count; t++) {
            int32_t at[GROUP_ROWS];
            for (size_t i = 0; i < GROUP_ROWS; i++) {
                at[i] = trees->roots[t];
            }
            for (int depth = trees->depths[t]; depth > 0; depth--) {
                for (size_t i = 0; i < GROUP_ROWS; i++) {
                    at[i] = step_down(trees->nodes, at[i], own[i]);
                }
            }
            for (size_t i = 0; i < GROUP_ROWS; i++) {
                sum[i] += (double)trees->nodes[at[i]].value;
            }
        }
        for (size_t i = 0; i < rows; i++) {
            eta[first + i] += sum[i];
        }
    }
}

static void describe_feature(const jk_scorer_item *item, const jk_tree_feature *feature, bool zero_is_missing,
                             float value, jk_score_detail *detail) {
    detail->characteristic = feature->from.name;
    detail->is_numeric = feature->level == NULL;
    detail->value = detail->is_numeric ? (double)value : -1.0;
    if (item->code_points != NULL) {
        (void)snprintf(detail->level, sizeof detail->level, "%s%s", value > 0.0f ? "" : "not ", feature->level);
    } else {
        const char *missing = zero_is_missing ? "missing or 0" : "missing";
        (void)snprintf(detail->level, sizeof detail->level, "%s", value != value ? missing : "trees");
    }
}

/* What a fork adds is the mean below the way taken less its own mean; along a way these add up to the leaf less the
 * mean of the tree, which counts as base. Source: Saabas, "Interpreting random forests" (2014). */
void jk_score_explain_trees(const jk_scorer *scorer, const float *features, jk_score_detail *details) {
    const jk_trees *trees = scorer->model->scorecard.trees;
    jk_score_detail *base = &details[trees->feature_count];
    *base = (jk_score_detail){.characteristic = "trees", .is_numeric = 1, .value = NAN, .points = trees->base};
    (void)snprintf(base->level, sizeof base->level, "%zu trees' mean", trees->tree_count);
    for (size_t f = 0; f < trees->feature_count; f++) {
        details[f] = (jk_score_detail){0};
        describe_feature(&scorer->features[f], &trees->features[f], trees->zero_is_missing != 0, features[f],
                         &details[f]);
    }
    for (size_t t = 0; t < trees->tree_count; t++) {
        int32_t at = trees->roots[t];
        base->points += (double)trees->nodes[at].value;
        while (!trees->nodes[at].leaf) {
            int32_t next = step_down(trees->nodes, at, features);
            details[trees->nodes[at].feature].points +=
                (double)trees->nodes[next].value - (double)trees->nodes[at].value;
            at = next;
        }
    }
}
