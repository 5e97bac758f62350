/* SPDX-License-Identifier: Apache-2.0 */
/* The files the generator writes: the same bytes for any number of threads, gzip that any reader opens, the bundled
 * sample, and nothing left behind after a failure. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "cmocka_all.h"
#include "csv/write.h"
#include "jalki/generate.h"

static char folder[] = "/tmp/jalki-generate-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int drop_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static const char *path_of(const char *name, char path[128]) {
    (void)snprintf(path, 128, "%s/%s", folder, name);
    return path;
}

/* All bytes of a file, decompressed if it is gzip; the caller frees. */
static char *read_all(const char *path, size_t *length) {
    gzFile file = gzopen(path, "rb");
    assert_non_null(file);
    size_t capacity = (size_t)1 << 20;
    char *bytes = malloc(capacity);
    *length = 0;
    for (int got = 1; got > 0; *length += (size_t)got) {
        if (capacity - *length < (size_t)1 << 19) {
            capacity *= 2;
            bytes = realloc(bytes, capacity);
        }
        assert_non_null(bytes);
        got = gzread(file, bytes + *length, 1 << 19);
        assert_true(got >= 0);
    }
    assert_int_equal(gzclose(file), Z_OK);
    return bytes;
}

static char *make(const char *name, uint64_t rows, int gzip, int threads, size_t *length) {
    char path[128];
    jk_error error = {0};
    jk_run run = {.threads = threads};
    jk_generate_options options = jk_generate_defaults();
    options.rows = rows;
    assert_int_equal(jk_generate_csv(&options, path_of(name, path), gzip, &run, &error), JK_OK);
    char *bytes = read_all(path, length);
    assert_int_equal(unlink(path), 0);
    return bytes;
}

static void threads_do_not_show(void **state) {
    (void)state;
    size_t length = 0;
    char *one = make("one.csv", 30001, 0, 1, &length);
    for (int threads = 2; threads <= 5; threads++) {
        size_t other_length = 0;
        char *other = make("other.csv", 30001, threads % 2, threads, &other_length);
        assert_int_equal(other_length, length);
        assert_memory_equal(other, one, length);
        free(other);
    }
    size_t short_length = 0;
    char *beginning = make("short.csv", 7000, 0, 2, &short_length);
    assert_true(short_length < length);
    assert_memory_equal(beginning, one, short_length); /* a short tape is the beginning of a long one */
    free(beginning);
    free(one);
}

static void the_bundled_sample_is_what_the_program_makes(void **state) {
    (void)state;
    const char *source = getenv("JALKI_SOURCE");
    if (source == NULL) {
        print_message("skipped: JALKI_SOURCE is not set\n");
        skip();
    }
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/data/sample-tape.csv.gz", source);
    size_t length = 0;
    size_t bundled_length = 0;
    char *made = make("sample.csv", 20000, 0, 2, &length);
    char *bundled = read_all(path, &bundled_length);
    assert_int_equal(bundled_length, length);
    assert_memory_equal(bundled, made, length);
    free(made);
    free(bundled);
}

static void cells_are_written_exactly(void **state) {
    (void)state;
    enum { WIDTH = 6 };
    static char id[] = "a\0\0\0\0\0x,\"y\n\0";
    static int64_t money[] = {-1, 123456789012};
    static int32_t date[] = {0, JK_MISSING_INTEGER};
    static double real[] = {0.0975, -1.0 / 3.0};
    static int32_t index[] = {JK_MISSING_INDEX, 1};
    static int8_t status[] = {JK_MISSING_ENUM, JK_STATUS_TITLE};
    static int32_t integer[] = {-2147483647, 7};
    static const char *const countries[] = {"FI", "S,E"};
    jk_block block = {.rows = 2, .text_width = {WIDTH, WIDTH}};
    block.column[JK_COLUMN_CLAIM_ID] = id;
    block.column[JK_COLUMN_COUNTRY] = index;
    block.column[JK_COLUMN_WRITTEN_OFF_ON] = date;
    block.column[JK_COLUMN_PRINCIPAL] = money;
    block.column[JK_COLUMN_INTEREST_RATE] = real;
    block.column[JK_COLUMN_LEGAL_STATUS] = status;
    block.column[JK_COLUMN_PLACEMENTS] = integer;
    jk_csv_dictionaries dictionaries = {.longest = {[JK_COLUMN_COUNTRY] = 3}};
    dictionaries.text[JK_COLUMN_COUNTRY] = countries;
    char out[8192];
    assert_true(3 * jk_csv_row_bound(JK_KIND_TAPE, &block, &dictionaries) < sizeof out);
    *jk_csv_put_rows(JK_KIND_TAPE, out, &block, &dictionaries) = '\0';
    assert_string_equal(out,
                        "a,,,,,,,1970-01-01,,,,-0.01,,,,0.0975,,,,,,,,,,,,,,,-2147483647,\n"
                        "\"x,\"\"y\n\",,\"S,E\",,,,,,,,,1234567890.12,,,,-0.33333333333333331,title,,,,,,,,,,,,,,7,\n");
}

static void nothing_is_left_after_a_failure(void **state) {
    (void)state;
    char path[128];
    jk_error error = {0};
    jk_generate_options options = jk_generate_defaults();
    assert_int_equal(jk_generate_csv(&options, path_of("no/such/folder.csv", path), 0, NULL, &error), JK_ERROR_IO);
    error = (jk_error){0};
    options.rows = 0;
    assert_int_equal(jk_generate_csv(&options, path_of("t.csv", path), 0, NULL, &error), JK_ERROR_ARGUMENT);
    assert_string_equal(error.message, "a tape of 0 claims: expected 1 to 2000000000");
    error = (jk_error){0};
    options = jk_generate_defaults();
    options.cutoff = -1;
    assert_int_equal(jk_generate_csv(&options, path_of("t.csv", path), 0, NULL, &error), JK_ERROR_ARGUMENT);
    assert_int_not_equal(access(path, F_OK), 0);
}

static int stop_at_once(void *context, const char *stage, uint64_t done, uint64_t total) {
    (void)context;
    (void)stage;
    (void)done;
    (void)total;
    return 1;
}

static void stopping_leaves_no_file(void **state) {
    (void)state;
    char path[128];
    jk_error error = {0};
    jk_run run = {.threads = 3, .progress = stop_at_once};
    jk_generate_options options = jk_generate_defaults();
    options.rows = 300000;
    assert_int_equal(jk_generate_csv(&options, path_of("t.csv", path), 1, &run, &error), JK_ERROR_INTERRUPTED);
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        assert_int_equal(entry->d_name[0], '.');
    }
    (void)closedir(entries);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_show),       cmocka_unit_test(the_bundled_sample_is_what_the_program_makes),
        cmocka_unit_test(cells_are_written_exactly), cmocka_unit_test(nothing_is_left_after_a_failure),
        cmocka_unit_test(stopping_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
