/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes between memory and descriptors: all of them, also where the system takes or gives fewer at a time, or is
 * interrupted. Where one of these fails, errno says why. */
#ifndef JK_BASE_TRANSFER_H
#define JK_BASE_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How many of the bytes there are, from where the descriptor stands or from a place in its file: fewer than `count`
 * where it ends before; -1: failed. What an end too early means is the caller's to say. */
ssize_t jk_read_all(int fd, void *bytes, size_t count);
ssize_t jk_read_at(int fd, uint64_t place, void *bytes, size_t count);

/* The same where fewer is a failure, too (EIO). */
bool jk_read_whole(int fd, uint64_t place, void *bytes, size_t count);

/* false: failed. */
bool jk_write_all(int fd, const void *bytes, size_t count);
bool jk_write_at(int fd, uint64_t place, const void *bytes, size_t count);

/* `size` bytes of a file to a place in another; false: failed, or the file ends before (EIO). */
bool jk_copy_at(int from, uint64_t first, uint64_t size, int to, uint64_t place);

#endif
