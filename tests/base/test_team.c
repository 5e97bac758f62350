/* SPDX-License-Identifier: Apache-2.0 */
/* Work shared by several processes: whose rows are whose, and sums that come back from partial files as they went. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file/run_record.h"
#include "base/team/team.h"
#include "jalki/plan.h"

static void rows_are_shared_out_in_order(void **state) {
    (void)state;
    static const size_t rows[] = {0, 1, 5, 1000, 16384, 99999, 10000000};
    static const int parts[] = {1, 2, 3, 7, 64, 1000};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            size_t next = 0, most = 0;
            for (int k = 1; k <= parts[p]; k++) {
                size_t first = 0, end = 0;
                jk_team_be_part(k, parts[p], NULL);
                jk_team_rows(JK_PASS_RESULT, rows[r], &first, &end);
                assert_int_equal(first, next);
                assert_true(end >= first && end <= rows[r]);
                assert_true(rows[r] / (size_t)parts[p] < 8 * JK_PLAN_BLOCK_ROWS || first % JK_PLAN_BLOCK_ROWS == 0);
                most = end - first > most ? end - first : most;
                next = end;
            }
            assert_int_equal(next, rows[r]);
            assert_true(most <= rows[r] / (size_t)parts[p] * 5 / 4 + 1);
        }
    }
    size_t first = 1, end = 1;
    jk_team_rows(JK_PASS_BEFORE, 77, &first, &end); /* a part makes what it needs by itself */
    assert_true(first == 0 && end == 77);
    jk_team_end();
    jk_team_rows(JK_PASS_RESULT, 77, &first, &end);
    assert_true(first == 0 && end == 77);
}

static void write_text(const char *path, char *text) {
    assert_non_null(text);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(text);
}

static const jk_run_record record = {.command = "value", .arguments = (const char *const[]){"t.h5", NULL}};
static const jk_team_question question = {"test", 17};

static void write_part(int number, const char *path, int64_t small, jk_wide large) {
    jk_error error = {0};
    int64_t cells[] = {small, -small, INT64_MIN / 4};
    jk_wide wide[] = {large, -large};
    uint32_t counts[] = {(uint32_t)number};
    const jk_tally tallies[] = {{JK_TALLY_INT64, cells, 3}, {JK_TALLY_WIDE, wide, 2}, {JK_TALLY_UINT32, counts, 1}};
    jk_team_be_part(number, 2, path);
    assert_int_equal(jk_team_sum(JK_PASS_RESULT, question, tallies, 3, &error), JK_OK);
    assert_true(cells[0] == small && wide[0] == large); /* its own sums stay */
    uint16_t own[] = {(uint16_t)number, (uint16_t)(10 * number), 7}, rows[4] = {0};
    void *found = malloc(sizeof own);
    size_t count = (size_t)number + 1;
    assert_non_null(found);
    memcpy(found, own, sizeof own);
    size_t first = number == 1 ? 0 : 2;
    rows[first] = rows[first + 1] = (uint16_t)number;
    assert_int_equal(jk_team_gather_rows(rows, sizeof *rows, 4, 1, &error), JK_OK);
    assert_int_equal(jk_team_join(&found, &count, sizeof *own, &error), JK_OK);
    free(found);
    char *text = NULL;
    assert_int_equal(jk_team_part_text(&text, &error), JK_OK);
    write_text(path, text);
}

static void sums_come_back_exactly(void **state) {
    (void)state;
    jk_error error = {0};
    char folder[] = "/tmp/jalki-team-XXXXXX", one[64], two[64], rows_one[80], rows_two[80];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(one, sizeof one, "%s/1", folder);
    (void)snprintf(two, sizeof two, "%s/2", folder);
    (void)snprintf(rows_one, sizeof rows_one, "%s" JK_PART_ROWS, one);
    (void)snprintf(rows_two, sizeof rows_two, "%s" JK_PART_ROWS, two);
    jk_run_record_set(&record);
    const jk_wide large = ((jk_wide)1 << 100) + 12345;
    write_part(1, one, 1000000007, large);
    write_part(2, two, 5, 3 * large);

    const char *const paths[] = {two, one};
    int64_t cells[3];
    jk_wide wide[2];
    uint32_t counts[1];
    const jk_tally tallies[] = {{JK_TALLY_INT64, cells, 3}, {JK_TALLY_WIDE, wide, 2}, {JK_TALLY_UINT32, counts, 1}};
    assert_int_equal(jk_team_be_merge(paths, 2, &error), JK_OK);
    assert_string_equal(jk_team_merged_command(), "value");
    assert_int_equal(jk_team_sum(JK_PASS_RESULT, question, tallies, 3, &error), JK_OK);
    assert_true(cells[0] == 1000000012 && cells[1] == -1000000012 && cells[2] == INT64_MIN / 2);
    assert_true(wide[0] == 4 * large && wide[1] == -4 * large && counts[0] == 3);
    uint16_t rows[4];
    void *found = NULL;
    size_t count = 0;
    assert_int_equal(jk_team_gather_rows(rows, sizeof *rows, 4, 1, &error), JK_OK);
    assert_true(rows[0] == 1 && rows[1] == 1 && rows[2] == 2 && rows[3] == 2);
    assert_int_equal(jk_team_join(&found, &count, sizeof *rows, &error), JK_OK);
    assert_int_equal(count, 5);
    assert_memory_equal(found, ((const uint16_t[]){1, 10, 2, 20, 7}), 5 * sizeof *rows);
    free(found);
    assert_int_equal(jk_team_gather_rows(rows, sizeof *rows, 4, 1, &error), JK_ERROR_DATA); /* there is no more */
    error = (jk_error){0};
    /* There is no second sum; and another question is another question. */
    assert_int_equal(jk_team_sum(JK_PASS_RESULT, question, tallies, 3, &error), JK_ERROR_DATA);
    assert_int_equal(jk_team_be_merge(paths, 2, &error), JK_OK);
    error = (jk_error){0};
    const jk_team_question other = {"test", 18};
    assert_int_equal(jk_team_sum(JK_PASS_RESULT, other, tallies, 3, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "do not answer"));
    /* What 64 bits cannot hold is told. */
    error = (jk_error){0};
    const jk_tally narrow[] = {{JK_TALLY_INT64, cells, 3}, {JK_TALLY_INT64, wide, 2}, {JK_TALLY_UINT32, counts, 1}};
    assert_int_equal(jk_team_be_merge(paths, 2, &error), JK_OK);
    assert_int_equal(jk_team_sum(JK_PASS_RESULT, question, narrow, 3, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "more than can be held"));
    jk_team_end();
    (void)unlink(one);
    (void)unlink(two);
    (void)unlink(rows_one);
    (void)unlink(rows_two);
    (void)rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_shared_out_in_order),
                                       cmocka_unit_test(sums_come_back_exactly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
