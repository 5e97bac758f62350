/* SPDX-License-Identifier: Apache-2.0 */
/* Cash flow by country: the engine sums it by segment, so each segment is split into one per country of the tape. The
 * parts keep every figure of their segment and stand where it stood, so that each claim is valued as before. */
#ifndef JK_SCENARIO_BY_COUNTRY_H
#define JK_SCENARIO_BY_COUNTRY_H

#include "jalki/model.h"
#include "jalki/tape.h"

typedef struct jk_by_country {
    jk_model model;       /* a view: shares all but its segments with the model it was made of */
    size_t *origin;       /* [model.segment_count] index of the segment that it is a part of */
    const char **country; /* [model.segment_count] code; NULL where segments could not be split */
    void *arena;
} jk_by_country;

/* Splits the segments of `model`, which must outlive the result, as must the tape. Where the parts would be more than a
 * model can hold, nothing is split. *split need not be initialised; on failure it is empty. */
jk_status jk_by_country_make(const jk_model *model, const jk_tape *tape, jk_by_country *split, jk_error *error);
void jk_by_country_reset(jk_by_country *split);

#endif
