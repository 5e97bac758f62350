/* SPDX-License-Identifier: Apache-2.0 */
/* From scenarios to figures: every segment of the split model that a stress is about gets changed figures, multipliers
 * of its intensities by epoch, and multipliers of what stands in no segment. docs/scenario.md has the formulas. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "jalki/scenario.h"

#define PRODUCT_MAX 1e6 /* of the factors of several entries on one figure */

/* One segment while stresses are put on it. */
typedef struct segment_state {
    jk_segment *segment;
    jk_plan_stress *stress;
    double recovery[JK_HORIZON_MAX]; /* of new payers, by month from the cut-off on */
    double paying[JK_HORIZON_MAX];   /* of the instalments of those who pay, likewise */
    double product;                  /* of all other factors, to keep figures finite */
} segment_state;

static double step_at(const jk_steps *steps, int month) {
    double value = steps->value[0];
    for (size_t i = 0; i < steps->count && steps->month[i] <= month; i++) {
        value = steps->value[i];
    }
    return value;
}

/* Delay and theta are about who begins to pay, not about who pays; new payers likewise, where the segment has payers.
 */
static void stress_recovery(const jk_stress *stress, int horizon, segment_state *state) {
    double begins = stress->figure[JK_STRESS_THETA];
    begins *= state->segment->payers.given ? stress->figure[JK_STRESS_NEW_PAYERS] : 1.0;
    for (int month = 0; month < horizon; month++) {
        bool delayed = month < (int)stress->figure[JK_STRESS_DELAY];
        double given =
            stress->recovery.count > 0 ? step_at(&stress->recovery, month) : stress->figure[JK_STRESS_RECOVERY];
        state->recovery[month] *= delayed ? 0.0 : given * begins;
        state->paying[month] *= given;
    }
}

static void stress_costs(const jk_stress *stress, jk_segment *segment) {
    double all = stress->figure[JK_STRESS_COSTS], court = all * stress->figure[JK_STRESS_COURT_COST];
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        segment->cost[a].monthly *= all;
        segment->payers.monthly[a] *= all;
    }
    segment->hour = segment->hour * all + stress->figure[JK_STRESS_HOUR_PRICE];
    segment->filing *= court;
    segment->enforcement_monthly *= court;
}

/* Odds of moving a class up are multiplied by e^tilt, of moving one down divided by it; rows sum to 1 again. */
static void tilt_row(double tilt, int from, double row[JK_CAPACITY_COUNT]) {
    double sum = 0.0;
    for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
        row[to] *= jk_exp(tilt * (double)(to - from));
        sum += row[to];
    }
    for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
        row[to] /= sum;
    }
}

/* Moves to better classes are multiplied, as far as there are claims that stay and can move instead. */
static void scale_upward(double factor, int from, double row[JK_CAPACITY_COUNT]) {
    double up = 0.0;
    for (int to = from + 1; to < JK_CAPACITY_COUNT; to++) {
        up += row[to];
    }
    if (up <= 0.0) {
        return;
    }
    double most = (up + row[from]) / up, scale = factor < most ? factor : most;
    for (int to = from + 1; to < JK_CAPACITY_COUNT; to++) {
        row[to] *= scale;
    }
    row[from] = factor < most ? row[from] + up * (1.0 - scale) : 0.0;
}

/* Where a segment has payers, new payers and breakage are figures of theirs, and classes know nothing of them. */
static void stress_classes(const jk_stress *stress, segment_state *state) {
    jk_segment *segment = state->segment;
    const bool payers = segment->payers.given;
    double tilt = stress->figure[JK_STRESS_TILT], kept = 1.0 - stress->figure[JK_STRESS_BREAKAGE];
    double new_payers = payers ? 1.0 : stress->figure[JK_STRESS_NEW_PAYERS];
    if (payers) { /* the limit stands for instalments that break at once */
        state->stress->breakage = fmin(state->stress->breakage / kept, JK_STRESS_MAX);
    }
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
            if (tilt != 0.0) {
                tilt_row(tilt, from, segment->class_monthly[a][from]);
            }
            if (new_payers != 1.0) {
                scale_upward(new_payers, from, segment->class_monthly[a][from]);
            }
        }
        segment->class_multiplier[a][JK_CAPACITY_WEAK] *= payers ? 1.0 : kept;
        segment->class_multiplier[a][JK_CAPACITY_ABLE] *= payers ? 1.0 : kept;
    }
}

static jk_status stress_price(jk_arena *arena, double factor, jk_segment *segment, jk_error *error) {
    if (factor == 1.0) {
        return JK_OK;
    }
    double *value = jk_arena_alloc(arena, segment->market_price.count, sizeof *value);
    JK_TRY(jk_held(value != NULL, error, "a scenario"));
    for (size_t i = 0; i < segment->market_price.count; i++) {
        value[i] = segment->market_price.value[i] * factor;
    }
    segment->market_price.value = value;
    return JK_OK;
}

static jk_status put_stress(jk_arena *arena, const jk_stress *stress, int horizon, segment_state *state,
                            jk_error *error) {
    static const jk_stress_key factors[] = {JK_STRESS_GARNISHMENT, JK_STRESS_COSTS, JK_STRESS_COURT_COST,
                                            JK_STRESS_MARKET_PRICE};
    jk_segment *segment = state->segment;
    stress_recovery(stress, horizon, state);
    stress_costs(stress, segment);
    stress_classes(stress, state);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        segment->garnish_share[k] *= stress->figure[JK_STRESS_GARNISHMENT];
    }
    state->stress->exit *= stress->figure[JK_STRESS_EXIT];
    state->stress->interruption *= stress->figure[JK_STRESS_COSTS];
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        state->product *= fmax(stress->figure[factors[i]], 1.0);
    }
    return stress_price(arena, stress->figure[JK_STRESS_MARKET_PRICE], segment, error);
}

/* What an epoch's intensities are multiplied by: the mean over its months. */
static void put_epochs(const jk_model *model, const double *recovery, double *by_epoch) {
    int month = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        double sum = 0.0;
        for (int32_t m = 0; m < model->epochs[j]; m++) {
            sum += recovery[month++];
        }
        by_epoch[j] = sum / (double)model->epochs[j];
    }
}

static jk_status check_state(const jk_scenario *scenario, const jk_model *model, const segment_state *state,
                             const double *by_epoch, const double *paying_by_epoch, jk_error *error) {
    bool held = state->product <= PRODUCT_MAX && state->stress->exit <= JK_STRESS_MAX &&
                state->stress->interruption <= JK_STRESS_MAX;
    for (int j = 0; j < model->epoch_count; j++) {
        held = held && by_epoch[j] <= JK_RECOVERY_MAX && paying_by_epoch[j] <= JK_RECOVERY_MAX;
    }
    return held ? JK_OK
                : jk_fail(error, JK_ERROR_MODEL, NULL, 0, scenario->name,
                          "the entries of this scenario together multiply a figure of segment %s too far; expected at "
                          "most %g for recoveries and %g for exits and costs",
                          state->segment->id, JK_RECOVERY_MAX, JK_STRESS_MAX);
}

static jk_status stress_segment(jk_arena *arena, const jk_scenario *scenario, const jk_model *split, size_t g,
                                segment_state *state, double *by_epoch, double *paying_by_epoch, jk_error *error) {
    state->product = 1.0;
    *state->stress = (jk_plan_stress){1.0, 1.0, 1.0};
    for (int month = 0; month < split->horizon_months; month++) {
        state->recovery[month] = state->paying[month] = 1.0;
    }
    for (size_t i = 0; i < scenario->stress_count; i++) {
        if (jk_where_holds(&scenario->stresses[i].where, split, g)) {
            JK_TRY(put_stress(arena, &scenario->stresses[i], split->horizon_months, state, error));
        }
    }
    put_epochs(split, state->recovery, by_epoch);
    put_epochs(split, state->paying, paying_by_epoch);
    return check_state(scenario, split, state, by_epoch, paying_by_epoch, error);
}

static jk_status stress_model(jk_arena *arena, const jk_scenario *scenario, const jk_model *split,
                              jk_stressed *stressed, jk_error *error) {
    size_t count = split->segment_count;
    jk_segment *segments = jk_arena_alloc(arena, count, sizeof *segments);
    jk_plan_stress *stress = jk_arena_alloc(arena, count, sizeof *stress);
    const size_t epochs = (size_t)split->epoch_count;
    double *recovery = jk_arena_alloc(arena, 2 * count * epochs, sizeof *recovery), *paying = NULL;
    segment_state *state = jk_arena_alloc(arena, 1, sizeof *state);
    JK_TRY(jk_held(segments != NULL && stress != NULL && recovery != NULL && state != NULL, error, "a scenario"));
    paying = recovery + count * epochs;
    memcpy(segments, split->segments, count * sizeof *segments);
    for (size_t g = 0; g < count; g++) {
        state->segment = &segments[g];
        state->stress = &stress[g];
        JK_TRY(stress_segment(arena, scenario, split, g, state, recovery + g * epochs, paying + g * epochs, error));
    }
    *stressed = (jk_stressed){.model = *split, .recovery = recovery, .paying_recovery = paying, .stress = stress};
    stressed->model.segments = segments;
    for (size_t i = 0; i < scenario->stress_count; i++) {
        stressed->irr_shift += scenario->stresses[i].figure[JK_STRESS_IRR];
    }
    return JK_OK;
}

/* The wheres of all stresses, one after the other, and `apart`. */
static jk_status split_model(const jk_model *model, const jk_scenario *scenarios, size_t count, const jk_where *apart,
                             jk_model **split, jk_error *error) {
    size_t total = apart != NULL;
    for (size_t i = 0; i < count; i++) {
        total += scenarios[i].stress_count;
    }
    jk_where *wheres = calloc(total + 1, sizeof *wheres);
    JK_TRY(jk_held(wheres != NULL, error, "the scenarios"));
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < scenarios[i].stress_count; k++) {
            wheres[used++] = scenarios[i].stresses[k].where;
        }
    }
    if (apart != NULL) {
        wheres[used] = *apart;
    }
    jk_status status = jk_model_split(model, wheres, total, split, error);
    free(wheres);
    return status;
}

jk_status jk_stress_set_make(const jk_model *model, const jk_scenario *scenarios, size_t count, const jk_where *apart,
                             jk_stress_set **set, jk_error *error) {
    *set = NULL;
    jk_arena *arena = jk_arena_create();
    jk_stress_set *made = arena == NULL ? NULL : jk_arena_alloc(arena, 1, sizeof *made);
    jk_stressed *stressed = arena == NULL ? NULL : jk_arena_alloc(arena, count + 1, sizeof *stressed);
    if (made == NULL || stressed == NULL) {
        jk_arena_free(arena);
        return jk_fail_memory(error, "the scenarios");
    }
    *made = (jk_stress_set){.count = count, .stressed = stressed, .arena = arena};
    jk_status status = split_model(model, scenarios, count, apart, &made->split, error);
    for (size_t i = 0; i < count && status == JK_OK; i++) {
        status = stress_model(arena, &scenarios[i], made->split, &stressed[i], error);
    }
    if (status != JK_OK) {
        jk_stress_set_free(made);
        return status;
    }
    *set = made;
    return JK_OK;
}

void jk_stress_set_free(jk_stress_set *set) {
    if (set != NULL) {
        jk_model_free(set->split);
        jk_arena_free(set->arena);
    }
}
