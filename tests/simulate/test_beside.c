/* SPDX-License-Identifier: Apache-2.0 */
/* Figures beside the cash: what a file may say of their errors, and that draws have them. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jalki/model.h"
#include "simulate/draws/beside.h"
#include "simulate/draws/draws.h"

static jk_model *model;

static jk_status read_text(const char *text, jk_beside *beside) {
    jk_error error = {0};
    json_t *object = json_loads(text, 0, NULL);
    assert_non_null(object);
    jk_status status = jk_beside_read(beside, object, "text", model, &error);
    json_decref(object);
    return status;
}

#define FACTORS "\"half_life\":0.7,\"pre_title_factor\":0.2,\"exits\":0.3"
#define SEGMENT "{\"segment\":\"fi-bills\",\"exit_monthly\":0.4,\"exit_leans\":0.5,\"months_to_title\":0.1}"
#define MOVES(id, leans)                                                                                               \
    "{\"segment\":" id                                                                                                 \
    ",\"treatment\":\"legal\",\"relative_error\":[[0.1,0.2,3],[0.3,0,0.1],[0,0,0]],\"leans\":" leans "}"
#define ALL(segments, moves) "{" FACTORS ",\"segments\":[" segments "],\"class_moves\":[" moves "]}"

static size_t segment_of(const char *id) {
    for (size_t g = 0; g < model->segment_count; g++) {
        if (strcmp(model->segments[g].id, id) == 0) {
            return g;
        }
    }
    fail_msg("no segment %s", id);
    return 0;
}

/* Over all draws the logarithm of a figure of one error alone has that error; those of several have root of the sum of
 * squares but for what chance ties them by. */
static void draws_have_the_errors(void **state) {
    (void)state;
    jk_beside beside;
    assert_int_equal(read_text(ALL(SEGMENT, MOVES("\"fi-bills\"", "[0.5,1,0]") "," MOVES("null", "null")), &beside),
                     JK_OK);
    assert_int_equal(beside.count, 2 + 2 + 4);
    const size_t g = segment_of("fi-bills"), other = segment_of("se-bills"), count = model->segment_count;
    const jk_segment *from = &model->segments[g];
    jk_segment *drawn = test_malloc(count * sizeof *drawn);
    double half_life = 0.0, title = 0.0, pending = 0.0, exits = 0.0, move = 0.0, of_all = 0.0;
    for (uint64_t n = 0; n < JK_BESIDE_DRAWS; n++) {
        for (double sign = -1.0; sign <= 1.0; sign += 2.0) {
            jk_scorecard card = model->scorecard;
            jk_error error = {0};
            memcpy(drawn, model->segments, count * sizeof *drawn);
            assert_int_equal(jk_beside_draw(&beside, 7, n, sign, drawn, &card, &error), JK_OK);
            half_life += pow(log(card.half_life / model->scorecard.half_life), 2);
            title += pow(log(drawn[g].months_to_title / from->months_to_title) + 0.005, 2);
            pending += pow(log(drawn[other].pre_title_factor / model->segments[other].pre_title_factor) + 0.02, 2);
            exits += pow(log(drawn[g].exit_monthly / from->exit_monthly) + 0.5 * (0.16 + 0.0225), 2);
            const double own = log(1.0 + 0.04), leans = 0.25 * own; /* none to weak: relative error 0.2, twice */
            move += pow(log(drawn[g].class_monthly[2][0][1] / from->class_monthly[2][0][1]) + 0.5 * (own + leans), 2);
            of_all += fabs(drawn[other].class_monthly[2][1][0] - model->segments[other].class_monthly[2][1][0]);
            for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
                const double *row = drawn[g].class_monthly[2][i];
                assert_true(row[0] >= 0.0 && row[1] >= 0.0 && row[2] >= 0.0);
                assert_true(fabs(row[0] + row[1] + row[2] - 1.0) < 1e-12);
            }
        }
    }
    const double draws = 2.0 * JK_BESIDE_DRAWS;
    assert_true(fabs(sqrt(half_life / draws) - 0.7) < 1e-9);
    assert_true(fabs(sqrt(title / draws) - 0.1) < 1e-9);
    assert_true(fabs(sqrt(pending / draws) - 0.2) < 1e-9);
    assert_true(fabs(sqrt(exits / draws) / sqrt(0.16 + 0.0225) - 1.0) < 0.35); /* two numbers, tied by chance of 8 */
    assert_true(fabs(sqrt(move / draws) / sqrt(1.25 * log(1.04)) - 1.0) < 0.35);
    assert_true(of_all == 0.0); /* what is not named stands */
    test_free(drawn);
    jk_beside_reset(&beside);
    jk_beside_reset(&beside); /* nothing is left that could be given back twice */
}

/* The model's first segment has its errors itself, and no other segment has them. */
static void errors_are_of_their_segment(void **state) {
    (void)state;
    const size_t count = model->segment_count;
    jk_segment *drawn = test_malloc(count * sizeof *drawn);
    for (size_t g = 0; g < count; g += count - 1) {
        char text[512];
        jk_beside beside;
        jk_error error = {0};
        jk_scorecard card = model->scorecard;
        (void)snprintf(text, sizeof text,
                       ALL("{\"segment\":\"%s\",\"exit_monthly\":0,\"exit_leans\":0,\"months_to_title\":0.1}", ""),
                       model->segments[g].id);
        assert_int_equal(read_text(text, &beside), JK_OK);
        memcpy(drawn, model->segments, count * sizeof *drawn);
        assert_int_equal(jk_beside_draw(&beside, 7, 0, 1.0, drawn, &card, &error), JK_OK);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(drawn[i].months_to_title != model->segments[i].months_to_title, i == g);
        }
        jk_beside_reset(&beside);
    }
    test_free(drawn);
}

enum {
    MOVES = JK_TREATMENT_COUNT * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT,
    OF_ALL = 3 + MOVES,
    OF_SEGMENT = 2 + MOVES,
    PART = 1024, /* numbers of one stream */
    WIDE = 40,   /* segments that take more than those */
    ROOM = 2 * PART
};

static double factor_of(double s, double z, double e, double y) {
    return exp(s * z + e * y - 0.5 * (s * s + e * e));
}

/* A class's moves, each with its own error and its part of all segments'; whoever moves nowhere stays, and no more than
 * all can move. */
static bool check_row(const jk_beside *beside, const jk_segment *from, size_t g, int t, int i, const double *z,
                      const double *y, const jk_segment *drawn) {
    const jk_beside_segment *own = &beside->segment[g], *all = &beside->segment[beside->segments];
    double row[JK_CAPACITY_COUNT], moves = 0.0;
    for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
        const int at = (t * JK_CAPACITY_COUNT + i) * JK_CAPACITY_COUNT + j;
        row[j] = from->class_monthly[t][i][j] *
                 factor_of(own->move[t][i][j], z[at], own->leans[t][i] * all->move[t][i][j], y[at]);
        moves += j == i ? 0.0 : row[j];
    }
    for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
        const double expected = j == i ? fmax(0.0, 1.0 - moves) : moves > 1.0 ? row[j] / moves : row[j];
        assert_true(fabs(drawn->class_monthly[t][i][j] - expected) < 1e-12);
    }
    return moves > 1.0;
}

/* Each figure from the draw's own normal numbers, which are scaled over all draws; figures stop at the bounds of a
 * model file. */
static void check_draws(void) {
    const size_t count = model->segment_count, numbers = OF_ALL + count * OF_SEGMENT;
    const char *more =
        "{\"segment\":null,\"treatment\":\"legal\",\"relative_error\":[[0,2,3],[0.3,0,0.1],[0.5,0.6,0]]}";
    jk_segment *drawn = test_malloc(count * sizeof *drawn), *base = test_malloc(count * sizeof *base);
    static double normal[JK_BESIDE_DRAWS][ROOM], square[ROOM];
    char text[2048];
    jk_beside beside;
    size_t crowded = 0, late = 0, gone = 0, fades = 0, kept = 0;
    assert_true(numbers <= ROOM);
    (void)snprintf(text, sizeof text, ALL("%s", "%s,%s"),
                   SEGMENT ",{\"segment\":\"se-bills\",\"exit_monthly\":0.5,\"exit_leans\":1,\"months_to_title\":0.5}",
                   MOVES("\"fi-bills\"", "[0.5,1,0]") "," MOVES("\"se-bills\"", "[0,0.25,1]"), more);
    assert_int_equal(read_text(text, &beside), JK_OK);
    memcpy(base, model->segments, count * sizeof *base);
    for (size_t g = 0; g < count; g++) { /* near the bounds already */
        base[g].exit_monthly = 8.0;
        base[g].months_to_title = 500.0;
        base[g].pre_title_factor = 950.0;
        for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
            for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
                base[g].class_monthly[JK_TREAT_LEGAL][i][j] = i == j ? 0.2 : 0.4;
            }
        }
    }
    for (uint64_t n = 0; n < JK_BESIDE_DRAWS; n++) {
        jk_draw_normals(7, jk_stream(JK_STREAM_BESIDE, 0), n, normal[n], numbers < PART ? numbers : PART);
        if (numbers > PART) {
            jk_draw_normals(7, jk_stream(JK_STREAM_BESIDE, 1), n, normal[n] + PART, numbers - PART);
        }
        for (size_t i = 0; i < numbers; i++) {
            square[i] = (n == 0 ? 0.0 : square[i]) + normal[n][i] * normal[n][i];
        }
    }
    for (uint64_t n = 0; n < JK_BESIDE_DRAWS; n++) {
        for (double sign = -1.0; sign <= 1.0; sign += 2.0) {
            double z[ROOM];
            jk_error error = {0};
            jk_scorecard card = model->scorecard;
            for (size_t i = 0; i < numbers; i++) {
                z[i] = sign * normal[n][i] * sqrt(JK_BESIDE_DRAWS / square[i]);
            }
            memcpy(drawn, base, count * sizeof *drawn);
            card.half_life = 400.0;
            assert_int_equal(jk_beside_draw(&beside, 7, n, sign, drawn, &card, &error), JK_OK);
            assert_true(fabs(card.half_life / fmin(600.0, 400.0 * exp(0.7 * z[2])) - 1.0) < 1e-12);
            fades += card.half_life == 600.0;
            for (size_t g = 0; g < count; g++) {
                const jk_segment *from = &base[g];
                const jk_beside_segment *is = &beside.segment[g];
                const double *own = z + OF_ALL + g * OF_SEGMENT;
                const double exits = from->exit_monthly * factor_of(is->exit, own[0], 0.3 * is->exit_leans, z[0]);
                const double title = from->months_to_title * factor_of(is->title, own[1], 0.0, 0.0);
                const double pending = from->pre_title_factor * factor_of(0.2, z[1], 0.0, 0.0);
                assert_true(fabs(drawn[g].exit_monthly - fmin(10.0, exits)) < 1e-12);
                assert_true(fabs(drawn[g].months_to_title - fmin(600.0, title)) < 1e-9);
                assert_true(fabs(drawn[g].pre_title_factor - fmin(1000.0, pending)) < 1e-12);
                late += title > 600.0;
                gone += exits > 10.0;
                kept += pending > 1000.0;
                for (int k = 0; k < JK_TREATMENT_COUNT * JK_CAPACITY_COUNT; k++) {
                    crowded += check_row(&beside, from, g, k / JK_CAPACITY_COUNT, k % JK_CAPACITY_COUNT, own + 2, z + 3,
                                         &drawn[g]);
                }
            }
        }
    }
    assert_true(crowded > 0 && late > 0 && gone > 0 && kept > 0 && fades > 0);
    test_free(base);
    test_free(drawn);
    jk_beside_reset(&beside);
}

static void draws_by_hand(void **state) {
    (void)state;
    check_draws();
    /* So many segments that their numbers are of two streams. */
    jk_model *const few = model;
    jk_segment *segments = test_malloc(WIDE * sizeof *segments);
    jk_model wide = *few;
    for (size_t g = 0; g < WIDE; g++) {
        segments[g] = few->segments[g % few->segment_count];
        segments[g].id = g < few->segment_count ? segments[g].id : "another";
    }
    wide.segments = segments;
    wide.segment_count = WIDE;
    assert_true(OF_ALL + WIDE * OF_SEGMENT > PART && few->segment_count < WIDE);
    model = &wide;
    check_draws();
    model = few;
    test_free(segments);
}

#define MOVE_OF(error, leans)                                                                                          \
    "{\"segment\":\"fi-bills\",\"treatment\":\"legal\",\"relative_error\":[[0," error                                  \
    ",0],[0,0,0],[0,0,0]],\"leans\":[" leans ",0,0]}"

/* Errors go so far, and no further. */
static void bounds_of_errors(void **state) {
    (void)state;
    static const struct {
        const char *format, *most, *beyond;
    } cases[] = {
        {"{\"half_life\":%s,\"pre_title_factor\":0,\"exits\":0}", "100", "100.01"},
        {"{\"half_life\":0,\"pre_title_factor\":%s,\"exits\":0}", "100", "100.01"},
        {"{\"half_life\":0,\"pre_title_factor\":0,\"exits\":%s}", "100", "100.01"},
        {ALL("{\"segment\":\"fi-bills\",\"exit_monthly\":%s,\"exit_leans\":0,\"months_to_title\":0}", ""), "100",
         "100.01"},
        {ALL("{\"segment\":\"fi-bills\",\"exit_monthly\":0,\"exit_leans\":%s,\"months_to_title\":0}", ""), "1", "1.01"},
        {ALL("{\"segment\":\"fi-bills\",\"exit_monthly\":0,\"exit_leans\":0,\"months_to_title\":%s}", ""), "100",
         "100.01"},
        {ALL("", MOVE_OF("%s", "0")), "100", "100.01"},
        {ALL("", MOVE_OF("0", "%s")), "1", "1.01"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const figures[] = {"0", cases[i].most, cases[i].beyond, "-0.01"};
        for (int k = 0; k < 4; k++) {
            char text[1024];
            jk_beside beside;
            (void)snprintf(text, sizeof text, cases[i].format, figures[k]);
            if (read_text(text, &beside) != (k < 2 ? JK_OK : JK_ERROR_FORMAT)) {
                fail_msg("case %zu: %s", i, text);
            }
            jk_beside_reset(&beside);
        }
    }
}

/* How many figures are drawn: those that have an error of their own, or of which all segments' is a part. */
static void figures_with_errors_are_counted(void **state) {
    (void)state;
#define OF(half_life, pending, exits, segments, moves)                                                                 \
    "{\"half_life\":" half_life ",\"pre_title_factor\":" pending ",\"exits\":" exits ",\"segments\":[" segments        \
    "],\"class_moves\":[" moves "]}"
#define ONE(exit, leans, title)                                                                                        \
    "{\"segment\":\"fi-bills\",\"exit_monthly\":" exit ",\"exit_leans\":" leans ",\"months_to_title\":" title "}"
#define MOVE(id, error)                                                                                                \
    "{\"segment\":" id ",\"treatment\":\"surveil\",\"relative_error\":[[0.7,0,0],[0,0,0],[0," error                    \
    ",0]],\"leans\":[0,0,0]}"
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {{OF("0", "0", "0", ONE("0", "0", "0"), MOVE("\"fi-bills\"", "0")), 0},
                 {OF("null", "null", "null", "", ""), 0},
                 {OF("0.1", "0", "0", "", ""), 1},
                 {OF("0", "0.1", "0", "", ""), 1},
                 {OF("0", "0", "0.1", ONE("0", "0", "0"), ""), 0},
                 {OF("0", "0", "0", ONE("0", "0.5", "0"), ""), 0},
                 {OF("0", "0", "0.1", ONE("0", "0.5", "0"), ""), 1},
                 {OF("0", "0", "0", ONE("0.1", "0", "0"), ""), 1},
                 {OF("0", "0", "0.1", ONE("0.1", "0.5", "0"), ""), 1},
                 {OF("0", "0", "0", ONE("0", "0", "0.1"), ""), 1},
                 {OF("0", "0", "0", "", MOVE("\"fi-bills\"", "0.1")), 1},
                 {OF("0", "0", "0", "", MOVE("null", "0.1")), 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_beside beside;
        assert_int_equal(read_text(cases[i].text, &beside), JK_OK);
        if (beside.count != cases[i].count) {
            fail_msg("%s: %zu figures, expected %zu", cases[i].text, beside.count, cases[i].count);
        }
        jk_beside_reset(&beside);
    }
    jk_beside beside;
    assert_int_equal(read_text(OF("0", "0", "0",
                                  "{\"segment\":null,\"exit_monthly\":0,\"exit_leans\":0,"
                                  "\"months_to_title\":0}",
                                  ""),
                               &beside),
                     JK_ERROR_DATA); /* exits of all together stand elsewhere */
    jk_beside_reset(&beside);
}

static void nothing_is_drawn_without(void **state) {
    (void)state;
    jk_beside beside;
    jk_error error = {0};
    assert_int_equal(jk_beside_read(&beside, NULL, "text", model, &error), JK_OK);
    assert_int_equal(beside.count, 0);
    jk_beside_reset(&beside);
}

static void other_texts_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        jk_status status;
    } bad[] = {{"{}", JK_ERROR_FORMAT},
               {"{\"half_life\":-1,\"pre_title_factor\":null,\"exits\":0}", JK_ERROR_FORMAT},
               {"{\"half_life\":1e300,\"pre_title_factor\":null,\"exits\":0}", JK_ERROR_FORMAT},
               {ALL("7", ""), JK_ERROR_DATA},
               {ALL("{\"segment\":\"no-such\"}", ""), JK_ERROR_DATA},
               {ALL("{\"segment\":\"fi-bills\",\"exit_monthly\":\"much\"}", ""), JK_ERROR_FORMAT},
               {ALL("", "{\"segment\":null}"), JK_ERROR_FORMAT},
               {ALL("", MOVES("\"fi-bills\"", "[0.5,2,0]")), JK_ERROR_FORMAT},
               {ALL("", MOVES("\"fi-bills\"", "null")), JK_ERROR_FORMAT}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        jk_beside beside;
        if (read_text(bad[i].text, &beside) != bad[i].status) {
            fail_msg("text %zu was not refused as it should be: %s", i, bad[i].text);
        }
        jk_beside_reset(&beside);
    }
}

static int set_up(void **state) {
    (void)state;
    jk_error error = {0};
    char path[1024];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(path, sizeof path, "%s/models/nordic.yaml", source != NULL ? source : ".");
    return jk_model_load(path, &model, &error) == JK_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    jk_model_free(model);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(draws_have_the_errors),
                                       cmocka_unit_test(draws_by_hand),
                                       cmocka_unit_test(bounds_of_errors),
                                       cmocka_unit_test(errors_are_of_their_segment),
                                       cmocka_unit_test(figures_with_errors_are_counted),
                                       cmocka_unit_test(nothing_is_drawn_without),
                                       cmocka_unit_test(other_texts_are_refused)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
