/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/installed.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char beside[PATH_MAX];
static bool is_beside;

static void look(void) {
    static const char models[] = "/share/jalki/models";
    ssize_t length = readlink("/proc/self/exe", beside, sizeof beside - sizeof models);
    beside[length > 0 ? length : 0] = '\0';
    for (int up = 0; up < 2; up++) { /* the program, then bin */
        char *last = strrchr(beside, '/');
        if (last == NULL) {
            return;
        }
        *last = '\0';
    }
    memcpy(beside + strlen(beside), models, sizeof models);
    is_beside = access(beside, R_OK | X_OK) == 0;
}

const char *jk_installed_models(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, look);
    return is_beside ? beside : JALKI_MODELS_INSTALLED;
}
