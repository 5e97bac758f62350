/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of lanes.h for any machine: 4 lanes of the compilers' generic vectors. fmaf is exact by the C
 * standard, in hardware (arm64) or in software, so the bits are those of the other instruction sets. */
#ifndef JK_BASE_LANES_BASE_H
#define JK_BASE_LANES_BASE_H

enum { JK_LANES = 4 };
typedef float jk_vec __attribute__((vector_size(16)));
typedef int32_t jk_mask __attribute__((vector_size(16))); /* -1 or 0 */
typedef int32_t jk_index __attribute__((vector_size(16)));
typedef int32_t jk_codes __attribute__((vector_size(16)));

JK_INLINE jk_vec jk_load(const float *from) {
    jk_vec a;
    memcpy(&a, from, sizeof a);
    return a;
}
JK_INLINE void jk_store(float *to, jk_vec a) {
    memcpy(to, &a, sizeof a);
}
JK_INLINE jk_vec jk_set(float value) {
    return (jk_vec){value, value, value, value};
}

#if defined(__wasm_simd128__)
#include "base/lanes/lanes_wasm.h"
#else
JK_INLINE bool jk_any(jk_mask mask) {
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
}

JK_INLINE jk_vec jk_fma(jk_vec a, jk_vec b, jk_vec c) {
    return (jk_vec){__builtin_fmaf(a[0], b[0], c[0]), __builtin_fmaf(a[1], b[1], c[1]),
                    __builtin_fmaf(a[2], b[2], c[2]), __builtin_fmaf(a[3], b[3], c[3])};
}
#endif
JK_INLINE jk_vec jk_fms(jk_vec a, jk_vec b, jk_vec c) {
    return jk_fma(a, b, -c);
}
JK_INLINE jk_vec jk_fnma(jk_vec a, jk_vec b, jk_vec c) {
    return jk_fma(-a, b, c);
}

JK_INLINE jk_vec jk_sqrt(jk_vec a) {
    return (jk_vec){__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])};
}
JK_INLINE jk_vec jk_abs(jk_vec a) {
    return (jk_vec)((jk_mask)a & 0x7fffffff);
}

JK_INLINE jk_mask jk_gt(jk_vec a, jk_vec b) {
    return a > b;
}
JK_INLINE jk_mask jk_ge(jk_vec a, jk_vec b) {
    return a >= b;
}
JK_INLINE jk_mask jk_both(jk_mask a, jk_mask b) {
    return a & b;
}
JK_INLINE jk_mask jk_either(jk_mask a, jk_mask b) {
    return a | b;
}
JK_INLINE jk_mask jk_gt_and(jk_mask also, jk_vec a, jk_vec b) {
    return also & (a > b);
}
JK_INLINE jk_vec jk_select(jk_mask mask, jk_vec yes, jk_vec no) {
    return (jk_vec)((mask & (jk_mask)yes) | (~mask & (jk_mask)no));
}
JK_INLINE jk_vec jk_keep(jk_mask mask, jk_vec a) {
    return (jk_vec)(mask & (jk_mask)a);
}
JK_INLINE jk_vec jk_min(jk_vec a, jk_vec b) {
    return jk_select(a < b, a, b);
}
JK_INLINE jk_vec jk_max(jk_vec a, jk_vec b) {
    return jk_select(a > b, a, b);
}

JK_INLINE jk_index jk_index_load(const int32_t *from) {
    jk_index a;
    memcpy(&a, from, sizeof a);
    return a;
}
JK_INLINE jk_index jk_index_load_bytes(const uint8_t *from) {
    return (jk_index){from[0], from[1], from[2], from[3]};
}
JK_INLINE jk_index jk_index_add(jk_index a, int32_t b) {
    return a + (jk_index){b, b, b, b};
}
JK_INLINE jk_index jk_index_min(jk_index a, int32_t b) {
    jk_index limit = {b, b, b, b};
    jk_mask less = a < limit;
    return (less & a) | (~less & limit);
}
JK_INLINE jk_mask jk_index_equal(jk_index a, int32_t b) {
    return a == (jk_index){b, b, b, b};
}
JK_INLINE jk_mask jk_index_test(jk_index a, int32_t bits) {
    return (a & (jk_index){bits, bits, bits, bits}) != 0;
}

JK_INLINE jk_index jk_index_set(int32_t value) {
    return (jk_index){value, value, value, value};
}
JK_INLINE void jk_index_store(int32_t *to, jk_index a) {
    memcpy(to, &a, sizeof a);
}
JK_INLINE jk_index jk_index_and_where(jk_mask mask, jk_index a, int32_t bits) {
    return a & (~mask | jk_index_set(bits));
}
JK_INLINE jk_index jk_index_and_unless(jk_mask mask, jk_index a, int32_t bits) {
    return a & (mask | jk_index_set(bits));
}
JK_INLINE jk_index jk_index_lowest_bit(jk_index a) {
    for (int i = 0; i < JK_LANES; i++) {
        a[i] = a[i] != 0 ? __builtin_ctz((uint32_t)a[i]) : -1;
    }
    return a;
}

JK_INLINE jk_vec jk_gather(const float *from, jk_index index) {
    return (jk_vec){from[index[0]], from[index[1]], from[index[2]], from[index[3]]};
}
JK_INLINE jk_vec jk_lookup(const float *table, jk_index index) {
    return jk_gather(table, index);
}
JK_INLINE jk_vec jk_window(const float *from, jk_index index) {
    return jk_gather(from, index);
}

JK_INLINE jk_codes jk_codes_set(int code) {
    return (jk_codes){code, code, code, code};
}
JK_INLINE jk_codes jk_codes_select(jk_mask mask, int yes, jk_codes no) {
    return (mask & jk_codes_set(yes)) | (~mask & no);
}
JK_INLINE void jk_codes_store(uint8_t *to, jk_codes codes) {
    for (int i = 0; i < JK_LANES; i++) {
        to[i] = (uint8_t)codes[i];
    }
}

JK_INLINE jk_vec jk_power_of_two(jk_vec n) {
    jk_index bits = {(int32_t)n[0] + 127, (int32_t)n[1] + 127, (int32_t)n[2] + 127, (int32_t)n[3] + 127};
    return (jk_vec)(bits << 23);
}

JK_INLINE void jk_add_rounded(int64_t sums[8], jk_vec a) {
    for (int i = 0; i < JK_LANES; i++) {
        double whole = (double)a[i];
        if (__builtin_fabs(whole) < 0x1p50) {
            whole = (whole + JK_ROUND_DOUBLE) - JK_ROUND_DOUBLE;
        }
        sums[i] += (int64_t)whole;
    }
}

JK_INLINE void jk_add_rounded_small(int64_t sums[8], jk_vec a) {
    for (int i = 0; i < JK_LANES; i++) {
        sums[i] += (int64_t)(((double)a[i] + JK_ROUND_DOUBLE) - JK_ROUND_DOUBLE);
    }
}

#endif
