/* SPDX-License-Identifier: Apache-2.0 */
/* Sums per debtor: one pass over the columns that decide who is workable. Each amount is an integer added with an
 * atomic, so that neither threads nor the order of claims show in a sum. */
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "law/law_internal.h"

/* Rows a thread handles at once: the columns stay in a second-level cache. */
enum { BLOCK_ROWS = 8192 };

typedef struct worker {
    void *columns; /* of the block */
    void *memory;  /* of the facts */
    jk_block block;
    jk_law_facts facts;
} worker;

typedef struct debtor_pass {
    const jk_law *law;
    const jk_tape *tape;
    jk_debtors *debtors;
    worker *workers;
    size_t block_rows;
    size_t first_row, end_row;    /* the rows that are added up */
    const int32_t *group;         /* of each row, where sums are not per debtor_index; else NULL */
    int32_t only;                 /* this debtor, or -1: all */
    bool own_alone;               /* of a run on ranks, each needs the debtors of its own rows only */
    atomic_size_t contradictions; /* rows with a date after the cut-off */
    atomic_size_t first_contradiction;
} debtor_pass;

static jk_status worker_init(worker *own, uint64_t columns, size_t rows, jk_error *error) {
    size_t bytes = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        bytes += columns >> c & 1 ? rows * jk_schema_element_size((jk_column)c) + JK_ALIGNMENT : 0;
    }
    own->columns = jk_columns_alloc(bytes, 1);
    own->memory = jk_columns_alloc(jk_law_facts_size(rows), 1);
    JK_TRY(jk_held(own->columns != NULL && own->memory != NULL, error, "a block of claims"));
    unsigned char *next = own->columns;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (columns >> c & 1) {
            own->block.column[c] = next;
            next += (rows * jk_schema_element_size((jk_column)c) + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
        }
    }
    jk_law_facts_place(&own->facts, rows, own->memory);
    return JK_OK;
}

static int after(int32_t date, int32_t cutoff) {
    return date != JK_MISSING_INTEGER && date > cutoff;
}

/* Names the column of a row that contradicts the cut-off, or -1. */
static int contradicting_column(const jk_law *law, const jk_block *block, size_t row) {
    jk_law_moment own;
    const jk_law_moment *at = jk_law_moment_of(law, block, row, &own);
    static const jk_column dates[] = {JK_COLUMN_DEFAULTED_ON, JK_COLUMN_WRITTEN_OFF_ON, JK_COLUMN_LAST_PAID_ON,
                                      JK_COLUMN_TITLE_ON};
    for (size_t c = 0; c < sizeof dates / sizeof dates[0]; c++) {
        if (after(((const int32_t *)block->column[dates[c]])[row], at->end.date)) {
            return (int)dates[c];
        }
    }
    return after(JK_BLOCK_INT32(block, BIRTH_YEAR)[row], at->year) ? (int)JK_COLUMN_BIRTH_YEAR : -1;
}

/* Missing is the smallest number, so the largest of the dates tells at once whether all is well. */
static size_t count_contradictions(const jk_law *law, const jk_block *block, int32_t only) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    const int32_t *defaulted = JK_BLOCK_INT32(block, DEFAULTED_ON);
    const int32_t *written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON);
    const int32_t *paid = JK_BLOCK_INT32(block, LAST_PAID_ON);
    const int32_t *title = JK_BLOCK_INT32(block, TITLE_ON);
    const int32_t *birth_year = JK_BLOCK_INT32(block, BIRTH_YEAR);
    uint32_t count = 0;
    for (size_t i = 0; law->by_period && i < block->rows; i++) {
        count += contradicting_column(law, block, i) >= 0;
    }
    if (law->by_period) {
        return count;
    }
    int32_t cutoff = law->cutoff.end.date;
    int32_t year = law->cutoff.year;
    for (size_t i = 0; i < block->rows; i++) {
        int after_cutoff = (defaulted[i] > cutoff) | (written_off[i] > cutoff) | (paid[i] > cutoff) |
                           (title[i] > cutoff) | (birth_year[i] > year);
        count += (uint32_t)(after_cutoff & ((only < 0) | (debtor[i] == only)));
    }
    return count;
}

static void check_block(debtor_pass *pass, const jk_block *block) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    size_t count = count_contradictions(pass->law, block, pass->only);
    if (count == 0) {
        return;
    }
    atomic_fetch_add(&pass->contradictions, count);
    size_t row = 0;
    while ((pass->only >= 0 && debtor[row] != pass->only) || contradicting_column(pass->law, block, row) < 0) {
        row++;
        assert(row < block->rows); /* one was counted */
    }
    size_t found = block->first_row + row;
    size_t known = atomic_load(&pass->first_contradiction);
    while (found < known && !atomic_compare_exchange_weak(&pass->first_contradiction, &known, found)) {
    }
}

static void add_claim(const debtor_pass *pass, const jk_law_facts *facts, size_t row, size_t debtor) {
    _Atomic int64_t *balance = (_Atomic int64_t *)pass->debtors->balance;
    _Atomic int64_t *workable = (_Atomic int64_t *)pass->debtors->workable_balance;
    _Atomic uint32_t *claims = (_Atomic uint32_t *)pass->debtors->claims;
    int64_t units = jk_debtor_units(facts->balance[row]);
    atomic_fetch_add_explicit(&balance[debtor], units, memory_order_relaxed);
    atomic_fetch_add_explicit(&claims[debtor], 1, memory_order_relaxed);
    if (facts->workable[row]) {
        atomic_fetch_add_explicit(&workable[debtor], units, memory_order_relaxed);
    }
}

static void add_block(const debtor_pass *pass, const jk_block *block, const jk_law_facts *facts) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    assert(pass->only >= 0 || jk_places_below(debtor, block->rows, pass->debtors->count));
    for (size_t i = 0; i < block->rows; i++) {
        if (pass->only < 0) {
            add_claim(pass, facts, i, (size_t)debtor[i]);
        } else if (debtor[i] == pass->only) {
            add_claim(pass, facts, i, 0);
        }
    }
}

/* Reads debtor_index and checks it; *wanted tells whether the block holds a claim to add. */
static jk_status read_debtors(const debtor_pass *pass, jk_block *block, int *wanted, jk_error *error) {
    int32_t *debtor = block->column[JK_COLUMN_DEBTOR_INDEX];
    if (pass->group != NULL) {
        memcpy(debtor, pass->group + block->first_row, block->rows * sizeof *debtor);
        *wanted = 1;
        return JK_OK;
    }
    JK_TRY(jk_tape_read(pass->tape, JK_COLUMN_DEBTOR_INDEX, block->first_row, block->rows, debtor, error));
    size_t debtors = jk_tape_debtors(pass->tape);
    *wanted = pass->only < 0;
    for (size_t row = 0; row < block->rows; row++) {
        if ((uint32_t)debtor[row] >= debtors) {
            return jk_fail(error, JK_ERROR_FORMAT, jk_tape_path(pass->tape), 0, "debtor_index",
                           "row %zu holds %d, expected 0 to %zu", block->first_row + row + 1, debtor[row],
                           debtors - (debtors > 0));
        }
        *wanted |= debtor[row] == pass->only;
    }
    return JK_OK;
}

static jk_status read_others(const jk_tape *tape, jk_block *block, jk_error *error) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (block->column[c] != NULL && c != JK_COLUMN_DEBTOR_INDEX) {
            JK_TRY(jk_tape_read(tape, (jk_column)c, block->first_row, block->rows, block->column[c], error));
        }
    }
    return JK_OK;
}

/* Import accepts no claim that owes nothing; a store made otherwise may hold one, and the sums are not made for it. */
static jk_status check_balances(const debtor_pass *pass, const worker *own, jk_error *error) {
    for (size_t row = 0; row < own->block.rows; row++) {
        if (!(own->facts.balance[row] > 0.0)) {
            return jk_fail(error, JK_ERROR_FORMAT, jk_tape_path(pass->tape), 0, "principal",
                           "row %zu has a balance of %.2f, expected more than 0: not a store that import made",
                           own->block.first_row + row + 1, own->facts.balance[row]);
        }
    }
    return JK_OK;
}

static jk_status add_rows(void *context, int thread, size_t i, jk_error *error) {
    debtor_pass *pass = context;
    worker *own = &pass->workers[thread];
    size_t first = pass->first_row + i * pass->block_rows;
    own->block.first_row = first;
    own->block.rows = pass->end_row - first < pass->block_rows ? pass->end_row - first : pass->block_rows;
    int wanted = 0;
    JK_TRY(read_debtors(pass, &own->block, &wanted, error));
    if (!wanted) {
        return JK_OK;
    }
    JK_TRY(read_others(pass->tape, &own->block, error));
    check_block(pass, &own->block);
    jk_law_standing(pass->law, &own->block, &own->facts);
    JK_TRY(check_balances(pass, own, error));
    add_block(pass, &own->block, &own->facts);
    return JK_OK;
}

static jk_status fail_contradiction(const debtor_pass *pass, worker *own, jk_error *error) {
    size_t row = pass->first_contradiction;
    size_t count = pass->contradictions;
    own->block.first_row = row;
    own->block.rows = 1;
    JK_TRY(read_others(pass->tape, &own->block, error));
    char claim[JK_TEXT_MAX + 1] = "";
    JK_TRY(jk_tape_read(pass->tape, JK_COLUMN_CLAIM_ID, row, 1, claim, error));
    int column = contradicting_column(pass->law, &own->block, 0);
    if (column < 0) {
        return jk_fail(error, JK_ERROR_FORMAT, jk_tape_path(pass->tape), 0, NULL, "changed while it was read");
    }
    int32_t value = ((const int32_t *)own->block.column[column])[0];
    char cutoff[JK_DATE_TEXT];
    char date[JK_DATE_TEXT];
    jk_law_moment own_moment;
    (void)jk_date_format(jk_law_moment_of(pass->law, &own->block, 0, &own_moment)->end.date, cutoff);
    if (column == JK_COLUMN_BIRTH_YEAR) {
        (void)snprintf(date, sizeof date, "%d", value);
    } else {
        (void)jk_date_format(jk_date_clamp(value), date);
    }
    if (pass->law->by_period) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(pass->tape), 0, jk_schema_column((jk_column)column)->name,
                       "%zu row%s dates after the start of the period, first '%s' (row %zu, period from %s) with %s; "
                       "expected each row as at its period_start, as import makes them",
                       count, count == 1 ? " has" : "s have", claim, row + 1, cutoff, date);
    }
    return jk_fail(error, JK_ERROR_DATA, jk_tape_path(pass->tape), 0, jk_schema_column((jk_column)column)->name,
                   "%zu claim%s %s dates after the cut-off %s, first '%s' (row %zu) with %s; value the tape at a later "
                   "cut-off, or import it again with this one",
                   count, count == 1 ? "" : "s", count == 1 ? "has" : "have", cutoff, claim, row + 1, date);
}

/* Zeros that take no memory until something is written there, as ranks have few of the debtors: the C library does not
 * touch what it has fresh from the system. */
static void *zeros(size_t count, size_t size) {
    return calloc(count + 1, size);
}

static jk_status debtors_alloc(jk_debtors *debtors, size_t count, jk_error *error) {
    *debtors = (jk_debtors){
        .count = count,
        .balance = zeros(count, sizeof *debtors->balance),
        .workable_balance = zeros(count, sizeof *debtors->workable_balance),
        .claims = zeros(count, sizeof *debtors->claims),
    };
    JK_TRY(jk_held(debtors->balance != NULL && debtors->workable_balance != NULL && debtors->claims != NULL, error,
                   "the sums per debtor"));
    return JK_OK;
}

/* The sums of all processes; rows that contradict the cut-off are counted likewise. */
static jk_status add_processes(debtor_pass *pass, size_t sums, jk_error *error) {
    int64_t contradictions = (int64_t)pass->contradictions;
    const jk_tally tallies[] = {{JK_TALLY_INT64, pass->debtors->balance, sums},
                                {JK_TALLY_INT64, pass->debtors->workable_balance, sums},
                                {JK_TALLY_UINT32, pass->debtors->claims, sums}};
    const jk_tally counted = {JK_TALLY_INT64, &contradictions, 1};
    const size_t count = sizeof tallies / sizeof tallies[0];
    const jk_team_question question = {"debtors", 0};
    JK_TRY(pass->own_alone ? jk_team_sum_own(tallies, count, pass->debtors->claims, error)
                           : jk_team_sum(JK_PASS_BEFORE, question, tallies, count, error));
    JK_TRY(jk_team_sum(JK_PASS_BEFORE, question, &counted, 1, error));
    pass->contradictions = (size_t)contradictions;
    pass->first_contradiction = (size_t)jk_team_least(pass->first_contradiction);
    return JK_OK;
}

static jk_status create_sums(debtor_pass pass, const jk_run *run, size_t sums, jk_error *error) {
    const jk_law *law = pass.law;
    jk_debtors *debtors = pass.debtors;
    int threads = jk_threads(run);
    size_t rows = jk_tape_rows(pass.tape);
    pass.end_row = rows;
    bool shared = pass.only < 0 && pass.group == NULL;
    if (shared) {
        jk_team_rows(JK_PASS_BEFORE, rows, &pass.first_row, &pass.end_row);
    }
    pass.first_contradiction = SIZE_MAX;
    pass.block_rows = run != NULL && run->block_rows > 0 ? run->block_rows : BLOCK_ROWS;
    pass.block_rows = pass.block_rows > rows && rows > 0 ? rows : pass.block_rows;
    pass.workers = jk_columns_zero((size_t)threads, sizeof *pass.workers);
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(debtors_alloc(debtors, sums, error));
    JK_TRY_CLEANUP(jk_held(pass.workers != NULL, error, "the threads' blocks"));
    for (int i = 0; i < threads; i++) {
        JK_TRY_CLEANUP(worker_init(&pass.workers[i], law->debtor_columns, pass.block_rows, error));
    }
    JK_TRY_CLEANUP(jk_parallel_for(run, (pass.end_row - pass.first_row + pass.block_rows - 1) / pass.block_rows,
                                   "debtors", pass.block_rows, add_rows, &pass, error));
    if (shared) {
        JK_TRY_CLEANUP(add_processes(&pass, sums, error));
    }
    if (pass.contradictions > 0) {
        JK_TRY_CLEANUP(fail_contradiction(&pass, &pass.workers[0], error));
    }
cleanup:
    for (int i = 0; pass.workers != NULL && i < threads; i++) {
        free(pass.workers[i].columns);
        free(pass.workers[i].memory);
    }
    free(pass.workers);
    if (status != JK_OK) {
        jk_debtors_reset(debtors);
    }
    return status;
}

jk_status jk_debtors_create(const jk_law *law, const jk_tape *tape, const jk_run *run, jk_debtors *debtors,
                            jk_error *error) {
    debtor_pass pass = {.law = law, .tape = tape, .debtors = debtors, .only = -1};
    return create_sums(pass, run, jk_tape_debtors(tape), error);
}

jk_status jk_debtors_create_own(const jk_law *law, const jk_tape *tape, const jk_run *run, jk_debtors *debtors,
                                jk_error *error) {
    debtor_pass pass = {.law = law, .tape = tape, .debtors = debtors, .only = -1, .own_alone = true};
    return create_sums(pass, run, jk_tape_debtors(tape), error);
}

jk_status jk_debtors_create_grouped(const jk_law *law, const jk_tape *tape, const jk_run *run, const int32_t *group,
                                    size_t group_count, jk_debtors *debtors, jk_error *error) {
    debtor_pass pass = {.law = law, .tape = tape, .debtors = debtors, .only = -1, .group = group};
    return create_sums(pass, run, group_count, error);
}

jk_status jk_debtors_create_one(const jk_law *law, const jk_tape *tape, const jk_run *run, int32_t debtor,
                                jk_debtors *debtors, jk_error *error) {
    if (debtor < 0) {
        *debtors = (jk_debtors){0};
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "debtor", "is negative");
    }
    debtor_pass pass = {.law = law, .tape = tape, .debtors = debtors, .only = debtor};
    return create_sums(pass, run, 1, error);
}

void jk_debtors_reset(jk_debtors *debtors) {
    free(debtors->balance);
    free(debtors->workable_balance);
    free(debtors->claims);
    *debtors = (jk_debtors){0};
}
