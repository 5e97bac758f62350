/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the joined panel: tape by tape, claim by claim, period by period. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/policy.h"
#include "base/team/parallel.h"
#include "history/join/panel_join.h"
#include "import/commit/key.h"
#include "tape/store/store.h"

enum { BLOCK_ROWS = 8192, DICTIONARIES = 3 + JK_EXTRA_TEXTS };

static const jk_column dictionary_columns[DICTIONARIES] = {
    JK_COLUMN_COUNTRY,      JK_COLUMN_PRODUCT,      JK_COLUMN_CURRENCY,    JK_COLUMN_EXTRA_TEXT_1,
    JK_COLUMN_EXTRA_TEXT_2, JK_COLUMN_EXTRA_TEXT_3, JK_COLUMN_EXTRA_TEXT_4};

typedef struct row_maker {
    join_work *work;
    jk_tape_writer *writer;
    jk_extras extras;            /* own columns of all tapes, by their place in the panel */
    int place[JK_COLUMN_COUNT];  /* of the panel's columns in the earlier tape; -1: it has none, or it is the panel's */
    jk_block in;                 /* rows of the earlier tape */
    jk_block out;                /* rows of the panel */
    int32_t *code[DICTIONARIES]; /* of the earlier tape's words in the panel, by code + 1 */
    uint32_t *next_row;          /* by claim: its row in the later tape + 1, 0: none */
    int32_t *next_title;         /* title_on of the later tape, by row */
    int32_t *claim_index;        /* by claim, in order of first row; -1: none yet */
    uint32_t *own_debtor;        /* by claim that names none: its debtor + 1 */
    jk_id_table debtors;
    uint32_t debtor_count;
    size_t tape;        /* number of the earlier one */
    int32_t start, end; /* cut-offs */
} row_maker;

/* ---- memory ------------------------------------------------------------------------------------------------- */

static size_t element_size(const jk_block *block, int column) {
    return column == JK_COLUMN_CLAIM_ID    ? block->text_width[0]
           : column == JK_COLUMN_DEBTOR_ID ? block->text_width[1]
                                           : jk_schema_element_size((jk_column)column);
}

/* Columns of tapes, and own ones that some tape has. */
static bool is_of_tapes(const row_maker *maker, int column) {
    return column < JK_TAPE_COLUMN_COUNT ||
           (jk_schema_is_extra((jk_column)column) && maker->extras.name[column - JK_FIXED_COLUMN_COUNT] != NULL);
}

static bool create_block(const row_maker *maker, jk_block *block, bool of_tapes) {
    bool made = true;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (of_tapes || jk_schema_is_extra((jk_column)c) ? !is_of_tapes(maker, c) : false) {
            continue;
        }
        block->column[c] = jk_columns_alloc(BLOCK_ROWS, jk_schema_element_size((jk_column)c));
        made = made && block->column[c] != NULL;
    }
    return made;
}

static void free_maker(row_maker *maker) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        free(maker->in.column[c]);
        free(maker->out.column[c]);
    }
    for (int d = 0; d < DICTIONARIES; d++) {
        free(maker->code[d]);
    }
    free(maker->next_row);
    free(maker->next_title);
    free(maker->claim_index);
    free(maker->own_debtor);
    jk_id_free(&maker->debtors);
}

static jk_status create_maker(row_maker *maker) {
    size_t claims = maker->work->claims.count;
    bool made = create_block(maker, &maker->in, true);
    made = create_block(maker, &maker->out, false) && made;
    maker->next_row = jk_columns_alloc(claims, sizeof *maker->next_row);
    maker->claim_index = jk_columns_alloc(claims, sizeof *maker->claim_index);
    maker->own_debtor = jk_columns_zero(claims, sizeof *maker->own_debtor);
    JK_TRY(jk_held(made && maker->next_row != NULL && maker->claim_index != NULL && maker->own_debtor != NULL,
                   maker->work->error, "the rows of a panel"));
    memset(maker->claim_index, 0xff, claims * sizeof *maker->claim_index);
    for (size_t t = 0; t < maker->work->options->tape_count; t++) {
        for (size_t k = 0; k < 2; k++) {
            size_t width = jk_tape_text_width(maker->work->tapes[t], k == 0 ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID);
            maker->out.text_width[k] = width > maker->out.text_width[k] ? width : maker->out.text_width[k];
        }
    }
    return JK_OK;
}

/* ---- from tape to tape -------------------------------------------------------------------------------------- */

static jk_status take_words(row_maker *maker, const jk_tape *tape) {
    for (int d = 0; d < DICTIONARIES; d++) {
        size_t count = 0;
        const int place = maker->place[dictionary_columns[d]];
        const char *const *words = place >= 0 ? jk_tape_dictionary(tape, (jk_column)place, &count) : NULL;
        int32_t *code = realloc(maker->code[d], (count + 1) * sizeof *code);
        JK_TRY(jk_held(code != NULL, maker->work->error, "dictionaries"));
        maker->code[d] = code;
        code[0] = JK_MISSING_INDEX;
        for (size_t i = 0; i < count; i++) {
            JK_TRY(jk_tape_writer_intern(maker->writer, dictionary_columns[d], words[i], strlen(words[i]), &code[i + 1],
                                         maker->work->error));
        }
    }
    return JK_OK;
}

static jk_status take_next(row_maker *maker, size_t t) {
    const jk_tape *next = maker->work->tapes[t];
    size_t rows = jk_tape_rows(next);
    free(maker->next_title);
    maker->next_title = jk_columns_alloc(rows, sizeof *maker->next_title);
    JK_TRY(jk_held(maker->next_title != NULL, maker->work->error, "the later tape"));
    memset(maker->next_row, 0, maker->work->claims.count * sizeof *maker->next_row);
    for (size_t row = 0; row < rows; row++) {
        maker->next_row[maker->work->number[t][row]] = (uint32_t)row + 1;
    }
    return jk_tape_read(next, JK_COLUMN_TITLE_ON, 0, rows, maker->next_title, maker->work->error);
}

/* ---- one claim ---------------------------------------------------------------------------------------------- */

/* A claim between two tapes. */
typedef struct standing {
    size_t row; /* of the block of the earlier tape */
    uint32_t claim;
    int32_t debtor;
    int64_t principal, interest, fees;
    int32_t last_paid_on;
    const join_event *payment, *payment_end; /* not yet used, by day */
    const join_event *action, *action_end;
    int8_t treatment;
} standing;

static jk_status flush(row_maker *maker) {
    join_work *work = maker->work;
    jk_status status = jk_tape_writer_append(maker->writer, &maker->out, work->error);
    work->summary->rows += maker->out.rows;
    maker->out.rows = 0;
    return status;
}

static double months_of(int32_t start, int32_t end) {
    int32_t whole = jk_months_between(start, end);
    int32_t days = end - jk_date_add_months(start, whole);
    return (double)whole + (double)(days > 0 ? days : 0) / JK_DAYS_PER_MONTH;
}

static void copy_claim(row_maker *maker, const standing *claim, size_t to) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!is_of_tapes(maker, c)) {
            continue;
        }
        size_t size = element_size(&maker->in, c);
        size_t room = element_size(&maker->out, c);
        char *cell = (char *)maker->out.column[c] + to * room;
        memcpy(cell, (const char *)maker->in.column[c] + claim->row * size, size);
        memset(cell + size, 0, room - size);
    }
    for (int d = 0; d < DICTIONARIES; d++) {
        if (maker->in.column[dictionary_columns[d]] == NULL) {
            continue;
        }
        int32_t code = ((const int32_t *)maker->in.column[dictionary_columns[d]])[claim->row];
        ((int32_t *)maker->out.column[dictionary_columns[d]])[to] = maker->code[d][code + 1];
    }
    for (int c = JK_TAPE_COLUMN_COUNT; c < JK_FIXED_COLUMN_COUNT; c++) {
        size_t size = jk_schema_element_size((jk_column)c);
        jk_store_fill_missing((jk_column)c, 1, size, (char *)maker->out.column[c] + to * size);
    }
}

#define OUT(maker, type, NAME) ((type *)(maker)->out.column[JK_COLUMN_##NAME])

static int64_t money_or_missing(int64_t tape, int64_t now) {
    return tape == JK_MISSING_MONEY && now == 0 ? JK_MISSING_MONEY : now;
}

/* The claim as at the period's first day. */
static void put_start(row_maker *maker, const standing *claim, size_t to, int32_t start) {
    copy_claim(maker, claim, to);
    uint32_t next = maker->next_row[claim->claim];
    int32_t titled = next > 0 ? maker->next_title[next - 1] : JK_MISSING_INTEGER;
    int32_t *title_on = &OUT(maker, int32_t, TITLE_ON)[to];
    if (*title_on == JK_MISSING_INTEGER && titled != JK_MISSING_INTEGER && titled <= start) {
        *title_on = titled;
    }
    OUT(maker, int64_t, PRINCIPAL)[to] = claim->principal;
    OUT(maker, int64_t, INTEREST_ACCRUED)
    [to] = money_or_missing(JK_BLOCK_MONEY(&maker->in, INTEREST_ACCRUED)[claim->row], claim->interest);
    OUT(maker, int64_t, FEES)[to] = money_or_missing(JK_BLOCK_MONEY(&maker->in, FEES)[claim->row], claim->fees);
    OUT(maker, int32_t, LAST_PAID_ON)[to] = claim->last_paid_on;
    OUT(maker, int32_t, DEBTOR_INDEX)[to] = claim->debtor;
    OUT(maker, int32_t, CLAIM_INDEX)[to] = maker->claim_index[claim->claim];
    OUT(maker, int32_t, PERIOD_START)[to] = start;
    OUT(maker, int64_t, BALANCE_START)[to] = claim->principal + claim->interest + claim->fees;
    OUT(maker, int8_t, TREATMENT)[to] = claim->treatment;
}

/* What is paid goes against fees, then interest, then principal, as far as the list does not say. */
static void pay(standing *claim, const join_event *payment) {
    int64_t *parts[3] = {&claim->principal, &claim->interest, &claim->fees};
    int64_t rest = payment->cash;
    for (size_t p = 0; p < 3; p++) {
        int64_t said = jk_money_or_zero(payment->parts[p]);
        int64_t part = said < *parts[p] ? said : *parts[p];
        part = part > 0 ? part : 0;
        *parts[p] -= part;
        rest -= said;
    }
    for (size_t p = 3; p-- > 0 && rest > 0;) {
        int64_t part = rest < *parts[p] ? rest : *parts[p];
        part = part > 0 ? part : 0;
        *parts[p] -= part;
        rest -= part;
    }
    claim->last_paid_on = payment->date > claim->last_paid_on ? payment->date : claim->last_paid_on;
}

/* Uses the payments after `start` up to `end`; returns the last day on which there was one, or `start`. */
static int32_t put_cash(row_maker *maker, standing *claim, size_t to, int32_t start, int32_t end) {
    int64_t cash = 0;
    int64_t parts[3] = {JK_MISSING_MONEY, JK_MISSING_MONEY, JK_MISSING_MONEY};
    int32_t last = start;
    for (; claim->payment < claim->payment_end && claim->payment->date <= end; claim->payment++) {
        const join_event *payment = claim->payment;
        if (payment->date <= start) {
            continue;
        }
        maker->work->summary->used.count++;
        if (payment->cash == 0) { /* a reversal, or what it left of a payment */
            continue;
        }
        cash += payment->cash;
        last = payment->date;
        for (size_t p = 0; p < 3; p++) {
            parts[p] =
                payment->parts[p] == JK_MISSING_MONEY ? parts[p] : jk_money_or_zero(parts[p]) + payment->parts[p];
        }
        pay(claim, payment);
        maker->work->summary->used.amount += payment->cash;
    }
    OUT(maker, int64_t, CASH)[to] = cash < JK_MONEY_MAX ? cash : JK_MONEY_MAX;
    OUT(maker, int64_t, CASH_PRINCIPAL)[to] = parts[0];
    OUT(maker, int64_t, CASH_INTEREST)[to] = parts[1];
    OUT(maker, int64_t, CASH_COSTS)[to] = parts[2];
    maker->work->summary->rows_with_cash += cash > 0;
    return last;
}

static int8_t exit_of_vanished(const row_maker *maker, size_t row) {
    static const int8_t others[] = {[JK_VANISHED_CENSORED] = JK_EXIT_NONE,
                                    [JK_VANISHED_CLOSED] = JK_EXIT_CLOSED,
                                    [JK_VANISHED_SOLD] = JK_EXIT_SOLD};
    switch (JK_BLOCK_ENUM(&maker->in, LEGAL_STATUS)[row]) {
    case JK_STATUS_DECEASED:
        return JK_EXIT_DEATH;
    case JK_STATUS_BANKRUPTCY:
    case JK_STATUS_DEBT_ADJUSTMENT:
        return JK_EXIT_INSOLVENCY;
    default:
        return others[maker->work->options->vanished];
    }
}

static jk_status fail_treatment(const row_maker *maker, const standing *claim, int32_t start) {
    char date[JK_DATE_TEXT], id[JK_TEXT_MAX + 1] = "";
    size_t width = maker->in.text_width[0];
    memcpy(id, (const char *)maker->in.column[JK_COLUMN_CLAIM_ID] + claim->row * width, width);
    bool shown = jk_policy_get()->with_ids;
    return jk_fail(maker->work->error, JK_ERROR_DATA, maker->work->options->actions, 0, "treatment",
                   "%s%s%s has no action up to %s; expected one for every claim, or --treatment for what was done "
                   "before the first%s",
                   shown ? "claim '" : "a claim", shown ? id : "", shown ? "'" : "", jk_date_format(start, date),
                   shown ? "" : " (--with-ids names it)");
}

/* First day of period k after a cut-off; periods from the last day of a month run from month's end to month's end. */
static int32_t period_start(int32_t cutoff, int months) {
    int32_t day = jk_date_add_months(cutoff, months);
    jk_civil civil = jk_civil_from_date(day);
    bool at_end = jk_civil_from_date(cutoff + 1).day == 1;
    return at_end ? day + jk_days_in_month(civil.year, civil.month) - civil.day : day;
}

/* All periods of a claim between two tapes. A claim that no later tape has leaves: when it is paid off, else at the
 * end. */
static jk_status put_claim(row_maker *maker, standing *claim) {
    const jk_panel_join_options *options = maker->work->options;
    bool leaves = maker->work->last_tape[claim->claim] == maker->tape;
    for (int k = 0;; k++) {
        int32_t start = period_start(maker->start, k * options->period_months);
        int32_t next = period_start(maker->start, (k + 1) * options->period_months);
        int32_t end = next < maker->end ? next : maker->end;
        if (start >= maker->end || claim->principal + claim->interest + claim->fees <= 0) {
            return JK_OK;
        }
        for (; claim->action < claim->action_end && claim->action->date <= start; claim->action++) {
            claim->treatment = claim->action->treatment;
        }
        if (claim->treatment < 0) {
            return fail_treatment(maker, claim, start);
        }
        size_t to = maker->out.rows;
        put_start(maker, claim, to, start);
        int32_t last = put_cash(maker, claim, to, start, end);
        bool paid = leaves && claim->principal + claim->interest + claim->fees <= 0;
        int8_t exit = paid                          ? (int8_t)JK_EXIT_PAID
                      : leaves && end == maker->end ? exit_of_vanished(maker, claim->row)
                                                    : (int8_t)JK_EXIT_NONE;
        int32_t until = paid ? last : end;
        OUT(maker, double, PERIOD_MONTHS)
        [to] = until == next ? (double)options->period_months : months_of(start, until);
        OUT(maker, int8_t, EXIT)[to] = exit;
        maker->work->summary->exits[exit]++;
        maker->out.rows++;
        if (maker->out.rows == BLOCK_ROWS) {
            JK_TRY(flush(maker));
        }
    }
}

static int32_t number_debtor(row_maker *maker, const standing *claim) {
    size_t width = maker->in.text_width[1];
    const char *id = (const char *)maker->in.column[JK_COLUMN_DEBTOR_ID] + claim->row * width;
    size_t length = strnlen(id, width);
    uint32_t number = maker->debtor_count;
    if (length > 0) {
        uint64_t key[2];
        jk_import_key(id, length, maker->work->seed, key);
        number = jk_id_find_or_add(&maker->debtors, key, number);
    } else {
        uint32_t *own = &maker->own_debtor[claim->claim];
        *own = *own == 0 ? number + 1 : *own;
        number = *own - 1;
    }
    maker->debtor_count += number == maker->debtor_count;
    return (int32_t)number;
}

static standing stand(row_maker *maker, size_t row, uint32_t claim) {
    const join_work *work = maker->work;
    standing made = {.row = row,
                     .claim = claim,
                     .principal = JK_BLOCK_MONEY(&maker->in, PRINCIPAL)[row],
                     .interest = jk_money_or_zero(JK_BLOCK_MONEY(&maker->in, INTEREST_ACCRUED)[row]),
                     .fees = jk_money_or_zero(JK_BLOCK_MONEY(&maker->in, FEES)[row]),
                     .last_paid_on = JK_BLOCK_INT32(&maker->in, LAST_PAID_ON)[row],
                     .payment = work->payments.event + work->payments.first[claim],
                     .payment_end = work->payments.event + work->payments.first[claim + 1],
                     .treatment = (int8_t)work->options->treatment};
    if (work->actions.event != NULL) {
        made.action = work->actions.event + work->actions.first[claim];
        made.action_end = work->actions.event + work->actions.first[claim + 1];
    }
    return made;
}

/* ---- all rows ----------------------------------------------------------------------------------------------- */

static jk_status read_tape(row_maker *maker, const jk_tape *tape, size_t first, size_t rows) {
    maker->in.rows = rows;
    maker->in.text_width[0] = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    maker->in.text_width[1] = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!is_of_tapes(maker, c)) {
            continue;
        }
        if (maker->place[c] < 0) {
            jk_store_fill_missing((jk_column)c, rows, jk_schema_element_size((jk_column)c), maker->in.column[c]);
            continue;
        }
        JK_TRY(jk_tape_read(tape, (jk_column)maker->place[c], first, rows, maker->in.column[c], maker->work->error));
    }
    return JK_OK;
}

static jk_status put_tape(row_maker *maker, size_t t) {
    join_work *work = maker->work;
    const jk_tape *tape = work->tapes[t];
    size_t all = jk_tape_rows(tape);
    maker->tape = t;
    maker->start = jk_tape_cutoff(tape);
    maker->end = jk_tape_cutoff(work->tapes[t + 1]);
    JK_TRY(jk_held(jk_id_reserve(&maker->debtors, all), work->error, "the debtors"));
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const char *name =
            is_of_tapes(maker, c) && c >= JK_FIXED_COLUMN_COUNT ? maker->extras.name[c - JK_FIXED_COLUMN_COUNT] : NULL;
        maker->place[c] = c < JK_TAPE_COLUMN_COUNT ? c : name != NULL ? jk_extras_find(jk_tape_extras(tape), name) : -1;
    }
    JK_TRY(take_words(maker, tape));
    JK_TRY(take_next(maker, t + 1));
    for (size_t first = 0; first < all; first += BLOCK_ROWS) {
        size_t rows = all - first < BLOCK_ROWS ? all - first : BLOCK_ROWS;
        JK_TRY(read_tape(maker, tape, first, rows));
        for (size_t row = 0; row < rows; row++) {
            standing claim = stand(maker, row, work->number[t][first + row]);
            int32_t *index = &maker->claim_index[claim.claim];
            *index = *index < 0 ? (int32_t)work->summary->claims++ : *index;
            claim.debtor = number_debtor(maker, &claim);
            work->summary->returned += maker->next_row[claim.claim] == 0 && work->last_tape[claim.claim] > t;
            JK_TRY(put_claim(maker, &claim));
        }
        if (work->run != NULL && work->run->progress != NULL &&
            work->run->progress(work->run->context, "panel", first + rows, all) != 0) {
            return jk_fail(work->error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "stopped");
        }
    }
    return JK_OK;
}

static jk_status finish(row_maker *maker) {
    join_work *work = maker->work;
    jk_panel_join_summary *summary = work->summary;
    JK_TRY(flush(maker));
    summary->debtors = maker->debtor_count;
    summary->outside.count = summary->payments.count - summary->unknown.count - summary->used.count;
    summary->outside.amount =
        summary->payments.amount - summary->unknown.amount - summary->used.amount - summary->reversals_alone.amount;
    if (summary->rows == 0) {
        return jk_fail(work->error, JK_ERROR_DATA, work->options->tapes[0], 0, NULL,
                       "no claim of any tape but the last: there is no period to make a row of");
    }
    char *manifest = jk_join_manifest(work);
    JK_TRY(jk_held(manifest != NULL, work->error, "a manifest"));
    jk_tape_writer *writer = maker->writer;
    maker->writer = NULL;
    jk_status status = jk_tape_writer_finish(writer, NULL, manifest, work->error);
    free(manifest);
    return status;
}

jk_status jk_join_write_rows(join_work *work) {
    row_maker maker = {.work = work};
    const jk_tape_writer_options options = {.source_name = "jalki panel",
                                            .cutoff = JK_MISSING_INTEGER,
                                            .compression = work->options->compression,
                                            .threads = jk_threads(work->run),
                                            .extras = &maker.extras,
                                            .kind = JK_KIND_PANEL};
    jk_status status = jk_join_extras(work, &maker.extras);
    status = status == JK_OK ? create_maker(&maker) : status;
    if (status == JK_OK) {
        status = jk_tape_writer_create(work->options->output, &options, &maker.writer, work->error);
    }
    for (size_t t = 0; t + 1 < work->options->tape_count && status == JK_OK; t++) {
        status = put_tape(&maker, t);
    }
    status = status == JK_OK ? finish(&maker) : status;
    jk_tape_writer_abort(maker.writer);
    free_maker(&maker);
    return status;
}
