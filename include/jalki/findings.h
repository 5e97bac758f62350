/* SPDX-License-Identifier: Apache-2.0 */
/* What was found in a tape or in a run that may make a bid wrong, on one scale:
 *
 *   error    stops, unless its code is accepted (--accept CODE)
 *   warning  stays with the store: `value`, `price` and `report` repeat it until it is accepted
 *   note     is told once
 *
 * Import puts its findings into the store's manifest; the gate before a bid (jalki/gate.h) makes its own. */
#ifndef JALKI_FINDINGS_H
#define JALKI_FINDINGS_H

#include <stdbool.h>

#include "jalki/status.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_severity { JK_SEVERITY_NOTE, JK_SEVERITY_WARNING, JK_SEVERITY_ERROR } jk_severity;

/* X(NAME, code, severity, what it means): the only list. docs/mapping-file.md says more of those of an import,
 * `jalki help value` of those of the gate. */
#define JK_FINDINGS(X)                                                                                                 \
    X(WRONG_ENCODING, wrong_encoding, ERROR, "cells that the mapping reads are not valid in the file's encoding")      \
    X(UNMATCHED_MANY, unmatched_many, ERROR, "more rows than --max-unmatched found no partner in a joined file")       \
    X(CONTROL_TOTAL, control_total, ERROR, "claims or balance are not what was expected of the tape")                  \
    X(INVALID_TEXT, invalid_text, WARNING, "cells that nothing reads are not valid in the file's encoding")            \
    X(GARBLED_TEXT, garbled_text, WARNING, "text looks like UTF-8 that was read in another encoding")                  \
    X(LONE_QUOTES, lone_quotes, WARNING, "quotes that do not pair: their rows were read without them")                 \
    X(LONG_CELLS, long_cells, WARNING, "quoted cells of more than three lines")                                        \
    X(SHORT_ROWS, short_rows, WARNING, "rows that end before the header does: the rest of them is missing")            \
    X(LONG_ROWS, long_rows, NOTE, "rows with empty cells behind the last column")                                      \
    X(EMPTY_ROWS, empty_rows, NOTE, "rows of empty cells")                                                             \
    X(TITLE_ROWS, title_rows, NOTE, "rows above the header")                                                           \
    X(REPEATED_HEADER, repeated_header, NOTE, "the header stands again among the rows")                                \
    X(FOOTER_ROWS, footer_rows, NOTE, "rows below the claims")                                                         \
    X(FILTERED, filtered, NOTE, "rows that `where` leaves out")                                                        \
    X(TOTAL_ROW, total_row, WARNING, "a last row that is the total of those above was left out")                       \
    X(TOTAL_DIFFERS, total_differs, WARNING, "a total row that is not the sum of the rows above")                      \
    X(UNMATCHED, unmatched, WARNING, "rows that found no partner in a joined file")                                    \
    X(JOIN_REPEATED, join_repeated, WARNING, "several rows of a joined file have one key: the first was taken")        \
    X(JOIN_SKIPPED, join_skipped, WARNING, "rows of a joined file that could not be read or have no key")              \
    X(JOIN_CHOSEN, join_chosen, NOTE, "several rows of a joined file have one key: the mapping says which was taken")  \
    X(JOIN_LATER, join_later, NOTE, "rows of a joined file after the cut-off, which its aggregates do not count")      \
    X(JOIN_UNREAD, join_unread, WARNING, "rows of a joined file that its aggregates could not read")                   \
    X(JOIN_UNUSED, join_unused, NOTE, "keys of a joined file that belong to no claim: what was added up is lost")      \
    X(NO_SOURCE, no_source, NOTE, "no file was given for a source that may be absent")                                 \
    X(VALUES_UNMATCHED, values_unmatched, WARNING, "a list of values that no cell of the column is in")                \
    X(VALUES_OTHER, values_other, NOTE, "cells that the list of values does not name")                                 \
    X(EXPONENT_IDS, exponent_ids, WARNING, "identifiers that a spreadsheet cut to powers of ten")                      \
    X(PLACEHOLDER_DEBTORS, placeholder_debtors, WARNING, "debtor_id that stands for no debtor: own debtors were made") \
    X(LARGE_DEBTOR, large_debtor, WARNING, "one debtor with an implausible share of the claims")                       \
    X(SENTINEL_DATES, sentinel_dates, WARNING, "dates that stand for none, taken as missing")                          \
    X(PARTIAL_DATES, partial_dates, NOTE, "dates whose day or month is not known, taken as the first")                 \
    X(THREE_DECIMALS, three_decimals, WARNING, "every amount of a column has three decimals: a thousands mark?")       \
    X(DECIMAL_COMMA, decimal_comma, WARNING, "numbers with a decimal comma where a point is expected")                 \
    X(DATE_FORM, date_form, WARNING, "dates that could not be read and have another usual format")                     \
    X(RATES_ABOVE_HALF, rates_above_half, WARNING, "interest rates above 50 % a year: is the unit percent?")           \
    X(ZERO_INCOME, zero_income, WARNING, "most incomes are exactly 0: zero or unknown?")                               \
    X(DROPPED_CELLS, dropped_cells, WARNING, "cells that could not be read, taken as missing")                         \
    X(NEAR_COLUMN, near_column, WARNING, "a column that is not there, and one of nearly its name that is not used")    \
    X(SKIPPED_PART, skipped_part, NOTE, "a part of an archive or a sheet that was not read")                           \
    X(MISSING_COLUMN, missing_column, NOTE, "a column that the mapping names and the header lacks")                    \
    X(DUPLICATES_OF_FILES, duplicates_of_files, WARNING, "claim_id stands in several files: are they of one system?")  \
    X(RATE_PERCENT, rate_percent, ERROR, "interest above 50 % a year: percent taken for a share?")                     \
    X(GROSS_ABOVE_FACE, gross_above_face, ERROR, "more is expected to be collected than is owed")                      \
    X(CUTOFF_FAR, cutoff_far, ERROR, "the cut-off is years away from the tape's dates or from today")                  \
    X(RETURN_IMPLAUSIBLE, return_implausible, ERROR, "a required return above 100 % a year, or of 0 beside others")    \
    X(OLD_CLAIMS, old_claims, ERROR, "claims older than any law knows")                                                \
    X(BASE_CURRENCY, base_currency, ERROR, "the model's costs do not look like amounts of its base currency")

typedef enum jk_finding_code {
#define JK_X(NAME, code, severity, meaning) JK_FINDING_##NAME,
    JK_FINDINGS(JK_X)
#undef JK_X
        JK_FINDING_COUNT
} jk_finding_code;

const char *jk_finding_name(jk_finding_code code);     /* "wrong_encoding", … */
jk_severity jk_finding_severity(jk_finding_code code); /* of the table */
const char *jk_severity_name(jk_severity severity);    /* "note", "warning", "error" */
int jk_finding_find(const char *name, size_t length);  /* code of a name, or -1 */

typedef struct jk_finding {
    jk_finding_code code;
    bool accepted;
    uint64_t count; /* rows, cells, …, as the text says */
    const char *text;
} jk_finding;

/* Zero-initialise. Past JK_FINDINGS_MAX further ones are counted in `lost`. */
enum { JK_FINDINGS_MAX = 256 };
typedef struct jk_findings {
    size_t count, lost;
    jk_finding *list;
    void *arena; /* owns the texts */
} jk_findings;

/* Adds one; the text is copied (at most 700 bytes of it). */
__attribute__((format(printf, 4, 5))) jk_status jk_findings_add(jk_findings *findings, jk_finding_code code,
                                                                uint64_t count, const char *format, ...);
void jk_findings_reset(jk_findings *findings);

/* Codes that are accepted, bit c: code c. */
typedef uint64_t jk_accepted;
#define JK_ACCEPTS(code) ((jk_accepted)1 << (code))

/* Adds the codes of a list such as "large_debtor,unmatched"; false if one is unknown: *unknown points to it in the
 * text, and *nearest is the known one that is meant (or NULL). */
bool jk_accept_read(const char *text, jk_accepted *accepted, const char **unknown, const char **nearest);

/* Marks the findings whose code is accepted. */
void jk_findings_accept(jk_findings *findings, jk_accepted accepted);

/* JK_ERROR_DATA with the text of the first finding of severity error that is not accepted; JK_OK if there is none. */
jk_status jk_findings_refuse(const jk_findings *findings, const char *file, jk_error *error);

/* The warnings of a store's import that were not accepted then; none for a store that tells of none. */
jk_status jk_findings_of_tape(const jk_tape *tape, jk_findings *findings, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
