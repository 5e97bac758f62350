/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/worklist.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/grid.h"
#include "base/memory.h"
#include "jalki/select.h"

const char *jk_worklist_order_name(jk_worklist_order order) {
    static const char *const names[] = {"gain_per_hour", "gain", "balance"};
    return names[order];
}

/* What working a claim gains, and by which action; JK_CLOSE where nothing is gained. */
static jk_worklist_row gain_of(const jk_candidates *c, size_t row, int treatment) {
    double waiting = fmax(0.0, (double)c->value[JK_SURVEIL][row]); /* fmax passes over NaN: not allowed */
    jk_worklist_row best = {.row = row, .action = JK_CLOSE};
    for (int a = JK_AMICABLE; a <= JK_LEGAL; a++) {
        double gain = (double)c->value[a][row] - waiting;
        if ((treatment < 0 || a == treatment) && gain > best.gain) {
            best.gain = gain;
            best.action = (jk_action)a;
            best.hours = c->hours[a - JK_SURVEIL][row] / 10000.0;
        }
    }
    return best;
}

static double key_of(const jk_candidates *c, const jk_worklist_row *row, jk_worklist_order order) {
    switch (order) {
    case JK_BY_GAIN:
        return row->gain;
    case JK_BY_BALANCE:
        return c->balance[row->row];
    default:
        /* Work that takes no time comes first, the largest gain before the others. */
        return row->hours > 0.0 ? row->gain / row->hours : row->gain * 1e9;
    }
}

/* Fills the keys (NaN: not on the list) and counts who is left out. */
static void make_keys(const jk_candidates *c, const jk_worklist_options *options, float *key, jk_worklist *worklist) {
    int64_t balance[JK_EXCLUSION_COUNT] = {0};
    for (size_t i = 0; i < c->claims; i++) {
        jk_exclusion exclusion = (jk_exclusion)c->exclusion[i];
        jk_worklist_row row = {.action = JK_CLOSE};
        if (exclusion == JK_EXCLUDED_NOT) {
            row = gain_of(c, i, options->treatment);
            exclusion = row.action == JK_CLOSE ? JK_EXCLUDED_NO_GAIN : JK_EXCLUDED_NOT;
        }
        key[i] = exclusion == JK_EXCLUDED_NOT ? (float)key_of(c, &row, options->order) : (float)NAN;
        worklist->excluded[exclusion]++;
        balance[exclusion] += jk_grid_from_double(c->balance[i]);
    }
    worklist->eligible = worklist->excluded[JK_EXCLUDED_NOT];
    for (int e = 0; e < JK_EXCLUSION_COUNT; e++) {
        worklist->excluded_balance[e] = jk_grid_to_double(balance[e]);
    }
}

/* Works the largest balances until the list's hours are used; a claim that no longer fits is passed over. */
static jk_status compare_largest_first(const jk_candidates *c, const jk_worklist_options *options, float *key,
                                       uint32_t *order, jk_worklist *worklist, jk_error *error) {
    for (size_t i = 0; i < c->claims; i++) {
        key[i] = key[i] == key[i] ? (float)c->balance[i] : (float)NAN;
    }
    size_t count = 0;
    jk_select_columns columns = {.rows = c->claims, .key = key, .balance = c->balance};
    JK_TRY(jk_select_top(&columns, c->claims, &options->run, order, &count, error));
    for (size_t i = 0; i < count; i++) {
        jk_worklist_row row = gain_of(c, order[i], options->treatment);
        if (worklist->largest_first_hours + row.hours <= worklist->hours * (1.0 + 1e-12)) {
            worklist->largest_first_hours += row.hours;
            worklist->largest_first_gain += row.gain;
            worklist->largest_first_claims++;
        }
    }
    return JK_OK;
}

jk_status jk_worklist_make(const jk_candidates *candidates, const jk_worklist_options *options, jk_worklist *worklist,
                           jk_error *error) {
    *worklist = (jk_worklist){0};
    size_t top = options->top < candidates->claims ? options->top : candidates->claims;
    float *key = jk_columns_alloc(candidates->claims, sizeof *key);
    uint32_t *order = jk_columns_alloc(candidates->claims, sizeof *order);
    worklist->rows = jk_columns_alloc(top, sizeof *worklist->rows);
    jk_status status = JK_OK;
    if (key == NULL || order == NULL || worklist->rows == NULL) {
        status = jk_fail_memory(error, "the worklist");
        goto cleanup;
    }
    make_keys(candidates, options, key, worklist);
    jk_select_columns columns = {.rows = candidates->claims, .key = key, .balance = candidates->balance};
    JK_TRY_CLEANUP(jk_select_top(&columns, top, &options->run, order, &worklist->count, error));
    for (size_t i = 0; i < worklist->count; i++) {
        worklist->rows[i] = gain_of(candidates, order[i], options->treatment);
        worklist->hours += worklist->rows[i].hours;
        worklist->gain += worklist->rows[i].gain;
    }
    JK_TRY_CLEANUP(compare_largest_first(candidates, options, key, order, worklist, error));
cleanup:
    free(key);
    free(order);
    if (status != JK_OK) {
        jk_worklist_reset(worklist);
    }
    return status;
}

void jk_worklist_reset(jk_worklist *worklist) {
    free(worklist->rows);
    *worklist = (jk_worklist){0};
}

const char *jk_worklist_words(const jk_candidates *candidates, const jk_worklist_row *row,
                              char text[JK_WORKLIST_WORDS_MAX]) {
    static const char *const titles[] = {"no title", "filed", "title"};
    size_t count = 0;
    const char *const *channels = jk_schema_levels(JK_COLUMN_REACHABLE, &count);
    uint8_t channel = candidates->reachable[row->row];
    bool files = row->action == JK_LEGAL && candidates->title_state[row->row] == JK_TITLE_NONE;
    char spell[40] = "";
    if (candidates->paying[row->row] != 0) {
        (void)snprintf(spell, sizeof spell, "pays now, ");
    } else if (candidates->silent_months[row->row] > 0) {
        (void)snprintf(spell, sizeof spell, "last paid %d months ago, ", candidates->silent_months[row->row]);
    }
    (void)snprintf(text, JK_WORKLIST_WORDS_MAX, "%s%s, %s, %s%s: %s brings %.2f more than waiting", spell,
                   candidates->capacity_class[row->row] == JK_CAPACITY_NONE
                       ? "no capacity yet"
                       : jk_capacity_name((jk_capacity)candidates->capacity_class[row->row]),
                   titles[candidates->title_state[row->row]], channel == JK_REACHABLE_UNKNOWN ? "channel " : "",
                   channels[channel],
                   candidates->paying[row->row] != 0 ? "keeping the plan"
                   : files                           ? "filing now"
                                                     : jk_action_name(row->action),
                   row->gain);
    return text;
}
