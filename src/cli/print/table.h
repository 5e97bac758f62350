/* SPDX-License-Identifier: Apache-2.0 */
/* Tables on stdout: columns aligned by their widest cell, numbers with thousands separators. */
#ifndef JK_CLI_TABLE_H
#define JK_CLI_TABLE_H

#include <stdio.h>

/* A table grows row by row, cell by cell; cells are copied. Memory failures show as jk_table_print returning -1. */
typedef struct jk_table jk_table;

/* `alignment` has one letter per column: 'l' left, 'r' right. NULL if there is no memory: what is added to such a table
 * is nothing, and jk_cli_print_table says so. */
jk_table *jk_table_create(const char *alignment);

/* Adds the next cell of the current row; a row is full after as many cells as there are columns. */
__attribute__((format(printf, 2, 3))) void jk_table_cell(jk_table *table, const char *format, ...);

/* Adds a text of the catalogue (base/words/language.h) in the language that is spoken; a line of it with figures. */
void jk_table_words(jk_table *table, const char *text);
__attribute__((format(printf, 2, 3))) void jk_table_say(jk_table *table, const char *format, ...);

/* Adds an amount with thousands separators and `decimals` decimals; an empty cell for NaN. */
void jk_table_amount(jk_table *table, double value, int decimals);
void jk_table_percent(jk_table *table, double percent); /* two decimals; empty for NaN */
void jk_table_payback(jk_table *table, double months);  /* "12 months"; "never" for NaN */

/* Adds a rule across the table. */
void jk_table_rule(jk_table *table);

/* Prints with `indent` spaces before each line; returns 0, or -1 where memory ran out. */
int jk_table_print(const jk_table *table, FILE *out, int indent);
void jk_table_free(jk_table *table); /* NULL is accepted */

/* Writes a number with the separators of the language that is spoken: 1234567.891 with 2 decimals becomes
 * 1,234,567.89. Returns text. */
enum { JK_AMOUNT_TEXT = 400 };
const char *jk_amount(char text[JK_AMOUNT_TEXT], double value, int decimals);

/* A text as a CSV cell on stdout, as base/text/escape.h writes cells; and what follows it. */
void jk_cli_csv_text(const char *text, const char *end);

#endif
