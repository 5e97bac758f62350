/* SPDX-License-Identifier: Apache-2.0 */
/* All commands of the program, one line each; commands.c lists them in the order of `jalki help`. */
#ifndef JK_CLI_COMMANDS_H
#define JK_CLI_COMMANDS_H

#include "cli/cli.h"

extern const jk_command jk_command_import;
extern const jk_command jk_command_map;
extern const jk_command jk_command_generate;
extern const jk_command jk_command_inspect;
extern const jk_command jk_command_panel;
extern const jk_command jk_command_price;
extern const jk_command jk_command_bid;
extern const jk_command jk_command_forward;
extern const jk_command jk_command_account;
extern const jk_command jk_command_decide;
extern const jk_command jk_command_worklist;
extern const jk_command jk_command_scenario;
extern const jk_command jk_command_checks;
extern const jk_command jk_command_compare;
extern const jk_command jk_command_calendar;
extern const jk_command jk_command_watch;
extern const jk_command jk_command_simulate;
extern const jk_command jk_command_value;
extern const jk_command jk_command_explain;
extern const jk_command jk_command_sql;
extern const jk_command jk_command_export;
extern const jk_command jk_command_backtest;
extern const jk_command jk_command_chainladder;
extern const jk_command jk_command_fit;
extern const jk_command jk_command_report;
extern const jk_command jk_command_batch;
extern const jk_command jk_command_merge;
extern const jk_command jk_command_verify;
extern const jk_command jk_command_erase;
extern const jk_command jk_command_replay;

extern const jk_command jk_command_new_model;
extern const jk_command jk_command_model;
extern const jk_command jk_command_help;
extern const jk_command jk_command_completion;
extern const jk_command jk_command_version;

extern const jk_command *const jk_commands[];
extern const size_t jk_command_count;

/* The command of that name; NULL where there is none, which is said on stderr with the nearest that there is. */
const jk_command *jk_command_find(const char *name);

#endif
