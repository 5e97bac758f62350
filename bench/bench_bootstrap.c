/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap of a fit: draws over debtors with twelve rows each, processor and wall time by threads. What comes out
 * is compared between them: the same bits.
 *
 *     bench_bootstrap [debtors] [draws]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number/dense.h"
#include "base/number/random.h"
#include "fit/ppml/ppml.h"
#include "fit/ppml/ppml_bootstrap.h"

enum { PERIODS = 12, STEPS = 3, CURVES = 4, TERMS = 17, LEVELS = 4, FIGURES = CURVES * STEPS + TERMS * (LEVELS - 1) };

static void must(int failed, const char *what) {
    if (failed) {
        (void)fprintf(stderr, "bench_bootstrap: %s\n", what);
        exit(1);
    }
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count, size);
    must(memory == NULL, "out of memory");
    return memory;
}

static double seconds(clockid_t clock) {
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* 63 figures: four curves of three steps, and 17 characteristics of four levels. */
static const double months[STEPS] = {0.0, 12.0, 24.0};
static int32_t step[CURVES][STEPS], level[TERMS][LEVELS];
static jk_ppml_curve curves[CURVES];
static jk_ppml_term terms[TERMS];
static const jk_ppml_design design = {FIGURES, CURVES, TERMS, curves, terms};

static void make_design(void) {
    int32_t next = 0;
    for (size_t c = 0; c < CURVES; c++) {
        for (size_t k = 0; k < STEPS; k++) {
            step[c][k] = next++;
        }
        curves[c] = (jk_ppml_curve){STEPS, months, step[c]};
    }
    for (size_t t = 0; t < TERMS; t++) {
        for (size_t l = 0; l < LEVELS; l++) {
            level[t][l] = l == 0 ? JK_PPML_NONE : next++;
        }
        terms[t] = (jk_ppml_term){LEVELS, 0, level[t]};
    }
}

static jk_ppml_rows make_rows(size_t debtors) {
    const size_t rows = debtors * PERIODS;
    double *cash = room(rows, sizeof *cash), *weight = room(rows, sizeof *weight), *start = room(rows, sizeof *start);
    double *length = room(rows, sizeof *length);
    uint16_t *curve = room(rows, sizeof *curve);
    uint8_t *levels = room(rows * TERMS, sizeof *levels);
    uint32_t *begin = room(debtors + 1, sizeof *begin);
    for (size_t d = 0; d < debtors; d++) {
        const jk_random4 own = jk_philox(1, 0, d);
        begin[d + 1] = (uint32_t)((d + 1) * PERIODS);
        for (size_t m = 0; m < PERIODS; m++) {
            const size_t i = d * PERIODS + m;
            const jk_random4 four = jk_philox(1, 1, i);
            weight[i] = 100.0 + own.word[0] % 5000;
            start[i] = (double)(own.word[1] % 24 + m);
            length[i] = 1.0;
            curve[i] = (uint16_t)(own.word[2] % CURVES);
            cash[i] = four.word[0] % 50 == 0 ? weight[i] * (double)(four.word[1] % 100) / 100.0 : 0.0;
            for (size_t t = 0; t < TERMS; t++) {
                levels[i * TERMS + t] = (uint8_t)((own.word[3] >> t ^ own.word[1] >> 2 * t) % LEVELS);
            }
        }
    }
    return (jk_ppml_rows){.rows = rows,
                          .cash = cash,
                          .weight = weight,
                          .start = start,
                          .months = length,
                          .curve = curve,
                          .level = levels,
                          .clusters = debtors,
                          .cluster_begin = begin};
}

int main(int argc, char **argv) {
    const size_t debtors = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 200000;
    jk_bootstrap_options options = {.draws = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 1000, .seed = 1};
    double error[FIGURES], quantile[FIGURES], first[FIGURES];
    jk_error failure = {0};
    jk_ppml fit;
    make_design();
    const jk_ppml_rows rows = make_rows(debtors);
    must(jk_ppml_fit(&rows, &design, NULL, NULL, &fit, &failure) != JK_OK, failure.message);
    printf("%zu draws, %zu debtors of %d rows, %zu figures%s\n\n", options.draws, debtors, (int)PERIODS, fit.estimated,
           jk_dense_blas() != NULL ? "" : "; OpenBLAS is not here: our own kernel in its place");
    printf("| threads | debtors at once | processor time, s | wall time, s |\n|---|---|---|---|\n");
    for (int k = 0; k < 4; k++) {
        const jk_run run = {.threads = 1 + k % 2};
        options.block = k < 2 ? JK_BOOTSTRAP_BLOCK : 1024; /* more: OpenBLAS, where it is installed */
        const double processor = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
        must(jk_ppml_bootstrap(&rows, &design, NULL, 0, &fit, &options, &run, error, quantile, &failure) != JK_OK,
             failure.message);
        printf("| %d | %zu, %s | %.2f | %.2f |\n", run.threads, options.block,
               jk_dense_kernel_for(options.block, jk_isa_usual()) == jk_dense_blas() ? "OpenBLAS" : "our own kernel",
               seconds(CLOCK_PROCESS_CPUTIME_ID) - processor, seconds(CLOCK_MONOTONIC) - wall);
        if (k == 0) {
            memcpy(first, quantile, sizeof first);
        }
        must(memcmp(first, quantile, sizeof first) != 0, "the results differ");
    }
    return 0;
}
