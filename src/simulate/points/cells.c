/* SPDX-License-Identifier: Apache-2.0 */
/* Claims into cells: an open-addressed table keyed by what claims share and by the bins of a grid. When it is full,
 * bins are halved (a level up) and the cells added up under their new keys; as bins nest and all sums are whole
 * numbers, the table at a level is the same however the claims came. Means that a point needs (theta, age, months to a
 * bar …) are sums weighted with the balance over the sum of balances. */
#include "simulate/points/cells.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "base/number/sort.h"

#define SHARE_UNITS  1073741824.0 /* 2^30 */
#define WEIGHT_UNITS 4294967296.0 /* 2^32 */
#define WEIGHT_MOST  1e9

enum { SLOTS_FIRST = 4096, CELLS_FIRST = 2048, BIN_MOST = 65535 };
enum { FLAG_GARNISH = 1, FLAG_INTERRUPTION = 2, FLAG_EXIT = 4, FLAG_MORTAL = 8, FLAG_PAYING = 16, FLAG_DIVIDEND = 32 };
enum {
    BIN_AGE,
    BIN_THETA,
    BIN_GARNISH,
    BIN_RATIO,
    BIN_UNTITLED,
    BIN_TITLED,
    BIN_EXIT,
    BIN_FADING,
    BIN_INSTALMENT,
    BIN_DIVIDEND
};

/* ---- the grid ------------------------------------------------------------------------------------------------- */

static double log_two(double x) {
    return jk_log(x) * 1.44269504088896340736;
}

static uint16_t to_bin(double place) {
    return (uint16_t)(place <= 0.0 ? 0.0 : (place >= BIN_MOST ? BIN_MOST : place));
}

static uint16_t epoch_of(const jk_cell_grid *grid, float bar) {
    int j = 0;
    while (j < grid->epoch_count && (float)grid->epoch_end[j] <= bar) {
        j++;
    }
    return (uint16_t)j;
}

/* Bins of level 0. Their widths: age a third of a month when young and a hundredth of itself when old, theta 3 %,
 * garnishment a part of an octave, cost against balance likewise, bars the epochs (within which a claim's flows are
 * linear in its bar), exits and dividends an eighth of an octave, what fades a thirty-second of its logarithm,
 * instalments 3 % beside what is usual. */
static void fill_bins(const jk_cell_grid *grid, const jk_cell_claim *claim, uint16_t bin[JK_CELL_BINS]) {
    double ratio = (double)claim->balance / (double)claim->share;
    bin[BIN_AGE] = to_bin(240.0 * log_two(1.0 + (double)claim->age_months / 60.0));
    bin[BIN_THETA] = claim->theta > 0.0f ? to_bin(20000.0 + 32.0 * jk_log((double)claim->theta)) : 0;
    bin[BIN_GARNISH] = to_bin(32.0 * log_two(1.0 + 400.0 * (double)claim->garnish));
    bin[BIN_RATIO] = claim->share > 0.0f ? to_bin(20000.0 + 16.0 * log_two(ratio)) : BIN_MOST;
    bin[BIN_UNTITLED] = epoch_of(grid, claim->bar_untitled);
    bin[BIN_TITLED] = epoch_of(grid, claim->bar_titled);
    bin[BIN_EXIT] = to_bin(8.0 * log_two(1.0 + 1e5 * ((double)claim->mortality + (double)claim->exit_status)));
    bin[BIN_FADING] = to_bin(20000.0 + 32.0 * (double)claim->fading);
    bin[BIN_INSTALMENT] = claim->instalment > 0.0f ? to_bin(20000.0 + 32.0 * jk_log((double)claim->instalment)) : 0;
    bin[BIN_DIVIDEND] = to_bin(8.0 * log_two(1.0 + 1e5 * (double)claim->dividend));
}

/* By how many halvings a bin of level 0 lies in one of `level`. Age, theta and garnishment say how a claim answers to
 * other collections; the rest hardly matters once claims share a plan, and is told apart in the finest levels only. */
static int shift_of(int which, int level) {
    enum { ALL = 16 };
    static const int shift[JK_CELL_LEVELS][JK_CELL_BINS] = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},         {4, 3, 4, 3, 1, 1, 3, 3, 3, 3},
        {5, 4, 5, ALL, ALL, ALL, ALL, 4, 4, 5}, {5, 4, 5, ALL, ALL, ALL, ALL, 4, 4, 5},
        {6, 5, 5, ALL, ALL, ALL, ALL, 5, 5, 6}, {6, 5, 6, ALL, ALL, ALL, ALL, 5, 5, 6},
        {6, 6, 6, ALL, ALL, ALL, ALL, 6, 6, 6}, {7, 6, 6, ALL, ALL, ALL, ALL, 6, 6, 6},
        {7, 7, 7, ALL, ALL, ALL, ALL, 7, 7, 7}, {8, 8, 8, ALL, ALL, ALL, ALL, 8, 8, 8}};
    return shift[level][which];
}

/* What plans do first counts for every class in the finest levels, and beyond them for the one in which the claim is.
 */
static uint32_t plan_at(const jk_cell_key *key, int level) {
    enum { OWN_LEVEL = 3, ACTION = (1 << JK_CELL_ACTION_BITS) - 1 };
    const uint32_t own =
        jk_cell_action((uint32_t)ACTION, (key->flags & FLAG_PAYING) != 0, key->capacity_class % JK_CLASS_GUESSED);
    return level < OWN_LEVEL ? key->plan : key->plan & own;
}

static jk_cell_key key_of(const jk_cells *cells, const jk_cell_claim *claim) {
    jk_cell_key key = {.segment = claim->segment,
                       .jurisdiction = claim->jurisdiction,
                       .capacity_class = claim->capacity_class,
                       .title_state = claim->title_state,
                       .allowed = claim->allowed,
                       .plan = claim->plan};
    key.flags =
        (uint8_t)((claim->garnish > 0.0f ? FLAG_GARNISH : 0) | (claim->interruption > 0.0f ? FLAG_INTERRUPTION : 0) |
                  (claim->exit_status > 0.0f ? FLAG_EXIT : 0) | (claim->mortality > 0.0f ? FLAG_MORTAL : 0) |
                  (claim->paying != 0 ? FLAG_PAYING : 0) | (claim->dividend > 0.0f ? FLAG_DIVIDEND : 0));
    fill_bins(&cells->grid, claim, key.bin);
    for (int i = 0; i < JK_CELL_BINS; i++) {
        key.bin[i] = (uint16_t)(key.bin[i] >> shift_of(i, cells->level));
    }
    key.plan = plan_at(&key, cells->level);
    return key;
}

static void coarsen_key(jk_cell_key *key, int from, int to) {
    for (int i = 0; i < JK_CELL_BINS; i++) {
        assert(shift_of(i, to) >= shift_of(i, from)); /* bins nest */
        key->bin[i] = (uint16_t)(key->bin[i] >> (shift_of(i, to) - shift_of(i, from)));
    }
    key->plan = plan_at(key, to);
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

static uint64_t hash_words(const void *bytes, size_t words) {
    uint64_t hash = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, (const unsigned char *)bytes + i * sizeof word, sizeof word);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

static uint64_t hash_of(const jk_cell_key *key) {
    enum { WORDS = 4 };
    _Static_assert(sizeof *key == WORDS * sizeof(uint64_t), "a key is four words without padding");
    return hash_words(key, WORDS);
}

static void place_all(jk_cells *cells) {
    assert((cells->slots & (cells->slots - 1)) == 0 && cells->count < cells->slots); /* a search ends at a free one */
    memset(cells->slot, 0, cells->slots * sizeof *cells->slot);
    for (size_t i = 0; i < cells->count; i++) {
        size_t at = hash_of(&cells->cell[i].key) & (cells->slots - 1);
        while (cells->slot[at] != 0) {
            at = (at + 1) & (cells->slots - 1);
        }
        cells->slot[at] = (uint32_t)i + 1;
    }
}

jk_status jk_cells_init(jk_cells *cells, const jk_cell_grid *grid, size_t most, jk_error *error) {
    *cells = (jk_cells){.grid = *grid, .most = most, .room = CELLS_FIRST, .slots = SLOTS_FIRST};
    cells->cell = jk_columns_alloc(cells->room, sizeof *cells->cell);
    cells->slot = jk_columns_zero(cells->slots, sizeof *cells->slot);
    if (cells->cell == NULL || cells->slot == NULL) {
        jk_cells_reset(cells);
        return jk_fail_memory(error, "the model points");
    }
    return JK_OK;
}

void jk_cells_reset(jk_cells *cells) {
    free(cells->cell);
    free(cells->slot);
    *cells = (jk_cells){0};
}

static jk_status grow(jk_cells *cells, jk_error *error) {
    jk_claims_cell *cell = jk_columns_alloc(2 * cells->room, sizeof *cell);
    uint32_t *slot = jk_columns_alloc(2 * cells->slots, sizeof *slot);
    if (cell == NULL || slot == NULL) {
        free(cell);
        free(slot);
        return jk_fail_memory(error, "the model points");
    }
    memcpy(cell, cells->cell, cells->count * sizeof *cell);
    free(cells->cell);
    free(cells->slot);
    cells->cell = cell;
    cells->slot = slot;
    cells->room *= 2;
    cells->slots *= 2;
    place_all(cells);
    return JK_OK;
}

/* The cell of a key, or where it would go: *at is its slot. NULL if there is none. */
static jk_claims_cell *find(const jk_cells *cells, const jk_cell_key *key, size_t *at) {
    *at = hash_of(key) & (cells->slots - 1);
    while (cells->slot[*at] != 0) {
        jk_claims_cell *cell = &cells->cell[cells->slot[*at] - 1];
        if (memcmp(&cell->key, key, sizeof *key) == 0) {
            return cell;
        }
        *at = (*at + 1) & (cells->slots - 1);
    }
    return NULL;
}

static void add_sums(jk_claims_cell *to, const jk_claims_cell *from) {
    to->claims += from->claims;
    to->balance += from->balance;
    to->interest += from->interest;
    to->interruption += from->interruption;
    to->share += from->share;
    to->value += from->value;
    to->gross += from->gross;
    to->net += from->net;
    to->part += from->part;
    to->theta += from->theta;
    to->fading += from->fading;
    to->instalment += from->instalment;
    to->dividend += from->dividend;
    to->garnish += from->garnish;
    to->mortality += from->mortality;
    to->exit_status += from->exit_status;
    to->bar_untitled += from->bar_untitled;
    to->bar_titled += from->bar_titled;
    to->age += from->age;
    to->balance_squared += from->balance_squared;
}

static void coarsen(jk_cells *cells, int level) {
    size_t count = cells->count;
    assert(level > cells->level && level < JK_CELL_LEVELS);
    memset(cells->slot, 0, cells->slots * sizeof *cells->slot);
    cells->count = 0;
    for (size_t i = 0; i < count; i++) {
        jk_claims_cell moved = cells->cell[i];
        coarsen_key(&moved.key, cells->level, level);
        size_t at;
        jk_claims_cell *cell = find(cells, &moved.key, &at);
        if (cell != NULL) {
            add_sums(cell, &moved);
        } else {
            cells->cell[cells->count] = moved; /* never beyond i */
            cells->slot[at] = (uint32_t)++cells->count;
        }
    }
    cells->level = level;
}

/* Adds sums under a key of the table's level; may make the table coarser. */
static jk_status add(jk_cells *cells, const jk_claims_cell *sums, jk_error *error) {
    size_t at;
    jk_claims_cell *cell = find(cells, &sums->key, &at);
    if (cell != NULL) {
        add_sums(cell, sums);
        return JK_OK;
    }
    if (cells->count == cells->room) {
        JK_TRY(grow(cells, error));
        (void)find(cells, &sums->key, &at);
    }
    assert(cells->count < cells->room && cells->slot[at] == 0);
    cells->cell[cells->count] = *sums;
    cells->slot[at] = (uint32_t)++cells->count;
    while (cells->count > cells->most && cells->level + 1 < JK_CELL_LEVELS) {
        coarsen(cells, cells->level + 1);
    }
    return JK_OK;
}

/* ---- claims --------------------------------------------------------------------------------------------------- */

void jk_cell_claim_of(const jk_terms *terms, const jk_plan_results *results, size_t row, jk_cell_claim *claim) {
    claim->balance = terms->balance[row];
    claim->interest_monthly = terms->interest_monthly[row];
    claim->theta = terms->theta[row];
    claim->fading = terms->fading[row];
    claim->instalment = terms->instalment[row];
    claim->dividend = terms->dividend[row];
    claim->garnish = terms->garnish[row];
    claim->share = terms->share[row];
    claim->mortality = terms->mortality[row];
    claim->exit_status = terms->exit_status[row];
    claim->bar_untitled = (float)terms->bar_untitled[row];
    claim->bar_titled = (float)terms->bar_titled[row];
    claim->interruption = terms->interruption[row];
    claim->age_months = terms->age_months[row];
    claim->segment = terms->segment[row];
    claim->jurisdiction = terms->jurisdiction[row];
    claim->capacity_class = terms->capacity_class[row];
    claim->title_state = terms->title_state[row];
    claim->paying = terms->paying[row];
    claim->allowed = terms->allowed[row];
    claim->value = results->value[row];
    claim->gross = results->erc_gross[row];
    claim->net = results->erc_net[row];
}

bool jk_cell_claim_is_part(const jk_cell_claim *claim, size_t every) {
    enum { WORDS = 10, LOW = 20 }; /* bits that the last multiplication has mixed well */
    _Static_assert(sizeof *claim == WORDS * sizeof(uint64_t), "a claim is ten words without padding");
    return every <= 1 || (hash_words(claim, WORDS) >> LOW & (every - 1)) == 0;
}

static jk_wide weighted(int64_t balance, float figure) {
    double within = fmin(fmax((double)figure, -WEIGHT_MOST), WEIGHT_MOST);
    return (jk_wide)balance * (int64_t)nearbyint(within * WEIGHT_UNITS);
}

static jk_claims_cell sums_of(const jk_cells *cells, const jk_cell_claim *claim) {
    const float limit = cells->grid.bar_limit;
    int64_t balance = jk_grid_from_double((double)claim->balance);
    const int64_t gross = jk_grid_from_double((double)claim->gross);
    return (jk_claims_cell){.key = key_of(cells, claim),
                            .claims = 1,
                            .balance = balance,
                            .interest = jk_grid_from_double((double)claim->interest_monthly),
                            .interruption = jk_grid_from_double((double)claim->interruption),
                            .share = (int64_t)nearbyint((double)claim->share * SHARE_UNITS),
                            .value = jk_grid_from_double((double)claim->value),
                            .gross = gross,
                            .part = jk_cell_claim_is_part(claim, cells->grid.every) ? gross : 0,
                            .net = jk_grid_from_double((double)claim->net),
                            .theta = weighted(balance, claim->theta),
                            .fading = weighted(balance, claim->fading),
                            .instalment = weighted(balance, claim->instalment),
                            .dividend = weighted(balance, claim->dividend),
                            .garnish = weighted(balance, claim->garnish),
                            .mortality = weighted(balance, claim->mortality),
                            .exit_status = weighted(balance, claim->exit_status),
                            .bar_untitled = weighted(balance, fminf(claim->bar_untitled, limit)),
                            .bar_titled = weighted(balance, fminf(claim->bar_titled, limit)),
                            .age = (jk_wide)balance * claim->age_months,
                            .balance_squared = (jk_wide)balance * balance};
}

jk_status jk_cells_add(jk_cells *cells, const jk_cell_claim *claim, jk_error *error) {
    jk_claims_cell sums = sums_of(cells, claim);
    return add(cells, &sums, error);
}

static void negate(jk_claims_cell *sums) {
    jk_claims_cell nothing = {.key = sums->key};
    const jk_claims_cell taken = *sums;
    *sums = nothing;
    sums->claims -= taken.claims;
    sums->balance -= taken.balance;
    sums->interest -= taken.interest;
    sums->interruption -= taken.interruption;
    sums->share -= taken.share;
    sums->value -= taken.value;
    sums->gross -= taken.gross;
    sums->net -= taken.net;
    sums->part -= taken.part;
    sums->theta -= taken.theta;
    sums->fading -= taken.fading;
    sums->instalment -= taken.instalment;
    sums->dividend -= taken.dividend;
    sums->garnish -= taken.garnish;
    sums->mortality -= taken.mortality;
    sums->exit_status -= taken.exit_status;
    sums->bar_untitled -= taken.bar_untitled;
    sums->bar_titled -= taken.bar_titled;
    sums->age -= taken.age;
    sums->balance_squared -= taken.balance_squared;
}

void jk_cells_remove(jk_cells *cells, const jk_cell_claim *claim) {
    jk_claims_cell sums = sums_of(cells, claim);
    size_t at;
    jk_claims_cell *cell = find(cells, &sums.key, &at);
    if (cell != NULL) {
        negate(&sums);
        add_sums(cell, &sums);
    }
}

jk_status jk_cells_merge(jk_cells *cells, jk_cells *from, jk_error *error) {
    if (from->level > cells->level) {
        coarsen(cells, from->level);
    }
    for (size_t i = 0; i < from->count; i++) {
        jk_claims_cell moved = from->cell[i];
        coarsen_key(&moved.key, from->level, cells->level); /* adding may make the table coarser */
        JK_TRY(add(cells, &moved, error));
    }
    return JK_OK;
}

static int by_key(const void *a, const void *b) {
    return memcmp(&((const jk_claims_cell *)a)->key, &((const jk_claims_cell *)b)->key, sizeof(jk_cell_key));
}

jk_status jk_cells_at_level(jk_cells *cells, const jk_cells *from, int level, jk_error *error) {
    JK_TRY(jk_cells_init(cells, &from->grid, SIZE_MAX, error));
    cells->level = level;
    for (size_t i = 0; i < from->count; i++) {
        jk_claims_cell moved = from->cell[i];
        coarsen_key(&moved.key, from->level, level);
        jk_status status = moved.claims > 0 ? add(cells, &moved, error) : JK_OK;
        if (status != JK_OK) {
            jk_cells_reset(cells);
            return status;
        }
    }
    jk_sort(cells->cell, cells->count, sizeof *cells->cell, by_key);
    place_all(cells);
    return JK_OK;
}

/* ---- points --------------------------------------------------------------------------------------------------- */

static float mean(jk_wide sum, int64_t balance) {
    return balance > 0 ? (float)((double)sum / (double)balance / WEIGHT_UNITS) : 0.0f;
}

void jk_cell_put(const jk_claims_cell *cell, jk_terms *terms, size_t row) {
    terms->balance[row] = (float)jk_grid_to_double(cell->balance);
    terms->interest_monthly[row] = (float)jk_grid_to_double(cell->interest);
    terms->interruption[row] = (float)jk_grid_to_double(cell->interruption);
    terms->share[row] = (float)((double)cell->share / SHARE_UNITS);
    terms->theta[row] = mean(cell->theta, cell->balance);
    terms->fading[row] = mean(cell->fading, cell->balance);
    terms->instalment[row] = mean(cell->instalment, cell->balance);
    terms->dividend[row] = mean(cell->dividend, cell->balance);
    terms->garnish[row] = mean(cell->garnish, cell->balance);
    terms->mortality[row] = mean(cell->mortality, cell->balance);
    terms->exit_status[row] = mean(cell->exit_status, cell->balance);
    terms->bar_untitled[row] = (double)mean(cell->bar_untitled, cell->balance);
    terms->bar_titled[row] = (double)mean(cell->bar_titled, cell->balance);
    terms->age_months[row] = cell->balance > 0 ? (int32_t)nearbyint((double)cell->age / (double)cell->balance) : 0;
    terms->segment[row] = cell->key.segment;
    terms->jurisdiction[row] = cell->key.jurisdiction;
    terms->capacity_class[row] = cell->key.capacity_class;
    terms->title_state[row] = cell->key.title_state;
    terms->paying[row] = (cell->key.flags & FLAG_PAYING) != 0;
    terms->allowed[row] = cell->key.allowed;
}

void jk_cell_claim_put(const jk_cell_claim *claim, jk_terms *terms, size_t row) {
    terms->balance[row] = claim->balance;
    terms->interest_monthly[row] = claim->interest_monthly;
    terms->theta[row] = claim->theta;
    terms->fading[row] = claim->fading;
    terms->instalment[row] = claim->instalment;
    terms->dividend[row] = claim->dividend;
    terms->garnish[row] = terms->garnish_later[row] = claim->garnish; /* the law does not change in a simulation */
    terms->share[row] = claim->share;
    terms->mortality[row] = claim->mortality;
    terms->exit_status[row] = claim->exit_status;
    terms->bar_untitled[row] = (double)claim->bar_untitled;
    terms->bar_titled[row] = (double)claim->bar_titled;
    terms->interruption[row] = claim->interruption;
    terms->age_months[row] = claim->age_months;
    terms->segment[row] = claim->segment;
    terms->jurisdiction[row] = claim->jurisdiction;
    terms->capacity_class[row] = claim->capacity_class;
    terms->title_state[row] = claim->title_state;
    terms->paying[row] = claim->paying;
    terms->allowed[row] = claim->allowed;
}
