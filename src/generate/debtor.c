/* SPDX-License-Identifier: Apache-2.0 */
/* One debtor, from its number alone. Three hidden quantities tie the columns together: distress, size of debts, and
 * when the trouble began. */
#include "generate/shapes.h"

/* Places on the debtor's sheet. */
enum {
    DRAW_COUNTRY,
    DRAW_TYPE,
    DRAW_AGE_A,
    DRAW_AGE_B,
    DRAW_DISTRESS,
    DRAW_SIZE,
    DRAW_TROUBLE,
    DRAW_EMPLOYMENT,
    DRAW_INCOME,
    DRAW_HOUSING,
    DRAW_DEPENDANTS,
    DRAW_HAS_OTHER_DEBT,
    DRAW_OTHER_DEBT,
    DRAW_MARKS,
    DRAW_REACHABLE,
    DRAW_VULNERABLE,
    DRAW_STATE,
    DRAW_SHOWS_INCOME,
    DRAW_SHOWS_HOUSEHOLD,
    DRAW_SHOWS_AGE,
    DRAW_SHOWS_OTHER_DEBT,
    DRAW_SHOWS_MARKS,
    DRAW_COUNT,
    DRAW_SHEET = (DRAW_COUNT + 3) / 4 * 4
};

static int32_t draw_country(uint32_t word) {
    double u = jk_uniform(word);
    int32_t country = 0;
    while (country < COUNTRY_COUNT - 1 && u >= jk_generate_countries[country].share) {
        u -= jk_generate_countries[country].share;
        country++;
    }
    return country;
}

static double smaller(double a, double b) {
    return a < b ? a : b;
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* Total of the debts in enforcement, euro: the three published points of the Finnish distribution joined by straight
 * lines of log amount over normal quantile, with a Pareto tail above the last one. */
static double total_debt(double z) {
    static const double z_10k = 0.5828, z_50k = 1.4758; /* quantiles of 72 % and 93 % */
    static const double log_10k = 9.2103404, log_50k = 10.8197783;
    static const double slope_low = 2.593, slope_middle = 1.802, tail = 1.235;
    double level = log_10k;
    if (z <= z_10k) {
        level += slope_low * (z - z_10k);
    } else if (z <= z_50k) {
        level += slope_middle * (z - z_10k);
    } else {
        level = log_50k + (z * z - z_50k * z_50k) / (2.0 * tail);
    }
    return smaller(jk_exp(level), 2e6);
}

static int8_t draw_employment(uint32_t word, double age, double distress) {
    double u = jk_uniform(word);
    if (age >= 65.0) {
        return u < 0.92 ? JK_RETIRED : JK_EMPLOYED;
    }
    double employed = smaller(larger(0.33 - 0.12 * distress, 0.10), 0.85);
    if (u < employed) {
        return JK_EMPLOYED;
    }
    u = (u - employed) / (1.0 - employed);
    return u < 0.14 ? JK_SELF_EMPLOYED : (u < 0.72 ? JK_UNEMPLOYED : JK_RETIRED);
}

static void draw_household(const uint32_t *word, const country_shape *country, generated_debtor *debtor) {
    static const double income_median[] = {
        [JK_EMPLOYED] = 1570, [JK_SELF_EMPLOYED] = 1300, [JK_UNEMPLOYED] = 960, [JK_RETIRED] = 1180};
    static const double income_spread[] = {
        [JK_EMPLOYED] = 0.30, [JK_SELF_EMPLOYED] = 0.50, [JK_UNEMPLOYED] = 0.20, [JK_RETIRED] = 0.28};
    int8_t work = draw_employment(word[DRAW_EMPLOYMENT], debtor->age, debtor->distress);
    double income_z = generate_normal(word[DRAW_INCOME]) - 0.25 * debtor->distress;
    debtor->income = country->income_level * income_median[work] * jk_exp(income_spread[work] * income_z);
    double housing = country->price_level * 710.0 * jk_exp(0.32 * generate_normal(word[DRAW_HOUSING]));
    debtor->housing = smaller(housing, 0.6 * debtor->income);
    double u = jk_uniform(word[DRAW_DEPENDANTS]);
    debtor->dependants = (u >= 0.62) + (u >= 0.80) + (u >= 0.93) + (u >= 0.98) + (u >= 0.995);
    double kept = country->protected_base + country->protected_dependant * debtor->dependants +
                  (country->housing_protected ? debtor->housing : 0.0);
    debtor->spare = larger(0.0, debtor->income - kept);

    /* The seller's file says less than the officer finds out. */
    double known = jk_uniform(word[DRAW_SHOWS_INCOME]);
    debtor->shows_income = known < 0.46;
    debtor->employment = known < 0.52 ? work : (known < 0.66 ? (int8_t)JK_EMPLOYMENT_UNKNOWN : JK_MISSING_ENUM);
    double household = jk_uniform(word[DRAW_SHOWS_HOUSEHOLD]);
    debtor->shows_dependants = household < 0.48;
    debtor->shows_housing = household < 0.42;
}

/* Death by Gompertz's law over the years since the trouble began (half of it: sellers take out the deaths they know).
 */
static debtor_state draw_state(uint32_t word, const generated_debtor *debtor) {
    double u = jk_uniform(word);
    if (debtor->type == JK_BUSINESS) {
        return u < 0.13 ? DEBTOR_BANKRUPT : DEBTOR_NORMAL;
    }
    double years = 12.0 * debtor->trouble * debtor->trouble;
    double deceased = smaller(0.5 * years * 0.00003 * jk_exp(0.095 * debtor->age), 0.25);
    double adjustment = debtor->distress > 0.5 ? 0.06 : 0.008;
    if (u < deceased) {
        return DEBTOR_DECEASED;
    }
    if (u < deceased + adjustment) {
        return DEBTOR_ADJUSTMENT;
    }
    return u < deceased + adjustment + 0.004 ? DEBTOR_BANKRUPT : DEBTOR_NORMAL;
}

static int8_t draw_reachable(uint32_t word, double distress) {
    double u = jk_uniform(word) - 0.05 * distress;
    static const double phone = 0.33, email = 0.47, letter = 0.78, none = 0.90, unknown = 0.95;
    return u < phone     ? JK_REACHABLE_PHONE
           : u < email   ? JK_REACHABLE_EMAIL
           : u < letter  ? JK_REACHABLE_LETTER
           : u < none    ? JK_REACHABLE_NONE
           : u < unknown ? JK_REACHABLE_UNKNOWN
                         : JK_MISSING_ENUM;
}

void jk_generate_debtor(uint64_t seed, int32_t number, generated_debtor *debtor) {
    uint32_t word[DRAW_SHEET];
    generate_sheet(seed, STREAM_DEBTOR, (uint64_t)number, word, DRAW_SHEET);
    *debtor = (generated_debtor){.country = draw_country(word[DRAW_COUNTRY]), .age = 200.0};
    const country_shape *country = &jk_generate_countries[debtor->country];
    debtor->type = generate_chance(word[DRAW_TYPE], country->business_share) ? JK_BUSINESS : JK_CONSUMER;
    debtor->distress = generate_normal(word[DRAW_DISTRESS]);
    debtor->size = generate_normal(word[DRAW_SIZE]);
    debtor->trouble = jk_uniform(word[DRAW_TROUBLE]);
    debtor->employment = JK_MISSING_ENUM;
    if (debtor->type == JK_CONSUMER) {
        double middle = 0.5 * (jk_uniform(word[DRAW_AGE_A]) + jk_uniform(word[DRAW_AGE_B]));
        debtor->age = 19.0 + 68.0 * middle * (0.55 + 0.45 * middle);
        debtor->shows_age = generate_chance(word[DRAW_SHOWS_AGE], 0.96);
        draw_household(word, country, debtor);
    }
    debtor->state = draw_state(word[DRAW_STATE], debtor);
    double has_other = smaller(larger(0.42 + 0.16 * debtor->distress + 0.16 * debtor->size, 0.03), 0.98);
    if (generate_chance(word[DRAW_HAS_OTHER_DEBT], has_other)) {
        double z = 0.5 * debtor->distress + 0.6 * debtor->size + 0.6245 * generate_normal(word[DRAW_OTHER_DEBT]);
        debtor->other_debt = country->price_level * 1.25 * total_debt(z);
    }
    double marks = jk_exp(0.75 + 0.75 * debtor->distress + 0.5 * generate_normal(word[DRAW_MARKS])) - 0.7;
    debtor->marks = (int32_t)smaller(larger(marks, 0.0), 120.0);
    debtor->shows_other_debt = generate_chance(word[DRAW_SHOWS_OTHER_DEBT], 0.58);
    debtor->shows_marks = generate_chance(word[DRAW_SHOWS_MARKS], 0.68);
    debtor->reachable = draw_reachable(word[DRAW_REACHABLE], debtor->distress);
    double vulnerable = jk_uniform(word[DRAW_VULNERABLE]);
    debtor->shows_vulnerable = vulnerable < 0.9;
    debtor->vulnerable = debtor->type == JK_CONSUMER && vulnerable < 0.025;
}
