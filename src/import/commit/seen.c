/* SPDX-License-Identifier: Apache-2.0 */
#include "import/commit/seen.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_NOTES = 1 << 12 };

static bool reserve_notes(jk_seen_ids *seen, size_t more, size_t expected) {
    size_t wanted = seen->noted_count + more;
    if (wanted <= seen->noted_capacity) {
        return true;
    }
    size_t capacity = seen->noted_capacity > 0 ? seen->noted_capacity : expected;
    capacity = capacity > FIRST_NOTES ? capacity : FIRST_NOTES;
    while (capacity < wanted) {
        capacity *= 2;
    }
    const size_t bytes = capacity * sizeof *seen->noted;
    void *notes = seen->noted == NULL
                      ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                      : mremap(seen->noted, seen->noted_capacity * sizeof *seen->noted, bytes, MREMAP_MAYMOVE);
    if (notes == MAP_FAILED) {
        return false;
    }
    (void)madvise(notes, bytes, MADV_HUGEPAGE);
    seen->noted = notes;
    seen->noted_capacity = capacity;
    return true;
}

static void free_notes(jk_seen_ids *seen) {
    if (seen->noted != NULL) {
        (void)munmap(seen->noted, seen->noted_capacity * sizeof *seen->noted);
    }
    seen->noted = NULL;
    seen->noted_count = seen->noted_capacity = 0;
}

/* All that was noted goes into the table. */
static bool turn_to_table(jk_seen_ids *seen, size_t more, size_t expected) {
    size_t wanted = seen->noted_count + more;
    if (!jk_id_reserve(&seen->table, wanted > expected ? wanted : expected)) {
        return false;
    }
    for (size_t i = 0; i < seen->noted_count; i++) {
        const uint32_t *note = seen->noted[i];
        const uint64_t key[2] = {note[0] | (uint64_t)note[1] << 32, note[2]};
        (void)jk_id_find_or_add(&seen->table, key, (uint32_t)i);
    }
    free_notes(seen);
    seen->by_table = true;
    return true;
}

bool jk_seen_prepare(jk_seen_ids *seen, const jk_import_chunk *chunk, int which, uint32_t next, size_t expected) {
    if (seen->by_table) {
        return jk_id_reserve(&seen->table, chunk->rows);
    }
    const jk_chunk_order *order = &chunk->order[which];
    /* numbers may have been given to claims that name no debtor: then place and number are not the same */
    if (!order->in_order || next != seen->noted_count) {
        return turn_to_table(seen, chunk->rows, expected);
    }
    if (order->first == NULL) { /* no row was accepted */
        return reserve_notes(seen, 0, expected);
    }
    const size_t width = chunk->text_width[which];
    char first[JK_TEXT_MAX] = {0};
    memcpy(first, order->first, width);
    int after = memcmp(first, seen->last, sizeof first);
    if (seen->noted_count > 0 && !(after > 0 || (after == 0 && which == 1))) {
        return turn_to_table(seen, chunk->rows, expected);
    }
    memset(seen->last, 0, sizeof seen->last);
    memcpy(seen->last, order->last, width);
    return reserve_notes(seen, chunk->rows, expected);
}

void jk_seen_free(jk_seen_ids *seen) {
    jk_id_free(&seen->table);
    free_notes(seen);
}
