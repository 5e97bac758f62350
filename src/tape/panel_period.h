/* SPDX-License-Identifier: Apache-2.0 */
/* The days of a panel's period: from period_start on, before the day that jk_period_end gives. */
#ifndef JK_TAPE_PANEL_PERIOD_H
#define JK_TAPE_PANEL_PERIOD_H

#include <math.h>

#include "base/number/calendar.h"

/* period_start + months: whole months by the calendar, the rest in days of 1/30.4375 month, rounded down, so that a
 * period never reaches into the one that follows it; no later than the end of the year 9999. `months` is above 0 and at
 * most 1200. */
static inline int32_t jk_period_end(int32_t start, double months) {
    double whole = floor(months + 1e-9);
    double rest = (months - whole) * JK_DAYS_PER_MONTH;
    const int32_t latest = 2932896; /* 9999-12-31 */
    int32_t end = jk_date_add_months(start, (int32_t)whole) + (rest > 0.0 ? (int32_t)(rest + 1e-6) : 0);
    return end < latest ? end : latest;
}

#endif
