/* SPDX-License-Identifier: Apache-2.0 */
/* A price shared out over claims in whole cents by the method of the largest remainder (Hamilton; apportion.h): parts
 * in proportion to value, floors first, the missing cents to the largest remainders; among equal remainders to the
 * lowest claim ids, so that the order of rows does not count. */
#include "jalki/shares.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/team/team.h"
#include "deal/shares_internal.h"

jk_status jk_shares_create(const jk_tape *tape, jk_shares **created, jk_error *error) {
    size_t rows = jk_tape_rows(tape);
    jk_shares *shares = calloc(1, sizeof *shares);
    *created = shares;
    JK_TRY(jk_held(shares != NULL, error, "the shares of the price"));
    shares->tape = tape;
    shares->rows = rows;
    shares->value = jk_columns_alloc(rows, sizeof *shares->value);
    shares->face = jk_columns_alloc(rows, sizeof *shares->face);
    if (shares->value == NULL || shares->face == NULL) {
        jk_shares_free(shares);
        *created = NULL;
        return jk_fail_memory(error, "the shares of the price");
    }
    return JK_OK;
}

void jk_shares_free(jk_shares *shares) {
    if (shares != NULL) {
        free(shares->value);
        free(shares->face);
        free(shares->taken);
        free(shares);
    }
}

/* Rows of different blocks are different rows: threads do not meet. */
static jk_status keep_block(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    jk_shares *shares = context;
    size_t first = block->block->first_row;
    memcpy(shares->value + first, block->plan->value, block->block->rows * sizeof *shares->value);
    memcpy(shares->face + first, block->law->balance, block->block->rows * sizeof *shares->face);
    return JK_OK;
}

static jk_status gather(void *context, jk_error *error) {
    jk_shares *shares = context;
    JK_TRY(jk_team_gather_rows(shares->value, sizeof *shares->value, shares->rows, 1, error));
    return jk_team_gather_rows(shares->face, sizeof *shares->face, shares->rows, 1, error);
}

jk_value_sink jk_shares_sink(jk_shares *shares) {
    return (jk_value_sink){.block = keep_block, .gather = gather, .context = shares};
}

/* ---- ties ----------------------------------------------------------------------------------------------------- */

typedef struct tied_row {
    const char *id;
    size_t width;
    size_t row;
} tied_row;

static int by_id(const void *a, const void *b) {
    const tied_row *x = a;
    const tied_row *y = b;
    int order = memcmp(x->id, y->id, x->width);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static int by_row(const void *a, const void *b) {
    size_t x = *(const size_t *)a;
    size_t y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Reads the names of tied rows, in blocks that hold one. */
static jk_status name_ties(const jk_shares *shares, tied_row *tied, size_t count, char *ids, char *block,
                           jk_error *error) {
    size_t width = jk_tape_text_width(shares->tape, JK_COLUMN_CLAIM_ID);
    for (size_t i = 0; i < count;) {
        size_t first = tied[i].row / SHARES_BLOCK * SHARES_BLOCK;
        size_t rows = shares->rows - first < SHARES_BLOCK ? shares->rows - first : SHARES_BLOCK;
        JK_TRY(jk_tape_read(shares->tape, JK_COLUMN_CLAIM_ID, first, rows, block, error));
        for (; i < count && tied[i].row < first + rows; i++) {
            memcpy(ids + i * width, block + (tied[i].row - first) * width, width);
            tied[i].id = ids + i * width;
            tied[i].width = width;
        }
    }
    return JK_OK;
}

/* Of the rows whose remainder is the cut, those with the lowest names. */
static jk_status take_ties(jk_shares *shares, jk_error *error) {
    const jk_apportion *plan = &shares->plan;
    size_t width = jk_tape_text_width(shares->tape, JK_COLUMN_CLAIM_ID);
    tied_row *tied = jk_columns_alloc(plan->tied, sizeof *tied);
    char *ids = jk_columns_alloc(plan->tied, width);
    char *block = jk_columns_alloc(SHARES_BLOCK, width);
    shares->taken = jk_columns_alloc(plan->taken, sizeof *shares->taken);
    jk_status status = JK_OK;
    if (tied == NULL || ids == NULL || block == NULL || shares->taken == NULL) {
        status = jk_fail_memory(error, "the shares of the price");
    }
    size_t count = 0;
    for (size_t row = 0; status == JK_OK && row < shares->rows && count < plan->tied; row++) {
        int is_tied = 0;
        (void)jk_apportion_share(plan, shares->value[row], &is_tied);
        if (is_tied) {
            tied[count++].row = row;
        }
    }
    if (status == JK_OK && plan->taken < plan->tied) {
        status = name_ties(shares, tied, count, ids, block, error);
        if (status == JK_OK) {
            jk_sort(tied, count, sizeof *tied, by_id);
        }
    }
    for (size_t i = 0; status == JK_OK && i < plan->taken; i++) {
        shares->taken[i] = tied[i].row;
    }
    if (status == JK_OK) {
        shares->taken_count = plan->taken;
        jk_sort(shares->taken, shares->taken_count, sizeof *shares->taken, by_row);
    }
    free(tied);
    free(ids);
    free(block);
    return status;
}

/* ---- shares --------------------------------------------------------------------------------------------------- */

jk_status jk_shares_make(jk_shares *shares, double price, jk_error *error) {
    free(shares->taken);
    shares->taken = NULL;
    shares->taken_count = 0;
    JK_TRY(jk_apportion_make(price, shares->value, shares->rows, &shares->plan, error));
    return shares->plan.taken > 0 ? take_ties(shares, error) : JK_OK;
}

int64_t jk_shares_next(const jk_shares *shares, size_t row, size_t *taken) {
    int tied = 0;
    int64_t cents = jk_apportion_share(&shares->plan, shares->value[row], &tied);
    if (tied && *taken < shares->taken_count && shares->taken[*taken] == row) {
        cents++;
        (*taken)++;
    }
    return cents;
}
