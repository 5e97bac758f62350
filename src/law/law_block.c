/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a block. Each function fills some columns for all rows; what two of them need is found once. */
#include <math.h>

#include "base/calendar.h"
#include "base/layout.h"
#include "law/law_internal.h"

enum { TILE = 256 };

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

static inline int64_t given_or_zero(int64_t money) {
    return money == JK_MISSING_MONEY ? 0 : money;
}

static inline int32_t earlier(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* The first of the days title + k * months, k = 1, 2, …, that lies after the cut-off. */
static int32_t next_renewal(const jk_month_table *table, const jk_law_moment *at, jk_month_day title, int32_t months) {
    if (months == JK_MONTHS_NEVER || months <= 0) {
        return JK_DATE_NEVER;
    }
    int32_t passed = at->end.civil.month > title.month ? (at->end.civil.month - title.month) / months : 0;
    int32_t day = passed > 0 ? jk_month_add(table, title, passed * months) : at->date;
    while (day <= at->date) {
        day = jk_month_add(table, title, ++passed * months);
    }
    return day;
}

/* What a row's dates are after the tape's defaults, within the years 1 to 9999. */
typedef struct row_dates {
    int32_t defaulted, paid_or_defaulted, limitation_given, title;
    int title_held;
} row_dates;

static inline row_dates dates_of_row(const jk_law_moment *at, const jk_block *block, size_t row, int title_state) {
    int32_t defaulted = JK_BLOCK_INT32(block, DEFAULTED_ON)[row];
    int32_t paid = JK_BLOCK_INT32(block, LAST_PAID_ON)[row]; /* missing is the smallest number */
    int32_t limitation = JK_BLOCK_INT32(block, LIMITATION_ON)[row];
    int32_t title = JK_BLOCK_INT32(block, TITLE_ON)[row];
    defaulted = defaulted == JK_MISSING_INTEGER ? JK_BLOCK_INT32(block, WRITTEN_OFF_ON)[row] : defaulted;
    return (row_dates){
        .defaulted = jk_date_clamp(defaulted),
        .paid_or_defaulted = jk_date_clamp(paid > defaulted ? paid : defaulted),
        .limitation_given = limitation == JK_MISSING_INTEGER ? limitation : jk_date_clamp(limitation),
        .title = jk_date_clamp(title == JK_MISSING_INTEGER ? at->date : title),
        .title_held = title_state == JK_TITLE_HELD,
    };
}

/* Limitation, final bar and the title's ends of one claim: model.md section 10. */
static inline jk_law_dates law_dates(const jk_law *law, const jk_law_moment *at, const jk_law_terms *terms,
                                     const jk_law_period *period, unsigned type, const row_dates *row) {
    const jk_month_table *months = &law->months;
    jk_month_day defaulted = jk_month_day_of(months, row->defaulted);
    jk_law_dates dates = {
        .limitation = row->limitation_given,
        .final = jk_month_add(months, defaulted, terms->final_months[type]),
        .title_end = JK_DATE_NEVER,
        .title_final = JK_DATE_NEVER,
        .renewal = JK_DATE_NEVER,
    };
    if (row->limitation_given == JK_MISSING_INTEGER) {
        dates.limitation = jk_month_add(months, jk_month_day_of(months, row->paid_or_defaulted), period->months);
    }
    dates.interrupted = terms->letter_interrupts && dates.limitation > at->date && !law->lapses;
    dates.bar_untitled = dates.interrupted ? dates.final : earlier(dates.limitation, dates.final);
    dates.bar_titled = dates.final;
    if (row->title_held) {
        jk_month_day title = jk_month_day_of(months, row->title);
        dates.title_end = jk_month_add(months, title, terms->title_months);
        dates.renewal = next_renewal(months, at, title, terms->renewal_months);
        dates.title_end = law->lapses ? earlier(dates.title_end, dates.renewal) : dates.title_end;
        dates.title_final = jk_month_add(months, title, terms->title_final_months[type]);
        dates.bar_titled = earlier(dates.final, earlier(dates.title_end, dates.title_final));
    }
    return dates;
}

static inline double months_to(const jk_law_moment *at, int32_t date) {
    return date == JK_DATE_NEVER ? INFINITY : (double)(date - at->date) / JK_DAYS_PER_MONTH;
}

static inline jk_bar_basis basis_of(const jk_law_dates *dates, const row_dates *row, int titled) {
    int32_t bar = titled ? dates->bar_titled : dates->bar_untitled;
    if (bar == JK_DATE_NEVER) {
        return JK_BAR_NEVER;
    }
    if (!titled && !dates->interrupted && bar == dates->limitation) {
        return row->limitation_given == JK_MISSING_INTEGER ? JK_BAR_LIMITATION_RULE : JK_BAR_LIMITATION_GIVEN;
    }
    if (titled && bar == dates->title_end) {
        return JK_BAR_TITLE_END;
    }
    return titled && bar == dates->title_final ? JK_BAR_TITLE_FINAL : JK_BAR_FINAL;
}

static inline jk_title title_of_row(const jk_law *law, const jk_block *block, size_t row, unsigned status) {
    int dated = JK_BLOCK_INT32(block, TITLE_ON)[row] != JK_MISSING_INTEGER;
    return dated ? JK_TITLE_HELD : law->model->statuses[status].title;
}

/* Title state, bars and what they allow, for rows [first, first + count) with the limitation period of each. */
static void standing_of_rows(const jk_law *law, const jk_block *block, size_t first, size_t count,
                             const uint16_t *period, jk_law_facts *out) {
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE);
    const int8_t *legal_status = JK_BLOCK_ENUM(block, LEGAL_STATUS);
    const int8_t *vulnerable = JK_BLOCK_ENUM(block, VULNERABLE);
    const int8_t *reachable = JK_BLOCK_ENUM(block, REACHABLE); /* not loaded where it changes nothing */
    for (size_t i = 0; i < count; i++) {
        size_t row = first + i;
        unsigned status = jk_law_status(legal_status[row]);
        jk_title title = title_of_row(law, block, row, status);
        jk_law_moment own_moment;
        const jk_law_moment *at = jk_law_moment_of(law, block, row, &own_moment);
        row_dates given = dates_of_row(at, block, row, (int)title);
        const jk_law_period *own = &law->periods[period[i]];
        jk_law_dates dates =
            law_dates(law, at, &law->terms[out->jurisdiction[row]], own, jk_law_type(debtor_type[row]), &given);
        double untitled = months_to(at, dates.bar_untitled);
        double titled = months_to(at, dates.bar_titled);
        unsigned unreachable = reachable != NULL && reachable[row] == JK_REACHABLE_NONE;
        unsigned allowed = law->allowed[status][vulnerable[row] > 0][unreachable];
        int barred = (title == JK_TITLE_NONE ? untitled : titled) <= 0.0;
        out->title_state[row] = (uint8_t)title;
        out->bar_untitled[row] = untitled;
        out->bar_titled[row] = titled;
        out->interruption[row] = dates.interrupted ? own->interruption_monthly : 0.0;
        out->allowed[row] = (uint8_t)allowed;
        out->barred[row] = (uint8_t)barred;
        out->workable[row] = !barred && (allowed & ~(JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SELL))) != 0;
        out->basis[row] = (uint8_t)basis_of(&dates, &given, title != JK_TITLE_NONE);
    }
}

/* Amounts are added in minor units and converted once. */
static void balances(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY);
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL);
    const int64_t *interest = JK_BLOCK_MONEY(block, INTEREST_ACCRUED);
    const int64_t *fees = JK_BLOCK_MONEY(block, FEES);
    for (size_t i = 0; i < block->rows; i++) {
        int64_t minor = given_or_zero(principal[i]) + given_or_zero(interest[i]) + given_or_zero(fees[i]);
        out->balance[i] = (double)minor / 100.0 * law->exchange[currency[i] + 1];
    }
}

static void accrue(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY);
    for (size_t i = 0; i < block->rows; i++) {
        out->balance[i] += jk_law_accrued(law, block, i, out->jurisdiction[i]) / 100.0 * law->exchange[currency[i] + 1];
    }
}

void jk_law_standing(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    const int32_t *country = JK_BLOCK_INT32(block, COUNTRY);
    out->rows = block->rows;
    balances(law, block, out);
    for (size_t i = 0; i < block->rows; i++) {
        out->jurisdiction[i] = law->jurisdiction[country[i] + 1];
    }
    if (law->accrued > 0.0) {
        accrue(law, block, out);
    }
    uint16_t period[TILE];
    for (size_t first = 0; first < block->rows; first += TILE) {
        size_t count = block->rows - first < TILE ? block->rows - first : TILE;
        jk_matcher_rows(&law->period_rules, law, block, first, count, period);
        standing_of_rows(law, block, first, count, period, out);
    }
}

/* Principal, interest, ages, payments: what the kernel's formulas take from the row itself. */
static void claim_terms(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    const jk_model *model = law->model;
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY);
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL);
    const int64_t *other_debt = JK_BLOCK_MONEY(block, OTHER_DEBT_ENFORCED);
    const double *rate = JK_BLOCK_REAL(block, INTEREST_RATE);
    const int32_t *written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON);
    const int32_t *birth_year = JK_BLOCK_INT32(block, BIRTH_YEAR);
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE);
    const int8_t *legal_status = JK_BLOCK_ENUM(block, LEGAL_STATUS);
    const int64_t *instalment = JK_BLOCK_MONEY(block, INSTALMENT_MONTHLY); /* not loaded where no segment has payers */
    const int32_t *paid = JK_BLOCK_INT32(block, LAST_PAID_ON);
    for (size_t i = 0; i < block->rows; i++) {
        const jk_jurisdiction *jurisdiction = &model->jurisdictions[out->jurisdiction[i]];
        double exchange = law->exchange[currency[i] + 1];
        unsigned type = jk_law_type(debtor_type[i]);
        const jk_status_rule *status = &model->statuses[jk_law_status(legal_status[i])];
        jk_law_moment own_moment;
        const jk_law_moment *at = jk_law_moment_of(law, block, i, &own_moment);
        double age = birth_year[i] == JK_MISSING_INTEGER ? jurisdiction->mortality.assumed_age
                                                         : (double)at->year - (double)birth_year[i];
        out->principal[i] = (double)given_or_zero(principal[i]) / 100.0 * exchange;
        out->other_debt[i] = (double)given_or_zero(other_debt[i]) / 100.0 * exchange;
        out->rate[i] = isnan(rate[i]) ? jurisdiction->interest.rate[type] : rate[i];
        out->age_months[i] = jk_months_until(&law->months, jk_date_clamp(written_off[i]), &at->end);
        out->debtor_age[i] = type == JK_BUSINESS ? NAN : age;
        out->exit_status[i] = status->exit_monthly;
        out->dividend[i] = status->dividend_monthly;
        out->instalment[i] =
            instalment == NULL || instalment[i] == JK_MISSING_MONEY ? NAN : (double)instalment[i] / 100.0 * exchange;
        out->paid_months[i] =
            paid[i] == JK_MISSING_INTEGER ? INT32_MAX : jk_months_until(&law->months, jk_date_clamp(paid[i]), &at->end);
        out->class_override[i] = (int8_t)status->class_override;
    }
}

/* What of an income can be taken in enforcement: model.md section 9. */
static inline double attachable_part(const jk_jurisdiction *jurisdiction, double income, double kept) {
    double taken = 0.0;
    for (size_t band = 0; band < jurisdiction->attachable.band_count; band++) {
        const jk_attachable_band *from = &jurisdiction->attachable.bands[band];
        double low = from->from_multiple * kept;
        double high = band + 1 < jurisdiction->attachable.band_count ? from[1].from_multiple * kept : income;
        double part = (income < high ? income : high) - low;
        taken += part > 0.0 ? from->rate * (from->months / 12.0) * part : 0.0;
    }
    double cap = jurisdiction->attachable.max_share * income;
    return taken < cap ? taken : cap;
}

static void incomes(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY);
    const int64_t *income = JK_BLOCK_MONEY(block, INCOME_MONTHLY);
    const int64_t *housing = JK_BLOCK_MONEY(block, HOUSING_COST);  /* not loaded where no jurisdiction counts it */
    const int32_t *dependants = JK_BLOCK_INT32(block, DEPENDANTS); /* likewise */
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE);
    for (size_t i = 0; i < block->rows; i++) {
        const jk_jurisdiction *jurisdiction = &law->model->jurisdictions[out->jurisdiction[i]];
        double exchange = law->exchange[currency[i] + 1];
        int known = income[i] != JK_MISSING_MONEY;
        double amount = known ? (double)income[i] / 100.0 * exchange : NAN;
        double attachable = 0.0;
        if (jk_law_type(debtor_type[i]) == JK_CONSUMER && jurisdiction->attachable.allowed) {
            attachable = jurisdiction->attachable.assumed_attachable;
            if (known) {
                int32_t supported = dependants != NULL && dependants[i] != JK_MISSING_INTEGER ? dependants[i] : 0;
                double home = housing != NULL && jurisdiction->attachable.housing_counts
                                  ? (double)given_or_zero(housing[i]) / 100.0 * exchange
                                  : 0.0;
                double kept =
                    jurisdiction->attachable.base + jurisdiction->attachable.per_dependant * (double)supported + home;
                attachable = attachable_part(jurisdiction, amount, kept);
            }
        }
        out->income[i] = amount;
        out->attachable[i] = attachable;
    }
}

void jk_law_block(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    jk_law_standing(law, block, out);
    claim_terms(law, block, out);
    incomes(law, block, out);
    jk_matcher_rows(&law->segments, law, block, 0, block->rows, out->segment);
}

static int32_t or_never(int32_t date) {
    return date == JK_MISSING_INTEGER ? JK_DATE_NEVER : date;
}

void jk_law_explain(const jk_law *law, const jk_block *block, size_t row, jk_law_detail *detail) {
    unsigned status = jk_law_status(JK_BLOCK_ENUM(block, LEGAL_STATUS)[row]);
    unsigned type = jk_law_type(JK_BLOCK_ENUM(block, DEBTOR_TYPE)[row]);
    uint16_t jurisdiction = law->jurisdiction[JK_BLOCK_INT32(block, COUNTRY)[row] + 1];
    uint16_t rule = 0;
    jk_matcher_rows(&law->period_rules, law, block, row, 1, &rule);
    jk_title title = title_of_row(law, block, row, status);
    jk_law_moment own_moment;
    const jk_law_moment *at = jk_law_moment_of(law, block, row, &own_moment);
    row_dates given = dates_of_row(at, block, row, (int)title);
    jk_law_dates dates = law_dates(law, at, &law->terms[jurisdiction], &law->periods[rule], type, &given);
    int by_rule = given.limitation_given == JK_MISSING_INTEGER;
    int32_t months = law->periods[rule].months;
    *detail = (jk_law_detail){
        .defaulted_on = given.defaulted,
        .written_off_on = jk_date_clamp(JK_BLOCK_INT32(block, WRITTEN_OFF_ON)[row]),
        .last_paid_on = or_never(JK_BLOCK_INT32(block, LAST_PAID_ON)[row]),
        .limitation_from = by_rule ? given.paid_or_defaulted : JK_DATE_NEVER,
        .limitation_on = dates.limitation,
        .limitation_given = !by_rule,
        .limitation_months = months == JK_MONTHS_NEVER ? INFINITY : (double)months,
        .letter_interrupts = dates.interrupted,
        .final_on = dates.final,
        .title_on = given.title_held ? given.title : JK_DATE_NEVER,
        .title_dated = JK_BLOCK_INT32(block, TITLE_ON)[row] != JK_MISSING_INTEGER,
        .title_end_on = dates.title_end,
        .title_final_on = dates.title_final,
        .renewal_on = dates.renewal,
        .bar_on = title == JK_TITLE_NONE ? dates.bar_untitled : dates.bar_titled,
        .jurisdiction = &law->model->jurisdictions[jurisdiction],
    };
}
