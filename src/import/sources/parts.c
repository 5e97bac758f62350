/* SPDX-License-Identifier: Apache-2.0 */
#include "import/sources/parts.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"

const char *jk_part_of(const char *path, char container[PATH_MAX]) {
    const char *colon = strrchr(path, ':');
    if (colon == NULL || colon == path || colon - path >= PATH_MAX || access(path, F_OK) == 0) {
        return NULL;
    }
    memcpy(container, path, (size_t)(colon - path));
    container[colon - path] = '\0';
    return access(container, F_OK) == 0 ? colon + 1 : NULL;
}

static jk_csv_part part_of(const jk_part_taker *taker, const jk_part_list *list, size_t i) {
    return (jk_csv_part){.container = list->container, .name = list->parts[i].name, .decimal = taker->decimal};
}

static jk_status take_named(const char *path, const char *name, const jk_part_list *list, const jk_part_taker *taker,
                            jk_error *error) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->parts[i].name, name) == 0) {
            const jk_csv_part part = part_of(taker, list, i);
            return taker->take(taker->context, path, &part, error);
        }
    }
    if (list->count == 0) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, NULL,
                       "the file holds no parts, expected a zip archive or a "
                       "workbook where '%s' is asked for",
                       name);
    }
    return jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "it holds no '%s'; what it holds begins with '%s'", name,
                   list->parts[0].name);
}

/* Names that tables in archives have; a single member may have any. */
static bool looks_like_text(const char *name) {
    static const char *const endings[] = {".csv", ".txt", ".tsv", ".tab", ".dat", ".asc", ".gz", ".zst", ".xz", ".bz2"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);
        if (strlen(name) >= length && strcasecmp(name + strlen(name) - length, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static jk_status take_archive(const char *path, const jk_part_list *list, const jk_part_taker *taker, jk_error *error) {
    for (size_t i = 0; i < list->count; i++) {
        const jk_csv_part part = part_of(taker, list, i);
        JK_TRY(list->count == 1 || looks_like_text(part.name)
                   ? taker->take(taker->context, path, &part, error)
                   : taker->pass_over(taker->context, path, part.name, "its name is not that of a text table", error));
    }
    return JK_OK;
}

/* The sheet whose header has most of the names that are looked for; of several the first. */
static jk_status take_best_sheet(const char *path, const jk_part_list *list, const jk_part_taker *taker,
                                 jk_error *error) {
    size_t best = 0;
    size_t most = 0;
    for (size_t i = 0; list->count > 1 && i < list->count; i++) {
        const jk_csv_part part = part_of(taker, list, i);
        size_t fit = taker->fit(taker->context, path, &part);
        best = fit > most ? i : best;
        most = fit > most ? fit : most;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (i != best) {
            JK_TRY(taker->pass_over(taker->context, path, list->parts[i].name,
                                    "another sheet has more of the columns that are looked for (name one as "
                                    "FILE:SHEET to choose)",
                                    error));
        }
    }
    const jk_csv_part part = part_of(taker, list, best);
    return taker->take(taker->context, path, &part, error);
}

static jk_status take_all_sheets(const char *path, const jk_part_list *list, const jk_part_taker *taker,
                                 jk_error *error) {
    for (size_t i = 0; i < list->count; i++) {
        const jk_csv_part part = part_of(taker, list, i);
        JK_TRY(taker->fit(taker->context, path, &part) > 0
                   ? taker->take(taker->context, path, &part, error)
                   : taker->pass_over(taker->context, path, part.name,
                                      "its header has the columns of none of the mapping's sources", error));
    }
    return JK_OK;
}

jk_status jk_parts_take(const char *given, const jk_part_taker *taker, bool *parts, jk_error *error) {
    char container[PATH_MAX];
    const char *name = jk_part_of(given, container);
    const char *path = name != NULL ? container : given;
    jk_part_list list;
    JK_TRY(jk_part_list_read(path, &list, error));
    *parts = list.count > 0;
    jk_status status = JK_OK;
    if (name != NULL) {
        status = take_named(path, name, &list, taker, error);
    } else if (list.count == 0) {
        status = taker->take(taker->context, path, NULL, error);
    } else if (list.container == JK_CONTAINER_PARQUET) {
        const jk_csv_part part = part_of(taker, &list, 0);
        status = taker->take(taker->context, path, &part, error);
    } else if (list.container == JK_CONTAINER_ZIP) {
        status = take_archive(path, &list, taker, error);
    } else if (taker->several) {
        status = take_all_sheets(path, &list, taker, error);
    } else {
        status = take_best_sheet(path, &list, taker, error);
    }
    jk_part_list_free(&list);
    return status;
}
