/* SPDX-License-Identifier: Apache-2.0 */
/* A LightGBM model as it saves it as text: a head of key=value lines, a block of such lines for each tree after its
 * "Tree=N", "end of trees", then importances and parameters, which prediction does not need, and last the levels of
 * pandas columns. Source: LightGBM's documentation and the files that its versions 3 and 4 write. Lists take no more
 * memory than the text that gives them. */
#include "model/trees/lightgbm_text.h"

#include <math.h>
#include <string.h>

#include "base/text/text.h"

typedef struct text_cursor {
    const char *at, *end;
    lightgbm_piece line;
} text_cursor;

/* Keys of a tree's block, in the order of `tree_names`. */
enum { LEAVES, SETS, FEATURE, THRESHOLD, DECISION, LEFT, RIGHT, VALUE, WEIGHT, COUNT, BOUNDARY, BITS, LINEAR, KEYS };
static const char *const tree_names[KEYS] = {
    [LEAVES] = "num_leaves",      [SETS] = "num_cat",     [FEATURE] = "split_feature",   [THRESHOLD] = "threshold",
    [DECISION] = "decision_type", [LEFT] = "left_child",  [RIGHT] = "right_child",       [VALUE] = "leaf_value",
    [WEIGHT] = "leaf_weight",     [COUNT] = "leaf_count", [BOUNDARY] = "cat_boundaries", [BITS] = "cat_threshold",
    [LINEAR] = "is_linear",
};

static bool next_line(text_cursor *cursor) {
    if (cursor->at >= cursor->end) {
        return false;
    }
    const char *end = memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at));
    const char *stop = end != NULL ? end : cursor->end;
    size_t length = (size_t)(stop - cursor->at);
    if (length > 0 && cursor->at[length - 1] == '\r') {
        length--;
    }
    cursor->line = (lightgbm_piece){.text = cursor->at, .length = length, .line = cursor->line.line + 1};
    cursor->at = end != NULL ? end + 1 : cursor->end;
    return true;
}

static bool is_line(const text_cursor *cursor, const char *text) {
    return cursor->line.length == strlen(text) && memcmp(cursor->line.text, text, strlen(text)) == 0;
}

/* Whether the line is NAME, then `mark`, then something, which *value gets. */
static bool has_key(const text_cursor *cursor, const char *name, char mark, lightgbm_piece *value) {
    size_t length = strlen(name);
    if (cursor->line.length <= length || memcmp(cursor->line.text, name, length) != 0 ||
        cursor->line.text[length] != mark) {
        return false;
    }
    *value = (lightgbm_piece){
        .text = cursor->line.text + length + 1, .length = cursor->line.length - length - 1, .line = cursor->line.line};
    return true;
}

/* Keeps the value of a key; a key that stands twice means two things. */
static jk_status keep(jk_trees_reader *t, const text_cursor *cursor, const char *name, char mark,
                      lightgbm_piece *place) {
    lightgbm_piece value = {0};
    if (!has_key(cursor, name, mark, &value)) {
        return JK_OK;
    }
    if (place->text != NULL) {
        return FAIL_TREES(t, value.line, "%s stands twice; it stands in line %lld already", name,
                          (long long)place->line);
    }
    *place = value;
    return JK_OK;
}

bool jk_lightgbm_word(lightgbm_piece *list, const char **word, size_t *length) {
    while (list->length > 0 && list->text[0] == ' ') {
        list->text++;
        list->length--;
    }
    const char *end = list->length > 0 ? memchr(list->text, ' ', list->length) : NULL;
    *word = list->text;
    *length = end != NULL ? (size_t)(end - list->text) : list->length;
    list->text += *length;
    list->length -= *length;
    return *length > 0;
}

/* The list of a key: `want` numbers, whole ones of [low, high] where `whole` says so. */
static jk_status read_list(jk_trees_reader *t, const lightgbm_tree *tree, const lightgbm_piece *piece, int key,
                           size_t want, bool whole, double low, double high, const double **list) {
    const char *word = NULL;
    size_t length = 0, count = 0;
    if (piece->text == NULL) {
        return FAIL_TREES(t, tree->line, "the tree has no %s", tree_names[key]);
    }
    for (lightgbm_piece rest = *piece; jk_lightgbm_word(&rest, &word, &length);) {
        count++;
    }
    if (count != want) {
        return FAIL_TREES(t, piece->line, "%s has %zu entries; expected %zu", tree_names[key], count, want);
    }
    double *numbers = NULL;
    JK_TRY(jk_trees_take(t, count, sizeof *numbers, &numbers));
    lightgbm_piece rest = *piece;
    for (size_t i = 0; jk_lightgbm_word(&rest, &word, &length); i++) {
        if (!jk_text_to_real(word, length, &numbers[i]) || numbers[i] < low || numbers[i] > high ||
            (whole && numbers[i] != floor(numbers[i]))) {
            return FAIL_TREES(t, piece->line, "entry %zu of %s is '%.*s'; expected a %snumber from %.10g to %.10g",
                              i + 1, tree_names[key], (int)(length < 40 ? length : 40), word, whole ? "whole " : "",
                              low, high);
        }
    }
    *list = numbers;
    return JK_OK;
}

/* The one whole number of a key. */
static jk_status read_count(jk_trees_reader *t, const lightgbm_tree *tree, const lightgbm_piece *piece, int key,
                            double low, double high, size_t *count) {
    const double *number = NULL;
    JK_TRY(read_list(t, tree, piece, key, 1, true, low, high, &number));
    *count = (size_t)number[0];
    return JK_OK;
}

static jk_status read_sets(jk_trees_reader *t, const lightgbm_piece *given, lightgbm_tree *tree) {
    tree->set_line = given[BOUNDARY].line;
    JK_TRY(read_list(t, tree, &given[BOUNDARY], BOUNDARY, tree->sets + 1, true, 0.0, 1 << 19, &tree->boundary));
    for (size_t i = 0; i < tree->sets; i++) {
        if (tree->boundary[i + 1] < tree->boundary[i] || tree->boundary[0] != 0.0) {
            return FAIL_TREES(t, tree->set_line, "cat_boundaries do not ascend from 0");
        }
    }
    tree->words = (size_t)tree->boundary[tree->sets];
    return read_list(t, tree, &given[BITS], BITS, tree->words, true, 0.0, (double)UINT32_MAX, &tree->bits);
}

static jk_status read_tree(jk_trees_reader *t, const lightgbm_piece *given, lightgbm_tree *tree) {
    size_t linear = 0;
    if (given[LINEAR].text != NULL) {
        JK_TRY(read_count(t, tree, &given[LINEAR], LINEAR, 0.0, 1.0, &linear));
    }
    if (linear != 0) {
        return FAIL_TREES(t, given[LINEAR].line,
                          "the tree is linear (a regression in each leaf); expected plain leaves: train with "
                          "linear_tree=false");
    }
    JK_TRY(read_count(t, tree, &given[LEAVES], LEAVES, 1.0, JK_TREE_NODES_MAX / 2, &tree->leaves));
    JK_TRY(read_list(t, tree, &given[VALUE], VALUE, tree->leaves, false, -1e30, 1e30, &tree->value));
    tree->forks = tree->leaves - 1;
    if (tree->forks == 0) {
        return JK_OK;
    }
    double last_fork = (double)tree->forks - 1.0;
    double last_leaf = -(double)tree->leaves; /* leaf i stands as -1 - i */
    JK_TRY(read_list(t, tree, &given[FEATURE], FEATURE, tree->forks, true, 0.0, JK_TREE_FEATURES_MAX, &tree->feature));
    JK_TRY(read_list(t, tree, &given[THRESHOLD], THRESHOLD, tree->forks, false, -INFINITY, INFINITY, &tree->threshold));
    JK_TRY(read_list(t, tree, &given[DECISION], DECISION, tree->forks, true, 0.0, 11.0, &tree->decision));
    JK_TRY(read_list(t, tree, &given[LEFT], LEFT, tree->forks, true, last_leaf, last_fork, &tree->left));
    JK_TRY(read_list(t, tree, &given[RIGHT], RIGHT, tree->forks, true, last_leaf, last_fork, &tree->right));
    int weight = given[WEIGHT].text != NULL ? WEIGHT : COUNT;
    if (given[weight].text != NULL) {
        JK_TRY(read_list(t, tree, &given[weight], weight, tree->leaves, false, 0.0, 1e30, &tree->weight));
    }
    if (given[SETS].text != NULL) {
        JK_TRY(read_count(t, tree, &given[SETS], SETS, 0.0, (double)tree->forks, &tree->sets));
    }
    return tree->sets > 0 ? read_sets(t, given, tree) : JK_OK;
}

static jk_status read_head(jk_trees_reader *t, const text_cursor *cursor, lightgbm_file *file) {
    if (is_line(cursor, "average_output")) {
        file->average_line = cursor->line.line;
    }
    JK_TRY(keep(t, cursor, "version", '=', &file->version));
    JK_TRY(keep(t, cursor, "num_class", '=', &file->classes));
    JK_TRY(keep(t, cursor, "num_tree_per_iteration", '=', &file->per_iteration));
    JK_TRY(keep(t, cursor, "objective", '=', &file->objective));
    return keep(t, cursor, "feature_names", '=', &file->names);
}

/* The number of lines that begin a tree: for which there is to be room. */
static size_t count_trees(const char *bytes, size_t size) {
    size_t count = 0;
    lightgbm_piece ignored = {0};
    for (text_cursor cursor = {.at = bytes, .end = bytes + size}; next_line(&cursor);) {
        count += has_key(&cursor, "Tree", '=', &ignored);
    }
    return count;
}

jk_status jk_lightgbm_text(jk_trees_reader *t, const char *bytes, size_t size, lightgbm_file *file) {
    size_t room = count_trees(bytes, size);
    if (room == 0 || room > JK_TREES_MAX) {
        return FAIL_TREES(t, 0, "holds %zu trees (lines of the form Tree=N); expected 1 to %d", room, JK_TREES_MAX);
    }
    JK_TRY(jk_trees_take(t, room, sizeof *file->trees, &file->trees));
    lightgbm_piece given[KEYS] = {0}, number = {0};
    bool ended = false;
    lightgbm_tree *tree = NULL;
    text_cursor cursor = {.at = bytes, .end = bytes + size};
    while (next_line(&cursor)) {
        bool begins = !ended && has_key(&cursor, "Tree", '=', &number);
        bool ends = !ended && is_line(&cursor, "end of trees");
        if (tree != NULL && (begins || ends)) {
            JK_TRY(read_tree(t, given, tree));
        }
        if (begins) {
            memset(given, 0, sizeof given);
            tree = &file->trees[file->tree_count++];
            tree->line = cursor.line.line;
        } else if (ends) {
            ended = true;
        } else if (ended) {
            JK_TRY(keep(t, &cursor, "pandas_categorical", ':', &file->pandas));
        } else if (tree == NULL) {
            JK_TRY(read_head(t, &cursor, file));
        } else {
            for (int key = 0; key < KEYS; key++) {
                JK_TRY(keep(t, &cursor, tree_names[key], '=', &given[key]));
            }
        }
    }
    if (!ended) {
        return FAIL_TREES(t, cursor.line.line, "the file ends before 'end of trees': a part of it is missing");
    }
    return file->tree_count > 0 ? JK_OK : FAIL_TREES(t, cursor.line.line, "no tree stands before 'end of trees'");
}
