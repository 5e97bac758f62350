/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs that are no listings, described for docs/outputs.md as listings describe themselves. */
#ifndef JK_CLI_OUTPUTS_DESCRIBED_H
#define JK_CLI_OUTPUTS_DESCRIBED_H

/* Prints a table for each: its columns, their units, what they are. */
void jk_cli_describe_outputs(void);

#endif
