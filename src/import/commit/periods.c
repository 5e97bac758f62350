/* SPDX-License-Identifier: Apache-2.0 */
#include "import/commit/periods.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LEAVES UINT32_C(0x80000000)
#define PLACE  UINT32_C(0x7fffffff)

bool jk_periods_reserve(jk_periods *periods, size_t rows, size_t claims) {
    if (periods->count + rows > periods->capacity) {
        size_t capacity = (periods->count + rows) + periods->capacity;
        jk_period *period = realloc(periods->period, capacity * sizeof *period);
        if (period == NULL) {
            return false;
        }
        periods->period = period;
        periods->capacity = capacity;
    }
    if (claims > periods->claim_capacity) {
        size_t capacity = claims + periods->claim_capacity;
        uint32_t *latest = realloc(periods->latest, capacity * sizeof *latest);
        if (latest == NULL) {
            return false;
        }
        memset(latest + periods->claim_capacity, 0, (capacity - periods->claim_capacity) * sizeof *latest);
        periods->latest = latest;
        uint32_t *debtor = realloc(periods->debtor, capacity * sizeof *debtor);
        if (debtor == NULL) {
            return false;
        }
        memset(debtor + periods->claim_capacity, 0, (capacity - periods->claim_capacity) * sizeof *debtor);
        periods->debtor = debtor;
        periods->claim_capacity = capacity;
    }
    return true;
}

jk_period_verdict jk_periods_add(jk_periods *periods, uint32_t claim, int32_t start, int32_t end, bool leaves) {
    assert(claim < periods->claim_capacity && start <= end);
    uint32_t at = periods->latest[claim];
    jk_period *later = NULL;
    while (at != 0 && periods->period[at - 1].start > start) {
        later = &periods->period[at - 1];
        at = later->next & PLACE;
    }
    const jk_period *earlier = at != 0 ? &periods->period[at - 1] : NULL;
    if (earlier != NULL && earlier->start == start) {
        return JK_PERIOD_DUPLICATE;
    }
    if ((earlier != NULL && earlier->end > start) || (later != NULL && end > later->start)) {
        return JK_PERIOD_OVERLAPS;
    }
    if ((earlier != NULL && (earlier->next & LEAVES) != 0) || (later != NULL && leaves)) {
        return JK_PERIOD_AFTER_EXIT;
    }
    assert(periods->count < periods->capacity);
    periods->period[periods->count++] = (jk_period){.start = start, .end = end, .next = at | (leaves ? LEAVES : 0)};
    uint32_t place = (uint32_t)periods->count;
    if (later != NULL) {
        later->next = place | (later->next & LEAVES);
    } else {
        periods->latest[claim] = place;
    }
    return JK_PERIOD_FITS;
}

void jk_periods_free(jk_periods *periods) {
    free(periods->period);
    free(periods->latest);
    free(periods->debtor);
    *periods = (jk_periods){0};
}
