/* SPDX-License-Identifier: Apache-2.0 */
/* Cases in which the law changes on a day ahead: the claims' dates under the later law, and terms that have both. The
 * model's jurisdictions are replaced, all else of the law stays; scores, debtors' sums and who may be worked are those
 * of the cut-off, when the law was the old one. */
#include <stdlib.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "value/engine.h"

#define DAYS_A_MONTH 30.4375 /* of bars */

static int find_law(const jk_engine *engine, const jk_law_change *change) {
    for (size_t i = 0; i < engine->law_count; i++) {
        if (engine->laws[i].change == change) {
            return (int)i;
        }
    }
    return -1;
}

static jk_status add_law(jk_engine *engine, const jk_law_change *change, jk_error *error) {
    if (change->from <= engine->cutoff) {
        char from[JK_DATE_TEXT], cutoff[JK_DATE_TEXT];
        return jk_fail(
            error, JK_ERROR_ARGUMENT, NULL, 0, "from",
            "the law changes on %s, not after the cut-off %s; expected a later day, or a model with that law",
            jk_date_format(change->from, from), jk_date_format(engine->cutoff, cutoff));
    }
    jk_engine_law *law = &engine->laws[engine->law_count];
    *law = (jk_engine_law){.change = change, .model = *engine->model};
    law->model.jurisdictions = change->jurisdictions;
    law->from = (double)(change->from - engine->cutoff) / DAYS_A_MONTH;
    engine->law_count++;
    return jk_law_create(&law->model, engine->tape, engine->cutoff, &law->law, error);
}

jk_status jk_engine_laws_create(jk_engine *engine, size_t cases, jk_error *error) {
    engine->law_of = calloc(cases + 1, sizeof *engine->law_of);
    engine->laws = calloc(cases + 1, sizeof *engine->laws);
    JK_TRY(jk_held(engine->law_of != NULL && engine->laws != NULL, error, "the law of the cases"));
    for (size_t c = 0; c < cases; c++) {
        const jk_law_change *change = engine->cases[c].law;
        engine->law_of[c] = -1;
        if (change != NULL) {
            if (find_law(engine, change) < 0) {
                JK_TRY(add_law(engine, change, error));
            }
            engine->law_of[c] = find_law(engine, change);
        }
    }
    return JK_OK;
}

void jk_engine_laws_reset(jk_engine *engine) {
    for (size_t i = 0; i < engine->law_count; i++) {
        jk_law_free(engine->laws[i].law);
    }
    free(engine->laws);
    free(engine->law_of);
}

const jk_terms *jk_engine_terms(const jk_engine *engine, jk_worker *worker, size_t number) {
    int which = engine->law_of[number], rescored = engine->rescored_of[number];
    if (which < 0) {
        return rescored < 0 ? &worker->terms : jk_engine_rescored_terms(engine, worker, rescored);
    }
    if (worker->changed_law != which) { /* cases of one law often follow each other */
        const jk_engine_law *law = &engine->laws[which];
        worker->later.rows = worker->block.rows;
        jk_law_block(law->law, &worker->block, &worker->later);
        jk_terms_change(&worker->terms, &engine->debtors, &worker->block, &worker->law, &worker->later, law->from,
                        &worker->changed);
        worker->changed_law = which;
    }
    return &worker->changed;
}
