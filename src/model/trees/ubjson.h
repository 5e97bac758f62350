/* SPDX-License-Identifier: Apache-2.0 */
/* Universal Binary JSON (draft 12), as XGBoost writes its models in it: the same tree that its JSON would give. */
#ifndef JK_MODEL_UBJSON_H
#define JK_MODEL_UBJSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether the bytes begin as an object of such a file: a brace, then no quotation mark but the type of a length. */
bool jk_ubjson_is(const char *bytes, size_t size);

/* The tree, the caller's to free; NULL where the bytes are none, *problem then says what and *at where. */
json_t *jk_ubjson_read(const char *bytes, size_t size, const char **problem, size_t *at);

#endif
