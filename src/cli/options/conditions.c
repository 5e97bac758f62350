/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/conditions.h"

#include <stdio.h>
#include <string.h>

#include "jalki/price.h"

void jk_cli_read_floor(jk_usage *usage, const char *name, char *text, void *field) {
    static const struct {
        jk_floor_kind kind;
        double low, high;
        bool whole;
    } kinds[] = {{JK_FLOOR_RETURN, JK_IRR_LOWEST, JK_IRR_HIGHEST, false},
                 {JK_FLOOR_MULTIPLE, 0.01, 1000.0, false},
                 {JK_FLOOR_PAYBACK, 1.0, 600.0, true}};
    jk_cli_floors *floors = field;
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *kind = jk_floor_kind_name(kinds[i].kind);
        if (strlen(kind) != length || strncmp(kind, text, length) != 0) {
            continue;
        }
        char shown[64];
        (void)snprintf(shown, sizeof shown, "%s %s", name, kind);
        double bound = kinds[i].whole ? (double)jk_usage_integer(usage, shown, equals + 1, (int64_t)kinds[i].low,
                                                                 (int64_t)kinds[i].high)
                                      : jk_usage_real(usage, shown, equals + 1, kinds[i].low, kinds[i].high);
        if (floors->count == JK_FLOORS_MAX) {
            jk_usage_error(usage, "%s: more than %d floors", name, (int)JK_FLOORS_MAX);
            return;
        }
        floors->floor[floors->count++] = (jk_floor){kinds[i].kind, bound};
        return;
    }
    jk_usage_error(usage, "%s: '%s' is not multiple=NUMBER, payback=MONTHS or irr=RATE", name, text);
}
