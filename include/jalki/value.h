/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: streams a tape in blocks through law, score, terms and plan, hands each block's columns to sinks, and
 * puts the sums together. Everything that `value`, `price` and later commands report comes from here.
 *
 *     jk_valuation valuation = {0};
 *     jk_value_options options = jk_value_defaults();
 *     jk_value_run(tape, model, &options, sinks, sink_count, &valuation, &error);
 *     jk_offer offer = jk_offer_make(&valuation, NULL, 0, NAN);
 *     jk_valuation_reset(&valuation);
 *
 * Results do not depend on threads, block size or the order of rows. All memory is taken before the work starts
 * (jk_value_memory says how much); nothing is allocated per block. Only the sums per debtor grow with the tape. */
#ifndef JALKI_VALUE_H
#define JALKI_VALUE_H

#include <stdbool.h>

#include "jalki/findings.h"
#include "jalki/plan.h"
#include "jalki/price.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_RETURNS_MAX = 32, JK_CASES_MAX = 1024 }; /* required returns, and cases, in one run */

typedef struct jk_value_options {
    int32_t cutoff;      /* days since 1970-01-01; JK_MISSING_INTEGER: the tape's */
    double irr;          /* required yearly return, > -1; NaN: the model's */
    int32_t accrued_to;  /* the day to which the tape's interest stands: what lies between it and the cut-off is added
                            (jk_law_accrue); JK_MISSING_INTEGER: nothing is */
    bool lapses;         /* what if limitation were never interrupted and no title renewed any more (jk_law_lapse) */
    unsigned allow;      /* actions allowed at all, bits JK_ALLOW [all but sell] */
    const char *isa;     /* see jk_plan_options */
    size_t memory;       /* bytes that the run may take; 0: no bound. Blocks shrink first, then threads. */
    bool sinks_see_last; /* sinks see the last case alone, as if it were a run of one */
    bool values_only;    /* nothing is projected: flows and collections are 0, in half the time */
    /* Only claims that were written off at least age_from and less than age_end whole months before the cut-off are
     * part of the run; age_end 0: all. Debtors keep the balances of all their claims. Sinks see the others too, worth
     * 0. */
    int age_from, age_end;
    jk_accepted accepted; /* findings that the user accepts: not looked at by the run, told in its manifest */
    jk_run run;
} jk_value_options;

/* The tape's cut-off, the model's return, never selling, all cores, no bound on memory. */
jk_value_options jk_value_defaults(void);

/* Why the decision is what it is: the first that applies (model.md section 6). */
typedef enum jk_reason {
    JK_REASON_BARRED,     /* barred at the cut-off */
    JK_REASON_STATUS,     /* its status, or the run, allows only close */
    JK_REASON_UNECONOMIC, /* close beats all that is allowed */
    JK_REASON_BEST,
    JK_REASON_COUNT
} jk_reason;
const char *jk_reason_name(jk_reason reason); /* "barred", "status", "uneconomic", "best" */

/* Everything known of the rows of one block, valid during the sink's call. */
typedef struct jk_value_block {
    int thread;            /* 0..threads-1: which of the sink's buffers is free to use */
    size_t number;         /* of the block, from 0, in tape order */
    const jk_block *block; /* tape columns that were loaded; claim_id is loaded if a sink wants it */
    const jk_law_facts *law;
    const jk_score_columns *score;
    const jk_terms *terms; /* its segments are those of a split model; those of `law` are what they were cut from */
    const jk_plan_results *plan;
    const uint8_t *reason;        /* jk_reason; as `plan`, of the first case */
    const jk_scorer *scorer;      /* for jk_score_levels */
    const jk_plan_policy *policy; /* what the first case plans, where a sink asked for it or a case keeps it; or NULL */
    /* Of a run of several cases: what each planned, and what it is worth. NULL in a run of one, and where the last is
     * seen alone. */
    const float *const *case_value;      /* [cases][rows] */
    const uint8_t *const *case_decision; /* [cases][rows] */
} jk_value_block;

/* What a run will look like; given to sinks before it starts. */
typedef struct jk_value_shape {
    size_t rows;       /* of the tape */
    size_t block_rows; /* most rows in a block */
    int threads;
    bool shared; /* with other processes: sinks see the rows of this one alone */
} jk_value_shape;

/* Takes results block by block. Functions may be NULL. Memory is to be taken in `begin` only. */
typedef struct jk_value_sink {
    uint64_t columns; /* tape columns that the sink wants loaded, bit c for column c */
    size_t row_bytes; /* memory it needs per thread and row of a block */
    bool plans;       /* it wants the plans of the first case kept (jk_value_block.policy) */
    /* Once, before the first block. */
    jk_status (*begin)(void *context, const jk_value_shape *shape, jk_error *error);
    /* For each block, from several threads at once, blocks in any order. */
    jk_status (*block)(void *context, const jk_value_block *block, jk_error *error);
    /* For each block after its `block`, on the same thread, one at a time and in tape order. */
    jk_status (*ordered)(void *context, const jk_value_block *block, jk_error *error);
    void *context;
    /* One run on several processes (docs/cluster.md). `gather`: it keeps something of each row, and this gives every
     * process what the others have kept, once, after the last block. `parted`: a part of a run can make it, too: what
     * it makes of its rows is put together with that of the others when it is finished, and needs nothing of what a
     * pass before came to. A sink with neither must see all rows: ranks then each do all the work. */
    bool parted;
    jk_status (*gather)(void *context, jk_error *error);
    /* Memory that it holds besides, and that what is made of it after the run takes: whole, and per thread. */
    size_t held, thread_held;
} jk_value_sink;

/* Sums over a group of claims, base currency. */
typedef struct jk_group {
    uint64_t claims;
    double face;  /* balance at the cut-off */
    double value; /* at the required return */
    double erc_gross, erc_net;
    double hours; /* agent hours that their decisions take in the first epoch, claim by claim */
} jk_group;

/* Claims whose decision in this case is another than in the first case, which it is compared with. Sums of what the two
 * actions are worth, `from` being that of the first case: here, and in the first case. */
typedef struct jk_change {
    uint64_t claims;
    double face;
    double from_here, to_here;
    double from_first, to_first;
} jk_change;

typedef struct jk_worth jk_worth;         /* jalki/worth.h */
typedef struct jk_strata jk_strata;       /* jalki/strata.h */
typedef struct jk_challenge jk_challenge; /* jalki/challenge.h */
typedef struct jk_hours jk_hours;         /* jalki/hours.h */

typedef struct jk_valuation {
    double irr;
    int32_t cutoff;
    unsigned allow;
    jk_accepted accepted; /* of the options */
    jk_group total;
    jk_group decision[JK_ACTION_COUNT];
    uint64_t reason[JK_REASON_COUNT];
    double reason_face[JK_REASON_COUNT];
    jk_change change[JK_ACTION_COUNT][JK_ACTION_COUNT]; /* [from][to]; zero in a run of one case */
    size_t segment_count, country_count;
    jk_group *segment; /* in the model's order */
    const char **segment_id;
    jk_group *country; /* those with claims, in alphabetical order of the code */
    const char **country_id;
    jk_cashflow flow;         /* by segment */
    jk_cashflow country_flow; /* by country; empty where the claims of several were summed together: only a model that
                                 is split by all of the tape's countries keeps them apart (jk_model_split) */
    double onboarding_cost;   /* per claim */
    double onboarding;        /* onboarding_cost x claims */
    char isa[8];
    const jk_worth *worth;   /* what a fit does not know of the plan, told in JSON; the caller's; NULL: not measured */
    const jk_hours *hours;   /* the hours that its plan keeps to, told in JSON; the caller's; NULL: it knows no limit */
    const jk_strata *strata; /* by columns that were asked for, told in JSON; the caller's; NULL: none */
    const jk_challenge *challenge; /* another model's view, told in JSON; the caller's; NULL: none */
    void *arena;                   /* owns the arrays and names above */
} jk_valuation;

/* Values the tape once. *valuation need not be initialised; on failure it is empty. Fails with JK_ERROR_DATA where
 * there is no cut-off, where rows contradict it (the error names how many and the first claim) or where the portfolio
 * is larger than the sums can hold (4e12 currency units); JK_ERROR_MEMORY where options->memory is too little; and with
 * what tape, model, plan and sinks report. `tape` and `model` are only read. */
jk_status jk_value_run(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                       const jk_value_sink *sinks, size_t sink_count, jk_valuation *valuation, jk_error *error);

/* Law that changes on a day ahead: how long claims live and what may be attached; the score knows nothing of it. */
typedef struct jk_law_change {
    const jk_jurisdiction *jurisdictions; /* the later law: as many as the model's, in their order */
    int32_t from;                         /* days since 1970-01-01, after the cut-off */
} jk_law_change;

/* One way to look at the portfolio: its figures may be stressed, its plan kept. */
typedef struct jk_value_case {
    const jk_model *model;         /* NULL: the run's. Like it in everything but the figures of its segments */
    bool rescored;                 /* and its points, by which the claims are scored then */
    const double *recovery;        /* see jk_plan_options */
    const double *paying_recovery; /* likewise */
    const jk_plan_stress *stress;  /* see jk_plan_options */
    const double *hour_price;      /* see jk_plan_options */
    const jk_law_change *law;      /* NULL: the law stays */
    double irr;                    /* NaN: the model's */
    int keeps;                     /* committed: index of the case before it whose plan is kept; -1: plans for itself */
} jk_value_case;

/* The same for `count` cases (1..JK_CASES_MAX) in one pass over the tape: reading, law and score are shared. Sinks see
 * the first case, and the decisions and values of all. Changes are against the first case. */
jk_status jk_value_cases(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                         const jk_value_case *cases, size_t count, const jk_value_sink *sinks, size_t sink_count,
                         jk_valuation *valuations, jk_error *error);
void jk_valuation_reset(jk_valuation *valuation);

/* What a run of `returns` required returns with these sinks will take, in bytes. */
typedef struct jk_value_memory {
    int threads;
    size_t block_rows;
    size_t program;    /* the program, its libraries, model, and unpacked chunks of a compressed tape */
    size_t debtors;    /* sums per debtor: the part that grows with the tape */
    size_t per_thread; /* columns and workspaces of one block, and a thread's sums */
    size_t sinks;      /* what sinks hold, and what is made of it after the run */
    size_t total;
} jk_value_memory;

/* Plans the run within options->memory. JK_ERROR_MEMORY if not even one thread with the smallest blocks fits. */
jk_status jk_value_plan_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                               size_t returns, const jk_value_sink *sinks, size_t sink_count, jk_value_memory *memory,
                               jk_error *error);
jk_status jk_value_cases_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                const jk_value_case *cases, size_t count, const jk_value_sink *sinks, size_t sink_count,
                                jk_value_memory *memory, jk_error *error);

/* ---- what is made of a valuation ------------------------------------------------------------------------------ */

/* One month's flow of one segment, or of all where segment is the segment count; base currency, month from 1. */
typedef struct jk_month {
    double gross;
    double instalments; /* the part of gross that debtors who pay bring month by month */
    double cost;        /* running costs, contingent fees and court fees */
    double sale;
    double net; /* gross - cost + sale */
} jk_month;
jk_month jk_valuation_month(const jk_valuation *valuation, int month, size_t segment);

/* The same of a country, where country_flow is known. */
jk_month jk_valuation_country_month(const jk_valuation *valuation, int month, size_t country);

/* Sum of jk_valuation_month over the first `months` months (as far as the horizon goes). */
jk_month jk_valuation_months(const jk_valuation *valuation, int months, size_t segment);

/* Expected number of paying debtors' claims at the start of the epoch whose first month is `month`; 0 in other months.
 */
double jk_valuation_payers(const jk_valuation *valuation, int month);

enum { JK_ERC_COUNT = 3, JK_NPV_COUNT = 3 };
extern const int jk_erc_months[JK_ERC_COUNT]; /* 84, 120, 180 */
extern const int jk_npv_months[JK_NPV_COUNT]; /* 12, 24, 36 */

/* A valuation as an offer for the portfolio (model.md section 8). */
typedef struct jk_offer {
    double irr;
    double value, onboarding;
    double bid_at_return;   /* what the required return alone would pay */
    double bid;             /* the highest price that also meets the floors */
    int binding;            /* index of the floor that binds; -1: the required return */
    int attainable;         /* 0: no price meets all conditions, the bid is 0 */
    double bid_pct_of_face; /* x 100; NaN where there is no face */
    double erc_gross[JK_ERC_COUNT];
    jk_month sum;      /* over the whole horizon */
    double cost_share; /* cost / gross; NaN where there is no gross */
    double multiple;   /* net money multiple: sum.net over bid and onboarding; NaN: none */
    int payback;       /* months, at the bid; -1: none */
    /* What the trade quotes beside it. Gross is collections and sales, before their cost; the outlay is bid and
     * onboarding; NaN: none. */
    double gross_multiple;
    double wal_years;          /* jk_price_average_life of gross */
    double gross_irr, net_irr; /* jk_price_irr of gross, and of net, at the outlay */
    double npv[JK_NPV_COUNT];  /* net of the first jk_npv_months at the required return, at mid-month */
    double asked;              /* the price asked; NaN: none, and the rest is empty */
    double asked_irr;          /* NaN unless found */
    jk_irr_outcome asked_outcome;
    double asked_multiple;
    int asked_payback;
} jk_offer;
jk_offer jk_offer_make(const jk_valuation *valuation, const jk_floor *floors, size_t floor_count, double asked);

/* The same for a group of the valuation's claims by itself, with its own onboarding; `flow` holds its
 * valuation->flow.months months. NULL: not known; the floors are then not applied, and what is made of the flow is NaN
 * (payback -1). */
jk_offer jk_offer_group(const jk_valuation *valuation, const jk_group *group, const jk_month *flow,
                        const jk_floor *floors, size_t floor_count, double asked);

/* What a group would fetch by itself: max(0, value - onboarding of its claims). */
double jk_group_bid(const jk_valuation *valuation, const jk_group *group);

/* 100 * part / whole; NaN where whole is not above 0. */
double jk_percent(double part, double whole);

#ifdef __cplusplus
}
#endif
#endif
