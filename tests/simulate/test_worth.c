/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan of a fitted model is worth, against the definition in worth.c written out: models put together here from
 * the numbers that are drawn, each valued by itself; and its spread against the same paths in closed form. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jalki/score.h"
#include "jalki/worth.h"
#include "simulate/draws/beside.h"
#include "simulate/draws/draws.h"
#include "simulate/plain_case.h"
#include "support/refusal.h"

enum {
    DRAWS = 8,
    SEED = 1,
    PART = 1024,
    MANY = 1030,
    MOST = MANY + 40,
    PATHS = 2048
}; /* PART: numbers of one stream */

static jk_tape *tape;

/* Two segments whose debtors pay in spells; points of levels, other levels, bins and missing values. */
#define BINS "{below: 2000, points: -0.2}, "
static const char fitted[] =
    "jalki_model: 1\nname: fitted\nbase_currency: EUR\nfx: {EUR: 1, SEK: 0.1}\nhorizon_months: 60\nepochs: [6, 18, "
    "36]\nirr: 0.3\nrisk: {parameters: {curve: 0.2, class_multiplier: 0, garnish_share: 0}}\njurisdictions:\n  EU:\n"
    "    limitation:\n      periods: [{months: null}]\n      letter_interrupts: false\n"
    "      title_final_months: {consumer: null, business: null}\n"
    "      final_months: {consumer: null, business: null}\n    interest: {consumer: 0, business: 0}\n"
    "    mortality: {G: 0, b: 0, assumed_age: 40}\n    attachable: null\n"
    "scorecard:\n  intercept: 0.1\n  weak_from: 480\n  able_from: 520\n  characteristics:\n"
    "    - {name: product, missing: 0, other: -0.2, levels: {consumer_loan: 0.3}}\n"
    "    - {name: income_monthly, missing: -0.1, bins: [" BINS "{points: 0.2}]}\nsegments:\n"
    "  - id: fi\n    when: {country: [FI]}\n    exit_monthly: 0.001\n"
    "    curves: {surveil: [[0, 0.002], [24, 0.001]], amicable: [[0, 0.02], [12, 0.01], [60, 0.004]], legal: [[0, "
    "0.015]]}\n    class_multiplier: &classes {surveil: [0.1, 0.5, 1], amicable: [0.1, 0.5, 1], legal: [0.1, 0.5, "
    "1]}\n    class_monthly: &moves\n      surveil: &move [[0.97, 0.02, 0.01], [0.02, 0.96, 0.02], [0.01, 0.02, "
    "0.97]]\n      amicable: *move\n      legal: *move\n"
    "    recovery_share: &shares {surveil: 1, amicable: 0.9, legal: 1}\n    cost: &costs\n"
    "      surveil: {monthly: 0.05, contingent: 0.15}\n      amicable: {monthly: 2, contingent: 0.18}\n"
    "      legal: {monthly: 0.4, contingent: 0.12, filing: 86, enforcement_monthly: 0.9, fee_shift: 1}\n"
    "    legal: &legal {months_to_title: 4, pre_title_factor: 0.5, garnish_share: [0, 0, 0]}\n"
    "    payers: &payers {settled_share: {surveil: 0.4, amicable: 0.3, legal: 1}, monthly_share: [0.02, 0.03, "
    "0.05], breakage: {surveil: 0.05, amicable: 0.08, legal: 0.04}, monthly: {surveil: 0.1, amicable: 0.4, legal: "
    "0.3}, since_last_payment: 4}\n"
    "    market: &market {price: [[0, 0]], title_factor: [1, 1, 1], bar_months: 36, transaction_cost: 0}\n"
    "  - id: rest\n    exit_monthly: 0.002\n"
    "    curves: {surveil: [[0, 0.003]], amicable: [[0, 0.02], [18, 0.008]], legal: [[0, 0.015], [24, 0.006]]}\n"
    "    class_multiplier: *classes\n    class_monthly: *moves\n    recovery_share: *shares\n    cost: *costs\n"
    "    legal: *legal\n    payers: *payers\n    market: *market\n";

#define NAMED(segment, treatment, name, level)                                                                         \
    "{\"segment\":" segment ",\"treatment\":" treatment ",\"characteristic\":\"" name "\",\"level\":\"" level          \
    "\",\"credibility\":1,\"expected\":10}"
#define PAYERS(figure, of, link)                                                                                       \
    "{\"figure\":\"" figure "\",\"segment\":\"rest\"," of ",\"link\":\"" link "\",\"credibility\":1}"

enum { FIGURES = 8, SPELLS = 4 };
static const char *const figures[FIGURES] = {
    NAMED("\"fi\"", "\"amicable\"", "curve", "12 to below 60"),
    NAMED("\"fi\"", "\"legal\"", "curve", "0 and more"),
    NAMED("\"rest\"", "\"amicable\"", "curve", "18 and more"),
    NAMED("\"rest\"", "\"legal\"", "capacity_class", "weak"),
    NAMED("null", "null", "product", "consumer_loan"),
    NAMED("null", "null", "product", "other"),
    NAMED("null", "null", "income_monthly", "missing"),
    NAMED("null", "null", "income_monthly", "below 2000"), /* not where there are many bins */
};
static const char *const spells[SPELLS] = {
    PAYERS("settled_share", "\"treatment\":\"amicable\"", "logit"),
    PAYERS("settled_share", "\"treatment\":\"legal\"", "logit"),
    PAYERS("breakage", "\"treatment\":\"amicable\"", "log"),
    PAYERS("monthly_share", "\"capacity_class\":\"able\"", "log"),
};

enum { BIN = 5 }; /* width of one of many bins of incomes */

/* The model with its bins of incomes, or with many. */
static jk_model *load_fitted(int many) {
    char *text = NULL;
    size_t size = 0;
    jk_error error = {0};
    jk_model *made = NULL;
    const char *bins = strstr(fitted, BINS);
    FILE *to = open_memstream(&text, &size);
    (void)fprintf(to, "%.*s%s", (int)(bins - fitted), fitted, many > 0 ? "" : BINS);
    for (int i = 0; i < many; i++) {
        (void)fprintf(to, "{below: %d, points: %g}, ", BIN * (i + 1), -0.2 + 0.4 * i / many);
    }
    (void)fputs(bins + strlen(BINS), to);
    (void)fclose(to);
    must(load_text(text, size, &made, &error), &error);
    free(text);
    return made;
}

/* What is named, that of many bins first, and a matrix of it with these variances, 0.1 more each, and one covariance.
 */
static void write_posterior(FILE *to, const char *const *named, int count, int many, double variance, double shared) {
    (void)fputs("\"parameters\":[", to);
    for (int i = 0; i < many; i++) {
        char level[64];
        (void)snprintf(level, sizeof level, i > 0 ? "%d to below %d" : "below %d", i > 0 ? BIN * i : BIN,
                       BIN * (i + 1));
        (void)fprintf(to, NAMED("null", "null", "income_monthly", "%s") ",", level);
    }
    for (int i = 0; i < count; i++) {
        (void)fprintf(to, "%s%s", i > 0 ? "," : "", named[i]);
    }
    for (int i = 0; i < many + count; i++) {
        for (int k = 0; k < many + count; k++) {
            const char *before = k > 0 ? "," : i > 0 ? "],[" : "],\"covariance\":[[";
            const bool both = i >= many && k >= many;
            (void)fprintf(to, "%s%g", before,
                          i != k ? (both ? shared : 0.0)
                          : both ? variance + 0.1 * (i - many)
                                 : 0.04);
        }
    }
    (void)fputs("]]", to);
}

static void write_fit(bool beside, int many) {
    FILE *to = fopen(file_name("claims.csv"), "w");
    assert_non_null(to);
    (void)fputs("{\"jalki_covariance\":1,", to);
    write_posterior(to, figures, many > 0 ? FIGURES - 1 : FIGURES, many, 0.4, -0.03);
    (void)fputs(",\"spells\":{", to);
    write_posterior(to, spells, SPELLS, 0, 0.3, 0.1);
    (void)fputs("}", to);
    if (beside) {
        (void)fputs(",\"beside_cash\":{\"half_life\":0,\"pre_title_factor\":0.6,\"exits\":0.3,\"segments\":[{"
                    "\"segment\":\"rest\",\"exit_monthly\":0.4,\"exit_leans\":0.5,\"months_to_title\":0.5}],"
                    "\"class_moves\":[]}",
                    to);
    }
    (void)fputs("}", to);
    assert_int_equal(fclose(to), 0);
}

/* ---- a model as it may be ------------------------------------------------------------------------------------- */

typedef struct drawn_model {
    jk_model model;
    jk_segment segment[2];
    double curve[2][JK_TREATMENT_COUNT][4];
    jk_characteristic item[2];
    double points[2][MANY + 4];
} drawn_model;

/* The lower triangle L with L L' = the matrix, row by row. */
static void factorise(const jk_covariance *c, double factor[MOST][MOST]) {
    for (size_t i = 0; i < c->count; i++) {
        for (size_t k = 0; k <= i; k++) {
            double rest = c->matrix[i * c->count + k];
            for (size_t m = 0; m < k; m++) {
                rest -= factor[i][m] * factor[k][m];
            }
            factor[i][k] = i == k ? sqrt(rest) : rest / factor[k][k];
        }
    }
}

typedef struct numbers {
    const jk_covariance *c;
    double drawn[MOST];
} numbers;

/* What a figure is multiplied by: mean 1, and 1 where it is known. */
static double times(const numbers *of, int32_t parameter) {
    return parameter < 0
               ? 1.0
               : exp(of->drawn[parameter] - of->c->matrix[(size_t)parameter * of->c->count + (size_t)parameter] / 2.0);
}

static void put_payers(const numbers *of, size_t g, jk_payers *payers) {
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        const int32_t share = jk_covariance_spell(of->c, g, JK_SPELL_SETTLED + t);
        if (share >= 0 && payers->settled_share[t] < 1.0) {
            const double variance = of->c->matrix[(size_t)share * of->c->count + (size_t)share];
            const double odds = log(payers->settled_share[t] / (1.0 - payers->settled_share[t]));
            const double place = odds * sqrt(1.0 + 3.14159265358979323846 / 8.0 * variance) + of->drawn[share];
            payers->settled_share[t] = 1.0 / (1.0 + exp(-place));
        }
        payers->breakage[t] *= times(of, jk_covariance_spell(of->c, g, JK_SPELL_BREAKAGE + t));
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        payers->monthly_share[k] *= times(of, jk_covariance_spell(of->c, g, JK_SPELL_SHARE + k));
    }
}

static void put_points(const numbers *of, const jk_scorecard *from, drawn_model *to) {
    for (size_t i = 0; i < from->count; i++) {
        jk_characteristic *item = &to->item[i];
        *item = from->characteristics[i];
        for (size_t l = 0; l < jk_score_level_count(item); l++) {
            const int32_t parameter = jk_covariance_point(of->c, i, l);
            const double more = parameter >= 0 ? of->drawn[parameter] : 0.0;
            if (l < item->count) {
                to->points[i][l] = item->points[l] + more;
            } else if (!item->is_numeric && l == item->count) {
                item->other_points += more;
            } else {
                item->missing_points += more;
            }
        }
        item->points = to->points[i];
    }
    to->model.scorecard.characteristics = to->item;
}

static void draw_model(const jk_model *from, const jk_covariance *c, double factor[MOST][MOST], uint64_t number,
                       drawn_model *to) {
    numbers of = {.c = c};
    double normal[MOST];
    jk_draw_normals(SEED, jk_stream(JK_STREAM_COVARIANCE, 0), number, normal, c->count < PART ? c->count : PART);
    if (c->count > PART) {
        jk_draw_normals(SEED, jk_stream(JK_STREAM_COVARIANCE, 1), number, normal + PART, c->count - PART);
    }
    for (size_t i = 0; i < c->count; i++) {
        for (size_t k = 0; k <= i; k++) {
            of.drawn[i] += factor[i][k] * normal[k];
        }
    }
    to->model = *from;
    to->model.segments = to->segment;
    for (size_t g = 0; g < 2; g++) {
        to->segment[g] = from->segments[g];
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            jk_steps *curve = &to->segment[g].curve[t];
            for (size_t s = 0; s < curve->count; s++) {
                to->curve[g][t][s] = curve->value[s] * times(&of, jk_covariance_step(c, g, t, s));
            }
            curve->value = to->curve[g][t];
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                to->segment[g].class_multiplier[t][k] *= times(&of, jk_covariance_class(c, g, t, k));
            }
        }
        put_payers(&of, g, &to->segment[g].payers);
    }
    put_points(&of, &from->scorecard, to);
}

/* ---- values --------------------------------------------------------------------------------------------------- */

static jk_value_options valued(void) {
    jk_value_options options = jk_value_defaults();
    options.irr = 0.12;
    options.run.threads = 2;
    return options;
}

/* The best plan of one model, worth there and under the other, whose claims have points of their own. */
static void value_two(const jk_model *one, const jk_model *other, double *there, double *under_other) {
    jk_error error = {0};
    const jk_value_options options = valued();
    const jk_value_case cases[] = {{.irr = options.irr, .keeps = -1},
                                   {.model = other, .rescored = true, .irr = options.irr, .keeps = 0}};
    jk_valuation found[2];
    must(jk_value_cases(tape, one, &options, cases, 2, NULL, 0, found, &error), &error);
    *there = found[0].total.value;
    *under_other = found[1].total.value;
    jk_valuation_reset(&found[0]);
    jk_valuation_reset(&found[1]);
}

static void expect_near(const char *what, double got, double expected, double slack) {
    if (!(fabs(got - expected) <= slack)) {
        fail_msg("%s: %.17g, expected %.17g within %.3g", what, got, expected, slack);
    }
}

static void expect_mean(const char *what, const double of[DRAWS], double mean, double its_error) {
    double expected = 0.0, squares = 0.0;
    for (int n = 0; n < DRAWS; n++) {
        expected += of[n] / DRAWS;
    }
    for (int n = 0; n < DRAWS; n++) {
        squares += pow(of[n] - expected, 2);
    }
    expect_near(what, mean, expected, 1e-8);
    expect_near(what, its_error, sqrt(squares / (DRAWS - 1) / DRAWS), 1e-8);
}

static void check_curse(bool beside, int many, size_t named) {
    static drawn_model drawn;
    static double factor[MOST][MOST];
    jk_error error = {0};
    jk_covariance c;
    jk_worth worth;
    const jk_value_options options = valued();
    jk_model *fit = load_fitted(many);
    write_fit(beside, many);
    must(jk_worth_measure(tape, fit, &options, file_name("claims.csv"), false, &worth, &error), &error);
    must(jk_covariance_load(file_name("claims.csv"), fit, &c, &error), &error);
    assert_true(c.count <= MOST && c.rest > 0); /* other steps of the curves are less certain, and not the fit's */
    factorise(&c, factor);
    double value = 0.0, kept = 0.0, best = 0.0, home = 0.0, lost[DRAWS], both[DRAWS];
    for (uint64_t n = 0; n < DRAWS; n++) {
        draw_model(fit, &c, factor, n, &drawn);
        if (beside) {
            must(jk_beside_draw(&c.beside, SEED, n, 1.0, drawn.segment, &drawn.model.scorecard, &error), &error);
        }
        value_two(fit, &drawn.model, &value, &kept);
        value_two(&drawn.model, fit, &best, &home);
        assert_true(best >= kept - 1e-6 * value && home <= value + 1e-6 * value);
        lost[n] = (best - kept) / value;
        both[n] = lost[n] + (value - home) / value;
    }
    assert_int_equal(worth.draws, DRAWS);
    assert_int_equal(worth.parameters, named);
    expect_near("value", worth.value, value, 0.0);
    expect_mean("curse", lost, worth.curse, worth.curse_error);
    expect_mean("overstated", both, worth.overstated, worth.overstated_error);
    assert_true(worth.curse > 1e-3 && worth.overstated > worth.curse);
    assert_true(isnan(worth.spread) && isnan(worth.error)); /* not asked for */
    jk_covariance_reset(&c);
    jk_model_free(fit);
}

static void plans_lose_what_the_models_drawn_say(void **state) {
    (void)state;
    check_curse(false, 0, FIGURES + SPELLS);
    check_curse(true, 0, FIGURES + SPELLS + 3); /* cases before a title, exits, and how long a title takes */
    check_curse(false, MANY, MANY + FIGURES - 1 + SPELLS);
}

/* ---- the spread ----------------------------------------------------------------------------------------------- */

static void the_spread_is_that_of_the_fit_alone(void **state) {
    (void)state;
    static const double deviation = 0.5;
    jk_error error = {0};
    jk_model *plain = load_changed("irr: 0.0\n", "irr: 0.0\nrisk: {volatility: 0.8, persistence: 0.5, correlation: "
                                                 "0.5, parameters: {curve: 0, class_multiplier: 0, garnish_share: "
                                                 "0}}\n");
    write_covariance(HEAD CURVE "\"credibility\":1}],\"covariance\":[[0.25]]}");
    double sum = 0.0, squares = 0.0, normal = 0.0;
    for (uint64_t path = 0; path < PATHS; path++) {
        jk_draw_normals(SEED, jk_stream(JK_STREAM_COVARIANCE, 0), path, &normal, 1);
        const double share = 1.0 - exp(-24.0 * INTENSITY * exp(deviation * normal - deviation * deviation / 2.0));
        sum += share;
        squares += share * share;
    }
    const double variance = (squares - sum * sum / PATHS) / (PATHS - 1), share = 1.0 - exp(-24.0 * INTENSITY);
    jk_value_options options = jk_value_defaults();
    options.run.threads = 2;
    jk_worth worth;
    must(jk_worth_measure(tape, plain, &options, file_name("claims.csv"), true, &worth, &error), &error);
    expect_near("value", worth.value, balances_of(tape, plain).sum * share, 1e-5 * worth.value);
    expect_near("spread", worth.spread, sqrt(variance) / share, 2e-6);
    expect_near("error", worth.error, sqrt(log(1.0 + worth.spread * worth.spread)), 1e-12);
    expect_near("curse", worth.curse, 0.0, 1e-9); /* there is one plan */
    assert_int_equal(worth.parameters, 1);
    /* Nothing is worth anything, and nothing strays. */
    options.allow = JK_ALLOW(JK_CLOSE);
    must(jk_worth_measure(tape, plain, &options, file_name("claims.csv"), true, &worth, &error), &error);
    assert_true(worth.value == 0.0 && worth.curse == 0.0 && worth.overstated == 0.0 && worth.curse_error == 0.0);
    assert_true(worth.spread == 0.0 && worth.error == 0.0);
    jk_model_free(plain);
}

static void what_fails_leaves_nothing(void **state) {
    (void)state;
    jk_error error = {0};
    jk_model *plain = load_plain();
    jk_value_options options = jk_value_defaults();
    jk_worth worth;
    memset(&worth, 0x5a, sizeof worth);
    assert_int_not_equal(jk_worth_measure(tape, plain, &options, "none", true, &worth, &error), JK_OK);
    assert_true(worth.draws == 0 && worth.parameters == 0 && worth.value == 0.0 && worth.spread == 0.0);
    write_covariance(HEAD CURVE "\"credibility\":1}],\"covariance\":[[0.25]]}");
    options.memory = 1;
    memset(&worth, 0x5a, sizeof worth);
    assert_int_equal(jk_worth_measure(tape, plain, &options, file_name("claims.csv"), true, &worth, &error),
                     JK_ERROR_MEMORY);
    assert_true(worth.draws == 0 && worth.parameters == 0 && worth.value == 0.0 && worth.spread == 0.0);
    jk_model_free(plain);
}

static jk_status measure_once(void *context, jk_error *error) {
    const jk_model *plain = context;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    jk_worth worth;
    const jk_status status = jk_worth_measure(tape, plain, &options, file_name("claims.csv"), true, &worth, error);
    assert_true(status == JK_OK || (worth.draws == 0 && worth.value == 0.0));
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    jk_model *plain = load_plain();
    write_covariance(HEAD CURVE "\"credibility\":1}],\"covariance\":[[0.25]]}");
    long without = 0;
    const long refused = refuse_each_allocation(measure_once, plain, &without);
    print_message("%ld allocations, %ld of them not needed\n", refused, without);
    assert_true(refused > 100 && without < refused / 20); /* sorts get on without */
    jk_model_free(plain);
}

static int open_tape(void **state) {
    return open_plain(state, 600, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_lose_what_the_models_drawn_say), cmocka_unit_test(the_spread_is_that_of_the_fit_alone),
        cmocka_unit_test(what_fails_leaves_nothing), cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
