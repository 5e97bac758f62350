/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: aligned columns, and arenas whose pieces are freed together. */
#ifndef JK_BASE_MEMORY_H
#define JK_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum { JK_ALIGNMENT = 64 };

/* 64-byte aligned memory for count elements of `size` bytes, not zeroed; NULL if there is none or the product
 * overflows. Never returns NULL for a count of 0. Free with free(). */
void *jk_columns_alloc(size_t count, size_t size);

/* The same, zeroed. */
void *jk_columns_zero(size_t count, size_t size);

/* true if count * size does not fit size_t; otherwise *bytes gets the product. */
bool jk_size_overflows(size_t count, size_t size, size_t *bytes);

/* Many small pieces freed at once. Pieces are zeroed and aligned for any type. */
typedef struct jk_arena jk_arena;
jk_arena *jk_arena_create(void);
void *jk_arena_alloc(jk_arena *arena, size_t count, size_t size);      /* NULL if there is no memory */
char *jk_arena_text(jk_arena *arena, const char *text, size_t length); /* a terminated copy */
void jk_arena_free(jk_arena *arena);                                   /* NULL is accepted */

#endif
