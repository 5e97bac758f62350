/* SPDX-License-Identifier: Apache-2.0 */
/* What people read, in their language: one catalogue (texts_*.def) of English texts with what they are in Finnish,
 * Swedish, Danish, Norwegian and Estonian; numbers and dates as each writes them. English is the key of a text, or a
 * code is (income_monthly), whose English words the catalogue then has, too. Files, CSV and JSON are never translated:
 * a command begins to speak (jk_language_speak) when all that is for machines has been written. */
#ifndef JK_BASE_LANGUAGE_H
#define JK_BASE_LANGUAGE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text/dialect.h"

typedef enum jk_language {
    JK_ENGLISH,
    JK_FINNISH,
    JK_SWEDISH,
    JK_DANISH,
    JK_NORWEGIAN,
    JK_ESTONIAN,
    JK_LANGUAGE_COUNT
} jk_language;

/* "en", "fi", …, NULL-ended, in the order of the enumeration; and how HTML names one ("nb" for Norwegian). */
extern const char *const jk_language_names[];
const char *jk_language_tag(jk_language language);

/* What is printed from here on is in this language; to be called where one thread runs. English until then. */
void jk_language_speak(jk_language language);
jk_language jk_language_spoken(void);
/* Codes stay codes again (jk_text_if_known), as before the first jk_language_speak. */
void jk_language_end(void);

/* The text in the language that is spoken; the key itself where the catalogue lacks it, which jk_text_missed tells. */
const char *jk_text(const char *key);
/* The same of a name that need not be in the catalogue, such as a column of a tape's own. */
const char *jk_text_if_known(const char *name);
/* The first key since the last jk_language_speak that was not in the catalogue; NULL: none. */
const char *jk_text_missed(void);

/* printf in the language that is spoken: `format` is looked up, decimals get the language's mark, widths count
 * characters. A translation may name arguments by place (%2$s) and leave some out. What stands before and behind the
 * words (spaces, ends of lines) need not be in the catalogue. Known conversions: d i u zu ld lu lld llu f g s c %. */
__attribute__((format(printf, 3, 0))) void jk_text_vformat(char *to, size_t size, const char *format,
                                                           va_list arguments);
__attribute__((format(printf, 3, 4))) void jk_text_format(char *to, size_t size, const char *format, ...);
__attribute__((format(printf, 2, 0))) void jk_text_vprint(FILE *out, const char *format, va_list arguments);
__attribute__((format(printf, 2, 3))) void jk_text_print(FILE *out, const char *format, ...);

/* A date as the language writes it, YYYY-MM-DD in English and Swedish; returns text. */
enum { JK_TEXT_DATE = 16 };
const char *jk_text_date(int32_t date, char text[JK_TEXT_DATE]);

/* Marks of the language that is spoken; thousands are apart by a no-break space in most. */
const char *jk_text_decimal(void);
const char *jk_text_thousands(void);

/* ---- the catalogue, for pages and tests ------------------------------------------------------------------------ */

/* The text in a language, whatever is spoken; the key itself where the catalogue lacks it. */
const char *jk_text_in(jk_language language, const char *key);

size_t jk_text_count(void);
const char *jk_text_key(size_t index);
const char *jk_text_at(size_t index, jk_language language);
/* Whether the key of a text is a name in code, such as income_monthly. */
bool jk_text_is_code(size_t index);
/* Whether a text has no conversions of printf: a page may show it. */
bool jk_text_is_plain(size_t index);
/* Whether the conversions of every translation are those of its key. */
bool jk_text_sound(size_t index, jk_language language);

#endif
