/* SPDX-License-Identifier: Apache-2.0 */
/* How far a model is to be trusted: what it expects of history beside what came in.
 *
 *     jk_backtest_options options = jk_backtest_defaults();
 *     jk_backtest_run("P.h5", models, 2, &options, &test, &error);    test.model[0], test.model[1]
 *     jk_backtest_reset(&test);
 *
 * Every row of the panel that is in the filter gets the model's expected cash (jalki/expected.h). All sums are exact,
 * so that neither threads nor the order of rows show. Debtors are the clusters of all intervals: what one debtor pays
 * in one month says much about the next.
 *
 * Ratio. Actual over expected. Recoveries come from few payers of very different size; the usual symmetric interval is
 * then too short and lies too low. The 95 % interval here is made as that of Fay and Feuer, Statistics in Medicine 16
 * (1997), 791-801, for weighted sums of rare events: a gamma distribution with the sum's mean and variance below, and
 * with one more payment w above. Over debtors d with sums A, E and largest balance B, R the ratio:
 *     variance = max(s * n / (n - 1) sum (A - R E)^2, R sum E (f B - R E)), w = max(largest A, f sum E B / sum E)
 * where f is the part of the balance that payers bring, sum A^2 / sum A B over all rows of the test (1 where nobody
 * paid). s is the square of Student's over the normal distribution's 97.5 % point, with (sum E)^2 / sum E^2 - 1 degrees
 * of freedom; the first term does not go above sum A^2 for that, and is sum A^2 where there is less than one degree.
 * The second variance is that of debtors who pay all of f B or nothing: it keeps the interval honest where the few who
 * paid happen to be small. The expected amounts are taken as given.
 *
 * Ranking. Rows in descending order of expected cash per exposure (balance times months at risk); C(x) is the share of
 * all cash in the first part x of the exposure, straight between rows; rows that are equal to 30 binary digits are one.
 * Gini = 2 * area under C - 1: 0 for a model that ranks by chance, `gini_best` if rows were ordered by the cash they
 * brought. gini_time ranks by 1 / months at risk alone: what cash early and claims watched for different times give to
 * a model that knows no debtor. AUC: the probability that a row that brought cash, drawn at random, ranks before one
 * that brought none, ties for half (Hanley, McNeil 1982): of paying at all, each row counting once. top_decile_share
 * and top_quintile_share count rows in place of exposure, in descending order of expected cash per month at risk: what
 * the tenth and the fifth of the rows with most to expect brought of all cash. By claim: each claim as it stood in its
 * first row of the test, with the cash of all its rows, balance in place of exposure; gini_share ranks claims by the
 * share of their balance that all their rows together were expected to bring, gini_time by the months that they were
 * watched. (Orders by whole periods' or claims' expected cash would look at the future: whoever pays and leaves has
 * fewer months at risk, and so less to expect.)
 *
 * Calibration. Pseudo-Poisson fit of cash on exposure * exp(a + slope * log intensity), intensity = expected cash per
 * exposure (Santos Silva and Tenreyro, Review of Economics and Statistics 88 (2006), 641-658), its error by the
 * jackknife over debtors in one step each (Bell and McCaffrey, Survey Methodology 28 (2002), 169-181), but not below
 * that of payments of all of f B or nothing: slope 1 is well graded, below 1 the model's differences are too large,
 * above 1 too small. And the ratio in ten classes of equal exposure by expected intensity.
 *
 * Errors, all weighted by exposure: mean absolute and root mean square error of cash per exposure, and the Poisson
 * deviance in currency units; beside two null models that know the test's own mean: one rate per exposure for all rows,
 * and one share of the balance for all, however long they were watched. */
#ifndef JALKI_BACKTEST_H
#define JALKI_BACKTEST_H

#include "jalki/chain_ladder.h"
#include "jalki/listing.h"
#include "jalki/panel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_backtest_by {
    JK_BACKTEST_SEGMENT,
    JK_BACKTEST_TREATMENT,
    JK_BACKTEST_SCORE_BAND, /* 50 points each */
    JK_BACKTEST_VINTAGE,    /* quarter of write-off */
    JK_BACKTEST_MONTH,      /* of period_start */
    JK_BACKTEST_AGE,        /* full years since write-off at period_start */
    JK_BACKTEST_CLASS,      /* capacity class that the expectation was taken for */
    JK_BACKTEST_COUNTRY,
    JK_BACKTEST_PAYING, /* quiet, or whole months since the last payment of whom the model takes for a payer */
    JK_BACKTEST_BY_COUNT
} jk_backtest_by;
const char *jk_backtest_by_name(jk_backtest_by by); /* "segment", "treatment", "score_band", "vintage", … */

enum { JK_BACKTEST_TENTHS = 10, JK_BACKTEST_NAME = 64, JK_BACKTEST_MODELS_MAX = 16, JK_BACKTEST_FOLDS_MAX = 20 };
enum { JK_BACKTEST_WORDS = 1024 }; /* room for jk_backtest_words */

/* Rows of one kind together. Amounts in the model's base currency. */
typedef struct jk_backtest_cell {
    char name[JK_BACKTEST_NAME];
    size_t rows, debtors, payers; /* payers: debtors with cash */
    double exposure;              /* balance times months */
    double actual, expected;
    double ratio, low, high; /* NaN where nothing is expected */
} jk_backtest_cell;

typedef struct jk_backtest_table {
    jk_backtest_by by;
    size_t count;
    jk_backtest_cell *cell; /* [count]; in the order of their kind, only those that have rows */
} jk_backtest_table;

/* NaN where there is no cash or no exposure. */
typedef struct jk_backtest_ranking {
    double gini, gini_best, gini_time, auc;
    double top_decile_share, top_quintile_share;
    double gini_share; /* of claims alone */
} jk_backtest_ranking;

typedef struct jk_backtest_slope {
    double slope, std_error, low, high; /* NaN where there is nothing to tell it from */
    double intercept;
} jk_backtest_slope;

typedef struct jk_backtest_errors {
    double mean_absolute, root_mean_square, deviance;                   /* per exposure, per exposure, currency units */
    double null_mean_absolute, null_root_mean_square, null_deviance;    /* of the null model */
    double share_mean_absolute, share_root_mean_square, share_deviance; /* of one share of the balance for all */
    double deviance_explained;                                          /* 1 - deviance / null_deviance */
} jk_backtest_errors;

/* Population stability index between two samples: sum of (p - q) ln(p / q) over levels, shares of rows with half a row
 * added to each level. Below 0.1 hardly a change, above 0.25 another population. */
typedef struct jk_backtest_stability {
    char name[JK_BACKTEST_NAME]; /* "score" (bands of 50), then the model's characteristics */
    double psi;                  /* NaN where a sample has no rows */
} jk_backtest_stability;

typedef struct jk_backtest_model {
    char *path, *name, *sha256;
    char currency[8];
    jk_backtest_cell total;
    size_t claims;
    double paid_part; /* f above */
    jk_backtest_ranking by_row, by_claim;
    jk_backtest_slope slope;
    jk_backtest_errors errors;
    jk_backtest_cell tenth[JK_BACKTEST_TENTHS];  /* the highest expected intensity first; empty ones have no rows */
    double cumulative_share[JK_BACKTEST_TENTHS]; /* C at 0.1, 0.2, ..., 1 */
    size_t table_count;
    jk_backtest_table table[JK_BACKTEST_BY_COUNT];
    size_t stability_count; /* 0 with folds, which have a score each */
    jk_backtest_stability *stability;
    /* Deviance of this model less that of the first, and its interval by debtors: below 0 this one is better. 0 for the
     * first. */
    double deviance_difference, difference_low, difference_high;
} jk_backtest_model;

typedef struct jk_backtest_options {
    jk_panel_filter filter;
    unsigned by; /* bit b: a table by jk_backtest_by b */
    int folds;   /* 1: models as they are; 2 to JK_BACKTEST_FOLDS_MAX: each of so many parts of the debtors is expected
                    by the model fitted anew on the others (jalki/fit.h, its defaults); the filter takes all keys then */
    bool prior; /* what the first model values cohorts at when they enter is the prior of the chain ladder's Bornhuetter
                   and Ferguson; not with folds */
    jk_run run;
} jk_backtest_options;
jk_backtest_options jk_backtest_defaults(void); /* all rows; segment, treatment, score_band, vintage, month */

/* Which rows stability compares the test with. */
typedef enum jk_backtest_reference {
    JK_REFERENCE_OTHERS, /* the rows outside the filter that do not start at its `to` or later */
    JK_REFERENCE_EARLY   /* all rows are in the test: those that start in the first half of the time, with the rest */
} jk_backtest_reference;

typedef struct jk_backtest {
    char *panel_path, *panel_sha256;
    jk_panel_filter filter;
    int folds;
    jk_backtest_reference reference;
    size_t panel_rows, reference_rows;
    size_t model_count;
    jk_backtest_model *model; /* [model_count]; the first is the one that others are compared with */
    /* Cumulative cash by cohort of claims that entered the panel in the same period, by time since entry; all periods
     * of the filter's keys. `has_ladder` 0: `no_ladder` says why. */
    int has_ladder;
    int ladder_months; /* length of a cohort's period and of an age: 1, 3 or 12 */
    const char *no_ladder;
    jk_triangle triangle;
    jk_chain_ladder ladder;
} jk_backtest;

/* Back-tests 1..JK_BACKTEST_MODELS_MAX model files on the same rows of the panel. JK_ERROR_DATA where the filter leaves
 * no row. A part of a run (docs/cluster.md) hands its rows over and fills in nothing. Memory: about 150 bytes for each
 * row in the filter, twice that with folds. *test is the caller's. */
jk_status jk_backtest_run(const char *panel_path, const char *const *model_paths, size_t model_count,
                          const jk_backtest_options *options, jk_backtest *test, jk_error *error);
void jk_backtest_reset(jk_backtest *test);

/* What the test says in words, for people: what the interval of the ratio excludes and what it cannot tell, the grading
 * of debtors, whether the order is better than that of time at risk alone, and whom treatments were tested on. One
 * line. */
void jk_backtest_words(const jk_backtest_model *model, char *text, size_t room);

/* Everything as JSON (docs/backtest.md names the keys), ending in a line end; NULL if there is no memory. */
char *jk_backtest_json(const jk_backtest *test);

/* The same as rows with their columns described: of each model all rows, then group by group; for NULL the columns
 * alone. */
jk_listing jk_backtest_listing(const jk_backtest *test);

/* Parts of it, of the first model: its table (below table_count) and beneath it all rows; for table_count the tenths.
 * Then figures of all rows, those of each model one after the other; how far a model's rows are of the population of
 * others. For NULL the columns alone, but of parts, which have those of the whole. */
jk_listing jk_backtest_part_listing(const jk_backtest *test, size_t table);
jk_listing jk_backtest_figures_listing(const jk_backtest *test);
jk_listing jk_backtest_stability_listing(const jk_backtest_model *model);

#ifdef __cplusplus
}
#endif
#endif
