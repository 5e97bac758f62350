/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences of a fit whose figures are written down here: what was learnt, and what to worry about, each just where it
 * begins to be said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"

enum { ROWS = 8, DEBTORS = 4, TERMS = 8, SEGMENTS = 2 };

typedef struct made {
    jk_model model;
    jk_segment segment[SEGMENTS];
    jk_characteristic item[2];
    jk_fit_card_item card[2];
    jk_fit_spline spline[2];
    jk_fit_interaction interaction[2];
    jk_fit_term term[TERMS];
    jk_payer_level level[3];
    double cash[ROWS], weight[ROWS], months[ROWS];
    uint16_t curve[ROWS];
    uint8_t code[ROWS * 4];
    uint32_t begin[DEBTORS + 1];
    const char *learned[JK_FIT_LINES_MAX], *worries[JK_FIT_LINES_MAX], *message[10];
    jk_fit fit;
} made;

/* Four debtors of two rows each, one under each of two treatments at each level; nothing to say of them. */
static made *new_made(void) {
    made *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->segment[0].id = "north";
    m->segment[1].id = "south";
    m->item[0].name = "employment";
    m->item[1].name = "default_marks";
    m->model = (jk_model){
        .segment_count = SEGMENTS, .segments = m->segment, .scorecard = {.count = 2, .characteristics = m->item}};
    for (size_t i = 0; i < ROWS; i++) {
        m->cash[i] = 12.5;
        m->weight[i] = 100.0;
        m->months[i] = 2.0;
        m->curve[i] = (uint16_t)(i % 2 + 3 * (i / 4));
        m->code[i * 4 + 2] = (uint8_t)(i / 2 % 2);
        m->code[i * 4 + 3] = (uint8_t)(i / 4);
        m->begin[i / 2] = (uint32_t)(i / 2 * 2);
    }
    m->begin[DEBTORS] = ROWS;
    for (size_t c = 0; c < 2; c++) {
        m->card[c] = (jk_fit_card_item){.from = &m->item[c], .fine = 2, .levels = 2, .level_of = {0, 1}};
    }
    jk_fit *fit = &m->fit;
    fit->arena = jk_arena_create();
    assert_non_null(fit->arena);
    fit->base = &m->model;
    fit->scorecard = m->model.scorecard;
    fit->card = m->card;
    fit->spline = m->spline;
    fit->messages = m->message;
    fit->rows = (jk_fit_rows){.terms = 4,
                              .cash = m->cash,
                              .weight = m->weight,
                              .months = m->months,
                              .curve = m->curve,
                              .level = m->code,
                              .cluster_begin = m->begin,
                              .total_cash = 2000.0};
    fit->rows.columns.rows = ROWS;
    fit->rows.columns.clusters = DEBTORS;
    fit->result = (jk_fit_result){.converged = 1,
                                  .payers = 100,
                                  .cash = 2000.0,
                                  .expected = 2000.0,
                                  .scored_expected = 2000.0,
                                  .terms = m->term,
                                  .learned = m->learned,
                                  .worries = m->worries};
    return m;
}

static void free_made(made *m) {
    jk_arena_free(m->fit.arena);
    free(m);
}

static void lines_are(const char *const *got, size_t count, const char *const *wanted, size_t wanted_count) {
    for (size_t i = 0; i < count || i < wanted_count; i++) {
        if (i >= count || i >= wanted_count || strcmp(got[i], wanted[i]) != 0) {
            fail_msg("line %zu: '%s', expected '%s'", i, i < count ? got[i] : "", i < wanted_count ? wanted[i] : "");
        }
    }
}

/* Sums up: one line, or none, that was learnt, and one that is a worry. */
static void says(made *m, const char *learned, const char *worry, const char *message) {
    m->fit.result.learned_count = m->fit.result.worry_count = m->fit.result.message_count = 0;
    assert_int_equal(jk_fit_summarise(&m->fit, NULL), JK_OK);
    lines_are(m->learned, m->fit.result.learned_count, &learned, learned != NULL);
    lines_are(m->worries, m->fit.result.worry_count, &worry, worry != NULL);
    lines_are(m->message, m->fit.result.message_count, &message, message != NULL);
}

static void term_is(made *m, size_t at, jk_fit_term term) {
    m->term[at] = term;
    m->fit.result.term_count = at + 1;
}

/* ---- learnt ------------------------------------------------------------------------------------------------------ */

static void nothing_to_say(void **state) {
    (void)state;
    made *m = new_made();
    says(m, NULL, NULL, NULL);
    for (int t = 0; t < 2; t++) {
        assert_true(m->fit.result.overlap[t] == 1.0);
    }
    assert_true(isnan(m->fit.result.overlap[2]));
    free_made(m);
}

static void curves_of_their_own_data(void **state) {
    (void)state;
    made *m = new_made();
    const jk_fit_term step = {.kind = JK_FIT_CURVE,
                              .segment = 0,
                              .treatment = JK_TREAT_AMICABLE,
                              .characteristic = "curve",
                              .level = "0",
                              .state = JK_PPML_FREE,
                              .high = 1.0};
    for (size_t i = 0; i < 6; i++) {
        term_is(m, i, step);
        m->term[i].value = log(0.01 * (double)(i + 1));
        m->term[i].credibility = i == 1 || i == 2 ? 0.75 : i == 3 ? 0.5 : 0.9;
    }
    m->term[0].state = JK_PPML_COLLINEAR;
    m->term[4].treatment = JK_TREAT_LEGAL;
    m->term[4].credibility = 0.4;
    m->term[5].kind = JK_FIT_CLASS;
    says(m,
         "amicable: 2 of 4 steps of the curves rest on their own data, 2 to 3 % of the balance a month at the "
         "reference levels",
         NULL, NULL);
    m->term[1].value = log(0.04321);
    says(m,
         "amicable: 2 of 4 steps of the curves rest on their own data, 3 to 4.32 % of the balance a month at the "
         "reference levels",
         NULL, NULL);
    free_made(m);
}

static void points_that_are_told(void **state) {
    (void)state;
    made *m = new_made();
    for (size_t i = 0; i < 5; i++) {
        static const char *const levels[] = {"employed", "retired", "other", "missing", "below 4"};
        term_is(m, i,
                (jk_fit_term){.kind = JK_FIT_POINTS,
                              .segment = -1,
                              .treatment = -1,
                              .characteristic = i < 4 ? "employment" : "default_marks",
                              .level = levels[i],
                              .state = JK_PPML_FREE,
                              .low = -0.5,
                              .high = 0.5});
    }
    m->term[0].value = 0.5;
    m->term[1].value = -0.25;
    m->term[2].value = 2.0;
    m->term[2].state = JK_PPML_NO_CASH; /* not estimated: not told */
    m->term[3].state = JK_PPML_HELD;
    m->term[3].reference = 1;
    m->term[3].value = -0.5;
    m->term[4].value = 3.0;
    m->term[4].low = 1.0; /* alone: nothing to compare with */
    m->term[4].high = 2.0;
    says(m, NULL, NULL, NULL);
    m->term[1].low = 0.0; /* at the bound nothing is told yet */
    m->term[1].high = 0.9;
    says(m, NULL, NULL, NULL);
    m->term[1].low = -0.9;
    m->term[1].high = 0.0;
    says(m, NULL, NULL, NULL);
    m->term[1].high = -0.01;
    says(m, "employment: from missing to employed cash is 2.72 times as much", NULL, NULL);
    m->term[1].low = 0.01;
    m->term[1].high = 0.9;
    m->term[3].value = 0.25;
    says(m, "employment: from retired to employed cash is 2.12 times as much", NULL, NULL);
    free_made(m);
}

static void titles_that_were_learnt(void **state) {
    (void)state;
    made *m = new_made();
    m->fit.titles.pre_title = (jk_fit_factor){1, 0.75, 0.1, 0.5, 1.25, 0.8, 41, NULL};
    m->fit.titles.garnish = (jk_fit_factor){.payers = 0, .why = "nobody"};
    says(m, "pre_title_factor: 0.75 times the base model's (0.5 to 1.25), from 41 debtors who paid before a title",
         NULL, NULL);
    m->fit.titles.pre_title = (jk_fit_factor){.payers = 3, .why = "three paid"};
    says(m, NULL, NULL, "pre_title_factor stays the base model's: three paid");
    m->fit.titles.pre_title.payers = 0;
    m->fit.titles.garnish = (jk_fit_factor){1, 1.5, 0.1, 1.25, 2.5, 0.8, 22, NULL};
    says(m,
         "garnish_share: 1.5 times the base model's (1.25 to 2.5), from 22 debtors who paid where income may be taken",
         NULL, NULL);
    m->fit.titles.garnish = (jk_fit_factor){.payers = 1, .why = "one paid"};
    says(m, NULL, NULL, "garnish_share stays the base model's: one paid");
    free_made(m);
}

static void smooth_functions_and_factors(void **state) {
    (void)state;
    made *m = new_made();
    m->spline[1] = (jk_fit_spline){0.25, 3.25};
    m->card[1].levels = 17;
    says(m, "default_marks: a smooth function over 16 bins, of 3.2 degrees of freedom", NULL, NULL);
    m->spline[1].variance = 0.0;
    m->card[1].levels = 2;
    m->fit.interaction = m->interaction;
    m->interaction[0] = (jk_fit_interaction){.tried = true};
    m->interaction[1] = (jk_fit_interaction){.tried = true};
    says(m, NULL, NULL,
         "no other factors by segment than 1, as debtors held out gain nothing by them: employment, default_marks");
    m->interaction[0] =
        (jk_fit_interaction){.tried = true, .kept = true, .gain = 5.5, .gain_error = 1.5, .spread = 0.375};
    m->interaction[1].tried = false;
    says(m,
         "employment counts differently by segment: its points are multiplied by factors with a deviation of 0.38; "
         "debtors held out gain 5.5 (give or take 1.5) in log likelihood",
         NULL, NULL);
    free_made(m);
}

static void payers_in_a_sentence(void **state) {
    (void)state;
    made *m = new_made();
    const char *learned = "debtors pay in spells: 80 new payers, 25 % of them settled at once; of those who paid in a "
                          "period 75 % paid in the next; what fades halves in 18 months";
    m->fit.payers_result = (jk_payers_result){.learned = true,
                                              .begun = 80,
                                              .settled = 20,
                                              .again = 0.75,
                                              .half_life = 18.0,
                                              .levels = m->level,
                                              .level_count = 1};
    m->level[0] = (jk_payer_level){.what = "curve",
                                   .segment = -1,
                                   .treatment = -1,
                                   .level = "",
                                   .actual = 1234.0,
                                   .expected = 999.0,
                                   .ratio = 1.25,
                                   .std_error = 0.1,
                                   .value = 1.2};
    says(m, learned,
         "years: landmarks expected 999 where 1234 came in (of the quiet); a level of 1.20 makes it good, test it with "
         "backtest --horizon",
         NULL);
    m->level[0].what = "monthly_share";
    m->level[0].ratio = 0.75;
    says(m, learned,
         "years: landmarks expected 999 where 1234 came in (of those who pay); a level of 1.20 makes it good, test it "
         "with backtest --horizon",
         NULL);
    m->level[0].std_error = 0.15; /* chance */
    says(m, learned, NULL, NULL);
    m->level[0].std_error = 0.01;
    m->level[0].ratio = 1.15; /* not far off */
    says(m, learned, NULL, NULL);
    m->level[0].ratio = 0.86;
    says(m, learned, NULL, NULL);
    m->level[0].ratio = 0.84;
    m->level[0].segment = 0;
    says(m, learned, NULL, NULL);
    m->level[0].segment = -1;
    m->level[0].level = "0 to below 6";
    says(m, learned, NULL, NULL);
    free_made(m);
}

/* ---- worries ----------------------------------------------------------------------------------------------------- */

static void what_is_expected(void **state) {
    (void)state;
    made *m = new_made();
    jk_fit_result *r = &m->fit.result;
    r->expected = r->scored_expected = 2000.0 * 1.0199;
    says(m, NULL, NULL, NULL);
    r->expected = r->scored_expected = 2000.0 * 0.979;
    says(m, NULL, "the model expects 97.9 % of what came in on its own rows", NULL);
    r->expected = 2000.0;
    r->scored_expected = 2000.0 * 1.049;
    says(m, NULL, NULL, NULL);
    r->scored_expected = 2000.0 * 0.949;
    says(m, NULL,
         "classes by the score expect 94.9 % of what came in, the panel's own 100.0 %: a tape has no other classes, "
         "and its value is off by as much",
         NULL);
    m->fit.payers_result.level_count = 1;
    says(m, NULL,
         "classes by the score expect 94.9 % of what came in, the panel's own 100.0 %: classes moved since the claims "
         "entered; a tape has those of the score, and levels are such that values by them bring what landmarks brought",
         NULL);
    free_made(m);
}

static void few_debtors(void **state) {
    (void)state;
    made *m = new_made();
    jk_fit_result *r = &m->fit.result;
    r->payers = 100;
    m->cash[2] = 87.5; /* of the second debtor: 100 of 2,000 */
    says(m, NULL, NULL, NULL);
    m->cash[3] = 60.0;
    says(m, NULL, "one debtor brought 7 % of all cash", NULL);
    m->cash[2] = m->cash[3] = 12.5;
    r->payers = 99;
    says(m, NULL, "only 99 debtors paid anything: differences between groups are mostly chance", NULL);
    r->payers = 100;
    r->converged = 0;
    says(m, NULL, "too few debtors paid to tell points and curves apart: points are mostly drawn to nothing", NULL);
    free_made(m);
}

/* Exposure of amicable rows of one characteristic: a part of it at a level where next to nobody else is. */
static void treatments_that_do_not_overlap(void **state) {
    (void)state;
    made *m = new_made();
    for (size_t i = 0; i < ROWS; i++) { /* surveil at the first level alone, amicable at both */
        m->code[i * 4 + 2] = i % 2 == 1 && i >= 3;
        m->weight[i] = i % 2 == 0 ? 100.0 : i == 1 ? 200.0 : i == 7 ? 350.0 : 300.0;
    }
    const char *worry =
        "amicable: only 17 % of its exposure is at levels where other treatments were in force as well; its curve "
        "tells of the claims that were chosen for it, not of what it would bring of others";
    says(m, NULL, worry, NULL);
    assert_true(fabs(m->fit.result.overlap[1] - 400.0 / 2300.0) < 1e-12 && m->fit.result.overlap[0] == 1.0);
    m->code[0 * 4 + 2] = 1; /* 200 of 2,100 there: more than a twentieth */
    says(m, NULL, NULL, NULL);
    assert_true(m->fit.result.overlap[1] == 1.0);
    m->weight[0] = 50.0; /* a twentieth */
    says(m, NULL, NULL, NULL);
    m->weight[0] = 49.9;
    says(m, NULL, worry, NULL);
    m->months[1] = 9.5; /* half of it where others are */
    says(m, NULL, NULL, NULL);
    assert_true(fabs(m->fit.result.overlap[1] - 0.5) < 1e-12);
    free_made(m);
}

static void figures_that_are_hardly_known(void **state) {
    (void)state;
    made *m = new_made();
    for (size_t i = 0; i < 4; i++) {
        term_is(m, i,
                (jk_fit_term){.kind = JK_FIT_CLASS,
                              .segment = i < 2 ? (int)i : -1,
                              .characteristic = "capacity_class",
                              .level = i == 0 ? "weak" : "none",
                              .state = JK_PPML_FREE,
                              .low = -0.5,
                              .high = 0.5});
    }
    m->term[3].state = JK_PPML_NO_CASH;
    m->term[3].high = 9.0;
    m->term[1].high = log(4.0) - 0.5 - 1e-9;
    says(m, NULL, NULL, NULL);
    m->term[1].high = log(4.0) - 0.5 + 1e-9;
    says(m, NULL,
         "1 of 3 figures are known to no better than a factor of 4 between the ends of their intervals: south "
         "capacity_class none",
         NULL);
    m->term[2].low = (double)NAN;
    says(m, NULL,
         "2 of 3 figures are known to no better than a factor of 4 between the ends of their intervals: south "
         "capacity_class none, capacity_class none",
         NULL);
    m->term[0].low = -2.0;
    says(m, NULL,
         "3 of 3 figures are known to no better than a factor of 4 between the ends of their intervals: north "
         "capacity_class weak, south capacity_class none, capacity_class none",
         NULL);
    m->term[3].state = JK_PPML_FREE;
    says(m, NULL,
         "4 of 4 figures are known to no better than a factor of 4 between the ends of their intervals: north "
         "capacity_class weak, south capacity_class none, capacity_class none, …",
         NULL);
    free_made(m);
}

static void enough_lines(void **state) {
    (void)state;
    made *m = new_made();
    for (int i = 0; i < JK_FIT_LINES_MAX + 2; i++) {
        assert_int_equal(jk_fit_worry(&m->fit, jk_fit_text(&m->fit, "worry %d", i), NULL), JK_OK);
    }
    assert_int_equal(m->fit.result.worry_count, JK_FIT_LINES_MAX);
    assert_string_equal(m->worries[JK_FIT_LINES_MAX - 1], "worry 39");
    assert_int_equal(jk_fit_worry(&m->fit, NULL, NULL), JK_ERROR_MEMORY);
    free_made(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_say),
        cmocka_unit_test(curves_of_their_own_data),
        cmocka_unit_test(points_that_are_told),
        cmocka_unit_test(titles_that_were_learnt),
        cmocka_unit_test(smooth_functions_and_factors),
        cmocka_unit_test(payers_in_a_sentence),
        cmocka_unit_test(what_is_expected),
        cmocka_unit_test(few_debtors),
        cmocka_unit_test(treatments_that_do_not_overlap),
        cmocka_unit_test(figures_that_are_hardly_known),
        cmocka_unit_test(enough_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
