/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring a block: characteristic after characteristic over a tile of rows, then the class and theta. */
#include <math.h>
#include <stdio.h>

#include "base/fmath.h"
#include "base/layout.h"
#include "score/scorer_internal.h"

static const jk_layout layout[] = {
    JK_LAYOUT(jk_score_columns, eta),           JK_LAYOUT(jk_score_columns, fading),
    JK_LAYOUT(jk_score_columns, theta),         JK_LAYOUT(jk_score_columns, theta_now),
    JK_LAYOUT(jk_score_columns, score),         JK_LAYOUT(jk_score_columns, capacity_class),
    JK_LAYOUT(jk_score_columns, instalment),    JK_LAYOUT(jk_score_columns, paying),
    JK_LAYOUT(jk_score_columns, class_guessed),
};
enum { LAYOUT_COUNT = sizeof layout / sizeof layout[0] };

size_t jk_score_columns_size(size_t rows) {
    return jk_layout_size(layout, LAYOUT_COUNT, rows);
}

void jk_score_columns_place(jk_score_columns *columns, size_t rows, void *memory) {
    jk_layout_place(layout, LAYOUT_COUNT, rows, memory, columns);
    columns->rows = rows;
}

size_t jk_score_scratch_size(const jk_scorer *scorer, size_t rows) {
    const jk_trees *trees[] = {scorer->trees.trees, scorer->own_trees.trees};
    size_t tile = rows < JK_SCORE_TILE ? rows : JK_SCORE_TILE, width = 0;
    for (size_t i = 0; i < 2; i++) {
        width = trees[i] != NULL && trees[i]->feature_count > width ? trees[i]->feature_count : width;
    }
    return tile * (3 * sizeof(double) + width * sizeof(float));
}

size_t jk_score_code(const jk_scorer_item *item, const jk_block *block, size_t row) {
    const void *data = block->column[item->from->column];
    return jk_schema_column(item->from->column)->type == JK_TYPE_ENUM ? (size_t)(((const int8_t *)data)[row] + 1)
                                                                      : (size_t)(((const int32_t *)data)[row] + 1);
}

static void get_levels(const jk_scorer_item *item, const jk_block *block, size_t first, size_t count, double *points) {
    const void *data = block->column[item->from->column];
    const double *of_code = item->code_points;
    if (jk_schema_column(item->from->column)->type == JK_TYPE_ENUM) {
        const int8_t *code = (const int8_t *)data + first;
        for (size_t i = 0; i < count; i++) {
            points[i] = of_code[code[i] + 1];
        }
    } else {
        const int32_t *code = (const int32_t *)data + first;
        for (size_t i = 0; i < count; i++) {
            points[i] = of_code[code[i] + 1];
        }
    }
}

/* The bin of a value is the last one whose lower bound it reaches; +infinity reaches all of them. */
static void get_bins(const jk_characteristic *from, const double *restrict value, size_t count,
                     double *restrict points) {
    double missing = from->missing_points;
    double lowest = from->points[0];
    for (size_t i = 0; i < count; i++) {
        points[i] = value[i] != value[i] ? missing : lowest;
    }
    for (size_t bin = 1; bin < from->count; bin++) {
        double bound = from->below[bin - 1];
        double of_bin = from->points[bin];
        for (size_t i = 0; i < count; i++) {
            points[i] = value[i] >= bound ? of_bin : points[i];
        }
    }
}

void jk_score_item_points(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                          const jk_law_facts *law, size_t first, size_t count, double *value, double *points) {
    if (item->code_points != NULL) {
        get_levels(item, block, first, count, points);
    } else {
        jk_score_values(scorer, item, block, law, first, count, value);
        get_bins(item->from, value, count, points);
    }
}

static void add_points(const double *restrict points, size_t count, double *restrict sum) {
    for (size_t i = 0; i < count; i++) {
        sum[i] += points[i];
    }
}

/* Rounded half up, 0 to 1000. */
static inline int32_t score_of(double eta) {
    double score = 500.0 + 100.0 * eta / 0x1.62e42fefa39efp-1; /* ln 2 */
    score = score > 0.0 ? score : 0.0;
    score = score < 1000.0 ? score : 1000.0;
    return (int32_t)(score + 0.5);
}

static void finish_tile(const jk_model *model, const jk_law_facts *law, size_t first, size_t count,
                        jk_score_columns *out) {
    double weak_from = model->scorecard.weak_from;
    double able_from = model->scorecard.able_from;
    const bool guessed = jk_class_is_guessed(&model->scorecard);
    for (size_t row = first; row < first + count; row++) {
        int32_t score = score_of(out->eta[row]);
        int by_score = score >= able_from ? JK_CAPACITY_ABLE : score >= weak_from ? JK_CAPACITY_WEAK : JK_CAPACITY_NONE;
        int class = law->class_override[row] >= 0 ? law->class_override[row] : by_score;
        out->score[row] = score;
        out->capacity_class[row] = (uint8_t) class;
        out->class_guessed[row] = guessed && law->class_override[row] < 0;
        double center = model->segments[law->segment[row]].theta_center[class];
        out->theta[row] = jk_exp(out->eta[row] - out->fading[row] - center);
        out->theta_now[row] = jk_exp(out->eta[row] - center);
    }
}

void jk_score_block(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, jk_score_columns *out,
                    void *scratch) {
    const jk_scorecard *card = &scorer->model->scorecard;
    double *value = scratch;
    size_t tile = block->rows < JK_SCORE_TILE ? block->rows : JK_SCORE_TILE;
    double *points = value + tile;
    float *features = (float *)(void *)(points + 2 * tile);
    out->rows = block->rows;
    for (size_t first = 0; first < block->rows; first += JK_SCORE_TILE) {
        size_t count = block->rows - first < JK_SCORE_TILE ? block->rows - first : JK_SCORE_TILE;
        double *eta = out->eta + first;
        double *fading = out->fading + first;
        for (size_t i = 0; i < count; i++) {
            eta[i] = card->intercept;
            fading[i] = 0.0;
        }
        for (size_t c = 0; c < card->count; c++) {
            const jk_scorer_item *item = &scorer->items[c];
            jk_score_item_points(scorer, item, block, law, first, count, value, points);
            add_points(points, count, eta);
            if (item->from->fades) {
                add_points(points, count, fading);
            }
        }
        if (card->trees != NULL) {
            jk_score_features(scorer, &scorer->trees, block, law, first, count, value, features);
            jk_score_add_trees(card->trees, features, count, eta);
        }
        if (card->own_score != NULL) {
            jk_score_add_own(scorer, block, law, first, count, value, features, eta);
        }
        finish_tile(scorer->model, law, first, count, out);
    }
    jk_score_payers(scorer, block, law, out);
}

static void explain_number(const jk_characteristic *from, double value, jk_score_detail *detail) {
    size_t level = jk_score_bin(from, value);
    (void)jk_score_level_name(from, level, detail->level);
    detail->is_numeric = 1;
    detail->value = value;
    detail->points = jk_score_level_points(from, level);
}

size_t jk_score_detail_count(const jk_model *model) {
    const jk_scorecard *card = &model->scorecard;
    return card->count + (card->trees != NULL ? card->trees->feature_count + 1 : 0) +
           (card->own_score != NULL ? jk_score_own_details(card->own_score) : 0);
}

void jk_score_explain_item(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                           const jk_law_facts *law, size_t row, jk_score_detail *detail) {
    *detail = (jk_score_detail){.characteristic = item->from->name, .fades = item->from->fades};
    if (item->code_points == NULL) {
        double value = 0.0;
        jk_score_values(scorer, item, block, law, row, 1, &value);
        explain_number(item->from, value, detail);
        return;
    }
    size_t code = jk_score_code(item, block, row);
    const char *missing = jk_default_level(item->from->column, scorer->model->base_currency);
    const char *name = code > 0 ? item->names[code - 1] : (missing != NULL ? missing : "missing");
    (void)snprintf(detail->level, sizeof detail->level, "%s", name);
    detail->value = -1.0;
    detail->points = item->code_points[code];
}

void jk_score_explain(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t row,
                      void *scratch, jk_score_detail *details) {
    const jk_scorecard *card = &scorer->model->scorecard;
    for (size_t c = 0; c < card->count; c++) {
        jk_score_explain_item(scorer, &scorer->items[c], block, law, row, &details[c]);
    }
    details += card->count;
    if (card->trees != NULL) {
        jk_score_explain_trees(scorer, &scorer->trees, block, law, row, scratch, details);
        details += card->trees->feature_count + 1;
    }
    if (card->own_score != NULL) {
        jk_score_explain_own(scorer, block, law, row, scratch, details);
    }
}
