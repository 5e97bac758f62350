/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of a finished valuation: months of its cash flow, and the offer. Needs nothing of the engine. */
#include <math.h>

#include "base/number/grid.h"
#include "jalki/value.h"

/* ---- cash flow ------------------------------------------------------------------------------------------------ */

static void add_cell(const jk_cashflow *flow, int month, size_t segment, jk_month *sum) {
    const int64_t *cell = &flow->cell[((size_t)(month - 1) * flow->segments + segment) * JK_FLOW_COUNT];
    sum->gross += jk_grid_to_double(cell[JK_FLOW_GROSS]);
    sum->instalments += jk_grid_to_double(cell[JK_FLOW_INSTALMENTS]);
    sum->cost += jk_grid_to_double(cell[JK_FLOW_COST]) + jk_grid_to_double(cell[JK_FLOW_FILING]);
    sum->sale += jk_grid_to_double(cell[JK_FLOW_SALE]);
}

/* Columns first..end-1 together. */
static jk_month month_of(const jk_cashflow *flow, int month, size_t first, size_t end) {
    jk_month sum = {0};
    for (size_t s = first; s < end; s++) {
        add_cell(flow, month, s, &sum);
    }
    sum.net = sum.gross - sum.cost + sum.sale;
    return sum;
}

jk_month jk_valuation_month(const jk_valuation *valuation, int month, size_t segment) {
    const size_t segments = valuation->flow.segments;
    return segment < segments ? month_of(&valuation->flow, month, segment, segment + 1)
                              : month_of(&valuation->flow, month, 0, segments);
}

jk_month jk_valuation_country_month(const jk_valuation *valuation, int month, size_t country) {
    return month_of(&valuation->country_flow, month, country, country + 1);
}

jk_month jk_valuation_months(const jk_valuation *valuation, int months, size_t segment) {
    jk_month total = {0};
    for (int t = 1; t <= months && t <= valuation->flow.months; t++) {
        jk_month month = jk_valuation_month(valuation, t, segment);
        total.gross += month.gross;
        total.instalments += month.instalments;
        total.cost += month.cost;
        total.sale += month.sale;
    }
    total.net = total.gross - total.cost + total.sale;
    return total;
}

double jk_valuation_payers(const jk_valuation *valuation, int month) {
    const jk_cashflow *flow = &valuation->flow;
    double payers = 0.0;
    for (size_t s = 0; s < flow->segments; s++) {
        const int64_t *cell = &flow->cell[((size_t)(month - 1) * flow->segments + s) * JK_FLOW_COUNT];
        payers += jk_grid_to_double(cell[JK_FLOW_PAYERS]);
    }
    return payers;
}

/* ---- the offer ------------------------------------------------------------------------------------------------ */

const int jk_erc_months[JK_ERC_COUNT] = {84, 120, 180};
const int jk_npv_months[JK_NPV_COUNT] = {12, 24, 36};

double jk_percent(double part, double whole) {
    return whole > 0.0 ? 100.0 * part / whole : NAN;
}

double jk_group_bid(const jk_valuation *valuation, const jk_group *group) {
    return jk_price_bid(group->value, valuation->onboarding_cost, group->claims);
}

static jk_month sum_of_months(const jk_month *flow, int months) {
    jk_month sum = {0};
    for (int t = 0; t < months; t++) {
        sum.gross += flow[t].gross;
        sum.instalments += flow[t].instalments;
        sum.cost += flow[t].cost;
        sum.sale += flow[t].sale;
    }
    sum.net = sum.gross - sum.cost + sum.sale;
    return sum;
}

static void quote(jk_offer *offer, const jk_month *flow, const double *net, int months, double outlay) {
    double gross[JK_HORIZON_MAX] = {0};
    for (int t = 0; t < months; t++) {
        gross[t] = flow[t].gross + flow[t].sale;
    }
    offer->gross_multiple = jk_price_multiple(gross, months, outlay);
    offer->wal_years = jk_price_average_life(gross, months);
    (void)jk_price_irr(gross, months, outlay, &offer->gross_irr);
    (void)jk_price_irr(net, months, outlay, &offer->net_irr);
    for (int i = 0; i < JK_NPV_COUNT; i++) {
        offer->npv[i] = jk_price_present_value(net, jk_npv_months[i] < months ? jk_npv_months[i] : months, offer->irr);
    }
}

/* What the floors and the price asked need: the flow month by month. */
static void offer_on_flow(jk_offer *offer, const jk_month *flow, int months, const jk_floor *floors,
                          size_t floor_count) {
    double net[JK_HORIZON_MAX] = {0};
    for (int t = 0; t < months; t++) {
        net[t] = flow[t].net;
    }
    jk_floor_price price = jk_price_with_floors(offer->value, net, months, offer->onboarding, floors, floor_count);
    offer->bid = price.price;
    offer->binding = price.binding;
    offer->attainable = price.attainable;
    double outlay = price.price + offer->onboarding;
    offer->sum = sum_of_months(flow, months);
    offer->cost_share = offer->sum.gross > 0.0 ? offer->sum.cost / offer->sum.gross : NAN;
    offer->multiple = jk_price_multiple(net, months, outlay);
    offer->payback = jk_price_payback(net, months, outlay);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        offer->erc_gross[i] = sum_of_months(flow, jk_erc_months[i] < months ? jk_erc_months[i] : months).gross;
    }
    quote(offer, flow, net, months, outlay);
    if (!isnan(offer->asked)) {
        outlay = offer->asked + offer->onboarding;
        offer->asked_outcome = jk_price_irr(net, months, outlay, &offer->asked_irr);
        offer->asked_multiple = jk_price_multiple(net, months, outlay);
        offer->asked_payback = jk_price_payback(net, months, outlay);
    }
}

jk_offer jk_offer_group(const jk_valuation *valuation, const jk_group *group, const jk_month *flow,
                        const jk_floor *floors, size_t floor_count, double asked) {
    double bid = jk_group_bid(valuation, group);
    double onboarding = valuation->onboarding_cost * (double)group->claims;
    jk_offer offer = {
        .irr = valuation->irr,
        .value = group->value,
        .onboarding = onboarding,
        .bid_at_return = bid,
        .bid = bid,
        .binding = -1,
        .attainable = group->value >= onboarding,
        .erc_gross = {NAN, NAN, NAN},
        .sum = {NAN, NAN, NAN, NAN, NAN},
        .cost_share = NAN,
        .multiple = NAN,
        .payback = -1,
        .gross_multiple = NAN,
        .wal_years = NAN,
        .gross_irr = NAN,
        .net_irr = NAN,
        .npv = {NAN, NAN, NAN},
        .asked = asked,
        .asked_irr = NAN,
        .asked_outcome = JK_IRR_NO_ROOT,
        .asked_multiple = NAN,
        .asked_payback = -1,
    };
    if (flow != NULL) {
        offer_on_flow(&offer, flow, valuation->flow.months, floors, floor_count);
    }
    offer.bid_pct_of_face = jk_percent(offer.bid, group->face);
    return offer;
}

jk_offer jk_offer_make(const jk_valuation *valuation, const jk_floor *floors, size_t floor_count, double asked) {
    jk_month flow[JK_HORIZON_MAX] = {0};
    for (int t = 1; t <= valuation->flow.months; t++) {
        flow[t - 1] = jk_valuation_month(valuation, t, valuation->flow.segments);
    }
    return jk_offer_group(valuation, &valuation->total, flow, floors, floor_count, asked);
}
