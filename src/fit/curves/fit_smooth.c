/* SPDX-License-Identifier: Apache-2.0 */
/* Curves as random walks: neighbouring steps of a curve lean on each other.
 *
 * The logarithms of a curve's steps are taken for a walk whose moves have one variance for all curves, tau squared,
 * which is estimated from what neighbouring steps differ by beyond chance. A step is seen with the variance of its own
 * data (a debtor's cash per unit expected, as in credibility), and as if with one move of the walk besides, so that
 * steps without data keep what all segments together say of them. The mean of the walk given what is seen is the
 * smoother of Whittaker (1923) and Henderson; a curve's expected cash stays what it was. */
#include <math.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

/* Moves of less than a tenth are not told from none. */
#define TAU_SQUARED_LEAST 0.01

typedef struct step {
    double value, volume; /* log intensity; expected cash that speaks for it, in debtors' cash per unit expected */
    double precision;
    double smooth;
    double upper, right; /* of the elimination */
} step;

static double volume_of(const jk_fit *fit, int32_t parameter) {
    double dispersion = fit->estimates.cluster_dispersion;
    bool seen =
        parameter >= 0 && fit->estimates.state[parameter] == JK_PPML_FREE && fit->estimates.expected[parameter] > 0.0;
    return seen && dispersion > 0.0 ? fit->estimates.expected[parameter] / dispersion : 0.0;
}

/* Mean square of the moves beyond what chance makes of them; NaN where no two neighbours were seen. */
static double walk_variance(const jk_fit *fit) {
    double sum = 0.0;
    size_t moves = 0;
    for (size_t c = 0; c < fit->survey.curves; c++) {
        const int32_t *parameter = fit->design.curve_parameter[c];
        size_t count = fit->survey.curve_rows[c] > 0 ? jk_fit_steps(fit, c)->count : 0;
        for (size_t k = 1; k < count; k++) {
            double before = volume_of(fit, parameter[k - 1]), here = volume_of(fit, parameter[k]);
            if (before > 0.0 && here > 0.0) {
                double move = fit->estimates.estimate[parameter[k]] - fit->estimates.estimate[parameter[k - 1]];
                sum += move * move - 1.0 / before - 1.0 / here;
                moves++;
            }
        }
    }
    return moves > 0 ? fmax(sum / (double)moves, TAU_SQUARED_LEAST) : (double)NAN;
}

/* Solves (precisions + moves) smooth = precisions * value: three diagonals. */
static void smooth_steps(step *steps, size_t count, double tau_squared) {
    double move = 1.0 / tau_squared;
    for (size_t k = 0; k < count; k++) {
        double diagonal = steps[k].precision + (k > 0 ? move : 0.0) + (k + 1 < count ? move : 0.0);
        double right = steps[k].precision * steps[k].value;
        if (k > 0) {
            diagonal += move * steps[k - 1].upper;
            right += move * steps[k - 1].right;
        }
        steps[k].upper = k + 1 < count ? -move / diagonal : 0.0;
        steps[k].right = right / diagonal;
    }
    for (size_t k = count; k-- > 0;) {
        steps[k].smooth = steps[k].right - (k + 1 < count ? steps[k].upper * steps[k + 1].smooth : 0.0);
    }
}

/* What is added to all steps so that the curve expects as much as before. */
static double level_of(const jk_fit *fit, const int32_t *parameter, const step *steps, size_t count) {
    double before = 0.0, after = 0.0;
    for (size_t k = 0; k < count; k++) {
        if (steps[k].volume > 0.0) {
            double estimate = fit->estimates.estimate[parameter[k]];
            before += steps[k].volume * jk_exp(steps[k].value - estimate);
            after += steps[k].volume * jk_exp(steps[k].smooth - estimate);
        }
    }
    return before > 0.0 && after > 0.0 ? jk_log(before / after) : 0.0;
}

static bool is_whole(const jk_fit *fit, size_t curve, size_t count) {
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(fit->curve_value[curve][k])) {
            return false;
        }
    }
    return count > 1;
}

jk_status jk_fit_smooth(jk_fit *fit, jk_error *error) {
    double tau_squared = walk_variance(fit);
    if (isnan(tau_squared)) {
        return jk_fit_say(fit, error, "no curve has two neighbouring steps with cash; none was smoothed");
    }
    for (size_t c = 0; c < fit->survey.curves; c++) {
        size_t count = fit->survey.curve_rows[c] > 0 ? jk_fit_steps(fit, c)->count : 0;
        if (!is_whole(fit, c, count)) {
            continue; /* no rows, or the base model's curve */
        }
        const int32_t *parameter = fit->design.curve_parameter[c];
        step *steps = jk_arena_alloc(fit->arena, count, sizeof *steps);
        JK_TRY(jk_held(steps != NULL, error, "the fit"));
        for (size_t k = 0; k < count; k++) {
            steps[k].value = fit->curve_value[c][k];
            steps[k].volume = volume_of(fit, parameter[k]);
            steps[k].precision = steps[k].volume + 1.0 / tau_squared;
        }
        smooth_steps(steps, count, tau_squared);
        double level = level_of(fit, parameter, steps, count);
        for (size_t k = 0; k < count; k++) {
            fit->curve_value[c][k] = steps[k].smooth + level;
            if (parameter[k] >= 0) {
                fit->value[parameter[k]] = steps[k].smooth + level;
            }
        }
    }
    return jk_fit_say(fit, error, "curves are smoothed as walks whose moves from step to step have a spread of %.0f %%",
                      100.0 * (jk_exp(sqrt(tau_squared)) - 1.0));
}
