/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's inputs: each is computed in 64 bits and rounded to 32 once. */
#include "jalki/terms.h"

#include "base/fmath.h"
#include "base/layout.h"
#include "law/law_internal.h"

static const jk_layout layout[] = {
    JK_LAYOUT(jk_terms, balance),        JK_LAYOUT(jk_terms, interest_monthly), JK_LAYOUT(jk_terms, theta),
    JK_LAYOUT(jk_terms, fading),         JK_LAYOUT(jk_terms, instalment),       JK_LAYOUT(jk_terms, dividend),
    JK_LAYOUT(jk_terms, paying),         JK_LAYOUT(jk_terms, garnish),          JK_LAYOUT(jk_terms, share),
    JK_LAYOUT(jk_terms, garnish_later),  JK_LAYOUT(jk_terms, mortality),        JK_LAYOUT(jk_terms, exit_status),
    JK_LAYOUT(jk_terms, bar_untitled),   JK_LAYOUT(jk_terms, bar_titled),       JK_LAYOUT(jk_terms, interruption),
    JK_LAYOUT(jk_terms, age_months),     JK_LAYOUT(jk_terms, segment),          JK_LAYOUT(jk_terms, jurisdiction),
    JK_LAYOUT(jk_terms, capacity_class), JK_LAYOUT(jk_terms, title_state),      JK_LAYOUT(jk_terms, allowed),
};
enum { LAYOUT_COUNT = sizeof layout / sizeof layout[0] };

/* Nothing outlives a month at such rates; they keep the exponentials of extreme ages and scores inside 32 bits. */
#define LARGEST_MORTALITY 1e6
#define LARGEST_THETA     1e12

size_t jk_terms_size(size_t rows) {
    return jk_layout_size(layout, LAYOUT_COUNT, rows);
}

void jk_terms_place(jk_terms *terms, size_t rows, void *memory) {
    jk_layout_place(layout, LAYOUT_COUNT, rows, memory, terms);
    terms->rows = rows;
}

/* What the debtor's other claims on the tape make of this one: garnishment and the share of costs. */
static void debtor_terms(const jk_debtors *debtors, const jk_block *block, const jk_law_facts *law, jk_terms *out) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    for (size_t i = 0; i < block->rows; i++) {
        double workable = (double)debtors->workable_balance[debtor[i]] / JK_DEBTOR_SUM_PER_UNIT;
        /* The sum holds this balance to half a millionth: amounts below that stand for themselves. */
        double total = workable > law->balance[i] ? workable : law->balance[i];
        double share = law->workable[i] ? law->balance[i] / total : 0.0;
        out->share[i] = (float)share;
        out->garnish[i] = (float)jk_law_garnish(law, i, debtors, debtor[i]);
        out->garnish_later[i] = out->garnish[i];
        out->interruption[i] = (float)(law->interruption[i] * share);
    }
}

static void mortality(const jk_model *model, const jk_law_facts *law, jk_terms *out) {
    for (size_t i = 0; i < law->rows; i++) {
        const jk_jurisdiction *jurisdiction = &model->jurisdictions[law->jurisdiction[i]];
        double age = law->debtor_age[i];
        double rate = jurisdiction->mortality.G * jk_exp(jurisdiction->mortality.b * age) / 12.0;
        rate = rate < LARGEST_MORTALITY ? rate : LARGEST_MORTALITY;
        out->mortality[i] = age != age ? 0.0F : (float)rate;
    }
}

static uint8_t planned_actions(uint8_t allowed, uint8_t barred, unsigned allow) {
    unsigned planned = (allowed & allow) | JK_ALLOW(JK_CLOSE);
    return barred || planned == JK_ALLOW(JK_CLOSE) ? 0 : (uint8_t)planned;
}

void jk_terms_block(const jk_model *model, const jk_debtors *debtors, const jk_block *block, const jk_law_facts *law,
                    const jk_score_columns *score, unsigned allow, jk_terms *out) {
    out->rows = block->rows;
    for (size_t i = 0; i < block->rows; i++) {
        out->balance[i] = (float)law->balance[i];
        out->interest_monthly[i] = (float)(law->principal[i] * law->rate[i] / 12.0);
        out->theta[i] = (float)(score->theta[i] < LARGEST_THETA ? score->theta[i] : LARGEST_THETA);
        out->fading[i] = (float)score->fading[i];
        out->instalment[i] = (float)score->instalment[i];
        out->dividend[i] = (float)law->dividend[i];
        out->exit_status[i] = (float)law->exit_status[i];
        out->bar_untitled[i] = law->bar_untitled[i];
        out->bar_titled[i] = law->bar_titled[i];
        out->age_months[i] = (int32_t)law->age_months[i];
        out->segment[i] = law->segment[i];
        out->jurisdiction[i] = law->jurisdiction[i];
        out->capacity_class[i] = (uint8_t)(score->capacity_class[i] + (score->class_guessed[i] ? JK_CLASS_GUESSED : 0));
        out->title_state[i] = law->title_state[i];
        out->paying[i] = score->paying[i];
        out->allowed[i] = planned_actions(law->allowed[i], law->barred[i], allow);
    }
    debtor_terms(debtors, block, law, out);
    mortality(model, law, out);
}

/* A bar that lies before the change has come by then; one behind it comes by the later law, at once at the earliest. */
static double changed_bar(double bar, double later, double from) {
    if (bar < from) {
        return bar;
    }
    return later > from ? later : from;
}

void jk_terms_change(const jk_terms *terms, const jk_debtors *debtors, const jk_block *block, const jk_law_facts *law,
                     const jk_law_facts *later, double from, jk_terms *changed) {
    const int32_t *debtor = JK_BLOCK_INT32(block, DEBTOR_INDEX);
    jk_law_facts mixed = *law; /* who owes what stays; what may be attached is the later law's */
    mixed.attachable = later->attachable;
    changed->rows = terms->rows;
    for (size_t k = 0; k < LAYOUT_COUNT; k++) {
        jk_layout_copy(&layout[k], terms, changed, terms->rows);
    }
    for (size_t i = 0; i < terms->rows; i++) {
        changed->bar_untitled[i] = changed_bar(terms->bar_untitled[i], later->bar_untitled[i], from);
        changed->bar_titled[i] = changed_bar(terms->bar_titled[i], later->bar_titled[i], from);
        changed->garnish_later[i] = (float)jk_law_garnish(&mixed, i, debtors, debtor[i]);
    }
}
