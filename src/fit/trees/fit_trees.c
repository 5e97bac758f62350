/* SPDX-License-Identifier: Apache-2.0 */
/* Two passes put the wanted rows of a panel into one matrix in the order of the panel (first how many each block has,
 * then the rows), a third weighs what the trees say by segment and class. */
#include "fit/trees/fit_trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/number/random.h"
#include "base/team/parallel.h"
#include "fit/trees/boost.h"
#include "fit/trees/tree_features.h"
#include "jalki/expected.h"
#include "model/trees/trees.h"
#include "score/scorer_internal.h"

enum { ROWS_MAX = 2000000, SAMPLE_STREAM = 77 };

jk_fit_trees_options jk_fit_trees_defaults(void) {
    return (jk_fit_trees_options){
        .filter = jk_panel_filter_all(), .rows_max = ROWS_MAX, .boost = jk_boost_defaults(), .run = {0}};
}

typedef double class_sums[JK_CAPACITY_COUNT];

/* What one thread needs for a block. */
typedef struct room {
    void *filter;
    uint8_t *keep;
    double *expected, *eta;
    float *features;
    void *scratch;
} room;

typedef struct grower {
    const jk_fit_trees_options *options;
    const jk_model *model;
    jk_panel *panel;
    jk_arena *arena;
    jk_tree_features features;
    double share; /* of the debtors */
    int threads;
    room *rooms;         /* [threads] */
    size_t *block_first; /* [blocks + 1] */
    /* the matrix */
    float *matrix;
    double *cash, *expected;
    uint32_t *debtor;
    /* the weighing */
    const jk_trees *trees;
    class_sums *before, *after; /* [blocks][segments] */
} grower;

static bool in_sample(const grower *g, int32_t debtor) {
    return g->share >= 1.0 ||
           jk_uniform(jk_philox(g->options->boost.seed, SAMPLE_STREAM, (uint32_t)debtor).word[0]) < g->share;
}

/* Rows that trees learn from: in the filter and the sample, something expected, and no garnishment in it. */
static jk_status choose(grower *g, const jk_panel_block *block, size_t *count, jk_error *error) {
    room *own = &g->rooms[block->thread];
    size_t kept = 0;
    JK_TRY(jk_panel_filter_rows(&g->options->filter, g->panel, block, own->filter, own->keep, &kept, error));
    jk_expected_cash(g->model, block, own->expected);
    *count = 0;
    for (size_t i = 0; i < block->rows; i++) {
        bool garnished = block->treatment[i] == JK_TREAT_LEGAL && block->title_state[i] == JK_TITLE_HELD;
        own->keep[i] &= !garnished && own->expected[i] > 0.0 && in_sample(g, block->debtor[i]);
        *count += own->keep[i];
    }
    return JK_OK;
}

static jk_status count_rows(void *context, const jk_panel_block *block, jk_error *error) {
    grower *g = context;
    return choose(g, block, &g->block_first[block->number + 1], error);
}

static void fill_features(const grower *g, const jk_panel_block *block) {
    room *own = &g->rooms[block->thread];
    jk_tree_features_fill(&g->features, jk_panel_scorer(g->panel), &g->model->scorecard, block, own->scratch,
                          own->features);
}

static jk_status take_rows(void *context, const jk_panel_block *block, jk_error *error) {
    grower *g = context;
    room *own = &g->rooms[block->thread];
    size_t count = 0, width = g->features.count;
    JK_TRY(choose(g, block, &count, error));
    fill_features(g, block);
    size_t next = g->block_first[block->number];
    for (size_t i = 0; i < block->rows; i++) {
        if (own->keep[i]) {
            memcpy(g->matrix + next * width, own->features + i * width, width * sizeof *g->matrix);
            g->cash[next] = block->cash[i];
            g->expected[next] = own->expected[i];
            g->debtor[next++] = (uint32_t)block->debtor[i];
        }
    }
    return JK_OK;
}

static jk_status weigh_rows(void *context, const jk_panel_block *block, jk_error *error) {
    grower *g = context;
    room *own = &g->rooms[block->thread];
    size_t count = 0;
    JK_TRY(choose(g, block, &count, error));
    fill_features(g, block);
    memset(own->eta, 0, block->rows * sizeof *own->eta);
    jk_score_add_trees(g->trees, own->features, block->rows, own->eta);
    class_sums *before = g->before + block->number * g->model->segment_count;
    class_sums *after = g->after + block->number * g->model->segment_count;
    for (size_t i = 0; i < block->rows; i++) {
        if (own->keep[i]) {
            int class = (int)jk_expected_class(block, i);
            before[block->law->segment[i]][class] += own->expected[i];
            after[block->law->segment[i]][class] += own->expected[i] * jk_exp(own->eta[i]);
        }
    }
    return JK_OK;
}

static jk_status make_rooms(grower *g, jk_error *error) {
    const jk_run *run = &g->options->run;
    size_t rows = jk_panel_block_rows(g->panel, run);
    g->threads = jk_panel_threads(g->panel, run);
    g->rooms = jk_arena_alloc(g->arena, (size_t)g->threads, sizeof *g->rooms);
    bool good = g->rooms != NULL;
    for (int t = 0; good && t < g->threads; t++) {
        g->rooms[t] = (room){
            .filter = jk_arena_alloc(g->arena, jk_panel_filter_scratch(g->panel, run), 1),
            .keep = jk_arena_alloc(g->arena, rows, 1),
            .expected = jk_arena_alloc(g->arena, rows, sizeof(double)),
            .eta = jk_arena_alloc(g->arena, rows, sizeof(double)),
            .features = jk_arena_alloc(g->arena, rows * g->features.count, sizeof(float)),
            .scratch = jk_arena_alloc(g->arena, jk_tree_features_scratch(rows), 1),
        };
        const room *own = &g->rooms[t];
        good = own->filter != NULL && own->keep != NULL && own->expected != NULL && own->eta != NULL &&
               own->features != NULL && own->scratch != NULL;
    }
    size_t blocks = jk_panel_blocks(g->panel, run);
    g->block_first = jk_arena_alloc(g->arena, blocks + 1, sizeof *g->block_first);
    return jk_held(good && g->block_first != NULL, error, "the rows that trees learn from");
}

/* Counts the rows of each block; block_first becomes where each block's rows begin. */
static jk_status survey(grower *g, size_t *rows, jk_error *error) {
    size_t blocks = jk_panel_blocks(g->panel, &g->options->run);
    memset(g->block_first, 0, (blocks + 1) * sizeof *g->block_first);
    JK_TRY(jk_panel_stream(g->panel, &g->options->run, count_rows, g, error));
    for (size_t b = 0; b < blocks; b++) {
        g->block_first[b + 1] += g->block_first[b];
    }
    *rows = g->block_first[blocks];
    return JK_OK;
}

static jk_status gather(grower *g, jk_fit_trees_result *result, jk_error *error) {
    g->share = 1.0;
    JK_TRY(survey(g, &result->rows, error));
    if (result->rows > g->options->rows_max) {
        g->share = (double)g->options->rows_max / (double)result->rows;
        JK_TRY(survey(g, &result->rows, error));
    }
    result->debtors_share_percent = (size_t)lround(100.0 * g->share);
    g->matrix = jk_columns_alloc(result->rows, g->features.count * sizeof *g->matrix);
    g->cash = jk_columns_alloc(result->rows, sizeof *g->cash);
    g->expected = jk_columns_alloc(result->rows, sizeof *g->expected);
    g->debtor = jk_columns_alloc(result->rows, sizeof *g->debtor);
    JK_TRY(jk_held(g->matrix != NULL && g->cash != NULL && g->expected != NULL && g->debtor != NULL, error,
                   "the rows that trees learn from"));
    return jk_panel_stream(g->panel, &g->options->run, take_rows, g, error);
}

static void drop_matrix(grower *g) {
    free(g->matrix);
    free(g->cash);
    free(g->expected);
    free(g->debtor);
    g->matrix = NULL;
    g->cash = g->expected = NULL;
    g->debtor = NULL;
}

static double shift_of(double before, double after) {
    return before > 0.0 && after > 0.0 ? jk_log(after / before) : 0.0;
}

static jk_status weigh(grower *g, const char *path, jk_fit_trees_result *result, jk_error *error) {
    size_t segments = g->model->segment_count, blocks = jk_panel_blocks(g->panel, &g->options->run);
    jk_trees_file file = {0};
    JK_TRY(jk_trees_read(g->arena, path, &g->model->extras, JK_TREES_LOG, NULL, &file, error));
    g->trees = file.trees;
    g->before = jk_arena_alloc(g->arena, blocks * segments, sizeof *g->before);
    g->after = jk_arena_alloc(g->arena, blocks * segments, sizeof *g->after);
    result->shift = calloc(segments, sizeof *result->shift);
    JK_TRY(jk_held(g->before != NULL && g->after != NULL && result->shift != NULL, error, "the weights of trees"));
    JK_TRY(jk_panel_stream(g->panel, &g->options->run, weigh_rows, g, error));
    for (size_t s = 0; s < segments; s++) {
        double all_before = 0.0, all_after = 0.0;
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            double before = 0.0, after = 0.0;
            for (size_t b = 0; b < blocks; b++) {
                before += g->before[b * segments + s][k];
                after += g->after[b * segments + s][k];
            }
            all_before += before;
            all_after += after;
            result->shift[s][k] = shift_of(before, after);
        }
        result->shift[s][JK_CAPACITY_COUNT] = shift_of(all_before, all_after);
    }
    return JK_OK;
}

jk_status jk_fit_trees(const char *panel, const jk_model *model, const jk_fit_trees_options *options, const char *path,
                       jk_fit_trees_result *result, jk_error *error) {
    grower g = {.options = options, .model = model, .arena = jk_arena_create()};
    *result = (jk_fit_trees_result){.segments = model->segment_count};
    JK_TRY(jk_held(g.arena != NULL, error, "the rows that trees learn from"));
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_panel_open_run(panel, model, &options->run, &g.panel, error));
    JK_TRY_CLEANUP(jk_tree_features_make(&model->scorecard, g.arena, &g.features, error));
    JK_TRY_CLEANUP(make_rooms(&g, error));
    result->features = g.features.count;
    JK_TRY_CLEANUP(gather(&g, result, error));
    const jk_boost_rows rows = {.rows = result->rows,
                                .feature_count = g.features.count,
                                .feature_names = g.features.name,
                                .features = g.matrix,
                                .cash = g.cash,
                                .expected = g.expected,
                                .debtor = g.debtor};
    JK_TRY_CLEANUP(jk_boost_train(&rows, &options->boost, path, &result->boost, error));
    drop_matrix(&g);
    JK_TRY_CLEANUP(weigh(&g, path, result, error));
cleanup:
    if (status != JK_OK) {
        free(result->shift);
        result->shift = NULL;
    }
    drop_matrix(&g);
    jk_panel_close(g.panel);
    jk_arena_free(g.arena);
    return status;
}
