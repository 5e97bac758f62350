/* SPDX-License-Identifier: Apache-2.0 */
/* Claims by debtor in two passes: count, add up, place (a counting sort), so that the order within a debtor is the
 * tape's. */
#include "decide/group.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

jk_status jk_group_claims(const jk_candidates *candidates, size_t **first, size_t **member, jk_error *error) {
    size_t debtors = jk_tape_debtors(candidates->tape);
    *first = calloc(debtors + 2, sizeof **first);
    *member = jk_columns_alloc(candidates->claims, sizeof **member);
    JK_TRY(jk_held(*first != NULL && *member != NULL, error, "the debtors to decide on"));
    for (size_t i = 0; i < candidates->claims; i++) {
        (*first)[candidates->debtor[i] + 2]++;
    }
    for (size_t d = 0; d < debtors; d++) {
        (*first)[d + 2] += (*first)[d + 1];
    }
    for (size_t i = 0; i < candidates->claims; i++) {
        (*member)[(*first)[candidates->debtor[i] + 1]++] = i;
    }
    assert((*first)[0] == 0 && (*first)[debtors] == candidates->claims);
    return JK_OK;
}
