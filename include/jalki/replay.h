/* SPDX-License-Identifier: Apache-2.0 */
/* What a manifest says of the run that it comes from, and whether two files hold the same: what `jalki replay` needs to
 * run a command again and to tell what differs.
 *
 * A manifest is read from the file that --manifest wrote (which has the digests of all outputs), from a JSON output of
 * any command (key "manifest"), or from a store or result (attribute "manifest").
 */
#ifndef JALKI_REPLAY_H
#define JALKI_REPLAY_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_replay_source {
    JK_REPLAY_MANIFEST, /* of --manifest: outputs and their digests are known */
    JK_REPLAY_JSON,     /* a JSON output, which is what a new run is compared with */
    JK_REPLAY_STORE     /* a store or result, likewise */
} jk_replay_source;

typedef struct jk_replay_file {
    const char *option; /* of an output: the option it was named with, without dashes; NULL: by the command itself */
    const char *path;   /* as it was given */
    const char *digest; /* "sha256:…", or of a store that was read "xxh3:…"; NULL: unknown */
} jk_replay_file;

typedef struct jk_replay {
    jk_replay_source source;
    const char *version, *build; /* of the program that ran; "" if unknown */
    const char *command;
    size_t argument_count, input_count, output_count;
    const char **arguments; /* as they stood on the command line, without outputs */
    jk_replay_file *inputs, *outputs;
    int64_t seconds;                           /* when it ran, since 1970 */
    const char *stdout_format, *stdout_digest; /* NULL: unknown */
    void *memory;                              /* the library's */
} jk_replay;

/* JK_ERROR_DATA: the file has no manifest, or one without the command. Texts last until jk_replay_reset. */
jk_status jk_replay_read(const char *path, jk_replay *replay, jk_error *error);
void jk_replay_reset(jk_replay *replay); /* a zeroed one is accepted */

/* Whether the input has the content it had. JK_ERROR_DATA: it does not, or nobody knows. A store is read whole. */
jk_status jk_replay_check_input(const jk_replay_file *input, jk_error *error);

/* "sha256:…" of a file's bytes, for free(); NULL with *error. */
char *jk_replay_digest(const char *path, jk_error *error);

/* ---- the same? ------------------------------------------------------------------------------------------------- */

enum { JK_DIFFERENCES_MAX = 12, JK_DIFFERENCE_TEXT_MAX = 240 };

typedef struct jk_differences {
    uint64_t count; /* of places; the first JK_DIFFERENCES_MAX are told */
    char text[JK_DIFFERENCES_MAX][JK_DIFFERENCE_TEXT_MAX];
} jk_differences;

/* Compares two files: stores and results data set by data set, JSON key by key, others line by line. What says when and
 * by which build a file was written does not count as a difference in the first two. */
jk_status jk_files_differ(const char *before, const char *now, jk_differences *differences, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
