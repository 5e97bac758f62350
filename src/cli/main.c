/* SPDX-License-Identifier: Apache-2.0 */
/* The program: finds the command and hands it the rest of the line. */
#include <string.h>

#include "base/team/team.h"
#include "cli/commands.h"
#include "cli/help/help.h"
#include "cli/print/streams.h"

static int run(int argc, char **argv) {
    if (argc < 2) {
        jk_help_list(stderr);
        return 2;
    }
    const char *name = argv[1];
    bool help = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    bool version = strcmp(name, "--version") == 0;
    const jk_command *command = help ? &jk_command_help : version ? &jk_command_version : jk_command_find(name);
    return command != NULL ? jk_command_run(command, argc - 2, argv + 2) : 2;
}

int main(int argc, char **argv) {
    bool started = jk_team_ranks_begin();
    if (!jk_cli_guard_streams()) {
        return jk_team_ranks_end(1);
    }
    if (!started) {
        (void)fprintf(stderr, "jalki: MPI cannot be started\n");
        return 1;
    }
    return jk_team_ranks_end(run(argc, argv));
}
