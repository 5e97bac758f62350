/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation in parts: each looks at its own claims, and their merge comes to what one process comes to, figure by
 * figure. */
#include "cmocka_all.h"

#include <stdlib.h>

#include "base/file/run_record.h"
#include "base/team/team.h"
#include "jalki/simulate.h"
#include "simulate/plain_case.h"
#include "value/engine_case.h"

enum { PARTS = 3, PATHS = 200, LESS = 600, MORE = 16000 };

static jk_status simulate(const jk_tape *tape, const jk_model *of, const char *covariance, jk_simulation *found) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    jk_simulate_options wanted = jk_simulate_defaults();
    options.run.threads = 2;
    options.run.block_rows = 256;
    wanted.paths = PATHS;
    wanted.tolerance = 0.9;
    wanted.covariance = covariance;
    const jk_status status = jk_simulate(tape, of, &options, &wanted, found, &error);
    must(status, &error);
    return status;
}

static void name_part(int number, char path[256]) {
    (void)snprintf(path, 256, "%s/part-%d", folder, number);
}

static void run_part(int number, const jk_tape *tape, const jk_model *of, const char *covariance) {
    jk_error error = {0};
    jk_simulation found;
    char path[256], *text = NULL;
    name_part(number, path);
    jk_team_be_part(number, PARTS, path);
    (void)simulate(tape, of, covariance, &found);
    assert_true(found.paths == 0 && found.year == NULL); /* these are the merge's */
    jk_simulation_reset(&found);
    must(jk_team_part_text(&text, &error), &error);
    write_file(path, text, strlen(text));
    free(text);
    jk_team_end();
}

static void check_merge(const jk_tape *tape, const jk_model *of, const char *covariance, bool some_alone) {
    jk_error error = {0};
    jk_simulation alone, merged;
    char names[PARTS][256];
    const char *paths[PARTS];
    (void)simulate(tape, of, covariance, &alone);
    assert_true(alone.paths == PATHS &&
                (alone.large_claims > 1000 && alone.large_claims < alone.model_points) == some_alone);
    for (int k = 0; k < PARTS; k++) {
        run_part(k + 1, tape, of, covariance);
        name_part(k + 1, names[k]);
        paths[k] = names[k];
    }
    must(jk_team_be_merge(paths, PARTS, &error), &error);
    (void)simulate(tape, of, covariance, &merged);
    jk_team_end();
    char *expected = jk_simulation_json(tape, of, &alone), *found = jk_simulation_json(tape, of, &merged);
    assert_string_equal(found, expected);
    free(expected);
    free(found);
    jk_simulation_reset(&alone);
    jk_simulation_reset(&merged);
    for (int k = 0; k < PARTS; k++) {
        char rows[1024];
        (void)snprintf(rows, sizeof rows, "%s" JK_PART_ROWS, names[k]);
        (void)unlink(rows);
        assert_int_equal(unlink(names[k]), 0);
    }
}

/* Among what is put together: points' levels, claims of which more are large than can be kept, and states of stress. */
static void parts_come_to_the_whole(void **state) {
    (void)state;
    static const char *const arguments[] = {"t.h5", NULL};
    static const jk_run_record record = {.command = "simulate", .arguments = arguments};
    jk_run_record_set(&record);
    jk_model *scored =
        load_changed("characteristics: []",
                     "characteristics: [{name: placements, missing: 0, bins: [{below: 2, points: 0}, {points: 0}]}]");
    write_covariance(HEAD CURVE "\"credibility\":1},{\"segment\":null,\"treatment\":null,\"characteristic\":"
                                "\"placements\",\"level\":\"2 and more\",\"credibility\":1}],"
                                "\"covariance\":[[0.04,-0.05],[-0.05,0.16]]}");
    jk_tape *tape = open_made("first.h5", &(tape_plan){.rows = LESS});
    check_merge(tape, scored, file_name("claims.csv"), false);
    jk_tape_close(tape);
    tape = open_made("plain.h5", &(tape_plan){.rows = MORE});
    check_merge(tape, model, NULL, true);
    jk_tape_close(tape);
    jk_model_free(scored);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_come_to_the_whole)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
