/* SPDX-License-Identifier: Apache-2.0 */
/* A whole fit of debtors who pay in spells, and its JSON read back. */
#ifndef JK_TESTS_JSON_CASE_H
#define JK_TESTS_JSON_CASE_H

#include "base/text/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/panel_case.h"
#include "fit/payers/payers.h"
#include "jalki/fit.h"

enum { SEGMENTS = 2 };
static jk_fit *fit;

static inline int fit_history(void **state) {
    (void)state;
    put_path(panel_path, "h5");
    put_path(model_path, "yaml");
    load_model("truth_payers.yaml");
    jk_generate_panel_options made = jk_generate_panel_defaults();
    made.claims = 1800;
    made.months = 24;
    jk_error error = {0};
    must(jk_generate_panel(&made, base, panel_path, JK_PANEL_STORE, NULL, NULL, &error), &error);
    jk_fit_options options = jk_fit_defaults();
    options.run.threads = 2;
    options.bootstrap = JK_FIT_DRAWS_LEAST;
    options.seed = 17;
    options.splines = "default_marks";
    options.filter.high = 95;
    options.filter.from = 10000; /* 1997-05-19 */
    must(jk_fit_run(panel_path, base, &options, &fit, &error), &error);
    assert_true(fit->base->segment_count == SEGMENTS && fit->payers_result.learned);
    return 0;
}

static inline int drop_fit(void **state) {
    jk_fit_free(fit);
    return drop_panel(state);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static inline const json_t *member(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (value == NULL) {
        fail_msg("no key %s", key);
    }
    return value;
}

/* A number, or null where there is none. */
static inline void value_is(const json_t *value, double wanted, const char *what) {
    if (isfinite(wanted) ? !(json_is_number(value) && fabs(json_number_value(value) - wanted) <= 1e-14 * fabs(wanted))
                         : !json_is_null(value)) {
        fail_msg("%s: %.17g, expected %.17g", what, json_number_value(value), wanted);
    }
}

static inline void number_is(const json_t *object, const char *key, double wanted) {
    value_is(member(object, key), wanted, key);
}

/* A text; NULL: null. */
static inline void text_is(const json_t *object, const char *key, const char *wanted) {
    const json_t *value = member(object, key);
    if (wanted == NULL ? !json_is_null(value)
                       : !json_is_string(value) || strcmp(json_string_value(value), wanted) != 0) {
        fail_msg("%s: expected %s", key, wanted != NULL ? wanted : "null");
    }
}

static inline void flag_is(const json_t *object, const char *key, bool wanted) {
    const json_t *value = member(object, key);
    assert_true(json_is_boolean(value) && json_is_true(value) == wanted);
}

static inline void numbers_are(const json_t *list, const double *wanted, size_t count, const char *what) {
    assert_int_equal(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        value_is(json_array_get(list, i), wanted[i], what);
    }
}

static inline void matrix_is(const json_t *rows, const double *wanted, size_t n, const char *what) {
    assert_int_equal(json_array_size(rows), n);
    for (size_t i = 0; i < n; i++) {
        numbers_are(json_array_get(rows, i), wanted + i * n, n, what);
    }
}

static inline void texts_are(const json_t *list, const char *const *wanted, size_t count) {
    assert_int_equal(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(json_string_value(json_array_get(list, i)), wanted[i]);
    }
}

static inline json_t *read_fit(void) {
    char *text = NULL;
    jk_error error = {0};
    must(jk_fit_json(fit, &text, &error), &error);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static inline json_t *read_covariance(const char *sha256) {
    char *text = NULL;
    jk_error error = {0};
    must(jk_fit_covariance_json(fit, sha256, &text, &error), &error);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static inline const char *treatment_of(int treatment) {
    static const char *const names[] = {"surveil", "amicable", "legal"};
    return treatment < 0 ? NULL : names[treatment];
}

static inline const char *segment_of(int segment) {
    return segment < 0 ? NULL : base->segments[segment].id;
}

static inline void figure_is(const json_t *object, const jk_fit_term *term) {
    text_is(object, "segment", segment_of(term->segment));
    text_is(object, "treatment", treatment_of(term->treatment));
    text_is(object, "characteristic", term->characteristic);
    text_is(object, "level", term->level);
}

#endif
