/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs that change while they are read are found; those that only go away, or that their reader knows, are not. */
#include "cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file/input.h"
#include "base/policy.h"

static char folder[] = "/tmp/jalki-input-XXXXXX", name[64], other[64];

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static int open_input(void) {
    for (size_t i = 0; i < jk_input_count(); i++) {
        free((void *)(uintptr_t)jk_input_at(i).path); /* forgetting leaves paths to those who may use them still */
    }
    jk_input_forget();
    put(name, "what is read");
    int fd = jk_input_open(name, false);
    assert_true(fd >= 0);
    jk_error error = {0};
    assert_int_equal(jk_input_check(&error), JK_OK);
    return fd;
}

static void refused(void) {
    jk_error error = {0};
    assert_int_equal(jk_input_check(&error), JK_ERROR_IO);
    assert_non_null(strstr(error.message, "was changed or replaced while it was read"));
    assert_string_equal(error.file, name);
}

static void test_cut(void **state) {
    (void)state;
    int fd = open_input();
    assert_int_equal(truncate(name, 3), 0);
    refused();
    (void)close(fd);
}

static void test_written(void **state) {
    (void)state;
    int fd = open_input();
    const struct timespec later[2] = {{.tv_sec = 1}, {.tv_sec = 1}}; /* the same length at another time */
    assert_int_equal(utimensat(AT_FDCWD, name, later, 0), 0);
    refused();
    (void)close(fd);
}

static void test_replaced(void **state) {
    (void)state;
    jk_error error = {0};
    int fd = open_input();
    put(other, "what is read");
    assert_int_equal(rename(other, name), 0);
    refused();
    jk_input_set_digest(fd, "sha256:known"); /* then the file that was opened is what counts */
    assert_int_equal(jk_input_check(&error), JK_OK);
    (void)close(fd);
}

static void test_removed(void **state) {
    (void)state;
    jk_error error = {0};
    int fd = open_input();
    assert_int_equal(unlink(name), 0);
    assert_int_equal(jk_input_check(&error), JK_OK);
    (void)close(fd);
}

int main(void) {
    jk_policy_set(&(jk_policy){.keeps_inputs = true});
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    (void)snprintf(name, sizeof name, "%s/input", folder);
    (void)snprintf(other, sizeof other, "%s/other", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_removed),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(name);
    (void)rmdir(folder);
    return failed;
}
