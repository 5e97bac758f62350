/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/host.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "base/late.h"
#include "base/policy.h"
#include "base/team/team.h"
#include "base/text/text.h"
#include "cli/commands.h"

enum { WATCH_NANOSECONDS = 50 * 1000 * 1000, STAGE_TEXT = 64 };

typedef struct hosted_run {
    jk_host *host;
    int argc;
    char **argv;
    int code;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t ended;
    bool over, stop;
    char stage[STAGE_TEXT];
    uint64_t done, total;
} hosted_run;

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static hosted_run *running;

jk_host *jk_host_current(void) {
    return running != NULL ? running->host : NULL;
}

int jk_host_progress(void *context, const char *stage, uint64_t done, uint64_t total) {
    (void)context;
    (void)pthread_mutex_lock(&running->lock);
    (void)snprintf(running->stage, sizeof running->stage, "%s", stage);
    running->done = done;
    running->total = total;
    int stop = running->stop;
    (void)pthread_mutex_unlock(&running->lock);
    return stop;
}

/* Commands print to stdout and stderr; these are streams of memory for as long as one runs. */
static int run_captured(jk_host *host, int argc, char **argv) {
    FILE *const plain_out = stdout, *const plain_err = stderr;
    FILE *out = jk_text_open(&host->out, &host->out_size);
    FILE *notes = jk_text_open(&host->notes, &host->notes_size);
    int code = 1;
    if (out != NULL && notes != NULL) {
        jk_late_streams(plain_out, plain_err);
        stdout = out;
        stderr = notes;
        const jk_command *command = argc > 0 ? jk_command_find(argv[0]) : NULL;
        code = command != NULL ? jk_command_run(command, argc - 1, argv + 1) : 2;
        stdout = plain_out;
        stderr = plain_err;
        jk_late_streams(NULL, NULL);
    }
    bool whole = out != NULL && notes != NULL;
    whole = (out == NULL || jk_text_close(out, &host->out)) && whole;
    whole = (notes == NULL || jk_text_close(notes, &host->notes)) && whole;
    if (!whole) {
        host->out_size = host->out != NULL ? host->out_size : 0;
        host->notes_size = host->notes != NULL ? host->notes_size : 0;
        (void)jk_fail_memory(&host->error, "the output");
    }
    if (whole && host->dialect != NULL) { /* never longer than it was */
        jk_dialect_text csv = {.dialect = host->dialect};
        host->out_size = jk_dialect_put(&csv, host->out, host->out_size, host->out);
        host->out_size += jk_dialect_end(&csv, host->out + host->out_size);
        host->out[host->out_size] = '\0';
    }
    return whole ? code : 1;
}

static void *run_on_thread(void *given) {
    hosted_run *self = given;
    const jk_policy before = *jk_policy_get();
    self->code = run_captured(self->host, self->argc, self->argv);
    jk_team_end();
    jk_policy_set(&before);
    jk_input_forget();
    jk_output_forget();
    (void)pthread_mutex_lock(&self->lock);
    self->over = true;
    (void)pthread_cond_signal(&self->ended);
    (void)pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* Until the command has ended. */
static void wait_for(hosted_run *self) {
    jk_host *host = self->host;
    (void)pthread_mutex_lock(&self->lock);
    while (!self->over) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WATCH_NANOSECONDS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait(&self->ended, &self->lock, &until) == ETIMEDOUT && host->watch != NULL &&
            !self->stop) {
            char stage[STAGE_TEXT];
            (void)snprintf(stage, sizeof stage, "%s", self->stage);
            uint64_t done = self->done, total = self->total;
            (void)pthread_mutex_unlock(&self->lock);
            bool stop = host->watch(host->context, stage, done, total) != 0;
            (void)pthread_mutex_lock(&self->lock);
            self->stop = stop;
        }
    }
    (void)pthread_mutex_unlock(&self->lock);
}

int jk_host_run(jk_host *host, int argc, char **argv) {
    hosted_run self = {.host = host,
                       .argc = argc,
                       .argv = argv,
                       .code = 1,
                       .lock = PTHREAD_MUTEX_INITIALIZER,
                       .ended = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    (void)pthread_mutex_lock(&one_at_a_time);
    running = &self;
    int failed = pthread_create(&thread, NULL, run_on_thread, &self);
    if (failed == 0) {
        wait_for(&self);
        (void)pthread_join(thread, NULL);
    } else {
        (void)jk_fail(&host->error, JK_ERROR_MEMORY, NULL, 0, NULL, "no thread can be started");
    }
    running = NULL;
    (void)pthread_mutex_unlock(&one_at_a_time);
    return self.code;
}

void jk_host_reset(jk_host *host) {
    free(host->out);
    free(host->notes);
    jk_claims_table_free(host->claims);
    *host = (jk_host){0};
}
