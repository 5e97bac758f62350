/* SPDX-License-Identifier: Apache-2.0 */
/* Cells as sums of claims: whatever the order and however they were divided, what a cell says is what its claims say
 * together; who is in a cell with whom, by the grid's own definition; and terms to claims and back. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number/grid.h"
#include "base/number/random.h"
#include "jalki/terms.h"
#include "simulate/points/cells.h"
#include "support/refusal.h"

enum { CLAIMS = 5000, ALL = 1 << 30 };

static const int32_t ends[] = {12, 24, 36};
static const jk_cell_grid grid = {.epoch_count = 3, .epoch_end = ends, .bar_limit = 36.0f, .every = 4};

static float part(uint64_t what, size_t i) {
    return (float)jk_uniform(jk_philox(5, what, i).word[0]);
}

/* Claims of every kind: what may be 0 is so in one of twelve, so that claims meet in coarse cells. */
static jk_cell_claim claim_of(size_t i) {
    jk_random4 of = jk_philox(6, 1, i), has = jk_philox(6, 2, i);
    jk_cell_claim claim;
    memset(&claim, 0, sizeof claim);
    claim.balance = expf(3.0f + 5.0f * part(1, i));
    claim.interest_monthly = part(2, i);
    claim.theta = has.word[0] % 12 == 0 ? 0.0f : expf(2.0f * part(3, i) - 1.0f);
    claim.fading = part(4, i) - 0.5f;
    claim.instalment = has.word[0] / 12 % 12 == 0 ? 0.0f : expf(part(5, i));
    claim.dividend = has.word[0] / 144 % 12 == 0 ? 0.0f : 0.01f * part(6, i);
    claim.garnish = has.word[0] / 1728 % 12 == 0 ? 0.0f : 0.1f * part(7, i);
    claim.share = has.word[0] / 20736 % 12 == 0 ? 0.0f : 0.1f + part(8, i);
    claim.mortality = has.word[1] % 12 == 0 ? 0.0f : 0.004f * part(9, i);
    claim.exit_status = has.word[1] / 12 % 12 == 0 ? 0.0f : 0.02f * part(10, i);
    claim.bar_untitled = 60.0f * part(11, i);
    claim.bar_titled = 90.0f * part(12, i);
    claim.interruption = has.word[1] / 144 % 12 == 0 ? 0.0f : part(13, i);
    claim.age_months = (int32_t)(of.word[0] % 200);
    claim.segment = (uint16_t)(of.word[1] % 3);
    claim.jurisdiction = (uint16_t)(of.word[1] / 3 % 2);
    claim.capacity_class = (uint8_t)(of.word[2] % 3);
    claim.title_state = (uint8_t)(of.word[2] / 3 % 2 * 2);
    claim.paying = (uint8_t)(of.word[3] % 2);
    claim.allowed = (uint8_t)(of.word[3] / 2 % 2 ? 31 : 15);
    claim.plan = of.word[3] / 4 % 2;
    claim.value = 100.0f * part(14, i);
    claim.gross = 120.0f * part(15, i);
    claim.net = 110.0f * part(16, i);
    return claim;
}

static jk_cells table_of(size_t first, size_t end, size_t step, size_t most) {
    jk_error error = {0};
    jk_cells cells;
    must(jk_cells_init(&cells, &grid, most, &error), &error);
    for (size_t i = first; i < end; i += step) {
        const jk_cell_claim claim = claim_of(i);
        must(jk_cells_add(&cells, &claim, &error), &error);
    }
    return cells;
}

static jk_cells level_of(const jk_cells *from, int level) {
    jk_error error = {0};
    jk_cells at;
    must(jk_cells_at_level(&at, from, level, &error), &error);
    return at;
}

#define SAME(field) assert_true(x->field == y->field)

static void assert_same(const jk_cells *a, const jk_cells *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const jk_claims_cell *x = &a->cell[i], *y = &b->cell[i];
        assert_memory_equal(&x->key, &y->key, sizeof x->key);
        assert_true(i == 0 || memcmp(&a->cell[i - 1].key, &x->key, sizeof x->key) < 0); /* sorted, each once */
        SAME(claims), SAME(balance), SAME(interest), SAME(interruption), SAME(share), SAME(value), SAME(gross);
        SAME(net), SAME(part), SAME(theta), SAME(fading), SAME(instalment), SAME(dividend), SAME(garnish);
        SAME(mortality), SAME(exit_status), SAME(bar_untitled), SAME(bar_titled), SAME(age), SAME(balance_squared);
    }
}

/* At any level, what is taken out of a table leaves it as if it had never been there, in whatever order claims came. */
static void taken_out_as_if_never_there(void **state) {
    (void)state;
    jk_cells all = table_of(0, CLAIMS, 1, ALL), half = table_of(0, CLAIMS, 2, ALL), rest = table_of(1, CLAIMS, 2, ALL);
    for (size_t i = CLAIMS; i-- > 0;) {
        const jk_cell_claim claim = claim_of(i);
        if (i % 2 == 1) {
            jk_cells_remove(&all, &claim);
        }
    }
    jk_error error = {0};
    jk_cells both;
    must(jk_cells_init(&both, &grid, ALL, &error), &error);
    must(jk_cells_merge(&both, &rest, &error), &error);
    must(jk_cells_merge(&both, &half, &error), &error);
    jk_cells again = table_of(0, CLAIMS, 1, ALL);
    for (int level = 0; level < JK_CELL_LEVELS; level++) {
        jk_cells left = level_of(&all, level), never = level_of(&half, level);
        assert_same(&left, &never);
        jk_cells merged = level_of(&both, level), once = level_of(&again, level);
        assert_same(&merged, &once);
        jk_cells_reset(&left), jk_cells_reset(&never), jk_cells_reset(&merged), jk_cells_reset(&once);
    }
    jk_cells_reset(&all), jk_cells_reset(&half), jk_cells_reset(&rest), jk_cells_reset(&both), jk_cells_reset(&again);
}

/* A table that may hold so many cells ends at the first level that has no more, alone or after others came to it. */
static void a_full_table_becomes_coarser(void **state) {
    (void)state;
    jk_cells fine = table_of(0, CLAIMS, 1, ALL);
    size_t counts[JK_CELL_LEVELS];
    for (int level = 0; level < JK_CELL_LEVELS; level++) {
        jk_cells at = level_of(&fine, level);
        counts[level] = at.count;
        assert_int_equal(at.level, level);
        assert_true(level == 0 || counts[level] <= counts[level - 1]);
        jk_cells_reset(&at);
    }
    print_message("%zu to %zu cells\n", counts[0], counts[JK_CELL_LEVELS - 1]);
    assert_true(counts[0] > 4096 && counts[JK_CELL_LEVELS - 1] < counts[0] / 2); /* the table grows twice */
    for (int wanted = 1; wanted < JK_CELL_LEVELS; wanted++) {
        if (counts[wanted] == counts[wanted - 1]) {
            continue;
        }
        for (size_t spare = 0; spare < 2; spare++) { /* just room enough, and a cell less than one level before needs */
            const size_t most = spare == 0 ? counts[wanted] : counts[wanted - 1] - 1;
            jk_error error = {0};
            jk_cells at = table_of(0, CLAIMS, 1, most), few = table_of(0, 1, 1, most),
                     expected = level_of(&fine, wanted);
            assert_int_equal(at.level, wanted);
            assert_int_equal(at.count, counts[wanted]);
            must(jk_cells_merge(&few, &at, &error), &error); /* the one claim twice */
            assert_int_equal(few.level, wanted);
            const jk_cell_claim first = claim_of(0);
            jk_cells_remove(&few, &first);
            jk_cells a = level_of(&at, wanted), b = level_of(&few, wanted);
            assert_same(&a, &expected);
            assert_same(&b, &expected);
            jk_cells_reset(&at), jk_cells_reset(&few), jk_cells_reset(&expected), jk_cells_reset(&a),
                jk_cells_reset(&b);
        }
    }
    jk_cells_reset(&fine);
    jk_cells_reset(&fine); /* nothing is left that could be given back twice */
}

static jk_terms make_terms(size_t rows, void **memory) {
    jk_terms terms;
    *memory = jk_columns_zero(jk_terms_size(rows), 1);
    assert_non_null(*memory);
    jk_terms_place(&terms, rows, *memory);
    return terms;
}

static void near(double found, double expected, double slack) {
    if (!(fabs(found - expected) <= slack)) {
        fail_msg("%.12g, expected %.12g within %.3g", found, expected, slack);
    }
}

/* Sums and means of who is in a cell, in plain numbers. */
typedef struct plain {
    double balance, interest, interruption, share, squared, gross, net, value, part;
    double theta, fading, instalment, dividend, garnish, mortality, exit_status, untitled, titled, age;
    uint64_t claims;
} plain;

static void add_plain(plain *to, const jk_cell_claim *claim) {
    const double b = (double)claim->balance;
    to->claims++;
    to->balance += b;
    to->squared += b * b;
    to->interest += (double)claim->interest_monthly;
    to->interruption += (double)claim->interruption;
    to->share += (double)claim->share;
    to->gross += (double)claim->gross;
    to->net += (double)claim->net;
    to->value += (double)claim->value;
    to->part += jk_cell_claim_is_part(claim, grid.every) ? (double)claim->gross : 0.0;
    to->theta += b * (double)claim->theta;
    to->fading += b * (double)claim->fading;
    to->instalment += b * (double)claim->instalment;
    to->dividend += b * (double)claim->dividend;
    to->garnish += b * (double)claim->garnish;
    to->mortality += b * (double)claim->mortality;
    to->exit_status += b * (double)claim->exit_status;
    to->untitled += b * fmin((double)claim->bar_untitled, 36.0);
    to->titled += b * fmin((double)claim->bar_titled, 36.0);
    to->age += b * claim->age_months;
}

static void check_cell(const jk_claims_cell *cell, const plain *is, const jk_cell_claim *one, const jk_terms *terms) {
    const double b = is->balance, grain = (double)is->claims * 0x1p-20;
    assert_int_equal(cell->claims, is->claims);
    near(jk_grid_to_double(cell->gross), is->gross, grain);
    near(jk_grid_to_double(cell->net), is->net, grain);
    near(jk_grid_to_double(cell->value), is->value, grain);
    near(jk_grid_to_double(cell->part), is->part, grain);
    near((double)cell->balance_squared / (JK_GRID_PER_UNIT * JK_GRID_PER_UNIT), is->squared, 1e-5 * is->squared);
    near((double)terms->balance[0], b, 1e-6 * b);
    near((double)terms->interest_monthly[0], is->interest, 1e-6 * is->interest + grain);
    near((double)terms->interruption[0], is->interruption, 1e-6 * is->interruption + grain);
    near((double)terms->share[0], is->share, 1e-6 * is->share + grain);
    near((double)terms->theta[0], is->theta / b, 1e-5);
    near((double)terms->fading[0], is->fading / b, 1e-5);
    near((double)terms->instalment[0], is->instalment / b, 1e-5);
    near((double)terms->dividend[0], is->dividend / b, 1e-7);
    near((double)terms->garnish[0], is->garnish / b, 1e-6);
    near((double)terms->mortality[0], is->mortality / b, 1e-7);
    near((double)terms->exit_status[0], is->exit_status / b, 1e-7);
    near(terms->bar_untitled[0], is->untitled / b, 1e-3);
    near(terms->bar_titled[0], is->titled / b, 1e-3);
    near((double)terms->age_months[0], is->age / b, 0.501);
    assert_int_equal(terms->segment[0], one->segment);
    assert_int_equal(terms->jurisdiction[0], one->jurisdiction);
    assert_int_equal(terms->capacity_class[0], one->capacity_class);
    assert_int_equal(terms->title_state[0], one->title_state);
    assert_int_equal(terms->paying[0], one->paying);
    assert_int_equal(terms->allowed[0], one->allowed);
}

static jk_cell_key key_alone(const jk_cell_claim *claim, int level) {
    jk_error error = {0};
    jk_cells one, at;
    must(jk_cells_init(&one, &grid, ALL, &error), &error);
    must(jk_cells_add(&one, claim, &error), &error);
    at = level_of(&one, level);
    assert_int_equal(at.count, 1);
    const jk_cell_key key = at.cell[0].key;
    jk_cells_reset(&one);
    jk_cells_reset(&at);
    return key;
}

/* A cell's point is the mean of its claims, weighted with their balances, with the sums of what goes with size. */
static void a_cell_says_what_its_claims_say(void **state) {
    (void)state;
    enum { FEW = 700 };
    void *memory = NULL;
    jk_terms terms = make_terms(1, &memory);
    jk_cells fine = table_of(0, FEW, 1, ALL);
    for (int level = 0; level < JK_CELL_LEVELS; level += 3) {
        static jk_cell_key key[FEW];
        jk_cells at = level_of(&fine, level);
        uint64_t claims = 0;
        for (size_t i = 0; i < FEW; i++) {
            const jk_cell_claim claim = claim_of(i);
            key[i] = key_alone(&claim, level);
        }
        for (size_t n = 0; n < at.count; n++) {
            plain is = {0};
            jk_cell_claim one = {0};
            for (size_t i = 0; i < FEW; i++) {
                if (memcmp(&key[i], &at.cell[n].key, sizeof key[i]) == 0) {
                    one = claim_of(i);
                    add_plain(&is, &one);
                }
            }
            jk_cell_put(&at.cell[n], &terms, 0);
            check_cell(&at.cell[n], &is, &one, &terms);
            claims += is.claims;
        }
        assert_int_equal(claims, FEW);
        jk_cells_reset(&at);
    }
    jk_cells_reset(&fine);
    const jk_claims_cell none = {.claims = 0};
    jk_cell_put(&none, &terms, 0);
    assert_true(terms.theta[0] == 0.0f && terms.age_months[0] == 0);
    free(memory);
}

static bool together(const jk_cell_claim *a, const jk_cell_claim *b, int level) {
    const jk_cell_key x = key_alone(a, level), y = key_alone(b, level);
    return memcmp(&x, &y, sizeof x) == 0;
}

/* A claim that has, of all that may be 0, everything. */
static jk_cell_claim full_claim(void) {
    jk_cell_claim claim = claim_of(0);
    claim.theta = claim.instalment = 1.1f;
    claim.dividend = claim.garnish = claim.mortality = claim.exit_status = claim.interruption = 0.003f;
    claim.bar_untitled = claim.bar_titled = 100.0f;
    claim.share = 1.0f;
    claim.balance = 1000.0f;
    claim.age_months = 60;
    claim.capacity_class = claim.title_state = claim.paying = 1;
    claim.segment = claim.jurisdiction = 1;
    claim.allowed = 15;
    claim.plan = 0;
    return claim;
}

/* What claims share exactly tells them apart at every level, and so does whether there is anything of a figure at all;
 * what is done first in other classes or moods than the claim's only in the three finest. */
static void what_tells_claims_apart(void **state) {
    (void)state;
    const jk_cell_claim is = full_claim();
    for (int level = 0; level < JK_CELL_LEVELS; level++) {
        jk_cell_claim other[16];
        size_t n = 0;
        for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
            other[i] = is;
        }
        other[n++].segment = 0;
        other[n++].segment = 2;
        other[n++].jurisdiction = 0;
        other[n++].capacity_class = 0;
        other[n++].title_state = 2;
        other[n++].paying = 0;
        other[n++].allowed = 31;
        other[n++].garnish = 0.0f;
        other[n++].interruption = 0.0f;
        other[n++].exit_status = 0.0f;
        other[n++].mortality = 0.0f;
        other[n++].dividend = 0.0f;
        other[n++].plan = jk_cell_action(4, true, 1);
        other[n++].plan = jk_cell_action(1, true, 1);
        for (size_t i = 0; i < n; i++) {
            assert_false(together(&is, &other[i], level));
        }
        for (int paying = 0; paying < 2; paying++) {
            for (int class = 0; class < JK_CAPACITY_COUNT; class ++) {
                for (uint32_t action = 1; action < JK_ACTION_COUNT; action++) {
                    jk_cell_claim one = is;
                    one.plan = jk_cell_action(action, paying, class);
                    assert_int_equal(together(&is, &one, level), level >= 3 && !(paying && class == 1));
                }
            }
        }
        jk_cell_claim same = is;
        same.value = same.gross = same.net = same.interest_monthly = 7.0f;
        same.interruption = 9.0f;
        assert_true(together(&is, &same, level));
    }
}

/* Bins of the finest level, by their definition in plain logarithms. */
static double bin_of(const jk_cell_claim *claim, int which) {
    switch (which) {
    case 0:
        return floor(240.0 * log2(1.0 + claim->age_months / 60.0));
    case 1:
        return claim->theta > 0.0f ? floor(20000.0 + 32.0 * log((double)claim->theta)) : 0.0;
    case 2:
        return floor(32.0 * log2(1.0 + 400.0 * (double)claim->garnish));
    case 3:
        return claim->share > 0.0f ? floor(20000.0 + 16.0 * log2((double)claim->balance / (double)claim->share)) : -1.0;
    case 4:
        return floor(fmin((double)claim->bar_untitled, 36.0) / 12.0); /* epochs of a year */
    case 5:
        return floor(fmin((double)claim->bar_titled, 36.0) / 12.0);
    case 6:
        return floor(8.0 * log2(1.0 + 1e5 * ((double)claim->mortality + (double)claim->exit_status)));
    case 7:
        return floor(20000.0 + 32.0 * (double)claim->fading);
    case 8:
        return claim->instalment > 0.0f ? floor(20000.0 + 32.0 * log((double)claim->instalment)) : 0.0;
    default:
        return floor(8.0 * log2(1.0 + 1e5 * (double)claim->dividend));
    }
}

static void set_figure(jk_cell_claim *claim, int which, float step) {
    switch (which) {
    case 0:
        claim->age_months = (int32_t)(step * 10.0f);
        break;
    case 1:
        claim->theta = step < 1.0f ? 0.0f : expf(0.013f * step - 1.0f);
        break;
    case 2:
        claim->garnish = 0.00021f * (1.0f + step);
        break;
    case 3:
        claim->share = step < 1.0f ? 0.0f : 0.07f * step;
        break;
    case 4:
        claim->bar_untitled = 0.8f * step;
        break;
    case 5:
        claim->bar_titled = step; /* on the epochs' ends, too */
        break;
    case 6:
        claim->mortality = 1e-5f * (1.0f + step * step);
        break;
    case 7:
        claim->fading = 0.017f * (step - 30.0f);
        break;
    case 8:
        claim->instalment = step < 1.0f ? 0.0f : expf(0.017f * step - 0.5f);
        break;
    default:
        claim->dividend = 1e-5f * (1.0f + step * step);
        break;
    }
}

static void bins_by_hand(void **state) {
    (void)state;
    for (int which = 0; which < JK_CELL_BINS; which++) {
        jk_cell_claim before = full_claim();
        set_figure(&before, which, 0.0f);
        int moves = 0;
        for (int step = 1; step < 70; step++) {
            jk_cell_claim here = full_claim();
            set_figure(&here, which, (float)step);
            const bool same = bin_of(&before, which) == bin_of(&here, which);
            if (together(&before, &here, 0) != same) {
                fail_msg("figure %d, step %d: bins %.0f and %.0f", which, step, bin_of(&before, which),
                         bin_of(&here, which));
            }
            moves += !same;
            before = here;
        }
        assert_true(moves > 2);
    }
}

/* A row of terms as a claim, and the claim as another row: the same but for what a cell has no use for. */
static void terms_to_claims_and_back(void **state) {
    (void)state;
    enum { ROWS = 40 };
    void *memory = NULL, *other = NULL;
    jk_terms from = make_terms(ROWS, &memory), to = make_terms(ROWS, &other);
    float value[ROWS], gross[ROWS], net[ROWS];
    const jk_plan_results results = {.rows = ROWS, .value = value, .erc_gross = gross, .erc_net = net};
    for (size_t i = 0; i < ROWS; i++) {
        const jk_cell_claim claim = claim_of(i);
        value[i] = claim.value, gross[i] = claim.gross, net[i] = claim.net;
        jk_cell_claim_put(&claim, &from, i);
    }
    for (size_t i = 0; i < ROWS; i++) {
        jk_cell_claim found;
        const jk_cell_claim is = claim_of(i);
        memset(&found, 0, sizeof found);
        jk_cell_claim_of(&from, &results, i, &found);
        found.plan = is.plan;
        assert_memory_equal(&found, &is, sizeof is);
        jk_cell_claim_put(&found, &to, ROWS - 1 - i);
        assert_true(to.garnish_later[ROWS - 1 - i] == is.garnish);
        assert_true(from.balance[i] == is.balance && from.theta[i] == is.theta && from.share[i] == is.share);
        assert_true(from.bar_untitled[i] == (double)is.bar_untitled && from.bar_titled[i] == (double)is.bar_titled);
    }
    for (size_t i = 0; i < ROWS; i++) {
        const size_t k = ROWS - 1 - i;
        assert_true(from.interest_monthly[i] == to.interest_monthly[k] && from.fading[i] == to.fading[k]);
        assert_true(from.instalment[i] == to.instalment[k] && from.dividend[i] == to.dividend[k]);
        assert_true(from.garnish[i] == to.garnish[k] && from.mortality[i] == to.mortality[k]);
        assert_true(from.exit_status[i] == to.exit_status[k] && from.interruption[i] == to.interruption[k]);
        assert_true(from.age_months[i] == to.age_months[k] && from.segment[i] == to.segment[k]);
        assert_true(from.jurisdiction[i] == to.jurisdiction[k] && from.allowed[i] == to.allowed[k]);
        assert_true(from.capacity_class[i] == to.capacity_class[k] && from.paying[i] == to.paying[k]);
        assert_true(from.title_state[i] == to.title_state[k]);
    }
    free(memory);
    free(other);
}

/* A table that grows twice, and its copy at another level. */
static jk_status fill_once(void *context, jk_error *error) {
    enum { MANY = 4500 };
    jk_cells cells, at;
    (void)context;
    jk_status status = jk_cells_init(&cells, &grid, ALL, error);
    for (size_t i = 0; i < MANY && status == JK_OK; i++) {
        const jk_cell_claim claim = claim_of(i);
        status = jk_cells_add(&cells, &claim, error);
    }
    if (status == JK_OK) {
        assert_true(cells.count > 4096 && cells.room == 8192 && cells.slots == 16384);
        status = jk_cells_at_level(&at, &cells, 1, error);
        assert_true(status == JK_OK || (at.cell == NULL && at.slot == NULL && at.count == 0));
        assert_true(status != JK_OK || at.count > 2048);
        jk_cells_reset(&at);
    }
    jk_cells_reset(&cells);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    long without = 0; /* a sort gets on without */
    assert_true(refuse_each_allocation(fill_once, NULL, &without) >= 6 + 4);
    assert_true(without <= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(taken_out_as_if_never_there),
                                       cmocka_unit_test(a_full_table_becomes_coarser),
                                       cmocka_unit_test(a_cell_says_what_its_claims_say),
                                       cmocka_unit_test(what_tells_claims_apart),
                                       cmocka_unit_test(bins_by_hand),
                                       cmocka_unit_test(terms_to_claims_and_back),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
