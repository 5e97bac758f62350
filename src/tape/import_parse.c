/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a chunk to its columns: tile by tile, in each tile column by column, so that every loop does one
 * thing. A cell that the quick readers of csv_value.h do not take goes to import_cell.c. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tape/import_cell.h"
#include "tape/import_join.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

void jk_import_key(const char *text, size_t length, uint64_t seed, uint64_t key[2]) {
    XXH128_hash_t digest = XXH3_128bits_withSeed(text, length, seed);
    key[0] = digest.low64;
    key[1] = digest.high64;
}

/* Cells of one column in one tile. */
typedef struct tile_column {
    jk_import_chunk *chunk;
    jk_column column;
    const char *text;
    const uint32_t *entry; /* of row 0 */
    size_t stride;
    size_t first, rows; /* rows of the chunk */
    jk_error *error;
} tile_column;

static inline const char *cell_at(const tile_column *tile, size_t i, size_t *length) {
    const uint32_t *entry = tile->entry + i * tile->stride;
    uint32_t start = entry[0] + 1u;
    *length = entry[1] - start;
    return tile->text + start;
}

/* What a cell that is not empty goes through when its quick reader says no. */
static jk_status careful(const tile_column *tile, size_t i, const char *cell, size_t length) {
    return jk_import_store_text(tile->chunk, tile->column, tile->first + i, cell, length, &jk_csv_canonical_format,
                                tile->error);
}

#define FOR_CELLS(tile)                                                                                                \
    for (size_t i = 0, length = 0; i < (tile)->rows; i++)                                                              \
        for (const char *cell = cell_at(tile, i, &length); cell != NULL; cell = NULL)

static jk_status parse_money(const tile_column *tile) {
    int64_t *out = (int64_t *)tile->chunk->column[tile->column] + tile->first;
    FOR_CELLS(tile) {
        if (length == 0) {
            out[i] = JK_MISSING_MONEY;
        } else if (!jk_csv_quick_money(cell, length, &out[i])) {
            JK_TRY(careful(tile, i, cell, length));
        }
    }
    return JK_OK;
}

static jk_status parse_dates(const tile_column *tile) {
    const jk_csv_month *months = jk_csv_month_table();
    int32_t *out = (int32_t *)tile->chunk->column[tile->column] + tile->first;
    FOR_CELLS(tile) {
        if (length == 0) {
            out[i] = JK_MISSING_INTEGER;
        } else if (!jk_csv_quick_date(months, cell, length, &out[i])) {
            JK_TRY(careful(tile, i, cell, length));
        }
    }
    return JK_OK;
}

static jk_status parse_integers(const tile_column *tile) {
    int32_t low = 0;
    int32_t high = 0;
    jk_import_integer_limits(tile->column, &low, &high);
    int32_t *out = (int32_t *)tile->chunk->column[tile->column] + tile->first;
    FOR_CELLS(tile) {
        if (length == 0) {
            out[i] = JK_MISSING_INTEGER;
        } else if (!jk_csv_quick_integer(cell, length, &out[i]) || out[i] < low || out[i] > high) {
            JK_TRY(careful(tile, i, cell, length));
        }
    }
    return JK_OK;
}

static jk_status parse_reals(const tile_column *tile) {
    double *out = (double *)tile->chunk->column[tile->column] + tile->first;
    FOR_CELLS(tile) {
        if (length == 0) {
            out[i] = __builtin_nan("");
        } else if (!jk_csv_quick_real(cell, length, &out[i])) { /* below 10 always: within the limits */
            JK_TRY(careful(tile, i, cell, length));
        }
    }
    return JK_OK;
}

/* The first 16 bytes of a cell as two words, the rest of them zero. */
typedef struct short_text {
    uint64_t low, high;
} short_text;

static inline uint64_t first_bytes(uint64_t word, size_t count) {
    return count >= 8 ? word : word & (((uint64_t)1 << (8 * count)) - 1);
}

static inline short_text load_short(const char *cell, size_t length) {
    return (short_text){first_bytes(jk_csv_load(cell), length),
                        length > 8 ? first_bytes(jk_csv_load(cell + 8), length - 8) : 0};
}

/* Remembers the codes of words seen last: most cells of such a column repeat one of a few. */
enum { CACHE_SLOTS = 64 };
typedef struct word_cache {
    short_text text[CACHE_SLOTS];
    uint32_t length[CACHE_SLOTS]; /* 0: free */
    int32_t code[CACHE_SLOTS];
} word_cache;

static inline size_t cache_slot(short_text text) {
    return (size_t)(((text.low ^ (text.high * 0x9e3779b97f4a7c15ULL)) * 0x9e3779b97f4a7c15ULL) >> 58);
}

static jk_status parse_words(const tile_column *tile) {
    jk_import_chunk *chunk = tile->chunk;
    const bool is_enum = jk_schema_column(tile->column)->type == JK_TYPE_ENUM;
    int8_t *codes = is_enum ? (int8_t *)chunk->column[tile->column] + tile->first : NULL;
    int32_t *indices = is_enum ? NULL : (int32_t *)chunk->column[tile->column] + tile->first;
    const bool required = jk_schema_column(tile->column)->required;
    word_cache cache;
    memset(cache.length, 0, sizeof cache.length);
    FOR_CELLS(tile) {
        int32_t code = JK_MISSING_INDEX;
        if (length > 0 || required) {
            short_text text = load_short(cell, length);
            size_t slot = cache_slot(text);
            if (length <= 16 && cache.length[slot] == length && cache.text[slot].low == text.low &&
                cache.text[slot].high == text.high) {
                code = cache.code[slot];
            } else {
                JK_TRY(careful(tile, i, cell, length));
                code = is_enum ? codes[i] : indices[i];
                if (length <= 16 && code >= 0) {
                    cache.text[slot] = text;
                    cache.length[slot] = (uint32_t)length;
                    cache.code[slot] = code;
                }
            }
        }
        if (is_enum) {
            codes[i] = (int8_t)code;
        } else {
            indices[i] = code;
        }
    }
    return JK_OK;
}

static jk_status parse_text(const tile_column *tile) {
    jk_import_chunk *chunk = tile->chunk;
    const size_t which = tile->column == JK_COLUMN_DEBTOR_ID;
    const bool ascii = (chunk->flags & JK_CSV_HIGH) == 0;
    FOR_CELLS(tile) {
        size_t width = chunk->text_width[which];
        bool plain = ascii && length - 1 < width && cell[0] > ' ' && cell[length - 1] > ' ';
        if (!plain) { /* also an empty cell, and one that is longer than those before */
            JK_TRY(careful(tile, i, cell, length));
            continue;
        }
        char *out = (char *)chunk->column[tile->column] + (tile->first + i) * width;
        for (size_t at = 0; at < width; at += 8) {
            uint64_t word = at < length ? first_bytes(jk_csv_load(cell + at), length - at) : 0;
            memcpy(out + at, &word, sizeof word);
        }
    }
    return JK_OK;
}

/* Columns that a mapping makes of several fields, or of fields in another form. */
static jk_status parse_by_rule(const tile_column *tile, const jk_rule *rule, const jk_parse_scratch *scratch) {
    const jk_import_plan *plan = tile->chunk->plan;
    for (size_t i = 0; i < tile->rows; i++) {
        jk_mapped_row row = jk_import_mapped_row(plan, tile->text, scratch->ends + i * tile->stride);
        row.joined = plan->join != NULL ? scratch->joined + i * plan->mapping->source_count : NULL;
        jk_cell cell = jk_rule_evaluate(rule, &row);
        JK_TRY(jk_import_store_cell(tile->chunk, tile->column, tile->first + i, &cell, tile->error));
    }
    return JK_OK;
}

static jk_status parse_column(const tile_column *tile) {
    switch (jk_schema_column(tile->column)->type) {
    case JK_TYPE_TEXT:
        return parse_text(tile);
    case JK_TYPE_ENUM:
    case JK_TYPE_DICTIONARY:
        return parse_words(tile);
    case JK_TYPE_DATE:
        return parse_dates(tile);
    case JK_TYPE_MONEY:
        return parse_money(tile);
    case JK_TYPE_REAL:
        return parse_reals(tile);
    default:
        return parse_integers(tile);
    }
}

/* A required column's empty cells: the quick readers leave them as missing. */
static jk_status reject_missing(const tile_column *tile) {
    jk_import_chunk *chunk = tile->chunk;
    for (size_t row = tile->first; row < tile->first + tile->rows; row++) {
        bool missing = jk_schema_column(tile->column)->type == JK_TYPE_DATE
                           ? ((const int32_t *)chunk->column[tile->column])[row] == JK_MISSING_INTEGER
                           : ((const int64_t *)chunk->column[tile->column])[row] == JK_MISSING_MONEY;
        if (missing && !chunk->bad[row]) {
            JK_TRY(jk_chunk_reject(chunk, row, chunk->line[row], (int)tile->column, JK_REJECT_MISSING, "", 0,
                                   tile->error));
        }
    }
    return JK_OK;
}

static jk_status parse_tile(jk_import_chunk *chunk, const jk_parse_scratch *scratch, size_t first, size_t rows,
                            const jk_parse_settings *settings, jk_error *error) {
    const jk_import_plan *plan = chunk->plan;
    tile_column tile = {.chunk = chunk,
                        .text = chunk->text,
                        .stride = (size_t)plan->fields + 1,
                        .first = first,
                        .rows = rows,
                        .error = error};
    if (plan->join != NULL) {
        jk_join_rows(plan->join, plan, chunk->text, scratch->ends, rows, scratch->joined);
    }
    if (plan->checks_cutoff) {
        JK_TRY(jk_import_check_cutoff(chunk, scratch->ends, first, rows, settings->cutoff, error));
    }
    for (int c = 0; c < JK_CSV_COLUMN_COUNT; c++) {
        const jk_import_feed *feed = &plan->feed[c];
        if (!feed->given) {
            continue;
        }
        tile.column = (jk_column)c;
        tile.entry = scratch->ends + feed->field;
        JK_TRY(feed->direct ? parse_column(&tile) : parse_by_rule(&tile, feed->rule, scratch));
        jk_type type = jk_schema_column(tile.column)->type;
        if (feed->direct && jk_schema_column(tile.column)->required &&
            (type == JK_TYPE_DATE || type == JK_TYPE_MONEY)) {
            JK_TRY(reject_missing(&tile));
        }
    }
    return JK_OK;
}

static jk_reject_reason reason_of(jk_csv_fault fault) {
    return fault == JK_CSV_NUL_BYTE     ? JK_REJECT_NUL_BYTE
           : fault == JK_CSV_BAD_QUOTES ? JK_REJECT_BAD_QUOTES
                                        : JK_REJECT_FIELD_COUNT;
}

static jk_status reject_broken_row(jk_import_chunk *chunk, jk_error *error) {
    size_t length = chunk->length;
    while (length > 0 && (chunk->text[length - 1] == '\n' || chunk->text[length - 1] == '\r')) {
        length--;
    }
    chunk->line_count = 1;
    return jk_chunk_reject(chunk, UINT32_MAX, 0, -1, chunk->broken, chunk->text, length, error);
}

static void digest_identifiers(jk_import_chunk *chunk, uint64_t seed) {
    for (int which = 0; which < 2; which++) {
        const char *text = chunk->column[which == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID];
        const size_t width = chunk->text_width[which];
        for (size_t row = 0; text != NULL && row < chunk->rows; row++) {
            const char *id = text + row * width;
            uint64_t *key = chunk->key[which] + 2 * row;
            size_t length = width;
            while (length > 0 && id[length - 1] == '\0') {
                length--;
            }
            jk_import_key(id, length, seed, key);
        }
    }
}

static jk_status prepare(jk_import_chunk *chunk, jk_parse_scratch *scratch, jk_error *error) {
    size_t ends_size = jk_csv_tile_size(chunk->plan->fields);
    if (scratch->ends_size < ends_size) {
        free(scratch->ends);
        scratch->ends = malloc(ends_size);
        scratch->ends_size = scratch->ends == NULL ? 0 : ends_size;
    }
    if (chunk->plan->join != NULL && scratch->joined == NULL) {
        scratch->joined = calloc(JK_CSV_TILE_ROWS * chunk->plan->mapping->source_count, sizeof *scratch->joined);
    }
    if (scratch->ends == NULL || (chunk->plan->join != NULL && scratch->joined == NULL)) {
        return jk_fail_memory(error, "parsing");
    }
    return jk_chunk_reserve_rows(chunk, error);
}

jk_status jk_import_parse(jk_import_chunk *chunk, const jk_parse_settings *settings, jk_parse_scratch *scratch,
                          jk_error *error) {
    chunk->rows = 0;
    chunk->reject_count = 0;
    chunk->line_count = 0;
    if (chunk->kind == JK_CHUNK_NOTHING) {
        return JK_OK;
    }
    if (chunk->kind == JK_CHUNK_BROKEN_ROW) {
        return reject_broken_row(chunk, error);
    }
    JK_TRY(prepare(chunk, scratch, error));
    jk_csv_cursor cursor = {.text = chunk->text,
                            .length = chunk->length,
                            .flags = chunk->flags,
                            .separator = chunk->plan->separator,
                            .fields = chunk->plan->fields,
                            /* the digest may still need all that was read */
                            .side_end = chunk->read_length + JK_CSV_SLACK};
    while (cursor.position < cursor.length) {
        size_t first = chunk->rows;
        size_t rows = jk_csv_tile(&cursor, scratch->ends, chunk->line + first);
        chunk->rows += rows;
        memset(chunk->bad + first, 0, rows);
        if (cursor.bad.fault != 0) {
            JK_TRY(jk_chunk_reject(chunk, UINT32_MAX, cursor.bad.line, -1, reason_of(cursor.bad.fault),
                                   chunk->text + cursor.bad.start, cursor.bad.length, error));
            cursor.bad.fault = 0;
        }
        if (rows > 0) {
            JK_TRY(parse_tile(chunk, scratch, first, rows, settings, error));
        }
    }
    chunk->line_count = cursor.line;
    digest_identifiers(chunk, settings->seed);
    return jk_import_check_rows(chunk, settings->cutoff, error);
}
