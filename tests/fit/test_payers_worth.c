/* SPDX-License-Identifier: Apache-2.0 */
/* What new payers bring, on spells that are drawn here: cash of their year against what the figures say of it, summed
 * once more by level and debtor, and what levels are moved by. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/payers/payers.h"
#include "tape/panel_period.h"

enum { SEGMENTS = 2, DEBTORS = 80, CLAIMS = 2, MONTHS = 15, ROWS = DEBTORS * CLAIMS * MONTHS, LEVELS = 5, BINS = 3 };

/* Points of rows: those of the item's three bins and of "never", and some that it has no more. */
static const double points_of[LEVELS] = {0.8, 0.3, 0.0, -0.25, 0.55};

typedef struct history {
    jk_model model;
    jk_segment base[SEGMENTS], segment[SEGMENTS];
    jk_characteristic item[2];
    double bins[BINS], row_points[ROWS];
    jk_fit fit;
    struct jk_fit_payers payers;
    jk_payer_row row[ROWS];
} history;

static double draw(uint64_t *state) {
    return (double)(jk_fit_scramble((*state)++) >> 11) * 0x1p-53;
}

/* Debtors who have spells of a level: of the third nine, of the fourth ten. */
static size_t level_of(int debtor) {
    return debtor < 9 ? 2 : debtor < 19 ? 3 : debtor < 24 ? 4 : (size_t)debtor % 2;
}

/* A claim of month after month, of some debtors with half a month first; every third debtor's second claim has a row
 * that comes three days late, every fifth's one that comes four days late, after half a year. */
static void add_claim(history *h, int debtor, int claim, uint64_t *state) {
    const int begins = debtor % 4;
    for (int m = 0; m < MONTHS; m++) {
        const size_t at = h->payers.count++;
        jk_payer_row *row = &h->row[at];
        const double size = 20.0 + 60.0 * draw(state) * (1.0 + (double)level_of(debtor));
        *row = (jk_payer_row){.months = m == begins && debtor % 9 == 8 ? 0.5 : 1.0,
                              .balance = 500.0 + 10.0 * debtor,
                              .cash = draw(state) < 0.6 ? size : 0.0,
                              .debtor = debtor,
                              .claim = debtor * CLAIMS + claim,
                              .start = m == 0 ? 18628 : jk_period_end(row[-1].start, row[-1].months),
                              .row = (uint32_t)(ROWS - 1 - at),
                              .segment = (uint16_t)(debtor / 2 % SEGMENTS),
                              .treatment = (uint8_t)(debtor % JK_TREATMENT_COUNT),
                              .capacity_class = (uint8_t)(debtor / 3 % JK_CAPACITY_COUNT),
                              .state = m == begins  ? JK_PAYER_BEGINS
                                       : m < begins ? JK_PAYER_QUIET
                                                    : JK_PAYER_SILENT};
        row->start += m == begins + 6 && claim == 1 ? (debtor % 5 == 0 ? 4 : debtor % 3 == 0 ? 3 : 0) : 0;
        row->ahead = debtor % 7 == 6 ? 10.4 : debtor % 7 == 5 ? 11.5 - row->months : (double)MONTHS;
        h->row_points[row->row] = points_of[level_of(debtor)];
    }
}

static history *new_history(void) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    uint64_t state = 5;
    for (int d = 0; d < DEBTORS; d++) {
        for (int c = 0; c < CLAIMS; c++) {
            add_claim(h, d, c, &state);
        }
    }
    for (int g = 0; g < SEGMENTS; g++) {
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            h->segment[g].recovery_share[t] = 0.9 - 0.1 * t;
            h->segment[g].payers.settled_share[t] = 0.1 + 0.05 * t + 0.02 * g;
            h->segment[g].payers.breakage[t] = g == 1 && t == 2 ? 0.0 : 0.05 + 0.03 * t + 0.01 * g;
        }
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            h->segment[g].payers.monthly_share[k] = g == 1 && k == 2 ? 0.0 : 0.02 + 0.015 * k + 0.004 * g;
        }
    }
    h->model = (jk_model){.segment_count = SEGMENTS, .segments = h->base};
    memcpy(h->bins, points_of, sizeof h->bins);
    h->item[0] = (jk_characteristic){.name = "default_marks", .is_numeric = 1};
    h->item[1] =
        (jk_characteristic){.name = "months_since_last_payment", .is_numeric = 1, .fades = true, .count = BINS};
    h->item[1].points = h->bins;
    h->item[1].missing_points = points_of[BINS];
    h->payers.row = h->row;
    h->fit = (jk_fit){.base = &h->model, .segments = h->segment, .payers = &h->payers, .arena = jk_arena_create()};
    assert_non_null(h->fit.arena);
    h->fit.scorecard.count = 2;
    h->fit.scorecard.characteristics = h->item;
    assert_int_equal(jk_fit_room_for_levels(&h->fit, NULL), JK_OK);
    return h;
}

static void free_history(history *h) {
    jk_arena_free(h->fit.arena);
    free(h);
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct counted {
    double actual, expected, debtors, squares, move;
} counted;

/* A year's part of the balance: settled at once, or month by month until it stops. */
static double said_of(const history *h, const jk_payer_row *row) {
    const jk_segment *segment = &h->segment[row->segment];
    const double pi = segment->payers.settled_share[row->treatment],
                 rho = segment->payers.monthly_share[row->capacity_class];
    const double beta = segment->payers.breakage[row->treatment], both = rho + beta;
    const double spell = both > 0.0 ? rho / both * (1.0 - exp(-12.0 * both)) : 0.0;
    return segment->recovery_share[row->treatment] * pi + (1.0 - pi) * spell;
}

/* Twelve rows of a month from the first payment on, or those before one that is four days late. */
static void years_of(const history *h, int debtor, double *actual, double *expected) {
    *actual = *expected = 0.0;
    const int begins = debtor % 4;
    for (int c = 0; c < CLAIMS && debtor % 7 != 6; c++) {
        const jk_payer_row *row = &h->row[(debtor * CLAIMS + c) * MONTHS + begins];
        for (int m = 0; m < (c == 1 && debtor % 5 == 0 ? 6 : 12); m++) {
            *actual += row[m].cash;
        }
        *expected += row->balance * said_of(h, row);
    }
}

static void count(const history *h, counted level[LEVELS]) {
    double actual = 0.0, expected = 0.0;
    for (int d = 0; d < DEBTORS; d++) {
        double own_actual = 0.0, own_expected = 0.0;
        years_of(h, d, &own_actual, &own_expected);
        level[level_of(d)].actual += own_actual;
        level[level_of(d)].expected += own_expected;
        level[level_of(d)].debtors += own_expected > 0.0;
        actual += own_actual;
        expected += own_expected;
    }
    for (int d = 0; d < DEBTORS; d++) {
        counted *own = &level[level_of(d)];
        double own_actual = 0.0, own_expected = 0.0;
        years_of(h, d, &own_actual, &own_expected);
        own->squares += pow(own_actual - own->actual / own->expected * own_expected, 2.0);
    }
    for (int l = 0; l < LEVELS; l++) {
        counted *own = &level[l];
        const double variance = own->squares / pow(own->actual, 2.0);
        const double rest = log(own->actual / own->expected) - log(actual / expected);
        own->move = own->debtors >= 10.0 ? rest * 0.09 / (0.09 + variance) : 0.0;
    }
}

static void near(double got, double wanted, double within, const char *what, int level) {
    if (!(fabs(got - wanted) <= within)) {
        fail_msg("%s of %d: %.17g, expected %.17g", what, level, got, wanted);
    }
}

static const jk_payer_level *told_of(const jk_payers_result *result, int level) {
    for (size_t i = 0; i < result->level_count; i++) {
        if (fabs(strtod(result->levels[i].level + strlen("points "), NULL) - points_of[level]) < 1e-9) {
            return &result->levels[i];
        }
    }
    fail_msg("nothing is told of level %d", level);
    return NULL;
}

static void check(const history *h, const counted level[LEVELS]) {
    const jk_payers_result *result = &h->fit.payers_result;
    for (int l = 0; l < LEVELS; l++) {
        const jk_payer_level *told = told_of(result, l);
        const counted *own = &level[l];
        assert_true(strcmp(told->what, "worth") == 0 && told->segment == -1 && told->treatment == -1);
        assert_true(strncmp(told->level, "points ", 7) == 0 && told->debtors == own->debtors &&
                    told->credibility == 0.0);
        near(told->actual, own->actual, 1e-9 * own->actual, "actual", l);
        near(told->expected, own->expected, 1e-9 * own->expected, "expected", l);
        near(told->ratio, own->actual / own->expected, 1e-9, "ratio", l);
        near(told->std_error, sqrt(own->squares) / own->actual, 1e-9, "error", l);
        near(told->value, exp(own->move), 1e-9, "factor", l);
    }
    assert_int_equal(result->level_count, LEVELS);
}

static void levels_move_by_what_new_payers_bring(void **state) {
    (void)state;
    history *h = new_history();
    counted level[LEVELS] = {{.actual = 0.0}};
    count(h, level);
    assert_true(level[2].debtors < 10.0 && level[3].debtors < 10.0 && level[0].debtors > 20.0);
    assert_int_equal(jk_fit_payers_worth(&h->fit, h->row_points, NULL), JK_OK);
    check(h, level);
    for (int l = 0; l <= BINS; l++) {
        const double got = l < BINS ? h->bins[l] : h->item[1].missing_points;
        near(got, points_of[l] + level[l].move, 0.51e-6, "points", l);
        near(h->payers.worth[l], level[l].move, 1e-9, "worth", l);
    }
    assert_true(level[0].move < level[1].move - 0.05 && level[1].move != 0.0);
    free_history(h);
}

/* Ten debtors are enough; nine are not. */
static void ten_debtors_tell(void **state) {
    (void)state;
    for (int more = 0; more < 2; more++) {
        history *h = new_history();
        for (int i = 0; i < ROWS; i++) {
            h->row[i].ahead = MONTHS;
            h->row[i].state = !more && h->row[i].debtor == 9 ? JK_PAYER_SILENT : h->row[i].state;
        }
        assert_int_equal(jk_fit_payers_worth(&h->fit, h->row_points, NULL), JK_OK);
        const jk_payer_level *of_ten = told_of(&h->fit.payers_result, 3), *of_nine = told_of(&h->fit.payers_result, 2);
        assert_true(of_ten->debtors == 9.0 + more && (of_ten->value != 1.0) == (more == 1));
        assert_true(of_nine->debtors == 9.0 && of_nine->value == 1.0);
        free_history(h);
    }
}

/* Without the one item that fades nothing is moved and nothing told; nor where two do, or one has too many levels. */
static void one_item_that_fades(void **state) {
    (void)state;
    for (int how = 0; how < 4; how++) {
        history *h = new_history();
        h->item[1].fades = how != 0;
        h->item[0].fades = how == 1;
        double many[JK_PAYER_LEVELS_MAX] = {0.0};
        if (how >= 2) { /* 63 bins and "never" are the most */
            h->item[1].count = JK_PAYER_LEVELS_MAX - 1 + (how == 3);
            h->item[1].points = many;
        }
        assert_int_equal(jk_fit_payers_item(&h->fit), how == 2 ? 1 : -1);
        assert_int_equal(jk_fit_payers_recency(&h->fit), how == 1 || how == 2 ? 1 : -1);
        if (how != 2) {
            assert_int_equal(jk_fit_payers_worth(&h->fit, h->row_points, NULL), JK_OK);
            assert_true(h->fit.payers_result.level_count == 0 && h->bins[0] == 0.8);
        }
        free_history(h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_move_by_what_new_payers_bring),
        cmocka_unit_test(ten_debtors_tell),
        cmocka_unit_test(one_item_that_fades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
