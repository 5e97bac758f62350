/* SPDX-License-Identifier: Apache-2.0 */
/* Options that several commands have, described once. A command lists the groups it has, with the place of their struct
 * in its own; jk_common_options are in every command by themselves. */
#ifndef JK_CLI_GROUPS_H
#define JK_CLI_GROUPS_H

#include "cli/options/options.h"
#include "cli/value/valuing.h"
#include "jalki/panel_filter.h"

/* Fields of jk_cli_common, the first member of every command's struct: --threads, --format, --quiet, --help; and
 * --json; --xlsx. */
extern const jk_option jk_common_options[];
extern const jk_option jk_json_options[];
extern const jk_option jk_workbook_options[];
extern const jk_option jk_language_options[]; /* --language */
extern const jk_option jk_part_options[];     /* --part, --partial */

/* Fields of jk_cli_valuing: --model, --cutoff; --irr; --sell; --no-curse; --memory, --explain-memory. */
extern const jk_option jk_valuing_options[];
extern const jk_option jk_memory_options[];
extern const jk_option jk_irr_options[];
extern const jk_option jk_sell_options[];
extern const jk_option jk_curse_options[];

/* Reads --currency CODE into a const char *. */
jk_option_read jk_cli_read_currency;

/* Fields of jk_panel_filter: --key, --from, --to; and the reader of --split LOW-HIGH into one. */
extern const jk_option jk_history_options[];
jk_option_read jk_cli_read_split;
/* false, and a mistake is told, where --from is not before --to. */
void jk_cli_check_history(jk_usage *usage, const jk_panel_filter *filter);

/* Bad rows that are borne: --max-rejects N or N%. */
typedef struct jk_cli_rejects {
    double most;
    int is_share;
} jk_cli_rejects;
jk_option_read jk_cli_read_rejects;

/* The operand and the groups of a command whose struct has a jk_cli_valuing named `valuing`. */
#define JK_VALUED_TAPE(type)                                                                                           \
    { "tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(type, valuing.tape_path), .value = "T.h5", .is_needed = true }
#define JK_VALUED_TAPE_IF(type)                                                                                        \
    { "tape", .kind = JK_OPTION_FILE_IN, JK_FIELD(type, valuing.tape_path), .value = "T.h5" }
#define JK_VALUING_IF_TAPE_GROUP(type)                                                                                 \
    { "Valuation", jk_valuing_options, offsetof(type, valuing), true }
#define JK_VALUING_GROUP(type)                                                                                         \
    { "Valuation", jk_valuing_options, offsetof(type, valuing), false }
#define JK_IRR_GROUP(type)                                                                                             \
    { NULL, jk_irr_options, offsetof(type, valuing), false }
#define JK_SELL_GROUP(type)                                                                                            \
    { NULL, jk_sell_options, offsetof(type, valuing), false }
#define JK_CURSE_GROUP(type)                                                                                           \
    { NULL, jk_curse_options, offsetof(type, valuing), false }
#define JK_MEMORY_GROUP(type)                                                                                          \
    { "Memory", jk_memory_options, offsetof(type, valuing), false }
#define JK_WORKBOOK_GROUP                                                                                              \
    { NULL, jk_workbook_options, 0, false }
#define JK_PART_GROUP                                                                                                  \
    { "Part of a run", jk_part_options, 0, false }
#define JK_LANGUAGE_GROUP                                                                                              \
    { NULL, jk_language_options, 0, false }
#define JK_JSON_GROUP                                                                                                  \
    { NULL, jk_json_options, 0, false }

#endif
