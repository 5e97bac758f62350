/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of model.md sections 4 to 7 that claims share, in 64 bits, kept in 32:
 *
 *     curve   mean hazard over E months from each whole age on: (H(age + E) - H(age)) / E, H the integral of the steps
 *     class   M^E, the monthly matrix of classes over an epoch, by repeated squaring
 *     costs   c (1 + inflation)^(T/12), T the month in which the epoch begins
 *     fading  2^(-(T + E/2) / half-life)
 *
 * A stressed plan takes the same tables and multiplies (stress_segment), so that nothing is derived twice. */
#include "plan/tables.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "model/economics.h"

enum { LAST_AGE_MAX = 12000 }; /* months; a knot of a curve beyond a thousand years is a mistake */

static int32_t last_knot(const jk_steps *steps) {
    return steps->month[steps->count - 1];
}

static double step_value(const jk_steps *steps, int32_t month) {
    size_t i = steps->count - 1;
    while (i > 0 && steps->month[i] > month) {
        i--;
    }
    return steps->value[i];
}

/* Mean of the step function over `months` months from each age 0..last_age on. */
static void fill_curve(const jk_steps *steps, int32_t months, int32_t last_age, float *curve) {
    for (int32_t age = 0; age < last_age + 1 + JK_CURVE_PADDING; age++) {
        curve[age] = (float)(jk_steps_integral(steps, (double)age, (double)months) / (double)months);
    }
}

typedef double class_matrix[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT];

static void matrix_multiply(class_matrix a, class_matrix b, class_matrix product) {
    class_matrix result;
    for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            result[i][k] = 0.0;
            for (int m = 0; m < JK_CAPACITY_COUNT; m++) {
                result[i][k] += a[i][m] * b[m][k];
            }
        }
    }
    memcpy(product, result, sizeof result);
}

static void matrix_power(const class_matrix monthly, int32_t months, class_matrix power) {
    class_matrix square, result = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    memcpy(square, monthly, sizeof square);
    for (; months > 0; months /= 2) {
        if (months % 2 == 1) {
            matrix_multiply(result, square, result);
        }
        matrix_multiply(square, square, square);
    }
    memcpy(power, result, sizeof result);
}

static void put_step(int a, class_matrix step, jk_plan_span *span) {
    for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
        assert(jk_is_distribution(step[from], JK_CAPACITY_COUNT, 1e-6));
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            float probability = (float)step[from][to];
            span->class_step[a][from][to] = probability;
            span->class_by_action[0][from][to][a + JK_SURVEIL] = a == JK_TREAT_LEGAL ? 0.0f : probability;
            span->class_by_action[1][from][to][a + JK_SURVEIL] = probability;
        }
    }
}

static void fill_span(const jk_segment *segment, int32_t months, jk_plan_span *span) {
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        class_matrix step;
        matrix_power(segment->class_monthly[a], months, step);
        put_step(a, step, span);
    }
    double wait = segment->months_to_title;
    span->title_probability = wait > 0.0 ? (float)(1.0 - jk_exp(-(double)months / wait)) : 1.0f;
}

static void fill_running(const jk_segment *segment, double inflation, jk_plan_costs *costs) {
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        jk_treatment treatment = (jk_treatment)a;
        costs->running_by_action[0][a + JK_SURVEIL] =
            (float)(jk_running_cost(segment, treatment, JK_TITLE_NONE) * inflation);
        costs->running_by_action[1][a + JK_SURVEIL] =
            (float)(jk_running_cost(segment, treatment, JK_TITLE_HELD) * inflation);
        costs->paying[a] = (float)(jk_paying_cost(segment, treatment) * inflation);
    }
}

static void fill_costs(const jk_segment *segment, double inflation, jk_plan_costs *costs) {
    fill_running(segment, inflation, costs);
    costs->interruption_by_action[JK_SURVEIL] = (float)inflation;
    costs->interruption_by_action[JK_AMICABLE] = (float)inflation;
    costs->filing = (float)(segment->filing * inflation);
    costs->inflation = (float)inflation;
}

/* x^y for x >= 0 and 0 <= y; 0^0 is 1. */
static double power(double x, double y) {
    return y == 0.0 ? 1.0 : (x == 0.0 ? 0.0 : jk_exp(y * jk_log(x)));
}

/* What a buyer's price knows of a claim (model.md section 6): min(cap, theta * kappa / reference)^informed in parts. */
static void fill_insight(const jk_segment *from, jk_plan_segment *to) {
    to->informed = (float)from->informed;
    to->insight_most = (float)power(from->insight_cap, from->informed);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        double ratio = from->class_multiplier[JK_TREAT_AMICABLE][k] / from->reference;
        to->insight_multiplier[k] = (float)power(ratio, from->informed);
    }
    to->payer_factor = (float)from->payer_factor;
}

static void fill_payers(const jk_segment *from, jk_plan_segment *to) {
    to->has_payers = from->payers.given;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        double settled = from->payers.given ? from->payers.settled_share[a] : 1.0;
        to->begins_to_pay = to->begins_to_pay || settled < 1.0;
        to->breakage[a] = (float)from->payers.breakage[a];
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            double multiplier = from->class_multiplier[a][k];
            to->settle_multiplier[a][k] = (float)(settled * multiplier);
            to->begin_multiplier[a][k] = (float)((1.0 - settled) * multiplier);
            if (a == JK_TREAT_LEGAL) {
                to->settle_pending[k] = (float)(settled * from->pre_title_factor * multiplier);
                to->begin_pending[k] = (float)((1.0 - settled) * from->pre_title_factor * multiplier);
            }
        }
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        to->monthly_share[k] = (float)from->payers.monthly_share[k];
    }
}

static void fill_segment(const jk_segment *from, jk_plan_segment *to) {
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        to->share_by_action[a + JK_SURVEIL] = (float)from->recovery_share[a];
        to->contingent_by_action[a + JK_SURVEIL] = (float)from->cost[a].contingent;
        to->kept_share[a] = (float)(from->recovery_share[a] * (1.0 - from->cost[a].contingent));
        to->open_share[a] = (float)(1.0 - from->cost[a].contingent);
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            to->class_multiplier[a][k] = (float)from->class_multiplier[a][k];
            to->class_multiplier_most[a] = fmaxf(to->class_multiplier_most[a], to->class_multiplier[a][k]);
        }
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        to->pending_multiplier[k] = (float)(from->pre_title_factor * from->class_multiplier[JK_TREAT_LEGAL][k]);
        to->garnish_share[k] = (float)from->garnish_share[k];
        to->pending_multiplier_most = fmaxf(to->pending_multiplier_most, to->pending_multiplier[k]);
        to->garnish_share_most = fmaxf(to->garnish_share_most, to->garnish_share[k]);
    }
    for (int z = 0; z < JK_TITLE_COUNT; z++) {
        to->title_factor[z] = (float)from->title_factor[z];
    }
    to->exit = (float)from->exit_monthly;
    to->exit_factor = 1.0f;
    to->fee = (float)(from->fee_shift * from->filing);
    to->bar_months_inverse = (float)(1.0 / from->bar_months);
    to->title_kept = (float)(1.0 - from->lost_share);
    fill_insight(from, to);
    fill_payers(from, to);
}

/* ---- guessed classes ----------------------------------------------------------------------------------------------
 *
 * In the first epoch a claim whose class is the score's has the figures that claims with such a score have in the mean,
 * M κ, M ρ, M φ with M = class_given_score, and at its end the class that it truly has, M Q^E. */

static void mean_figures(const jk_scorecard *card, const double from[JK_CAPACITY_COUNT], double to[JK_CAPACITY_COUNT]) {
    double mean[JK_CAPACITY_COUNT];
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        mean[k] = jk_class_mean(card, from, (jk_capacity)k, true);
    }
    memcpy(to, mean, sizeof mean);
}

static jk_segment guessed_segment(const jk_scorecard *card, const jk_segment *from) {
    jk_segment to = *from;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        mean_figures(card, from->class_multiplier[a], to.class_multiplier[a]);
    }
    mean_figures(card, from->garnish_share, to.garnish_share);
    mean_figures(card, from->payers.monthly_share, to.payers.monthly_share);
    return to;
}

static void guess_span(const jk_scorecard *card, jk_plan_span *span) {
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        class_matrix share, step;
        memcpy(share, card->class_given_score, sizeof share);
        for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
            for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
                step[from][to] = (double)span->class_step[a][from][to];
            }
        }
        matrix_multiply(share, step, step);
        put_step(a, step, span);
    }
}

/* A segment's figures of the first epoch; all but those of classes are the segment's own. */
static void fill_guessed(jk_plan_tables *tables, const jk_model *model, size_t g) {
    const jk_plan_segment *own = &tables->segments[g];
    jk_plan_segment *to = &tables->guessed[g];
    const jk_segment mean = guessed_segment(&model->scorecard, &model->segments[g]);
    jk_plan_span *spans = tables->spans + (tables->segment_count + g) * (size_t)tables->span_count;
    fill_segment(&mean, to);
    memcpy(spans, own->spans, (size_t)tables->span_count * sizeof *spans);
    guess_span(&model->scorecard, &spans[tables->epochs[0].span]);
    to->last_age = own->last_age;
    to->market = own->market;
    to->costs = own->costs;
    to->spans = spans;
}

static int32_t segment_last_age(const jk_segment *segment) {
    int32_t last = last_knot(&segment->market_price);
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        int32_t knot = last_knot(&segment->curve[a]);
        last = knot > last ? knot : last;
    }
    return last;
}

static int find_span(const jk_plan_tables *tables, int before, int32_t months) {
    for (int j = 0; j < before; j++) {
        if (tables->epochs[j].month_count == months) {
            return tables->epochs[j].span;
        }
    }
    return -1;
}

static float fade_at(const jk_model *model, double month) {
    double half_life = model->scorecard.half_life;
    return half_life > 0.0 ? (float)jk_exp(-0.69314718055994530942 * month / half_life) : 0.0f;
}

static void fill_epochs(jk_plan_tables *tables, const jk_model *model) {
    int32_t month = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        int32_t months = model->epochs[j];
        int span = find_span(tables, j, months);
        if (span < 0) {
            span = tables->span_count++;
        }
        tables->epochs[j] = (jk_plan_epoch){.first_month = month,
                                            .month_count = months,
                                            .span = span,
                                            .start = (float)month,
                                            .end = (float)(month + months),
                                            .months = (float)months,
                                            .fade = fade_at(model, (double)month + 0.5 * (double)months)};
        for (int32_t m = 0; m < months; m++) {
            tables->epoch_of_month[month++] = (uint16_t)j;
        }
    }
    tables->months = month;
}

static void fill_jurisdiction(const jk_plan_tables *tables, const jk_jurisdiction *from, float *aging,
                              jk_plan_jurisdiction *to) {
    to->mortality = aging;
    to->accrual = aging + tables->epoch_count;
    int ends = !from->limitation.title_renewable && isfinite(from->limitation.title_months);
    to->title_end = ends ? (float)(1.0 / from->limitation.title_months) : 0.0f;
    for (int j = 0; j < tables->epoch_count; j++) {
        double middle = (double)tables->epochs[j].first_month + 0.5 * (double)tables->epochs[j].month_count;
        /* The cap keeps 0 * factor at 0; a hazard that grew so far has long ended every claim. */
        aging[j] = (float)fmin(jk_exp(from->mortality.b * middle / 12.0), 1e30);
        aging[tables->epoch_count + j] = (float)fmin(middle, from->interest.accrual_months);
    }
}

/* Allocates what the counts ask for. */
static jk_status allocate(jk_plan_tables *tables, const jk_model *model, jk_error *error) {
    size_t curve_floats = 0;
    for (size_t g = 0; g < tables->segment_count; g++) {
        int32_t last_age = segment_last_age(&model->segments[g]);
        if (last_age > LAST_AGE_MAX) {
            return jk_fail(error, JK_ERROR_MODEL, model->path, 0, model->segments[g].id,
                           "a curve has a step at month %d; expected at most %d", (int)last_age, LAST_AGE_MAX);
        }
        size_t length = (size_t)last_age + 1 + JK_CURVE_PADDING;
        curve_floats += length * ((size_t)tables->span_count * JK_TREATMENT_COUNT + 1);
        tables->last_age = last_age > tables->last_age ? last_age : tables->last_age;
    }
    size_t epochs = (size_t)tables->epoch_count;
    tables->segments = jk_columns_zero(tables->segment_count, sizeof *tables->segments);
    tables->jurisdictions = jk_columns_zero(tables->jurisdiction_count, sizeof *tables->jurisdictions);
    const bool guessed = jk_class_is_guessed(&model->scorecard);
    size_t sets = tables->segment_count * (guessed ? 2 : 1);
    tables->guessed = guessed ? jk_columns_zero(tables->segment_count, sizeof *tables->guessed) : NULL;
    tables->spans = jk_columns_zero(sets * (size_t)tables->span_count, sizeof *tables->spans);
    tables->costs = jk_columns_zero(tables->segment_count * epochs, sizeof *tables->costs);
    tables->curves = jk_columns_zero(curve_floats, sizeof *tables->curves);
    tables->aging = jk_columns_zero(tables->jurisdiction_count * epochs * 2, sizeof *tables->aging);
    JK_TRY(jk_held(tables->segments != NULL && tables->jurisdictions != NULL && tables->spans != NULL &&
                       tables->costs != NULL && tables->curves != NULL && tables->aging != NULL &&
                       (!guessed || tables->guessed != NULL),
                   error, "the plan's tables"));
    return JK_OK;
}

static void fill_all_segments(jk_plan_tables *tables, const jk_model *model) {
    float *curve = tables->curves;
    double inflation_log = jk_log(1.0 + model->cost_inflation);
    for (size_t g = 0; g < tables->segment_count; g++) {
        const jk_segment *from = &model->segments[g];
        jk_plan_segment *to = &tables->segments[g];
        jk_plan_span *spans = tables->spans + g * (size_t)tables->span_count;
        jk_plan_costs *costs = tables->costs + g * (size_t)tables->epoch_count;
        fill_segment(from, to);
        to->last_age = segment_last_age(from);
        to->spans = spans;
        to->costs = costs;
        size_t length = (size_t)to->last_age + 1 + JK_CURVE_PADDING;
        to->market = curve;
        for (size_t age = 0; age < length; age++) {
            curve[age] = (float)(step_value(&from->market_price, (int32_t)age) * (1.0 - from->transaction_cost));
        }
        curve += length;
        int spans_done = 0;
        for (int j = 0; j < tables->epoch_count; j++) {
            const jk_plan_epoch *epoch = &tables->epochs[j];
            fill_costs(from, jk_exp(inflation_log * (double)epoch->first_month / 12.0), &costs[j]);
            if (epoch->span == spans_done) { /* spans are numbered in the order of their first epoch */
                jk_plan_span *span = &spans[spans_done++];
                fill_span(from, epoch->month_count, span);
                for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
                    fill_curve(&from->curve[a], epoch->month_count, to->last_age, curve);
                    span->curve[a] = curve;
                    curve += length;
                }
            }
        }
    }
}

jk_status jk_plan_tables_init(jk_plan_tables *tables, const jk_model *model, double irr, jk_error *error) {
    *tables = (jk_plan_tables){.epoch_count = model->epoch_count,
                               .segment_count = model->segment_count,
                               .jurisdiction_count = model->jurisdiction_count,
                               .discount = (float)(jk_log(1.0 + irr) / 12.0)};
    tables->epochs = jk_columns_zero((size_t)model->epoch_count, sizeof *tables->epochs);
    JK_TRY(jk_held(tables->epochs != NULL, error, "the plan's tables"));
    fill_epochs(tables, model);
    jk_status status = allocate(tables, model, error);
    if (status != JK_OK) {
        jk_plan_tables_reset(tables);
        return status;
    }
    for (size_t i = 0; i < tables->jurisdiction_count; i++) {
        float *aging = tables->aging + i * 2 * (size_t)tables->epoch_count;
        fill_jurisdiction(tables, &model->jurisdictions[i], aging, &tables->jurisdictions[i]);
    }
    fill_all_segments(tables, model);
    for (size_t g = 0; g < tables->segment_count && tables->guessed != NULL; g++) {
        fill_guessed(tables, model, g);
    }
    return JK_OK;
}

static void stress_segment(const jk_segment *from, const jk_plan_stress *stress, jk_plan_segment *to) {
    to->exit = (float)(from->exit_monthly * stress->exit);
    to->exit_factor = (float)stress->exit;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        to->breakage[a] = (float)(from->payers.breakage[a] * stress->breakage);
    }
}

void jk_plan_tables_stress(jk_plan_tables *tables, const jk_model *model, const jk_plan_stress *stress) {
    for (size_t g = 0; g < tables->segment_count; g++) {
        stress_segment(&model->segments[g], &stress[g], &tables->segments[g]);
        if (tables->guessed != NULL) {
            stress_segment(&model->segments[g], &stress[g], &tables->guessed[g]);
        }
        jk_plan_costs *costs = tables->costs + g * (size_t)tables->epoch_count;
        for (int j = 0; j < tables->epoch_count; j++) {
            float interruption = (float)((double)costs[j].inflation * stress[g].interruption);
            costs[j].interruption_by_action[JK_SURVEIL] = interruption;
            costs[j].interruption_by_action[JK_AMICABLE] = interruption;
            costs[j].inflation = interruption;
        }
    }
}

void jk_plan_tables_hours(jk_plan_tables *tables, const jk_model *model, const double *price) {
    double inflation_log = jk_log(1.0 + model->cost_inflation);
    for (size_t g = 0; g < tables->segment_count; g++) {
        for (int j = 0; j < tables->epoch_count; j++) {
            jk_segment priced = model->segments[g];
            priced.hour += price[j];
            fill_running(&priced, jk_exp(inflation_log * (double)tables->epochs[j].first_month / 12.0),
                         &tables->costs[g * (size_t)tables->epoch_count + (size_t)j]);
        }
    }
}

void jk_plan_tables_change(jk_plan_tables *tables, double from) {
    for (int j = 0; j < tables->epoch_count; j++) {
        jk_plan_epoch *epoch = &tables->epochs[j];
        double end = (double)(epoch->first_month + epoch->month_count);
        epoch->later = (float)fmin(fmax((end - from) / (double)epoch->month_count, 0.0), 1.0);
    }
}

void jk_plan_tables_recover(jk_plan_tables *tables, const double *recovery, const double *paying_recovery) {
    const double *paying = paying_recovery == NULL ? recovery : paying_recovery;
    size_t cells = tables->segment_count * (size_t)tables->epoch_count;
    for (size_t i = 0; i < cells; i++) {
        tables->costs[i].recovery = recovery == NULL ? 1.0f : (float)recovery[i];
        tables->costs[i].paying_recovery = paying == NULL ? 1.0f : (float)paying[i];
    }
}

void jk_plan_tables_reset(jk_plan_tables *tables) {
    free(tables->epochs);
    free(tables->segments);
    free(tables->guessed);
    free(tables->jurisdictions);
    free(tables->spans);
    free(tables->costs);
    free(tables->curves);
    free(tables->aging);
    *tables = (jk_plan_tables){0};
}
