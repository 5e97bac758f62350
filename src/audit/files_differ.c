/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/differences.h"
#include "base/error.h"
#include "base/file/input.h"
#include "base/text/json.h"

void jk_differences_add(jk_differences *differences, const char *format, ...) {
    if (differences->count < JK_DIFFERENCES_MAX) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(differences->text[differences->count], JK_DIFFERENCE_TEXT_MAX, format, arguments);
        va_end(arguments);
    }
    differences->count++;
}

bool jk_audit_is_store(const char *path) {
    static const char signature[8] = "\x89HDF\r\n\x1a\n";
    char head[sizeof signature] = {0};
    FILE *file = jk_input_stream(path);
    bool is =
        file != NULL && fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, signature, sizeof head) == 0;
    if (file != NULL) {
        (void)fclose(file);
    }
    return is;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

enum { DEPTH_MAX = 64, WHERE_MAX = 160 };

/* Of a manifest, what says when, where and by which build it was written. */
static bool is_circumstance(const char *where) {
    static const char *const keys[] = {"/manifest/version", "/manifest/build", "/manifest/features",
                                       "/manifest/run/date", "/manifest/run/inputs"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(where, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void tell(jk_differences *differences, const char *where, json_t *before, json_t *now) {
    char *texts[2] = {json_dumps(before, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15)),
                      json_dumps(now, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15))};
    jk_differences_add(differences, "%s: was %.30s, is %.30s", where[0] != '\0' ? where : "all of it",
                       texts[0] != NULL ? texts[0] : "?", texts[1] != NULL ? texts[1] : "?");
    free(texts[0]);
    free(texts[1]);
}

static void compare_json(jk_differences *differences, const char *where, json_t *before, json_t *now, int depth);

static void compare_objects(jk_differences *differences, const char *where, json_t *before, json_t *now, int depth) {
    char below[WHERE_MAX];
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(before, key, value) {
        json_t *other = json_object_get(now, key);
        (void)snprintf(below, sizeof below, "%s/%s", where, key);
        if (other == NULL && !is_circumstance(below)) {
            jk_differences_add(differences, "%s: is not there any more", below);
        } else if (other != NULL) {
            compare_json(differences, below, value, other, depth + 1);
        }
    }
    json_object_foreach(now, key, value) {
        (void)snprintf(below, sizeof below, "%s/%s", where, key);
        if (json_object_get(before, key) == NULL && !is_circumstance(below)) {
            jk_differences_add(differences, "%s: was not there before", below);
        }
    }
}

static void compare_json(jk_differences *differences, const char *where, json_t *before, json_t *now, int depth) {
    if (is_circumstance(where) || json_equal(before, now)) {
        return;
    }
    if (json_is_object(before) && json_is_object(now) && depth < DEPTH_MAX) {
        compare_objects(differences, where, before, now, depth);
    } else if (json_is_array(before) && json_is_array(now) && json_array_size(before) == json_array_size(now) &&
               depth < DEPTH_MAX) {
        for (size_t i = 0; i < json_array_size(before); i++) {
            char below[WHERE_MAX];
            (void)snprintf(below, sizeof below, "%s/%zu", where, i);
            compare_json(differences, below, json_array_get(before, i), json_array_get(now, i), depth + 1);
        }
    } else {
        tell(differences, where, before, now);
    }
}

static json_t *load(const char *path) {
    FILE *file = jk_input_stream(path);
    json_t *root = file != NULL ? jk_json_parse_file(file, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    return root;
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

static jk_status compare_lines(FILE *const file[2], const char *const path[2], jk_differences *differences,
                               jk_error *error) {
    char *line[2] = {NULL, NULL};
    size_t room[2] = {0};
    ssize_t length[2] = {0};
    uint64_t number = 0, differ = 0, first = 0;
    while (length[0] >= 0 || length[1] >= 0) {
        for (int f = 0; f < 2; f++) {
            length[f] = length[f] < 0 ? -1 : getline(&line[f], &room[f], file[f]);
        }
        number++;
        if (length[0] != length[1] || (length[0] > 0 && memcmp(line[0], line[1], (size_t)length[0]) != 0)) {
            first = differ == 0 ? number : first;
            differ++;
        }
    }
    jk_status status = JK_OK;
    for (int f = 0; f < 2 && status == JK_OK; f++) {
        status = feof(file[f]) ? JK_OK : jk_fail_errno(error, path[f], "read");
    }
    if (differ > 0) {
        jk_differences_add(differences, "%" PRIu64 " of %" PRIu64 " lines, first line %" PRIu64, differ, number - 1,
                           first);
    }
    free(line[0]);
    free(line[1]);
    return status;
}

static jk_status texts_differ(const char *before, const char *now, jk_differences *differences, jk_error *error) {
    FILE *file[2] = {jk_input_stream(before), jk_input_stream(now)};
    jk_status status = file[0] == NULL   ? jk_fail_errno(error, before, "read")
                       : file[1] == NULL ? jk_fail_errno(error, now, "read")
                                         : compare_lines(file, (const char *const[]){before, now}, differences, error);
    for (int f = 0; f < 2; f++) {
        if (file[f] != NULL) {
            (void)fclose(file[f]);
        }
    }
    return status;
}

jk_status jk_files_differ(const char *before, const char *now, jk_differences *differences, jk_error *error) {
    *differences = (jk_differences){0};
    if (jk_audit_is_store(before) && jk_audit_is_store(now)) {
        return jk_stores_differ(before, now, differences, error);
    }
    json_t *documents[2] = {load(before), load(now)};
    jk_status status = JK_OK;
    if (documents[0] != NULL && documents[1] != NULL) {
        compare_json(differences, "", documents[0], documents[1], 0);
    } else {
        status = texts_differ(before, now, differences, error);
    }
    json_decref(documents[0]);
    json_decref(documents[1]);
    return status;
}
