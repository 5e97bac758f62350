/* SPDX-License-Identifier: Apache-2.0 */
/* Claims under scenarios as CSV, row by row against what another sink of the same run sees, with one thread and
 * several. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

#include "jalki/scenario.h"
#include "scenario/refused_case.h"
#include "value/engine_case.h"

enum { ROWS = 1500, CASES = 5 };

static jk_tape *tape;

typedef struct seen {
    float value[CASES][ROWS];
    uint8_t decision[CASES][ROWS];
    uint16_t segment[ROWS];
    char id[ROWS][JK_TEXT_MAX + 1];
    size_t cases;
} seen;

static jk_status watch(void *context, const jk_value_block *block, jk_error *error) {
    seen *to = context;
    (void)error;
    const size_t width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    for (size_t i = 0; i < block->block->rows; i++) {
        const size_t row = block->block->first_row + i;
        for (size_t c = 0; c < to->cases; c++) {
            const bool alone = to->cases == 1;
            to->value[c][row] = alone ? block->plan->value[i] : block->case_value[c][i];
            to->decision[c][row] = alone ? block->plan->decision[i] : block->case_decision[c][i];
        }
        to->segment[row] = block->law->segment[i];
        memcpy(to->id[row], (const char *)block->block->column[JK_COLUMN_CLAIM_ID] + i * width, width);
    }
    return JK_OK;
}

/* A field of the line, quotes taken off; returns where the next begins. */
static const char *take_field(const char *at, char field[256]) {
    const bool quoted = *at == '"';
    size_t length = 0;
    at += quoted;
    while (quoted ? *at != '"' || at[1] == '"' : *at != ',' && *at != '\n') {
        at += quoted && *at == '"';
        field[length++] = *at++;
    }
    field[length] = '\0';
    return at + quoted + 1;
}

static void check_rows(const char *text, const seen *is, const char *head) {
    assert_memory_equal(text, head, strlen(head));
    const char *at = text + strlen(head);
    for (size_t row = 0; row < ROWS; row++) {
        char field[256];
        at = take_field(at, field);
        assert_string_equal(field, is->id[row]);
        at = take_field(at, field);
        assert_string_equal(field, model->segments[is->segment[row]].id);
        for (size_t c = 0; c < is->cases; c++) {
            char *end = NULL;
            at = take_field(at, field);
            assert_string_equal(field, jk_action_name((jk_action)is->decision[c][row]));
            at = take_field(at, field);
            assert_true(fabs(strtod(field, &end) - (double)is->value[c][row]) <= 0.0050001 && *end == '\0');
            assert_true(end - field > 3 && end[-3] == '.'); /* cents */
        }
        assert_true(at[-1] == '\n');
    }
    assert_true(*at == '\0');
}

static void write_claims(const jk_scenario_run *run, int threads, const char *head) {
    static seen is;
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.run.threads = threads;
    options.run.block_rows = 100;
    jk_scenario_grid grid;
    jk_scenario_claims *file = NULL;
    must(jk_scenario_claims_open(file_name("claims.csv"), tape, model, run, &file, &error), &error);
    is = (seen){.cases = 1 + run->scenario_count * (run->modes == 3 ? 2 : 1)};
    const jk_value_sink sinks[] = {jk_scenario_claims_sink(file),
                                   {.columns = UINT64_C(1) << JK_COLUMN_CLAIM_ID, .block = watch, .context = &is}};
    must(jk_scenario_grid_make(tape, model, &options, run, sinks, 2, &grid, &error), &error);
    must(jk_scenario_claims_commit(file, &error), &error);
    assert_int_equal(grid.count, is.cases);
    char *text = file_text(file_name("claims.csv"));
    check_rows(text, &is, head);
    free(text);
    jk_scenario_grid_reset(&grid);
}

#define BASE "claim_id,segment,base decision,base value"

static void claims_are_written_as_they_were_valued(void **state) {
    (void)state;
    jk_stress stresses[] = {jk_stress_none(), jk_stress_none()};
    stresses[0].figure[JK_STRESS_RECOVERY] = 0.4;
    stresses[1].figure[JK_STRESS_COURT_COST] = 6.0;
    const jk_scenario scenarios[] = {{"less", NULL, 1, &stresses[0], NULL}, {"court", NULL, 1, &stresses[1], NULL}};
    const double irr = 0.1;
    for (int threads = 1; threads < 4; threads++) {
        jk_scenario_run run = {.scenarios = scenarios,
                               .scenario_count = 2,
                               .irr = &irr,
                               .returns = 1,
                               .modes = JK_MODE_REPLANNED | JK_MODE_COMMITTED};
        write_claims(&run, threads,
                     BASE ",less decision,less value,court decision,court value,less (committed) decision,"
                          "less (committed) value,court (committed) decision,court (committed) value\n");
        run.modes = JK_MODE_COMMITTED;
        write_claims(&run, threads,
                     BASE ",less (committed) decision,less (committed) value,court (committed) decision,"
                          "court (committed) value\n");
        run.scenario_count = 0;
        run.modes = JK_MODE_REPLANNED;
        write_claims(&run, threads, BASE "\n");
    }
}

static jk_status write_once(void *few, jk_error *error) {
    const jk_stress none = jk_stress_none();
    const jk_scenario scenario = {"none", NULL, 1, &none, NULL};
    const double irr = 0.1;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 2;
    options.run.block_rows = 4;
    const jk_scenario_run run = {
        .scenarios = &scenario, .scenario_count = 1, .irr = &irr, .returns = 1, .modes = JK_MODE_REPLANNED};
    jk_scenario_grid grid = {.count = 0};
    jk_scenario_claims *file = (jk_scenario_claims *)error; /* is written over, also where it fails */
    jk_status status = jk_scenario_claims_open(file_name("claims.csv"), few, model, &run, &file, error);
    if (status != JK_OK) {
        assert_null(file);
        return status;
    }
    const jk_value_sink sink = jk_scenario_claims_sink(file);
    status = jk_scenario_grid_make(few, model, &options, &run, &sink, 1, &grid, error);
    if (status == JK_OK) {
        status = jk_scenario_claims_commit(file, error);
    } else {
        jk_scenario_claims_abort(file);
    }
    jk_scenario_grid_reset(&grid);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    refuse_on_nine_claims(write_once, 50, 5);
    char *text = file_text(file_name("claims.csv"));
    assert_non_null(strstr(text, "\nC000008,")); /* all of them, at last */
    free(text);
}

/* Nothing is written where it cannot be, or where it is given up; and the listing has the columns of a base. */
static void files_that_come_to_nothing(void **state) {
    (void)state;
    const jk_scenario_run run = {.scenario_count = 0, .modes = JK_MODE_REPLANNED};
    jk_error error = {0};
    jk_scenario_claims *file = (jk_scenario_claims *)&error;
    assert_int_equal(jk_scenario_claims_open("/nowhere/claims.csv", tape, model, &run, &file, &error), JK_ERROR_IO);
    assert_null(file);
    must(jk_scenario_claims_open(file_name("bad.h5"), tape, model, &run, &file, &error), &error);
    jk_scenario_claims_abort(file);
    jk_scenario_claims_abort(NULL);
    assert_int_equal(access(file_name("bad.h5"), F_OK), -1);
    const jk_listing described = jk_scenario_claims_columns();
    assert_true(described.column_count == 4 && described.cells == NULL);
    assert_string_equal(described.columns[3].name, "base value");
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims_are_written_as_they_were_valued),
                                       cmocka_unit_test(memory_that_is_refused_is_told),
                                       cmocka_unit_test(files_that_come_to_nothing)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
