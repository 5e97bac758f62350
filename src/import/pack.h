/* SPDX-License-Identifier: Apache-2.0 */
/* A parsed chunk as bytes: all that the committing stage takes of it, so that another process, or a later run, can
 * commit it. Bytes are as this machine has them. Digests of identifiers are not among them: they are made anew, as
 * their seed is each process's own. */
#ifndef JK_IMPORT_PACK_H
#define JK_IMPORT_PACK_H

#include "import/chunk.h"

/* Bytes that grow. */
typedef struct jk_bytes {
    unsigned char *byte;
    size_t length, room;
} jk_bytes;

/* Room for so many more; false: no memory. */
bool jk_bytes_reserve(jk_bytes *bytes, size_t more);
void jk_bytes_free(jk_bytes *bytes);

/* Appends the chunk. */
jk_status jk_chunk_pack(const jk_import_chunk *chunk, jk_bytes *to, jk_error *error);

/* Length of the first packed chunk of these bytes, or 0: they begin with none. */
size_t jk_chunk_packed_length(const unsigned char *bytes, size_t length);

/* Fills the chunk as the parser would have; chunk->plan is that of its source. The bytes stand in chunk->memory. What
 * is packed is checked: JK_ERROR_DATA where it is no chunk of this plan. */
jk_status jk_chunk_unpack(jk_import_chunk *chunk, uint64_t seed, jk_error *error);

/* Puts packed bytes where jk_chunk_unpack finds them. */
jk_status jk_chunk_take_packed(jk_import_chunk *chunk, const unsigned char *bytes, size_t length, jk_error *error);

#endif
