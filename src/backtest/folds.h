/* SPDX-License-Identifier: Apache-2.0 */
/* Cross-fitting: the debtors of a panel in parts, each tested by a model that was fitted on the others, so that every
 * row is expected by what has not seen its debtor (Stone 1974, "Cross-validatory choice and assessment of statistical
 * predictions"). */
#ifndef JK_BACKTEST_FOLDS_H
#define JK_BACKTEST_FOLDS_H

#include "jalki/fit.h"
#include "jalki/panel_filter.h"

/* One part, and what tests it. */
typedef struct jk_fold {
    jk_panel_filter filter; /* rows of the part, within the dates of the test */
    jk_fit *fit;
    jk_model model;
    jk_panel *panel; /* bound to the model */
} jk_fold;

/* Part `number`, from 1, of 2 to JK_BACKTEST_FOLDS_MAX parts of `filter`: the model is fitted anew on the rows of the
 * others, by fit's own defaults. JK_ERROR_ARGUMENT where parts are asked for of a
 * filter that does not take all keys; otherwise as a fit reports. `base` must outlive the fold; *fold is the caller's,
 * for jk_fold_close, also after an error. */
jk_status jk_fold_open(const char *panel_path, const jk_model *base, const jk_panel_filter *filter, int number,
                       int folds, const jk_run *run, jk_fold *fold, jk_error *error);
void jk_fold_close(jk_fold *fold);

#endif
