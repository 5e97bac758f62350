/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a comparison: what is kept while the valuations run, and how it is summed up. */
#ifndef JK_PROGRAMME_COMPARE_H
#define JK_PROGRAMME_COMPARE_H

#include "jalki/compare.h"
#include "programme/match.h"

/* Names that two lists have together. */
typedef struct jk_names {
    char **name;
    size_t count, capacity;
} jk_names;

/* Appends what is missing of `names`; number[i] is where names[i] stands. JK_ERROR_DATA beyond 65535 of them. */
jk_status jk_names_add(jk_names *to, const char *const *names, size_t count, uint16_t *number, jk_error *error);

typedef struct jk_compare_own {
    jk_match match;
    void *memory[16]; /* arrays of jk_compare_claims and names, to be freed */
    size_t held;
} jk_compare_own;

/* Cut-offs and returns of two valuations, the defaults put in. JK_ERROR_DATA where a cut-off is missing, the second
 * lies before the first, or base currencies differ. */
jk_status jk_pair_settle(const jk_compare_side *const side[2], int32_t cutoff[2], double irr[2], jk_error *error);

/* Days after `from` up to `to`: payments in that time by number of the claim (jk_match), hundredths of its currency.
 * paid[lines] is added to. Claims that neither tape has are counted, and rows
 * that are no payments. */
jk_status jk_paid_between(const char *payments, const char *pseudonyms, const jk_match *match, int32_t from, int32_t to,
                          const jk_run *run, int64_t *paid, uint64_t *count, uint64_t *unknown, uint64_t *rejected,
                          jk_error *error);

/* The worth of a claim at each level and what stands between, by steps; JK_STEP_OPENING and JK_STEP_CLOSING included.
 */
void jk_compare_steps(const jk_comparison *comparison, size_t claim, int64_t step[JK_STEP_COUNT]);

/* An amount on the grid of 2^-20 in so many parts of a unit, halves away from zero. */
int64_t jk_compare_rounded(int64_t grid, int64_t parts);

/* Fills claims.by and the names of its groups, when the claims have been valued. JK_ERROR_ARGUMENT where a tape has no
 * such columns, JK_ERROR_DATA where there are too many combinations. */
jk_status jk_compare_group_by(jk_comparison *comparison, const jk_match *match, const char *by, jk_error *error);

/* What the two valuations decide of a claim: an action, or JK_ACTION_COUNT: "new" in the first, "left" in the second.
 */
const char *jk_compare_state_name(int state, bool first);

/* Makes the groups of the claims. */
jk_status jk_compare_sum(jk_comparison *comparison, const jk_run *run, jk_error *error);

#endif
