/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of panels. What law and score say of a row must be what they say of the same claim on a tape whose cut-off
 * is the row's period_start; blocks and threads must not show; bad stores are refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "jalki/generate.h"
#include "jalki/generate_panel.h"
#include "jalki/panel.h"
#include "jalki/terms.h"

enum { CLAIMS = 3000, MONTHS = 12, FACTS = 12 };

static jk_model *model;
static char panel_path[256], tape_path[256];

typedef struct all_rows {
    size_t rows;
    double (*fact)[FACTS]; /* of each row */
    int32_t *period, *claim, *debtor;
} all_rows;

static int set_up(void **state) {
    (void)state;
    char file[1024];
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(file, sizeof file, "%s/models/nordic.yaml", source != NULL ? source : ".");
    (void)snprintf(panel_path, sizeof panel_path, "/tmp/jalki-test-panel-reader-%d.h5", (int)getpid());
    (void)snprintf(tape_path, sizeof tape_path, "/tmp/jalki-test-panel-tape-%d.h5", (int)getpid());
    if (jk_model_load(file, &model, NULL) != JK_OK) {
        return -1;
    }
    jk_generate_panel_options options = jk_generate_panel_defaults();
    options.claims = CLAIMS;
    options.months = MONTHS;
    options.hidden = 0.25;
    return jk_generate_panel(&options, model, panel_path, JK_PANEL_STORE, NULL, NULL, NULL) == JK_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    jk_model_free(model);
    (void)unlink(panel_path);
    (void)unlink(tape_path);
    return 0;
}

static void put_facts(double fact[FACTS], const jk_law_facts *law, const jk_score_columns *score, size_t i) {
    const double values[FACTS] = {law->balance[i],     law->age_months[i],  law->bar_untitled[i],
                                  law->bar_titled[i],  law->attachable[i],  law->debtor_age[i],
                                  law->exit_status[i], law->title_state[i], law->segment[i],
                                  score->eta[i],       score->theta[i],     score->capacity_class[i]};
    memcpy(fact, values, sizeof values);
}

static jk_status keep_block(void *context, const jk_panel_block *block, jk_error *error) {
    all_rows *all = context;
    (void)error;
    for (size_t i = 0; i < block->rows; i++) {
        size_t row = block->first_row + i;
        put_facts(all->fact[row], block->law, block->score, i);
        all->fact[row][6] = block->garnish[i]; /* in the place of exit_status */
        all->period[row] = block->period_start[i];
        all->claim[row] = block->claim[i];
        all->debtor[row] = block->debtor[i];
        assert_true(block->months[i] > 0.0 && block->balance_start[i] > 0.0 && block->cash[i] >= 0.0);
        assert_true(block->class_start[i] >= -1 && block->class_start[i] < JK_CAPACITY_COUNT);
        assert_int_equal(block->title_state[i], block->law->title_state[i]); /* as the generator keeps both */
    }
    return JK_OK;
}

static all_rows read_all(int threads, size_t block_rows, jk_panel **panel) {
    jk_error error = {0};
    assert_int_equal(jk_panel_open(panel_path, model, panel, &error), JK_OK);
    all_rows all = {.rows = jk_tape_rows(jk_panel_tape(*panel))};
    all.fact = calloc(all.rows, sizeof *all.fact);
    all.period = calloc(all.rows, sizeof *all.period);
    all.claim = calloc(all.rows, sizeof *all.claim);
    all.debtor = calloc(all.rows, sizeof *all.debtor);
    const jk_run run = {.threads = threads, .block_rows = block_rows};
    assert_int_equal(jk_panel_stream(*panel, &run, keep_block, &all, &error), JK_OK);
    return all;
}

static void free_all(all_rows *all) {
    free(all->fact);
    free(all->period);
    free(all->claim);
    free(all->debtor);
}

static void test_blocks_and_threads_do_not_show(void **state) {
    (void)state;
    jk_panel *one = NULL, *other = NULL;
    all_rows a = read_all(1, 0, &one);
    all_rows b = read_all(3, 777, &other);
    assert_int_equal(a.rows, b.rows);
    assert_memory_equal(a.fact, b.fact, a.rows * sizeof *a.fact);
    assert_memory_equal(a.claim, b.claim, a.rows * sizeof *a.claim);
    assert_int_equal(jk_panel_blocks(one, NULL), (a.rows + 8191) / 8192);
    jk_panel_span span = jk_panel_span_of(one);
    assert_int_equal(span.first_start, jk_date_from_civil(2021, 1, 1));
    assert_int_equal(span.last_start, jk_date_from_civil(2021, 12, 1));
    assert_int_equal(span.end, jk_date_from_civil(2022, 1, 1));
    jk_panel_close(one);
    jk_panel_close(other);
    free_all(&a);
    free_all(&b);
}

/* A tape of the panel's rows with one period_start. */
static size_t write_tape(const jk_tape *panel, const all_rows *all, int32_t cutoff, size_t *row) {
    jk_tape_writer_options options = {.cutoff = cutoff, .threads = 1};
    jk_tape_writer *writer = NULL;
    jk_error error = {0};
    assert_int_equal(jk_tape_writer_create(tape_path, &options, &writer, &error), JK_OK);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        size_t count = 0;
        const char *const *words = jk_tape_dictionary(panel, (jk_column)c, &count);
        for (size_t i = 0; i < count; i++) {
            int32_t index = 0;
            assert_int_equal(jk_tape_writer_intern(writer, (jk_column)c, words[i], strlen(words[i]), &index, &error),
                             JK_OK);
            assert_int_equal(index, i);
        }
    }
    jk_block one = {
        .rows = 1,
        .text_width = {jk_tape_text_width(panel, JK_COLUMN_CLAIM_ID), jk_tape_text_width(panel, JK_COLUMN_DEBTOR_ID)}};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        one.column[c] = calloc(1, JK_TEXT_MAX);
    }
    int32_t *number = calloc(jk_tape_debtors(panel), sizeof *number); /* debtors of the tape, from 1 */
    int32_t debtors = 0;
    size_t count = 0;
    for (size_t r = 0; r < all->rows; r++) {
        if (all->period[r] != cutoff) {
            continue;
        }
        for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
            assert_int_equal(jk_tape_read(panel, (jk_column)c, r, 1, one.column[c], &error), JK_OK);
        }
        int32_t *own = &number[all->debtor[r]];
        *own = *own == 0 ? ++debtors : *own;
        *(int32_t *)one.column[JK_COLUMN_DEBTOR_INDEX] = *own - 1;
        assert_int_equal(jk_tape_writer_append(writer, &one, &error), JK_OK);
        row[count++] = r;
    }
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        free(one.column[c]);
    }
    free(number);
    assert_int_equal(jk_tape_writer_finish(writer, NULL, NULL, &error), JK_OK);
    return count;
}

/* Law, score and terms of the whole tape in one block. */
static void compare_tape(const all_rows *all, const size_t *row, size_t count, int32_t cutoff) {
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_law *law = NULL;
    jk_debtors debtors;
    jk_scorer *scorer = NULL;
    jk_block block = {.rows = count};
    jk_law_facts facts;
    jk_score_columns score;
    jk_terms terms;
    assert_int_equal(jk_tape_open(tape_path, &tape, &error), JK_OK);
    assert_int_equal(jk_law_create(model, tape, cutoff, &law, &error), JK_OK);
    assert_int_equal(jk_debtors_create(law, tape, NULL, &debtors, &error), JK_OK);
    assert_int_equal(jk_scorer_create(model, tape, law, &debtors, &scorer, &error), JK_OK);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        block.column[c] = calloc(count, JK_TEXT_MAX);
        assert_int_equal(jk_tape_read(tape, (jk_column)c, 0, count, block.column[c], &error), JK_OK);
    }
    void *memory[4] = {aligned_alloc(64, jk_law_facts_size(count)), aligned_alloc(64, jk_score_columns_size(count)),
                       aligned_alloc(64, (jk_score_scratch_size(scorer, count) + 63) / 64 * 64),
                       aligned_alloc(64, jk_terms_size(count))};
    jk_law_facts_place(&facts, count, memory[0]);
    jk_score_columns_place(&score, count, memory[1]);
    jk_terms_place(&terms, count, memory[3]);
    jk_law_block(law, &block, &facts);
    jk_score_block(scorer, &block, &facts, &score, memory[2]);
    jk_terms_block(model, &debtors, &block, &facts, &score, JK_ALLOW_ALL, &terms);
    for (size_t i = 0; i < count; i++) {
        double fact[FACTS];
        put_facts(fact, &facts, &score, i);
        for (size_t f = 0; f < FACTS; f++) {
            double found = all->fact[row[i]][f];
            if (f == 6) {
                assert_true((float)found == terms.garnish[i]);
            } else {
                assert_true(found == fact[f] || (isnan(found) && isnan(fact[f])));
            }
        }
    }
    for (int k = 0; k < 4; k++) {
        free(memory[k]);
    }
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        free(block.column[c]);
    }
    jk_scorer_free(scorer);
    jk_debtors_reset(&debtors);
    jk_law_free(law);
    jk_tape_close(tape);
}

static void test_a_row_is_seen_as_on_a_tape_of_its_day(void **state) {
    (void)state;
    jk_panel *panel = NULL;
    all_rows all = read_all(2, 1000, &panel);
    size_t *row = calloc(all.rows, sizeof *row);
    for (int month = 0; month < MONTHS; month += 5) {
        int32_t cutoff = jk_date_add_months(jk_date_from_civil(2021, 1, 1), month);
        size_t count = write_tape(jk_panel_tape(panel), &all, cutoff, row);
        assert_true(count > CLAIMS / 2);
        compare_tape(&all, row, count, cutoff);
    }
    free(row);
    free_all(&all);
    jk_panel_close(panel);
}

/* ---- what is refused ------------------------------------------------------------------------------------------ */

/* A panel of one row, with what is asked for changed. */
static jk_status write_row(double months, int64_t balance, int32_t written_off, jk_error *error) {
    jk_tape_writer_options options = {.cutoff = JK_MISSING_INTEGER, .threads = 1, .kind = JK_KIND_PANEL};
    jk_tape_writer *writer = NULL;
    int32_t index = 0, start = 18000, zero = 0;
    int64_t cash = 0, principal = 10000;
    int8_t treatment = JK_TREAT_LEGAL;
    jk_block block = {.rows = 1, .text_width = {4, 4}};
    assert_int_equal(jk_tape_writer_create(tape_path, &options, &writer, error), JK_OK);
    assert_int_equal(jk_tape_writer_intern(writer, JK_COLUMN_COUNTRY, "FI", 2, &index, error), JK_OK);
    block.column[JK_COLUMN_CLAIM_ID] = "abc";
    block.column[JK_COLUMN_COUNTRY] = &index;
    block.column[JK_COLUMN_WRITTEN_OFF_ON] = &written_off;
    block.column[JK_COLUMN_PRINCIPAL] = &principal;
    block.column[JK_COLUMN_DEBTOR_INDEX] = &zero;
    block.column[JK_COLUMN_CLAIM_INDEX] = &zero;
    block.column[JK_COLUMN_PERIOD_START] = &start;
    block.column[JK_COLUMN_PERIOD_MONTHS] = &months;
    block.column[JK_COLUMN_BALANCE_START] = &balance;
    block.column[JK_COLUMN_TREATMENT] = &treatment;
    block.column[JK_COLUMN_CASH] = &cash;
    assert_int_equal(jk_tape_writer_append(writer, &block, error), JK_OK);
    return jk_tape_writer_finish(writer, NULL, NULL, error);
}

static jk_status pass_block(void *context, const jk_panel_block *block, jk_error *error) {
    (void)context;
    (void)block;
    (void)error;
    return JK_OK;
}

static jk_status open_and_stream(const char *path, jk_error *error) {
    jk_panel *panel = NULL;
    jk_status status = jk_panel_open(path, model, &panel, error);
    status = status == JK_OK ? jk_panel_stream(panel, NULL, pass_block, NULL, error) : status;
    jk_panel_close(panel);
    return status;
}

static void expect_refusal(jk_status wanted, const char *key, const char *words, const jk_error *error,
                           jk_status status) {
    assert_int_equal(status, wanted);
    assert_string_equal(error->key, key);
    assert_non_null(strstr(error->message, words));
}

static void test_bad_stores_are_refused(void **state) {
    (void)state;
    jk_error error = {0};
    assert_int_equal(write_row(1.0, 5000, 17000, &error), JK_OK);
    assert_int_equal(open_and_stream(tape_path, &error), JK_OK);
    assert_int_equal(write_row((double)NAN, 5000, 17000, &error), JK_OK);
    expect_refusal(JK_ERROR_FORMAT, "/tape/period_months", "outside what the column allows", &error,
                   open_and_stream(tape_path, &error)); /* a required column lacks nothing: the store sees to it */
    error = (jk_error){0};
    assert_int_equal(write_row(0.0, 5000, 17000, &error), JK_OK);
    expect_refusal(JK_ERROR_FORMAT, "period_months", "expected more than 0", &error,
                   open_and_stream(tape_path, &error));
    error = (jk_error){0};
    assert_int_equal(write_row(1.0, 0, 17000, &error), JK_OK);
    expect_refusal(JK_ERROR_FORMAT, "balance_start", "expected more than 0", &error,
                   open_and_stream(tape_path, &error));
    error = (jk_error){0};
    assert_int_equal(write_row(1.0, 5000, 18001, &error), JK_OK);
    expect_refusal(JK_ERROR_DATA, "written_off_on", "after the start of the period", &error,
                   open_and_stream(tape_path, &error));
    error = (jk_error){0};
    jk_generate_options options = {.rows = 10, .seed = 1, .cutoff = 20000};
    assert_int_equal(jk_generate_store(&options, tape_path, NULL, &error), JK_OK);
    expect_refusal(JK_ERROR_DATA, "", "expected a panel of history", &error, open_and_stream(tape_path, &error));
    error = (jk_error){0};
    jk_tape *tape = NULL;
    jk_status opened = jk_tape_open(panel_path, &tape, &error);
    expect_refusal(JK_ERROR_DATA, "", "this is a panel of history", &error, opened);
    assert_null(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blocks_and_threads_do_not_show),
                                       cmocka_unit_test(test_a_row_is_seen_as_on_a_tape_of_its_day),
                                       cmocka_unit_test(test_bad_stores_are_refused)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
