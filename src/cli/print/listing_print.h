/* SPDX-License-Identifier: Apache-2.0 */
/* Listings on stdout: as CSV, as tables, and described. */
#ifndef JK_CLI_LISTING_PRINT_H
#define JK_CLI_LISTING_PRINT_H

#include <stdbool.h>

#include "cli/print/table.h"
#include "jalki/listing.h"

/* All rows with all columns; returns the exit code. */
int jk_cli_listing_csv(const jk_listing *listing);

/* The same of rows that are not needed any more: frees them. */
int jk_cli_listed_csv(jk_listed *listed);

/* Its first row as JSON: an object with every column by its name. Frees them, too. */
int jk_cli_listed_object(jk_listed *listed);

/* Which rows a table shows, and how. */
typedef struct jk_cli_listing_view {
    const char *title;        /* of the catalogue (base/words/language.h) */
    const char *plain_title;  /* as it is, instead */
    const char *group;        /* rows whose first column says this, NULL: all */
    const char *name_head;    /* above the column "name", NULL: its own head */
    bool coded;               /* the column "name" has codes of ours (decisions), printed in words */
    const char *claims;       /* rows without claims are left out if this is a column's name, NULL: none are */
    const char *const *added; /* columns whose sum stands beneath, NULL-ended; NULL: there is no line of sums */
    int money_decimals;
    const char *const *shown; /* these columns, in this order, NULL-ended; NULL: all that have a head */
    const char *const *heads; /* above those that are shown, NULL among them: their own; NULL: all their own */
    size_t blank;      /* so many columns from the left are blank where all of them say what the row above says */
    bool is_ruled;     /* a rule beneath the heads */
    bool has_total;    /* a rule above the last row */
    bool may_be_empty; /* without rows there is no table at all */
    bool (*wanted)(const jk_listing *listing, const jk_cell *cells); /* rows that are shown; NULL: all */
    /* Writes a cell that is written otherwise than its column says; false: it is not. NULL: none is. */
    bool (*written)(jk_table *table, const jk_listing *listing, const jk_cell *cells, const char *column);
    size_t first;              /* rows before it are left out */
    size_t count;              /* so many lines, before `wanted` looks at them; 0: as many as there are rows */
    size_t most;               /* lines that are shown; those after them are one, "(3 more)", of their sums; 0: all */
    size_t abreast;            /* so many rows make one line; 0: each its own */
    size_t apart;              /* rows from one of a line to its next; 0: they follow one another */
    size_t step;               /* rows from one line's first to the next line's; 0: `abreast` */
    const char *const *spread; /* shown columns that such a line has for each of its rows, NULL-ended; others once */
    const char *const *spread_heads; /* [abreast] above the first of them, as they are */
    const char *share_of;            /* turned tables: after each figure what it is of this column in per cent, under */
    const char *share_head;          /* this head; NULL: figures alone */
    const char *const *beside_heads; /* [abreast] turned tables: under such a head stands, after each figure of the row,
                                        what the column behind the line's own says (its error); NULL: nothing does */
} jk_cli_listing_view;

/* The cell of a row in the column of that name. */
const jk_cell *jk_cli_listing_cell(const jk_listing *listing, const jk_cell *cells, const char *column);

/* The rows of a view, columns that have a head; returns 0, or 1 with a message. */
int jk_cli_listing_table(const jk_listing *listing, const jk_cli_listing_view *view);

/* The other way round: a line for each of the columns `shown` (a name that is none's is a rule), a column for each of
 * the rows `first`, `abreast` and `apart` tell, under `spread_heads` where there are some. `heads` are the lines'
 * names, NULL among them: the column's own. Returns as jk_cli_listing_table does. */
int jk_cli_listing_turned(const jk_listing *listing, const jk_cli_listing_view *view);

/* The columns of a view on their way, and what stands above or before them; heads with figures in them are kept here.
 */
typedef struct jk_cli_shown {
    const char *columns[JK_LISTING_COLUMNS], *heads[JK_LISTING_COLUMNS]; /* NULL-ended; NULL among heads: their own */
    size_t count, texts;
    char text[16][128];
} jk_cli_shown;

/* Adds a column (a name that is none's is a rule in turned tables) under a head, or under a line of the catalogue with
 * figures. */
void jk_cli_show(jk_cli_shown *shown, const char *column, const char *head);
__attribute__((format(printf, 3, 4))) void jk_cli_show_under(jk_cli_shown *shown, const char *column,
                                                             const char *format, ...);

/* Adds a text of a column: a code of ours in words, another as it is. */
void jk_cli_listing_code(jk_table *table, const jk_listing_column *column, const char *text);

#endif
