/* SPDX-License-Identifier: Apache-2.0 */
/* The product of a tile, 4 outputs by 32 rows at a time (8 with AVX2, 4 without either), whose sums stay in registers.
 * Sums on a grid are exact, so a fused operation here rounds as two do. */
#include <stddef.h>
#include <string.h>

#include "base/lanes/isa_name.h"
#include "base/number/dense.h"

#if defined(JK_LANES_V4)
#include <immintrin.h>
enum { LANES = 8 };
typedef __m512d vec;
static inline vec load(const double *from) {
    return _mm512_loadu_pd(from);
}
static inline void store(double *to, vec a) {
    _mm512_storeu_pd(to, a);
}
static inline vec add_product(double a, vec b, vec c) {
    return _mm512_fmadd_pd(_mm512_set1_pd(a), b, c);
}
static inline vec zero(void) {
    return _mm512_setzero_pd();
}
#elif defined(JK_LANES_V3)
#include <immintrin.h>
enum { LANES = 4 };
typedef __m256d vec;
static inline vec load(const double *from) {
    return _mm256_loadu_pd(from);
}
static inline void store(double *to, vec a) {
    _mm256_storeu_pd(to, a);
}
static inline vec add_product(double a, vec b, vec c) {
    return _mm256_fmadd_pd(_mm256_set1_pd(a), b, c);
}
static inline vec zero(void) {
    return _mm256_setzero_pd();
}
#else
enum { LANES = 2 };
typedef double vec __attribute__((vector_size(16)));
static inline vec load(const double *from) {
    vec a;
    memcpy(&a, from, sizeof a);
    return a;
}
static inline void store(double *to, vec a) {
    memcpy(to, &a, sizeof a);
}
static inline vec add_product(double a, vec b, vec c) {
    return a * b + c;
}
static inline vec zero(void) {
    return (vec){0.0, 0.0};
}
#endif

enum { VECS = LANES == 8 ? 4 : 2, OUTPUTS = 4, STEP = VECS * LANES };

/* Rows [0, STEP) of `count` outputs, which the caller writes as a constant. */
static inline __attribute__((always_inline)) void product_step(const double *x, size_t inputs, const double *weights,
                                                               size_t count, double *y) {
    vec sum[OUTPUTS][VECS];
    for (size_t k = 0; k < count; k++) {
        for (size_t v = 0; v < VECS; v++) {
            sum[k][v] = zero();
        }
    }
    for (size_t i = 0; i < inputs; i++) {
        vec row[VECS];
        for (size_t v = 0; v < VECS; v++) {
            row[v] = load(x + i * JK_DENSE_ROWS + v * LANES);
        }
        for (size_t k = 0; k < count; k++) {
            for (size_t v = 0; v < VECS; v++) {
                sum[k][v] = add_product(weights[k * inputs + i], row[v], sum[k][v]);
            }
        }
    }
    for (size_t k = 0; k < count; k++) {
        for (size_t v = 0; v < VECS; v++) {
            store(y + k * JK_DENSE_ROWS + v * LANES, sum[k][v]);
        }
    }
}

static void product(const double *x, size_t inputs, const double *weights, size_t outputs, double *y) {
    for (size_t row = 0; row < JK_DENSE_ROWS; row += STEP) {
        size_t j = 0;
        for (; j + OUTPUTS <= outputs; j += OUTPUTS) {
            product_step(x + row, inputs, weights + j * inputs, OUTPUTS, y + j * JK_DENSE_ROWS + row);
        }
        for (; j < outputs; j++) {
            product_step(x + row, inputs, weights + j * inputs, 1, y + j * JK_DENSE_ROWS + row);
        }
    }
}

extern const jk_dense_kernel JK_ISA_NAME(jk_dense_kernel_);
const jk_dense_kernel JK_ISA_NAME(jk_dense_kernel_) = {.product = product};
