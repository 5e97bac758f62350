/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table: one pass over the tape for all returns and scenarios, then an offer for each group of claims. */
#include "jalki/bids.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "scenario/countries.h"

const char *jk_bid_kind_name(jk_bid_kind kind) {
    static const char *const names[] = {"all", "decision", "segment", "country"};
    return (unsigned)kind < JK_BID_KIND_COUNT ? names[kind] : "?";
}

const jk_bid_cell *jk_bid_at(const jk_bids *bids, size_t scenario, size_t which_return, size_t line) {
    return &bids->cell[(scenario * bids->return_count + which_return) * bids->line_count + line];
}

const char *jk_bid_binding(const jk_bids *bids, const jk_bid_cell *cell) {
    if (!cell->floored) {
        return "";
    }
    return cell->offer.binding < 0 ? "return" : jk_floor_kind_name(bids->floors[cell->offer.binding].kind);
}

/* ---- lines ---------------------------------------------------------------------------------------------------- */

/* Names are copied: they outlive the model and the valuations. */
static bool add_line(jk_bids *bids, jk_bid_kind kind, const char *name) {
    char *copy = jk_arena_text(bids->arena, name, strlen(name));
    bids->line[bids->line_count++] = (jk_bid_line){kind, copy};
    return copy != NULL;
}

static bool make_lines(jk_bids *bids, const jk_model *model, const jk_valuation *valuation) {
    size_t most = 1 + JK_ACTION_COUNT + model->segment_count + valuation->country_count;
    bids->line = jk_arena_alloc(bids->arena, most, sizeof *bids->line);
    if (bids->line == NULL) {
        return false;
    }
    bool held = add_line(bids, JK_BID_ALL, "all");
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        held = add_line(bids, JK_BID_DECISION, jk_action_name((jk_action)a)) && held;
    }
    for (size_t s = 0; s < model->segment_count; s++) {
        held = add_line(bids, JK_BID_SEGMENT, model->segments[s].id) && held;
    }
    for (size_t c = 0; c < valuation->country_count; c++) {
        held = add_line(bids, JK_BID_COUNTRY, valuation->country_id[c]) && held;
    }
    return held;
}

/* ---- cells ---------------------------------------------------------------------------------------------------- */

typedef struct group_flow {
    jk_group group;
    jk_month flow[JK_HORIZON_MAX];
    bool known; /* the flow */
} group_flow;

static void read_segment_flow(const jk_valuation *valuation, size_t segment, group_flow *sums) {
    for (int t = 1; t <= valuation->flow.months; t++) {
        sums->flow[t - 1] = jk_valuation_month(valuation, t, segment);
    }
    sums->known = true;
}

static void read_country_flow(const jk_valuation *valuation, size_t country, group_flow *sums) {
    for (int t = 1; t <= valuation->country_flow.months; t++) {
        sums->flow[t - 1] = jk_valuation_country_month(valuation, t, country);
    }
    sums->known = valuation->country_flow.months > 0;
}

/* `index` is the line's place among those of its kind. */
static void sum_line(const jk_valuation *valuation, jk_bid_kind kind, size_t index, group_flow *sums) {
    *sums = (group_flow){0};
    switch (kind) {
    case JK_BID_ALL:
        sums->group = valuation->total;
        read_segment_flow(valuation, valuation->segment_count, sums);
        break;
    case JK_BID_DECISION:
        sums->group = valuation->decision[index];
        break;
    case JK_BID_SEGMENT:
        sums->group = valuation->segment[index];
        read_segment_flow(valuation, index, sums);
        break;
    default:
        sums->group = valuation->country[index];
        read_country_flow(valuation, index, sums);
        break;
    }
}

/* A scenario's valuations at all returns, and room for a group's sums. */
typedef struct bid_case {
    const jk_scenario_grid *grid;
    unsigned mode;
    int scenario; /* -1: the base case */
    group_flow *own, *other;
} bid_case;

static const jk_valuation *valuation_at(const bid_case *at, size_t r) {
    return jk_scenario_at(at->grid, r, at->mode, at->scenario);
}

/* The plan of a higher return is in less of a hurry to spend and in more of one to collect: where a floor binds, it may
 * bear a higher price although it is worth less at the return required. It is worth what its flows are, at mid-month,
 * and never more than the plan that is best at that return. */
static void take_better_plans(const jk_bids *bids, const bid_case *at, size_t r, jk_bid_kind kind, size_t index,
                              jk_bid_cell *cell) {
    const jk_valuation *own = valuation_at(at, r);
    for (size_t i = 0; i < bids->return_count; i++) {
        const jk_valuation *valuation = valuation_at(at, i);
        if (!(valuation->irr > own->irr)) {
            continue;
        }
        double net[JK_HORIZON_MAX];
        sum_line(valuation, kind, index, at->other);
        for (int t = 0; t < valuation->flow.months; t++) {
            net[t] = at->other->flow[t].net;
        }
        jk_group group = at->own->group;
        group.value = fmin(group.value, jk_price_present_value(net, valuation->flow.months, own->irr));
        jk_offer offer =
            jk_offer_group(own, &group, at->other->flow, bids->floors, bids->floor_count, cell->offer.asked);
        if (offer.bid > cell->offer.bid || (offer.attainable && !cell->offer.attainable)) {
            const jk_offer before = cell->offer;
            cell->offer = offer;
            cell->plan_irr = valuation->irr;
            cell->group.erc_gross = at->other->group.erc_gross;
            cell->group.erc_net = at->other->group.erc_net;
            cell->offer.value = before.value;
            cell->offer.bid_at_return = before.bid_at_return;
            cell->offer.asked_irr = before.asked_irr;
            cell->offer.asked_outcome = before.asked_outcome;
            cell->offer.asked_multiple = before.asked_multiple;
            cell->offer.asked_payback = before.asked_payback;
        }
    }
}

static void fill_cells(jk_bids *bids, const bid_case *at, size_t r, jk_bid_cell *cells) {
    const jk_valuation *valuation = valuation_at(at, r);
    size_t index = 0;
    for (size_t line = 0; line < bids->line_count; line++) {
        jk_bid_kind kind = bids->line[line].kind;
        group_flow *sums = at->own;
        index = line > 0 && bids->line[line - 1].kind == kind ? index + 1 : 0;
        sum_line(valuation, kind, index, sums);
        cells[line] = (jk_bid_cell){
            .group = sums->group,
            .offer = jk_offer_group(valuation, &sums->group, sums->known ? sums->flow : NULL, bids->floors,
                                    bids->floor_count, kind == JK_BID_ALL ? bids->asked : NAN),
            .plan_irr = valuation->irr,
            .floored = sums->known,
        };
        if (sums->known && cells[line].offer.binding >= 0) {
            take_better_plans(bids, at, r, kind, index, &cells[line]);
        }
    }
}

static jk_status make_cells(jk_bids *bids, const jk_model *model, const jk_scenario_grid *grid, jk_error *error) {
    bid_case at = {.grid = grid,
                   .mode = bids->committed ? JK_MODE_COMMITTED : JK_MODE_REPLANNED,
                   .own = malloc(2 * sizeof(group_flow))};
    bool held = at.own != NULL && make_lines(bids, model, &grid->valuations[0]);
    size_t cells = bids->scenario_count * bids->return_count * bids->line_count;
    bids->cell = held ? jk_arena_alloc(bids->arena, cells, sizeof *bids->cell) : NULL;
    for (size_t s = 0; bids->cell != NULL && s < bids->scenario_count; s++) {
        at.scenario = (int)s - 1;
        at.other = at.own + 1;
        for (size_t r = 0; r < bids->return_count; r++) {
            fill_cells(bids, &at, r, &bids->cell[(s * bids->return_count + r) * bids->line_count]);
        }
    }
    free(at.own);
    return jk_held(bids->cell != NULL, error, "the bid table");
}

enum { SINKS_MOST = 8 };

/* ---- the table ------------------------------------------------------------------------------------------------ */

static jk_status check(const jk_bid_options *wanted, jk_error *error) {
    if (wanted->sink_count >= SINKS_MOST) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "more than %d sinks", SINKS_MOST - 1);
    }
    if (wanted->hours != NULL && wanted->sink_count > 0 && wanted->returns != 1) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "claims of a plan within hours can be seen at one return at a time");
    }
    if (wanted->hours != NULL && wanted->strata != NULL && wanted->returns != 1) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "columns of a plan within hours are of one return");
    }
    if (wanted->hours != NULL && wanted->scenario_count > 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "a plan within hours is made without scenarios");
    }
    if (wanted->returns < 1 || wanted->returns > JK_RETURNS_MAX || wanted->floor_count > JK_FLOORS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "a bid table takes 1 to %d returns and at most %d floors", (int)JK_RETURNS_MAX,
                       (int)JK_FLOORS_MAX);
    }
    return JK_OK;
}

static jk_status prepare(jk_bids *bids, const jk_model *model, const jk_bid_options *wanted, jk_error *error) {
    *bids = (jk_bids){.scenario_count = 1 + wanted->scenario_count,
                      .return_count = wanted->returns,
                      .committed = wanted->committed,
                      .floor_count = wanted->floor_count,
                      .asked = wanted->asked};
    for (size_t r = 0; r < wanted->returns; r++) {
        bids->irr[r] = isnan(wanted->irr[r]) ? model->irr : wanted->irr[r];
    }
    for (size_t i = 0; i < wanted->floor_count; i++) {
        bids->floors[i] = wanted->floors[i];
    }
    bids->arena = jk_arena_create();
    bids->scenario =
        bids->arena == NULL ? NULL : jk_arena_alloc(bids->arena, bids->scenario_count, sizeof *bids->scenario);
    for (size_t s = 0; bids->scenario != NULL && s < bids->scenario_count; s++) {
        const char *name = s == 0 ? "base" : wanted->scenarios[s - 1].name;
        bids->scenario[s] = jk_arena_text(bids->arena, name, strlen(name));
        JK_TRY(jk_held(bids->scenario[s] != NULL, error, "the bid table"));
    }
    return jk_held(bids->scenario != NULL, error, "the bid table");
}

/* The grid of a plan within hours: solved at each return by itself. */
static jk_status solve_hours(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                             const jk_bid_options *wanted, const jk_value_sink *sinks, size_t sink_count, jk_bids *bids,
                             jk_scenario_grid *grid, jk_error *error) {
    *grid = (jk_scenario_grid){.returns = wanted->returns, .count = wanted->returns, .modes = JK_MODE_REPLANNED};
    grid->valuations = calloc(grid->count, sizeof *grid->valuations);
    bids->hours = jk_arena_alloc(bids->arena, wanted->returns, sizeof *bids->hours);
    JK_TRY(jk_held(grid->valuations != NULL && bids->hours != NULL, error, "the bid table"));
    for (size_t r = 0; r < wanted->returns; r++) {
        jk_value_options own = *options;
        own.irr = bids->irr[r];
        bids->hours[r] = *wanted->hours;
        JK_TRY(jk_hours_solve(tape, model, &own, &bids->hours[r], error));
        JK_TRY(jk_hours_value(tape, model, &own, &bids->hours[r], sinks, sink_count, &grid->valuations[r], error));
    }
    return JK_OK;
}

/* By country where the parts are not too many. */
static jk_status value_within_hours(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                    const jk_bid_options *wanted, const jk_value_sink *sinks, size_t sink_count,
                                    jk_bids *bids, jk_scenario_grid *grid, jk_error *error) {
    const jk_where countries = jk_countries_of(tape);
    jk_error ignored = {0};
    jk_model *split = NULL;
    (void)jk_model_split(model, &countries, 1, &split, &ignored);
    jk_status status =
        solve_hours(tape, split != NULL ? split : model, options, wanted, sinks, sink_count, bids, grid, error);
    jk_model_free(split);
    return status;
}

/* The sums by columns that were asked for, of all returns and scenarios. */
static jk_status finish_strata(const jk_bid_options *wanted, const jk_scenario_grid *grid, const jk_bids *bids,
                               jk_error *error) {
    const unsigned mode = wanted->committed ? JK_MODE_COMMITTED : JK_MODE_REPLANNED;
    jk_strata_case *cases = calloc(grid->count, sizeof *cases);
    for (size_t r = 0; cases != NULL && r < wanted->returns; r++) {
        for (size_t s = 0; s < bids->scenario_count; s++) {
            const size_t at = jk_scenario_index(grid, r, mode, (int)s - 1);
            cases[at] = (jk_strata_case){.valuation = &grid->valuations[at],
                                         .scenario = bids->scenario[s],
                                         .mode = s == 0              ? NULL
                                                 : wanted->committed ? "committed"
                                                                     : "replanned",
                                         .required = bids->irr[r]};
        }
    }
    jk_status status =
        cases != NULL ? jk_strata_finish(wanted->strata, cases, error) : jk_fail_memory(error, "the strata");
    free(cases);
    return status;
}

/* The sinks of the options and that of the strata. */
static size_t put_sinks(const jk_bid_options *wanted, jk_value_sink sinks[SINKS_MOST]) {
    size_t count = 0;
    for (; count < wanted->sink_count; count++) {
        sinks[count] = wanted->sinks[count];
    }
    if (wanted->strata != NULL) {
        sinks[count++] = jk_strata_sink(wanted->strata);
    }
    return count;
}

jk_status jk_bids_make(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                       const jk_bid_options *wanted, jk_bids *bids, jk_error *error) {
    jk_scenario_grid grid = {0};
    jk_scenario_run run = {.scenarios = wanted->scenarios,
                           .scenario_count = wanted->scenario_count,
                           .irr = wanted->irr,
                           .returns = wanted->returns,
                           .modes = wanted->committed ? JK_MODE_COMMITTED : JK_MODE_REPLANNED,
                           .by_country = true};
    *bids = (jk_bids){0};
    JK_TRY(check(wanted, error));
    jk_status status = prepare(bids, model, wanted, error);
    if (status == JK_OK) {
        jk_value_sink sinks[SINKS_MOST];
        const size_t sink_count = put_sinks(wanted, sinks);
        status = wanted->hours != NULL
                     ? value_within_hours(tape, model, options, wanted, sinks, sink_count, bids, &grid, error)
                     : jk_scenario_grid_make(tape, model, options, &run, sinks, sink_count, &grid, error);
    }
    if (status == JK_OK && wanted->strata != NULL) {
        bids->strata = wanted->strata;
        status = finish_strata(wanted, &grid, bids, error);
    }
    if (status == JK_OK) {
        status = make_cells(bids, model, &grid, error);
    }
    if (status == JK_OK) {
        bids->first = grid.valuations[0];
        grid.valuations[0] = (jk_valuation){0};
    } else {
        jk_bids_reset(bids);
    }
    jk_scenario_grid_reset(&grid);
    return status;
}

void jk_bids_reset(jk_bids *bids) {
    jk_valuation_reset(&bids->first);
    jk_arena_free(bids->arena);
    *bids = (jk_bids){0};
}
