/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of a draft's text. */
#ifndef JK_DRAFT_WRITE_H
#define JK_DRAFT_WRITE_H

#include <stdio.h>

#include "draft/draft.h"

const jk_profile_column *jk_draft_column_of(const jk_draft *draft, const jk_draft_choice *choice);

/* A text in quotes, as YAML reads it; and in a comment: on one line, not too long. */
void jk_draft_put_name(FILE *out, const char *name);
void jk_draft_put_plain(FILE *out, const char *text, size_t length);

/* The most frequent values; the comment behind a column: how sure it is, and what was seen. */
void jk_draft_put_examples(FILE *out, const jk_profile_column *column, bool are_ids);
void jk_draft_put_note(FILE *out, const jk_draft_choice *choice, const jk_profile_column *column);

/* Begins a map for a column, "{source: S, key: NAME"; the brace is left open. */
void jk_draft_put_open(FILE *out, const jk_draft *draft, const jk_draft_choice *choice, const char *key);

/* A date: by `key` ("column" or "year_of"), with its own format where it has one. */
void jk_draft_put_date(FILE *out, const jk_draft *draft, const jk_draft_choice *choice, const char *key);

/* The whole entry of a canonical column. */
void jk_draft_put_column(FILE *out, const jk_draft *draft, int target);

#endif
