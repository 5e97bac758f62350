/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft says: tables, what their columns seem to mean, and how they join. */
#ifndef JK_DRAFT_DRAFT_H
#define JK_DRAFT_DRAFT_H

#include "draft/profile.h"
#include "draft/words.h"

#define JK_DRAFT_NONE SIZE_MAX

/* What a target (a canonical column, or the balance) is made of. */
typedef struct jk_draft_choice {
    bool found;
    size_t table, column;
    int match; /* 100 the very word for it; less: a part of it */
} jk_draft_choice;

typedef struct jk_draft_table_facts {
    jk_profile profile;
    int *means;            /* target of each column, or -1 */
    size_t alike;          /* table with the same header that comes before it; JK_DRAFT_NONE */
    size_t key, joined_by; /* of a joined table: its key, and the main table's column that holds it; JK_DRAFT_NONE: none
                              was found */
    double overlap;        /* share of the main table's keys that it has */
} jk_draft_table_facts;

typedef struct jk_draft {
    size_t table_count;
    jk_draft_table_facts *tables;
    size_t main; /* the table of claims */
    jk_draft_choice choice[JK_DRAFT_TARGETS];
    jk_language language;
    int date_way; /* of most dates, or -1 */
} jk_draft;

/* Decides what the tables mean. */
jk_status jk_draft_decide(jk_draft *draft, jk_error *error);

/* Writes the mapping; *text is the caller's. */
jk_status jk_draft_write(const jk_draft *draft, char **text, jk_error *error);

#endif
