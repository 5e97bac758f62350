/* SPDX-License-Identifier: Apache-2.0 */
/* Landmarks: claims of a panel valued on days of the past, with what was known then, beside what came in afterwards
 * (van Houwelingen, "Dynamic prediction by landmarking in event history analysis", Scandinavian Journal of Statistics
 * 34 (2007), 70-85). Single periods test hazards; this tests what a valuation says of years.
 *
 * A landmark is a row of the panel: the claim goes through law, score, terms and plan as it stood on the row's
 * period_start, and nothing is updated afterwards. Its cash is followed over the rows that come next, for as long as
 * the claim was watched: to the end of its rows, to a gap, or to its sale or closing. Who paid in full, died or became
 * insolvent is watched for as long as he would have been otherwise, by those who did not leave so, and at most to the
 * panel's end: nothing more came in, and the valuation knew that this happens. Expected cash is the engine's gross over
 * the same months, from the projection epoch by epoch (straight within an epoch).
 *
 * What is done after the landmark is either the plan of the model, as `value` would have it, and the claim is followed
 * whatever was done in truth; or what was recorded: the treatment of the landmark's row goes on (costs are then left
 * out, so that nothing is closed for its price; whoever pays under `legal` is only watched, as nobody is sued who
 * pays: moved to another treatment while paying it counts on), and the claim counts as watched until another treatment
 * begins. */
#ifndef JALKI_LANDMARKS_H
#define JALKI_LANDMARKS_H

#include "jalki/panel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_HORIZONS_MAX = 8, JK_HORIZON_MONTHS_MAX = 600 };

typedef enum jk_landmark_treatment { JK_LANDMARK_RECORDED, JK_LANDMARK_PLAN } jk_landmark_treatment;
const char *jk_landmark_treatment_name(jk_landmark_treatment treatment); /* "recorded", "plan" */

typedef struct jk_landmark_options {
    jk_panel_filter filter; /* rows that may be landmarks */
    bool within;            /* rows outside the filter are not followed either */
    int every; /* months from landmark to landmark of a claim, from the panel's first day; 0: its first row */
    size_t horizon_count;         /* 1 to JK_HORIZONS_MAX */
    int horizon[JK_HORIZONS_MAX]; /* months, ascending, 1 to JK_HORIZON_MONTHS_MAX */
    jk_landmark_treatment treatment;
    bool decide; /* what the model's plan would do is wanted, too */
    bool ahead;  /* expected are the whole horizons, for however long a claim was watched */
    jk_run run;
} jk_landmark_options;

/* What followed within a horizon. Base currency. */
typedef struct jk_landmark_cash {
    double months; /* watched, up to the horizon */
    double actual, expected;
} jk_landmark_cash;

typedef struct jk_landmark {
    int32_t debtor, claim; /* as in the panel */
    int32_t start;         /* period_start, days since 1970-01-01 */
    int32_t written_off;   /* likewise */
    int32_t paid_months;   /* whole months since the last payment; INT32_MAX: never paid */
    int32_t score;
    uint16_t segment;
    uint8_t treatment;      /* recorded in the row */
    uint8_t decision;       /* jk_action of the model's plan, costs and all; only with `decide` */
    uint8_t capacity_class; /* the panel's, else the score's */
    uint8_t paying;         /* 1: the model takes the debtor for one who pays now */
    double balance;
    double fading; /* the part of the score's eta that fades */
    jk_landmark_cash horizon[JK_HORIZONS_MAX];
} jk_landmark;

typedef struct jk_landmarks {
    size_t count;
    jk_landmark *at; /* [count], by claim and start */
    size_t debtors, claims;
} jk_landmarks;

/* Values all landmarks of a panel that is bound to `model`. JK_ERROR_ARGUMENT for options out of range, JK_ERROR_DATA
 * where no row is a landmark; *out is the caller's.  Memory: 40 bytes a row of the panel and 250
 * a landmark. The same figures for any number of threads. */
jk_status jk_landmarks_run(const jk_panel *panel, const jk_model *model, const jk_landmark_options *options,
                           jk_landmarks *out, jk_error *error);
void jk_landmarks_reset(jk_landmarks *landmarks);

#ifdef __cplusplus
}
#endif
#endif
