/* SPDX-License-Identifier: Apache-2.0 */
#include "sql/duckdb.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/late.h"

static duck_functions functions;
static bool found;

static void load(void) {
    const jk_late_symbol symbols[] = {
#define DUCK_X(result, name, arguments) {"duckdb_" #name, &functions.name},
        DUCK_FUNCTIONS(DUCK_X)
#undef DUCK_X
    };
    const char *named = getenv("JALKI_DUCKDB");
    const char *const places[] = {"libduckdb.so", JALKI_DUCKDB_INSTALLED, JALKI_DUCKDB_BUILT};
    enum { SYMBOLS = sizeof symbols / sizeof symbols[0], PLACES = sizeof places / sizeof places[0] };
    found = named != NULL && jk_late_load(named, symbols, SYMBOLS);
    for (int p = 0; p < PLACES && !found && named == NULL; p++) {
        found = jk_late_load(places[p], symbols, SYMBOLS);
    }
}

const duck_functions *jk_duckdb(jk_error *error) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    if (!found) {
        const char *named = getenv("JALKI_DUCKDB");
        (void)jk_fail(
            error, JK_ERROR_UNSUPPORTED, named, 0, NULL,
            "%s; SQL and Parquet need it (scripts/duckdb.sh brings it by npm, or JALKI_DUCKDB=.../libduckdb.so "
            "names one that is there)",
            named != NULL ? "is no library of DuckDB that can be loaded"
                          : "DuckDB's library (libduckdb.so, 1.0 or later) is not there");
        return NULL;
    }
    return &functions;
}
