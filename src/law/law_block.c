/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a block, and the dates behind those of one row. */
#include <math.h>

#include "base/layout.h"
#include "law/law_internal.h"

static const jk_layout layout[] = {
    JK_LAYOUT(jk_law_facts, balance),        JK_LAYOUT(jk_law_facts, principal),
    JK_LAYOUT(jk_law_facts, rate),           JK_LAYOUT(jk_law_facts, age_months),
    JK_LAYOUT(jk_law_facts, debtor_age),     JK_LAYOUT(jk_law_facts, bar_untitled),
    JK_LAYOUT(jk_law_facts, bar_titled),     JK_LAYOUT(jk_law_facts, interruption),
    JK_LAYOUT(jk_law_facts, attachable),     JK_LAYOUT(jk_law_facts, income),
    JK_LAYOUT(jk_law_facts, other_debt),     JK_LAYOUT(jk_law_facts, exit_status),
    JK_LAYOUT(jk_law_facts, dividend),       JK_LAYOUT(jk_law_facts, instalment),
    JK_LAYOUT(jk_law_facts, paid_months),    JK_LAYOUT(jk_law_facts, title_state),
    JK_LAYOUT(jk_law_facts, allowed),        JK_LAYOUT(jk_law_facts, barred),
    JK_LAYOUT(jk_law_facts, workable),       JK_LAYOUT(jk_law_facts, basis),
    JK_LAYOUT(jk_law_facts, segment),        JK_LAYOUT(jk_law_facts, jurisdiction),
    JK_LAYOUT(jk_law_facts, class_override),
};
enum { LAYOUT_COUNT = sizeof layout / sizeof layout[0] };

size_t jk_law_facts_size(size_t rows) {
    return jk_layout_size(layout, LAYOUT_COUNT, rows);
}

void jk_law_facts_place(jk_law_facts *facts, size_t rows, void *memory) {
    jk_layout_place(layout, LAYOUT_COUNT, rows, memory, facts);
    facts->rows = rows;
}

int32_t jk_law_renewal_months(const jk_law_moment *at, int32_t title, int32_t months) {
    if (months == JK_MONTHS_NEVER || months <= 0) {
        return JK_MONTHS_NEVER;
    }
    jk_month_day from = jk_month_day_of(title);
    int32_t passed = at->end.month > from.month ? (at->end.month - from.month) / months * months : 0;
    return passed > 0 && jk_month_add(from, passed) > at->end.date ? passed : passed + months;
}

void jk_law_block(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    out->rows = block->rows;
    law->kernel->standing(law, block, out);
    law->kernel->amounts(law, block, out);
    jk_matcher_rows(&law->segments, law, block, 0, block->rows, out->segment);
}

static int32_t or_never(int32_t date) {
    return date == JK_MISSING_INTEGER ? JK_DATE_NEVER : date;
}

void jk_law_explain(const jk_law *law, const jk_block *block, size_t row, jk_law_detail *detail) {
    unsigned status = jk_law_status(JK_BLOCK_ENUM(block, LEGAL_STATUS)[row]);
    unsigned type = jk_law_type(JK_BLOCK_ENUM(block, DEBTOR_TYPE)[row]);
    size_t jurisdiction = (size_t)law->jurisdiction[JK_BLOCK_INT32(block, COUNTRY)[row] + 1];
    const jk_law_rules *rules = &law->rules[jk_law_place(jurisdiction, type)];
    uint16_t rule = 0;
    jk_matcher_rows(&law->period_rules, law, block, row, 1, &rule);
    jk_law_moment own_moment;
    const jk_law_moment *at = jk_law_moment_of(law, block, row, &own_moment);
    int32_t written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON)[row], paid = JK_BLOCK_INT32(block, LAST_PAID_ON)[row];
    int32_t limitation = JK_BLOCK_INT32(block, LIMITATION_ON)[row], title_on = JK_BLOCK_INT32(block, TITLE_ON)[row];
    int32_t defaulted = JK_BLOCK_INT32(block, DEFAULTED_ON)[row];
    defaulted = defaulted == JK_MISSING_INTEGER ? written_off : defaulted;
    bool by_rule = limitation == JK_MISSING_INTEGER, dated = title_on != JK_MISSING_INTEGER;
    jk_title title = dated ? JK_TITLE_HELD : law->model->statuses[status].title;
    int32_t titled_on = jk_date_clamp(dated ? title_on : at->end.date);
    int32_t renewal = jk_law_renewal_months(at, titled_on, rules->renewal_months);
    const jk_law_given given = {
        .cutoff = at->end.date,
        .defaulted = jk_date_clamp(defaulted),
        .paid_or_defaulted = jk_date_clamp(paid > defaulted ? paid : defaulted),
        .title = titled_on,
        .limitation = by_rule ? limitation : jk_date_clamp(limitation),
        .title_held = title == JK_TITLE_HELD,
        .limitation_months = law->periods[rule].months,
        .final_months = rules->final_months,
        .title_months = law->lapses ? jk_law_earlier(rules->title_months, renewal) : rules->title_months,
        .title_final_months = rules->title_final_months,
        .letter_interrupts = rules->letter_interrupts,
    };
    const jk_law_dates dates = jk_law_dates_of(&given);
    *detail = (jk_law_detail){
        .defaulted_on = given.defaulted,
        .written_off_on = jk_date_clamp(written_off),
        .last_paid_on = or_never(paid),
        .limitation_from = by_rule ? given.paid_or_defaulted : JK_DATE_NEVER,
        .limitation_on = dates.limitation,
        .limitation_given = !by_rule,
        .limitation_months = given.limitation_months == JK_MONTHS_NEVER ? INFINITY : (double)given.limitation_months,
        .letter_interrupts = dates.interrupted,
        .final_on = dates.final,
        .title_on = given.title_held ? given.title : JK_DATE_NEVER,
        .title_dated = dated,
        .title_end_on = dates.title_end,
        .title_final_on = dates.title_final,
        .renewal_on = given.title_held ? jk_month_add(jk_month_day_of(given.title), renewal) : JK_DATE_NEVER,
        .bar_on = title == JK_TITLE_NONE ? dates.bar_untitled : dates.bar_titled,
        .jurisdiction = &law->model->jurisdictions[jurisdiction],
    };
}
