/* SPDX-License-Identifier: Apache-2.0 */
/* Status codes and the one error object of the library.
 *
 * Every public function that can fail returns a jk_status and takes, as its last argument, a
 * caller-owned jk_error (NULL is accepted everywhere). The first cause wins: a caller on the way up
 * never overwrites it. The library never prints and never exits.
 *
 *     jk_error error = {0};
 *     if (jk_model_load("models/nordic.yaml", &model, &error) != JK_OK) {
 *         char text[JK_ERROR_TEXT_MAX];
 *         fprintf(stderr, "%s\n", jk_error_text(&error, text, sizeof text));
 *     }
 */
#ifndef JALKI_STATUS_H
#define JALKI_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_status {
    JK_OK = 0,
    JK_ERROR_ARGUMENT = 1,    /* a call that its header does not allow */
    JK_ERROR_MEMORY = 2,      /* no memory */
    JK_ERROR_IO = 3,          /* the operating system refused: open, read, write, rename, disk full */
    JK_ERROR_FORMAT = 4,      /* a file is not what it should be: truncated, mislabelled, malformed */
    JK_ERROR_DATA = 5,        /* well-formed, but its content breaks a rule (missing column, too many rejects) */
    JK_ERROR_MODEL = 6,       /* a model, mapping or scenario file breaks its schema */
    JK_ERROR_UNSUPPORTED = 7, /* understood, but not offered here (for example an instruction set) */
    JK_ERROR_INTERRUPTED = 8, /* the progress callback asked to stop */
    JK_ERROR_INTERNAL = 9     /* a bug in the library */
} jk_status;

enum { JK_ERROR_FILE_MAX = 512, JK_ERROR_KEY_MAX = 128, JK_ERROR_MESSAGE_MAX = 768, JK_ERROR_TEXT_MAX = 1536 };

/* What went wrong and where. Zero-initialise before the first call; reuse after setting status to JK_OK. */
typedef struct jk_error {
    jk_status status;
    int64_t line;                       /* line in `file`, counted from 1; 0 where there is none */
    char file[JK_ERROR_FILE_MAX];       /* file concerned; empty where there is none */
    char key[JK_ERROR_KEY_MAX];         /* column, or dotted key path of a model file; empty where there is none */
    char message[JK_ERROR_MESSAGE_MAX]; /* what is wrong and what was expected, one sentence, no line end */
} jk_error;

/* Writes "FILE:LINE: key: message" (parts that are absent are left out) into text[size] and returns text. */
const char *jk_error_text(const jk_error *error, char *text, size_t size);

/* One short English phrase for a status; never NULL. */
const char *jk_status_name(jk_status status);

/* How long work is run and watched. A zeroed struct is valid: all cores, no progress.
 * `progress` is called from one thread at a time, at most about ten times a second and once at the end;
 * it returns 0 to go on and anything else to stop: the call then cleans up and returns JK_ERROR_INTERRUPTED. */
typedef struct jk_run {
    int threads;       /* worker threads; 0: as many as there are cores */
    size_t block_rows; /* claims per block; 0: the library's choice. Results do not depend on it. */
    int (*progress)(void *context, const char *stage, uint64_t done, uint64_t total);
    void *context;
} jk_run;

#ifdef __cplusplus
}
#endif
#endif
