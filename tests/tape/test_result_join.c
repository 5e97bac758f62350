/* SPDX-License-Identifier: Apache-2.0 */
/* Results of ranks: each puts its own rows into a file of its own, laid out as rank 0's, and then to the same places of
 * that; rank 0's file then holds the rows of all. Ranks are played one after the other. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/team/team.h"
#include "cmocka_all.h"
#include "h5/h5_file.h"
#include "jalki/result.h"
#include "support/must.h"
#include "tape/result_store.h"

enum { ROWS = 1000, RANKS = 3, COLUMNS = 3, WIDTH = 5 };

static char folder[] = "/tmp/jalki-join-XXXXXX";
static char whole[128], part[128];
static int rank = -1; /* that this process plays; -1: none */
static int waits;

jk_team_role __real_jk_team_role_now(void);
jk_team_role __wrap_jk_team_role_now(void);
void __real_jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end);
void __wrap_jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end);
jk_status __real_jk_team_open_shared(jk_output *output, int *fd, jk_error *error);
jk_status __wrap_jk_team_open_shared(jk_output *output, int *fd, jk_error *error);
void __wrap_jk_team_wait(void);

jk_team_role __wrap_jk_team_role_now(void) {
    return rank >= 0 ? JK_TEAM_RANKS : __real_jk_team_role_now();
}

static size_t first_of(int number) {
    return (size_t)number * ROWS / RANKS;
}

void __wrap_jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end) {
    if (rank < 0) {
        __real_jk_team_rows(pass, rows, first, end);
        return;
    }
    assert_true(pass == JK_PASS_RESULT && rows == ROWS);
    *first = first_of(rank);
    *end = first_of(rank + 1);
}

/* The file that rank 0 writes, under its name until it is committed. */
static int shared = -1;
jk_status __wrap_jk_team_open_shared(jk_output *output, int *fd, jk_error *error) {
    if (rank < 0) {
        return __real_jk_team_open_shared(output, fd, error);
    }
    *fd = rank == 0 ? -1 : fcntl(shared, F_DUPFD_CLOEXEC, 3);
    return JK_OK;
}

void __wrap_jk_team_wait(void) {
    waits++;
}

static const jk_result_column columns[COLUMNS] = {{.name = "text", .type = JK_RESULT_TEXT, .text_width = WIDTH},
                                                  {.name = "real", .type = JK_RESULT_FLOAT64},
                                                  {.name = "byte", .type = JK_RESULT_UINT8}};
static const size_t sizes[COLUMNS] = {WIDTH, 8, 1};

static unsigned char byte_of(size_t column, size_t at) {
    return (unsigned char)(1 + (at * 7 + column * 31 + at / 200) % 250);
}

static jk_result_writer *make(const char *path, int compression) {
    jk_error error = {0};
    jk_result_writer *writer = NULL;
    const jk_result_options options = {.compression = compression, .run = {.threads = 1}};
    must(jk_result_writer_create(path, ROWS, columns, COLUMNS, &options, &writer, &error), &error);
    return writer;
}

static void put_rows(jk_result_writer *writer, size_t first, size_t end) {
    jk_error error = {0};
    for (size_t c = 0; c < COLUMNS; c++) {
        unsigned char bytes[ROWS * 8];
        for (size_t i = first * sizes[c]; i < end * sizes[c]; i++) {
            bytes[i - first * sizes[c]] = byte_of(c, i);
        }
        must(jk_result_writer_put(writer, c, first, end - first, bytes, &error), &error);
    }
}

static void expect_file(const char *path) {
    jk_error error = {0};
    jk_h5_file *file = NULL;
    must(jk_h5_open(path, "/dict", 100, &file, &error), &error);
    for (size_t c = 0; c < COLUMNS; c++) {
        unsigned char bytes[ROWS * 8];
        char name[32];
        (void)snprintf(name, sizeof name, "/result/%s", columns[c].name);
        must(jk_h5_read(file, jk_h5_find(file, name), 0, ROWS, bytes, &error), &error);
        for (size_t i = 0; i < ROWS * sizes[c]; i++) {
            assert_int_equal(bytes[i], byte_of(c, i));
        }
    }
    jk_h5_close(file);
}

static void rows_of_all_ranks_come_together(void **state) {
    (void)state;
    jk_error error = {0};
    jk_result_writer *first = make(whole, 0);
    put_rows(first, first_of(0), first_of(1));
    shared = first->output.fd;
    for (rank = 1; rank < RANKS; rank++) {
        jk_result_writer *other = make(part, 0);
        put_rows(other, first_of(rank), first_of(rank + 1));
        must(jk_result_writer_join(other, &error), &error);
        assert_int_equal(waits, rank);
        must(jk_result_writer_finish(other, NULL, &error), &error); /* all its rows are told of */
        assert_int_equal(unlink(part), 0);
    }
    rank = 0;
    must(jk_result_writer_join(first, &error), &error);
    assert_int_equal(waits, RANKS);
    rank = -1;
    must(jk_result_writer_finish(first, NULL, &error), &error);
    expect_file(whole);
    assert_int_equal(unlink(whole), 0);
}

/* Alone there is nobody to wait for, and packed rows are put together otherwise: rows that are not there are missed. */
static void others_are_left_alone(void **state) {
    (void)state;
    jk_error error = {0};
    waits = 0;
    for (int packed = 0; packed < 2; packed++) {
        jk_result_writer *writer = make(whole, packed);
        put_rows(writer, 0, ROWS - 1);
        rank = packed ? 1 : -1;
        must(jk_result_writer_join(writer, &error), &error);
        rank = -1;
        assert_int_equal(waits, 0);
        error = (jk_error){0};
        assert_int_equal(jk_result_writer_finish(writer, NULL, &error), JK_ERROR_ARGUMENT);
        error = (jk_error){0};
    }
}

/* A file of rank 0 that cannot be written is told. */
static void a_file_that_is_not_written_is_told(void **state) {
    (void)state;
    jk_error error = {0};
    jk_result_writer *writer = make(part, 0);
    put_rows(writer, first_of(1), first_of(2));
    shared = open("/dev/null", O_RDONLY | O_CLOEXEC);
    rank = 1;
    assert_int_equal(jk_result_writer_join(writer, &error), JK_ERROR_IO);
    rank = -1;
    assert_int_equal(close(shared), 0);
    jk_result_writer_abort(writer);
}

static int start(void **state) {
    (void)state;
    const bool made = mkdtemp(folder) != NULL;
    (void)snprintf(whole, sizeof whole, "%s/whole.h5", folder);
    (void)snprintf(part, sizeof part, "%s/part.h5", folder);
    return !made;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_all_ranks_come_together),
                                       cmocka_unit_test(others_are_left_alone),
                                       cmocka_unit_test(a_file_that_is_not_written_is_told)};
    return cmocka_run_group_tests(tests, start, end);
}
