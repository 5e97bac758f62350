/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite by its own library (libsqlite3, found when a file of it is first read or written, not needed to build). */
#ifndef JK_DATABASE_SQLITE_H
#define JK_DATABASE_SQLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

typedef struct lite_base lite_base;
typedef struct lite_statement lite_statement;

/* Its functions, without their prefix; meanings are those of its documentation. */
#define LITE_FUNCTIONS(X)                                                                                              \
    X(int, open_v2, (const char *, lite_base **, int, const char *))                                                   \
    X(int, close_v2, (lite_base *))                                                                                    \
    X(const char *, errmsg, (lite_base *))                                                                             \
    X(int, busy_timeout, (lite_base *, int))                                                                           \
    X(int, db_config, (lite_base *, int, ...))                                                                         \
    X(int, limit, (lite_base *, int, int))                                                                             \
    X(void, progress_handler, (lite_base *, int, int (*)(void *), void *))                                             \
    X(int, exec, (lite_base *, const char *, int (*)(void *, int, char **, char **), void *, char **))                 \
    X(int, prepare_v2, (lite_base *, const char *, int, lite_statement **, const char **))                             \
    X(int, step, (lite_statement *))                                                                                   \
    X(int, reset, (lite_statement *))                                                                                  \
    X(int, finalize, (lite_statement *))                                                                               \
    X(int, bind_double, (lite_statement *, int, double))                                                               \
    X(int, bind_int64, (lite_statement *, int, int64_t))                                                               \
    X(int, bind_null, (lite_statement *, int))                                                                         \
    X(int, bind_text, (lite_statement *, int, const char *, int, void (*)(void *)))                                    \
    X(int, column_count, (lite_statement *))                                                                           \
    X(const char *, column_name, (lite_statement *, int))                                                              \
    X(int, column_type, (lite_statement *, int))                                                                       \
    X(const unsigned char *, column_text, (lite_statement *, int))                                                     \
    X(int, column_bytes, (lite_statement *, int))                                                                      \
    X(double, column_double, (lite_statement *, int))

typedef struct lite_functions {
#define LITE_X(result, name, arguments) result(*name) arguments;
    LITE_FUNCTIONS(LITE_X)
#undef LITE_X
} lite_functions;

enum { LITE_OK = 0, LITE_INTERRUPT = 9, LITE_ROW = 100, LITE_DONE = 101, LITE_REAL = 2, LITE_BLOB = 4, LITE_NULL = 5 };
enum { LITE_LIMIT_LENGTH = 0, LITE_DEFENSIVE = 1010, LITE_TRUSTED_SCHEMA = 1017 };
enum { LITE_READ_ONLY = 1, LITE_READ_WRITE = 2, LITE_CREATE = 4, LITE_URI = 64 };

/* The functions; NULL, and JK_ERROR_UNSUPPORTED, where the library is not there. */
const lite_functions *jk_sqlite(jk_error *error);

/* Opens a file; `flags` LITE_…. Close with close_v2, also on failure where *base is set. */
jk_status jk_sqlite_open(const char *path, int flags, lite_base **base, jk_error *error);

/* What the library says of its last failure, as an error of the file. */
jk_status jk_sqlite_fail(const char *path, lite_base *base, jk_error *error);

#endif
