/* SPDX-License-Identifier: Apache-2.0 */
/* Calibration of a score that somebody else made (scorecard.own_score) to history: a slope and an intercept for each
 * segment, with errors, and all else of the model as it is.
 *
 * A row of history is expected to bring what jalki/expected.h says, with a + b x in the place of what the model's own
 * slope and intercept add to eta: in a segment without payers mu = known + A e^(a + b x). a and b solve
 *
 *     sum (cash - mu) / mu · dmu/deta · (1, x) = 0
 *
 * (pseudo-Poisson maximum likelihood, as jalki/ppml.h; only the mean must be right) by Fisher scoring; their covariance
 * is the sandwich with scores summed by debtor, times G / (G - 1) for G debtors. Rows whose score is missing or special
 * are left out. Capacity classes are the panel's, else those of the model as it is. A segment of which fewer than
 * JK_CALIBRATE_FEW debtors paid gets the figures of all segments together. Results are the same bits for any number of
 * threads. */
#ifndef JALKI_CALIBRATE_H
#define JALKI_CALIBRATE_H

#include "jalki/listing.h"
#include "jalki/panel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_CALIBRATE_FEW = 20 };

typedef enum jk_own_calibration_state {
    JK_CALIBRATED,        /* by its own rows */
    JK_CALIBRATED_BY_ALL, /* too few of its debtors paid */
    JK_CALIBRATED_LEVEL,  /* all its rows have one score: the intercept alone, with the model's slope */
    JK_CALIBRATED_NOT     /* nothing brought any cash: as the model has it */
} jk_own_calibration_state;

typedef struct jk_own_calibration_group {
    const char *segment; /* "all" for all together */
    jk_own_calibration_state state;
    size_t rows, without_score, debtors, payers; /* rows with a score; debtors of these, and those who paid */
    double cash, expected;                       /* base currency: what came in, and what the model expected as it is */
    double slope, intercept;                     /* found */
    double slope_error, intercept_error, covariance; /* NaN where not estimated */
    double slope_before, intercept_before;
    int iterations, converged;
} jk_own_calibration_group;

typedef struct jk_own_calibration {
    size_t count;
    jk_own_calibration_group *groups; /* [count]: all, then the model's segments in its order */
    int32_t span_end;                 /* first day after the last period */
    const char *source, *sha256;      /* of the panel */
    const jk_model *model;
    void *arena;
} jk_own_calibration;

/* JK_ERROR_MODEL where the model has no own score; JK_ERROR_DATA where no row of the filter has a score; and what panel
 * and model report. About 140 bytes a row of the panel. *calibration is the caller's, for jk_own_calibration_reset;
 * empty on failure. `model` must outlive it. */
jk_status jk_own_calibrate(const char *panel, const jk_model *model, const jk_panel_filter *filter, const jk_run *run,
                           jk_own_calibration *calibration, jk_error *error);
void jk_own_calibration_reset(jk_own_calibration *calibration);

/* A model file that includes the model's and says slope and intercept of each segment, each with its error in a
 * comment, a version and a lineage of its own. `name`: NULL: the model's with -calibrated. */
jk_status jk_own_calibration_write(const jk_own_calibration *calibration, const char *name, const char *path,
                                   jk_error *error);

/* The groups as rows; for NULL the columns alone. */
jk_listing jk_own_calibration_listing(const jk_own_calibration *calibration);

#ifdef __cplusplus
}
#endif
#endif
