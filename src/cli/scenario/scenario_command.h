/* SPDX-License-Identifier: Apache-2.0 */
/* jalki scenario: its arguments, and what it prints. */
#ifndef JK_CLI_SCENARIO_COMMAND_H
#define JK_CLI_SCENARIO_COMMAND_H

#include "cli/value/valuing.h"
#include "jalki/break_even.h"

typedef struct jk_scenario_view {
    const jk_cli_valuing *valuing;
    const jk_scenarios *set;
    const jk_scenario_grid *grid;
    int segment;             /* index of the segment shown alone, or -1 */
    const jk_strata *strata; /* by columns that were asked for, or NULL */
} jk_scenario_view;

/* Print the grid; return the exit code. */
int jk_scenario_print_tables(const jk_scenario_view *view);
int jk_scenario_print_csv(const jk_scenario_view *view);

/* Finds and prints the break-even of each target (at most 16 are looked at); returns the exit code. */
int jk_scenario_break_even(const jk_cli_common *common, const jk_cli_valuing *valuing, const jk_break_even_wish *wish,
                           const double *targets, size_t count, jk_error *error);

typedef struct jk_scenario_fields {
    jk_column column[JK_COLUMN_COUNT];
    size_t count;
} jk_scenario_fields;

/* Reads "all" or a list of columns into a jk_scenario_fields. */
jk_option_read jk_scenario_read_fields;

/* Prints the price of missing data by field; returns the exit code. */
int jk_scenario_missing(const jk_cli_common *common, const jk_cli_valuing *valuing, const jk_scenario_fields *wanted,
                        jk_error *error);

#endif
