/* SPDX-License-Identifier: Apache-2.0 */
/* Who pays at the cut-off and with what, what fades, dividends, reach and months of bands: model.md sections 3, 9 and
 * 10 by hand from tests/law/payers.yaml. The cut-off is 2026-06-30. */
#include "jalki/terms.h"

#include "law/law_fixture.h"

#define CLAIM .CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-15", .CELL(PRINCIPAL) = "1000"
#define PAID  .CELL(LAST_PAID_ON) = "2026-06-15"

static void open_rows(fixture *f, const row *rows, size_t count) {
    fixture_open(f, load_model("tests/law/payers.yaml"), "2026-06-30", rows, count);
}

typedef struct paying_case {
    const char *name;
    row given;
    int paying;
} paying_case;

static const paying_case cases[] = {
    {"never paid", {CLAIM}, 0},
    {"paid this month", {CLAIM, PAID}, 1},
    {"two months and a day ago: two whole months", {CLAIM, .CELL(LAST_PAID_ON) = "2026-04-29"}, 1},
    {"three months ago to the day", {CLAIM, .CELL(LAST_PAID_ON) = "2026-03-30"}, 0},
    {"the last day of a longer month is three months before the last day",
     {CLAIM, .CELL(LAST_PAID_ON) = "2026-03-31"},
     0},
    {"five months ago, where six count", {CLAIM, .CELL(PRODUCT) = "utility", .CELL(LAST_PAID_ON) = "2026-01-30"}, 1},
    {"a segment without payers", {CLAIM, PAID, .CELL(PRODUCT) = "telecom"}, 0},
    {"vulnerable: surveillance is left", {CLAIM, PAID, .CELL(VULNERABLE) = "1"}, 1},
    {"out of reach: surveillance is left", {CLAIM, PAID, .CELL(REACHABLE) = "none"}, 1},
    {"deceased", {CLAIM, PAID, .CELL(LEGAL_STATUS) = "deceased"}, 0},
    {"bankrupt: dividends", {CLAIM, PAID, .CELL(LEGAL_STATUS) = "bankruptcy"}, 0},
    {"debt adjustment: dividends",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "debt_adjustment", .CELL(INSTALMENT_MONTHLY) = "10"},
     0},
    {"barred", {CLAIM, PAID, .CELL(LIMITATION_ON) = "2026-06-30"}, 0},
    {"a title alone is no enforcement",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "title", .CELL(INCOME_MONTHLY) = "1500"},
     1},
    {"enforcement: it may have been garnished",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "enforcement", .CELL(INCOME_MONTHLY) = "1500"},
     0},
    {"enforcement, with an instalment",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "enforcement", .CELL(INCOME_MONTHLY) = "1500",
      .CELL(INSTALMENT_MONTHLY) = "5"},
     1},
    {"enforcement, an instalment of nothing",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "enforcement", .CELL(INCOME_MONTHLY) = "1500",
      .CELL(INSTALMENT_MONTHLY) = "0"},
     0},
    {"enforcement with nothing to garnish",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "enforcement", .CELL(INCOME_MONTHLY) = "900"},
     1},
    {"insolvent: of the class none nothing is garnished",
     {CLAIM, PAID, .CELL(LEGAL_STATUS) = "enforcement_insolvent", .CELL(INCOME_MONTHLY) = "1500"},
     1},
};

static void who_is_paying(void **state) {
    (void)state;
    row rows[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) {
        rows[i] = cases[i].given;
    }
    fixture f;
    open_rows(&f, rows, COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (f.terms.paying[i] != cases[i].paying || f.score.paying[i] != cases[i].paying) {
            fail_msg("%s: %d", cases[i].name, f.terms.paying[i]);
        }
    }
    fixture_close(&f);
}

/* The share of the balance that even instalments bring before the spell ends, by Simpson's rule. */
static double share_paid(double months, double breakage) {
    enum { STEPS = 20000 };
    double sum = 0.0, h = months / STEPS;
    for (int i = 0; i <= STEPS; i++) {
        double weight = i == 0 || i == STEPS ? 1.0 : (i % 2 ? 4.0 : 2.0);
        sum += weight * exp(-breakage * h * (double)i);
    }
    return sum * h / 3.0 / months;
}

static void instalments_beside_what_is_typical(void **state) {
    (void)state;
    static const char *const instalments[] = {"1000", "400", "100", "60", "50", "49.99", "45", "20", "8", "3"};
    row rows[COUNT(instalments) + 4];
    for (size_t i = 0; i < COUNT(instalments); i++) {
        rows[i] = (row){CLAIM, PAID, .CELL(INSTALMENT_MONTHLY) = instalments[i]};
    }
    size_t n = COUNT(instalments);
    rows[n] = (row){CLAIM, .CELL(INSTALMENT_MONTHLY) = "50"};                                       /* not paying */
    rows[n + 1] = (row){CLAIM, PAID};                                                               /* unknown */
    rows[n + 2] = (row){CLAIM, PAID, .CELL(INSTALMENT_MONTHLY) = "40", .CELL(PRODUCT) = "utility"}; /* never breaks */
    rows[n + 3] = (row){CLAIM, PAID, .CELL(INSTALMENT_MONTHLY) = "40", .CELL(PRODUCT) = "utility",
                        .CELL(LEGAL_STATUS) = "enforcement_insolvent"}; /* typical: nothing */
    fixture f;
    open_rows(&f, rows, n + 4);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(f.score.capacity_class[i], JK_CAPACITY_ABLE); /* eta 1.025: score 648 */
        double months = 1000.0 / strtod(instalments[i], NULL);
        double size = f.score.instalment[i];
        double intensity = size * 0.04;
        if (size < 10.0 && size > 0.1) {
            assert_true(fabs(intensity / (intensity + 0.05) / share_paid(months, 0.05) - 1.0) < 1e-10);
        }
        assert_true(f.terms.instalment[i] == (float)size);
        assert_true(i == 0 || size <= f.score.instalment[i - 1]);
    }
    assert_true(f.score.instalment[0] == 10.0);
    assert_true(f.score.instalment[n - 1] == 0.1);
    assert_true(f.score.instalment[n] == 1.0);
    assert_true(f.score.instalment[n + 1] == 1.0);
    assert_true(fabs(f.score.instalment[n + 2] / (2.0 / 25.0 / 0.04) - 1.0) < 1e-14);
    assert_true(f.score.instalment[n + 3] == 1.0);
    fixture_close(&f);
}

static void points_that_fade_stand_apart(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM, PAID, .CELL(PRODUCT) = "rent", .CELL(PLACEMENTS) = "1"},
        {CLAIM, .CELL(PLACEMENTS) = "1"},
        {CLAIM, .CELL(PLACEMENTS) = "0"},
        {CLAIM, PAID, .CELL(LEGAL_STATUS) = "debt_adjustment", .CELL(PLACEMENTS) = "1"},
    };
    static const double fading[] = {0.9 + 0.5, -0.25, -0.25, 0.9};
    static const double lasting[] = {0.0, 0.0, 0.125, 0.0};
    static const double center[] = {0.125, 0.25, 0.25, 0.5}; /* able, weak (score 464), weak, none by status */
    fixture f;
    open_rows(&f, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(fabs(f.score.fading[i] - fading[i]) < 1e-15);
        assert_true(fabs(f.score.eta[i] - fading[i] - lasting[i]) < 1e-15);
        assert_true(fabs(f.score.theta[i] / exp(lasting[i] - center[i]) - 1.0) < 1e-14);
        assert_true(fabs(f.score.theta_now[i] / exp(fading[i] + lasting[i] - center[i]) - 1.0) < 1e-14);
        assert_true(f.terms.theta[i] == (float)f.score.theta[i]);
        assert_true(f.terms.fading[i] == (float)f.score.fading[i]);
        assert_true(f.terms.dividend[i] == (i == 3 ? 0.002F : 0.0F));
    }
    fixture_close(&f);
}

static void reach_and_months_of_bands(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM, .CELL(REACHABLE) = "none", .CELL(INCOME_MONTHLY) = "2600"},
        {CLAIM, .CELL(REACHABLE) = "unknown", .CELL(INCOME_MONTHLY) = "1800"},
        {CLAIM, .CELL(INCOME_MONTHLY) = "100000"},
        {CLAIM, .CELL(REACHABLE) = "none", .CELL(VULNERABLE) = "1"},
        {CLAIM, .CELL(REACHABLE) = "none", .CELL(LEGAL_STATUS) = "bankruptcy", .CELL(DEBTOR_ID) = "B"},
    };
    static const unsigned surveil = JK_ALLOW(JK_SURVEIL), sell = JK_ALLOW(JK_SELL), close = JK_ALLOW(JK_CLOSE);
    const unsigned allowed[] = {surveil | sell | close, JK_ALLOW_ALL, JK_ALLOW_ALL, surveil | close, sell | close};
    /* 1000 at a half in six months is 250 a month; the cap of half the income */
    static const double attachable[] = {250 + 600, 200, 50000, 25, 25};
    fixture f;
    open_rows(&f, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(f.facts.allowed[i], allowed[i]);
        assert_int_equal(f.facts.workable[i], i != 4);
        assert_true(fabs(f.facts.attachable[i] - attachable[i]) < 1e-12);
    }
    fixture_close(&f);
}

/* The instalment is the same whatever the class: chi times the class's own share. */
static void instalments_of_another_class(void **state) {
    (void)state;
    const jk_segment segment = {.payers = {.given = true, .monthly_share = {0.0, 0.02, 0.05}}};
    const jk_capacity none = JK_CAPACITY_NONE, weak = JK_CAPACITY_WEAK, able = JK_CAPACITY_ABLE;
    const double *share = segment.payers.monthly_share;
    assert_true(fabs(jk_score_instalment_size(&segment, 2.0, share[weak], able) - 0.8) < 1e-15);
    assert_true(fabs(jk_score_instalment_size(&segment, 0.8, share[able], weak) - 2.0) < 1e-15);
    assert_true(jk_score_instalment_size(&segment, 2.0, share[weak], weak) == 2.0);
    assert_true(jk_score_instalment_size(&segment, 1.0, share[weak], able) == 1.0); /* nothing is known of it */
    assert_true(jk_score_instalment_size(&segment, 2.0, share[weak], none) == 2.0); /* nothing to be beside */
    assert_true(jk_score_instalment_size(&segment, 0.11, share[weak], able) == 0.1);
    assert_true(jk_score_instalment_size(&segment, 9.0, share[able], weak) == 10.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_paying),
        cmocka_unit_test(instalments_beside_what_is_typical),
        cmocka_unit_test(instalments_of_another_class),
        cmocka_unit_test(points_that_fade_stand_apart),
        cmocka_unit_test(reach_and_months_of_bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
