/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes and members of teams as users name them: every country of the tape, every segment of the model, teams, and
 * what is none of them. */
#include <stdio.h>
#include <string.h>

#include "jalki/decide.h"
#include "value/engine_case.h"

static jk_tape *tape;
static jk_candidates *candidates;
static const char *const *countries;
static size_t country_count;

static void expect_scope(const jk_team *teams, size_t team_count, const char *scope, int country, int segment,
                         const jk_team *team) {
    jk_error error = {0};
    jk_limit limit = {0};
    must(jk_limit_scope(candidates, teams, team_count, scope, &limit, &error), &error);
    assert_int_equal(limit.country, country);
    assert_int_equal(limit.segment, segment);
    assert_ptr_equal(limit.team, team);
}

static void every_country_and_segment_is_a_scope(void **state) {
    (void)state;
    assert_true(country_count > 1 && model->segment_count > 1);
    for (size_t c = 0; c < country_count; c++) {
        expect_scope(NULL, 0, countries[c], (int)c, JK_SCOPE_ALL, NULL);
    }
    for (size_t g = 0; g < model->segment_count; g++) {
        expect_scope(NULL, 0, model->segments[g].id, JK_SCOPE_ALL, (int)g, NULL);
    }
}

/* What has a country's or a segment's name is that, whatever teams are called. */
static void teams_are_scopes_after_countries_and_segments(void **state) {
    (void)state;
    const size_t last = model->segment_count - 1;
    const jk_team teams[] = {{.name = "north"},
                             {.name = countries[0]},
                             {.name = countries[country_count - 1]},
                             {.name = model->segments[0].id},
                             {.name = model->segments[last].id},
                             {.name = "south"}};
    expect_scope(teams, 6, "north", JK_SCOPE_ALL, JK_SCOPE_ALL, &teams[0]);
    expect_scope(teams, 6, "south", JK_SCOPE_ALL, JK_SCOPE_ALL, &teams[5]);
    for (size_t c = 0; c < country_count; c += country_count - 1) {
        expect_scope(teams, 6, countries[c], (int)c, JK_SCOPE_ALL, NULL);
    }
    for (size_t g = 0; g <= last; g += last) {
        expect_scope(teams, 6, model->segments[g].id, JK_SCOPE_ALL, (int)g, NULL);
    }
}

static void what_is_none_of_them_is_refused(void **state) {
    (void)state;
    const jk_team teams[] = {{.name = "north"}, {.name = "south"}};
    for (size_t g = 0; g < 2; g++) {
        jk_error error = {0};
        jk_limit limit;
        jk_team team = teams[0];
        char nearly[128];
        (void)snprintf(nearly, sizeof nearly, "%sx", model->segments[g].id);
        assert_int_equal(jk_limit_scope(candidates, teams, 2, nearly, &limit, &error), JK_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, model->segments[g].id)); /* which was meant */
        error = (jk_error){0};
        assert_int_equal(jk_team_member(tape, model, nearly, &team, &error), JK_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, model->segments[g].id));
        assert_int_equal(jk_limit_scope(candidates, teams, 1, "south", &limit, &error), JK_ERROR_ARGUMENT);
    }
    jk_error error = {0}; /* nothing is meant that is near */
    jk_limit limit;
    jk_team team = teams[0];
    assert_int_equal(jk_limit_scope(candidates, teams, 2, "xyzzyxyzzyxyzzy", &limit, &error), JK_ERROR_ARGUMENT);
    assert_string_equal(error.message, "neither a country of the tape, nor a segment of the model, nor a team");
    error = (jk_error){0};
    assert_int_equal(jk_team_member(tape, model, "xyzzyxyzzyxyzzy", &team, &error), JK_ERROR_ARGUMENT);
    assert_string_equal(error.message, "of team north: neither a country of the tape nor a segment of the model");
}

/* A team works a claim of one of its countries, or of one of its segments. */
static void teams_work_what_their_members_say(void **state) {
    (void)state;
    jk_error error = {0};
    jk_team team = {.name = "north"};
    const int last = (int)model->segment_count - 1;
    must(jk_team_member(tape, model, countries[0], &team, &error), &error);
    must(jk_team_member(tape, model, model->segments[last].id, &team, &error), &error);
    assert_true(team.country_count == 1 && team.segment_count == 1);
    for (int c = 0; c < (int)country_count; c++) {
        for (int g = 0; g <= last; g++) {
            assert_int_equal(jk_team_works(&team, c, g), c == 0 || g == last);
        }
    }
}

static void a_team_has_so_many_members(void **state) {
    (void)state;
    jk_error error = {0};
    jk_team of_countries = {.name = "north"}, of_segments = {.name = "south"};
    for (size_t i = 0; i < JK_TEAM_MEMBERS_MAX; i++) {
        must(jk_team_member(tape, model, countries[i % country_count], &of_countries, &error), &error);
        must(jk_team_member(tape, model, model->segments[0].id, &of_segments, &error), &error);
    }
    assert_int_equal(jk_team_member(tape, model, countries[0], &of_countries, &error), JK_ERROR_ARGUMENT);
    assert_int_equal(jk_team_member(tape, model, model->segments[0].id, &of_segments, &error), JK_ERROR_ARGUMENT);
    assert_int_equal(of_countries.country_count, JK_TEAM_MEMBERS_MAX);
    assert_int_equal(of_segments.segment_count, JK_TEAM_MEMBERS_MAX);
}

static int open_candidates(void **state) {
    jk_error error = {0};
    if (set_up(state) != 0) {
        return -1;
    }
    tape = open_made("plain.h5", &(tape_plan){.rows = 300});
    must(jk_candidates_create(tape, model, &candidates, &error), &error);
    countries = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &country_count);
    return 0;
}

static int close_candidates(void **state) {
    jk_candidates_free(candidates);
    jk_tape_close(tape);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_country_and_segment_is_a_scope),
        cmocka_unit_test(teams_are_scopes_after_countries_and_segments),
        cmocka_unit_test(what_is_none_of_them_is_refused),
        cmocka_unit_test(teams_work_what_their_members_say),
        cmocka_unit_test(a_team_has_so_many_members),
    };
    return cmocka_run_group_tests(tests, open_candidates, close_candidates);
}
