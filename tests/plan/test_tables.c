/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that the kernels read, by hand: how much of each epoch lies behind a change of the law; and every figure from
 * the model by powers of the C library, sums month by month and products of matrices a month at a time. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "plan/plan.h"
#include "support/plan_cases.h"

/* Epochs of 1, 5, 11, 13, 30 and 60 months begin in months 0, 1, 6, 17, 30 and 60. */
static void epochs_know_how_much_of_them_is_later(void **state) {
    (void)state;
    static const int32_t lengths[] = {1, 5, 11, 13, 30, 60};
    static const struct {
        double from, later[6];
    } cases[] = {{0.0, {0}}, /* no change */
                 {0.5, {0.5, 1.0, 1.0, 1.0, 1.0, 1.0}},
                 {1.0, {0.0, 1.0, 1.0, 1.0, 1.0, 1.0}},
                 {17.0, {0.0, 0.0, 0.0, 1.0, 1.0, 1.0}},
                 {33.0, {0.0, 0.0, 0.0, 0.0, 0.9, 1.0}},
                 {105.0, {0.0, 0.0, 0.0, 0.0, 0.0, 0.25}},
                 {120.0, {0}},
                 {500.0, {0}}};
    plan_case *made = plan_case_create(1, 2);
    plan_case_epochs(made, lengths, 6);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_plan *plan = NULL;
        const jk_plan_options options = {.irr = 0.1, .law_from = cases[i].from};
        assert_int_equal(jk_plan_create(&made->model, &options, &plan, NULL), JK_OK);
        for (int j = 0; j < 6; j++) {
            assert_true(fabs((double)plan->tables.epochs[j].later - cases[i].later[j]) < 1e-7);
        }
        jk_plan_free(plan);
    }
    plan_case_free(made);
}

/* ---- a segment's figures ----------------------------------------------------------------------------------------- */

enum { SEGMENTS = 3, EPOCHS = 5 };
static const int32_t epoch_months[EPOCHS] = {1, 5, 12, 5, 37}, epoch_start[EPOCHS] = {0, 1, 6, 18, 23};

/* Payers, buyers who know the claim, points that fade, prices that rise, agent hours and classes that are guessed. */
static plan_case *full_case(void) {
    static const double truly[3][3] = {{0.7, 0.2, 0.1}, {0.25, 0.5, 0.25}, {0.05, 0.3, 0.65}};
    plan_case *made = plan_case_create(9, SEGMENTS);
    plan_case_spell(made, 4);
    plan_case_epochs(made, epoch_months, EPOCHS);
    made->model.cost_inflation = 0.07;
    made->model.scorecard.half_life = 14.0;
    memcpy(made->model.scorecard.class_given_score, truly, sizeof truly);
    for (size_t g = 0; g < SEGMENTS; g++) {
        made->segments[g].hour = 31.0 + (double)g;
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            made->segments[g].hours_monthly[a] = 0.01 * (a + 1) + 0.002 * (double)g;
        }
    }
    return made;
}

static jk_plan *plan_of(const plan_case *made, jk_plan_options options) {
    jk_plan *plan = NULL;
    options.irr = 0.12;
    assert_int_equal(jk_plan_create(&made->model, &options, &plan, NULL), JK_OK);
    return plan;
}

static void near(float got, double wanted, const char *what) {
    if (!(fabs((double)got - wanted) <= 2e-7 * fabs(wanted) + 1e-12)) {
        fail_msg("%s: %.9g, expected %.9g", what, (double)got, wanted);
    }
}

static double prices(const plan_case *made, int j) {
    return pow(1.0 + made->model.cost_inflation, epoch_start[j] / 12.0);
}

/* Costs at the prices of an epoch's start, an hour costing `more`, interruption `stress` times as much. */
static void check_costs(const plan_case *made, const jk_plan *plan, double more, double stress) {
    for (size_t g = 0; g < SEGMENTS; g++) {
        const jk_segment *from = &made->segments[g];
        for (int j = 0; j < EPOCHS; j++) {
            const jk_plan_costs *costs = &plan->tables.segments[g].costs[j];
            const double price = prices(made, j), hour = from->hour + more * (j + 1);
            for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
                const double hours = hour * from->hours_monthly[a];
                const double titled = a == JK_TREAT_LEGAL ? from->enforcement_monthly : from->cost[a].monthly;
                near(costs->running_by_action[0][a + JK_SURVEIL], (from->cost[a].monthly + hours) * price, "cost");
                near(costs->running_by_action[1][a + JK_SURVEIL], (titled + hours) * price, "cost with a title");
                near(costs->paying[a], (from->payers.monthly[a] + hours) * price, "cost of a payer");
                near(costs->interruption_by_action[a + JK_SURVEIL], a == JK_TREAT_LEGAL ? 0.0 : price * stress, "i");
            }
            near(costs->running_by_action[0][JK_CLOSE], 0.0, "close");
            near(costs->running_by_action[1][JK_SELL], 0.0, "sale");
            near(costs->filing, from->filing * price, "filing");
            near(costs->inflation, price * stress, "interruption");
        }
    }
}

static double step_at(const jk_steps *steps, int month) {
    double value = steps->value[0];
    for (size_t i = 0; i < steps->count; i++) {
        value = month >= steps->month[i] ? steps->value[i] : value;
    }
    return value;
}

/* Curves month by month, classes a month at a time. */
static void check_span(const jk_segment *from, const jk_plan_segment *to, int j, double truly[3][3]) {
    const jk_plan_span *span = &to->spans[j < 3 ? j : j == 3 ? 1 : 3]; /* epochs 1 and 3 are as long */
    const int months = epoch_months[j];
    near(span->title_probability, from->months_to_title > 0.0 ? 1.0 - exp(-months / from->months_to_title) : 1.0, "q");
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        double now[3][3];
        memcpy(now, truly, sizeof now);
        for (int m = 0; m < months; m++) {
            double next[3][3] = {{0.0}};
            for (int i = 0; i < 27; i++) {
                next[i / 9][i % 3] += now[i / 9][i / 3 % 3] * from->class_monthly[a][i / 3 % 3][i % 3];
            }
            memcpy(now, next, sizeof now);
        }
        for (int i = 0; i < 9; i++) {
            const int x = i / 3, y = i % 3;
            near(span->class_step[a][x][y], now[x][y], "class");
            near(span->class_by_action[1][x][y][a + JK_SURVEIL], now[x][y], "class with a title");
            near(span->class_by_action[0][x][y][a + JK_SURVEIL], a == JK_TREAT_LEGAL ? 0.0 : now[x][y],
                 "class without");
            near(span->class_by_action[0][x][y][JK_CLOSE] + span->class_by_action[1][x][y][JK_SELL], 0.0, "ends");
        }
        for (int age = 0; age <= to->last_age + JK_CURVE_PADDING; age++) {
            double sum = 0.0;
            for (int m = 0; m < months; m++) {
                sum += step_at(&from->curve[a], age + m);
            }
            near(span->curve[a][age], sum / months, "curve");
        }
    }
}

/* Figures of a class, or of one by the score: the mean over what such claims truly are. */
static double of_class(const double figure[3], int k, double truly[3][3]) {
    return truly[k][0] * figure[0] + truly[k][1] * figure[1] + truly[k][2] * figure[2];
}

static void check_segment(const jk_segment *from, const jk_plan_segment *to, double truly[3][3]) {
    double pending_most = 0.0, garnish_most = 0.0;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        const double settled = from->payers.settled_share[a], kept = 1.0 - from->cost[a].contingent;
        double most = 0.0;
        near(to->share_by_action[a + JK_SURVEIL], from->recovery_share[a], "share");
        near(to->contingent_by_action[a + JK_SURVEIL], from->cost[a].contingent, "contingent");
        near(to->kept_share[a], from->recovery_share[a] * kept, "kept");
        near(to->open_share[a], kept, "open");
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            const double multiplier = of_class(from->class_multiplier[a], k, truly), psi = from->pre_title_factor;
            most = fmax(most, multiplier);
            near(to->class_multiplier[a][k], multiplier, "multiplier");
            near(to->settle_multiplier[a][k], settled * multiplier, "settle");
            near(to->begin_multiplier[a][k], (1.0 - settled) * multiplier, "begin");
            if (a == JK_TREAT_LEGAL) {
                pending_most = fmax(pending_most, psi * multiplier);
                near(to->pending_multiplier[k], psi * multiplier, "pending");
                near(to->settle_pending[k], psi * settled * multiplier, "settle while pending");
                near(to->begin_pending[k], psi * (1.0 - settled) * multiplier, "begin while pending");
            }
            if (a == JK_TREAT_AMICABLE && from->informed > 0.0) {
                near(to->insight_multiplier[k], pow(multiplier / from->reference, from->informed), "insight");
            }
        }
        near(to->class_multiplier_most[a], most, "largest");
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        const double share = of_class(from->garnish_share, k, truly);
        garnish_most = fmax(garnish_most, share);
        near(to->garnish_share[k], share, "garnish");
        near(to->monthly_share[k], of_class(from->payers.monthly_share, k, truly), "monthly share");
    }
    near(to->pending_multiplier_most, pending_most, "largest pending");
    near(to->garnish_share_most, garnish_most, "largest garnished");
    near(to->fee, from->fee_shift * from->filing, "fee");
    near(to->title_kept, 1.0 - from->lost_share, "won");
    near(to->bar_months_inverse, 1.0 / from->bar_months, "bar");
    near(to->informed, from->informed, "informed");
    near(to->insight_most, pow(from->insight_cap, from->informed), "most that is paid for");
    near(to->payer_factor, from->payer_factor, "payer");
    bool begins = false;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        begins = begins || from->payers.settled_share[a] < 1.0;
        near(to->breakage[a], from->payers.breakage[a], "breakage");
    }
    assert_true(to->has_payers == from->payers.given && to->begins_to_pay == begins);
    int last = 0;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        const int knot = from->curve[a].month[from->curve[a].count - 1];
        last = knot > last ? knot : last;
    }
    const int knot = from->market_price.month[from->market_price.count - 1];
    assert_int_equal(to->last_age, knot > last ? knot : last);
    for (int age = 0; age <= to->last_age + JK_CURVE_PADDING; age++) {
        near(to->market[age], step_at(&from->market_price, age) * (1.0 - from->transaction_cost), "price");
    }
    for (int z = 0; z < JK_TITLE_COUNT; z++) {
        near(to->title_factor[z], from->title_factor[z], "title");
    }
}

static void figures_are_those_of_the_model(void **state) {
    (void)state;
    double own[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    plan_case *made = full_case();
    jk_plan *plan = plan_of(made, (jk_plan_options){0});
    const jk_plan_tables *tables = &plan->tables;
    assert_true(tables->months == 60 && tables->span_count == 4 && tables->guessed != NULL);
    near(tables->discount, log(1.12) / 12.0, "discount");
    for (int j = 0, month = 0; j < EPOCHS; j++) {
        near(tables->epochs[j].fade, pow(0.5, (epoch_start[j] + epoch_months[j] / 2.0) / 14.0), "fading");
        for (int m = 0; m < epoch_months[j]; m++) {
            assert_int_equal(tables->epoch_of_month[month++], j);
        }
    }
    int last = 0;
    for (size_t g = 0; g < SEGMENTS; g++) {
        check_segment(&made->segments[g], &tables->segments[g], own);
        check_segment(&made->segments[g], &tables->guessed[g], made->model.scorecard.class_given_score);
        near(tables->segments[g].exit, made->segments[g].exit_monthly, "exit");
        near(tables->guessed[g].exit_factor, 1.0, "other exits");
        for (int j = 0; j < EPOCHS; j++) {
            check_span(&made->segments[g], &tables->segments[g], j, own);
            near(tables->costs[g * EPOCHS + (size_t)j].recovery, 1.0, "recovery");
            near(tables->costs[g * EPOCHS + (size_t)j].paying_recovery, 1.0, "recovery of payers");
        }
        check_span(&made->segments[g], &tables->guessed[g], 0, made->model.scorecard.class_given_score);
        assert_true(tables->guessed[g].costs == tables->segments[g].costs);
        last = tables->segments[g].last_age > last ? tables->segments[g].last_age : last;
    }
    assert_int_equal(tables->last_age, last);
    check_costs(made, plan, 0.0, 1.0);
    jk_plan_free(plan);
    plan_case_free(made);
}

/* Stresses multiply, hours cost more, recoveries stand in their cells: with all three at once. */
static void what_is_asked_for_beside(void **state) {
    (void)state;
    plan_case *made = full_case();
    double price[EPOCHS], recovery[SEGMENTS * EPOCHS], paying[SEGMENTS * EPOCHS];
    jk_plan_stress stress[SEGMENTS];
    for (int i = 0; i < SEGMENTS * EPOCHS; i++) {
        recovery[i] = 0.5 + 0.01 * i;
        paying[i] = 1.5 - 0.02 * i;
        price[i % EPOCHS] = 4.0 * (i % EPOCHS + 1);
        stress[i / EPOCHS] = (jk_plan_stress){2.0 + i / EPOCHS, 1.75, 0.25 * (i / EPOCHS + 1)};
    }
    jk_plan *plan = plan_of(
        made,
        (jk_plan_options){.recovery = recovery, .paying_recovery = paying, .hour_price = price, .stress = stress});
    jk_plan *same = plan_of(made, (jk_plan_options){.recovery = recovery});
    check_costs(made, plan, 4.0, 1.75);
    for (size_t g = 0; g < SEGMENTS; g++) {
        const jk_plan_segment *both[2] = {&plan->tables.segments[g], &plan->tables.guessed[g]};
        for (int i = 0; i < 2; i++) {
            near(both[i]->exit, made->segments[g].exit_monthly * stress[g].exit, "exit");
            near(both[i]->exit_factor, stress[g].exit, "other exits");
            for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
                near(both[i]->breakage[a], made->segments[g].payers.breakage[a] * stress[g].breakage, "breakage");
            }
        }
        for (size_t j = 0; j < EPOCHS; j++) {
            near(plan->tables.segments[g].costs[j].recovery, recovery[g * EPOCHS + j], "recovery");
            near(plan->tables.segments[g].costs[j].paying_recovery, paying[g * EPOCHS + j], "recovery of payers");
            near(same->tables.segments[g].costs[j].paying_recovery, recovery[g * EPOCHS + j], "the same for payers");
        }
    }
    jk_plan_free(plan);
    jk_plan_free(same);
    plan_case_free(made);
}

/* Growth of mortality and months of interest at an epoch's middle; titles that end. */
static void jurisdictions(void **state) {
    (void)state;
    plan_case *made = full_case();
    made->jurisdictions[1].interest.accrual_months = 20.0;
    jk_plan *plan = plan_of(made, (jk_plan_options){0});
    near(plan->tables.jurisdictions[0].title_end, 0.0, "renewable");
    near(plan->tables.jurisdictions[1].title_end, 1.0 / 60.0, "60 months");
    for (int i = 0; i < 2; i++) {
        const jk_jurisdiction *from = &made->jurisdictions[i];
        for (int j = 0; j < EPOCHS; j++) {
            const double middle = epoch_start[j] + epoch_months[j] / 2.0;
            near(plan->tables.jurisdictions[i].mortality[j], exp(from->mortality.b * middle / 12.0), "mortality");
            near(plan->tables.jurisdictions[i].accrual[j], fmin(middle, from->interest.accrual_months), "interest");
        }
    }
    jk_plan_free(plan);
    plan_case_free(made);
}

/* A curve may have a step a thousand years from now, not a month later. */
static void last_ages(void **state) {
    (void)state;
    static const double values[2] = {0.1, 0.2};
    for (int32_t last = 12000; last <= 12001; last++) {
        const int32_t months[2] = {0, last};
        plan_case *made = plan_case_create(2, 1);
        plan_case_steps(made, &made->segments[0].market_price, 2, months, values);
        jk_plan *plan = NULL;
        const jk_status status = jk_plan_create(&made->model, &(jk_plan_options){.irr = 0.1}, &plan, NULL);
        assert_int_equal(status, last == 12000 ? JK_OK : JK_ERROR_MODEL);
        jk_plan_free(plan);
        plan_case_free(made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs_know_how_much_of_them_is_later),
        cmocka_unit_test(figures_are_those_of_the_model),
        cmocka_unit_test(what_is_asked_for_beside),
        cmocka_unit_test(jurisdictions),
        cmocka_unit_test(last_ages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
