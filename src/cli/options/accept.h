/* SPDX-License-Identifier: Apache-2.0 */
/* --accept, the findings of a tape's import told again, and the gate before a bid: the same in every command. */
#ifndef JK_CLI_ACCEPT_H
#define JK_CLI_ACCEPT_H

#include "cli/cli.h"
#include "jalki/gate.h"
#include "jalki/value.h"

/* The group of --accept; the field is a jk_accepted. */
extern const jk_option jk_accept_options[];
#define JK_ACCEPT_GROUP(type, field)                                                                                   \
    { NULL, jk_accept_options, offsetof(type, field), false }

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
