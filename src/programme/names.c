/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "programme/compare.h"

enum { NAMES_MOST = UINT16_MAX };

static size_t find(const jk_names *names, const char *name) {
    size_t i = 0;
    while (i < names->count && strcmp(names->name[i], name) != 0) {
        i++;
    }
    return i;
}

jk_status jk_names_add(jk_names *to, const char *const *names, size_t count, uint16_t *number, jk_error *error) {
    size_t known = to->count;
    if (count > NAMES_MOST - known) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "more than %d names of countries or segments together",
                       NAMES_MOST);
    }
    char **larger = realloc(to->name, (known + count + 1) * sizeof *larger);
    JK_TRY(jk_held(larger != NULL, error, "names"));
    to->name = larger;
    jk_names first = {.name = to->name, .count = known}; /* names of one list differ from each other */
    for (size_t i = 0; i < count; i++) {
        size_t at = find(&first, names[i]);
        if (at == known) {
            at = to->count;
            to->name[at] = strdup(names[i]);
            JK_TRY(jk_held(to->name[at] != NULL, error, "names"));
            to->count++;
        }
        number[i] = (uint16_t)at;
    }
    return JK_OK;
}
