/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/resume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/run_record.h"
#include "base/file/transfer.h"
#include "base/team/team_internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define RUN_FILE "run" /* whose parts these are */

/* Before the content of a part. */
typedef struct part_head {
    uint64_t mark, size, sum[2];
} part_head;
static const uint64_t MARK = UINT64_C(0x3174726170656b6a); /* "jkepart1" */

static jk_resume *current;

jk_resume *jk_resume_current(void) {
    return current;
}

void jk_resume_use(jk_resume *resume) {
    current = resume;
}

static part_head head_of(const void *bytes, size_t size) {
    XXH128_hash_t sum = XXH3_128bits(bytes, size);
    return (part_head){MARK, size, {sum.low64, sum.high64}};
}

static char *path_of(const jk_resume *resume, const char *name) {
    char *path = NULL;
    return asprintf(&path, "%s/%s", resume->folder, name) >= 0 ? path : NULL;
}

/* ---- whose folder it is ----------------------------------------------------------------------------------------- */

/* The digest of the manifest without what differs from day to day and from place to place. */
static jk_status run_key(char **key, jk_error *error) {
    jk_json_builder b = {0};
    json_t *manifest = jk_run_record_manifest(&b);
    json_t *run = json_object_get(manifest, "run"), *inputs = json_object_get(run, "inputs");
    *key = NULL;
    if (b.failed) {
        json_decref(manifest);
        return jk_fail_memory(error, "the manifest");
    }
    (void)json_object_del(run, "date");
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        json_t *input = json_array_get(inputs, i);
        if (!json_is_string(json_object_get(input, "digest"))) {
            (void)jk_fail(error, JK_ERROR_DATA, json_string_value(json_object_get(input, "path")), 0, NULL,
                          "has no checksums, or changed while it was read: a run that goes on could not tell it from "
                          "another; expected a store that import made, or no --resume");
            json_decref(manifest);
            return JK_ERROR_DATA;
        }
        (void)json_object_del(input, "path");
    }
    *key = jk_partial_digest(manifest);
    json_decref(manifest);
    return jk_held(*key != NULL, error, "the manifest");
}

/* Removes all that the folder holds, and nothing that is a folder itself. */
static void empty(const char *folder) {
    DIR *list = opendir(folder);
    for (struct dirent *entry = list != NULL ? readdir(list) : NULL; entry != NULL; entry = readdir(list)) {
        (void)unlinkat(dirfd(list), entry->d_name, 0);
    }
    if (list != NULL) {
        (void)closedir(list);
    }
}

static bool is_of_run(int fd, const char *key) {
    char text[2 * JK_DIGEST_TEXT] = "";
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    return got > 0 && strcmp(text, key) == 0;
}

static jk_status fail_owner(const jk_resume *resume, jk_error *error) {
    return jk_fail(error, JK_ERROR_IO, resume->folder, 0, NULL,
                   "is no folder of this user alone (mode 0700), so that what it holds may be anybody's; expected to "
                   "make it, or to find one that an earlier run left");
}

/* Makes the folder or takes the one that is there, and holds it. */
static jk_status hold(jk_resume *resume, jk_error *error) {
    struct stat facts;
    if (mkdir(resume->folder, 0700) != 0 && errno != EEXIST) {
        return jk_fail_errno(error, resume->folder, "make");
    }
    if (lstat(resume->folder, &facts) != 0 || !S_ISDIR(facts.st_mode) || facts.st_uid != geteuid() ||
        (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail_owner(resume, error);
    }
    resume->lock = open(resume->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (resume->lock < 0) {
        return jk_fail_errno(error, resume->folder, "open");
    }
    return flock(resume->lock, LOCK_EX | LOCK_NB) == 0 ? JK_OK
                                                       : jk_fail(error, JK_ERROR_IO, resume->folder, 0, NULL,
                                                                 "is in use: another run with this output is going on");
}

/* Rank 0, or the only process: what was left of another run goes. */
static jk_status settle(jk_resume *resume, const char *key, jk_error *error) {
    JK_TRY(hold(resume, error));
    int fd = openat(resume->lock, RUN_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const bool same = fd >= 0 && is_of_run(fd, key), other = fd >= 0 && !same;
    if (fd >= 0) {
        (void)close(fd);
    }
    if (same) {
        return JK_OK;
    }
    resume->anew = other;
    empty(resume->folder);
    fd = openat(resume->lock, RUN_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool written = fd >= 0 && jk_write_all(fd, key, strlen(key)) && fsync(fd) == 0;
    jk_status status = written ? JK_OK : jk_fail_errno(error, resume->folder, "write");
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

jk_status jk_resume_open(jk_resume *resume, const char *output, jk_error *error) {
    *resume = (jk_resume){.lock = -1};
    char *key = NULL;
    jk_status status = run_key(&key, error);
    char place[JK_OUTPUT_PLACE];
    const char *beside = jk_output_place(output, place);
    if (status == JK_OK && (beside == NULL || asprintf(&resume->folder, "%s.resume", beside) < 0)) {
        resume->folder = NULL;
        status = jk_fail_memory(error, "a file name");
    }
    if (status == JK_OK && jk_team_writes()) {
        status = settle(resume, key, error);
    }
    free(key);
    if (status != JK_OK) {
        jk_resume_close(resume);
        return status;
    }
    jk_team_wait(); /* the others look when it is settled */
    return JK_OK;
}

/* ---- parts ------------------------------------------------------------------------------------------------------ */

static bool read_part(int fd, void **bytes, size_t *size) {
    part_head head;
    struct stat facts;
    if (fstat(fd, &facts) != 0 || !jk_read_whole(fd, 0, &head, sizeof head) || head.mark != MARK ||
        head.size != (uint64_t)facts.st_size - sizeof head) {
        return false;
    }
    char *content = malloc(head.size + 1);
    const bool is_whole = content != NULL && jk_read_whole(fd, sizeof head, content, head.size);
    const part_head now = is_whole ? head_of(content, head.size) : (part_head){0};
    if (memcmp(&now, &head, sizeof head) != 0) {
        free(content);
        return false;
    }
    *bytes = content;
    *size = head.size;
    return true;
}

jk_status jk_resume_find(jk_resume *resume, const char *name, void **bytes, size_t *size, jk_error *error) {
    *bytes = NULL;
    *size = 0;
    if (resume->folder == NULL) {
        return JK_OK;
    }
    char *path = path_of(resume, name);
    JK_TRY(jk_held(path != NULL, error, "a file name"));
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) {
        resume->found += read_part(fd, bytes, size);
        (void)close(fd);
    }
    free(path);
    return JK_OK;
}

jk_status jk_resume_keep(const jk_resume *resume, const char *name, const void *bytes, size_t size, jk_error *error) {
    if (resume->folder == NULL || !jk_team_writes()) {
        return JK_OK;
    }
    const part_head head = head_of(bytes, size);
    char *path = path_of(resume, name), *part = NULL;
    if (path == NULL || asprintf(&part, "%s.new", path) < 0) {
        free(path);
        return jk_fail_memory(error, "a file name");
    }
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool written = fd >= 0 && jk_write_all(fd, &head, sizeof head) && jk_write_all(fd, bytes, size) &&
                   fdatasync(fd) == 0 && rename(part, path) == 0;
    jk_status status = written ? JK_OK : jk_fail_errno(error, path, "write");
    if (fd >= 0) {
        (void)close(fd);
    }
    free(path);
    free(part);
    return status;
}

void jk_resume_done(jk_resume *resume) {
    if (resume->folder != NULL && jk_team_writes()) {
        empty(resume->folder);
        (void)rmdir(resume->folder);
    }
    jk_resume_close(resume);
}

void jk_resume_close(jk_resume *resume) {
    if (resume->folder != NULL && resume->lock >= 0) {
        (void)close(resume->lock);
    }
    free(resume->folder);
    *resume = (jk_resume){.lock = -1};
    current = current == resume ? NULL : current;
}
