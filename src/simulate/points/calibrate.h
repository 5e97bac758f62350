/* SPDX-License-Identifier: Apache-2.0 */
/* The points against the portfolio. Their flows of each segment and epoch are scaled to those of the full valuation in
 * the base case, and by how much more or less the claims answer to other collections, as the full valuation has it
 * under three stresses (answer.h). What error is left is measured with the kernel that runs the paths, in those states
 * and in one that the scales do not know. */
#ifndef JK_SIMULATE_CALIBRATE_H
#define JK_SIMULATE_CALIBRATE_H

#include "simulate/paths/path_run.h"
#include "simulate/points/answer.h"

typedef enum jk_scale { JK_SCALE_GROSS, JK_SCALE_FILING, JK_SCALE_SALE, JK_SCALE_RUNNING, JK_SCALE_COUNT } jk_scale;

/* The flow that a scale is found from. */
extern const jk_path_flow jk_scaled_flow[JK_SCALE_COUNT];

/* Relative errors, the worst over all states: of the value; of a year's collections and sales; of a year's costs,
 * against that year's collections. */
typedef struct jk_compression {
    double value, gross, cost;
    double worst;
} jk_compression;

typedef struct jk_calibration {
    int epochs, months, years;
    const int32_t *epoch_end; /* [epochs] months; the survey's */
    double *scale;            /* [segments][epochs][JK_SCALE_COUNT] in the base case */
    jk_answer *answer;        /* [segments][epochs][JK_SCALE_COUNT] */
    double *month_gross;      /* [months] part of its epoch's collections, as the full valuation has it; likewise */
    double *month_cost;
    double *now;       /* [epochs] discount factor of the epoch's start */
    int *epoch_year;   /* [epochs] year in which it begins */
    double *base_year; /* [years] collections of the cells in the base case */
    double *cross;     /* [years][years] sum over points of spread * collections * collections, in the base case */
    double *second;    /* [years] second moment of claims' collections per unit collected, in the base case */
    double *tie;       /* [years][years] jk_own_risk_factor of the base case */
    jk_compression error;
    void *memory;
} jk_calibration;

jk_status jk_calibrate(jk_calibration *calibration, const jk_points *points, const jk_survey *survey, const jk_run *run,
                       jk_error *error);
void jk_calibration_reset(jk_calibration *calibration);

/* Adds a flow of `epochs` numbers, `stride` apart, to years: collections by month_gross. */
void jk_calibration_years(const jk_calibration *calibration, const double *profile, const double *flow, size_t stride,
                          double *years);

#endif
