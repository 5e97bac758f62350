/* SPDX-License-Identifier: Apache-2.0 */
/* What sellers call things: names of columns and of levels in the languages of the Nordic and Baltic trade, in one
 * place. */
#ifndef JK_DRAFT_WORDS_H
#define JK_DRAFT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/schema.h"

/* Beside the columns of a tape, a header may name the balance as a whole. */
enum { JK_DRAFT_BALANCE = JK_COLUMN_COUNT, JK_DRAFT_TARGETS };

/* Words of a language tell where a tape is from. */
typedef enum jk_language {
    JK_ENGLISH,
    JK_FINNISH,
    JK_SWEDISH,
    JK_NORWEGIAN,
    JK_DANISH,
    JK_ESTONIAN,
    JK_LANGUAGES
} jk_language;

/* Lower case, letters without their marks, nothing but letters and digits: "Pääoma (EUR)" becomes "paaomaeur"; %
 * becomes "pct". `to` takes at most `room` bytes with the terminator. */
void jk_words_plain(const char *text, size_t length, char *to, size_t room);

/* How sure it is that a header name means a target: 100 the very word, 0 not at all. *language is that of the word. */
int jk_words_match(int target, const char *plain, jk_language *language);

/* Level of an enumeration column, or code of a country, that a cell most likely means; NULL: none. The cell as
 * jk_words_plain gives it. */
const char *jk_words_level(jk_column column, const char *plain);

#endif
