/* SPDX-License-Identifier: Apache-2.0 */
/* What a new payer brings, by the level of what fades.
 *
 * Instalments are what a debtor can spare, not a share of what is left of the debt: who has paid before owes less and
 * pays a larger share of it, who never paid a smaller one. The model has one monthly share for both. Cash of a year
 * from the begin of a spell (or settlement) is held against what the model's figures say of it, V = pi + (1 - pi) rho /
 * (rho + beta) (1 - exp(-12 (rho + beta))), and the logarithm of the ratio, drawn to that of all by Z = t2 / (t2 + v)
 * with v its variance by debtor and t = 0.3, is added to the level's points: twice the money a spell is worth as much
 * as twice the spells. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "fit/payers/payers.h"
#include "tape/panel_period.h"

enum { YEAR = 12, DEBTORS_MIN = 10 };
static const double prior = 0.3;

typedef struct worth {
    double points;
    double actual, expected, squares, debtors;
    double own_actual, own_expected; /* of the present debtor */
} worth;

typedef struct worths {
    jk_fit *fit;
    const double *points; /* [rows of the panel] */
    size_t count;
    worth level[JK_PAYER_LEVELS_MAX];
} worths;

static worth *level_of(worths *self, double points) {
    for (size_t l = 0; l < self->count; l++) {
        if (fabs(self->level[l].points - points) < 1e-7) {
            return &self->level[l];
        }
    }
    if (self->count == JK_PAYER_LEVELS_MAX) {
        return NULL;
    }
    self->level[self->count] = (worth){.points = points};
    return &self->level[self->count++];
}

/* What the model says a new payer brings within a year, as a share of the balance. */
static double said(const jk_fit *fit, const jk_payer_row *row) {
    const jk_segment *segment = &fit->segments[row->segment];
    const jk_payers *payers = &segment->payers;
    double pi = payers->settled_share[row->treatment], rate = 0.0;
    double rho = payers->monthly_share[row->capacity_class];
    rate = rho + payers->breakage[row->treatment];
    double spell = rate > 0.0 ? rho / rate * (1.0 - exp(-rate * YEAR)) : 0.0;
    return segment->recovery_share[row->treatment] * pi + (1.0 - pi) * spell;
}

/* Cash of the year that begins with row i. */
static double year_of(const struct jk_fit_payers *payers, size_t i) {
    enum { GAP_DAYS = 3 };
    const jk_payer_row *row = payers->row;
    double cash = 0.0, months = 0.0;
    for (size_t j = i; j < payers->count && row[j].claim == row[i].claim && months < YEAR - 0.5; j++) {
        if (j > i && row[j].start > jk_period_end(row[j - 1].start, row[j - 1].months) + GAP_DAYS) {
            break;
        }
        cash += row[j].cash;
        months += row[j].months;
    }
    return cash;
}

static void take_up(worths *self) {
    for (size_t l = 0; l < self->count; l++) {
        worth *one = &self->level[l];
        one->debtors += one->own_expected > 0.0;
        one->actual += one->own_actual;
        one->expected += one->own_expected;
        one->own_actual = one->own_expected = 0.0;
    }
}

static void add_squares(worths *self) {
    for (size_t l = 0; l < self->count; l++) {
        worth *one = &self->level[l];
        double rest = one->expected > 0.0 ? one->own_actual - one->actual / one->expected * one->own_expected : 0.0;
        one->squares += rest * rest;
        one->own_actual = one->own_expected = 0.0;
    }
}

/* Sums by level, then with their ratios the squares of debtors' rests. */
static void sum_years(worths *self) {
    const struct jk_fit_payers *payers = self->fit->payers;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < payers->count; i++) {
            const jk_payer_row *row = &payers->row[i];
            if (row->state == JK_PAYER_BEGINS && row->months + row->ahead >= YEAR - 0.5) {
                worth *one = level_of(self, self->points[row->row]);
                if (one != NULL) {
                    one->own_actual += year_of(payers, i);
                    one->own_expected += row->balance * said(self->fit, row);
                }
            }
            if (i + 1 == payers->count || payers->row[i + 1].debtor != row->debtor) {
                if (pass == 0) {
                    take_up(self);
                } else {
                    add_squares(self);
                }
            }
        }
    }
}

/* Logarithms of the ratios about that of all, drawn to it. */
static void shrink(worths *self, double *move) {
    double actual = 0.0, expected = 0.0;
    for (size_t l = 0; l < self->count; l++) {
        actual += self->level[l].actual;
        expected += self->level[l].expected;
    }
    for (size_t l = 0; l < self->count; l++) {
        const worth *one = &self->level[l];
        bool own = one->actual > 0.0 && one->debtors >= DEBTORS_MIN;
        double variance = own ? one->squares / (one->actual * one->actual) : (double)INFINITY;
        double rest = own ? log(one->actual / one->expected * expected / actual) : 0.0;
        move[l] = rest * prior * prior / (prior * prior + variance);
    }
}

static jk_status tell(worths *self, const double *move, jk_error *error) {
    jk_payers_result *result = &self->fit->payers_result;
    for (size_t l = 0; l < self->count; l++) {
        const worth *one = &self->level[l];
        const char *name = jk_fit_text(self->fit, "points %+.3f", one->points);
        JK_TRY(jk_held(name != NULL, error, "the levels"));
        double ratio = one->expected > 0.0 ? one->actual / one->expected : (double)NAN;
        jk_fit_put_level(
            result, &(jk_payer_level){.what = "worth",
                                      .segment = -1,
                                      .treatment = -1,
                                      .level = name,
                                      .actual = one->actual,
                                      .expected = one->expected,
                                      .debtors = one->debtors,
                                      .ratio = ratio,
                                      .std_error = one->actual > 0.0 ? sqrt(one->squares) / one->actual : (double)NAN,
                                      .value = exp(move[l])});
    }
    return JK_OK;
}

jk_status jk_fit_payers_worth(jk_fit *fit, const double *points, jk_error *error) {
    int item = jk_fit_payers_item(fit);
    if (item < 0) {
        return JK_OK;
    }
    worths *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "the levels"));
    *self = (worths){.fit = fit, .points = points};
    double move[JK_PAYER_LEVELS_MAX] = {0.0};
    sum_years(self);
    shrink(self, move);
    jk_status status = tell(self, move, error);
    jk_characteristic *to = &jk_fit_items(fit)[item];
    double *of = (double *)(uintptr_t)to->points; /* made by this fit */
    for (size_t i = 0; i <= to->count && status == JK_OK; i++) {
        double *one = i < to->count ? &of[i] : &to->missing_points;
        for (size_t l = 0; l < self->count; l++) {
            if (fabs(self->level[l].points - *one) < 1e-7) {
                fit->payers->worth[i] = move[l];
                *one = jk_fit_round_points(*one + move[l]);
                break;
            }
        }
    }
    free(self);
    return status;
}
