/* SPDX-License-Identifier: Apache-2.0 */
#include "import/commit/ids.h"

#include <assert.h>
#include <sys/mman.h>

enum { FIRST_SLOTS = 1 << 12 };

/* Large tables are asked for in huge pages: a look-up is one cache miss, it need not be two. Fresh pages are zero. */
static jk_id_slot *map_slots(size_t count) {
    size_t bytes = count * sizeof(jk_id_slot);
    void *slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED) {
        return NULL;
    }
    (void)madvise(slots, bytes, MADV_HUGEPAGE);
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
    jk_id_table larger = {.slots = map_slots(slot_count), .slot_count = slot_count};
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
    assert(larger.count == table->count);
    jk_id_free(table);
    *table = larger;
    return true;
}

void jk_id_free(jk_id_table *table) {
    if (table->slots != NULL) {
        (void)munmap(table->slots, table->slot_count * sizeof(jk_id_slot));
    }
    *table = (jk_id_table){0};
}
