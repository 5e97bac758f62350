/* SPDX-License-Identifier: Apache-2.0 */
/* Generated history against the model that made it: in every cell of rows, cash less what the model expects over the
 * months that the rows state is a sum of uncorrelated terms with mean 0. Rows are weighted by 1 / balance, so that no
 * large claim decides; a row's variance is then share * expected share of the balance * (1 - i + 0.05 i), i the share
 * of instalments. Seeds are fixed: the test is one draw. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number/random.h"
#include "cmocka_all.h"
#include "jalki/expected.h"
#include "jalki/generate.h"
#include "jalki/generate_panel.h"
#include "model/model_files.h"

enum { CELLS_MAX = 4096, KINDS = 6 };

typedef struct cell {
    double cash, expected, variance;
    size_t rows;
} cell;

/* Cells of several divisions of the same rows. */
typedef struct tally {
    const jk_model *model;
    double *expected; /* of a block */
    cell cells[KINDS][CELLS_MAX];
    double transitions[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT]; /* counted, under amicable, less those expected */
    double variance[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT];
    double exits, exits_expected;
} tally;

static const double all_instalments = 0.3;
static jk_model *loaded, at_once_model; /* rows of debtors who pay in spells have no such expectation: docs/panel.md */
static const jk_model *model = &at_once_model;
static char path[256];

static int load_model(void **state) {
    (void)state;
    char file[1024];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(file, sizeof file, "%s/models/nordic.yaml", source != NULL ? source : ".");
    (void)snprintf(path, sizeof path, "/tmp/jalki-test-panel-%d.h5", (int)getpid());
    if (jk_model_load(file, &loaded, NULL) != JK_OK) {
        return -1;
    }
    at_once_model = at_once(loaded);
    return 0;
}

static int free_model(void **state) {
    (void)state;
    free_at_once(&at_once_model);
    jk_model_free(loaded);
    (void)unlink(path);
    return 0;
}

static void add(cell *to, double cash, double expected, double share) {
    to->rows++;
    to->cash += cash;
    to->expected += expected;
    to->variance += share * expected * (1.0 - all_instalments + 0.05 * all_instalments);
}

static jk_status tally_block(void *context, const jk_panel_block *block, jk_error *error) {
    tally *all = context;
    (void)error;
    jk_expected_cash(all->model, block, all->expected);
    for (size_t i = 0; i < block->rows; i++) {
        double cash = block->cash[i] / block->balance_start[i], expected = all->expected[i] / block->balance_start[i];
        const jk_segment *segment = &all->model->segments[block->law->segment[i]];
        double share = segment->recovery_share[block->treatment[i]];
        size_t age = (size_t)(block->age_start[i] / 12.0);
        add(&all->cells[0][block->law->segment[i]], cash, expected, share);
        add(&all->cells[1][block->treatment[i] * 3 + block->title_state[i]], cash, expected, share);
        add(&all->cells[2][jk_expected_class(block, i)], cash, expected, share);
        add(&all->cells[3][block->score->score[i] / 50], cash, expected, share);
        add(&all->cells[4][age < CELLS_MAX ? age : CELLS_MAX - 1], cash, expected, share);
        add(&all->cells[5][block->months[i] >= 1.0], cash, expected, share);
        if (block->class_end[i] >= 0) {
            const double *row = segment->class_monthly[block->treatment[i]][block->class_start[i]];
            for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
                all->transitions[block->class_start[i]][to] += (block->class_end[i] == to) - row[to];
                all->variance[block->class_start[i]][to] += row[to] * (1.0 - row[to]);
            }
        }
    }
    return JK_OK;
}

/* One thread: the tally is shared. */
static void tally_panel(tally *all, size_t *rows) {
    jk_error error = {0};
    jk_panel *panel = NULL;
    const jk_run run = {.threads = 1};
    assert_int_equal(jk_panel_open(path, model, &panel, &error), JK_OK);
    *rows = jk_tape_rows(jk_panel_tape(panel));
    all->model = model;
    all->expected = calloc(jk_panel_block_rows(panel, &run), sizeof *all->expected);
    assert_int_equal(jk_panel_stream(panel, &run, tally_block, all, &error), JK_OK);
    free(all->expected);
    jk_panel_close(panel);
}

static void test_cash_has_the_model_s_expectation(void **state) {
    (void)state;
    static const char *const names[KINDS - 1] = {"segment", "treatment and title", "class", "score", "years"};
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = 40000;
    options.seed = 11;
    options.instalments = all_instalments;
    assert_int_equal(jk_generate_panel(&options, model, path, JK_PANEL_STORE, NULL, NULL, NULL), JK_OK);
    tally *all = calloc(1, sizeof *all);
    size_t rows = 0;
    tally_panel(all, &rows);
    assert_true(rows > 500000);
    double cash = 0.0, expected = 0.0, variance = 0.0;
    for (size_t kind = 0; kind + 1 < KINDS; kind++) { /* months at risk are an outcome: cells of them have no mean 0 */
        for (size_t c = 0; c < CELLS_MAX; c++) {
            const cell *one = &all->cells[kind][c];
            if (one->rows < 3000) {
                continue;
            }
            double z = (one->cash - one->expected) / sqrt(one->variance);
            print_message("%-20s %3zu %7zu rows  cash %9.3f expected %9.3f  z %6.2f\n", names[kind], c, one->rows,
                          one->cash, one->expected, z);
            assert_true(fabs(z) < 4.0);
            cash += kind == 0 ? one->cash : 0.0;
            expected += kind == 0 ? one->expected : 0.0;
            variance += kind == 0 ? one->variance : 0.0;
        }
    }
    assert_true(fabs(cash - expected) < 3.0 * sqrt(variance));
    assert_true(sqrt(variance) < 0.05 * expected); /* the test can tell a wrong level */
    for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            assert_true(fabs(all->transitions[from][to]) < 4.0 * sqrt(all->variance[from][to]));
        }
    }
    free(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cash_has_the_model_s_expectation)};
    return cmocka_run_group_tests(tests, load_model, free_model);
}
