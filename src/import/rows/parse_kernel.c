/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a chunk to its columns: tile by tile, in each tile column by column, so that every loop does one
 * thing. A cell that the quick readers of csv_value.h do not take goes to import_cell.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lanes/isa_name.h"
#include "base/text/unicode.h"
#include "csv/sixteen.h"
#include "import/commit/key.h"
#include "import/findings/look.h"
#include "import/panel.h"
#include "import/rows/cell.h"
#include "import/rows/identifier.h"
#include "import/sources/join.h"

extern const jk_csv_kernel JK_ISA_NAME(jk_csv_kernel_);
extern const jk_import_parser JK_ISA_NAME(jk_import_parser_);

/* Cells of one column in one tile. */
typedef struct tile_column {
    jk_import_chunk *chunk;
    jk_column column;
    const char *text;
    const uint32_t *before, *end; /* the byte before the cell of row 0, and the one behind it */
    size_t step;                  /* from row to row */
    size_t first, rows;           /* rows of the chunk */
    jk_word_slot *words;          /* of the column */
    uint64_t seed;                /* of the identifiers' digests */
    int32_t low, high;            /* bounds of integers */
    jk_error *error;
} tile_column;

static inline const char *cell_at(const tile_column *tile, size_t i, size_t *length) {
    uint32_t start = tile->before[i * tile->step] + 1u;
    *length = tile->end[i * tile->step] - start;
    return tile->text + start;
}

/* What a cell that is not empty goes through when its quick reader says no. */
static jk_status careful(const tile_column *tile, size_t i, const char *cell, size_t length) {
    return jk_import_store_text(tile->chunk, tile->column, tile->first + i, cell, length, &tile->chunk->plan->format,
                                tile->error);
}

#define UNLIKELY(condition) __builtin_expect((condition), 0)
#define FOR_CELLS(tile)                                                                                                \
    for (size_t i = 0, length = 0; i < (tile)->rows; i++)                                                              \
        for (const char *cell = cell_at(tile, i, &length); cell != NULL; cell = NULL)

/* Reads a column sixteen cells at a time where the processor can: `sixteen` writes out[i] to out[i + 15] and says which
 * of them it could not read. Those, and what is left at the end, are read one by one. */
#ifdef JK_CSV_SIXTEEN
#define FOR_SIXTEEN(tile, i, sixteen, one)                                                                             \
    for (; i + 16 <= (tile)->rows; i += 16) {                                                                          \
        const jk_csv_cells cells = {(tile)->text, (tile)->before + i, (tile)->end + i};                                \
        for (unsigned bad = sixteen; UNLIKELY(bad != 0); bad &= bad - 1) {                                             \
            JK_TRY(one(tile, i + (size_t)__builtin_ctz(bad), out));                                                    \
        }                                                                                                              \
    }
#else
#define FOR_SIXTEEN(tile, i, sixteen, one)
#endif

static inline jk_status parse_amount(const tile_column *tile, size_t i, int64_t *out) {
    size_t length = 0;
    const char *cell = cell_at(tile, i, &length);
    bool blank = length == 0;
    int64_t money = 0;
    bool good = jk_csv_quick_money(cell, length, &money);
    out[i] = blank ? JK_MISSING_MONEY : money;
    if (UNLIKELY(!(good | blank))) {
        int32_t whole = 0;
        if (!jk_csv_quick_integer(cell, length, &whole)) {
            return careful(tile, i, cell, length);
        }
        out[i] = (int64_t)whole * 100;
    }
    return JK_OK;
}

static jk_status parse_money(const tile_column *tile) {
    int64_t *out = (int64_t *)tile->chunk->column[tile->column] + tile->first;
    size_t i = 0;
    FOR_SIXTEEN(tile, i, jk_csv_sixteen_money(&cells, out + i), parse_amount)
    for (; i < tile->rows; i++) {
        JK_TRY(parse_amount(tile, i, out));
    }
    return JK_OK;
}

static inline jk_status parse_date(const tile_column *tile, size_t i, int32_t *out) {
    size_t length = 0;
    const char *cell = cell_at(tile, i, &length);
    bool blank = length == 0;
    int32_t date = 0;
    bool good = jk_csv_quick_date(jk_csv_month_table(), cell, length, &date);
    out[i] = blank ? JK_MISSING_INTEGER : date;
    return UNLIKELY(!(good | blank)) ? careful(tile, i, cell, length) : JK_OK;
}

static jk_status parse_dates(const tile_column *tile) {
    int32_t *out = (int32_t *)tile->chunk->column[tile->column] + tile->first;
    size_t i = 0;
    FOR_SIXTEEN(tile, i, jk_csv_sixteen_dates(&cells, out + i), parse_date)
    for (; i < tile->rows; i++) {
        JK_TRY(parse_date(tile, i, out));
    }
    return JK_OK;
}

static inline jk_status parse_integer(const tile_column *tile, size_t i, int32_t *out) {
    size_t length = 0;
    const char *cell = cell_at(tile, i, &length);
    bool blank = length == 0;
    int32_t value = 0;
    bool good = jk_csv_quick_integer(cell, length, &value);
    good = good & (value >= tile->low) & (value <= tile->high);
    out[i] = blank ? JK_MISSING_INTEGER : value;
    return UNLIKELY(!(good | blank)) ? careful(tile, i, cell, length) : JK_OK;
}

static jk_status parse_integers(const tile_column *tile) {
    int32_t *out = (int32_t *)tile->chunk->column[tile->column] + tile->first;
    size_t i = 0;
    FOR_SIXTEEN(tile, i, jk_csv_sixteen_integers(&cells, tile->low, tile->high, out + i), parse_integer)
    for (; i < tile->rows; i++) {
        JK_TRY(parse_integer(tile, i, out));
    }
    return JK_OK;
}

static jk_status parse_reals(const tile_column *tile) {
    double *out = (double *)tile->chunk->column[tile->column] + tile->first;
    FOR_CELLS(tile) {
        bool blank = length == 0;
        double value = 0.0;
        bool good = jk_csv_quick_real(cell, length, &value); /* below 10 always: within the limits */
        out[i] = blank ? __builtin_nan("") : value;
        if (UNLIKELY(!(good | blank))) {
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
#ifdef JK_CSV_SIXTEEN
    __m128i bytes = _mm_maskz_loadu_epi8((__mmask16)_bzhi_u32(0xffff, (unsigned)length), cell);
    return (short_text){(uint64_t)_mm_cvtsi128_si64(bytes), (uint64_t)_mm_extract_epi64(bytes, 1)};
#endif
    return (short_text){first_bytes(jk_csv_load(cell), length),
                        first_bytes(jk_csv_load(cell + 8), length > 8 ? length - 8 : 0)};
}

static inline size_t cache_slot(short_text text, size_t length) {
    uint64_t mixed = (text.low ^ (text.high * 0x9e3779b97f4a7c15ULL)) + length;
    return (size_t)((mixed * 0x9e3779b97f4a7c15ULL) >> (64 - JK_WORD_CACHE_BITS));
}

/* Looks cells up among those seen last: most of such a column repeat one of a few words. An empty cell is a word too.
 */
static jk_status parse_words(const tile_column *tile) {
    jk_import_chunk *chunk = tile->chunk;
    const bool is_enum = jk_schema_column(tile->column)->type == JK_TYPE_ENUM;
    int8_t *codes = is_enum ? (int8_t *)chunk->column[tile->column] + tile->first : NULL;
    int32_t *indices = is_enum ? NULL : (int32_t *)chunk->column[tile->column] + tile->first;
    const bool required = jk_import_requires(chunk->plan, tile->column);
    FOR_CELLS(tile) {
        short_text text = load_short(cell, length);
        jk_word_slot *slot = &tile->words[cache_slot(text, length)];
        bool known = (slot->low == text.low) & (slot->high == text.high) & (slot->length == length + 1);
        if (UNLIKELY(!known | (length > 16))) {
            JK_TRY(careful(tile, i, cell, length));
            int32_t code = is_enum ? codes[i] : indices[i];
            if (length <= 16 && (code >= 0 || (length == 0 && !required))) {
                *slot =
                    (jk_word_slot){.low = text.low, .high = text.high, .length = (uint32_t)length + 1, .code = code};
            }
            continue;
        }
        if (is_enum) {
            codes[i] = (int8_t)slot->code;
        } else {
            indices[i] = slot->code;
        }
    }
    return JK_OK;
}

static void digest_stored(jk_import_chunk *chunk, size_t which, size_t row, uint64_t seed) {
    const size_t width = chunk->text_width[which];
    const char *id = (const char *)chunk->column[which == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID] + row * width;
    jk_import_key(id, strnlen(id, width), seed, chunk->key[which] + 2 * row);
}

static jk_status parse_text(const tile_column *tile) {
    jk_import_chunk *chunk = tile->chunk;
    const size_t which = tile->column == JK_COLUMN_DEBTOR_ID;
    const bool ascii = (chunk->flags & JK_CSV_HIGH) == 0;
    FOR_CELLS(tile) {
        size_t width = chunk->text_width[which];
        bool plain = ascii && length - 1 < width && cell[0] > ' ' && cell[length - 1] > ' ' &&
                     !jk_identifier_looks_odd(cell, length, which == 1);
        uint64_t *key = chunk->key[which] + 2 * (tile->first + i);
        if (UNLIKELY(!plain)) { /* also an empty cell, and one that is longer than those before */
            JK_TRY(careful(tile, i, cell, length));
            digest_stored(chunk, which, tile->first + i, tile->seed);
            continue;
        }
        jk_import_key(cell, length, tile->seed, key);
        char *out = (char *)chunk->column[tile->column] + (tile->first + i) * width;
        if (width == sizeof(short_text)) {
            short_text text = load_short(cell, length);
            memcpy(out, &text, sizeof text);
            continue;
        }
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
    const size_t stride = (size_t)plan->fields + 1;
    char made[JK_SHAPED_MAX];
    for (size_t i = 0; i < tile->rows; i++) {
        jk_mapped_row row = jk_import_mapped_row(plan, tile->text, scratch->ends + i * stride);
        row.file = plan->file;
        row.made = made;
        row.joined = plan->join != NULL ? scratch->joined + i * plan->mapping->source_count : NULL;
        row.odd = &tile->chunk->odd;
        row.line = tile->chunk->line[tile->first + i];
        jk_ruled cell = jk_rule_evaluate(rule, &row);
        JK_TRY(jk_import_store_cell(tile->chunk, tile->column, tile->first + i, &cell, tile->error));
        if (jk_schema_column(tile->column)->type == JK_TYPE_TEXT) {
            digest_stored(tile->chunk, tile->column == JK_COLUMN_DEBTOR_ID, tile->first + i, tile->seed);
        }
    }
    return JK_OK;
}

/* Numbers and dates of another dialect: the quick readers know the canonical one alone. */
static jk_status parse_carefully(const tile_column *tile) {
    FOR_CELLS(tile) {
        JK_TRY(careful(tile, i, cell, length));
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
        return tile->chunk->plan->is_canonical ? parse_dates(tile) : parse_carefully(tile);
    case JK_TYPE_MONEY:
        return tile->chunk->plan->is_canonical ? parse_money(tile) : parse_carefully(tile);
    case JK_TYPE_REAL:
        return tile->chunk->plan->is_canonical ? parse_reals(tile) : parse_carefully(tile);
    default:
        return tile->chunk->plan->is_canonical ? parse_integers(tile) : parse_carefully(tile);
    }
}

/* A required column's empty cells: the quick readers leave them as missing. */
static jk_status reject_missing(const tile_column *tile) {
    jk_import_chunk *chunk = tile->chunk;
    for (size_t row = tile->first; row < tile->first + tile->rows; row++) {
        jk_type type = jk_schema_column(tile->column)->type;
        bool missing = type == JK_TYPE_DATE ? ((const int32_t *)chunk->column[tile->column])[row] == JK_MISSING_INTEGER
                       : type == JK_TYPE_REAL ? isnan(((const double *)chunk->column[tile->column])[row]) != 0
                                              : ((const int64_t *)chunk->column[tile->column])[row] == JK_MISSING_MONEY;
        if (missing && !chunk->bad[row]) {
            JK_TRY(jk_chunk_reject(chunk, row, chunk->line[row], (int)tile->column, JK_REJECT_MISSING, "", 0,
                                   tile->error));
        }
    }
    return JK_OK;
}

/* Where the fields of each column lie, row after row. */
static void turn_tile(const jk_import_plan *plan, const jk_parse_scratch *scratch, size_t rows) {
#ifdef JK_CSV_SIXTEEN
    const size_t stride = (size_t)plan->fields + 1;
    for (size_t column = 0; column < stride; column += 16) {
        for (size_t row = 0; row < rows; row += 16) {
            jk_csv_turn(scratch->ends + row * stride + column, stride,
                        scratch->turned + column * JK_CSV_TILE_ROWS + row, JK_CSV_TILE_ROWS);
        }
    }
#else
    (void)plan, (void)scratch, (void)rows;
#endif
}

static void find_field(tile_column *tile, const jk_parse_scratch *scratch, uint32_t field) {
#ifdef JK_CSV_SIXTEEN
    tile->before = scratch->turned + (size_t)field * JK_CSV_TILE_ROWS;
    tile->end = tile->before + JK_CSV_TILE_ROWS;
    tile->step = 1;
#else
    tile->before = scratch->ends + field;
    tile->end = tile->before + 1;
    tile->step = (size_t)tile->chunk->plan->fields + 1;
#endif
}

static jk_status parse_tile(jk_import_chunk *chunk, const jk_parse_scratch *scratch, size_t first, size_t rows,
                            const jk_parse_settings *settings, jk_error *error) {
    const jk_import_plan *plan = chunk->plan;
    tile_column tile = {
        .chunk = chunk, .text = chunk->text, .first = first, .rows = rows, .seed = settings->seed, .error = error};
    if (plan->join != NULL) {
        jk_join_rows(plan->join, plan, chunk, scratch->ends, first, rows, scratch->joined);
    }
    if (plan->mapping != NULL && plan->mapping->where_count > 0) {
        JK_TRY(jk_import_filter_rows(chunk, scratch, first, rows, error));
    }
    if (plan->checks_cutoff) {
        JK_TRY(jk_import_check_cutoff(chunk, scratch->ends, first, rows, settings->cutoff, error));
    }
    turn_tile(plan, scratch, rows);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_import_feed *feed = &plan->feed[c];
        if (!feed->given) {
            continue;
        }
        tile.column = (jk_column)c;
        find_field(&tile, scratch, feed->field);
        tile.words = scratch->words + (size_t)c * JK_WORD_SLOTS;
        jk_type type = jk_schema_column(tile.column)->type;
        if (type == JK_TYPE_INTEGER) {
            jk_import_integer_limits(tile.column, &tile.low, &tile.high);
        }
        JK_TRY(feed->direct ? parse_column(&tile) : parse_by_rule(&tile, feed->rule, scratch));
        if (feed->direct && jk_import_requires(plan, tile.column) &&
            (type == JK_TYPE_DATE || type == JK_TYPE_MONEY || type == JK_TYPE_REAL)) {
            JK_TRY(reject_missing(&tile));
        }
    }
    return JK_OK;
}

/* The next rows of the chunk, whose fields stand in scratch->ends. */
static jk_status parse_rows(jk_import_chunk *chunk, const jk_parse_scratch *scratch, size_t rows,
                            const jk_parse_settings *settings, jk_error *error) {
    const size_t first = chunk->rows;
    const size_t rejects = chunk->reject_count;
    if (rows == 0) {
        return JK_OK;
    }
    chunk->rows += rows;
    memset(chunk->bad + first, 0, rows);
    JK_TRY(parse_tile(chunk, scratch, first, rows, settings, error));
    return UNLIKELY(chunk->invalid_text || chunk->reject_count > rejects)
               ? jk_import_look_at_rows(chunk, scratch->ends, first, rows, rejects, error)
               : JK_OK;
}

static jk_status reject_broken_row(jk_import_chunk *chunk, jk_error *error) {
    size_t length = chunk->length;
    while (length > 0 && (chunk->text[length - 1] == '\n' || chunk->text[length - 1] == '\r')) {
        length--;
    }
    chunk->line_count = 1;
    return jk_chunk_reject(chunk, UINT32_MAX, 0, -1, chunk->broken, chunk->text, length, error);
}

static jk_status prepare(jk_import_chunk *chunk, jk_parse_scratch *scratch, jk_error *error) {
    size_t ends_size = jk_csv_tile_size(chunk->plan->fields);
    if (scratch->ends_size < ends_size) {
        free(scratch->ends);
        free(scratch->turned);
        scratch->ends = malloc(ends_size);
        scratch->turned = malloc(((size_t)chunk->plan->fields / 16 + 1) * 16 * JK_CSV_TILE_ROWS * sizeof(uint32_t));
        scratch->ends_size = scratch->ends == NULL || scratch->turned == NULL ? 0 : ends_size;
    }
    if (chunk->plan->join != NULL && scratch->joined == NULL) {
        scratch->joined = calloc(JK_CSV_TILE_ROWS * chunk->plan->mapping->source_count, sizeof *scratch->joined);
    }
    if (scratch->words == NULL) {
        scratch->words = calloc((size_t)JK_COLUMN_COUNT * JK_WORD_SLOTS, sizeof *scratch->words);
    }
    if (scratch->ends_size == 0 || scratch->words == NULL || (chunk->plan->join != NULL && scratch->joined == NULL)) {
        return jk_fail_memory(error, "parsing");
    }
    for (int c = 0; c < JK_COLUMN_COUNT; c++) { /* codes of dictionary words are the chunk's own, others all know */
        if (chunk->plan->feed[c].given && jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY) {
            memset(scratch->words + (size_t)c * JK_WORD_SLOTS, 0, JK_WORD_SLOTS * sizeof *scratch->words);
        }
    }
    return jk_chunk_reserve_rows(chunk, error);
}

static inline uint64_t load_for_order(const char *text) {
    return __builtin_bswap64(jk_csv_load(text));
}

/* < 0, 0 or > 0, as the bytes of two identifiers compare; `width` is a multiple of eight. */
static inline int compare_texts(const char *a, const char *b, size_t width) {
    for (size_t at = 0; at < width; at += 8) {
        uint64_t x = load_for_order(a + at);
        uint64_t y = load_for_order(b + at);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

/* An empty identifier is in no order. */
static jk_chunk_order find_order(const jk_import_chunk *chunk, int which) {
    const char *ids = chunk->column[which == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID];
    const size_t width = chunk->text_width[which];
    jk_chunk_order order = {.in_order = true};
    for (size_t row = 0; ids != NULL && row < chunk->rows; row++) {
        const char *id = ids + row * width;
        if (chunk->bad[row]) {
            continue;
        }
        int after = order.last != NULL ? compare_texts(id, order.last, width) : 1;
        if (id[0] == '\0' || after < 0 || (after == 0 && which == 0)) {
            return (jk_chunk_order){.in_order = false};
        }
        order.first = order.first != NULL ? order.first : id;
        order.last = id;
    }
    return order;
}

static jk_status parse_chunk(jk_import_chunk *chunk, const jk_parse_settings *settings, jk_parse_scratch *scratch,
                             jk_error *error) {
    chunk->rows = 0;
    chunk->reject_count = chunk->partner_count = 0;
    chunk->line_count = chunk->cell_lines = 0;
    jk_arena_free(chunk->kept);
    chunk->kept = NULL;
    memset(chunk->unmatched_examples, 0, sizeof chunk->unmatched_examples);
    chunk->invalid_text = (chunk->flags & JK_CSV_HIGH) != 0 && !jk_unicode_is_utf8(chunk->text, chunk->length);
    if (chunk->kind == JK_CHUNK_NOTHING) {
        return JK_OK;
    }
    if (chunk->kind == JK_CHUNK_BROKEN_ROW) {
        return reject_broken_row(chunk, error);
    }
    JK_TRY(prepare(chunk, scratch, error));
    jk_csv_cursor cursor = jk_chunk_cursor(chunk);
    while (cursor.position < cursor.length) {
        size_t rows = JK_ISA_NAME(jk_csv_kernel_).tile(&cursor, scratch->ends, chunk->line + chunk->rows);
        JK_TRY(parse_rows(chunk, scratch, rows, settings, error));
        if (cursor.bad.fault != 0) {
            JK_TRY(jk_import_mend_row(chunk, &cursor, scratch->ends, &rows, error));
            JK_TRY(parse_rows(chunk, scratch, rows, settings, error));
        }
    }
    chunk->line_count = cursor.line;
    chunk->cell_lines = cursor.cell_lines;
    jk_import_note_quotes(&chunk->odd, &cursor);
    JK_TRY(jk_import_look_at_columns(chunk, error));
    JK_TRY(chunk->plan->kind == JK_KIND_TAPE    ? jk_import_check_rows(chunk, settings->cutoff, error)
           : chunk->plan->kind == JK_KIND_PANEL ? jk_import_check_panel_rows(chunk, error)
                                                : jk_import_check_list_rows(chunk, error));
    chunk->order[0] = find_order(chunk, 0);
    chunk->order[1] = find_order(chunk, 1);
    return JK_OK;
}

const jk_import_parser JK_ISA_NAME(jk_import_parser_) = parse_chunk;
