/* SPDX-License-Identifier: Apache-2.0 */
/* The fused multiply-add of WebAssembly, which has none that is sure to round once. A product of two 32-bit floats
 * is exact in 64 bits, and so is the rounding of product + c to 32 bits by way of 64, but where the 64-bit sum lies
 * midway between two 32-bit floats: there it is first rounded to odd (Boldo and Melquiond, 2008, "Emulation of a FMA
 * and correctly rounded sums"), after which the second rounding is as if it were the only one. Of results below the
 * normal 32-bit floats, 1e-38, the last bit may differ. */
#include "base/lanes/lanes.h"

typedef float jk_two __attribute__((vector_size(8)));
typedef double jk_half __attribute__((vector_size(16))); /* two lanes in 64 bits */

/* product + c, rounded to odd: the error of the 64-bit sum is exact (Knuth's two-sum). */
static __attribute__((noinline, cold)) float jk_sum_by_odd(double product, double c) {
    double sum = product + c, back = sum - product;
    double error = (product - (sum - back)) + (c - back);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (error != 0.0 && (bits & 1) == 0) {
        bits += (error > 0.0) == (sum > 0.0) ? 1 : UINT64_MAX;
        memcpy(&sum, &bits, sizeof sum);
    }
    return (float)sum;
}

static __attribute__((noinline, cold)) jk_vec jk_fma_by_odd(jk_vec a, jk_vec b, jk_vec c) {
    return (jk_vec){jk_sum_by_odd((double)a[0] * (double)b[0], (double)c[0]),
                    jk_sum_by_odd((double)a[1] * (double)b[1], (double)c[1]),
                    jk_sum_by_odd((double)a[2] * (double)b[2], (double)c[2]),
                    jk_sum_by_odd((double)a[3] * (double)b[3], (double)c[3])};
}

JK_INLINE jk_half jk_widen_low(jk_vec a) {
    return __builtin_convertvector((jk_two)__builtin_shufflevector(a, a, 0, 1), jk_half);
}
JK_INLINE jk_half jk_widen_high(jk_vec a) {
    return __builtin_convertvector((jk_two)__builtin_shufflevector(a, a, 2, 3), jk_half);
}

__attribute__((export_name("rounded_once"))) jk_vec jk_fma(jk_vec a, jk_vec b, jk_vec c) {
    jk_half low = jk_widen_low(a) * jk_widen_low(b) + jk_widen_low(c);
    jk_half high = jk_widen_high(a) * jk_widen_high(b) + jk_widen_high(c);
    jk_mask tails = __builtin_shufflevector((jk_mask)low, (jk_mask)high, 0, 2, 4, 6);
    if (__builtin_expect(jk_any((tails & 0x1fffffff) == 0x10000000), 0)) {
        return jk_fma_by_odd(a, b, c);
    }
    jk_two first = __builtin_convertvector(low, jk_two), second = __builtin_convertvector(high, jk_two);
    return __builtin_shufflevector(first, second, 0, 1, 2, 3);
}
