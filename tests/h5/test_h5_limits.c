/* SPDX-License-Identifier: Apache-2.0 */
/* What is just within, and just beyond, the limits of reading HDF5 files: strings, chunks, attributes, user blocks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "h5/h5.h"
#include "h5/h5_file.h"
#include "h5/h5_made.h"

enum { PATH_ROOM = 256 };

static void put_wide_texts(hid_t file, size_t length, bool variable) {
    const hsize_t one = 1;
    char *text = calloc(length + 1, 1);
    assert_non_null(text);
    memset(text, 't', length);
    hid_t type = text_type(length);
    assert_true(!variable || H5Tset_size(type, H5T_VARIABLE) >= 0);
    H5Gclose(H5Gcreate2(file, "/dict", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    put(file, "/dict/wide", type, 1, &one, properties_of(CONTIGUOUS, 0), variable ? (const void *)&text : text);
    H5Tclose(type);
    free(text);
}

/* Each file has one thing that is just within or just beyond what is read; NULL: it is read, else what is said. */
static const struct {
    const char *said;
    size_t text, chunk, rows, block, attribute;
    bool variable;
} limits[] = {{.text = 4096},
              {"longer than 4096 bytes", .text = 4097},
              {.text = 4096, .variable = true},
              {"longer than 4096 bytes", .text = 4097, .variable = true},
              {.chunk = 131072, .rows = 5},
              {"far longer than its rows", .chunk = 131073, .rows = 5},
              {.chunk = 131073, .rows = 131073},
              {"user block", .block = 512},
              {.attribute = (16 << 20) + 1}, /* nothing of ours: left alone, and all else is there */
              {.attribute = 16 << 20}};

static void write_limit(const char *name, size_t i) {
    const hsize_t five = 5, rows = limits[i].rows;
    const int32_t values[5] = {1, 2, 3, 4, 5};
    jk_h5_enter();
    hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    assert_true(H5Pset_userblock(creation, limits[i].block) >= 0);
    assert_true(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST) >= 0); /* attributes of any length */
    hid_t file = H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
    put(file, "/always", H5T_STD_I32LE, 1, &five, properties_of(CONTIGUOUS, 0), values);
    if (limits[i].text > 0) {
        put_wide_texts(file, limits[i].text, limits[i].variable);
    }
    if (limits[i].chunk > 0) {
        put(file, "/long", H5T_STD_I8LE, 1, &rows, properties_of(PACKED, limits[i].chunk), NULL);
    }
    if (limits[i].attribute > 0) {
        char *text = calloc(limits[i].attribute, 1);
        hid_t type = text_type(limits[i].attribute);
        assert_non_null(text);
        memset(text, 'a', 9);
        put_attribute(file, "long", type, NULL, text);
        H5Tclose(type);
        free(text);
    }
    H5Pclose(creation);
    H5Pclose(access);
    assert_true(H5Fclose(file) >= 0);
    jk_h5_leave();
}

static void what_is_beyond_the_limits_is_refused(void **state) {
    (void)state;
    char name[PATH_ROOM];
    const char *folder = getenv("TMPDIR");
    (void)snprintf(name, sizeof name, "%s/jalki-limit-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    for (size_t i = 0; i < COUNT(limits); i++) {
        write_limit(name, i);
        jk_h5_file *file = NULL;
        jk_error error = {0};
        const jk_status status = jk_h5_open(name, "/dict", 1, &file, &error);
        if (limits[i].said != NULL) {
            assert_int_equal(status, JK_ERROR_FORMAT);
            assert_non_null(strstr(error.message, limits[i].said));
            continue;
        }
        if (status != JK_OK) {
            fail_msg("limit %zu: %s", i, error.message);
        }
        int32_t values[5];
        assert_int_equal(jk_h5_read(file, jk_h5_find(file, "/always"), 0, 5, values, NULL), JK_OK);
        assert_true(values[0] == 1 && values[4] == 5);
        const char *attribute = jk_h5_attribute_text(file, "long");
        assert_int_equal(attribute != NULL, limits[i].attribute == 16 << 20);
        assert_true(attribute == NULL || strcmp(attribute, "aaaaaaaaa") == 0);
        if (limits[i].text > 0) {
            size_t count = 0;
            const char *const *strings = jk_h5_strings(file, jk_h5_find(file, "/dict/wide"), &count);
            assert_true(count == 1 && strlen(strings[0]) == limits[i].text);
        }
        jk_h5_close(file);
    }
    (void)unlink(name);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_beyond_the_limits_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
