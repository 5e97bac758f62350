/* SPDX-License-Identifier: Apache-2.0 */
/* Two models on one tape against the claims of two runs, each with one of them: sums, ranks and the list of claims on
 * which they disagree, by plain loops; and the same claims by columns. */
#include "cmocka_all.h"

#include "base/words/listing.h"
#include "jalki/challenge.h"
#include "jalki/strata.h"
#include "support/listing_case.h"
#include "value/claims_case.h"
#include "value/engine_case.h"

enum { ROWS = 900, TOP = 25, ALLOW = JK_ALLOW_ALL };
enum {
    SCORE = 1,
    CAPACITY = 3,
    SEGMENT = 5,
    DECISION = 6,
    VALUE = 8,
    Q_CLOSE = 9,
    GROSS = 14,
    COUNTRY = 21,
    BALANCE = 23
};

static jk_tape *tape;
static jk_model other;
static jk_claims_table *table[2];
static jk_valuation alone[2];

static const jk_model *model_of(int side) {
    return side == 0 ? model : &other;
}

static int run_both(void **state) {
    jk_error error = {0};
    assert_int_equal(open_plain(state, ROWS, &tape), 0);
    /* The challenger takes all segments for half as ready to pay, and another return. */
    other = *model;
    other.scorecard.intercept -= 0.7;
    other.name = "half";
    other.irr = model->irr + 0.05;
    for (int s = 0; s < 2; s++) {
        must(jk_claims_table_open(tape, model_of(s), true, &table[s], &error), &error);
        const jk_value_sink sink = jk_claims_table_sink(table[s]);
        jk_value_options options = jk_value_defaults();
        options.allow = ALLOW;
        must(jk_value_run(tape, model_of(s), &options, &sink, 1, &alone[s], &error), &error);
    }
    return 0;
}

static int drop_both(void **state) {
    for (int s = 0; s < 2; s++) {
        jk_claims_table_free(table[s]);
        jk_valuation_reset(&alone[s]);
    }
    return close_made(state, tape);
}

static double number_of(int side, size_t column, size_t row) {
    return claims_number(table[side], column, row);
}

/* What the other's decision is worth less than its own, by a side; an action that it does not allow is closing. */
static double loss_of(int side, size_t row) {
    const int own = (int)number_of(side, DECISION, row), taken = (int)number_of(1 - side, DECISION, row);
    const double worth = number_of(side, (size_t)(Q_CLOSE + taken), row);
    return own == taken ? 0.0 : number_of(side, VALUE, row) - (isnan(worth) ? number_of(side, Q_CLOSE, row) : worth);
}

static void assert_near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-5 * fmax(1.0, fabs(expected)))) {
        fail_msg("%.12g is not %.12g", found, expected);
    }
}

static jk_challenge challenge_of(int threads, size_t block_rows) {
    jk_challenge_options options = {.value = jk_value_defaults(), .top = TOP};
    jk_error error = {0};
    jk_challenger *challenger = NULL;
    jk_value_sink sink;
    jk_valuation champion;
    jk_challenge challenge;
    options.value.allow = ALLOW;
    options.value.run = (jk_run){.threads = threads, .block_rows = block_rows};
    must(jk_challenge_open(tape, model, &other, &options, &challenger, &sink, &error), &error);
    must(jk_value_run(tape, model, &options.value, &sink, 1, &champion, &error), &error);
    must(jk_challenge_finish(challenger, &champion, &challenge, &error), &error);
    jk_challenge_close(challenger);
    jk_valuation_reset(&champion);
    return challenge;
}

/* Rank of a claim's value among all, ties at their mean. */
static double rank_of(int side, size_t row) {
    double below = 0.0, same = 0.0;
    for (size_t i = 0; i < ROWS; i++) {
        below += number_of(side, VALUE, i) < number_of(side, VALUE, row);
        same += number_of(side, VALUE, i) == number_of(side, VALUE, row);
    }
    return below + (same + 1.0) / 2.0;
}

static void check_sums(const jk_challenge *found) {
    double apart = 0.0, mean[2] = {0.0, 0.0}, square[2] = {0.0, 0.0}, product = 0.0;
    uint64_t differing = 0;
    jk_challenge_cell cell[JK_ACTION_COUNT][JK_ACTION_COUNT] = {{{0}}};
    for (size_t row = 0; row < ROWS; row++) {
        const int a = (int)number_of(0, DECISION, row), b = (int)number_of(1, DECISION, row);
        double rank[2];
        differing += a != b;
        apart += fabs(number_of(1, VALUE, row) - number_of(0, VALUE, row)) / ROWS;
        cell[a][b].claims++;
        cell[a][b].face += number_of(0, BALANCE, row);
        for (int s = 0; s < 2; s++) {
            cell[a][b].value[s] += number_of(s, VALUE, row);
            cell[a][b].loss[s] += loss_of(s, row);
            rank[s] = rank_of(s, row);
            mean[s] += rank[s] / ROWS;
            square[s] += rank[s] * rank[s] / ROWS;
        }
        product += rank[0] * rank[1] / ROWS;
    }
    assert_true(differing > TOP);
    assert_int_equal(found->differing, differing);
    assert_near(found->mean_difference, apart);
    assert_near(found->rank_correlation, (product - mean[0] * mean[1]) /
                                             sqrt((square[0] - mean[0] * mean[0]) * (square[1] - mean[1] * mean[1])));
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        for (int b = 0; b < JK_ACTION_COUNT; b++) {
            assert_int_equal(found->cell[a][b].claims, cell[a][b].claims);
            assert_near(found->cell[a][b].face, cell[a][b].face);
            for (int s = 0; s < 2; s++) {
                assert_near(found->cell[a][b].value[s], cell[a][b].value[s]);
                assert_near(found->cell[a][b].loss[s], cell[a][b].loss[s]);
            }
        }
    }
    for (int s = 0; s < 2; s++) {
        assert_memory_equal(&found->total[s], &alone[s].total, sizeof found->total[s]);
        assert_true(found->irr[s] == model_of(s)->irr && found->model[s] == model_of(s));
        assert_near(found->bid[s], fmax(0.0, alone[s].total.value - alone[s].onboarding_cost * ROWS));
    }
}

/* The largest losses first, of claims on which they disagree; the same in the listing. */
static void check_rows(const jk_challenge *found) {
    assert_int_equal(found->count, TOP);
    const jk_listing listing = jk_challenge_listing(found);
    jk_error error = {0};
    double before = INFINITY;
    assert_int_equal(listing.rows, TOP);
    for (size_t i = 0; i < TOP; i++) {
        const jk_challenge_row *of = &found->rows[i];
        const double loss[2] = {loss_of(0, of->row), loss_of(1, of->row)};
        size_t worse = 0;
        for (size_t row = 0; row < ROWS; row++) {
            worse += loss_of(0, row) + loss_of(1, row) > loss[0] + loss[1] + 1e-3;
        }
        assert_true(worse <= i && loss[0] + loss[1] <= before + 1e-3);
        before = loss[0] + loss[1];
        jk_cell cells[JK_LISTING_COLUMNS];
        must(jk_listing_row(&listing, i, cells, &error), &error);
        assert_near(cells[column_named(&listing, "place")].number, (double)i + 1.0);
        assert_near(cells[column_named(&listing, "balance")].number, number_of(0, BALANCE, of->row));
        char id[JK_TEXT_MAX + 1] = "";
        const size_t width = jk_claims_table_column(table[0], 0)->text_width;
        memcpy(id, (const char *)jk_claims_table_data(table[0], 0) + of->row * width, width);
        assert_string_equal(cells[column_named(&listing, "claim_id")].text, id);
        static const char *const names[][2] = {{"decision", "decision_challenger"},
                                               {"class", "class_challenger"},
                                               {"value", "value_challenger"},
                                               {"loss_by_champion", "loss_by_challenger"},
                                               {"score", "score_challenger"}};
        for (int s = 0; s < 2; s++) {
            static const char *const actions[] = {"close", "sell", "surveil", "amicable", "legal"};
            static const char *const classes[] = {"none", "weak", "able"};
            assert_string_equal(cells[column_named(&listing, names[0][s])].text,
                                actions[(int)number_of(s, DECISION, of->row)]);
            assert_string_equal(cells[column_named(&listing, names[1][s])].text,
                                classes[(int)number_of(s, CAPACITY, of->row)]);
            assert_near(cells[column_named(&listing, names[2][s])].number, number_of(s, VALUE, of->row));
            assert_near(cells[column_named(&listing, names[3][s])].number, loss[s]);
            assert_near(cells[column_named(&listing, names[4][s])].number, number_of(s, SCORE, of->row));
        }
    }
}

static void test_two_models(void **state) {
    (void)state;
    static const int threads[] = {1, 3};
    static const size_t blocks[] = {ROWS, 64};
    for (int i = 0; i < 2; i++) {
        jk_challenge challenge = challenge_of(threads[i], blocks[i]);
        check_sums(&challenge);
        check_rows(&challenge);
        const jk_listing decisions = jk_challenge_decisions_listing(&challenge);
        jk_cell cells[JK_LISTING_COLUMNS];
        jk_error error = {0};
        assert_int_equal(decisions.rows, 25);
        must(jk_listing_row(&decisions, 2 * 5 + 3, cells, &error), &error);
        assert_string_equal(cells[0].text, "surveil");
        assert_string_equal(cells[1].text, "amicable");
        const jk_challenge_cell *of = &challenge.cell[JK_SURVEIL][JK_AMICABLE];
        const double figures[] = {(double)of->claims, of->face, of->value[0], of->value[1], of->loss[0], of->loss[1]};
        for (size_t f = 0; f < 6; f++) {
            assert_true(cells[2 + f].number == figures[f]);
        }
        jk_challenge_reset(&challenge);
    }
    assert_int_equal(jk_challenge_listing(NULL).rows, 0);
    assert_int_equal(jk_challenge_decisions_listing(NULL).rows, 0);
}

/* Both alike: nothing differs, ranks agree. Another currency is refused. */
static void test_the_same_model_and_another_currency(void **state) {
    (void)state;
    const jk_model kept = other;
    jk_challenge_options options = {.value = jk_value_defaults(), .top = TOP};
    jk_challenger *challenger = NULL;
    jk_value_sink sink;
    jk_error error = {0};
    other = *model;
    jk_challenge challenge = challenge_of(2, 100);
    assert_true(challenge.differing == 0 && challenge.count == 0 && challenge.mean_difference == 0.0);
    assert_near(challenge.rank_correlation, 1.0);
    jk_challenge_reset(&challenge);
    other.base_currency = "SEK";
    assert_int_equal(jk_challenge_open(tape, model, &other, &options, &challenger, &sink, &error), JK_ERROR_DATA);
    assert_null(challenger);
    other = kept;
}

/* ---- by columns ------------------------------------------------------------------------------------------------- */

/* Sums of the champion's claims by country and decision against plain sums over the table. */
static void test_strata(void **state) {
    (void)state;
    jk_error error = {0};
    jk_strata *strata = NULL;
    jk_valuation valuation;
    jk_value_options options = jk_value_defaults();
    options.allow = ALLOW;
    options.run = (jk_run){.threads = 3, .block_rows = 70};
    must(jk_strata_open(tape, model, "country,decision,capacity_class,segment", tape_cutoff(), (jk_strata_shape){1, 1},
                        &strata, &error),
         &error);
    const jk_value_sink sink = jk_strata_sink(strata);
    must(jk_value_run(tape, model, &options, &sink, 1, &valuation, &error), &error);
    must(jk_strata_finish(strata, &(jk_strata_case){.valuation = &valuation, .required = NAN}, &error), &error);
    const jk_listing listing = jk_strata_listing(strata);
    assert_int_equal(jk_strata_columns(strata), 4);
    assert_int_equal(listing.rows, jk_strata_rows(strata));
    uint64_t claims = 0;
    for (size_t s = 0; s < listing.rows; s++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        must(jk_listing_row(&listing, s, cells, &error), &error);
        double count = 0.0, face = 0.0, all = 0.0, value = 0.0, of[4] = {0.0};
        for (size_t row = 0; row < ROWS; row++) {
            const jk_result_column *country = jk_claims_table_column(table[0], COUNTRY);
            const jk_result_column *segment = jk_claims_table_column(table[0], SEGMENT);
            static const char *const actions[] = {"close", "sell", "surveil", "amicable", "legal"};
            static const char *const classes[] = {"none", "weak", "able"};
            all += number_of(0, BALANCE, row);
            if (strcmp(cells[0].text, country->levels[(size_t)number_of(0, COUNTRY, row)]) != 0 ||
                strcmp(cells[1].text, actions[(size_t)number_of(0, DECISION, row)]) != 0 ||
                strcmp(cells[2].text, classes[(size_t)number_of(0, CAPACITY, row)]) != 0 ||
                strcmp(cells[3].text, segment->levels[(size_t)number_of(0, SEGMENT, row)]) != 0) {
                continue;
            }
            count += 1.0;
            face += number_of(0, BALANCE, row);
            value += number_of(0, VALUE, row);
            for (size_t f = 0; f < 4; f++) { /* gross, net, of 12 and of 60 months */
                of[f] += number_of(0, GROSS + f, row);
            }
        }
        const double expected[] = {count,
                                   face,
                                   100.0 * face / all,
                                   value,
                                   100.0 * value / face,
                                   fmax(0.0, value - valuation.onboarding_cost * count),
                                   of[0],
                                   of[1],
                                   of[2],
                                   of[3]};
        assert_true(count > 0.0);
        for (size_t f = 0; f < sizeof expected / sizeof expected[0]; f++) {
            assert_near(cells[4 + f].number, expected[f]);
        }
        claims += (uint64_t)count;
    }
    assert_int_equal(claims, ROWS);
    jk_strata_free(strata);
    jk_valuation_reset(&valuation);
    assert_int_equal(jk_strata_open(tape, model, "country,nothing", 0, (jk_strata_shape){1, 1}, &strata, &error),
                     JK_ERROR_ARGUMENT);
    assert_null(strata);
}

/* Two returns and a plan that is kept: each combination in each case, changes against the first of its return. */
static void test_strata_of_cases(void **state) {
    (void)state;
    jk_error error = {0};
    const jk_value_case cases[] = {
        {.irr = 0.1, .keeps = -1}, {.irr = 0.3, .keeps = -1}, {.irr = 0.2, .keeps = -1}, {.irr = 0.25, .keeps = 2}};
    jk_valuation valuation[4];
    jk_strata *strata = NULL;
    jk_value_options options = jk_value_defaults();
    options.run = (jk_run){.threads = 2, .block_rows = 70};
    must(jk_strata_open(tape, model, "country", tape_cutoff(), (jk_strata_shape){4, 2}, &strata, &error), &error);
    const jk_value_sink sink = jk_strata_sink(strata);
    must(jk_value_cases(tape, model, &options, cases, 4, &sink, 1, valuation, &error), &error);
    const jk_strata_case of[] = {{&valuation[0], NULL, NULL, 0.1},
                                 {&valuation[1], "dear", "replanned", 0.3},
                                 {&valuation[2], NULL, NULL, 0.2},
                                 {&valuation[3], "kept", "committed", 0.25}};
    must(jk_strata_finish(strata, of, &error), &error);
    const jk_listing listing = jk_strata_cases_listing(strata);
    const size_t countries = valuation[0].country_count;
    assert_int_equal(listing.rows, 4 * countries);
    double changed[4] = {0.0};
    for (size_t row = 0; row < listing.rows; row++) {
        const size_t c = row / countries, k = row % countries, base = c / 2 * 2;
        jk_cell cells[JK_LISTING_COLUMNS];
        must(jk_listing_row(&listing, row, cells, &error), &error);
        const jk_group *group = &valuation[c].country[k], *before = &valuation[base].country[k];
        const double bid = fmax(0.0, group->value - valuation[c].onboarding_cost * (double)group->claims);
        assert_string_equal(cells[column_named(&listing, "scenario")].text,
                            of[c].scenario != NULL ? of[c].scenario : "base");
        assert_string_equal(cells[column_named(&listing, "mode")].text, of[c].mode != NULL ? of[c].mode : "base");
        assert_near(cells[column_named(&listing, "required_return")].number, of[c].required);
        assert_string_equal(cells[column_named(&listing, "country")].text, valuation[0].country_id[k]);
        assert_near(cells[column_named(&listing, "claims")].number, (double)group->claims);
        assert_near(cells[column_named(&listing, "value")].number, group->value);
        assert_near(cells[column_named(&listing, "bid")].number, bid);
        assert_near(cells[column_named(&listing, "bid_pct_of_face")].number, 100.0 * bid / group->face);
        const double change = cells[column_named(&listing, "change_pct")].number;
        const double moved = cells[column_named(&listing, "changed_claims")].number;
        if (c == base) {
            assert_true(isnan(change) && isnan(moved));
        } else {
            assert_near(change, 100.0 * (group->value - before->value) / before->value);
            changed[c] += moved;
        }
    }
    uint64_t moved = 0;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        for (int b = 0; b < JK_ACTION_COUNT; b++) {
            moved += a != b ? valuation[1].change[a][b].claims : 0;
        }
    }
    assert_true(moved > 0 && changed[1] == (double)moved && changed[3] == 0.0);
    jk_strata_free(strata);
    for (int c = 0; c < 4; c++) {
        jk_valuation_reset(&valuation[c]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_models),
                                       cmocka_unit_test(test_the_same_model_and_another_currency),
                                       cmocka_unit_test(test_strata), cmocka_unit_test(test_strata_of_cases)};
    return cmocka_run_group_tests(tests, run_both, drop_both);
}
