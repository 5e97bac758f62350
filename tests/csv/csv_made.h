/* SPDX-License-Identifier: Apache-2.0 */
/* Files for tests of sources: bytes as they are, packed by zlib, and archives of members that are not packed. */
#ifndef JK_TESTS_CSV_MADE_H
#define JK_TESTS_CSV_MADE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "cmocka_all.h"

static char made_path[256];

static inline int name_made(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(made_path, sizeof made_path, "%s/jalki-csv-%ld", folder ? folder : "/tmp", (long)getpid());
    return 0;
}

static inline int drop_made(void **state) {
    (void)state;
    (void)unlink(made_path);
    return 0;
}

static inline void make_file(const void *bytes, size_t length) {
    FILE *file = fopen(made_path, "wb");
    assert_true(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

/* One member of gzip at `out`; its length. */
static inline size_t gzipped(const void *bytes, size_t length, unsigned char *out, size_t room) {
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&stream), Z_OK);
    return stream.total_out;
}

typedef struct made_member {
    const char *name, *text;
} made_member;

static inline void put_number(FILE *file, unsigned long number, int bytes) {
    for (int i = 0; i < bytes; i++) {
        assert_true(fputc((int)(number & 0xff), file) != EOF);
        number >>= 8;
    }
}

/* A zip archive whose members stand in it as they are. */
static inline void make_zip(const made_member *members, size_t count) {
    FILE *file = fopen(made_path, "wb");
    long at[16];
    assert_true(file != NULL && count <= 16);
    for (int central = 0; central < 2; central++) {
        const long begin = ftell(file);
        for (size_t m = 0; m < count; m++) {
            const size_t name = strlen(members[m].name), length = strlen(members[m].text);
            at[m] = central ? at[m] : ftell(file);
            put_number(file, central ? 0x02014b50 : 0x04034b50, 4);
            put_number(file, 20, central ? 2 : 0);
            put_number(file, 20, 2);
            put_number(file, 0, 2); /* no flags, stored, no time */
            put_number(file, 0, 2);
            put_number(file, 0x00210000, 4);
            put_number(file, crc32(0, (const unsigned char *)members[m].text, (uInt)length), 4);
            put_number(file, length, 4);
            put_number(file, length, 4);
            put_number(file, name, 2);
            put_number(file, 0, central ? 12 : 2);
            put_number(file, (unsigned long)at[m], central ? 4 : 0);
            put_number(file, 0, central ? 0 : 0);
            assert_true(fwrite(members[m].name, 1, name, file) == name);
            assert_true(central || fwrite(members[m].text, 1, length, file) == length);
        }
        if (central) {
            const long end = ftell(file);
            put_number(file, 0x06054b50, 4);
            put_number(file, 0, 4);
            put_number(file, count, 2);
            put_number(file, count, 2);
            put_number(file, (unsigned long)(end - begin), 4);
            put_number(file, (unsigned long)begin, 4);
            put_number(file, 0, 2);
        }
    }
    assert_int_equal(fclose(file), 0);
}

#endif
