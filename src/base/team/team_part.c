/* SPDX-License-Identifier: Apache-2.0 */
/* The partial file of a part: JSON whose sums are whole numbers, so that nothing is lost between two programs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/file/sha256.h"
#include "base/team/team_internal.h"

static struct {
    json_t *sums, *files;
    jk_json_builder built;
} part;

void jk_team_be_part(int number, int count, const char *path) {
    jk_team_end();
    jk_team = (jk_team_state){.role = JK_TEAM_PART, .number = number, .count = count, .path = path};
}

void jk_part_end(void) {
    json_decref(part.sums);
    json_decref(part.files);
    part.sums = part.files = NULL;
    part.built = (jk_json_builder){0};
}

/* A number of 128 bits: as JSON has it where 64 suffice, else as a text. */
static json_t *wide_json(jk_wide value) {
    char digits[48];
    if (value >= INT64_MIN && value <= INT64_MAX) {
        return json_integer((json_int_t)value);
    }
    bool negative = value < 0;
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    for (; value != 0; value /= 10) {
        int digit = (int)(value % 10);
        *--at = (char)('0' + (negative ? -digit : digit));
    }
    if (negative) {
        *--at = '-';
    }
    return json_string(at);
}

static json_t *tally_json(jk_json_builder *b, const jk_tally *tally) {
    json_t *list = json_array();
    for (size_t i = 0; i < tally->count; i++) {
        jk_json_append(b, list, wide_json(jk_tally_get(tally, i)));
    }
    return list;
}

jk_status jk_part_put(jk_team_question question, const jk_tally *tallies, size_t count, jk_error *error) {
    char figures[20];
    json_t *sum = json_object(), *lists = json_array();
    part.sums = part.sums == NULL ? json_array() : part.sums;
    for (size_t i = 0; i < count; i++) {
        jk_json_append(&part.built, lists, tally_json(&part.built, &tallies[i]));
    }
    (void)snprintf(figures, sizeof figures, "%016llx", (unsigned long long)question.figures);
    jk_json_put(&part.built, sum, "stage", json_string(question.stage));
    jk_json_put(&part.built, sum, "question", json_string(figures));
    jk_json_put(&part.built, sum, "cells", lists);
    jk_json_append(&part.built, part.sums, sum);
    return part.built.failed ? jk_fail_memory(error, "the sums of this part") : JK_OK;
}

static jk_status add_file(const char *path, const char *name, uint64_t head, const char *digest, jk_error *error) {
    json_t *file = json_object();
    part.files = part.files == NULL ? json_array() : part.files;
    jk_json_put(&part.built, file, "option", json_string(name));
    jk_json_put(&part.built, file, "path", jk_json_string(path));
    jk_json_put(&part.built, file, "head", json_integer((json_int_t)head));
    jk_json_put(&part.built, file, "digest", json_string(digest));
    jk_json_append(&part.built, part.files, file);
    return part.built.failed ? jk_fail_memory(error, "the files of this part") : JK_OK;
}

jk_status jk_part_collect(const jk_output *output, const char *name, uint64_t head, jk_error *error) {
    char digest[JK_DIGEST_TEXT];
    if (output->direct) {
        return jk_fail(error, JK_ERROR_ARGUMENT, output->target, 0, name,
                       "is a device or a pipe; expected a file that the merge can read");
    }
    if (output->stream != NULL && fflush(output->stream) != 0) {
        return jk_fail_errno(error, output->target, "write");
    }
    if (!jk_run_digest(output->fd, digest)) {
        return jk_fail_errno(error, output->target, "read");
    }
    return add_file(output->target, name, head, digest, error);
}

jk_status jk_part_keep(const char *path, const char *name, jk_error *error) {
    char digest[JK_DIGEST_TEXT];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool summed = fd >= 0 && jk_run_digest(fd, digest);
    jk_status status = summed ? add_file(path, name, 0, digest, error) : jk_fail_errno(error, path, "read");
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

char *jk_partial_digest(const json_t *sums) {
    char sum[JK_SHA256_TEXT];
    char *text = json_dumps(sums, JSON_COMPACT);
    char *digest = malloc(JK_DIGEST_TEXT);
    if (text == NULL || digest == NULL) {
        free(text);
        free(digest);
        return NULL;
    }
    jk_sha256_text_of(text, strlen(text), sum);
    (void)snprintf(digest, JK_DIGEST_TEXT, "sha256:%s", sum);
    free(text);
    return digest;
}

jk_status jk_team_part_text(char **text, jk_error *error) {
    *text = NULL;
    JK_TRY(jk_part_rows_close(error));
    jk_json_builder *b = &part.built;
    json_t *object = json_object();
    part.sums = part.sums == NULL ? json_array() : part.sums;
    part.files = part.files == NULL ? json_array() : part.files;
    char *digest = jk_partial_digest(part.sums);
    jk_json_put(b, object, JK_PARTIAL_FORMAT, json_integer(1));
    jk_json_put(b, object, "part", json_integer(jk_team.number));
    jk_json_put(b, object, "of", json_integer(jk_team.count));
    jk_json_put(b, object, "manifest", jk_run_record_manifest(b));
    jk_json_put(b, object, "files", json_incref(part.files));
    jk_json_put(b, object, "digest", digest == NULL ? NULL : json_string(digest));
    jk_json_put(b, object, "sums", json_incref(part.sums));
    free(digest);
    *text = jk_json_text(b, object, JSON_COMPACT);
    return jk_held(*text != NULL, error, "the partial file");
}
