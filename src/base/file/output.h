/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear whole or not at all. Bytes go to a file without a name in the target's folder (Linux O_TMPFILE),
 * which the kernel removes by itself if the process dies; commit syncs it, renames it over the target and syncs the
 * folder. Where the file system has no nameless files, and for the moment between naming and renaming, it is called
 * ".jalki-<16 random digits>.part" in that folder; what a process that died has left of these is removed by the next
 * one that writes there. A target that is a device, a pipe or an open descriptor (/dev/null, /dev/stdout, /dev/fd/3) is
 * written straight: it is never replaced by a file. A symbolic link stays; the file that it leads to is replaced. A
 * file that is replaced hands down its mode, group and owner. A file that the command has read is not replaced
 * (base/file/input.h). */
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
    char access[64]; /* a path by which a library can open the same file ("/proc/self/fd/N"); empty where `part` is */
} jk_output;

/* Who may read a file that was not there before. */
typedef enum jk_output_rights {
    JK_OUTPUT_PLAIN,   /* whom umask lets */
    JK_OUTPUT_PERSONAL /* it holds personal data: its owner alone (0600), unless the policy says that it is shared */
} jk_output_rights;

/* Opens a file that will become `path`. "-" is refused: who writes it means standard output. A zeroed jk_output is the
 * closed state. */
jk_status jk_output_open(jk_output *output, const char *path, jk_output_rights rights, jk_error *error);

/* Where outputs go: whoever makes something that stays asks here; scripts/check_rules.py finds who does not. */

/* From now on all outputs of this process and of those that it forks go to this folder (a full path, kept by the
 * caller) instead of where they are named, whatever policy is set: a run of a stranger's manifest makes nothing outside
 * of it. */
void jk_output_send_to(const char *folder);

/* Whether a file can be made there, before the work for it begins: fails as jk_output_open would. Devices and pipes are
 * not opened for that. */
jk_status jk_output_try(const char *path, jk_error *error);

/* The name that an output of this path has in such a folder: what is too long for a name loses its beginning. */
enum { JK_OUTPUT_NAME = 201 };
const char *jk_output_name(const char *path, char name[JK_OUTPUT_NAME]);

/* Where an output of this path goes, and where what belongs beside it does: `path` itself, or `place` filled; NULL
 * where that is too long. */
enum { JK_OUTPUT_PLACE = 4096 };
const char *jk_output_place(const char *path, char place[JK_OUTPUT_PLACE]);

/* Makes a folder for outputs (0777, personal: 0700, less umask) where there is none; *is_new: it was not there. Where
 * outputs are sent elsewhere none is made. */
jk_status jk_output_make_folder(const char *path, jk_output_rights rights, bool *is_new, jk_error *error);

/* Removes an output of this path that this run has made. */
void jk_output_remove(const char *path);

/* Fails where outputs are sent elsewhere: `target` is a data base, to which rows would be added where it is. */
jk_status jk_output_may_add(const char *target, jk_error *error);

/* Opens a file for the process alone, without a name, in the folder where `path` would be; it ends with
 * jk_output_abort. What is written to its jk_output_access goes straight into it. */
jk_status jk_output_scratch(jk_output *output, const char *path, jk_error *error);

/* Path by which another library can open the file while it is being written; valid until commit or abort. */
const char *jk_output_access(const jk_output *output);

/* A buffered stream on the file, owned by the output. Of a file that is called .csv it takes the policy's dialect
 * (base/text/dialect.h), and of one that is called .csv.gz it packs. */
jk_status jk_output_stream(jk_output *output, jk_error *error);

/* A file of these bytes, from opening to commit. */
jk_status jk_output_write(const char *path, jk_output_rights rights, const char *bytes, size_t size, jk_error *error);

/* Flushes, syncs, renames to the target, closes. On failure nothing is left behind and the old target is untouched. */
jk_status jk_output_commit(jk_output *output, jk_error *error);

/* The files that commits of this process gave their names, in that order, where the policy keeps inputs; they last
 * until they are forgotten. */
size_t jk_output_count(void);
const char *jk_output_at(size_t index);
bool jk_output_forgot(void); /* one of them, for want of memory */
void jk_output_forget(void); /* all of them: a process begins anew */

/* Drops what was written; closed outputs are accepted. */
void jk_output_abort(jk_output *output);

#endif
