/* SPDX-License-Identifier: Apache-2.0 */
/* What a model has beside the cash is not known exactly either: exits, how classes move, how long a title takes and
 * what a case brings before it, and how fast the last payment fades. Errors stand in the covariance that `fit` writes.
 *
 * A figure is multiplied by exp(d - Var(d) / 2). Exits of a segment: d = s z + l e y, with its own error s, the error e
 * of all segments together and l the part of it that leans on them; cells of class matrices likewise, by relative
 * errors c, s^2 = ln(1 + c^2), and what is left of a row is the class that stays. z and y are standard normal. */
#ifndef JK_SIMULATE_BESIDE_H
#define JK_SIMULATE_BESIDE_H

#include <jansson.h>
#include <stdint.h>

#include "base/memory.h"
#include "jalki/model.h"

/* Errors of a segment, standard deviations of logarithms; 0: not drawn. */
typedef struct jk_beside_segment {
    double exit, exit_leans, title;
    double move[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT][JK_CAPACITY_COUNT], leans[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT];
} jk_beside_segment;

typedef struct jk_beside {
    size_t count; /* figures that are drawn; 0: none */
    double half_life, pre_title, exits;
    size_t segments;
    jk_beside_segment *segment; /* [segments + 1] the last: all together, moves alone */
} jk_beside;

/* Reads `object`, "beside_cash" of the file; NULL: there is none. JK_ERROR_FORMAT for figures that `fit` does not
 * write, JK_ERROR_DATA for segments that the model does not have. */
jk_status jk_beside_read(jk_beside *beside, const json_t *object, const char *path, const jk_model *model,
                         jk_error *error);
void jk_beside_reset(jk_beside *beside);

enum { JK_BESIDE_DRAWS = 8 };

/* A model as it may be: `segment` [segments] and *card, copies of the model's or of another draw's, are changed by the
 * draw `number`, below JK_BESIDE_DRAWS; all normal numbers times `sign`, 1 or -1. They are scaled so that over all
 * draws each figure by itself varies as much as it may. */
jk_status jk_beside_draw(const jk_beside *beside, uint64_t seed, uint64_t number, double sign, jk_segment *segment,
                         jk_scorecard *card, jk_error *error);

#endif
