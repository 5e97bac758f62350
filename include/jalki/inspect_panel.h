/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a panel of history: how much was observed, under which treatment, what came in and how claims left. One
 * pass over the store, in row order; amounts of different currencies are never added. */
#ifndef JALKI_INSPECT_PANEL_H
#define JALKI_INSPECT_PANEL_H

#include "jalki/listing.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_INSPECT_PANEL_CURRENCIES = 8, JK_INSPECT_PANEL_TREATMENTS = 3 };

/* Money in units of the currency. */
typedef struct jk_panel_figures {
    uint64_t rows, rows_with_cash;
    double months;   /* sum of period_months */
    double exposure; /* sum of balance_start * period_months / 12: balance held for a year */
    double cash, cost;
} jk_panel_figures;

typedef struct jk_panel_inspection {
    uint64_t rows, claims, debtors;
    int32_t first_start, last_start, end; /* days; `end`: the day after the last period. Valid if there are rows */
    double shortest, longest;             /* period_months */
    size_t currency_count;                /* most rows first */
    const char *currency[JK_INSPECT_PANEL_CURRENCIES]; /* "(none)" where no currency is named; of the tape */
    uint64_t other_currency_rows;                      /* of further ones: only counted */
    jk_panel_figures figures[JK_INSPECT_PANEL_CURRENCIES][JK_INSPECT_PANEL_TREATMENTS];
    uint64_t exits[JK_PANEL_EXIT_COUNT];
    uint64_t given[JK_COLUMN_COUNT]; /* rows that give a panel column; 0 for the columns of tapes */
} jk_panel_inspection;

/* JK_ERROR_DATA if the store is no panel; otherwise as jk_tape_read. */
jk_status jk_inspect_panel(const jk_tape *panel, jk_panel_inspection *inspection, jk_error *error);

/* Columns of panels that a row may lack. */
enum { JK_PANEL_OPTIONAL = 8 };
extern const jk_column jk_panel_optional[JK_PANEL_OPTIONAL];

/* Figures by currency and treatment as rows with their columns described, for NULL the columns alone. */
jk_listing jk_inspect_treatments_listing(const jk_panel_inspection *inspection);

/* All figures, one a line, for pivot tables; their listing, for NULL its columns alone. */
jk_listed *jk_inspect_panel_figures(const jk_panel_inspection *inspection);
jk_listing jk_inspect_panel_listing(const jk_listed *figures);

/* All figures as one JSON object; to be freed. NULL: no memory. */
char *jk_inspect_panel_json(const jk_panel_inspection *inspection);

#ifdef __cplusplus
}
#endif
#endif
