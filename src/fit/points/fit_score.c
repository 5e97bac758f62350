/* SPDX-License-Identifier: Apache-2.0 */
/* From estimates to a model of the format: intercept and bounds of the classes, theta centred on 1, curves at theta 1
 * of an able debtor, multipliers of the classes (model.md sections 4 and 9). What a row is expected to bring stays what
 * the fit says:  share · curve · multiplier · exp(eta - center)  =  exp(curve estimate + class estimate + points). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"
#include "jalki/expected.h"
#include "model/economics.h"

enum { SCORES = 1001 };
#define SAME        0.01 /* of the expected cash */
#define LEVEL_ERROR 0.15 /* standard deviation of the logarithm of a level that weighs rows by what they tell */

/* What a file can say: six decimals for the log scale, so that file and memory are one model. */
double jk_fit_round_points(double value) {
    return nearbyint(value * 1e6) / 1e6;
}

double jk_fit_round_figure(double value) { /* nine significant digits */
    if (value == 0.0 || !isfinite(value)) {
        return value;
    }
    double scale = pow(10.0, 8.0 - floor(log10(fabs(value))));
    return nearbyint(value * scale) / scale;
}

/* ---- the scorecard ------------------------------------------------------------------------------------------------
 */

static jk_status make_item(jk_fit *fit, size_t item, jk_characteristic *to, jk_error *error) {
    const jk_fit_card_item *card = &fit->card[item];
    const int32_t *parameter = fit->design.level_parameter[item];
    size_t bins = card->levels - (card->from->is_numeric ? 1 : 2);
    double *points = jk_arena_alloc(fit->arena, bins + 1, sizeof *points);
    double *below = jk_arena_alloc(fit->arena, bins + 1, sizeof *below);
    JK_TRY(jk_held(points != NULL && below != NULL, error, "the fit"));
    for (size_t l = 0; l < bins; l++) {
        points[l] = jk_fit_round_points(fit->value[parameter[l]]);
    }
    *to = *card->from;
    to->in_segments = NULL; /* the base model's */
    to->points = points;
    to->count = bins;
    to->missing_points = jk_fit_round_points(fit->value[parameter[card->levels - 1]]);
    to->other_points = card->from->is_numeric ? 0.0 : jk_fit_round_points(fit->value[parameter[bins]]);
    if (card->from->is_numeric) {
        const double *fine = fit->rows.cuts[item].count > 0 ? fit->rows.cuts[item].below : card->from->below;
        for (size_t f = 0; f + 1 < card->fine; f++) { /* the last fine bin of a level ends it */
            below[card->level_of[f]] = fine[f];
        }
        to->below = below;
    }
    return JK_OK;
}

static jk_status make_scorecard(jk_fit *fit, jk_error *error) {
    size_t count = fit->base->scorecard.count;
    jk_characteristic *items = jk_arena_alloc(fit->arena, count, sizeof *items);
    JK_TRY(jk_held(items != NULL, error, "the fit"));
    for (size_t c = 0; c < count; c++) {
        JK_TRY(make_item(fit, c, &items[c], error));
    }
    fit->scorecard = fit->base->scorecard;
    fit->scorecard.characteristics = items;
    fit->scorecard.intercept = 0.0;
    memset(fit->scorecard.class_given_score, 0, sizeof fit->scorecard.class_given_score); /* the base model's */
    return JK_OK;
}

/* eta of a packed row without the intercept. */
double jk_fit_points_of_row(const jk_fit *fit, size_t row) {
    const uint8_t *level = fit->rows.level + row * fit->rows.terms + JK_FIT_TERMS_FIXED;
    double eta = 0.0;
    for (size_t c = 0; c < fit->base->scorecard.count; c++) {
        const jk_characteristic *from = &fit->scorecard.characteristics[c];
        size_t l = fit->card[c].level_of[level[c]];
        double points = l < from->count                ? from->points[l]
                        : l + 1 == fit->card[c].levels ? from->missing_points
                                                       : from->other_points;
        eta +=
            from->in_segments != NULL ? from->in_segments[fit->rows.curve[row] / JK_TREATMENT_COUNT] * points : points;
    }
    return eta;
}

static int score_of(double eta) {
    double score = floor(500.0 + 100.0 * eta / 0x1.62e42fefa39efp-1 + 0.5);
    return (int)fmin(fmax(score, 0.0), SCORES - 1.0);
}

/* Mean eta 0 over the exposure; the bounds of the classes so that the score gives each class the exposure that it has:
 * in the panel where it says the class, else by the base model. */
static void place_classes(jk_fit *fit) {
    const jk_fit_rows *rows = &fit->rows;
    double sum = 0.0, weight = 0.0, at[SCORES] = {0.0}, class[JK_CAPACITY_COUNT] = {0.0};
    for (size_t i = 0; i < rows->columns.rows; i++) {
        double exposure = rows->weight[i] * rows->months[i];
        sum += exposure * jk_fit_points_of_row(fit, i);
        weight += exposure;
    }
    fit->scorecard.intercept = jk_fit_round_points(-sum / weight);
    for (size_t i = 0; i < rows->columns.rows; i++) {
        int code = rows->level[i * rows->terms + JK_FIT_TERM_CLASS];
        if (code < JK_FIT_CLASS_FORCED) {
            double exposure = rows->weight[i] * rows->months[i];
            at[score_of(jk_fit_points_of_row(fit, i) + fit->scorecard.intercept)] += exposure;
            class[code % JK_CAPACITY_COUNT] += exposure;
        }
    }
    double bound[2] = {0.0, 0.0}, wanted[2] = {class[0], class[0] + class[1]};
    for (int b = 0; b < 2; b++) {
        double below = 0.0, nearest = wanted[b];
        for (int s = 0; s < SCORES; s++) {
            below += at[s];
            if (fabs(below - wanted[b]) < nearest) {
                nearest = fabs(below - wanted[b]);
                bound[b] = s + 1.0;
            }
        }
    }
    fit->scorecard.weak_from = bound[0];
    fit->scorecard.able_from = fmax(bound[0], bound[1]);
}

/* ---- theta --------------------------------------------------------------------------------------------------------
 */

int jk_fit_class_by_score(const jk_fit *fit, double eta, int code) {
    if (code >= JK_FIT_CLASS_FORCED) {
        return code % JK_CAPACITY_COUNT;
    }
    int score = score_of(eta);
    return score >= fit->scorecard.able_from   ? JK_CAPACITY_ABLE
           : score >= fit->scorecard.weak_from ? JK_CAPACITY_WEAK
                                               : JK_CAPACITY_NONE;
}

/* log of the exposure-weighted mean of exp(eta) by segment and class; where a class has no rows, that of all segments.
 * Where the class is guessed one centre serves all of a segment's: theta stays what it is when the class changes, and a
 * claim that is not what its score says has the theta of its score. */
static jk_status center_theta(jk_fit *fit, jk_error *error) {
    const jk_fit_rows *rows = &fit->rows;
    size_t segments = fit->base->segment_count;
    double(*sum)[2][JK_CAPACITY_COUNT] = jk_arena_alloc(fit->arena, segments + 1, sizeof *sum);
    JK_TRY(jk_held(sum != NULL, error, "the fit"));
    for (size_t i = 0; i < rows->columns.rows; i++) {
        size_t g = rows->curve[i] / JK_TREATMENT_COUNT;
        int code = rows->level[i * rows->terms + JK_FIT_TERM_CLASS];
        double eta = jk_fit_points_of_row(fit, i) + fit->scorecard.intercept;
        int k = fit->class_fitted[g] ? code % JK_CAPACITY_COUNT : jk_fit_class_by_score(fit, eta, code);
        double exposure = rows->weight[i] * rows->months[i];
        for (int all = 0; all < 2; all++) {
            sum[all ? segments : g][0][k] += exposure;
            sum[all ? segments : g][1][k] += exposure * jk_exp(eta);
        }
    }
    if (jk_class_is_guessed(&fit->scorecard)) {
        for (size_t g = 0; g <= segments; g++) {
            for (int s = 0; s < 2; s++) {
                double all = sum[g][s][0] + sum[g][s][1] + sum[g][s][2];
                sum[g][s][0] = sum[g][s][1] = sum[g][s][2] = all;
            }
        }
    }
    for (size_t g = 0; g < segments; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            size_t from = sum[g][0][k] > 0.0 ? g : segments;
            fit->segments[g].theta_center[k] =
                sum[from][0][k] > 0.0 ? jk_fit_round_points(jk_log(sum[from][1][k] / sum[from][0][k])) : 0.0;
        }
    }
    return JK_OK;
}

/* Figures that the base model's stand for are beside its theta: curve · multiplier · exp(eta - centre). Beside the new
 * one they would expect something else of the same rows, so that they are multiplied by the mean of the old theta over
 * that of the new one, by segment and class of the rows, or where a segment has none of a class by that of all. */
static jk_status level_base(jk_fit *fit, jk_error *error) {
    const jk_fit_rows *rows = &fit->rows;
    size_t segments = fit->base->segment_count;
    double(*sum)[2][JK_CAPACITY_COUNT] = jk_arena_alloc(fit->arena, segments + 1, sizeof *sum);
    fit->base_level = jk_arena_alloc(fit->arena, segments, sizeof *fit->base_level);
    JK_TRY(jk_held(sum != NULL && fit->base_level != NULL, error, "the fit"));
    for (size_t i = 0; i < rows->columns.rows; i++) {
        size_t g = rows->curve[i] / JK_TREATMENT_COUNT;
        int code = rows->level[i * rows->terms + JK_FIT_TERM_CLASS];
        double eta = jk_fit_points_of_row(fit, i) + fit->scorecard.intercept;
        int k = fit->class_fitted[g] ? code % JK_CAPACITY_COUNT : jk_fit_class_by_score(fit, eta, code);
        double exposure = rows->weight[i] * rows->months[i], theta = jk_exp(eta - fit->segments[g].theta_center[k]);
        for (int all = 0; all < 2; all++) {
            sum[all ? segments : g][0][k] += exposure * theta;
            sum[all ? segments : g][1][k] += exposure * (double)rows->base_theta[i];
        }
    }
    for (size_t g = 0; g < segments; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            size_t from = sum[g][0][k] > 0.0 ? g : segments;
            fit->base_level[g][k] = sum[from][0][k] > 0.0 ? jk_log(sum[from][1][k] / sum[from][0][k]) : 0.0;
        }
    }
    return JK_OK;
}

/* ---- curves and multipliers ---------------------------------------------------------------------------------------
 */

/* log of a class's intensity against that of the curve's reference class, at theta 1. */
static double class_level(const jk_fit *fit, size_t curve, int class) {
    size_t g = curve / JK_TREATMENT_COUNT;
    const double *center = fit->segments[g].theta_center;
    const double *base = fit->base->segments[g].class_multiplier[curve % JK_TREATMENT_COUNT];
    int reference = fit->class_reference[curve];
    if (!fit->class_fitted[g]) { /* the score is all there is of the class */
        return center[class] - center[reference];
    }
    double value = fit->class_value[curve][class];
    if (isnan(value)) {
        const double *level = fit->base_level[g];
        return base[class] > 0.0 && base[reference] > 0.0
                   ? jk_log(base[class] / base[reference]) + level[class] - level[reference]
                   : -INFINITY;
    }
    return value + center[class] - center[reference];
}

/* The base model's curve and multipliers beside the new theta. */
static jk_status take_base_curve(jk_fit *fit, size_t curve, double *value) {
    size_t g = curve / JK_TREATMENT_COUNT, t = curve % JK_TREATMENT_COUNT;
    const jk_segment *from = &fit->base->segments[g];
    jk_segment *to = &fit->segments[g];
    const double *level = fit->base_level[g];
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        double beside = jk_exp(level[k] - level[JK_CAPACITY_ABLE]);
        to->class_multiplier[t][k] = jk_fit_round_figure(fmin(from->class_multiplier[t][k] * beside, 1000.0));
    }
    for (size_t k = 0; k < from->curve[t].count; k++) {
        value[k] = jk_fit_round_figure(fmin(from->curve[t].value[k] * jk_exp(level[JK_CAPACITY_ABLE]), 100.0));
    }
    to->curve[t] = (jk_steps){from->curve[t].count, from->curve[t].month, value};
    return JK_OK;
}

static jk_status make_curve(jk_fit *fit, size_t curve, jk_error *error) {
    size_t g = curve / JK_TREATMENT_COUNT, t = curve % JK_TREATMENT_COUNT;
    jk_segment *to = &fit->segments[g];
    const jk_steps *steps = jk_fit_steps(fit, curve);
    double *value = jk_arena_alloc(fit->arena, steps->count, sizeof *value);
    JK_TRY(jk_held(value != NULL, error, "the fit"));
    bool whole = true;
    for (size_t k = 0; k < steps->count; k++) {
        whole = whole && !isnan(fit->curve_value[curve][k]);
    }
    if (!whole) { /* the base model's, whole: half of one curve and half of another is neither */
        return take_base_curve(fit, curve, value);
    }
    double share = to->recovery_share[t];
    double level[JK_CAPACITY_COUNT], base_able = fit->base->segments[g].class_multiplier[t][JK_CAPACITY_ABLE];
    double able = base_able > 0.0 ? base_able : 1.0;
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        level[k] = class_level(fit, curve, k);
    }
    double top = isfinite(level[JK_CAPACITY_ABLE]) ? level[JK_CAPACITY_ABLE] : 0.0;
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        to->class_multiplier[t][k] = jk_fit_round_figure(fmin(able * jk_exp(level[k] - top), 1000.0));
    }
    /* The fit's points have no intercept: what eta has of it, the curve has not. */
    double at_reference = fit->segments[g].theta_center[fit->class_reference[curve]] - fit->scorecard.intercept;
    for (size_t k = 0; k < steps->count; k++) {
        double intensity = jk_exp(fit->curve_value[curve][k] + at_reference + top) / (share * able);
        value[k] = jk_fit_round_figure(fmin(intensity, 100.0));
    }
    to->curve[t] = (jk_steps){steps->count, steps->month, value};
    return JK_OK;
}

static void take_transitions(jk_fit *fit) {
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        const jk_segment_transitions *from = &fit->transitions.segment[g];
        jk_segment *to = &fit->segments[g];
        to->exit_monthly = jk_fit_round_figure(from->exit.value);
        to->months_to_title = jk_fit_round_figure(from->months_to_title.value);
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            to->recovery_share[t] = jk_fit_round_figure(from->recovery_share[t].value);
            for (int a = 0; a < JK_CAPACITY_COUNT; a++) {
                double sum = 0.0;
                for (int b = 0; b < JK_CAPACITY_COUNT; b++) {
                    to->class_monthly[t][a][b] = nearbyint(from->classes[t].value[a][b] * 1e9) / 1e9;
                    sum += b != a ? to->class_monthly[t][a][b] : 0.0;
                }
                to->class_monthly[t][a][a] = nearbyint((1.0 - sum) * 1e9) / 1e9;
            }
        }
    }
}

/* What a row is expected to bring under each class, beside what is known. */
static void cash_by_class(const jk_fit *fit, size_t row, double eta, double cash[JK_CAPACITY_COUNT]) {
    const jk_fit_rows *rows = &fit->rows;
    size_t g = rows->curve[row] / JK_TREATMENT_COUNT, t = rows->curve[row] % JK_TREATMENT_COUNT;
    const jk_segment *segment = &fit->segments[g];
    double common = rows->weight[row] * segment->recovery_share[t] *
                    jk_steps_integral(&segment->curve[t], rows->start[row], rows->months[row]) *
                    (rows->level[row * rows->terms + JK_FIT_TERM_PENDING] ? segment->pre_title_factor : 1.0);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        cash[k] = common * segment->class_multiplier[t][k] * jk_exp(eta - segment->theta_center[k]);
    }
}

double jk_fit_expected_of_row(const jk_fit *fit, size_t row) {
    double eta = jk_fit_points_of_row(fit, row) + fit->scorecard.intercept, cash[JK_CAPACITY_COUNT];
    int code = fit->rows.level[row * fit->rows.terms + JK_FIT_TERM_CLASS];
    bool fitted = fit->class_fitted[fit->rows.curve[row] / JK_TREATMENT_COUNT];
    cash_by_class(fit, row, eta, cash);
    return cash[fitted ? code % JK_CAPACITY_COUNT : jk_fit_class_by_score(fit, eta, code)];
}

/* Cash that the new model expects of its own rows, with the classes of the fit and with those of the new score; of rows
 * whose class the score decides, by score and class, into by_score[SCORES]. */
static void expect_rows(jk_fit *fit, double (*by_score)[JK_CAPACITY_COUNT]) {
    const jk_fit_rows *rows = &fit->rows;
    double fitted = 0.0, scored = 0.0;
    for (size_t i = 0; i < rows->columns.rows; i++) {
        size_t g = rows->curve[i] / JK_TREATMENT_COUNT;
        double eta = jk_fit_points_of_row(fit, i) + fit->scorecard.intercept, cash[JK_CAPACITY_COUNT];
        int code = rows->level[i * rows->terms + JK_FIT_TERM_CLASS], by = jk_fit_class_by_score(fit, eta, code);
        double known = rows->known != NULL ? rows->known[i] : 0.0;
        cash_by_class(fit, i, eta, cash);
        fitted += known + cash[fit->class_fitted[g] ? code % JK_CAPACITY_COUNT : by];
        scored += known + jk_class_mean(&fit->scorecard, cash, (jk_capacity)by,
                                        jk_class_is_guessed(&fit->scorecard) && code < JK_FIT_CLASS_FORCED);
        for (int k = 0; by_score != NULL && code < JK_FIT_CLASS_FORCED && k < JK_CAPACITY_COUNT; k++) {
            by_score[score_of(eta)][k] += cash[k];
        }
    }
    fit->result.expected = fitted;
    fit->result.scored_expected = scored;
}

/* Cash of each class in scores below each bound. */
static void sum_up(double (*by_score)[JK_CAPACITY_COUNT], double (*below)[JK_CAPACITY_COUNT]) {
    for (int s = 0; s < SCORES; s++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            below[s + 1][k] = below[s][k] + by_score[s][k];
        }
    }
}

static double cash_within(double (*below)[JK_CAPACITY_COUNT], int weak, int able) {
    return below[weak][JK_CAPACITY_NONE] + below[able][JK_CAPACITY_WEAK] - below[weak][JK_CAPACITY_WEAK] +
           below[SCORES][JK_CAPACITY_ABLE] - below[able][JK_CAPACITY_ABLE];
}

/* A tape has no other classes than those of the score, and who scores high enough for a class has a high theta as well:
 * with the panel's shares of the classes the score's would expect more than the panel's do. The bounds move, as little
 * as need be, until they expect the same to a hundredth; where none do, to where they come nearest. Returns whether
 * they moved. */
static bool move_bounds(jk_fit *fit, double (*by_score)[JK_CAPACITY_COUNT], double (*below)[JK_CAPACITY_COUNT]) {
    int from[2] = {(int)fit->scorecard.weak_from, (int)fit->scorecard.able_from}, to[2] = {from[0], from[1]};
    bool any = false;
    for (size_t g = 0; g < fit->base->segment_count; g++) {
        any = any || fit->class_fitted[g];
    }
    any = any && !jk_class_is_guessed(&fit->scorecard); /* the model knows what its classes are worth */
    sum_up(by_score, below);
    double wanted = fit->result.expected - fit->result.scored_expected + cash_within(below, from[0], from[1]);
    double near = SAME * fit->result.expected;
    double best = fmax(fabs(fit->result.expected - fit->result.scored_expected), near);
    int moved = 0;
    bool found = best <= near;
    for (int weak = 0; any && !found && weak <= SCORES; weak++) {
        for (int able = weak; able <= SCORES; able++) {
            double away = fmax(fabs(cash_within(below, weak, able) - wanted), near);
            int move = abs(weak - from[0]) + abs(able - from[1]);
            if (away < best || (away == best && move < moved)) {
                best = away;
                moved = move;
                to[0] = weak;
                to[1] = able;
            }
        }
    }
    fit->scorecard.weak_from = to[0];
    fit->scorecard.able_from = to[1];
    return moved != 0;
}

/* Levels that weigh rows by what they tell against the euros that came in: the mean of the two logarithms by their
 * precision. Euros are as far off as chance has it; levels that weigh are off by
 * what points that are drawn to each other leave out, of which little is known but its size. Returns whether anything
 * moved. */
static bool move_level(jk_fit *fit) {
    double expected = fit->result.expected, cash = fit->rows.total_cash;
    if (!fit->options.shrink || !(fit->result.balance_power > 0.0) || !(expected > 0.0) || !(cash > 0.0)) {
        return false;
    }
    double own = LEVEL_ERROR * LEVEL_ERROR;
    double move = own / (own + fit->cash_chance) * jk_log(cash / expected);
    for (size_t c = 0; c < fit->survey.curves; c++) {
        for (size_t k = 0; k < jk_fit_steps(fit, c)->count; k++) {
            int32_t p = fit->design.curve_parameter[c][k];
            fit->curve_value[c][k] += move;
            if (p >= 0 && !isnan(fit->curve_value[c][k])) {
                fit->value[p] = fit->curve_value[c][k];
            }
        }
    }
    return true;
}

static jk_status make_curves(jk_fit *fit, jk_error *error) {
    JK_TRY(center_theta(fit, error));
    JK_TRY(level_base(fit, error));
    for (size_t c = 0; c < fit->survey.curves; c++) {
        JK_TRY(make_curve(fit, c, error));
    }
    return JK_OK;
}

jk_status jk_fit_make_model(jk_fit *fit, jk_error *error) {
    size_t segments = fit->base->segment_count;
    fit->segments = jk_arena_alloc(fit->arena, segments, sizeof *fit->segments);
    JK_TRY(jk_held(fit->segments != NULL, error, "the fit"));
    memcpy(fit->segments, fit->base->segments, segments * sizeof *fit->segments);
    take_transitions(fit);
    JK_TRY(make_scorecard(fit, error));
    place_classes(fit);
    jk_fit_guess_classes(fit);
    double(*by_score)[JK_CAPACITY_COUNT] = jk_arena_alloc(fit->arena, SCORES, sizeof *by_score);
    double(*below)[JK_CAPACITY_COUNT] = jk_arena_alloc(fit->arena, SCORES + 1, sizeof *below);
    JK_TRY(jk_held(by_score != NULL && below != NULL, error, "the fit"));
    JK_TRY(make_curves(fit, error));
    expect_rows(fit, by_score);
    if (move_level(fit)) {
        memset(by_score, 0, SCORES * sizeof *by_score);
        JK_TRY(make_curves(fit, error));
        expect_rows(fit, by_score);
    }
    if (fit->options.interactions) {
        JK_TRY(jk_fit_interactions(fit, error));
        place_classes(fit);
        jk_fit_guess_classes(fit);
        memset(by_score, 0, SCORES * sizeof *by_score);
        JK_TRY(make_curves(fit, error));
        expect_rows(fit, by_score);
    }
    if (move_bounds(fit, by_score, below)) {
        JK_TRY(
            make_curves(fit, error)); /* where no panel gives the classes, theta is centred within those of the score */
        expect_rows(fit, NULL);
    }
    fit->result.scorecard = &fit->scorecard;
    fit->result.segments = fit->segments;
    return JK_OK;
}
