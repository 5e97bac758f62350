/* SPDX-License-Identifier: Apache-2.0 */
/* A file of known bytes that is no HDF5 file, and what is said of it: in the place of the process that opens files with
 * the HDF5 library answers whatever a test wants (tests/CMakeLists.txt puts it there). */
#ifndef JK_TESTS_H5_ANSWER_H
#define JK_TESTS_H5_ANSWER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5_private.h"

enum { FILE_SIZE = 4096, PATH_ROOM = 256 };
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char path[PATH_ROOM];

/* ---- the process that answers ------------------------------------------------------------------------------------ */

static struct {
    jk_h5_catalogue_header header;
    unsigned char *bytes; /* what follows */
    size_t used, room;
    size_t sent;           /* of header and bytes together */
    void (*end)(int data); /* NULL: as usual */
} answer;

void __wrap_jk_h5_catalogue(int fd, const char *strings_under, size_t strings_max, uint64_t limit, int out);

static inline void say(int out, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    while (count > 0) {
        const ssize_t sent = write(out, next, count);
        if (sent <= 0) {
            return;
        }
        next += sent;
        count -= (size_t)sent;
    }
}

void __wrap_jk_h5_catalogue(int fd, const char *strings_under, size_t strings_max, uint64_t limit, int out) {
    (void)strings_under;
    (void)strings_max;
    (void)limit;
    const size_t head = answer.sent < sizeof answer.header ? answer.sent : sizeof answer.header;
    say(out, &answer.header, head);
    say(out, answer.bytes, answer.sent - head);
    if (answer.end != NULL) {
        (void)close(out);
        answer.end(fd);
    }
}

static inline void begin(void) {
    answer.header = (jk_h5_catalogue_header){.magic = JK_H5_CATALOGUE_MAGIC};
    answer.used = answer.sent = 0;
    answer.end = NULL;
}

static inline void add(const void *bytes, size_t count) {
    if (answer.room - answer.used < count) {
        answer.room = 2 * (answer.used + count);
        answer.bytes = realloc(answer.bytes, answer.room);
        assert_non_null(answer.bytes);
    }
    memcpy(answer.bytes + answer.used, bytes, count);
    answer.used += count;
}

static inline jk_status opened(jk_h5_file **file, jk_error *error) {
    *error = (jk_error){0};
    return jk_h5_open(path, NULL, 0, file, error);
}

/* All that was added is announced and sent. */
static inline jk_status answered(jk_h5_file **file, jk_error *error) {
    answer.header.bytes = answer.used;
    answer.sent = sizeof answer.header + answer.used;
    return opened(file, error);
}

static inline jk_h5_dataset contiguous(uint64_t size, uint64_t rows, uint64_t offset) {
    return (jk_h5_dataset){.path = "/x",
                           .kind = JK_H5_INTEGER,
                           .layout = JK_H5_CONTIGUOUS,
                           .element_size = size,
                           .rank = 1,
                           .extent = {rows},
                           .offset = offset,
                           .shuffle_filter = -1,
                           .deflate_filter = -1};
}

static inline jk_h5_dataset chunked(uint64_t size, uint64_t rows, uint64_t chunk_rows, int deflate_filter) {
    jk_h5_dataset dataset = contiguous(size, rows, UINT64_MAX);
    dataset.layout = JK_H5_CHUNKED;
    dataset.chunk_rows = chunk_rows;
    dataset.deflate_filter = deflate_filter;
    return dataset;
}

static inline unsigned char byte_at(size_t place) {
    return (unsigned char)(place * 7 + place / 251);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static inline int write_file(void **state) {
    (void)state;
    unsigned char bytes[FILE_SIZE];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = byte_at(i);
    }
    FILE *file = fopen(path, "wb");
    return file != NULL && fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes && fclose(file) == 0 ? 0 : -1;
}

static inline int set_up(void **state) {
    (void)state;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/jalki-child-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    free(answer.bytes);
    return unlink(path);
}

#endif
