/* SPDX-License-Identifier: Apache-2.0 */
/* --by COLUMNS of the commands that value a portfolio in several ways, side by side. */
#ifndef JK_CLI_STRATA_PRINT_H
#define JK_CLI_STRATA_PRINT_H

#include "cli/value/valuing.h"
#include "jalki/strata.h"

/* The option, for a command with `const char *` at the member. */
#define JK_BY_OPTION(type, member)                                                                                     \
    {                                                                                                                  \
        "by", .kind = JK_OPTION_TEXT, JK_FIELD(type, member), .value = "COLUMNS",                                      \
              .example = "country,balance_band,vintage",                                                               \
              .help = "By combinations of columns, too: balance_band, vintage, last_payment, segment, decision, "      \
                      "capacity_class, and those of the tape with texts or levels; CSV then has these rows"            \
    }

/* Opens the strata for a run of such cases; none where `by` is NULL. */
jk_status jk_cli_strata_open(const jk_cli_valuing *valuing, const char *by, jk_strata_shape shape, jk_strata **strata,
                             jk_error *error);

/* Which figures of a case stand side by side: a column of money and one of per cent. */
typedef struct jk_cli_strata_view {
    const char *title;
    const char *money, *percent; /* columns of jk_strata_cases_listing */
    const char *const *heads;    /* [cases] above the money, in the reader's language */
    const char *percent_head;
    int decimals;
} jk_cli_strata_view;

/* Combinations down, cases across, a few to a table, sums beneath; returns 0, or 1 with a message. */
int jk_cli_strata_table(const jk_strata *strata, const jk_cli_strata_view *view);

#endif
