/* SPDX-License-Identifier: Apache-2.0 */
/* --resume: finished parts of a long run, kept beside its output until it is done, so that a run that was ended can go
 * on with them. They stand in the folder `<output>.resume`, which only its owner can look into. What run they are of is
 * in a file there: the digest of its manifest (base/file/run_record.h), with inputs, options and version, without the
 * day; where another run left the folder, it is emptied. Each part carries a checksum of its content; one that was cut
 * or changed counts as not there.
 *
 * Of several ranks rank 0 makes the folder and writes in it, all read; they come to the same calls together. */
#ifndef JK_BASE_RESUME_H
#define JK_BASE_RESUME_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/status.h"

typedef struct jk_resume {
    char *folder; /* NULL: nothing is kept, every call does nothing */
    int lock;     /* while the run lasts, no other can use the folder */
    bool anew;    /* parts of another run were there, and are gone */
    size_t found; /* parts taken up so far */
    size_t asked; /* for parts that are told apart by their number */
} jk_resume;

/* When all inputs have been opened. JK_ERROR_IO where the folder belongs to somebody else or is in use, JK_ERROR_DATA
 * where an input has no digest, so that nobody could tell it from another. */
jk_status jk_resume_open(jk_resume *resume, const char *output, jk_error *error);

/* The content of a part, for free(); *bytes is NULL where there is none. */
jk_status jk_resume_find(jk_resume *resume, const char *name, void **bytes, size_t *size, jk_error *error);

/* Keeps a part. */
jk_status jk_resume_keep(const jk_resume *resume, const char *name, const void *bytes, size_t size, jk_error *error);

/* The parts of the run that is going on, for what lies far below the command; NULL: it keeps none. */
jk_resume *jk_resume_current(void);
void jk_resume_use(jk_resume *resume);

/* The run is done: the folder goes. */
void jk_resume_done(jk_resume *resume);

/* Lets the folder go and leaves it as it is. */
void jk_resume_close(jk_resume *resume);

#endif
