/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a team share: its state, and what each role does with sums and files. */
#ifndef JK_BASE_TEAM_INTERNAL_H
#define JK_BASE_TEAM_INTERNAL_H

#include "base/file/input.h"
#include "base/team/team.h"
#include "base/text/json.h"

typedef struct jk_team_state {
    jk_team_role role;
    int number, count; /* of parts; number from 1 */
    const char *path;  /* of the partial file */
} jk_team_state;
extern jk_team_state jk_team;

/* The rows that are those of process `number`, from 1. */
void jk_team_rows_of(int number, size_t rows, size_t *first, size_t *end);

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

/* Opens a file that a part wrote for an option, whose content is to be as it was; *path is for free(), *file is what
 * it was before its content was looked at. */
jk_status jk_merge_open(int part, const char *name, int *fd, char **path, jk_input_file *file, jk_error *error);
/* JK_OK where nothing wrote to the file since, and the descriptor is of that file: what was read of it is what was
 * left. */
jk_status jk_merge_check(int fd, const char *path, const jk_input_file *file, jk_error *error);

/* team_rows.c: what parts keep of their rows, and what a merge reads of it. */
jk_status jk_part_rows_close(jk_error *error);
void jk_part_rows_end(void);
void jk_merge_rows_end(void);

/* Rank k gets out[k], and in[k] comes from it, in new memory. */
jk_status jk_ranks_swap(void *const *out, const uint64_t *out_size, void **in, uint64_t *in_size, jk_error *error);
jk_status jk_ranks_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error);
void jk_ranks_put(const void *bytes, size_t size);
jk_status jk_ranks_take(int rank, void **bytes, size_t *size, jk_error *error);
jk_status jk_ranks_join(void **array, size_t *count, size_t size, jk_error *error);
jk_status jk_ranks_merge(const jk_team_parcel *parcel, jk_error *error);
void jk_ranks_sum(const jk_tally *tallies, size_t count);
jk_status jk_ranks_collect(jk_output *output, uint64_t head, jk_error *error);

#endif
