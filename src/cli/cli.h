/* SPDX-License-Identifier: Apache-2.0 */
/* What all commands share: common options, errors, notes, progress. Nothing in src/cli computes.
 *
 * A command is one file cmd_<name>.c that defines `const jk_command jk_command_<name>` with its table of options
 * (options.h); main.c lists it.
 */
#ifndef JK_CLI_H
#define JK_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/options/options.h"
#include "jalki/status.h"

typedef enum jk_format { JK_FORMAT_TABLE, JK_FORMAT_JSON, JK_FORMAT_CSV } jk_format;

typedef struct jk_cli_common {
    int threads; /* 0: all cores */
    jk_format format;
    bool quiet;
    bool shared, raw_text, any_include, with_ids; /* what base/policy.h says of them */
    int dialect;                                  /* --csv-dialect: place in jk_dialects */
    int language;                                 /* --language, where a command has it: place in jk_language_names */
    const char *manifest_path;                    /* --manifest; NULL: not given */
    const char *json_path, *xlsx_path;            /* --json and --xlsx, where a command has them; NULL: not given */
    int part, part_count;                         /* --part, where a command has it; 0: not given */
    const char *partial_path;                     /* --partial, likewise */
} jk_cli_common;

/* Claims per block as JALKI_BLOCK_ROWS of the environment asks for them, 0: the library's choice. For trials, as
 * JALKI_ISA is (scripts/bits.py): results do not depend on it. */
jk_status jk_cli_block_rows(size_t *rows, jk_error *error);

/* Run settings from the common options: threads, and a progress line on stderr if that is a terminal and not --quiet.
 * SIGINT and SIGTERM end the run through it. */
jk_run jk_cli_run(const jk_cli_common *common);

/* Takes the progress line off the screen; called where a run whose length was only guessed at has ended. */
void jk_cli_end_progress(void);

/* Prints "jalki: FILE:LINE: key: message" on stderr; returns the exit code 1 (130 if interrupted). */
int jk_cli_fail(const jk_error *error);

/* MINE.yaml: MINE and the ending, for a file beside a model; for free(). NULL if there is no memory. */
char *jk_cli_name_beside(const char *model, const char *ending);

/* Prints a note on stderr unless quiet. */
__attribute__((format(printf, 2, 3))) void jk_cli_note(const jk_cli_common *common, const char *format, ...);

/* Begins to speak: what is printed from here on is in the language of --language; all that is for machines has been
 * written. */
void jk_cli_speak(const jk_cli_common *common);

/* printf to stdout in that language; the format is a text of the catalogue (base/words/language.h). */
__attribute__((format(printf, 1, 2))) void jk_cli_say(const char *format, ...);

/* Notes a required return above 1, which is likely meant in percent: --irr 15 is 1500 % a year. */
void jk_cli_note_rate(const jk_cli_common *common, double rate);

/* Refuses an output that is one of the inputs (it would be replaced), or that another output names too: a store given
 * as T.h5 and -o T.h5 would be lost. Files are compared by what they are, not by how their paths are written; a path
 * that is NULL or "-", a device and a pipe never clash. And refuses one that cannot be made, before the work begins. */
jk_status jk_cli_check_outputs(const char *const *inputs, size_t input_count, const char *const *outputs,
                               size_t output_count, jk_error *error);

/* Checks that everything written to stdout has arrived (a full disk, a closed pipe); returns the exit code. */
int jk_cli_finish(void);

/* Prints a text made by the library and frees it; NULL means that memory ran out. Returns the exit code. */
int jk_cli_print_text(char *text);

#endif
