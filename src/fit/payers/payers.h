/* SPDX-License-Identifier: Apache-2.0 */
/* Learning payers: rows in the order of claims, what each says of spells, and the estimates. */
#ifndef JK_FIT_PAYERS_H
#define JK_FIT_PAYERS_H

#include <stdio.h>

#include "base/text/json.h"
#include "fit/fit_internal.h"
#include "jalki/fit_payers.h"
#include "jalki/landmarks.h"

/* What a row of the panel says of new payers. */
typedef enum jk_payer_state {
    JK_PAYER_AS_EVER, /* no payers are learnt: its cash is what is fitted */
    JK_PAYER_QUIET,   /* quiet at its start, and nothing came in */
    JK_PAYER_BEGINS,  /* quiet at its start, and a payment came in */
    JK_PAYER_SILENT   /* within a spell, or payments that may not be the debtor's own: says nothing of new payers */
} jk_payer_state;

/* A row as spells are read from it. */
typedef struct jk_payer_row {
    double months, balance, cash;
    double ahead; /* months of the rows that follow without a break; infinite where the claim is paid in full */
    int32_t debtor, claim, start;
    int32_t paid_months; /* since the last payment at the start, by last_paid_on; INT32_MAX: never */
    uint32_t row;        /* of the panel */
    uint16_t segment;
    uint8_t treatment, capacity_class, exit;
    uint8_t own; /* what came in is the debtor's own payment: no dividend, nothing to garnish */
    uint8_t class_given;
    uint8_t state; /* jk_payer_state */
} jk_payer_row;

/* Figures of a segment in one run of numbers: three of each kind but the half-life. */
enum { JK_PAYER_CELLS = 9, JK_PAYER_LEVELS_MAX = 64 };
static inline size_t jk_payer_cell(size_t segment, jk_payer_figure figure, size_t index) {
    return segment * JK_PAYER_CELLS + (size_t)figure * 3 + index;
}

/* One debtor's part of a ratio of sums: numerator and denominator of a cell, and under which treatment and of which
 * class it was. */
typedef struct jk_payer_part {
    int32_t debtor;
    uint32_t cell;
    uint8_t treatment, capacity_class;
    double numerator, denominator;
} jk_payer_part;

struct jk_fit_payers {
    size_t count;
    jk_payer_row *row; /* [count] those of the filter, by debtor, claim and start */
    uint8_t *state;    /* [rows of the panel] */
    uint8_t *first;    /* [rows of the panel] 1: the claim's first row of the filter */
    size_t part_count;
    jk_payer_part *part;               /* by debtor */
    double again[2], quiet[2];         /* paid, of all */
    double gap_paid[16], gap_all[16];  /* by months since the last payment at a row's start */
    uint8_t *whole_class;              /* [segments] 1: classes of monthly_share are taken together */
    double *readiness;                 /* [claims of the panel] beside their lasting figures; NULL: unread */
    bool unequal;                      /* ... is another from debtor to debtor; else it is 1 */
    double worth[JK_PAYER_LEVELS_MAX]; /* what a new payer's worth moved the levels of what fades by, the last is
                                          "never" */
};

/* payers_file.c: a segment's payers as YAML, each figure with what it rests on. */
void jk_fit_payers_write(const jk_fit *fit, size_t segment, FILE *out);

/* payers_rows.c: rows, spells and states. Fills fit->payers, and result.payers as far as it can tell. */
jk_status jk_fit_payers_read(jk_fit *fit, jk_error *error);
void jk_fit_payers_free(jk_fit *fit);

/* payers_spells.c: reads spells from the ordered rows. */
jk_status jk_fit_payers_spells(jk_fit *fit, jk_error *error);

/* payers_figures.c: shares, instalments and breakage with their errors; into the new model's segments. */
jk_status jk_fit_payers_figures(jk_fit *fit, jk_error *error);
void jk_fit_payers_apply(jk_fit *fit);

/* payers_fading.c: the half-life of what fades. */
jk_status jk_fit_payers_fading(jk_fit *fit, jk_error *error);

/* payers_json.c: figures and levels; figures for drawing with their covariance, on the scales of their links. */
json_t *jk_fit_payers_json(jk_json_builder *json, const jk_fit *fit);
json_t *jk_fit_payers_covariance_json(jk_json_builder *json, const jk_fit *fit);
json_t *jk_fit_payers_levels_json(jk_json_builder *json, const jk_fit *fit);

/* payers_worth.c: what new payers bring, by the level of what fades; `points` [rows of the panel] are the fading ones.
 */
jk_status jk_fit_payers_worth(jk_fit *fit, const double *points, jk_error *error);
/* payers_items.c: marks what fades in the new scorecard, `count` characteristics; moves its points by -shared and the
 * intercept by shared, so that what fades goes to that level and today's intensities stay. */
jk_status jk_fit_payers_items(jk_fit *fit, size_t *count, jk_error *error);
void jk_fit_payers_shift(jk_fit *fit, double shared);
/* Adds a figure that is independent of the others. */
jk_status jk_fit_payers_add_term(jk_fit *fit, const jk_payer_term *term, jk_error *error);
/* The fading characteristic that looks at the months since the last payment; -1: none, or too many levels. */
int jk_fit_payers_recency(const jk_fit *fit);
/* The one characteristic that fades; -1: none, or several. */
int jk_fit_payers_item(const jk_fit *fit);
jk_status jk_fit_room_for_levels(jk_fit *fit, jk_error *error);
void jk_fit_put_level(jk_payers_result *result, const jk_payer_level *level);

/* payers_profile.c: half-lives at equal ratios, at which a profile of the log likelihood stands. */
enum { JK_PROFILE_GRID = 24 };
#define JK_HALF_LIFE_LEAST 1.0
#define JK_HALF_LIFE_MOST  600.0
double jk_profile_at(int i);
/* An end of the interval about `best`, in `direction`: the likelihood loses `drop` there. */
double jk_profile_end(const double *profile, double best, double likelihood, double drop, int direction);
/* What the model takes; `given` is the base model's half-life, 0 for none; lasting is then `lasting` times as likely as
 * fading beforehand. *deviation is the standard deviation of its logarithm. */
double jk_profile_mean(const double *profile, double likelihood, double scale, double given, double lasting,
                       double *deviation);

/* What a row counts: its balance, as rows weigh balance^-power. */
double jk_fit_payers_weight(const jk_fit *fit, double balance);

/* payers_readiness.c: debtors' readiness, into fit->payers. For all rows of the panel: `lasting` is the intensity of
 * new payers by what does not fade, times the row's weight, `points` are those that fade; they fade to `shared`. */
jk_status jk_fit_payers_readiness(jk_fit *fit, const double *lasting, const double *points, double shared,
                                  jk_error *error);
/* Logarithm of the likelihood of what began, readiness being as unequal as is likeliest, at a half-life. */
jk_status jk_fit_payers_readiness_likelihood(const jk_fit *fit, const double *lasting, const double *points,
                                             double shared, double half_life, double *likelihood, jk_error *error);
/* The level of months since the last payment; the last is "never". */
size_t jk_fit_payers_level_of(const jk_characteristic *item, int32_t paid_months);
/* payers_end.c: multiplies what landmarks, `every` months apart, expect so that their cash tells of those who stand
 * alike on the day `end`; `item` NULL: there are no levels. */
jk_status jk_fit_payers_to_end(const jk_fit *fit, const jk_characteristic *item, int every, int32_t end,
                               jk_landmarks *landmarks, jk_error *error);

/* Mean readiness of the quiet at each level on the day `end`, over that of those who never paid; NaN where too few
 * stand there. `ready` has one more than the levels that have bounds. */
jk_status jk_fit_payers_ready_at_end(const jk_fit *fit, const jk_characteristic *item, int32_t end, double *ready,
                                     jk_error *error);

/* payers_level.c: what landmarks expect becomes what came in. */
jk_status jk_fit_payers_level(jk_fit *fit, jk_error *error);

enum { JK_PAYERS_DRAWN = 9 }; /* columns of jk_payers_listing that name a figure and tell its error */
const char *jk_payer_figure_link(jk_payer_figure figure); /* "logit" or "log" */

#endif
