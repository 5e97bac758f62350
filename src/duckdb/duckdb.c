/* SPDX-License-Identifier: Apache-2.0 */
#include "duckdb/duckdb.h"

#include <pthread.h>
#include <stdio.h>
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

/* What is not fetched, loaded or shared; `threads` as a text. */
static duck_handle configure(const duck_functions *duck, int threads) {
    char count[16];
    const char *const settings[][2] = {{"autoinstall_known_extensions", "false"},
                                       {"autoload_known_extensions", "false"},
                                       {"allow_community_extensions", "false"},
                                       {"threads", count}};
    duck_handle config = NULL;
    (void)snprintf(count, sizeof count, "%d", threads);
    bool done = duck->create_config(&config) == DUCK_SUCCESS;
    size_t wanted = sizeof settings / sizeof settings[0] - (threads > 0 ? 0 : 1);
    for (size_t i = 0; done && i < wanted; i++) {
        done = duck->set_config(config, settings[i][0], settings[i][1]) == DUCK_SUCCESS;
    }
    if (!done) {
        duck->destroy_config(&config);
    }
    return config;
}

jk_status jk_duckdb_open(int threads, duck_session *session, jk_error *error) {
    *session = (duck_session){.duck = jk_duckdb(error)};
    const duck_functions *duck = session->duck;
    if (duck == NULL) {
        return JK_ERROR_UNSUPPORTED;
    }
    char *message = NULL;
    duck_handle config = configure(duck, threads);
    bool done = config != NULL && duck->open_ext(NULL, &session->database, config, &message) == DUCK_SUCCESS &&
                duck->connect(session->database, &session->connection) == DUCK_SUCCESS;
    if (config != NULL) {
        duck->destroy_config(&config);
    }
    jk_status status = done ? JK_OK
                            : jk_fail(error, JK_ERROR_UNSUPPORTED, NULL, 0, NULL, "DuckDB %s does not start: %s",
                                      duck->library_version(), message != NULL ? message : "it does not say why");
    duck->free(message);
    if (!done) {
        jk_duckdb_close(session);
    }
    return status;
}

void jk_duckdb_close(duck_session *session) {
    if (session->connection != NULL) {
        session->duck->disconnect(&session->connection);
    }
    if (session->database != NULL) {
        session->duck->close(&session->database);
    }
    *session = (duck_session){0};
}
