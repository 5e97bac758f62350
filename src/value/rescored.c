/* SPDX-License-Identifier: Apache-2.0 */
/* Cases whose claims are scored by the case's own model: the terms of a block under its points, beside those of the
 * run. Law, debtors' sums and who may be worked stay. */
#include <stdlib.h>

#include "base/error.h"
#include "value/engine.h"

jk_status jk_engine_rescored_create(jk_engine *engine, size_t cases, jk_error *error) {
    engine->rescored = calloc(cases + 1, sizeof *engine->rescored);
    engine->rescored_of = calloc(cases + 1, sizeof *engine->rescored_of);
    JK_TRY(jk_held(engine->rescored != NULL && engine->rescored_of != NULL, error, "the scores of the cases"));
    for (size_t c = 0; c < cases; c++) {
        const jk_value_case *wanted = &engine->cases[c];
        engine->rescored_of[c] = -1;
        if (!wanted->rescored) {
            continue;
        }
        if (wanted->model == NULL || wanted->law != NULL || engine->model->origin != NULL) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "case",
                           "case %zu cannot score its claims by a model of its own; expected a model of the case, one "
                           "whose segments are not split, and no change of the law",
                           c);
        }
        int found = -1;
        for (size_t i = 0; i < engine->rescored_count; i++) {
            found = engine->rescored[i].model == wanted->model ? (int)i : found;
        }
        if (found < 0) {
            found = (int)engine->rescored_count++;
            engine->rescored[found].model = wanted->model;
            JK_TRY(jk_scorer_create(wanted->model, engine->tape, engine->law, &engine->debtors,
                                    &engine->rescored[found].scorer, error));
        }
        engine->rescored_of[c] = found;
    }
    return JK_OK;
}

void jk_engine_rescored_reset(jk_engine *engine) {
    for (size_t i = 0; i < engine->rescored_count; i++) {
        jk_scorer_free(engine->rescored[i].scorer);
    }
    free(engine->rescored);
    free(engine->rescored_of);
}

size_t jk_engine_scratch_size(const jk_engine *engine, size_t rows) {
    size_t size = jk_score_scratch_size(engine->scorer, rows);
    for (size_t i = 0; i < engine->rescored_count; i++) {
        size_t own = jk_score_scratch_size(engine->rescored[i].scorer, rows);
        size = own > size ? own : size;
    }
    return size;
}

const jk_terms *jk_engine_rescored_terms(const jk_engine *engine, jk_worker *worker, int which) {
    if (worker->rescored_by != which) { /* cases of one model follow each other */
        const jk_engine_rescored *own = &engine->rescored[which];
        worker->rescored_score.rows = worker->rescored.rows = worker->block.rows;
        jk_score_block(own->scorer, &worker->block, &worker->law, &worker->rescored_score, worker->scratch);
        jk_terms_block(own->model, &engine->debtors, &worker->block, &worker->law, &worker->rescored_score,
                       engine->allow, &worker->rescored);
        jk_engine_leave_out(engine, worker, &worker->rescored);
        worker->rescored_by = which;
    }
    return &worker->rescored;
}
