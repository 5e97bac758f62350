/* SPDX-License-Identifier: Apache-2.0 */
/* Sums by combination of codes: each thread counts in a table of its own, in integers, so that the order in which they
 * are put together does not show. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "tape/stratum.h"

enum { CELLS = 8 }; /* of a combination, where there may be JK_STRATUM_MOST of them; fewer combinations have more */

/* Slots, a power of two: twice as many as combinations. */
static size_t slots_of(size_t cells) {
    size_t slots = 2 * JK_STRATUM_MOST;
    for (size_t room = CELLS; room < cells && slots > 512; room *= 2) {
        slots /= 2;
    }
    return slots;
}

size_t jk_stratum_table_bytes(size_t cells) {
    return slots_of(cells) * (sizeof(uint64_t) + cells * sizeof(int64_t));
}

bool jk_stratum_table_init(jk_stratum_table *table, size_t cells) {
    const size_t slots = slots_of(cells);
    *table = (jk_stratum_table){.slots = slots,
                                .cells = cells,
                                .most = slots / 2,
                                .key = calloc(slots, sizeof *table->key),
                                .cell = calloc(slots * cells, sizeof *table->cell)};
    return table->key != NULL && table->cell != NULL;
}

void jk_stratum_table_free(jk_stratum_table *table) {
    free(table->key);
    free(table->cell);
    *table = (jk_stratum_table){0};
}

int64_t *jk_stratum_cells(jk_stratum_table *table, uint64_t key) {
    uint64_t mixed = key * UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing */
    for (size_t at = (size_t)(mixed >> 40) % table->slots;; at = (at + 1) % table->slots) {
        if (table->key[at] == 0) {
            if (table->count == table->most) {
                return NULL;
            }
            table->count++;
            table->key[at] = key;
        }
        if (table->key[at] == key) {
            return &table->cell[at * table->cells];
        }
    }
}

jk_status jk_stratum_fail_many(const jk_stratum_table *table, const jk_tape *tape, jk_error *error) {
    return jk_fail(error, JK_ERROR_UNSUPPORTED, jk_tape_path(tape), 0, "by",
                   "the columns have more than %zu combinations; expected fewer, or columns with fewer values",
                   table->most);
}

static bool add_table(jk_stratum_table *to, const jk_stratum_table *from) {
    for (size_t at = 0; at < from->slots; at++) {
        int64_t *into = from->key[at] == 0 ? NULL : jk_stratum_cells(to, from->key[at]);
        if (from->key[at] != 0 && into == NULL) {
            return false;
        }
        for (size_t c = 0; into != NULL && c < from->cells; c++) {
            into[c] += from->cell[at * from->cells + c];
        }
    }
    return true;
}

/* Texts in the order of their bytes, since their codes are in that of the tape's rows; others by code. */
static int compare(const void *a, const void *b, void *context) {
    const jk_stratum_list *list = context;
    for (size_t c = 0; c < list->count; c++) {
        const jk_stratum_column *column = &list->by[c];
        uint32_t one = jk_stratum_code_of(list, *(const uint64_t *)a, c);
        uint32_t other = jk_stratum_code_of(list, *(const uint64_t *)b, c);
        int order = (one > other) - (one < other);
        if (column->source == JK_STRATUM_CODES && one > 0 && other > 0) {
            order = strcmp(column->words[one - 1], column->words[other - 1]);
        }
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

/* Keys in order, with their cells, into tables as large as there are combinations. */
static bool close_up(jk_stratum_list *list, jk_stratum_table *table) {
    jk_stratum_table closed = {.slots = table->count, .cells = table->cells, .count = table->count};
    closed.key = calloc(table->count + 1, sizeof *closed.key);
    closed.cell = calloc((table->count + 1) * table->cells, sizeof *closed.cell);
    if (closed.key == NULL || closed.cell == NULL) {
        jk_stratum_table_free(&closed);
        return false;
    }
    size_t count = 0;
    for (size_t at = 0; at < table->slots; at++) {
        if (table->key[at] != 0) {
            closed.key[count++] = table->key[at];
        }
    }
    jk_sort_by(closed.key, count, sizeof *closed.key, compare, list);
    for (size_t i = 0; i < count; i++) {
        memcpy(&closed.cell[i * table->cells], jk_stratum_cells(table, closed.key[i]),
               table->cells * sizeof *closed.cell);
    }
    jk_stratum_table_free(table);
    *table = closed;
    return true;
}

jk_status jk_stratum_join(jk_stratum_list *list, jk_stratum_table *tables, size_t count, const jk_tape *tape,
                          jk_error *error) {
    for (size_t t = 1; t < count; t++) {
        if (!add_table(&tables[0], &tables[t])) {
            return jk_stratum_fail_many(&tables[0], tape, error);
        }
    }
    return close_up(list, &tables[0]) ? JK_OK : jk_fail_memory(error, "the strata");
}
