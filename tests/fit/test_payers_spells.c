/* SPDX-License-Identifier: Apache-2.0 */
/* Spells read from rows that are written down here, a letter a month: what each row says, and every trial of a payment,
 * by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/payers/payers.h"
#include "tape/panel_period.h"

enum { ROWS_MAX = 64, PARTS_MAX = 4 * ROWS_MAX, DAYS = 30, GRACE = 3, NEVER = INT32_MAX };

typedef struct history {
    jk_fit fit;
    struct jk_fit_payers payers;
    jk_payer_row row[ROWS_MAX];
    uint8_t state[ROWS_MAX], whole_class[2];
} history;

static history *new_history(int grace) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->payers.row = h->row;
    h->payers.state = h->state;
    h->payers.whole_class = h->whole_class;
    h->fit.payers = &h->payers;
    h->fit.options.grace = grace;
    return h;
}

/* A claim month by month: '.' nothing, 'i' an instalment of 50 of 1000, 'd' one of 200, 'a' all of it, 'x' 50 that are
 * not the debtor's own; then '+' for a claim that is paid with its last row, '!' for one that leaves; '_' a month
 * without a row. `paid` is the months since the last payment at its first row. */
static void add_claim(history *h, int debtor, int claim, const char *months, int paid) {
    int month = 0;
    for (const char *at = months; *at != '\0'; at++) {
        jk_payer_row *last = h->payers.count > 0 ? &h->row[h->payers.count - 1] : NULL;
        if (*at == '+' || *at == '!') {
            last->exit = *at == '+' ? JK_EXIT_PAID : JK_EXIT_SOLD;
            continue;
        }
        if (*at != '_') {
            const uint32_t number = (uint32_t)h->payers.count++;
            const double cash = *at == 'i' || *at == 'x' ? 50.0 : *at == 'd' ? 200.0 : *at == 'a' ? 1000.0 : 0.0;
            h->row[number] = (jk_payer_row){.months = 1.0,
                                            .balance = 1000.0,
                                            .cash = cash,
                                            .debtor = debtor,
                                            .claim = claim,
                                            .start = DAYS * month,
                                            .paid_months = paid == NEVER ? NEVER : paid + month,
                                            .row = number,
                                            .segment = (uint16_t)(debtor % 2),
                                            .treatment = JK_TREAT_AMICABLE,
                                            .capacity_class = JK_CAPACITY_ABLE,
                                            .own = *at != 'x'};
            if (cash > 0.0) {
                paid = -month;
            }
        }
        month++;
    }
}

static void read(history *h) {
    assert_int_equal(jk_fit_payers_spells(&h->fit, NULL), JK_OK);
}

static void free_history(history *h) {
    free(h->payers.part);
    free(h);
}

/* What rows say, in order: q quiet, b begins, s silent. */
static void states_are(const history *h, const char *wanted) {
    assert_int_equal(strlen(wanted), h->payers.count);
    for (size_t i = 0; i < h->payers.count; i++) {
        const char got = "?qbs"[h->row[i].state];
        if (got != wanted[i] || h->state[i] != h->row[i].state) {
            fail_msg("row %zu says %c, expected %c", i, got, wanted[i]);
        }
    }
}

/* Sums of a figure's parts in a segment, and how many there are. */
static void parts_are(const history *h, size_t segment, jk_payer_figure figure, size_t index, size_t count,
                      double above, double below) {
    double sums[2] = {0.0};
    size_t found = 0;
    for (size_t i = 0; i < h->payers.part_count; i++) {
        const jk_payer_part *part = &h->payers.part[i];
        if (part->cell == jk_payer_cell(segment, figure, index)) {
            sums[0] += part->numerator;
            sums[1] += part->denominator;
            found++;
        }
    }
    if (found != count || fabs(sums[0] - above) > 1e-9 || fabs(sums[1] - below) > 1e-9) {
        fail_msg("%s: %zu parts, %.9g of %.9g; expected %zu, %.9g of %.9g", jk_payer_figure_name(figure), found,
                 sums[0], sums[1], count, above, below);
    }
}

enum { AMICABLE = JK_TREAT_AMICABLE, ABLE = JK_CAPACITY_ABLE };

/* Three instalments, a pause of one month, one more, then none: four payments, of which the last ends the spell. */
static void a_spell_that_ends(void **state) {
    (void)state;
    history *h = new_history(GRACE);
    add_claim(h, 0, 0, "..iii.i....", NEVER);
    read(h);
    states_are(h, "qqbsssssssq"); /* three months without payment end it */
    parts_are(h, 0, JK_PAYER_SETTLED_SHARE, AMICABLE, 1, 0.0, 1.0);
    /* Two followed a month later, one after two, the last by none: 1 + 1 + 2 months and 1 for the end. Nobody paid
     * just out of the grace, so that the payment after the pause is no new spell. */
    parts_are(h, 0, JK_PAYER_BREAKAGE, AMICABLE, 4, 1.0, 5.0);
    parts_are(h, 0, JK_PAYER_MONTHLY_SHARE, ABLE, 4, 4 * 50.0, 1000.0 * 5.0);
    const jk_payers_result *result = &h->fit.payers_result;
    assert_true(result->begun == 1 && result->settled == 0 && result->ended == 1);
    assert_true(h->payers.quiet[0] == 1.0 && h->payers.quiet[1] == 4.0);
    assert_true(h->payers.again[0] == 2.0 &&
                h->payers.again[1] == 4.0); /* of four payments two were followed at once */
    free_history(h);
}

/* Who is just out of the grace pays in one month of three, who is within its pause in two of three: payments after a
 * pause are half new spells. */
static void payments_after_a_pause_may_be_new_spells(void **state) {
    (void)state;
    history *h = new_history(2);
    add_claim(h, 0, 0, "i.i", NEVER);
    add_claim(h, 0, 1, "i.i", NEVER);
    add_claim(h, 0, 2, "i....i", NEVER);
    read(h);
    states_are(h, "bssbssbssqqb");
    /* Half an end, and half a payment that was followed after two months, twice; and one end. */
    parts_are(h, 0, JK_PAYER_BREAKAGE, AMICABLE, 3, 0.5 + 0.5 + 1.0, 1.5 + 1.5 + 1.0);
    parts_are(h, 0, JK_PAYER_MONTHLY_SHARE, ABLE, 6, 6 * 50.0, 1000.0 * (1.5 + 1.5 + 4.0)); /* the last ones: a month */
    parts_are(h, 0, JK_PAYER_SETTLED_SHARE, AMICABLE, 4, 0.0, 4.0);
    const jk_payers_result *result = &h->fit.payers_result;
    assert_true(result->begun == 4 && result->ended == 3);
    assert_true(h->payers.quiet[0] == 4.0 && h->payers.quiet[1] == 6.0);
    assert_true(h->payers.again[0] == 0.0 && h->payers.again[1] == 3.0);
    free_history(h);
}

static void settlements(void **state) {
    (void)state;
    history *h = new_history(GRACE);
    add_claim(h, 0, 0, "a+", NEVER);    /* all at once */
    add_claim(h, 0, 1, "ia...", NEVER); /* the spell had ended */
    add_claim(h, 0, 2, "id...", NEVER); /* more than three times as much, but not all: an instalment */
    add_claim(h, 0, 3, "i+", NEVER);    /* paid with it: nothing is left */
    add_claim(h, 0, 4, "ii+", NEVER);   /* the last instalment has no end */
    read(h);
    states_are(h, "bbssssbssssbbs");
    parts_are(h, 0, JK_PAYER_SETTLED_SHARE, AMICABLE, 5, 2.0, 5.0);
    parts_are(h, 0, JK_PAYER_BREAKAGE, AMICABLE, 5, 2.0, 5.0);
    parts_are(h, 0, JK_PAYER_MONTHLY_SHARE, ABLE, 5, 4 * 50.0 + 200.0, 5 * 1000.0);
    const jk_payers_result *result = &h->fit.payers_result;
    assert_true(result->begun == 5 && result->settled == 2 && result->ended == 2);
    free_history(h);
}

/* Of a payment that cannot be followed its size alone is known. */
static void what_is_cut_short(void **state) {
    (void)state;
    history *h = new_history(GRACE);
    add_claim(h, 0, 0, "i!", NEVER);
    add_claim(h, 0, 1, "ix..i", NEVER); /* 'x' says nothing, but somebody pays */
    add_claim(h, 0, 2, "i__i", NEVER);  /* two months and a bit without rows: within the grace */
    add_claim(h, 0, 3, "i___i", NEVER); /* three: a new payer */
    add_claim(h, 0, 4, ".ii", 1);       /* he paid a month before the first row */
    add_claim(h, 0, 5, ".", 5);
    read(h);
    states_are(h, "bbssssbsbbsssq");
    parts_are(h, 0, JK_PAYER_SETTLED_SHARE, AMICABLE, 5, 0.0, 5.0);
    parts_are(h, 0, JK_PAYER_BREAKAGE, AMICABLE, 0, 0.0, 0.0);
    parts_are(h, 0, JK_PAYER_MONTHLY_SHARE, ABLE, 9, 9 * 50.0, 9 * 1000.0);
    assert_int_equal(h->fit.payers_result.ended, 0);
    free_history(h);
}

/* Months since the last payment, as a tape says them; where it was not kept up, as the rows do. */
static void months_since_the_last_payment(void **state) {
    (void)state;
    for (int kept = 0; kept < 2; kept++) {
        history *h = new_history(GRACE);
        add_claim(h, 0, 0, "i.i.", 14);
        add_claim(h, 0, 1, ".", 16);
        h->row[1].paid_months = kept ? 1 : 15;
        h->row[2].paid_months = kept ? 2 : 16;
        read(h);
        double all[16] = {0.0}, paid[16] = {0.0};
        all[14] = paid[14] = 1.0; /* the first row */
        all[kept ? 1 : 0] += 1.0; /* after it; the one after that pays */
        all[kept ? 2 : 1] += 1.0;
        paid[kept ? 2 : 1] = 1.0;
        all[1] += 1.0; /* and after that again */
        for (int g = 0; g < 16; g++) {
            if (h->payers.gap_all[g] != all[g] || h->payers.gap_paid[g] != paid[g]) {
                fail_msg("%d months: %g of %g", g, h->payers.gap_paid[g], h->payers.gap_all[g]);
            }
        }
        free_history(h);
    }
}

/* Rows of three months: a spell lasts as many, and of the last payment nothing is known. Where classes are taken
 * together, theirs is the first cell. */
static void rows_of_several_months(void **state) {
    (void)state;
    history *h = new_history(GRACE);
    h->whole_class[1] = 1;
    add_claim(h, 1, 0, "i__i__i", NEVER);
    for (int i = 0; i < 3; i++) {
        h->row[i].months = 3.0;
        h->row[i].treatment = JK_TREAT_LEGAL;
    }
    read(h);
    states_are(h, "bss");
    parts_are(h, 1, JK_PAYER_SETTLED_SHARE, JK_TREAT_LEGAL, 1, 0.0, 1.0);
    parts_are(h, 1, JK_PAYER_BREAKAGE, JK_TREAT_LEGAL, 2, 0.0, 6.0);
    parts_are(h, 1, JK_PAYER_MONTHLY_SHARE, 0, 2, 100.0, 6000.0);
    parts_are(h, 1, JK_PAYER_MONTHLY_SHARE, ABLE, 0, 0.0, 0.0);
    free_history(h);
}

/* A row that comes three days late follows; four days are a gap, and what was paid before it cannot be followed. */
static void rows_that_come_late(void **state) {
    (void)state;
    for (int late = 3; late <= 4; late++) {
        history *h = new_history(GRACE);
        add_claim(h, 0, 0, "ii....", NEVER);
        const int32_t shift = jk_period_end(h->row[0].start, 1.0) + late - h->row[1].start;
        for (int i = 1; i < 6; i++) {
            h->row[i].start += shift;
        }
        read(h);
        states_are(h, "bssssq");
        assert_true(h->row[0].ahead == (late == 3 ? 5.0 : 0.0) && h->row[1].ahead == 4.0);
        parts_are(h, 0, JK_PAYER_BREAKAGE, AMICABLE, late == 3 ? 2 : 1, 1.0, late == 3 ? 2.0 : 1.0);
        parts_are(h, 0, JK_PAYER_MONTHLY_SHARE, ABLE, 2, 100.0, 2000.0);
        free_history(h);
    }
}

/* All of the balance is an instalment where it is no more than three times the one before; more is a settlement. */
static void three_instalments_at_once(void **state) {
    (void)state;
    for (int more = 0; more < 2; more++) {
        history *h = new_history(GRACE);
        add_claim(h, 0, 0, "ia...", NEVER);
        h->row[0].cash = 400.0;
        h->row[1].cash = 1200.0 + more;
        read(h);
        states_are(h, "bssss");
        parts_are(h, 0, JK_PAYER_MONTHLY_SHARE, ABLE, more ? 1 : 2, more ? 400.0 : 1600.0, more ? 1000.0 : 2000.0);
        parts_are(h, 0, JK_PAYER_BREAKAGE, AMICABLE, more ? 1 : 2, 1.0, more ? 1.0 : 2.0);
        free_history(h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spell_that_ends),
        cmocka_unit_test(payments_after_a_pause_may_be_new_spells),
        cmocka_unit_test(settlements),
        cmocka_unit_test(what_is_cut_short),
        cmocka_unit_test(months_since_the_last_payment),
        cmocka_unit_test(rows_of_several_months),
        cmocka_unit_test(rows_that_come_late),
        cmocka_unit_test(three_instalments_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
