/* SPDX-License-Identifier: Apache-2.0 */
/* The report for those who decide on a bid: all figures of a portfolio as one JSON document, from which the page
 * `report` (page.h) is drawn.
 *
 *     jk_origin origin = {0};
 *     jk_origin_read("R.h5", &origin, &error);                which tape, model, cut-off and return it is about
 *     jk_origin_check(&origin, tape, model, &error);
 *     jk_report_json(tape, model, &options, &json, &error);
 *
 * The figures are computed anew from tape and model, because prices at other returns and the worklist need both; the
 * sum of the results is compared with the file's, so that the page cannot show another portfolio than the file. */
#ifndef JALKI_REPORT_H
#define JALKI_REPORT_H

#include "jalki/gate.h"
#include "jalki/reprice.h"
#include "jalki/scenario.h"
#include "jalki/simulate.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a file of results says of the run that made it. */
typedef struct jk_origin {
    char *path;                   /* of the results */
    char *tape_path, *model_path; /* as the run was given them; "" where unknown */
    char **changes;               /* of the model's figures, KEY=VALUE, as the run was given them */
    char *currency;               /* that the run was told in (--currency); NULL: the model's own */
    size_t change_count;
    char tape_sha256[65], model_sha256[65];
    int32_t cutoff;
    double irr;
    int sell;             /* 1: claims could be sold on */
    jk_accepted accepted; /* findings that the run accepted */
    uint64_t claims;
    int64_t value; /* sum of the claims' values, 2^-20 currency units */
} jk_origin;

/* Reads a file made by `value -o`. JK_ERROR_IO; JK_ERROR_FORMAT where it is damaged or something else. */
jk_status jk_origin_read(const char *path, jk_origin *origin, jk_error *error);
void jk_origin_reset(jk_origin *origin);

/* JK_ERROR_DATA where tape or model are not the ones that the results were made of (by SHA-256 and number of claims).
 */
jk_status jk_origin_check(const jk_origin *origin, const jk_tape *tape, const jk_model *model, jk_error *error);

typedef struct jk_report_options {
    jk_value_options value; /* cut-off, return, allowed actions, threads */
    const double *irr;      /* further required returns for the bid table; NULL: three and six points around */
    size_t irr_count;
    const jk_floor *floors; /* that every bid must also meet */
    size_t floor_count;
    double asked;                  /* price asked; NaN: none */
    size_t worklist_rows;          /* of the worklist's head */
    const jk_scenarios *scenarios; /* valued beside the base; NULL: none */
    uint64_t paths, seed;          /* of a simulation at the bid; 0 paths: none */
    const jk_worth *fit;           /* what a fit does not know of the plan (jalki/worth.h); NULL: not measured */
    jk_book *book;                 /* empty: gets the claims, for a page that prices them again; NULL: none */
    bool brief;                    /* the page is to show what a decision needs, and no more */
    const jk_origin *origin;       /* results that the run must agree with; NULL: none */
    int32_t today;                 /* for the gate before a bid (jalki/gate.h); JK_MISSING_INTEGER: not looked at */
    jk_findings *findings;         /* what the gate finds is added here; value.accepted may pass. NULL: no gate */
} jk_report_options;

/* The figures as JSON; free with free(). Takes about 90 bytes of memory a claim. Fails with what the run of the engine
 * reports, with JK_ERROR_DATA where the claims do not come to what `origin` says or the gate refuses, and with
 * JK_ERROR_MEMORY. */
jk_status jk_report_json(const jk_tape *tape, const jk_model *model, const jk_report_options *options, char **json,
                         jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
