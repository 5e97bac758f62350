/* SPDX-License-Identifier: Apache-2.0 */
/* Closed forms, and what must hold for any claim: more cost or exit never raises a value, more freedom or time never
 * lowers it; splitting and doubling a portfolio changes sums as it must; discounted flows agree with values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/grid.h"
#include "cmocka_all.h"
#include "support/plan_cases.h"

enum { ROWS = 1200 };

/* A model in which only surveil brings anything: intensity `rate`, nothing else happens. */
static plan_case *plain_model(double rate, double cost) {
    plan_case *made = plan_case_create(1, 1);
    jk_segment *g = &made->segments[0];
    const int32_t month[1] = {0};
    const double some[1] = {rate}, none[1] = {0.0};
    plan_case_steps(made, &g->curve[0], 1, month, some);
    plan_case_steps(made, &g->curve[1], 1, month, none);
    plan_case_steps(made, &g->curve[2], 1, month, none);
    plan_case_steps(made, &g->market_price, 1, month, none);
    g->exit_monthly = 0.0;
    for (int a = 0; a < 3; a++) {
        g->cost[a] = (jk_treatment_cost){a == 0 ? cost : 1.0, 0.0};
        for (int k = 0; k < 3; k++) {
            g->class_multiplier[a][k] = 1.0;
            for (int n = 0; n < 3; n++) {
                g->class_monthly[a][k][n] = k == n;
            }
        }
    }
    made->model.cost_inflation = 0.0;
    return made;
}

static jk_terms plain_claim(double balance) {
    jk_terms terms = plan_terms_alloc(1);
    terms.balance[0] = (float)balance;
    terms.theta[0] = terms.share[0] = 1.0f;
    terms.bar_untitled[0] = terms.bar_titled[0] = INFINITY;
    terms.capacity_class[0] = 2;
    terms.allowed[0] = JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SURVEIL);
    return terms;
}

/* One treatment, no cost, no exit: V = sigma·B·l/(l + delta)·(1 - e^-(l + delta)H). */
static void one_treatment(void **state) {
    (void)state;
    for (int i = 0; i < 12; i++) {
        double rate = 0.0004 * pow(2.2, i), irr = 0.03 * i, delta = log(1.0 + irr) / 12.0, x = rate + delta;
        plan_case *made = plain_model(rate, 0.0);
        made->segments[0].recovery_share[0] = 0.8;
        jk_terms terms = plain_claim(12345.0);
        jk_plan_results results = plan_results_alloc(1);
        plan_run(made, irr, NULL, 0, &terms, &results, NULL);
        double value = 0.8 * 12345.0 * rate / x * -expm1(-x * 180.0), gross = 0.8 * 12345.0 * -expm1(-rate * 180.0);
        assert_true(fabs((double)results.value[0] / value - 1.0) < 3e-6);
        assert_true(fabs((double)results.erc_gross[0] / gross - 1.0) < 1e-5);
        assert_true(fabs((double)results.gross_12m[0] / (0.8 * 12345.0 * -expm1(-rate * 12.0)) - 1.0) < 5e-6);
        assert_int_equal(results.decision[0], JK_SURVEIL);
        plan_results_free(&results);
        plan_terms_free(&terms);
        plan_case_free(made);
    }
}

/* The same with a running cost and a bar inside an epoch: within it the claim yields for the part before the bar. */
static void one_treatment_until_barred(void **state) {
    (void)state;
    double rate = 0.02, irr = 0.1, delta = log(1.0 + irr) / 12.0, x = rate + delta, bar = 3.0 + 3.0 + 1.2;
    plan_case *made = plain_model(rate, 2.0);
    made->segments[0].recovery_share[0] = 1.0;
    jk_terms terms = plain_claim(1000.0);
    terms.bar_untitled[0] = (float)bar;
    jk_plan_results results = plan_results_alloc(1);
    plan_run(made, irr, NULL, 0, &terms, &results, NULL);
    double net_rate = 1000.0 * rate - 2.0, mean = -expm1(-x * 3.0) / x;
    double value = net_rate * (-expm1(-x * 6.0) / x + exp(-x * 6.0) * 0.4 * mean);
    assert_true(fabs((double)results.value[0] / value - 1.0) < 3e-6);
    terms.bar_untitled[0] = 6.0f; /* on the epoch's boundary */
    plan_run(made, irr, NULL, 0, &terms, &results, NULL);
    assert_true(fabs((double)results.value[0] / (net_rate * -expm1(-x * 6.0) / x) - 1.0) < 3e-6);
    plan_results_free(&results);
    plan_terms_free(&terms);
    plan_case_free(made);
}

/* An annuity: no intensity to speak of, a constant class that pays in full at a low rate. */
static void small_rate_is_an_annuity(void **state) {
    (void)state;
    double rate = 1e-7, irr = 0.15, delta = log(1.0 + irr) / 12.0;
    plan_case *made = plain_model(rate, 0.0);
    made->segments[0].recovery_share[0] = 1.0;
    jk_terms terms = plain_claim(5e8);
    jk_plan_results results = plan_results_alloc(1);
    plan_run(made, irr, NULL, 0, &terms, &results, NULL);
    double value = 50.0 * (1.0 - pow(1.15, -15.0)) / delta; /* 50 a month for 15 years */
    assert_true(fabs((double)results.value[0] / value - 1.0) < 2e-5);
    plan_results_free(&results);
    plan_terms_free(&terms);
    plan_case_free(made);
}

typedef struct portfolio {
    plan_case *made;
    jk_terms terms;
    jk_plan_results before;
} portfolio;

static portfolio start(plan_kind kind, uint64_t seed) {
    portfolio p = {.made = plan_case_create(seed, 3)};
    p.terms = plan_terms_create(p.made, kind, seed, ROWS);
    p.before = plan_results_alloc(ROWS);
    plan_run(p.made, 0.12, NULL, 0, &p.terms, &p.before, NULL);
    return p;
}

static void finish(portfolio *p) {
    plan_results_free(&p->before);
    plan_terms_free(&p->terms);
    plan_case_free(p->made);
}

/* Values after a change are at least (direction 1) or at most (-1) those before, up to rounding. */
static void expect_direction(portfolio *p, int direction, const char *change) {
    jk_plan_results after = plan_results_alloc(ROWS);
    plan_run(p->made, 0.12, NULL, 0, &p->terms, &after, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        double gain = (double)direction * ((double)after.value[i] - (double)p->before.value[i]);
        if (!(gain >= -2e-6 * fabs((double)p->before.value[i]) - 1e-6)) {
            fail_msg("row %zu: %s took the value from %.9g to %.9g", i, change, (double)p->before.value[i],
                     (double)after.value[i]);
        }
        assert_true(after.value[i] >= 0.0f);
    }
    plan_results_free(&after);
}

static void costs_and_exits_never_help(void **state) {
    (void)state;
    for (int what = 0; what < 6; what++) {
        portfolio p = start(PLAN_TYPICAL, 60 + (uint64_t)what);
        for (size_t g = 0; g < 3; g++) {
            jk_segment *segment = &p.made->segments[g];
            double *costs[5] = {&segment->cost[0].monthly, &segment->cost[1].contingent, &segment->cost[2].monthly,
                                &segment->enforcement_monthly, &segment->exit_monthly};
            if (what < 5) {
                *costs[what] *= 1.3;
            } else {
                segment->fee_shift = 0.0; /* so that a dearer filing is only a cost */
            }
        }
        if (what == 5) {
            plan_run(p.made, 0.12, NULL, 0, &p.terms, &p.before, NULL);
            for (size_t g = 0; g < 3; g++) {
                p.made->segments[g].filing *= 2.0;
            }
        }
        expect_direction(&p, -1, "a higher cost or exit");
        finish(&p);
    }
}

static void freedom_never_hurts(void **state) {
    (void)state;
    for (int action = JK_SELL; action < JK_ACTION_COUNT; action++) {
        portfolio p = start(PLAN_TYPICAL, 70);
        for (size_t i = 0; i < ROWS; i++) {
            if (p.terms.allowed[i] != 0) {
                p.terms.allowed[i] |= (uint8_t)JK_ALLOW(action);
            }
        }
        expect_direction(&p, 1, "one more action");
        finish(&p);
    }
}

static void time_never_hurts(void **state) {
    (void)state;
    for (int titled = 0; titled < 2; titled++) {
        portfolio p = start(PLAN_TYPICAL, 80);
        for (size_t i = 0; i < ROWS; i++) {
            double *bar = titled ? &p.terms.bar_titled[i] : &p.terms.bar_untitled[i];
            *bar += (double)(i % 37);
        }
        expect_direction(&p, 1, "a later bar");
        finish(&p);
    }
}

/* Sum of discounted net flows against the sum of values: within 0.2 % of the discounted gross. */
static void flows_agree_with_values(void **state) {
    (void)state;
    const double irrs[] = {0.0, 0.05, 0.15, 0.30};
    for (size_t n = 0; n < sizeof irrs / sizeof *irrs; n++) {
        for (int kind = PLAN_TYPICAL; kind <= PLAN_FULL_SELL; kind++) {
            portfolio p = start((plan_kind)kind, 90 + n);
            jk_cashflow flow;
            assert_int_equal(jk_cashflow_init(&flow, 180, 3, NULL), JK_OK);
            plan_run(p.made, irrs[n], NULL, 0, &p.terms, &p.before, &flow);
            double values = 0.0, net = 0.0, gross = 0.0;
            for (size_t i = 0; i < ROWS; i++) {
                values += (double)p.before.value[i];
            }
            for (int m = 0; m < 180; m++) {
                double middle = pow(1.0 + irrs[n], -(m + 0.5) / 12.0), begin = pow(1.0 + irrs[n], -m / 12.0);
                for (size_t g = 0; g < 3; g++) {
                    const int64_t *cell = &flow.cell[((size_t)m * 3 + g) * JK_FLOW_COUNT];
                    gross += middle * jk_grid_to_double(cell[JK_FLOW_GROSS]);
                    net += middle * jk_grid_to_double(cell[JK_FLOW_GROSS] - cell[JK_FLOW_COST]) +
                           begin * jk_grid_to_double(cell[JK_FLOW_SALE] - cell[JK_FLOW_FILING]);
                }
            }
            assert_true(fabs(net - values) <= 0.002 * gross);
            jk_cashflow_reset(&flow);
            finish(&p);
        }
    }
}

/* The flow of a portfolio is the exact sum of the flows of its claims. */
static void flows_add_up(void **state) {
    (void)state;
    portfolio p = start(PLAN_EXTREME, 99);
    jk_cashflow whole, parts, one;
    assert_int_equal(jk_cashflow_init(&whole, 180, 3, NULL), JK_OK);
    assert_int_equal(jk_cashflow_init(&parts, 180, 3, NULL), JK_OK);
    plan_run(p.made, 0.12, NULL, 0, &p.terms, &p.before, &whole);
    jk_terms single = plan_terms_alloc(1);
    jk_plan_results out = plan_results_alloc(1);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(jk_cashflow_init(&one, 180, 3, NULL), JK_OK);
        plan_terms_copy(&p.terms, i, &single, 0);
        plan_run(p.made, 0.12, NULL, 0, &single, &out, &one);
        jk_cashflow_add(&parts, &one);
        jk_cashflow_reset(&one);
    }
    jk_terms first = p.terms;
    first.rows = 300;
    jk_cashflow_reset(&whole);
    assert_int_equal(jk_cashflow_init(&whole, 180, 3, NULL), JK_OK);
    plan_run(p.made, 0.12, NULL, 0, &first, &p.before, &whole);
    assert_memory_equal(whole.cell, parts.cell, 180 * 3 * JK_FLOW_COUNT * sizeof(int64_t));
    plan_results_free(&out);
    plan_terms_free(&single);
    jk_cashflow_reset(&whole);
    jk_cashflow_reset(&parts);
    finish(&p);
}

static void expect_same_values(const portfolio *p, const char *what) {
    jk_plan_results after = plan_results_alloc(ROWS);
    plan_run(p->made, 0.12, NULL, 0, &p->terms, &after, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        if (memcmp(&after.value[i], &p->before.value[i], sizeof(float)) != 0 ||
            memcmp(&after.erc_net[i], &p->before.erc_net[i], sizeof(float)) != 0) {
            fail_msg("row %zu: %s took the value from %.9g to %.9g", i, what, (double)p->before.value[i],
                     (double)after.value[i]);
        }
    }
    plan_results_free(&after);
}

/* Where everybody settles in one payment and nobody is paying, payers change nothing, to the bit. */
static void all_settle_is_no_payers(void **state) {
    (void)state;
    portfolio p = start(PLAN_TYPICAL, 101);
    plan_case_spell(p.made, 101);
    p.made->model.scorecard.half_life = 0.0;
    for (size_t g = 0; g < 3; g++) {
        jk_segment *segment = &p.made->segments[g];
        segment->lost_share = segment->informed = 0.0;
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            segment->payers.settled_share[a] = 1.0;
        }
    }
    expect_same_values(&p, "payers who all settle");
    finish(&p);
}

/* Instalments so large and so cheap that a payer is as good as one who settles: the limit is version 1's value. */
static void instant_instalments_are_settlements(void **state) {
    (void)state;
    portfolio p = start(PLAN_FULL, 102);
    for (size_t g = 0; g < 3; g++) {
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            p.made->segments[g].recovery_share[a] = 1.0;
        }
        p.made->segments[g].exit_monthly = 0.0;
    }
    plan_run(p.made, 0.12, NULL, 0, &p.terms, &p.before, NULL);
    for (size_t g = 0; g < 3; g++) {
        jk_payers *payers = &p.made->segments[g].payers;
        *payers = (jk_payers){.given = true, .monthly_share = {1e4, 1e4, 1e4}};
    }
    jk_plan_results after = plan_results_alloc(ROWS);
    plan_run(p.made, 0.12, NULL, 0, &p.terms, &after, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        double before = (double)p.before.value[i];
        assert_true(fabs((double)after.value[i] - before) <= 1e-3 * before + 0.01);
    }
    plan_results_free(&after);
    finish(&p);
}

/* Dearer payers and lost cases never help, a better price for claims that are paid never hurts. */
static void better_terms_of_payers_never_hurt(void **state) {
    (void)state;
    for (int what = 0; what < 3; what++) {
        portfolio p = start(PLAN_TYPICAL, 110);
        plan_case_spell(p.made, 110);
        plan_terms_free(&p.terms);
        p.terms = plan_terms_create(p.made, PLAN_TYPICAL, 110, ROWS);
        plan_run(p.made, 0.12, NULL, 0, &p.terms, &p.before, NULL);
        for (size_t g = 0; g < 3; g++) {
            jk_segment *segment = &p.made->segments[g];
            for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
                segment->payers.monthly[a] *= what == 0 ? 2.0 : 1.0;
            }
            segment->lost_share += what == 1 ? 0.3 : 0.0;
            segment->payer_factor *= what == 2 ? 1.5 : 1.0;
        }
        expect_direction(&p, what == 2 ? 1 : -1, "a change of payers' terms");
        finish(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_treatment),
        cmocka_unit_test(one_treatment_until_barred),
        cmocka_unit_test(small_rate_is_an_annuity),
        cmocka_unit_test(costs_and_exits_never_help),
        cmocka_unit_test(freedom_never_hurts),
        cmocka_unit_test(time_never_hurts),
        cmocka_unit_test(flows_agree_with_values),
        cmocka_unit_test(flows_add_up),
        cmocka_unit_test(all_settle_is_no_payers),
        cmocka_unit_test(instant_instalments_are_settlements),
        cmocka_unit_test(better_terms_of_payers_never_hurt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
