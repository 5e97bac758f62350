/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as days since 1970-01-01 (proleptic Gregorian), and the month arithmetic of model.md section 2. */
#ifndef JK_BASE_CALENDAR_H
#define JK_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Mean length of a month in days: 365.25 / 12. */
#define JK_DAYS_PER_MONTH 30.4375

typedef struct jk_civil {
    int32_t year, month, day; /* month and day from 1 */
} jk_civil;

/* Days since 1970-01-01 of a valid date, years 1 to 9999. */
int32_t jk_date_from_civil(int32_t year, int32_t month, int32_t day);
jk_civil jk_civil_from_date(int32_t date);

int32_t jk_days_in_month(int32_t year, int32_t month);

/* true if the three numbers are a date of the years 1 to 9999. */
bool jk_civil_is_valid(int32_t year, int32_t month, int32_t day);

/* Whole months from d1 to d2: (year2 - year1)*12 + (month2 - month1) - [day2 < day1 and d2 is not the last day of its
 * month]; for d1 > d2 the negative of the mirrored count. */
int32_t jk_months_between(int32_t d1, int32_t d2);

/* Date + months: keeps the day, or takes the month's last day where that day is missing there. */
int32_t jk_date_add_months(int32_t date, int32_t months);

/* Reads exactly YYYY-MM-DD; false if `text[length]` is not a valid date in that form. */
bool jk_date_parse(const char *text, size_t length, int32_t *date);

/* Writes YYYY-MM-DD and a terminator; returns text. */
enum { JK_DATE_TEXT = 16 };
const char *jk_date_format(int32_t date, char text[JK_DATE_TEXT]);

#endif
