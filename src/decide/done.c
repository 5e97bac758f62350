/* SPDX-License-Identifier: Apache-2.0 */
/* The ids of the list go into a table of digests with the days of contact; the tape's ids are looked up. */
#include "jalki/done.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash_key.h"
#include "base/memory.h"
#include "import/commit/ids.h"
#include "import/commit/key.h"
#include "import/list.h"
#include "jalki/model.h"

enum { PIECE_ROWS = 65536, YEAR_DAYS = 365 };

/* What the list says of a claim. */
typedef struct contacts {
    int32_t last; /* JK_MISSING_INTEGER: none */
    uint32_t within_year;
    uint8_t on_tape;
} contacts;

typedef struct reading {
    const jk_done_rules *rules;
    jk_done *done;
    jk_id_table ids;
    contacts *claim; /* by number of the id */
    size_t count;
} reading;

static jk_status read_list(reading *r, const jk_tape *list, jk_error *error) {
    size_t rows = jk_tape_rows(list), width = jk_tape_text_width(list, JK_COLUMN_CLAIM_ID);
    char *ids = jk_columns_alloc(PIECE_ROWS, width);
    int32_t *date = jk_columns_alloc(PIECE_ROWS, sizeof *date);
    int8_t *treatment = jk_columns_alloc(PIECE_ROWS, 1);
    jk_status status = JK_OK;
    r->claim = jk_columns_alloc(rows, sizeof *r->claim);
    JK_TRY_CLEANUP(
        jk_held(ids != NULL && date != NULL && treatment != NULL && r->claim != NULL && jk_id_reserve(&r->ids, rows),
                error, "the list of actions"));
    for (size_t first = 0; first < rows; first += PIECE_ROWS) {
        size_t length = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        JK_TRY_CLEANUP(jk_tape_read(list, JK_COLUMN_CLAIM_ID, first, length, ids, error));
        JK_TRY_CLEANUP(jk_tape_read(list, JK_COLUMN_PERIOD_START, first, length, date, error));
        JK_TRY_CLEANUP(jk_tape_read(list, JK_COLUMN_TREATMENT, first, length, treatment, error));
        for (size_t i = 0; i < length; i++) {
            if (date[i] > r->rules->cutoff) {
                continue;
            }
            uint64_t key[2];
            jk_import_key(ids + i * width, strnlen(ids + i * width, width), jk_hash_key(), key);
            uint32_t number = jk_id_find_or_add(&r->ids, key, (uint32_t)r->count);
            if (number == r->count) {
                r->claim[r->count++] = (contacts){.last = JK_MISSING_INTEGER};
            }
            contacts *claim = &r->claim[number];
            r->done->actions++;
            if (treatment[i] != JK_TREAT_SURVEIL) {
                claim->last = date[i] > claim->last ? date[i] : claim->last;
                claim->within_year += r->rules->cutoff - date[i] < YEAR_DAYS;
            }
        }
    }
cleanup:
    free(ids);
    free(date);
    free(treatment);
    return status;
}

/* The contacts of a debtor are those of all its claims: last day and number within a year by debtor. */
static jk_status mark(reading *r, const jk_tape *tape, jk_error *error) {
    size_t rows = jk_tape_rows(tape), width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    size_t debtors = jk_tape_debtors(tape);
    char *ids = jk_columns_alloc(PIECE_ROWS, width);
    int32_t *debtor = jk_columns_alloc(rows, sizeof *debtor);
    contacts *of_debtor = jk_columns_zero(debtors, sizeof *of_debtor);
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_held(ids != NULL && debtor != NULL && of_debtor != NULL, error, "the debtors' contacts"));
    for (size_t d = 0; d < debtors; d++) {
        of_debtor[d].last = JK_MISSING_INTEGER;
    }
    JK_TRY_CLEANUP(jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, 0, rows, debtor, error));
    for (size_t first = 0; first < rows; first += PIECE_ROWS) {
        size_t length = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        JK_TRY_CLEANUP(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, first, length, ids, error));
        for (size_t i = 0; i < length; i++) {
            uint64_t key[2];
            uint32_t number = 0;
            jk_import_key(ids + i * width, strnlen(ids + i * width, width), jk_hash_key(), key);
            if (r->ids.count == 0 || !jk_id_find(&r->ids, key, &number)) {
                continue;
            }
            contacts *claim = &r->claim[number], *all = &of_debtor[debtor[first + i]];
            claim->on_tape = 1;
            all->last = claim->last > all->last ? claim->last : all->last;
            all->within_year += claim->within_year;
        }
    }
    for (size_t d = 0; d < debtors; d++) {
        contacts *all = &of_debtor[d];
        bool lately = all->last != JK_MISSING_INTEGER && r->rules->cutoff - all->last < r->rules->rest;
        bool often = r->rules->most > 0 && all->within_year >= (uint32_t)r->rules->most;
        all->on_tape = lately || often;
        r->done->debtors += all->on_tape;
    }
    for (size_t i = 0; i < rows; i++) {
        r->done->resting[i] = of_debtor[debtor[i]].on_tape;
    }
    for (size_t n = 0; n < r->count; n++) {
        r->done->unknown += r->claim[n].on_tape == 0;
    }
cleanup:
    free(ids);
    free(debtor);
    free(of_debtor);
    return status;
}

jk_status jk_done_read(const char *actions, const jk_tape *tape, const jk_done_rules *rules, const jk_run *run,
                       jk_done *done, jk_error *error) {
    *done = (jk_done){.resting = jk_columns_zero(jk_tape_rows(tape), 1)};
    reading r = {.rules = rules, .done = done};
    jk_tape *list = NULL;
    jk_status status = jk_held(done->resting != NULL, error, "the claims that rest");
    status = status == JK_OK
                 ? jk_list_open(actions, JK_KIND_ACTIONS, rules->pseudonyms, run, &list, &done->rejected, error)
                 : status;
    status = status == JK_OK ? read_list(&r, list, error) : status;
    status = status == JK_OK ? mark(&r, tape, error) : status;
    jk_tape_close(list);
    jk_id_free(&r.ids);
    free(r.claim);
    if (status != JK_OK) {
        jk_done_reset(done);
    }
    return status;
}

void jk_done_reset(jk_done *done) {
    free(done->resting);
    *done = (jk_done){0};
}
