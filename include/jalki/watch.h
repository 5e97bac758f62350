/* SPDX-License-Identifier: Apache-2.0 */
/* What changed from one month's tape to the next: per debtor and claim, whose decision is another now, why, and what
 * acting on it is worth.
 *
 *     jk_watch watch;
 *     jk_watch_run(&from, &to, &options, &watch, &error);
 *     jk_watch_reset(&watch);
 *
 * A claim's worth of acting on the change, its gain, is what its new decision is worth now less what going on with the
 * old one would be worth now (where that is no longer allowed: less closing). Of a new claim it is what the decision is
 * worth more than waiting. */
#ifndef JALKI_WATCH_H
#define JALKI_WATCH_H

#include "jalki/compare.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What can change; a claim may have several. X(NAME, name, meaning) */
#define JK_CHANGES(X)                                                                                                  \
    X(NEW, new, "only the second tape has the claim")                                                                  \
    X(LEFT, left, "only the first tape has it")                                                                        \
    X(ABLE, able, "the debtor became able to pay more: none, weak, able")                                              \
    X(WEAKER, weaker, "the debtor became able to pay less")                                                            \
    X(INCOME, income, "another income, or one that became known or unknown")                                           \
    X(EMPLOYMENT, employment, "another employment")                                                                    \
    X(REACHABLE, reachable, "another channel to the debtor")                                                           \
    X(STATUS, status, "another legal status")                                                                          \
    X(TITLE, title, "another date of the title")                                                                       \
    X(BALANCE, balance, "principal or fees are other ones; accrued interest alone is no change")                       \
    X(PAID, paid, "a payment came in")                                                                                 \
    X(BEGAN, began, "the debtor pays instalments and did not")                                                         \
    X(STOPPED, stopped, "the debtor paid instalments and does not any more")                                           \
    X(BAR, bar, "the claim is barred, or will be on another day")                                                      \
    X(DIED, died, "the debtor died")                                                                                   \
    X(ALONE, alone, "the debtor must be left alone: neither amicable nor legal is allowed any more")                   \
    X(OWN, own, "an own column of the mapping (extra) has another value")                                              \
    X(DECISION, decision, "another decision")                                                                          \
    X(MODEL, model, "the decision is another only because model or required return are")                               \
    X(TIME, time, "the decision is another only because time has passed")

typedef enum jk_change_kind {
#define JK_X(NAME, name, meaning) JK_CHANGED_##NAME,
    JK_CHANGES(JK_X)
#undef JK_X
        JK_CHANGED_COUNT
} jk_change_kind;

typedef struct jk_watch_options {
    unsigned allow; /* actions, as in jk_value_options */
    size_t top;     /* rows of the list */
    int only;       /* a jk_change_kind: the list has claims with that change alone; -1: all that changed */
    size_t memory;  /* as in jk_compare_options */
    jk_run run;
} jk_watch_options;

/* Claims with a change. Base currency. */
typedef struct jk_watch_sum {
    uint64_t claims, flips; /* flips: with another decision */
    double balance;         /* owed now; of claims that left: before */
    double before, after;   /* value */
    double gain;
} jk_watch_sum;

typedef struct jk_watch_row {
    uint32_t from_row, to_row; /* on the tapes; UINT32_MAX: not there */
    uint32_t changes;          /* bit c: jk_change_kind c */
    uint32_t own;              /* bit i: own column i of the list changed */
    uint8_t decision[2], capacity_class[2];
    double balance, value[2], gain; /* balance: as above */
    double debtor_gain;             /* of all the debtor's claims that changed */
} jk_watch_row;

/* An own column that both tapes have under one name and type. */
typedef struct jk_watch_own {
    const char *name;
    jk_column place[2]; /* on either tape */
    jk_watch_sum sum;   /* of the claims of which it changed */
} jk_watch_own;

typedef struct jk_watch {
    int32_t cutoff[2];
    double irr[2];
    jk_compare_side from, to;
    jk_group total[2];
    uint64_t changed; /* claims with any change */
    jk_watch_sum sum[JK_CHANGED_COUNT];
    size_t own_count;
    jk_watch_own own[JK_EXTRA_COUNT];
    size_t own_apart_count; /* own columns that only one tape has, or both in different types: they are not compared */
    const char *own_apart[2 * JK_EXTRA_COUNT];
    size_t count;
    jk_watch_row *rows; /* debtors with the largest gain first, a debtor's claims together, then by gain */
} jk_watch;

/* Values the first tape on both cut-offs and the second with each model. About 100 bytes a claim of either tape. Errors
 * as jk_compare. *watch is the caller's, for jk_watch_reset; empty on failure. */
jk_status jk_watch_run(const jk_compare_side *from, const jk_compare_side *to, const jk_watch_options *options,
                       jk_watch *watch, jk_error *error);
void jk_watch_reset(jk_watch *watch);

/* The list, and the sums by change, then by own column, as rows; for NULL the columns alone. */
jk_listing jk_watch_listing(const jk_watch *watch);
jk_listing jk_watch_sums_listing(const jk_watch *watch);

/* Everything as JSON, ending in a line end; NULL if there is no memory or a tape cannot be read. Free with free(). */
char *jk_watch_json(const jk_watch *watch);

#ifdef __cplusplus
}
#endif
#endif
