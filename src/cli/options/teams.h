/* SPDX-License-Identifier: Apache-2.0 */
/* --team NAME=SCOPE,SCOPE...: which countries and segments a team works. */
#ifndef JK_CLI_TEAMS_H
#define JK_CLI_TEAMS_H

#include "cli/options/options.h"
#include "jalki/decide.h"

enum { JK_CLI_TEAMS_MAX = 32 };

typedef struct jk_cli_teams {
    size_t count;
    char *text[JK_CLI_TEAMS_MAX]; /* as written; cut into words when they are bound */
    jk_team team[JK_CLI_TEAMS_MAX];
} jk_cli_teams;

jk_option_read jk_cli_read_team;

#define JK_TEAM_OPTION(type, field)                                                                                    \
    {                                                                                                                  \
        "team", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_team, JK_FIELD(type, field),                            \
                .value = "NAME=SCOPE,SCOPE...", .example = "north=FI,SE",                                              \
                .help = "A team that works these countries and segments; may be given again"                           \
    }

/* Fills team[count]: countries of the tape, segments of the model. To be called once. */
jk_status jk_cli_bind_teams(jk_cli_teams *teams, const jk_tape *tape, const jk_model *model, jk_error *error);

#endif
