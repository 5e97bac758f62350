/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JK_BASE_CLOCK_H
#define JK_BASE_CLOCK_H

#include <time.h>

/* Seconds of a clock that nobody sets, from a moment that does not matter. */
static inline double jk_seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
