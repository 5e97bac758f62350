/* SPDX-License-Identifier: Apache-2.0 */
/* What the half-life of a whole fit rests on, counted once more row by row: new payers after landmarks, each as often
 * as it is seen from one, and the debtors who have any. */
#include "fit/payers/payers.h"

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "fit/panel_case.h"
#include "jalki/fit.h"

enum { LANDMARK = 6, LAGS = 120 };

static int make_history(void **state) {
    (void)state;
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_model("truth_payers.yaml");
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = 2500;
    options.months = 24;
    options.seed = 11;
    jk_error error = {0};
    must(jk_generate_panel(&options, base, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    return 0;
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
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    jk_fit *fit = NULL;
    jk_error error = {0};
    must(jk_fit_run(panel_path, base, &options, &fit, &error), &error);
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(new_payers_are_counted_from_landmarks)};
    return cmocka_run_group_tests(tests, make_history, drop_panel);
}
