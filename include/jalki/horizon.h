/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests over horizons: claims valued at landmarks of the past (jalki/landmarks.h), what the valuation expected of
 * the months that followed beside what came in. The cells and their intervals are those of jalki/backtest.h: debtors
 * are what they count.
 *
 *     jk_horizon_options options = jk_horizon_defaults();
 *     jk_horizon_run("P.h5", models, 1, &options, &test, &error);     test.model[0].horizon[0].total.ratio
 *     jk_horizon_reset(&test); */
#ifndef JALKI_HORIZON_H
#define JALKI_HORIZON_H

#include "jalki/backtest.h"
#include "jalki/landmarks.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_horizon_by {
    JK_HORIZON_RECENCY, /* months since the last payment: 0-2, 3-5, 6-11, 12 and more, never */
    JK_HORIZON_PAYING,  /* whether the model takes the debtor for one who pays */
    JK_HORIZON_SCORE_BAND,
    JK_HORIZON_CLASS,
    JK_HORIZON_SEGMENT,
    JK_HORIZON_TREATMENT, /* recorded at the landmark */
    JK_HORIZON_DECISION,  /* what the model's plan decides there, and whether that is what was recorded */
    JK_HORIZON_VINTAGE,   /* quarter of write-off */
    JK_HORIZON_LANDMARK,  /* month of the landmark: cohorts */
    JK_HORIZON_BY_COUNT
} jk_horizon_by;
const char *jk_horizon_by_name(jk_horizon_by by); /* "recency", "paying", "score_band", "capacity_class", … */

enum { JK_HORIZON_WORDS = 512 }; /* room for jk_horizon_words */

typedef struct jk_horizon_options {
    jk_landmark_options landmarks; /* `within` is not used: a claim is followed beyond the filter's dates */
    int folds;                     /* as in jk_backtest_options */
} jk_horizon_options;

/* All rows, landmarks at claims' first rows, 12, 24 and 60 months, recorded treatments. */
jk_horizon_options jk_horizon_defaults(void);

typedef struct jk_horizon_table {
    size_t count;
    jk_backtest_cell *cell; /* exposure: balance times months watched; in the order of their kind */
} jk_horizon_table;

typedef struct jk_horizon {
    int months;
    jk_backtest_cell total;
    size_t complete;      /* landmarks watched for the whole horizon */
    double watched_share; /* of balance times the horizon */
    jk_horizon_table table[JK_HORIZON_BY_COUNT];
} jk_horizon;

typedef struct jk_horizon_model {
    char *path, *name, *sha256;
    char currency[8];
    size_t horizon_count;
    jk_horizon horizon[JK_HORIZONS_MAX];
} jk_horizon_model;

typedef struct jk_horizon_test {
    char *panel_path, *panel_sha256;
    jk_horizon_options options;
    size_t panel_rows, landmarks, claims;
    size_t model_count;
    jk_horizon_model *model; /* [model_count] */
} jk_horizon_test;

/* JK_ERROR_DATA where no row is a landmark; JK_ERROR_MODEL where models have different base currencies. *test is the
 * caller's. */
jk_status jk_horizon_run(const char *panel_path, const char *const *model_paths, size_t model_count,
                         const jk_horizon_options *options, jk_horizon_test *test, jk_error *error);
void jk_horizon_reset(jk_horizon_test *test);

/* What a horizon's test cannot see, in words: how much of it had the treatment that the plan decides. Empty where there
 * is nothing. */
void jk_horizon_words(const jk_horizon *horizon, char *text, size_t room);

/* Everything as JSON (docs/backtest.md names the keys); NULL if there is no memory. */
char *jk_horizon_json(const jk_horizon_test *test);

/* The same as rows with their columns described: of each model and horizon all landmarks, then group by group; for NULL
 * the columns alone. */
jk_listing jk_horizon_listing(const jk_horizon_test *test);

/* A part of it: a model's cells by one thing, each at every horizon; JK_HORIZON_BY_COUNT: all landmarks. */
jk_listing jk_horizon_part_listing(const jk_horizon_model *model, jk_horizon_by by);

#ifdef __cplusplus
}
#endif
#endif
