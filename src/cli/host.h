/* SPDX-License-Identifier: Apache-2.0 */
/* Commands run inside another program (the modules of Python and R) instead of a process of their own: what they would
 * print comes back as text, an error as it was. They run on a thread of theirs, one command at a time; the thread that
 * asked for one waits, and is called back about twenty times a second, so that its language can do what it must on its
 * own thread: look for Ctrl-C, show progress. */
#ifndef JK_CLI_HOST_H
#define JK_CLI_HOST_H

#include "base/text/dialect.h"
#include "cli/cli.h"
#include "jalki/claims.h"

typedef struct jk_host {
    /* Called on the waiting thread, or NULL: what is done, how far (total 0: not known yet). Not 0: the command is to
     * stop. Signals are the host's own affair. */
    int (*watch)(void *context, const char *stage, uint64_t done, uint64_t total);
    void *context;
    bool wants_claims; /* `value`: keep the results per claim */
    /* What came of it; to be freed by jk_host_reset. */
    char *out, *notes; /* of stdout and stderr; ended by a NUL */
    size_t out_size, notes_size;
    const jk_dialect *dialect; /* that `out` is turned to, where it is CSV; set by the command */
    jk_error error;            /* where a file or figure was wrong; wrong usage is told in the notes alone */
    jk_claims_table *claims;   /* NULL: not wanted, or not a command that has them */
} jk_host;

/* Runs a command: argv is its name and arguments, which may be cut up. Returns its exit code. */
int jk_host_run(jk_host *host, int argc, char **argv);
void jk_host_reset(jk_host *host);

/* The host of the running command; NULL: a process of its own. */
jk_host *jk_host_current(void);

/* Progress of the running command, as jk_run has it. */
int jk_host_progress(void *context, const char *stage, uint64_t done, uint64_t total);

#endif
