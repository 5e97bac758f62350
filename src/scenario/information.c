/* SPDX-License-Identifier: Apache-2.0 */
/* What knowing a field would be worth: the expected value of perfect information of one column, claim by claim (H.
 * Raiffa, R. Schlaifer, Applied Statistical Decision Theory, 1961, chapter 4).
 *
 * A claim is valued with each figure t of a set of trials; p(t) is how often the tape has figures nearest to t, in the
 * claim's segment where at least 30 are known there, else everywhere. Knowing the figure before deciding is worth sum
 * p(t) max over actions V(a, t) less max over actions sum p(t) V(a, t), never below 0. Figures of others stand for the
 * unknown one as if it were missing at random, and only the first decision waits for it: later ones see it in both
 * cases. */
#include "scenario/information.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"

enum { PIECE_ROWS = 65536, SEGMENT_LEAST = 30 };

#define DAYS_OF_MONTH 30.4375

jk_status jk_information_init(jk_information *information, size_t rows, size_t segments, jk_error *error) {
    *information = (jk_information){.rows = rows,
                                    .segments = segments,
                                    .segment = jk_columns_zero(rows, sizeof(uint16_t)),
                                    .weight = jk_columns_zero((segments + 1) * JK_TRIALS_MAX, sizeof(double)),
                                    .value = jk_columns_zero(rows, sizeof(float)),
                                    .action = jk_columns_zero(JK_ACTION_COUNT * rows, sizeof(float))};
    if (information->segment == NULL || information->weight == NULL || information->value == NULL ||
        information->action == NULL) {
        jk_information_reset(information);
        return jk_fail_memory(error, "the claims' values");
    }
    return JK_OK;
}

void jk_information_reset(jk_information *information) {
    free(information->segment);
    free(information->weight);
    free(information->value);
    free(information->action);
    *information = (jk_information){0};
}

/* ---- the tape's own distribution ------------------------------------------------------------------------------ */

/* An element as a figure of the set. */
static double figure_of(const jk_trial_set *set, const void *values, size_t i, int32_t cutoff) {
    switch (set->kind) {
    case JK_TRIAL_CODES:
        return (double)((const int8_t *)values)[i];
    case JK_TRIAL_UNITS:
        return (double)((const int64_t *)values)[i] / 100.0;
    case JK_TRIAL_RATE:
        return ((const double *)values)[i];
    case JK_TRIAL_MONTHS_AGO:
        return (double)(cutoff - ((const int32_t *)values)[i]) / DAYS_OF_MONTH;
    case JK_TRIAL_MONTHS_AHEAD:
        return (double)(((const int32_t *)values)[i] - cutoff) / DAYS_OF_MONTH;
    case JK_TRIAL_YEARS_AGO:
        return (double)(jk_civil_from_date(cutoff).year - ((const int32_t *)values)[i]);
    default:
        return (double)((const int32_t *)values)[i];
    }
}

/* Amounts and times are far apart or near as their logarithms are. */
static double place_of(const jk_trial_set *set, double figure) {
    bool plain = set->kind == JK_TRIAL_CODES || set->kind == JK_TRIAL_RATE;
    double size = plain ? figure : jk_log(1.0 + fabs(figure));
    return plain || figure >= 0.0 ? size : -size;
}

static int nearest(const jk_trial_set *set, double figure) {
    int best = 0;
    for (int t = 1; t < set->count; t++) {
        double distance = fabs(place_of(set, figure) - place_of(set, set->figure[t]));
        best = distance < fabs(place_of(set, figure) - place_of(set, set->figure[best])) ? t : best;
    }
    return best;
}

static jk_status count_figures(jk_information *information, const jk_tape *tape, const jk_trial_set *set,
                               int32_t cutoff, jk_error *error) {
    double *values = jk_columns_alloc(PIECE_ROWS, sizeof *values); /* the widest element */
    const jk_type type = jk_schema_column(set->column)->type;
    jk_status status = jk_held(values != NULL, error, "a column");
    for (size_t first = 0; first < information->rows && status == JK_OK; first += PIECE_ROWS) {
        size_t left = information->rows - first, count = left < PIECE_ROWS ? left : PIECE_ROWS;
        status = jk_tape_read(tape, set->column, first, count, values, error);
        for (size_t i = 0; i < count && status == JK_OK; i++) {
            if (!jk_missing_element(type, values, i)) {
                int trial = nearest(set, figure_of(set, values, i, cutoff));
                information->weight[information->segment[first + i] * JK_TRIALS_MAX + (size_t)trial] += 1.0;
                information->known++;
            }
        }
    }
    free(values);
    return status;
}

static double sum_of(const double *weight) {
    double sum = 0.0;
    for (int t = 0; t < JK_TRIALS_MAX; t++) {
        sum += weight[t];
    }
    return sum;
}

jk_status jk_information_weigh(jk_information *information, const jk_tape *tape, const jk_trial_set *set,
                               int32_t cutoff, jk_error *error) {
    double *all = information->weight + information->segments * JK_TRIALS_MAX;
    memset(information->weight, 0, (information->segments + 1) * JK_TRIALS_MAX * sizeof *information->weight);
    memset(information->value, 0, information->rows * sizeof *information->value);
    memset(information->action, 0, JK_ACTION_COUNT * information->rows * sizeof *information->action);
    information->known = 0;
    JK_TRY(count_figures(information, tape, set, cutoff, error));
    for (size_t g = 0; g < information->segments; g++) {
        for (int t = 0; t < JK_TRIALS_MAX; t++) {
            all[t] += information->weight[g * JK_TRIALS_MAX + (size_t)t];
        }
    }
    const double everywhere = sum_of(all);
    for (size_t g = 0; g < information->segments && everywhere > 0.0; g++) {
        double *own = information->weight + g * JK_TRIALS_MAX, sum = sum_of(own);
        for (int t = 0; t < JK_TRIALS_MAX; t++) {
            own[t] = sum >= SEGMENT_LEAST ? own[t] / sum : all[t] / everywhere;
        }
        assert(jk_is_distribution(own, JK_TRIALS_MAX, 1e-9));
    }
    return JK_OK;
}

/* ---- claims --------------------------------------------------------------------------------------------------- */

void jk_information_add(jk_information *information, int trial, size_t row, const jk_plan_results *plan, size_t i) {
    const float part = (float)information->weight[information->segment[row] * JK_TRIALS_MAX + (size_t)trial];
    information->value[row] += part * plan->value[i];
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        float value = plan->action_value[a][i];
        information->action[(size_t)a * information->rows + row] += isnan(value) ? 0.0f : part * value;
    }
}

double jk_information_of(const jk_information *information, size_t row) {
    float best = 0.0f; /* closing */
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        best = fmaxf(best, information->action[(size_t)a * information->rows + row]);
    }
    return fmax(0.0, (double)information->value[row] - (double)best);
}
