/* SPDX-License-Identifier: Apache-2.0 */
/* Correlations of factors whose periods are independent and equally sure, where all moments are plain means; and
 * factors that history has not, which change nothing of the others. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/factors/fit_factors.h"

enum { SEEN = 4, FACTORS_MAX = 6, PERIODS = 40 };

typedef struct history {
    jk_fit_factors of;
    jk_factor_history factor[FACTORS_MAX];
    jk_factor_period period[FACTORS_MAX][PERIODS];
    double prior[FACTORS_MAX * FACTORS_MAX];
    jk_arena *arena;
} history;

static const double chances[SEEN] = {0.01, 0.03, 0.02, 0.05}, volatilities[SEEN] = {0.2, 0.3, 0.25, 0.15};

static double draw(uint64_t *state) { /* SplitMix64, in -0.5..0.5 */
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53 - 0.5;
}

/* Shocks that have a part in common, the third against it; after the seen ones as many that history has not: the first
 * expects nothing, the second does not move. */
static void estimate(history *h, size_t unseen, double size) {
    uint64_t state = 3;
    *h = (history){.of = {.count = SEEN + unseen, .periods = PERIODS, .months = 1}, .arena = jk_arena_create()};
    assert_non_null(h->arena);
    h->of.factor = h->factor;
    h->of.prior = h->prior;
    for (size_t i = 0; i < h->of.count; i++) {
        h->factor[i] = (jk_factor_history){.volatility = i < SEEN ? volatilities[i] : i == SEEN ? 0.3 : 0.0};
        h->factor[i].period = h->period[i];
        for (size_t j = 0; j < h->of.count; j++) {
            h->prior[i * h->of.count + j] = i == j ? 1.0 : 0.3;
        }
    }
    for (size_t t = 0; t < PERIODS; t++) {
        const double common = draw(&state);
        for (size_t i = 0; i < SEEN; i++) {
            h->period[i][t].shock = size * ((i == 2 ? -0.8 : 0.9) * common + 0.5 * draw(&state));
            h->period[i][t].chance = size * size * chances[i];
        }
        h->period[SEEN][t].chance = (double)INFINITY;
        h->period[SEEN + 1][t] = (jk_factor_period){.shock = common, .chance = 0.1};
    }
    assert_int_equal(jk_fit_factors_estimate(&h->of, h->arena, NULL), JK_OK);
}

static void near(double got, double wanted, const char *what) {
    if (!(fabs(got - wanted) <= 1e-10 * fmax(1.0, fabs(wanted)))) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

static double mean_product(const history *h, size_t i, size_t j) {
    double mean[2] = {0.0}, sum = 0.0;
    for (size_t t = 0; t < PERIODS; t++) {
        mean[0] += h->period[i][t].shock / PERIODS;
        mean[1] += h->period[j][t].shock / PERIODS;
    }
    for (size_t t = 0; t < PERIODS; t++) {
        sum += (h->period[i][t].shock - mean[0]) * (h->period[j][t].shock - mean[1]);
    }
    return sum / PERIODS;
}

static void check_moments(double size) {
    history h;
    double chance[SEEN];
    estimate(&h, 0, size);
    for (size_t i = 0; i < SEEN; i++) {
        chance[i] = size * size * chances[i];
    }
    const double b = 1.0 - 1.0 / PERIODS;
    double spread[SEEN], observed[SEEN][SEEN], error[SEEN][SEEN], above = 0.0, below = 0.0;
    for (size_t i = 0; i < SEEN; i++) {
        const double own = volatilities[i] * volatilities[i], all = own + chance[i];
        const double found = (mean_product(&h, i, i) - chance[i]) / b, luck = 2.0 * all * all / PERIODS / (b * b);
        spread[i] = sqrt(fmax(own + own * own / (own * own + luck) * (found - own), own / 16.0));
        near(h.factor[i].spread, spread[i], "spread");
    }
    for (size_t i = 0; i < SEEN; i++) {
        for (size_t j = 0; j < i; j++) {
            const double both = spread[i] * spread[j], cross = 0.3 * both;
            const double one = spread[i] * spread[i] + chance[i], other = spread[j] * spread[j] + chance[j];
            observed[i][j] = mean_product(&h, i, j) / b / both;
            error[i][j] = (one * other + cross * cross) / PERIODS / (b * b * both * both);
            const double away = observed[i][j] - 0.3, weight = 1.0 / (error[i][j] * error[i][j]);
            above += (away * away - error[i][j]) * weight;
            below += weight;
        }
    }
    const double scatter = fmin(fmax(above / below, 0.0), 1.0);
    assert_true(scatter > 0.01);
    near(h.of.scatter, sqrt(scatter), "scatter");
    for (size_t i = 0; i < SEEN; i++) {
        for (size_t j = 0; j < i; j++) {
            near(h.of.observed[i * SEEN + j], fmin(fmax(observed[i][j], -1.0), 1.0), "observed");
            near(h.of.weight[j * SEEN + i], scatter / (scatter + error[i][j]), "weight");
        }
    }
    jk_arena_free(h.arena);
}

/* Of shocks ten times as large next to nothing is known of each pair, but of all together. */
static void plain_moments(void **state) {
    (void)state;
    check_moments(1.0);
    check_moments(10.0);
}

static void what_history_has_not(void **state) {
    (void)state;
    history seen, more;
    estimate(&seen, 0, 1.0);
    estimate(&more, 2, 1.0);
    const size_t n = SEEN + 2;
    assert_true(more.of.scatter == seen.of.scatter);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            const bool both = i < SEEN;
            assert_true(more.of.weight[i * n + j] == (both ? seen.of.weight[i * SEEN + j] : 0.0));
            assert_true(more.of.observed[j * n + i] == (both ? seen.of.observed[j * SEEN + i] : 0.3));
        }
    }
    for (size_t i = 0; i < SEEN; i++) {
        assert_true(more.factor[i].spread == seen.factor[i].spread);
    }
    assert_true(more.factor[SEEN].spread == 0.3 && more.factor[SEEN + 1].spread == 0.0);
    jk_arena_free(seen.arena);
    jk_arena_free(more.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain_moments), cmocka_unit_test(what_history_has_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
