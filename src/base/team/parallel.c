/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic hand-out by an atomic counter: workers take the next index when they are free. What a body computes must
 * not depend on the thread it runs on. */
#include "base/team/parallel.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number/clock.h"
#include "base/team/team.h"

int jk_threads(const jk_run *run) {
    int cores = omp_get_num_procs(), neighbours = jk_team_neighbours();
    if (neighbours > 1) { /* a rank that is bound to its cores sees these alone; others share the host's */
        int share = (int)sysconf(_SC_NPROCESSORS_ONLN) / neighbours;
        cores = cores < share ? cores : share;
    }
    int threads = run != NULL && run->threads > 0 ? run->threads : cores;
    return threads > 0 ? threads : 1;
}

typedef struct parallel_loop {
    const jk_run *run;
    size_t count;
    const char *stage;
    uint64_t unit;
    jk_status (*body)(void *context, int thread, size_t i, jk_error *error);
    void *context;
    atomic_size_t next;
    atomic_size_t done;
    atomic_bool stop;
    double last_report;
} parallel_loop;

/* Only thread 0 reports, so that the callback is never called by two threads at once. */
static jk_status report_progress(parallel_loop *loop, jk_error *error) {
    const jk_run *run = loop->run;
    if (run == NULL || run->progress == NULL) {
        return JK_OK;
    }
    double now = jk_seconds_now();
    if (now - loop->last_report < 0.1) {
        return JK_OK;
    }
    loop->last_report = now;
    uint64_t done = (uint64_t)atomic_load_explicit(&loop->done, memory_order_relaxed) * loop->unit;
    if (run->progress(run->context, loop->stage, done, loop->count * loop->unit) != 0) {
        return jk_fail(error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "interrupted");
    }
    return JK_OK;
}

static jk_status work(parallel_loop *loop, int thread, jk_error *error) {
    while (!atomic_load_explicit(&loop->stop, memory_order_relaxed)) {
        size_t i = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
        if (i >= loop->count) {
            return JK_OK;
        }
        jk_status status = loop->body(loop->context, thread, i, error);
        if (status == JK_OK) {
            atomic_fetch_add_explicit(&loop->done, 1, memory_order_relaxed);
            status = thread == 0 ? report_progress(loop, error) : JK_OK;
        }
        if (status != JK_OK) {
            atomic_store_explicit(&loop->stop, true, memory_order_relaxed);
            return status;
        }
    }
    return JK_OK;
}

jk_status jk_parallel_for(const jk_run *run, size_t count, const char *stage, uint64_t unit,
                          jk_status (*body)(void *context, int thread, size_t i, jk_error *error), void *context,
                          jk_error *error) {
    parallel_loop loop = {.run = run, .count = count, .stage = stage, .unit = unit, .body = body, .context = context};
    int threads = jk_threads(run);
    jk_status first_status = JK_OK;
    jk_error first_error = {0};
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        jk_error own_error = {0};
        jk_status status = work(&loop, omp_get_thread_num(), &own_error);
        if (status != JK_OK) {
#pragma omp critical(jk_parallel_failure)
            if (first_status == JK_OK) {
                first_status = status;
                first_error = own_error;
            }
        }
    }
    if (first_status != JK_OK && error != NULL && error->status == JK_OK) {
        *error = first_error;
    }
    if (first_status == JK_OK && run != NULL && run->progress != NULL) {
        uint64_t total = (uint64_t)count * unit;
        if (run->progress(run->context, stage, total, total) != 0) {
            return jk_fail(error, JK_ERROR_INTERRUPTED, NULL, 0, NULL, "interrupted");
        }
    }
    return first_status;
}
