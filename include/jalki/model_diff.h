/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two model files, key by key, in words; and where a model file comes from.
 *
 *     jk_model_diff diff;
 *     jk_model_compare("a.yaml", "b.yaml", &diff, &error);
 *     jk_model_diff_reset(&diff);
 *
 * Files are compared as they are once their includes are joined: segments by id, characteristics by name, whatever
 * their lines. What both get by default is no difference. Neither file needs to be a model that can be used. */
#ifndef JALKI_MODEL_DIFF_H
#define JALKI_MODEL_DIFF_H

#include "jalki/listing.h"
#include "jalki/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_model_part {
    JK_PART_GENERAL, /* all that is in none of the others */
    JK_PART_LAW,     /* jurisdictions, statuses, vulnerable_allow, unreachable_allow */
    JK_PART_SCORE,   /* scorecard, extra */
    JK_PART_SEGMENTS,
    JK_PART_COUNT
} jk_model_part;
const char *jk_model_part_name(jk_model_part part); /* "general", "law", "score", "segments" */

typedef struct jk_model_difference {
    jk_model_part part;
    const char *key;      /* segments[fi-finance].cost.legal.filing */
    const char *was, *is; /* as written, on one line; NULL: not there */
    const char *meaning;  /* what the key is, or NULL where it has no line of its own in docs/model-file.md */
} jk_model_difference;

typedef struct jk_model_diff {
    const char *path[2], *name[2], *version[2]; /* name and version may be NULL */
    char sha256[2][65];
    size_t count;
    const jk_model_difference *differences; /* in the order of the first file, then what only the second has */
    void *arena;                            /* owns all */
} jk_model_diff;

/* JK_ERROR_IO, JK_ERROR_MODEL (syntax, includes). *diff is the caller's, for jk_model_diff_reset; empty on failure. */
jk_status jk_model_compare(const char *a, const char *b, jk_model_diff *diff, jk_error *error);
void jk_model_diff_reset(jk_model_diff *diff);

/* The differences as rows; for NULL the columns alone. */
jk_listing jk_model_diff_listing(const jk_model_diff *diff);

/* The model of the file `a` with those parts (bit 1 << jk_model_part) that `b` has instead. A mixture may be no model:
 * JK_ERROR_MODEL, as jk_model_load says it. */
jk_status jk_model_mix(const char *a, const char *b, unsigned parts_of_b, jk_model **model, jk_error *error);

/* ---- where a model comes from ----------------------------------------------------------------------------------- */

typedef enum jk_model_role {
    JK_ROLE_MODEL,    /* the file itself */
    JK_ROLE_INCLUDED, /* a file that it includes */
    JK_ROLE_PARENT,   /* a model that it was made of, by its lineage */
    JK_ROLE_DATA,     /* what its figures were fitted to, by its lineage */
    JK_ROLE_TREES,    /* its trees */
    JK_ROLE_CARD,     /* the scorecard of its own score */
    JK_ROLE_NETWORK   /* its network */
} jk_model_role;

typedef struct jk_model_log_entry {
    jk_model_role role;
    int depth;                         /* of includes; lineage is one deeper than its file */
    const char *path, *name, *version; /* NULL where there is none */
    const char *sha256;                /* of a file's own bytes; of a parent or data as the lineage says */
    const char *fitted_on, *program;   /* of a file with a lineage */
} jk_model_log_entry;

typedef struct jk_model_log {
    char sha256[65]; /* of the model with all that it includes, as results name it */
    size_t count;
    const jk_model_log_entry *entries; /* a file, its lineage, its includes in their order; then trees and card */
    void *arena;
} jk_model_log;

/* Errors and ownership as jk_model_compare; jk_model_log_reset frees. */
jk_status jk_model_log_read(const char *path, jk_model_log *log, jk_error *error);
void jk_model_log_reset(jk_model_log *log);
jk_listing jk_model_log_listing(const jk_model_log *log);

#ifdef __cplusplus
}
#endif
#endif
