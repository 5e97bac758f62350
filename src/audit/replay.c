/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/replay.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/differences.h"
#include "base/error.h"
#include "base/file/input.h"
#include "base/file/run_record.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/text/json.h"
#include "h5/h5_file.h"
#include "jalki/verify.h"

#define SECONDS_MOST INT64_C(253402300799) /* 9999-12-31 */

typedef struct replay_memory {
    json_t *root;
    jk_arena *arena;
} replay_memory;

static jk_status no_manifest(const char *path, const char *what, jk_error *error) {
    return jk_fail(error, JK_ERROR_DATA, path, 0, NULL,
                   "%s; expected the file of --manifest, or a JSON output, store or result of this version", what);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static jk_status load_store(const char *path, jk_replay *replay, json_t **manifest, jk_error *error) {
    jk_h5_file *file = NULL;
    JK_TRY(jk_h5_open(path, NULL, 0, &file, error));
    const char *text = jk_h5_attribute_text(file, "manifest");
    const char *created = jk_h5_attribute_text(file, "created"); /* YYYY-MM-DDThh:mm:ssZ */
    int32_t day = 0;
    int hour = 0, minute = 0, second = 0;
    *manifest = text != NULL ? jk_json_parse(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (created != NULL && strlen(created) == 20 && jk_date_parse(created, 10, &day) &&
        sscanf(created + 10, "T%2d:%2d:%2dZ", &hour, &minute, &second) == 3) {
        replay->seconds = (int64_t)day * 86400 + 3600 * hour + 60 * minute + second;
    }
    replay->source = JK_REPLAY_STORE;
    jk_h5_close(file);
    return JK_OK;
}

static jk_status load_json(const char *path, jk_replay *replay, json_t **root, jk_error *error) {
    FILE *file = jk_input_stream(path);
    if (file == NULL) {
        return jk_fail_errno(error, path, "read");
    }
    *root = jk_json_parse_file(file, JSON_REJECT_DUPLICATES, NULL);
    (void)fclose(file);
    replay->source = json_is_integer(json_object_get(*root, "jalki_run")) ? JK_REPLAY_MANIFEST : JK_REPLAY_JSON;
    return JK_OK;
}

static const char *text_of(const json_t *object, const char *key, const char *otherwise) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : otherwise;
}

/* A list of texts; NULL: not one, or no memory. */
static const char **texts_of(jk_arena *arena, const json_t *list, size_t *count) {
    *count = json_array_size(list);
    const char **texts = json_is_array(list) ? jk_arena_alloc(arena, *count + 1, sizeof *texts) : NULL;
    for (size_t i = 0; texts != NULL && i < *count; i++) {
        texts[i] = json_string_value(json_array_get(list, i));
        if (texts[i] == NULL) {
            return NULL;
        }
    }
    return texts;
}

static jk_replay_file *files_of(jk_arena *arena, const json_t *list, size_t *count) {
    *count = json_array_size(list);
    jk_replay_file *files = jk_arena_alloc(arena, *count + 1, sizeof *files);
    for (size_t i = 0; files != NULL && i < *count; i++) {
        const json_t *one = json_array_get(list, i);
        files[i] =
            (jk_replay_file){text_of(one, "option", NULL), text_of(one, "path", NULL), text_of(one, "digest", NULL)};
        if (files[i].path == NULL) {
            return NULL;
        }
    }
    return files;
}

static jk_status take(const char *path, jk_replay *replay, const json_t *manifest, jk_arena *arena, jk_error *error) {
    const json_t *run = json_object_get(manifest, "run"), *out = json_object_get(manifest, "stdout");
    const json_t *seconds = json_object_get(manifest, "seconds");
    int32_t day = 0;
    replay->command = text_of(run, "command", NULL);
    if (replay->command == NULL) {
        return no_manifest(path, "says nothing of the run that it comes from", error);
    }
    replay->version = text_of(manifest, "version", "");
    replay->build = text_of(manifest, "build", "");
    replay->arguments = texts_of(arena, json_object_get(run, "arguments"), &replay->argument_count);
    replay->inputs = files_of(arena, json_object_get(run, "inputs"), &replay->input_count);
    replay->outputs = files_of(arena, json_object_get(manifest, "outputs"), &replay->output_count);
    replay->stdout_format = text_of(out, "format", NULL);
    replay->stdout_digest = text_of(out, "digest", NULL);
    if (replay->arguments == NULL || replay->inputs == NULL || replay->outputs == NULL) {
        return no_manifest(path, "has a manifest that is not whole", error);
    }
    const char *date = text_of(run, "date", "");
    if (json_is_integer(seconds)) {
        replay->seconds = json_integer_value(seconds);
    } else if (replay->seconds == 0 && jk_date_parse(date, strlen(date), &day)) {
        replay->seconds = (int64_t)day * 86400;
    }
    return replay->seconds >= 0 && replay->seconds <= SECONDS_MOST
               ? JK_OK
               : no_manifest(path, "says that it was made before 1970 or after 9999", error);
}

jk_status jk_replay_read(const char *path, jk_replay *replay, jk_error *error) {
    *replay = (jk_replay){0};
    replay_memory *memory = calloc(1, sizeof *memory);
    replay->memory = memory;
    if (memory == NULL || (memory->arena = jk_arena_create()) == NULL) {
        jk_replay_reset(replay);
        return jk_fail_memory(error, "a manifest");
    }
    bool is_store = jk_audit_is_store(path);
    jk_status status =
        is_store ? load_store(path, replay, &memory->root, error) : load_json(path, replay, &memory->root, error);
    const json_t *manifest = memory->root;
    if (status == JK_OK && replay->source == JK_REPLAY_JSON) {
        manifest = json_object_get(memory->root, "manifest");
    }
    if (status == JK_OK && manifest == NULL) {
        status = no_manifest(path, "has no manifest", error);
    }
    status = status == JK_OK ? take(path, replay, manifest, memory->arena, error) : status;
    if (status != JK_OK) {
        jk_replay_reset(replay);
    }
    return status;
}

void jk_replay_reset(jk_replay *replay) {
    replay_memory *memory = replay->memory;
    if (memory != NULL) {
        json_decref(memory->root);
        jk_arena_free(memory->arena);
        free(memory);
    }
    *replay = (jk_replay){0};
}

/* ---- inputs ---------------------------------------------------------------------------------------------------- */

static jk_status digest_file(const char *path, char digest[JK_DIGEST_TEXT], jk_error *error) {
    int fd = jk_input_open(path, false);
    if (fd < 0) {
        return jk_fail_errno(error, path, "read");
    }
    jk_status status = jk_run_digest(fd, digest) ? JK_OK : jk_fail_errno(error, path, "read");
    (void)close(fd);
    return status;
}

char *jk_replay_digest(const char *path, jk_error *error) {
    char digest[JK_DIGEST_TEXT];
    if (digest_file(path, digest, error) != JK_OK) {
        return NULL;
    }
    char *copy = strdup(digest);
    if (copy == NULL) {
        (void)jk_fail_memory(error, "a digest");
    }
    return copy;
}

/* The digest of a store, which is that of its checksums, after these were checked. No threads: the caller may fork. */
static jk_status digest_store(const char *path, char digest[JK_DIGEST_TEXT], jk_error *error) {
    const jk_run run = {.threads = 1};
    jk_verification found;
    JK_TRY(jk_verify(path, &run, &found, error));
    if (found.soundness != JK_SOUND) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "is %s; 'jalki verify' says more",
                       found.soundness == JK_DAMAGED ? "damaged" : "without checksums, and was not then");
    }
    (void)snprintf(digest, JK_DIGEST_TEXT, "xxh3:%s", found.digest);
    return JK_OK;
}

jk_status jk_replay_check_input(const jk_replay_file *input, jk_error *error) {
    char digest[JK_DIGEST_TEXT];
    if (input->digest == NULL) {
        return jk_fail(error, JK_ERROR_DATA, input->path, 0, NULL,
                       "its content then is not known: it had no checksums, or changed while it was read");
    }
    bool is_store = strncmp(input->digest, "xxh3:", 5) == 0;
    JK_TRY(is_store ? digest_store(input->path, digest, error) : digest_file(input->path, digest, error));
    return strcmp(digest, input->digest) == 0
               ? JK_OK
               : jk_fail(error, JK_ERROR_DATA, input->path, 0, NULL,
                         "is another file than then: its digest was %.80s, is %s", input->digest, digest);
}
