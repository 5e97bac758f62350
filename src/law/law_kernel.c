/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of the law over rows. They go over a tile of rows at a time and have neither branches nor calls, so that
 * the compiler makes lanes of them: what a row's codes say is looked up in tables by place, dates are arithmetic
 * (months.h), and what does not concern a row is computed all the same and not chosen. Integers and 64-bit operations
 * that are neither fused nor reordered: the same bits from every instruction set. */
#include <math.h>

#include "base/lanes/isa_name.h"
#include "base/number/calendar.h"
#include "base/team/rows.h"
#include "law/moments.h"

enum { TILE = JK_LAW_TILE };

/* Rows of a tile: the moment that they are looked at, and their codes. */
typedef struct law_tile {
    size_t first, count; /* rows [first, first + count) of the block */
    jk_law_moments at;
    int32_t status[TILE], jurisdiction[TILE], place[TILE];
} law_tile;

static void load_codes(const jk_law *law, const jk_block *block, law_tile *tile) {
    const int32_t *country = JK_BLOCK_INT32(block, COUNTRY) + tile->first;
    const int8_t *debtor_type = JK_BLOCK_ENUM(block, DEBTOR_TYPE) + tile->first;
    const int8_t *legal_status = JK_BLOCK_ENUM(block, LEGAL_STATUS) + tile->first;
    const int32_t *of_country = law->jurisdiction;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        tile->status[i] = legal_status[i] < 0 ? JK_STATUS_NONE : legal_status[i];
        tile->place[i] = debtor_type[i] < 0 ? JK_CONSUMER : debtor_type[i];
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        tile->jurisdiction[i] = of_country[country[i] + 1];
        tile->place[i] += tile->jurisdiction[i] * JK_DEBTOR_TYPE_COUNT;
    }
}

static void load_tile(const jk_law *law, const jk_block *block, size_t first, law_tile *tile) {
    size_t left = block->rows - first;
    tile->first = first;
    tile->count = left < TILE ? left : TILE;
    load_codes(law, block, tile);
    jk_law_moments_load(law, block, first, tile->count, &tile->at);
}

/* ---- what the debtors' sums rest on ------------------------------------------------------------------------------ */

/* Amounts are added in minor units and converted once. */
static void fill_balances(const jk_law *law, const jk_block *block, const law_tile *tile, double *balance) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + tile->first;
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL) + tile->first;
    const int64_t *interest = JK_BLOCK_MONEY(block, INTEREST_ACCRUED) + tile->first;
    const int64_t *fees = JK_BLOCK_MONEY(block, FEES) + tile->first;
    const double *exchange = law->exchange;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        int64_t minor = jk_money_or_zero(principal[i]) + jk_money_or_zero(interest[i]) + jk_money_or_zero(fees[i]);
        balance[i] = (double)minor / 100.0 * exchange[currency[i] + 1];
    }
    for (size_t i = 0; jk_law_accrues(law) && i < tile->count; i++) {
        double accrued = jk_law_accrued(law, block, tile->first + i, (size_t)tile->jurisdiction[i]);
        balance[i] += accrued / 100.0 * exchange[currency[i] + 1];
    }
}

/* What decides how a claim stands, and how it does. */
typedef struct standing {
    int32_t title[TILE], period[TILE], title_months[TILE];
    int32_t untitled[TILE], titled[TILE], interrupted[TILE], basis[TILE], allowed[TILE];
} standing;

static void find_titles(const jk_law *law, const jk_block *block, const law_tile *tile, standing *to) {
    const int32_t *title_on = JK_BLOCK_INT32(block, TITLE_ON) + tile->first;
    const int32_t *of_status = law->title_of_status;
    const jk_law_rules *rules = law->rules;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        int32_t by_status = of_status[tile->status[i]];
        to->title[i] = title_on[i] == JK_MISSING_INTEGER ? by_status : JK_TITLE_HELD;
        to->title_months[i] = rules[tile->place[i]].title_months;
    }
    for (size_t i = 0; law->lapses && i < tile->count; i++) { /* titles end when they are to be renewed next */
        int32_t from = jk_date_clamp(title_on[i] == JK_MISSING_INTEGER ? tile->at.date[i] : title_on[i]);
        const jk_law_moment at = jk_law_moment_on(tile->at.date[i]);
        int32_t until = jk_law_renewal_months(&at, from, rules[tile->place[i]].renewal_months);
        to->title_months[i] = jk_law_earlier(to->title_months[i], until);
    }
}

static void find_bars(const jk_law *law, const jk_block *block, const law_tile *tile, standing *to) {
    const int32_t *written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON) + tile->first;
    const int32_t *defaulted_on = JK_BLOCK_INT32(block, DEFAULTED_ON) + tile->first;
    const int32_t *paid = JK_BLOCK_INT32(block, LAST_PAID_ON) + tile->first; /* missing is the smallest number */
    const int32_t *limitation = JK_BLOCK_INT32(block, LIMITATION_ON) + tile->first;
    const int32_t *title_on = JK_BLOCK_INT32(block, TITLE_ON) + tile->first;
    const jk_law_rules *rules = law->rules;
    const jk_law_period *periods = law->periods;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        int32_t defaulted = defaulted_on[i] == JK_MISSING_INTEGER ? written_off[i] : defaulted_on[i];
        const jk_law_given given = {
            .cutoff = tile->at.date[i],
            .defaulted = jk_date_clamp(defaulted),
            .paid_or_defaulted = jk_date_clamp(paid[i] > defaulted ? paid[i] : defaulted),
            .title = jk_date_clamp(title_on[i] == JK_MISSING_INTEGER ? tile->at.date[i] : title_on[i]),
            .limitation = limitation[i] == JK_MISSING_INTEGER ? limitation[i] : jk_date_clamp(limitation[i]),
            .title_held = to->title[i] == JK_TITLE_HELD,
            .limitation_months = periods[to->period[i]].months,
            .final_months = rules[tile->place[i]].final_months,
            .title_months = to->title_months[i],
            .title_final_months = rules[tile->place[i]].title_final_months,
            .letter_interrupts = rules[tile->place[i]].letter_interrupts,
        };
        const jk_law_dates dates = jk_law_dates_of(&given);
        int32_t untitled = dates.bar_untitled == JK_DATE_NEVER                           ? JK_BAR_NEVER
                           : dates.interrupted || dates.bar_untitled != dates.limitation ? JK_BAR_FINAL
                           : given.limitation == JK_MISSING_INTEGER                      ? JK_BAR_LIMITATION_RULE
                                                                                         : JK_BAR_LIMITATION_GIVEN;
        int32_t titled = dates.bar_titled == JK_DATE_NEVER       ? JK_BAR_NEVER
                         : dates.bar_titled == dates.title_end   ? JK_BAR_TITLE_END
                         : dates.bar_titled == dates.title_final ? JK_BAR_TITLE_FINAL
                                                                 : JK_BAR_FINAL;
        to->basis[i] = to->title[i] == JK_TITLE_NONE ? untitled : titled;
        to->untitled[i] = dates.bar_untitled;
        to->titled[i] = dates.bar_titled;
        to->interrupted[i] = dates.interrupted;
    }
}

static void find_allowed(const jk_law *law, const jk_block *block, const law_tile *tile, standing *to) {
    const int8_t *vulnerable = JK_BLOCK_ENUM(block, VULNERABLE) + tile->first;
    const int8_t *reachable = JK_BLOCK_ENUM(block, REACHABLE); /* not loaded where it changes nothing */
    const int32_t *allowed = law->allowed[0][0];
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        to->allowed[i] = tile->status[i] * 4 + (vulnerable[i] > 0) * 2;
    }
    if (reachable != NULL) {
        JK_ROWS_APART
        for (size_t i = 0; i < tile->count; i++) {
            to->allowed[i] += reachable[tile->first + i] == JK_REACHABLE_NONE;
        }
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        to->allowed[i] = allowed[to->allowed[i]];
    }
}

static inline double months_to(int32_t date, int32_t cutoff) {
    return date == JK_DATE_NEVER ? (double)INFINITY : (double)(date - cutoff) / JK_DAYS_PER_MONTH;
}

static void put_standing(const jk_law *law, const law_tile *tile, const standing *from, jk_law_facts *out) {
    double *untitled = out->bar_untitled + tile->first;
    double *titled = out->bar_titled + tile->first;
    double *interruption = out->interruption + tile->first;
    const jk_law_period *periods = law->periods;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        untitled[i] = months_to(from->untitled[i], tile->at.date[i]);
        titled[i] = months_to(from->titled[i], tile->at.date[i]);
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        double monthly = periods[from->period[i]].interruption_monthly;
        interruption[i] = from->interrupted[i] ? monthly : 0.0;
    }
    uint8_t *title_state = out->title_state + tile->first;
    uint8_t *allowed = out->allowed + tile->first;
    uint8_t *barred = out->barred + tile->first;
    uint8_t *workable = out->workable + tile->first;
    uint8_t *basis = out->basis + tile->first;
    uint16_t *jurisdiction = out->jurisdiction + tile->first;
    const int32_t leaves = JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SELL);
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        int32_t bar = from->title[i] == JK_TITLE_NONE ? from->untitled[i] : from->titled[i];
        int32_t is_barred = bar <= tile->at.date[i];
        title_state[i] = (uint8_t)from->title[i];
        allowed[i] = (uint8_t)from->allowed[i];
        barred[i] = (uint8_t)is_barred;
        workable[i] = (uint8_t)(!is_barred & ((from->allowed[i] & ~leaves) != 0));
        basis[i] = (uint8_t)from->basis[i];
        jurisdiction[i] = (uint16_t)tile->jurisdiction[i];
    }
}

static void fill_standing(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    for (size_t first = 0; first < block->rows; first += TILE) {
        law_tile tile;
        standing found;
        uint16_t period[TILE];
        load_tile(law, block, first, &tile);
        fill_balances(law, block, &tile, out->balance + first);
        jk_matcher_rows(&law->period_rules, law, block, first, tile.count, period);
        for (size_t i = 0; i < tile.count; i++) {
            found.period[i] = period[i];
        }
        find_titles(law, block, &tile, &found);
        find_bars(law, block, &tile, &found);
        find_allowed(law, block, &tile, &found);
        put_standing(law, &tile, &found, out);
    }
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static void fill_money(const jk_law *law, const jk_block *block, const law_tile *tile, jk_law_facts *out) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + tile->first;
    const int64_t *principal = JK_BLOCK_MONEY(block, PRINCIPAL) + tile->first;
    const int64_t *other_debt = JK_BLOCK_MONEY(block, OTHER_DEBT_ENFORCED) + tile->first;
    const int64_t *income = JK_BLOCK_MONEY(block, INCOME_MONTHLY) + tile->first;
    const int64_t *instalment = JK_BLOCK_MONEY(block, INSTALMENT_MONTHLY); /* not loaded where no segment has payers */
    const double *exchange = law->exchange;
    double *to_principal = out->principal + tile->first;
    double *to_other_debt = out->other_debt + tile->first;
    double *to_income = out->income + tile->first;
    double *to_instalment = out->instalment + tile->first;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        double rate = exchange[currency[i] + 1];
        to_principal[i] = jk_law_amount(jk_money_or_zero(principal[i]), rate);
        to_other_debt[i] = jk_law_amount(jk_money_or_zero(other_debt[i]), rate);
        to_income[i] = jk_law_amount(income[i], rate);
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        to_instalment[i] = (double)NAN;
    }
    if (instalment == NULL) {
        return;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        to_instalment[i] = jk_law_amount(instalment[tile->first + i], exchange[currency[i] + 1]);
    }
}

static void fill_rates(const jk_law *law, const jk_block *block, const law_tile *tile, jk_law_facts *out) {
    const double *given = JK_BLOCK_REAL(block, INTEREST_RATE) + tile->first;
    const jk_law_rules *rules = law->rules;
    const jk_status_rule *statuses = law->model->statuses;
    double *rate = out->rate + tile->first;
    double *exit_status = out->exit_status + tile->first;
    double *dividend = out->dividend + tile->first;
    int8_t *class_override = out->class_override + tile->first;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        double statutory = rules[tile->place[i]].statutory_rate;
        rate[i] = given[i] != given[i] ? statutory : given[i];
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        exit_status[i] = statuses[tile->status[i]].exit_monthly;
        dividend[i] = statuses[tile->status[i]].dividend_monthly;
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        class_override[i] = (int8_t)statuses[tile->status[i]].class_override;
    }
}

static void fill_ages(const jk_law *law, const jk_block *block, const law_tile *tile, jk_law_facts *out) {
    const int32_t *written_off = JK_BLOCK_INT32(block, WRITTEN_OFF_ON) + tile->first;
    const int32_t *paid = JK_BLOCK_INT32(block, LAST_PAID_ON) + tile->first;
    const int32_t *birth_year = JK_BLOCK_INT32(block, BIRTH_YEAR) + tile->first;
    const jk_law_rules *rules = law->rules;
    double *age_months = out->age_months + tile->first;
    double *debtor_age = out->debtor_age + tile->first;
    int32_t *paid_months = out->paid_months + tile->first;
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        const jk_month_end end = jk_law_moments_end(&tile->at, i);
        int32_t since_paid = jk_months_until(jk_date_clamp(paid[i]), end);
        paid_months[i] = paid[i] == JK_MISSING_INTEGER ? INT32_MAX : since_paid;
        age_months[i] = (double)jk_months_until(jk_date_clamp(written_off[i]), end);
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        double assumed = rules[tile->place[i]].assumed_age;
        double known = (double)tile->at.year[i] - (double)birth_year[i];
        double age = birth_year[i] == JK_MISSING_INTEGER ? assumed : known;
        debtor_age[i] = assumed != assumed ? assumed : age;
    }
}

/* A call of its own, so that the table is seen to stay the same in the loop. */
static __attribute__((noinline)) void take_band(const jk_law_band *bands, const law_tile *tile, const double *income,
                                                const double *kept, double *taken) {
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        double ends = bands[tile->place[i]].to, reach = ends * kept[i];
        double high = ends < (double)INFINITY ? reach : income[i];
        double part = (income[i] < high ? income[i] : high) - bands[tile->place[i]].from * kept[i];
        double of_part = bands[tile->place[i]].share * part;
        taken[i] += part > 0.0 ? of_part : 0.0;
    }
}

/* What of an income can be taken in enforcement: model.md section 9. */
static void fill_attachable(const jk_law *law, const jk_block *block, const law_tile *tile, jk_law_facts *out) {
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY) + tile->first;
    const int64_t *housing = JK_BLOCK_MONEY(block, HOUSING_COST);  /* not loaded where no jurisdiction counts it */
    const int32_t *dependants = JK_BLOCK_INT32(block, DEPENDANTS); /* likewise */
    const jk_law_rules *rules = law->rules;
    const double *income = out->income + tile->first;
    double *attachable = out->attachable + tile->first;
    double kept[TILE], taken[TILE];
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        kept[i] = rules[tile->place[i]].kept;
        taken[i] = 0.0;
    }
    for (size_t i = 0; dependants != NULL && i < tile->count; i++) {
        int32_t given = dependants[tile->first + i];
        kept[i] += rules[tile->place[i]].kept_per_dependant * (double)(given == JK_MISSING_INTEGER ? 0 : given);
    }
    for (size_t i = 0; housing != NULL && i < tile->count; i++) {
        double home = jk_law_amount(jk_money_or_zero(housing[tile->first + i]), law->exchange[currency[i] + 1]);
        kept[i] += rules[tile->place[i]].housing_counts * home;
    }
    size_t places = jk_law_place(law->model->jurisdiction_count, 0);
    for (size_t band = 0; band < law->band_count; band++) {
        take_band(law->bands + band * places, tile, income, kept, taken);
    }
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        double cap = rules[tile->place[i]].attached_share * income[i];
        double of_income = taken[i] < cap ? taken[i] : cap;
        double assumed = rules[tile->place[i]].assumed_attachable;
        double found = income[i] != income[i] ? assumed : of_income;
        attachable[i] = rules[tile->place[i]].attaches ? found : 0.0;
    }
}

static void fill_amounts(const jk_law *law, const jk_block *block, jk_law_facts *out) {
    for (size_t first = 0; first < block->rows; first += TILE) {
        law_tile tile;
        load_tile(law, block, first, &tile);
        fill_money(law, block, &tile, out);
        fill_rates(law, block, &tile, out);
        fill_ages(law, block, &tile, out);
        fill_attachable(law, block, &tile, out);
    }
}

extern const jk_law_kernel JK_ISA_NAME(jk_law_kernel_);
const jk_law_kernel JK_ISA_NAME(jk_law_kernel_) = {fill_standing, fill_amounts};
