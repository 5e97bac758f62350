/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudonyms: ids of claims and debtors as a keyed hash, HMAC-SHA-256 (RFC 2104) of "claim" or "debtor", a zero byte
 * and the id, of which the first 80 bits are written with 16 letters and digits. The same key gives the same pseudonyms
 * for every tape, list of payments and actions, so that they still join; without the key an id cannot be tried out. Of
 * 200 million ids two share a pseudonym with a probability of 2e-8. */
#ifndef JK_IMPORT_PSEUDONYMS_H
#define JK_IMPORT_PSEUDONYMS_H

#include "base/file/output.h"
#include "import/chunk.h"

enum { JK_PSEUDONYM = 16, JK_PSEUDONYM_KEY_LEAST = 16, JK_PSEUDONYM_KEY_MOST = 4096 };

typedef struct jk_pseudonyms {
    unsigned char key[JK_PSEUDONYM_KEY_MOST + 1];
    size_t key_length;
    bool lists; /* pairs are written to `list`, the way back */
    jk_output list;
} jk_pseudonyms;

/* Reads the key: the bytes of the file without a line end. `list` names the file of pairs; NULL: none. */
jk_status jk_pseudonyms_open(jk_pseudonyms *self, const char *key_file, const char *list, jk_error *error);

/* The pseudonym of one id; false: libcrypto failed. */
bool jk_pseudonym_of(const jk_pseudonyms *self, bool debtor, const char *id, size_t length, char out[JK_PSEUDONYM]);

/* Puts pseudonyms in the place of a parsed chunk's ids, and anew what the parser made of them; any thread. */
jk_status jk_pseudonyms_apply(const jk_pseudonyms *self, jk_import_chunk *chunk, uint64_t seed, jk_error *error);

/* Writes the chunk's pairs; in the order of chunks. */
jk_status jk_pseudonyms_list(jk_pseudonyms *self, const jk_import_chunk *chunk, jk_error *error);

jk_status jk_pseudonyms_commit(jk_pseudonyms *self, jk_error *error);
void jk_pseudonyms_abort(jk_pseudonyms *self); /* forgets the key; a zeroed or committed one is accepted */

#endif
