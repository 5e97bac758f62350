/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL by its own library (libpq, found when a data base is first named, not needed to build). A data base is
 * named by a URL, postgresql://user:password@host:port/name?query=select…; what else libpq takes (PGPASSWORD, a service
 * file, ~/.pgpass) holds. Who reads the command line hides the URL first: all that is shown, recorded and passed on
 * from there is a name without user, password and parameters, by which alone the URL is found again. */
#ifndef JK_DATABASE_POSTGRES_H
#define JK_DATABASE_POSTGRES_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/status.h"

typedef struct pg_connection pg_connection;
typedef struct pg_result pg_result;

/* libpq's functions, without their prefix; meanings are those of its documentation. */
#define PG_FUNCTIONS(X)                                                                                                \
    X(void *, conninfoParse, (const char *, char **))                                                                  \
    X(void, conninfoFree, (void *))                                                                                    \
    X(pg_connection *, connectdb, (const char *))                                                                      \
    X(int, status, (const pg_connection *))                                                                            \
    X(char *, errorMessage, (const pg_connection *))                                                                   \
    X(void, finish, (pg_connection *))                                                                                 \
    X(pg_result *, exec, (pg_connection *, const char *))                                                              \
    X(int, resultStatus, (const pg_result *))                                                                          \
    X(char *, resultErrorField, (const pg_result *, int))                                                              \
    X(char *, cmdTuples, (pg_result *))                                                                                \
    X(void, clear, (pg_result *))                                                                                      \
    X(int, getCopyData, (pg_connection *, char **, int))                                                               \
    X(int, putCopyData, (pg_connection *, const char *, int))                                                          \
    X(int, putCopyEnd, (pg_connection *, const char *))                                                                \
    X(pg_result *, getResult, (pg_connection *))                                                                       \
    X(void, freemem, (void *))                                                                                         \
    X(void (*)(void *, const char *), setNoticeProcessor, (pg_connection *, void (*)(void *, const char *), void *))

typedef struct pg_functions {
#define PG_X(result, name, arguments)     PG_FIELD(result, name, arguments);
#define PG_FIELD(result, name, arguments) __typeof__(result)(*name) arguments
    PG_FUNCTIONS(PG_X)
#undef PG_FIELD
#undef PG_X
} pg_functions;

enum { PG_CONNECTION_OK = 0, PG_COMMAND_OK = 1, PG_TUPLES_OK = 2, PG_COPY_OUT = 3, PG_COPY_IN = 4 };

/* The functions; NULL, and JK_ERROR_UNSUPPORTED, where the library is not there. */
const pg_functions *jk_postgres(jk_error *error);

/* Whether a text is a URL of a PostgreSQL data base. */
bool jk_postgres_is_url(const char *text);

/* The name under which the URL goes on: "postgresql://host:5432/base?query=…"; valid for ever, also for the same name
 * again. NULL: out of memory. */
const char *jk_postgres_hide(const char *url);

typedef struct jk_postgres_session {
    const pg_functions *pg;
    pg_connection *connection;
    const char *name; /* hidden */
    char *query;      /* of the URL, decoded; NULL: none */
} jk_postgres_session;

/* Connects to the data base of a hidden name. Times as ISO dates, text as UTF-8. Close also on failure. */
jk_status jk_postgres_open(const char *name, jk_postgres_session *session, jk_error *error);
void jk_postgres_close(jk_postgres_session *session);

/* Runs a statement that must end with `wanted`. `rows`: how many it touched, where that is asked for. */
jk_status jk_postgres_run(const jk_postgres_session *session, const char *statement, int wanted, size_t *rows,
                          jk_error *error);

/* Ends a copy in either direction: the error of the statement, if it had one. */
jk_status jk_postgres_end_copy(const jk_postgres_session *session, jk_error *error);

#endif
