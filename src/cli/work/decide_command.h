/* SPDX-License-Identifier: Apache-2.0 */
/* What `jalki decide` was asked and what came of it: between the command and its printing. */
#ifndef JK_CLI_DECIDE_COMMAND_H
#define JK_CLI_DECIDE_COMMAND_H

#include "cli/options/hours.h"
#include "cli/options/teams.h"
#include "cli/value/valuing.h"
#include "jalki/cautious.h"
#include "jalki/decide.h"

enum { CURVE_MAX = 200 };

/* A limit as written; countries and segments are known only when tape and model are open. */
typedef struct limit_argument {
    jk_resource resource;
    jk_action action;
    char scope[JK_LIMIT_NAME_MAX]; /* empty: all */
    double amount;
} limit_argument;

typedef struct decide_work {
    jk_candidates *candidates;
    jk_valuation valuation;
    jk_limit limits[JK_LIMITS_MAX];
    jk_decide_options options;
    jk_decided decided;
    jk_cautious cautious;
    jk_curve_point curve[CURVE_MAX];
    size_t curve_limit;
    double claim_by_claim;   /* NaN: not compared */
    jk_strata *combinations; /* of the claims; NULL: none were asked for */
    jk_decided_strata *strata;
    const double *hour_price; /* of later epochs, [epochs]; NULL: they know no limit */
} decide_work;

typedef struct decide_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    bool by_claim;
    size_t limit_count;
    limit_argument limit[JK_LIMITS_MAX];
    jk_cli_teams teams;
    const char *curve; /* as written, NULL: none */
    jk_resource curve_resource;
    limit_argument curve_scope; /* its scope alone is looked at */
    double curve_from, curve_to;
    int curve_steps;
    jk_hours later; /* hours of the first epochs, where more than the first are given */
    const char *results_path, *claims_path, *by;
    const char *cautious; /* effects of treatments, NULL: none */
    decide_work work;
} decide_arguments;

/* Everything as JSON; NULL if there is no memory. Free with free(). */
char *jk_cli_decide_json(const decide_arguments *arguments, const decide_work *work);

/* Writes the workbook, if one is wanted. */
jk_status jk_cli_decide_workbook(const decide_arguments *arguments, const decide_work *work, jk_error *error);

/* Prints in the wanted format; returns the exit code. */
int jk_cli_decide_print(const decide_arguments *arguments, const decide_work *work);

#endif
