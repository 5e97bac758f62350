/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as a graph: a job comes after those that write what it reads. Among those that may come next the ones of the
 * tape that was read last go first, so that its columns are still in memory. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "batch/batch_reader.h"

/* An output, or a job's name, with the job. */
typedef struct named_job {
    const char *name;
    size_t job;
} named_job;

static int by_name(const void *a, const void *b) {
    const named_job *one = a, *other = b;
    int order = strcmp(one->name, other->name);
    return order != 0 ? order : (one->job > other->job) - (one->job < other->job);
}

static jk_status check_twice(const jk_batch *batch, const named_job *list, size_t count, const char *path,
                             const char *what, jk_error *error) {
    for (size_t i = 1; i < count; i++) {
        if (strcmp(list[i - 1].name, list[i].name) == 0) {
            const jk_batch_job *first = &batch->jobs[list[i - 1].job], *second = &batch->jobs[list[i].job];
            return jk_fail(error, JK_ERROR_MODEL, path, second->line, NULL,
                           "%s '%.200s' stands twice: jobs '%s' and '%s'", what, list[i].name, first->name,
                           second->name);
        }
    }
    return JK_OK;
}

static jk_status check_names(const jk_batch *batch, const char *path, jk_error *error) {
    named_job *names = malloc((batch->job_count + 1) * sizeof *names);
    JK_TRY(jk_held(names != NULL, error, "the jobs"));
    for (size_t j = 0; j < batch->job_count; j++) {
        names[j] = (named_job){batch->jobs[j].name, j};
    }
    jk_sort(names, batch->job_count, sizeof *names, by_name);
    jk_status status = check_twice(batch, names, batch->job_count, path, "the name", error);
    free(names);
    return status;
}

static jk_status add_need(jk_batch *batch, size_t job, size_t needed, jk_error *error) {
    jk_batch_job *self = &batch->jobs[job];
    size_t *grown = jk_arena_alloc(batch->arena, self->need_count + 1, sizeof *grown);
    JK_TRY(jk_held(grown != NULL, error, "the jobs"));
    for (size_t i = 0; i < self->need_count; i++) {
        if (self->needs[i] == needed) {
            return JK_OK;
        }
        grown[i] = self->needs[i];
    }
    grown[self->need_count++] = needed;
    self->needs = grown;
    return JK_OK;
}

static jk_status find_needs(jk_batch *batch, const named_job *outputs, size_t count, const char *path,
                            jk_error *error) {
    for (size_t j = 0; j < batch->job_count; j++) {
        const jk_batch_job *job = &batch->jobs[j];
        for (size_t i = 0; i < job->input_count; i++) {
            size_t low = 0, high = count;
            while (low < high) {
                size_t middle = (low + high) / 2;
                bool before = strcmp(outputs[middle].name, job->inputs[i]) < 0;
                low = before ? middle + 1 : low;
                high = before ? high : middle;
            }
            if (low == count || strcmp(outputs[low].name, job->inputs[i]) != 0) {
                continue;
            }
            if (outputs[low].job == j) {
                return jk_fail(error, JK_ERROR_MODEL, path, job->line, NULL, "job '%s' reads '%.200s', which it writes",
                               job->name, job->inputs[i]);
            }
            JK_TRY(add_need(batch, j, outputs[low].job, error));
        }
    }
    return JK_OK;
}

static jk_status connect(jk_batch *batch, const char *path, jk_error *error) {
    size_t count = 0;
    for (size_t j = 0; j < batch->job_count; j++) {
        count += batch->jobs[j].output_count;
    }
    named_job *outputs = malloc((count + 1) * sizeof *outputs);
    JK_TRY(jk_held(outputs != NULL, error, "the jobs"));
    count = 0;
    for (size_t j = 0; j < batch->job_count; j++) {
        for (size_t i = 0; i < batch->jobs[j].output_count; i++) {
            outputs[count++] = (named_job){batch->jobs[j].outputs[i], j};
        }
    }
    jk_sort(outputs, count, sizeof *outputs, by_name);
    jk_status status = check_twice(batch, outputs, count, path, "the output", error);
    status = status == JK_OK ? find_needs(batch, outputs, count, path, error) : status;
    free(outputs);
    return status;
}

static bool is_ready(const jk_batch *batch, const bool *placed, size_t job) {
    bool ready = !placed[job];
    for (size_t i = 0; ready && i < batch->jobs[job].need_count; i++) {
        ready = placed[batch->jobs[job].needs[i]];
    }
    return ready;
}

static bool same_tape(const jk_batch_job *one, const jk_batch_job *other) {
    return one->tape != NULL && other->tape != NULL && strcmp(one->tape, other->tape) == 0;
}

/* The next job that may run, of the tape of `last` if there is one. */
static size_t choose_next(const jk_batch *batch, const bool *placed, const jk_batch_job *last) {
    size_t chosen = batch->job_count;
    for (size_t j = 0; j < batch->job_count; j++) {
        if (!is_ready(batch, placed, j)) {
            continue;
        }
        if (last == NULL || same_tape(&batch->jobs[j], last)) {
            return j;
        }
        chosen = chosen == batch->job_count ? j : chosen;
    }
    return chosen;
}

jk_status jk_batch_order(jk_batch *batch, const char *path, jk_error *error) {
    JK_TRY(check_names(batch, path, error));
    JK_TRY(connect(batch, path, error));
    bool *placed = jk_arena_alloc(batch->arena, batch->job_count, sizeof *placed);
    batch->order = jk_arena_alloc(batch->arena, batch->job_count, sizeof *batch->order);
    JK_TRY(jk_held(placed != NULL && batch->order != NULL, error, "the jobs"));
    const jk_batch_job *last = NULL;
    for (size_t i = 0; i < batch->job_count; i++) {
        size_t next = choose_next(batch, placed, last);
        if (next == batch->job_count) {
            size_t stuck = 0;
            while (placed[stuck]) {
                stuck++;
            }
            return jk_fail(error, JK_ERROR_MODEL, path, batch->jobs[stuck].line, NULL,
                           "job '%s' waits for a job that waits for it", batch->jobs[stuck].name);
        }
        placed[next] = true;
        batch->order[i] = next;
        last = &batch->jobs[next];
    }
    return JK_OK;
}
