/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/policy.h"

/* Grows for the life of the process: a command opens a few files, or as many as were named to it. */
static struct {
    pthread_mutex_t lock;
    jk_input_file *file;
    size_t count, room;
} opened = {.lock = PTHREAD_MUTEX_INITIALIZER};

static jk_input_file *find(const struct stat *facts) {
    for (size_t i = 0; i < opened.count; i++) {
        if (opened.file[i].device == facts->st_dev && opened.file[i].inode == facts->st_ino) {
            return &opened.file[i];
        }
    }
    return NULL;
}

static bool make_room(void) {
    if (opened.count == opened.room) {
        size_t room = 2 * opened.room + 16;
        jk_input_file *grown = realloc(opened.file, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        opened.file = grown;
        opened.room = room;
    }
    return true;
}

/* false: no memory. */
static bool remember(const char *path, const struct stat *facts) {
    bool done = true;
    (void)pthread_mutex_lock(&opened.lock);
    if (find(facts) == NULL) {
        char *name = make_room() ? strdup(path) : NULL;
        done = name != NULL;
        if (done) {
            opened.file[opened.count] = jk_input_facts(facts);
            opened.file[opened.count++].path = name;
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
    if (!remember(path, &facts)) {
        (void)close(fd);
        errno = ENOMEM;
        return -1;
    }
    return fd;
}

/* The C library's own streams give up where a signal interrupts them. */
static ssize_t read_stream(void *cookie, char *bytes, size_t count) {
    ssize_t got = -1;
    do {
        got = read((int)(intptr_t)cookie, bytes, count);
    } while (got < 0 && errno == EINTR);
    return got;
}

static int seek_stream(void *cookie, off64_t *place, int from) {
    *place = lseek((int)(intptr_t)cookie, *place, from);
    return *place < 0 ? -1 : 0;
}

static int close_stream(void *cookie) {
    return close((int)(intptr_t)cookie);
}

FILE *jk_input_stream(const char *path) {
    const cookie_io_functions_t calls = {.read = read_stream, .seek = seek_stream, .close = close_stream};
    int fd = jk_input_open(path, true);
    FILE *stream = fd < 0 ? NULL : fopencookie((void *)(intptr_t)fd, "rb", calls);
    if (stream == NULL && fd >= 0) {
        int saved = errno;
        (void)close(fd);
        errno = saved;
    }
    return stream;
}

bool jk_input_is_kept(const struct stat *facts) {
    (void)pthread_mutex_lock(&opened.lock);
    const jk_input_file *file = jk_policy_get()->keeps_inputs ? find(facts) : NULL;
    bool kept = file != NULL && !file->released;
    (void)pthread_mutex_unlock(&opened.lock);
    return kept;
}

void jk_input_release(const char *path) {
    struct stat facts;
    (void)pthread_mutex_lock(&opened.lock);
    jk_input_file *file = stat(path, &facts) == 0 ? find(&facts) : NULL;
    if (file != NULL) {
        file->released = true;
    }
    (void)pthread_mutex_unlock(&opened.lock);
}

void jk_input_disown(const char *path) {
    struct stat facts;
    (void)pthread_mutex_lock(&opened.lock);
    jk_input_file *file = stat(path, &facts) == 0 ? find(&facts) : NULL;
    if (file != NULL) {
        size_t later = opened.count - (size_t)(file - opened.file) - 1;
        free((char *)file->path);
        memmove(file, file + 1, later * sizeof *file);
        opened.count--;
    }
    (void)pthread_mutex_unlock(&opened.lock);
}

size_t jk_input_count(void) {
    (void)pthread_mutex_lock(&opened.lock);
    size_t count = opened.count;
    (void)pthread_mutex_unlock(&opened.lock);
    return count;
}

jk_input_file jk_input_at(size_t index) {
    (void)pthread_mutex_lock(&opened.lock);
    jk_input_file file = opened.file[index];
    (void)pthread_mutex_unlock(&opened.lock);
    return file;
}

jk_input_file jk_input_facts(const struct stat *now) {
    return (jk_input_file){
        .device = now->st_dev, .inode = now->st_ino, .bytes = (uint64_t)now->st_size, .changed = now->st_mtim};
}

bool jk_input_is_same(const jk_input_file *file, const struct stat *now) {
    return now->st_dev == file->device && now->st_ino == file->inode && (uint64_t)now->st_size == file->bytes &&
           now->st_mtim.tv_sec == file->changed.tv_sec && now->st_mtim.tv_nsec == file->changed.tv_nsec;
}

static bool is_as_it_was(const jk_input_file *file) {
    struct stat now;
    if (file->released || stat(file->path, &now) != 0 || jk_input_is_same(file, &now)) {
        return true;
    }
    return file->has_digest && (now.st_dev != file->device || now.st_ino != file->inode);
}

jk_status jk_input_check(jk_error *error) {
    jk_status status = JK_OK;
    (void)pthread_mutex_lock(&opened.lock);
    for (size_t i = 0; i < opened.count && status == JK_OK; i++) {
        if (!is_as_it_was(&opened.file[i])) {
            status = jk_fail(error, JK_ERROR_IO, opened.file[i].path, 0, NULL,
                             "was changed or replaced while it was read; run again when nothing writes to it");
        }
    }
    (void)pthread_mutex_unlock(&opened.lock);
    return status;
}

jk_status jk_input_is_file(const char *path, jk_error *error) {
    struct stat facts;
    return stat(path, &facts) != 0 || S_ISREG(facts.st_mode)
               ? JK_OK /* what is not there is told where it is opened */
               : jk_fail(error, JK_ERROR_IO, path, 0, NULL, "is no regular file, and is read more than once");
}

void jk_input_forget(void) {
    (void)pthread_mutex_lock(&opened.lock);
    opened.count = 0; /* paths last, as they may be in use */
    (void)pthread_mutex_unlock(&opened.lock);
}

void jk_input_set_digest(int fd, const char *digest) {
    struct stat facts;
    (void)pthread_mutex_lock(&opened.lock);
    jk_input_file *file = fstat(fd, &facts) == 0 ? find(&facts) : NULL;
    if (file != NULL) {
        file->has_digest = true;
        (void)snprintf(file->digest, sizeof file->digest, "%s", digest);
    }
    (void)pthread_mutex_unlock(&opened.lock);
}
