/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of the first tape go into a table of digests, those of the second are looked up. Digests are made by all threads,
 * the table is filled by one. */
#include "programme/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash_key.h"
#include "base/memory.h"
#include "base/policy.h"
#include "base/team/parallel.h"
#include "import/commit/ids.h"
#include "import/commit/key.h"

enum { PIECE_ROWS = 65536, PIECES_AT_ONCE = 16, AHEAD = 16 };

/* Digests of some pieces of one tape. */
typedef struct digests {
    const jk_tape *tape;
    size_t width, first, count; /* rows */
    char *ids;                  /* a piece for each thread */
    uint64_t (*key)[2];         /* [PIECES_AT_ONCE * PIECE_ROWS] */
} digests;

static jk_status digest_piece(void *context, int thread, size_t i, jk_error *error) {
    digests *d = context;
    size_t start = i * PIECE_ROWS;
    size_t count = d->count - start < PIECE_ROWS ? d->count - start : PIECE_ROWS;
    char *ids = d->ids + (size_t)thread * PIECE_ROWS * d->width;
    JK_TRY(jk_tape_read(d->tape, JK_COLUMN_CLAIM_ID, d->first + start, count, ids, error));
    for (size_t row = 0; row < count; row++) {
        const char *id = ids + row * d->width;
        jk_import_key(id, strnlen(id, d->width), jk_hash_key(), d->key[start + row]);
    }
    return JK_OK;
}

/* What is done with the digests of a tape, in its order. */
typedef jk_status take_digests(void *context, const jk_tape *tape, size_t first, size_t count, uint64_t (*key)[2],
                               jk_error *error);

static jk_status each_digest(const jk_tape *tape, const jk_run *run, take_digests *take, void *context,
                             jk_error *error) {
    const size_t most = (size_t)PIECES_AT_ONCE * PIECE_ROWS;
    size_t rows = jk_tape_rows(tape);
    digests d = {.tape = tape, .width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID)};
    jk_run quiet = {.threads = run->threads};
    size_t largest = rows < most ? rows : most;
    d.ids = jk_columns_alloc((size_t)jk_threads(run), PIECE_ROWS * d.width);
    d.key = jk_columns_alloc(largest, sizeof *d.key);
    jk_status status = d.ids == NULL || d.key == NULL ? jk_fail_memory(error, "the claims' ids") : JK_OK;
    for (; status == JK_OK && d.first < rows; d.first += d.count) {
        d.count = rows - d.first < most ? rows - d.first : most;
        status = jk_parallel_for(&quiet, (d.count + PIECE_ROWS - 1) / PIECE_ROWS, "claims of both tapes", PIECE_ROWS,
                                 digest_piece, &d, error);
        if (status == JK_OK) {
            status = take(context, tape, d.first, d.count, d.key, error);
        }
        if (status == JK_OK && run->progress != NULL &&
            run->progress(run->context, "claims of both tapes", d.first + d.count, rows) != 0) {
            status = jk_fail(error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "interrupted");
        }
    }
    free(d.ids);
    free(d.key);
    return status;
}

static jk_status fail_twice(const jk_tape *tape, size_t row, jk_error *error) {
    char id[JK_TEXT_MAX + 1] = "";
    JK_TRY(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, row, 1, id, error));
    bool shown = jk_policy_get()->with_ids;
    return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, "claim_id",
                   "%s%s%s stands twice, again in row %zu; expected each claim once, as import keeps them",
                   shown ? "'" : "a claim", shown ? id : "", shown ? "'" : "", row + 1);
}

static jk_status note_from(void *context, const jk_tape *tape, size_t first, size_t count, uint64_t (*key)[2],
                           jk_error *error) {
    jk_match *match = context;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            jk_id_prefetch(&match->ids, key[i + AHEAD]);
        }
        if (jk_id_find_or_add(&match->ids, key[i], (uint32_t)(first + i)) != (uint32_t)(first + i)) {
            return fail_twice(tape, first + i, error);
        }
    }
    return JK_OK;
}

/* Rows of the second tape: known ones get the number of the first's row, others a new one. Those that are new go into
 * the table too, so that one that comes twice is seen. */
static jk_status look_up_to(void *context, const jk_tape *tape, size_t first, size_t count, uint64_t (*key)[2],
                            jk_error *error) {
    jk_match *match = context;
    JK_TRY(jk_held(jk_id_reserve(&match->ids, count), error, "the claims' ids"));
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            jk_id_prefetch(&match->ids, key[i + AHEAD]);
        }
        uint32_t next = (uint32_t)match->lines;
        uint32_t line = jk_id_find_or_add(&match->ids, key[i], next);
        match->lines += line == next;
        match->both += line < match->from_rows;
        if (match->to_row[line] != JK_MATCH_NONE) {
            return fail_twice(tape, first + i, error);
        }
        match->to_row[line] = (uint32_t)(first + i);
        match->line[first + i] = line;
    }
    return JK_OK;
}

jk_status jk_match_tapes(const jk_tape *from, const jk_tape *to, const jk_run *run, jk_match *match, jk_error *error) {
    *match = (jk_match){.from_rows = jk_tape_rows(from), .to_rows = jk_tape_rows(to)};
    jk_status status = JK_OK;
    size_t most = match->from_rows + match->to_rows;
    if (most >= JK_MATCH_NONE) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(to), 0, NULL,
                       "%zu claims of two tapes; expected less than %u together", most, JK_MATCH_NONE);
    }
    match->lines = match->from_rows;
    match->line = jk_columns_alloc(match->to_rows, sizeof *match->line);
    match->to_row = jk_columns_alloc(most, sizeof *match->to_row);
    JK_TRY_CLEANUP(jk_held(match->line != NULL && match->to_row != NULL && jk_id_reserve(&match->ids, match->from_rows),
                           error, "the claims of two tapes"));
    memset(match->to_row, 0xff, most * sizeof *match->to_row);
    JK_TRY_CLEANUP(each_digest(from, run, note_from, match, error));
    JK_TRY_CLEANUP(each_digest(to, run, look_up_to, match, error));
cleanup:
    if (status != JK_OK) {
        jk_match_reset(match);
    }
    return status;
}

uint32_t jk_match_find(const jk_match *match, const char *id, size_t length) {
    uint64_t key[2];
    uint32_t number = JK_MATCH_NONE;
    jk_import_key(id, length, jk_hash_key(), key);
    return match->ids.count > 0 && jk_id_find(&match->ids, key, &number) ? number : JK_MATCH_NONE;
}

void jk_match_forget_ids(jk_match *match) {
    jk_id_free(&match->ids);
}

void jk_match_reset(jk_match *match) {
    jk_id_free(&match->ids);
    free(match->line);
    free(match->to_row);
    *match = (jk_match){0};
}
