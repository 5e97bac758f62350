/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of lanes.h for x86-64-v3: 8 lanes of AVX2 with fused multiply-adds. */
#ifndef JK_BASE_LANES_V3_H
#define JK_BASE_LANES_V3_H

#include <immintrin.h>

enum { JK_LANES = 8 };
typedef __m256 jk_vec;
typedef __m256 jk_mask; /* all bits of a lane set, or none */
typedef __m256i jk_index;
typedef __m256i jk_codes; /* 32 bits a lane until stored */

JK_INLINE jk_vec jk_load(const float *from) {
    return _mm256_load_ps(from);
}
JK_INLINE void jk_store(float *to, jk_vec a) {
    _mm256_store_ps(to, a);
}
JK_INLINE jk_vec jk_set(float value) {
    return _mm256_set1_ps(value);
}

JK_INLINE jk_vec jk_fma(jk_vec a, jk_vec b, jk_vec c) {
    return _mm256_fmadd_ps(a, b, c);
}
JK_INLINE jk_vec jk_fms(jk_vec a, jk_vec b, jk_vec c) {
    return _mm256_fmsub_ps(a, b, c);
}
JK_INLINE jk_vec jk_fnma(jk_vec a, jk_vec b, jk_vec c) {
    return _mm256_fnmadd_ps(a, b, c);
}
JK_INLINE jk_vec jk_sqrt(jk_vec a) {
    return _mm256_sqrt_ps(a);
}
JK_INLINE jk_vec jk_abs(jk_vec a) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}
JK_INLINE jk_vec jk_min(jk_vec a, jk_vec b) {
    return _mm256_min_ps(a, b);
}
JK_INLINE jk_vec jk_max(jk_vec a, jk_vec b) {
    return _mm256_max_ps(a, b);
}

JK_INLINE jk_mask jk_gt(jk_vec a, jk_vec b) {
    return _mm256_cmp_ps(a, b, _CMP_GT_OQ);
}
JK_INLINE jk_mask jk_ge(jk_vec a, jk_vec b) {
    return _mm256_cmp_ps(a, b, _CMP_GE_OQ);
}
JK_INLINE jk_mask jk_both(jk_mask a, jk_mask b) {
    return _mm256_and_ps(a, b);
}
JK_INLINE jk_mask jk_either(jk_mask a, jk_mask b) {
    return _mm256_or_ps(a, b);
}
JK_INLINE jk_mask jk_gt_and(jk_mask also, jk_vec a, jk_vec b) {
    return _mm256_and_ps(also, jk_gt(a, b));
}
JK_INLINE bool jk_any(jk_mask mask) {
    return _mm256_movemask_ps(mask) != 0;
}
JK_INLINE jk_vec jk_select(jk_mask mask, jk_vec yes, jk_vec no) {
    return _mm256_blendv_ps(no, yes, mask);
}
JK_INLINE jk_vec jk_keep(jk_mask mask, jk_vec a) {
    return _mm256_and_ps(mask, a);
}

JK_INLINE jk_index jk_index_load(const int32_t *from) {
    return _mm256_load_si256((const __m256i *)(const void *)from);
}
JK_INLINE jk_index jk_index_load_bytes(const uint8_t *from) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)from));
}
JK_INLINE jk_index jk_index_add(jk_index a, int32_t b) {
    return _mm256_add_epi32(a, _mm256_set1_epi32(b));
}
JK_INLINE jk_index jk_index_min(jk_index a, int32_t b) {
    return _mm256_min_epi32(a, _mm256_set1_epi32(b));
}
JK_INLINE jk_mask jk_index_equal(jk_index a, int32_t b) {
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, _mm256_set1_epi32(b)));
}
JK_INLINE jk_mask jk_index_test(jk_index a, int32_t bits) {
    __m256i none = _mm256_cmpeq_epi32(_mm256_and_si256(a, _mm256_set1_epi32(bits)), _mm256_setzero_si256());
    return _mm256_castsi256_ps(_mm256_xor_si256(none, _mm256_set1_epi32(-1)));
}

JK_INLINE jk_index jk_index_set(int32_t value) {
    return _mm256_set1_epi32(value);
}
JK_INLINE void jk_index_store(int32_t *to, jk_index a) {
    _mm256_store_si256((__m256i *)(void *)to, a);
}
JK_INLINE jk_index jk_index_and_where(jk_mask mask, jk_index a, int32_t bits) {
    return _mm256_andnot_si256(_mm256_and_si256(_mm256_castps_si256(mask), _mm256_set1_epi32(~bits)), a);
}
JK_INLINE jk_index jk_index_and_unless(jk_mask mask, jk_index a, int32_t bits) {
    return _mm256_and_si256(_mm256_or_si256(_mm256_castps_si256(mask), _mm256_set1_epi32(bits)), a);
}
/* A power of two as a float has its exponent; the highest bit counts as -2^31, and 0 has none. */
JK_INLINE jk_index jk_index_lowest_bit(jk_index a) {
    __m256i lowest = _mm256_and_si256(a, _mm256_sub_epi32(_mm256_setzero_si256(), a));
    __m256i bits = _mm256_castps_si256(_mm256_cvtepi32_ps(lowest));
    __m256i exponent = _mm256_and_si256(_mm256_srli_epi32(bits, 23), _mm256_set1_epi32(255));
    return _mm256_sub_epi32(exponent, _mm256_set1_epi32(127));
}

JK_INLINE jk_vec jk_lookup(const float *table, jk_index index) {
    return _mm256_permutevar8x32_ps(_mm256_load_ps(table), index);
}
JK_INLINE jk_vec jk_window(const float *from, jk_index index) {
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(from), index);
}
JK_INLINE jk_vec jk_gather(const float *from, jk_index index) {
    return _mm256_i32gather_ps(from, index, 4);
}

JK_INLINE jk_codes jk_codes_set(int code) {
    return _mm256_set1_epi32(code);
}
JK_INLINE jk_codes jk_codes_select(jk_mask mask, int yes, jk_codes no) {
    return _mm256_castps_si256(
        _mm256_blendv_ps(_mm256_castsi256_ps(no), _mm256_castsi256_ps(_mm256_set1_epi32(yes)), mask));
}
JK_INLINE void jk_codes_store(uint8_t *to, jk_codes codes) {
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
    _mm_storel_epi64((__m128i *)(void *)to, _mm_packus_epi16(words, words));
}

JK_INLINE jk_vec jk_power_of_two(jk_vec n) {
    __m256i bits = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_castsi256_ps(bits);
}

/* There is no conversion from float to 64-bit integers here: below 2^51 the integer is read from the low bits of a
 * double after rounding by addition; the rare lanes above (already whole numbers) go one by one. */
JK_INLINE void jk_add_rounded(int64_t sums[8], jk_vec a) {
    __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
    __m256i *to = (__m256i *)(void *)sums;
    if (__builtin_expect(jk_any(jk_ge(size, _mm256_set1_ps(0x1p50f))), 0)) {
        float lanes[8];
        _mm256_storeu_ps(lanes, a);
        for (int i = 0; i < 8; i++) {
            double rounded = __builtin_fabsf(lanes[i]) < 0x1p50f
                                 ? ((double)lanes[i] + JK_ROUND_DOUBLE) - JK_ROUND_DOUBLE
                                 : (double)lanes[i];
            sums[i] += (int64_t)rounded;
        }
        return;
    }
    const __m256d magic = _mm256_set1_pd(JK_ROUND_DOUBLE);
    const __m256i twice = _mm256_set1_epi64x((int64_t)(2u * 0x4338000000000000ull)); /* bits of two magics */
    __m256i low = _mm256_castpd_si256(_mm256_add_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(a)), magic));
    __m256i high = _mm256_castpd_si256(_mm256_add_pd(_mm256_cvtps_pd(_mm256_extractf128_ps(a, 1)), magic));
    __m256i both = _mm256_sub_epi64(_mm256_add_epi64(low, high), twice);
    _mm256_store_si256(to, _mm256_add_epi64(_mm256_load_si256(to), both));
}

JK_INLINE void jk_add_rounded_small(int64_t sums[8], jk_vec a) {
    __m256i whole = _mm256_cvtps_epi32(a);
    __m256i low = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(whole));
    __m256i high = _mm256_cvtepi32_epi64(_mm256_extracti128_si256(whole, 1));
    __m256i *to = (__m256i *)(void *)sums;
    _mm256_store_si256(to, _mm256_add_epi64(_mm256_load_si256(to), _mm256_add_epi64(low, high)));
}

#endif
