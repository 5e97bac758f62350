/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the join of tapes and lists to history: who is who (panel_join_ids.c), what was paid and done
 * (panel_join_lists.c), the rows (panel_join_rows.c). */
#ifndef JK_HISTORY_PANEL_JOIN_H
#define JK_HISTORY_PANEL_JOIN_H

#include "import/commit/ids.h"
#include "jalki/panel_join.h"
#include "jalki/tape.h"

#define JK_JOIN_NONE UINT32_MAX

/* Something of a list, by claim and day. */
typedef struct join_event {
    int32_t date;
    uint32_t order;   /* in the list: breaks ties of days */
    int64_t cash;     /* of a payment */
    int64_t parts[3]; /* principal, interest, costs; JK_MISSING_MONEY: unknown */
    int8_t treatment; /* of an action */
} join_event;

/* Events of all claims: those of claim c are event[first[c] .. first[c + 1]), by day, then as in the file. */
typedef struct join_events {
    size_t count;
    join_event *event;
    size_t *first; /* claims + 1 */
} join_events;

typedef struct join_work {
    const jk_panel_join_options *options;
    const jk_run *run;
    jk_panel_join_summary *summary;
    jk_tape **tapes;
    uint64_t seed;       /* of digests */
    jk_id_table claims;  /* of all tapes */
    uint32_t **number;   /* by tape and row: the claim */
    uint16_t *last_tape; /* by claim: the last that has it */
    join_events payments, actions;
    jk_error *error;
} join_work;

/* Reads both lists into events by claim. */
jk_status jk_join_read_lists(join_work *work);

/* Own columns of all tapes, which live as long as they: the same name must be of the same type wherever it is. */
jk_status jk_join_extras(const join_work *work, jk_extras *extras);

/* The panel's manifest as JSON, for free(); NULL: out of memory. */
char *jk_join_manifest(const join_work *work);

/* Makes the rows and writes the panel. */
jk_status jk_join_write_rows(join_work *work);

#endif
