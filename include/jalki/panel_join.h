/* SPDX-License-Identifier: Apache-2.0 */
/* History from what an owner of debts has: tapes of the same portfolio at two or more cut-offs, a list of payments, and
 * perhaps a list of what was done from when (docs/panel.md).
 *
 * The time between two tapes is cut into periods counted from the first one's cut-off. A claim of the earlier tape has
 * a row for each period, with that tape's columns; balance, last_paid_on and title_on move with the payments and with
 * the title that the later tape dates. Payments of a period are those after its first day up to and including the first
 * day of the next, because a tape holds what was paid up to its cut-off.
 */
#ifndef JALKI_PANEL_JOIN_H
#define JALKI_PANEL_JOIN_H

#include "jalki/import.h"
#include "jalki/listing.h"
#include "jalki/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a claim counts as having left that the next tape does not have, though it was not paid and its status names no
 * reason (deceased: death; bankruptcy and debt adjustment: insolvency). */
typedef enum jk_vanished { JK_VANISHED_CENSORED, JK_VANISHED_CLOSED, JK_VANISHED_SOLD } jk_vanished;

typedef struct jk_panel_join_options {
    const char *const *tapes; /* stores with cut-offs, the earliest first */
    size_t tape_count;        /* at least 2 */
    const char *payments;     /* CSV: claim_id, paid_on, amount, and where known principal, interest, costs */
    const char *payments_mapping;
    const char *actions; /* CSV: claim_id, from_date, treatment; NULL: none */
    const char *actions_mapping;
    const char *pseudonyms; /* key of the tapes' pseudonyms, for the lists' ids; NULL: none */
    int treatment; /* jk_treatment of periods before a claim's first action; -1: none, such periods are an error */
    jk_vanished vanished;
    int period_months; /* 1 to 120; the last period before a tape may be shorter */
    double max_rejects;
    int max_rejects_is_share; /* of the payments, and of the actions */
    int compression;          /* of the panel's columns, 0: none; 1..9 */
    const char *output;
} jk_panel_join_options;

/* Payments or actions of a sort; `amount` in hundredths of the claims' currencies, which are not told apart. */
typedef struct jk_panel_join_count {
    uint64_t count;
    int64_t amount;
} jk_panel_join_count;

typedef struct jk_panel_join_summary {
    uint64_t rows, claims, debtors; /* of the panel */
    uint64_t rows_with_cash;
    uint64_t entered;   /* claims that the first tape does not have */
    uint64_t vanished;  /* claims that the last tape does not have */
    uint64_t returned;  /* claims that a tape in between does not have, but a later one does: no exit there */
    uint64_t last_only; /* claims that only the last tape has: no period of theirs is over */
    uint64_t exits[JK_PANEL_EXIT_COUNT]; /* rows by exit */
    jk_panel_join_count payments;        /* accepted */
    jk_panel_join_count used;            /* in a row of the panel */
    jk_panel_join_count unknown;         /* of claims that no tape has */
    jk_panel_join_count outside;         /* of known claims, on days that no row of theirs covers */
    /* Negative amounts of known claims are taken off the payments before them, the latest first: those taken off, and
     * what there was nothing to take from. `payments` is net of both. */
    jk_panel_join_count reversals, reversals_alone;
    uint64_t payments_rejected, actions, actions_rejected, actions_unknown;
    int32_t first_start, end; /* days; first cut-off and last */
} jk_panel_join_summary;

/* Joins. JK_ERROR_DATA: a tape without a cut-off, or not later than the one before; periods without a treatment; too
 * many rejects. The panel appears whole or not at all; rejects are listed in <output>.payments.rejects.csv and
 * <output>.actions.rejects.csv. Memory: 12 bytes a claim and 4 a row of two tapes, 48 bytes a payment. */
jk_status jk_panel_join(const jk_panel_join_options *options, const jk_run *run, jk_panel_join_summary *summary,
                        jk_error *error);

/* The summary line by line: how many, and what they amount to. */
typedef struct jk_panel_join_line {
    const char *name;  /* in CSV and JSON */
    const char *title; /* in words */
    uint64_t count;
    const int64_t *amount; /* of the summary, in hundredths; NULL: none */
} jk_panel_join_line;
enum { JK_PANEL_JOIN_LINES = 18 };
void jk_panel_join_lines(const jk_panel_join_summary *summary, jk_panel_join_line lines[JK_PANEL_JOIN_LINES]);

/* The lines and the exits as rows, for NULL the columns alone; as JSON, for free(), NULL: no memory. */
jk_listing jk_panel_join_listing(const jk_panel_join_summary *summary);
char *jk_panel_join_json(const jk_panel_join_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
