/* SPDX-License-Identifier: Apache-2.0 */
/* For how long claims that left for good would have been watched. */
#ifndef JK_HISTORY_LANDMARKS_WATCH_H
#define JK_HISTORY_LANDMARKS_WATCH_H

#include "jalki/landmarks.h"

/* How the watch of one landmark ended. */
typedef struct jk_watch {
    double months; /* until the claim left for good, else until the watch ended */
    double limit;  /* until the panel's end: nobody is watched for longer */
    uint8_t group; /* whose watches end alike: below JK_WATCH_GROUPS */
    uint8_t left;  /* 1: for good */
    uint8_t ended; /* 1: before the limit and the longest horizon */
} jk_watch;

/* By treatment, quiet and paying. */
enum { JK_WATCH_GROUPS = 6, JK_WATCH_PARTS = 4 /* of a month */ };

/* The share of watches that goes on, of a group, by quarters of a month, and its integral from the landmark on. */
typedef struct jk_watch_curves {
    size_t parts;
    double *on[JK_WATCH_GROUPS];       /* [parts]: within each quarter; what ends at its start has ended */
    double *integral[JK_WATCH_GROUPS]; /* [parts + 1]: months, up to the start of each */
} jk_watch_curves;

/* Estimates the curves from `count` landmarks, up to `most` months. JK_ERROR_MEMORY. */
jk_status jk_watch_curves_make(const jk_watch *watch, size_t count, int most, jk_watch_curves *curves, jk_error *error);
void jk_watch_curves_reset(jk_watch_curves *curves);

/* Months from `from` to `to`, both after the landmark, that a claim which left for good would still have been watched
 * on average. */
double jk_watch_months(const jk_watch_curves *curves, const jk_watch *watch, double from, double to);

#endif
