/* SPDX-License-Identifier: Apache-2.0 */
/* What commands with --part do instead of showing results. */
#ifndef JK_CLI_PARTS_H
#define JK_CLI_PARTS_H

#include "cli/cli.h"
#include "jalki/tape.h"

/* Before the first pass over the tape: with --part, this process does that part alone. */
void jk_cli_part_begin(const jk_cli_common *common);

static inline bool jk_cli_is_part(const jk_cli_common *common) {
    return common->part > 0;
}

/* Writes the partial file and says what was done: which claims of the tape, or no more than that. */
jk_status jk_cli_part_end(const jk_cli_common *common, const jk_tape *tape, jk_error *error);
jk_status jk_cli_part_end_briefly(const jk_cli_common *common, jk_error *error);

#endif
