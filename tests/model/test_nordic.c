/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped model: it loads without a warning, and the figures of law in it are those of the fact sheet's sources. */
#include "cmocka_all.h"

#include <math.h>

#include "model_files.h"

static jk_model *model;

static int load_nordic(void **state) {
    (void)state;
    char path[FILE_PATH_MAX];
    char text[JK_ERROR_TEXT_MAX];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(path, sizeof path, "%s/models/nordic.yaml", source ? source : ".");
    jk_error error = {0};
    if (jk_model_load(path, &model, &error) != JK_OK) {
        print_error("%s\n", jk_error_text(&error, text, sizeof text));
        return -1;
    }
    return 0;
}

static int free_nordic(void **state) {
    (void)state;
    jk_model_free(model);
    return 0;
}

static const jk_jurisdiction *jurisdiction(const char *id) {
    for (size_t i = 0; i < model->jurisdiction_count; i++) {
        if (strcmp(model->jurisdictions[i].id, id) == 0) {
            return &model->jurisdictions[i];
        }
    }
    fail_msg("no jurisdiction %s", id);
    return NULL;
}

static void assert_near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-9 * fabs(expected))) {
        fail_msg("expected %.17g, found %.17g", expected, found);
    }
}

static void it_covers_the_countries(void **state) {
    (void)state;
    static const char *const ids[] = {"FI", "SE", "DK", "NO", "EE", "EU"};
    assert_int_equal(model->jurisdiction_count, 6);
    for (size_t i = 0; i < 6; i++) {
        (void)jurisdiction(ids[i]);
    }
    assert_string_equal(model->jurisdictions[model->fallback_jurisdiction].id, "EU");
    assert_int_equal(model->warning_count, 0);
    assert_int_equal(model->horizon_months, 180);
    assert_true(model->scorecard.count >= 10);
    assert_int_equal(model->segment_count, 24);
    for (size_t i = 0; i < model->segment_count; i++) {
        const jk_segment *segment = &model->segments[i];
        for (size_t j = 0; j < segment->when.count; j++) {
            if (segment->when.terms[j].column == JK_COLUMN_COUNTRY) {
                (void)jurisdiction(segment->when.terms[j].values[0]);
            }
        }
    }
}

static void letters_interrupt_in_finland_and_sweden_only(void **state) {
    (void)state;
    assert_true(jurisdiction("FI")->limitation.letter_interrupts);
    assert_true(jurisdiction("SE")->limitation.letter_interrupts);
    assert_false(jurisdiction("DK")->limitation.letter_interrupts);
    assert_false(jurisdiction("NO")->limitation.letter_interrupts);
    assert_false(jurisdiction("EE")->limitation.letter_interrupts);
    assert_false(jurisdiction("EU")->limitation.letter_interrupts);
}

static void wages_cannot_be_taken_in_denmark(void **state) {
    (void)state;
    assert_false(jurisdiction("DK")->attachable.allowed);
    assert_true(jurisdiction("FI")->attachable.allowed);
    for (size_t i = 0; i < model->segment_count; i++) {
        if (strncmp(model->segments[i].id, "dk-", 3) == 0) {
            assert_true(model->segments[i].garnish_share[JK_CAPACITY_ABLE] == 0.0);
        }
    }
}

static void periods_and_titles(void **state) {
    (void)state;
    const jk_jurisdiction *fi = jurisdiction("FI");
    assert_int_equal(fi->limitation.period_count, 1);
    assert_near(fi->limitation.periods[0].months, 36);
    assert_near(fi->limitation.title_months, 60);
    assert_true(fi->limitation.title_renewable);
    assert_near(fi->limitation.title_final_months[JK_CONSUMER], 180);
    assert_near(fi->limitation.final_months[JK_CONSUMER], 240);
    assert_true(isinf(fi->limitation.final_months[JK_BUSINESS]));
    const jk_jurisdiction *se = jurisdiction("SE");
    assert_int_equal(se->limitation.period_count, 3);
    assert_near(se->limitation.periods[0].months, 120);
    assert_near(se->limitation.periods[1].months, 36);
    assert_near(se->limitation.periods[2].months, 120);
    for (size_t i = 0; i < 2; i++) {
        const jk_jurisdiction *j = jurisdiction(i == 0 ? "DK" : "NO");
        assert_int_equal(j->limitation.period_count, 2);
        assert_near(j->limitation.periods[0].months, 120);
        assert_near(j->limitation.periods[1].months, 36);
        assert_near(j->limitation.title_months, 120);
    }
}

static void protected_income(void **state) {
    (void)state;
    const jk_jurisdiction *fi = jurisdiction("FI");
    assert_near(fi->attachable.base, 30 * 33.03);
    assert_near(fi->attachable.per_dependant, 30 * 9.66);
    assert_near(fi->attachable.max_share, 0.5);
    assert_int_equal(fi->attachable.band_count, 3);
    assert_near(jurisdiction("SE")->attachable.base, 6090 * jk_model_exchange_rate(model, "SEK"));
    assert_true(jurisdiction("SE")->attachable.housing_counts);
    assert_near(jurisdiction("NO")->attachable.base, 10724 * jk_model_exchange_rate(model, "NOK"));
    assert_true(jurisdiction("NO")->attachable.housing_counts);
    assert_near(jurisdiction("EE")->attachable.base, 886);
    assert_near(fi->attachable.bands[0].months, 9);
    assert_near(fi->attachable.bands[1].months, 11);
    assert_near(fi->attachable.bands[2].months, 12);
    assert_near(jurisdiction("EE")->attachable.bands[0].from_multiple, 0.39);
    assert_near(jurisdiction("EE")->attachable.bands[0].rate, 0.2);
}

static void statutory_interest(void **state) {
    (void)state;
    assert_near(jurisdiction("FI")->interest.rate[JK_CONSUMER], 0.095);
    assert_near(jurisdiction("FI")->interest.rate[JK_BUSINESS], 0.105);
    assert_near(jurisdiction("SE")->interest.rate[JK_CONSUMER], 0.10);
    assert_near(jurisdiction("DK")->interest.rate[JK_CONSUMER], 0.0975);
    assert_near(jurisdiction("NO")->interest.rate[JK_CONSUMER], 0.12);
}

static void every_segment_has_payers(void **state) {
    (void)state;
    for (size_t i = 0; i < model->segment_count; i++) {
        const jk_segment *segment = &model->segments[i];
        assert_true(segment->payers.given);
        for (int k = 0; k + 1 < JK_CAPACITY_COUNT; k++) {
            assert_true(segment->payers.monthly_share[k] < segment->payers.monthly_share[k + 1]);
        }
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            assert_true(segment->payers.breakage[a] >= 0.02); /* settled loans of LendingClub: about 2 % a month */
            assert_true(segment->payers.monthly[a] <= segment->cost[a].monthly + segment->enforcement_monthly);
        }
        assert_true(segment->informed > 0.5 && segment->lost_share > 0.0);
    }
    assert_true(model->scorecard.characteristics[0].fades && model->scorecard.half_life > 0.0);
    assert_int_equal(model->unreachable_allow & JK_ALLOW(JK_AMICABLE), 0);
    assert_true(model->statuses[JK_STATUS_DEBT_ADJUSTMENT].dividend_monthly > 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_covers_the_countries),
        cmocka_unit_test(letters_interrupt_in_finland_and_sweden_only),
        cmocka_unit_test(wages_cannot_be_taken_in_denmark),
        cmocka_unit_test(periods_and_titles),
        cmocka_unit_test(protected_income),
        cmocka_unit_test(statutory_interest),
        cmocka_unit_test(every_segment_has_payers),
    };
    return cmocka_run_group_tests(tests, load_nordic, free_nordic);
}
