/* SPDX-License-Identifier: Apache-2.0 */
/* Transitions, exits, titles and settlements against arithmetic by hand and closed forms. */
#include "jalki/transitions.h"

#include <math.h>
#include <string.h>

#include "base/number/distribution.h"
#include "cmocka_all.h"
#include "fit/transitions/transitions.h"
#include "history/history.h"
#include "history/panel_internal.h"

static void assert_near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.12g is not within %g of %.12g", actual, tolerance, expected);
    }
}

/* Two segments with these figures; the rest of the model is not looked at. */
enum { SEGMENTS = 2 };
static const double base_monthly[SEGMENTS][3][3] = {
    {{0.98, 0.015, 0.005}, {0.02, 0.96, 0.02}, {0.01, 0.02, 0.97}},
    {{0.97, 0.025, 0.005}, {0.03, 0.94, 0.03}, {0.01, 0.03, 0.96}},
};

static jk_model *base_model(void) {
    static jk_segment segments[SEGMENTS];
    static jk_model model = {.segment_count = SEGMENTS, .segments = segments};
    for (int g = 0; g < SEGMENTS; g++) {
        segments[g] = (jk_segment){.id = g == 0 ? "one" : "two", .exit_monthly = 0.001, .months_to_title = 4.0};
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            segments[g].recovery_share[a] = 0.9;
            memcpy(segments[g].class_monthly[a], base_monthly[g], sizeof base_monthly[g]);
        }
    }
    return &model;
}

static jk_history_row class_row(int from, int to, double months) {
    return (jk_history_row){.treatment = JK_TREAT_AMICABLE,
                            .class_start = from,
                            .class_end = to,
                            .title_start = -1,
                            .title_end = -1,
                            .months = months,
                            .balance = 100.0};
}

static void add_rows(jk_history *history, jk_history_row row, int count) {
    for (int i = 0; i < count; i++) {
        jk_history_add(history, &row);
    }
}

static jk_transitions estimate(const jk_history *history, jk_transition_prior prior) {
    jk_transitions transitions;
    assert_int_equal(jk_transitions_estimate(history, base_model(), &prior, &transitions, NULL), JK_OK);
    return transitions;
}

static void assert_stochastic(const jk_class_matrix *matrix) {
    for (int i = 0; i < 3; i++) {
        double sum = 0.0;
        for (int j = 0; j < 3; j++) {
            assert_true(matrix->value[i][j] >= 0.0 && matrix->low[i][j] <= matrix->value[i][j] + 1e-12 &&
                        matrix->value[i][j] <= matrix->high[i][j] + 1e-12 && matrix->high[i][j] <= 1.0);
            sum += matrix->value[i][j];
        }
        assert_near(sum, 1.0, 1e-12);
    }
}

/* ---- distributions ----------------------------------------------------------------------------------------------- */

static double binomial_tail(int n, int from, double p) {
    double sum = 0.0;
    for (int k = from; k <= n; k++) {
        double term = 1.0;
        for (int i = 0; i < k; i++) {
            term *= (double)(n - i) / (i + 1) * p;
        }
        sum += term * pow(1.0 - p, n - k);
    }
    return sum;
}

static void distributions_agree_with_closed_forms(void **state) {
    (void)state;
    assert_near(jk_log_gamma(0.5), 0.5 * log(acos(-1.0)), 1e-13);
    assert_near(jk_log_gamma(11.0), log(3628800.0), 1e-12);
    assert_near(jk_gamma_probability(1.0, 0.7), 1.0 - exp(-0.7), 1e-14);
    assert_near(jk_gamma_probability(3.0, 9.0), 1.0 - exp(-9.0) * (1.0 + 9.0 + 40.5), 1e-14);
    assert_near(jk_beta_probability(2.0, 2.0, 0.3), 3 * 0.09 - 2 * 0.027, 1e-14);
    assert_near(jk_beta_probability(4.0, 7.0, 0.4), binomial_tail(10, 4, 0.4), 1e-13);
    assert_near(jk_beta_probability(4.0, 7.0, 0.9), binomial_tail(10, 4, 0.9), 1e-13);
    assert_near(jk_beta_quantile(1.0, 5.0, 0.025), 1.0 - pow(0.975, 0.2), 1e-12);
    assert_near(jk_beta_quantile(6.0, 1.0, 0.975), pow(0.975, 1.0 / 6.0), 1e-12);
    assert_near(jk_student_95(1.0), tan(0.475 * acos(-1.0)), 1e-8);
    assert_near(jk_student_95(10.0), 2.228139, 1e-6); /* tables */
    assert_near(jk_student_95(1e5), 1.959964 + 2.37 / 1e5, 1e-6);
    double low = 0.0;
    double high = 0.0;
    jk_poisson_interval(10.0, &low, &high); /* Garwood's table: 4.795, 18.390 */
    assert_near(low, 4.795389, 1e-6);
    assert_near(high, 18.390356, 1e-6);
    jk_poisson_interval(0.0, &low, &high);
    assert_true(low == 0.0);
    assert_near(high, -log(0.025), 1e-9);
    jk_poisson_interval(1e6, &low, &high); /* nearly normal */
    assert_near((high - low) / 2.0, 1.959964 * 1000.0, 1.0);
}

/* ---- classes ----------------------------------------------------------------------------------------------------- */

static void monthly_rows_are_counted(void **state) {
    (void)state;
    /* Only segment one has rows, so the parent's base is its own. From weak: 3, 90 and 7 rows of one month, prior 100:
     * parent (2 + 3, 96 + 90, 2 + 7) / 200 = (0.025, 0.93, 0.045); the segment counts the rows once more on the
     * parent's centre: (2.5 + 3, 93 + 90, 4.5 + 7) / 200. */
    jk_history *history = jk_history_create(SEGMENTS);
    add_rows(history, class_row(1, 0, 1.0), 3);
    add_rows(history, class_row(1, 1, 1.0), 90);
    add_rows(history, class_row(1, 2, 1.0), 7);
    jk_transition_prior prior = jk_transition_prior_default();
    prior.class_months = 100.0;
    jk_transitions transitions = estimate(history, prior);
    const jk_class_matrix *parent = &transitions.parent[JK_TREAT_AMICABLE];
    const jk_class_matrix *one = &transitions.segment[0].classes[JK_TREAT_AMICABLE];
    const double expected[] = {0.0275, 0.915, 0.0575};
    assert_near(parent->value[1][0], 0.025, 1e-14);
    assert_near(parent->value[1][2], 0.045, 1e-14);
    for (int j = 0; j < 3; j++) {
        assert_near(one->value[1][j], expected[j], 1e-14);
        assert_near(one->std_error[1][j], sqrt(expected[j] * (1 - expected[j]) / 201.0), 1e-14);
    }
    /* The beta distribution of the cell to able: 11.5 and 188.5 months. */
    assert_near(jk_beta_probability(11.5, 188.5, one->low[1][2]), 0.025, 1e-9);
    assert_near(jk_beta_probability(11.5, 188.5, one->high[1][2]), 0.975, 1e-9);
    assert_int_equal(one->pairs[1][2], 7);
    assert_int_equal(one->months[1], 100);
    assert_true(one->monthly);
    /* Rows that nobody saw are the base model's, also under the other treatments. */
    assert_near(one->value[0][1], 0.015, 1e-14);
    assert_near(transitions.segment[0].classes[JK_TREAT_LEGAL].value[1][0], 0.02, 1e-14);
    /* The segment without rows follows the parent: weak to able moved from 0.03 by 0.045 / 0.02, then made to sum to 1.
     */
    const jk_class_matrix *two = &transitions.segment[1].classes[JK_TREAT_AMICABLE];
    double to[] = {0.03 * 0.025 / 0.02, 0.94 * 0.93 / 0.96, 0.03 * 0.045 / 0.02};
    assert_near(two->value[1][2], to[2] / (to[0] + to[1] + to[2]), 1e-14);
    assert_stochastic(two);
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

static void yearly_rows_give_the_monthly_matrix(void **state) {
    (void)state;
    /* Between none and weak alone, with p a month both ways: after a year (1 - (1 - 2p)^12) / 2 have changed. 20,000
     * rows of each class in that proportion, and next to no prior: p comes back. */
    jk_history *history = jk_history_create(SEGMENTS);
    const double p = 0.02;
    int changed = (int)lround(20000 * (1.0 - pow(1.0 - 2.0 * p, 12.0)) / 2.0);
    add_rows(history, class_row(0, 1, 12.0), changed);
    add_rows(history, class_row(0, 0, 12.0), 20000 - changed);
    add_rows(history, class_row(1, 0, 12.0), changed);
    add_rows(history, class_row(1, 1, 12.0), 20000 - changed);
    add_rows(history, class_row(2, 2, 12.0), 20000);
    jk_transition_prior prior = jk_transition_prior_default();
    prior.class_months = 1e-6;
    jk_transitions transitions = estimate(history, prior);
    const jk_class_matrix *one = &transitions.segment[0].classes[JK_TREAT_AMICABLE];
    double back = (1.0 - pow(1.0 - 2.0 * changed / 20000.0, 1.0 / 12.0)) / 2.0;
    assert_near(back, p, 2e-5);
    assert_near(one->value[0][1], back, 1e-7);
    assert_near(one->value[1][0], back, 1e-7);
    assert_near(one->value[0][2] + one->value[1][2] + one->value[2][0] + one->value[2][1], 0.0, 1e-7);
    assert_false(one->monthly);
    assert_stochastic(one);
    /* Spread by hand: with the year's share of changes s = changed / 20000, dp = ds / (12 (1 - 2p)^11) for a common p,
     * which both rows tell of alike: var(s) = s (1 - s) / 40000. The two rows' errors go against each other, so that
     * their mean has that variance. */
    double s = changed / 20000.0;
    double spread = sqrt(s * (1.0 - s) / 40000.0) / (12.0 * pow(1.0 - 2.0 * p, 11.0));
    assert_true(one->std_error[0][1] > spread && one->std_error[0][1] < 3.0 * spread);
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

/* Log likelihood of rows of `months` under Q, and of a Dirichlet prior that adds `prior` to the cells. */
static double log_posterior(const double q[3][3], int months, const int counts[3][3], const double prior[3][3]) {
    double power[3][3];
    double sum = 0.0;
    memcpy(power, q, sizeof power);
    for (int m = 1; m < months; m++) {
        double next[3][3] = {{0}};
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int l = 0; l < 3; l++) {
                    next[i][j] += power[i][l] * q[l][j];
                }
            }
        }
        memcpy(power, next, sizeof power);
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            sum += counts[i][j] * log(power[i][j]) + prior[i][j] * log(q[i][j]);
        }
    }
    return sum;
}

static void a_year_without_a_root_still_gives_a_chain(void **state) {
    (void)state;
    /* None never goes to able within the year although both go to and from weak often: no generator has this matrix,
     * and its twelfth root has negative cells. The result must be a chain, and no chain near it may fit better. */
    static const int counts[3][3] = {{70, 30, 0}, {25, 50, 25}, {0, 40, 60}};
    jk_history *history = jk_history_create(SEGMENTS);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            add_rows(history, class_row(i, j, 12.0), counts[i][j]);
        }
    }
    jk_transition_prior prior = jk_transition_prior_default();
    prior.class_months = 50.0;
    jk_transitions transitions = estimate(history, prior);
    const jk_class_matrix *parent = &transitions.parent[JK_TREAT_AMICABLE];
    assert_stochastic(parent);
    assert_stochastic(&transitions.segment[0].classes[JK_TREAT_AMICABLE]);
    double weights[3][3];
    for (int i = 0; i < 9; i++) {
        weights[i / 3][i % 3] = 50.0 * base_monthly[0][i / 3][i % 3];
    }
    double best = log_posterior(parent->value, 12, counts, (const double(*)[3])weights);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            for (int sign = -1; i != j && sign <= 1; sign += 2) {
                double near[3][3];
                double step = sign * 0.01 * parent->value[i][j];
                memcpy(near, parent->value, sizeof near);
                near[i][j] += step;
                near[i][i] -= step;
                assert_true(log_posterior((const double(*)[3])near, 12, counts, (const double(*)[3])weights) < best);
            }
        }
    }
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

/* ---- exits, titles, settlements ---------------------------------------------------------------------------------- */

static void exits_are_rates_with_exact_intervals(void **state) {
    (void)state;
    /* 10,000 months with 6 deaths and 4 insolvencies, of which mortality and status explain 3. */
    jk_history *history = jk_history_create(SEGMENTS);
    jk_history_row row = class_row(-1, -1, 2.0);
    row.known_exit = 0.0003;
    add_rows(history, row, 4990);
    row.end = JK_HISTORY_DEATH;
    add_rows(history, row, 6);
    row.end = JK_HISTORY_INSOLVENCY;
    add_rows(history, row, 4);
    jk_transition_prior prior = jk_transition_prior_default();
    prior.exits = 5.0;
    jk_transitions transitions = estimate(history, prior);
    const jk_segment_transitions *one = &transitions.segment[0];
    assert_near(one->death.observed, 6e-4, 1e-12);
    assert_near(one->insolvency.observed, 4e-4, 1e-12);
    assert_near(one->exit.observed, 7e-4, 1e-9);
    assert_near(one->exit.low, (4.795389 - 3.0) / 10000.0, 1e-9);
    assert_near(one->exit.high, (18.390356 - 3.0) / 10000.0, 1e-9);
    /* All segments together: the base model's 0.001 weighs one exit, 1,000 months; that weighs five in the segment. */
    double all = (1.0 + 7.0) / (1000.0 + 10000.0);
    assert_near(one->exit.value, (5.0 + 7.0) / (5.0 / all + 10000.0), 1e-9);
    assert_near(one->exit.exposure, 10000.0, 1e-6);
    assert_near(one->exit.log_error, sqrt(15.0) / 12.0, 1e-9); /* 5 + 10 exits, less the 3 that are known */
    assert_near(one->exit_leans, 5.0 / 12.0, 1e-9);
    assert_near(transitions.exits_error, 1.0 / sqrt(11.0), 1e-12);
    assert_true(isnan(transitions.segment[1].exit.observed) &&
                fabs(transitions.segment[1].exit.value / all - 1.0) < 1e-9);
    jk_transitions_reset(&transitions);
    transitions = estimate(history, jk_transition_prior_none());
    assert_near(transitions.segment[0].exit.value, 7e-4, 1e-9);
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

/* As many exits as mortality and status explain, or fewer: nothing is left for the segment, nor an error of it. */
static void exits_that_are_known(void **state) {
    (void)state;
    for (int deaths = 0; deaths < 2; deaths++) {
        jk_history *history = jk_history_create(SEGMENTS);
        jk_history_row row = class_row(-1, -1, 2.0);
        row.known_exit = 0x1p-10;
        add_rows(history, row, 512 - deaths); /* of 1,024 months: one exit */
        row.end = JK_HISTORY_DEATH;
        add_rows(history, row, deaths);
        jk_transitions transitions = estimate(history, jk_transition_prior_none());
        const jk_segment_transitions *one = &transitions.segment[0];
        assert_true(one->exit.value == 0.0 && one->exit.log_error == 0.0 && one->exit_leans == 0.0);
        assert_near(one->death.value, deaths / 1024.0, 1e-12);
        jk_transitions_reset(&transitions);
        jk_history_free(history);
    }
}

/* Where the base model knows of no exits a segment leans on the rate of all, by as many exits as the prior weighs. */
static void exits_that_the_base_model_has_not(void **state) {
    (void)state;
    jk_segment segments[SEGMENTS];
    jk_model model = *base_model();
    memcpy(segments, model.segments, sizeof segments);
    for (size_t g = 0; g < SEGMENTS; g++) {
        segments[g].exit_monthly = 0.0;
    }
    model.segments = segments;
    jk_history *history = jk_history_create(SEGMENTS);
    jk_history_row row = class_row(-1, -1, 1.0);
    add_rows(history, row, 796);
    row.segment = 1;
    row.end = JK_HISTORY_INSOLVENCY;
    add_rows(history, row, 4);
    jk_transition_prior prior = jk_transition_prior_default();
    jk_transitions transitions;
    assert_int_equal(jk_transitions_estimate(history, &model, &prior, &transitions, NULL), JK_OK);
    const double rate = 4.0 / 800.0, months = 5.0 / rate;
    assert_near(transitions.segment[0].exit.value, 5.0 / (months + 796.0), 1e-12);
    assert_near(transitions.segment[1].exit.value, (5.0 + 4.0) / (months + 4.0), 1e-12);
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

static void titles_at_the_ends_of_periods(void **state) {
    (void)state;
    jk_history *history = jk_history_create(SEGMENTS);
    jk_history_row row = class_row(-1, -1, 3.0);
    row.treatment = JK_TREAT_LEGAL;
    row.title_start = JK_TITLE_PENDING;
    row.title_end = JK_TITLE_PENDING;
    add_rows(history, row, 45);
    row.title_start = JK_TITLE_NONE; /* files at the start: pending in the period */
    row.title_end = JK_TITLE_HELD;
    add_rows(history, row, 55);
    row.treatment = JK_TREAT_AMICABLE; /* a pending case rests */
    add_rows(history, row, 1000);
    row.treatment = JK_TREAT_LEGAL;
    row.title_end = -1;
    add_rows(history, row, 1000);
    jk_transition_prior prior = jk_transition_prior_default();
    prior.titles = 1e-6;
    jk_transitions transitions = estimate(history, prior);
    const jk_estimate *title = &transitions.segment[0].months_to_title;
    double mean = -3.0 / log(0.45); /* 1 - exp(-3 / L) = 0.55 */
    assert_near(title->observed, mean, 1e-9);
    assert_near(title->value, mean, 1e-5);
    /* var(log L) = q / (n (1 - q) log(1 - q)^2), q = 0.55, n = 100 */
    double error = sqrt(0.55 / (100.0 * 0.45)) / -log(0.45);
    assert_near(title->low, mean / exp(1.959963984540054 * error), 1e-9);
    assert_near(title->high, mean * exp(1.959963984540054 * error), 1e-9);
    assert_true(title->events == 55.0 && title->exposure == 300.0);
    assert_true(isnan(transitions.segment[1].months_to_title.observed));
    assert_near(transitions.segment[1].months_to_title.value, 4.0, 1e-12);
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

static void settlements_are_a_ratio_of_sums(void **state) {
    (void)state;
    jk_history *history = jk_history_create(SEGMENTS);
    static const double balance[] = {100.0, 200.0, 300.0};
    static const double cash[] = {80.0, 200.0, 200.0}; /* 0.8 of 600; residuals 0, 40, -40 */
    for (int i = 0; i < 3; i++) {
        jk_history_row row = class_row(-1, -1, 1.0);
        row.end = JK_HISTORY_PAID;
        row.balance = balance[i];
        row.cash = cash[i];
        jk_history_add(history, &row);
    }
    jk_transition_prior prior = jk_transition_prior_default();
    prior.settlements = 7.0;
    jk_transitions transitions = estimate(history, prior);
    const jk_estimate *share = &transitions.segment[0].recovery_share[JK_TREAT_AMICABLE];
    assert_near(share->observed, 0.8, 1e-12);
    assert_near(share->value, (3 * 0.8 + 7 * 0.9) / 10.0, 1e-12);
    assert_near(share->high - 0.8, 1.959963984540054 * sqrt(3200.0 * 3.0 / 2.0) / 600.0, 1e-9);
    assert_near(transitions.segment[0].recovery_share[JK_TREAT_LEGAL].value, 0.9, 1e-15);
    jk_transitions_reset(&transitions);
    jk_history_free(history);
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static void the_order_of_rows_does_not_show(void **state) {
    (void)state;
    jk_history *all = jk_history_create(SEGMENTS);
    jk_history *parts[2] = {jk_history_create(SEGMENTS), jk_history_create(SEGMENTS)};
    enum { ROWS = 3000 };
    for (int i = 0; i < ROWS; i++) {
        int k = i * 7 % ROWS;
        for (int pass = 0; pass < 2; pass++) {
            int n = pass == 0 ? i : k;
            jk_history_row row = class_row(n % 3, n / 3 % 3, 1.0 + n % 12 + 0.1 * (n % 7 == 0));
            row.segment = (size_t)(n % 2);
            row.end = n % 11 == 0 ? JK_HISTORY_PAID : n % 13 == 0 ? JK_HISTORY_DEATH : JK_HISTORY_OPEN;
            row.cash = n * 0.37;
            row.known_exit = 0.0001 * (n % 5);
            jk_history_add(pass == 0 ? all : parts[n % 2], &row);
        }
    }
    jk_history_merge(parts[1], parts[0]);
    jk_transitions one = estimate(all, jk_transition_prior_default());
    jk_transitions other = estimate(parts[1], jk_transition_prior_default());
    assert_memory_equal(&one.segment[0].classes[1].value, &other.segment[0].classes[1].value, sizeof(double[3][3]));
    assert_memory_equal(&one.segment[1].recovery_share, &other.segment[1].recovery_share, sizeof(jk_estimate));
    assert_memory_equal(&one.segment[1].exit, &other.segment[1].exit, sizeof(jk_estimate));
    assert_true(one.rounded == other.rounded && one.rounded > 0);
    assert_stochastic(&one.segment[0].classes[1]);
    jk_transitions_reset(&one);
    jk_transitions_reset(&other);
    jk_history_free(all);
    jk_history_free(parts[0]);
    jk_history_free(parts[1]);
}

static void odd_rows_and_wrong_calls(void **state) {
    (void)state;
    jk_history *history = jk_history_create(SEGMENTS);
    jk_history_row row = class_row(0, 1, 60.0);
    jk_history_add(history, &row); /* too long */
    row.months = 0.2;
    jk_history_add(history, &row); /* to the nearest month above none */
    row = class_row(0, 1, 1.0);
    row.end = JK_HISTORY_OTHER; /* not there at the end: no transition */
    row.cash = 1e300;
    row.balance = 1e300;
    jk_history_add(history, &row);
    jk_transitions transitions = estimate(history, jk_transition_prior_default());
    assert_true(transitions.too_long == 1 && transitions.rounded == 1);
    assert_int_equal(transitions.parent[JK_TREAT_AMICABLE].pairs[0][1], 1);
    jk_transitions_reset(&transitions);
    jk_transition_prior none = jk_transition_prior_default();
    none.titles = 0.0;
    assert_int_equal(jk_transitions_estimate(history, base_model(), &none, &transitions, NULL), JK_ERROR_ARGUMENT);
    jk_history_free(history);
    history = jk_history_create(SEGMENTS + 1);
    none = jk_transition_prior_default();
    assert_int_equal(jk_transitions_estimate(history, base_model(), &none, &transitions, NULL), JK_ERROR_ARGUMENT);
    jk_history_free(history);
}

static void hundredths_of_keys(void **state) {
    (void)state;
    /* int(hashlib.sha256(key.encode()).hexdigest()[-8:], 16) % 100 */
    assert_int_equal(jk_panel_hundredth("", 0), 61);
    assert_int_equal(jk_panel_hundredth("D0000000001", 11), 37);
    jk_panel_filter filter = jk_panel_filter_all();
    assert_true(jk_panel_split_parse("20-80", &filter) && filter.low == 20 && filter.high == 80);
    static const char *const wrong[] = {"",     "-",   "80",  "80-0",  "100-20", "0-101",
                                        "-1-5", "5-5", "a-b", "1-2-3", "0-80 "};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(jk_panel_split_parse(wrong[i], &filter));
    }
    assert_true(filter.low == 20 && filter.high == 80);
    for (int h = 0; h < 100; h++) { /* a fold and what it leaves */
        assert_true(jk_panel_split_parse("20-80", &filter) && jk_panel_filter_has(&filter, h) == (h >= 20 && h < 80));
        assert_true(jk_panel_split_parse("80-20", &filter) && jk_panel_filter_has(&filter, h) == (h < 20 || h >= 80));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_agree_with_closed_forms),
        cmocka_unit_test(monthly_rows_are_counted),
        cmocka_unit_test(yearly_rows_give_the_monthly_matrix),
        cmocka_unit_test(a_year_without_a_root_still_gives_a_chain),
        cmocka_unit_test(exits_are_rates_with_exact_intervals),
        cmocka_unit_test(exits_that_are_known),
        cmocka_unit_test(exits_that_the_base_model_has_not),
        cmocka_unit_test(titles_at_the_ends_of_periods),
        cmocka_unit_test(settlements_are_a_ratio_of_sums),
        cmocka_unit_test(the_order_of_rows_does_not_show),
        cmocka_unit_test(odd_rows_and_wrong_calls),
        cmocka_unit_test(hundredths_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
