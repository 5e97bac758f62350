/* SPDX-License-Identifier: Apache-2.0 */
/* From a seller's CSV files to a store (tape.md): typed columns, every bad row accounted for.
 *
 * A bad row never stops the load and is never dropped in silence: it goes to the rejects file with its line, column,
 * value and reason. The store appears whole or not at all. Results do not depend on threads or window size.
 */
#ifndef JALKI_IMPORT_H
#define JALKI_IMPORT_H

#include "jalki/findings.h"
#include "jalki/listing.h"
#include "jalki/schema.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Why a row is rejected. X(NAME, code, what was expected); the code stands in the rejects file. Of several reasons the
 * first counts: those of the row, then those of its cells in the order of the schema, then those of the row as a whole.
 */
#define JK_REJECT_REASONS(X)                                                                                           \
    X(FIELD_COUNT, field_count, "as many fields as the header has")                                                    \
    X(BAD_QUOTES, bad_quotes, "a separator or the end of the row after a closing quote")                               \
    X(UNCLOSED_QUOTE, unclosed_quote, "a closing quote within 1 MiB")                                                  \
    X(ROW_TOO_LONG, row_too_long, "a row of at most 1 MiB")                                                            \
    X(NUL_BYTE, nul_byte, "text without NUL bytes")                                                                    \
    X(MISSING, missing, "a value: the column is required")                                                             \
    X(INVALID_TEXT, invalid_text, "valid UTF-8 text (name the encoding in a mapping)")                                 \
    X(TEXT_TOO_LONG, text_too_long, "1 to 128 bytes of text")                                                          \
    X(BAD_DATE, bad_date, "a date that exists, YYYY-MM-DD or as the mapping says, from 1900 on")                       \
    X(BAD_NUMBER, bad_number, "a number with '.' or as the mapping says")                                              \
    X(OUT_OF_RANGE, out_of_range, "a number within the column's limits")                                               \
    X(NEGATIVE, negative, "zero or more")                                                                              \
    X(UNKNOWN_LEVEL, unknown_level, "one of the column's levels")                                                      \
    X(BAD_CODE, bad_code, "an ISO code in capital letters")                                                            \
    X(NOT_POSITIVE, not_positive, "principal + interest_accrued + fees above zero and at most 10 billion")             \
    X(FUTURE_DATE, future_date, "a date up to the cut-off (of a panel: up to period_start)")                           \
    X(BIRTH_AFTER_CUTOFF, birth_after_cutoff, "a birth year up to the cut-off's (of a panel: period_start's)")         \
    X(OTHER_CUTOFF, other_cutoff, "the cut-off date of the tape's first row")                                          \
    X(DUPLICATE, duplicate, "a claim_id of its own: the first row with it was kept")                                   \
    X(DICTIONARY_FULL, dictionary_full, "at most 65535 different values in the column")                                \
    X(BAD_PERIOD, bad_period, "a period of more than 0 and at most 1200 months")                                       \
    X(NO_EXPOSURE, no_exposure, "balance_start above zero")                                                            \
    X(BEFORE_WRITE_OFF, before_write_off, "a period that starts on the write-off date or later")                       \
    X(CASH_PARTS, cash_parts, "parts of cash that together are no more than cash")                                     \
    X(DUPLICATE_PERIOD, duplicate_period, "one row per claim_id and period_start: the first was kept")                 \
    X(OVERLAP, overlap, "a period that shares no day with the claim's rows before it in the file")                     \
    X(AFTER_EXIT, after_exit, "no period of a claim after the one with its exit; the row first in the file was kept")  \
    X(CUT_ID, cut_id, "a claim_id that no spreadsheet has cut to a power of ten (1.2E+15): export it as text")

typedef enum jk_reject_reason {
#define JK_X(NAME, code, expected) JK_REJECT_##NAME,
    JK_REJECT_REASONS(JK_X)
#undef JK_X
        JK_REJECT_REASON_COUNT
} jk_reject_reason;

/* "field_count", …; "as many fields as the header has", …. Valid for ever. */
const char *jk_reject_code(jk_reject_reason reason);
const char *jk_reject_expected(jk_reject_reason reason);

/* Why a row is left out on purpose: it is no bad row. X(NAME, code, what it is). */
#define JK_LEFT_OUT(X)                                                                                                 \
    X(FILTERED, filtered, "`where` of the mapping leaves it out")                                                      \
    X(EMPTY, empty, "all its cells are empty")                                                                         \
    X(HEADER, header, "it is the header once more")                                                                    \
    X(FOOTER, footer, "it stands below the claims")                                                                    \
    X(TOTAL, total, "it is the total of the rows above it")

typedef enum jk_left_out {
#define JK_X(NAME, code, meaning) JK_LEFT_OUT_##NAME,
    JK_LEFT_OUT(JK_X)
#undef JK_X
        JK_LEFT_OUT_COUNT
} jk_left_out;
const char *jk_left_out_code(jk_left_out kind); /* "filtered", … */

typedef struct jk_import_options {
    jk_kind kind; /* JK_KIND_PANEL: rows are periods of claims (docs/panel.md); there is no cut-off then */
    const char *const *sources; /* CSV files, plain or gzip */
    size_t source_count;        /* at least 1; without a mapping each is a canonical tape with its own header */
    const char *output;         /* the store to make */
    const char *mapping;        /* mapping file; NULL: canonical names */
    const char *rejects;        /* rejects file; NULL: output + ".rejects.csv" */
    const char *pseudonyms;     /* file of a key, whose pseudonyms ids are stored as; NULL: as they are */
    const char *pseudonym_list; /* CSV of pairs to make, the way back; NULL: none */
    double max_rejects;         /* rows, or a share of the rows read if max_rejects_is_share */
    int max_rejects_is_share;
    int32_t cutoff;         /* days since 1970-01-01; JK_MISSING_INTEGER: the mapping's, or unknown */
    int compression;        /* 0: none; 1..9 */
    double max_unmatched;   /* most rows, as a share, that may find no partner in a joined file; 0: the default, 0.01 */
    int64_t expect_claims;  /* accepted claims as the seller counts them; 0: the mapping's, or not checked */
    int64_t expect_balance; /* their balance, hundredths; JK_MISSING_MONEY or 0: the mapping's, or not checked */
    jk_accepted accepted;   /* findings that need not stop the import nor be told again */
    int shared;             /* 1: ranks, or the parts of a run (docs/cluster.md), share the reading of the files */
    int resume;          /* 1: what has been read is kept beside the output until the store is made (docs/cluster.md) */
    size_t window_bytes; /* bytes read at a time, at most 1 MiB; 0: the library's choice */
} jk_import_options;

/* Claims and their balance in one currency ("" where the tape names none). */
typedef struct jk_import_sum {
    char currency[4];
    uint64_t claims;
    int64_t balance; /* hundredths; of rejected rows: what could be read of it */
} jk_import_sum;

enum { JK_IMPORT_CURRENCIES_MAX = 32 }; /* further currencies are counted together under "***" */

typedef struct jk_import_sums {
    size_t count;
    jk_import_sum sums[JK_IMPORT_CURRENCIES_MAX];
} jk_import_sums;

typedef struct jk_import_rejected {
    uint64_t rows;
    jk_import_sums balance;
    /* the first of them */
    uint64_t line;
    int column;     /* or -1: the row as a whole */
    char value[64]; /* printable; a long one is cut */
} jk_import_rejected;

/* What was accepted of a panel; the balances of `accepted` are then balance_start, and its counts are rows. */
typedef struct jk_import_panel {
    uint64_t rows, rows_with_cash;
    int32_t first_start, end; /* first day of the first period, day after the last one; valid if there are rows */
    double claim_months;      /* sum of period_months */
    uint64_t exits[JK_PANEL_EXIT_COUNT];
    uint64_t treatment_rows[3]; /* surveil, amicable, legal */
    jk_import_sums cash;        /* amounts: cash; counts: rows */
} jk_import_panel;

/* One header name that no column takes, or one canonical column that the tape does not have. */
typedef struct jk_import_name {
    const char *name;
    const char *nearest; /* a missing column: the unused header name nearest to it, or NULL */
} jk_import_name;

typedef struct jk_import_summary {
    uint64_t rows_read, rows_accepted, rows_rejected; /* rows_read is the sum of all three */
    uint64_t rows_left_out;
    /* Physical lines of the files of claims: lines = header_lines + rows_read + blank_lines + cell_lines. */
    uint64_t lines, header_lines, blank_lines;
    uint64_t cell_lines; /* inside quoted cells */
    uint64_t debtors;
    uint64_t claims; /* of a panel; a tape's are its accepted rows */
    jk_kind kind;
    jk_import_panel panel;
    uint64_t source_bytes;
    char source_sha256[65];
    char separator; /* of the (first) source */
    int separator_detected;
    int32_t cutoff;
    int cutoff_from_mapping;
    jk_import_rejected rejected[JK_REJECT_REASON_COUNT];
    jk_import_rejected left_out[JK_LEFT_OUT_COUNT];
    jk_import_sums accepted;
    int32_t first_written_off, last_written_off; /* of accepted rows; JK_MISSING_INTEGER if there are none */
    size_t found_count, missing_count, unused_count;
    const jk_column *found;
    jk_extras extras; /* names of own columns, found or not */
    const jk_import_name *missing;
    const jk_import_name *unused;
    jk_findings findings; /* all that was found; also in the store's manifest */

    /* Claims without a title and without limitation_on: only the model's general rule can say when they are barred. */
    jk_import_sums no_limitation;
    /* Those of them last due or paid more than 36 months before the cut-off: the general rule would bar them. Empty if
     * the cut-off is unknown. */
    jk_import_sums barred_by_rule;

    int begun_anew;    /* with `resume`: what had been kept was of another run, and is gone */
    uint64_t taken_up; /* pieces of an earlier run that were not read again */

    const char *rejects_path; /* of the rejects file that was written; NULL if none was */
    void *arena;              /* owns the texts above */
} jk_import_summary;

/* Imports. *summary (may be NULL) is given on success (but where this process only reads for another: a part, a rank
 * other than 0) and also when the rejects are too many (JK_ERROR_DATA); it is the caller's, to be given to
 * jk_import_summary_free. Fails with JK_ERROR_IO, JK_ERROR_FORMAT (damaged gzip, no header), JK_ERROR_DATA (required
 * column missing, too many rejects), JK_ERROR_MODEL (mapping), JK_ERROR_INTERRUPTED. On failure no store appears and an
 * earlier one is untouched; the rejects file is then written only if options->rejects names it and the rejects were too
 * many. Where there are no rejects, a rejects file of an earlier import is removed. */
jk_status jk_import(const jk_import_options *options, const jk_run *run, jk_import_summary **summary, jk_error *error);

/* Frees a summary; NULL is accepted. */
void jk_import_summary_free(jk_import_summary *summary);

/* What the columns are of the rejects file, and of the list of pseudonyms. */
jk_listing jk_rejects_columns(void);
jk_listing jk_pseudonym_columns(void);

/* The summary as rows, and their listing (for NULL its columns alone); as JSON, for free(), NULL: no memory. */
jk_listed *jk_import_rows(const jk_import_summary *summary);
jk_listing jk_import_listing(const jk_listed *rows);
char *jk_import_json(const jk_import_summary *summary);

/* What stood in the cell at fault, as messages show it: an id stands in the rejects file alone unless it is asked for.
 */
const char *jk_import_shown(const jk_import_rejected *rejected);

#ifdef __cplusplus
}
#endif
#endif
