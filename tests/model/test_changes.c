/* SPDX-License-Identifier: Apache-2.0 */
/* Values put in the place of those of a model's files: the same model as from an edited file, and keys that lead
 * nowhere. */
#include "cmocka_all.h"

#include "model_files.h"

static jk_model *load_with(const char *first, const char *second, jk_error *error) {
    char path[FILE_PATH_MAX];
    const char *const changes[] = {first, second};
    jk_model *model = NULL;
    *error = (jk_error){0};
    (void)jk_model_load_told(example_path(path), changes, second != NULL ? 2 : 1, NULL, &model, error);
    return model;
}

static void test_values_change(void **state) {
    (void)state;
    jk_error error;
    jk_model *model = load_with("irr=0.12", "risk.correlation=0.25", &error);
    assert_non_null(model);
    assert_true(model->irr == 0.12 && model->risk.correlation->countries == 0.25);
    jk_model *other = load_with("irr=0.12", NULL, &error);
    assert_string_not_equal(model->sha256, other->sha256);
    jk_model_free(model);
    model = load_with("irr=0.12", "irr=0.11", &error); /* the last holds */
    assert_true(model->irr == 0.11);
    assert_string_not_equal(model->sha256, other->sha256);
    jk_model_free(model);
    jk_model_free(other);
}

static void test_items_of_lists(void **state) {
    (void)state;
    jk_error error;
    char path[FILE_PATH_MAX], change[128];
    jk_model *plain = NULL;
    assert_int_equal(jk_model_load(example_path(path), &plain, &error), JK_OK);
    assert_true(plain->segment_count >= 2);
    (void)snprintf(change, sizeof change, "segments[%s].exit_monthly=0.0123", plain->segments[1].id);
    jk_model *by_id = load_with(change, NULL, &error),
             *by_number = load_with("segments[1].exit_monthly=0.0123", NULL, &error);
    jk_model *all = load_with("segments[*].exit_monthly=0.0123", NULL, &error);
    assert_true(by_id != NULL && by_number != NULL && all != NULL);
    for (size_t s = 0; s < plain->segment_count; s++) {
        double expected = s == 1 ? 0.0123 : plain->segments[s].exit_monthly;
        assert_true(by_id->segments[s].exit_monthly == expected && by_number->segments[s].exit_monthly == expected);
        assert_true(all->segments[s].exit_monthly == 0.0123);
    }
    jk_model_free(plain);
    jk_model_free(by_id);
    jk_model_free(by_number);
    jk_model_free(all);
    jk_model *lists = load_with("epochs=[12, 12, 36]", NULL, &error); /* a value may be a list or a map */
    assert_true(lists != NULL && lists->epoch_count == 3 && lists->epochs[2] == 36);
    jk_model_free(lists);
}

static void test_mistakes(void **state) {
    (void)state;
    static const struct {
        const char *change;
        jk_status status;
        const char *file, *key;
    } mistakes[] = {
        {"irr", JK_ERROR_ARGUMENT, "", ""},
        {"=3", JK_ERROR_ARGUMENT, "", ""},
        {"a/b=3", JK_ERROR_ARGUMENT, "", ""},
        {".irr=3", JK_ERROR_ARGUMENT, "", ""},
        {"irr..x=3", JK_ERROR_ARGUMENT, "change irr..x", ""},
        {"segments[=3", JK_ERROR_ARGUMENT, "change segments[", ""},
        {"segments[]=3", JK_ERROR_ARGUMENT, "change segments[]", ""},
        {"segments[0]x=3", JK_ERROR_ARGUMENT, "change segments[0]x", ""},
        {"segments[nobody].x=3", JK_ERROR_ARGUMENT, "change segments[nobody].x", "nobody"},
        {"segments[999].x=3", JK_ERROR_ARGUMENT, "change segments[999].x", "999"},
        {"irr[0]=3", JK_ERROR_ARGUMENT, "change irr[0]", "0"},
        {"irr.x=3", JK_ERROR_ARGUMENT, "change irr.x", "x"},
        {"irr={", JK_ERROR_MODEL, "change irr", ""},
        {"irr=", JK_ERROR_MODEL, "change irr", ""},
        {"irr=-2", JK_ERROR_MODEL, "change irr", "irr"},
        {"ir=0.1", JK_ERROR_MODEL, "change ir", "ir"},
        {"name.x.y=0.1", JK_ERROR_ARGUMENT, "change name.x.y", "x"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        jk_error error;
        assert_null(load_with(mistakes[i].change, NULL, &error));
        if (error.status != mistakes[i].status || strcmp(error.file, mistakes[i].file) != 0 ||
            (mistakes[i].key[0] != '\0' && strcmp(error.key, mistakes[i].key) != 0)) {
            fail_msg("%s: status %d, file '%s', key '%s': %s", mistakes[i].change, error.status, error.file, error.key,
                     error.message);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_change),
        cmocka_unit_test(test_items_of_lists),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
