/* SPDX-License-Identifier: Apache-2.0 */
#include "import/findings/odd.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 64 };

static uint64_t hash_of(const jk_odd_entry *entry) {
    return XXH3_64bits_withSeed(entry->text, entry->length, (uint64_t)entry->kind << 32 | (uint32_t)entry->column);
}

/* Place of an entry, or where it belongs. */
static uint32_t *find_slot(const jk_odd_list *odd, const jk_odd_entry *wanted) {
    size_t slot = hash_of(wanted) & (odd->slot_count - 1);
    for (; odd->slots[slot] != 0; slot = (slot + 1) & (odd->slot_count - 1)) {
        const jk_odd_entry *entry = &odd->list[odd->slots[slot] - 1];
        if (entry->kind == wanted->kind && entry->column == wanted->column && entry->length == wanted->length &&
            memcmp(entry->text, wanted->text, entry->length) == 0) {
            break;
        }
    }
    return &odd->slots[slot];
}

/* Room for one more entry. */
static bool reserve(jk_odd_list *odd) {
    if (odd->count == odd->capacity) {
        size_t capacity = odd->capacity * 2 + FIRST_SLOTS / 2;
        jk_odd_entry *list = realloc(odd->list, capacity * sizeof *list);
        if (list == NULL) {
            return false;
        }
        odd->list = list;
        odd->capacity = capacity;
    }
    if (2 * (odd->count + 1) > odd->slot_count) {
        size_t slot_count = odd->slot_count > 0 ? 2 * odd->slot_count : FIRST_SLOTS;
        uint32_t *slots = calloc(slot_count, sizeof *slots);
        if (slots == NULL) {
            return false;
        }
        free(odd->slots);
        odd->slots = slots;
        odd->slot_count = slot_count;
        for (size_t i = 0; i < odd->count; i++) {
            *find_slot(odd, &odd->list[i]) = (uint32_t)i + 1;
        }
    }
    return true;
}

static void add_entry(jk_odd_list *odd, const jk_odd_entry *entry) {
    if (!reserve(odd)) {
        odd->failed = true;
        return;
    }
    uint32_t *slot = find_slot(odd, entry);
    if (*slot != 0) {
        odd->list[*slot - 1].count += entry->count;
        return;
    }
    odd->list[odd->count++] = *entry;
    *slot = (uint32_t)odd->count;
}

void jk_odd_add(jk_odd_list *odd, jk_odd_kind kind, int32_t column, const char *text, size_t length, uint64_t line,
                uint64_t count) {
    if (length > JK_ODD_TEXT) {
        length = JK_ODD_TEXT;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--; /* not in the middle of a character */
        }
    }
    jk_odd_entry entry = {
        .kind = (uint8_t)kind, .length = (uint8_t)length, .column = column, .count = count, .line = line};
    memcpy(entry.text, text, length);
    add_entry(odd, &entry);
}

static size_t texts_of(const jk_odd_list *odd, const jk_odd_entry *like) {
    size_t texts = 0;
    for (size_t i = 0; i < odd->count; i++) {
        texts += odd->list[i].kind == like->kind && odd->list[i].column == like->column;
    }
    return texts;
}

void jk_odd_merge(jk_odd_list *total, jk_odd_list *chunk, uint64_t line) {
    for (size_t i = 0; i < chunk->count; i++) {
        jk_odd_entry entry = chunk->list[i];
        entry.line += line;
        bool known = total->slot_count > 0 && *find_slot(total, &entry) != 0;
        if (!known && entry.length > 0 && texts_of(total, &entry) >= JK_ODD_TEXTS) {
            entry.length = 0;
        }
        add_entry(total, &entry);
    }
    total->failed |= chunk->failed;
    if (chunk->count > 0) {
        memset(chunk->slots, 0, chunk->slot_count * sizeof *chunk->slots);
        chunk->count = 0;
    }
}

uint64_t jk_odd_count(const jk_odd_list *odd, jk_odd_kind kind, int32_t column) {
    uint64_t count = 0;
    for (size_t i = 0; i < odd->count; i++) {
        const jk_odd_entry *entry = &odd->list[i];
        count += entry->kind == kind && (column < 0 || entry->column == column) ? entry->count : 0;
    }
    return count;
}

const jk_odd_entry *jk_odd_first(const jk_odd_list *odd, jk_odd_kind kind, int32_t column) {
    for (size_t i = 0; i < odd->count; i++) {
        if (odd->list[i].kind == kind && (column < 0 || odd->list[i].column == column)) {
            return &odd->list[i];
        }
    }
    return NULL;
}

void jk_odd_free(jk_odd_list *odd) {
    free(odd->list);
    free(odd->slots);
    *odd = (jk_odd_list){0};
}
