/* SPDX-License-Identifier: Apache-2.0 */
/* The committing stage: chunks in their order into the store. Here is all that depends on rows before: uniqueness of
 * claim_id, numbers of debtors, dictionaries, sums. */
#ifndef JK_IMPORT_COMMIT_H
#define JK_IMPORT_COMMIT_H

#include "import/chunk.h"
#include "import/commit/periods.h"
#include "import/commit/rejects.h"
#include "import/commit/seen.h"
#include "import/sources/reader.h"
#include "jalki/tape.h"

typedef struct jk_import_commit {
    jk_tape_writer *writer;
    const jk_import_input *inputs;
    jk_import_summary *summary;
    jk_reject_file rejects;
    int32_t cutoff;
    int32_t barred_from; /* the general rule bars what was due or paid on this date or before; JK_MISSING_INTEGER:
                            unknown */
    jk_kind kind;
    jk_seen_ids claims, debtors;
    jk_id_table panel_claims;           /* numbers of a panel's claims */
    jk_periods periods;                 /* of a panel's claims */
    uint32_t claim_count, debtor_count; /* identifiers of a tape's claims; debtors */
    size_t source;                      /* of the chunk before */
    uint64_t line_base;                 /* line number of the next chunk's first line */
    double bytes_per_row;               /* of the first chunk with rows; to size the tables */
    uint64_t text_bytes;                /* expected in all; 0: unknown */
    double rejects_most;                /* with more the load cannot succeed, whatever follows */
    bool hopeless;                      /* there are more */
    jk_odd_list odd;                    /* of all chunks so far */
    struct {
        uint64_t rows;
        int64_t balance;
    } unmatched[JK_SOURCES_MAX]; /* accepted rows that found no partner in the source */
    uint32_t file_first_claim;   /* number of the file's first claim */
    uint64_t file_rows;          /* accepted rows of the file, for a total row at its end */
    int64_t file_balance;
    uint32_t *debtor_claims; /* by debtor, where the tape names debtors */
    size_t debtor_capacity;
    uint32_t most_claims; /* of one debtor, and which it is */
    char most_debtor[JK_TEXT_MAX + 1];
    uint64_t total_differs_line; /* of a total row that is not the sum above it; 0: none */
    int64_t total_said, total_is;
    int8_t *currency_slot; /* of the chunk's words */
    size_t currency_slot_capacity;
} jk_import_commit;

/* Sets barred_from by the cut-off. */
void jk_import_commit_set_cutoff(jk_import_commit *commit, int32_t cutoff);

jk_status jk_import_commit_chunk(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error);

void jk_import_commit_free(jk_import_commit *commit);

#endif
