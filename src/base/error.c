/* SPDX-License-Identifier: Apache-2.0 */
/* The only place that writes error objects. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text/escape.h"

static void copy_text(char *to, size_t size, const char *from) {
    size_t length = from ? strnlen(from, size - 1) : 0;
    if (length > 0) {
        memcpy(to, from, length);
    }
    to[length] = '\0';
}

jk_status jk_fail(jk_error *error, jk_status status, const char *file, int64_t line, const char *key,
                  const char *format, ...) {
    if (error == NULL || error->status != JK_OK) {
        return status;
    }
    error->status = status;
    error->line = line;
    copy_text(error->file, sizeof error->file, file);
    copy_text(error->key, sizeof error->key, key);
    va_list arguments;
    va_start(arguments, format);
    char message[sizeof error->message];
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    (void)jk_escape_text(error->message, sizeof error->message, message);
    return status;
}

jk_status jk_fail_memory(jk_error *error, const char *what) {
    return jk_fail(error, JK_ERROR_MEMORY, NULL, 0, NULL, "not enough memory for %s", what);
}

jk_status jk_fail_errno(jk_error *error, const char *file, const char *verb) {
    return jk_fail(error, JK_ERROR_IO, file, 0, NULL, "cannot %s: %s", verb, strerror(errno));
}

const char *jk_error_text(const jk_error *error, char *text, size_t size) {
    char line[32] = "";
    if (error->line > 0) {
        (void)snprintf(line, sizeof line, ":%lld", (long long)error->line);
    }
    const char *message = error->message[0] ? error->message : jk_status_name(error->status);
    char file[sizeof error->file], key[sizeof error->key];
    (void)snprintf(text, size, "%s%s%s%s%s%s", jk_escape_text(file, sizeof file, error->file), line,
                   error->file[0] ? ": " : "", jk_escape_text(key, sizeof key, error->key), error->key[0] ? ": " : "",
                   message);
    return text;
}

const char *jk_status_name(jk_status status) {
    static const char *const names[] = {
        [JK_OK] = "done",
        [JK_ERROR_ARGUMENT] = "wrong argument",
        [JK_ERROR_MEMORY] = "not enough memory",
        [JK_ERROR_IO] = "input or output failed",
        [JK_ERROR_FORMAT] = "malformed file",
        [JK_ERROR_DATA] = "unusable data",
        [JK_ERROR_MODEL] = "invalid model file",
        [JK_ERROR_UNSUPPORTED] = "not supported here",
        [JK_ERROR_INTERRUPTED] = "interrupted",
        [JK_ERROR_INTERNAL] = "internal error",
    };
    size_t index = (size_t)status;
    return index < sizeof names / sizeof names[0] && names[index] ? names[index] : "unknown status";
}
