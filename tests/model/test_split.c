/* SPDX-License-Identifier: Apache-2.0 */
/* What a split model has of the one that it was made of. */
#include "cmocka_all.h"

#include <string.h>

#include "jalki/model.h"
#include "model_files.h"

static jk_model *load(void) {
    char path[FILE_PATH_MAX];
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(jk_model_load(example_path(path), &model, &error), JK_OK);
    return model;
}

static const char *factor_of(const jk_model *model, size_t segment, size_t jurisdiction) {
    const jk_risk_correlation *correlation = model->risk.correlation;
    return correlation->factor[correlation->of[segment * model->jurisdiction_count + jurisdiction]];
}

static size_t jurisdiction(const jk_model *model, const char *country) {
    for (size_t j = 0; j < model->jurisdiction_count; j++) {
        if (strcmp(model->jurisdictions[j].id, country) == 0) {
            return j;
        }
    }
    fail_msg("no %s", country);
    return 0;
}

/* fi-consumer is of Finland alone and stays whole; of the rest come a part for Sweden, one for Norway, and what is
 * left. */
static void parts_have_their_segments_factors(void **state) {
    (void)state;
    jk_model *model = load(), *split = NULL;
    const char *const countries[] = {"SE", "NO"};
    jk_error error = {0};
    assert_int_equal(jk_model_split(model, &(jk_where){.country_count = 2, .countries = countries}, 1, &split, &error),
                     JK_OK);
    assert_int_equal(split->segment_count, 4);
    static const char *const ids[] = {"fi-consumer", "rest", "rest", "rest"};
    static const char *const of[] = {NULL, "SE", "NO", NULL};
    for (size_t s = 0; s < 4; s++) {
        assert_string_equal(split->segments[s].id, ids[s]);
        assert_int_equal(split->origin->segment[s], s == 0 ? 0 : 1);
        assert_true((of[s] == NULL) == (split->origin->country[s] == NULL));
        if (of[s] != NULL) {
            assert_string_equal(split->origin->country[s], of[s]);
        }
        for (size_t c = 0; c < 3; c++) {
            const char *country = (const char *[]){"FI", "SE", "NO"}[c];
            assert_string_equal(factor_of(split, s, jurisdiction(split, country)), s == 0 ? "fi-consumer" : country);
        }
    }
    assert_ptr_equal(split->risk.correlation->matrix, model->risk.correlation->matrix); /* the same, not a copy */
    jk_model_free(split);
    jk_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_have_their_segments_factors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
