/* SPDX-License-Identifier: Apache-2.0 */
/* Between reading a tape and the memory that processes share of it (jalki/share.h). */
#ifndef JK_TAPE_STORE_SHARE_H
#define JK_TAPE_STORE_SHARE_H

#include "tape/store/store_tape.h"

/* What is shared of the tape's file as it is now; NULL: nothing. */
jk_tape_sharing *jk_store_sharing_of(const jk_tape *tape);

/* Rows of a column that is in the file, by way of shared memory. */
jk_status jk_store_read_shared(const jk_tape *tape, jk_column column, size_t first, size_t count, unsigned char *out,
                               jk_error *error);

/* Rows out of the file, held against the column's bounds. */
jk_status jk_store_read_rows(const jk_tape *tape, jk_column column, size_t first, size_t count, unsigned char *out,
                             jk_error *error);

/* Adds to what this process counts. */
void jk_store_count(uint64_t from_file, uint64_t from_memory);

#endif
