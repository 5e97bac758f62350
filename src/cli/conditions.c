/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/conditions.h"

#include <string.h>

#include "base/text.h"
#include "cli/cli.h"

size_t jk_cli_returns(struct argp_state *state, const char *list, double *irr) {
    size_t count = 0;
    for (const char *part = list; part != NULL;) {
        const char *comma = strchr(part, ',');
        size_t length = comma == NULL ? strlen(part) : (size_t)(comma - part);
        double rate = 0.0;
        if (!jk_text_to_real(part, length, &rate) || rate < JK_IRR_LOWEST || rate > JK_IRR_HIGHEST) {
            argp_error(state, "--irr: '%.*s' is not a yearly return from %g to %g; expected for example 0.12,0.15",
                       (int)length, part, JK_IRR_LOWEST, JK_IRR_HIGHEST);
        }
        if (count == JK_RETURNS_MAX) {
            argp_error(state, "--irr: more than %d returns", (int)JK_RETURNS_MAX);
        }
        irr[count++] = rate;
        part = comma == NULL ? NULL : comma + 1;
    }
    return count;
}

void jk_cli_floor(struct argp_state *state, const char *text, jk_floor *floors, size_t *count) {
    static const struct {
        jk_floor_kind kind;
        double low, high;
        bool whole;
    } kinds[] = {{JK_FLOOR_RETURN, JK_IRR_LOWEST, JK_IRR_HIGHEST, false},
                 {JK_FLOOR_MULTIPLE, 0.01, 1000.0, false},
                 {JK_FLOOR_PAYBACK, 1.0, 600.0, true}};
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *name = jk_floor_kind_name(kinds[i].kind);
        if (strlen(name) != length || strncmp(name, text, length) != 0) {
            continue;
        }
        double bound = kinds[i].whole
                           ? (double)jk_cli_integer(state, "--floor payback", equals + 1, (int64_t)kinds[i].low,
                                                    (int64_t)kinds[i].high)
                           : jk_cli_real(state, kinds[i].kind == JK_FLOOR_RETURN ? "--floor irr" : "--floor multiple",
                                         equals + 1, kinds[i].low, kinds[i].high);
        if (*count == JK_FLOORS_MAX) {
            argp_error(state, "--floor: more than %d floors", (int)JK_FLOORS_MAX);
        }
        floors[(*count)++] = (jk_floor){kinds[i].kind, bound};
        return;
    }
    argp_error(state, "--floor: '%s' is not multiple=NUMBER, payback=MONTHS or irr=RATE", text);
}
