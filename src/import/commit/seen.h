/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers that were accepted so far, with a number each. While they come in order, as exports of a data base
 * mostly do, none can have been there before: they are only noted down. From the first one that is not in order on, all
 * of them are in a table. Which of the two it is never shows in a result. */
#ifndef JK_IMPORT_SEEN_H
#define JK_IMPORT_SEEN_H

#include "import/chunk.h"
#include "import/commit/ids.h"

typedef struct jk_seen_ids {
    bool by_table;
    jk_id_table table;

    /* while in order: digests, place = number */
    uint32_t (*noted)[3];
    size_t noted_count, noted_capacity;
    uint64_t last_key[2];
    char last[JK_TEXT_MAX]; /* the greatest identifier */
} jk_seen_ids;

/* Prepares for the identifiers of a chunk: column `which` is 0 for claim_id, 1 for debtor_id, which may be the same as
 * the one before. `next` is the number of the next new one, `expected` how many there will be at the end, as far as is
 * known. false if there is no memory. */
bool jk_seen_prepare(jk_seen_ids *seen, const jk_import_chunk *chunk, int which, uint32_t next, size_t expected);

/* Brings the place of an identifier that will be asked for towards the cache. */
static inline void jk_seen_prefetch(const jk_seen_ids *seen, const uint64_t key[2]) {
    if (seen->by_table) {
        jk_id_prefetch(&seen->table, key);
    }
}

/* The number of a row's identifier, which is `number` if it is new. Rows of a chunk come in their order, rejected ones
 * left out; numbers of new ones go up by one. */
static inline uint32_t jk_seen_number(jk_seen_ids *seen, const uint64_t key[2], uint32_t number) {
    if (seen->by_table) {
        return jk_id_find_or_add(&seen->table, key, number);
    }
    if (seen->noted_count > 0 && key[0] == seen->last_key[0] && key[1] == seen->last_key[1]) {
        return (uint32_t)seen->noted_count - 1;
    }
    uint32_t *note = seen->noted[seen->noted_count++];
    note[0] = (uint32_t)key[0];
    note[1] = (uint32_t)(key[0] >> 32);
    note[2] = (uint32_t)key[1];
    seen->last_key[0] = key[0];
    seen->last_key[1] = key[1];
    return number;
}

void jk_seen_free(jk_seen_ids *seen);

#endif
