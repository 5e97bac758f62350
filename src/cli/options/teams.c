/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/teams.h"

#include <string.h>

#include "base/error.h"

void jk_cli_read_team(jk_usage *usage, const char *name, char *text, void *field) {
    jk_cli_teams *teams = field;
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0' || (size_t)(equals - text) >= JK_LIMIT_NAME_MAX) {
        jk_usage_error(usage, "%s: '%s' is not NAME=SCOPE,SCOPE... with countries and segments", name, text);
    } else if (teams->count == JK_CLI_TEAMS_MAX) {
        jk_usage_error(usage, "%s: at most %d", name, (int)JK_CLI_TEAMS_MAX);
    } else {
        teams->text[teams->count++] = text;
    }
}

jk_status jk_cli_bind_teams(jk_cli_teams *teams, const jk_tape *tape, const jk_model *model, jk_error *error) {
    for (size_t t = 0; t < teams->count; t++) {
        char *members = strchr(teams->text[t], '=');
        *members++ = '\0';
        teams->team[t] = (jk_team){.name = teams->text[t]};
        char *rest = NULL;
        for (char *word = strtok_r(members, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
            JK_TRY(jk_team_member(tape, model, word, &teams->team[t], error));
        }
    }
    return JK_OK;
}
