/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring a block: characteristic after characteristic over a tile of rows, then the class and theta (score_kernel.c).
 */
#include <stdio.h>

#include "base/layout.h"
#include "score/levels.h"
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

/* Bytes of the scratch before the numbers of networks: a multiple of 64. */
static size_t before_networks(const jk_scorer *scorer, size_t rows) {
    const jk_trees *trees[] = {scorer->trees.trees, scorer->own_trees.trees};
    size_t width = 0;
    for (size_t i = 0; i < 2; i++) {
        width = trees[i] != NULL && trees[i]->feature_count > width ? trees[i]->feature_count : width;
    }
    return (jk_score_tile_rows(rows) * (3 * sizeof(double) + width * sizeof(float)) + JK_ALIGNMENT - 1) / JK_ALIGNMENT *
           JK_ALIGNMENT;
}

size_t jk_score_scratch_size(const jk_scorer *scorer, size_t rows) {
    size_t room = jk_score_network_room(scorer->network.network);
    size_t own = jk_score_network_room(scorer->own_network.network);
    return before_networks(scorer, rows) + (room > own ? room : own) * sizeof(double);
}

double *jk_score_room_of_network(const jk_scorer *scorer, size_t rows, void *scratch) {
    return (double *)(void *)((unsigned char *)scratch + before_networks(scorer, rows));
}

size_t jk_score_code(const jk_scorer_item *item, const jk_block *block, size_t row) {
    const void *data = block->column[item->from->column];
    return jk_schema_column(item->from->column)->type == JK_TYPE_ENUM ? (size_t)(((const int8_t *)data)[row] + 1)
                                                                      : (size_t)(((const int32_t *)data)[row] + 1);
}

void jk_score_item_points(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                          const jk_law_facts *law, size_t first, size_t count, double *value, double *points) {
    if (item->code_points != NULL) {
        scorer->kernel->level_points(item, block, first, count, points);
    } else {
        jk_score_values(scorer, item, block, law, first, count, value);
        scorer->kernel->bin_points(item->from, value, count, points);
    }
}

/* Multiplies points of rows [first, first + count) by what the characteristic counts in their segments. */
static void in_segments(const jk_characteristic *from, const jk_model *model, const jk_law_facts *law, size_t first,
                        size_t count, double *points) {
    const uint16_t *segment = law->segment + first;
    for (size_t i = 0; i < count; i++) {
        points[i] *= from->in_segments[model->segments[segment[i]].place];
    }
}

void jk_score_block(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, jk_score_columns *out,
                    void *scratch) {
    const jk_scorecard *card = &scorer->model->scorecard;
    double *value = scratch;
    size_t tile = jk_score_tile_rows(block->rows);
    double *points = value + tile;
    float *features = (float *)(void *)(points + 2 * tile);
    double *room = jk_score_room_of_network(scorer, block->rows, scratch);
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
            if (item->from->in_segments != NULL) {
                in_segments(item->from, scorer->model, law, first, count, points);
            }
            scorer->kernel->add_points(points, count, eta);
            if (item->from->fades) {
                scorer->kernel->add_points(points, count, fading);
            }
        }
        if (card->trees != NULL) {
            jk_score_features(scorer, &scorer->trees, block, law, first, count, value, features);
            jk_forest_add(scorer->trees.forest, features, count, eta);
        }
        if (card->network != NULL) {
            jk_score_add_network(scorer, &scorer->network, block, law, first, count, value, room, eta);
        }
        if (card->own_score != NULL) {
            jk_score_add_own(scorer, block, law, first, count, value, features, room, eta);
        }
        scorer->kernel->finish(scorer, law, first, count, out);
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
           (card->network != NULL ? card->network->input_count + 1 : 0) +
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
    const char *missing = jk_default_level(item->from->column, scorer->model->written_currency);
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
        const double *factor = scorer->items[c].from->in_segments;
        details[c].points *= factor != NULL ? factor[scorer->model->segments[law->segment[row]].place] : 1.0;
    }
    details += card->count;
    if (card->trees != NULL) {
        jk_score_explain_trees(scorer, &scorer->trees, block, law, row, scratch, details);
        details += card->trees->feature_count + 1;
    }
    if (card->network != NULL) {
        jk_score_explain_network(scorer, &scorer->network, block, law, row,
                                 jk_score_room_of_network(scorer, block->rows, scratch), details);
        details += card->network->input_count + 1;
    }
    if (card->own_score != NULL) {
        jk_score_explain_own(scorer, block, law, row, scratch, details);
    }
}
