/* SPDX-License-Identifier: Apache-2.0 */
/* Which claims of two tapes are the same, by claim_id, whatever the order of either. Claims are numbered: those of the
 * first tape by their rows, then those that only the second has, in its order. */
#ifndef JK_PROGRAMME_MATCH_H
#define JK_PROGRAMME_MATCH_H

#include <stdbool.h>

#include "import/commit/ids.h"
#include "jalki/tape.h"

#define JK_MATCH_NONE UINT32_MAX

typedef struct jk_match {
    size_t from_rows, to_rows, both; /* of the tapes; claims that both have */
    size_t lines;                    /* claims of either: from_rows + to_rows - both */
    uint32_t *line;                  /* [to_rows] the number of each row of the second tape */
    uint32_t *to_row;                /* [lines] its row on the second tape, JK_MATCH_NONE: it is not there */
    jk_id_table ids;                 /* digest to number, until jk_match_forget_ids */
} jk_match;

/* Whether a claim of this number is on the first tape. */
static inline bool jk_match_in_from(const jk_match *match, size_t line) {
    return line < match->from_rows;
}

/* Reads both tapes' ids once. About 30 bytes a claim with the ids, 8 without. JK_ERROR_DATA where a tape has an id
 * twice. *match is the caller's, for jk_match_reset; empty on failure. */
jk_status jk_match_tapes(const jk_tape *from, const jk_tape *to, const jk_run *run, jk_match *match, jk_error *error);

/* The number of a claim_id, or JK_MATCH_NONE. */
uint32_t jk_match_find(const jk_match *match, const char *id, size_t length);
void jk_match_forget_ids(jk_match *match);
void jk_match_reset(jk_match *match);

#endif
