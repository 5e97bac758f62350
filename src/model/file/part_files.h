/* SPDX-License-Identifier: Apache-2.0 */
/* Files besides YAML that a model names and that are a part of it: trees, networks, scorecards. */
#ifndef JK_MODEL_PART_FILES_H
#define JK_MODEL_PART_FILES_H

#include "base/text/yaml.h"

enum { JK_PART_FILES = 5 };

typedef enum jk_part_kind { JK_PART_TREES, JK_PART_NETWORK, JK_PART_CARD } jk_part_kind;

typedef struct jk_part_file {
    const char *key; /* scorecard.trees, … */
    jk_part_kind kind;
    const char *path; /* NULL: the model names none */
    char sha256[65];  /* of its bytes */
} jk_part_file;

/* The files that a joined tree names, in the order in which they enter the model's hash; takes them into `sha256`.
 * JK_ERROR_IO, JK_ERROR_MODEL. */
jk_status jk_part_files(jk_arena *arena, const jk_yaml_node *root, jk_part_file files[JK_PART_FILES], char sha256[65],
                        jk_error *error);

#endif
