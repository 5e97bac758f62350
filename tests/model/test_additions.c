/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that add to what a file includes: against the same models written out, and messages for what cannot be added.
 */
#include "cmocka_all.h"

#include "model_folder.h"

static void assert_fails(const char *text, const char *file, int64_t line, const char *key, const char *begins) {
    char path[NAME_MAX_BYTES], expected[NAME_MAX_BYTES];
    jk_error error = {0};
    jk_model *model = NULL;
    put("bad.yaml", text);
    assert_int_equal(jk_model_load(in_folder(path, "bad.yaml"), &model, &error), JK_ERROR_MODEL);
    assert_null(model);
    if (strncmp(error.message, begins, strlen(begins)) != 0) {
        fail_msg("found \"%s\", expected \"%s\"", error.message, begins);
    }
    assert_string_equal(error.key, key);
    assert_string_equal(error.file, in_folder(expected, file));
    assert_int_equal(error.line, line);
}

static void segments_are_added_changed_and_copied(void **state) {
    (void)state;
    put_example();
    put("top.yaml", "include: base.yaml\n"
                    "segments+:\n"
                    "  - {id: rest, exit_monthly: 0.25}\n"
                    "  - {like: fi-consumer, id: large, when: {balance: [5000, null]}, cost: {legal: {filing: 120}}}\n"
                    "  - {like: large, id: huge, when: {balance: {from: 50000}}}\n"
                    "  - {like: rest, id: young, when: {age_years: [18, 25]}}\n");
    jk_model *base = load_good("base.yaml"), *model = load_good("top.yaml");
    assert_int_equal(model->segment_count, base->segment_count + 3);
    const char *const order[] = {"huge", "large", "fi-consumer", "young", "rest"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_string_equal(model->segments[i].id, order[i]);
    }
    const jk_segment *own = &base->segments[0], *huge = &model->segments[0], *large = &model->segments[1];
    assert_true(model->segments[4].exit_monthly == 0.25);
    assert_true(large->filing == 120 && huge->filing == 120 && model->segments[2].filing == own->filing);
    assert_true(large->enforcement_monthly == own->enforcement_monthly && large->exit_monthly == own->exit_monthly);
    assert_int_equal(large->when.count, own->when.count + 1); /* joined: the conditions of the other as well */
    const jk_condition_term *term = &large->when.terms[own->when.count];
    assert_int_equal(term->figure, JK_DERIVED_BALANCE);
    assert_true(term->from == 5000 && term->below > 1e300 && term->count == 0);
    term = &huge->when.terms[own->when.count];
    assert_true(term->from == 50000 && term->below > 1e300); /* a list gave way to a map */
    assert_int_equal(model->segments[3].when.terms[0].figure, JK_DERIVED_AGE_YEARS);
    jk_model_free(base);
    jk_model_free(model);
}

static void files_add_one_after_another(void **state) {
    (void)state;
    put_example();
    put("one.yaml", "include: base.yaml\nsegments+:\n  - {like: rest, id: a, when: {product: [telecom]}}\n");
    /* another file adds to what that one made */
    put("top.yaml", "include: one.yaml\nsegments+:\n  - {like: a, id: b, when: {country: [SE]}}\n");
    jk_model *model = load_good("top.yaml");
    assert_string_equal(model->segments[1].id, "b");
    assert_string_equal(model->segments[2].id, "a");
    assert_int_equal(model->segments[1].when.count, 2);
    jk_model_free(model);
    /* files beside each other add to what stands before them */
    put("more.yaml", "segments+:\n  - {like: rest, id: c, when: {country: [DK]}}\n");
    put("top.yaml", "include: [base.yaml, more.yaml, more2.yaml]\n");
    put("more2.yaml", "segments+:\n  - {like: c, id: d, when: {product: [rent]}}\n");
    model = load_good("top.yaml");
    assert_string_equal(model->segments[1].id, "d");
    assert_string_equal(model->segments[2].id, "c");
    jk_model_free(model);
    /* two that add to what comes later still both do */
    put("top.yaml", "include: [more.yaml, more2.yaml, base.yaml]\n");
    model = load_good("top.yaml");
    assert_int_equal(model->segment_count, 4);
    assert_string_equal(model->segments[1].id, "d");
    jk_model_free(model);
}

static void characteristics_are_added_and_changed(void **state) {
    (void)state;
    put_example();
    put("top.yaml", "include: base.yaml\nscorecard:\n  intercept: 0.5\n  characteristics+:\n"
                    "    - {name: legal_status, levels: {title: 0.9}}\n"
                    "    - {name: default_marks, missing: 0.1, bins: [{below: 1, points: 0.2}, {points: -0.3}]}\n"
                    "    - {like: default_marks, name: dependants, missing: 0.4}\n");
    jk_model *base = load_good("base.yaml"), *model = load_good("top.yaml");
    const jk_scorecard *was = &base->scorecard, *is = &model->scorecard;
    assert_true(is->intercept == 0.5);
    assert_int_equal(is->count, was->count + 2);
    for (size_t c = 0; c < was->count; c++) {
        assert_string_equal(is->characteristics[c].name, was->characteristics[c].name);
        if (strcmp(is->characteristics[c].name, "legal_status") != 0) {
            continue;
        }
        const jk_characteristic *old = &was->characteristics[c], *new = &is->characteristics[c];
        assert_int_equal(new->count, old->count);
        for (size_t l = 0; l < old->count; l++) {
            bool changed = strcmp(old->levels[l], "title") == 0;
            assert_true(new->points[l] == (changed ? 0.9 : old->points[l]));
        }
    }
    const jk_characteristic *last = &is->characteristics[was->count + 1];
    assert_string_equal(last->name, "dependants");
    assert_true(last->missing_points == 0.4 && last->points[1] == -0.3);
    jk_model_free(base);
    jk_model_free(model);
}

static void what_cannot_be_added(void **state) {
    (void)state;
    put_example();
    assert_fails("include: base.yaml\nsegments+:\n  - {like: fi-consmer, id: x}\n", "bad.yaml", 3, "segments+",
                 "there is no segment fi-consmer to be like, did you mean fi-consumer?");
    assert_fails("include: base.yaml\nsegments+:\n  - {like: rest}\n", "bad.yaml", 3, "segments+",
                 "expected a map with `id`");
    assert_fails("include: base.yaml\nsegments+:\n  - {like: rest, id: rest}\n", "bad.yaml", 3, "segments+",
                 "an entry with `like` needs an id of its own");
    assert_fails("include: base.yaml\nsegments+: {id: rest}\n", "bad.yaml", 2, "segments+", "expected a list");
    assert_fails("include: base.yaml\nsegments+: [rest]\n", "bad.yaml", 2, "segments+", "expected a map with `id`");
    assert_fails("include: base.yaml\nsegments+: [{like: [rest], id: x}]\n", "bad.yaml", 2, "segments+",
                 "there is no segment");
    assert_fails("name: x\nsegments+: [{id: rest}]\n", "bad.yaml", 2, "segments+", "adds to a list of segments");
    assert_fails("include: base.yaml\nscorecard:\n  characteristics+: [{like: nothing, name: x}]\n", "bad.yaml", 3,
                 "characteristics+", "there is no characteristic nothing to be like");
    assert_fails("include: base.yaml\nsegments+:\n  - {id: rest, exit_mnthly: 1}\n", "bad.yaml", 3,
                 "segments[1].exit_mnthly", "unknown key, did you mean exit_monthly?");
}

static void version_and_lineage_are_of_the_file_itself(void **state) {
    (void)state;
    put_example();
    jk_model *base = load_good("base.yaml");
    assert_string_equal(base->version, "2");
    assert_string_equal(base->lineage.fitted_on, "2026-06-30");
    assert_int_equal(base->lineage.parent_count, 1);
    assert_string_equal(base->lineage.parents[0].name, "nordic-2026");
    assert_int_equal(strlen(base->lineage.parents[0].sha256), 64);
    assert_int_equal(base->lineage.data_count, 1);
    assert_null(base->lineage.data[0].sha256);
    jk_model_free(base);
    put("top.yaml", "include: base.yaml\nname: mine\n");
    jk_model *model = load_good("top.yaml");
    assert_null(model->version);
    assert_null(model->lineage.fitted_on);
    assert_int_equal(model->lineage.parent_count, 0);
    jk_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_added_changed_and_copied),      cmocka_unit_test(files_add_one_after_another),
        cmocka_unit_test(characteristics_are_added_and_changed),      cmocka_unit_test(what_cannot_be_added),
        cmocka_unit_test(version_and_lineage_are_of_the_file_itself),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
