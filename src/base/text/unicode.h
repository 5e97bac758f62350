/* SPDX-License-Identifier: Apache-2.0 */
/* Text of other people's files: spaces of all kinds, composed forms, names compared as people read them. */
#ifndef JK_BASE_UNICODE_H
#define JK_BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the space that stands at text[0], 0 if none does: space, tab, carriage return, no-break and other spaces of
 * Unicode, zero-width spaces, the byte order mark. */
size_t jk_unicode_space(const char *text, size_t length);

/* Bytes of the space that ends at text[length - 1], 0 if none does. */
size_t jk_unicode_space_before(const char *text, size_t length);

/* Composes letters and their marks (NFC) into out[capacity]; false where the text is no UTF-8 or does not fit. */
bool jk_unicode_compose(const char *text, size_t length, char *out, size_t capacity, size_t *out_length);

/* true if the text has marks that could be composed: only then is composing worth its while. */
bool jk_unicode_has_marks(const char *text, size_t length);

/* A name without case, spaces and underscores, composed; terminated. false where it is no UTF-8 or does not fit. */
bool jk_unicode_fold(const char *text, size_t length, char *out, size_t capacity);

/* true for valid UTF-8 without NUL. */
bool jk_unicode_is_utf8(const char *text, size_t length);

#endif
