/* SPDX-License-Identifier: Apache-2.0 */
/* Model files of a folder, copied: all of them or none. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/transfer.h"
#include "jalki/model_files.h"

static jk_status fail_at(jk_error *error, const char *path) {
    return jk_fail(error, JK_ERROR_IO, path, 0, NULL, "%s", strerror(errno));
}

/* What is made, in the order in which it is made: folders before what lies in them. */
typedef struct made {
    char *from, *to;
    bool is_folder, is_new;
} made;

typedef struct copying {
    made *items;
    size_t count, room, files;
} copying;

static jk_status add(copying *work, const char *from, const char *to, bool is_folder, jk_error *error) {
    if (work->count == work->room) {
        size_t room = work->room * 2 + 16;
        made *larger = realloc(work->items, room * sizeof *larger);
        JK_TRY(jk_held(larger != NULL, error, "a list of model files"));
        work->items = larger;
        work->room = room;
    }
    made *item = &work->items[work->count++];
    *item = (made){.from = strdup(from), .to = strdup(to), .is_folder = is_folder};
    work->files += !is_folder;
    return item->from != NULL && item->to != NULL ? JK_OK : jk_fail_memory(error, "a list of model files");
}

/* Model files of a folder, and of the folders in it, to a folder of the same shape. */
static jk_status list_folder(copying *work, const char *from, const char *to, int depth, jk_error *error) {
    JK_TRY(add(work, from, to, true, error));
    DIR *folder = opendir(from);
    if (folder == NULL) {
        return fail_at(error, from);
    }
    jk_status status = JK_OK;
    for (struct dirent *entry = readdir(folder); entry != NULL && status == JK_OK; entry = readdir(folder)) {
        char source[PATH_MAX], target[PATH_MAX];
        struct stat found;
        if (entry->d_name[0] == '.') {
            continue;
        }
        bool fits = snprintf(source, sizeof source, "%s/%s", from, entry->d_name) < (int)sizeof source &&
                    snprintf(target, sizeof target, "%s/%s", to, entry->d_name) < (int)sizeof target;
        const char *dot = strrchr(entry->d_name, '.');
        if (!fits || stat(source, &found) != 0) {
            errno = fits ? errno : ENAMETOOLONG;
            status = fail_at(error, source);
        } else if (S_ISDIR(found.st_mode) && depth > 0) {
            status = list_folder(work, source, target, depth - 1, error);
        } else if (S_ISREG(found.st_mode) && dot != NULL && strcmp(dot, ".yaml") == 0) {
            status = access(target, F_OK) != 0 ? add(work, source, target, false, error)
                                               : jk_fail(error, JK_ERROR_IO, target, 0, NULL,
                                                         "is there already; expected a folder without it");
        }
    }
    (void)closedir(folder);
    return status;
}

static jk_status copy_file(const char *from, const char *to, jk_error *error) {
    jk_output output = {0};
    char bytes[1 << 14];
    int file = open(from, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return fail_at(error, from);
    }
    jk_status status = jk_output_open(&output, to, JK_OUTPUT_PLAIN, error);
    for (ssize_t got = 1; status == JK_OK && got != 0;) {
        got = jk_read_all(file, bytes, sizeof bytes);
        if (got < 0) {
            status = fail_at(error, from);
        } else if (!jk_write_all(output.fd, bytes, (size_t)got)) {
            status = fail_at(error, to);
        }
    }
    (void)close(file);
    status = status == JK_OK ? jk_output_commit(&output, error) : status;
    jk_output_abort(&output);
    return status;
}

/* All of the list, or none of it: what was made goes again where something fails. */
static jk_status make(copying *work, jk_error *error) {
    jk_status status = JK_OK;
    size_t done = 0;
    for (; done < work->count; done++) {
        made *item = &work->items[done];
        if (!item->is_folder) {
            status = copy_file(item->from, item->to, error);
        } else {
            status = jk_output_make_folder(item->to, JK_OUTPUT_PLAIN, &item->is_new, error);
        }
        if (status != JK_OK) {
            break;
        }
    }
    if (status == JK_OK) {
        return JK_OK;
    }
    for (size_t i = done + 1; i-- > 0;) { /* the failed one too: its name may be there already */
        const made *item = &work->items[i];
        if (!item->is_folder) {
            jk_output_remove(item->to);
        } else if (item->is_new) {
            (void)rmdir(item->to);
        }
    }
    return status;
}

jk_status jk_model_copy_files(const char *from, const char *to, size_t *files, jk_error *error) {
    copying work = {0};
    jk_status status = list_folder(&work, from, to, 2, error);
    status = status == JK_OK ? make(&work, error) : status;
    *files = work.files;
    for (size_t i = 0; i < work.count; i++) {
        free(work.items[i].from);
        free(work.items[i].to);
    }
    free(work.items);
    return status;
}
