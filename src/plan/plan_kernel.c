/* SPDX-License-Identifier: Apache-2.0 */
/* The plan kernel, compiled once per instruction set: induction, then projection, of one tile. The kinds of group
 * (title states that can be reached, titles that end or not) are compiled apart from one source. */
#include "plan/plan_kernel.h"

#include "base/lanes/isa_name.h"
#include "plan/kernel_induct.h"
#include "plan/kernel_project.h"

#define JK_TILE_STATES        JK_STATES
#define JK_TILE_INDUCT        jk_induct
#define JK_TILE_PROJECT_EPOCH jk_project_epoch
#include "plan/kernel_loops.h"

JK_INLINE void project_shape(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells, const jk_shape shape) {
    jk_project_epochs(group, tile, cells, shape);
}

JK_KIND(none, 0, 0, false, false)
JK_KIND(pending, 1, 1, false, false)
JK_KIND(title, 2, 2, false, false)
JK_KIND(title_legal, 2, 2, true, false)
JK_KIND(pending_legal, 1, 2, true, false)
JK_KIND(none_legal, 0, 2, true, false)
JK_KIND(pending_legal_ends, 1, 2, true, true)
JK_KIND(none_legal_ends, 0, 2, true, true)

static const jk_kind_code *kind_of(const jk_plan_group *group) {
    bool ends = group->jurisdiction->title_end > 0.0f;
    switch (group->title) {
    case JK_TITLE_NONE:
        return !group->legal ? &none : (ends ? &none_legal_ends : &none_legal);
    case JK_TITLE_PENDING:
        return !group->legal ? &pending : (ends ? &pending_legal_ends : &pending_legal);
    default:
        return !group->legal ? &title : &title_legal;
    }
}

static void plan_run(const jk_plan_group *group, jk_plan_tile *tile, int64_t *cells) {
    jk_run_kind(kind_of(group), group, tile, cells);
}

static void decay(int range, const float *t, float *share, float *left, size_t count) {
    for (size_t i = 0; i < count; i += JK_LANES) {
        jk_vec time = jk_load(t + i);
        jk_decay result = range == 0 ? jk_decay_short(time) : (range == 1 ? jk_decay_long(time) : jk_decay_far(time));
        jk_decay_repair(time, range == 0 ? JK_DECAY_SHORT : (range == 1 ? JK_DECAY_LONG : JK_DECAY_FAR), &result);
        jk_store(share + i, result.share);
        jk_store(left + i, result.left);
    }
}

const jk_plan_kernel JK_ISA_NAME(jk_plan_kernel_) = {.run = plan_run, .decay = decay};
