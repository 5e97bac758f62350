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

/* Where jobs run: the folder of the batch's file, with a slash behind it. */
void jk_cli_batch_folder(const char *path, char folder[], size_t room);

/* Tapes whose columns jobs share, and what each job read. */
typedef struct jk_batch_sharing jk_batch_sharing;
jk_batch_sharing *jk_cli_batch_share(jk_batch *batch, size_t memory); /* NULL: no memory */
void jk_cli_batch_share_free(jk_batch_sharing *sharing);

/* Before the job's process is made: shares its tape, the file at `path`, where another job that is still to come reads
 * it, too. In the job's process: what it reads is counted. When it has ended: its counts, and what nobody needs any
 * more is given back. */
void jk_cli_batch_share_before(jk_batch_sharing *sharing, size_t job, const char *path);
void jk_cli_batch_share_in_job(const jk_batch_sharing *sharing, size_t job);
void jk_cli_batch_share_after(jk_batch_sharing *sharing, size_t job);

/* The page of the batch. */
jk_status jk_cli_batch_page(const char *page_path, const char *title, const char *path, const jk_batch *batch,
                            jk_error *error);

#endif
