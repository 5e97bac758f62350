/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the conditions of a bid from options: required returns and floors. */
#ifndef JK_CLI_CONDITIONS_H
#define JK_CLI_CONDITIONS_H

#include "cli/options/options.h"
#include "jalki/bids.h"

typedef struct jk_cli_floors {
    jk_floor floor[JK_FLOORS_MAX];
    size_t count;
} jk_cli_floors;

/* Reads one --floor KIND=BOUND into a jk_cli_floors. */
jk_option_read jk_cli_read_floor;

/* The record of --floor, whose field is a jk_cli_floors. */
#define JK_FLOOR_OPTION(type, field_)                                                                                  \
    {                                                                                                                  \
        "floor", .kind = JK_OPTION_SPECIAL, .read = jk_cli_read_floor, JK_FIELD(type, field_), .value = "KIND=BOUND",  \
                 .example = "payback=60",                                                                              \
                 .help = "Bids must also meet this: multiple=1.8 (money multiple at least), payback=60 (months at "    \
                         "most), irr=0.1 (return on the flows at least); may be given again"                           \
    }

#endif
