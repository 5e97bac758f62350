/* SPDX-License-Identifier: Apache-2.0 */
/* Payments and actions: imported as every list of rows is - mapping, rejects, threads - into a store without
 * a name beside the output, then put in order of claim and day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "history/join/panel_join.h"
#include "import/commit/key.h"
#include "import/list.h"

enum { PIECE_ROWS = 65536, PATH_MAX_BYTES = 4096 };

/* One piece of the list's store. */
typedef struct list_piece {
    size_t width;
    char *ids;
    int32_t *date;
    int8_t *treatment;
    int64_t *cash, *parts[3];
} list_piece;

static jk_status import_list(join_work *work, jk_kind kind, jk_tape **list, uint64_t *rejected) {
    const jk_panel_join_options *options = work->options;
    const char *name = kind == JK_KIND_PAYMENTS ? "payments" : "actions";
    const char *source = kind == JK_KIND_PAYMENTS ? options->payments : options->actions;
    char rejects[PATH_MAX_BYTES];
    int length = snprintf(rejects, sizeof rejects, "%s.%s.rejects.csv", options->output, name);
    if (length < 0 || length >= PATH_MAX_BYTES) {
        return jk_fail(work->error, JK_ERROR_ARGUMENT, options->output, 0, NULL, "the path is too long");
    }
    jk_import_options import = {.kind = kind,
                                .sources = &source,
                                .source_count = 1,
                                .mapping =
                                    kind == JK_KIND_PAYMENTS ? options->payments_mapping : options->actions_mapping,
                                .rejects = rejects,
                                .pseudonyms = options->pseudonyms,
                                .max_rejects = options->max_rejects,
                                .max_rejects_is_share = options->max_rejects_is_share,
                                .cutoff = JK_MISSING_INTEGER};
    return jk_list_take(&import, options->output, work->run, list, rejected, work->error);
}

static void free_piece(list_piece *piece) {
    free(piece->ids);
    free(piece->date);
    free(piece->treatment);
    free(piece->cash);
    for (size_t p = 0; p < 3; p++) {
        free(piece->parts[p]);
    }
}

static bool create_piece(const jk_tape *list, list_piece *piece) {
    *piece = (list_piece){.width = jk_tape_text_width(list, JK_COLUMN_CLAIM_ID)};
    piece->ids = jk_columns_alloc(PIECE_ROWS, piece->width);
    piece->date = jk_columns_alloc(PIECE_ROWS, sizeof *piece->date);
    piece->treatment = jk_columns_alloc(PIECE_ROWS, 1);
    piece->cash = jk_columns_alloc(PIECE_ROWS, sizeof *piece->cash);
    bool made = piece->ids != NULL && piece->date != NULL && piece->treatment != NULL && piece->cash != NULL;
    for (size_t p = 0; p < 3; p++) {
        piece->parts[p] = jk_columns_alloc(PIECE_ROWS, sizeof(int64_t));
        made = made && piece->parts[p] != NULL;
    }
    return made;
}

static jk_status read_piece(const jk_tape *list, size_t first, size_t count, list_piece *piece, jk_error *error) {
    static const jk_column parts[] = {JK_COLUMN_CASH_PRINCIPAL, JK_COLUMN_CASH_INTEREST, JK_COLUMN_CASH_COSTS};
    JK_TRY(jk_tape_read(list, JK_COLUMN_CLAIM_ID, first, count, piece->ids, error));
    JK_TRY(jk_tape_read(list, JK_COLUMN_PERIOD_START, first, count, piece->date, error));
    if (jk_tape_kind(list) == JK_KIND_ACTIONS) {
        return jk_tape_read(list, JK_COLUMN_TREATMENT, first, count, piece->treatment, error);
    }
    JK_TRY(jk_tape_read(list, JK_COLUMN_CASH, first, count, piece->cash, error));
    for (size_t p = 0; p < 3; p++) {
        JK_TRY(jk_tape_read(list, parts[p], first, count, piece->parts[p], error));
    }
    return JK_OK;
}

static uint32_t claim_of(const join_work *work, const char *id, size_t width) {
    uint64_t key[2];
    uint32_t number = JK_JOIN_NONE;
    jk_import_key(id, strnlen(id, width), work->seed, key);
    return work->claims.count > 0 && jk_id_find(&work->claims, key, &number) ? number : JK_JOIN_NONE;
}

static void add(jk_panel_join_count *to, int64_t amount) {
    to->count++;
    to->amount += amount;
}

/* Goes through the list once: without `events->event` it counts events per claim, with it puts them in place. */
static jk_status scan_list(join_work *work, const jk_tape *list, list_piece *piece, join_events *events) {
    bool is_payments = jk_tape_kind(list) == JK_KIND_PAYMENTS;
    bool counting = events->event == NULL;
    size_t rows = jk_tape_rows(list);
    for (size_t start = 0; start < rows; start += PIECE_ROWS) {
        size_t count = rows - start < PIECE_ROWS ? rows - start : PIECE_ROWS;
        JK_TRY(read_piece(list, start, count, piece, work->error));
        for (size_t i = 0; i < count; i++) {
            uint32_t claim = claim_of(work, piece->ids + i * piece->width, piece->width);
            if (counting && is_payments) {
                add(&work->summary->payments, piece->cash[i]);
                if (claim == JK_JOIN_NONE) {
                    add(&work->summary->unknown, piece->cash[i]);
                }
            } else if (counting) {
                work->summary->actions++;
                work->summary->actions_unknown += claim == JK_JOIN_NONE;
            }
            if (claim == JK_JOIN_NONE) {
                continue;
            }
            size_t place = events->first[claim]++;
            if (!counting) {
                events->event[place] = (join_event){.date = piece->date[i], .order = (uint32_t)(start + i)};
                events->event[place].treatment = is_payments ? (int8_t)-1 : piece->treatment[i];
                events->event[place].cash = is_payments ? piece->cash[i] : 0;
                for (size_t p = 0; p < 3 && is_payments; p++) {
                    events->event[place].parts[p] = piece->parts[p][i];
                }
            }
        }
    }
    return JK_OK;
}

static int by_day(const void *a, const void *b) {
    const join_event *x = a;
    const join_event *y = b;
    return x->date != y->date ? (x->date > y->date) - (x->date < y->date)
                              : (x->order > y->order) - (x->order < y->order);
}

/* Most lists are in order of time already. */
static void sort_days(join_event *event, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (event[i].date < event[i - 1].date) {
            jk_sort(event, count, sizeof *event, by_day);
            return;
        }
    }
}

/* Takes what came back off the payments before it, the latest first, as if they had been that much smaller: their parts
 * are then not known. What is left has no payment in the list. */
static void net_reversals(join_work *work, join_event *event, size_t count) {
    for (size_t e = 0; e < count; e++) {
        int64_t rest = event[e].cash < 0 ? -event[e].cash : 0;
        if (rest == 0) {
            continue;
        }
        event[e].cash = 0;
        for (size_t before = e; before-- > 0 && rest > 0;) {
            int64_t part = event[before].cash < rest ? event[before].cash : rest;
            if (part > 0) {
                event[before].cash -= part;
                rest -= part;
                work->summary->reversals.amount += part;
                event[before].parts[0] = event[before].parts[1] = event[before].parts[2] = JK_MISSING_MONEY;
            }
        }
        work->summary->reversals.count++;
        if (rest > 0) {
            add(&work->summary->reversals_alone, -rest);
        }
    }
}

static jk_status order_list(join_work *work, const jk_tape *list, list_piece *piece, join_events *events) {
    size_t claims = work->claims.count;
    JK_TRY(scan_list(work, list, piece, events));
    for (size_t c = 0, sum = 0; c <= claims; c++) {
        size_t own = events->first[c];
        events->first[c] = sum;
        sum += own;
        events->count = sum;
    }
    events->event = jk_columns_alloc(events->count, sizeof *events->event);
    JK_TRY(jk_held(events->event != NULL, work->error, "a list of payments or actions"));
    JK_TRY(scan_list(work, list, piece, events));
    for (size_t c = claims; c > 0; c--) { /* each has moved on to the start of the next */
        events->first[c] = events->first[c - 1];
    }
    events->first[0] = 0;
    for (size_t c = 0; c < claims; c++) {
        size_t own = events->first[c + 1] - events->first[c];
        sort_days(events->event + events->first[c], own);
        net_reversals(work, events->event + events->first[c], own);
    }
    return JK_OK;
}

static jk_status read_list(join_work *work, jk_kind kind, join_events *events, uint64_t *rejected) {
    jk_tape *list = NULL;
    list_piece piece = {0};
    jk_status status = import_list(work, kind, &list, rejected);
    if (status == JK_OK) {
        events->first = jk_columns_zero(work->claims.count + 1, sizeof *events->first);
        status = events->first == NULL || !create_piece(list, &piece)
                     ? jk_fail_memory(work->error, "a list of payments or actions")
                     : order_list(work, list, &piece, events);
    }
    free_piece(&piece);
    jk_tape_close(list);
    return status;
}

jk_status jk_join_read_lists(join_work *work) {
    JK_TRY(read_list(work, JK_KIND_PAYMENTS, &work->payments, &work->summary->payments_rejected));
    return work->options->actions == NULL
               ? JK_OK
               : read_list(work, JK_KIND_ACTIONS, &work->actions, &work->summary->actions_rejected);
}
