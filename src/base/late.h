/* SPDX-License-Identifier: Apache-2.0 */
/* Shared libraries that are loaded when they are first needed: the commands that do not need them start without them.
 * (Finding the symbols of a large C++ library takes longer than importing thousands of claims.) */
#ifndef JK_BASE_LATE_H
#define JK_BASE_LATE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct jk_late_symbol {
    const char *name;
    void *place; /* of the pointer to the function */
} jk_late_symbol;

/* Loads a library by its name for the dynamic linker ("libx.so.3") and finds the functions; false if it is not
 * installed or lacks one. It stays loaded. Not to be called by several threads for the same places. */
bool jk_late_load(const char *library, const jk_late_symbol *symbols, size_t count);

#endif
