/* SPDX-License-Identifier: Apache-2.0 */
/* The moments at which the rows of a tile are looked at, as columns: of a tape all the same, of a panel each its own.
 */
#ifndef JK_LAW_MOMENTS_H
#define JK_LAW_MOMENTS_H

#include "law/law_internal.h"

enum { JK_LAW_TILE = 256 };

typedef struct jk_law_moments {
    int32_t date[JK_LAW_TILE], month[JK_LAW_TILE], day[JK_LAW_TILE], year[JK_LAW_TILE];
} jk_law_moments;

static inline void jk_law_moments_set(jk_law_moments *moments, size_t from, size_t end, const jk_law_moment *at) {
    for (size_t i = from; i < end; i++) {
        moments->date[i] = at->end.date;
        moments->month[i] = at->end.month;
        moments->day[i] = at->end.day;
        moments->year[i] = at->year;
    }
}

/* Of rows [first, first + count), at most JK_LAW_TILE. */
static inline void jk_law_moments_load(const jk_law *law, const jk_block *block, size_t first, size_t count,
                                       jk_law_moments *moments) {
    if (!law->by_period) {
        jk_law_moments_set(moments, 0, count, &law->cutoff);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        jk_law_moment own;
        jk_law_moments_set(moments, i, i + 1, jk_law_moment_of(law, block, first + i, &own));
    }
}

static inline jk_month_end jk_law_moments_end(const jk_law_moments *moments, size_t i) {
    return (jk_month_end){moments->date[i], moments->month[i], moments->day[i]};
}

#endif
