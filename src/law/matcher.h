/* SPDX-License-Identifier: Apache-2.0 */
/* `when:` conditions bound to a tape. For every column that some rule asks about, a value has one bit per rule that it
 * satisfies; the rules that a row satisfies are the intersection over the columns, and the first of them is its match.
 * So the cost per row is one look-up per column, whatever the number of rules (per 64 of them). */
#ifndef JK_LAW_MATCHER_H
#define JK_LAW_MATCHER_H

#include "jalki/law.h"

enum { JK_MATCHER_COLUMNS = JK_COLUMN_COUNT + JK_DERIVED_COUNT, JK_MATCHER_SMALL = 256, JK_MATCHER_NONE = UINT16_MAX };

typedef enum jk_matcher_kind { JK_MATCH_CODES, JK_MATCH_INTEGERS, JK_MATCH_RANGES } jk_matcher_kind;

typedef struct jk_matcher_column {
    jk_derived figure; /* of ranges: the figure, or JK_DERIVED_NONE: the column */
    jk_column column;
    jk_matcher_kind kind;
    size_t codes;    /* values that masks tells apart; dictionary and enumeration: code + 1, 0 for missing */
    uint64_t *masks; /* [codes][words] */
    size_t listed;   /* integers: values that rules name, ascending; code 0 is any other */
    int32_t *values;
    double *bounds; /* ranges: `listed` bounds that rules name, ascending; code: 1 + those reached, 0 for missing */
    uint16_t small[JK_MATCHER_SMALL]; /* code of the integers 0..255 */
} jk_matcher_column;

typedef struct jk_matcher {
    size_t rules, words;
    uint64_t *all; /* [words]: the rules that exist */
    size_t columns;
    jk_matcher_column column[JK_MATCHER_COLUMNS];
} jk_matcher;

/* Binds `count` rules of a model with these own columns, which the tape must have. `base_currency` stands for a missing
 * currency. `jurisdiction_of_rule` (NULL: any) restricts a rule to the countries that `jurisdiction_of_country` (by
 * country code + 1) maps to that jurisdiction. */
jk_status jk_matcher_init(jk_matcher *matcher, const jk_condition *const *rules, size_t count, const jk_tape *tape,
                          const jk_extras *extras, const char *base_currency, const uint16_t *jurisdiction_of_rule,
                          const int32_t *jurisdiction_of_country, jk_error *error);
void jk_matcher_reset(jk_matcher *matcher);

/* Bit c is set if the matcher reads column c. */
uint64_t jk_matcher_reads(const jk_matcher *matcher);

/* match[i] becomes the first rule that row first + i satisfies, JK_MATCHER_NONE if none. Numbers of ranges are those
 * that `law` sees. */
void jk_matcher_rows(const jk_matcher *matcher, const jk_law *law, const jk_block *block, size_t first, size_t count,
                     uint16_t *match);

/* What stands for a missing value of a column: "consumer", "other", …; the base currency for currency; NULL: nothing.
 */
const char *jk_default_level(jk_column column, const char *base_currency);

#endif
