/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a claim, or a debtor's first claim, by its id: a scan of one column over threads. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/policy.h"
#include "base/team/parallel.h"
#include "explain/explain_internal.h"

enum { BLOCK_ROWS = 65536 };

typedef struct id_scan {
    const jk_tape *tape;
    jk_column column; /* claim_id or debtor_id */
    size_t width;
    char key[JK_TEXT_MAX];
    char *buffers; /* one block of ids a thread */
    atomic_size_t found;
    /* where nothing is found: the first row among those that share most of the id's beginning */
    int nearest_wanted;
    bool other_wanted;             /* whether the other of the two columns has the id, if this has not */
    atomic_uint_least64_t nearest; /* shared bytes << 48 | (2^48 - 1 - row): the largest is the nearest */
} id_scan;

enum { NEAREST_ROW_BITS = 48 };
#define NEAREST_ROW_MASK ((UINT64_C(1) << NEAREST_ROW_BITS) - 1)

static void note_nearest(id_scan *scan, const char *ids, size_t first, size_t count) {
    uint64_t best = 0;
    for (size_t i = 0; i < count; i++) {
        const char *id = ids + i * scan->width;
        uint64_t same = 0;
        while (same < scan->width && id[same] != '\0' && id[same] == scan->key[same]) {
            same++;
        }
        uint64_t rank = same << NEAREST_ROW_BITS | (NEAREST_ROW_MASK - (first + i));
        best = rank > best ? rank : best;
    }
    uint64_t known = atomic_load(&scan->nearest);
    while (best > known && !atomic_compare_exchange_weak(&scan->nearest, &known, best)) {
    }
}

static jk_status scan_rows(void *context, int thread, size_t i, jk_error *error) {
    id_scan *scan = context;
    if (!scan->nearest_wanted && atomic_load_explicit(&scan->found, memory_order_relaxed) != SIZE_MAX) {
        return JK_OK;
    }
    size_t first = i * BLOCK_ROWS;
    size_t left = jk_tape_rows(scan->tape) - first;
    size_t count = left < BLOCK_ROWS ? left : BLOCK_ROWS;
    char *ids = scan->buffers + (size_t)thread * BLOCK_ROWS * scan->width;
    JK_TRY(jk_tape_read(scan->tape, scan->column, first, count, ids, error));
    if (scan->nearest_wanted) {
        note_nearest(scan, ids, first, count);
        return JK_OK;
    }
    for (size_t row = 0; row < count; row++) {
        if (memcmp(ids + row * scan->width, scan->key, scan->width) == 0) {
            atomic_store(&scan->found, first + row);
            return JK_OK;
        }
    }
    return JK_OK;
}

static jk_status find_row(const jk_tape *tape, const jk_run *run, jk_column column, const char *wanted, bool tells,
                          size_t *row, jk_error *error);

static jk_status fail_unknown(id_scan *scan, const jk_run *run, const char *wanted, size_t blocks, jk_error *error) {
    scan->nearest_wanted = 1;
    JK_TRY(jk_parallel_for(run, blocks, "looking for the nearest id", BLOCK_ROWS, scan_rows, scan, error));
    const jk_column other = scan->column == JK_COLUMN_CLAIM_ID ? JK_COLUMN_DEBTOR_ID : JK_COLUMN_CLAIM_ID;
    size_t there = 0;
    if (scan->other_wanted && find_row(scan->tape, run, other, wanted, false, &there, NULL) == JK_OK) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(scan->tape), 0, jk_schema_column(scan->column)->name,
                       other == JK_COLUMN_DEBTOR_ID ? "'%s' is a debtor's id, and no claim's; expected --debtor"
                                                    : "'%s' is a claim's id, and no debtor's; expected --claim",
                       wanted);
    }
    uint64_t nearest = atomic_load(&scan->nearest);
    size_t rows = jk_tape_rows(scan->tape);
    const char *kind = scan->column == JK_COLUMN_CLAIM_ID ? "claim" : "debtor";
    const char *key = jk_schema_column(scan->column)->name;
    if (nearest >> NEAREST_ROW_BITS == 0) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(scan->tape), 0, key, "no %s '%s' among %zu", kind, wanted,
                       rows);
    }
    char id[JK_TEXT_MAX + 1] = "";
    size_t row = (size_t)(NEAREST_ROW_MASK - (nearest & NEAREST_ROW_MASK));
    JK_TRY(jk_tape_read(scan->tape, scan->column, row, 1, id, error));
    bool shown = jk_policy_get()->with_ids;
    return jk_fail(error, JK_ERROR_DATA, jk_tape_path(scan->tape), 0, key,
                   "no %s '%s' among %zu; the first with the longest beginning in common stands in row %zu%s%s%s", kind,
                   wanted, rows, row + 1, shown ? ": '" : "", shown ? id : "", shown ? "'" : " (--with-ids names it)");
}

static jk_status find_row(const jk_tape *tape, const jk_run *run, jk_column column, const char *wanted, bool tells,
                          size_t *row, jk_error *error) {
    size_t length = strlen(wanted);
    id_scan scan = {.tape = tape,
                    .column = column,
                    .width = jk_tape_text_width(tape, column),
                    .other_wanted = tells,
                    .found = SIZE_MAX};
    size_t blocks = (jk_tape_rows(tape) + BLOCK_ROWS - 1) / BLOCK_ROWS;
    if (length == 0 || length > JK_TEXT_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, jk_schema_column(column)->name,
                       "expected 1 to %d bytes, found %zu", JK_TEXT_MAX, length);
    }
    memcpy(scan.key, wanted, length);
    scan.buffers = jk_columns_alloc((size_t)jk_threads(run), BLOCK_ROWS * scan.width);
    JK_TRY(jk_held(scan.buffers != NULL, error, "the claims' ids"));
    jk_status status = JK_OK;
    if (length <= scan.width) {
        JK_TRY_CLEANUP(jk_parallel_for(run, blocks, "looking for the claim", BLOCK_ROWS, scan_rows, &scan, error));
    }
    *row = scan.found;
    if (*row == SIZE_MAX && !tells) {
        status = JK_ERROR_DATA;
    } else if (*row == SIZE_MAX) {
        JK_TRY_CLEANUP(fail_unknown(&scan, run, wanted, blocks, error));
    }
cleanup:
    free(scan.buffers);
    return status;
}

jk_status jk_explain_find(const jk_tape *tape, const jk_run *run, jk_column column, const char *wanted, size_t *row,
                          jk_error *error) {
    return find_row(tape, run, column, wanted, true, row, error);
}
