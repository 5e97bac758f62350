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

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_triangle {
    size_t origins, ages;
    char **origin;      /* [origins] names as written, in ascending order */
    size_t *observed;   /* [origins] number of observed ages, at least 1 */
    double *cumulative; /* [origins][ages]; NaN where not observed */
} jk_triangle;

/* Frees what a triangle holds (all of it from malloc); a zeroed one is accepted. */
void jk_triangle_reset(jk_triangle *triangle);

typedef struct jk_chain_ladder_origin {
    double latest, ultimate, reserve;
    double std_error; /* of the reserve; NaN where it cannot be estimated */
} jk_chain_ladder_origin;

typedef struct jk_chain_ladder {
    size_t origins, ages;
    double *factor;                 /* [ages - 1] volume-weighted, from age k to k + 1 */
    double *sigma_squared;          /* [ages - 1] Mack's variance parameters; NaN where they cannot be estimated */
    jk_chain_ladder_origin *origin; /* [origins] */
    jk_chain_ladder_origin total;
} jk_chain_ladder;

/* Fits and projects to the last age. JK_ERROR_DATA if a factor cannot be formed: no origin observed at two neighbouring
 * ages, or nothing but zeros before it. *result is the caller's, for jk_chain_ladder_reset. Allocates; single-threaded.
 */
jk_status jk_chain_ladder_fit(const jk_triangle *triangle, jk_chain_ladder *result, jk_error *error);
void jk_chain_ladder_reset(jk_chain_ladder *result);

#ifdef __cplusplus
}
#endif
#endif
