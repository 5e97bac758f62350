/* SPDX-License-Identifier: Apache-2.0 */
/* What the half-life of a whole fit rests on, counted once more row by row: new payers after landmarks, each as often
 * as it is seen from one, and the debtors who have any; then its profile, errors and interval by likelihoods of the
 * test's own. */
#include "fit/payers/payers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "fit/panel_case.h"
#include "jalki/fit.h"

enum { LANDMARK = 6, LAGS = 30, CELLS = 64, ITEM = 1, BINS = 3 };

static char even_path[PATH_ROOM], uneven_path[PATH_ROOM];

static void make(char path[PATH_ROOM], const char *ending, double heterogeneity) {
    put_path(path, ending);
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = heterogeneity > 0.0 ? 2500 : 1600;
    options.months = 24;
    options.seed = 11;
    options.heterogeneity = heterogeneity;
    jk_error error = {0};
    must(jk_generate_panel(&options, base, path, JK_PANEL_STORE, NULL, NULL, &error), &error);
}

static int make_history(void **state) {
    (void)state;
    put_path(model_path, "yaml");
    load_model("truth_payers.yaml");
    make(even_path, "h5", 0.0);
    make(uneven_path, "uneven.h5", 0.4);
    memcpy(panel_path, even_path, sizeof panel_path);
    return 0;
}

static int drop_histories(void **state) {
    (void)unlink(uneven_path);
    return drop_panel(state);
}

static jk_fit *fitted(const char *path) {
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    return fitted_to(path, &options);
}

/* Months of a calendar that begins with the year 1, from periods that begin on the first of a month. */
static int32_t month_of(int32_t day) {
    const jk_civil civil = jk_civil_from_date(day);
    assert_int_equal(civil.day, 1);
    return 12 * civil.year + civil.month;
}

/* The first row of each half-year of a claim is a landmark; each row after it in which a quiet debtor began counts. */
static double new_payers_after_landmarks(const struct jk_fit_payers *payers, int32_t first) {
    double count = 0.0;
    for (size_t j = 0; j < payers->count; j++) {
        const jk_payer_row *later = &payers->row[j];
        int32_t last = -1;
        for (size_t i = 0; i <= j && later->state == JK_PAYER_BEGINS; i++) {
            const jk_payer_row *row = &payers->row[i];
            if (row->claim == later->claim && row->debtor == later->debtor) {
                const int32_t half_year = (month_of(row->start) - first) / LANDMARK;
                count += half_year != last;
                last = half_year;
            }
        }
    }
    return count;
}

static void new_payers_are_counted_from_landmarks(void **state) {
    (void)state;
    jk_fit *fit = fitted(even_path);
    const jk_payers_result *result = jk_fit_result_of(fit)->payer_figures;
    assert_true(result->learned);
    const jk_payer_term *half_life = NULL;
    size_t begun = 0;
    for (size_t t = 0; t < result->term_count; t++) {
        half_life = result->terms[t].figure == JK_PAYER_HALF_LIFE ? &result->terms[t] : half_life;
    }
    for (size_t i = 0; i < fit->payers->count; i++) {
        begun += fit->payers->row[i].state == JK_PAYER_BEGINS;
    }
    assert_true(half_life != NULL && begun == result->begun && begun > 100);
    const double events = new_payers_after_landmarks(fit->payers, month_of(jk_panel_span_of(fit->panel).first_start));
    assert_true(half_life->events == events && half_life->exposure == events && events > begun);
    assert_true(half_life->low <= half_life->value && half_life->value <= half_life->high);
    assert_true(half_life->value == result->half_life && result->half_life == fit->scorecard.half_life);
    jk_fit_free(fit);
}

/* ---- the profile, once more ---------------------------------------------------------------------------------------
 */

/* Those who stood alike at a landmark: what began and was expected to, by months since. */
typedef struct cell {
    int window;
    double points, began[LAGS], expected[LAGS], own; /* own: e at the last half-life and level */
} cell;

typedef struct profile {
    jk_fit *fit;
    double *offset, *points; /* [rows of the panel] */
    double size;
    size_t count;
    cell cell[CELLS];
} profile;

static jk_status see_rows(void *context, const jk_panel_block *block, jk_error *error) {
    (void)error;
    profile *p = context;
    for (size_t i = 0; i < block->rows; i++) {
        const size_t row = block->first_row + i;
        const jk_segment *segment = &p->fit->segments[block->law->segment[i]];
        const int t = block->treatment[i],
                  class = block->class_start[i] >= 0 ? block->class_start[i] : block->score->capacity_class[i];
        const jk_steps *curve = &segment->curve[t];
        double area = 0.0, months = block->months[i] * (p->fit->payers->state[row] == JK_PAYER_BEGINS ? 0.5 : 1.0);
        for (size_t k = 0; k < curve->count; k++) {
            const double to = k + 1 < curve->count ? (double)curve->month[k + 1] : INFINITY;
            area += curve->value[k] * fmax(0.0, fmin(to, block->age_start[i] + months) -
                                                    fmax((double)curve->month[k], block->age_start[i]));
        }
        const bool waits = t == JK_TREAT_LEGAL && block->title_state[i] != JK_TITLE_HELD;
        const double lasting = exp(block->score->eta[i] - block->score->fading[i] - segment->theta_center[class]);
        p->points[row] = block->score->fading[i];
        p->offset[row] = jk_fit_payers_weight(p->fit, block->balance_start[i]) * lasting *
                         segment->class_multiplier[t][class] * (waits ? segment->pre_title_factor : 1.0) * area;
    }
    return JK_OK;
}

static bool counts(uint8_t state) {
    return state == JK_PAYER_QUIET || state == JK_PAYER_BEGINS;
}

typedef void visit(profile *p, cell *at, const jk_payer_row *row, size_t lag, void *context);

/* Each landmark of each claim, with the rows that follow it; `between` comes after the rows of each debtor. */
static void each_pair(profile *p, visit *see, void (*between)(void *context), void *context) {
    const struct jk_fit_payers *payers = p->fit->payers;
    const int32_t first = month_of(jk_panel_span_of(p->fit->panel).first_start);
    for (size_t i = 0; i < payers->count; i++) {
        const jk_payer_row *row = &payers->row[i];
        const int window = (month_of(row->start) - first) / LANDMARK;
        const bool same = i > 0 && row[-1].claim == row->claim && row[-1].debtor == row->debtor;
        if (between != NULL && i > 0 && row[-1].debtor != row->debtor) {
            between(context);
        }
        if (same && (month_of(row[-1].start) - first) / LANDMARK == window) {
            continue;
        }
        size_t c = 0;
        while (c < p->count && (p->cell[c].window != window || fabs(p->cell[c].points - p->points[row->row]) > 1e-7)) {
            c++;
        }
        assert_true(c < CELLS);
        p->count = c == p->count ? c + 1 : p->count;
        p->cell[c].window = window;
        p->cell[c].points = p->points[row->row];
        for (size_t j = i;
             j < payers->count && payers->row[j].claim == row->claim && payers->row[j].debtor == row->debtor; j++) {
            const jk_payer_row *later = &payers->row[j];
            if (counts(later->state)) {
                see(p, &p->cell[c], later, (size_t)((later->start - row->start) / 30.4375 + later->months / 2.0),
                    context);
            }
        }
    }
    if (between != NULL) {
        between(context);
    }
}

static void add_pair(profile *p, cell *at, const jk_payer_row *row, size_t lag, void *context) {
    (void)context;
    assert_true(lag < LAGS);
    at->expected[lag] += p->offset[row->row];
    at->began[lag] += row->state == JK_PAYER_BEGINS ? jk_fit_payers_weight(p->fit, row->balance) : 0.0;
}

static profile *new_profile(jk_fit *fit) {
    profile *p = calloc(1, sizeof *p);
    assert_non_null(p);
    const size_t rows = jk_tape_rows(jk_panel_tape(fit->panel));
    jk_model model = jk_fit_model(fit);
    jk_panel *panel = NULL;
    jk_error error = {0};
    double began = 0.0, squares = 0.0, expected = 0.0;
    model.scorecard.half_life = 600.0;
    p->fit = fit;
    p->offset = calloc(2 * rows, sizeof *p->offset);
    assert_non_null(p->offset);
    p->points = p->offset + rows;
    must(jk_panel_open(jk_tape_path(jk_panel_tape(fit->panel)), &model, &panel, &error), &error);
    must(jk_panel_stream(panel, &(jk_run){.threads = 1}, see_rows, p, &error), &error);
    jk_panel_close(panel);
    for (size_t i = 0; i < fit->payers->count; i++) {
        const jk_payer_row *row = &fit->payers->row[i];
        const double weight = row->state == JK_PAYER_BEGINS ? jk_fit_payers_weight(fit, row->balance) : 0.0;
        began += weight;
        squares += weight * weight;
        expected += counts(row->state) ? p->offset[row->row] * exp(p->points[row->row]) : 0.0;
    }
    p->size = squares / began;
    for (size_t i = 0; i < rows; i++) { /* rows as they are expect what began */
        p->offset[i] *= began / expected;
    }
    each_pair(p, add_pair, NULL, NULL);
    return p;
}

static void free_profile(profile *p) {
    free(p->offset);
    free(p);
}

static double left_of(double half_life, size_t lag) {
    return pow(0.5, ((double)lag + 0.5) / half_life);
}

/* A cell's likelihood at its best e, which makes the slope 0. */
static double best_of(const profile *p, cell *at, const double left[LAGS], double shared) {
    const double precision = p->size / 0.25, about = at->points - shared;
    double low = -20.0, high = 20.0, sum = 0.0;
    for (int step = 0; step < 45; step++) {
        const double e = 0.5 * (low + high);
        double slope = -precision * (e - about);
        for (size_t s = 0; s < LAGS; s++) {
            slope += (at->began[s] - at->expected[s] * exp(shared + e * left[s])) * left[s];
        }
        *(slope > 0.0 ? &low : &high) = e;
    }
    at->own = 0.5 * (low + high);
    for (size_t s = 0; s < LAGS; s++) {
        const double log_mean = shared + at->own * left[s];
        sum += at->began[s] * log_mean - at->expected[s] * exp(log_mean);
    }
    return sum - 0.5 * precision * pow(at->own - about, 2.0);
}

static double likelihood_of(profile *p, double half_life, double shared) {
    double left[LAGS], sum = -0.5 * p->size * pow(shared / 0.3, 2.0);
    for (size_t s = 0; s < LAGS; s++) {
        left[s] = left_of(half_life, s);
    }
    for (size_t c = 0; c < p->count; c++) {
        sum += best_of(p, &p->cell[c], left, shared);
    }
    return sum;
}

/* The best level between -0.7 and 1.4, and what it is likely by; thirds are left out. */
static double profile_of(profile *p, double half_life, double *shared) {
    double low = -0.7, high = 1.4;
    while (high - low > 1e-5) {
        const double a = low + 0.45 * (high - low), b = high - 0.45 * (high - low);
        if (likelihood_of(p, half_life, a) > likelihood_of(p, half_life, b)) {
            high = b;
        } else {
            low = a;
        }
    }
    *shared = 0.5 * (low + high);
    return likelihood_of(p, half_life, *shared);
}

/* ---- errors, once more --------------------------------------------------------------------------------------------
 */

typedef struct scores {
    double half_life, shared, share;
    double pull[CELLS][2]; /* of the level and of the half-life's logarithm on a cell's e */
    double own, square, debtors;
} scores;

/* By the half-life's logarithm and by the level, freed of e. */
static void slopes_at(const scores *of, const profile *p, const cell *at, size_t lag, double slope[2]) {
    const double left = left_of(of->half_life, lag);
    const double *pull = of->pull[at - p->cell];
    slope[0] = 1.0 - left * pull[0];
    slope[1] = at->own * left * log(2.0) * ((double)lag + 0.5) / of->half_life - left * pull[1];
}

static void add_score(profile *p, cell *at, const jk_payer_row *row, size_t lag, void *context) {
    scores *of = context;
    double slope[2];
    slopes_at(of, p, at, lag, slope);
    const double began = row->state == JK_PAYER_BEGINS ? jk_fit_payers_weight(p->fit, row->balance) : 0.0;
    const double rest = began - p->offset[row->row] * exp(of->shared + at->own * left_of(of->half_life, lag));
    of->own += rest * (slope[1] - of->share * slope[0]);
}

static void close_debtor(void *context) {
    scores *of = context;
    of->square += of->own * of->own;
    of->debtors += of->own != 0.0;
    of->own = 0.0;
}

/* Information on the logarithm of the half-life, and the square of its scores by debtor. */
static double information_of(profile *p, double half_life, scores *of) {
    *of = (scores){.half_life = half_life};
    (void)profile_of(p, half_life, &of->shared);
    double sums[3] = {p->size / 0.09, 0.0, 0.0};
    for (size_t c = 0; c < p->count; c++) {
        const cell *at = &p->cell[c];
        double own = p->size / 0.25, cross[2] = {0.0};
        for (int pass = 0; pass < 2; pass++) {
            for (size_t s = 0; s < LAGS; s++) {
                const double left = left_of(half_life, s), mean = at->expected[s] * exp(of->shared + at->own * left);
                double slope[2];
                slopes_at(of, p, at, s, slope);
                own += pass == 0 ? mean * left * left : 0.0;
                for (int k = 0; k < 2; k++) {
                    cross[k] += pass == 0 ? mean * left * slope[k] : 0.0;
                    sums[k] += pass == 1 ? mean * slope[0] * slope[k] : 0.0;
                }
                sums[2] += pass == 1 ? mean * slope[1] * slope[1] : 0.0;
            }
            for (int k = 0; k < 2 && pass == 0; k++) {
                of->pull[c][k] = cross[k] / own;
            }
        }
    }
    of->share = sums[1] / sums[0];
    each_pair(p, add_score, close_debtor, of);
    return sums[2] - of->share * sums[1];
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within)) {
        fail_msg("%s: %.12g, expected %.12g", what, got, wanted);
    }
}

/* Points as if nothing had been made of them yet. */
static void undo(jk_fit *fit) {
    static const double points[BINS] = {0.75, 0.375, 0.0625};
    jk_characteristic *item = &jk_fit_items(fit)[ITEM];
    memcpy((double *)(uintptr_t)item->points, points, sizeof points);
    item->missing_points = -0.1875;
    fit->payers_result.readiness_shape = NAN;
    fit->payers_result.level_count = 0;
}

/* What is found for a history, with what the base model gives and without. */
static void check_half_life(const char *path, double given, bool uneven) {
    jk_fit *fit = fitted(path);
    jk_error error = {0};
    double lost[JK_PROFILE_GRID], deviation = 0.0, shared = 0.0, best = -INFINITY, top = 1.0;
    ((jk_model *)(uintptr_t)fit->base)->scorecard.half_life = given;
    undo(fit);
    profile *p = new_profile(fit);
    const jk_characteristic *item = &fit->scorecard.characteristics[ITEM];
    const double before[] = {item->points[0], item->points[1], item->points[2], item->missing_points};
    const double intercept = fit->scorecard.intercept;
    const size_t figures = fit->payers_result.parameter_count, said = fit->result.message_count;
    must(jk_fit_payers_fading(fit, &error), &error);
    const jk_payers_result *result = &fit->payers_result;
    const jk_payer_term *term = &result->terms[result->term_count - 1];
    assert_true(term->figure == JK_PAYER_HALF_LIFE && term->segment == -1 && term->index == -1 &&
                term->credibility == 1.0);
    for (int i = 0; i < JK_PROFILE_GRID; i++) {
        lost[i] = profile_of(p, jk_profile_at(i), &shared);
        top = lost[i] > best ? jk_profile_at(i) : top;
        best = fmax(best, lost[i]);
    }
    double low = log(top) - 0.3, high = log(top) + 0.3;
    while (high - low > 1e-4) {
        const double a = low + 0.4 * (high - low), b = high - 0.4 * (high - low);
        if (profile_of(p, exp(a), &shared) > profile_of(p, exp(b), &shared)) {
            high = b;
        } else {
            low = a;
        }
    }
    near(log(term->estimate), 0.5 * (low + high), 2e-3, "half-life");
    const double likelihood = profile_of(p, term->estimate, &shared);
    scores of;
    const double information = information_of(p, term->estimate, &of), scale = fmax(p->size, of.square / information);
    near(term->std_error, sqrt(scale / information), 2e-3 * term->std_error, "error");
    assert_true(term->debtors == of.debtors);
    const double drop = 3.841458820694124 / 2.0 * scale;
    near(log(result->half_life_low), log(jk_profile_end(lost, term->estimate, likelihood, drop, -1)), 2e-3, "low");
    near(log(result->half_life_high), log(jk_profile_end(lost, term->estimate, likelihood, drop, 1)), 2e-3, "high");
    double wanted = jk_profile_mean(lost, likelihood, scale, given, 1.0, &deviation);
    assert_int_equal(isfinite(result->readiness_shape), uneven);
    if (uneven) { /* by the likelihood that knows of readiness */
        best = -INFINITY;
        for (int i = 0; i < JK_PROFILE_GRID; i++) {
            (void)profile_of(p, jk_profile_at(i), &shared);
            must(jk_fit_payers_readiness_likelihood(fit, p->offset, p->points, shared, jk_profile_at(i), &lost[i],
                                                    &error),
                 &error);
            best = fmax(best, lost[i]);
        }
        wanted = jk_profile_mean(lost, best, 1.0, given, 10.0, &deviation);
    }
    near(log(result->half_life), log(wanted), 3e-3, "half-life taken");
    near(result->half_life_error, deviation, 3e-3, "deviation");
    assert_true(term->value == result->half_life && fit->scorecard.half_life == result->half_life);
    assert_true(term->low == result->half_life_low && term->high == result->half_life_high);
    assert_true(result->parameter_count == figures + 1 && term->parameter == (int)figures &&
                fit->result.message_count == said);
    near(result->covariance[(figures + 1) * (figures + 1) - 1], term->std_error * term->std_error, 1e-12, "variance");
    /* Points go to the level that is found there, the intercept against them. */
    (void)profile_of(p, result->half_life, &shared);
    near(fit->scorecard.intercept - intercept, shared, 1e-3, "level");
    const double moved = fit->scorecard.intercept - intercept;
    for (int l = 0; l <= BINS; l++) {
        near(l < BINS ? item->points[l] : item->missing_points, before[l] + fit->payers->worth[l] - moved, 2e-6,
             "points");
    }
    const size_t rows = jk_tape_claims(jk_panel_tape(fit->panel));
    double *ready = calloc(rows, sizeof *ready);
    assert_non_null(ready);
    memcpy(ready, fit->payers->readiness, rows * sizeof *ready);
    must(jk_fit_payers_readiness(fit, p->offset, p->points, shared, &error), &error);
    for (size_t c = 0; c < rows; c++) {
        near(ready[c], fit->payers->readiness[c], 2e-3 * fmax(1.0, ready[c]), "readiness");
    }
    free(ready);
    free_profile(p);
    jk_fit_free(fit);
    ((jk_model *)(uintptr_t)base)->scorecard.half_life = 18.0;
}

static void half_lives_by_their_profile(void **state) {
    (void)state;
    check_half_life(even_path, 18.0, false);
    check_half_life(even_path, 0.0, false);
    check_half_life(uneven_path, 18.0, true);
}

/* Of 49 new payers after landmarks nothing is said: the base model's half-life stands, or 60 months where it has none;
 * 50 are asked. */
static void few_new_payers_say_nothing(void **state) {
    (void)state;
    for (int how = 0; how < 3; how++) {
        jk_fit *fit = fitted(even_path);
        jk_error error = {0};
        const double given = how == 1 ? 0.0 : 18.0;
        double events = 0.0;
        undo(fit);
        ((jk_model *)(uintptr_t)fit->base)->scorecard.half_life = given;
        struct jk_fit_payers *payers = fit->payers;
        for (size_t i = 0; i < payers->count; i++) { /* those of the first half-year alone are seen from one landmark */
            jk_payer_row *row = &payers->row[i];
            const bool first = month_of(row->start) - month_of(jk_panel_span_of(fit->panel).first_start) < LANDMARK;
            if (row->state == JK_PAYER_BEGINS && (!first || events >= (how == 2 ? 50.0 : 49.0))) {
                row->state = payers->state[row->row] = JK_PAYER_SILENT;
            }
            events += row->state == JK_PAYER_BEGINS;
        }
        const size_t said = fit->result.message_count;
        must(jk_fit_payers_fading(fit, &error), &error);
        const jk_payers_result *result = &fit->payers_result;
        const jk_payer_term *term = &result->terms[result->term_count - 1];
        assert_true(term->events == events && term->exposure == events && events == (how == 2 ? 50.0 : 49.0));
        assert_true(isnan(term->estimate) == (how != 2) && isnan(term->std_error) == (how != 2));
        if (how != 2) {
            assert_true(result->half_life == (how == 0 ? 18.0 : 60.0) && result->half_life_error == 1.0);
            assert_true(result->half_life_low == 1.0 && result->half_life_high == 600.0 && term->parameter == -1);
            assert_true(term->credibility == 0.0 && term->value == result->half_life);
            assert_int_equal(fit->result.message_count, said + 1);
            assert_string_equal(fit->messages[said],
                                how == 0 ? "half-life: 49 new payers after landmarks cannot tell how fast the last "
                                           "payment fades; the base model's 18 months are taken"
                                         : "half-life: 49 new payers after landmarks cannot tell how fast the last "
                                           "payment fades; as nothing better is known, 60 months are taken");
        }
        jk_fit_free(fit);
    }
    ((jk_model *)(uintptr_t)base)->scorecard.half_life = 18.0;
}

/* Where no characteristic looks at the last payment nothing fades; where the base model does not say that one does, it
 * is told. */
static void what_fades(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++) {
        jk_fit *fit = fitted(even_path);
        jk_error error = {0};
        jk_characteristic *item = &jk_fit_items(fit)[ITEM];
        const size_t said = fit->result.message_count, figures = fit->payers_result.term_count;
        undo(fit);
        item->fades = false;
        item->name = how == 0 ? "age_years" : "payments_12m";
        must(jk_fit_payers_fading(fit, &error), &error);
        assert_true(item->fades == (how == 1) && fit->payers_result.term_count == figures + (size_t)how);
        assert_non_null(strstr(fit->messages[said],
                               how == 0 ? "no characteristic of the base model looks at the last payment"
                                        : "payments_12m: what it says of the last payment fades in the new model"));
        jk_fit_free(fit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_payers_are_counted_from_landmarks),
        cmocka_unit_test(half_lives_by_their_profile),
        cmocka_unit_test(few_new_payers_say_nothing),
        cmocka_unit_test(what_fades),
    };
    return cmocka_run_group_tests(tests, make_history, drop_histories);
}
