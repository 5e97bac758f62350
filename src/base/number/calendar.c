/* SPDX-License-Identifier: Apache-2.0 */
/* Day numbers are counted in 400-year eras that begin on 1 March, so that the leap day is the last of its year. */
#include "base/number/calendar.h"

enum { DAYS_PER_ERA = 146097, DAYS_TO_EPOCH = 719468 /* 0000-03-01 to 1970-01-01 */ };

int32_t jk_date_from_civil(int32_t year, int32_t month, int32_t day) {
    int32_t y = month <= 2 ? year - 1 : year;
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t year_of_era = y - era * 400;
    int32_t month_from_march = (month + 9) % 12;
    int32_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

jk_civil jk_civil_from_date(int32_t date) {
    int32_t z = date + DAYS_TO_EPOCH;
    int32_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int32_t day_of_era = z - era * DAYS_PER_ERA;
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_from_march = (5 * day_of_year + 2) / 153;
    jk_civil civil = {
        .year = year_of_era + era * 400 + (month_from_march >= 10),
        .month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
    return civil;
}

int32_t jk_days_in_month(int32_t year, int32_t month) {
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool jk_civil_is_valid(int32_t year, int32_t month, int32_t day) {
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= jk_days_in_month(year, month);
}

int32_t jk_months_between(int32_t d1, int32_t d2) {
    if (d1 > d2) {
        return -jk_months_between(d2, d1);
    }
    jk_civil a = jk_civil_from_date(d1);
    jk_civil b = jk_civil_from_date(d2);
    bool short_of_day = b.day < a.day && b.day != jk_days_in_month(b.year, b.month);
    return (b.year - a.year) * 12 + (b.month - a.month) - short_of_day;
}

int32_t jk_date_add_months(int32_t date, int32_t months) {
    jk_civil civil = jk_civil_from_date(date);
    int32_t index = civil.year * 12 + (civil.month - 1) + months;
    int32_t year = index >= 0 ? index / 12 : -((11 - index) / 12);
    int32_t month = index - year * 12 + 1;
    int32_t last = jk_days_in_month(year, month);
    return jk_date_from_civil(year, month, civil.day < last ? civil.day : last);
}

static bool parse_digits(const char *text, int count, int32_t *value) {
    int32_t sum = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        sum = sum * 10 + (text[i] - '0');
    }
    *value = sum;
    return true;
}

bool jk_date_parse(const char *text, size_t length, int32_t *date) {
    int32_t year = 0;
    int32_t month = 0;
    int32_t day = 0;
    if (length != 10 || text[4] != '-' || text[7] != '-' || !parse_digits(text, 4, &year) ||
        !parse_digits(text + 5, 2, &month) || !parse_digits(text + 8, 2, &day) ||
        !jk_civil_is_valid(year, month, day)) {
        return false;
    }
    *date = jk_date_from_civil(year, month, day);
    return true;
}

static void put_digits(char *text, int count, int32_t value) {
    for (int i = count - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

const char *jk_date_format(int32_t date, char text[JK_DATE_TEXT]) {
    jk_civil civil = jk_civil_from_date(date);
    put_digits(text, 4, civil.year);
    text[4] = '-';
    put_digits(text + 5, 2, civil.month);
    text[7] = '-';
    put_digits(text + 8, 2, civil.day);
    text[10] = '\0';
    return text;
}
