/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_scalar.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/number/grid.h"

typedef struct claim {
    const jk_plan_tables *tables;
    const jk_plan_segment *segment;
    const jk_plan_jurisdiction *law;
    float balance, interest, theta, garnish, share, mortality, exit_status, interruption;
    double bar[2];
    int age, capacity, title;
    unsigned allowed;
    int last_title; /* states after it cannot be reached */
} claim;

typedef struct flow_rate {
    float rate, garnish, exit, alive, balance, continues;
    int titled; /* which bar applies */
} flow_rate;

static float at_age(const claim *c, const float *curve, const jk_plan_epoch *epoch) {
    int age = c->age + epoch->first_month;
    return curve[age < c->segment->last_age ? age : c->segment->last_age];
}

/* Intensity, exit, part before the bar and balance of treatment a in state (k, z) of epoch j. */
static flow_rate rate_of(const claim *c, int j, int a, int k, int z) {
    const jk_plan_epoch *epoch = &c->tables->epochs[j];
    const jk_plan_segment *g = c->segment;
    flow_rate r = {0};
    float base = c->theta * at_age(c, g->spans[epoch->span].curve[a], epoch);
    if (a != JK_TREAT_LEGAL) {
        r.rate = base * g->class_multiplier[a][k];
    } else if (z < JK_TITLE_HELD) {
        r.rate = base * g->pending_multiplier[k];
    } else {
        r.rate = base * g->class_multiplier[a][k];
        float accrued = c->interest * c->law->accrual[j];
        r.garnish = g->garnish_share[k] * c->garnish * (c->balance / (c->balance + accrued));
    }
    r.exit = g->exit + c->exit_status + c->mortality * c->law->mortality[j];
    if (z == JK_TITLE_HELD && c->title < JK_TITLE_HELD) {
        r.exit += c->law->title_end;
    }
    r.titled = z > 0 || a == JK_TREAT_LEGAL;
    float part = (float)((c->bar[r.titled] - (double)epoch->first_month) / (double)epoch->month_count);
    r.alive = part < 0.0f ? 0.0f : (part > 1.0f ? 1.0f : part);
    r.continues = c->bar[r.titled] >= (double)(epoch->first_month + epoch->month_count) ? 1.0f : 0.0f;
    r.balance = c->balance + c->interest * c->law->accrual[j];
    if (c->title == 0 && z > 0) {
        r.balance += g->fee * c->share;
    }
    return r;
}

static float running_cost(const claim *c, int j, int a, int z) {
    const jk_plan_costs *costs = &c->segment->costs[j];
    float cost = c->share * costs->running_by_action[z == JK_TITLE_HELD][a + JK_SURVEIL];
    return z == 0 && a != JK_TREAT_LEGAL ? cost + c->interruption * costs->inflation : cost;
}

static float sale_value(const claim *c, int j, int z) {
    const jk_plan_epoch *epoch = &c->tables->epochs[j];
    float time = (float)(c->bar[z > 0] - (double)epoch->first_month);
    if (!(time > 0.0f)) {
        return 0.0f;
    }
    float balance = c->balance + c->interest * c->law->accrual[j];
    if (c->title == 0 && z > 0) {
        balance += c->segment->fee * c->share;
    }
    float part = time * c->segment->bar_months_inverse;
    return at_age(c, c->segment->market, epoch) * c->segment->title_factor[z] * (part < 1.0f ? part : 1.0f) * balance;
}

static float treatment_value(const claim *c, int j, int a, int k, int z, float next[3][3]) {
    const jk_plan_epoch *epoch = &c->tables->epochs[j];
    const jk_plan_span *span = &c->segment->spans[epoch->span];
    flow_rate r = rate_of(c, j, a, k, z);
    float x = r.rate + r.garnish + r.exit + c->tables->discount;
    float left = expf(-x * epoch->months);
    float mean = x == 0.0f ? epoch->months : (1.0f - left) / x;
    float income = r.balance * (c->segment->kept_share[a] * r.rate + c->segment->open_share[a] * r.garnish);
    float value = r.alive * (income - running_cost(c, j, a, z)) * mean;
    float later = 0.0f;
    for (int k2 = 0; k2 < 3; k2++) {
        float v = next[z][k2];
        if (a == JK_TREAT_LEGAL && z < JK_TITLE_HELD) {
            v = next[1][k2] + span->title_probability * (next[2][k2] - next[1][k2]);
        }
        later += span->class_step[a][k][k2] * v;
    }
    value += r.continues * left * later;
    return a == JK_TREAT_LEGAL && z == 0 ? value - c->share * c->segment->costs[j].filing : value;
}

static float induct(const claim *c, uint8_t *actions) {
    float next[3][3] = {{0}}, value[3][3];
    for (int j = c->tables->epoch_count - 1; j >= 0; j--) {
        double start = (double)c->tables->epochs[j].first_month;
        for (int z = c->title; z <= c->last_title; z++) {
            float sale = c->allowed & JK_ALLOW(JK_SELL) ? sale_value(c, j, z) : 0.0f;
            for (int k = 0; k < 3; k++) {
                float best = 0.0f;
                int action = JK_CLOSE;
                if (sale > best) {
                    best = sale;
                    action = JK_SELL;
                }
                for (int a = 0; a < 3; a++) {
                    bool late = a == JK_TREAT_LEGAL && (!(c->bar[1] > start) || (z == 0 && !(c->bar[0] > start)));
                    if (!(c->allowed & JK_ALLOW(a + JK_SURVEIL)) || late) {
                        continue;
                    }
                    float q = treatment_value(c, j, a, k, z, next);
                    if (q > best) {
                        best = q;
                        action = a + JK_SURVEIL;
                    }
                }
                value[z][k] = best;
                actions[(j * 3 + z) * 3 + k] = (uint8_t)action;
            }
        }
        memcpy(next, value, sizeof next);
    }
    return next[c->title][c->capacity];
}

static void add(const claim *c, jk_cashflow *flow, size_t segment, int month, jk_flow column, float amount) {
    (void)c;
    flow->cell[((size_t)month * flow->segments + segment) * JK_FLOW_COUNT + column] +=
        jk_grid_from_double((double)amount);
}

static void project(const claim *c, const uint8_t *actions, size_t segment, jk_cashflow *flow, float *gross_sum,
                    float *net_sum) {
    float p[3][3] = {{0}};
    p[c->title][c->capacity] = 1.0f;
    for (int j = 0; j < c->tables->epoch_count; j++) {
        const jk_plan_epoch *epoch = &c->tables->epochs[j];
        const jk_plan_span *span = &c->segment->spans[epoch->span];
        float next[3][3] = {{0}}, gross[9], cost[9], factor[9], filing = 0.0f, sale = 0.0f;
        int flows = 0;
        for (int z = c->title; z <= c->last_title; z++) {
            for (int k = 0; k < 3; k++) {
                int action = actions[(j * 3 + z) * 3 + k], a = action - JK_SURVEIL;
                if (action == JK_SELL) {
                    sale += p[z][k] * sale_value(c, j, z);
                }
                if (action < JK_SURVEIL) {
                    continue;
                }
                flow_rate r = rate_of(c, j, a, k, z);
                float y = r.rate + r.garnish + r.exit, left = expf(-y), month = y == 0.0f ? 1.0f : (1.0f - left) / y;
                gross[flows] =
                    p[z][k] * r.alive * r.balance * (c->segment->share_by_action[action] * r.rate + r.garnish) * month;
                cost[flows] = c->segment->contingent_by_action[action] * gross[flows] +
                              p[z][k] * r.alive * running_cost(c, j, a, z) * month;
                factor[flows++] = left;
                bool files = a == JK_TREAT_LEGAL && z == 0;
                filing += files ? p[z][k] * c->share * c->segment->costs[j].filing : 0.0f;
                float mass = p[z][k] * r.continues * expf(-y * epoch->months);
                for (int k2 = 0; k2 < 3; k2++) {
                    float moved = mass * span->class_step[a][k][k2];
                    if (a == JK_TREAT_LEGAL && z < JK_TITLE_HELD) {
                        next[2][k2] += moved * span->title_probability;
                        next[1][k2] += moved * (1.0f - span->title_probability);
                    } else {
                        next[z][k2] += moved;
                    }
                }
            }
        }
        for (int m = 0; m < epoch->month_count; m++) {
            float month_gross = 0.0f, month_cost = 0.0f;
            for (int s = 0; s < flows; s++) {
                month_gross += gross[s];
                month_cost += cost[s];
                gross[s] *= factor[s];
                cost[s] *= factor[s];
            }
            add(c, flow, segment, epoch->first_month + m, JK_FLOW_GROSS, month_gross);
            add(c, flow, segment, epoch->first_month + m, JK_FLOW_COST, month_cost);
            *gross_sum += month_gross;
            *net_sum += month_gross - month_cost;
        }
        add(c, flow, segment, epoch->first_month, JK_FLOW_FILING, filing);
        add(c, flow, segment, epoch->first_month, JK_FLOW_SALE, sale);
        *net_sum += sale - filing;
        memcpy(p, next, sizeof p);
    }
}

void plan_scalar(const jk_plan_tables *tables, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow) {
    uint8_t actions[JK_EPOCHS_MAX * 9];
    for (size_t i = 0; i < terms->rows; i++) {
        claim c = {.tables = tables,
                   .segment = &tables->segments[terms->segment[i]],
                   .law = &tables->jurisdictions[terms->jurisdiction[i]],
                   .balance = terms->balance[i],
                   .interest = terms->interest_monthly[i],
                   .theta = terms->theta[i],
                   .garnish = terms->garnish[i],
                   .share = terms->share[i],
                   .mortality = terms->mortality[i],
                   .exit_status = terms->exit_status[i],
                   .bar = {terms->bar_untitled[i], terms->bar_titled[i]},
                   .interruption = terms->interruption[i],
                   .age = terms->age_months[i],
                   .capacity = terms->capacity_class[i],
                   .title = terms->title_state[i],
                   .allowed = terms->allowed[i]};
        c.last_title = c.allowed & JK_ALLOW(JK_LEGAL) ? JK_TITLE_HELD : c.title;
        results->erc_gross[i] = results->erc_net[i] = 0.0f;
        results->value[i] = induct(&c, actions);
        results->decision[i] = actions[c.title * 3 + c.capacity];
        project(&c, actions, terms->segment[i], flow, &results->erc_gross[i], &results->erc_net[i]);
    }
}
