/* SPDX-License-Identifier: Apache-2.0 */
/* docs/outputs.md: outputs described, those that are listings and those that are none of the library. */
#ifndef JK_CLI_OUTPUTS_DESCRIBED_H
#define JK_CLI_OUTPUTS_DESCRIBED_H

#include "jalki/listing.h"

/* Prints the page: the columns of all listings, then those of the other outputs. */
void jk_cli_describe_listings(void);

/* Prints a table for each file that is written row by row: its columns, their units, what they are. */
void jk_cli_describe_outputs(void);

/* No rows yet, of what commands write row by row (jk_listed_create). */
extern const jk_listing jk_cli_erase_rows, jk_cli_replay_rows, jk_cli_report_rows, jk_cli_version_rows,
    jk_cli_export_rows;

/* What two commands add to the claims' file (jk_claims_add). */
extern const jk_listing jk_cli_decide_claims_rows, jk_cli_checks_claims_rows;

#endif
