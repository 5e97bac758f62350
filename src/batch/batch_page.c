/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a batch, with links that lead from its folder to what the jobs wrote. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "jalki/batch.h"
#include "jalki/page.h"

void jk_batch_folder(const char *path, char folder[], size_t room) {
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, room, "%.*s", slash == NULL ? 2 : (int)(slash - path) + 1, slash == NULL ? "./" : path);
}

/* The folder of a file by its one true name; "" where the system does not tell. */
static void true_folder(const char *path, char folder[PATH_MAX]) {
    char part[PATH_MAX];
    jk_batch_folder(path, part, sizeof part);
    if (realpath(part, folder) == NULL) {
        folder[0] = '\0';
    } else if (strcmp(folder, "/") == 0) {
        folder[0] = '\0'; /* so that each folder begins where a slash ended the one before it */
    }
}

/* The way from one folder to another: "../" for each step up, then the steps down; "" where they are one. */
static void way_between(const char *from, const char *to, char *way, size_t room) {
    size_t common = 0, used = 0;
    for (size_t i = 0;; i++) {
        bool ends = from[i] == '\0' || from[i] == '/', other_ends = to[i] == '\0' || to[i] == '/';
        if (ends && other_ends) {
            common = i;
        }
        if (from[i] != to[i] || from[i] == '\0') {
            break;
        }
    }
    for (const char *c = from + common; *c != '\0'; c++) {
        if (*c == '/' && used + 4 < room) {
            memcpy(way + used, "../", 3);
            used += 3;
        }
    }
    const char *down = to[common] == '/' ? to + common + 1 : to + common;
    (void)snprintf(way + used, room - used, "%s%s", down, down[0] != '\0' ? "/" : "");
}

jk_status jk_batch_page(const char *page_path, const char *title, const char *path, const jk_batch *batch,
                        jk_error *error) {
    char from[PATH_MAX], to[PATH_MAX], way[2 * PATH_MAX];
    true_folder(page_path, from);
    true_folder(path, to);
    way_between(from, to, way, sizeof way);
    char *json = jk_batch_page_json(batch, way);
    const jk_page page = {.title = title, .script = "batch", .figures = json};
    jk_status status = json == NULL ? jk_fail_memory(error, "the page") : jk_page_write(page_path, &page, error);
    free(json);
    return status;
}
