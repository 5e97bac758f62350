/* SPDX-License-Identifier: Apache-2.0 */
/* What a jk_panel holds, for the files that open and stream it. */
#ifndef JK_HISTORY_PANEL_INTERNAL_H
#define JK_HISTORY_PANEL_INTERNAL_H

#include "jalki/panel_filter.h"

struct jk_panel {
    const jk_model *model;
    jk_tape *tape;
    jk_law *law;
    jk_scorer *scorer;
    jk_debtors debtors; /* sums per group */
    int32_t *group;     /* of each row: number of its (debtor, period_start) */
    size_t group_count;
    uint64_t columns; /* loaded into every block; debtor_index is among them */
    jk_panel_span span;
};

/* Reads what numbers the groups and fills group, group_count and span. */
jk_status jk_panel_group_rows(jk_panel *panel, jk_error *error);

/* Hundredth of a key, 0..99. */
int jk_panel_hundredth(const char *key, size_t length);

/* Whether a key of this hundredth is in the filter. */
bool jk_panel_filter_has(const jk_panel_filter *filter, int hundredth);

#endif
