/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a batch: defaults, and jobs, each once or for every combination of its words. */
#include "jalki/batch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "batch/batch_reader.h"

const char *jk_job_state_name(jk_job_state state) {
    static const char *const names[] = {"waiting", "done", "failed", "skipped"};
    return (unsigned)state < JK_JOB_STATE_COUNT ? names[state] : "?";
}

jk_status jk_batch_expected(batch_reader *reader, const jk_yaml_node *node, const char *what) {
    char words[JK_YAML_WORDS];
    return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line,
                   reader->path.length > 0 ? reader->path.text : NULL, "expected %s, found %s", what,
                   jk_yaml_describe(node, words));
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

/* Appends the value of {name}, or of {name.stem}: without folders and ending. */
static jk_status put_word(batch_reader *reader, const jk_yaml_node *node, const char *name, size_t length, char *out,
                          size_t *used) {
    bool stem = length > 5 && strncmp(name + length - 5, ".stem", 5) == 0;
    size_t plain = stem ? length - 5 : length;
    const char *value = NULL;
    for (size_t i = 0; i < reader->word_count; i++) {
        const batch_word *word = &reader->words[i];
        value = strlen(word->name) == plain && strncmp(word->name, name, plain) == 0 ? word->value : value;
    }
    if (value == NULL) {
        return jk_fail(reader->error, JK_ERROR_MODEL, node->file, node->line, reader->path.text,
                       "{%.*s} is no word of this job; expected one that stands under `each`", (int)length, name);
    }
    const char *from = stem ? jk_file_name(value) : value;
    const char *dot = stem ? strchr(from + (from[0] != '\0'), '.') : NULL;
    size_t count = dot != NULL ? (size_t)(dot - from) : strlen(from);
    if (*used + count >= BATCH_TEXT_MAX) {
        return jk_batch_expected(reader, node, "a shorter value");
    }
    memcpy(out + *used, from, count);
    *used += count;
    return JK_OK;
}

jk_status jk_batch_text(batch_reader *reader, const jk_yaml_node *node, const char **text) {
    char out[BATCH_TEXT_MAX];
    size_t used = 0;
    if (node->kind != JK_YAML_SCALAR) {
        return jk_batch_expected(reader, node, "a value");
    }
    for (const char *c = node->text; *c != '\0';) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        if (end != NULL) {
            JK_TRY(put_word(reader, node, c + 1, (size_t)(end - c - 1), out, &used));
            c = end + 1;
        } else if (used + 1 < BATCH_TEXT_MAX) {
            out[used++] = *c++;
        } else {
            return jk_batch_expected(reader, node, "a shorter value");
        }
    }
    *text = jk_arena_text(reader->arena, out, used);
    return jk_held(*text != NULL, reader->error, "the jobs");
}

/* ---- jobs ------------------------------------------------------------------------------------------------------- */

static jk_status add_job(batch_reader *reader, const jk_yaml_node *map) {
    jk_batch *batch = reader->batch;
    if (batch->job_count == JK_BATCH_JOBS_MAX) {
        return jk_fail(reader->error, JK_ERROR_MODEL, map->file, map->line, "jobs", "more than %d jobs",
                       (int)JK_BATCH_JOBS_MAX);
    }
    if (batch->job_count == reader->room) {
        size_t room = 2 * reader->room + 16;
        jk_batch_job *grown = jk_arena_alloc(reader->arena, room, sizeof *grown);
        JK_TRY(jk_held(grown != NULL, reader->error, "the jobs"));
        if (batch->job_count > 0) {
            memcpy(grown, batch->jobs, batch->job_count * sizeof *grown);
        }
        batch->jobs = grown;
        reader->room = room;
    }
    jk_batch_job *job = &batch->jobs[batch->job_count++];
    *job = (jk_batch_job){.line = map->line, .claims = NAN, .face = NAN, .value = NAN, .bid = NAN};
    return jk_batch_read_job(reader, map, job);
}

/* Every combination of the words from `index` on, the last one fastest. */
static jk_status add_jobs(batch_reader *reader, const jk_yaml_node *map, const jk_yaml_node *each, size_t index) {
    if (each == NULL || index == each->count) {
        return add_job(reader, map);
    }
    const jk_yaml_node *list = each->pairs[index].value;
    size_t before = reader->path.length;
    (void)jk_key_path_add(&reader->path, "each");
    (void)jk_key_path_add(&reader->path, each->pairs[index].key);
    if (list->kind != JK_YAML_LIST || list->count == 0) {
        return jk_batch_expected(reader, list, "a list of values");
    }
    if (index == BATCH_WORDS_MAX) {
        return jk_batch_expected(reader, list, "at most 16 words");
    }
    for (size_t i = 0; i < list->count; i++) {
        const jk_yaml_node *item = list->items[i];
        if (item->kind != JK_YAML_SCALAR || item->text[0] == '\0') {
            return jk_batch_expected(reader, item, "a value");
        }
        jk_key_path_cut(&reader->path, before);
        reader->words[index] = (batch_word){each->pairs[index].key, item->text};
        reader->word_count = index + 1;
        JK_TRY(add_jobs(reader, map, each, index + 1));
    }
    return JK_OK;
}

static jk_status read_jobs(batch_reader *reader, const jk_yaml_node *list) {
    if (list->kind != JK_YAML_LIST || list->count == 0) {
        return jk_batch_expected(reader, list, "a list of jobs");
    }
    for (size_t i = 0; i < list->count; i++) {
        const jk_yaml_node *map = list->items[i];
        size_t before = jk_key_path_index(&reader->path, i);
        if (map->kind != JK_YAML_MAP) {
            return jk_batch_expected(reader, map, "a map with name and command");
        }
        const jk_yaml_pair *each = jk_yaml_find(map, "each");
        if (each != NULL && each->value->kind != JK_YAML_MAP) {
            (void)jk_key_path_add(&reader->path, "each");
            return jk_batch_expected(reader, each->value, "a map of words with their lists of values");
        }
        reader->word_count = 0;
        JK_TRY(add_jobs(reader, map, each != NULL ? each->value : NULL, 0));
        jk_key_path_cut(&reader->path, before);
    }
    return JK_OK;
}

static jk_status check_defaults(batch_reader *reader) {
    for (size_t i = 0; reader->defaults != NULL && i < reader->defaults->count; i++) {
        const jk_yaml_pair *pair = &reader->defaults->pairs[i];
        if (!reader->default_used[i]) {
            return jk_fail(reader->error, JK_ERROR_MODEL, pair->file, pair->line, "defaults",
                           "no job has an option '%.80s', or each gives its own", pair->key);
        }
    }
    return JK_OK;
}

static jk_status read_root(batch_reader *reader, const jk_yaml_node *root, const char *path) {
    static const char *const known[] = {"jalki_batch", "defaults", "jobs"};
    double version = 0.0;
    const jk_yaml_node *jobs = NULL;
    if (root->kind != JK_YAML_MAP) {
        return jk_batch_expected(reader, root, "a map with jalki_batch: 1 and jobs");
    }
    for (size_t i = 0; i < root->count; i++) {
        const jk_yaml_pair *pair = &root->pairs[i];
        size_t before = jk_key_path_add(&reader->path, pair->key);
        if (strcmp(pair->key, "jalki_batch") == 0) {
            if (!jk_yaml_to_real(pair->value, &version) || version != 1.0) {
                return jk_batch_expected(reader, pair->value, "1");
            }
        } else if (strcmp(pair->key, "defaults") == 0) {
            reader->defaults = pair->value;
            if (pair->value->kind != JK_YAML_MAP) {
                return jk_batch_expected(reader, pair->value, "a map of options");
            }
        } else if (strcmp(pair->key, "jobs") == 0) {
            jobs = pair->value;
        } else {
            int nearest = jk_text_nearest(pair->key, known, sizeof known / sizeof known[0]);
            return jk_fail(reader->error, JK_ERROR_MODEL, pair->file, pair->line, NULL,
                           "unknown key '%.80s'; expected %s", pair->key,
                           nearest >= 0 ? known[nearest] : "jalki_batch, defaults, jobs");
        }
        jk_key_path_cut(&reader->path, before);
    }
    if (version != 1.0 || jobs == NULL) {
        return jk_fail(reader->error, JK_ERROR_MODEL, path, 0, NULL, "%s is missing",
                       jobs == NULL ? "the list `jobs`" : "`jalki_batch: 1`");
    }
    size_t defaults = reader->defaults != NULL ? reader->defaults->count : 0;
    reader->default_used = jk_arena_alloc(reader->arena, defaults + 1, sizeof *reader->default_used);
    JK_TRY(jk_held(reader->default_used != NULL, reader->error, "the jobs"));
    (void)jk_key_path_add(&reader->path, "jobs");
    JK_TRY(read_jobs(reader, jobs));
    return check_defaults(reader);
}

jk_status jk_batch_load(const char *path, const jk_batch_rules *rules, jk_batch *batch, jk_error *error) {
    *batch = (jk_batch){.arena = jk_arena_create()};
    JK_TRY(jk_held(batch->arena != NULL, error, "the jobs"));
    batch_reader reader = {.arena = batch->arena, .rules = rules, .batch = batch, .error = error};
    jk_yaml_reader yaml = {.arena = batch->arena};
    const char *bytes = NULL;
    size_t size = 0;
    const jk_yaml_node *root = NULL;
    jk_status status = jk_yaml_read_file(&yaml, path, &bytes, &size, error);
    status = status == JK_OK ? jk_yaml_parse(&yaml, path, bytes, size, &root, error) : status;
    status = status == JK_OK ? read_root(&reader, root, path) : status;
    status = status == JK_OK ? jk_batch_order(batch, path, error) : status;
    status = status == JK_OK ? jk_batch_name_variants(batch, error) : status;
    if (status != JK_OK) {
        jk_batch_reset(batch);
    }
    return status;
}

void jk_batch_reset(jk_batch *batch) {
    jk_arena_free(batch->arena);
    *batch = (jk_batch){0};
}
