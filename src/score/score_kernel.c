/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of a scorecard over rows, compiled once per instruction set: points by level and by bin, and from eta to
 * class and theta. */
#include <stdbool.h>

#include "base/lanes/isa_name.h"
#include "base/number/fmath.h"
#include "base/team/rows.h"
#include "score/scorer_internal.h"

static void level_points(const jk_scorer_item *item, const jk_block *block, size_t first, size_t count,
                         double *points) {
    const void *data = block->column[item->from->column];
    const double *of_code = item->code_points;
    if (jk_schema_column(item->from->column)->type == JK_TYPE_ENUM) {
        const int8_t *code = (const int8_t *)data + first;
        for (size_t i = 0; i < count; i++) {
            points[i] = of_code[code[i] + 1];
        }
    } else {
        const int32_t *code = (const int32_t *)data + first;
        JK_ROWS_APART
        for (size_t i = 0; i < count; i++) {
            points[i] = of_code[code[i] + 1];
        }
    }
}

/* The bin of a value is the last one whose lower bound it reaches; +infinity reaches all of them. */
static void bin_points(const jk_characteristic *from, const double *value, size_t count, double *points) {
    double missing = from->missing_points, lowest = from->points[0];
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        points[i] = value[i] != value[i] ? missing : lowest;
    }
    for (size_t bin = 1; bin < from->count; bin++) {
        double bound = from->below[bin - 1], of_bin = from->points[bin];
        JK_ROWS_APART
        for (size_t i = 0; i < count; i++) {
            double before = points[i];
            points[i] = value[i] >= bound ? of_bin : before;
        }
    }
}

static void add_points(const double *points, size_t count, double *sum) {
    JK_ROWS_APART
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

/* Rows [first, first + count), at most JK_SCORE_TILE. */
static void finish(const jk_scorer *scorer, const jk_law_facts *law, size_t first, size_t count,
                   jk_score_columns *out) {
    const jk_scorecard *card = &scorer->model->scorecard;
    const double *centers = scorer->centers;
    const double *eta = out->eta + first, *fading = out->fading + first;
    const int8_t *override = law->class_override + first;
    const uint16_t *segment = law->segment + first;
    int32_t *score = out->score + first;
    uint8_t *capacity_class = out->capacity_class + first, *class_guessed = out->class_guessed + first;
    double *theta = out->theta + first, *theta_now = out->theta_now + first;
    const double weak_from = card->weak_from, able_from = card->able_from;
    const int32_t guesses = jk_class_is_guessed(card);
    int32_t class[JK_SCORE_TILE], place[JK_SCORE_TILE];
    double center[JK_SCORE_TILE];
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        int32_t rounded = score_of(eta[i]);
        score[i] = rounded;
        class[i] = ((double)rounded >= weak_from) + ((double)rounded >= able_from); /* able is the higher */
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        int32_t by_score = class[i], given = override[i];
        class[i] = given < 0 ? by_score : given;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        class_guessed[i] = (uint8_t)(guesses & (override[i] < 0));
        capacity_class[i] = (uint8_t) class[i];
        place[i] = segment[i] * JK_CAPACITY_COUNT + class[i];
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        center[i] = centers[place[i]];
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        theta[i] = jk_exp(eta[i] - fading[i] - center[i]);
        theta_now[i] = jk_exp(eta[i] - center[i]);
    }
}

/* Marks who may be paying at the cut-off: paid lately, and somebody is there to keep a plan with. */
static void find_payers(const jk_scorer *scorer, const jk_law_facts *law, size_t count, jk_score_columns *out) {
    const int32_t *since = scorer->payers_since, *paid = law->paid_months;
    const uint16_t *segment = law->segment;
    const uint8_t *workable = law->workable, *allowed = law->allowed;
    uint8_t *paying = out->paying;
    const unsigned plans = JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE);
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        bool lately = paid[i] < since[segment[i]];
        paying[i] = (uint8_t)(lately & (workable[i] != 0) & ((allowed[i] & plans) != 0));
    }
    for (size_t i = 0; i < count; i++) {
        out->instalment[i] = 1.0;
    }
}

extern const jk_score_kernel JK_ISA_NAME(jk_score_kernel_);
const jk_score_kernel JK_ISA_NAME(jk_score_kernel_) = {level_points, bin_points, add_points, finish, find_payers};
