/* SPDX-License-Identifier: Apache-2.0 */
/* Paths over the model points: what each brings. */
#ifndef JK_SIMULATE_PATHS_H
#define JK_SIMULATE_PATHS_H

#include "simulate/draws/beside_answer.h"
#include "simulate/draws/draws.h"
#include "simulate/points/calibrate.h"

typedef struct jk_path_options {
    uint64_t seed;
    bool own_risk;
    const jk_covariance *covariance; /* of parameters; may be empty */
    const jk_mix *mix;               /* levels of the claims, for those of points; may be empty */
    const jk_beside_answer *beside;  /* to what is not known beside the cash; may be empty */
    double outlay;                   /* price and onboarding, for the realised return; NaN: none */
} jk_path_options;

/* What paths bring; grows by whole batches. */
typedef struct jk_path_results {
    size_t count, room;
    int years;
    double *value;       /* present value at the required return */
    double *gross, *net; /* undiscounted, over the horizon */
    double *irr;         /* realised at the outlay; NaN: none; -1: nothing comes back */
    float *erc;          /* [years][room] collections of a year */
} jk_path_results;

jk_status jk_path_results_init(jk_path_results *results, size_t room, int years, jk_error *error);
void jk_path_results_reset(jk_path_results *results);

/* Runs paths results->count..count-1 over threads. */
jk_status jk_paths_run(const jk_survey *survey, const jk_points *points, const jk_calibration *calibration,
                       const jk_path_options *options, size_t count, jk_path_results *results, const jk_run *run,
                       jk_error *error);

/* The highest yearly rate at which monthly flows are worth the outlay; -1 where none from JK_IRR_LOWEST on is, NaN
 * where it is above JK_IRR_HIGHEST or there is no outlay. */
double jk_path_irr(const double *net, int months, double outlay);

#endif
