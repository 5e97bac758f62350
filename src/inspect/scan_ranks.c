/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of ranks are put together as those of threads are: by addition, in pairs of ranks. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/team/team.h"
#include "inspect/scan.h"

/* What is sent: the counts as they are in memory, of which the pointers only say what there is; the tallies of levels;
 * then the buckets of each series that has any. All ranks are the same program. */
typedef struct gathered {
    const jk_scan *scan;
    jk_scan_counts *counts;
} gathered;

static size_t levels_size(const jk_scan *scan, jk_column column) {
    return (scan->level_count[column] + 1) * JK_SCAN_CURRENCIES * sizeof(jk_scan_tally);
}

static size_t buckets_size(const jk_scan *scan, int item) {
    return jk_scale_buckets(jk_scan_scale(scan, item)) * sizeof(uint32_t);
}

/* Calls `use` with each array that the counts hold, in one order. */
static size_t each_array(const jk_scan *scan, jk_scan_counts *counts,
                         void (*use)(void *array, size_t size, unsigned char **at), unsigned char **at) {
    size_t all = 0;
    for (size_t k = 0; k < scan->column_count; k++) {
        const jk_column c = scan->column[k];
        if (jk_scan_has_levels(c)) {
            all += levels_size(scan, c);
            use != NULL ? use(counts->levels[c], levels_size(scan, c), at) : (void)0;
        }
    }
    for (int slot = 0; slot < JK_SCAN_SLOTS; slot++) {
        for (size_t place = 0; place <= scan->column_count; place++) {
            const int item = jk_scan_item(scan, place);
            if (counts->items[slot][item].bucket != NULL) {
                all += buckets_size(scan, item);
                use != NULL ? use(counts->items[slot][item].bucket, buckets_size(scan, item), at) : (void)0;
            }
        }
    }
    return all;
}

static void put_array(void *array, size_t size, unsigned char **at) {
    memcpy(*at, array, size);
    *at += size;
}

static void take_array(void *array, size_t size, unsigned char **at) {
    memcpy(array, *at, size);
    *at += size;
}

static jk_status pack(void *context, void **bytes, size_t *size, jk_error *error) {
    const gathered *self = context;
    *size = sizeof *self->counts + each_array(self->scan, self->counts, NULL, NULL);
    unsigned char *next = *bytes = malloc(*size);
    JK_TRY(jk_held(next != NULL, error, "the counts of a tape"));
    put_array(self->counts, sizeof *self->counts, &next);
    (void)each_array(self->scan, self->counts, put_array, &next);
    return JK_OK;
}

/* The counts in memory of their own; NULL: no memory. */
static jk_scan_counts *unpack(const jk_scan *scan, const void *bytes) {
    jk_scan_counts *made = jk_scan_counts_create(scan);
    if (made == NULL) {
        return NULL;
    }
    jk_scan_tally *levels[JK_COLUMN_COUNT];
    unsigned char *next = (unsigned char *)(uintptr_t)bytes; /* it is only read */
    memcpy(levels, made->levels, sizeof levels);
    take_array(made, sizeof *made, &next);
    memcpy(made->levels, levels, sizeof levels);
    bool held = true;
    for (int slot = 0; slot < JK_SCAN_SLOTS; slot++) {
        for (int item = 0; item < JK_INSPECT_ITEMS; item++) {
            jk_counts *series = &made->items[slot][item];
            const jk_counts sent = *series;
            series->bucket = NULL;
            if (sent.bucket != NULL && held) {
                held = jk_counts_prepare(series, jk_scan_scale(scan, item));
                series->minimum = sent.minimum;
                series->maximum = sent.maximum;
            }
        }
    }
    if (!held) {
        jk_scan_counts_free(made);
        return NULL;
    }
    (void)each_array(scan, made, take_array, &next);
    return made;
}

static jk_status merge(void *context, const void *bytes, size_t size, jk_error *error) {
    const gathered *self = context;
    (void)size;
    jk_scan_counts *from = unpack(self->scan, bytes);
    bool done = from != NULL && jk_scan_counts_merge(self->scan, self->counts, from);
    jk_scan_counts_free(from);
    return jk_held(done, error, "the counts of a tape");
}

static jk_status clear(void *context, jk_error *error) {
    gathered *self = context;
    jk_scan_counts_free(self->counts);
    self->counts = jk_scan_counts_create(self->scan);
    return jk_held(self->counts != NULL, error, "the counts of a tape");
}

jk_status jk_scan_gather(const jk_scan *scan, jk_scan_counts **total, jk_error *error) {
    if (jk_team_role_now() != JK_TEAM_RANKS) {
        return JK_OK;
    }
    const jk_tally claims = {JK_TALLY_UINT32, (void *)scan->debtor_claims, jk_tape_debtors(scan->tape)};
    JK_TRY(jk_team_sum(JK_PASS_RESULT, (jk_team_question){"inspect", 0}, &claims, 1, error));
    gathered all = {scan, *total};
    const jk_team_parcel parcel = {.context = &all, .pack = pack, .merge = merge, .clear = clear};
    jk_status status = jk_team_merge(&parcel, error);
    *total = all.counts;
    return status;
}
