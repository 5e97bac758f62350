/* SPDX-License-Identifier: Apache-2.0 */
/* Building JSON with jansson without a check per line, and yet failing loudly: a text that lacks a key is never made.
 *
 * Each failure is kept until the text is asked for, which is then NULL: by the builder (jk_json_put, jk_json_append)
 * or, where none is at hand, by the thread (jk_json_set, jk_json_add). jansson's *_new functions take a NULL value for
 * a failure and return one; and every piece of memory that jansson is refused counts as one too, whoever overlooked it.
 */
#ifndef JK_BASE_JSON_H
#define JK_BASE_JSON_H

#include <jansson.h>
#include <stdint.h>

/* Zero-initialise; `failed` says that something could not be held. */
typedef struct jk_json_builder {
    int failed;
} jk_json_builder;

/* Sets a key; takes the value over. */
void jk_json_put(jk_json_builder *builder, json_t *object, const char *key, json_t *value);
void jk_json_set(json_t *object, const char *key, json_t *value);

/* Appends to a list; takes the value over. */
void jk_json_append(jk_json_builder *builder, json_t *list, json_t *value);
void jk_json_add(json_t *list, json_t *value);

/* A real; null for what is no finite number; never -0. */
json_t *jk_json_number(double value);

/* A string of text from a tape, which may not be the UTF-8 that JSON wants: then "?". */
json_t *jk_json_string(const char *text);

/* How pages and messages call a claim where its id is not asked for (base/policy.h): "row 17", counted from 1. */
json_t *jk_json_row_name(uint64_t row);

/* Text of an object, ending in a line end, and frees the object; NULL if anything could not be held. Free with free().
 * A builder of NULL stands for one that did not fail. */
char *jk_json_text(const jk_json_builder *builder, json_t *object, size_t flags);

/* The same without the line end. */
char *jk_json_dump(const jk_json_builder *builder, json_t *object, size_t flags);

#endif
