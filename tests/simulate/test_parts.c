/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation on several processes: parts look at their own claims, and their merge comes to what one process comes
 * to, figure by figure; of ranks each runs its own paths and gives them to all. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

#include "base/file/run_record.h"
#include "base/team/team.h"
#include "jalki/simulate.h"
#include "simulate/paths/paths.h"
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

/* ---- parts ------------------------------------------------------------------------------------------------------- */

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

/* ---- ranks ------------------------------------------------------------------------------------------------------- */

enum { FIRST = 160, LAST = 1000, RANKS = 3, COLUMNS = 4 };

/* The rank that this process plays, from 1; 0: none. What it gave to the others: as many columns as there are, each
 * once. */
static int rank;
static struct {
    void *array;
    size_t size, rows, step;
} given[64];
static size_t givings;

jk_team_role __real_jk_team_role_now(void);
void __real_jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end);
jk_status __real_jk_team_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error);
jk_team_role __wrap_jk_team_role_now(void);
void __wrap_jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end);
jk_status __wrap_jk_team_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error);

jk_team_role __wrap_jk_team_role_now(void) {
    return rank > 0 ? JK_TEAM_RANKS : __real_jk_team_role_now();
}

void __wrap_jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end) {
    if (rank == 0) {
        __real_jk_team_rows(pass, rows, first, end);
        return;
    }
    assert_int_equal(pass, JK_PASS_AFTER);
    *first = rows * (size_t)(rank - 1) / RANKS;
    *end = rows * (size_t)rank / RANKS;
}

jk_status __wrap_jk_team_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error) {
    if (rank == 0) {
        return __real_jk_team_gather_rows(array, size, rows, step, error);
    }
    assert_true(givings < sizeof given / sizeof given[0]);
    given[givings].array = array;
    given[givings].size = size;
    given[givings].rows = rows;
    given[givings++].step = step;
    return JK_OK;
}

typedef struct looked {
    jk_survey survey;
    jk_points points;
    jk_calibration calibration;
    jk_path_options options;
    jk_covariance covariance;
    jk_beside_answer beside;
    jk_value_options value;
} looked;

static void look(looked *at, const jk_tape *tape) {
    jk_error error = {0};
    jk_valuation valuation;
    *at = (looked){.value = jk_value_defaults()};
    at->value.run.threads = 2;
    must(jk_survey_init(&at->survey, model, &at->value, &(jk_extremes){0.7, 1.4, 36, 24}, NULL, &error), &error);
    jk_value_sink sink = jk_survey_sink(&at->survey, jk_tape_rows(tape));
    must(jk_value_run(tape, model, &at->value, &sink, 1, &valuation, &error), &error);
    must(jk_survey_finish(&at->survey, &valuation, false, &error), &error);
    must(jk_points_create(&at->points, &at->survey, JK_CELL_LEVELS - 1, &at->value.run, &error), &error);
    must(jk_calibrate(&at->calibration, &at->points, &at->survey, &at->value.run, &error), &error);
    at->options = (jk_path_options){.seed = 5,
                                    .own_risk = true,
                                    .covariance = &at->covariance,
                                    .mix = &at->survey.mix,
                                    .beside = &at->beside,
                                    .outlay = 0.5 * valuation.total.value};
    jk_valuation_reset(&valuation);
}

/* Paths FIRST..LAST-1 into results whose other numbers are none. */
static void run_paths(looked *at, int as, jk_path_results *results) {
    jk_error error = {0};
    must(jk_path_results_init(results, LAST + 7, at->calibration.years, &error), &error);
    double *const columns[COLUMNS] = {results->value, results->gross, results->net, results->irr};
    for (size_t i = 0; i < results->room; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            columns[c][i] = -7.0;
        }
        for (size_t y = 0; y < (size_t)results->years; y++) {
            results->erc[y * results->room + i] = -7.0f;
        }
    }
    results->count = FIRST;
    givings = 0;
    rank = as;
    const jk_status status =
        jk_paths_run(&at->survey, &at->points, &at->calibration, &at->options, LAST, results, &at->value.run, &error);
    rank = 0;
    must(status, &error);
    assert_int_equal(results->count, LAST);
}

/* Its own paths are those of one process, all others are left to the ranks that give them. */
static void check_rank(looked *at, int as, const jk_path_results *alone, size_t *next) {
    jk_path_results found;
    run_paths(at, as, &found);
    double *const columns[COLUMNS] = {found.value, found.gross, found.net, found.irr};
    const double *const expected[COLUMNS] = {alone->value, alone->gross, alone->net, alone->irr};
    const size_t blocks = (LAST - FIRST + JK_PATH_BLOCK - 1) / JK_PATH_BLOCK;
    const size_t first = FIRST + blocks * (size_t)(as - 1) / RANKS * JK_PATH_BLOCK;
    const size_t end = as == RANKS ? LAST : FIRST + blocks * (size_t)as / RANKS * JK_PATH_BLOCK;
    assert_int_equal(first, *next);
    *next = end;
    for (size_t i = 0; i < found.room; i++) {
        const bool own = i >= first && i < end;
        for (size_t c = 0; c < COLUMNS; c++) {
            const double is = own ? expected[c][i] : -7.0;
            assert_memory_equal(&columns[c][i], &is, sizeof is);
        }
        for (size_t y = 0; y < (size_t)found.years; y++) {
            const float is = own ? alone->erc[y * alone->room + i] : -7.0f;
            assert_true(found.erc[y * found.room + i] == is);
        }
    }
    assert_int_equal(givings, COLUMNS + (size_t)found.years);
    for (size_t g = 0; g < givings; g++) {
        void *const array =
            g < COLUMNS ? (void *)(columns[g] + FIRST) : (void *)(found.erc + (g - COLUMNS) * found.room + FIRST);
        assert_ptr_equal(given[g].array, array);
        assert_int_equal(given[g].size, g < COLUMNS ? sizeof(double) : sizeof(float));
        assert_int_equal(given[g].rows, LAST - FIRST);
        assert_int_equal(given[g].step, JK_PATH_BLOCK);
    }
    jk_path_results_reset(&found);
    jk_path_results_reset(&found); /* nothing is left that could be given back twice */
}

static void ranks_share_the_paths(void **state) {
    (void)state;
    jk_tape *tape = open_made("first.h5", &(tape_plan){.rows = LESS});
    looked at;
    look(&at, tape);
    jk_path_results alone;
    size_t next = FIRST;
    run_paths(&at, 0, &alone);
    assert_int_equal(givings, 0);
    for (size_t i = 0; i < alone.room; i++) {
        const bool own = i >= FIRST && i < LAST;
        assert_int_equal(alone.value[i] != -7.0 && alone.gross[i] > 0.0, own);
    }
    for (int as = 1; as <= RANKS; as++) {
        check_rank(&at, as, &alone, &next);
    }
    assert_int_equal(next, LAST);
    jk_path_results_reset(&alone);
    jk_calibration_reset(&at.calibration);
    jk_points_reset(&at.points);
    jk_survey_reset(&at.survey);
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_come_to_the_whole),
                                       cmocka_unit_test(ranks_share_the_paths)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
