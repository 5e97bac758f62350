/* SPDX-License-Identifier: Apache-2.0 */
/* Trees: claims laid out for a forest, beside the same trees walked claim by claim and XGBoost's own predictor, on one
 * thread in one run. XGBoost predicts in 32 bits; its results are held against ours before anything is timed.
 *
 *     bench_trees [claims] [trees] [depth]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number/random.h"
#include "fit/trees/boost.h"
#include "jalki/boost.h"
#include "jalki/model.h"
#include "machine.h"
#include "model/trees/trees.h"
#include "score/scorer_internal.h"

#ifdef JALKI_XGBOOST
#include <xgboost/c_api.h>

enum { FEATURES = 16, REPEATS = 5 };

static const char *const names[FEATURES] = {
    "balance",        "age_years",      "months_since_write_off", "months_since_default",
    "months_to_bar",  "paid_12m_share", "paid_24m_share",         "principal_share",
    "kept_share",     "attachable",     "attachable_years",       "debtor_claims",
    "debtor_balance", "placements",     "default_marks",          "interest_rate"};

static void must(bool failed, const char *what) {
    if (failed) {
        (void)fprintf(stderr, "bench_trees: %s\n", what);
        exit(1);
    }
}

static void *room(size_t count, size_t size) {
    void *memory = jk_columns_zero(count, size);
    must(memory == NULL, "out of memory");
    return memory;
}

/* Cash that depends on every feature, so that trees have something to fork on; one in nine numbers is missing. */
static void make_rows(size_t rows, float *features, double *cash, double *expected, uint32_t *debtor) {
    for (size_t i = 0; i < rows; i++) {
        double effect = 0.0;
        for (size_t f = 0; f < FEATURES; f++) {
            jk_random4 drawn = jk_philox(11, (uint64_t)f, i);
            double x = jk_uniform(drawn.word[0]);
            features[i * FEATURES + f] = drawn.word[1] % 9 == 0 ? NAN : (float)(1000.0 * x);
            effect += (x - 0.5) * (f % 2 == 0 ? 1.0 : -1.0) * sin(7.0 * x);
        }
        jk_random4 drawn = jk_philox(12, 0, i);
        debtor[i] = (uint32_t)i;
        expected[i] = 10.0;
        cash[i] = jk_uniform(drawn.word[0]) < 0.1 * exp(effect) ? 100.0 : 0.0;
    }
}

static void train(const char *path, size_t rows, const float *features, int trees, int depth) {
    double *cash = room(rows, sizeof *cash), *expected = room(rows, sizeof *expected);
    uint32_t *debtor = room(rows, sizeof *debtor);
    make_rows(rows, (float *)(uintptr_t)features, cash, expected, debtor);
    const jk_boost_rows given = {rows, FEATURES, names, features, cash, expected, debtor};
    jk_boost_options options = jk_boost_defaults();
    options.depth = depth;
    options.rounds_max = options.patience = trees;
    options.learning_rate = 0.02;
    options.payments_min = 0.5;
    options.held_out = 0.05;
    jk_boost_result result;
    jk_error error = {0};
    must(jk_boost_train(&given, &options, path, &result, &error) != JK_OK, error.message);
    free(cash);
    free(expected);
    free(debtor);
}

typedef struct measured {
    const jk_trees *trees;
    const jk_forest *forest;
    BoosterHandle booster;
    size_t rows;
    const float *by_row, *by_group;
    double *eta;
    const float *margin;
} measured;

static void run_forest(measured *m) {
    jk_forest_add(m->forest, m->by_group, m->rows, m->eta);
}

static void run_walk(measured *m) {
    jk_score_add_trees(m->trees, m->by_row, m->rows, m->eta);
}

static void run_xgboost(measured *m) {
    char array[256];
    (void)snprintf(array, sizeof array,
                   "{\"data\": [%zu, true], \"shape\": [%zu, %d], \"typestr\": \"<f4\", \"version\": 3}",
                   (size_t)(uintptr_t)m->by_row, m->rows, (int)FEATURES);
    const char *config = "{\"type\": 1, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
                         "\"missing\": NaN, \"strict_shape\": false, \"cache_id\": 0}";
    const bst_ulong *shape = NULL;
    bst_ulong dimensions = 0;
    must(XGBoosterPredictFromDense(m->booster, array, config, NULL, &shape, &dimensions, &m->margin), "XGBoost");
}

/* Best of a few runs, processor time. */
static double seconds_of(void (*run)(measured *m), measured *m) {
    double best = INFINITY;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = bench_core_seconds();
        run(m);
        best = fmin(best, bench_core_seconds() - start);
    }
    return best;
}

static size_t forks_of(const jk_trees *trees) {
    size_t forks = 0;
    for (size_t t = 0; t < trees->tree_count; t++) {
        forks += trees->depths[t];
    }
    return forks;
}

static void compare(measured *m) {
    static const struct {
        const char *name;
        void (*run)(measured *m);
    } ways[] = {
        {"laid out for many claims", run_forest}, {"walked claim by claim", run_walk}, {"XGBoost", run_xgboost}};
    run_forest(m);
    run_xgboost(m);
    double most = 0.0, constant = (double)m->margin[0] - m->eta[0];
    for (size_t i = 0; i < m->rows; i++) {
        most = fmax(most, fabs((double)m->margin[i] - m->eta[i] - constant));
    }
    must(most > 1e-4, "XGBoost's predictions are others");
    size_t forks = forks_of(m->trees);
    printf("%zu trees, %zu forks on a claim's way, %zu claims, one thread\n\n", m->trees->tree_count, forks, m->rows);
    printf("| trees | claims/s | ns a fork |\n|---|---|---|\n");
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        double seconds = seconds_of(ways[w].run, m);
        printf("| %s | %.2f M | %.3f |\n", ways[w].name, (double)m->rows / seconds / 1e6,
               seconds / (double)m->rows / (double)forks * 1e9);
    }
}

int main(int argc, char **argv) {
    size_t rows = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 65536;
    int trees = argc > 2 ? atoi(argv[2]) : 200, depth = argc > 3 ? atoi(argv[3]) : 5;
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/jalki-bench-trees-%ld.json", (long)getpid());
    float *by_row = room(rows * FEATURES, sizeof *by_row);
    float *by_group = room((rows + JK_FOREST_GROUP) * FEATURES, sizeof *by_group);
    train(path, rows, by_row, trees, depth);
    for (size_t i = 0; i < rows * FEATURES; i++) {
        by_group[jk_forest_place(FEATURES, i / FEATURES, i % FEATURES)] = by_row[i];
    }
    jk_arena *arena = jk_arena_create();
    must(arena == NULL, "out of memory");
    jk_trees_file file;
    jk_error error = {0};
    const jk_extras extras = {0};
    must(jk_trees_read(arena, path, &extras, JK_TREES_LOG, NULL, &file, &error) != JK_OK, error.message);
    jk_forest *forest = NULL;
    must(jk_forest_create(file.trees, &forest, &error) != JK_OK, error.message);
    measured m = {.trees = file.trees, .forest = forest, .rows = rows, .by_row = by_row, .by_group = by_group};
    m.eta = room(rows, sizeof *m.eta);
    must(XGBoosterCreate(NULL, 0, &m.booster) != 0 || XGBoosterLoadModel(m.booster, path) != 0 ||
             XGBoosterSetParam(m.booster, "nthread", "1") != 0,
         XGBGetLastError());
    (void)unlink(path);
    compare(&m);
    return 0;
}
#else
int main(void) {
    (void)fprintf(stderr, "bench_trees: this build has no XGBoost to train trees with\n");
    return 0;
}
#endif
