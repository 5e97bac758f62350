/* SPDX-License-Identifier: Apache-2.0 */
#include "import/chunk.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/hash_key.h"
#include "base/memory.h"
#include "import/findings/finder.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

const char *jk_reject_code(jk_reject_reason reason) {
    static const char *const codes[] = {
#define JK_X(NAME, code, expected) #code,
        JK_REJECT_REASONS(JK_X)
#undef JK_X
    };
    return (unsigned)reason < JK_REJECT_REASON_COUNT ? codes[reason] : "unknown";
}

const char *jk_reject_expected(jk_reject_reason reason) {
    static const char *const texts[] = {
#define JK_X(NAME, code, expected) expected,
        JK_REJECT_REASONS(JK_X)
#undef JK_X
    };
    return (unsigned)reason < JK_REJECT_REASON_COUNT ? texts[reason] : "";
}

const char *jk_left_out_code(jk_left_out kind) {
    static const char *const codes[] = {
#define JK_X(NAME, code, meaning) #code,
        JK_LEFT_OUT(JK_X)
#undef JK_X
    };
    return (unsigned)kind < JK_LEFT_OUT_COUNT ? codes[kind] : "unknown";
}

JK_ISA_DECLARE(jk_import_parser, jk_import_parser_);

jk_import_parser jk_import_parser_of(jk_isa isa) {
    return *JK_ISA_OF(jk_import_parser_, isa);
}

jk_column jk_chunk_dictionary_column(int number) {
    static const jk_column fixed[] = {JK_COLUMN_COUNTRY, JK_COLUMN_PRODUCT, JK_COLUMN_CURRENCY};
    enum { FIXED = sizeof fixed / sizeof fixed[0] };
    static_assert(FIXED + JK_EXTRA_TEXTS == JK_CHUNK_DICTIONARIES, "a dictionary for each column of texts");
    return number < FIXED ? fixed[number] : (jk_column)(JK_COLUMN_EXTRA_TEXT_1 + number - FIXED);
}

int jk_chunk_dictionary_of(jk_column column) {
    for (int number = 0; number < JK_CHUNK_DICTIONARIES; number++) {
        if (jk_chunk_dictionary_column(number) == column) {
            return number;
        }
    }
    return -1;
}

/* ---- rejects ---------------------------------------------------------------------------------------------- */

jk_status jk_chunk_reject(jk_import_chunk *chunk, size_t row, uint32_t line, int column, jk_reject_reason reason,
                          const char *value, size_t length, jk_error *error) {
    if (row != UINT32_MAX) {
        if (chunk->bad[row]) {
            return JK_OK;
        }
        chunk->bad[row] = 1;
    }
    if (chunk->reject_count == chunk->reject_capacity) {
        size_t capacity = chunk->reject_capacity * 2 + 64;
        jk_import_reject *rejects = realloc(chunk->rejects, capacity * sizeof *rejects);
        JK_TRY(jk_held(rejects != NULL, error, "rejects"));
        chunk->rejects = rejects;
        chunk->reject_capacity = capacity;
    }
    chunk->rejects[chunk->reject_count++] = (jk_import_reject){.line = line,
                                                               .row = (uint32_t)row,
                                                               .column = (int16_t)column,
                                                               .reason = (uint16_t)reason,
                                                               .value = value,
                                                               .value_length = (uint32_t)length};
    return JK_OK;
}

jk_status jk_chunk_leave_out(jk_import_chunk *chunk, size_t row, uint32_t line, jk_left_out kind, const char *value,
                             size_t length, jk_error *error) {
    const uint16_t reason = (uint16_t)(JK_REJECT_REASON_COUNT + kind);
    if (row != UINT32_MAX && chunk->bad[row]) {
        for (size_t i = chunk->reject_count; i-- > 0;) {
            if (chunk->rejects[i].row == row) {
                chunk->rejects[i].reason = reason;
                return JK_OK;
            }
        }
    }
    return jk_chunk_reject(chunk, row, line, -1, (jk_reject_reason)reason, value, length, error);
}

jk_status jk_chunk_reject_copy(jk_import_chunk *chunk, size_t row, int column, jk_reject_reason reason,
                               const char *value, jk_error *error) {
    size_t before = chunk->reject_count;
    size_t length = strnlen(value, sizeof chunk->rejects->short_value - 1);
    JK_TRY(jk_chunk_reject(chunk, row, chunk->line[row], column, reason, NULL, length, error));
    if (chunk->reject_count > before) {
        memcpy(chunk->rejects[before].short_value, value, length);
    }
    return JK_OK;
}

jk_status jk_chunk_reject_money(jk_import_chunk *chunk, size_t row, int column, jk_reject_reason reason, int64_t money,
                                jk_error *error) {
    char text[32];
    return jk_chunk_reject_copy(chunk, row, column, reason, jk_finder_money(money, text), error);
}

jk_status jk_chunk_note_partner(jk_import_chunk *chunk, uint32_t source, uint32_t row, jk_error *error) {
    if (chunk->partner_count == chunk->partner_room) {
        size_t room = 2 * chunk->partner_room + 256;
        void *grown = realloc(chunk->partners, room * sizeof *chunk->partners);
        JK_TRY(jk_held(grown != NULL, error, "partners"));
        chunk->partners = grown;
        chunk->partner_room = room;
    }
    uint32_t *partner = chunk->partners[chunk->partner_count++];
    partner[0] = source;
    partner[1] = row;
    return JK_OK;
}

/* ---- dictionaries ----------------------------------------------------------------------------------------- */

static bool grow_words(jk_chunk_dictionary *dictionary) {
    size_t capacity = dictionary->capacity * 2 + 64;
    size_t slot_count = 2;
    while (slot_count < capacity * 2) {
        slot_count *= 2;
    }
    jk_chunk_word *words = realloc(dictionary->words, capacity * sizeof *words);
    if (words == NULL) {
        return false;
    }
    dictionary->words = words;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->slot_count = slot_count;
    dictionary->capacity = capacity;
    for (size_t i = 0; i < dictionary->count; i++) {
        size_t slot = XXH3_64bits_withSeed(words[i].text, words[i].length, jk_hash_key()) & (slot_count - 1);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slot_count - 1);
        }
        slots[slot] = (uint32_t)i + 1;
    }
    return true;
}

jk_status jk_chunk_word_code(jk_chunk_dictionary *dictionary, const char *text, size_t length, int32_t *code,
                             jk_error *error) {
    if (dictionary->count == dictionary->capacity && !grow_words(dictionary)) {
        return jk_fail_memory(error, "a dictionary");
    }
    size_t mask = dictionary->slot_count - 1;
    size_t slot = XXH3_64bits_withSeed(text, length, jk_hash_key()) & mask;
    for (; dictionary->slots[slot] != 0; slot = (slot + 1) & mask) {
        const jk_chunk_word *word = &dictionary->words[dictionary->slots[slot] - 1];
        if (word->length == length && memcmp(word->text, text, length) == 0) {
            *code = (int32_t)dictionary->slots[slot] - 1;
            return JK_OK;
        }
    }
    dictionary->words[dictionary->count] = (jk_chunk_word){.text = text, .length = (uint32_t)length, .index = -1};
    *code = (int32_t)dictionary->count++;
    dictionary->slots[slot] = (uint32_t)dictionary->count;
    return JK_OK;
}

static void forget_words(jk_chunk_dictionary *dictionary) {
    dictionary->count = 0;
    if (dictionary->slots != NULL) {
        memset(dictionary->slots, 0, dictionary->slot_count * sizeof *dictionary->slots);
    }
}

/* ---- memory ----------------------------------------------------------------------------------------------- */

static void free_columns(jk_import_chunk *chunk) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        free(chunk->storage[i]);
        chunk->storage[i] = NULL;
    }
    free(chunk->bad);
    free(chunk->line);
    free(chunk->balance);
    free(chunk->unmatched);
    chunk->unmatched = NULL;
    free(chunk->key[0]);
    free(chunk->key[1]);
    for (int i = 0; i < JK_CHUNK_DICTIONARIES; i++) {
        free(chunk->indices[i]);
        chunk->indices[i] = NULL;
    }
    chunk->bad = NULL;
    chunk->line = NULL;
    chunk->balance = NULL;
    chunk->key[0] = chunk->key[1] = NULL;
    chunk->row_capacity = 0;
}

bool jk_import_requires(const jk_import_plan *plan, jk_column column) {
    bool made_by_balance = plan->kind == JK_KIND_PANEL && column == JK_COLUMN_PRINCIPAL;
    return jk_schema_required(plan->kind, column) && !made_by_balance;
}

static bool is_wanted(const jk_import_plan *plan, int column) {
    bool made = column == JK_COLUMN_DEBTOR_INDEX ||
                (plan->kind == JK_KIND_PANEL && (column == JK_COLUMN_CLAIM_INDEX || column == JK_COLUMN_PRINCIPAL));
    return made || plan->feed[column].given;
}

static bool allocate_columns(jk_import_chunk *chunk, size_t rows) {
    chunk->bad = jk_columns_alloc(rows, sizeof *chunk->bad);
    /* the tile reader may write one entry more */
    chunk->line = jk_columns_alloc(rows + 1, sizeof *chunk->line);
    chunk->balance = jk_columns_alloc(rows, sizeof *chunk->balance);
    chunk->unmatched = chunk->plan->join != NULL ? jk_columns_zero(rows, sizeof *chunk->unmatched) : NULL;
    chunk->key[0] = jk_columns_alloc(rows, 2 * sizeof(uint64_t));
    chunk->key[1] = jk_columns_alloc(rows, 2 * sizeof(uint64_t));
    chunk->row_capacity = rows;
    const bool joined = chunk->plan->join == NULL || chunk->unmatched != NULL;
    return joined && chunk->bad != NULL && chunk->line != NULL && chunk->balance != NULL && chunk->key[0] != NULL &&
           chunk->key[1] != NULL;
}

jk_status jk_chunk_reserve_rows(jk_import_chunk *chunk, jk_error *error) {
    /* A row takes at least one byte a field, or two where there is one field only; the last may lack its line end. */
    const size_t fields = chunk->plan->fields > 1 ? chunk->plan->fields : 2;
    return jk_chunk_reserve(chunk, chunk->read_length / fields + 2, error);
}

jk_status jk_chunk_reserve(jk_import_chunk *chunk, size_t rows, jk_error *error) {
    const jk_import_plan *plan = chunk->plan;
    if (rows > chunk->row_capacity) {
        rows += rows / 8; /* chunks differ a little in length */
        free_columns(chunk);
        if (!allocate_columns(chunk, rows)) {
            free_columns(chunk);
            return jk_fail_memory(error, "the columns of a chunk");
        }
    }
    for (int i = 0; i < JK_CHUNK_DICTIONARIES; i++) { /* files of one import may have different columns */
        if (plan->feed[jk_chunk_dictionary_column(i)].given && chunk->indices[i] == NULL) {
            chunk->indices[i] = jk_columns_alloc(chunk->row_capacity, sizeof *chunk->indices[i]);
            JK_TRY(jk_held(chunk->indices[i] != NULL, error, "the columns of a chunk"));
        }
    }
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        chunk->column[i] = NULL;
        if (!is_wanted(plan, i)) {
            continue;
        }
        if (chunk->storage[i] == NULL) {
            chunk->storage[i] = jk_columns_alloc(chunk->row_capacity, jk_schema_element_size((jk_column)i));
        }
        JK_TRY(jk_held(chunk->storage[i] != NULL, error, "the columns of a chunk"));
        chunk->column[i] = chunk->storage[i];
    }
    chunk->text_width[0] = chunk->text_width[1] = 8;
    for (int i = 0; i < JK_CHUNK_DICTIONARIES; i++) {
        forget_words(&chunk->dictionary[i]);
    }
    return JK_OK;
}

jk_status jk_chunk_create(jk_import_chunk *chunk, size_t text_capacity, jk_error *error) {
    *chunk = (jk_import_chunk){0};
    /* twice the text: rows with quotes are rewritten behind it (csv.h) */
    chunk->memory_size = 2 * text_capacity + 4 * (size_t)JK_CSV_SLACK;
    chunk->memory = jk_columns_alloc(chunk->memory_size, 1);
    JK_TRY(jk_held(chunk->memory != NULL, error, "a chunk of text"));
    memset(chunk->memory, 0, JK_CSV_SLACK);
    return JK_OK;
}

void jk_chunk_destroy(jk_import_chunk *chunk) {
    free_columns(chunk);
    free(chunk->memory);
    free(chunk->rejects);
    jk_arena_free(chunk->kept);
    jk_odd_free(&chunk->odd);
    free(chunk->pairs);
    free(chunk->partners);
    for (int i = 0; i < JK_CHUNK_DICTIONARIES; i++) {
        free(chunk->dictionary[i].words);
        free(chunk->dictionary[i].slots);
    }
    *chunk = (jk_import_chunk){0};
}
