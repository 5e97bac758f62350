/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine can do at most, measured in the same run as the rest: multiply-adds in registers, reading a file
 * that is in the page cache, and finding line ends in it. One JSON object a line.
 *
 *     limits FILE [THREADS]
 */
#include <fcntl.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REPEATS = 5, BLOCK = 1 << 20, LANES = 16, CHAINS = 12 };

static double now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec + 1e-9 * (double)moment.tv_nsec;
}

static void say(const char *name, int threads, double per_second, const char *unit) {
    printf("{\"limit\": \"%s\", \"threads\": %d, \"per_second\": %.4g, \"unit\": \"%s\"}\n", name, threads, per_second,
           unit);
    fflush(stdout);
}

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));

/* CHAINS independent chains of fused multiply-adds, so that the units are always busy. */
static float multiply_add(long rounds) {
    vector chain[CHAINS], factor, term;
    for (int i = 0; i < LANES; i++) {
        factor[i] = 0.999f;
        term[i] = 0.001f;
    }
    for (int c = 0; c < CHAINS; c++) {
        chain[c] = factor + (float)c;
    }
    for (long r = 0; r < rounds; r++) {
#pragma GCC unroll 12
        for (int c = 0; c < CHAINS; c++) {
            chain[c] = chain[c] * factor + term;
        }
    }
    float sum = 0.0f;
    for (int c = 0; c < CHAINS; c++) {
        for (int i = 0; i < LANES; i++) {
            sum += chain[c][i];
        }
    }
    return sum;
}

static void measure_multiply_add(int threads) {
    long rounds = 20000000;
    double best = 1e9;
    volatile float sink = 0.0f;
    for (int r = 0; r < REPEATS; r++) {
        double start = now();
#pragma omp parallel num_threads(threads)
        sink = sink + multiply_add(rounds);
        double seconds = now() - start;
        best = seconds < best ? seconds : best;
    }
    say("32-bit multiply-adds", threads, 2.0 * LANES * CHAINS * (double)rounds * threads / best, "operations");
}

/* Bytes read and written when memory that no cache holds is copied. */
static void measure_copying(int threads) {
    enum { BYTES = 64 << 20 };
    double best = 1e9;
    double start = 0.0;
#pragma omp parallel num_threads(threads)
    {
        unsigned char *from = aligned_alloc(4096, BYTES), *to = aligned_alloc(4096, BYTES);
        memset(from, 1, BYTES);
        memset(to, 2, BYTES);
        for (int r = 0; r < 2 * REPEATS; r++) {
#pragma omp barrier
#pragma omp single
            start = now();
            memcpy(to, from, BYTES);
#pragma omp barrier
#pragma omp single
            {
                double seconds = now() - start;
                best = seconds < best ? seconds : best;
            }
            from[r] ^= to[r];
        }
        free(from);
        free(to);
    }
    say("copying in memory, read and written", threads, 2.0 * BYTES * threads / best, "bytes");
}

static size_t count_lines(const unsigned char *text, size_t length) {
    size_t lines = 0;
    for (size_t i = 0; i < length; i += 128) { /* short runs keep the counts in bytes */
        unsigned char here = 0;
        size_t end = i + 128 < length ? i + 128 : length;
        for (size_t k = i; k < end; k++) {
            here = (unsigned char)(here + (text[k] == '\n'));
        }
        lines += here;
    }
    return lines;
}

static void measure_reading(const char *path, int threads, int lines) {
    int fd = open(path, O_RDONLY);
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) != 0) {
        perror(path);
        exit(1);
    }
    size_t blocks = ((size_t)facts.st_size + BLOCK - 1) / BLOCK;
    double best = 1e9;
    for (int r = 0; r < REPEATS; r++) {
        size_t found = 0;
        double start = now();
#pragma omp parallel num_threads(threads) reduction(+ : found)
        {
            unsigned char *buffer = aligned_alloc(4096, BLOCK);
#pragma omp for schedule(dynamic)
            for (size_t b = 0; b < blocks; b++) {
                ssize_t got = pread(fd, buffer, BLOCK, (off_t)(b * BLOCK));
                if (got > 0) {
                    found += lines ? count_lines(buffer, (size_t)got) : (size_t)got;
                }
            }
            free(buffer);
        }
        double seconds = now() - start;
        best = seconds < best ? seconds : best;
        if (found == 0) {
            fprintf(stderr, "%s: nothing read\n", path);
            exit(1);
        }
    }
    close(fd);
    say(lines ? "finding line ends, page cache" : "pread, page cache", threads, (double)facts.st_size / best, "bytes");
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: limits FILE [THREADS]\n");
        return 2;
    }
    int most = argc > 2 ? atoi(argv[2]) : omp_get_num_procs();
    for (int threads = 1; threads <= most; threads += most > 1 ? most - 1 : 1) {
        measure_multiply_add(threads);
        measure_copying(threads);
        measure_reading(argv[1], threads, 0);
        measure_reading(argv[1], threads, 1);
    }
    return 0;
}
