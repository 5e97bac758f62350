/* SPDX-License-Identifier: Apache-2.0 */
/* The one way to open a file for reading. Each opened file is remembered by device and inode, so that no output of the
 * same command replaces it, by whatever name (base/file/output.h asks; base/policy.h switches it on), and so that
 * manifests can say what was read (base/file/run_record.h). */
#ifndef JK_BASE_INPUT_H
#define JK_BASE_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "jalki/status.h"

/* A descriptor for reading (closed on exec), or -1 with errno. A pipe without a writer makes it wait only where
 * `waits` says so. */
int jk_input_open(const char *path, bool waits);

/* The same as a stream, which waits; NULL with errno. */
FILE *jk_input_stream(const char *path);

/* Fails where the path leads to a pipe or a device, which can be read once: for who reads a file twice. */
jk_status jk_input_is_file(const char *path, jk_error *error);

/* Whether the file is one that was opened so, where the policy says that inputs are kept. */
bool jk_input_is_kept(const struct stat *facts);

/* The file behind the path is replaced by this command on purpose. */
void jk_input_release(const char *path);

/* The file behind the path was made by this command for itself: it is no input. */
void jk_input_disown(const char *path);

/* An opened file as it was then, in the order of opening. */
typedef struct jk_input_file {
    const char *path; /* by which it was opened first; lasts until it is disowned */
    dev_t device;
    ino_t inode;
    uint64_t bytes;
    struct timespec changed;
    bool has_digest, released;
    char digest[80]; /* "sha256:…" */
} jk_input_file;

/* A file as it is now, without name and digest. */
jk_input_file jk_input_facts(const struct stat *now);

/* Whether it is the same file, and nothing wrote to it since. */
bool jk_input_is_same(const jk_input_file *file, const struct stat *now);

size_t jk_input_count(void);
jk_input_file jk_input_at(size_t index);

/* JK_OK where all that was read of each opened file belongs together: nothing wrote to it since, and its path leads to
 * it still, unless its reader knows what it has read (jk_input_set_digest) or nothing is there any more. */
jk_status jk_input_check(jk_error *error);

/* Forgets them: a process begins anew. */
void jk_input_forget(void);

/* What a reader knows of the content of the file behind an open descriptor; "": that nobody knows. */
void jk_input_set_digest(int fd, const char *digest);

#endif
