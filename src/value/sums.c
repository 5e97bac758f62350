/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons and group sums. Amounts are rounded to the grid claim by claim and added as integers, so that neither threads
 * nor the order of rows show (model.md section 13). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/grid.h"
#include "base/memory.h"
#include "value/engine.h"

void jk_reasons(const jk_worker *worker, uint8_t *reason) {
    for (size_t i = 0; i < worker->block.rows; i++) {
        uint8_t planned = worker->plan.decision[i] == JK_CLOSE ? JK_REASON_UNECONOMIC : JK_REASON_BEST;
        planned = worker->terms.allowed[i] == 0 ? JK_REASON_STATUS : planned;
        reason[i] = worker->law.barred[i] ? JK_REASON_BARRED : planned;
    }
}

static void add_amounts(jk_sum *sum, int64_t face, int64_t value, int64_t gross, int64_t net) {
    sum->claims++;
    sum->face += face;
    sum->value += value;
    sum->gross += gross;
    sum->net += net;
}

static void add_sum(jk_sum *into, const jk_sum *from) {
    into->claims += from->claims;
    into->face += from->face;
    into->value += from->value;
    into->gross += from->gross;
    into->net += from->net;
}

/* Rates or balances far outside any use can drive a claim beyond what 32-bit floats hold. */
static jk_status fail_out_of_range(const jk_engine *engine, size_t row, jk_error *error) {
    char id[256] = "";
    jk_error ignored = {0};
    if (jk_tape_text_width(engine->tape, JK_COLUMN_CLAIM_ID) < sizeof id) {
        (void)jk_tape_read(engine->tape, JK_COLUMN_CLAIM_ID, row, 1, id, &ignored);
    }
    return jk_fail(error, JK_ERROR_DATA, jk_tape_path(engine->tape), 0, NULL,
                   "the value of claim '%s' (claim %zu of the tape) is not a number that can be held; expected amounts "
                   "and rates of a usual size",
                   id, row + 1);
}

jk_status jk_face_check(const jk_engine *engine, double face, jk_error *error) {
    if (face <= JK_FACE_MAX) {
        return JK_OK;
    }
    return jk_fail(
        error, JK_ERROR_DATA, jk_tape_path(engine->tape), 0, NULL,
        "the claims amount to more than %.0f currency units, the most that is added without loss; value parts "
        "of the tape by themselves",
        JK_FACE_MAX);
}

jk_status jk_sums_add_block(const jk_engine *engine, const jk_worker *worker, jk_sums *sums, jk_error *error) {
    const jk_plan_results *plan = &worker->plan;
    const int32_t *country = JK_BLOCK_INT32(&worker->block, COUNTRY);
    for (size_t i = 0; i < worker->block.rows; i++) {
        /* Written so that a NaN fails too. */
        bool held = fabs((double)plan->value[i]) < JK_FACE_MAX && fabs((double)plan->erc_gross[i]) < JK_FACE_MAX &&
                    fabs((double)plan->erc_net[i]) < JK_FACE_MAX;
        if (!held) {
            return fail_out_of_range(engine, worker->block.first_row + i, error);
        }
        int64_t face = jk_grid_from_double(worker->law.balance[i]);
        int64_t value = jk_grid_from_double((double)plan->value[i]);
        int64_t gross = jk_grid_from_double((double)plan->erc_gross[i]);
        int64_t net = jk_grid_from_double((double)plan->erc_net[i]);
        add_amounts(&sums->decision[plan->decision[i]], face, value, gross, net);
        add_amounts(&sums->reason[worker->reason[i]], face, value, gross, net);
        add_amounts(&sums->segment[worker->law.segment[i]], face, value, gross, net);
        add_amounts(&sums->country[country[i]], face, value, gross, net);
    }
    return JK_OK;
}

static double wide_to_double(jk_wide grid) {
    return (double)grid / JK_GRID_PER_UNIT;
}

static jk_group group_of(const jk_sum *sum) {
    return (jk_group){sum->claims, wide_to_double(sum->face), wide_to_double(sum->value), wide_to_double(sum->gross),
                      wide_to_double(sum->net)};
}

/* Sum over threads of one group, which lies `offset` sums from the start of an array of each thread. */
typedef enum group_kind { GROUP_DECISION, GROUP_REASON, GROUP_SEGMENT, GROUP_COUNTRY } group_kind;

static jk_sum sum_over_threads(const jk_engine *engine, size_t which, group_kind kind, size_t index) {
    jk_sum sum = {0};
    for (int t = 0; t < engine->threads; t++) {
        const jk_sums *sums = &engine->workers[t].sums[which];
        const jk_sum *groups[] = {sums->decision, sums->reason, sums->segment, sums->country};
        add_sum(&sum, &groups[kind][index]);
    }
    return sum;
}

typedef struct country_entry {
    const char *id;
    jk_sum sum;
} country_entry;

static int by_id(const void *a, const void *b) {
    return strcmp(((const country_entry *)a)->id, ((const country_entry *)b)->id);
}

static jk_status finish_countries(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    size_t names = 0;
    const char *const *name = jk_tape_dictionary(engine->tape, JK_COLUMN_COUNTRY, &names);
    country_entry *entries = calloc(engine->country_count + 1, sizeof *entries);
    if (entries == NULL) {
        return jk_fail_memory(error, "the countries");
    }
    size_t count = 0;
    for (size_t i = 0; i < names && i < engine->country_count; i++) {
        jk_sum sum = sum_over_threads(engine, which, GROUP_COUNTRY, i);
        if (sum.claims > 0) {
            entries[count++] = (country_entry){name[i], sum};
        }
    }
    qsort(entries, count, sizeof *entries, by_id);
    valuation->country = jk_arena_alloc(valuation->arena, count + 1, sizeof *valuation->country);
    valuation->country_id = jk_arena_alloc(valuation->arena, count + 1, sizeof *valuation->country_id);
    bool held = valuation->country != NULL && valuation->country_id != NULL;
    for (size_t i = 0; held && i < count; i++) {
        valuation->country[i] = group_of(&entries[i].sum);
        valuation->country_id[i] = jk_arena_text(valuation->arena, entries[i].id, strlen(entries[i].id));
        held = valuation->country_id[i] != NULL;
    }
    valuation->country_count = count;
    free(entries);
    return held ? JK_OK : jk_fail_memory(error, "the countries");
}

static jk_status finish_segments(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    size_t count = engine->model->segment_count;
    valuation->segment = jk_arena_alloc(valuation->arena, count, sizeof *valuation->segment);
    valuation->segment_id = jk_arena_alloc(valuation->arena, count, sizeof *valuation->segment_id);
    if (valuation->segment == NULL || valuation->segment_id == NULL) {
        return jk_fail_memory(error, "the segments");
    }
    for (size_t i = 0; i < count; i++) {
        jk_sum sum = sum_over_threads(engine, which, GROUP_SEGMENT, i);
        const char *id = engine->model->segments[i].id;
        valuation->segment[i] = group_of(&sum);
        valuation->segment_id[i] = jk_arena_text(valuation->arena, id, strlen(id));
        if (valuation->segment_id[i] == NULL) {
            return jk_fail_memory(error, "the segments");
        }
    }
    valuation->segment_count = count;
    return JK_OK;
}

static jk_status finish_flow(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    const jk_model *model = engine->model;
    JK_TRY(jk_cashflow_init(&valuation->flow, model->horizon_months, model->segment_count, error));
    for (int t = 0; t < engine->threads; t++) {
        jk_cashflow_add(&valuation->flow, &engine->workers[t].flow[which]);
    }
    return JK_OK;
}

jk_status jk_sums_finish(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    jk_sum total = {0};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        jk_sum sum = sum_over_threads(engine, which, GROUP_DECISION, (size_t)a);
        valuation->decision[a] = group_of(&sum);
        add_sum(&total, &sum);
    }
    for (int r = 0; r < JK_REASON_COUNT; r++) {
        jk_sum sum = sum_over_threads(engine, which, GROUP_REASON, (size_t)r);
        valuation->reason[r] = sum.claims;
        valuation->reason_face[r] = wide_to_double(sum.face);
    }
    valuation->total = group_of(&total);
    valuation->onboarding_cost = engine->model->onboarding_cost;
    valuation->onboarding = valuation->onboarding_cost * (double)total.claims;
    valuation->irr = engine->irr[which];
    valuation->cutoff = engine->cutoff;
    valuation->allow = engine->allow;
    (void)snprintf(valuation->isa, sizeof valuation->isa, "%s", jk_plan_isa(engine->plan[which]));
    JK_TRY(jk_face_check(engine, valuation->total.face, error));
    JK_TRY(finish_segments(engine, which, valuation, error));
    JK_TRY(finish_countries(engine, which, valuation, error));
    return finish_flow(engine, which, valuation, error);
}
