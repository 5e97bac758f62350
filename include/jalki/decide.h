/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions under limits and worklists: what agencies do with a valuation (model.md section 12).
 *
 *     jk_candidates *candidates = NULL;
 *     jk_candidates_create(tape, model, &candidates, &error);
 *     jk_value_sink sink = jk_candidates_sink(candidates);
 *     jk_value_run(tape, model, &options, &sink, 1, &valuation, &error);
 *     jk_decide(candidates, &decide_options, &decided, &error);
 *
 * Everything about a claim that a decision needs is kept in memory, about 60 bytes a claim, so that limits can be
 * changed and the choice made again without valuing again. */
#ifndef JALKI_DECIDE_H
#define JALKI_DECIDE_H

#include "jalki/allocate.h"
#include "jalki/strata.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Why a claim does not come on a worklist. */
typedef enum jk_exclusion {
    JK_EXCLUDED_NOT,
    JK_EXCLUDED_BARRED,     /* barred, or its status allows only close */
    JK_EXCLUDED_VULNERABLE, /* flagged vulnerable */
    JK_EXCLUDED_DISPUTED,   /* disputed: not pursued amicably */
    JK_EXCLUDED_CHANNEL,    /* no verified channel to the debtor */
    JK_EXCLUDED_NO_GAIN,    /* working it gains nothing over surveillance */
    JK_EXCLUDED_HOURS,      /* it would gain, but the hours are worth more elsewhere */
    JK_EXCLUDED_RESTING,    /* contacted lately, or often enough (jalki/done.h) */
    JK_EXCLUDED_ELSEWHERE,  /* not of the team, country or segment */
    JK_EXCLUSION_COUNT
} jk_exclusion;

/* The claims with all that decisions need, in tape order. Filled by the sink, read-only for everybody else. */
typedef struct jk_candidates {
    size_t claims;
    float *value[JK_ACTION_COUNT]; /* action values at the cut-off; NaN: not allowed or not available */
    int32_t *court; /* court fee of filing now, hundredths of base currency; 0 where it is filed already */
    int32_t *hours[JK_TREATMENT_COUNT]; /* agent hours in the first epoch, ten-thousandths; the claim's share of its
                                           debtor's */
    double *balance;                    /* base currency */
    float *instalment;                  /* to offer a month, base currency; NaN: nothing to go by */
    int32_t *bar_days;                  /* from the cut-off until the claim is barred; INT32_MAX: never */
    uint16_t *country;                  /* index into the tape's country dictionary */
    uint16_t *segment;                  /* index into the model's segments */
    int32_t *debtor;
    uint8_t *exclusion;                                /* jk_exclusion, all but JK_EXCLUDED_NO_GAIN */
    uint8_t *capacity_class, *title_state, *reachable; /* jk_capacity, jk_title, jk_reachable */
    uint8_t *paying;                                   /* 1: the debtor pays instalments now */
    uint8_t
        *silent_months; /* months since the last payment of a debtor who stopped paying within the last year; 0: none */
    const jk_tape *tape;
    const jk_model *model;
} jk_candidates;

/* Memory for the claims of the tape. JK_ERROR_MEMORY. tape and model must outlive it. */
jk_status jk_candidates_create(const jk_tape *tape, const jk_model *model, jk_candidates **candidates, jk_error *error);
void jk_candidates_free(jk_candidates *candidates);          /* NULL is accepted */
jk_value_sink jk_candidates_sink(jk_candidates *candidates); /* `held` counts the candidates alone */

/* Bytes a claim that jk_decide by debtor takes besides: sums of debtors and their claims. What a list or a decision by
 * claim takes besides is less than what the valuation gives back before. */
enum { JK_DECIDE_DEBTOR_BYTES = 44 };

typedef struct jk_decide_options {
    size_t limit_count;
    const jk_limit *limits; /* country: index into the tape's country dictionary; segment: index into the model's */
    int by_debtor; /* 1: all claims of a debtor get one treatment (or are closed); one court fee, the hours of its
                      longest claim */
    jk_run run;
} jk_decide_options;

typedef struct jk_decided {
    uint8_t *decision; /* [claims] under the limits */
    uint8_t *free;     /* [claims] without limits */
    double objective, bound, unlimited;
    double price[JK_LIMITS_MAX], use[JK_LIMITS_MAX];
    double court, hours;              /* used in total */
    uint64_t claims[JK_ACTION_COUNT]; /* by decision */
    double value[JK_ACTION_COUNT], face[JK_ACTION_COUNT];
} jk_decided;

/* Chooses. JK_ERROR_ARGUMENT for a negative or unreadable limit, JK_ERROR_MEMORY, JK_ERROR_INTERRUPTED. *decided is the
 * caller's, for jk_decided_reset; empty on failure. */
jk_status jk_decide(const jk_candidates *candidates, const jk_decide_options *options, jk_decided *decided,
                    jk_error *error);
void jk_decided_reset(jk_decided *decided);

/* What decisions made claim by claim are worth when they are carried out: a debtor who is filed against costs one whole
 * court fee, however few of the claims go to court. JK_ERROR_MEMORY. */
jk_status jk_decided_carried_out(const jk_candidates *candidates, const jk_decided *decided, double *worth,
                                 jk_error *error);

/* Name of a limit for tables and JSON: "court_budget", "agent_hours" or "max_<action>", followed by "@<country>" and
 * "@<segment>" where it is not for all. Writes into text[size] and returns text. */
enum { JK_LIMIT_NAME_MAX = 160 };
const char *jk_limit_name(const jk_candidates *candidates, const jk_limit *limit, char text[JK_LIMIT_NAME_MAX]);

/* Reads a scope as users write it: a country of the tape ("FI"), a segment of the model ("fi-consumer"), or the name of
 * one of `team_count` teams, which must outlive the limit. JK_ERROR_ARGUMENT if it is none of them. */
jk_status jk_limit_scope(const jk_candidates *candidates, const jk_team *teams, size_t team_count, const char *scope,
                         jk_limit *limit, jk_error *error);

/* Adds a country of the tape or a segment of the model to a team that has a name. JK_ERROR_ARGUMENT if it is neither,
 * or the team is full. */
jk_status jk_team_member(const jk_tape *tape, const jk_model *model, const char *scope, jk_team *team, jk_error *error);

/* Whether a claim of this country and segment is the team's. */
bool jk_team_works(const jk_team *team, int country, int segment);

/* One point of a what-if curve: the same choice with one limit's amount changed. */
typedef struct jk_curve_point {
    double amount, objective, bound, price;
} jk_curve_point;

/* What `decide` reports: the decisions, the limits, and where curve_count is not 0 the points of a what-if curve. */
typedef struct jk_decide_outcome {
    const jk_candidates *candidates;
    const jk_decided *decided;
    const jk_limit *limits;
    size_t limit_count; /* under which was decided */
    const jk_curve_point *curve;
    size_t curve_count, curve_limit;    /* the limit that the curve varies; it may be one more than limit_count */
    double claim_by_claim;              /* worth of the same limits claim by claim, carried out; NaN: not compared */
    const jk_hours *later;              /* hours of later epochs, whose prices the values pay; NULL: no limit there */
    const struct jk_cautious *cautious; /* jalki/cautious.h; NULL: the model's values stand */
    const struct jk_decided_strata *strata; /* by columns that were asked for, told in JSON; NULL: none */
} jk_decide_outcome;

/* The decisions by columns that were asked for: `kept` has the combination of each claim (jk_strata_keep), of which
 * `decision` becomes that under the limits. *strata is the caller's, for jk_decided_strata_free, also on failure.
 * `kept` must outlive it. */
typedef struct jk_decided_strata jk_decided_strata;
jk_status jk_decided_strata_make(const jk_strata *kept, const jk_candidates *candidates, const jk_decided *decided,
                                 jk_decided_strata **strata, jk_error *error);
jk_listing jk_decided_strata_listing(const jk_decided_strata *strata); /* for NULL the columns that any has */
void jk_decided_strata_free(jk_decided_strata *strata);                /* NULL is accepted */

/* Its rows with their columns described; for NULL the columns alone. */
jk_listing jk_decide_listing(const jk_decide_outcome *outcome);

/* Everything as JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_decided_json(const jk_decide_outcome *outcome, const jk_valuation *valuation, bool by_debtor);

#ifdef __cplusplus
}
#endif
#endif
