/* SPDX-License-Identifier: Apache-2.0 */
/* The list of figures from estimates that are written down here: which are in it, what they are called, intervals by
 * closed forms, what is said of those that could not be estimated, and figures beyond what a model may have. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/distribution.h"
#include "cmocka_all.h"
#include "fit/fit_internal.h"

enum {
    SEGMENTS = 2,
    CURVES = SEGMENTS * JK_TREATMENT_COUNT,
    ITEMS = 2,
    MOST = 20,
    MESSAGES = 250,
    MARKS = 0,
    EMPLOYMENT = 1
};

static const int32_t months[] = {0, 12};
static const double values[] = {0.02, 0.01}, below[] = {4.0, INFINITY};
static const char *const levels[] = {"employed"};

typedef struct made {
    jk_model model;
    jk_segment segment[SEGMENTS];
    jk_characteristic item[ITEMS];
    jk_fit_card_item card[ITEMS];
    jk_fit_parameter parameter[MOST];
    jk_fit_spline spline[ITEMS];
    double estimate[MOST], std_error[MOST], degrees[MOST], std_model[MOST], covariance[MOST * MOST], exposure[MOST],
        cash[MOST];
    double expected[MOST], payers[MOST], value[MOST], credibility[MOST], unknown[MOST], drawn[2][MOST];
    uint8_t state[MOST], reference[CURVES];
    uint64_t curve_rows[CURVES];
    int32_t level[ITEMS][3], *level_of[ITEMS];
    const char *message[MESSAGES];
    jk_fit fit;
} made;

static void add(made *m, jk_fit_parameter parameter, jk_ppml_state state) {
    const size_t p = m->fit.estimates.parameters++;
    m->parameter[p] = parameter;
    m->state[p] = (uint8_t)state;
    m->estimate[p] = 0.1 * (double)(p + 1);
    m->std_error[p] = m->std_model[p] = 0.1;
    m->degrees[p] = 500.0;
    m->exposure[p] = 1000.0 + (double)p;
    m->cash[p] = 50.0 + (double)p;
    m->expected[p] = 60.0 + (double)p;
    m->payers[p] = 300.0 + (double)p;
    m->value[p] = -0.2 * (double)(p + 1);
    m->credibility[p] = 0.5 + 0.01 * (double)p;
    m->unknown[p] = 0.001 * (double)(p + 1);
}

/* Steps of a curve, a class and the reference class, the factor of pending cases, bins of a number and "missing", a
 * level, others and "missing"; every segment has rows under every treatment. */
enum { STEP_0, STEP_1, WEAK, ABLE, PENDING, BIN_0, BIN_1, NO_MARKS, EMPLOYED, OTHER, NOT_TOLD, PARAMETERS };

static made *new_made(void) {
    made *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->item[MARKS] = (jk_characteristic){.name = "default_marks", .is_numeric = 1, .count = 2, .below = below};
    m->item[EMPLOYMENT] = (jk_characteristic){.name = "employment", .count = 1, .levels = levels};
    for (size_t c = 0; c < CURVES; c++) {
        m->segment[c / 3].curve[c % 3] = (jk_steps){c == 5 ? 1 : 2, months, values};
        m->curve_rows[c] = 10;
        m->reference[c] = JK_CAPACITY_ABLE;
    }
    m->segment[0].id = "north";
    m->segment[1].id = "south";
    add(m, (jk_fit_parameter){.kind = JK_FIT_CURVE, .curve = 1, .item = -1, .index = 0}, JK_PPML_FREE);
    add(m, (jk_fit_parameter){.kind = JK_FIT_CURVE, .curve = 1, .item = -1, .index = 1}, JK_PPML_FREE);
    add(m, (jk_fit_parameter){.kind = JK_FIT_CLASS, .curve = 5, .item = -1, .index = JK_CAPACITY_WEAK}, JK_PPML_FREE);
    add(m, (jk_fit_parameter){.kind = JK_FIT_CLASS, .curve = 5, .item = -1, .index = JK_CAPACITY_ABLE}, JK_PPML_HELD);
    add(m, (jk_fit_parameter){.kind = JK_FIT_CLASS, .pending = true, .curve = 2, .item = -1}, JK_PPML_HELD);
    for (int l = 0; l < 3; l++) {
        m->level[MARKS][l] = BIN_0 + l;
        add(m, (jk_fit_parameter){.kind = JK_FIT_POINTS, .curve = -1, .item = MARKS, .index = l},
            l == 0 ? JK_PPML_HELD : JK_PPML_FREE);
    }
    for (int l = 0; l < 3; l++) {
        m->level[EMPLOYMENT][l] = EMPLOYED + l;
        add(m, (jk_fit_parameter){.kind = JK_FIT_POINTS, .curve = -1, .item = EMPLOYMENT, .index = l},
            l == 2 ? JK_PPML_HELD : JK_PPML_FREE);
    }
    assert_int_equal(m->fit.estimates.parameters, PARAMETERS);
    for (size_t p = 0; p < PARAMETERS; p++) {
        for (size_t q = 0; q < PARAMETERS; q++) {
            m->covariance[p * PARAMETERS + q] = (double)(p + 1) * 100.0 + (double)(q + 1);
        }
    }
    for (size_t c = 0; c < ITEMS; c++) {
        m->card[c] = (jk_fit_card_item){.from = &m->item[c], .levels = 3, .fine = 3, .reference = c == MARKS ? 0 : 2};
        m->level_of[c] = m->level[c];
    }
    m->model = (jk_model){
        .segment_count = SEGMENTS, .segments = m->segment, .scorecard = {.count = ITEMS, .characteristics = m->item}};
    jk_ppml *e = &m->fit.estimates;
    *e = (jk_ppml){.parameters = PARAMETERS,
                   .estimate = m->estimate,
                   .state = m->state,
                   .std_error = m->std_error,
                   .degrees = m->degrees,
                   .std_model = m->std_model,
                   .covariance = m->covariance,
                   .exposure = m->exposure,
                   .cash = m->cash,
                   .expected = m->expected,
                   .payers = m->payers,
                   .clusters_used = 900};
    m->fit.base = &m->model;
    m->fit.scorecard = m->model.scorecard;
    m->fit.arena = jk_arena_create();
    m->fit.card = m->card;
    m->fit.spline = m->spline;
    m->fit.class_reference = m->reference;
    m->fit.survey.curves = CURVES;
    m->fit.survey.curve_rows = m->curve_rows;
    m->fit.design.parameter = m->parameter;
    m->fit.design.level_parameter = m->level_of;
    m->fit.value = m->value;
    m->fit.credibility = m->credibility;
    m->fit.unknown = m->unknown;
    m->fit.messages = m->message;
    assert_non_null(m->fit.arena);
    return m;
}

static void free_made(made *m) {
    jk_arena_free(m->fit.arena);
    free(m);
}

static void make(made *m) {
    assert_int_equal(jk_fit_make_terms(&m->fit, NULL), JK_OK);
}

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within * fmax(1.0, fabs(wanted)))) {
        fail_msg("%s: %.17g, expected %.17g", what, got, wanted);
    }
}

/* The message that was said, alone. */
static void said_alone(const made *m, const char *wanted) {
    if (m->fit.result.message_count != (wanted != NULL)) {
        fail_msg("%zu messages, the first '%s'", m->fit.result.message_count,
                 m->fit.result.message_count > 0 ? m->message[0] : "");
    }
    if (wanted != NULL) {
        assert_string_equal(m->message[0], wanted);
    }
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static void figures_in_their_order(void **state) {
    (void)state;
    static const struct {
        size_t parameter;
        int segment, treatment, place;
        const char *characteristic, *level;
        bool reference;
    } wanted[] = {
        {STEP_0, 0, JK_TREAT_AMICABLE, 0, "curve", "0 to below 12", false},
        {STEP_1, 0, JK_TREAT_AMICABLE, 1, "curve", "12 and more", false},
        {WEAK, 1, JK_TREAT_LEGAL, 2, "capacity_class", "weak", false},
        {ABLE, 1, JK_TREAT_LEGAL, -1, "capacity_class", "able", true},
        {BIN_0, -1, -1, -1, "default_marks", "below 4", true},
        {BIN_1, -1, -1, 3, "default_marks", "4 and more", false},
        {EMPLOYED, -1, -1, 4, "employment", "employed", false},
        {OTHER, -1, -1, 5, "employment", "other", false},
        {NOT_TOLD, -1, -1, -1, "employment", "missing", true},
    };
    enum { COUNT = sizeof wanted / sizeof wanted[0], ESTIMATED = 6 };
    made *m = new_made();
    m->exposure[NO_MARKS] = 0.0; /* no row's level, and no bin; as is the factor of pending cases */
    m->exposure[BIN_1] = 0.0;    /* a bin is a figure, whoever has it */
    for (int weighed = 0; weighed < 2; weighed++) {
        double other[PARAMETERS * PARAMETERS];
        for (size_t i = 0; i < PARAMETERS * PARAMETERS; i++) {
            other[i] = -m->covariance[i];
        }
        m->fit.covariance = weighed ? other : NULL;
        make(m);
        const jk_fit_result *result = &m->fit.result;
        assert_true(result->term_count == COUNT && result->parameter_count == ESTIMATED);
        for (size_t i = 0; i < COUNT; i++) {
            const jk_fit_term *term = &result->terms[i];
            const size_t p = wanted[i].parameter;
            assert_true(term->kind == m->parameter[p].kind && term->index == m->parameter[p].index);
            assert_true(term->segment == wanted[i].segment && term->treatment == wanted[i].treatment);
            assert_true(term->parameter == wanted[i].place && term->reference == wanted[i].reference);
            assert_string_equal(term->characteristic, wanted[i].characteristic);
            if (strcmp(term->level, wanted[i].level) != 0) {
                fail_msg("level '%s', expected '%s'", term->level, wanted[i].level);
            }
            assert_true(term->state == (jk_ppml_state)m->state[p] &&
                        term->estimate == (term->parameter >= 0 ? m->estimate[p] : 0.0));
            assert_true(term->std_error == m->std_error[p] && term->std_model == m->std_model[p] &&
                        term->degrees == m->degrees[p]);
            assert_true(term->value == m->value[p] && term->credibility == m->credibility[p] &&
                        term->exposure == m->exposure[p]);
            assert_true(term->cash == m->cash[p] && term->expected == m->expected[p] && term->payers == m->payers[p]);
            assert_true(isnan(term->drawn_error) && isnan(term->drawn_quantile));
            for (size_t j = 0; j < COUNT && term->parameter >= 0; j++) {
                const size_t q = wanted[j].parameter;
                if (wanted[j].place >= 0) {
                    const double both = (weighed ? -1.0 : 1.0) * ((double)(p + 1) * 100.0 + (double)(q + 1));
                    assert_true(result->covariance[term->parameter * ESTIMATED + wanted[j].place] == both);
                }
            }
            assert_true(term->parameter < 0 || m->fit.figure_unknown[term->parameter] == m->unknown[p]);
        }
    }
    assert_int_equal(m->fit.result.message_count, 2); /* of the number that all have alike, each time */
    m->fit.covariance = NULL;
    free_made(m);
}

/* ---- intervals --------------------------------------------------------------------------------------------------- */

/* P(X <= x) of a gamma distribution of a whole shape: no fewer than so many events of a Poisson process. */
static double probability(int shape, double x) {
    double term = exp(-x), sum = 0.0;
    for (int k = 0; k < shape; k++) {
        sum += term;
        term *= x / (k + 1);
    }
    return 1.0 - sum;
}

static void intervals_by_closed_forms(void **state) {
    (void)state;
    static const struct {
        double payers, degrees, std_error, std_model;
        int shape; /* 0: normal or Student's */
    } cases[] = {
        {200.0, 100.0, 0.25, 0.75, 0}, {200.0, 99.0, 0.25, 0.75, 0}, {1e6, 3.0, 0.5, 0.1, 0},
        {199.0, 100.0, 0.5, 0.1, 4},   {1.0, 100.0, 0.1, 0.5, 4},    {30.0, 1e9, 0.2, 0.25, 16},
        {50.0, 99.0, 0.5, 0.1, -4},    {50.0, 6.0, 0.1, 0.25, -9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made *m = new_made();
        const double student = jk_student_95(cases[i].degrees) / 1.959963984540054;
        m->payers[WEAK] = cases[i].payers;
        m->degrees[WEAK] = cases[i].degrees;
        m->std_error[WEAK] = cases[i].std_error;
        m->std_model[WEAK] = cases[i].std_model;
        const int shape = abs(cases[i].shape);
        if (cases[i].shape < 0) { /* such that it is whole beside Student's */
            const double error = 1.0 / (student * sqrt(shape));
            *(cases[i].std_error > cases[i].std_model ? &m->std_error[WEAK] : &m->std_model[WEAK]) = error;
        }
        make(m);
        const jk_fit_term *term = &m->fit.result.terms[2];
        if (shape == 0) {
            const double half = (cases[i].degrees < 100.0 ? student : 1.0) * 1.959963984540054 * cases[i].std_error;
            near(term->low, term->estimate - half, 1e-12, "low");
            near(term->high, term->estimate + half, 1e-12, "high");
        } else {
            near(probability(shape, shape * exp(term->low - term->estimate)), 0.025, 1e-8, "below");
            near(probability(shape + 1, shape * exp(term->high - term->estimate)), 0.975, 1e-8, "above");
        }
        free_made(m);
    }
}

static void figures_without_intervals(void **state) {
    (void)state;
    made *m = new_made();
    m->std_error[STEP_0] = (double)NAN;
    m->state[STEP_1] = JK_PPML_NO_CASH;
    make(m);
    for (size_t i = 0; i < 2; i++) {
        assert_true(isnan(m->fit.result.terms[i].low) && isnan(m->fit.result.terms[i].high));
    }
    assert_true(isnan(m->fit.result.terms[3].low) && isfinite(m->fit.result.terms[2].low));
    free_made(m);
}

/* With draws: the quantile times the largest of three errors; how many have one. */
static void intervals_by_draws(void **state) {
    (void)state;
    made *m = new_made();
    m->fit.options.bootstrap = 199;
    m->fit.options.seed = 77;
    m->fit.drawn_error = m->drawn[0];
    m->fit.drawn_quantile = m->drawn[1];
    for (size_t p = 0; p < PARAMETERS; p++) {
        m->drawn[0][p] = p == STEP_0 ? 0.5 : 0.25;
        m->std_model[p] = p == STEP_1 ? 0.75 : 0.125;
        m->std_error[p] = p == WEAK ? 1.0 : 0.0625;
        m->drawn[1][p] = p == OTHER || p == NO_MARKS ? (double)NAN : 2.0 + (double)p;
    }
    make(m);
    static const double errors[] = {0.5, 0.75, 1.0};
    for (size_t i = 0; i < 3; i++) {
        const jk_fit_term *term = &m->fit.result.terms[i];
        near(term->low, term->estimate - (2.0 + (double)i) * errors[i], 1e-12, "low");
        near(term->high, term->estimate + (2.0 + (double)i) * errors[i], 1e-12, "high");
        assert_true(term->drawn_error == m->drawn[0][i] && term->drawn_quantile == m->drawn[1][i]);
    }
    const jk_fit_result *result = &m->fit.result;
    assert_true(result->draws == 199 && result->seed == 77 && result->drawn == 5 && result->drawn_few == 2);
    said_alone(m, "bootstrap: 2 of 7 figures have no interval, as fewer than 5 debtors paid in them");
    free_made(m);
}

/* ---- what is said ------------------------------------------------------------------------------------------------ */

static void what_could_not_be_estimated(void **state) {
    (void)state;
    static const struct {
        size_t parameter;
        jk_ppml_state state;
        double payers, value;
        const char *said;
    } cases[] = {
        {STEP_1, JK_PPML_NO_CASH, 0.0, 0.5,
         "north, amicable, curve, 12 and more: no cash in an exposure of 1001, the estimate would be minus infinity; "
         "it leans on all segments and its rows are out of the estimation"},
        {WEAK, JK_PPML_NO_CASH, 0.0, 0.5,
         "south, legal, capacity_class, weak: no cash in an exposure of 1002, the estimate would be minus infinity; it "
         "takes the ratio of all segments and its rows are out of the estimation"},
        {EMPLOYED, JK_PPML_NO_CASH, 0.0, -1.25,
         "employment, employed: no cash in an exposure of 1008, the estimate would be minus infinity; its rows are out "
         "of the estimation, and it is expected to bring no more than one more debtor's payment (points -1.250)"},
        {STEP_1, JK_PPML_COLLINEAR, 300.0, 0.5,
         "north, amicable, curve, 12 and more: collinear, says what figures before it say together; it leans on all "
         "segments"},
        {EMPLOYED, JK_PPML_COLLINEAR, 300.0, 0.0,
         "employment, employed: collinear, says what figures before it say together; it keeps the points of the "
         "reference level"},
        {EMPLOYED, JK_PPML_COLLINEAR, 300.0, -0.75,
         "employment, employed: collinear among the rows that are estimated on; points -0.750 keep its rows where they "
         "are beside the levels that pay nothing together"},
        {EMPLOYED, JK_PPML_FREE, 9.0, 0.5, "employment, employed: only 9 debtors paid anything in it"},
        {EMPLOYED, JK_PPML_FREE, 10.0, 0.5, NULL},
        {STEP_1, JK_PPML_FREE, 9.0, 0.5, NULL},
        {STEP_1, JK_PPML_NO_ROWS, 0.0, 0.5, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made *m = new_made();
        m->state[cases[i].parameter] = (uint8_t)cases[i].state;
        m->payers[cases[i].parameter] = cases[i].payers;
        m->value[cases[i].parameter] = cases[i].value;
        make(m);
        said_alone(m, cases[i].said);
        free_made(m);
    }
    for (int how = 0; how < 3; how++) { /* a smooth function's bin; one debtor alone, among others and by himself */
        made *m = new_made();
        m->payers[BIN_1] = how == 0 ? 2.0 : 300.0;
        m->spline[MARKS].variance = how == 0 ? 0.1 : 0.0;
        m->std_error[STEP_0] = how == 0 ? 0.1 : (double)NAN;
        m->fit.estimates.clusters_used = how == 2 ? 1 : 2;
        make(m);
        said_alone(
            m, how == 0 ? NULL
               : how == 1
                   ? "north, amicable, curve, 0 to below 12: one debtor alone tells of it; there is no standard error"
                   : "all rows are of one debtor: there are no standard errors");
        free_made(m);
    }
}

static void what_has_no_rows(void **state) {
    (void)state;
    static const struct {
        uint64_t rows[CURVES];
        double exposure; /* of the second bin and "missing" */
        const char *said;
    } cases[] = {
        {{1, 1, 1, 0, 0, 0}, 1.0, "south: no rows; it takes the curves of all segments together"},
        {{0, 0, 0, 1, 1, 1}, 1.0, "north: no rows; it takes the curves of all segments together"},
        {{1, 1, 1, 1, 0, 1}, 1.0, "south, amicable: no rows; it takes the curve of all segments together"},
        {{1, 0, 1, 1, 0, 1}, 1.0, NULL},
        {{0, 1, 1, 1, 1, 1}, 1.0, "north, surveil: no rows; it takes the curve of all segments together"},
        {{1, 1, 1, 1, 1, 1}, 0.0, "default_marks: all rows have one level, it cannot be fitted; its points are 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made *m = new_made();
        memcpy(m->curve_rows, cases[i].rows, sizeof m->curve_rows);
        m->exposure[BIN_1] *= cases[i].exposure;
        m->exposure[NO_MARKS] *= cases[i].exposure;
        make(m);
        said_alone(m, cases[i].said);
        free_made(m);
    }
}

/* Two hundred messages are the most that is kept. */
static void enough_is_said(void **state) {
    (void)state;
    made *m = new_made();
    for (int i = 0; i < 203; i++) {
        assert_int_equal(jk_fit_say(&m->fit, NULL, "message %d", i), JK_OK);
    }
    assert_int_equal(m->fit.result.message_count, 200);
    assert_string_equal(m->message[0], "message 0");
    assert_string_equal(m->message[199], "message 199");
    char wide[700];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    assert_int_equal(strlen(jk_fit_text(&m->fit, "%s", wide)), 511);
    assert_string_equal(jk_fit_text(&m->fit, "%d of %s", 3, "four"), "3 of four");
    free_made(m);
}

/* ---- what a model may have ----------------------------------------------------------------------------------------
 */

static void figures_beyond_bounds_are_cut(void **state) {
    (void)state;
    made *m = new_made();
    double points[2] = {250.0, -0.5}, one[1] = {-100.5}, curve[2] = {0.5, 1e9};
    const char *worries[JK_FIT_LINES_MAX];
    jk_segment fitted[SEGMENTS];
    m->item[MARKS].points = points;
    m->item[MARKS].missing_points = -400.0;
    m->item[EMPLOYMENT].points = one;
    m->item[EMPLOYMENT].other_points = 100.0;
    m->item[EMPLOYMENT].missing_points = 99.0;
    m->fit.scorecard.half_life = 12.0;
    m->fit.scorecard.intercept = 130.0;
    m->fit.result.worries = worries;
    for (size_t g = 0; g < SEGMENTS; g++) {
        m->segment[g].months_to_title = 4.0;
        fitted[g] = m->segment[g];
        fitted[g].market_price = fitted[g].curve[0];
        fitted[g].theta_center[1] = g == 1 ? -200.0 : 0.5;
    }
    fitted[0].curve[1].value = curve;
    m->fit.segments = fitted;
    assert_int_equal(jk_fit_hold_bounds(&m->fit, NULL), JK_OK);
    const jk_characteristic *item = m->fit.scorecard.characteristics;
    assert_true(item[MARKS].points[0] == 100.0 && item[MARKS].points[1] == -0.5 &&
                item[MARKS].missing_points == -100.0);
    assert_true(item[EMPLOYMENT].points[0] == -100.0 && item[EMPLOYMENT].other_points == 100.0);
    assert_true(item[EMPLOYMENT].missing_points == 99.0 && m->fit.scorecard.intercept == 100.0);
    assert_true(fitted[1].theta_center[1] == -100.0 && fitted[0].theta_center[1] == 0.5);
    assert_true(fitted[0].curve[1].value[0] == 0.5 && fitted[0].curve[1].value[1] < 1e9 && points[0] == 250.0);
    static const char *const starts[] = {
        "intercept: 1 figure beyond the -100 to 100 that a model may have, 130 of the scorecard the first; cut to it",
        "points: 3 figures beyond the -100 to 100 that a model may have, 250 of default_marks the first; cut to it",
        "theta_center: 1 figure beyond the -100 to 100 that a model may have, -200 of south the first; cut to it"};
    size_t found = 0;
    for (size_t w = 0; w < m->fit.result.worry_count; w++) {
        for (size_t s = 0; s < 3; s++) {
            found += strncmp(worries[w], starts[s], strlen(starts[s])) == 0;
        }
    }
    for (size_t w = 0; found != 3 && w < m->fit.result.worry_count; w++) {
        print_message("%s\n", worries[w]);
    }
    assert_int_equal(found, 3);
    free_made(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_in_their_order),
        cmocka_unit_test(intervals_by_closed_forms),
        cmocka_unit_test(figures_without_intervals),
        cmocka_unit_test(intervals_by_draws),
        cmocka_unit_test(what_could_not_be_estimated),
        cmocka_unit_test(what_has_no_rows),
        cmocka_unit_test(enough_is_said),
        cmocka_unit_test(figures_beyond_bounds_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
