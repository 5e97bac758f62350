/* SPDX-License-Identifier: Apache-2.0 */
/* The sources of an import cut into stripes that several processes, or several runs, can parse. A plain file is cut
 * where a line ends near equal distances; whether a row ends there, too, only the rows before it can tell (quotes!):
 * who parses a stripe says where its rows began and ended, and who puts the stripes together takes it only where it
 * begins as the one before it ended, else parses anew from there. A packed or converted file is one stripe. */
#ifndef JK_IMPORT_STRIPES_H
#define JK_IMPORT_STRIPES_H

#include "import/sources/reader.h"

#define JK_STRIPE_END UINT64_MAX

typedef struct jk_stripe {
    size_t source;
    uint64_t begin; /* in its file; 0: the header is before it */
    uint64_t goal;  /* where the next one of the file begins, or JK_STRIPE_END */
} jk_stripe;

typedef struct jk_stripes {
    size_t count;
    jk_stripe *stripe;
} jk_stripes;

/* Some `wanted` stripes, more where they would be longer than `most` bytes; fewer where the files are small. The same
 * for every process that reads the same files. */
jk_status jk_stripes_make(const jk_import_input *inputs, size_t count, size_t wanted, uint64_t most,
                          jk_stripes *stripes, jk_error *error);
void jk_stripes_free(jk_stripes *stripes);

#endif
