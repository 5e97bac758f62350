/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of half-lives that are written down here: their points, the ends of intervals on straight lines between
 * these, and the mean half-life as plain sums. */
#include <math.h>

#include "cmocka_all.h"
#include "fit/payers/payers.h"

enum { GRID = JK_PROFILE_GRID, LAST = GRID - 1 };
static const double likelihood = -200.0;

static void near(double got, double wanted, const char *what) {
    if (!(fabs(got - wanted) <= 1e-11 * fabs(wanted))) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

static void points_are_at_equal_ratios(void **state) {
    (void)state;
    assert_int_equal(GRID, 24);
    for (int i = 0; i < GRID; i++) {
        near(jk_profile_at(i), pow(600.0, i / 23.0), "point");
    }
}

/* What is lost at each point: nothing at the best, then from point to point as it is written. */
static void losing(double profile[GRID], const double lost[GRID]) {
    for (int i = 0; i < GRID; i++) {
        profile[i] = likelihood - lost[i];
    }
}

/* Half-life a part of the way from one point to the next, by its logarithm. */
static double between(double from, double to, double part) {
    return pow(from, 1.0 - part) * pow(to, part);
}

static void ends_of_intervals(void **state) {
    (void)state;
    double profile[GRID];
    static const double lost[GRID] = {9,   8,   7,   6,   4, 3.5, 2.5, 1, 0.5, 0.25, 0.1, 0,
                                      0.2, 0.6, 1.4, 1.5, 3, 5,   6,   7, 8,   9,    10,  11};
    losing(profile, lost);
    const double best = jk_profile_at(11);
    /* Of 2: between the points that lose 1 and 2.5, and those that lose 1.5 and 3. */
    near(jk_profile_end(profile, best, likelihood, 2.0, -1), between(jk_profile_at(7), jk_profile_at(6), 1.0 / 1.5),
         "low");
    near(jk_profile_end(profile, best, likelihood, 2.0, 1), between(jk_profile_at(15), jk_profile_at(16), 0.5 / 1.5),
         "high");
    /* Of 0.15: the first points beside the best are within, then the next ones are not. */
    near(jk_profile_end(profile, best, likelihood, 0.15, -1), between(jk_profile_at(10), jk_profile_at(9), 1.0 / 3.0),
         "low");
    near(jk_profile_end(profile, best, likelihood, 0.15, 1), between(best, jk_profile_at(12), 0.75), "high");
    /* The best between two points, higher than these. */
    const double middle = between(jk_profile_at(11), jk_profile_at(12), 0.5);
    near(jk_profile_end(profile, middle, likelihood + 1.0, 1.1, 1), between(middle, jk_profile_at(12), 1.1 / 1.2),
         "high");
    near(jk_profile_end(profile, middle, likelihood + 1.0, 0.5, -1), between(middle, jk_profile_at(11), 0.5), "low");
    /* No point loses as much: the ends of the search. */
    assert_true(jk_profile_end(profile, best, likelihood, 20.0, -1) == 1.0);
    assert_true(jk_profile_end(profile, best, likelihood, 20.0, 1) == 600.0);
    near(jk_profile_end(profile, best, likelihood, 8.5, -1), between(jk_profile_at(1), 1.0, 0.5), "low");
    near(jk_profile_end(profile, best, likelihood, 10.5, 1), between(jk_profile_at(22), 600.0, 0.5), "high");
}

/* A point that loses exactly as much is within, and so is what lies beyond it; what the profile has at the best itself
 * does not count beside what was found there. */
static void what_is_just_within(void **state) {
    (void)state;
    double profile[GRID];
    static const double lost[GRID] = {9, 9, 9, 9, 9, 9, 9, 4, 1, 2, 1, 7, 1, 2, 1, 4, 9, 9, 9, 9, 9, 9, 9, 9};
    losing(profile, lost);
    const double best = jk_profile_at(11);
    near(jk_profile_end(profile, best, likelihood, 2.0, -1), between(jk_profile_at(8), jk_profile_at(7), 1.0 / 3.0),
         "low");
    near(jk_profile_end(profile, best, likelihood, 2.0, 1), between(jk_profile_at(14), jk_profile_at(15), 1.0 / 3.0),
         "high");
}

/* Mean share that is left after 36 months, by likelihood and what is thought beforehand. */
static void means_are_plain_sums(void **state) {
    (void)state;
    static const double lasting[] = {1.0, 10.0}, given[] = {0.0, 18.0, 90.0}, scales[] = {1.0, 3.5};
    for (int k = 0; k < 12; k++) {
        const double scale = scales[k % 2], before = given[k / 2 % 3], last = lasting[k / 6];
        double profile[GRID], sum = 0.0, left = 0.0, logs = 0.0, squares = 0.0, deviation = 0.0;
        for (int i = 0; i < GRID; i++) {
            const double half_life = pow(600.0, i / 23.0), away = log(half_life) - log(30.0);
            profile[i] = likelihood + (i == 9 ? 0.4 : 0.2 - 1.5 * away * away); /* here and there above the best */
            double weight = profile[i] > likelihood ? 1.0 : exp((profile[i] - likelihood) / scale);
            if (before > 0.0) {
                weight *= exp(-pow(log(half_life) - log(before), 2.0) / 2.0);
            } else if (i == LAST) { /* lasting, that often beside all that fade */
                weight *= last * 23.0;
            }
            sum += weight;
            left += weight * pow(0.5, 36.0 / half_life);
            logs += weight * log(half_life);
        }
        for (int i = 0; i < GRID; i++) {
            const double half_life = pow(600.0, i / 23.0);
            double weight = profile[i] > likelihood ? 1.0 : exp((profile[i] - likelihood) / scale);
            weight *= before > 0.0 ? exp(-pow(log(half_life) - log(before), 2.0) / 2.0) : i == LAST ? last * 23.0 : 1.0;
            squares += weight * pow(log(half_life) - logs / sum, 2.0);
        }
        const double wanted = -36.0 / log2(left / sum);
        near(jk_profile_mean(profile, likelihood, scale, before, last, &deviation), wanted, "mean");
        if (!(fabs(deviation - sqrt(squares / sum)) < 1e-9)) {
            fail_msg("deviation %.17g, expected %.17g", deviation, sqrt(squares / sum));
        }
    }
}

/* All at one point: that is the mean, and nothing is unknown. */
static void a_profile_of_one_point(void **state) {
    (void)state;
    static const int points[] = {0, 5, LAST};
    for (int k = 0; k < 3; k++) {
        double profile[GRID], deviation = 1.0;
        for (int i = 0; i < GRID; i++) {
            profile[i] = i == points[k] ? likelihood : likelihood - 1e6;
        }
        near(jk_profile_mean(profile, likelihood, 1.0, 0.0, 1.0, &deviation), jk_profile_at(points[k]), "mean");
        assert_true(deviation < 1e-6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_at_equal_ratios), cmocka_unit_test(ends_of_intervals),
        cmocka_unit_test(what_is_just_within),        cmocka_unit_test(means_are_plain_sums),
        cmocka_unit_test(a_profile_of_one_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
