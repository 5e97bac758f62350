/* SPDX-License-Identifier: Apache-2.0 */
/* Model files for tests: the example, and edits of it in temporary files. */
#ifndef JK_TESTS_MODEL_FILES_H
#define JK_TESTS_MODEL_FILES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jalki/model.h"

enum { FILE_PATH_MAX = 512 };

/* tests/model/example.yaml; `path` is returned. */
static inline const char *example_path(char path[FILE_PATH_MAX]) {
    const char *source = getenv("JALKI_SOURCE");
    (void)snprintf(path, FILE_PATH_MAX, "%s/tests/model/example.yaml", source ? source : ".");
    return path;
}

/* Bytes of a file, terminated; freed by the caller. */
static inline char *file_text(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "cannot open %s\n", path);
        abort();
    }
    enum { ROOM = 1 << 20 };
    char *text = malloc(ROOM);
    size_t length = fread(text, 1, ROOM - 1, file);
    text[length] = '\0';
    (void)fclose(file);
    return text;
}

static inline char *example_text(void) {
    char path[FILE_PATH_MAX];
    return file_text(example_path(path));
}

static inline void write_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
}

/* A model as if whoever pays, pays at once, and no points faded. It shares all else with `model`, which must outlive
 * it; free_at_once() frees what is its own. */
static inline jk_model at_once(const jk_model *model) {
    jk_segment *segments = malloc(model->segment_count * sizeof *segments);
    jk_characteristic *items = malloc((model->scorecard.count + 1) * sizeof *items);
    if (segments == NULL || items == NULL) {
        abort();
    }
    for (size_t g = 0; g < model->segment_count; g++) {
        segments[g] = model->segments[g];
        segments[g].payers = (jk_payers){0};
    }
    for (size_t c = 0; c < model->scorecard.count; c++) {
        items[c] = model->scorecard.characteristics[c];
        items[c].fades = false;
    }
    jk_model copy = *model;
    copy.segments = segments;
    copy.scorecard.characteristics = items;
    return copy;
}

static inline void free_at_once(jk_model *model) {
    free((void *)(uintptr_t)model->segments);
    free((void *)(uintptr_t)model->scorecard.characteristics);
}

/* A path of this process's own in the temporary folder; `path` is returned. */
static inline const char *temporary_path(char path[FILE_PATH_MAX], const char *name) {
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, FILE_PATH_MAX, "%s/jalki-model-%ld-%s", folder ? folder : "/tmp", (long)getpid(), name);
    return path;
}

/* Loads `text` from a temporary file. */
static inline jk_status load_text(const char *text, size_t length, jk_model **model, jk_error *error) {
    char path[FILE_PATH_MAX];
    write_file(temporary_path(path, "edited.yaml"), text, length);
    jk_status status = jk_model_load(path, model, error);
    (void)unlink(path);
    return status;
}

/* Loads the example with `replacement` (NULL: nothing) in place of the first `from`; where `until` is given, all from
 * there up to it is replaced. */
static inline jk_status load_edited(jk_model **model, jk_error *error, const char *from, const char *replacement,
                                    const char *until) {
    char *text = example_text();
    char *start = strstr(text, from);
    char *end = start == NULL ? NULL : until ? strstr(start, until) : start + strlen(from);
    if (end == NULL) {
        (void)fprintf(stderr, "the example has no \"%s\"\n", from);
        abort();
    }
    size_t inserted = replacement ? strlen(replacement) : 0;
    size_t length = strlen(text) + inserted;
    char *edited = malloc(length + 1);
    int written =
        snprintf(edited, length + 1, "%.*s%s%s", (int)(start - text), text, replacement ? replacement : "", end);
    jk_status status = load_text(edited, (size_t)written, model, error);
    free(edited);
    free(text);
    return status;
}

#endif
