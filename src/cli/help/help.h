/* SPDX-License-Identifier: Apache-2.0 */
/* What people read about a command, made from its option table. */
#ifndef JK_CLI_HELP_H
#define JK_CLI_HELP_H

#include <stdio.h>

#include "cli/options/options.h"

/* Prints `jalki help NAME` on stdout; returns the exit code. */
int jk_help_print(const jk_command *command);

/* The list of all commands. */
void jk_help_list(FILE *out);

/* A command, or with NULL all of them, as a man page (roff) or as docs/commands.md has it; on stdout. */
void jk_help_man(const jk_command *command);
void jk_help_markdown(const jk_command *command);

/* The pieces that all forms of help are made of. Texts are written into `text` and returned. */
enum { JK_HELP_TEXT = 1024 };
/* What must be given: "T.h5 --model M.yaml [options]". */
const char *jk_help_usage(const jk_command *command, char text[JK_HELP_TEXT]);
/* The option's sentence with its words, and in brackets what holds without it. */
const char *jk_help_sentence(const jk_option *option, char text[JK_HELP_TEXT]);

/* The same with all that the tables say, as JSON; NULL: all commands. Returns the exit code. */
int jk_help_json(const jk_command *command);

#endif
