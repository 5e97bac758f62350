/* SPDX-License-Identifier: Apache-2.0 */
/* An import whose stripes are parsed here, elsewhere, or were parsed before: by ranks (each parses its own and hands
 * them to rank 0), by parts (to the merge), by a run that was ended (base/file/resume.h). The one that collects commits
 * all stripes in order, so that the store does not show who parsed them. */
#ifndef JK_IMPORT_SHARE_H
#define JK_IMPORT_SHARE_H

#include "base/file/resume.h"
#include "import/pack.h"
#include "import/sources/stripes.h"

typedef struct jk_share {
    jk_stripes stripes;
    int own, owners; /* this process parses the stripes with number % owners == own; -1: none of them */
    bool collects;   /* and commits all; else it hands its own over */
    jk_resume *kept; /* NULL: nothing is kept */

    size_t next;      /* stripe to begin with, once the present one is done */
    bool reading;     /* the present stripe's text */
    uint64_t begin;   /* of the present stripe */
    uint64_t reached; /* where the stripe before ended */
    bool file_ended;  /* with it */

    jk_bytes taken; /* packed chunks that are still to be given out; a head stands before them */
    size_t taken_at;
    bool taken_more; /* of the stripe will come */
    bool taken_kept; /* it is from an earlier run */
    size_t piece;    /* number of its next piece */

    jk_bytes given; /* packed chunks of the stripe that is parsed here */
    size_t given_pieces;
} jk_share;

/* Cuts the inputs. Before their text is read. */
jk_status jk_share_begin(jk_share *share, const jk_import_input *inputs, size_t count, jk_error *error);

/* The next chunk in the order of the stripes: text to be parsed, or bytes to be unpacked. *end: there is none, and the
 * chunk is empty. */
jk_status jk_share_read(jk_share *share, jk_import_reader *reader, jk_import_chunk *chunk, bool *end, jk_error *error);

/* After a chunk was parsed, in the order of chunks: hands its bytes over, or keeps them, where that is to be done. */
jk_status jk_share_give(jk_share *share, const jk_import_chunk *chunk, jk_error *error);

/* Whether parsed chunks are to be packed. */
bool jk_share_packs(const jk_share *share);

void jk_share_end(jk_share *share);

#endif
