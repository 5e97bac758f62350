/* SPDX-License-Identifier: Apache-2.0 */
#include "import/pack.h"

#include <string.h>

#include "base/error.h"
#include "import/commit/key.h"
#include "import/sources/join.h"

static const uint64_t MARK = UINT64_C(0x31686e6b6e756863); /* "chunknh1" */

enum { ORDERS = 2, NOWHERE = -1 };

/* What stands before the columns. */
typedef struct packed_head {
    uint64_t mark, bytes; /* of all, the head included */
    uint64_t rows, length, line_count, cell_lines, text_width[2];
    uint64_t rejects, odd, partners, pairs;
    uint64_t words[JK_CHUNK_DICTIONARIES];
    int64_t first[ORDERS], last[ORDERS]; /* rows whose identifiers these are, or NOWHERE */
    uint8_t in_order[ORDERS];
    uint8_t kind, last_of_file, has_unmatched, padding[3];
} packed_head;

typedef struct packed_reject {
    uint32_t line, row, length;
    int16_t column;
    uint16_t reason;
} packed_reject;

bool jk_bytes_reserve(jk_bytes *bytes, size_t more) {
    if (bytes->length + more <= bytes->room) {
        return true;
    }
    size_t room = bytes->room + bytes->room / 2 + more + 4096;
    unsigned char *grown = realloc(bytes->byte, room);
    if (grown == NULL) {
        return false;
    }
    bytes->byte = grown;
    bytes->room = room;
    return true;
}

void jk_bytes_free(jk_bytes *bytes) {
    free(bytes->byte);
    *bytes = (jk_bytes){0};
}

/* The columns that are packed: those that the parser makes. */
static bool is_packed(const jk_import_chunk *chunk, int column) {
    return chunk->column[column] != NULL && column != JK_COLUMN_DEBTOR_INDEX &&
           !(chunk->plan->kind == JK_KIND_PANEL && column == JK_COLUMN_CLAIM_INDEX);
}

static size_t element_size(const jk_import_chunk *chunk, int column) {
    return column == JK_COLUMN_CLAIM_ID    ? chunk->text_width[0]
           : column == JK_COLUMN_DEBTOR_ID ? chunk->text_width[1]
                                           : jk_schema_element_size((jk_column)column);
}

/* ---- packing --------------------------------------------------------------------------------------------------- */

static bool put(jk_bytes *to, const void *from, size_t length) {
    if (!jk_bytes_reserve(to, length)) {
        return false;
    }
    if (length > 0) {
        memcpy(to->byte + to->length, from, length);
        to->length += length;
    }
    return true;
}

static int64_t row_of(const jk_import_chunk *chunk, int which, const char *id) {
    const char *ids = chunk->column[which == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID];
    return id == NULL ? NOWHERE : (int64_t)((size_t)(id - ids) / chunk->text_width[which]);
}

static packed_head head_of(const jk_import_chunk *chunk) {
    packed_head head = {.mark = MARK,
                        .rows = chunk->rows,
                        .length = chunk->length,
                        .line_count = chunk->line_count,
                        .cell_lines = chunk->cell_lines,
                        .text_width = {chunk->text_width[0], chunk->text_width[1]},
                        .rejects = chunk->reject_count,
                        .odd = chunk->odd.count,
                        .partners = chunk->partner_count,
                        .pairs = chunk->kind == JK_CHUNK_ROWS ? chunk->pairs_length : 0,
                        .kind = (uint8_t)chunk->kind,
                        .last_of_file = chunk->last,
                        .has_unmatched = chunk->rows > 0 && chunk->unmatched != NULL};
    for (int d = 0; d < JK_CHUNK_DICTIONARIES; d++) {
        head.words[d] = chunk->rows > 0 ? chunk->dictionary[d].count : 0;
    }
    for (int which = 0; which < ORDERS; which++) {
        const jk_chunk_order *order = &chunk->order[which];
        const bool told = chunk->rows > 0 && order->in_order;
        head.in_order[which] = told;
        head.first[which] = told ? row_of(chunk, which, order->first) : NOWHERE;
        head.last[which] = told ? row_of(chunk, which, order->last) : NOWHERE;
    }
    return head;
}

static bool put_columns(const jk_import_chunk *chunk, jk_bytes *to) {
    const size_t rows = chunk->rows;
    bool done = put(to, chunk->bad, rows) && put(to, chunk->line, rows * sizeof *chunk->line) &&
                put(to, chunk->balance, rows * sizeof *chunk->balance) &&
                (chunk->unmatched == NULL || put(to, chunk->unmatched, rows * sizeof *chunk->unmatched));
    for (int c = 0; done && c < JK_COLUMN_COUNT; c++) {
        done = !is_packed(chunk, c) || put(to, chunk->column[c], rows * element_size(chunk, c));
    }
    for (int d = 0; done && d < JK_CHUNK_DICTIONARIES; d++) {
        const jk_chunk_dictionary *dictionary = &chunk->dictionary[d];
        for (size_t w = 0; done && w < dictionary->count; w++) {
            done = put(to, &dictionary->words[w].length, sizeof dictionary->words[w].length) &&
                   put(to, dictionary->words[w].text, dictionary->words[w].length);
        }
    }
    return done;
}

static bool put_rejects(const jk_import_chunk *chunk, jk_bytes *to) {
    bool done = true;
    for (size_t i = 0; done && i < chunk->reject_count; i++) {
        const jk_import_reject *reject = &chunk->rejects[i];
        const packed_reject packed = {reject->line, reject->row, reject->value_length, reject->column, reject->reason};
        done = put(to, &packed, sizeof packed) &&
               put(to, reject->value != NULL ? reject->value : reject->short_value, reject->value_length);
    }
    return done;
}

jk_status jk_chunk_pack(const jk_import_chunk *chunk, jk_bytes *to, jk_error *error) {
    const size_t start = to->length;
    packed_head head = head_of(chunk);
    bool done = put(to, &head, sizeof head) && (chunk->rows == 0 || put_columns(chunk, to)) && put_rejects(chunk, to) &&
                put(to, chunk->odd.list, chunk->odd.count * sizeof *chunk->odd.list) &&
                put(to, chunk->partners, chunk->partner_count * sizeof *chunk->partners) &&
                put(to, chunk->pairs, head.pairs);
    JK_TRY(jk_held(done && !chunk->odd.failed, error, "a chunk as bytes"));
    head.bytes = to->length - start;
    memcpy(to->byte + start, &head, sizeof head);
    return JK_OK;
}

/* ---- unpacking ------------------------------------------------------------------------------------------------- */

size_t jk_chunk_packed_length(const unsigned char *bytes, size_t length) {
    packed_head head;
    if (length < sizeof head) {
        return 0;
    }
    memcpy(&head, bytes, sizeof head);
    return head.mark == MARK && head.bytes >= sizeof head && head.bytes <= length ? head.bytes : 0;
}

jk_status jk_chunk_take_packed(jk_import_chunk *chunk, const unsigned char *bytes, size_t length, jk_error *error) {
    if (length + JK_CSV_SLACK > chunk->memory_size) {
        free(chunk->memory);
        chunk->memory_size = length + length / 4 + 4 * (size_t)JK_CSV_SLACK;
        chunk->memory = jk_columns_alloc(chunk->memory_size, 1);
        if (chunk->memory == NULL) {
            chunk->memory_size = 0;
            return jk_fail_memory(error, "a chunk of text");
        }
    }
    memcpy(chunk->memory, bytes, length);
    chunk->packed_length = length;
    return JK_OK;
}

/* What is left to be taken of the bytes. */
typedef struct packed_rest {
    const unsigned char *at;
    size_t left;
} packed_rest;

static const unsigned char *take(packed_rest *rest, uint64_t count, size_t size) {
    if (size > 0 && count > rest->left / size) {
        return NULL;
    }
    const unsigned char *found = rest->at;
    rest->at += count * size;
    rest->left -= count * size;
    return found;
}

static bool take_into(packed_rest *rest, void *to, uint64_t count, size_t size) {
    const unsigned char *found = take(rest, count, size);
    if (found != NULL && count > 0) {
        memcpy(to, found, count * size);
    }
    return found != NULL;
}

static bool take_words(jk_import_chunk *chunk, const packed_head *head, packed_rest *rest, jk_error *error) {
    for (int d = 0; d < JK_CHUNK_DICTIONARIES; d++) {
        jk_chunk_dictionary *dictionary = &chunk->dictionary[d];
        for (uint64_t w = 0; w < head->words[d]; w++) {
            uint32_t length = 0;
            int32_t code = 0;
            const bool told = take_into(rest, &length, 1, sizeof length);
            const unsigned char *text = told ? take(rest, length, 1) : NULL;
            if (text == NULL || length > JK_TEXT_MAX ||
                jk_chunk_word_code(dictionary, (const char *)text, length, &code, error) != JK_OK ||
                code != (int32_t)w) {
                return false;
            }
        }
        const int32_t *codes = chunk->column[jk_chunk_dictionary_column(d)];
        for (size_t row = 0; codes != NULL && row < chunk->rows; row++) {
            if (codes[row] >= (int64_t)dictionary->count) {
                return false;
            }
        }
    }
    return true;
}

static void digest_ids(jk_import_chunk *chunk, int which, uint64_t seed) {
    const char *ids = chunk->column[which == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID];
    const size_t width = chunk->text_width[which];
    for (size_t row = 0; ids != NULL && row < chunk->rows; row++) {
        jk_import_key(ids + row * width, strnlen(ids + row * width, width), seed, chunk->key[which] + 2 * row);
    }
}

static bool take_order(jk_import_chunk *chunk, const packed_head *head, int which) {
    const char *ids = chunk->column[which == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID];
    const size_t width = chunk->text_width[which];
    const int64_t rows = (int64_t)chunk->rows, first = head->first[which], last = head->last[which];
    const bool some = ids != NULL && first >= 0 && last >= 0;
    chunk->order[which] = (jk_chunk_order){.in_order = head->in_order[which] != 0};
    if (some && first < rows && last < rows) {
        chunk->order[which].first = ids + (size_t)first * width;
        chunk->order[which].last = ids + (size_t)last * width;
    }
    return first < rows && last < rows;
}

static bool take_columns(jk_import_chunk *chunk, const packed_head *head, packed_rest *rest, uint64_t seed,
                         jk_error *error) {
    const size_t rows = chunk->rows;
    bool good = (chunk->unmatched != NULL) == (head->has_unmatched != 0) && take_into(rest, chunk->bad, rows, 1) &&
                take_into(rest, chunk->line, rows, sizeof *chunk->line) &&
                take_into(rest, chunk->balance, rows, sizeof *chunk->balance) &&
                (chunk->unmatched == NULL || take_into(rest, chunk->unmatched, rows, sizeof *chunk->unmatched));
    for (int c = 0; good && c < JK_COLUMN_COUNT; c++) {
        good = !is_packed(chunk, c) || take_into(rest, chunk->column[c], rows, element_size(chunk, c));
    }
    good = good && take_words(chunk, head, rest, error) && take_order(chunk, head, 0) && take_order(chunk, head, 1);
    if (good) {
        digest_ids(chunk, 0, seed);
        digest_ids(chunk, 1, seed);
    }
    return good;
}

static bool take_rejects(jk_import_chunk *chunk, const packed_head *head, packed_rest *rest, jk_error *error) {
    for (uint64_t i = 0; i < head->rejects; i++) {
        packed_reject packed;
        const bool told = take_into(rest, &packed, 1, sizeof packed);
        const unsigned char *value = told ? take(rest, packed.length, 1) : NULL;
        if (value == NULL || (packed.row != UINT32_MAX && packed.row >= chunk->rows) ||
            packed.column >= JK_COLUMN_COUNT || packed.reason >= (int)JK_REJECT_REASON_COUNT + JK_LEFT_OUT_COUNT) {
            return false;
        }
        /* as they were noted: what marks the rows is in the columns already */
        if (jk_chunk_reject(chunk, UINT32_MAX, packed.line, packed.column, (jk_reject_reason)packed.reason,
                            (const char *)value, packed.length, error) != JK_OK) {
            return false;
        }
        chunk->rejects[i].row = packed.row;
    }
    return true;
}

static bool take_odd(jk_import_chunk *chunk, const packed_head *head, packed_rest *rest) {
    for (uint64_t i = 0; i < head->odd; i++) {
        jk_odd_entry entry;
        if (!take_into(rest, &entry, 1, sizeof entry) || entry.kind >= JK_ODD_KINDS || entry.length > JK_ODD_TEXT) {
            return false;
        }
        jk_odd_add(&chunk->odd, (jk_odd_kind)entry.kind, entry.column, entry.text, entry.length, entry.line,
                   entry.count);
    }
    return true;
}

static bool take_pairs(jk_import_chunk *chunk, const packed_head *head, packed_rest *rest) {
    chunk->pairs_length = 0;
    if (head->pairs > chunk->pairs_room) {
        char *grown = head->pairs > rest->left ? NULL : realloc(chunk->pairs, head->pairs);
        if (grown == NULL) {
            return false;
        }
        chunk->pairs = grown;
        chunk->pairs_room = head->pairs;
    }
    chunk->pairs_length = head->pairs;
    return take_into(rest, chunk->pairs, head->pairs, 1);
}

/* Rows of joined sources that claims have: told to the join at once. */
static bool take_partners(jk_import_chunk *chunk, const packed_head *head, packed_rest *rest) {
    chunk->partner_count = 0;
    for (uint64_t i = 0; i < head->partners; i++) {
        uint32_t partner[2];
        if (!take_into(rest, partner, 1, sizeof partner) || !jk_join_mark(chunk->plan->join, partner[0], partner[1])) {
            return false;
        }
    }
    return true;
}

static bool has_good_head(const packed_head *head) {
    bool good =
        head->kind <= JK_CHUNK_NOTHING && head->rows <= head->bytes && (head->kind == JK_CHUNK_ROWS || head->rows == 0);
    for (int which = 0; which < ORDERS; which++) {
        const uint64_t width = head->text_width[which];
        good = good && (head->rows == 0 || (width > 0 && width % 8 == 0 && width <= JK_TEXT_MAX));
    }
    return good;
}

jk_status jk_chunk_unpack(jk_import_chunk *chunk, uint64_t seed, jk_error *error) {
    packed_rest rest = {(const unsigned char *)chunk->memory, chunk->packed_length};
    packed_head head;
    bool good = take_into(&rest, &head, 1, sizeof head) && head.mark == MARK && head.bytes == chunk->packed_length &&
                has_good_head(&head);
    if (!good) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "what was kept of an import is none of its pieces");
    }
    chunk->kind = (jk_chunk_kind)head.kind;
    chunk->last = head.last_of_file != 0;
    chunk->rows = head.rows;
    chunk->length = head.length;
    chunk->line_count = head.line_count;
    chunk->cell_lines = head.cell_lines;
    chunk->reject_count = 0;
    if (head.rows > 0) {
        JK_TRY(jk_chunk_reserve(chunk, head.rows, error));
        chunk->text_width[0] = head.text_width[0];
        chunk->text_width[1] = head.text_width[1];
        good = take_columns(chunk, &head, &rest, seed, error);
    }
    good = good && take_rejects(chunk, &head, &rest, error) && take_odd(chunk, &head, &rest) &&
           take_partners(chunk, &head, &rest) && take_pairs(chunk, &head, &rest) && rest.left == 0;
    return good ? JK_OK
                : jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "what was kept of an import does not suit its files");
}
