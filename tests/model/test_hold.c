/* SPDX-License-Identifier: Apache-2.0 */
/* Figures held to the bounds of the model file's tables: what is within stays to the bit, what is beyond goes to the
 * bound, what is no number takes another's place, and the one who holds is told of each. */
#include "cmocka_all.h"

#include <math.h>

#include "model/file/bounds.h"
#include "model/keys/tables.h"
#include "model_files.h"

typedef struct told {
    size_t count;
    const char *key;
    double found, held;
} told;

static void note(void *context, const jk_field *field, double found, double held) {
    told *all = context;
    all->count++;
    all->key = field->key;
    all->found = found;
    all->held = held;
}

static jk_model *model;
static jk_arena *arena;

static int set_up(void **state) {
    (void)state;
    char path[FILE_PATH_MAX];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(path, sizeof path, "%s/models/nordic.yaml", source != NULL ? source : ".");
    arena = jk_arena_create();
    return arena != NULL && jk_model_load(path, &model, NULL) == JK_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    jk_model_free(model);
    jk_arena_free(arena);
    return 0;
}

static told hold(const jk_record *record, void *target, const void *instead) {
    told all = {0};
    jk_error error = {0};
    assert_int_equal(jk_record_hold(record, target, instead, arena, note, &all, &error), JK_OK);
    return all;
}

static void what_a_model_has_stays(void **state) {
    (void)state;
    for (size_t g = 0; g < model->segment_count; g++) {
        jk_segment segment = model->segments[g];
        assert_int_equal(hold(&jk_record_segment, &segment, &segment).count, 0);
        assert_int_equal(hold(&jk_record_payers, &segment, &segment).count, 0);
        assert_memory_equal(&segment, &model->segments[g], sizeof segment);
    }
    jk_scorecard card = model->scorecard;
    assert_int_equal(hold(&jk_record_scorecard, &card, &card).count, 0);
    card.half_life = 0.0; /* absent */
    assert_int_equal(hold(&jk_record_scorecard, &card, &card).count, 0);
}

static void what_is_beyond_goes_to_the_bound(void **state) {
    (void)state;
    const jk_segment *base = &model->segments[0];
    jk_segment segment = *base;
    segment.theta_center[1] = 110.46;
    told all = hold(&jk_record_segment, &segment, base);
    assert_true(all.count == 1 && strcmp(all.key, "theta_center") == 0 && all.found == 110.46 && all.held == 100.0);
    assert_true(segment.theta_center[1] == 100.0 && segment.theta_center[0] == base->theta_center[0]);

    segment.class_multiplier[2][0] = INFINITY; /* maps within the map */
    segment.exit_monthly = -1e-9;
    segment.theta_center[2] = NAN;
    assert_int_equal(hold(&jk_record_segment, &segment, base).count, 3);
    assert_true(segment.class_multiplier[2][0] == 1000.0 && segment.exit_monthly == 0.0);
    assert_true(segment.theta_center[2] == base->theta_center[2]);

    segment.cost[0].contingent = 1.0; /* excluded itself */
    segment.payers.breakage[1] = 11.0;
    assert_int_equal(hold(&jk_record_segment, &segment, base).count, 1);
    assert_true(segment.cost[0].contingent < 1.0 && segment.cost[0].contingent > 0.999);
    assert_int_equal(hold(&jk_record_payers, &segment, base).count, 1);
    assert_true(segment.payers.breakage[1] == 10.0);
}

static void steps_are_copied(void **state) {
    (void)state;
    const jk_segment *base = &model->segments[0];
    double intensity[] = {0.5, 200.0};
    static const int32_t month[] = {0, 12};
    jk_segment segment = *base;
    segment.curve[1] = (jk_steps){2, month, intensity};
    assert_int_equal(hold(&jk_record_segment, &segment, base).count, 1);
    assert_true(segment.curve[1].value[0] == 0.5 && segment.curve[1].value[1] == 100.0 && intensity[1] == 200.0);
}

static void points(void **state) {
    (void)state;
    const jk_field *field = jk_record_field(&jk_record_bin, "points");
    assert_true(jk_field_hold(field, -100.0, 0.0) == -100.0 && jk_field_hold(field, -1e9, 0.0) == -100.0);
    assert_true(jk_field_hold(field, 1e9, 0.0) == 100.0 && jk_field_hold(field, NAN, 0.25) == 0.25);
    const jk_field *half_life = jk_record_field(&jk_record_scorecard, "half_life");
    assert_true(jk_field_hold(half_life, -3.0, 1.0) > 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_model_has_stays),
        cmocka_unit_test(what_is_beyond_goes_to_the_bound),
        cmocka_unit_test(steps_are_copied),
        cmocka_unit_test(points),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
