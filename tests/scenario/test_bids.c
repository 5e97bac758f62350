/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table against valuations made one by one and prices worked out by adding up months: floors, plans of higher
 * returns, groups, scenarios, hours and the price asked; and every row and key of it holds its own figure. */
#include "cmocka_all.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "scenario/countries.h"
#include "scenario/refused_case.h"
#include "support/listing_case.h"
#include "value/engine_case.h"

enum { ROWS = 500, RETURNS = 3, FLOORS = 3 };

static jk_tape *tape;
static const double irrs[RETURNS] = {0.18, 0.1, NAN}; /* the last is the model's */
static const jk_floor floors[FLOORS] = {{JK_FLOOR_MULTIPLE, 1.6}, {JK_FLOOR_PAYBACK, 40.0}, {JK_FLOOR_RETURN, 0.22}};

static void near(const char *what, double found, double expected) {
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-9 * (1.0 + fabs(expected)))) {
        fail_msg("%s: %.17g, expected %.17g", what, found, expected);
    }
}

static jk_value_options valued(void) {
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.run.threads = 1;
    return options;
}

static jk_bids made(const jk_bid_options *wanted) {
    jk_error error = {0};
    const jk_value_options options = valued();
    jk_bids bids;
    must(jk_bids_make(tape, model, &options, wanted, &bids, &error), &error);
    return bids;
}

/* Valuations at each return and this much more, of the model cut by country. */
typedef struct plans {
    jk_valuation of[RETURNS];
} plans;

static plans valued_one_by_one(double more) {
    jk_error error = {0};
    plans all;
    jk_model *cut = NULL;
    const jk_where countries = jk_countries_of(tape);
    must(jk_model_split(model, &countries, 1, &cut, &error), &error);
    for (size_t r = 0; r < RETURNS; r++) {
        jk_value_options options = valued();
        options.irr = (isnan(irrs[r]) ? model->irr : irrs[r]) + more;
        must(jk_value_run(tape, cut, &options, NULL, 0, &all.of[r], &error), &error);
    }
    jk_model_free(cut);
    return all;
}

static void free_plans(plans *all) {
    for (size_t r = 0; r < RETURNS; r++) {
        jk_valuation_reset(&all->of[r]);
    }
}

/* ---- a group's price ------------------------------------------------------------------------------------------ */

static const jk_group *group_of(const jk_valuation *of, jk_bid_kind kind, size_t index) {
    return kind == JK_BID_ALL        ? &of->total
           : kind == JK_BID_DECISION ? &of->decision[index]
           : kind == JK_BID_SEGMENT  ? &of->segment[index]
                                     : &of->country[index];
}

static jk_month month_of(const jk_valuation *of, jk_bid_kind kind, size_t index, int month) {
    return kind == JK_BID_COUNTRY ? jk_valuation_country_month(of, month, index)
                                  : jk_valuation_month(of, month, kind == JK_BID_ALL ? of->segment_count : index);
}

static double worth(const double *net, int months, double irr) {
    double sum = 0.0;
    for (int t = 0; t < months; t++) {
        sum += net[t] * pow(1.0 + irr, -(t + 0.5) / 12.0);
    }
    return sum;
}

/* The most that may be paid, onboarding included, for a plan's flow and what binds it; -1: the return. */
static double most_paid(const double *net, int months, double value, int *binding) {
    double sum = 0.0, highest = 0.0, bound[FLOORS], most = value;
    for (int t = 0; t < months; t++) {
        sum += net[t];
        highest = t < floors[1].bound ? fmax(highest, sum) : highest;
    }
    bound[0] = sum / floors[0].bound;
    bound[1] = highest;
    bound[2] = worth(net, months, floors[2].bound);
    *binding = -1;
    for (int i = 0; i < FLOORS; i++) {
        if (bound[i] < most) {
            most = bound[i];
            *binding = i;
        }
    }
    return most;
}

/* Counted as they come: which way of a price was seen. */
typedef struct seen {
    int floor[FLOORS + 1], other_plan, none;
} seen;

static void check_cell(const plans *all, size_t r, jk_bid_kind kind, size_t index, const jk_bids *bids,
                       const jk_bid_cell *cell, seen *ways) {
    const jk_valuation *own = &all->of[r];
    const jk_group *group = group_of(own, kind, index);
    const double onboarding = own->onboarding_cost * (double)group->claims;
    assert_int_equal(cell->group.claims, group->claims);
    near("face", cell->group.face, group->face);
    near("value", cell->group.value, group->value);
    near("own value", cell->offer.value, group->value);
    near("onboarding", cell->offer.onboarding, onboarding);
    near("bid at the return", cell->offer.bid_at_return, fmax(0.0, group->value - onboarding));
    near("irr", cell->offer.irr, own->irr);
    assert_int_equal(cell->floored, kind != JK_BID_DECISION);
    if (kind == JK_BID_DECISION) {
        near("bid", cell->offer.bid, fmax(0.0, group->value - onboarding));
        near("plan", cell->plan_irr, own->irr);
        assert_string_equal(jk_bid_binding(bids, cell), "");
        return;
    }
    double best = -1.0, gross = 0.0;
    int of = -2;
    size_t plan = r;
    for (size_t i = 0; i < RETURNS; i++) {
        double net[JK_HORIZON_MAX];
        int binding = -1;
        const int months = all->of[i].flow.months;
        for (int t = 0; t < months; t++) {
            net[t] = month_of(&all->of[i], kind, index, t + 1).net;
        }
        const double value = i == r ? group->value : fmin(group->value, worth(net, months, own->irr));
        const double paid = fmax(0.0, most_paid(net, months, value, &binding) - onboarding);
        if (i == r && (binding == -1 || best < paid)) {
            best = binding == -1 ? (double)INFINITY : paid;
            of = binding;
            plan = i;
        } else if (i != r && all->of[i].irr > own->irr && paid > best) {
            best = paid;
            of = binding;
            plan = i;
        }
    }
    const jk_valuation *chosen = &all->of[plan];
    near("bid", cell->offer.bid, isinf(best) ? fmax(0.0, group->value - onboarding) : best);
    if (best > 0.0) {
        near("plan", cell->plan_irr, chosen->irr);
        for (int t = 1; t <= chosen->flow.months; t++) {
            gross += month_of(chosen, kind, index, t).gross;
        }
        near("gross", cell->group.erc_gross, group_of(chosen, kind, index)->erc_gross);
        near("net", cell->group.erc_net, group_of(chosen, kind, index)->erc_net);
        near("sum", cell->offer.sum.gross, gross);
        assert_int_equal(cell->offer.binding, of);
        assert_string_equal(jk_bid_binding(bids, cell), of < 0 ? "return" : jk_floor_kind_name(floors[of].kind));
        assert_true(cell->offer.attainable);
        ways->floor[of + 1]++;
        ways->other_plan += plan != r;
    }
    ways->none += best == 0.0;
}

static const char *name_of(const jk_valuation *of, jk_bid_kind kind, size_t index) {
    return kind == JK_BID_ALL        ? "all"
           : kind == JK_BID_DECISION ? jk_action_name((jk_action)index)
           : kind == JK_BID_SEGMENT  ? model->segments[index].id
                                     : of->country_id[index];
}

static void check_table(const plans *all, const jk_bids *bids, size_t scenario, seen *ways) {
    const size_t counts[JK_BID_KIND_COUNT] = {1, JK_ACTION_COUNT, model->segment_count, all->of[0].country_count};
    for (size_t r = 0; r < RETURNS; r++) {
        size_t line = 0;
        near("return", bids->irr[r], isnan(irrs[r]) ? model->irr : irrs[r]);
        for (int kind = 0; kind < JK_BID_KIND_COUNT; kind++) {
            for (size_t index = 0; index < counts[kind]; index++, line++) {
                assert_int_equal(bids->line[line].kind, kind);
                assert_string_equal(bids->line[line].name, name_of(&all->of[r], (jk_bid_kind)kind, index));
                check_cell(all, r, (jk_bid_kind)kind, index, bids, jk_bid_at(bids, scenario, r, line), ways);
            }
        }
        assert_int_equal(bids->line_count, line);
    }
}

static void bids_are_the_highest_prices(void **state) {
    (void)state;
    jk_stress stress = jk_stress_none();
    stress.figure[JK_STRESS_IRR] = 0.03;
    const jk_scenario scenario = {"dear", NULL, 1, &stress, NULL};
    const jk_bid_options wanted = {.irr = irrs,
                                   .returns = RETURNS,
                                   .floors = floors,
                                   .floor_count = FLOORS,
                                   .asked = NAN,
                                   .scenarios = &scenario,
                                   .scenario_count = 1};
    jk_bids bids = made(&wanted);
    seen ways = {0};
    assert_int_equal(bids.scenario_count, 2);
    for (size_t s = 0; s < 2; s++) {
        plans all = valued_one_by_one(s == 0 ? 0.0 : 0.03);
        assert_string_equal(bids.scenario[s], s == 0 ? "base" : "dear");
        check_table(&all, &bids, s, &ways);
        free_plans(&all);
    }
    print_message("return %d, multiple %d, payback %d, irr %d; another plan %d, nothing %d\n", ways.floor[0],
                  ways.floor[1], ways.floor[2], ways.floor[3], ways.other_plan, ways.none);
    for (int i = 0; i <= FLOORS; i++) {
        assert_true(ways.floor[i] > 0);
    }
    assert_true(ways.other_plan > 0);
    jk_bids_reset(&bids);
    jk_bids_reset(&bids); /* nothing is left that could be given back twice */
    assert_true(bids.cell == NULL && bids.arena == NULL);
}

/* The price asked is of all claims alone: at what is bid without floors, the figures are those of the bid itself. */
static void a_price_asked_is_paid(void **state) {
    (void)state;
    jk_bid_options wanted = {.irr = irrs, .returns = 1, .asked = NAN};
    jk_bids bids = made(&wanted);
    const jk_bid_cell *all = jk_bid_at(&bids, 0, 0, 0);
    assert_true(isnan(all->offer.asked) && isnan(all->offer.asked_irr) && bids.floor_count == 0);
    assert_int_equal(bids.scenario_count, 1);
    wanted.asked = all->offer.bid;
    jk_bids asked = made(&wanted);
    const jk_offer *offer = &jk_bid_at(&asked, 0, 0, 0)->offer;
    near("asked", offer->asked, all->offer.bid);
    near("multiple", offer->asked_multiple, all->offer.multiple);
    assert_int_equal(offer->asked_payback, all->offer.payback);
    assert_int_equal(offer->asked_outcome, JK_IRR_FOUND);
    assert_true(fabs(offer->asked_irr - irrs[0]) < 0.01); /* court fees are paid at the start of a month */
    for (size_t line = 1; line < asked.line_count; line++) {
        assert_true(isnan(jk_bid_at(&asked, 0, 0, line)->offer.asked));
    }
    jk_bids_reset(&asked);
    /* With floors another plan may bear the bid; what is said of the price asked is the return's own plan's. */
    wanted = (jk_bid_options){
        .irr = irrs, .returns = RETURNS, .floors = floors, .floor_count = FLOORS, .asked = all->offer.bid};
    asked = made(&wanted);
    plans own = valued_one_by_one(0.0);
    for (size_t r = 0; r < RETURNS; r++) {
        const jk_offer alone = jk_offer_make(&own.of[r], floors, FLOORS, wanted.asked);
        offer = &jk_bid_at(&asked, 0, r, 0)->offer;
        near("asked multiple", offer->asked_multiple, alone.asked_multiple);
        near("asked irr", offer->asked_irr, alone.asked_irr);
        assert_int_equal(offer->asked_payback, alone.asked_payback);
        assert_int_equal(offer->asked_outcome, alone.asked_outcome);
    }
    free_plans(&own);
    jk_bids_reset(&asked);
    jk_bids_reset(&bids);
}

/* Within hours each return has a plan of its own, with a price and hours of its own. */
static void bids_within_hours(void **state) {
    (void)state;
    jk_error error = {0};
    jk_value_options options = valued();
    options.irr = irrs[1];
    jk_hours few = {.given = {1e12}, .given_count = 1};
    must(jk_hours_solve(tape, model, &options, &few, &error), &error);
    few.given[0] = 0.5 * few.wanted[0];
    const jk_bid_options wanted = {.irr = irrs, .returns = RETURNS, .asked = NAN, .hours = &few};
    jk_bids bids = made(&wanted);
    for (size_t r = 0; r < RETURNS; r++) {
        jk_hours own = few;
        options.irr = isnan(irrs[r]) ? model->irr : irrs[r];
        must(jk_hours_solve(tape, model, &options, &own, &error), &error);
        near("value", jk_bid_at(&bids, 0, r, 0)->offer.value, own.value);
        near("hours", bids.hours[r].used[0], own.used[0]);
        near("price of an hour", bids.hours[r].price[0], own.price[0]);
        assert_true(own.price[0] > 0.0 && bids.hours[r].used[0] <= few.given[0]);
        for (size_t line = 0; line < bids.line_count; line++) { /* flows are known by country, too */
            assert_int_equal(jk_bid_at(&bids, 0, r, line)->floored, bids.line[line].kind != JK_BID_DECISION);
        }
    }
    jk_bids_reset(&bids);
}

/* ---- rows and keys --------------------------------------------------------------------------------------------- */

static const jk_cell *cell_of(const jk_listing *listing, const jk_cell *cells, const char *name) {
    return &cells[column_named(listing, name)];
}

typedef struct figure {
    const char *name;
    double is;
} figure;

enum { FIGURES = 30 };

static void figures_of(const jk_bids *bids, size_t s, size_t r, size_t line, figure of[FIGURES]) {
    const jk_bid_cell *cell = jk_bid_at(bids, s, r, line);
    const jk_offer *o = &cell->offer;
    const double base = jk_bid_at(bids, 0, r, line)->offer.bid, unknown = (double)NAN;
    const figure all[FIGURES] = {
        {"required_return", bids->irr[r]},
        {"irr", o->irr},
        {"claims", (double)cell->group.claims},
        {"face", cell->group.face},
        {"value", o->value},
        {"onboarding", o->onboarding},
        {"bid_at_return", o->bid_at_return},
        {"bid", o->bid},
        {"bid_pct_of_face", cell->group.face > 0.0 ? 100.0 * o->bid / cell->group.face : unknown},
        {"erc_gross", cell->floored ? o->sum.gross : cell->group.erc_gross},
        {"net", cell->floored ? o->sum.net : cell->group.erc_net},
        {"erc_gross_84", o->erc_gross[0]},
        {"erc_gross_120", o->erc_gross[1]},
        {"erc_gross_180", o->erc_gross[2]},
        {"cost_share", o->cost_share},
        {"multiple", o->multiple},
        {"payback_months", o->payback > 0 ? o->payback : unknown},
        {"asked_irr", o->asked_irr},
        {"plan_irr", cell->plan_irr},
        {"gross_multiple", o->gross_multiple},
        {"wal_years", o->wal_years},
        {"gross_irr", o->gross_irr},
        {"net_irr", o->net_irr},
        {"npv_24", o->npv[1]},
        {"cost", cell->floored ? o->sum.cost : unknown},
        {"sale", cell->floored ? o->sum.sale : unknown},
        {"change_pct", s > 0 && base > 0.0 ? 100.0 * (o->bid / base - 1.0) : unknown},
        {"asked", o->asked},
        {"asked_multiple", o->asked_multiple},
        {"asked_payback_months", o->asked_payback > 0 ? o->asked_payback : unknown},
    };
    memcpy(of, all, sizeof all);
}

static void check_row(const jk_bids *bids, const jk_listing *listing, size_t row, size_t s, size_t r, size_t line) {
    jk_error error = {0};
    jk_cell cells[JK_LISTING_COLUMNS];
    figure of[FIGURES];
    const jk_bid_cell *cell = jk_bid_at(bids, s, r, line);
    must(jk_listing_row(listing, row, cells, &error), &error);
    figures_of(bids, s, r, line, of);
    for (size_t i = 0; i < FIGURES; i++) {
        near(of[i].name, cell_of(listing, cells, of[i].name)->number, of[i].is);
    }
    static const char *const groups[] = {"all", "decision", "segment", "country"};
    assert_string_equal(cell_of(listing, cells, "scenario")->text, s == 0 ? "base" : "dear");
    assert_string_equal(cell_of(listing, cells, "group")->text, groups[bids->line[line].kind]);
    assert_string_equal(cell_of(listing, cells, "name")->text, bids->line[line].name);
    assert_string_equal(cell_of(listing, cells, "binding")->text, jk_bid_binding(bids, cell));
    assert_string_equal(cell_of(listing, cells, "attainable")->text, bids->line[line].kind == JK_BID_DECISION ? ""
                                                                     : cell->offer.attainable                 ? "yes"
                                                                                                              : "no");
    assert_string_equal(cell_of(listing, cells, "asked_irr_outcome")->text, line == 0 ? "found" : "");
}

static double number_at(const json_t *object, const char *key) {
    const json_t *number = json_object_get(object, key);
    assert_true(json_is_number(number) || json_is_null(number));
    return json_is_number(number) ? json_number_value(number) : (double)NAN;
}

/* A group's object in the JSON of a return. */
static const json_t *object_of(const json_t *at, const jk_bids *bids, size_t line) {
    const jk_bid_line *is = &bids->line[line];
    return is->kind == JK_BID_ALL        ? at
           : is->kind == JK_BID_DECISION ? json_object_get(json_object_get(at, "decisions"), is->name)
           : is->kind == JK_BID_COUNTRY  ? json_object_get(json_object_get(at, "countries"), is->name)
                                         : json_array_get(json_object_get(at, "segments"), line - 1 - JK_ACTION_COUNT);
}

static void check_object(const json_t *at, const jk_bids *bids, size_t s, size_t r, size_t line) {
    static const char *const of_all[] = {"required_return", "irr", "cost", "cost_share", "sale", "gross_multiple"};
    static const char *const of_groups[] = {"claims", "face", "onboarding"};
    static const char *const of_both[] = {"value",    "bid_at_return",  "bid",      "bid_pct_of_face", "net",
                                          "multiple", "payback_months", "plan_irr", "wal_years",       "net_irr"};
    const json_t *object = object_of(at, bids, line);
    const jk_bid_cell *cell = jk_bid_at(bids, s, r, line);
    figure of[FIGURES];
    figures_of(bids, s, r, line, of);
    for (size_t i = 0; i < FIGURES; i++) {
        bool there = false;
        for (size_t k = 0; k < sizeof of_both / sizeof of_both[0]; k++) {
            there = there || strcmp(of[i].name, of_both[k]) == 0;
        }
        for (size_t k = 0; line == 0 && k < sizeof of_all / sizeof of_all[0]; k++) {
            there = there || strcmp(of[i].name, of_all[k]) == 0;
        }
        for (size_t k = 0; line > 0 && k < sizeof of_groups / sizeof of_groups[0]; k++) {
            there = there || strcmp(of[i].name, of_groups[k]) == 0;
        }
        if (there) {
            near(of[i].name, number_at(object, of[i].name),
                 strcmp(of[i].name, "net") == 0 && line > 0 ? cell->group.erc_net : of[i].is);
        }
    }
    const json_t *binding = json_object_get(object, "binding"), *attainable = json_object_get(object, "attainable");
    if (bids->line[line].kind == JK_BID_DECISION) {
        assert_true(json_is_null(binding) && json_is_null(attainable));
    } else {
        assert_string_equal(json_string_value(binding), jk_bid_binding(bids, cell));
        assert_int_equal(json_is_true(attainable), cell->offer.attainable);
    }
    if (line == 0) {
        const json_t *asked = json_object_get(at, "asked");
        near("price", number_at(asked, "price"), cell->offer.asked);
        near("irr", number_at(asked, "irr"), cell->offer.asked_irr);
        near("multiple", number_at(asked, "multiple"), cell->offer.asked_multiple);
        near("payback", number_at(asked, "payback_months"),
             cell->offer.asked_payback > 0 ? cell->offer.asked_payback : (double)NAN);
        near("gross", number_at(json_object_get(at, "erc_gross"), "120"), cell->offer.erc_gross[1]);
    } else {
        near("gross", number_at(object, "erc_gross"), cell->group.erc_gross);
    }
}

static void every_row_and_key_has_its_figure(void **state) {
    (void)state;
    jk_stress stress = jk_stress_none();
    stress.figure[JK_STRESS_COSTS] = 2.0;
    const jk_scenario scenario = {"dear", NULL, 1, &stress, NULL};
    const jk_bid_options wanted = {.irr = irrs,
                                   .returns = 2,
                                   .floors = floors,
                                   .floor_count = FLOORS,
                                   .asked = 1000.0,
                                   .scenarios = &scenario,
                                   .scenario_count = 1,
                                   .committed = 1};
    jk_bids bids = made(&wanted);
    const jk_listing listing = jk_bids_listing(&bids), empty = jk_bids_listing(NULL);
    char *text = jk_bids_json(tape, model, &bids);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    assert_int_equal(listing.rows, 2 * 2 * bids.line_count);
    assert_int_equal(empty.rows, 0);
    static const decimals named[] = {
        {"required_return", -1}, {"irr", -1},      {"plan_irr", -1},  {"bid_pct_of_face", 4}, {"cost_share", 6},
        {"multiple", 6},         {"asked_irr", 8}, {"change_pct", 4}, {"asked_multiple", 6},  {"gross_multiple", 6},
        {"wal_years", 6},        {"gross_irr", 8}, {"net_irr", 8}};
    expect_decimals(&empty, named, sizeof named / sizeof named[0]);
    size_t row = 0, number = 0;
    for (size_t s = 0; s < 2; s++) {
        for (size_t r = 0; r < 2; r++, number++) {
            const json_t *at = json_array_get(json_object_get(root, "returns"), number);
            assert_string_equal(json_string_value(json_object_get(at, "scenario")), s == 0 ? "base" : "dear");
            for (size_t line = 0; line < bids.line_count; line++, row++) {
                check_row(&bids, &listing, row, s, r, line);
                check_object(at, &bids, s, r, line);
            }
        }
    }
    assert_int_equal(json_array_size(json_object_get(root, "returns")), number);
    assert_int_equal(json_array_size(json_object_get(root, "rows")), row);
    near("claims", number_at(root, "claims"), ROWS);
    near("face", number_at(root, "face"), jk_bid_at(&bids, 0, 0, 0)->group.face);
    near("onboarding", number_at(root, "onboarding"), jk_bid_at(&bids, 0, 0, 0)->offer.onboarding);
    near("horizon", number_at(root, "horizon_months"), model->horizon_months);
    assert_true(json_is_true(json_object_get(root, "committed")));
    const json_t *told = json_object_get(root, "floors");
    assert_int_equal(json_array_size(told), FLOORS);
    for (size_t i = 0; i < FLOORS; i++) {
        near("floor", number_at(json_array_get(told, i), "bound"), floors[i].bound);
        assert_string_equal(json_string_value(json_object_get(json_array_get(told, i), "kind")),
                            jk_floor_kind_name(floors[i].kind));
    }
    json_decref(root);
    free(text);
    jk_bids_reset(&bids);
}

static void mistakes(void **state) {
    (void)state;
    static double many[JK_RETURNS_MAX + 1];
    static jk_floor most[JK_FLOORS_MAX + 1];
    static const jk_value_sink sinks[8];
    const jk_hours hours = {.given = {10.0}, .given_count = 1};
    const jk_scenario scenario = {"none", NULL, 0, NULL, NULL};
    const jk_value_options options = valued();
    for (size_t i = 0; i <= JK_RETURNS_MAX; i++) {
        many[i] = 0.1 + 0.001 * (double)i;
    }
    for (size_t i = 0; i <= JK_FLOORS_MAX; i++) {
        most[i] = (jk_floor){JK_FLOOR_MULTIPLE, 1.0};
    }
    const jk_bid_options bad[] = {
        {.irr = many, .returns = 0, .asked = NAN},
        {.irr = many, .returns = JK_RETURNS_MAX + 1, .asked = NAN},
        {.irr = many, .returns = 1, .floors = most, .floor_count = JK_FLOORS_MAX + 1, .asked = NAN},
        {.irr = many, .returns = 1, .asked = NAN, .sinks = sinks, .sink_count = 8},
        {.irr = many, .returns = 2, .asked = NAN, .sinks = sinks, .sink_count = 1, .hours = &hours},
        {.irr = many, .returns = 1, .asked = NAN, .scenarios = &scenario, .scenario_count = 1, .hours = &hours},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        jk_error error = {0};
        jk_bids bids;
        memset(&bids, 0x5a, sizeof bids);
        assert_int_equal(jk_bids_make(tape, model, &options, &bad[i], &bids, &error), JK_ERROR_ARGUMENT);
        assert_true(bids.cell == NULL && bids.line == NULL && bids.arena == NULL);
    }
    /* The most that there may be is possible. */
    const jk_bid_options wanted = {.irr = many,
                                   .returns = JK_RETURNS_MAX,
                                   .floors = most,
                                   .floor_count = JK_FLOORS_MAX,
                                   .asked = NAN,
                                   .sinks = sinks,
                                   .sink_count = 7};
    jk_bids bids = made(&wanted);
    assert_int_equal(bids.return_count, JK_RETURNS_MAX);
    near("last", bids.irr[JK_RETURNS_MAX - 1], 0.1 + 0.001 * (JK_RETURNS_MAX - 1));
    jk_bids_reset(&bids);
    assert_string_equal(jk_bid_kind_name(JK_BID_COUNTRY), "country");
    assert_string_equal(jk_bid_kind_name(JK_BID_KIND_COUNT), "?");
}

static jk_status make_once(void *context, jk_error *error) {
    const jk_bid_options wanted = {.irr = irrs, .returns = 2, .floors = floors, .floor_count = FLOORS, .asked = NAN};
    const jk_value_options options = valued();
    jk_bids bids;
    memset(&bids, 0x5a, sizeof bids);
    const jk_status status = jk_bids_make(context, model, &options, &wanted, &bids, error);
    assert_true(status == JK_OK || (bids.cell == NULL && bids.arena == NULL));
    jk_bids_reset(&bids);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    refuse_on_nine_claims(make_once, 50, 5); /* flows by country need not be known */
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bids_are_the_highest_prices),
        cmocka_unit_test(a_price_asked_is_paid),
        cmocka_unit_test(bids_within_hours),
        cmocka_unit_test(every_row_and_key_has_its_figure),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(memory_that_is_refused_is_told),
    };
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
