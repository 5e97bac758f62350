/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a team share: its state, and what each role does with sums and files. */
#ifndef JK_BASE_TEAM_INTERNAL_H
#define JK_BASE_TEAM_INTERNAL_H

#include "base/json.h"
#include "base/team.h"

typedef struct jk_team_state {
    jk_team_role role;
    int number, count; /* of parts; number from 1 */
} jk_team_state;
extern jk_team_state jk_team;

/* The keys of a partial file. */
#define JK_PARTIAL_FORMAT "jalki_part"

/* SHA-256 of the sums as text, which tells a file that was cut or edited. NULL: no memory. */
char *jk_partial_digest(const json_t *sums);

jk_status jk_part_put(jk_team_question question, const jk_tally *tallies, size_t count, jk_error *error);
jk_status jk_part_collect(const jk_output *output, const char *name, uint64_t head, jk_error *error);
jk_status jk_part_keep(const char *path, const char *name, jk_error *error);
void jk_part_end(void);

jk_status jk_merge_take(jk_team_question question, const jk_tally *tallies, size_t count, jk_error *error);
jk_status jk_merge_collect(const jk_output *output, const char *name, uint64_t head, jk_error *error);
void jk_merge_end(void);

void jk_ranks_sum(const jk_tally *tallies, size_t count);
jk_status jk_ranks_collect(jk_output *output, uint64_t head, jk_error *error);

#endif
