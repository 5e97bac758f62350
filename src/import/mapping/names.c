/* SPDX-License-Identifier: Apache-2.0 */
#include "import/mapping/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/unicode.h"

enum { FOLDED_MAX = 256 };

struct jk_wanted_names {
    size_t count, field_count;
    char (*folded)[FOLDED_MAX];
    uint32_t *field; /* by name: names of one field count once */
    bool *seen;      /* by field */
};

/* The number behind the last '#', 0 if there is none; *length is then that of the name before it. */
static uint32_t occurrence(const char *name, size_t *length) {
    const char *mark = strrchr(name, '#');
    char *end = NULL;
    unsigned long number = mark != NULL && mark[1] >= '1' && mark[1] <= '9' ? strtoul(mark + 1, &end, 10) : 0;
    if (end == NULL || *end != '\0' || number > JK_CSV_FIELDS_MAX) {
        return 0;
    }
    *length = (size_t)(mark - name);
    return (uint32_t)number;
}

static uint32_t find_exact(const jk_csv_header *header, const char *name, size_t length, uint32_t which, bool *twice) {
    uint32_t found = JK_NO_FIELD;
    uint32_t count = 0;
    for (uint32_t i = 0; i < header->count; i++) {
        if (strncmp(header->names[i], name, length) == 0 && header->names[i][length] == '\0') {
            count++;
            if (count == which) {
                return i;
            }
            *twice |= which == 0 && count > 1;
            found = found == JK_NO_FIELD ? i : found;
        }
    }
    return which == 0 ? found : JK_NO_FIELD;
}

uint32_t jk_names_find(const jk_csv_header *header, const char *name, bool *twice) {
    size_t length = strlen(name);
    uint32_t found = find_exact(header, name, length, 0, twice);
    if (found != JK_NO_FIELD) {
        return found;
    }
    uint32_t which = occurrence(name, &length);
    if (which > 0) {
        return find_exact(header, name, length, which, twice);
    }
    char folded[FOLDED_MAX];
    if (!jk_unicode_fold(name, length, folded, sizeof folded)) {
        return JK_NO_FIELD;
    }
    for (uint32_t i = 0; i < header->count; i++) {
        if (header->folded[i] != NULL && header->folded[i][0] != '\0' && strcmp(header->folded[i], folded) == 0) {
            *twice |= found != JK_NO_FIELD;
            found = found == JK_NO_FIELD ? i : found;
        }
    }
    return found;
}

int jk_names_column(jk_kind kind, const char *name) {
    char folded[FOLDED_MAX];
    char own[FOLDED_MAX];
    int column = jk_schema_find_in(kind, name, strlen(name));
    if (column >= 0 || !jk_unicode_fold(name, strlen(name), folded, sizeof folded)) {
        return column;
    }
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const char *canonical = jk_schema_name(kind, (jk_column)c);
        if (jk_schema_in_csv(kind, (jk_column)c) && jk_unicode_fold(canonical, strlen(canonical), own, sizeof own) &&
            strcmp(own, folded) == 0) {
            return c;
        }
    }
    return -1;
}

/* ---- names that are looked for ----------------------------------------------------------------------------- */

static void add_wanted(jk_wanted_names *wanted, const char *name, size_t field) {
    size_t length = strlen(name);
    (void)occurrence(name, &length);
    if (jk_unicode_fold(name, length, wanted->folded[wanted->count], FOLDED_MAX)) {
        wanted->field[wanted->count++] = (uint32_t)field;
    }
}

jk_status jk_wanted_names_create(jk_kind kind, const jk_mapping *mapping, jk_wanted_names **result, jk_error *error) {
    size_t names = JK_COLUMN_COUNT;
    size_t fields = JK_COLUMN_COUNT;
    if (mapping != NULL) {
        names = 1;
        fields = mapping->field_count;
        for (size_t n = 0; n < fields; n++) {
            names += mapping->fields[n].count;
        }
    }
    jk_wanted_names *wanted = calloc(1, sizeof *wanted);
    *result = wanted;
    JK_TRY(jk_held(wanted != NULL, error, "column names"));
    wanted->field_count = fields;
    wanted->folded = calloc(names, sizeof *wanted->folded);
    wanted->field = calloc(names, sizeof *wanted->field);
    wanted->seen = calloc(fields + 1, sizeof *wanted->seen);
    JK_TRY(jk_held(wanted->folded != NULL && wanted->field != NULL && wanted->seen != NULL, error, "column names"));
    for (size_t n = 0; mapping != NULL && n < fields; n++) {
        for (size_t k = 0; k < mapping->fields[n].count; k++) {
            add_wanted(wanted, mapping->fields[n].names[k], n);
        }
    }
    for (int c = 0; mapping == NULL && c < JK_COLUMN_COUNT; c++) {
        if (jk_schema_in_csv(kind, (jk_column)c)) {
            add_wanted(wanted, jk_schema_name(kind, (jk_column)c), (size_t)c);
        }
    }
    return JK_OK;
}

void jk_wanted_names_free(jk_wanted_names *wanted) {
    if (wanted != NULL) {
        free(wanted->folded);
        free(wanted->field);
        free(wanted->seen);
        free(wanted);
    }
}

size_t jk_wanted_names_known(void *context, const char *const *names, uint32_t count) {
    jk_wanted_names *wanted = context;
    size_t known = 0;
    memset(wanted->seen, 0, (wanted->field_count + 1) * sizeof *wanted->seen);
    for (uint32_t i = 0; i < count; i++) {
        char folded[FOLDED_MAX];
        if (names[i][0] == '\0' || !jk_unicode_fold(names[i], strlen(names[i]), folded, sizeof folded)) {
            continue;
        }
        for (size_t w = 0; w < wanted->count; w++) {
            if (!wanted->seen[wanted->field[w]] && strcmp(wanted->folded[w], folded) == 0) {
                wanted->seen[wanted->field[w]] = true;
                known++;
            }
        }
    }
    return known;
}
