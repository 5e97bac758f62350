/* SPDX-License-Identifier: Apache-2.0 */
/* Writing parts of a model file as they were read. */
#ifndef JK_BASE_YAML_WRITE_H
#define JK_BASE_YAML_WRITE_H

#include <stdio.h>

#include "base/text/yaml.h"

/* A text in double quotes. */
void jk_yaml_write_text(FILE *stream, const char *text);
void jk_yaml_write_bytes(FILE *stream, const char *text, size_t length); /* the same of text[length] */

/* Text within a comment, which no end of a line in it leaves, nor what YAML takes for one (U+0085, U+2028, U+2029). */
void jk_yaml_write_comment(FILE *stream, const char *text);

/* A value on one line. */
void jk_yaml_write_flow(FILE *stream, const jk_yaml_node *node);

/* "key: value" with `indent` spaces before it; maps become lines of their own down to `depth` levels. */
void jk_yaml_write_pair(FILE *stream, const char *key, const jk_yaml_node *value, int indent, int depth);

/* A number with as few digits as give it back, nine where they are enough. */
void jk_yaml_write_number(FILE *stream, double value);

#endif
