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
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Zero-initialise; `failed` says that something could not be held. */
typedef struct jk_json_builder {
    int failed;
} jk_json_builder;

/* Sets a key; takes the value over. */
void jk_json_put(jk_json_builder *builder, json_t *object, const char *key, json_t *value);
/* The same by its text, which stays the caller's; NULL, or no JSON, is a failure. */
void jk_json_put_text(jk_json_builder *builder, json_t *object, const char *key, const char *text);
void jk_json_set(json_t *object, const char *key, json_t *value);

/* Several keys with numbers, in their order: jk_json_put_numbers(builder, object, {"face", face}, {"value", value}). */
typedef struct jk_json_entry {
    const char *key;
    double number;
} jk_json_entry;
void jk_json_put_entries(jk_json_builder *builder, json_t *object, const jk_json_entry *entries, size_t count);
#define jk_json_put_numbers(builder, object, ...)                                                                      \
    jk_json_put_entries(builder, object, (const jk_json_entry[]){__VA_ARGS__},                                         \
                        sizeof((const jk_json_entry[]){__VA_ARGS__}) / sizeof(jk_json_entry))

/* The same of whole numbers: jk_json_put_counts(builder, object, {"rows", rows}, {"claims", claims}). */
typedef struct jk_json_count {
    const char *key;
    uint64_t count;
} jk_json_count;
void jk_json_put_count_entries(jk_json_builder *builder, json_t *object, const jk_json_count *entries, size_t count);
#define jk_json_put_counts(builder, object, ...)                                                                       \
    jk_json_put_count_entries(builder, object, (const jk_json_count[]){__VA_ARGS__},                                   \
                              sizeof((const jk_json_count[]){__VA_ARGS__}) / sizeof(jk_json_count))

/* Appends to a list; takes the value over. */
void jk_json_append(jk_json_builder *builder, json_t *list, json_t *value);
void jk_json_add(json_t *list, json_t *value);

/* jansson's readers, for where memory may run out: they go on with text that they could not hold, and beyond its end.
 * Here a piece of memory that is refused ends the reading: NULL, and "no memory" in the problem (which may be NULL).
 * What was read until then is not freed. The next text that the thread asks for is NULL, so that none is made of a
 * reading that is taken for a file of no sense. */
json_t *jk_json_parse(const char *text, size_t flags, json_error_t *problem);
json_t *jk_json_parse_bytes(const char *text, size_t size, size_t flags, json_error_t *problem);
json_t *jk_json_parse_file(FILE *file, size_t flags, json_error_t *problem);
/* Whether that is why there is none. */
bool jk_json_no_memory(const json_t *root, const json_error_t *problem);

/* A real; null for what is no finite number; never -0. */
json_t *jk_json_number(double value);

/* A string of text from outside, which may not be the UTF-8 that JSON wants: bytes that are none become \xXX
 * (base/text/escape.h). "?" of NULL, NULL without memory. */
json_t *jk_json_string(const char *text);

/* A date as YYYY-MM-DD; null where it is missing (JK_MISSING_INTEGER) or never comes (INT32_MAX). */
json_t *jk_json_date(int32_t date);

/* A string; null for NULL and for an empty text. */
json_t *jk_json_text_or_null(const char *text);

/* How pages and messages call a claim where its id is not asked for (base/policy.h): "row 17", counted from 1. */
json_t *jk_json_row_name(uint64_t row);

/* Text of an object, ending in a line end, and frees the object; NULL if anything could not be held. Free with free().
 * A builder of NULL stands for one that did not fail. */
char *jk_json_text(const jk_json_builder *builder, json_t *object, size_t flags);

/* The same without the line end. */
char *jk_json_dump(const jk_json_builder *builder, json_t *object, size_t flags);

#endif
