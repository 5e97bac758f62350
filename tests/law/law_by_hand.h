/* SPDX-License-Identifier: Apache-2.0 */
/* A slow second writing of model.md section 10 for tests/law/rules.yaml, with a calendar that is made by stepping
 * through the days; and random claims to hold it against. */
#ifndef JK_TESTS_LAW_BY_HAND_H
#define JK_TESTS_LAW_BY_HAND_H

#include "base/number/random.h"
#include "law/law_fixture.h"

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
    for (int i = from + day_zero + 28 * months;; i++) { /* no month is shorter */
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
    /* The dates behind them, NEVER where there is none. */
    int defaulted, from, limitation, final, title_on, title_end, title_final, renewal, bar;
    int months; /* of limitation */
    int letter; /* keeps the limitation away */
} expected;

static double months_to(int date, int cutoff) {
    return date == NEVER ? INFINITY : (date - cutoff) / 30.4375;
}

/* The months of limitation that the rules say. */
static int period_of(const row *claim) {
    int placements = atoi(or_text(claim->CELL(PLACEMENTS), "0"));
    int loan = strcmp(or_text(claim->CELL(PRODUCT), "other"), "loan") == 0;
    int business = strcmp(or_text(claim->CELL(DEBTOR_TYPE), "consumer"), "business") == 0;
    int base_currency = strcmp(or_text(claim->CELL(CURRENCY), "EUR"), "EUR") == 0;
    if (strcmp(claim->CELL(COUNTRY), "DK") == 0) {
        return 36;
    }
    if (strcmp(claim->CELL(COUNTRY), "FI") != 0) {
        return 60;
    }
    if (loan && (placements == 0 || placements == 3 || placements == 300)) {
        return 120;
    }
    return loan && placements == 7 ? 1 : business && base_currency ? NEVER : 36;
}

/* Dates of a title that was given or made on `title_on`; Danish ones are renewed after ten years, again and again,
 * unless everything lapses. */
static void add_title(expected *want, int title_on, int fi, int dk, int business, int cutoff, int lapses) {
    want->title = 2;
    want->title_on = title_on;
    want->title_end = after(title_on, fi ? 60 : NEVER);
    want->title_final = after(title_on, fi && !business ? 180 : dk && !business ? 240 : NEVER);
    for (int k = 1; dk && (k == 1 || want->renewal <= cutoff); k++) {
        want->renewal = plus_months(title_on, 120 * k);
    }
    want->title_end = lapses ? min_of(want->title_end, want->renewal) : want->title_end;
}

/* What the rules say of a claim on the day `cutoff`; `lapses`: where no letter goes out and no title is renewed. */
static expected expect(const row *claim, int cutoff, int lapses) {
    const char *status = or_text(claim->CELL(LEGAL_STATUS), "none");
    int fi = strcmp(claim->CELL(COUNTRY), "FI") == 0;
    int dk = strcmp(claim->CELL(COUNTRY), "DK") == 0;
    int business = strcmp(or_text(claim->CELL(DEBTOR_TYPE), "consumer"), "business") == 0;
    int written_off = cell_date(claim->CELL(WRITTEN_OFF_ON));
    expected want = {.age = months_between(written_off, cutoff),
                     .defaulted = claim->CELL(DEFAULTED_ON) ? cell_date(claim->CELL(DEFAULTED_ON)) : written_off,
                     .title_on = NEVER,
                     .title_end = NEVER,
                     .title_final = NEVER,
                     .renewal = NEVER,
                     .months = period_of(claim)};
    want.from = want.defaulted;
    if (claim->CELL(LAST_PAID_ON) && cell_date(claim->CELL(LAST_PAID_ON)) > want.from) {
        want.from = cell_date(claim->CELL(LAST_PAID_ON));
    }
    want.limitation =
        claim->CELL(LIMITATION_ON) ? cell_date(claim->CELL(LIMITATION_ON)) : after(want.from, want.months);
    want.from = claim->CELL(LIMITATION_ON) ? NEVER : want.from;
    want.final = after(want.defaulted, fi && !business ? 240 : dk && business ? 120 : NEVER);
    int untitled = min_of(want.limitation, want.final);
    want.letter = fi && !lapses && want.limitation > cutoff;
    if (want.letter) {
        untitled = want.final;
        want.interruption = want.months == NEVER ? 0.0 : 1.8 / want.months;
    }
    if (claim->CELL(TITLE_ON) || strcmp(status, "title") == 0 || strncmp(status, "enforcement", 11) == 0) {
        int title_on = claim->CELL(TITLE_ON) ? cell_date(claim->CELL(TITLE_ON)) : cutoff;
        add_title(&want, title_on, fi, dk, business, cutoff, lapses);
    } else if (strcmp(status, "filed") == 0) {
        want.title = 1;
    }
    int titled = min_of(want.final, min_of(want.title_end, want.title_final));
    want.untitled = months_to(untitled, cutoff);
    want.titled = months_to(titled, cutoff);
    want.bar = want.title ? titled : untitled;
    want.barred = want.bar <= cutoff;
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
    };
    if (r[7] % 16 == 0) { /* on the very day, and around it */
        claim->CELL(LIMITATION_ON) = date_text(texts[i][3], cutoff - 1 + (int)(r[7] / 16 % 3));
    }
    if (r[8] % 4 == 0) {
        claim->CELL(TITLE_ON) = date_text(texts[i][4], cutoff - (int)(r[8] / 4 % 7000));
    } else if (r[8] % 4 == 1) { /* whole lives of a title ago, or a day less */
        claim->CELL(TITLE_ON) =
            date_text(texts[i][4], less_months(cutoff, (int)(1 + r[8] / 4 % 4) * 60) + (int)(r[8] / 16 % 2));
    }
}

#endif
