/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals by the bootstrap over debtors (ppml_bootstrap.c). Below five payers a figure gets none: of three, one draw
 * in twenty has none at all, and what the draws say is chance. */
#include <math.h>

#include "base/error.h"
#include "fit/fit_internal.h"
#include "fit/ppml/ppml_bootstrap.h"

enum { PAYERS_NEEDED = 5 };

jk_status jk_fit_bootstrap(jk_fit *fit, jk_error *error) {
    const jk_ppml *estimates = &fit->estimates;
    const jk_bootstrap_options options = {.draws = (size_t)fit->options.bootstrap, .seed = fit->options.seed};
    jk_ppml_link *links = NULL;
    if (fit->options.bootstrap == 0) {
        return JK_OK;
    }
    fit->drawn_error = jk_arena_alloc(fit->arena, estimates->parameters, sizeof(double));
    fit->drawn_quantile = jk_arena_alloc(fit->arena, estimates->parameters, sizeof(double));
    JK_TRY(jk_held(fit->drawn_error != NULL && fit->drawn_quantile != NULL, error, "the bootstrap"));
    JK_TRY(jk_fit_spline_room(fit, fit->arena, &links, error));
    const size_t link_count = jk_fit_spline_links(fit, fit->spline_dispersion, links);
    JK_TRY(jk_ppml_bootstrap(&fit->rows.columns, &fit->design.ppml, links, link_count, estimates, &options,
                             &fit->options.run, fit->drawn_error, fit->drawn_quantile, error));
    for (size_t p = 0; p < estimates->parameters; p++) {
        if (estimates->payers[p] < PAYERS_NEEDED) {
            fit->drawn_quantile[p] = (double)NAN;
        }
    }
    return JK_OK;
}

/* The error is held at what the spread of the whole panel makes likely: the large payments that would have widened it
 * may not have happened yet. */
void jk_fit_bootstrap_interval(jk_fit_term *term) {
    const double error = fmax(fmax(term->drawn_error, term->std_model), term->std_error);
    term->low = term->estimate - term->drawn_quantile * error;
    term->high = term->estimate + term->drawn_quantile * error;
}

jk_status jk_fit_bootstrap_tell(jk_fit *fit, jk_error *error) {
    jk_fit_result *result = &fit->result;
    result->draws = (size_t)fit->options.bootstrap;
    result->seed = fit->options.seed;
    for (size_t i = 0; result->draws > 0 && i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        result->drawn += term->state == JK_PPML_FREE && isfinite(term->drawn_quantile);
        result->drawn_few += term->state == JK_PPML_FREE && !isfinite(term->drawn_quantile);
    }
    return result->drawn_few == 0
               ? JK_OK
               : jk_fit_say(fit, error,
                            "bootstrap: %zu of %zu figures have no interval, as fewer than %d debtors paid in them",
                            result->drawn_few, result->drawn_few + result->drawn, (int)PAYERS_NEEDED);
}
