/* SPDX-License-Identifier: Apache-2.0 */
/* What was done before: who was contacted lately, or often enough, and is left in peace. */
#ifndef JALKI_DONE_H
#define JALKI_DONE_H

#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_done_rules {
    int32_t cutoff;         /* days since 1970-01-01 */
    int32_t rest;           /* days after a contact within which there is no other */
    int32_t most;           /* contacts of a debtor within the last 365 days; 0: as many as may be */
    const char *pseudonyms; /* file of the key where the tape has pseudonyms and the list has not; or NULL */
} jk_done_rules;

typedef struct jk_done {
    uint8_t *resting;          /* [claims] 1: its debtor rests */
    uint64_t actions, unknown; /* rows of the list up to the cut-off; claims of it that the tape lacks */
    uint64_t rejected;         /* rows of the list that are no actions */
    uint64_t debtors;          /* who rest */
} jk_done;

/* Reads a list of actions (CSV: claim_id, from_date, treatment; surveil is no contact) and marks the claims of debtors
 * that rest. Errors as of import. *done is the caller's, for jk_done_reset; empty on failure. */
jk_status jk_done_read(const char *actions, const jk_tape *tape, const jk_done_rules *rules, const jk_run *run,
                       jk_done *done, jk_error *error);
void jk_done_reset(jk_done *done);

#ifdef __cplusplus
}
#endif
#endif
