/* SPDX-License-Identifier: Apache-2.0 */
/* How unequal debtors' readiness is, and what that makes of a level of the last payment.
 *
 * Debtor d begins to pay n_d times where lasting figures, and the level that fades as it was when he was first seen,
 * expect E_d. With a readiness u ~ gamma(k, k) of his own, n_d is negative binomial (Lawless, "Negative binomial and
 * mixed Poisson regression", Canadian Journal of Statistics 15 (1987), 209-225):
 *
 *     log L(k) = sum over d of  log G(k + n_d) - log G(k) + k log k - (k + n_d) log(k + E_d),
 *
 * and his readiness is thought to be u_d = (k + n_d) / (k + E_d), times what the level of his first day says. Equal
 * readiness is the limit of large k; it stands unless the likelihood says otherwise: twice the difference above 2.71, 5
 * % at the bound of the range (Self, Liang, Journal of the American Statistical Association 82 (1987), 605-610).
 *
 * Debtors who had paid before they were first seen have a level and a shape of their own. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "base/number/golden.h"
#include "fit/payers/payers.h"
#include "tape/panel_period.h"

enum { EVENTS_LEAST = 50 };
#define CHI_SQUARE_BOUND 2.705543454095404
static const double shape_least = 0.05, shape_most = 100.0;

/* What is seen of one debtor. */
typedef struct seen {
    double begun, expected;
    bool paid; /* before he was first seen */
} seen;

/* Debtors who had paid before they were first seen, or those who had not: two kinds of readiness. */
typedef struct kind {
    double level; /* what began over what was expected */
    double shape; /* infinite: all are alike */
    double likelihood;
} kind;

static double log_likelihood(const seen *debtor, size_t count, bool paid, double shape) {
    const double own = shape * log(shape);
    double sum = 0.0;
    for (size_t d = 0; d < count; d++) {
        if (debtor[d].paid == paid) {
            for (double n = 0.0; n < debtor[d].begun; n += 1.0) {
                sum += log(shape + n); /* log G(k + n) - log G(k) */
            }
            sum += own - (shape + debtor[d].begun) * log(shape + debtor[d].expected);
        }
    }
    return sum;
}

typedef struct sample {
    const seen *debtor;
    size_t count;
    bool paid;
} sample;

static double likelihood_of(void *context, double log_shape) {
    const sample *self = context;
    return log_likelihood(self->debtor, self->count, self->paid, exp(log_shape));
}

static double best_shape(const seen *debtor, size_t count, bool paid, double *likelihood) {
    sample self = {debtor, count, paid};
    double low = log(shape_least), high = log(shape_most);
    *likelihood = jk_golden_top(likelihood_of, &self, 30, INFINITY, &low, &high);
    return exp((low + high) / 2.0);
}

/* Level and shape of a kind; what is expected of its debtors becomes what began. */
static kind settle_kind(seen *debtor, size_t count, bool paid) {
    double begun = 0.0, expected = 0.0, likelihood = 0.0;
    for (size_t d = 0; d < count; d++) {
        begun += debtor[d].paid == paid ? debtor[d].begun : 0.0;
        expected += debtor[d].paid == paid ? debtor[d].expected : 0.0;
    }
    kind found = {.level = 1.0, .shape = (double)INFINITY, .likelihood = -expected};
    if (!(begun >= EVENTS_LEAST) || !(expected > 0.0)) {
        return found;
    }
    found.level = begun / expected;
    for (size_t d = 0; d < count; d++) {
        debtor[d].expected *= debtor[d].paid == paid ? found.level : 1.0;
    }
    double shape = best_shape(debtor, count, paid, &likelihood);
    bool unequal = 2.0 * (likelihood + begun) > CHI_SQUARE_BOUND; /* alike: - sum of expected */
    found.shape = unequal ? shape : found.shape;
    found.likelihood = fmax(likelihood, -begun) + begun * log(found.level);
    return found;
}

/* What rows say of new payers. */
typedef struct hazards {
    const double *lasting, *points;
    double shared, half_life;
} hazards;

/* New payers that a row is expected to be by lasting figures and by what its claim's first row says of the last
 * payment, as far as that has not faded. */
static double expected_of(const jk_fit *fit, const hazards *of, const jk_payer_row *row, const jk_payer_row *first) {
    double passed = (double)(row->start - first->start) / JK_DAYS_PER_MONTH + row->months / 2.0;
    double left = of->half_life > 0.0 ? jk_exp(-0x1.62e42fefa39efp-1 * passed / of->half_life) : 1.0;
    double weight = jk_fit_payers_weight(fit, row->balance);
    double points = of->shared + (of->points[first->row] - of->shared) * left;
    return weight > 0.0 ? of->lasting[row->row] / weight * jk_exp(points) : 0.0;
}

/* Begun and expected of each debtor. */
static size_t see_debtors(const jk_fit *fit, const hazards *of, seen *debtor) {
    const struct jk_fit_payers *payers = fit->payers;
    const jk_payer_row *first = payers->row;
    size_t count = 0;
    for (size_t i = 0; i < payers->count; i++) {
        const jk_payer_row *row = &payers->row[i];
        count += i == 0 || row->debtor != row[-1].debtor;
        debtor[count - 1].paid |= payers->first[row->row] && row->paid_months != INT32_MAX;
        first = row->claim == first->claim && row->debtor == first->debtor ? first : row;
        if (row->state == JK_PAYER_QUIET || row->state == JK_PAYER_BEGINS) {
            debtor[count - 1].begun += row->state == JK_PAYER_BEGINS;
            debtor[count - 1].expected += expected_of(fit, of, row, first);
        }
    }
    return count;
}

jk_status jk_fit_payers_readiness(jk_fit *fit, const double *lasting, const double *points, double shared,
                                  jk_error *error) {
    const hazards of = {lasting, points, shared, fit->scorecard.half_life};
    struct jk_fit_payers *payers = fit->payers;
    seen *debtor = jk_columns_zero(payers->count + 1, sizeof *debtor);
    size_t claims = 1;
    for (size_t i = 0; i < payers->count; i++) {
        claims = (size_t)payers->row[i].claim >= claims ? (size_t)payers->row[i].claim + 1 : claims;
    }
    free(payers->readiness);
    payers->readiness = jk_columns_zero(claims, sizeof *payers->readiness);
    if (debtor == NULL || payers->readiness == NULL) {
        free(debtor);
        return jk_fail_memory(error, "the payers");
    }
    size_t count = see_debtors(fit, &of, debtor);
    const kind kinds[2] = {settle_kind(debtor, count, false), settle_kind(debtor, count, true)};
    payers->unequal = isfinite(kinds[0].shape) || isfinite(kinds[1].shape);
    fit->payers_result.readiness_shape = kinds[0].shape;
    for (size_t i = 0, d = 0; i < payers->count; i++) {
        const jk_payer_row *row = &payers->row[i];
        d += i > 0 && row->debtor != row[-1].debtor;
        if (payers->first[row->row]) {
            const kind *own = &kinds[debtor[d].paid];
            double beside =
                isfinite(own->shape) ? (own->shape + debtor[d].begun) / (own->shape + debtor[d].expected) : 1.0;
            payers->readiness[row->claim] = payers->unequal ? own->level * beside * jk_exp(points[row->row]) : 1.0;
        }
    }
    free(debtor);
    return JK_OK;
}

/* The logarithms of what rows expected where a spell began stand beside those of the debtors' numbers. */
jk_status jk_fit_payers_readiness_likelihood(const jk_fit *fit, const double *lasting, const double *points,
                                             double shared, double half_life, double *likelihood, jk_error *error) {
    const struct jk_fit_payers *payers = fit->payers;
    const hazards of = {lasting, points, shared, half_life};
    seen *debtor = jk_columns_zero(payers->count + 1, sizeof *debtor);
    JK_TRY(jk_held(debtor != NULL, error, "the payers"));
    size_t count = see_debtors(fit, &of, debtor);
    double sum = settle_kind(debtor, count, false).likelihood + settle_kind(debtor, count, true).likelihood;
    const jk_payer_row *first = payers->row;
    for (size_t i = 0; i < payers->count; i++) {
        const jk_payer_row *row = &payers->row[i];
        first = row->claim == first->claim && row->debtor == first->debtor ? first : row;
        double expected = row->state == JK_PAYER_BEGINS ? expected_of(fit, &of, row, first) : 0.0;
        sum += expected > 0.0 ? jk_log(expected) : 0.0;
    }
    *likelihood = sum;
    free(debtor);
    return JK_OK;
}
