/* SPDX-License-Identifier: Apache-2.0 */
/* Features of trees in training: each characteristic's number as 32 bits, missing as NaN, or 1/0 for a level. The names
 * are those by which src/score finds them again, and the numbers come through the same functions: what trees learn on
 * is what they see later. */
#include "fit/trees/tree_features.h"

#include <stdio.h>

#include "base/error.h"
#include "score/scorer_internal.h"

enum { NAME_ROOM = 192 };

/* `other` stands for all that is not listed: no level has its name. */
static bool is_feature(const jk_characteristic *from, size_t level) {
    return from->is_numeric ? level == 0 : level != from->count;
}

static jk_status add_feature(const jk_characteristic *from, size_t item, size_t level, jk_arena *arena,
                             jk_tree_features *features, jk_error *error) {
    char text[NAME_ROOM], level_name[64];
    int length = from->is_numeric
                     ? snprintf(text, sizeof text, "%s", from->name)
                     : snprintf(text, sizeof text, "%s=%s", from->name, jk_score_level_name(from, level, level_name));
    size_t f = features->count++;
    features->name[f] = jk_arena_text(arena, text, (size_t)length);
    features->item[f] = item;
    features->level[f] = from->is_numeric ? -1 : (int)level;
    return jk_held(features->name[f] != NULL, error, "the features of trees");
}

jk_status jk_tree_features_make(const jk_scorecard *card, jk_arena *arena, jk_tree_features *features,
                                jk_error *error) {
    size_t count = 0;
    for (size_t i = 0; i < card->count; i++) {
        count += jk_score_level_count(&card->characteristics[i]);
    }
    if (count == 0) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, "scorecard.characteristics",
                       "the scorecard has none; expected at least one for trees to split by");
    }
    *features = (jk_tree_features){.name = jk_arena_alloc(arena, count, sizeof *features->name),
                                   .item = jk_arena_alloc(arena, count, sizeof *features->item),
                                   .level = jk_arena_alloc(arena, count, sizeof *features->level)};
    JK_TRY(jk_held(features->name != NULL && features->item != NULL && features->level != NULL, error,
                   "the features of trees"));
    for (size_t i = 0; i < card->count; i++) {
        const jk_characteristic *from = &card->characteristics[i];
        size_t levels = jk_score_level_count(from);
        for (size_t level = 0; level < levels; level++) {
            if (is_feature(from, level)) {
                JK_TRY(add_feature(from, i, level, arena, features, error));
            }
        }
    }
    return JK_OK;
}

size_t jk_tree_features_scratch(size_t rows) {
    return rows * (sizeof(double) + sizeof(uint16_t));
}

void jk_tree_features_fill(const jk_tree_features *features, const jk_scorer *scorer, const jk_scorecard *card,
                           const jk_panel_block *block, void *scratch, float *out) {
    double *number = scratch;
    uint16_t *level = (uint16_t *)(void *)(number + block->rows);
    size_t width = features->count;
    size_t levels_of = SIZE_MAX; /* item whose levels are in `level` */
    for (size_t f = 0; f < width; f++) {
        size_t item = features->item[f];
        if (card->characteristics[item].is_numeric) {
            jk_score_numbers(scorer, item, block->block, block->law, number);
            for (size_t i = 0; i < block->rows; i++) {
                out[i * width + f] = jk_score_feature(number[i]);
            }
            continue;
        }
        if (levels_of != item) {
            jk_score_levels(scorer, item, block->block, block->law, level);
            levels_of = item;
        }
        for (size_t i = 0; i < block->rows; i++) {
            out[i * width + f] = (int)level[i] == features->level[f] ? 1.0f : 0.0f;
        }
    }
}
