/* SPDX-License-Identifier: Apache-2.0 */
/* Paths over the points of a survey: of ranks each runs its own and gives them to all; and what is not known beside the
 * cash multiplies the flows of its own segment, epoch and kind. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

#include "base/team/team.h"
#include "simulate/paths/paths.h"
#include "value/engine_case.h"

enum { LESS = 600, FEW = 90 };

/* ---- ranks ------------------------------------------------------------------------------------------------------- */

enum { FIRST = 160, LAST = 1000, SHORT = 256, RANKS = 3, COLUMNS = 4 };

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

static void look(looked *at, const jk_tape *tape, bool own_risk) {
    jk_error error = {0};
    jk_valuation valuation;
    *at = (looked){.value = jk_value_defaults()};
    at->value.run.threads = 2;
    must(jk_survey_init(&at->survey, model, &at->value, &(jk_extremes){0.7, 1.4, 36, 24}, NULL, &error), &error);
    jk_value_sink sink = jk_survey_sink(&at->survey, jk_tape_rows(tape));
    must(jk_value_run(tape, model, &at->value, &sink, 1, &valuation, &error), &error);
    must(jk_survey_finish(&at->survey, &valuation, own_risk, &error), &error);
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

static void forget(looked *at) {
    jk_calibration_reset(&at->calibration);
    jk_points_reset(&at->points);
    jk_survey_reset(&at->survey);
}

/* Paths FIRST..last-1 into results whose other numbers are none. */
static void run_paths(looked *at, int as, size_t last, jk_path_results *results) {
    jk_error error = {0};
    must(jk_path_results_init(results, last + 7, at->calibration.years, &error), &error);
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
        jk_paths_run(&at->survey, &at->points, &at->calibration, &at->options, last, results, &at->value.run, &error);
    rank = 0;
    must(status, &error);
    assert_int_equal(results->count, last);
}

/* Its own paths are those of one process, all others are left to the ranks that give them. */
static void check_rank(looked *at, int as, const jk_path_results *alone, size_t *next) {
    jk_path_results found;
    run_paths(at, as, LAST, &found);
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
    look(&at, tape, false);
    jk_path_results alone;
    size_t next = FIRST;
    run_paths(&at, 0, LAST, &alone);
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
    forget(&at);
    jk_tape_close(tape);
}

/* ---- what is not known beside the cash ----------------------------------------------------------------------------
 */

/* Where flows are multiplied by exp(w / 2 - 1/8), w a path's first normal number; -1: everywhere. */
typedef struct place {
    int segment, epoch, kind;
} place;

static void run_with(looked *at, place where, jk_path_results *results) {
    const size_t epochs = (size_t)model->epoch_count, count = model->segment_count * epochs * JK_SCALE_COUNT;
    at->beside =
        (jk_beside_answer){.places = count, .log = jk_columns_zero((JK_BESIDE_DRAWS + 1) * count, sizeof(double))};
    assert_non_null(at->beside.log);
    at->beside.half_squares = at->beside.log + JK_BESIDE_DRAWS * count;
    for (size_t i = 0; i < count; i++) {
        const int is[] = {(int)(i / (epochs * JK_SCALE_COUNT)), (int)(i / JK_SCALE_COUNT % epochs),
                          (int)(i % JK_SCALE_COUNT)};
        const bool here = (where.segment < 0 || where.segment == is[0]) && (where.epoch < 0 || where.epoch == is[1]) &&
                          (where.kind < 0 || where.kind == is[2]);
        at->beside.log[i] = here ? 0.5 : 0.0;
        at->beside.half_squares[i] = here ? 0.125 : 0.0;
    }
    run_paths(at, 0, SHORT, results);
    jk_beside_answer_reset(&at->beside);
}

static double factor_of(const looked *at, uint64_t path) {
    double normal[JK_BESIDE_DRAWS];
    jk_draw_normals(at->options.seed, jk_stream(JK_STREAM_BESIDE, 0), path, normal, JK_BESIDE_DRAWS);
    return exp(0.5 * normal[0] - 0.125);
}

enum { VALUE, GROSS, NET, FIGURES };

/* What places of each kind bring of a figure of a path: (with the factor - without) / (factor - 1). */
static void add_parts(looked *at, const jk_path_results *plain, place where, double parts[FIGURES][SHORT]) {
    jk_path_results with;
    run_with(at, where, &with);
    const double *const is[FIGURES] = {with.value, with.gross, with.net};
    const double *const was[FIGURES] = {plain->value, plain->gross, plain->net};
    for (size_t i = FIRST; i < SHORT; i++) {
        for (int f = 0; f < FIGURES; f++) {
            parts[f][i] += (is[f][i] - was[f][i]) / (factor_of(at, i) - 1.0);
        }
    }
    jk_path_results_reset(&with);
}

/* The parts are the whole, where the factor is not too near to 1 to tell. */
static void expect_whole(const looked *at, const jk_path_results *plain, double parts[FIGURES][SHORT]) {
    const double *const was[FIGURES] = {plain->value, plain->gross, plain->net};
    for (size_t i = FIRST; i < SHORT; i++) {
        const double slack = 1e-9 * plain->gross[i] / fabs(factor_of(at, i) - 1.0);
        for (int f = 0; f < FIGURES; f++) {
            if (!(fabs(parts[f][i] - was[f][i]) <= slack)) {
                fail_msg("figure %d of path %zu: %.12g, expected %.12g within %.3g", f, i, parts[f][i], was[f][i],
                         slack);
            }
        }
    }
    memset(parts, 0, FIGURES * sizeof parts[0]);
}

/* Figures are sums of what segments, epochs and kinds of flows bring, each of which moves by its own factor: of cells
 * and of single claims. Collections move with their own kind alone, and in their own years. */
static void flows_are_multiplied_where_they_are(void **state) {
    (void)state;
    static double parts[FIGURES][SHORT];
    static const place everywhere = {-1, -1, -1};
    jk_tape *tape = open_made("first.h5", &(tape_plan){.rows = FEW});
    for (int own_risk = 0; own_risk < 2; own_risk++) {
        looked at;
        look(&at, tape, own_risk);
        at.options.own_risk = false; /* of cells, whose draws are of the factors, too */
        assert_true(own_risk ? at.points.cells == 0 : at.points.cells == at.points.count);
        jk_path_results plain, with;
        run_paths(&at, 0, SHORT, &plain);
        add_parts(&at, &plain, everywhere, parts);
        expect_whole(&at, &plain, parts);
        for (int g = 0; g < (int)model->segment_count; g++) {
            add_parts(&at, &plain, (place){g, -1, -1}, parts);
        }
        expect_whole(&at, &plain, parts);
        for (int k = 0; k < JK_SCALE_COUNT; k++) {
            add_parts(&at, &plain, (place){-1, -1, k}, parts);
        }
        expect_whole(&at, &plain, parts);
        for (int j = 0; j < model->epoch_count; j++) {
            const int32_t end = at.survey.epoch_end[j], start = end - model->epochs[j];
            run_with(&at, (place){-1, j, JK_SCALE_GROSS}, &with);
            for (size_t y = 0; y < (size_t)plain.years; y++) {
                const bool touched = (int32_t)(12 * y) < end && (int32_t)(12 * y) + 12 > start;
                const float before = plain.erc[y * plain.room + FIRST], after = with.erc[y * with.room + FIRST];
                assert_int_equal(before != after, touched && before > 0.0f);
            }
            jk_path_results_reset(&with);
        }
        for (int k = 0; k < JK_SCALE_COUNT; k++) {
            run_with(&at, (place){-1, -1, k}, &with);
            for (size_t i = FIRST; i < SHORT; i++) {
                const double expected = plain.gross[i] * (k == JK_SCALE_GROSS ? factor_of(&at, i) : 1.0);
                assert_true(fabs(with.gross[i] - expected) <= 1e-12 * expected);
            }
            jk_path_results_reset(&with);
        }
        jk_path_results_reset(&plain);
        forget(&at);
    }
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranks_share_the_paths),
                                       cmocka_unit_test(flows_are_multiplied_where_they_are)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
