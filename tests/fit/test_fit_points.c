/* SPDX-License-Identifier: Apache-2.0 */
/* Points of whole fits on histories of known points: how far they are drawn to each other, factors by segment against
 * their equations and cross-validation counted once more row by row, and classes that nobody has. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"
#include "jalki/generate_panel.h"

enum { ITEMS = 2, SEGMENTS = 2, EMPLOYMENT = 0, MARKS = 1, FOLDS = 4 };

/* The base model with changes of a test's own. */
typedef struct changed {
    jk_model model;
    jk_characteristic item[ITEMS];
    jk_segment segment[SEGMENTS];
} changed;

static changed *new_changed(void) {
    changed *c = calloc(1, sizeof *c);
    assert_non_null(c);
    assert_true(base->scorecard.count == ITEMS && base->segment_count == SEGMENTS);
    c->model = *base;
    memcpy(c->item, base->scorecard.characteristics, sizeof c->item);
    memcpy(c->segment, base->segments, sizeof c->segment);
    c->model.scorecard.characteristics = c->item;
    c->model.segments = c->segment;
    return c;
}

static int load(void **state) {
    (void)state;
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_base();
    return 0;
}

/* A fit, under `from`, of a history made under `truth`. */
static jk_fit *fit_of(const jk_model *truth, const jk_model *from, size_t claims, bool by_segment) {
    jk_generate_panel_options made = jk_generate_panel_defaults();
    made.claims = claims;
    made.months = 12;
    jk_error error = {0};
    must(jk_generate_panel(&made, truth, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    jk_fit_options options = jk_fit_defaults();
    options.interactions = by_segment;
    options.hold_titles = 1;
    options.run.threads = 2;
    jk_fit *fit = NULL;
    must(jk_fit_run(panel_path, from, &options, &fit, &error), &error);
    return fit;
}

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within)) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

/* ---- how far points are drawn ------------------------------------------------------------------------------------ */

/* Where there are points the spread is of their size; where there are none it is the least. */
static void spreads_are_those_of_points(void **state) {
    (void)state;
    static const double strong[] = {1.2, -1.2, 0.0}, none[] = {0.0, 0.0, 0.0};
    changed *truth = new_changed();
    for (int i = 0; i < ITEMS; i++) {
        truth->item[i].points = strong;
    }
    jk_fit *fit = fit_of(&truth->model, base, 2500, false);
    assert_true(fit->result.points_spread > 0.2 && fit->result.points_spread < 1.2);
    for (size_t t = 0; t < fit->result.term_count; t++) {
        const jk_fit_term *term = &fit->result.terms[t];
        if (term->kind == JK_FIT_POINTS && term->index < 3 && !term->reference) {
            const char *name = term->characteristic;
            const double *points = fit->scorecard.characteristics[strcmp(name, "employment") == 0 ? 0 : 1].points;
            const size_t reference = fit->card[strcmp(name, "employment") == 0 ? 0 : 1].reference;
            if (reference < 3) {
                near(points[term->index] - points[reference], strong[term->index] - strong[reference],
                     4.0 * term->std_error, name);
            }
        }
    }
    jk_fit_free(fit);
    static const double weak[] = {0.32, -0.32, 0.0};
    for (int i = 0; i < ITEMS; i++) {
        truth->item[i].points = weak;
    }
    fit = fit_of(&truth->model, base, 2500, false);
    assert_true(fit->result.points_spread > 0.05 && fit->result.points_spread < 0.32);
    jk_fit_free(fit);
    for (int i = 0; i < ITEMS; i++) {
        truth->item[i].points = none;
    }
    fit = fit_of(&truth->model, base, 2500, false);
    near(fit->result.points_spread, 0.05, 0.0, "spread of no points");
    jk_fit_free(fit);
    free(truth);
}

/* ---- factors by segment ------------------------------------------------------------------------------------------ */

/* One row of a debtor, weighed as points are. */
typedef struct row {
    size_t debtor, segment;
    int fold;
    double cash, mean, x; /* expected before the factors; points about their mean in the segment */
} row;

typedef struct sample {
    row *row;
    size_t count, debtors;
    double dispersion;
} sample;

static double points_at(const jk_fit *fit, size_t item, size_t i) {
    const jk_characteristic *from = &fit->scorecard.characteristics[item];
    const uint8_t *level = fit->rows.level + i * fit->rows.terms + JK_FIT_TERMS_FIXED;
    const size_t l = fit->card[item].level_of[level[item]];
    return l < from->count                   ? from->points[l]
           : l + 1 == fit->card[item].levels ? from->missing_points
                                             : from->other_points;
}

/* The rows as they were before the item's factors, which the fitted model's expected cash has in it. */
static sample rows_before(const jk_fit *fit, size_t item) {
    const jk_characteristic *from = &fit->scorecard.characteristics[item];
    jk_error error = {0};
    jk_ppml_rows weighed;
    double *memory = NULL, center[SEGMENTS] = {0.0}, weight[SEGMENTS] = {0.0}, square = 0.0, sum = 0.0;
    must(jk_fit_weigh_rows(fit, &weighed, &memory, &error), &error);
    sample all = {.row = calloc(weighed.rows, sizeof *all.row), .debtors = weighed.clusters};
    assert_non_null(all.row);
    for (size_t c = 0; c < weighed.clusters; c++) {
        for (size_t i = weighed.cluster_begin[c]; i < weighed.cluster_begin[c + 1]; i++) {
            if (weighed.weight[i] > 0.0 && fit->estimates.left[i] == 0) {
                row *r = &all.row[all.count++];
                *r = (row){
                    .debtor = c, .segment = fit->rows.curve[i] / JK_TREATMENT_COUNT, .x = points_at(fit, item, i)};
                r->fold = (int)(jk_fit_scramble(c) % FOLDS);
                r->cash = weighed.cash[i] - (weighed.known != NULL ? weighed.known[i] : 0.0);
                r->mean = weighed.weight[i] / fit->rows.weight[i] * jk_fit_expected_of_row(fit, i) *
                          exp(-(from->in_segments[r->segment] - 1.0) * r->x);
                center[r->segment] += r->mean * r->x;
                weight[r->segment] += r->mean;
            }
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        row *r = &all.row[i];
        const double middle = center[r->segment] / weight[r->segment];
        r->mean *= exp((from->in_segments[r->segment] - 1.0) * middle);
        r->x -= middle;
    }
    for (size_t i = 0, next = 0; i < all.count; i = next) {
        double rest = 0.0;
        for (next = i; next < all.count && all.row[next].debtor == all.row[i].debtor; next++) {
            rest += all.row[next].cash - all.row[next].mean;
            sum += all.row[next].mean;
        }
        square += rest * rest;
    }
    all.dispersion = square / sum;
    free(memory);
    return all;
}

/* What a segment's rows but those of a fold make of a factor: the slope without the penalty, and the information. */
static double slope_at(const sample *all, size_t segment, int without, double d, double *information) {
    double slope = 0.0;
    *information = 0.0;
    for (size_t i = 0; i < all->count; i++) {
        const row *r = &all->row[i];
        if (r->segment == segment && r->fold != without) {
            slope += (r->cash - r->mean * exp(d * r->x)) * r->x;
            *information += r->mean * exp(d * r->x) * r->x * r->x;
        }
    }
    return slope;
}

static double factor_without(const sample *all, size_t segment, int without, double precision) {
    double low = -3.0, high = 3.0, information = 0.0;
    for (int step = 0; step < 50; step++) {
        const double middle = 0.5 * (low + high);
        *(slope_at(all, segment, without, middle, &information) > precision * middle ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

/* By how much a debtor's rows are likelier under factors that the debtors of other folds have: their sum, and its
 * error. */
static void gain_of(const sample *all, double precision, double *gain, double *error) {
    double factor[FOLDS][SEGMENTS], square = 0.0;
    for (int f = 0; f < FOLDS; f++) {
        for (size_t g = 0; g < SEGMENTS; g++) {
            factor[f][g] = factor_without(all, g, f, precision);
        }
    }
    *gain = 0.0;
    for (size_t i = 0, next = 0; i < all->count; i = next) {
        double own = 0.0;
        for (next = i; next < all->count && all->row[next].debtor == all->row[i].debtor; next++) {
            const row *r = &all->row[next];
            const double move = factor[r->fold][r->segment] * r->x;
            own += (r->cash * move - r->mean * (exp(move) - 1.0)) / all->dispersion;
        }
        *gain += own;
        square += own * own;
    }
    *error = sqrt(square);
}

/* The penalised score about a factor, and by how much debtors move it. */
static double error_of(const sample *all, size_t segment, double d, double precision) {
    double information = 0.0, middle = all->dispersion * precision;
    (void)slope_at(all, segment, -1, d, &information);
    for (size_t i = 0, next = 0; i < all->count; i = next) {
        double score = 0.0;
        for (next = i; next < all->count && all->row[next].debtor == all->row[i].debtor; next++) {
            const row *r = &all->row[next];
            score += r->segment == segment ? (r->cash - r->mean * exp(d * r->x)) * r->x : 0.0;
        }
        middle += score * score;
    }
    return sqrt(middle) / (information + precision);
}

static void factors_solve_their_equations(void **state) {
    (void)state;
    static const double in_segments[SEGMENTS] = {-0.5, 2.0}, strong[] = {0.7, -0.7, 0.0};
    changed *truth = new_changed();
    truth->item[EMPLOYMENT].points = strong;
    truth->item[EMPLOYMENT].in_segments = in_segments;
    jk_fit *fit = fit_of(&truth->model, base, 3000, true);
    assert_true(fit->interaction[EMPLOYMENT].kept && !fit->interaction[MARKS].kept);
    const jk_fit_interaction *found = &fit->interaction[EMPLOYMENT];
    const double *factor = fit->scorecard.characteristics[EMPLOYMENT].in_segments;
    assert_true(factor[0] < 0.5 && factor[1] > 1.2);
    sample all = rows_before(fit, EMPLOYMENT);
    const double precision = all.dispersion / (found->spread * found->spread);
    double squares = 0.3 * 0.3, freedom = 0.0;
    for (size_t g = 0; g < SEGMENTS; g++) {
        double information = 0.0;
        const double d = factor[g] - 1.0, slope = slope_at(&all, g, -1, d, &information);
        near(slope / (information + precision), precision * d / (information + precision), 2e-6, "factor");
        near(found->std_error[g], error_of(&all, g, d, precision), 1e-5 * found->std_error[g], "error");
        freedom += information / (information + precision);
        squares += d * d;
    }
    near(found->freedom, freedom, 0.02 * freedom, "freedom"); /* as far as variances settle */
    near(found->spread * found->spread, squares / (freedom + 1.0), 0.03 * squares / (freedom + 1.0), "variance");
    double gain = 0.0, error = 0.0;
    gain_of(&all, precision, &gain, &error);
    near(found->gain, gain, 1e-4 * gain, "gain");
    near(found->gain_error, error, 1e-4 * error, "error of the gain");
    free(all.row);
    jk_fit_free(fit);
    free(truth);
}

/* ---- classes that nobody has ------------------------------------------------------------------------------------- */

/* Intensity beside the curve that a segment's rows of a class have together, by the new model and by the base's. */
static void intensities(const jk_fit *fit, size_t curve, int class, double *now, double *before) {
    const size_t g = curve / JK_TREATMENT_COUNT, t = curve % JK_TREATMENT_COUNT;
    *now = *before = 0.0;
    for (size_t i = 0; i < fit->rows.columns.rows; i++) {
        const int code = fit->rows.level[i * fit->rows.terms + JK_FIT_TERM_CLASS];
        if (fit->rows.curve[i] / JK_TREATMENT_COUNT == g && code % JK_CAPACITY_COUNT == class) {
            const double exposure = fit->rows.weight[i] * fit->rows.months[i];
            const double eta = jk_fit_points_of_row(fit, i) + fit->scorecard.intercept;
            *now += exposure * exp(eta - fit->segments[g].theta_center[class]);
            *before += exposure * (double)fit->rows.base_theta[i];
        }
    }
    *now *= fit->segments[g].class_multiplier[t][class];
    *before *= fit->base->segments[g].class_multiplier[t][class];
}

/* Bounds of classes: so much of the exposure scores below each as is of the lower classes, as nearly as whole scores
 * can; claims whose status forces their class count in neither. */
static void check_bounds(const jk_fit *fit) {
    enum { SCORES = 1001 };
    double at[SCORES] = {0.0}, class[JK_CAPACITY_COUNT] = {0.0}, forced = 0.0;
    for (size_t i = 0; i < fit->rows.columns.rows; i++) {
        const int code = fit->rows.level[i * fit->rows.terms + JK_FIT_TERM_CLASS];
        const double exposure = fit->rows.weight[i] * fit->rows.months[i];
        const double eta = jk_fit_points_of_row(fit, i) + fit->scorecard.intercept;
        const double score = floor(500.0 + 100.0 * eta / log(2.0) + 0.5);
        if (code < JK_FIT_CLASS_FORCED) {
            at[(int)fmin(fmax(score, 0.0), SCORES - 1.0)] += exposure;
            class[code % JK_CAPACITY_COUNT] += exposure;
        }
        forced += code < JK_FIT_CLASS_FORCED ? 0.0 : exposure;
    }
    assert_true(forced > 0.0);
    for (int b = 0; b < 2; b++) {
        const double bound = b == 0 ? fit->scorecard.weak_from : fit->scorecard.able_from;
        const double wanted = class[0] + (b == 0 ? 0.0 : class[1]);
        double below = 0.0, least = wanted, found = wanted;
        for (int s = 0; s < SCORES; s++) {
            below += at[s];
            least = fmin(least, fabs(below - wanted));
            found = s + 1.0 == bound ? fabs(below - wanted) : found;
        }
        near(found, least, 1e-9 * wanted, "bound of a class");
    }
}

/* A class of which nothing was learnt stands to the others as in the base model, and takes nothing of it where the
 * others pay nothing there. */
static void a_class_that_nobody_has(void **state) {
    (void)state;
    changed *from = new_changed();
    jk_fit *fit = fit_of(base, &from->model, 1500, false);
    jk_error error = {0};
    check_bounds(fit);
    for (size_t c = 0; c < fit->survey.curves; c++) {
        assert_true(fit->class_fitted[c / JK_TREATMENT_COUNT]);
        fit->class_value[c][(fit->class_reference[c] + 1) % JK_CAPACITY_COUNT] = (double)NAN;
    }
    must(jk_fit_make_model(fit, &error), &error);
    for (size_t c = 0; c < fit->survey.curves; c++) {
        double now[2], before[2];
        const int reference = fit->class_reference[c];
        for (int of = 0; of < 2; of++) {
            intensities(fit, c, (reference + of) % JK_CAPACITY_COUNT, &now[of], &before[of]);
        }
        near(now[1] / now[0], before[1] / before[0], 1e-6 * before[1] / before[0], "class");
    }
    for (size_t c = 0; c < fit->survey.curves; c++) {
        from->segment[c / JK_TREATMENT_COUNT].class_multiplier[c % JK_TREATMENT_COUNT][fit->class_reference[c]] = 0.0;
    }
    must(jk_fit_make_model(fit, &error), &error);
    for (size_t c = 0; c < fit->survey.curves; c++) {
        const double *multiplier = fit->segments[c / JK_TREATMENT_COUNT].class_multiplier[c % JK_TREATMENT_COUNT];
        assert_true(multiplier[(fit->class_reference[c] + 1) % JK_CAPACITY_COUNT] == 0.0);
        assert_true(multiplier[(fit->class_reference[c] + 2) % JK_CAPACITY_COUNT] > 0.0);
    }
    jk_fit_free(fit);
    free(from);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spreads_are_those_of_points),
        cmocka_unit_test(factors_solve_their_equations),
        cmocka_unit_test(a_class_that_nobody_has),
    };
    return cmocka_run_group_tests(tests, load, drop_panel);
}
