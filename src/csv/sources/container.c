/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sources/container.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/text/text.h"
#include "csv/sheets/workbook.h"

static jk_status add_part(jk_part_list *list, const char *name, bool hidden, jk_error *error) {
    jk_part *parts = realloc(list->parts, (list->count + 1) * sizeof *parts);
    JK_TRY(jk_held(parts != NULL, error, "the parts of a file"));
    list->parts = parts;
    parts[list->count] = (jk_part){.name = strdup(name), .hidden = hidden};
    return parts[list->count++].name != NULL ? JK_OK : jk_fail_memory(error, "the parts of a file");
}

/* Folders, and what systems leave in archives beside the files that were put there. */
static bool is_table(const char *member) {
    const char *base = jk_file_name(member);
    return base[0] != '\0' && base[0] != '.' && strncmp(member, "__MACOSX/", 9) != 0 && strcmp(base, "Thumbs.db") != 0;
}

static jk_status add_member(void *context, const char *member, jk_error *error) {
    return is_table(member) ? add_part(context, member, false, error) : JK_OK;
}

static jk_status add_table(void *context, const char *name, jk_error *error) {
    return add_part(context, name, false, error);
}

static jk_status list_sheets(const char *path, jk_part_list *list, jk_error *error) {
    jk_workbook workbook;
    JK_TRY(jk_workbook_open(path, false, &workbook, error));
    jk_status status = JK_OK;
    for (size_t i = 0; status == JK_OK && i < workbook.sheet_count; i++) {
        if (workbook.sheets[i].member != NULL) {
            status = add_part(list, workbook.sheets[i].name, workbook.sheets[i].hidden, error);
        }
    }
    jk_workbook_close(&workbook);
    if (status == JK_OK && list->count == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "the workbook has no sheet with cells");
    }
    return status;
}

static jk_status list_parts(const char *path, jk_part_list *list, jk_error *error) {
    jk_zip *zip = NULL;
    JK_TRY(jk_zip_open(path, &zip, error));
    list->container = jk_zip_is_workbook(zip) ? JK_CONTAINER_WORKBOOK : JK_CONTAINER_ZIP;
    jk_status status = list->container == JK_CONTAINER_WORKBOOK ? JK_OK : jk_zip_each(zip, add_member, list, error);
    jk_zip_close(zip);
    if (status == JK_OK && list->container == JK_CONTAINER_WORKBOOK) {
        return list_sheets(path, list, error);
    }
    if (status == JK_OK && list->count == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "the zip archive holds no file");
    }
    return status;
}

/* It ends as it begins: no text whose first word happens to be that. */
static bool is_parquet(const char *path) {
    char end[4] = {0};
    int file = jk_input_open(path, true);
    bool same = file >= 0 && lseek(file, -4, SEEK_END) > 0 && read(file, end, sizeof end) == 4 &&
                memcmp(end, "PAR1", sizeof end) == 0;
    if (file >= 0) {
        (void)close(file);
    }
    return same;
}

jk_status jk_part_list_read(const char *path, jk_part_list *list, jk_error *error) {
    *list = (jk_part_list){0};
    struct stat facts;
    static const char sqlite[] = "SQLite format 3"; /* with its terminator */
    unsigned char head[sizeof sqlite] = {0};
    if (stat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return JK_OK; /* whoever opens it says what is wrong */
    }
    int file = jk_input_open(path, true);
    ssize_t got = file >= 0 ? read(file, head, sizeof head) : -1;
    if (file >= 0) {
        (void)close(file);
    }
    if (got == sizeof sqlite && memcmp(head, sqlite, sizeof sqlite) == 0) {
        list->container = JK_CONTAINER_SQLITE;
        jk_status listed = jk_sqlite_tables(path, add_table, list, error);
        if (listed != JK_OK) {
            jk_part_list_free(list);
        }
        return listed == JK_OK && list->count == 0
                   ? jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "the data base holds no table")
                   : listed;
    }
    if (got >= 4 && memcmp(head, "PAR1", 4) == 0 && is_parquet(path)) {
        list->container = JK_CONTAINER_PARQUET;
        return add_part(list, "rows", false, error);
    }
    if (got < 4 || (memcmp(head, "PK\003\004", 4) != 0 && memcmp(head, "PK\005\006", 4) != 0)) {
        return JK_OK;
    }
    jk_status status = list_parts(path, list, error);
    if (status != JK_OK) {
        jk_part_list_free(list);
    }
    return status;
}

void jk_part_list_free(jk_part_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->parts[i].name);
    }
    free(list->parts);
    *list = (jk_part_list){0};
}

/* ---- members of archives -------------------------------------------------------------------------------------------
 */

static jk_status read_member(void *self, void *out, size_t capacity, size_t *got, jk_error *error) {
    return jk_zip_read(self, out, capacity, got, error);
}

static void close_member(void *self) {
    jk_zip_close(self);
}

jk_status jk_zip_member_open(const char *path, const char *member, jk_byte_origin *origin, jk_error *error) {
    jk_zip *zip = NULL;
    uint64_t size = 0;
    JK_TRY(jk_zip_open(path, &zip, error));
    jk_status status = jk_zip_start(zip, member, &size, error);
    if (status != JK_OK) {
        jk_zip_close(zip);
        return status;
    }
    *origin = (jk_byte_origin){.read = read_member, .close = close_member, .self = zip, .size = size};
    return JK_OK;
}

jk_status jk_origin_start(jk_byte_origin *origin, jk_status (*start)(void *self, jk_error *error), jk_error *error) {
    jk_status status = start(origin->self, error);
    if (status != JK_OK) {
        origin->close(origin->self);
        *origin = (jk_byte_origin){0};
    }
    return status;
}
