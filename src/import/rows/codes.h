/* SPDX-License-Identifier: Apache-2.0 */
/* Countries and currencies as people write them. */
#ifndef JK_IMPORT_CODES_H
#define JK_IMPORT_CODES_H

#include <stdbool.h>
#include <stddef.h>

/* ISO 3166 alpha-2 of a country (or ISO 4217 of a currency) that is written in small letters, as alpha-3, by its name
 * or by its sign where that is clear; NULL for what is none. Valid for ever. */
const char *jk_code_of(bool country, const char *text, size_t length);

/* The same for a country, and for a longer text of small letters and digits that has its name in it ("suomifi"). */
const char *jk_country_within(const char *plain);

#endif
