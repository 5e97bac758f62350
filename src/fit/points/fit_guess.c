/* SPDX-License-Identifier: Apache-2.0 */
/* What claims of a class by the score truly are: a tape has no classes but those of the score. Of the claims whose
 * class the panel gives and no status forces, as they stood in their first row, each counts with what it brings beside
 * the others of a class, exp(eta), so that the mean figures of a score's class are those of its cash:
 *
 *     M(s, k) = (sum of exp(eta) of score s and class k + prior · mean(s) · share(k)) / (all of score s + prior ·
 * mean(s))
 *
 * with mean(s) the mean exp(eta) of score s and share(k) that of class k among all: as many claims as `prior` know no
 * more than what claims are. */
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

static const double prior = 10.0;  /* claims */
static const double least = 100.0; /* fewer claims say nothing of a class */

typedef struct guesses {
    double weight[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT]; /* by the score's class and the class */
    double claims[JK_CAPACITY_COUNT];                    /* by the score's */
} guesses;

static guesses count_claims(const jk_fit *fit) {
    guesses sums = {{{0.0}}, {0.0}};
    const jk_fit_rows *rows = &fit->rows;
    for (size_t i = 0; i < rows->columns.rows; i++) {
        size_t g = rows->curve[i] / JK_TREATMENT_COUNT;
        int code = rows->level[i * rows->terms + JK_FIT_TERM_CLASS];
        if (rows->first[i] && fit->class_fitted[g] && code < JK_FIT_CLASS_SCORED) {
            double eta = jk_fit_points_of_row(fit, i) + fit->scorecard.intercept;
            int by = jk_fit_class_by_score(fit, eta, code);
            sums.weight[by][code] += jk_exp(eta);
            sums.claims[by] += 1.0;
        }
    }
    return sums;
}

void jk_fit_guess_classes(jk_fit *fit) {
    const guesses sums = count_claims(fit);
    double share[JK_CAPACITY_COUNT] = {0.0}, all = 0.0, claims = 0.0;
    for (int s = 0; s < JK_CAPACITY_COUNT; s++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            share[k] += sums.weight[s][k];
            all += sums.weight[s][k];
        }
        claims += sums.claims[s];
        fit->result.guessed_claims[s] = sums.claims[s];
    }
    for (int s = 0; claims >= least && s < JK_CAPACITY_COUNT; s++) {
        double own = sums.weight[s][0] + sums.weight[s][1] + sums.weight[s][2];
        double more = sums.claims[s] > 0.0 ? prior * own / sums.claims[s] : 1.0, left = 1.0;
        double *to = fit->scorecard.class_given_score[s];
        for (int k = 0; k < JK_CAPACITY_COUNT - 1; k++) {
            to[k] = jk_fit_round_points((sums.weight[s][k] + more * share[k] / all) / (own + more));
            left -= to[k];
        }
        to[JK_CAPACITY_COUNT - 1] = jk_fit_round_points(left);
    }
}
