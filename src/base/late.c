/* SPDX-License-Identifier: Apache-2.0 */
#include "base/late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static FILE *plain_out, *plain_err;

void jk_late_streams(FILE *out, FILE *err) {
    plain_out = out;
    plain_err = err;
}

bool jk_late_load(const char *library, const jk_late_symbol *symbols, size_t count) {
    FILE *const out = stdout, *const err = stderr;
    stdout = plain_out != NULL ? plain_out : out;
    stderr = plain_err != NULL ? plain_err : err;
    void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    stdout = out;
    stderr = err;
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

jk_status jk_late_find(jk_late_library *library, jk_error *error) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    (void)pthread_mutex_lock(&lock);
    if (library->state == 0) {
        const char *named = getenv(library->variable);
        library->state = jk_late_load(named != NULL ? named : library->name, library->symbols, library->count) ? 1 : -1;
    }
    const bool found = library->state > 0;
    (void)pthread_mutex_unlock(&lock);
    return found ? JK_OK
                 : jk_fail(error, JK_ERROR_UNSUPPORTED, NULL, 0, NULL,
                           "%s library (%s) is not there; Debian has it as %s, and %s names one elsewhere",
                           library->whose, library->name, library->package, library->variable);
}
