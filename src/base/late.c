/* SPDX-License-Identifier: Apache-2.0 */
#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

bool jk_late_load(const char *library, const jk_late_symbol *symbols, size_t count) {
    void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; loaded != NULL && i < count; i++) {
        void *found = dlsym(loaded, symbols[i].name);
        if (found == NULL) {
            return false;
        }
        memcpy(symbols[i].place, &found,
               sizeof found); /* C has no other way from an object's address to a function's */
    }
    return loaded != NULL;
}
