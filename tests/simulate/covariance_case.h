/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a fit with everything that may stand in one, as text and as an object that can be changed, and a model
 * whose it is. */
#ifndef JK_TESTS_COVARIANCE_CASE_H
#define JK_TESTS_COVARIANCE_CASE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "simulate/draws/covariance.h"

#define CURVE(treatment, level, credibility)                                                                           \
    "{\"segment\":\"one\",\"treatment\":\"" treatment "\",\"characteristic\":\"curve\",\"level\":\"" level             \
    "\",\"credibility\":" credibility "}"

static const char estimates[] =
    "{\"jalki_covariance\":1,\"parameters\":[" CURVE("surveil", "0 to below 12", "0.5,\"unknown\":0.02") "," CURVE(
        "surveil", "24 and more", "0.2") "," CURVE("legal", "24 and more",
                                                   "0") "],\"covariance\":[[0.08,0.01,0],"
                                                        "[0.01,0.4,0],[0,0,0.7]],"
                                                        "\"base_curves\":[\"legal\"],\"garnish_share\":0.25";

/* How far whole curves may be off because it is not known how far segments differ. */
static const char unknown[] = ",\"curves_unknown\":[{\"segment\":\"one\",\"treatment\":\"surveil\",\"variance\":0.03},"
                              "{\"segment\":\"two\",\"treatment\":\"surveil\",\"variance\":0.07}]";

/* With these a file has everything that may stand in one. */
static const char whole[] =
    ",\"spells\":{\"parameters\":["
    "{\"figure\":\"settled_share\",\"segment\":\"one\",\"treatment\":\"surveil\",\"link\":\"logit\",\"credibility\":1},"
    "{\"figure\":\"monthly_share\",\"segment\":\"one\",\"capacity_class\":\"none\",\"link\":\"log\",\"credibility\":1}]"
    ","
    "\"covariance\":[[0.1,0],[0,0.1]]},"
    "\"levels\":[{\"what\":\"curve\",\"segment\":\"one\",\"treatment\":\"surveil\",\"credibility\":0.5,"
    "\"std_error\":0.1,\"expected\":7}],"
    "\"beside_cash\":{\"half_life\":0.1,\"pre_title_factor\":0.1,\"exits\":0.1,\"segments\":[{\"segment\":\"one\","
    "\"exit_monthly\":0.1,\"exit_leans\":0.1,\"months_to_title\":0.1}],\"class_moves\":[{\"segment\":\"one\","
    "\"treatment\":\"surveil\",\"relative_error\":[[0,0.1,0.1],[0.1,0,0.1],[0.1,0.1,0]],\"leans\":[0,0,0]}]}";

/* Room for the model of the tests: two segments, of three steps and of one. */
static inline jk_model make_model(jk_segment segments[2]) {
    static const int32_t months[] = {0, 12, 24};
    static const double values[] = {0.01, 0.01, 0.01};
    segments[0] = (jk_segment){.id = "one"};
    segments[1] = (jk_segment){.id = "two"};
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        segments[0].curve[t] = (jk_steps){3, months, values};
        segments[1].curve[t] = (jk_steps){1, months, values};
    }
    return (jk_model){.segments = segments, .segment_count = 2, .risk = {.curve_error = 0.05}};
}

static inline void expect_covariance(const jk_covariance *c, int32_t a, int32_t b, double expected) {
    double found = jk_covariance_at(c, a, b);
    if (fabs(found - expected) > 1e-15) {
        print_error("parameters %d and %d: %.17g, expected %.17g\n", a, b, found, expected);
        fail();
    }
}

static inline json_t *read_whole(void) {
    char all[4096];
    (void)snprintf(all, sizeof all, "%s%s%s}", estimates, unknown, whole);
    json_t *root = json_loads(all, 0, NULL);
    assert_non_null(root);
    return root;
}

static inline jk_status load_file(const char *path, jk_covariance *c, jk_error *error) {
    jk_segment segments[2];
    jk_model model = make_model(segments);
    segments[0].payers.given = segments[1].payers.given = true;
    const jk_status status = jk_covariance_load(path, &model, c, error);
    assert_true(status == JK_OK || (error->message[0] != '\0' && c->count == 0 && c->matrix == NULL));
    return status;
}

static inline void write_object(const json_t *root, char *path) {
    const int file = mkstemp(path);
    assert_true(file >= 0 && close(file) == 0);
    assert_int_equal(json_dump_file(root, path, 0), 0);
}

static inline jk_status load_object(const json_t *root, jk_covariance *c) {
    char path[] = "/tmp/test_covariance.XXXXXX";
    jk_error error = {0};
    write_object(root, path);
    const jk_status status = load_file(path, c, &error);
    assert_int_equal(unlink(path), 0);
    return status;
}

/* The object that has the last key of a path, the first of each list on the way; `key` is that key. */
static inline json_t *object_of(json_t *root, const char *path, const char **key) {
    json_t *object = root;
    const char *dot = NULL;
    for (; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
        object = json_object_get(object, name);
        object = json_is_array(object) ? json_array_get(object, 0) : object;
        assert_true(json_is_object(object));
    }
    *key = path;
    assert_non_null(json_object_get(object, path));
    return object;
}

#endif
