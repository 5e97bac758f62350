/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output_part.h"
#include "base/policy.h"
#include "base/team/team.h"
#include "base/text/text.h"

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
    const char *path = jk_team_writes() ? output->target : "/dev/null";
    output->fd = descriptor >= 0 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : open(path, O_WRONLY | O_CLOEXEC);
    if (output->fd < 0) {
        jk_status status = jk_fail_errno(error, output->target, "write");
        jk_output_abort(output);
        return status;
    }
    return JK_OK;
}

static bool is_link(const char *path) {
    struct stat link;
    return lstat(path, &link) == 0 && S_ISLNK(link.st_mode);
}

/* The file that a symbolic link leads to is the one to replace, not the link. */
static char *follow_link(const char *path) {
    char real[PATH_MAX];
    return strdup(is_link(path) && realpath(path, real) != NULL ? real : path);
}

/* A file in the folder of `path` that has no name, or an unforeseeable one where the file system knows no other. */
static jk_status open_temporary(jk_output *output, const char *path, mode_t mode, jk_error *error) {
    char *folder = jk_file_folder(path);
    JK_TRY(jk_held(folder != NULL, error, "a file name"));
    output->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    free(folder);
    if (output->fd >= 0) {
        (void)snprintf(output->access, sizeof output->access, "/proc/self/fd/%d", output->fd);
        if (access(output->access, F_OK) == 0) {
            return JK_OK;
        }
        output->access[0] = '\0';
        (void)close(output->fd); /* no /proc: the nameless file could not be named later */
    }
    output->fd = jk_output_part_create(path, mode, &output->part);
    return output->fd >= 0 ? JK_OK : jk_fail_errno(error, path, "write");
}

/* A file that is replaced hands down who may do what with it. Where the system does not let the group be kept, the
 * rights of that group go to no other. */
static void inherit(int fd, const struct stat *old) {
    struct stat new;
    if (fstat(fd, &new) != 0) {
        return;
    }
    mode_t mode = old->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    if (new.st_gid != old->st_gid && fchown(fd, (uid_t)-1, old->st_gid) != 0) {
        mode &= (mode_t)~S_IRWXG;
    }
    if (new.st_uid != old->st_uid) {
        (void)!fchown(fd, old->st_uid, (gid_t)-1); /* only a superuser can give files away */
    }
    (void)fchmod(fd, mode);
}

static jk_status fail_input(const char *path, jk_error *error) {
    return jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL,
                   "is an input of this run and would be replaced; expected another name for the output");
}

static jk_status open_named(jk_output *output, const char *path, jk_output_rights rights, jk_error *error) {
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
    if (!exists && errno == ENAMETOOLONG) {
        return jk_fail_errno(error, path, "write");
    }
    int descriptor = descriptor_of(path);
    if (!exists && descriptor < 0 && is_link(path)) {
        return jk_fail(error, JK_ERROR_IO, path, 0, NULL,
                       "cannot write: it is a symbolic link that leads to no file; expected one that does, or another "
                       "name");
    }
    output->target = descriptor >= 0 ? strdup(path) : follow_link(path);
    JK_TRY(jk_held(output->target != NULL, error, "a file name"));
    if (descriptor >= 0 || (exists && !S_ISREG(existing.st_mode))) {
        return open_directly(output, descriptor, error);
    }
    if (exists && jk_input_is_kept(&existing)) {
        jk_status status = fail_input(path, error);
        jk_output_abort(output);
        return status;
    }
    jk_output_part_sweep(output->target);
    bool closed = exists || (rights == JK_OUTPUT_PERSONAL && !jk_policy_get()->shared);
    jk_status status = open_temporary(output, output->target, closed ? 0600 : 0666, error);
    if (status != JK_OK) {
        jk_output_abort(output);
    }
    return status;
}

/* ---- where outputs go ------------------------------------------------------------------------------------------ */

static const char *sent_to; /* NULL: where they are named */

void jk_output_send_to(const char *folder) {
    sent_to = folder;
}

const char *jk_output_name(const char *path, char name[JK_OUTPUT_NAME]) {
    while (path[0] == '.' && path[1] == '/') {
        path += 2;
    }
    size_t length = strlen(path);
    const char *from = length < JK_OUTPUT_NAME ? path : path + length - (JK_OUTPUT_NAME - 1);
    (void)snprintf(name, JK_OUTPUT_NAME, "%s", from);
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '/' ? '+' : *c;
    }
    return name;
}

const char *jk_output_place(const char *path, char place[JK_OUTPUT_PLACE]) {
    char name[JK_OUTPUT_NAME];
    if (sent_to == NULL || descriptor_of(path) >= 0) {
        return path;
    }
    int length = snprintf(place, JK_OUTPUT_PLACE, "%s/%s", sent_to, jk_output_name(path, name));
    return length >= 0 && length < JK_OUTPUT_PLACE ? place : NULL;
}

static jk_status fail_place(const char *path, jk_error *error) {
    return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "cannot write: the folder's name is too long");
}

jk_status jk_output_make_folder(const char *path, jk_output_rights rights, bool *is_new, jk_error *error) {
    *is_new = false;
    if (sent_to != NULL) { /* which is there */
        return JK_OK;
    }
    *is_new = mkdir(path, rights == JK_OUTPUT_PERSONAL ? 0700 : 0777) == 0;
    return *is_new || errno == EEXIST ? JK_OK : jk_fail_errno(error, path, "make");
}

void jk_output_remove(const char *path) {
    char place[JK_OUTPUT_PLACE];
    const char *found = jk_output_place(path, place);
    if (found != NULL) {
        (void)unlink(found);
    }
}

jk_status jk_output_may_add(const char *target, jk_error *error) {
    return sent_to == NULL ? JK_OK
                           : jk_fail(error, JK_ERROR_UNSUPPORTED, target, 0, NULL,
                                     "is a data base; a run that is replayed puts no rows into what is there");
}

jk_status jk_output_open(jk_output *output, const char *path, jk_output_rights rights, jk_error *error) {
    char place[JK_OUTPUT_PLACE];
    const char *goes = jk_output_place(path, place);
    return goes != NULL ? open_named(output, goes, rights, error) : fail_place(path, error);
}

jk_status jk_output_try(const char *path, jk_error *error) {
    char place[JK_OUTPUT_PLACE];
    const char *goes = jk_output_place(path, place);
    struct stat existing;
    if (goes == NULL) {
        return fail_place(path, error);
    }
    if (!jk_team_writes() || descriptor_of(goes) >= 0 ||
        (stat(goes, &existing) == 0 && !S_ISREG(existing.st_mode) && !S_ISDIR(existing.st_mode))) {
        return JK_OK;
    }
    jk_output output;
    JK_TRY(open_named(&output, goes, JK_OUTPUT_PERSONAL, error));
    jk_output_abort(&output);
    return JK_OK;
}

jk_status jk_output_scratch(jk_output *output, const char *path, jk_error *error) {
    char place[JK_OUTPUT_PLACE];
    const char *beside = jk_output_place(path, place);
    *output = (jk_output){.fd = -1, .target = beside != NULL ? strdup(beside) : NULL};
    JK_TRY(beside != NULL ? jk_held(output->target != NULL, error, "a file name") : fail_place(path, error));
    jk_status status = open_temporary(output, beside, 0600, error);
    if (status != JK_OK) {
        jk_output_abort(output);
        return status;
    }
    if (output->part != NULL) { /* its name is not needed any more */
        (void)unlink(output->part);
        free(output->part);
        output->part = NULL;
        (void)snprintf(output->access, sizeof output->access, "/proc/self/fd/%d", output->fd);
    }
    return JK_OK;
}

const char *jk_output_access(const jk_output *output) {
    if (output->direct) {
        return output->target;
    }
    return output->part != NULL ? output->part : output->access;
}

/* A nameless file gets a temporary name first: a link cannot replace an existing file, a rename can. */
static bool give_name(jk_output *output) {
    if (output->part == NULL) {
        output->part = jk_output_part_link(output->fd, output->access, output->target);
    }
    return output->part != NULL;
}

/* The new name is on the disk only when the folder is. A file system that cannot sync folders keeps them itself. */
static bool sync_folder(const char *path) {
    char *name = jk_file_folder(path);
    int folder = name == NULL ? -1 : open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(name);
    bool done = folder < 0 || fsync(folder) == 0 || (errno != EIO && errno != ENOSPC);
    if (folder >= 0) {
        (void)close(folder);
    }
    return done;
}

/* ---- what was written ----------------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    char **path;
    size_t count, room;
    bool lost;
} written = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void remember(const char *path) {
    if (!jk_policy_get()->keeps_inputs) {
        return;
    }
    (void)pthread_mutex_lock(&written.lock);
    if (written.count == written.room) {
        size_t room = 2 * written.room + 8;
        char **grown = realloc((void *)written.path, room * sizeof *grown);
        written.path = grown != NULL ? grown : written.path;
        written.room = grown != NULL ? room : written.room;
    }
    char *copy = written.count < written.room ? strdup(path) : NULL;
    if (copy != NULL) {
        written.path[written.count++] = copy;
    }
    written.lost = written.lost || copy == NULL;
    (void)pthread_mutex_unlock(&written.lock);
}

size_t jk_output_count(void) {
    return written.count;
}

bool jk_output_forgot(void) {
    return written.lost;
}

void jk_output_forget(void) {
    (void)pthread_mutex_lock(&written.lock);
    while (written.count > 0) {
        free(written.path[--written.count]);
    }
    written.lost = false;
    (void)pthread_mutex_unlock(&written.lock);
}

const char *jk_output_at(size_t index) {
    return written.path[index];
}

jk_status jk_output_commit(jk_output *output, jk_error *error) {
    int failed = 0;
    if (!jk_team_writes()) { /* rank 0 writes the same */
        jk_output_abort(output);
        return JK_OK;
    }
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
    struct stat existing;
    bool exists = stat(output->target, &existing) == 0;
    jk_status inputs = failed ? JK_OK : jk_input_check(error);
    if (!failed && inputs == JK_OK && exists && jk_input_is_kept(&existing)) {
        inputs = fail_input(output->target, error); /* it was read after the output was opened */
    }
    if (inputs != JK_OK) {
        jk_output_abort(output);
        return inputs;
    }
    if (!failed && exists) {
        inherit(output->fd, &existing);
    }
    if (failed || fsync(output->fd) != 0 || !give_name(output) || rename(output->part, output->target) != 0) {
        jk_status status = jk_fail_errno(error, output->target, "write");
        jk_output_abort(output);
        return status;
    }
    free(output->part);
    output->part = NULL; /* renamed: nothing to remove */
    remember(output->target);
    jk_status status = sync_folder(output->target) ? JK_OK : jk_fail_errno(error, output->target, "sync");
    jk_output_abort(output);
    return status;
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
