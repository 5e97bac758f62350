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
#include "model/economics.h"
#include "value/engine.h"

void jk_reasons(const jk_worker *worker, const jk_plan_results *plan, uint8_t *reason) {
    for (size_t i = 0; i < worker->block.rows; i++) {
        uint8_t planned = plan->decision[i] == JK_CLOSE ? JK_REASON_UNECONOMIC : JK_REASON_BEST;
        planned = worker->terms.allowed[i] == 0 ? JK_REASON_STATUS : planned;
        reason[i] = worker->law.barred[i] ? JK_REASON_BARRED : planned;
    }
}

static void add_sum(jk_sum *into, const jk_sum *from) {
    into->claims += from->claims;
    into->face += from->face;
    into->value += from->value;
    into->gross += from->gross;
    into->net += from->net;
    into->hours += from->hours;
}

/* Segments of a split model are reported as the segments that they were cut from. */
static const jk_model *reported_model(const jk_engine *engine) {
    return engine->model->origin == NULL ? engine->model : engine->model->origin->model;
}

/* As `decide` counts them. */
static int64_t hours_of(const jk_segment *segment, int action) {
    return action >= JK_SURVEIL ? jk_effort_parts(segment, (jk_treatment)(action - JK_SURVEIL)) : 0;
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

jk_status jk_sums_add_block(const jk_engine *engine, const jk_worker *worker, const jk_plan_results *plan,
                            const uint8_t *reason, jk_sums *sums, jk_error *error) {
    const int32_t *country = JK_BLOCK_INT32(&worker->block, COUNTRY);
    for (size_t i = 0; i < worker->block.rows; i++) {
        if (!jk_worker_takes(engine, worker, i)) {
            continue;
        }
        /* Written so that a NaN fails too. */
        double erc_gross = plan->erc_gross == NULL ? 0.0 : (double)plan->erc_gross[i];
        double erc_net = plan->erc_net == NULL ? 0.0 : (double)plan->erc_net[i];
        bool held =
            fabs((double)plan->value[i]) < JK_FACE_MAX && fabs(erc_gross) < JK_FACE_MAX && fabs(erc_net) < JK_FACE_MAX;
        if (!held) {
            return fail_out_of_range(engine, worker->block.first_row + i, error);
        }
        const jk_segment *segment = &reported_model(engine)->segments[worker->law.segment[i]];
        const jk_sum claim = {.claims = 1,
                              .face = jk_grid_from_double(worker->law.balance[i]),
                              .value = jk_grid_from_double((double)plan->value[i]),
                              .gross = jk_grid_from_double(erc_gross),
                              .net = jk_grid_from_double(erc_net),
                              .hours = hours_of(segment, plan->decision[i])};
        add_sum(&sums->decision[plan->decision[i]], &claim);
        add_sum(&sums->reason[reason[i]], &claim);
        add_sum(&sums->segment[worker->law.segment[i]], &claim);
        add_sum(&sums->country[country[i]], &claim);
    }
    return JK_OK;
}

/* What an action is worth; the changes of a claim that would be out of range end the run before they are told. */
static int64_t worth(const jk_plan_results *plan, int action, size_t i) {
    double value = (double)plan->action_value[action][i];
    return fabs(value) < JK_FACE_MAX ? jk_grid_from_double(value) : 0;
}

void jk_sums_add_changes(const jk_worker *worker, const jk_plan_results *plan, jk_sums *sums) {
    const jk_plan_results *first = &worker->first;
    for (size_t i = 0; i < worker->block.rows; i++) {
        int from = first->decision[i], to = plan->decision[i];
        if (from != to) {
            jk_change_sum *change = &sums->change[from][to];
            change->claims++;
            change->face += jk_grid_from_double(worker->law.balance[i]);
            change->from_here += worth(plan, from, i);
            change->to_here += worth(plan, to, i);
            change->from_first += worth(first, from, i);
            change->to_first += worth(first, to, i);
        }
    }
}

static double wide_to_double(jk_wide grid) {
    return (double)grid / JK_GRID_PER_UNIT;
}

static jk_group group_of(const jk_sum *sum) {
    return (jk_group){.claims = sum->claims,
                      .face = wide_to_double(sum->face),
                      .value = wide_to_double(sum->value),
                      .erc_gross = wide_to_double(sum->gross),
                      .erc_net = wide_to_double(sum->net),
                      .hours = (double)sum->hours / JK_EFFORT_PARTS};
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
    const jk_model *reported = reported_model(engine);
    size_t count = reported->segment_count;
    valuation->segment = jk_arena_alloc(valuation->arena, count, sizeof *valuation->segment);
    valuation->segment_id = jk_arena_alloc(valuation->arena, count, sizeof *valuation->segment_id);
    if (valuation->segment == NULL || valuation->segment_id == NULL) {
        return jk_fail_memory(error, "the segments");
    }
    for (size_t i = 0; i < count; i++) {
        jk_sum sum = sum_over_threads(engine, which, GROUP_SEGMENT, i);
        const char *id = reported->segments[i].id;
        valuation->segment[i] = group_of(&sum);
        valuation->segment_id[i] = jk_arena_text(valuation->arena, id, strlen(id));
        if (valuation->segment_id[i] == NULL) {
            return jk_fail_memory(error, "the segments");
        }
    }
    valuation->segment_count = count;
    return JK_OK;
}

static void add_cells(jk_cashflow *into, size_t segment, const jk_cashflow *from, size_t part) {
    for (size_t month = 0; month < (size_t)into->months; month++) {
        for (size_t flow = 0; flow < JK_FLOW_COUNT; flow++) {
            into->cell[(month * into->segments + segment) * JK_FLOW_COUNT + flow] +=
                from->cell[(month * from->segments + part) * JK_FLOW_COUNT + flow];
        }
    }
}

static void finish_changes(const jk_engine *engine, size_t which, jk_valuation *valuation) {
    for (int t = 0; which > 0 && t < engine->threads; t++) {
        for (int cell = 0; cell < JK_ACTION_COUNT * JK_ACTION_COUNT; cell++) {
            int from = cell / JK_ACTION_COUNT, to = cell % JK_ACTION_COUNT;
            jk_change_sum *total = &engine->workers[0].sums[which].change[from][to];
            const jk_change_sum *part = &engine->workers[t].sums[which].change[from][to];
            if (t > 0) {
                total->claims += part->claims;
                total->face += part->face;
                total->from_here += part->from_here;
                total->to_here += part->to_here;
                total->from_first += part->from_first;
                total->to_first += part->to_first;
            }
            valuation->change[from][to] = (jk_change){
                total->claims,
                wide_to_double(total->face),
                wide_to_double(total->from_here),
                wide_to_double(total->to_here),
                wide_to_double(total->from_first),
                wide_to_double(total->to_first),
            };
        }
    }
}

static jk_status finish_flow(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    const jk_model *model = engine->model;
    size_t segments = reported_model(engine)->segment_count;
    JK_TRY(jk_cashflow_init(&valuation->flow, model->horizon_months, segments, error));
    for (int t = 0; t < engine->threads; t++) {
        const jk_cashflow *flow = &engine->workers[t].flow[which];
        for (size_t part = 0; part < model->segment_count; part++) {
            size_t segment = model->origin == NULL ? part : model->origin->segment[part];
            add_cells(&valuation->flow, segment, flow, part);
        }
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
    finish_changes(engine, which, valuation);
    JK_TRY(finish_segments(engine, which, valuation, error));
    JK_TRY(finish_countries(engine, which, valuation, error));
    return finish_flow(engine, which, valuation, error);
}
