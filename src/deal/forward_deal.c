/* SPDX-License-Identifier: Apache-2.0 */
/* The price of forward flow per unit of face (formula in jalki/forward.h). Batch k, k = 1..n, is delivered k - 1 months
 * from now with the face F_k and is worth, per unit of face at its delivery,
 *
 *     w_k = V + (g^(k-1) - 1) I - (h^(k-1) - 1) C - h^(k-1) O
 *
 * with value V, present values I of what comes in and C of cost, onboarding O, and growth g and h of them by month; the
 * price is sum F_k d_k w_k / sum F_k d_k d(payment after delivery), d_k = (1 + irr)^(-(k-1)/12). */
#include "deal/forward_deal.h"

#include <math.h>

#include "base/number/fmath.h"

void jk_batch_add(jk_batch *into, const jk_batch *from, double factor) {
    into->irr = from->irr;
    into->months = from->months;
    into->face += factor * from->face;
    into->value += factor * from->value;
    into->onboarding += factor * from->onboarding;
    for (int t = 0; t < from->months; t++) {
        into->flow[t].gross += factor * from->flow[t].gross;
        into->flow[t].cost += factor * from->flow[t].cost;
        into->flow[t].sale += factor * from->flow[t].sale;
        into->flow[t].net += factor * from->flow[t].net;
    }
}

/* Growth at a yearly rate over whole months; exactly 1 for a rate of 0 or for no month. */
static double growth(double rate, int months) {
    return rate == 0.0 || months == 0 ? 1.0 : jk_exp(jk_log(1.0 + rate) * months / 12.0);
}

/* Face of batch k (from 1). */
static double face_of(const jk_forward_terms *terms, int k) {
    double before = 0.0;
    for (int i = 1; i <= k; i++) {
        double full = terms->ramp > 1 && i < terms->ramp ? terms->volume * i / terms->ramp : terms->volume;
        double left = terms->cap - before;
        double face = full < left ? full : (left > 0.0 ? left : 0.0);
        if (i == k) {
            return face;
        }
        before += face;
    }
    return 0.0;
}

/* ---- the price ------------------------------------------------------------------------------------------------ */

typedef struct worth {
    double value, income, cost, onboarding; /* per unit of face: value, and the present values it is made of */
} worth;

static worth worth_of(const jk_batch *batch) {
    double income[JK_HORIZON_MAX] = {0};
    double cost[JK_HORIZON_MAX] = {0};
    for (int t = 0; t < batch->months; t++) {
        income[t] = batch->flow[t].gross + batch->flow[t].sale;
        cost[t] = batch->flow[t].cost;
    }
    return (worth){batch->value / batch->face, jk_price_present_value(income, batch->months, batch->irr) / batch->face,
                   jk_price_present_value(cost, batch->months, batch->irr) / batch->face,
                   batch->onboarding / batch->face};
}

/* Worth of a batch at its delivery, per unit of face, after onboarding: what comes in and what it costs have drifted.
 */
static double worth_at(const worth *w, const jk_forward_terms *terms, int k) {
    double income = growth(terms->drift, k - 1);
    double cost = growth(terms->cost_drift, k - 1);
    return w->value + (income - 1.0) * w->income - (cost - 1.0) * w->cost - cost * w->onboarding;
}

double jk_forward_price(const jk_batch *batch, const jk_forward_terms *terms, int floored) {
    worth w = worth_of(batch);
    double value = 0.0;
    double face = 0.0;
    for (int k = 1; k <= terms->term; k++) {
        double discounted = face_of(terms, k) / growth(batch->irr, k - 1);
        value += discounted * worth_at(&w, terms, k);
        face += discounted / growth(batch->irr, terms->pay_after);
    }
    double price = face > 0.0 ? value / face : 0.0;
    return floored && !(price > 0.0) ? 0.0 : price;
}

/* ---- month by month ------------------------------------------------------------------------------------------- */

int jk_forward_span(const jk_batch *batch, const jk_forward_terms *terms) {
    int last = batch->months > terms->pay_after + 1 ? batch->months : terms->pay_after + 1;
    return terms->term - 1 + last;
}

static void deliver(const jk_batch *batch, const worth *w, int k, jk_forward *forward) {
    const jk_forward_terms *terms = &forward->terms;
    double face = face_of(terms, k);
    double scale = face / batch->face;
    double income = growth(terms->drift, k - 1);
    double cost = growth(terms->cost_drift, k - 1);
    jk_forward_month *month = forward->month;
    month[k - 1].face = face;
    month[k - 1].onboarding = scale * cost * batch->onboarding;
    month[k - 1].own_price = face > 0.0 ? worth_at(w, terms, k) * growth(batch->irr, terms->pay_after) : (double)NAN;
    month[k - 1 + terms->pay_after].paid = face * forward->price;
    for (int t = 0; t < batch->months; t++) {
        month[k - 1 + t].gross += scale * income * batch->flow[t].gross;
        month[k - 1 + t].sale += scale * income * batch->flow[t].sale;
        month[k - 1 + t].cost += scale * cost * batch->flow[t].cost;
    }
}

/* Money out is largest right after a month's purchase, before what comes in that month. */
static void add_up(jk_forward *forward) {
    double cumulated = 0.0;
    int last_out = 0;
    for (int t = 0; t < forward->months; t++) {
        jk_forward_month *month = &forward->month[t];
        double out = month->paid + month->onboarding - cumulated;
        if (out > forward->funding) {
            forward->funding = out;
            forward->funding_month = t + 1;
        }
        month->net = month->gross - month->cost + month->sale - month->paid - month->onboarding;
        cumulated += month->net;
        month->cumulated = cumulated;
        last_out = cumulated < 0.0 ? t + 1 : last_out;
        forward->batches += month->face > 0.0;
        forward->face += month->face;
        forward->paid += month->paid;
        forward->onboarding += month->onboarding;
        forward->gross += month->gross;
        forward->cost += month->cost;
        forward->sale += month->sale;
    }
    forward->payback = last_out < forward->months ? last_out + 1 : -1;
    double outlay = forward->paid + forward->onboarding;
    forward->multiple = outlay > 0.0 ? (forward->gross - forward->cost + forward->sale) / outlay : (double)NAN;
}

void jk_forward_roll(const jk_batch *batch, jk_forward *forward) {
    worth w = worth_of(batch);
    forward->months = jk_forward_span(batch, &forward->terms);
    for (int t = 0; t < forward->months; t++) {
        forward->month[t] = (jk_forward_month){.own_price = NAN};
    }
    for (int k = 1; k <= forward->terms.term; k++) {
        deliver(batch, &w, k, forward);
    }
    add_up(forward);
}

/* Half months: beginnings and middles alternate. Seen as months they arrive half a step late, all of them, which moves
 * no rate; a year has 24 of them, so that the rate found is for half a year's worth. */
jk_irr_outcome jk_forward_return(const jk_forward *forward, double price, double *scratch, double *irr) {
    int delay = forward->terms.pay_after;
    for (int t = 0; t < forward->months; t++) {
        const jk_forward_month *month = &forward->month[t];
        scratch[2 * t] = -month->onboarding - (t >= delay ? price * forward->month[t - delay].face : 0.0);
        scratch[2 * t + 1] = month->gross - month->cost + month->sale;
    }
    double rate = NAN;
    jk_irr_outcome outcome = jk_price_irr(scratch, 2 * forward->months, 0.0, &rate);
    *irr = outcome == JK_IRR_FOUND ? (1.0 + rate) * (1.0 + rate) - 1.0 : (double)NAN;
    return outcome;
}

jk_forward_month jk_forward_sum(const jk_forward *forward, int first, int count) {
    jk_forward_month sum = {.own_price = NAN};
    for (int t = first; t < first + count && t < forward->months; t++) {
        const jk_forward_month *month = &forward->month[t];
        sum.face += month->face;
        sum.paid += month->paid;
        sum.onboarding += month->onboarding;
        sum.gross += month->gross;
        sum.cost += month->cost;
        sum.sale += month->sale;
        sum.net += month->net;
        sum.cumulated = month->cumulated;
    }
    return sum;
}
