/* SPDX-License-Identifier: Apache-2.0 */
/* Where results come from, read from a file that may be anything. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "base/text/json.h"
#include "h5/h5_file.h"
#include "jalki/report.h"
#include "tape/findings_json.h"

enum { ROWS_AT_ONCE = 16384 };

static jk_status fail_foreign(const char *path, const char *what, jk_error *error) {
    return jk_fail(error, JK_ERROR_FORMAT, path, 0, what,
                   "is missing or damaged; expected results made by jalki value -o R.h5");
}

static const char *text_of(const json_t *manifest, const char *key) {
    const char *text = json_string_value(json_object_get(manifest, key));
    return text != NULL ? text : "";
}

/* Values of --set and --currency among the run's arguments. */
static jk_status read_changes(const json_t *manifest, jk_origin *origin, jk_error *error) {
    const json_t *arguments = json_object_get(json_object_get(manifest, "run"), "arguments");
    size_t count = json_array_size(arguments);
    origin->changes = calloc(count + 1, sizeof *origin->changes);
    bool held = origin->changes != NULL;
    for (size_t i = 0; held && i + 1 < count; i++) {
        const char *name = json_string_value(json_array_get(arguments, i));
        const char *value = json_string_value(json_array_get(arguments, i + 1));
        if (name != NULL && value != NULL && strcmp(name, "--set") == 0) {
            origin->changes[origin->change_count] = strdup(value);
            held = origin->changes[origin->change_count++] != NULL;
            i++;
        } else if (name != NULL && value != NULL && strcmp(name, "--currency") == 0) {
            free(origin->currency);
            origin->currency = strdup(value);
            held = origin->currency != NULL;
            i++;
        }
    }
    return jk_held(held, error, "the changes of a model");
}

static jk_status read_manifest(const jk_h5_file *file, jk_origin *origin, jk_error *error) {
    const char *text = jk_h5_attribute_text(file, "manifest");
    const char *format = jk_h5_attribute_text(file, "jalki_format");
    if (format != NULL && strncmp(format, "tape ", 5) == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, origin->path, 0, NULL,
                       "this is a tape; expected results: jalki value %.200s --model M.yaml -o R.h5 makes them",
                       origin->path);
    }
    json_t *manifest = text == NULL ? NULL : jk_json_parse(text, 0, NULL);
    const char *date = text_of(manifest, "cutoff");
    const json_t *irr = json_object_get(manifest, "irr");
    bool whole = json_is_number(irr) && jk_date_parse(date, strlen(date), &origin->cutoff);
    if (whole) {
        origin->irr = json_number_value(irr);
        origin->sell = json_is_true(json_object_get(json_object_get(manifest, "options"), "sell"));
        origin->accepted = jk_accepted_of_json(json_object_get(manifest, "accepted"));
        (void)snprintf(origin->tape_sha256, sizeof origin->tape_sha256, "%s", text_of(manifest, "tape_sha256"));
        (void)snprintf(origin->model_sha256, sizeof origin->model_sha256, "%s", text_of(manifest, "model_sha256"));
    }
    jk_status status = whole ? read_changes(manifest, origin, error) : fail_foreign(origin->path, "manifest", error);
    json_decref(manifest);
    return status;
}

static jk_status add_values(jk_h5_file *file, jk_origin *origin, jk_error *error) {
    const jk_h5_dataset *value = jk_h5_find(file, "/result/value");
    if (value == NULL || value->kind != JK_H5_REAL || value->element_size != sizeof(float) || value->rank != 1 ||
        !jk_h5_is_complete(file, value)) {
        return fail_foreign(origin->path, "/result/value", error);
    }
    origin->claims = value->extent[0];
    for (uint64_t first = 0; first < origin->claims; first += ROWS_AT_ONCE) {
        float rows[ROWS_AT_ONCE];
        uint64_t left = origin->claims - first;
        uint64_t count = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
        JK_TRY(jk_h5_read(file, value, first, count, rows, error));
        for (uint64_t i = 0; i < count; i++) {
            if (!(rows[i] >= 0.0F && rows[i] < 1e12F)) {
                return fail_foreign(origin->path, "/result/value", error);
            }
            origin->value = (int64_t)((uint64_t)origin->value + (uint64_t)jk_grid_from_double((double)rows[i]));
        }
    }
    return JK_OK;
}

static jk_status copy_attribute(const jk_h5_file *file, const char *name, char **copy, jk_error *error) {
    const char *text = jk_h5_attribute_text(file, name);
    *copy = strdup(text != NULL ? text : "");
    return jk_held(*copy != NULL, error, "the names of tape and model");
}

static jk_status read_all(jk_h5_file *file, jk_origin *origin, jk_error *error) {
    JK_TRY(read_manifest(file, origin, error));
    JK_TRY(copy_attribute(file, "tape_path", &origin->tape_path, error));
    JK_TRY(copy_attribute(file, "model_path", &origin->model_path, error));
    return add_values(file, origin, error);
}

jk_status jk_origin_read(const char *path, jk_origin *origin, jk_error *error) {
    *origin = (jk_origin){.path = strdup(path)};
    JK_TRY(jk_held(origin->path != NULL, error, "the name of the results"));
    jk_h5_file *file = NULL;
    jk_status status = jk_h5_open(path, NULL, 0, &file, error);
    if (status == JK_OK) {
        status = read_all(file, origin, error);
    }
    jk_h5_close(file);
    if (status != JK_OK) {
        jk_origin_reset(origin);
    }
    return status;
}

void jk_origin_reset(jk_origin *origin) {
    free(origin->path);
    free(origin->tape_path);
    free(origin->model_path);
    for (size_t i = 0; i < origin->change_count; i++) {
        free(origin->changes[i]);
    }
    free((void *)origin->changes);
    free(origin->currency);
    *origin = (jk_origin){0};
}

jk_status jk_origin_check(const jk_origin *origin, const jk_tape *tape, const jk_model *model, jk_error *error) {
    if (strcmp(origin->tape_sha256, jk_tape_sha256(tape)) != 0 || origin->claims != jk_tape_rows(tape)) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, NULL,
                       "is not the tape that %s was made of (SHA-256 or number of claims differ); expected the same "
                       "tape, or run jalki value again",
                       origin->path);
    }
    if (strcmp(origin->model_sha256, model->sha256) != 0) {
        return jk_fail(error, JK_ERROR_DATA, model->path, 0, NULL,
                       "is not the model that %s was made with (SHA-256 differs); expected the same file and "
                       "includes, or run jalki value again",
                       origin->path);
    }
    return JK_OK;
}
