/* SPDX-License-Identifier: Apache-2.0 */
/* Who to work first: claims by what working them gains over leaving them under surveillance, per agent hour (model.md
 * section 12), and what "largest first" would have gained with the same hours. */
#ifndef JALKI_WORKLIST_H
#define JALKI_WORKLIST_H

#include "jalki/decide.h"
#include "jalki/listing_template.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_worklist_order { JK_BY_GAIN_PER_HOUR, JK_BY_GAIN, JK_BY_BALANCE } jk_worklist_order;

typedef struct jk_worklist_options {
    size_t top;
    jk_worklist_order order;
    int treatment;  /* JK_AMICABLE or JK_LEGAL: that one only; -1: the better of the two for each claim */
    int by_debtor;  /* 1: a row is a debtor with all claims that one treatment is worth something for */
    jk_limit scope; /* whose claims: a country, a segment, a team; resource and amount are not looked at */
    double hours;   /* > 0: agent hours that the scope has; the list works what jk_decide decides under them */
    jk_listing_template *columns; /* as the list's rows are written as JSON; NULL: ours */
    const uint8_t *resting;       /* [claims] 1: contacted lately (jalki/done.h); NULL: nobody */
    int32_t cutoff;               /* of the valuation; JK_MISSING_INTEGER: the tape's */
    jk_run run;
} jk_worklist_options;

/* 100 claims of the whole tape by gain per hour, by the better treatment, without a budget. */
jk_worklist_options jk_worklist_defaults(void);

typedef struct jk_worklist_row {
    size_t row;        /* on the tape; of a debtor: the claim that owes most */
    size_t claims;     /* 1, or so many of the debtor's */
    double balance;    /* of these, base currency */
    double instalment; /* to offer a month for these, base currency; NaN: nothing to go by */
    double settlement; /* to accept for these in one payment, base currency; NaN: the model has no answer to an offer */
    int32_t next_on;   /* when to look again if nothing came, days since 1970-01-01 */
    jk_action action;  /* amicable or legal */
    double gain;  /* over surveillance (or closing, where surveillance is worth less or not allowed), base currency */
    double hours; /* agent hours in the first epoch */
} jk_worklist_row;

typedef struct jk_worklist {
    size_t count;
    jk_worklist_row *rows;            /* best first */
    double hours, gain;               /* of the rows */
    uint64_t eligible;                /* claims that could have come on the list */
    double hour_price, hours_decided; /* under options->hours: worth of one more, and those that decisions use, also of
                                         claims under surveillance; NaN without */
    double value_decided; /* under options->hours: what jk_decide's decisions are worth, of all claims; NaN without */
    /* The largest balances first among all that may be worked, gain or no gain, until the same hours are used. */
    uint64_t largest_first_claims;
    double largest_first_hours, largest_first_gain;
    uint64_t excluded[JK_EXCLUSION_COUNT];
    double excluded_balance[JK_EXCLUSION_COUNT];
} jk_worklist;

/* Makes the list. Ties go to the larger balance, then to the earlier row. JK_ERROR_MEMORY, JK_ERROR_INTERRUPTED.
 * *worklist is the caller's, for jk_worklist_reset. */
jk_status jk_worklist_make(const jk_candidates *candidates, const jk_worklist_options *options, jk_worklist *worklist,
                           jk_error *error);
void jk_worklist_reset(jk_worklist *worklist);

/* Its rows with their columns described; for NULLs the columns alone. */
jk_listing jk_worklist_listing(const jk_candidates *candidates, const jk_worklist *worklist);

/* Why claims are not on it, reason by reason, of those that narrow a list the ones that did; NULL: the columns alone.
 */
jk_listing jk_worklist_excluded_listing(const jk_worklist *worklist);

/* The list with its totals as JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_worklist_json(const jk_candidates *candidates, const jk_valuation *valuation,
                       const jk_worklist_options *options, const jk_worklist *worklist);

#ifdef __cplusplus
}
#endif
#endif
