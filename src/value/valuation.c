/* SPDX-License-Identifier: Apache-2.0 */
/* Life and names of valuations. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "value/engine.h"

jk_value_options jk_value_defaults(void) {
    return (jk_value_options){.cutoff = JK_MISSING_INTEGER,
                              .irr = NAN,
                              .accrued_to = JK_MISSING_INTEGER,
                              .allow = JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL)};
}

const char *jk_reason_name(jk_reason reason) {
    static const char *const names[] = {"barred", "status", "uneconomic", "best"};
    return (unsigned)reason < JK_REASON_COUNT ? names[reason] : "?";
}

jk_status jk_valuation_create(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    valuation->arena = jk_arena_create();
    JK_TRY(jk_held(valuation->arena != NULL, error, "a valuation"));
    return jk_sums_finish(engine, which, valuation, error);
}

void jk_valuation_reset(jk_valuation *valuation) {
    jk_cashflow_reset(&valuation->flow);
    jk_cashflow_reset(&valuation->country_flow);
    jk_arena_free(valuation->arena);
    *valuation = (jk_valuation){0};
}
