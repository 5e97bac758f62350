/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of terms.h, compiled once per instruction set: the plan's inputs of a row, each computed in 64 bits and
 * rounded to 32 once. Shares of a debtor are balance / sum of the debtor's workable balances; garnish is min(1,
 * attachable / (sum + what is enforced elsewhere)) a month; mortality is the monthly hazard G exp(b age) / 12 of
 * Gompertz (1825). All rows do the same arithmetic without jumps, in the same order on every instruction set. */
#include <string.h>

#include "base/lanes/isa_name.h"
#include "base/number/fmath.h"
#include "base/team/rows.h"
#include "law/law_internal.h"
#include "terms/terms.h"

/* Nothing outlives a month at such rates; they keep the exponentials of extreme ages and scores inside 32 bits. */
#define LARGEST_MORTALITY 1e6
#define LARGEST_THETA     1e12

enum { TILE = 256 };

static void to_floats(const double *from, size_t rows, float *to) {
    for (size_t i = 0; i < rows; i++) {
        to[i] = (float)from[i];
    }
}

static void claims(const jk_law_facts *law, const jk_score_columns *score, unsigned allow, jk_terms *out) {
    const size_t rows = out->rows;
    const double *principal = law->principal, *rate = law->rate, *theta = score->theta, *age = law->age_months;
    float *to_interest = out->interest_monthly, *to_theta = out->theta;
    int32_t *to_age = out->age_months;
    to_floats(law->balance, rows, out->balance);
    to_floats(score->fading, rows, out->fading);
    to_floats(score->instalment, rows, out->instalment);
    to_floats(law->dividend, rows, out->dividend);
    to_floats(law->exit_status, rows, out->exit_status);
    JK_ROWS_APART
    for (size_t i = 0; i < rows; i++) {
        to_interest[i] = (float)(principal[i] * rate[i] / 12.0);
        to_theta[i] = (float)(theta[i] < LARGEST_THETA ? theta[i] : LARGEST_THETA);
        to_age[i] = (int32_t)age[i];
    }
    memcpy(out->bar_untitled, law->bar_untitled, rows * sizeof *out->bar_untitled);
    memcpy(out->bar_titled, law->bar_titled, rows * sizeof *out->bar_titled);
    memcpy(out->segment, law->segment, rows * sizeof *out->segment);
    memcpy(out->jurisdiction, law->jurisdiction, rows * sizeof *out->jurisdiction);
    memcpy(out->title_state, law->title_state, rows * sizeof *out->title_state);
    memcpy(out->paying, score->paying, rows * sizeof *out->paying);
    const uint8_t *class = score->capacity_class, *guessed = score->class_guessed;
    const uint8_t *allowed = law->allowed, *barred = law->barred;
    const uint8_t close = JK_ALLOW(JK_CLOSE), run = (uint8_t)allow;
    uint8_t *to_class = out->capacity_class, *to_allowed = out->allowed;
    JK_ROWS_APART
    for (size_t i = 0; i < rows; i++) {
        uint8_t planned = (uint8_t)((allowed[i] & run) | close);
        to_class[i] = (uint8_t)(class[i] + (guessed[i] != 0) * JK_CLASS_GUESSED);
        to_allowed[i] = ((barred[i] != 0) | (planned == close)) ? 0 : planned;
    }
}

/* Rows [first, first + count) of at most TILE. The sum of a debtor holds this balance to half a millionth: amounts
 * below that stand for themselves. */
static void debtors_of_tile(const jk_debtors *debtors, const int32_t *debtor, const jk_law_facts *law, size_t first,
                            size_t count, jk_terms *out) {
    const int64_t *workable_balance = debtors->workable_balance;
    const double *balance = law->balance + first, *other_debt = law->other_debt + first;
    const double *attachable = law->attachable + first, *interruption = law->interruption + first;
    const uint8_t *workable = law->workable + first;
    float *to_share = out->share + first, *to_garnish = out->garnish + first;
    float *to_later = out->garnish_later + first, *to_interruption = out->interruption + first;
    double works[TILE]; /* 1 or 0 */
    for (size_t i = 0; i < count; i++) {
        works[i] = workable[i] != 0 ? 1.0 : 0.0;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < count; i++) {
        double sum = (double)workable_balance[debtor[first + i]] / JK_DEBTOR_SUM_PER_UNIT;
        double total = sum > balance[i] ? sum : balance[i], owed = total + other_debt[i];
        double share = works[i] > 0.0 ? balance[i] / total : 0.0;
        double part = attachable[i] / owed;
        double garnish = attachable[i] < owed ? part : 1.0;
        to_share[i] = (float)share;
        to_garnish[i] = (float)(works[i] > 0.0 ? garnish : 0.0);
        to_later[i] = to_garnish[i];
        to_interruption[i] = (float)(interruption[i] * share);
    }
}

static void debtors_of_rows(const jk_debtors *debtors, const int32_t *debtor, const jk_law_facts *law, jk_terms *out) {
    for (size_t first = 0; first < out->rows; first += TILE) {
        size_t left = out->rows - first;
        debtors_of_tile(debtors, debtor, law, first, left < TILE ? left : TILE, out);
    }
}

static void mortality(const jk_model *model, const jk_law_facts *law, jk_terms *out) {
    const jk_jurisdiction *jurisdictions = model->jurisdictions;
    for (size_t first = 0; first < out->rows; first += TILE) {
        size_t left = out->rows - first, count = left < TILE ? left : TILE;
        double hazard[TILE], growth[TILE];
        for (size_t i = 0; i < count; i++) {
            const jk_jurisdiction *jurisdiction = &jurisdictions[law->jurisdiction[first + i]];
            hazard[i] = jurisdiction->mortality.G;
            growth[i] = jurisdiction->mortality.b;
        }
        const double *age = law->debtor_age + first;
        float *to = out->mortality + first;
        JK_ROWS_APART
        for (size_t i = 0; i < count; i++) {
            double rate = hazard[i] * jk_exp(growth[i] * age[i]) / 12.0;
            rate = rate < LARGEST_MORTALITY ? rate : LARGEST_MORTALITY;
            to[i] = age[i] != age[i] ? 0.0F : (float)rate;
        }
    }
}

extern const jk_terms_kernel JK_ISA_NAME(jk_terms_kernel_);
const jk_terms_kernel JK_ISA_NAME(jk_terms_kernel_) = {claims, debtors_of_rows, mortality};
