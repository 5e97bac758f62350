/* SPDX-License-Identifier: Apache-2.0 */
/* What a title brings, on a history in which income is taken: the factor on garnishment solves its equation, that on
 * cases that wait is the likelihood's, errors are summed debtor by debtor, and the base model takes both. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/distribution.h"
#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"

enum { SEGMENTS = 2, CURVES = SEGMENTS * JK_TREATMENT_COUNT };

/* The base model, under which something may be taken, and the truth: more of it, and less from cases that wait. */
typedef struct taken {
    jk_model model;
    jk_segment segment[SEGMENTS];
    jk_jurisdiction country[1];
} taken;

static const jk_attachable_band band = {1.0, 0.4, 12.0};
static taken guess;

static void fill(taken *to, double garnish, double pending) {
    to->model = *base;
    memcpy(to->segment, base->segments, sizeof to->segment);
    to->country[0] = base->jurisdictions[0];
    to->country[0].attachable.allowed = 1;
    to->country[0].attachable.base = 600.0;
    to->country[0].attachable.max_share = 1.0;
    to->country[0].attachable.assumed_attachable = 60.0;
    to->country[0].attachable.band_count = 1;
    to->country[0].attachable.bands = &band;
    for (size_t g = 0; g < SEGMENTS; g++) {
        to->segment[g].pre_title_factor = pending * (1.0 + (double)g);
        to->segment[g].months_to_title = 10.0;
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            to->segment[g].garnish_share[k] = garnish * (0.2 + 0.3 * k);
        }
    }
    to->model.segments = to->segment;
    to->model.jurisdictions = to->country;
}

static int make_history(void **state) {
    (void)state;
    static taken truth;
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_base();
    fill(&truth, 1.0, 0.4);
    fill(&guess, 0.5, 0.6);
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = 5000;
    options.months = 12;
    jk_error error = {0};
    must(jk_generate_panel(&options, &truth.model, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    return 0;
}

typedef struct learning {
    jk_fit fit;
    jk_panel *panel;
    double share[CURVES];
    uint8_t *first;
    const char *message[20];
} learning;

static learning *new_learning(void) {
    learning *l = calloc(1, sizeof *l);
    assert_non_null(l);
    jk_error error = {0};
    must(jk_panel_open(panel_path, &guess.model, &l->panel, &error), &error);
    l->first = calloc(jk_tape_rows(jk_panel_tape(l->panel)), 1);
    l->fit = (jk_fit){.base = &guess.model,
                      .options = jk_fit_defaults(),
                      .panel = l->panel,
                      .arena = jk_arena_create(),
                      .messages = l->message};
    l->fit.options.run.threads = 2;
    assert_true(l->first != NULL && l->fit.arena != NULL);
    for (size_t c = 0; c < CURVES; c++) {
        l->share[c] = 1.0;
    }
    return l;
}

static void learn(learning *l) {
    jk_error error = {0};
    must(jk_fit_learn_titles(&l->fit, l->share, l->first, &error), &error);
}

static void free_learning(learning *l) {
    jk_arena_free(l->fit.arena);
    jk_panel_close(l->panel);
    free(l->first);
    free(l);
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct sample {
    jk_fit fit; /* rows and design of its own */
    jk_fit_pooled pooled;
    jk_ppml_term term[4];
    int32_t pending, table[2 * CURVES];
    double *at_one, *mean; /* known at a factor of 1 */
    jk_ppml estimates;
    size_t waited, titled, garnished; /* debtors who paid */
} sample;

static bool is_titled(const sample *s, size_t i) {
    const jk_fit_rows *rows = &s->fit.rows;
    return rows->curve[i] % 3 == JK_TREAT_LEGAL && rows->weight[i] > 0.0 && rows->level[i * rows->terms + 1] == 0;
}

static sample *new_sample(const learning *l) {
    sample *s = calloc(1, sizeof *s);
    assert_non_null(s);
    jk_error error = {0};
    jk_fit *fit = &s->fit;
    *fit = (jk_fit){.base = &guess.model, .options = l->fit.options, .panel = l->panel, .arena = jk_arena_create()};
    must(jk_fit_rows_read(l->panel, fit->base, &fit->options, l->share, NULL, l->first, &fit->rows, &error), &error);
    jk_fit_rows *rows = &fit->rows;
    const size_t count = rows->columns.rows;
    const double power = jk_fit_balance_power(&rows->columns);
    double logs = 0.0;
    for (size_t i = 0; i < count; i++) { /* every balance is above 0 */
        logs += log(rows->weight[i]) / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        const double scale = exp(power * (logs - log(rows->weight[i])));
        rows->cash[i] *= scale;
        rows->known[i] *= scale;
        rows->weight[i] *=
            scale * (rows->level[i * rows->terms + 1] != 0 ? guess.segment[rows->curve[i] / 3].pre_title_factor : 1.0);
    }
    for (size_t c = 0; c < rows->columns.clusters; c++) {
        bool paid[3] = {false};
        for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
            const bool cash = rows->cash[i] > 0.0;
            paid[0] |= cash && rows->level[i * rows->terms + 1] != 0;
            paid[1] |= cash && is_titled(s, i) && !rows->garnished[i];
            paid[2] |= cash && rows->garnished[i];
        }
        s->waited += paid[0];
        s->titled += paid[1];
        s->garnished += paid[2];
    }
    must(jk_fit_survey_rows(fit, &error), &error);
    must(jk_fit_card_init(fit, &error), &error);
    must(jk_fit_design_build(fit, &error), &error);
    must(jk_fit_pooled_build(fit, fit->arena, &s->pooled, &error), &error);
    s->pending = (int32_t)s->pooled.design.parameters++;
    memcpy(s->term, s->pooled.design.term, sizeof s->term);
    for (size_t c = 0; c < CURVES; c++) {
        s->table[2 * c] = JK_PPML_NONE;
        s->table[2 * c + 1] = s->pending;
    }
    s->term[JK_FIT_TERM_PENDING].parameter = s->table;
    s->pooled.design.term = s->term;
    s->at_one = calloc(2 * count, sizeof *s->at_one);
    assert_non_null(s->at_one);
    s->mean = s->at_one + count;
    memcpy(s->at_one, rows->known, count * sizeof *s->at_one);
    return s;
}

static void free_sample(sample *s) {
    jk_ppml_reset(&s->estimates);
    jk_fit_design_reset(&s->fit.design);
    jk_fit_rows_reset(&s->fit.rows);
    jk_arena_free(s->fit.arena);
    free(s->at_one);
    free(s);
}

static void fit_at(sample *s, double g) {
    jk_fit_rows *rows = &s->fit.rows;
    jk_error error = {0};
    for (size_t i = 0; i < rows->columns.rows; i++) {
        rows->known[i] = s->at_one[i] * (rows->garnished[i] ? g : 1.0);
    }
    const jk_ppml_options options = {.start = s->pooled.start, .held = s->pooled.held};
    jk_ppml_reset(&s->estimates);
    must(jk_ppml_fit(&rows->columns, &s->pooled.design, &options, NULL, &s->estimates, &error), &error);
    must(jk_ppml_predict(&rows->columns, &s->pooled.design, s->estimates.estimate, NULL, s->mean, &error), &error);
}

/* The slope of the likelihood by the factor, less what the own level takes of it, and the error of the factor. */
static double slope_at(sample *s, double g, double *error) {
    const jk_fit_rows *rows = &s->fit.rows;
    double both = 0.0, own = 0.0, sum = 0.0, information = 0.0, squares = 0.0, debtors = 0.0;
    fit_at(s, g);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t c = 0; c < rows->columns.clusters; c++) {
            double score = 0.0;
            bool may = false;
            for (size_t i = rows->cluster_begin[c]; i < rows->cluster_begin[c + 1]; i++) {
                const double z = rows->garnished[i] ? s->at_one[i] : 0.0, f = s->mean[i] - g * z;
                if (!is_titled(s, i) || s->estimates.left[i] != 0) {
                    continue;
                }
                if (pass == 0) {
                    both += z * f / s->mean[i];
                    own += f * f / s->mean[i];
                } else {
                    const double w = z - both / own * f;
                    score += (rows->cash[i] / s->mean[i] - 1.0) * w;
                    information += w * w / s->mean[i];
                    may = may || z > 0.0;
                }
            }
            sum += score;
            squares += score * score;
            debtors += may;
        }
    }
    *error = sqrt(squares * debtors / (debtors - 1.0)) / information;
    return sum / information;
}

static double solve(sample *s, double *error) {
    double low = 0.05, high = 20.0;
    for (int step = 0; step < 30; step++) {
        const double middle = sqrt(low * high);
        *(slope_at(s, middle, error) > 0.0 ? &low : &high) = middle;
    }
    return sqrt(low * high);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void near(double got, double wanted, double within, const char *what) {
    if (!(fabs(got - wanted) <= within * fabs(wanted))) {
        fail_msg("%s: %.12g, expected %.12g", what, got, wanted);
    }
}

/* Ends of the interval and what is taken follow from estimate and error. */
static void check_factor(const jk_fit_factor *factor, size_t payers, bool shrink) {
    const double wide = jk_student_95((double)payers - 1.0) * factor->std_error;
    assert_true(factor->learned && factor->payers == payers);
    near(factor->low, factor->estimate * exp(-wide), 1e-9, "low");
    near(factor->high, factor->estimate * exp(wide), 1e-9, "high");
    const double weight = shrink ? 1.0 / (1.0 + factor->std_error * factor->std_error) : 1.0;
    near(factor->value, pow(factor->estimate, weight), 1e-8, "taken");
}

static void factors_solve_their_equations(void **state) {
    (void)state;
    for (int shrink = 1; shrink >= 0; shrink--) {
        learning *l = new_learning();
        l->fit.options.shrink = shrink;
        learn(l);
        sample *s = new_sample(l);
        const jk_fit_titles *titles = &l->fit.titles;
        double error = 0.0;
        assert_true(s->waited >= 20 && s->garnished >= 20 && s->titled > 0);
        const double g = solve(s, &error);
        near(titles->garnish.estimate, g, 2e-3, "garnishment");
        near(titles->garnish.std_error, error / g, 2e-2, "error of garnishment");
        check_factor(&titles->garnish, s->garnished, shrink);
        fit_at(s, titles->garnish.estimate);
        near(titles->pre_title.estimate, exp(s->estimates.estimate[s->pending]), 1e-6, "pending");
        near(titles->pre_title.std_error, s->estimates.std_error[s->pending], 1e-6, "error of pending");
        check_factor(&titles->pre_title, s->waited, shrink);
        assert_true(l->fit.base != &guess.model && l->fit.result.message_count == 0);
        for (size_t i = 0; i < SEGMENTS; i++) {
            const jk_segment *now = &l->fit.base->segments[i], *before = &guess.segment[i];
            near(now->pre_title_factor, before->pre_title_factor * titles->pre_title.value, 1e-8, "factor");
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                near(now->garnish_share[k], fmin(1.0, before->garnish_share[k] * titles->garnish.value), 1e-8, "share");
            }
            assert_true(now->months_to_title == before->months_to_title &&
                        now->curve[1].value == before->curve[1].value);
        }
        assert_true(l->fit.base->jurisdictions == guess.country);
        free_sample(s);
        free_learning(l);
    }
}

/* Nothing is taken beyond what there is. */
static void shares_stay_shares(void **state) {
    (void)state;
    taken kept = guess;
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        guess.segment[1].garnish_share[k] = 0.999;
    }
    learning *l = new_learning();
    learn(l);
    const double value = l->fit.titles.garnish.value;
    assert_true(l->fit.titles.garnish.learned);
    near(l->fit.base->segments[1].garnish_share[2], fmin(1.0, 0.999 * value), 1e-8, "share");
    free_learning(l);
    guess = kept;
    guess.model.segments = guess.segment;
    guess.model.jurisdictions = guess.country;
}

static void figures_that_are_held(void **state) {
    (void)state;
    learning *l = new_learning();
    l->fit.options.hold_titles = 1;
    learn(l);
    assert_string_equal(l->fit.titles.pre_title.why, "held");
    assert_string_equal(l->fit.titles.garnish.why, "held");
    assert_true(!l->fit.titles.pre_title.learned && !l->fit.titles.garnish.learned && l->fit.base == &guess.model);
    free_learning(l);
}

/* Of parts of the history: fewer than twenty debtors who paid say nothing, and the base model stays. */
static void few_debtors_say_nothing(void **state) {
    (void)state;
    size_t seen[3] = {0}; /* none, one, both learnt */
    for (int high = 1; high <= 100; high += high < 12 ? 1 : 11) {
        learning *l = new_learning();
        l->fit.options.filter.high = high;
        learn(l);
        sample *s = new_sample(l);
        const jk_fit_factor *pending = &l->fit.titles.pre_title, *garnish = &l->fit.titles.garnish;
        char wanted[128];
        assert_true(pending->payers == s->waited && garnish->payers == s->garnished);
        if (s->garnished < 20) {
            (void)snprintf(wanted, sizeof wanted, "%zu debtors paid where a title may take income (at least 20)",
                           s->garnished);
            assert_true(!garnish->learned && strcmp(garnish->why, wanted) == 0);
        }
        if (s->waited < 20) {
            (void)snprintf(wanted, sizeof wanted, "%zu debtors paid under legal before a title (at least 20)",
                           s->waited);
            assert_true(!pending->learned && strcmp(pending->why, wanted) == 0);
        } else if (s->titled + s->garnished < 20) {
            (void)snprintf(wanted, sizeof wanted, "%zu debtors paid under a title, to compare with (at least 20)",
                           s->titled + s->garnished);
            assert_true(!pending->learned && strcmp(pending->why, wanted) == 0);
        } else {
            assert_true(pending->learned);
        }
        assert_true((l->fit.base == &guess.model) == (!pending->learned && !garnish->learned));
        seen[pending->learned + garnish->learned]++;
        free_sample(s);
        free_learning(l);
    }
    assert_true(seen[0] > 0 && seen[2] > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_solve_their_equations),
        cmocka_unit_test(shares_stay_shares),
        cmocka_unit_test(figures_that_are_held),
        cmocka_unit_test(few_debtors_say_nothing),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
