/* SPDX-License-Identifier: Apache-2.0 */
/* Includes: order, joining, lines of the file where a value stands, cycles and limits. */
#include "cmocka_all.h"

#include "model_folder.h"

static void assert_fails(const char *name, jk_status status, const char *file, int64_t line, const char *key,
                         const char *message) {
    char path[NAME_MAX_BYTES];
    char expected[NAME_MAX_BYTES];
    jk_error error = {0};
    jk_model *model = NULL;
    assert_int_equal(jk_model_load(in_folder(path, name), &model, &error), status);
    assert_null(model);
    assert_string_equal(error.message, message);
    assert_string_equal(error.key, key);
    assert_string_equal(error.file, in_folder(expected, file));
    assert_int_equal(error.line, line);
}

static void later_files_win_key_by_key(void **state) {
    (void)state;
    put_example();
    (void)mkdir(in_folder((char[NAME_MAX_BYTES]){0}, "sub"), 0700);
    put("sub/one.yaml", "irr: 0.20\nname: one\njurisdictions: {FI: {interest: {consumer: 0.2}}}\n");
    put("sub/two.yaml", "include: [one.yaml]\nname: two\n");
    put("top.yaml", "include: [base.yaml, sub/two.yaml]\nonboarding_cost: 7\n"
                    "jurisdictions: {FI: {attachable: {base: 1100}}, \"NO\": {attachable: null}}\n"
                    "scorecard: {characteristics: []}\n");
    jk_model *model = load_good("top.yaml");
    assert_string_equal(model->name, "two");
    assert_true(model->irr == 0.20);
    assert_true(model->onboarding_cost == 7);
    assert_true(model->cost_inflation == 0.02);
    const jk_jurisdiction *fi = &model->jurisdictions[0];
    assert_string_equal(fi->id, "FI");
    assert_true(fi->interest.rate[JK_CONSUMER] == 0.2);
    assert_true(fi->interest.rate[JK_BUSINESS] == 0.105);
    assert_true(fi->attachable.base == 1100);
    assert_true(fi->attachable.per_dependant == 290);
    assert_int_equal(model->scorecard.count, 0); /* a list is replaced, not joined */
    assert_true(model->scorecard.weak_from == 430);
    jk_model_free(model);
}

static void null_and_lists_replace_maps_and_back(void **state) {
    (void)state;
    put_example();
    put("top.yaml", "include: base.yaml\njurisdictions:\n  FI: {attachable: null}\n"
                    "  \"NO\": {attachable: {base: 1, per_dependant: 2, housing_counts: true, max_share: 1, "
                    "bands: [{from_multiple: 0, rate: 1}]}}\n");
    jk_model *model = load_good("top.yaml");
    assert_false(model->jurisdictions[0].attachable.allowed);
    assert_true(model->jurisdictions[2].attachable.allowed);
    jk_model_free(model);
}

static void errors_name_the_file_of_the_value(void **state) {
    (void)state;
    put_example();
    put("part.yaml", "# a comment\n\njurisdictions:\n  FI:\n    interest: {consumer: eleven}\n");
    put("top.yaml", "include: [base.yaml, part.yaml]\nirr: 0.1\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "part.yaml", 5, "jurisdictions.FI.interest.consumer",
                 "expected a number from 0 to 10, found the text \"eleven\"");
    put("part.yaml", "jurisdictions:\n  FI:\n    intrest: {consumer: 1}\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "part.yaml", 3, "jurisdictions.FI.intrest",
                 "unknown key, did you mean interest?");
    put("part.yaml", "irr: 1\nirr: 2\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "part.yaml", 2, "irr",
                 "the key stands twice (first on line 1), expected once");
    put("part.yaml", "irr: [1\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "part.yaml", 2, "",
                 "not YAML: did not find expected ',' or ']' (column 1), while parsing a flow sequence");
    put("part.yaml", "- irr\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "part.yaml", 1, "", "expected keys and values, found a list");
}

static void files_that_include_themselves(void **state) {
    (void)state;
    put("self.yaml", "name: x\ninclude: [self.yaml]\n");
    assert_fails("self.yaml", JK_ERROR_MODEL, "self.yaml", 2, "include",
                 "a file that includes itself, expected no cycle");
    put("a.yaml", "include: [b.yaml]\n");
    put("b.yaml", "\ninclude: [./a.yaml]\n");
    assert_fails("a.yaml", JK_ERROR_MODEL, "b.yaml", 2, "include", "a file that includes itself, expected no cycle");
}

static void a_file_may_be_included_twice(void **state) {
    (void)state;
    put_example();
    put("part.yaml", "irr: 0.3\n");
    put("top.yaml", "include: [part.yaml, base.yaml, part.yaml]\n");
    jk_model *model = load_good("top.yaml");
    assert_true(model->irr == 0.3);
    jk_model_free(model);
}

static void limits_of_depth_and_number(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++) {
        char name[32];
        char text[64];
        (void)snprintf(name, sizeof name, "deep%d.yaml", i);
        (void)snprintf(text, sizeof text, "include: [deep%d.yaml]\n", i + 1);
        put(name, text);
    }
    assert_fails("deep0.yaml", JK_ERROR_MODEL, "deep8.yaml", 1, "include",
                 "files include each other too deeply, expected at most 8 levels");
    put("leaf.yaml", "irr: 0.1\n");
    put("wide.yaml",
        "include: [leaf.yaml, leaf.yaml, leaf.yaml, leaf.yaml, leaf.yaml, leaf.yaml, leaf.yaml, leaf.yaml, "
        "leaf.yaml, leaf.yaml]\n");
    put("wider.yaml", "include: [wide.yaml, wide.yaml, wide.yaml, wide.yaml, wide.yaml, wide.yaml, wide.yaml]\n");
    assert_fails("wider.yaml", JK_ERROR_MODEL, "wide.yaml", 1, "include", "too many files, expected at most 64");
}

static void names_that_are_wrong(void **state) {
    (void)state;
    char message[NAME_MAX_BYTES + 64];
    put("top.yaml", "name: x\ninclude: [missing.yaml]\n");
    (void)snprintf(message, sizeof message, "cannot open %s/missing.yaml: No such file or directory", folder);
    assert_fails("top.yaml", JK_ERROR_IO, "top.yaml", 2, "include", message);
    put("top.yaml", "name: x\ninclude: [3]\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "top.yaml", 2, "include", "expected the name of a file");
    put("top.yaml", "name: x\ninclude: {a: b}\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "top.yaml", 2, "include", "expected the name of a file");
    put("top.yaml", "name: x\ninclude: null\n");
    assert_fails("top.yaml", JK_ERROR_MODEL, "top.yaml", 2, "include", "expected the name of a file");
    put("top.yaml", "include: []\nname: x\n"); /* nothing to include is no error; what is missing then is */
    assert_fails("top.yaml", JK_ERROR_MODEL, "top.yaml", 1, "jalki_model",
                 "missing key, expected 1, the version of this format");
}

static void include_below_the_top_is_a_key_like_any(void **state) {
    (void)state;
    put_example();
    put("top.yaml", "include: base.yaml\nscorecard: {include: [x.yaml]}\n");
    assert_fails(
        "top.yaml", JK_ERROR_MODEL, "top.yaml", 2, "scorecard.include",
        "unknown key, expected one of: intercept, weak_from, able_from, half_life, class_given_score, characteristics, "
        "trees, network, own_score");
}

static void the_hash_covers_all_files(void **state) {
    (void)state;
    put_example();
    put("part.yaml", "irr: 0.3\n");
    put("top.yaml", "include: [base.yaml, part.yaml]\n");
    jk_model *first = load_good("top.yaml");
    jk_model *again = load_good("top.yaml");
    put("part.yaml", "irr: 0.30\n");
    jk_model *other = load_good("top.yaml");
    assert_string_equal(first->sha256, again->sha256);
    assert_string_not_equal(first->sha256, other->sha256);
    jk_model_free(first);
    jk_model_free(again);
    jk_model_free(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_files_win_key_by_key),
        cmocka_unit_test(null_and_lists_replace_maps_and_back),
        cmocka_unit_test(errors_name_the_file_of_the_value),
        cmocka_unit_test(files_that_include_themselves),
        cmocka_unit_test(a_file_may_be_included_twice),
        cmocka_unit_test(limits_of_depth_and_number),
        cmocka_unit_test(names_that_are_wrong),
        cmocka_unit_test(include_below_the_top_is_a_key_like_any),
        cmocka_unit_test(the_hash_covers_all_files),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
