/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary file or folder is locked (flock) by the process that writes it for as long as it lives: one of such a
 * name that can be locked belongs to nobody any more. */
#include "base/file/output_part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text/text.h"

#define PREFIX ".jalki-"
#define SUFFIX ".part"
enum {
    DIGITS = 16,
    NAME_LENGTH = sizeof PREFIX - 1 + DIGITS + sizeof SUFFIX - 1,
    TRIES = 64,
    SWEEP_ENTRIES_MAX = 100000 /* a folder with more is not looked through to its end */
};

/* A name that nobody can foresee in the folder of `path`, for free(); NULL with errno. */
static char *part_name(const char *path) {
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) {
        return NULL;
    }
    const int folder = (int)(jk_file_name(path) - path);
    char *name = NULL;
    if (asprintf(&name, "%.*s" PREFIX "%016llx" SUFFIX, folder, path, (unsigned long long)random) < 0) {
        errno = ENOMEM;
        return NULL;
    }
    return name;
}

static int make_folder(const char *name) {
    if (mkdir(name, 0700) != 0) {
        return -1;
    }
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        int saved = errno;
        (void)rmdir(name);
        errno = saved == ENOENT ? EEXIST : saved == EEXIST ? EIO : saved; /* swept away already: another name */
    }
    return fd;
}

static int create(const char *path, bool is_folder, unsigned mode, char **name) {
    for (int i = 0; i < TRIES; i++) {
        *name = part_name(path);
        if (*name == NULL) {
            return -1;
        }
        int fd = is_folder ? make_folder(*name)
                           : open(*name, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, (mode_t)mode);
        struct stat facts;
        if (fd < 0 && errno != EEXIST) {
            break;
        }
        if (fd >= 0) {
            bool is_swept =
                flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;   /* just now, by another process */
            if (!is_swept && fstat(fd, &facts) == 0 && facts.st_nlink > 0) { /* nor before it was locked */
                return fd;
            }
            (void)close(fd);
            errno = EEXIST;
        }
        free(*name);
        *name = NULL;
    }
    int saved = errno;
    free(*name);
    *name = NULL;
    errno = saved;
    return -1;
}

int jk_output_part_create(const char *path, unsigned mode, char **name) {
    return create(path, false, mode, name);
}

int jk_output_part_create_folder(const char *path, char **name) {
    return create(path, true, 0, name);
}

char *jk_output_part_link(int fd, const char *access, const char *path) {
    (void)flock(fd, LOCK_EX | LOCK_NB);
    for (int i = 0; i < TRIES; i++) {
        char *name = part_name(path);
        if (name == NULL || linkat(AT_FDCWD, access, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            return name;
        }
        int saved = errno;
        free(name);
        errno = saved;
        if (errno != EEXIST) {
            break;
        }
    }
    return NULL;
}

static bool is_part_name(const char *name) {
    if (strlen(name) != NAME_LENGTH || strncmp(name, PREFIX, sizeof PREFIX - 1) != 0 ||
        strcmp(name + sizeof PREFIX - 1 + DIGITS, SUFFIX) != 0) {
        return false;
    }
    return strspn(name + sizeof PREFIX - 1, "0123456789abcdef") == DIGITS;
}

void jk_output_part_empty(int folder) {
    int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = own < 0 ? NULL : fdopendir(own);
    if (list == NULL) {
        (void)close(own);
        return;
    }
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        (void)unlinkat(own, entry->d_name, 0); /* "." and ".." refuse */
    }
    (void)closedir(list);
}

/* Removes one where it is ours and nobody holds it. */
static void sweep_one(int folder, const char *name) {
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;
    if (fd < 0) {
        return;
    }
    bool known = fstat(fd, &facts) == 0, is_folder = known && S_ISDIR(facts.st_mode);
    if (known && (is_folder || S_ISREG(facts.st_mode)) && facts.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0) {
        if (is_folder) {
            jk_output_part_empty(fd);
        }
        (void)unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0);
    }
    (void)close(fd);
}

void jk_output_part_sweep(const char *path) {
    char *folder = jk_file_folder(path);
    DIR *list = folder == NULL ? NULL : opendir(folder);
    free(folder);
    if (list == NULL) {
        return;
    }
    const struct dirent *entry = readdir(list);
    for (int i = 0; entry != NULL && i < SWEEP_ENTRIES_MAX; i++, entry = readdir(list)) {
        if (is_part_name(entry->d_name)) {
            sweep_one(dirfd(list), entry->d_name);
        }
    }
    (void)closedir(list);
}
