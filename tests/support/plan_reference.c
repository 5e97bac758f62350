/* SPDX-License-Identifier: Apache-2.0 */
#include "support/plan_reference.h"

#include <math.h>
#include <string.h>

enum { CLOSE = JK_CLOSE, SELL = JK_SELL };

reference_claim reference_claim_of(const jk_terms *terms, size_t row) {
    return (reference_claim){.balance = (double)terms->balance[row],
                             .interest_monthly = (double)terms->interest_monthly[row],
                             .theta = (double)terms->theta[row],
                             .fading = (double)terms->fading[row],
                             .dividend = (double)terms->dividend[row],
                             .instalment = (double)terms->instalment[row],
                             .paying = terms->paying[row] != 0,
                             .garnish = (double)terms->garnish[row],
                             .share = (double)terms->share[row],
                             .mortality = (double)terms->mortality[row],
                             .exit_status = (double)terms->exit_status[row],
                             .bar_untitled = terms->bar_untitled[row],
                             .bar_titled = terms->bar_titled[row],
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

/* Nobody begins: single exponentials, of a quiet claim alone. */
static reference_pair quiet_alone(double x, double months) {
    reference_pair pair = {{{0}}, {{0}}};
    pair.stay[0][0] = exp(-x * months);
    pair.time[0][0] = x == 0.0 ? months : -expm1(-x * months) / x;
    return pair;
}

/* Both at once by doubling: P(2t) = P(t)^2 and M(2t) = M(t) + P(t) M(t), from a time so short that a Taylor series
 * does. All entries are positive, so that nothing cancels. */
reference_pair reference_pair_of(double quiet, double paying, double begin, double stop, double months) {
    const long double a[2][2] = {{-quiet, begin}, {stop, -paying}}; /* -A */
    long double t = months, stay[2][2] = {{1, 0}, {0, 1}}, time[2][2] = {{0}}, term[2][2] = {{1, 0}, {0, 1}};
    int doublings = 0;
    while (t * (fabsl(a[0][0]) + a[0][1] + a[1][0] + fabsl(a[1][1])) > 0.25L) {
        t /= 2;
        doublings++;
    }
    for (int n = 1; n <= 16; n++) { /* term: (-A)^(n-1) t^(n-1) / (n-1)! */
        long double next[2][2];
        for (int i = 0; i < 2; i++) {
            for (int k = 0; k < 2; k++) {
                time[i][k] += term[i][k] * t / n;
                next[i][k] = (term[i][0] * a[0][k] + term[i][1] * a[1][k]) * t / n;
                stay[i][k] += next[i][k];
            }
        }
        memcpy(term, next, sizeof term);
    }
    for (; doublings > 0; doublings--) {
        long double square[2][2], sum[2][2];
        for (int i = 0; i < 2; i++) {
            for (int k = 0; k < 2; k++) {
                square[i][k] = stay[i][0] * stay[0][k] + stay[i][1] * stay[1][k];
                sum[i][k] = time[i][k] + stay[i][0] * time[0][k] + stay[i][1] * time[1][k];
            }
        }
        memcpy(stay, square, sizeof stay);
        memcpy(time, sum, sizeof time);
    }
    reference_pair pair = {{{0}}, {{0}}};
    for (int i = 0; i < 4; i++) {
        pair.stay[i / 2][i % 2] = (double)stay[i / 2][i % 2];
        pair.time[i / 2][i % 2] = (double)time[i / 2][i % 2];
    }
    return pair;
}

/* An epoch, seen by one claim. */
typedef struct epoch {
    int start, months;
    double inflation, title_probability;
    double theta;                  /* Theta_j */
    double balance_share;          /* b_j */
    double paying_recovery;        /* m_j on instalments */
    double mean[3], step[3][3][3]; /* by treatment */
} epoch;

static void epoch_of(const jk_model *model, const reference_claim *c, int j, epoch *e) {
    const jk_segment *g = &model->segments[c->segment];
    e->start = 0;
    for (int i = 0; i < j; i++) {
        e->start += model->epochs[i];
    }
    e->months = model->epochs[j];
    double middle = e->start + e->months / 2.0;
    e->inflation = pow(1.0 + model->cost_inflation, e->start / 12.0);
    e->title_probability = g->months_to_title == 0.0 ? 1.0 : 1.0 - exp(-e->months / g->months_to_title);
    e->theta = c->theta;
    if (model->scorecard.half_life > 0.0) {
        e->theta *= exp(c->fading * exp2(-middle / model->scorecard.half_life));
    }
    double accrued = fmin(middle, model->jurisdictions[c->jurisdiction].interest.accrual_months);
    e->balance_share = c->balance / (c->balance + c->interest_monthly * accrued);
    const double *paying = c->paying_recovery == NULL ? c->recovery : c->paying_recovery;
    e->paying_recovery = paying == NULL ? 1.0 : paying[j];
    for (int a = 0; a < 3; a++) {
        e->mean[a] = mean_over(&g->curve[a], c->age_months + e->start, e->months);
        e->mean[a] *= c->recovery == NULL ? 1.0 : c->recovery[j];
        power(g->class_monthly[a], e->months, e->step[a]);
    }
}

/* h: intensity of new payers. */
static double new_payers(const jk_model *model, const reference_claim *c, const epoch *e, int a, int k, int z_e) {
    const jk_segment *g = &model->segments[c->segment];
    double h = e->theta * g->class_multiplier[a][k] * e->mean[a];
    return a == JK_TREAT_LEGAL && z_e != JK_TITLE_HELD ? g->pre_title_factor * h : h;
}

static double enforcement(const jk_model *model, const reference_claim *c, const epoch *e, int k) {
    return model->segments[c->segment].garnish_share[k] * c->garnish * e->balance_share;
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

/* The deadline of a mood: who pays is bound by the final bar alone. */
static double deadline(const reference_claim *c, int mood, int z) {
    return mood == 0 && z == 0 ? c->bar_untitled : c->bar_titled;
}

/* Running cost of a quiet claim a month of the epoch in state z under treatment a. */
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
static double title_move(const jk_model *model, const reference_claim *c, const epoch *e, int a, int z, int z2) {
    if (a != JK_TREAT_LEGAL || z == JK_TITLE_HELD) {
        return z == z2;
    }
    double q = e->title_probability;
    return z2 == JK_TITLE_HELD ? q * (1.0 - model->segments[c->segment].lost_share)
                               : (z2 == JK_TITLE_PENDING ? 1.0 - q : 0.0);
}

static double sale_value(const jk_model *model, const reference_claim *c, const epoch *e, int mood, int k, int z) {
    const jk_segment *g = &model->segments[c->segment];
    double d = deadline(c, mood, z);
    if (d <= e->start) {
        return 0.0;
    }
    double insight = 1.0;
    if (g->informed > 0.0) {
        double ratio = e->theta * g->class_multiplier[JK_TREAT_AMICABLE][k] / g->reference;
        insight = pow(fmin(g->insight_cap, ratio), g->informed);
    }
    insight *= mood == 1 ? g->payer_factor : 1.0;
    return at_month(&g->market_price, c->age_months + e->start) * g->title_factor[z] * insight *
           fmin(1.0, (d - e->start) / g->bar_months) * balance(model, c, e, z) * (1.0 - g->transaction_cost);
}

/* A treatment in state (k, z) of an epoch: sections 4 and 5. Arrays are by mood. */
typedef struct work {
    bool available[2];
    double f[2], c[2];
    double yield[2];                   /* y */
    double instalments;                /* rho' */
    double cost[2];                    /* a month */
    double quiet, paying, begin, stop; /* x_q and x_p without delta, s, beta */
    bool moods;                        /* the segment has payers */
} work;

static reference_pair pair_over(const work *w, double delta, double months) {
    return w->moods ? reference_pair_of(w->quiet + delta, w->paying + delta, w->begin, w->stop, months)
                    : quiet_alone(w->quiet + delta, months);
}

static work work_of(const jk_model *model, const reference_claim *c, const epoch *e, int a, int k, int z) {
    const jk_segment *g = &model->segments[c->segment];
    int z_e = a == JK_TREAT_LEGAL && z < 1 ? 1 : z;
    bool legal = a == JK_TREAT_LEGAL;
    bool kept = (c->allowed & (JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE))) != 0;
    double settled = g->payers.given && kept ? g->payers.settled_share[a] : 1.0;
    work w = {.stop = g->payers.given ? g->payers.breakage[a] : 0.0, .moods = g->payers.given};
    for (int r = 0; r < 2; r++) {
        double d = deadline(c, r, z_e);
        w.f[r] = alive_part(e, d);
        w.c[r] = d >= e->start + e->months;
        w.available[r] = (c->allowed & JK_ALLOW(a + JK_SURVEIL)) != 0;
    }
    if (legal) {
        w.available[0] = w.available[0] && w.f[0] > 0.0 && !(z == 0 && c->bar_untitled <= e->start);
        w.available[1] = false;
    }
    double h = new_payers(model, c, e, a, k, z_e),
           taken = legal && z == JK_TITLE_HELD ? enforcement(model, c, e, k) : 0.0;
    double resolved = settled * h + taken + c->dividend, mu = exit_rate(model, c, e, z);
    w.begin = (1.0 - settled) * h * w.f[0];
    w.yield[0] = g->recovery_share[a] * settled * h + taken + c->dividend;
    w.instalments = c->instalment * g->payers.monthly_share[k] * e->paying_recovery * e->balance_share;
    if (z == JK_TITLE_HELD) {
        w.instalments = fmax(w.instalments, enforcement(model, c, e, k));
    }
    w.yield[1] = w.instalments + c->dividend;
    w.quiet = resolved + w.begin + mu;
    w.paying = w.yield[1] + w.stop + mu;
    w.cost[0] = running(model, c, e, a, z);
    w.cost[1] = g->payers.monthly[a] * c->share * e->inflation;
    return w;
}

static void treatment_values(const jk_model *model, const reference_claim *c, const epoch *e, double irr, int a, int k,
                             int z, double next[2][3][3], double value[2]) {
    const jk_segment *g = &model->segments[c->segment];
    work w = work_of(model, c, e, a, k, z);
    double delta = log(1.0 + irr) / 12.0, open = 1.0 - g->cost[a].contingent, gain[2], later[2] = {0.0, 0.0};
    reference_pair p = pair_over(&w, delta, e->months);
    for (int r = 0; r < 2; r++) {
        gain[r] = w.f[r] * (open * balance(model, c, e, z) * w.yield[r] - w.cost[r]);
        for (int s = 0; s < 9; s++) {
            later[r] += w.c[r] * title_move(model, c, e, a, z, s % 3) * e->step[a][k][s / 3] * next[r][s / 3][s % 3];
        }
    }
    for (int r = 0; r < 2; r++) {
        value[r] = NAN;
        if (w.available[r]) {
            value[r] = gain[0] * p.time[r][0] + gain[1] * p.time[r][1] + p.stay[r][0] * later[0] +
                       p.stay[r][1] * later[1] - filing(model, c, e, a, z);
        }
    }
}

static bool can_pay(const jk_model *model, const reference_claim *c) {
    return model->segments[c->segment].payers.given;
}

static void induct(const jk_model *model, const reference_claim *c, double irr, bool choose, reference_plan *plan) {
    int J = model->epoch_count, mood = can_pay(model, c) && c->paying;
    memset(plan->state_value[J], 0, sizeof plan->state_value[J]);
    for (int j = J - 1; j >= 0; j--) {
        epoch e;
        epoch_of(model, c, j, &e);
        for (int s = 0; s < 9; s++) {
            int k = s / 3, z = s % 3;
            double q[2][JK_ACTION_COUNT];
            for (int r = 0; r < 2; r++) {
                q[r][CLOSE] = 0.0;
                q[r][SELL] = c->allowed & JK_ALLOW(SELL) ? sale_value(model, c, &e, r, k, z) : NAN;
            }
            for (int a = 0; a < 3; a++) {
                double value[2];
                treatment_values(model, c, &e, irr, a, k, z, plan->state_value[j + 1], value);
                q[0][a + JK_SURVEIL] = value[0];
                q[1][a + JK_SURVEIL] = value[1];
            }
            for (int r = 0; r < 2; r++) {
                int best = choose ? CLOSE : plan->action[j][r][k][z];
                for (int a = 1; choose && a < JK_ACTION_COUNT; a++) {
                    best = q[r][a] > q[r][best] ? a : best;
                }
                memcpy(plan->choice[j][r][k][z], q[r], sizeof q[r]);
                plan->action[j][r][k][z] = best;
                plan->state_value[j][r][k][z] = q[r][best];
                if (j == 0 && r == mood && k == c->capacity_class && z == c->title_state) {
                    memcpy(plan->action_value, q[r], sizeof q[r]);
                    plan->decision = best;
                    plan->value = q[r][best];
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

/* The months of an epoch for those who began it in mood r. */
static void project_months(const jk_model *model, const reference_claim *c, const epoch *e, int a, int z, int r,
                           double p, const work *w, reference_plan *plan) {
    const jk_segment *g = &model->segments[c->segment];
    reference_pair month = pair_over(w, 0.0, 1.0);
    double here[2] = {r == 0 ? p : 0.0, r == 1 ? p : 0.0}, b = balance(model, c, e, z);
    for (int m = 0; m < e->months; m++) {
        double occupied[2], next[2];
        for (int to = 0; to < 2; to++) {
            occupied[to] = here[0] * month.time[0][to] + here[1] * month.time[1][to];
            next[to] = here[0] * month.stay[0][to] + here[1] * month.stay[1][to];
        }
        double gross = b * (w->f[0] * w->yield[0] * occupied[0] + w->f[1] * w->yield[1] * occupied[1]);
        plan->gross[e->start + m] += gross;
        plan->instalments[e->start + m] += w->f[1] * b * w->instalments * occupied[1];
        plan->cost[e->start + m] +=
            g->cost[a].contingent * gross + w->f[0] * w->cost[0] * occupied[0] + w->f[1] * w->cost[1] * occupied[1];
        here[0] = next[0];
        here[1] = next[1];
    }
}

void reference_project(const jk_model *model, const reference_claim *c, reference_plan *plan) {
    memset(plan->probability, 0, sizeof plan->probability);
    memset(plan->gross, 0, sizeof plan->gross);
    memset(plan->instalments, 0, sizeof plan->instalments);
    memset(plan->cost, 0, sizeof plan->cost);
    memset(plan->filing, 0, sizeof plan->filing);
    memset(plan->sale, 0, sizeof plan->sale);
    plan->probability[0][can_pay(model, c) && c->paying][c->capacity_class][c->title_state] = 1.0;
    for (int j = 0; j < model->epoch_count; j++) {
        epoch e;
        epoch_of(model, c, j, &e);
        for (int s = 0; s < 18; s++) {
            int r = s / 9, k = s % 9 / 3, z = s % 3, action = plan->action[j][r][k][z], a = action - JK_SURVEIL;
            double p = plan->probability[j][r][k][z];
            if (p == 0.0 || action == CLOSE) {
                continue;
            }
            if (action == SELL) {
                plan->sale[e.start] += p * sale_value(model, c, &e, r, k, z);
                continue;
            }
            work w = work_of(model, c, &e, a, k, z);
            project_months(model, c, &e, a, z, r, p, &w, plan);
            plan->filing[e.start] += p * filing(model, c, &e, a, z);
            reference_pair whole = pair_over(&w, 0.0, e.months);
            for (int s2 = 0; s2 < 18; s2++) {
                int r2 = s2 / 9, k2 = s2 % 9 / 3, z2 = s2 % 3;
                plan->probability[j + 1][r2][k2][z2] +=
                    p * w.c[r2] * whole.stay[r][r2] * title_move(model, c, &e, a, z, z2) * e.step[a][k][k2];
            }
        }
    }
}
