/* SPDX-License-Identifier: Apache-2.0 */
/* Figures beside the cash: what a file may say of their errors, and that draws have them. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jalki/model.h"
#include "simulate/draws/beside.h"

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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_have_the_errors), cmocka_unit_test(errors_are_of_their_segment),
        cmocka_unit_test(nothing_is_drawn_without), cmocka_unit_test(other_texts_are_refused)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
