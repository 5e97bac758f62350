/* SPDX-License-Identifier: Apache-2.0 */
/* From text to the positions of fields. Text without quotes and NUL bytes is scanned 64 bytes at a time into bit masks
 * of separators and line ends; any other text goes through the byte-wise reader of slow_rows.c with the same result. */
#include <string.h>

#include "base/lanes/isa_name.h"
#include "csv/csv.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

enum { BLOCK = 64 };

enum { STRIP = 64 };

/* Written so that the compiler turns each loop into vector compares. */
static unsigned scan_text(const char *text, size_t length) {
    unsigned flags = 0;
    size_t i = 0;
    for (; i + STRIP <= length; i += STRIP) {
        unsigned char quotes = 0;
        unsigned char nuls = 0;
        unsigned char high = 0;
        for (size_t j = 0; j < STRIP; j++) {
            unsigned char byte = (unsigned char)text[i + j];
            quotes |= byte == '"';
            nuls |= byte == 0;
            high |= byte;
        }
        flags |= (unsigned)quotes * JK_CSV_QUOTES | (unsigned)nuls * JK_CSV_NULS | (unsigned)(high >> 7) * JK_CSV_HIGH;
    }
    for (; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        flags |= (unsigned)(byte == '"') * JK_CSV_QUOTES | (unsigned)(byte == 0) * JK_CSV_NULS |
                 (unsigned)(byte >> 7) * JK_CSV_HIGH;
    }
    return flags;
}

typedef struct block_masks {
    uint64_t separators, newlines;
} block_masks;

#if defined(__AVX512BW__)
static inline block_masks scan_block(const char *text, char separator) {
    __m512i bytes = _mm512_loadu_si512((const void *)text);
    return (block_masks){.separators = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(separator)),
                         .newlines = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'))};
}
#elif defined(__AVX2__)
static inline block_masks scan_block(const char *text, char separator) {
    const __m256i wanted_separator = _mm256_set1_epi8(separator);
    const __m256i wanted_newline = _mm256_set1_epi8('\n');
    block_masks masks = {0};
    for (int i = 0; i < 2; i++) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32 * i));
        masks.separators |= (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted_separator))
                            << (32 * i);
        masks.newlines |= (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted_newline))
                          << (32 * i);
    }
    return masks;
}
#elif defined(__SSE2__)
static inline block_masks scan_block(const char *text, char separator) {
    const __m128i wanted_separator = _mm_set1_epi8(separator);
    const __m128i wanted_newline = _mm_set1_epi8('\n');
    block_masks masks = {0};
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + 16 * i));
        masks.separators |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted_separator)) << (16 * i);
        masks.newlines |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted_newline)) << (16 * i);
    }
    return masks;
}
#else
/* One bit per byte of `word` that is zero, gathered into the low eight bits (little-endian words). */
static inline uint64_t zero_bytes(uint64_t word) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fULL;
    uint64_t high_bits = ~(((word & low) + low) | word | low);
    return ((high_bits >> 7) * 0x0102040810204080ULL) >> 56;
}

static inline block_masks scan_block(const char *text, char separator) {
    const uint64_t ones = 0x0101010101010101ULL;
    const uint64_t wanted_separator = ones * (unsigned char)separator;
    const uint64_t wanted_newline = ones * '\n';
    block_masks masks = {0};
    for (int i = 0; i < 8; i++) {
        uint64_t word;
        memcpy(&word, text + 8 * i, sizeof word);
        masks.separators |= zero_bytes(word ^ wanted_separator) << (8 * i);
        masks.newlines |= zero_bytes(word ^ wanted_newline) << (8 * i);
    }
    return masks;
}
#endif

/* One row in the making: its entries in `ends` begin at `first`. */
typedef struct tile_state {
    uint32_t *ends;
    uint32_t *line;
    size_t rows;
    size_t first, next;
} tile_state;

#if defined(__AVX512F__)
/* Packs the positions of sixteen bytes to the front of a register, whatever their number, without a branch. */
static inline void put_positions(tile_state *tile, uint64_t mask, size_t base) {
    uint32_t *out = tile->ends + tile->next;
    const __m512i offsets = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i positions = _mm512_add_epi32(offsets, _mm512_set1_epi32((int)base));
    tile->next += (size_t)__builtin_popcountll(mask);
    for (int i = 0; i < BLOCK / 16; i++) {
        _mm512_storeu_si512((void *)out, _mm512_maskz_compress_epi32((__mmask16)(mask & 0xffff), positions));
        out += __builtin_popcountll(mask & 0xffff);
        mask >>= 16;
        positions = _mm512_add_epi32(positions, _mm512_set1_epi32(16));
    }
}
#else
/* Writes four positions at a time, whether or not there are as many: one branch for most blocks. A full block leaves
 * the tile's spare room untouched by what was written in vain. */
static inline void put_positions(tile_state *tile, uint64_t mask, size_t base) {
    uint32_t *out = tile->ends + tile->next;
    tile->next += (size_t)__builtin_popcountll(mask);
    while (mask != 0) {
        for (int i = 0; i < 4; i++) {
            out[i] = (uint32_t)base + (uint32_t)__builtin_ctzll(mask | (uint64_t)1 << 63);
            mask &= mask - 1;
        }
        out += 4;
    }
}
#endif

/* Keeps a row of too many fields from running over the tile: its count stays above what is wanted. */
static inline void clamp_row(tile_state *tile, uint32_t fields) {
    size_t most = tile->first + fields + 2;
    if (tile->next > most) {
        tile->next = most;
    }
}

static inline void begin_row(tile_state *tile, size_t start) {
    tile->first = tile->next;
    tile->ends[tile->next++] = (uint32_t)start - 1u;
}

/* Ends the row at text[end]; returns false if it is a bad one. An empty line is no row. */
static inline bool finish_row(jk_csv_cursor *cursor, tile_state *tile, size_t end) {
    size_t start = (size_t)(uint32_t)(tile->ends[tile->first] + 1u);
    size_t last = end;
    while (last > start && cursor->text[last - 1] == '\r') {
        last--;
    }
    tile->ends[tile->next++] = (uint32_t)last;
    size_t fields = tile->next - tile->first - 1;
    bool good = fields == cursor->dialect.fields && (fields > 1 || last > start);
    if (good) {
        tile->line[tile->rows++] = cursor->line;
    } else {
        tile->next = tile->first;
        if (last > start) {
            cursor->bad = (jk_csv_bad_row){.fault = JK_CSV_FIELD_COUNT,
                                           .line = cursor->line,
                                           .start = (uint32_t)start,
                                           .length = (uint32_t)(last - start)};
        }
    }
    cursor->line++;
    cursor->position = end + 1;
    return good || last == start;
}

static size_t tile_plain(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line) {
    tile_state tile = {.ends = ends, .line = line};
    const size_t length = cursor->length;
    size_t base = cursor->position;
    begin_row(&tile, base);
    for (; base < length; base += BLOCK) {
        block_masks masks = scan_block(cursor->text + base, cursor->dialect.separator);
        if (length - base < BLOCK) {
            uint64_t inside = ((uint64_t)1 << (length - base)) - 1;
            masks.separators &= inside;
            masks.newlines &= inside;
        }
        while (masks.newlines != 0) {
            uint64_t newline = masks.newlines & (~masks.newlines + 1);
            put_positions(&tile, masks.separators & (newline - 1), base);
            clamp_row(&tile, cursor->dialect.fields);
            masks.separators &= ~((newline - 1) | newline);
            masks.newlines &= masks.newlines - 1;
            if (!finish_row(cursor, &tile, base + (size_t)__builtin_ctzll(newline)) || tile.rows == JK_CSV_TILE_ROWS) {
                return tile.rows;
            }
            begin_row(&tile, cursor->position);
        }
        put_positions(&tile, masks.separators, base);
        clamp_row(&tile, cursor->dialect.fields);
    }
    if (cursor->position < length) { /* the last row of a file may lack its line end */
        (void)finish_row(cursor, &tile, length);
        cursor->position = length;
    }
    return tile.rows;
}

static size_t read_tile(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line) {
    unsigned odd = JK_CSV_NULS | (cursor->dialect.no_quotes ? 0U : JK_CSV_QUOTES);
    bool plain = (cursor->flags & odd) == 0 && !cursor->dialect.escapes;
    return plain ? tile_plain(cursor, ends, line) : jk_csv_tile_slow(cursor, ends, line);
}

extern const jk_csv_kernel JK_ISA_NAME(jk_csv_kernel_);
const jk_csv_kernel JK_ISA_NAME(jk_csv_kernel_) = {scan_text, read_tile};
