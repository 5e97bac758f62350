/* SPDX-License-Identifier: Apache-2.0 */
#include "database/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/late.h"
#include "database/hidden.h"

static pg_functions functions;
static const jk_late_symbol symbols[] = {
#define PG_X(result, name, arguments) {"PQ" #name, &functions.name},
    PG_FUNCTIONS(PG_X)
#undef PG_X
};
static jk_late_library library = JK_LATE_LIBRARY("PostgreSQL's", "libpq.so.5", "libpq5", "JALKI_LIBPQ", symbols);

const pg_functions *jk_postgres(jk_error *error) {
    return jk_late_find(&library, error) == JK_OK ? &functions : NULL;
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

static const char *const schemes[] = {"postgresql://", "postgres://"};

bool jk_postgres_is_url(const char *text) {
    return strncmp(text, schemes[0], strlen(schemes[0])) == 0 || strncmp(text, schemes[1], strlen(schemes[1])) == 0;
}

/* The parameter `query` of a URL, its length up to the next one; NULL: none. */
static const char *query_of(const char *url, size_t *length) {
    const char *at = strchr(url, '?');
    while (at != NULL) {
        at++;
        *length = strcspn(at, "&");
        if (strncmp(at, "query=", strlen("query=")) == 0) {
            return at;
        }
        at = at[*length] == '&' ? at + *length : NULL;
    }
    return NULL;
}

/* Host, port and base; the query, which is no secret. What stands before the last @ of the authority is. */
static char *public_name(const char *url) {
    const char *begin = strstr(url, "://") + 3;
    const char *end = begin + strcspn(begin, "?");
    const char *slash = memchr(begin, '/', (size_t)(end - begin));
    const char *authority_end = slash != NULL ? slash : end;
    for (const char *at = begin; at < end; at++) { /* a password may hold a slash that nobody has encoded */
        if (*at == '@') {
            begin = at + 1;
            authority_end = at > authority_end ? end : authority_end;
        }
    }
    size_t length = 0;
    const char *query = query_of(url, &length);
    char *name = NULL;
    return asprintf(&name, "%s%.*s%s%.*s", schemes[0], (int)(end - begin), begin, query != NULL ? "?" : "",
                    query != NULL ? (int)length : 0, query != NULL ? query : "") >= 0
               ? name
               : NULL;
}

const char *jk_postgres_hide(const char *url) {
    return jk_hidden_add(public_name(url), url);
}

/* Takes the query, which libpq does not know, out of a URL. */
static jk_status take_query(char *url, char **query, jk_error *error) {
    enum { HEAD = sizeof "query=" - 1 };
    size_t length = 0;
    const char *at = query_of(url, &length);
    if (at == NULL) {
        return JK_OK;
    }
    *query = jk_url_decoded(at + HEAD, length - HEAD);
    char *place = url + (at - url);
    bool last = place[length] == '\0';
    memmove(place, place + length + !last, strlen(place + length + !last) + 1);
    if (last) { /* the ? or & before it is left over */
        place[-1] = '\0';
    }
    return jk_held(*query != NULL, error, "a query");
}

/* ---- sessions ------------------------------------------------------------------------------------------------- */

static void ignore_notice(void *context, const char *message) {
    (void)context;
    (void)message;
}

static jk_status connect_to(jk_postgres_session *session, char *url, jk_error *error) {
    char *unsaid = NULL; /* libpq quotes the URL in it */
    JK_TRY(take_query(url, &session->query, error));
    void *parsed = session->pg->conninfoParse(url, &unsaid);
    session->pg->freemem(unsaid);
    if (parsed == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, session->name, 0, NULL,
                       "is no URL that libpq understands; expected postgresql://user:password@host:port/base, special "
                       "characters written as %%40 and the like, and parameters that libpq knows");
    }
    session->pg->conninfoFree(parsed);
    session->connection = session->pg->connectdb(url);
    if (session->pg->status(session->connection) != PG_CONNECTION_OK) {
        return jk_database_said(session->name, "cannot connect", session->pg->errorMessage(session->connection), error);
    }
    (void)session->pg->setNoticeProcessor(session->connection, ignore_notice, NULL);
    return jk_postgres_run(session,
                           "set client_encoding to 'UTF8'; set datestyle to 'ISO'; set extra_float_digits to 1",
                           PG_COMMAND_OK, NULL, error);
}

jk_status jk_postgres_open(const char *name, jk_postgres_session *session, jk_error *error) {
    *session = (jk_postgres_session){.pg = jk_postgres(error), .name = name};
    if (session->pg == NULL) {
        return JK_ERROR_UNSUPPORTED;
    }
    char *url = jk_hidden_secret(name);
    JK_TRY(jk_held(url != NULL, error, "a URL"));
    jk_status status = connect_to(session, url, error);
    free(url);
    return status;
}

void jk_postgres_close(jk_postgres_session *session) {
    if (session->connection != NULL) {
        session->pg->finish(session->connection);
    }
    free(session->query);
    *session = (jk_postgres_session){0};
}

static jk_status check_result(const jk_postgres_session *session, pg_result *result, int wanted, size_t *rows,
                              jk_error *error) {
    enum { PRIMARY = 'M' };
    jk_status status = JK_OK;
    if (session->pg->resultStatus(result) != wanted) {
        const char *said = session->pg->resultErrorField(result, PRIMARY);
        status = jk_database_said(session->name, "the statement failed",
                                  said != NULL ? said : session->pg->errorMessage(session->connection), error);
    } else if (rows != NULL) {
        *rows = strtoul(session->pg->cmdTuples(result), NULL, 10);
    }
    session->pg->clear(result);
    return status;
}

jk_status jk_postgres_run(const jk_postgres_session *session, const char *statement, int wanted, size_t *rows,
                          jk_error *error) {
    return check_result(session, session->pg->exec(session->connection, statement), wanted, rows, error);
}

jk_status jk_postgres_end_copy(const jk_postgres_session *session, jk_error *error) {
    JK_TRY(check_result(session, session->pg->getResult(session->connection), PG_COMMAND_OK, NULL, error));
    session->pg->clear(session->pg->getResult(session->connection)); /* NULL: all is over */
    return JK_OK;
}
