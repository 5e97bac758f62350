/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <string.h>

#include "base/text/text.h"

/* clang-format off */
const jk_command *const jk_commands[] = { /* in the order of `jalki help`, one a line */
    &jk_command_import,
    &jk_command_map,
    &jk_command_generate,
    &jk_command_inspect,
    &jk_command_panel,
    &jk_command_value,
    &jk_command_price,
    &jk_command_forward,
    &jk_command_bid,
    &jk_command_account,
    &jk_command_explain,
    &jk_command_sql,
    &jk_command_export,
    &jk_command_decide,
    &jk_command_worklist,
    &jk_command_calendar,
    &jk_command_watch,
    &jk_command_compare,
    &jk_command_scenario,
    &jk_command_checks,
    &jk_command_backtest,
    &jk_command_simulate,
    &jk_command_chainladder,
    &jk_command_fit,
    &jk_command_report,
    &jk_command_batch,
    &jk_command_merge,
    &jk_command_verify,
    &jk_command_replay,
    &jk_command_erase,
    &jk_command_new_model,
    &jk_command_model,
    &jk_command_help,
    &jk_command_completion,
    &jk_command_version,
};
/* clang-format on */
enum { COUNT = sizeof jk_commands / sizeof jk_commands[0] };
const size_t jk_command_count = COUNT;

const jk_command *jk_command_find(const char *name) {
    const char *names[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        names[i] = jk_commands[i]->name;
        if (strcmp(name, names[i]) == 0) {
            return jk_commands[i];
        }
    }
    int nearest = jk_text_nearest(name, names, COUNT);
    if (nearest >= 0) {
        (void)fprintf(stderr, "jalki: '%s' is not a command; did you mean '%s'?\n", name, names[nearest]);
    } else {
        (void)fprintf(stderr, "jalki: '%s' is not a command; see 'jalki help'\n", name);
    }
    return NULL;
}
