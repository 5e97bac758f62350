/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is refused on purpose, one allocation after the other. A program of tests that includes this stands in
 * `refusing` of tests/CMakeLists.txt: its links put these functions in the place of malloc() and its like. */
#ifndef JK_TESTS_SUPPORT_REFUSAL_H
#define JK_TESTS_SUPPORT_REFUSAL_H

#include <stdbool.h>

#include "support/must.h"

/* Refuses the allocation of this number from now on, counted from 1 in this process alone; 0: none. */
void refuse_allocation(long number);
bool allocation_was_refused(void);

/* Makes a call again and again, each time with another allocation refused, until there is none left to refuse: it must
 * fail each time but the last, or get on without (as a sort does), which `without` counts; NULL: it may not. The call
 * itself looks at how it fails and at what it leaves, and gives that back. Returns how many allocations were refused.
 */
static inline long refuse_each_allocation(jk_status (*call)(void *context, jk_error *error), void *context,
                                          long *without) {
    for (long number = 1;; number++) {
        jk_error error = {0};
        refuse_allocation(number);
        const jk_status status = call(context, &error);
        const bool refused = allocation_was_refused();
        refuse_allocation(0);
        if (!refused) {
            must(status, &error);
            return number - 1;
        }
        if (status == JK_OK && without != NULL) {
            ++*without;
        } else if (status == JK_OK || error.message[0] == '\0') {
            fail_msg("allocation %ld is refused, and nothing is said of it", number);
        }
    }
}

#endif
