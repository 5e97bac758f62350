/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the engine: what is shared by all threads, and what each thread owns. */
#ifndef JK_VALUE_ENGINE_H
#define JK_VALUE_ENGINE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/number/grid.h"
#include "base/number/wide.h"
#include "jalki/value.h"
#include "value/row_sums.h"

/* Sums in grid units; wide, so that no tape can overflow them, and nothing else, so that they are one row of cells. */
typedef struct jk_sum {
    jk_wide claims;
    jk_wide face, value, gross, net;
    jk_wide hours; /* agent hours in the first epoch, in parts of 1/JK_EFFORT_PARTS */
} jk_sum;

typedef struct jk_change_sum {
    jk_wide claims;
    jk_wide face, from_here, to_here, from_first, to_first;
} jk_change_sum;

typedef struct jk_sums {
    jk_sum decision[JK_ACTION_COUNT];
    jk_sum reason[JK_REASON_COUNT];
    jk_sum *segment;                          /* [segments] */
    jk_sum *country;                          /* [countries of the tape's dictionary] */
    jk_change_sum (*change)[JK_ACTION_COUNT]; /* [from][to]; NULL in a run of one case */
} jk_sums;

/* The largest total face that is valued: leaves the 64-bit cells of the cash flow a factor of two. */
#define JK_FACE_MAX 4e12

/* What one thread owns. All arrays lie in `memory`, laid out once by jk_worker_layout. */
typedef struct jk_worker {
    jk_block block;
    jk_law_facts law;
    jk_score_columns score;
    jk_terms terms;
    jk_law_facts later; /* of the block under a later law, and the terms that have both; of the law `changed_law` */
    jk_terms changed;
    int changed_law;                 /* -1: of none yet */
    jk_score_columns rescored_score; /* of the block by the model of a case, and the terms of it: of `rescored_by` */
    jk_terms rescored;
    int rescored_by;             /* -1: of none yet */
    jk_plan_results first, rest; /* of the first case, and of the others one after the other */
    uint8_t *reason, *rest_reason;
    const float **case_value; /* [cases], all of one run kept apart; NULL in a run of one case */
    const uint8_t **case_decision;
    void *scratch;           /* of the scorer */
    jk_cashflow *flow;       /* [cases] */
    jk_sums *sums;           /* [cases] */
    jk_row_sums *rows;       /* of a block, on the way into them */
    jk_plan_policy **policy; /* [cases], where a later case keeps to it or a sink asks for it; else NULL */
    double face;             /* of the blocks so far */
    jk_plan_workspace *workspace;
    void *memory;
} jk_worker;

/* Whose turn it is to hand a block to the ordered sinks. */
typedef struct jk_turn {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t next;
    jk_status status; /* a failure ends the waiting of all */
    jk_error error;
} jk_turn;

/* The law of cases in which it changes. */
typedef struct jk_engine_law {
    const jk_law_change *change;
    jk_model model; /* the run's, with the later jurisdictions */
    jk_law *law;
    double from; /* months from the cut-off */
} jk_engine_law;

/* A model that scores the claims of its cases. */
typedef struct jk_engine_rescored {
    const jk_model *model;
    jk_scorer *scorer;
} jk_engine_rescored;

typedef struct jk_engine {
    const jk_tape *tape;
    const jk_model *model;
    const jk_value_sink *sinks;
    size_t sink_count;
    bool has_ordered;
    size_t rows, first_row, end_row; /* of the tape; those of this process */
    size_t block_rows, block_count;
    bool shared; /* with other processes */
    int32_t cutoff;
    unsigned allow;
    int age_from, age_end; /* see jk_value_options, and so the next two */
    int32_t accrued_to;
    bool lapses;
    uint64_t columns;  /* of the tape, that are read for every block */
    uint64_t constant; /* of the tape, that are absent: read once */
    size_t country_count;
    jk_law *law;
    jk_debtors debtors;
    jk_scorer *scorer;
    bool project, sinks_see_last;
    size_t case_count;
    const jk_value_case *cases;
    int64_t *hours; /* agent hours in parts of 1/JK_EFFORT_PARTS, by segment (as reported) and action */
    double *irr;    /* [cases] */
    jk_plan **plan; /* [cases] */
    bool *kept;     /* [cases]: its plan is kept, for a later one or (of the first) for a sink */
    bool *same;     /* [cases][segments]: same_case.c */
    int *law_of;    /* [cases]: index of its law, or -1: the law stays */
    jk_engine_law *laws;
    size_t law_count;
    int *rescored_of; /* [cases]: index of the model that scores its claims, or -1: the run's */
    jk_engine_rescored *rescored;
    size_t rescored_count;
    int threads;
    jk_worker *workers;
    jk_turn turn;
} jk_engine;

/* engine.c */
jk_status jk_engine_prepare(jk_engine *engine, const jk_tape *tape, const jk_model *model,
                            const jk_value_options *options, const jk_value_case *cases, size_t case_count,
                            const jk_value_sink *sinks, size_t sink_count, jk_error *error);
void jk_engine_reset(jk_engine *engine);
/* The threads' workers, after threads and block_rows are set; and all of a block whose rows and columns the worker has:
 * law, score, plans and sums. */
jk_status jk_engine_workers(jk_engine *engine, jk_error *error);
jk_status jk_engine_block(jk_engine *engine, jk_worker *worker, jk_error *error);
/* Claims that are not part of the run are not planned. */
void jk_engine_leave_out(const jk_engine *engine, const jk_worker *worker, jk_terms *terms);

/* memory.c; the largest plan is the one whose workspace serves all */
const jk_plan *jk_engine_largest_plan(const jk_engine *engine);
jk_status jk_engine_plan_memory(const jk_engine *engine, const jk_value_options *options, jk_value_memory *memory,
                                jk_error *error);

/* worker.c: lays the worker's arrays for blocks of `rows` rows out from `base` (NULL: only counts) and returns the
 * bytes. */
size_t jk_worker_layout(const jk_engine *engine, size_t rows, unsigned char *base, jk_worker *worker);
jk_status jk_worker_create(const jk_engine *engine, jk_worker *worker, jk_error *error);
void jk_worker_reset(const jk_engine *engine, jk_worker *worker);

/* Whether a row of the worker's block is part of the run. */
static inline bool jk_worker_takes(const jk_engine *engine, const jk_worker *worker, size_t row) {
    double age = worker->law.age_months[row];
    return engine->age_end <= 0 || (age >= engine->age_from && age < engine->age_end);
}

/* later_law.c */
jk_status jk_engine_laws_create(jk_engine *engine, size_t cases, jk_error *error);
void jk_engine_laws_reset(jk_engine *engine);
const jk_terms *jk_engine_terms(const jk_engine *engine, jk_worker *worker, size_t number); /* of a case */

/* rescored.c; the last two are for workers: bytes of scratch that any of the scorers needs, and the terms by a model */
jk_status jk_engine_rescored_create(jk_engine *engine, size_t cases, jk_error *error);
void jk_engine_rescored_reset(jk_engine *engine);
size_t jk_engine_scratch_size(const jk_engine *engine, size_t rows);
const jk_terms *jk_engine_rescored_terms(const jk_engine *engine, jk_worker *worker, int which);

/* same_case.c: after the plans of all cases; the rows of a block of what a case does not change, before it is planned;
 * and their cash flow, after those of the threads have been put together */
jk_status jk_engine_same_create(jk_engine *engine, jk_error *error);
void jk_engine_same_rows(const jk_engine *engine, const jk_worker *worker, size_t number, jk_plan_results *to);
void jk_engine_same_flows(const jk_engine *engine, size_t number);

/* sums.c */
jk_status jk_sums_hours(jk_engine *engine, jk_error *error); /* fills engine->hours */
jk_status jk_face_check(const jk_engine *engine, double face, jk_error *error);
void jk_reasons(const jk_worker *worker, const jk_plan_results *plan, uint8_t *reason);
jk_status jk_sums_add_block(const jk_engine *engine, const jk_worker *worker, const jk_plan_results *plan,
                            const uint8_t *reason, jk_sums *sums, jk_error *error);
void jk_sums_add_changes(const jk_worker *worker, const jk_plan_results *plan, jk_sums *sums);
/* Adds the sums of all threads, and of all processes, to those of the first thread. */
jk_status jk_sums_gather(jk_engine *engine, jk_error *error);
jk_status jk_sums_finish(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error);

/* valuation.c: puts the threads' sums of one case together. */
jk_status jk_valuation_create(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error);

#endif
