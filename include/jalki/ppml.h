/* SPDX-License-Identifier: Apache-2.0 */
/* Log-linear models of cash with exposure: pseudo-Poisson maximum likelihood.
 *
 * The cash of a row has the mean
 *
 *     mu = known + weight · exp(sum of the terms' parameters) · sum over pieces of months_k · exp(curve parameter k)
 *
 * where the row's period [start, start + months) is cut into pieces by the knots of its curve, and each term adds the
 * parameter of one level. Only the mean has to be right: cash need not be a count, nor its variance the mean
 * (Gourieroux, Monfort, Trognon 1984, "Pseudo maximum likelihood methods: applications to Poisson models",
 * Econometrica 52; Santos Silva, Tenreyro 2006, "The log of gravity", Review of Economics and Statistics 88).
 * Estimates solve sum (cash - mu) / mu · dmu/dbeta = 0 by Fisher scoring; rows of one piece and known = 0 give what
 * glm(family = quasipoisson, offset = log(weight · months)) gives.
 *
 * Standard errors are those of the sandwich with scores summed per cluster (Liang, Zeger 1986), times G / (G - 1) for
 * G clusters: vcovCL(type = "HC0", cadjust = TRUE) of R's sandwich, its default for a glm. With one row per cluster
 * that is HC0 times n / (n - 1). Fewer than JK_PPML_FEW clusters have the errors of CR2 and Satterthwaite's degrees of
 * freedom (ppml_few.c), as R's clubSandwich gives them. What one cluster alone tells has no error: NaN.
 *
 * Parameters that the data cannot give are held, and why is said in `state`: a level whose rows brought no cash at all
 * would run to minus infinity (its rows are left out of the estimation of the others, as in Correia, Guimarães, Zylkin
 * 2019, "Verifying the existence of maximum likelihood estimates for generalized linear models"); of parameters that
 * say the same the earlier one is kept, as glm does.
 *
 * Results are the same bits for any number of threads: rows are summed in strips that depend on the data alone.
 */
#ifndef JALKI_PPML_H
#define JALKI_PPML_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_PPML_PARAMETERS_MAX = 4096, JK_PPML_TERMS_MAX = 96, JK_PPML_KNOTS_MAX = 600 };
enum { JK_PPML_FEW = 50 };
#define JK_PPML_NONE (-1) /* a level without a parameter: adds 0 */

/* A step curve over months: piece k runs from month[k] to month[k + 1], the last for ever; month[0] is 0. */
typedef struct jk_ppml_curve {
    size_t count;
    const double *month;
    const int32_t *parameter; /* [count] of each piece; several may share one */
} jk_ppml_curve;

/* An indicator term: level l of a row adds parameter[l], or parameter[curve · levels + l] where the term differs by
 * curve. */
typedef struct jk_ppml_term {
    size_t levels;
    int by_curve;
    const int32_t *parameter;
} jk_ppml_term;

/* Rows as columns, owned by the caller and only read. Rows of one cluster stand together. */
typedef struct jk_ppml_rows {
    size_t rows;
    const double *cash; /* what came in; may be negative (a reversal) */
    const double
        *weight;         /* exposure per month: balance times what is known of its intensity; 0: the row says nothing */
    const double *start; /* months, >= 0: where the period begins on the curve */
    const double *months; /* > 0 */
    const double *known;  /* cash expected beside the fitted intensity, >= 0; NULL: none */
    const uint16_t *curve;
    const uint8_t *level; /* [rows · terms], row by row */
    size_t clusters;
    const uint32_t *cluster_begin; /* [clusters + 1] first row of each cluster; the last is rows */
} jk_ppml_rows;

typedef struct jk_ppml_design {
    size_t parameters;
    size_t curves, terms;
    const jk_ppml_curve *curve;
    const jk_ppml_term *term;
} jk_ppml_design;

typedef enum jk_ppml_state {
    JK_PPML_FREE,      /* estimated */
    JK_PPML_HELD,      /* held by the caller: a reference level, an offset */
    JK_PPML_NO_ROWS,   /* no exposure */
    JK_PPML_NO_CASH,   /* exposure, but no cash, or none beyond what is known: it would be minus infinity */
    JK_PPML_COLLINEAR, /* says what earlier parameters say together */
    JK_PPML_STATE_COUNT
} jk_ppml_state;
const char *jk_ppml_state_name(jk_ppml_state state); /* "estimated", "held", "no exposure", "no cash", "collinear" */

/* Estimates. Arrays have `parameters` elements. Held parameters keep the value they came with; what the data cannot
 * give is 0 (log scale) with a standard error of 0, and its state says so. A piece of a curve that comes out empty
 * although its rows brought cash in other pieces has the state JK_PPML_NO_CASH and a value of next to no intensity. */
typedef struct jk_ppml {
    size_t parameters;
    double *estimate;
    uint8_t *state;     /* jk_ppml_state */
    double *std_error;  /* cluster-robust; NaN where one cluster alone has the parameter's rows */
    double *degrees;    /* of freedom of the error: clusters - 1, of few Satterthwaite's; NaN likewise */
    double *std_model;  /* quasi-Poisson: sqrt(dispersion · inverse information) */
    double *covariance; /* [parameters · parameters], cluster-robust; rows of parameters not estimated are 0. Where
                           there is no cluster-robust error the square of std_model, beside it 0 */
    double *exposure;   /* sum of weight · months of the parameter's rows; of a curve's piece, of its months only */
    double *cash;       /* likewise; cash of a period over several pieces is split as it was expected */
    double *expected;   /* likewise, of mu, at the estimates: rows without cash that left the estimation expect none */
    double *payers;     /* clusters with cash among the parameter's rows */
    double *clusters;   /* clusters that have rows with exposure */
    uint16_t
        *left;   /* [rows] 0: entered the estimation; JK_PPML_WEIGHTLESS, or the group that left it for want of cash */
    size_t rows; /* of `left` */
    size_t rows_used; /* rows that entered the estimation */
    size_t clusters_used;
    size_t estimated;  /* parameters that are free */
    double dispersion; /* sum (cash - mu)^2 / mu over rows_used / (rows_used - estimated); NaN without freedom */
    double cluster_dispersion; /* sum over clusters (sum of cash - mu)^2 / sum of mu: variance of a cluster's cash per
                                  unit of expected cash */
    int iterations;
    int converged;
} jk_ppml;

/* Rows that left: those of a parameter p without cash are the group JK_PPML_NO_CASH_GROUP + p; those whose means ran to
 * nothing by no parameter alone, each time of the search another group from JK_PPML_VANISHED_GROUP on. */
enum {
    JK_PPML_WEIGHTLESS = 1,
    JK_PPML_NO_CASH_GROUP = 2,
    JK_PPML_VANISHED_GROUP = JK_PPML_NO_CASH_GROUP + JK_PPML_PARAMETERS_MAX,
    JK_PPML_GROUPS_MAX = 65535
};

/* A penalty of weight / 2 · (parameter a - parameter b)^2 on the objective sum cash log mu - mu; b = JK_PPML_NONE: a
 * alone. Parameters that are held take part with their value. */
typedef struct jk_ppml_link {
    int32_t a, b;
    double weight;
} jk_ppml_link;

typedef struct jk_ppml_options {
    const double *start; /* [parameters] first guess and the values of held parameters; NULL: 0 */
    const uint8_t *held; /* [parameters] 1: held at `start`; NULL: none */
    int warm;            /* 1: `start` is the first guess of those that are not held as well */
    int iterations_max;  /* 0: 50 */
    double tolerance;    /* largest step at which the search ends; 0: 1e-9 */
    int without_errors;  /* 1: no standard errors, no covariance */
    int by_dispersion;   /* 1: the covariance is cluster_dispersion times the inverse information, penalties included */
    size_t link_count;
    const jk_ppml_link *links; /* the estimates are penalised: as if differences were from N(0, cluster_dispersion /
                                  weight), and the covariance is the posterior's */
} jk_ppml_options;

#ifdef __cplusplus
}
#endif
#endif
