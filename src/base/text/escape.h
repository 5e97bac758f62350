/* SPDX-License-Identifier: Apache-2.0 */
/* Text that came from outside, shown to people. A terminal, a page or a spreadsheet does what some characters say:
 * they are written out instead. */
#ifndef JK_BASE_ESCAPE_H
#define JK_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that the escape of one byte of text can take ("\u001b", "\x9b"). */
enum { JK_ESCAPE_GROWTH = 6 };

/* Characters with an effect of their own - control characters (C0, DEL, C1), line and paragraph separators, those that
 * change the direction of writing, and the two that XML does not allow - become \uXXXX, as JSON writes them, and bytes
 * that are no UTF-8 become \xXX.
 * `lines`: ends of lines and tabs stay. Reads from[length]; `to` has room for JK_ESCAPE_GROWTH * length bytes and gets
 * no terminator. A sequence that is cut off by the end of `from` is left for the next call where `rest` is given: *rest
 * gets its bytes. Returns the bytes written. */
size_t jk_escape(char *to, const char *from, size_t length, bool lines, size_t *rest);

/* The same of a text of any length, piece by piece: `take` gets what each becomes. */
typedef void (*jk_escape_take)(void *to, const char *shown, size_t count);
void jk_escape_pieces(const char *text, size_t length, bool lines, jk_escape_take take, void *to);

/* The same for a terminated text into to[size], terminated, cut where it gets too long; without ends of lines. Returns
 * `to`. */
const char *jk_escape_text(char *to, size_t size, const char *from);

/* The same for a terminated text as one of its own, for free(); NULL where memory runs out. */
char *jk_escape_copy(const char *text, bool lines);

/* Whether jk_escape would change the text. */
bool jk_escape_changes(const char *text, size_t length, bool lines);

/* Whether a spreadsheet would take the text for a formula: it begins with = + - @, a tab or a carriage return and is no
 * number. Never where the policy says that text goes out raw. */
bool jk_cell_is_formula(const char *text, size_t length);

/* Bytes that a cell of `length` bytes of text can take. */
#define JK_CELL_BYTES(length) (JK_ESCAPE_GROWTH * (length) + 4)

/* Writes text[length] as a CSV cell, quoted where it must be; returns the end. A formula gets an apostrophe in front,
 * and characters with an effect of their own are written out, unless the policy says that text goes out raw. */
char *jk_cell_write(char *out, const char *text, size_t length);

#endif
