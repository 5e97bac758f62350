/* SPDX-License-Identifier: Apache-2.0 */
/* Calibration slope and errors.
 *
 * The slope b is that of E[cash] = exposure exp(a + b (ln intensity - middle)), the recalibration of Cox (1958, "Two
 * further applications of a model for binary regression", Biometrika 45) for a log-linear mean: 1 where the model's
 * spread of intensities is right, below 1 where it overstates it. Estimated by pseudo-Poisson likelihood, sum cash eta
 * - exp(eta), with Newton steps that are halved until they go uphill; `middle` is the mean logarithm weighted by cash,
 * so that a and b are nearly independent. The error is the jackknife over debtors in one step each, or that of payments
 * of all or nothing if it is more, as few payers do not show their own spread. Errors are those of the model beside two
 * that know nothing of claims: one rate of exposure, and one share of the balance; deviance explained is 1 - D(model) /
 * D(one rate). */
#include <math.h>

#include "backtest/internal.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"

/* ---- slope ------------------------------------------------------------------------------------------------------- */

/* Log likelihood sum(cash * eta - exp(eta)), its gradient and information at (a, b), eta = a + b (log expected -
 * middle).
 */
typedef struct slope_state {
    double middle, a, b;
    double objective;
    double gradient[2];
    double information[3]; /* aa, ab, bb */
} slope_state;

static double centred(const jk_backtest_row *row, double middle) {
    return jk_log(row->expected / jk_backtest_exposure(row)) - middle;
}

static void evaluate(const jk_backtest_rows *rows, slope_state *at) {
    jk_exact objective = 0;
    jk_exact gradient[2] = {0, 0};
    jk_exact information[3] = {0, 0, 0};
    for (size_t i = 0; i < rows->count; i++) {
        const jk_backtest_row *row = &rows->row[i];
        if (!(row->expected > 0.0)) {
            continue;
        }
        double x = centred(row, at->middle);
        double eta = at->a + at->b * x;
        double mean = jk_backtest_exposure(row) * jk_exp(eta);
        objective += jk_exact_from(row->cash * eta - mean);
        gradient[0] += jk_exact_from(row->cash - mean);
        gradient[1] += jk_exact_from((row->cash - mean) * x);
        information[0] += jk_exact_from(mean);
        information[1] += jk_exact_from(mean * x);
        information[2] += jk_exact_from(mean * x * x);
    }
    at->objective = jk_exact_to(objective);
    for (int i = 0; i < 2; i++) {
        at->gradient[i] = jk_exact_to(gradient[i]);
    }
    for (int i = 0; i < 3; i++) {
        at->information[i] = jk_exact_to(information[i]);
    }
}

/* Mean log of the intensity, by cash, and the level at slope 1; false if there is no cash where something is
 * expected, or one intensity alone. */
static bool start(const jk_backtest_rows *rows, slope_state *at) {
    jk_exact cash = 0;
    jk_exact expected = 0;
    jk_exact logs = 0;
    double least = INFINITY;
    double most = -INFINITY;
    for (size_t i = 0; i < rows->count; i++) {
        const jk_backtest_row *row = &rows->row[i];
        if (row->expected > 0.0) {
            cash += jk_exact_from(row->cash);
            expected += jk_exact_from(row->expected);
            double x = centred(row, 0.0);
            logs += jk_exact_from(row->cash * x);
            least = fmin(least, x);
            most = fmax(most, x);
        }
    }
    if (cash <= 0 || !(most > least + 1e-9)) {
        return false;
    }
    at->middle = jk_exact_to(logs) / jk_exact_to(cash);
    at->b = 1.0;
    at->a = jk_log(jk_exact_to(cash) / jk_exact_to(expected)) + at->middle;
    return true;
}

/* One Newton step, halved until the likelihood does not fall. Returns how far it went, 0 where it cannot. */
static double improve(const jk_backtest_rows *rows, slope_state *at) {
    const double *h = at->information;
    double determinant = h[0] * h[2] - h[1] * h[1];
    if (!(determinant > 1e-14 * h[0] * h[2])) {
        return 0.0;
    }
    double da = (h[2] * at->gradient[0] - h[1] * at->gradient[1]) / determinant;
    double db = (h[0] * at->gradient[1] - h[1] * at->gradient[0]) / determinant;
    for (double part = 1.0; part > 1e-6; part /= 2.0) {
        slope_state next = *at;
        next.a += part * da;
        next.b += part * db;
        evaluate(rows, &next);
        if (next.objective >= at->objective) {
            *at = next;
            return part * (fabs(da) + fabs(db));
        }
    }
    return 0.0;
}

/* Adds a debtor's part of the spread: its score as it would be around an estimate without it, (1 - own information *
 * inverse)^-1 score. */
static void add_debtor(const jk_exact own_score[2], const jk_exact own_information[3], const double inverse[3],
                       jk_exact spread[3]) {
    double u[2] = {jk_exact_to(own_score[0]), jk_exact_to(own_score[1])};
    double i[3] = {jk_exact_to(own_information[0]), jk_exact_to(own_information[1]), jk_exact_to(own_information[2])};
    double m[4] = {1.0 - (i[0] * inverse[0] + i[1] * inverse[1]), -(i[0] * inverse[1] + i[1] * inverse[2]),
                   -(i[1] * inverse[0] + i[2] * inverse[1]), 1.0 - (i[1] * inverse[1] + i[2] * inverse[2])};
    double determinant = m[0] * m[3] - m[1] * m[2];
    if (determinant > 1e-9) { /* else the slope rests on this debtor alone */
        double first = (m[3] * u[0] - m[1] * u[1]) / determinant;
        u[1] = (m[0] * u[1] - m[2] * u[0]) / determinant;
        u[0] = first;
    }
    spread[0] += jk_exact_from(u[0] * u[0]);
    spread[1] += jk_exact_from(u[0] * u[1]);
    spread[2] += jk_exact_from(u[1] * u[1]);
}

/* Variance of the slope for a spread of scores. */
static double slope_variance(const double inverse[3], const jk_exact spread[3]) {
    return inverse[1] * inverse[1] * jk_exact_to(spread[0]) + 2.0 * inverse[1] * inverse[2] * jk_exact_to(spread[1]) +
           inverse[2] * inverse[2] * jk_exact_to(spread[2]);
}

/* Standard error of the slope by the jackknife over debtors, in one step each; or that of payments of `part` of the
 * balance or nothing, if it is more: few payers do not show their own spread. */
static double slope_error(const jk_backtest_rows *rows, const slope_state *at, double part) {
    const double *h = at->information;
    double determinant = h[0] * h[2] - h[1] * h[1];
    double inverse[3] = {h[2] / determinant, -h[1] / determinant, h[0] / determinant};
    jk_exact spread[3] = {0, 0, 0};
    jk_exact likely[3] = {0, 0, 0};
    double debtors = 0.0;
    for (size_t from = 0; from < rows->count;) {
        int32_t debtor = rows->row[rows->by_debtor[from]].debtor;
        jk_exact score[2] = {0, 0};
        jk_exact information[3] = {0, 0, 0};
        for (; from < rows->count && rows->row[rows->by_debtor[from]].debtor == debtor; from++) {
            const jk_backtest_row *row = &rows->row[rows->by_debtor[from]];
            if (row->expected > 0.0) {
                double x = centred(row, at->middle);
                double mean = jk_backtest_exposure(row) * jk_exp(at->a + at->b * x);
                score[0] += jk_exact_from(row->cash - mean);
                score[1] += jk_exact_from((row->cash - mean) * x);
                information[0] += jk_exact_from(mean);
                information[1] += jk_exact_from(mean * x);
                information[2] += jk_exact_from(mean * x * x);
                double squares = mean * fmax(0.0, part * row->balance - mean);
                likely[0] += jk_exact_from(squares);
                likely[1] += jk_exact_from(squares * x);
                likely[2] += jk_exact_from(squares * x * x);
            }
        }
        add_debtor(score, information, inverse, spread);
        debtors += 1.0;
    }
    if (debtors < 2.0) {
        return (double)NAN;
    }
    double shown = slope_variance(inverse, spread) * (debtors - 1.0) / debtors;
    return sqrt(fmax(0.0, fmax(shown, slope_variance(inverse, likely))));
}

void jk_backtest_fit_slope(const jk_backtest_rows *rows, double part, jk_backtest_slope *slope) {
    enum { STEPS = 100 };
    const double none = (double)NAN;
    *slope = (jk_backtest_slope){none, none, none, none, none};
    slope_state at = {0};
    if (!start(rows, &at)) {
        return;
    }
    evaluate(rows, &at);
    double moved = 1.0;
    for (int step = 0; step < STEPS && moved > 1e-12; step++) {
        moved = improve(rows, &at);
    }
    double determinant = at.information[0] * at.information[2] - at.information[1] * at.information[1];
    if (!(determinant > 1e-14 * at.information[0] * at.information[2])) {
        return;
    }
    slope->slope = at.b;
    slope->intercept = at.a - at.b * at.middle;
    slope->std_error = slope_error(rows, &at, part);
    slope->low = at.b - JK_NORMAL_95 * slope->std_error;
    slope->high = at.b + JK_NORMAL_95 * slope->std_error;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* Poisson deviance of one row. What is thought impossible counts as one in a billion of the exposure: a finite but
 * large fault where cash came all the same. */
static double deviance_of(const jk_backtest_row *row, double expected) {
    const double least = 1e-9;
    double mean = fmax(expected, least * jk_backtest_exposure(row));
    double part = row->cash > 0.0 ? row->cash * jk_log(row->cash / mean) : 0.0;
    return 2.0 * (part - (row->cash - mean));
}

void jk_backtest_measure(const jk_backtest_rows *rows, jk_backtest_errors *errors, double *deviance) {
    jk_exact cash = 0;
    jk_exact exposure = 0;
    jk_exact balance = 0;
    for (size_t i = 0; i < rows->count; i++) {
        balance += jk_exact_from(rows->row[i].balance);
        cash += jk_exact_from(rows->row[i].cash);
        exposure += jk_exact_from(jk_backtest_exposure(&rows->row[i]));
    }
    double total = jk_exact_to(exposure);
    double rate = total > 0.0 ? jk_exact_to(cash) / total : 0.0;
    double share = jk_exact_to(balance) > 0.0 ? jk_exact_to(cash) / jk_exact_to(balance) : 0.0;
    jk_exact sums[3][3] = {{0}}; /* of the model, of one rate, of one share */
    for (size_t from = 0; from < rows->count;) {
        int32_t debtor = rows->row[rows->by_debtor[from]].debtor;
        jk_exact own = 0;
        for (; from < rows->count && rows->row[rows->by_debtor[from]].debtor == debtor; from++) {
            const jk_backtest_row *row = &rows->row[rows->by_debtor[from]];
            const double means[] = {row->expected, rate * jk_backtest_exposure(row), share * row->balance};
            for (int null = 0; null < 3; null++) {
                double expected = means[null];
                double error = row->cash - expected;
                jk_exact part = jk_exact_from(deviance_of(row, expected));
                sums[null][0] += jk_exact_from(fabs(error));
                sums[null][1] += jk_exact_from(error * error / jk_backtest_exposure(row));
                sums[null][2] += part;
                own += null ? 0 : part;
            }
        }
        deviance[debtor] = jk_exact_to(own);
    }
    *errors = (jk_backtest_errors){.mean_absolute = jk_exact_to(sums[0][0]) / total,
                                   .root_mean_square = sqrt(jk_exact_to(sums[0][1]) / total),
                                   .deviance = jk_exact_to(sums[0][2]),
                                   .null_mean_absolute = jk_exact_to(sums[1][0]) / total,
                                   .null_root_mean_square = sqrt(jk_exact_to(sums[1][1]) / total),
                                   .null_deviance = jk_exact_to(sums[1][2]),
                                   .share_mean_absolute = jk_exact_to(sums[2][0]) / total,
                                   .share_root_mean_square = sqrt(jk_exact_to(sums[2][1]) / total),
                                   .share_deviance = jk_exact_to(sums[2][2])};
    bool told = errors->null_deviance > 1e-9 * jk_exact_to(cash) && cash > 0; /* else all rows are alike */
    errors->deviance_explained = told ? 1.0 - errors->deviance / errors->null_deviance : (double)NAN;
}
