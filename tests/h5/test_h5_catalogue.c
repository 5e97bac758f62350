/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that opens a file tells of it, and what it leaves alone: as many parts and attributes as there may
 * be, names as long as they may be, attributes and types of every size, and files that it refuses with a word. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "h5/h5.h"
#include "h5/h5_file.h"
#include "h5/h5_made.h"
#include "h5/h5_private.h"

enum { PATH_ROOM = 256, MOST = 4096 };

static char path[PATH_ROOM];

/* As old libraries read it, or as new ones alone do. */
static hid_t created_for(bool new_ones) {
    jk_h5_enter();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    assert_true(!new_ones || H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST) >= 0);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    assert_true(file >= 0 && H5Pclose(access) >= 0);
    return file;
}

static hid_t created(void) {
    return created_for(true);
}

static void finished(hid_t file) {
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
}

static void group(hid_t file, const char *name) {
    assert_true(H5Gclose(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)) >= 0);
}

static void put_nothing(hid_t file, const char *name) {
    const hsize_t none = 0;
    put(file, name, H5T_STD_I32LE, 1, &none, properties_of(CONTIGUOUS, 0), NULL);
}

static jk_h5_file *opened(void) {
    jk_h5_file *file = NULL;
    jk_error error = {0};
    if (jk_h5_open(path, "/dict", 70000, &file, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    return file;
}

static void is_refused(const char *said) {
    jk_h5_file *file = NULL;
    jk_error error = {0};
    assert_int_equal(jk_h5_open(path, "/dict", 70000, &file, &error), JK_ERROR_FORMAT);
    assert_null(file);
    if (strstr(error.message, said) == NULL) {
        fail_msg("expected '%s', found '%s'", said, error.message);
    }
}

/* ---- how many ---------------------------------------------------------------------------------------------------- */

static void attributes_are_counted(void **state) {
    (void)state;
    for (int more = 0; more < 2; more++) {
        hid_t file = created();
        for (int i = 0; i < MOST + more; i++) {
            char name[16];
            (void)snprintf(name, sizeof name, "a%d", i);
            put_attribute(file, name, H5T_NATIVE_INT, NULL, &i);
        }
        finished(file);
        if (more > 0) {
            is_refused("it has more than 4096 attributes");
            continue;
        }
        jk_h5_file *made = opened();
        int64_t value = 0;
        assert_true(jk_h5_attribute_integer(made, "a0", &value) && value == 0);
        assert_true(jk_h5_attribute_integer(made, "a4095", &value) && value == 4095);
        jk_h5_close(made);
    }
}

/* Members of one group, and data sets of all groups together. */
static void parts_are_counted(void **state) {
    (void)state;
    static const struct {
        int groups, data_sets, in_group;
        bool is_read;
    } cases[] = {{0, MOST, 0, true},      {0, MOST + 1, 0, false}, {MOST, 0, 0, true},
                 {MOST + 1, 0, 0, false}, {1, 96, 4000, true},     {1, 97, 4000, false}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        char name[32];
        hid_t file = created_for(false);
        for (int i = 0; i < cases[c].groups; i++) {
            (void)snprintf(name, sizeof name, "/g%d", i);
            group(file, name);
        }
        for (int i = 0; i < cases[c].data_sets + cases[c].in_group; i++) {
            (void)snprintf(name, sizeof name, i < cases[c].data_sets ? "/d%d" : "/g0/d%d", i);
            put_nothing(file, name);
        }
        finished(file);
        if (!cases[c].is_read) {
            is_refused("it has more than 4096 parts");
            continue;
        }
        jk_h5_file *made = opened();
        assert_int_equal(jk_h5_dataset_count(made), cases[c].data_sets + cases[c].in_group);
        jk_h5_close(made);
    }
}

/* As long as it may be to the byte, and a byte longer. */
static void an_answer_is_no_longer_than_asked_for(void **state) {
    (void)state;
    static const char *const words[] = {"one", "and", "two"};
    const hsize_t three = 3;
    hid_t file = created(), variable = H5Tcopy(H5T_C_S1), text = text_type(7);
    assert_true(H5Tset_size(variable, H5T_VARIABLE) >= 0);
    put_attribute(file, "text", text, NULL, "sevens");
    group(file, "/dict");
    put(file, "/dict/words", variable, 1, &three, properties_of(CONTIGUOUS, 0), words);
    put(file, "/chunks", H5T_STD_I8LE, 1, &three, properties_of(CHUNKS, 1), "abc");
    assert_true(H5Tclose(variable) >= 0 && H5Tclose(text) >= 0);
    finished(file);
    const uint64_t exact = sizeof(jk_h5_attribute) + strlen("sevens") + 2 * sizeof(jk_h5_dataset) +
                           3 * sizeof(jk_h5_chunk) + 3 * (sizeof(uint32_t) + 3);
    const uint64_t asked[] = {exact, exact + 1, exact - 1, 1, 0};
    for (size_t i = 0; i < COUNT(asked); i++) {
        const int data = open(path, O_RDONLY | O_CLOEXEC), out = memfd_create("answer", MFD_CLOEXEC);
        jk_h5_catalogue_header header = {0};
        const pid_t child = fork(); /* it leaves the file open */
        if (child == 0) {
            jk_h5_enter();
            jk_h5_catalogue(data, "/dict", 3, asked[i], out);
            _exit(0);
        }
        assert_true(child > 0 && waitpid(child, NULL, 0) == child);
        assert_true(data >= 0 && out >= 0 && pread(out, &header, sizeof header, 0) == sizeof header);
        assert_true(header.magic == JK_H5_CATALOGUE_MAGIC && header.failed == (asked[i] < exact));
        assert_true(header.bytes == (header.failed ? 0 : exact));
        assert_int_equal(lseek(out, 0, SEEK_END), sizeof header + header.bytes);
        assert_string_equal(header.message,
                            header.failed ? "its table of contents is larger than the file can hold" : "");
        assert_true(close(data) == 0 && close(out) == 0);
    }
}

static void alarmed(int number) {
    (void)number;
}

/* A pipe that is full takes what is said piece by piece, and signals come in between. */
static void an_answer_comes_whole_through_a_pipe(void **state) {
    (void)state;
    enum { LENGTH = 1 << 20 };
    static char text[LENGTH], got[2 * LENGTH];
    hid_t file = created(), type = text_type(LENGTH);
    for (size_t i = 0; i < LENGTH; i++) {
        text[i] = (char)('a' + (i + i / 4096) % 26);
    }
    put_attribute(file, "text", type, NULL, text);
    assert_true(H5Tclose(type) >= 0);
    finished(file);
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const int data = open(path, O_RDONLY | O_CLOEXEC);
    const pid_t child = fork();
    if (child == 0) {
        const struct sigaction interrupts = {.sa_handler = alarmed};
        const struct itimerval often = {{.tv_usec = 500}, {.tv_usec = 500}};
        jk_h5_enter();
        if (sigaction(SIGALRM, &interrupts, NULL) != 0 || setitimer(ITIMER_REAL, &often, NULL) != 0) {
            _exit(1);
        }
        jk_h5_catalogue(data, NULL, 0, 2 * LENGTH, ends[1]);
        _exit(0);
    }
    assert_true(child > 0 && close(ends[1]) == 0);
    size_t all = 0;
    for (ssize_t more = 1; more > 0; all += (size_t)more) { /* slowly */
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        more = read(ends[0], got + all, sizeof got - all < 30000 ? sizeof got - all : 30000);
        assert_true(more >= 0);
    }
    jk_h5_catalogue_header header;
    jk_h5_attribute attribute;
    memcpy(&header, got, sizeof header);
    memcpy(&attribute, got + sizeof header, sizeof attribute);
    assert_true(header.magic == JK_H5_CATALOGUE_MAGIC && header.failed == 0 && header.attribute_count == 1);
    assert_int_equal(all, sizeof header + header.bytes);
    assert_int_equal(header.bytes, sizeof attribute + LENGTH);
    assert_true(attribute.length == LENGTH && strcmp(attribute.name, "text") == 0);
    assert_memory_equal(got + sizeof header + sizeof attribute, text, LENGTH);
    assert_true(waitpid(child, NULL, 0) == child && close(data) == 0 && close(ends[0]) == 0);
}

/* ---- how long and of which kind ---------------------------------------------------------------------------------- */

static char name_95[96], name_96[97];

static void attributes_of_every_kind(void **state) {
    (void)state;
    const int64_t wide[2] = {5, 0};
    const hsize_t one = 1;
    const char *no_text = NULL;
    hid_t file = created(), sixteen = H5Tcopy(H5T_STD_I64LE), variable = H5Tcopy(H5T_C_S1), text = text_type(3);
    assert_true(H5Tset_size(sixteen, 16) >= 0 && H5Tset_size(variable, H5T_VARIABLE) >= 0);
    memset(name_95, 'n', sizeof name_95 - 1);
    memset(name_96, 'm', sizeof name_96 - 1);
    put_attribute(file, name_95, H5T_STD_I64BE, NULL, "\0\0\0\0\0\0\1\2");
    put_attribute(file, name_96, H5T_STD_I64LE, NULL, wide);
    put_attribute(file, "one of one", H5T_STD_I64LE, &one, wide);
    put_attribute(file, "x", H5T_STD_I64LE, NULL, wide);
    put_attribute(file, "sixteen", sixteen, NULL, wide);
    put_attribute(file, "no text", variable, NULL, &no_text);
    put_attribute(file, "words", text, &one, "abc");
    hid_t space = H5Screate(H5S_NULL), none = H5Acreate2(file, "none", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(none >= 0 && H5Aclose(none) >= 0 && H5Sclose(space) >= 0);
    assert_true(H5Tclose(sixteen) >= 0 && H5Tclose(variable) >= 0 && H5Tclose(text) >= 0);
    finished(file);
    jk_h5_file *made = opened();
    int64_t value = 0;
    assert_true(jk_h5_attribute_integer(made, name_95, &value) && value == 258);
    assert_true(jk_h5_attribute_integer(made, "one of one", &value) && value == 5);
    assert_true(jk_h5_attribute_integer(made, "x", &value) && value == 5);
    assert_string_equal(jk_h5_attribute_text(made, "no text"), "");
    assert_string_equal(jk_h5_attribute_text(made, "words"), "abc");
    char cut[sizeof name_95]; /* a name that is too long is not cut */
    (void)snprintf(cut, sizeof cut, "%.95s", name_96);
    const char *const left_alone[] = {name_96, cut, "sixteen", "none"};
    for (size_t i = 0; i < COUNT(left_alone); i++) {
        assert_false(jk_h5_attribute_integer(made, left_alone[i], &value));
        assert_null(jk_h5_attribute_text(made, left_alone[i]));
    }
    jk_h5_close(made);
}

/* Of a whole path, not of its last part. */
static void paths_have_a_length(void **state) {
    (void)state;
    char names[2][128];
    hid_t file = created();
    group(file, "/group");
    for (int more = 0; more < 2; more++) {
        (void)snprintf(names[more], sizeof names[more], "/group/%0*d", 88 + more, 7);
        assert_int_equal(strlen(names[more]), 95 + more);
        put_nothing(file, names[more]);
    }
    finished(file);
    jk_h5_file *made = opened();
    assert_non_null(jk_h5_find(made, names[0]));
    assert_null(jk_h5_find(made, names[1]));
    assert_int_equal(jk_h5_dataset_count(made), 1);
    jk_h5_close(made);
}

static void types_of_every_size(void **state) {
    (void)state;
    const hsize_t rows = 3, plane[] = {2, 2};
    hid_t file = created(), sixteen = H5Tcopy(H5T_STD_I64LE), half = H5Tcopy(H5T_IEEE_F32LE);
    assert_true(H5Tset_size(sixteen, 16) >= 0);
    hid_t wide = H5Tenum_create(sixteen), text = text_type(2);
    assert_true(H5Tenum_insert(wide, "a", (const int64_t[]){1, 0}) >= 0);
    assert_true(H5Tset_order(half, H5T_ORDER_BE) >= 0);
    group(file, "/dict");
    put(file, "/big-byte", H5T_STD_I8BE, 1, &rows, properties_of(CONTIGUOUS, 0), "\xff\0\1");
    put(file, "/wide-level", wide, 1, &rows, properties_of(CONTIGUOUS, 0), NULL);
    put(file, "/big-real", half, 1, &rows, properties_of(CONTIGUOUS, 0), NULL);
    put(file, "/dict/plane", text, 2, plane, properties_of(CONTIGUOUS, 0), "aabbccdd");
    put(file, "/dict/numbers", H5T_STD_I8LE, 1, &rows, properties_of(CONTIGUOUS, 0), "abc");
    assert_true(H5Tclose(wide) >= 0 && H5Tclose(sixteen) >= 0 && H5Tclose(half) >= 0 && H5Tclose(text) >= 0);
    finished(file);
    jk_h5_file *made = opened();
    static const struct {
        const char *name;
        jk_h5_kind kind;
    } wanted[] = {{"/big-byte", JK_H5_INTEGER},
                  {"/wide-level", JK_H5_OTHER},
                  {"/big-real", JK_H5_OTHER},
                  {"/dict/plane", JK_H5_TEXT},
                  {"/dict/numbers", JK_H5_INTEGER}};
    for (size_t i = 0; i < COUNT(wanted); i++) {
        const jk_h5_dataset *dataset = jk_h5_find(made, wanted[i].name);
        size_t count = 1;
        assert_true(dataset != NULL && dataset->kind == wanted[i].kind && dataset->level_count == 0);
        (void)jk_h5_strings(made, dataset, &count);
        assert_int_equal(count, 0);
    }
    int8_t bytes[3];
    assert_int_equal(jk_h5_read(made, jk_h5_find(made, "/big-byte"), 0, 3, bytes, NULL), JK_OK);
    assert_true(bytes[0] == -1 && bytes[1] == 0 && bytes[2] == 1);
    char texts[8];
    assert_int_equal(jk_h5_read(made, jk_h5_find(made, "/dict/plane"), 0, 4, texts, NULL), JK_OK);
    assert_memory_equal(texts, "aabbccdd", 8);
    jk_h5_close(made);
}

/* What is longer than a fill value may be reads as zeros. */
static void fill_values_have_a_length(void **state) {
    (void)state;
    const hsize_t rows = 2;
    char filler[258], got[3 * 258], wanted[3 * 258];
    hid_t file = created();
    for (size_t width = 255; width <= 257; width++) {
        char name[16];
        hid_t type = text_type(width), properties = properties_of(width == 255 ? PACKED : CONTIGUOUS, 5);
        memset(filler, (int)width - 200, width);
        assert_true(H5Pset_fill_value(properties, type, filler) >= 0);
        (void)snprintf(name, sizeof name, "/t%zu", width);
        put(file, name, type, 1, &rows, properties, NULL);
        assert_true(H5Tclose(type) >= 0);
    }
    finished(file);
    jk_h5_file *made = opened();
    for (size_t width = 255; width <= 257; width++) {
        char name[16];
        (void)snprintf(name, sizeof name, "/t%zu", width);
        memset(wanted, 'x', sizeof wanted);
        memset(got, 'x', sizeof got);
        memset(wanted, width <= 256 ? (int)width - 200 : 0, 2 * width);
        assert_int_equal(jk_h5_read(made, jk_h5_find(made, name), 0, 2, got, NULL), JK_OK);
        assert_memory_equal(got, wanted, sizeof got);
    }
    jk_h5_close(made);
}

/* ---- what is refused with a word --------------------------------------------------------------------------------- */

typedef struct refusal {
    const char *said;
    void (*make)(hid_t file);
} refusal;

static void external(hid_t file) {
    const hsize_t rows = 2;
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_external(properties, "elsewhere", 0, 8) >= 0);
    put(file, "/x", H5T_STD_I32LE, 1, &rows, properties, NULL);
}

static void virtual(hid_t file) {
    const hsize_t rows = 2;
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &rows, NULL);
    assert_true(H5Pset_virtual(properties, space, "elsewhere", "/x", space) >= 0 && H5Sclose(space) >= 0);
    put(file, "/x", H5T_STD_I32LE, 1, &rows, properties, NULL);
}

static void put_strings(hid_t file, size_t width, hsize_t rows, hid_t properties) {
    hid_t type = text_type(width);
    group(file, "/dict");
    put(file, "/dict/x", type, 1, &rows, properties, NULL);
    assert_true(H5Tclose(type) >= 0);
}

static void checked(hid_t file) {
    hid_t properties = properties_of(CHUNKS, 2);
    assert_true(H5Pset_fletcher32(properties) >= 0);
    put_strings(file, 3, 4, properties);
}

static void long_chunks(hid_t file) {
    put_strings(file, 3, 4, properties_of(PACKED, 131073));
}

static void many_strings(hid_t file) {
    put_strings(file, 3, 70001, properties_of(CONTIGUOUS, 0));
}

static void many_bytes(hid_t file) { /* more than 256 MiB */
    put_strings(file, 4096, 65537, properties_of(CONTIGUOUS, 0));
}

/* Strings of as many bytes as there may be. */
static void most_strings(void **state) {
    (void)state;
    enum { STRINGS = 65536, WIDTH = 4096 };
    hid_t file = created();
    put_strings(file, WIDTH, STRINGS, properties_of(CONTIGUOUS, 0));
    finished(file);
    jk_h5_file *made = opened();
    size_t count = 0;
    const char *const *strings = jk_h5_strings(made, jk_h5_find(made, "/dict/x"), &count);
    assert_int_equal(count, STRINGS);
    assert_true(strings[0][0] == '\0' && strings[STRINGS - 1][0] == '\0');
    jk_h5_close(made);
}

static void what_is_refused_is_told(void **state) {
    (void)state;
    static const refusal refusals[] = {{"/x stands in another file", external},
                                       {"/x stands in another file", virtual},
                                       {"/dict/x has a layout or filters that are not supported", checked},
                                       {"/dict/x has a layout or filters that are not supported", long_chunks},
                                       {"/dict/x has more than 70000 strings", many_strings},
                                       {"the strings of /dict/x are longer than 4096 bytes", many_bytes}};
    for (size_t i = 0; i < COUNT(refusals); i++) {
        hid_t file = created();
        refusals[i].make(file);
        finished(file);
        is_refused(refusals[i].said);
    }
    FILE *text = fopen(path, "wb");
    assert_true(text != NULL && fputs("claim_id,principal\n1,2\n", text) >= 0 && fclose(text) == 0);
    is_refused("it is no HDF5 file, or truncated or damaged");
    jk_h5_file *file = NULL;
    jk_error error = {0};
    assert_int_equal(jk_h5_open("/dev/null", NULL, 0, &file, &error), JK_ERROR_IO);
    assert_string_equal(error.message, "cannot open: not a regular file");
    assert_int_equal(unlink(path), 0);
    error = (jk_error){0};
    assert_int_equal(jk_h5_open(path, NULL, 0, &file, &error), JK_ERROR_IO);
    assert_string_equal(error.file, path);
}

static int set_up(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-catalogue-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    (void)unlink(path);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_counted),
        cmocka_unit_test(parts_are_counted),
        cmocka_unit_test(an_answer_is_no_longer_than_asked_for),
        cmocka_unit_test(an_answer_comes_whole_through_a_pipe),
        cmocka_unit_test(attributes_of_every_kind),
        cmocka_unit_test(paths_have_a_length),
        cmocka_unit_test(types_of_every_size),
        cmocka_unit_test(fill_values_have_a_length),
        cmocka_unit_test(most_strings),
        cmocka_unit_test(what_is_refused_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
