/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's inputs: each is computed in 64 bits and rounded to 32 once (terms_kernel.c). */
#include "terms/terms.h"

#include "base/lanes/isa.h"
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

JK_ISA_DECLARE(jk_terms_kernel, jk_terms_kernel_);

size_t jk_terms_size(size_t rows) {
    return jk_layout_size(layout, LAYOUT_COUNT, rows);
}

void jk_terms_place(jk_terms *terms, size_t rows, void *memory) {
    jk_layout_place(layout, LAYOUT_COUNT, rows, memory, terms);
    terms->rows = rows;
}

jk_terms jk_terms_rows(const jk_terms *terms, size_t first, size_t rows) {
    jk_terms part = {.rows = rows};
    for (size_t k = 0; k < LAYOUT_COUNT; k++) {
        unsigned char *array = NULL;
        memcpy(&array, (const unsigned char *)terms + layout[k].member, sizeof array);
        array += first * layout[k].element;
        memcpy((unsigned char *)&part + layout[k].member, &array, sizeof array);
    }
    return part;
}

void jk_terms_block(const jk_model *model, const jk_debtors *debtors, const jk_block *block, const jk_law_facts *law,
                    const jk_score_columns *score, unsigned allow, jk_terms *out) {
    const jk_terms_kernel *kernel = JK_ISA_OF(jk_terms_kernel_, jk_isa_usual());
    out->rows = block->rows;
    kernel->claims(law, score, allow, out);
    kernel->debtors(debtors, JK_BLOCK_INT32(block, DEBTOR_INDEX), law, out);
    kernel->mortality(model, law, out);
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
