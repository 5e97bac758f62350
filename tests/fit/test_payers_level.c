/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of a whole fit of debtors who pay in spells, once more: landmarks valued by a model of the test's own, summed
 * debtor by debtor, and its figures moved round by round. */
#include "fit/payers/payers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "fit/panel_case.h"
#include "jalki/fit.h"
#include "jalki/score.h"

enum { SEGMENTS = 2, CURVES = SEGMENTS * JK_TREATMENT_COUNT, BINS = 3, ITEM = 1, STEPS_MAX = 3, ROUNDS = 4 };
/* Factors in one run: shares, of all; curves, of all; levels of months, of all who ever paid. */
enum { SHARES = SEGMENTS, FIRST_CURVE = SHARES + 1, ALL_CURVES = FIRST_CURVE + CURVES, FIRST_LEVEL = ALL_CURVES + 1 };
enum { NEVER = FIRST_LEVEL + BINS, EVER = NEVER + 1, FACTORS = EVER + 1 };

static int make_history(void **state) {
    (void)state;
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_model("truth_payers.yaml");
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = 2000;
    options.months = 27;
    options.seed = 5;
    jk_error error = {0};
    must(jk_generate_panel(&options, base, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    return 0;
}

static jk_fit *fitted(void) {
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    return fitted_to(panel_path, &options);
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct factor {
    double actual, expected, debtors, squares, value, step, credibility;
    double log_ratio, variance; /* of all that was moved so far; NaN: too few say */
} factor;

typedef struct levelling {
    const jk_fit *fit;
    jk_segment segment[SEGMENTS];
    double curve[CURVES][STEPS_MAX], points[BINS], by_base[CURVES], apart, within;
    jk_characteristic item[3];
    factor one[FACTORS], first[FACTORS];
    int32_t end, last;
    bool has_base, levels;
} levelling;

static levelling *copy_of(const jk_fit *fit) {
    levelling *l = calloc(1, sizeof *l);
    assert_non_null(l);
    assert_true(fit->base->segment_count == SEGMENTS && fit->scorecard.count == 3);
    memcpy(l->item, fit->scorecard.characteristics, sizeof l->item);
    assert_true(l->item[ITEM].count == BINS && l->item[ITEM].fades);
    memcpy(l->points, l->item[ITEM].points, sizeof l->points);
    l->item[ITEM].points = l->points;
    for (size_t c = 0; c < CURVES; c++) {
        jk_segment *to = &l->segment[c / JK_TREATMENT_COUNT];
        if (c % JK_TREATMENT_COUNT == 0) {
            *to = fit->segments[c / JK_TREATMENT_COUNT];
        }
        jk_steps *steps = &to->curve[c % JK_TREATMENT_COUNT];
        assert_true(steps->count <= STEPS_MAX);
        memcpy(l->curve[c], steps->value, steps->count * sizeof(double));
        steps->value = l->curve[c];
    }
    l->fit = fit;
    l->apart = 0.3;
    l->within = 0.15;
    l->levels = true;
    return l;
}

static void value_landmarks(const levelling *l, const jk_model *model, jk_landmarks *landmarks) {
    const jk_landmark_options options = {
        .filter = {.key = JK_PANEL_KEY_DEBTOR, .high = 100, .from = l->fit->options.filter.from, .to = l->last + 1},
        .within = true,
        .every = 6,
        .horizon_count = 1,
        .horizon = {24},
        .treatment = JK_LANDMARK_RECORDED,
        .run = {.threads = 1}};
    jk_error error = {0};
    jk_panel *panel = NULL;
    must(jk_panel_open(panel_path, model, &panel, &error), &error);
    must(jk_landmarks_run(panel, model, &options, landmarks, &error), &error);
    jk_panel_close(panel);
}

/* What the base model's points, classes and curves expect of the quiet, with the payers that were learnt. */
static void ask_base(levelling *l) {
    jk_model model = jk_fit_model(l->fit);
    jk_segment segment[SEGMENTS];
    jk_landmarks landmarks = {0};
    for (size_t g = 0; g < SEGMENTS; g++) {
        segment[g] = l->fit->base->segments[g];
        segment[g].payers = l->fit->segments[g].payers;
    }
    model.segments = segment;
    model.scorecard = l->fit->base->scorecard;
    value_landmarks(l, &model, &landmarks);
    for (size_t i = 0; i < landmarks.count; i++) {
        const jk_landmark *at = &landmarks.at[i];
        if (!at->paying) {
            l->by_base[at->segment * JK_TREATMENT_COUNT + at->treatment] += at->horizon[0].expected;
        }
    }
    jk_landmarks_reset(&landmarks);
    l->has_base = true;
}

static size_t factors_of(const levelling *l, const jk_landmark *at, size_t out[4]) {
    if (at->paying) {
        out[0] = at->segment;
        out[1] = SHARES;
        return 2;
    }
    out[0] = FIRST_CURVE + at->segment * (size_t)JK_TREATMENT_COUNT + at->treatment;
    out[1] = ALL_CURVES;
    out[2] = at->paid_months == INT32_MAX ? NEVER : FIRST_LEVEL + jk_score_bin(&l->item[ITEM], at->paid_months);
    out[3] = EVER;
    return !l->levels ? 2 : out[2] == NEVER ? 3 : 4;
}

/* Landmarks by the model as it stands; sums of factors, and the squares of what each debtor leaves. */
static void sum_up(levelling *l) {
    jk_model model = jk_fit_model(l->fit);
    jk_landmarks landmarks = {0};
    jk_error error = {0};
    model.segments = l->segment;
    model.scorecard.characteristics = l->item;
    value_landmarks(l, &model, &landmarks);
    must(jk_fit_payers_to_end(l->fit, l->levels ? &l->item[ITEM] : NULL, 6, l->end, &landmarks, &error), &error);
    const size_t debtors = jk_tape_debtors(jk_panel_tape(l->fit->panel));
    double(*own)[FACTORS][2] = calloc(debtors, sizeof *own);
    assert_non_null(own);
    for (size_t i = 0; i < landmarks.count; i++) {
        size_t of[4];
        for (size_t k = factors_of(l, &landmarks.at[i], of); k-- > 0;) {
            own[landmarks.at[i].debtor][of[k]][0] += landmarks.at[i].horizon[0].actual;
            own[landmarks.at[i].debtor][of[k]][1] += landmarks.at[i].horizon[0].expected;
        }
    }
    for (size_t f = 0; f < FACTORS; f++) {
        factor *one = &l->one[f];
        one->actual = one->expected = one->debtors = one->squares = 0.0;
        for (size_t d = 0; d < debtors; d++) {
            one->actual += own[d][f][0];
            one->expected += own[d][f][1];
            one->debtors += own[d][f][0] > 0.0;
        }
        for (size_t d = 0; d < debtors && one->expected > 0.0; d++) {
            one->squares += pow(own[d][f][0] - one->actual / one->expected * own[d][f][1], 2.0);
        }
        const bool told = one->actual > 0.0 && one->expected > 0.0 && one->debtors >= 10.0;
        one->log_ratio = told ? one->value + log(one->actual) - log(one->expected) : (double)NAN;
        one->variance = one->squares / (one->actual * one->actual);
    }
    free(own);
    jk_landmarks_reset(&landmarks);
}

/* ---- steps of a round -------------------------------------------------------------------------------------------- */

static bool is_base(const levelling *l, size_t f) {
    return f >= FIRST_CURVE && f < ALL_CURVES && l->has_base &&
           l->fit->base_curves[(f - FIRST_CURVE) % JK_TREATMENT_COUNT];
}

static void step_parts(levelling *l, size_t first, size_t all) {
    factor *whole = &l->one[all];
    double parent = whole->value, weights = 0.0, squares = 0.0, parts = 0.0;
    if (!isnan(whole->log_ratio)) {
        whole->credibility = 0.09 / (0.09 + whole->variance);
        parent = whole->credibility * whole->log_ratio;
    }
    whole->step = parent - whole->value;
    for (size_t f = first; f < all; f++) {
        const factor *one = &l->one[f];
        if (!is_base(l, f) && !isnan(one->log_ratio) && one->variance > 0.0) {
            weights += 1.0 / one->variance;
            squares += pow(one->log_ratio - parent, 2.0) / one->variance;
            parts += 1.0;
        }
    }
    const double between = parts > 1.0 ? fmax(0.0, squares - parts) / weights : 0.0;
    for (size_t f = first; f < all; f++) {
        factor *one = &l->one[f];
        if (is_base(l, f)) {
            const double wanted = l->by_base[f - FIRST_CURVE];
            one->step = one->expected > 0.0 && wanted > 0.0 ? log(wanted / one->expected) : 0.0;
            continue;
        }
        one->credibility = isnan(one->log_ratio) || between == 0.0 ? 0.0 : between / (between + one->variance);
        one->step = parent - one->value + (one->credibility > 0.0 ? one->credibility * (one->log_ratio - parent) : 0.0);
    }
}

static void step_levels(levelling *l) {
    const factor *all = &l->one[ALL_CURVES];
    const double rest = log(all->actual / all->expected);
    factor *ever = &l->one[EVER];
    double parent = 0.0;
    if (!isnan(ever->log_ratio)) {
        parent = (ever->log_ratio - rest) / (1.0 + ever->variance / (l->apart * l->apart));
    }
    ever->step = parent - ever->value;
    for (size_t f = FIRST_LEVEL; f <= NEVER; f++) {
        factor *one = &l->one[f];
        const double above = f == NEVER ? 0.0 : parent, spread = f == NEVER ? l->apart : l->within;
        double value = above;
        if (!isnan(one->log_ratio)) {
            value += (one->log_ratio - rest - above) / (1.0 + one->variance / (spread * spread));
        }
        one->step = value - one->value;
    }
}

/* The steps, no factor going beyond 3 or a third, into the test's own model. */
static void move(levelling *l) {
    double by[FACTORS];
    for (size_t f = 0; f < FACTORS; f++) {
        factor *one = &l->one[f];
        const double before = one->value;
        one->value = fmin(fmax(before + one->step, -log(3.0)), log(3.0));
        by[f] = one->value - before;
    }
    for (size_t k = 0; k < BINS && l->levels; k++) {
        l->points[k] = nearbyint(1e6 * (l->points[k] + by[FIRST_LEVEL + k])) / 1e6;
    }
    if (l->levels) {
        l->item[ITEM].missing_points = nearbyint(1e6 * (l->item[ITEM].missing_points + by[NEVER])) / 1e6;
    }
    for (size_t g = 0; g < SEGMENTS; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            l->segment[g].payers.monthly_share[k] = fmin(l->segment[g].payers.monthly_share[k] * exp(by[g]), 10.0);
        }
    }
    for (size_t c = 0; c < CURVES; c++) {
        for (size_t k = 0; k < STEPS_MAX; k++) {
            l->curve[c][k] = fmin(l->curve[c][k] * exp(by[FIRST_CURVE + c]), 100.0);
        }
    }
}

static void level_once_more(levelling *l) {
    for (int round = 0; round < ROUNDS; round++) {
        sum_up(l);
        if (round == 0) {
            memcpy(l->first, l->one, sizeof l->first);
        }
        step_parts(l, 0, SHARES);
        if (l->levels) {
            step_levels(l);
        }
        step_parts(l, FIRST_CURVE, ALL_CURVES);
        move(l);
    }
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(double got, double wanted, double within, const char *what, size_t of) {
    if (!((isnan(got) && isnan(wanted)) || fabs(got - wanted) <= within * fmax(fabs(wanted), 1e-3))) {
        fail_msg("%s of %zu: %.12g, expected %.12g", what, of, got, wanted);
    }
}

static void check_told(const levelling *l, size_t before) {
    static const size_t order[FACTORS] = {SHARES, 0, 1, ALL_CURVES, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, EVER};
    const jk_payers_result *result = &l->fit->payers_result;
    assert_int_equal(result->level_count - before, l->levels ? FACTORS - 1 : FIRST_LEVEL);
    for (size_t i = before; i < result->level_count; i++) {
        const size_t f = order[i - before];
        const jk_payer_level *told = &result->levels[i];
        const factor *first = &l->first[f], *last = &l->one[f];
        const bool curve = f >= FIRST_CURVE && f < ALL_CURVES;
        char name[64] = "";
        assert_string_equal(told->what, f <= SHARES ? "monthly_share" : f <= ALL_CURVES ? "curve" : "points");
        assert_int_equal(told->segment, f < SHARES ? (int)f : curve ? (int)(f - FIRST_CURVE) / JK_TREATMENT_COUNT : -1);
        assert_int_equal(told->treatment, curve ? (int)(f - FIRST_CURVE) % JK_TREATMENT_COUNT : -1);
        assert_string_equal(told->level,
                            f < FIRST_LEVEL ? "" : jk_score_level_name(&l->item[ITEM], f - FIRST_LEVEL, name));
        near(told->actual, first->actual, 1e-9, "actual", f);
        near(told->expected, first->expected, 1e-9, "expected", f);
        assert_true(told->debtors == first->debtors);
        near(told->ratio, first->expected > 0.0 ? first->actual / first->expected : (double)NAN, 1e-9, "ratio", f);
        near(told->std_error, isnan(first->log_ratio) ? (double)NAN : sqrt(first->variance), 1e-9, "error", f);
        near(told->value, exp(last->value), 1e-6, "factor", f);
        near(told->credibility, f < FIRST_LEVEL ? last->credibility : 0.0, 1e-5, "credibility", f);
    }
}

static void check_model(const levelling *l) {
    const jk_characteristic *item = &l->fit->scorecard.characteristics[ITEM];
    for (size_t k = 0; k < BINS; k++) {
        near(item->points[k], l->points[k], 3e-6, "points", k);
    }
    near(item->missing_points, l->item[ITEM].missing_points, 3e-6, "points", BINS);
    for (size_t c = 0; c < CURVES; c++) {
        const jk_steps *got = &l->fit->segments[c / JK_TREATMENT_COUNT].curve[c % JK_TREATMENT_COUNT];
        for (size_t k = 0; k < got->count; k++) {
            near(got->value[k], l->curve[c][k], 1e-6, "step of curve", c);
        }
    }
    for (size_t g = 0; g < SEGMENTS; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            near(l->fit->segments[g].payers.monthly_share[k], l->segment[g].payers.monthly_share[k], 1e-6, "share", g);
        }
    }
}

/* Figures of a fit are made wrong, unlike in each segment. */
static void make_wrong(jk_fit *fit, double by) {
    for (size_t g = 0; g < SEGMENTS; g++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            fit->segments[g].payers.monthly_share[k] *= g == 0 ? by : 1.0 / by;
        }
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            double *value = (double *)(uintptr_t)fit->segments[g].curve[t].value;
            for (size_t k = 0; k < fit->segments[g].curve[t].count; k++) {
                value[k] *= (g == 0 ? 1.0 / by : 1.2) * (1.0 + 0.1 * t);
            }
        }
    }
}

/* Landmarks until a year before the end; levels as they are, with one treatment's curves the base model's, without
 * levels of months, and with factors that are out of bounds. */
static void levels_once_more(void **state) {
    (void)state;
    for (int how = 0; how < 4; how++) {
        jk_fit *fit = fitted();
        jk_error error = {0};
        assert_true(fit->payers_result.learned && jk_fit_payers_recency(fit) == ITEM);
        const size_t told = fit->payers_result.level_count, said = fit->result.message_count;
        fit->base_curves[JK_TREAT_SURVEIL] = how == 1;
        fit->payers->unequal = false;
        make_wrong(fit, how == 3 ? 12.0 : 1.4);
        if (how == 2) {
            free(fit->payers->readiness);
            fit->payers->readiness = NULL;
        }
        levelling *l = copy_of(fit);
        l->levels = how != 2;
        l->end = jk_panel_span_of(fit->panel).end;
        l->last = jk_date_add_months(l->end, -12);
        if (how == 1) {
            ask_base(l);
        }
        must(jk_fit_payers_level(fit, &error), &error);
        level_once_more(l);
        check_model(l);
        check_told(l, told);
        assert_true(fit->payers_result.landmark_months[0] == 12 && fit->payers_result.landmark_months[1] == 24);
        size_t bound = 0;
        for (size_t f = 0; f < (l->levels ? FACTORS : FIRST_LEVEL); f++) {
            bound += fabs(l->one[f].value) > 0.99 * log(3.0);
        }
        assert_true((how != 3 || bound > 0) && (how != 0 || bound == 0));
        assert_int_equal(fit->result.message_count, said + (bound > 0));
        char start[64];
        (void)snprintf(start, sizeof start, "levels: %zu factors", bound);
        assert_true(bound == 0 || strncmp(fit->messages[said], start, strlen(start)) == 0);
        free(l);
        jk_fit_free(fit);
    }
}

/* Where readiness is unequal a level has that of those who stand there at the end, and leans less far. */
static void levels_of_readiness(void **state) {
    (void)state;
    jk_fit *fit = fitted();
    jk_error error = {0};
    jk_characteristic *item = &((jk_characteristic *)(uintptr_t)fit->scorecard.characteristics)[ITEM];
    const size_t told = fit->payers_result.level_count;
    fit->payers->unequal = true;
    for (size_t i = 0; i < fit->payers->count; i++) {
        const jk_payer_row *row = &fit->payers->row[i];
        fit->payers->readiness[row->claim] = 0.3 + row->claim % 7 * (row->paid_months == INT32_MAX ? 0.1 : 0.4);
    }
    for (size_t k = 0; k <= BINS; k++) {
        fit->payers->worth[k] = 0.05 - 0.02 * (double)k;
    }
    make_wrong(fit, 0.8);
    levelling *l = copy_of(fit);
    l->end = jk_panel_span_of(fit->panel).end;
    l->last = jk_date_add_months(l->end, -12);
    l->apart = 0.15;
    l->within = 0.1;
    double ready[BINS + 1];
    must(jk_fit_payers_ready_at_end(fit, item, l->end, ready, &error), &error);
    const double never = item->missing_points - fit->payers->worth[BINS];
    for (size_t k = 0; k < BINS; k++) {
        l->points[k] =
            isnan(ready[k]) ? l->points[k] : nearbyint(1e6 * (never + log(ready[k]) + fit->payers->worth[k])) / 1e6;
    }
    assert_true(isfinite(ready[1]) && isfinite(ready[2]));
    must(jk_fit_payers_level(fit, &error), &error);
    level_once_more(l);
    check_model(l);
    check_told(l, told);
    free(l);
    jk_fit_free(fit);
}

/* The part that is fitted on begins and ends within the panel: a short one is followed for half of its months. */
static void a_part_of_the_panel(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++) {
        jk_fit *fit = fitted();
        jk_error error = {0};
        const jk_panel_span span = jk_panel_span_of(fit->panel);
        const size_t told = fit->payers_result.level_count;
        fit->payers->unequal = false;
        fit->options.filter.to = jk_date_add_months(span.first_start, how == 0 ? 22 : 24);
        fit->options.filter.from = how == 0 ? jk_date_add_months(span.first_start, 3) : span.first_start - 100;
        levelling *l = copy_of(fit);
        l->end = fit->options.filter.to;
        l->last = jk_date_add_months(l->end, how == 0 ? -(22 - 3) / 2 : -12);
        must(jk_fit_payers_level(fit, &error), &error);
        level_once_more(l);
        check_model(l);
        check_told(l, told);
        assert_int_equal(fit->payers_result.landmark_months[0], how == 0 ? 9 : 12);
        jk_fit_free(fit);
        free(l);
    }
}

static void a_panel_that_is_too_short(void **state) {
    (void)state;
    jk_fit *fit = fitted();
    jk_error error = {0};
    const jk_panel_span span = jk_panel_span_of(fit->panel);
    const size_t told = fit->payers_result.level_count, said = fit->result.message_count;
    for (int months = 11; months <= 12; months++) {
        fit->options.filter.to = jk_date_add_months(span.first_start, months);
        must(jk_fit_payers_level(fit, &error), &error);
        assert_int_equal(fit->payers_result.landmark_months[0], months / 2);
        if (months == 11) {
            assert_true(fit->payers_result.level_count == told && fit->result.message_count == said + 1);
            assert_non_null(strstr(fit->messages[said], "shorter than 12 months"));
        } else {
            assert_true(fit->payers_result.level_count > told);
        }
    }
    jk_fit_free(fit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_once_more),
        cmocka_unit_test(levels_of_readiness),
        cmocka_unit_test(a_part_of_the_panel),
        cmocka_unit_test(a_panel_that_is_too_short),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
