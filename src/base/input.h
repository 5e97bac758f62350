/* SPDX-License-Identifier: Apache-2.0 */
/* The one way to open a file for reading. Each opened file is remembered by device and inode, so that no output of the
 * same command replaces it, by whatever name (base/output.h asks; base/policy.h switches it on). */
#ifndef JK_BASE_INPUT_H
#define JK_BASE_INPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

/* A descriptor for reading (closed on exec), or -1 with errno. A pipe without a writer makes it wait only where
 * `waits` says so. */
int jk_input_open(const char *path, bool waits);

/* The same as a stream, which waits; NULL with errno. */
FILE *jk_input_stream(const char *path);

/* Whether the file is one that was opened so, where the policy says that inputs are kept. */
bool jk_input_is_kept(const struct stat *facts);

#endif
