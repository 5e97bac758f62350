/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping file (docs/mapping-file.md): how the canonical columns are made from a seller's columns. */
#ifndef JK_IMPORT_MAPPING_H
#define JK_IMPORT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv/header.h"
#include "csv/value.h"
#include "import/findings/odd.h"
#include "import/mapping/shape.h"
#include "jalki/schema.h"
#include "jalki/status.h"

#define JK_NO_FIELD UINT32_MAX

enum { JK_SOURCES_MAX = 16 }; /* sources of a mapping */

/* A field of a source as the mapping names it: the first of `names` that the header has. Rules refer to it by number.
 */
typedef struct jk_field_name {
    size_t count;
    const char *const *names;
    uint32_t source;    /* number of the mapping's source */
    uint32_t aggregate; /* number + 1 of the source's aggregate that it is; 0: a column */
    bool scanned;       /* of a joined source: only looked at while its file is read */
    int64_t line;       /* in the mapping file */
} jk_field_name;

typedef enum jk_rule_kind {
    JK_RULE_CONSTANT,
    JK_RULE_FIELD,            /* terms[0] */
    JK_RULE_SUM,              /* terms added or subtracted; an empty term is 0, all empty is missing */
    JK_RULE_YEAR_OF,          /* year of the date in terms[0] */
    JK_RULE_DATE_PLUS_MONTHS, /* terms[0] + round(sum of the others / divide_by + plus) months */
    JK_RULE_MONTHS_BETWEEN,   /* months from the date that alternatives[0] makes to that of alternatives[1] */
    JK_RULE_DAYS_PAST_DUE,    /* the cut-off less the days in terms[0] */
    JK_RULE_AGE,              /* the cut-off's year less the age in terms[0] */
    JK_RULE_TEXT,             /* the texts of all terms, one behind the other */
    JK_RULE_FIRST             /* the first of `alternatives` that is not missing */
} jk_rule_kind;

typedef struct jk_value_pair {
    const char *from, *to; /* to: "" is missing */
} jk_value_pair;

typedef struct jk_rule {
    jk_rule_kind kind;
    int64_t line;
    const char *constant;
    size_t term_count;
    uint32_t *terms;    /* numbers of field names */
    int8_t *signs;      /* +1 or -1 for each term */
    uint32_t divide_by; /* number of a field name, or JK_NO_FIELD */
    double plus;
    jk_csv_format format;
    size_t value_count;
    const jk_value_pair *values;
    bool has_least; /* of a sum: what is below `least` becomes it */
    double least;
    jk_shape shape;        /* of what a column of text gives */
    const char *between;   /* of JK_RULE_TEXT */
    const char *otherwise; /* for cells that `values` does not list; NULL: as they are */
    size_t alternative_count;
    const struct jk_rule *alternatives;
} jk_rule;

/* One condition of `where`: a row is taken if its cell is one of the words (or none of them) and within the bounds. */
typedef struct jk_where_rule {
    jk_rule rule; /* a single column, or how an own column is made */
    bool is_own;  /* an own column: what the rule makes is looked at, by its type */
    jk_type type; /* of the own column */
    size_t in_count, not_count;
    const char *const *in, *const *not_in;
    bool has_above, has_below;
    double above, below; /* of the cell as a number (of an own date: as days); one that is none is not taken */
    int empty;           /* 1: the cell must be empty, -1: it must not, 0: either */
} jk_where_rule;

/* A figure made of all rows of a joined source that have one key. */
typedef enum jk_aggregate_kind {
    JK_AGGREGATE_SUM,
    JK_AGGREGATE_MONTHLY, /* the sum by within_months */
    JK_AGGREGATE_COUNT,   /* of rows */
    JK_AGGREGATE_EARLIEST,
    JK_AGGREGATE_LATEST
} jk_aggregate_kind;

typedef struct jk_aggregate {
    const char *name;
    jk_aggregate_kind kind;
    jk_rule rule;           /* what is added up, or the date; of counts without terms */
    uint32_t within_months; /* rows of so many months up to the cut-off; 0: all */
    size_t where_count;
    const jk_where_rule *where; /* rows that count */
} jk_aggregate;

typedef struct jk_mapping_source {
    const char *name;
    bool optional;
    size_t recognised_count;
    const uint32_t *recognised_by; /* numbers of field names: a file whose header has them all is this source */
    uint32_t key;                  /* number of a field name: rows are found by it; JK_NO_FIELD for the first source */
    uint32_t joined_by;            /* number of a field name of an earlier source that holds the key */
    jk_shape key_shape, joined_shape; /* in which key and joined_by are compared */
    double max_unmatched;             /* share of rows that may find no partner; negative: as the import says */
    /* of joined sources: which rows are taken, which of several with one key, and what is made of all of them */
    size_t where_count;
    const jk_where_rule *where;
    size_t prefer_count; /* cells of prefer_field, the best first; 0: the first row is as good as any */
    const char *const *prefer;
    uint32_t prefer_field;
    bool has_latest_by, has_date;
    jk_rule latest_by; /* of several rows the one with the latest of these dates */
    jk_rule date;      /* of a row, for within_months; rows after the cut-off do not count */
    size_t aggregate_count;
    const jk_aggregate *aggregates;
} jk_mapping_source;

typedef struct jk_mapping {
    const char *path;
    char sha256[65];
    const char *name;
    jk_csv_reading reading; /* how the text of its files is written; without `known` */
    const char *encoding;
    char decimal; /* unless a column has another */
    size_t missing_count;
    const char *const *missing_words; /* cells that count as empty */
    bool has_cutoff;
    jk_rule cutoff;
    size_t field_count;
    const jk_field_name *fields;
    size_t source_count; /* at least 1; the first brings the claims */
    const jk_mapping_source *sources;
    bool needs_cutoff;   /* some rule counts from the cut-off */
    int32_t cutoff_date; /* set once it is known; JK_MISSING_INTEGER until then */
    size_t where_count;
    const jk_where_rule *where;
    bool has_sentinels;
    size_t sentinel_count;
    const int32_t *sentinels; /* days; dates that stand for none */
    uint32_t skip_footer;     /* last rows of each file that are none */
    int64_t expect_claims;    /* 0: not said */
    int64_t expect_balance;   /* hundredths; JK_MISSING_MONEY: not said */
    jk_kind kind;             /* a panel's mapping may fill the columns of panels, too */
    jk_extras extras;         /* names of own columns */
    bool mapped[JK_COLUMN_COUNT];
    jk_rule rules[JK_COLUMN_COUNT];
    void *arena; /* owns everything above */
} jk_mapping;

/* Reads a mapping file for a tape or a panel: JK_ERROR_IO, or JK_ERROR_MODEL with file, line and key. */
jk_status jk_mapping_load(const char *path, jk_kind kind, jk_mapping **mapping, jk_error *error);
void jk_mapping_free(jk_mapping *mapping);

/* What a rule makes of a row. */
typedef enum jk_ruled_kind {
    JK_RULED_MISSING,
    JK_RULED_TEXT,
    JK_RULED_DECIMAL,
    JK_RULED_DATE,
    JK_RULED_BAD
} jk_ruled_kind;
typedef struct jk_ruled {
    jk_ruled_kind kind;
    bool range;       /* of a bad cell: out of range rather than malformed */
    bool made;        /* the text stands where the next one will be made */
    bool wants_date;  /* of a bad cell: a date was expected rather than a number */
    const char *text; /* the cell, or the part of a bad one that is at fault */
    size_t length;
    const jk_csv_format *format; /* in which the text is written */
    jk_csv_decimal decimal;
    int32_t date;
} jk_ruled;

/* Text of a cell. */
typedef struct jk_cell_text {
    const char *text;
    size_t length;
} jk_cell_text;

/* Where the fields of one row stand. Fields of the first source: text[ends[entry[n]] + 1 .. ends[entry[n] + 1]); those
 * of a joined source: cell entry[n] of joined[source]. entry[n] is JK_NO_FIELD where the file does not have the field.
 */
typedef struct jk_mapped_row {
    const jk_mapping *mapping;
    const uint32_t *entry;
    const char *text;
    const uint32_t *ends;
    const jk_cell_text *const *joined; /* per source; NULL: no such row */
    jk_odd_list *odd;                  /* where cells are counted that lists of values do not name; NULL: nowhere */
    uint32_t line;                     /* of the row, for those */
    uint32_t own;                      /* the source whose cells stand in the text; others are joined */
    const char *file;                  /* name of its file without ending, for prefixes */
    char *made;                        /* JK_SHAPED_MAX bytes for texts that are made; NULL: none are */
} jk_mapped_row;

jk_ruled jk_rule_evaluate(const jk_rule *rule, const jk_mapped_row *row);

/* The date that a rule makes; false: none, and *cell says why (missing or bad). */
bool jk_rule_date(const jk_rule *rule, const jk_mapped_row *row, jk_ruled *cell, int32_t *date);

/* Whether all conditions take the row. */
bool jk_where_takes(const jk_where_rule *where, size_t count, const jk_mapped_row *row);

/* A single field's text without spaces around it; empty where there is none. */
jk_cell_text jk_mapped_text(const jk_mapped_row *row, uint32_t field);

#endif
