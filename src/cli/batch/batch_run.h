/* SPDX-License-Identifier: Apache-2.0 */
/* Running the jobs of a batch, each in a process of its own. */
#ifndef JK_CLI_BATCH_RUN_H
#define JK_CLI_BATCH_RUN_H

#include "cli/cli.h"
#include "jalki/batch.h"

typedef struct jk_batch_wish {
    const jk_cli_common *common;
    const char *path; /* of the batch: jobs run in its folder */
    int at_once;      /* jobs at a time */
    size_t memory;    /* most bytes of columns that jobs of one tape share; 0: none */
} jk_batch_wish;

/* What the program's commands take, for jk_batch_load. */
extern const jk_batch_rules jk_cli_batch_rules;

/* Runs all jobs, those that need a job which failed are skipped; each job says what came of it. JK_ERROR_INTERRUPTED:
 * the jobs that ran were ended. */
jk_status jk_cli_batch_run(const jk_batch_wish *wish, jk_batch *batch, jk_error *error);

#endif
