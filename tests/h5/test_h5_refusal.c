/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is refused while a file is opened, read and verified: it is told, or done without, and rows that come are
 * those that were written; nothing is left of a file that could not be opened. */
#include <fcntl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "h5/h5.h"
#include "h5/h5_codec.h"
#include "h5/h5_file.h"
#include "h5/h5_made.h"
#include "h5/h5_sums.h"
#include "jalki/verify.h"
#include "support/refusal.h"

enum { ROWS = 50, CHUNK = 16, FROM = 3, TAKEN = 40, PATH_ROOM = 256 };

static char path[PATH_ROOM];

static int32_t value_of(size_t row) {
    return (int32_t)(row * row * 7919) - 1000;
}

static int write_file(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    const hsize_t rows = ROWS, words = 3;
    int32_t values[ROWS];
    jk_error error = {0};
    for (size_t i = 0; i < ROWS; i++) {
        values[i] = value_of(i);
    }
    (void)snprintf(path, sizeof path, "%s/jalki-refusal-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    const jk_output output = {.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), .target = path};
    must(jk_h5_start(&error), &error);
    jk_h5_enter();
    hid_t file = jk_h5_create(&output), text = text_type(4), group = jk_h5_group(file, "dict");
    assert_true(group >= 0 && H5Gclose(group) >= 0);
    put(file, "/packed", H5T_STD_I32LE, 1, &rows, properties_of(PACKED, CHUNK), values);
    put(file, "/plain", H5T_STD_I32LE, 1, &rows, properties_of(CONTIGUOUS, 0), values);
    put(file, "/dict/words", text, 1, &words, properties_of(CONTIGUOUS, 0), "one\0two\0six\0");
    assert_true(jk_h5_put_text(file, "name", "a text") && jk_h5_put_integer(file, "number", 77));
    assert_true(H5Tclose(text) >= 0 && H5Fclose(file) >= 0);
    jk_h5_leave();
    must(jk_sums_append(&output, NULL, &error), &error);
    return close(output.fd);
}

static int drop_file(void **state) {
    (void)state;
    return unlink(path);
}

static jk_status start_once(void *context, jk_error *error) {
    (void)context;
    return jk_h5_start(error);
}

/* Some rows of the middle: parts of the first and the last chunk, and what lies between. */
static jk_status read_once(void *context, jk_error *error) {
    jk_h5_file *file = NULL;
    int32_t got[TAKEN + 1] = {0};
    (void)context;
    jk_status status = jk_h5_open(path, "/dict", 3, &file, error);
    if (status != JK_OK) {
        assert_null(file);
        return status;
    }
    size_t count = 0;
    int64_t number = 0;
    const char *const *words = jk_h5_strings(file, jk_h5_find(file, "/dict/words"), &count);
    assert_true(count == 3 && strcmp(words[2], "six") == 0);
    assert_true(jk_h5_attribute_integer(file, "number", &number) && number == 77);
    assert_string_equal(jk_h5_attribute_text(file, "name"), "a text");
    for (int twice = 0; twice < 2 && status == JK_OK; twice++) {
        got[TAKEN] = 12345;
        status = jk_h5_read(file, jk_h5_find(file, "/packed"), FROM, TAKEN, got, error);
        for (size_t i = 0; status == JK_OK && i < TAKEN; i++) {
            assert_int_equal(got[i], value_of(FROM + i));
        }
        assert_int_equal(got[TAKEN], 12345);
    }
    if (status != JK_OK) { /* only that one was refused: now all of it is read */
        assert_int_equal(status, JK_ERROR_MEMORY);
        must(jk_h5_read(file, jk_h5_find(file, "/packed"), FROM, TAKEN, got, &(jk_error){0}), error);
        assert_int_equal(got[TAKEN - 1], value_of(FROM + TAKEN - 1));
    }
    jk_h5_close(file);
    return status;
}

static jk_status verify_once(void *context, jk_error *error) {
    jk_verification found;
    (void)context;
    const jk_status status = jk_verify(path, NULL, &found, error);
    assert_true(status != JK_OK || (found.soundness == JK_SOUND && found.digest[0] != '\0'));
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    long without = 0;
    assert_int_equal(refuse_each_allocation(start_once, NULL, NULL), 1);
    const long refused = refuse_each_allocation(read_once, NULL, &without);
    print_message("%ld allocations, %ld done without\n", refused, without);
    assert_true(refused >= 10 && without >= 2 && without < refused / 2); /* a cache, and one more codec */
    assert_true(refuse_each_allocation(verify_once, NULL, NULL) >= 2);
}

/* Sums of what is there, in pieces; bytes that are not, a file that cannot be read or written. */
static void sums_of_files(void **state) {
    (void)state;
    enum { PIECES = 3 };
    uint64_t sums[PIECES] = {1, 2, 3};
    char digest[JK_SUMS_DIGEST] = "x";
    jk_error error = {0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const off_t size = lseek(fd, 0, SEEK_END);
    must(jk_sums_make(fd, path, (uint64_t)size, NULL, sums, &error), &error);
    assert_true(sums[0] != 1 && sums[PIECES - 1] == 3);
    assert_int_equal(jk_sums_make(fd, path, (uint64_t)size + 1, NULL, sums, &error), JK_ERROR_IO);
    assert_non_null(strstr(error.message, "became shorter while it was read"));
    assert_true(jk_sums_digest(fd, (uint64_t)size + 8, digest)); /* it was longer once */
    assert_string_equal(digest, "");
    assert_true(jk_sums_digest(fd, (uint64_t)size, digest) && strncmp(digest, "xxh3:", 5) == 0 && strlen(digest) == 21);
    const jk_output closed = {.fd = -1, .target = path}, read_only = {.fd = fd, .target = path},
                    device = {.fd = -1, .target = path, .direct = true};
    error = (jk_error){0};
    assert_int_equal(jk_sums_append(&closed, NULL, &error), JK_ERROR_IO);
    error = (jk_error){0};
    assert_int_equal(jk_sums_append(&read_only, NULL, &error), JK_ERROR_IO);
    assert_int_equal(lseek(fd, 0, SEEK_END), size);
    error = (jk_error){0};
    must(jk_sums_append(&device, NULL, &error), &error);
    assert_false(jk_sums_digest(-1, (uint64_t)size, digest));
    assert_string_equal(digest, "");
    error = (jk_error){0};
    assert_int_equal(jk_sums_make(-1, path, 1, NULL, sums, &error), JK_ERROR_IO);
    assert_int_equal(close(fd), 0);
}

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

/* In a process of its own: opens the file with the standard streams closed, of which the file and the pipe take the
 * numbers, or with so many descriptors more than the lowest free one. What became of it is its exit code. */
static int open_apart(bool without_streams, int more) {
    const pid_t child = fork();
    if (child == 0) {
        for (int fd = 0; without_streams && fd < 3; fd++) {
            (void)close(fd);
        }
        const int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
        (void)close(lowest);
        const struct rlimit few = {(rlim_t)(lowest + more), (rlim_t)(lowest + more)};
        if (!without_streams && setrlimit(RLIMIT_NOFILE, &few) != 0) {
            _exit(100);
        }
        jk_h5_file *file = NULL;
        jk_error error = {0};
        int32_t got[ROWS] = {0};
        jk_status status = jk_h5_open(path, "/dict", 3, &file, &error);
        if (status == JK_OK) {
            status = jk_h5_read(file, jk_h5_find(file, "/plain"), 0, ROWS, got, &error);
            _exit(status == JK_OK && got[ROWS - 1] == value_of(ROWS - 1) ? 0 : 101);
        }
        const bool started = strstr(error.message, "start a process that reads it") == NULL;
        _exit(status != JK_ERROR_IO || file != NULL ? 102 : started ? 1 : 2);
    }
    int ended = 0;
    assert_true(child > 0 && waitpid(child, &ended, 0) == child && WIFEXITED(ended));
    return WEXITSTATUS(ended);
}

static void descriptors_are_needed(void **state) {
    (void)state;
    static const int expected[] = {1, 2, 2, 0, 0}; /* the file, the two ends of a pipe */
    assert_int_equal(open_apart(true, 0), 0);
    for (size_t more = 0; more < COUNT(expected); more++) {
        assert_int_equal(open_apart(false, (int)more), expected[more]);
    }
}

/* ---- the cache --------------------------------------------------------------------------------------------------- */

static size_t unpacked;

bool __real_jk_h5_codec_unpack(jk_h5_codec *codec, size_t packed, bool deflated, bool shuffled, size_t count,
                               size_t size, void *out);
bool __wrap_jk_h5_codec_unpack(jk_h5_codec *codec, size_t packed, bool deflated, bool shuffled, size_t count,
                               size_t size, void *out);

bool __wrap_jk_h5_codec_unpack(jk_h5_codec *codec, size_t packed, bool deflated, bool shuffled, size_t count,
                               size_t size, void *out) {
    unpacked++;
    return __real_jk_h5_codec_unpack(codec, packed, deflated, shuffled, count, size, out);
}

static void expect_rows(jk_h5_file *file, size_t first, size_t count) {
    int32_t got[ROWS];
    jk_error error = {0};
    must(jk_h5_read(file, jk_h5_find(file, "/packed"), first, count, got, &error), &error);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(got[i], value_of(first + i));
    }
}

enum { PACKS = (ROWS + CHUNK - 1) / CHUNK };

/* Whether a chunk is in a place of those that there is room for; then it was used last. Else it takes the place of the
 * one that was used longest ago. */
static bool is_kept(size_t used[PACKS], size_t room, size_t pack) {
    static size_t clock;
    size_t younger = 0;
    for (size_t i = 0; i < PACKS; i++) {
        younger += used[i] > used[pack];
    }
    const bool kept = used[pack] > 0 && younger < room;
    used[pack] = ++clock;
    return kept;
}

/* Rows one by one, forth and back: a chunk is unpacked once as long as it is kept, of which there are as many as there
 * are processors, and one more; one that is wanted whole is not looked for. */
static void a_chunk_is_unpacked_once(void **state) {
    (void)state;
    jk_h5_file *file = NULL;
    jk_error error = {0};
    size_t used[PACKS] = {0};
    must(jk_h5_open(path, "/dict", 3, &file, &error), &error);
    const size_t room = (size_t)omp_get_num_procs() + 1, slots = room < PACKS ? room : PACKS;
    assert_int_equal(jk_h5_cache_size(jk_h5_find(file, "/packed")), slots * CHUNK * sizeof(int32_t));
    assert_int_equal(jk_h5_cache_size(jk_h5_find(file, "/plain")), 0);
    for (size_t n = 0; n < 4 * ROWS; n++) {
        const size_t row = n < ROWS ? n : n < 2 * ROWS ? 2 * ROWS - 1 - n : n * 29 % ROWS;
        unpacked = 0;
        expect_rows(file, row, 1);
        assert_int_equal(unpacked, !is_kept(used, room, row / CHUNK));
    }
    unpacked = 0;
    expect_rows(file, CHUNK, CHUNK);
    expect_rows(file, CHUNK, CHUNK);
    assert_int_equal(unpacked, 2);
    jk_h5_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_that_is_refused_is_told),
                                       cmocka_unit_test(sums_of_files), cmocka_unit_test(descriptors_are_needed),
                                       cmocka_unit_test(a_chunk_is_unpacked_once)};
    return cmocka_run_group_tests(tests, write_file, drop_file);
}
