/* SPDX-License-Identifier: Apache-2.0 */
/* One run on several processes. Work over the rows of a tape is done in passes; what a pass leaves behind are sums of
 * integers, so that it does not matter who added what. A pass asks which rows are this process's (jk_team_rows), adds
 * them up, and hands its sums over (jk_team_sum), which returns with the sums of all. What stands in tape order in a
 * file is collected likewise (jk_team_collect). Nothing else knows how many processes there are. The process is
 *
 * - alone: all rows are its own, sums are left as they are;
 * - a part (jalki --part K/N): it adds up its own rows, and its sums go to a partial file;
 * - a merge (jalki merge): no rows are its own, sums are those of the partial files;
 * - a rank of several (mpirun jalki-mpi): it adds up its own rows, sums are added over all ranks at once. Every rank
 * runs the same command and comes to the same result; rank 0 alone shows and writes it.
 */
#ifndef JK_BASE_TEAM_H
#define JK_BASE_TEAM_H

#include <stdbool.h>

#include "base/file/output.h"
#include "base/number/grid.h"
#include "base/number/wide.h"
#include "jalki/status.h"

typedef enum jk_team_role { JK_TEAM_ALONE, JK_TEAM_PART, JK_TEAM_MERGE, JK_TEAM_RANKS } jk_team_role;
jk_team_role jk_team_role_now(void);

/* What the sums of a pass are for. */
typedef enum jk_team_pass {
    JK_PASS_BEFORE, /* a later pass needs them whole: a part makes them over all rows, a merge does without */
    JK_PASS_RESULT, /* they are what is asked for: a part makes them over its own rows */
    JK_PASS_AFTER   /* made of what the parts' rows came to: a part never comes to it, a merge does all of it */
} jk_team_pass;

/* The rows [*first, *end) of `rows` that are this process's; runs of rows in the order of the processes. */
void jk_team_rows(jk_team_pass pass, size_t rows, size_t *first, size_t *end);

/* Sums of one kind, in a row. */
typedef enum jk_tally_kind { JK_TALLY_UINT32, JK_TALLY_INT64, JK_TALLY_WIDE } jk_tally_kind;
typedef struct jk_tally {
    jk_tally_kind kind;
    void *cell; /* uint32_t, int64_t or jk_wide */
    size_t count;
} jk_tally;

/* A cell as a number, and back; false: the cell cannot hold it. */
jk_wide jk_tally_get(const jk_tally *tally, size_t index);
bool jk_tally_set(const jk_tally *tally, size_t index, jk_wide value);

/* What a pass was asked: its name, and a number that stands for all that is not in a file that was read. Sums that
 * answer another question are never taken. */
typedef struct jk_team_question {
    const char *stage;
    uint64_t figures;
} jk_team_question;

/* Hands over the sums of this process's rows and gives back those of all rows. JK_ERROR_DATA: a partial file answers
 * another question. */
jk_status jk_team_sum(jk_team_pass pass, jk_team_question question, const jk_tally *tallies, size_t count,
                      jk_error *error);

/* The same of a pass before others, where each rank needs the sums of those cells alone that it has something of
 * (has[i] not 0; `has` may be one of the tallies): few cells are added over all ranks, many exchanged between their
 * owners, and what a rank has nothing of it then gets nothing of. Tallies, at most 8, are all as long, and of 32 or 64
 * bits. */
jk_status jk_team_sum_own(const jk_tally *tallies, size_t count, const uint32_t *has, jk_error *error);

/* Completes an output whose rows stand in tape order, before it is committed: the first `head` bytes are its heading,
 * the rest this process's rows. A part keeps its file and says so in its partial file; a merge puts the files of all
 * parts behind each other. `name` is the option that the file was named with. */
jk_status jk_team_collect(jk_output *output, const char *name, uint64_t head, jk_error *error);

/* The same for files that are not rows of text. A part says in its partial file that it wrote `path` for the option
 * `name`; a merge asks for the path of part `number` (from 1 to jk_team_parts), for free(), whose content is as it was.
 */
jk_status jk_team_keep(const char *path, const char *name, jk_error *error);
int jk_team_number(void); /* of this part, from 1 */
int jk_team_parts(void);
jk_status jk_team_part_path(int number, const char *name, char **path, jk_error *error);

/* ---- what is more than sums ------------------------------------------------------------------------------------ */

/* After a pass whose rows were shared: `array` has one element of `size` bytes for each of `rows` rows, of which each
 * process has filled its own; all ranks get all, and so does a merge. A part writes its own beside its partial file and
 * has no others. `step`: rows were shared out in pieces of so many, jk_team_rows of their number; 1: one by one. */
jk_status jk_team_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error);

/* The same where each process has an array of as many elements as it found, *count of them: all get those of all, in
 * the order of the processes, in new memory (of jk_columns_alloc; the old is freed). */
jk_status jk_team_join(void **array, size_t *count, size_t size, jk_error *error);

/* The same for what is no array: `pack` makes bytes of what a process holds (for free()), `merge` adds those of another
 * to one's own, `clear` empties one's own. */
typedef struct jk_team_parcel {
    void *context;
    jk_status (*pack)(void *context, void **bytes, size_t *size, jk_error *error);
    jk_status (*merge)(void *context, const void *bytes, size_t size, jk_error *error);
    jk_status (*clear)(void *context, jk_error *error);
} jk_team_parcel;

/* Ranks merge in pairs, then pairs of pairs; what rank 0 ends with, all get. */
jk_status jk_team_merge(const jk_team_parcel *parcel, jk_error *error);

/* Hands bytes to the one that puts all together: rank 0, or the merge of the parts; there, the next that process
 * `number`, from 1, has handed over. *bytes is for free(). */
jk_status jk_team_put(const void *bytes, size_t size, jk_error *error);
jk_status jk_team_take(int number, void **bytes, size_t *size, jk_error *error);

/* ---- ranks (team_ranks.c) ------------------------------------------------------------------------------------- */

/* The MPI that is built in, "Open MPI v4.1.4"; NULL: none. */
const char *jk_team_mpi(void);

/* At the beginning of a program, before threads are started and anything is written: becomes a rank where MPI is built
 * in and the program was started as one of several (mpirun, srun). What ranks other than 0 write to standard output
 * goes nowhere; what they say on standard error is kept. false: MPI cannot be started. */
bool jk_team_ranks_begin(void);

/* At its end, with its exit code, which is returned. A rank that failed ends all ranks, after it said what it has to
 * say; rank 0 speaks first. */
int jk_team_ranks_end(int code);

/* Rank 0 goes on alone, the others have nothing to do until its end: false on these. */
bool jk_team_ranks_leave(void);

/* Whether this process shows and writes results: all but ranks other than 0. */
bool jk_team_writes(void);

/* Ranks on this host; 1 without ranks. */
int jk_team_neighbours(void);

/* The least of the numbers of all ranks; else the number. */
uint64_t jk_team_least(uint64_t number);

/* Opens rank 0's file on the other ranks, for writing at places of their own: *fd is -1 on rank 0 itself, and where
 * there are no ranks. Rank 0 is to commit the file after jk_team_wait. */
jk_status jk_team_open_shared(jk_output *output, int *fd, jk_error *error);
void jk_team_wait(void);

/* ---- parts (team_part.c) -------------------------------------------------------------------------------------- */

enum { JK_PARTS_MAX = 100000 };

/* This process does part `number` of `count`, from 1, whose partial file will be `path`. Before the first pass. */
void jk_team_be_part(int number, int count, const char *path);

/* What a part has kept of its rows is in a file of its own: the partial file's name with this behind it. */
#define JK_PART_ROWS ".rows"

/* The partial file of this part: all its sums, its files, the manifest of its run. *text is for free(). */
jk_status jk_team_part_text(char **text, jk_error *error);

/* ---- merges (team_merge.c) ------------------------------------------------------------------------------------ */

/* Reads partial files and makes this process the one that merges them. JK_ERROR_DATA where they are not all parts of
 * one run, each once: command, options, version and the content of all inputs must be the same. */
jk_status jk_team_be_merge(const char *const *paths, size_t count, jk_error *error);

/* The command of the parts and its arguments; they last until jk_team_end. */
const char *jk_team_merged_command(void);
size_t jk_team_merged_arguments(const char *const **arguments);

/* Back to one process; what parts and merges hold is freed. */
void jk_team_end(void);

#endif
