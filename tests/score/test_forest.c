/* SPDX-License-Identifier: Apache-2.0 */
/* Trees laid out for many claims give the bits of trees that are walked: random trees of every size up to what is laid
 * out and beyond, numbers on, beside and between thresholds, missing ones that go either way, by every instruction set.
 */
#include <math.h>
#include <stdlib.h>

#include "base/lanes/isa.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "score/scorer_internal.h"

enum { TREES = 40, FEATURES = 5, ROWS = 75, MOST_NODES = 2 * 300, ROOM = (ROWS + JK_FOREST_GROUP) * FEATURES };

static jk_tree_node nodes[TREES * MOST_NODES];
static double values[TREES * MOST_NODES];
static int32_t roots[TREES];
static uint16_t depths[TREES];
static uint64_t drawn;

static uint32_t draw(uint32_t below) {
    return jk_philox(5, 9, drawn++).word[0] % below;
}

/* Makes node `at` a tree of so many leaves, with its children from *next on; returns its depth. */
static int grow(int32_t at, uint32_t leaves, int32_t *next) {
    values[at] = (double)draw(1000) / 977.0 - 0.5;
    nodes[at] = (jk_tree_node){.left = at, .leaf = 1, .set = -1};
    if (leaves == 1) {
        return 0;
    }
    int32_t left = *next;
    *next += 2;
    nodes[at] = (jk_tree_node){.threshold = (float)draw(9),
                               .left = left,
                               .feature = (uint16_t)draw(FEATURES),
                               .missing_left = (uint8_t)draw(2),
                               .set = -1};
    uint32_t of_left = 1 + draw(leaves - 1);
    int a = grow(left, of_left, next), b = grow(left + 1, leaves - of_left, next);
    return 1 + (a > b ? a : b);
}

static jk_trees make_trees(void) {
    static const uint32_t leaves[] = {1, 2, 3, 31, 32, 33, 64, 65, 256, 257, 300};
    int32_t next = 0;
    for (size_t t = 0; t < TREES; t++) {
        roots[t] = next++;
        depths[t] = (uint16_t)grow(roots[t], t < 11 ? leaves[t] : 1 + draw(70), &next);
    }
    return (jk_trees){.base = 0.25,
                      .feature_count = FEATURES,
                      .tree_count = TREES,
                      .node_count = (size_t)next,
                      .roots = roots,
                      .depths = depths,
                      .nodes = nodes,
                      .values = values};
}

static float draw_number(void) {
    static const float ends[] = {NAN, -INFINITY, INFINITY, -0.0f};
    uint32_t kind = draw(8);
    return kind < 4 ? (float)draw(9) : kind < 6 ? (float)draw(90) / 10.0f : ends[draw(4)];
}

static void bits_are_those_of_walking(void **state) {
    (void)state;
    static _Alignas(64) float by_row[ROOM], by_group[ROOM];
    const jk_trees trees = make_trees();
    double walked[ROWS] = {0};
    for (size_t i = 0; i < ROWS * FEATURES; i++) {
        by_row[i] = draw_number();
        by_group[jk_forest_place(FEATURES, i / FEATURES, i % FEATURES)] = by_row[i];
    }
    jk_score_add_trees(&trees, by_row, ROWS, walked);
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        if (!jk_isa_runs((jk_isa)isa)) {
            print_message("skipped: %s does not run here\n", jk_isa_name((jk_isa)isa));
            continue;
        }
        assert_int_equal(setenv("JALKI_ISA", jk_isa_name((jk_isa)isa), 1), 0);
        jk_forest *forest = NULL;
        jk_error error = {0};
        assert_int_equal(jk_forest_create(&trees, &forest, &error), JK_OK);
        size_t laid_out = 0;
        for (size_t t = 0; t < TREES; t++) {
            laid_out += forest->tree[t].words > 0;
        }
        assert_in_range(laid_out, TREES / 2, TREES - 2); /* some of either kind */
        double added[ROWS] = {0};
        jk_forest_add(forest, by_group, ROWS, added);
        assert_memory_equal(added, walked, sizeof walked);
        jk_forest_free(forest);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bits_are_those_of_walking)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
