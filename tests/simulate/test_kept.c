/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulation keeps of itself: another run with the same folder takes up all of it, and comes to the same
 * figures; what is not there any more, or was cut, is run again; a survey that is none is told. */
#include "cmocka_all.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file/resume.h"
#include "jalki/simulate.h"
#include "simulate/kept.h"
#include "simulate/plain_case.h"
#include "support/refusal.h"
#include "value/engine_case.h"

enum { PATHS = 500, BATCH = 80, BATCHES = 7 };

static jk_tape *tape;
static char kept[256];

static size_t parts(void) {
    size_t count = 0;
    DIR *list = opendir(kept);
    assert_non_null(list);
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(list);
    return count;
}

static void path_of(const char *name, char path[512]) {
    (void)snprintf(path, 512, "%s/%s", kept, name);
}

static void empty_folder(void) {
    DIR *list = opendir(kept);
    assert_non_null(list);
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        (void)unlinkat(dirfd(list), entry->d_name, 0);
    }
    (void)closedir(list);
}

/* A run that keeps its parts in the folder, or none; all that it says as text. How many parts it took up is told. */
static jk_status run(const jk_model *of, bool keeps, int own_risk, char **text, size_t *found) {
    jk_error error = {0};
    jk_resume resume = {.folder = kept, .lock = -1};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = PATHS;
    wanted.own_risk = own_risk;
    wanted.price = own_risk ? NAN : 5000.0;
    wanted.tolerance = 0.01;
    wanted.covariance = file_name("claims.csv");
    jk_resume_use(keeps ? &resume : NULL);
    jk_simulation simulation;
    const jk_status status = jk_simulate(tape, of, &options, &wanted, &simulation, &error);
    jk_resume_use(NULL);
    *text = status == JK_OK ? jk_simulation_json(tape, of, &simulation) : NULL;
    *found = resume.found;
    jk_simulation_reset(&simulation);
    return status;
}

static void expect_run(const jk_model *of, int own_risk, const char *expected, size_t taken_up) {
    char *text = NULL;
    size_t found = 0;
    assert_int_equal(run(of, true, own_risk, &text, &found), JK_OK);
    assert_string_equal(text, expected);
    assert_int_equal(found, taken_up);
    free(text);
}

static jk_model *load_scored(void) {
    write_covariance(HEAD CURVE "\"credibility\":1},{\"segment\":null,\"treatment\":null,\"characteristic\":"
                                "\"placements\",\"level\":\"2 and more\",\"credibility\":1}],"
                                "\"covariance\":[[0.04,-0.05],[-0.05,0.16]]}");
    return load_changed(
        "characteristics: []",
        "characteristics: [{name: placements, missing: 0, bins: [{below: 2, points: 0}, {points: 0}]}]");
}

static void what_was_kept_is_taken_up(void **state) {
    (void)state;
    jk_model *scored = load_scored();
    for (int own_risk = 0; own_risk < 2; own_risk++) {
        char *plain = NULL, path[512];
        size_t found = 7;
        assert_int_equal(run(scored, false, own_risk, &plain, &found), JK_OK);
        assert_int_equal(found, 0);
        expect_run(scored, own_risk, plain, 0);
        assert_int_equal(parts(), 1 + BATCHES);
        expect_run(scored, own_risk, plain, 1 + BATCHES);
        path_of("paths-80-160", path); /* one is gone, and the last was cut */
        assert_int_equal(unlink(path), 0);
        path_of("paths-480-500", path);
        assert_int_equal(truncate(path, 100), 0);
        expect_run(scored, own_risk, plain, 1 + BATCHES - 2);
        expect_run(scored, own_risk, plain, 1 + BATCHES);
        path_of("survey", path);
        assert_int_equal(unlink(path), 0);
        expect_run(scored, own_risk, plain, BATCHES);
        empty_folder();
        free(plain);
    }
    jk_model_free(scored);
}

static void other_contents_are_none(void **state) {
    (void)state;
    jk_error error = {0};
    jk_model *scored = load_scored();
    char *plain = NULL, *text = NULL;
    size_t found = 0, size = 0;
    void *bytes = NULL;
    jk_resume resume = {.folder = kept, .lock = -1};
    assert_int_equal(run(scored, false, 1, &plain, &found), JK_OK);
    expect_run(scored, 1, plain, 0);
    /* Paths of another number are no paths of this run. */
    must(jk_resume_find(&resume, "paths-0-80", &bytes, &size, &error), &error);
    assert_non_null(bytes);
    assert_int_equal(size, BATCH * (4 * sizeof(double) + 2 * sizeof(float)));
    must(jk_resume_keep(&resume, "paths-0-80", bytes, size - 1, &error), &error);
    assert_int_equal(run(scored, true, 1, &text, &found), JK_OK);
    assert_string_equal(text, plain);
    free(text);
    free(bytes);
    /* A survey with a byte less, or with one more. */
    must(jk_resume_find(&resume, "survey", &bytes, &size, &error), &error);
    unsigned char *longer = calloc(1, size + 1);
    memcpy(longer, bytes, size);
    const size_t sizes[] = {size - 1, size + 1, 8, 0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        must(jk_resume_keep(&resume, "survey", longer, sizes[i], &error), &error);
        assert_int_equal(run(scored, true, 1, &text, &found), JK_ERROR_DATA);
    }
    must(jk_resume_keep(&resume, "survey", longer, size, &error), &error);
    expect_run(scored, 1, plain, 1 + BATCHES);
    empty_folder();
    free(longer);
    free(bytes);
    free(plain);
    jk_model_free(scored);
}

/* Paths that are there are not run again: other figures in the place of theirs are told. */
static void paths_are_not_run_again(void **state) {
    (void)state;
    jk_error error = {0};
    jk_model *scored = load_scored();
    char *plain = NULL, *text = NULL;
    size_t found = 0, size = 0;
    void *bytes = NULL;
    jk_resume resume = {.folder = kept, .lock = -1};
    assert_int_equal(run(scored, true, 0, &plain, &found), JK_OK);
    must(jk_resume_find(&resume, "paths-80-160", &bytes, &size, &error), &error);
    double value = 0.0;
    memcpy(&value, bytes, sizeof value); /* the first path's, which comes first */
    value += 1e6;
    memcpy(bytes, &value, sizeof value);
    must(jk_resume_keep(&resume, "paths-80-160", bytes, size, &error), &error);
    assert_int_equal(run(scored, true, 0, &text, &found), JK_OK);
    json_t *was = json_loads(plain, 0, NULL), *is = json_loads(text, 0, NULL);
    const double before = json_number_value(json_object_get(json_object_get(was, "pv"), "mean"));
    const double after = json_number_value(json_object_get(json_object_get(is, "pv"), "mean"));
    assert_true(before > 0.0 && fabs(after - before - 1e6 / PATHS) < 1e-3);
    json_decref(was);
    json_decref(is);
    empty_folder();
    free(bytes);
    free(text);
    free(plain);
    jk_model_free(scored);
}

/* Numbers of the survey's head, 64 bits each, in this order. */
enum { LEVEL, CELLS, LARGE, FLOW, MIX, EVERY, WORDS };

/* A survey whose head says something else than what follows, or than what this run keeps. */
static void other_heads_are_none(void **state) {
    (void)state;
    jk_error error = {0};
    jk_model *scored = load_scored();
    jk_resume resume = {.folder = kept, .lock = -1};
    char *plain = NULL, *text = NULL;
    size_t found = 0, size = 0;
    void *bytes = NULL;
    assert_int_equal(run(scored, true, 1, &plain, &found), JK_OK);
    must(jk_resume_find(&resume, "survey", &bytes, &size, &error), &error);
    uint64_t is[WORDS];
    memcpy(is, bytes, sizeof is);
    assert_true(is[LEVEL] == 0 && is[CELLS] > 0 && is[CELLS] < 300 && is[LARGE] > 0 && is[LARGE] < 300);
    assert_true(is[FLOW] > 24 && is[MIX] > 3 && is[EVERY] == 1);
    enum { SUMS = 6 * sizeof(int64_t) }; /* a number of the flows, of each state */
    const struct {
        int word;
        uint64_t value;
        size_t size;
    } bad[] = {{LEVEL, JK_CELL_LEVELS, size},
               {CELLS, JK_CELLS_MOST + 1, size},
               {LARGE, JK_LARGE_MOST + 1, size},
               {LARGE, is[LARGE] - 1, size - sizeof(jk_cell_claim) + 1},
               {FLOW, is[FLOW] + 1, size + SUMS},
               {FLOW, is[FLOW] - 1, size - SUMS},
               {MIX, is[MIX] + 1, size + sizeof(int64_t)},
               {MIX, is[MIX] - 1, size - sizeof(int64_t)},
               {EVERY, 0, size},
               {EVERY, 1, size - is[MIX] * sizeof(int64_t)}}; /* without its last list */
    unsigned char *other = calloc(1, size + SUMS);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memcpy(other, bytes, size);
        memcpy(other + (size_t)bad[i].word * sizeof(uint64_t), &bad[i].value, sizeof(uint64_t));
        must(jk_resume_keep(&resume, "survey", other, bad[i].size, &error), &error);
        assert_int_equal(run(scored, true, 1, &text, &found), JK_ERROR_DATA);
    }
    must(jk_resume_keep(&resume, "survey", bytes, size, &error), &error);
    expect_run(scored, 1, plain, 1 + BATCHES);
    empty_folder();
    free(other);
    free(bytes);
    free(plain);
    jk_model_free(scored);
}

/* Rows of a tape until so many claims are worked. */
typedef struct counting {
    size_t wanted, worked, rows;
} counting;

static jk_status count_worked(void *context, const jk_value_block *block, jk_error *error) {
    counting *self = context;
    (void)error;
    for (size_t row = 0; row < block->terms->rows && self->worked < self->wanted; row++) {
        self->worked += block->terms->allowed[row] != 0 && block->plan->decision[row] != JK_CLOSE;
        self->rows++;
    }
    return JK_OK;
}

static size_t rows_of(const jk_model *of, size_t worked) {
    jk_error error = {0};
    counting self = {.wanted = worked};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    jk_tape *all = open_made("first.h5", &(tape_plan){.rows = worked + worked / 4});
    jk_value_sink sink = {.block = count_worked, .context = &self};
    jk_valuation valuation;
    must(jk_value_run(all, of, &options, &sink, 1, &valuation, &error), &error);
    assert_int_equal(self.worked, worked);
    jk_valuation_reset(&valuation);
    jk_tape_close(all);
    return self.rows;
}

/* As many claims as can be simulated one by one, without points that are drawn. */
static void the_most_claims_are_taken_up(void **state) {
    (void)state;
    jk_model *plain = load_plain();
    jk_tape *const small = tape;
    char *first = NULL;
    size_t found = 0;
    write_covariance(HEAD CURVE "\"credibility\":1}],\"covariance\":[[0.04]]}");
    tape = open_made("first.h5", &(tape_plan){.rows = rows_of(plain, JK_LARGE_MOST)});
    assert_int_equal(run(plain, true, 1, &first, &found), JK_OK);
    jk_error error = {0};
    jk_resume resume = {.folder = kept, .lock = -1};
    uint64_t *bytes = NULL;
    size_t size = 0;
    must(jk_resume_find(&resume, "survey", (void **)&bytes, &size, &error), &error);
    assert_int_equal(bytes[LARGE], JK_LARGE_MOST);
    assert_int_equal(bytes[MIX], 0);
    free(bytes);
    expect_run(plain, 1, first, 1 + BATCHES);
    empty_folder();
    free(first);
    jk_tape_close(tape);
    tape = small;
    jk_model_free(plain);
}

static jk_status take_up_once(void *context, jk_error *error) {
    const jk_model *of = context;
    const jk_value_options options = jk_value_defaults();
    jk_simulation simulation = {0};
    jk_survey survey = {0};
    bool found = false;
    jk_status status = jk_survey_init(&survey, of, &options, &(jk_extremes){0.7, 1.4, 12, 8}, NULL, error);
    status = status == JK_OK ? jk_kept_survey_find(&survey, &simulation, &found, error) : status;
    status = status == JK_OK && found ? jk_kept_survey_keep(&survey, &simulation, error) : status;
    jk_survey_reset(&survey);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    jk_model *plain = load_plain();
    jk_resume resume = {.folder = kept, .lock = -1};
    char *text = NULL;
    size_t found = 0;
    write_covariance(HEAD CURVE "\"credibility\":1}],\"covariance\":[[0.04]]}");
    assert_int_equal(run(plain, true, 1, &text, &found), JK_OK);
    jk_resume_use(&resume);
    long without = 0; /* a part that cannot be read is one that is not there */
    assert_true(refuse_each_allocation(take_up_once, plain, &without) > 20);
    assert_int_equal(without, 1);
    jk_resume_use(NULL);
    empty_folder();
    free(text);
    jk_model_free(plain);
}

static int open_tape(void **state) {
    if (set_up(state) != 0) {
        return -1;
    }
    (void)snprintf(kept, sizeof kept, "%s", file_name("kept"));
    tape = open_made("plain.h5", &(tape_plan){.rows = 300});
    return mkdir(kept, 0700);
}

static int close_tape(void **state) {
    jk_tape_close(tape);
    return rmdir(kept) != 0 ? -1 : tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_is_taken_up),    cmocka_unit_test(other_contents_are_none),
        cmocka_unit_test(paths_are_not_run_again),      cmocka_unit_test(other_heads_are_none),
        cmocka_unit_test(the_most_claims_are_taken_up), cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
