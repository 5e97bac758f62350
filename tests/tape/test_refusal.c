/* SPDX-License-Identifier: Apache-2.0 */
/* Stores and results of which memory or room is refused: it is told, nothing is left of the file, and what is refused
 * nothing is whole. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5_file.h"
#include "jalki/result.h"
#include "jalki/share.h"
#include "jalki/tape.h"
#include "support/refusal.h"
#include "tape/stratum.h"

enum { ROWS = 3, WORDS = 2 };

static char folder[] = "/tmp/jalki-refusal-XXXXXX";
static char path[128];

static size_t entries(const char *of) {
    size_t count = 0;
    DIR *list = opendir(of);
    assert_non_null(list);
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    }
    (void)closedir(list);
    return count;
}

/* ---- memory ----------------------------------------------------------------------------------------------------- */

static const jk_extras extras = {.name = {"own_number"}};
static const void *values[JK_COLUMN_COUNT]; /* of the block's columns */

static jk_status write_tape(const jk_tape_writer_options *options, jk_error *error) {
    int32_t index = -1;
    jk_tape_writer *writer = (jk_tape_writer *)path;
    jk_block block = {.rows = ROWS, .text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    jk_status status = jk_tape_writer_create(path, options, &writer, error);
    if (status != JK_OK) {
        assert_null(writer);
        return status;
    }
    for (int32_t w = 0; w < WORDS && status == JK_OK; w++) {
        status = jk_tape_writer_intern(writer, JK_COLUMN_COUNTRY, w == 0 ? "FI" : "SE", 2, &index, error);
        assert_true(status != JK_OK || index == w);
    }
    if (status != JK_OK) { /* the word is still taken */
        must(jk_tape_writer_intern(writer, JK_COLUMN_COUNTRY, "NO", 2, &index, &(jk_error){0}), error);
    } else {
        for (int c = 0; c < JK_COLUMN_COUNT; c++) {
            block.column[c] = (void *)(uintptr_t)values[c];
        }
        status = jk_tape_writer_append(writer, &block, error);
    }
    if (status != JK_OK) {
        jk_tape_writer_abort(writer);
        return status;
    }
    return jk_tape_writer_finish(writer, NULL, NULL, error);
}

static jk_status write_once(void *context, jk_error *error) {
    const jk_tape_writer_options options = {
        .cutoff = 20000, .compression = *(const int *)context, .threads = 1, .extras = &extras, .source_name = "given"};
    const size_t before = entries("/proc/self/fd");
    const jk_status status = write_tape(&options, error);
    assert_true(status == JK_OK || status == JK_ERROR_MEMORY || status == JK_ERROR_IO);
    assert_int_equal(entries("/proc/self/fd"), before);
    assert_int_equal(entries(folder), status == JK_OK);
    assert_true(status != JK_OK || unlink(path) == 0);
    return status;
}

static void memory_of_a_store(void **state) {
    (void)state;
    static char bytes[ROWS * JK_TEXT_MAX];
    for (size_t i = 0; i < ROWS; i++) {
        memset(bytes + i * JK_TEXT_MAX, (int)('a' + i), 5);
    }
    static const int32_t debtor[ROWS] = {0, 1, 1};
    static const char zeros[ROWS * sizeof(double)];
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        const bool text = jk_schema_column((jk_column)c)->type == JK_TYPE_TEXT;
        const bool given = jk_schema_required(JK_KIND_TAPE, (jk_column)c) || c == JK_COLUMN_INTEREST_RATE;
        values[c] = !given ? NULL : text ? bytes : c == JK_COLUMN_DEBTOR_INDEX ? (const void *)debtor : zeros;
    }
    for (int compression = 0; compression < 2; compression++) {
        jk_error error = {0};
        jk_tape *tape = NULL;
        long without = 0;
        const jk_tape_writer_options options = {
            .cutoff = 20000, .compression = compression, .threads = 1, .extras = &extras, .source_name = "given"};
        must(write_tape(&options, &error), &error); /* what is made once is there */
        must(jk_tape_open(path, &tape, &error), &error);
        assert_int_equal(jk_tape_rows(tape), ROWS);
        assert_string_equal(jk_tape_attribute(tape, "source_name"), "given");
        assert_int_equal(jk_tape_attribute(tape, "manifest")[0], '{'); /* the program's own */
        jk_tape_close(tape);
        assert_int_equal(unlink(path), 0);
        /* Both of the gathered chunks have all columns of a tape; the HDF5 library tries to open its file twice. */
        assert_true(refuse_each_allocation(write_once, &compression, &without) > 2 * JK_TAPE_COLUMN_COUNT);
        assert_int_equal(without, 1);
    }
}

static const char *const levels[] = {"low", "high"};
static const jk_result_column columns[] = {
    {.name = "byte", .type = JK_RESULT_UINT8},
    {.name = "place", .type = JK_RESULT_INDEX, .levels = levels, .level_count = 2},
    {.name = "text", .type = JK_RESULT_TEXT, .text_width = 40}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static jk_status put_rows(jk_result_writer *writer, size_t rows, const char *bytes, jk_error *error) {
    jk_status status = JK_OK;
    for (size_t c = 0; c < COLUMNS && status == JK_OK; c++) {
        status = jk_result_writer_put(writer, c, 0, rows, bytes, error);
    }
    return status;
}

static jk_status result_once(void *context, jk_error *error) {
    static const char bytes[ROWS * 40];
    const jk_result_options options = {.compression = *(const int *)context, .run = {.threads = 1}};
    const size_t before = entries("/proc/self/fd");
    jk_result_writer *writer = (jk_result_writer *)path;
    jk_status status = jk_result_writer_create(path, ROWS, columns, COLUMNS, &options, &writer, error);
    if (status != JK_OK) {
        assert_null(writer);
    } else {
        must(put_rows(writer, ROWS, bytes, error), error);
        status = jk_result_writer_finish(writer, "{}", error);
    }
    assert_true(status == JK_OK || status == JK_ERROR_MEMORY || status == JK_ERROR_IO);
    assert_int_equal(entries("/proc/self/fd"), before);
    assert_int_equal(entries(folder), status == JK_OK);
    assert_true(status != JK_OK || unlink(path) == 0);
    return status;
}

static void memory_of_a_result(void **state) {
    (void)state;
    for (int compression = 0; compression < 2; compression++) {
        jk_error error = {0};
        long without = 0;
        must(result_once(&compression, &error), &error);
        assert_true(refuse_each_allocation(result_once, &compression, &without) >=
                    (compression ? 2 * COLUMNS : COLUMNS));
        assert_int_equal(without, 1); /* the HDF5 library tries to open its file twice */
    }
}

static jk_status open_once(void *context, jk_error *error) {
    jk_tape *tape = (jk_tape *)path;
    const size_t before = entries("/proc/self/fd");
    const jk_status status = jk_tape_open(context, &tape, error);
    if (status != JK_OK) {
        assert_null(tape);
    } else {
        size_t words = 0;
        const char *const *list = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &words);
        assert_true(words == WORDS && strcmp(list[1], "SE") == 0);
        jk_tape_close(tape);
    }
    assert_int_equal(entries("/proc/self/fd"), before);
    return status;
}

static jk_status share_once(void *context, jk_error *error) {
    jk_tape_sharing *sharing = (jk_tape_sharing *)path;
    const jk_status status = jk_tape_share(context, 1 << 20, &sharing, error);
    assert_int_equal(sharing != NULL, status == JK_OK);
    jk_tape_share_end(sharing);
    return status;
}

static jk_status view_once(void *context, jk_error *error) {
    static const double rate = 0.25;
    jk_tape *view = NULL;
    const jk_status status = jk_tape_view(context, JK_COLUMN_INTEREST_RATE, &rate, &view, error);
    if (status == JK_OK) {
        double got[ROWS] = {0.0};
        must(jk_tape_read(view, JK_COLUMN_INTEREST_RATE, 0, ROWS, got, error), error);
        assert_true(got[0] == rate && got[ROWS - 1] == rate);
        jk_tape_close(view);
    }
    return status;
}

static void memory_of_who_reads(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *tape = NULL;
    long without = 0;
    const jk_tape_writer_options options = {.cutoff = 20000, .threads = 1, .extras = &extras};
    must(write_tape(&options, &error), &error);
    assert_true(refuse_each_allocation(open_once, path, &without) >= 3);
    assert_true(refuse_each_allocation(share_once, path, &without) >= 4);
    must(jk_tape_open(path, &tape, &error), &error);
    assert_int_equal(refuse_each_allocation(view_once, tape, NULL), 1);
    jk_tape_close(tape);
    assert_int_equal(unlink(path), 0);
}

/* Sums by combination: two tables that are joined. */
static jk_status join_once(void *context, jk_error *error) {
    enum { CELLS = 2 };
    jk_stratum_list list = {.count = 1, .by = {{.source = JK_STRATUM_VINTAGE, .name = "vintage"}}};
    jk_stratum_table tables[2] = {0};
    (void)context;
    for (size_t t = 0; t < 2; t++) {
        if (!jk_stratum_table_init(&tables[t], CELLS)) {
            jk_stratum_table_free(&tables[0]);
            jk_stratum_table_free(&tables[1]);
            (void)snprintf(error->message, sizeof error->message, "no table");
            return JK_ERROR_MEMORY;
        }
    }
    for (uint64_t t = 0; t < 2; t++) {
        jk_stratum_cells(&tables[t], 7 + t)[1] = 5;
        jk_stratum_cells(&tables[t], 3)[1] = 11;
    }
    const jk_status status = jk_stratum_join(&list, tables, 2, NULL, error);
    assert_int_equal(tables[0].count, 3);
    assert_true(status != JK_OK || (tables[0].key[0] == 3 && tables[0].cell[1] == 22 && tables[0].cell[5] == 5));
    jk_stratum_table_free(&tables[0]);
    jk_stratum_table_free(&tables[1]);
    return status;
}

static void memory_of_sums(void **state) {
    (void)state;
    long without = 0; /* sorting gets on without */
    assert_true(refuse_each_allocation(join_once, NULL, &without) >= 6);
    assert_true(without <= 1);
}

/* ---- room ------------------------------------------------------------------------------------------------------- */

/* Results whose file cannot grow any more once their rows were put; 0, or which of these fails. In a process of its
 * own: the HDF5 library does not give back all that it has of such a file. */
static int result_without_room(int n) {
    enum { MANY = 140000 };
    const bool late = n >= 4;
    const jk_result_options options = {.compression = n % 2, .run = {.threads = n % 4 < 2 ? 1 : 3}};
    jk_error error = {0};
    jk_result_writer *writer = NULL;
    char *bytes = malloc((size_t)MANY * 40);
    uint64_t random = 12345;
    if (bytes == NULL || jk_result_writer_create(path, MANY, columns, COLUMNS, &options, &writer, &error) != JK_OK) {
        return 1;
    }
    for (size_t i = 0; i < (size_t)MANY * 40; i++) { /* what does not become smaller */
        random = random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (char)(random >> 56);
    }
    (void)signal(SIGXFSZ, SIG_IGN);
    if (late && put_rows(writer, MANY, bytes, &error) != JK_OK) {
        return 2;
    }
    const rlim_t room = 30000;
    if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){room, room}) != 0) {
        return 3;
    }
    jk_status status = JK_OK;
    if (!late) {
        status = put_rows(writer, MANY, bytes, &error);
        jk_result_writer_abort(writer);
    } else {
        status = jk_result_writer_finish(writer, "{}", &error);
    }
    free(bytes);
    return status != JK_ERROR_IO || error.status != JK_ERROR_IO || error.message[0] == '\0' ? 4
           : entries(folder) > 0                                                            ? 5
                                                                                            : 0;
}

static void room_of_a_result(void **state) {
    (void)state;
    for (int n = 0; n < 8; n++) {
        int ended = 0;
        const pid_t child = fork();
        if (child == 0) {
            _exit(result_without_room(n));
        }
        assert_true(child > 0 && waitpid(child, &ended, 0) == child && WIFEXITED(ended));
        if (WEXITSTATUS(ended) != 0) {
            fail_msg("case %d: %d", n, WEXITSTATUS(ended));
        }
    }
}

static int start(void **state) {
    (void)state;
    const bool made = mkdtemp(folder) != NULL;
    (void)snprintf(path, sizeof path, "%s/t.h5", folder);
    return !made;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder); /* fails if anything was left behind */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_of_a_store), cmocka_unit_test(memory_of_a_result),
                                       cmocka_unit_test(memory_of_who_reads), cmocka_unit_test(memory_of_sums),
                                       cmocka_unit_test(room_of_a_result)};
    return cmocka_run_group_tests(tests, start, end);
}
