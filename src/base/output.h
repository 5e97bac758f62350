/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear whole or not at all. Bytes go to a file without a name in the target's folder (Linux O_TMPFILE),
 * which the kernel removes by itself if the process dies; commit syncs it and renames it over the target. Where the
 * file system has no nameless files, a named one beside the target ("<path>.part-<pid>") is used. A target that is a
 * device, a pipe or an open descriptor (/dev/null, /dev/stdout, /dev/fd/3) is written straight: it is never replaced by
 * a file. A symbolic link stays; the file that it leads to is replaced. */
#ifndef JK_BASE_OUTPUT_H
#define JK_BASE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "jalki/status.h"

typedef struct jk_output {
    int fd;          /* open for reading and writing (a device: writing); -1 when closed */
    FILE *stream;    /* made by jk_output_stream; NULL until then */
    char *target;    /* final path */
    char *part;      /* named temporary file, or NULL if nameless */
    bool direct;     /* the target is a device or a pipe, written straight */
    char access[64]; /* a path by which a library can open the same file ("/proc/self/fd/N" or `part`) */
} jk_output;

/* Opens a file that will become `path`. "-" is refused: who writes it means standard output. A zeroed jk_output is the
 * closed state. */
jk_status jk_output_open(jk_output *output, const char *path, jk_error *error);

/* Path by which another library can open the file while it is being written; valid until commit or abort. */
const char *jk_output_access(const jk_output *output);

/* A buffered stream on the file, owned by the output. */
jk_status jk_output_stream(jk_output *output, jk_error *error);

/* Flushes, syncs, renames to the target, closes. On failure nothing is left behind and the old target is untouched. */
jk_status jk_output_commit(jk_output *output, jk_error *error);

/* Drops what was written; closed outputs are accepted. */
void jk_output_abort(jk_output *output);

#endif
