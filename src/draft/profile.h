/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a table of text: how it is written, and what each of its columns holds. Reads the beginning of a file.
 */
#ifndef JK_DRAFT_PROFILE_H
#define JK_DRAFT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "csv/sources/source.h"

/* Ways in which sellers write dates. */
typedef struct jk_date_way {
    const char *format;          /* as mappings have it */
    bool day_first, month_first; /* of two numbers that may be taken for each other */
} jk_date_way;
enum { JK_DATE_WAYS = 13 };
extern const jk_date_way jk_date_ways[JK_DATE_WAYS];

/* Words that stand for an empty cell. */
enum { JK_NOTHING_WORDS = 13 };
extern const char *const jk_nothing_words[JK_NOTHING_WORDS];

enum { JK_PROFILE_VALUES = 200, JK_PROFILE_EXAMPLES = 3 };

typedef struct jk_profile_value {
    const char *text;
    size_t length;
    uint64_t count;
} jk_profile_value;

typedef struct jk_profile_column {
    const char *name; /* as the header has it */
    uint64_t rows, empty;
    bool nothing[JK_NOTHING_WORDS]; /* which of the words that stand for an empty cell were seen */
    uint64_t numbers[2];            /* cells that are numbers if the decimal mark is a point; a comma */
    uint64_t cents[2];              /* of them with one or two decimals behind that mark */
    uint64_t digits;                /* cells of digits alone */
    uint64_t percent, sentinels;
    uint64_t zeros; /* cells that begin with zeros */
    uint64_t dates[JK_DATE_WAYS];
    bool over_twelve[2];     /* the first, the second number of a date is above 12 somewhere */
    double least, most, sum; /* of numbers by the file's decimal mark */
    uint64_t counted;
    size_t value_count;       /* distinct values kept, at most JK_PROFILE_VALUES */
    bool more_values;         /* there are more */
    uint64_t distinct;        /* different values, up to a bound */
    jk_profile_value *values; /* the most frequent first */
    uint64_t *seen;           /* hashes, for `distinct` and joins: open addressing, 0 free */
    size_t seen_slots;
} jk_profile_column;

typedef struct jk_profile {
    char *path;               /* as messages name it */
    const char *encoding;     /* "UTF-8" and the like */
    const char *encoding_why; /* what was seen */
    bool is_sheet;
    char separator;
    char decimal;
    const char *thousands;  /* "" none */
    size_t header_row;      /* physical line of the header, from 1 */
    size_t lines, odd_rows; /* data rows looked at; of them of another width than the header */
    bool whole;             /* the file was read to its end */
    size_t column_count;
    jk_profile_column *columns;
    jk_arena *arena;
} jk_profile;

/* Reads at most `bytes` bytes of a table. part NULL: the file itself. JK_ERROR_IO, JK_ERROR_FORMAT (no table),
 * JK_ERROR_MEMORY. */
jk_status jk_profile_read(const char *path, const jk_csv_part *part, size_t bytes, jk_profile *profile,
                          jk_error *error);
void jk_profile_free(jk_profile *profile);

/* Share of the cells that are not empty of `of`, 0 to 1, which are also in `in`. */
double jk_profile_overlap(const jk_profile_column *of, const jk_profile_column *in);

/* The way in which most cells of a column are dates, or -1; *sure is false where day and month could be the other way
 * round. */
int jk_profile_date(const jk_profile_column *column, bool *sure);

#endif
