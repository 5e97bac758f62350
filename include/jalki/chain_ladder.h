/* SPDX-License-Identifier: Apache-2.0 */
/* Chain ladder with Mack's standard errors: the second opinion on cumulative collections by vintage.
 *
 * Source: Thomas Mack, "Distribution-free calculation of the standard error of chain ladder reserve estimates",
 * ASTIN Bulletin 23 (1993), 213-225; the last variance by the rule given there.
 *
 * A triangle has one row per origin (vintage) and one column per age; the observed cells of an origin are its first
 * ones. */
#ifndef JALKI_CHAIN_LADDER_H
#define JALKI_CHAIN_LADDER_H

#include <stdbool.h>

#include "jalki/listing.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_triangle {
    size_t origins, ages;
    char **origin;                    /* [origins] names as written, in ascending order */
    size_t *observed;                 /* [origins] number of observed ages, at least 1 */
    double *cumulative;               /* [origins][ages]; NaN where not observed */
    size_t filled;                    /* cells without a row that count as 0 (incremental amounts by calendar period) */
    size_t filled_origin, filled_age; /* the first of them */
    double *age; /* [ages] as written; of calendar periods their number, the origin's first is 1; NULL: 1, 2, ... */
} jk_triangle;

/* Which columns a triangle is read from, and what its amounts are. A zeroed one: `origin`, `development`, and `value`
 * or `values`; cumulative amounts. */
typedef struct jk_triangle_options {
    const char *origin_column, *development_column, *value_column; /* NULL: the names above */
    const char *where_column, *where_value;                        /* only rows with this text there; NULL: all rows */
    bool incremental;                                              /* amounts of the period, not up to its end */
} jk_triangle_options;

/* Largest triangle that is read: a century of months. */
enum { JK_TRIANGLE_SIDE_MAX = 1200 };

/* Reads a triangle from a CSV file (plain or gzip) in long form, one row per origin and development, in any order.
 *
 * Origins are periods (1995, 1995H1, 1995Q2, 1995-04, 199504, 1995-04-30, 19950430, with or without a time of day: its
 * month), other numbers, or any text; they are put in the
 * order of time, number or text. Developments are told apart by their values: where both columns hold periods, the
 * development is a calendar period and the age is counted from the origin's start in steps of the finest distance that
 * occurs; numbers that are never below their origin's, and begin differently from origin to origin, are calendar
 * periods, too; any other numbers are ages. A row whose amount is empty is no cell.
 *
 * The latest calendar period of the file is the present. Incremental amounts that have no row up to then are 0: nothing
 * was collected, and a table made by grouping payments has no row for that. Cumulative amounts must be there.
 *
 * JK_ERROR_DATA naming file and line for: a missing column, text that is no number, a cell given twice, a gap in an
 * origin's ages, an origin of time or number that is observed for fewer ages than a later one, a development before its
 * origin, fewer than two origins or ages, too many of them; rows of another number of fields than the header. The
 * triangle is the caller's, for jk_triangle_reset. */
jk_status jk_triangle_read(const char *path, const jk_triangle_options *options, jk_triangle *triangle,
                           jk_error *error);

/* Reads what each origin is expected to come to from a CSV file with the columns origin and ultimate, names as in the
 * triangle: prior[origins], NaN for origins that are observed to the last age and not in the file. JK_ERROR_DATA with
 * line and column where an origin is none of the triangle's or stands twice, where an amount is none or below 0, and
 * where an origin is missing that has something to come. */
jk_status jk_triangle_prior_read(const char *path, const jk_triangle *triangle, double *prior, jk_error *error);

/* Frees what a triangle holds (all of it from malloc); a zeroed one is accepted. */
void jk_triangle_reset(jk_triangle *triangle);

typedef struct jk_chain_ladder_origin {
    double latest, ultimate, reserve;
    double std_error; /* of the reserve; NaN where it cannot be estimated */
    /* Bornhuetter, Ferguson 1972: what is still to come is the part of the prior ultimate that the factors leave open,
     * whatever has come in. NaN without priors. */
    double prior, bf_reserve, bf_ultimate;
} jk_chain_ladder_origin;

typedef struct jk_chain_ladder {
    size_t origins, ages;
    double *factor;                 /* [ages - 1] volume-weighted, from age k to k + 1 */
    double *sigma_squared;          /* [ages - 1] Mack's variance parameters; NaN where they cannot be estimated */
    jk_chain_ladder_origin *origin; /* [origins] */
    jk_chain_ladder_origin total;
    double tail; /* from the last age to the end; 1: none */
} jk_chain_ladder;

/* What factors are formed of, and what comes after the last age. NULL or zeroed: all pairs, nothing. */
typedef struct jk_chain_ladder_options {
    size_t last;         /* only the latest origins observed at both ages, so many; 0: all */
    double tail;         /* factor from the last age to the end; 0: none. Of no error that the triangle could tell */
    const double *prior; /* [origins] ultimate expected beforehand, by a model; NULL: none */
    size_t exclude_count;
    const char *const *exclude; /* "ORIGIN:AGE": that origin's step from this age on is in no factor */
} jk_chain_ladder_options;

/* Fits and projects to the last age, and by the tail beyond. JK_ERROR_ARGUMENT where what is excluded is no step of the
 * triangle, or the tail not above 0; JK_ERROR_DATA if a factor cannot be formed: no origin observed at two neighbouring
 * ages, or nothing but zeros before it. *result is the caller's, for jk_chain_ladder_reset. Allocates; single-threaded.
 */
jk_status jk_chain_ladder_fit(const jk_triangle *triangle, const jk_chain_ladder_options *options,
                              jk_chain_ladder *result, jk_error *error);
void jk_chain_ladder_reset(jk_chain_ladder *result);

/* What is to be known of a projection, in words, one after the other from index 0: rows that count as 0, origins whose
 * latest amount no factor can carry on. Returns 0 where there is no more. */
int jk_chain_ladder_note(const jk_triangle *triangle, const jk_chain_ladder *result, size_t index, char *text,
                         size_t room);

/* A row for each origin, then one for all; without priors it lacks the last three columns. NULL: the columns alone. */
jk_listing jk_chain_ladder_listing(const jk_triangle *triangle, const jk_chain_ladder *result);

/* A row for each factor, from one age to the next. NULL: the columns alone. */
jk_listing jk_chain_ladder_factors_listing(const jk_triangle *triangle, const jk_chain_ladder *result);

/* Triangle and result as JSON, ending in a line end: latest, ultimate, reserve, mack_std_error, origins (the rows of
 * the listing but the last), age, factor, sigma, messages; null for what cannot be estimated. NULL if there
 * is no memory. Free with free(). */
char *jk_chain_ladder_json(const jk_triangle *triangle, const jk_chain_ladder *result);

#ifdef __cplusplus
}
#endif
#endif
