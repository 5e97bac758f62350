/* SPDX-License-Identifier: Apache-2.0 */
/* What names of data bases hide: who reads the command line replaces a text that may hold a password by a name without
 * it, under which alone the text is found again. And what such texts and their servers have in common. */
#ifndef JK_DATABASE_HIDDEN_H
#define JK_DATABASE_HIDDEN_H

#include <stddef.h>

#include "jalki/status.h"

/* Keeps a text under a name, which is taken over and lasts; NULL: out of memory, or the name is NULL. */
const char *jk_hidden_add(char *name, const char *secret);

/* The text that was kept last under this name, for free(); NULL: none, or no memory. */
char *jk_hidden_secret(const char *name);

/* %20 becomes a space; for free(). */
char *jk_url_decoded(const char *text, size_t length);

/* "NAME: WHAT: the first line of what a server says", up to where it names a user. */
jk_status jk_database_said(const char *name, const char *what, const char *said, jk_error *error);

#endif
