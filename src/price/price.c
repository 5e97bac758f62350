/* SPDX-License-Identifier: Apache-2.0 */
/* Bid, multiple, payback, collections over a horizon, and the price that meets several floors at once.
 *
 * Flows come in the middle of their month: the present value of net[0..n-1] at the yearly rate i is sum net[t] (1 +
 * i)^(-(t + 1/2) / 12), by Horner's rule in the monthly factor exp(-ln(1 + i) / 12), whose exp and log are our own so
 * that the bits are the same everywhere. Each floor gives the largest outlay that meets it in closed form: present
 * value at the return, sum of net / multiple, highest cumulated net within the payback. The price is the smallest of
 * them less onboarding, taken down to the number below where the sum would round up past the floor. */
#include "jalki/price.h"

#include <math.h>

#include "base/number/fmath.h"

double jk_price_bid(double value, double onboarding_cost, uint64_t claims) {
    double bid = value - onboarding_cost * (double)claims;
    return bid > 0.0 ? bid : 0.0;
}

static double sum_of(const double *flow, int months) {
    double sum = 0.0;
    for (int t = 0; t < months; t++) {
        sum += flow[t];
    }
    return sum;
}

double jk_price_multiple(const double *net, int months, double outlay) {
    return outlay > 0.0 ? sum_of(net, months) / outlay : NAN;
}

int jk_price_payback(const double *net, int months, double outlay) {
    if (!(outlay > 0.0)) {
        return -1;
    }
    double cumulated = 0.0;
    for (int t = 0; t < months; t++) {
        cumulated += net[t];
        if (cumulated >= outlay) {
            return t + 1;
        }
    }
    return -1;
}

double jk_price_average_life(const double *flow, int months) {
    double sum = sum_of(flow, months), weighed = 0.0;
    for (int t = 0; t < months; t++) {
        weighed += ((double)t + 0.5) / 12.0 * flow[t];
    }
    return sum > 0.0 ? weighed / sum : NAN;
}

double jk_price_present_value(const double *net, int months, double rate) {
    if (!(rate > -1.0)) {
        return NAN;
    }
    double force = jk_log(1.0 + rate);
    double factor = jk_exp(-force / 12.0);
    double value = 0.0;
    for (int t = months - 1; t >= 0; t--) { /* Horner's rule in the monthly discount factor */
        value = value * factor + net[t];
    }
    return value * jk_exp(-force / 24.0);
}

const char *jk_floor_kind_name(jk_floor_kind kind) {
    static const char *const names[] = {"irr", "multiple", "payback"};
    return (unsigned)kind < JK_FLOOR_KIND_COUNT ? names[kind] : "?";
}

/* Largest outlay that meets a floor. */
static double outlay_under(const jk_floor *floor, const double *net, int months) {
    switch (floor->kind) {
    case JK_FLOOR_RETURN:
        return jk_price_present_value(net, months, floor->bound);
    case JK_FLOOR_MULTIPLE:
        return sum_of(net, months) / floor->bound;
    default: {
        /* Early negative months are no payback: the highest cumulated net within the bound counts. */
        double cumulated = 0.0;
        double highest = -INFINITY;
        for (int t = 0; t < months && t < floor->bound; t++) {
            cumulated += net[t];
            highest = cumulated > highest ? cumulated : highest;
        }
        return highest;
    }
    }
}

jk_floor_price jk_price_with_floors(double value, const double *net, int months, double onboarding,
                                    const jk_floor *floors, size_t floor_count) {
    jk_floor_price result = {.binding = -1};
    double outlay = value;
    for (size_t i = 0; i < floor_count; i++) {
        double limit = outlay_under(&floors[i], net, months);
        if (!(limit >= outlay)) { /* also where the limit is not a number */
            outlay = limit;
            result.binding = (int)i;
        }
    }
    double price = outlay - onboarding;
    /* price + onboarding may round to just above the outlay, and would then miss the floor it was made for. */
    while (result.binding >= 0 && price + onboarding > outlay) {
        price = nextafter(price, -INFINITY);
    }
    result.attainable = price >= 0.0;
    result.price = price > 0.0 ? price : 0.0;
    return result;
}
