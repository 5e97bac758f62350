/* SPDX-License-Identifier: Apache-2.0 */
/* The file driver, asked as the HDF5 library asks it: which files are one, where a file ends, what is read there and
 * beyond, up to the last byte that a file may have. */
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5.h"

enum { FILES = 3, LENGTH = 14, PATH_ROOM = 256 };

#define BEYOND (((haddr_t)1 << 62) - 1) /* no byte may lie there */
static char paths[FILES][PATH_ROOM];
static int fds[FILES];

static H5FD_t *driven(int fd, unsigned flags) {
    hid_t access = jk_h5_access(fd);
    assert_true(access >= 0);
    H5FD_t *file = H5FDopen("whatever", flags, access, HADDR_UNDEF);
    assert_true(H5Pclose(access) >= 0);
    return file;
}

static int open_files(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(paths[i], PATH_ROOM, "%s/jalki-driver-%d-%ld", folder ? folder : "/tmp", i, (long)getpid());
        fds[i] = open(paths[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fds[i] < 0 || write(fds[i], "what was there", LENGTH) != LENGTH) {
            return -1;
        }
    }
    jk_h5_enter();
    return 0;
}

static int close_files(void **state) {
    (void)state;
    jk_h5_leave();
    for (int i = 0; i < FILES; i++) {
        (void)close(fds[i]);
        (void)unlink(paths[i]);
    }
    return 0;
}

static int sign(int x) {
    return (x > 0) - (x < 0);
}

/* By device and number: of files of one system the order is that of their numbers. */
static void the_same_file_is_known(void **state) {
    (void)state;
    struct stat facts[FILES + 1];
    H5FD_t *files[FILES + 1];
    int again = open(paths[1], O_RDONLY | O_CLOEXEC), elsewhere = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < FILES; i++) {
        files[i] = driven(fds[i], H5F_ACC_RDWR);
        assert_non_null(files[i]);
        assert_int_equal(fstat(fds[i], &facts[i]), 0);
    }
    files[FILES] = driven(again, H5F_ACC_RDONLY);
    facts[FILES] = facts[1];
    for (int i = 0; i <= FILES; i++) {
        for (int k = 0; k <= FILES; k++) {
            const int wanted = (facts[i].st_ino > facts[k].st_ino) - (facts[i].st_ino < facts[k].st_ino);
            assert_int_equal(sign(H5FDcmp(files[i], files[k])), wanted);
        }
    }
    /* One of another device, whatever its number. */
    H5FD_t *other = driven(elsewhere, H5F_ACC_RDONLY);
    struct stat there;
    assert_true(other != NULL && fstat(elsewhere, &there) == 0 && there.st_dev != facts[0].st_dev);
    for (int i = 0; i < FILES; i++) {
        assert_int_equal(sign(H5FDcmp(files[i], other)), facts[i].st_dev < there.st_dev ? -1 : 1);
        assert_int_equal(sign(H5FDcmp(other, files[i])), facts[i].st_dev < there.st_dev ? 1 : -1);
    }
    assert_true(H5FDclose(other) >= 0);
    for (int i = 0; i <= FILES; i++) {
        assert_true(H5FDclose(files[i]) >= 0);
    }
    assert_true(close(again) == 0 && close(elsewhere) == 0);
    assert_true(fcntl(fds[0], F_GETFD) >= 0); /* stays open */
}

static void features_are_told(void **state) {
    (void)state;
    unsigned long features = 0;
    H5FD_t *file = driven(fds[0], H5F_ACC_RDWR);
    assert_true(H5FDquery(file, &features) >= 0);
    assert_true((features & H5FD_FEAT_DATA_SIEVE) != 0 && (features & H5FD_FEAT_ACCUMULATE_METADATA) != 0);
    assert_true(H5FDclose(file) >= 0);
}

static void what_is_beyond_the_end_reads_as_zeros(void **state) {
    (void)state;
    H5FD_t *file = driven(fds[0], H5F_ACC_RDWR);
    char got[LENGTH + 8];
    assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == LENGTH && H5FDget_eoa(file, H5FD_MEM_DEFAULT) == 0);
    assert_true(H5FDset_eoa(file, H5FD_MEM_DEFAULT, BEYOND + 1) < 0);
    assert_true(H5FDset_eoa(file, H5FD_MEM_DEFAULT, BEYOND) >= 0);
    assert_true(H5FDget_eoa(file, H5FD_MEM_DEFAULT) == BEYOND);
    memset(got, 'x', sizeof got);
    assert_true(H5FDread(file, H5FD_MEM_DRAW, H5P_DEFAULT, 5, LENGTH, got) >= 0);
    assert_memory_equal(got, "was there\0\0\0\0\0xxxxxxxx", sizeof got);
    assert_true(H5FDread(file, H5FD_MEM_DRAW, H5P_DEFAULT, BEYOND - 2, 2, got) >= 0); /* the last there can be */
    assert_memory_equal(got, "\0\0s", 3);
    /* The library does not ask for more; what it asked for is looked at, too. */
    static const struct {
        haddr_t address;
        size_t size;
        bool is_inside;
    } places[] = {{BEYOND - 2, 3, false}, {BEYOND - 1, 1, true}, {BEYOND, 0, true},    {BEYOND, 1, false},
                  {BEYOND + 1, 0, false}, {5, SIZE_MAX, false},  {HADDR_MAX, 1, false}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const herr_t read = file->cls->read(file, H5FD_MEM_DRAW, H5P_DEFAULT, places[i].address, places[i].size, got);
        assert_int_equal(read >= 0, places[i].is_inside);
    }
    assert_true(file->cls->write(file, H5FD_MEM_DRAW, H5P_DEFAULT, BEYOND - 2, 3, got) < 0);
    assert_true(file->cls->write(file, H5FD_MEM_DRAW, H5P_DEFAULT, BEYOND, 0, got) >= 0); /* no byte */
    assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == BEYOND);
    assert_true(H5FDclose(file) >= 0);
}

static void writing_and_truncating_move_the_end(void **state) {
    (void)state;
    H5FD_t *file = driven(fds[1], H5F_ACC_RDWR);
    struct stat facts;
    char got[32] = "";
    assert_true(H5FDset_eoa(file, H5FD_MEM_DEFAULT, BEYOND) >= 0);
    assert_true(H5FDwrite(file, H5FD_MEM_DRAW, H5P_DEFAULT, 5, 3, "is ") >= 0); /* inside: the end stays */
    assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == LENGTH);
    assert_true(H5FDwrite(file, H5FD_MEM_DRAW, H5P_DEFAULT, LENGTH - 1, 1, "o") >= 0);
    assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == LENGTH);
    assert_true(H5FDwrite(file, H5FD_MEM_DRAW, H5P_DEFAULT, LENGTH, 4, "more") >= 0);
    assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == LENGTH + 4);
    assert_int_equal(pread(fds[1], got, sizeof got, 0), LENGTH + 4);
    assert_memory_equal(got, "what is  theromore", LENGTH + 4);
    assert_true(H5FDset_eoa(file, H5FD_MEM_DEFAULT, LENGTH + 4) >= 0);
    assert_true(H5FDtruncate(file, H5P_DEFAULT, false) >= 0);
    assert_true(fstat(fds[1], &facts) == 0 && facts.st_size == LENGTH + 4);
    static const haddr_t ends[] = {9, 3, 70000};
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
        assert_true(H5FDset_eoa(file, H5FD_MEM_DEFAULT, ends[e]) >= 0);
        assert_true(H5FDtruncate(file, H5P_DEFAULT, true) >= 0);
        assert_true(fstat(fds[1], &facts) == 0 && (haddr_t)facts.st_size == ends[e]);
        assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == ends[e]);
    }
    static char large[65537];
    memset(large, 'l', sizeof large);
    assert_true(H5FDwrite(file, H5FD_MEM_DRAW, H5P_DEFAULT, 1, sizeof large, large) >= 0);
    assert_int_equal(pread(fds[1], got, 4, 0), 4);
    assert_memory_equal(got, "wlll", 4);
    assert_true(H5FDget_eof(file, H5FD_MEM_DEFAULT) == 70000);
    assert_true(H5FDclose(file) >= 0);
    /* Nothing is written where it may not be: this descriptor is for reading. */
    int reading = open(paths[1], O_RDONLY | O_CLOEXEC);
    file = driven(reading, H5F_ACC_RDONLY);
    assert_true(file != NULL && H5FDset_eoa(file, H5FD_MEM_DEFAULT, 7) >= 0);
    assert_true(H5FDwrite(file, H5FD_MEM_DRAW, H5P_DEFAULT, 0, 1, "x") < 0);
    assert_true(H5FDtruncate(file, H5P_DEFAULT, false) < 0);
    assert_true(H5FDclose(file) >= 0);
    assert_null(driven(reading, H5F_ACC_TRUNC | H5F_ACC_RDWR));
    assert_int_equal(close(reading), 0);
}

static void a_file_is_emptied_where_that_is_asked_for(void **state) {
    (void)state;
    struct stat facts;
    H5FD_t *file = driven(fds[2], H5F_ACC_RDWR);
    assert_true(fstat(fds[2], &facts) == 0 && facts.st_size == LENGTH);
    assert_true(H5FDclose(file) >= 0);
    file = driven(fds[2], H5F_ACC_RDWR | H5F_ACC_TRUNC);
    assert_true(fstat(fds[2], &facts) == 0 && facts.st_size == 0 && H5FDget_eof(file, H5FD_MEM_DEFAULT) == 0);
    assert_true(H5FDclose(file) >= 0);
    assert_null(driven(-1, H5F_ACC_RDWR));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_file_is_known),
        cmocka_unit_test(features_are_told),
        cmocka_unit_test(what_is_beyond_the_end_reads_as_zeros),
        cmocka_unit_test(writing_and_truncating_move_the_end),
        cmocka_unit_test(a_file_is_emptied_where_that_is_asked_for),
    };
    return cmocka_run_group_tests(tests, open_files, close_files);
}
