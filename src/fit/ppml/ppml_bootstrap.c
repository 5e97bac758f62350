/* SPDX-License-Identifier: Apache-2.0 */
/* Wild cluster bootstrap of scores (Kline, Santos, "A score based approach to wild bootstrap inference", Journal of
 * Econometric Methods 1 (2012), 23-41), with the scores that leave each cluster out (MacKinnon, Nielsen, Webb, "Fast
 * and reliable jackknife and bootstrap methods for cluster-robust inference", Journal of Applied Econometrics 38
 * (2023), 671-694). With z_g what cluster g moves a figure by (ppml_influence.c), each of D draws weighs clusters by
 * w_g = 0, 1, 2, …, with mean 1, and
 *
 *     error     d  = sum over g of (w_g - 1) z_g
 *     variance  v  = sum of w_g (z_g - m)^2 = sum w_g z_g^2 - (sum w_g z_g)^2 / sum w_g,     m = sum w_g z_g / sum w_g
 *     t            = d / sqrt(v)
 *
 * The interval is estimate -+ q · error, with q the ceil(0.95 (D + 1))-th smallest |t|, and the jackknife's
 * error^2 = (G - 1) / G · sum z_g^2. Weights are those of a Poisson distribution, rounded to 256ths so that mean and
 * variance are exactly 1 (the third moment of w - 1 is 0.98): the weights +-1 that are usual are symmetric, and do not
 * know that the large payments of a cell may not have happened yet (docs/fit.md has what either covers).
 *
 * The sums over clusters are products of matrices, w (draws by clusters) with z and z^2 (clusters by figures), in tiles
 * of 256 draws (base/number/dense.h). Every z is rounded to a whole number of its figure's unit, a power of two, so
 * that the sum of their absolute values is below 2^50 units, likewise every z^2; as no weight is above 5, all partial
 * sums are whole numbers below 2^53, and exact. So neither kernel nor threads nor blocks nor their order change a bit.
 */
#include "fit/ppml/ppml_bootstrap.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/dense.h"
#include "base/number/random.h"
#include "base/number/sort.h"
#include "base/team/parallel.h"
#include "fit/ppml/cholesky.h"
#include "fit/ppml/ppml_influence.h"
#include "fit/ppml/ppml_pass.h"

enum {
    TILE = JK_DENSE_ROWS,
    WORDS = 16, /* weights of a random number of 128 bits, 8 bits each */
    STREAM_BOOTSTRAP = 0x500,
    BITS = 49,
    SHARES = 6 /* weights 0 to 5 */
};
static const int shares[SHARES] = {94, 95, 46, 16, 4, 1}; /* of 256: mean and variance are 1 */
#define QUANTILE  0.95
#define SMALLEST  1e-200 /* sums below this tell nothing */
#define NO_SPREAD 1e-9   /* of the sum of squares: all that was drawn is one cluster */

typedef struct bootstrap {
    const jk_ppml_work *work;
    const jk_bootstrap_options *options;
    size_t n, tiles, outputs, block;
    double *influence;     /* [clusters][n] z */
    const uint8_t *used;   /* [clusters] has rows in the estimation */
    double *scale;         /* [2 n] units per z, and per z^2; 0: the figure has none */
    double weight_of[256]; /* of a byte */
    struct hand *hand;     /* [threads] */
    int threads;
    const jk_dense_kernel *kernel;
} bootstrap;

/* What one thread works with and adds up. */
typedef struct hand {
    double *weights; /* [outputs][block] z, z^2 and 1 of the block's clusters, whole numbers */
    double *draws;   /* [block][TILE] w */
    double *product; /* [outputs][TILE] */
    double *sums;    /* [tiles][outputs][TILE] */
    double *total;   /* [outputs] with all weights 1 */
} hand;

/* ---- setting up ---------------------------------------------------------------------------------------------------
 */

static void bootstrap_reset(bootstrap *self) {
    for (int t = 0; self->hand != NULL && t < self->threads; t++) {
        free(self->hand[t].weights);
        free(self->hand[t].draws);
        free(self->hand[t].product);
        free(self->hand[t].sums);
        free(self->hand[t].total);
    }
    free(self->hand);
    free(self->influence);
    free(self->scale);
}

static jk_status bootstrap_init(bootstrap *self, jk_error *error) {
    const size_t n = self->n, clusters = self->work->rows->clusters;
    self->tiles = (self->options->draws + TILE - 1) / TILE;
    self->outputs = 2 * n + 1;
    self->block = self->options->block > 0 ? self->options->block : JK_BOOTSTRAP_BLOCK;
    self->threads = jk_threads(self->work->run);
    self->kernel = jk_dense_kernel_for(clusters < self->block ? clusters : self->block, jk_isa_usual());
    self->influence = jk_columns_alloc(clusters * n, sizeof *self->influence);
    self->scale = jk_columns_zero(2 * n, sizeof *self->scale);
    self->hand = calloc((size_t)self->threads, sizeof *self->hand);
    bool held = self->influence != NULL && self->scale != NULL && self->hand != NULL;
    for (int t = 0; held && t < self->threads; t++) {
        hand *one = &self->hand[t];
        one->weights = jk_columns_alloc(self->outputs * self->block, sizeof(double));
        one->draws = jk_columns_alloc(self->block * TILE, sizeof(double));
        one->product = jk_columns_alloc(self->outputs * TILE, sizeof(double));
        one->sums = jk_columns_zero(self->tiles * self->outputs * TILE, sizeof(double));
        one->total = jk_columns_zero(self->outputs, sizeof(double));
        held = one->weights != NULL && one->draws != NULL && one->product != NULL && one->sums != NULL &&
               one->total != NULL;
    }
    for (int w = 0, byte = 0; w < SHARES; w++) {
        for (int i = 0; i < shares[w]; i++) {
            self->weight_of[byte++] = w;
        }
    }
    return jk_held(held, error, "the bootstrap");
}

/* Units of a figure of which absolute values add up to `sum`: below 2^BITS of them, and rounding adds half of one each.
 */
static double units_per(double sum) {
    int exponent = 0;
    if (!(sum > SMALLEST) || !isfinite(sum)) {
        return 0.0;
    }
    (void)frexp(sum, &exponent);
    return ldexp(1.0, BITS - exponent);
}

/* ---- draws --------------------------------------------------------------------------------------------------------
 */

/* Whole numbers of the clusters from `first` on, and their sums. */
static void fill_weights(const bootstrap *self, hand *one, size_t first, size_t count) {
    const size_t n = self->n;
    for (size_t i = 0; i < count; i++) {
        const double *z = self->influence + (first + i) * n;
        for (size_t p = 0; p < n; p++) {
            const double whole = nearbyint(z[p] * self->scale[p]);
            const double square = nearbyint(z[p] * z[p] * self->scale[n + p]);
            one->weights[p * count + i] = whole;
            one->weights[(n + p) * count + i] = square;
            one->total[p] += whole;
            one->total[n + p] += square;
        }
        one->weights[2 * n * count + i] = self->used[first + i];
        one->total[2 * n] += self->used[first + i];
    }
}

/* Weights of clusters in the draws of a tile: for a cluster and a draw always the same. */
static void fill_draws(const bootstrap *self, double *draws, size_t first, size_t count, size_t tile) {
    for (size_t i = 0; i < count; i++) {
        double *to = draws + i * TILE;
        for (size_t call = 0; call < TILE / WORDS; call++) {
            const uint64_t stream = STREAM_BOOTSTRAP + tile * (TILE / WORDS) + call;
            const jk_random4 four = jk_philox(self->options->seed, stream, first + i);
            for (size_t w = 0; w < 4; w++) {
                for (size_t byte = 0; byte < 4; byte++) {
                    *to++ = self->weight_of[four.word[w] >> 8 * byte & 255];
                }
            }
        }
    }
}

static jk_status run_block(void *context, int thread, size_t number, jk_error *error) {
    (void)error;
    const bootstrap *self = context;
    hand *one = &self->hand[thread];
    const size_t clusters = self->work->rows->clusters, first = number * self->block;
    const size_t count = clusters - first < self->block ? clusters - first : self->block;
    fill_weights(self, one, first, count);
    for (size_t tile = 0; tile < self->tiles; tile++) {
        double *sums = one->sums + tile * self->outputs * TILE;
        fill_draws(self, one->draws, first, count, tile);
        self->kernel->product(one->draws, count, one->weights, self->outputs, one->product);
        for (size_t k = 0; k < self->outputs * TILE; k++) {
            sums[k] += one->product[k];
        }
    }
    return JK_OK;
}

/* ---- what they say ------------------------------------------------------------------------------------------------
 */

/* |t| of every draw, then their quantile. */
static double quantile_of(const bootstrap *self, size_t p, double *size) {
    const size_t n = self->n, draws = self->options->draws;
    const double unit = 1.0 / self->scale[p], square = 1.0 / self->scale[n + p];
    for (size_t d = 0; d < draws; d++) {
        const double *sums = self->hand[0].sums + d / TILE * self->outputs * TILE + d % TILE;
        const double sum = sums[p * TILE] * unit, clusters = sums[2 * n * TILE];
        const double moved = (sums[p * TILE] - self->hand[0].total[p]) * unit;
        const double squares = sums[(n + p) * TILE] * square;
        const double variance = clusters > 0.0 ? squares - sum * sum / clusters : 0.0;
        size[d] = variance > NO_SPREAD * squares ? fabs(moved) / sqrt(variance) : moved != 0.0 ? (double)INFINITY : 0.0;
    }
    jk_sort(size, draws, sizeof *size, jk_compare_reals);
    const size_t place = (size_t)ceil(QUANTILE * (double)(draws + 1));
    const double found = size[(place < draws ? place : draws) - 1];
    return isfinite(found) ? found : (double)NAN;
}

static jk_status make_quantiles(bootstrap *self, double *std_error, double *quantile, jk_error *error) {
    const size_t n = self->n;
    hand *all = &self->hand[0];
    for (int t = 1; t < self->threads; t++) { /* whole numbers: in any order */
        for (size_t k = 0; k < self->tiles * self->outputs * TILE; k++) {
            all->sums[k] += self->hand[t].sums[k];
        }
        for (size_t k = 0; k < self->outputs; k++) {
            all->total[k] += self->hand[t].total[k];
        }
    }
    double *size = jk_columns_alloc(self->options->draws, sizeof *size);
    if (size == NULL) {
        return jk_fail_memory(error, "the bootstrap");
    }
    const double clusters = all->total[2 * n];
    for (size_t p = 0; p < self->work->design->parameters; p++) {
        const int32_t slot = self->work->slot[p];
        if (slot >= 0 && self->scale[slot] > 0.0 && self->scale[n + (size_t)slot] > 0.0) {
            const double square = all->total[n + (size_t)slot] / self->scale[n + (size_t)slot];
            std_error[p] = sqrt(square * (clusters - 1.0) / clusters);
            quantile[p] = quantile_of(self, (size_t)slot, size);
        }
    }
    free(size);
    return JK_OK;
}

/* ---- together -----------------------------------------------------------------------------------------------------
 */

/* The inverse of the information at the estimates, penalties included. */
static jk_status invert_information(jk_ppml_work *work, double **inverse, jk_error *error) {
    const size_t n = work->unknowns;
    jk_status status = JK_OK;
    jk_ppml_sums sums = {.gradient = jk_columns_zero(n, sizeof(double)),
                         .information = jk_columns_zero(n * n, sizeof(double))};
    uint8_t *dropped = jk_columns_zero(n, sizeof *dropped);
    *inverse = jk_columns_zero(n * n, sizeof **inverse);
    JK_TRY_CLEANUP(jk_held(sums.gradient != NULL && sums.information != NULL && dropped != NULL && *inverse != NULL,
                           error, "the bootstrap"));
    JK_TRY_CLEANUP(jk_ppml_score(work, &sums, error));
    (void)jk_cholesky_factor(sums.information, n, JK_PPML_TOLERANCE, dropped);
    jk_cholesky_inverse(sums.information, n, dropped, *inverse);
cleanup:
    free(sums.gradient);
    free(sums.information);
    free(dropped);
    return status;
}

/* Clusters with rows in the estimation. */
static void find_used(const jk_ppml_work *work, uint8_t *used) {
    const jk_ppml_rows *rows = work->rows;
    for (size_t c = 0; c < rows->clusters; c++) {
        for (size_t i = rows->cluster_begin[c]; !used[c] && i < rows->cluster_begin[c + 1]; i++) {
            used[c] = work->skip[i] == 0;
        }
    }
}

static jk_status draw(jk_ppml_work *work, const jk_bootstrap_options *options, double *std_error, double *quantile,
                      jk_error *error) {
    bootstrap self = {.work = work, .options = options, .n = work->unknowns};
    double *inverse = NULL;
    uint8_t *used = jk_columns_zero(work->rows->clusters, sizeof *used);
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(bootstrap_init(&self, error));
    JK_TRY_CLEANUP(jk_held(used != NULL, error, "the bootstrap"));
    find_used(work, used);
    self.used = used;
    JK_TRY_CLEANUP(invert_information(work, &inverse, error));
    JK_TRY_CLEANUP(jk_ppml_influence(work, inverse, self.influence, self.scale, self.scale + self.n, error));
    for (size_t k = 0; k < 2 * self.n; k++) {
        self.scale[k] = units_per(self.scale[k]);
    }
    const size_t clusters = work->rows->clusters, blocks = (clusters + self.block - 1) / self.block;
    JK_TRY_CLEANUP(jk_parallel_for(work->run, blocks, "bootstrap", self.block, run_block, &self, error));
    JK_TRY_CLEANUP(make_quantiles(&self, std_error, quantile, error));
cleanup:
    free(inverse);
    free(used);
    bootstrap_reset(&self);
    return status;
}

jk_status jk_ppml_bootstrap(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_link *links,
                            size_t link_count, const jk_ppml *fit, const jk_bootstrap_options *options,
                            const jk_run *run, double *std_error, double *quantile, jk_error *error) {
    jk_ppml_work work = {.rows = rows, .design = design, .run = run, .link_count = link_count, .links = links};
    jk_status status = JK_OK;
    for (size_t p = 0; p < design->parameters; p++) {
        std_error[p] = quantile[p] = (double)NAN;
    }
    JK_TRY_CLEANUP(jk_ppml_work_init(&work, NULL, fit->estimate, fit->state, error));
    memcpy(work.skip, fit->left, rows->rows * sizeof *work.skip);
    jk_ppml_factors(&work);
    jk_ppml_number(&work);
    if (work.unknowns > 0 && fit->clusters_used > 1) {
        JK_TRY_CLEANUP(draw(&work, options, std_error, quantile, error));
    }
cleanup:
    jk_ppml_work_reset(&work);
    return status;
}
