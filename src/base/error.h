/* SPDX-License-Identifier: Apache-2.0 */
/* Setting and passing on errors. The first cause wins; see jalki/status.h. */
#ifndef JK_BASE_ERROR_H
#define JK_BASE_ERROR_H

#include "jalki/status.h"

/* Records a failure in *error (if given and still clean) and returns `status`.
 * file and key may be NULL; line 0 where there is none. */
__attribute__((format(printf, 6, 7))) jk_status jk_fail(jk_error *error, jk_status status, const char *file,
                                                        int64_t line, const char *key, const char *format, ...);

/* jk_fail with JK_ERROR_MEMORY, naming what could not be held. */
jk_status jk_fail_memory(jk_error *error, const char *what);

/* jk_fail with JK_ERROR_IO from errno: "cannot <verb>: <reason>". */
jk_status jk_fail_errno(jk_error *error, const char *file, const char *verb);

/* Returns from the function if `call` failed. */
#define JK_TRY(call)                                                                                                   \
    do {                                                                                                               \
        jk_status jk_try_status_ = (call);                                                                             \
        if (jk_try_status_ != JK_OK) {                                                                                 \
            return jk_try_status_;                                                                                     \
        }                                                                                                              \
    } while (0)

/* Stores the status of `call` in the local `status` and goes to `cleanup` if it failed. */
#define JK_TRY_CLEANUP(call)                                                                                           \
    do {                                                                                                               \
        status = (call);                                                                                               \
        if (status != JK_OK) {                                                                                         \
            goto cleanup;                                                                                              \
        }                                                                                                              \
    } while (0)

/* JK_OK where what was asked for is held, else jk_fail_memory: JK_TRY(jk_held(rows != NULL, error, "the rows")). */
#define jk_held(held, error, what) ((held) ? JK_OK : jk_fail_memory(error, what))

#endif
