/* SPDX-License-Identifier: Apache-2.0 */
/* Passes over the rows of a log-linear fit. Rows are cut into strips at the borders of clusters; a strip is summed by
 * one thread in the order of its rows and strips are added in their order, so that threads do not show. */
#ifndef JK_FIT_PPML_PASS_H
#define JK_FIT_PPML_PASS_H

#include <math.h>

#include "jalki/ppml.h"

/* Parameters that one row touches: those of its curve's pieces and one per term. */
enum { JK_PPML_TOUCHED_MAX = JK_PPML_KNOTS_MAX + JK_PPML_TERMS_MAX };

typedef struct jk_ppml_row {
    double mean;                            /* mu, with what is known */
    double fitted;                          /* mu without it: the part that the parameters move */
    size_t count;                           /* parameters touched */
    int32_t parameter[JK_PPML_TOUCHED_MAX]; /* each at most once, but for pieces that share one */
    double share[JK_PPML_TOUCHED_MAX];      /* of `fitted` that moves with it: d log fitted / d parameter */
} jk_ppml_row;

/* What passes share: the data, and exp of each parameter. */
typedef struct jk_ppml_work {
    const jk_ppml_rows *rows;
    const jk_ppml_design *design;
    const jk_run *run;
    double *parameters;
    double *factor; /* exp of each */
    uint8_t *state; /* jk_ppml_state */
    uint16_t *skip; /* [rows] not in the estimation: `left` of jk_ppml */
    int32_t *slot;  /* place of a free parameter among the unknowns, or -1 */
    size_t unknowns;
    size_t strips;
    size_t *strip_begin; /* [strips + 1] clusters */
    double *sums;        /* of the strips; grows to what a pass needs */
    size_t link_count;
    const jk_ppml_link *links;
    size_t sums_count;
} jk_ppml_work;

/* Sums of a strip, or of all. */
typedef struct jk_ppml_sums {
    double objective;    /* sum cash log mu - mu */
    double *gradient;    /* [unknowns] */
    double *information; /* [unknowns²] upper triangle */
} jk_ppml_sums;

/* ppml.c: room for passes over rows and design, which are set already; no row is skipped. `held` says which parameters
 * will not be unknowns; parameters and states are the caller's. What was set up can be reset after a failure as well.
 */
jk_status jk_ppml_work_init(jk_ppml_work *work, const uint8_t *held, double *parameters, uint8_t *state,
                            jk_error *error);
void jk_ppml_work_reset(jk_ppml_work *work);

/* exp of the parameters, after they have changed. */
void jk_ppml_factors(jk_ppml_work *work);

/* One row under the present parameters. */
static inline void jk_ppml_row_at(const jk_ppml_work *work, size_t i, jk_ppml_row *row) {
    const jk_ppml_rows *rows = work->rows;
    const jk_ppml_design *design = work->design;
    const jk_ppml_curve *curve = &design->curve[rows->curve[i]];
    double from = rows->start[i], end = from + rows->months[i];
    size_t piece = curve->count - 1;
    while (piece > 0 && curve->month[piece] > from) {
        piece--;
    }
    double sum = 0.0;
    size_t count = 0;
    for (;; piece++) {
        double to = piece + 1 < curve->count && curve->month[piece + 1] < end ? curve->month[piece + 1] : end;
        int32_t parameter = curve->parameter[piece];
        double part = (to - from) * (parameter >= 0 ? work->factor[parameter] : 1.0);
        sum += part;
        row->parameter[count] = parameter;
        row->share[count++] = part;
        if (to >= end) {
            break;
        }
        from = to;
    }
    for (size_t k = 0; k < count; k++) {
        row->share[k] = sum > 0.0 ? row->share[k] / sum : 0.0;
    }
    double fitted = rows->weight[i] * sum;
    const uint8_t *level = rows->level + i * design->terms;
    for (size_t t = 0; t < design->terms; t++) {
        const jk_ppml_term *term = &design->term[t];
        size_t at = term->by_curve ? rows->curve[i] * term->levels + level[t] : level[t];
        int32_t parameter = term->parameter[at];
        if (parameter >= 0) {
            fitted *= work->factor[parameter];
            row->parameter[count] = parameter;
            row->share[count++] = 1.0;
        }
    }
    row->count = count;
    row->fitted = fitted;
    row->mean = fitted + (rows->known != NULL ? rows->known[i] : 0.0);
}

/* Exposure, cash, payers and clusters of every parameter, over rows with weight. */
jk_status jk_ppml_survey(jk_ppml_work *work, jk_ppml *fit, jk_error *error);

/* Adds weight · value value' of `count` unknowns to a matrix of n·n, of which the upper triangle is kept. An index may
 * come twice. */
void jk_ppml_add_product(double *upper, size_t n, const size_t *index, const double *value, size_t count,
                         double weight);

/* Objective, gradient and information over rows that are not skipped. */
jk_status jk_ppml_score(jk_ppml_work *work, jk_ppml_sums *sums, jk_error *error);

/* Objective alone. */
jk_status jk_ppml_objective(jk_ppml_work *work, double *objective, jk_error *error);

/* What the estimates leave: the sandwich's middle, dispersions, expected cash by parameter. */
typedef struct jk_ppml_rest {
    double *middle;              /* [unknowns²] upper triangle: sum over clusters of score score'; NULL: not wanted */
    double *expected;            /* [parameters] of all rows with weight */
    double *cash;                /* [parameters] likewise, split over pieces as expected */
    double pearson;              /* sum (cash - mu)^2 / mu over rows not skipped */
    double cluster_square, mean; /* sum over clusters of (sum cash - mu)^2, sum of mu */
    size_t rows, clusters;
} jk_ppml_rest;
jk_status jk_ppml_remains(jk_ppml_work *work, jk_ppml_rest *rest, jk_error *error);

/* ppml_search.c */
#define JK_PPML_TOLERANCE 1e-9 /* of a parameter's information: what earlier ones leave of it, or it is collinear */

/* Numbers the free parameters; gives those of curves their own cash per exposure and the others 0. */
void jk_ppml_number(jk_ppml_work *work);
void jk_ppml_guess(jk_ppml_work *work, const jk_ppml *fit);

/* The estimates, from the present parameters; may find further parameters collinear. */
jk_status jk_ppml_search(jk_ppml_work *work, const jk_ppml_options *options, jk_ppml *fit, jk_error *error);

/* ppml_errors.c: all that `fit` says beside the estimates. */
jk_status jk_ppml_errors(jk_ppml_work *work, const jk_ppml_options *options, jk_ppml *fit, jk_error *error);

/* ppml_few.c: covariance robust[unknowns²] and degrees[unknowns] of freedom of few clusters; NaN where one of them
 * alone holds a parameter's information. The work grows with the cubes of the clusters' rows. */
jk_status jk_ppml_few_errors(const jk_ppml_work *work, const double *inverse, double *robust, double *degrees,
                             jk_error *error);

#endif
