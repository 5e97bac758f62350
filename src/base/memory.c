/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool jk_size_overflows(size_t count, size_t size, size_t *bytes) {
    return __builtin_mul_overflow(count, size, bytes);
}

/* What is rounded up hides a step too far from the address sanitizer: for it memory ends where what was asked for ends,
 * and each piece of an arena has a slab of its own. */
#ifdef __SANITIZE_ADDRESS__
enum { PIECE_ALIGNMENT = 1, SLAB_BYTES = 0 };

static void *aligned(size_t bytes) {
    void *memory = NULL;
    return posix_memalign(&memory, JK_ALIGNMENT, bytes) == 0 ? memory : NULL;
}
#else
enum { PIECE_ALIGNMENT = alignof(max_align_t), SLAB_BYTES = 64 * 1024 };

static void *aligned(size_t bytes) {
    size_t rounded = (bytes + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
    return aligned_alloc(JK_ALIGNMENT, rounded ? rounded : JK_ALIGNMENT);
}
#endif

void *jk_columns_alloc(size_t count, size_t size) {
    size_t bytes = 0;
    if (jk_size_overflows(count, size, &bytes) || bytes > SIZE_MAX - JK_ALIGNMENT) {
        return NULL;
    }
    return aligned(bytes);
}

void *jk_columns_zero(size_t count, size_t size) {
    void *memory = jk_columns_alloc(count, size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

/* A chain of slabs; a piece larger than a slab gets a slab of its own. */
typedef struct arena_slab {
    struct arena_slab *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
} arena_slab;

struct jk_arena {
    arena_slab *head;
};

jk_arena *jk_arena_create(void) {
    return calloc(1, sizeof(jk_arena));
}

void *jk_arena_alloc(jk_arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    if (jk_size_overflows(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = (bytes + PIECE_ALIGNMENT - 1) / PIECE_ALIGNMENT * PIECE_ALIGNMENT;
    arena_slab *slab = arena->head;
    if (slab == NULL || slab->size - slab->used < bytes) {
        size_t capacity = bytes > SLAB_BYTES ? bytes : SLAB_BYTES;
        slab = calloc(1, sizeof *slab + capacity);
        if (slab == NULL) {
            return NULL;
        }
        slab->size = capacity;
        slab->next = arena->head;
        arena->head = slab;
    }
    void *piece = slab->bytes + slab->used;
    slab->used += bytes;
    return piece;
}

char *jk_arena_text(jk_arena *arena, const char *text, size_t length) {
    char *copy = jk_arena_alloc(arena, length + 1, 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

void jk_arena_free(jk_arena *arena) {
    if (arena == NULL) {
        return;
    }
    for (arena_slab *slab = arena->head; slab != NULL;) {
        arena_slab *next = slab->next;
        free(slab);
        slab = next;
    }
    free(arena);
}
