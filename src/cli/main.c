/* SPDX-License-Identifier: Apache-2.0 */
/* The program: a table of commands, and `help`. */
#include <string.h>

#include "base/policy.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/streams.h"

/* clang-format off */
static const jk_command *const commands[] = { /* in the order of `jalki help`, one a line */
    &jk_command_import,
    &jk_command_generate,
    &jk_command_inspect,
    &jk_command_panel,
    &jk_command_value,
    &jk_command_price,
    &jk_command_forward,
    &jk_command_bid,
    &jk_command_account,
    &jk_command_explain,
    &jk_command_decide,
    &jk_command_worklist,
    &jk_command_scenario,
    &jk_command_backtest,
    &jk_command_simulate,
    &jk_command_chainladder,
    &jk_command_fit,
    &jk_command_report,
    NULL,
};
/* clang-format on */
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] - 1 }; /* without the NULL at the end */

static void print_help(FILE *out) {
    (void)fputs(
        "jalki - what a written-off debt is worth, and what to do with it\n\nUsage: jalki COMMAND [options]\n\n", out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
    }
    (void)fputs("\n`jalki help COMMAND` shows the options of a command with an example.\n", out);
}

static const jk_command *find_command(const char *name) {
    const char *names[COMMAND_COUNT + 1] = {NULL};
    for (int i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, commands[i]->name) == 0) {
            return commands[i];
        }
    }
    int nearest = jk_text_nearest(name, names, COMMAND_COUNT);
    if (nearest >= 0) {
        (void)fprintf(stderr, "jalki: '%s' is not a command; did you mean '%s'?\n", name, names[nearest]);
    } else {
        (void)fprintf(stderr, "jalki: '%s' is not a command; see 'jalki help'\n", name);
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (!jk_cli_guard_streams()) {
        return 1;
    }
    jk_policy_set(&(jk_policy){.keeps_inputs = true});
    const char *name = argc > 1 ? argv[1] : "";
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (strcmp(name, "--version") == 0) {
        (void)puts("jalki " JALKI_VERSION);
        return jk_cli_finish();
    }
    bool help = strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    if (help && argc < 3) {
        print_help(stdout);
        return jk_cli_finish();
    }
    const jk_command *command = find_command(help ? argv[2] : name);
    if (command == NULL) {
        return 2;
    }
    return help ? jk_help_print(command) : jk_command_run(command, argc - 2, argv + 2);
}
