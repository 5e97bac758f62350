/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that weigh balance^-power (fit_ridge.c says why): their cash, what is known of it, and their balance are all
 * multiplied by it, which leaves intensities what they are. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "fit/fit_internal.h"

/* Of figures that are collinear another may be left out here than in the estimates: it keeps the variance that it has
 * there, by itself. */
jk_status jk_fit_weighed_covariance(jk_fit *fit, const jk_ppml_rows *rows, double within, jk_error *error) {
    jk_ppml_link *links = NULL;
    JK_TRY(jk_fit_spline_room(fit, fit->design.arena, &links, error));
    jk_ppml_options options = {.start = fit->design.start, .held = fit->design.held, .links = links};
    options.link_count = jk_fit_spline_links(fit, within, links);
    const size_t count = fit->estimates.parameters;
    jk_ppml weighed;
    JK_TRY(jk_ppml_fit(rows, &fit->design.ppml, &options, &fit->options.run, &weighed, error));
    for (size_t p = 0; p < count; p++) {
        if (weighed.state[p] != JK_PPML_FREE && fit->estimates.state[p] == JK_PPML_FREE) {
            weighed.covariance[p * count + p] = fit->estimates.covariance[p * count + p];
        }
    }
    if (weighed.converged) {
        fit->covariance = weighed.covariance;
        weighed.covariance = NULL;
    }
    jk_ppml_reset(&weighed);
    return JK_OK;
}

/* Payments whose size goes with balance^power have the variance within · mean · balance^power: large balances that have
 * not paid count, whose payments would have widened what residuals show. */
jk_status jk_fit_cash_chance(jk_fit *fit, const jk_ppml_rows *rows, const jk_ppml_design *design,
                             const double *parameters, double within, jk_error *error) {
    double *mean = jk_columns_alloc(rows->rows, sizeof *mean);
    jk_status status = mean == NULL ? jk_fail_memory(error, "the fit")
                                    : jk_ppml_predict(rows, design, parameters, &fit->options.run, mean, error);
    double cash = 0.0, variance = 0.0;
    for (size_t i = 0; status == JK_OK && i < rows->rows; i++) {
        if (rows->weight[i] > 0.0) {
            double scale = fit->rows.columns.weight[i] / rows->weight[i];
            cash += mean[i] * scale;
            variance += within * mean[i] * scale * scale;
        }
    }
    free(mean);
    fit->cash_chance = cash > 0.0 ? variance / (cash * cash) : 0.0;
    return status;
}

jk_status jk_fit_weigh_rows(const jk_fit *fit, jk_ppml_rows *rows, double **memory, jk_error *error) {
    const jk_ppml_rows *from = &fit->rows.columns;
    const double power = fit->result.balance_power;
    *rows = *from;
    *memory = NULL;
    if (!fit->options.shrink || !(power > 0.0)) {
        return JK_OK;
    }
    double *weight = jk_columns_alloc((from->known != NULL ? 3 : 2) * from->rows, sizeof *weight);
    JK_TRY(jk_held(weight != NULL, error, "the fit"));
    double *cash = weight + from->rows, *known = cash + from->rows, sum = 0.0, exposure = 0.0;
    for (size_t i = 0; i < from->rows; i++) {
        sum += from->weight[i] > 0.0 ? from->weight[i] * jk_log(from->weight[i]) : 0.0;
        exposure += from->weight[i];
    }
    double usual = exposure > 0.0 ? sum / exposure : 0.0; /* amounts stay those of usual balances */
    for (size_t i = 0; i < from->rows; i++) {
        double scale = from->weight[i] > 0.0 ? jk_exp(power * (usual - jk_log(from->weight[i]))) : 1.0;
        weight[i] = from->weight[i] * scale;
        cash[i] = from->cash[i] * scale;
        if (from->known != NULL) {
            known[i] = from->known[i] * scale;
        }
    }
    rows->weight = weight;
    rows->cash = cash;
    rows->known = from->known != NULL ? known : NULL;
    *memory = weight;
    return JK_OK;
}
