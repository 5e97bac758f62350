/* SPDX-License-Identifier: Apache-2.0 */
/* Taking claims out of a store: erasure of personal data (GDPR, article 17).
 *
 * The store is written anew without the claims, and appears whole in the place of the old one or under another name.
 * What is left keeps its order; debtors and claims are numbered anew; words of dictionaries that no row uses any more
 * are gone. The manifest stays and says how many rows were taken out.
 */
#ifndef JALKI_ERASE_H
#define JALKI_ERASE_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_erase_options {
    const char *store;      /* a tape or a panel */
    const char *claims;     /* the claims to take out: a CSV with a column claim_id, or one id on each line */
    const char *output;     /* the store to make; NULL: `store` is replaced */
    const char *pseudonyms; /* key of the pseudonyms that the store has, where the list has ids; NULL: none */
    int whole_debtors;      /* 1: with all claims of their debtors */
    int compression;        /* 0: none; 1..9; -1: as the store */
} jk_erase_options;

typedef struct jk_erase_summary {
    uint64_t listed, found; /* ids in the list, each once; of them in the store */
    uint64_t rows, erased;  /* of the store before; taken out */
    uint64_t debtors_left;
} jk_erase_summary;

/* Where nothing is found, the store is not written anew unless `output` names another. JK_ERROR_DATA: no list of ids.
 */
jk_status jk_erase(const jk_erase_options *options, const jk_run *run, jk_erase_summary *summary, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
