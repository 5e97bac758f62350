/* SPDX-License-Identifier: Apache-2.0 */
/* Every thread takes the most urgent piece of work there is: commit what can be committed, else feed the digest, else
 * parse, else read on. Chunks live in a ring; memory is the ring. Threads are POSIX threads rather than a loop over
 * base/team/parallel.h because the stages depend on each other, and because the store packs its columns in a loop of
 * its own while it is appended to. */
#include "import/pipeline.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/clock.h"
#include "base/team/parallel.h"

enum { THREADS_MAX = 256 };
#define PROGRESS_SECONDS 0.1

typedef struct flow_state {
    const jk_import_flow *flow;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    jk_import_chunk *ring;
    bool *parsed; /* per chunk of the ring */
    uint64_t ring_size;
    uint64_t read, digested, handed, committed; /* chunks so far; handed: to parsers */
    bool reading, digesting, committing;
    bool all_read;
    uint64_t rows_done, consumed, source_bytes; /* for the progress line */
    double last_report;
    jk_status status;
    jk_error error;
} flow_state;

typedef struct flow_worker {
    flow_state *state;
    bool reports; /* the caller's own thread */
    jk_parse_scratch scratch;
} flow_worker;

typedef enum flow_task { TASK_WAIT, TASK_COMMIT, TASK_DIGEST, TASK_PARSE, TASK_READ, TASK_END } flow_task;

static jk_import_chunk *chunk_at(flow_state *state, uint64_t number) {
    return &state->ring[number % state->ring_size];
}

/* Under the lock: chooses the next task and marks it as begun. */
static flow_task choose_task(flow_state *state, uint64_t *number) {
    bool done = state->all_read && state->committed == state->read && state->digested == state->read;
    if (state->status != JK_OK || done) {
        return TASK_END;
    }
    if (!state->committing && state->committed < state->handed && state->parsed[state->committed % state->ring_size]) {
        state->committing = true;
        *number = state->committed;
        return TASK_COMMIT;
    }
    if (!state->digesting && state->digested < state->read) {
        state->digesting = true;
        *number = state->digested;
        return TASK_DIGEST;
    }
    if (state->handed < state->read) {
        *number = state->handed++;
        return TASK_PARSE;
    }
    uint64_t oldest = state->committed < state->digested ? state->committed : state->digested;
    if (!state->reading && !state->all_read && state->read - oldest < state->ring_size) {
        state->reading = true;
        *number = state->read;
        return TASK_READ;
    }
    return TASK_WAIT;
}

static jk_status parse(flow_worker *worker, jk_import_chunk *chunk, jk_error *error) {
    const jk_import_flow *flow = worker->state->flow;
    if (chunk->packed_length > 0) {
        return jk_chunk_unpack(chunk, flow->settings.seed, error);
    }
    JK_TRY(flow->parse(chunk, &flow->settings, &worker->scratch, error));
    return flow->pseudonyms == NULL ? JK_OK : jk_pseudonyms_apply(flow->pseudonyms, chunk, flow->settings.seed, error);
}

/* Chunks in their order: to the store, or to the process that has it. */
static jk_status commit(const jk_import_flow *flow, jk_import_chunk *chunk, jk_error *error) {
    if (flow->share != NULL) {
        JK_TRY(jk_share_give(flow->share, chunk, error));
        if (!flow->share->collects) {
            jk_odd_free(&chunk->odd);
            return JK_OK;
        }
    }
    if (flow->pseudonyms != NULL) {
        JK_TRY(jk_pseudonyms_list(flow->pseudonyms, chunk, error));
    }
    return jk_import_commit_chunk(flow->commit, chunk, error);
}

static jk_status do_task(flow_worker *worker, flow_task task, jk_import_chunk *chunk, bool *end, jk_error *error) {
    const jk_import_flow *flow = worker->state->flow;
    switch (task) {
    case TASK_COMMIT:
        return commit(flow, chunk, error);
    case TASK_DIGEST:
        if (flow->digest != NULL) {
            flow->digest(flow->digest_context, chunk->fresh, chunk->fresh_length);
        }
        return JK_OK;
    case TASK_PARSE:
        return parse(worker, chunk, error);
    default:
        return flow->share != NULL ? jk_share_read(flow->share, flow->reader, chunk, end, error)
                                   : jk_import_read(flow->reader, chunk, end, error);
    }
}

/* Under the lock. */
static void finish_task(flow_state *state, flow_task task, uint64_t number, bool end) {
    switch (task) {
    case TASK_COMMIT:
        state->committing = false;
        state->parsed[number % state->ring_size] = false;
        state->committed++;
        state->rows_done = state->flow->commit->summary->rows_accepted + state->flow->commit->summary->rows_rejected;
        break;
    case TASK_DIGEST:
        state->digesting = false;
        state->digested++;
        break;
    case TASK_PARSE:
        state->parsed[number % state->ring_size] = true;
        break;
    default:
        state->reading = false;
        state->read++;
        state->all_read = end;
        state->consumed = 0;
        for (size_t i = 0; i < state->flow->reader->input_count; i++) {
            state->consumed += jk_csv_source_consumed(state->flow->reader->inputs[i].source);
        }
        break;
    }
}

/* Rows done, and how many there will be by the share of the sources' bytes that has been read. */
static jk_status report(flow_state *state, uint64_t rows, uint64_t consumed, jk_error *error) {
    const jk_run *run = state->flow->run;
    double now = jk_seconds_now();
    if (run == NULL || run->progress == NULL || now - state->last_report < PROGRESS_SECONDS) {
        return JK_OK;
    }
    state->last_report = now;
    double share = state->source_bytes > 0 ? (double)consumed / (double)state->source_bytes : 0.0;
    uint64_t total = share > 0.0 ? (uint64_t)((double)rows / share) + 1 : 0;
    if (run->progress(run->context, "import", rows, total) != 0) {
        return jk_fail(error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "interrupted");
    }
    return JK_OK;
}

static void *work(void *context) {
    flow_worker *worker = context;
    flow_state *state = worker->state;
    jk_error error = {0};
    jk_status status = JK_OK;
    (void)pthread_mutex_lock(&state->lock);
    for (;;) {
        if (status != JK_OK && state->status == JK_OK) {
            state->status = status;
            state->error = error;
        }
        uint64_t number = 0;
        flow_task task = choose_task(state, &number);
        if (task == TASK_END) {
            break;
        }
        if (task == TASK_WAIT) {
            (void)pthread_cond_wait(&state->changed, &state->lock);
            continue;
        }
        (void)pthread_mutex_unlock(&state->lock);
        bool end = false;
        status = do_task(worker, task, chunk_at(state, number), &end, &error);
        (void)pthread_mutex_lock(&state->lock);
        finish_task(state, task, number, end);
        (void)pthread_cond_broadcast(&state->changed);
        if (worker->reports && status == JK_OK) {
            uint64_t rows = state->rows_done;
            uint64_t consumed = state->consumed;
            (void)pthread_mutex_unlock(&state->lock);
            status = report(state, rows, consumed, &error);
            (void)pthread_mutex_lock(&state->lock);
        }
    }
    (void)pthread_cond_broadcast(&state->changed);
    (void)pthread_mutex_unlock(&state->lock);
    free(worker->scratch.ends);
    free(worker->scratch.turned);
    free(worker->scratch.joined);
    free(worker->scratch.words);
    return NULL;
}

static void run_workers(flow_state *state, int threads) {
    pthread_t handles[THREADS_MAX];
    flow_worker workers[THREADS_MAX];
    int started = 0;
    for (int i = 1; i < threads; i++) {
        workers[i] = (flow_worker){.state = state};
        if (pthread_create(&handles[started], NULL, work, &workers[i]) != 0) {
            break; /* fewer threads do the same work */
        }
        started++;
    }
    workers[0] = (flow_worker){.state = state, .reports = true};
    (void)work(&workers[0]);
    for (int i = 0; i < started; i++) {
        (void)pthread_join(handles[i], NULL);
    }
}

jk_status jk_import_flow_run(const jk_import_flow *flow, jk_error *error) {
    int threads = jk_threads(flow->run);
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    flow_state state = {.flow = flow, .ring_size = 2 * (uint64_t)threads + 2, .last_report = jk_seconds_now()};
    for (size_t i = 0; i < flow->reader->input_count; i++) {
        state.source_bytes += jk_csv_source_size(flow->reader->inputs[i].source);
    }
    state.ring = calloc(state.ring_size, sizeof *state.ring);
    state.parsed = calloc(state.ring_size, sizeof *state.parsed);
    if (state.ring == NULL || state.parsed == NULL) {
        state.status = jk_fail_memory(&state.error, "chunks");
    }
    for (uint64_t i = 0; i < state.ring_size && state.status == JK_OK; i++) {
        state.status = jk_chunk_create(&state.ring[i], jk_reader_capacity(flow->reader), &state.error);
        state.ring[i].notes_partners = flow->share != NULL && jk_share_packs(flow->share);
    }
    if (state.status == JK_OK) {
        (void)pthread_mutex_init(&state.lock, NULL);
        (void)pthread_cond_init(&state.changed, NULL);
        run_workers(&state, threads);
        (void)pthread_cond_destroy(&state.changed);
        (void)pthread_mutex_destroy(&state.lock);
    }
    for (uint64_t i = 0; state.ring != NULL && i < state.ring_size; i++) {
        jk_chunk_destroy(&state.ring[i]);
    }
    free(state.ring);
    free(state.parsed);
    if (state.status != JK_OK && error != NULL && error->status == JK_OK) {
        *error = state.error;
    }
    return state.status;
}
