/* SPDX-License-Identifier: Apache-2.0 */
/* The one thread loop of the project. */
#ifndef JK_BASE_PARALLEL_H
#define JK_BASE_PARALLEL_H

#include "jalki/status.h"

/* Threads that a run will use: run->threads, or the number of cores where it is 0; at least 1. run may be NULL. */
int jk_threads(const jk_run *run);

/* Runs body(context, thread, i) once for each i in 0..count-1, handed out in order to `threads` workers
 * (thread is 0..threads-1). The first failure (lowest in time) stops the hand-out and is returned; so does a
 * progress callback that asks to stop. done/total of the progress are i and count scaled by `unit`. */
jk_status jk_parallel_for(const jk_run *run, size_t count, const char *stage, uint64_t unit,
                          jk_status (*body)(void *context, int thread, size_t i, jk_error *error), void *context,
                          jk_error *error);

#endif
