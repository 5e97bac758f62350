/* SPDX-License-Identifier: Apache-2.0 */
/* From landmarks of the panel to its end: debtors who stand alike on both days are not alike.
 *
 * Readiness. Where it is unequal, a level of the last payment means the less the shorter a debtor was watched: "never
 * paid" says little in six months, in three years much. R is the mean readiness (payers_readiness.c) of the quiet at a
 * level over that of all the quiet of the day, as what is common to all is the curve's to say.
 *
 * Instalments. They are what a debtor can spare, and the balance falls: the part of it that a payment is grows with the
 * months that debtors were watched. S is the sum of the usual payments of those at a level, or of those who pay on that
 * day, over that of their balances; to the power of 1 - a, a the elasticity below.
 *
 * Years. The model lets what is brought fall with the balance; where payments do not, what was seen for months goes on
 * for years while the model's falls. With the elasticity a of a debtor's payments by the balance that is left (least
 * squares through the first payment, logarithms, 0 to 1), F the share paid by then and bars for means from the landmark
 * on, at the constant rate that the landmark expects, D = (1 - F of five years) / (1 - F of the months watched) to the
 * power of 1 - a: half of what a claim is worth comes within about five years.
 *
 * A new payer brings as much more as a payment is a larger part of the balance, so that what a landmark expected of the
 * quiet, times D and R S at the landmark over R S at the end, is what stands beside its cash if the model is to be
 * right at the end; of those who pay, S alone. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "fit/payers/payers.h"
#include "jalki/score.h"
#include "tape/panel_period.h"

enum { DEBTORS_LEAST = 20, DAYS_NEAR = 5 /* months end on different days */, PAYING = JK_PAYER_LEVELS_MAX };
static const double whole_payment = 0.97; /* of the balance: no instalment */
static const double years = 60.0;         /* months */
static const double ratio_most = 2.0;     /* more is chance of a few large debts */

/* Sums over those who stand alike on a day: quiet by level, and those who pay. */
typedef struct standing {
    double ready, count, payment, balance, payers;
} standing;

typedef struct carrying {
    const jk_fit *fit;
    const jk_characteristic *item; /* NULL: no levels */
    int every;
    int32_t first;
    size_t days;                              /* of landmarks; one more is the end */
    standing (*day)[JK_PAYER_LEVELS_MAX + 1]; /* [days + 1] */
    double *payment;                          /* [claims] usual one, a month; 0: none seen */
    double elasticity;                        /* of payments by the balance */
} carrying;

size_t jk_fit_payers_level_of(const jk_characteristic *item, int32_t paid_months) {
    return paid_months == INT32_MAX ? item->count : jk_score_bin(item, (double)paid_months);
}

/* ---- usual payments ---------------------------------------------------------------------------------------------- */

static jk_status see_payments(carrying *self, jk_error *error) {
    const struct jk_fit_payers *payers = self->fit->payers;
    size_t claims = 1;
    for (size_t i = 0; i < payers->count; i++) {
        claims = (size_t)payers->row[i].claim >= claims ? (size_t)payers->row[i].claim + 1 : claims;
    }
    self->payment = jk_columns_zero(claims, sizeof *self->payment);
    JK_TRY(jk_held(self->payment != NULL, error, "the levels"));
    double cash = 0.0, months = 0.0, xx = 0.0, xy = 0.0;
    const jk_payer_row *begin = NULL; /* the claim's first payment */
    for (size_t i = 0; i < payers->count; i++) {
        const jk_payer_row *row = &payers->row[i];
        if (payers->first[row->row]) {
            cash = months = 0.0;
            begin = NULL;
        }
        bool instalment = row->own && row->cash > 0.0 && row->cash < whole_payment * row->balance;
        cash += instalment ? row->cash : 0.0;
        months += instalment ? row->months : 0.0;
        self->payment[row->claim] = months > 0.0 ? cash / months : 0.0;
        begin = begin == NULL && instalment ? row : begin;
        if (instalment && begin->balance > 0.0 && row->balance > 0.0) {
            double x = jk_log(row->balance / begin->balance);
            xx += x * x;
            xy += x * jk_log(row->cash / row->months * begin->months / begin->cash);
        }
    }
    self->elasticity = xx > 0.0 ? fmax(0.0, fmin(1.0, xy / xx)) : 1.0;
    return JK_OK;
}

/* ---- who stands where -------------------------------------------------------------------------------------------- */

static void stand(const carrying *self, size_t day, size_t at, int32_t claim, double balance) {
    const struct jk_fit_payers *payers = self->fit->payers;
    standing *one = &self->day[day][at];
    double payment = self->payment[claim];
    one->ready += payers->readiness != NULL ? payers->readiness[claim] : 1.0;
    one->count += 1.0;
    one->payment += payment;
    one->balance += payment > 0.0 ? balance : 0.0;
    one->payers += payment > 0.0;
}

static size_t place_of(const carrying *self, bool paying, int32_t paid_months) {
    return paying ? PAYING : self->item != NULL ? jk_fit_payers_level_of(self->item, paid_months) : 0;
}

static size_t day_of(const carrying *self, const jk_landmark *at) {
    size_t day = (size_t)(jk_months_between(self->first, at->start) / self->every);
    return day < self->days ? day : self->days - 1;
}

/* Claims that are there at the panel's end, as they stood in their last row. */
static void stand_at_end(const carrying *self, int32_t end) {
    const struct jk_fit_payers *payers = self->fit->payers;
    const int since = self->fit->payers_result.since_last_payment;
    for (size_t i = 0; i < payers->count; i++) {
        const jk_payer_row *row = &payers->row[i], *next = i + 1 < payers->count ? row + 1 : NULL;
        bool last = next == NULL || next->claim != row->claim || next->debtor != row->debtor;
        bool there = row->exit == JK_EXIT_NONE && jk_period_end(row->start, row->months) >= end - DAYS_NEAR;
        if (last && there) {
            size_t at = place_of(self, row->paid_months < since, row->paid_months);
            stand(self, self->days, at, row->claim, row->balance);
        }
    }
}

/* ---- ratios ------------------------------------------------------------------------------------------------------ */

static double ready_at(const carrying *self, size_t day, size_t at) {
    double ready = 0.0, count = 0.0;
    for (size_t l = 0; l < PAYING; l++) {
        ready += self->day[day][l].ready;
        count += self->day[day][l].count;
    }
    const standing *one = &self->day[day][at];
    return one->count >= DEBTORS_LEAST ? one->ready / one->count / (ready / count) : (double)NAN;
}

static double share_at(const carrying *self, size_t day, size_t at) {
    const standing *one = &self->day[day][at];
    return one->payers >= DEBTORS_LEAST && one->balance > 0.0 ? one->payment / one->balance : (double)NAN;
}

/* 1 where too few stand there, then or at the end, to say. */
static double over_end(double landmark, double end) {
    double ratio = landmark / end;
    return isfinite(ratio) && ratio > 0.0 ? fmin(fmax(ratio, 1.0 / ratio_most), ratio_most) : 1.0;
}

/* Mean over months of what is left of a balance that falls at a constant rate. */
static double mean_left(double rate, double months) {
    double x = rate * months;
    return x > 1e-9 ? (1.0 - exp(-x)) / x : 1.0;
}

/* D of a quiet landmark. */
static double over_years(const carrying *self, const jk_landmark *at) {
    const jk_landmark_cash *seen = &at->horizon[0];
    double share = at->balance > 0.0 ? fmin(seen->expected / at->balance, 0.99) : 0.0;
    if (!(share > 0.0) || !(seen->months > 0.0)) {
        return 1.0;
    }
    double rate = -log(1.0 - share) / seen->months;
    return pow(mean_left(rate, years) / mean_left(rate, seen->months), 1.0 - self->elasticity);
}

jk_status jk_fit_payers_ready_at_end(const jk_fit *fit, const jk_characteristic *item, int32_t end, double *ready,
                                     jk_error *error) {
    carrying self = {.fit = fit, .item = item};
    self.day = jk_columns_zero(1, sizeof *self.day);
    jk_status status = self.day == NULL ? jk_fail_memory(error, "the levels") : see_payments(&self, error);
    if (status == JK_OK) {
        stand_at_end(&self, end);
        for (size_t l = 0; l <= item->count; l++) {
            ready[l] = ready_at(&self, 0, l) / ready_at(&self, 0, item->count);
        }
    }
    free(self.day);
    free(self.payment);
    return status;
}

jk_status jk_fit_payers_to_end(const jk_fit *fit, const jk_characteristic *item, int every, int32_t end,
                               jk_landmarks *landmarks, jk_error *error) {
    carrying self = {.fit = fit, .item = item, .every = every, .first = jk_panel_span_of(fit->panel).first_start};
    self.days = (size_t)(jk_months_between(self.first, end) / every) + 1;
    self.day = jk_columns_zero(self.days + 1, sizeof *self.day);
    jk_status status = self.day == NULL ? jk_fail_memory(error, "the levels") : see_payments(&self, error);
    for (size_t i = 0; status == JK_OK && i < landmarks->count; i++) {
        const jk_landmark *at = &landmarks->at[i];
        stand(&self, day_of(&self, at), place_of(&self, at->paying, at->paid_months), at->claim, at->balance);
    }
    if (status == JK_OK) {
        stand_at_end(&self, end);
    }
    for (size_t i = 0; status == JK_OK && i < landmarks->count; i++) {
        jk_landmark *at = &landmarks->at[i];
        size_t day = day_of(&self, at), place = place_of(&self, at->paying, at->paid_months);
        double own = 1.0;
        if (!at->paying) {
            own = over_years(&self, at) * over_end(ready_at(&self, day, place), ready_at(&self, self.days, place));
        }
        double part = over_end(share_at(&self, day, place), share_at(&self, self.days, place));
        at->horizon[0].expected *= own * pow(part, 1.0 - self.elasticity);
    }
    free(self.day);
    free(self.payment);
    return status;
}
