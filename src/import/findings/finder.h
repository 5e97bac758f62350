/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts that put an import's findings into words share. */
#ifndef JK_IMPORT_FINDER_H
#define JK_IMPORT_FINDER_H

#include "import/findings/findings.h"

enum { JK_FINDER_EXAMPLES = 3, JK_FINDER_TEXTS = 512 };

typedef struct finder {
    const jk_import_commit *commit;
    const jk_import_inputs *inputs;
    const jk_mapping *mapping;
    const jk_import_options *options;
    jk_import_summary *summary;
    const jk_odd_list *odd;
    jk_findings *findings;
} finder;

/* Hundredths as "-12.05"; returns text. */
const char *jk_finder_money(int64_t hundredths, char text[32]);

/* "'a' (12), 'b' (3) and 7 others" of a kind and column (negative: of all); returns text. */
const char *jk_finder_examples(const jk_odd_list *odd, jk_odd_kind kind, int32_t column, size_t most,
                               char text[JK_FINDER_TEXTS]);

/* Rows without partner, rows with one key, files that are not there. */
jk_status jk_find_joins(const finder *f);

#endif
