/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "programme/compare.h"

jk_status jk_pair_settle(const jk_compare_side *const side[2], int32_t cutoff[2], double irr[2], jk_error *error) {
    static const char *const option[2] = {"--cutoff", "--cutoff-b"};
    char text[2][JK_DATE_TEXT];
    for (int s = 0; s < 2; s++) {
        cutoff[s] = side[s]->cutoff == JK_MISSING_INTEGER ? jk_tape_cutoff(side[s]->tape) : side[s]->cutoff;
        irr[s] = isnan(side[s]->irr) ? side[s]->model->irr : side[s]->irr;
        if (cutoff[s] == JK_MISSING_INTEGER) {
            return jk_fail(error, JK_ERROR_DATA, jk_tape_path(side[s]->tape), 0, NULL,
                           "the tape names no cut-off date; expected %s YYYY-MM-DD", option[s]);
        }
    }
    if (cutoff[1] < cutoff[0]) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(side[1]->tape), 0, NULL,
                       "the second cut-off, %s, lies before the first, %s; expected the earlier valuation first",
                       jk_date_format(cutoff[1], text[0]), jk_date_format(cutoff[0], text[1]));
    }
    if (strcmp(side[0]->model->base_currency, side[1]->model->base_currency) != 0) {
        return jk_fail(error, JK_ERROR_DATA, side[1]->model->path, 0, "base_currency",
                       "is %s, that of the first model %s; expected the same", side[1]->model->base_currency,
                       side[0]->model->base_currency);
    }
    return JK_OK;
}
