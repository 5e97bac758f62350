/* SPDX-License-Identifier: Apache-2.0 */
/* Packed files, unpacked piece by piece: gzip (RFC 1952), Zstandard (RFC 8878), xz and bzip2, each by its library.
 * Files of several members, one after the other, are read as one text; zeros after the last are padding. */
#ifndef JK_CSV_UNPACK_H
#define JK_CSV_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/status.h"

typedef enum jk_packing {
    JK_PACKING_NONE,
    JK_PACKING_GZIP,
    JK_PACKING_ZSTD,
    JK_PACKING_XZ,
    JK_PACKING_BZIP2
} jk_packing;

/* No table of claims packs so well: a file that grows to more than so many times its size is refused as soon as it has
 * given so many bytes; so is one that holds a table in another form. (gzip cannot do it at all.) */
enum { JK_UNPACK_GROWTH_MOST = 1100, JK_UNPACK_GROWTH_FREE = 1 << 20 };

/* How a file is packed, by its first bytes; JK_PACKING_NONE: it is not, or not in a way that is known here. */
jk_packing jk_packing_of(const unsigned char *bytes, size_t length);

/* Name for messages, such as "gzip". */
const char *jk_packing_name(jk_packing packing);

typedef struct jk_unpacker jk_unpacker;

/* An unpacker at the beginning of a member, or NULL if there is no memory. */
jk_unpacker *jk_unpacker_create(jk_packing packing);
void jk_unpacker_free(jk_unpacker *unpacker);

/* Where a step stands: it takes from `in` and puts to `out`, moving both. */
typedef struct jk_unpack_step {
    const unsigned char *in;
    size_t in_left;
    char *out;
    size_t out_left;
    bool ended; /* the member has ended; jk_unpacker_restart before the next */
} jk_unpack_step;

/* Unpacks until the input is used up, the output is full or the member has ended. JK_ERROR_FORMAT (naming `path`):
 * damaged, or it grows beyond all measure. */
jk_status jk_unpacker_run(jk_unpacker *unpacker, jk_unpack_step *step, const char *path, jk_error *error);

/* Makes ready for a member that follows. JK_ERROR_MEMORY. */
jk_status jk_unpacker_restart(jk_unpacker *unpacker, jk_error *error);

#endif
