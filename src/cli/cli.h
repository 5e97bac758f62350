/* SPDX-License-Identifier: Apache-2.0 */
/* What all commands share: the command record, common options, errors, progress. Nothing in src/cli computes.
 *
 * A command is one file cmd_<name>.c that defines `const jk_command jk_command_<name>`; main.c lists it. Options are
 * read by argp (GNU C library) with jk_cli_common_argp as a child, so that --threads, --format and --quiet are the same
 * everywhere. A usage mistake exits with 2 by argp itself.
 */
#ifndef JK_CLI_H
#define JK_CLI_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "jalki/status.h"

typedef struct jk_command {
    const char *name;
    const char *summary;               /* one line for `jalki help` */
    int (*run)(int argc, char **argv); /* argv[0] is "jalki NAME"; returns the exit code 0 or 1 */
} jk_command;

typedef enum jk_format { JK_FORMAT_TABLE, JK_FORMAT_JSON, JK_FORMAT_CSV } jk_format;

typedef struct jk_cli_common {
    int threads; /* 0: all cores */
    jk_format format;
    bool quiet;
} jk_cli_common;

/* Child parser for --threads N, --format table|json|csv, --quiet; its input is a jk_cli_common *. A command sets
 * state->child_inputs[0] in ARGP_KEY_INIT. */
extern const struct argp jk_cli_common_argp;

/* Run settings from the common options: threads, and a progress line on stderr if that is a terminal and not --quiet.
 * SIGINT and SIGTERM end the run through it. */
jk_run jk_cli_run(const jk_cli_common *common);

/* Takes the progress line off the screen; called where a run whose length was only guessed at has ended. */
void jk_cli_end_progress(void);

/* Prints "jalki: FILE:LINE: key: message" on stderr; returns the exit code 1 (130 if interrupted). */
int jk_cli_fail(const jk_error *error);

/* Prints a note on stderr unless quiet. */
__attribute__((format(printf, 2, 3))) void jk_cli_note(const jk_cli_common *common, const char *format, ...);

/* Notes a required return above 1, which is likely meant in percent: --irr 15 is 1500 % a year. */
void jk_cli_note_rate(const jk_cli_common *common, double rate);

/* Refuses an output that is one of the inputs (it would be replaced), or that another output names too: a store given
 * as T.h5 and -o T.h5 would be lost. Files are compared by what they are, not by how their paths are written; a path
 * that is NULL or "-", a device and a pipe never clash. */
jk_status jk_cli_check_outputs(const char *const *inputs, size_t input_count, const char *const *outputs,
                               size_t output_count, jk_error *error);

/* Checks that everything written to stdout has arrived (a full disk, a closed pipe); returns the exit code. */
int jk_cli_finish(void);

/* Reads a date option; on a bad date argp_error is called (exit 2). */
int32_t jk_cli_date(struct argp_state *state, const char *option, const char *text);
/* Reads an integer option in [low, high]; on anything else argp_error is called. */
int64_t jk_cli_integer(struct argp_state *state, const char *option, const char *text, int64_t low, int64_t high);
/* Reads a real option in [low, high]; on anything else argp_error is called. */
double jk_cli_real(struct argp_state *state, const char *option, const char *text, double low, double high);

#endif
