/* SPDX-License-Identifier: Apache-2.0 */
/* Segments in which a case changes nothing against the first one: their claims come to the same there, to the bit, and
 * are not planned again. Their rows are copied as blocks go by, their cash flow once, in the end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan/plan.h"
#include "value/engine.h"

static bool are_ones(const double *multiplier, size_t count) {
    for (size_t i = 0; multiplier != NULL && i < count; i++) {
        if (multiplier[i] != 1.0) {
            return false;
        }
    }
    return true;
}

static bool is_same(const jk_engine *engine, const jk_value_case *other, size_t segment) {
    const jk_plan_stress *stress = other->stress == NULL ? NULL : &other->stress[segment];
    const size_t epochs = (size_t)engine->model->epoch_count, first = segment * epochs;
    return (other->model == NULL || memcmp(&other->model->segments[segment], &engine->model->segments[segment],
                                           sizeof *engine->model->segments) == 0) &&
           are_ones(other->recovery == NULL ? NULL : other->recovery + first, epochs) &&
           are_ones(other->paying_recovery == NULL ? NULL : other->paying_recovery + first, epochs) &&
           (stress == NULL || (stress->exit == 1.0 && stress->interruption == 1.0 && stress->breakage == 1.0));
}

/* The first case must be the run's own figures, and the other may not change what is of no segment. */
static bool may_be_same(const jk_engine *engine, size_t number) {
    const jk_value_case *first = &engine->cases[0], *other = &engine->cases[number];
    return first->model == NULL && first->recovery == NULL && first->paying_recovery == NULL && first->stress == NULL &&
           first->law == NULL && first->hour_price == NULL && other->law == NULL && other->hour_price == NULL &&
           !other->rescored && engine->irr[number] == engine->irr[0] &&
           (other->keeps == 0 || (other->keeps < 0 && !engine->kept[number]));
}

jk_status jk_engine_same_create(jk_engine *engine, jk_error *error) {
    const size_t segments = engine->model->segment_count;
    engine->same = calloc(engine->case_count * segments, sizeof *engine->same);
    JK_TRY(jk_held(engine->same != NULL, error, "the cases"));
    for (size_t c = 1; c < engine->case_count; c++) {
        bool *same = engine->same + c * segments;
        for (size_t s = 0; s < segments && may_be_same(engine, c); s++) {
            same[s] = is_same(engine, &engine->cases[c], s);
        }
        engine->plan[c]->left_out = same;
    }
    return JK_OK;
}

static bool has_same(const jk_engine *engine, size_t number) {
    const size_t segments = engine->model->segment_count;
    return memchr(engine->same + number * segments, true, segments * sizeof *engine->same) != NULL;
}

static void copy_column(const void *from, void *to, size_t rows, size_t size) {
    if (from != NULL && to != NULL) {
        memcpy(to, from, rows * size);
    }
}

void jk_engine_same_rows(const jk_engine *engine, const jk_worker *worker, size_t number, jk_plan_results *to) {
    const jk_plan_results *from = &worker->first;
    const size_t rows = worker->block.rows;
    if (number == 0 || !has_same(engine, number)) {
        return;
    }
    copy_column(from->value, to->value, rows, sizeof *to->value);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        copy_column(from->action_value[a], to->action_value[a], rows, sizeof *to->value);
    }
    copy_column(from->decision, to->decision, rows, sizeof *to->decision);
    copy_column(from->erc_gross, to->erc_gross, rows, sizeof *to->erc_gross);
    copy_column(from->erc_net, to->erc_net, rows, sizeof *to->erc_net);
    copy_column(from->gross_12m, to->gross_12m, rows, sizeof *to->gross_12m);
    copy_column(from->gross_60m, to->gross_60m, rows, sizeof *to->gross_60m);
}

void jk_engine_same_flows(const jk_engine *engine, size_t number) {
    const jk_cashflow *from = &engine->workers[0].flow[0], *to = &engine->workers[0].flow[number];
    for (size_t cell = 0; number > 0 && cell < (size_t)to->months * to->segments; cell++) {
        if (engine->same[number * to->segments + cell % to->segments]) {
            memcpy(to->cell + cell * JK_FLOW_COUNT, from->cell + cell * JK_FLOW_COUNT,
                   JK_FLOW_COUNT * sizeof *to->cell);
        }
    }
}
