/* SPDX-License-Identifier: Apache-2.0 */
/* Simulation of a portfolio under its plan: what it is worth and brings on thousands of paths on which countries'
 * collections, the parameters and the luck of single claims vary (model.md section 11, docs/simulate.md).
 *
 * The plan of the base case is kept on all paths. The claims are first put together into model points, whose error
 * against the full valuation is measured in the base case and in states of stress; paths run over the points, so that
 * neither time nor memory grow with claims times paths. Results do not depend on threads, the order of rows or the
 * instruction set: the numbers of a path are those of (seed, path) alone.
 *
 *     jk_simulate_options wanted = jk_simulate_defaults();
 *     jk_simulation simulation;
 *     jk_simulate(tape, model, &options, &wanted, &simulation, &error);
 *     jk_simulation_reset(&simulation);
 */
#ifndef JALKI_SIMULATE_H
#define JALKI_SIMULATE_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_PATHS_LEAST = 100, JK_PATHS_MOST = 1000000 };

typedef struct jk_simulate_options {
    uint64_t paths; /* JK_PATHS_LEAST..JK_PATHS_MOST; with a precision: the most */
    uint64_t seed;
    double price;     /* paid for the portfolio, for realised returns; NaN: the bid at the required return */
    double precision; /* stop once no standard error of the value's figures is above this part of its mean; 0: never */
    double tolerance; /* largest relative error of the model points that is aimed at */
    const char *covariance; /* file that `fit` wrote beside the model; NULL: the standard errors of `risk.parameters` */
    int own_risk;           /* 0: every claim brings what is expected of it on the path */
} jk_simulate_options;

/* 10,000 paths, seed 1, the bid as price, no precision, a tolerance of 0.001, own risk on. */
jk_simulate_options jk_simulate_defaults(void);

/* Figures of a distribution. Quantiles are interpolated between ordered values; JK_FIGURE_ES05 is the mean of the worst
 * twentieth. */
typedef enum jk_figure {
    JK_FIGURE_MEAN,
    JK_FIGURE_SD,
    JK_FIGURE_P01,
    JK_FIGURE_P05,
    JK_FIGURE_P25,
    JK_FIGURE_P50,
    JK_FIGURE_P75,
    JK_FIGURE_P95,
    JK_FIGURE_P99,
    JK_FIGURE_ES05,
    JK_FIGURE_COUNT
} jk_figure;
const char *jk_figure_name(jk_figure figure); /* "mean", "sd", "p01", ..., "es05" */

typedef struct jk_distribution {
    uint64_t count; /* paths that have a value */
    double figure[JK_FIGURE_COUNT];
    double error[JK_FIGURE_COUNT]; /* standard error of each, from the spread of the paths */
} jk_distribution;

enum { JK_CONFIDENCE_COUNT = 2, JK_CONVERGENCE_MOST = 24 };
extern const double jk_confidence[JK_CONFIDENCE_COUNT]; /* 0.80, 0.95 */

typedef struct jk_simulation {
    uint64_t paths, seed, claims;
    double face, base_value; /* of the full valuation; base currency, as all money here */
    double irr;              /* required yearly return */
    int32_t cutoff;
    unsigned allow;
    double onboarding, price;
    int price_given, own_risk;
    size_t parameters, parameters_left_out; /* of the covariance: drawn, and not (the model does not have them) */
    /* How collections of countries and segments hang together: factors of the model's matrix (0: it has none, each
     * country is a factor), and the lowest and highest correlation of two. */
    size_t factors;
    double lowest_correlation, highest_correlation;
    /* The points: how many, how many of them are single large claims, and the largest relative error of the value and
     * of any year's collections and costs (both against the year's collections) in the base case and under the two
     * multipliers of all collections `stress`. */
    size_t model_points, large_claims;
    double compression_error, value_error, gross_error, cost_error;
    double stress[2];
    size_t stressed_one_in; /* one claim of so many was looked at under stress; 1: all */
    int within_tolerance;
    jk_distribution value;        /* present value at the required return */
    jk_distribution gross, net;   /* over the horizon, undiscounted */
    jk_distribution irr_at_price; /* realised return on price and onboarding, the highest rate that fits; -1 where next
                                     to nothing comes back */
    double probability_of_return; /* part of the paths on which it is at least the required one */
    double probability_of_loss;   /* part on which less comes in than was paid */
    int years;
    jk_distribution *year;                        /* [years] collections of the year, */
    jk_distribution *collected;                   /* and up to its end */
    double confidence_price[JK_CONFIDENCE_COUNT]; /* earns the required return with that probability */
    double confidence_error[JK_CONFIDENCE_COUNT];
    int precise; /* the wanted precision was reached */
    size_t convergence_count;
    jk_distribution convergence[JK_CONVERGENCE_MOST]; /* of the value, after its `count` paths */
} jk_simulation;

/* Simulates. Fails as jk_value_run does, with JK_ERROR_ARGUMENT for options out of range, and with JK_ERROR_FORMAT or
 * JK_ERROR_DATA for a covariance that is none or another model's; *simulation is then
 * empty.
 */
jk_status jk_simulate(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                      const jk_simulate_options *wanted, jk_simulation *simulation, jk_error *error);
void jk_simulation_reset(jk_simulation *simulation);

/* What a simulation may take at most, within options->memory: the tables of cells grow with what claims differ in, and
 * often take a part of it. JK_ERROR_MEMORY where it does not fit. */
jk_status jk_simulate_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                             const jk_simulate_options *wanted, jk_value_memory *memory, jk_error *error);

/* Distributions with all their figures, a row each: value, collections, net and realised return, then from row
 * JK_SIMULATION_YEARS on the collections of each year, those up to each year's end, and the value as it settles
 * (`convergence`). Prices at a confidence. Both with one figure a row. For NULL the columns alone. */
enum { JK_SIMULATION_VALUE, JK_SIMULATION_GROSS, JK_SIMULATION_NET, JK_SIMULATION_RETURN, JK_SIMULATION_YEARS };
jk_listing jk_simulation_distributions_listing(const jk_simulation *simulation);
jk_listing jk_simulation_prices_listing(const jk_simulation *simulation);
jk_listing jk_simulation_listing(const jk_simulation *simulation);

/* As JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_simulation_json(const jk_tape *tape, const jk_model *model, const jk_simulation *simulation);

#ifdef __cplusplus
}
#endif
#endif
