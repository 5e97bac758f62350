/* SPDX-License-Identifier: Apache-2.0 */
/* One job: its keys as the command line that they stand for. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "batch/batch_reader.h"

/* Keys of a job that are not options. */
static bool is_own(const char *key) {
    return strcmp(key, "name") == 0 || strcmp(key, "command") == 0 || strcmp(key, "each") == 0 ||
           strcmp(key, "stdout") == 0;
}

static const jk_yaml_node *value_of(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = jk_yaml_find(map, key);
    return pair != NULL ? pair->value : NULL;
}

static jk_status read_own(batch_reader *reader, const jk_yaml_node *map, const char *key, bool needed,
                          const char **text) {
    const jk_yaml_node *node = value_of(map, key);
    size_t before = jk_key_path_add(&reader->path, key);
    *text = NULL;
    if (node == NULL && needed) {
        jk_key_path_cut(&reader->path, before);
        return jk_fail(reader->error, JK_ERROR_MODEL, map->file, map->line, reader->path.text, "a job needs a %s", key);
    }
    if (node != NULL) {
        JK_TRY(jk_batch_text(reader, node, text));
        if ((*text)[0] == '\0') {
            return jk_batch_expected(reader, node, "a value");
        }
    }
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

static jk_status push(batch_reader *reader, const char ***list, size_t *count, const char *text) {
    const char **grown = jk_arena_alloc(reader->arena, *count + 2, sizeof *grown);
    JK_TRY(jk_held(grown != NULL && text != NULL, reader->error, "the jobs"));
    if (*count > 0) {
        memcpy((void *)grown, (const void *)*list, *count * sizeof *grown);
    }
    grown[(*count)++] = text;
    *list = grown;
    return JK_OK;
}

/* Remembers what the job asks: "irr 0.15", or the name of a flag. */
static jk_status remember(batch_reader *reader, const char *key, const char *value, jk_batch_job *job) {
    char text[BATCH_TEXT_MAX + 160];
    int length = snprintf(text, sizeof text, "%.150s%s%s", key, value[0] != '\0' ? " " : "", value);
    return push(reader, &job->asked, &job->asked_count, jk_arena_text(reader->arena, text, (size_t)length));
}

static const char *beginning(batch_reader *reader, const char *key) {
    char text[160];
    (void)snprintf(text, sizeof text, "--%.150s", key);
    return jk_arena_text(reader->arena, text, strlen(text));
}

/* Without "./" before them: the same file is then written the same way. */
static const char *plain_path(const char *path) {
    while (path[0] == '.' && path[1] == '/' && path[2] != '\0') {
        path += 2;
    }
    return path;
}

static jk_status add_value(batch_reader *reader, const char *key, jk_batch_key how, const char *value,
                           jk_batch_job *job) {
    if (!how.is_operand) {
        JK_TRY(push(reader, &job->arguments, &job->argument_count, beginning(reader, key)));
    }
    JK_TRY(push(reader, &job->arguments, &job->argument_count, value));
    const char *path = plain_path(value);
    if (!how.is_operand && !how.is_output) {
        JK_TRY(remember(reader, key, value, job));
    }
    if (how.is_input) {
        JK_TRY(push(reader, &job->inputs, &job->input_count, path));
        bool model = strcmp(key, "model") == 0;
        job->model = model ? value : job->model;
        job->tape = how.is_operand && job->tape == NULL ? value : job->tape;
    }
    if (how.is_output && strcmp(value, "-") != 0) {
        JK_TRY(push(reader, &job->outputs, &job->output_count, path));
        job->json = strcmp(key, "json") == 0 ? value : job->json;
    }
    return JK_OK;
}

static jk_status add_list(batch_reader *reader, const char *key, jk_batch_key how, const jk_yaml_node *list,
                          jk_batch_job *job) {
    char joined[BATCH_TEXT_MAX] = "";
    size_t used = 0;
    if (list->count == 0) {
        return jk_batch_expected(reader, list, "at least one value");
    }
    for (size_t i = 0; i < list->count; i++) {
        const char *value = NULL;
        JK_TRY(jk_batch_text(reader, list->items[i], &value));
        if (how.kind == JK_BATCH_SEVERAL) {
            JK_TRY(add_value(reader, key, how, value, job));
            continue;
        }
        if (used + strlen(value) + 2 > sizeof joined) {
            return jk_batch_expected(reader, list, "fewer values");
        }
        used += (size_t)snprintf(joined + used, sizeof joined - used, "%s%s", i > 0 ? "," : "", value);
    }
    return how.kind == JK_BATCH_SEVERAL ? JK_OK
                                        : add_value(reader, key, how, jk_arena_text(reader->arena, joined, used), job);
}

static jk_status add_key(batch_reader *reader, const char *key, const jk_yaml_node *node, jk_batch_job *job) {
    jk_batch_key how = reader->rules->key(job->command, key);
    bool given = false;
    const char *value = NULL;
    switch (how.kind) {
    case JK_BATCH_FLAG:
        if (!jk_yaml_to_boolean(node, &given)) {
            return jk_batch_expected(reader, node, "true or false");
        }
        JK_TRY(given ? remember(reader, key, "", job) : JK_OK);
        return given ? push(reader, &job->arguments, &job->argument_count, beginning(reader, key)) : JK_OK;
    case JK_BATCH_LIST:
    case JK_BATCH_SEVERAL:
        if (node->kind == JK_YAML_LIST) {
            return add_list(reader, key, how, node, job);
        }
        break;
    default:
        break;
    }
    JK_TRY(jk_batch_text(reader, node, &value));
    return add_value(reader, key, how, value, job);
}

static jk_status unknown(batch_reader *reader, const jk_yaml_pair *pair, const char *command) {
    const char *nearest = reader->rules->nearest(command, pair->key);
    return jk_fail(reader->error, JK_ERROR_MODEL, pair->file, pair->line, reader->path.text,
                   nearest != NULL ? "jalki %s has no '%.80s'; did you mean '%s'?" : "jalki %s has no '%.80s'", command,
                   pair->key, nearest != NULL ? nearest : "");
}

static jk_status read_command(batch_reader *reader, const jk_yaml_node *map, jk_batch_job *job) {
    JK_TRY(read_own(reader, map, "command", true, &job->command));
    if (reader->rules->has_command(job->command)) {
        return JK_OK;
    }
    const char *nearest = reader->rules->nearest(job->command, NULL);
    return jk_fail(reader->error, JK_ERROR_MODEL, map->file, value_of(map, "command")->line, reader->path.text,
                   nearest != NULL ? "'%.80s' is no command for a batch; did you mean '%s'?"
                                   : "'%.80s' is no command for a batch",
                   job->command, nearest != NULL ? nearest : "");
}

jk_status jk_batch_read_job(batch_reader *reader, const jk_yaml_node *map, jk_batch_job *job) {
    JK_TRY(read_own(reader, map, "name", true, &job->name));
    JK_TRY(read_command(reader, map, job));
    JK_TRY(read_own(reader, map, "stdout", false, &job->shown));
    if (job->shown != NULL) {
        JK_TRY(push(reader, &job->outputs, &job->output_count, plain_path(job->shown)));
    }
    for (size_t i = 0; i < map->count; i++) {
        const jk_yaml_pair *pair = &map->pairs[i];
        if (is_own(pair->key)) {
            continue;
        }
        if (reader->rules->key(job->command, pair->key).kind == JK_BATCH_UNKNOWN) {
            return unknown(reader, pair, job->command);
        }
        bool without = pair->value->kind == JK_YAML_NULL && reader->defaults != NULL &&
                       jk_yaml_find(reader->defaults, pair->key) != NULL; /* null: not the default, nothing */
        size_t before = jk_key_path_add(&reader->path, pair->key);
        if (!without) {
            JK_TRY(add_key(reader, pair->key, pair->value, job));
        }
        jk_key_path_cut(&reader->path, before);
    }
    for (size_t i = 0; reader->defaults != NULL && i < reader->defaults->count; i++) {
        const jk_yaml_pair *pair = &reader->defaults->pairs[i];
        bool wanted = reader->rules->key(job->command, pair->key).kind != JK_BATCH_UNKNOWN &&
                      jk_yaml_find(map, pair->key) == NULL && !is_own(pair->key);
        if (wanted) {
            reader->default_used[i] = true;
            size_t before = jk_key_path_add(&reader->path, pair->key);
            JK_TRY(add_key(reader, pair->key, pair->value, job));
            jk_key_path_cut(&reader->path, before);
        }
    }
    return JK_OK;
}
