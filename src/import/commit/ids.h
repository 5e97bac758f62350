/* SPDX-License-Identifier: Apache-2.0 */
/* Which identifiers have been seen: an open-addressing table of 96-bit digests with a number each. With the digest's
 * seed unknown to who made the tape, two different identifiers of a billion rows share a digest with a chance below
 * 1e-11. */
#ifndef JK_IMPORT_IDS_H
#define JK_IMPORT_IDS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct jk_id_slot {
    uint64_t low;
    uint32_t high;
    uint32_t number; /* + 1; 0: free */
} jk_id_slot;

typedef struct jk_id_table {
    jk_id_slot *slots;
    size_t slot_count; /* a power of two; 0: nothing allocated yet */
    size_t count;
} jk_id_table;

/* Makes room for `more` further identifiers; false if there is no memory. */
bool jk_id_reserve(jk_id_table *table, size_t more);

/* Brings the place of a digest towards the cache. */
static inline void jk_id_prefetch(const jk_id_table *table, const uint64_t key[2]) {
    __builtin_prefetch(&table->slots[key[0] & (table->slot_count - 1)], 1);
}

/* The number of a digest, which is `number` if it is new. There must be room. */
static inline uint32_t jk_id_find_or_add(jk_id_table *table, const uint64_t key[2], uint32_t number) {
    size_t mask = table->slot_count - 1;
    for (size_t at = key[0] & mask;; at = (at + 1) & mask) {
        jk_id_slot *slot = &table->slots[at];
        if (slot->number == 0) {
            assert(table->count < mask); /* a free slot is left, at which a search ends */
            *slot = (jk_id_slot){.low = key[0], .high = (uint32_t)key[1], .number = number + 1};
            table->count++;
            return number;
        }
        if (slot->low == key[0] && slot->high == (uint32_t)key[1]) {
            return slot->number - 1;
        }
    }
}

/* Looks a digest up; false if it is not there. */
static inline bool jk_id_find(const jk_id_table *table, const uint64_t key[2], uint32_t *number) {
    size_t mask = table->slot_count - 1;
    for (size_t at = key[0] & mask; table->slots[at].number != 0; at = (at + 1) & mask) {
        if (table->slots[at].low == key[0] && table->slots[at].high == (uint32_t)key[1]) {
            *number = table->slots[at].number - 1;
            return true;
        }
    }
    return false;
}

void jk_id_free(jk_id_table *table);

#endif
