/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a file that a reader can open by name. */
#ifndef JK_FUZZ_FILE_H
#define JK_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The descriptor, to be closed; path gets the name. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path[64]) {
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    (void)snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

/* A reader that fails says so in its error, and one that does not leaves it clean. */
#define FUZZ_AGREE(status, error)                                                                                      \
    do {                                                                                                               \
        if ((status) != (error).status || ((status) != 0 && (error).message[0] == '\0')) {                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif
