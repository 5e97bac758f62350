/* SPDX-License-Identifier: Apache-2.0 */
/* A whole fit on a history that was made under a known model, with and without everything that can be asked for: what
 * it counts is counted once more row by row, its estimates solve their equations (each curve's step expects the cash
 * that it brought), threads change no byte, and the model and files that it
 * writes hold its figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cmocka_all.h"
#include "fit/panel_case.h"
#include "jalki/fit.h"
#include "jalki/panel.h"

enum { LEVELS = 5 };

static int make_history(void **state) {
    (void)state;
    return make_panel(2500, 0.6, 0.1);
}

/* ---- the history, counted row by row ----------------------------------------------------------------------------- */

typedef struct counted {
    size_t rows, debtors, payers;
    double exposure, cash;
    double by_treatment[JK_TREATMENT_COUNT]; /* exposure */
    double level_cash[LEVELS];               /* by employment */
    double level_payers[LEVELS];
    uint8_t *seen, *paid, *level_paid[LEVELS]; /* debtors */
} counted;

static jk_status count_rows(void *context, const jk_panel_block *block, jk_error *error) {
    (void)error;
    counted *c = context;
    const int8_t *employment = JK_BLOCK_ENUM(block->block, EMPLOYMENT);
    for (size_t i = 0; i < block->rows; i++) {
        const int32_t debtor = block->debtor[i];
        const int level = employment[i] < 0 ? JK_EMPLOYMENT_UNKNOWN : employment[i];
        c->rows++;
        c->exposure += block->balance_start[i] * block->months[i];
        c->by_treatment[block->treatment[i]] += block->balance_start[i] * block->months[i];
        c->cash += block->cash[i];
        c->level_cash[level] += block->cash[i];
        c->debtors += !c->seen[debtor];
        c->payers += block->cash[i] > 0.0 && !c->paid[debtor];
        c->level_payers[level] += block->cash[i] > 0.0 && !c->level_paid[level][debtor];
        c->seen[debtor] = 1;
        c->paid[debtor] |= block->cash[i] > 0.0;
        c->level_paid[level][debtor] |= block->cash[i] > 0.0;
    }
    return JK_OK;
}

static counted count_panel(void) {
    jk_panel *panel = NULL;
    jk_error error = {0};
    counted c = {0};
    must(jk_panel_open(panel_path, base, &panel, &error), &error);
    const size_t debtors = jk_tape_debtors(jk_panel_tape(panel));
    uint8_t *memory = calloc(debtors, LEVELS + 2);
    assert_non_null(memory);
    c.seen = memory;
    c.paid = memory + debtors;
    for (size_t l = 0; l < LEVELS; l++) {
        c.level_paid[l] = memory + (l + 2) * debtors;
    }
    must(jk_panel_stream(panel, &(jk_run){.threads = 1}, count_rows, &c, &error), &error);
    jk_panel_close(panel);
    free(memory);
    return c;
}

static bool is_near(double got, double wanted, double part) {
    return fabs(got - wanted) <= part * fabs(wanted);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void what_a_fit_counts_is_in_the_rows(void **state) {
    (void)state;
    const counted c = count_panel();
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    jk_fit *fit = fitted_to(panel_path, &options);
    const jk_fit_result *result = jk_fit_result_of(fit);
    assert_true(result->rows == c.rows && result->rows_used <= c.rows);
    assert_true(result->debtors == c.debtors && result->payers == c.payers);
    assert_true(is_near(result->exposure, c.exposure, 1e-12) && is_near(result->cash, c.cash, 1e-12));
    assert_true(result->converged);
    double exposure[JK_TREATMENT_COUNT] = {0};
    size_t levels = 0, curves = 0;
    for (size_t t = 0; t < result->term_count; t++) {
        const jk_fit_term *term = &result->terms[t];
        if (term->kind == JK_FIT_CURVE) {
            exposure[term->treatment] += term->exposure;
            curves++;
        }
        const int level = term->kind == JK_FIT_POINTS && strcmp(term->characteristic, "employment") == 0
                              ? jk_schema_level(JK_COLUMN_EMPLOYMENT, term->level, strlen(term->level))
                              : -1;
        if (level >= 0) {
            assert_true(is_near(term->cash, c.level_cash[level], 1e-12));
            assert_true(term->payers == c.level_payers[level]);
            levels++;
        }
    }
    assert_true(levels >= 3 && curves == 12); /* steps of base.yaml: 7 of fi, 5 of the rest */
    assert_true(is_near(exposure[JK_TREAT_SURVEIL], c.by_treatment[JK_TREAT_SURVEIL], 1e-12));
    assert_true(is_near(exposure[JK_TREAT_AMICABLE], c.by_treatment[JK_TREAT_AMICABLE], 1e-12));
    jk_fit_free(fit);
}

/* The equations of a log-linear model: what has a parameter of its own expects what it brought; an interval lies
 * around its estimate, and a covariance is one. */
static void check_equations(const jk_fit_result *result) {
    size_t estimated = 0;
    const size_t n = result->parameter_count;
    for (size_t t = 0; t < result->term_count; t++) {
        const jk_fit_term *term = &result->terms[t];
        if (term->parameter < 0) {
            continue;
        }
        assert_true((size_t)term->parameter < n);
        if (term->kind == JK_FIT_CURVE && term->state == JK_PPML_FREE) {
            if (!is_near(term->expected, term->cash, 1e-6)) {
                fail_msg("term %zu expects %.17g of %.17g", t, term->expected, term->cash);
            }
            estimated++;
        }
        if (!isnan(term->low)) {
            assert_true(term->low < term->estimate && term->estimate < term->high);
        }
        assert_true(term->credibility >= 0.0 && term->credibility <= 1.0);
    }
    assert_true(estimated >= 6);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double both = result->covariance[i * n + j];
            assert_true(both == result->covariance[j * n + i]);
            assert_true(both * both <=
                        result->covariance[i * (n + 1)] * result->covariance[j * (n + 1)] * (1.0 + 1e-9));
        }
    }
}

/* Everything that can be asked for, in turn; the last with as many draws as must be. */
static jk_fit_options variant(size_t v) {
    jk_fit_options options = jk_fit_defaults();
    options.run.block_rows = 1000;
    options.interactions = v == 1;
    options.smooth = v == 1 || v == 4;
    options.auto_bins = v == 2;
    options.splines = v == 3 ? "all" : NULL;
    options.hold_titles = v == 3;
    options.shrink = v != 4;
    options.grace = v == 2 ? 1 : 2;
    options.bootstrap = v == 4 ? JK_FIT_DRAWS_LEAST : 0;
    if (v == 2) {
        options.monotone_count = 1;
        options.monotone[0] = (jk_fit_monotone){"default_marks", -1};
    }
    return options;
}

static void every_way_of_fitting_solves_its_equations(void **state) {
    (void)state;
    for (size_t v = 0; v < 5; v++) {
        char *text[2] = {NULL, NULL}, *covariance = NULL;
        jk_error error = {0};
        for (int threads = 0; threads < 2; threads++) {
            jk_fit_options options = variant(v);
            options.run.threads = threads == 0 ? 1 : 3;
            jk_fit *fit = fitted_to(panel_path, &options);
            check_equations(jk_fit_result_of(fit));
            must(jk_fit_json(fit, &text[threads], &error), &error);
            if (threads == 0) {
                must(jk_fit_covariance_json(fit, NULL, &covariance, &error), &error);
                must(jk_fit_write_model(fit, model_path, &error), &error);
                jk_model *written = NULL;
                must(jk_model_load(model_path, &written, &error), &error);
                const jk_fit_result *result = jk_fit_result_of(fit);
                for (size_t t = 0; t < result->term_count; t++) { /* curves, as the file rounds them */
                    const jk_fit_term *term = &result->terms[t];
                    if (term->kind == JK_FIT_CURVE) {
                        const jk_steps *curve = &written->segments[term->segment].curve[term->treatment];
                        const jk_steps *made = &result->segments[term->segment].curve[term->treatment];
                        assert_true(is_near(curve->value[term->index], made->value[term->index], 1e-4));
                    }
                }
                jk_model_free(written);
            }
            jk_fit_free(fit);
        }
        assert_string_equal(text[0], text[1]);
        assert_non_null(strstr(covariance, "\"covariance\""));
        free(text[0]);
        free(text[1]);
        free(covariance);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_fit_counts_is_in_the_rows),
        cmocka_unit_test(every_way_of_fitting_solves_its_equations),
    };
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
