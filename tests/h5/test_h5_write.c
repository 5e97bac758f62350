/* SPDX-License-Identifier: Apache-2.0 */
/* What every writer of HDF5 files shares, read back with the library alone: attributes of every kind, the order of
 * members, strings, times that are left out; and that equal input gives equal bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "h5/h5.h"
#include "h5/h5_made.h"

enum { PATH_ROOM = 256, ROWS = 3 };

static char paths[2][PATH_ROOM];
static const char *const names[] = {"b", "longer than the others", "", "a"};

static void put_rows(hid_t file) {
    const hsize_t rows = ROWS;
    const char texts[ROWS][4] = {"one", "two", "six"};
    hid_t properties = jk_h5_dataset_properties(), space = H5Screate_simple(1, &rows, NULL), type = jk_h5_text_type(4);
    hid_t dataset = H5Dcreate2(file, "/second/texts", type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    assert_true(dataset >= 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    H5Dclose(dataset);
    H5Tclose(type);
    H5Sclose(space);
    H5Pclose(properties);
}

static void write_file(const char *path) {
    jk_output output = {.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), .target = (char *)path};
    assert_true(output.fd >= 0 && write(output.fd, "what was there", 14) == 14);
    jk_h5_enter();
    hid_t file = jk_h5_create(&output);
    assert_true(file >= 0);
    const double real = 0.25;
    assert_true(jk_h5_put_text(file, "text", "of some length") && jk_h5_put_text(file, "nothing", ""));
    assert_true(jk_h5_put_texts(file, "names", names, COUNT(names)));
    assert_true(jk_h5_put_integer(file, "integer", INT64_C(-9007199254740993)));
    assert_true(jk_h5_put_value(file, "real", H5T_IEEE_F64LE, &real));
    assert_false(jk_h5_put_integer(file, "integer", 1)); /* it is there */
    hid_t second = jk_h5_group(file, "/second"), first = jk_h5_group(file, "/first");
    assert_true(second >= 0 && first >= 0 && jk_h5_group(file, "/nowhere/first") < 0);
    put_rows(file);
    H5Gclose(second);
    H5Gclose(first);
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
    assert_int_equal(close(output.fd), 0);
}

static int write_files(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    for (int i = 0; i < 2; i++) {
        (void)snprintf(paths[i], PATH_ROOM, "%s/jalki-write-%d-%ld.h5", folder ? folder : "/tmp", i, (long)getpid());
        write_file(paths[i]);
    }
    return 0;
}

static int drop_files(void **state) {
    (void)state;
    return unlink(paths[0]) | unlink(paths[1]);
}

static void read_attribute(hid_t file, const char *name, hid_t type, hsize_t count, void *value) {
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT), space = H5Aget_space(attribute),
          stored = H5Aget_type(attribute);
    assert_true(attribute >= 0 && (hsize_t)H5Sget_simple_extent_npoints(space) == count);
    assert_int_equal(H5Aread(attribute, type < 0 ? stored : type, value), 0);
    assert_true(type >= 0 || (H5Tget_cset(stored) == H5T_CSET_UTF8 && H5Tget_strpad(stored) == H5T_STR_NULLPAD));
    H5Tclose(stored);
    H5Sclose(space);
    H5Aclose(attribute);
}

static void attributes_are_read_back(void **state) {
    (void)state;
    char text[32] = "", nothing[32] = "x", list[COUNT(names)][22];
    int64_t integer = 0;
    double real = 0.0;
    jk_h5_enter();
    hid_t file = H5Fopen(paths[0], H5F_ACC_RDONLY, H5P_DEFAULT);
    read_attribute(file, "text", -1, 1, text);
    read_attribute(file, "nothing", -1, 1, nothing);
    read_attribute(file, "names", -1, COUNT(names), list);
    read_attribute(file, "integer", H5T_NATIVE_INT64, 1, &integer);
    read_attribute(file, "real", H5T_NATIVE_DOUBLE, 1, &real);
    assert_string_equal(text, "of some length");
    assert_int_equal(nothing[0], '\0');
    for (size_t i = 0; i < COUNT(names); i++) {
        char wanted[22] = "";
        memcpy(wanted, names[i], strlen(names[i]));
        assert_memory_equal(list[i], wanted, sizeof wanted);
    }
    assert_true(integer == INT64_C(-9007199254740993) && real == 0.25);
    H5Fclose(file);
    jk_h5_leave();
}

/* In the order in which they were made; without the time at which. */
static void members_keep_their_order(void **state) {
    (void)state;
    char name[16];
    H5O_info_t facts;
    char texts[ROWS][4];
    jk_h5_enter();
    hid_t file = H5Fopen(paths[0], H5F_ACC_RDONLY, H5P_DEFAULT);
    static const char *const order[] = {"second", "first"};
    for (hsize_t i = 0; i < COUNT(order); i++) {
        assert_true(H5Lget_name_by_idx(file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) >
                    0);
        assert_string_equal(name, order[i]);
    }
    static const char *const objects[] = {"/", "/first", "/second/texts"};
    for (size_t i = 0; i < COUNT(objects); i++) {
        assert_true(H5Oget_info_by_name2(file, objects[i], &facts, H5O_INFO_TIME, H5P_DEFAULT) >= 0);
        assert_true(facts.ctime == 0 && facts.mtime == 0);
    }
    hid_t dataset = H5Dopen2(file, "/second/texts", H5P_DEFAULT), type = H5Dget_type(dataset);
    assert_true(H5Tget_size(type) == 4 && H5Tget_cset(type) == H5T_CSET_UTF8);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    assert_memory_equal(texts, "one\0two\0six", sizeof texts);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
    jk_h5_leave();
}

static void equal_input_gives_equal_bytes(void **state) {
    (void)state;
    static unsigned char bytes[2][65536];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(paths[i], "rb");
        assert_non_null(file);
        size[i] = fread(bytes[i], 1, sizeof bytes[i], file);
        assert_true(feof(file) && fclose(file) == 0);
    }
    assert_true(size[0] == size[1] && size[0] > 500 && memcmp(bytes[0], bytes[1], size[0]) == 0);
}

/* Data of 128 KiB and more begin where a page of memory does; shorter ones stand where there is room. */
static void large_data_begin_at_a_page(void **state) {
    (void)state;
    enum { LARGE = 131072, PAGE = 4096 };
    static const hsize_t lengths[] = {5, LARGE - 1, 7, LARGE, 11, LARGE + 1, 13, 3 * LARGE, 17};
    char path[PATH_ROOM];
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-pages-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    const jk_output output = {.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), .target = path};
    char *zeros = calloc(1, 3 * LARGE);
    jk_h5_enter();
    hid_t file = jk_h5_create(&output);
    assert_true(file >= 0 && zeros != NULL);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "/d%zu", i);
        hid_t properties = jk_h5_dataset_properties();
        assert_true(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY) >= 0);
        put(file, name, H5T_STD_I8LE, 1, &lengths[i], properties, zeros);
        hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
        assert_int_equal(H5Dget_offset(dataset) % PAGE == 0, lengths[i] >= LARGE);
        H5Dclose(dataset);
    }
    /* No text at all, and a type for none. */
    assert_true(jk_h5_put_texts(file, "none", NULL, 0));
    hid_t none = H5Aopen(file, "none", H5P_DEFAULT), space = H5Aget_space(none);
    assert_int_equal(H5Sget_simple_extent_npoints(space), 0);
    assert_true(H5Sclose(space) >= 0 && H5Aclose(none) >= 0 && jk_h5_text_type(0) < 0);
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
    free(zeros);
    assert_true(close(output.fd) == 0 && unlink(path) == 0);
}

static void the_time_of_an_environment_is_told(void **state) {
    (void)state;
    char text[JK_H5_TIME_TEXT];
    assert_int_equal(setenv("SOURCE_DATE_EPOCH", "951782399", 1), 0); /* the last second of a leap day's eve */
    assert_string_equal(jk_h5_created(text), "2000-02-28T23:59:59Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_read_back),           cmocka_unit_test(members_keep_their_order),
        cmocka_unit_test(equal_input_gives_equal_bytes),      cmocka_unit_test(large_data_begin_at_a_page),
        cmocka_unit_test(the_time_of_an_environment_is_told),
    };
    return cmocka_run_group_tests(tests, write_files, drop_files);
}
