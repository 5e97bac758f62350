/* SPDX-License-Identifier: Apache-2.0 */
/* The law stage against a slow second writing of model.md section 10 for random claims, with a calendar that is made by
 * stepping through the days. Also: the order of rows does not matter. */
#include "law/law_fixture.h"

#include "base/number/random.h"

enum { FIRST_YEAR = 1940, LAST_YEAR = 2200, ROWS = 4000 };

/* ---- a calendar by stepping ------------------------------------------------------------------------------------ */

typedef struct day {
    int year, month, day, last; /* last: days in its month */
} day;

static day days[(LAST_YEAR - FIRST_YEAR) * 366];
static int day_count, day_zero; /* day_zero: index of 1970-01-01 */

static int length_of(int year, int month) {
    if (month == 2) {
        return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void make_calendar(void) {
    day today = {FIRST_YEAR, 1, 1, 31};
    for (day_count = 0; today.year < LAST_YEAR; day_count++) {
        days[day_count] = today;
        day_zero = today.year == 1970 && today.month == 1 && today.day == 1 ? day_count : day_zero;
        if (++today.day > today.last) {
            today.day = 1;
            today.month = today.month % 12 + 1;
            today.year += today.month == 1;
            today.last = length_of(today.year, today.month);
        }
    }
}

/* The first day from `from` on that lies in the month `months` later and has its day, or is the month's last. */
static int plus_months(int from, int months) {
    day start = days[from + day_zero];
    int wanted = start.year * 12 + start.month + months;
    for (int i = from + day_zero;; i++) {
        if (days[i].year * 12 + days[i].month == wanted &&
            (days[i].day == start.day || (days[i].day == days[i].last && days[i].day < start.day))) {
            return i - day_zero;
        }
    }
}

static int months_between(int from, int to) {
    day a = days[from + day_zero];
    day b = days[to + day_zero];
    int months = (b.year - a.year) * 12 + b.month - a.month;
    return b.day < a.day && b.day != b.last ? months - 1 : months;
}

/* ---- the rules of tests/law/rules.yaml, once more ---------------------------------------------------------------- */

enum { NEVER = 1000000 };

static int min_of(int a, int b) {
    return a < b ? a : b;
}

static int after(int date, int months) {
    return months == NEVER ? NEVER : plus_months(date, months);
}

static const char *or_text(const char *text, const char *missing) {
    return text ? text : missing;
}

typedef struct expected {
    double untitled, titled, interruption, age;
    int title, barred, workable;
} expected;

static double months_to(int date, int cutoff) {
    return date == NEVER ? INFINITY : (date - cutoff) / 30.4375;
}

static expected expect(const row *claim, int cutoff) {
    const char *country = claim->CELL(COUNTRY);
    const char *status = or_text(claim->CELL(LEGAL_STATUS), "none");
    int fi = strcmp(country, "FI") == 0;
    int dk = strcmp(country, "DK") == 0;
    int business = strcmp(or_text(claim->CELL(DEBTOR_TYPE), "consumer"), "business") == 0;
    int base_currency = strcmp(or_text(claim->CELL(CURRENCY), "EUR"), "EUR") == 0;
    int placements = atoi(or_text(claim->CELL(PLACEMENTS), "0"));
    int loan = strcmp(or_text(claim->CELL(PRODUCT), "other"), "loan") == 0;
    int written_off = cell_date(claim->CELL(WRITTEN_OFF_ON));
    int defaulted = claim->CELL(DEFAULTED_ON) ? cell_date(claim->CELL(DEFAULTED_ON)) : written_off;
    int period = fi ? 36 : dk ? 36 : 60;
    if (fi && loan && (placements == 0 || placements == 3 || placements == 300)) {
        period = 120;
    } else if (fi && loan && placements == 7) {
        period = 1;
    } else if (fi && business && base_currency) {
        period = NEVER;
    }
    int from = defaulted;
    if (claim->CELL(LAST_PAID_ON) && cell_date(claim->CELL(LAST_PAID_ON)) > from) {
        from = cell_date(claim->CELL(LAST_PAID_ON));
    }
    int limitation = claim->CELL(LIMITATION_ON) ? cell_date(claim->CELL(LIMITATION_ON)) : after(from, period);
    int final = after(defaulted, fi && !business ? 240 : dk && business ? 120 : NEVER);
    expected want = {.age = months_between(written_off, cutoff)};
    int untitled = min_of(limitation, final);
    if (fi && limitation > cutoff) {
        untitled = final;
        want.interruption = period == NEVER ? 0.0 : 1.8 / period;
    }
    int titled = final;
    if (claim->CELL(TITLE_ON) || strcmp(status, "title") == 0 || strncmp(status, "enforcement", 11) == 0) {
        int title_on = claim->CELL(TITLE_ON) ? cell_date(claim->CELL(TITLE_ON)) : cutoff;
        want.title = 2;
        titled = min_of(titled, after(title_on, fi ? 60 : NEVER));
        titled = min_of(titled, after(title_on, fi && !business ? 180 : dk && !business ? 240 : NEVER));
    } else if (strcmp(status, "filed") == 0) {
        want.title = 1;
    }
    want.untitled = months_to(untitled, cutoff);
    want.titled = months_to(titled, cutoff);
    want.barred = (want.title ? want.titled : want.untitled) <= 0;
    want.workable = !want.barred && strcmp(status, "deceased") != 0 && strcmp(status, "bankruptcy") != 0;
    return want;
}

/* ---- random claims ------------------------------------------------------------------------------------------- */

static char texts[ROWS][8][JK_TEXT_MAX];

static const char *date_text(char *text, int date) {
    day d = days[date + day_zero];
    (void)snprintf(text, JK_TEXT_MAX, "%04d-%02d-%02d", d.year, d.month, d.day);
    return text;
}

/* The cut-off less whole months (plus_months steps forward only). */
static int less_months(int cutoff, int months) {
    int date = cutoff - months * 31 - 31;
    day c = days[cutoff + day_zero];
    int wanted = c.year * 12 + c.month - months;
    for (;; date++) {
        day d = days[date + day_zero];
        if (d.year * 12 + d.month == wanted && (d.day == c.day || (d.day == d.last && d.day < c.day))) {
            return date;
        }
    }
}

static void make_row(row *claim, size_t i, uint64_t seed, int cutoff) {
    static const char *const countries[] = {"FI", "FI", "DK", "LV"};
    static const char *const statuses[] = {NULL,    NULL,          "none",     "filed",    "title",
                                           "title", "enforcement", "deceased", "disputed", "bankruptcy"};
    static const char *const placements[] = {NULL, "0", "1", "3", "300", "7"};
    uint32_t r[12];
    for (uint64_t n = 0; n < 3; n++) {
        jk_random4 four = jk_philox(seed, i, n);
        memcpy(r + 4 * n, four.word, sizeof four.word);
    }
    int written_off = r[0] % 3 ? cutoff - (int)(r[1] % 9000) : less_months(cutoff, (int)(r[1] % 260));
    *claim = (row){
        .CELL(COUNTRY) = countries[r[2] % 4],
        .CELL(PRINCIPAL) = "100",
        .CELL(DEBTOR_TYPE) = r[3] % 3 ? NULL : "business",
        .CELL(CURRENCY) = r[3] / 3 % 3 ? NULL : "SEK",
        .CELL(PRODUCT) = r[3] / 9 % 2 ? "loan" : NULL,
        .CELL(PLACEMENTS) = placements[r[3] / 18 % 6],
        .CELL(LEGAL_STATUS) = statuses[r[4] % 10],
        .CELL(WRITTEN_OFF_ON) = date_text(texts[i][0], written_off),
        .CELL(DEFAULTED_ON) =
            r[5] % 2 ? date_text(texts[i][1], min_of(cutoff, written_off - (int)(r[5] / 2 % 400))) : NULL,
        .CELL(LAST_PAID_ON) = r[6] % 2 ? date_text(texts[i][2], cutoff - (int)(r[6] / 2 % 5000)) : NULL,
        .CELL(LIMITATION_ON) = r[7] % 4 ? NULL : date_text(texts[i][3], cutoff - 700 + (int)(r[7] / 4 % 4000)),
        .CELL(TITLE_ON) = r[8] % 4 ? NULL : date_text(texts[i][4], cutoff - (int)(r[8] / 4 % 7000)),
    };
}

static void random_claims_follow_the_rules(void **state) {
    (void)state;
    static const char *const cutoffs[] = {"2026-06-30", "2024-02-29", "2025-02-28", "2026-05-31"};
    static row rows[ROWS];
    make_calendar();
    for (size_t c = 0; c < COUNT(cutoffs); c++) {
        int cutoff = cell_date(cutoffs[c]);
        for (size_t i = 0; i < ROWS; i++) {
            make_row(&rows[i], i, c, cutoff);
        }
        fixture f;
        fixture_open(&f, load_model("tests/law/rules.yaml"), cutoffs[c], rows, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            expected want = expect(&rows[i], cutoff);
            if (f.facts.bar_untitled[i] != want.untitled || f.facts.bar_titled[i] != want.titled ||
                f.facts.interruption[i] != want.interruption || f.facts.age_months[i] != want.age ||
                f.facts.title_state[i] != want.title || f.facts.barred[i] != want.barred ||
                f.facts.workable[i] != want.workable) {
                fail_msg("cut-off %s, claim %zu: d0 %g (%g), d1 %g (%g), I %g (%g), u %g (%g)", cutoffs[c], i,
                         f.facts.bar_untitled[i], want.untitled, f.facts.bar_titled[i], want.titled,
                         f.facts.interruption[i], want.interruption, f.facts.age_months[i], want.age);
            }
        }
        fixture_close(&f);
    }
}

static void the_order_of_rows_does_not_matter(void **state) {
    (void)state;
    static row rows[ROWS];
    static row shuffled[ROWS];
    static char debtor[ROWS][16];
    int cutoff = cell_date("2026-06-30");
    for (size_t i = 0; i < ROWS; i++) {
        make_row(&rows[i], i, 7, cutoff);
        (void)snprintf(debtor[i], sizeof debtor[i], "D%zu", i * 31 % 997);
        rows[i].CELL(DEBTOR_ID) = debtor[i];
        shuffled[i * 1009 % ROWS] = rows[i]; /* 1009 and 4000 share no factor */
    }
    fixture a;
    fixture b;
    fixture_open(&a, load_model("tests/law/rules.yaml"), "2026-06-30", rows, ROWS);
    fixture_open(&b, load_model("tests/law/rules.yaml"), "2026-06-30", shuffled, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        size_t j = i * 1009 % ROWS;
        assert_memory_equal(&a.terms.share[i], &b.terms.share[j], sizeof(float));
        assert_memory_equal(&a.terms.garnish[i], &b.terms.garnish[j], sizeof(float));
        assert_memory_equal(&a.terms.theta[i], &b.terms.theta[j], sizeof(float));
        assert_memory_equal(&a.terms.bar_untitled[i], &b.terms.bar_untitled[j], sizeof(double));
        assert_int_equal(a.terms.allowed[i], b.terms.allowed[j]);
        assert_int_equal(a.terms.segment[i], b.terms.segment[j]);
    }
    fixture_close(&a);
    fixture_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_claims_follow_the_rules),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
