/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap of a fit: by hand, and the same bits for threads, blocks of debtors and kernels. tests/python has it
 * against NumPy and counts how often its intervals hold. */
#include "fit/ppml/ppml_bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/lanes/isa.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "fit/ppml/ppml.h"

enum { ROWS = 3000, LEVELS = 4, FIGURES = 4, DRAWS = 300 };

/* One row a debtor: a level and a balance each. */
typedef struct history {
    double cash[ROWS], weight[ROWS], start[ROWS], months[ROWS];
    uint16_t curve[ROWS];
    uint8_t level[ROWS];
    uint32_t cluster[ROWS + 1];
    jk_ppml_rows rows;
    jk_ppml fit;
} history;

static const double month_0[] = {0.0};
static const int32_t first[] = {0}, levels[LEVELS] = {JK_PPML_NONE, 1, 2, 3};
static const jk_ppml_curve curve = {1, month_0, first};
static const jk_ppml_term term = {LEVELS, 0, levels};
static const jk_ppml_design alone = {1, 1, 0, &curve, NULL}, design = {FIGURES, 1, 1, &curve, &term};

static history *new_history(size_t debtors) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    for (size_t i = 0; i < debtors; i++) {
        const jk_random4 four = jk_philox(5, 5, i);
        h->cluster[i] = (uint32_t)i;
        h->months[i] = 1.0;
        h->weight[i] = 100.0 + four.word[0] % 900;
        h->level[i] = (uint8_t)(four.word[1] % LEVELS);
        h->cash[i] = four.word[2] % 20 == 0 ? h->weight[i] * (double)(four.word[3] % 100) / 100.0 : 0.0;
    }
    h->cluster[debtors] = (uint32_t)debtors;
    h->rows = (jk_ppml_rows){.rows = debtors,
                             .cash = h->cash,
                             .weight = h->weight,
                             .start = h->start,
                             .months = h->months,
                             .curve = h->curve,
                             .level = h->level,
                             .clusters = debtors,
                             .cluster_begin = h->cluster};
    return h;
}

static void release(history *h) {
    jk_ppml_reset(&h->fit);
    free(h);
}

static int compare(const void *a, const void *b) {
    const double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Eight debtors owe 10 each and bring 0 to 7: the mean is 3.5 of 28, so that leaving out one moves the logarithm by
 * score / (28 - 3.5) = (cash - 3.5) / 24.5, to the first order; the squares of the scores add up to 42, and the error
 * is the root of 7/8 · 42 / 24.5². */
static void eight_debtors_by_hand(void **state) {
    (void)state;
    static const int shares[] = {94, 95, 46, 16, 4, 1};
    enum { DEBTORS = 8, FEW = 99, PLACE = 95 };
    double error = 0.0, quantile = 0.0, t[FEW];
    const jk_bootstrap_options options = {.draws = FEW, .seed = 3};
    history *h = new_history(DEBTORS);
    for (size_t i = 0; i < DEBTORS; i++) {
        h->weight[i] = 10.0;
        h->cash[i] = (double)i;
    }
    assert_int_equal(jk_ppml_fit(&h->rows, &alone, NULL, NULL, &h->fit, NULL), JK_OK);
    assert_int_equal(jk_ppml_bootstrap(&h->rows, &alone, NULL, 0, &h->fit, &options, NULL, &error, &quantile, NULL),
                     JK_OK);
    assert_true(fabs(error - sqrt(36.75) / 24.5) < 1e-9);
    for (size_t d = 0; d < FEW; d++) {
        double count = 0.0, sum = 0.0, square = 0.0;
        for (size_t i = 0; i < DEBTORS; i++) {
            const double z = ((double)i - 3.5) / 24.5;
            const uint32_t word = jk_philox(3, 0x500 + d / 16, i).word[d % 16 / 4];
            int byte = (int)(word >> d % 4 * 8 & 255), weight = 0;
            while (byte >= shares[weight]) {
                byte -= shares[weight++];
            }
            count += weight;
            sum += weight * z;
            square += weight * z * z;
        }
        assert_true(square - sum * sum / count > 1e-6);
        t[d] = fabs(sum) / sqrt(square - sum * sum / count);
    }
    qsort(t, FEW, sizeof *t, compare);
    assert_true(fabs(quantile - t[PLACE - 1]) < 1e-6);
    release(h);
}

/* Two characteristics of three levels beside the curve. */
enum { CROSSED = 5, TERMS = 2 };
static const int32_t crossed_levels[TERMS][3] = {{JK_PPML_NONE, 1, 2}, {JK_PPML_NONE, 3, 4}};
static const jk_ppml_term crossed_terms[TERMS] = {{3, 0, crossed_levels[0]}, {3, 0, crossed_levels[1]}};
static const jk_ppml_design crossed = {CROSSED, 1, TERMS, &curve, crossed_terms};

/* Adds a row's part to the information, and what it leaves to the score. */
static void add_row(const history *h, size_t i, double information[CROSSED][CROSSED], double *score) {
    double x[CROSSED] = {1.0}, log_mean = h->fit.estimate[0];
    for (size_t t = 0; t < TERMS; t++) {
        const int32_t p = crossed_levels[t][h->level[i * TERMS + t]];
        if (p != JK_PPML_NONE) {
            x[p] = 1.0;
            log_mean += h->fit.estimate[p];
        }
    }
    const double mean = h->weight[i] * exp(log_mean);
    for (size_t p = 0; p < CROSSED; p++) {
        score[p] += (h->cash[i] - mean) * x[p];
        for (size_t q = 0; q < CROSSED; q++) {
            information[p][q] += mean * x[p] * x[q];
        }
    }
}

/* Seven debtors of unequal size with six rows each, of whom one owes nearly all that some levels have: leaving one out
 * moves the figures by his score over the information of the others. */
static void debtors_of_many_levels(void **state) {
    (void)state;
    enum { DEBTORS = 7, SEEDS = 60, EACH = 6, MANY = DEBTORS * EACH };
    const jk_bootstrap_options options = {.draws = 99, .seed = 3};
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        double error[CROSSED], quantile[CROSSED], square[CROSSED] = {0.0};
        history *h = new_history(MANY);
        for (size_t i = 0; i < MANY; i++) {
            const jk_random4 four = jk_philox(seed, 9, i);
            h->weight[i] = exp((double)(four.word[0] % 1000) / 150.0) * (i < EACH ? 300.0 : 1.0);
            h->level[i * TERMS] = (uint8_t)(four.word[1] % 3);
            h->level[i * TERMS + 1] = (uint8_t)(four.word[2] % 3);
            h->cash[i] = h->weight[i] * (double)(four.word[3] % 100 + 50);
            h->cluster[i / EACH] = (uint32_t)(i / EACH * EACH);
        }
        h->cluster[DEBTORS] = MANY;
        h->rows.clusters = DEBTORS;
        assert_int_equal(jk_ppml_fit(&h->rows, &crossed, NULL, NULL, &h->fit, NULL), JK_OK);
        assert_int_equal(jk_ppml_bootstrap(&h->rows, &crossed, NULL, 0, &h->fit, &options, NULL, error, quantile, NULL),
                         JK_OK);
        for (size_t d = 0; d < DEBTORS; d++) {
            double others[CROSSED][CROSSED] = {{0.0}}, own[CROSSED][CROSSED] = {{0.0}}, z[CROSSED] = {0.0};
            double unused[CROSSED] = {0.0};
            for (size_t i = 0; i < MANY; i++) {
                add_row(h, i, i / EACH == d ? own : others, i / EACH == d ? z : unused);
            }
            for (size_t p = 0; p < CROSSED; p++) { /* it is positive definite: no choice of pivots */
                for (size_t q = 0; q < CROSSED; q++) {
                    const double factor = others[q][p] / others[p][p];
                    for (size_t r = 0; q != p && r < CROSSED; r++) {
                        others[q][r] -= factor * others[p][r];
                    }
                    z[q] -= q != p ? factor * z[p] : 0.0;
                }
            }
            for (size_t p = 0; p < CROSSED; p++) {
                const double moved = fmin(fmax(z[p] / others[p][p], -3.0), 3.0); /* as far as a first order goes */
                square[p] += moved * moved;
            }
        }
        for (size_t p = 0; p < CROSSED; p++) {
            const double wanted = sqrt(square[p] * (DEBTORS - 1.0) / DEBTORS);
            if (!(fabs(error[p] - wanted) < 1e-6 * wanted)) {
                fail_msg("seed %u, figure %zu: %.12g, expected %.12g", seed, p, error[p], wanted);
            }
        }
        release(h);
    }
}

/* With many debtors who bring alike the studentised errors are those of the normal distribution. */
static void many_alike_are_normal(void **state) {
    (void)state;
    double error[FIGURES], quantile[FIGURES];
    const jk_bootstrap_options options = {.draws = 5000, .seed = 1};
    history *h = new_history(ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        h->cash[i] = h->weight[i] * (i * i % 7 < 3 ? 0.5 : 0.4);
    }
    assert_int_equal(jk_ppml_fit(&h->rows, &design, NULL, NULL, &h->fit, NULL), JK_OK);
    assert_int_equal(jk_ppml_bootstrap(&h->rows, &design, NULL, 0, &h->fit, &options, NULL, error, quantile, NULL),
                     JK_OK);
    for (size_t p = 0; p < FIGURES; p++) {
        assert_true(fabs(quantile[p] - 1.96) < 0.1); /* its own error from 5,000 draws is 0.03 */
        assert_true(fabs(error[p] / h->fit.std_error[p] - 1.0) < 0.01);
    }
    release(h);
}

static void same_bits_however_it_is_cut(void **state) {
    (void)state;
    static const size_t blocks[] = {0, 1, 7, 640, 5000}; /* from 640 on OpenBLAS does the work */
    static const char *const sets[] = {"base", "v3", "v4"};
    double error[FIGURES], quantile[FIGURES], other_error[FIGURES], other_quantile[FIGURES];
    jk_bootstrap_options options = {.draws = DRAWS, .seed = 11};
    jk_run run = {.threads = 1};
    history *h = new_history(ROWS);
    assert_int_equal(jk_ppml_fit(&h->rows, &design, NULL, NULL, &h->fit, NULL), JK_OK);
    assert_int_equal(jk_ppml_bootstrap(&h->rows, &design, NULL, 0, &h->fit, &options, &run, error, quantile, NULL),
                     JK_OK);
    for (size_t p = 0; p < FIGURES; p++) {
        assert_true(quantile[p] > 1.5 && quantile[p] < 4.0);
    }
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        if (!jk_isa_runs((jk_isa)s)) {
            continue;
        }
        assert_int_equal(setenv("JALKI_ISA", sets[s], 1), 0);
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            options.block = blocks[b];
            run.threads = 1 + (int)b;
            assert_int_equal(jk_ppml_bootstrap(&h->rows, &design, NULL, 0, &h->fit, &options, &run, other_error,
                                               other_quantile, NULL),
                             JK_OK);
            assert_memory_equal(error, other_error, sizeof error);
            assert_memory_equal(quantile, other_quantile, sizeof quantile);
        }
    }
    assert_int_equal(unsetenv("JALKI_ISA"), 0);
    options.seed = 12;
    assert_int_equal(
        jk_ppml_bootstrap(&h->rows, &design, NULL, 0, &h->fit, &options, &run, other_error, other_quantile, NULL),
        JK_OK);
    assert_memory_equal(error, other_error, sizeof error); /* of no draws */
    assert_memory_not_equal(quantile, other_quantile, sizeof quantile);
    release(h);
}

/* A figure that one debtor alone tells of, one without rows and a held one say nothing and spoil nothing. */
static void what_one_debtor_tells(void **state) {
    (void)state;
    static const uint8_t held[FIGURES] = {0, 1, 0, 0};
    static const double start[FIGURES] = {0.0, 0.1, 0.0, 0.0};
    const jk_ppml_options fitting = {.start = start, .held = held};
    const jk_bootstrap_options options = {.draws = DRAWS, .seed = 1};
    double error[FIGURES], quantile[FIGURES];
    history *h = new_history(ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        h->level[i] = i == 17 ? 2 : (uint8_t)(i % 2);
    }
    h->cash[17] = 3.0;
    assert_int_equal(jk_ppml_fit(&h->rows, &design, &fitting, NULL, &h->fit, NULL), JK_OK);
    assert_int_equal(jk_ppml_bootstrap(&h->rows, &design, NULL, 0, &h->fit, &options, NULL, error, quantile, NULL),
                     JK_OK);
    assert_true(isnan(error[1]) && isnan(quantile[1]) && isnan(error[3]) && isnan(quantile[3]));
    assert_true(quantile[0] > 1.5 && quantile[0] < 3.0);
    assert_true(fabs(error[0] / h->fit.std_error[0] - 1.0) < 0.05);
    release(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_debtors_by_hand), cmocka_unit_test(debtors_of_many_levels),
        cmocka_unit_test(many_alike_are_normal), cmocka_unit_test(same_bits_however_it_is_cut),
        cmocka_unit_test(what_one_debtor_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
