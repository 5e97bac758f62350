/* SPDX-License-Identifier: Apache-2.0 */
/* --xlsx of commands. */
#ifndef JK_CLI_WORKBOOKS_H
#define JK_CLI_WORKBOOKS_H

#include "cli/value/valuing.h"
#include "jalki/xlsx.h"

typedef struct jk_cli_book {
    const jk_xlsx_table *tables;
    size_t table_count;
    bool cash;     /* with the valuation's cash flow and the sheet that answers for a return */
    bool personal; /* rows of claims */
} jk_cli_book;

/* Writes the workbook, if --xlsx was given. */
jk_status jk_cli_write_workbook(const jk_cli_common *common, const jk_cli_valuing *valuing,
                                const jk_valuation *valuation, const jk_cli_book *wanted, jk_error *error);

/* The same for tables of a command that values no tape, or two: money in `currency`, the manifest that of the run. */
jk_status jk_cli_write_tables(const jk_cli_common *common, const char *currency, const jk_cli_book *wanted,
                              jk_error *error);

#endif
