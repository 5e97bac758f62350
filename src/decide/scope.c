/* SPDX-License-Identifier: Apache-2.0 */
/* Countries, segments and teams as users name them. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "jalki/decide.h"
#include "model/find.h"

/* Index of a country of the tape, or -1. */
static int find_country(const jk_tape *tape, const char *code) {
    size_t countries = 0;
    const char *const *country = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &countries);
    for (size_t c = 0; c < countries; c++) {
        if (strcmp(country[c], code) == 0) {
            return (int)c;
        }
    }
    return -1;
}

enum { HINT = 96 };

/* "; did you mean fi-bills?" where a segment is named nearly so, else nothing. */
static void hint_segment(const jk_model *model, const char *name, char hint[HINT]) {
    const char *ids[JK_SEGMENTS_MAX];
    for (size_t s = 0; s < model->segment_count; s++) {
        ids[s] = model->segments[s].id;
    }
    const int nearest = jk_text_nearest(name, ids, model->segment_count);
    hint[0] = '\0';
    if (nearest >= 0) {
        (void)snprintf(hint, HINT, "; did you mean %s?", ids[nearest]);
    }
}

jk_status jk_limit_scope(const jk_candidates *candidates, const jk_team *teams, size_t team_count, const char *scope,
                         jk_limit *limit, jk_error *error) {
    int country = find_country(candidates->tape, scope), segment = jk_model_find_segment(candidates->model, scope);
    limit->country = country >= 0 ? country : JK_SCOPE_ALL;
    limit->segment = country < 0 && segment >= 0 ? segment : JK_SCOPE_ALL;
    limit->team = NULL;
    for (size_t t = 0; t < team_count && country < 0 && segment < 0; t++) {
        limit->team = strcmp(teams[t].name, scope) == 0 ? &teams[t] : limit->team;
    }
    if (country >= 0 || segment >= 0 || limit->team != NULL) {
        return JK_OK;
    }
    char hint[HINT];
    hint_segment(candidates->model, scope, hint);
    return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, scope,
                   "neither a country of the tape, nor a segment of the model, nor a team%s", hint);
}

jk_status jk_team_member(const jk_tape *tape, const jk_model *model, const char *scope, jk_team *team,
                         jk_error *error) {
    int country = find_country(tape, scope), segment = jk_model_find_segment(model, scope);
    if (country < 0 && segment < 0) {
        char hint[HINT];
        hint_segment(model, scope, hint);
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, scope,
                       "of team %s: neither a country of the tape nor a segment of the model%s", team->name, hint);
    }
    if (team->country_count == JK_TEAM_MEMBERS_MAX || team->segment_count == JK_TEAM_MEMBERS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, team->name,
                       "the team has too many members; expected at most %d countries or segments",
                       (int)JK_TEAM_MEMBERS_MAX);
    }
    if (country >= 0) {
        team->country[team->country_count++] = country;
    } else {
        team->segment[team->segment_count++] = segment;
    }
    return JK_OK;
}

bool jk_team_works(const jk_team *team, int country, int segment) {
    bool works = false;
    for (size_t i = 0; i < team->country_count; i++) {
        works = works || team->country[i] == country;
    }
    for (size_t i = 0; i < team->segment_count; i++) {
        works = works || team->segment[i] == segment;
    }
    return works;
}
