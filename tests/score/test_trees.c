/* SPDX-License-Identifier: Apache-2.0 */
/* Trees in a scorecard: sums against arithmetic by hand, missing and infinite values, levels, the explanation, and
 * files that are no ensemble. The cut-off is 2026-06-30. */
#include "base/policy.h"
#include "jalki/score.h"

#include <math.h>

#include "score/trees_fixture.h"

#define CLAIM .CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-15"

/* First tree: balance below 200? then (is a title? 0.5 : -0.25), else 1; a missing balance cannot be.
 * Second tree: never barred and beyond 100 months: 0.125; below: age missing goes right: 4, age below 50: 2. */
static const char ensemble[] =
    "{\"learner\": {\"feature_names\": [\"balance\", \"legal_status=title\", \"months_to_bar\", \"age_years\"],"
    " \"learner_model_param\": {\"base_score\": \"2.5E-1\"}, \"objective\": {\"name\": \"count:poisson\"},"
    " \"gradient_booster\": {\"name\": \"gbtree\", \"model\": {\"tree_info\": [0, 0], \"trees\": ["
    "  {\"left_children\": [1, 3, -1, -1, -1], \"right_children\": [2, 4, -1, -1, -1],"
    "   \"split_indices\": [0, 1, 0, 0, 0], \"split_conditions\": [200, 0.5, 1, -0.25, 0.5],"
    "   \"default_left\": [1, 0, 0, 0, 0], \"sum_hessian\": [4, 3, 1, 1, 2], \"split_type\": [0, 0, 0, 0, 0]},"
    "  {\"left_children\": [1, 3, -1, -1, -1], \"right_children\": [2, 4, -1, -1, -1],"
    "   \"split_indices\": [2, 3, 0, 0, 0], \"split_conditions\": [100, 50, 0.125, 2, 4],"
    "   \"default_left\": [1, 0, 0, 0, 0], \"sum_hessian\": [8, 4, 4, 1, 3], \"split_type\": [0, 0, 0, 0, 0]}]}}}}";

typedef struct tree_case {
    row given;
    double output; /* of both trees */
} tree_case;

static const tree_case cases[] = {
    {{CLAIM, .CELL(PRINCIPAL) = "100", .CELL(LEGAL_STATUS) = "title", .CELL(TITLE_ON) = "2023-06-30",
      .CELL(BIRTH_YEAR) = "1980"},
     0.5 + 2.0}, /* 24 months to the bar, 46 years */
    {{CLAIM, .CELL(PRINCIPAL) = "100", .CELL(DEBTOR_TYPE) = "business", .CELL(CURRENCY) = "EUR"}, -0.25 + 0.125},
    {{CLAIM, .CELL(PRINCIPAL) = "200", .CELL(DEBTOR_TYPE) = "business"}, 1.0 + 0.125}, /* not below 200 */
    {{CLAIM, .CELL(PRINCIPAL) = "199.99", .CELL(LEGAL_STATUS) = "title", .CELL(TITLE_ON) = "2023-06-30"}, 0.5 + 4.0},
    {{CLAIM, .CELL(PRINCIPAL) = "300", .CELL(LEGAL_STATUS) = "title", .CELL(TITLE_ON) = "2023-06-30",
      .CELL(BIRTH_YEAR) = "1976"},
     1.0 + 4.0}, /* 50 years: not below 50 */
};

static void sums_are_those_by_hand(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_with_trees(ensemble, strlen(ensemble), &model, &error), JK_OK);
    row rows[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) {
        rows[i] = cases[i].given;
    }
    fixture f;
    fixture_open(&f, model, "2026-06-30", rows, COUNT(cases));
    jk_score_detail details[8];
    assert_int_equal(jk_score_detail_count(model), 5);
    for (size_t i = 0; i < COUNT(cases); i++) {
        double want = model->scorecard.intercept + log(0.25) + cases[i].output;
        if (fabs(f.score.eta[i] - want) > 1e-12) {
            fail_msg("claim %zu: eta %.17g, expected %.17g", i, f.score.eta[i], want);
        }
        jk_score_explain(f.scorer, &f.rows.block, &f.facts, i, f.memory[3], details);
        double sum = model->scorecard.intercept;
        for (size_t d = 0; d < 5; d++) {
            sum += details[d].points;
        }
        assert_true(fabs(sum - f.score.eta[i]) < 1e-12);
    }
    /* The first claim by hand: mean of tree one is (1 * 1 + 1 * -0.25 + 2 * 0.5) / 4, below its root (0.75 / 3). */
    jk_score_explain(f.scorer, &f.rows.block, &f.facts, 0, f.memory[3], details);
    assert_true(fabs(details[0].points - (0.25 - 0.4375)) < 1e-6);
    assert_true(fabs(details[1].points - (0.5 - 0.25)) < 1e-6);
    assert_string_equal(details[1].level, "title");
    assert_true(fabs(details[3].points - (2.0 - 3.5)) < 1e-6);
    assert_true(fabs(details[4].points - (log(0.25) + 0.4375 + (4 * 0.125 + 2 + 12) / 8)) < 1e-6);
    fixture_close(&f);
}

/* Every row alone gives what it gives among others. */
static void bits_do_not_depend_on_neighbours(void **state) {
    (void)state;
    enum { ROWS = 61 };
    row rows[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = cases[(i * 7 + i / 3) % COUNT(cases)].given;
    }
    jk_error error = {0};
    jk_model *model = NULL;
    assert_int_equal(load_with_trees(ensemble, strlen(ensemble), &model, &error), JK_OK);
    fixture together;
    fixture_open(&together, model, "2026-06-30", rows, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        jk_model *own = NULL;
        assert_int_equal(load_with_trees(ensemble, strlen(ensemble), &own, &error), JK_OK);
        fixture alone;
        fixture_open(&alone, own, "2026-06-30", &rows[i], 1);
        assert_memory_equal(&alone.score.eta[0], &together.score.eta[i], sizeof(double));
        fixture_close(&alone);
    }
    fixture_close(&together);
}

/* The ensemble with one text replaced by another. */
enum { CHANGED_ROOM = 4096 };
static size_t changed(const char *old, const char *new, char text[CHANGED_ROOM]) {
    const char *place = strstr(ensemble, old);
    assert_non_null(place);
    return (size_t)snprintf(text, CHANGED_ROOM, "%.*s%s%s", (int)(place - ensemble), ensemble, new,
                            place + strlen(old));
}

/* What the trees of a changed ensemble give the first case, and what is said beside the one warning of the fixture. */
static void expect_output(const char *old, const char *new, double output, size_t warnings) {
    char text[CHANGED_ROOM];
    size_t length = changed(old, new, text);
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_with_trees(text, length, &model, &error), JK_OK);
    assert_int_equal(model->warning_count, 1 + warnings);
    fixture f;
    fixture_open(&f, model, "2026-06-30", &cases[0].given, 1);
    double want = model->scorecard.intercept + log(0.25) + output;
    if (fabs(f.score.eta[0] - want) > 1e-12) {
        fail_msg("'%s' for '%s': eta %.17g, expected %.17g", new, old, f.score.eta[0], want);
    }
    fixture_close(&f);
}

static void expect_refused(const char *old, const char *new, const char *message) {
    char text[CHANGED_ROOM];
    int length = (int)changed(old, new, text);
    jk_model *model = NULL;
    jk_error error = {0};
    jk_status status = load_with_trees(text, (size_t)length, &model, &error);
    if (status != JK_ERROR_MODEL || strstr(error.message, message) == NULL) {
        fail_msg("'%s' for '%s': status %d, %s; expected '%s'", new, old, (int)status, error.message, message);
    }
}

/* A level may be named as pandas names its dummies; no level stands for a number. */
static void dummies_are_levels(void **state) {
    (void)state;
    expect_output("legal_status=title", "legal_status_title", 0.5 + 2.0, 0);
    expect_output("legal_status=title", "legal_status_debt_adjustment", -0.25 + 2.0, 0);
    expect_refused("legal_status=title", "age_years_title", "unknown feature age_years_title");
    expect_refused("legal_status=title", "_", "unknown feature _;");
    expect_refused("legal_status=title", "legal_state_title=1", "unknown feature legal_state_title;");
}

/* Trees after the best iteration do not count, in the files of early and of later versions; 0 is missing where forks on
 * a level say so (a title is 1 and goes on to the left, below 2; what is no title goes right, to 0.5 as default_left
 * has it). */
static void training_is_followed(void **state) {
    (void)state;
    expect_output("{\"feature_names\"", "{\"attributes\": {\"best_iteration\": \"0\"}, \"feature_names\"", 0.5, 1);
    expect_output("{\"feature_names\"", "{\"attributes\": {\"best_iteration\": \"7\"}, \"feature_names\"", 2.5, 0);
    expect_output("\"model\": {", "\"model\": {\"gbtree_model_param\": {\"num_parallel_tree\": \"2\"}, ", 2.5, 0);
    expect_output("[200, 0.5, 1, -0.25, 0.5]", "[200, 2.00001, 1, -0.25, 0.5]", -0.25 + 2.0, 1);
    expect_output("[200, 0.5, 1, -0.25, 0.5]", "[200, 1.0, 1, -0.25, 0.5]", 0.5 + 2.0, 0);
    expect_output("\"split_indices\": [0, 1, 0, 0, 0], \"split_conditions\": [200, 0.5, 1, -0.25, 0.5]",
                  "\"split_indices\": [1, 1, 0, 0, 0], \"split_conditions\": [2.00001, -0.00001, 1, -0.25, 0.5]",
                  0.5 + 2.0, 1);
}

static void what_is_no_ensemble_is_refused(void **state) {
    (void)state;
    expect_refused("gbtree", "gblinear", "expected gbtree");
    expect_refused("count:poisson", "binary:logistic", "expected one with a logarithmic link");
    expect_refused("2.5E-1", "0", "expected a number above 0");
    expect_refused("\"balance\"", "\"claim_id\"", "unknown feature claim_id");
    expect_refused("\"balance\"", "\"balance=5\"", "expected a number without a level");
    expect_refused("legal_status=title", "legal_status", "expected a column=level");
    expect_refused("[0, 1, 0, 0, 0]", "[0, 9, 0, 0, 0]", "do not exist");
    expect_refused("[1, 3, -1, -1, -1]", "[1, 0, -1, -1, -1]", "form no tree");
    expect_refused("[1, 3, -1, -1, -1]", "[1, 77, -1, -1, -1]", "do not exist");
    expect_refused("[200, 0.5, 1, -0.25, 0.5]", "[200, 0.5, 1, -0.25]", "split_conditions has 4 entries");
    expect_refused("[200, 0.5, 1, -0.25, 0.5]", "[1e300, 0.5, 1, -0.25, 0.5]", "no usable number");
    expect_refused("\"split_type\": [0, 0", "\"split_type\": [1, 0", "set of categories");
    expect_refused("\"tree_info\": [0, 0]", "\"tree_info\": [0, 1]", "several targets");
    expect_refused("{\"base_score\"", "{\"num_target\": \"2\", \"base_score\"", "several targets");
    expect_refused("[200, 0.5", "[NaN, 0.5", "no usable number");
    expect_refused("{\"feature_names\"", "{\"attributes\": {\"best_iteration\": \"x\"}, \"feature_names\"",
                   "expected a whole number");
    expect_refused("{\"feature_names\"", "{\"attributes\": {\"best_iteration\": \"-1\"}, \"feature_names\"",
                   "expected a whole number");
    expect_refused("\"learner\"", "\"model\"", "expected gbtree");
    expect_refused("{\"learner\"", "learner", "not JSON");
    expect_refused("{\"learner\"", "{\"tree_info\": [], \"else\"", "a dump of LightGBM's trees");
    expect_refused("{\"learner\"", "{\"oblivious_trees\": [], \"else\"", "CatBoost's JSON");
    expect_refused("{\"learner\"", "{L\1", "binary JSON (UBJ)");
    expect_refused("{\"learner\"", "\x80\4\x95", "a Python pickle");
    expect_refused("{\"learner\"", "<PMML>", "XML (PMML");
    expect_refused("{\"learner\"", "booster[0]:\n", "a dump of XGBoost's trees as text");
}

static void truncated_files_are_refused(void **state) {
    (void)state;
    for (size_t length = 0; length < strlen(ensemble); length += 13) {
        jk_model *model = NULL;
        jk_error error = {0};
        assert_int_equal(load_with_trees(ensemble, length, &model, &error), JK_ERROR_MODEL);
        assert_null(model);
    }
}

int main(void) {
    jk_policy_set(&(jk_policy){.includes_outside = true}); /* the rules of the tests, from a folder in /tmp */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_by_hand),         cmocka_unit_test(bits_do_not_depend_on_neighbours),
        cmocka_unit_test(what_is_no_ensemble_is_refused), cmocka_unit_test(training_is_followed),
        cmocka_unit_test(truncated_files_are_refused),    cmocka_unit_test(dummies_are_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
