/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a cross-validation: of K parts the debtors (or claims) of one are tested by the model that was fitted to all
 * others with the defaults of jalki/fit.h. A key's hundredth, a hash of it (jalki/panel_filter.h), says its part: part
 * k of K has the hundredths from 100 (k - 1) / K up to below 100 k / K, so that all rows of a key are on one side, and
 * parts need no list. */
#include "backtest/folds.h"

#include "base/error.h"
#include "jalki/backtest.h"

enum { HUNDRED = 100 };

/* Hundredths low..high-1 are tested; the fit has all others. */
static jk_status fit_others(const char *panel_path, const jk_model *base, const jk_run *run, jk_fold *fold,
                            jk_error *error) {
    jk_fit_options options = jk_fit_defaults();
    options.filter = fold->filter;
    options.filter.low = fold->filter.high % HUNDRED;
    options.filter.high = fold->filter.low > 0 ? fold->filter.low : HUNDRED;
    options.run = *run;
    JK_TRY(jk_fit_run(panel_path, base, &options, &fold->fit, error));
    fold->model = jk_fit_model(fold->fit);
    return JK_OK;
}

jk_status jk_fold_open(const char *panel_path, const jk_model *base, const jk_panel_filter *filter, int number,
                       int folds, const jk_run *run, jk_fold *fold, jk_error *error) {
    *fold = (jk_fold){.filter = *filter};
    if (folds < 2 || folds > JK_BACKTEST_FOLDS_MAX || number < 1 || number > folds || filter->low != 0 ||
        filter->high != HUNDRED) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "folds", "part %d of %d: expected 2 to %d parts, of all keys",
                       number, folds, JK_BACKTEST_FOLDS_MAX);
    }
    fold->filter.low = HUNDRED * (number - 1) / folds;
    fold->filter.high = HUNDRED * number / folds;
    JK_TRY(fit_others(panel_path, base, run, fold, error));
    return jk_panel_open_run(panel_path, &fold->model, run, &fold->panel, error);
}

void jk_fold_close(jk_fold *fold) {
    jk_panel_close(fold->panel);
    jk_fit_free(fold->fit);
    *fold = (jk_fold){0};
}
