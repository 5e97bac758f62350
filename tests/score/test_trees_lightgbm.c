/* SPDX-License-Identifier: Apache-2.0 */
/* Trees as LightGBM saves them: sums against arithmetic by hand from the rules of its decision_type, on each kind of
 * missing value, on thresholds that are met, on sets of categories; files that cannot be honoured. The cut-off is
 * 2026-06-30. */
#include "base/policy.h"
#include "jalki/score.h"

#include <math.h>

#include "score/trees_fixture.h"

#define CLAIM        .CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-15"
#define NEVER_BARRED .CELL(DEBTOR_TYPE) = "business", .CELL(CURRENCY) = "EUR"

/* Leaves are powers of two, so that a sum says which were met. Levels of legal_status: title is 0, none 1, filed 34;
 * the set of the first tree is {1, 34}. What is missing: nothing in forks on balance and retired and in trees 4 and 5,
 * zero in tree 3, NaN in trees 1 and 6. */
static const char ensemble[] =
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=6\n"
    "objective=tweedie tweedie_variance_power:1.5\n"
    "feature_names=balance legal_status months_to_bar age_years promises_kept default_marks employment=retired\n"
    "feature_infos=[0:9] 0:1:34 [0:9] [0:9] [0:9] [0:9] [0:1]\ntree_sizes=300 300\n\n"
    "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nsplit_gain=1 1\nthreshold=199.99000000000001 0\n"
    "decision_type=0 1\nleft_child=1 -2\nright_child=-1 -3\nleaf_value=1 0.5 -0.25\nleaf_weight=1 2 1\n"
    "leaf_count=1 2 1\ninternal_value=0 0\ncat_boundaries=0 2\ncat_threshold=2 4\nis_linear=0\nshrinkage=0.1\n\n\n"
    "Tree=1\nnum_leaves=3\nnum_cat=0\nsplit_feature=2 3\nthreshold=100 50\ndecision_type=10 8\nleft_child=1 -2\n"
    "right_child=-1 -3\nleaf_value=0.125 2 4\nleaf_weight=4 1 3\nis_linear=0\nshrinkage=0.1\n\n\n"
    "Tree=2\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nthreshold=\ndecision_type=\nleft_child=\nright_child=\n"
    "leaf_value=0.0625\nleaf_weight=\nshrinkage=1\n\n\n"
    "Tree=3\nnum_leaves=2\nnum_cat=0\nsplit_feature=4\nthreshold=1\ndecision_type=4\nleft_child=-1\nright_child=-2\n"
    "leaf_value=8 16\n\n"
    "Tree=4\nnum_leaves=2\nnum_cat=0\nsplit_feature=5\nthreshold=1.0000000180025095e-35\ndecision_type=0\n"
    "left_child=-1\nright_child=-2\nleaf_value=32 64\n\n"
    "Tree=5\nnum_leaves=2\nnum_cat=0\nsplit_feature=5\nthreshold=-0.5\ndecision_type=2\nleft_child=-1\n"
    "right_child=-2\nleaf_value=128 256\n\n"
    "Tree=6\nnum_leaves=2\nnum_cat=0\nsplit_feature=5\nthreshold=1\ndecision_type=10\nleft_child=-1\nright_child=-2\n"
    "leaf_value=512 1024\n\n"
    "Tree=7\nnum_leaves=2\nnum_cat=0\nsplit_feature=6\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\n"
    "leaf_value=0 2048\n\n"
    "Tree=8\nnum_leaves=2\nnum_cat=1\nsplit_feature=5\nthreshold=0\ndecision_type=1\nleft_child=-1\nright_child=-2\n"
    "leaf_value=4096 8192\ncat_boundaries=0 1\ncat_threshold=9\n\n"
    "end of trees\n\nfeature_importances:\nbalance=1\n\nparameters:\n[boosting: gbdt]\nend of parameters\n\n"
    "pandas_categorical:[[\"title\", \"none\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\", \"11\", "
    "\"12\", \"13\", \"14\", \"15\", \"16\", \"17\", \"18\", \"19\", \"20\", \"21\", \"22\", \"23\", \"24\", \"25\", "
    "\"26\", \"27\", \"28\", \"29\", \"30\", \"31\", \"32\", \"33\", \"filed\"]]\n";

typedef struct tree_case {
    row given;
    double output; /* of the trees in their order */
} tree_case;

static const tree_case cases[] = {
    /* The threshold is met, and 199.99 in 32 bits lies above it; 24 months to the bar and 50 years, which is met, too;
     * promises and marks are missing: the default is right, then 0, 0, the default left, right. */
    {{CLAIM, .CELL(PRINCIPAL) = "199.99", .CELL(LEGAL_STATUS) = "title", .CELL(TITLE_ON) = "2023-06-30",
      .CELL(BIRTH_YEAR) = "1976"},
     -0.25 + 2.0 + 0.0625 + 16.0 + 32.0 + 256.0 + 512.0 + 0.0 + 8192.0},
    /* Above the threshold, never barred; no promise kept is missing; no mark is in the set {0, 3}. */
    {{CLAIM, .CELL(PRINCIPAL) = "200", NEVER_BARRED, .CELL(PROMISES_KEPT) = "0", .CELL(DEFAULT_MARKS) = "0"},
     1.0 + 0.125 + 0.0625 + 16.0 + 32.0 + 256.0 + 512.0 + 0.0 + 4096.0},
    /* None is in the set; letters keep the claim alive for 240 months; one promise meets the threshold; one mark is
     * beyond 0. */
    {{CLAIM, .CELL(PRINCIPAL) = "100", .CELL(PROMISES_KEPT) = "1", .CELL(DEFAULT_MARKS) = "1",
      .CELL(EMPLOYMENT) = "retired"},
     0.5 + 0.125 + 0.0625 + 8.0 + 64.0 + 256.0 + 512.0 + 2048.0 + 8192.0},
    /* Filed is 34, in the second word of the set. */
    {{CLAIM, .CELL(PRINCIPAL) = "100", NEVER_BARRED, .CELL(LEGAL_STATUS) = "filed", .CELL(PROMISES_KEPT) = "2",
      .CELL(DEFAULT_MARKS) = "3", .CELL(EMPLOYMENT) = "employed"},
     0.5 + 0.125 + 0.0625 + 16.0 + 64.0 + 256.0 + 1024.0 + 0.0 + 4096.0},
    /* The age is missing: the default is right. */
    {{CLAIM, .CELL(PRINCIPAL) = "100", .CELL(LEGAL_STATUS) = "title", .CELL(TITLE_ON) = "2023-06-30",
      .CELL(DEFAULT_MARKS) = "4"},
     -0.25 + 4.0 + 0.0625 + 16.0 + 64.0 + 256.0 + 1024.0 + 0.0 + 8192.0},
    /* Disputed was not there in training. */
    {{CLAIM, .CELL(PRINCIPAL) = "100", NEVER_BARRED, .CELL(LEGAL_STATUS) = "disputed", .CELL(DEFAULT_MARKS) = "2"},
     -0.25 + 0.125 + 0.0625 + 16.0 + 64.0 + 256.0 + 1024.0 + 0.0 + 8192.0},
};

static void sums_are_those_by_hand(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    if (load_with_trees(ensemble, strlen(ensemble), &model, &error) != JK_OK) {
        fail_msg("line %lld: %s", (long long)error.line, error.message);
    }
    assert_int_equal(model->warning_count, 1); /* that of the fixture */
    row rows[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) {
        rows[i] = cases[i].given;
    }
    fixture f;
    fixture_open(&f, model, "2026-06-30", rows, COUNT(cases));
    enum { DETAILS = 10 }; /* marks are three features: missing is nothing, is NaN, a set */
    jk_score_detail details[DETAILS];
    assert_int_equal(jk_score_detail_count(model), DETAILS);
    for (size_t i = 0; i < COUNT(cases); i++) {
        double want = model->scorecard.intercept + cases[i].output;
        if (fabs(f.score.eta[i] - want) > 1e-9) {
            fail_msg("claim %zu: eta %.17g, expected %.17g", i, f.score.eta[i], want);
        }
        jk_score_explain(f.scorer, &f.rows.block, &f.facts, i, f.memory[3], details);
        double sum = model->scorecard.intercept;
        for (size_t d = 0; d < DETAILS; d++) {
            sum += details[d].points;
        }
        assert_true(fabs(sum - f.score.eta[i]) < 1e-12);
    }
    /* The first tree by hand: (1 * 1 + 2 * 0.5 + 1 * -0.25) / 4 = 0.4375, below its root 0.75 / 3 = 0.25. */
    jk_score_explain(f.scorer, &f.rows.block, &f.facts, 0, f.memory[3], details);
    assert_true(fabs(details[0].points - (0.25 - 0.4375)) < 1e-9);
    assert_true(fabs(details[0].value - 199.99) < 1e-9);
    assert_true(fabs(details[1].points - (-0.25 - 0.25)) < 1e-9);
    assert_string_equal(details[1].level, "title");
    assert_string_equal(details[4].level, "missing or 0");
    fixture_close(&f);
}

/* The ensemble with one text replaced by another. */
enum { CHANGED_ROOM = 8192 };
static size_t changed(const char *old, const char *new, char text[CHANGED_ROOM]) {
    const char *place = strstr(ensemble, old);
    assert_non_null(place);
    return (size_t)snprintf(text, CHANGED_ROOM, "%.*s%s%s", (int)(place - ensemble), ensemble, new,
                            place + strlen(old));
}

static void expect_refused(const char *old, const char *new, int64_t line, const char *message) {
    char text[CHANGED_ROOM];
    size_t length = changed(old, new, text);
    jk_model *model = NULL;
    jk_error error = {0};
    jk_status status = load_with_trees(text, length, &model, &error);
    if (status != JK_ERROR_MODEL || strstr(error.message, message) == NULL || (line > 0 && error.line != line)) {
        fail_msg("'%s' for '%s': status %d, line %lld: %s; expected line %lld, '%s'", new, old, (int)status,
                 (long long)error.line, error.message, (long long)line, message);
    }
}

static void what_cannot_be_honoured_is_refused(void **state) {
    (void)state;
    expect_refused("version=v4", "version=v2", 2, "expected v3 or v4");
    expect_refused("num_class=1", "num_class=3", 3, "several classes");
    expect_refused("num_tree_per_iteration=1", "num_tree_per_iteration=3", 4, "several classes");
    expect_refused("objective=tweedie", "objective=binary sigmoid:1", 7, "the objective is binary");
    expect_refused("objective=tweedie", "objective=lambdarank", 7, "the objective is lambdarank");
    expect_refused("objective=tweedie", "objective=regression", 7, "expected one with a logarithmic link");
    expect_refused("objective=", "purpose=", 1, "has no objective=");
    expect_refused("label_index=0", "average_output", 5, "a random forest");
    expect_refused("is_linear=0", "is_linear=1", 27, "the tree is linear");
    expect_refused("=balance ", "=claim_id ", 8, "unknown feature claim_id");
    expect_refused("=balance ", "=balance balance=5 ", 8, "expected a number without a level");
    expect_refused(" default_marks employment=retired", "", 0, "feature_names has 5 names");
    expect_refused("decision_type=0 1", "decision_type=0 13", 18, "expected a whole number from 0 to 11");
    expect_refused("decision_type=0 1", "decision_type=0 2", 12, "a column of text, for a number");
    expect_refused("pandas_categorical", "something", 8, "which number stood for which level");
    expect_refused("categorical:[[", "categorical:[[\"a\"], [", 0, "the levels of 2 columns");
    expect_refused("categorical:[[", "categorical:[[7, ", 0, "is no text");
    expect_refused("categorical:[[", "categorical:[", 0, "not JSON");
}

static void what_is_malformed_is_refused(void **state) {
    (void)state;
    expect_refused("left_child=1 -2", "left_child=0 -2", 12, "form no tree");
    expect_refused("left_child=1 -2", "left_child=9 -2", 19, "expected a whole number from -3 to 1");
    expect_refused("left_child=1 -2", "left_child=1 -9", 19, "expected a whole number");
    expect_refused("left_child=1 -2", "left_child=1", 19, "left_child has 1 entries; expected 2");
    expect_refused("left_child=1 -2", "child=1", 12, "the tree has no left_child");
    expect_refused("leaf_value=1 0.5", "leaf_value=nan 0.5", 21, "is 'nan'");
    expect_refused("threshold=199.99000000000001 0", "threshold=x 0", 17, "is 'x'");
    expect_refused("threshold=199.99000000000001 0", "threshold=199.99 1", 12, "names set 1");
    expect_refused("threshold=199.99000000000001 0", "threshold=199.99 0.5", 12, "names set 0.5");
    expect_refused("cat_boundaries=0 2", "cat_boundaries=2 0", 25, "do not ascend");
    expect_refused("cat_boundaries=0 2", "cat_boundaries=0 3", 26, "cat_threshold has 2 entries; expected 3");
    expect_refused("cat_threshold=2 4", "cat_threshold=2 4294967296", 26, "expected a whole number");
    expect_refused("num_leaves=3", "num_leaves=0", 13, "expected a whole number from 1");
    expect_refused("num_leaves=3", "num_leaves=8000000", 21, "leaf_value has 3 entries");
    expect_refused("num_cat=1", "num_cat=1\nnum_cat=1", 15, "num_cat stands twice");
    expect_refused("split_feature=0 1", "split_feature=0 7", 12, "is on feature 7");
    expect_refused("end of trees", "", 0, "before 'end of trees'");
}

static void truncated_files_are_refused(void **state) {
    (void)state;
    for (size_t length = 0; length < strlen(ensemble) - 120; length += 23) {
        jk_model *model = NULL;
        jk_error error = {0};
        assert_int_equal(load_with_trees(ensemble, length, &model, &error), JK_ERROR_MODEL);
        assert_null(model);
    }
}

int main(void) {
    jk_policy_set(&(jk_policy){.includes_outside = true}); /* the rules of the tests, from a folder in /tmp */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_by_hand),
        cmocka_unit_test(what_cannot_be_honoured_is_refused),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(truncated_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
