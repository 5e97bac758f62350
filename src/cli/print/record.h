/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as manifests record it (base/file/run_record.h), and the manifest of --manifest, which also has the
 * digests of all outputs. */
#ifndef JK_CLI_RECORD_H
#define JK_CLI_RECORD_H

#include "base/file/run_record.h"
#include "cli/cli.h"

/* Zero-initialise but for the command; texts are copies. Operands are added after the options. */
typedef struct jk_cli_record {
    const char *command;
    char **arguments; /* operands and options that figures depend on; NULL-ended */
    size_t count, room;
    char **outputs; /* names of options and the paths given with them, in pairs */
    size_t output_count, output_room;
    bool dashes; /* "--" stands before the operands */
    bool lost;   /* memory ran out: it is not whole */
    size_t *person;
    size_t person_count; /* arguments that are ids: places */
    jk_run_record record;
} jk_cli_record;

void jk_cli_record_operand(jk_cli_record *self, const char *text);
void jk_cli_record_option(jk_cli_record *self, const jk_option *option, const char *text);

/* Makes it the record of the process; with --manifest, stdout is summed from here on. false: memory ran out. */
bool jk_cli_record_begin(jk_cli_record *self, const jk_cli_common *common);

/* After a run that succeeded: fails where an input was changed meanwhile, writes the manifest of --manifest. Returns
 * the exit code. */
int jk_cli_record_end(const jk_cli_record *self, const jk_cli_common *common);

void jk_cli_record_free(jk_cli_record *self);

/* What stands in the place of an id that is not recorded. */
#define JK_CLI_NOT_RECORDED "(an id, not recorded)"

#ifdef JALKI_XGBOOST
enum { JK_HAS_TREES = 1 };
#else
enum { JK_HAS_TREES = 0 };
#endif

#endif
