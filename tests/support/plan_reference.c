/* SPDX-License-Identifier: Apache-2.0 */
#include "support/plan_reference.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { CLOSE = JK_CLOSE, SELL = JK_SELL, LEGAL = JK_LEGAL };

reference_claim reference_claim_of(const jk_terms *terms, size_t row) {
    return (reference_claim){.balance = (double)terms->balance[row],
                             .interest_monthly = (double)terms->interest_monthly[row],
                             .theta = (double)terms->theta[row],
                             .garnish = (double)terms->garnish[row],
                             .share = (double)terms->share[row],
                             .mortality = (double)terms->mortality[row],
                             .exit_status = (double)terms->exit_status[row],
                             .bar_untitled = (double)terms->bar_untitled[row],
                             .bar_titled = (double)terms->bar_titled[row],
                             .interruption = (double)terms->interruption[row],
                             .age_months = terms->age_months[row],
                             .segment = terms->segment[row],
                             .jurisdiction = terms->jurisdiction[row],
                             .capacity_class = terms->capacity_class[row],
                             .title_state = terms->title_state[row],
                             .allowed = terms->allowed[row]};
}

static double at_month(const jk_steps *steps, int month) {
    double value = steps->value[0];
    for (size_t i = 0; i < steps->count; i++) {
        if (steps->month[i] <= month) {
            value = steps->value[i];
        }
    }
    return value;
}

/* Mean intensity over months from..from+length, month by month. */
static double mean_over(const jk_steps *steps, int from, int length) {
    double sum = 0.0;
    for (int i = 0; i < length; i++) {
        sum += at_month(steps, from + i);
    }
    return sum / length;
}

static void power(const double q[3][3], int months, double result[3][3]) {
    double now[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int m = 0; m < months; m++) {
        double next[3][3] = {{0}};
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                for (int n = 0; n < 3; n++) {
                    next[i][k] += now[i][n] * q[n][k];
                }
            }
        }
        memcpy(now, next, sizeof now);
    }
    memcpy(result, now, sizeof now);
}

/* An epoch, seen by one claim. */
typedef struct epoch {
    int start, months;
    double inflation, title_probability;
    double mean[3], step[3][3][3]; /* by treatment */
} epoch;

static void epoch_of(const jk_model *model, const reference_claim *c, int j, epoch *e) {
    const jk_segment *g = &model->segments[c->segment];
    e->start = 0;
    for (int i = 0; i < j; i++) {
        e->start += model->epochs[i];
    }
    e->months = model->epochs[j];
    e->inflation = pow(1.0 + model->cost_inflation, e->start / 12.0);
    e->title_probability = g->months_to_title == 0.0 ? 1.0 : 1.0 - exp(-e->months / g->months_to_title);
    for (int a = 0; a < 3; a++) {
        e->mean[a] = mean_over(&g->curve[a], c->age_months + e->start, e->months);
        e->mean[a] *= c->recovery == NULL ? 1.0 : c->recovery[j];
        power(g->class_monthly[a], e->months, e->step[a]);
    }
}

static double rate(const jk_model *model, const reference_claim *c, const epoch *e, int a, int k, int z) {
    const jk_segment *g = &model->segments[c->segment];
    double base = c->theta * g->class_multiplier[a][k] * e->mean[a];
    if (a != JK_TREAT_LEGAL) {
        return base;
    }
    return z == JK_TITLE_HELD ? base + g->garnish_share[k] * c->garnish : g->pre_title_factor * base;
}

static double exit_rate(const jk_model *model, const reference_claim *c, const epoch *e, int z) {
    const jk_jurisdiction *law = &model->jurisdictions[c->jurisdiction];
    double years = (e->start + e->months / 2.0) / 12.0;
    double mu =
        model->segments[c->segment].exit_monthly + c->exit_status + c->mortality * exp(law->mortality.b * years);
    if (z == JK_TITLE_HELD && c->title_state < JK_TITLE_HELD && !law->limitation.title_renewable) {
        mu += 1.0 / law->limitation.title_months;
    }
    return mu;
}

static double balance(const jk_model *model, const reference_claim *c, const epoch *e, int z) {
    const jk_segment *g = &model->segments[c->segment];
    double cap = model->jurisdictions[c->jurisdiction].interest.accrual_months;
    double b = c->balance + c->interest_monthly * fmin(e->start + e->months / 2.0, cap);
    return c->title_state == 0 && z >= 1 ? b + g->fee_shift * g->filing * c->share : b;
}

static double alive_part(const epoch *e, double d) {
    return fmin(fmax((d - e->start) / e->months, 0.0), 1.0);
}

static double deadline(const reference_claim *c, int z) {
    return z == 0 ? c->bar_untitled : c->bar_titled;
}

/* Running cost a month of the epoch in state z under treatment a. */
static double running(const jk_model *model, const reference_claim *c, const epoch *e, int a, int z) {
    const jk_segment *g = &model->segments[c->segment];
    double monthly = a == JK_TREAT_LEGAL && z == JK_TITLE_HELD ? g->enforcement_monthly : g->cost[a].monthly;
    double interruption = a != JK_TREAT_LEGAL && z == 0 ? c->interruption : 0.0;
    return (monthly * c->share + interruption) * e->inflation;
}

static double filing(const jk_model *model, const reference_claim *c, const epoch *e, int a, int z) {
    return a == JK_TREAT_LEGAL && z == 0 ? model->segments[c->segment].filing * c->share * e->inflation : 0.0;
}

/* Probability of title state z2 at the epoch's end. */
static double title_move(const epoch *e, int a, int z, int z2) {
    if (a != JK_TREAT_LEGAL || z == JK_TITLE_HELD) {
        return z == z2;
    }
    return z2 == JK_TITLE_HELD ? e->title_probability : (z2 == JK_TITLE_PENDING ? 1.0 - e->title_probability : 0.0);
}

static double sale_value(const jk_model *model, const reference_claim *c, const epoch *e, int z) {
    const jk_segment *g = &model->segments[c->segment];
    double d = deadline(c, z);
    if (d <= e->start) {
        return 0.0;
    }
    return at_month(&g->market_price, c->age_months + e->start) * g->title_factor[z] *
           fmin(1.0, (d - e->start) / g->bar_months) * balance(model, c, e, z) * (1.0 - g->transaction_cost);
}

static double treatment_value(const jk_model *model, const reference_claim *c, const epoch *e, double irr, int a, int k,
                              int z, double next[3][3]) {
    const jk_segment *g = &model->segments[c->segment];
    int z_e = a == JK_TREAT_LEGAL && z < 1 ? 1 : z;
    double d = deadline(c, z_e), f = alive_part(e, d);
    if (a == JK_TREAT_LEGAL && (f == 0.0 || (z == 0 && c->bar_untitled <= e->start))) {
        return NAN;
    }
    double l = rate(model, c, e, a, k, z_e), x = l + exit_rate(model, c, e, z) + log(1.0 + irr) / 12.0;
    double M = x == 0.0 ? e->months : -expm1(-x * e->months) / x, D = exp(-x * e->months);
    double R = f * (g->recovery_share[a] * (1.0 - g->cost[a].contingent) * balance(model, c, e, z) * l * M -
                    running(model, c, e, a, z) * M) -
               filing(model, c, e, a, z);
    double later = 0.0;
    for (int z2 = 0; z2 < 3; z2++) {
        for (int k2 = 0; k2 < 3; k2++) {
            later += title_move(e, a, z, z2) * e->step[a][k][k2] * next[k2][z2];
        }
    }
    return R + (d >= e->start + e->months ? D * later : 0.0);
}

static void induct(const jk_model *model, const reference_claim *c, double irr, bool choose, reference_plan *plan) {
    int J = model->epoch_count;
    memset(plan->state_value[J], 0, sizeof plan->state_value[J]);
    for (int j = J - 1; j >= 0; j--) {
        epoch e;
        epoch_of(model, c, j, &e);
        for (int k = 0; k < 3; k++) {
            for (int z = 0; z < 3; z++) {
                double q[JK_ACTION_COUNT] = {0.0, NAN, NAN, NAN, NAN};
                if (c->allowed & JK_ALLOW(SELL)) {
                    q[SELL] = sale_value(model, c, &e, z);
                }
                for (int a = 0; a < 3; a++) {
                    if (c->allowed & JK_ALLOW(a + JK_SURVEIL)) {
                        q[a + JK_SURVEIL] = treatment_value(model, c, &e, irr, a, k, z, plan->state_value[j + 1]);
                    }
                }
                int best = choose ? CLOSE : plan->action[j][k][z];
                for (int a = 1; choose && a < JK_ACTION_COUNT; a++) {
                    best = q[a] > q[best] ? a : best;
                }
                memcpy(plan->choice[j][k][z], q, sizeof q);
                plan->action[j][k][z] = best;
                plan->state_value[j][k][z] = q[best];
                if (j == 0 && k == c->capacity_class && z == c->title_state) {
                    memcpy(plan->action_value, q, sizeof q);
                    plan->decision = best;
                    plan->value = q[best];
                }
            }
        }
    }
}

void reference_induct(const jk_model *model, const reference_claim *c, double irr, reference_plan *plan) {
    induct(model, c, irr, true, plan);
}

void reference_evaluate(const jk_model *model, const reference_claim *c, double irr, reference_plan *plan) {
    induct(model, c, irr, false, plan);
}

void reference_project(const jk_model *model, const reference_claim *c, reference_plan *plan) {
    const jk_segment *g = &model->segments[c->segment];
    memset(plan->probability, 0, sizeof plan->probability);
    memset(plan->gross, 0, sizeof plan->gross);
    memset(plan->cost, 0, sizeof plan->cost);
    memset(plan->filing, 0, sizeof plan->filing);
    memset(plan->sale, 0, sizeof plan->sale);
    plan->probability[0][c->capacity_class][c->title_state] = 1.0;
    for (int j = 0; j < model->epoch_count; j++) {
        epoch e;
        epoch_of(model, c, j, &e);
        for (int s = 0; s < 9; s++) {
            int k = s / 3, z = s % 3, action = plan->action[j][k][z], a = action - JK_SURVEIL;
            double p = plan->probability[j][k][z];
            if (p == 0.0 || action == CLOSE) {
                continue;
            }
            if (action == SELL) {
                plan->sale[e.start] += p * sale_value(model, c, &e, z);
                continue;
            }
            int z_e = a == JK_TREAT_LEGAL && z < 1 ? 1 : z;
            double d = deadline(c, z_e), f = alive_part(&e, d);
            double l = rate(model, c, &e, a, k, z_e), y = l + exit_rate(model, c, &e, z);
            for (int m = 1; m <= e.months; m++) {
                double alive = y == 0.0 ? 1.0 : exp(-y * (m - 1)) * -expm1(-y) / y;
                double gross = p * f * g->recovery_share[a] * balance(model, c, &e, z) * l * alive;
                plan->gross[e.start + m - 1] += gross;
                plan->cost[e.start + m - 1] +=
                    g->cost[a].contingent * gross + p * f * running(model, c, &e, a, z) * alive;
            }
            plan->filing[e.start] += p * filing(model, c, &e, a, z);
            for (int s2 = 0; s2 < 9; s2++) {
                int k2 = s2 / 3, z2 = s2 % 3;
                if (d >= e.start + e.months) {
                    plan->probability[j + 1][k2][z2] +=
                        p * exp(-y * e.months) * title_move(&e, a, z, z2) * e.step[a][k][k2];
                }
            }
        }
    }
}
