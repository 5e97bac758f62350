/* SPDX-License-Identifier: Apache-2.0 */
/* A model's figures from history: intensities by segment, treatment and age of the debt, multipliers of the capacity
 * classes, points of the scorecard, class transitions, exits, time to a title and settlement shares, each with its
 * standard error. The base model gives the structure (segments, knots of the curves, characteristics and their bins,
 * law, costs, prices), the panel the figures. docs/fit.md describes the method.
 *
 *     jk_fit_options options = jk_fit_defaults();
 *     jk_fit *fit = NULL;
 *     jk_fit_run("P.h5", base, &options, &fit, &error);
 *     jk_fit_write_model(fit, "mine.yaml", &error);
 *     jk_fit_free(fit);
 *
 * The mean of a row's cash is balance · months · exp(curve + class + points) (jalki/ppml.h), so that estimates are
 * logarithms of cash per unit of balance and month at the reference levels, and of ratios to them. Results are the same
 * bits for any number of threads. */
#ifndef JALKI_FIT_H
#define JALKI_FIT_H

#include "jalki/fit_payers.h"
#include "jalki/fit_trees.h"
#include "jalki/listing.h"
#include "jalki/panel_filter.h"
#include "jalki/ppml.h"
#include "jalki/transitions.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_FIT_MONOTONE_MAX = 32, JK_FIT_DRAWS_LEAST = 99, JK_FIT_DRAWS_MOST = 10000 };

/* A numeric characteristic whose points may only rise, or only fall, with its value. */
typedef struct jk_fit_monotone {
    const char *name;
    int direction; /* 1: up, -1: down */
} jk_fit_monotone;

typedef struct jk_fit_options {
    jk_panel_filter filter; /* rows that are fitted on [all] */
    int shrink;             /* 1: thin segments lean on all segments together (Bühlmann-Straub) [1] */
    int interactions;       /* 1: characteristics may count differently by segment, where that helps on debtors held out
                               [0] */
    int smooth;             /* 1: neighbouring steps of a curve lean on each other (a random walk) [0] */
    int hold_titles; /* 1: pre_title_factor and garnish_share stay the base model's [0: learned where data say] */
    int grace;       /* months without payment that end a spell of payments, 1 to 12 [2] */
    int auto_bins;   /* 1: bins of numeric characteristics are found from the data [0: the base model's] */
    const char
        *splines;  /* numeric characteristics, with commas, or "all": smooth points over many narrow bins [NULL] */
    int bootstrap; /* draws of a bootstrap over debtors by which intervals are made, JK_FIT_DRAWS_LEAST to _MOST; 0:
                      none [0] */
    uint64_t seed; /* of its random numbers [1] */
    size_t monotone_count;
    jk_fit_monotone monotone[JK_FIT_MONOTONE_MAX];
    const char *name; /* of the new model; NULL: the base model's with "-fitted" */
    jk_run run;
} jk_fit_options;
jk_fit_options jk_fit_defaults(void);

typedef enum jk_fit_kind { JK_FIT_CURVE, JK_FIT_CLASS, JK_FIT_POINTS } jk_fit_kind;

/* One estimated figure, in the order of the covariance. Numbers on the log scale. */
typedef struct jk_fit_term {
    jk_fit_kind kind;
    int segment, treatment;     /* -1: shared by all */
    const char *characteristic; /* "curve", "capacity_class", or the characteristic's name */
    const char *level;          /* "0 to below 12", "weak", "employed", … */
    int index;                  /* knot of the curve, jk_capacity, or level of the characteristic */
    int parameter;              /* place in the covariance; -1: the reference level, or held */
    int reference;
    jk_ppml_state state;
    double estimate, std_error; /* maximum likelihood, clustered by debtor; 0 and 0 where not estimated; no error (NaN)
                                   where one debtor alone tells */
    double degrees;             /* of freedom of the error: debtors - 1, of few Satterthwaite's */
    double low, high;           /* 95 % interval of the estimate; NaN where there is none. With a bootstrap estimate -+
                                   drawn_quantile · the largest of the three errors here */
    double std_model;           /* standard error by the quasi-Poisson dispersion alone */
    double drawn_error;         /* by leaving out one debtor after the other; NaN without a bootstrap */
    double drawn_quantile;      /* 95 % of the draws' studentised errors are below it; NaN likewise, and where fewer
                                   than 5 debtors paid */
    double value;               /* what the model takes: the estimate, leaned on the parent where it is thin */
    double credibility;         /* weight of its own data in `value`, 0..1 */
    double exposure;            /* balance · months (times the factor of pending cases) */
    double cash, expected;      /* actual, and by the estimates */
    double payers;              /* debtors that paid anything in it */
} jk_fit_term;

/* A factor on a figure of the base model that all segments share, from the rows under legal. */
typedef struct jk_fit_factor {
    int learned;      /* 0: the base model's figures stand; `why` says why */
    double estimate;  /* of the factor */
    double std_error; /* of its logarithm, clustered by debtor */
    double low, high; /* 95 % */
    double value;     /* what the model takes: leaned on the base model's within a factor of e, or the estimate */
    size_t payers;    /* debtors who paid in the rows that tell of it */
    const char *why;
} jk_fit_factor;

/* What a title brings. */
typedef struct jk_fit_titles {
    jk_fit_factor pre_title; /* on pre_title_factor */
    jk_fit_factor garnish;   /* on garnish_share of all classes */
} jk_fit_titles;

typedef struct jk_fit jk_fit;

/* What was found. Everything lives as long as the fit. */
typedef struct jk_fit_result {
    size_t rows, rows_used; /* in the filter; in the likelihood (those of levels without cash are not) */
    size_t debtors, payers;
    double exposure, cash;
    jk_panel_span span;
    size_t term_count;
    const jk_fit_term *terms;
    size_t parameter_count;
    const double *covariance;  /* [parameter_count²] of the estimates, clustered by debtor */
    double dispersion;         /* quasi-Poisson phi, base currency: size of a payment as the likelihood sees it */
    double cluster_dispersion; /* the same for the cash of a whole debtor */
    double balance_power;      /* of the balance, in the variance of cash: 0 one size of payments, 1 parts of it */
    size_t draws;              /* of the bootstrap; 0: none */
    uint64_t seed;             /* of its random numbers */
    size_t drawn, drawn_few;   /* figures with an interval by it; without, as too few debtors paid */
    double points_spread;      /* standard deviation by which points are drawn to each other; NaN: not drawn */
    double expected;           /* cash by the fitted model on its own rows */
    double scored_expected;    /* the same with classes taken from the new score, as on a tape */
    double
        overlap[JK_TREATMENT_COUNT]; /* share of a treatment's exposure at levels where others were in force as well, of
                                        the characteristic where it is least;
                                        NaN: no exposure, or no other treatment */
    double guessed_claims[JK_CAPACITY_COUNT]; /* that class_given_score rests on, by the class of their score */
    int iterations, converged;
    const jk_transitions *transitions;
    const jk_fit_titles *titles;
    const jk_scorecard *scorecard;         /* as fitted */
    const jk_segment *segments;            /* likewise, in the base model's order */
    const jk_payers_result *payer_figures; /* what debtors who pay do, and whether the panel can tell */
    const jk_fit_trees_result *trees;      /* grown by jk_fit_add_trees; NULL: none */
    size_t learned_count, worry_count; /* sentences: what was learned; what to worry about before the model is used */
    const char **learned, **worries;
    size_t message_count;
    const char *const *messages; /* what the data could not say, and what was done */
} jk_fit_result;

/* Fits. JK_ERROR_DATA where the panel has no cash or no exposure in the filter; JK_ERROR_MODEL
 * where the base model scores with trees or has more figures than a fit may have; JK_ERROR_ARGUMENT for an unknown
 * characteristic; otherwise as panel and model report. `base` must outlive the fit. *fit is the caller's. */
jk_status jk_fit_run(const char *panel, const jk_model *base, const jk_fit_options *options, jk_fit **fit,
                     jk_error *error);
void jk_fit_free(jk_fit *fit); /* NULL is accepted */
const jk_fit_result *jk_fit_result_of(const jk_fit *fit);

/* The estimated figures as rows, by a result and the base model; for NULLs the columns alone. */
jk_listing jk_fit_listing(const jk_fit_result *result, const jk_model *base);

/* The base model with the fitted figures in their places, without trees; its parts belong to base and fit. What
 * jk_fit_write_model writes, to be used at once. */
jk_model jk_fit_model(const jk_fit *fit);

/* Grows trees on what the fitted points leave (jalki/fit_trees.h) and writes them to `path`; the model that is written
 * afterwards names that file, so both belong into one folder. Where the panel gives no classes a segment's classes move
 * together. Once per fit; errors as jk_panel_open, and JK_ERROR_UNSUPPORTED in a build without
 * XGBoost. */
jk_status jk_fit_add_trees(jk_fit *fit, const jk_boost_options *options, const char *path, jk_error *error);

/* Correlations of segments and countries from the panel's periods (docs/fit.md); the model that is written afterwards
 * has them as risk.correlation. Trees are left out of what is expected. Once per fit; errors as jk_panel_open, and
 * JK_ERROR_DATA where there are more than JK_RISK_FACTORS_MOST. */
jk_status jk_fit_add_factors(jk_fit *fit, jk_error *error);

/* A complete model file: law, costs and prices of the base model with its includes put in, and the fitted figures, each
 * with what it rests on in a comment. The file loads by itself (jk_model_load). */
jk_status jk_fit_write_model(const jk_fit *fit, const char *path, jk_error *error);

/* The hash that the model will have (jk_model.sha256) once it is written to `path` and loaded from there: by it the
 * files of one fit know each other. */
jk_status jk_fit_model_sha256(const jk_fit *fit, const char *path, char sha256[65], jk_error *error);

/* {"rows", "exposure", "cash", "terms", "transitions", "dispersion", …} as in docs/fit.md. *text is the caller's, to be
 * given to free(). */
jk_status jk_fit_json(const jk_fit *fit, char **text, jk_error *error);

/* Names, estimates and covariance of the estimated figures as JSON (docs/fit.md), for drawing parameters. It names the
 * model that it belongs to by jk_fit_model_sha256; NULL: none was written. */
jk_status jk_fit_covariance_json(const jk_fit *fit, const char *model_sha256, char **text, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
