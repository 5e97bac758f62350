/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums of stores and results: whether a file still holds the bits that it was written with.
 *
 * Every store, panel and result of ours ends in a list of checksums, one for each piece of the file, and one of the
 * list itself. A bit that was flipped anywhere, a piece that was lost or changed places, and a file that was cut or
 * grew are found. The list stands behind the end that the HDF5 library knows, which does not mind it. Checksums find
 * accidents; they are no signature: who can write the file can write them, too.
 */
#ifndef JALKI_VERIFY_H
#define JALKI_VERIFY_H

#include "jalki/listing.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_soundness {
    JK_SOUND,   /* every bit is as it was written */
    JK_DAMAGED, /* not so */
    JK_UNSUMMED /* the file has no checksums: nothing can be said */
} jk_soundness;

enum { JK_DAMAGES_MAX = 16, JK_DAMAGE_TEXT_MAX = 256 };

/* One damaged piece. */
typedef struct jk_damage {
    uint64_t first, bytes;         /* its place in the file */
    char what[JK_DAMAGE_TEXT_MAX]; /* columns that lie there, "/tape/principal, rows 0 to 131071; …", or "the list of
                                      checksums"; "": neither (names, attributes, structure) */
} jk_damage;

typedef struct jk_verification {
    jk_soundness soundness;
    uint64_t bytes;       /* of the file */
    uint64_t pieces;      /* that have a checksum */
    uint64_t piece_bytes; /* of each but the last */
    uint64_t damaged;     /* pieces that are damaged; the first JK_DAMAGES_MAX stand in `damage` */
    jk_damage damage[JK_DAMAGES_MAX];
    char digest[17]; /* hexadecimal, of all checksums together: what the file is known by; "" if not sound */
} jk_verification;

/* Reads the whole file with all threads of the run. JK_ERROR_IO: it cannot be read; JK_ERROR_FORMAT: it is no HDF5 file
 * (a file of ours whose first bytes are damaged is told as damaged). */
jk_status jk_verify(const char *path, const jk_run *run, jk_verification *verification, jk_error *error);

/* A row for each damage that is told, or one that says there is none; NULL: the columns alone. */
jk_listing jk_verify_listing(const jk_verification *verification);

/* All of it as JSON, for free(); NULL: no memory. */
char *jk_verify_json(const char *path, const jk_verification *verification);

#ifdef __cplusplus
}
#endif
#endif
