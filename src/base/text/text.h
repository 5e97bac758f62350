/* SPDX-License-Identifier: Apache-2.0 */
/* Strict, locale-free reading and writing of numbers, "did you mean", and text that is written to memory. */
#ifndef JK_BASE_TEXT_H
#define JK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Reads all of text[length] as a decimal integer with optional sign; false on anything else or overflow. */
bool jk_text_to_integer(const char *text, size_t length, int64_t *value);

/* Reads all of text[length] as a finite decimal number (digits, '.', exponent); false on anything else:
 * no hexadecimal, no "inf", no "nan", no surrounding space. Correctly rounded. */
bool jk_text_to_real(const char *text, size_t length, double *value);

/* Index of the name nearest to `text` by edit distance (case ignored), or -1 if none is near enough to be a slip. */
int jk_text_nearest(const char *text, const char *const *names, size_t count);

/* The file's own name: what stands behind the last slash of a path, in it. */
const char *jk_file_name(const char *path);
/* The folder that it is in, "." for a bare name; for free(), NULL where memory runs out. */
char *jk_file_folder(const char *path);

/* A stream whose bytes stand in *text, for free(), with a NUL behind *length of them, once it is closed; NULL where
 * memory runs out. (Where it does later, the streams of open_memstream lose what is written and say nothing.) */
FILE *jk_text_open(char **text, size_t *length);

/* Closes it. false, and *text freed and NULL: memory ran out before all was written. */
bool jk_text_close(FILE *stream, char **text);

#endif
