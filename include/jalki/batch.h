/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: many runs of commands in one file (docs/batch.md), read into jobs with their command lines, in an order in
 * which each job comes after those that write what it reads. Running them is the program's (src/cli).
 *
 *     jk_batch batch;
 *     jk_batch_load("jobs.yaml", &rules, &batch, &error);
 *     ... run batch.jobs[batch.order[i]], fill in what came of it ...
 *     jk_listing listing = jk_batch_listing(&batch);
 *     jk_batch_reset(&batch);
 */
#ifndef JALKI_BATCH_H
#define JALKI_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "jalki/listing.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_BATCH_JOBS_MAX = 10000, JK_BATCH_MESSAGE = 512 };

/* How a command takes a key of a job. */
typedef enum jk_batch_kind {
    JK_BATCH_UNKNOWN, /* it has no such option */
    JK_BATCH_FLAG,    /* true or false */
    JK_BATCH_ONE,     /* one value */
    JK_BATCH_LIST,    /* values with commas between */
    JK_BATCH_SEVERAL  /* given again for each value */
} jk_batch_kind;

typedef struct jk_batch_key {
    jk_batch_kind kind;
    bool is_operand;          /* stands without an option's name */
    bool is_input, is_output; /* the value is a file that is read, or written */
} jk_batch_key;

/* What the program's commands are: asked while the file is read. */
typedef struct jk_batch_rules {
    bool (*has_command)(const char *command);
    jk_batch_key (*key)(const char *command, const char *name);
    /* The name of a command (key NULL) or of a key of the command that is nearest to a slip; NULL: none is near. */
    const char *(*nearest)(const char *command, const char *key);
} jk_batch_rules;

typedef enum jk_job_state {
    JK_JOB_WAITING,
    JK_JOB_DONE,
    JK_JOB_FAILED,
    JK_JOB_SKIPPED, /* a job that it needs failed, or the batch was interrupted */
    JK_JOB_STATE_COUNT
} jk_job_state;
const char *jk_job_state_name(jk_job_state state); /* "waiting", "done", "failed", "skipped" */

typedef struct jk_batch_job {
    const char *name, *command;
    const char **arguments; /* as on a command line, without program and command; NULL-ended */
    size_t argument_count;
    const char *tape, *model; /* its first input, and --model; NULL: none */
    const char *json;         /* where its figures will be, NULL: it writes none */
    const char *shown;        /* file for what it shows (key `stdout`); NULL: nobody looks at it */
    const char **outputs;
    size_t output_count;
    const char **inputs;
    size_t input_count;
    size_t *needs; /* jobs that write what it reads */
    size_t need_count;
    const char **asked; /* "irr 0.15": its options but for what is read first and written */
    size_t asked_count;
    const char *variant; /* the command with what not all jobs of it ask: jobs of one variant differ in their tapes */
    int64_t line;        /* in the file */
    /* What came of it: filled in by who runs it. */
    jk_job_state state;
    double seconds;
    size_t notes;                    /* lines that it said on stderr */
    double claims, face, value, bid; /* of its JSON; NaN: it has none */
    char currency[8];                /* likewise */
    uint64_t read_bytes;             /* of columns of tapes, unpacked, that it read from files */
    uint64_t shared_bytes;           /* likewise, that it had from a job before it */
    char message[JK_BATCH_MESSAGE];  /* why it failed or was skipped */
} jk_batch_job;

/* What the jobs that are done come to, by variant and currency. */
typedef struct jk_batch_sum {
    const char *variant, *currency;
    size_t jobs;
    double claims, face, value, bid;
} jk_batch_sum;

typedef struct jk_batch {
    jk_batch_job *jobs; /* in the order of the file */
    size_t job_count;
    size_t *order; /* [job_count]: after what they need; jobs of one tape next to each other as far as that allows */
    jk_batch_sum *sums; /* of jk_batch_add_up */
    size_t sum_count;
    void *arena;
} jk_batch;

/* Reads the file. JK_ERROR_IO; JK_ERROR_MODEL with line and key: what breaks the rules of docs/batch.md (unknown keys
 * and commands, names or outputs that stand twice, jobs that wait for each other). Texts last until jk_batch_reset. */
jk_status jk_batch_load(const char *path, const jk_batch_rules *rules, jk_batch *batch, jk_error *error);
void jk_batch_reset(jk_batch *batch); /* a zeroed one is accepted */

/* Takes claims, face, value and bid out of a job's JSON; what it does not have stays NaN. JK_ERROR_IO, JK_ERROR_FORMAT.
 */
jk_status jk_batch_take_figures(jk_batch_job *job, const char *json_path, jk_error *error);

/* Adds up what the jobs that are done with a value or a bid came to. JK_ERROR_MEMORY. */
jk_status jk_batch_add_up(jk_batch *batch, jk_error *error);

/* A row for each job, in the order of the file; NULL: for its columns alone. */
jk_listing jk_batch_listing(const jk_batch *batch);
/* A row for each sum. */
jk_listing jk_batch_sums_listing(const jk_batch *batch);

/* The listings, counts by state, and the manifest as JSON, for free(); NULL: no memory. */
char *jk_batch_json(const jk_batch *batch);

/* The same for a page: with the outputs of the jobs that are done, and where they are from the page's folder. `folder`
 * leads from there to the batch's ("", "../monday/"). */
char *jk_batch_page_json(const jk_batch *batch, const char *folder);

/* ---- for who runs it ------------------------------------------------------------------------------------------- */

/* Where jobs run: the folder of the batch's file, with a slash behind it. */
void jk_batch_folder(const char *path, char folder[], size_t room);

/* Tapes whose columns jobs share, and what each job read. */
typedef struct jk_batch_sharing jk_batch_sharing;
jk_batch_sharing *jk_batch_share(jk_batch *batch, size_t memory); /* NULL: no memory */
void jk_batch_share_free(jk_batch_sharing *sharing);

/* Before the job's process is made: shares its tape, the file at `path`, where another job that is still to come reads
 * it, too. In the job's process: what it reads is counted. When it has ended: its counts, and what nobody needs any
 * more is given back. */
void jk_batch_share_before(jk_batch_sharing *sharing, size_t job, const char *path);
void jk_batch_share_in_job(const jk_batch_sharing *sharing, size_t job);
void jk_batch_share_after(jk_batch_sharing *sharing, size_t job);

/* The page of the batch. */
jk_status jk_batch_page(const char *page_path, const char *title, const char *path, const jk_batch *batch,
                        jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
