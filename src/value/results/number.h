/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as text for the files of results: the same characters as printf's "%.2f" (below 1e13, "%.9g" from there on)
 * and
 * "%.9g", without a locale and several times faster; never "-0", never "nan" or "inf" (such a number is an empty cell).
 */
#ifndef JK_VALUE_NUMBER_H
#define JK_VALUE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { JK_NUMBER_TEXT = 24 }; /* bytes that each of them may need */

/* Each writes at `text`, without a terminator, and returns the end. */
char *jk_write_cents(char *text, double value);   /* "%.2f", from 1e13 on "%.9g" */
char *jk_write_digits9(char *text, double value); /* "%.9g" */
char *jk_write_integer(char *text, uint64_t value);
char *jk_write_parts(char *text, int64_t parts, int decimals); /* parts / 10^decimals, exactly; decimals 0..18 */

#endif
