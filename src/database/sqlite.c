/* SPDX-License-Identifier: Apache-2.0 */
#include "database/sqlite.h"

#include <string.h>

#include "base/error.h"
#include "base/late.h"

static lite_functions functions;
static const jk_late_symbol symbols[] = {
#define LITE_X(result, name, arguments) {"sqlite3_" #name, &functions.name},
    LITE_FUNCTIONS(LITE_X)
#undef LITE_X
};
static jk_late_library library =
    JK_LATE_LIBRARY("SQLite's", "libsqlite3.so.0", "libsqlite3-0", "JALKI_SQLITE", symbols);

const lite_functions *jk_sqlite(jk_error *error) {
    return jk_late_find(&library, error) == JK_OK ? &functions : NULL;
}

jk_status jk_sqlite_fail(const char *path, lite_base *base, jk_error *error) {
    const char *said = base != NULL ? functions.errmsg(base) : "out of memory";
    return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "SQLite says: %.*s", (int)strcspn(said, "\n"), said);
}

jk_status jk_sqlite_open(const char *path, int flags, lite_base **base, jk_error *error) {
    enum { PATIENCE = 5000 }; /* milliseconds for another who writes */
    *base = NULL;
    const lite_functions *lite = jk_sqlite(error);
    if (lite == NULL) {
        return JK_ERROR_UNSUPPORTED;
    }
    if (lite->open_v2(path, base, flags, NULL) != LITE_OK) {
        return jk_sqlite_fail(path, *base, error);
    }
    (void)lite->busy_timeout(*base, PATIENCE);
    return JK_OK;
}
