/* SPDX-License-Identifier: Apache-2.0 */
/* The plan kernel of claims whose debtors pay in spells, compiled once per instruction set: induction, then projection,
 * of one tile over quiet and paying states. The kinds of group are compiled apart from one source, as in plan_kernel.c.
 */
#include "base/lanes/isa_name.h"
#include "plan/kernel_payers_induct.h"
#include "plan/kernel_payers_project.h"
#include "plan/plan_kernel.h"

#define JK_TILE_STATES        JK_ALL_STATES
#define JK_TILE_INDUCT        jk_payers_induct
#define JK_TILE_PROJECT_EPOCH jk_payers_project_epoch
#include "plan/kernel_loops.h"

JK_INLINE void project_shape(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells, const jk_shape shape) {
    jk_project_epochs(group, tile, cells, shape);
    if (cells != NULL && tile->epochs < group->tables->epoch_count) {
        /* Claims barred on the very day on which an epoch ends are counted on it. */
        const jk_plan_epoch *epoch = &group->tables->epochs[tile->epochs];
        jk_epoch_sums sums = {{0}, {0}, {0}};
        for (size_t at = 0; at < tile->rows; at += JK_LANES) {
            jk_count_payers(tile, at, shape, &sums);
        }
        cells += ((size_t)epoch->first_month * group->tables->segment_count + group->segment_index) * JK_FLOW_COUNT;
        cells[JK_FLOW_PAYERS] += jk_sum_lanes(sums.payers);
    }
}

/* Titles that end are no kind of their own here: they are told apart like those with a higher instalment. */
JK_KIND(none, 0, 0, false, false)
JK_KIND(pending, 1, 1, false, false)
JK_KIND(title, 2, 2, false, false)
JK_KIND(title_legal, 2, 2, true, false)
JK_KIND(pending_legal, 1, 2, true, false)
JK_KIND(none_legal, 0, 2, true, false)

static const jk_kind_code *kind_of(const jk_plan_group *group) {
    static const jk_kind_code *const kinds[JK_TITLE_COUNT][2] = {
        {&none, &none_legal}, {&pending, &pending_legal}, {&title, &title_legal}};
    return kinds[group->title][group->legal];
}

static void payers_run(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells) {
    jk_run_kind(kind_of(group), group, tile, cells);
}

/* P over one unit of time, and M, of pairs of moods; for tests. */
static void pair(bool month, const float *rates, float *left, float *share, size_t count) {
    for (size_t i = 0; i < count; i += JK_LANES) {
        const jk_pair moods = {jk_load(rates + i), jk_load(rates + count + i), jk_load(rates + 2 * count + i),
                               jk_load(rates + 3 * count + i)};
        const jk_stay stay = month ? jk_stay_month(&moods) : jk_stay_over(&moods, NULL);
        const jk_vec lefts[4] = {stay.left.qq, stay.left.qp, stay.left.pq, stay.left.pp};
        const jk_vec shares[4] = {stay.share.qq, stay.share.qp, stay.share.pq, stay.share.pp};
        for (size_t n = 0; n < 4; n++) {
            jk_store(left + n * count + i, lefts[n]);
            jk_store(share + n * count + i, shares[n]);
        }
    }
}

const jk_plan_kernel JK_ISA_NAME(jk_payers_kernel_) = {.run = payers_run, .pair = pair};
