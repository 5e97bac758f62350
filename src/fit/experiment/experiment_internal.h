/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison under way: claims as they entered it, and their weights. */
#ifndef JK_FIT_EXPERIMENT_INTERNAL_H
#define JK_FIT_EXPERIMENT_INTERNAL_H

#include "base/memory.h"
#include "jalki/experiment.h"

enum { JK_UNIT_TERMS = 40 }; /* of the chance of being treated: segment, title, class, characteristics */

/* A claim from its first row on. */
typedef struct jk_unit {
    double exposure, cash;   /* balance times months watched */
    double balance, age;     /* at the first row */
    double months, followed; /* of its rows; of them under the arm's treatment */
    int32_t debtor;
    uint32_t row; /* of the panel: the first */
    uint16_t segment;
    int16_t band;
    uint8_t arm;                 /* jk_treatment */
    uint8_t term[JK_UNIT_TERMS]; /* level by term; where no arm was assigned */
} jk_unit;

struct jk_experiment {
    const jk_model *model;
    jk_experiment_options options;
    jk_arena *arena;
    jk_unit *unit; /* by debtor, claim */
    size_t units;
    size_t terms;
    const char **term_name; /* [terms] */
    int term_levels[JK_UNIT_TERMS];
    jk_effect *effect;
    jk_overlap_band *overlap;
    const char **word;
    jk_experiment_result result;
};

/* experiment_units.c */
jk_status jk_experiment_read(jk_experiment *self, const char *panel, jk_error *error);

/* propensity.c: the chance that each of `count` units is treated (arm `treatment`, not JK_TREAT_SURVEIL), by a logistic
 * regression on its terms, the logarithms of balance and age, with a ridge; and the largest standardised difference
 * under given weights, with the term's name. */
jk_status jk_propensity(const jk_experiment *self, const jk_unit *const *unit, size_t count, double *chance,
                        jk_error *error);
double jk_standardised_difference(const jk_experiment *self, const jk_unit *const *unit, size_t count,
                                  const double *weight, const char **name);

#endif
