/* SPDX-License-Identifier: Apache-2.0 */
/* The tape's store: what is written comes back, from any thread, packed or not, in pieces of any size. */
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/random.h"
#include "base/team/parallel.h"
#include "cmocka_all.h"
#include "h5/h5_turns.h"
#include "jalki/tape.h"
#include "jalki/verify.h"
#include "support/must.h"

static char folder[] = "/tmp/jalki-store-XXXXXX";

static const char *file_name(const char *name) {
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* One column's value of row i as it must come back: a function of the row alone. Some columns are given now and then,
 * fees only from row 150,000 on, employment never; the keys of late rows are longer than those of the first. */
static void value_of(jk_column column, size_t i, void *out) {
    const jk_column_info *info = jk_schema_column(column);
    uint32_t random = jk_philox(7, (uint64_t)column, i).word[0];
    bool given = info->required || random % 3 != 0;
    double low, high;
    size_t levels = 0;
    switch (info->type) {
    case JK_TYPE_TEXT:
        memset(out, 0, JK_TEXT_MAX);
        if (given) {
            (void)snprintf(out, JK_TEXT_MAX, i < 140000 ? "C%zu" : "claim-number-%zu", i);
        }
        return;
    case JK_TYPE_ENUM:
        (void)jk_schema_levels(column, &levels);
        *(int8_t *)out = given && column != JK_COLUMN_EMPLOYMENT ? (int8_t)(random % levels) : JK_MISSING_ENUM;
        return;
    case JK_TYPE_DICTIONARY:
        *(int32_t *)out = given ? (int32_t)(random % 5) : JK_MISSING_INDEX;
        return;
    case JK_TYPE_MONEY:
        given = given && (column != JK_COLUMN_FEES || i >= 150000);
        *(int64_t *)out = given ? (int64_t)(random % 100000000) : JK_MISSING_MONEY;
        return;
    case JK_TYPE_REAL:
        *(double *)out = given ? random * 1e-10 : NAN;
        return;
    case JK_TYPE_DATE:
        *(int32_t *)out = given ? (int32_t)(random % 20000) : JK_MISSING_INTEGER;
        return;
    case JK_TYPE_INTEGER:
        jk_schema_range(column, &low, &high);
        *(int32_t *)out = column == JK_COLUMN_DEBTOR_INDEX ? (int32_t)(i / 2)
                          : given                          ? (int32_t)(low > 0 ? low + random % 150 : random % 21)
                                                           : JK_MISSING_INTEGER;
        return;
    }
}

static void write_tape(const char *path, size_t rows, size_t block_rows, int compression) {
    static const char *const words[] = {"FI", "SE", "a longer word", "x", "NO"};
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {
        .source_name = "test.csv", .cutoff = jk_date_from_civil(2026, 1, 31), .compression = compression};
    must(jk_tape_writer_create(path, &options, &writer, &error), &error);
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        for (int32_t w = 0; w < 10 && jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY; w++) {
            int32_t index = -1;
            must(jk_tape_writer_intern(writer, (jk_column)c, words[w % 5], strlen(words[w % 5]), &index, &error),
                 &error);
            assert_int_equal(index, w % 5);
        }
    }
    jk_block block = {.text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        block.column[c] =
            c == JK_COLUMN_EMPLOYMENT ? NULL : jk_columns_alloc(block_rows, jk_schema_element_size((jk_column)c));
    }
    for (size_t first = 0; first < rows; first += block.rows) {
        block.first_row = first;
        block.rows = rows - first < block_rows ? rows - first : block_rows;
        for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
            size_t size = jk_schema_element_size((jk_column)c);
            for (size_t i = 0; block.column[c] != NULL && i < block.rows; i++) {
                value_of((jk_column)c, first + i, (char *)block.column[c] + i * size);
            }
        }
        must(jk_tape_writer_append(writer, &block, &error), &error);
    }
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        free(block.column[c]);
    }
    assert_int_not_equal(access(path, F_OK), 0);
    must(jk_tape_writer_finish(writer, NULL, "{\"a\":1}", &error), &error);
}

typedef struct check {
    const jk_tape *tape;
    size_t piece, rows;
} check;

static jk_status check_piece(void *context, int thread, size_t index, jk_error *error) {
    (void)thread;
    const check *self = context;
    size_t first = index * self->piece;
    size_t rows = self->rows - first < self->piece ? self->rows - first : self->piece;
    char *bytes = malloc(rows * JK_TEXT_MAX);
    size_t differ = 0;
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        jk_column column = (jk_column)c;
        bool text = jk_schema_column(column)->type == JK_TYPE_TEXT;
        size_t size = text ? jk_tape_text_width(self->tape, column) : jk_schema_element_size(column);
        jk_status status = jk_tape_read(self->tape, column, first, rows, bytes, error);
        if (status != JK_OK) {
            free(bytes);
            return status;
        }
        for (size_t i = 0; i < rows; i++) {
            char expected[JK_TEXT_MAX];
            value_of(column, first + i, expected);
            differ += memcmp(bytes + i * size, expected, size) != 0;
        }
    }
    free(bytes);
    if (differ > 0) {
        error->status = JK_ERROR_INTERNAL;
        (void)snprintf(error->message, sizeof error->message, "%zu values differ", differ);
        return JK_ERROR_INTERNAL;
    }
    return JK_OK;
}

static void round_trip(size_t rows, size_t block_rows, int compression, size_t piece) {
    jk_error error = {0};
    const char *path = file_name("t.h5");
    write_tape(path, rows, block_rows, compression);
    jk_verification found;
    must(jk_verify(path, NULL, &found, &error), &error);
    assert_int_equal(found.soundness, JK_SOUND);
    jk_tape *tape = NULL;
    must(jk_tape_open(path, &tape, &error), &error);
    assert_int_equal(jk_tape_rows(tape), rows);
    assert_int_equal(jk_tape_debtors(tape), (rows + 1) / 2);
    assert_int_equal(jk_tape_cutoff(tape), jk_date_from_civil(2026, 1, 31));
    assert_string_equal(jk_tape_path(tape), path);
    assert_string_equal(jk_tape_attribute(tape, "source_name"), "test.csv");
    assert_string_equal(jk_tape_attribute(tape, "manifest"), "{\"a\":1}");
    assert_true(jk_tape_is_absent(tape, JK_COLUMN_EMPLOYMENT));
    assert_int_equal(jk_tape_is_absent(tape, JK_COLUMN_FEES), rows <= 150000);
    if (rows > 0) {
        size_t words = 0;
        const char *const *list = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &words);
        assert_int_equal(words, 5);
        assert_string_equal(list[2], "a longer word");
    }
    check job = {tape, piece, rows};
    must(
        jk_parallel_for(&(jk_run){.threads = 4}, (rows + piece - 1) / piece, "check", piece, check_piece, &job, &error),
        &error);
    jk_tape_close(tape);
    assert_int_equal(unlink(path), 0);
}

static void test_small(void **state) {
    (void)state;
    round_trip(0, 10, 0, 10);
    round_trip(0, 10, 3, 10);
    round_trip(1, 10, 0, 10);
    round_trip(1, 10, 6, 10);
    round_trip(2500, 7, 0, 999);
    round_trip(2500, 2500, 1, 1000);
    round_trip(50, 50, 10, 20); /* as well as it can be */
    round_trip(50, 50, 99, 20);
    round_trip(50, 50, -1, 20);
}

static void test_many_chunks(void **state) {
    (void)state;
    round_trip(300001, 40000, 0, 8192);
    round_trip(300001, 300001, 1, 10007);
}

/* Equal rows give equal bytes, however they are cut into blocks and packed by threads. */
static void test_same_bytes(void **state) {
    (void)state;
    (void)setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
    char command[1024], one[256];
    for (int compression = 0; compression < 2; compression++) {
        (void)snprintf(one, sizeof one, "%s", file_name("one.h5"));
        write_tape(one, 140000, 140000, compression);
        write_tape(file_name("two.h5"), 140000, 9999, compression);
        (void)snprintf(command, sizeof command, "cmp %s %s", one, file_name("two.h5"));
        assert_int_equal(system(command), 0);
        (void)unlink(one);
        (void)unlink(file_name("two.h5"));
    }
    (void)unsetenv("SOURCE_DATE_EPOCH");
}

static void test_abort_leaves_nothing(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {.cutoff = JK_MISSING_INTEGER};
    must(jk_tape_writer_create(file_name("t.h5"), &options, &writer, &error), &error);
    jk_tape_writer_abort(writer);
    assert_int_equal(rmdir(folder), 0);
    assert_ptr_equal(mkdtemp(strcpy(folder, "/tmp/jalki-store-XXXXXX")), folder);
    jk_tape_writer_abort(NULL);
    jk_tape_close(NULL);
}

static void test_wrong_calls(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_tape_writer_options options = {.cutoff = JK_MISSING_INTEGER};
    assert_int_equal(jk_tape_writer_create("/nowhere/t.h5", &options, &writer, &error), JK_ERROR_IO);
    error = (jk_error){0};
    must(jk_tape_writer_create(file_name("t.h5"), &options, &writer, &error), &error);
    jk_block block = {.rows = 1, .text_width = {8, 8}};
    assert_int_equal(jk_tape_writer_append(writer, &block, &error), JK_ERROR_ARGUMENT);
    assert_string_equal(error.key, "claim_id");
    error = (jk_error){0};
    int32_t index = 0;
    assert_int_equal(jk_tape_writer_intern(writer, JK_COLUMN_FEES, "x", 1, &index, &error), JK_ERROR_ARGUMENT);
    error = (jk_error){0};
    assert_int_equal(jk_tape_writer_intern(writer, JK_COLUMN_PRODUCT, "", 0, &index, &error), JK_ERROR_DATA);
    jk_tape_writer_abort(writer);
    error = (jk_error){0};
    jk_tape *tape = NULL;
    assert_int_equal(jk_tape_open(file_name("none.h5"), &tape, &error), JK_ERROR_IO);
    error = (jk_error){0};
    assert_int_equal(jk_tape_open(folder, &tape, &error), JK_ERROR_IO);
    error = (jk_error){0};
    write_tape(file_name("t.h5"), 10, 10, 0);
    must(jk_tape_open(file_name("t.h5"), &tape, &error), &error);
    int64_t amount = 0;
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_PRINCIPAL, 10, 1, &amount, &error), JK_ERROR_ARGUMENT);
    jk_tape_close(tape);
    (void)unlink(file_name("t.h5"));
}

static size_t descriptors(void) {
    size_t count = 0;
    DIR *list = opendir("/proc/self/fd");
    assert_non_null(list);
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        count++;
    }
    (void)closedir(list);
    return count;
}

/* A file that cannot grow any more: it is told, from whatever thread, and nothing is left. 0, or which of these fails.
 * In a process of its own: the HDF5 library does not give back all that it has of such a file. */
static int without_room(int n) {
    enum { ROWS = 140000 };
    const rlim_t room = (rlim_t)(n % 4 < 2 ? 50000 : n < 4 ? 3000000 : 200000); /* soon, and later */
    const jk_tape_writer_options options = {.cutoff = 20000, .compression = n / 4, .threads = n % 2 == 0 ? 1 : 2};
    jk_error error = {0};
    jk_tape_writer *writer = NULL;
    jk_block block = {.rows = ROWS, .text_width = {JK_TEXT_MAX, JK_TEXT_MAX}};
    for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
        const size_t size = jk_schema_element_size((jk_column)c);
        const bool given = jk_schema_required(JK_KIND_TAPE, (jk_column)c) && c != JK_COLUMN_DEBTOR_INDEX;
        block.column[c] = jk_columns_zero(ROWS, size);
        for (size_t i = 0; given && i < ROWS; i++) {
            value_of((jk_column)c, i, (char *)block.column[c] + i * size);
        }
    }
    (void)signal(SIGXFSZ, SIG_IGN);
    const size_t before = descriptors();
    if (jk_tape_writer_create(file_name("t.h5"), &options, &writer, &error) != JK_OK ||
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){room, room}) != 0) {
        return 1;
    }
    jk_status status = jk_tape_writer_append(writer, &block, &error);
    const bool early = status != JK_OK;
    if (early) {
        jk_tape_writer_abort(writer);
    } else {
        status = jk_tape_writer_finish(writer, NULL, "{}", &error);
    }
    if (options.threads == 1 && !early) {
        return 2; /* without a thread it is told at once */
    }
    return status != JK_ERROR_IO || error.status != JK_ERROR_IO || error.message[0] == '\0' ? 3
           : access(file_name("t.h5"), F_OK) == 0                                           ? 4
           : descriptors() != before                                                        ? 5
                                                                                            : 0;
}

static void test_no_room(void **state) {
    (void)state;
    for (int n = 0; n < 8; n++) {
        int ended = 0;
        const pid_t child = fork();
        if (child == 0) {
            _exit(without_room(n));
        }
        assert_true(child > 0 && waitpid(child, &ended, 0) == child && WIFEXITED(ended));
        assert_int_equal(WEXITSTATUS(ended), 0);
    }
}

/* Texts are at most 128 bytes wide, each kind of key by itself; numbers of debtors are not below 0. */
static void test_blocks_beyond_bounds(void **state) {
    (void)state;
    static const struct {
        size_t width[2];
        int32_t debtor;
        const char *key; /* NULL: it is taken */
    } cases[] = {{{128, 128}, 0, NULL},
                 {{129, 8}, 0, "claim_id"},
                 {{8, 129}, 0, "debtor_id"},
                 {{8, 8}, -1, "debtor_index"},
                 {{8, 8}, INT32_MIN, "debtor_index"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum { ROWS = 3 };
        jk_error error = {0};
        jk_tape_writer *writer = NULL;
        const jk_tape_writer_options options = {.cutoff = 20000};
        jk_block block = {.rows = ROWS, .text_width = {cases[i].width[0], cases[i].width[1]}};
        must(jk_tape_writer_create(file_name("t.h5"), &options, &writer, &error), &error);
        for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
            block.column[c] = jk_columns_zero(ROWS, 256);
        }
        ((int32_t *)block.column[JK_COLUMN_DEBTOR_INDEX])[1] = cases[i].debtor;
        assert_int_equal(jk_tape_writer_append(writer, &block, &error),
                         cases[i].key == NULL ? JK_OK : JK_ERROR_ARGUMENT);
        assert_true(cases[i].key == NULL || strcmp(error.key, cases[i].key) == 0);
        jk_tape_writer_abort(writer);
        for (int c = 0; c < JK_TAPE_COLUMN_COUNT; c++) {
            free(block.column[c]);
        }
    }
}

/* A block of zeros in all columns of a kind. */
static jk_block zeros_of(jk_kind kind, size_t rows) {
    jk_block block = {.rows = rows, .text_width = {8, 8}};
    for (int c = 0; c < JK_FIXED_COLUMN_COUNT; c++) {
        block.column[c] = jk_schema_in_store(kind, (jk_column)c) ? jk_columns_zero(rows, 8) : NULL;
        for (size_t i = 0; i < rows && block.column[c] != NULL; i++) {
            if (jk_schema_column((jk_column)c)->type == JK_TYPE_TEXT) {
                ((char *)block.column[c])[8 * i] = 'k';
            }
        }
    }
    return block;
}

static void free_block(jk_block *block) {
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        free(block->column[c]);
    }
}

/* Debtors and claims have numbers below the number of rows, whichever chunk they are in; the row that has the highest
 * need not be the last. What they are is told of the file. */
static void test_numbers_of_debtors_and_claims(void **state) {
    (void)state;
    enum { FEW = 5, MANY = 65536 + 3 };
    static const struct {
        jk_kind kind;
        size_t rows;
        int32_t debtor, claim;
        const char *refused; /* as the rows are taken: "rows"; at the end: "end"; NULL: not */
    } cases[] = {{JK_KIND_TAPE, FEW, FEW - 1, 0, NULL},     {JK_KIND_TAPE, FEW, FEW, 0, "end"},
                 {JK_KIND_TAPE, FEW, INT32_MAX, 0, "end"},  {JK_KIND_TAPE, MANY, MANY - 1, 0, NULL},
                 {JK_KIND_TAPE, MANY, MANY, 0, "end"},      {JK_KIND_PANEL, FEW, 2, FEW - 1, NULL},
                 {JK_KIND_PANEL, FEW, FEW - 1, 3, NULL},    {JK_KIND_PANEL, FEW, 2, FEW, "end"},
                 {JK_KIND_PANEL, FEW, FEW, 2, "end"},       {JK_KIND_PANEL, FEW, 2, -1, "rows"},
                 {JK_KIND_PANEL, FEW, -1, 2, "rows"},       {JK_KIND_PANEL, MANY, 7, MANY - 1, NULL},
                 {JK_KIND_PANEL, MANY, 7, MANY, "end"},     {JK_KIND_PANEL, FEW, 0, 0, NULL},
                 {JK_KIND_PANEL, FEW, 2, INT32_MAX, "end"}, {JK_KIND_PANEL, FEW, 2, INT32_MIN, "rows"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_error error = {0};
        jk_tape *tape = NULL;
        jk_tape_writer *writer = NULL;
        const jk_tape_writer_options options = {
            .kind = cases[i].kind, .cutoff = 20000, .compression = cases[i].rows == MANY, .threads = 2};
        jk_block block = zeros_of(cases[i].kind, cases[i].rows);
        ((int32_t *)block.column[JK_COLUMN_DEBTOR_INDEX])[1] = cases[i].debtor;
        if (cases[i].kind == JK_KIND_PANEL) {
            ((int32_t *)block.column[JK_COLUMN_CLAIM_INDEX])[2] = cases[i].claim;
        }
        must(jk_tape_writer_create(file_name("t.h5"), &options, &writer, &error), &error);
        for (int c = 0; c < JK_FIXED_COLUMN_COUNT; c++) {
            int32_t index = -1;
            if (block.column[c] != NULL && jk_schema_column((jk_column)c)->type == JK_TYPE_DICTIONARY) {
                must(jk_tape_writer_intern(writer, (jk_column)c, "FI", 2, &index, &error), &error);
            }
        }
        must(jk_tape_writer_append(writer, &(jk_block){0}, &error), &error); /* no rows, no columns */
        jk_status status = jk_tape_writer_append(writer, &block, &error);
        free_block(&block);
        assert_int_equal(status != JK_OK, cases[i].refused != NULL && strcmp(cases[i].refused, "rows") == 0);
        if (status != JK_OK) {
            assert_string_equal(error.key, "debtor_index");
            jk_tape_writer_abort(writer);
            continue;
        }
        status = jk_tape_writer_finish(writer, NULL, "{}", &error);
        assert_int_equal(status, cases[i].refused == NULL ? JK_OK : JK_ERROR_ARGUMENT);
        if (status != JK_OK) {
            assert_string_equal(error.key, "debtor_index");
            continue;
        }
        must(jk_tape_open_any(file_name("t.h5"), &tape, &error), &error);
        assert_int_equal(jk_tape_rows(tape), cases[i].rows);
        assert_int_equal(jk_tape_debtors(tape), cases[i].debtor + 1);
        assert_int_equal(jk_tape_claims(tape),
                         cases[i].kind == JK_KIND_PANEL ? (size_t)cases[i].claim + 1 : cases[i].rows);
        jk_tape_close(tape);
        assert_int_equal(unlink(file_name("t.h5")), 0);
    }
}

/* What is said of a store when it is begun and when it ends; own columns of words; names that are none. */
static void test_what_is_said_of_it(void **state) {
    (void)state;
    enum { FEW = 4, DIGEST = 64 };
    static const int32_t numbers[FEW] = {1, 0, JK_MISSING_INDEX, 1};
    char one[DIGEST + 1], two[DIGEST + 1];
    memset(one, 'a', sizeof one);
    memset(two, '7', sizeof two);
    one[DIGEST] = two[DIGEST] = '\0';
    for (int n = 0; n < 4; n++) {
        jk_error error = {0};
        jk_tape *tape = NULL;
        jk_tape_writer *writer = NULL;
        jk_extras extras = {0};
        size_t places = 0;
        int32_t index = -1, got[FEW];
        const int own = jk_extras_add(&extras, JK_TYPE_DICTIONARY, "own_word", &places);
        const jk_tape_writer_options options = {.source_name = n == 0 ? NULL : "given.csv",
                                                .source_sha256 = n % 2 == 0 ? one : NULL,
                                                .cutoff = n == 1 ? JK_MISSING_INTEGER : 20000,
                                                .compression = n - 2, /* below 0: none */
                                                .extras = &extras};
        must(jk_tape_writer_create(file_name("t.h5"), &options, &writer, &error), &error);
        must(jk_tape_writer_intern(writer, JK_COLUMN_COUNTRY, "FI", 2, &index, &error), &error);
        must(jk_tape_writer_intern(writer, JK_COLUMN_CURRENCY, "EUR", 3, &index, &error), &error);
        must(jk_tape_writer_intern(writer, (jk_column)own, "first", 5, &index, &error), &error);
        must(jk_tape_writer_intern(writer, (jk_column)own, "second", 6, &index, &error), &error);
        jk_block block = zeros_of(JK_KIND_TAPE, FEW);
        block.column[own] = jk_columns_zero(FEW, sizeof *numbers);
        memcpy(block.column[own], numbers, sizeof numbers);
        for (int c = 0; c < JK_FIXED_COLUMN_COUNT; c++) { /* a column without a value has no dictionary either */
            if (!jk_schema_required(JK_KIND_TAPE, (jk_column)c)) {
                free(block.column[c]);
                block.column[c] = NULL;
            }
        }
        must(jk_tape_writer_append(writer, &block, &error), &error);
        free_block(&block);
        must(jk_tape_writer_finish(writer, n >= 1 && n < 3 ? two : NULL, n == 2 ? NULL : "{\"n\":1}", &error), &error);
        must(jk_tape_open(file_name("t.h5"), &tape, &error), &error);
        assert_string_equal(jk_tape_sha256(tape), n == 0 ? one : n < 3 ? two : "");
        assert_string_equal(jk_tape_attribute(tape, "source_name"), n == 0 ? "" : "given.csv");
        assert_int_equal(jk_tape_cutoff(tape), options.cutoff);
        const char *manifest = jk_tape_attribute(tape, "manifest");
        assert_true(n == 2 ? manifest[0] == '{' && strlen(manifest) > 20 : strcmp(manifest, "{\"n\":1}") == 0);
        assert_int_equal(jk_tape_attribute(tape, "created")[4], '-');
        assert_int_equal(jk_tape_cache_size(tape, UINT64_MAX) > 0, n == 3); /* of packed chunks */
        must(jk_tape_read(tape, (jk_column)own, 0, FEW, got, &error), &error);
        assert_memory_equal(got, numbers, sizeof numbers);
        const char *const *words = jk_tape_dictionary(tape, (jk_column)own, &places);
        assert_true(places == 2 && strcmp(words[0], "first") == 0 && strcmp(words[1], "second") == 0);
        assert_string_equal(jk_extras_column_name(jk_tape_extras(tape), JK_KIND_TAPE, (jk_column)own), "own_word");
        (void)jk_tape_dictionary(tape, JK_COLUMN_PRODUCT, &places);
        assert_int_equal(places, 0);
        jk_tape_close(tape);
        assert_int_equal(unlink(file_name("t.h5")), 0);
        const jk_extras bad = {.name = {[1] = "Not a name"}};
        writer = (jk_tape_writer *)one;
        assert_int_equal(
            jk_tape_writer_create(file_name("t.h5"), &(jk_tape_writer_options){.extras = &bad}, &writer, &error),
            JK_ERROR_ARGUMENT);
        assert_string_equal(error.key, "Not a name");
        assert_null(writer);
    }
}

static int start(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_many_chunks),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_abort_leaves_nothing),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_blocks_beyond_bounds),
        cmocka_unit_test(test_numbers_of_debtors_and_claims),
        cmocka_unit_test(test_what_is_said_of_it),
    };
    return cmocka_run_group_tests(tests, start, end);
}
