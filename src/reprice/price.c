/* SPDX-License-Identifier: Apache-2.0 */
/* Prices of a book: its rows planned under stressed figures, added up on the grid of all sums (model.md section 13),
 * and offered. Where rows stand for more claims than they are, sums are anchored on the full valuation,
 *
 *     V(s) = V(0) v(s) / v(0),   error = V(0)/v(0) sqrt(sum (1 - 1/w_i) (y_i - v(s)/v(0) x_i)^2)
 *
 * with x_i and y_i what row i is worth unchanged and under the stress, and w_i the claims that it stands for (the
 * linearised variance of a ratio under Poisson sampling; Sarndal, Swensson and Wretman, 1992, section 5.6). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "reprice/book.h"

void jk_book_work_reset(jk_book_work *work) {
    jk_cashflow_reset(&work->flow);
    free(work->memory);
    free(work->segment);
    free(work->country);
    free(work->segment_id);
    free(work->country_id);
    *work = (jk_book_work){0};
}

static jk_status prepare(jk_book *book, jk_error *error) {
    jk_book_work *work = &book->work;
    size_t rows = book->rows + 1, segments = book->model.segment_count;
    work->memory = jk_columns_zero(rows, 4 * sizeof(float) + 3);
    work->segment = calloc(segments, sizeof *work->segment);
    work->country = calloc(book->country_count + 1, sizeof *work->country);
    work->segment_id = calloc(segments, sizeof *work->segment_id);
    work->country_id = calloc(book->country_count + 1, sizeof *work->country_id);
    JK_TRY(jk_held(work->memory != NULL && work->segment != NULL && work->country != NULL && work->segment_id != NULL &&
                       work->country_id != NULL,
                   error, "a price"));
    JK_TRY(jk_cashflow_init(&work->flow, book->model.horizon_months, segments, error));
    work->value = work->memory;
    work->erc_gross = work->value + rows;
    work->erc_net = work->erc_gross + rows;
    work->first_value = work->erc_net + rows;
    work->decision = (uint8_t *)(work->first_value + rows);
    work->first_decision = work->decision + rows;
    work->allowed = work->first_decision + rows;
    for (size_t g = 0; g < segments; g++) {
        work->segment_id[g] = book->model.segments[g].id;
    }
    return JK_OK;
}

static bool is_chosen(const jk_book *book, const jk_book_choice *choice, size_t row) {
    const jk_book_columns *columns = &book->columns;
    return choice == NULL ||
           (choice->segments[columns->terms.segment[row]] != 0 && choice->countries[columns->country[row]] != 0 &&
            choice->bands[columns->band[row]] != 0 && choice->decisions[book->work.first_decision[row]] != 0);
}

/* ---- planning ---------------------------------------------------------------------------------------------------- */

/* Claims that are not chosen are not planned. */
static jk_terms terms_from(const jk_book *book, size_t first, size_t rows) {
    jk_terms terms = jk_terms_rows(&book->columns.terms, first, rows);
    terms.garnish_later = terms.garnish;
    terms.allowed = book->work.allowed + first;
    return terms;
}

/* Whether these are other rows than those planned last. */
static bool choose_rows(jk_book *book, const jk_book_choice *choice) {
    bool others = false;
    for (size_t row = 0; row < book->rows; row++) {
        uint8_t allowed = is_chosen(book, choice, row) ? book->columns.terms.allowed[row] : 0;
        others = others || allowed != book->work.allowed[row];
        book->work.allowed[row] = allowed;
    }
    return others;
}

static jk_status plan_rows(jk_book *book, const jk_plan *plan, jk_error *error) {
    jk_book_work *work = &book->work;
    jk_plan_workspace *workspace = jk_plan_workspace_create(plan, JK_PLAN_BLOCK_ROWS);
    JK_TRY(jk_held(workspace != NULL, error, "a price"));
    memset(work->flow.cell, 0,
           (size_t)work->flow.months * work->flow.segments * JK_FLOW_COUNT * sizeof *work->flow.cell);
    for (size_t first = 0; first < book->rows; first += JK_PLAN_BLOCK_ROWS) {
        size_t left = book->rows - first;
        jk_terms terms = terms_from(book, first, left < JK_PLAN_BLOCK_ROWS ? left : JK_PLAN_BLOCK_ROWS);
        jk_plan_results results = {.rows = terms.rows,
                                   .value = work->value + first,
                                   .decision = work->decision + first,
                                   .erc_gross = work->erc_gross + first,
                                   .erc_net = work->erc_net + first};
        jk_plan_block(plan, &terms, &results, &work->flow, workspace);
    }
    jk_plan_workspace_free(workspace);
    return JK_OK;
}

static jk_status plan_book(jk_book *book, const jk_stress *stress, jk_error *error) {
    const jk_scenario scenario = {.name = "the changed figures", .stress_count = 1, .stresses = stress};
    jk_stress_set *set = NULL;
    JK_TRY(jk_stress_set_make(&book->model, &scenario, 1, NULL, &set, error));
    const jk_stressed *stressed = &set->stressed[0];
    const jk_plan_options options = {.irr = book->irr + stressed->irr_shift,
                                     .recovery = stressed->recovery,
                                     .paying_recovery = stressed->paying_recovery,
                                     .stress = stressed->stress};
    jk_plan *plan = NULL;
    jk_status status = jk_plan_create(&stressed->model, &options, &plan, error);
    if (status == JK_OK) {
        status = plan_rows(book, plan, error);
    }
    jk_book_work *work = &book->work;
    work->is_held = status == JK_OK && stress->recovery.count == 0;
    work->is_anchored = false;
    work->held_irr = options.irr;
    memcpy(work->held, stress->figure, sizeof work->held);
    jk_plan_free(plan);
    jk_stress_set_free(set);
    return status;
}

/* ---- sums -------------------------------------------------------------------------------------------------------- */

typedef struct grid_sum {
    double claims;
    int64_t face, value, gross, net;
} grid_sum;

static void add_row(const jk_book *book, size_t row, grid_sum *sum) {
    const jk_book_work *work = &book->work;
    sum->claims += book->columns.stands_for[row];
    sum->face += jk_grid_from_double(book->columns.face[row]);
    sum->value += jk_grid_from_double((double)work->value[row]);
    sum->gross += jk_grid_from_double((double)work->erc_gross[row]);
    sum->net += jk_grid_from_double((double)work->erc_net[row]);
}

static double flow_sum(const jk_cashflow *flow, jk_flow which) {
    int64_t sum = 0;
    for (size_t i = 0; i < (size_t)flow->months * flow->segments; i++) {
        sum += flow->cell[i * JK_FLOW_COUNT + which];
    }
    return jk_grid_to_double(sum);
}

static double ratio(double whole, double part) {
    return part > 0.0 ? whole / part : 1.0;
}

/* What sums of rows are multiplied by; 1 where the book is whole. */
static jk_book_whole anchors(const jk_book *book) {
    const jk_book_whole *whole = &book->whole, *first = &book->work.first;
    if (book->is_whole) {
        return (jk_book_whole){1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    }
    return (jk_book_whole){.claims = ratio(whole->claims, first->claims),
                           .face = ratio(whole->face, first->face),
                           .value = ratio(whole->value, first->value),
                           .erc_gross = ratio(whole->erc_gross, first->erc_gross),
                           .erc_net = ratio(whole->erc_net, first->erc_net),
                           .gross = ratio(whole->gross, first->gross),
                           .instalments = ratio(whole->instalments, first->instalments),
                           .cost = ratio(whole->cost, first->cost),
                           .sale = ratio(whole->sale, first->sale)};
}

static jk_group group_of(const grid_sum *sum, const jk_book_whole *anchor) {
    return (jk_group){.claims = (uint64_t)nearbyint(sum->claims * anchor->claims),
                      .face = jk_grid_to_double(sum->face) * anchor->face,
                      .value = jk_grid_to_double(sum->value) * anchor->value,
                      .erc_gross = jk_grid_to_double(sum->gross) * anchor->erc_gross,
                      .erc_net = jk_grid_to_double(sum->net) * anchor->erc_net};
}

static void anchor_flow(jk_cashflow *flow, const jk_book_whole *anchor) {
    const double factor[JK_FLOW_COUNT] = {[JK_FLOW_GROSS] = anchor->gross, [JK_FLOW_INSTALMENTS] = anchor->instalments,
                                          [JK_FLOW_COST] = anchor->cost,   [JK_FLOW_FILING] = anchor->cost,
                                          [JK_FLOW_SALE] = anchor->sale,   [JK_FLOW_PAYERS] = anchor->claims};
    for (size_t i = 0; i < (size_t)flow->months * flow->segments * JK_FLOW_COUNT; i++) {
        if (factor[i % JK_FLOW_COUNT] != 1.0) {
            flow->cell[i] = (int64_t)nearbyint((double)flow->cell[i] * factor[i % JK_FLOW_COUNT]);
        }
    }
}

/* By everything that is shown; the sums of all are those of the decisions. */
static jk_status add_up(jk_book *book, const jk_book_choice *choice, const jk_book_whole *anchor,
                        jk_valuation *valuation, jk_error *error) {
    size_t segments = book->model.segment_count, count = JK_ACTION_COUNT + segments + book->country_count + 1;
    grid_sum *sums = calloc(count, sizeof *sums), *by_segment = sums + JK_ACTION_COUNT + 1,
             *by_country = by_segment + segments;
    JK_TRY(jk_held(sums != NULL, error, "a price"));
    for (size_t row = 0; row < book->rows; row++) {
        if (is_chosen(book, choice, row)) {
            add_row(book, row, &sums[JK_ACTION_COUNT]);
            add_row(book, row, &sums[book->work.decision[row]]);
            add_row(book, row, &by_segment[book->columns.terms.segment[row]]);
            add_row(book, row, &by_country[book->columns.country[row]]);
        }
    }
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        valuation->decision[a] = group_of(&sums[a], anchor);
    }
    valuation->total = group_of(&sums[JK_ACTION_COUNT], anchor);
    for (size_t g = 0; g < segments; g++) {
        valuation->segment[g] = group_of(&by_segment[g], anchor);
    }
    for (size_t c = 0; c < book->country_count; c++) {
        valuation->country[c] = group_of(&by_country[c], anchor);
    }
    free(sums);
    return JK_OK;
}

/* The plan where nothing is changed: what decisions are chosen by, and what sums are anchored on. */
static jk_status plan_first(jk_book *book, jk_error *error) {
    jk_book_work *work = &book->work;
    if (work->is_ready) {
        return JK_OK;
    }
    jk_book_work_reset(work);
    JK_TRY(prepare(book, error));
    const jk_stress none = jk_stress_none();
    (void)choose_rows(book, NULL);
    JK_TRY(plan_book(book, &none, error));
    memcpy(work->first_value, work->value, book->rows * sizeof *work->value);
    memcpy(work->first_decision, work->decision, book->rows);
    grid_sum all = {0};
    for (size_t row = 0; row < book->rows; row++) {
        add_row(book, row, &all);
    }
    work->first = (jk_book_whole){.claims = all.claims,
                                  .face = jk_grid_to_double(all.face),
                                  .value = jk_grid_to_double(all.value),
                                  .erc_gross = jk_grid_to_double(all.gross),
                                  .erc_net = jk_grid_to_double(all.net),
                                  .gross = flow_sum(&work->flow, JK_FLOW_GROSS),
                                  .instalments = flow_sum(&work->flow, JK_FLOW_INSTALMENTS),
                                  .cost = flow_sum(&work->flow, JK_FLOW_COST) + flow_sum(&work->flow, JK_FLOW_FILING),
                                  .sale = flow_sum(&work->flow, JK_FLOW_SALE)};
    work->is_ready = true;
    return JK_OK;
}

/* What was planned last is not planned again: the price asked, for one, changes no plan. */
static jk_status plan_chosen(jk_book *book, const jk_stress *stress, const jk_book_choice *choice, jk_error *error) {
    const jk_book_work *work = &book->work;
    bool others = choose_rows(book, choice);
    bool same = work->is_held && !others && stress->recovery.count == 0 &&
                memcmp(work->held, stress->figure, sizeof work->held) == 0;
    return same ? JK_OK : plan_book(book, stress, error);
}

static double value_error(const jk_book *book, const jk_book_choice *choice, const jk_book_whole *anchor,
                          double value) {
    double share = book->whole.value > 0.0 ? value / book->whole.value : 0.0, sum = 0.0;
    for (size_t row = 0; row < book->rows && !book->is_whole; row++) {
        double now = is_chosen(book, choice, row) ? (double)book->work.value[row] : 0.0;
        double residual = now - share * (double)book->work.first_value[row];
        sum += (1.0 - 1.0 / book->columns.stands_for[row]) * residual * residual;
    }
    return anchor->value * sqrt(sum);
}

jk_status jk_book_price_make(jk_book *book, const jk_stress *stress, const jk_book_choice *choice, double asked,
                             jk_book_price *price, jk_error *error) {
    JK_TRY(plan_first(book, error));
    jk_book_work *work = &book->work;
    jk_valuation *valuation = &price->valuation;
    *price = (jk_book_price){.valuation = {.cutoff = book->cutoff,
                                           .allow = book->allow,
                                           .segment_count = book->model.segment_count,
                                           .country_count = book->country_count,
                                           .segment = work->segment,
                                           .segment_id = work->segment_id,
                                           .country = work->country,
                                           .country_id = work->country_id,
                                           .onboarding_cost = book->model.onboarding_cost}};
    JK_TRY(plan_chosen(book, stress, choice, error));
    valuation->irr = work->held_irr;
    const jk_book_whole anchor = anchors(book);
    JK_TRY(add_up(book, choice, &anchor, valuation, error));
    if (!work->is_anchored) {
        anchor_flow(&work->flow, &anchor);
        work->is_anchored = true;
    }
    valuation->flow = work->flow;
    valuation->onboarding = valuation->onboarding_cost * (double)valuation->total.claims;
    price->offer = jk_offer_make(valuation, book->floors, book->floor_count, asked);
    price->value_error = value_error(book, choice, &anchor, valuation->total.value);
    return JK_OK;
}
