/* SPDX-License-Identifier: Apache-2.0 */
/* The roll of jalki/account.h.
 *
 *     jk_price_irr(flow, months, outlay, &eir);
 *     jk_forecast forecasts[] = {{.after = 0, .months = 180, .flow = flow}, {.after = 12, .months = 168, .flow = new}};
 *     jk_account_roll(&account, months, rows); */
#ifndef JK_DEAL_ACCOUNT_H
#define JK_DEAL_ACCOUNT_H

#include "jalki/account.h"

/* Months until nothing more is expected: at least 0, at most JK_ACCOUNT_MONTHS_MAX for the roll below. */
int jk_account_months(const jk_account *account);

/* Fills rows[0 .. months-1], month by month; `months` is jk_account_months(account). The last closing is 0. */
void jk_account_roll(const jk_account *account, int months, jk_account_row *rows);

/* Adds months up to accounting years: the first has `first_year` months (1..12), the others 12. Fills years[] (room for
 * months / 12 + 2) and returns their number. */
size_t jk_account_years(const jk_account_row *rows, int months, int first_year, jk_account_row *years);

/* Sums of the whole life: opening of the first month, closing of the last. */
jk_account_row jk_account_total(const jk_account_row *rows, int months);

#endif
