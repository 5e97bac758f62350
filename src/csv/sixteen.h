/* SPDX-License-Identifier: Apache-2.0 */
/* Sixteen cells of a column at once, for processors with AVX-512: the quick readers of csv_value.h in vectors, with the
 * same values, for the same shapes (a date has ten bytes, a number of units at most eight digits). Each reader writes
 * all sixteen results - the missing value for an empty cell - and returns the lanes that it could not read: what it
 * wrote there means nothing.
 *
 * A cell is taken as the sixteen bytes that end with it, four cells to a register; what stands before the cell is
 * masked away. The memory before a text must be readable (csv.h). */
#ifndef JK_CSV_SIXTEEN_H
#define JK_CSV_SIXTEEN_H

#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#define JK_CSV_SIXTEEN 1

#include <immintrin.h>
#include <stdint.h>

#include "jalki/schema.h"

/* Where sixteen cells lie: the byte before each, and the byte behind it. */
typedef struct jk_csv_cells {
    const char *text;
    const uint32_t *before, *end;
} jk_csv_cells;

static inline __m512i jk_csv_lengths(const jk_csv_cells *cells) {
    __m512i before = _mm512_loadu_si512((const void *)cells->before);
    __m512i end = _mm512_loadu_si512((const void *)cells->end);
    return _mm512_sub_epi32(_mm512_sub_epi32(end, before), _mm512_set1_epi32(1));
}

static inline __m128i jk_csv_last_bytes(const jk_csv_cells *cells, int i) {
    return _mm_loadu_si128((const __m128i *)(const void *)(cells->text + (ptrdiff_t)cells->end[i] - 16));
}

/* Every other cell of eight, so that packing two of these registers puts the cells in order. */
static inline __m512i jk_csv_four_cells(const jk_csv_cells *cells, int first) {
    __m512i four = _mm512_castsi128_si512(jk_csv_last_bytes(cells, first));
    four = _mm512_inserti32x4(four, jk_csv_last_bytes(cells, first + 2), 1);
    four = _mm512_inserti32x4(four, jk_csv_last_bytes(cells, first + 4), 2);
    return _mm512_inserti32x4(four, jk_csv_last_bytes(cells, first + 6), 3);
}

/* For each register of four cells the bytes that belong to a cell, sixteen bits a cell. */
static inline void jk_csv_byte_masks(__m512i lengths, uint64_t masks[4]) {
    const __m256i order = _mm256_setr_epi16(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15);
    __m512i wide = _mm512_srlv_epi32(_mm512_set1_epi32((int)0xffff0000U), lengths);
    _mm256_storeu_si256((__m256i *)(void *)masks, _mm256_permutexvar_epi16(order, _mm512_cvtepi32_epi16(wide)));
}

/* Lanes with a bit in the bytes of their cells. */
static inline __mmask16 jk_csv_lanes_of(const uint64_t bytes[4]) {
    unsigned lanes = 0;
    for (int i = 0; i < 16; i++) {
        unsigned cell = (unsigned)(bytes[i / 8 * 2 + i % 2] >> (16 * (i % 8 / 2))) & 0xffffU;
        lanes |= (unsigned)(cell != 0) << i;
    }
    return (__mmask16)lanes;
}

/* How a cell is written: `shape` has the marks where they must stand and '0' for digits, `most` the largest value that
 * is left when the shape is taken off a byte, `take` the bytes that are digits, from the most significant one. */
typedef struct jk_csv_shape {
    __m128i shape, most, take;
} jk_csv_shape;

/* Digits of the cells in groups of four: [0] holds those of cells 0 to 7, [1] of 8 to 15, each cell four 16-bit numbers
 * below 10000. Lanes with other bytes are added to `bad`. */
static inline void jk_csv_fours(const jk_csv_cells *cells, __m512i lengths, const jk_csv_shape *how, __m512i fours[2],
                                __mmask16 *bad) {
    const __m512i shape = _mm512_broadcast_i32x4(how->shape);
    const __m512i most = _mm512_broadcast_i32x4(how->most);
    const __m512i take = _mm512_broadcast_i32x4(how->take);
    const __m512i tens = _mm512_set1_epi16(10 + (1 << 8));
    const __m512i hundreds = _mm512_set1_epi32(100 + (1 << 16));
    uint64_t masks[4];
    uint64_t wrong[4];
    __m512i pairs[4];
    jk_csv_byte_masks(lengths, masks);
    for (int i = 0; i < 4; i++) {
        __m512i bytes = jk_csv_four_cells(cells, i / 2 * 8 + i % 2);
        __m512i digits = _mm512_maskz_mov_epi8(masks[i], _mm512_xor_si512(bytes, shape));
        wrong[i] = _mm512_cmpgt_epu8_mask(digits, most);
        digits = _mm512_shuffle_epi8(digits, take);
        pairs[i] = _mm512_madd_epi16(_mm512_maddubs_epi16(digits, tens), hundreds);
    }
    fours[0] = _mm512_packus_epi32(pairs[0], pairs[1]);
    fours[1] = _mm512_packus_epi32(pairs[2], pairs[3]);
    if (__builtin_expect((wrong[0] | wrong[1] | wrong[2] | wrong[3]) != 0, 0)) {
        *bad |= jk_csv_lanes_of(wrong);
    }
}

/* Two numbers of eight digits a cell. */
static inline __m512i jk_csv_eights(__m512i fours) {
    return _mm512_madd_epi16(fours, _mm512_set1_epi32(10000 + (1 << 16)));
}

/* The last 32 bits of sixteen cells of 64 bits. */
static inline __m512i jk_csv_last_halves(__m512i first, __m512i second) {
    const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return _mm512_permutex2var_epi32(first, odd, second);
}

/* Lanes whose length is not within [least, least + span]; empty cells count as good. */
static inline __mmask16 jk_csv_wrong_lengths(__m512i lengths, int least, int span, __mmask16 *empty) {
    __m512i above = _mm512_sub_epi32(lengths, _mm512_set1_epi32(least));
    *empty = _mm512_testn_epi32_mask(lengths, lengths);
    return (__mmask16)(_mm512_cmpgt_epu32_mask(above, _mm512_set1_epi32(span)) & ~*empty);
}

/* 1 to 8 digits, a point, two digits. */
static inline unsigned jk_csv_sixteen_money(const jk_csv_cells *cells, int64_t *out) {
    const jk_csv_shape how = {
        _mm_setr_epi8('0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '.', '0', '0'),
        _mm_setr_epi8(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 9, 9),
        _mm_setr_epi8(-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15)};
    const __m512i lengths = jk_csv_lengths(cells);
    __mmask16 empty = 0;
    __mmask16 bad = jk_csv_wrong_lengths(lengths, 4, 7, &empty);
    __m512i fours[2];
    jk_csv_fours(cells, lengths, &how, fours, &bad);
    for (int i = 0; i < 2; i++) {
        __m512i eights = jk_csv_eights(fours[i]);
        __m512i money =
            _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
        money =
            _mm512_mask_mov_epi64(money, (__mmask8)(empty >> (8 * i)), _mm512_set1_epi64((long long)JK_MISSING_MONEY));
        _mm512_storeu_si512((void *)(out + 8 * i), money);
    }
    return bad;
}

/* 1 to 8 digits, a number within [low, high]. */
static inline unsigned jk_csv_sixteen_integers(const jk_csv_cells *cells, int32_t low, int32_t high, int32_t *out) {
    const jk_csv_shape how = {_mm_set1_epi8('0'), _mm_set1_epi8(9),
                              _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)};
    const __m512i lengths = jk_csv_lengths(cells);
    __mmask16 empty = 0;
    __mmask16 bad = jk_csv_wrong_lengths(lengths, 1, 7, &empty);
    __m512i fours[2];
    jk_csv_fours(cells, lengths, &how, fours, &bad);
    __m512i values = jk_csv_last_halves(jk_csv_eights(fours[0]), jk_csv_eights(fours[1]));
    __mmask16 beyond = _mm512_cmplt_epi32_mask(values, _mm512_set1_epi32(low)) |
                       _mm512_cmpgt_epi32_mask(values, _mm512_set1_epi32(high));
    _mm512_storeu_si512((void *)out, _mm512_mask_mov_epi32(values, empty, _mm512_set1_epi32(JK_MISSING_INTEGER)));
    return bad | (beyond & (unsigned)~empty);
}

/* number / 100 for numbers below 10000. */
static inline __m512i jk_csv_hundredth(__m512i number) {
    return _mm512_srli_epi32(_mm512_mullo_epi32(number, _mm512_set1_epi32(5243)), 19);
}

/* 29ths of February in the years 1 to `years`. */
static inline __m512i jk_csv_leap_days(__m512i years) {
    __m512i centuries = jk_csv_hundredth(years);
    return _mm512_add_epi32(_mm512_sub_epi32(_mm512_srli_epi32(years, 2), centuries), _mm512_srli_epi32(centuries, 2));
}

/* YYYY-MM-DD of the years 1900 to 2155. */
static inline unsigned jk_csv_sixteen_dates(const jk_csv_cells *cells, int32_t *out) {
    const jk_csv_shape how = {
        _mm_setr_epi8('0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '-', '0', '0', '-', '0', '0'),
        _mm_setr_epi8(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 9, 9, 0, 9, 9),
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, 6, 7, 8, 9, 11, 12, 14, 15)};
    const __m512i month_days = _mm512_setr_epi32(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0);
    const __m512i days_before = _mm512_setr_epi32(0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 0, 0, 0);
    enum { FIRST_YEAR = 1900, YEARS = 256, EPOCH = 719163 /* days from 0001-01-01 to 1970-01-01, and one */ };
    const __m512i lengths = jk_csv_lengths(cells);
    const __m512i one = _mm512_set1_epi32(1);
    __mmask16 empty = 0;
    __mmask16 bad = jk_csv_wrong_lengths(lengths, 10, 0, &empty);
    __m512i fours[2];
    jk_csv_fours(cells, lengths, &how, fours, &bad);
    __m512i both = jk_csv_last_halves(fours[0], fours[1]); /* the year, and above it month and day as four digits */
    __m512i year = _mm512_and_si512(both, _mm512_set1_epi32(0xffff));
    __m512i rest = _mm512_srli_epi32(both, 16);
    __m512i month = jk_csv_hundredth(rest);
    __m512i day = _mm512_sub_epi32(rest, _mm512_mullo_epi32(month, _mm512_set1_epi32(100)));
    __m512i years_before = _mm512_sub_epi32(year, one);
    __m512i leap_before = jk_csv_leap_days(years_before);
    __m512i leap = _mm512_sub_epi32(jk_csv_leap_days(year), leap_before);
    __mmask16 february = _mm512_cmpeq_epi32_mask(month, _mm512_set1_epi32(2));
    __mmask16 later = _mm512_cmpgt_epi32_mask(month, _mm512_set1_epi32(2));
    __m512i most = _mm512_permutexvar_epi32(month, month_days);
    most = _mm512_mask_add_epi32(most, february, most, leap);
    __m512i date = _mm512_add_epi32(_mm512_mullo_epi32(years_before, _mm512_set1_epi32(365)), leap_before);
    date = _mm512_add_epi32(date, _mm512_permutexvar_epi32(month, days_before));
    date = _mm512_mask_add_epi32(date, later, date, leap);
    date = _mm512_add_epi32(date, _mm512_sub_epi32(day, _mm512_set1_epi32(EPOCH)));
    __mmask16 beyond =
        _mm512_cmpge_epu32_mask(_mm512_sub_epi32(year, _mm512_set1_epi32(FIRST_YEAR)), _mm512_set1_epi32(YEARS)) |
        _mm512_cmpgt_epu32_mask(_mm512_sub_epi32(month, one), _mm512_set1_epi32(11)) |
        _mm512_cmpge_epu32_mask(_mm512_sub_epi32(day, one), most);
    _mm512_storeu_si512((void *)out, _mm512_mask_mov_epi32(date, empty, _mm512_set1_epi32(JK_MISSING_INTEGER)));
    return bad | (beyond & (unsigned)~empty);
}

/* Turns sixteen rows of sixteen numbers into sixteen columns; `rows` lie `row_stride` numbers apart, columns
 * `column_stride`. */
static inline void jk_csv_turn(const uint32_t *rows, size_t row_stride, uint32_t *columns, size_t column_stride) {
    __m512i a[16];
    __m512i b[16];
    for (size_t i = 0; i < 16; i++) {
        a[i] = _mm512_loadu_si512((const void *)(rows + i * row_stride));
    }
    for (size_t i = 0; i < 16; i += 2) {
        b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
        b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
    }
    for (size_t i = 0; i < 16; i += 4) { /* a[i + c]: column c of each four, rows i to i + 3 */
        a[i] = _mm512_unpacklo_epi64(b[i], b[i + 2]);
        a[i + 1] = _mm512_unpackhi_epi64(b[i], b[i + 2]);
        a[i + 2] = _mm512_unpacklo_epi64(b[i + 1], b[i + 3]);
        a[i + 3] = _mm512_unpackhi_epi64(b[i + 1], b[i + 3]);
    }
    for (size_t c = 0; c < 4; c++) {
        __m512i low = _mm512_shuffle_i32x4(a[c], a[c + 4], 0x88);       /* columns c and c + 8 of rows 0 to 7 */
        __m512i low_odd = _mm512_shuffle_i32x4(a[c], a[c + 4], 0xdd);   /* columns c + 4 and c + 12 */
        __m512i high = _mm512_shuffle_i32x4(a[c + 8], a[c + 12], 0x88); /* of rows 8 to 15 */
        __m512i high_odd = _mm512_shuffle_i32x4(a[c + 8], a[c + 12], 0xdd);
        _mm512_storeu_si512((void *)(columns + c * column_stride), _mm512_shuffle_i32x4(low, high, 0x88));
        _mm512_storeu_si512((void *)(columns + (c + 4) * column_stride), _mm512_shuffle_i32x4(low_odd, high_odd, 0x88));
        _mm512_storeu_si512((void *)(columns + (c + 8) * column_stride), _mm512_shuffle_i32x4(low, high, 0xdd));
        _mm512_storeu_si512((void *)(columns + (c + 12) * column_stride),
                            _mm512_shuffle_i32x4(low_odd, high_odd, 0xdd));
    }
}

#endif
#endif
