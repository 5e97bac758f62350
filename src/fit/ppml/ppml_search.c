/* SPDX-License-Identifier: Apache-2.0 */
/* Fisher scoring for the likelihood of jalki/ppml.h: beta + I(beta)^-1 U(beta), U the score sum (cash - mu) / mu
 * dmu/dbeta and I the information sum dmu dmu' / mu. The step is halved until the objective does not fall, and a single
 * parameter moves at most 3 at a time, so that what runs away does not hold up the others.
 *
 * A maximum need not exist: along some direction rows without cash may run to nothing while all others stay (Correia,
 * Guimarães, Zylkin 2019). Such rows are found by the step itself once the others have settled, leave the estimation,
 * and the search begins anew; parameters whose information others give are held, the later ones first. Ends where no
 * parameter moves by 1e-9, or where a long search stands still to 1e-8 of its objective. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "fit/ppml/cholesky.h"
#include "fit/ppml/ppml_pass.h"

enum { ITERATIONS = 50, HALVINGS = 30, TRIES = 2, SETTLED = 6, LONG = 15 };
#define LAST_GROUP     (JK_PPML_GROUPS_MAX - JK_PPML_VANISHED_GROUP)
#define STEP_TOLERANCE 1e-9
#define STANDSTILL     1e-8 /* of the objective in one step: what moves on after so LONG a search is flat */
#define LONGEST_STEP   3.0  /* of one parameter: what runs away must not hold up the others */
#define VANISHING      0.5  /* fall of the log of a row's mean in one step: 1 in the limit */
#define SMALL          1e-2 /* of the mean intensity */
#define LOW            7.0  /* below the log of the mean intensity: a piece that may be empty */
#define NOTHING        40.0
#define RUNNING        0.05 /* a step of a parameter that has not settled */

void jk_ppml_number(jk_ppml_work *work) {
    work->unknowns = 0;
    for (size_t p = 0; p < work->design->parameters; p++) {
        work->slot[p] = work->state[p] == JK_PPML_FREE ? (int32_t)work->unknowns++ : -1;
    }
}

/* Pieces of curves begin at their own cash per exposure, terms at 0. */
void jk_ppml_guess(jk_ppml_work *work, const jk_ppml *fit) {
    for (size_t p = 0; p < work->design->parameters; p++) {
        work->parameters[p] = work->state[p] == JK_PPML_HELD ? work->parameters[p] : 0.0;
    }
    for (size_t c = 0; c < work->design->curves; c++) {
        const jk_ppml_curve *curve = &work->design->curve[c];
        for (size_t k = 0; k < curve->count; k++) {
            int32_t p = curve->parameter[k];
            if (p >= 0 && work->state[p] == JK_PPML_FREE) {
                work->parameters[p] = jk_log(fit->cash[p] / fit->exposure[p]);
            }
        }
    }
}

typedef struct search {
    jk_ppml_sums sums;
    double *step, *before, *kept;
    uint8_t *dropped;
    uint16_t vanished; /* groups of rows that have left */
    double *factor;    /* of the information */
} search;

static void search_reset(search *self) {
    free(self->sums.gradient);
    free(self->sums.information);
    free(self->step);
    free(self->before);
    free(self->kept);
    free(self->dropped);
    free(self->factor);
}

/* The unknowns only become fewer. */
static jk_status search_init(search *self, size_t parameters, size_t unknowns, jk_error *error) {
    self->sums.gradient = jk_columns_zero(unknowns, sizeof(double));
    self->sums.information = jk_columns_zero(unknowns * unknowns, sizeof(double));
    self->factor = jk_columns_zero(unknowns * unknowns, sizeof(double));
    self->step = jk_columns_zero(unknowns, sizeof(double));
    self->before = jk_columns_zero(parameters, sizeof(double));
    self->kept = jk_columns_zero(parameters, sizeof(double));
    self->dropped = jk_columns_zero(unknowns, sizeof *self->dropped);
    return jk_held(self->sums.gradient != NULL && self->sums.information != NULL && self->factor != NULL &&
                       self->step != NULL && self->before != NULL && self->kept != NULL && self->dropped != NULL,
                   error, "the fit");
}

/* Parameters whose information others give are held at 0; the rest is numbered anew. */
static void drop_collinear(jk_ppml_work *work, const uint8_t *dropped) {
    for (size_t p = 0; p < work->design->parameters; p++) {
        if (work->slot[p] >= 0 && dropped[work->slot[p]]) {
            work->state[p] = JK_PPML_COLLINEAR;
            work->parameters[p] = 0.0;
        }
    }
    jk_ppml_number(work);
    jk_ppml_factors(work);
}

static void apply_step(jk_ppml_work *work, const search *self, double scale) {
    for (size_t p = 0; p < work->design->parameters; p++) {
        if (work->slot[p] >= 0) {
            work->parameters[p] = self->before[p] + scale * self->step[work->slot[p]];
        }
    }
    jk_ppml_factors(work);
}

static int has_known(const jk_ppml_work *work, size_t i) {
    return work->rows->known != NULL && work->rows->known[i] > 0.0;
}

/* Change of the log of a row's fitted part by the last step. */
static double change_of(const jk_ppml_work *work, const search *self, const jk_ppml_row *row) {
    double change = 0.0;
    for (size_t k = 0; k < row->count; k++) {
        int32_t p = row->parameter[k];
        change += p >= 0 ? row->share[k] * (work->parameters[p] - self->before[p]) : 0.0;
    }
    return change;
}

/* Rows that may leave: no cash came in, or no more than is known to come in anyway. */
static int may_vanish(const jk_ppml_work *work, size_t i) {
    return !work->skip[i] && (!(work->rows->cash[i] > 0.0) || has_known(work, i));
}

/* A corner that no parameter alone shows is a direction along which rows without cash run to nothing while all that
 * brought cash stay where they are (Correia, Guimarães, Zylkin 2019: x'g < 0 for the ones, x'g = 0 for the others). The
 * step is that direction once the others have settled; before, a level that merely pays little goes down alike, with
 * its payers. Rows whose fitted part is small and still goes down by the last step leave, if the step
 * is such a direction. Where something is known beside, the rows must also be best off without a fitted part, to the
 * first order: sum of fitted * (cash / known - 1) not above 0. Returns how many. */
static size_t drop_vanishing(jk_ppml_work *work, search *self, double mean_intensity) {
    size_t count = 0;
    double slope = 0.0;
    uint16_t group = (uint16_t)(JK_PPML_VANISHED_GROUP + (self->vanished < LAST_GROUP ? self->vanished : LAST_GROUP));
    jk_ppml_row row;
    for (size_t i = 0; i < work->rows->rows; i++) {
        if (!work->skip[i] && !may_vanish(work, i)) {
            jk_ppml_row_at(work, i, &row);
            if (fabs(change_of(work, self, &row)) > RUNNING) {
                return 0;
            }
        }
    }
    for (size_t i = 0; i < work->rows->rows; i++) {
        if (!may_vanish(work, i)) {
            continue;
        }
        jk_ppml_row_at(work, i, &row);
        double usual = mean_intensity * work->rows->weight[i] * work->rows->months[i];
        if (change_of(work, self, &row) < -VANISHING && row.fitted < SMALL * usual) {
            slope += has_known(work, i) ? row.fitted * (work->rows->cash[i] / work->rows->known[i] - 1.0) : 0.0;
            work->skip[i] = group;
            count++;
        }
    }
    for (size_t i = 0; slope > 0.0 && i < work->rows->rows; i++) {
        work->skip[i] = work->skip[i] == group ? 0 : work->skip[i];
    }
    self->vanished = (uint16_t)(self->vanished + (count > 0 && !(slope > 0.0)));
    return slope > 0.0 ? 0 : count;
}

/* Parameters that have lost all their rows have nothing to be estimated from. */
static void drop_rowless(jk_ppml_work *work, const search *self) {
    memset(self->kept, 0, work->design->parameters * sizeof *self->kept);
    jk_ppml_row row;
    for (size_t i = 0; i < work->rows->rows; i++) {
        if (!work->skip[i]) {
            jk_ppml_row_at(work, i, &row);
            for (size_t k = 0; k < row.count; k++) {
                if (row.parameter[k] >= 0) {
                    self->kept[row.parameter[k]] = 1.0;
                }
            }
        }
    }
    for (size_t p = 0; p < work->design->parameters; p++) {
        if (work->state[p] == JK_PPML_FREE && self->kept[p] == 0.0) {
            work->state[p] = JK_PPML_NO_CASH;
            work->parameters[p] = 0.0;
        }
    }
}

/* What ran away begins anew at its first guess; without its rows it may say what others say. */
static void restart_runaways(jk_ppml_work *work, const search *self, const jk_ppml *fit) {
    drop_rowless(work, self);
    memcpy(self->kept, work->parameters, work->design->parameters * sizeof *self->kept);
    jk_ppml_guess(work, fit);
    for (size_t p = 0; p < work->design->parameters; p++) {
        if (fabs(self->kept[p] - self->before[p]) < RUNNING) {
            work->parameters[p] = self->kept[p];
        }
    }
    jk_ppml_number(work);
    jk_ppml_factors(work);
}

/* Halves the step until it goes uphill; false where it never does. */
static jk_status go_uphill(jk_ppml_work *work, const search *self, int halvings, double scale, int *uphill,
                           jk_error *error) {
    double slack = 1e-12 * (fabs(self->sums.objective) + 1.0); /* what rounding of the sum may take */
    *uphill = 0;
    for (int halving = 0; halving < halvings && !*uphill; halving++, scale *= 0.5) {
        double objective = 0.0;
        apply_step(work, self, scale);
        JK_TRY(jk_ppml_objective(work, &objective, error));
        *uphill = isfinite(objective) && objective >= self->sums.objective - slack;
    }
    return JK_OK;
}

/* One step of Fisher scoring; *length is the longest part of the whole step, taken or not. What runs away is cut back
 * by itself at first, so that it does not hold up the others; where that is not uphill the whole step is made shorter.
 */
static jk_status take_step(jk_ppml_work *work, search *self, double *length, jk_error *error) {
    int uphill = 0;
    memcpy(self->step, self->sums.gradient, work->unknowns * sizeof *self->step);
    jk_cholesky_solve(self->factor, work->unknowns, self->dropped, self->step);
    memcpy(self->kept, self->step, work->unknowns * sizeof *self->kept);
    memcpy(self->before, work->parameters, work->design->parameters * sizeof *self->before);
    *length = 0.0;
    for (size_t k = 0; k < work->unknowns; k++) {
        *length = fmax(*length, fabs(self->step[k]));
        self->step[k] = fmin(fmax(self->step[k], -LONGEST_STEP), LONGEST_STEP);
    }
    JK_TRY(go_uphill(work, self, *length > LONGEST_STEP ? TRIES : HALVINGS, 1.0, &uphill, error));
    if (!uphill && *length > LONGEST_STEP) {
        memcpy(self->step, self->kept, work->unknowns * sizeof *self->step);
        JK_TRY(go_uphill(work, self, HALVINGS, LONGEST_STEP / *length, &uphill, error));
    }
    return JK_OK;
}

/* Pieces of curves whose best intensity is none, because what came in over long periods came in their other pieces: the
 * search would run to minus infinity, ever faster, as the information goes with the square of what is left. They are
 * held at nothing. Returns how many. */
static size_t hold_empty_pieces(jk_ppml_work *work, const search *self, double mean_intensity) {
    double low = jk_log(mean_intensity) - LOW;
    size_t count = 0;
    for (size_t c = 0; c < work->design->curves; c++) {
        const jk_ppml_curve *curve = &work->design->curve[c];
        for (size_t k = 0; k < curve->count; k++) {
            int32_t p = curve->parameter[k];
            if (p >= 0 && work->state[p] == JK_PPML_FREE && self->before[p] < low && self->kept[work->slot[p]] < -1.0) {
                work->state[p] = JK_PPML_NO_CASH;
                work->parameters[p] = low - NOTHING;
                count++;
            }
        }
    }
    if (count > 0) {
        jk_ppml_number(work);
        jk_ppml_factors(work);
    }
    return count;
}

/* Searches from the present parameters. *vanishing is set where parameters ran away and took rows with them: those are
 * then out, and the search is to begin anew. */
static jk_status climb(jk_ppml_work *work, search *self, const jk_ppml_options *options, int iterations_max,
                       double mean_intensity, jk_ppml *fit, int *vanishing, jk_error *error) {
    double tolerance = options->tolerance > 0.0 ? options->tolerance : STEP_TOLERANCE;
    double last = NAN;
    int steps = 0;
    fit->converged = work->unknowns == 0;
    for (*vanishing = 0; !fit->converged && fit->iterations < iterations_max; fit->iterations++) {
        JK_TRY(jk_ppml_score(work, &self->sums, error));
        size_t n = work->unknowns;
        memcpy(self->factor, self->sums.information, n * n * sizeof(double));
        if (jk_cholesky_factor(self->factor, n, JK_PPML_TOLERANCE, self->dropped) < n) {
            /* So from the first: the design. Later: rows whose means vanish took the information with them. */
            *vanishing = steps > 0 && drop_vanishing(work, self, mean_intensity) > 0;
            if (*vanishing) {
                return JK_OK;
            }
            drop_collinear(work, self->dropped);
            fit->converged = work->unknowns == 0;
            continue;
        }
        double length = 0.0;
        JK_TRY(take_step(work, self, &length, error));
        if (hold_empty_pieces(work, self, mean_intensity) > 0) {
            steps = 0;
            continue;
        }
        double gain = self->sums.objective - last;
        last = self->sums.objective;
        fit->converged = length < tolerance || (++steps > LONG && fabs(gain) < STANDSTILL * (fabs(last) + 1.0));
        if (!fit->converged && length > VANISHING && steps >= SETTLED) {
            *vanishing = drop_vanishing(work, self, mean_intensity) > 0;
            if (*vanishing) {
                return JK_OK;
            }
        }
    }
    return JK_OK;
}

jk_status jk_ppml_search(jk_ppml_work *work, const jk_ppml_options *options, jk_ppml *fit, jk_error *error) {
    search self = {0};
    jk_status status = JK_OK;
    double exposure = 0.0, cash = 0.0;
    int most = options->iterations_max > 0 ? options->iterations_max : ITERATIONS;
    for (size_t i = 0; i < work->rows->rows; i++) {
        exposure += work->skip[i] ? 0.0 : work->rows->weight[i] * work->rows->months[i];
        cash += work->skip[i] ? 0.0 : work->rows->cash[i];
    }
    JK_TRY_CLEANUP(search_init(&self, work->design->parameters, work->unknowns, error));
    int vanishing = 0;
    JK_TRY_CLEANUP(climb(work, &self, options, most, cash / exposure, fit, &vanishing, error));
    while (vanishing) { /* each time with fewer rows */
        restart_runaways(work, &self, fit);
        most += ITERATIONS;
        JK_TRY_CLEANUP(climb(work, &self, options, most, cash / exposure, fit, &vanishing, error));
    }
cleanup:
    search_reset(&self);
    return status;
}
