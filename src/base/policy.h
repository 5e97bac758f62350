/* SPDX-License-Identifier: Apache-2.0 */
/* What a program settles once, before it does anything, for all that it reads and writes: how careful to be. The
 * library's own defaults (all false) are the careful ones, except that only a program which serves one command knows
 * that what it has read is an input for as long as it runs. */
#ifndef JK_BASE_POLICY_H
#define JK_BASE_POLICY_H

#include <stdbool.h>

#include "base/text/dialect.h"

typedef struct jk_policy {
    bool shared;               /* new files with personal data get the rights that umask gives, instead of 0600 */
    bool raw_text;             /* text in CSV cells goes out as it is, also where a spreadsheet would run it */
    bool with_ids;             /* ids of claims and debtors may stand in messages, pages and manifests */
    bool includes_outside;     /* model files may include files that are not below their own folder */
    const char *models;        /* folders of trusted models, with colons between; NULL: none */
    const jk_dialect *dialect; /* how CSV is written and read; NULL: canonically */
    bool keeps_inputs;         /* a file that was opened for reading is never replaced by an output */
} jk_policy;

/* Sets it; to be called before threads are started. */
void jk_policy_set(const jk_policy *policy);
const jk_policy *jk_policy_get(void);

#endif
