/* SPDX-License-Identifier: Apache-2.0 */
/* From figures to a model: what rows are expected to bring stays what the figures say, row by row; scores and centres
 * are means of the exposure; bounds of classes are the best of all, tried one by one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"
#include "model/economics.h"

enum { SEGMENTS = 2, CURVES = SEGMENTS * JK_TREATMENT_COUNT, SCORES = 1001 };

static int make_history(void **state) {
    (void)state;
    return make_panel(2500, 0.6, 0.1);
}

static jk_fit *fitted(void) {
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    options.hold_titles = 1;
    return fitted_to(panel_path, &options);
}

static void make_again(jk_fit *fit) {
    jk_error error = {0};
    must(jk_fit_make_model(fit, &error), &error);
}

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within * fmax(1e-12, fabs(wanted)))) {
        fail_msg("%s: %.14g, expected %.14g", what, got, wanted);
    }
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

typedef struct row {
    size_t segment, treatment;
    double exposure, points, eta; /* eta: with the intercept */
    int code, class, by_score;    /* class: as the fit has it */
    bool waits;
} row;

static int score_at(double eta) {
    return (int)fmin(fmax(floor(500.0 + 100.0 * log2(exp(eta)) + 0.5), 0.0), 1000.0);
}

static row row_of(const jk_fit *fit, size_t i) {
    const uint8_t *level = fit->rows.level + i * fit->rows.terms;
    row r = {.segment = fit->rows.curve[i] / 3,
             .treatment = fit->rows.curve[i] % 3,
             .exposure = fit->rows.weight[i] * fit->rows.months[i],
             .code = level[0],
             .waits = level[1] != 0};
    for (size_t c = 0; c < fit->scorecard.count; c++) {
        r.points +=
            nearbyint(1e6 * fit->value[fit->design.level_parameter[c][fit->card[c].level_of[level[2 + c]]]]) / 1e6;
    }
    r.eta = r.points + fit->scorecard.intercept;
    const int score = score_at(r.eta);
    r.by_score = r.code >= JK_FIT_CLASS_FORCED       ? r.code % 3
                 : score >= fit->scorecard.able_from ? JK_CAPACITY_ABLE
                 : score >= fit->scorecard.weak_from ? JK_CAPACITY_WEAK
                                                     : JK_CAPACITY_NONE;
    r.class = fit->class_fitted[r.segment] ? r.code % 3 : r.by_score;
    return r;
}

/* What a row brings under a class by the new model. */
static double cash_under(const jk_fit *fit, size_t i, const row *r, int class) {
    const jk_segment *s = &fit->segments[r->segment];
    const jk_steps *curve = &s->curve[r->treatment];
    size_t k = 0;
    while (k + 1 < curve->count && fit->rows.start[i] >= curve->month[k + 1]) {
        k++;
    }
    return r->exposure * s->recovery_share[r->treatment] * curve->value[k] * (r->waits ? s->pre_title_factor : 1.0) *
           s->class_multiplier[r->treatment][class] * exp(r->eta - s->theta_center[class]);
}

static double mean_under(const jk_fit *fit, size_t i, const row *r) {
    double cash[3];
    for (int k = 0; k < 3; k++) {
        cash[k] = cash_under(fit, i, r, k);
    }
    const double *share = fit->scorecard.class_given_score[r->by_score];
    const bool guessed = share[0] + share[1] + share[2] > 0.0 && r->code < JK_FIT_CLASS_FORCED;
    return guessed ? share[0] * cash[0] + share[1] * cash[1] + share[2] * cash[2] : cash[r->by_score];
}

/* Curve and class as the figures have them, with points: nothing else says what a row brings. */
static void check_rows(const jk_fit *fit) {
    double expected = 0.0, scored = 0.0;
    for (size_t i = 0; i < fit->rows.columns.rows; i++) {
        const row r = row_of(fit, i);
        const size_t c = fit->rows.curve[i];
        const jk_steps *steps = &base->segments[r.segment].curve[r.treatment];
        size_t k = 0;
        while (k + 1 < steps->count && fit->rows.start[i] >= steps->month[k + 1]) {
            k++;
        }
        const double class = fit->class_fitted[r.segment] ? fit->class_value[c][r.class] : 0.0,
                     own = cash_under(fit, i, &r, r.class);
        if (!isnan(fit->curve_value[c][k]) && isfinite(class)) {
            const double wanted = r.exposure * exp(fit->curve_value[c][k] + class + r.points) * (r.waits ? 0.5 : 1.0);
            near(own, wanted, 2e-6, "row");
        }
        const double known = fit->rows.known != NULL ? fit->rows.known[i] : 0.0;
        expected += known + own;
        scored += known + mean_under(fit, i, &r);
        near(jk_fit_expected_of_row(fit, i), own, 1e-9, "expected of a row");
        near(jk_fit_points_of_row(fit, i), r.points, 1e-9, "points of a row");
        assert_int_equal(jk_fit_class_by_score(fit, r.eta, r.code), r.by_score);
    }
    near(fit->result.expected, expected, 1e-9, "expected");
    near(fit->result.scored_expected, scored, 1e-9, "expected by the score");
}

/* Scores have the mean 500 over the exposure; centres are the means of exp(eta) of a segment's class. */
static void check_centres(const jk_fit *fit) {
    double sums[SEGMENTS + 1][3][2] = {{{0.0}}}, points = 0.0, exposure = 0.0;
    for (size_t i = 0; i < fit->rows.columns.rows; i++) {
        const row r = row_of(fit, i);
        points += r.exposure * r.points;
        exposure += r.exposure;
        for (size_t of = 0; of < 2; of++) {
            double *sum = sums[of == 0 ? r.segment : SEGMENTS][r.class];
            sum[0] += r.exposure * exp(r.eta);
            sum[1] += r.exposure;
        }
    }
    assert_true(fabs(fit->scorecard.intercept + points / exposure) < 5.1e-7);
    for (size_t g = 0; g < SEGMENTS; g++) {
        for (int k = 0; k < 3; k++) {
            const bool guessed = fit->scorecard.class_given_score[0][0] > 0.0;
            const size_t from = guessed || sums[g][k][1] > 0.0 ? g : SEGMENTS;
            double above = sums[from][k][0], below = sums[from][k][1];
            if (guessed) {
                above = sums[g][0][0] + sums[g][1][0] + sums[g][2][0];
                below = sums[g][0][1] + sums[g][1][1] + sums[g][2][1];
            }
            const double wanted = below > 0.0 ? log(above / below) : 0.0;
            assert_true(fabs(fit->segments[g].theta_center[k] - wanted) < 1e-6);
        }
    }
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void rows_bring_what_figures_say(void **state) {
    (void)state;
    for (int how = 0; how < 4;
         how++) { /* classes guessed, or not; one segment, or none, whose classes the panel gives */
        jk_fit *fit = fitted();
        memset(fit->rows.first, how % 2 == 0, fit->rows.columns.rows);
        fit->class_fitted[1] = how < 2;
        fit->class_fitted[0] = how < 3;
        make_again(fit);
        assert_int_equal(jk_class_is_guessed(&fit->scorecard), how % 2 == 0);
        check_rows(fit);
        check_centres(fit);
        for (size_t c = 0; c < CURVES; c++) {
            const double *multiplier = fit->segments[c / 3].class_multiplier[c % 3];
            assert_true(multiplier[JK_CAPACITY_ABLE] ==
                        base->segments[c / 3].class_multiplier[c % 3][JK_CAPACITY_ABLE]);
            assert_true(fit->segments[c / 3].curve[c % 3].month == base->segments[c / 3].curve[c % 3].month);
        }
        for (size_t c = 0; c < fit->scorecard.count; c++) {
            const jk_characteristic *item = &fit->scorecard.characteristics[c];
            const int32_t *p = fit->design.level_parameter[c];
            const size_t last = fit->card[c].levels - 1;
            assert_int_equal(item->count, item->is_numeric ? last : last - 1);
            assert_true(fabs(item->missing_points - fit->value[p[last]]) < 1e-6 && item->in_segments == NULL);
            assert_true(item->is_numeric ? item->other_points == 0.0
                                         : fabs(item->other_points - fit->value[p[last - 1]]) < 1e-6);
            for (size_t l = 0; l < item->count; l++) {
                assert_true(fabs(item->points[l] - fit->value[p[l]]) < 1e-6);
                assert_true(!item->is_numeric || item->below[l] == base->scorecard.characteristics[c].below[l]);
            }
        }
        jk_fit_free(fit);
    }
}

/* Transitions as a file rounds them: rows add up to 1. */
static void transitions_are_taken(void **state) {
    (void)state;
    jk_fit *fit = fitted();
    for (size_t g = 0; g < SEGMENTS; g++) {
        const jk_segment_transitions *from = &fit->transitions.segment[g];
        const jk_segment *to = &fit->segments[g];
        near(to->exit_monthly, from->exit.value, 1e-8, "exit");
        near(to->months_to_title, from->months_to_title.value, 1e-8, "title");
        for (int t = 0; t < 3; t++) {
            near(to->recovery_share[t], from->recovery_share[t].value, 1e-8, "share");
            for (int a = 0; a < 3; a++) {
                double sum = 0.0;
                for (int b = 0; b < 3; b++) {
                    assert_true(fabs(to->class_monthly[t][a][b] - from->classes[t].value[a][b]) < 1.1e-9);
                    sum += to->class_monthly[t][a][b];
                }
                assert_true(fabs(sum - 1.0) < 1e-12);
            }
        }
    }
    jk_fit_free(fit);
}

/* Levels lie between euros and rows that weigh by what they tell, by how sure either is. */
static void levels_between_euros_and_rows(void **state) {
    (void)state;
    for (int how = 0; how < 4; how++) {
        jk_fit *fit = fitted();
        fit->cash_chance = how == 1 ? 0.01 : fit->cash_chance;
        fit->rows.total_cash *= how == 1 ? 1.5 : 1.0;
        fit->options.shrink = how != 2;
        fit->result.balance_power = how == 3 ? 0.0 : 0.5;
        const double before = fit->result.expected, weight = 0.0225 / (0.0225 + fit->cash_chance);
        const double was = fit->curve_value[1][0];
        make_again(fit);
        const double move = how < 2 ? weight * log(fit->rows.total_cash / before) : 0.0;
        assert_true(fabs(fit->curve_value[1][0] - was - move) < 1e-9);
        near(fit->result.expected, before * exp(move), 1e-6, "expected");
        for (size_t c = 0; c < CURVES; c++) {
            for (size_t k = 0; k < base->segments[c / 3].curve[c % 3].count && how < 2; k++) {
                const int32_t p = fit->design.curve_parameter[c][k];
                assert_true(p < 0 || fit->value[p] == fit->curve_value[c][k]);
            }
        }
        jk_fit_free(fit);
    }
}

/* A curve of which nothing is known is the base model's whole: beside the new theta its rows bring what they did by the
 * old one, class by class. */
static void curves_of_the_base_model(void **state) {
    (void)state;
    jk_fit *fit = fitted();
    static const size_t of[] = {1, 5};
    fit->curve_value[1][1] = (double)NAN; /* a part of one, and one whole */
    for (int k = 0; k < 2; k++) {
        fit->curve_value[5][k] = (double)NAN;
    }
    make_again(fit);
    for (int n = 0; n < 2; n++) {
        const size_t c = of[n], g = c / 3, t = c % 3;
        double now[3] = {0.0}, before[3] = {0.0};
        for (size_t i = 0; i < fit->rows.columns.rows; i++) {
            const row r = row_of(fit, i);
            if (r.segment == g) {
                now[r.class] += r.exposure * exp(r.eta - fit->segments[g].theta_center[r.class]);
                before[r.class] += r.exposure * (double)fit->rows.base_theta[i];
            }
        }
        const jk_steps *steps = &base->segments[g].curve[t];
        assert_int_equal(fit->segments[g].curve[t].count, steps->count);
        for (size_t k = 0; k < steps->count; k++) {
            for (int class = 0; class < 3; class ++) {
                near(fit->segments[g].curve[t].value[k] * fit->segments[g].class_multiplier[t][class] * now[class],
                     steps->value[k] * base->segments[g].class_multiplier[t][class] * before[class], 1e-6,
                     "base curve");
            }
        }
        near(fit->segments[g].class_multiplier[t][2], base->segments[g].class_multiplier[t][2], 1e-9, "able");
    }
    jk_fit_free(fit);
}

/* ---- bounds ------------------------------------------------------------------------------------------------------ */

static void bounds_are_the_best_of_all(void **state) {
    (void)state;
    static double below[SCORES + 1][3];
    for (int how = 0; how < 3;
         how++) { /* as the panel has its classes, or the panel's worth more or less than they are */
        jk_fit *fit = fitted();
        memset(fit->rows.first, 0, fit->rows.columns.rows); /* the model does not know what classes by the score are */
        for (size_t c = 0; c < CURVES; c++) {
            for (int k = 0; k < 3; k++) {
                fit->class_value[c][k] *= how == 0 ? 1.0 : how == 1 ? 2.5 : -0.5;
            }
        }
        fit->options.shrink = 0; /* levels stay */
        make_again(fit);
        const double weak = fit->scorecard.weak_from, able = fit->scorecard.able_from;
        /* Cash of each class by score, and what has to come together; the bounds before are those of the exposure. */
        double exposure[SCORES] = {0.0}, class[3] = {0.0}, expected = 0.0, forced = 0.0, cash[SCORES][3] = {{0.0}};
        for (size_t i = 0; i < fit->rows.columns.rows; i++) {
            const row r = row_of(fit, i);
            expected += cash_under(fit, i, &r, r.class);
            forced += r.code >= JK_FIT_CLASS_FORCED ? cash_under(fit, i, &r, r.code % 3) : 0.0;
            for (int k = 0; k < 3 && r.code < JK_FIT_CLASS_FORCED; k++) {
                cash[score_at(r.eta)][k] += cash_under(fit, i, &r, k);
            }
            exposure[score_at(r.eta)] += r.code < JK_FIT_CLASS_FORCED ? r.exposure : 0.0;
            class[r.code % 3] += r.code < JK_FIT_CLASS_FORCED ? r.exposure : 0.0;
        }
        int from[2] = {0, 0};
        for (int b = 0; b < 2; b++) {
            const double wanted = class[0] + (b == 1 ? class[1] : 0.0);
            double sum = 0.0, least = wanted;
            for (int s = 0; s < SCORES; s++) {
                sum += exposure[s];
                if (fabs(sum - wanted) < least) {
                    least = fabs(sum - wanted);
                    from[b] = s + 1;
                }
            }
        }
        from[1] = from[1] > from[0] ? from[1] : from[0];
        memset(below, 0, sizeof below);
        for (int s = 0; s < SCORES; s++) {
            for (int k = 0; k < 3; k++) {
                below[s + 1][k] = below[s][k] + cash[s][k];
            }
        }
        const double same = 0.01 * expected, wanted = expected - forced;
        double best = INFINITY;
        int moves = 0, at[2] = {0, 0};
        for (int w = 0; w <= SCORES; w++) {
            for (int a = w; a <= SCORES; a++) {
                const double all = below[w][0] + below[a][1] - below[w][1] + below[SCORES][2] - below[a][2];
                const double away = fmax(fabs(all - wanted), same);
                const int moved = abs(w - from[0]) + abs(a - from[1]);
                if (away < best * (1.0 - 1e-12) || (away < best * (1.0 + 1e-12) && moved < moves)) {
                    best = away;
                    moves = moved;
                    at[0] = w;
                    at[1] = a;
                }
            }
        }
        if (weak != at[0] || able != at[1]) {
            fail_msg("bounds %g and %g, expected %d and %d (from %d and %d, %g away, %g the same)", weak, able, at[0],
                     at[1], from[0], from[1], best, same);
        }
        assert_true(how == 0 || moves > 0);
        check_rows(fit);
        jk_fit_free(fit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_bring_what_figures_say),   cmocka_unit_test(transitions_are_taken),
        cmocka_unit_test(levels_between_euros_and_rows), cmocka_unit_test(curves_of_the_base_model),
        cmocka_unit_test(bounds_are_the_best_of_all),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
