/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of a debtor whose luck does not matter, in closed form: nothing happens but what is certain, or happens at once
 * (a rate of a billion an epoch); what she brings, costs and leaves is then known. */
#include "cmocka_all.h"

#include <math.h>
#include <string.h>

#include "simulate/paths/walk.h"

enum { EPOCHS = 4, LANE = 3, ROWS = 5, SEED = 3 };
#define AT_ONCE 1e9f

/* A program of a state an epoch, and paths of whose lanes one has multipliers of its own. */
typedef struct life {
    jk_path_program program;
    jk_path_epoch epoch[EPOCHS];
    jk_path_state state[EPOCHS];
    jk_path_work work[EPOCHS];
    float recovery[EPOCHS][JK_PATH_LANES], multiplier[ROWS][JK_PATH_LANES], garnish[JK_PATH_LANES];
    float spells[JK_PATH_SPELL_ROWS][JK_PATH_LANES];
    jk_path_tile tile;
    double flow[(EPOCHS + 1) * JK_PATH_FLOWS];
} life;

static const float moves[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

/* Epochs one after the other, in which nothing happens: states go on as they are, quiet in the first class. */
static void make(life *l) {
    memset(l, 0, sizeof *l);
    l->program =
        (jk_path_program){.epochs = EPOCHS, .pairs = true, .epoch = l->epoch, .state = l->state, .work = l->work};
    for (int j = 0; j < EPOCHS; j++) {
        l->epoch[j] = (jk_path_epoch){.first = j, .count = 1, .first_work = j, .works = 1, .now = 1.0f};
        l->state[j] =
            (jk_path_state){.balance = {100.0f, 80.0f}, .continues = {true, true}, .stays = 1.0f, .step = moves[0]};
        l->work[j] =
            (jk_path_work){.factor = 2, .treatment = JK_TREAT_AMICABLE, .capacity = JK_CAPACITY_WEAK, .share = 0.75f};
        for (int lane = 0; lane < JK_PATH_LANES; lane++) {
            l->recovery[j][lane] = 1.0f;
        }
    }
    for (int lane = 0; lane < JK_PATH_LANES; lane++) {
        l->garnish[lane] = 1.0f;
        for (int row = 0; row < ROWS; row++) {
            l->multiplier[row][lane] = 1.0f;
        }
        for (int row = 0; row < JK_PATH_SPELL_ROWS; row++) {
            l->spells[row][lane] = 1.0f;
        }
    }
    l->tile = (jk_path_tile){.lanes = JK_PATH_LANES,
                             .recovery = l->recovery[0],
                             .multiplier = l->multiplier[0],
                             .garnish = l->garnish,
                             .spells = l->spells[0]};
}

static void walk(life *l, uint64_t path) {
    jk_walk_luck luck = jk_walk_luck_of(SEED, 5, path);
    for (size_t k = 0; k < sizeof l->flow / sizeof l->flow[0]; k++) {
        l->flow[k] = -7.0;
    }
    jk_walk(&l->program, &l->tile, LANE, &luck, EPOCHS, l->flow);
    for (size_t k = 0; k < JK_PATH_FLOWS; k++) { /* epochs that are not the plan's are not touched */
        assert_true(l->flow[EPOCHS * JK_PATH_FLOWS + k] == -7.0);
    }
}

static void expect(const life *l, int epoch, jk_path_flow which, double expected) {
    const double found = l->flow[epoch * JK_PATH_FLOWS + (int)which];
    if (!(fabs(found - expected) <= 1e-6 * (1.0 + fabs(expected)))) {
        fail_msg("flow %d of epoch %d: %.9g, expected %.9g", (int)which, epoch, found, expected);
    }
}

static void expect_nothing(const life *l, int epoch) {
    for (int f = 0; f < JK_PATH_FLOWS; f++) {
        assert_true(l->flow[epoch * JK_PATH_FLOWS + f] == 0.0);
    }
}

/* (1 - e^-c)/c */
static double mean(double rate) {
    return rate > 0.0 ? -expm1(-rate) / rate : 1.0;
}

/* Of an epoch in one mood, in which R falls at `falls`: what comes in, fees, costs, and what both are worth. */
static void expect_stay(const life *l, int j, double rest, int mood, double falls) {
    const jk_path_state *s = &l->state[j];
    const double discount = (double)l->epoch[j].discount, now = (double)l->epoch[j].now, fee = (double)s->contingent;
    const double gross = (double)s->balance[mood] * falls * rest * mean(falls);
    const double worth = (double)s->balance[mood] * falls * rest * mean(falls + discount);
    expect(l, j, JK_PATH_GROSS, gross);
    expect(l, j, JK_PATH_CONTINGENT, fee * gross);
    expect(l, j, JK_PATH_KEPT, (1.0 - fee) * now * worth);
    expect(l, j, JK_PATH_RUNNING, (double)s->running[mood] * rest * mean(falls));
    expect(l, j, JK_PATH_SPENT, (double)s->running[mood] * rest * mean(falls + discount) * now);
    expect(l, j, JK_PATH_FILING, (double)s->start * rest);
    expect(l, j, JK_PATH_SALE, 0.0);
    expect(l, j, JK_PATH_SECOND, 0.0);
}

/* Quiet for an epoch, in which she is garnished and gets a dividend; one without anything; then the claim is sold. */
static void a_quiet_life(void **state) {
    (void)state;
    static life l;
    make(&l);
    l.program.start = JK_STATE(JK_TITLE_HELD, JK_CAPACITY_WEAK);
    l.state[0] = (jk_path_state){.state = (int16_t)l.program.start,
                                 .balance = {100.0f, 80.0f},
                                 .contingent = 0.125f,
                                 .running = {3.0f, 5.0f},
                                 .start = 7.0f,
                                 .continues = {true, false},
                                 .title = JK_TITLE_HELD,
                                 .stays = 1.0f,
                                 .step = moves[2]};
    l.epoch[0].discount = 0.25f;
    l.epoch[0].now = 0.875f;
    l.work[0].garnish = 0.5f;
    l.work[0].dividend = 0.0625f;
    l.work[0].leaving[0] = l.work[0].leaving[1] = 0.0625f; /* the dividend alone */
    l.work[0].pays = 9.0f;
    l.garnish[LANE] = 1.5f;
    l.state[1].state = JK_STATE(JK_TITLE_HELD, 2);
    l.state[1].title = JK_TITLE_HELD;
    l.state[1].step = moves[0];
    l.state[1].running[0] = 2.0f;
    l.state[2] = (jk_path_state){.state = JK_STATE(JK_TITLE_HELD, 0), .work = -1, .start = 40.0f};
    l.state[3].state = JK_STATE(JK_TITLE_HELD, 0);
    walk(&l, 1);
    const double falls = 0.75 + 0.0625, left = exp(-falls);
    expect_stay(&l, 0, 1.0, 0, falls);
    expect_stay(&l, 1, left, 0, 0.0);
    for (int f = 0; f < JK_PATH_FLOWS; f++) {
        expect(&l, 2, (jk_path_flow)f, f == JK_PATH_SALE ? left * 40.0 : 0.0);
    }
    expect_nothing(&l, 3);
}

/* Paying from the start, in the first of all states; the larger of what she pays and what enforcement takes at least;
 * in the third epoch no state is hers: the claim is closed. */
static void a_paying_life(void **state) {
    (void)state;
    static life l;
    make(&l);
    l.program.start = JK_STATES;
    for (int j = 0; j < 2; j++) {
        l.state[j].state = JK_STATES;
        l.state[j].running[1] = 1.5f + (float)j;
        l.work[j].pays = 0.25f;
        l.work[j].floor = 0.5f;
        l.work[j].garnish = 8.0f; /* of the quiet */
        l.recovery[j][LANE] = 1.25f;
    }
    l.spells[JK_PATH_PAYS + JK_CAPACITY_WEAK][LANE] = 2.0f;
    l.garnish[LANE] = 0.5f; /* 0.625 against 0.25 */
    l.work[1].floor = 4.0f; /* against 2 */
    l.state[2].state = 0;
    walk(&l, 2);
    expect_stay(&l, 0, 1.0, 1, 0.625);
    expect_stay(&l, 1, exp(-0.625), 1, 2.0);
    expect_nothing(&l, 2);
    expect_nothing(&l, 3);
}

/* What happens at once: she settles, begins to pay, stops, or is gone. All of it goes by the lane's own multipliers. */
static void what_happens_at_once(void **state) {
    (void)state;
    static life l;
    /* Settles: a share of what is left, less the fee; then there is nothing. */
    make(&l);
    l.work[0].settle = 1.0f;
    l.state[0].contingent = 0.25f;
    l.epoch[0].now = 0.5f;
    l.epoch[0].discount = 0.5f; /* of no time */
    l.multiplier[2][LANE] = AT_ONCE;
    walk(&l, 3);
    expect(&l, 0, JK_PATH_GROSS, 75.0);
    expect(&l, 0, JK_PATH_CONTINGENT, 18.75);
    expect(&l, 0, JK_PATH_KEPT, 75.0 * 0.75 * 0.5);
    expect_nothing(&l, 1);
    /* The same in the third epoch, of what two epochs of dividends have left; the row of spells makes it happen. */
    make(&l);
    for (int j = 0; j < 3; j++) {
        l.work[j].dividend = l.work[j].leaving[0] = 0.125f;
        l.work[j].treatment = j == 2 ? JK_TREAT_LEGAL : JK_TREAT_AMICABLE;
    }
    l.work[2].settle = 1.0f;
    l.spells[JK_PATH_SETTLES + JK_TREAT_LEGAL][LANE] = AT_ONCE;
    walk(&l, 4);
    expect(&l, 2, JK_PATH_GROSS, 75.0 * exp(-0.25));
    expect_nothing(&l, 3);
    /* Begins to pay and goes on; the recovery makes it happen. */
    make(&l);
    l.work[0].begin = 1.0f;
    l.recovery[0][LANE] = AT_ONCE;
    l.work[0].pays = 0.25f / AT_ONCE;
    l.state[1].state = JK_STATES;
    l.work[1].pays = 0.5f;
    walk(&l, 5);
    expect_stay(&l, 0, 1.0, 1, 0.25);
    expect_stay(&l, 1, exp(-0.25), 1, 0.5);
    /* Begins by the row of its treatment. */
    make(&l);
    l.work[0].begin = 1.0f;
    l.work[0].pays = 0.25f;
    l.spells[JK_PATH_BEGINS + JK_TREAT_AMICABLE][LANE] = AT_ONCE;
    walk(&l, 6);
    expect_stay(&l, 0, 1.0, 1, 0.25);
    /* Stops paying, and is quiet from then on. */
    make(&l);
    l.program.start = JK_STATES;
    l.state[0].state = JK_STATES;
    l.work[0].stop = 1.0f;
    l.work[0].pays = 0.5f;
    l.work[0].garnish = 0.25f;
    l.spells[JK_PATH_STOPS + JK_TREAT_AMICABLE][LANE] = AT_ONCE;
    walk(&l, 7);
    expect_stay(&l, 0, 1.0, 0, 0.25);
    expect_stay(&l, 1, exp(-0.25), 0, 0.0);
    /* Is gone, quiet or paying: leaving less the dividend, which is no exit; a settlement is another thing. */
    for (int mood = 0; mood < 2; mood++) {
        make(&l);
        l.program.start = mood * JK_STATES;
        l.state[0].state = (int16_t)l.program.start;
        l.work[0].leaving[mood] = AT_ONCE;
        l.work[0].leaving[1 - mood] = 0.5f;
        l.work[0].dividend = 0.5f;
        l.state[1].state = l.state[0].state;
        l.work[1].dividend = 1.0f;
        walk(&l, 8);
        expect(&l, 0, JK_PATH_GROSS, 0.0);
        expect_nothing(&l, 1);
    }
}

/* Where she goes at an epoch's end: the class by its row, the title as it stays or is held; or nowhere. */
static void where_it_goes_on(void **state) {
    (void)state;
    static life l;
    for (int mood = 0; mood < 2; mood++) {
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            for (int way = 0; way < 4; way++) { /* stays pending, comes to be held, is barred, is dropped */
                make(&l);
                l.program.start = mood * JK_STATES;
                l.state[0].state = (int16_t)l.program.start;
                l.state[0].title = JK_TITLE_PENDING;
                l.state[0].stays = way == 0 || way == 2 ? 1.0f : 0.0f;
                l.state[0].titled = way == 1 ? 1.0f : 0.0f;
                l.state[0].continues[mood] = way != 2;
                l.state[0].step = moves[to];
                const int title = way == 1 ? JK_TITLE_HELD : JK_TITLE_PENDING;
                l.state[1].state = (int16_t)(mood * JK_STATES + JK_STATE(title, to));
                l.work[1].dividend = l.work[1].leaving[0] = l.work[1].leaving[1] = 0.5f;
                walk(&l, 9);
                expect(&l, 1, JK_PATH_GROSS, way < 2 ? (double)l.state[1].balance[mood] * -expm1(-0.5) : 0.0);
                expect_nothing(&l, 3);
            }
        }
    }
}

/* Each path has numbers of its own, as many as it needs. */
static void luck_is_the_paths_own(void **state) {
    (void)state;
    static life l;
    size_t settled[8] = {0};
    for (uint64_t path = 0; path < 4000; path++) {
        make(&l);
        for (int j = 0; j < EPOCHS; j++) {
            l.work[j].settle = 0.25f;
        }
        walk(&l, path);
        int first = 0;
        while (first < EPOCHS && l.flow[first * JK_PATH_FLOWS + JK_PATH_GROSS] == 0.0) {
            first++;
        }
        settled[first]++;
    }
    for (int j = 0; j <= EPOCHS; j++) { /* within four standard deviations of the binomial number */
        const double p = j < EPOCHS ? exp(-0.25 * j) * -expm1(-0.25) : exp(-1.0);
        assert_true(fabs((double)settled[j] - 4000.0 * p) < 4.0 * sqrt(4000.0 * p * (1.0 - p)));
    }
    jk_walk_luck one = jk_walk_luck_of(1, 2, 3);
    assert_true(one.seed == 1 && one.stream == 2 && one.next == (uint64_t)3 << 20 && one.used == 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_quiet_life), cmocka_unit_test(a_paying_life),
                                       cmocka_unit_test(what_happens_at_once), cmocka_unit_test(where_it_goes_on),
                                       cmocka_unit_test(luck_is_the_paths_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
