/* SPDX-License-Identifier: Apache-2.0 */
/* A struct of arrays laid out in one piece of memory: a table names its pointer members and their element sizes. */
#ifndef JK_BASE_LAYOUT_H
#define JK_BASE_LAYOUT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

typedef struct jk_layout {
    size_t member;  /* offsetof the pointer */
    size_t element; /* bytes of an element */
} jk_layout;

#define JK_LAYOUT(type, name)                                                                                          \
    { offsetof(type, name), sizeof *((type *)0)->name }

static inline size_t jk_layout_array(size_t rows, size_t element) {
    return (rows * element + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
}

/* Bytes of all arrays for `rows` rows; each begins at a multiple of JK_ALIGNMENT. */
static inline size_t jk_layout_size(const jk_layout *layout, size_t count, size_t rows) {
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += jk_layout_array(rows, layout[i].element);
    }
    return bytes;
}

/* Points the members of `object` into `memory`. */
static inline void jk_layout_place(const jk_layout *layout, size_t count, size_t rows, void *memory, void *object) {
    unsigned char *next = memory;
    assert((uintptr_t)memory % JK_ALIGNMENT == 0);
    for (size_t i = 0; i < count; i++) {
        void *array = next;
        memcpy((unsigned char *)object + layout[i].member, &array, sizeof array);
        next += jk_layout_array(rows, layout[i].element);
    }
}

/* Copies `rows` elements of one array from an object to another that is laid out. */
static inline void jk_layout_copy(const jk_layout *layout, const void *from, void *to, size_t rows) {
    void *source = NULL, *target = NULL;
    memcpy(&source, (const unsigned char *)from + layout->member, sizeof source);
    memcpy(&target, (const unsigned char *)to + layout->member, sizeof target);
    memcpy(target, source, rows * layout->element);
}

#endif
