/* SPDX-License-Identifier: Apache-2.0 */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/policy.h"

typedef struct opened_file {
    dev_t device;
    ino_t inode;
} opened_file;

/* Grows for the life of the process: a command opens a few files, or as many as were named to it. */
static struct {
    pthread_mutex_t lock;
    opened_file *file;
    size_t count, room;
} opened = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_opened(const struct stat *facts) {
    for (size_t i = 0; i < opened.count; i++) {
        if (opened.file[i].device == facts->st_dev && opened.file[i].inode == facts->st_ino) {
            return true;
        }
    }
    return false;
}

/* false: no memory. */
static bool remember(const struct stat *facts) {
    bool done = true;
    (void)pthread_mutex_lock(&opened.lock);
    if (!is_opened(facts)) {
        if (opened.count == opened.room) {
            size_t room = 2 * opened.room + 16;
            opened_file *grown = realloc(opened.file, room * sizeof *grown);
            done = grown != NULL;
            opened.file = done ? grown : opened.file;
            opened.room = done ? room : opened.room;
        }
        if (done) {
            opened.file[opened.count++] = (opened_file){facts->st_dev, facts->st_ino};
        }
    }
    (void)pthread_mutex_unlock(&opened.lock);
    return done;
}

int jk_input_open(const char *path, bool waits) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK));
    struct stat facts;
    if (fd < 0 || !jk_policy_get()->keeps_inputs || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return fd;
    }
    if (!remember(&facts)) {
        (void)close(fd);
        errno = ENOMEM;
        return -1;
    }
    return fd;
}

FILE *jk_input_stream(const char *path) {
    int fd = jk_input_open(path, true);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "rb");
    if (stream == NULL && fd >= 0) {
        int saved = errno;
        (void)close(fd);
        errno = saved;
    }
    return stream;
}

bool jk_input_is_kept(const struct stat *facts) {
    (void)pthread_mutex_lock(&opened.lock);
    bool kept = jk_policy_get()->keeps_inputs && is_opened(facts);
    (void)pthread_mutex_unlock(&opened.lock);
    return kept;
}
