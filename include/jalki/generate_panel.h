/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic history with a known truth: claims of the synthetic tape, followed over time under a model, so that what a
 * fit finds can be held against what is true. The rules of the simulation are in docs/panel.md.
 *
 * For every row and whatever is known of it at its period_start, E[cash] = E[expected cash of jalki/expected.h at the
 * months at risk that the row states]: a claim resolves, dies or leaves by intensities, and period_months ends with it.
 *
 * Which rows claim i gets is a function of (seed, start, model, period, i and the claims of its 1,024 neighbours)
 * alone: the same panel comes out for any number of threads, and a panel of n claims is the beginning of every longer
 * one. Memory is bounded by threads and months, not by claims.
 */
#ifndef JALKI_GENERATE_PANEL_H
#define JALKI_GENERATE_PANEL_H

#include "jalki/model.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_GENERATE_MONTHS_MAX = 600 };

typedef struct jk_generate_panel_options {
    uint64_t claims;      /* at the start, 1 to JK_GENERATE_ROWS_MAX; those that are barred then have no rows */
    uint64_t seed;        /* any number */
    int32_t start;        /* first period_start, 1990-01-01 to 2100-12-31; claims have all ages then */
    int months;           /* observed, 1 to JK_GENERATE_MONTHS_MAX; a multiple of period_months */
    int period_months;    /* 1, 2, 3, 4, 6 or 12 */
    double instalments;   /* share of the intensity that comes in as instalments of 5 % of the balance, 0 to 0.9 */
    double heterogeneity; /* shape of the gamma distribution of debtors' readiness, mean 1; 0: all alike */
    double hidden;        /* share of rows whose classes are left out, 0 to 1 */
} jk_generate_panel_options;

/* 10,000 claims, seed 1, 24 months from 2021-01-01 month by month, 30 % in instalments, no class hidden. */
jk_generate_panel_options jk_generate_panel_defaults(void);

typedef enum jk_panel_form { JK_PANEL_STORE, JK_PANEL_CSV, JK_PANEL_CSV_GZIP } jk_panel_form;

typedef struct jk_generate_panel_counts {
    uint64_t rows, claims, debtors; /* that have rows */
} jk_generate_panel_counts;

/* Writes a panel as a store or as CSV; the file appears whole or not at all. *counts (may be NULL) is what was written.
 * JK_ERROR_ARGUMENT for options out of range; JK_ERROR_DATA if the model lacks an exchange rate or a jurisdiction of
 * the synthetic claims. */
jk_status jk_generate_panel(const jk_generate_panel_options *options, const jk_model *model, const char *path,
                            jk_panel_form form, const jk_run *run, jk_generate_panel_counts *counts, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
