/* SPDX-License-Identifier: Apache-2.0 */
/* Spells of payments, read claim by claim.
 *
 * A quiet debtor whose row has a payment is a new payer; who brings all at once settles, and leaves no spell. A spell
 * lasts until `grace` months have gone without payment. Every payment within it is a trial: it is followed by another
 * one after e months, or by none. Breakage a month is the number of spells ended over the months of the trials (e, and
 * 1 for the last one), the monthly share the cash over balance and the same months. A spell of N periods of D months
 * has (N - 1) D + 1 such months, which is what instalments that begin and end at any time of a period last on average.
 * Who pays again within the grace may as well have stopped and begun anew. How many did is told by those who are just
 * out of it: where they pay with h and those within its pause with p, f = h / p of such payments are new spells, and
 * count as that part of an end. The rows are read twice, first to see f.
 *
 * What is cut short by the panel's end, a gap, an exit or payments that may not be the debtor's own counts as far as it
 * was seen; of going on or ending only payments tell after which the whole grace was seen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fit/payers/payers.h"
#include "tape/panel_period.h"

enum { AFTER_MONTHS = 3, GAP_DAYS = 3 /* months end on different days */ };
static const double whole_payment = 0.97; /* of the balance: settled */
static const double many = 3.0;           /* instalments at once are none */

typedef struct spell_reader {
    jk_fit *fit;
    struct jk_fit_payers *payers;
    double idle;                 /* months since the last payment; infinite: never */
    const jk_payer_row *payment; /* the last one of the present spell, not yet followed; NULL: none */
    double since;                /* months from its row's start */
    double pause[2], after[2];   /* rows within the grace without payment yet, and in the months after it: paid, all */
    double anew;                 /* f */
} spell_reader;

static void add_part(spell_reader *self, const jk_payer_row *row, jk_payer_figure figure, size_t index,
                     double numerator, double denominator) {
    struct jk_fit_payers *payers = self->payers;
    payers->part[payers->part_count++] = (jk_payer_part){.debtor = row->debtor,
                                                         .cell = (uint32_t)jk_payer_cell(row->segment, figure, index),
                                                         .treatment = row->treatment,
                                                         .capacity_class = row->capacity_class,
                                                         .numerator = numerator,
                                                         .denominator = denominator};
}

/* The last payment is now known to be followed by another one (`ended` 0) or by none, `months` having passed. */
static void close_payment(spell_reader *self, double ended, double months) {
    const jk_payer_row *row = self->payment;
    if (row != NULL && months > 0.0) {
        size_t class = self->payers->whole_class[row->segment] ? 0 : row->capacity_class;
        /* Where an end could not have been seen, no going on may count either. */
        if (row->ahead >= (double)self->fit->options.grace - 0.1) {
            add_part(self, row, JK_PAYER_BREAKAGE, row->treatment, ended, months);
        }
        add_part(self, row, JK_PAYER_MONTHLY_SHARE, class, row->cash, row->balance * months);
        self->fit->payers_result.ended += ended > 0.0;
    }
    self->payment = NULL;
}

/* Cut short: the payment alone is known, and only in monthly rows how long it stands for. */
static void drop_payment(spell_reader *self) {
    const jk_payer_row *row = self->payment;
    if (row != NULL && row->months < 1.5) {
        size_t class = self->payers->whole_class[row->segment] ? 0 : row->capacity_class;
        add_part(self, row, JK_PAYER_MONTHLY_SHARE, class, row->cash, row->balance);
    }
    self->payment = NULL;
}

static void count_gap(spell_reader *self, const jk_payer_row *row) {
    struct jk_fit_payers *payers = self->payers;
    enum { GAPS = sizeof payers->gap_all / sizeof payers->gap_all[0] };
    /* What a tape would say; where the column was not kept up, what the rows say. */
    double said = row->paid_months == INT32_MAX ? (double)INFINITY : (double)row->paid_months;
    double gap = said > self->idle + 1.5 ? floor(self->idle + 0.1) : said;
    if (gap >= 0.0 && gap < (double)GAPS) {
        payers->gap_all[(int)gap] += 1.0;
        payers->gap_paid[(int)gap] += row->cash > 0.0;
    }
}

static void read_quiet(spell_reader *self, jk_payer_row *row) {
    jk_payers_result *result = &self->fit->payers_result;
    self->payers->quiet[1] += 1.0;
    if (self->idle < (double)self->fit->options.grace + AFTER_MONTHS) {
        self->after[1] += 1.0;
        self->after[0] += row->cash > 0.0;
    }
    if (!(row->cash > 0.0)) {
        row->state = JK_PAYER_QUIET;
        self->idle += row->months;
        return;
    }
    bool settled = row->exit == JK_EXIT_PAID || row->cash >= whole_payment * row->balance;
    row->state = JK_PAYER_BEGINS;
    self->payers->quiet[0] += 1.0;
    result->begun++;
    result->settled += settled;
    add_part(self, row, JK_PAYER_SETTLED_SHARE, row->treatment, settled ? 1.0 : 0.0, 1.0);
    self->idle = 0.0;
    self->payment = settled ? NULL : row;
    self->since = row->months;
}

static void read_paying(spell_reader *self, jk_payer_row *row) {
    row->state = JK_PAYER_SILENT;
    bool paused = self->idle > 0.1 && self->payment != NULL;
    if (paused) {
        self->pause[1] += 1.0;
        self->pause[0] += row->cash > 0.0;
    }
    if (!(row->cash > 0.0)) {
        self->idle += row->months;
        self->since += row->months;
        if (self->idle >= (double)self->fit->options.grace - 0.1) {
            close_payment(self, 1.0, 1.0);
        }
        return;
    }
    bool last = self->payment != NULL && row->cash <= many * self->payment->cash; /* an instalment like the others */
    if (self->payment != NULL && row->cash >= whole_payment * row->balance && !last) {
        close_payment(self, 1.0, 1.0); /* a settlement: the spell before had ended */
        self->idle = 0.0;
        return;
    }
    double anew = paused ? self->anew : 0.0;
    close_payment(self, anew, anew + (1.0 - anew) * self->since);
    self->idle = 0.0;
    self->payment = row;
    self->since = row->months;
    if (row->exit == JK_EXIT_PAID) {
        close_payment(self, 0.0, fmax(row->months, 1.0));
    }
}

static void read_row(spell_reader *self, jk_payer_row *row) {
    if (!row->own) {
        drop_payment(self);
        row->state = JK_PAYER_SILENT;
        self->idle = row->cash > 0.0 ? 0.0 : self->idle + row->months;
        return;
    }
    count_gap(self, row);
    bool paying = self->idle < (double)self->fit->options.grace - 0.1;
    if (self->payment != NULL && self->idle == 0.0) {
        self->payers->again[1] += 1.0;
        self->payers->again[0] += row->cash > 0.0;
    }
    if (paying) {
        read_paying(self, row);
    } else {
        read_quiet(self, row);
    }
    if (row->exit != JK_EXIT_NONE) {
        drop_payment(self);
    }
}

/* At the first row, and after a gap, last_paid_on is what is known. */
static void begin(spell_reader *self, const jk_payer_row *row, double passed) {
    double said = row->paid_months == INT32_MAX ? (double)INFINITY : (double)row->paid_months;
    drop_payment(self);
    self->idle = fmin(said, self->idle + passed);
}

/* How far each row can be followed. */
static void look_ahead(struct jk_fit_payers *payers) {
    for (size_t i = payers->count; i-- > 0;) {
        jk_payer_row *row = &payers->row[i], *next = i + 1 < payers->count ? row + 1 : NULL;
        bool same = next != NULL && next->claim == row->claim && next->debtor == row->debtor && next->own &&
                    next->start <= jk_period_end(row->start, row->months) + GAP_DAYS;
        row->ahead = row->exit == JK_EXIT_PAID ? (double)INFINITY : same ? next->months + next->ahead : 0.0;
    }
}

static void read_all(spell_reader *self) {
    struct jk_fit_payers *payers = self->payers;
    for (size_t i = 0; i < payers->count; i++) {
        jk_payer_row *row = &payers->row[i], *last = i > 0 ? row - 1 : NULL;
        if (last == NULL || last->claim != row->claim) {
            drop_payment(self);
            self->idle = (double)INFINITY;
            begin(self, row, 0.0);
        } else {
            int32_t end = jk_period_end(last->start, last->months);
            if (row->start > end + GAP_DAYS) {
                begin(self, row, (double)(row->start - end) / JK_DAYS_PER_MONTH);
            }
        }
        read_row(self, row);
    }
    drop_payment(self);
}

/* Counts of a reading that is only made to see how many begin anew. */
static void forget(jk_fit *fit) {
    struct jk_fit_payers *payers = fit->payers;
    jk_payers_result *result = &fit->payers_result;
    payers->part_count = 0;
    payers->again[0] = payers->again[1] = payers->quiet[0] = payers->quiet[1] = 0.0;
    memset(payers->gap_all, 0, sizeof payers->gap_all);
    memset(payers->gap_paid, 0, sizeof payers->gap_paid);
    result->begun = result->settled = result->ended = 0;
}

jk_status jk_fit_payers_spells(jk_fit *fit, jk_error *error) {
    enum { PARTS_A_ROW = 4 };
    struct jk_fit_payers *payers = fit->payers;
    spell_reader self = {.fit = fit, .payers = payers};
    payers->part = jk_columns_alloc(PARTS_A_ROW * payers->count, sizeof *payers->part);
    JK_TRY(jk_held(payers->part != NULL, error, "the payers"));
    look_ahead(payers);
    read_all(&self);
    double within = self.pause[0] / self.pause[1], out = self.after[0] / self.after[1];
    self.anew = self.pause[0] > 0.0 && self.after[1] > 0.0 ? fmin(1.0, out / within) : 0.0;
    forget(fit);
    read_all(&self);
    for (size_t i = 0; i < payers->count; i++) {
        payers->state[payers->row[i].row] = payers->row[i].state;
    }
    return JK_OK;
}
