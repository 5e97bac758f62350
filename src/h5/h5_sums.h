/* SPDX-License-Identifier: Apache-2.0 */
/* The list of checksums at the end of every HDF5 file of ours (jalki/verify.h says what it is for).
 *
 *     what HDF5 wrote | XXH3-64 of each 64 KiB of it, seeded with its number | tail
 *
 * All numbers are little-endian. The tail has a checksum of the list and of itself. */
#ifndef JK_H5_H5_SUMS_H
#define JK_H5_H5_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file/output.h"
#include "jalki/status.h"

enum { JK_SUMS_PIECE = 1 << 16, JK_SUMS_VERSION = 1 };

/* Root attribute that a file with checksums has, so that a lost list is noticed; and its text. */
#define JK_SUMS_ATTRIBUTE "checksums"
#define JK_SUMS_TEXT      "XXH3-64 of each 64 KiB, behind the data"

typedef struct jk_sums_tail {
    char magic[8];
    uint32_t version, piece; /* bytes of a piece */
    uint64_t bytes, pieces;  /* that are summed */
    uint64_t sum;            /* XXH3-64 of the list, seeded with the sum of the tail up to here */
} jk_sums_tail;

uint64_t jk_sums_list(const jk_sums_tail *tail, const uint64_t *sums);
bool jk_sums_is_tail(const jk_sums_tail *tail); /* by its magic */
uint64_t jk_sums_pieces(uint64_t bytes);

/* What the file is known by: "xxh3:" and the tail's sum, or "" where it has no list. Nothing is checked.
 * false with errno: it cannot be read. */
enum { JK_SUMS_DIGEST = 32 };
bool jk_sums_digest(int fd, uint64_t size, char digest[JK_SUMS_DIGEST]);

/* Sums every piece of the first `bytes` bytes into sums[jk_sums_pieces(bytes)]. */
jk_status jk_sums_make(int fd, const char *path, uint64_t bytes, const jk_run *run, uint64_t *sums, jk_error *error);

/* Appends the list to a finished HDF5 file that is still an open output; nothing where that is a device. */
jk_status jk_sums_append(const jk_output *output, const jk_run *run, jk_error *error);

#endif
