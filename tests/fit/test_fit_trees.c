/* SPDX-License-Identifier: Apache-2.0 */
/* Trees on top of a fit: the written model scores a panel as training saw it, segments and classes keep their cash, and
 * threads do not show. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/panel_case.h"
#include "fit/trees/boost.h"
#include "fit/trees/tree_features.h"
#include "jalki/expected.h"
#include "jalki/fit.h"
#include "score/scorer_internal.h"

enum { CLASSES = JK_CAPACITY_COUNT, SEGMENTS_MAX = 8 };
static char trees_path[PATH_ROOM];

static int make_history(void **state) {
    (void)state;
    put_path(trees_path, "trees.json");
    return make_panel(6000, 0.9, 0.2);
}

static int drop_history(void **state) {
    (void)unlink(trees_path);
    return drop_panel(state);
}

static void need_library(void) {
    if (!jk_boost_available()) {
        print_message("skipped: this build has no XGBoost\n");
        skip();
    }
}

static jk_fit *grow(int threads) {
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = threads;
    jk_boost_options boost = jk_boost_defaults();
    boost.depth = 3;
    boost.rounds_max = 25;
    boost.payments_min = 5.0;
    jk_fit *fit = NULL;
    jk_error error = {0};
    must(jk_fit_run(panel_path, base, &options, &fit, &error), &error);
    must(jk_fit_add_trees(fit, &boost, trees_path, &error), &error);
    return fit;
}

/* What one pass over the panel under a model collects. */
typedef struct pass {
    const jk_model *model;
    const jk_panel *panel;
    const jk_tree_features *features; /* NULL: the model's own trees score */
    const jk_trees *trees;
    double *eta, *expected;
    double sums[SEGMENTS_MAX][CLASSES];
} pass;

static jk_status collect(void *context, const jk_panel_block *block, jk_error *error) {
    pass *p = context;
    (void)error;
    double *eta = p->eta + block->first_row, *expected = p->expected + block->first_row;
    memcpy(eta, block->score->eta, block->rows * sizeof *eta);
    jk_expected_cash(p->model, block, expected);
    if (p->features != NULL) {
        float *rows = calloc(block->rows * p->features->count, sizeof *rows);
        void *scratch = calloc(1, jk_tree_features_scratch(block->rows));
        assert_true(rows != NULL && scratch != NULL);
        jk_tree_features_fill(p->features, jk_panel_scorer(p->panel), &p->model->scorecard, block, scratch, rows);
        jk_score_add_trees(p->trees, rows, block->rows, eta);
        free(rows);
        free(scratch);
    }
    for (size_t i = 0; i < block->rows; i++) {
        bool garnished = block->treatment[i] == JK_TREAT_LEGAL && block->title_state[i] == JK_TITLE_HELD;
        if (!garnished && block->class_start[i] >= 0) {
            p->sums[block->law->segment[i]][block->class_start[i]] += expected[i];
        }
    }
    return JK_OK;
}

static size_t run_pass(pass *p) {
    jk_panel *panel = NULL;
    jk_error error = {0};
    must(jk_panel_open(panel_path, p->model, &panel, &error), &error);
    p->panel = panel;
    size_t rows = jk_tape_rows(jk_panel_tape(panel));
    p->eta = calloc(rows, sizeof *p->eta);
    p->expected = calloc(rows, sizeof *p->expected);
    assert_true(p->eta != NULL && p->expected != NULL);
    must(jk_panel_stream(panel, &(jk_run){.threads = 1}, collect, p, &error), &error); /* the sums are shared */
    jk_panel_close(panel);
    return rows;
}

static void the_written_model_scores_as_training_did(void **state) {
    (void)state;
    need_library();
    jk_fit *fit = grow(2);
    const jk_fit_result *result = jk_fit_result_of(fit);
    jk_error error = {0};
    must(jk_fit_write_model(fit, model_path, &error), &error);
    jk_model *written = NULL;
    must(jk_model_load(model_path, &written, &error), &error);
    assert_non_null(written->scorecard.trees);
    assert_int_equal(written->scorecard.trees->tree_count, result->trees->boost.rounds);

    /* The model of the fit before its trees. */
    assert_true(base->segment_count <= SEGMENTS_MAX);
    jk_segment segments[SEGMENTS_MAX];
    memcpy(segments, written->segments, base->segment_count * sizeof *segments);
    for (size_t s = 0; s < base->segment_count; s++) {
        for (int k = 0; k < CLASSES; k++) {
            segments[s].theta_center[k] -= result->trees->shift[s][k];
        }
    }
    jk_model points = *written;
    points.segments = segments;
    points.scorecard.trees = NULL;
    jk_arena *arena = jk_arena_create();
    jk_tree_features features;
    must(jk_tree_features_make(&points.scorecard, arena, &features, &error), &error);
    pass before = {.model = &points, .features = &features, .trees = written->scorecard.trees};
    pass after = {.model = written};
    size_t rows = run_pass(&before);
    assert_int_equal(run_pass(&after), rows);
    size_t moved = 0;
    for (size_t i = 0; i < rows; i++) {
        if (before.eta[i] != after.eta[i]) {
            fail_msg("row %zu: eta %.17g, training saw %.17g", i, after.eta[i], before.eta[i]);
        }
        moved += fabs(before.expected[i] - after.expected[i]) > 1e-6 * before.expected[i];
    }
    assert_true(moved > rows / 2); /* the trees do say something */
    /* Classes that the panel gives keep their cash; the fifth of rows without is weighed by the score's class. */
    for (size_t s = 0; s < base->segment_count; s++) {
        for (int k = 0; k < CLASSES; k++) {
            double ratio = after.sums[s][k] / before.sums[s][k];
            if (before.sums[s][k] > 0.0 && fabs(ratio - 1.0) > 0.02) {
                fail_msg("segment %zu, class %d: expected cash changed by a factor of %g", s, k, ratio);
            }
        }
    }
    free(before.eta);
    free(before.expected);
    free(after.eta);
    free(after.expected);
    jk_arena_free(arena);
    jk_model_free(written);
    jk_fit_free(fit);
}

static char *file_bytes(const char *path, size_t *size) {
    enum { ROOM = 1 << 22 };
    char *bytes = malloc(ROOM);
    FILE *file = fopen(path, "rb");
    assert_true(bytes != NULL && file != NULL);
    *size = fread(bytes, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static void threads_do_not_show(void **state) {
    (void)state;
    need_library();
    size_t size[2];
    jk_fit *one = grow(1);
    char *first = file_bytes(trees_path, &size[0]);
    jk_fit *three = grow(3);
    char *second = file_bytes(trees_path, &size[1]);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(first, second, size[0]);
    const jk_fit_trees_result *a = jk_fit_result_of(one)->trees, *b = jk_fit_result_of(three)->trees;
    assert_memory_equal(a->shift, b->shift, a->segments * sizeof *a->shift);
    free(first);
    free(second);
    jk_fit_free(one);
    jk_fit_free(three);
}

static void a_fit_grows_trees_once(void **state) {
    (void)state;
    need_library();
    jk_fit *fit = grow(2);
    jk_boost_options boost = jk_boost_defaults();
    jk_error error = {0};
    assert_int_equal(jk_fit_add_trees(fit, &boost, trees_path, &error), JK_ERROR_ARGUMENT);
    jk_fit_free(fit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_written_model_scores_as_training_did),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(a_fit_grows_trees_once),
    };
    return cmocka_run_group_tests(tests, make_history, drop_history);
}
