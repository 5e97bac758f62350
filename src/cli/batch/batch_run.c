/* SPDX-License-Identifier: Apache-2.0 */
/* A job is this program once more, in a process of its own: a command cannot take others down, and its memory is given
 * back. Jobs run in the folder of the batch's file. */
#include "cli/batch/batch_run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "base/file/temporary.h"
#include "base/number/clock.h"
#include "base/policy.h"
#include "base/team/parallel.h"
#include "cli/commands.h"

typedef struct running_job {
    pid_t process; /* 0: this place is free */
    size_t job;
    double started;
    int log; /* what it says on stderr */
    jk_output shown;
} running_job;

typedef struct batch_run {
    const jk_batch_wish *wish;
    jk_batch *batch;
    jk_run run;
    int threads; /* of each job */
    char folder[PATH_MAX];
    jk_temporary scratch; /* a folder for the figures of jobs that write no JSON themselves */
    jk_batch_sharing *sharing;
    running_job *running;
    int running_count;
    size_t finished;
} batch_run;

static const jk_command *command_of(const jk_batch_job *job) {
    const jk_command *found = NULL;
    for (size_t i = 0; i < jk_command_count; i++) {
        found = strcmp(jk_commands[i]->name, job->command) == 0 ? jk_commands[i] : found;
    }
    return found;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* A path of the batch as seen from where the program was started; what is too long is left to the system to refuse. */
static const char *from_here(const batch_run *self, const char *path, char full[PATH_MAX]) {
    size_t folder = path[0] == '/' ? 0 : strlen(self->folder), length = strlen(path);
    if (folder + length >= PATH_MAX) {
        return path;
    }
    memcpy(full, self->folder, folder);
    memcpy(full + folder, path, length + 1);
    return full;
}

/* The folders of a job's outputs, where they are not there yet. */
static jk_status make_folders(const batch_run *self, const jk_batch_job *job, jk_error *error) {
    char full[PATH_MAX];
    bool is_new = false;
    for (size_t i = 0; i < job->output_count; i++) {
        (void)from_here(self, job->outputs[i], full);
        for (char *slash = strchr(full + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            *slash = '\0';
            JK_TRY(jk_output_make_folder(full, JK_OUTPUT_PLAIN, &is_new, error));
            *slash = '/';
        }
    }
    return JK_OK;
}

static void figures_path(const batch_run *self, size_t job, char path[PATH_MAX]) {
    (void)snprintf(path, PATH_MAX, "%s/%zu.json", self->scratch.path, job);
}

/* Whether the job writes its figures only because the batch wants to see them. */
static bool is_asked(const jk_batch_job *job) {
    return job->json == NULL && jk_cli_batch_rules.key(job->command, "json").kind != JK_BATCH_UNKNOWN;
}

/* ---- the job's process ------------------------------------------------------------------------------------------ */

static char **line_of(const batch_run *self, size_t number, int *count) {
    const jk_batch_job *job = &self->batch->jobs[number];
    char **line = calloc(job->argument_count + 4, sizeof *line);
    char path[PATH_MAX];
    bool held = line != NULL;
    int used = 0;
    held = held && asprintf(&line[used++], "--threads=%d", self->threads) > 0; /* what the job says comes later */
    if (held && is_asked(job)) {
        figures_path(self, number, path);
        held = asprintf(&line[used++], "--json=%s", path) > 0;
    }
    for (size_t i = 0; held && i < job->argument_count; i++) {
        line[used] = strdup(job->arguments[i]);
        held = line[used++] != NULL;
    }
    *count = used;
    return held ? line : NULL;
}

/* Never returns. */
__attribute__((noreturn)) static void run_in_child(const batch_run *self, const running_job *place, pid_t parent) {
    const jk_batch_job *job = &self->batch->jobs[place->job];
    int count = 0, nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool done = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent && nothing >= 0;
    done = done && dup2(nothing, STDIN_FILENO) >= 0 && dup2(place->log, STDERR_FILENO) >= 0;
    done = done && dup2(job->shown != NULL ? place->shown.fd : nothing, STDOUT_FILENO) >= 0;
    if (!done || chdir(self->folder) != 0) {
        (void)fprintf(stderr, "jalki: cannot start: %s\n", strerror(errno));
        (void)fflush(stderr);
        _exit(1);
    }
    char **line = line_of(self, place->job, &count);
    if (line == NULL) {
        (void)fprintf(stderr, "jalki: out of memory\n");
        (void)fflush(stderr);
        _exit(1);
    }
    jk_batch_share_in_job(self->sharing, place->job);
    jk_input_forget();
    jk_policy_set(&(jk_policy){0});
    int code = jk_command_run(command_of(job), count, line);
    code = code == 0 ? jk_cli_finish() : code;
    (void)fflush(stderr);
    _exit(code);
}

static void say(jk_batch_job *job, jk_job_state state, const char *message) {
    job->state = state;
    (void)snprintf(job->message, sizeof job->message, "%s", message);
}

static void fail_to_start(jk_batch_job *job, const jk_error *error) {
    char text[JK_ERROR_TEXT_MAX];
    say(job, JK_JOB_FAILED, jk_error_text(error, text, sizeof text));
}

static jk_status start(batch_run *self, running_job *place, size_t number, jk_error *error) {
    jk_batch_job *job = &self->batch->jobs[number];
    char full[PATH_MAX];
    *place = (running_job){.job = number, .log = -1, .shown = {.fd = -1}};
    JK_TRY(make_folders(self, job, error));
    if (job->shown != NULL) {
        JK_TRY(jk_output_open(&place->shown, from_here(self, job->shown, full), JK_OUTPUT_PERSONAL, error));
    }
    place->log = memfd_create("log", MFD_CLOEXEC);
    if (place->log < 0) {
        jk_output_abort(&place->shown);
        return jk_fail_errno(error, NULL, "hold what a job says");
    }
    if (job->tape != NULL) {
        jk_batch_share_before(self->sharing, number, from_here(self, job->tape, full));
    }
    (void)fflush(stdout);
    (void)fflush(stderr);
    place->started = jk_seconds_now();
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        run_in_child(self, place, parent);
    }
    if (child < 0) {
        jk_status status = jk_fail_errno(error, NULL, "start a process");
        (void)close(place->log);
        jk_output_abort(&place->shown);
        return status;
    }
    place->process = child;
    self->running_count++;
    return JK_OK;
}

/* ---- what came of it -------------------------------------------------------------------------------------------- */

/* Shows what the job said, a line at a time under its name, counts the lines and keeps the last that says something. */
static void read_log(const batch_run *self, jk_batch_job *job, int log, char last[JK_BATCH_MESSAGE]) {
    char line[2048];
    FILE *file = lseek(log, 0, SEEK_SET) == 0 ? fdopen(log, "r") : NULL;
    last[0] = '\0';
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *text = strncmp(line, "jalki: ", 7) == 0 ? line + 7 : line;
        if (text[0] == '\0' || strncmp(text, "Try 'jalki help", 15) == 0) {
            continue;
        }
        (void)snprintf(last, JK_BATCH_MESSAGE, "%.*s", JK_BATCH_MESSAGE - 1, text);
        job->notes++;
        jk_cli_note(self->wish->common, "%s: %s", job->name, text);
    }
    if (file != NULL) {
        (void)fclose(file);
    } else {
        (void)close(log);
    }
}

static void take_figures(const batch_run *self, size_t number) {
    jk_batch_job *job = &self->batch->jobs[number];
    char asked[PATH_MAX], here[PATH_MAX], place[JK_OUTPUT_PLACE];
    jk_error error = {0};
    if (!is_asked(job) && (job->json == NULL || strcmp(job->json, "-") == 0)) {
        return;
    }
    figures_path(self, number, asked);
    const char *named = is_asked(job) ? asked : job->json, *found = jk_output_place(named, place);
    jk_status status = jk_batch_take_figures(job, found == place ? place : from_here(self, named, here), &error);
    if (is_asked(job)) {
        jk_output_remove(asked);
    }
    if (status != JK_OK) {
        char text[JK_ERROR_TEXT_MAX], said[JK_BATCH_MESSAGE];
        (void)snprintf(said, sizeof said, "its figures cannot be read: %s", jk_error_text(&error, text, sizeof text));
        say(job, JK_JOB_FAILED, said);
    }
}

static void finish(batch_run *self, running_job *place, int state) {
    jk_batch_job *job = &self->batch->jobs[place->job];
    char last[JK_BATCH_MESSAGE];
    jk_error error = {0};
    job->seconds = jk_seconds_now() - place->started;
    read_log(self, job, place->log, last);
    if (WIFSIGNALED(state)) {
        (void)snprintf(last, sizeof last, "ended by signal %d (%s)", WTERMSIG(state), strsignal(WTERMSIG(state)));
    }
    if (WIFEXITED(state) && WEXITSTATUS(state) == 0) {
        job->state = JK_JOB_DONE;
        if (job->shown != NULL && jk_output_commit(&place->shown, &error) != JK_OK) {
            fail_to_start(job, &error);
        } else {
            take_figures(self, place->job);
        }
    } else {
        say(job, JK_JOB_FAILED, last[0] != '\0' ? last : "failed without a word");
    }
    jk_output_abort(&place->shown);
    jk_batch_share_after(self->sharing, place->job);
    place->process = 0;
    self->running_count--;
    self->finished++;
}

/* ---- the loop --------------------------------------------------------------------------------------------------- */

/* Whether the job may start now; a job that needs one that failed is skipped. */
static bool may_start(batch_run *self, size_t number) {
    jk_batch_job *job = &self->batch->jobs[number];
    bool ready = job->state == JK_JOB_WAITING;
    for (int p = 0; ready && p < self->wish->at_once; p++) {
        ready = self->running[p].process == 0 || self->running[p].job != number;
    }
    for (size_t i = 0; ready && i < job->need_count; i++) {
        const jk_batch_job *needed = &self->batch->jobs[job->needs[i]];
        if (needed->state == JK_JOB_FAILED || needed->state == JK_JOB_SKIPPED) {
            char text[JK_BATCH_MESSAGE];
            (void)snprintf(text, sizeof text, "needs '%.200s', which %s", needed->name,
                           needed->state == JK_JOB_FAILED ? "failed" : "was skipped");
            say(job, JK_JOB_SKIPPED, text);
            self->finished++;
            return false;
        }
        ready = needed->state == JK_JOB_DONE;
    }
    return ready;
}

static running_job *free_place(batch_run *self) {
    for (int p = 0; p < self->wish->at_once; p++) {
        if (self->running[p].process == 0) {
            return &self->running[p];
        }
    }
    return NULL;
}

static void start_all(batch_run *self) {
    for (size_t i = 0; i < self->batch->job_count && self->running_count < self->wish->at_once; i++) {
        size_t number = self->batch->order[i];
        jk_error error = {0};
        if (may_start(self, number) && start(self, free_place(self), number, &error) != JK_OK) {
            fail_to_start(&self->batch->jobs[number], &error);
            self->finished++;
        }
    }
}

static void wait_for_one(batch_run *self) {
    int state = 0;
    pid_t process = waitpid(-1, &state, 0);
    for (int p = 0; process > 0 && p < self->wish->at_once; p++) {
        if (self->running[p].process == process) {
            finish(self, &self->running[p], state);
        }
    }
}

static jk_status interrupt(batch_run *self, jk_error *error) {
    for (int p = 0; p < self->wish->at_once; p++) {
        if (self->running[p].process > 0) {
            (void)kill(self->running[p].process, SIGTERM);
        }
    }
    while (self->running_count > 0) {
        wait_for_one(self);
    }
    for (size_t j = 0; j < self->batch->job_count; j++) {
        if (self->batch->jobs[j].state == JK_JOB_WAITING) {
            say(&self->batch->jobs[j], JK_JOB_SKIPPED, "the batch was interrupted");
        }
    }
    return jk_fail(error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "interrupted");
}

static jk_status run_all(batch_run *self, jk_error *error) {
    const size_t total = self->batch->job_count;
    while (self->finished < total) {
        start_all(self);
        if (self->run.progress(self->run.context, "batch", self->finished, total) != 0) {
            return interrupt(self, error);
        }
        if (self->running_count > 0) {
            wait_for_one(self);
        }
    }
    return self->run.progress(self->run.context, "batch", total, total) != 0 ? interrupt(self, error) : JK_OK;
}

jk_status jk_cli_batch_run(const jk_batch_wish *wish, jk_batch *batch, jk_error *error) {
    batch_run self = {.wish = wish, .batch = batch, .run = jk_cli_run(wish->common)};
    int cores = jk_threads(&self.run);
    self.threads = cores / wish->at_once > 0 ? cores / wish->at_once : 1;
    jk_batch_folder(wish->path, self.folder, sizeof self.folder);
    self.running = calloc((size_t)wish->at_once, sizeof *self.running);
    self.sharing = jk_batch_share(batch, wish->memory);
    jk_status status = JK_OK;
    if (self.running == NULL || self.sharing == NULL) {
        status = jk_fail_memory(error, "the jobs");
    } else {
        status = jk_temporary_make(&self.scratch, error);
        status = status == JK_OK ? run_all(&self, error) : status;
        jk_temporary_remove(&self.scratch);
    }
    jk_batch_share_free(self.sharing);
    free(self.running);
    return status;
}
