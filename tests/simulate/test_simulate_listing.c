/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a simulation's listings: each figure of a made simulation, whose figures all differ, stands in its own row
 * and column, written with as many decimals as its kind has. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/simulate.h"
#include "support/listing_case.h"
#include "support/must.h"

enum { YEARS = 3, AFTER = 2, DISTRIBUTIONS = JK_SIMULATION_YEARS + 2 * YEARS + AFTER, SINGLES = 4 };

static const char *const names[JK_FIGURE_COUNT] = {"mean", "sd",  "p01", "p05", "p25",
                                                   "p50",  "p75", "p95", "p99", "es05"};
static const char *const of_row[DISTRIBUTIONS] = {
    "pv",         "gross",         "net",           "irr_at_price",  "erc_year_1",   "erc_year_2",
    "erc_year_3", "erc_to_year_1", "erc_to_year_2", "erc_to_year_3", "pv_after_450", "pv_after_901"};

/* What the figure of a row is, and its error. */
static double figure_at(size_t row, size_t figure) {
    return 1000.0 * (double)(row + 1) + (double)figure + 0.123456789;
}
static double error_at(size_t row, size_t figure) {
    return figure_at(row, figure) + 100.5;
}

static jk_distribution numbered(size_t row, uint64_t count) {
    jk_distribution d = {.count = count};
    for (size_t f = 0; f < JK_FIGURE_COUNT; f++) {
        d.figure[f] = figure_at(row, f);
        d.error[f] = error_at(row, f);
    }
    return d;
}

static jk_distribution year[YEARS], collected[YEARS];

static jk_simulation make(void) {
    jk_simulation is = {.paths = 901,
                        .base_value = 2.5678,
                        .price = 4.5432,
                        .value = numbered(0, 901),
                        .gross = numbered(1, 902),
                        .net = numbered(2, 903),
                        .irr_at_price = numbered(3, 890),
                        .probability_of_return = 0.123456789,
                        .probability_of_loss = 0.987654321,
                        .years = YEARS,
                        .year = year,
                        .collected = collected,
                        .confidence_price = {61.126, 62.237},
                        .confidence_error = {63.348, 64.459},
                        .convergence_count = AFTER,
                        .convergence = {numbered(10, 450), numbered(11, 901)}};
    for (size_t y = 0; y < YEARS; y++) {
        year[y] = numbered(4 + y, 910 + y);
        collected[y] = numbered(7 + y, 920 + y);
    }
    return is;
}

static void read_row(const jk_listing *listing, size_t row, jk_cell cells[JK_LISTING_COLUMNS]) {
    jk_error error = {0};
    must(jk_listing_row(listing, row, cells, &error), &error);
}

static void expect_figure(const jk_cell *cell, double number, int places) {
    char text[64];
    (void)snprintf(text, sizeof text, "%.*f", places, number);
    assert_true(cell->number == number);
    assert_string_equal(cell->text, text);
}

static void distributions_stand_in_their_rows(void **state) {
    (void)state;
    static const uint64_t paths[DISTRIBUTIONS] = {901, 902, 903, 890, 910, 911, 912, 920, 921, 922, 450, 901};
    const jk_simulation is = make();
    const jk_listing listing = jk_simulation_distributions_listing(&is);
    assert_int_equal(listing.rows, DISTRIBUTIONS);
    assert_int_equal(listing.column_count, 3 + 2 * JK_FIGURE_COUNT);
    for (size_t row = 0; row < DISTRIBUTIONS; row++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        read_row(&listing, row, cells);
        assert_string_equal(cells[column_named(&listing, "what")].text, of_row[row]);
        const double in_year = cells[column_named(&listing, "year")].number;
        const bool of_years = row >= JK_SIMULATION_YEARS && row < JK_SIMULATION_YEARS + 2 * YEARS;
        assert_true(of_years ? in_year == (double)((row - JK_SIMULATION_YEARS) % YEARS + 1) : isnan(in_year));
        assert_true(cells[column_named(&listing, "paths")].number == (double)paths[row]);
        for (size_t f = 0; f < JK_FIGURE_COUNT; f++) {
            char error[32];
            const int places = row == JK_SIMULATION_RETURN ? 8 : 2;
            (void)snprintf(error, sizeof error, "%s_std_error", names[f]);
            assert_string_equal(jk_figure_name((jk_figure)f), names[f]);
            expect_figure(&cells[column_named(&listing, names[f])], figure_at(row, f), places);
            expect_figure(&cells[column_named(&listing, error)], error_at(row, f), places);
        }
    }
    assert_string_equal(jk_figure_name(JK_FIGURE_COUNT), "?");
}

static void prices_stand_by_their_confidence(void **state) {
    (void)state;
    const jk_simulation is = make();
    const jk_listing listing = jk_simulation_prices_listing(&is);
    static const double confidence[] = {0.8, 0.95};
    assert_int_equal(listing.rows, 2);
    for (size_t row = 0; row < 2; row++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        read_row(&listing, row, cells);
        expect_figure(&cells[column_named(&listing, "confidence")], confidence[row], 2);
        expect_figure(&cells[column_named(&listing, "price")], is.confidence_price[row], 2);
        expect_figure(&cells[column_named(&listing, "std_error")], is.confidence_error[row], 2);
    }
}

/* One figure a row: of all distributions, then the prices, then what has no distribution. */
static void each_figure_has_a_row(void **state) {
    (void)state;
    const jk_simulation is = make();
    const jk_listing listing = jk_simulation_listing(&is);
    const struct {
        const char *what, *figure;
        double number;
        int places;
    } singles[SINGLES] = {{"pv", "base_value", 2.5678, 2},
                          {"irr_at_price", "price", 4.5432, 2},
                          {"irr_at_price", "probability_of_required_return", 0.123456789, 8},
                          {"irr_at_price", "probability_of_loss", 0.987654321, 8}};
    const size_t what = column_named(&listing, "what"), figure = column_named(&listing, "figure"),
                 amount = column_named(&listing, "amount"), error = column_named(&listing, "std_error");
    assert_int_equal(listing.rows, DISTRIBUTIONS * JK_FIGURE_COUNT + 2 + SINGLES);
    for (size_t row = 0; row < listing.rows; row++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        const size_t d = row / JK_FIGURE_COUNT, f = row % JK_FIGURE_COUNT;
        read_row(&listing, row, cells);
        if (d < DISTRIBUTIONS) {
            const int places = d == JK_SIMULATION_RETURN ? 8 : 2;
            assert_string_equal(cells[what].text, of_row[d]);
            assert_string_equal(cells[figure].text, names[f]);
            expect_figure(&cells[amount], figure_at(d, f), places);
            expect_figure(&cells[error], error_at(d, f), places);
        } else if (f < 2) {
            assert_string_equal(cells[what].text, "price_at_confidence");
            expect_figure(&cells[figure], f == 0 ? 0.8 : 0.95, 2);
            expect_figure(&cells[amount], is.confidence_price[f], 2);
            expect_figure(&cells[error], is.confidence_error[f], 2);
        } else {
            assert_string_equal(cells[what].text, singles[f - 2].what);
            assert_string_equal(cells[figure].text, singles[f - 2].figure);
            expect_figure(&cells[amount], singles[f - 2].number, singles[f - 2].places);
            assert_true(isnan(cells[error].number) && cells[error].text[0] == '\0');
        }
    }
}

static void without_a_simulation_there_are_columns_alone(void **state) {
    (void)state;
    const jk_listing listings[] = {jk_simulation_distributions_listing(NULL), jk_simulation_prices_listing(NULL),
                                   jk_simulation_listing(NULL)};
    static const size_t columns[] = {3 + 2 * JK_FIGURE_COUNT, 3, 4};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(listings[i].rows, 0);
        assert_int_equal(listings[i].column_count, columns[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_stand_in_their_rows), cmocka_unit_test(prices_stand_by_their_confidence),
        cmocka_unit_test(each_figure_has_a_row), cmocka_unit_test(without_a_simulation_there_are_columns_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
