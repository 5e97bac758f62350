/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <omp.h>
#include <time.h>

double bench_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_core_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

enum { CHAINS = 12, LANES = 16, ROUNDS = 4000000, REPEATS = 5 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

/* Twelve independent chains keep two four-cycle pipes full. Compiled for the machine at hand (bench/CMakeLists.txt)
 * with contraction on, so that each line is one fused instruction. */
static float multiply_add_chains(long rounds) {
    lanes factor = {0};
    factor += 0.999f;
    const lanes term = factor * 0.001f;
    lanes a = factor, b = a + term, c = b + term, d = c + term, e = d + term, f = e + term, g = f + term, h = g + term,
          i = h + term, j = i + term, k = j + term, l = k + term;
    for (long n = 0; n < rounds; n++) {
        a = a * factor + term;
        b = b * factor + term;
        c = c * factor + term;
        d = d * factor + term;
        e = e * factor + term;
        f = f * factor + term;
        g = g * factor + term;
        h = h * factor + term;
        i = i * factor + term;
        j = j * factor + term;
        k = k * factor + term;
        l = l * factor + term;
    }
    lanes all = ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l));
    return all[0] + all[5];
}

double bench_multiply_add_rate(int threads) {
    double best = 0.0;
    volatile float sink = 0.0f;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = threads > 1 ? bench_seconds() : bench_core_seconds();
#pragma omp parallel num_threads(threads)
        {
            float result = multiply_add_chains(ROUNDS);
#pragma omp critical
            sink = sink + result;
        }
        double rate =
            2.0 * LANES * CHAINS * ROUNDS * threads / ((threads > 1 ? bench_seconds() : bench_core_seconds()) - start);
        best = rate > best ? rate : best;
    }
    return best;
}

double bench_clock_rate(void) {
    double best = 0.0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        unsigned long x = 1;
        const long rounds = 4000000;
        double start = bench_core_seconds();
        for (long n = 0; n < rounds; n++) { /* sixteen additions that wait for each other: a cycle each */
            for (int i = 0; i < 16; i++) {
                x += 3;
                __asm__ volatile("" : "+r"(x));
            }
        }
        double rate = 16.0 * (double)rounds / (bench_core_seconds() - start);
        best = rate > best ? rate : best;
    }
    return best;
}
