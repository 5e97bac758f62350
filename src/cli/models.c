/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* folder/path, or folder/path.yaml, if that can be read. */
static char *look_in(const char *folder, size_t length, const char *path) {
    static const char *const endings[] = {"", ".yaml"};
    char *candidate = NULL;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0] && length > 0; i++) {
        if (asprintf(&candidate, "%.*s/%s%s", (int)length, folder, path, endings[i]) < 0) {
            return NULL;
        }
        if (access(candidate, R_OK) == 0) {
            return candidate;
        }
        free(candidate);
    }
    return NULL;
}

char *jk_cli_find_model(const char *path) {
    if (path[0] == '/' || access(path, F_OK) == 0) {
        return NULL;
    }
    const char *folders = getenv("JALKI_MODELS");
    while (folders != NULL && *folders != '\0') {
        size_t length = strcspn(folders, ":");
        char *found = look_in(folders, length, path);
        if (found != NULL) {
            return found;
        }
        folders += length + (folders[length] == ':');
    }
    return look_in(JALKI_MODELS_INSTALLED, strlen(JALKI_MODELS_INSTALLED), path);
}
