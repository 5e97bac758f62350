/* SPDX-License-Identifier: Apache-2.0 */
#include "database/odbc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/late.h"
#include "database/hidden.h"

static odbc_functions functions;
static const jk_late_symbol symbols[] = {
#define ODBC_X(name, arguments) {"SQL" #name, &functions.name},
    ODBC_FUNCTIONS(ODBC_X)
#undef ODBC_X
};
static jk_late_library library = JK_LATE_LIBRARY("unixODBC's", "libodbc.so.2", "libodbc2", "JALKI_ODBC", symbols);

const odbc_functions *jk_odbc(jk_error *error) {
    return jk_late_find(&library, error) == JK_OK ? &functions : NULL;
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

static const char scheme[] = "odbc:", query_mark[] = "?query=";
enum { SCHEME = sizeof scheme - 1, QUERY_MARK = sizeof query_mark - 1 };

bool jk_odbc_is_name(const char *text) {
    return strncmp(text, scheme, SCHEME) == 0;
}

/* Where a value of a connection ends: at a semicolon, or where the query begins; in braces neither counts. */
static const char *value_end(const char *at) {
    bool braced = *at == '{';
    for (; *at != '\0'; at++) {
        if (braced && *at == '}') {
            braced = at[1] == '}'; /* }} is a brace */
            at += braced;
        } else if (!braced && (*at == ';' || strncmp(at, query_mark, QUERY_MARK) == 0)) {
            return at;
        }
    }
    return at;
}

/* Where the connection ends. */
static const char *connection_end(const char *connection) {
    const char *at = connection;
    for (;;) {
        const char *sign = at + strcspn(at, "=;?");
        sign = value_end(*sign == '=' ? sign + 1 : sign);
        if (*sign != ';') {
            return sign;
        }
        at = sign + 1;
    }
}

/* The parts of a connection that say what is read, and not who reads it. */
static bool is_public(const char *key, size_t length) {
    static const char *const keys[] = {"dsn", "driver", "server", "servername", "host", "port", "database", "db"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strlen(keys[i]) == length && strncasecmp(key, keys[i], length) == 0) {
            return true;
        }
    }
    return false;
}

const char *jk_odbc_hide(const char *text) {
    const char *at = text + SCHEME, *end = connection_end(at);
    char *name = malloc(strlen(text) + 1), *out = name;
    if (name == NULL) {
        return NULL;
    }
    out += sprintf(out, "%s", scheme);
    while (at < end) {
        const size_t key = strcspn(at, "=;?");
        const char *last = value_end(at[key] == '=' ? at + key + 1 : at + key);
        last = last < end ? last : end;
        if (at[key] == '=' && is_public(at, key)) {
            out += sprintf(out, "%s%.*s", out > name + SCHEME ? ";" : "", (int)(last - at), at);
        }
        at = *last == ';' ? last + 1 : end;
    }
    (void)strcpy(out, end);
    return jk_hidden_add(name, text);
}

/* ---- sessions ------------------------------------------------------------------------------------------------- */

static bool went_well(short outcome) {
    return outcome == ODBC_OK || outcome == ODBC_OK_WITH_INFO;
}

static jk_status fail_of(const jk_odbc_session *session, short kind, void *handle, const char *what, jk_error *error) {
    unsigned char state[8] = "", said[512] = "";
    int native = 0;
    short length = 0;
    if (handle != NULL) {
        (void)session->odbc->GetDiagRec(kind, handle, 1, state, &native, said, (short)sizeof said, &length);
    }
    return jk_database_said(session->name, what, (const char *)said, error);
}

jk_status jk_odbc_fail(const jk_odbc_session *session, const char *what, jk_error *error) {
    return fail_of(session, ODBC_STATEMENT, session->statement, what, error);
}

/* Nothing is committed: what a query changes is undone by a driver that knows transactions. */
static jk_status connect_to(jk_odbc_session *session, char *connection, jk_error *error) {
    enum { VERSION = 200, ACCESS = 101, COMMITS = 102, NUL_ENDED = -3, NO_PROMPT = 0 };
    const odbc_functions *odbc = session->odbc;
    void *const version_3 = (void *)(uintptr_t)3, *const read_only = (void *)(uintptr_t)1;
    JK_TRY(jk_held(went_well(odbc->AllocHandle(ODBC_ENVIRONMENT, NULL, &session->environment)) &&
                       went_well(odbc->SetEnvAttr(session->environment, VERSION, version_3, 0)) &&
                       went_well(odbc->AllocHandle(ODBC_CONNECTION, session->environment, &session->connection)),
                   error, "a connection of ODBC"));
    (void)odbc->SetConnectAttr(session->connection, ACCESS, read_only, 0);
    session->connected = went_well(odbc->DriverConnect(session->connection, NULL, (unsigned char *)connection,
                                                       NUL_ENDED, NULL, 0, NULL, NO_PROMPT));
    if (!session->connected) {
        return fail_of(session, ODBC_CONNECTION, session->connection, "cannot connect", error);
    }
    (void)odbc->SetConnectAttr(session->connection, COMMITS, NULL, 0);
    return went_well(odbc->AllocHandle(ODBC_STATEMENT, session->connection, &session->statement))
               ? JK_OK
               : jk_fail_memory(error, "a statement of ODBC");
}

static jk_status ask(jk_odbc_session *session, const char *query, jk_error *error) {
    enum { NUL_ENDED = -3 };
    short columns = 0;
    char *decoded = jk_url_decoded(query, strlen(query));
    JK_TRY(jk_held(decoded != NULL, error, "a query"));
    short outcome = session->odbc->ExecDirect(session->statement, (unsigned char *)decoded, NUL_ENDED);
    free(decoded);
    if (!went_well(outcome) && outcome != ODBC_NO_DATA) {
        return jk_odbc_fail(session, "the statement failed", error);
    }
    if (!went_well(session->odbc->NumResultCols(session->statement, &columns)) || columns < 1) {
        return jk_fail(error, JK_ERROR_ARGUMENT, session->name, 0, NULL,
                       "the statement gives no rows, and what it changed is rolled back; expected ?query=select…");
    }
    return JK_OK;
}

jk_status jk_odbc_open(const char *name, jk_odbc_session *session, jk_error *error) {
    *session = (jk_odbc_session){.odbc = jk_odbc(error), .name = name};
    if (session->odbc == NULL) {
        return JK_ERROR_UNSUPPORTED;
    }
    char *text = jk_hidden_secret(name);
    JK_TRY(jk_held(text != NULL, error, "the name of a data base"));
    char *connection = text + SCHEME, *query = text + (connection_end(connection) - text);
    jk_status status = *query == '\0' ? jk_fail(error, JK_ERROR_ARGUMENT, name, 0, NULL,
                                                "names no rows; expected ?query=select… behind the connection")
                                      : JK_OK;
    if (status == JK_OK) {
        *query = '\0';
        status = connect_to(session, connection, error);
    }
    status = status == JK_OK ? ask(session, query + QUERY_MARK, error) : status;
    free(text);
    return status;
}

void jk_odbc_close(jk_odbc_session *session) {
    enum { ROLL_BACK = 1 };
    const odbc_functions *odbc = session->odbc;
    if (session->statement != NULL) {
        (void)odbc->FreeHandle(ODBC_STATEMENT, session->statement);
    }
    if (session->connected) {
        (void)odbc->EndTran(ODBC_CONNECTION, session->connection, ROLL_BACK);
        (void)odbc->Disconnect(session->connection);
    }
    if (session->connection != NULL) {
        (void)odbc->FreeHandle(ODBC_CONNECTION, session->connection);
    }
    if (session->environment != NULL) {
        (void)odbc->FreeHandle(ODBC_ENVIRONMENT, session->environment);
    }
    *session = (jk_odbc_session){0};
}
