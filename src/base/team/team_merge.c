/* SPDX-License-Identifier: Apache-2.0 */
/* Partial files read, checked against each other and added up, one after the other: what is held is one set of sums,
 * however many parts there are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/run_record.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "base/team/team_internal.h"
#include "base/text/json.h"
#include "base/text/text.h"

typedef struct merged_list {
    size_t count;
    jk_wide *cell;
} merged_list;

typedef struct merged_sum {
    const char *stage;
    uint64_t figures;
    size_t count;
    merged_list *list;
} merged_sum;

static struct {
    jk_arena *arena;
    json_t *manifest;       /* of the first file */
    const char *first;      /* its path */
    const char **path;      /* of the partial file of each part, from 0; NULL: not seen */
    json_t **files;         /* of each part */
    size_t sum_count, next; /* the sum that is asked for next */
    merged_sum *sum;
    const char **arguments;
} merge;

void jk_merge_end(void) {
    for (int k = 0; merge.files != NULL && k < jk_team.count; k++) {
        json_decref(merge.files[k]);
    }
    free((void *)merge.files);
    free((void *)merge.path);
    json_decref(merge.manifest);
    jk_arena_free(merge.arena);
    memset(&merge, 0, sizeof merge);
}

const char *jk_team_merged_command(void) {
    return json_string_value(json_object_get(json_object_get(merge.manifest, "run"), "command"));
}

size_t jk_team_merged_arguments(const char *const **arguments) {
    *arguments = merge.arguments;
    return json_array_size(json_object_get(json_object_get(merge.manifest, "run"), "arguments"));
}

/* ---- sums ----------------------------------------------------------------------------------------------------- */

static jk_status not_whole(const char *path, const char *key, jk_error *error) {
    return jk_fail(error, JK_ERROR_DATA, path, 0, key,
                   "is no partial file, or not a whole one; expected what --partial wrote, unchanged");
}

static bool text_to_wide(const char *text, jk_wide *value) {
    const jk_wide most = (((jk_wide)1 << 126) - 1) / 10;
    bool negative = text[0] == '-';
    text += negative;
    size_t length = strspn(text, "0123456789");
    *value = 0;
    for (size_t i = 0; i < length && *value <= most; i++) {
        *value = 10 * *value + (text[i] - '0');
    }
    bool good = length > 0 && length <= 38 && text[length] == '\0';
    *value = negative ? -*value : *value;
    return good;
}

/* Each cell is bounded by 2^127 / JK_PARTS_MAX, so that no sum of parts overflows. */
static bool read_cell(const json_t *from, jk_wide *value) {
    const jk_wide most = ((jk_wide)1 << 126) / JK_PARTS_MAX;
    const char *text = json_string_value(from);
    *value = json_is_integer(from) ? (jk_wide)json_integer_value(from) : 0;
    bool good = json_is_integer(from) || (text != NULL && text_to_wide(text, value));
    return good && *value <= most && *value >= -most;
}

static bool add_list(merged_list *list, const json_t *from) {
    if (json_array_size(from) != list->count) {
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        jk_wide value;
        if (!read_cell(json_array_get(from, i), &value)) {
            return false;
        }
        list->cell[i] += value;
    }
    return true;
}

/* Room for sums of the shapes of the first file. */
static jk_status shape_sums(const char *path, const json_t *sums, jk_error *error) {
    merge.sum_count = json_array_size(sums);
    merge.sum = jk_arena_alloc(merge.arena, merge.sum_count + 1, sizeof *merge.sum);
    for (size_t s = 0; merge.sum != NULL && s < merge.sum_count; s++) {
        const json_t *from = json_array_get(sums, s), *lists = json_object_get(from, "cells");
        const char *stage = json_string_value(json_object_get(from, "stage"));
        const char *figures = json_string_value(json_object_get(from, "question"));
        merged_sum *sum = &merge.sum[s];
        if (stage == NULL || figures == NULL) {
            return not_whole(path, "sums", error);
        }
        sum->figures = strtoull(figures, NULL, 16);
        sum->count = json_array_size(lists);
        sum->list = jk_arena_alloc(merge.arena, sum->count + 1, sizeof *sum->list);
        sum->stage = jk_arena_text(merge.arena, stage, strlen(stage));
        bool held = sum->list != NULL && sum->stage != NULL;
        for (size_t i = 0; held && i < sum->count; i++) {
            sum->list[i].count = json_array_size(json_array_get(lists, i));
            sum->list[i].cell = jk_arena_alloc(merge.arena, sum->list[i].count + 1, sizeof(jk_wide));
            held = sum->list[i].cell != NULL;
        }
        JK_TRY(jk_held(held, error, "the sums of the parts"));
    }
    return jk_held(merge.sum != NULL, error, "the sums of the parts");
}

static jk_status add_sums(const char *path, const json_t *document, jk_error *error) {
    const json_t *sums = json_object_get(document, "sums");
    const char *digest = json_string_value(json_object_get(document, "digest"));
    if (!json_is_array(sums) || digest == NULL) {
        return not_whole(path, "sums", error);
    }
    char *now = jk_partial_digest(sums);
    bool same = now != NULL && strcmp(now, digest) == 0;
    bool held = now != NULL;
    free(now);
    JK_TRY(jk_held(held, error, "the sums of a part"));
    if (!same) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, "digest", "does not suit the sums: the file was changed");
    }
    if (merge.sum == NULL) {
        JK_TRY(shape_sums(path, sums, error));
    }
    bool good = json_array_size(sums) == merge.sum_count;
    for (size_t s = 0; good && s < merge.sum_count; s++) {
        const json_t *from = json_array_get(sums, s), *lists = json_object_get(from, "cells");
        const char *stage = json_string_value(json_object_get(from, "stage"));
        const char *figures = json_string_value(json_object_get(from, "question"));
        const merged_sum *sum = &merge.sum[s];
        good = stage != NULL && figures != NULL && strcmp(stage, sum->stage) == 0 &&
               strtoull(figures, NULL, 16) == sum->figures && json_array_size(lists) == sum->count;
        for (size_t i = 0; good && i < sum->count; i++) {
            good = add_list(&sum->list[i], json_array_get(lists, i));
        }
    }
    return good ? JK_OK
                : jk_fail(error, JK_ERROR_DATA, path, 0, "sums", "answer another question than those of %.200s",
                          merge.first);
}

/* ---- parts of one run ----------------------------------------------------------------------------------------- */

static const char *text_at(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "?";
}

static jk_status check_inputs(const char *path, const json_t *inputs, jk_error *error) {
    const json_t *first = json_object_get(json_object_get(merge.manifest, "run"), "inputs");
    if (json_array_size(inputs) != json_array_size(first)) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, "inputs", "this part read %zu files, that of %.200s %zu",
                       json_array_size(inputs), merge.first, json_array_size(first));
    }
    for (size_t i = 0; i < json_array_size(first); i++) {
        const json_t *one = json_array_get(first, i), *other = json_array_get(inputs, i);
        if (!json_is_string(json_object_get(other, "digest"))) {
            return jk_fail(error, JK_ERROR_DATA, path, 0, text_at(other, "path"),
                           "this part's input has no checksums, or changed while it was read");
        }
        if (!json_equal(json_object_get(one, "digest"), json_object_get(other, "digest"))) {
            return jk_fail(error, JK_ERROR_DATA, path, 0, text_at(other, "path"),
                           "this part read another file than that of %.200s: digests %.80s and %.80s", merge.first,
                           text_at(other, "digest"), text_at(one, "digest"));
        }
    }
    return JK_OK;
}

static jk_status check_run(const char *path, const json_t *manifest, jk_error *error) {
    const json_t *run = json_object_get(manifest, "run"), *first = json_object_get(merge.manifest, "run");
    if (!json_equal(json_object_get(manifest, "version"), json_object_get(merge.manifest, "version"))) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, "version", "was made by version %.40s, %.200s by %.40s",
                       text_at(manifest, "version"), merge.first, text_at(merge.manifest, "version"));
    }
    if (!json_equal(json_object_get(run, "command"), json_object_get(first, "command")) ||
        !json_equal(json_object_get(run, "arguments"), json_object_get(first, "arguments"))) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, "arguments",
                       "is part of another run than %.200s: its command or options differ; expected the same line for "
                       "all parts but for --part, --partial and outputs",
                       merge.first);
    }
    return check_inputs(path, json_object_get(run, "inputs"), error);
}

static jk_status begin(const char *path, const json_t *document, int of, jk_error *error) {
    const json_t *arguments =
        json_object_get(json_object_get(json_object_get(document, "manifest"), "run"), "arguments");
    jk_team.count = of;
    merge.first = path;
    merge.manifest = json_incref(json_object_get(document, "manifest"));
    merge.path = calloc((size_t)of, sizeof *merge.path);
    merge.files = calloc((size_t)of, sizeof *merge.files);
    merge.arguments = jk_arena_alloc(merge.arena, json_array_size(arguments) + 1, sizeof *merge.arguments);
    JK_TRY(jk_held(merge.path != NULL && merge.files != NULL && merge.arguments != NULL, error, "the parts"));
    for (size_t i = 0; i < json_array_size(arguments); i++) {
        merge.arguments[i] = json_string_value(json_array_get(arguments, i));
        if (merge.arguments[i] == NULL) {
            return not_whole(path, "arguments", error);
        }
    }
    return jk_team_merged_command() == NULL ? not_whole(path, "command", error) : JK_OK;
}

static jk_status add_document(const char *path, const json_t *document, jk_error *error) {
    json_int_t number = json_integer_value(json_object_get(document, "part"));
    json_int_t of = json_integer_value(json_object_get(document, "of"));
    if (json_integer_value(json_object_get(document, JK_PARTIAL_FORMAT)) != 1 || of < 1 || of > JK_PARTS_MAX ||
        number < 1 || number > of || !json_is_array(json_object_get(document, "files"))) {
        return not_whole(path, NULL, error);
    }
    if (merge.first == NULL) {
        JK_TRY(begin(path, document, (int)of, error));
    }
    if (of != jk_team.count) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, "of", "is a part of %d, %.200s one of %d", (int)of, merge.first,
                       jk_team.count);
    }
    if (merge.path[number - 1] != NULL) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, "part", "is part %d of %d, and so is %.200s", (int)number,
                       (int)of, merge.path[number - 1]);
    }
    merge.path[number - 1] = path;
    merge.files[number - 1] = json_incref(json_object_get(document, "files"));
    JK_TRY(check_run(path, json_object_get(document, "manifest"), error));
    return add_sums(path, document, error);
}

static jk_status load(const char *path, jk_error *error) {
    json_error_t where;
    FILE *file = jk_input_stream(path);
    if (file == NULL) {
        return jk_fail_errno(error, path, "read");
    }
    json_t *document = jk_json_parse_file(file, JSON_REJECT_DUPLICATES, &where);
    (void)fclose(file);
    jk_status status = document == NULL ? not_whole(path, NULL, error) : add_document(path, document, error);
    json_decref(document);
    return status;
}

static jk_status check_all_there(jk_error *error) {
    char list[200] = "";
    size_t missing = 0, used = 0;
    for (int k = 0; k < jk_team.count; k++) {
        if (merge.path[k] == NULL && missing++ < 10) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%d", used == 0 ? "" : ", ", k + 1);
        }
    }
    return missing == 0 ? JK_OK
                        : jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "%zu of %d parts %s missing: %s%s", missing,
                                  jk_team.count, missing == 1 ? "is" : "are", list, missing > 10 ? ", …" : "");
}

jk_status jk_team_be_merge(const char *const *paths, size_t count, jk_error *error) {
    jk_team_end();
    jk_team.role = JK_TEAM_MERGE;
    merge.arena = jk_arena_create();
    jk_status status = jk_held(merge.arena != NULL, error, "the parts");
    for (size_t i = 0; status == JK_OK && i < count; i++) {
        status = load(paths[i], error);
    }
    status = status == JK_OK ? check_all_there(error) : status;
    if (status != JK_OK) {
        jk_team_end();
    }
    return status;
}

/* ---- what is handed out --------------------------------------------------------------------------------------- */

/* What the merge has read must be what the parts have read. */
static jk_status check_read(jk_error *error) {
    jk_json_builder b = {0};
    json_t *manifest = jk_run_record_manifest(&b);
    const json_t *now = json_object_get(json_object_get(manifest, "run"), "inputs");
    const json_t *then = json_object_get(json_object_get(merge.manifest, "run"), "inputs");
    jk_status status = b.failed ? jk_fail_memory(error, "the inputs") : JK_OK;
    for (size_t i = 0; status == JK_OK && i < json_array_size(now); i++) {
        const json_t *input = json_array_get(now, i), *digest = json_object_get(input, "digest");
        bool known = false;
        for (size_t k = 0; k < json_array_size(then); k++) {
            known = known || json_equal(digest, json_object_get(json_array_get(then, k), "digest"));
        }
        if (!known || !json_is_string(digest)) {
            status = jk_fail(error, JK_ERROR_DATA, text_at(input, "path"), 0, NULL,
                             "is not the file that the parts have read");
        }
    }
    json_decref(manifest);
    return status;
}

static bool take_list(const merged_list *list, const jk_tally *tally) {
    bool held = true;
    for (size_t i = 0; i < list->count; i++) {
        held = jk_tally_set(tally, i, list->cell[i]) && held;
    }
    return held;
}

jk_status jk_merge_take(jk_team_question question, const jk_tally *tallies, size_t count, jk_error *error) {
    JK_TRY(check_read(error));
    const merged_sum *sum = merge.next < merge.sum_count ? &merge.sum[merge.next++] : NULL;
    bool good = sum != NULL && strcmp(sum->stage, question.stage) == 0 && sum->figures == question.figures &&
                sum->count == count;
    for (size_t i = 0; good && i < count; i++) {
        good = sum->list[i].count == tallies[i].count;
    }
    if (!good) {
        return jk_fail(error, JK_ERROR_DATA, merge.first, 0, "sums", "do not answer what this run asks (%s)",
                       question.stage);
    }
    for (size_t i = 0; i < count; i++) {
        if (!take_list(&sum->list[i], &tallies[i])) {
            return jk_fail(error, JK_ERROR_DATA, merge.first, 0, "sums", "come to more than can be held");
        }
    }
    return JK_OK;
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

static const json_t *file_of(int part, const char *name) {
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(merge.files[part]); i++) {
        const json_t *file = json_array_get(merge.files[part], i);
        found = strcmp(text_at(file, "option"), name) == 0 ? file : found;
    }
    return found;
}

/* The file by its own path or, where parts were moved, by its name beside the partial file. */
static int open_file(int part, const char *path, char **opened) {
    const int folder = (int)(jk_file_name(merge.path[part]) - merge.path[part]);
    int fd = jk_input_open(path, false);
    *opened = strdup(path);
    if (fd < 0 && errno == ENOENT && *opened != NULL) {
        free(*opened);
        *opened = NULL;
        if (asprintf(opened, "%.*s%s", folder, merge.path[part], jk_file_name(path)) < 0) {
            *opened = NULL;
        }
        fd = *opened == NULL ? -1 : jk_input_open(*opened, false);
    }
    return fd;
}

jk_status jk_merge_open(int part, const char *name, int *fd, char **path, jk_input_file *file, jk_error *error) {
    char found[JK_DIGEST_TEXT];
    struct stat facts;
    const json_t *named = file_of(part, name);
    *fd = -1;
    *path = NULL;
    if (named == NULL) {
        return jk_fail(error, JK_ERROR_DATA, merge.path[part], 0, NULL,
                       "part %d was run without --%s; expected every part with it", part + 1, name);
    }
    *fd = open_file(part, text_at(named, "path"), path);
    if (*fd < 0 || *path == NULL || fstat(*fd, &facts) != 0 || !jk_run_digest(*fd, found)) {
        return jk_fail_errno(error, text_at(named, "path"), "read");
    }
    *file = jk_input_facts(&facts);
    jk_input_disown(*path); /* a piece of the output, not an input of the run */
    return strcmp(found, text_at(named, "digest")) == 0
               ? JK_OK
               : jk_fail(error, JK_ERROR_DATA, *path, 0, NULL, "is not as its part has left it: its digest differs");
}

jk_status jk_merge_check(int fd, const char *path, const jk_input_file *file, jk_error *error) {
    struct stat now;
    if (fstat(fd, &now) != 0) {
        return jk_fail_errno(error, path, "read");
    }
    return jk_input_is_same(file, &now) ? JK_OK
                                        : jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "was changed while it was read");
}

static jk_status append(int from, const char *path, uint64_t head, const jk_output *output, jk_error *error) {
    unsigned char bytes[65536];
    for (ssize_t got = sizeof bytes; got == (ssize_t)sizeof bytes; head += sizeof bytes) {
        got = jk_read_at(from, head, bytes, sizeof bytes);
        if (got < 0) {
            return jk_fail_errno(error, path, "read");
        }
        if (!jk_write_all(output->fd, bytes, (size_t)got)) {
            return jk_fail_errno(error, output->target, "write");
        }
    }
    return JK_OK;
}

static jk_status append_part(int part, const jk_output *output, const char *name, uint64_t head, jk_error *error) {
    char *path = NULL;
    int fd = -1;
    jk_input_file file;
    jk_status status = jk_merge_open(part, name, &fd, &path, &file, error);
    if (status == JK_OK && json_integer_value(json_object_get(file_of(part, name), "head")) != (json_int_t)head) {
        status = jk_fail(error, JK_ERROR_DATA, path, 0, name,
                         "has other columns, or is packed where this one is not, or the other way round");
    }
    if (status == JK_OK) {
        status = append(fd, path, head, output, error);
    }
    if (status == JK_OK) {
        status = jk_merge_check(fd, path, &file, error);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    free(path);
    return status;
}

jk_status jk_merge_collect(const jk_output *output, const char *name, uint64_t head, jk_error *error) {
    if (output->stream != NULL && fflush(output->stream) != 0) {
        return jk_fail_errno(error, output->target, "write");
    }
    for (int k = 0; k < jk_team.count; k++) {
        JK_TRY(append_part(k, output, name, head, error));
    }
    return JK_OK;
}

jk_status jk_team_part_path(int number, const char *name, char **path, jk_error *error) {
    int fd = -1;
    jk_input_file file;
    jk_status status = jk_merge_open(number - 1, name, &fd, path, &file, error);
    if (fd >= 0) {
        (void)close(fd);
    }
    if (status != JK_OK) {
        free(*path);
        *path = NULL;
    }
    return status;
}
