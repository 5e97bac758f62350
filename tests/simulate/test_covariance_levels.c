/* SPDX-License-Identifier: Apache-2.0 */
/* Levels by landmarks in the covariance of a fit, against T C T' + Cov(e) written out as matrices from the definition
 * in covariance_levels.c: curves and shares of two segments, with classes and points, and what a file may not say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "simulate/draws/covariance.h"

enum {
    STEPS = 3,
    OF_ONE = 0,
    OF_TWO = STEPS,
    CLASS,
    POINT,
    PENDING,
    SHARE_ONE,
    SHARE_WEAK,
    SHARE_ABLE,
    KNOWN,
    MOST = 16
};

/* What the panel was expected to bring where a figure counts. */
typedef struct cash {
    double of[PENDING + 1];
} cash;

static const double covariance[KNOWN][KNOWN] = {
    {0.08, 0.01, 0.02, 0.005, -0.01, 0.004, 0.003}, {0.01, 0.09, 0.0, 0.004, 0.0, -0.006, 0.0},
    {0.02, 0.0, 0.12, 0.0, 0.01, 0.0, 0.002},       {0.005, 0.004, 0.0, 0.2, 0.0, 0.03, 0.0},
    {-0.01, 0.0, 0.01, 0.0, 0.15, 0.0, 0.0},        {0.004, -0.006, 0.0, 0.03, 0.0, 0.1, 0.01},
    {0.003, 0.0, 0.002, 0.0, 0.0, 0.01, 0.3},       {0, 0, 0, 0, 0, 0, 0, 0.05, 0.01, -0.01},
    {0, 0, 0, 0, 0, 0, 0, 0.01, 0.07, 0.02},        {0, 0, 0, 0, 0, 0, 0, -0.01, 0.02, 0.06}};

typedef struct one_level {
    double credibility, error, expected;
} one_level;

/* Two curves and the shares of two segments, then those of all together. */
enum { LEVELS = 4 };
static const one_level levels[LEVELS] = {{0.6, 0.2, 180.0}, {0.3, 0.5, 70.0}, {0.5, 0.3, 40.0}, {0.25, 0.6, 10.0}};
static const one_level together[2] = {{0.8, 0.1, 0.0}, {0.7, 0.15, 0.0}};

#define LEVEL(what, of, figures) "{\"what\":\"" what "\",\"segment\":" of "," figures "}"
#define SURVEIL(id)              "\"" id "\",\"treatment\":\"surveil\""
#define FIGURES(c, e, x)         "\"credibility\":" c ",\"std_error\":" e ",\"expected\":" x

/* The levels as a file has them, with their expected cash or without. */
static void write_levels(bool expected, char *text, size_t size) {
    static const char *const of[LEVELS + 2] = {"\"curve\",\"segment\":" SURVEIL("one"),
                                               "\"curve\",\"segment\":" SURVEIL("two"),
                                               "\"monthly_share\",\"segment\":\"one\"",
                                               "\"monthly_share\",\"segment\":\"two\"",
                                               "\"curve\",\"segment\":null",
                                               "\"monthly_share\",\"segment\":null"};
    static const int order[LEVELS + 2] = {0, 2, 4, 1, 3, 5};
    size_t length = 0;
    for (int i = 0; i < LEVELS + 2; i++) {
        const one_level *is = order[i] < LEVELS ? &levels[order[i]] : &together[order[i] - LEVELS];
        length += (size_t)snprintf(
            text + length, size - length, "%s{\"what\":%s,\"credibility\":%g,\"std_error\":%g,\"expected\":%g}",
            i > 0 ? "," : "", of[order[i]], is->credibility, is->error, expected ? is->expected : 0.0);
    }
}

/* Two segments, of three steps and of one; both have payers; one characteristic. */
static jk_model make_model(jk_segment segments[2], jk_characteristic *item) {
    static const int32_t months[] = {0, 12, 24};
    static const double values[] = {0.01, 0.01, 0.01}, below[] = {2.0, INFINITY}, points[] = {0.0, 0.0};
    segments[0] = (jk_segment){.id = "one", .payers.given = true};
    segments[1] = (jk_segment){.id = "two", .payers.given = true};
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        segments[0].curve[t] = (jk_steps){STEPS, months, values};
        segments[1].curve[t] = (jk_steps){1, months, values};
    }
    *item = (jk_characteristic){.name = "calls", .is_numeric = 1, .count = 2, .below = below, .points = points};
    return (jk_model){.segments = segments,
                      .segment_count = 2,
                      .scorecard = {.count = 1, .characteristics = item},
                      .risk = {.curve_error = 0.05}};
}

static void write_parameter(FILE *to, const char *segment, const char *treatment, const char *characteristic,
                            const char *level, double expected) {
    (void)fprintf(to,
                  "%s{\"segment\":%s,\"treatment\":%s,\"characteristic\":\"%s\",\"level\":\"%s\",\"credibility\":1,"
                  "\"expected\":%.17g}",
                  ftell(to) > 50 ? "," : "", segment, treatment, characteristic, level, expected);
}

/* Numbers of the first posterior's parameters, of which each is the first in turn. */
static int turned;
static int32_t numbered(size_t i) {
    return (int32_t)(i < SHARE_ONE ? (i + (size_t)turned) % SHARE_ONE : i);
}

static void write_matrix(FILE *to, int first, int end) {
    double turn[KNOWN][KNOWN];
    for (size_t i = 0; i < KNOWN; i++) {
        for (size_t k = 0; k < KNOWN; k++) {
            turn[numbered(i)][numbered(k)] = covariance[i][k];
        }
    }
    for (int i = first; i < end; i++) {
        for (int k = first; k < end; k++) {
            (void)fprintf(to, "%s%.17g", k > first ? "," : i > first ? ",[" : "[[", turn[i][k]);
        }
        (void)fputs(i + 1 < end ? "]" : "]]", to);
    }
}

static jk_status load(const jk_model *model, const cash *is, const char *list, jk_covariance *c) {
    static const char *const names[SHARE_ONE][4] = {
        {"\"one\"", "\"surveil\"", "curve", "0 to below 12"}, {"\"one\"", "\"surveil\"", "curve", "12 to below 24"},
        {"\"one\"", "\"surveil\"", "curve", "24 and more"},   {"\"two\"", "\"surveil\"", "curve", "0 and more"},
        {"\"one\"", "\"surveil\"", "capacity_class", "able"}, {"null", "null", "calls", "2 and more"},
        {"\"one\"", "\"legal\"", "curve", "0 to below 12"}};
    char path[] = "/tmp/test_covariance_levels.XXXXXX";
    const int fd = mkstemp(path);
    FILE *to = fdopen(fd, "w");
    assert_non_null(to);
    (void)fputs("{\"jalki_covariance\":1,\"parameters\":[", to);
    for (int32_t at = 0; at < SHARE_ONE; at++) {
        size_t i = 0;
        while (numbered(i) != at) {
            i++;
        }
        write_parameter(to, names[i][0], names[i][1], names[i][2], names[i][3], is->of[i]);
    }
    (void)fputs("],\"covariance\":", to);
    write_matrix(to, 0, SHARE_ONE);
    (void)fputs(
        ",\"spells\":{\"parameters\":["
        "{\"figure\":\"monthly_share\",\"segment\":\"one\",\"capacity_class\":null,\"link\":\"log\",\"credibility\":1},"
        "{\"figure\":\"monthly_share\",\"segment\":\"two\",\"capacity_class\":\"weak\",\"link\":\"log\","
        "\"credibility\":1},"
        "{\"figure\":\"monthly_share\",\"segment\":\"two\",\"capacity_class\":\"able\",\"link\":\"log\","
        "\"credibility\":1}"
        "],\"covariance\":",
        to);
    write_matrix(to, SHARE_ONE, KNOWN);
    (void)fprintf(to, "},\"levels\":[%s]}", list);
    assert_int_equal(fclose(to), 0);
    jk_error error = {0};
    const jk_status status = jk_covariance_load(path, model, c, &error);
    assert_int_equal(unlink(path), 0);
    return status;
}

static void expect_entries(const jk_covariance *c, double expected[MOST][MOST]) {
    for (size_t i = 0; i < c->count; i++) {
        for (size_t k = 0; k < c->count; k++) {
            const double found = jk_covariance_at(c, numbered(i), numbered(k));
            if (!(fabs(found - expected[i][k]) < 1e-15)) { /* sums of a dozen terms below 1 */
                fail_msg("parameters %zu and %zu: %.17g, expected %.17g", i, k, found, expected[i][k]);
            }
        }
    }
}

/* The weight of each parameter in the error of each level. */
static void weigh(const cash *is, double w[LEVELS][MOST]) {
    memset(w, 0, LEVELS * sizeof w[0]);
    const double one = is->of[0] + is->of[1] + is->of[2], two = is->of[OF_TWO], all = one + two + is->of[PENDING];
    for (int step = 0; step < STEPS && one > 0.0; step++) { /* a curve without cash says nothing */
        w[0][step] = is->of[step] / one;
        w[0][CLASS] = fmin(is->of[CLASS] / one, 1.0);
        w[0][POINT] = fmin(is->of[POINT] / all, 1.0);
    }
    if (two > 0.0) {
        w[1][OF_TWO] = 1.0;
        w[1][POINT] = fmin(is->of[POINT] / all, 1.0);
    }
    w[2][SHARE_ONE] = 1.0;
    w[3][SHARE_WEAK] = w[3][SHARE_ABLE] = 0.5;
}

/* C' = T C T' + Cov(e): T takes off what the level of a figure's curve or share takes back. */
static void expect_moved(const cash *is, const jk_covariance *plain, bool told, double expected[MOST][MOST]) {
    static const int kind[LEVELS] = {0, 0, 1, 1};
    int of[MOST];
    double w[LEVELS][MOST], t[MOST][MOST] = {{0}}, half[MOST][MOST] = {{0}};
    const size_t n = plain->count;
    weigh(is, w);
    for (int i = 0; i < MOST; i++) {
        of[i] = i < STEPS ? 0 : i == OF_TWO ? 1 : i == SHARE_ONE ? 2 : i == SHARE_WEAK || i == SHARE_ABLE ? 3 : -1;
    }
    for (size_t i = 0; i < n; i++) {
        t[i][i] = 1.0;
        for (size_t p = 0; of[i] >= 0 && p < n; p++) {
            const one_level *own = &levels[of[i]], *all = &together[kind[of[i]]];
            double sum = 0.0, weights = 0.0;
            for (int g = 0; g < LEVELS; g++) {
                sum += told && kind[g] == kind[of[i]] ? levels[g].expected * w[g][p] : 0.0;
                weights += kind[g] == kind[of[i]] ? levels[g].expected : 0.0;
            }
            t[i][p] -= own->credibility * w[of[i]][p] + (1.0 - own->credibility) * all->credibility * sum / weights;
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            for (size_t p = 0; p < n; p++) {
                half[i][k] += t[i][p] * jk_covariance_at(plain, numbered(p), numbered(k));
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            expected[i][k] = 0.0;
            for (size_t p = 0; p < n; p++) {
                expected[i][k] += half[i][p] * t[k][p];
            }
            if (of[i] >= 0 && of[k] >= 0 && kind[of[i]] == kind[of[k]]) {
                const one_level *a = &levels[of[i]], *b = &levels[of[k]], *all = &together[kind[of[i]]];
                expected[i][k] += of[i] == of[k] ? a->credibility * a->error * a->error : 0.0;
                expected[i][k] +=
                    (1.0 - a->credibility) * (1.0 - b->credibility) * all->credibility * all->error * all->error;
            }
        }
    }
}

static void check_levels(const jk_model *model, const cash *is, bool told) {
    double expected[MOST][MOST];
    char text[2048];
    jk_covariance plain, moved;
    assert_int_equal(load(model, is, "", &plain), JK_OK);
    assert_int_equal(plain.spells, 3);
    assert_int_equal(plain.points, 1);
    assert_int_equal(plain.left_out, 0);
    assert_true(plain.count > KNOWN && plain.count <= MOST);
    for (size_t a = 0; a < KNOWN; a++) {
        for (size_t b = 0; b < KNOWN; b++) {
            assert_true(jk_covariance_at(&plain, numbered(a), numbered(b)) == covariance[a][b]);
        }
    }
    for (size_t k = KNOWN; k < plain.count; k++) { /* curves that the fit does not know */
        assert_true(fabs(jk_covariance_at(&plain, (int32_t)k, (int32_t)k) - 0.0025) < 1e-15);
    }
    write_levels(told, text, sizeof text);
    assert_int_equal(load(model, is, text, &moved), JK_OK);
    assert_int_equal(moved.levels, LEVELS);
    expect_moved(is, &plain, told, expected);
    expect_entries(&moved, expected);
    jk_covariance_reset(&plain);
    jk_covariance_reset(&moved);
}

static void levels_move_figures(void **state) {
    (void)state;
    /* In the second case classes and points count for more than the curves themselves: for all of them; in the others a
     * curve, or none, was expected to bring anything. */
    static const cash cases[] = {{{100.0, 50.0, 30.0, 70.0, 60.0, 90.0, 20.0}},
                                 {{10.0, 150.0, 20.0, 70.0, 700.0, 900.0, 35.0}},
                                 {{0.0, 0.0, 0.0, 70.0, 60.0, 90.0, 20.0}},
                                 {{0.0, 0.0, 0.0, 0.0, 60.0, 90.0, 0.0}}};
    jk_segment segments[2];
    jk_characteristic item;
    jk_model model = make_model(segments, &item);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (turned = 0; turned < SHARE_ONE; turned++) {
            check_levels(&model, &cases[i], true);
            check_levels(&model, &cases[i], false);
        }
    }
    turned = 0;
}

/* As many levels as there may be, which say nothing; and one more. */
static void lists_go_so_far(void **state) {
    (void)state;
    enum { LISTED = 4096 };
    static const char one[] = LEVEL("curve", SURVEIL("one"), "\"credibility\":0,\"std_error\":null");
    static const cash is = {{100.0, 50.0, 30.0, 70.0, 60.0, 90.0, 20.0}};
    jk_segment segments[2];
    jk_characteristic item;
    jk_model model = make_model(segments, &item);
    char *list = test_malloc((LISTED + 1) * (sizeof one + 1)), *end = list;
    for (size_t i = 0; i <= LISTED; i++) {
        end += sprintf(end, "%s%s", i > 0 ? "," : "", one);
        if (i + 1 >= LISTED) {
            jk_covariance c;
            assert_int_equal(load(&model, &is, list, &c), i + 1 == LISTED ? JK_OK : JK_ERROR_FORMAT);
            assert_int_equal(c.levels, i + 1 == LISTED ? LISTED : 0);
            jk_covariance_reset(&c);
        }
    }
    test_free(list);
}

static void what_a_level_may_say(void **state) {
    (void)state;
    static const cash is = {{100.0, 50.0, 30.0, 70.0, 60.0, 90.0, 20.0}};
    static const struct {
        const char *text;
        jk_status status;
    } cases[] = {{LEVEL("curve", SURVEIL("one"), FIGURES("1", "100", "180")), JK_OK},
                 {LEVEL("curve", SURVEIL("one"), FIGURES("0", "0", "0")), JK_OK},
                 {LEVEL("curve", SURVEIL("one"), FIGURES("0.5", "0", "180")), JK_OK},
                 {LEVEL("curve", SURVEIL("one"), "\"credibility\":0,\"std_error\":null"), JK_OK},
                 {LEVEL("curve", SURVEIL("one"), "\"credibility\":0.1,\"std_error\":null"), JK_ERROR_FORMAT},
                 {LEVEL("curve", SURVEIL("one"), FIGURES("1.01", "0.1", "180")), JK_ERROR_FORMAT},
                 {LEVEL("curve", SURVEIL("one"), FIGURES("-0.01", "0.1", "180")), JK_ERROR_FORMAT},
                 {LEVEL("curve", SURVEIL("one"), FIGURES("0.5", "100.1", "180")), JK_ERROR_FORMAT},
                 {LEVEL("curve", SURVEIL("one"), FIGURES("0.5", "-0.1", "180")), JK_ERROR_FORMAT},
                 {LEVEL("share", SURVEIL("one"), FIGURES("0.5", "0.1", "180")), JK_ERROR_FORMAT},
                 {LEVEL("curve", SURVEIL("three"), FIGURES("0.5", "0.1", "180")), JK_ERROR_DATA},
                 {LEVEL("curve", "\"one\"", FIGURES("0.5", "0.1", "180")), JK_ERROR_DATA},
                 {LEVEL("monthly_share", SURVEIL("one"), FIGURES("0.5", "0.1", "180")), JK_ERROR_DATA},
                 {"7", JK_ERROR_FORMAT}};
    jk_segment segments[2];
    jk_characteristic item;
    jk_model model = make_model(segments, &item);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_covariance c;
        const jk_status status = load(&model, &is, cases[i].text, &c);
        if (status != cases[i].status) {
            fail_msg("case %zu: %d, expected %d", i, (int)status, (int)cases[i].status);
        }
        jk_covariance_reset(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(levels_move_figures), cmocka_unit_test(lists_go_so_far),
                                       cmocka_unit_test(what_a_level_may_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
