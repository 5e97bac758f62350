/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of payers in the new model's file. */
#include <math.h>
#include <stdio.h>

#include "base/text/yaml_write.h"
#include "fit/payers/payers.h"

/* One figure of payers with what it rests on. */
static void write_payer(const jk_fit *fit, FILE *out, size_t g, jk_payer_figure figure, int index, double value) {
    jk_yaml_write_number(out, value);
    const jk_payers_result *payers = &fit->payers_result;
    for (size_t i = 0; i < payers->term_count; i++) {
        const jk_payer_term *term = &payers->terms[i];
        if (term->figure == figure && term->segment == (int)g && term->index == index) {
            (void)fprintf(out, " # %.6g in %.5g, from %.0f debtors", term->events, term->exposure, term->debtors);
            if (!isnan(term->std_error)) {
                (void)fprintf(out, "; observed %.4g, 95 %% from %.4g to %.4g; %.0f %% its own data", term->estimate,
                              term->low, term->high, 100.0 * term->credibility);
            }
        }
    }
    (void)fputc('\n', out);
}

void jk_fit_payers_write(const jk_fit *fit, size_t segment, FILE *out) {
    const jk_payers *payers = &fit->segments[segment].payers;
    static const char *const heads[] = {"settled_share", "breakage"};
    (void)fputs("    payers:\n", out);
    for (int f = 0; f < 2; f++) {
        const double *values = f == 0 ? payers->settled_share : payers->breakage;
        (void)fprintf(out, "      %s:\n", heads[f]);
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            (void)fprintf(out, "        %s: ", jk_fit_treatment_name((size_t)t));
            write_payer(fit, out, segment, f == 0 ? JK_PAYER_SETTLED_SHARE : JK_PAYER_BREAKAGE, t, values[t]);
        }
    }
    (void)fputs("      monthly_share:\n", out);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        (void)fputs("        - ", out);
        write_payer(fit, out, segment, JK_PAYER_MONTHLY_SHARE, k, payers->monthly_share[k]);
    }
    (void)fputs("      monthly: {surveil: ", out);
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        (void)fputs(t == 0 ? "" : t == 1 ? ", amicable: " : ", legal: ", out);
        jk_yaml_write_number(out, payers->monthly[t]);
    }
    (void)fprintf(out, "}\n      since_last_payment: %d\n", payers->since_last_payment);
}
