/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes between memory and descriptors: from a place and from where the descriptor stands, an end too early, and places
 * that no file has. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file/transfer.h"
#include "cmocka_all.h"

static int new_file(void) {
    char name[] = "/tmp/jalki-transfer-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    (void)unlink(name);
    return fd;
}

static void places(void **state) {
    (void)state;
    char bytes[16] = "";
    int fd = new_file();
    assert_true(jk_write_all(fd, "0123456789", 10));
    assert_true(jk_write_at(fd, 3, "abc", 3)); /* the descriptor stays where it is */
    assert_true(jk_write_all(fd, "x", 1));
    assert_int_equal(jk_read_at(fd, 0, bytes, sizeof bytes), 11);
    assert_memory_equal(bytes, "012abc6789x", 11);
    assert_int_equal(jk_read_at(fd, 9, bytes, 1), 1);
    assert_int_equal(bytes[0], '9');
    assert_int_equal(jk_read_all(fd, bytes, sizeof bytes), 0); /* it stands at the end */
    assert_int_equal(lseek(fd, 8, SEEK_SET), 8);
    assert_int_equal(jk_read_all(fd, bytes, sizeof bytes), 3);
    assert_memory_equal(bytes, "89x", 3);
    assert_true(jk_read_whole(fd, 8, bytes, 3));
    errno = 0;
    assert_false(jk_read_whole(fd, 8, bytes, 4));
    assert_int_equal(errno, EIO);
    int copy = new_file();
    assert_true(jk_copy_at(fd, 3, 3, copy, 1));
    assert_int_equal(jk_read_at(copy, 0, bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "\0abc", 4);
    assert_false(jk_copy_at(fd, 3, 9, copy, 0));
    (void)close(copy);
    (void)close(fd);
}

/* A place read from a damaged file can be any number; none may mean "where the descriptor stands". */
static void places_that_no_file_has(void **state) {
    (void)state;
    static const uint64_t hostile[] = {UINT64_MAX, UINT64_MAX - 7, (uint64_t)INT64_MAX + 1};
    char byte = 0;
    int fd = new_file();
    assert_true(jk_write_all(fd, "0123456789", 10));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        errno = 0;
        assert_int_equal(jk_read_at(fd, hostile[i], &byte, 1), -1);
        assert_int_equal(errno, EINVAL);
        errno = 0;
        assert_false(jk_write_at(fd, hostile[i], "x", 1));
        assert_int_equal(errno, EINVAL);
        assert_false(jk_read_whole(fd, hostile[i], &byte, 1));
    }
    assert_int_equal(lseek(fd, 0, SEEK_END), 10);
    (void)close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(places_that_no_file_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
