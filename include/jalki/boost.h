/* SPDX-License-Identifier: Apache-2.0 */
/* Training of gradient-boosted trees for the score, by XGBoost's library: a Poisson likelihood of cash with what the
 * curves alone expect as exposure (Friedman 2001; Chen, Guestrin 2016). The result is a file that a model's
 * `scorecard.trees` names and that src/score evaluates without the library.
 *
 * The number of trees is found on debtors held out from training, then all rows are trained on. The same rows and
 * options give the same file for any number of threads. */
#ifndef JALKI_BOOST_H
#define JALKI_BOOST_H

#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Rows of history in memory; the caller's. */
typedef struct jk_boost_rows {
    size_t rows, feature_count;
    const char *const *feature_names; /* as scorecard.trees wants them: a number's name, or column=level */
    const float *features;            /* [rows][feature_count]; NaN: missing; no infinities */
    const double *cash;               /* base currency, >= 0 */
    const double *expected;           /* what the curves alone expect, > 0 */
    const uint32_t *debtor;           /* rows of one debtor are held out together */
} jk_boost_rows;

typedef struct jk_boost_options {
    int depth;            /* forks on the longest way, 1 to 12 [4] */
    int rounds_max;       /* trees at most, 1 to 5000 [500] */
    int patience;         /* stop where so many more trees have not helped the held-out debtors [25] */
    double learning_rate; /* 0 to 1 [0.08] */
    double payments_min;  /* least number of payments expected in a leaf [20] */
    double held_out;      /* share of debtors, 0 to 0.5 [0.2] */
    uint64_t seed;        /* of the split [1] */
    int threads;          /* 0: all cores */
} jk_boost_options;
jk_boost_options jk_boost_defaults(void);

typedef struct jk_boost_result {
    int rounds; /* trees in the file */
    size_t held_out_rows;
    double deviance_alone; /* mean Poisson deviance of the held-out rows by the curves alone, per payment */
    double deviance_trees; /* with the trees */
    double payment; /* base currency: the size of a payment as the likelihood sees it, sum of cash squared / cash */
} jk_boost_result;

#ifdef __cplusplus
}
#endif
#endif
