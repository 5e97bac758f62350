/* SPDX-License-Identifier: Apache-2.0 */
/* The month arithmetic of base/number/calendar.h for dates that are known to lie in the years 1 to 9999: no branches,
 * and nothing but 32-bit integers, so that loops over columns of dates become lanes.
 *
 * Days are counted in centuries and years that begin on 1 March, so that the leap day is the last of its year. 400
 * years have 146097 days and 4 years 1461; with a day before the count as 4 d + 3, quotients by these two are whole
 * centuries and years, as the long ones come last. The month m from March begins on day floor((153 m + 2) / 5) of the
 * year, which is floor((979 m + 15) / 32), and day d lies in month floor((2141 d + 132377) / 65536) - 2 with what is
 * left over by 2141 as its place there. Source: C. Neri, L. Schneider, "Euclidean affine functions and their
 * application to calendar algorithms" (2022), section 6. */
#ifndef JK_LAW_MONTHS_H
#define JK_LAW_MONTHS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    JK_DATE_FIRST = -719162, /* 0001-01-01 */
    JK_DATE_LAST = 2932896,  /* 9999-12-31 */
    JK_DATE_NEVER = INT32_MAX,
    JK_MONTHS_NEVER = INT32_MAX,
    JK_MONTHS_LONGEST = 120000,   /* longer finite periods count as ten thousand years */
    JK_DATE_OF_YEAR_ZERO = 719468 /* days from 0000-03-01 to 1970-01-01 */
};

/* A date as month index (year * 12 + month - 1) and day of the month from 1. */
typedef struct jk_month_day {
    int32_t month, day;
} jk_month_day;

/* A store may hold any number as a date: what is outside the years 1 to 9999 counts as the nearer end. */
static inline int32_t jk_date_clamp(int32_t date) {
    return date < JK_DATE_FIRST ? JK_DATE_FIRST : (date > JK_DATE_LAST ? JK_DATE_LAST : date);
}

/* `date` must be within JK_DATE_FIRST and JK_DATE_LAST. */
static inline jk_month_day jk_month_day_of(int32_t date) {
    uint32_t count = 4 * (uint32_t)(date + JK_DATE_OF_YEAR_ZERO) + 3;
    uint32_t century = count / 146097, rest = count % 146097 | 3;
    uint32_t year = rest / 1461, day = rest % 1461 / 4;
    uint32_t of_year = 2141 * day + 132377; /* months from January of the same year in its upper half */
    return (jk_month_day){.month = (int32_t)(1200 * century + 12 * year + (of_year >> 16)),
                          .day = (int32_t)((of_year & 0xffff) / 2141 + 1)};
}

/* Where a month begins, and how many days it has. */
typedef struct jk_month_days {
    int32_t first, length;
} jk_month_days;

/* Of the months from March of the year 0 to the end of the year 20000. */
static inline jk_month_days jk_month_days_of(int32_t month) {
    uint32_t from_march = (uint32_t)month - 2;
    uint32_t year = from_march / 12, of_year = from_march - 12 * year, century = year / 100;
    uint32_t days = 1461 * year / 4 - century + century / 4 + ((979 * of_year + 15) >> 5);
    uint32_t next = year + 1, whole = next / 100; /* the year of this year's February */
    uint32_t leap = (next % 4 == 0) & ((next != 100 * whole) | (whole % 4 == 0));
    uint32_t of_five = of_year - (of_year >= 10 ? 10u : of_year >= 5 ? 5u : 0u); /* 31, 30, 31, 30, 31 days */
    return (jk_month_days){.first = (int32_t)days - JK_DATE_OF_YEAR_ZERO,
                           .length = (int32_t)(of_year == 11 ? 28 + leap : 31 - (of_five & 1))};
}

/* Date + months as in model.md section 2; JK_MONTHS_NEVER gives JK_DATE_NEVER. */
static inline int32_t jk_month_add(jk_month_day from, int32_t months) {
    jk_month_days to = jk_month_days_of(from.month + (months == JK_MONTHS_NEVER ? 0 : months));
    int32_t date = to.first + (from.day < to.length ? from.day : to.length) - 1;
    return months == JK_MONTHS_NEVER ? JK_DATE_NEVER : date;
}

/* The later end of a count of months; the last day of a month counts as its 31st, which no day of another is beyond. */
typedef struct jk_month_end {
    int32_t date, month, day;
} jk_month_end;

/* `date` must be within JK_DATE_FIRST and JK_DATE_LAST. */
static inline jk_month_end jk_month_end_of(int32_t date) {
    jk_month_day civil = jk_month_day_of(date);
    bool last = civil.day == jk_month_days_of(civil.month).length;
    return (jk_month_end){.date = date, .month = civil.month, .day = last ? 31 : civil.day};
}

/* months(date, end) of model.md section 2; 0 for dates after the end. */
static inline int32_t jk_months_until(int32_t date, jk_month_end end) {
    jk_month_day from = jk_month_day_of(date);
    int32_t months = end.month - from.month - (end.day < from.day);
    return date > end.date ? 0 : months;
}

#endif
