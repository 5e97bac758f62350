/* SPDX-License-Identifier: Apache-2.0 */
/* Champion and challenger: two models on one tape in one pass, and where they disagree, claim by claim.
 *
 *     jk_challenger *challenger = NULL;
 *     jk_value_sink sink;
 *     jk_challenge_open(tape, champion, other, &options, &challenger, &sink, &error);
 *     jk_value_run(tape, champion, &options.value, &sink, 1, &valuation, &error);
 *     jk_challenge_finish(challenger, &valuation, &challenge, &error);
 *     jk_challenge_close(challenger);
 *     jk_challenge_reset(&challenge);
 *
 * What a disagreement is worth is seen by either model: by the challenger, what its own decision is worth more than the
 * champion's (less closing, where the champion's is not allowed); by the champion the other way round. */
#ifndef JALKI_CHALLENGE_H
#define JALKI_CHALLENGE_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A claim on which the models decide otherwise. */
typedef struct jk_challenge_row {
    uint32_t row;                           /* on the tape */
    uint8_t decision[2], capacity_class[2]; /* champion, challenger */
    int32_t score[2];
    double balance;
    double value[2];
    double loss[2]; /* by the champion, of the challenger's decision; by the challenger, of the champion's */
} jk_challenge_row;

/* Claims by the two decisions. */
typedef struct jk_challenge_cell {
    uint64_t claims;
    double face, value[2], loss[2];
} jk_challenge_cell;

struct jk_challenge {
    const jk_model *model[2];
    const jk_tape *tape;
    jk_group total[2]; /* as `value` has them */
    double irr[2], bid[2];
    uint64_t differing;                                       /* claims with another decision */
    jk_challenge_cell cell[JK_ACTION_COUNT][JK_ACTION_COUNT]; /* [champion][challenger] */
    double rank_correlation; /* of the values by claim (Spearman's rho, ties at their mean rank); NaN: all alike */
    double mean_difference;  /* mean of |challenger's value - champion's| over claims */
    size_t count;
    jk_challenge_row *rows; /* those with another decision, the largest sum of losses first; ties by row */
};

typedef struct jk_challenge_options {
    jk_value_options value; /* of the champion's run, and of the challenger's */
    size_t top;             /* rows that are kept */
} jk_challenge_options;

typedef struct jk_challenger jk_challenger;

/* Makes a sink for a run of `jk_value_run` with the champion and options->value, which feeds the challenger: reading is
 * shared; law, score and plan are made twice for each block. The required return is options->value.irr, or each model's
 * own. JK_ERROR_DATA where base currencies differ, JK_ERROR_ARGUMENT where the work is shared with other processes, and
 * what valuations report. About 34 bytes a claim. Tape and models must outlive it. */
jk_status jk_challenge_open(const jk_tape *tape, const jk_model *champion, const jk_model *challenger,
                            const jk_challenge_options *options, jk_challenger **handle, jk_value_sink *sink,
                            jk_error *error);
/* After the run, with its valuation. *challenge is the caller's, for jk_challenge_reset; empty on failure. */
jk_status jk_challenge_finish(jk_challenger *handle, const jk_valuation *champion, jk_challenge *challenge,
                              jk_error *error);
void jk_challenge_close(jk_challenger *handle); /* NULL is accepted */
void jk_challenge_reset(jk_challenge *challenge);

/* Claims on which they disagree, and the two decisions against each other, as rows; for NULL the columns alone. */
jk_listing jk_challenge_listing(const jk_challenge *challenge);
jk_listing jk_challenge_decisions_listing(const jk_challenge *challenge);

/* The figures of the page `challenge` (jalki/page.h); NULL if there is no memory or the tape cannot be read. Free with
 * free(). */
char *jk_challenge_page_json(const jk_challenge *challenge, int32_t cutoff);

/* The claims on which they disagree as CSV. */
jk_status jk_challenge_write_claims(const jk_challenge *challenge, const char *path, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
