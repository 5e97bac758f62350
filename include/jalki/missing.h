/* SPDX-License-Identifier: Apache-2.0 */
/* The price of missing data: what the portfolio is worth with a field as the seller gives it, without it, and at its
 * worst, so that a buyer knows which data to ask for. Everything follows from valuations of the same tape with one
 * column replaced: law, debtors, scores and plans see the change, each claim is planned anew. */
#ifndef JALKI_MISSING_H
#define JALKI_MISSING_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_missing_field {
    jk_column column;
    int trials;     /* figures that the field was given, one after the other, besides missing */
    double given;   /* value of the portfolio with the field as it stands */
    double blanked; /* with the field missing everywhere */
    /* Every claim at the field's worst and best figure for it, missing among them; each claim by itself. */
    double worst, best;
    double at_stake; /* given - worst */
    /* With figures drawn from what the tape says of others (within the segment), NaN where no claim has the field: the
     * mean value, and what knowing the figures is worth by better first decisions. */
    double expected, information;
    /* Of the claims where the field is missing now: number, face, value as they stand, at worst and at best. */
    uint64_t gap_claims;
    double gap_face, gap_value, gap_worst, gap_best, gap_expected, gap_information;
} jk_missing_field;

/* Columns that can be asked about: those that may be missing and have figures to try. */
int jk_missing_can(jk_column column);
/* Those of them that say something of the debtor or the law and that sellers leave out; returns how many. */
size_t jk_missing_usual(jk_column columns[JK_COLUMN_COUNT]);

/* Values the tape for each column: once as it stands, once without the column, and once per figure; nothing is
 * projected. fields[count] come sorted by what is at stake, largest first. Takes 42 bytes per claim. Errors as of
 * jk_value_run; JK_ERROR_ARGUMENT for a column that cannot be asked about. */
jk_status jk_missing_price(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const jk_column *columns, size_t count, jk_missing_field *fields, jk_error *error);

/* Fields as rows; no fields: the columns alone. */
jk_listing jk_missing_listing(const jk_missing_field *fields, size_t count);

/* As JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_missing_json(const jk_missing_field *fields, size_t count, double irr);

#ifdef __cplusplus
}
#endif
#endif
