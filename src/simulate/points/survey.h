/* SPDX-License-Identifier: Apache-2.0 */
/* One look at the whole portfolio: its claims as cells, its largest claims one by one, and what the portfolio is worth
 * and brings in states of stress while its plans are kept, against which the model points are measured. A sink of the
 * engine; memory does not grow with the claims. */
#ifndef JK_SIMULATE_SURVEY_H
#define JK_SIMULATE_SURVEY_H

#include <stdbool.h>

#include "jalki/value.h"
#include "simulate/points/mix.h"
#include "simulate/points/stress.h"

enum {
    JK_LARGE_MOST = 5120,  /* claims that can be simulated one by one */
    JK_CELLS_MOST = 200000 /* cells of a table: bounds memory and the time of a path */
};

typedef struct jk_survey_thread jk_survey_thread;

typedef struct jk_survey {
    const jk_model *model;
    jk_extremes extremes;
    double irr;                      /* required yearly return */
    jk_plan *plan[JK_STRESS_STATES]; /* the base plan, and its tables with other multipliers; none of JK_STATE_PART */
    const jk_covariance *covariance; /* whose points' levels are counted; NULL: none */
    jk_mix mix;                      /* after jk_survey_finish */
    jk_cell_grid grid;
    int32_t *epoch_end;
    bool shared; /* by ranks */
    int threads;
    jk_survey_thread *thread;
    /* After jk_survey_finish. */
    jk_cells cells;       /* without the large claims */
    jk_cell_claim *large; /* by falling balance */
    size_t large_count;
    jk_outcome_flows truth[JK_STRESS_STATES];
} jk_survey;

/* The model and the covariance must outlive the survey. */
jk_status jk_survey_init(jk_survey *survey, const jk_model *model, const jk_value_options *options,
                         const jk_extremes *extremes, const jk_covariance *covariance, jk_error *error);
/* `claims` of the tape: what the cells and the points made of them may take is counted. */
jk_value_sink jk_survey_sink(jk_survey *survey, size_t claims);

/* After the run: puts the threads together and takes the largest claims out of their cells. */
jk_status jk_survey_finish(jk_survey *survey, const jk_valuation *valuation, bool own_risk, jk_error *error);
void jk_survey_reset(jk_survey *survey);

#endif
