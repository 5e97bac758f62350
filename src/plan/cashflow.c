/* SPDX-License-Identifier: Apache-2.0 */
/* Cash flows on the fixed grid. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "jalki/plan.h"

static size_t cell_count(const jk_cashflow *flow) {
    return (size_t)flow->months * flow->segments * JK_FLOW_COUNT;
}

jk_status jk_cashflow_init(jk_cashflow *flow, int months, size_t segments, jk_error *error) {
    *flow = (jk_cashflow){.months = months, .segments = segments};
    flow->cell = jk_columns_zero(cell_count(flow), sizeof *flow->cell);
    return jk_held(flow->cell != NULL, error, "the cash flow");
}

void jk_cashflow_reset(jk_cashflow *flow) {
    free(flow->cell);
    *flow = (jk_cashflow){0};
}

void jk_cashflow_add(jk_cashflow *into, const jk_cashflow *from) {
    size_t count = cell_count(into);
    for (size_t i = 0; i < count; i++) {
        into->cell[i] += from->cell[i];
    }
}
