/* SPDX-License-Identifier: Apache-2.0 */
#include "import/commit/commit.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/number/sort.h"
#include "base/text/unicode.h"
#include "import/panel.h"
#include "import/rows/identifier.h"
#include "import/sources/totals.h"

enum { PREFETCH = 12, GENERAL_RULE_MONTHS = 36, TABLE_ROWS_MAX = 1 << 27, LARGE_LEAST = 16 };

/* ---- sums ------------------------------------------------------------------------------------------------- */

static int sum_slot(jk_import_sums *sums, const char *currency, size_t length) {
    char name[4] = "";
    memcpy(name, currency, length < 3 ? length : 3);
    for (size_t i = 0; i < sums->count; i++) {
        if (strcmp(sums->sums[i].currency, name) == 0) {
            return (int)i;
        }
    }
    if (sums->count == JK_IMPORT_CURRENCIES_MAX - 1) {
        memcpy(name, "***", sizeof name);
    } else if (sums->count == JK_IMPORT_CURRENCIES_MAX) {
        return JK_IMPORT_CURRENCIES_MAX - 1;
    }
    memcpy(sums->sums[sums->count].currency, name, sizeof name);
    return (int)sums->count++;
}

static void add_to_sum(jk_import_sum *sum, int64_t balance) {
    sum->claims++;
    if (__builtin_add_overflow(sum->balance, balance, &sum->balance)) {
        sum->balance = balance > 0 ? INT64_MAX : INT64_MIN;
    }
}

static void add_claim(jk_import_sums *sums, const jk_import_chunk *chunk, size_t row) {
    const int32_t *codes = chunk->column[JK_COLUMN_CURRENCY];
    const jk_chunk_dictionary *dictionary = &chunk->dictionary[jk_chunk_dictionary_of(JK_COLUMN_CURRENCY)];
    const jk_chunk_word *word = codes != NULL && codes[row] >= 0 ? &dictionary->words[codes[row]] : NULL;
    int slot = sum_slot(sums, word != NULL ? word->text : "", word != NULL ? word->length : 0);
    add_to_sum(&sums->sums[slot], chunk->balance[row]);
}

/* ---- rejects ---------------------------------------------------------------------------------------------- */

static int by_line(const void *a, const void *b) {
    uint32_t x = ((const jk_import_reject *)a)->line;
    uint32_t y = ((const jk_import_reject *)b)->line;
    return (x > y) - (x < y);
}

/* The first row that is rejected for a reason, as the summary shows it. */
static void keep_example(jk_import_rejected *rejected, const jk_reject_line *line) {
    rejected->line = line->line;
    rejected->column = line->column;
    size_t length = line->value_length < sizeof rejected->value - 1 ? line->value_length : sizeof rejected->value - 1;
    while (length < line->value_length && length > 0 && ((unsigned char)line->value[length] & 0xc0) == 0x80) {
        length--;
    }
    const bool text = jk_unicode_is_utf8(line->value, length);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line->value[i];
        rejected->value[i] = c < 0x20 || c == 0x7f || (c > 0x7f && !text) ? '?' : (char)c;
    }
    rejected->value[length] = '\0';
}

static jk_status write_rejects(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error) {
    if (chunk->reject_count > 1) {
        jk_sort(chunk->rejects, chunk->reject_count, sizeof *chunk->rejects, by_line);
    }
    for (size_t i = 0; i < chunk->reject_count; i++) {
        const jk_import_reject *reject = &chunk->rejects[i];
        jk_reject_line line = {.file = jk_csv_source_path(commit->inputs[chunk->source].source),
                               .line = commit->line_base + reject->line,
                               .claim_id = "",
                               .value = reject->value != NULL ? reject->value : reject->short_value,
                               .value_length = reject->value_length,
                               .column = reject->column,
                               .reason = (jk_reject_reason)reject->reason};
        const bool left_out = reject->reason >= JK_REJECT_REASON_COUNT;
        jk_import_rejected *rejected = left_out ? &commit->summary->left_out[reject->reason - JK_REJECT_REASON_COUNT]
                                                : &commit->summary->rejected[reject->reason];
        if (rejected->rows++ == 0) {
            keep_example(rejected, &line);
        }
        if (reject->row != UINT32_MAX) {
            size_t width = chunk->text_width[0];
            line.claim_id = (const char *)chunk->column[JK_COLUMN_CLAIM_ID] + reject->row * width;
            line.claim_id_length = strnlen(line.claim_id, width);
            add_claim(&rejected->balance, chunk, reject->row);
        }
        commit->summary->rows_rejected += !left_out;
        commit->summary->rows_left_out += left_out;
        if (!left_out) {
            JK_TRY(jk_reject_file_write(&commit->rejects, &line, error));
        }
    }
    if ((double)commit->summary->rows_rejected > commit->rejects_most) {
        commit->hopeless = true;
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "too many bad rows");
    }
    return JK_OK;
}

/* ---- identifiers ------------------------------------------------------------------------------------------ */

/* How many rows there will be, by what the first chunk lets expect: tables of this size hardly ever grow. */
static size_t expected_rows(jk_import_commit *commit, const jk_import_chunk *chunk) {
    if (commit->text_bytes == 0) {
        return 0;
    }
    if (commit->bytes_per_row == 0.0) {
        commit->bytes_per_row = (double)chunk->length / (double)chunk->rows;
    }
    double rows = 1.02 * (double)commit->text_bytes / commit->bytes_per_row + 1000.0;
    return rows < TABLE_ROWS_MAX ? (size_t)rows : TABLE_ROWS_MAX;
}

/* A chunk brings no more debtors than rows. */
static bool reserve_debtor_claims(jk_import_commit *commit, size_t rows) {
    size_t wanted = (size_t)commit->debtor_count + rows;
    if (wanted > commit->debtor_capacity) {
        size_t capacity = wanted + wanted / 2;
        uint32_t *claims = realloc(commit->debtor_claims, capacity * sizeof *claims);
        if (claims == NULL) {
            return false;
        }
        memset(claims + commit->debtor_capacity, 0, (capacity - commit->debtor_capacity) * sizeof *claims);
        commit->debtor_claims = claims;
        commit->debtor_capacity = capacity;
    }
    return true;
}

static jk_status reserve_ids(jk_import_commit *commit, const jk_import_chunk *chunk, jk_error *error) {
    const size_t expected = expected_rows(commit, chunk);
    bool done = commit->kind == JK_KIND_PANEL ? jk_id_reserve(&commit->panel_claims, chunk->rows)
                : commit->kind == JK_KIND_TAPE
                    ? jk_seen_prepare(&commit->claims, chunk, 0, commit->claim_count, expected)
                    : true; /* rows of a list may name a claim any number of times */
    if (done && chunk->column[JK_COLUMN_DEBTOR_ID] != NULL) {
        done = jk_seen_prepare(&commit->debtors, chunk, 1, commit->debtor_count, expected / 2);
    }
    done = done && reserve_debtor_claims(commit, chunk->rows);
    JK_TRY(jk_held(done, error, "the table of identifiers"));
    if (commit->summary->rows_accepted + chunk->rows > INT32_MAX) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "more than %d rows, expected fewer in one store",
                       INT32_MAX);
    }
    return JK_OK;
}

static jk_status reject_duplicates(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error) {
    const uint64_t *keys = chunk->key[0];
    const size_t rows = chunk->rows;
    for (size_t row = 0; row < rows; row++) {
        jk_seen_prefetch(&commit->claims, keys + 2 * (row + PREFETCH < rows ? row + PREFETCH : row));
        if (chunk->bad[row]) {
            continue;
        }
        uint32_t number = commit->claim_count;
        const uint32_t known = jk_seen_number(&commit->claims, keys + 2 * row, number);
        if (known == number) {
            commit->claim_count++;
        } else {
            const char *id = (const char *)chunk->column[JK_COLUMN_CLAIM_ID] + row * chunk->text_width[0];
            const size_t length = strnlen(id, chunk->text_width[0]);
            const bool cut = jk_identifier_is_exponent(id, length);
            JK_TRY(jk_chunk_reject(chunk, row, chunk->line[row], JK_COLUMN_CLAIM_ID,
                                   cut ? JK_REJECT_CUT_ID : JK_REJECT_DUPLICATE, id, length, error));
            if (known < commit->file_first_claim) {
                jk_odd_add(&commit->odd, JK_ODD_OTHER_FILE, -1, "", 0, commit->line_base + chunk->line[row], 1);
            }
        }
    }
    return JK_OK;
}

/* A claim that names no debtor has one of its own; in a panel the same in all its rows. */
static uint32_t own_debtor(jk_import_commit *commit, const jk_import_chunk *chunk, size_t row, uint32_t number) {
    if (commit->kind == JK_KIND_TAPE) {
        return number;
    }
    uint32_t *known = &commit->periods.debtor[((const int32_t *)chunk->column[JK_COLUMN_CLAIM_INDEX])[row]];
    *known = *known == 0 ? number + 1 : *known;
    return *known - 1;
}

/* One more claim of a debtor that is named; the debtor with most of them is remembered. */
static void count_claim(jk_import_commit *commit, uint32_t debtor, const char *id, size_t width) {
    uint32_t claims = ++commit->debtor_claims[debtor];
    if (claims > commit->most_claims) {
        commit->most_claims = claims;
        if (claims >= LARGE_LEAST) {
            size_t length = strnlen(id, width);
            memcpy(commit->most_debtor, id, length);
            commit->most_debtor[length] = '\0';
        }
    }
}

static void number_debtors(jk_import_commit *commit, jk_import_chunk *chunk) {
    const char *ids = chunk->column[JK_COLUMN_DEBTOR_ID];
    int32_t *index = chunk->column[JK_COLUMN_DEBTOR_INDEX];
    const uint64_t *keys = chunk->key[1];
    const size_t rows = chunk->rows;
    if (commit->kind > JK_KIND_PANEL) { /* lists have no debtors */
        memset(index, 0, rows * sizeof *index);
        return;
    }
    for (size_t row = 0; row < rows; row++) {
        if (ids != NULL) {
            jk_seen_prefetch(&commit->debtors, keys + 2 * (row + PREFETCH < rows ? row + PREFETCH : row));
        }
        if (chunk->bad[row]) {
            index[row] = 0;
            continue;
        }
        uint32_t number = commit->debtor_count;
        bool named = ids != NULL && ids[row * chunk->text_width[1]] != '\0';
        uint32_t found =
            named ? jk_seen_number(&commit->debtors, keys + 2 * row, number) : own_debtor(commit, chunk, row, number);
        commit->debtor_count += found == number;
        index[row] = (int32_t)found;
        if (named) {
            count_claim(commit, found, ids + row * chunk->text_width[1], chunk->text_width[1]);
        }
    }
}

/* ---- dictionaries ----------------------------------------------------------------------------------------- */

static jk_status intern_word(jk_import_commit *commit, jk_column column, jk_chunk_word *word, jk_error *error) {
    jk_error own = {0};
    jk_status status = jk_tape_writer_intern(commit->writer, column, word->text, word->length, &word->index, &own);
    if (status != JK_OK && status != JK_ERROR_DATA) {
        return jk_fail(error, status, own.file, own.line, own.key, "%s", own.message);
    }
    if (status == JK_ERROR_DATA) {
        word->index = -1; /* the dictionary is full: the row is rejected */
    }
    return JK_OK;
}

/* Chunk codes become store indices, in place; rows that are rejected bring no words. */
static jk_status intern_words(jk_import_commit *commit, jk_import_chunk *chunk, jk_column column, int32_t *indices,
                              jk_error *error) {
    jk_chunk_dictionary *dictionary = &chunk->dictionary[jk_chunk_dictionary_of(column)];
    const int32_t *codes = chunk->column[column];
    for (size_t row = 0; row < chunk->rows; row++) {
        int32_t code = codes[row];
        indices[row] = JK_MISSING_INDEX;
        if (chunk->bad[row] || code < 0) {
            continue;
        }
        jk_chunk_word *word = &dictionary->words[code];
        if (word->index < 0) {
            JK_TRY(intern_word(commit, column, word, error));
        }
        if (word->index < 0 && jk_schema_is_extra(column)) { /* an own column loses the cell, not the claim */
            jk_odd_add(&commit->odd, JK_ODD_DROPPED, (int32_t)column, word->text, word->length,
                       commit->line_base + chunk->line[row], 1);
        } else if (word->index < 0) {
            JK_TRY(jk_chunk_reject(chunk, row, chunk->line[row], (int)column, JK_REJECT_DICTIONARY_FULL, word->text,
                                   word->length, error));
        }
        indices[row] = word->index;
    }
    return JK_OK;
}

/* ---- sums of accepted rows -------------------------------------------------------------------------------- */

void jk_import_commit_set_cutoff(jk_import_commit *commit, int32_t cutoff) {
    commit->cutoff = cutoff;
    commit->barred_from = JK_MISSING_INTEGER;
    if (cutoff != JK_MISSING_INTEGER) {
        int32_t date =
            jk_date_add_months(cutoff, -GENERAL_RULE_MONTHS) + 3; /* months differ in length by up to 3 days */
        while (jk_date_add_months(date, GENERAL_RULE_MONTHS) > cutoff) {
            date--;
        }
        commit->barred_from = date;
    }
}

static bool has_title(const jk_import_chunk *chunk, size_t row) {
    const int32_t *title = chunk->column[JK_COLUMN_TITLE_ON];
    const int8_t *status = chunk->column[JK_COLUMN_LEGAL_STATUS];
    if (title != NULL && title[row] != JK_MISSING_INTEGER) {
        return true;
    }
    return status != NULL && (status[row] == JK_STATUS_TITLE || status[row] == JK_STATUS_ENFORCEMENT ||
                              status[row] == JK_STATUS_ENFORCEMENT_INSOLVENT);
}

/* Day from which the general rule counts: the later of default (or write-off) and last payment. */
static int32_t rule_start(const jk_import_chunk *chunk, size_t row) {
    const int32_t *defaulted = chunk->column[JK_COLUMN_DEFAULTED_ON];
    const int32_t *written_off = chunk->column[JK_COLUMN_WRITTEN_OFF_ON];
    const int32_t *paid = chunk->column[JK_COLUMN_LAST_PAID_ON];
    int32_t start = defaulted != NULL && defaulted[row] != JK_MISSING_INTEGER ? defaulted[row] : written_off[row];
    return paid != NULL && paid[row] > start ? paid[row] : start; /* missing is the smallest number */
}

static jk_status find_currency_slots(jk_import_commit *commit, const jk_chunk_dictionary *words, jk_error *error) {
    if (words->count > commit->currency_slot_capacity) {
        int8_t *slots = realloc(commit->currency_slot, words->count);
        JK_TRY(jk_held(slots != NULL, error, "a summary"));
        commit->currency_slot = slots;
        commit->currency_slot_capacity = words->count;
    }
    for (size_t i = 0; i < words->count; i++) {
        commit->currency_slot[i] = -1;
    }
    return JK_OK;
}

static jk_status sum_rows(jk_import_commit *commit, const jk_import_chunk *chunk, jk_error *error) {
    jk_import_summary *summary = commit->summary;
    const int32_t *limitation = chunk->column[JK_COLUMN_LIMITATION_ON];
    const int32_t *written_off = chunk->column[JK_COLUMN_WRITTEN_OFF_ON];
    const int64_t *cash = commit->kind == JK_KIND_PANEL ? chunk->column[JK_COLUMN_CASH] : NULL;
    const int32_t *codes = chunk->column[JK_COLUMN_CURRENCY];
    const jk_chunk_dictionary *words = &chunk->dictionary[jk_chunk_dictionary_of(JK_COLUMN_CURRENCY)];
    JK_TRY(find_currency_slots(commit, words, error));
    for (size_t row = 0; row < chunk->rows; row++) {
        if (chunk->bad[row]) {
            continue;
        }
        int32_t code = codes != NULL ? codes[row] : -1;
        int slot = code >= 0 ? commit->currency_slot[code] : -1;
        if (slot < 0) {
            const char *text = code >= 0 ? words->words[code].text : "";
            slot = sum_slot(&summary->accepted, text, code >= 0 ? words->words[code].length : 0);
            if (code >= 0) {
                commit->currency_slot[code] = (int8_t)slot;
            }
        }
        add_to_sum(&summary->accepted.sums[slot], chunk->balance[row]);
        commit->file_balance += chunk->balance[row];
        commit->file_rows++;
        summary->rows_accepted++;
        if (commit->kind > JK_KIND_PANEL) {
            continue;
        }
        int32_t day = written_off[row];
        summary->first_written_off =
            summary->rows_accepted == 1 || day < summary->first_written_off ? day : summary->first_written_off;
        summary->last_written_off = day > summary->last_written_off ? day : summary->last_written_off;
        if (cash != NULL) {
            const char *text = code >= 0 ? words->words[code].text : "";
            int cash_slot = sum_slot(&summary->panel.cash, text, code >= 0 ? words->words[code].length : 0);
            add_to_sum(&summary->panel.cash.sums[cash_slot], cash[row]);
            continue;
        }
        if ((limitation == NULL || limitation[row] == JK_MISSING_INTEGER) && !has_title(chunk, row)) {
            add_claim(&summary->no_limitation, chunk, row);
            if (commit->barred_from != JK_MISSING_INTEGER && rule_start(chunk, row) <= commit->barred_from) {
                add_claim(&summary->barred_by_rule, chunk, row);
            }
        }
    }
    return JK_OK;
}

static void sum_unmatched(jk_import_commit *commit, const jk_import_chunk *chunk) {
    for (size_t row = 0; row < chunk->rows; row++) {
        for (unsigned bits = chunk->bad[row] ? 0 : chunk->unmatched[row]; bits != 0; bits &= bits - 1) {
            int source = __builtin_ctz(bits);
            commit->unmatched[source].rows++;
            commit->unmatched[source].balance += chunk->balance[row];
        }
    }
}

/* ---- to the store ----------------------------------------------------------------------------------------- */

static size_t element_size(const jk_import_chunk *chunk, jk_column column) {
    return column == JK_COLUMN_CLAIM_ID    ? chunk->text_width[0]
           : column == JK_COLUMN_DEBTOR_ID ? chunk->text_width[1]
                                           : jk_schema_element_size(column);
}

/* Closes the gaps of rejected rows. */
static void drop_bad_rows(jk_import_chunk *chunk) {
    size_t kept = 0;
    for (size_t row = 0; row < chunk->rows; row++) {
        kept += !chunk->bad[row];
    }
    for (int c = 0; kept < chunk->rows && c < JK_COLUMN_COUNT; c++) {
        char *column = chunk->column[c];
        const size_t size = element_size(chunk, (jk_column)c);
        size_t to = 0;
        for (size_t row = 0; column != NULL && row < chunk->rows; row++) {
            if (!chunk->bad[row]) {
                memmove(column + to++ * size, column + row * size, size);
            }
        }
    }
    chunk->rows = kept;
}

static jk_status append(jk_import_commit *commit, const jk_import_chunk *chunk, jk_error *error) {
    jk_block block = {.first_row = commit->summary->rows_accepted - chunk->rows,
                      .rows = chunk->rows,
                      .text_width = {chunk->text_width[0], chunk->text_width[1]}};
    memcpy(block.column, chunk->column, sizeof block.column);
    return chunk->rows > 0 ? jk_tape_writer_append(commit->writer, &block, error) : JK_OK;
}

static jk_status commit_rows(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error) {
    JK_TRY(reserve_ids(commit, chunk, error));
    if (commit->kind == JK_KIND_TAPE) {
        JK_TRY(reject_duplicates(commit, chunk, error));
    }
    int32_t *indices[JK_CHUNK_DICTIONARIES] = {NULL};
    for (int i = 0; i < JK_CHUNK_DICTIONARIES; i++) {
        const jk_column column = jk_chunk_dictionary_column(i);
        if (chunk->column[column] != NULL) {
            indices[i] = chunk->indices[i];
            JK_TRY(intern_words(commit, chunk, column, indices[i], error));
        }
    }
    if (commit->kind == JK_KIND_PANEL) { /* last: a claim has a number only if it has a row */
        JK_TRY(jk_import_commit_periods(commit, chunk, error));
    }
    if (chunk->last && commit->kind == JK_KIND_TAPE) {
        JK_TRY(jk_import_leave_out_totals(commit, chunk, error));
    }
    JK_TRY(write_rejects(commit, chunk, error)); /* while codes are still the chunk's */
    JK_TRY(sum_rows(commit, chunk, error));
    if (chunk->unmatched != NULL) {
        sum_unmatched(commit, chunk);
    }
    number_debtors(commit, chunk);
    for (int i = 0; i < JK_CHUNK_DICTIONARIES; i++) {
        if (indices[i] != NULL) {
            chunk->column[jk_chunk_dictionary_column(i)] = indices[i];
        }
    }
    drop_bad_rows(chunk);
    if (commit->kind == JK_KIND_PANEL) {
        jk_import_sum_panel(commit->summary, chunk);
    }
    return append(commit, chunk, error);
}

jk_status jk_import_commit_chunk(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error) {
    if (chunk->source != commit->source || commit->line_base == 0) {
        commit->source = chunk->source;
        commit->line_base = (uint64_t)commit->inputs[chunk->source].header.lines + 1;
        commit->file_rows = 0;
        commit->file_balance = 0;
        commit->file_first_claim = commit->claim_count;
        commit->summary->header_lines += commit->inputs[chunk->source].header.lines;
        commit->summary->lines += commit->inputs[chunk->source].header.lines;
    }
    jk_odd_merge(&commit->odd, &chunk->odd, commit->line_base);
    if (chunk->rows > 0) {
        JK_TRY(commit_rows(commit, chunk, error));
    } else {
        JK_TRY(write_rejects(commit, chunk, error));
    }
    commit->line_base += chunk->line_count;
    commit->summary->lines += chunk->line_count;
    commit->summary->cell_lines += chunk->cell_lines;
    commit->summary->debtors = commit->debtor_count;
    return JK_OK;
}

void jk_import_commit_free(jk_import_commit *commit) {
    jk_tape_writer_abort(commit->writer);
    jk_reject_file_abort(&commit->rejects);
    jk_id_free(&commit->panel_claims);
    jk_seen_free(&commit->claims);
    jk_seen_free(&commit->debtors);
    jk_periods_free(&commit->periods);
    free(commit->currency_slot);
    free(commit->debtor_claims);
    jk_odd_free(&commit->odd);
    *commit = (jk_import_commit){0};
}
