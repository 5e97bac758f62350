/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons and group sums. Amounts are rounded to the grid claim by claim and added as integers, so that neither threads
 * nor the order of rows show (model.md section 13). */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/team/team.h"
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

/* Agent hours of the first epoch by segment and action, as `decide` counts them. */
jk_status jk_sums_hours(jk_engine *engine, jk_error *error) {
    const jk_model *model = reported_model(engine);
    engine->hours = calloc(model->segment_count * JK_ACTION_COUNT, sizeof *engine->hours);
    JK_TRY(jk_held(engine->hours != NULL, error, "the segments"));
    for (size_t s = 0; s < model->segment_count; s++) {
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            engine->hours[s * JK_ACTION_COUNT + JK_SURVEIL + t] = jk_effort_parts(&model->segments[s], (jk_treatment)t);
        }
    }
    return JK_OK;
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

/* ---- a block ------------------------------------------------------------------------------------------------------
 */

JK_ISA_DECLARE(jk_sums_kernel, jk_sums_kernel_);

static void empty_line(jk_line *line, jk_sum *into) {
    into->claims += (*line)[JK_CELL_CLAIMS];
    into->face += (*line)[JK_CELL_FACE];
    into->value += (*line)[JK_CELL_VALUE];
    into->gross += (*line)[JK_CELL_GROSS];
    into->net += (*line)[JK_CELL_NET];
    into->hours += (*line)[JK_CELL_HOURS];
    *line = (jk_line){0};
}

static void empty_rows(const jk_engine *engine, jk_row_sums *rows, jk_sums *sums) {
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        empty_line(&rows->decision[a], &sums->decision[a]);
    }
    for (int r = 0; r < JK_REASON_COUNT; r++) {
        empty_line(&rows->reason[r], &sums->reason[r]);
    }
    for (size_t s = 0; s < engine->model->segment_count; s++) {
        empty_line(&rows->segment[s], &sums->segment[s]);
    }
    for (size_t c = 0; c < engine->country_count; c++) {
        empty_line(&rows->country[c], &sums->country[c]);
    }
    rows->bound = 0.0;
}

static const float *from_row(const float *column, size_t row) {
    return column == NULL ? NULL : column + row;
}

static jk_sums_tile tile_of(const jk_worker *worker, const jk_plan_results *plan, const uint8_t *reason, size_t first,
                            size_t count) {
    return (jk_sums_tile){.count = count,
                          .face = worker->law.balance + first,
                          .value = plan->value + first,
                          .gross = from_row(plan->erc_gross, first),
                          .net = from_row(plan->erc_net, first),
                          .decision = plan->decision + first,
                          .reason = reason + first,
                          .segment = worker->law.segment + first,
                          .country = JK_BLOCK_INT32(&worker->block, COUNTRY) + first};
}

static double largest_amount(const jk_sums_kernel *kernel, const jk_sums_tile *tile) {
    const float *columns[] = {tile->value, tile->gross, tile->net};
    double largest = 0.0;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        largest = columns[c] == NULL ? largest : fmax(largest, kernel->largest(columns[c], tile->count));
    }
    return largest;
}

/* Rows that follow each other from `first` on and are part of the run, at most JK_SUMS_TILE. */
static size_t count_taken(const jk_engine *engine, const jk_worker *worker, size_t first) {
    size_t end = first;
    while (end < worker->block.rows && end - first < JK_SUMS_TILE && jk_worker_takes(engine, worker, end)) {
        end++;
    }
    return end - first;
}

/* Faces need no bound here: those of all claims together have one (jk_face_check). */
jk_status jk_sums_add_block(const jk_engine *engine, const jk_worker *worker, const jk_plan_results *plan,
                            const uint8_t *reason, jk_sums *sums, jk_error *error) {
    const jk_sums_kernel *kernel = JK_ISA_OF(jk_sums_kernel_, jk_isa_usual());
    jk_row_sums *rows = worker->rows;
    size_t count = 0;
    for (size_t first = 0; first<worker->block.rows; first += count> 0 ? count : 1) {
        count = count_taken(engine, worker, first);
        jk_sums_tile tile = tile_of(worker, plan, reason, first, count);
        double largest = largest_amount(kernel, &tile);
        if (count > 1 && !((double)count * largest <= JK_FACE_MAX)) { /* one by one */
            count = 1;
            tile = tile_of(worker, plan, reason, first, count);
            largest = largest_amount(kernel, &tile);
        }
        if (!(largest < JK_FACE_MAX)) {
            return fail_out_of_range(engine, worker->block.first_row + first, error);
        }
        if (rows->bound + (double)count * largest > 2.0 * JK_FACE_MAX) {
            empty_rows(engine, rows, sums);
        }
        rows->bound += (double)count * largest;
        kernel->add(&tile, engine->hours, rows);
    }
    empty_rows(engine, rows, sums);
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
    return (jk_group){.claims = (uint64_t)sum->claims,
                      .face = wide_to_double(sum->face),
                      .value = wide_to_double(sum->value),
                      .erc_gross = wide_to_double(sum->gross),
                      .erc_net = wide_to_double(sum->net),
                      .hours = (double)sum->hours / JK_EFFORT_PARTS};
}

/* ---- threads and processes ------------------------------------------------------------------------------------- */

enum { SUM_CELLS = sizeof(jk_sum) / sizeof(jk_wide), CHANGE_CELLS = sizeof(jk_change_sum) / sizeof(jk_wide) };
static_assert(SUM_CELLS * sizeof(jk_wide) == sizeof(jk_sum) && CHANGE_CELLS * sizeof(jk_wide) == sizeof(jk_change_sum),
              "sums are rows of wide cells");

enum { TALLIES = 5 };

static size_t tallies_of(const jk_engine *engine, jk_sums *sums, jk_tally tallies[TALLIES]) {
    const size_t changes = sums->change == NULL ? 0 : JK_ACTION_COUNT * JK_ACTION_COUNT;
    const jk_tally all[TALLIES] = {{JK_TALLY_WIDE, sums->decision, JK_ACTION_COUNT * SUM_CELLS},
                                   {JK_TALLY_WIDE, sums->reason, JK_REASON_COUNT * SUM_CELLS},
                                   {JK_TALLY_WIDE, sums->segment, engine->model->segment_count * SUM_CELLS},
                                   {JK_TALLY_WIDE, sums->country, engine->country_count * SUM_CELLS},
                                   {JK_TALLY_WIDE, sums->change, changes * CHANGE_CELLS}};
    memcpy(tallies, all, sizeof all);
    return TALLIES;
}

static jk_tally tally_of_flow(const jk_cashflow *flow) {
    return (jk_tally){JK_TALLY_INT64, flow->cell, (size_t)flow->months * flow->segments * JK_FLOW_COUNT};
}

/* Unsigned, as cells beyond the largest face may overflow before that is told. */
static void add_tally(const jk_tally *into, const jk_tally *from) {
    for (size_t i = 0; i < into->count; i++) {
        if (into->kind == JK_TALLY_WIDE) {
            ((jk_wide *)into->cell)[i] += ((const jk_wide *)from->cell)[i];
        } else {
            ((uint64_t *)into->cell)[i] += ((const uint64_t *)from->cell)[i];
        }
    }
}

static void add_thread(const jk_engine *engine, size_t which, int thread) {
    jk_tally into[TALLIES], from[TALLIES];
    size_t count = tallies_of(engine, &engine->workers[0].sums[which], into);
    (void)tallies_of(engine, &engine->workers[thread].sums[which], from);
    for (size_t i = 0; i < count; i++) {
        add_tally(&into[i], &from[i]);
    }
    const jk_tally total = tally_of_flow(&engine->workers[0].flow[which]);
    const jk_tally part = tally_of_flow(&engine->workers[thread].flow[which]);
    add_tally(&total, &part);
}

/* Everything that the sums depend on and that is not in a file: rows, cases, options. */
static uint64_t figures_of(const jk_engine *engine) {
    struct figures {
        uint64_t rows, cases, segments, months, countries;
        int64_t cutoff, allow, age_from, age_end, project, accrued_to, lapses;
    } all = {engine->rows,
             engine->case_count,
             engine->model->segment_count,
             (uint64_t)engine->model->horizon_months,
             engine->country_count,
             engine->cutoff,
             engine->allow,
             engine->age_from,
             engine->age_end,
             engine->project,
             engine->accrued_to,
             engine->lapses};
    uint64_t figures = XXH3_64bits(&all, sizeof all);
    for (size_t c = 0; c < engine->case_count; c++) {
        const double one[] = {engine->irr[c], engine->cases[c].keeps};
        figures = XXH3_64bits_withSeed(one, sizeof one, figures);
    }
    return figures;
}

jk_status jk_sums_gather(jk_engine *engine, jk_error *error) {
    const size_t cases = engine->case_count;
    jk_tally *tallies = calloc(cases, (TALLIES + 1) * sizeof *tallies);
    size_t count = 0;
    JK_TRY(jk_held(tallies != NULL, error, "the sums"));
    for (size_t c = 0; c < cases; c++) {
        for (int t = 1; t < engine->threads; t++) {
            add_thread(engine, c, t);
        }
        jk_engine_same_flows(engine, c);
        count += tallies_of(engine, &engine->workers[0].sums[c], &tallies[count]);
        tallies[count++] = tally_of_flow(&engine->workers[0].flow[c]);
    }
    jk_status status = !engine->shared ? JK_OK
                                       : jk_team_sum(JK_PASS_RESULT, (jk_team_question){"value", figures_of(engine)},
                                                     tallies, count, error);
    free(tallies);
    return status;
}

/* ---- what is made of them -------------------------------------------------------------------------------------- */

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
    JK_TRY(jk_held(entries != NULL, error, "the countries"));
    size_t count = 0;
    for (size_t i = 0; i < names && i < engine->country_count; i++) {
        const jk_sum *sum = &engine->workers[0].sums[which].country[i];
        if (sum->claims > 0) {
            entries[count++] = (country_entry){name[i], *sum};
        }
    }
    jk_sort(entries, count, sizeof *entries, by_id);
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
    return jk_held(held, error, "the countries");
}

static jk_status finish_segments(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    const jk_model *reported = reported_model(engine);
    size_t count = reported->segment_count;
    valuation->segment = jk_arena_alloc(valuation->arena, count, sizeof *valuation->segment);
    valuation->segment_id = jk_arena_alloc(valuation->arena, count, sizeof *valuation->segment_id);
    JK_TRY(jk_held(valuation->segment != NULL && valuation->segment_id != NULL, error, "the segments"));
    for (size_t i = 0; i < count; i++) {
        const char *id = reported->segments[i].id;
        valuation->segment[i] = group_of(&engine->workers[0].sums[which].segment[i]);
        valuation->segment_id[i] = jk_arena_text(valuation->arena, id, strlen(id));
        JK_TRY(jk_held(valuation->segment_id[i] != NULL, error, "the segments"));
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
    for (int cell = 0; which > 0 && cell < JK_ACTION_COUNT * JK_ACTION_COUNT; cell++) {
        int from = cell / JK_ACTION_COUNT, to = cell % JK_ACTION_COUNT;
        const jk_change_sum *sum = &engine->workers[0].sums[which].change[from][to];
        valuation->change[from][to] = (jk_change){
            (uint64_t)sum->claims,        wide_to_double(sum->face),       wide_to_double(sum->from_here),
            wide_to_double(sum->to_here), wide_to_double(sum->from_first), wide_to_double(sum->to_first),
        };
    }
}

static jk_status finish_flow(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    const jk_model *model = engine->model;
    size_t segments = reported_model(engine)->segment_count;
    JK_TRY(jk_cashflow_init(&valuation->flow, model->horizon_months, segments, error));
    for (size_t part = 0; part < model->segment_count; part++) {
        size_t segment = model->origin == NULL ? part : model->origin->segment[part];
        add_cells(&valuation->flow, segment, &engine->workers[0].flow[which], part);
    }
    return JK_OK;
}

static bool flows(const jk_cashflow *flow, size_t part) {
    bool any = false;
    for (size_t month = 0; month < (size_t)flow->months; month++) {
        for (size_t f = 0; f < JK_FLOW_COUNT; f++) {
            any = any || flow->cell[(month * flow->segments + part) * JK_FLOW_COUNT + f] != 0;
        }
    }
    return any;
}

/* Parts of a split model by country, unless something flows in a part that may hold several. */
static jk_status finish_country_flow(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    const jk_model_origin *origin = engine->model->origin;
    const jk_cashflow *parts = &engine->workers[0].flow[which];
    bool apart = origin != NULL && valuation->country_count > 0;
    for (size_t part = 0; apart && part < parts->segments; part++) {
        apart = origin->country[part] != NULL || !flows(parts, part);
    }
    if (!apart) {
        return JK_OK;
    }
    JK_TRY(jk_cashflow_init(&valuation->country_flow, parts->months, valuation->country_count, error));
    for (size_t part = 0; part < parts->segments; part++) {
        for (size_t c = 0; origin->country[part] != NULL && c < valuation->country_count; c++) {
            if (strcmp(origin->country[part], valuation->country_id[c]) == 0) {
                add_cells(&valuation->country_flow, c, parts, part);
            }
        }
    }
    return JK_OK;
}

jk_status jk_sums_finish(const jk_engine *engine, size_t which, jk_valuation *valuation, jk_error *error) {
    const jk_sums *sums = &engine->workers[0].sums[which];
    jk_sum total = {0};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        valuation->decision[a] = group_of(&sums->decision[a]);
        add_sum(&total, &sums->decision[a]);
    }
    for (int r = 0; r < JK_REASON_COUNT; r++) {
        valuation->reason[r] = (uint64_t)sums->reason[r].claims;
        valuation->reason_face[r] = wide_to_double(sums->reason[r].face);
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
    JK_TRY(finish_country_flow(engine, which, valuation, error));
    return finish_flow(engine, which, valuation, error);
}
