/* SPDX-License-Identifier: Apache-2.0 */
#include "history/history.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static const double amount_max = 1e9;
static const double months_max = 600.0;

jk_history *jk_history_create(size_t segments) {
    jk_history *history = calloc(1, sizeof *history);
    if (history == NULL) {
        return NULL;
    }
    history->segments = segments;
    history->segment = jk_columns_zero(segments, sizeof *history->segment);
    if (history->segment == NULL) {
        free(history);
        return NULL;
    }
    return history;
}

void jk_history_free(jk_history *history) {
    if (history != NULL) {
        free(history->segment);
        free(history);
    }
}

static int64_t on_grid(double amount, double most) {
    return jk_grid_from_double(fmax(-most, fmin(amount, most)));
}

/* A change of class needs both ends; a title needs a claim that worked towards one and what became of it. */
void jk_history_add_states(jk_history *history, const jk_history_row *row) {
    jk_segment_history *segment = &history->segment[row->segment];
    double nearest = nearbyint(row->months);
    bool classes = row->class_start >= 0 && row->class_end >= 0 && row->end == JK_HISTORY_OPEN;
    bool pending = row->treatment == JK_TREAT_LEGAL && row->end == JK_HISTORY_OPEN && row->title_end >= 0 &&
                   (row->title_start == JK_TITLE_NONE || row->title_start == JK_TITLE_PENDING);
    if (!classes && !pending) {
        return;
    }
    if (nearest > JK_TRANSITION_MONTHS_MAX) {
        history->too_long += classes;
        return;
    }
    int length = nearest < 1.0 ? 0 : (int)nearest - 1;
    if (classes) {
        history->rounded += nearest != row->months;
        segment->classes[row->treatment].count[length][row->class_start][row->class_end]++;
    }
    if (pending) {
        segment->pending[length]++;
        segment->titles[length] += row->title_end == JK_TITLE_HELD;
    }
}

static void add_settlement(jk_settlement_sums *sums, const jk_history_row *row) {
    jk_wide cash = on_grid(row->cash, amount_max);
    jk_wide balance = on_grid(row->balance, amount_max);
    sums->count++;
    sums->cash += cash;
    sums->balance += balance;
    sums->cash_cash += cash * cash;
    sums->cash_balance += cash * balance;
    sums->balance_balance += balance * balance;
}

void jk_history_add(jk_history *history, const jk_history_row *row) {
    jk_segment_history *segment = &history->segment[row->segment];
    jk_history_add_states(history, row);
    double months = fmin(row->months, months_max);
    segment->months += on_grid(months, months_max);
    /* Probabilities are small: their grid is as fine again. */
    segment->known_exits += on_grid(months * row->known_exit * JK_GRID_PER_UNIT, amount_max);
    segment->deaths += row->end == JK_HISTORY_DEATH;
    segment->insolvencies += row->end == JK_HISTORY_INSOLVENCY;
    if (row->end == JK_HISTORY_PAID) {
        add_settlement(&segment->settlement[row->treatment], row);
    }
}

static void merge_settlement(jk_settlement_sums *into, const jk_settlement_sums *from) {
    into->count += from->count;
    into->cash += from->cash;
    into->balance += from->balance;
    into->cash_cash += from->cash_cash;
    into->cash_balance += from->cash_balance;
    into->balance_balance += from->balance_balance;
}

static void merge_classes(jk_class_counts *into, const jk_class_counts *from) {
    for (int m = 0; m < JK_TRANSITION_MONTHS_MAX; m++) {
        for (int a = 0; a < JK_CLASSES; a++) {
            for (int b = 0; b < JK_CLASSES; b++) {
                into->count[m][a][b] += from->count[m][a][b];
            }
        }
    }
}

void jk_history_merge(jk_history *into, const jk_history *from) {
    into->too_long += from->too_long;
    into->rounded += from->rounded;
    for (size_t g = 0; g < into->segments; g++) {
        jk_segment_history *to = &into->segment[g];
        const jk_segment_history *add = &from->segment[g];
        to->deaths += add->deaths;
        to->insolvencies += add->insolvencies;
        to->months += add->months;
        to->known_exits += add->known_exits;
        for (int m = 0; m < JK_TRANSITION_MONTHS_MAX; m++) {
            to->pending[m] += add->pending[m];
            to->titles[m] += add->titles[m];
        }
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            merge_classes(&to->classes[a], &add->classes[a]);
            merge_settlement(&to->settlement[a], &add->settlement[a]);
        }
    }
}
