/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash_key.h"

#include <pthread.h>
#include <sys/random.h>
#include <time.h>

static uint64_t key;

static void draw(void) {
    if (getrandom(&key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key) {
        struct timespec now = {0}; /* early in the system's life: better than what everybody knows */
        (void)clock_gettime(CLOCK_REALTIME, &now);
        key = (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)&now;
    }
}

uint64_t jk_hash_key(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, draw);
    return key;
}
