/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a tape that several processes read, read once: what the first of them reads is kept in memory that all of
 * them share, unpacked and checked, and given to the others.
 *
 *     jk_tape_share("T.h5", most, &sharing, &error);
 *     ... fork; each child opens T.h5 as ever (jk_tape_open) and reads ...
 *     jk_tape_share_end(sharing);
 *
 * Nobody waits for anybody: rows that another process is just reading are read once more. A file that was changed since
 * is not shared, whatever its name.
 */
#ifndef JALKI_SHARE_H
#define JALKI_SHARE_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_tape_sharing jk_tape_sharing;

/* From here on the tape (or panel) at `path` is shared by this process and those that it forks; at most `most` bytes
 * are kept, and address space is reserved for all columns. JK_ERROR_MEMORY; errors of jk_tape_open_any. */
jk_status jk_tape_share(const char *path, size_t most, jk_tape_sharing **sharing, jk_error *error);

/* Gives the memory back. No tape of the file may be open in this process; processes that were forked keep theirs. NULL
 * is accepted. */
void jk_tape_share_end(jk_tape_sharing *sharing);

/* Bytes of columns that a process got, unpacked: out of files, and out of shared memory. */
typedef struct jk_tape_reads {
    uint64_t file, shared;
} jk_tape_reads;

/* From here on all reads of tapes in this process are added to *reads; NULL: no longer. It may lie in shared memory. */
void jk_tape_count_reads(jk_tape_reads *reads);

#ifdef __cplusplus
}
#endif
#endif
