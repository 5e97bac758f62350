/* SPDX-License-Identifier: Apache-2.0 */
/* What falls due: by when limitation must be interrupted and titles renewed, by what, what it costs, what is lost if it
 * is not done, and whether it pays; final bars ahead and payment plans that end.
 *
 *     jk_calendar calendar;
 *     jk_calendar_make(tape, model, &options, &calendar, &error);
 *     jk_calendar_reset(&calendar);
 *
 * Days are those of the law stage (jk_law_explain). What is at stake is a difference of values of the whole plan: with
 * letters and renewals less without them (jk_law_lapse), or with the court less without it; so it is what the act, and
 * all that it keeps possible, is worth after its cost. */
#ifndef JALKI_CALENDAR_H
#define JALKI_CALENDAR_H

#include "jalki/decide.h"
#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_due_kind {
    JK_DUE_LETTER,          /* a letter interrupts limitation */
    JK_DUE_FILING,          /* only the court does, or a payment */
    JK_DUE_ACKNOWLEDGEMENT, /* the court is not open to the claim: a payment or an acknowledgement is wanted */
    JK_DUE_NOTHING,         /* neither is allowed: the claim lapses */
    JK_DUE_RENEWAL,         /* a title ends unless it is renewed */
    JK_DUE_FINAL,           /* the claim, or its title, ends whatever is done */
    JK_DUE_PLAN_END,        /* at the instalments known the balance is paid */
    JK_DUE_COUNT
} jk_due_kind;

typedef struct jk_calendar_options {
    jk_value_options value; /* cut-off, return, allowed actions, memory, threads */
    int32_t until;          /* the last day that counts; JK_MISSING_INTEGER: a year after the cut-off */
    int32_t lead, post;     /* days before the day of the law by which the act must be begun, and that post takes */
    const jk_team *teams;   /* for the sums; NULL: none */
    size_t team_count;
} jk_calendar_options;

typedef struct jk_due {
    uint32_t row;   /* on the tape */
    int32_t on;     /* the day of the law: done by then, not later */
    int32_t act_by; /* on - lead - post; before the cut-off: at once */
    uint8_t kind;   /* jk_due_kind */
    uint8_t pays;   /* 1: what is at stake is above 0; of final bars and plans: 0 */
    uint16_t country, segment;
    float balance, value; /* of the claim, base currency */
    float cost;           /* of the act, the claim's share of its debtor's */
    float stake;          /* lost if it is not done; 0 for final bars and plans */
} jk_due;

/* What falls due in a week (from Monday) or a month, for all or a team, by the day of acting; what must be done at once
 * stands on the cut-off. */
typedef struct jk_due_sum {
    int32_t from;
    int month; /* 1: a month, 0: a week */
    int team;  /* index, -1: all */
    uint64_t count[JK_DUE_COUNT];
    uint64_t lapse;     /* of letters, filings, acknowledgements and renewals: those that do not pay */
    double cost, stake; /* of those that pay */
} jk_due_sum;

typedef struct jk_calendar {
    const jk_tape *tape;
    const jk_model *model;
    const jk_team *teams;
    size_t team_count;
    int32_t cutoff, until, lead, post;
    double irr;
    jk_group total;
    size_t count;
    jk_due *due; /* by day of acting; of one day, what is most at stake first, then the larger balance */
    size_t sum_count;
    jk_due_sum *sum; /* months, then weeks; each by day, all first, then the teams */
    uint64_t barred; /* claims that are barred at the cut-off */
} jk_calendar;

/* Three valuations. About 10 bytes a claim and 40 bytes an entry. *calendar is the caller's, for jk_calendar_reset;
 * empty on failure. Errors as jk_value_run, and JK_ERROR_ARGUMENT where `until` lies before the cut-off. */
jk_status jk_calendar_make(const jk_tape *tape, const jk_model *model, const jk_calendar_options *options,
                           jk_calendar *calendar, jk_error *error);
void jk_calendar_reset(jk_calendar *calendar);

/* The entries, and the sums by month, week and team, as rows; for NULL the columns alone. */
jk_listing jk_calendar_listing(const jk_calendar *calendar);
jk_listing jk_calendar_sums_listing(const jk_calendar *calendar);

/* The sums, and the first `rows` entries, as JSON; NULL if there is no memory. Free with free(). Without ids, claims
 * are called by their rows and debtors not at all. */
char *jk_calendar_json(const jk_calendar *calendar, size_t rows, int with_ids);

/* All entries as CSV. */
jk_status jk_calendar_write_claims(const jk_calendar *calendar, const char *path, jk_error *error);

/* An iCalendar file (RFC 5545): for each day and kind of act one entry, with its claims' number, cost and stake, and
 * the first claims by name; acts that do not pay are left out. */
jk_status jk_calendar_write_ics(const jk_calendar *calendar, const char *path, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
