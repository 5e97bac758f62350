/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of lanes.h for x86-64-v4: 16 lanes of AVX-512 with mask registers. */
#ifndef JK_BASE_LANES_V4_H
#define JK_BASE_LANES_V4_H

#include <immintrin.h>

enum { JK_LANES = 16 };
typedef __m512 jk_vec;
typedef __mmask16 jk_mask;
typedef __m512i jk_index;
typedef __m128i jk_codes;

JK_INLINE jk_vec jk_load(const float *from) {
    return _mm512_load_ps(from);
}
JK_INLINE void jk_store(float *to, jk_vec a) {
    _mm512_store_ps(to, a);
}
JK_INLINE jk_vec jk_set(float value) {
    return _mm512_set1_ps(value);
}

/* a * b + c, a * b - c and c - a * b, rounded once. */
JK_INLINE jk_vec jk_fma(jk_vec a, jk_vec b, jk_vec c) {
    return _mm512_fmadd_ps(a, b, c);
}
JK_INLINE jk_vec jk_fms(jk_vec a, jk_vec b, jk_vec c) {
    return _mm512_fmsub_ps(a, b, c);
}
JK_INLINE jk_vec jk_fnma(jk_vec a, jk_vec b, jk_vec c) {
    return _mm512_fnmadd_ps(a, b, c);
}
/* The square root, rounded correctly, and the size. */
JK_INLINE jk_vec jk_sqrt(jk_vec a) {
    return _mm512_sqrt_ps(a);
}
JK_INLINE jk_vec jk_abs(jk_vec a) {
    return _mm512_abs_ps(a);
}
JK_INLINE jk_vec jk_min(jk_vec a, jk_vec b) {
    return _mm512_min_ps(a, b);
}
JK_INLINE jk_vec jk_max(jk_vec a, jk_vec b) {
    return _mm512_max_ps(a, b);
}

JK_INLINE jk_mask jk_gt(jk_vec a, jk_vec b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
JK_INLINE jk_mask jk_ge(jk_vec a, jk_vec b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ);
}
/* also && a > b */
JK_INLINE jk_mask jk_gt_and(jk_mask also, jk_vec a, jk_vec b) {
    return _mm512_mask_cmp_ps_mask(also, a, b, _CMP_GT_OQ);
}
JK_INLINE jk_mask jk_both(jk_mask a, jk_mask b) {
    return a & b;
}
JK_INLINE jk_mask jk_either(jk_mask a, jk_mask b) {
    return a | b;
}
JK_INLINE bool jk_any(jk_mask mask) {
    return mask != 0;
}
JK_INLINE jk_vec jk_select(jk_mask mask, jk_vec yes, jk_vec no) {
    return _mm512_mask_blend_ps(mask, no, yes);
}
/* a where the mask holds, else 0 */
JK_INLINE jk_vec jk_keep(jk_mask mask, jk_vec a) {
    return _mm512_maskz_mov_ps(mask, a);
}

JK_INLINE jk_index jk_index_load(const int32_t *from) {
    return _mm512_load_si512((const void *)from);
}
JK_INLINE jk_index jk_index_load_bytes(const uint8_t *from) {
    return _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(const void *)from));
}
JK_INLINE jk_index jk_index_add(jk_index a, int32_t b) {
    return _mm512_add_epi32(a, _mm512_set1_epi32(b));
}
JK_INLINE jk_index jk_index_min(jk_index a, int32_t b) {
    return _mm512_min_epi32(a, _mm512_set1_epi32(b));
}
JK_INLINE jk_mask jk_index_equal(jk_index a, int32_t b) {
    return _mm512_cmpeq_epi32_mask(a, _mm512_set1_epi32(b));
}
JK_INLINE jk_mask jk_index_test(jk_index a, int32_t bits) {
    return _mm512_test_epi32_mask(a, _mm512_set1_epi32(bits));
}

JK_INLINE jk_index jk_index_set(int32_t value) {
    return _mm512_set1_epi32(value);
}
JK_INLINE void jk_index_store(int32_t *to, jk_index a) {
    _mm512_store_si512((void *)to, a);
}
/* a & bits where the mask holds, or where it does not; else a */
JK_INLINE jk_index jk_index_and_where(jk_mask mask, jk_index a, int32_t bits) {
    return _mm512_mask_and_epi32(a, mask, a, _mm512_set1_epi32(bits));
}
JK_INLINE jk_index jk_index_and_unless(jk_mask mask, jk_index a, int32_t bits) {
    return _mm512_mask_and_epi32(a, (jk_mask)~mask, a, _mm512_set1_epi32(bits));
}
/* The lowest bit that is set, from 0; below 0 where none is. */
JK_INLINE jk_index jk_index_lowest_bit(jk_index a) {
    __m512i lowest = _mm512_and_si512(a, _mm512_sub_epi32(_mm512_setzero_si512(), a));
    return _mm512_sub_epi32(_mm512_set1_epi32(31), _mm512_lzcnt_epi32(lowest));
}

/* table[index] for index 0..7; the table is aligned to 32 bytes. */
JK_INLINE jk_vec jk_lookup(const float *table, jk_index index) {
    return _mm512_permutexvar_ps(index, _mm512_castps256_ps512(_mm256_load_ps(table)));
}
/* from[index] for index 0..JK_LANES-1; JK_LANES floats are read, from any address. */
JK_INLINE jk_vec jk_window(const float *from, jk_index index) {
    return _mm512_permutexvar_ps(index, _mm512_loadu_ps(from));
}
/* from[index] for any index */
JK_INLINE jk_vec jk_gather(const float *from, jk_index index) {
    return _mm512_i32gather_ps(index, from, 4);
}

JK_INLINE jk_codes jk_codes_set(int code) {
    return _mm_set1_epi8((char)code);
}
JK_INLINE jk_codes jk_codes_select(jk_mask mask, int yes, jk_codes no) {
    return _mm_mask_mov_epi8(no, mask, _mm_set1_epi8((char)yes));
}
JK_INLINE void jk_codes_store(uint8_t *to, jk_codes codes) {
    _mm_store_si128((__m128i *)(void *)to, codes);
}

/* 2^n for lanes that hold whole numbers -126..127 */
JK_INLINE jk_vec jk_power_of_two(jk_vec n) {
    __m512i bits = _mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23);
    return _mm512_castsi512_ps(bits);
}

/* Rounds each lane to a whole number (ties to even) and adds the lanes to sums[0..7], in any arrangement. */
JK_INLINE void jk_add_rounded(int64_t sums[8], jk_vec a) {
    __m512i low = _mm512_cvtps_epi64(_mm512_castps512_ps256(a));
    __m512i high = _mm512_cvtps_epi64(_mm512_extractf32x8_ps(a, 1));
    __m512i sum = _mm512_load_si512((const void *)sums);
    _mm512_store_si512((void *)sums, _mm512_add_epi64(sum, _mm512_add_epi64(low, high)));
}

/* The same where every lane is below 2^31 in size. */
JK_INLINE void jk_add_rounded_small(int64_t sums[8], jk_vec a) {
    __m512i whole = _mm512_cvtps_epi32(a);
    __m512i low = _mm512_cvtepi32_epi64(_mm512_castsi512_si256(whole));
    __m512i high = _mm512_cvtepi32_epi64(_mm512_extracti32x8_epi32(whole, 1));
    __m512i sum = _mm512_load_si512((const void *)sums);
    _mm512_store_si512((void *)sums, _mm512_add_epi64(sum, _mm512_add_epi64(low, high)));
}

#endif
