/* SPDX-License-Identifier: Apache-2.0 */
/* What the file of a fit may name, how often and how much of it, and where the numbers of what it names go. */
#include "simulate/covariance_case.h"
#include "support/must.h"

/* The file with this in the place of its first parameter's. */
static jk_status load_with(const char *key, const char *value, jk_covariance *c) {
    json_t *root = read_whole();
    json_t *object = json_array_get(json_object_get(root, "parameters"), 0);
    assert_int_equal(json_object_set_new(object, key, json_string(value)), 0);
    const jk_status status = load_object(root, c);
    json_decref(root);
    return status;
}

/* The file with this text in the place of a key's. */
static jk_status load_put(const char *path, const char *value, jk_covariance *c) {
    const char *key = NULL;
    json_t *root = read_whole(), *object = object_of(root, path, &key);
    assert_int_equal(json_object_set_new(object, key, json_loads(value, JSON_DECODE_ANY, NULL)), 0);
    const jk_status status = load_object(root, c);
    json_decref(root);
    return status;
}

static void what_the_model_does_not_have_is_refused(void **state) {
    (void)state;
    static const char *const bad[][2] = {{"level", "soon"},     {"level", "13 and more"},
                                         {"segment", "three"},  {"treatment", "call"},
                                         {"treatment", "sell"}, {"characteristic", "capacity_class"}};
    jk_covariance c;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(load_with(bad[i][0], bad[i][1], &c), JK_ERROR_DATA);
    }
    assert_int_equal(load_with("characteristic", "reachable", &c), JK_OK); /* the model has no scorecard */
    assert_int_equal(c.left_out, 1);
    jk_covariance_reset(&c);
    static const char *const classes[] = {"none", "weak", "able", "?", ""};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        json_t *root = read_whole(), *object = json_array_get(json_object_get(root, "parameters"), 0);
        assert_int_equal(json_object_set_new(object, "characteristic", json_string("capacity_class")), 0);
        assert_int_equal(json_object_set_new(object, "level", json_string(classes[i])), 0);
        assert_int_equal(load_object(root, &c), i < 3 ? JK_OK : JK_ERROR_DATA);
        for (int k = 0; i < 3 && k < JK_CAPACITY_COUNT; k++) {
            assert_int_equal(jk_covariance_class(&c, 0, JK_TREAT_SURVEIL, k), k == (int)i ? 0 : -1);
        }
        jk_covariance_reset(&c);
        json_decref(root);
    }
    assert_int_equal(load_put("base_curves", "[\"call\"]", &c), JK_ERROR_FORMAT);
    assert_int_equal(load_put("jalki_covariance", "2", &c), JK_ERROR_FORMAT);
}

/* Where the base model's curves stand under the first treatment, its own estimates say nothing. */
static void base_curves_stand_for_estimates(void **state) {
    (void)state;
    jk_covariance c;
    assert_int_equal(load_put("base_curves", "[\"surveil\",\"legal\"]", &c), JK_OK);
    assert_int_equal(c.points + c.left_out, 0);
    assert_int_equal(c.rest, 6); /* each curve is one */
    assert_int_equal(c.count, c.rest + c.spells);
    for (size_t step = 1; step < 3; step++) {
        assert_int_equal(jk_covariance_step(&c, 0, JK_TREAT_SURVEIL, step), jk_covariance_step(&c, 0, 0, 0));
    }
    jk_covariance_reset(&c);
}

/* A curve of which every step has an estimate is no curve of the rest; what moves a whole curve moves steps that share
 * a parameter once. */
static void curves_that_are_known_have_no_rest(void **state) {
    (void)state;
    jk_covariance c, plain;
    json_t *root = read_whole(), *object = json_array_get(json_object_get(root, "parameters"), 0);
    assert_int_equal(json_object_set_new(object, "segment", json_string("two")), 0);
    assert_int_equal(json_object_del(root, "levels"), 0);
    assert_int_equal(load_object(root, &plain), JK_OK);
    assert_int_equal(jk_covariance_step(&plain, 1, JK_TREAT_SURVEIL, 0), 0);
    assert_int_equal(plain.rest, 5);
    json_t *curves = json_object_get(root, "curves_unknown");
    assert_int_equal(json_array_append_new(curves, json_loads("{\"segment\":\"one\",\"treatment\":\"legal\","
                                                              "\"variance\":0.11}",
                                                              0, NULL)),
                     0);
    assert_int_equal(load_object(root, &c), JK_OK);
    const int32_t legal = jk_covariance_step(&c, 0, JK_TREAT_LEGAL, 0);
    assert_int_equal(jk_covariance_step(&c, 0, JK_TREAT_LEGAL, 2), legal);
    for (int32_t i = 0; i < (int32_t)c.count; i++) {
        for (int32_t k = 0; k < (int32_t)c.count; k++) {
            expect_covariance(&c, i, k, jk_covariance_at(&plain, i, k) + (i == legal && k == legal ? 0.11 : 0.0));
        }
    }
    jk_covariance_reset(&c);
    jk_covariance_reset(&plain);
    json_decref(root);
}

static void each_figure_stands_once(void **state) {
    (void)state;
    jk_covariance c;
    for (size_t from = 0; from < 2; from++) { /* the first or the second again as the third */
        json_t *root = read_whole(), *list = json_object_get(root, "parameters");
        assert_int_equal(json_array_set(list, 2, json_array_get(list, from)), 0);
        assert_int_equal(load_object(root, &c), JK_ERROR_FORMAT);
        json_decref(root);
    }
    /* The same of payers, the first of all that are drawn among them; a share of no class is all classes'. */
    for (int named = 0; named < 2; named++) {
        json_t *root = read_whole(), *list = json_object_get(json_object_get(root, "spells"), "parameters");
        assert_int_equal(json_object_set_new(root, "base_curves", json_loads("[\"surveil\",\"legal\"]", 0, NULL)), 0);
        assert_int_equal(json_array_set_new(list, 0, json_deep_copy(json_array_get(list, 1))), 0);
        assert_int_equal(
            json_object_set_new(json_array_get(list, 0), "capacity_class", named ? json_string("weak") : json_null()),
            0);
        assert_int_equal(load_object(root, &c), named ? JK_OK : JK_ERROR_FORMAT);
        assert_int_equal(c.spells, named ? 2 : 0);
        jk_covariance_reset(&c);
        json_decref(root);
    }
}

/* Figures of payers that are drawn elsewhere, or are on another scale, are not drawn. */
static void other_figures_of_payers_are_not_drawn(void **state) {
    (void)state;
    static const char *const others[][2] = {{"half_life", "log"}, {"settled_share", "log"}, {"breakage", "logit"}};
    jk_covariance c;
    for (size_t i = 0; i < 4; i++) {
        json_t *root = read_whole(), *list = json_object_get(json_object_get(root, "spells"), "parameters"),
               *object = json_array_get(list, 0);
        if (i < 3) {
            assert_int_equal(json_object_set_new(object, "figure", json_string(others[i][0])), 0);
            assert_int_equal(json_object_set_new(object, "link", json_string(others[i][1])), 0);
        } else {
            assert_int_equal(json_object_del(object, "link"), 0);
        }
        assert_int_equal(load_object(root, &c), JK_OK);
        assert_int_equal(c.spells, 1);
        assert_int_equal(c.count, 2 + c.spells + c.rest);
        assert_int_equal(jk_covariance_spell(&c, 0, JK_SPELL_SETTLED), -1);
        assert_int_equal(jk_covariance_spell(&c, 0, JK_SPELL_SHARE), 2);
        expect_covariance(&c, 2, 2, 0.1);
        jk_covariance_reset(&c);
        json_decref(root);
    }
}

/* As many as there may be of either list, none of which the model has; and one more. */
static void lists_go_so_far(void **state) {
    (void)state;
    static const char odd[] =
        "{\"characteristic\":\"other\",\"level\":\"any\",\"figure\":\"half_life\",\"credibility\":1}";
    static const size_t counts[] = {JK_COVARIANCE_MOST, JK_COVARIANCE_MOST + 1};
    for (int spells = 0; spells < 2; spells++) {
        for (int i = 0; i < 2; i++) {
            jk_covariance c;
            json_t *root = read_whole(), *of = spells ? json_object_get(root, "spells") : root,
                   *one = json_loads(odd, 0, NULL), *list = json_array(), *rows = json_array();
            for (size_t n = 0; n < counts[i]; n++) {
                assert_int_equal(json_array_append(list, one) + json_array_append_new(rows, json_integer(0)), 0);
            }
            assert_int_equal(json_object_set_new(of, "parameters", list), 0);
            assert_int_equal(json_object_set_new(of, "covariance", rows), 0);
            assert_int_equal(load_object(root, &c), i == 0 ? JK_OK : JK_ERROR_FORMAT);
            assert_int_equal(c.left_out, i == 0 && !spells ? JK_COVARIANCE_MOST : 0);
            jk_covariance_reset(&c);
            assert_int_equal(json_array_clear(list), 0);
            assert_int_equal(json_array_clear(rows), 0);
            assert_int_equal(load_object(root, &c), spells ? JK_OK : JK_ERROR_FORMAT);
            jk_covariance_reset(&c);
            json_decref(one);
            json_decref(root);
        }
    }
}

/* A file that names its model is of that model alone. */
static void a_file_is_of_its_model(void **state) {
    (void)state;
    static const char *const sums[] = {"aa", "ab"};
    for (int i = 0; i < 2; i++) {
        jk_segment segments[2];
        jk_model model = make_model(segments);
        jk_covariance c;
        jk_error error = {0};
        json_t *root = read_whole();
        char path[] = "/tmp/test_covariance.XXXXXX";
        (void)snprintf(model.sha256, sizeof model.sha256, "%s", sums[i]);
        segments[0].payers.given = true;
        assert_int_equal(json_object_set_new(root, "model_sha256", json_string("aa")), 0);
        write_object(root, path);
        assert_int_equal(jk_covariance_load(path, &model, &c, &error), i == 0 ? JK_OK : JK_ERROR_DATA);
        assert_int_equal(unlink(path), 0);
        jk_covariance_reset(&c);
        json_decref(root);
    }
}

#define OF_CARD(name, level) "{\"characteristic\":\"" name "\",\"level\":\"" level "\",\"credibility\":1}"

/* Points go to the level of their characteristic; those of others are left out. */
static void points_are_of_their_level(void **state) {
    (void)state;
    static const double below[] = {2.0, INFINITY}, points[] = {0.1, 0.2};
    static const char card[] = "{\"jalki_covariance\":1,\"parameters\":[" OF_CARD("visits", "missing") "," OF_CARD(
        "calls",
        "2 and more") "," OF_CARD("visits",
                                  "9 and more") "," OF_CARD("letters",
                                                            "below 2") "," OF_CARD("visits",
                                                                                   "below 2") "],"
                                                                                              "\"covariance\":[[0.1,0,"
                                                                                              "0,0,0.01],[0,0.2,0,0,0],"
                                                                                              "[0,0,9,0,0],[0,0,0,9,0],"
                                                                                              "[0.01,0,0,0,0.3]]}";
    const jk_characteristic items[] = {
        {.name = "calls", .is_numeric = 1, .count = 2, .below = below, .points = points},
        {.name = "visits", .is_numeric = 1, .count = 2, .below = below, .points = points}};
    static const int32_t expected[2][3] = {{-1, 1, -1}, {2, -1, 0}};
    jk_segment segments[2];
    jk_model model = make_model(segments);
    model.scorecard = (jk_scorecard){.count = 2, .characteristics = items};
    jk_covariance c;
    jk_error error = {0};
    char path[] = "/tmp/test_covariance.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, card, sizeof card - 1) == (ssize_t)sizeof card - 1 && close(file) == 0);
    must(jk_covariance_load(path, &model, &c, &error), &error);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(c.points, 3);
    assert_int_equal(c.left_out, 2);
    for (size_t i = 0; i < 2; i++) {
        for (size_t l = 0; l < 3; l++) {
            assert_int_equal(jk_covariance_point(&c, i, l), expected[i][l]);
        }
    }
    expect_covariance(&c, 0, 0, 0.1);
    expect_covariance(&c, 1, 1, 0.2);
    expect_covariance(&c, 2, 2, 0.3);
    expect_covariance(&c, 0, 2, 0.01);
    expect_covariance(&c, 1, 2, 0.0);
    jk_covariance_reset(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_model_does_not_have_is_refused),
                                       cmocka_unit_test(base_curves_stand_for_estimates),
                                       cmocka_unit_test(curves_that_are_known_have_no_rest),
                                       cmocka_unit_test(each_figure_stands_once),
                                       cmocka_unit_test(other_figures_of_payers_are_not_drawn),
                                       cmocka_unit_test(lists_go_so_far),
                                       cmocka_unit_test(a_file_is_of_its_model),
                                       cmocka_unit_test(points_are_of_their_level)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
