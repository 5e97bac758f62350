/* SPDX-License-Identifier: Apache-2.0 */
/* Shared libraries that are loaded when they are first needed: the commands that do not need them start without them.
 * (Finding the symbols of a large C++ library takes longer than importing thousands of claims.) */
#ifndef JK_BASE_LATE_H
#define JK_BASE_LATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "jalki/status.h"

typedef struct jk_late_symbol {
    const char *name;
    void *place; /* of the pointer to the function */
} jk_late_symbol;

/* Loads a library by its name for the dynamic linker ("libx.so.3") and finds the functions; false if it is not
 * installed or lacks one. It stays loaded. Not to be called by several threads for the same places. */
bool jk_late_load(const char *library, const jk_late_symbol *symbols, size_t count);

/* A library that is found once, when it is first asked for; static, by JK_LATE_LIBRARY of the first four and an array
 * of symbols. */
typedef struct jk_late_library {
    const char *whose;    /* "SQLite's" */
    const char *name;     /* "libsqlite3.so.0" */
    const char *package;  /* of Debian */
    const char *variable; /* of the environment: names one that is elsewhere */
    const jk_late_symbol *symbols;
    size_t count;
    int state; /* 0: not asked for yet; 1: found; -1: not there */
} jk_late_library;
#define JK_LATE_LIBRARY(whose, name, package, variable, symbols)                                                       \
    { whose, name, package, variable, symbols, sizeof(symbols) / sizeof(symbols)[0], 0 }

/* JK_ERROR_UNSUPPORTED, and how to get it, where the library is not there. Threads may call it side by side. */
jk_status jk_late_find(jk_late_library *library, jk_error *error);

/* While stdout and stderr are streams of ours: what they were, and are while a library is loaded. C++ keeps the two
 * that it finds then, and flushes them at the end of the process. NULL: they are as they were. */
void jk_late_streams(FILE *out, FILE *err);

#endif
