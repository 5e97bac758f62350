/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/models.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file/installed.h"
#include "base/text/text.h"

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
    return look_in(jk_installed_models(), strlen(jk_installed_models()), path);
}

enum { NAMES = 256 };

/* The model in a folder whose name is near to this one, for free(); NULL: none. */
static char *near_in(const char *folder, size_t length, const char *path) {
    char *place = strndup(folder, length), *names[NAMES], *found = NULL;
    DIR *open = place != NULL && length > 0 ? opendir(place) : NULL;
    size_t count = 0;
    for (const struct dirent *entry = NULL; open != NULL && count < NAMES && (entry = readdir(open)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        names[count] = dot != NULL && strcmp(dot, ".yaml") == 0 ? strdup(entry->d_name) : NULL;
        count += names[count] != NULL;
    }
    if (open != NULL) {
        (void)closedir(open);
    }
    const char *dot = strrchr(path, '.');
    char wanted[NAMES];
    (void)snprintf(wanted, sizeof wanted, "%s%s", path, dot != NULL && strcmp(dot, ".yaml") == 0 ? "" : ".yaml");
    int nearest = jk_text_nearest(wanted, (const char *const *)names, count);
    if (nearest >= 0 && asprintf(&found, "; did you mean %s/%s?", place, names[nearest]) < 0) {
        found = NULL;
    }
    for (size_t i = 0; i < count; i++) {
        free(names[i]);
    }
    free(place);
    return found;
}

char *jk_cli_model_hint(const char *path) {
    const char *folders = getenv("JALKI_MODELS"), *last = strrchr(path, '/');
    char *hint = last != NULL ? near_in(path, (size_t)(last - path), last + 1) : near_in(".", 1, path);
    if (last != NULL || hint != NULL) {
        return hint;
    }
    for (const char *at = folders; hint == NULL && at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ":");
        hint = near_in(at, length, path);
        at += length + (at[length] == ':');
    }
    hint = hint != NULL ? hint : near_in(jk_installed_models(), strlen(jk_installed_models()), path);
    if (hint == NULL && asprintf(&hint, ", neither here nor in %s (JALKI_MODELS) nor in %s",
                                 folders != NULL ? folders : "other folders", jk_installed_models()) < 0) {
        hint = NULL;
    }
    return hint;
}
