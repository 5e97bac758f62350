/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of each debtor. */
#ifndef JK_DECIDE_GROUP_H
#define JK_DECIDE_GROUP_H

#include "jalki/decide.h"

/* Lists the claims by debtor, in tape order: those of debtor d are member[first[d] .. first[d + 1]). Both are the
 * caller's, to be freed, also after a failure. */
jk_status jk_group_claims(const jk_candidates *candidates, size_t **first, size_t **member, jk_error *error);

#endif
