/* SPDX-License-Identifier: Apache-2.0 */
#include "law/months.h"

#include "base/calendar.h"

jk_month_day jk_month_day_slow(int32_t date) {
    jk_civil civil = jk_civil_from_date(date);
    return (jk_month_day){.month = civil.year * 12 + civil.month - 1, .day = civil.day};
}

int32_t jk_month_first_slow(int32_t month) {
    return jk_date_from_civil(month / 12, month % 12 + 1, 1);
}

void jk_month_table_init(jk_month_table *table) {
    for (int32_t i = 0; i < JK_DAY_TABLE_COUNT; i++) {
        jk_month_day civil = jk_month_day_slow(JK_DAY_TABLE_FIRST + i);
        table->day[i] = (uint32_t)civil.month << 5 | (uint32_t)civil.day;
    }
    for (int32_t i = 0; i < JK_MONTH_TABLE_COUNT; i++) {
        table->first[i] = jk_month_first_slow(JK_MONTH_TABLE_FIRST + i);
    }
}

jk_month_end jk_month_end_of(const jk_month_table *table, int32_t date) {
    jk_month_day civil = jk_month_day_of(table, date);
    return (jk_month_end){
        .date = date,
        .civil = civil,
        .last_of_month = date + 1 == jk_month_first(table, civil.month + 1),
    };
}
