/* SPDX-License-Identifier: Apache-2.0 */
/* The month arithmetic of base/calendar.h by table: a claim needs about eight date conversions, and a look-up costs a
 * third of the divisions. Dates outside the tables take the general way; both give the same answer. */
#ifndef JK_LAW_MONTHS_H
#define JK_LAW_MONTHS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    JK_DATE_FIRST = -719162, /* 0001-01-01 */
    JK_DATE_LAST = 2932896,  /* 9999-12-31 */
    JK_DATE_NEVER = INT32_MAX,
    JK_MONTHS_NEVER = INT32_MAX,
    JK_MONTHS_LONGEST = 120000, /* longer finite periods count as ten thousand years */
    JK_DAY_TABLE_FIRST = -7305, /* 1950-01-01 */
    JK_DAY_TABLE_COUNT = 54787, /* to 2099-12-31 */
    JK_MONTH_TABLE_FIRST = 23400 /* January 1950 as year * 12 + month - 1 */,
    JK_MONTH_TABLE_COUNT = 6000 /* 500 years */
};

typedef struct jk_month_table {
    uint32_t day[JK_DAY_TABLE_COUNT];    /* month index * 32 + day of month */
    int32_t first[JK_MONTH_TABLE_COUNT]; /* date of the first day of a month */
} jk_month_table;

/* A date as month index (year * 12 + month - 1) and day of the month from 1. */
typedef struct jk_month_day {
    int32_t month, day;
} jk_month_day;

void jk_month_table_init(jk_month_table *table);

/* The general ways, for dates outside the tables. */
jk_month_day jk_month_day_slow(int32_t date);
int32_t jk_month_first_slow(int32_t month);

/* A store may hold any number as a date: what is outside the years 1 to 9999 counts as the nearer end. */
static inline int32_t jk_date_clamp(int32_t date) {
    return date < JK_DATE_FIRST ? JK_DATE_FIRST : (date > JK_DATE_LAST ? JK_DATE_LAST : date);
}

/* `date` must be within JK_DATE_FIRST and JK_DATE_LAST. */
static inline jk_month_day jk_month_day_of(const jk_month_table *table, int32_t date) {
    uint32_t offset = (uint32_t)date - (uint32_t)JK_DAY_TABLE_FIRST;
    if (offset < JK_DAY_TABLE_COUNT) {
        uint32_t packed = table->day[offset];
        return (jk_month_day){.month = (int32_t)(packed >> 5), .day = (int32_t)(packed & 31u)};
    }
    return jk_month_day_slow(date);
}

static inline int32_t jk_month_first(const jk_month_table *table, int32_t month) {
    uint32_t offset = (uint32_t)month - (uint32_t)JK_MONTH_TABLE_FIRST;
    return offset < JK_MONTH_TABLE_COUNT ? table->first[offset] : jk_month_first_slow(month);
}

/* Date + months as in model.md section 2; JK_MONTHS_NEVER gives JK_DATE_NEVER. */
static inline int32_t jk_month_add(const jk_month_table *table, jk_month_day from, int32_t months) {
    if (months == JK_MONTHS_NEVER) {
        return JK_DATE_NEVER;
    }
    int32_t first = jk_month_first(table, from.month + months);
    int32_t length = jk_month_first(table, from.month + months + 1) - first;
    return first + (from.day < length ? from.day : length) - 1;
}

/* The later end of a count of months that is the same for all rows: the cut-off. */
typedef struct jk_month_end {
    int32_t date;
    jk_month_day civil;
    bool last_of_month;
} jk_month_end;

jk_month_end jk_month_end_of(const jk_month_table *table, int32_t date);

/* months(date, end) of model.md section 2; 0 for dates after the end. */
static inline int32_t jk_months_until(const jk_month_table *table, int32_t date, const jk_month_end *end) {
    if (date > end->date) {
        return 0;
    }
    jk_month_day from = jk_month_day_of(table, date);
    return end->civil.month - from.month - (end->civil.day < from.day && !end->last_of_month);
}

#endif
