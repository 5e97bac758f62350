/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for a test's model files. */
#ifndef JK_TESTS_MODEL_FOLDER_H
#define JK_TESTS_MODEL_FOLDER_H

#include <sys/stat.h>

#include "model_files.h"

enum { NAME_MAX_BYTES = FILE_PATH_MAX + 64 };

static char folder[FILE_PATH_MAX];

static inline int make_folder(void **state) {
    (void)state;
    (void)temporary_path(folder, "model-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state) {
    (void)state;
    char command[NAME_MAX_BYTES];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline const char *in_folder(char path[NAME_MAX_BYTES], const char *name) {
    (void)snprintf(path, NAME_MAX_BYTES, "%s/%s", folder, name);
    return path;
}

static inline void put(const char *name, const char *text) {
    char path[NAME_MAX_BYTES];
    write_file(in_folder(path, name), text, strlen(text));
}

static inline jk_model *load_good(const char *name) {
    char path[NAME_MAX_BYTES];
    char text[JK_ERROR_TEXT_MAX];
    jk_error error = {0};
    jk_model *model = NULL;
    if (jk_model_load(in_folder(path, name), &model, &error) != JK_OK) {
        fail_msg("%s", jk_error_text(&error, text, sizeof text));
    }
    return model;
}

static inline void put_example(void) {
    char *text = example_text();
    put("base.yaml", text);
    free(text);
}

#endif
