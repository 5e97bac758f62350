/* SPDX-License-Identifier: Apache-2.0 */
#include "tape/import_ids.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_SLOTS = 1 << 12, HUGE_PAGE = 2 << 20 };

/* Large tables are asked for in huge pages: a look-up is one cache miss, it need not be two. */
static jk_id_slot *allocate_slots(size_t count) {
    size_t bytes = count * sizeof(jk_id_slot);
    jk_id_slot *slots = aligned_alloc(bytes >= HUGE_PAGE ? HUGE_PAGE : 64, bytes);
    if (slots != NULL) {
        if (bytes >= HUGE_PAGE) {
            (void)madvise(slots, bytes, MADV_HUGEPAGE);
        }
        memset(slots, 0, bytes);
    }
    return slots;
}

bool jk_id_reserve(jk_id_table *table, size_t more) {
    size_t wanted = table->count + more;
    if (table->slot_count > 0 && wanted <= table->slot_count - table->slot_count / 4) {
        return true;
    }
    size_t slot_count = table->slot_count > 0 ? table->slot_count : FIRST_SLOTS;
    while (wanted > slot_count - slot_count / 4) {
        slot_count *= 2;
    }
    jk_id_table larger = {.slots = allocate_slots(slot_count), .slot_count = slot_count};
    if (larger.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < table->slot_count; i++) {
        const jk_id_slot *slot = &table->slots[i];
        if (slot->number != 0) {
            const uint64_t key[2] = {slot->low, slot->high};
            (void)jk_id_find_or_add(&larger, key, slot->number - 1);
        }
    }
    free(table->slots);
    *table = larger;
    return true;
}

void jk_id_free(jk_id_table *table) {
    free(table->slots);
    *table = (jk_id_table){0};
}
