/* SPDX-License-Identifier: Apache-2.0 */
/* Loading and freeing a model. */
#include "jalki/model.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/file/additions.h"
#include "model/file/amend.h"
#include "model/file/changes.h"
#include "model/file/include.h"
#include "model/file/load.h"
#include "model/keys/sections.h"
#include "model/keys/tables.h"

enum { WARNINGS_MAX = 64 };

/* File in which a key of the whole model stands; "" if it does not. */
static const char *file_of(const jk_yaml_node *root, const char *key) {
    for (size_t i = 0; i < root->count; i++) {
        if (strcmp(root->pairs[i].key, key) == 0) {
            return root->pairs[i].file;
        }
    }
    return "";
}

jk_status jk_model_make(jk_arena *arena, const char *path, const jk_yaml_node *root, const char sha256[65],
                        const char *told, jk_model **out, jk_error *error) {
    jk_model_reader reader = {.arena = arena, .error = error, .told = told, .warnings_room = WARNINGS_MAX};
    JK_TRY(jk_model_alloc(&reader, 1, sizeof *reader.model, &reader.model));
    JK_TRY(jk_model_alloc(&reader, WARNINGS_MAX, sizeof *reader.warnings, &reader.warnings));
    jk_model *model = reader.model;
    model->arena = arena;
    model->warnings = reader.warnings;
    model->tree = root;
    model->path = jk_arena_text(arena, path, strlen(path));
    JK_TRY(jk_held(model->path != NULL, error, "the model"));
    memcpy(model->sha256, sha256, sizeof model->sha256);
    model->base_apart = strcmp(file_of(root, "base_currency"), file_of(root, "segments")) != 0;
    jk_default_statuses(model);
    JK_TRY(jk_read_record(&reader, &jk_record_model, root, model));
    JK_TRY(jk_finish_general(&reader, root));
    jk_finish_segments(&reader);
    JK_TRY(jk_finish_characteristics(&reader, root));
    JK_TRY(jk_finish_risk(&reader));
    *out = model;
    return JK_OK;
}

static jk_status load(jk_arena *arena, const char *path, const char *const *changes, size_t count, const char *told,
                      jk_model **out, jk_error *error) {
    jk_yaml_reader files = {.arena = arena};
    const jk_yaml_node *root = NULL;
    char sha256[65];
    JK_TRY(jk_include_load(&files, path, &root, sha256, error));
    for (size_t i = 0; i < count; i++) {
        JK_TRY(jk_change_tree(&files, changes[i], &root, sha256, error));
    }
    return jk_model_make(arena, path, root, sha256, told, out, error);
}

jk_status jk_model_load(const char *path, jk_model **model, jk_error *error) {
    return jk_model_load_told(path, NULL, 0, NULL, model, error);
}

jk_status jk_model_load_told(const char *path, const char *const *changes, size_t count, const char *currency,
                             jk_model **model, jk_error *error) {
    *model = NULL;
    jk_arena *arena = jk_arena_create();
    JK_TRY(jk_held(arena != NULL, error, "the model"));
    jk_status status = load(arena, path, changes, count, currency, model, error);
    if (status != JK_OK) {
        jk_arena_free(arena);
    }
    return status;
}

jk_status jk_model_amend(const jk_model *model, const jk_yaml_node *changes, jk_model **amended, jk_error *error) {
    *amended = NULL;
    jk_arena *arena = jk_arena_create();
    const jk_yaml_node *root = arena == NULL ? NULL : jk_additions_join(arena, model->tree, changes);
    jk_status status =
        root == NULL ? jk_fail_memory(error, "the model")
                     : jk_model_make(arena, model->path, root, model->sha256, model->base_currency, amended, error);
    if (status != JK_OK) {
        jk_arena_free(arena);
    }
    return status;
}

void jk_model_free(jk_model *model) {
    if (model != NULL) {
        jk_arena_free(model->arena);
    }
}

const jk_exchange_rate *jk_model_rate(const jk_model *model, const char *currency) {
    for (size_t i = 0; i < model->exchange_rate_count; i++) {
        if (strcmp(model->exchange_rates[i].currency, currency) == 0) {
            return &model->exchange_rates[i];
        }
    }
    return NULL;
}

double jk_model_exchange_rate(const jk_model *model, const char *currency) {
    const jk_exchange_rate *rate = jk_model_rate(model, currency);
    return rate != NULL ? rate->rate : (double)NAN;
}

bool jk_model_has_payers(const jk_model *model) {
    for (size_t s = 0; s < model->segment_count; s++) {
        if (model->segments[s].payers.given) {
            return true;
        }
    }
    return false;
}
