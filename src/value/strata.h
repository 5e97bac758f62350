/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JK_VALUE_STRATA_H
#define JK_VALUE_STRATA_H

#include "base/memory.h"
#include "jalki/strata.h"
#include "tape/stratum.h"

/* Cells of a combination; then the value in each case, and how many claims it decides otherwise than its base. */
enum {
    JK_STRATA_CLAIMS,
    JK_STRATA_FACE,
    JK_STRATA_GROSS,
    JK_STRATA_NET,
    JK_STRATA_GROSS_12M,
    JK_STRATA_GROSS_60M,
    JK_STRATA_VALUE
};

enum { JK_STRATA_MEASURES = 10, JK_STRATA_CASE_COLUMNS = 3, JK_STRATA_CASE_MEASURES = 8 };

struct jk_strata {
    const jk_tape *tape;
    const jk_model *model;
    int32_t cutoff;
    jk_stratum_list list;
    jk_strata_shape shape;
    jk_strata_case *cases; /* [shape.cases] */
    uint64_t *row_key;     /* of each row of the tape; NULL: not kept */
    int threads;
    jk_stratum_table *table; /* [threads]; after the run all is in the first, in order */
    double total_face, onboarding_cost;
    jk_listing_column head[JK_STRATUM_COLUMNS + JK_STRATA_MEASURES];
    jk_listing_column case_head[JK_STRATA_CASE_COLUMNS + JK_STRATUM_COLUMNS + JK_STRATA_CASE_MEASURES];
    jk_arena *arena;
};

/* The case that one is compared with. */
static inline size_t jk_strata_base(const jk_strata *strata, size_t which) {
    return which - which % strata->shape.each;
}

/* Heads of the listings. */
void jk_strata_heads(jk_strata *strata);

#endif
