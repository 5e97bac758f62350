/* SPDX-License-Identifier: Apache-2.0 */
/* --accept, the findings of a tape's import told again, and the gate before a bid: the same in every command. */
#ifndef JK_CLI_ACCEPT_H
#define JK_CLI_ACCEPT_H

#include "cli/cli.h"
#include "jalki/gate.h"
#include "jalki/value.h"

/* A line of an option table, and reading it. A code that is not known ends the program with exit code 2. */
#define JK_CLI_ACCEPT_OPTION(key)                                                                                      \
    {                                                                                                                  \
        "accept", key, "CODE", 0,                                                                                      \
            "Take a warning or an error with this code as known and go on; several separated by commas. Accepted "     \
            "codes are "                                                                                               \
            "written into the manifest",                                                                               \
            95                                                                                                         \
    }
void jk_cli_accept(struct argp_state *state, const char *argument, jk_accepted *accepted);

/* Prints findings on stderr, one a line with its code: notes unless quiet, warnings and errors always; what is accepted
 * is not told again. */
void jk_cli_show_findings(const jk_cli_common *common, const jk_findings *findings);

/* Repeats what the import of a store warned of. */
jk_status jk_cli_repeat_warnings(const jk_cli_common *common, const jk_tape *tape, jk_accepted accepted,
                                 jk_error *error);

/* Today by the clock, or by SOURCE_DATE_EPOCH where that is set: days since 1970-01-01. */
int32_t jk_cli_today(void);

/* Lets a bid pass or refuses it (JK_ERROR_DATA); shows all that speaks against it. */
jk_status jk_cli_gate(const jk_cli_common *common, const jk_tape *tape, const jk_model *model, jk_gate_view view,
                      jk_accepted accepted, jk_error *error);

/* The same for one valuation. */
jk_status jk_cli_gate_valuation(const jk_cli_common *common, const jk_tape *tape, const jk_model *model,
                                const jk_valuation *valuation, jk_error *error);

#endif
