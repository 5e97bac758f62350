/* SPDX-License-Identifier: Apache-2.0 */
/* An exchange between owners. Cells are dealt out to the ranks in runs of equal length: each is its owner's to add up.
 * A rank sends the owners what it has (the numbers of its cells, then each tally's), they add, and send back the sums
 * of the cells that they were sent. So a rank's part of the traffic goes with its own cells, not with those of all. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team/team_internal.h"

/* Up to so many cells of one tally an all-reduce is quicker, as every rank hears of few: 5 MB of sums per debtor. */
enum { ALL_MOST = 1 << 18, TALLIES_MOST = 8 };

static size_t cells_for_all(void) {
    const char *text = getenv("JALKI_EXCHANGE_OVER"); /* docs/cluster.md */
    char *end = NULL;
    unsigned long long cells = text != NULL ? strtoull(text, &end, 10) : 0;
    return text != NULL && end != text && *end == '\0' ? (size_t)cells : ALL_MOST;
}

typedef struct owners {
    const jk_tally *tally;
    size_t tallies, cells, bytes; /* bytes: of a cell in all tallies */
    const uint32_t *has;
    size_t ranks, own;
    void **out, **in;
    uint64_t *out_size, *in_size;
} owners;

static size_t begin_of(const owners *self, size_t rank) {
    return (size_t)((jk_wide)self->cells * (jk_wide)rank / (jk_wide)self->ranks);
}

static size_t cell_size(const jk_tally *tally) {
    return tally->kind == JK_TALLY_UINT32 ? sizeof(uint32_t) : sizeof(int64_t);
}

/* What goes to an owner: numbers within its run, then the cells of each tally. */
static jk_status fill(const owners *self, size_t rank, jk_error *error) {
    const size_t first = begin_of(self, rank), end = begin_of(self, rank + 1);
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        count += self->has[i] != 0;
    }
    self->out_size[rank] = count * (sizeof(uint32_t) + self->bytes);
    self->out[rank] = malloc(self->out_size[rank] + 1);
    JK_TRY(jk_held(self->out[rank] != NULL, error, "the sums of other ranks"));
    unsigned char *at = self->out[rank];
    for (size_t i = first; i < end; i++) {
        const uint32_t number = (uint32_t)(i - first);
        if (self->has[i] != 0) {
            memcpy(at, &number, sizeof number);
            at += sizeof number;
        }
    }
    for (size_t t = 0; t < self->tallies; t++) {
        const size_t size = cell_size(&self->tally[t]);
        for (size_t i = first; i < end; i++) {
            if (self->has[i] != 0) {
                memcpy(at, (const unsigned char *)self->tally[t].cell + i * size, size);
                at += size;
            }
        }
    }
    return JK_OK;
}

static size_t count_in(const owners *self, size_t rank) {
    return (size_t)self->in_size[rank] / (sizeof(uint32_t) + self->bytes);
}

/* Adds all that came in; sums[t] are those of the own run. */
static void add_up(const owners *self, uint64_t *const *sums) {
    for (size_t rank = 0; rank < self->ranks; rank++) {
        const size_t count = count_in(self, rank);
        const unsigned char *numbers = self->in[rank], *at = numbers + count * sizeof(uint32_t);
        for (size_t t = 0; t < self->tallies; t++) {
            const size_t size = cell_size(&self->tally[t]);
            for (size_t i = 0; i < count; i++, at += size) {
                uint32_t number = 0;
                uint64_t cell = 0; /* the low bytes of it: sums wrap alike in 32 and 64 bits */
                memcpy(&number, numbers + i * sizeof number, sizeof number);
                memcpy(&cell, at, size);
                sums[t][number] += cell;
            }
        }
    }
}

/* The sums take the place of the cells that came in. */
static void answer(const owners *self, uint64_t *const *sums) {
    for (size_t rank = 0; rank < self->ranks; rank++) {
        const size_t count = count_in(self, rank);
        unsigned char *numbers = self->in[rank], *at = numbers + count * sizeof(uint32_t);
        for (size_t t = 0; t < self->tallies; t++) {
            const size_t size = cell_size(&self->tally[t]);
            for (size_t i = 0; i < count; i++, at += size) {
                uint32_t number = 0;
                memcpy(&number, numbers + i * sizeof number, sizeof number);
                memcpy(at, &sums[t][number], size);
            }
        }
    }
}

/* What the owners answered goes to its cells. */
static void put_back(const owners *self) {
    for (size_t rank = 0; rank < self->ranks; rank++) {
        const size_t first = begin_of(self, rank), count = count_in(self, rank);
        const unsigned char *numbers = self->in[rank], *at = numbers + count * sizeof(uint32_t);
        for (size_t t = 0; t < self->tallies; t++) {
            const size_t size = cell_size(&self->tally[t]);
            for (size_t i = 0; i < count; i++, at += size) {
                uint32_t number = 0;
                memcpy(&number, numbers + i * sizeof number, sizeof number);
                memcpy((unsigned char *)self->tally[t].cell + (first + number) * size, at, size);
            }
        }
    }
}

static void forget(void **bytes, size_t ranks) {
    for (size_t rank = 0; bytes != NULL && rank < ranks; rank++) {
        free(bytes[rank]);
        bytes[rank] = NULL;
    }
}

static jk_status exchange(owners *self, uint64_t *const *sums, jk_error *error) {
    for (size_t rank = 0; rank < self->ranks; rank++) {
        JK_TRY(fill(self, rank, error));
    }
    JK_TRY(jk_ranks_swap(self->out, self->out_size, self->in, self->in_size, error));
    forget(self->out, self->ranks);
    add_up(self, sums);
    answer(self, sums);
    memcpy(self->out, self->in, self->ranks * sizeof *self->in); /* back to where it came from */
    memcpy(self->out_size, self->in_size, self->ranks * sizeof *self->in_size);
    memset(self->in, 0, self->ranks * sizeof *self->in);
    JK_TRY(jk_ranks_swap(self->out, self->out_size, self->in, self->in_size, error));
    put_back(self);
    return JK_OK;
}

static jk_status by_owners(const jk_tally *tallies, size_t count, const uint32_t *has, jk_error *error) {
    owners self = {.tally = tallies,
                   .tallies = count,
                   .cells = tallies[0].count,
                   .has = has,
                   .ranks = (size_t)jk_team.count,
                   .own = (size_t)jk_team.number - 1};
    uint64_t *sums[TALLIES_MOST] = {NULL};
    const size_t run = begin_of(&self, self.own + 1) - begin_of(&self, self.own);
    bool held = true;
    for (size_t t = 0; t < count; t++) {
        self.bytes += cell_size(&tallies[t]);
        sums[t] = jk_columns_zero(run, sizeof *sums[t]);
        held = held && sums[t] != NULL;
    }
    self.out = calloc(self.ranks, sizeof *self.out);
    self.in = calloc(self.ranks, sizeof *self.in);
    self.out_size = calloc(self.ranks, sizeof *self.out_size);
    self.in_size = calloc(self.ranks, sizeof *self.in_size);
    held = held && self.out != NULL && self.in != NULL && self.out_size != NULL && self.in_size != NULL;
    jk_status status = held ? exchange(&self, sums, error) : jk_fail_memory(error, "the sums of other ranks");
    forget(self.out, self.ranks);
    forget(self.in, self.ranks);
    free((void *)self.out);
    free((void *)self.in);
    free(self.out_size);
    free(self.in_size);
    for (size_t t = 0; t < count; t++) {
        free(sums[t]);
    }
    return status;
}

jk_status jk_team_sum_own(const jk_tally *tallies, size_t count, const uint32_t *has, jk_error *error) {
    if (jk_team.role != JK_TEAM_RANKS) {
        return JK_OK;
    }
    if (tallies[0].count > cells_for_all()) {
        return by_owners(tallies, count, has, error);
    }
    jk_ranks_sum(tallies, count);
    return JK_OK;
}
