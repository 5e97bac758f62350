/* SPDX-License-Identifier: Apache-2.0 */
/* Who is paying at the cut-off, and with what (model.md section 10).
 *
 * A debtor's instalments bring the balance n = B / instalment months long, unless they stop before (with intensity
 * beta). Of money that comes evenly the share y = (1 - e^(-beta n)) / (beta n) arrives; rho* is the intensity whose
 * spells bring the same share: rho* / (rho* + beta) = y, so rho* = beta y / (1 - y).
 */

#include "base/number/fmath.h"
#include "model/economics.h"
#include "score/scorer_internal.h"

#define LEAST_INSTALMENT 0.1
#define MOST_INSTALMENT  10.0

/* With x = beta n and 1 - y = x C: rho* = y / (n C). C = (x - (1 - e^(-x))) / x^2 cancels near 0, where its series
 * sum (-x)^k / (k + 2)! is used; at 0 it is 1/2, and rho* = 2 / n. */
static double intensity_of_instalments(double months, double breakage) {
    enum { TERMS = 20 }; /* the next one is below 4e-22 */
    double x = breakage * months;
    if (x >= 1.0) {
        double paid = 1.0 - jk_exp(-x);
        return paid / x / ((x - paid) / x / x) / months;
    }
    double c = 0.0, term = 0.5;
    for (int k = 0; k < TERMS; k++) {
        c += term;
        term *= -x / (double)(k + 3);
    }
    return (1.0 - x * c) / (months * c);
}

static double instalment_size(const jk_segment *segment, double typical, double balance, double instalment) {
    if (!(instalment > 0.0) || !(typical > 0.0)) {
        return 1.0;
    }
    double months = balance / instalment;
    double size = intensity_of_instalments(months, segment->payers.breakage[JK_TREAT_AMICABLE]) / typical;
    return size < LEAST_INSTALMENT ? LEAST_INSTALMENT : (size > MOST_INSTALMENT ? MOST_INSTALMENT : size);
}

double jk_score_instalment_size(const jk_segment *segment, double size, double typical, jk_capacity now) {
    double share = segment->payers.monthly_share[now];
    if (size == 1.0 || share == typical || !(share > 0.0)) {
        return size;
    }
    double here = size * typical / share;
    return here < LEAST_INSTALMENT ? LEAST_INSTALMENT : (here > MOST_INSTALMENT ? MOST_INSTALMENT : here);
}

/* Whether payments under this status are the debtor's own: dividends are not, and in enforcement the last payment may
 * be what was garnished, unless an instalment is named or there is nothing to garnish. */
static bool pays_of_own_will(unsigned status, double instalment, double garnished) {
    if (status == JK_STATUS_BANKRUPTCY || status == JK_STATUS_DEBT_ADJUSTMENT) {
        return false;
    }
    bool enforced = status == JK_STATUS_ENFORCEMENT || status == JK_STATUS_ENFORCEMENT_INSOLVENT;
    return !enforced || instalment > 0.0 || !(garnished > 0.0);
}

void jk_score_payers(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, jk_score_columns *out) {
    const jk_scorecard *card = &scorer->model->scorecard;
    scorer->kernel->find_payers(scorer, law, block->rows, out);
    for (size_t i = 0; i < block->rows; i++) {
        if (!out->paying[i]) {
            continue;
        }
        const jk_segment *segment = &scorer->model->segments[law->segment[i]];
        jk_capacity class = (jk_capacity)out->capacity_class[i];
        bool guessed = out->class_guessed[i] != 0;
        int32_t debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX)[i];
        double garnished = jk_class_mean(card, segment->garnish_share, class, guessed) *
                           jk_law_garnish(law, i, scorer->debtors, debtor);
        unsigned status = jk_law_status(JK_BLOCK_ENUM(block, LEGAL_STATUS)[i]);
        out->paying[i] = pays_of_own_will(status, law->instalment[i], garnished);
        if (out->paying[i]) {
            double typical = jk_class_mean(card, segment->payers.monthly_share, class, guessed);
            out->instalment[i] = instalment_size(segment, typical, law->balance[i], law->instalment[i]);
        }
    }
}
