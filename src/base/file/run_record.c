/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/run_record.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file/input.h"
#include "base/file/sha256.h"
#include "base/file/transfer.h"
#include "base/text/text.h"

#ifdef __clang__
#define COMPILER "Clang " __clang_version__
#else
#define COMPILER "GCC " __VERSION__
#endif
#ifdef __OPTIMIZE__
#define OPTIMISED ", optimised"
#else
#define OPTIMISED ", not optimised"
#endif
#if defined __x86_64__
#define MACHINE ", x86-64"
#elif defined __aarch64__
#define MACHINE ", AArch64"
#else
#define MACHINE ""
#endif

static const jk_run_record *current;

void jk_run_record_set(const jk_run_record *record) {
    current = record;
}

static int64_t seconds;

static void read_clock(void) {
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch == NULL || !jk_text_to_integer(epoch, strlen(epoch), &seconds) || seconds < 0) {
        seconds = (int64_t)time(NULL);
    }
}

int64_t jk_run_seconds(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, read_clock);
    return seconds;
}

/* ---- digests --------------------------------------------------------------------------------------------------- */

static bool add_file(int fd, jk_sha256 *sum) {
    unsigned char bytes[65536];
    ssize_t got = 0;
    for (uint64_t done = 0; done == 0 || got == (ssize_t)sizeof bytes; done += sizeof bytes) {
        got = jk_read_at(fd, done, bytes, sizeof bytes);
        if (got < 0) {
            return false;
        }
        jk_sha256_add(sum, bytes, (size_t)got);
    }
    return true;
}

bool jk_run_digest(int fd, char digest[JK_DIGEST_TEXT]) {
    char text[JK_SHA256_TEXT];
    jk_sha256 sum;
    jk_sha256_start(&sum);
    bool done = add_file(fd, &sum);
    jk_sha256_end_text(&sum, text);
    (void)snprintf(digest, JK_DIGEST_TEXT, "sha256:%s", done ? text : "");
    return done;
}

/* Of an input: what its reader said of it, or of the bytes as they are now, if the file is the one that was read. NULL,
 * which the builder takes for a failure: it is there and cannot be read. */
static json_t *digest_of(const jk_input_file *input) {
    char digest[JK_DIGEST_TEXT];
    struct stat now;
    if (input->has_digest) {
        return input->digest[0] != '\0' ? json_string(input->digest) : json_null();
    }
    int fd = jk_input_open(input->path, false);
    if (fd < 0) {
        return errno == ENOENT || errno == ENOTDIR ? json_null() : NULL;
    }
    bool same = fstat(fd, &now) == 0 && jk_input_is_same(input, &now);
    bool summed = same && jk_run_digest(fd, digest);
    (void)close(fd);
    return !same ? json_null() : summed ? json_string(digest) : NULL;
}

/* ---- the manifest ---------------------------------------------------------------------------------------------- */

static json_t *texts(jk_json_builder *b, const char *const *list) {
    json_t *array = json_array();
    for (; list != NULL && *list != NULL; list++) {
        jk_json_append(b, array, jk_json_string(*list));
    }
    return array;
}

static json_t *inputs(jk_json_builder *b) {
    json_t *array = json_array();
    size_t count = jk_input_count();
    for (size_t i = 0; i < count; i++) {
        jk_input_file input = jk_input_at(i);
        json_t *object = json_object();
        jk_json_put(b, object, "path", jk_json_string(input.path));
        jk_json_put(b, object, "bytes", json_integer((json_int_t)input.bytes));
        jk_json_put(b, object, "digest", digest_of(&input));
        jk_json_append(b, array, object);
    }
    return array;
}

void jk_run_record_put(jk_json_builder *b, json_t *manifest) {
    jk_json_put(b, manifest, "build", json_string(COMPILER OPTIMISED MACHINE));
    if (current == NULL) {
        return;
    }
    json_t *run = json_object();
    jk_json_put(b, run, "command", json_string(current->command));
    jk_json_put(b, run, "arguments", texts(b, current->arguments));
    jk_json_put(b, run, "date", jk_json_date((int32_t)(jk_run_seconds() / 86400)));
    jk_json_put(b, run, "inputs", inputs(b));
    jk_json_put(b, manifest, "features", texts(b, current->features));
    jk_json_put(b, manifest, "run", run);
}

json_t *jk_run_record_manifest(jk_json_builder *b) {
    json_t *manifest = json_object();
    jk_json_put(b, manifest, "program", json_string("jalki"));
    jk_json_put(b, manifest, "version", json_string(JALKI_VERSION));
    jk_run_record_put(b, manifest);
    return manifest;
}
