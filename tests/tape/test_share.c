/* SPDX-License-Identifier: Apache-2.0 */
/* Shared columns: what one process has read another has from memory, whatever rows each asks for; a bound holds; a
 * process that ends in the middle, a bad value and a file that was changed do no harm. */
#include "cmocka_all.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jalki/share.h"
#include "tape/store/store_share.h"
#include "tape/store/store_tape.h"
#include "value/engine_case.h"

enum { ROWS = 20000, UNIT = 4096 };

static int64_t truth[ROWS];

static jk_tape *reopen(const char *path) {
    jk_tape *tape = NULL;
    assert_int_equal(jk_tape_open(path, &tape, NULL), JK_OK);
    return tape;
}

/* Reads pieces of `step` rows and compares them; returns what was read. */
static jk_tape_reads read_all(const char *path, size_t from, size_t step) {
    static int64_t rows[ROWS];
    jk_tape_reads reads = {0, 0};
    jk_tape *tape = reopen(path);
    jk_tape_count_reads(&reads);
    for (size_t first = from; first < ROWS; first += step) {
        size_t count = ROWS - first < step ? ROWS - first : step;
        assert_int_equal(jk_tape_read(tape, JK_COLUMN_PRINCIPAL, first, count, rows, NULL), JK_OK);
        assert_memory_equal(rows, truth + first, count * sizeof *rows);
    }
    jk_tape_count_reads(NULL);
    jk_tape_close(tape);
    return reads;
}

static void make(char path[PATH_MAX]) {
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    (void)snprintf(path, PATH_MAX, "%s", jk_tape_path(tape));
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_PRINCIPAL, 0, ROWS, truth, NULL), JK_OK);
    jk_tape_close(tape);
}

static void any_rows(void **state) {
    (void)state;
    char path[PATH_MAX];
    make(path);
    for (size_t step = 777; step < 50000; step = step * 3 + 1) {
        jk_tape_sharing *sharing = NULL;
        assert_int_equal(jk_tape_share(path, 1 << 30, &sharing, NULL), JK_OK);
        jk_tape_reads first = read_all(path, 0, step), second = read_all(path, 0, 5000);
        assert_int_equal(first.file, ROWS * sizeof(int64_t));
        assert_int_equal(second.file, 0);
        assert_int_equal(second.shared, ROWS * sizeof(int64_t));
        jk_tape_share_end(sharing);
        assert_int_equal(read_all(path, 0, 5000).file, ROWS * sizeof(int64_t)); /* no longer shared */
    }
}

static void other_processes(void **state) {
    (void)state;
    char path[PATH_MAX];
    make(path);
    jk_tape_sharing *sharing = NULL;
    assert_int_equal(jk_tape_share(path, 1 << 30, &sharing, NULL), JK_OK);
    pid_t child = fork();
    if (child == 0) { /* the second half */
        (void)read_all(path, ROWS / 2, 3000);
        _exit(0);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    jk_tape_reads reads = read_all(path, 0, 1000);
    assert_true(reads.shared > (ROWS / 2 + UNIT) * sizeof(int64_t)); /* whole units, and what was read here before */
    assert_true(reads.file <= (ROWS / 2 + UNIT) * sizeof(int64_t));
    jk_tape_share_end(sharing);
}

static void bounded(void **state) {
    (void)state;
    char path[PATH_MAX];
    make(path);
    jk_tape_sharing *sharing = NULL;
    assert_int_equal(jk_tape_share(path, 2 * UNIT * sizeof(int64_t), &sharing, NULL), JK_OK);
    (void)read_all(path, 0, ROWS);
    assert_int_equal(read_all(path, 0, ROWS).shared, 2 * UNIT * sizeof(int64_t));
    jk_tape_share_end(sharing);
}

/* Beyond the bound, rows that are parts of a unit are read as if nothing were shared; what fits exactly is kept. */
static void bounded_in_parts(void **state) {
    (void)state;
    char path[PATH_MAX];
    make(path);
    const size_t bounds[] = {0, UNIT * sizeof(int64_t) - 1, UNIT * sizeof(int64_t), ROWS * sizeof(int64_t) - 1,
                             ROWS * sizeof(int64_t)};
    static const size_t kept[] = {0, ROWS % UNIT, UNIT, ROWS - ROWS % UNIT, ROWS}; /* the last unit is a small one */
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        for (size_t step = 1000; step <= UNIT; step += UNIT - 1000) {
            jk_tape_sharing *sharing = NULL;
            assert_int_equal(jk_tape_share(path, bounds[i], &sharing, NULL), JK_OK);
            (void)read_all(path, 0, step);
            const jk_tape_reads reads = read_all(path, 0, step);
            assert_int_equal(reads.shared, kept[i] * sizeof(int64_t));
            assert_true(i + 1 < sizeof bounds / sizeof bounds[0] || reads.file == 0);
            jk_tape_share_end(sharing);
        }
    }
}

/* Two files at a time, given back in either order: each has its own rows, and what is left goes on. */
static void two_files(void **state) {
    (void)state;
    enum { FEW = 500 };
    char path[PATH_MAX], other[PATH_MAX];
    int64_t rows[FEW], again[FEW];
    make(path);
    jk_tape *tape = open_made("first.h5", &(tape_plan){.rows = FEW});
    (void)snprintf(other, PATH_MAX, "%s", jk_tape_path(tape));
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_FEES, 0, FEW, rows, NULL), JK_OK);
    jk_tape_close(tape);
    for (int first = 0; first < 2; first++) {
        jk_tape_sharing *sharing[2] = {NULL, NULL};
        assert_int_equal(jk_tape_share(path, 1 << 30, &sharing[0], NULL), JK_OK);
        assert_int_equal(jk_tape_share(other, 1 << 30, &sharing[1], NULL), JK_OK);
        for (int twice = 0; twice < 2; twice++) {
            assert_int_equal(read_all(path, 0, UNIT).file, twice ? 0 : ROWS * sizeof(int64_t));
            tape = reopen(other);
            assert_int_equal(jk_tape_read(tape, JK_COLUMN_FEES, 0, FEW, again, NULL), JK_OK);
            assert_memory_equal(again, rows, sizeof rows);
            jk_tape_close(tape);
        }
        jk_tape_share_end(sharing[first]);
        assert_int_equal(read_all(path, 0, UNIT).file, first == 0 ? ROWS * sizeof(int64_t) : 0);
        jk_tape_share_end(sharing[1 - first]);
    }
}

/* All columns side by side, in two orders: none stands in another's place. */
static void all_columns(void **state) {
    (void)state;
    static unsigned char truths[JK_COLUMN_COUNT][ROWS * 8], rows[ROWS * 8];
    char path[PATH_MAX];
    size_t bytes = 0;
    make(path);
    jk_tape *tape = reopen(path);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!jk_tape_is_absent(tape, (jk_column)c) && jk_schema_column((jk_column)c)->type != JK_TYPE_TEXT) {
            assert_int_equal(jk_tape_read(tape, (jk_column)c, 0, ROWS, truths[c], NULL), JK_OK);
            bytes += ROWS * jk_schema_element_size((jk_column)c);
        }
    }
    jk_tape_close(tape);
    for (int back = 0; back < 2; back++) {
        jk_tape_sharing *sharing = NULL;
        assert_int_equal(jk_tape_share(path, 1 << 30, &sharing, NULL), JK_OK);
        for (int twice = 0; twice < 2; twice++) {
            jk_tape_reads reads = {0, 0};
            tape = reopen(path);
            jk_tape_count_reads(&reads);
            for (int n = 0; n < JK_COLUMN_COUNT; n++) {
                const int c = back ? JK_COLUMN_COUNT - 1 - n : n;
                const size_t size = jk_schema_element_size((jk_column)c);
                if (!jk_tape_is_absent(tape, (jk_column)c) && jk_schema_column((jk_column)c)->type != JK_TYPE_TEXT) {
                    assert_int_equal(jk_tape_read(tape, (jk_column)c, 0, ROWS, rows, NULL), JK_OK);
                    assert_memory_equal(rows, truths[c], ROWS * size);
                }
            }
            jk_tape_count_reads(NULL);
            assert_int_equal(reads.file, twice ? 0 : bytes);
            assert_int_equal(reads.shared, twice ? bytes : 0);
            jk_tape_close(tape);
        }
        jk_tape_share_end(sharing);
    }
}

/* Bytes of this process's memory, touched or not. */
static size_t mapped(void) {
    size_t pages = 0;
    FILE *facts = fopen("/proc/self/statm", "re");
    assert_true(facts != NULL && fscanf(facts, "%zu", &pages) == 1 && fclose(facts) == 0);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* What is shared takes as much as its columns, and little more; it is for tapes that have the same columns alone. */
static void sharing_is_of_its_columns(void **state) {
    (void)state;
    char path[PATH_MAX];
    make(path);
    jk_tape *tape = reopen(path);
    size_t bytes = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        bytes += tape->columns[c].dataset == NULL ? 0 : ROWS * tape->columns[c].element_size;
    }
    jk_tape_sharing *sharing = NULL;
    const size_t before = mapped();
    assert_int_equal(jk_tape_share(path, 1 << 30, &sharing, NULL), JK_OK);
    const size_t more = mapped() - before;
    assert_true(more >= bytes && more < 2 * bytes + ((size_t)64 << 20));
    assert_ptr_equal(jk_store_sharing_of(tape), sharing);
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const tape_column is = tape->columns[c];
        tape->columns[c].element_size++;
        assert_true(jk_store_sharing_of(tape) == (is.dataset == NULL ? sharing : NULL));
        tape->columns[c] = is;
    }
    tape->rows--;
    assert_null(jk_store_sharing_of(tape));
    tape->rows++;
    assert_ptr_equal(jk_store_sharing_of(tape), sharing);
    jk_tape_share_end(sharing);
    assert_null(jk_store_sharing_of(tape));
    jk_tape_close(tape);
}

static void changed_files(void **state) {
    (void)state;
    char path[PATH_MAX];
    make(path);
    jk_tape_sharing *sharing = NULL;
    assert_int_equal(jk_tape_share(path, 1 << 30, &sharing, NULL), JK_OK);
    (void)read_all(path, 0, ROWS);
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    assert_int_equal(read_all(path, 0, ROWS).shared, 0);
    jk_tape_share_end(sharing);
    jk_tape_share_end(NULL);
    assert_int_equal(jk_tape_share("no such file", 1 << 30, &sharing, NULL), JK_ERROR_IO);
    assert_null(sharing);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_rows),
                                       cmocka_unit_test(other_processes),
                                       cmocka_unit_test(bounded),
                                       cmocka_unit_test(bounded_in_parts),
                                       cmocka_unit_test(two_files),
                                       cmocka_unit_test(all_columns),
                                       cmocka_unit_test(sharing_is_of_its_columns),
                                       cmocka_unit_test(changed_files)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
