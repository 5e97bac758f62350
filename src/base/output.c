/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

static char *with_suffix(const char *path, const char *suffix) {
    size_t size = strlen(path) + strlen(suffix) + 32;
    char *text = malloc(size);
    if (text != NULL) {
        (void)snprintf(text, size, "%s.%s-%ld", path, suffix, (long)getpid());
    }
    return text;
}

static int open_nameless(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (folder == NULL) {
        return -1;
    }
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    free(folder);
    return fd;
}

/* The descriptor that a path like /dev/stdout stands for, or -1. */
static int descriptor_of(const char *path) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0) {
        return path[8] == 'o' ? STDOUT_FILENO : STDERR_FILENO;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t length = strlen(folders[i]);
        int64_t number = -1;
        if (strncmp(path, folders[i], length) == 0 &&
            jk_text_to_integer(path + length, strlen(path + length), &number) && number >= 0 && number <= INT_MAX) {
            return (int)number;
        }
    }
    return -1;
}

/* A device, a pipe or an open descriptor takes the bytes as they come: it must not be replaced by a file. */
static jk_status open_directly(jk_output *output, int descriptor, jk_error *error) {
    output->direct = true;
    output->fd = descriptor >= 0 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : open(output->target, O_WRONLY | O_CLOEXEC);
    if (output->fd < 0) {
        jk_status status = jk_fail_errno(error, output->target, "write");
        jk_output_abort(output);
        return status;
    }
    return JK_OK;
}

/* The file that a symbolic link leads to is the one to replace, not the link. */
static char *follow_link(const char *path) {
    struct stat link;
    char *real = lstat(path, &link) == 0 && S_ISLNK(link.st_mode) ? realpath(path, NULL) : NULL;
    return real != NULL ? real : strdup(path);
}

jk_status jk_output_open(jk_output *output, const char *path, jk_error *error) {
    *output = (jk_output){.fd = -1};
    struct stat existing;
    int exists = stat(path, &existing) == 0;
    if (path[0] == '\0' || (exists && S_ISDIR(existing.st_mode))) {
        return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "cannot write: %s, expected the name of a file",
                       exists ? "it is a folder" : "the name is empty");
    }
    if (strcmp(path, "-") == 0) {
        return jk_fail(error, JK_ERROR_IO, path, 0, NULL,
                       "is no name of a file here; expected one (/dev/stdout is standard output, ./- a file of that "
                       "name)");
    }
    int descriptor = descriptor_of(path);
    output->target = descriptor >= 0 ? strdup(path) : follow_link(path);
    if (output->target == NULL) {
        return jk_fail_memory(error, "a file name");
    }
    if (descriptor >= 0 || (exists && !S_ISREG(existing.st_mode))) {
        return open_directly(output, descriptor, error);
    }
    path = output->target;
    output->fd = open_nameless(path);
    if (output->fd >= 0) {
        (void)snprintf(output->access, sizeof output->access, "/proc/self/fd/%d", output->fd);
        if (access(output->access, F_OK) == 0) {
            return JK_OK;
        }
        (void)close(output->fd); /* no /proc: the nameless file could not be named later */
    }
    output->part = with_suffix(path, "part");
    output->fd = output->part == NULL ? -1 : open(output->part, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0666);
    if (output->fd < 0) {
        jk_status status = jk_fail_errno(error, path, "write");
        free(output->part);
        output->part = NULL;
        jk_output_abort(output);
        return status;
    }
    return JK_OK;
}

const char *jk_output_access(const jk_output *output) {
    if (output->direct) {
        return output->target;
    }
    return output->part != NULL ? output->part : output->access;
}

jk_status jk_output_stream(jk_output *output, jk_error *error) {
    int copy = fcntl(output->fd, F_DUPFD_CLOEXEC, 0);
    output->stream = copy < 0 ? NULL : fdopen(copy, "w");
    if (output->stream == NULL) {
        jk_status status = jk_fail_errno(error, output->target, "write");
        if (copy >= 0) {
            (void)close(copy);
        }
        return status;
    }
    return JK_OK;
}

/* A nameless file gets a temporary name first: a link cannot replace an existing file, a rename can. */
static int give_name(jk_output *output) {
    if (output->part != NULL) {
        return 0;
    }
    char *name = with_suffix(output->target, "part");
    if (name == NULL) {
        return -1;
    }
    (void)unlink(name);
    if (linkat(AT_FDCWD, output->access, AT_FDCWD, name, AT_SYMLINK_FOLLOW) != 0) {
        free(name);
        return -1;
    }
    output->part = name;
    return 0;
}

jk_status jk_output_commit(jk_output *output, jk_error *error) {
    int failed = 0;
    if (output->stream != NULL) {
        failed = ferror(output->stream) | fflush(output->stream);
        failed |= fclose(output->stream);
        output->stream = NULL;
    }
    if (!failed && output->direct) {
        failed = close(output->fd);
        output->fd = -1;
        if (!failed) {
            jk_output_abort(output);
            return JK_OK;
        }
    }
    if (failed || fsync(output->fd) != 0 || give_name(output) != 0 || rename(output->part, output->target) != 0) {
        jk_status status = jk_fail_errno(error, output->target, "write");
        jk_output_abort(output);
        return status;
    }
    free(output->part);
    output->part = NULL; /* renamed: nothing to remove */
    jk_output_abort(output);
    return JK_OK;
}

void jk_output_abort(jk_output *output) {
    if (output->target == NULL) {
        return;
    }
    int saved = errno;
    if (output->stream != NULL) {
        (void)fclose(output->stream);
    }
    if (output->fd >= 0) {
        (void)close(output->fd);
    }
    if (output->part != NULL) {
        (void)unlink(output->part);
    }
    free(output->part);
    free(output->target);
    *output = (jk_output){.fd = -1};
    errno = saved;
}
