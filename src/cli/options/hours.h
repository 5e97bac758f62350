/* SPDX-License-Identifier: Apache-2.0 */
/* --agent-hours HOURS,HOURS...: a plan within hours, and how it is shown. */
#ifndef JK_CLI_HOURS_H
#define JK_CLI_HOURS_H

#include "cli/options/options.h"
#include "jalki/hours.h"

jk_option_read jk_cli_read_hours; /* into a jk_hours: given_count stays 0 without the option */

#define JK_HOURS_OPTION(type, field)                                                                                   \
    {                                                                                                                  \
        "agent-hours", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_hours, JK_FIELD(type, field),                    \
                       .value = "HOURS[,HOURS...]", .otherwise = "as many as the plan wants", .example = "1500,1200",  \
                       .help = "Agent hours there are in the first epoch, the next ones...; the last pace goes on. "   \
                               "The plan is made anew within them"                                                     \
    }

/* Prints the hours of a plan by epoch with their prices; nonzero: out of memory. */
int jk_cli_print_hours_table(const jk_hours *hours, const char *title);

/* Prints the hours of a plan by epoch, with their prices, and the bids with and without the limit. Nonzero: out of
 * memory. */
int jk_cli_print_hours(const jk_hours *hours, const jk_model *model, double irr, double onboarding);

#endif
