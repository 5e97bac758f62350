/* SPDX-License-Identifier: Apache-2.0 */
/* A call that works on a tape of nine claims, with each allocation refused in turn. The program stands in `refusing` of
 * tests/CMakeLists.txt. */
#ifndef JK_TESTS_SCENARIO_REFUSED_CASE_H
#define JK_TESTS_SCENARIO_REFUSED_CASE_H

#include "support/refusal.h"
#include "value/engine_case.h"

/* More than `least` allocations are refused, of which the call gets on without fewer than one in `part`. */
static inline void refuse_on_nine_claims(jk_status (*call)(void *tape, jk_error *error), long least, long part) {
    long without = 0;
    jk_tape *few = open_made("first.h5", &(tape_plan){.rows = 9});
    const long refused = refuse_each_allocation(call, few, &without);
    print_message("%ld allocations, %ld of them not needed\n", refused, without);
    assert_true(refused > least && without < refused / part);
    jk_tape_close(few);
}

#endif
