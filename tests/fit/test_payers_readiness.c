/* SPDX-License-Identifier: Apache-2.0 */
/* How unequal readiness is: against the gamma mixture's likelihood by the C library's gamma function, on a grid of
 * shapes, for debtors who had paid before they were seen and for those who had not. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "fit/payers/payers.h"

enum { DEBTORS = 600, CLAIMS = 2, MONTHS = 6, ROWS = DEBTORS * CLAIMS * MONTHS, DAYS = 30 };
static const double half_life = 9.0, shared = -0.4;

typedef struct history {
    struct jk_fit_payers payers;
    jk_fit fit;
    jk_payer_row row[ROWS];
    uint8_t first[ROWS];
    double lasting[ROWS], points[ROWS];
} history;

static double draw(uint64_t *state) {
    return (double)(jk_fit_scramble((*state)++) >> 11) * 0x1p-53;
}

/* Debtors who had paid before are unequal, ready or hardly so; the others are alike, or as unequal. Two claims of six
 * months each; rows of the panel stand in another order. */
static history *new_history(bool alike) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    uint64_t state = 7;
    for (int d = 0, i = 0; d < DEBTORS; d++) {
        const bool paid = d % 3 == 0;
        const double ready = paid ? (draw(&state) < 0.25 ? 3.4 : 0.2) : alike ? 1.0 : draw(&state) < 0.5 ? 1.8 : 0.2;
        for (int c = 0; c < CLAIMS; c++) {
            for (int m = 0; m < MONTHS; m++, i++) {
                const uint32_t at = (uint32_t)(ROWS - 1 - i);
                h->row[i] = (jk_payer_row){.months = 1.0,
                                           .balance = 100.0 + d,
                                           .debtor = d,
                                           .claim = d * CLAIMS + c,
                                           .start = DAYS * m,
                                           .paid_months = paid && c == 0 ? 5 + m : INT32_MAX,
                                           .row = at};
                h->first[at] = m == 0;
                h->points[at] = paid && c == 0 ? 0.5 - 0.1 * m : 0.1 * c;
                h->lasting[at] = (0.1 + 0.02 * (d % 5)) * h->row[i].balance;
                const double chance = ready * (0.1 + 0.02 * (d % 5)) * exp(0.05 * (d % 3));
                h->row[i].state = m == 3 && c == 1              ? JK_PAYER_SILENT
                                  : draw(&state) < 0.9 * chance ? JK_PAYER_BEGINS
                                                                : JK_PAYER_QUIET;
            }
        }
    }
    h->payers.count = ROWS;
    h->payers.row = h->row;
    h->payers.first = h->first;
    h->fit.payers = &h->payers;
    h->fit.scorecard.half_life = half_life;
    return h;
}

static void free_history(history *h) {
    free(h->payers.readiness);
    free(h);
}

/* Begun and expected of a debtor: lasting, times points of the claim's first row that go to `shared` by the half-life.
 */
static void sums_of(const history *h, int debtor, double fade, double *begun, double *expected) {
    *begun = *expected = 0.0;
    for (int i = debtor * CLAIMS * MONTHS; i < (debtor + 1) * CLAIMS * MONTHS; i++) {
        const jk_payer_row *row = &h->row[i];
        const uint32_t first = h->row[i / MONTHS * MONTHS].row;
        if (row->state != JK_PAYER_SILENT) {
            const double months = row->start / 30.4375 + 0.5;
            const double left = fade > 0.0 ? pow(0.5, months / fade) : 1.0;
            *begun += row->state == JK_PAYER_BEGINS;
            *expected += h->lasting[row->row] / row->balance * exp(shared + (h->points[first] - shared) * left);
        }
    }
}

/* Logarithm of what a kind's numbers are likely by, at a shape; infinite: Poisson. Without what shapes do not change.
 */
static double likelihood_at(const history *h, bool paid, double fade, double level, double shape) {
    double sum = 0.0;
    for (int d = 0; d < DEBTORS; d++) {
        double n = 0.0, e = 0.0;
        sums_of(h, d, fade, &n, &e);
        if ((d % 3 == 0) == paid) {
            sum += isinf(shape)
                       ? -level * e
                       : lgamma(shape + n) - lgamma(shape) + shape * log(shape) - (shape + n) * log(shape + level * e);
        }
    }
    return sum;
}

typedef struct kind {
    double level, shape, likelihood;
} kind;

static kind kind_of(const history *h, bool paid, double fade) {
    double begun = 0.0, expected = 0.0;
    for (int d = 0; d < DEBTORS; d++) {
        double n = 0.0, e = 0.0;
        sums_of(h, d, fade, &n, &e);
        begun += (d % 3 == 0) == paid ? n : 0.0;
        expected += (d % 3 == 0) == paid ? e : 0.0;
    }
    assert_true(begun > 60.0);
    kind found = {.level = begun / expected, .shape = INFINITY};
    const double alike = likelihood_at(h, paid, fade, found.level, INFINITY);
    double best = -INFINITY, at = 0.0;
    for (double step = 0.1; step > 1e-5; step *= 0.1) { /* grids about the best of the last one */
        const double from = best > -INFINITY ? at - 15.0 * step : log(0.05);
        const double to = best > -INFINITY ? at + 15.0 * step : log(100.0);
        for (double x = from; x <= to; x += step) {
            const double likelihood = likelihood_at(h, paid, fade, found.level, exp(x));
            at = likelihood > best ? x : at;
            best = fmax(best, likelihood);
        }
    }
    found.shape = 2.0 * (best - alike) > 2.705543 ? exp(at) : INFINITY;
    found.likelihood = fmax(best, alike) + begun * log(found.level);
    return found;
}

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within || got == wanted)) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

static void shapes_are_the_likeliest(void **state) {
    (void)state;
    for (int alike = 0; alike < 2; alike++) {
        history *h = new_history(alike != 0);
        const kind kinds[2] = {kind_of(h, false, half_life), kind_of(h, true, half_life)};
        assert_true(isinf(kinds[0].shape) == (alike != 0) && isfinite(kinds[1].shape));
        assert_int_equal(jk_fit_payers_readiness(&h->fit, h->lasting, h->points, shared, NULL), JK_OK);
        assert_true(h->payers.unequal);
        near(h->fit.payers_result.readiness_shape, kinds[0].shape, 1e-3 * kinds[0].shape, "shape");
        for (int d = 0; d < DEBTORS; d++) {
            const kind *own = &kinds[d % 3 == 0];
            double n = 0.0, e = 0.0;
            sums_of(h, d, half_life, &n, &e);
            const double beside = isinf(own->shape) ? 1.0 : (own->shape + n) / (own->shape + own->level * e);
            for (int c = 0; c < CLAIMS; c++) {
                const int claim = d * CLAIMS + c;
                const double points = h->points[h->row[claim * MONTHS].row], wanted = own->level * beside * exp(points);
                near(h->payers.readiness[claim], wanted, 1e-3 * wanted, "readiness");
            }
        }
        free_history(h);
    }
}

/* Likelihoods at half-lives, 0 for one that never ends: what began, as unequal as is likeliest, and where. */
static void likelihoods_of_half_lives(void **state) {
    (void)state;
    history *h = new_history(false);
    for (int i = 0; i < 3; i++) {
        static const double lives[] = {2.0, 30.0, 0.0};
        double wanted = kind_of(h, false, lives[i]).likelihood + kind_of(h, true, lives[i]).likelihood, got = 0.0;
        for (int r = 0; r < ROWS; r++) {
            const jk_payer_row *row = &h->row[r];
            if (row->state == JK_PAYER_BEGINS) {
                const double months = row->start / 30.4375 + 0.5;
                const double left = lives[i] > 0.0 ? pow(0.5, months / lives[i]) : 1.0;
                const double points = h->points[h->row[r / MONTHS * MONTHS].row];
                wanted += log(h->lasting[row->row] / row->balance) + shared + (points - shared) * left;
            }
        }
        assert_int_equal(
            jk_fit_payers_readiness_likelihood(&h->fit, h->lasting, h->points, shared, lives[i], &got, NULL), JK_OK);
        near(got, wanted, 1e-4, "likelihood");
    }
    free_history(h);
}

/* Too few began: all are alike, at the level that was expected. */
static void few_are_alike(void **state) {
    (void)state;
    history *h = new_history(false);
    int begun[2] = {0, 0};
    for (int i = 0; i < ROWS; i++) { /* 49 of one kind, 50 of the other */
        const bool paid = h->row[i].debtor % 3 == 0;
        if (h->row[i].state == JK_PAYER_BEGINS && ++begun[paid] > (paid ? 49 : 50)) {
            h->row[i].state = JK_PAYER_QUIET;
        }
    }
    assert_true(begun[0] > 50 && begun[1] > 49);
    double expected[2] = {0.0, 0.0}, got = 0.0, points = 0.0;
    for (int d = 0; d < DEBTORS; d++) {
        double n = 0.0, e = 0.0;
        sums_of(h, d, half_life, &n, &e);
        expected[d % 3 == 0] += e;
    }
    for (int r = 0; r < ROWS; r++) {
        if (h->row[r].state == JK_PAYER_BEGINS) {
            const double months = h->row[r].start / 30.4375 + 0.5, left = pow(0.5, months / half_life);
            points += log(h->lasting[h->row[r].row] / h->row[r].balance) + shared +
                      (h->points[h->row[r / MONTHS * MONTHS].row] - shared) * left;
        }
    }
    assert_int_equal(jk_fit_payers_readiness_likelihood(&h->fit, h->lasting, h->points, shared, half_life, &got, NULL),
                     JK_OK);
    const double level = 50.0 / expected[0];
    double best = likelihood_at(h, false, half_life, level, INFINITY);
    for (double x = log(0.05); x <= log(100.0); x += 0.001) {
        best = fmax(best, likelihood_at(h, false, half_life, level, exp(x)));
    }
    near(got, best + 50.0 * log(level) - expected[1] + points, 1e-3, "likelihood");
    free_history(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_the_likeliest),
        cmocka_unit_test(likelihoods_of_half_lives),
        cmocka_unit_test(few_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
