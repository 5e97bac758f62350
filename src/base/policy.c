/* SPDX-License-Identifier: Apache-2.0 */
#include "base/policy.h"

static jk_policy current;

void jk_policy_set(const jk_policy *policy) {
    current = *policy;
}

const jk_policy *jk_policy_get(void) {
    return &current;
}
