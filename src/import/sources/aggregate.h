/* SPDX-License-Identifier: Apache-2.0 */
/* Figures made of all rows of a joined source that have one key: sums, counts, first and last dates. One number for
 * each key and figure is held, however many rows there are. */
#ifndef JK_IMPORT_AGGREGATE_H
#define JK_IMPORT_AGGREGATE_H

#include "base/memory.h"
#include "import/mapping/mapping.h"

typedef struct jk_total {
    jk_csv_decimal value; /* a sum in steps of 10^-18, a count, or a date in days since 1970 */
    bool given;
} jk_total;

typedef struct jk_totals {
    const jk_mapping *mapping;
    const jk_mapping_source *source;
    int32_t *after; /* per aggregate: rows on or before this day are too old; JK_MISSING_INTEGER: none is */
    size_t capacity;
    jk_total *list;   /* keys x aggregates */
    uint64_t later;   /* rows after the cut-off, which do not count */
    uint64_t unread;  /* rows of which an amount or a date could not be read, or which lack the date that matters */
    char example[48]; /* of those: the first cell */
} jk_totals;

/* Zero-initialise. The mapping's cut-off counts, where it is known. */
jk_status jk_totals_begin(jk_totals *totals, const jk_mapping *mapping, uint32_t source, jk_error *error);

/* Makes room for the key with this number, which is one more than those before, with nothing counted. */
bool jk_totals_add_key(jk_totals *totals, size_t key);

/* Counts a row of a key. */
void jk_totals_count(jk_totals *totals, size_t key, const jk_mapped_row *row);

/* A figure of a key as canonical text; empty: missing. false: no memory. */
bool jk_totals_text(const jk_totals *totals, size_t key, size_t aggregate, jk_arena *arena, jk_cell_text *text);

void jk_totals_free(jk_totals *totals);

#endif
