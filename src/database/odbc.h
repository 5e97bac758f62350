/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever has a driver for ODBC, by unixODBC's library (libodbc, found when a source is first named, not needed to
 * build). Rows are named by odbc:CONNECTION?query=SELECT, where the connection is what drivers take: DSN=warehouse, or
 * Driver=SQLite3;Database=sold.sqlite. As with PostgreSQL, who reads the command line hides the connection: what goes
 * on is a name with its DSN, driver, server and data base alone. */
#ifndef JK_DATABASE_ODBC_H
#define JK_DATABASE_ODBC_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/status.h"

/* Functions without their prefix, types as the 64-bit ABI has them; meanings are those of ODBC 3's documentation. */
#define ODBC_FUNCTIONS(X)                                                                                              \
    X(AllocHandle, (short, void *, void **))                                                                           \
    X(FreeHandle, (short, void *))                                                                                     \
    X(SetEnvAttr, (void *, int, void *, int))                                                                          \
    X(SetConnectAttr, (void *, int, void *, int))                                                                      \
    X(DriverConnect, (void *, void *, unsigned char *, short, unsigned char *, short, short *, unsigned short))        \
    X(Disconnect, (void *))                                                                                            \
    X(ExecDirect, (void *, unsigned char *, int))                                                                      \
    X(NumResultCols, (void *, short *))                                                                                \
    X(DescribeCol,                                                                                                     \
      (void *, unsigned short, unsigned char *, short, short *, short *, unsigned long *, short *, short *))           \
    X(Fetch, (void *))                                                                                                 \
    X(GetData, (void *, unsigned short, short, void *, long, long *))                                                  \
    X(EndTran, (short, void *, short))                                                                                 \
    X(GetDiagRec, (short, void *, short, unsigned char *, int *, unsigned char *, short, short *))

typedef struct odbc_functions {
#define ODBC_X(name, arguments) short(*name) arguments;
    ODBC_FUNCTIONS(ODBC_X)
#undef ODBC_X
} odbc_functions;

/* Results of functions; handles; types of columns and of what is asked for. */
enum { ODBC_OK = 0, ODBC_OK_WITH_INFO = 1, ODBC_NO_DATA = 100 };
enum { ODBC_ENVIRONMENT = 1, ODBC_CONNECTION = 2, ODBC_STATEMENT = 3 };
enum { ODBC_CHAR = 1, ODBC_FLOAT = 6, ODBC_REAL = 7, ODBC_DOUBLE = 8, ODBC_TIMESTAMP_2 = 11, ODBC_TIMESTAMP = 93 };
enum { ODBC_LONG_BINARY = -4, ODBC_BINARY = -2 }; /* and what lies between them */
enum { ODBC_NULL = -1 };                          /* in the place of a length */

/* The functions; NULL, and JK_ERROR_UNSUPPORTED, where the library is not there. */
const odbc_functions *jk_odbc(jk_error *error);

/* Whether a text names rows of ODBC: odbc:… */
bool jk_odbc_is_name(const char *text);

/* The name under which it goes on; as jk_postgres_hide. */
const char *jk_odbc_hide(const char *text);

typedef struct jk_odbc_session {
    const odbc_functions *odbc;
    void *environment, *connection, *statement;
    bool connected;
    const char *name; /* hidden */
} jk_odbc_session;

/* Connects to the source of a hidden name and asks its query, in a transaction that is rolled back at the end. Close
 * also on failure. */
jk_status jk_odbc_open(const char *name, jk_odbc_session *session, jk_error *error);
void jk_odbc_close(jk_odbc_session *session);

/* What the driver says of the statement's last failure. */
jk_status jk_odbc_fail(const jk_odbc_session *session, const char *what, jk_error *error);

#endif
