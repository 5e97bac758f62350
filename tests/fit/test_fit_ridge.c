/* SPDX-License-Identifier: Apache-2.0 */
/* Points that are drawn to each other, once more: links by hand, the spread by cross-validation debtor by debtor, and
 * what is taken where own data and others contradict each other; levels that pay nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"

enum { ITEMS = 2, SPREADS = 7, FOLDS = 4, LINKS = 60, PARAMETERS = 60 };
static const double spreads[SPREADS] = {2.0, 0.8, 0.4, 0.25, 0.15, 0.1, 0.05};

static int make_history(void **state) {
    (void)state;
    return make_panel(2500, 0.3, 0.1);
}

/* The likelihood's estimates anew, after rows were changed. */
static void estimate(jk_fit *fit) {
    const jk_ppml_options options = {.start = fit->design.start, .held = fit->design.held};
    jk_error error = {0};
    jk_ppml_reset(&fit->estimates);
    must(jk_ppml_fit(&fit->rows.columns, &fit->design.ppml, &options, NULL, &fit->estimates, &error), &error);
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct drawn {
    jk_fit *fit;
    jk_fit_pooled pooled;
    jk_arena *arena;
    jk_ppml_rows rows;
    double *memory, *weight, *mean;
    size_t links;
    jk_ppml_link link[LINKS];
    double tie[PARAMETERS]; /* by parameter of the fit */
    jk_ppml free_fit, found;
    double spread, value[PARAMETERS], credibility[PARAMETERS];
} drawn;

static void join(drawn *d, const uint8_t *loose, int32_t a, int32_t b, double weight) {
    if (!loose[a] && !loose[b]) {
        assert_true(d->links < LINKS);
        d->link[d->links++] = (jk_ppml_link){d->pooled.of[a], d->pooled.of[b], weight};
        d->tie[a] += weight;
        d->tie[b] += weight;
    }
}

/* Bins lean on their neighbours, levels on all others, "missing" on all bins; who is not there on nobody. */
static void make_links(drawn *d, const uint8_t *loose) {
    for (size_t c = 0; c < ITEMS; c++) {
        const jk_fit_card_item *card = &d->fit->card[c];
        const int32_t *p = d->fit->design.level_parameter[c];
        double there = 0.0;
        for (size_t l = 0; l < card->levels; l++) {
            there += d->fit->estimates.exposure[p[l]] > 0.0;
        }
        for (size_t a = 0; a < card->levels; a++) {
            bool next = true;
            for (size_t b = a + 1; b < card->levels; b++) {
                const bool both = d->fit->estimates.exposure[p[a]] > 0.0 && d->fit->estimates.exposure[p[b]] > 0.0;
                const bool bins = card->from->is_numeric && b + 1 < card->levels;
                if (both && (!bins || next)) {
                    join(d, loose, p[a], p[b], bins ? 1.0 : 1.0 / there);
                }
                next = next && !(bins && both);
            }
        }
    }
}

static void fit_it(const jk_ppml_rows *rows, const drawn *d, const jk_ppml_options *options, jk_ppml *out) {
    jk_error error = {0};
    jk_ppml_reset(out);
    must(jk_ppml_fit(rows, &d->pooled.design, options, NULL, out, &error), &error);
}

static jk_ppml_options options_at(const drawn *d, double spread, jk_ppml_link *scaled) {
    for (size_t l = 0; l < d->links; l++) {
        scaled[l] = d->link[l];
        scaled[l].weight *= d->free_fit.cluster_dispersion / (spread * spread);
    }
    return (jk_ppml_options){.start = d->free_fit.estimate,
                             .held = d->pooled.held,
                             .warm = 1,
                             .tolerance = 1e-3,
                             .iterations_max = 8,
                             .without_errors = 1,
                             .link_count = d->links,
                             .links = scaled};
}

/* The log likelihood of a debtor under figures of the debtors of other folds. */
static void judge(drawn *d, double spread, double *likelihood) {
    jk_ppml_link scaled[LINKS];
    const jk_ppml_options options = options_at(d, spread, scaled);
    jk_ppml_rows others = d->rows;
    double *weight = calloc(2 * d->rows.rows, sizeof *weight), *mean = weight + d->rows.rows;
    assert_non_null(weight);
    for (size_t fold = 0; fold < FOLDS; fold++) {
        jk_ppml found = {0};
        jk_error error = {0};
        for (size_t c = 0; c < d->rows.clusters; c++) {
            for (size_t i = d->rows.cluster_begin[c]; i < d->rows.cluster_begin[c + 1]; i++) {
                weight[i] = jk_fit_scramble(c) % FOLDS == fold ? 0.0 : d->rows.weight[i];
            }
        }
        others.weight = weight;
        fit_it(&others, d, &options, &found);
        double cash = 0.0, exposure = 0.0;
        for (size_t p = 0; p < d->pooled.steps; p++) {
            cash += found.cash[p];
            exposure += found.exposure[p];
        }
        for (size_t p = 0; p < d->pooled.steps; p++) {
            found.estimate[p] = found.state[p] == JK_PPML_FREE ? found.estimate[p] : log(cash / exposure);
        }
        must(jk_ppml_predict(&d->rows, &d->pooled.design, found.estimate, NULL, mean, &error), &error);
        for (size_t c = 0; c < d->rows.clusters; c++) {
            for (size_t i = d->rows.cluster_begin[c]; i < d->rows.cluster_begin[c + 1]; i++) {
                if (jk_fit_scramble(c) % FOLDS == fold && mean[i] > 0.0) {
                    likelihood[c] += d->rows.cash[i] * log(mean[i]) - mean[i];
                }
            }
        }
        jk_ppml_reset(&found);
    }
    free(weight);
}

/* The smallest spread that debtors held out do not tell from the likeliest. */
static double best_spread(drawn *d) {
    const size_t debtors = d->rows.clusters;
    double *likelihood = calloc(SPREADS * debtors, sizeof *likelihood), sum[SPREADS] = {0.0};
    size_t best = 0;
    assert_non_null(likelihood);
    for (size_t s = 0; s < SPREADS; s++) {
        judge(d, spreads[s], likelihood + s * debtors);
        for (size_t c = 0; c < debtors; c++) {
            sum[s] += likelihood[s * debtors + c];
        }
        best = sum[s] > sum[best] ? s : best;
    }
    size_t chosen = best;
    for (size_t s = best + 1; s < SPREADS; s++) {
        double lost = 0.0, square = 0.0;
        for (size_t c = 0; c < debtors; c++) {
            const double own = likelihood[best * debtors + c] - likelihood[s * debtors + c];
            lost += own;
            square += own * own;
        }
        chosen = fabs(lost) <= sqrt(square) ? s : chosen;
    }
    free(likelihood);
    return spreads[chosen];
}

/* What is taken: the drawn figure, or one error beside its own data where that is more than three away. */
static void take(drawn *d) {
    for (size_t p = d->pooled.steps; p < d->pooled.design.parameters; p++) {
        const int32_t point = d->pooled.point[p];
        if (point < 0 || d->found.state[p] != JK_PPML_FREE) {
            continue;
        }
        const double value = d->found.estimate[p], payments = d->free_fit.expected[p] / d->free_fit.cluster_dispersion,
                     error = 1.0 / sqrt(payments);
        const double alone = log(d->found.cash[p] / d->found.expected[p]), together = d->free_fit.estimate[p] - value;
        const bool agree = alone * together > 0.0;
        const double own = value + (!agree ? 0.0 : fabs(alone) < fabs(together) ? alone : together);
        d->value[point] = fabs(own - value) <= 3.0 * error ? value : own + (value > own ? error : -error);
        d->credibility[point] = payments / (payments + d->tie[point] / (d->spread * d->spread));
    }
}

static drawn *draw_once_more(jk_fit *fit, const uint8_t *loose) {
    drawn *d = calloc(1, sizeof *d);
    assert_non_null(d);
    jk_error error = {0};
    d->fit = fit;
    d->arena = jk_arena_create();
    must(jk_fit_weigh_rows(fit, &d->rows, &d->memory, &error), &error);
    assert_non_null(d->memory);
    d->weight = calloc(2 * d->rows.rows, sizeof *d->weight);
    assert_non_null(d->weight);
    d->mean = d->weight + d->rows.rows;
    memcpy(d->weight, d->rows.weight, d->rows.rows * sizeof *d->weight);
    d->rows.weight = d->weight;
    must(jk_fit_pooled_build(fit, d->arena, &d->pooled, &error), &error);
    make_links(d, loose);
    const jk_ppml_options plain = {.start = d->pooled.start, .held = d->pooled.held, .without_errors = 1};
    fit_it(&d->rows, d, &plain, &d->free_fit);
    must(jk_ppml_predict(&d->rows, &d->pooled.design, d->free_fit.estimate, NULL, d->mean, &error), &error);
    must(jk_fit_pooled_segments(fit, &d->rows, d->mean, d->free_fit.cluster_dispersion, d->weight, &error), &error);
    fit_it(&d->rows, d, &plain, &d->free_fit);
    d->spread = best_spread(d);
    jk_ppml_link scaled[LINKS];
    jk_ppml_options options = options_at(d, d->spread, scaled);
    options.tolerance = 0.0;
    options.iterations_max = 0;
    fit_it(&d->rows, d, &options, &d->found);
    take(d);
    return d;
}

static void free_drawn(drawn *d) {
    jk_ppml_reset(&d->free_fit);
    jk_ppml_reset(&d->found);
    jk_arena_free(d->arena);
    free(d->memory);
    free(d->weight);
    free(d);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(double got, double wanted, double within, const char *what, size_t of) {
    if (!(fabs(got - wanted) <= within)) {
        fail_msg("%s of %zu: %.12g, expected %.12g", what, of, got, wanted);
    }
}

static void points_are_drawn(void **state) {
    (void)state;
    for (int how = 0; how < 3; how++) {
        jk_fit *fit = fitted_held(true);
        uint8_t loose[PARAMETERS] = {0};
        jk_error error = {0};
        if (how == 1) { /* levels that pay far more and far less; one that is drawn nowhere */
            for (size_t i = 0; i < fit->rows.columns.rows; i++) {
                const uint8_t *level = fit->rows.level + i * fit->rows.terms + 2;
                fit->rows.cash[i] *= level[0] == 0 ? 30.0 : level[1] == 2 ? 0.05 : 1.0;
            }
            loose[fit->design.level_parameter[0][1]] = 1;
            estimate(fit);
        }
        if (how == 2) { /* next to nobody's level differs */
            for (size_t i = 0; i < fit->rows.columns.rows; i++) {
                fit->rows.cash[i] = fit->rows.cash[i] > 0.0 ? 0.05 * fit->rows.weight[i] : 0.0;
            }
            estimate(fit);
        }
        fit->result.balance_power = jk_fit_balance_power(&fit->rows.columns);
        assert_true(fit->result.balance_power > 0.0 && fit->estimates.parameters <= PARAMETERS);
        drawn *d = draw_once_more(fit, loose), *own = calloc(1, sizeof *own);
        assert_non_null(own);
        must(jk_fit_weigh_rows(fit, &own->rows, &own->memory, &error), &error);
        const size_t rows = own->rows.rows;
        own->weight = calloc(2 * rows, sizeof *own->weight);
        assert_non_null(own->weight);
        memcpy(own->weight, own->rows.weight, rows * sizeof *own->weight);
        own->rows.weight = own->weight;
        for (size_t p = 0; p < fit->estimates.parameters; p++) {
            fit->value[p] = fit->credibility[p] = -77.0;
        }
        must(jk_fit_ridge(fit, &own->rows, own->weight, own->weight + rows, loose, &own->spread, &error), &error);
        near(own->spread, d->spread, 0.0, "spread", (size_t)how);
        size_t points = 0;
        for (size_t p = 0; p < fit->estimates.parameters; p++) {
            const int32_t at = d->pooled.of[p];
            if (at >= 0 && d->found.state[at] == JK_PPML_FREE) {
                near(fit->value[p], d->value[p], 1e-7, "points", p);
                near(fit->credibility[p], d->credibility[p], 1e-7, "credibility", p);
                points++;
            } else {
                assert_true(fit->value[p] == -77.0);
            }
        }
        assert_true(points >= 5);
        free(own->memory);
        free(own->weight);
        free(own);
        free_drawn(d);
        jk_fit_free(fit);
    }
}

/* Where nothing is shrunk a level that brought nothing gets what one more debtor's payment makes of it, or what the
 * reference leads to expect, if that is less; all others are estimated beside that. */
static void levels_without_cash(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++) {
        jk_fit *fit = fitted_held(false);
        jk_error error = {0};
        for (size_t i = 0; i < fit->rows.columns.rows; i++) {
            const uint8_t *level = fit->rows.level + i * fit->rows.terms + 2;
            fit->rows.cash[i] *= level[0] == 1 ? 0.0 : 1.0;
            fit->rows.weight[i] *= level[0] == 1 && how == 1 ? 0.001 : 1.0; /* so little that a payment would be more */
        }
        estimate(fit);
        const int32_t p = fit->design.level_parameter[0][1];
        assert_int_equal(fit->estimates.state[p], JK_PPML_NO_CASH);
        const size_t rows = fit->rows.columns.rows;
        double *cash = calloc(3 * rows, sizeof *cash), *mean = cash + rows, *weight = mean + rows, sum = 0.0;
        assert_non_null(cash);
        must(jk_ppml_predict(&fit->rows.columns, &fit->design.ppml, fit->estimates.estimate, NULL, mean, &error),
             &error);
        const uint16_t *left = fit->estimates.left;
        for (size_t i = 0; i < rows; i++) {
            sum += left[i] == JK_PPML_NO_CASH_GROUP + p ? mean[i] : 0.0;
        }
        assert_true((sum > fit->estimates.cluster_dispersion) == (how == 0));
        for (size_t i = 0; i < rows; i++) { /* who left for a step or a class stays out: those lean on all segments */
            const bool none = left[i] == JK_PPML_NO_CASH_GROUP + p;
            cash[i] = none ? mean[i] * fmin(1.0, fit->estimates.cluster_dispersion / sum) : fit->rows.cash[i];
            weight[i] = none || left[i] < JK_PPML_NO_CASH_GROUP ? fit->rows.weight[i] : 0.0;
        }
        jk_ppml_rows again = fit->rows.columns;
        jk_ppml found;
        again.cash = cash;
        again.weight = weight;
        must(jk_ppml_fit(&again, &fit->design.ppml,
                         &(jk_ppml_options){.start = fit->design.start, .held = fit->design.held, .without_errors = 1},
                         NULL, &found, &error),
             &error);
        must(jk_fit_points(fit, &error), &error);
        for (size_t c = 0; c < ITEMS; c++) {
            for (size_t l = 0; l < fit->card[c].levels; l++) {
                const int32_t of = fit->design.level_parameter[c][l];
                near(fit->value[of], found.state[of] == JK_PPML_FREE ? found.estimate[of] : 0.0, 1e-7, "points",
                     (size_t)of);
                assert_true(fit->credibility[of] == (fit->estimates.state[of] == JK_PPML_FREE ? 1.0 : 0.0));
            }
        }
        const int32_t step = fit->design.curve_parameter[1][0];
        assert_true(fit->value[step] == fit->estimates.estimate[step] && (how == 1 || fit->value[p] < -0.5));
        assert_true(isnan(fit->result.points_spread));
        jk_ppml_reset(&found);
        free(cash);
        jk_fit_free(fit);
    }
}

/* A bin that brought nothing is expected to bring no more than the nearest on either side that did. */
static void bins_without_cash_are_held(void **state) {
    (void)state;
    for (int bin = 0; bin < 3; bin++) {
        jk_fit *fit = fitted_held(true);
        jk_error error = {0};
        for (size_t i = 0; i < fit->rows.columns.rows; i++) {
            const uint8_t *level = fit->rows.level + i * fit->rows.terms + 2;
            fit->rows.cash[i] *= level[1] == bin ? 0.0 : level[1] == (bin + 1) % 3 ? 0.3 : level[1] == 3 ? 2.0 : 1.0;
            fit->rows.weight[i] *= level[1] == bin ? 1e-5 : 1.0;
        }
        estimate(fit);
        must(jk_fit_points(fit, &error), &error);
        const int32_t *p = fit->design.level_parameter[1];
        assert_int_equal(fit->estimates.state[p[bin]], JK_PPML_NO_CASH);
        double least = INFINITY;
        for (int l = 0; l < 3; l++) { /* both beside the middle one; one beside an end */
            const bool beside = bin == 1 ? l != 1 : l == 1;
            least = beside ? fmin(least, fit->value[p[l]]) : least;
        }
        assert_true(fit->value[p[bin]] <= least);
        assert_true(isfinite(fit->result.points_spread) && fit->credibility[p[bin]] == 0.0);
        jk_fit_free(fit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_drawn),
        cmocka_unit_test(levels_without_cash),
        cmocka_unit_test(bins_without_cash_are_held),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
